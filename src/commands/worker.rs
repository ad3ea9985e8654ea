//! `dianjian worker`: one check of the workbench, in a process of its own. The workbench starts it; nobody types it.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use dianjian_media::NoProgress;
use dianjian_workbench::{ServeError, work_off};

use crate::environment;
use crate::error::CliError;
use crate::exit::Exit;

#[derive(Debug, Clone, clap::Args)]
pub struct WorkerArgs {
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[arg(value_name = "STATE")]
    state: Option<PathBuf>,
}

/// Does what the standard input says, and answers on the standard output.
///
/// # Errors
/// The workbench is gone.
pub fn run(args: &WorkerArgs) -> Result<Exit, CliError> {
    let scanner = Box::new(|settings| environment::scanner(settings, true, Arc::new(NoProgress)) as _);
    let worked = work_off(&args.folder, args.state.as_deref(), scanner, io::stdin(), io::stdout());
    worked.map_err(|error| ServeError::Io { reason: error.to_string() })?;
    Ok(Exit::Clean)
}
