//! Finds the state of a file from its bytes alone.
//!
//! An edit's old and new text may begin alike, or a later edit's text may look like an earlier one's, so that a
//! choice made for one shop can turn out wrong further on: the search goes edit by edit and backtracks. Its work is
//! bounded, because texts of `a` and `aa` in a thousand places have more readings than there is time for.

use super::{AppliedShops, FileEdits};

/// Edits that the search may look at, per edit of the file and at least.
const LOOKS_PER_EDIT: usize = 8;
const LOOKS_AT_LEAST: usize = 10_000;
/// Readings that fit every edit and are tried against the hash: each costs a pass over the file.
const PROOFS: usize = 16;

impl FileEdits<'_> {
    /// The state that bytes are in, proven by the hash of the file before all edits. `None`: there is none, or the
    /// texts of the edits are so alike that the search was given up.
    pub(crate) fn state_of(&self, now: &[u8]) -> Option<AppliedShops> {
        let mut search = StateSearch { of: self, now, chosen: vec![None; self.shops.len()], trail: Vec::new() };
        let mut looks = (self.edits.len() * LOOKS_PER_EDIT).max(LOOKS_AT_LEAST);
        let mut proofs = PROOFS;
        let mut at = Some(0);
        while let Some(place) = at {
            looks = looks.checked_sub(1)?;
            if search.trail.len() < self.edits.len() {
                at = search.forward(place).or_else(|| search.back());
                continue;
            }
            let state = AppliedShops(search.chosen.iter().map(|chosen| chosen.unwrap_or(false)).collect());
            let rest = (now.len() as u64).checked_sub(place as u64);
            let before = self.edits.last().map_or(0, |edit| edit.end as u64);
            if rest == self.file.before.bytes.checked_sub(before) {
                proofs = proofs.checked_sub(1)?;
                if self.is_state(now, &state) {
                    return Some(state);
                }
            }
            at = search.back();
        }
        None
    }
}

struct StateSearch<'s, 'p> {
    of: &'s FileEdits<'p>,
    now: &'s [u8],
    /// By shop: whether it is in place, as far as the search has come.
    chosen: Vec<Option<bool>>,
    /// A step for each edit so far.
    trail: Vec<SearchStep>,
}

#[derive(Clone, Copy)]
struct SearchStep {
    /// The offset of the edit's text in these bytes.
    at: usize,
    /// Whether the shop was chosen at this edit.
    first: bool,
    /// Whether the other choice would fit here, too.
    other: bool,
}

impl StateSearch<'_, '_> {
    fn fits(&self, at: usize, text: &[u8]) -> bool {
        self.now.get(at..).is_some_and(|rest| rest.starts_with(text))
    }

    /// Takes the next edit, after the bytes before `at`; returns the offset behind it.
    fn forward(&mut self, at: usize) -> Option<usize> {
        let number = self.trail.len();
        let edit = self.of.edits.get(number)?;
        let before = number.checked_sub(1).and_then(|last| self.of.edits.get(last)).map_or(0, |last| last.end);
        let at = at.checked_add(edit.start - before).filter(|at| *at <= self.now.len())?;
        if let Some(applied) = self.chosen[edit.shop] {
            let text = edit.bytes(applied);
            self.trail.push(SearchStep { at, first: false, other: false });
            return self.fits(at, text).then(|| at + text.len());
        }
        // Where both texts fit, one is a prefix of the other: the longer one is rarely there by chance.
        let applied = edit.new.len() >= edit.old.len();
        let both = [applied, !applied].map(|applied| self.fits(at, edit.bytes(applied)));
        let (applied, other) = match both {
            [true, other] => (applied, other),
            [false, true] => (!applied, false),
            [false, false] => return None,
        };
        self.chosen[edit.shop] = Some(applied);
        self.trail.push(SearchStep { at, first: true, other });
        Some(at + edit.bytes(applied).len())
    }

    /// Goes back to the last edit with another choice and makes that; returns the offset behind it.
    fn back(&mut self) -> Option<usize> {
        while let Some(step) = self.trail.pop() {
            let edit = self.of.edits.get(self.trail.len())?;
            if !step.first {
                continue;
            }
            let applied = self.chosen[edit.shop].take()?;
            if step.other {
                self.chosen[edit.shop] = Some(!applied);
                self.trail.push(SearchStep { other: false, ..step });
                return Some(step.at + edit.bytes(!applied).len());
            }
        }
        None
    }
}
