//! Turning legacy shops into new ones: a plan that is read by people, applied, resumed and undone.
//!
//! What becomes of shops is data. `rules/migrations` has a file for each migration and each kind of task
//! ([`MigrationFile`], [`TaskFile`]); [`Migrations::compile`] makes of them what holds on one day of cut-over, and
//! [`run_examples`] runs the examples in them.
//!
//! [`planner::make_plan`] takes a fleet of shop files, and the decisions that people have made ([`DecisionsFile`]), to
//! a [`plan::Plan`]: what every shop becomes, the edits of its file, and what people have to do and when. It is proven
//! by a re-check of the files as they will be.
//!
//! [`show`] writes a plan for people to read: as a page, a table, a calendar.
//!
//! [`apply`] carries a plan out on disk, step by step and back. Which shops are in place is found from the files
//! themselves, so that a run can be killed at any byte.
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

mod compile;
mod decision_form;
mod decisions;
mod edits;
mod error;
mod examples;
mod language;
mod migrations;
mod recheck;
mod shop_diff;

pub mod apply;
pub mod plan;
pub mod planner;
pub mod show;

pub use decision_form::decision_form;
pub use decisions::{DecisionsFile, OptionDecision, read_decisions};
pub use edits::apply_to_text;
pub use error::PlanningError;
pub use examples::{MigrationExampleReport, MigrationReport, run_examples};
pub use language::{MigrationFile, TaskFile};
pub use migrations::Migrations;
pub use shop_diff::{PlanFiles, ShopDiff};
