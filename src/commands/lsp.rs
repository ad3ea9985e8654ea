//! `dianjian lsp`: the language server, which editors start and speak to over standard input and output.

use std::io::{BufReader, stdin, stdout};
use std::sync::Arc;

use dianjian_lsp::LanguageServer;
use dianjian_media::NoProgress;
use dianjian_report::DisplayOptions;

use crate::commands::explain;
use crate::environment;
use crate::error::CliError;
use crate::exit::Exit;
use crate::project::DateArgs;
use crate::terminal::Terminal;

#[derive(Debug, Clone, clap::Args)]
pub struct LspArgs {
    // Editors that speak to several sorts of servers add it; there is no other way.
    #[arg(long, hide = true)]
    stdio: bool,
    #[command(flatten)]
    date: DateArgs,
}

/// Serves one editor until it is gone.
///
/// # Errors
/// None: what goes wrong is told to the editor.
pub fn run(args: &LspArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let server = LanguageServer {
        today: environment::today,
        as_of: args.date.given(),
        lang: terminal.given_lang(),
        default_lang: terminal.lang,
        scanner: Box::new(|settings| environment::scanner(settings, true, Arc::new(NoProgress))),
        explainer: Box::new(|id, project, as_of, lang| {
            explain::one(id, project, as_of, &Terminal::new(Some(lang), DisplayOptions::plain()))
        }),
    };
    let was_asked = server.serve(BufReader::new(stdin()), stdout());
    Ok(if was_asked { Exit::Clean } else { Exit::Findings })
}
