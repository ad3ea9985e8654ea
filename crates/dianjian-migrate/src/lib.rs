//! Turning legacy shops into new ones: a plan that is read, applied, resumed and undone.
//!
//! What becomes of shops is data: [`language`] is what stands in `rules/migrations`, [`compile`] makes of it what
//! runs. The [`planner`] makes a [`plan`] of a fleet, with the [`decisions`] that people have made; [`edits`] is what a plan does to the bytes of a file, [`apply`] carries it out on disk, step by step and back.
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

pub mod apply;
pub mod compile;
pub mod decisions;
pub mod edits;
pub mod error;
pub mod examples;
pub mod language;
pub mod plan;
pub mod planner;
