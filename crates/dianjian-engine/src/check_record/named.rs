//! What of a record waits for the records that it names, and the keys by which these are found.

use dianjian_rules::record::{KindIndex, Kinds, Record, Slot};
use dianjian_rules::{EvalContext, GroupCheck, GroupParticipant, NamedLookup, Outcome, RuleBody};
use dianjian_text::{Fold, fold};

use super::group_member::{GroupMember, hash, reference_key, start_of};
use super::{GroupKeys, group_member};

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
    /// The reference that the rule with this number asks for is missed if it leads to nothing.
    Reference(u32, Slot),
    /// It is a member of a group unless it belongs to something closed.
    Member(GroupMember),
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

/// The keys under which a record can be found: its id, and what its kind is named by otherwise.
pub(crate) fn targets(kinds: &Kinds, record: &Record<'_>) -> Vec<NameTarget> {
    let (kind, source) = (record.kind_index, record.node.source());
    let of = kinds.get(kind);
    let start = start_of(source, &record.value);
    let text = |slot: &Slot| Some(record.slot(*slot).filter(|value| !value.is_empty())?.text()?.into_owned());
    let id = text(&of.id).map(|id| reference_key(kinds, kind, &id));
    let names = of.names.iter().enumerate().filter_map(|(at, fields)| {
        let parts: Option<Vec<String>> = fields.iter().map(text).collect();
        Some(name_key(kind, at, &parts?))
    });
    id.into_iter().chain(names).map(|key| NameTarget { key, start }).collect()
}

/// The keys under which the record may be found that the text in a slot names.
pub(crate) fn requests(kinds: &Kinds, record: &Record<'_>, slot: Slot, of: KindIndex) -> Vec<NameRequest> {
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
            Some(record.slot(slot).filter(|value| !value.is_empty())?.text()?.into_owned())
        });
        let mut parts: Vec<String> = beside.collect::<Option<_>>()?;
        parts.push(text.clone().into_owned());
        Some(NameRequest { slot, rank: u8::try_from(at + 1).ok()?, key: name_key(of, at, &parts) })
    });
    std::iter::once(id).chain(names).collect()
}

fn name_key(kind: KindIndex, at: usize, parts: &[String]) -> u64 {
    let folded: Vec<String> = parts.iter().map(|part| fold(part.trim(), Fold::Name).as_str().to_owned()).collect();
    hash(&(kind, at, folded))
}

/// What a group rule makes of a record.
pub(super) enum GroupWork {
    Now(GroupMember),
    Later(PendingWork),
}

/// What a group rule makes of a record now, or what waits for the records that it names.
pub(super) fn group_work(
    context: &mut EvalContext<'_, '_>,
    number: usize,
    (group, member): (&GroupCheck, &GroupParticipant),
    is_own: bool,
    keys: &mut GroupKeys,
) -> Option<GroupWork> {
    let rules = context.rules;
    let rule = &rules.rules[number];
    let applies = if is_own { context.applicability(rule) } else { Outcome::Pass };
    let id = u32::try_from(number).unwrap_or(u32::MAX);
    let waits = match applies {
        Outcome::Pass => false,
        Outcome::Unknown => rule.when.as_ref().is_some_and(|when| context.condition(when) == Outcome::Unknown),
        Outcome::Fail | Outcome::Skip => return None,
    };
    let mut reads_unknown = waits;
    member.each_path(&mut |path| reads_unknown |= context.is_unknown(path));
    group.each_bound_path(&mut |path| reads_unknown |= context.is_unknown(path));
    if reads_unknown {
        return Some(GroupWork::Later(PendingWork::Rule(id)));
    }
    let member = group_member(context, number, group, member, keys)?;
    Some(match applies {
        Outcome::Unknown => GroupWork::Later(PendingWork::Member(member)),
        _ => GroupWork::Now(member),
    })
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
