//! Scans the frames of a video or animation in order, and skips those that show nothing new.

use std::sync::Arc;
use std::time::Duration;

use dianjian_ocr::TextReader;

use super::frame_hash::FrameHash;
use super::text_sampler::TextSampler;
use super::tracker::CodeTracker;
use crate::pictures::RgbFrame;
use crate::{Code, MediaScan, Medium, Point};

/// Even an unchanged picture is scanned again after this time.
const RESCAN_INTERVAL: Duration = Duration::from_secs(3);

/// Lists the codes of a frame with at least a given score.
pub(super) type DetectFn<'e> = dyn Fn(&RgbFrame, f32) -> Vec<Code> + 'e;

/// Collects the codes and texts of a video or animation.
pub(crate) struct SequenceScanner<'e> {
    detector: &'e DetectFn<'e>,
    floor: f32,
    tracker: CodeTracker,
    texts: Option<TextSampler>,
    /// The last frame that was scanned: its hash, its time, its codes.
    last: Option<(FrameHash, Duration, Vec<Code>)>,
    /// The size of the first frame. All quads are scaled to it.
    size: Option<(u32, u32)>,
    frames: u32,
    end: Duration,
    /// The duration of the last frame.
    last_duration: Duration,
}

impl<'e> SequenceScanner<'e> {
    /// A scanner without frames.
    pub(crate) fn new(detector: &'e DetectFn<'e>, floor: f32) -> Self {
        Self {
            detector,
            floor,
            tracker: CodeTracker::default(),
            texts: None,
            last: None,
            size: None,
            frames: 0,
            end: Duration::ZERO,
            last_duration: Duration::ZERO,
        }
    }

    /// Reads text with this engine, too.
    pub(crate) fn with_reader(mut self, reader: Option<Arc<dyn TextReader>>) -> Self {
        self.texts = reader.map(TextSampler::new);
        self
    }

    /// The number of frames so far.
    pub(crate) fn frames(&self) -> u32 {
        self.frames
    }

    /// Scans the next frame, or takes over the codes and texts of an earlier one that shows the same.
    pub(crate) fn add(&mut self, frame: &RgbFrame) {
        let size = frame.image.dimensions();
        let whole = *self.size.get_or_insert(size);
        let hash = FrameHash::of(&frame.image);
        if let Some(texts) = &mut self.texts {
            texts.add(self.frames, frame, &hash, whole);
        }
        let codes = match &self.last {
            // Frames with transparency are always scanned: a code may show only over black.
            Some((before, at, codes))
                if frame.over_black.is_none()
                    && frame.at.saturating_sub(*at) < RESCAN_INTERVAL
                    && before.is_similar(&hash) =>
            {
                codes.clone()
            }
            _ => {
                let codes = (self.detector)(frame, self.floor);
                let codes: Vec<Code> = codes.into_iter().map(|code| scaled(code, size, whole)).collect();
                self.last = Some((hash, frame.at, codes.clone()));
                codes
            }
        };
        self.tracker.add(self.frames, frame.at, frame.duration, codes);
        self.frames = self.frames.saturating_add(1);
        self.end = self.end.max(frame.at.saturating_add(frame.duration));
        self.last_duration = frame.duration;
    }

    /// The scan of all frames. `length` is the duration that the file declares. It is used if it ends within the last
    /// frame, which is then cut short; otherwise the frames are right.
    ///
    /// # Errors
    ///
    /// What the engine that reads text says where it could not look.
    pub(crate) fn finish(self, medium: Medium, length: Option<Duration>) -> Result<MediaScan, String> {
        let (width, height) = self.size.unwrap_or_default();
        let last = self.end.saturating_sub(self.last_duration);
        let length = length.filter(|length| (last..=self.end).contains(length)).unwrap_or(self.end);
        let mut detections = self.tracker.finish(self.floor);
        for seen in detections.iter_mut().filter_map(|detection| detection.times.as_mut()) {
            // The last frame may be cut short by the end.
            seen.last = seen.last.min(length).max(seen.best);
        }
        let text_engine = self.texts.as_ref().map(|texts| texts.name().to_owned());
        let texts = self.texts.map(TextSampler::finish).transpose()?.unwrap_or_default();
        let (illegible_lines, texts) = (texts.illegible, texts.finish(length));
        let (frames, length, digest) = (self.frames, Some(length), String::new());
        Ok(MediaScan { medium, width, height, frames, length, detections, texts, text_engine, illegible_lines, digest })
    }
}

