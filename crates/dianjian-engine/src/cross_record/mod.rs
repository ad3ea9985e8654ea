//! Rules over all records of a run: groups by key, and records that name others.
//!
//! While records come in, each leaves a few bytes per rule: a hash of its key and its place. At the end of the run
//! these are sorted, on disk where they are many, and only the places that a finding needs are read again. So memory
//! does not grow with the number of records.

pub(crate) mod covered;
mod dangling;
mod emit;
pub(crate) mod external_sort;
mod group_violation;
pub(crate) mod groups;
mod headcount;
mod id_index;
pub(crate) mod join;
pub(crate) mod member_names;
pub(crate) mod reread;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use covered::{CoveredValue, TooManyValues};
use dangling::DanglingReference;
use dianjian_document::source::SourceFile;
use dianjian_document::tree::{Node, Tree};
use dianjian_rules::RuleBody;
use dianjian_rules::record::{KindIndex, Slot};
use emit::FindingEmitter;
use external_sort::{ExternalSortError, MergedRuns, SortedRun};
use group_violation::GroupViolation;
use groups::{GroupBounds, Groups, MemberRow, PackedPlace};
use id_index::IdIndex;
use join::{Join, PendingItem, Request, Target};
use reread::{PlaceLookup, SingleSource};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::check_record::group_member::KnownId;
use crate::check_record::named::UnsaidWork;
use crate::check_record::{CrossRecordInput, HeldFinding};
use crate::run::UnsaidCount;
use crate::side_files::SideFiles;
use crate::{Engine, Finding};

/// Ids of a kind kept for did-you-mean. In a run with more, a dangling reference may be reported without a suggestion, and
/// without the kind of the record that it names by mistake.
const MAX_KNOWN_IDS: usize = 10_000;

/// The first ids of a run by kind.
#[derive(Debug, Default)]
struct KnownIds {
    seen: FxHashSet<u64>,
    names: Vec<KnownId>,
    counts: FxHashMap<KindIndex, usize>,
}

impl KnownIds {
    fn add(&mut self, (kind, key, name): KnownId) {
        let count = self.counts.entry(kind).or_default();
        if *count < MAX_KNOWN_IDS && self.seen.insert(key) {
            *count += 1;
            self.names.push((kind, key, name));
        }
    }
}

/// All that a shard's records add to cross-record rules, sorted: what a partial stores.
pub(crate) struct CrossRecordRuns {
    pub groups: MergedRuns<MemberRow>,
    /// The bounds that `groups` names by index.
    pub bounds: Vec<GroupBounds>,
    /// Values that keys of a rule should have all of.
    pub covered: Vec<CoveredValue>,
    pub requests: MergedRuns<Request>,
    pub targets: MergedRuns<Target>,
    /// Members of groups among them name bounds by index, too.
    pub pending: MergedRuns<PendingItem>,
    pub ids: Vec<KnownId>,
}

/// What the records of a run add up to.
#[derive(Default)]
pub(crate) struct CrossRecordState {
    groups: Groups,
    join: Join,
    ids: KnownIds,
    /// Records by kind: a reference to a kind of which the run has no record at all is not dangling.
    records: Vec<usize>,
    /// Why nothing more is kept.
    failed: Option<ExternalSortError>,
}

impl CrossRecordState {
    pub(crate) fn new(engine: &Engine<'_>) -> Self {
        let memory = engine.tuning.memory;
        Self {
            groups: Groups::new(memory / 2),
            join: Join::new(memory / 2),
            records: vec![0; engine.pack.kinds.iter().count()],
            ..Self::default()
        }
    }

    /// Adds what a file, or a chunk of it, brings.
    pub(crate) fn add(&mut self, file: u32, input: CrossRecordInput) {
        for (seen, count) in self.records.iter_mut().zip(&input.records) {
            *seen += count;
        }
        if self.failed.is_none()
            && let Err(error) = self.keep(file, input)
        {
            self.failed = Some(error.into());
        }
    }

    fn keep(&mut self, file: u32, input: CrossRecordInput) -> io::Result<()> {
        for member in &input.group_members {
            self.groups.add(file, member)?;
        }
        input.covered.into_values().into_iter().for_each(|value| self.groups.covered.add(value));
        for record in &input.pending {
            self.join.add_pending(file, record, &mut self.groups)?;
        }
        for target in input.targets {
            self.join.add_target(file, target)?;
        }
        input.ids.into_iter().for_each(|id| self.ids.add(id));
        Ok(())
    }

    /// The indexes by which rows name these bounds here.
    pub(crate) fn bounds(&mut self, bounds: impl Iterator<Item = GroupBounds>) -> Vec<u32> {
        bounds.map(|bounds| self.groups.bounds_index(bounds)).collect()
    }

    /// Adds values that another shard kept.
    pub(crate) fn add_covered(&mut self, values: &[CoveredValue]) {
        values.iter().for_each(|value| self.groups.covered.add(value.clone()));
    }

    /// Adds what another shard kept.
    pub(crate) fn add_runs(
        &mut self,
        groups: SortedRun<MemberRow>,
        (requests, targets, pending): (SortedRun<Request>, SortedRun<Target>, SortedRun<PendingItem>),
        ids: &[KnownId],
    ) {
        self.groups.add_run(groups);
        self.join.add_runs(requests, targets, pending);
        ids.iter().for_each(|id| self.ids.add(id.clone()));
    }

