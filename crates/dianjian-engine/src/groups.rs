//! Groups: which records share a key. A record's part is kept in few bytes until the run is over.
//!
//! Nothing is looked up while records come in: their parts are sorted by rule, key and place at the
//! end, on disk where there are many, so that groups come out one after another. Rules share nothing, so that some of
//! them are sorted and looked at beside others.

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use rust_decimal::Decimal;

use super::finding::MAX_RELATED;
use super::judge::{Contribution, Part};
use super::spill::{Item, Run, Sorted, Sorter, read_bytes};
use dianjian_rules::check::{Group, GroupFold};

/// A place in eight bytes: 24 bits of file, 40 of offset. Larger ones do not occur: a terabyte, 16 million files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(u64);

impl Place {
    const OFFSET_BITS: u32 = 40;

    /// A byte of an input.
    pub(super) fn new(file: u32, start: u64) -> Self {
        Self(u64::from(file) << Self::OFFSET_BITS | start & ((1 << Self::OFFSET_BITS) - 1))
    }

    /// The input's number.
    pub(super) fn file(self) -> u32 {
        (self.0 >> Self::OFFSET_BITS) as u32
    }

    /// The byte in the file.
    pub(super) fn start(self) -> u64 {
        self.0 & ((1 << Self::OFFSET_BITS) - 1)
    }
}

impl Item for Place {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        u64::read(from).map(Self)
    }
}

/// The least and the most that a group may come to.
pub(super) type Bounds = (Option<Decimal>, Option<Decimal>);

/// A record's part in a group: the order is that in which groups are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    rule: u32,
    key: u64,
    place: Place,
    value: Part,
    /// For `mixed`: what stands for the value.
    mixed: Option<u64>,
    /// Which of the bounds that occur.
    bounds: u32,
}

impl Item for Entry {
    fn write(&self, out: &mut Vec<u8>) {
        let value = match self.value {
            Part::One => 0,
            Part::Hash(_) => 1,
            Part::Amount(_) => 2,
        };
        out.extend_from_slice(&self.rule.to_le_bytes());
        out.push(value | u8::from(self.mixed.is_some()) << 2);
        out.extend_from_slice(&self.bounds.to_le_bytes());
        self.key.write(out);
        self.place.write(out);
        match self.value {
            Part::One => {}
            Part::Hash(hash) => hash.write(out),
            Part::Amount(amount) => amount.write(out),
        }
        if let Some(mixed) = self.mixed {
            mixed.write(out);
        }
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let rule = u32::from_le_bytes(read_bytes(from)?);
        let [flags] = read_bytes(from)?;
        let bounds = u32::from_le_bytes(read_bytes(from)?);
        let (key, place) = (u64::read(from)?, Place::read(from)?);
        let value = match flags & 3 {
            0 => Part::One,
            1 => Part::Hash(u64::read(from)?),
            _ => Part::Amount(Decimal::read(from)?),
        };
        let mixed = if flags & 4 == 0 { None } else { Some(u64::read(from)?) };
        Ok(Self { rule, key, place, value, mixed, bounds })
    }
}

impl Item for Decimal {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.mantissa().to_le_bytes());
        out.extend_from_slice(&self.scale().to_le_bytes());
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let mantissa = i128::from_le_bytes(read_bytes(from)?);
        let scale = u32::from_le_bytes(read_bytes(from)?);
        Self::try_from_i128_with_scale(mantissa, scale)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }
}

impl Entry {
    /// With the number that its bounds have here.
    ///
    /// # Errors
    /// It has none.
    pub(super) fn renumbered(self, numbers: &[u32]) -> io::Result<Self> {
        let bounds = *numbers.get(self.bounds as usize).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Self { bounds, ..self })
    }
}

/// The groups of all rules.
#[derive(Default)]
pub(super) struct Groups {
    /// The parts of some rules each.
    rules: [Sorter<Entry>; BESIDE],
    /// Parts for which there is room in memory, of all rules.
    room: usize,
    /// There may be room for so many; `None`: for any number.
    most: Option<usize>,
    /// Parts of all rules that came in order.
    given: Vec<Run<Entry>>,
    /// The bounds that occur; mostly a few.
    bounds: Vec<Bounds>,
}

/// So many rules are looked at beside one another.
const BESIDE: usize = 8;

/// Fewer parts than this are looked at sooner than threads are started.
const FEW: usize = 10_000;

