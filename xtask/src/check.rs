//! `cargo xtask check`: what CI runs, in the order in which a failure costs least.

use crate::error::TaskError;
use crate::{codegen, house, run_cargo, test};

/// Runs every check, and stops at the first that fails; `page`: those of the page among them.
///
/// # Errors
/// The first check that fails.
pub fn run(page: bool) -> Result<(), TaskError> {
    run_cargo(&["fmt", "--all", "--check"])?;
    house::run()?;
    run_cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    if page {
        test::run()?;
    } else {
        run_cargo(&["test"])?;
    }
    codegen::run(true)
}
