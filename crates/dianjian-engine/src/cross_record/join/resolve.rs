//! The steps of the join, each from one sorted stream to the next.

use std::collections::BTreeMap;
use std::io;
use std::iter::Peekable;
use std::sync::Arc;

use dianjian_document::source::SourceFile;
use dianjian_rules::record::{KindIndex, Kinds, Record, SavedFields, Slot};
use dianjian_rules::{EvalContext, NamedRecord, Outcome, RuleBody, Ruleset, Violation};

use super::items::{FoundRecord, Match, Met, PendingItem, Request, Resolved, StoredWork, Target, Wanted};
use super::{Join, Joined};
use crate::check_record::group_member::GroupMember;
use crate::check_record::{GroupKeys, context, day_of, group_member, start_of};
use crate::cross_record::CrossRecordTotals;
use crate::cross_record::dangling::DanglingReferences;
use crate::cross_record::emit::FindingEmitter;
use crate::cross_record::external_sort::{ExternalSorter, MergedRuns, SortItem};
use crate::cross_record::groups::{Groups, PackedPlace};
use crate::finding::builder::{FindingBuilder, FindingSubject};
use crate::{Engine, Finding};

/// Of the records that share a key so many are read; the others are taken to say the same.
const MAX_MEANT: usize = 4;

impl Join {
    /// Finds the records that others name and judges what waits for them: findings go to `sink`, members to `groups`.
    pub(in crate::cross_record) fn resolve(
        self,
        emitter: &mut FindingEmitter<'_>,
        groups: &mut Groups,
        records: &[usize],
        sink: &mut dyn FnMut(usize, Finding),
    ) -> io::Result<Joined> {
        let part = (self.memory / 8).max(1);
        let sorter = || if self.memory == 0 { usize::MAX } else { part };
        let matches = matched(self.requests.sorted()?, self.targets.sorted()?, sorter())?;
        let (wanted, mut resolved) = chosen(matches.sorted()?, sorter())?;
        read_targets(emitter, wanted.sorted()?, &mut resolved)?;
        let mut judge = PendingJudge {
            emitter,
            groups,
            records,
            sink,
            dangling: DanglingReferences::new(sorter()),
            totals: CrossRecordTotals::default(),
        };
        judge.all(self.pending.sorted()?, resolved.sorted()?)?;
        let (totals, dangling) = (judge.totals, judge.dangling);
        Ok(Joined { totals, dangling: dangling.grouped(sorter())? })
    }
}

/// Lets requests meet the targets of the same key.
fn matched(
    requests: MergedRuns<Request>,
    targets: MergedRuns<Target>,
    memory: usize,
) -> io::Result<ExternalSorter<Match>> {
    let mut matches = ExternalSorter::new(memory);
    let mut targets = targets.peekable();
    let (mut key, mut meant) = (None, Vec::new());
    for request in requests {
        let Request { key: asked, place, slot, rank } = request?;
        if key != Some(asked) {
            meant.clear();
            while let Some(target) = next_up_to(&mut targets, |target: &Target| target.key <= asked)? {
                if target.key == asked && meant.len() < MAX_MEANT {
                    meant.push(target.place);
                }
            }
            key = Some(asked);
        }
        for target in &meant {
            matches.push(Match { place, slot, met: Met::Record(rank, *target) })?;
        }
        if meant.is_empty() && rank == 0 {
            matches.push(Match { place, slot, met: Met::Nothing(asked) })?;
        }
    }
    Ok(matches)
}

