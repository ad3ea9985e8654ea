//! One record against the rules: its findings, and what it adds to cross-record rules.

mod beside;
pub(crate) mod group_member;
mod group_site;
mod later;
mod name_keys;
pub(crate) mod named;
pub(crate) mod source;
mod unsaid;

use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::FieldPath;
use dianjian_base::message::Arg;
use dianjian_base::text;
use dianjian_document::problem::Problem;
use dianjian_document::source::SourceFile;
use dianjian_document::tree::{Node, ScalarStyle};
use dianjian_media::MediaError;
use dianjian_rules::language::SchemaLint;
use dianjian_rules::record::{KindRole, ReaderEvent, Record, RecordReader, SchemaIssue, SlotSet, Value, unrecognised};
use dianjian_rules::{
    EvalContext, NeededAnswers, Outcome, Placeholder, RecordPlace, Rule, RuleBody, RuleFilterCache, Ruleset, Scans,
    Violation,
};
pub(crate) use group_member::{CrossRecordInput, GroupKeys, group_members, member_place, start_of, unread_members};
pub(crate) use group_site::each_site;
use name_keys::NameKeys;
pub(crate) use name_keys::{reference_key, sku_key};
pub(crate) use named::{HeldFinding, PendingRecord, PendingWork};

use rustc_hash::FxHashMap;

use crate::Engine;
use crate::finding::builder::{FindingBuilder, FindingSubject};
use crate::finding::{Finding, MAX_ALIKE, MAX_RELATED};
use crate::ledger::{self, FileLook, LookedAt};
use crate::run::SilentCounts;
use crate::side_files::SideFiles;
use crate::suppress::FileIssue;

/// Checks the records of one source, one after another.
pub(crate) struct RecordChecker<'e, 's> {
    engine: &'e Engine<'e>,
    source: &'s Arc<SourceFile>,
    side_files: &'e dyn SideFiles,
    pub cross_record: CrossRecordInput,
    pub findings: Vec<Finding>,
    /// Findings that are made only if what their records name allows it.
    pub held: Vec<HeldFinding<Finding>>,
    pub problems: Vec<Problem>,
    counts: SilentCounts,
    /// What was looked at.
    pub look: FileLook,
    /// Documents that nothing reads, and what is wrong with them.
    pub doubts: Vec<Problem>,
    /// Findings that a file or a column has once, however many of its records they are about: by rule and field, where
    /// they are among the findings.
    once: FxHashMap<(usize, String), usize>,
    /// Whether rules are on in the source, as far as somebody has asked.
    on: FxHashMap<usize, bool>,
    scratch: CheckerScratch,
}

/// What is kept from one source to the next: results that are still valid, and allocations.
#[derive(Debug, Default)]
struct CheckerScratch {
    filters: RuleFilterCache,
    scans: Scans,
    candidates: Vec<usize>,
    keys: GroupKeys,
    names: NameKeys,
}

impl<'e, 's> RecordChecker<'e, 's> {
    pub(crate) fn new(engine: &'e Engine<'e>, source: &'s Arc<SourceFile>, side_files: &'e dyn SideFiles) -> Self {
        Self {
            engine,
            source,
            side_files,
            cross_record: CrossRecordInput::new(engine),
            findings: Vec::new(),
            held: Vec::new(),
            problems: Vec::new(),
            counts: SilentCounts::default(),
            look: FileLook::default(),
            doubts: Vec::new(),
            once: FxHashMap::default(),
            on: FxHashMap::default(),
            scratch: CheckerScratch::default(),
        }
    }

