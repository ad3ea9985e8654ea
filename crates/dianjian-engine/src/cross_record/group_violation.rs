//! Folds the rows of a group and compares the result with its bounds.

use std::io::{self, Read};

use dianjian_rules::record::{WholeAmount, WholeOrPart};
use dianjian_rules::{GroupCheck, GroupFold};
use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};

use super::covered::CoveredValues;
use super::external_sort::{MergedRuns, SortItem, read_all, read_bytes, write_all};
use super::groups::{GroupBounds, MemberRow, PackedPlace};
use super::headcount::Headcount;
use super::member_names::{MemberNames, NamedFields, NamesOfMembers, bytes_of, read_names, write_names};
use crate::check_record::group_member::{MemberValue, UNREAD_KEY};
use crate::finding::MAX_RELATED;

/// A group that breaks a bound; sorted as it is reported.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GroupViolation {
    pub rule: u32,
    /// The place of the first member.
    first: PackedPlace,
    /// What the group comes to.
    pub total: Decimal,
    /// The bound that it breaks.
    pub limit: Decimal,
    /// The member that a finding points at.
    pub primary: PackedPlace,
    /// The other members by place, at most [`MAX_RELATED`] together with those of the detail.
    pub others: Vec<PackedPlace>,
    /// How many more there are.
    pub omitted: u64,
    pub detail: GroupDetail,
    /// What the member names elsewhere that a finding points at.
    pub names: Vec<NamedFields>,
}

impl GroupViolation {
    /// The places that a finding shows beside the member that it points at.
    pub fn related(&self) -> impl Iterator<Item = PackedPlace> {
        let against = if let GroupDetail::Against(places) = &self.detail { &places[..] } else { &[] };
        self.others.iter().chain(against).copied()
    }
}

/// What else is said of a group, by its fold and bound.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum GroupDetail {
    #[default]
    Plain,
    /// The records of another kind that the bound is the sum of.
    Against(Vec<PackedPlace>),
    /// The smallest and the largest value.
    Spread(Decimal, Decimal),
    /// Values that the key lacks, at most [`MAX_MISSING`], and how many more there are.
    Missing(Vec<String>, u64),
}

/// Of the records that a bound is the sum of, so many are shown at most.
const MAX_AGAINST: usize = 100;

/// Of the values that a key lacks, so many are named.
const MAX_MISSING: usize = 10;

impl SortItem for GroupViolation {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.rule.to_le_bytes());
        self.first.write(out);
        self.total.write(out);
        self.limit.write(out);
        self.primary.write(out);
        self.omitted.write(out);
        write_all(&self.others, out);
        self.detail.write(out);
        write_names(&self.names, out);
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let rule = u32::from_le_bytes(read_bytes(from)?);
        let (first, total, limit) = (PackedPlace::read(from)?, Decimal::read(from)?, Decimal::read(from)?);
        let (primary, omitted) = (PackedPlace::read(from)?, u64::read(from)?);
        let (others, detail) = (read_all(from)?, GroupDetail::read(from)?);
        Ok(Self { rule, first, total, limit, primary, others, omitted, detail, names: read_names(from)? })
    }

    fn bytes(&self) -> usize {
        let detail = match &self.detail {
            GroupDetail::Plain | GroupDetail::Spread(..) => 0,
            GroupDetail::Against(places) => places.len() * size_of::<PackedPlace>(),
            GroupDetail::Missing(texts, _) => texts.iter().map(|text| size_of::<String>() + text.len()).sum(),
        };
        size_of::<Self>() + self.others.len() * size_of::<PackedPlace>() + detail + bytes_of(&self.names)
    }
}

impl GroupDetail {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Plain => out.push(0),
            Self::Against(places) => {
                out.push(1);
                write_all(places, out);
            }
            Self::Spread(least, most) => {
                out.push(2);
                least.write(out);
                most.write(out);
            }
            Self::Missing(texts, more) => {
                out.push(3);
                more.write(out);
                write_all(texts, out);
            }
        }
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        Ok(match read_bytes(from)? {
            [0] => Self::Plain,
            [1] => Self::Against(read_all(from)?),
            [2] => Self::Spread(Decimal::read(from)?, Decimal::read(from)?),
            _ => {
                let more = u64::read(from)?;
                Self::Missing(read_all(from)?, more)
            }
        })
    }
}