/// Chooses, for each reference, the records of its best key.
fn chosen(
    matches: MergedRuns<Match>,
    memory: usize,
) -> io::Result<(ExternalSorter<Wanted>, ExternalSorter<Resolved>)> {
    let (mut wanted, mut resolved) = (ExternalSorter::new(memory), ExternalSorter::new(memory));
    let mut last: Option<(PackedPlace, Slot, u8)> = None;
    for found in matches {
        let Match { place, slot, met } = found?;
        let known = last.filter(|(at, of, _)| (*at, *of) == (place, slot)).map(|(.., rank)| rank);
        match met {
            Met::Record(rank, target) if known.is_none_or(|known| known == rank) => {
                wanted.push(Wanted { target, place, slot })?;
                last = Some((place, slot, rank));
            }
            Met::Nothing(key) if known.is_none() => {
                resolved.push(Resolved { place, slot, found: FoundRecord::Nothing(key) })?;
            }
            Met::Record(..) | Met::Nothing(_) => {}
        }
    }
    Ok((wanted, resolved))
}

/// Reads the records that are named once more, and hands what rules want of them to those who asked.
fn read_targets(
    emitter: &mut FindingEmitter<'_>,
    wanted: MergedRuns<Wanted>,
    resolved: &mut ExternalSorter<Resolved>,
) -> io::Result<()> {
    let mut wanted = wanted.peekable();
    while let Some(first) = next_up_to(&mut wanted, |_: &Wanted| true)? {
        let end = emitter.end_of_source(first.target);
        let mut asked: BTreeMap<u64, Vec<Wanted>> = BTreeMap::from([(first.target.start(), vec![first])]);
        let is_near = |next: &Wanted| next.target.file() == first.target.file() && next.target.start() < end;
        while let Some(next) = next_up_to(&mut wanted, is_near)? {
            asked.entry(next.target.start()).or_default().push(next);
        }
        let mut found = Vec::new();
        emitter.records_around(first.target, &mut |source, record, outer, engine, side_files| {
            let start = start_of(record.node.source(), &record.value);
            if !asked.contains_key(&start) {
                return;
            }
            let rules = engine.rules();
            let mut context = context(engine, rules, side_files, (record, outer), engine.policy.as_of);
            let is_closed = context.is_closed() == Outcome::Pass;
            let id = record.slot(context.kinds.get(record.kind_index).id);
            let label = id.map_or(start, |id| start_of(source, id));
            let label = PackedPlace::new(first.target.file(), label);
            let fields = Box::new(SavedFields::of(record, rules.named(record.kind_index)));
            found.push((start, FoundRecord::Record { label, is_closed, fields }));
        });
        for (start, found) in found {
            for Wanted { place, slot, .. } in asked.remove(&start).unwrap_or_default() {
                resolved.push(Resolved { place, slot, found: found.clone() })?;
            }
        }
    }
    Ok(())
}

/// The next item, if it is wanted.
fn next_up_to<T: SortItem>(
    items: &mut Peekable<MergedRuns<T>>,
    is_wanted: impl Fn(&T) -> bool,
) -> io::Result<Option<T>> {
    items.next_if(|next| next.as_ref().map_or(true, &is_wanted)).transpose()
}

/// One record that waits, with what its references lead to.
#[derive(Default)]
struct Waiting {
    rules: Vec<u32>,
    named: Vec<FoundName>,
}

/// The record that a reference leads to.
struct FoundName {
    slot: Slot,
    label: PackedPlace,
    is_closed: bool,
    fields: SavedFields,
}

/// Judges what waits, in the order of places.
struct PendingJudge<'j, 't> {
    emitter: &'j mut FindingEmitter<'t>,
    groups: &'j mut Groups,
    /// Records by kind: a reference to a kind of which the run has no record at all is not dangling.
    records: &'j [usize],
    sink: &'j mut dyn FnMut(usize, Finding),
    dangling: DanglingReferences,
    totals: CrossRecordTotals,
}