/// A code of a frame, scaled to the size of the first frame.
fn scaled(code: Code, from: (u32, u32), to: (u32, u32)) -> Code {
    if from == to {
        return code;
    }
    let ratio = |from: u32, to: u32| to as f32 / from.max(1) as f32;
    let (across, down) = (ratio(from.0, to.0), ratio(from.1, to.1));
    let quad = code.quad.map(|corner| Point::new(corner.x * across, corner.y * down));
    Code { quad, ..code }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use image::{Rgb, RgbImage};

    use super::*;
    use crate::{CodeKind, Quad, Rect};

    fn frame(number: u32, light: u8) -> RgbFrame {
        let half = Duration::from_millis(500);
        RgbFrame {
            image: RgbImage::from_pixel(64, 32, Rgb([light; 3])),
            over_black: None,
            at: half * number,
            duration: half,
        }
    }

    #[test]
    fn what_stands_still_is_looked_at_every_few_seconds() {
        let looks = AtomicUsize::new(0);
        let detector = |_: &RgbFrame, _: f32| {
            looks.fetch_add(1, Ordering::Relaxed);
            let quad = Quad::of(Rect { left: 1.0, top: 2.0, width: 20.0, height: 20.0 });
            vec![Code { kind: CodeKind::Qr, quad, score: 0.9, text: None }]
        };
        let mut moving = SequenceScanner::new(&detector, 0.2);
        for number in 0..20 {
            moving.add(&frame(number, 100));
        }
        let looked = moving.finish(Medium::Video, Some(Duration::from_millis(9700))).unwrap();
        assert_eq!(looks.load(Ordering::Relaxed), 4, "at 0, 3, 6 and 9 seconds");
        assert_eq!((looked.frames, looked.width, looked.height), (20, 64, 32));
        assert_eq!(looked.detections.len(), 1);
        assert_eq!(looked.detections[0].times.unwrap().last, Duration::from_millis(9700));
    }

    #[test]
    fn a_length_that_cannot_be_is_not_believed() {
        for (declared, length) in [(0, 2000), (900, 2000), (1700, 1700), (2000, 2000), (9000, 2000)] {
            let mut moving = SequenceScanner::new(&|_: &RgbFrame, _: f32| Vec::new(), 0.2);
            (0..4).for_each(|number| moving.add(&frame(number, 100)));
            let looked = moving.finish(Medium::Video, Some(Duration::from_millis(declared))).unwrap();
            assert_eq!(looked.length, Some(Duration::from_millis(length)), "{declared}");
        }
    }

    #[test]
    fn places_are_told_in_the_first_frames_size() {
        let detector = |frame: &RgbFrame, _: f32| {
            let side = frame.image.width() as f32 / 4.0;
            let quad = Quad::of(Rect { left: side, top: 0.0, width: side, height: frame.image.height() as f32 });
            vec![Code { kind: CodeKind::Qr, quad, score: 0.9, text: None }]
        };
        let mut moving = SequenceScanner::new(&detector, 0.2);
        moving.add(&frame(0, 0));
        moving.add(&RgbFrame { image: RgbImage::new(128, 128), ..frame(1, 0) });
        let looked = moving.finish(Medium::Video, None).unwrap();
        assert_eq!(looked.detections.len(), 1);
        let bounds = looked.detections[0].code.quad.bounds();
        assert_eq!(bounds, Rect { left: 16.0, top: 0.0, width: 16.0, height: 32.0 });
    }
}
