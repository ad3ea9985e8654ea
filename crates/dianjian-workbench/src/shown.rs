//! Findings and problems as the page shows them: in both languages, with places that a person can go to.

use chrono::NaiveDate;
use dianjian_base::lang::{Lang, Text};
use dianjian_base::message::Message;
use dianjian_document::edit::{Applicability, CellChange};
use dianjian_document::problem::Problem;
use dianjian_document::source::{SourceFile, Span};
use dianjian_engine::finding::{Finding, Fix, Label};
use dianjian_report::words;
use dianjian_rules::Pack;
use dianjian_rules::language::{Confidence, Evidence, Severity, SourceClass};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Related places beyond this are only counted.
const MAX_SHOWN: usize = 100;

/// Characters that are shown of what is written at a finding's place.
const MOST_FOUND: usize = 200;

/// A finding, whole.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ShownFinding {
    #[serde(flatten)]
    pub head: FindingHead,
    pub why: Text,
    pub help: Option<Text>,
    pub evidence: Vec<ShownEvidence>,
    /// The first day on which the rule holds; null: it always did.
    pub since: Option<NaiveDate>,
    /// The first day on which it no longer holds; null: it still does.
    pub until: Option<NaiveDate>,
    pub related: Vec<ShownPlace>,
    /// How many contributing places are not in `related`.
    pub related_more: usize,
    pub fixes: Vec<ShownFix>,
    /// Where the picture or video has the code that it is about.
    pub r#box: Option<ShownBox>,
}

/// A finding as a list shows it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct FindingHead {
    /// Its number in the run.
    pub n: u64,
    pub severity: Severity,
    pub confidence: Confidence,
    /// The rule's group: `naming`.
    pub group: String,
    /// The rule's id: `naming/length`.
    pub rule: String,
    pub title: Text,
    pub message: Text,
    #[serde(flatten)]
    pub place: ShownPlace,
    pub record: ShownRecord,
    /// The field's name, where the finding is about one.
    pub field: Option<Text>,
    /// What is written at the place, cut where it is long.
    pub found: Option<String>,
    /// How far its best fix can be trusted.
    pub fixable: Option<Applicability>,
    /// Whether the run before did not have it.
    pub new: bool,
    /// Whether it says that something was not read or not understood.
    pub gap: bool,
    pub fingerprint: String,
}

/// A stretch of a file.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct ShownPlace {
    /// The file's name as the run has it.
    pub path: String,
    /// The place in words: `店铺!B7`, `shops.yaml:4:9`.
    pub place: String,
    pub sheet: Option<String>,
    /// `B7`; null outside workbooks.
    pub cell: Option<String>,
    /// The line, or the row of a table; from 1.
    pub line: Option<u64>,
    /// The first character in the line, or the column of a table; from 1.
    pub column: Option<u64>,
    /// The end on the same line, exclusive, from 1; null where it ends on another.
    pub end: Option<u64>,
    /// In a table: the row of the sheet, in CSV the line on which the row begins; from 1.
    pub row: Option<u64>,
    /// In a table: the number of the column, from 1.
    pub table_column: Option<u64>,
    /// What is there, of places other than the finding's own.
    pub text: Option<Text>,
}

/// The record that a finding is about.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct ShownRecord {
    pub kind: String,
    pub title: Option<Text>,
    pub id: Option<String>,
}

/// Who says so.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ShownEvidence {
    pub class: SourceClass,
    /// The class in words.
    pub sort: Text,
    pub title: Option<Text>,
    pub publisher: Option<String>,
    pub date: Option<NaiveDate>,
    pub url: Option<String>,
    pub confidence: Confidence,
    /// Whether it existed on the day of the finding.
    pub counts: bool,
    /// What it says.
    pub quote: Text,
}

/// A way to mend a finding.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ShownFix {
    /// Its number among the finding's fixes.
    pub k: usize,
    pub title: Text,
    pub applicability: Applicability,
    pub preview: Vec<ShownChange>,
}

/// What a fix changes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ShownChange {
    #[serde(flatten)]
    pub place: ShownPlace,
    pub before: String,
    pub after: String,
}

/// A code in a picture, in pixels; `at` seconds in a video.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ShownBox {
    /// The picture's name.
    pub path: String,
    pub width: u32,
    pub height: u32,
    pub x: f32,
    pub y: f32,
    pub w: f32,
    pub h: f32,
    pub at: Option<f64>,
    /// What the code says.
    pub content: Option<String>,
    pub score: f32,
}

/// What kept a run from looking at everything.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ShownProblem {
    #[serde(flatten)]
    pub place: ShownPlace,
    pub message: Text,
    pub help: Option<Text>,
}

impl ShownFinding {
    /// A finding with its number in the run.
    pub fn of(n: u64, finding: &Finding, pack: &Pack) -> Self {
        let rule = &finding.rule;
        let shown: Vec<&Label> = finding.related.iter().take(MAX_SHOWN).collect();
        Self {
            head: FindingHead::of(n, finding, pack),
            why: rule.why.clone(),
            help: finding.help.as_ref().map(both),
            evidence: rule.evidence.iter().map(|evidence| ShownEvidence::of(evidence, finding.as_of)).collect(),
            since: rule.effective.from,
            until: rule.effective.until,
            related_more: finding.related_omitted + finding.related.len() - shown.len(),
            related: shown.into_iter().map(ShownPlace::of_label).collect(),
            fixes: finding.fixes.iter().enumerate().map(|(k, fix)| ShownFix::of(k, fix)).collect(),
            r#box: ShownBox::of(finding),
        }
    }
}

