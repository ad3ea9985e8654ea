//! The steps of the join, each from one sorted stream to the next.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::iter::Peekable;

use dianjian_rules::record::{KindIndex, Kinds, Record, RecordIdentity, SavedFields, Slot, SlotSet};
use dianjian_rules::{EvalContext, NamedAnswers, NamedRecord, NeededAnswers, Outcome, RuleBody, Ruleset};

use super::items::{FoundRecord, FoundState, Match, Met, PendingItem, Request, Resolved, StoredWork, Target, Wanted};
use super::judged::JudgedRecords;
use super::waiting::{FoundName, Waiting, completed, disputed, given, names_of};
use super::{Join, Joined};
use crate::Finding;
use crate::check_record::named::{AROUND, ID_RANK, INHERITED, UnsaidWork};
use crate::check_record::{context, day_of, start_of};
use crate::cross_record::dangling::{DanglingReferences, FaultyReference, ReferenceFault};
use crate::cross_record::emit::FindingEmitter;
use crate::cross_record::external_sort::{ExternalSorter, MergedRuns, SortItem};
use crate::cross_record::groups::{Groups, PackedPlace};
use crate::cross_record::{CrossRecordSink, CrossRecordTotals, MAX_LABELLED};

/// Of the records that share a key so many are read; the others are taken to say the same.
const MAX_MEANT: usize = 4;

impl Join {
    /// Finds the records that others name and judges what waits for them: findings go to `sink`, members to `groups`.
    pub(in crate::cross_record) fn resolve(
        self,
        emitter: &mut FindingEmitter<'_>,
        groups: &mut Groups,
        records: &[usize],
        sink: &mut dyn CrossRecordSink,
    ) -> io::Result<Joined> {
        let part = (self.memory / 8).max(1);
        let sorter = || if self.memory == 0 { usize::MAX } else { part };
        let matches = matched(self.requests.sorted()?, self.targets.sorted()?, sorter())?;
        let mut chosen = ChosenRecords::new(sorter());
        chosen.all(matches.sorted()?)?;
        let ChosenRecords { named, inherited, mut resolved } = chosen;
        // What a record takes from others is there for those that name it.
        let mut taken = ExternalSorter::new(sorter());
        let mut keep = |found: Resolved| taken.push(found.clone()).and_then(|()| resolved.push(found));
        read_targets(emitter, inherited.sorted()?, ExternalSorter::default().sorted()?, &mut keep)?;
        read_targets(emitter, named.sorted()?, taken.sorted()?, &mut |found| resolved.push(found))?;
        let mut judge = PendingJudge {
            emitter,
            groups,
            records,
            sink,
            dangling: DanglingReferences::new(sorter()),
            outcomes: Vec::new(),
            totals: CrossRecordTotals::default(),
        };
        judge.all(self.pending.sorted()?, resolved.sorted()?)?;
        judge.flush();
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
    let mut requests = requests.peekable();
    let mut asking: Vec<Request> = Vec::new();
    while let Some(request) = next_up_to(&mut requests, |_: &Request| true)? {
        let Request { key: asked, slot, rank, .. } = request;
        asking.clear();
        asking.push(request);
        // A brand that says its shop by a name is of none of several that have it. What lies in a shop asks for it as well.
        if slot & INHERITED != 0 && rank > 0 {
            while let Some(next) = next_up_to(&mut requests, |next: &Request| next.key == asked)? {
                asking.push(next);
            }
            let shops: BTreeSet<_> = asking.iter().filter(|of| of.slot & AROUND == 0).map(|of| of.place).collect();
            if shops.len() > 1 {
                continue;
            }
        }
        if key != Some(asked) {
            meant.clear();
            while let Some(target) = next_up_to(&mut targets, |target: &Target| target.key <= asked)? {
                if target.key == asked && meant.len() < MAX_MEANT {
                    meant.push(target.place);
                }
            }
            key = Some(asked);
        }
        for Request { place, slot, rank, .. } in &asking {
            for target in &meant {
                matches.push(Match { place: *place, slot: *slot, met: Met::Record(*rank, *target) })?;
            }
            if meant.is_empty() && *rank == ID_RANK && slot & INHERITED == 0 {
                matches.push(Match { place: *place, slot: *slot, met: Met::Nothing(asked) })?;
            }
        }
    }
    Ok(matches)
}

/// The records that are read again, and references that lead to nothing.
struct ChosenRecords {
    /// That references name.
    named: ExternalSorter<Wanted>,
    /// From which fields are taken.
    inherited: ExternalSorter<Wanted>,
    resolved: ExternalSorter<Resolved>,
}

impl ChosenRecords {
    fn new(memory: usize) -> Self {
        let sorter = || ExternalSorter::new(memory);
        Self { named: sorter(), inherited: sorter(), resolved: ExternalSorter::new(memory) }
    }

