//! The texts of a picture or video: which, where, and in video when.

use std::ops::Range;
use std::time::Duration;

use dianjian_base::Quad;
use dianjian_ocr::{TextBlock, TextReader, arrange, may_have_text};
use serde::{Deserialize, Serialize};

use crate::DetectionTimes;
use crate::panic_guard::catch_panic;
use crate::pictures::RgbFrame;

/// A text over all frames that show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextSighting {
    /// The text as its best frame shows it.
    pub block: TextBlock,
    /// The index of the best frame.
    pub frame: u32,
    /// When it is visible; `None` in still pictures.
    #[serde(rename = "seen")]
    pub times: Option<DetectionTimes>,
}

/// The part of a text that a finding is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextExcerpt {
    /// The part's characters.
    pub text: String,
    /// The whole text.
    pub whole: String,
    /// The part's corners in the frame, in its pixels.
    pub quad: Quad,
    /// How sure the engine is of its characters on average, from 0 to 1.
    pub confidence: f32,
    /// As of the text.
    pub frame: u32,
    /// As of the text.
    #[serde(rename = "seen")]
    pub times: Option<DetectionTimes>,
}

impl TextSighting {
    /// A part of the text, by its bytes.
    pub fn excerpt(&self, range: Range<usize>) -> TextExcerpt {
        TextExcerpt {
            text: self.block.text.get(range.clone()).unwrap_or_default().to_owned(),
            whole: self.block.text.clone(),
            quad: self.block.quad(range.clone()),
            confidence: self.block.confidence(range),
            frame: self.frame,
            times: self.times,
        }
    }
}

/// What an engine reads in a frame.
#[derive(Debug, Default)]
pub(crate) struct FrameTexts {
    /// In reading order.
    pub blocks: Vec<TextBlock>,
    /// How many lines are text and could not be made out.
    pub illegible: u32,
}

/// The texts of a frame.
///
/// # Errors
///
/// What the engine says where it could not look.
pub(crate) fn read_frame(reader: &dyn TextReader, frame: &RgbFrame) -> Result<FrameTexts, String> {
    let mut texts = FrameTexts::default();
    for image in [Some(&frame.image), frame.over_black.as_ref()].into_iter().flatten() {
        if !may_have_text(image) {
            continue;
        }
        let read = catch_panic(|| reader.read(image)).unwrap_or_else(|| {
            Err(dianjian_ocr::ReadError { engine: reader.name().to_owned(), reason: "it gave up".to_owned() })
        });
        let read = read.map_err(|error| error.to_string())?;
        texts.illegible = texts.illegible.max(u32::try_from(read.illegible).unwrap_or(u32::MAX));
        for block in arrange(read.lines) {
            // What shows over white and over black is one text.
            if !texts.blocks.iter().any(|known| known.text == block.text) {
                texts.blocks.push(block);
            }
        }
    }
    Ok(texts)
}

/// A text that is gone for no longer than this is still the same one: not every frame is read.
const MAX_GAP: Duration = Duration::from_secs(3);

/// The most texts that are followed in one file.
const MAX_TRACKS: usize = 5000;

/// Follows texts from frame to frame: one sighting a text.
#[derive(Debug, Default)]
pub(crate) struct TextTracker {
    tracks: Vec<TextSighting>,
    /// The most lines of a frame that could not be made out.
    pub illegible: u32,
}

