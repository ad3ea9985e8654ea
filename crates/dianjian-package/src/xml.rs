//! The XML of parts, read event by event with bounds on the size of an event and on nesting. Entities that a document
//! defines itself are refused, never expanded. Elements of other namespaces than the part's own are passed over: what
//! extensions add under the same names (`x14:workbookPr`) means something else.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, BytesText, Event};

use super::error::{PackageDamage, PackageError, PackageLimit};
use super::namespaces::Namespaces;
use super::package::Package;
use super::part_text::PartText;

/// Bytes of one tag or text. The 32,767 characters of a cell are less even if all are escaped.
const MAX_EVENT_BYTES: usize = 2 << 20;

/// The most nested elements; a cell's text lies eight levels deep.
const MAX_DEPTH: usize = 128;

/// A part's XML as a sequence of events.
pub struct Xml<'a> {
    reader: Reader<EventLimiter<'a>>,
    part: String,
    buffer: Vec<u8>,
    depth: usize,
    /// `None`: elements of all namespaces are reported.
    namespaces: Option<Namespaces>,
    /// Bytes of a byte-order mark, which the reader's positions leave out.
    mark: u64,
    is_utf16: bool,
}

impl std::fmt::Debug for Xml<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Xml").field("part", &self.part).finish_non_exhaustive()
    }
}

impl<'a> Xml<'a> {
    /// Opens a part, of which the elements in its root's namespace are reported. With `expand`, an empty element is
    /// reported as a start and an end.
    ///
    /// # Errors
    ///
    /// As of [`Package::read`].
    pub fn new(package: &'a mut Package, part: usize, expand: bool) -> Result<Self, PackageError> {
        Ok(Self { namespaces: Some(Namespaces::default()), ..Self::of_all_namespaces(package, part, expand)? })
    }

    /// Opens a part whose elements are of several namespaces.
    ///
    /// # Errors
    ///
    /// As of [`Package::read`].
    pub fn of_all_namespaces(package: &'a mut Package, part: usize, expand: bool) -> Result<Self, PackageError> {
        let (name, buffer) = (package.name(part).to_owned(), package.buffer_size(part));
        let text = PartText::new(package.read(part)?)?;
        let is_utf16 = text.is_utf16();
        let mut limited = EventLimiter { from: BufReader::with_capacity(buffer, text), left: MAX_EVENT_BYTES };
        let mark = if limited.from.fill_buf()?.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let mut reader = Reader::from_reader(limited);
        reader.config_mut().expand_empty_elements = expand;
        Ok(Self { reader, part: name, buffer: Vec::new(), depth: 0, namespaces: None, mark, is_utf16 })
    }

    /// Whether the part is in UTF-16, so that the places of events are not its own.
    pub const fn is_utf16(&self) -> bool {
        self.is_utf16
    }

    /// The next event.
    ///
    /// # Errors
    ///
    /// As of [`Self::next_placed`].
    #[expect(clippy::should_implement_trait, reason = "events borrow from the reader")]
    pub fn next(&mut self) -> Result<Event<'_>, PackageError> {
        self.next_placed().map(|(event, _)| event)
    }

    /// The next event and its range of bytes in the part. A tag of another namespace comes as an empty comment.
    ///
    /// # Errors
    ///
    /// The part is damaged, not well-formed, nested too deeply, or defines entities.
    pub fn next_placed(&mut self) -> Result<(Event<'_>, Range<u64>), PackageError> {
        let start = self.reader.buffer_position() + self.mark;
        self.buffer.clear();
        self.reader.get_mut().left = MAX_EVENT_BYTES;
        let event = self.reader.read_event_into(&mut self.buffer).map_err(|error| failed(&self.part, error))?;
        let is_own = self.namespaces.as_mut().is_none_or(|namespaces| namespaces.is_own(&event));
        match &event {
            Event::Start(_) if self.depth >= MAX_DEPTH => {
                return Err(PackageError::limit_exceeded(PackageLimit::Depth, MAX_DEPTH as u64));
            }
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::DocType(_) => return Err(PackageError::damaged(&self.part, PackageDamage::Entity)),
            Event::Eof if self.depth > 0 => return Err(PackageError::damaged(&self.part, PackageDamage::Xml)),
            _ => {}
        }
        let place = start..self.reader.buffer_position() + self.mark;
        Ok((if is_own { event } else { Event::Comment(BytesText::new("")) }, place))
    }

    /// The character of a reference such as `&lt;` or `&#10;`.
    ///
    /// # Errors
    ///
    /// One that is not predefined.
    pub fn resolve(part: &str, reference: &BytesRef<'_>) -> Result<char, PackageError> {
        let known = match &**reference {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => reference.resolve_char_ref().ok().flatten(),
        };
        known.ok_or_else(|| PackageError::damaged(part, PackageDamage::Entity))
    }
}

/// A tag's attribute by its name as written, verbatim.
pub fn attribute<'t>(tag: &'t BytesStart<'_>, name: &str) -> Option<Cow<'t, str>> {
    let mut attributes = tag.attributes();
    attributes
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.into_inner() == name)
        .map(|found| found.value)
}

/// A tag's attribute by its name as written, unescaped.
pub fn text_attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    attribute(tag, name).map(|raw| unescaped(&raw))
}

/// The id of a relationship: the attribute `id` of another namespace than the tag's own, whatever its prefix; of several
/// that with the usual one.
pub fn relationship_id(tag: &BytesStart<'_>) -> Option<String> {
    let mut attributes = tag.attributes();
    let ids = attributes.with_checks(false).flatten();
    let mut found: Option<(u8, String)> = None;
    for id in ids.filter(|attribute| attribute.key.local_name().into_inner() == "id") {
        let rank = match id.key.into_inner() {
            "r:id" => 0,
            "id" => 2,
            _ => 1,
        };
        if found.as_ref().is_none_or(|(known, _)| rank < *known) {
            found = Some((rank, unescaped(&id.value)));
        }
    }
    found.map(|(_, id)| id)
}

fn unescaped(raw: &str) -> String {
    quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_owned(), Cow::into_owned)
}

fn failed(part: &str, error: quick_xml::Error) -> PackageError {
    match error {
        quick_xml::Error::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<PackageError>()) {
            Some(own) => own.clone(),
            None if error.kind() == io::ErrorKind::InvalidData => PackageError::damaged(part, PackageDamage::Encoding),
            None => io::Error::new(error.kind(), error.to_string()).into(),
        },
        quick_xml::Error::Encoding(_) => PackageError::damaged(part, PackageDamage::Encoding),
        _ => PackageError::damaged(part, PackageDamage::Xml),
    }
}

/// Limits the bytes of one event, which the XML reader itself collects without bounds.
struct EventLimiter<'a> {
    from: BufReader<PartText<'a>>,
    left: usize,
}

impl Read for EventLimiter<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for EventLimiter<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(PackageError::limit_exceeded(PackageLimit::Event, MAX_EVENT_BYTES as u64).into());
        }
        let bytes = self.from.fill_buf()?;
        Ok(bytes.get(..bytes.len().min(self.left)).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.from.consume(amount);
    }
}