    /// Chooses, for each reference, the records of its best key.
    fn all(&mut self, matches: MergedRuns<Match>) -> io::Result<()> {
        let mut last: Option<(PackedPlace, Slot, u8)> = None;
        for found in matches {
            let Match { place, slot, met } = found?;
            let known = last.filter(|(at, of, _)| (*at, *of) == (place, slot)).map(|(.., rank)| rank);
            match met {
                Met::Record(rank, target) if known.is_none_or(|known| known == rank) => {
                    let to = if slot & INHERITED == 0 { &mut self.named } else { &mut self.inherited };
                    to.push(Wanted { target, place, slot })?;
                    last = Some((place, slot, rank));
                }
                Met::Nothing(key) if known.is_none() => {
                    self.resolved.push(Resolved { place, slot, found: FoundRecord::Nothing(key) })?;
                }
                Met::Record(..) | Met::Nothing(_) => {}
            }
        }
        Ok(())
    }
}

/// Reads the records that are named once more, and hands what rules want of them to those who asked. `taken` are the fields
/// that they take from others, by place.
fn read_targets(
    emitter: &mut FindingEmitter<'_>,
    wanted: MergedRuns<Wanted>,
    taken: MergedRuns<Resolved>,
    keep: &mut dyn FnMut(Resolved) -> io::Result<()>,
) -> io::Result<()> {
    let (mut wanted, mut taken) = (wanted.peekable(), taken.peekable());
    while let Some(first) = next_up_to(&mut wanted, |_: &Wanted| true)? {
        let end = emitter.end_of_block(first.target);
        let mut asked: BTreeMap<u64, (Vec<Wanted>, Vec<FoundName>)> = BTreeMap::new();
        let is_near = |next: &Wanted| next.target.file() == first.target.file() && next.target.start() < end;
        let mut next = Some(first);
        while let Some(wanted_here) = next {
            let taken = match asked.contains_key(&wanted_here.target.start()) {
                true => Vec::new(),
                false => names_of(wanted_here.target, &mut taken)?.0,
            };
            asked.entry(wanted_here.target.start()).or_insert((Vec::new(), taken)).0.push(wanted_here);
            next = next_up_to(&mut wanted, is_near)?;
        }
        let mut found = Vec::new();
        let starts = asked.keys().copied().collect();
        emitter.records_in_block(first.target, &starts, &mut |source, record, outer, engine, side_files| {
            let start = start_of(record.node.source(), &record.value);
            let Some((_, taken)) = asked.get(&start) else { return };
            let rules = engine.rules();
            let kind = engine.pack.kinds.get(record.kind_index);
            let mut context = context(engine, rules, side_files, (record, outer), engine.policy.as_of);
            let is_closed = context.is_closed() == Outcome::Pass;
            let state = FoundState { is_closed, is_outside: context.is_outside() == Outcome::Pass };
            // Of one that takes fields from others the answers may be others.
            let answers = if taken.is_empty() { context.named_answers() } else { NamedAnswers::default() };
            let is_asked = rules.is_identified(record.kind_index);
            let identity = is_asked.then(|| RecordIdentity::of(&engine.pack.kinds, record)).flatten().map(Box::new);
            let label = record.slot(kind.id).map_or(start, |id| start_of(source, id));
            let file = first.target.file();
            let (record_at, label) = (PackedPlace::new(file, start), PackedPlace::new(file, label));
            let mut fields = SavedFields::of(record, rules.named(record.kind_index));
            for (slot, value) in given(kind, record, taken) {
                fields.add(slot, value);
            }
            let fields = Box::new(fields);
            found.push((start, FoundRecord::Record { record: record_at, label, state, identity, fields, answers }));
        });
        for (start, found) in found {
            for Wanted { place, slot, .. } in asked.remove(&start).map(|(wanted, _)| wanted).unwrap_or_default() {
                keep(Resolved { place, slot, found: found.clone() })?;
            }
        }
    }
    Ok(())
}

/// The next item, if it is wanted.
pub(super) fn next_up_to<T: SortItem>(
    items: &mut Peekable<MergedRuns<T>>,
    is_wanted: impl Fn(&T) -> bool,
) -> io::Result<Option<T>> {
    items.next_if(|next| next.as_ref().map_or(true, &is_wanted)).transpose()
}

/// What came of something that waited.
enum JudgedOutcome {
    /// A finding that was made before is one: the place of its record, and its number.
    Held(PackedPlace, u32),
    /// The number of its file, the finding, and where the records are that the rule read fields of.
    Finding(u32, Box<Finding>, Vec<PackedPlace>),
}

/// Judges what waits, in the order of places.
struct PendingJudge<'j, 't> {
    emitter: &'j mut FindingEmitter<'t>,
    groups: &'j mut Groups,
    /// Records by kind: a reference to a kind of which the run has no record at all is not dangling.
    records: &'j [usize],
    sink: &'j mut dyn CrossRecordSink,
    dangling: DanglingReferences,
    /// What was found and is still to be labelled.
    outcomes: Vec<JudgedOutcome>,
    totals: CrossRecordTotals,
}

impl PendingJudge<'_, '_> {
    fn all(&mut self, pending: MergedRuns<PendingItem>, resolved: MergedRuns<Resolved>) -> io::Result<()> {
        let (mut pending, mut resolved) = (pending.peekable(), resolved.peekable());
        let mut batch: BTreeMap<u64, Waiting> = BTreeMap::new();
        let (mut first, mut end) = (None, 0);
        while let Some(place) = next_place(&mut pending, &mut resolved) {
            let mut work = Vec::new();
            while let Some(more) = next_up_to(&mut pending, |next: &PendingItem| next.place == place)? {
                work.push(more.work);
            }
            let (named, missing) = names_of(place, &mut resolved)?;
            let waiting = self.without_reading(place, work, named, &missing)?;
            if waiting.rules.is_empty() && waiting.inherited.is_empty() {
                continue;
            }
            if first.is_none_or(|first: PackedPlace| first.file() != place.file() || place.start() >= end) {
                self.judge(first, std::mem::take(&mut batch))?;
                (first, end) = (Some(place), self.emitter.end_of_block(place));
            }
            batch.insert(place.start(), waiting);
        }
        self.judge(first, batch)
    }

