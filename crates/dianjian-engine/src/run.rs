//! The run: inputs to units of work, workers, and the collector that puts results back in order.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::fleet::Fleet;
use super::flow::{Each, Follow, in_order};
use super::judge::{Memory, Shared, check_source, drop_suppressed, unused_suppressions};
use super::places::{Inputs, LostPlaces, Places};
use super::scripts::{Beside, FromDisk};
use super::share::{Division, Share};
use super::suppress::Suppression;
use super::{Engine, Render, tables, workbooks};
use dianjian_base::lang::Localized;
use dianjian_document::problem::Problem;
use dianjian_document::source::{self, Chunks, Input, InputSource, SourceError, SourceFile, Table};
use dianjian_document::tree::{Format, Tree};

/// Files that a worker takes at a time: enough to make the hand-over cheap, few enough to share them out.
const FILES_A_UNIT: usize = 16;

/// What a run has read.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    /// Files read.
    pub files: usize,
    /// Records by kind.
    pub records: BTreeMap<String, usize>,
    /// Findings silenced by comments.
    pub suppressed: usize,
    /// Pictures of exports that are addresses, at which nobody looked.
    pub addresses: usize,
    /// Did the run go to its end? Not if its follower had enough.
    pub complete: bool,
    /// Answers of the platform that hold nothing to be checked.
    pub idle: usize,
}

/// One piece of work.
pub(super) enum Unit {
    /// Some files with their numbers.
    Files(Vec<(usize, Input)>),
    /// A part of a line-delimited file, or of a table.
    Chunk(usize, Box<Result<SourceFile, SourceError>>),
    /// A file that is read in parts, but cannot be opened, or not be read at all.
    Unopened(usize, SourceError),
    /// So many lines were in the parts of a line-delimited file.
    Lines(usize, u64),
}

/// What came of a unit.
#[derive(Debug)]
pub(super) struct Done<T> {
    pub files: Vec<FileDone>,
    pub out: Vec<T>,
    pub suppressed: usize,
    pub addresses: usize,
    pub idle: usize,
    /// The file of which the unit is a part whose lines are counted from where the share's reading began.
    pub part: Option<String>,
    /// The file that cannot be opened.
    pub unopened: Option<usize>,
    /// How many lines were in the parts of a file.
    pub lines: Option<(usize, u64)>,
}

impl<T> Default for Done<T> {
    fn default() -> Self {
        Self {
            files: Vec::new(),
            out: Vec::new(),
            suppressed: 0,
            addresses: 0,
            idle: 0,
            part: None,
            unopened: None,
            lines: None,
        }
    }
}

/// What a file (or a part of it) leaves for the end.
#[derive(Debug, Default)]
pub(super) struct FileDone {
    pub file: usize,
    /// For parts: where it begins.
    pub chunk: Option<ChunkPlace>,
    /// What was read, where that is wanted.
    pub source: Option<Arc<SourceFile>>,
    pub shared: Shared,
    pub suppressions: Vec<Suppression>,
}

/// Where a part of a line-delimited file, or of a table, lies.
#[derive(Debug, Clone)]
pub(super) struct ChunkPlace {
    pub offset: u64,
    pub bytes: u64,
    pub line: u64,
    /// The table that it is a part of, and how many of its records lie before it.
    pub table: Option<(Arc<Table>, u64)>,
}

impl Engine<'_> {
    /// Checks inputs. `sink` is given what `render` makes of findings and problems, in the order of the
    /// inputs and the places in them; rules over all records come last. `progress` is told the bytes read.
    pub fn run<R: Render>(
        &self,
        inputs: &[Input],
        render: &R,
        progress: &(dyn Fn(u64) + Sync),
        sink: &mut dyn FnMut(R::Out),
    ) -> Totals {
        self.follow(inputs, render, progress, &mut Each(sink))
    }

    /// As [`Self::run`], for one who may have enough before the end.
    pub fn follow<R: Render>(
        &self,
        inputs: &[Input],
        render: &R,
        progress: &(dyn Fn(u64) + Sync),
        follower: &mut dyn Follow<R::Out>,
    ) -> Totals {
        let mut collector = Collector::new(self, inputs, follower);
        let division = Division::new(Share::WHOLE, std::iter::empty());
        in_order(
            self.options.threads(),
            |send| produce(self, inputs, &[], division, send),
            &|| {
                let (tree, memory) = (Tree::new(), Memory::default());
                let mut worker = Worker { engine: self, inputs, render, tree, memory, progress, keeps: false };
                move |unit| worker.unit(unit)
            },
            &mut collector,
        );
        let mut places = Inputs::new(self, inputs, std::mem::take(&mut collector.chunks));
        collector.finish(render, &mut places, &FromDisk::of(self))
    }
}