    /// The reader of records that belongs to an engine.
    pub(crate) fn reader(engine: &'e Engine<'e>, side_files: &'e dyn SideFiles) -> RecordReader<'e> {
        RecordReader {
            kind: engine.policy.kind,
            scripts: side_files,
            contexts: Some(&engine.homes),
            familiar: Some(&engine.pack.familiar),
            ..RecordReader::new(&engine.pack.kinds, &engine.pack.mappings)
        }
    }

    /// Checks the records of one document.
    pub(crate) fn document(&mut self, reader: &RecordReader<'_>, root: Node<'_>) {
        let source = self.source;
        reader.read(source, root, &mut |seen| match seen {
            ReaderEvent::Record(record, outer) => self.record(record, outer),
            ReaderEvent::Refused(node, text) => {
                self.look.note(LookedAt::NotUnderstood(text.clone()));
                self.look.records.not_understood += 1;
                self.problems.push(Problem::with_message(source, node.head_span(), text, None))
            }
            ReaderEvent::NothingToCheck => {
                self.look.note(LookedAt::NothingToCheck(ledger::nothing_asked()));
                self.look.records.nothing_to_check += 1;
                self.counts.nothing_to_check += 1;
            }
            ReaderEvent::Totals => {
                self.look.records.nothing_to_check += 1;
                self.counts.totals += 1;
            }
            ReaderEvent::SideFile(record) => self.side_record(record),
            ReaderEvent::Issue(issue) => self.document_issue(&issue),
            ReaderEvent::NearMiss(node, near) => {
                self.look.doubts.certain = true;
                self.doubt(near.problem(source, node.head_span()));
            }
            ReaderEvent::Unrecognised(node) if node.style() == ScalarStyle::Row => {}
            ReaderEvent::Unrecognised(node) => self.doubt(unrecognised(source, node, &self.engine.pack.kinds)),
        });
    }

    /// The findings so far. What later records have in common with these is a finding of its own.
    pub(crate) fn take_findings(&mut self) -> Vec<Finding> {
        self.once.clear();
        std::mem::take(&mut self.findings)
    }

    /// Notes a document that nothing reads.
    fn doubt(&mut self, problem: Problem) {
        self.look.doubts.unrecognised += 1;
        self.look.doubts.reason.get_or_insert_with(|| problem.message.clone());
        if self.doubts.len() < ledger::SHOWN_DOUBTS {
            self.doubts.push(problem);
        }
    }

    /// Checks one record as of its day; `outer` is the record that it lies in.
    pub(crate) fn record<'a>(&mut self, record: &Record<'a>, outer: Option<&Record<'a>>) {
        self.record_on(day_of(self.engine, record, outer), record, outer);
    }

