//! The files of a fleet as they will be, and the proof that nothing else is left in them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Write as _};

use dianjian_document::source::{Encoded, Input};
use dianjian_xlsx::CellRef;
use tempfile::NamedTempFile;

use super::PlanRequest;
use super::assemble::PlanDraft;
use super::decide::DecidedShop;
use super::edits::ShopChanges;
use super::files::FleetFile;
use crate::edits::{apply_to_text, encode_edits, rendered};
use crate::error::PlanningError;
use crate::plan::{FileDigest, FileEncoding, Plan, PlannedEdit, PlannedFile};
use crate::recheck::{Recheck, RecheckRequest, ShopLocations, recheck};

/// Workbooks as they will be, by the number of their first sheet among the files.
pub(super) type ChangedWorkbooks = BTreeMap<usize, Vec<u8>>;

/// The sheet, the cell and the new text of an edit.
fn cell_of(edit: &PlannedEdit) -> Option<(&str, CellRef, &str)> {
    let cell = edit.cell.as_ref()?;
    Some((&cell.sheet, CellRef::parse(&cell.cell)?, &edit.new))
}

/// The workbooks that change. Where the edits of one cannot be made, or its shops cannot be told apart by their rows,
/// its changes are left to people.
pub(super) fn workbooks_after(
    files: &[FleetFile],
    shops: &[DecidedShop<'_>],
    changes: &mut [ShopChanges],
) -> ChangedWorkbooks {
    let mut workbooks = ChangedWorkbooks::new();
    for (first, file) in files.iter().enumerate().filter(|(_, file)| file.book.is_some()) {
        if first.checked_sub(1).and_then(|at| files.get(at)).is_some_and(|before| before.path == file.path) {
            continue;
        }
        let is_own = |shop: &DecidedShop<'_>| files.get(shop.read.file).is_some_and(|of| of.path == file.path);
        let own: Vec<usize> = (0..changes.len()).filter(|at| shops.get(*at).is_some_and(is_own)).collect();
        if !own.iter().any(|at| changes.get(*at).is_some_and(ShopChanges::has_edits)) {
            continue;
        }
        let mut rows = HashSet::new();
        let mut in_new_row =
            own.iter().filter_map(|at| shops.get(*at)).map(|shop| rows.insert((shop.read.file, shop.read.line)));
        let after = in_new_row.all(|is_new| is_new).then(|| {
            let changes = own.iter().filter_map(|at| changes.get(*at)).flat_map(|changes| &changes.changes);
            rendered(file.book.as_ref()?, changes.flat_map(|change| &change.edits).filter_map(cell_of)).ok()
        });
        match after.flatten() {
            Some(after) => drop(workbooks.insert(first, after)),
            None => own.iter().for_each(|at| {
                changes.get_mut(*at).filter(|changes| changes.has_edits()).map(ShopChanges::leave_to_people);
            }),
        }
    }
    workbooks
}

impl PlanDraft<'_, '_> {
    /// Lists the files that change in the plan; returns their texts afterwards, by the file's number.
    pub(super) fn add_files(
        &self,
        plan: &mut Plan,
        workbooks: &ChangedWorkbooks,
    ) -> Result<BTreeMap<usize, String>, PlanningError> {
        let files = self.planning.files;
        let mut by_file: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, _) in plan.shops.iter().enumerate().filter(|(_, shop)| shop.has_edits()) {
            by_file.entry(self.shops.get(at).map_or(0, |shop| shop.read.file)).or_default().push(at);
        }
        let mut changed = Vec::new();
        let mut texts = BTreeMap::new();
        for (number, shops) in by_file {
            let Some(file) = files.get(number).filter(|file| file.book.is_none()) else { continue };
            let edits = shops.iter().filter_map(|at| plan.shops.get(*at)).flat_map(|shop| shop.edits());
            let before = file.source.text();
            let broken = || PlanningError::Edits { file: file.path.clone() };
            let after = apply_to_text(before, edits).ok_or_else(broken)?;
            changed.push(planned_file(file, before.as_bytes(), after.as_bytes()));
            texts.insert(number, after);
        }
        for (number, after) in workbooks {
            let file = files.get(*number).and_then(|file| Some((file, file.book.as_ref()?)));
            changed.extend(file.map(|(file, before)| planned_file(file, before, after)));
        }
        changed.sort_by(|left, right| left.path.cmp(&right.path));
        plan.files = changed;
        Ok(texts)
    }

    /// Turns the edits of texts into edits of their files' bytes, where those are not UTF-8.
    pub(super) fn encode(&self, plan: &mut Plan) {
        let files = self.planning.files.iter();
        let encoded: BTreeMap<&str, &Encoded> =
            files.filter_map(|file| Some((file.path.as_str(), file.encoded.as_ref()?))).collect();
        for planned in &mut plan.files {
            let Some(encoded) = encoded.get(planned.path.as_str()) else { continue };
            let shops = plan.shops.iter_mut().filter(|shop| shop.file == planned.path);
            let edits = shops.flat_map(|shop| &mut shop.changes).flat_map(|change| &mut change.edits).collect();
            let after = encode_edits(encoded, edits);
            planned.before = FileDigest::of(encoded.bytes());
            planned.after = FileDigest::of(&after);
            planned.encoding = FileEncoding::of(encoded.encoding());
        }
    }

    /// Checks the fleet as it will be with the whole pack, as of the cut-over.
    pub(super) fn prove(
        &self,
        plan: &Plan,
        mut texts: BTreeMap<usize, String>,
        workbooks: &ChangedWorkbooks,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Recheck, PlanningError> {
        let (request, files) = (&self.planning.request, self.planning.files);
        // Findings name texts as the disk does, and the sheets of workbooks as the planner does.
        let name = |file: &FleetFile| match file.input.path().filter(|_| file.book.is_none()) {
            Some(path) => request.disk.name(path).to_string(),
            None => file.source.name().to_owned(),
        };
        let names: HashMap<&str, String> = files.iter().map(|file| (file.path.as_str(), name(file))).collect();
        let display = |path: &str| names.get(path).cloned().unwrap_or_else(|| path.to_owned());
        let locations = ShopLocations::of_plan(plan, &|_| true, &display);
        let inputs: Vec<Input> = self.planning.inputs().map(|file| file.input.clone()).collect();
        // The other files too as they were read: the disk may have changed meanwhile.
        let texts = files.iter().enumerate().filter(|(_, file)| file.book.is_none()).filter_map(|(number, file)| {
            let text = texts.remove(&number).unwrap_or_else(|| file.source.text().to_owned());
            Some((file.input.path()?.to_owned(), text))
        });
        let mut overlay = self.planning.request.disk.clone();
        texts.for_each(|(path, text)| overlay.insert_text(path, text));
        let mut kept = Vec::new();
        for (number, after) in workbooks {
            let Some(file) = files.get(*number) else { continue };
            let failed = |error: io::Error| PlanningError::Proof { file: file.path.clone(), reason: error.to_string() };
            let mut temporary = NamedTempFile::new().map_err(failed)?;
            temporary.write_all(after).and_then(|()| temporary.flush()).map_err(failed)?;
            if let Some(path) = file.input.path() {
                overlay.insert_copy(path.to_owned(), temporary.path().to_owned());
            }
            kept.push(temporary);
        }
        let PlanRequest { pack, policy, cutover: day, roots, system, threads, .. } = *request;
        let request = RecheckRequest { pack, policy, day, roots, system, files: overlay, threads };
        Ok(recheck(request, &inputs, &locations, progress))
    }
}

fn planned_file(file: &FleetFile, before: &[u8], after: &[u8]) -> PlannedFile {
    PlannedFile {
        path: file.path.clone(),
        before: FileDigest::of(before),
        after: FileDigest::of(after),
        encoding: None,
    }
}
