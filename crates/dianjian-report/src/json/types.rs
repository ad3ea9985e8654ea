//! The form of the report, version 1. Descriptions in `schemas/report.schema.json` are the comments below.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_document::edit::Applicability;
use dianjian_engine::OutsideCounts;
use dianjian_engine::ledger::{LookedState, StateCounts, UnreadText};
use dianjian_rules::language::{Confidence, Severity, SourceClass};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::picture_types::JsonPicture;

/// A whole report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Report")]
pub struct JsonReport<'a> {
    /// The form's version: 1.
    pub version: u32,
    /// The day as of which the rules were applied.
    pub as_of: NaiveDate,
    /// What the run came to.
    pub summary: JsonSummary,
    /// What breaks a rule, in the order of files and places.
    #[serde(borrow)]
    pub findings: Vec<JsonFinding<'a>>,
    /// What kept the run from looking at everything.
    #[serde(borrow)]
    pub problems: Vec<JsonProblem<'a>>,
}

/// What the run came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Summary")]
pub struct JsonSummary {
    /// Files read.
    pub files: usize,
    /// Records by kind.
    pub records: BTreeMap<String, usize>,
    /// Findings of severity `error`.
    pub errors: usize,
    /// Findings of severity `warning`.
    pub warnings: usize,
    /// Findings of severity `info`.
    pub infos: usize,
    /// Findings silenced by comments or configuration; not among `findings`.
    pub suppressed: usize,
    /// Findings that the baseline knows; not among `findings`.
    pub baselined: usize,
    /// Entries of the baseline that no longer occur.
    pub stale: usize,
    /// How many `problems` there are.
    pub problems: usize,
    /// Pictures of exports that are addresses, at which nobody looked.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub addresses: usize,
    /// Answers of the platform that hold nothing to be checked.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub idle: usize,
    /// Records of other platforms, to which the rules of WeChat's platform do not apply.
    #[serde(default, skip_serializing_if = "OutsideCounts::is_empty")]
    pub outside: OutsideCounts,
    /// Findings below `--min-severity` or `--min-confidence`; not among `findings`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hidden: usize,
    /// Findings outside the files of `--changed-since` or `--report-only`; not among `findings`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub elsewhere: usize,
    /// Findings that say that something was not read or not understood; no filter hides them, and the exit status is 2.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub gaps: usize,
    /// What was looked at.
    pub looked_at: JsonLookedAt,
    /// Findings that `--fix` could mend.
    pub fixable: JsonFixable,
    /// How many of these change a value that no other record may have, such as a name: of these `--fix` makes those that
    /// lead to no new finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unproven: Option<JsonFixable>,
    /// With `--statistics`: how often each rule is broken, the worst and most frequent first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statistics: Option<Vec<JsonRuleCount>>,
}

/// How often a rule is broken, at one severity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RuleCount")]
pub struct JsonRuleCount {
    /// The rule's id.
    pub rule: String,
    /// The severity of these findings.
    pub severity: Severity,
    /// How many there are.
    pub count: usize,
    /// How many of them `--fix` or `--fix=unsafe` could mend.
    pub fixable: usize,
}

/// What was looked at: how much of each sort ended in which state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LookedAt")]
pub struct JsonLookedAt {
    /// Inputs.
    pub files: StateCounts,
    /// Records.
    pub records: StateCounts,
    /// Scripts and captions.
    pub texts: StateCounts,
    /// Pictures.
    pub pictures: StateCounts,
    /// Seconds of video.
    pub video_seconds: StateCounts,
    /// Pictures and videos among those that were checked whose text nobody read, as there was no engine for it.
    #[serde(default, skip_serializing_if = "UnreadText::is_none")]
    pub text_not_read: UnreadText,
    /// Records of which some rules were neither passed nor failed, as a record that they name is not among the inputs.
    #[serde(default)]
    pub undecided: u64,
    /// The inputs that were not checked, in order.
    pub passed_over: Vec<JsonPassedOver>,
    /// Rows of totals in tables, which are no records; they count among the records with nothing to check.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub totals: usize,
    /// Records to which rules were not applied because they do not say a field, by the field: `Shop.subject.type`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unsaid: BTreeMap<String, usize>,
    /// Sheets of workbooks that were passed over beside others that were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_sheets: Vec<JsonPassedSheet>,
}

