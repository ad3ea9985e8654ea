//! XML as the platform pushes it: an `<xml>` element whose elements are fields.
//!
//! An element with children is a mapping, one that is repeated a list, any other a text. Attributes, comments and text
//! between elements are ignored. Entities that a document defines itself are never expanded;
//! a document that declares a type is not read. A text may hold several events one after another.

use std::ops::Range;

use dianjian_base::BOM;
use quick_xml::Reader;
use quick_xml::errors::IllFormedError;
use quick_xml::events::Event;
use rustc_hash::FxHashMap;

use super::arena::{NodeKind, OWNED, ScalarStyle, Tree};
use super::build::TreeBuilder;
use super::error::{DocumentError, DocumentErrorKind, RelatedPlace};
use super::messages::{self as say, SyntaxMessage};
use super::node::Node;
use crate::source::{Limits, SourceFile, Span};

/// The root element of everything that the platform pushes.
const ROOT: &str = "xml";

/// Elements of one event, which has a few dozen.
const MAX_ELEMENTS: usize = 1 << 20;

/// Reads all events of a text. Of other XML than the platform's, only the name of the root element is read.
pub(super) fn parse(
    source: &SourceFile,
    limits: &Limits,
    tree: &mut Tree,
    each: &mut dyn FnMut(Node<'_>),
) -> Vec<DocumentError> {
    let text = source.text();
    // The reader passes over a byte-order mark and does not count it: none is left to it.
    let before = text.len() - text.trim_start_matches(BOM).len();
    let mut reading = XmlReader::new(text, before, limits);
    let mut builder = TreeBuilder::new(tree, text, limits);
    while !builder.has_too_many_problems() {
        builder.tree.clear();
        match reading.document(&mut builder) {
            Ok(true) => each(builder.tree.root(source)),
            Ok(false) => break,
            Err(problem) => {
                builder.report(problem);
                break;
            }
        }
    }
    builder.problems
}

/// An element by its byte ranges in the text.
#[derive(Debug, Clone)]
struct XmlElement {
    name: Range<usize>,
    whole: Range<usize>,
    /// What is between its tags.
    inner: Range<usize>,
    /// The elements in it, by their numbers.
    children: Vec<usize>,
}

struct XmlReader<'s> {
    text: &'s str,
    /// Bytes before what the reader reads.
    before: usize,
    reader: Reader<&'s [u8]>,
    /// The elements of one document; the first is its root.
    elements: Vec<XmlElement>,
    /// Those that are not closed yet, the innermost last.
    open: Vec<usize>,
    /// Where a document type is declared.
    doctype: Option<Range<usize>>,
    /// Whether any element was read: a text without one is no XML.
    has_elements: bool,
    limits: &'s Limits,
}

impl<'s> XmlReader<'s> {
    fn new(text: &'s str, before: usize, limits: &'s Limits) -> Self {
        let reader = Reader::from_str(text.get(before..).unwrap_or_default());
        let (elements, open) = (Vec::new(), Vec::new());
        Self { text, before, reader, elements, open, doctype: None, has_elements: false, limits }
    }

    /// Reads the next document into the builder; `false` at the end of the text.
    fn document(&mut self, builder: &mut TreeBuilder<'_>) -> Result<bool, DocumentError> {
        self.elements.clear();
        loop {
            let start = self.position();
            let event = self.reader.read_event().map_err(|error| self.broken(start, &error))?;
            let at = start..self.position();
            match event {
                Event::Start(_) | Event::Empty(_) if self.is_unrecognised(&at) => {
                    return self.unrecognised(at, builder);
                }
                Event::Start(_) => self.start(at)?,
                Event::Empty(_) => {
                    self.start(at.clone())?;
                    if self.end(at.end..at.end) {
                        return self.write(0, builder).map(|()| true);
                    }
                }
                Event::End(_) if self.end(at.clone()) => return self.write(0, builder).map(|()| true),
                Event::DocType(_) => self.doctype = Some(at),
                Event::Eof => return self.eof(),
                _ => {}
            }
        }
    }

    fn position(&self) -> usize {
        self.before + self.reader.buffer_position() as usize
    }

