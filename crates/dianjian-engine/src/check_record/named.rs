//! What of a record waits for the records that it names, and the keys by which these are found.

use dianjian_rules::record::{KindIndex, Slot, Value};
use dianjian_rules::{
    EvalContext, GroupCheck, GroupFold, GroupParticipant, IdentityLookup, KeyPath, NamedLookup, NeededAnswers, Outcome,
    RuleBody,
};
use dianjian_text::Fold;

use super::group_member::GroupMember;
use super::name_keys::NameKeys;
use super::{GroupKeys, group_members, unread_members};
use crate::run::UnsaidCount;

/// A record of which something is decided at the end of the run.
#[derive(Debug, Clone)]
pub(crate) struct PendingRecord {
    /// Where it begins, in the file's bytes.
    pub start: u64,
    pub requests: Vec<NameRequest>,
    pub work: Vec<PendingWork>,
}

/// What is to be done once the records are known that a record names.
#[derive(Debug, Clone)]
pub(crate) enum PendingWork {
    /// The rule with this number is run, unless the answers of the records that are named exclude it.
    Rule(u32, NeededAnswers),
    /// The same if what it reads of a record that is named is known.
    Open(u32, NeededAnswers),
    /// A finding of the rule with this number, the ordinal among those of its record, is made unless what the record belongs
    /// to is closed or of another platform. Of scripts and pictures, which are not looked at again.
    Held(u32, u32),
    /// The reference that the rule with this number asks for is missed if it leads to nothing.
    Reference(u32, Slot),
    /// It is a member of a group unless it belongs to something closed or of another platform.
    Member(GroupMember),
    /// It is a member of a group unless it takes fields from another record.
    Provisional(GroupMember),
    /// Nothing, but the record counts as one of which rules are undecided.
    Undecided,
    /// A field is unsaid unless the record takes it from another.
    Unsaid(UnsaidWork),
}

/// An unsaid field for want of which rules cannot judge a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct UnsaidWork {
    pub kind: KindIndex,
    pub slot: Slot,
    pub is_row: bool,
    /// How many rules.
    pub rules: u32,
}

impl UnsaidWork {
    /// What it adds to the counts of its field.
    pub(crate) fn count(self) -> UnsaidCount {
        UnsaidCount { records: 1, rows: usize::from(self.is_row), rules: self.rules as usize }
    }
}

impl PendingWork {
    pub(super) fn rule(number: usize, needed: NeededAnswers) -> Self {
        Self::Rule(u32::try_from(number).unwrap_or(u32::MAX), needed)
    }

    /// Whether it is a member of which it is not known what it adds.
    pub(super) const fn is_unread(&self) -> bool {
        match self {
            Self::Member(member) | Self::Provisional(member) => member.is_unread(),
            _ => false,
        }
    }

    pub(super) fn open(number: usize, needed: NeededAnswers) -> Self {
        Self::Open(u32::try_from(number).unwrap_or(u32::MAX), needed)
    }
}

/// Stands for what a record takes from others, in the place of the slot of a reference.
pub(crate) const INHERITED: Slot = 1 << 15;

/// Stands, with [`INHERITED`], for what the record around one takes from others.
pub(crate) const AROUND: Slot = 1 << 14;

/// A finding that waits for the record that is named.
#[derive(Debug, Clone)]
pub(crate) struct HeldFinding<T> {
    /// Where its record begins, in the file's bytes.
    pub start: u64,
    /// Its number among those of its record.
    pub ordinal: u32,
    pub finding: T,
}

/// The rank of an id by itself.
pub(crate) const ID_RANK: u8 = 1;

/// A key under which the record that a reference names may be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NameRequest {
    /// The slot of the reference.
    pub slot: Slot,
    /// Keys of a lower rank go first: an id before a name.
    pub rank: u8,
    pub key: u64,
}

/// A key under which a record can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NameTarget {
    pub key: u64,
    /// Where the record begins, in the file's bytes.
    pub start: u64,
}

