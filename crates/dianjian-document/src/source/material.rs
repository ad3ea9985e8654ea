//! Material: pictures, video and texts that are given by themselves rather than named by a record.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where material is seen or heard, which decides the rules that it is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "FileRole")]
pub enum MaterialUse {
    /// In a live room: on its picture, in its script or captions.
    #[default]
    Live,
    /// The cover of a live room.
    Cover,
    /// The homepage of a shop.
    Homepage,
    /// A picture of a product.
    Product,
}

/// What material is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MaterialForm {
    /// A picture.
    Picture,
    /// A video.
    Video,
    /// Captions.
    Captions,
    /// A script: a text or a document.
    Text,
}

/// Names of texts that say something of the files beside them and are no material, in small letters.
const BESIDE: [&str; 8] = ["readme", "license", "licence", "changelog", "contributing", "notice", "说明", "使用说明"];

impl MaterialForm {
    /// The form of a file name's extension, in any case.
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "png" | "jpg" | "jpeg" | "gif" | "webp" | "bmp" | "heic" | "heif" | "avif" | "tif" | "tiff" => {
                Some(Self::Picture)
            }
            "mp4" | "mov" | "mkv" | "webm" | "avi" | "flv" | "m4v" => Some(Self::Video),
            "srt" | "vtt" | "ass" | "ssa" | "lrc" => Some(Self::Captions),
            "txt" | "md" | "html" | "htm" | "docx" | "docm" | "doc" | "wps" | "rtf" | "odt" | "pptx" | "pptm"
            | "ppt" | "odp" | "pdf" => Some(Self::Text),
            _ => None,
        }
    }

    /// Whether a text of this name may as well hold records or a table.
    pub fn may_hold_records(path: &Path) -> bool {
        let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
        matches!(extension.as_deref(), Some("txt" | "md" | "html" | "htm"))
    }

    /// Whether a text is called like one that only says something of the files beside it.
    pub fn lies_beside(path: &Path) -> bool {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase());
        stem.is_some_and(|stem| BESIDE.contains(&stem.split('.').next().unwrap_or_default()))
    }
}