    /// Checks one record as of this day.
    pub(crate) fn record_on<'a>(&mut self, day: NaiveDate, record: &Record<'a>, outer: Option<&Record<'a>>) {
        let engine = self.engine;
        let kind = engine.pack.kinds.get(record.kind_index);
        if let Some(count) = self.cross_record.records.get_mut(record.kind_index) {
            *count += 1;
        }
        self.look.note(LookedAt::Checked);
        if record.is_outside(kind) {
            match kind.role {
                Some(KindRole::Shop) => self.counts.outside.shops += 1,
                _ => self.counts.outside.others += 1,
            }
        }
        // Nearly all records are checked as of the run's day: no counting of references to its rules for each.
        let other = (day != engine.policy.as_of).then(|| engine.rules_at(day));
        let rules = other.as_deref().unwrap_or(engine.rules());
        // Asking every rule of the kind instead takes about three times as long (measured: +186 to +232 %).
        let filter = self.scratch.filters.get(rules, kind, record);
        let mut candidates = std::mem::take(&mut self.scratch.candidates);
        filter.candidates(rules, kind, record, &mut candidates);
        let scans = std::mem::take(&mut self.scratch.scans);
        let mut context = EvalContext { scans, ..context(engine, rules, self.side_files, (record, outer), day) };
        let (mut violations, mut work) = (Vec::new(), Vec::new());
        let (inherited, lacking) = self.scratch.names.inherited(&engine.pack.kinds, (record, outer));
        let (around, outer_lacks) = outer.map(|outer| self.taken_around(outer)).unwrap_or_default();
        context.outer_lacks = outer_lacks;
        let waits_around = !around.is_empty();
        for &number in &candidates {
            let rule = &rules.rules[number];
            let RuleBody::Check(check) = &rule.body else { continue };
            // Scanning pictures takes long: not for rules that are off here.
            if !rule.asset_paths.is_empty() {
                if !self.is_on(rule) {
                    continue;
                }
                self.look_ahead(&mut context, &candidates);
            }
            match context.run(rule, check, &mut violations) {
                // What it takes from another record may change that.
                Outcome::Fail if rules.reads(number).meets(&lacking) => {
                    work.push(PendingWork::rule(number, NeededAnswers::ANY));
                }
                Outcome::Fail => self.build(&context, number, &mut violations),
                Outcome::Unknown if self.must_hold(&mut context, rule, &violations) => {
                    self.hold(&context, number, &mut violations, &mut work);
                }
                // Without violations the check itself reads what is not known, or the condition does.
                Outcome::Unknown => {
                    // Answers are those of the run's day.
                    let may_exclude = other.is_none() && !waits_around && !rules.reads(number).meets(&lacking);
                    let needed = if may_exclude { context.needed_answers(number) } else { NeededAnswers::ANY };
                    let is_open = !waits_around && (violations.is_empty() || context.reads_unsettled(rule));
                    work.push(match is_open {
                        true => PendingWork::open(number, needed),
                        false => PendingWork::rule(number, needed),
                    });
                }
                Outcome::Pass | Outcome::Skip => {}
            }
            violations.clear();
        }
        self.unsaid(&mut context, &filter, (&candidates, &lacking), &mut work);
        work.extend(context.lacks_what_all_have().then_some(PendingWork::Undecided));
        self.record_issues(&context);
        self.assets_not_scanned(&context);
        self.look.beside.extend(beside::texts(record, kind));
        self.look.beside.extend(beside::pictures(self.source, record, kind, &context.scans));
        self.groups(&mut context, &filter, &lacking, &mut work);
        self.references(&mut context, &filter, &mut work);
        let mut requests = inherited;
        requests.extend(around.into_iter().filter(|_| !work.is_empty()));
        self.pending(&context, work, requests);
        self.target(record, outer, kind.id);
        context.scans.clear();
        self.scratch.scans = context.scans;
        self.scratch.candidates = candidates;
    }

    /// What completes the exports beside it is no record: only its schema issues are reported.
    fn side_record(&mut self, record: &Record<'_>) {
        let engine = self.engine;
        self.look.note(LookedAt::Checked);
        self.record_issues(&context(engine, engine.rules(), self.side_files, (record, None), engine.policy.as_of));
    }

    /// Reports what the reader noticed in a record.
    fn record_issues(&mut self, context: &EvalContext<'_, '_>) {
        let record = context.record;
        let kind = context.kinds.get(record.kind_index);
        for issue in &record.issues {
            let is_gap = issue.is_gap(kind, Some(record));
            match context.rules.schema(issue.lint, record.kind_index) {
                Some(number) => self.record_issue(context, number, issue, is_gap),
                None if is_gap => self.gap_without_rule(issue),
                None => {}
            }
        }
    }

    /// Reports an issue. What a file does not say at all it says of none of its records, and cells of a column that cannot
    /// be read are one mistake: each is one finding, to which later records add their places.
    fn record_issue(&mut self, context: &EvalContext<'_, '_>, number: usize, issue: &SchemaIssue<'_>, is_gap: bool) {
        let path = FieldPath::new(&context.record.prefix).child(&issue.path);
        let is_unsaid = matches!(issue.lint, SchemaLint::MissingField | SchemaLint::UnsaidField);
        let once = if is_of_column(context.record, issue) {
            Some((format!("{path}{}", sort_of_mistake(issue)), MAX_ALIKE))
        } else if is_gap && is_unsaid && self.source.table().is_none() {
            Some((FieldPath::new(&path).without_indices(), MAX_RELATED))
        } else {
            None
        };
        let violation = schema_violation(issue, path);
        let once = once.map(|(field, most)| ((number, field), most));
        if once.as_ref().is_some_and(|(key, most)| self.joins(context, key, *most, &violation, is_gap)) {
            return;
        }
        let at = self.findings.len();
        self.build_as(context, number, &mut vec![violation], is_gap);
        if self.findings.len() > at {
            self.once.extend(once.map(|(key, _)| (key, at)));
        }
    }

    /// Adds a place to the finding on the same mistake in an earlier record, if there is one; beyond `most` places it is
    /// only counted.
    fn joins(
        &mut self,
        context: &EvalContext<'_, '_>,
        key: &(usize, String),
        most: usize,
        violation: &Violation<'_>,
        is_gap: bool,
    ) -> bool {
        let Some(first) = self.once.get(key).and_then(|at| self.findings.get_mut(*at)) else { return false };
        if first.related.len() < most {
            let subject = FindingSubject::Record(context);
            let builder = FindingBuilder { engine: self.engine, source: self.source, subject, is_gap };
            first.related.push(builder.label(&violation.target));
        } else {
            first.related_omitted += 1;
        }
        true
    }

    /// A gap is reported even where the pack has no rule for it.
    fn gap_without_rule(&mut self, issue: &SchemaIssue<'_>) {
        if self.engine.pack.is_excerpt {
            return;
        }
        let (path, found) = (&issue.path, &issue.found);
        let message = text! {
            zh: "没有读懂“{path}”：{found}", en: "`{path}` was not understood: {found}",
        };
        self.problems.push(Problem::with_message(self.source, issue.node.head_span(), message, None));
    }

    /// Reports what the reader noticed outside any record.
    fn document_issue(&mut self, issue: &SchemaIssue<'_>) {
        // Of a document the kind is at issue, of headings a column that nobody can do without.
        let is_gap = issue.lint.is_gap()
            || issue.lint == SchemaLint::UnsaidField
            || issue.lint == SchemaLint::UnknownField && issue.expected.is_some();
        if issue.lint == SchemaLint::UnknownKind {
            self.look.note(LookedAt::NotUnderstood(ledger::unknown_kind(&issue.found)));
            self.look.records.not_understood += 1;
        }
        let Some(number) = self.engine.rules().schema(issue.lint, usize::MAX) else {
            if is_gap {
                self.gap_without_rule(issue);
            }
            return;
        };
        let violation = schema_violation(issue, issue.path.clone());
        let mut builder = FindingBuilder { is_gap, ..self.file_builder() };
        let finding = builder.finding(number, violation, Vec::new(), 0);
        self.findings.extend(finding);
    }

    /// Reports what is wrong with a file outside any record.
    pub(crate) fn file_issue(&mut self, issue: &FileIssue) {
        let finding = self.file_builder().file_finding(issue);
        self.findings.extend(finding);
    }

    fn file_builder(&self) -> FindingBuilder<'_, '_, '_> {
        let subject = FindingSubject::File(self.engine.rules(), self.engine.policy.as_of);
        FindingBuilder { engine: self.engine, source: self.source, subject, is_gap: false }
    }

    /// Turns violations into findings.
    fn build(&mut self, context: &EvalContext<'_, '_>, rule: usize, violations: &mut Vec<Violation<'_>>) {
        self.build_as(context, rule, violations, false);
    }

    fn build_as(
        &mut self,
        context: &EvalContext<'_, '_>,
        rule: usize,
        violations: &mut Vec<Violation<'_>>,
        is_gap: bool,
    ) {
        let subject = FindingSubject::Record(context);
        let mut builder = FindingBuilder { engine: self.engine, source: self.source, subject, is_gap };
        for violation in violations.drain(..) {
            self.findings.extend(builder.finding(rule, violation, Vec::new(), 0));
        }
    }

    fn is_on(&self, rule: &Rule) -> bool {
        self.engine.is_on(&rule.info, self.source.name())
    }

    /// Scans all assets that the rules ask for, several at a time. Called again it has nothing left to do.
    fn look_ahead(&self, context: &mut EvalContext<'_, '_>, candidates: &[usize]) {
        let rules = context.rules;
        for rule in candidates.iter().map(|number| &rules.rules[*number]).filter(|rule| !rule.asset_paths.is_empty()) {
            if self.is_on(rule) && context.applies(rule) {
                context.look_ahead(rule.asset_paths.iter());
            }
        }
    }

    /// Reports the assets that could not be scanned. Exports name their pictures by address, by the hundred: those
    /// are only counted.
    fn assets_not_scanned(&mut self, context: &EvalContext<'_, '_>) {
        let mut interrupted = false;
        for (span, entry) in context.scans.assets() {
            let may_be_address = !self.engine.policy.addresses_are_problems.unwrap_or(!context.is_mapped());
            if may_be_address && entry.is_address() {
                self.counts.addresses += 1;
                continue;
            }
            let errors = entry.files.iter().filter_map(|file| file.looked.as_ref().err());
            // That the run was interrupted is worth one problem, not one for every file it did not come to.
            let errors = errors.filter(|error| {
                let is_interrupt = matches!(error, MediaError::Interrupted { .. });
                !(is_interrupt && std::mem::replace(&mut interrupted, true))
            });
            self.problems.extend(errors.map(|error| Problem::at(self.source, span, error)));
        }
    }
}

