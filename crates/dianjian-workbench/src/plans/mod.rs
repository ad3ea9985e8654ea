//! Migration plans of a project: made, decided about, shown, carried out.
//!
//! A plan is the file that the command line makes of the same folder, with the same digest, and it is carried out by the same
//! runs with the same journal: a plan that the workbench has begun can be taken up by `dianjian migrate resume`, and the other
//! way round. What people decide makes a new plan; the old one stays as it was reviewed.

mod apply;
mod decisions;
mod make;
mod shop;
mod status;
mod view;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use axum::http::StatusCode;
use dianjian_base::lang::{Localized, Text};
use dianjian_base::text;
use dianjian_migrate::apply::OpenedPlan;

pub use apply::{ApplyProgress, RunStep, begin};
pub use decisions::{DecisionsBody, PlanDecisions};
pub use make::{PlanOptions, StoredPlan, make, store_plan, try_name};
pub use shop::PlanShopDetail;
pub use status::{PlanState, PlanStatusAnswer, VerifyAnswer, status, verify};
pub use view::{CalendarDay, LimitAnswer, PersonTasks, PlanHead, PlanShop, ShopsQuery, calendar, limits, shops, tasks};

use crate::api::ApiError;
use apply::ActiveApplication;

/// Opened plans that are kept: a large one takes seconds to read.
const KEPT: usize = 3;

/// The plans that are open or being carried out.
#[derive(Debug, Default)]
pub struct PlanWork {
    /// By project: one at a time.
    active: Mutex<BTreeMap<String, Arc<ActiveApplication>>>,
    /// Why the last run of a plan did not do what it was to do, by plan.
    failed: Mutex<BTreeMap<i64, Text>>,
    /// The last one is the latest.
    opened: Mutex<Vec<(i64, Arc<OpenedPlan>)>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// One plan is made at a time, as each takes all cores.
    making: Mutex<()>,
}

impl PlanWork {
    /// The run of a plan that is under way.
    pub fn active(&self, project: &str, plan: i64) -> Option<Arc<ActiveApplication>> {
        let active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        active.get(project).filter(|active| active.plan == plan).cloned()
    }

    /// Asks all runs to stop after the file that they are at.
    pub fn stop_all(&self) {
        self.active.lock().unwrap_or_else(PoisonError::into_inner).values().for_each(|active| active.stop());
    }

    /// Whether a plan of a project is being carried out: nothing else may change its files meanwhile.
    pub fn is_busy(&self, project: &str) -> bool {
        self.active.lock().unwrap_or_else(PoisonError::into_inner).contains_key(project)
    }

    /// How many runs are under way.
    pub fn count(&self) -> usize {
        self.active.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Waits for the runs to end.
    pub fn wait(&self) {
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // A run that has panicked has ended, too.
            let _ = thread.join();
        }
    }

    fn kept(&self, plan: i64) -> Option<Arc<OpenedPlan>> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.iter().find(|(id, _)| *id == plan).map(|(_, opened)| Arc::clone(opened))
    }

    fn keep(&self, plan: i64, opened: &Arc<OpenedPlan>) {
        let mut all = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(id, _)| *id != plan);
        all.push((plan, Arc::clone(opened)));
        let extra = all.len().saturating_sub(KEPT);
        all.drain(..extra);
    }

    fn failure(&self, plan: i64) -> Option<Text> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).get(&plan).cloned()
    }

    fn set_failure(&self, plan: i64, why: Option<Text>) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        match why {
            Some(why) => failed.insert(plan, why),
            None => failed.remove(&plan),
        };
    }
}

/// What a client asks for and the plan, its decisions or its files do not allow.
fn refused(code: &'static str, error: &dyn Localized) -> ApiError {
    ApiError::of(StatusCode::UNPROCESSABLE_ENTITY, code, error)
}

/// The same while something else is going on or has changed.
fn conflict(code: &'static str, error: &dyn Localized) -> ApiError {
    ApiError::of(StatusCode::CONFLICT, code, error)
}

/// A shop that the plan does not have.
pub fn no_shop(key: &str) -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "no-such-shop",
        text! {
            zh: "计划里没有店铺“{key}”",
            en: "the plan has no shop `{key}`",
        },
    )
}
