//! Video, decoded by the `ffmpeg` program in a process of its own that never outlives the run.
//!
//! ffmpeg decodes ahead of the scan, held back by its pipe and a queue of two frames, so that memory is the same for a
//! minute and for six hours of video. Its error output is parsed for the duration and for errors: a video with an error is
//! broken, however many frames came.
//!
//! [`sequence`] and [`tracker`] serve animated pictures as well.

mod container;
mod decoder;
mod ffmpeg;
mod frame_hash;
mod integrity;
mod log;
mod ppm;
mod sequence;
mod text_sampler;
mod tracker;

use std::path::Path;
use std::time::Duration;

use image::RgbImage;

pub(crate) use self::container::{Container, HEAD_BYTES};
use self::decoder::{FrameSelection, VideoDecoder};
pub use self::ffmpeg::Ffmpeg;
pub(crate) use self::sequence::SequenceScanner;
use crate::context::ScanContext;
use crate::pictures::RgbFrame;
use crate::{MediaError, MediaScan, MediaSettings, Medium};

/// Longer sides of frames are reduced to this many pixels. Codes that viewers can scan stay well visible.
const MAX_SIDE: u32 = 1920;

/// Bytes that the scan of a video takes at most. A frame has up to 11 MB ([`MAX_SIDE`] squared, in RGB): one is being read,
/// two are queued, one is scanned, and two are there for the reader of text.
pub(crate) const SCAN_MEMORY: u64 = 80 << 20;

/// A video and how it is decoded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VideoSource<'p> {
    pub path: &'p Path,
    /// Its format by content, whatever its name says.
    pub container: Container,
    pub ffmpeg: &'p Ffmpeg,
    pub settings: &'p MediaSettings,
}

/// Frames per second that are scanned: the setting, clamped to sane values.
fn rate(settings: &MediaSettings) -> f64 {
    const LEAST: f64 = 0.01;
    const MOST: f64 = 60.0;
    let requested = f64::from(settings.frames_per_second);
    if requested.is_nan() {
        f64::from(MediaSettings::default().frames_per_second)
    } else {
        requested.clamp(LEAST, MOST)
    }
}

/// Scans a video from its beginning to its end.
pub(crate) fn scan(
    context: ScanContext<'_>,
    source: VideoSource<'_>,
    mut sequence: SequenceScanner<'_>,
) -> Result<MediaScan, MediaError> {
    let (rate, limit) = (rate(source.settings), source.settings.limits.video_seconds);
    let mut decoder = VideoDecoder::open(context, source, FrameSelection::All)?;
    let duration = time(1, rate);
    while let Some(image) = decoder.next(context)? {
        let at = time(sequence.frames(), rate);
        let seconds = decoder.length().unwrap_or_default().max(at).as_secs();
        if seconds > limit {
            return Err(MediaError::TooLong { name: context.name.to_owned(), seconds, limit });
        }
        sequence.add(&RgbFrame { image, over_black: None, at, duration });
        context.progress.video_advanced(context.name, at + duration, decoder.length());
    }
    let length = decoder.length();
    let unread = |reason| MediaError::Unread { name: context.name.to_owned(), reason };
    sequence.finish(Medium::Video, length).map_err(unread)
}

/// Decodes the frame that [`scan`] saw at a time.
pub(crate) fn frame_at(
    context: ScanContext<'_>,
    source: VideoSource<'_>,
    at: Duration,
) -> Result<RgbImage, MediaError> {
    let mut decoder = VideoDecoder::open(context, source, FrameSelection::At(at))?;
    let mut last = None;
    while let Some(image) = decoder.next(context)? {
        last = Some(image);
    }
    last.ok_or_else(|| decoder::no_frames(context.name))
}

/// Decodes a picture that is stored as video, as it is coded: of its own size, neither turned nor cut.
pub(crate) fn still(context: ScanContext<'_>, source: VideoSource<'_>) -> Result<RgbImage, MediaError> {
    let mut decoder = VideoDecoder::open(context, source, FrameSelection::Still)?;
    let mut first = None;
    while let Some(image) = decoder.next(context)? {
        first.get_or_insert(image);
    }
    first.ok_or_else(|| decoder::no_frames(context.name))
}

/// When a frame, by its index, is shown.
fn time(number: u32, rate: f64) -> Duration {
    Duration::from_secs_f64(f64::from(number) / rate)
}