/// What rules see of a record, and of the one it lies in, on a day.
pub(crate) fn context<'c, 'a>(
    engine: &'c Engine<'c>,
    rules: &'c Ruleset,
    side_files: &'c dyn SideFiles,
    (record, outer): (&'c Record<'a>, Option<&'c Record<'a>>),
    as_of: NaiveDate,
) -> EvalContext<'c, 'a> {
    let kinds = &engine.pack.kinds;
    EvalContext {
        rules,
        kinds,
        record,
        outer,
        outer_lacks: SlotSet::default(),
        named: &[],
        is_final: false,
        is_quick: false,
        as_of,
        assets: side_files,
        scans: Scans::default(),
        is_closed: None,
        assumed: Vec::new(),
        supposed: Vec::new(),
    }
}

/// The day as of which a record is checked; nothing else decides it.
pub(crate) fn day_of(engine: &Engine<'_>, record: &Record<'_>, outer: Option<&Record<'_>>) -> NaiveDate {
    let policy = &engine.policy;
    if policy.as_of_given { policy.as_of } else { own_day(engine, record, outer).unwrap_or(policy.as_of) }
}

/// The day that a record has of its own: `scheduled` of a live room, or of the one that it lies in.
pub(crate) fn own_day(engine: &Engine<'_>, record: &Record<'_>, outer: Option<&Record<'_>>) -> Option<NaiveDate> {
    let scheduled = |record: &Record<'_>| record.scheduled(engine.pack.kinds.get(record.kind_index));
    scheduled(record).or_else(|| outer.and_then(scheduled))
}

