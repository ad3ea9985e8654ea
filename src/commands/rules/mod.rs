//! `dianjian rules …`: the rules themselves.

mod conventions;
mod evaluate;
mod lint;
pub mod list;
mod new;
pub mod schema;
mod test;
mod timeline;

use crate::error::CliError;
use crate::exit::Exit;
use crate::terminal::Terminal;

#[derive(Debug, clap::Args)]
pub struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Debug, clap::Subcommand)]
enum RulesCommand {
    Test(test::TestArgs),
    Evaluate(evaluate::EvaluateArgs),
    List(list::RuleListArgs),
    Lint(lint::LintArgs),
    Schema(schema::SchemaArgs),
    Timeline(timeline::TimelineArgs),
    New(new::NewArgs),
}

/// Runs the command.
///
/// # Errors
/// Mistakes in flags; an output that cannot be written.
pub fn run(args: &RulesArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    match &args.command {
        RulesCommand::Test(args) => test::run(args, terminal),
        RulesCommand::Evaluate(args) => evaluate::run(args, terminal),
        RulesCommand::List(args) => list::run(args, terminal),
        RulesCommand::Lint(args) => lint::run(args, terminal),
        RulesCommand::Schema(args) => schema::run(args, terminal),
        RulesCommand::Timeline(args) => timeline::run(args, terminal),
        RulesCommand::New(args) => new::run(args, terminal),
    }
}
