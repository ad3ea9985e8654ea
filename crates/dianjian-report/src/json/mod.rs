//! The run as one JSON document. `types` has its parts, from which `schemas/report.schema.json` is generated.
//!
//! Columns count characters from 1, offsets count bytes from 0, ends are exclusive.

mod picture_types;
mod types;

use std::borrow::Cow;

use chrono::NaiveDate;
use dianjian_document::edit::CellChange;
use dianjian_document::source::{self, Passage, PassagePart, SourceFile, Span};
use dianjian_engine::finding;
use dianjian_engine::ledger::{PassedOver, PassedSheet};
use dianjian_media::SightingDisplay;
pub use picture_types::{JsonPicture, JsonPixelBox, JsonSeenFor};
use serde::Serialize;
pub use types::{
    JsonCell, JsonEdit, JsonEffective, JsonEvidence, JsonFinding, JsonFix, JsonFixable, JsonLocation, JsonLookedAt,
    JsonPassage, JsonPassedOver, JsonPassedSheet, JsonPosition, JsonProblem, JsonRecord, JsonRelated, JsonReport,
    JsonRuleCount, JsonSummary,
};

use crate::{ReportFormat, RunInfo};

/// The version of the format; it grows with changes that a reader of the old one would misread.
pub const VERSION: u32 = 1;

/// The JSON Schema of [`JsonReport`].
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(JsonReport<'static>)
}

impl From<source::Position> for JsonPosition {
    fn from(position: source::Position) -> Self {
        Self { line: position.line, column: position.column, offset: position.offset }
    }
}

