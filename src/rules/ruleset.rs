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
    /// What a record must have for the rule to say anything but SKIP.
    pub needs: Needs,
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
    pub plans: Vec<Arc<Plan>>,
    per_record: Vec<Vec<usize>>,
    /// The needs of the rules in `per_record`, side by side: most rules are passed over by them alone.
    needs: Vec<Vec<Needs>>,
    groups: Vec<Vec<(usize, usize)>>,
    references: Vec<Vec<usize>>,
    schema: Vec<(SchemaLint, usize)>,
    /// Do rules refer to records of the kind?
    referred: Vec<bool>,
}

impl Ruleset {
    /// Sorts rules by what they look at.
    #[must_use]
    pub fn new(rules: Vec<Rule>, plans: Vec<Arc<Plan>>, kinds: usize) -> Self {
        let mut set = Self {
            rules,
            plans,
            per_record: vec![Vec::new(); kinds],
            needs: Vec::new(),
            groups: vec![Vec::new(); kinds],
            references: vec![Vec::new(); kinds],
            schema: Vec::new(),
            referred: vec![false; kinds],
        };
        for (number, rule) in set.rules.iter().enumerate().filter(|(_, rule)| rule.active) {
            match &rule.body {
                Body::Check(_) => each_kind(rule.kind, &mut set.per_record, number),
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
        let needs = |numbers: &Vec<usize>| numbers.iter().map(|number| set.rules[*number].needs.clone()).collect();
        set.needs = set.per_record.iter().map(needs).collect();
        set
    }

    /// Rules that look at one record and may say something of this one.
    pub fn per_record(&self, record: &Record<'_>) -> impl Iterator<Item = usize> {
        let kind = record.kind_index;
        let numbers = self.per_record.get(kind).map_or(&[][..], Vec::as_slice);
        let needs = self.needs.get(kind).map_or(&[][..], Vec::as_slice);
        numbers.iter().zip(needs).filter(|(_, needs)| needs.are_met(record)).map(|(number, _)| *number)
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
        of_lint().find(|rule| self.rules[*rule].kind == Some(kind)).or_else(|| of_lint().find(|rule| self.rules[*rule].kind.is_none()))
    }
}

impl Rule {
    /// Could the rule say anything but SKIP of the record? Cheap, and never wrong about `false`.
    #[must_use]
    pub fn may_apply(&self, record: &Record<'_>) -> bool {
        self.needs.are_met(record)
    }

    /// Finds what must be present, and which enum values are asked for.
    pub fn find_shortcuts(&mut self, kind: &Kind) {
        let condition = self.when.as_ref().map(|when| Needs::to_pass(when, kind)).unwrap_or_default();
        let body = match &self.body {
            Body::Check(check) => Needs::to_speak(check, kind),
            _ => Needs::default(),
        };
        self.needs = condition.and(body);
    }
}

/// What a record must have for a check to come to an outcome. INVARIANT: too little may be asked for, never too much.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// Slots that must be filled.
    slots: SlotSet,
    /// Enum fields and the values (as bits) that they may have; each slot once.
    enums: Vec<(Slot, u32)>,
}

impl Needs {
    /// Has the record all of it?
    #[must_use]
    pub fn are_met(&self, record: &Record<'_>) -> bool {
        record.present().contains_all(&self.slots) && self.enums.iter().all(|(slot, bits)| record.enum_bit(*slot) & bits != 0)
    }

    /// What it takes for the check to PASS.
    fn to_pass(check: &Check, kind: &Kind) -> Self {
        match &check.kind {
            CheckKind::All(parts) => parts.iter().map(|part| Self::to_pass(part, kind)).fold(Self::default(), Self::and),
            CheckKind::Any(parts) => parts.iter().map(|part| Self::to_pass(part, kind)).reduce(Self::or).unwrap_or_default(),
            CheckKind::When(condition, inner) => Self::to_pass(condition, kind).and(Self::to_pass(inner, kind)),
            CheckKind::Leaf(leaf) => leaf.tests.iter().map(|test| Self::of_test(leaf, test, kind)).fold(Self::to_read(leaf), Self::and),
            CheckKind::Not(_) | CheckKind::Each(..) => Self::to_speak(check, kind),
        }
    }

    /// What it takes for the check not to be SKIP.
    fn to_speak(check: &Check, kind: &Kind) -> Self {
        match &check.kind {
            // One failing part makes it fail, whatever the others lack; an alternative that passes is enough too.
            CheckKind::All(parts) | CheckKind::Any(parts) => parts.iter().map(|part| Self::to_speak(part, kind)).reduce(Self::or).unwrap_or_default(),
            CheckKind::Not(inner) => Self::to_speak(inner, kind),
            CheckKind::Each(list, _) => Self::of_path(list),
            CheckKind::When(condition, inner) => Self::to_pass(condition, kind).and(Self::to_speak(inner, kind)),
            CheckKind::Leaf(leaf) => Self::to_read(leaf),
        }
    }

    /// A field that is absent is skipped, unless the tests speak of absence.
    fn to_read(leaf: &Leaf) -> Self {
        let speaks_of_absence = leaf.tests.iter().any(|test| matches!(test, Test::Exists(_)));
        if speaks_of_absence { Self::default() } else { Self::of_path(&leaf.at) }
    }

    fn of_path(path: &Path) -> Self {
        let mut needs = Self::default();
        if let Some(slot) = path.slot.filter(|_| path.scope == Scope::Record) {
            needs.slots.insert(slot);
        }
        needs
    }

    /// What it takes for one test of a leaf to PASS.
    fn of_test(leaf: &Leaf, test: &Test, kind: &Kind) -> Self {
        let wanted: Vec<&str> = match test {
            Test::Exists(true) => return Self::of_path(&leaf.at),
            Test::Equal(Operand::Constant(value), _) => vec![value.text.as_str()],
            Test::In(set, _) => set.shown.iter().map(String::as_str).collect(),
            _ => return Self::default(),
        };
        let field = |slot: Slot| kind.fields.get(usize::from(slot)).filter(|field| field.ty == FieldType::Enum && field.values.len() < 31);
        let Some((slot, field)) = own_slot(&leaf.at).and_then(|slot| Some((slot, field(slot)?))) else { return Self::default() };
        let bits = field.values.iter().enumerate().filter(|(_, (value, _))| wanted.contains(&value.as_str())).fold(0, |bits, (at, _)| bits | 1 << at);
        let is_asked_for = matches!(test, Test::Equal(_, true) | Test::In(_, true));
        Self { slots: SlotSet::default(), enums: vec![(slot, if is_asked_for { bits } else { !bits })] }
    }

    fn and(mut self, other: Self) -> Self {
        self.slots = self.slots.union(other.slots);
        for (slot, bits) in other.enums {
            match self.enums.iter_mut().find(|(known, _)| *known == slot) {
                Some((_, known)) => *known &= bits,
                None => self.enums.push((slot, bits)),
            }
        }
        self
    }

    fn or(mut self, other: Self) -> Self {
        self.slots = self.slots.intersection(other.slots);
        self.enums.retain_mut(|(slot, bits)| match other.enums.iter().find(|(known, _)| known == slot) {
            Some((_, more)) => {
                *bits |= more;
                true
            }
            None => false,
        });
        self
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
