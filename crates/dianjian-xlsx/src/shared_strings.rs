//! The shared strings of a workbook, in one buffer.

use quick_xml::events::Event;

use super::error::{WorkbookError, WorkbookLimit};
use super::rich_text::RichText;
use dianjian_package::Package;
use dianjian_package::Xml;

/// Bytes of all shared strings, their ends included.
const MAX_BYTES: usize = 96 << 20;

/// Bytes that a string takes besides its text.
const OVERHEAD: usize = size_of::<u32>();

/// The shared strings by index.
#[derive(Debug, Default)]
pub(crate) struct SharedStrings {
    text: String,
    ends: Vec<u32>,
}

impl SharedStrings {
    pub(crate) fn read(package: &mut Package, part: usize) -> Result<Self, WorkbookError> {
        let name = package.name(part).to_owned();
        let mut xml = Xml::new(package, part, true)?;
        let mut texts = Self::default();
        let mut rich = RichText::default();
        loop {
            match xml.next()? {
                Event::Start(tag) if tag.local_name().into_inner() == "si" => rich.begin(),
                Event::End(tag) if tag.local_name().into_inner() == "si" => texts.push(rich.text())?,
                Event::Eof => return Ok(texts),
                event => rich.take(&event, &name)?,
            }
        }
    }

    fn push(&mut self, text: &str) -> Result<(), WorkbookError> {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        if self.text.len() + self.ends.len() * OVERHEAD > MAX_BYTES {
            return Err(WorkbookError::limit_exceeded(WorkbookLimit::SharedStrings, MAX_BYTES as u64));
        }
        Ok(())
    }

    /// The string of an index.
    pub(crate) fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)? as usize;
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |&start| start as usize);
        self.text.get(start..end)
    }
}