/// Makes the units of a share. Sizes of the inputs are asked for only where there are several shares.
pub(super) fn produce(
    engine: &Engine<'_>,
    inputs: &[Input],
    sizes: &[u64],
    mut division: Division,
    send: &mut dyn FnMut(Unit) -> bool,
) {
    let mut batch: Vec<(usize, Input)> = Vec::new();
    for (index, input) in inputs.iter().enumerate() {
        let size = sizes.get(index).copied().unwrap_or_default();
        let table = tables::table_format(input, engine);
        let chunked =
            table.is_some() || matches!((&input.source, input.format), (InputSource::Path(_), Some(Format::NdJson)));
        if (chunked || batch.len() >= FILES_A_UNIT)
            && !batch.is_empty()
            && !send(Unit::Files(std::mem::take(&mut batch)))
        {
            return;
        }
        if table == Some(Format::Workbook) {
            if division.takes_file(size) && !workbooks::send((index, input), engine, send) {
                return;
            }
            continue;
        }
        if !chunked {
            if division.takes_file(size) {
                batch.push((index, input.clone()));
            }
            continue;
        }
        let part = division.part_of_file(size, engine.options.chunk_bytes as u64);
        if part.is_empty() {
            continue;
        }
        if let Some(format) = table {
            if !send_table((index, input), format, part, engine, send) {
                return;
            }
            continue;
        }
        let Some(path) = input.path() else { continue };
        let sent = match Chunks::open_part(&engine.options.files, path, engine.options.chunk_bytes, part) {
            Err(error) => send(Unit::Unopened(index, error)),
            Ok(chunks) => send_chunks(index, chunks, engine, send),
        };
        if !sent {
            return;
        }
    }
    if !batch.is_empty() {
        send(Unit::Files(batch));
    }
}

/// Sends those parts of a table that begin in a share; says whether they are still wanted.
fn send_table(
    (index, input): (usize, &Input),
    format: Format,
    share: Range<u64>,
    engine: &Engine<'_>,
    send: &mut dyn FnMut(Unit) -> bool,
) -> bool {
    let headings = |rows: &[Vec<String>]| engine.header(rows);
    let chunks = match tables::open(input, format, engine, &headings) {
        Ok(chunks) => chunks,
        Err(error) => return send(Unit::Unopened(index, error)),
    };
    let mut is_empty = true;
    for chunk in chunks {
        is_empty = false;
        // Of a table that nobody knows the beginning says enough.
        let is_unknown = |chunk: &SourceFile| chunk.table().is_some_and(|table| table.header.mapping.is_none());
        let is_last = chunk.as_ref().is_ok_and(is_unknown);
        let at = chunk.as_ref().map_or_else(|error| error.position().map(|at| at.offset), |c| Some(c.base_offset()));
        let sent = match (at, chunk) {
            (None, Err(error)) => send(Unit::Unopened(index, error)),
            (at, chunk) => !at.is_some_and(|at| share.contains(&at)) || send(Unit::Chunk(index, Box::new(chunk))),
        };
        if !sent {
            return false;
        }
        if is_last || at.is_some_and(|at| at >= share.end) {
            break;
        }
    }
    let nothing = || SourceFile::new(&input.name, "");
    !is_empty || share.start > 0 || send(Unit::Chunk(index, Box::new(Ok(nothing()))))
}

/// Sends the parts of a line-delimited file; says whether they are still wanted.
fn send_chunks<F: std::io::Read>(
    index: usize,
    chunks: Chunks<F>,
    engine: &Engine<'_>,
    send: &mut dyn FnMut(Unit) -> bool,
) -> bool {
    let mut chunks = chunks.with_line_bytes(engine.options.limits.line_bytes);
    let sent = chunks.by_ref().all(|chunk| send(Unit::Chunk(index, Box::new(chunk))));
    sent && send(Unit::Lines(index, chunks.lines()))
}

