//! What a command came to, as the exit status that CI reads.

use std::process::ExitCode;

/// Every way a command can end. The numbers are documented in `--help` and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Checked, and nothing found that fails the run; for other commands: done.
    Clean,
    /// Findings at or above `--fail-on`; a rule's example or a lint that fails.
    Findings,
    /// Nothing was found to be checked.
    Nothing,
    /// The result cannot be trusted: bad usage, a broken rule or configuration, unreadable input,
    /// an output that cannot be written.
    Untrusted,
    /// A signal stopped it; the number is the one that shells give.
    Interrupted,
}

impl Exit {
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Untrusted => 2,
            Self::Nothing => 3,
            Self::Interrupted => 130,
        }
    }

    /// The status of a command that found (or failed on) something or did not.
    pub const fn found(any: bool) -> Self {
        if any { Self::Findings } else { Self::Clean }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
