//! Folding: one spelling for what a reader takes for the same text, with a way back to the original bytes.
//!
//! Folding goes character by character (compatibility form, simplified Chinese, lower case, plain Latin letters;
//! invisible characters and pinyin in brackets dropped), so each folded byte is owed to known original
//! bytes. Numerals are never folded: 一二五 is a name.

use std::borrow::Cow;
use std::ops::Range;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::chars::{KEEP, SLOW, TABLES, is_dropped, is_han, is_mark};
use super::pinyin;

/// How a text is folded before words are looked for in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fold {
    /// As it is written.
    None,
    /// Lower case, nothing else.
    Case,
    /// Everything a reader would not tell apart in a name: width, script (traditional, Japanese), case,
    /// invisible characters, pinyin in brackets.
    #[default]
    Name,
    /// The same for running text, where a word is not looked for across the end of a sentence.
    Script,
}

impl Fold {
    /// Whether two folds spell every text alike (they may still differ in what may part a word).
    pub(super) fn spells_like(self, other: Self) -> bool {
        let is_full = |fold| matches!(fold, Self::Name | Self::Script);
        self == other || is_full(self) && is_full(other)
    }
}

/// A stretch of folded text that begins at byte `folded` and lasts until the next stretch begins.
#[derive(Debug, Clone, Copy)]
struct FoldStretch {
    folded: usize,
    original: usize,
    /// `None`: character by character as long as the original. `Some(end)`: all of it stands for the
    /// original bytes up to `end`.
    atom_end: Option<usize>,
}

/// A folded text with a map back to the bytes of the original.
#[derive(Debug, Clone)]
pub struct Folded<'a> {
    text: Cow<'a, str>,
    /// Empty where the text was left as it was. INVARIANT: ascending in `folded`, the first one at 0.
    stretches: Cow<'a, [FoldStretch]>,
}

/// Folds a text. Where nothing needs folding the result borrows the text.
pub fn fold(text: &str, fold: Fold) -> Folded<'_> {
    let mut folder = Folder::default();
    if folder.run(text, fold) {
        Folded { text: Cow::Owned(folder.text), stretches: Cow::Owned(folder.stretches) }
    } else {
        Folded { text: Cow::Borrowed(text), stretches: Cow::Borrowed(&[]) }
    }
}

impl Folded<'_> {
    /// The folded text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The original bytes that a range of folded bytes stands for: from the first character that gave
    /// some of them to the last one, with all that was dropped in between and the marks on the last
    /// character, without what was dropped before or after. Always on character borders; a range that
    /// leaves the folded text is cut to it.
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(range.start);
        let end = self.text.ceil_char_boundary(range.end).max(start);
        if self.stretches.is_empty() {
            return start..end;
        }
        let from = self.original_start(start);
        if start == end {
            return from..from;
        }
        from..self.original_end(end).max(from)
    }

    fn stretch_at(&self, folded: usize) -> FoldStretch {
        let after = self.stretches.partition_point(|stretch| stretch.folded <= folded);
        self.stretches[after.max(1) - 1]
    }

    fn original_start(&self, folded: usize) -> usize {
        if folded >= self.text.len() {
            return self.original_end(folded);
        }
        let stretch = self.stretch_at(folded);
        match stretch.atom_end {
            Some(_) => stretch.original,
            None => stretch.original + (folded - stretch.folded),
        }
    }

    fn original_end(&self, folded: usize) -> usize {
        let stretch = self.stretch_at(folded.saturating_sub(1));
        match stretch.atom_end {
            Some(end) => end,
            None => stretch.original + (folded - stretch.folded),
        }
    }
}

/// Folds texts one after another in buffers of its own, so that hot loops do not allocate.
#[derive(Debug, Default)]
pub struct Folder {
    text: String,
    stretches: Vec<FoldStretch>,
    /// End, in the original, of the last character that left something in `text`.
    last_end: usize,
}

impl Folder {
    /// A folder with empty buffers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Folds a text; the result lives until the next text is folded.
    pub fn fold_into<'s>(&'s mut self, text: &'s str, fold: Fold) -> Folded<'s> {
        if self.run(text, fold) {
            Folded { text: Cow::Borrowed(&self.text), stretches: Cow::Borrowed(&self.stretches) }
        } else {
            Folded { text: Cow::Borrowed(text), stretches: Cow::Borrowed(&[]) }
        }
    }

    /// Folds into the buffers; `false` where the text stays as it is and the buffers mean nothing.
    fn run(&mut self, text: &str, fold: Fold) -> bool {
        self.text.clear();
        self.stretches.clear();
        self.last_end = 0;
        match fold {
            Fold::None => false,
            Fold::Case => self.run_case(text),
            Fold::Name | Fold::Script => self.run_full(text),
        }
    }

    fn run_case(&mut self, text: &str) -> bool {
        let changes = |c: char| {
            if c.is_ascii() { c.is_ascii_uppercase() } else { !is_han(c) && c.to_lowercase().ne([c]) }
        };
        let mut copied = 0;
        for (at, c) in text.char_indices() {
            if changes(c) {
                self.copy(text, copied..at);
                copied = at + c.len_utf8();
                self.replace(at..copied, c, c.to_lowercase());
            }
        }
        self.finish(text, copied)
    }

