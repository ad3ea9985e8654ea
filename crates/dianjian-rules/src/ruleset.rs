//! The rules of one day, ordered for speed: a record meets only rules that can speak of it.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;
use dianjian_text::{ContactFinder, ContentScan, WordMatcher, WordMatcherBuilder};

use super::check::{
    CompiledCheck, FixRule, GroupParticipant, KeyPath, PathRoot, RuleBody, RuleTexts, SearchedContent, SlotPath, Test,
};
use super::eval::{NamedTest, named_tests};
use super::info::RuleInfo;
use super::language::SchemaLint;
use super::prefilter::RuleOutlook;
use super::presumption::Presumption;
use crate::record::{KindIndex, Kinds, Record, Slot, SlotSet};

/// One rule in the form in which it runs.
#[derive(Debug)]
#[expect(missing_docs, reason = "named by their types")]
pub struct Rule {
    pub info: Arc<RuleInfo>,
    /// `None`: it is for records of every kind.
    pub kind: Option<KindIndex>,
    /// The condition under which it applies; elsewhere it is skipped.
    pub when: Option<CompiledCheck>,
    /// What it presumes of records that do not say it.
    pub presumes: Vec<Presumption>,
    /// Whether closed records are judged, too.
    pub even_closed: bool,
    /// Whether records of other platforms are judged, too.
    pub even_outside: bool,
    pub body: RuleBody,
    pub(super) outlook: RuleOutlook,
    /// The assets that it examines, as far as their paths begin at the record: they are examined in parallel beforehand.
    pub asset_paths: Vec<SlotPath>,
    pub texts: RuleTexts,
    pub fix: Option<FixRule>,
    /// Whether it is in effect on the day.
    pub active: bool,
}

/// Word lists that are looked for in one field, all at once.
#[derive(Debug)]
pub struct ScanPlan {
    builder: WordMatcherBuilder,
    /// Compiled when a record first asks: a run meets only some of the fields that rules speak of.
    matcher: OnceLock<Option<WordMatcher>>,
    scan: OnceLock<ContentScan>,
    contacts: Arc<ContactFinder>,
}

impl ScanPlan {
    /// A plan of these lists; they have been checked.
    pub const fn new(builder: WordMatcherBuilder, contacts: Arc<ContactFinder>) -> Self {
        Self { builder, matcher: OnceLock::new(), scan: OnceLock::new(), contacts }
    }

    /// The scan that tells whether a text is worth searching.
    pub fn scan(&self) -> &ContentScan {
        self.scan.get_or_init(|| self.builder.scan(&self.contacts))
    }

    /// The matcher; `None` where the words cannot be compiled.
    pub fn matcher(&self) -> Option<&WordMatcher> {
        self.matcher.get_or_init(|| self.builder.build().ok()).as_ref()
    }
}

/// All rules of one day.
#[derive(Debug)]
#[expect(missing_docs, reason = "named by their types")]
pub struct Ruleset {
    /// Days between two boundaries of the pack share the set of the first of them.
    pub day: NaiveDate,
    /// All rules of the pack, in its order: inactive ones are kept so that numbers are the same on every day.
    pub rules: Vec<Rule>,
    pub(crate) plans: Vec<Arc<ScanPlan>>,
    pub contacts: Arc<ContactFinder>,
    per_record: Vec<Vec<usize>>,
    /// By kind and slot, the plan of the words that are looked for there. INVARIANT: a plan a field, at most.
    words: Vec<Vec<Option<usize>>>,
    groups: Vec<Vec<(usize, usize)>>,
    references: Vec<Vec<usize>>,
    schema: Vec<(SchemaLint, usize)>,
    /// By kind, whether rules refer to its records.
    referred: Vec<bool>,
    /// By kind, when a record of it is closed.
    closed: Vec<Option<CompiledCheck>>,
    /// By kind, the fields of its records that are read through the references of others.
    named: Vec<Vec<Slot>>,
    /// By kind, whether groups are of records that name the same one of it.
    identified: Vec<bool>,
    /// By rule, the fields of its own kind that it reads.
    reads: Vec<SlotSet>,
    /// By kind, the rules with tests on its records alone, through references of theirs, and the kind of these rules.
    named_askers: Vec<Vec<(usize, KindIndex)>>,
    /// By rule, the tests of its condition on records that are named.
    named_tests: Vec<Vec<NamedTest>>,
}

