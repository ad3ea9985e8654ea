//! Running text without what people put between its characters to hide words, and with signs and parts of characters read as
//! what they stand for.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::lexicon::{ContactPhrases, Hearts};
use crate::chars::{CharSet, is_han, is_separator};
use crate::mapped::MappedText;
use crate::words::latin_look_alike;

/// Squeezes texts, by the signs and the parts of a lexicon.
#[derive(Debug)]
pub(super) struct Squeezer {
    hearts: Hearts,
    signs: BTreeMap<char, String>,
    /// By their first characters: parts of characters side by side and the whole, those with the most parts first, 彳山攵 before 彳山.
    splits: FxHashMap<char, Vec<(String, char)>>,
    /// The first characters.
    begins: CharSet,
}

impl Squeezer {
    pub(super) fn new(phrases: &ContactPhrases) -> Self {
        let wholes = phrases.splits.iter().filter_map(|(whole, splits)| Some((whole.chars().next()?, splits)));
        let mut splits: FxHashMap<char, Vec<(String, char)>> = FxHashMap::default();
        for (parts, whole) in wholes.flat_map(|(whole, splits)| splits.iter().map(move |parts| (parts, whole))) {
            if let Some(first) = parts.chars().next() {
                splits.entry(first).or_default().push((parts.to_owned(), whole));
            }
        }
        splits.values_mut().for_each(|splits| splits.sort_by_key(|(parts, _)| Reverse(parts.len())));
        Self {
            hearts: phrases.hearts.clone(),
            signs: phrases.signs.clone(),
            begins: CharSet::around(splits.keys().copied()),
            splits,
        }
    }

    /// Leaves out what people put between the characters of a phrase to hide it. Ends of sentences, lines and
    /// enumerations stay, and so does the plus sign, which is read as 加. Letters that look Latin become Latin. A heart after
    /// 微 is the second half of 微信.
    pub(super) fn squeeze(&self, text: &str) -> MappedText {
        let hearts = &self.hearts;
        let mut squeezed = MappedText::with_capacity(text.len());
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if is_stroke(c) {
                continue;
            }
            if is_han(c) || c.is_ascii_alphanumeric() {
                squeezed.push(at, c);
                continue;
            }
            if c == '\n' && is_within_column(text, at) {
                continue;
            }
            let before_xin = chars.peek().map(|&(_, next)| next == '信');
            let is_heart = hearts.signs.has(c);
            if is_heart && squeezed.text.ends_with(|c| hearts.before.has(c)) && before_xin != Some(true) {
                squeezed.push(at, '心');
            } else if is_heart && squeezed.text.ends_with(|c| hearts.after.has(c)) && before_xin == Some(true) {
                squeezed.push(at, '微');
            } else if let Some(word) = self.signs.get(&c) {
                word.chars().for_each(|read| squeezed.push(at, read));
            } else if matches!(c, '∨' | '√') && before_xin == Some(true) {
                squeezed.push(at, 'v');
            } else if is_bracket(c) || c == '➡' {
                continue;
            } else if matches!(c, '➕' | '✚' | '✛') {
                squeezed.push(at, '+');
            } else if !c.is_ascii() && c.is_alphabetic() {
                squeezed.push(at, latin_look_alike(c).unwrap_or(c));
            } else if !is_squeezed_out(c) {
                squeezed.push(at, c);
            }
        }
        self.joined(squeezed, text)
    }

    /// Reads the parts of characters as what they are parts of: 亻言 as 信.
    fn joined(&self, squeezed: MappedText, text: &str) -> MappedText {
        let begins = |c: char| self.begins.contains(c);
        if !squeezed.text.contains(begins) {
            return squeezed;
        }
        let parts = |c: char, rest: &str| {
            let splits = begins(c).then(|| self.splits.get(&c))??;
            splits.iter().find(|(parts, _)| rest.starts_with(parts.as_str()))
        };
        let mut joined = MappedText::with_capacity(squeezed.text.len());
        let mut at = 0;
        while let Some(c) = squeezed.text[at..].chars().next() {
            match parts(c, &squeezed.text[at..]) {
                Some((parts, whole)) => {
                    joined.push_joined(squeezed.folded_range(at..at + parts.len(), text), *whole);
                    at += parts.len();
                }
                None => {
                    joined.push(squeezed.folded_at(at), c);
                    at += c.len_utf8();
                }
            }
        }
        joined
    }
}

/// Whether the end of a line stands between two characters that have lines of their own, as overlays have them.
fn is_within_column(text: &str, at: usize) -> bool {
    let is_single = |line: Option<&str>| {
        let mut chars = line.unwrap_or_default().trim().chars();
        chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
    };
    // Such a line is short, so that no more than its last characters need be looked at.
    let before = &text[text.floor_char_boundary(at.saturating_sub(12))..at];
    let after = &text[at + 1..text.ceil_char_boundary((at + 13).min(text.len()))];
    is_single(before.rsplit('\n').next()) && is_single(after.split('\n').next())
}

/// Whether phrases are searched for as if the character were not there.
pub(crate) fn is_squeezed_out(c: char) -> bool {
    is_bracket(c) || is_stroke(c) || is_separator(c) && !matches!(c, '+' | '=' | '\n' | '。' | '、')
}

/// Whether a character that is no letter may be read as another one, the signs and hearts of the lexicon aside.
pub(crate) fn is_read_otherwise(c: char) -> bool {
    matches!(c, '∨' | '√' | '➕' | '✚' | '✛' | '➡')
}

/// Whether it is one of the signs in addresses and codewords that are not found by their [beginnings].
pub(crate) fn is_address_sign(c: char) -> bool {
    matches!(c, '/' | '@' | '¥' | '€' | '₳' | '₤' | '$')
}

/// Strokes that are put between characters as bars are: 微丨信.
fn is_stroke(c: char) -> bool {
    matches!(c, '丨' | '丶' | '丿' | '亅' | '乚')
}

/// Quotes and brackets, which split a word as well as dots do: 加「微」「信」.
fn is_bracket(c: char) -> bool {
    const BRACKETS: [char; 23] = [
        '(', ')', '[', ']', '{', '}', '<', '>', '"', '「', '」', '『', '』', '【', '】', '“', '”', '‘', '’', '《',
        '》', '〈', '〉',
    ];
    BRACKETS.contains(&c)
}
