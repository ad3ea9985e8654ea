//! The edits of one round, none of which overlaps another.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dianjian_document::edit::Edit;
use dianjian_document::source::SourceFile;

use super::consequences::MadeFix;
use super::workbook::CellText;
use crate::Fix;

#[derive(Debug, Default)]
pub(super) struct RoundEdits {
    pub files: BTreeMap<PathBuf, RoundFile>,
    /// The fixes that the edits make.
    pub made: Vec<MadeFix>,
}

#[derive(Debug)]
pub(super) struct RoundFile {
    pub name: String,
    /// A source that the edits were made for, to know the file again.
    pub source: Arc<SourceFile>,
    /// By the first byte, in the whole file.
    pub edits: BTreeMap<u64, RoundEdit>,
    /// Of a workbook, the fields that the edits change.
    pub cells: BTreeMap<u64, CellText>,
    /// How many fixes the edits make.
    pub fixes: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RoundEdit {
    pub end: u64,
    pub text: String,
}

impl RoundEdits {
    /// Takes fixes in their order; one that overlaps an earlier one waits for the next round.
    pub fn new(fixes: Vec<(Fix, MadeFix)>) -> Self {
        let mut round = Self::default();
        for (fix, made) in fixes {
            let edits: Vec<_> = fix
                .edits
                .iter()
                .filter_map(|(source, edit)| Some((source, source.path()?, placed(source, edit), edit)))
                .collect();
            if !edits.iter().all(|(_, path, (start, edit), _)| round.fits(path, *start, edit)) {
                continue;
            }
            round.made.push(made);
            for (number, (source, path, (start, edit), own)) in edits.into_iter().enumerate() {
                let file = round.files.entry(path.to_owned()).or_insert_with(|| RoundFile {
                    name: source.name().to_owned(),
                    source: Arc::clone(source),
                    edits: BTreeMap::new(),
                    cells: BTreeMap::new(),
                    fixes: 0,
                });
                file.fixes += usize::from(number == 0);
                file.edits.insert(start, edit);
                file.cells.extend(CellText::at(source, own.span.start).map(|cell| (start, cell)));
            }
        }
        round
    }

    /// Whether the edit is there already, or overlaps none that is.
    fn fits(&self, path: &Path, start: u64, edit: &RoundEdit) -> bool {
        let Some(file) = self.files.get(path) else { return true };
        if let Some((known_start, known)) = file.edits.range(..=start).next_back() {
            if *known_start == start {
                return known == edit;
            }
            if known.end > start {
                return false;
            }
        }
        file.edits.range(start + 1..).next().is_none_or(|(next, _)| *next >= edit.end)
    }
}

/// An edit of a part of a file, placed in the whole.
fn placed(source: &SourceFile, edit: &Edit) -> (u64, RoundEdit) {
    let place = |offset: u32| source.base_offset() + u64::from(offset);
    (place(edit.span.start), RoundEdit { end: place(edit.span.end), text: edit.text.clone() })
}
