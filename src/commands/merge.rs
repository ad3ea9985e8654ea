//! `dianjian merge`: makes the reports of one run from the partial results of all its shards.

use std::path::PathBuf;

use dianjian_engine::shards::PartialSet;

use super::check::{self, CheckArgs, FilterArgs, KnownArgs, MemoryArgs, OutputArgs};
use crate::error::CliError;
use crate::exit::Exit;
use crate::project::{ChoiceArgs, DateArgs, FailLevel, ProjectArgs};
use crate::terminal::Terminal;

#[derive(Debug, clap::Args)]
pub struct MergeArgs {
    #[arg(value_name = "PARTIAL", required = true)]
    partials: Vec<PathBuf>,
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<FailLevel>,
    #[command(flatten)]
    memory: MemoryArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    baseline: KnownArgs,
    #[command(flatten)]
    project: ProjectArgs,
}

/// Runs the second half of a check, whose first half `check --shard` has done on other machines.
///
/// # Errors
/// Mistakes in flags; partials that are not those of one whole run; an output that cannot be written.
pub fn run(args: &MergeArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let parts = PartialSet::open(&args.partials)?;
    let header = parts.header();
    let check = CheckArgs {
        date: DateArgs::at(header.as_of),
        choice: ChoiceArgs { only: header.only.clone(), skip: header.skip.clone() },
        output: args.output.clone(),
        filter: args.filter.clone(),
        fail_on: args.fail_on,
        memory: args.memory,
        baseline: args.baseline.clone(),
        project: args.project.clone(),
        ..CheckArgs::default()
    };
    check::merge(&check, &parts, args.threads, terminal)
}
