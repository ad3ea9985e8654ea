//! `dianjian rules …`: the rules themselves.

mod house;
mod lint;
pub mod list;
mod new;
pub mod schema;
mod test;
mod timeline;

use super::error::CliError;
use super::exit::Exit;
use super::terminal::Terminal;

/// Flags of `rules`.
#[derive(Debug, clap::Args)]
pub struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Debug, clap::Subcommand)]
enum RulesCommand {
    /// 运行每条规则自带的例子 / Run every rule's examples
    Test(test::TestArgs),
    /// 列出规则 / List the rules
    List(list::ListArgs),
    /// 校验规则文件 / Check rule files: mistakes, and what a good rule has
    Lint(lint::LintArgs),
    /// 输出 JSON Schema / Print a JSON Schema for an editor
    Schema(schema::SchemaArgs),
    /// 什么规则从哪天开始、到哪天为止 / What begins and ends when
    Timeline(timeline::TimelineArgs),
    /// 新建一条规则 / Write a new rule's file, with comments
    New(new::NewArgs),
}

/// Runs the command.
///
/// # Errors
/// Mistakes in flags; an output that cannot be written.
pub fn run(args: &RulesArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    match &args.command {
        RulesCommand::Test(args) => test::run(args, terminal),
        RulesCommand::List(args) => list::run(args, terminal),
        RulesCommand::Lint(args) => lint::run(args, terminal),
        RulesCommand::Schema(args) => schema::run(args, terminal),
        RulesCommand::Timeline(args) => timeline::run(args, terminal),
        RulesCommand::New(args) => new::run(args, terminal),
    }
}
