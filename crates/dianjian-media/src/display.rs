//! What is seen in a picture, prepared for display: which file, where in it, when, and what it says.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use dianjian_base::lang::Text;
use image::RgbImage;
use serde::{Deserialize, Serialize};

use crate::{Detection, DetectionTimes, MediaScan, Quad, Rect, TextExcerpt};

/// What a finding is about in a picture or video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sighting {
    /// A code.
    Code(Detection),
    /// Words that were read.
    Text(TextExcerpt),
}

impl Sighting {
    /// Its corners in the frame, in its pixels.
    pub fn quad(&self) -> Quad {
        match self {
            Self::Code(detection) => detection.code.quad,
            Self::Text(excerpt) => excerpt.quad,
        }
    }

    /// The index of the frame that shows it best.
    pub fn frame(&self) -> u32 {
        match self {
            Self::Code(detection) => detection.frame,
            Self::Text(excerpt) => excerpt.frame,
        }
    }

    /// When it is visible; `None` in still pictures.
    pub fn times(&self) -> Option<DetectionTimes> {
        match self {
            Self::Code(detection) => detection.times,
            Self::Text(excerpt) => excerpt.times,
        }
    }

    /// How certain it is, from 0 to 1.
    pub fn score(&self) -> f32 {
        match self {
            Self::Code(detection) => detection.code.score,
            Self::Text(excerpt) => excerpt.confidence,
        }
    }

    /// What it says, as far as that was read.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Code(detection) => detection.code.text.as_deref(),
            Self::Text(excerpt) => Some(&excerpt.text),
        }
    }

    /// The name of its kind in reports: of codes as in rules, else `text`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Code(detection) => detection.code.kind.as_str(),
            Self::Text(_) => "text",
        }
    }
}

/// Something in a picture or video, as a finding shows it; also the form in which partials store it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SightingDisplay {
    /// The file's name as reports show it, with `/` between its parts.
    pub file: String,
    /// The file's path on this machine; in merged reports of other machines it may not exist.
    #[serde(skip)]
    pub path: PathBuf,
    /// The scan of the whole file, without its texts.
    #[serde(rename = "looked")]
    pub scan: Arc<MediaScan>,
    /// What was seen, where and when.
    pub sighting: Sighting,
    /// The class of a code's payload, by the table `code-contents`; `None` if it was not decoded, and of texts.
    pub class: Option<String>,
    /// The title of that class.
    pub content: Option<Text>,
    /// Is it certain by the rule's thresholds, rather than suspected?
    pub certain: bool,
    /// A small picture of it and its surroundings, if a report will show it.
    #[serde(skip)]
    pub crop: Option<Arc<RgbImage>>,
}

impl SightingDisplay {
    /// The bounding box, clipped to the picture.
    pub fn bounds(&self) -> Rect {
        self.sighting.quad().bounds().clipped(self.scan.width as f32, self.scan.height as f32)
    }

    /// The place in words: `lower right, 8 % of the width`.
    pub fn place(&self) -> Text {
        place(self.bounds(), self.scan.width as f32, self.scan.height as f32)
    }

    /// The time in a video or animation: `00:12–00:19`.
    pub fn time(&self) -> Option<String> {
        self.sighting.times().map(|times| time_range(times.first, times.last))
    }

    /// Column and row in a grid of 8 by 8 cells. Fingerprints of findings use it, so that they survive an edit
    /// that moves it by a few pixels.
    pub fn cell(&self) -> (u8, u8) {
        let centre = self.bounds().centre();
        let cell = |at: f32, of: u32| (at / of.max(1) as f32 * 8.0).clamp(0.0, 7.0) as u8;
        (cell(centre.x, self.scan.width), cell(centre.y, self.scan.height))
    }
}

/// The place of a box in a picture of some size, in words.
fn place(bounds: Rect, width: f32, height: f32) -> Text {
    let third = |at: f32, of: f32| ((at / of.max(1.0) * 3.0).clamp(0.0, 2.0)) as usize;
    let centre = bounds.centre();
    let (column, row) = (third(centre.x, width), third(centre.y, height));
    let zh = [["左上", "上方", "右上"], ["左侧", "中间", "右侧"], ["左下", "下方", "右下"]];
    let en =
        [["upper left", "top", "upper right"], ["left", "middle", "right"], ["lower left", "bottom", "lower right"]];
    let percent = (bounds.width / width.max(1.0) * 100.0).round().clamp(1.0, 100.0);
    Text {
        zh: format!("{}，宽占画面 {percent}%", zh[row][column]),
        en: format!("{}, {percent} % of the width", en[row][column]),
    }
}

/// `00:12–00:19`, `1:02:03–1:02:04`; within one second with tenths: `00:00.6–00:00.8`.
fn time_range(first: Duration, last: Duration) -> String {
    if first.as_secs() < last.as_secs() {
        return format!("{}–{}", format_clock(first), format_clock(last));
    }
    let tenths = |time: Duration| format!("{}.{}", format_clock(time), time.subsec_millis() / 100);
    format!("{}–{}", tenths(first), tenths(last))
}

/// A time as video players show it: `01:05`, `1:00:00`.
pub fn format_clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes:02}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_words() {
        let place = |left: f32, top: f32, width: f32| place(Rect { left, top, width, height: width }, 1080.0, 1920.0);
        assert_eq!(place(900.0, 1700.0, 86.0).zh, "右下，宽占画面 8%");
        assert_eq!(place(900.0, 1700.0, 86.0).en, "lower right, 8 % of the width");
        assert_eq!(place(0.0, 0.0, 1080.0).en, "top, 100 % of the width");
        assert_eq!(place(0.0, 900.0, 1.0).zh, "左侧，宽占画面 1%");
    }

    #[test]
    fn times_have_hours_where_there_are_some() {
        assert_eq!(time_range(Duration::from_millis(12_400), Duration::from_secs(19)), "00:12–00:19");
        assert_eq!(format_clock(Duration::from_secs(3723)), "1:02:03");
        assert_eq!(time_range(Duration::from_millis(600), Duration::from_millis(800)), "00:00.6–00:00.8");
    }
}
