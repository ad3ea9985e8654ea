//! The rules of one day, ordered for speed: a record meets only rules that can speak of it.

use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use super::check::{Body, Check, CheckKind, Content, FixRule, Path, Scope, Test, Texts};
use super::info::RuleInfo;
use super::language::SchemaLint;
use super::needs::{Around, Case, Needs, own_slot};
use super::reads::slots_read;
use crate::record::{Kind, KindIndex, Record, Slot};
use dianjian_text::{Glance, WordMatcher, WordMatcherBuilder};

/// One rule in the form in which it runs.
#[derive(Debug)]
pub struct Rule {
    /// What reports need to know.
    pub info: Arc<RuleInfo>,
    /// The kind it reads; `None`: every kind.
    pub kind: Option<KindIndex>,
    /// Where it applies.
    pub when: Option<Check>,
    /// What it looks at.
    pub body: Body,
    /// What a record must have for the rule to say anything but SKIP.
    pub needs: Needs,
    /// The ways in which it can fail: a record that is like none of them need not be asked.
    pub faults: Vec<Case>,
    /// The slots on which what it finds rests on the day; `None`: it reads more than those.
    pub reads: Option<Vec<Slot>>,
    /// The assets that it looks at, as far as their paths begin at the record.
    pub looks: Vec<Path>,
    /// Its messages.
    pub texts: Texts,
    /// Its fix.
    pub fix: Option<FixRule>,
    /// Does it hold on the day?
    pub active: bool,
}

/// Word lists that are looked for in one field, all at once.
#[derive(Debug)]
pub struct Plan {
    builder: WordMatcherBuilder,
    /// Compiled when a record first asks: a run meets only some of the fields that rules speak of.
    matcher: OnceLock<Option<WordMatcher>>,
    glance: OnceLock<Glance>,
}

impl Plan {
    /// A plan of these lists; they have been checked.
    #[must_use]
    pub const fn new(builder: WordMatcherBuilder) -> Self {
        Self { builder, matcher: OnceLock::new(), glance: OnceLock::new() }
    }

    /// The look at a text that tells whether it is worth searching.
    #[must_use]
    pub fn glance(&self) -> &Glance {
        self.glance.get_or_init(|| self.builder.glance())
    }

    /// The matcher; `None` where the words cannot be compiled.
    #[must_use]
    pub fn matcher(&self) -> Option<&WordMatcher> {
        self.matcher.get_or_init(|| self.builder.build().ok()).as_ref()
    }
}

/// All rules of one day.
#[derive(Debug)]
pub struct Ruleset {
    /// The day: with its neighbours on which nothing changes, it has one rule set.
    pub day: NaiveDate,
    /// All rules of the pack, in its order; inactive ones keep their numbers.
    pub rules: Vec<Rule>,
    /// Scan plans.
    pub plans: Vec<Arc<Plan>>,
    per_record: Vec<Vec<usize>>,
    /// By kind and slot, the plan of the words that are looked for there. INVARIANT: a plan a field, at most.
    words: Vec<Vec<Option<usize>>>,
    groups: Vec<Vec<(usize, usize)>>,
    references: Vec<Vec<usize>>,
    schema: Vec<(SchemaLint, usize)>,
    /// Do rules refer to records of the kind?
    referred: Vec<bool>,
    /// For rules of one kind that read the same slots, one number.
    bundles: Vec<Option<usize>>,
}

impl Ruleset {
    /// Sorts rules by what they look at.
    #[must_use]
    pub fn new(day: NaiveDate, rules: Vec<Rule>, plans: Vec<Arc<Plan>>, kinds: usize) -> Self {
        let mut set = Self {
            day,
            bundles: bundles(&rules),
            rules,
            plans,
            per_record: vec![Vec::new(); kinds],
            words: vec![Vec::new(); kinds],
            groups: vec![Vec::new(); kinds],
            references: vec![Vec::new(); kinds],
            schema: Vec::new(),
            referred: vec![false; kinds],
        };
        for (number, rule) in set.rules.iter().enumerate().filter(|(_, rule)| rule.active) {
            match &rule.body {
                Body::Check(check) => {
                    each_kind(rule.kind, &mut set.per_record, number);
                    if let Some(words) = rule.kind.and_then(|kind| set.words.get_mut(kind)) {
                        note_words(check, words);
                    }
                }
                Body::Group(group) => {
                    for (member, part) in group.members.iter().enumerate() {
                        set.groups[part.kind].push((number, member));
                    }
                }
                Body::Reference { kind, .. } => {
                    set.referred[*kind] = true;
                    each_kind(rule.kind, &mut set.references, number);
                }
                Body::Schema(lint) => set.schema.push((*lint, number)),
            }
        }
        set
    }

