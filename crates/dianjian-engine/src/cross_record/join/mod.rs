//! Records that name others, wherever these stand: in another file, sheet or shard, before or after.
//!
//! A record is checked when it is read. What depends on a record that it names waits: its place, the rules, and the keys
//! under which the other one may be found, a few dozen bytes each. At the end requests meet targets in a merge join; only
//! the targets that somebody asked for are read again for the fields that rules want of them, and then the records that
//! wait. All of it is sorted on disk where it is much, and in the order of places, so that no result depends on the order of
//! inputs, threads or shards.

mod items;
mod judged;
mod resolve;
mod waiting;

use std::io;

pub(crate) use items::{PendingItem, Request, StoredWork, Target};

use super::CrossRecordTotals;
use super::dangling::DanglingReference;
use super::external_sort::{ExternalSorter, MergedRuns, SortedRun};
use super::groups::{Groups, PackedPlace};
use crate::check_record::named::NameTarget;
use crate::check_record::{PendingRecord, PendingWork};

/// What waits, and what it waits for.
#[derive(Default)]
pub(crate) struct Join {
    requests: ExternalSorter<Request>,
    targets: ExternalSorter<Target>,
    pending: ExternalSorter<PendingItem>,
    /// About how many bytes are held in memory.
    memory: usize,
}

/// What a join leaves for the rest of the run's end.
pub(super) struct Joined {
    pub totals: CrossRecordTotals,
    pub dangling: ExternalSorter<DanglingReference>,
}

impl Join {
    /// Holds about `memory` bytes in memory.
    pub(super) fn new(memory: usize) -> Self {
        Self {
            requests: ExternalSorter::new(memory / 4),
            targets: ExternalSorter::new(memory / 4),
            pending: ExternalSorter::new(memory / 2),
            memory,
        }
    }

    pub(super) fn add_pending(&mut self, file: u32, record: &PendingRecord, groups: &mut Groups) -> io::Result<()> {
        let place = PackedPlace::new(file, record.start);
        for request in &record.requests {
            self.requests.push(Request { key: request.key, place, slot: request.slot, rank: request.rank })?;
        }
        for work in &record.work {
            let work = match work {
                PendingWork::Rule(rule, needed) => StoredWork::Rule(*rule, *needed),
                PendingWork::Open(rule, needed) => StoredWork::Open(*rule, *needed),
                PendingWork::Undecided => StoredWork::Undecided,
                PendingWork::Unsaid(unsaid) => StoredWork::Unsaid(*unsaid),
                PendingWork::Held(rule, ordinal) => StoredWork::Held(*rule, *ordinal),
                PendingWork::Reference(rule, slot) => StoredWork::Reference(*rule, *slot),
                PendingWork::Member(member) => StoredWork::Member(Box::new(groups.row(file, member))),
                PendingWork::Provisional(member) => StoredWork::Provisional(Box::new(groups.row(file, member))),
            };
            self.pending.push(PendingItem { place, work })?;
        }
        Ok(())
    }

    pub(super) fn add_target(&mut self, file: u32, target: NameTarget) -> io::Result<()> {
        self.targets.push(Target { key: target.key, place: PackedPlace::new(file, target.start) })
    }

    /// Adds what another shard kept.
    pub(super) fn add_runs(
        &mut self,
        requests: SortedRun<Request>,
        targets: SortedRun<Target>,
        pending: SortedRun<PendingItem>,
    ) {
        self.requests.add_run(requests);
        self.targets.add_run(targets);
        self.pending.add_run(pending);
    }

    /// Everything that was kept, sorted.
    pub(super) fn into_runs(self) -> io::Result<(MergedRuns<Request>, MergedRuns<Target>, MergedRuns<PendingItem>)> {
        Ok((self.requests.sorted()?, self.targets.sorted()?, self.pending.sorted()?))
    }
}
