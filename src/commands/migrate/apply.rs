//! `dianjian migrate apply PLAN`: makes the plan's edits. What it shares with `resume` and `rollback` is here, too.

use dianjian_migrate::apply::{Operation, PlanContext, RunPhase, RunRequest, select_shops};

use super::outcome::{OutcomeView, print_outcome};
use super::{PlanArgs, outcome};
use crate::commands::ListFormat;
use crate::error::CliError;
use crate::exit::Exit;
use crate::progress::FileProgress;
use crate::terminal::Terminal;
use crate::{environment, interrupt};

#[derive(Debug, clap::Args)]
pub struct ApplyArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[arg(long, value_name = "SHOP")]
    only: Vec<String>,
    #[arg(long)]
    keep_going: bool,
    #[command(flatten)]
    how: HowArgs,
}

/// Flags of commands that carry a plan out.
#[derive(Debug, clap::Args)]
pub struct HowArgs {
    #[arg(long)]
    dry_run: bool,
    #[arg(long)]
    diff: bool,
    #[command(flatten)]
    output: ShopListArgs,
}

/// Flags of lists of shops.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct ShopListArgs {
    #[arg(long, help_heading = "Output")]
    pub all: bool,
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Output")]
    pub format: ListFormat,
}

/// Makes the plan's edits in the files of all shops, or of those that `--only` names.
///
/// # Errors
/// Mistakes in flags; a run that cannot begin; an output that cannot be written.
pub fn run(args: &ApplyArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let Some(opened) = args.plan.open(terminal) else { return Ok(Exit::Untrusted) };
    let context = PlanContext::new(&opened)?;
    let shops = select_shops(context.plan, &args.only)?;
    let request = RunRequest { operation: Operation::Apply, shops, keep_going: args.keep_going };
    carry_out(&context, &request, &args.plan, &args.how, terminal)
}

/// Carries out a request and prints the outcome; with `--dry-run` or `--diff` only what it would be.
///
/// # Errors
/// A run that cannot begin; an output that cannot be written.
pub fn carry_out(
    context: &PlanContext<'_>,
    request: &RunRequest,
    plan: &PlanArgs,
    how: &HowArgs,
    terminal: &mut Terminal,
) -> Result<Exit, CliError> {
    if how.dry_run || how.diff {
        return dry_run(context, request, plan, how, terminal);
    }
    // The run looks for a signal between two files, so it is left to stop by itself.
    interrupt::watch(|| true);
    let progress = FileProgress::new(terminal.lang);
    let outcome = context.run(request, &environment::now(), &interrupt::stopped, &|phase| progress.at(phase));
    progress.end();
    let outcome = outcome?;
    print_outcome(&OutcomeView { context, outcome: &outcome, plan, list: how.output, dry: false }, terminal)
}

fn dry_run(
    context: &PlanContext<'_>,
    request: &RunRequest,
    plan: &PlanArgs,
    how: &HowArgs,
    terminal: &mut Terminal,
) -> Result<Exit, CliError> {
    let history = context.history()?;
    let progress = FileProgress::new(terminal.lang);
    let of = context.file_count();
    let preflight = context.preflight(request, &history, &|done| progress.at(RunPhase::Looking { done, of }));
    progress.end();
    if how.diff {
        for diff in context.differences(&preflight) {
            terminal.print(&terminal.diff(&diff))?;
        }
    }
    let outcome = preflight.expected_outcome(request.keep_going);
    let view = OutcomeView { context, outcome: &outcome, plan, list: how.output, dry: true };
    if how.diff {
        terminal.note(&outcome::summary(&view, terminal));
        return Ok(outcome::exit(&outcome));
    }
    print_outcome(&view, terminal)
}
