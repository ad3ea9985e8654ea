//! Groups of records that share a key.
//!
//! Nothing is looked up while records come in. Their rows are sorted by rule, key and place at the end, on disk where
//! they are many, so that each group's rows come out together. Rules have no rows in common, so several of them are
//! sorted at the same time.

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use dianjian_rules::GroupCheck;
use rust_decimal::Decimal;

use super::covered::CoveredValues;
use super::external_sort::{ExternalSorter, MergedRuns, SortItem, SortedRun, read_bytes};
use super::group_violation::{GroupViolation, each_violation};
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
            MemberValue::Bound(_) => 5,
            MemberValue::Count(Identity::Row { .. }) => 6,
        };
        out.extend_from_slice(&self.rule.to_le_bytes());
        out.push(value | u8::from(self.mixed.is_some()) << 3);
        out.extend_from_slice(&self.bounds.to_le_bytes());
        self.key.write(out);
        self.place.write(out);
        match self.value {
            MemberValue::Count(Identity::Place) | MemberValue::Uncounted => {}
            MemberValue::Count(Identity::Id(id, name)) => {
                id.write(out);
                write_option(name, out);
            }
            MemberValue::Count(Identity::Row { name, cells }) => {
                name.write(out);
                write_option(cells, out);
            }
            MemberValue::Distinct(hash) => hash.write(out),
            MemberValue::Amount(amount) | MemberValue::Bound(amount) => amount.write(out),
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
            5 => MemberValue::Bound(Decimal::read(from)?),
            6 => MemberValue::Count(Identity::Row { name: u64::read(from)?, cells: read_option(from)? }),
            _ => return Err(io::ErrorKind::InvalidData.into()),
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
    /// Sorted rows of other shards.
    runs: Vec<SortedRun<MemberRow>>,
    /// The bounds that occur, mostly a few.
    bounds: Vec<GroupBounds>,
    pub covered: CoveredValues,
}

impl Groups {
    /// Holds about `memory` bytes in memory.
    pub(crate) fn new(memory: usize) -> Self {
        Self { max_capacity: Some(memory / size_of::<MemberRow>()), ..Self::default() }
    }

