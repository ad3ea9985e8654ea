//! The command line: its arguments, help and usage errors. Flags that several commands share are defined where they are
//! used: [`inputs`](crate::inputs), [`project`](crate::project).

mod help;
mod usage;

use std::ffi::OsString;

use clap::{CommandFactory as _, Parser};
use dianjian_base::lang::Lang;
pub use help::localized;

use crate::commands::{
    audit, baseline, check, completions, doctor, explain, forecast, import, inventory, lsp, merge, migrate, ocr, rules,
    serve, tables, template,
};
use crate::environment::ColorChoice;
use crate::exit::Exit;

/// Help pages are wrapped at this width also on wider terminals, where longer lines would be hard to read.
const MAX_COLUMNS: usize = 100;

#[derive(Debug, Parser)]
#[command(name = "dianjian", version, max_term_width = MAX_COLUMNS)]
pub struct Cli {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Clone, Copy, clap::Args)]
pub struct GlobalArgs {
    #[arg(long, global = true, value_name = "LANG", help_heading = "Display")]
    pub lang: Option<Lang>,
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN", help_heading = "Display")]
    pub color: ColorChoice,
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Check(check::CheckArgs),
    Merge(merge::MergeArgs),
    Rules(rules::RulesArgs),
    Explain(explain::ExplainArgs),
    Import(import::ImportArgs),
    Tables(tables::TablesArgs),
    Template(template::TemplateArgs),
    Inventory(inventory::InventoryArgs),
    Audit(audit::AuditArgs),
    Forecast(forecast::ForecastArgs),
    Migrate(migrate::MigrateArgs),
    Baseline(baseline::BaselineArgs),
    Serve(serve::ServeArgs),
    Lsp(lsp::LspArgs),
    Ocr(ocr::OcrArgs),
    Doctor(doctor::DoctorArgs),
    Completions(completions::CompletionsArgs),
}

/// Parses a command line that begins with the program's name. Prints help, the version and usage errors.
///
/// # Errors
/// The exit status, if there is no command to run.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, Exit> {
    let args: Vec<OsString> = args.into_iter().collect();
    Cli::try_parse_from(&args).map_err(|error| usage::report(error, &args))
}

/// The command line's own description, for completions and tests.
pub fn command() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
        for lang in [Lang::Zh, Lang::En] {
            localized(command(), lang).debug_assert();
        }
    }
}
