//! Groups of records that share a key.
//!
//! Nothing is looked up while records come in. Their rows are sorted by rule, key and place at the end, on disk where
//! they are many, so that each group's rows come out together. Rules have no rows in common, so several of them are
//! sorted at the same time.

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use dianjian_rules::GroupCheck;
use dianjian_rules::record::WholeOrPart;
use rust_decimal::Decimal;

use super::covered::CoveredValues;
use super::external_sort::{ExternalSorter, MergedRuns, SortItem, SortedRun, read_bytes};
use super::group_violation::{GroupViolation, each_violation};
use super::member_names::{MemberNames, NamedFields};
use crate::check_record::group_member::{GroupMember, Identity, MemberValue};

/// Rules are sorted in this many portions, each on a thread of its own.
const MAX_PARALLEL_RULES: usize = 8;

/// With fewer rows, starting threads costs more than sorting.
const PARALLEL_MIN_ITEMS: usize = 10_000;

/// A place in eight bytes: 24 bits of file number, 40 of offset, enough for 16 million files of a terabyte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PackedPlace(u64);

impl PackedPlace {
    const OFFSET_BITS: u32 = 40;

    /// Before it there is none.
    pub(crate) const FIRST: Self = Self(0);

    pub(crate) fn new(file: u32, start: u64) -> Self {
        Self(u64::from(file) << Self::OFFSET_BITS | start & ((1 << Self::OFFSET_BITS) - 1))
    }

    /// What a record without an id is counted as. Hashes of ids have no pattern, so that one is hardly ever the same.
    pub(crate) fn identity(self) -> u64 {
        self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    /// The number of the file among the inputs.
    pub(crate) fn file(self) -> u32 {
        (self.0 >> Self::OFFSET_BITS) as u32
    }

    /// The byte in the file.
    pub(crate) fn start(self) -> u64 {
        self.0 & ((1 << Self::OFFSET_BITS) - 1)
    }
}

impl SortItem for PackedPlace {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        u64::read(from).map(Self)
    }
}

/// The least and the most that a group may come to.
pub(crate) type GroupBounds = (Option<Decimal>, Option<Decimal>);

/// A member of a group as it is sorted: the derived order brings the rows of one group together, by place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MemberRow {
    pub rule: u32,
    pub key: u64,
    pub place: PackedPlace,
    pub value: MemberValue,
    pub mixed: Option<u64>,
    /// Index into the few bounds that occur.
    pub bounds: u32,
}

