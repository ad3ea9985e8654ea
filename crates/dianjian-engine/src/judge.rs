//! One document before the rules: its records' findings, and what it adds to rules over all records.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::build::{Builder, Subject};
use super::scripts::Beside;
use super::suppress::{self, FileIssue, Suppression};
use super::{Engine, Finding, tables};
use dianjian_base::FieldPath;
use dianjian_base::lang::{Localized, Text};
use dianjian_base::message::Arg;
use dianjian_document::problem::Problem;
use dianjian_document::source::{SourceFile, Span};
use dianjian_document::tree::{self, Format, Node, Tree};
use dianjian_media::MediaError;
use dianjian_rules::check::{Body, Member, Path};
use dianjian_rules::eval::{Context, Outcome, Scans, Target, Violation};
use dianjian_rules::language::SchemaLint;
use dianjian_rules::prefilter::{RuleFilter, RuleFilterCache};
use dianjian_rules::record::kind::nearest;
use dianjian_rules::record::{Reader, Record, Seen, Slot, foreign};
use dianjian_rules::{Rule, Ruleset};
use dianjian_text::{Fold, Folder};

/// A record's part in a rule over all records.
#[derive(Debug, Clone)]
pub struct Contribution {
    /// The rule's number.
    pub rule: u32,
    /// Stands for the key: of a million keys, two are taken for one once in 36 million runs.
    pub key: u64,
    /// Where the label points, in the file's bytes.
    pub start: u64,
    /// Stands for the value of `distinct`, or is the value of `sum`.
    pub value: Part,
    /// Stands for the value of the group's `mixed`.
    pub mixed: Option<u64>,
    /// The bounds, which may depend on the record.
    pub min: Option<Decimal>,
    /// The bounds, which may depend on the record.
    pub max: Option<Decimal>,
}

/// What a contribution brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Itself.
    One,
    /// A value to be told apart.
    Hash(u64),
    /// A value to be added.
    Amount(Decimal),
}

/// A record that refers to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Use {
    /// The rule's number.
    pub rule: u32,
    /// Stands for kind and key.
    pub key: u64,
    /// Where, in the file's bytes.
    pub start: u64,
}

/// What a document adds to the run beside its findings.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Parts in groups.
    pub contributions: Vec<Contribution>,
    /// References to records.
    pub uses: Vec<Use>,
    /// Records that can be referred to: what stands for kind and key, and the key itself.
    pub keys: Vec<(u64, String)>,
    /// Records by kind number.
    pub records: Vec<usize>,
}

/// Reads and judges the documents of one source.
pub(super) struct Judge<'e, 's> {
    pub engine: &'e Engine<'e>,
    pub source: &'s Arc<SourceFile>,
    pub scripts: &'e dyn Beside,
    /// Was the file named, rather than found in a folder? Then it should hold records.
    pub explicit: bool,
    pub shared: Shared,
    pub findings: Vec<Finding>,
    pub problems: Vec<Problem>,
    /// Pictures of exports that are addresses.
    pub addresses: usize,
    /// Documents that are known and hold nothing to be checked.
    pub idle: usize,
    pub memory: Memory,
}

/// What is kept from one source to the next: what was worked out, and room to work in.
#[derive(Debug, Default)]
pub(super) struct Memory {
    filters: RuleFilterCache,
    scans: Scans,
    candidates: Vec<usize>,
    keys: Keys,
}

/// What came of one source.
pub(super) struct Checked {
    pub problems: Vec<Problem>,
    pub findings: Vec<Finding>,
    /// Findings silenced by comments.
    pub suppressed: usize,
    /// Pictures of exports that are addresses, at which nobody looked.
    pub addresses: usize,
    /// Documents that are known and hold nothing to be checked.
    pub idle: usize,
    pub shared: Shared,
    pub suppressions: Vec<Suppression>,
}