    fn run_full(&mut self, text: &str) -> bool {
        let bmp = &*TABLES.bmp;
        // Everything of `text` before `copied` has been dealt with.
        let mut copied = 0;
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let action = match u16::try_from(u32::from(c)) {
                Ok(code) => bmp[usize::from(code)],
                Err(_) => SLOW,
            };
            let end = at + c.len_utf8();
            if action == KEEP && c != '(' && c != '[' {
                at = end;
                continue;
            }
            let single = match action {
                KEEP => Some(c),
                SLOW => slow_bracket(c),
                code => char::from_u32(u32::from(code)),
            };
            if let Some(open @ ('(' | '[')) = single
                && self.last_folded(text, copied..at).is_some_and(is_han)
                && let Some(len) = pinyin::bracket(&text[end..], open)
            {
                self.copy(text, copied..at);
                at = end + len;
                copied = at;
                continue;
            }
            if action != KEEP {
                self.copy(text, copied..at);
                copied = end;
                match single {
                    Some(to) => self.replace(at..end, c, [to]),
                    None => self.replace_slowly(at..end, c),
                }
            }
            at = end;
        }
        self.finish(text, copied)
    }

    /// The character that folding has come to before the end of `pending`, which is yet to be copied.
    fn last_folded(&self, text: &str, pending: Range<usize>) -> Option<char> {
        text[pending].chars().next_back().or_else(|| self.text.chars().next_back())
    }

    /// Takes a stretch of the original as it is.
    fn copy(&mut self, text: &str, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        self.note_aligned(range.start);
        self.text.push_str(&text[range.clone()]);
        self.last_end = range.end;
    }

    /// Records that the next folded bytes lie as the original bytes from `original` do.
    fn note_aligned(&mut self, original: usize) {
        let folded = self.text.len();
        let continues = self.stretches.last().is_some_and(|last| {
            last.atom_end.is_none() && folded - last.folded == original.wrapping_sub(last.original)
        });
        if !continues {
            self.stretches.push(FoldStretch { folded, original, atom_end: None });
        }
    }

    /// Puts other characters in the place of one.
    fn replace(&mut self, range: Range<usize>, from: char, to: impl IntoIterator<Item = char>) {
        let folded = self.text.len();
        let mut count = 0;
        let mut aligned = true;
        for c in to {
            count += 1;
            aligned = count == 1 && c.len_utf8() == from.len_utf8();
            if count == 1 && aligned {
                self.note_aligned(range.start);
            }
            self.text.push(c);
        }
        if count == 0 {
            return;
        }
        if !aligned {
            // A first character as long as the original may have been noted as aligned.
            while self.stretches.last().is_some_and(|last| last.folded >= folded) {
                self.stretches.pop();
            }
            self.stretches.push(FoldStretch { folded, original: range.start, atom_end: Some(range.end) });
        }
        self.last_end = range.end;
    }

    fn replace_slowly(&mut self, range: Range<usize>, c: char) {
        if is_dropped(c) {
            if is_mark(c) && self.last_end == range.start {
                self.extend_last(range.end);
            }
            return;
        }
        let mut buffer = [c; MAX_EXPANSION];
        let count = fold_slowly(c, &mut buffer);
        self.replace(range, c, buffer[..count].iter().copied());
    }

    /// Counts a mark that was dropped to the character that it sits on.
    fn extend_last(&mut self, end: usize) {
        let Some(last_char) = self.text.chars().next_back() else { return };
        let folded = self.text.len() - last_char.len_utf8();
        if let Some(last) = self.stretches.last_mut() {
            match last.atom_end {
                None if last.folded != folded => {
                    let original = last.original + (folded - last.folded);
                    self.stretches.push(FoldStretch { folded, original, atom_end: Some(end) });
                }
                _ => last.atom_end = Some(end),
            }
            self.last_end = end;
        }
    }

    /// Takes the rest of the text; `false` where nothing was changed at all.
    fn finish(&mut self, text: &str, copied: usize) -> bool {
        if copied == 0 {
            return false;
        }
        self.copy(text, copied..text.len());
        if self.stretches.is_empty() {
            // All was dropped; the map still needs its first stretch.
            self.stretches.push(FoldStretch { folded: 0, original: 0, atom_end: Some(0) });
        }
        true
    }
}

/// The most characters that one character folds to (U+FDFA, an Arabic phrase, has 18).
pub(super) const MAX_EXPANSION: usize = 32;

/// A bracket that only its compatibility form shows to be one.
fn slow_bracket(c: char) -> Option<char> {
    match c {
        '\u{207D}' | '\u{208D}' | '\u{FE59}' | '\u{FE35}' => Some('('),
        '\u{FE47}' => Some('['),
        _ => None,
    }
}

/// Folds a character that the table has no single answer for, and says how many characters came out.
pub(super) fn fold_slowly(c: char, out: &mut [char; MAX_EXPANSION]) -> usize {
    let mut count = 0;
    let mut push = |c: char| {
        if !is_dropped(c) && count < MAX_EXPANSION {
            out[count] = c;
            count += 1;
        }
    };
    let tables = &*TABLES;
    for compatible in ComposingNormalizerBorrowed::new_nfkc().normalize_iter([tables.simplify(c)].into_iter()) {
        let simple = plain_latin(tables.simplify(compatible));
        simple.to_lowercase().map(plain_latin).for_each(&mut push);
    }
    count
}

/// The ASCII letter under the accents of a Latin letter; any other character itself.
fn plain_latin(c: char) -> char {
    if c.is_ascii() || !c.is_alphabetic() {
        return c;
    }
    let base = DecomposingNormalizerBorrowed::new_nfd().normalize_iter([c].into_iter()).next();
    base.filter(char::is_ascii_alphabetic).unwrap_or(c)
}

/// The fold of a character where that is one ASCII character.
pub(super) fn fold_to_ascii(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c.to_ascii_lowercase());
    }
    let mut buffer = [c; MAX_EXPANSION];
    match fold_slowly(c, &mut buffer) {
        1 => Some(buffer[0]).filter(char::is_ascii),
        _ => None,
    }
}
