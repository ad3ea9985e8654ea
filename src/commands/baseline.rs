//! `dianjian baseline create`: accepts all current findings, so that later checks report new ones only.

use super::check::{self, CheckArgs, KnownArgs, OutputArgs};
use crate::error::CliError;
use crate::exit::Exit;
use crate::inputs::InputArgs;
use crate::project::{ChoiceArgs, DateArgs, ProjectArgs};
use crate::terminal::Terminal;

#[derive(Debug, clap::Args)]
pub struct BaselineArgs {
    #[command(subcommand)]
    command: BaselineCommand,
}

#[derive(Debug, clap::Subcommand)]
enum BaselineCommand {
    Create(CreateArgs),
}

#[derive(Debug, clap::Args)]
struct CreateArgs {
    #[command(flatten)]
    input: InputArgs,
    #[arg(long, value_name = "FILE")]
    baseline: Option<std::path::PathBuf>,
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    date: DateArgs,
    #[command(flatten)]
    choice: ChoiceArgs,
    #[command(flatten)]
    project: ProjectArgs,
}

/// Runs a check that accepts every finding and prints none. A baseline that exists is kept unless `--force` is given:
/// replacing it would hide all findings that are new since.
///
/// # Errors
/// Mistakes in flags; a baseline that exists or cannot be written.
pub fn run(args: &BaselineArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let BaselineCommand::Create(args) = &args.command;
    let known = KnownArgs { baseline: args.baseline.clone(), accept: true, keep: !args.force, update_baseline: false };
    let check = CheckArgs {
        input: args.input.clone(),
        date: args.date,
        output: OutputArgs { quiet: true, ..OutputArgs::default() },
        baseline: known,
        choice: args.choice.clone(),
        project: args.project.clone(),
        ..CheckArgs::default()
    };
    check::run(&check, terminal)
}
