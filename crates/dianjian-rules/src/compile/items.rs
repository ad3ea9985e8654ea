//! Items of a list as members of groups and as what operands count: a path through the list begins at the item.

use super::Compiler;
use crate::check::{PathRoot, PathStep, SlotPath};
use crate::error::RuleError;

impl Compiler<'_> {
    /// Compiles a path; one that goes through the list at hand begins at its item.
    pub(super) fn path_here(&mut self, text: &str) -> Result<SlotPath, RuleError> {
        let path = self.path(text)?;
        let Some((list, depth)) = &self.current.members_of else { return Ok(path) };
        let through = split_items(&path).filter(|(through, _)| is_same(list, through));
        Ok(match through {
            Some((_, item)) if self.current.items.len() == *depth => item,
            _ => path,
        })
    }

    /// Compiles at the items of a list; without one, at the record.
    pub(super) fn at_items<T>(&mut self, list: Option<&SlotPath>, f: impl FnOnce(&mut Self) -> T) -> T {
        let Some(list) = list else { return f(self) };
        // The fields of a list in a list are found by whole paths only.
        let is_known = list.root == PathRoot::Item || list.steps.is_empty();
        let fields = if is_known { self.item_fields(list) } else { None };
        self.current.items.push(fields);
        let depth = self.current.items.len();
        let before = self.current.members_of.replace((list.clone(), depth));
        let result = f(self);
        self.current.members_of = before;
        self.current.items.pop();
        result
    }
}

/// The innermost list that a path goes through, and the rest of the path from its item on.
pub(super) fn split_items(path: &SlotPath) -> Option<(SlotPath, SlotPath)> {
    let at = path.steps.iter().rposition(|step| *step == PathStep::Each)?;
    if path.root == PathRoot::Everywhere {
        return None;
    }
    let text = path.text.rfind("[]").and_then(|end| path.text.get(..end)).unwrap_or(&path.text);
    let list = SlotPath { text: text.to_owned(), steps: path.steps[..at].to_vec(), ..path.clone() };
    let item = SlotPath { root: PathRoot::Item, slot: None, steps: path.steps[at + 1..].to_vec(), ..path.clone() };
    Some((list, item))
}

/// Whether two paths lead to the same list.
pub(super) fn is_same(one: &SlotPath, other: &SlotPath) -> bool {
    (one.root, one.slot, &one.steps) == (other.root, other.slot, &other.steps)
}
