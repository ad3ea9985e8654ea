//! A share of a run, written as a partial.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::blocks::{Bound, Kind, Packed, Writer};
use super::unit::{Keep, Kept, SavedTexts, SavedUnit};
use super::{Header, PartialError};
use crate::Engine;
use crate::fleet::Fleet;
use crate::flow::{Follow, in_order};
use crate::judge::Memory;
use crate::run::{Done, FileDone, Unit, Worker, produce};
use crate::share::Division;
use dianjian_document::problem::Problem;
use dianjian_document::source::{Input, InputSource};
use dianjian_document::tree::{Format, Tree};

/// All inputs of a run with their sizes, and what was wrong with its arguments: the same for every share.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedInputs {
    pub files: Vec<SavedInput>,
    pub told: SavedUnit,
}

/// An input of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedInput {
    pub name: String,
    pub bytes: u64,
    pub explicit: bool,
}

impl SavedInput {
    /// As a run has it. The file itself need not be there.
    pub(super) fn load(&self) -> Input {
        let path = std::path::PathBuf::from(&self.name);
        let format = Format::of_path(&path);
        Input { name: self.name.clone(), source: InputSource::Path(path), format, explicit: self.explicit }
    }
}

/// The sizes of inputs in bytes, in their order; 0 where a size is not known.
#[derive(Debug, Clone, Default)]
pub struct Sizes(pub(super) Vec<u64>);

impl Sizes {
    /// Asks the disk.
    #[must_use]
    pub fn of(inputs: &[Input]) -> Self {
        let size = |input: &Input| input.path().and_then(|path| std::fs::metadata(path).ok());
        Self(inputs.iter().map(|input| size(input).map_or(0, |file| file.len())).collect())
    }

    /// All together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().fold(0, |sum, size| sum.saturating_add(*size))
    }

    /// Stands for names and sizes of inputs.
    #[must_use]
    pub fn digest(&self, inputs: &[Input]) -> String {
        let lines = inputs.iter().zip(&self.0).map(|(input, size)| format!("{size} {}\n", input.name));
        super::digest(lines)
    }
}

/// What a share came to.
#[derive(Debug, Clone, Default)]
pub struct Shared {
    /// Files of which it read at least a part.
    pub files: usize,
    /// Records that it checked.
    pub records: usize,
    /// Findings so far: rules over all records are not among them.
    pub findings: usize,
    /// Problems.
    pub problems: usize,
    /// Did it go to its end? Only then is there a file.
    pub complete: bool,
}

impl Engine<'_> {
    /// Checks a share of the inputs and writes what came of it. `told` is what is wrong before the run begins, which
    /// the merged report begins with; `goes_on` is asked all the time.
    ///
    /// # Errors
    /// The partial cannot be written, or what rules over all records need cannot be kept.
    pub fn share(
        &self,
        (inputs, sizes): (&[Input], &Sizes),
        header: &Header,
        told: &[Problem],
        path: &Path,
        progress: &(dyn Fn(u64) + Sync),
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<Shared, PartialError> {
        let failed =
            |error: io::Error| PartialError::Io { path: path.display().to_string(), reason: error.to_string() };
        let mut writer = Writer::create(path, header).map_err(failed)?;
        writer.put(Kind::Inputs, &packed_inputs(inputs, sizes, told).map_err(failed)?, None).map_err(failed)?;
        let mut sharer =
            Sharer { writer, fleet: Fleet::new(self), shared: Shared::default(), file: None, failed: None, goes_on };
        let division = Division::new(header.share, sizes.0.iter().copied());
        in_order(
            self.options.threads(),
            |send| produce(self, inputs, &sizes.0, division, send),
            &|| {
                let (tree, memory) = (Tree::new(), Memory::default());
                let mut worker = Worker { engine: self, inputs, render: &Keep, tree, memory, progress, keeps: true };
                move |unit: Unit| Saved::of(worker.unit(unit))
            },
            &mut sharer,
        );
        let complete = sharer.goes_on();
        let Sharer { mut writer, fleet, mut shared, failed: error, .. } = sharer;
        if let Some(error) = error {
            return Err(failed(error));
        }
        if complete {
            writer.end.homes = self.homes.kept();
            fleet.save(&mut writer).and_then(|()| writer.finish()).map_err(failed)?;
        }
        shared.complete = complete;
        Ok(shared)
    }
}

