//! Groups in the form in which they run: which records are members, what is made of them, and its bounds.

use dianjian_text::Fold;
use rust_decimal::Decimal;

use crate::check::{CompiledCheck, CompiledOperand, PathRoot, SlotPath};
use crate::record::{KindIndex, Slot};

/// A rule over all records that share a key.
#[derive(Debug)]
#[expect(missing_docs, reason = "as in the rule language")]
pub struct GroupCheck {
    pub fold: GroupFold,
    /// Of [`GroupFold::Covers`]: the share from which on a key should have all values.
    pub min: Option<CompiledOperand>,
    pub max: Option<CompiledOperand>,
    /// The bounds that records of another kind add up to.
    pub summed: SummedBounds,
    /// How keys are folded before they are compared.
    pub key_fold: Fold,
    /// How values of `of` are folded that are neither numbers nor ids.
    pub value_fold: Fold,
    /// Whether only keys count whose members differ in [`GroupParticipant::mixed`].
    pub mixed: bool,
    /// INVARIANT: never empty; the rule's own kind comes first.
    pub members: Vec<GroupParticipant>,
}

impl GroupCheck {
    /// Calls `f` with everything that the group reads, and the kind of the records that it reads it of.
    pub fn each_path<'g>(&'g self, f: &mut dyn FnMut(Option<KindIndex>, &'g SlotPath)) {
        for (at, member) in self.members.iter().enumerate() {
            member.each_path(&mut |path| f(Some(member.kind), path));
            if at == 0 {
                self.each_bound_path(&mut |path| f(Some(member.kind), path));
            }
        }
    }

    /// The conditions of those that take part and of those that are counted.
    pub fn conditions(&self) -> impl Iterator<Item = &CompiledCheck> {
        self.members.iter().flat_map(|member| member.when.iter().chain(&member.counted))
    }

    /// Calls `f` with the fields of the rule's own kind that bounds read.
    pub fn each_bound_path<'g>(&'g self, f: &mut dyn FnMut(&'g SlotPath)) {
        self.min.iter().chain(&self.max).for_each(|bound| bound.each_path(f));
    }

    /// Whether no two records may have the same key.
    pub fn is_unique(&self) -> bool {
        let is_counted =
            self.members.iter().all(|member| member.counted.is_none() && member.of_record().list.is_none());
        let most = self.max.as_ref().and_then(CompiledOperand::constant);
        self.fold == GroupFold::Count && is_counted && most == Some(Decimal::ONE)
    }
}

/// The number that is compared with a group's bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupFold {
    /// How many records there are.
    Count,
    /// How many different values of `of` they have.
    Distinct,
    /// The sum of their values of `of`.
    Sum,
    /// The largest value of `of` less the smallest, as a share of the smallest.
    Spread,
    /// How many of the values of `of` that occur in the run they have.
    Covers,
}

/// Which bounds of a group are sums over records of another kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in the rule language")]
pub struct SummedBounds {
    pub min: bool,
    pub max: bool,
}

impl SummedBounds {
    /// Whether one of them is.
    pub const fn any(self) -> bool {
        self.min || self.max
    }
}

/// How records of one kind take part in a group.
#[derive(Debug)]
#[expect(missing_docs, reason = "named by its type")]
pub struct GroupParticipant {
    pub kind: KindIndex,
    pub role: GroupRole,
    /// The list whose items are the members; `None`: the record is one. Paths through the list begin at the item.
    pub list: Option<SlotPath>,
    /// The fields that make the key; a member that lacks one takes no part.
    pub by: Vec<KeyPath>,
    /// The value that is counted or added up.
    pub of: Option<KeyPath>,
    /// Where its label points; `None`: at the first key field.
    pub point: Option<SlotPath>,
    /// The value in which a `mixed` group must differ.
    pub mixed: Option<KeyPath>,
    /// Which records take part at all. Of the rule's own kind those do to which the rule applies.
    pub when: Option<CompiledCheck>,
    /// Which members are counted; the others still make a group.
    pub counted: Option<CompiledCheck>,
    /// The record in the place of the items, where its kind says that it may be [`itself`](crate::record::SaidBy) the one
    /// item of the list: the same fields in the same order, and no conditions.
    pub itself: Option<Box<GroupParticipant>>,
}

impl GroupParticipant {
    /// The fields by whose values members are told apart, or that are added up.
    pub fn keys(&self) -> impl Iterator<Item = &KeyPath> {
        self.by.iter().chain(&self.of).chain(&self.mixed)
    }

    /// The participant that the record is in the place of its items, if it may be; else this one.
    pub fn of_record(&self) -> &Self {
        self.itself.as_deref().unwrap_or(self)
    }

    /// Whether a finding on such a member speaks of records that it names, apart from what the texts of its rule say.
    pub fn shows_named(&self) -> bool {
        let is_named = |path: &SlotPath| matches!(path.root, PathRoot::Named(_));
        self.by.iter().any(|key| key.reference().is_some() || is_named(&key.path))
            || self.point.as_ref().is_some_and(is_named)
    }

    /// Calls `f` with the fields that it reads.
    pub fn each_path<'g>(&'g self, f: &mut dyn FnMut(&'g SlotPath)) {
        let keys = self.keys().map(|key| &key.path);
        keys.chain(&self.list).chain(&self.point).for_each(&mut *f);
        self.when.iter().chain(&self.counted).for_each(|condition| condition.each_path(f));
        self.itself.iter().for_each(|itself| itself.each_path(f));
    }
}

/// What a record is in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupRole {
    /// One of those that the rule is about.
    Member,
    /// One of those that a bound is added up of.
    Bound,
}

/// A field whose values are told apart.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "named by their types")]
pub struct KeyPath {
    pub path: SlotPath,
    pub comparison: KeyComparison,
}

impl KeyPath {
    /// The slot of a reference and the kind of the record that it names, where that record is what is compared.
    pub fn reference(&self) -> Option<(Slot, KindIndex)> {
        let KeyComparison::Record(kind) = self.comparison else { return None };
        self.path.own_slot().map(|slot| (slot, kind))
    }
}

/// When two values of a field are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyComparison {
    /// They are after folding.
    Text,
    /// They are by [`id_key`](dianjian_text::id_key), after folding.
    Id,
    /// They name the same record of this kind, as its [`RecordIdentity`](crate::record::RecordIdentity) tells.
    Record(KindIndex),
    /// They are by [`licence_key`](dianjian_text::licence_key).
    LicenceCode,
    /// They are as numbers.
    Number,
}