impl SortItem for MemberRow {
    fn write(&self, out: &mut Vec<u8>) {
        let value = match self.value {
            MemberValue::Count(Identity::Place) => 0,
            MemberValue::Distinct(_) => 1,
            MemberValue::Amount(_) => 2,
            MemberValue::Count(Identity::Id(..)) => 3,
            MemberValue::Uncounted => 4,
            MemberValue::Bound(..) => 5,
            MemberValue::Count(Identity::Row { .. }) => 6,
            MemberValue::Unread { .. } => 7,
        };
        out.extend_from_slice(&self.rule.to_le_bytes());
        let of = match self.value {
            MemberValue::Bound(_, WholeOrPart::Whole) => 1,
            MemberValue::Bound(_, WholeOrPart::PartUnlessSum) => 2,
            _ => 0,
        };
        out.push(value | u8::from(self.mixed.is_some()) << 3 | of << 4);
        out.extend_from_slice(&self.bounds.to_le_bytes());
        self.key.write(out);
        self.place.write(out);
        match self.value {
            MemberValue::Count(Identity::Place) | MemberValue::Uncounted => {}
            MemberValue::Count(Identity::Id(id, name)) => {
                id.write(out);
                write_option(name, out);
            }
            MemberValue::Count(Identity::Row { name, cells, list }) => {
                name.write(out);
                out.extend_from_slice(&list.to_le_bytes());
                write_option(cells, out);
            }
            MemberValue::Unread { is_bound } => out.push(u8::from(is_bound)),
            MemberValue::Distinct(hash) => hash.write(out),
            MemberValue::Amount(amount) | MemberValue::Bound(amount, _) => amount.write(out),
        }
        if let Some(mixed) = self.mixed {
            mixed.write(out);
        }
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let rule = u32::from_le_bytes(read_bytes(from)?);
        let [flags] = read_bytes(from)?;
        let bounds = u32::from_le_bytes(read_bytes(from)?);
        let (key, place) = (u64::read(from)?, PackedPlace::read(from)?);
        let value = match flags & 7 {
            0 => MemberValue::Count(Identity::Place),
            1 => MemberValue::Distinct(u64::read(from)?),
            2 => MemberValue::Amount(Decimal::read(from)?),
            3 => MemberValue::Count(Identity::Id(u64::read(from)?, read_option(from)?)),
            4 => MemberValue::Uncounted,
            5 => {
                let of = match flags >> 4 {
                    1 => WholeOrPart::Whole,
                    2 => WholeOrPart::PartUnlessSum,
                    _ => WholeOrPart::Part,
                };
                MemberValue::Bound(Decimal::read(from)?, of)
            }
            6 => {
                let (name, list) = (u64::read(from)?, u32::from_le_bytes(read_bytes(from)?));
                MemberValue::Count(Identity::Row { name, cells: read_option(from)?, list })
            }
            _ => MemberValue::Unread { is_bound: read_bytes(from)? != [0] },
        };
        let mixed = if flags & 8 == 0 { None } else { Some(u64::read(from)?) };
        Ok(Self { rule, key, place, value, mixed, bounds })
    }
}

fn write_option(hash: Option<u64>, out: &mut Vec<u8>) {
    out.push(u8::from(hash.is_some()));
    if let Some(hash) = hash {
        hash.write(out);
    }
}

fn read_option(from: &mut impl Read) -> io::Result<Option<u64>> {
    let [is_some] = read_bytes(from)?;
    if is_some == 0 { Ok(None) } else { u64::read(from).map(Some) }
}

impl SortItem for Decimal {
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

impl MemberRow {
    /// Translates the row's bounds into the indexes used here.
    ///
    /// # Errors
    /// Its index is out of range.
    pub(crate) fn renumbered(self, indexes: &[u32]) -> io::Result<Self> {
        let bounds = *indexes.get(self.bounds as usize).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Self { bounds, ..self })
    }
}

/// The rows of all rules.
#[derive(Default)]
pub(crate) struct Groups {
    /// Rows by rule number modulo [`MAX_PARALLEL_RULES`].
    portions: [ExternalSorter<MemberRow>; MAX_PARALLEL_RULES],
    /// Rows for which the portions have taken memory.
    capacity: usize,
    /// The capacity at which the largest portion goes to disk; `None`: never.
    max_capacity: Option<usize>,
    /// What members name elsewhere, portioned as the rows are.
    names: [ExternalSorter<MemberNames>; MAX_PARALLEL_RULES],
    /// Sorted rows of other shards.
    runs: Vec<SortedRun<MemberRow>>,
    /// The bounds that occur, mostly a few.
    bounds: Vec<GroupBounds>,
    pub covered: CoveredValues,
}

impl Groups {
    /// Holds about `memory` bytes in memory.
    pub(crate) fn new(memory: usize) -> Self {
        let names = std::array::from_fn(|_| ExternalSorter::new(memory / 4 / MAX_PARALLEL_RULES));
        Self { max_capacity: Some(memory / size_of::<MemberRow>()), names, ..Self::default() }
    }

    pub(crate) fn add(&mut self, file: u32, member: &GroupMember) -> io::Result<()> {
        let row = self.row(file, member);
        self.add_row(row)
    }

    /// Adds a member, and what it names elsewhere where a finding on it speaks of that.
    pub(super) fn add_naming(&mut self, file: u32, member: &GroupMember, names: Vec<NamedFields>) -> io::Result<()> {
        if !names.is_empty() {
            let (rule, key, place) = (member.rule, member.key, PackedPlace::new(file, member.start));
            self.names[rule as usize % MAX_PARALLEL_RULES].push(MemberNames { rule, key, place, names })?;
        }
        self.add(file, member)
    }

