//! What kind of character a character is: the tables behind folding and the search for hidden ones.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// What was generated from OpenCC and the Unicode Character Database. A file of characters rather than code, so that
/// reviews show it as what it is.
const DATA: &str = include_str!("../data/characters.txt");

/// How [`CharTables`] says that a character stays as it is.
pub(super) const KEEP: u16 = 0;
/// How [`CharTables`] says that a character needs [`super::fold`]'s slow way.
pub(super) const SLOW: u16 = 1;

/// Look-ups made from [`DATA`] once a run.
pub(super) struct CharTables {
    /// For each character of the Basic Multilingual Plane: [`KEEP`], [`SLOW`], or the one character it
    /// folds to. What folds to U+0000 or U+0001 would collide with the marks; nothing does.
    pub(super) bmp: Box<[u16]>,
    /// Simplified form of each character that has another one.
    simplified: FxHashMap<char, char>,
    marks: Ranges,
    format: Ranges,
    pictographs: Ranges,
}

/// First and last code points, ascending and apart.
type Ranges = Vec<(u32, u32)>;

pub(super) static TABLES: LazyLock<CharTables> = LazyLock::new(CharTables::new);

impl CharTables {
    fn new() -> Self {
        let mut simplified = FxHashMap::default();
        let mut chars = section("simplified").chars().filter(|c| !c.is_whitespace());
        while let (Some(from), Some(to)) = (chars.next(), chars.next()) {
            simplified.insert(from, to);
        }
        let mut bmp = vec![SLOW; 0x1_0000].into_boxed_slice();
        let plain = [(0x20, 0x7E), (0x3001, 0x3029), (0x3041, 0x3096), (0x30A1, 0x30FE), (0x3400, 0x9FFF)];
        for (start, end) in plain {
            bmp[start..=end].fill(KEEP);
        }
        for kept in ['\t', '\n', '\r', '·', '‘', '’', '“', '”', '—', '–', '•'] {
            bmp[kept as usize] = KEEP;
        }
        for upper in b'A'..=b'Z' {
            bmp[usize::from(upper)] = u16::from(upper.to_ascii_lowercase());
        }
        for full in 0xFF01..=0xFF5E_u16 {
            let ascii = (full - 0xFEE0) as u8;
            bmp[usize::from(full)] = u16::from(ascii.to_ascii_lowercase());
        }
        bmp[0x3000] = u16::from(b' ');
        for (&from, &to) in &simplified {
            if let (Ok(from), Ok(to)) = (u16::try_from(u32::from(from)), u16::try_from(u32::from(to))) {
                bmp[usize::from(from)] = to;
            } else if let Ok(from) = u16::try_from(u32::from(from)) {
                bmp[usize::from(from)] = SLOW;
            }
        }
        let [marks, format, pictographs] = ["marks", "format", "pictographs"].map(ranges);
        Self { bmp, simplified, marks, format, pictographs }
    }

    /// The simplified Chinese form of a character; itself where it has no other.
    pub(super) fn simplify(&self, c: char) -> char {
        self.simplified.get(&c).copied().unwrap_or(c)
    }
}

/// A section of the data: what follows its name in brackets, up to a blank line.
fn section(name: &str) -> &'static str {
    let sections = DATA.split("\n[").filter_map(|section| section.split_once("]\n"));
    let found = sections.into_iter().find(|(known, _)| *known == name).map(|(_, text)| text);
    found.and_then(|text| text.split("\n\n").next()).unwrap_or_default()
}

fn ranges(name: &str) -> Ranges {
    let code = |hex: &str| u32::from_str_radix(hex, 16).ok();
    let range = |range: &str| range.split_once('-').and_then(|(start, end)| Some((code(start)?, code(end)?)));
    section(name).split_whitespace().filter_map(range).collect()
}

/// A set of characters that is asked about for every character of a text.
#[derive(Debug)]
pub(super) struct CharSet {
    /// A bit for each character of the Basic Multilingual Plane.
    bmp: Box<[u64]>,
    /// Whether a character of another plane belongs.
    beyond: fn(char) -> bool,
}

impl CharSet {
    /// The characters for which `belongs` returns `true`.
    pub(super) fn new(belongs: fn(char) -> bool) -> Self {
        let bmp = (0..0x1_0000).filter_map(char::from_u32).filter(|c| belongs(*c));
        Self { beyond: belongs, ..Self::around(bmp) }
    }