/// Reads and checks one source; rules over all records are left for later.
pub(super) fn check_source(
    engine: &Engine<'_>,
    source: &Arc<SourceFile>,
    format: Format,
    explicit: bool,
    scripts: &dyn Beside,
    tree: &mut Tree,
    memory: &mut Memory,
) -> Checked {
    let as_of = engine.options.as_of;
    let mut judge = Judge::new(engine, source, scripts);
    judge.explicit = explicit;
    judge.memory = std::mem::take(memory);
    let reader = Judge::reader(engine, scripts);
    let limits = &engine.options.limits;
    let errors = tree::parse(source, format, limits, tree, &mut |root| judge.document(&reader, root));
    let mut problems = Vec::new();
    for error in &errors {
        match &error.problem {
            tree::Problem::DuplicateKey { key } if error.is_repeated_key_of(format) => judge.file_issue(&FileIssue {
                lint: SchemaLint::RepeatedKey,
                span: error.span,
                found: key.clone(),
                expected: String::new(),
                related: error.related.map(|(_, first)| first),
            }),
            _ => problems.push(document_problem(source, error)),
        }
    }
    problems.append(&mut judge.problems);
    let is_unknown = source.table().is_some_and(|table| table.header.mapping.is_none());
    problems.extend((explicit && is_unknown && source.first_record() == 0).then(|| tables::unknown(engine, source)));
    problems.extend(problems.is_empty().then(|| empty_file(source)).flatten());
    let (mut suppressions, issues) = suppress::suppressions(source, tree.comments(), as_of);
    for issue in &issues {
        judge.file_issue(issue);
    }
    *memory = std::mem::take(&mut judge.memory);
    let mut findings = std::mem::take(&mut judge.findings);
    sort(&mut findings, source);
    let suppressed = drop_suppressed(&mut findings, &mut suppressions, as_of, source.name());
    let (addresses, idle) = (judge.addresses, judge.idle);
    Checked { problems, findings, suppressed, addresses, idle, shared: judge.shared, suppressions }
}

pub(super) fn document_problem(source: &Arc<SourceFile>, error: &tree::DocumentError) -> Problem {
    let mut problem = Problem::at(source, error.span, error);
    if let Some((related, span)) = error.related {
        problem.related.push((Arc::clone(source), span, related.both()));
    }
    problem
}

/// A file without a byte of content is a mistake: a record was meant to be there.
fn empty_file(source: &Arc<SourceFile>) -> Option<Problem> {
    if source.base_offset() > 0 || !source.text().trim_start_matches('\u{FEFF}').trim().is_empty() {
        return None;
    }
    let message = Text { zh: "文件是空的".to_owned(), en: "the file is empty".to_owned() };
    let help =
        Text { zh: "补上内容，或删除这个文件。".to_owned(), en: "Fill it or remove it.".to_owned() };
    Some(Problem {
        file: source.name().to_owned(),
        place: Some((Arc::clone(source), Span::at(0))),
        sheet: None,
        related: Vec::new(),
        message,
        help: Some(help),
    })
}

/// The order of findings in a file: its own by place, then those in the scripts it names, then by rule.
fn sort(findings: &mut [Finding], source: &SourceFile) {
    findings.sort_by(|left, right| {
        let key = |finding: &Finding| {
            let file = finding.primary.source.name();
            let own = file == source.name();
            let start = finding.primary.source.base_offset() + u64::from(finding.primary.span.start);
            (!own, if own { String::new() } else { file.to_owned() }, start, finding.primary.span.end)
        };
        key(left)
            .cmp(&key(right))
            .then_with(|| left.rule.id.cmp(&right.rule.id))
            .then_with(|| left.path.cmp(&right.path))
    });
}

/// Is it worth telling that a suppression silenced nothing? Not where all rules that it names are off here or do
/// not hold on the day. Of one that names no rule at all, the nearest id is told.
fn told_unused(engine: &Engine<'_>, file: &str, suppression: &Suppression) -> Option<String> {
    let mut named = engine.rules().rules.iter().filter(|rule| suppression.names(&rule.info.id)).peekable();
    if named.peek().is_none() {
        let ids = engine.pack.rules.iter().map(|rule| rule.info.id.as_str());
        return Some(nearest(suppression.first_pattern(), ids).unwrap_or_default().to_owned());
    }
    let ran = |rule: &Rule| rule.active && engine.policy.severity(&rule.info, file).is_some();
    named.any(ran).then(String::new)
}

