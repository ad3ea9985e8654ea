//! Checks of projects, each in a process of its own, with what is known of them while they go on.
//!
//! The server starts its own program again as a worker ([`Worker`]) and reads lines from it ([`WorkerLine`]): a picture that
//! never ends, or that takes all memory, costs the check that looks at it, and nobody else.

mod check;
mod judge;
mod lines;
mod setup;
mod worker;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::store::RunId;

pub use check::{CheckJob, JobError};
pub use judge::work_off;
pub use lines::{RunProgress, ShownItem, WorkerJob, WorkerLine};
pub use setup::{CheckBasis, CheckSetup, CheckWish};
pub use worker::Worker;
use worker::WorkerHandle;

/// Checks that may go on at once.
pub const MOST_RUNS: usize = 4;

/// The checks that are under way.
#[derive(Debug, Default)]
pub struct Work {
    checks: Mutex<Checks>,
}

#[derive(Debug, Default)]
struct Checks {
    /// The projects whose checks are being begun.
    starting: BTreeSet<String>,
    active: BTreeMap<RunId, Arc<ActiveRun>>,
}

/// A check that is under way.
#[derive(Debug)]
pub struct ActiveRun {
    pub project: String,
    handle: Arc<WorkerHandle>,
    progress: watch::Sender<RunProgress>,
    /// Whether its worker has ended: what is left is to remember how, which keeps nobody from beginning another check.
    ended: AtomicBool,
}

impl ActiveRun {
    /// Asks it to stop, and ends it if it does not.
    pub fn cancel(&self) {
        self.handle.stop();
    }

    /// Whether it is the check of this project, and its worker has not ended.
    fn goes_on_in(&self, project: &str) -> bool {
        self.project == project && !self.ended.load(Ordering::Acquire)
    }

    /// How far it is, and what comes.
    pub fn watch(&self) -> watch::Receiver<RunProgress> {
        self.progress.subscribe()
    }
}

impl Work {
    /// A check that is under way.
    pub fn active(&self, run: RunId) -> Option<Arc<ActiveRun>> {
        self.checks().active.get(&run).cloned()
    }

    /// The check of a project that is under way.
    pub fn of_project(&self, project: &str) -> Option<RunId> {
        self.checks().active.iter().find(|(_, run)| run.goes_on_in(project)).map(|(id, _)| *id)
    }

    /// How many checks are under way.
    pub fn count(&self) -> usize {
        self.checks().active.len()
    }

    /// Asks all checks to stop.
    pub fn cancel_all(&self) {
        self.checks().active.values().for_each(|run| run.cancel());
    }

    /// Stops the check of a project, whose files are others by now, and waits until its place is free.
    pub fn make_way(&self, project: &str) {
        let Some(outdated) = self.of_project(project).and_then(|run| self.active(run)) else { return };
        outdated.cancel();
        let begun = Instant::now();
        while self.of_project(project).is_some() && begun.elapsed() < worker::GRACE * 2 {
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Keeps the place of a check that is about to begin.
    fn reserve(&self, project: &str) -> Result<Reservation<'_>, JobError> {
        let mut checks = self.checks();
        let is_busy = checks.active.values().any(|run| run.goes_on_in(project)) || checks.starting.contains(project);
        if is_busy {
            return Err(JobError::Busy);
        }
        if checks.active.len() + checks.starting.len() >= MOST_RUNS {
            return Err(JobError::Full);
        }
        checks.starting.insert(project.to_owned());
        Ok(Reservation { work: self, project: project.to_owned() })
    }

    fn end(&self, id: RunId) {
        if let Some(ended) = self.checks().active.remove(&id) {
            ended.progress.send_modify(|progress| progress.over = true);
        }
    }

    fn checks(&self) -> MutexGuard<'_, Checks> {
        self.checks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of a check that is about to begin; dropped, it is free again.
struct Reservation<'w> {
    work: &'w Work,
    project: String,
}

impl Reservation<'_> {
    /// The check has begun.
    fn begin(self, id: RunId, handle: Arc<WorkerHandle>, bytes: u64) -> Arc<ActiveRun> {
        let progress = watch::Sender::new(RunProgress { of: bytes, ..RunProgress::default() });
        let run =
            Arc::new(ActiveRun { project: self.project.clone(), handle, progress, ended: AtomicBool::new(false) });
        self.work.checks().active.insert(id, Arc::clone(&run));
        run
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        self.work.checks().starting.remove(&self.project);
    }
}
