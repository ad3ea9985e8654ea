//! A run: inputs become units of work, workers check them, one collector puts the results back in order.

mod collector;
pub(crate) mod lists;
mod material;
mod produce;
mod tables;
mod workbooks;
mod worker;

use std::collections::BTreeMap;

pub(crate) use collector::RunCollector;
use dianjian_base::in_order::{Consumer, ForEach, in_order};
use dianjian_document::source::{self, Input, InputSource, SourceError, SourceFile};
use dianjian_rules::record::{KindIndex, Slot};
pub(crate) use produce::{WorkUnit, produce};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
pub(crate) use tables::unknown_table;
pub use workbooks::REPORT_CREATOR;
pub(crate) use worker::{ChunkLocation, FileResult, UnitResult, UnitWorker, format_of_chunk};

use crate::cross_record::reread::InputLookup;
use crate::ledger::Ledger;
use crate::shards::sharding::Sharding;
use crate::side_files::DiskSideFiles;
use crate::{Engine, Render};

/// What a run has read, and what it counted without reporting it.
#[derive(Debug, Clone, Default)]
pub struct RunTotals {
    /// Files that were read, at least in part.
    pub files: usize,
    /// How many records were checked, by the names of their kinds.
    pub records: BTreeMap<String, usize>,
    /// Occurrences that are no findings.
    pub counts: SilentCounts,
    /// What was looked at.
    pub looked_at: Ledger,
    /// Whether the run went to its end; it does not if its consumer wanted no more.
    pub complete: bool,
}

/// What is counted instead of being reported one by one.
#[derive(Debug, Clone, Default)]
pub struct SilentCounts {
    /// Findings silenced by comments.
    pub suppressed: usize,
    /// Pictures that exports name by address, which were not scanned.
    pub addresses: usize,
    /// Answers of the platform that hold nothing to check.
    pub nothing_to_check: usize,
    /// Rows of tables that add up others.
    pub totals: usize,
    /// Records to which rules were not applied because a field is unsaid, by kind and field.
    pub unsaid: BTreeMap<(KindIndex, Slot), UnsaidCount>,
    /// What is of other platforms.
    pub outside: OutsideCounts,
}

/// Records of which rules could not judge because a field is unsaid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnsaidCount {
    /// Records.
    pub records: usize,
    /// Those of them that are rows of tables.
    pub rows: usize,
    /// The most rules that could not judge one of them.
    pub rules: usize,
}

impl std::ops::AddAssign for UnsaidCount {
    fn add_assign(&mut self, other: Self) {
        self.records += other.records;
        self.rows += other.rows;
        self.rules = self.rules.max(other.rules);
    }
}

/// Records that say themselves that they are of other platforms, to which the platform's rules do not apply.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutsideCounts {
    /// Shops.
    pub shops: usize,
    /// Records of other kinds, such as rows of a list of products; what lies in a shop is not among them.
    pub others: usize,
}

impl OutsideCounts {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl std::ops::AddAssign for SilentCounts {
    fn add_assign(&mut self, other: Self) {
        self.suppressed += other.suppressed;
        self.addresses += other.addresses;
        self.nothing_to_check += other.nothing_to_check;
        self.totals += other.totals;
        other.unsaid.into_iter().for_each(|(field, count)| *self.unsaid.entry(field).or_default() += count);
        self.outside.shops += other.outside.shops;
        self.outside.others += other.outside.others;
    }
}

impl Engine<'_> {
    /// Checks inputs. `sink` receives what `render` makes of findings and problems, in the order of the inputs and of
    /// the places in them; the findings of cross-record rules come last. `progress` is called with bytes read.
    pub fn run<R: Render>(
        &self,
        inputs: &[Input],
        render: &R,
        progress: &(dyn Fn(u64) + Sync),
        sink: &mut dyn FnMut(R::Out),
    ) -> RunTotals {
        self.run_with(inputs, render, progress, &mut ForEach(sink))
    }

    /// Like [`Self::run`], for a consumer that can stop the run or needs to know when it is waiting.
    pub fn run_with<R: Render>(
        &self,
        inputs: &[Input],
        render: &R,
        progress: &(dyn Fn(u64) + Sync),
        consumer: &mut dyn Consumer<R::Out>,
    ) -> RunTotals {
        let problem = |problem| render.problem(problem);
        let finding = |finding| render.finding(finding);
        let mut collector = RunCollector::new(self, inputs, (&problem, &finding), consumer);
        in_order(
            self.tuning.threads(),
            |send| produce(self, inputs, &[], Sharding::none(), send),
            &|| {
                let mut worker = UnitWorker::new(self, inputs, render, progress);
                move |unit| worker.run(unit)
            },
            &mut collector,
        );
        let mut places = InputLookup::new(self, inputs, std::mem::take(&mut collector.chunks));
        collector.finish(render, &mut places, &DiskSideFiles::of(self))
    }
}

/// Reads an input whole.
pub(crate) fn read(input: &Input, engine: &Engine<'_>) -> Result<SourceFile, SourceError> {
    if let Some(format) = tables::table_format(input, engine) {
        return tables::read(input, format, engine);
    }
    if let (Some(of), Some(path)) = (input.material, input.path()) {
        return Ok(material::record(&input.name, path, of));
    }
    match &input.source {
        InputSource::Path(path) => {
            let source = source::read_in(&engine.environment.files, path, &engine.policy.limits)?;
            Ok(source.with_name(&input.name))
        }
        InputSource::Stdin => {
            let limit = engine.policy.limits.file_bytes;
            source::from_bytes(&input.name, engine.stdin.whole(&input.name, limit)?)
        }
    }
}
