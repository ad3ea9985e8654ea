//! The run as one JSON document. The types below are its form, version 1; `schemas/report.schema.json`
//! is generated from them.
//!
//! Columns count characters from 1, offsets count bytes from 0, ends are exclusive.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Format, Layout, Run};
use dianjian_document::edit::{Applicability, CellChange};
use dianjian_document::source::{self, SourceFile, Span};
use dianjian_engine::finding;
use dianjian_media::{CodeDisplay, CodeKind, Medium};
use dianjian_rules::language::{Confidence, Severity, SourceClass};

/// The form's version; it grows when a reader of the old form would misread the new one.
pub const VERSION: u32 = 1;

/// A whole report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report<'a> {
    /// The form's version: 1.
    pub version: u32,
    /// The day as of which the rules were applied.
    pub as_of: NaiveDate,
    /// What the run came to.
    pub summary: Summary,
    /// What breaks a rule, in the order of files and places.
    #[serde(borrow)]
    pub findings: Vec<Finding<'a>>,
    /// What kept the run from looking at everything.
    #[serde(borrow)]
    pub problems: Vec<Problem<'a>>,
}

/// What the run came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Summary {
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
    /// Findings that `--fix` could mend.
    pub fixable: Fixable,
}

/// Findings that `--fix` could mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fixable {
    /// With `--fix`.
    pub safe: usize,
    /// With `--fix=unsafe` only.
    pub r#unsafe: usize,
}

/// One thing that breaks a rule.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding<'a> {
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
    pub record: Record<'a>,
    /// The field's path in the record.
    pub path: Cow<'a, str>,
    /// Where it is.
    pub location: Location<'a>,
    /// Other places that contribute.
    pub related: Vec<Related<'a>>,
    /// How many more such places there are.
    pub related_omitted: usize,
    /// The code that was seen in a picture or video; absent for other findings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture<'a>>,
    /// Ways to mend it.
    pub fixes: Vec<Fix<'a>>,
    /// Where the rule comes from.
    pub evidence: Vec<Evidence<'a>>,
    /// The best confidence among the evidence.
    pub confidence: Confidence,
    /// When the rule holds.
    pub effective: Effective,
    /// A stable name of this finding: it survives moves and reformatting.
    pub fingerprint: Cow<'a, str>,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Record<'a> {
    /// `Shop`, `LiveRoom`, …; empty where the finding is about a file as such.
    #[serde(borrow)]
    pub kind: Cow<'a, str>,
    /// Its id, if it has one.
    pub id: Option<Cow<'a, str>>,
}

/// A stretch of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Location<'a> {
    /// The file's name as given, with `/` between its parts.
    #[serde(borrow)]
    pub file: Cow<'a, str>,
    /// Its first character; null in a workbook, which has cells and no lines.
    pub start: Option<Position>,
    /// The first character after it; null in a workbook.
    pub end: Option<Position>,
    /// In a table: the cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<Cell<'a>>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cell<'a> {
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
pub struct Position {
    /// Line, from 1.
    pub line: u64,
    /// Column in characters (Unicode scalar values), from 1.
    pub column: u64,
    /// Bytes before it in the file, from 0; of a table in another encoding than UTF-8, in its text as UTF-8.
    pub offset: u64,
}

/// Another place of a finding.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Related<'a> {
    /// Where it is.
    #[serde(borrow)]
    pub location: Location<'a>,
    /// What is there.
    pub message: Option<Cow<'a, str>>,
}

/// A code in a picture or video. Places are pixels from the upper left corner of the picture as a viewer sees it
/// (after its EXIF orientation).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Picture<'a> {
    /// The file's name as shown, with `/` between its parts.
    #[serde(borrow)]
    pub file: Cow<'a, str>,
    /// What the file is.
    pub medium: Medium,
    /// The picture's width in pixels.
    pub width: u32,
    /// The picture's height in pixels.
    pub height: u32,
    /// The sort of code.
    pub kind: CodeKind,
    /// The upright box around it.
    pub r#box: PixelBox,
    /// Its four corners, clockwise, as x and y.
    pub polygon: [[f32; 2]; 4],
    /// Where it is, in words.
    pub place: Cow<'a, str>,
    /// How sure it is that a code is there, 0 to 1.
    pub score: f32,
    /// Is it certain that a code is there, by the rule's `present`?
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
    pub seen: Option<SeenFor>,
    /// The frame in which it is seen best; the first is 0.
    pub frame: u32,
    /// The SHA-256 of the file, in hex.
    pub sha256: Option<Cow<'a, str>>,
}

/// An upright box in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PixelBox {
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
pub struct SeenFor {
    /// When it is first seen.
    pub first: f64,
    /// When it is last seen.
    pub last: f64,
    /// When it is seen best.
    pub best: f64,
}

/// A way to mend a finding.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fix<'a> {
    /// Whether it may be applied unasked.
    pub applicability: Applicability,
    /// What it does.
    #[serde(borrow)]
    pub title: Cow<'a, str>,
    /// Edits that belong together.
    pub edits: Vec<Edit<'a>>,
}

