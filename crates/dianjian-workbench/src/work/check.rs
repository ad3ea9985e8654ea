//! One check of a project, from the wish for it to its end in the store. What is found is written by the worker.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use dianjian_base::lang::Text;
use serde_json::{Value, json};

use super::lines::RunNumber;
use super::worker::{ReadyWorker, WorkerProcess};
use super::{ActiveRun, CheckWish, WorkerJob, WorkerLine};
use crate::serve::Served;
use crate::store::{ProjectRow, RunId, RunState, StoreError};

/// Runs whose findings are kept.
const KEPT: usize = 10;

/// A check that is asked for.
#[derive(Debug)]
pub struct CheckJob {
    pub project: ProjectRow,
    pub wish: CheckWish,
}

/// Why a check did not begin.
#[derive(Debug)]
pub enum JobError {
    /// The project is being checked already.
    Busy,
    /// As many checks as may go on at once are going on.
    Full,
    /// The project cannot be loaded at all.
    Project(Text),
    /// No worker could be started, or it ended before it could say anything.
    Worker,
    Store(StoreError),
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl CheckJob {
    /// Begins the check, and follows it on a thread of its own.
    ///
    /// # Errors
    /// It cannot begin.
    pub fn begin(self, served: &Arc<Served>) -> Result<RunId, JobError> {
        let Self { project, wish } = self;
        let reserved = served.work.reserve(&project.id)?;
        let (store, folder) = (&served.store, served.folder(&project));
        let roles = store.roles(&project.id).unwrap_or_default();
        let job = WorkerJob {
            finds_files: true,
            roles,
            as_of: wish.as_of,
            today: served.workbench.basis.today,
            system: wish.system,
            most: 0,
        };
        let state = Some(store.folder());
        let started = served.workbench.worker.start(&folder, state, &job)?;
        let ReadyWorker { process: worker, as_of, bytes } = started;
        let run = store.begin_run(&project.id, &served.now(), as_of)?;
        let active = reserved.begin(run, worker.handle(), bytes);
        let followed = FollowedRun { run, project: project.id, active };
        // A worker that reads no longer says nothing either, which ends the run as failed.
        let _ = worker.say(&RunNumber(run));
        let served = Arc::clone(served);
        std::thread::spawn(move || followed.follow(worker, &served));
        Ok(run)
    }
}

/// A check that is under way.
struct FollowedRun {
    run: RunId,
    project: String,
    active: Arc<ActiveRun>,
}

impl FollowedRun {
    /// Passes on how far the worker is, and remembers how it ended, whatever happens.
    fn follow(self, mut worker: WorkerProcess, served: &Served) {
        let mut ended = (RunState::Failed, None);
        while let Some(line) = worker.next() {
            match line {
                WorkerLine::Progress(progress) => {
                    self.active.progress.send_replace(progress);
                }
                WorkerLine::Ended { state, summary } => ended = (state, summary),
                WorkerLine::Refused(_) | WorkerLine::Ready { .. } | WorkerLine::Found(_) => {}
            }
        }
        let (mut state, summary) = ended;
        if state == RunState::Failed && worker.was_stopped() {
            state = RunState::Stopped;
        }
        drop(worker);
        // Before the state is there to be seen: whoever sees it may begin the next check at once.
        self.active.ended.store(true, Ordering::Release);
        self.remember(state, summary.as_ref(), served);
        served.work.end(self.run);
    }

    fn remember(&self, state: RunState, summary: Option<&Value>, served: &Served) {
        let (store, project) = (&served.store, &self.project);
        let before = store.last_done(project, Some(self.run)).ok().flatten();
        let change =
            before.filter(|_| state == RunState::Done).and_then(|before| store.compare(self.run, before.id).ok());
        let change = change.map(|(new, gone)| json!({"new": new, "gone": gone}));
        // A store that fails now has failed for the page, too, which shows it with its next request.
        let _ = store.end_run(self.run, state, &served.now(), summary, change.as_ref());
        let _ = store.thin_runs(project, KEPT);
    }
}
