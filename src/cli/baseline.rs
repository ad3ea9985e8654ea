//! `dianjian baseline create`: what is found now is known from here on.

use super::check::{self, CheckArgs};
use super::error::CliError;
use super::exit::Exit;
use super::inputs::InputArgs;
use super::project::{ChoiceArgs, DateArgs, ProjectArgs};
use super::terminal::Terminal;

/// Flags of `baseline`.
#[derive(Debug, clap::Args)]
pub struct BaselineArgs {
    #[command(subcommand)]
    command: BaselineCommand,
}

#[derive(Debug, clap::Subcommand)]
enum BaselineCommand {
    /// 把现有问题写成基线 / Write all that is found now to the baseline
    Create(CreateArgs),
}

/// Flags of `baseline create`.
#[derive(Debug, clap::Args)]
struct CreateArgs {
    #[command(flatten)]
    input: InputArgs,
    /// The file; default: the configuration's, else dianjian-baseline.json
    #[arg(long, value_name = "FILE")]
    baseline: Option<std::path::PathBuf>,
    #[command(flatten)]
    date: DateArgs,
    #[command(flatten)]
    choice: ChoiceArgs,
    #[command(flatten)]
    project: ProjectArgs,
}

/// Runs the command: a check that accepts everything and prints nothing.
///
/// # Errors
/// Mistakes in flags; a file that cannot be written.
pub fn run(args: &BaselineArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let BaselineCommand::Create(args) = &args.command;
    let (choice, project) = (args.choice.clone(), args.project.clone());
    let check = CheckArgs::accepting(args.input.clone(), args.date, choice, project, args.baseline.clone());
    check::run(&check, terminal)
}
