//! The rule language: files ([`language`]), packs of them ([`pack`]), their compiled form
//! ([`check`], [`ruleset`]) and how that runs on a record ([`eval`]).
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        reason = "a test that fails should stop"
    )
)]

pub mod check;
pub mod compile;
pub mod contents;
pub mod error;
pub mod eval;
pub mod info;
pub mod language;
mod lexicons;
pub mod pack;
pub mod pattern;
mod period;
mod placeholder;
pub mod prefilter;
pub mod record;
pub mod ruleset;
mod selector;
pub(crate) mod shapes;
pub mod table;

pub use error::RuleError;
pub use info::RuleInfo;
pub use lexicons::LexiconFile;
pub use pack::{Pack, PackBuilder, RuleSource};
pub use placeholder::Placeholder;
pub use ruleset::{Rule, Ruleset};
pub use selector::{Selector, SelectorError};
