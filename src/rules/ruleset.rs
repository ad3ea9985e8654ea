//! The rules of one day, ordered for speed: a record meets only rules that can speak of it.

use std::sync::{Arc, OnceLock};

use super::check::{Body, Check, CheckKind, Content, FixRule, Leaf, Operand, Path, Scope, Step, Test, Texts};
use super::info::RuleInfo;
use super::language::SchemaLint;
use crate::record::kind::{Field, Level};
use crate::record::schema::FieldType;
use crate::record::view::{SlotSet, choice};
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
    pub fn find_shortcuts(&mut self, kind: &Kind) {
        let condition = self.when.as_ref().map(|when| Needs::to_pass(when, Around::record(kind)).0).unwrap_or_default();
        if let Some(when) = &mut self.when {
            mark_decided(when, kind);
        }
        let body = match &self.body {
            Body::Check(check) => Needs::to_speak(check, Around::record(kind)),
            _ => Needs::default(),
        };
        self.needs = condition.and(body);
        if let Body::Check(check) = &self.body {
            assets_of(check, &mut self.looks);
        }
    }
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
fn mark_decided(condition: &mut Check, kind: &Kind) {
    condition.is_decided = Needs::to_pass(condition, Around::record(kind)).1;
    if let CheckKind::All(parts) = &mut condition.kind {
        parts.iter_mut().for_each(|part| mark_decided(part, kind));
    }
}

/// What a record must have for a check to come to an outcome. INVARIANT: too little may be asked for, never too much.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// Slots that must be filled.
    slots: SlotSet,
    /// Fields of few values and the [`choice`]s that they may have; each slot once.
    choices: Vec<(Slot, u32)>,
}

/// Where a check stands: in a record, and perhaps at the items of one of its lists.
#[derive(Clone, Copy)]
struct Around<'k> {
    kind: &'k Kind,
    items: Option<&'k Level>,
}

impl<'k> Around<'k> {
    const fn record(kind: &'k Kind) -> Self {
        Self { kind, items: None }
    }

    /// At the items of a list; those of lists inside items have no marks.
    fn each(self, list: &Path) -> Self {
        Self { items: if list.steps.is_empty() { self.items_of(list) } else { None }, ..self }
    }

    /// The fields of the items of the list that a path starts with.
    fn items_of(self, path: &Path) -> Option<&'k Level> {
        let slot = path.slot.filter(|_| path.scope == Scope::Record)?;
        self.kind.fields.get(usize::from(slot))?.level.as_ref()
    }
}

impl Needs {
    /// Has the record all of it?
    #[must_use]
    pub fn are_met(&self, record: &Record<'_>) -> bool {
        record.present().contains_all(&self.slots)
            && self.choices.iter().all(|(slot, bits)| record.choice(*slot) & bits != 0)
    }

    /// What it takes for the check to PASS, and whether that is all it takes.
    fn to_pass(check: &Check, around: Around<'_>) -> (Self, bool) {
        let both = |(mine, exact): (Self, bool), (other, also): (Self, bool)| (mine.and(other), exact && also);
        match &check.kind {
            CheckKind::All(parts) => {
                parts.iter().map(|part| Self::to_pass(part, around)).fold((Self::default(), true), both)
            }
            CheckKind::Any(parts) => {
                parts.iter().map(|part| Self::to_pass(part, around)).reduce(Self::either).unwrap_or_default()
            }
            CheckKind::When(condition, inner) => both(Self::to_pass(condition, around), Self::to_pass(inner, around)),
            CheckKind::Leaf(leaf) => {
                let tests = || leaf.tests.iter().map(|test| Self::of_test(leaf, test, around));
                let (needs, exact) = tests().fold((Self::default(), true), both);
                if exact { (needs, true) } else { (needs.and(Self::to_read(leaf, around)), false) }
            }
            CheckKind::Not(_) | CheckKind::Each(..) => (Self::to_speak(check, around), false),
        }
    }

    /// What either of two alternatives takes. That is exact where both speak of one and the same field alone.
    fn either((mine, exact): (Self, bool), (other, also): (Self, bool)) -> (Self, bool) {
        let only = |needs: &Self| match needs.choices.as_slice() {
            [(slot, _)] if needs.slots == SlotSet::default() => Some(*slot),
            _ => None,
        };
        let same = only(&mine).is_some() && only(&mine) == only(&other);
        (mine.or(other), exact && also && same)
    }

