//! Characters in a text that a reader cannot see.

use std::ops::Range;
use std::sync::LazyLock;

use super::chars::{CharSet, is_filler, is_format, is_han, is_mark, is_pictograph, is_stray_control};

/// Every character of the text that has no business being invisible there, with its bytes: zero-width and
/// direction controls, fillers, tags, stray control characters, variation selectors and enclosing marks
/// away from emoji, marks struck over Chinese characters. What emoji sequences, keycaps, accents and
/// the joiners of other scripts need is not reported.
pub fn invisible(text: &str) -> Vec<(Range<usize>, char)> {
    static CANDIDATES: LazyLock<CharSet> = LazyLock::new(|| CharSet::new(is_candidate));
    if !CANDIDATES.meets(text) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut context = InvisibleContext::default();
    for (at, c) in text.char_indices() {
        let next = || text[at + c.len_utf8()..].chars().next();
        if is_candidate(c) && !context.excuses(c, next) {
            found.push((at..at + c.len_utf8(), c));
        }
        context.pass(c);
    }
    found
}

/// Is it a character that may be invisible?
pub(super) fn is_candidate(c: char) -> bool {
    // Arabic and other number signs are format characters that are seen.
    let seen = matches!(u32::from(c), 0x600..=0x605 | 0x6DD | 0x70F | 0x890..=0x891 | 0x8E2 | 0x1_10BD | 0x1_10CD);
    !seen && (is_stray_control(c) || is_filler(c) || is_format(c) || is_mark(c))
}

/// What has gone before, as far as it decides about an invisible character.
#[derive(Default)]
struct InvisibleContext {
    /// The last character that is not itself invisible.
    base: Option<char>,
    previous: Option<char>,
    /// Inside the tags that spell a flag after 🏴.
    in_flag: bool,
}

impl InvisibleContext {
    /// Whether the invisible character serves what stands around it.
    fn excuses(&self, c: char, next: impl FnOnce() -> Option<char>) -> bool {
        let base = self.base.unwrap_or(' ');
        let after_emoji = is_pictograph(base) && self.previous.is_some_and(|p| p == base || is_emoji_glue(p));
        let keycap_base = matches!(base, '0'..='9' | '#' | '*');
        match c {
            '\u{FE0F}' | '\u{FE0E}' if is_han(base) => false,
            '\u{FE0F}' | '\u{FE0E}' => {
                let adjacent = self.previous == Some(base);
                adjacent && (is_pictograph(base) || is_text_emoji(base) || keycap_base && next() == Some('\u{20E3}'))
            }
            '\u{20E3}' => keycap_base && matches!(self.previous, Some('\u{FE0F}' | '0'..='9' | '#' | '*')),
            '\u{200D}' if after_emoji => next().is_some_and(|n| is_pictograph(n) || is_text_emoji(n)),
            '\u{200C}' | '\u{200D}' => uses_joiners(base) && next().is_some_and(|n| uses_joiners(n) || is_mark(n)),
            '\u{E0020}'..='\u{E007F}' => self.in_flag,
            '\u{E0100}'..='\u{E01EF}' | '\u{FE00}'..='\u{FE0D}' | '\u{34F}' => false,
            // An accent is seen; a mark over a Chinese character only breaks the word for a machine.
            c if is_mark(c) => base.is_alphabetic() && !is_han(base) && !is_enclosing(c),
            _ => false,
        }
    }

    fn pass(&mut self, c: char) {
        self.in_flag = c == '\u{1F3F4}' || self.in_flag && matches!(c, '\u{E0020}'..='\u{E007E}');
        if !is_candidate(c) {
            self.base = Some(c);
        }
        self.previous = Some(c);
    }
}

fn is_emoji_glue(c: char) -> bool {
    matches!(c, '\u{FE0F}' | '\u{200D}' | '\u{1F3FB}'..='\u{1F3FF}')
}

/// Signs that may be asked to look like emoji and are no pictographs in the narrow sense.
fn is_text_emoji(c: char) -> bool {
    matches!(u32::from(c), 0xA9 | 0xAE | 0x203C | 0x2049 | 0x2122 | 0x2139 | 0x2190..=0x21FF | 0x2300..=0x23FF | 0x2460..=0x24FF | 0x25A0..=0x27BF | 0x2900..=0x297F | 0x2B00..=0x2BFF | 0x3030 | 0x303D | 0x3297 | 0x3299)
}

fn is_enclosing(c: char) -> bool {
    matches!(u32::from(c), 0x488..=0x489 | 0x1ABE | 0x20DD..=0x20E4 | 0xA670..=0xA672)
}

/// Scripts whose spelling needs the joiners: Arabic and its neighbours, and those of India and south-east Asia.
fn uses_joiners(c: char) -> bool {
    matches!(u32::from(c), 0x600..=0x8FF | 0x900..=0x109F | 0x1780..=0x18AF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC | 0xA840..=0xABFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reported() {
        let table = [
            ("旗\u{200B}舰", vec![(3, 6)]),
            ("\u{FEFF}云山", vec![(0, 3)]),
            ("旗\u{FE0F}舰", vec![(3, 6)]),
            ("旗\u{E0100}", vec![(3, 7)]),
            ("旗\u{336}舰", vec![(3, 5)]),
            ("云\u{3164}山\u{115F}", vec![(3, 6), (9, 12)]),
            ("a\u{AD}b", vec![(1, 3)]),
            ("云\u{202E}山", vec![(3, 6)]),
            ("云\u{7}山", vec![(3, 4)]),
            ("云\u{E0041}", vec![(3, 7)]),
            ("❤\u{200D}云", vec![(3, 6)]),
            ("云\u{20DD}", vec![(3, 6)]),
            ("店\u{2060}", vec![(3, 6)]),
        ];
        for (text, expected) in table {
            let found: Vec<_> = invisible(text).into_iter().map(|(range, _)| (range.start, range.end)).collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn not_reported() {
        let table = [
            "云山茶业",
            "a b\tc\n",
            "❤\u{FE0F}喜欢",
            "👨\u{200D}👩\u{200D}👧 一家",
            "1\u{FE0F}\u{20E3}",
            "👍🏽",
            "🏳\u{FE0F}\u{200D}🌈",
            "👩🏽\u{200D}🚀",
            "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
            "cafe\u{301}",
            "می\u{200C}خواهم",
            "क\u{94D}\u{200D}ष",
            "か\u{3099}",
            "云\u{3000}山\u{A0}茶",
            "©\u{FE0F}",
            "▶\u{FE0F}",
            "❤\u{FE0F}\u{200D}🔥",
            "⛹🏻\u{200D}♀\u{FE0F}",
        ];
        for text in table {
            assert_eq!(invisible(text), [], "{text:?}");
        }
    }
}
