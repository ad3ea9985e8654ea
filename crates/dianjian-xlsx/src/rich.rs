//! A text as `<si>` and `<is>` hold it: plain, or in runs of different looks, with readings to be left out.

use std::borrow::Cow;

use quick_xml::events::Event;

use super::error::{Counted, WorkbookError};
use super::xml::{Xml, attribute};

/// Bytes of one text; a cell shows 32,767 characters.
pub(super) const MAX_TEXT: usize = 1 << 20;

/// Gathers the text of the `<t>` elements within one item.
#[derive(Debug, Default)]
pub(super) struct RichText {
    text: String,
    /// Where the `<t>` that is open begins in the text.
    open: Option<usize>,
    /// Are spaces around the open `<t>` part of it?
    preserve: bool,
    /// Within how many `<rPh>`, which tell how the text is read aloud.
    phonetic: usize,
}

impl RichText {
    /// Begins a new item.
    pub fn begin(&mut self) {
        self.text.clear();
        (self.open, self.phonetic) = (None, 0);
    }

    /// Takes what lies within the item.
    pub fn take(&mut self, event: &Event<'_>, part: &str) -> Result<(), WorkbookError> {
        match event {
            Event::Start(tag) => match tag.local_name().into_inner() {
                "rPh" => self.phonetic += 1,
                "t" if self.phonetic == 0 => {
                    self.open = Some(self.text.len());
                    self.preserve = attribute(tag, "space").is_some_and(|space| space == "preserve");
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
            return Err(WorkbookError::too_many(Counted::CellText, MAX_TEXT as u64));
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

    /// The item's text.
    pub fn end(&self) -> &str {
        &self.text
    }
}

/// Reads `_x000A_`, by which texts hold what XML cannot.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
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

/// Bytes of `_x000A_`.
const ESCAPE_LEN: usize = 7;

/// The unit of UTF-16 that the text begins with in its escaped form.
fn escaped(text: &str) -> Option<u16> {
    let hex = text.strip_prefix("_x")?.get(..4)?;
    let closed = text.as_bytes().get(ESCAPE_LEN - 1) == Some(&b'_');
    let hex = Some(hex).filter(|hex| closed && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u16::from_str_radix(hex, 16).ok()
}

/// A text as it stands between tags: `<`, `&` and what XML cannot hold are escaped.
/// `None`: no cell can hold it.
pub(super) fn escape(text: &str) -> Option<String> {
    /// The longest text of a cell, in units of UTF-16.
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
