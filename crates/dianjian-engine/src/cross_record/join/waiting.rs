//! A record that waits, and what its references lead to.

use std::io;
use std::iter::Peekable;

use dianjian_rules::record::{
    Inheritance, Kind, KindIndex, Kinds, Record, RecordIdentity, SavedFields, SavedValue, Slot, SlotSet,
};
use dianjian_rules::{EvalContext, NamedAnswers, Rule, RuleBody, Ruleset, Violation};

use super::items::{FoundRecord, FoundState, Resolved};
use super::resolve::next_up_to;
use crate::check_record::named::{AROUND, INHERITED, UnsaidWork};
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
    /// Fields that it would take, in which those disagree that it takes them from.
    pub disputed: SlotSet,
    /// Whether rules are left undecided, as what they read is not known.
    pub is_undecided: bool,
    /// What is unsaid, unless it takes that.
    pub unsaid: Vec<UnsaidWork>,
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
    /// The same of each record, where fields are taken from them.
    pub each: Vec<SavedFields>,
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

    /// The rules that ask whether the records agree from which it takes fields, with the places of those that do not.
    pub(super) fn disagreeing(
        &self,
        context: &mut EvalContext<'_, '_>,
    ) -> impl Iterator<Item = (u32, Vec<PackedPlace>)> {
        let (rules, record) = (context.rules, context.record);
        let kind = context.kinds.get(record.kind_index);
        let mut found = Vec::new();
        for from in &self.inherited {
            let Some(inheritance) = inheritance_of(kind, from.slot) else { continue };
            if disputed(kind, record, std::slice::from_ref(from)) == SlotSet::default() {
                continue;
            }
            for number in rules.references(record.kind_index) {
                let rule = &rules.rules[*number];
                let RuleBody::Reference { kind: of, agree: true, .. } = &rule.body else { continue };
                if *of == inheritance.of && context.applies(rule) {
                    let targets = [&[from.label], &from.others[..]].concat();
                    found.extend(u32::try_from(*number).ok().map(|number| (number, targets)));
                }
            }
        }
        found.into_iter()
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

/// The fields that a record would take from records which are one by their name and disagree. Of all brands of a shop nobody
/// expects that they are one.
pub(super) fn disputed(kind: &Kind, record: &Record<'_>, inherited: &[FoundName]) -> SlotSet {
    let mut disputed = SlotSet::default();
    for from in inherited {
        let Some(inheritance) = inheritance_of(kind, from.slot).filter(|from| from.key != [kind.id]) else { continue };
        let offered = offered(inheritance, record, from);
        offered.iter().filter(|(_, value)| value.is_none()).for_each(|(slot, _)| disputed.insert(*slot));
    }
    disputed
}

/// What each field would be taken to be; `None` where the records say different things. Those that disagree in one are of
/// different things, so that none completes what another lacks.
fn offered(inheritance: &Inheritance, record: &Record<'_>, from: &FoundName) -> Vec<(Slot, Option<SavedValue>)> {
    let mut offered: Vec<(Slot, usize, Option<SavedValue>)> = Vec::new();
    for fields in &from.each {
        for (slot, value) in inheritance.given(record, fields) {
            match offered.iter_mut().find(|(known, ..)| *known == slot) {
                None => offered.push((slot, 1, Some(value))),
                Some((_, count, known)) => {
                    *count += 1;
                    *known = known.take().filter(|known| *known == value);
                }
            }
        }
    }
    let is_disputed = offered.iter().any(|(.., value)| value.is_none());
    let is_of_all = |count: usize| !is_disputed || count == from.each.len();
    offered.into_iter().map(|(slot, count, value)| (slot, value.filter(|_| is_of_all(count)))).collect()
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
        for (slot, value) in
            offered(inheritance, record, from).into_iter().filter_map(|(slot, value)| Some((slot, value?)))
        {
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
                        known.each.extend(Some(*fields).filter(|_| slot & INHERITED != 0));
                        known.answers.join(&answers);
                        known.disputed = known.disputed.either(known.state.differs(state));
                        known.state = known.state.both(state);
                        known.identity =
                            known.identity.take().zip(identity).and_then(|(one, other)| one.joined(&other));
                        known.others.push(label);
                    }
                    None => {
                        let (disputed, fields, others) = (FoundState::default(), *fields, Vec::new());
                        let each = Some(&fields).filter(|_| slot & INHERITED != 0).into_iter().cloned().collect();
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
                            each,
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
