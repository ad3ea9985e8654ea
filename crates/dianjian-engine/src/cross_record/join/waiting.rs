//! A record that waits, and what its references lead to.

use std::io;
use std::iter::Peekable;

use dianjian_rules::record::{
    Inheritance, Kind, KindIndex, Kinds, Record, RecordIdentity, SavedFields, SavedValue, Slot, SlotSet,
};
use dianjian_rules::{EvalContext, NamedAnswers, Rule, RuleBody, Ruleset, Violation};

use super::items::{FoundRecord, FoundState, Resolved};
use super::resolve::next_up_to;
use crate::check_record::named::{AROUND, INHERITED};
use crate::cross_record::external_sort::MergedRuns;
use crate::cross_record::groups::{MemberRow, PackedPlace};
use crate::cross_record::member_names::NamedFields;

/// One record that waits, with what its references lead to.
#[derive(Default)]
pub(super) struct Waiting {
    pub rules: Vec<u32>,
    pub named: Vec<FoundName>,
    /// From which it takes fields.
    pub inherited: Vec<FoundName>,
    /// From which the record around it takes some.
    pub around: Vec<FoundName>,
    /// Whether rules are left undecided, as what they read is not known.
    pub is_undecided: bool,
    /// Members of groups, unless it does.
    pub provisional: Vec<MemberRow>,
}

/// The record that a reference leads to.
pub(super) struct FoundName {
    pub slot: Slot,
    /// Where it begins.
    pub record: PackedPlace,
    pub label: PackedPlace,
    /// The labels of others of the same name.
    pub others: Vec<PackedPlace>,
    pub state: FoundState,
    /// In which of it records of the same name differ.
    pub disputed: FoundState,
    /// Which record it is; `None`: several are meant, or nobody asks.
    pub identity: Option<RecordIdentity>,
    pub fields: SavedFields,
    pub answers: NamedAnswers,
}

impl Waiting {
    /// Where the records are that a rule reads fields of; `taken`: what the record lacked and took from them.
    pub(super) fn labels(
        &self,
        context: &EvalContext<'_, '_>,
        rule: &Rule,
        number: usize,
        taken: &SlotSet,
    ) -> Vec<PackedPlace> {
        let reads = context.rules.reads(number);
        let kind = context.kinds.get(context.record.kind_index);
        let named = self.named.iter().filter(|name| rule.reads_named(name.slot));
        let inherited = self.inherited.iter().filter(|name| {
            let gives = inheritance_of(kind, name.slot).map(|from| &from.take);
            let mut gives = gives.into_iter().flatten().map(|given| SlotSet::of(given.slot));
            gives.any(|slot| reads.meets(&slot) && taken.meets(&slot))
        });
        named.chain(inherited).map(|name| name.label).collect()
    }

    /// What it names, for findings on it as a member of a group.
    pub(super) fn named_fields(&self) -> Vec<NamedFields> {
        let of = |name: &FoundName| NamedFields {
            slot: name.slot,
            identity: name.identity.clone(),
            fields: name.fields.clone(),
        };
        self.named.iter().map(of).collect()
    }

    /// Splits the members that a record would be without what it takes from others: those of rules that are asked again, and
    /// those of rules in whose groups what it takes from is a member itself.
    pub(super) fn keeps(&mut self, rules: &Ruleset, kinds: &Kinds, kind: KindIndex) -> Vec<MemberRow> {
        let rows = std::mem::take(&mut self.provisional);
        let is_kept = |row: &MemberRow| !is_asked_again(rules, kinds.get(kind), &self.inherited, row.rule as usize);
        rows.into_iter().filter(is_kept).collect()
    }

    /// Adds the rules that read what the record takes from others.
    pub(super) fn rules_that_read(&mut self, rules: &Ruleset, kinds: &Kinds, kind: KindIndex, taken: &SlotSet) {
        let numbers = rules.per_record(kind).iter().copied();
        let groups = rules.groups(kind).iter().filter(|(_, member)| *member == 0).map(|(number, _)| *number);
        let groups = groups.filter(|number| is_asked_again(rules, kinds.get(kind), &self.inherited, *number));
        let reading = numbers.chain(groups).filter(|number| rules.reads(*number).meets(taken));
        self.rules.extend(reading.filter_map(|number| u32::try_from(number).ok()));
        self.rules.sort_unstable();
        self.rules.dedup();
    }
}

/// Whether a record is a member of a rule's groups with what it takes from others. Where the others are members themselves, it
/// would say no more than they do.
fn is_asked_again(rules: &Ruleset, kind: &Kind, inherited: &[FoundName], rule: usize) -> bool {
    let Some(RuleBody::Group(group)) = rules.rules.get(rule).map(|rule| &rule.body) else { return true };
    let from = inherited.iter().filter_map(|name| inheritance_of(kind, name.slot));
    !from.into_iter().any(|from| group.members.iter().any(|member| member.kind == from.of))
}

