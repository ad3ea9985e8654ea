//! Long texts are searched a stretch at a time: what a search needs for a text is many times the text's size.
//!
//! Stretches overlap by more than anything that is found, with all that its judgement looks at around it, is long. A
//! find belongs to the stretch in which it begins.

use std::ops::Range;

/// How long texts are divided.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Windows {
    /// Bytes of a stretch; a text of up to twice as many is searched whole.
    pub bytes: usize,
    /// Bytes before and after it that are searched with it.
    pub overlap: usize,
}

impl Windows {
    /// Those of searches. A sentence in a script has some hundred bytes.
    pub(crate) const USUAL: Self = Self { bytes: 1 << 20, overlap: 32 << 10 };

    /// Calls `search` with each stretch and all that is searched with it: where that begins in the text, and which of it
    /// is the stretch's own.
    pub(crate) fn each(self, text: &str, mut search: impl FnMut(&str, usize, Range<usize>)) {
        if text.len() <= self.bytes * 2 {
            return search(text, 0, 0..text.len());
        }
        let mut start = 0;
        while start < text.len() {
            let end = text.floor_char_boundary(start + self.bytes).max(start + 1);
            let end = text.ceil_char_boundary(end);
            let from = text.floor_char_boundary(start.saturating_sub(self.overlap));
            // What is searched begins and ends best where lines do.
            let from = match text.get(from..start).and_then(|before| before.find('\n')) {
                Some(newline) if from > 0 => from + newline + 1,
                _ => from,
            };
            let until = text.ceil_char_boundary((end + self.overlap).min(text.len()));
            let until = match text.get(end..until).and_then(|after| after.rfind('\n')) {
                Some(newline) if until < text.len() => end + newline + 1,
                _ => until,
            };
            search(text.get(from..until).unwrap_or_default(), from, start - from..end - from);
            start = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn stretches_are_the_text(
            text in "[a茶\n🍵]{0,200}",
            bytes in 1_usize..40,
            overlap in 0_usize..40,
        ) {
            let mut own = String::new();
            Windows { bytes, overlap }.each(&text, |window, from, range| {
                assert_eq!(&text[from..from + window.len()], window);
                own.push_str(&window[range]);
            });
            prop_assert_eq!(own, text);
        }
    }
}
