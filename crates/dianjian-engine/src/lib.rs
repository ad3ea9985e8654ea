//! Runs a pack of rules over files, and everything that is decided about findings before they are reported.
//!
//! # A tour
//! - [`Engine`] binds a [`Pack`](dianjian_rules::Pack) to [`RunOptions`]. [`Engine::run`] checks inputs on all threads
//!   and hands findings over in a deterministic order, whatever the number of threads; [`Engine::check_text`] checks
//!   one text.
//! - A record is checked by itself (`check_record`). Rules about several records, groups and references, collect a few
//!   bytes per record and are finished at the end of the run (`cross_record`), on disk if need be.
//! - [`finding`] is what a run says, [`fix_rounds`] makes the fixes. Comments silence findings ([`suppress`]), a
//!   [`baseline`] knows old ones.
//! - [`CheckedFile`] is what a file adds to a check that is repeated while files change, as in an editor.
//! - [`shards`] splits a run over machines and merges what they leave into the reports of one run.
//! - [`examples`] runs the examples of rules, [`forecast`] looks ahead in time, [`audit`] compares the platform's
//!   rejections with findings, [`import`] turns exports into native files, [`inventory`] shows what stands in which shop.
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

pub mod audit;
pub mod baseline;
mod check_record;
mod cross_record;
mod engine;
pub mod examples;
pub mod finding;
pub mod fix_rounds;
pub mod forecast;
pub mod import;
pub mod inventory;
pub mod ledger;
mod options;
mod read_records;
mod repeated;
mod run;
pub mod shards;
mod side_files;
mod stdin;
pub mod suppress;
pub mod surface;

pub use check_record::group_member::{GroupKeys, GroupMember, Identity, MemberValue, group_members};
pub use engine::{AsWritten, Engine, Render, RuleEpochs, SeverityPolicy};
pub use finding::{Finding, Fix, Label, Problem, RecordName, Summary};
pub use options::{CheckPolicy, Environment, RunOptions, Tuning};
pub use repeated::{CheckedFile, CheckedItem};
pub use run::{OutsideCounts, REPORT_CREATOR, RunTotals, SilentCounts, UnsaidCount};
