//! The changes of a shop as a diff, with the lines around them where the file is still as it was planned.

use std::collections::HashMap;
use std::path::Path;

use dianjian_document::edit::diff;

use crate::edits::apply_to_text;
use crate::plan::{FileDigest, Plan, PlannedEdit, PlannedShop};

/// The files of a plan, read when a shop in them is first asked for.
#[derive(Debug)]
pub struct PlanFiles<'f> {
    root: &'f Path,
    plan: &'f Plan,
    /// `None` for files that have changed since the plan was made, or are not UTF-8.
    texts: HashMap<String, Option<String>>,
}

/// A shop's lines before and after the plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShopDiff {
    /// Its lines as they are; of a workbook, or where the file has changed, the values that go.
    pub before: String,
    /// The same with its edits.
    pub after: String,
    /// Unified, without its file names; empty where nothing changes.
    pub diff: String,
}

impl<'f> PlanFiles<'f> {
    /// The files of a plan below its root.
    pub fn new(root: &'f Path, plan: &'f Plan) -> Self {
        Self { root, plan, texts: HashMap::new() }
    }

    /// The diff of a shop's changes: with context lines if the file has not changed since, else of the edits alone.
    pub fn diff(&mut self, shop: &PlannedShop) -> ShopDiff {
        let (root, plan) = (self.root, self.plan);
        let text = self.texts.entry(shop.file.clone()).or_insert_with(|| {
            let planned = plan.files.iter().find(|file| file.path == shop.file)?;
            let bytes = std::fs::read(root.join(&shop.file)).ok()?;
            if FileDigest::of(&bytes) != planned.before {
                return None;
            }
            String::from_utf8(bytes).ok()
        });
        let around = text.as_ref().and_then(|text| lines_around(text, shop));
        let whole = around.and_then(|(before, start)| {
            let moved = |edit: &PlannedEdit| {
                let (from, to) = (edit.start.saturating_sub(start), edit.end.saturating_sub(start));
                PlannedEdit { start: from, end: to, ..edit.clone() }
            };
            let after = apply_to_text(&before, &shop.edits().map(moved).collect::<Vec<_>>())?;
            let diff = diff(&shop.file, &before, &after);
            Some(ShopDiff { before, after, diff })
        });
        whole.unwrap_or_else(|| edits_alone(shop))
    }
}

fn edits_alone(shop: &PlannedShop) -> ShopDiff {
    let mut alone = ShopDiff::default();
    for edit in shop.edits() {
        let cell = edit.cell.as_ref().map(|cell| format!("@@ {} {} @@\n", cell.sheet, cell.cell));
        let (old, new) = (edit.old.trim_matches('\n'), edit.new.trim_matches('\n'));
        alone.diff.push_str(&format!("{}-{old}\n+{new}\n", cell.unwrap_or_default()));
        alone.before.push_str(&format!("{old}\n"));
        alone.after.push_str(&format!("{new}\n"));
    }
    alone
}

/// The lines of a shop and the offset of the first: diffs of a whole file for each of its shops would take time quadratic
/// in the file's size.
fn lines_around(text: &str, shop: &PlannedShop) -> Option<(String, u64)> {
    let start = usize::try_from(shop.offset).ok()?;
    let last = shop.edits().map(|edit| edit.end).max()?.max(shop.offset + shop.bytes);
    let end = usize::try_from(last).ok()?;
    let from = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let to = text.get(end..)?.find('\n').map_or(text.len(), |at| end + at + 1);
    Some((text.get(from..to)?.to_owned(), from as u64))
}
