//! Carrying out a plan on disk: applied, resumed, undone and checked again.
//!
//! What a run promises, and how it keeps it:
//!
//!  - *Nothing is written before everything has been inspected.* A plan is read, its seal and its edits are checked
//!    (`open`), every selected file is compared with it (`inspect`), and what each will become is worked out
//!    (`preflight`). Unless it is to keep going, a run with a file that is not as planned writes nothing.
//!  - *A file is the old one or the new one.* New bytes go to a temporary file beside the old one, are synced and
//!    renamed (`write`). Their hash is known before they are written.
//!  - *A run can stop at any byte.* Intents are in the `journal` before their files are touched (`batch`); which
//!    shops of a file are in place is found from its bytes and proven by the plan's hash, so that even a journal
//!    that was cut loses nothing but history.
//!  - *Nothing outside the plan's root is touched* (`root`), and only one run at a time works below a root (`lock`).
//!
//! Runs keep their files in `<root>/.dianjian/migrations/<plan id>/`: the journal, a copy of the plan, workbooks as
//! they were before all edits, and the list of shops that could not be done.
//!
//! [`open_plan`] and [`PlanContext::new`] come first; then [`PlanContext::run`], [`PlanContext::preflight`] for a dry
//! run, or [`PlanContext::status`].

mod batch;
mod context;
mod error;
mod inspect;
mod journal;
mod list;
mod lock;
mod open;
mod preflight;
mod root;
mod run;
mod status;
mod verify;
mod write;

pub use context::PlanContext;
pub use error::{ApplyError, ChangedPlace, FileChange, PlanDefect, PlanFileError, RunError};
pub use journal::{JOURNAL, LastRun, Operation, RunHistory};
pub use list::select_shops;
pub use lock::{LockHolder, RunLock};
pub use open::{OpenedPlan, open_plan};
pub use preflight::Preflight;
pub use root::PlanRoot;
pub use run::{RunOutcome, RunPhase, RunRequest, ShopResult, StopReason};
pub use status::{PlanStatus, ShopState};
pub use verify::{FindingCount, PlanComparison, VerifyReport};