/// `start` to `end` of a file give way to `text`; in a workbook it becomes the whole text of `cell`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edit<'a> {
    /// The file.
    #[serde(borrow)]
    pub file: Cow<'a, str>,
    /// The first place to go; null in a workbook.
    pub start: Option<Position>,
    /// The first place to stay; null in a workbook.
    pub end: Option<Position>,
    /// In a table: the cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<Cell<'a>>,
    /// The new text.
    pub text: Cow<'a, str>,
}

/// Who says so.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence<'a> {
    /// What sort of source it is.
    pub source: SourceClass,
    /// Which one.
    #[serde(borrow)]
    pub r#ref: Cow<'a, str>,
    /// The date that the source bears or names.
    pub dated: Option<NaiveDate>,
    /// How far it can be trusted.
    pub confidence: Confidence,
    /// What it says.
    pub says: Cow<'a, str>,
}

/// When a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Effective {
    /// The first day on which it holds; null: always did.
    pub from: Option<NaiveDate>,
    /// The first day on which it no longer holds; null: still does.
    pub until: Option<NaiveDate>,
}

/// What kept the run from looking at everything.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Problem<'a> {
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
    pub location: Option<Location<'a>>,
    /// Other places, with a word about each.
    pub related: Vec<Related<'a>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// The JSON Schema of [`Report`].
#[must_use]
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Report<'static>)
}

impl From<source::Position> for Position {
    fn from(position: source::Position) -> Self {
        Self { line: position.line, column: position.column, offset: position.offset }
    }
}

impl<'a> Cell<'a> {
    pub(super) fn of(source: &'a SourceFile, span: Span) -> Option<Self> {
        let place = source.field_at(span.start)?;
        let cell = source.cell(span.start);
        let line = || source.record_span(span.start).map(|record| source.position(record.start).line);
        Some(Self {
            row: cell.as_ref().map(|cell| u64::from(cell.row)).or_else(line)?,
            column: cell.as_ref().map_or(place.field as u64, |cell| cell.column.into()) + 1,
            header: source.heading(span.start).filter(|heading| !heading.is_empty()).map(Cow::Borrowed),
            name: cell.as_ref().map(source::CellAddress::a1),
            sheet: cell.map(|cell| cell.sheet.to_string()),
        })
    }
}

impl<'a> Location<'a> {
    fn of(source: &'a SourceFile, span: Span) -> Self {
        let (start, end) = ends(source, span);
        Self { file: source.name().into(), start, end, cell: Cell::of(source, span) }
    }
}

/// Where a span begins and ends, unless it lies in a workbook.
fn ends(source: &SourceFile, span: Span) -> (Option<Position>, Option<Position>) {
    if source.is_sheet() {
        return (None, None);
    }
    let (start, end) = source.range(span);
    (Some(start.into()), Some(end.into()))
}

impl From<&finding::Summary> for Summary {
    fn from(summary: &finding::Summary) -> Self {
        Self {
            files: summary.files,
            records: summary.records.clone(),
            errors: summary.errors,
            warnings: summary.warnings,
            infos: summary.infos,
            suppressed: summary.suppressed,
            baselined: summary.baselined,
            stale: summary.stale,
            problems: summary.problems,
            addresses: summary.addresses,
            idle: summary.nothing_to_check,
            fixable: Fixable { safe: summary.fixable.0, r#unsafe: summary.fixable.1 },
        }
    }
}

impl<'a> Finding<'a> {
    /// A finding in the language of the run.
    #[must_use]
    pub fn of(run: &Run, finding: &'a finding::Finding) -> Self {
        let rule = &finding.rule;
        let related = |label: &'a finding::Label| Related {
            location: Location::of(&label.source, label.span),
            message: label.message.as_ref().map(|message| message.render(run.lang).into()),
        };
        Self {
            rule: rule.id.as_str().into(),
            severity: finding.severity,
            message: finding.message.render(run.lang).into(),
            message_id: Cow::Borrowed(&finding.message.id),
            help: finding.help.as_ref().map(|help| help.render(run.lang).into()),
            record: Record {
                kind: Cow::Borrowed(&finding.record.kind),
                id: finding.record.id.as_deref().map(Cow::Borrowed),
            },
            path: finding.path.as_str().into(),
            location: Location::of(&finding.primary.source, finding.primary.span),
            related: finding.related.iter().map(related).collect(),
            related_omitted: finding.related_omitted,
            picture: finding.picture.as_deref().map(|shown| Picture::of(run, shown)),
            fixes: finding.fixes.iter().map(|fix| Fix::of(run, fix)).collect(),
            evidence: rule.evidence.iter().map(|evidence| Evidence::of(run, evidence)).collect(),
            confidence: rule.confidence(),
            effective: Effective { from: rule.effective.from, until: rule.effective.until },
            fingerprint: finding.fingerprint.as_str().into(),
        }
    }
}

