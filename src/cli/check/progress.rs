//! The progress bar: on a terminal only, and only for runs that take long.

use std::io::{IsTerminal as _, stdout};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shorter runs have no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// Counts bytes and shows them once the run has taken a while.
pub struct Progress {
    bars: MultiProgress,
    bar: ProgressBar,
    begun: Instant,
    shown: AtomicBool,
    /// Reports are written to the same terminal.
    shares: bool,
}

impl Progress {
    /// A bar for so many bytes, among others.
    #[must_use]
    pub fn new(bytes: u64, bars: &MultiProgress) -> Self {
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(
            "{bar:40.cyan/dim} {percent:>3}%  {bytes}/{total_bytes}  {bytes_per_sec}  {eta}",
        ) {
            bar.set_style(style);
        }
        let bars = bars.clone();
        Self { bars, bar, begun: Instant::now(), shown: AtomicBool::new(false), shares: stdout().is_terminal() }
    }

    /// So many bytes more have been read. Called by all workers.
    pub fn add(&self, bytes: u64) {
        self.bar.inc(bytes);
        if self.begun.elapsed() > PATIENCE && !self.shown.swap(true, Ordering::Relaxed) {
            // Draws nothing where the standard error output is no terminal.
            self.bars.add(self.bar.clone());
        }
    }

    /// Does something that writes to the standard output.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        if self.shares { self.bars.suspend(write) } else { write() }
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