/// A sheet of a workbook that was passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PassedSheet")]
pub struct JsonPassedSheet {
    /// The workbook's name as shown.
    pub file: String,
    /// The sheet's name.
    pub sheet: String,
    /// Why.
    pub reason: String,
}

/// An input that was not checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PassedOver")]
pub struct JsonPassedOver {
    /// Its name as shown.
    pub file: String,
    /// What became of it.
    pub state: LookedState,
    /// Why.
    pub reason: String,
}

/// Findings that `--fix` could mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Fixable")]
pub struct JsonFixable {
    /// With `--fix`.
    pub safe: usize,
    /// With `--fix=unsafe` only.
    pub r#unsafe: usize,
}

/// One thing that breaks a rule.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Finding")]
pub struct JsonFinding<'a> {
    /// The rule's id.
    #[serde(borrow)]
    pub rule: Cow<'a, str>,
    /// How bad it is, after the project's overrides.
    pub severity: Severity,
    /// What is wrong.
    pub message: Cow<'a, str>,
    /// Which of the rule's messages that is: `rule`, or an id of its `messages`.
    pub message_id: Cow<'a, str>,
    /// What to do.
    pub help: Option<Cow<'a, str>>,
    /// The record that it is about.
    pub record: JsonRecord<'a>,
    /// The field's path in the record.
    pub path: Cow<'a, str>,
    /// Where it is.
    pub location: JsonLocation<'a>,
    /// Other places that contribute.
    pub related: Vec<JsonRelated<'a>>,
    /// How many more such places there are.
    pub related_omitted: usize,
    /// The code that was seen in a picture or video; absent for other findings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<JsonPicture<'a>>,
    /// Ways to mend it.
    pub fixes: Vec<JsonFix<'a>>,
    /// The day whose rules it breaks: the run's, or that of a scheduled live room.
    pub as_of: NaiveDate,
    /// Where the rule comes from.
    pub evidence: Vec<JsonEvidence<'a>>,
    /// The best confidence among the evidence that counts on that day; `low` where none does.
    pub confidence: Confidence,
    /// Whether the rule rests on a conclusion of ours instead of a source's own words.
    pub inference: bool,
    /// When the rule holds.
    pub effective: JsonEffective,
    /// A stable name of this finding: it survives moves and reformatting.
    pub fingerprint: Cow<'a, str>,
    /// Whether it says that something was not read or not understood: no filter hides that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gap: bool,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Record")]
pub struct JsonRecord<'a> {
    /// `Shop`, `LiveRoom`, …; empty where the finding is about a file as such.
    #[serde(borrow)]
    pub kind: Cow<'a, str>,
    /// Its id, if it has one.
    pub id: Option<Cow<'a, str>>,
}

/// A stretch of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Location")]
pub struct JsonLocation<'a> {
    /// The file's name as given, with `/` between its parts.
    #[serde(borrow)]
    pub file: Cow<'a, str>,
    /// Its first character; null in a workbook or document, which have no lines.
    pub start: Option<JsonPosition>,
    /// The first character after it; null in a workbook or document.
    pub end: Option<JsonPosition>,
    /// In a table: the cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<JsonCell<'a>>,
    /// In a document: the passage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passage: Option<JsonPassage>,
}

