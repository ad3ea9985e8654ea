//! What can go wrong in a task.

use std::io;
use std::path::{Path, PathBuf};

/// A task that did not succeed.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum TaskError {
    /// A program that could not be started.
    #[error("cannot start a program: {0}")]
    Start(io::Error),
    /// A program that ended with another status than 0.
    #[error("`{what}` failed")]
    Failed {
        /// The command line of the program.
        what: String,
    },
    /// Programs that films and the page are tested with.
    #[error("not installed: {what}")]
    #[diagnostic(help(
        "install them, or run `cargo test`, which does without; DIANJIAN_CHROMIUM names a browser elsewhere"
    ))]
    Missing {
        /// Their packages in Debian.
        what: String,
    },
    /// A file that could not be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's message.
        error: io::Error,
    },
    /// The shipped pack has mistakes.
    #[error("the shipped pack does not build: {0}")]
    Pack(String),
    /// Committed files that differ from what is generated.
    #[error("stale: {}", files.join(", "))]
    #[diagnostic(help("run `cargo xtask codegen` and commit what it writes"))]
    Stale {
        /// Their paths below the root.
        files: Vec<String>,
    },
    /// Committed files of the page that differ from what its sources make.
    #[error("stale: {}", files.join(", "))]
    #[diagnostic(help("run `npm run build` in `web` and commit what it writes"))]
    StalePage {
        /// Their paths below the root.
        files: Vec<String>,
    },
    /// Rules of the house that the tree breaks.
    #[error("{}", broken.join("\n"))]
    #[diagnostic(help("CONTRIBUTING.md says why these hold"))]
    House {
        /// A line for each.
        broken: Vec<String>,
    },
}

impl TaskError {
    /// Attaches a path to an error of the file system.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        |error| Self::File { path: path.to_owned(), error }
    }
}