impl std::fmt::Debug for Groups {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Groups").field("rules", &self.rules).field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

/// A group that breaks its rule: the order is that in which they are told.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fault {
    /// The rule's number.
    pub rule: u32,
    /// The first of those who contributed.
    first: Place,
    /// What the group comes to.
    pub total: Decimal,
    /// The bound that it breaks.
    pub limit: Decimal,
    /// The place that a finding points at.
    pub primary: Place,
    /// Others who contributed, in the order of their places; at most [`MAX_RELATED`].
    pub others: Vec<Place>,
    /// How many more there are.
    pub omitted: u64,
}

impl Item for Fault {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.rule.to_le_bytes());
        self.first.write(out);
        self.total.write(out);
        self.limit.write(out);
        self.primary.write(out);
        self.omitted.write(out);
        (self.others.len() as u64).write(out);
        self.others.iter().for_each(|place| place.write(out));
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let rule = u32::from_le_bytes(read_bytes(from)?);
        let (first, total, limit) = (Place::read(from)?, Decimal::read(from)?, Decimal::read(from)?);
        let (primary, omitted, others) = (Place::read(from)?, u64::read(from)?, u64::read(from)?);
        let others = (0..others).map(|_| Place::read(from)).collect::<io::Result<_>>()?;
        Ok(Self { rule, first, total, limit, primary, others, omitted })
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.others.len() * size_of::<Place>()
    }
}

impl Groups {
    /// Holds about so many bytes in memory.
    pub(super) fn new(limit: usize) -> Self {
        Self { most: Some(limit / size_of::<Entry>()), ..Self::default() }
    }

    /// Adds a record's part.
    pub(super) fn add(&mut self, file: u32, part: &Contribution) -> io::Result<()> {
        let bounds = self.number((part.min, part.max));
        let (rule, key, place) = (part.rule, part.key, Place::new(file, part.start));
        let entry = Entry { rule, key, place, value: part.value, mixed: part.mixed, bounds };
        let rules = &mut self.rules[rule as usize % BESIDE];
        let before = rules.room();
        rules.push(entry)?;
        self.room += rules.room() - before;
        if self.most.is_some_and(|most| self.room > most) { self.spill() } else { Ok(()) }
    }

    /// Writes the parts of those rules that take most of the memory.
    fn spill(&mut self) -> io::Result<()> {
        let Some(most) = self.rules.iter_mut().max_by_key(|rules| rules.room()) else { return Ok(()) };
        self.room -= most.room();
        most.spill()
    }

    /// The number by which parts name their bounds.
    pub(super) fn number(&mut self, bounds: Bounds) -> u32 {
        let known = self.bounds.iter().position(|known| *known == bounds).unwrap_or_else(|| {
            self.bounds.push(bounds);
            self.bounds.len() - 1
        });
        u32::try_from(known).unwrap_or(u32::MAX)
    }

    /// Adds parts that are in order already.
    pub(super) fn give(&mut self, run: Run<Entry>) {
        self.given.push(run);
    }

    /// All parts in order, and the bounds that they name by number.
    pub(super) fn into_parts(self) -> io::Result<(Sorted<Entry>, Vec<Bounds>)> {
        let mut all = Sorter::default();
        for rules in self.rules {
            all.give(Box::new(rules.sorted()?));
        }
        self.given.into_iter().for_each(|run| all.give(run));
        Ok((all.sorted()?, self.bounds))
    }

    /// The groups that break a bound, by rule and in the order of their first records. `rule` knows the rules that
    /// look at groups; about so many bytes are held in memory.
    pub(super) fn faults<'r>(
        self,
        rule: &(dyn Fn(u32) -> Option<&'r Group> + Sync),
        limit: usize,
    ) -> io::Result<Sorted<Fault>> {
        let faults = Mutex::new(Sorter::new(limit));
        let tell = &|fault| faults.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
        if self.room < FEW || !self.given.is_empty() {
            let (entries, bounds) = self.into_parts()?;
            each_fault(entries, &bounds, rule, tell)?;
        } else {
            let bounds = &self.bounds;
            std::thread::scope(|scope| {
                let look =
                    |entries: Sorter<Entry>| scope.spawn(move || each_fault(entries.sorted()?, bounds, rule, tell));
                let threads: Vec<_> = self.rules.into_iter().map(look).collect();
                let ended = |thread: std::thread::ScopedJoinHandle<'_, io::Result<()>>| {
                    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                };
                threads.into_iter().try_for_each(ended)
            })?;
        }
        faults.into_inner().unwrap_or_else(PoisonError::into_inner).sorted()
    }
}

