//! The commands, one file each: resolved flags in, finished text to the [`Terminal`] or, for `check`, to the reports out.

pub mod audit;
pub mod baseline;
pub mod check;
pub mod completions;
pub mod doctor;
pub mod explain;
pub mod forecast;
pub mod import;
pub mod inventory;
pub mod lsp;
pub mod merge;
pub mod migrate;
pub mod ocr;
pub mod rules;
pub mod serve;
pub mod tables;
pub mod template;
pub mod worker;

use std::path::{Path, PathBuf};

use dianjian_document::edit::{make_folder_of, write_all_atomic, write_atomic};
use serde::Serialize;

use crate::args::{Cli, Command};
use crate::error::CliError;
use crate::exit::Exit;
use crate::terminal::Terminal;
use crate::{environment, interrupt};

/// How lists are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ListFormat {
    #[default]
    Human,
    Json,
}

impl ListFormat {
    /// The text in this format; the other one is not made.
    pub fn render(self, human: impl FnOnce() -> String, json: impl FnOnce() -> String) -> String {
        match self {
            Self::Human => human(),
            Self::Json => json(),
        }
    }
}

/// JSON with a line break at its end.
pub fn pretty_json(value: &impl Serialize) -> String {
    // Fails for maps whose keys are no strings, which no output has.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

/// Writes a file in one step, with the folders that it needs: readers see the old content or the new.
pub fn write_file(path: &Path, content: impl AsRef<[u8]>) -> Result<(), CliError> {
    make_folder_of(path)?;
    write_atomic(path, content.as_ref()).map_err(|error| CliError::write(path, &error))
}

/// Writes many files like [`write_file`], without waiting for the disk after each new one.
pub fn write_files(files: &[(PathBuf, impl AsRef<[u8]>)]) -> Result<(), CliError> {
    let mut last: Option<&Path> = None;
    for (path, _) in files {
        if last != path.parent() {
            make_folder_of(path)?;
            last = path.parent();
        }
    }
    let files: Vec<(&Path, &[u8])> = files.iter().map(|(path, text)| (path.as_path(), text.as_ref())).collect();
    write_all_atomic(&files).map_err(|(path, error)| CliError::write(path, &error))
}

/// Runs the command of a command line; an error that ends it is printed.
pub fn run(cli: &Cli) -> Exit {
    let mut terminal = Terminal::new(cli.global.lang, environment::look(cli.global.color));
    let result = match &cli.command {
        Command::Check(args) => check::run(args, &mut terminal),
        Command::Merge(args) => merge::run(args, &mut terminal),
        Command::Rules(args) => rules::run(args, &mut terminal),
        Command::Explain(args) => explain::run(args, &mut terminal),
        Command::Import(args) => import::run(args, &mut terminal),
        Command::Tables(args) => tables::run(args, &mut terminal),
        Command::Template(args) => template::run(args, &mut terminal),
        Command::Inventory(args) => inventory::run(args, &mut terminal),
        Command::Audit(args) => audit::run(args, &mut terminal),
        Command::Forecast(args) => forecast::run(args, &mut terminal),
        Command::Migrate(args) => migrate::run(args, &mut terminal),
        Command::Baseline(args) => baseline::run(args, &mut terminal),
        Command::Ocr(args) => ocr::run(args, &mut terminal),
        Command::Doctor(args) => doctor::run(args, &mut terminal),
        Command::Lsp(args) => lsp::run(args, &mut terminal),
        Command::Serve(args) => serve::run(args, &mut terminal),
        Command::Completions(args) => completions::run(args, &mut terminal),
    };
    let exit = result.unwrap_or_else(|error| {
        terminal.error(&error);
        Exit::Untrusted
    });
    if interrupt::stopped() { Exit::Interrupted } else { exit }
}
