//! References that lead to nothing: those of one rule that ask for the same thing are one finding.

use std::io::{self, Read};

use super::external_sort::{ExternalSorter, SortItem, read_bytes};
use super::groups::PackedPlace;
use crate::finding::MAX_RELATED;

/// Records that refer to the same thing, which is not there; sorted as they are reported.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DanglingReference {
    /// The first record.
    pub place: PackedPlace,
    pub rule: u32,
    /// The others by place, at most [`MAX_RELATED`].
    pub others: Vec<PackedPlace>,
    /// How many more there are.
    pub omitted: u64,
}

/// One record whose reference leads to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct MissedReference {
    rule: u32,
    key: u64,
    place: PackedPlace,
}

/// Gathers them.
pub(super) struct DanglingReferences(ExternalSorter<MissedReference>);

impl DanglingReferences {
    /// Holds about `memory` bytes in memory.
    pub(super) fn new(memory: usize) -> Self {
        Self(ExternalSorter::new(memory))
    }

    pub(super) fn push(&mut self, rule: u32, key: u64, place: PackedPlace) -> io::Result<()> {
        self.0.push(MissedReference { rule, key, place })
    }

    /// Those that ask for the same thing together.
    pub(super) fn grouped(self, memory: usize) -> io::Result<ExternalSorter<DanglingReference>> {
        let mut grouped = ExternalSorter::new(memory);
        let mut missed = self.0.sorted()?.peekable();
        while let Some(first) = missed.next().transpose()? {
            let mut dangling =
                DanglingReference { place: first.place, rule: first.rule, others: Vec::new(), omitted: 0 };
            let is_same = |next: &io::Result<MissedReference>| {
                next.as_ref().map_or(true, |next| (next.rule, next.key) == (first.rule, first.key))
            };
            while let Some(next) = missed.next_if(is_same).transpose()? {
                if dangling.others.len() < MAX_RELATED {
                    dangling.others.push(next.place);
                } else {
                    dangling.omitted += 1;
                }
            }
            grouped.push(dangling)?;
        }
        Ok(grouped)
    }
}

impl SortItem for MissedReference {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.rule.to_le_bytes());
        self.key.write(out);
        self.place.write(out);
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let rule = u32::from_le_bytes(read_bytes(from)?);
        Ok(Self { rule, key: u64::read(from)?, place: PackedPlace::read(from)? })
    }
}

impl SortItem for DanglingReference {
    fn write(&self, out: &mut Vec<u8>) {
        self.place.write(out);
        out.extend_from_slice(&self.rule.to_le_bytes());
        self.omitted.write(out);
        (self.others.len() as u64).write(out);
        self.others.iter().for_each(|place| place.write(out));
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let (place, rule) = (PackedPlace::read(from)?, u32::from_le_bytes(read_bytes(from)?));
        let (omitted, others) = (u64::read(from)?, u64::read(from)?);
        let others = (0..others).map(|_| PackedPlace::read(from)).collect::<io::Result<_>>()?;
        Ok(Self { place, rule, others, omitted })
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.others.len() * size_of::<PackedPlace>()
    }
}
