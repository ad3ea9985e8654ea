//! Rules over all records of a run: groups by key, and references.
//!
//! While records come in, each leaves a few bytes per rule: a hash of its key and its place. At the end of the run
//! these are sorted, on disk where they are many, and only the places that a finding needs are read again. So memory
//! does not grow with the number of records.

mod emit;
pub(crate) mod external_sort;
mod group_violation;
pub(crate) mod groups;
pub(crate) mod reread;

use std::io::{self, Read};
use std::sync::Arc;

use dianjian_document::source::SourceFile;
use dianjian_document::tree::{Node, Tree};
use dianjian_rules::RuleBody;
use emit::FindingEmitter;
use external_sort::{ExternalSortError, ExternalSorter, MergedRuns, SortItem, SortedRun, read_bytes};
use groups::{GroupBounds, Groups, MemberRow, PackedPlace};
use reread::{PlaceLookup, SingleSource};
use rustc_hash::FxHashSet;

use crate::check_record::{CrossRecordInput, RecordReference};
use crate::side_files::SideFiles;
use crate::{Engine, Finding};

/// Ids kept for did-you-mean. In a run with more, a dangling reference may be reported without a suggestion.
const MAX_KNOWN_IDS: usize = 10_000;

/// A record that refers to another, sorted by the key of that other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reference {
    key: u64,
    from: DanglingReference,
}

/// A reference whose record was not found, or not yet; sorted as they are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct DanglingReference {
    place: PackedPlace,
    rule: u32,
}

impl SortItem for Reference {
    fn write(&self, out: &mut Vec<u8>) {
        self.key.write(out);
        self.from.write(out);
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        Ok(Self { key: u64::read(from)?, from: DanglingReference::read(from)? })
    }
}

impl SortItem for DanglingReference {
    fn write(&self, out: &mut Vec<u8>) {
        self.place.write(out);
        out.extend_from_slice(&self.rule.to_le_bytes());
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        Ok(Self { place: PackedPlace::read(from)?, rule: u32::from_le_bytes(read_bytes(from)?) })
    }
}

/// The first ids of a run, each with its reference key.
#[derive(Debug, Default)]
struct KnownIds {
    seen: FxHashSet<u64>,
    names: Vec<(u64, String)>,
}

impl KnownIds {
    fn add(&mut self, key: u64, name: String) {
        if self.names.len() < MAX_KNOWN_IDS && self.seen.insert(key) {
            self.names.push((key, name));
        }
    }
}

/// All that a shard's records add to cross-record rules, sorted: what a partial stores.
pub(crate) struct CrossRecordRuns {
    pub groups: MergedRuns<MemberRow>,
    /// The bounds that `groups` names by index.
    pub bounds: Vec<GroupBounds>,
    pub references: MergedRuns<Reference>,
    pub keys: MergedRuns<u64>,
    pub ids: Vec<(u64, String)>,
}

/// What the records of a run add up to.
#[derive(Default)]
pub(crate) struct CrossRecordState {
    groups: Groups,
    references: ExternalSorter<Reference>,
    keys: ExternalSorter<u64>,
    ids: KnownIds,
    /// Records by kind: a reference to a kind of which the run has no record at all is not dangling.
    records: Vec<usize>,
    /// Why nothing more is kept.
    failed: Option<ExternalSortError>,
}

