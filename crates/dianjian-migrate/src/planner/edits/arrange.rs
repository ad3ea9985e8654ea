//! Edits of one shop in an order in which they can all be made.

use std::cmp::Reverse;
use std::collections::HashSet;

use dianjian_document::edit::{CellChange, Edit};
use dianjian_document::source::{SourceFile, Span};
use dianjian_xlsx::CellRef;

use crate::plan::{PlannedCell, PlannedChange, PlannedEdit};

/// Puts edits into their changes, and both into the order of the file.
pub(super) fn arrange(changes: &mut Vec<PlannedChange>, mut edits: Vec<(usize, Edit)>, source: &SourceFile) {
    share_commas(&mut edits, source);
    move_insertions(&mut edits);
    let base = source.base_offset();
    let mut first = vec![u64::MAX; changes.len()];
    for (change, edit) in edits {
        let start = base + u64::from(edit.span.start);
        let Some(of) = changes.get_mut(change) else { continue };
        first[change] = first[change].min(start);
        of.edits = vec![PlannedEdit {
            start,
            end: base + u64::from(edit.span.end),
            old: source.slice(edit.span).to_owned(),
            new: edit.text,
            cell: None,
        }];
    }
    // Where several entries are added at one place, those of an inner map come before those of the outer one.
    let mut order: Vec<usize> = (0..changes.len()).collect();
    order.sort_by_key(|at| (first[*at], Reverse(changes[*at].field.matches('.').count()), *at));
    let mut taken: Vec<Option<PlannedChange>> = std::mem::take(changes).into_iter().map(Some).collect();
    changes.extend(order.into_iter().filter_map(|at| taken.get_mut(at).and_then(Option::take)));
}

/// Turns edits of a sheet's text into edits of its cells. Returns whether each can be made in a cell of its own.
pub(super) fn in_cells(changes: &mut [PlannedChange], source: &SourceFile) -> bool {
    let mut taken = HashSet::new();
    let mut edits = changes.iter_mut().flat_map(|change| &mut change.edits);
    edits.all(|edit| in_cell(edit, source).is_some_and(|start| taken.insert(start)))
}

/// Turns an edit of a sheet's text into one of a cell; returns where the cell begins. `None`: the edit spans several
/// cells, or the cell has a formula or belongs to several rows.
fn in_cell(edit: &mut PlannedEdit, source: &SourceFile) -> Option<u32> {
    let own = |place: u64| u32::try_from(place.checked_sub(source.base_offset())?).ok();
    let span = Span::new(own(edit.start)?, own(edit.end)?);
    let CellChange { cell, field, before, after } = CellChange::of(source, &Edit::replace(span, edit.new.as_str()))?;
    let at = CellRef { row: cell.row, column: cell.column };
    let is_shared = source.table()?.rows.as_ref().is_none_or(|rows| rows.cells.is_merged(at));
    if is_shared || source.is_formula(span.start) {
        return None;
    }
    (edit.old, edit.new) = (before, after);
    edit.start = source.base_offset() + u64::from(field.start);
    edit.end = source.base_offset() + u64::from(field.end);
    edit.cell = Some(PlannedCell { sheet: cell.sheet.to_string(), cell: cell.a1() });
    Some(field.start)
}

/// In a flow mapping an entry goes with the comma behind it, the last one with the comma before it: where neighbours
/// up to the last go, the first of them takes that comma, and each of the others begins where the one before it ends.
fn share_commas(edits: &mut [(usize, Edit)], source: &SourceFile) {
    let mut order: Vec<usize> =
        (0..edits.len()).filter(|at| edits[*at].1.text.is_empty() && !edits[*at].1.span.is_empty()).collect();
    order.sort_by_key(|at| (edits[*at].1.span.start, edits[*at].1.span.end));
    let mut first = 0;
    for at in 1..order.len() {
        let before = edits[order[at - 1]].1.span;
        let span = &mut edits[order[at]].1.span;
        if span.start > before.end {
            first = at;
        } else if span.start < before.end {
            span.start = before.end.min(span.end);
            let group = &mut edits[order[first]].1.span;
            let text = source.text().get(..group.start as usize).unwrap_or_default();
            if let Some(rest) = text.trim_end().strip_suffix(',') {
                group.start = rest.len() as u32;
            }
        }
    }
}

/// An entry is added behind the last line; where that line goes, it is added before it instead.
fn move_insertions(edits: &mut [(usize, Edit)]) {
    let removed: Vec<Span> = edits.iter().map(|(_, edit)| edit.span).filter(|span| !span.is_empty()).collect();
    for (_, edit) in edits.iter_mut().filter(|(_, edit)| edit.span.is_empty()) {
        let inside = |span: &&Span| span.start < edit.span.start && edit.span.start < span.end;
        let Some(span) = removed.iter().find(inside) else { continue };
        for line_break in ["\r\n", "\n", "\r"] {
            if let Some(line) = edit.text.strip_prefix(line_break) {
                edit.text = format!("{line}{line_break}");
                edit.span = Span::at(span.start);
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use dianjian_document::edit::remove_entry;
    use dianjian_document::source::Limits;
    use dianjian_document::tree::{self, Format, Tree};

    use super::*;
    use crate::edits::apply_to_text;
    use crate::plan::{SharedReasons, SharedText};

    /// The text after the entries with these keys are gone.
    fn without(text: &str, keys: &[&str]) -> String {
        let source = Arc::new(SourceFile::new("a", text));
        let mut out = String::new();
        tree::parse(&source, Format::Yaml, &Limits::default(), &mut Tree::new(), &mut |root| {
            let mut changes: Vec<PlannedChange> = Vec::new();
            let mut edits = Vec::new();
            for key in keys {
                edits.push((changes.len(), remove_entry(root, key).unwrap()));
                changes.push(PlannedChange {
                    field: (*key).to_owned(),
                    before: None,
                    after: None,
                    why: SharedText::default(),
                    reasons: SharedReasons::default(),
                    unwritten: false,
                    edits: Vec::new(),
                });
            }
            arrange(&mut changes, edits, &source);
            assert!(changes.iter().all(|change| change.edits.len() == 1));
            out = apply_to_text(text, changes.iter().flat_map(|change| &change.edits)).unwrap();
        });
        out
    }

    #[test]
    fn neighbours_go_with_their_commas() {
        let text = "{a: 1, b: 2,  c: 3 , d: 4}";
        for (keys, left) in [
            (&["a"][..], "{b: 2,  c: 3 , d: 4}"),
            (&["d"], "{a: 1, b: 2,  c: 3}"),
            (&["a", "b"], "{c: 3 , d: 4}"),
            (&["c", "d"], "{a: 1, b: 2}"),
            (&["d", "b", "c"], "{a: 1}"),
            (&["a", "c"], "{b: 2,  d: 4}"),
            (&["a", "d"], "{b: 2,  c: 3}"),
            (&["a", "b", "d"], "{c: 3}"),
            (&["a", "b", "c", "d"], "{}"),
        ] {
            assert_eq!(without(text, keys), left, "{keys:?}");
        }
        assert_eq!(without("a: 1\nb: 2 # 二\nc: 3\n", &["b", "c"]), "a: 1\n");
        assert_eq!(without("a: 1\nb: 2\nc: 3", &["a", "b"]), "c: 3");
    }
}