/// Tells of suppressions that silenced nothing; to be asked when everything else is through.
pub(super) fn unused_suppressions(
    engine: &Engine<'_>,
    source: &Arc<SourceFile>,
    suppressions: &[Suppression],
    scripts: &dyn Beside,
) -> Vec<Finding> {
    let mut judge = Judge::new(engine, source, scripts);
    for suppression in suppressions.iter().filter(|suppression| suppression.is_unused(engine.options.as_of)) {
        let Some(expected) = told_unused(engine, source.name(), suppression) else { continue };
        let found = source.slice(suppression.span).trim_start_matches('#').trim().to_owned();
        judge.file_issue(&FileIssue {
            lint: SchemaLint::SuppressionUnused,
            span: suppression.span,
            found,
            expected,
            related: None,
        });
    }
    judge.findings
}

impl<'e, 's> Judge<'e, 's> {
    pub(super) fn new(engine: &'e Engine<'e>, source: &'s Arc<SourceFile>, scripts: &'e dyn Beside) -> Self {
        let records = vec![0; engine.pack.kinds.iter().count()];
        Self {
            engine,
            source,
            scripts,
            explicit: false,
            shared: Shared { records, ..Shared::default() },
            findings: Vec::new(),
            problems: Vec::new(),
            addresses: 0,
            idle: 0,
            memory: Memory::default(),
        }
    }

    /// The reader of records for this engine.
    pub(super) fn reader(engine: &'e Engine<'e>, scripts: &'e dyn Beside) -> Reader<'e> {
        Reader {
            kind: engine.options.kind,
            scripts,
            homes: Some(&engine.homes),
            ..Reader::new(&engine.pack.kinds, &engine.pack.mappings)
        }
    }

    /// Judges one document.
    pub(super) fn document(&mut self, reader: &Reader<'_>, root: Node<'_>) {
        let source = self.source;
        reader.read(source, root, &mut |seen| match seen {
            Seen::Record(record, outer) => self.record(record, outer),
            Seen::Refused(node, text) => self.problems.push(Problem::told(source, node.head_span(), text, None)),
            Seen::Idle => self.idle += 1,
            Seen::Beside(record) => self.beside(record),
            Seen::Noticed(issue) => {
                let target = Target {
                    value: dianjian_rules::record::Value::Node(issue.node),
                    range: None,
                    path: issue.path.clone(),
                };
                self.notice(issue.lint, &target, &issue.found, issue.expected.clone());
            }
            Seen::Foreign(node) if self.explicit => {
                self.problems.push(foreign(source, node, &self.engine.pack.kinds));
            }
            Seen::Foreign(_) => {}
        });
    }

    /// Judges one record.
    pub(super) fn record<'a>(&mut self, record: &Record<'a>, outer: Option<&Record<'a>>) {
        let engine = self.engine;
        let kind = engine.pack.kinds.get(record.kind_index);
        if let Some(count) = self.shared.records.get_mut(record.kind_index) {
            *count += 1;
        }
        let day = day_of(engine, record, outer);
        // The day of the run is that of nearly all records; its rules are not counted in and out for each.
        let other = (day != engine.options.as_of).then(|| engine.rules_at(day));
        let rules = other.as_deref().unwrap_or(engine.rules());
        let filter = self.memory.filters.get(rules, kind, record);
        let mut candidates = std::mem::take(&mut self.memory.candidates);
        filter.candidates(rules, kind, record, &mut candidates);
        let mut context = Context {
            rules,
            kinds: &engine.pack.kinds,
            record,
            outer,
            as_of: day,
            assets: self.scripts,
            scans: std::mem::take(&mut self.memory.scans),
        };
        let mut violations = Vec::new();
        for &number in &candidates {
            let rule = &rules.rules[number];
            let Body::Check(check) = &rule.body else { continue };
            // Looking takes long: not for rules that are off here.
            if !rule.asset_paths.is_empty() {
                if !self.is_on(rule) {
                    continue;
                }
                self.look_ahead(&mut context, &candidates);
            }
            if context.run(rule, check, &mut violations) == Outcome::Fail {
                self.build(&context, number, &mut violations);
            }
            violations.clear();
        }
        self.noticed(&context, rules);
        self.unlooked(&context);
        self.share(&mut context, &filter);
        self.key(record, kind.id);
        context.scans.clear();
        self.memory.scans = context.scans;
        self.memory.candidates = candidates;
    }