impl PendingJudge<'_, '_> {
    fn all(&mut self, pending: MergedRuns<PendingItem>, resolved: MergedRuns<Resolved>) -> io::Result<()> {
        let (mut pending, mut resolved) = (pending.peekable(), resolved.peekable());
        let mut batch: BTreeMap<u64, Waiting> = BTreeMap::new();
        let (mut first, mut end) = (None, 0);
        while let Some(item) = next_up_to(&mut pending, |_: &PendingItem| true)? {
            let place = item.place;
            let mut work = vec![item.work];
            while let Some(more) = next_up_to(&mut pending, |next: &PendingItem| next.place == place)? {
                work.push(more.work);
            }
            let (named, missing) = names_of(place, &mut resolved)?;
            let waiting = self.without_reading(place, work, named, &missing)?;
            if waiting.rules.is_empty() {
                continue;
            }
            if first.is_none_or(|first: PackedPlace| first.file() != place.file() || place.start() >= end) {
                self.judge(first, std::mem::take(&mut batch))?;
                (first, end) = (Some(place), self.emitter.end_of_source(place));
            }
            batch.insert(place.start(), waiting);
        }
        self.judge(first, batch)
    }

    /// Does what needs no second look at the record; what is left are rules.
    fn without_reading(
        &mut self,
        place: PackedPlace,
        work: Vec<StoredWork>,
        named: Vec<FoundName>,
        missing: &[(Slot, u64)],
    ) -> io::Result<Waiting> {
        let mut rules = Vec::new();
        for work in work {
            match work {
                StoredWork::Rule(rule) => rules.push(rule),
                StoredWork::Member(_) if named.iter().any(|named| named.is_closed) => {}
                StoredWork::Member(row) => self.groups.add_row(*row)?,
                StoredWork::Reference(rule, slot) => {
                    let key = missing.iter().find(|(of, _)| *of == slot).map(|(_, key)| *key);
                    let body = self.emitter.engine.rules().rules.get(rule as usize).map(|rule| &rule.body);
                    if let (Some(key), Some(RuleBody::Reference { kind, .. })) = (key, body)
                        && self.records.get(*kind).is_some_and(|count| *count > 0)
                    {
                        self.dangling.push(rule, key, place)?;
                    }
                }
            }
        }
        Ok(Waiting { rules, named })
    }

    /// Reads records again and runs the rules that waited.
    fn judge(&mut self, first: Option<PackedPlace>, mut batch: BTreeMap<u64, Waiting>) -> io::Result<()> {
        let Some(first) = first else { return Ok(()) };
        let (file, wanted) = (first.file(), batch.len());
        let mut judged = JudgedRecords::default();
        self.emitter.records_around(first, &mut |source, record, outer, engine, side_files| {
            let Some(waiting) = batch.remove(&start_of(record.node.source(), &record.value)) else { return };
            let as_of = day_of(engine, record, outer);
            let rules = engine.rules_at(as_of);
            let kinds = &engine.pack.kinds;
            let of = |slot: Slot| kind_named(engine.rules(), kinds, record, slot);
            let node = |slot: Slot| record.slot(slot).map_or(record.node, |value| value.node());
            let records: Vec<Record<'_>> = waiting
                .named
                .iter()
                .filter_map(|name| Some(name.fields.record(kinds, of(name.slot)?, node(name.slot))))
                .collect();
            let named: Vec<NamedRecord<'_, '_>> = waiting
                .named
                .iter()
                .zip(&records)
                .map(|(name, record)| NamedRecord { slot: name.slot, record, disputed: name.fields.disputed() })
                .collect();
            let mut context =
                EvalContext { named: &named, ..context(engine, &rules, side_files, (record, outer), as_of) };
            // What is not known to be closed is judged.
            if context.is_closed() == Outcome::Unknown {
                context.is_closed = Some(Outcome::Fail);
            }
            judged.record(source, &mut context, &waiting, engine);
        });
        self.totals.not_found += batch.len().min(wanted);
        self.totals.undecided += judged.undecided;
        for (mut finding, labels) in judged.findings {
            finding.related.extend(labels.into_iter().filter_map(|label| self.emitter.label(label)));
            (self.sink)(file as usize, finding);
        }
        judged.members.iter().try_for_each(|member| self.groups.add(file, member))
    }
}

