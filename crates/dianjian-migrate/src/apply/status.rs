//! How far a plan is: which shops are in place, told from the files themselves.

use std::sync::Arc;

use super::error::{ApplyError, RunError};
use super::journal::{LastRun, RunHistory};
use super::lock::RunLock;
use super::look::look;
use super::run::{KnownStates, PlanContext};

/// How far a shop is.
#[derive(Debug, Clone)]
pub enum ShopState {
    /// The plan changes nothing in its file.
    NoEdits,
    /// Its edits are in place.
    Applied,
    /// Its file's bytes are the old ones.
    NotApplied,
    /// Its file cannot be worked with.
    Unusable(Arc<ApplyError>),
}

/// How far a plan is.
#[derive(Debug)]
pub struct PlanStatus {
    /// Each shop of the plan, in its order.
    pub shops: Vec<ShopState>,
    /// The last run.
    pub last: Option<LastRun>,
    /// Lines of the journal that cannot be read.
    pub damaged: usize,
    /// Who works below the root right now.
    pub holder: Option<String>,
}

impl PlanContext<'_> {
    /// Looks how far the plan is. Nothing is written and no lock is taken.
    ///
    /// # Errors
    /// The journal cannot be read or is of another plan.
    pub fn status(&self, progress: &dyn Fn(usize)) -> Result<PlanStatus, RunError> {
        let history: RunHistory = self.history()?;
        let states = KnownStates::of(self, &history);
        let mut shops = vec![ShopState::NoEdits; self.plan.shops.len()];
        for (number, file) in self.files.iter().enumerate() {
            progress(number);
            let known = |content: &_| states.get(number, content);
            let found = look(&self.root, self.plan, file, &known, &|| self.original(number)).map_err(Arc::new);
            for (local, shop) in file.shops.iter().enumerate() {
                if let Some(slot) = shops.get_mut(*shop) {
                    *slot = match &found {
                        Ok(looked) if looked.state.has(local) => ShopState::Applied,
                        Ok(_) => ShopState::NotApplied,
                        Err(trouble) => ShopState::Unusable(Arc::clone(trouble)),
                    };
                }
            }
        }
        let holder = RunLock::holder(&self.root.runs());
        Ok(PlanStatus { shops, last: history.last(), damaged: history.damaged, holder })
    }
}