/// Works units off, one after another.
pub(super) struct Worker<'w, R> {
    pub engine: &'w Engine<'w>,
    pub inputs: &'w [Input],
    pub render: &'w R,
    pub tree: Tree,
    pub memory: Memory,
    pub progress: &'w (dyn Fn(u64) + Sync),
    /// Are sources kept until their results are taken?
    pub keeps: bool,
}

impl<R: Render> Worker<'_, R> {
    /// Reads and checks what the unit holds.
    pub(super) fn unit(&mut self, unit: Unit) -> Done<R::Out> {
        let mut done = Done::default();
        match unit {
            Unit::Files(inputs) => inputs.iter().for_each(|(number, input)| self.file(*number, input, &mut done)),
            Unit::Chunk(number, chunk) => self.chunk(number, *chunk, &mut done),
            Unit::Unopened(number, error) => {
                self.unreadable(number, &error, &mut done);
                done.unopened = Some(number);
            }
            Unit::Lines(number, lines) => done.lines = Some((number, lines)),
        }
        done
    }

    fn file(&mut self, number: usize, input: &Input, done: &mut Done<R::Out>) {
        match read(input, self.engine) {
            Err(error) => self.unreadable(number, &error, done),
            Ok(source) => {
                (self.progress)(source.text().len() as u64);
                let format = Format::resolve(input.format, source.text());
                self.source(number, Arc::new(source), format, input.explicit, None, done);
            }
        }
    }

    fn chunk(&mut self, number: usize, chunk: Result<SourceFile, SourceError>, done: &mut Done<R::Out>) {
        if self.inputs.get(number).is_some_and(|input| input.format == Some(Format::NdJson)) {
            let name = chunk
                .as_ref()
                .map_or_else(|error| SourceFile::new(error.name(), "").shared_name(), SourceFile::shared_name);
            done.part = Some(name.to_string());
        }
        match chunk {
            Err(error) => self.unreadable(number, &error, done),
            Ok(source) => {
                let bytes = source.text().len() as u64;
                (self.progress)(bytes);
                let table = source.table().map(|table| (Arc::clone(table), source.first_record()));
                let place = ChunkPlace { offset: source.base_offset(), bytes, line: source.base_line(), table };
                let explicit = place.table.is_some() && self.inputs.get(number).is_some_and(|input| input.explicit);
                let format = if place.table.is_some() { Format::Csv } else { Format::NdJson };
                self.source(number, Arc::new(source), format, explicit, Some(place), done);
            }
        }
    }

    fn unreadable(&mut self, file: usize, error: &SourceError, done: &mut Done<R::Out>) {
        done.out.push(self.render.problem(source_problem(error)));
        done.files.push(FileDone { file, ..FileDone::default() });
    }

    fn source(
        &mut self,
        file: usize,
        source: Arc<SourceFile>,
        format: Format,
        explicit: bool,
        chunk: Option<ChunkPlace>,
        done: &mut Done<R::Out>,
    ) {
        let scripts = FromDisk::of(self.engine);
        let checked = check_source(self.engine, &source, format, explicit, &scripts, &mut self.tree, &mut self.memory);
        done.suppressed += checked.suppressed;
        done.addresses += checked.addresses;
        done.idle += checked.idle;
        done.out.extend(checked.problems.into_iter().map(|problem| self.render.problem(problem)));
        done.out.extend(checked.findings.into_iter().map(|finding| self.render.finding(finding)));
        let (shared, suppressions) = (checked.shared, checked.suppressions);
        let source = self.keeps.then_some(source);
        done.files.push(FileDone { file, chunk, source, shared, suppressions });
    }
}

/// Reads an input whole.
pub(super) fn read(input: &Input, engine: &Engine<'_>) -> Result<SourceFile, SourceError> {
    if let Some(format) = tables::table_format(input, engine) {
        return tables::read(input, format, engine);
    }
    match &input.source {
        InputSource::Path(path) => source::read_in(&engine.options.files, path, &engine.options.limits),
        InputSource::Stdin => source::from_bytes(&input.name, engine.stdin(input)?.to_vec()),
    }
}

/// A file that cannot be read, as a problem.
#[must_use]
pub fn source_problem(error: &SourceError) -> Problem {
    match error.excerpt() {
        Some((source, span)) => Problem::at(&Arc::new(source), span, error),
        None => Problem { sheet: error.sheet(), ..Problem::in_file(error.name(), error) },
    }
}

