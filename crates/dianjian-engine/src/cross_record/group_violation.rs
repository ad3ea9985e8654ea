//! Folds the rows of a group and compares the result with its bounds.

use std::io::{self, Read};

use dianjian_rules::{GroupCheck, GroupFold};
use rust_decimal::Decimal;
use rustc_hash::FxHashSet;

use super::external_sort::{MergedRuns, SortItem, read_bytes};
use super::groups::{GroupBounds, MemberRow, PackedPlace};
use crate::check_record::group_member::MemberValue;
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
    /// The other members by place, at most [`MAX_RELATED`].
    pub others: Vec<PackedPlace>,
    /// How many more there are.
    pub omitted: u64,
}

impl SortItem for GroupViolation {
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
        let (first, total, limit) = (PackedPlace::read(from)?, Decimal::read(from)?, Decimal::read(from)?);
        let (primary, omitted, others) = (PackedPlace::read(from)?, u64::read(from)?, u64::read(from)?);
        let others = (0..others).map(|_| PackedPlace::read(from)).collect::<io::Result<_>>()?;
        Ok(Self { rule, first, total, limit, primary, others, omitted })
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.others.len() * size_of::<PackedPlace>()
    }
}

/// Calls `add` with the groups that break a bound. `rows` are sorted.
pub(super) fn each_violation<'r>(
    rows: MergedRuns<MemberRow>,
    bounds: &[GroupBounds],
    rule: &(dyn Fn(u32) -> Option<&'r GroupCheck> + Sync),
    add: &(dyn Fn(GroupViolation) -> io::Result<()> + Sync),
) -> io::Result<()> {
    let mut rows = rows.peekable();
    let mut members = GroupAccumulator::default();
    while let Some(row) = rows.next() {
        let row = row?;
        members.add(&row, bounds);
        let is_of_group =
            |next: &io::Result<MemberRow>| next.as_ref().is_ok_and(|next| (next.rule, next.key) == (row.rule, row.key));
        if !rows.peek().is_some_and(is_of_group) {
            if let Some(violation) = rule(row.rule).and_then(|group| members.violation(row.rule, group)) {
                add(violation)?;
            }
            members.clear();
        }
    }
    Ok(())
}

/// The members of one group, by place.
#[derive(Debug, Default)]
struct GroupAccumulator {
    places: Vec<PackedPlace>,
    /// For `distinct`: the hash of each member's value; for `count`: what each is counted as.
    values: Vec<u64>,
    /// For `sum`: each member's amount.
    amounts: Vec<Decimal>,
    /// For `mixed`: the first value, and whether there is another.
    mixed: (Option<u64>, bool),
    /// The tightest bounds that any member asks for.
    bounds: GroupBounds,
}

impl GroupAccumulator {
    fn clear(&mut self) {
        self.places.clear();
        self.values.clear();
        self.amounts.clear();
        (self.mixed, self.bounds) = Default::default();
    }

    fn add(&mut self, row: &MemberRow, bounds: &[GroupBounds]) {
        self.places.push(row.place);
        match row.value {
            MemberValue::Count(identity) => self.values.push(identity.unwrap_or_else(|| row.place.identity())),
            MemberValue::Distinct(value) => self.values.push(value),
            MemberValue::Sum(amount) => self.amounts.push(amount),
        }
        if let Some(mixed) = row.mixed {
            self.mixed.1 |= *self.mixed.0.get_or_insert(mixed) != mixed;
        }
        let (min, max) = bounds.get(row.bounds as usize).copied().unwrap_or_default();
        self.bounds.0 = self.bounds.0.max(min);
        self.bounds.1 = match (self.bounds.1, max) {
            (Some(known), Some(new)) => Some(known.min(new)),
            (known, new) => known.or(new),
        };
    }

    fn violation(&self, rule: u32, group: &GroupCheck) -> Option<GroupViolation> {
        let total = match group.fold {
            GroupFold::Count | GroupFold::Distinct => Decimal::from(self.distinct()),
            GroupFold::Sum => self.amounts.iter().fold(Decimal::ZERO, |sum, amount| sum.saturating_add(*amount)),
        };
        let (min, max) = self.bounds;
        let limit = min.filter(|min| total < *min).or(max.filter(|max| total > *max))?;
        if group.mixed.is_some() && !self.mixed.1 {
            return None;
        }
        let at = if max.is_some_and(|max| total > max) { self.over(group.fold, limit) } else { 0 };
        let others = self.places.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, place)| *place);
        Some(GroupViolation {
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

    /// The index of the first member with which the group exceeds its limit.
    fn over(&self, fold: GroupFold, limit: Decimal) -> usize {
        let last = self.places.len().saturating_sub(1);
        match fold {
            GroupFold::Count | GroupFold::Distinct => {
                let mut seen = FxHashSet::default();
                let goes_over = |value: &u64| {
                    seen.insert(*value);
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
