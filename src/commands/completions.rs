//! `dianjian completions SHELL`.

use clap_complete::Shell;

use crate::error::CliError;
use crate::exit::Exit;
use crate::terminal::Terminal;

#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    shell: Shell,
}

/// Prints the completion script of a shell, with descriptions in the language of the terminal.
///
/// # Errors
/// The output cannot be written.
pub fn run(args: &CompletionsArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    let mut command = crate::args::localized(crate::args::command(), terminal.lang);
    clap_complete::generate(args.shell, &mut command, "dianjian", &mut script);
    terminal.print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Clean)
}
