//! How long a text is, in the units that the platforms' limits are written in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_width::UnicodeWidthChar;

use super::chars::is_han;

/// The unit of a length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Unit")]
pub enum LengthUnit {
    /// Unicode characters (scalar values), whatever they look like.
    #[default]
    Chars,
    /// Columns: a Chinese character, a full-width sign or an emoji counts 2, a Latin letter 1, an invisible character 0.
    Width,
    /// Chinese characters, Latin letters and digits, 1 each; signs and blanks count nothing.
    Effective,
    /// Bytes of UTF-8.
    Bytes,
    /// Code units of UTF-16, as JavaScript and Java count.
    Utf16,
}

/// The length of a text in the given unit.
pub fn len(text: &str, unit: LengthUnit) -> usize {
    match unit {
        LengthUnit::Chars => text.chars().count(),
        LengthUnit::Width => text.chars().map(|c| c.width().unwrap_or(0)).sum(),
        LengthUnit::Effective => text.chars().filter(|&c| is_effective(c)).count(),
        LengthUnit::Bytes => text.len(),
        LengthUnit::Utf16 => text.encode_utf16().count(),
    }
}

fn is_effective(c: char) -> bool {
    let latin = matches!(u32::from(c), 0xC0..=0x24F | 0x1E00..=0x1EFF) && c.is_alphabetic();
    let full_width = matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ');
    c.is_ascii_alphanumeric() || is_han(c) || latin || full_width
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        // text, characters, width, effective, bytes, UTF-16
        let table = [
            ("", [0, 0, 0, 0, 0]),
            ("云山茶", [3, 6, 3, 9, 3]),
            ("云山 Tea-1", [8, 10, 6, 12, 8]),
            ("[五元]扇子", [6, 10, 4, 14, 6]),
            ("旗\u{200B}舰", [3, 4, 2, 9, 3]),
            ("🍵", [1, 2, 0, 4, 2]),
            ("é１", [2, 3, 2, 5, 2]),
        ];
        for (text, expected) in table {
            let units =
                [LengthUnit::Chars, LengthUnit::Width, LengthUnit::Effective, LengthUnit::Bytes, LengthUnit::Utf16];
            assert_eq!(units.map(|unit| len(text, unit)), expected, "{text}");
        }
    }
}