    /// These characters, which are of the Basic Multilingual Plane.
    pub(super) fn of(chars: impl IntoIterator<Item = char>) -> Self {
        Self { beyond: |_| false, ..Self::around(chars) }
    }

    /// These characters, and all of other planes: a quick look before an exact one.
    pub(super) fn around(chars: impl IntoIterator<Item = char>) -> Self {
        let mut bmp = vec![0_u64; 0x1_0000 / 64].into_boxed_slice();
        for code in chars.into_iter().map(u32::from) {
            if let Some(bits) = bmp.get_mut(code as usize / 64) {
                *bits |= 1 << (code % 64);
            }
        }
        Self { bmp, beyond: |_| true }
    }

    pub(super) fn contains(&self, c: char) -> bool {
        let code = u32::from(c);
        match self.bmp.get(code as usize / 64) {
            Some(bits) => bits >> (code % 64) & 1 == 1,
            None => (self.beyond)(c),
        }
    }

    /// Whether some character of the text belongs to the set.
    pub(super) fn meets(&self, text: &str) -> bool {
        text.chars().any(|c| self.contains(c))
    }
}

fn within(ranges: &[(u32, u32)], c: char) -> bool {
    let code = u32::from(c);
    let after = ranges.partition_point(|&(start, _)| start <= code);
    after > 0 && code <= ranges[after - 1].1
}

/// Whether the character is a mark that sits on the one before it (general categories Mn and Me).
pub(super) fn is_mark(c: char) -> bool {
    u32::from(c) >= 0x300 && within(&TABLES.marks, c)
}

/// Whether the character is a format character (general category Cf): an effect without a shape.
pub(super) fn is_format(c: char) -> bool {
    u32::from(c) >= 0xAD && within(&TABLES.format, c)
}

/// Whether the character is printed as nothing although Unicode calls it a letter or a symbol: the
/// Hangul fillers and the empty Braille pattern.
pub(super) fn is_filler(c: char) -> bool {
    matches!(c, '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{2800}')
}

/// Whether the character is a control character other than tab and line breaks.
pub(super) fn is_stray_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}')
}

/// Whether folding for names and scripts drops the character.
pub(super) fn is_dropped(c: char) -> bool {
    is_mark(c) || is_format(c) || is_filler(c) || is_stray_control(c)
}

/// Whether the character is a Chinese character (〇 included).
pub(super) fn is_han(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0x3007 | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF)
}

/// Whether the character is a picture that emoji sequences are built on.
pub(super) fn is_pictograph(c: char) -> bool {
    u32::from(c) >= 0xA9
        && (within(&TABLES.pictographs, c) || matches!(u32::from(c), 0x1_F1E6..=0x1_F1FF | 0x1_F3FB..=0x1_F3FF))
}

/// Whether the character may stand between the characters of a word without hiding it from a reader:
/// blanks, dots, dashes, strokes, ornaments and emoji.
pub(super) fn is_separator(c: char) -> bool {
    if c.is_ascii() {
        return matches!(
            c,
            ' ' | '\t' | '\n' | '\r' | '.' | '_' | '-' | '~' | '*' | '|' | '/' | '\\' | '+' | '^' | '\'' | '`' | '='
        );
    }
    let is_sign = |code: u32| matches!(code, 0x2000..=0x200A | 0x2190..=0x23FF | 0x2500..=0x27BF | 0x2900..=0x297F | 0x2B00..=0x2BFF);
    !is_han(c) && (SEPARATORS.contains(&c) || is_sign(u32::from(c)) || is_pictograph(c))
}

/// Separators beyond ASCII that belong to no range. 丶 is a Chinese character and counts as one.
const SEPARATORS: [char; 18] = [
    '·', '•', '。', '・', '—', '–', '‐', '‧', '∙', '⋅', '～', '〜', '、', '¦', '\u{A0}', '\u{3000}', '\u{2028}',
    '\u{2029}',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_has_all_of_its_sections() {
        let counts = [TABLES.simplified.len(), TABLES.marks.len(), TABLES.format.len(), TABLES.pictographs.len()];
        assert_eq!(counts, [4663, 365, 21, 156]);
    }
}
