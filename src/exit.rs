//! The exit status, which is what CI reads of a run.

use std::process::ExitCode;

/// How a command ends. The numbers are documented in `--help` and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Nothing was found that fails the run; of commands that check nothing: done.
    Clean,
    /// Findings at or above `--fail-on`; an example of a rule that does not hold; a lint.
    Findings,
    /// There was nothing to check.
    Nothing,
    /// The result cannot be trusted: bad usage, a broken rule or configuration, unreadable input,
    /// an output that cannot be written.
    Untrusted,
    /// Stopped by a signal; 130 is what shells report for Ctrl-C.
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

    /// The end of a command that looks for something which should not be there.
    pub const fn found(any: bool) -> Self {
        if any { Self::Findings } else { Self::Clean }
    }

    /// The end of a command that makes something of what it is given.
    pub const fn made(any: bool) -> Self {
        if any { Self::Clean } else { Self::Nothing }
    }

    /// This end, unless something went wrong on the way: that outweighs every result.
    pub const fn unless(self, untrusted: bool) -> Self {
        if untrusted { Self::Untrusted } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
