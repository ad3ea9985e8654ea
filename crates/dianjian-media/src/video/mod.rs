//! Video through the `ffmpeg` program: frames as they come, a child that never outlives the run.
//!
//! The program decodes in a process of its own, ahead of those who look, held back by the pipe and two
//! frames of room: memory is the same for a minute and for six hours. Of what it says on its error
//! output the length and the faults are kept: a film with a fault is broken, however many frames came.

mod container;
mod decoder;
mod ffmpeg;
mod frame_hash;
mod log;
mod ppm;
mod sequence;
mod tracker;

use std::path::Path;
use std::time::Duration;

use image::RgbImage;

pub(crate) use self::container::{Container, HEAD};
use self::decoder::{FrameSelection, VideoDecoder};
pub use self::ffmpeg::Ffmpeg;
pub(crate) use self::sequence::SequenceScanner;
pub(crate) use self::tracker::reading_order;
use crate::context::ScanContext;
use crate::pictures::RgbFrame;
use crate::{MediaError, MediaLimits, MediaScan, MediaSettings, Medium};

/// Frames are reduced to this, the longer side in pixels: codes that viewers can scan stay well visible.
pub(crate) const LONGEST: u32 = 1920;

/// What a film in the works takes of memory at most: frames on their way and the one that is looked at.
pub(crate) const MEMORY: u64 = 64 << 20;

/// A film: where it is, what format it has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VideoSource<'p> {
    /// The file.
    pub path: &'p Path,
    /// Its format, by content.
    pub container: Container,
}

/// Frames a second that are looked at, in bounds.
fn rate(settings: &MediaSettings) -> f64 {
    const LEAST: f64 = 0.01;
    const MOST: f64 = 60.0;
    let asked = f64::from(settings.frames_per_second);
    if asked.is_nan() { f64::from(MediaSettings::default().frames_per_second) } else { asked.clamp(LEAST, MOST) }
}

/// Looks at a film from its beginning to its end.
///
/// # Errors
/// Whatever kept it from being looked at as a whole.
pub(crate) fn scan(
    task: ScanContext<'_>,
    ffmpeg: &Ffmpeg,
    source: VideoSource<'_>,
    settings: &MediaSettings,
    mut moving: SequenceScanner<'_>,
) -> Result<MediaScan, MediaError> {
    let rate = rate(settings);
    let mut film = VideoDecoder::open(task, ffmpeg, source, settings, FrameSelection::All)?;
    let lasts = time(1, rate);
    while let Some(image) = film.next(task)? {
        let at = time(moving.frames(), rate);
        not_too_long(task, film.length().unwrap_or_default().max(at), &settings.limits)?;
        moving.add(&RgbFrame { image, over_black: None, at, lasts });
        task.progress.video_advanced(task.name, at + lasts, film.length());
    }
    let length = film.length();
    Ok(moving.finish(Medium::Video, length))
}

/// The frame that is shown at a time, as [`look`] sees it.
///
/// # Errors
/// There is none, or the film cannot be decoded.
pub(crate) fn frame_at(
    task: ScanContext<'_>,
    ffmpeg: &Ffmpeg,
    source: VideoSource<'_>,
    settings: &MediaSettings,
    at: Duration,
) -> Result<RgbImage, MediaError> {
    let mut film = VideoDecoder::open(task, ffmpeg, source, settings, FrameSelection::At(at))?;
    let mut last = None;
    while let Some(image) = film.next(task)? {
        last = Some(image);
    }
    last.ok_or_else(|| decoder::no_frames(task.name))
}

/// When the frame of that number is shown.
fn time(number: u32, rate: f64) -> Duration {
    Duration::from_secs_f64(f64::from(number) / rate)
}

fn not_too_long(task: ScanContext<'_>, length: Duration, limits: &MediaLimits) -> Result<(), MediaError> {
    let (seconds, limit) = (length.as_secs(), limits.video_seconds);
    if seconds <= limit {
        return Ok(());
    }
    Err(MediaError::TooLong { name: task.name.to_owned(), seconds, limit })
}