/// Calls `add` with the groups that break a bound. Rows and what members name are sorted.
pub(super) fn each_violation<'r>(
    (rows, names): (MergedRuns<MemberRow>, MergedRuns<MemberNames>),
    bounds: &[GroupBounds],
    covered: &CoveredValues,
    rule: &(dyn Fn(u32) -> Option<&'r GroupCheck> + Sync),
    add: &(dyn Fn(GroupViolation) -> io::Result<()> + Sync),
) -> io::Result<()> {
    let (mut rows, mut names) = (rows.peekable(), NamesOfMembers::new(names));
    let mut members = GroupAccumulator::default();
    // Members of a rule of which it is not known to which group they belong: their key sorts first.
    let mut anywhere: Option<(u32, UnreadMembers)> = None;
    while let Some(row) = rows.next() {
        let row = row?;
        if let (UNREAD_KEY, MemberValue::Unread { is_bound }) = (row.key, row.value) {
            let known = anywhere.take().filter(|(rule, _)| *rule == row.rule).map(|(_, unread)| unread);
            anywhere = Some((row.rule, known.unwrap_or_default().with(is_bound)));
            continue;
        }
        if members.is_new() {
            let of_rule = anywhere.filter(|(rule, _)| *rule == row.rule);
            members.unread = of_rule.map(|(_, unread)| unread).unwrap_or_default();
        }
        members.add(&row, bounds);
        let is_of_group =
            |next: &io::Result<MemberRow>| next.as_ref().is_ok_and(|next| (next.rule, next.key) == (row.rule, row.key));
        if !rows.peek().is_some_and(is_of_group) {
            let broken = rule(row.rule).and_then(|group| members.violation(row.rule, group, covered));
            if let Some(violation) = broken {
                let names = names.of(row.rule, row.key, violation.primary)?;
                add(GroupViolation { names, ..violation })?;
            }
            members.clear();
        }
    }
    Ok(())
}

/// Whether something could not be read of a group's members, or of the records that its bound is the sum of. What they
/// would add can only bring a count or a sum up: a group beyond its upper bound stays there, nothing else is certain.
#[derive(Debug, Clone, Copy, Default)]
struct UnreadMembers {
    members: bool,
    bound: bool,
}

impl UnreadMembers {
    const fn with(self, is_bound: bool) -> Self {
        if is_bound { Self { bound: true, ..self } } else { Self { members: true, ..self } }
    }
}

/// The members of one group, by place.
#[derive(Debug, Default)]
struct GroupAccumulator {
    places: Vec<PackedPlace>,
    /// Side by side with `places`.
    values: Vec<MemberValue>,
    /// The records that a bound is the sum of.
    against: Vec<PackedPlace>,
    /// Side by side with `against`: how much, and of what.
    amounts_against: Vec<(WholeOrPart, Decimal)>,
    /// What could not be read of members.
    unread: UnreadMembers,
    /// Whether a member has been met.
    is_begun: bool,
    /// For `mixed`: the first value, and whether there is another.
    mixed: (Option<u64>, bool),
    /// The tightest bounds that any member asks for.
    bounds: GroupBounds,
}

/// What a group comes to where it breaks a bound.
struct BrokenBound {
    total: Decimal,
    limit: Decimal,
    /// The index of the member that a finding points at.
    at: usize,
    detail: GroupDetail,
    /// How many records that the bound is the sum of are not in the detail.
    against_more: usize,
}

impl GroupAccumulator {
    fn clear(&mut self) {
        self.places.clear();
        self.values.clear();
        self.against.clear();
        self.amounts_against.clear();
        (self.mixed, self.bounds) = Default::default();
        (self.unread, self.is_begun) = Default::default();
    }

    const fn is_new(&self) -> bool {
        !self.is_begun
    }

