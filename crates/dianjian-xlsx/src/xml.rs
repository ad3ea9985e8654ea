//! The XML of parts, read event by event within bounds: no event, no nesting and no entity can grow
//! beyond what is set here. Entities that a document defines itself are refused, never expanded.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::archive::{Archive, Unpacked};
use super::error::{Counted, Damage, WorkbookError};

/// Bytes of one tag or text. A cell holds 32,767 characters, which is less even where all are escaped.
const EVENT_BYTES: usize = 2 << 20;

/// Elements inside one another; a cell's text lies eight deep.
const MAX_DEPTH: usize = 128;

/// Reads a part's XML.
pub(super) struct Xml<'a> {
    reader: Reader<Metered<'a>>,
    part: String,
    buffer: Vec<u8>,
    depth: usize,
    /// Bytes of a byte-order mark, which the reader does not count.
    mark: u64,
}

impl<'a> Xml<'a> {
    /// Begins to read. With `expand`, an empty element is a start and an end.
    pub fn new(archive: &'a mut Archive, part: usize, expand: bool) -> Result<Self, WorkbookError> {
        let (name, buffer) = (archive.name(part).to_owned(), archive.buffer(part));
        let mut metered = Metered { from: BufReader::with_capacity(buffer, archive.read(part)?), left: EVENT_BYTES };
        let head = metered.from.fill_buf()?;
        if head.starts_with(&[0xff, 0xfe])
            || head.starts_with(&[0xfe, 0xff])
            || head.get(..2).is_some_and(|two| two.contains(&0))
        {
            return Err(WorkbookError::damaged(&name, Damage::Encoding));
        }
        let mark = if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let mut reader = Reader::from_reader(metered);
        reader.config_mut().expand_empty_elements = expand;
        Ok(Self { reader, part: name, buffer: Vec::new(), depth: 0, mark })
    }

    /// The next event.
    pub fn next(&mut self) -> Result<Event<'_>, WorkbookError> {
        self.next_placed().map(|(event, _)| event)
    }

    /// The next event, and which bytes of the part it is.
    pub fn next_placed(&mut self) -> Result<(Event<'_>, Range<u64>), WorkbookError> {
        let start = self.reader.buffer_position() + self.mark;
        self.buffer.clear();
        self.reader.get_mut().left = EVENT_BYTES;
        let event = self.reader.read_event_into(&mut self.buffer).map_err(|error| failed(&self.part, error))?;
        match &event {
            Event::Start(_) if self.depth >= MAX_DEPTH => {
                return Err(WorkbookError::too_many(Counted::Depth, MAX_DEPTH as u64));
            }
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::DocType(_) => return Err(WorkbookError::damaged(&self.part, Damage::Entity)),
            Event::Eof if self.depth > 0 => return Err(WorkbookError::damaged(&self.part, Damage::Xml)),
            _ => {}
        }
        Ok((event, start..self.reader.buffer_position() + self.mark))
    }

    /// The character that a reference stands for.
    pub fn resolve(part: &str, reference: &BytesRef<'_>) -> Result<char, WorkbookError> {
        let known = match &**reference {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => reference.resolve_char_ref().ok().flatten(),
        };
        known.ok_or_else(|| WorkbookError::damaged(part, Damage::Entity))
    }
}

/// A tag's attribute as it stands in the file; prefixes do not count.
pub(super) fn attribute<'t>(tag: &'t BytesStart<'_>, name: &str) -> Option<Cow<'t, str>> {
    let mut attributes = tag.attributes();
    attributes
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().into_inner() == name)
        .map(|found| found.value)
}

/// A tag's attribute as a text.
pub(super) fn text_attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let raw = attribute(tag, name)?;
    Some(quick_xml::escape::unescape(&raw).map_or_else(|_| raw.to_string(), Cow::into_owned))
}

fn failed(part: &str, error: quick_xml::Error) -> WorkbookError {
    match error {
        quick_xml::Error::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<WorkbookError>()) {
            Some(own) => own.clone(),
            None if error.kind() == io::ErrorKind::InvalidData => WorkbookError::damaged(part, Damage::Encoding),
            None => io::Error::new(error.kind(), error.to_string()).into(),
        },
        quick_xml::Error::Encoding(_) => WorkbookError::damaged(part, Damage::Encoding),
        _ => WorkbookError::damaged(part, Damage::Xml),
    }
}

/// Hands on no more than so many bytes for one event, as the reader itself gathers without bounds.
struct Metered<'a> {
    from: BufReader<Unpacked<'a>>,
    left: usize,
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Metered<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(WorkbookError::too_many(Counted::CellText, EVENT_BYTES as u64).into());
        }
        let bytes = self.from.fill_buf()?;
        Ok(bytes.get(..bytes.len().min(self.left)).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.from.consume(amount);
    }
}
