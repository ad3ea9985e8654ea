//! Positions of the protocol, and the bytes that they stand for.
//!
//! Inside everything counts bytes. At the door a column counts the units that client and server agree on: bytes, UTF-16
//! code units (all that some editors can), or characters.

use std::sync::Arc;

use gen_lsp_types::{Position, PositionEncodingKind, Range};

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ColumnUnit {
    /// Bytes.
    Utf8,
    /// UTF-16 code units: what every client knows, and what holds where none is asked for.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl ColumnUnit {
    /// The cheapest unit that the client offers.
    pub fn negotiated<'o>(offered: impl IntoIterator<Item = &'o str>) -> Self {
        let known = offered.into_iter().filter_map(|name| match name {
            "utf-8" => Some(Self::Utf8),
            "utf-16" => Some(Self::Utf16),
            "utf-32" => Some(Self::Utf32),
            _ => None,
        });
        known
            .min_by_key(|unit| matches!(unit, Self::Utf16) as u8 + 2 * matches!(unit, Self::Utf32) as u8)
            .unwrap_or_default()
    }

    /// Its name in the protocol.
    pub const fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn of(self, character: char) -> usize {
        match self {
            Self::Utf8 => character.len_utf8(),
            Self::Utf16 => character.len_utf16(),
            Self::Utf32 => 1,
        }
    }

    fn len(self, text: &str) -> usize {
        if self == Self::Utf8 || text.is_ascii() {
            return text.len();
        }
        text.chars().map(|character| self.of(character)).sum()
    }

    /// The bytes of a line before a column; a column inside a character stands for its beginning, one behind the end for it.
    fn bytes(self, line: &str, column: usize) -> usize {
        if line.is_ascii() {
            return column.min(line.len());
        }
        let mut before = 0;
        for (at, character) in line.char_indices() {
            before += self.of(character);
            if before > column {
                return at;
            }
        }
        line.len()
    }
}

/// A text with the beginnings of its lines. Lines end with `\n`, `\r\n` or `\r`, as the protocol has it.
#[derive(Debug, Clone)]
pub(crate) struct LineIndex {
    text: Arc<str>,
    /// Never empty.
    starts: Vec<usize>,
}