    /// Reports what was found.
    fn flush(&mut self) {
        let outcomes = std::mem::take(&mut self.outcomes);
        let of = |outcome: &JudgedOutcome| match outcome {
            JudgedOutcome::Finding(.., labels) => labels.clone(),
            JudgedOutcome::Held(..) => Vec::new(),
        };
        let labels = self.emitter.labels(outcomes.iter().flat_map(of).collect());
        for outcome in outcomes {
            match outcome {
                JudgedOutcome::Held(place, ordinal) => self.sink.held(place, ordinal),
                JudgedOutcome::Finding(file, mut finding, places) => {
                    finding.related.extend(places.iter().filter_map(|place| labels.get(place).cloned()));
                    self.sink.finding(file as usize, *finding);
                }
            }
        }
    }

    /// Whether a rule does not judge what belongs to records of this state.
    fn leaves_out(&self, rule: u32, state: FoundState) -> bool {
        self.emitter.engine.rules().rules.get(rule as usize).is_some_and(|rule| state.is_left_out_by(rule))
    }

    /// Whether a rule may apply to a record, by what those that it names answer.
    fn may_apply(&self, rule: u32, needed: NeededAnswers, named: &[FoundName], missing: &[(Slot, u64)]) -> bool {
        let rules = self.emitter.engine.rules();
        let tests = rules.named_tests(rule as usize);
        let check = rules.rules.get(rule as usize).filter(|rule| matches!(rule.body, RuleBody::Check(_)));
        if check.is_some_and(|rule| named.iter().any(|named| named.state.is_left_out_by(rule))) {
            return false;
        }
        let is_open = || tests.iter().any(|test| missing.iter().any(|(slot, _)| *slot == test.reference));
        needed == NeededAnswers::ANY
            || is_open()
            || needed.may_apply(tests, |slot| Some(&named.iter().find(|found| found.slot == slot)?.answers))
    }

