//! The progress bar: on a terminal only, and only for runs that take long.

use std::io::{IsTerminal as _, stdout};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shorter runs have no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// Counts bytes and shows them once the run has taken a while.
pub struct Progress {
    bar: ProgressBar,
    begun: Instant,
    shown: AtomicBool,
    /// Reports are written to the same terminal.
    shares: bool,
}

impl Progress {
    /// A bar for so many bytes.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:40.cyan/dim} {percent:>3}%  {bytes}/{total_bytes}  {eta}")
        {
            bar.set_style(style);
        }
        Self { bar, begun: Instant::now(), shown: AtomicBool::new(false), shares: stdout().is_terminal() }
    }

    /// So many bytes more have been read. Called by all workers.
    pub fn add(&self, bytes: u64) {
        self.bar.inc(bytes);
        if self.begun.elapsed() > PATIENCE && !self.shown.swap(true, Ordering::Relaxed) {
            // Draws nothing where the standard error output is no terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Does something that writes to the standard output.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        if self.shares && self.shown.load(Ordering::Relaxed) { self.bar.suspend(write) } else { write() }
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
