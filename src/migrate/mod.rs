//! Turning legacy shops into new ones: a plan that is read, applied, resumed and undone.
//!
//! [`plan`] is the plan's form, [`edits`] what it does to the bytes of a file, [`apply`] carries it out
//! on disk, step by step and back.

pub mod apply;
pub mod edits;
pub mod plan;

pub mod error;
pub mod language;
pub mod compile;
pub mod planner;
pub mod decisions;