impl Ruleset {
    /// Sorts rules by what they look at.
    pub fn new(
        day: NaiveDate,
        rules: Vec<Rule>,
        plans: Vec<Arc<ScanPlan>>,
        contacts: Arc<ContactFinder>,
        kinds: usize,
    ) -> Self {
        let mut set = Self {
            day,
            rules,
            plans,
            contacts,
            per_record: vec![Vec::new(); kinds],
            words: vec![Vec::new(); kinds],
            groups: vec![Vec::new(); kinds],
            references: vec![Vec::new(); kinds],
            schema: Vec::new(),
            referred: vec![false; kinds],
            closed: Vec::new(),
            named: vec![Vec::new(); kinds],
            identified: vec![false; kinds],
            reads: Vec::new(),
            named_askers: Vec::new(),
            named_tests: Vec::new(),
        };
        for (number, rule) in set.rules.iter().enumerate().filter(|(_, rule)| rule.active) {
            match &rule.body {
                RuleBody::Check(check) => {
                    each_kind(rule.kind, &mut set.per_record, number);
                    if let Some(words) = rule.kind.and_then(|kind| set.words.get_mut(kind)) {
                        note_words(check, words);
                    }
                }
                RuleBody::Group(group) => {
                    for (member, part) in group.members.iter().enumerate() {
                        set.groups[part.kind].push((number, member));
                        part.keys().filter_map(KeyPath::reference).for_each(|(_, of)| set.identified[of] = true);
                    }
                }
                RuleBody::Reference { kind, .. } => {
                    set.referred[*kind] = true;
                    each_kind(rule.kind, &mut set.references, number);
                }
                RuleBody::Schema(lint) => set.schema.push((*lint, number)),
            }
        }
        set
    }

    /// Notes, by kind, when a record is closed.
    #[must_use]
    pub(super) fn with_closed(mut self, closed: Vec<Option<CompiledCheck>>) -> Self {
        self.closed = closed;
        self
    }

    /// Notes, by kind, what is read of its records through the references of others.
    #[must_use]
    pub(super) fn with_named(mut self, kinds: &Kinds) -> Self {
        let mut named: Vec<BTreeSet<Slot>> = vec![BTreeSet::new(); self.named.len()];
        for rule in &self.rules {
            let mut reads = SlotSet::default();
            rule.each_path(&mut |kind, path| {
                if path.root == PathRoot::Record && kind == rule.kind {
                    path.slot.into_iter().for_each(|slot| reads.insert(slot));
                }
                let PathRoot::Named(reference) = path.root else { return };
                let of = kind.and_then(|kind| kinds.named_by(kind, reference));
                if let Some((set, slot)) = of.and_then(|of| Some((named.get_mut(of)?, path.slot?))) {
                    set.insert(slot);
                }
            });
            self.reads.push(reads);
        }
        // Whether it is closed decides what is judged of the records that name it.
        for (_, of) in kinds.iter().flat_map(|kind| &kind.references) {
            let Some((set, closed)) = named.get_mut(*of).zip(self.closed(*of)) else { continue };
            closed.each_path(&mut |path| set.extend(path.slot.filter(|_| path.root == PathRoot::Record)));
        }
        // So does of which platform it is.
        for (_, of) in kinds.iter().flat_map(|kind| &kind.references) {
            named[*of].extend(kinds.get(*of).outside);
        }
        for inheritance in kinds.iter().flat_map(|kind| &kind.inherits) {
            let Some(set) = named.get_mut(inheritance.of) else { continue };
            set.extend(inheritance.take.iter().flat_map(|taken| &taken.from).map(|from| from.slot));
        }
        self.named = named.into_iter().map(|slots| slots.into_iter().collect()).collect();
        self.note_named_tests(kinds);
        self
    }

    /// Numbers the tests on records that are named, by the kinds of these.
    fn note_named_tests(&mut self, kinds: &Kinds) {
        let mut counts = vec![0; self.named.len()];
        self.named_askers = vec![Vec::new(); self.named.len()];
        for (number, rule) in self.rules.iter().enumerate() {
            let mut tests = Vec::new();
            for (reference, _) in rule.when.iter().flat_map(named_tests) {
                let of = rule.kind.and_then(|kind| Some((kind, kinds.named_by(kind, reference)?)));
                let Some((kind, named)) = of else { continue };
                tests.push(NamedTest { reference, answer: counts[named] });
                counts[named] += 1;
                let askers = &mut self.named_askers[named];
                if askers.last() != Some(&(number, kind)) {
                    askers.push((number, kind));
                }
            }
            self.named_tests.push(tests);
        }
    }

