//! `dianjian migrate rollback PLAN`: the plan's edits, taken back.

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
    #[arg(long, value_name = "SHOP", num_args = 1..)]
    shop: Vec<String>,
    #[command(flatten)]
    how: HowArgs,
}

/// Runs the command. Files that are no longer as the plan made them are left alone; the others go back.
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
