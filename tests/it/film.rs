//! Films of dark boxes on light ground, and eyes that see each box as a code.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dianjian_media::{
    Code, CodeKind, Ffmpeg, MediaError, MediaProgress, MediaScan, MediaScanner, MediaSettings, NoProgress, Quad, Rect,
    RgbFrame,
};
use tempfile::TempDir;

/// The box around all dark pixels, as a code.
pub fn detector(frame: &RgbFrame, _floor: f32) -> Vec<Code> {
    let dark = frame.image.enumerate_pixels().filter(|(_, _, pixel)| pixel.0.iter().all(|value| *value < 90));
    let bounds = dark.fold(None, |bounds: Option<[u32; 4]>, (x, y, _)| {
        let [left, top, right, bottom] = bounds.unwrap_or([x, y, x, y]);
        Some([left.min(x), top.min(y), right.max(x), bottom.max(y)])
    });
    let code = |[left, top, right, bottom]: [u32; 4]| {
        let rect = Rect {
            left: left as f32,
            top: top as f32,
            width: (right - left + 1) as f32,
            height: (bottom - top + 1) as f32,
        };
        Code { kind: CodeKind::Qr, quad: Quad::of(rect), score: 0.9, text: None }
    };
    bounds.map(code).into_iter().collect()
}

/// A folder of films.
pub struct Films {
    pub folder: TempDir,
    pub ffmpeg: Ffmpeg,
    pub settings: MediaSettings,
}

impl Films {
    pub fn new(ffmpeg: Ffmpeg) -> Self {
        // Half seconds, so that times are easy to read.
        let settings = MediaSettings { frames_per_second: 2.0, ..MediaSettings::default() };
        Self { folder: tempfile::tempdir().unwrap(), ffmpeg, settings }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }

    pub fn scanner(&self, watch: Arc<dyn MediaProgress>) -> MediaScanner {
        let scanner = MediaScanner::new(self.settings.clone(), watch);
        scanner.with_ffmpeg(Some(self.ffmpeg.clone())).with_detector(Arc::new(detector))
    }

    pub fn look(&self, path: &Path) -> Result<Arc<MediaScan>, MediaError> {
        self.scanner(Arc::new(NoProgress)).scan("the film", path)
    }

    /// Why a film is broken, in English.
    pub fn broken(&self, path: &Path) -> String {
        match self.look(path) {
            Err(MediaError::Broken { name, reason }) if name == "the film" => reason.en,
            other => panic!("{}: {other:?}", path.display()),
        }
    }
}

/// When and where each code is seen, in thousandths and whole pixels.
pub fn spans(looked: &MediaScan) -> Vec<(u128, u128, [i32; 4])> {
    let span = |detection: &dianjian_media::Detection| {
        let (seen, bounds) = (detection.times.unwrap(), detection.code.quad.bounds());
        let place = [bounds.left, bounds.top, bounds.width, bounds.height].map(|value| value.round() as i32);
        (seen.first.as_millis(), seen.last.as_millis(), place)
    };
    looked.detections.iter().map(span).collect()
}

/// Waits until something holds.
pub fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