fn packed_inputs(inputs: &[Input], sizes: &Sizes, told: &[Problem]) -> io::Result<Packed> {
    let file = |(input, bytes): (&Input, &u64)| SavedInput {
        name: input.name.clone(),
        bytes: *bytes,
        explicit: input.explicit,
    };
    let out = told.iter().map(|problem| Kept::Problem(Box::new(problem.clone()))).collect();
    let told = SavedUnit::of(&Done { out, ..Done::default() }, &|_| false);
    Packed::of(&serde_json::to_vec(&SavedInputs { files: inputs.iter().zip(&sizes.0).map(file).collect(), told })?)
}

/// What came of a unit, ready to be written.
struct Saved {
    unit: io::Result<Packed>,
    texts: Option<(io::Result<Packed>, (u32, u64))>,
    files: Vec<FileDone>,
    findings: usize,
    problems: usize,
    lines: Option<(usize, u64)>,
}

impl Saved {
    fn of(mut done: Done<Kept>) -> Self {
        let part = done.part.take();
        // Sources beside the inputs (scripts) are whole files.
        let relative = |name: &str| part.as_deref() == Some(name);
        let packed = |json: serde_json::Result<Vec<u8>>| Packed::of(&json?);
        let unit = packed(serde_json::to_vec(&SavedUnit::of(&done, &relative)));
        let texts = SavedTexts::of(&done, &relative);
        let from = texts.from();
        let texts = from.map(|from| (packed(serde_json::to_vec(&texts)), from));
        let findings = done.out.iter().filter(|out| matches!(out, Kept::Finding(_))).count();
        let problems = done.out.len() - findings;
        done.files.iter_mut().for_each(|file| file.source = None);
        Self { unit, texts, files: done.files, findings, problems, lines: done.lines }
    }
}

/// Writes what units leave, in their order.
struct Sharer<'s> {
    writer: Writer,
    fleet: Fleet,
    shared: Shared,
    /// The file that came last.
    file: Option<usize>,
    failed: Option<io::Error>,
    goes_on: &'s mut dyn FnMut() -> bool,
}

impl Sharer<'_> {
    fn write(&mut self, saved: Saved) -> io::Result<()> {
        self.writer.put(Kind::Unit, &saved.unit?, None)?;
        if let Some((texts, from)) = saved.texts {
            self.writer.put(Kind::Texts, &texts?, Some(from))?;
        }
        if let Some((file, lines)) = saved.lines {
            self.writer.end.lines.push((u32::try_from(file).unwrap_or(u32::MAX), lines));
        }
        self.shared.findings += saved.findings;
        self.shared.problems += saved.problems;
        for file in saved.files {
            self.shared.files += usize::from(self.file.replace(file.file) != Some(file.file));
            self.shared.records += file.shared.records.iter().sum::<usize>();
            self.fleet.add(u32::try_from(file.file).unwrap_or(u32::MAX), file.shared);
        }
        Ok(())
    }
}

impl Follow<Saved> for Sharer<'_> {
    fn take(&mut self, saved: Saved) {
        if self.failed.is_none() {
            self.failed = self.write(saved).err();
        }
    }

    fn goes_on(&mut self) -> bool {
        self.failed.is_none() && (self.goes_on)()
    }
}

impl Fleet {
    /// Writes what rules over all records keep.
    fn save(self, writer: &mut Writer) -> io::Result<()> {
        let parts = self.into_parts()?;
        let bound = |bound: Option<rust_decimal::Decimal>| bound.map(Bound);
        writer.end.bounds = parts.bounds.iter().map(|(min, max)| (bound(*min), bound(*max))).collect();
        writer.end.ids = parts.ids;
        writer.put_items(Kind::Groups, parts.groups)?;
        writer.put_items(Kind::Uses, parts.uses)?;
        writer.put_items(Kind::Keys, parts.keys)
    }
}