/// Calls `tell` with the groups that break a bound, of parts in order.
fn each_fault<'r>(
    entries: Sorted<Entry>,
    bounds: &[Bounds],
    rule: &(dyn Fn(u32) -> Option<&'r Group> + Sync),
    tell: &(dyn Fn(Fault) -> io::Result<()> + Sync),
) -> io::Result<()> {
    let mut entries = entries.peekable();
    let mut members = Members::default();
    while let Some(entry) = entries.next() {
        let entry = entry?;
        members.add(&entry, bounds);
        let goes_on =
            |next: &io::Result<Entry>| next.as_ref().is_ok_and(|next| (next.rule, next.key) == (entry.rule, entry.key));
        if !entries.peek().is_some_and(goes_on) {
            if let Some(fault) = rule(entry.rule).and_then(|group| members.fault(entry.rule, group)) {
                tell(fault)?;
            }
            members.clear();
        }
    }
    Ok(())
}

/// Who shares a key, in the order of their places.
#[derive(Debug, Default)]
struct Members {
    places: Vec<Place>,
    /// For `distinct`: what stands for the value of each.
    values: Vec<u64>,
    /// For `sum`: the value of each.
    amounts: Vec<Decimal>,
    /// For `mixed`: the first value, and whether there is another.
    mixed: (Option<u64>, bool),
    /// The tightest bounds of any of them.
    bounds: Bounds,
}

impl Members {
    fn clear(&mut self) {
        self.places.clear();
        self.values.clear();
        self.amounts.clear();
        (self.mixed, self.bounds) = Default::default();
    }

    fn add(&mut self, entry: &Entry, bounds: &[Bounds]) {
        self.places.push(entry.place);
        match entry.value {
            Part::One => {}
            Part::Hash(value) => self.values.push(value),
            Part::Amount(amount) => self.amounts.push(amount),
        }
        if let Some(mixed) = entry.mixed {
            self.mixed.1 |= *self.mixed.0.get_or_insert(mixed) != mixed;
        }
        let (min, max) = bounds.get(entry.bounds as usize).copied().unwrap_or_default();
        self.bounds.0 = self.bounds.0.max(min);
        self.bounds.1 = match (self.bounds.1, max) {
            (Some(known), Some(new)) => Some(known.min(new)),
            (known, new) => known.or(new),
        };
    }

