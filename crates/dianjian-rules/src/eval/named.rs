//! Records that the one being checked names: the one that it lies in, or one found elsewhere in the run.

use std::borrow::Cow;

use dianjian_text::Fold;

use super::EvalContext;
use crate::check::{FieldTests, KeyPath, PathRoot, SlotPath};
use crate::record::{KindIndex, Record, RecordIdentity, Slot, SlotSet};

/// A record that was found by a reference.
#[derive(Debug, Clone, Copy)]
pub struct NamedRecord<'c, 'a> {
    /// The slot of the reference.
    pub slot: Slot,
    /// What it names.
    pub record: &'c Record<'a>,
    /// Slots of which several records that are meant say different things.
    pub disputed: &'c [Slot],
    /// Whether only some of them are closed.
    pub is_closed_disputed: bool,
    /// Whether only some of them are of another platform.
    pub is_outside_disputed: bool,
    /// Which record it is; `None` where several are meant, or nobody has asked.
    pub identity: Option<&'c RecordIdentity>,
}

/// Which record is meant by a reference, for groups of records that name the same.
#[derive(Debug, Clone)]
pub enum IdentityLookup<'c> {
    /// This one.
    Known(Cow<'c, RecordIdentity>),
    /// The reference is empty, and what the record lies in has neither an id nor a name.
    Absent,
    /// Not known, or not yet.
    Unknown,
}

impl IdentityLookup<'_> {
    /// The one that is meant, if it is known.
    pub fn known(&self) -> Option<&RecordIdentity> {
        if let Self::Known(identity) = self { Some(identity) } else { None }
    }
}

/// What a reference leads to.
#[derive(Debug, Clone, Copy)]
pub enum NamedLookup<'c, 'a> {
    /// The record.
    Found(&'c Record<'a>),
    /// The reference is empty, and the record lies in none of that kind.
    Absent,
    /// A record that is not known, or not known yet.
    Unknown,
}

impl<'c, 'a> NamedLookup<'c, 'a> {
    /// The record, if it is known.
    pub fn found(self) -> Option<&'c Record<'a>> {
        if let Self::Found(record) = self { Some(record) } else { None }
    }
}

impl<'c, 'a> EvalContext<'c, 'a> {
    /// What the reference in a slot leads to. What the record lies in goes before what it names.
    pub fn named(&self, slot: Slot) -> NamedLookup<'c, 'a> {
        let kind = self.kinds.named_by(self.record.kind_index, slot);
        if let Some(outer) = self.outer.filter(|outer| Some(outer.kind_index) == kind) {
            return NamedLookup::Found(outer);
        }
        if let Some(known) = self.named.iter().find(|named| named.slot == slot) {
            return NamedLookup::Found(known.record);
        }
        let names_one = self.record.slot(slot).is_some_and(|value| !value.is_empty());
        if names_one { NamedLookup::Unknown } else { NamedLookup::Absent }
    }

    /// Which record of a kind is meant by the reference in a slot. Where none of the run is, texts that are the same when
    /// folded in this way mean the same.
    pub fn identity(&self, (slot, kind): (Slot, KindIndex), by: Fold) -> IdentityLookup<'c> {
        if let Some(outer) = self.outer.filter(|outer| outer.kind_index == kind) {
            let known = RecordIdentity::of(self.kinds, outer).map(Cow::Owned);
            return known.map_or(IdentityLookup::Absent, IdentityLookup::Known);
        }
        if let Some(named) = self.named.iter().find(|named| named.slot == slot) {
            return named.identity.map_or(IdentityLookup::Unknown, |known| IdentityLookup::Known(Cow::Borrowed(known)));
        }
        let Some(text) = self.record.slot(slot).filter(|value| !value.is_empty()).and_then(|value| value.text()) else {
            return IdentityLookup::Absent;
        };
        if !self.is_final {
            return IdentityLookup::Unknown;
        }
        let own = self.kinds.get(self.record.kind_index);
        let identity = RecordIdentity::of_text(self.kinds.get(kind), own, self.record, &text, by);
        IdentityLookup::Known(Cow::Owned(identity))
    }

    /// Whether it is not known which record a key means.
    pub fn is_unknown_key(&self, key: &KeyPath) -> bool {
        let lookup = key.reference().map(|reference| self.identity(reference, Fold::None));
        matches!(lookup, Some(IdentityLookup::Unknown)) || self.is_unknown(&key.path)
    }

    /// Whether several records are meant by the reference in a slot that disagree in what `is_disputed` asks for.
    pub(super) fn is_disputed(&self, slot: Slot, is_disputed: impl Fn(&NamedRecord<'_, '_>) -> bool) -> bool {
        let Some(record) = self.named(slot).found() else { return false };
        self.named.iter().any(|named| std::ptr::eq(named.record, record) && is_disputed(named))
    }

    /// Whether a path leads into several records that say different things there.
    pub(crate) fn is_disputed_at(&self, path: &SlotPath) -> bool {
        let PathRoot::Named(reference) = path.root else { return false };
        self.is_disputed(reference, |named| path.slot.is_some_and(|slot| named.disputed.contains(&slot)))
    }

    /// Whether the record lies in this one.
    pub(super) fn lies_in(&self, named: &Record<'_>) -> bool {
        self.outer.is_some_and(|outer| std::ptr::addr_eq(outer, named))
    }

    /// Whether a leaf reads a field of a record that is not known.
    pub(super) fn reads_unknown(&self, leaf: &FieldTests) -> bool {
        let mut is_unknown = false;
        leaf.each_path(&mut |path| is_unknown |= self.is_unknown(path));
        is_unknown
    }

    /// Whether a path leads into a record that is not known, and its value is not assumed either.
    pub fn is_unknown(&self, path: &SlotPath) -> bool {
        let PathRoot::Named(reference) = path.root else { return false };
        let is_unknown = match self.named(reference) {
            NamedLookup::Unknown => true,
            NamedLookup::Absent => false,
            NamedLookup::Found(record) if self.lies_in(record) => {
                !self.is_final && path.slot.is_some_and(|slot| self.outer_lacks.meets(&SlotSet::of(slot)))
            }
            NamedLookup::Found(_) => self.is_disputed_at(path),
        };
        is_unknown && self.assumed_at(path).is_none()
    }
}
