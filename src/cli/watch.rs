//! Looking at assets as the terminal shows it: a line of how many were begun, and a bar for each video that takes long.

use std::collections::HashMap;
use std::io::{IsTerminal as _, stderr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::interrupt;
use dianjian_media::{MediaProgress, format_clock};
use dianjian_text::safe::one_line;

/// Videos that are through sooner have no bar, and shorter runs no line.
const PATIENCE: Duration = Duration::from_secs(1);

/// Watches for the user: bars on the standard error output, where it is a terminal; stops on a signal.
#[derive(Debug)]
pub struct OnTerminal {
    bars: MultiProgress,
    shows: bool,
    videos: Mutex<HashMap<String, Video>>,
    line: Mutex<Line>,
    /// What is under way: runs, files that are being looked at.
    active: AtomicUsize,
}

/// How many files were begun, and since when.
#[derive(Debug, Default)]
struct Line {
    begun: Option<Instant>,
    files: u64,
    bar: Option<ProgressBar>,
}

#[derive(Debug)]
struct Video {
    begun: Instant,
    bar: Option<ProgressBar>,
}

impl OnTerminal {
    /// Watches; from now on signals stop the run.
    #[must_use]
    pub fn new() -> Arc<Self> {
        let watch = Arc::new(Self {
            bars: MultiProgress::new(),
            shows: stderr().is_terminal(),
            videos: Mutex::default(),
            line: Mutex::default(),
            active: AtomicUsize::new(0),
        });
        let asked = Arc::clone(&watch);
        interrupt::watch(move || asked.active.load(Ordering::Relaxed) > 0);
        watch
    }

    /// All bars, for others that draw some.
    #[must_use]
    pub fn bars(&self) -> &MultiProgress {
        &self.bars
    }

    /// Does something that ends by itself soon after a signal.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        self.active.fetch_add(1, Ordering::Relaxed);
        let done = work();
        self.active.fetch_sub(1, Ordering::Relaxed);
        self.over();
        done
    }

    /// All files have been looked at: the line goes.
    pub fn over(&self) {
        if let Some(bar) = std::mem::take(&mut *self.line()).bar {
            self.take_away(&bar);
        }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_away(&self, bar: &ProgressBar) {
        bar.finish_and_clear();
        self.bars.remove(bar);
    }

    fn videos(&self) -> MutexGuard<'_, HashMap<String, Video>> {
        self.videos.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The line of files: how many were begun, and the last one's name.
    fn count(&self) -> ProgressBar {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner:.cyan} {pos} · {wide_msg}") {
            bar.set_style(style);
        }
        self.bars.add(bar)
    }

    fn bar(&self, name: &str, length: Option<Duration>) -> ProgressBar {
        const WITH_END: &str = "{prefix}  {bar:30.cyan/dim} {percent:>3}%  {msg}  {eta}";
        const WITHOUT: &str = "{prefix}  {spinner:.cyan}  {msg}";
        let bar = match length {
            Some(length) => ProgressBar::new(thousandths(length)),
            None => ProgressBar::new_spinner(),
        };
        if let Ok(style) = ProgressStyle::with_template(if length.is_some() { WITH_END } else { WITHOUT }) {
            bar.set_style(style);
        }
        self.bars.add(bar).with_prefix(one_line(name).into_owned())
    }
}

impl MediaProgress for OnTerminal {
    fn is_cancelled(&self) -> bool {
        interrupt::stopped()
    }

    fn file_started(&self, name: &str) {
        self.active.fetch_add(1, Ordering::Relaxed);
        if !self.shows {
            return;
        }
        let mut line = self.line();
        line.files += 1;
        if line.begun.get_or_insert_with(Instant::now).elapsed() < PATIENCE {
            return;
        }
        let files = line.files;
        let bar = line.bar.get_or_insert_with(|| self.count());
        bar.set_position(files);
        bar.set_message(one_line(name).into_owned());
    }

    fn video_advanced(&self, name: &str, done: Duration, length: Option<Duration>) {
        if !self.shows {
            return;
        }
        let mut videos = self.videos();
        let video = videos.entry(name.to_owned()).or_insert_with(|| Video { begun: Instant::now(), bar: None });
        if video.begun.elapsed() < PATIENCE {
            return;
        }
        let bar = video.bar.get_or_insert_with(|| self.bar(name, length));
        bar.set_position(thousandths(done));
        bar.set_message(match length {
            Some(length) => format!("{} / {}", format_clock(done), format_clock(length)),
            None => format_clock(done),
        });
    }

    fn file_finished(&self, name: &str) {
        self.active.fetch_sub(1, Ordering::Relaxed);
        if !self.shows {
            return;
        }
        if let Some(Video { bar: Some(bar), .. }) = self.videos().remove(name) {
            self.take_away(&bar);
        }
    }
}

fn thousandths(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
