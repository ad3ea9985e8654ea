//! Groups: which records share a key, kept in sixteen bytes a record until the run is over.
//!
//! Nothing is looked up while records come in: their keys are appended, and sorted at the end in
//! parts, so that a million records cost memory in a line and no more.

use rust_decimal::Decimal;

use super::judge::{Contribution, Part};
use crate::rules::check::{Body, Group, GroupFold};

/// Items of a block: memory grows by blocks, never by doubling.
const BLOCK: usize = 1 << 14;

/// Parts in which keys are sorted, by their lowest bits.
const PARTS: u64 = 16;

/// A list that grows by blocks.
#[derive(Debug)]
struct Blocks<T>(Vec<Vec<T>>);

impl<T> Default for Blocks<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Blocks<T> {
    fn push(&mut self, item: T) {
        match self.0.last_mut() {
            Some(block) if block.len() < BLOCK => block.push(item),
            _ => {
                // A first block grows as it must: most rules see few records.
                let mut block = if self.0.is_empty() { Vec::new() } else { Vec::with_capacity(BLOCK) };
                block.push(item);
                self.0.push(block);
            }
        }
    }

    fn len(&self) -> usize {
        self.0.last().map_or(0, |last| (self.0.len() - 1) * BLOCK + last.len())
    }

    fn get(&self, at: usize) -> Option<T> {
        self.0.get(at / BLOCK)?.get(at % BLOCK).copied()
    }

    fn iter(&self) -> impl Iterator<Item = T> {
        self.0.iter().flatten().copied()
    }
}

/// Where a record contributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// The input's number.
    pub file: u32,
    /// The byte in the file at which the label begins.
    pub start: u64,
}

/// A place in eight bytes: 24 bits of file, 40 of offset. Larger ones do not occur: a terabyte, 16 million files.
#[derive(Debug, Clone, Copy)]
struct Place(u64);

impl Place {
    const OFFSET_BITS: u32 = 40;

    fn new(file: u32, start: u64) -> Self {
        Self(u64::from(file) << Self::OFFSET_BITS | start & ((1 << Self::OFFSET_BITS) - 1))
    }

    fn entry(self) -> Entry {
        Entry { file: (self.0 >> Self::OFFSET_BITS) as u32, start: self.0 & ((1 << Self::OFFSET_BITS) - 1) }
    }
}

type Bounds = (Option<Decimal>, Option<Decimal>);

/// One rule's groups.
#[derive(Debug, Default)]
pub(super) struct GroupState {
    entries: Blocks<(u64, Place)>,
    /// For `distinct`: what stands for the value of each entry.
    values: Blocks<u64>,
    /// For `sum`: the value of each entry.
    amounts: Blocks<Decimal>,
    /// For `mixed`: what stands for the value of each entry.
    mixed: Blocks<Option<u64>>,
    /// The bounds that occur; mostly one.
    bounds: Vec<Bounds>,
    /// Which bounds each entry has; empty as long as there is one.
    bound_of: Blocks<u16>,
}

/// A group that breaks its rule.
#[derive(Debug)]
pub(super) struct Fault {
    /// What the group comes to.
    pub total: Decimal,
    /// The bound that it breaks.
    pub limit: Decimal,
    /// Who contributed, in the order of the run.
    pub entries: Vec<Entry>,
    /// The entry that a finding points at.
    pub primary: usize,
    first: usize,
}

impl GroupState {
    /// Adds a record's part.
    pub(super) fn add(&mut self, file: u32, part: &Contribution, group: &Group) {
        self.bound((part.min, part.max));
        self.entries.push((part.key, Place::new(file, part.start)));
        match part.value {
            Part::One => {}
            Part::Hash(value) => self.values.push(value),
            Part::Amount(amount) => self.amounts.push(amount),
        }
        if group.mixed.is_some() {
            self.mixed.push(part.mixed);
        }
    }

    fn bound(&mut self, bounds: Bounds) {
        let known = self.bounds.iter().position(|known| *known == bounds).unwrap_or_else(|| {
            self.bounds.push(bounds);
            self.bounds.len() - 1
        });
        if known > 0 && self.bound_of.len() == 0 {
            (0..self.entries.len()).for_each(|_| self.bound_of.push(0));
        }
        if self.bounds.len() > 1 {
            self.bound_of.push(u16::try_from(known).unwrap_or(u16::MAX));
        }
    }

    /// The groups that break a bound, in the order of their first records.
    pub(super) fn faults(&self, body: Option<&Body>) -> Vec<Fault> {
        let Some(Body::Group(group)) = body else { return Vec::new() };
        let mut faults = Vec::new();
        for part in 0..PARTS {
            let mut keys: Vec<(u64, u32)> = Vec::new();
            for (at, (key, _)) in self.entries.iter().enumerate().filter(|(_, (key, _))| key % PARTS == part) {
                keys.push((key, u32::try_from(at).unwrap_or(u32::MAX)));
            }
            keys.sort_unstable();
            for run in keys.chunk_by(|left, right| left.0 == right.0) {
                let members: Vec<usize> = run.iter().map(|(_, at)| *at as usize).collect();
                faults.extend(self.fault(group, &members));
            }
        }
        faults.sort_by_key(|fault| fault.first);
        faults
    }

