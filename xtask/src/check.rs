//! `cargo xtask check`: what CI runs, in the order in which a failure costs least.

use crate::error::TaskError;
use crate::{codegen, house, run_cargo};

/// Runs every check, and stops at the first that fails.
///
/// # Errors
/// The first check that fails.
pub fn run() -> Result<(), TaskError> {
    run_cargo(&["fmt", "--all", "--check"])?;
    house::run()?;
    run_cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    run_cargo(&["test"])?;
    codegen::run(true)
}