impl TextTracker {
    /// Adds the texts of a frame, which is shown from `at` to `end`.
    pub(crate) fn add(&mut self, frame: u32, at: Duration, end: Duration, blocks: &[TextBlock]) {
        for block in blocks {
            let known = self.tracks.iter().rposition(|track| {
                let is_open = track.times.is_some_and(|times| at <= times.last.saturating_add(MAX_GAP));
                is_open && is_same(&track.block, block)
            });
            match known {
                Some(number) => {
                    let track = &mut self.tracks[number];
                    let is_better = worth(block) > worth(&track.block);
                    if let Some(times) = &mut track.times {
                        times.last = times.last.max(end);
                        if is_better {
                            times.best = at;
                        }
                    }
                    if is_better {
                        (track.block, track.frame) = (block.clone(), frame);
                    }
                }
                None if self.tracks.len() < MAX_TRACKS => self.tracks.push(TextSighting {
                    block: block.clone(),
                    frame,
                    times: Some(DetectionTimes { first: at, last: end, best: at }),
                }),
                None => {}
            }
        }
    }

    /// All texts in the order of their first frames; none lasts longer than the video.
    pub(crate) fn finish(mut self, length: Duration) -> Vec<TextSighting> {
        for times in self.tracks.iter_mut().filter_map(|track| track.times.as_mut()) {
            times.last = times.last.min(length).max(times.best);
        }
        self.tracks
    }
}

/// Which of two readings of one text to keep: the longer, of equal ones the surer.
fn worth(block: &TextBlock) -> (usize, u64) {
    let sure: u64 = block.confidences.iter().map(|hundredths| u64::from(*hundredths)).sum();
    (block.places.len(), sure)
}

/// Whether two readings are of one text: the same up to a few characters, or part of it, as of one that runs along.
fn is_same(known: &TextBlock, block: &TextBlock) -> bool {
    let letters = |text: &str| text.chars().filter(|char| char.is_alphanumeric()).collect::<Vec<char>>();
    let (a, b) = (letters(&known.text), letters(&block.text));
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if short.is_empty() {
        return known.text == block.text;
    }
    let is_part = short.len() >= 4 && long.windows(short.len()).any(|part| part == short.as_slice());
    is_part || distance(short, long) * 6 <= long.len()
}

/// How many characters to add, take away or change.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = before + usize::from(x != y);
            before = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> TextBlock {
        let count = text.chars().count();
        TextBlock { text: text.to_owned(), places: vec![[0; 8]; count], confidences: vec![90; count] }
    }

    fn film(frames: &[&[&str]]) -> Vec<(String, u64, u64)> {
        let mut tracker = TextTracker::default();
        for (number, texts) in (0_u32..).zip(frames) {
            let at = Duration::from_secs(u64::from(number));
            let blocks: Vec<TextBlock> = texts.iter().map(|text| block(text)).collect();
            tracker.add(number, at, at + Duration::from_secs(1), &blocks);
        }
        let sightings = tracker.finish(Duration::from_secs(100)).into_iter();
        let times = |sighting: &TextSighting| sighting.times.unwrap();
        sightings.map(|s| (s.block.text.clone(), times(&s).first.as_secs(), times(&s).last.as_secs())).collect()
    }

    #[test]
    fn each_text_is_told_once_with_its_times() {
        let told = film(&[&["加微信 abc12388"], &["加微信abc12388", "满减"], &["加徽信 abc12388"], &[]]);
        assert_eq!(told, [("加微信 abc12388".to_owned(), 0, 3), ("满减".to_owned(), 1, 2)]);
    }

    #[test]
    fn a_text_that_runs_along_is_one_and_another_one_is_another() {
        let told = film(&[&["信 abc12388"], &["加微信 abc12388 领"], &["加微信 abc1"]]);
        assert_eq!(told, [("加微信 abc12388 领".to_owned(), 0, 3)]);
        assert_eq!(film(&[&["全场五折"], &["全场三折起"]]).len(), 2);
        let gone = film(&[&["今晚见"], &[], &[], &[], &[], &["今晚见"]]);
        assert_eq!(gone.len(), 2, "after more than three seconds");
    }

    #[test]
    fn distances_count_changes() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(distance(&chars("abc"), &chars("abd")), 1);
        assert_eq!(distance(&chars(""), &chars("abd")), 3);
        assert_eq!(distance(&chars("abcd"), &chars("bcd")), 1);
    }
}