    /// What completes exports is no record: only what the reader noticed is told of it.
    fn beside(&mut self, record: &Record<'_>) {
        let engine = self.engine;
        let day = engine.options.as_of;
        let rules = engine.rules_at(day);
        let context = Context {
            rules: &rules,
            kinds: &engine.pack.kinds,
            record,
            outer: None,
            as_of: day,
            assets: self.scripts,
            scans: Scans::default(),
        };
        self.noticed(&context, &rules);
    }

    /// Tells what the reader noticed.
    fn noticed(&mut self, context: &Context<'_, '_>, rules: &Ruleset) {
        let record = context.record;
        for issue in &record.issues {
            let target = Target {
                value: dianjian_rules::record::Value::Node(issue.node),
                range: None,
                path: FieldPath::new(&record.prefix).child(&issue.path),
            };
            if let Some(number) = rules.schema(issue.lint, record.kind_index) {
                let violation = schema_violation(target, &issue.found, issue.expected.clone());
                self.build(context, number, &mut vec![violation]);
            }
        }
    }

    fn is_on(&self, rule: &Rule) -> bool {
        self.engine.policy.severity(&rule.info, self.source.name()).is_some()
    }

    /// Looks at all assets that rules ask for, several at a time. Asked again it has nothing left to do.
    fn look_ahead(&self, context: &mut Context<'_, '_>, candidates: &[usize]) {
        let rules = context.rules;
        for rule in candidates.iter().map(|number| &rules.rules[*number]).filter(|rule| !rule.asset_paths.is_empty()) {
            if self.is_on(rule) && context.applies(rule) {
                context.look_ahead(rule.asset_paths.iter());
            }
        }
    }

    /// Tells of the assets that could not be looked at. Exports name their pictures by address, by the hundred:
    /// those are only counted.
    fn unlooked(&mut self, context: &Context<'_, '_>) {
        let mut stopped = false;
        for (span, entry) in context.scans.assets() {
            let forgiven = !self.engine.options.addresses_are_problems.unwrap_or(!context.is_mapped());
            if forgiven && entry.is_address() {
                self.addresses += 1;
                continue;
            }
            let errors = entry.files.iter().filter_map(|file| file.looked.as_ref().err());
            // That the run was stopped is worth telling once, not for every file it did not come to.
            let errors = errors.filter(|error| {
                let is_stop = matches!(error, MediaError::Interrupted { .. });
                !(is_stop && std::mem::replace(&mut stopped, true))
            });
            self.problems.extend(errors.map(|error| Problem::at(self.source, span, error)));
        }
    }

    /// Turns violations into findings.
    fn build(&mut self, context: &Context<'_, '_>, rule: usize, violations: &mut Vec<Violation<'_>>) {
        let mut builder = Builder { engine: self.engine, source: self.source, subject: Subject::Record(context) };
        for violation in violations.drain(..) {
            self.findings.extend(builder.finding(rule, violation, Vec::new(), 0));
        }
    }

