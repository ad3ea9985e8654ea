//! What a run would do: every file is inspected, and what it will become is worked out, before any is written.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use dianjian_document::edit::diff;
use dianjian_document::source::CellAddress;

use super::context::{KnownStates, PlanContext};
use super::error::ApplyError;
use super::inspect::{InspectedFile, ensure_writable, inspect, read_file};
use super::journal::{Operation, RunHistory};
use super::run::{RunOutcome, RunRequest, ShopResult, StopReason};
use super::write::FileStamp;
use crate::edits::{AppliedShops, FileEdits, PlacedEdit};
use crate::plan::FileDigest;

/// A file that a run is about, and will replace if `to` is not `from`.
#[derive(Debug)]
pub(super) struct FileJob {
    /// Its number in the plan.
    pub(super) file: usize,
    pub(super) target: PathBuf,
    pub(super) stamp: FileStamp,
    pub(super) from: AppliedShops,
    pub(super) before: FileDigest,
    pub(super) to: AppliedShops,
    pub(super) after: FileDigest,
}

/// The files of a request after their inspection.
#[derive(Debug)]
pub struct Preflight {
    pub(super) operation: Operation,
    pub(super) jobs: Vec<FileJob>,
    /// By shop of the plan.
    pub(super) shops: Vec<ShopResult>,
}

impl Preflight {
    /// What the run would come to if nothing goes wrong.
    pub fn expected_outcome(self, keep_going: bool) -> RunOutcome {
        let mut outcome = RunOutcome::new(self.operation, self.shops);
        if outcome.is_refused() && !keep_going {
            outcome.stop = Some(StopReason::Refused);
            return outcome;
        }
        outcome.files = self.jobs.len();
        for shop in &mut outcome.shops {
            if matches!(shop, ShopResult::NotReached) {
                *shop = ShopResult::Done;
            }
        }
        outcome
    }
}

impl PlanContext<'_> {
    /// Inspects every file that a request is about. Nothing is written; `progress` gets the number of each file.
    pub fn preflight(&self, request: &RunRequest, history: &RunHistory, progress: &dyn Fn(usize)) -> Preflight {
        let mut selected = vec![request.shops.is_none(); self.plan.shops.len()];
        for shop in request.shops.iter().flatten() {
            if let Some(selected) = selected.get_mut(*shop) {
                *selected = true;
            }
        }
        let mut shops = vec![ShopResult::NoEdits; self.plan.shops.len()];
        let states = KnownStates::of(self, history);
        let mut jobs = Vec::new();
        let mut targets: HashMap<PathBuf, usize> = HashMap::new();
        for (number, file) in self.files.iter().enumerate() {
            progress(number);
            let wanted: Vec<bool> =
                file.shops.iter().map(|shop| selected.get(*shop).copied().unwrap_or(false)).collect();
            let mut job = || self.job(number, file, request.operation, &wanted, &states, &mut targets);
            let job = if wanted.contains(&true) { Some(job()) } else { None };
            for (local, (shop, wanted)) in file.shops.iter().zip(&wanted).enumerate() {
                let Some(slot) = shops.get_mut(*shop) else { continue };
                *slot = match &job {
                    Some(Err(error)) if *wanted => ShopResult::Refused(Arc::clone(error)),
                    Some(Ok(job)) if *wanted && job.from.has(local) == job.to.has(local) => ShopResult::Already,
                    Some(Ok(_)) if *wanted => ShopResult::NotReached,
                    _ => ShopResult::NotSelected,
                };
            }
            jobs.extend(job.and_then(Result::ok).filter(|job| job.from != job.to));
        }
        Preflight { operation: request.operation, jobs, shops }
    }

    fn job(
        &self,
        number: usize,
        file: &FileEdits<'_>,
        operation: Operation,
        wanted: &[bool],
        states: &KnownStates,
        targets: &mut HashMap<PathBuf, usize>,
    ) -> Result<FileJob, Arc<ApplyError>> {
        let known = |digest: &FileDigest| states.get(number, digest);
        let inspected = inspect(&self.root, self.plan, file, &known, &|| self.original(number))?;
        if let Some(other) = targets.insert(inspected.target.clone(), number) {
            let other = self.files.get(other).map(|file| file.file.path.clone()).unwrap_or_default();
            return Err(Arc::new(ApplyError::Same { other }));
        }
        let InspectedFile { target, stamp, bytes, digest: before, state: from } = inspected;
        let mut to = from.clone();
        for (local, _) in wanted.iter().enumerate().filter(|(_, wanted)| **wanted) {
            to.set(local, operation == Operation::Apply);
        }
        let mut after = before.clone();
        if to != from {
            after = match file.is_workbook() {
                true => self.expected_workbook_after(number, file, &bytes, &from, &to)?,
                false => expected_after(file, &bytes, &from, &to)?,
            };
            ensure_writable(&target)?;
        }
        Ok(FileJob { file: number, target, stamp, from, before, to, after })
    }

    /// [`expected_after`] of a workbook.
    fn expected_workbook_after(
        &self,
        number: usize,
        file: &FileEdits<'_>,
        now: &[u8],
        from: &AppliedShops,
        to: &AppliedShops,
    ) -> Result<FileDigest, ApplyError> {
        let all = FileDigest::of(&self.workbook_in(number, now, from, &file.all())?);
        if all != file.file.after {
            return Err(ApplyError::UnexpectedResult);
        }
        if to.is_all() { Ok(all) } else { Ok(FileDigest::of(&self.workbook_in(number, now, from, to)?)) }
    }

    /// What the files of a preflight would become, as unified diffs, one file at a time.
    pub fn differences<'s>(&'s self, preflight: &'s Preflight) -> impl Iterator<Item = String> + 's {
        preflight.jobs.iter().filter_map(|job| {
            let file = self.files.get(job.file)?;
            if file.is_workbook() {
                return Some(cell_differences(file, &job.from, &job.to));
            }
            let (now, _) = read_file(&job.target, job.before.bytes).ok()?;
            let then = file.bytes(&now, &job.from, &job.to).ok()?;
            Some(diff(&file.file.path, &file.decode_lossy(&now), &file.decode_lossy(&then)))
        })
    }
}

/// What changes in a workbook's cells from one state to another, cell by cell.
fn cell_differences(file: &FileEdits<'_>, from: &AppliedShops, to: &AppliedShops) -> String {
    let changed = file.edits().iter().filter(|edit| from.has(edit.shop) != to.has(edit.shop));
    let one = |edit: &PlacedEdit<'_>| {
        let (sheet, at) = edit.cell?;
        let cell = CellAddress { sheet: sheet.into(), row: at.row, column: at.column };
        let line = |state: &AppliedShops| format!("{}\n", edit.text(state.has(edit.shop)));
        Some(diff(&format!("{} · {cell}", file.file.path), &line(from), &line(to)))
    };
    changed.filter_map(one).collect()
}

/// The digest of a file in another state. Where the plan says what it must be, it must be that.
fn expected_after(
    file: &FileEdits<'_>,
    bytes: &[u8],
    from: &AppliedShops,
    to: &AppliedShops,
) -> Result<FileDigest, ApplyError> {
    let digest = |to: &AppliedShops| file.digest(bytes, from, to).map_err(|_| ApplyError::UnexpectedResult);
    let after = digest(to)?;
    // A state between the plan's two ends is trusted if the far end comes out as planned.
    let is_planned = !(to.is_none() && after != file.file.before)
        && if to.is_all() { after == file.file.after } else { digest(&file.all())? == file.file.after };
    if is_planned { Ok(after) } else { Err(ApplyError::UnexpectedResult) }
}