/// A paragraph of a document, or a line of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Passage")]
pub struct JsonPassage {
    /// What it belongs to: body, table, text-box, footnote, endnote, header, footer, slide, slide-table, notes or page.
    pub part: String,
    /// Its number there, from 1.
    pub number: u32,
    /// Its place as people name it.
    pub name: Text,
    /// Number of the slide, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slide: Option<u32>,
    /// Number of the page, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Number of the table in the document, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<u32>,
    /// Number of the row in its table, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Number of the cell in its row, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<u32>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Cell")]
pub struct JsonCell<'a> {
    /// Number of its row in the sheet; in CSV the line on which its row begins.
    pub row: u64,
    /// Number of its column, from 1.
    pub column: u64,
    /// The heading of its column.
    #[serde(borrow)]
    pub header: Option<Cow<'a, str>>,
    /// Its name in the sheet, such as B7; null in CSV.
    pub name: Option<String>,
    /// The sheet; null in CSV.
    pub sheet: Option<String>,
}

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Position")]
pub struct JsonPosition {
    /// Line, from 1.
    pub line: u64,
    /// Column in characters (Unicode scalar values), from 1.
    pub column: u64,
    /// Bytes before it in the file, from 0; of a file in another encoding than UTF-8, in its text as UTF-8.
    pub offset: u64,
}

/// Another place of a finding.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Related")]
pub struct JsonRelated<'a> {
    /// Where it is.
    #[serde(borrow)]
    pub location: JsonLocation<'a>,
    /// What is there.
    pub message: Option<Cow<'a, str>>,
}

/// A way to mend a finding.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Fix")]
pub struct JsonFix<'a> {
    /// Whether it may be applied unasked.
    pub applicability: Applicability,
    /// What it does.
    #[serde(borrow)]
    pub title: Cow<'a, str>,
    /// Edits that belong together.
    pub edits: Vec<JsonEdit<'a>>,
}

/// `start` to `end` of a file give way to `text`; in a workbook it becomes the whole text of `cell`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Edit")]
pub struct JsonEdit<'a> {
    /// The file.
    #[serde(borrow)]
    pub file: Cow<'a, str>,
    /// The first place to go; null in a workbook.
    pub start: Option<JsonPosition>,
    /// The first place to stay; null in a workbook.
    pub end: Option<JsonPosition>,
    /// In a table: the cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<JsonCell<'a>>,
    /// The new text.
    pub text: Cow<'a, str>,
}

/// Who says so.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Evidence")]
pub struct JsonEvidence<'a> {
    /// What sort of source it is.
    pub source: SourceClass,
    /// Which one, for programs.
    #[serde(borrow)]
    pub r#ref: Cow<'a, str>,
    /// What it is called.
    pub title: Option<Cow<'a, str>>,
    /// Who wrote or published it.
    pub publisher: Option<Cow<'a, str>>,
    /// The day on which it was published; null: it bears none.
    pub date: Option<NaiveDate>,
    /// The day on which it says that it takes effect.
    pub in_force: Option<NaiveDate>,
    /// Where it can be opened.
    pub url: Option<Cow<'a, str>>,
    /// How far it can be trusted.
    pub confidence: Confidence,
    /// Whether it existed on the day of the finding, so that it counts.
    pub counts: bool,
    /// What it says.
    pub says: Cow<'a, str>,
    /// Why the rule holds from an earlier day than this evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Cow<'a, str>>,
}

/// When a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Effective")]
pub struct JsonEffective {
    /// The first day on which it holds; null: always did.
    pub from: Option<NaiveDate>,
    /// The first day on which it no longer holds; null: still does.
    pub until: Option<NaiveDate>,
}

/// What kept the run from looking at everything.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Problem")]
pub struct JsonProblem<'a> {
    /// The file's name; null where there is none.
    #[serde(borrow)]
    pub file: Option<Cow<'a, str>>,
    /// In a workbook: the sheet, or the cell (`店铺!B7`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<Cow<'a, str>>,
    /// What is wrong.
    pub message: Cow<'a, str>,
    /// What to do.
    pub help: Option<Cow<'a, str>>,
    /// Where it is, if the file could be read.
    pub location: Option<JsonLocation<'a>>,
    /// Other places, with a word about each.
    pub related: Vec<JsonRelated<'a>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
