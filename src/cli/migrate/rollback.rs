//! `dianjian migrate rollback PLAN`: the plan's edits, taken back.

use super::PlanArgs;
use super::apply::{HowArgs, carry_out};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use dianjian_migrate::apply::journal::Operation;
use dianjian_migrate::apply::list::chosen;
use dianjian_migrate::apply::run::{PlanContext, RunRequest};

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
    let site = PlanContext::new(&opened)?;
    let shops = chosen(site.plan, &args.shop)?;
    let request = RunRequest { doing: Operation::Rollback, shops, keep_going: true };
    carry_out(&site, &request, &args.plan, &args.how, terminal)
}