    fn slice(&self, at: &Range<usize>) -> &'s str {
        self.text.get(at.clone()).unwrap_or_default()
    }

    /// The name in a tag.
    fn name(&self, tag: &Range<usize>) -> Range<usize> {
        let is_end = |c: char| c.is_whitespace() || matches!(c, '/' | '>');
        let start = tag.start + 1;
        let rest = self.slice(&(start..tag.end));
        start..start + rest.find(is_end).unwrap_or(rest.len())
    }

    /// Whether a tag begins a document that is not the platform's.
    fn is_unrecognised(&self, tag: &Range<usize>) -> bool {
        self.open.is_empty() && self.slice(&self.name(tag)) != ROOT
    }

    /// A document of which nothing but its name is known. Nothing after it is read.
    fn unrecognised(&mut self, tag: Range<usize>, builder: &mut TreeBuilder<'_>) -> Result<bool, DocumentError> {
        let name = self.name(&tag);
        builder.scalar(NodeKind::String, ScalarStyle::Xml, span(&name), (name.start, name.len()), 0)?;
        (self.reader, self.before, self.has_elements) = (Reader::from_str(""), self.text.len(), true);
        Ok(true)
    }

    fn start(&mut self, tag: Range<usize>) -> Result<(), DocumentError> {
        let at = Span::at(tag.start as u32);
        if let Some(doctype) = &self.doctype {
            return Err(DocumentError::syntax(&say::XML_DOCTYPE, None, span(doctype)));
        }
        if self.open.len() >= self.limits.depth {
            return Err(DocumentError::new(DocumentErrorKind::TooDeep { limit: self.limits.depth as u64 }, at));
        }
        if self.elements.len() >= MAX_ELEMENTS {
            return Err(DocumentError::new(DocumentErrorKind::TooManyNodes { limit: MAX_ELEMENTS as u64 }, at));
        }
        let number = self.elements.len();
        if let Some(parent) = self.open.last().and_then(|parent| self.elements.get_mut(*parent)) {
            parent.children.push(number);
        }
        let name = self.name(&tag);
        self.elements.push(XmlElement { name, inner: tag.end..tag.end, whole: tag, children: Vec::new() });
        self.open.push(number);
        self.has_elements = true;
        Ok(())
    }

    /// Closes the innermost element; says whether it was the root.
    fn end(&mut self, tag: Range<usize>) -> bool {
        if let Some(element) = self.open.pop().and_then(|number| self.elements.get_mut(number)) {
            element.inner.end = tag.start.max(element.inner.start);
            element.whole.end = tag.end;
        }
        self.open.is_empty()
    }

    fn eof(&self) -> Result<bool, DocumentError> {
        let end = Span::at(self.text.len() as u32);
        if let Some(element) = self.open.last().and_then(|number| self.elements.get(*number)) {
            let opened = span(&element.name);
            return Err(DocumentError::syntax(&say::XML_END, None, end).with_related(RelatedPlace::Opened, opened));
        }
        let is_blank = self.text.trim_start_matches(BOM).trim().is_empty();
        if self.has_elements || is_blank {
            Ok(false)
        } else {
            Err(DocumentError::syntax(&say::XML_NONE, None, Span::at(0)))
        }
    }

    fn broken(&self, start: usize, error: &quick_xml::Error) -> DocumentError {
        let is_tag = matches!(
            error,
            quick_xml::Error::IllFormed(IllFormedError::MismatchedEndTag { .. } | IllFormedError::UnmatchedEndTag(_))
        );
        let message: &'static SyntaxMessage = if is_tag { &say::XML_CLOSE } else { &say::XML_SYNTAX };
        let at = (self.before + self.reader.error_position() as usize).clamp(start, self.text.len());
        let opened = self.open.last().and_then(|number| self.elements.get(*number)).filter(|_| is_tag);
        let wrong = DocumentError::syntax(message, None, Span::at(at as u32));
        match opened {
            Some(element) => wrong.with_related(RelatedPlace::Opened, span(&element.name)),
            None => wrong,
        }
    }

    /// Writes an element and all in it into the tree.
    fn write(&self, number: usize, builder: &mut TreeBuilder<'_>) -> Result<(), DocumentError> {
        let Some(element) = self.elements.get(number) else { return Ok(()) };
        if element.children.is_empty() && number > 0 {
            return self.write_text(element, builder);
        }
        let mut fields: Vec<(&str, Vec<usize>)> = Vec::new();
        let mut known: FxHashMap<&str, usize> = FxHashMap::default();
        for child in &element.children {
            let name = self.elements.get(*child).map_or("", |child| self.slice(&child.name));
            let at = *known.entry(name).or_insert(fields.len());
            match fields.get_mut(at) {
                Some((_, all)) => all.push(*child),
                None => fields.push((name, vec![*child])),
            }
        }
        builder.open(NodeKind::Mapping, ScalarStyle::XmlElement, span(&element.whole))?;
        for (_, all) in &fields {
            let element = |number: Option<&usize>| self.elements.get(*number?);
            let (Some(first), Some(last)) = (element(all.first()), element(all.last())) else { continue };
            let name = (first.name.start, first.name.len());
            builder.scalar(NodeKind::String, ScalarStyle::Xml, span(&first.name), name, 0)?;
            if let [only] = all[..] {
                self.write(only, builder)?;
                continue;
            }
            let end = last.whole.end as u32;
            builder.open(NodeKind::Sequence, ScalarStyle::XmlElement, Span::new(first.whole.start as u32, end))?;
            for item in all {
                self.write(*item, builder)?;
            }
            builder.close(Some(end))?;
        }
        builder.close(Some(element.whole.end as u32))
    }

    /// Writes what an element says: blanks around it are not part of it.
    fn write_text(&self, element: &XmlElement, builder: &mut TreeBuilder<'_>) -> Result<(), DocumentError> {
        let inner = self.slice(&element.inner);
        let start = element.inner.start + inner.len() - inner.trim_start().len();
        let written = inner.trim();
        let mut pieces = Vec::new();
        for piece in XmlPieces::of(written) {
            match piece {
                XmlPiece::Unknown(range) => {
                    let at = Span::new((start + range.start) as u32, (start + range.end) as u32);
                    return Err(DocumentError::syntax(&say::XML_ENTITY, None, at));
                }
                XmlPiece::Nothing => {}
                said => pieces.push(said),
            }
        }
        let text = |range: &Range<usize>| start + range.start..start + range.end;
        let (kind, style) = (NodeKind::String, ScalarStyle::Xml);
        match &pieces[..] {
            [] => builder.scalar(kind, style, Span::at(start as u32), (start, 0), 0)?,
            [XmlPiece::Text(range)] => {
                let range = text(range);
                builder.scalar(kind, style, span(&range), (range.start, range.len()), 0)?
            }
            _ => {
                let at = builder.tree.strings.len();
                for piece in &pieces {
                    match piece {
                        XmlPiece::Text(range) => {
                            let said = self.slice(&text(range));
                            builder.tree.strings.push_str(said);
                        }
                        XmlPiece::Character(_, character) => builder.tree.strings.push(*character),
                        XmlPiece::Unknown(_) | XmlPiece::Nothing => {}
                    }
                }
                let len = builder.tree.strings.len() - at;
                let whole = Span::new(start as u32, (start + written.len()) as u32);
                builder.scalar(kind, style, whole, (at, len), OWNED)?
            }
        };
        Ok(())
    }
}