/// Whether an issue is one that a column of a table may have in every row: cells that cannot be read.
fn is_of_column(record: &Record<'_>, issue: &SchemaIssue<'_>) -> bool {
    let lints = [
        SchemaLint::WrongType,
        SchemaLint::UnknownValue,
        SchemaLint::ErrorValue,
        SchemaLint::LostDigits,
        SchemaLint::ColumnsDisagree,
    ];
    record.node.style() == ScalarStyle::Row && lints.contains(&issue.lint)
}

/// What tells mistakes in one column apart: another thing is expected in their place, whatever the figures in it.
fn sort_of_mistake(issue: &SchemaIssue<'_>) -> String {
    match &issue.expected {
        Some(Arg::Localized(expected)) => expected.en.chars().filter(|c| !c.is_ascii_digit()).collect(),
        _ => String::new(),
    }
}

fn schema_violation<'a>(issue: &SchemaIssue<'a>, path: String) -> Violation<'a> {
    let text = |text: &str| Arg::Text(text.to_owned());
    let args = vec![
        (Placeholder::Found, text(&issue.found)),
        (Placeholder::Value, text(&issue.found)),
        (Placeholder::Expected, issue.expected.clone().unwrap_or_else(|| text(""))),
    ];
    let place = |node, path| RecordPlace { value: Value::Node(node), range: None, path };
    let related = issue.related.map(|node| place(node, path.clone())).into_iter().collect();
    Violation { target: place(issue.node, path), message: 0, args, related, picture: None, tested: None }
}