    /// Reports what the reader of files noticed, outside any record.
    fn notice(&mut self, lint: SchemaLint, target: &Target<'_>, found: &str, expected: Option<Arg>) {
        let Some(number) = self.engine.rules().schema(lint, usize::MAX) else { return };
        let mut builder = Builder {
            engine: self.engine,
            source: self.source,
            subject: Subject::File(self.engine.rules(), self.engine.options.as_of),
        };
        self.findings.extend(builder.finding(number, schema_violation(target.clone(), found, expected), Vec::new(), 0));
    }

    /// Reports what is wrong with a file outside any record.
    pub(super) fn file_issue(&mut self, issue: &FileIssue) {
        let engine = self.engine;
        let mut builder =
            Builder { engine, source: self.source, subject: Subject::File(engine.rules(), engine.options.as_of) };
        self.findings.extend(builder.file_finding(issue));
    }

    /// Gathers the record's part in rules over all records.
    fn share(&mut self, context: &mut Context<'_, '_>, filter: &RuleFilter) {
        let rules = context.rules;
        let kind = context.record.kind_index;
        self.memory.keys.known.clear();
        for &(number, member) in &filter.groups {
            let rule = &rules.rules[number];
            let Body::Group(group) = &rule.body else { continue };
            let own = rule.kind == Some(kind) && member == 0;
            if own && !context.applies(rule) {
                continue;
            }
            let Some(part) = group.members.get(member) else { continue };
            self.shared.contributions.extend(contribution(context, number, group, part, &mut self.memory.keys));
        }
        for &number in &filter.references {
            let rule = &rules.rules[number];
            let Body::Reference { at, kind: target, .. } = &rule.body else { continue };
            if !context.applies(rule) {
                continue;
            }
            let Some((value, text)) = context.field(at).and_then(|value| Some((value.clone(), value.text()?))) else {
                continue;
            };
            self.shared.uses.push(Use {
                rule: u32::try_from(number).unwrap_or(u32::MAX),
                key: reference_key(*target, &text),
                start: start_of(context.record.node.source(), &value),
            });
        }
    }

    /// Notes the record's own key, for those who refer to it.
    fn key(&mut self, record: &Record<'_>, id: Slot) {
        let wanted = self.engine.rules().is_referred(record.kind_index);
        if let Some(text) = record.slot(id).filter(|_| wanted).and_then(|value| value.text()) {
            self.shared.keys.push((reference_key(record.kind_index, &text), text.into_owned()));
        }
    }
}

/// The day as of which a record is checked: decided here alone.
pub(super) fn day_of(engine: &Engine<'_>, record: &Record<'_>, outer: Option<&Record<'_>>) -> NaiveDate {
    let kinds = &engine.pack.kinds;
    let own = || {
        record
            .scheduled(kinds.get(record.kind_index))
            .or_else(|| outer.and_then(|outer| outer.scheduled(kinds.get(outer.kind_index))))
    };
    if engine.options.as_of_given { engine.options.as_of } else { own().unwrap_or(engine.options.as_of) }
}

/// A record's part in a group, if it has the key.
pub fn contribution(
    context: &Context<'_, '_>,
    number: usize,
    group: &dianjian_rules::check::Group,
    part: &Member,
    keys: &mut Keys,
) -> Option<Contribution> {
    let key = keys.of_group(context, group.key_fold, part)?;
    let value = match (&part.of, group.fold) {
        (Some(of), dianjian_rules::check::GroupFold::Sum) => Part::Amount(context.field(of)?.number()?),
        (Some(of), _) => Part::Hash(keys.stand_in(of.own_slot(), &context.field(of)?.text()?, Fold::Name)),
        (None, _) => Part::One,
    };
    let place =
        part.point.as_ref().and_then(|point| context.field(point)).or_else(|| context.field(part.by.first()?))?;
    Some(Contribution {
        rule: u32::try_from(number).unwrap_or(u32::MAX),
        key,
        start: start_of(context.record.node.source(), &place),
        value,
        mixed: group.mixed.as_ref().and_then(|path| context.field(path)?.text()).map(|text| hash(&text)),
        min: group.min.as_ref().and_then(|operand| context.number(operand)),
        max: group.max.as_ref().and_then(|operand| context.number(operand)),
    })
}

