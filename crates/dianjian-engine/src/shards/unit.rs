//! Findings and problems of a unit as partials store them: whatever language and format the report will have.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_base::message::{Arg, Message};
use dianjian_document::edit::{Applicability, Edit};
use dianjian_document::problem::Problem;
use dianjian_document::source::{SourceFile, Span};
use dianjian_media::SightingDisplay;
use dianjian_rules::Pack;
use dianjian_rules::language::Severity;
use dianjian_rules::record::{KindIndex, Slot};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::excerpts::{Excerpts, PlacedExcerpts, SavedSource};
use crate::check_record::{CrossRecordInput, HeldFinding};
use crate::finding::{Finding, Fix, Label, RecordName};
use crate::ledger::FileLook;
use crate::run::{FileResult, OutsideCounts, SilentCounts, UnitResult, UnsaidCount};
use crate::suppress::Suppression;
use crate::{Engine, Render};

/// A finding or problem that is stored instead of being rendered.
#[derive(Debug)]
pub(crate) enum UnrenderedOutput {
    Finding(Box<Finding>),
    Problem(Box<Problem>),
}

pub(crate) struct Unrendered;

impl Render for Unrendered {
    type Out = UnrenderedOutput;

    fn finding(&self, finding: Finding) -> UnrenderedOutput {
        UnrenderedOutput::Finding(Box::new(finding))
    }

    fn problem(&self, problem: Problem) -> UnrenderedOutput {
        UnrenderedOutput::Problem(Box::new(problem))
    }
}

/// What came of a unit, as it is stored.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedUnit {
    sources: Vec<SavedSource>,
    /// Message templates, each once: a unit has thousands of findings of a few rules.
    templates: Vec<Text>,
    out: Vec<SavedOut>,
    files: Vec<SavedFile>,
    suppressed: usize,
    addresses: usize,
    #[serde(rename = "idle")]
    nothing_to_check: usize,
    #[serde(default, skip_serializing_if = "is_zero")]
    totals: usize,
    /// Kinds, and fields that are unsaid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unsaid: Vec<(KindIndex, Slot, UnsaidCount)>,
    #[serde(default, skip_serializing_if = "OutsideCounts::is_empty")]
    outside: OutsideCounts,
    /// The input that could not be opened.
    unopened: Option<usize>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SavedOut {
    Finding(Box<SavedFinding>),
    Problem(Box<SavedProblem>),
}

/// What a file, or a chunk of it, leaves for the end of the run, but for what blocks of sorted items hold.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedFile {
    file: usize,
    /// The number of records of each kind.
    records: Vec<usize>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
    look: FileLook,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<SavedOut>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    once: Vec<(String, SavedOut)>,
    /// Whether it is a piece of a list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_list: bool,
    /// Findings that wait for what their records name: where the record begins, the number among its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    held: Vec<(u64, u32, SavedOut)>,
}

