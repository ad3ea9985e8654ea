//! Tables that rules look things up in.

use std::collections::BTreeMap;

use dianjian_base::lang::Text;
use dianjian_document::tree::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Evidence;

/// A table that rules look things up in; its file lies at `rules/tables/<id>.yaml`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableFile {
    /// The same as the file's name.
    pub table: Spanned<String>,
    /// What it holds. A file that extends a known table may leave out this, `key` and `columns`.
    #[serde(default)]
    pub title: Option<Text>,
    /// The columns that tell rows apart (together with their periods).
    #[serde(default)]
    pub key: Vec<Spanned<String>>,
    /// Every column and what stands in it.
    #[serde(default)]
    pub columns: BTreeMap<String, Column>,
    /// Where the rows come from, unless a row says otherwise.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// The rows: column to value, and optionally `effective: {from, until}` and `source: …`.
    pub rows: Vec<Spanned<BTreeMap<String, Spanned<serde_json::Value>>>>,
}

/// A column of a table.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What stands in it.
    pub r#type: ColumnType,
    /// How what is looked up is compared with its cells.
    #[serde(default)]
    pub compare: Comparison,
    /// What it means, with its unit.
    pub doc: Text,
}

/// How what is looked up is compared with a column's cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// As it is written.
    #[default]
    Exact,
    /// As a path such as `厨具 > 水具 > 钛杯`. Width, script, case and blanks aside, the longer path must end in the
    /// shorter one; a name or id alone is a path of one part.
    Path,
}

/// What stands in a table's column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnType {
    /// Text.
    Text,
    /// Number.
    Number,
    /// Truth value.
    Bool,
    /// `YYYY-MM-DD`.
    Date,
}
