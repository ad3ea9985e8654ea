//! What of a record waits for the records that it names, and the keys by which these are found.

use dianjian_rules::record::{FieldType, KindIndex, Kinds, Record, Slot, SlotSet};
use dianjian_rules::{EvalContext, GroupCheck, GroupFold, GroupParticipant, NamedLookup, Outcome, RuleBody};
use dianjian_text::{Fold, fold, id_key, licence_key};

use super::group_member::{GroupMember, hash, reference_key, start_of};
use super::{GroupKeys, group_members};

/// A record of which something is decided at the end of the run.
#[derive(Debug)]
pub(crate) struct PendingRecord {
    /// Where it begins, in the file's bytes.
    pub start: u64,
    pub requests: Vec<NameRequest>,
    pub work: Vec<PendingWork>,
}

/// What is to be done once the records are known that a record names.
#[derive(Debug, Clone)]
pub(crate) enum PendingWork {
    /// The rule with this number is run.
    Rule(u32),
    /// A finding of the rule with this number, the ordinal among those of its record, is made unless what the record belongs
    /// to is closed or of another platform. Of scripts and pictures, which are not looked at again.
    Held(u32, u32),
    /// The reference that the rule with this number asks for is missed if it leads to nothing.
    Reference(u32, Slot),
    /// It is a member of a group unless it belongs to something closed or of another platform.
    Member(GroupMember),
    /// It is a member of a group unless it takes fields from another record.
    Provisional(GroupMember),
}

impl PendingWork {
    pub(super) fn rule(number: usize) -> Self {
        Self::Rule(u32::try_from(number).unwrap_or(u32::MAX))
    }
}

/// Stands for what a record takes from others, in the place of the slot of a reference.
pub(crate) const INHERITED: Slot = 1 << 15;

/// A finding that waits for the record that is named.
#[derive(Debug, Clone)]
pub(crate) struct HeldFinding<T> {
    /// Where its record begins, in the file's bytes.
    pub start: u64,
    /// Its number among those of its record.
    pub ordinal: u32,
    pub finding: T,
}

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

/// The keys under which a record can be found: its id, what its kind is named by otherwise, and what others take from it by.
pub(crate) fn targets(kinds: &Kinds, record: &Record<'_>, outer: Option<&Record<'_>>) -> Vec<NameTarget> {
    let (kind, source) = (record.kind_index, record.node.source());
    let of = kinds.get(kind);
    let start = start_of(source, &record.value);
    let part = |slot: &Slot| key_part(kinds, record, outer, *slot);
    let id = record.slot(of.id).filter(|value| !value.is_empty()).and_then(|value| value.text());
    let id = id.map(|id| reference_key(kinds, kind, &id));
    let names = (0..).zip(&of.names).filter_map(|(at, fields)| {
        let parts: Option<Vec<String>> = fields.iter().map(part).collect();
        Some(hash(&(kind, NameScheme::Name(at), parts?)))
    });
    let heirs = of.heirs.iter().filter_map(|(heir, number)| {
        let inheritance = kinds.get(*heir).inherits.get(*number)?;
        if inheritance.lacks.iter().any(|slot| part(slot).is_some()) {
            return None;
        }
        let parts: Option<Vec<String>> = inheritance.by.iter().map(part).collect();
        Some(hash(&(kind, NameScheme::Heir(*heir, *number), parts?)))
    });
    id.into_iter().chain(names).chain(heirs).map(|key| NameTarget { key, start }).collect()
}

/// By what a key names a record, apart from its id.
#[derive(Hash)]
enum NameScheme {
    /// The number among the names of its kind.
    Name(usize),
    /// The kind that takes fields from it, and the number among what that takes.
    Heir(KindIndex, usize),
}

