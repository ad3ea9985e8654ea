//! What a record must have for a check to pass, to fail, or to say anything at all: found when rules are compiled, from
//! the fields they speak of and the choices they ask for.

use super::check::{Check, CheckKind, Content, DateBase, Leaf, Operand, Path, Scope, Step, Test};
use crate::record::kind::Field;
use crate::record::level::Level;
use crate::record::schema::FieldType;
use crate::record::view::{Shape, SlotSet, choice};
use crate::record::{Kind, Record, Slot};
use dianjian_text::Hints;

/// What a record must have for a check to come to an outcome. INVARIANT: too little may be asked for, never too much.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// Slots that must be filled, if only with an empty text or list.
    slots: SlotSet,
    /// Slots that must be filled with more than that.
    full: SlotSet,
    /// Slots that must not be filled with more than that.
    lacking: SlotSet,
    /// Fields of few values and the [`choice`]s that they may have; each slot once.
    choices: Vec<(Slot, u32)>,
}

/// Where a check stands: in a record, and perhaps at the items of one of its lists.
#[derive(Clone, Copy)]
pub(super) struct Around<'k> {
    /// `None` for rules of every kind: their paths name no field.
    kind: Option<&'k Kind>,
    items: Option<&'k Level>,
}

impl<'k> Around<'k> {
    pub(super) const fn record(kind: Option<&'k Kind>) -> Self {
        Self { kind, items: None }
    }

    /// At the items of a list; those of lists inside items have no marks.
    fn each(self, list: &Path) -> Self {
        Self { items: if list.steps.is_empty() { self.items_of(list) } else { None }, ..self }
    }

    /// The fields of the items of the list that a path starts with.
    fn items_of(self, path: &Path) -> Option<&'k Level> {
        let slot = path.slot.filter(|_| path.scope == Scope::Record)?;
        self.field(slot)?.level.as_ref()
    }

    fn field(self, slot: Slot) -> Option<&'k Field> {
        self.kind?.fields.get(usize::from(slot))
    }
}

impl Needs {
    /// Has the record all of it?
    #[must_use]
    pub fn are_met(&self, record: &Record<'_>) -> bool {
        let Shape { present, empty, .. } = record.shape();
        present.contains_all(&self.slots)
            && present.contains_all(&self.full)
            && !empty.meets(&self.full)
            && empty.contains_all(&present.intersection(self.lacking))
            && self.choices.iter().all(|(slot, bits)| record.choice(*slot) & bits != 0)
    }

    /// What it takes for the check to PASS, and whether that is all it takes.
    pub(super) fn to_pass(check: &Check, around: Around<'_>) -> (Self, bool) {
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
            [(slot, _)] if needs.speaks_of_choices_alone() => Some(*slot),
            _ => None,
        };
        let same = only(&mine).is_some() && only(&mine) == only(&other);
        (mine.or(other), exact && also && same)
    }

    fn speaks_of_choices_alone(&self) -> bool {
        [self.slots, self.full, self.lacking].iter().all(|slots| *slots == SlotSet::default())
    }

    /// What it takes for the check not to be SKIP.
    pub(super) fn to_speak(check: &Check, around: Around<'_>) -> Self {
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
    pub(super) fn of_path(path: &Path, around: Around<'_>) -> Self {
        let mut needs = Self::default();
        let (items, steps) = match (path.scope, path.steps.as_slice()) {
            (Scope::Record, [Step::Each, steps @ ..]) => (around.items_of(path), steps),
            (Scope::Item, steps) => (around.items, steps),
            _ => (None, &[][..]),
        };
        if let (Some(level), Some(Step::Key(name))) = (items, steps.first()) {
            level.slot(name).and_then(|field| level.mark(field)).into_iter().for_each(|mark| needs.slots.insert(mark));
        }
        if let Some(slot) = path.slot.filter(|_| path.scope == Scope::Record) {
            needs.slots.insert(slot);
        }
        needs
    }

    /// What it takes for one test of a leaf to PASS, and whether that is all it takes.
    fn of_test(leaf: &Leaf, test: &Test, around: Around<'_>) -> (Self, bool) {
        let slot = own_slot(&leaf.at);
        let choices = slot.and_then(|slot| Some((slot, choices_to_pass(test, choice_field(slot, around)?)?)));
        match (choices, test, slot.filter(|slot| is_one_value(*slot, around))) {
            (Some(choices), ..) => (Self::of_choices(choices), true),
            (None, Test::Exists(true), Some(slot)) => (Self { full: SlotSet::of(slot), ..Self::default() }, true),
            (None, Test::Exists(false), Some(slot)) => (Self { lacking: SlotSet::of(slot), ..Self::default() }, true),
            (None, Test::Exists(true), None) => (Self::of_path(&leaf.at, around), false),
            _ => (Self::default(), false),
        }
    }

    fn of_choices(choices: (Slot, u32)) -> Self {
        Self { choices: vec![choices], ..Self::default() }
    }

    /// The fields that a test compares with: where they are absent it is skipped.
    fn of_operands(test: &Test, around: Around<'_>) -> Self {
        let path = match test {
            Test::Equal(Operand::Field(path), _) | Test::Range(_, Operand::Field(path)) => Some(path),
            Test::Affix(_, Operand::Field(path)) => Some(path),
            Test::SharesRun(spec) => Some(&spec.with),
            Test::Date(bounds) => match bounds.as_slice() {
                [(_, operand)] => match &operand.base {
                    DateBase::Field(path) => Some(path),
                    DateBase::AsOf | DateBase::Day(_) => None,
                },
                _ => None,
            },
            _ => None,
        };
        path.map(|path| Self::of_path(path, around)).unwrap_or_default()
    }

    pub(super) fn and(mut self, other: Self) -> Self {
        self.slots = self.slots.union(other.slots);
        self.full = self.full.union(other.full);
        self.lacking = self.lacking.union(other.lacking);
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
        self.full = self.full.intersection(other.full);
        self.lacking = self.lacking.intersection(other.lacking);
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

/// The field of few values in a slot.
fn choice_field<'k>(slot: Slot, around: Around<'k>) -> Option<&'k Field> {
    around.field(slot).filter(|field| field.choice.is_some())
}

