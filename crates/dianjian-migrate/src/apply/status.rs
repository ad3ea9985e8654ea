//! How far a plan is: which shops are in place, found from the files themselves.

use std::sync::Arc;

use super::context::{KnownStates, PlanContext};
use super::error::{ApplyError, RunError};
use super::inspect::inspect;
use super::journal::{LastRun, RunHistory};
use super::lock::RunLock;

/// Whether a shop's edits are in place.
#[derive(Debug, Clone)]
pub enum ShopState {
    /// The plan changes nothing in its file.
    NoEdits,
    /// Its file has the new bytes.
    Applied,
    /// Its file has the old bytes.
    NotApplied,
    /// Its file cannot be worked with.
    Unusable(Arc<ApplyError>),
}

/// How far a plan is.
#[derive(Debug)]
pub struct PlanStatus {
    /// By shop, in the plan's order.
    pub shops: Vec<ShopState>,
    /// The last run, if there was any.
    pub last: Option<LastRun>,
    /// How many lines of the journal cannot be read.
    pub damaged: usize,
    /// Who holds the lock of the root right now.
    pub holder: Option<String>,
}

impl PlanContext<'_> {
    /// Inspects all files of the plan. Nothing is written and no lock is taken; `progress` gets the number of each file.
    ///
    /// # Errors
    /// The journal cannot be read, or belongs to another plan.
    pub fn status(&self, progress: &dyn Fn(usize)) -> Result<PlanStatus, RunError> {
        let history: RunHistory = self.history()?;
        let states = KnownStates::of(self, &history);
        let mut shops = vec![ShopState::NoEdits; self.plan.shops.len()];
        for (number, file) in self.files.iter().enumerate() {
            progress(number);
            let known = |content: &_| states.get(number, content);
            let found = inspect(&self.root, self.plan, file, &known, &|| self.original(number)).map_err(Arc::new);
            for (local, shop) in file.shops.iter().enumerate() {
                if let Some(slot) = shops.get_mut(*shop) {
                    *slot = match &found {
                        Ok(inspected) if inspected.state.has(local) => ShopState::Applied,
                        Ok(_) => ShopState::NotApplied,
                        Err(error) => ShopState::Unusable(Arc::clone(error)),
                    };
                }
            }
        }
        let holder = RunLock::holder(&self.root.runs_folder());
        Ok(PlanStatus { shops, last: history.last(), damaged: history.damaged, holder })
    }
}
