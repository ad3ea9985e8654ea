//! What checks ask of pictures and videos: which codes and texts they show, and what their files are like.

use std::sync::Arc;

use dianjian_media::{Code, CodeKind, TextExcerpt};

use super::check::{CompiledOperand, SearchedContent, ValueSet};
use super::contents::CodeContents;
use super::language::Certainty;

/// What the file of a picture or video must be like.
#[derive(Debug)]
pub struct AssetTest {
    /// Width to height.
    pub ratio: Option<(u32, u32)>,
    pub max_bytes: Option<CompiledOperand>,
    /// By their names in [`FORMATS`](dianjian_media::FORMATS).
    pub formats: Option<ValueSet>,
}

/// Which codes in pictures and videos count.
#[derive(Debug)]
pub struct Codes {
    /// `None`: all kinds.
    pub kinds: Option<Vec<CodeKind>>,
    pub certainty: Certainty,
    /// Classes of contents that count; `None`: all.
    pub says: Option<Vec<String>>,
    /// Classes of contents that do not count.
    pub not_says: Vec<String>,
    /// The score from which on a code that was not decoded is certain.
    pub present: f32,
    /// The score from which on a code is suspected.
    pub suspected: f32,
    pub contents: Arc<CodeContents>,
}

/// What the text of pictures is searched for, and which of it counts.
#[derive(Debug)]
pub struct PictureText {
    /// Words, contacts or a pattern.
    pub content: SearchedContent,
    pub certainty: Certainty,
    /// The mean confidence of the characters found from which on they are certain.
    pub confidence: f32,
    /// The mean confidence from which on they are suspected.
    pub suspected: f32,
    /// Their height in pixels of a picture whose longer side is [`SCALE`](Self::SCALE), at least.
    pub height: f32,
}

impl PictureText {
    /// The longer side of the pictures in whose pixels heights are given.
    const SCALE: f32 = 1920.0;

    /// Whether the rule is about this part of a text, whose lowest character is that many pixels high.
    pub fn counts(&self, excerpt: &TextExcerpt, height: f32, picture: (u32, u32)) -> bool {
        let scale = Self::SCALE / picture.0.max(picture.1).max(1) as f32;
        let is_certain = excerpt.confidence >= self.confidence;
        self.certainty.counts(is_certain, excerpt.confidence >= self.suspected) && height * scale >= self.height
    }
}

impl Certainty {
    /// Whether something counts that is certain or not, and if not, suspected or not.
    const fn counts(self, is_certain: bool, is_suspected: bool) -> bool {
        match self {
            Self::Certain => is_certain,
            Self::Suspected => !is_certain && is_suspected,
            Self::Any => is_certain || is_suspected,
        }
    }
}

impl Codes {
    pub fn is_certain(&self, code: &Code) -> bool {
        code.is_decoded() || code.score >= self.present
    }

    /// Whether the rule is about this code, whose content is of `class`.
    pub fn counts(&self, code: &Code, class: &str) -> bool {
        self.certainty.counts(self.is_certain(code), code.score >= self.suspected)
            && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&code.kind))
            && self.says.as_ref().is_none_or(|says| says.iter().any(|known| known == class))
            && !self.not_says.iter().any(|known| known == class)
    }
}
