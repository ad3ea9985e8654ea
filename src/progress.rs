//! Progress on the standard error output, where that is a terminal, and only of what takes long.

use std::cell::Cell;
use std::collections::HashMap;
use std::io::{IsTerminal as _, stderr, stdout};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use dianjian_base::lang::Lang;
use dianjian_media::{MediaProgress, format_clock};
use dianjian_migrate::apply::RunPhase;
use dianjian_text::safe::one_line;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::interrupt;

/// Work that is done sooner draws no bar, which would only flicker.
const PATIENCE: Duration = Duration::from_secs(1);

/// Progress of scanning assets: a line that counts files and a bar for each long video. Cancels scans on a signal.
#[derive(Debug)]
pub struct MediaBars {
    bars: MultiProgress,
    shows: bool,
    videos: Mutex<HashMap<String, VideoBar>>,
    line: Mutex<MediaLine>,
    /// Runs and scans under way, which will stop by themselves after a signal.
    active: AtomicUsize,
}

/// The line of files: how many were started, and when the first was.
#[derive(Debug, Default)]
struct MediaLine {
    begun: Option<Instant>,
    files: u64,
    bar: Option<ProgressBar>,
}

#[derive(Debug)]
struct VideoBar {
    begun: Instant,
    bar: Option<ProgressBar>,
}

impl MediaBars {
    /// Installs the signal handler: from now on a signal stops the run.
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

    /// The group that all bars of the terminal belong to, so that they do not overwrite each other.
    pub fn bars(&self) -> &MultiProgress {
        &self.bars
    }

    /// Runs `work`, which must end by itself soon after a signal.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        self.active.fetch_add(1, Ordering::Relaxed);
        let done = work();
        self.active.fetch_sub(1, Ordering::Relaxed);
        self.over();
        done
    }

    /// Removes the line of files.
    pub fn over(&self) {
        if let Some(bar) = std::mem::take(&mut *self.line()).bar {
            self.take_away(&bar);
        }
    }

    fn line(&self) -> MutexGuard<'_, MediaLine> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_away(&self, bar: &ProgressBar) {
        bar.finish_and_clear();
        self.bars.remove(bar);
    }

    fn videos(&self) -> MutexGuard<'_, HashMap<String, VideoBar>> {
        self.videos.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new bar for the line of files, which shows their number and the last one's name.
    fn count(&self) -> ProgressBar {
        self.bars.add(styled(ProgressBar::new_spinner(), "{spinner:.cyan} {pos} · {wide_msg}"))
    }

    fn bar(&self, name: &str, length: Option<Duration>) -> ProgressBar {
        const WITH_END: &str = "{prefix}  {bar:30.cyan/dim} {percent:>3}%  {msg}  {eta}";
        const WITHOUT: &str = "{prefix}  {spinner:.cyan}  {msg}";
        let bar = match length {
            Some(length) => styled(ProgressBar::new(thousandths(length)), WITH_END),
            None => styled(ProgressBar::new_spinner(), WITHOUT),
        };
        self.bars.add(bar).with_prefix(one_line(name).into_owned())
    }
}

impl MediaProgress for MediaBars {
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
        let video = videos.entry(name.to_owned()).or_insert_with(|| VideoBar { begun: Instant::now(), bar: None });
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
        if let Some(VideoBar { bar: Some(bar), .. }) = self.videos().remove(name) {
            self.take_away(&bar);
        }
    }
}

/// The bar with a template. All templates are constants that are known to parse.
fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn thousandths(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A bar of the bytes read, drawn after [`PATIENCE`].
pub struct ByteProgress {
    bars: MultiProgress,
    bar: ProgressBar,
    begun: Instant,
    shown: AtomicBool,
    /// Whether reports go to a terminal, most likely the same one: bars are hidden while they are written.
    shares: bool,
}

impl ByteProgress {
    pub fn new(bytes: u64, bars: &MultiProgress) -> Self {
        const TEMPLATE: &str = "{bar:40.cyan/dim} {percent:>3}%  {bytes}/{total_bytes}  {bytes_per_sec}  {eta}";
        let bar = styled(ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::hidden()), TEMPLATE);
        let bars = bars.clone();
        Self { bars, bar, begun: Instant::now(), shown: AtomicBool::new(false), shares: stdout().is_terminal() }
    }

    /// Counts bytes that have been read. Called by all workers.
    pub fn add(&self, bytes: u64) {
        self.bar.inc(bytes);
        if self.begun.elapsed() > PATIENCE && !self.shown.swap(true, Ordering::Relaxed) {
            // Draws nothing where the standard error output is no terminal.
            self.bars.add(self.bar.clone());
        }
    }

    /// Runs `write`, which writes to the standard output, with all bars hidden.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        if self.shares { self.bars.suspend(write) } else { write() }
    }

    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// A bar of the files done by a migration, drawn after [`PATIENCE`].
pub struct FileProgress {
    bar: ProgressBar,
    begun: Instant,
    shown: Cell<bool>,
    lang: Lang,
}

impl FileProgress {
    pub fn new(lang: Lang) -> Self {
        const TEMPLATE: &str = "{msg} {bar:40.cyan/dim} {percent:>3}%  {pos}/{len}  {eta}";
        let bar = styled(ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden()), TEMPLATE);
        Self { bar, begun: Instant::now(), shown: Cell::new(false), lang }
    }

    /// Updates the bar.
    pub fn at(&self, phase: RunPhase) {
        let (zh, en, done, of) = match phase {
            RunPhase::Looking { done, of } => ("检查", "checking", done, of),
            RunPhase::Writing { done, of } => ("写入", "writing", done, of),
        };
        self.bar.set_length(of as u64);
        self.bar.set_position(done as u64);
        if self.begun.elapsed() > PATIENCE {
            self.bar.set_message(self.lang.pick(zh, en));
            if !self.shown.replace(true) {
                // Draws nothing where the standard error output is no terminal.
                self.bar.set_draw_target(ProgressDrawTarget::stderr());
            }
        }
    }

    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
