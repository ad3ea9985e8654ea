//! References that lead to nothing, to several records that disagree, or in a circle: those of one rule that ask for the same
//! thing are one finding, and so are all that lead to the same records that disagree, whatever rules ask.

use std::io::{self, Read};

use rustc_hash::FxHashMap;

use super::external_sort::{ExternalSorter, SortItem, read_all, read_bytes, write_all};
use super::groups::PackedPlace;
use crate::finding::MAX_RELATED;

/// What is wrong with a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ReferenceFault {
    /// It leads to no record of the kind.
    Missing,
    /// It leads to several that say different things of what rules read.
    Disputed,
    /// It leads to several by a name that they share.
    Namesakes,
    /// It leads, by way of others, back to its own record.
    Circle,
}

/// Records that refer to the same thing, which is not there; sorted as they are reported.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DanglingReference {
    /// The first record, and the rule that asks.
    pub first: AskingPlace,
    pub fault: ReferenceFault,
    /// The records that it leads to, where these disagree.
    pub targets: Vec<PackedPlace>,
    /// The others by place, at most [`MAX_RELATED`].
    pub others: Vec<AskingPlace>,
    /// How many more there are.
    pub omitted: u64,
}

/// A record, and the number of a rule that asks where its reference leads.
pub(super) type AskingPlace = (PackedPlace, u32);

/// One record with a reference that something is wrong with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FaultyReference {
    /// The same for all that are one finding.
    key: (u64, u32),
    fault: ReferenceFault,
    at: AskingPlace,
    targets: Vec<PackedPlace>,
}

impl FaultyReference {
    /// `key` is the same for all that ask for the same thing.
    pub(super) fn new(fault: ReferenceFault, key: u64, at: AskingPlace) -> Self {
        Self { key: (key, at.1), fault, at, targets: Vec::new() }
    }

    /// One that leads to several records, which have been sorted.
    pub(super) fn disputed(fault: ReferenceFault, at: AskingPlace, targets: Vec<PackedPlace>) -> Self {
        // That records disagree is one mistake, whoever names them.
        let key = targets.first().map_or(0, |first| first.identity());
        Self { key: (key, u32::MAX), fault, at, targets }
    }
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
                    self.push(FaultyReference::new(ReferenceFault::Circle, key, (place, *rule)))?;
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
            let FaultyReference { key, fault, at, targets } = first;
            let mut dangling = DanglingReference { first: at, fault, targets, others: Vec::new(), omitted: 0 };
            let is_same = |next: &io::Result<FaultyReference>| {
                next.as_ref().map_or(true, |next| (next.key, next.fault) == (key, fault))
            };
            while let Some(next) = missed.next_if(is_same).transpose()? {
                if dangling.others.len() < MAX_RELATED {
                    dangling.others.push(next.at);
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
            2 => Ok(Self::Namesakes),
            3 => Ok(Self::Circle),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

impl SortItem for FaultyReference {
    fn write(&self, out: &mut Vec<u8>) {
        self.key.0.write(out);
        out.extend_from_slice(&self.key.1.to_le_bytes());
        out.push(self.fault as u8);
        self.at.write(out);
        write_all(&self.targets, out);
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let key = (u64::read(from)?, u32::from_le_bytes(read_bytes(from)?));
        let (fault, at) = (ReferenceFault::read(from)?, AskingPlace::read(from)?);
        Ok(Self { key, fault, at, targets: read_all(from)? })
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.targets.len() * size_of::<PackedPlace>()
    }
}

impl SortItem for AskingPlace {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        out.extend_from_slice(&self.1.to_le_bytes());
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        Ok((PackedPlace::read(from)?, u32::from_le_bytes(read_bytes(from)?)))
    }
}

impl SortItem for DanglingReference {
    fn write(&self, out: &mut Vec<u8>) {
        self.first.write(out);
        out.push(self.fault as u8);
        write_all(&self.targets, out);
        self.omitted.write(out);
        write_all(&self.others, out);
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let (first, fault) = (AskingPlace::read(from)?, ReferenceFault::read(from)?);
        let (targets, omitted) = (read_all(from)?, u64::read(from)?);
        Ok(Self { first, fault, targets, others: read_all(from)?, omitted })
    }

    fn bytes(&self) -> usize {
        let places = self.targets.len() * size_of::<PackedPlace>() + self.others.len() * size_of::<AskingPlace>();
        size_of::<Self>() + places
    }
}