    /// Rules that look at one record of this kind.
    #[must_use]
    pub fn per_record(&self, kind: KindIndex) -> &[usize] {
        self.per_record.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The rules that read the same slots have the same number; `None`: the rule reads more than slots.
    #[must_use]
    pub fn bundle(&self, rule: usize) -> Option<usize> {
        self.bundles.get(rule).copied().flatten()
    }

    /// The look at a text in, or below, a slot.
    #[must_use]
    pub fn glance(&self, kind: KindIndex, slot: Slot) -> &Glance {
        let plan = self.words.get(kind).and_then(|words| *words.get(usize::from(slot))?);
        match plan.and_then(|plan| self.plans.get(plan)) {
            Some(plan) => plan.glance(),
            None => Glance::wordless(),
        }
    }

    /// Group rules in which this kind takes part, with the number of its part.
    #[must_use]
    pub fn groups(&self, kind: KindIndex) -> &[(usize, usize)] {
        self.groups.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Reference rules of this kind.
    #[must_use]
    pub fn references(&self, kind: KindIndex) -> &[usize] {
        self.references.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Do rules refer to records of this kind?
    #[must_use]
    pub fn is_referred(&self, kind: KindIndex) -> bool {
        self.referred.get(kind).copied().unwrap_or_default()
    }

    /// The rule that reports what the reader noticed: the kind's own, else one for every kind.
    #[must_use]
    pub fn schema(&self, lint: SchemaLint, kind: KindIndex) -> Option<usize> {
        let of_lint = || self.schema.iter().filter(|(known, _)| *known == lint).map(|(_, rule)| *rule);
        of_lint()
            .find(|rule| self.rules[*rule].kind == Some(kind))
            .or_else(|| of_lint().find(|rule| self.rules[*rule].kind.is_none()))
    }
}

impl Rule {
    /// Could the rule say anything but SKIP of the record? Cheap, and never wrong about `false`.
    #[must_use]
    pub fn may_apply(&self, record: &Record<'_>) -> bool {
        self.needs.are_met(record)
    }

    /// Finds what must be present and which choices are asked for, and marks the conditions that this decides.
    pub fn find_shortcuts(&mut self, kind: Option<&Kind>) {
        let around = Around::record(kind);
        let condition = self.when.as_ref().map(|when| Needs::to_pass(when, around).0).unwrap_or_default();
        if let Some(when) = &mut self.when {
            mark_decided(when, around);
        }
        self.needs = condition.clone();
        if let Body::Check(check) = &self.body {
            self.needs = condition.clone().and(Needs::to_speak(check, around));
            assets_of(check, &mut self.looks);
            self.reads = slots_read(kind, self.when.iter().chain([check]));
            let mut faults = Case::to_fail(check, around);
            // That an asset could not be looked at is told too.
            faults.extend(self.looks.iter().map(|path| Case::of(Needs::of_path(path, around))));
            self.faults = Case::both(vec![Case::of(condition)], faults);
        }
    }
}

/// Numbers for rules of one kind that read the same slots.
fn bundles(rules: &[Rule]) -> Vec<Option<usize>> {
    let mut known: FxHashMap<(Option<KindIndex>, &[Slot]), usize> = FxHashMap::default();
    let keys = rules.iter().map(|rule| Some((rule.kind, rule.reads.as_deref()?)));
    keys.map(|key| {
        let next = known.len();
        Some(*known.entry(key?).or_insert(next))
    })
    .collect()
}

/// The paths at which a check looks for codes.
fn assets_of(check: &Check, paths: &mut Vec<Path>) {
    match &check.kind {
        CheckKind::All(parts) | CheckKind::Any(parts) => parts.iter().for_each(|part| assets_of(part, paths)),
        CheckKind::Not(inner) | CheckKind::Each(_, inner) => assets_of(inner, paths),
        CheckKind::When(condition, inner) => [condition, inner].into_iter().for_each(|part| assets_of(part, paths)),
        CheckKind::Leaf(leaf) => {
            let looks = |test: &Test| matches!(test, Test::Content(Content::Codes(_), _));
            if leaf.tests.iter().any(looks) && leaf.at.scope == Scope::Record {
                paths.push(leaf.at.clone());
            }
        }
    }
}

/// A condition that holds exactly where its needs are met is not asked again.
fn mark_decided(condition: &mut Check, around: Around<'_>) {
    condition.is_decided = Needs::to_pass(condition, around).1;
    if let CheckKind::All(parts) = &mut condition.kind {
        parts.iter_mut().for_each(|part| mark_decided(part, around));
    }
}

/// Notes which plans a check looks for words with in slots of their own.
fn note_words(check: &Check, words: &mut Vec<Option<usize>>) {
    match &check.kind {
        CheckKind::All(parts) | CheckKind::Any(parts) => parts.iter().for_each(|part| note_words(part, words)),
        CheckKind::Not(inner) | CheckKind::Each(_, inner) => note_words(inner, words),
        CheckKind::When(condition, inner) => [condition, inner].into_iter().for_each(|part| note_words(part, words)),
        CheckKind::Leaf(leaf) => {
            let plans = leaf.tests.iter().filter_map(|test| match test {
                Test::Content(Content::Words { plan, .. }, _) => Some(*plan),
                _ => None,
            });
            for (plan, slot) in plans.zip(own_slot(&leaf.at).map(usize::from)) {
                if words.len() <= slot {
                    words.resize(slot + 1, None);
                }
                words[slot] = Some(plan);
            }
        }
    }
}

fn each_kind(kind: Option<KindIndex>, lists: &mut [Vec<usize>], rule: usize) {
    match kind {
        Some(kind) => lists[kind].push(rule),
        None => lists.iter_mut().for_each(|list| list.push(rule)),
    }
}