    fn fault(&self, rule: u32, group: &Group) -> Option<Fault> {
        let total = match group.fold {
            GroupFold::Count => Decimal::from(self.places.len()),
            GroupFold::Distinct => Decimal::from(self.distinct()),
            GroupFold::Sum => self.amounts.iter().fold(Decimal::ZERO, |sum, amount| sum.saturating_add(*amount)),
        };
        let (min, max) = self.bounds;
        let limit = min.filter(|min| total < *min).or(max.filter(|max| total > *max))?;
        if group.mixed.is_some() && !self.mixed.1 {
            return None;
        }
        let at = if max.is_some_and(|max| total > max) { self.over(group.fold, limit) } else { 0 };
        let others = self.places.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, place)| *place);
        Some(Fault {
            rule,
            first: *self.places.first()?,
            total,
            limit,
            primary: *self.places.get(at)?,
            others: others.take(MAX_RELATED).collect(),
            omitted: self.places.len().saturating_sub(1 + MAX_RELATED) as u64,
        })
    }

    fn distinct(&self) -> usize {
        let mut values = self.values.clone();
        values.sort_unstable();
        values.dedup();
        values.len()
    }

    /// The first one with which the group goes over its limit.
    fn over(&self, fold: GroupFold, limit: Decimal) -> usize {
        let last = self.places.len().saturating_sub(1);
        match fold {
            GroupFold::Count => usize::try_from(limit.trunc().mantissa()).unwrap_or(0).min(last),
            GroupFold::Distinct => {
                let mut seen: Vec<u64> = Vec::new();
                let goes_over = |value: &u64| {
                    if !seen.contains(value) {
                        seen.push(*value);
                    }
                    Decimal::from(seen.len()) > limit
                };
                self.values.iter().position(goes_over).unwrap_or(last)
            }
            GroupFold::Sum => {
                let mut sum = Decimal::ZERO;
                let goes_over = |amount: &Decimal| {
                    sum = sum.saturating_add(*amount);
                    sum > limit
                };
                self.amounts.iter().position(goes_over).unwrap_or(last)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn group(fold: GroupFold, mixed: bool) -> Group {
        let mixed = mixed.then(|| dianjian_rules::check::Path {
            text: String::new(),
            root: dianjian_rules::check::PathRoot::Record,
            slot: None,
            steps: Vec::new(),
        });
        Group { fold, min: None, max: None, key_fold: dianjian_text::Fold::Case, mixed, members: Vec::new() }
    }

    fn part(key: u64, start: u64, value: Part, max: u32, mixed: Option<u64>) -> Contribution {
        Contribution { rule: 0, key, start, value, mixed, min: None, max: Some(Decimal::from(max)) }
    }

    fn faults_within(group: &Group, parts: &[Contribution], limit: usize) -> Vec<Fault> {
        let mut groups = Groups::new(limit);
        parts.iter().enumerate().for_each(|(file, part)| groups.add(file as u32, part).unwrap());
        groups.faults(&|_| Some(group), limit).unwrap().map(Result::unwrap).collect()
    }

    fn faults(group: &Group, parts: &[Contribution]) -> Vec<Fault> {
        faults_within(group, parts, usize::MAX)
    }

    #[test]
    fn the_first_over_the_limit_is_pointed_at() {
        let parts: Vec<_> = (0..40_000)
            .map(|at| part(at % 10_000, at, Part::One, if at % 10_000 == 7 { 3 } else { 4 }, None))
            .collect();
        let found = faults(&group(GroupFold::Count, false), &parts);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].primary, Place::new(30_007, 30_007));
        assert_eq!(found[0].others.iter().map(|place| place.start()).collect::<Vec<_>>(), [7, 10_007, 20_007]);
        assert_eq!(found[0].others[2].file(), 20_007);
    }

    #[test]
    fn values_are_told_apart_and_added() {
        let hashes = [5, 5, 9, 5].map(Part::Hash);
        let parts: Vec<_> = hashes.iter().enumerate().map(|(at, value)| part(1, at as u64, *value, 1, None)).collect();
        let found = faults(&group(GroupFold::Distinct, false), &parts);
        assert_eq!((found[0].total, found[0].primary.start()), (Decimal::from(2), 2));
        let amounts = [3, 4, 5].map(|amount| Part::Amount(Decimal::from(amount)));
        let parts: Vec<_> = amounts.iter().enumerate().map(|(at, value)| part(1, at as u64, *value, 6, None)).collect();
        let found = faults(&group(GroupFold::Sum, false), &parts);
        assert_eq!((found[0].total, found[0].primary.start()), (Decimal::from(12), 1));
    }

    #[test]
    fn only_mixed_groups_count_where_that_is_asked() {
        let alike = [part(1, 0, Part::One, 1, Some(4)), part(1, 1, Part::One, 1, Some(4))];
        assert!(faults(&group(GroupFold::Count, true), &alike).is_empty());
        let mixed = [part(1, 0, Part::One, 1, Some(4)), part(1, 1, Part::One, 1, Some(5))];
        assert_eq!(faults(&group(GroupFold::Count, true), &mixed).len(), 1);
        let once = [part(1, 0, Part::One, 1, None), part(1, 1, Part::One, 1, Some(5))];
        assert!(faults(&group(GroupFold::Count, true), &once).is_empty());
    }

    fn a_part() -> impl Strategy<Value = Contribution> {
        let value = prop_oneof![
            Just(Part::One),
            (0_u64..3).prop_map(Part::Hash),
            (-5_i64..50, 0_u32..3).prop_map(|(amount, scale)| Part::Amount(Decimal::new(amount, scale))),
        ];
        (0_u32..3, 0_u64..6, 0_u64..100, value, 1_u32..4, prop::option::of(0_u64..2)).prop_map(
            |(rule, key, start, value, max, mixed)| Contribution { rule, ..part(key, start, value, max, mixed) },
        )
    }

    proptest! {
        #[test]
        fn on_disk_as_in_memory(
            parts in prop::collection::vec(a_part(), 0..80),
            fold in prop::sample::select(vec![GroupFold::Count, GroupFold::Distinct, GroupFold::Sum]),
            mixed: bool,
            limit in 0_usize..2000,
        ) {
            let group = group(fold, mixed);
            prop_assert_eq!(faults_within(&group, &parts, limit), faults(&group, &parts));
        }
    }
}