impl FindingHead {
    fn of(n: u64, finding: &Finding, pack: &Pack) -> Self {
        let rule = &finding.rule;
        let kind = pack.kinds.find(&finding.record.kind).map(|index| pack.kinds.get(index));
        let path = dianjian_base::FieldPath::new(&finding.path).without_indices();
        let field = kind.and_then(|kind| kind.fields.iter().find(|field| *field.path == *path));
        let written = finding.primary.source.slice(finding.primary.span);
        Self {
            n,
            severity: finding.severity,
            confidence: rule.confidence_on(finding.as_of),
            group: rule.id.split_once('/').map_or(rule.id.as_str(), |(group, _)| group).to_owned(),
            rule: rule.id.clone(),
            title: rule.title.clone(),
            message: both(&finding.message),
            place: ShownPlace::of(&finding.primary.source, finding.primary.span),
            record: ShownRecord {
                kind: finding.record.kind.to_string(),
                title: kind.map(|kind| kind.title.clone()),
                id: finding.record.id.clone(),
            },
            field: field.map(|field| field.title.clone()),
            found: (!written.is_empty()).then(|| beginning(written, MOST_FOUND)),
            fixable: finding.fixes.iter().map(|fix| fix.applicability).min(),
            new: false,
            gap: finding.is_gap,
            fingerprint: finding.fingerprint.clone(),
        }
    }
}

impl ShownPlace {
    /// A stretch of a source.
    pub fn of(source: &SourceFile, span: Span) -> Self {
        let path = source.name().to_owned();
        if let Some(cell) = source.cell(span.start) {
            let name = cell.a1();
            let sheet = cell.sheet.to_string();
            return Self {
                place: format!("{sheet}!{name}"),
                path,
                sheet: Some(sheet),
                cell: Some(name),
                line: Some(cell.row.into()),
                column: Some(u64::from(cell.column) + 1),
                row: Some(cell.row.into()),
                table_column: Some(u64::from(cell.column) + 1),
                ..Self::default()
            };
        }
        if let Some(passage) = source.passage(span.start) {
            let (start, end) = source.range(span);
            return Self {
                place: format!("{path} · {}", passage.name().zh),
                path,
                line: Some(start.line),
                column: Some(start.column),
                end: (end.line == start.line).then_some(end.column),
                ..Self::default()
            };
        }
        let (start, end) = source.range(span);
        let field = source.field_at(span.start);
        let row = || source.record_span(span.start).map(|record| source.position(record.start).line);
        Self {
            row: field.as_ref().and_then(|_| row()),
            table_column: field.map(|field| field.field as u64 + 1),
            place: format!("{path}:{}:{}", start.line, start.column),
            path,
            line: Some(start.line),
            column: Some(start.column),
            end: (end.line == start.line).then_some(end.column),
            ..Self::default()
        }
    }

    fn of_label(label: &Label) -> Self {
        Self { text: label.message.as_ref().map(both), ..Self::of(&label.source, label.span) }
    }
}

impl ShownEvidence {
    /// Evidence as it counts on a day.
    pub fn of(evidence: &Evidence, day: NaiveDate) -> Self {
        let title = |lang| evidence.title(lang).map(str::to_owned);
        Self {
            class: evidence.source,
            sort: Text::new(
                words::source_class(Lang::Zh, evidence.source),
                words::source_class(Lang::En, evidence.source),
            ),
            title: title(Lang::Zh).zip(title(Lang::En)).map(|(zh, en)| Text { zh, en }),
            publisher: evidence.publisher.clone(),
            date: evidence.date,
            url: evidence.url.clone(),
            confidence: evidence.confidence,
            counts: evidence.counts_on(day),
            quote: evidence.says.clone(),
        }
    }
}

impl ShownFix {
    fn of(k: usize, fix: &Fix) -> Self {
        let change = |(source, edit): &(std::sync::Arc<SourceFile>, dianjian_document::edit::Edit)| {
            let place = ShownPlace::of(source, edit.span);
            match CellChange::of(source, edit) {
                Some(change) => ShownChange { place, before: change.before, after: change.after },
                None => ShownChange { place, before: source.slice(edit.span).to_owned(), after: edit.text.clone() },
            }
        };
        Self {
            k,
            title: fix.title.clone(),
            applicability: fix.applicability,
            preview: fix.edits.iter().map(change).collect(),
        }
    }
}

impl ShownBox {
    fn of(finding: &Finding) -> Option<Self> {
        let shown = finding.picture.as_deref()?;
        let (bounds, seen) = (shown.bounds(), &shown.sighting);
        Some(Self {
            path: shown.file.clone(),
            width: shown.scan.width,
            height: shown.scan.height,
            x: bounds.left,
            y: bounds.top,
            w: bounds.width,
            h: bounds.height,
            at: seen.times().map(|seen| seen.best.as_secs_f64()),
            content: seen.text().map(str::to_owned),
            score: seen.score(),
        })
    }
}

impl ShownProblem {
    /// A problem with its place, as far as it has one.
    pub fn of(problem: &Problem) -> Self {
        let place = match &problem.place {
            Some((source, span)) => ShownPlace::of(source, *span),
            None => ShownPlace { path: problem.file.clone(), place: problem.file.clone(), ..ShownPlace::default() },
        };
        Self { place, message: problem.message.clone(), help: problem.help.clone() }
    }
}

fn both(message: &Message) -> Text {
    Text::new(message.render(Lang::Zh), message.render(Lang::En))
}

/// The first characters of a text, with a mark if there are more.
pub fn beginning(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