    fn add(&mut self, row: &MemberRow, bounds: &[GroupBounds]) {
        self.is_begun = true;
        if let MemberValue::Unread { is_bound } = row.value {
            self.unread = self.unread.with(is_bound);
            return;
        }
        if let MemberValue::Bound(amount, of) = row.value {
            self.against.push(row.place);
            self.amounts_against.push((of, amount));
            return;
        }
        self.places.push(row.place);
        self.values.push(row.value);
        if let Some(mixed) = row.mixed {
            self.mixed.1 |= *self.mixed.0.get_or_insert(mixed) != mixed;
        }
        let (min, max) = bounds.get(row.bounds as usize).copied().unwrap_or_default();
        self.bounds.0 = self.bounds.0.max(min);
        self.bounds.1 = tighter(self.bounds.1, max);
    }

    fn violation(&self, rule: u32, group: &GroupCheck, covered: &CoveredValues) -> Option<GroupViolation> {
        let first = *self.places.first()?;
        if group.mixed && !self.mixed.1 {
            return None;
        }
        let broken = match group.fold {
            GroupFold::Spread => self.spread(),
            GroupFold::Covers => self.coverage(covered.of_rule(rule)?),
            GroupFold::Count | GroupFold::Distinct | GroupFold::Sum => self.beyond(group),
        }?;
        let BrokenBound { total, limit, at, detail, against_more } = broken;
        let primary = *self.places.get(at)?;
        let shown = match &detail {
            GroupDetail::Against(places) => MAX_RELATED.saturating_sub(places.len()),
            _ => MAX_RELATED,
        };
        // Items of one record may all be pointed at by the same field of it.
        let mut others: Vec<PackedPlace> = self.places.iter().copied().filter(|place| *place != primary).collect();
        others.dedup();
        let not_shown = others.len().saturating_sub(shown) + against_more;
        others.truncate(shown);
        let (omitted, names) = (not_shown as u64, Vec::new());
        Some(GroupViolation { rule, first, total, limit, primary, others, omitted, detail, names })
    }

    /// Of counts and sums.
    fn beyond(&self, group: &GroupCheck) -> Option<BrokenBound> {
        let total = match group.fold {
            GroupFold::Sum => self.amounts().fold(Decimal::ZERO, |sum, (_, amount)| sum.saturating_add(amount)),
            GroupFold::Count => Decimal::from(self.headcount(|_| false).0.total()),
            _ => Decimal::from(self.distinct().len()),
        };
        let (mut min, mut max) = self.bounds;
        let against = WholeAmount::of(&self.amounts_against);
        if group.summed.any() {
            // A key of which there is no such record is not judged.
            let sum = against.sum.filter(|_| !self.unread.bound)?;
            min = if group.summed.min { min.max(Some(sum)) } else { min };
            max = if group.summed.max { tighter(max, Some(sum)) } else { max };
        }
        min = min.filter(|_| !self.unread.members);
        let limit = min.filter(|min| total < *min).or(max.filter(|max| total > *max))?;
        let at = if max.is_some_and(|max| total > max) { self.over(group.fold, limit) } else { 0 };
        let counted = self.against.iter().zip(&against.counted).filter(|(_, is_counted)| **is_counted);
        let mut places: Vec<PackedPlace> = counted.map(|(place, _)| *place).collect();
        let against_more = if group.summed.any() { places.len().saturating_sub(MAX_AGAINST) } else { 0 };
        places.truncate(MAX_AGAINST);
        let detail = if group.summed.any() { GroupDetail::Against(places) } else { GroupDetail::Plain };
        Some(BrokenBound { total, limit, at, detail, against_more })
    }

    /// The records counted until it is enough, and the index of the one with which it is.
    fn headcount(&self, is_enough: impl Fn(usize) -> bool) -> (Headcount, Option<usize>) {
        let mut counted = Headcount::default();
        for (index, (value, place)) in self.values.iter().zip(&self.places).enumerate() {
            if let MemberValue::Count(identity) = value {
                counted.add(*identity, *place);
                if is_enough(counted.total()) {
                    return (counted, Some(index));
                }
            }
        }
        (counted, None)
    }

