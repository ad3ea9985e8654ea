//! The fields of CSV text, with the bytes they are written in.
//!
//! RFC 4180 as it is met in the world: records end at CRLF, LF or CR; empty lines are no records; a quote
//! means something only where a field begins; text after a closing quote belongs to the field. A quote that
//! is never closed, or that is closed far below in the middle of something else, is taken for a character, so
//! that the damage ends with the line.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memchr3};

use crate::source::Span;

/// The longest field in quotes: a quote that is not closed by then is taken for a character.
pub const QUOTED_BYTES: usize = 8 << 20;

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvField {
    /// Where it is written, with its quotes.
    pub span: Span,
    /// How it is written.
    pub quotes: FieldQuotes,
    /// What follows it.
    pub then: FieldEnd,
    /// What is wrong with it.
    pub fault: Option<QuotingFault>,
}

/// How a field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldQuotes {
    /// As it is.
    None,
    /// Between quotes, as it is.
    Around,
    /// In quotes, with doubled quotes or text after the closing one.
    Inside,
}

/// What follows a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldEnd {
    /// A delimiter: another field.
    Delimiter,
    /// A line break: the record ends.
    Break,
    /// Nothing.
    End,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotingFault {
    /// The quote that begins it is not closed.
    Unclosed,
    /// The quote that begins it is closed only lines below, in the middle of something else.
    Strayed,
    /// There is text after the closing quote, which begins there.
    AfterQuote(u32),
}

impl CsvField {
    /// The field's text in the text it was found in.
    pub fn text(self, of: &str) -> Cow<'_, str> {
        let written = of.get(self.span.range()).unwrap_or_default();
        match self.quotes {
            FieldQuotes::None => Cow::Borrowed(written),
            FieldQuotes::Around => Cow::Borrowed(written.get(1..written.len().saturating_sub(1)).unwrap_or_default()),
            FieldQuotes::Inside => Cow::Owned(unquoted(written)),
        }
    }
}

/// Takes the quotes out of a field that begins with one.
fn unquoted(written: &str) -> String {
    let mut text = String::with_capacity(written.len());
    let mut rest = written.get(1..).unwrap_or_default();
    while let Some(quote) = rest.find('"') {
        let (before, after) = rest.split_at(quote);
        text.push_str(before);
        match after.strip_prefix("\"\"") {
            Some(after) => {
                text.push('"');
                rest = after;
            }
            None => {
                text.push_str(after.get(1..).unwrap_or_default());
                return text;
            }
        }
    }
    text.push_str(rest);
    text
}

/// Walks the fields of one record.
#[derive(Debug, Clone)]
pub struct CsvFields<'t> {
    bytes: &'t [u8],
    at: usize,
    delimiter: u8,
    ended: bool,
}

impl<'t> CsvFields<'t> {
    /// The fields of the record that begins at an offset.
    pub fn of(text: &'t str, start: u32, delimiter: u8) -> Self {
        Self { bytes: text.as_bytes(), at: start as usize, delimiter, ended: false }
    }

    /// Where the next record's line begins, once all fields are walked.
    pub const fn next_record(&self) -> usize {
        self.at
    }
}

impl Iterator for CsvFields<'_> {
    type Item = CsvField;

    fn next(&mut self) -> Option<CsvField> {
        if self.ended {
            return None;
        }
        let (field, next) = field(self.bytes, self.at, self.delimiter);
        self.at = next;
        self.ended = field.then != FieldEnd::Delimiter;
        Some(field)
    }
}