/// Gathers what units leave for the end, and passes on the rest.
pub(super) struct Collector<'c, T> {
    engine: &'c Engine<'c>,
    inputs: &'c [Input],
    follower: &'c mut dyn Follow<T>,
    pub fleet: Fleet,
    /// The parts of files that are read in parts.
    pub chunks: FxHashMap<u32, Vec<ChunkPlace>>,
    totals: Totals,
    /// The file that came last.
    file: Option<usize>,
    /// The file that could not be opened last.
    unopened: Option<usize>,
    /// Suppressions of files that have some, until rules over all records are through.
    suppressions: Vec<(usize, Vec<Suppression>)>,
}

impl<T> Follow<Done<T>> for Collector<'_, T> {
    fn take(&mut self, done: Done<T>) {
        // Every share of a file that cannot be opened tells so.
        if done.unopened.is_some() && done.unopened == self.unopened {
            return;
        }
        self.unopened = done.unopened.or(self.unopened);
        self.totals.suppressed += done.suppressed;
        self.totals.addresses += done.addresses;
        self.totals.idle += done.idle;
        done.out.into_iter().for_each(|out| self.follower.take(out));
        done.files.into_iter().for_each(|file| self.file(file));
    }

    fn pause(&mut self) {
        self.follower.pause();
    }

    fn goes_on(&mut self) -> bool {
        self.follower.goes_on()
    }
}

impl<'c, T> Collector<'c, T> {
    pub(super) fn new(engine: &'c Engine<'c>, inputs: &'c [Input], follower: &'c mut dyn Follow<T>) -> Self {
        Self {
            engine,
            inputs,
            follower,
            fleet: Fleet::new(engine),
            chunks: FxHashMap::default(),
            totals: Totals::default(),
            file: None,
            unopened: None,
            suppressions: Vec::new(),
        }
    }

    fn file(&mut self, done: FileDone) {
        if self.file.replace(done.file) != Some(done.file) {
            self.totals.files += 1;
        }
        for (kind, count) in self.engine.pack.kinds.iter().zip(&done.shared.records) {
            if *count > 0 {
                *self.totals.records.entry(kind.name.to_string()).or_default() += count;
            }
        }
        if !done.suppressions.is_empty() {
            self.suppressions.push((done.file, done.suppressions));
        }
        let file = u32::try_from(done.file).unwrap_or(u32::MAX);
        if let Some(chunk) = done.chunk {
            self.chunks.entry(file).or_default().push(chunk);
        }
        self.fleet.add(file, done.shared);
    }

    /// Finishes rules over all records, then tells of suppressions that silenced nothing.
    pub(super) fn finish<R: Render<Out = T>>(
        mut self,
        render: &R,
        places: &mut dyn Places,
        scripts: &dyn Beside,
    ) -> Totals {
        if !self.follower.goes_on() {
            return self.totals;
        }
        let as_of = self.engine.options.as_of;
        let fleet = std::mem::take(&mut self.fleet);
        let (suppressions, totals, inputs) = (&mut self.suppressions, &mut self.totals, self.inputs);
        let follower = &mut *self.follower;
        let finished = fleet.tell(self.engine, scripts, places, &mut |file, finding| {
            let known = suppressions.iter_mut().find(|(number, _)| *number == file);
            let mut one = vec![finding];
            if let Some((_, suppressions)) = known {
                totals.suppressed += drop_suppressed(&mut one, suppressions, as_of, &inputs[file].name);
            }
            one.into_iter().for_each(|finding| follower.take(render.finding(finding)));
        });
        let lost = finished.map(|places| (places > 0).then_some(LostPlaces { places }));
        let wrong: Option<&dyn Localized> = match &lost {
            Ok(lost) => lost.as_ref().map(|lost| lost as &dyn Localized),
            Err(error) => Some(error),
        };
        wrong.into_iter().for_each(|error| follower.take(render.problem(Problem::in_file("", error))));
        for (file, suppressions) in &self.suppressions {
            let file = u32::try_from(*file).unwrap_or(u32::MAX);
            let Some(source) = places.file(file) else { continue };
            let findings = unused_suppressions(self.engine, &source, suppressions, scripts);
            findings.into_iter().for_each(|finding| follower.take(render.finding(finding)));
        }
        self.totals.complete = true;
        self.totals
    }
}