    /// The rules whose conditions have tests on records of this kind alone, in the order of the answers, and their kinds.
    pub(crate) fn named_askers(&self, kind: KindIndex) -> &[(usize, KindIndex)] {
        self.named_askers.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The tests of a rule's condition that read nothing but what a reference names.
    pub fn named_tests(&self, rule: usize) -> &[NamedTest] {
        self.named_tests.get(rule).map_or(&[], Vec::as_slice)
    }

    /// The fields of its own kind that the rule with this number reads.
    pub fn reads(&self, rule: usize) -> SlotSet {
        self.reads.get(rule).copied().unwrap_or_default()
    }

    /// The fields of a kind's records that are read through the references of others.
    pub fn named(&self, kind: KindIndex) -> &[Slot] {
        self.named.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Whether groups are of records that name the same one of this kind.
    pub fn is_identified(&self, kind: KindIndex) -> bool {
        self.identified.get(kind).copied().unwrap_or_default()
    }

    /// When a record of this kind is closed; `None`: never.
    pub(super) fn closed(&self, kind: KindIndex) -> Option<&CompiledCheck> {
        self.closed.get(kind)?.as_ref()
    }

    /// Rules that look at one record of this kind.
    pub fn per_record(&self, kind: KindIndex) -> &[usize] {
        self.per_record.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The scan of a text in, or below, a slot.
    pub fn scan(&self, kind: KindIndex, slot: Slot) -> &ContentScan {
        let plan = self.words.get(kind).and_then(|words| *words.get(usize::from(slot))?);
        match plan.and_then(|plan| self.plans.get(plan)) {
            Some(plan) => plan.scan(),
            None => self.contacts.scan(),
        }
    }

    /// Group rules in which this kind takes part, with the number of its part.
    pub fn groups(&self, kind: KindIndex) -> &[(usize, usize)] {
        self.groups.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Reference rules of this kind.
    pub fn references(&self, kind: KindIndex) -> &[usize] {
        self.references.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Whether rules refer to records of this kind.
    pub fn is_referred(&self, kind: KindIndex) -> bool {
        self.referred.get(kind).copied().unwrap_or_default()
    }

    /// The rule that reports what the reader noticed: the kind's own, else one for every kind.
    pub fn schema(&self, lint: SchemaLint, kind: KindIndex) -> Option<usize> {
        let of_lint = || self.schema.iter().filter(|(known, _)| *known == lint).map(|(_, rule)| *rule);
        of_lint()
            .find(|rule| self.rules[*rule].kind == Some(kind))
            .or_else(|| of_lint().find(|rule| self.rules[*rule].kind.is_none()))
    }
}

impl Rule {
    /// Whether the rule reads fields of the record that the reference in a slot names.
    pub fn reads_named(&self, reference: Slot) -> bool {
        let mut reads = false;
        self.each_path(&mut |_, path| reads |= path.root == PathRoot::Named(reference));
        reads
    }

    /// Whether findings on a member of its groups speak of records that this names.
    pub fn shows_named(&self, member: &GroupParticipant) -> bool {
        let is_named = |(_, path): &(String, SlotPath)| matches!(path.root, PathRoot::Named(_));
        member.shows_named() || self.texts.fields.iter().any(is_named)
    }

    /// Calls `f` with everything that the rule reads, and the kind of the records that it reads it of.
    fn each_path<'r>(&'r self, f: &mut dyn FnMut(Option<KindIndex>, &'r SlotPath)) {
        let own = self.kind;
        self.when.iter().for_each(|when| when.each_path(&mut |path| f(own, path)));
        self.presumes.iter().flat_map(|presumption| &presumption.places).for_each(|path| f(own, path));
        self.texts.fields.iter().for_each(|(_, path)| f(own, path));
        match &self.body {
            RuleBody::Check(check) => check.each_path(&mut |path| f(own, path)),
            RuleBody::Group(group) => group.each_path(f),
            RuleBody::Reference { at, items, .. } => {
                let of_items = items.iter().flat_map(|items| [&items.list, &items.at]);
                [at].into_iter().chain(of_items).for_each(|path| f(own, path));
            }
            RuleBody::Schema(_) => {}
        }
    }

    /// Whether the rule can PASS or FAIL on the record. Cheap; `false` is certain, `true` is not.
    pub fn may_apply(&self, record: &Record<'_>) -> bool {
        self.outlook.preconditions.are_met(record)
    }
}

/// Notes which plans a check looks for words with in slots of their own.
fn note_words(check: &CompiledCheck, words: &mut Vec<Option<usize>>) {
    check.each_leaf(&mut |leaf| {
        let plans = leaf.tests.iter().filter_map(|test| match test {
            Test::Content(SearchedContent::Words { plan, .. }, _) => Some(*plan),
            _ => None,
        });
        for (plan, slot) in plans.zip(leaf.at.own_slot().map(usize::from)) {
            if words.len() <= slot {
                words.resize(slot + 1, None);
            }
            words[slot] = Some(plan);
        }
    });
}

fn each_kind(kind: Option<KindIndex>, lists: &mut [Vec<usize>], rule: usize) {
    match kind {
        Some(kind) => lists[kind].push(rule),
        None => lists.iter_mut().for_each(|list| list.push(rule)),
    }
}
