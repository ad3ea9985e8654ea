//! Checks a shard and writes its partial.

use std::io;
use std::path::Path;

use dianjian_base::in_order::{Consumer, in_order};
use dianjian_base::sha256_of_parts;
use dianjian_document::problem::Problem;
use dianjian_document::source::{Input, InputSource, MaterialUse};
use dianjian_document::tree::Format;
use serde::{Deserialize, Serialize};

use super::blocks::{BlockKind, DeflatedBlock, PartialWriter};
use super::sharding::Sharding;
use super::unit::{SavedTexts, SavedUnit, Unrendered, UnrenderedOutput};
use super::{PartialError, PartialHeader};
use crate::Engine;
use crate::cross_record::CrossRecordState;
use crate::ledger::FileLook;
use crate::run::{FileResult, UnitResult, UnitWorker, WorkUnit, produce};

/// All inputs of a run and the problems known before it begins; the same in every shard.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedInputs {
    pub files: Vec<SavedInput>,
    #[serde(rename = "told")]
    pub problems: SavedUnit,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedInput {
    pub name: String,
    pub bytes: u64,
    pub explicit: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub material: Option<MaterialUse>,
}

impl SavedInput {
    /// The input of the run. The file itself need not be there.
    pub(crate) fn load(&self) -> Input {
        let path = std::path::PathBuf::from(&self.name);
        let format = self.material.map_or_else(|| Format::of_path(&path), |_| Some(Format::Json));
        let (explicit, material) = (self.explicit, self.material);
        Input { name: self.name.clone(), source: InputSource::Path(path), format, explicit, material }
    }
}

/// The sizes of a run's inputs in bytes; 0 where a size is not known.
#[derive(Debug, Clone, Default)]
pub struct InputSizes(pub(crate) Vec<u64>);

impl InputSizes {
    /// The sizes on disk at this moment.
    pub fn of(inputs: &[Input]) -> Self {
        let size = |input: &Input| input.path().and_then(|path| std::fs::metadata(path).ok());
        Self(inputs.iter().map(|input| size(input).map_or(0, |file| file.len())).collect())
    }

    /// The sum of all sizes.
    pub fn total(&self) -> u64 {
        self.0.iter().fold(0, |sum, size| sum.saturating_add(*size))
    }

    /// A digest of the names and sizes of inputs: shards of one run must agree on it.
    pub fn digest(&self, inputs: &[Input]) -> String {
        let lines = inputs.iter().zip(&self.0).map(|(input, size)| format!("{size} {}\n", input.name));
        sha256_of_parts(lines)
    }
}

/// What a shard came to.
#[derive(Debug, Clone, Default)]
pub struct ShardSummary {
    /// Files of which it read at least a part.
    pub files: usize,
    /// Records that it checked.
    pub records: usize,
    /// Findings, without those of cross-record rules.
    pub findings: usize,
    /// What could not be read or checked.
    pub problems: usize,
    /// Whether it went to its end; only then there is a file.
    pub complete: bool,
}

impl Engine<'_> {
    /// Checks the shard that `header` names and writes its partial. `problems` are known before the run begins; the
    /// merged report begins with them. `wants_more` can stop the run and is called often.
    ///
    /// # Errors
    /// The partial or the temporary files of cross-record rules cannot be written.
    pub fn check_shard(
        &self,
        (inputs, sizes): (&[Input], &InputSizes),
        header: &PartialHeader,
        problems: &[Problem],
        path: &Path,
        progress: &(dyn Fn(u64) + Sync),
        wants_more: &mut dyn FnMut() -> bool,
    ) -> Result<ShardSummary, PartialError> {
        let failed =
            |error: io::Error| PartialError::Io { path: path.display().to_string(), reason: error.to_string() };
        let mut writer = PartialWriter::create(path, header).map_err(failed)?;
        let packed_inputs = packed_inputs(inputs, sizes, problems).map_err(failed)?;
        writer.put(BlockKind::Inputs, &packed_inputs, None).map_err(failed)?;
        let (cross_record, summary) = (CrossRecordState::new(self), ShardSummary::default());
        let mut shard = ShardWriter { writer, cross_record, summary, last_file: None, failed: None, wants_more };
        in_order(
            self.tuning.threads(),
            |send| produce(self, inputs, &sizes.0, Sharding::new(header.shard, sizes.0.iter().copied()), send),
            &|| {
                let mut worker = UnitWorker::new(self, inputs, &Unrendered, progress);
                worker.keeps_sources = true;
                move |unit: WorkUnit| EncodedUnit::of(worker.run(unit))
            },
            &mut shard,
        );
        let complete = shard.wants_more();
        let ShardWriter { mut writer, cross_record, mut summary, failed: error, .. } = shard;
        if let Some(error) = error {
            return Err(failed(error));
        }
        if complete {
            writer.index.homes = self.homes.saved();
            cross_record.save(&mut writer).and_then(|()| writer.finish()).map_err(failed)?;
        }
        summary.complete = complete;
        Ok(summary)
    }
}