    /// Everything that was kept, sorted.
    ///
    /// # Errors
    /// Temporary files could not be written or read again.
    pub(crate) fn into_runs(self) -> io::Result<CrossRecordRuns> {
        if let Some(error) = self.failed {
            return Err(io::Error::other(error));
        }
        let (groups, bounds, covered) = self.groups.into_runs()?;
        let (requests, targets, pending) = self.join.into_runs()?;
        let (covered, ids) = (covered.into_values(), self.ids.names);
        Ok(CrossRecordRuns { groups, bounds, covered, requests, targets, pending, ids })
    }

    /// The findings of cross-record rules on one source by itself, or on some of its documents; `open` passes these on.
    pub(crate) fn alone(
        engine: &Engine<'_>,
        source: &Arc<SourceFile>,
        side_files: &dyn SideFiles,
        (input, held): (CrossRecordInput, Vec<HeldFinding<Finding>>),
        open: impl FnMut(&mut Tree, &mut dyn FnMut(&Arc<SourceFile>, Node<'_>)),
    ) -> (Vec<Finding>, CrossRecordTotals) {
        let mut state = Self { records: vec![0; input.records.len()], ..Self::default() };
        state.add(0, input);
        let mut sink = AloneSink { findings: Vec::new(), held };
        // Without a memory limit nothing goes to disk, so nothing can fail.
        let mut places = SingleSource { source, open };
        let totals = state.emit(engine, side_files, &mut places, &mut sink).unwrap_or_default();
        (sink.findings, totals)
    }

    /// Sends the findings of a run to `sink`, each with the number of its file.
    ///
    /// # Errors
    /// Temporary files could not be written or read again: findings are missing.
    pub(crate) fn emit(
        mut self,
        engine: &Engine<'_>,
        side_files: &dyn SideFiles,
        places: &mut dyn PlaceLookup,
        sink: &mut dyn CrossRecordSink,
    ) -> Result<CrossRecordTotals, ExternalSortError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let memory = engine.tuning.memory;
        let mut emitter = FindingEmitter { engine, side_files, places, tree: Tree::new() };
        let joined = self.join.resolve(&mut emitter, &mut self.groups, &self.records, sink)?;
        let mut totals = joined.totals;
        let rules = &engine.rules().rules;
        let named = |rule: u32| Some(TooManyValues { rule: rules.get(rule as usize)?.info.id.clone() });
        totals.not_judged.extend(self.groups.covered.too_many().filter_map(named));
        let group = |rule: u32| match &rules.get(rule as usize)?.body {
            RuleBody::Group(group) => Some(group),
            _ => None,
        };
        let (mut broken, mut places) = (Vec::new(), 0);
        let mut tell = |broken: &mut Vec<GroupViolation>| {
            totals.not_found += emitter.groups(broken, &mut |file, finding| sink.finding(file, finding));
            broken.clear();
        };
        for violation in self.groups.violations(&group, memory / 4)? {
            let violation = violation?;
            places += 1 + violation.related().count();
            broken.push(violation);
            if places >= MAX_LABELLED {
                tell(&mut broken);
                places = 0;
            }
        }
        tell(&mut broken);
        let (mut ids, mut places) = (IdIndex::new(&self.ids.names), 0);
        let mut tell = |dangling: &mut Vec<DanglingReference>| {
            let not_found = emitter.references(dangling, &mut ids, &mut |file, finding| sink.finding(file, finding));
            dangling.clear();
            not_found
        };
        let mut dangling: Vec<DanglingReference> = Vec::new();
        for next in joined.dangling.sorted()? {
            let next = next?;
            places += 1 + next.targets.len();
            dangling.push(next);
            if places >= MAX_LABELLED {
                totals.not_found += tell(&mut dangling);
                places = 0;
            }
        }
        totals.not_found += tell(&mut dangling);
        Ok(totals)
    }
}

/// So many findings or places are labelled together: they are then read in order instead of back and forth (measured on a
/// million products that name 100,000 shops in CSV: more than 600 s with one at a time).
const MAX_LABELLED: usize = 16_384;

/// Receives what the end of a run finds.
pub(crate) trait CrossRecordSink {
    /// A finding, with the number of its file.
    fn finding(&mut self, file: usize, finding: Finding);
    /// A finding that was made before is one: the place of its record, and its number among those of the record.
    fn held(&mut self, place: PackedPlace, ordinal: u32);
}

/// Gathers the findings of one source.
struct AloneSink {
    findings: Vec<Finding>,
    held: Vec<HeldFinding<Finding>>,
}

impl CrossRecordSink for AloneSink {
    fn finding(&mut self, _file: usize, finding: Finding) {
        self.findings.push(finding);
    }

    fn held(&mut self, place: PackedPlace, ordinal: u32) {
        let is_meant = |held: &HeldFinding<Finding>| (held.start, held.ordinal) == (place.start(), ordinal);
        let at = self.held.iter().position(is_meant);
        self.findings.extend(at.map(|at| self.held.swap_remove(at).finding));
    }
}

impl CrossRecordTotals {
    /// Counts a record of which rules cannot judge because a field is unsaid.
    pub(crate) fn add_unsaid(&mut self, unsaid: UnsaidWork) {
        *self.unsaid.entry((unsaid.kind, unsaid.slot)).or_default() += unsaid.count();
    }
}

/// What the end of a run came to.
#[derive(Debug, Clone, Default)]
pub(crate) struct CrossRecordTotals {
    /// Places that were not found again: their findings are missing.
    pub not_found: usize,
    /// Records of which rules could not be decided, as a record that they name is not known.
    pub undecided: usize,
    /// Fields that records say neither themselves nor by others, by kind and field.
    pub unsaid: BTreeMap<(KindIndex, Slot), UnsaidCount>,
    /// Records that passed a rule once what they name was known.
    pub passed: usize,
    /// Rules that say nothing, as there is too much to keep for them.
    pub not_judged: Vec<TooManyValues>,
}