/// Passes over empty lines.
pub fn skip_empty(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// Where the records of a text begin, from an offset on.
pub(super) fn record_starts(text: &str, from: u32, delimiter: u8) -> Vec<u32> {
    let mut starts = Vec::new();
    let mut at = skip_empty(text.as_bytes(), from as usize);
    while at < text.len() {
        starts.push(at as u32);
        let mut fields = CsvFields::of(text, at as u32, delimiter);
        fields.by_ref().for_each(drop);
        at = skip_empty(text.as_bytes(), fields.next_record());
    }
    starts
}

/// The field that begins at `start`, and where the scan goes on.
fn field(bytes: &[u8], start: usize, delimiter: u8) -> (CsvField, usize) {
    if bytes.get(start) == Some(&b'"') {
        return match quoted(bytes, start, delimiter) {
            Ok(found) => found,
            Err(fault) => plain(bytes, start, start, delimiter, FieldQuotes::None, Some(fault)),
        };
    }
    plain(bytes, start, start, delimiter, FieldQuotes::None, None)
}

/// The rest of a field, from where quotes mean nothing.
fn plain(
    bytes: &[u8],
    start: usize,
    from: usize,
    delimiter: u8,
    quotes: FieldQuotes,
    fault: Option<QuotingFault>,
) -> (CsvField, usize) {
    let rest = bytes.get(from..).unwrap_or_default();
    let end = memchr3(delimiter, b'\n', b'\r', rest).map_or(bytes.len(), |at| from + at);
    ended(bytes, start, end, delimiter, quotes, fault)
}

/// A field that ends before `end`, and the delimiter or line break there.
fn ended(
    bytes: &[u8],
    start: usize,
    end: usize,
    delimiter: u8,
    quotes: FieldQuotes,
    fault: Option<QuotingFault>,
) -> (CsvField, usize) {
    let (then, next) = match bytes.get(end) {
        None => (FieldEnd::End, end),
        Some(&byte) if byte == delimiter => (FieldEnd::Delimiter, end + 1),
        Some(b'\r') if bytes.get(end + 1) == Some(&b'\n') => (FieldEnd::Break, end + 2),
        Some(_) => (FieldEnd::Break, end + 1),
    };
    (CsvField { span: Span::new(start as u32, end as u32), quotes, then, fault }, next)
}

/// A field in quotes, or why the quote must be a plain character.
fn quoted(bytes: &[u8], start: usize, delimiter: u8) -> Result<(CsvField, usize), QuotingFault> {
    let limit = bytes.len().min(start.saturating_add(QUOTED_BYTES));
    let mut at = start + 1;
    let mut quotes = FieldQuotes::Around;
    loop {
        let rest = bytes.get(at..limit).unwrap_or_default();
        at += memchr(b'"', rest).ok_or(QuotingFault::Unclosed)?;
        if bytes.get(at + 1) != Some(&b'"') {
            break;
        }
        quotes = FieldQuotes::Inside;
        at += 2;
    }
    let end = at + 1;
    let is_end = bytes.get(end).is_none_or(|&byte| byte == delimiter || matches!(byte, b'\n' | b'\r'));
    if is_end {
        return Ok(ended(bytes, start, end, delimiter, quotes, None));
    }
    // Text after the quote is a slip; over a line break it is another field's quote that was met.
    let spans_lines = memchr2(b'\n', b'\r', bytes.get(start..at).unwrap_or_default()).is_some();
    if spans_lines {
        return Err(QuotingFault::Strayed);
    }
    Ok(plain(bytes, start, end, delimiter, FieldQuotes::Inside, Some(QuotingFault::AfterQuote(end as u32))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str, delimiter: u8) -> Vec<Vec<String>> {
        let starts = record_starts(text, 0, delimiter);
        let fields = |start: u32| CsvFields::of(text, start, delimiter).map(|field| field.text(text).into_owned());
        starts.into_iter().map(|start| fields(start).collect()).collect()
    }

    #[test]
    fn records_are_read_as_they_are_met() {
        let cases: [(&str, &[&[&str]]); 12] = [
            ("", &[]),
            ("a,b\nc,d\n", &[&["a", "b"], &["c", "d"]]),
            ("a,b\r\nc\rd", &[&["a", "b"], &["c"], &["d"]]),
            ("a,\n,\n", &[&["a", ""], &["", ""]]),
            ("\r\n\n\na\n\n", &[&["a"]]),
            ("\"a,b\",\"c\"\"d\"\n", &[&["a,b", "c\"d"]]),
            ("\"a\r\nb\",c\n", &[&["a\r\nb", "c"]]),
            ("\"\",\"\"\"\"", &[&["", "\""]]),
            ("5\" 屏,\"a\"b\"c,d", &[&["5\" 屏", "ab\"c", "d"]]),
            // The quote is never closed: it is a character, and the next line is whole.
            ("\"a,b\nc,d\n", &[&["\"a", "b"], &["c", "d"]]),
            // It would be closed by the opening quote of another field.
            ("\"a,b\nc,\"d\"\n", &[&["\"a", "b"], &["c", "d"]]),
            ("\"", &[&["\""]]),
        ];
        for (text, expected) in cases {
            assert_eq!(records(text, b','), expected, "{text:?}");
        }
        assert_eq!(records("a;b,c", b';'), [["a", "b,c"]]);
    }
}
