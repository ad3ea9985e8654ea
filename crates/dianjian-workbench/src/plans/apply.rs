//! Plans carried out on threads of their own.
//!
//! The run itself is `dianjian-migrate`'s, which promises that it can be killed at any byte. Nothing that is known here alone
//! is needed to go on: where a plan stands is found from its files and its journal.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};

use axum::http::StatusCode;
use dianjian_base::lang::{Localized as _, Text};
use dianjian_base::text;
use dianjian_migrate::apply::{
    OpenedPlan, Operation, PlanContext, RunError, RunOutcome, RunPhase, RunRequest, ShopResult, StopReason,
};
use dianjian_report::words::counted;
use serde::Serialize;
use tokio::sync::watch;

use super::{StoredPlan, conflict, no_shop};
use crate::api::ApiError;
use crate::serve::Served;
use crate::store::ProjectRow;
use crate::work::{CheckJob, CheckWish};

/// A plan that is being carried out.
#[derive(Debug)]
pub struct ActiveApplication {
    pub plan: i64,
    stop: AtomicBool,
    progress: watch::Sender<ApplyProgress>,
}

/// How far a run is, in shops.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ApplyProgress {
    pub done: usize,
    pub total: usize,
    /// Whether it is over.
    #[serde(skip)]
    pub over: bool,
}

impl ActiveApplication {
    /// Asks it to stop after the file that it is at.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// How far it is, and what comes.
    pub fn watch(&self) -> watch::Receiver<ApplyProgress> {
        self.progress.subscribe()
    }

    fn at(&self, phase: RunPhase) {
        if let RunPhase::Writing { done, of } = phase {
            self.progress.send_modify(|progress| progress.done = progress.total * done / of.max(1));
        }
    }
}

/// What is asked of a plan.
#[derive(Debug, Clone)]
pub enum RunStep {
    /// Makes the edits of all shops, or of some by their keys.
    Apply(Option<Vec<String>>),
    /// Goes on with the last run.
    Resume,
    Rollback,
}

impl RunStep {
    fn request(&self, context: &PlanContext<'_>) -> Result<RunRequest, ApiError> {
        Ok(match self {
            Self::Apply(only) => {
                let number = |key: &String| {
                    context.plan.shops.iter().position(|shop| shop.key == *key).ok_or_else(|| no_shop(key))
                };
                let shops = only.as_ref().map(|only| only.iter().map(number).collect::<Result<_, _>>()).transpose()?;
                RunRequest { operation: Operation::Apply, shops, keep_going: false }
            }
            Self::Resume => {
                let history = context.history().map_err(|error| run_error(&error))?;
                context.resumed(history.last().as_ref())
            }
            Self::Rollback => RunRequest { operation: Operation::Rollback, shops: None, keep_going: true },
        })
    }
}

/// Begins to carry a plan out, on a thread of its own.
///
/// # Errors
/// Another run of the project is under way, or the plan's folder cannot be used.
pub fn begin(
    served: &Arc<Served>,
    project: &ProjectRow,
    stored: &StoredPlan,
    opened: Arc<OpenedPlan>,
    step: &RunStep,
) -> Result<(), ApiError> {
    let request = {
        let context = PlanContext::new(&opened).map_err(|error| run_error(&error))?;
        step.request(&context)?
    };
    let total = match &request.shops {
        None => opened.plan.shops.iter().filter(|shop| shop.has_edits()).count(),
        Some(shops) => shops.iter().filter_map(|at| opened.plan.shops.get(*at)).filter(|shop| shop.has_edits()).count(),
    };
    let progress = watch::Sender::new(ApplyProgress { total, ..ApplyProgress::default() });
    let active = Arc::new(ActiveApplication { plan: stored.id, stop: AtomicBool::new(false), progress });
    {
        let mut all = served.plans.active.lock().unwrap_or_else(PoisonError::into_inner);
        if all.contains_key(&project.id) {
            return Err(ApiError::new(
                StatusCode::CONFLICT,
                "busy",
                text! {
                    zh: "这个项目正在执行迁移",
                    en: "a plan of this project is being carried out already",
                },
            ));
        }
        all.insert(project.id.clone(), Arc::clone(&active));
    }
    served.plans.set_failure(stored.id, None);
    let run = ApplicationRun { project: project.clone(), opened, request, active };
    let shared = Arc::clone(served);
    let thread = std::thread::spawn(move || run.finish(&shared));
    let mut threads = served.plans.threads.lock().unwrap_or_else(PoisonError::into_inner);
    threads.retain(|thread| !thread.is_finished());
    threads.push(thread);
    Ok(())
}

struct ApplicationRun {
    project: ProjectRow,
    opened: Arc<OpenedPlan>,
    request: RunRequest,
    active: Arc<ActiveApplication>,
}

impl ApplicationRun {
    /// Carries the plan out, and remembers why that failed, whatever happens.
    fn finish(self, served: &Arc<Served>) {
        let now = served.now();
        let ran = catch_unwind(AssertUnwindSafe(|| self.run(&now)));
        let failure = match &ran {
            Ok(Ok(outcome)) => failure(outcome),
            Ok(Err(error)) => Some(error.both()),
            Err(_) => Some(text! { zh: "程序出错了，执行中断", en: "the program failed and the run was cut off" }),
        };
        served.plans.set_failure(self.active.plan, failure);
        served.plans.active.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.project.id);
        self.active.progress.send_modify(|progress| progress.over = true);
        let has_written = matches!(&ran, Ok(Ok(outcome)) if outcome.files > 0);
        if has_written && !self.active.stop.load(Ordering::Relaxed) {
            // What is shown of the files should be of the files as they are; a check that cannot begin is asked for by hand.
            let _ = CheckJob { project: self.project, wish: CheckWish::default() }.begin(served);
        }
    }

    fn run(&self, now: &str) -> Result<RunOutcome, RunError> {
        let context = PlanContext::new(&self.opened)?;
        let stop = || self.active.stop.load(Ordering::Relaxed);
        context.run(&self.request, now, &stop, &|phase| self.active.at(phase))
    }
}

/// Why a run did not do all that it was to do; `None`: it did, or was asked to stop.
fn failure(outcome: &RunOutcome) -> Option<Text> {
    if let Some(StopReason::Journal(error)) = &outcome.stop {
        return Some(error.both());
    }
    let errors = outcome.shops.iter().filter_map(|shop| match shop {
        ShopResult::Refused(error) | ShopResult::Failed(error) => Some(error),
        _ => None,
    });
    let errors: Vec<_> = errors.collect();
    let first = errors.first()?.both();
    let count = errors.len();
    let shops = counted(count, "shop");
    let head = match &outcome.stop {
        Some(StopReason::Refused) => text! {
            zh: "什么都没有改：{count} 家店铺的文件不能改",
            en: "nothing was changed: the files of {shops} cannot be changed",
        },
        _ => text! { zh: "{count} 家店铺没有改", en: "left as they are: {shops}" },
    };
    Some(Text::new(format!("{}。{}", head.zh, first.zh), format!("{}; {}", head.en, first.en)))
}

/// A run that cannot begin.
pub(super) fn run_error(error: &RunError) -> ApiError {
    conflict("cannot-run", error)
}