impl CrossRecordState {
    pub(crate) fn new(engine: &Engine<'_>) -> Self {
        // There are far more members of groups than references.
        let memory = engine.tuning.memory;
        Self {
            groups: Groups::new(memory / 4 * 3),
            references: ExternalSorter::new(memory / 8),
            keys: ExternalSorter::new(memory / 8),
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
        for RecordReference { rule, key, start } in input.references {
            let from = DanglingReference { place: PackedPlace::new(file, start), rule };
            self.references.push(Reference { key, from })?;
        }
        for (key, id) in input.keys {
            self.keys.push(key)?;
            self.ids.add(key, id);
        }
        Ok(())
    }

    /// The indexes by which rows name these bounds here.
    pub(crate) fn bounds(&mut self, bounds: impl Iterator<Item = GroupBounds>) -> Vec<u32> {
        bounds.map(|bounds| self.groups.bounds_index(bounds)).collect()
    }

    /// Adds what another shard kept.
    pub(crate) fn add_runs(
        &mut self,
        groups: SortedRun<MemberRow>,
        references: SortedRun<Reference>,
        keys: SortedRun<u64>,
        ids: &[(u64, String)],
    ) {
        self.groups.add_run(groups);
        self.references.add_run(references);
        self.keys.add_run(keys);
        ids.iter().for_each(|(key, id)| self.ids.add(*key, id.clone()));
    }

    /// Everything that was kept, sorted.
    ///
    /// # Errors
    /// Temporary files could not be written or read again.
    pub(crate) fn into_runs(self) -> io::Result<CrossRecordRuns> {
        if let Some(error) = self.failed {
            return Err(io::Error::other(error));
        }
        let (groups, bounds) = self.groups.into_runs()?;
        let (references, keys) = (self.references.sorted()?, self.keys.sorted()?);
        Ok(CrossRecordRuns { groups, bounds, references, keys, ids: self.ids.names })
    }

    /// The findings of cross-record rules on one source by itself, or on some of its documents; `open` passes these on.
    pub(crate) fn alone(
        engine: &Engine<'_>,
        source: &Arc<SourceFile>,
        side_files: &dyn SideFiles,
        input: CrossRecordInput,
        open: impl FnMut(&mut Tree, &mut dyn FnMut(&Arc<SourceFile>, Node<'_>)),
    ) -> Vec<Finding> {
        let mut state = Self { records: vec![0; input.records.len()], ..Self::default() };
        state.add(0, input);
        let mut findings = Vec::new();
        // Without a memory limit nothing goes to disk, so nothing can fail.
        let mut places = SingleSource { source, open };
        let _ = state.emit(engine, side_files, &mut places, &mut |_, finding| findings.push(finding));
        findings
    }

    /// Sends the findings of a run to `sink`, each with the number of its file. Returns how many places were not found
    /// again.
    ///
    /// # Errors
    /// Temporary files could not be written or read again: findings are missing.
    pub(crate) fn emit(
        self,
        engine: &Engine<'_>,
        side_files: &dyn SideFiles,
        places: &mut dyn PlaceLookup,
        sink: &mut dyn FnMut(usize, Finding),
    ) -> Result<usize, ExternalSortError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let memory = engine.tuning.memory;
        let mut emitter = FindingEmitter { engine, side_files, places, tree: Tree::new() };
        let bodies = &engine.rules().rules;
        let group = |rule: u32| match &bodies.get(rule as usize)?.body {
            RuleBody::Group(group) => Some(group),
            _ => None,
        };
        let mut not_found = 0;
        // Groups take three quarters of the memory; their violations get what is left.
        for violation in self.groups.violations(&group, memory / 4)? {
            not_found += usize::from(!emitter.group(&violation?, sink));
        }
        let has_records =
            |reference: &DanglingReference| match &bodies.get(reference.rule as usize).map(|rule| &rule.body) {
                Some(RuleBody::Reference { kind, .. }) => self.records.get(*kind).is_some_and(|count| *count > 0),
                _ => false,
            };
        for reference in dangling(self.references, self.keys, &has_records, memory)?.sorted()? {
            not_found += usize::from(!emitter.reference(reference?, &self.ids.names, sink));
        }
        Ok(not_found)
    }
}

/// References that no record answers: a merge join of references and keys.
fn dangling(
    references: ExternalSorter<Reference>,
    keys: ExternalSorter<u64>,
    has_records: &dyn Fn(&DanglingReference) -> bool,
    memory: usize,
) -> io::Result<ExternalSorter<DanglingReference>> {
    let mut dangling = ExternalSorter::new(memory);
    let mut keys = keys.sorted()?;
    let mut key = keys.next().transpose()?;
    for reference in references.sorted()? {
        let reference = reference?;
        while key.is_some_and(|key| key < reference.key) {
            key = keys.next().transpose()?;
        }
        if key != Some(reference.key) && has_records(&reference.from) {
            dangling.push(reference.from)?;
        }
    }
    Ok(dangling)
}
