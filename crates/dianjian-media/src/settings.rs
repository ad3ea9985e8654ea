//! Settings of scans, and limits on what is read.

use std::path::{Path, PathBuf};

use dianjian_ocr::OcrModels;

use serde::{Deserialize, Serialize};

/// How assets are scanned. All of this changes the result, so its JSON is part of the key of cache entries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MediaSettings {
    /// Frames of a video that are scanned per second.
    pub frames_per_second: f32,
    /// The lowest score of a code that is reported. Rules may demand more, never less.
    pub floor: f32,
    /// What reads text. Not part of the key: the version of what does is.
    #[serde(skip)]
    pub text: TextSetting,
    /// Limits on what is read.
    pub limits: MediaLimits,
}

/// What reads the text of pictures and videos.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TextSetting {
    /// The engine whose files the user has, else the small one in the program.
    #[default]
    Users,
    /// The small one in the program.
    BuiltIn,
    /// One whose files are in this folder.
    Folder(PathBuf),
    /// Nothing.
    Off,
}

impl TextSetting {
    /// What people name: `off`, `builtin`, or a folder.
    pub fn named(name: impl AsRef<Path>) -> Self {
        match name.as_ref() {
            off if off == Path::new("off") => Self::Off,
            small if small == Path::new(OcrModels::BUILT_IN_NAME) => Self::BuiltIn,
            folder => Self::Folder(folder.to_owned()),
        }
    }
}

impl Default for MediaSettings {
    /// Five frames per second: whatever is visible for a fifth of a second is on one of them (at two, six of eight such flashes
    /// were missed). The floor lies below the 0.3 from which rules call a code suspected.
    fn default() -> Self {
        Self { frames_per_second: 5.0, floor: 0.2, text: TextSetting::default(), limits: MediaLimits::default() }
    }
}

/// Limits on what is read. An asset beyond them is an error, never a pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MediaLimits {
    /// Bytes of a picture's file.
    pub picture_bytes: u64,
    /// Pixels of a picture, of an animation's canvas, or of a video's frame.
    pub pixels: u64,
    /// Frames of an animation.
    pub frames: u32,
    /// Bytes of a video's file.
    pub video_bytes: u64,
    /// The duration of a video, in seconds.
    pub video_seconds: u64,
    /// Seconds that the scan of one asset may take.
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
