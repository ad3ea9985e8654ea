//! Records that show a rule at work.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use dianjian_document::tree::Spanned;
use dianjian_media::CodeKind;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Param;

/// A record (or a list of them) and what the rule finds in it.
///
/// Records are written without `kind` where it is the rule's own. A field that names a text file takes
/// `{text: "…"}` instead.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Breaks the rule: a record, a list of records for rules over many, or the text of a whole YAML file.
    #[serde(default)]
    pub bad: Option<Spanned<serde_json::Value>>,
    /// Keeps the rule.
    #[serde(default)]
    pub good: Option<Spanned<serde_json::Value>>,
    /// The rule does not apply (SKIP).
    #[serde(default)]
    pub skip: Option<Spanned<serde_json::Value>>,
    /// What is found: `path` or `path: characters found`, in order; for a list of records `[1].path: …`.
    #[serde(default)]
    pub finds: Vec<Spanned<String>>,
    /// The fields of the record after the rule's fix (only those named are compared).
    #[serde(default)]
    pub fixed: Option<Spanned<serde_json::Value>>,
    /// The day of the check; default: the first day on which the rule holds, else 2026-01-01.
    #[serde(default)]
    pub as_of: Option<NaiveDate>,
    /// Parameters for this example.
    #[serde(default)]
    pub params: BTreeMap<String, Spanned<Param>>,
    /// What is seen in the assets that the record names: `{wall.png: {codes: [{kind: qr, says: …}]}}`. Those of a
    /// folder or pattern are named by their whole path, `slides/1.png`.
    #[serde(default)]
    pub assets: BTreeMap<String, ExampleAsset>,
}

/// A picture or video of an example.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExampleAsset {
    /// Width and height in pixels; default 1080 by 1920.
    pub size: Option<(u32, u32)>,
    /// Its size in bytes; default 100000.
    pub bytes: Option<u64>,
    /// Its format by its content; default `png`.
    pub format: Option<String>,
    /// The codes that it shows.
    pub codes: Vec<ExampleCode>,
    /// The texts that it shows.
    pub texts: Vec<ExampleText>,
}

/// A text in a picture of an example.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleText {
    /// What it says.
    pub says: String,
    /// How sure the engine is of it; default 0.95.
    #[serde(default)]
    pub confidence: Option<f32>,
    /// Left, top, width and height in pixels; default: 600 by 60 in the middle.
    #[serde(default)]
    pub r#box: Option<[f32; 4]>,
    /// Of a moving picture: the seconds in which it is first and last seen.
    #[serde(default)]
    pub seen: Option<[u32; 2]>,
}

/// A code in a picture of an example.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleCode {
    /// What sort it is.
    pub kind: CodeKind,
    /// What it says; absent: it cannot be read.
    #[serde(default)]
    pub says: Option<String>,
    /// How sure it is that it is there; default 1.
    #[serde(default)]
    pub score: Option<f32>,
    /// Left, top, width and height in pixels; default: 200 by 200 in the lower right corner.
    #[serde(default)]
    pub r#box: Option<[f32; 4]>,
    /// Of a moving picture: the seconds in which it is first and last seen.
    #[serde(default)]
    pub seen: Option<[u32; 2]>,
}