    /// Notes what is wrong with a reference.
    fn reference(
        &mut self,
        rule: u32,
        slot: Slot,
        place: PackedPlace,
        named: &[FoundName],
        missing: &[(Slot, u64)],
    ) -> io::Result<()> {
        let of = self.emitter.engine.rules().rules.get(rule as usize);
        let Some((own, RuleBody::Reference { kind, .. })) = of.map(|of| (of.kind, &of.body)) else { return Ok(()) };
        if let Some((_, key)) = missing.iter().find(|(of, _)| *of == slot)
            && self.records.get(*kind).is_some_and(|count| *count > 0)
        {
            return self.dangling.push(FaultyReference::new(ReferenceFault::Missing, *key, (place, rule)));
        }
        let Some(found) = named.iter().find(|found| found.slot == slot) else { return Ok(()) };
        if own == Some(*kind) {
            self.dangling.edge(rule, place, found.record);
        }
        if found.fields.disputed().is_empty() {
            return Ok(());
        }
        let targets = [&[found.label], &found.others[..]].concat();
        // Records that are told apart are several of one name, and not one that is written twice.
        let is_identified = self.emitter.engine.rules().is_identified(*kind);
        let fault = match is_identified && found.identity.is_none() {
            true => ReferenceFault::Namesakes,
            false => ReferenceFault::Disputed,
        };
        self.dangling.push(FaultyReference::disputed(fault, (place, rule), targets))
    }

    /// Does what needs no second look at the record; what is left are rules.
    fn without_reading(
        &mut self,
        place: PackedPlace,
        work: Vec<StoredWork>,
        named: Vec<FoundName>,
        missing: &[(Slot, u64)],
    ) -> io::Result<Waiting> {
        let (inherited, named): (Vec<_>, Vec<_>) = named.into_iter().partition(|name| name.slot & INHERITED != 0);
        let (around, inherited): (Vec<_>, Vec<_>) = inherited.into_iter().partition(|name| name.slot & AROUND != 0);
        let (mut rules, mut provisional, mut is_undecided) = (Vec::new(), Vec::new(), false);
        let mut unsaid = Vec::new();
        for work in work {
            match work {
                StoredWork::Undecided => is_undecided = true,
                StoredWork::Unsaid(work) => unsaid.push(work),
                StoredWork::Open(..) if named.is_empty() && inherited.is_empty() => is_undecided = true,
                StoredWork::Rule(rule, needed) | StoredWork::Open(rule, needed) => {
                    if self.may_apply(rule, needed, &named, missing) {
                        rules.push(rule);
                    }
                }
                StoredWork::Held(rule, _) if named.iter().any(|named| self.leaves_out(rule, named.state)) => {}
                StoredWork::Held(rule, _) if named.iter().any(|named| self.leaves_out(rule, named.disputed)) => {
                    is_undecided = true;
                }
                StoredWork::Held(_, ordinal) => self.outcomes.push(JudgedOutcome::Held(place, ordinal)),
                StoredWork::Member(row) if named.iter().any(|named| self.leaves_out(row.rule, named.state)) => {}
                StoredWork::Provisional(row) if !inherited.is_empty() => provisional.push(*row),
                StoredWork::Member(row) | StoredWork::Provisional(row) => self.groups.add_row(*row)?,
                StoredWork::Reference(rule, slot) => self.reference(rule, slot, place, &named, missing)?,
            }
        }
        if rules.is_empty() && inherited.is_empty() {
            self.totals.undecided += usize::from(is_undecided);
            unsaid.drain(..).for_each(|unsaid| self.totals.add_unsaid(unsaid));
        }
        let disputed = SlotSet::default();
        Ok(Waiting { rules, named, inherited, around, provisional, unsaid, disputed, is_undecided })
    }

