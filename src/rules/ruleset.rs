//! The rules of one day, ordered for speed: a record meets only rules that can speak of it.

use std::sync::{Arc, OnceLock};

use super::check::{Body, Check, CheckKind, FixRule, Leaf, Operand, Path, Scope, Test, Texts};
use super::info::RuleInfo;
use super::language::SchemaLint;
use crate::record::schema::FieldType;
use crate::record::view::SlotSet;
use crate::record::{Kind, KindIndex, Record, Slot};
use crate::text::{WordMatcher, WordMatcherBuilder};

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
    /// Slots without which it is skipped anyway.
    pub required: SlotSet,
    /// Enum fields and the values (as bits) with which it can apply.
    pub enums: Vec<(Slot, u32)>,
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
}

impl Plan {
    /// A plan of these lists; they have been checked.
    #[must_use]
    pub const fn new(builder: WordMatcherBuilder) -> Self {
        Self { builder, matcher: OnceLock::new() }
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
    /// All rules of the pack, in its order; inactive ones keep their numbers.
    pub rules: Vec<Rule>,
    /// Scan plans.
    pub plans: Vec<Plan>,
    per_record: Vec<Vec<usize>>,
    groups: Vec<Vec<(usize, usize)>>,
    references: Vec<Vec<usize>>,
    schema: Vec<(SchemaLint, usize)>,
}

impl Ruleset {
    /// Sorts rules by what they look at.
    #[must_use]
    pub fn new(rules: Vec<Rule>, plans: Vec<Plan>, kinds: usize) -> Self {
        let mut set = Self { rules, plans, per_record: vec![Vec::new(); kinds], groups: vec![Vec::new(); kinds], references: vec![Vec::new(); kinds], schema: Vec::new() };
        for (number, rule) in set.rules.iter().enumerate().filter(|(_, rule)| rule.active) {
            match &rule.body {
                Body::Check(_) => each_kind(rule.kind, &mut set.per_record, number),
                Body::Group(group) => {
                    for (member, part) in group.members.iter().enumerate() {
                        set.groups[part.kind].push((number, member));
                    }
                }
                Body::Reference { .. } => each_kind(rule.kind, &mut set.references, number),
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
        self.rules.iter().any(|rule| matches!(&rule.body, Body::Reference { kind: target, .. } if *target == kind))
    }

    /// The rule that reports what the reader noticed: the kind's own, else one for every kind.
    #[must_use]
    pub fn schema(&self, lint: SchemaLint, kind: KindIndex) -> Option<usize> {
        let of_lint = || self.schema.iter().filter(|(known, _)| *known == lint).map(|(_, rule)| *rule);
        of_lint().find(|rule| self.rules[*rule].kind == Some(kind)).or_else(|| of_lint().find(|rule| self.rules[*rule].kind.is_none()))
    }
}

impl Rule {
    /// Could the rule say anything but SKIP of the record? Cheap, and never wrong about `false`.
    #[must_use]
    pub fn may_apply(&self, record: &Record<'_>) -> bool {
        record.present().contains_all(&self.required) && self.enums.iter().all(|(slot, bits)| record.enum_bit(*slot) & bits != 0)
    }

    /// Finds what must be present, and which enum values are asked for.
    pub fn find_shortcuts(&mut self, kind: &Kind) {
        let mut shortcuts = Shortcuts { kind, required: SlotSet::default(), enums: Vec::new() };
        if let Some(when) = &self.when {
            shortcuts.condition(when);
        }
        if let Body::Check(check) = &self.body {
            shortcuts.body(check);
        }
        self.required = shortcuts.required;
        self.enums = shortcuts.enums;
    }
}

struct Shortcuts<'k> {
    kind: &'k Kind,
    required: SlotSet,
    enums: Vec<(Slot, u32)>,
}

impl Shortcuts<'_> {
    /// A condition must PASS: every part of it must.
    fn condition(&mut self, check: &Check) {
        match &check.kind {
            CheckKind::All(parts) => parts.iter().for_each(|part| self.condition(part)),
            CheckKind::Leaf(leaf) => {
                self.leaf(leaf);
                if let Some(slot) = own_slot(&leaf.at) {
                    self.allowed(slot, leaf);
                }
            }
            _ => {}
        }
    }

    /// A body must not be SKIP: what its only leaf reads must be there.
    fn body(&mut self, check: &Check) {
        match &check.kind {
            CheckKind::Leaf(leaf) => self.leaf(leaf),
            CheckKind::Each(list, _) => self.require(list),
            CheckKind::When(condition, _) => self.condition(condition),
            _ => {}
        }
    }

    fn leaf(&mut self, leaf: &Leaf) {
        let speaks_of_absence = leaf.tests.iter().any(|test| matches!(test, Test::Exists(_)));
        if !speaks_of_absence {
            self.require(&leaf.at);
        }
    }

    fn require(&mut self, path: &Path) {
        if let Some(slot) = path.slot.filter(|slot| path.scope == Scope::Record && usize::from(*slot) < SlotSet::CAPACITY) {
            self.required.insert(slot);
        }
    }

    fn allowed(&mut self, slot: Slot, leaf: &Leaf) {
        let Some(field) = self.kind.fields.get(usize::from(slot)).filter(|field| field.ty == FieldType::Enum && field.values.len() < 31) else { return };
        for test in &leaf.tests {
            let wanted: Vec<&str> = match test {
                Test::Equal(Operand::Constant(value), true) => vec![value.text.as_str()],
                Test::In(set, true) => set.shown.iter().map(String::as_str).collect(),
                _ => continue,
            };
            let bits = field.values.iter().enumerate().filter(|(_, (value, _))| wanted.contains(&value.as_str())).fold(0, |bits, (at, _)| bits | 1 << at);
            self.enums.push((slot, bits));
        }
    }
}

fn each_kind(kind: Option<KindIndex>, lists: &mut [Vec<usize>], rule: usize) {
    match kind {
        Some(kind) => lists[kind].push(rule),
        None => lists.iter_mut().for_each(|list| list.push(rule)),
    }
}

fn own_slot(path: &Path) -> Option<Slot> {
    path.slot.filter(|_| path.scope == Scope::Record && path.steps.is_empty())
}
