//! A plan with its place on disk, and the copies of workbooks that its runs keep there.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use super::error::{ApplyError, RunError};
use super::inspect::read_file;
use super::journal::{JournalEntry, LastRun, Operation, RunHistory, ShopSet};
use super::open::OpenedPlan;
use super::root::{PlanRoot, ensure_no_link};
use super::run::RunRequest;
use super::write::write_own;
use crate::edits::{AppliedShops, FileEdits};
use crate::plan::{FileDigest, Plan};

/// A plan with its place on disk: what runs, the status and a re-check work on.
#[derive(Debug)]
pub struct PlanContext<'p> {
    /// As it was opened.
    pub plan: &'p Plan,
    /// The plan's own bytes, for the copy in the run folder.
    pub(super) text: &'p str,
    /// The edits of the plan's files, in the plan's order.
    pub(crate) files: Vec<FileEdits<'p>>,
    /// The folder that the plan's paths start from.
    pub root: PlanRoot,
    /// The folder of the plan's runs; it may not exist yet.
    pub(super) run_folder: PathBuf,
}

impl<'p> PlanContext<'p> {
    /// Finds the root of an opened plan.
    ///
    /// # Errors
    /// The root is missing, or the folder of its runs is a link.
    pub fn new(opened: &'p OpenedPlan) -> Result<Self, RunError> {
        let root = PlanRoot::new(&opened.root)?;
        let run_folder = root.run_folder(&opened.plan.id)?;
        // The edits of an opened plan have been checked.
        let files = FileEdits::of(&opened.plan).unwrap_or_default();
        Ok(Self { plan: &opened.plan, text: opened.text.text(), files, root, run_folder })
    }

    /// How many files the plan changes.
    pub fn file_count(&self) -> usize {
        self.files.len()
    }

    /// Reads the journal of the plan's runs.
    ///
    /// # Errors
    /// It cannot be read, or belongs to another plan.
    pub fn history(&self) -> Result<RunHistory, RunError> {
        RunHistory::read(&self.run_folder, &self.plan.id)
    }

    /// The request that takes up the last run again; without one, the whole plan is applied.
    pub fn resumed(&self, last: Option<&LastRun>) -> RunRequest {
        let Some(last) = last else {
            return RunRequest { operation: Operation::Apply, shops: None, keep_going: false };
        };
        let numbers = self.plan.shop_numbers();
        let shops = last.only.as_ref().map(|keys| {
            let found = keys.iter().filter_map(|key| numbers.get(key.as_str()).copied());
            found.collect()
        });
        RunRequest { operation: last.operation, shops, keep_going: last.keep_going }
    }

    /// A shop's key by its number in the plan.
    pub(super) fn key(&self, shop: usize) -> &'p str {
        self.plan.shops.get(shop).map_or("", |shop| &shop.key)
    }

    fn original_path(&self, file: usize) -> PathBuf {
        self.run_folder.join(format!("original-{file}.xlsx"))
    }

    /// The bytes that a workbook had before all edits, if the run folder still has them.
    pub(super) fn original(&self, file: usize) -> Option<Vec<u8>> {
        let (edits, path) = (self.files.get(file)?, self.original_path(file));
        ensure_no_link(&path).ok()?;
        let (bytes, _) = read_file(&path, edits.file.before.bytes).ok()?;
        (FileDigest::of(&bytes) == edits.file.before).then_some(bytes)
    }

    /// Keeps the bytes of a workbook as they are before all edits.
    pub(super) fn keep_original(&self, file: usize, bytes: &[u8]) -> Result<(), ApplyError> {
        if self.original(file).is_some() {
            return Ok(());
        }
        write_own(&self.original_path(file), bytes).map_err(ApplyError::Write)
    }

    /// The bytes of a workbook in the state `to`. Unlike a text's they do not follow from those of another state,
    /// because a package is packed anew: they are made from the original, which `now` is if no shop is in place.
    pub(super) fn workbook_in(
        &self,
        file: usize,
        now: &[u8],
        from: &AppliedShops,
        to: &AppliedShops,
    ) -> Result<Vec<u8>, ApplyError> {
        let edits = self.files.get(file).ok_or(ApplyError::Missing)?;
        let kept = if from.is_none() { None } else { Some(self.original(file).ok_or(ApplyError::NoOriginal)?) };
        edits.rendered(kept.as_deref().unwrap_or(now), to).map_err(|_| ApplyError::UnexpectedResult)
    }
}

/// States of files that the journal knows, by file and the SHA-256 of the bytes.
pub(super) struct KnownStates(HashMap<(usize, String), AppliedShops>);

impl KnownStates {
    pub(super) fn of(context: &PlanContext<'_>, history: &RunHistory) -> Self {
        let numbers: HashMap<&str, usize> =
            context.files.iter().enumerate().map(|(number, file)| (file.file.path.as_str(), number)).collect();
        let mut known = HashMap::new();
        for entry in &history.entries {
            let JournalEntry::Intent { file, to, applied: ShopSet::Some(keys), .. } = entry else { continue };
            let Some(number) = numbers.get(file.as_str()).copied() else { continue };
            let Some(edits) = context.files.get(number) else { continue };
            let keys: HashSet<&str> = keys.iter().map(String::as_str).collect();
            let applied = edits.shops.iter().map(|shop| keys.contains(context.key(*shop)));
            known.insert((number, to.sha256.clone()), applied.collect());
        }
        Self(known)
    }

    /// The state in which a file has these bytes, as far as the journal knows.
    pub(super) fn get(&self, file: usize, digest: &FileDigest) -> Option<AppliedShops> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&(file, digest.sha256.clone())).cloned()
    }
}