impl<'a> Picture<'a> {
    /// A code in the language of the run.
    #[must_use]
    pub fn of(run: &Run, shown: &'a CodeDisplay) -> Self {
        let (code, looked) = (&shown.detection.code, &shown.scan);
        let bounds = shown.bounds();
        Self {
            file: shown.file.as_str().into(),
            medium: looked.medium,
            width: looked.width,
            height: looked.height,
            kind: code.kind,
            r#box: PixelBox {
                left: tenths(bounds.left),
                top: tenths(bounds.top),
                width: tenths(bounds.width),
                height: tenths(bounds.height),
            },
            polygon: code.quad.0.map(|corner| [tenths(corner.x), tenths(corner.y)]),
            place: shown.place().get(run.lang).to_owned().into(),
            score: (code.score * 1000.0).round() / 1000.0,
            certain: shown.certain,
            decoded: code.is_decoded(),
            text: code.text.as_deref().map(Cow::Borrowed),
            content: shown.class.as_deref().map(Cow::Borrowed),
            content_title: shown.content.as_ref().map(|title| title.get(run.lang).into()),
            seen: shown.detection.times.map(|seen| SeenFor {
                first: seen.first.as_secs_f64(),
                last: seen.last.as_secs_f64(),
                best: seen.best.as_secs_f64(),
            }),
            frame: shown.detection.frame,
            sha256: Some(looked.digest.as_str()).filter(|digest| !digest.is_empty()).map(Cow::Borrowed),
        }
    }
}

/// Rounded to tenths of a pixel: more is noise.
pub(super) fn tenths(pixels: f32) -> f32 {
    (pixels * 10.0).round() / 10.0
}

impl<'a> Fix<'a> {
    fn of(run: &Run, fix: &'a finding::Fix) -> Self {
        let edits = fix.edits.iter().map(|(source, edit)| {
            let (start, end) = ends(source, edit.span);
            let text = match CellChange::of(source, edit) {
                Some(change) => Cow::Owned(change.after),
                None => Cow::Borrowed(edit.text.as_str()),
            };
            Edit { file: source.name().into(), start, end, cell: Cell::of(source, edit.span), text }
        });
        Self { applicability: fix.applicability, title: fix.title.get(run.lang).into(), edits: edits.collect() }
    }
}

impl<'a> Evidence<'a> {
    fn of(run: &Run, evidence: &'a dianjian_rules::language::Evidence) -> Self {
        Self {
            source: evidence.source,
            r#ref: evidence.r#ref.as_str().into(),
            dated: evidence.dated,
            confidence: evidence.confidence,
            says: evidence.says.get(run.lang).into(),
        }
    }
}

impl<'a> Problem<'a> {
    /// A problem in the language of the run.
    #[must_use]
    pub fn of(run: &Run, problem: &'a finding::Problem) -> Self {
        let related = problem.related.iter().map(|(source, span, text)| Related {
            location: Location::of(source, *span),
            message: Some(text.get(run.lang).into()),
        });
        Self {
            file: (!problem.file.is_empty()).then(|| problem.file.as_str().into()),
            sheet: problem.sheet.as_deref().map(Cow::Borrowed),
            message: problem.message.get(run.lang).into(),
            help: problem.help.as_ref().map(|help| help.get(run.lang).into()),
            location: problem.place.as_ref().map(|(source, span)| Location::of(source, *span)),
            related: related.collect(),
        }
    }
}

/// Appends a value as JSON. The types of reports have only text keys and finite numbers, which is
/// all that JSON could refuse.
pub(super) fn push<T: Serialize>(value: &T, out: &mut String) {
    out.push_str(&serde_json::to_string(value).unwrap_or_default());
}

/// The `json` format: a line each finding and problem.
pub(super) struct Json;

impl Format for Json {
    fn layout(&self) -> Layout {
        Layout::Document
    }

    fn finding(&self, run: &Run, finding: &finding::Finding, out: &mut String) {
        push(&Finding::of(run, finding), out);
    }

    fn problem(&self, run: &Run, problem: &finding::Problem, out: &mut String) {
        push(&Problem::of(run, problem), out);
    }

    fn separator(&self) -> &'static str {
        ",\n"
    }

    fn head(&self, run: &Run, summary: &finding::Summary, out: &mut String) {
        out.push_str("{\"version\":");
        push(&VERSION, out);
        out.push_str(",\"as_of\":");
        push(&run.as_of, out);
        out.push_str(",\"summary\":");
        push(&Summary::from(summary), out);
        out.push_str(",\"findings\":[\n");
    }

    fn between(&self, _run: &Run, _summary: &finding::Summary, out: &mut String) {
        out.push_str("\n],\"problems\":[\n");
    }

    fn tail(&self, _run: &Run, _summary: &finding::Summary, out: &mut String) {
        out.push_str("\n]}\n");
    }
}
