//! `dianjian migrate apply PLAN`: the plan's edits, made.

use super::outcome::{Told, tell};
use super::progress::Progress;
use super::{PlanArgs, outcome};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::rules::list::Listing;
use crate::cli::terminal::Terminal;
use crate::cli::{interrupt, locale};
use dianjian_migrate::apply::journal::Operation;
use dianjian_migrate::apply::list::chosen;
use dianjian_migrate::apply::run::{PlanContext, RunPhase, RunRequest};

#[derive(Debug, clap::Args)]
pub struct ApplyArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[arg(long, value_name = "SHOP", num_args = 1..)]
    only: Vec<String>,
    #[arg(long)]
    keep_going: bool,
    #[command(flatten)]
    how: HowArgs,
}

/// Flags of commands that change files.
#[derive(Debug, clap::Args)]
pub struct HowArgs {
    #[arg(long)]
    dry_run: bool,
    #[arg(long)]
    diff: bool,
    #[command(flatten)]
    output: ListArgs,
}

/// Flags of commands that tell of shops.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct ListArgs {
    #[arg(long, help_heading = "Output")]
    pub all: bool,
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Output")]
    pub format: Listing,
}

/// Runs the command.
///
/// # Errors
/// Mistakes in flags; a run that cannot begin; an output that cannot be written.
pub fn run(args: &ApplyArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let Some(opened) = args.plan.open(terminal) else { return Ok(Exit::Untrusted) };
    let site = PlanContext::new(&opened)?;
    let shops = chosen(site.plan, &args.only)?;
    let request = RunRequest { doing: Operation::Apply, shops, keep_going: args.keep_going };
    carry_out(&site, &request, &args.plan, &args.how, terminal)
}

/// Does what a request asks for, or says what it would do.
///
/// # Errors
/// A run that cannot begin; an output that cannot be written.
pub fn carry_out(
    site: &PlanContext<'_>,
    request: &RunRequest,
    plan: &PlanArgs,
    how: &HowArgs,
    terminal: &mut Terminal,
) -> Result<Exit, CliError> {
    if how.dry_run || how.diff {
        return only_say(site, request, plan, how, terminal);
    }
    // Between two files it stops by itself.
    interrupt::watch(|| true);
    let progress = Progress::new(terminal.lang);
    let outcome = site.run(request, &locale::now(), &interrupt::stopped, &|phase| progress.at(phase));
    progress.end();
    let outcome = outcome?;
    tell(&Told { site, outcome: &outcome, plan, list: how.output, dry: false }, terminal)
}

fn only_say(
    site: &PlanContext<'_>,
    request: &RunRequest,
    plan: &PlanArgs,
    how: &HowArgs,
    terminal: &mut Terminal,
) -> Result<Exit, CliError> {
    let history = site.history()?;
    let progress = Progress::new(terminal.lang);
    let of = site.files.len();
    let survey = site.survey(request, &history, &|done| progress.at(RunPhase::Looking { done, of }));
    progress.end();
    if how.diff {
        for difference in site.differences(&survey) {
            terminal.print(&terminal.diff(&difference))?;
        }
    }
    let outcome = survey.foreseen(request.keep_going);
    if how.diff {
        terminal
            .note(&outcome::summary(&Told { site, outcome: &outcome, plan, list: how.output, dry: true }, terminal));
        return Ok(outcome::exit(&outcome));
    }
    tell(&Told { site, outcome: &outcome, plan, list: how.output, dry: true }, terminal)
}
