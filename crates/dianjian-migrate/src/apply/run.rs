//! A run: its request, its outcome, and the frame around the batches of files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::batch::BatchWriter;
use super::context::PlanContext;
use super::error::{ApplyError, RunError};
use super::journal::{Journal, JournalEntry, Operation};
use super::list;
use super::lock::{LockHolder, RunLock};
use super::preflight::Preflight;
use super::write::{temporary, write_own};

/// The copy of the plan in the folder of its runs.
const PLAN_COPY: &str = "plan.json";
/// The list of shops that could not be done, in the folder of a plan's runs.
const FAILURES: &str = "failures.txt";

/// A run as the user has requested it.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// Whether edits are made or taken back.
    pub operation: Operation,
    /// The shops that it is for, by their numbers in the plan; `None`: all.
    pub shops: Option<Vec<usize>>,
    /// Whether the other files are done if some are not as planned. Otherwise nothing is written then.
    pub keep_going: bool,
}

/// What became of a shop.
#[derive(Debug, Clone)]
pub enum ShopResult {
    /// The plan changes nothing in its file.
    NoEdits,
    /// The request did not name it.
    NotSelected,
    /// Its file was as it should be before the run.
    Already,
    /// It has been applied, or rolled back.
    Done,
    /// Unchanged: the run did not get to it.
    NotReached,
    /// Unchanged: its file cannot be worked with.
    Refused(Arc<ApplyError>),
    /// Unchanged: its file could not be written.
    Failed(Arc<ApplyError>),
}

/// Why a run ended before it was through.
#[derive(Debug)]
pub enum StopReason {
    /// Files were refused, and the request was not to keep going.
    Refused,
    /// The caller's `stop` returned true.
    Interrupted,
    /// The journal could not be written.
    Journal(RunError),
}

/// The outcome of a run, shop by shop.
#[derive(Debug)]
pub struct RunOutcome {
    /// Whether edits were made or taken back.
    pub operation: Operation,
    /// What became of each shop of the plan, in its order.
    pub shops: Vec<ShopResult>,
    /// How many files were replaced.
    pub files: usize,
    /// `None`: the run went through to its end.
    pub stop: Option<StopReason>,
    /// Files, from the root, whose owner could not be kept.
    pub other_owner: Vec<String>,
    /// Folders that could not be synced after a rename: a power cut may bring back the old files in them.
    pub not_synced: Vec<(PathBuf, std::io::Error)>,
    /// Where the shops that are left are listed, if there are any and the list could be written.
    pub failures: Option<PathBuf>,
}

impl RunOutcome {
    pub(super) fn new(operation: Operation, shops: Vec<ShopResult>) -> Self {
        let (other_owner, not_synced) = (Vec::new(), Vec::new());
        Self { operation, shops, files: 0, stop: None, other_owner, not_synced, failures: None }
    }

    pub(super) fn is_refused(&self) -> bool {
        self.shops.iter().any(|shop| matches!(shop, ShopResult::Refused(_)))
    }
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunPhase {
    /// Files are inspected.
    Looking {
        /// Files so far.
        done: usize,
        /// Files in all.
        of: usize,
    },
    /// Files are replaced.
    Writing {
        /// Files so far.
        done: usize,
        /// Files in all.
        of: usize,
    },
}

impl PlanContext<'_> {
    /// Does what a request asks for.
    ///
    /// `now` is the caller's clock for the journal; `stop` is called between files and ends the run by returning true;
    /// `progress` is called as files are inspected and written.
    ///
    /// # Errors
    /// The run cannot begin: nothing has been written. What goes wrong later is in the outcome.
    pub fn run(
        &self,
        request: &RunRequest,
        now: &str,
        stop: &dyn Fn() -> bool,
        progress: &dyn Fn(RunPhase),
    ) -> Result<RunOutcome, RunError> {
        let folder = self.root.make_run_folder(&self.plan.id)?;
        let holder =
            LockHolder { pid: std::process::id(), command: request.operation.name().to_owned(), since: now.to_owned() };
        let _lock = RunLock::take(&self.root.runs_folder(), &holder)?;
        let history = self.history()?;
        if !history.entries.is_empty() || history.damaged > 0 {
            self.remove_stale_temporaries();
        }
        let of = self.files.len();
        let preflight = self.preflight(request, &history, &|done| progress(RunPhase::Looking { done, of }));
        let Preflight { operation, jobs, shops } = preflight;
        let mut outcome = RunOutcome::new(operation, shops);
        if outcome.is_refused() && !request.keep_going {
            outcome.stop = Some(StopReason::Refused);
        } else if !jobs.is_empty() {
            let copy = folder.join(PLAN_COPY);
            if !copy.exists() {
                write_own(&copy, self.text.as_bytes()).map_err(|error| RunError::own(&copy, error))?;
            }
            let mut journal = Journal::open(&folder)?;
            journal.add(&[self.begin(request, now)])?;
            let writer = BatchWriter { context: self, journal, outcome: &mut outcome, pending: Vec::new() };
            writer.write_all(&jobs, stop, progress);
        }
        outcome.failures = self.list_failures(&outcome, &folder);
        Ok(outcome)
    }

    /// Removes what a killed run may have left beside files.
    fn remove_stale_temporaries(&self) {
        for (number, file) in self.files.iter().enumerate() {
            let Ok(target) = self.root.resolve(&file.file.path) else { continue };
            let _ = fs::remove_file(temporary(&target, &self.plan.id, number));
        }
    }

    fn begin(&self, request: &RunRequest, now: &str) -> JournalEntry {
        let key = |shop: &usize| self.plan.shops.get(*shop).map(|shop| shop.key.clone());
        JournalEntry::Begin {
            plan: self.plan.id.clone(),
            operation: request.operation,
            only: request.shops.as_ref().map(|shops| shops.iter().filter_map(key).collect()),
            keep_going: request.keep_going,
            at: now.to_owned(),
        }
    }

    /// Writes the list of shops that were selected and are not as they should be; `None`: there are none.
    fn list_failures(&self, outcome: &RunOutcome, folder: &Path) -> Option<PathBuf> {
        let path = folder.join(FAILURES);
        let list = list::format(self.plan, &outcome.shops);
        if list.is_empty() {
            let _ = fs::remove_file(&path);
            return None;
        }
        write_own(&path, list.as_bytes()).ok().map(|()| self.root.runs_folder().join(&self.plan.id).join(FAILURES))
    }
}
