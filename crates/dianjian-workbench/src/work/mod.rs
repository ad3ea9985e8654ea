//! Checks of projects on threads of their own, with what is known of them while they go on.

mod check;
mod setup;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::watch;

use crate::store::RunId;

pub use check::{CheckJob, ItemShower, JobError, ShownItem, summary};
pub use setup::{CheckSetup, CheckWish};

/// Checks that may go on at once.
pub const MOST_RUNS: usize = 4;

/// The checks that are under way.
#[derive(Debug, Default)]
pub struct Work {
    active: Mutex<BTreeMap<RunId, Arc<ActiveRun>>>,
}

/// A check that is under way.
#[derive(Debug)]
pub struct ActiveRun {
    pub project: String,
    cancelled: AtomicBool,
    read: AtomicU64,
    progress: watch::Sender<RunProgress>,
}

/// How far a check is.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct RunProgress {
    /// Bytes read.
    pub bytes: u64,
    /// Bytes of all files.
    pub of: u64,
    pub errors: u64,
    pub warnings: u64,
    pub infos: u64,
    /// Findings that can be read.
    pub findings: u64,
    /// Whether it is over.
    pub over: bool,
}

impl ActiveRun {
    fn new(project: &str, bytes: u64) -> Self {
        let progress = watch::Sender::new(RunProgress { of: bytes, ..RunProgress::default() });
        Self { project: project.to_owned(), cancelled: AtomicBool::new(false), read: AtomicU64::new(0), progress }
    }

    /// Asks it to stop.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// How far it is, and what comes.
    pub fn watch(&self) -> watch::Receiver<RunProgress> {
        self.progress.subscribe()
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn read(&self, bytes: u64) {
        self.read.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl Work {
    /// A check that is under way.
    pub fn active(&self, run: RunId) -> Option<Arc<ActiveRun>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner).get(&run).cloned()
    }

    /// The check of a project that is under way.
    pub fn of_project(&self, project: &str) -> Option<RunId> {
        let active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        active.iter().find(|(_, run)| run.project == project).map(|(id, _)| *id)
    }

    /// How many checks are under way.
    pub fn count(&self) -> usize {
        self.active.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Asks all checks to stop.
    pub fn cancel_all(&self) {
        self.active.lock().unwrap_or_else(PoisonError::into_inner).values().for_each(|run| run.cancel());
    }

    fn begin(&self, id: RunId, run: Arc<ActiveRun>) {
        self.active.lock().unwrap_or_else(PoisonError::into_inner).insert(id, run);
    }

    fn end(&self, id: RunId) {
        let ended = self.active.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        if let Some(ended) = ended {
            ended.progress.send_modify(|progress| progress.over = true);
        }
    }
}
