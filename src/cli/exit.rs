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
    /// The exit status.
    #[must_use]
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
    #[must_use]
    pub const fn found(any: bool) -> Self {
        if any { Self::Findings } else { Self::Clean }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// The part of `--help` that says so.
pub const HELP: &str = "\
Exit status / 退出状态:
  0  clean: nothing found at or above --fail-on / 没有达到 --fail-on 的问题
  1  findings at or above --fail-on (error by default) / 有达到 --fail-on（默认 error）的问题
  2  the run cannot be trusted: bad usage, broken rule or configuration, unreadable input
     / 结果不可信：用法错误、规则或配置有误、输入无法读取
  3  nothing to check / 没有可检查的内容
  130  stopped by a signal / 被中断";