/// A field as a part of a key. What lies in a record says that one's id without saying it.
fn key_part(kinds: &Kinds, record: &Record<'_>, outer: Option<&Record<'_>>, slot: Slot) -> Option<String> {
    let field = kinds.get(record.kind_index).fields.get(usize::from(slot))?;
    let own = record.slot(slot).filter(|value| !value.is_empty()).and_then(|value| value.text());
    let around = || {
        let outer = outer.filter(|outer| kinds.named_by(record.kind_index, slot) == Some(outer.kind_index))?;
        outer.slot(kinds.get(outer.kind_index).id)?.text()
    };
    let text = own.or_else(around)?;
    Some(match field.ty {
        FieldType::LicenceCode => licence_key(&text)?.into_owned(),
        FieldType::Text => fold(text.trim(), Fold::Name).as_str().to_owned(),
        _ => id_key(&text).into_owned(),
    })
}

/// The keys under which the record may be found that the text in a slot names.
fn requests(kinds: &Kinds, record: &Record<'_>, slot: Slot, of: KindIndex) -> Vec<NameRequest> {
    let Some(text) = record.slot(slot).filter(|value| !value.is_empty()).and_then(|value| value.text()) else {
        return Vec::new();
    };
    let (own, named) = (kinds.get(record.kind_index), kinds.get(of));
    let id = NameRequest { slot, rank: 0, key: reference_key(kinds, of, &text) };
    let names = named.names.iter().enumerate().filter_map(|(at, fields)| {
        let (_, beside) = fields.split_last()?;
        // What a name needs beside itself the record says of itself: a product of 抖音 names a shop of 抖音.
        let beside = beside.iter().map(|field| {
            let (slot, _) = own.field(&named.fields.get(usize::from(*field))?.path)?;
            key_part(kinds, record, None, slot)
        });
        let mut parts: Vec<String> = beside.collect::<Option<_>>()?;
        parts.push(fold(text.trim(), Fold::Name).as_str().to_owned());
        let key = hash(&(of, NameScheme::Name(at), parts));
        Some(NameRequest { slot, rank: u8::try_from(at + 1).ok()?, key })
    });
    std::iter::once(id).chain(names).collect()
}

/// Asks for the records from which a record takes fields that it lacks, and the fields.
pub(super) fn inherited(kinds: &Kinds, record: &Record<'_>, outer: Option<&Record<'_>>) -> (Vec<NameRequest>, SlotSet) {
    let (mut requests, mut lacking) = (Vec::new(), SlotSet::default());
    for (number, inheritance) in kinds.get(record.kind_index).inherits.iter().enumerate() {
        let mut may_take = inheritance.lacking(record).peekable();
        if may_take.peek().is_none() {
            continue;
        }
        let parts: Option<Vec<String>> =
            inheritance.key.iter().map(|slot| key_part(kinds, record, outer, *slot)).collect();
        let Some((parts, slot)) = parts.zip(Slot::try_from(number).ok()) else { continue };
        may_take.for_each(|slot| lacking.insert(slot));
        let key = hash(&(inheritance.of, NameScheme::Heir(record.kind_index, number), parts));
        requests.push(NameRequest { slot: INHERITED | slot, rank: 0, key });
    }
    (requests, lacking)
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
        Outcome::Fail | Outcome::Skip => return,
    };
    // Of values that keys should have all of only those count that are certain.
    let mut is_later = waits || group.fold == GroupFold::Covers && (applies == Outcome::Unknown || reads_lacking);
    member.each_path(&mut |path| is_later |= context.is_unknown(path));
    group.each_bound_path(&mut |path| is_later |= context.is_unknown(path));
    if is_later {
        return f(GroupWork::Later(PendingWork::rule(number)));
    }
    group_members(context, number, group, member, keys, &mut |member, text| {
        f(match applies {
            Outcome::Unknown => GroupWork::Later(PendingWork::Member(member)),
            _ if reads_lacking => GroupWork::Later(PendingWork::Provisional(member)),
            _ => GroupWork::Now(member, text),
        });
    });
}

/// Everything that is asked for by the references of a record that are not known, and by rules about references.
pub(super) fn all_requests(context: &EvalContext<'_, '_>, work: &[PendingWork]) -> Vec<NameRequest> {
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
    wanted.into_iter().flat_map(|(slot, of)| requests(kinds, record, slot, of)).collect()
}
