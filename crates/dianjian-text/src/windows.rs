//! Long texts are searched a stretch at a time: what a search needs for a text is many times the text's size.
//!
//! A find belongs to the stretch in which it begins. Stretches end where nothing is likely to be cut: at the end of a line,
//! else of a sentence, else of a word. What is searched with a stretch, before and after it, is longer than all that a find
//! and its judgement look at, blanks and the like aside, which may stand between the characters of a find in any number.

use std::ops::Range;

/// How long texts are divided.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Windows {
    /// Bytes of a stretch, at least and in front of the place where it can end; a text of up to twice as many is searched whole.
    pub bytes: usize,
    /// Bytes before and after it that are searched with it, and more where they hold few letters.
    pub overlap: usize,
}

/// Letters and digits that are searched before and after a stretch. A number, the words around it that say what it is, and
/// the sentence around a phrase have fewer.
const LETTERS: usize = 512;

/// Ends of lines, sentences and words, the best place to cut a text first.
const BREAKS: [fn(char) -> bool; 3] =
    [|c| c == '\n', |c| matches!(c, '。' | '！' | '？' | '!' | '?' | '；' | ';'), char::is_whitespace];

impl Windows {
    /// Those of searches. A script that is read aloud in a day has one; a sentence has some hundred bytes.
    pub(crate) const USUAL: Self = Self { bytes: 4 << 20, overlap: 32 << 10 };

    /// Calls `search` with each stretch and all that is searched with it: where that begins in the text, and which of it
    /// is the stretch's own.
    pub(crate) fn each(self, text: &str, mut search: impl FnMut(&str, usize, Range<usize>)) {
        if text.len() <= self.bytes * 2 {
            return search(text, 0, 0..text.len());
        }
        let mut start = 0;
        while start < text.len() {
            let end = self.end(text, start);
            let (from, until) = (self.from(text, start), self.until(text, end));
            search(text.get(from..until).unwrap_or_default(), from, start - from..end - from);
            start = end;
        }
    }

    /// Where the stretch ends that begins at an offset.
    fn end(self, text: &str, start: usize) -> usize {
        let least = text.ceil_char_boundary((start + self.bytes).min(text.len()));
        let most = text.ceil_char_boundary((start + self.bytes * 2).min(text.len()));
        if most == text.len() {
            return most;
        }
        let zone = text.get(least..most).unwrap_or_default();
        let after = |ends: fn(char) -> bool| zone.find(ends).map(|at| text.ceil_char_boundary(least + at + 1));
        BREAKS.into_iter().find_map(after).unwrap_or(least)
    }

    /// Where the text begins that is searched with a stretch that begins at an offset.
    fn from(self, text: &str, start: usize) -> usize {
        let mut length = self.overlap;
        loop {
            let from = text.floor_char_boundary(start.saturating_sub(length));
            let before = text.get(from..start).unwrap_or_default();
            if from == 0 || length >= self.bytes || has_letters(before) {
                // What is searched begins best where a line does, if enough of it is left then.
                let spare = before.get(..before.floor_char_boundary(before.len() / 2)).unwrap_or_default();
                return spare.find('\n').filter(|_| from > 0).map_or(from, |newline| from + newline + 1);
            }
            length *= 2;
        }
    }

    /// Where the text ends that is searched with a stretch that ends at an offset.
    fn until(self, text: &str, end: usize) -> usize {
        let mut length = self.overlap;
        loop {
            let until = text.ceil_char_boundary((end + length).min(text.len()));
            let after = text.get(end..until).unwrap_or_default();
            if until == text.len() || length >= self.bytes || has_letters(after) {
                let half = after.floor_char_boundary(after.len() / 2);
                let spare = after.get(half..).unwrap_or_default();
                return spare.rfind('\n').filter(|_| until < text.len()).map_or(until, |at| end + half + at + 1);
            }
            length *= 2;
        }
    }
}

fn has_letters(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphanumeric()).nth(LETTERS - 1).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn stretches_are_the_text(
            text in "[a茶\n🍵 。\u{200b}]{0,200}",
            bytes in 1_usize..40,
            overlap in 1_usize..40,
        ) {
            let mut own = String::new();
            Windows { bytes, overlap }.each(&text, |window, from, range| {
                assert_eq!(&text[from..from + window.len()], window);
                own.push_str(&window[range]);
            });
            prop_assert_eq!(own, text);
        }
    }

    #[test]
    fn a_stretch_ends_with_a_line_and_overlaps_by_letters() {
        let line = "茶".repeat(9);
        let blanks = " ".repeat(300);
        let text = format!("{line}\n").repeat(200) + &blanks + &format!("{line}\n").repeat(200);
        let mut seen = 0;
        Windows { bytes: 2000, overlap: 100 }.each(&text, |window, from, own| {
            assert!(window[..own.end].ends_with('\n'), "{from}");
            let (before, after) = (&window[..own.start], &window[own.end..]);
            assert!(from == 0 || before.len() > 900 && window.starts_with(['茶', ' ']), "{from}");
            assert!(from + window.len() == text.len() || after.len() > 900 && after.ends_with('\n'), "{from}");
            seen += 1;
        });
        assert!(seen > 3);
    }
}
