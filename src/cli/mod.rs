//! The command line: one file a command.
//!
//! [`run`] takes arguments and gives an [`Exit`]. Raw flags (`…Args`) become resolved options; a
//! command gives finished text to the `Terminal` or, for `check`, to the reports. Nothing outside
//! this module prints, reads the clock or looks at the environment.

mod audit;
mod baseline;
mod check;
mod completions;
mod doctor;
mod error;
mod exit;
mod explain;
mod forecast;
mod help;
mod import;
mod inputs;
mod interrupt;
mod locale;
mod media;
mod merge;
mod migrate;
mod project;
mod rules;
mod tables;
mod terminal;
mod usage;
mod watch;

use std::ffi::OsString;

use clap::{CommandFactory as _, Parser};

pub use exit::Exit;

use dianjian_base::lang::Lang;
use locale::ColorChoice;
use terminal::Terminal;

/// Columns of help pages: longer lines are hard to read on terminals that are wider.
const MAX_COLUMNS: usize = 100;

#[derive(Debug, Parser)]
#[command(name = "dianjian", version, max_term_width = MAX_COLUMNS)]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, clap::Args)]
struct GlobalArgs {
    #[arg(long, global = true, value_name = "LANG", help_heading = "Display")]
    lang: Option<Lang>,
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN", help_heading = "Display")]
    color: ColorChoice,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Check(check::CheckArgs),
    Merge(merge::MergeArgs),
    Rules(rules::RulesArgs),
    Explain(explain::ExplainArgs),
    Import(import::ImportArgs),
    Tables(tables::TablesArgs),
    Audit(audit::AuditArgs),
    Forecast(forecast::ForecastArgs),
    Migrate(migrate::MigrateArgs),
    Baseline(baseline::BaselineArgs),
    Doctor(doctor::DoctorArgs),
    Completions(completions::CompletionsArgs),
}

/// Runs a command line, the program's name first.
#[must_use]
pub fn run(args: impl IntoIterator<Item = OsString>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => return usage::tell(error, &args),
    };
    let mut terminal = Terminal::new(cli.global.lang, locale::look(cli.global.color));
    let result = match cli.command {
        Command::Check(args) => check::run(&args, &mut terminal),
        Command::Merge(args) => merge::run(&args, &mut terminal),
        Command::Rules(args) => rules::run(&args, &mut terminal),
        Command::Explain(args) => explain::run(&args, &mut terminal),
        Command::Import(args) => import::run(&args, &mut terminal),
        Command::Tables(args) => tables::run(&args, &mut terminal),
        Command::Audit(args) => audit::run(&args, &mut terminal),
        Command::Forecast(args) => forecast::run(&args, &mut terminal),
        Command::Migrate(args) => migrate::run(&args, &mut terminal),
        Command::Baseline(args) => baseline::run(&args, &mut terminal),
        Command::Doctor(args) => doctor::run(&args, &mut terminal),
        Command::Completions(args) => completions::run(&args, &mut terminal),
    };
    let exit = result.unwrap_or_else(|error| {
        terminal.error(&error);
        Exit::Untrusted
    });
    if interrupt::stopped() { Exit::Interrupted } else { exit }
}

/// The command line's own description, for completions and tests.
fn command() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
        for lang in [Lang::Zh, Lang::En] {
            help::localized(command(), lang).debug_assert();
        }
    }
}
