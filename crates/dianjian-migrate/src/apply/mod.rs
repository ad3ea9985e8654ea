//! Carrying out a plan on disk: applied, resumed, undone and checked again.
//!
//! What is promised, and how it is kept:
//!
//!  - *Nothing is written before everything has been looked at.* A plan is read, its seal and its edits
//!    are checked ([`open`]), and every file that is asked for is compared with it ([`look`]). Unless it is
//!    told to keep going, a run with a file that is not as planned writes nothing.
//!  - *A file is the old one or the new one.* New bytes go to a temporary file beside the old one, are
//!    made to last and renamed ([`write`]). Their hash is known before they are written.
//!  - *A run can stop at any byte.* Intents are in the [`journal`] before their files are touched; which
//!    shops of a file are in place is told from its bytes and proven by the plan's hash, so that even a
//!    journal that was cut loses nothing but history.
//!  - *Nothing outside the plan's root is touched* ([`root`]), and only one run at a time works below
//!    a root ([`lock`]).
//!
//! Runs keep their things in `<root>/.dianjian/migrations/<plan id>/`: the journal, a copy of the plan,
//! and the list of shops that could not be done.

pub mod error;
pub mod journal;
pub mod list;
pub mod lock;
pub mod look;
pub mod open;
pub mod root;
pub mod run;
pub mod status;
pub mod verify;
pub mod write;
