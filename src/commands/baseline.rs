//! `dianjian baseline create`: what is found now is known from here on.

use super::check::{self, CheckArgs, KnownArgs};
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

/// Runs the command: a check that accepts everything and prints nothing. What is known already is
/// not written over unasked: it would hide whatever has come since.
///
/// # Errors
/// Mistakes in flags; a file that is there already or cannot be written.
pub fn run(args: &BaselineArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let BaselineCommand::Create(args) = &args.command;
    let (choice, project) = (args.choice.clone(), args.project.clone());
    let baseline = KnownArgs::accepting(args.baseline.clone(), args.force);
    let check = CheckArgs::silent(args.input.clone(), args.date, choice, project, baseline);
    check::run(&check, terminal)
}
