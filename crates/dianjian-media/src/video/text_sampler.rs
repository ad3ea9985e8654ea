//! Reads the text of frames that may show another one, in a thread beside the scan for codes: reading takes as long as
//! looking for codes in all frames of a second. Which frames are read follows from the frames alone, never from how fast
//! the thread is.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use dianjian_ocr::{TextBlock, TextReader};

use super::frame_hash::FrameHash;
use crate::pictures::RgbFrame;
use crate::texts::{TextTracker, read_frame};

/// Readings that may follow each other without a pause; of pictures that change all the time it is one a second.
const READINGS_AT_ONCE: f32 = 3.0;

/// Frames that wait to be read or are being read.
pub(super) const FRAMES_IN_WORK: usize = 2;

/// Decides which frames are read, and has them read.
pub(super) struct TextSampler {
    name: String,
    tasks: Sender<TextTask>,
    /// Takes as many as there may be frames in work.
    slots: Sender<()>,
    worker: JoinHandle<Result<TextTracker, String>>,
    /// The hash of the last frame that is read.
    last: Option<FrameHash>,
    /// How many readings are free at once.
    free: f32,
    /// When that was.
    at: Duration,
}

/// A frame whose text is known once it, or the one before that it is like, is read.
struct TextTask {
    number: u32,
    at: Duration,
    end: Duration,
    /// The frame, and the factors to the size of the first one; `None`: its text is that of the frame before.
    frame: Option<(RgbFrame, [f32; 2])>,
}

impl TextSampler {
    pub(super) fn new(reader: Arc<dyn TextReader>) -> Self {
        let (tasks, waiting) = unbounded();
        let (slots, taken) = bounded(FRAMES_IN_WORK);
        let name = reader.name().to_owned();
        let worker = std::thread::spawn(move || work(&*reader, &waiting, &taken));
        Self { name, tasks, slots, worker, last: None, free: READINGS_AT_ONCE, at: Duration::ZERO }
    }

    /// The name of what reads.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Adds the next frame; `whole` is the size of the first one. Waits while too many are in work.
    pub(super) fn add(&mut self, number: u32, frame: &RgbFrame, hash: &FrameHash, whole: (u32, u32)) {
        self.free = (self.free + frame.at.saturating_sub(self.at).as_secs_f32()).min(READINGS_AT_ONCE);
        self.at = frame.at;
        let end = frame.at.saturating_add(frame.duration);
        let mut task = TextTask { number, at: frame.at, end, frame: None };
        let is_known =
            frame.over_black.is_none() && self.last.as_ref().is_some_and(|before| before.has_same_text(hash));
        if !is_known {
            if self.free < 1.0 {
                return;
            }
            self.free -= 1.0;
            self.last = Some(hash.clone());
            let ratio = |from: u32, to: u32| to as f32 / from.max(1) as f32;
            let size = frame.image.dimensions();
            task.frame = Some((frame.clone(), [ratio(size.0, whole.0), ratio(size.1, whole.1)]));
            // Fails where the thread has ended early, of which `finish` tells the reason.
            let _ = self.slots.send(());
        }
        let _ = self.tasks.send(task);
    }

    /// All texts, once all frames are read.
    ///
    /// # Errors
    ///
    /// What the engine says where it could not look.
    pub(super) fn finish(self) -> Result<TextTracker, String> {
        drop(self.tasks);
        self.worker.join().unwrap_or_else(|_| Err(format!("{}: it gave up", self.name)))
    }
}

/// Reads frame by frame until there are no more, or until the scan is given up.
fn work(reader: &dyn TextReader, tasks: &Receiver<TextTask>, slots: &Receiver<()>) -> Result<TextTracker, String> {
    let (mut tracker, mut blocks) = (TextTracker::default(), Vec::<TextBlock>::new());
    for TextTask { number, at, end, frame } in tasks {
        if let Some((frame, scale)) = frame {
            let read = read_frame(reader, &frame);
            let _ = slots.try_recv();
            let read = read?;
            tracker.illegible = tracker.illegible.max(read.illegible);
            blocks = read.blocks.into_iter().map(|block| block.scaled(scale)).collect();
        }
        tracker.add(number, at, end, &blocks);
    }
    Ok(tracker)
}