/// The kind of what a slot names: by the kind's references, else by a rule about references.
fn kind_named(
    rules: &Ruleset,
    kinds: &Kinds,
    record: &Record<'_>,
    slot: Slot,
) -> Option<KindIndex> {
    kinds.named_by(record.kind_index, slot).or_else(|| {
        rules.references(record.kind_index).iter().find_map(|number| match &rules.rules[*number].body {
            RuleBody::Reference { at, kind, .. } if at.own_slot() == Some(slot) => Some(*kind),
            _ => None,
        })
    })
}

/// What the records of a place come to.
#[derive(Default)]
struct JudgedRecords {
    findings: Vec<(Finding, Vec<PackedPlace>)>,
    members: Vec<GroupMember>,
    undecided: usize,
}

impl JudgedRecords {
    fn record(
        &mut self,
        source: &Arc<SourceFile>,
        context: &mut EvalContext<'_, '_>,
        waiting: &Waiting,
        engine: &Engine<'_>,
    ) {
        let rules = context.rules;
        let (mut violations, mut is_undecided) = (Vec::new(), false);
        for number in waiting.rules.iter().map(|number| *number as usize) {
            let Some(rule) = rules.rules.get(number) else { continue };
            match &rule.body {
                RuleBody::Check(check) => {
                    let outcome = context.run(rule, check, &mut violations);
                    is_undecided |= outcome == Outcome::Unknown;
                    for violation in violations.drain(..).filter(|_| outcome == Outcome::Fail) {
                        let is_named = is_in_named(context, &violation);
                        let subject = FindingSubject::Record(context);
                        let mut builder = FindingBuilder { engine, source, subject, is_gap: false };
                        let Some(mut finding) = builder.finding(number, violation, Vec::new(), 0) else { continue };
                        if is_named {
                            finding.fixes.clear();
                        }
                        self.findings.push((finding, waiting.named.iter().map(|name| name.label).collect()));
                    }
                }
                RuleBody::Group(group) => {
                    let member = group.members.iter().find(|member| member.kind == context.record.kind_index);
                    let is_own = member.is_some_and(|member| std::ptr::eq(member, &raw const group.members[0]));
                    let applies = if is_own { context.applicability(rule) } else { Outcome::Pass };
                    is_undecided |= applies == Outcome::Unknown;
                    let member = member.filter(|_| applies == Outcome::Pass);
                    let keys = &mut GroupKeys::default();
                    self.members.extend(member.and_then(|member| group_member(context, number, group, member, keys)));
                }
                RuleBody::Reference { .. } | RuleBody::Schema(_) => {}
            }
        }
        self.undecided += usize::from(is_undecided);
    }
}

/// Whether a violation is of a field of another record, which a fix here must not touch.
fn is_in_named(context: &EvalContext<'_, '_>, violation: &Violation<'_>) -> bool {
    let kind = context.kinds.get(context.record.kind_index);
    context.named.iter().any(|named| {
        let path = kind.fields.get(usize::from(named.slot)).map_or("", |field| field.path.as_str());
        violation.target.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
    })
}

/// What the references of the record at a place lead to: records, and keys that nothing has.
fn names_of(
    place: PackedPlace,
    resolved: &mut Peekable<MergedRuns<Resolved>>,
) -> io::Result<(Vec<FoundName>, Vec<(Slot, u64)>)> {
    let (mut named, mut missing): (Vec<FoundName>, _) = (Vec::new(), Vec::new());
    while let Some(Resolved { place: of, slot, found }) =
        next_up_to(resolved, |next: &Resolved| next.place <= place)?
    {
        if of != place {
            continue;
        }
        match found {
            FoundRecord::Nothing(key) => missing.push((slot, key)),
            FoundRecord::Record { label, is_closed, fields } => {
                match named.iter_mut().find(|known| known.slot == slot) {
                    Some(known) => {
                        known.fields.complete(&fields);
                        known.is_closed &= is_closed;
                    }
                    None => named.push(FoundName { slot, label, is_closed, fields: *fields }),
                }
            }
        }
    }
    Ok((named, missing))
}