    pub(crate) fn add(&mut self, file: u32, member: &GroupMember) -> io::Result<()> {
        let row = self.row(file, member);
        self.add_row(row)
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
        self,
        rule: &(dyn Fn(u32) -> Option<&'r GroupCheck> + Sync),
        memory: usize,
    ) -> io::Result<MergedRuns<GroupViolation>> {
        let violations = Mutex::new(ExternalSorter::new(memory));
        let add = &|violation| violations.lock().unwrap_or_else(PoisonError::into_inner).push(violation);
        if self.capacity < PARALLEL_MIN_ITEMS || !self.runs.is_empty() {
            let (rows, bounds, covered) = self.into_runs()?;
            each_violation(rows, &bounds, &covered, rule, add)?;
        } else {
            let (bounds, covered) = (&self.bounds, &self.covered);
            std::thread::scope(|scope| {
                let start = |portion: ExternalSorter<MemberRow>| {
                    scope.spawn(move || each_violation(portion.sorted()?, bounds, covered, rule, add))
                };
                let threads: Vec<_> = self.portions.into_iter().map(start).collect();
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
mod tests {
    use dianjian_rules::{GroupFold, SummedBounds};
    use proptest::prelude::*;

    use super::super::group_violation::GroupDetail;
    use super::*;

    fn group(fold: GroupFold, mixed: bool) -> GroupCheck {
        GroupCheck {
            fold,
            min: None,
            max: None,
            summed: SummedBounds::default(),
            key_fold: dianjian_text::Fold::Case,
            value_fold: dianjian_text::Fold::Name,
            mixed,
            members: Vec::new(),
        }
    }

    fn member(key: u64, start: u64, value: MemberValue, max: u32, mixed: Option<u64>) -> GroupMember {
        GroupMember { rule: 0, key, start, value, mixed, min: None, max: Some(Decimal::from(max)) }
    }

    fn violations_within(group: &GroupCheck, members: &[GroupMember], limit: usize) -> Vec<GroupViolation> {
        let mut groups = Groups::new(limit);
        for value in members.iter().filter_map(|member| match member.value {
            MemberValue::Distinct(value) => Some((member.rule, value, value.to_string())),
            _ => None,
        }) {
            groups.covered.add(value);
        }
        members.iter().enumerate().for_each(|(file, part)| groups.add(file as u32, part).unwrap());
        groups.violations(&|_| Some(group), limit).unwrap().map(Result::unwrap).collect()
    }

    fn violations(group: &GroupCheck, members: &[GroupMember]) -> Vec<GroupViolation> {
        violations_within(group, members, usize::MAX)
    }

    #[test]
    fn the_first_over_the_limit_is_pointed_at() {
        let members: Vec<_> = (0..40_000)
            .map(|at| {
                member(at % 10_000, at, MemberValue::Count(Identity::Place), if at % 10_000 == 7 { 3 } else { 4 }, None)
            })
            .collect();
        let found = violations(&group(GroupFold::Count, false), &members);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].primary, PackedPlace::new(30_007, 30_007));
        assert_eq!(found[0].others.iter().map(|place| place.start()).collect::<Vec<_>>(), [7, 10_007, 20_007]);
        assert_eq!(found[0].others[2].file(), 20_007);
    }

    #[test]
    fn a_record_in_two_files_counts_once() {
        let ids = [Some(5), None, Some(5), None, Some(9)];
        let identity = |id: Option<u64>| id.map_or(Identity::Place, |id| Identity::Id(id, None));
        let members: Vec<_> = ids
            .iter()
            .enumerate()
            .map(|(at, id)| member(1, at as u64, MemberValue::Count(identity(*id)), 3, None))
            .collect();
        let found = violations(&group(GroupFold::Count, false), &members);
        assert_eq!((found[0].total, found[0].primary.start()), (Decimal::from(4), 4));
        assert!(violations(&group(GroupFold::Count, false), &members[..4]).is_empty());
    }

    #[test]
    fn values_are_told_apart_and_added() {
        let hashes = [5, 5, 9, 5].map(MemberValue::Distinct);
        let members: Vec<_> =
            hashes.iter().enumerate().map(|(at, value)| member(1, at as u64, *value, 1, None)).collect();
        let found = violations(&group(GroupFold::Distinct, false), &members);
        assert_eq!((found[0].total, found[0].primary.start()), (Decimal::from(2), 2));
        let amounts = [3, 4, 5].map(|amount| MemberValue::Amount(Decimal::from(amount)));
        let members: Vec<_> =
            amounts.iter().enumerate().map(|(at, value)| member(1, at as u64, *value, 6, None)).collect();
        let found = violations(&group(GroupFold::Sum, false), &members);
        assert_eq!((found[0].total, found[0].primary.start()), (Decimal::from(12), 1));
    }

    #[test]
    fn only_mixed_groups_count_where_that_is_asked() {
        let alike = [
            member(1, 0, MemberValue::Count(Identity::Place), 1, Some(4)),
            member(1, 1, MemberValue::Count(Identity::Place), 1, Some(4)),
        ];
        assert!(violations(&group(GroupFold::Count, true), &alike).is_empty());
        let mixed = [
            member(1, 0, MemberValue::Count(Identity::Place), 1, Some(4)),
            member(1, 1, MemberValue::Count(Identity::Place), 1, Some(5)),
        ];
        assert_eq!(violations(&group(GroupFold::Count, true), &mixed).len(), 1);
        let once = [
            member(1, 0, MemberValue::Count(Identity::Place), 1, None),
            member(1, 1, MemberValue::Count(Identity::Place), 1, Some(5)),
        ];
        assert!(violations(&group(GroupFold::Count, true), &once).is_empty());
    }

    fn amount(amount: i64) -> MemberValue {
        MemberValue::Amount(Decimal::from(amount))
    }

    fn at_places(values: &[MemberValue], max: u32) -> Vec<GroupMember> {
        values.iter().enumerate().map(|(at, value)| member(1, at as u64, *value, max, None)).collect()
    }

    #[test]
    fn members_that_are_not_counted_make_a_group_all_the_same() {
        let least = |member: GroupMember| GroupMember { min: Some(Decimal::ONE), max: None, ..member };
        let of = |values: &[MemberValue]| at_places(values, 0).into_iter().map(least).collect::<Vec<_>>();
        let found = violations(&group(GroupFold::Count, false), &of(&[MemberValue::Uncounted, MemberValue::Uncounted]));
        assert_eq!((found[0].total, found[0].primary.start(), found[0].others.len()), (Decimal::ZERO, 0, 1));
        let counted = of(&[MemberValue::Uncounted, MemberValue::Count(Identity::Place)]);
        assert!(violations(&group(GroupFold::Count, false), &counted).is_empty());
        let values = [MemberValue::Uncounted, MemberValue::Count(Identity::Place), MemberValue::Count(Identity::Place)];
        assert_eq!(violations(&group(GroupFold::Count, false), &at_places(&values, 1))[0].primary.start(), 2);
        let amounts = [MemberValue::Uncounted, amount(3), MemberValue::Uncounted, amount(4)];
        assert_eq!(violations(&group(GroupFold::Sum, false), &at_places(&amounts, 5))[0].primary.start(), 3);
    }

    #[test]
    fn a_bound_may_be_what_other_records_add_up_to() {
        let bound = |amount: i64| MemberValue::Bound(Decimal::from(amount));
        let summed = |min, max| GroupCheck { summed: SummedBounds { min, max }, ..group(GroupFold::Sum, false) };
        let of = |values: &[MemberValue]| {
            at_places(values, 0).into_iter().map(|member| GroupMember { max: None, ..member }).collect::<Vec<_>>()
        };
        let found = violations(&summed(false, true), &of(&[amount(4), bound(5), amount(4), bound(2), amount(1)]));
        assert_eq!((found[0].total, found[0].limit), (Decimal::from(9), Decimal::from(7)));
        assert_eq!(found[0].primary.start(), 2);
        assert_eq!(found[0].others.iter().map(|place| place.start()).collect::<Vec<_>>(), [0, 4]);
        let GroupDetail::Against(stock) = &found[0].detail else { panic!("{:?}", found[0].detail) };
        assert_eq!(stock.iter().map(|place| place.start()).collect::<Vec<_>>(), [1, 3]);
        assert!(violations(&summed(false, true), &of(&[amount(4), bound(5)])).is_empty());
        assert_eq!(violations(&summed(true, false), &of(&[amount(4), bound(5)]))[0].limit, Decimal::from(5));
        for values in [&[amount(9)][..], &[bound(1)]] {
            assert!(violations(&summed(true, true), &of(values)).is_empty());
        }
    }

    #[test]
    fn a_spread_is_a_share_of_the_smallest() {
        let within = |member: GroupMember| GroupMember { max: Some(Decimal::new(2, 1)), ..member };
        let of = |amounts: &[i64]| {
            let values: Vec<_> = amounts.iter().map(|value| amount(*value)).collect();
            let members: Vec<_> = at_places(&values, 0).into_iter().map(within).collect();
            violations(&group(GroupFold::Spread, false), &members)
        };
        assert!(of(&[10, 12, 11]).is_empty());
        assert!(of(&[10]).is_empty());
        let found = of(&[100, 99, 130, 101]);
        assert_eq!(found[0].detail, GroupDetail::Spread(99.into(), 130.into()));
        assert_eq!((found[0].primary.start(), found[0].others.len()), (2, 3));
        assert_eq!(of(&[100, 101, 99, 50])[0].primary.start(), 3);
        assert_eq!(of(&[20, 10])[0].primary.start(), 1, "the lowest where both lie as far");
    }

    #[test]
    fn a_key_that_many_values_have_lacks_the_others() {
        let share = |member: GroupMember| GroupMember { min: Some(Decimal::new(5, 1)), max: None, ..member };
        let keys = [(1, 1), (1, 2), (1, 3), (2, 4), (2, 4), (3, 1), (3, 2), (3, 3), (3, 4)];
        let members = keys
            .iter()
            .enumerate()
            .map(|(at, (key, value))| share(member(*key, at as u64, MemberValue::Distinct(*value), 0, None)));
        let found = violations(&group(GroupFold::Covers, false), &members.collect::<Vec<_>>());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].total, found[0].limit), (Decimal::from(3), Decimal::from(4)));
        assert_eq!(found[0].detail, GroupDetail::Missing(vec!["4".to_owned()], 0));
        let all = (0..30).map(|value| share(member(value / 16, value, MemberValue::Distinct(value), 0, None)));
        let found = violations(&group(GroupFold::Covers, false), &all.collect::<Vec<_>>());
        let GroupDetail::Missing(named, more) = &found[0].detail else { panic!("{found:?}") };
        assert_eq!((found.len(), named.len(), *more), (1, 10, 4));
    }

    fn any_identity() -> impl Strategy<Value = Identity> {
        prop_oneof![
            Just(Identity::Place),
            (0_u64..3, prop::option::of(0_u64..3)).prop_map(|(id, name)| Identity::Id(id, name)),
            (0_u64..3, prop::option::of(0_u64..3)).prop_map(|(name, cells)| Identity::Row { name, cells }),
        ]
    }

    fn any_member() -> impl Strategy<Value = GroupMember> {
        let value = prop_oneof![
            any_identity().prop_map(MemberValue::Count),
            (0_u64..3).prop_map(MemberValue::Distinct),
            Just(MemberValue::Uncounted),
            (0_i64..9).prop_map(|amount| MemberValue::Bound(amount.into())),
            (-5_i64..50, 0_u32..3).prop_map(|(amount, scale)| MemberValue::Amount(Decimal::new(amount, scale))),
        ];
        let min = prop::option::of((0_i64..4).prop_map(|tenths| Decimal::new(tenths, 1)));
        (0_u32..3, 0_u64..6, 0_u64..100, value, 1_u32..4, min, prop::option::of(0_u64..2)).prop_map(
            |(rule, key, start, value, max, min, mixed)| GroupMember {
                rule,
                min,
                ..member(key, start, value, max, mixed)
            },
        )
    }

    proptest! {
        #[test]
        fn on_disk_as_in_memory(
            members in prop::collection::vec(any_member(), 0..80),
            fold in prop::sample::select(vec![
                GroupFold::Count, GroupFold::Distinct, GroupFold::Sum, GroupFold::Spread, GroupFold::Covers,
            ]),
            mixed: bool,
            min: bool,
            max: bool,
            limit in 0_usize..2000,
        ) {
            let group = GroupCheck { summed: SummedBounds { min, max }, ..group(fold, mixed) };
            prop_assert_eq!(violations_within(&group, &members, limit), violations(&group, &members));
        }
    }
}
