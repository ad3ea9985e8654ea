//! A folded text as the automata read it: separators left out, stand-ins replaced by what they stand for.

use std::collections::BTreeMap;
use std::ops::Range;

/// Text with a way back to the folded text that it was made from.
#[derive(Debug, Default)]
pub(super) struct MappedText {
    pub(super) text: String,
    /// Pairs (byte here, byte in the folded text): from each pair on, the two go on side by side.
    joints: Vec<(usize, usize)>,
    /// By its byte here, where a character ends in the folded text that several were read as.
    ends: BTreeMap<usize, usize>,
}

impl MappedText {
    /// An empty text with capacity for this many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), joints: Vec::new(), ends: BTreeMap::new() }
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.joints.clear();
        self.ends.clear();
    }

    /// Appends what a character at `at` in the folded text is read as.
    pub(super) fn push(&mut self, at: usize, read: char) {
        self.align(at);
        self.text.push(read);
    }

    /// Appends the one character that the folded bytes of a range are read as.
    pub(super) fn push_joined(&mut self, range: Range<usize>, read: char) {
        self.ends.insert(self.text.len(), range.end);
        self.push(range.start, read);
    }

    /// Whether several characters were read as one.
    pub(super) fn has_joined(&self) -> bool {
        !self.ends.is_empty()
    }

    fn align(&mut self, at: usize) {
        let here = self.text.len();
        let goes_on = self.joints.last().is_some_and(|&(from, folded)| here - from == at.wrapping_sub(folded));
        if !goes_on {
            self.joints.push((here, at));
        }
    }

    /// The byte of the folded text that a character border here belongs to.
    pub(super) fn folded_at(&self, here: usize) -> usize {
        let after = self.joints.partition_point(|&(from, _)| from <= here);
        match after.checked_sub(1).map(|i| self.joints[i]) {
            Some((from, folded)) => folded + (here - from),
            None => here,
        }
    }

    /// The folded bytes behind a range of characters here; `folded` is the folded text.
    pub(super) fn folded_range(&self, range: Range<usize>, folded: &str) -> Range<usize> {
        let last = self.text.floor_char_boundary(range.end.saturating_sub(1));
        let joined = self.ends.get(&last).copied();
        let last = self.folded_at(last);
        let next = || folded.get(last..).and_then(|rest| rest.chars().next()).map_or(last, |c| last + c.len_utf8());
        let end = joined.unwrap_or_else(next);
        self.folded_at(range.start)..end
    }
}