/// What stands for the keys of one record in groups: several rules go by the same fields.
#[derive(Debug, Default)]
pub struct Keys {
    known: Vec<(Slot, Fold, Option<u64>)>,
    /// The texts that were folded last, by their slots: shops of one owner stand side by side.
    last: Vec<(Slot, Fold, String, u64)>,
    folder: Folder,
}

impl Keys {
    /// Stands for a group's key: a hash of its folded parts.
    fn of_group(&mut self, context: &Context<'_, '_>, key_fold: Fold, part: &Member) -> Option<u64> {
        if let [path] = part.by.as_slice() {
            return self.of_field(context, key_fold, path);
        }
        let parts: Option<Vec<u64>> = part.by.iter().map(|path| self.of_field(context, key_fold, path)).collect();
        Some(hash(&parts?))
    }

    fn of_field(&mut self, context: &Context<'_, '_>, key_fold: Fold, path: &Path) -> Option<u64> {
        let own = path.own_slot();
        if let Some((.., known)) = self.known.iter().find(|(slot, fold, _)| Some(*slot) == own && *fold == key_fold) {
            return *known;
        }
        let value = context.field(path).filter(|value| !value.is_empty());
        let key = value.and_then(|value| value.with_text(|text| self.stand_in(own, text.trim(), key_fold)));
        self.known.extend(own.map(|slot| (slot, key_fold, key)));
        key
    }

    /// Stands for a folded text.
    fn stand_in(&mut self, slot: Option<Slot>, text: &str, fold: Fold) -> u64 {
        let Self { last, folder, .. } = self;
        let place = last.iter().position(|(known, by, ..)| Some(*known) == slot && *by == fold);
        if let Some((.., hash)) = place.map(|place| &last[place]).filter(|(_, _, known, _)| known == text) {
            return *hash;
        }
        let hash = hash(&folder.fold_into(text, fold).as_str());
        match place.and_then(|place| last.get_mut(place)) {
            Some((_, _, known, stand_in)) => {
                known.clear();
                known.push_str(text);
                *stand_in = hash;
            }
            None => last.extend(slot.map(|slot| (slot, fold, text.to_owned(), hash))),
        }
        hash
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Stands for a record that can be referred to.
pub(super) fn reference_key(kind: usize, text: &str) -> u64 {
    hash(&(kind, text.trim()))
}

/// Where a value stands, in the bytes of the whole file.
pub(super) fn start_of(source: &SourceFile, value: &dianjian_rules::record::Value<'_>) -> u64 {
    source.base_offset() + u64::from(value.node().use_span().start)
}

fn schema_violation<'a>(target: Target<'a>, found: &str, expected: Option<Arg>) -> Violation<'a> {
    let text = |text: &str| Arg::Text(text.to_owned());
    let args = vec![
        ("found".to_owned(), text(found)),
        ("value".to_owned(), text(found)),
        ("expected".to_owned(), expected.unwrap_or_else(|| text(""))),
    ];
    Violation { target, message: 0, args, related: Vec::new(), picture: None }
}

/// Drops the findings that comments silence; returns how many.
pub(super) fn drop_suppressed(
    findings: &mut Vec<Finding>,
    suppressions: &mut [Suppression],
    as_of: NaiveDate,
    file: &str,
) -> usize {
    if suppressions.is_empty() {
        return 0;
    }
    let before = findings.len();
    findings.retain(|finding| {
        let here = finding.primary.source.name() == file;
        !(here && suppress::silences(suppressions, &finding.rule.id, finding.primary.range().0.line, as_of))
    });
    before - findings.len()
}

/// The rule set a finding's rule belongs to.
pub(super) fn rules_of<'c>(subject: &Subject<'c, '_, '_>) -> &'c Ruleset {
    match subject {
        Subject::Record(context) => context.rules,
        Subject::File(rules, _) => rules,
    }
}