    fn fault(&self, group: &Group, members: &[usize]) -> Option<Fault> {
        let total = match group.fold {
            GroupFold::Count => Decimal::from(members.len()),
            GroupFold::Distinct => Decimal::from(self.distinct(members)),
            GroupFold::Sum => {
                members.iter().filter_map(|at| self.amounts.get(*at)).fold(Decimal::ZERO, Decimal::saturating_add)
            }
        };
        let (min, max) = self.tightest(members);
        let limit = min.filter(|min| total < *min).or(max.filter(|max| total > *max))?;
        if group.mixed.is_some() && !self.is_mixed(members) {
            return None;
        }
        let primary = if max.is_some_and(|max| total > max) { self.over(group.fold, limit, members) } else { 0 };
        let entries = members.iter().filter_map(|at| Some(self.entries.get(*at)?.1.entry())).collect();
        Some(Fault { total, limit, entries, primary, first: *members.first()? })
    }

    fn distinct(&self, members: &[usize]) -> usize {
        let mut values: Vec<u64> = members.iter().filter_map(|at| self.values.get(*at)).collect();
        values.sort_unstable();
        values.dedup();
        values.len()
    }

    /// The tightest bounds of any record in the group.
    fn tightest(&self, members: &[usize]) -> Bounds {
        let mut tightest: Bounds = (None, None);
        for at in members {
            let known = self.bound_of.get(*at).map_or(0, usize::from);
            let Some((min, max)) = self.bounds.get(known) else { continue };
            tightest.0 = tightest.0.max(*min);
            tightest.1 = match (tightest.1, *max) {
                (Some(known), Some(new)) => Some(known.min(new)),
                (known, new) => known.or(new),
            };
            if self.bounds.len() == 1 {
                break;
            }
        }
        tightest
    }

    fn is_mixed(&self, members: &[usize]) -> bool {
        let mut values = members.iter().filter_map(|at| self.mixed.get(*at).flatten());
        let first = values.next();
        values.any(|value| Some(value) != first)
    }

    /// The first entry with which the group goes over its limit.
    fn over(&self, fold: GroupFold, limit: Decimal, members: &[usize]) -> usize {
        let last = members.len().saturating_sub(1);
        match fold {
            GroupFold::Count => usize::try_from(limit.trunc().mantissa()).unwrap_or(0).min(last),
            GroupFold::Distinct => {
                let mut seen: Vec<u64> = Vec::new();
                let goes_over = |value: u64| {
                    if !seen.contains(&value) {
                        seen.push(value);
                    }
                    Decimal::from(seen.len()) > limit
                };
                members.iter().filter_map(|at| self.values.get(*at)).position(goes_over).unwrap_or(last)
            }
            GroupFold::Sum => {
                let mut sum = Decimal::ZERO;
                let goes_over = |amount: Decimal| {
                    sum = sum.saturating_add(amount);
                    sum > limit
                };
                members.iter().filter_map(|at| self.amounts.get(*at)).position(goes_over).unwrap_or(last)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(fold: GroupFold, mixed: bool) -> Body {
        let mixed = mixed.then(|| crate::rules::check::Path {
            text: String::new(),
            scope: crate::rules::check::Scope::Record,
            slot: None,
            steps: Vec::new(),
        });
        Body::Group(Group { fold, min: None, max: None, key_fold: crate::text::Fold::Case, mixed, members: Vec::new() })
    }

    fn part(key: u64, start: u64, value: Part, max: u32, mixed: Option<u64>) -> Contribution {
        Contribution { rule: 0, key, start, value, mixed, min: None, max: Some(Decimal::from(max)) }
    }

    fn faults(body: &Body, parts: &[Contribution]) -> Vec<Fault> {
        let Body::Group(group) = body else { panic!("a group") };
        let mut state = GroupState::default();
        for (file, part) in parts.iter().enumerate() {
            state.add(file as u32, part, group);
        }
        state.faults(Some(body))
    }

    #[test]
    fn the_first_over_the_limit_is_pointed_at() {
        let parts: Vec<_> = (0..40_000)
            .map(|at| part(at % 10_000, at, Part::One, if at % 10_000 == 7 { 3 } else { 4 }, None))
            .collect();
        let found = faults(&group(GroupFold::Count, false), &parts);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].primary, 3);
        assert_eq!(found[0].entries.iter().map(|entry| entry.start).collect::<Vec<_>>(), [7, 10_007, 20_007, 30_007]);
        assert_eq!(found[0].entries[3].file, 30_007);
    }

    #[test]
    fn values_are_told_apart_and_added() {
        let hashes = [5, 5, 9, 5].map(Part::Hash);
        let parts: Vec<_> = hashes.iter().enumerate().map(|(at, value)| part(1, at as u64, *value, 1, None)).collect();
        let found = faults(&group(GroupFold::Distinct, false), &parts);
        assert_eq!((found[0].total, found[0].primary), (Decimal::from(2), 2));
        let amounts = [3, 4, 5].map(|amount| Part::Amount(Decimal::from(amount)));
        let parts: Vec<_> = amounts.iter().enumerate().map(|(at, value)| part(1, at as u64, *value, 6, None)).collect();
        let found = faults(&group(GroupFold::Sum, false), &parts);
        assert_eq!((found[0].total, found[0].primary), (Decimal::from(12), 1));
    }

    #[test]
    fn only_mixed_groups_count_where_that_is_asked() {
        let alike = [part(1, 0, Part::One, 1, Some(4)), part(1, 1, Part::One, 1, Some(4))];
        assert!(faults(&group(GroupFold::Count, true), &alike).is_empty());
        let mixed = [part(1, 0, Part::One, 1, Some(4)), part(1, 1, Part::One, 1, Some(5))];
        assert_eq!(faults(&group(GroupFold::Count, true), &mixed).len(), 1);
    }
}
