//! Bounds and habits of looking at assets.

use serde::{Deserialize, Serialize};

/// How assets are looked at. Everything here changes what is seen, so it is part of the cache's key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MediaSettings {
    /// Frames of a video that are looked at, a second.
    pub frames_per_second: f32,
    /// Codes of a lower score are not told at all; rules may ask for more, never for less.
    pub floor: f32,
    /// Bounds on what is read.
    pub limits: MediaLimits,
}

impl Default for MediaSettings {
    /// Two frames a second: measured, fewer miss codes that are shown briefly.
    fn default() -> Self {
        Self { frames_per_second: 2.0, floor: 0.2, limits: MediaLimits::default() }
    }
}

/// Bounds on what is read; what goes beyond is a problem of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MediaLimits {
    /// Bytes of a picture.
    pub picture_bytes: u64,
    /// Pixels of a picture, of an animation's canvas, or of a video's frame.
    pub pixels: u64,
    /// Frames of an animation.
    pub frames: u32,
    /// Bytes of a video.
    pub video_bytes: u64,
    /// Seconds that a video may last.
    pub video_seconds: u64,
    /// Seconds that looking at one asset may take.
    pub seconds: u64,
    /// Files that one folder or pattern may stand for.
    pub files: usize,
}

impl Default for MediaLimits {
    fn default() -> Self {
        Self {
            picture_bytes: 64 << 20,
            pixels: 48_000_000,
            frames: 1000,
            video_bytes: 4 << 30,
            video_seconds: 6 * 3600,
            seconds: 3600,
            files: 10_000,
        }
    }
}
