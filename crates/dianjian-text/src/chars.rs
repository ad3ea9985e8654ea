//! What kind of character a character is: the tables behind folding and the search for hidden ones.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::simplified_table::{FORMAT, MARKS, PICTOGRAPHS, SIMPLIFIED};

/// How [`Tables`] says that a character stays as it is.
pub(super) const KEEP: u16 = 0;
/// How [`Tables`] says that a character needs [`super::fold`]'s slow way.
pub(super) const SLOW: u16 = 1;

/// Look-ups made from the generated table once a run.
pub(super) struct Tables {
    /// For each character of the Basic Multilingual Plane: [`KEEP`], [`SLOW`], or the one character it
    /// folds to. What folds to U+0000 or U+0001 would collide with the marks; nothing does.
    pub(super) bmp: Box<[u16]>,
    /// Simplified form of each character that has another one.
    simplified: FxHashMap<char, char>,
}

pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(Tables::new);

impl Tables {
    fn new() -> Self {
        let mut simplified = FxHashMap::default();
        let mut chars = SIMPLIFIED.chars();
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
        Self { bmp, simplified }
    }

    /// The simplified Chinese form of a character; itself where it has no other.
    pub(super) fn simplify(&self, c: char) -> char {
        self.simplified.get(&c).copied().unwrap_or(c)
    }
}

/// A set of characters that is asked about for every character of a text.
pub(super) struct CharSet {
    /// A bit for each character of the Basic Multilingual Plane.
    bmp: Box<[u64]>,
    belongs: fn(char) -> bool,
}

impl CharSet {
    /// The characters of which `belongs` says so.
    pub(super) fn new(belongs: fn(char) -> bool) -> Self {
        let mut bmp = vec![0; 0x1_0000 / 64].into_boxed_slice();
        for c in (0..0x1_0000).filter_map(char::from_u32).filter(|c| belongs(*c)) {
            bmp[u32::from(c) as usize / 64] |= 1 << (u32::from(c) % 64);
        }
        Self { bmp, belongs }
    }

    pub(super) fn contains(&self, c: char) -> bool {
        let code = u32::from(c);
        match self.bmp.get(code as usize / 64) {
            Some(bits) => bits >> (code % 64) & 1 == 1,
            None => (self.belongs)(c),
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
    u32::from(c) >= 0x300 && within(MARKS, c)
}

/// Whether the character is a format character (general category Cf): an effect without a shape.
pub(super) fn is_format(c: char) -> bool {
    u32::from(c) >= 0xAD && within(FORMAT, c)
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
        && (within(PICTOGRAPHS, c) || matches!(u32::from(c), 0x1_F1E6..=0x1_F1FF | 0x1_F3FB..=0x1_F3FF))
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
    if is_han(c) {
        return false;
    }
    matches!(
        c,
        '·' | '•'
            | '。'
            | '・'
            | '—'
            | '–'
            | '‐'
            | '‧'
            | '∙'
            | '⋅'
            | '～'
            | '〜'
            | '、'
            | '丶'
            | '¦'
            | '\u{A0}'
            | '\u{3000}'
            | '\u{2028}'
            | '\u{2029}'
    ) || matches!(u32::from(c), 0x2000..=0x200A | 0x2190..=0x23FF | 0x2500..=0x27BF | 0x2900..=0x297F | 0x2B00..=0x2BFF)
        || is_pictograph(c)
}