/// Whether records that are one by their name say different things of what a record of the kind takes from them. Of all
/// brands of a shop nobody expects that they are one.
pub(super) fn is_disputed(inherited: &[FoundName], kind: &Kind) -> bool {
    inherited.iter().any(|from| {
        let names_one = inheritance_of(kind, from.slot).is_some_and(|from| from.key != [kind.id]);
        names_one && !from.fields.disputed().is_empty()
    })
}

/// What a slot of a request stands for.
fn inheritance_of(kind: &Kind, slot: Slot) -> Option<&Inheritance> {
    kind.inherits.get(usize::from(slot & !(INHERITED | AROUND)))
}

/// A record with what it takes from others, and the slots of that; `None`: it takes nothing.
pub(super) fn completed<'a>(
    kinds: &Kinds,
    record: &Record<'a>,
    inherited: &[FoundName],
) -> Option<(Record<'a>, SlotSet)> {
    let kind = kinds.get(record.kind_index);
    let given = given(kind, record, inherited);
    if given.is_empty() {
        return None;
    }
    let (mut completed, mut taken) = (record.clone(), SlotSet::default());
    for (slot, value) in given {
        // What was taken is shown at what it was found by.
        let key = inherited.iter().find_map(|from| {
            let inheritance = inheritance_of(kind, from.slot)?;
            inheritance.take.iter().find(|taken| taken.slot == slot)?;
            inheritance.key.iter().rev().find_map(|key| record.slot(*key))
        });
        completed.supply(kind, slot, value.value(key.map_or(record.node, |key| key.node())));
        taken.insert(slot);
    }
    Some((completed, taken))
}

/// The fields that a record lacks and takes from others.
pub(super) fn given(kind: &Kind, record: &Record<'_>, taken: &[FoundName]) -> Vec<(Slot, SavedValue)> {
    let mut given: Vec<(Slot, SavedValue)> = Vec::new();
    for from in taken {
        let Some(inheritance) = inheritance_of(kind, from.slot) else { continue };
        for (slot, value) in inheritance.given(record, &from.fields) {
            if !given.iter().any(|(known, _)| *known == slot) {
                given.push((slot, value));
            }
        }
    }
    given
}

/// Records that references lead to, and the slots of those that lead to none with the keys that nothing has.
pub(super) type NamesOf = (Vec<FoundName>, Vec<(Slot, u64)>);

/// What the references of the record at a place lead to: records, and keys that nothing has.
pub(super) fn names_of(place: PackedPlace, resolved: &mut Peekable<MergedRuns<Resolved>>) -> io::Result<NamesOf> {
    let (mut named, mut missing): (Vec<FoundName>, _) = (Vec::new(), Vec::new());
    while let Some(Resolved { place: of, slot, found }) = next_up_to(resolved, |next: &Resolved| next.place <= place)? {
        if of != place {
            continue;
        }
        match found {
            FoundRecord::Nothing(key) => missing.push((slot, key)),
            FoundRecord::Record { record, label, state, identity, fields, answers } => {
                match named.iter_mut().find(|known| known.slot == slot) {
                    Some(known) => {
                        known.fields.complete(&fields);
                        known.answers.join(&answers);
                        known.disputed = known.disputed.either(known.state.differs(state));
                        known.state = known.state.both(state);
                        known.identity =
                            known.identity.take().zip(identity).and_then(|(one, other)| one.joined(&other));
                        known.others.push(label);
                    }
                    None => {
                        let (disputed, fields, others) = (FoundState::default(), *fields, Vec::new());
                        let identity = identity.map(|identity| *identity);
                        named.push(FoundName {
                            slot,
                            record,
                            label,
                            others,
                            state,
                            disputed,
                            identity,
                            fields,
                            answers,
                        });
                    }
                }
            }
        }
    }
    Ok((named, missing))
}

/// Whether a violation is of a field of another record, which a fix here must not touch.
pub(super) fn is_in_named(context: &EvalContext<'_, '_>, violation: &Violation<'_>) -> bool {
    let kind = context.kinds.get(context.record.kind_index);
    context.named.iter().any(|named| {
        let path = kind.fields.get(usize::from(named.slot)).map_or("", |field| field.path.as_str());
        violation.target.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
    })
}

/// Whether a violation is of a field that the record takes from another.
pub(super) fn is_taken(context: &EvalContext<'_, '_>, violation: &Violation<'_>, taken: &SlotSet) -> bool {
    let kind = context.kinds.get(context.record.kind_index);
    let path = violation.target.path.as_str();
    taken.iter().any(|slot| kind.fields.get(usize::from(slot)).is_some_and(|field| field.path == path))
}