/// A place: index of the source, first byte, first byte after it.
type SavedPlace = (usize, u32, u32);

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedFinding {
    rule: String,
    severity: Severity,
    as_of: NaiveDate,
    message: SavedMessage,
    /// Id and template of the help, which has the message's arguments.
    help: Option<(String, usize)>,
    kind: String,
    id: Option<String>,
    path: String,
    primary: SavedLabel,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    related: Vec<SavedLabel>,
    omitted: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    picture: Option<Box<SightingDisplay>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<SavedFix>,
    fingerprint: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    gap: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedMessage {
    id: String,
    template: usize,
    args: Vec<(String, Arg)>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedLabel {
    at: SavedPlace,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<SavedMessage>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedFix {
    applicability: Applicability,
    title: Text,
    edits: Vec<(SavedPlace, String)>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedProblem {
    file: String,
    place: Option<SavedPlace>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sheet: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    related: Vec<(SavedPlace, Text)>,
    message: Text,
    help: Option<Text>,
}

impl SavedUnit {
    /// Encodes a unit. `relative`: whether the lines of the source with this name count from where the shard began.
    pub(crate) fn of(done: &UnitResult<UnrenderedOutput>, relative: &dyn Fn(&str) -> bool) -> Self {
        let mut excerpts = Excerpts::default();
        done.out.iter().for_each(|out| note(out, &mut excerpts));
        for file in &done.files {
            file.doubts.iter().for_each(|out| note(out, &mut excerpts));
            file.once.iter().for_each(|(_, finding)| note_finding(finding, &mut excerpts));
            file.held.iter().for_each(|held| note(&held.finding, &mut excerpts));
        }
        let (sources, placed) = excerpts.saved(relative);
        let mut encoder = UnitEncoder { placed, templates: Vec::new(), known: FxHashMap::default() };
        let out = done.out.iter().filter_map(|out| encoder.out(out)).collect();
        let file = |file: &FileResult<UnrenderedOutput>| SavedFile {
            file: file.file,
            records: file.cross_record.records.clone(),
            suppressions: file.suppressions.clone(),
            look: file.look.clone(),
            doubts: file.doubts.iter().filter_map(|out| encoder.out(out)).collect(),
            once: file
                .once
                .iter()
                .filter_map(|(key, out)| Some((key.clone(), SavedOut::Finding(Box::new(encoder.finding(out)?)))))
                .collect(),
            is_list: file.is_list,
            held: file
                .held
                .iter()
                .filter_map(|held| Some((held.start, held.ordinal, encoder.out(&held.finding)?)))
                .collect(),
        };
        let files = done.files.iter().map(file).collect();
        Self {
            sources,
            templates: encoder.templates,
            out,
            files,
            suppressed: done.counts.suppressed,
            addresses: done.counts.addresses,
            nothing_to_check: done.counts.nothing_to_check,
            totals: done.counts.totals,
            unsaid: done.counts.unsaid.iter().map(|((kind, slot), count)| (*kind, *slot, *count)).collect(),
            outside: done.counts.outside,
            unopened: done.unopened,
        }
    }

    /// The problems of a unit that has nothing else. `None`: it makes no sense.
    pub(crate) fn into_problems(self) -> Option<Vec<Problem>> {
        let sources = self.sources.into_iter().map(|source| Arc::new(source.load(0))).collect();
        let decoder = UnitDecoder { rules: None, sources, templates: Vec::new() };
        let problem = |out| match out {
            SavedOut::Problem(problem) => decoder.problem(*problem),
            SavedOut::Finding(_) => None,
        };
        self.out.into_iter().map(problem).collect()
    }

    /// Decodes and renders the unit. `lines_before` says how many lines of a file lie before the shard's first.
    /// `None`: it makes no sense.
    pub(crate) fn load<R: Render>(
        self,
        engine: &Engine<'_>,
        render: &R,
        lines_before: &dyn Fn(usize) -> u64,
    ) -> Option<UnitResult<R::Out>> {
        let lines = self.files.first().map_or(0, |file| lines_before(file.file));
        let sources = self.sources.into_iter().map(|source| Arc::new(source.load(lines))).collect();
        let templates = self.templates.into_iter().map(Arc::new).collect();
        let decoder = UnitDecoder { rules: Some(engine.pack), sources, templates };
        let rendered = |out| {
            Some(match out {
                SavedOut::Finding(finding) => render.finding(decoder.finding(*finding)?),
                SavedOut::Problem(problem) => render.problem(decoder.problem(*problem)?),
            })
        };
        let file = |file: SavedFile| {
            let once = |(key, out)| match out {
                SavedOut::Finding(finding) => Some((key, decoder.finding(*finding)?)),
                SavedOut::Problem(_) => None,
            };
            let held = |(start, ordinal, out)| Some(HeldFinding { start, ordinal, finding: rendered(out)? });
            Some(FileResult {
                file: file.file,
                cross_record: CrossRecordInput { records: file.records, ..CrossRecordInput::default() },
                suppressions: file.suppressions,
                look: file.look,
                doubts: file.doubts.into_iter().map(rendered).collect::<Option<_>>()?,
                once: file.once.into_iter().map(once).collect::<Option<_>>()?,
                is_list: file.is_list,
                held: file.held.into_iter().map(held).collect::<Option<_>>()?,
                ..FileResult::default()
            })
        };
        Some(UnitResult {
            out: self.out.into_iter().map(rendered).collect::<Option<_>>()?,
            files: self.files.into_iter().map(file).collect::<Option<_>>()?,
            counts: SilentCounts {
                suppressed: self.suppressed,
                addresses: self.addresses,
                nothing_to_check: self.nothing_to_check,
                totals: self.totals,
                unsaid: self.unsaid.into_iter().map(|(kind, slot, count)| ((kind, slot), count)).collect(),
                outside: self.outside,
            },
            unopened: self.unopened,
            ..UnitResult::default()
        })
    }
}

/// Collects all places that the report may show.
fn note(out: &UnrenderedOutput, excerpts: &mut Excerpts) {
    match out {
        UnrenderedOutput::Finding(finding) => note_finding(finding, excerpts),
        UnrenderedOutput::Problem(problem) => {
            problem.place.iter().for_each(|(source, span)| excerpts.add(source, *span));
            problem.related.iter().for_each(|(source, span, _)| excerpts.add(source, *span));
        }
    }
}

fn note_finding(finding: &Finding, excerpts: &mut Excerpts) {
    for label in std::iter::once(&finding.primary).chain(&finding.related) {
        excerpts.add(&label.source, label.span);
    }
    for (source, edit) in finding.fixes.iter().flat_map(|fix| &fix.edits) {
        excerpts.add(source, edit.span);
    }
}

struct UnitEncoder {
    placed: PlacedExcerpts,
    templates: Vec<Text>,
    known: FxHashMap<*const Text, usize>,
}

impl UnitEncoder {
    fn out(&mut self, out: &UnrenderedOutput) -> Option<SavedOut> {
        Some(match out {
            UnrenderedOutput::Finding(finding) => SavedOut::Finding(Box::new(self.finding(finding)?)),
            UnrenderedOutput::Problem(problem) => SavedOut::Problem(Box::new(self.problem(problem)?)),
        })
    }

    fn finding(&mut self, finding: &Finding) -> Option<SavedFinding> {
        let fix = |fix: &Fix| {
            let edit =
                |(source, edit): &(Arc<SourceFile>, Edit)| Some((self.at(source, edit.span)?, edit.text.clone()));
            let edits = fix.edits.iter().map(edit).collect::<Option<_>>()?;
            Some(SavedFix { applicability: fix.applicability, title: fix.title.clone(), edits })
        };
        let fixes = finding.fixes.iter().map(fix).collect::<Option<_>>()?;
        Some(SavedFinding {
            rule: finding.rule.id.clone(),
            severity: finding.severity,
            as_of: finding.as_of,
            message: self.message(&finding.message),
            help: finding.help.as_ref().map(|help| (help.id.to_string(), self.template(&help.template))),
            kind: finding.record.kind.to_string(),
            id: finding.record.id.clone(),
            path: finding.path.clone(),
            primary: self.label(&finding.primary)?,
            related: finding.related.iter().map(|label| self.label(label)).collect::<Option<_>>()?,
            omitted: finding.related_omitted,
            picture: finding.picture.clone(),
            fixes,
            fingerprint: finding.fingerprint.clone(),
            gap: finding.is_gap,
        })
    }

    fn problem(&self, problem: &Problem) -> Option<SavedProblem> {
        let related =
            |(source, span, text): &(Arc<SourceFile>, Span, Text)| Some((self.at(source, *span)?, text.clone()));
        Some(SavedProblem {
            file: problem.file.clone(),
            place: all_or_none(problem.place.as_ref(), |(source, span)| self.at(source, *span))?,
            sheet: problem.sheet.clone(),
            related: problem.related.iter().map(related).collect::<Option<_>>()?,
            message: problem.message.clone(),
            help: problem.help.clone(),
        })
    }

    fn at(&self, source: &Arc<SourceFile>, span: Span) -> Option<SavedPlace> {
        let (number, span) = self.placed.place(source, span)?;
        Some((number, span.start, span.end))
    }

    fn label(&mut self, label: &Label) -> Option<SavedLabel> {
        let message = label.message.as_ref().map(|message| self.message(message));
        Some(SavedLabel { at: self.at(&label.source, label.span)?, message })
    }

    fn message(&mut self, message: &Message) -> SavedMessage {
        let template = self.template(&message.template);
        SavedMessage { id: message.id.to_string(), template, args: message.args.to_vec() }
    }

    fn template(&mut self, template: &Arc<Text>) -> usize {
        *self.known.entry(Arc::as_ptr(template)).or_insert_with(|| {
            self.templates.push(Text::clone(template));
            self.templates.len() - 1
        })
    }
}

/// `Some(None)` for what is absent; `None` for what is there and makes no sense.
fn all_or_none<S, T>(saved: Option<S>, load: impl FnOnce(S) -> Option<T>) -> Option<Option<T>> {
    saved.map_or(Some(None), |saved| load(saved).map(Some))
}

/// Makes findings of what was stored; `None` wherever an index is out of range.
struct UnitDecoder<'l> {
    rules: Option<&'l Pack>,
    sources: Vec<Arc<SourceFile>>,
    templates: Vec<Arc<Text>>,
}

impl UnitDecoder<'_> {
    fn finding(&self, saved: SavedFinding) -> Option<Finding> {
        let message = self.message(saved.message)?;
        let help = all_or_none(saved.help, |(id, template)| {
            let template = Arc::clone(self.templates.get(template)?);
            Some(Message { id: Arc::from(id), template, args: Arc::clone(&message.args) })
        })?;
        let fix = |fix: SavedFix| {
            let edit = |(place, text): (SavedPlace, String)| {
                self.at(place).map(|(source, span)| (source, Edit::replace(span, text)))
            };
            let edits = fix.edits.into_iter().map(edit).collect::<Option<_>>()?;
            Some(Fix { applicability: fix.applicability, title: fix.title, edits })
        };
        Some(Finding {
            rule: self.rules?.rule(&saved.rule)?.info.of_message(&message.id),
            severity: saved.severity,
            as_of: saved.as_of,
            message,
            help,
            record: RecordName { kind: Arc::from(saved.kind), id: saved.id },
            path: saved.path,
            primary: self.label(saved.primary)?,
            related: saved.related.into_iter().map(|label| self.label(label)).collect::<Option<_>>()?,
            related_omitted: saved.omitted,
            picture: saved.picture.map(|code| Box::new(SightingDisplay { path: PathBuf::from(&code.file), ..*code })),
            fixes: saved.fixes.into_iter().map(fix).collect::<Option<_>>()?,
            fingerprint: saved.fingerprint,
            is_gap: saved.gap,
        })
    }

    fn problem(&self, saved: SavedProblem) -> Option<Problem> {
        let related = |(place, text): (SavedPlace, Text)| self.at(place).map(|(source, span)| (source, span, text));
        Some(Problem {
            file: saved.file,
            place: all_or_none(saved.place, |place| self.at(place))?,
            sheet: saved.sheet,
            related: saved.related.into_iter().map(related).collect::<Option<_>>()?,
            message: saved.message,
            help: saved.help,
        })
    }

    fn at(&self, (number, start, end): SavedPlace) -> Option<(Arc<SourceFile>, Span)> {
        let source = self.sources.get(number)?;
        let fits = start <= end && end as usize <= source.text().len();
        fits.then(|| (Arc::clone(source), Span::new(start, end)))
    }

    fn label(&self, saved: SavedLabel) -> Option<Label> {
        let (source, span) = self.at(saved.at)?;
        Some(Label { source, span, message: all_or_none(saved.message, |message| self.message(message))? })
    }

    fn message(&self, saved: SavedMessage) -> Option<Message> {
        let template = Arc::clone(self.templates.get(saved.template)?);
        Some(Message { id: Arc::from(saved.id), template, args: Arc::new(saved.args) })
    }
}

/// The texts of a unit that merging reads again.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedTexts {
    pub texts: Vec<SavedText>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedText {
    pub file: usize,
    /// Whether it is a chunk of a large file.
    #[serde(rename = "is_part")]
    pub is_chunk: bool,
    pub source: SavedSource,
}

impl SavedTexts {
    /// The texts of those files that take part in cross-record rules or hold suppressions.
    pub(crate) fn of(done: &UnitResult<UnrenderedOutput>, relative: &dyn Fn(&str) -> bool) -> Self {
        let wanted = |file: &&FileResult<UnrenderedOutput>| {
            let input = &file.cross_record;
            let takes_part = !input.group_members.is_empty() || !input.pending.is_empty() || !input.targets.is_empty();
            takes_part || !file.suppressions.is_empty()
        };
        let text = |file: &FileResult<UnrenderedOutput>| {
            let source = file.source.as_ref()?;
            let whole = 0..source.whole().end;
            let source = SavedSource::of(source, whole, relative(source.name()));
            Some(SavedText { file: file.file, is_chunk: file.chunk.is_some(), source })
        };
        Self { texts: done.files.iter().filter(wanted).filter_map(text).collect() }
    }

    /// The input, and the byte in it, with which they begin.
    pub(crate) fn from(&self) -> Option<(u32, u64)> {
        let first = self.texts.first()?;
        Some((u32::try_from(first.file).ok()?, first.source.own_start()))
    }
}

/// Whether a count is left out.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}