    /// What it takes for the check not to be SKIP.
    fn to_speak(check: &Check, around: Around<'_>) -> Self {
        match &check.kind {
            // One failing part makes it fail, whatever the others lack; an alternative that passes is enough too.
            CheckKind::All(parts) | CheckKind::Any(parts) => {
                parts.iter().map(|part| Self::to_speak(part, around)).reduce(Self::or).unwrap_or_default()
            }
            CheckKind::Not(inner) => Self::to_speak(inner, around),
            CheckKind::Each(list, inner) => Self::of_path(list, around).and(Self::to_speak(inner, around.each(list))),
            CheckKind::When(condition, inner) => Self::to_pass(condition, around).0.and(Self::to_speak(inner, around)),
            CheckKind::Leaf(leaf) => Self::to_read(leaf, around),
        }
    }

    /// A field that is absent is skipped, unless the tests speak of absence.
    fn to_read(leaf: &Leaf, around: Around<'_>) -> Self {
        let speaks_of_absence = leaf.tests.iter().any(|test| matches!(test, Test::Exists(_)));
        if speaks_of_absence { Self::default() } else { Self::of_path(&leaf.at, around) }
    }

    /// A slot, and the mark of the field that an item must have.
    fn of_path(path: &Path, around: Around<'_>) -> Self {
        let mut needs = Self::default();
        let (items, steps) = match (path.scope, path.steps.as_slice()) {
            (Scope::Record, [Step::Each, steps @ ..]) => (around.items_of(path), steps),
            (Scope::Item, steps) => (around.items, steps),
            _ => (None, &[][..]),
        };
        if let (Some(level), Some(Step::Key(name))) = (items, steps.first()) {
            level.mark(name).into_iter().for_each(|mark| needs.slots.insert(mark));
        }
        if let Some(slot) = path.slot.filter(|_| path.scope == Scope::Record) {
            needs.slots.insert(slot);
        }
        needs
    }

    /// What it takes for one test of a leaf to PASS, and whether that is all it takes.
    fn of_test(leaf: &Leaf, test: &Test, around: Around<'_>) -> (Self, bool) {
        let is_choice = |field: &Field| {
            matches!(field.ty, FieldType::Enum | FieldType::Bool) && field.choices().count() <= choice::MOST
        };
        let field = |slot: Slot| around.kind.fields.get(usize::from(slot)).filter(|field| is_choice(field));
        let choice = own_slot(&leaf.at).and_then(|slot| Some((slot, field(slot)?)));
        match choice.and_then(|(slot, field)| Some((slot, choices_to_pass(test, field)?))) {
            Some(choices) => (Self { slots: SlotSet::default(), choices: vec![choices] }, true),
            None if matches!(test, Test::Exists(true)) => (Self::of_path(&leaf.at, around), false),
            None => (Self::default(), false),
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.slots = self.slots.union(other.slots);
        for (slot, bits) in other.choices {
            match self.choices.iter_mut().find(|(known, _)| *known == slot) {
                Some((_, known)) => *known &= bits,
                None => self.choices.push((slot, bits)),
            }
        }
        self
    }

    fn or(mut self, other: Self) -> Self {
        self.slots = self.slots.intersection(other.slots);
        self.choices.retain_mut(|(slot, bits)| match other.choices.iter().find(|(known, _)| known == slot) {
            Some((_, more)) => {
                *bits |= more;
                true
            }
            None => false,
        });
        self
    }
}

/// The choices with which a test passes; `None` where they do not decide it.
fn choices_to_pass(test: &Test, field: &Field) -> Option<u32> {
    let bits = |wanted: &dyn Fn(&str) -> bool| {
        field.choices().enumerate().filter(|(_, known)| wanted(known)).fold(0, |bits, (at, _)| bits | 1 << at)
    };
    match test {
        Test::Exists(true) => Some(!(choice::ABSENT | choice::EMPTY)),
        Test::Exists(false) => Some(choice::ABSENT | choice::EMPTY),
        // Numbers are equal however they are written.
        Test::Equal(Operand::Constant(value), _) if value.number.is_some() => None,
        Test::Equal(Operand::Constant(value), wanted) => Some(asked(bits(&|known| known == value.text), *wanted)),
        Test::In(set, wanted) => Some(asked(bits(&|known| set.members.contains(known)), *wanted)),
        _ => None,
    }
    .filter(|_| !speaks_of_others(test, field))
}

fn asked(bits: u32, wanted: bool) -> u32 {
    if wanted { bits } else { !(bits | choice::ABSENT) }
}

/// Does the test name a value that is none of the field's choices?
fn speaks_of_others(test: &Test, field: &Field) -> bool {
    let is_other = |value: &str| !field.choices().any(|known| known == value);
    match test {
        Test::Equal(Operand::Constant(value), _) => is_other(&value.text),
        Test::In(set, _) => set.shown.iter().any(|value| is_other(value)),
        _ => false,
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
