//! Codes and texts in pictures, as `--format json` prints them.

use std::borrow::Cow;

use dianjian_media::{CodeKind, Medium};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A code or text in a picture or video. Places are pixels from the upper left corner of the picture as a viewer sees it
/// (after its EXIF orientation).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Picture")]
pub struct JsonPicture<'a> {
    /// The file's name as shown, with `/` between its parts.
    #[serde(borrow)]
    pub file: Cow<'a, str>,
    /// What the file is.
    pub medium: Medium,
    /// The picture's width in pixels.
    pub width: u32,
    /// The picture's height in pixels.
    pub height: u32,
    /// The sort of code, or `text`.
    #[schemars(schema_with = "picture_kinds")]
    pub kind: Cow<'a, str>,
    /// The upright box around it.
    pub r#box: JsonPixelBox,
    /// Its four corners, clockwise, as x and y.
    pub polygon: [[f32; 2]; 4],
    /// Where it is, in words.
    pub place: Cow<'a, str>,
    /// How sure it is that a code is there, or of the characters of a text on average; 0 to 1.
    pub score: f32,
    /// Is it certain that a code is there, by the rule's `present`? A text is.
    pub certain: bool,
    /// Was it read?
    pub decoded: bool,
    /// What it says, where it was read.
    pub text: Option<Cow<'a, str>>,
    /// The class of what it says, of the table `code-contents`.
    pub content: Option<Cow<'a, str>>,
    /// What the class is called.
    pub content_title: Option<Cow<'a, str>>,
    /// When it is seen, of moving pictures.
    pub seen: Option<JsonSeenFor>,
    /// The frame in which it is seen best; the first is 0.
    pub frame: u32,
    /// The SHA-256 of the file, in hex.
    pub sha256: Option<Cow<'a, str>>,
}

/// The sorts of code, and `text`.
fn picture_kinds(_: &mut SchemaGenerator) -> Schema {
    let kinds: Vec<&str> = CodeKind::ALL.iter().map(|kind| kind.as_str()).chain(["text"]).collect();
    json_schema!({"type": "string", "enum": kinds})
}

/// An upright box in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PixelBox")]
pub struct JsonPixelBox {
    /// Its left edge.
    pub left: f32,
    /// Its upper edge.
    pub top: f32,
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
}

/// When a code is seen in a moving picture, in seconds from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SeenFor")]
pub struct JsonSeenFor {
    /// When it is first seen.
    pub first: f64,
    /// When it is last seen.
    pub last: f64,
    /// When it is seen best.
    pub best: f64,
}
