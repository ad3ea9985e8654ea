//! Byte edits on sources: sorted, disjoint, and leaving every byte outside them as it was.
//!
//! An [`Edit`] replaces a span of a source's text. Edits that belong together form an [`EditSet`],
//! which keeps them in order and refuses overlaps, so that [`apply`] is one pass over the text.

mod cell;
mod diff;
mod nested;
mod scalar;
mod structure;
mod write;

pub use cell::{CellChange, add_cell, remove_from_cell, set_cell};
pub use diff::diff;
pub use nested::{NewNode, with_item, with_value};
pub use scalar::{FixError, NewScalar, replace_in_scalar};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
pub use structure::{remove_entry, remove_item, set_value};
pub use write::{
    FolderError, ReplacementFile, make_folder_of, may_be_folder, remove_unfinished, write_all_atomic, write_atomic,
};

use crate::source::Span;

/// How far a fix can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Applicability {
    /// The fix is certainly what is meant, and changes nothing that a person would want to decide.
    /// Applied by `--fix`.
    Safe,
    /// The fix makes the finding go away and is well-formed, but it may change what is said: a name
    /// loses a word, a default is chosen. Applied only when unsafe fixes are asked for.
    Unsafe,
    /// The fix needs something that only a person can do or supply. Shown, never applied.
    Manual,
}

/// The replacement of a span by a text. An empty span is an insertion, an empty text a removal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What replaces it.
    pub text: String,
}

impl Edit {
    /// Replaces a span by a text.
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// Inserts a text at an offset.
    pub fn insert(at: u32, text: impl Into<String>) -> Self {
        Self::replace(Span::at(at), text)
    }

    /// Removes a span.
    pub fn remove(span: Span) -> Self {
        Self::replace(span, "")
    }
}

/// Two edits that overlap, or insert at the same place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("two edits want to change the same place")]
pub struct Conflict {
    /// The edit that comes first in the text.
    pub first: Edit,
    /// The edit that overlaps it.
    pub second: Edit,
}

/// Edits of one source that do not get in each other's way.
///
/// INVARIANT: sorted by place; no two overlap; no two insert at the same offset.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct EditSet(Vec<Edit>);

impl EditSet {
    /// Sorts edits and checks that none overlap. Equal edits count once.
    ///
    /// # Errors
    ///
    /// Every pair of neighbours that overlap, or that insert at the same place.
    pub fn new(edits: impl IntoIterator<Item = Edit>) -> Result<Self, Vec<Conflict>> {
        let mut edits: Vec<Edit> = edits.into_iter().collect();
        edits.sort();
        edits.dedup();
        let pairs = edits.array_windows().filter(|[first, second]| overlap(first, second));
        let conflicts: Vec<Conflict> =
            pairs.map(|[first, second]| Conflict { first: first.clone(), second: second.clone() }).collect();
        if conflicts.is_empty() { Ok(Self(edits)) } else { Err(conflicts) }
    }

    /// The edits in the order of the text.
    pub fn edits(&self) -> &[Edit] {
        &self.0
    }

    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether the second of two sorted edits touches what the first changes.
fn overlap(first: &Edit, second: &Edit) -> bool {
    second.span.start < first.span.end || second.span.start == first.span.start
}

/// The text after the edits; every byte outside their spans is as it was.
///
/// An edit whose span is outside the text or splits a character was made for another text and is left out.
pub fn apply(text: &str, edits: &EditSet) -> String {
    let added: usize = edits.0.iter().map(|edit| edit.text.len()).sum();
    let mut out = String::with_capacity(text.len() + added);
    let mut done = 0;
    for edit in &edits.0 {
        let range = edit.span.range();
        if range.start < done || text.get(range.clone()).is_none() {
            continue;
        }
        out.push_str(text.get(done..range.start).unwrap_or_default());
        out.push_str(&edit.text);
        done = range.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_sorted_and_applied_in_one_pass() {
        let set = EditSet::new([
            Edit::remove(Span::new(9, 18)),
            Edit::insert(0, "# 注\n"),
            Edit::replace(Span::new(3, 9), "云海"),
        ])
        .unwrap();
        assert_eq!(apply("云山云山旗舰店\n", &set), "# 注\n云云海店\n");
    }

    #[test]
    fn overlaps_are_refused_and_named() {
        let conflicts = EditSet::new([Edit::remove(Span::new(0, 4)), Edit::insert(3, "x")]).unwrap_err();
        assert_eq!(conflicts.len(), 1);
        assert!(EditSet::new([Edit::insert(3, "x"), Edit::insert(3, "y")]).is_err());
        assert!(EditSet::new([Edit::remove(Span::new(0, 3)), Edit::insert(3, "y")]).is_ok());
        assert!(EditSet::new([Edit::insert(3, "x"), Edit::insert(3, "x")]).is_ok());
    }

    #[test]
    fn an_edit_for_another_text_is_left_out() {
        let set = EditSet::new([Edit::remove(Span::new(1, 2)), Edit::remove(Span::new(50, 60))]).unwrap();
        assert_eq!(apply("茶a", &set), "茶a");
    }
}
