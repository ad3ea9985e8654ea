//! Conditions on the shape of a record, and how they combine.

use crate::check::{PathRoot, PathStep, SlotPath};
use crate::record::{Field, FieldLevel, FieldType, Kind, Record, RecordShape, Slot, SlotSet, choice};

/// What a record must have. INVARIANT: too little may be asked for, never too much.
#[derive(Debug, Clone, Default)]
pub struct Preconditions {
    /// Slots that must be filled, if only with an empty text or list.
    present: SlotSet,
    /// Slots that must be filled with more than that.
    full: SlotSet,
    /// Slots that must be absent or empty.
    lacking: SlotSet,
    /// Fields of few values and the [`choice`]s that they may have; each slot once.
    choices: Vec<AllowedChoices>,
}

/// A field of few values.
#[derive(Debug, Clone, Copy)]
struct AllowedChoices {
    slot: Slot,
    /// The [`choice`]s that it may have.
    bits: u32,
    /// All values of a field that every record has one of, said or not, but for those outside the platform; else 0. Where
    /// it is unsaid, what is asked for is met if each of them may be had.
    always: u32,
}

impl AllowedChoices {
    fn allow(self, choice: u32) -> bool {
        let is_unsaid = matches!(choice, choice::ABSENT | choice::UNREAD) && self.always != 0;
        self.bits & choice != 0 || is_unsaid && self.always & !self.bits == 0
    }
}

impl Preconditions {
    /// The slot must be filled with more than an empty text or list.
    pub(super) fn full(slot: Slot) -> Self {
        Self { full: SlotSet::of(slot), ..Self::default() }
    }

    /// The slot must be absent or empty.
    pub(super) fn lacking(slot: Slot) -> Self {
        Self { lacking: SlotSet::of(slot), ..Self::default() }
    }

    /// The field must have one of these [`choice`]s.
    pub(super) fn choice(slot: Slot, bits: u32, field: &Field) -> Self {
        let always = if field.always { ((1_u32 << field.values.len()) - 1) & !field.outside } else { 0 };
        Self { choices: vec![AllowedChoices { slot, bits, always }], ..Self::default() }
    }

    /// Something must stand at the path: its slot is filled, and some item has the field that follows.
    pub(crate) fn of_path(path: &SlotPath, scope: Scope<'_>) -> Self {
        let mut present = SlotSet::default();
        let (items, steps) = match (path.root, path.steps.as_slice()) {
            (PathRoot::Record, [PathStep::Each, steps @ ..]) => (scope.items_of(path), steps),
            (PathRoot::Item, steps) => (scope.items, steps),
            _ => (None, &[][..]),
        };
        if let (Some(level), Some(PathStep::Key(name))) = (items, steps.first()) {
            level.slot(name).and_then(|field| level.mark(field)).into_iter().for_each(|mark| present.insert(mark));
        }
        // A condition may hold although a field is unsaid that every record has.
        let may_be_unsaid = |slot: &Slot| scope.field(*slot).is_some_and(|field| field.always);
        if let Some(slot) = path.slot.filter(|slot| path.root == PathRoot::Record && !may_be_unsaid(slot)) {
            present.insert(slot);
        }
        Self { present, ..Self::default() }
    }

    /// Does the record have all of it?
    pub fn are_met(&self, record: &Record<'_>) -> bool {
        self.are_filled(record) && self.choices.iter().all(|allowed| allowed.allow(record.choice(allowed.slot)))
    }

    /// The field for want of which alone the record lacks something: one that every such record has, said or not.
    pub(super) fn wanting(&self, record: &Record<'_>) -> Option<Slot> {
        let mut lacking = self.choices.iter().filter(|allowed| !allowed.allow(record.choice(allowed.slot)));
        let only = lacking.next().filter(|_| lacking.next().is_none())?;
        let is_unsaid = record.choice(only.slot) == choice::ABSENT && only.always & only.bits != 0;
        (is_unsaid && self.are_filled(record)).then_some(only.slot)
    }

    fn are_filled(&self, record: &Record<'_>) -> bool {
        let RecordShape { present, empty, unread, .. } = record.shape();
        present.contains_all(&self.present)
            && present.contains_all(&self.full)
            && !empty.meets(&self.full)
            && empty.contains_all(&present.intersection(self.lacking))
            && !unread.meets(&self.lacking)
    }