impl LineIndex {
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let bytes = text.as_bytes();
        let is_end = |(at, byte): (usize, &u8)| match byte {
            b'\n' => Some(at + 1),
            b'\r' if bytes.get(at + 1) != Some(&b'\n') => Some(at + 1),
            _ => None,
        };
        let starts = std::iter::once(0).chain(bytes.iter().enumerate().filter_map(is_end)).collect();
        Self { text, starts }
    }

    pub const fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// A line without its end; empty behind the last one.
    pub fn line(&self, number: usize) -> &str {
        let Some(start) = self.starts.get(number) else { return "" };
        let end = self.starts.get(number + 1).copied().unwrap_or(self.text.len());
        self.text.get(*start..end).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }

    /// How many lines there are; behind the last line end is one more.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Where a line begins.
    pub fn start(&self, number: usize) -> usize {
        self.starts.get(number).copied().unwrap_or(self.text.len())
    }

    /// The line in which a byte lies.
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The byte at a position; one behind the end of its line or of the text stands for that end.
    pub fn offset(&self, position: Position, unit: ColumnUnit) -> usize {
        let number = position.line as usize;
        let Some(start) = self.starts.get(number) else { return self.text.len() };
        start + unit.bytes(self.line(number), position.character as usize)
    }

    /// The position of a byte; one inside a character or a line end stands for its beginning.
    pub fn position(&self, offset: usize, unit: ColumnUnit) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let number = self.line_of(offset);
        let line = self.line(number);
        let within = (offset - self.start(number)).min(line.len());
        let column = unit.len(line.get(..within).unwrap_or(line));
        Position { line: narrow(number), character: narrow(column) }
    }

    /// The range between two bytes.
    pub fn range(&self, start: usize, end: usize, unit: ColumnUnit) -> Range {
        Range { start: self.position(start, unit), end: self.position(end.max(start), unit) }
    }

    /// The text with a range replaced.
    #[must_use]
    pub fn edited(&self, range: Range, new: &str, unit: ColumnUnit) -> Self {
        let (start, end) = (self.offset(range.start, unit), self.offset(range.end, unit));
        let (start, end) = (start.min(end), start.max(end));
        let (before, after) = (self.text.get(..start).unwrap_or_default(), self.text.get(end..).unwrap_or_default());
        Self::new([before, new, after].concat())
    }
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UNITS: [ColumnUnit; 3] = [ColumnUnit::Utf8, ColumnUnit::Utf16, ColumnUnit::Utf32];

    /// Goes over the text character by character, as the protocol describes it.
    fn walked(text: &str, offset: usize, unit: ColumnUnit) -> (u32, u32) {
        let (mut line, mut column, mut was_return) = (0, 0, false);
        for (at, character) in text.char_indices() {
            if at >= offset {
                // Between \r and \n the line is still the one before.
                break;
            }
            let is_return = character == '\r';
            if character == '\n' || was_return {
                (line, column) = (line + 1, 0);
            }
            if character != '\n' && !is_return {
                column += match unit {
                    ColumnUnit::Utf8 => character.len_utf8(),
                    ColumnUnit::Utf16 => character.encode_utf16(&mut [0; 2]).len(),
                    ColumnUnit::Utf32 => 1,
                } as u32;
            }
            was_return = is_return;
        }
        if was_return && !text[offset..].starts_with('\n') {
            (line, column) = (line + 1, 0);
        }
        (line, column)
    }

    fn texts() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("\r\n"),
            Just("\n"),
            Just("\r"),
            Just("a"),
            Just("店"),
            Just("😀"),
            Just("👩‍👧"),
            Just("é"),
            Just("e\u{301}"),
            Just("\u{feff}"),
            Just("𠮷"),
            Just(" "),
        ];
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn positions_are_those_of_a_walk(text in texts()) {
            let lines = LineIndex::new(text.as_str());
            for unit in UNITS {
                for offset in (0..=text.len()).filter(|offset| text.is_char_boundary(*offset)) {
                    let found = lines.position(offset, unit);
                    prop_assert_eq!((found.line, found.character), walked(&text, offset, unit), "{:?} {}", text, offset);
                    let is_inside_end = text[..offset].ends_with('\r') && text[offset..].starts_with('\n');
                    let back = lines.offset(found, unit);
                    prop_assert_eq!(back, if is_inside_end { offset - 1 } else { offset });
                }
            }
        }

        #[test]
        fn edits_replace_what_lies_between(text in texts(), new in texts(), ends in (0_usize..200, 0_usize..200)) {
            let lines = LineIndex::new(text.as_str());
            let borders: Vec<usize> = (0..=text.len())
                .filter(|at| text.is_char_boundary(*at))
                .filter(|at| !(text[..*at].ends_with('\r') && text[*at..].starts_with('\n')))
                .collect();
            let (one, other) = (borders[ends.0 % borders.len()], borders[ends.1 % borders.len()]);
            let (start, end) = (one.min(other), one.max(other));
            let expected = format!("{}{new}{}", &text[..start], &text[end..]);
            for unit in UNITS {
                let edited = lines.edited(lines.range(start, end, unit), &new, unit);
                prop_assert_eq!(&**edited.text(), expected.as_str());
            }
        }

        #[test]
        fn no_position_is_outside(text in texts(), line in 0_u32..60, character in 0_u32..200) {
            let lines = LineIndex::new(text.as_str());
            for unit in UNITS {
                let offset = lines.offset(Position { line, character }, unit);
                prop_assert!(text.is_char_boundary(offset));
            }
        }
    }

    #[test]
    fn the_cheapest_unit_is_taken() {
        assert_eq!(ColumnUnit::negotiated([]), ColumnUnit::Utf16);
        assert_eq!(ColumnUnit::negotiated(["utf-16"]), ColumnUnit::Utf16);
        assert_eq!(ColumnUnit::negotiated(["utf-16", "utf-8"]), ColumnUnit::Utf8);
        assert_eq!(ColumnUnit::negotiated(["utf-32", "utf-16"]), ColumnUnit::Utf16);
        assert_eq!(ColumnUnit::negotiated(["utf-32"]), ColumnUnit::Utf32);
        assert_eq!(ColumnUnit::negotiated(["utf-7"]), ColumnUnit::Utf16);
    }
}
