//! The commands, one file each: resolved flags in, finished text to the [`Terminal`] or, for `check`, to the reports out.

pub mod audit;
pub mod baseline;
pub mod check;
pub mod completions;
pub mod doctor;
pub mod explain;
pub mod forecast;
pub mod import;
pub mod merge;
pub mod migrate;
pub mod rules;
pub mod tables;

use crate::args::{Cli, Command};
use crate::exit::Exit;
use crate::terminal::Terminal;
use crate::{environment, interrupt};

/// Runs a command.
pub fn run(cli: &Cli) -> Exit {
    let mut terminal = Terminal::new(cli.global.lang, environment::look(cli.global.color));
    let result = match &cli.command {
        Command::Check(args) => check::run(args, &mut terminal),
        Command::Merge(args) => merge::run(args, &mut terminal),
        Command::Rules(args) => rules::run(args, &mut terminal),
        Command::Explain(args) => explain::run(args, &mut terminal),
        Command::Import(args) => import::run(args, &mut terminal),
        Command::Tables(args) => tables::run(args, &mut terminal),
        Command::Audit(args) => audit::run(args, &mut terminal),
        Command::Forecast(args) => forecast::run(args, &mut terminal),
        Command::Migrate(args) => migrate::run(args, &mut terminal),
        Command::Baseline(args) => baseline::run(args, &mut terminal),
        Command::Doctor(args) => doctor::run(args, &mut terminal),
        Command::Completions(args) => completions::run(args, &mut terminal),
    };
    let exit = result.unwrap_or_else(|error| {
        terminal.error(&error);
        Exit::Untrusted
    });
    if interrupt::stopped() { Exit::Interrupted } else { exit }
}
