//! The progress bar of runs over files: on a terminal only, and only for runs that take long.

use std::cell::Cell;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use dianjian_base::lang::Lang;
use dianjian_migrate::apply::RunPhase;

/// Shorter runs have no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// Shows how many files have been done.
pub struct Progress {
    bar: ProgressBar,
    begun: Instant,
    shown: Cell<bool>,
    lang: Lang,
}

impl Progress {
    /// A bar that nobody sees yet.
    #[must_use]
    pub fn new(lang: Lang) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40.cyan/dim} {percent:>3}%  {pos}/{len}  {eta}") {
            bar.set_style(style);
        }
        Self { bar, begun: Instant::now(), shown: Cell::new(false), lang }
    }

    /// The run has come so far.
    pub fn at(&self, phase: RunPhase) {
        let (zh, en, done, of) = match phase {
            RunPhase::Looking { done, of } => ("检查", "checking", done, of),
            RunPhase::Writing { done, of } => ("写入", "writing", done, of),
        };
        self.bar.set_length(of as u64);
        self.bar.set_position(done as u64);
        if self.begun.elapsed() > PATIENCE {
            self.bar.set_message(if self.lang == Lang::Zh { zh } else { en });
            if !self.shown.replace(true) {
                // Draws nothing where the standard error output is no terminal.
                self.bar.set_draw_target(ProgressDrawTarget::stderr());
            }
        }
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
