//! Pinyin: syllables, and the readings in brackets that scraped texts carry after their characters (視頻號(hào)).

use std::borrow::Cow;

use super::chars::{is_dropped, is_han};
use super::fold::fold_to_ascii;

const INITIALS: &[&str] = &[
    "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r", "z", "c", "s", "y",
    "w", "",
];

const FINALS: &[&str] = &[
    "a", "o", "e", "i", "u", "v", "ai", "ei", "ui", "ao", "ou", "iu", "ie", "ve", "ue", "er", "an", "en", "in", "un",
    "vn", "ang", "eng", "ing", "ong", "ia", "iao", "ian", "iang", "iong", "ua", "uo", "uai", "uan", "uang", "ueng",
];

/// The longest bracket content that is looked at, in characters: a syllable of six letters with a tone
/// mark and a digit, and room for a few invisible ones.
const MAX_CONTENT: usize = 16;

/// Whether the text is one syllable of pinyin without tone marks (ü written u or v). Judged by its parts,
/// so a few combinations that Mandarin does not use pass too.
pub(super) fn is_syllable(text: &str) -> bool {
    INITIALS.iter().any(|initial| text.strip_prefix(initial).is_some_and(|rest| FINALS.contains(&rest)))
}

/// Given the text after an opening bracket, the length in bytes of a bracketed pinyin syllable, its
/// closing bracket included. A single letter without a tone mark is no reading: 店(A) stays.
pub(super) fn bracket(text: &str, open: char) -> Option<usize> {
    let close = if open == '[' { ']' } else { ')' };
    let mut letters = String::new();
    let mut toned = false;
    for (at, c) in text.char_indices().take(MAX_CONTENT) {
        if is_dropped(c) {
            continue;
        }
        match fold_to_ascii(c)? {
            folded if folded == close => {
                let tone_digit = letters.ends_with(['1', '2', '3', '4', '5']);
                let syllable = letters.strip_suffix(['1', '2', '3', '4', '5']).unwrap_or(&letters);
                let reading = is_syllable(syllable) && (syllable.len() > 1 || toned || tone_digit);
                return reading.then_some(at + c.len_utf8());
            }
            folded if folded.is_ascii_alphanumeric() => {
                toned |= !c.is_ascii() && c.is_alphabetic() && u32::from(c) < 0x1E00;
                letters.push(folded);
            }
            _ => return None,
        }
    }
    None
}

/// The text without the pinyin readings in brackets after its Chinese characters: 旗(qí)舰(jiàn)店 becomes 旗舰店.
pub fn strip_pinyin_brackets(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    let mut after_han = false;
    while let Some(c) = text[at..].chars().next() {
        let end = at + c.len_utf8();
        let open = match c {
            '(' | '（' => Some('('),
            '[' | '［' => Some('['),
            _ => None,
        };
        if let Some(open) = open.filter(|_| after_han)
            && let Some(len) = bracket(&text[end..], open)
        {
            out.push_str(&text[copied..at]);
            at = end + len;
            copied = at;
            continue;
        }
        after_han = is_han(c);
        at = end;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}