fn span(range: &Range<usize>) -> Span {
    Span::new(range.start as u32, range.end as u32)
}

/// A piece of an element's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum XmlPiece {
    /// Bytes that stand for themselves.
    Text(Range<usize>),
    /// A reference, and the character that it stands for.
    Character(Range<usize>, char),
    /// A reference to what only a document type could define.
    Unknown(Range<usize>),
    /// A comment, or the like.
    Nothing,
}

/// The pieces of an element's text, one after another.
pub(super) struct XmlPieces<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> XmlPieces<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// What is between a mark at the beginning of the rest and the next other one.
    fn between(&mut self, opening: &str, closing: &str) -> Option<Range<usize>> {
        let inner = self.text.get(self.at..)?.strip_prefix(opening)?;
        let start = self.at + opening.len();
        let len = inner.find(closing).unwrap_or(inner.len());
        self.at = (start + len + closing.len()).min(self.text.len());
        Some(start..start + len)
    }
}

impl Iterator for XmlPieces<'_> {
    type Item = XmlPiece;

    fn next(&mut self) -> Option<XmlPiece> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        if let Some(inner) = self.between("<![CDATA[", "]]>") {
            return Some(if inner.is_empty() { XmlPiece::Nothing } else { XmlPiece::Text(inner) });
        }
        if self.between("<!--", "-->").is_some() || self.between("<?", "?>").is_some() {
            return Some(XmlPiece::Nothing);
        }
        if let Some(name) = self.between("&", ";") {
            let known = self.text.get(name).and_then(character);
            let whole = start..self.at;
            return Some(
                known.map_or(XmlPiece::Unknown(whole.clone()), |character| XmlPiece::Character(whole, character)),
            );
        }
        // A mark that opens nothing stands for itself.
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let len = rest.get(first..).and_then(|rest| rest.find(['<', '&'])).map_or(rest.len(), |at| first + at);
        self.at += len;
        Some(XmlPiece::Text(start..start + len))
    }
}