    /// Whether no record can have all of it.
    pub(super) fn are_impossible(&self, scope: Scope<'_>) -> bool {
        // A text or a list may be there and empty at once.
        let can_be_empty = |slot: &Slot| {
            let ty = scope.field(*slot).map(|field| field.ty);
            !matches!(
                ty,
                Some(
                    FieldType::Date
                        | FieldType::Datetime
                        | FieldType::Number
                        | FieldType::Integer
                        | FieldType::Money
                        | FieldType::Bool
                )
            )
        };
        let none = |allowed: &AllowedChoices| {
            allowed.bits == 0 && (allowed.always == 0 || allowed.always & !allowed.bits != 0)
        };
        self.full.meets(&self.lacking)
            || self.present.intersection(self.lacking).iter().any(|slot| !can_be_empty(&slot))
            || self.choices.iter().any(none)
    }

    /// The one field of which alone they speak, by its choices.
    pub(super) fn only_choice(&self) -> Option<Slot> {
        let speaks_of_slots = [self.present, self.full, self.lacking].iter().any(|set| *set != SlotSet::default());
        match self.choices.as_slice() {
            [allowed] if !speaks_of_slots => Some(allowed.slot),
            _ => None,
        }
    }

    /// What both ask for.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.present = self.present.union(other.present);
        self.full = self.full.union(other.full);
        self.lacking = self.lacking.union(other.lacking);
        for allowed in other.choices {
            match self.choices.iter_mut().find(|known| known.slot == allowed.slot) {
                Some(known) => known.bits &= allowed.bits,
                None => self.choices.push(allowed),
            }
        }
        self
    }

    /// What each of them asks for, so that whatever meets one of them meets it.
    pub(super) fn or(mut self, other: Self) -> Self {
        self.present = self.present.intersection(other.present);
        self.full = self.full.intersection(other.full);
        self.lacking = self.lacking.intersection(other.lacking);
        self.choices.retain_mut(|allowed| {
            let alternative = other.choices.iter().find(|known| known.slot == allowed.slot);
            alternative.inspect(|more| allowed.bits |= more.bits).is_some()
        });
        self
    }
}

/// Where a check stands: in a record of a kind, and perhaps at the items of one of its lists.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'k> {
    /// `None` for rules of every kind: their paths name no field.
    kind: Option<&'k Kind>,
    items: Option<&'k FieldLevel>,
}

impl<'k> Scope<'k> {
    pub const fn record(kind: Option<&'k Kind>) -> Self {
        Self { kind, items: None }
    }

    /// At the items of a list; those of lists inside items have no marks in a shape.
    pub(super) fn each(self, list: &SlotPath) -> Self {
        Self { items: if list.steps.is_empty() { self.items_of(list) } else { None }, ..self }
    }

    /// The fields of the items of the list that a path starts with.
    fn items_of(self, path: &SlotPath) -> Option<&'k FieldLevel> {
        let slot = path.slot.filter(|_| path.root == PathRoot::Record)?;
        self.field(slot)?.level.as_ref()
    }

    pub(super) fn field(self, slot: Slot) -> Option<&'k Field> {
        self.kind?.fields.get(usize::from(slot))
    }

    /// The field in the slot that a path stands for, if its values are few.
    pub(super) fn choice_field(self, path: &SlotPath) -> Option<(Slot, &'k Field)> {
        let slot = path.own_slot()?;
        Some((slot, self.field(slot).filter(|field| field.choice.is_some())?))
    }

    /// The slot that a path stands for, if a [`SlotSet`] knows it and it is asked as a whole: of several text files each
    /// is asked.
    pub(super) fn whole_slot(self, path: &SlotPath) -> Option<Slot> {
        let is_whole = |slot: Slot| self.field(slot).is_some_and(|field| field.ty != FieldType::Script);
        path.own_slot().filter(|slot| SlotSet::knows(*slot) && is_whole(*slot))
    }
}

/// The [`choice`]s that are not among these; `absent` says whether nothing at all is one of them.
pub(super) const fn other_choices(bits: u32, absent: bool) -> u32 {
    if absent { !bits } else { !(bits | choice::ABSENT) }
}
