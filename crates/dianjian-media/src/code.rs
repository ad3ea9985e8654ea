//! Codes that are seen: what sort, where, what they say, how sure that is.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::geometry::Quad;
use dianjian_base::lang::Text;

/// Sorts of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CodeKind {
    /// A QR code (二维码), Micro QR and rMQR among them, in whatever style.
    Qr,
    /// A WeChat mini-program code (小程序码): round, three eyes, spokes.
    MiniProgram,
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
    /// Some code that is none of the first three and was not decoded.
    Other,
}

impl CodeKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Qr,
        Self::MiniProgram,
        Self::Round,
        Self::DataMatrix,
        Self::Aztec,
        Self::Maxicode,
        Self::Pdf417,
        Self::Linear,
        Self::Other,
    ];

    /// The name that rules use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Qr => "qr",
            Self::MiniProgram => "mini-program",
            Self::Round => "round",
            Self::DataMatrix => "data-matrix",
            Self::Aztec => "aztec",
            Self::Maxicode => "maxicode",
            Self::Pdf417 => "pdf417",
            Self::Linear => "linear",
            Self::Other => "other",
        }
    }

    /// What users call it.
    #[must_use]
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Qr => ("二维码", "QR code"),
            Self::MiniProgram => ("小程序码", "mini-program code"),
            Self::Round => ("圆形码", "round code"),
            Self::DataMatrix => ("Data Matrix 码", "Data Matrix code"),
            Self::Aztec => ("Aztec 码", "Aztec code"),
            Self::Maxicode => ("MaxiCode", "MaxiCode"),
            Self::Pdf417 => ("PDF417 码", "PDF417 code"),
            Self::Linear => ("条形码", "barcode"),
            Self::Other => ("其他码", "other code"),
        };
        Text { zh: zh.to_owned(), en: en.to_owned() }
    }

    /// Is it one that viewers scan with their phones: not a code of packaging and post?
    #[must_use]
    pub const fn is_for_viewers(self) -> bool {
        matches!(self, Self::Qr | Self::MiniProgram | Self::Round)
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
    /// What sort it is.
    pub kind: CodeKind,
    /// Its corners in the frame as a viewer sees it (after EXIF orientation), in the frame's own pixels.
    pub quad: Quad,
    /// How sure it is that a code is there, 0 to 1; 1 where it was decoded.
    pub score: f32,
    /// What it says; `None`: seen, but not decoded.
    pub text: Option<String>,
}

impl Code {
    /// Was it read, so that there is no doubt?
    #[must_use]
    pub fn is_decoded(&self) -> bool {
        self.text.is_some()
    }
}

/// One code over all frames that show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detection {
    /// The code as it is seen in its best frame.
    pub code: Code,
    /// The best frame, the first is 0. An animated PNG of one frame has two: the one for programs that show no
    /// animations, and its own.
    pub frame: u32,
    /// Of moving pictures: when it is seen.
    #[serde(rename = "seen")]
    pub times: Option<DetectionTimes>,
}

/// When a code is seen in a moving picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectionTimes {
    /// The first frame that shows it.
    pub first: Duration,
    /// The end of the last frame that shows it.
    pub last: Duration,
    /// The best frame.
    pub best: Duration,
}

/// What was looked at, and the codes in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaScan {
    /// What it is.
    pub medium: Medium,
    /// Width in pixels as a viewer sees it.
    pub width: u32,
    /// Height in pixels as a viewer sees it.
    pub height: u32,
    /// Frames that were looked at (similar ones count though they are passed over).
    pub frames: u32,
    /// Of moving pictures: how long they are, as far as was looked.
    pub length: Option<Duration>,
    /// All codes whose score reaches the floor, from top to bottom and left to right.
    #[serde(rename = "sightings")]
    pub detections: Vec<Detection>,
    /// The SHA-256 of the file's bytes, in hex; empty: not known.
    #[serde(default)]
    pub digest: String,
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
