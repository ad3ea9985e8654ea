//! Finds codes (QR codes, mini-program codes, barcodes, …) and texts in pictures and video: what kind, where, when, and
//! what they say.
//!
//! [`MediaScanner`] is the entry point: one file, one [`MediaScan`], computed once per content in a run and kept in a
//! [`ScanCache`] for later runs. Rules are applied elsewhere; nothing here knows what is forbidden.
//!
//! The path of a file:
//!
//! 1. `pictures` and `video` recognise the format by content, refuse what is damaged or over the [`MediaLimits`], and
//!    yield [`RgbFrame`]s. Video is decoded by the `ffmpeg` program.
//! 2. `detect` lists the codes of one frame ([`detect_codes`]): what `decode` can read is certain; what it cannot read
//!    is located and confirmed by two small networks (`nn`), which give a score.
//! 3. `texts` reads the text of one frame with an engine of `dianjian-ocr`, where the user has one.
//! 4. `video` follows codes and texts from frame to frame, and skips frames that show nothing new.
//!
//! A scan is all or nothing: whatever keeps a file from being scanned to its end is a [`MediaError`], never a scan
//! without codes. The same file gives the same scan on every machine, up to rounding (see `detect::locate`).
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        reason = "a test that fails should stop"
    )
)]

mod cache;
mod code;
mod context;
mod decode;
mod detect;
mod display;
pub mod draw;
mod error;
mod facts;
mod nn;
mod once_map;
mod panic_guard;
mod pictures;
mod progress;
mod scanner;
mod settings;
mod subprocess;
mod texts;
mod video;

pub use cache::{CacheUsage, ContentHash, PIPELINE_VERSION, ScanCache};
pub use code::{Code, CodeKind, Detection, DetectionTimes, MediaScan, Medium};
pub use decode::{DecodeEffort, decode_codes, decode_engines};
pub use detect::{detect_codes, detector_version, detector_weights};
pub use dianjian_base::{Point, Quad, Rect};
pub use dianjian_ocr::{BrokenReader, CharPlace, ModelError, OcrModels, PaddleReader, TextBlock, TextReader};
pub use display::{Sighting, SightingDisplay, format_clock};
pub use error::{MediaError, ffmpeg_help};
pub use facts::{FORMATS, FORMATS_LISTED, FileFacts, format_of};
pub use pictures::{PictureReader, RgbFrame, open_picture};
pub use progress::{MediaProgress, NoProgress};
pub use scanner::{AssetScanner, Detector, MediaScanner};
pub use settings::{MediaLimits, MediaSettings, TextSetting};
pub use subprocess::kill_subprocesses;
pub use texts::{TextExcerpt, TextSighting};
pub use video::Ffmpeg;
