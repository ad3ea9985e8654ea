//! The texts that cells share, in one buffer.

use quick_xml::events::Event;

use super::archive::Archive;
use super::error::{Counted, WorkbookError};
use super::rich::RichText;
use super::xml::Xml;

/// Bytes of all shared texts that are held.
const MAX_BYTES: usize = 96 << 20;

/// Bytes that a text takes beside its own.
const OVERHEAD: usize = size_of::<u32>();

/// The shared texts by their numbers.
#[derive(Debug, Default)]
pub(super) struct SharedTexts {
    text: String,
    ends: Vec<u32>,
}

impl SharedTexts {
    pub fn read(archive: &mut Archive, part: usize) -> Result<Self, WorkbookError> {
        let name = archive.name(part).to_owned();
        let mut xml = Xml::new(archive, part, true)?;
        let mut texts = Self::default();
        let mut rich = RichText::default();
        loop {
            match xml.next()? {
                Event::Start(tag) if tag.local_name().into_inner() == "si" => rich.begin(),
                Event::End(tag) if tag.local_name().into_inner() == "si" => texts.push(rich.end())?,
                Event::Eof => return Ok(texts),
                event => rich.take(&event, &name)?,
            }
        }
    }

    fn push(&mut self, text: &str) -> Result<(), WorkbookError> {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        if self.text.len() + self.ends.len() * OVERHEAD > MAX_BYTES {
            return Err(WorkbookError::too_many(Counted::SharedTexts, MAX_BYTES as u64));
        }
        Ok(())
    }

    /// The text of that number.
    pub fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)? as usize;
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |&start| start as usize);
        self.text.get(start..end)
    }
}
