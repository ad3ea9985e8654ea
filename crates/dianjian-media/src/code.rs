//! The result of a scan: codes, where and when they were detected, what they say, how certain that is.

use std::cmp::Ordering;
use std::sync::Arc;
use std::time::Duration;

use dianjian_base::Quad;
use dianjian_base::lang::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::texts::TextSighting;

/// Sorts of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CodeKind {
    /// A QR code (二维码), Micro QR and rMQR among them, in whatever style.
    Qr,
    /// A WeChat mini-program code (小程序码): round, three eyes, spokes. Reward codes (赞赏码) are built like it.
    MiniProgram,
    /// A WeChat Channels code (视频号码): round, three eyes, bent arms of dots.
    Channels,
    /// A round code of another platform, such as Douyin's.
    Round,
    /// A Data Matrix code.
    DataMatrix,
    /// An Aztec code.
    Aztec,
    /// A MaxiCode.
    Maxicode,
    /// A PDF417 code.
    Pdf417,
    /// A linear barcode: EAN, UPC, Code 128, …
    Linear,
    /// Some code that is none of the first four and was not decoded.
    Other,
}

impl CodeKind {
    /// All kinds, in the order of their definition.
    pub const ALL: [Self; 10] = [
        Self::Qr,
        Self::MiniProgram,
        Self::Channels,
        Self::Round,
        Self::DataMatrix,
        Self::Aztec,
        Self::Maxicode,
        Self::Pdf417,
        Self::Linear,
        Self::Other,
    ];

    /// The kind's name in rules and reports, then in messages in Chinese and in English.
    const fn names(self) -> [&'static str; 3] {
        match self {
            Self::Qr => ["qr", "二维码", "QR code"],
            Self::MiniProgram => ["mini-program", "小程序码", "mini-program code"],
            Self::Channels => ["channels", "视频号码", "Channels code"],
            Self::Round => ["round", "圆形码", "round code"],
            Self::DataMatrix => ["data-matrix", "Data Matrix 码", "Data Matrix code"],
            Self::Aztec => ["aztec", "Aztec 码", "Aztec code"],
            Self::Maxicode => ["maxicode", "MaxiCode", "MaxiCode"],
            Self::Pdf417 => ["pdf417", "PDF417 码", "PDF417 code"],
            Self::Linear => ["linear", "条形码", "barcode"],
            Self::Other => ["other", "其他码", "other code"],
        }
    }

    /// The kind's name in rules and reports.
    pub const fn as_str(self) -> &'static str {
        self.names()[0]
    }

    /// The kind's name in messages.
    pub fn title(self) -> Text {
        let [_, zh, en] = self.names().map(str::to_owned);
        Text { zh, en }
    }

    /// Is it of a kind that viewers scan with their phones, rather than one of packaging and post?
    pub const fn is_for_viewers(self) -> bool {
        matches!(self, Self::Qr | Self::MiniProgram | Self::Channels | Self::Round)
    }
}

impl std::str::FromStr for CodeKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// One code in one frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The kind that was decoded, or the likeliest by the networks.
    pub kind: CodeKind,
    /// Its corners in the frame as a viewer sees it (after EXIF orientation), in the frame's own pixels.
    pub quad: Quad,
    /// How certain it is that there is a code, from 0 to 1; 1 if it was decoded.
    pub score: f32,
    /// Its payload as text; `None` if it was located but not decoded.
    pub text: Option<String>,
}

impl Code {
    /// Was its payload decoded?
    pub fn is_decoded(&self) -> bool {
        self.text.is_some()
    }

    /// From top to bottom, then left to right.
    pub(crate) fn reading_order(&self, other: &Self) -> Ordering {
        let (a, b) = (self.quad.bounds(), other.quad.bounds());
        a.top.total_cmp(&b.top).then(a.left.total_cmp(&b.left))
    }
}

/// One code over all frames that show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detection {
    /// The code as its best frame shows it.
    pub code: Code,
    /// The index of the best frame. An animated PNG of one frame has two: first the fallback picture for programs that
    /// show no animations.
    pub frame: u32,
    /// When it is visible; `None` in still pictures.
    #[serde(rename = "seen")]
    pub times: Option<DetectionTimes>,
}

/// When a code is visible in a video or animation, from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectionTimes {
    /// When the first frame that shows it appears.
    pub first: Duration,
    /// When the last frame that shows it ends.
    pub last: Duration,
    /// When its best frame appears.
    pub best: Duration,
}

/// The codes and texts of a picture or video. Stored in the cache as JSON: the names of fields are part of its format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaScan {
    /// Picture, animation or video.
    pub medium: Medium,
    /// Width in pixels, after EXIF orientation.
    pub width: u32,
    /// Height in pixels, after EXIF orientation.
    pub height: u32,
    /// The number of frames, including those that were skipped because they show nothing new.
    pub frames: u32,
    /// The duration of a video or animation; `None` for pictures.
    pub length: Option<Duration>,
    /// All codes with at least the score [`MediaSettings::floor`](crate::MediaSettings::floor), from top to bottom, then
    /// left to right; in videos by their first frame.
    #[serde(rename = "sightings")]
    pub detections: Vec<Detection>,
    /// The texts that it shows, from top to bottom, then left to right; in videos by their first frame. None where nobody
    /// read it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<TextSighting>,
    /// The engine that read its text; `None`: there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_engine: Option<String>,
    /// How many lines of a frame are text that the engine could not make out, at most.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub illegible_lines: u32,
    /// The SHA-256 of the file, in hex; empty if it is not known.
    #[serde(default)]
    pub digest: String,
}

impl MediaScan {
    /// Whether it shows text that nobody has read: there was no engine, or it could not make out all of it.
    pub const fn has_unread_text(&self) -> bool {
        self.text_engine.is_none() || self.illegible_lines > 0
    }

    /// The scan without its texts, as findings carry it along.
    #[must_use]
    pub fn without_texts(self: &Arc<Self>) -> Arc<Self> {
        if self.texts.is_empty() { Arc::clone(self) } else { Arc::new(Self { texts: Vec::new(), ..Self::clone(self) }) }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Sorts of assets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Medium {
    /// A picture that stands still.
    Picture,
    /// An animated GIF, WebP or PNG.
    Animation,
    /// A video.
    Video,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in CodeKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert!("barcode".parse::<CodeKind>().is_err());
    }
}
