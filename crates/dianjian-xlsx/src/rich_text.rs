//! Texts of `<si>` and `<is>` elements: plain or in runs of different fonts; phonetic readings are left out.

use std::borrow::Cow;

use quick_xml::events::Event;

use super::error::{WorkbookError, WorkbookLimit};
use dianjian_package::{Xml, attribute};

/// Bytes of one text; a cell holds 32,767 characters.
pub(crate) const MAX_TEXT: usize = 1 << 20;

/// Collects the text of the `<t>` elements within one item.
#[derive(Debug, Default)]
pub(crate) struct RichText {
    text: String,
    /// Where in `text` the open `<t>` begins.
    open: Option<usize>,
    /// Does the open `<t>` keep leading and trailing blanks (`xml:space="preserve"`)?
    preserve: bool,
    /// The number of open `<rPh>` elements, which hold the pronunciation.
    phonetic: usize,
}

impl RichText {
    /// Starts a new item.
    pub(crate) fn begin(&mut self) {
        self.text.clear();
        (self.open, self.phonetic) = (None, 0);
    }

    /// Processes an event within the item.
    pub(crate) fn take(&mut self, event: &Event<'_>, part: &str) -> Result<(), WorkbookError> {
        match event {
            Event::Start(tag) => match tag.local_name().into_inner() {
                "rPh" => self.phonetic += 1,
                "t" if self.phonetic == 0 => {
                    self.open = Some(self.text.len());
                    self.preserve = attribute(tag, "xml:space").is_some_and(|space| space == "preserve");
                }
                _ => {}
            },
            Event::End(tag) => match tag.local_name().into_inner() {
                "rPh" => self.phonetic = self.phonetic.saturating_sub(1),
                "t" => self.close(),
                _ => {}
            },
            Event::Text(text) if self.open.is_some() => self.text.push_str(&text.xml10_content()),
            Event::CData(text) if self.open.is_some() => self.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) if self.open.is_some() => self.text.push(Xml::resolve(part, reference)?),
            _ => {}
        }
        if self.text.len() > MAX_TEXT {
            return Err(WorkbookError::limit_exceeded(WorkbookLimit::CellText, MAX_TEXT as u64));
        }
        Ok(())
    }

    fn close(&mut self) {
        let Some(start) = self.open.take() else { return };
        if !self.preserve {
            let blank = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
            let run = self.text.get(start..).unwrap_or_default();
            let kept = run.trim_end_matches(blank).len();
            let leading = kept - run[..kept].trim_start_matches(blank).len();
            self.text.truncate(start + kept);
            self.text.drain(start..start + leading);
        }
        if let Cow::Owned(text) = unescape(self.text.get(start..).unwrap_or_default()) {
            self.text.truncate(start);
            self.text.push_str(&text);
        }
    }

    /// The text of the item.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// Decodes `_x000A_`, in which form texts hold characters that XML cannot.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(unit) = escaped(rest) {
            units.push(unit);
            rest = &rest[ESCAPE_LEN..];
            continue;
        }
        out.extend(char::decode_utf16(units.drain(..)).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
        let next = rest.char_indices().skip(1).find(|&(_, c)| c == '_').map_or(rest.len(), |(at, _)| at);
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    out.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
    Cow::Owned(out)
}

/// The length of an escape such as `_x000A_` in bytes.
const ESCAPE_LEN: usize = 7;

/// The UTF-16 code unit whose escape the text begins with.
fn escaped(text: &str) -> Option<u16> {
    let hex = text.strip_prefix("_x")?.get(..4)?;
    let closed = text.as_bytes().get(ESCAPE_LEN - 1) == Some(&b'_');
    let hex = Some(hex).filter(|hex| closed && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u16::from_str_radix(hex, 16).ok()
}

/// A text as XML content, with `<`, `&` and what XML cannot hold escaped; `None` if it is too long for a cell.
pub(crate) fn escape(text: &str) -> Option<String> {
    /// The longest text of a cell, in UTF-16 code units.
    const MAX_UNITS: usize = 32_767;
    if text.encode_utf16().count() > MAX_UNITS {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '_' if escaped(&text[at..]).is_some() => out.push_str("_x005F_"),
            '\t' | '\n' => out.push(c),
            '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => out.push_str(&format!("_x{:04X}_", c as u32)),
            _ => out.push(c),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_units_are_read_and_written() {
        for (stored, text) in [
            ("a_x000D_\nb", "a\r\nb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xD83C__xDF75_", "🍵"),
            ("_x00_", "_x00_"),
            ("店_x5E97", "店_x5E97"),
        ] {
            assert_eq!(unescape(stored), text);
        }
        for text in ["a\r\nb", "_x000D_", "<b>&", "\u{1}_", "__x000A__", "店"] {
            let stored = escape(text).unwrap();
            let read = quick_xml::escape::unescape(&stored).unwrap();
            assert_eq!(unescape(&read), text);
        }
        assert_eq!(escape(&"茶".repeat(32_768)), None);
    }
}
