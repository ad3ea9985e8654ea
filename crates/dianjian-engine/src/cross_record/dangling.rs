//! References that lead to nothing, to several records that disagree, or in a circle: those of one rule that ask for the same
//! thing are one finding.

use std::io::{self, Read};

use rustc_hash::FxHashMap;

use super::external_sort::{ExternalSorter, SortItem, read_bytes};
use super::groups::PackedPlace;
use crate::finding::MAX_RELATED;

/// What is wrong with a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ReferenceFault {
    /// It leads to no record of the kind.
    Missing,
    /// It leads to several that say different things of what rules read.
    Disputed,
    /// It leads, by way of others, back to its own record.
    Circle,
}

/// Records that refer to the same thing, which is not there; sorted as they are reported.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DanglingReference {
    /// The first record.
    pub place: PackedPlace,
    pub rule: u32,
    pub fault: ReferenceFault,
    /// Two of the records that it leads to, where these disagree.
    pub targets: Option<[PackedPlace; 2]>,
    /// The others by place, at most [`MAX_RELATED`].
    pub others: Vec<PackedPlace>,
    /// How many more there are.
    pub omitted: u64,
}

/// One record with a reference that something is wrong with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FaultyReference {
    pub rule: u32,
    /// The same for all that ask for the same thing.
    pub key: u64,
    pub fault: ReferenceFault,
    pub place: PackedPlace,
    pub targets: Option<[PackedPlace; 2]>,
}

/// Gathers them.
pub(super) struct DanglingReferences {
    faulty: ExternalSorter<FaultyReference>,
    /// References between records of one kind: the rule, the record, the one that it names.
    edges: Vec<(u32, PackedPlace, PackedPlace)>,
}

impl DanglingReferences {
    /// Holds about `memory` bytes in memory.
    pub(super) fn new(memory: usize) -> Self {
        Self { faulty: ExternalSorter::new(memory), edges: Vec::new() }
    }

    pub(super) fn push(&mut self, faulty: FaultyReference) -> io::Result<()> {
        self.faulty.push(faulty)
    }

    /// Notes that a record names another one of its own kind.
    pub(super) fn edge(&mut self, rule: u32, from: PackedPlace, to: PackedPlace) {
        self.edges.push((rule, from, to));
    }

    /// Adds the references that lead in a circle: every record names one other at most.
    fn circles(&mut self) -> io::Result<()> {
        let edges = std::mem::take(&mut self.edges);
        let next: FxHashMap<(u32, PackedPlace), PackedPlace> =
            edges.iter().map(|(rule, from, to)| ((*rule, *from), *to)).collect();
        // By record: the number of the walk that came by, so that each is walked once.
        let mut walks: FxHashMap<(u32, PackedPlace), usize> = FxHashMap::default();
        for (walk, (rule, from, _)) in edges.iter().enumerate() {
            let mut at = *from;
            while let std::collections::hash_map::Entry::Vacant(free) = walks.entry((*rule, at)) {
                free.insert(walk);
                let Some(to) = next.get(&(*rule, at)) else { break };
                at = *to;
            }
            // A record that a walk meets again lies on a circle.
            if next.contains_key(&(*rule, at)) && walks.get(&(*rule, at)) == Some(&walk) {
                let mut circle = vec![at];
                while let Some(to) = circle.last().and_then(|last| next.get(&(*rule, *last))).filter(|to| **to != at) {
                    circle.push(*to);
                }
                let key = circle.iter().map(|place| place.identity()).min().unwrap_or_default();
                for place in circle {
                    let fault = ReferenceFault::Circle;
                    self.push(FaultyReference { rule: *rule, key, fault, place, targets: None })?;
                }
            }
        }
        Ok(())
    }

    /// Those that ask for the same thing together.
    pub(super) fn grouped(mut self, memory: usize) -> io::Result<ExternalSorter<DanglingReference>> {
        let mut grouped = ExternalSorter::new(memory);
        self.circles()?;
        let mut missed = self.faulty.sorted()?.peekable();
        while let Some(first) = missed.next().transpose()? {
            let FaultyReference { rule, key, fault, place, targets } = first;
            let mut dangling = DanglingReference { place, rule, fault, targets, others: Vec::new(), omitted: 0 };
            let is_same = |next: &io::Result<FaultyReference>| {
                next.as_ref().map_or(true, |next| (next.rule, next.key, next.fault) == (rule, key, fault))
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

impl ReferenceFault {
    fn read(from: &mut impl Read) -> io::Result<Self> {
        let [fault] = read_bytes(from)?;
        match fault {
            0 => Ok(Self::Missing),
            1 => Ok(Self::Disputed),
            2 => Ok(Self::Circle),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

/// Two places, or none.
fn write_targets(targets: Option<[PackedPlace; 2]>, out: &mut Vec<u8>) {
    out.push(u8::from(targets.is_some()));
    targets.iter().flatten().for_each(|place| place.write(out));
}

fn read_targets(from: &mut impl Read) -> io::Result<Option<[PackedPlace; 2]>> {
    let [there] = read_bytes(from)?;
    Ok(if there == 0 { None } else { Some([PackedPlace::read(from)?, PackedPlace::read(from)?]) })
}

impl SortItem for FaultyReference {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.rule.to_le_bytes());
        self.key.write(out);
        out.push(self.fault as u8);
        self.place.write(out);
        write_targets(self.targets, out);
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let (rule, key) = (u32::from_le_bytes(read_bytes(from)?), u64::read(from)?);
        let (fault, place) = (ReferenceFault::read(from)?, PackedPlace::read(from)?);
        Ok(Self { rule, key, fault, place, targets: read_targets(from)? })
    }
}

impl SortItem for DanglingReference {
    fn write(&self, out: &mut Vec<u8>) {
        self.place.write(out);
        out.extend_from_slice(&self.rule.to_le_bytes());
        out.push(self.fault as u8);
        write_targets(self.targets, out);
        self.omitted.write(out);
        (self.others.len() as u64).write(out);
        self.others.iter().for_each(|place| place.write(out));
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let (place, rule) = (PackedPlace::read(from)?, u32::from_le_bytes(read_bytes(from)?));
        let (fault, targets) = (ReferenceFault::read(from)?, read_targets(from)?);
        let (omitted, others) = (u64::read(from)?, u64::read(from)?);
        let others = (0..others).map(|_| PackedPlace::read(from)).collect::<io::Result<_>>()?;
        Ok(Self { place, rule, fault, targets, others, omitted })
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.others.len() * size_of::<PackedPlace>()
    }
}
