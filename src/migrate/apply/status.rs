//! How far a plan is: which shops are in place, told from the files themselves.

use std::sync::Arc;

use super::error::{RunError, Trouble};
use super::journal::{Begun, History};
use super::lock::Lock;
use super::look::look;
use super::run::{Site, States};

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
    Trouble(Arc<Trouble>),
}

/// How far a plan is.
#[derive(Debug)]
pub struct Status {
    /// Each shop of the plan, in its order.
    pub shops: Vec<ShopState>,
    /// The last run.
    pub last: Option<Begun>,
    /// Lines of the journal that cannot be read.
    pub damaged: usize,
    /// Who works below the root right now.
    pub holder: Option<String>,
}

impl Site<'_> {
    /// Looks how far the plan is. Nothing is written and no lock is taken.
    ///
    /// # Errors
    /// The journal cannot be read or is of another plan.
    pub fn status(&self, progress: &dyn Fn(usize)) -> Result<Status, RunError> {
        let history: History = self.history()?;
        let states = States::of(self, &history);
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
                        Err(trouble) => ShopState::Trouble(Arc::clone(trouble)),
                    };
                }
            }
        }
        let holder = Lock::holder(&self.root.runs());
        Ok(Status { shops, last: history.last(), damaged: history.damaged, holder })
    }
}