impl<'a> JsonCell<'a> {
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

impl<'a> JsonLocation<'a> {
    fn of(source: &'a SourceFile, span: Span) -> Self {
        let (start, end) = ends(source, span);
        let passage = source.passage(span.start).map(JsonPassage::from);
        Self { file: source.name().into(), start, end, cell: JsonCell::of(source, span), passage }
    }
}

impl From<Passage> for JsonPassage {
    fn from(passage: Passage) -> Self {
        let (mut slide, mut page, mut table, mut row, mut cell) = (None, None, None, None, None);
        let part = match passage.part {
            PassagePart::Body => "body",
            PassagePart::Cell { table: t, row: r, cell: c } => {
                (table, row, cell) = (Some(t), Some(r), Some(c));
                "table"
            }
            PassagePart::TextBox => "text-box",
            PassagePart::Footnote => "footnote",
            PassagePart::Endnote => "endnote",
            PassagePart::Header => "header",
            PassagePart::Footer => "footer",
            PassagePart::Slide(number) => {
                slide = Some(number);
                "slide"
            }
            PassagePart::SlideCell { slide: number, row: r, cell: c } => {
                (slide, row, cell) = (Some(number), Some(r), Some(c));
                "slide-table"
            }
            PassagePart::Notes(number) => {
                slide = Some(number);
                "notes"
            }
            PassagePart::Page(number) => {
                page = Some(number);
                "page"
            }
        };
        Self { part: part.to_owned(), number: passage.number, name: passage.name(), slide, page, table, row, cell }
    }
}

/// Where a span begins and ends, unless it lies in a workbook or document.
fn ends(source: &SourceFile, span: Span) -> (Option<JsonPosition>, Option<JsonPosition>) {
    if !source.has_lines() {
        return (None, None);
    }
    let (start, end) = source.range(span);
    (Some(start.into()), Some(end.into()))
}

impl JsonSummary {
    /// The counts of a run, with reasons in its language.
    pub fn of(run: &RunInfo, summary: &finding::Summary) -> Self {
        let ledger = &summary.looked_at;
        let passed = |passed: &PassedOver| JsonPassedOver {
            file: passed.file.clone(),
            state: passed.looked.state(),
            reason: passed.looked.reason().map(|reason| reason.get(run.lang).to_owned()).unwrap_or_default(),
        };
        let passed_sheet = |passed: &PassedSheet| JsonPassedSheet {
            file: passed.file.clone(),
            sheet: passed.sheet.clone(),
            reason: passed.reason.get(run.lang).to_owned(),
        };
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
            outside: summary.outside,
            hidden: summary.hidden,
            elsewhere: summary.elsewhere,
            statistics: summary.statistics.as_ref().map(|counts| counts.iter().map(JsonRuleCount::from).collect()),
            gaps: summary.gaps,
            looked_at: JsonLookedAt {
                files: ledger.files,
                records: ledger.records,
                texts: ledger.texts,
                pictures: ledger.pictures,
                video_seconds: ledger.video_seconds,
                text_not_read: ledger.unread_text,
                undecided: ledger.undecided,
                passed_over: ledger.passed_over.iter().map(passed).collect(),
                totals: summary.totals,
                unsaid: summary.unsaid.iter().map(|unsaid| (unsaid.field.clone(), unsaid.count.records)).collect(),
                passed_sheets: ledger.passed_sheets.iter().map(passed_sheet).collect(),
            },
            fixable: JsonFixable { safe: summary.fixable.0, r#unsafe: summary.fixable.1 },
            unproven: (summary.unproven != (0, 0))
                .then_some(JsonFixable { safe: summary.unproven.0, r#unsafe: summary.unproven.1 }),
        }
    }
}

impl From<&finding::RuleCount> for JsonRuleCount {
    fn from(counted: &finding::RuleCount) -> Self {
        let finding::RuleCount { rule, severity, count, fixable } = counted;
        Self { rule: rule.clone(), severity: *severity, count: *count, fixable: *fixable }
    }
}

impl<'a> JsonFinding<'a> {
    /// A finding in the language of the run.
    pub fn of(run: &RunInfo, finding: &'a finding::Finding) -> Self {
        let rule = &finding.rule;
        let related = |label: &'a finding::Label| JsonRelated {
            location: JsonLocation::of(&label.source, label.span),
            message: label.message.as_ref().map(|message| message.render(run.lang).into()),
        };
        Self {
            rule: rule.id.as_str().into(),
            severity: finding.severity,
            message: finding.message.render(run.lang).into(),
            message_id: Cow::Borrowed(&finding.message.id),
            help: finding.help.as_ref().map(|help| help.render(run.lang).into()),
            record: JsonRecord {
                kind: Cow::Borrowed(&finding.record.kind),
                id: finding.record.id.as_deref().map(Cow::Borrowed),
            },
            path: finding.path.as_str().into(),
            location: JsonLocation::of(&finding.primary.source, finding.primary.span),
            related: finding.related.iter().map(related).collect(),
            related_omitted: finding.related_omitted,
            picture: finding.picture.as_deref().map(|shown| JsonPicture::of(run, shown)),
            fixes: finding.fixes.iter().map(|fix| JsonFix::of(run, fix)).collect(),
            as_of: finding.as_of,
            evidence: rule.evidence.iter().map(|evidence| JsonEvidence::of(run, finding.as_of, evidence)).collect(),
            confidence: rule.confidence_on(finding.as_of),
            inference: rule.is_inference(),
            effective: JsonEffective { from: rule.effective.from, until: rule.effective.until },
            fingerprint: finding.fingerprint.as_str().into(),
            gap: finding.is_gap,
        }
    }
}

impl<'a> JsonPicture<'a> {
    /// What was seen, in the language of the run.
    pub fn of(run: &RunInfo, shown: &'a SightingDisplay) -> Self {
        let (seen, scan) = (&shown.sighting, &shown.scan);
        let bounds = shown.bounds();
        Self {
            file: shown.file.as_str().into(),
            medium: scan.medium,
            width: scan.width,
            height: scan.height,
            kind: seen.kind().into(),
            r#box: JsonPixelBox {
                left: tenths(bounds.left),
                top: tenths(bounds.top),
                width: tenths(bounds.width),
                height: tenths(bounds.height),
            },
            polygon: seen.quad().0.map(|corner| [tenths(corner.x), tenths(corner.y)]),
            place: shown.place().get(run.lang).to_owned().into(),
            score: (seen.score() * 1000.0).round() / 1000.0,
            certain: shown.certain,
            decoded: seen.text().is_some(),
            text: seen.text().map(Cow::Borrowed),
            content: shown.class.as_deref().map(Cow::Borrowed),
            content_title: shown.content.as_ref().map(|title| title.get(run.lang).into()),
            seen: seen.times().map(|seen| JsonSeenFor {
                first: seen.first.as_secs_f64(),
                last: seen.last.as_secs_f64(),
                best: seen.best.as_secs_f64(),
            }),
            frame: seen.frame(),
            sha256: Some(scan.digest.as_str()).filter(|digest| !digest.is_empty()).map(Cow::Borrowed),
        }
    }
}

/// Rounded to tenths of a pixel: more is noise.
pub(super) fn tenths(pixels: f32) -> f32 {
    (pixels * 10.0).round() / 10.0
}

impl<'a> JsonFix<'a> {
    fn of(run: &RunInfo, fix: &'a finding::Fix) -> Self {
        let edits = fix.edits.iter().map(|(source, edit)| {
            let (start, end) = ends(source, edit.span);
            let text = match CellChange::of(source, edit) {
                Some(change) => Cow::Owned(change.after),
                None => Cow::Borrowed(edit.text.as_str()),
            };
            JsonEdit { file: source.name().into(), start, end, cell: JsonCell::of(source, edit.span), text }
        });
        Self { applicability: fix.applicability, title: fix.title.get(run.lang).into(), edits: edits.collect() }
    }
}

impl<'a> JsonEvidence<'a> {
    /// Evidence as it counts on a day, in the language of the run.
    pub fn of(run: &RunInfo, day: NaiveDate, evidence: &'a dianjian_rules::language::Evidence) -> Self {
        let text = |text: &'a Option<String>| text.as_deref().map(Cow::Borrowed);
        Self {
            source: evidence.source,
            r#ref: evidence.r#ref.as_str().into(),
            title: evidence.title(run.lang).map(Cow::Borrowed),
            publisher: text(&evidence.publisher),
            date: evidence.date,
            in_force: evidence.in_force,
            url: text(&evidence.url),
            confidence: evidence.confidence,
            counts: evidence.counts_on(day),
            says: evidence.says.get(run.lang).into(),
            note: evidence.note.as_ref().map(|note| note.get(run.lang).into()),
        }
    }
}

impl<'a> JsonProblem<'a> {
    /// A problem in the language of the run.
    pub fn of(run: &RunInfo, problem: &'a finding::Problem) -> Self {
        let related = problem.related.iter().map(|(source, span, text)| JsonRelated {
            location: JsonLocation::of(source, *span),
            message: Some(text.get(run.lang).into()),
        });
        Self {
            file: (!problem.file.is_empty()).then(|| problem.file.as_str().into()),
            sheet: problem.sheet.as_deref().map(Cow::Borrowed),
            message: problem.message.get(run.lang).into(),
            help: problem.help.as_ref().map(|help| help.get(run.lang).into()),
            location: problem.place.as_ref().map(|(source, span)| JsonLocation::of(source, *span)),
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

impl ReportFormat for Json {
    fn finding(&self, run: &RunInfo, finding: &finding::Finding, out: &mut String) {
        push(&JsonFinding::of(run, finding), out);
    }

    fn problem(&self, run: &RunInfo, problem: &finding::Problem, out: &mut String) {
        push(&JsonProblem::of(run, problem), out);
    }

    fn head(&self, run: &RunInfo, summary: &finding::Summary, out: &mut String) {
        out.push_str("{\"version\":");
        push(&VERSION, out);
        out.push_str(",\"as_of\":");
        push(&run.as_of, out);
        out.push_str(",\"summary\":");
        push(&JsonSummary::of(run, summary), out);
        out.push_str(",\"findings\":[\n");
    }

    fn section_separator(&self, _run: &RunInfo, _summary: &finding::Summary, out: &mut String) {
        out.push_str("\n],\"problems\":[\n");
    }

    fn tail(&self, _run: &RunInfo, _summary: &finding::Summary, out: &mut String) {
        out.push_str("\n]}\n");
    }
}