    /// Reads records again and runs the rules that waited.
    fn judge(&mut self, first: Option<PackedPlace>, mut batch: BTreeMap<u64, Waiting>) -> io::Result<()> {
        let Some(first) = first else { return Ok(()) };
        let (file, wanted) = (first.file(), batch.len());
        let mut judged = JudgedRecords::default();
        let (mut unsaid, mut disagreeing) = (Vec::new(), Vec::new());
        let starts = batch.keys().copied().collect();
        self.emitter.records_in_block(first, &starts, &mut |source, record, outer, engine, side_files| {
            let Some(mut waiting) = batch.remove(&start_of(record.node.source(), &record.value)) else { return };
            let as_of = day_of(engine, record, outer);
            let rules = engine.rules_at(as_of);
            let kinds = &engine.pack.kinds;
            let around = outer.and_then(|outer| completed(kinds, outer, &waiting.around));
            let completed = completed(kinds, record, &waiting.inherited);
            waiting.disputed = disputed(kinds.get(record.kind_index), record, &waiting.inherited);
            waiting.is_undecided |= waiting.disputed != SlotSet::default()
                || outer.is_some_and(|outer| {
                    disputed(kinds.get(outer.kind_index), outer, &waiting.around) != SlotSet::default()
                });
            let taken = completed.as_ref().map(|(_, taken)| *taken).unwrap_or_default();
            let is_unsaid = |work: &UnsaidWork| !SlotSet::of(work.slot).meets(&taken.union(waiting.disputed));
            unsaid.extend(waiting.unsaid.iter().copied().filter(is_unsaid));
            let outer = around.as_ref().map(|(record, _)| record).or(outer);
            let record = completed.as_ref().map_or(record, |(record, _)| record);
            match &completed {
                Some((_, taken)) => {
                    judged.rows.extend(waiting.keeps(&rules, kinds, record.kind_index));
                    waiting.rules_that_read(&rules, kinds, record.kind_index, taken);
                }
                None => judged.rows.append(&mut waiting.provisional),
            }
            let of = |slot: Slot| kind_named(engine.rules(), kinds, record, slot);
            let node = |slot: Slot| record.slot(slot).map_or(record.node, |value| value.node());
            let records: Vec<Option<Record<'_>>> = waiting
                .named
                .iter()
                .map(|name| Some(name.fields.record(kinds, of(name.slot)?, node(name.slot))))
                .collect();
            let named: Vec<NamedRecord<'_, '_>> = waiting
                .named
                .iter()
                .zip(&records)
                .filter_map(|(name, record)| {
                    let disputed = name.fields.disputed();
                    record.as_ref().map(|record| NamedRecord {
                        slot: name.slot,
                        record,
                        disputed,
                        is_closed_disputed: name.disputed.is_closed,
                        is_outside_disputed: name.disputed.is_outside,
                        identity: name.identity.as_ref(),
                    })
                })
                .collect();
            let context = context(engine, &rules, side_files, (record, outer), as_of);
            let mut context = EvalContext { named: &named, is_final: true, ..context };
            judged.record(source, &mut context, &waiting, &taken, engine);
            let place = PackedPlace::new(file, start_of(record.node.source(), &record.value));
            disagreeing.extend(waiting.disagreeing(&mut context).map(|(rule, targets)| ((place, rule), targets)));
        });
        unsaid.into_iter().for_each(|unsaid| self.totals.add_unsaid(unsaid));
        for (at, targets) in disagreeing {
            self.dangling.push(FaultyReference::disputed(ReferenceFault::Disputed, at, targets))?;
        }
        self.totals.not_found += batch.len().min(wanted);
        self.totals.undecided += judged.undecided;
        self.totals.passed += judged.passed;
        let outcome = |(finding, labels)| JudgedOutcome::Finding(file, Box::new(finding), labels);
        self.outcomes.extend(judged.findings.into_iter().map(outcome));
        if self.outcomes.len() >= MAX_LABELLED {
            self.flush();
        }
        judged.covered.into_values().into_iter().for_each(|value| self.groups.covered.add(value));
        judged.rows.into_iter().try_for_each(|row| self.groups.add_row(row))?;
        judged.members.into_iter().try_for_each(|(member, names)| self.groups.add_naming(file, &member, names))
    }
}

/// The next place at which something waits or has been found.
fn next_place(
    pending: &mut Peekable<MergedRuns<PendingItem>>,
    resolved: &mut Peekable<MergedRuns<Resolved>>,
) -> Option<PackedPlace> {
    // An error comes first, so that it is met when the item is taken.
    const OF_ERROR: PackedPlace = PackedPlace::FIRST;
    let pending = pending.peek().map(|next| next.as_ref().map_or(OF_ERROR, |next| next.place));
    let resolved = resolved.peek().map(|next| next.as_ref().map_or(OF_ERROR, |next| next.place));
    pending.into_iter().chain(resolved).min()
}

/// The kind of what a slot names: by the kind's references, else by a rule about references.
fn kind_named(rules: &Ruleset, kinds: &Kinds, record: &Record<'_>, slot: Slot) -> Option<KindIndex> {
    kinds.named_by(record.kind_index, slot).or_else(|| {
        rules.references(record.kind_index).iter().find_map(|number| match &rules.rules[*number].body {
            RuleBody::Reference { at, kind, .. } if at.own_slot() == Some(slot) => Some(*kind),
            _ => None,
        })
    })
}