    fn hashes(&self) -> impl Iterator<Item = (usize, u64)> {
        self.values.iter().enumerate().filter_map(|(index, value)| match value {
            MemberValue::Distinct(value) => Some((index, *value)),
            _ => None,
        })
    }

    fn amounts(&self) -> impl Iterator<Item = (usize, Decimal)> {
        self.values.iter().enumerate().filter_map(|(index, value)| match value {
            MemberValue::Amount(amount) => Some((index, *amount)),
            _ => None,
        })
    }

    /// What is counted, sorted, each once.
    fn distinct(&self) -> Vec<u64> {
        let mut values: Vec<u64> = self.hashes().map(|(_, value)| value).collect();
        values.sort_unstable();
        values.dedup();
        values
    }

    /// The index of the first member with which the group exceeds its limit.
    fn over(&self, fold: GroupFold, limit: Decimal) -> usize {
        let last = self.places.len().saturating_sub(1);
        let found = match fold {
            GroupFold::Sum => {
                let mut sum = Decimal::ZERO;
                let found = self.amounts().find(|(_, amount)| {
                    sum = sum.saturating_add(*amount);
                    sum > limit
                });
                found.map(|(index, _)| index)
            }
            GroupFold::Count => self.headcount(|total| Decimal::from(total) > limit).1,
            _ => {
                let mut seen = FxHashSet::default();
                let found = self.hashes().find(|(_, value)| {
                    seen.insert(*value);
                    Decimal::from(seen.len()) > limit
                });
                found.map(|(index, _)| index)
            }
        };
        found.unwrap_or(last)
    }

    /// Of the values' distance, as a share of the smallest.
    fn spread(&self) -> Option<BrokenBound> {
        let mut amounts: Vec<(Decimal, usize)> = self.amounts().map(|(index, amount)| (amount, index)).collect();
        amounts.sort_unstable();
        let ((least, lowest), (most, _)) = (*amounts.first()?, *amounts.last()?);
        let highest = amounts.iter().find(|(amount, _)| *amount == most)?.1;
        let limit = self.bounds.1?;
        let distance = most.checked_sub(least)?;
        if least.checked_mul(limit).is_none_or(|allowed| distance <= allowed) {
            return None;
        }
        let middle = |at: usize| amounts.get(at).map_or(least, |(amount, _)| *amount);
        let (below, above) = (middle((amounts.len() - 1) / 2), middle(amounts.len() / 2));
        // Twice the median lies as far from twice either end as the median from the ends.
        let median = below.checked_add(above)?;
        let is_high = most.checked_add(most)?.checked_sub(median)? > median.checked_sub(least)?.checked_sub(least)?;
        let at = if is_high { highest } else { lowest };
        let (total, detail) = (distance.checked_div(least)?, GroupDetail::Spread(least, most));
        Some(BrokenBound { total, limit, at, detail, against_more: 0 })
    }

    /// Of the values that a key should have all of.
    fn coverage(&self, all: &FxHashMap<u64, String>) -> Option<BrokenBound> {
        if self.unread.members {
            return None;
        }
        let own = self.distinct();
        let (total, limit) = (Decimal::from(own.len()), Decimal::from(all.len()));
        if total >= limit || total < self.bounds.0?.checked_mul(limit)? {
            return None;
        }
        let lacks = |(value, _): &(&u64, &String)| own.binary_search(value).is_err();
        let mut missing: Vec<&String> = all.iter().filter(lacks).map(|(_, text)| text).collect();
        missing.sort_unstable();
        let more = missing.len().saturating_sub(MAX_MISSING) as u64;
        let named = missing.into_iter().take(MAX_MISSING).cloned().collect();
        Some(BrokenBound { total, limit, at: 0, detail: GroupDetail::Missing(named, more), against_more: 0 })
    }
}

/// The smaller of two upper bounds, where there are two.
fn tighter(known: Option<Decimal>, new: Option<Decimal>) -> Option<Decimal> {
    match (known, new) {
        (Some(known), Some(new)) => Some(known.min(new)),
        (known, new) => known.or(new),
    }
}