    /// A member as it is sorted.
    pub(crate) fn row(&mut self, file: u32, member: &GroupMember) -> MemberRow {
        let bounds = self.bounds_index((member.min, member.max));
        let GroupMember { rule, key, start, value, mixed, .. } = *member;
        MemberRow { rule, key, place: PackedPlace::new(file, start), value, mixed, bounds }
    }

    pub(crate) fn add_row(&mut self, row: MemberRow) -> io::Result<()> {
        let rule = row.rule;
        let portion = &mut self.portions[rule as usize % MAX_PARALLEL_RULES];
        let before = portion.capacity();
        portion.push(row)?;
        self.capacity += portion.capacity() - before;
        if self.max_capacity.is_some_and(|most| self.capacity > most) { self.flush_largest() } else { Ok(()) }
    }

    fn flush_largest(&mut self) -> io::Result<()> {
        let Some(largest) = self.portions.iter_mut().max_by_key(|portion| portion.capacity()) else { return Ok(()) };
        self.capacity -= largest.capacity();
        largest.flush()
    }

    /// The index by which rows name their bounds.
    pub(crate) fn bounds_index(&mut self, bounds: GroupBounds) -> u32 {
        let index = self.bounds.iter().position(|known| *known == bounds).unwrap_or_else(|| {
            self.bounds.push(bounds);
            self.bounds.len() - 1
        });
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    /// Adds rows that are sorted already.
    pub(crate) fn add_run(&mut self, run: SortedRun<MemberRow>) {
        self.runs.push(run);
    }

    /// All rows, sorted, the bounds that they name by index, and the values that are covered.
    pub(crate) fn into_runs(self) -> io::Result<(MergedRuns<MemberRow>, Vec<GroupBounds>, CoveredValues)> {
        let mut all = ExternalSorter::default();
        for portion in self.portions {
            all.add_run(Box::new(portion.sorted()?));
        }
        self.runs.into_iter().for_each(|run| all.add_run(run));
        Ok((all.sorted()?, self.bounds, self.covered))
    }

    /// The groups that break a bound, by rule and in the order of their first records. `rule` returns the group of a
    /// rule; about `memory` bytes of violations are held in memory.
    pub(crate) fn violations<'r>(
        mut self,
        rule: &(dyn Fn(u32) -> Option<&'r GroupCheck> + Sync),
        memory: usize,
    ) -> io::Result<MergedRuns<GroupViolation>> {
        let names = std::mem::take(&mut self.names);
        let violations = Mutex::new(ExternalSorter::new(memory));
        let add = &|violation| violations.lock().unwrap_or_else(PoisonError::into_inner).push(violation);
        if self.capacity < PARALLEL_MIN_ITEMS || !self.runs.is_empty() {
            let mut all = ExternalSorter::default();
            for portion in names {
                all.add_run(Box::new(portion.sorted()?));
            }
            let (rows, bounds, covered) = self.into_runs()?;
            each_violation((rows, all.sorted()?), &bounds, &covered, rule, add)?;
        } else {
            let (bounds, covered) = (&self.bounds, &self.covered);
            std::thread::scope(|scope| {
                let start = |(rows, names): (ExternalSorter<MemberRow>, ExternalSorter<MemberNames>)| {
                    scope.spawn(move || each_violation((rows.sorted()?, names.sorted()?), bounds, covered, rule, add))
                };
                let threads: Vec<_> = self.portions.into_iter().zip(names).map(start).collect();
                let joined = |thread: std::thread::ScopedJoinHandle<'_, io::Result<()>>| {
                    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                };
                threads.into_iter().try_for_each(joined)
            })?;
        }
        violations.into_inner().unwrap_or_else(PoisonError::into_inner).sorted()
    }
}

#[cfg(test)]
mod tests;