/// Is the slot asked as a whole, and known to [`SlotSet`]s? Of several text files each is asked.
fn is_one_value(slot: Slot, around: Around<'_>) -> bool {
    SlotSet::knows(slot) && around.field(slot).is_some_and(|field| field.ty != FieldType::Script)
}

/// The slot that a path stands for.
pub fn own_slot(path: &Path) -> Option<Slot> {
    path.slot.filter(|_| path.scope == Scope::Record && path.steps.is_empty())
}

/// A way in which a check can fail: what the record must have, and what a look at its texts must hint at.
#[derive(Debug, Clone, Default)]
pub struct Case {
    /// What the record must have.
    pub needs: Needs,
    /// What a text must be worth searching for; `None`: the check has to be run.
    pub hint: Option<Hint>,
}

/// A search that must be worth its while in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hint {
    /// The text's slot; `None`: any text of the record.
    pub at: Option<Slot>,
    /// What is searched for.
    pub of: Hints,
}

/// More ways to fail than this are not told apart.
const MOST_CASES: usize = 16;

impl Case {
    /// Needs without a hint.
    pub(super) const fn of(needs: Needs) -> Self {
        Self { needs, hint: None }
    }

    /// The ways in which a check can fail. INVARIANT: none is left out; there may be some in which it does not.
    pub(super) fn to_fail(check: &Check, around: Around<'_>) -> Vec<Self> {
        let one = |needs: Needs| vec![Self::of(needs)];
        match &check.kind {
            CheckKind::All(parts) => few(parts.iter().flat_map(|part| Self::to_fail(part, around)).collect()),
            CheckKind::Any(parts) => parts
                .iter()
                .map(|part| Self::to_fail(part, around))
                .reduce(Self::both)
                .unwrap_or_else(|| one(Needs::default())),
            CheckKind::Not(inner) => one(Needs::to_pass(inner, around).0),
            CheckKind::Each(list, inner) => {
                Self::both(one(Needs::of_path(list, around)), Self::to_fail(inner, around.each(list)))
            }
            CheckKind::When(condition, inner) => {
                Self::both(one(Needs::to_pass(condition, around).0), Self::to_fail(inner, around))
            }
            CheckKind::Leaf(leaf) => few(leaf.tests.iter().map(|test| Self::of_test(leaf, test, around)).collect()),
        }
    }

    /// The ways to fail in which both are met.
    pub(super) fn both(left: Vec<Self>, right: Vec<Self>) -> Vec<Self> {
        let pairs = left.iter().flat_map(|left| right.iter().map(move |right| (left, right)));
        few(pairs
            .map(|(left, right)| Self {
                needs: left.needs.clone().and(right.needs.clone()),
                hint: left.hint.or(right.hint),
            })
            .collect())
    }

    /// How one test of a leaf can fail.
    fn of_test(leaf: &Leaf, test: &Test, around: Around<'_>) -> Self {
        if let Test::Content(content, false) = test
            && let Some(hint) = Hint::of(&leaf.at, content, around)
        {
            return Self { needs: Needs::of_path(&leaf.at, around), hint: Some(hint) };
        }
        let slot = own_slot(&leaf.at);
        let choices = slot.and_then(|slot| Some((slot, choices_to_pass(test, choice_field(slot, around)?)?)));
        let needs = match (choices, test, slot.filter(|slot| is_one_value(*slot, around))) {
            (Some((slot, bits)), Test::Exists(_), _) => Needs::of_choices((slot, !bits)),
            (Some((slot, bits)), ..) => Needs::of_choices((slot, !(bits | choice::ABSENT))),
            (None, Test::Exists(true), Some(slot)) => Needs { lacking: SlotSet::of(slot), ..Needs::default() },
            (None, Test::Exists(false), Some(slot)) => Needs { full: SlotSet::of(slot), ..Needs::default() },
            // Of many places those alone are asked that are there.
            (None, Test::Exists(_), None) if !leaf.at.is_many() => Needs::default(),
            _ => Needs::of_operands(test, around).and(Needs::of_path(&leaf.at, around)),
        };
        Self::of(needs)
    }
}

impl Hint {
    /// The hint without which nothing is found of some contents.
    fn of(path: &Path, content: &Content, around: Around<'_>) -> Option<Self> {
        let of = match content {
            Content::Words { .. } => Hints::WORDS,
            Content::Contacts(..) => Hints::CONTACTS,
            Content::Invisible => Hints::INVISIBLE,
            Content::LostEncoding => Hints::LOST_ENCODING,
            Content::Pattern(_) | Content::Codes(_) => return None,
        };
        // Which words are looked for is another matter in every field.
        let is_everywhere = path.scope == Scope::Everywhere && of != Hints::WORDS;
        let slot = own_slot(path).filter(|slot| {
            is_one_value(*slot, around) && around.field(*slot).is_some_and(|field| field.ty == FieldType::Text)
        });
        (is_everywhere || slot.is_some()).then_some(Self { at: slot, of })
    }
}

/// Cases that are too many to be told apart become one that always holds.
fn few(cases: Vec<Case>) -> Vec<Case> {
    if cases.len() > MOST_CASES { vec![Case::default()] } else { cases }
}