/// What a group rule makes of a record.
pub(super) enum GroupWork {
    /// A member, with the value that keys of the rule should have all of.
    Now(GroupMember, Option<String>),
    Later(PendingWork),
}

/// Calls `f` with what a group rule makes of a record now, or what waits for the records that it names. `is_own` says
/// whether it is of the rule's own kind, `reads_lacking` whether the rule reads fields that it may take from another.
pub(super) fn group_work(
    context: &mut EvalContext<'_, '_>,
    (number, group, member): (usize, &GroupCheck, &GroupParticipant),
    (is_own, reads_lacking): (bool, bool),
    keys: &mut GroupKeys,
    f: &mut dyn FnMut(GroupWork),
) {
    let rules = context.rules;
    let rule = &rules.rules[number];
    let applies = match is_own {
        true => context.applicability(rule),
        // Of the others that take part none is asked whether the rule applies to it.
        false if rule.even_outside => Outcome::Pass,
        false => match context.is_outside() {
            Outcome::Pass => return,
            Outcome::Unknown => Outcome::Unknown,
            Outcome::Fail | Outcome::Skip => Outcome::Pass,
        },
    };
    let waits = match applies {
        Outcome::Pass => false,
        Outcome::Unknown if !is_own => false,
        Outcome::Unknown => context.waits_for_more(rule),
        Outcome::Fail | Outcome::Skip => {
            if is_own && context.may_apply_unread(rule) {
                unread_members(context, number, group, member, keys, &mut |found| f(GroupWork::Now(found, None)));
            }
            return;
        }
    };
    // Of values that keys should have all of only those count that are certain.
    let mut is_later = waits || group.fold == GroupFold::Covers && (applies == Outcome::Unknown || reads_lacking);
    member.each_path(&mut |path| is_later |= context.is_unknown(path));
    is_later |= member.keys().any(|key| context.is_unknown_key(key));
    group.each_bound_path(&mut |path| is_later |= context.is_unknown(path));
    if is_later {
        if may_be_member(context, member) {
            f(GroupWork::Later(PendingWork::rule(number, NeededAnswers::ANY)));
        }
        return;
    }
    group_members(context, number, group, member, keys, &mut |member, text| {
        f(match applies {
            Outcome::Unknown => GroupWork::Later(PendingWork::Member(member)),
            _ if reads_lacking => GroupWork::Later(PendingWork::Provisional(member)),
            _ => GroupWork::Now(member, text),
        });
    });
}

/// Whether a record can be a member as far as its own fields decide that: without a key it is none, whatever it names.
fn may_be_member(context: &EvalContext<'_, '_>, member: &GroupParticipant) -> bool {
    let lacks = |key: &KeyPath| {
        if let Some(reference) = key.reference() {
            return matches!(context.identity(reference, Fold::None), IdentityLookup::Absent);
        }
        let slot = key.path.own_slot().filter(|_| key.path.steps.is_empty());
        slot.is_some_and(|slot| context.record.slot(slot).is_none_or(Value::is_empty))
    };
    member.list.is_some() || !member.by.iter().any(lacks)
}

/// Everything that is asked for by the references of a record that are not known, and by rules about references.
pub(super) fn all_requests(
    context: &EvalContext<'_, '_>,
    work: &[PendingWork],
    keys: &mut NameKeys,
    requests: &mut Vec<NameRequest>,
) {
    let (kinds, record) = (context.kinds, context.record);
    let unknown = kinds.get(record.kind_index).references.iter();
    let unknown = unknown.filter(|(slot, _)| matches!(context.named(*slot), NamedLookup::Unknown));
    let mut wanted: Vec<(Slot, KindIndex)> = unknown.copied().collect();
    for item in work {
        let PendingWork::Reference(number, slot) = item else { continue };
        let body = context.rules.rules.get(*number as usize).map(|rule| &rule.body);
        if let Some(RuleBody::Reference { kind, .. }) = body
            && !wanted.contains(&(*slot, *kind))
        {
            wanted.push((*slot, *kind));
        }
    }
    wanted.into_iter().for_each(|reference| keys.requests(kinds, record, reference, requests));
}
