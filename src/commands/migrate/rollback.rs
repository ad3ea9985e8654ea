//! `dianjian migrate rollback PLAN`: undoes the plan's edits.

use dianjian_migrate::apply::{Operation, PlanContext, RunRequest, select_shops};

use super::PlanArgs;
use super::apply::{HowArgs, carry_out};
use crate::error::CliError;
use crate::exit::Exit;
use crate::terminal::Terminal;

#[derive(Debug, clap::Args)]
pub struct RollbackArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[arg(long, value_name = "SHOP")]
    shop: Vec<String>,
    #[command(flatten)]
    how: HowArgs,
}

/// Restores the original bytes of files. Those that have changed since the plan was applied are left as they are.
///
/// # Errors
/// Mistakes in flags; a run that cannot begin; an output that cannot be written.
pub fn run(args: &RollbackArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let Some(opened) = args.plan.open(terminal) else { return Ok(Exit::Untrusted) };
    let context = PlanContext::new(&opened)?;
    let shops = select_shops(context.plan, &args.shop)?;
    let request = RunRequest { operation: Operation::Rollback, shops, keep_going: true };
    carry_out(&context, &request, &args.plan, &args.how, terminal)
}
