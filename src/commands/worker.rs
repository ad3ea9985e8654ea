//! One check of the workbench in a process of its own: this program, started by the workbench with [`FLAG`]. It is no
//! command, as nobody types it.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dianjian_media::NoProgress;
use dianjian_workbench::{ServeError, work_off};

use crate::environment;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// What the workbench starts this program with, in front of the folder to be checked and the state folder, if any.
pub const FLAG: &str = "--worker";

/// The folders of a command line that begins with [`FLAG`].
pub fn asked(args: &[OsString]) -> Option<(PathBuf, Option<PathBuf>)> {
    match args {
        [_, flag, folder] if flag == FLAG => Some((folder.into(), None)),
        [_, flag, folder, state] if flag == FLAG => Some((folder.into(), Some(state.into()))),
        _ => None,
    }
}

/// Does what the standard input says, and answers on the standard output.
pub fn run(folder: &Path, state: Option<&Path>) -> Exit {
    let scanner = Box::new(|settings| environment::scanner(settings, true, Arc::new(NoProgress)) as _);
    let worked = work_off(folder, state, scanner, io::stdin(), io::stdout());
    worked.map_or_else(
        |error| {
            let error = ServeError::Io { reason: error.to_string() };
            Terminal::new(None, environment::look(environment::ColorChoice::default())).error(&error.into());
            Exit::Untrusted
        },
        |()| Exit::Clean,
    )
}