fn packed_inputs(inputs: &[Input], sizes: &InputSizes, problems: &[Problem]) -> io::Result<DeflatedBlock> {
    let file = |(input, bytes): (&Input, &u64)| SavedInput {
        name: input.name.clone(),
        bytes: *bytes,
        explicit: input.explicit,
        material: input.material,
    };
    let files = inputs.iter().zip(&sizes.0).map(file).collect();
    let out = problems.iter().map(|problem| UnrenderedOutput::Problem(Box::new(problem.clone()))).collect();
    let problems = SavedUnit::of(&UnitResult { out, ..UnitResult::default() }, &|_| false);
    DeflatedBlock::of(&serde_json::to_vec(&SavedInputs { files, problems })?)
}

/// What came of a unit, encoded on the worker's thread.
struct EncodedUnit {
    unit: io::Result<DeflatedBlock>,
    /// The texts that merging reads again, and the input and byte with which they begin.
    texts: Option<(io::Result<DeflatedBlock>, (u32, u64))>,
    files: Vec<FileResult<UnrenderedOutput>>,
    findings: usize,
    problems: usize,
    lines: Option<(usize, u64)>,
}

impl EncodedUnit {
    fn of(mut done: UnitResult<UnrenderedOutput>) -> Self {
        let chunk_of = done.chunk_of.take();
        // Sources beside the inputs, such as scripts, are whole files: their lines count from the first.
        let relative = |name: &str| chunk_of.as_deref() == Some(name);
        let packed = |json: serde_json::Result<Vec<u8>>| DeflatedBlock::of(&json?);
        let unit = packed(serde_json::to_vec(&SavedUnit::of(&done, &relative)));
        let texts = SavedTexts::of(&done, &relative);
        let texts = texts.from().map(|from| (packed(serde_json::to_vec(&texts)), from));
        let findings = done.out.iter().filter(|out| matches!(out, UnrenderedOutput::Finding(_))).count();
        let problems = done.out.len() - findings;
        for file in &mut done.files {
            (file.source, file.look) = (None, FileLook::default());
            (file.doubts, file.once, file.held) = (Vec::new(), Vec::new(), Vec::new());
        }
        Self { unit, texts, files: done.files, findings, problems, lines: done.lines }
    }
}

/// The consumer of a shard: writes what units bring, in their order.
struct ShardWriter<'s> {
    writer: PartialWriter,
    cross_record: CrossRecordState,
    summary: ShardSummary,
    last_file: Option<usize>,
    failed: Option<io::Error>,
    wants_more: &'s mut dyn FnMut() -> bool,
}

impl ShardWriter<'_> {
    fn write(&mut self, unit: EncodedUnit) -> io::Result<()> {
        self.writer.put(BlockKind::Unit, &unit.unit?, None)?;
        if let Some((texts, from)) = unit.texts {
            self.writer.put(BlockKind::Texts, &texts?, Some(from))?;
        }
        if let Some((file, lines)) = unit.lines {
            self.writer.index.lines.push((u32::try_from(file).unwrap_or(u32::MAX), lines));
        }
        self.summary.findings += unit.findings;
        self.summary.problems += unit.problems;
        for file in unit.files {
            self.summary.files += usize::from(self.last_file.replace(file.file) != Some(file.file));
            self.summary.records += file.cross_record.records.iter().sum::<usize>();
            self.cross_record.add(u32::try_from(file.file).unwrap_or(u32::MAX), file.cross_record);
        }
        Ok(())
    }
}

impl Consumer<EncodedUnit> for ShardWriter<'_> {
    fn accept(&mut self, unit: EncodedUnit) {
        if self.failed.is_none() {
            self.failed = self.write(unit).err();
        }
    }

    fn wants_more(&mut self) -> bool {
        self.failed.is_none() && (self.wants_more)()
    }
}

impl CrossRecordState {
    fn save(self, writer: &mut PartialWriter) -> io::Result<()> {
        let runs = self.into_runs()?;
        (writer.index.bounds, writer.index.ids) = (runs.bounds, runs.ids);
        writer.index.covered = runs.covered;
        writer.put_items(BlockKind::Groups, runs.groups)?;
        writer.put_items(BlockKind::Requests, runs.requests)?;
        writer.put_items(BlockKind::Targets, runs.targets)?;
        writer.put_items(BlockKind::Pending, runs.pending)
    }
}