/// The character that a reference stands for; `None` for one that XML itself does not have.
fn character(name: &str) -> Option<char> {
    let Some(number) = name.strip_prefix('#') else {
        return match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => None,
        };
    };
    let code = match number.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).filter(|character| *character != '\0')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Format, parse};

    /// What is read, and what is wrong with it at which bytes.
    fn read(text: &str) -> (Vec<String>, Vec<(&'static str, String)>) {
        let source = SourceFile::new("a.xml", text);
        let mut seen = Vec::new();
        let errors = parse(&source, Format::Xml, &Limits::default(), &mut Tree::new(), &mut |root| {
            let entry = |key: Node<'_>, value: Node<'_>| {
                let items: Vec<&str> = value.items().filter_map(Node::scalar).collect();
                let said = value.scalar().map_or_else(|| format!("{items:?}"), |text| format!("{text:?}"));
                format!("{}={said}", key.scalar().unwrap_or("?"))
            };
            let entries: Vec<String> = root.entries().map(|(key, value)| entry(key, value)).collect();
            seen.push(root.scalar().map_or_else(|| entries.join(" "), |name| format!("<{name}>")));
        });
        let wrong = errors.iter().map(|error| (error.id(), source.slice(error.span).to_owned()));
        (seen, wrong.collect())
    }

    #[test]
    fn elements_are_fields_and_several_of_one_name_are_a_list() {
        let text = "\u{feff}<xml><!-- x --><a><![CDATA[<茶> & x]]></a><b> 1 </b><c/><a>y&amp;&#x8336;</a></xml>\n";
        assert_eq!(read(text).0, ["a=[\"<茶> & x\", \"y&茶\"] b=\"1\" c=\"\""]);
        assert_eq!(read("<xml><a>1</a></xml>\n<xml><a>2</a></xml>").0, ["a=\"1\"", "a=\"2\""]);
        assert_eq!(read("10:00 got <xml><a>1</a></xml>").0, ["a=\"1\""]);
        assert_eq!(read("\u{feff}\u{feff}<xml><a>茶</a></xml>").0, ["a=\"茶\""]);
    }

    #[test]
    fn of_xml_that_is_not_the_platforms_only_the_name_is_read() {
        let html = "<!DOCTYPE html [<!ENTITY x \"y\">]>\n<html><body>&x;<br></body></html>";
        assert_eq!(read(html), (vec!["<html>".to_owned()], Vec::new()));
    }

    #[test]
    fn what_is_wrong_has_its_place() {
        let wrong = |text: &str| read(text).1;
        let doctype = "<!DOCTYPE xml [<!ENTITY a \"b\">]>";
        assert_eq!(wrong(&format!("{doctype}<xml><x>&a;</x></xml>")), [("xml/doctype", doctype.to_owned())]);
        assert_eq!(wrong("<xml><x>1&nbsp;2</x></xml>"), [("xml/entity", "&nbsp;".to_owned())]);
        assert_eq!(wrong("<xml><x>1</y></xml>").first().map(|(id, _)| *id), Some("xml/close"));
        assert_eq!(wrong("<xml><x>1</x>").first().map(|(id, _)| *id), Some("xml/unexpected-end"));
        assert_eq!(wrong("<xml><x><![CDATA[1</x></xml>").first().map(|(id, _)| *id), Some("xml/syntax"));
        assert_eq!(wrong("success").first().map(|(id, _)| *id), Some("xml/no-element"));
        let deep = format!("<xml>{}", "<a>".repeat(1000));
        assert_eq!(wrong(&deep).first().map(|(id, _)| *id), Some("document/too-deep"));
        assert!(wrong(" \n").is_empty());
    }
}
