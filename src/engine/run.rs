//! The run: inputs to units of work, workers, and the collector that puts results back in order.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::fleet::Fleet;
use super::judge::{Shared, check_source, drop_suppressed, unused_suppressions};
use super::scripts::FromDisk;
use super::suppress::Suppression;
use super::{Engine, Render};
use crate::document::{Format, Tree};
use crate::problem::Problem;
use crate::source::{self, Chunks, Input, InputSource, SourceError, SourceFile};

/// Files that a worker takes at a time: enough to make the hand-over cheap, few enough to share them out.
const FILES_A_UNIT: usize = 16;

/// So long a run is silent before its follower is told.
const SILENCE: Duration = Duration::from_millis(50);

/// Who takes what a run brings.
pub trait Follow<T> {
    /// Takes a finding or problem, in the order of the report.
    fn take(&mut self, out: T);
    /// Nothing has come for a moment.
    fn pause(&mut self) {}
    /// Is the rest of the run wanted? Asked all the time; after a `false` the run ends.
    fn goes_on(&mut self) -> bool {
        true
    }
}

/// One who wants everything and never waits.
struct Each<'s, T>(&'s mut dyn FnMut(T));

impl<T> Follow<T> for Each<'_, T> {
    fn take(&mut self, out: T) {
        (self.0)(out);
    }
}

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
enum Unit {
    /// Some files, with the number of the first.
    Files(usize, Vec<Input>),
    /// A part of a line-delimited file.
    Chunk(usize, Box<Result<SourceFile, SourceError>>),
}

/// What came of a unit.
struct Done<T> {
    files: Vec<FileDone>,
    out: Vec<T>,
    suppressed: usize,
    addresses: usize,
    idle: usize,
}

/// What a file (or a part of it) leaves for the end.
pub(super) struct FileDone {
    pub file: usize,
    /// For parts: where it begins.
    pub chunk: Option<ChunkPlace>,
    pub shared: Shared,
    pub suppressions: Vec<Suppression>,
}

/// Where a part of a line-delimited file lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChunkPlace {
    pub offset: u64,
    pub bytes: u64,
    pub line: u64,
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
        let threads = self.options.threads();
        let mut collector = Collector {
            engine: self,
            inputs,
            fleet: Fleet::new(self),
            totals: Totals::default(),
            file: None,
            suppressions: Vec::new(),
        };
        std::thread::scope(|scope| {
            let (work_in, work_out) = bounded::<(usize, Unit)>(threads * 2);
            let (done_in, done_out) = bounded::<(usize, Done<R::Out>)>(threads * 4);
            // At most this many units are under way, so that one slow unit does not let results pile up.
            let (token_in, token_out) = bounded::<()>(threads * 16);
            scope.spawn(move || produce(self, inputs, &work_in, &token_in));
            for _ in 0..threads {
                let (work, done) = (work_out.clone(), done_in.clone());
                scope.spawn(move || work_off(self, &work, &done, render, progress));
            }
            drop((work_out, done_in));
            // With its ends of the channels dropped, everybody stops.
            collector.collect(done_out, token_out, follower);
        });
        collector.finish(render, follower)
    }
}

fn produce(engine: &Engine<'_>, inputs: &[Input], work: &Sender<(usize, Unit)>, tokens: &Sender<()>) {
    let mut number = 0;
    let mut send = |unit: Unit| {
        let sent = tokens.send(()).is_ok() && work.send((number, unit)).is_ok();
        number += 1;
        sent
    };
    let mut batch: Vec<Input> = Vec::new();
    let mut first = 0;
    for (index, input) in inputs.iter().enumerate() {
        let chunked = matches!((&input.source, input.format), (InputSource::Path(_), Some(Format::NdJson)));
        if (chunked || batch.len() >= FILES_A_UNIT)
            && !batch.is_empty()
            && !send(Unit::Files(first, std::mem::take(&mut batch)))
        {
            return;
        }
        if !chunked {
            if batch.is_empty() {
                first = index;
            }
            batch.push(input.clone());
            continue;
        }
        let Some(path) = input.path() else { continue };
        let sent = match engine.options.overlay.get(path) {
            // A text that stands for the file is cut in the same way.
            Some(text) => {
                let chunks = Chunks::from_reader(&input.name, text.as_bytes(), engine.options.chunk_bytes);
                send_chunks(index, chunks.with_path(path), engine, &mut send)
            }
            None => match Chunks::open(path, engine.options.chunk_bytes) {
                Err(error) => send(Unit::Chunk(index, Box::new(Err(error)))),
                Ok(chunks) => send_chunks(index, chunks, engine, &mut send),
            },
        };
        if !sent {
            return;
        }
    }
    if !batch.is_empty() {
        send(Unit::Files(first, batch));
    }
}

/// Sends the parts of a line-delimited file; says whether they are still wanted.
fn send_chunks<F: std::io::Read>(
    index: usize,
    chunks: Chunks<F>,
    engine: &Engine<'_>,
    send: &mut dyn FnMut(Unit) -> bool,
) -> bool {
    let mut chunks = chunks.with_line_bytes(engine.options.limits.line_bytes);
    chunks.all(|chunk| send(Unit::Chunk(index, Box::new(chunk))))
}

fn work_off<R: Render>(
    engine: &Engine<'_>,
    work: &Receiver<(usize, Unit)>,
    done: &Sender<(usize, Done<R::Out>)>,
    render: &R,
    progress: &(dyn Fn(u64) + Sync),
) {
    let mut worker = Worker { engine, render, tree: Tree::new(), progress };
    for (number, unit) in work {
        let mut result = Done { files: Vec::new(), out: Vec::new(), suppressed: 0, addresses: 0, idle: 0 };
        match unit {
            Unit::Files(first, inputs) => {
                for (offset, input) in inputs.iter().enumerate() {
                    worker.file(first + offset, input, &mut result);
                }
            }
            Unit::Chunk(file, chunk) => worker.chunk(file, *chunk, &mut result),
        }
        if done.send((number, result)).is_err() {
            return;
        }
    }
}

struct Worker<'w, R> {
    engine: &'w Engine<'w>,
    render: &'w R,
    tree: Tree,
    progress: &'w (dyn Fn(u64) + Sync),
}

impl<R: Render> Worker<'_, R> {
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
        match chunk {
            Err(error) => self.unreadable(number, &error, done),
            Ok(source) => {
                let bytes = source.text().len() as u64;
                (self.progress)(bytes);
                let place = ChunkPlace { offset: source.base_offset(), bytes, line: source.base_line() };
                self.source(number, Arc::new(source), Format::NdJson, false, Some(place), done);
            }
        }
    }

    fn unreadable(&mut self, file: usize, error: &SourceError, done: &mut Done<R::Out>) {
        done.out.push(self.render.problem(source_problem(error)));
        done.files.push(FileDone { file, chunk: None, shared: Shared::default(), suppressions: Vec::new() });
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
        let checked = check_source(self.engine, &source, format, explicit, &scripts, &mut self.tree);
        done.suppressed += checked.suppressed;
        done.addresses += checked.addresses;
        done.idle += checked.idle;
        done.out.extend(checked.problems.into_iter().map(|problem| self.render.problem(problem)));
        done.out.extend(checked.findings.into_iter().map(|finding| self.render.finding(finding)));
        done.files.push(FileDone { file, chunk, shared: checked.shared, suppressions: checked.suppressions });
    }
}

/// Reads an input whole.
pub(super) fn read(input: &Input, engine: &Engine<'_>) -> Result<SourceFile, SourceError> {
    match &input.source {
        InputSource::Path(path) if engine.options.overlay.contains_key(path) => {
            let text = engine.options.overlay.get(path).map_or("", |text| &**text);
            Ok(SourceFile::new(&input.name, text).with_path(path))
        }
        InputSource::Path(path) => source::read(path, &engine.options.limits),
        // Standard input can be read but once, and rules over all records look at places again.
        InputSource::Stdin => {
            let read =
                || source::read_stdin(&input.name, &engine.options.limits).map(|source| Arc::from(source.into_text()));
            let text = engine.stdin.get_or_init(read).clone()?;
            Ok(SourceFile::new(&input.name, text.as_ref()))
        }
    }
}

/// A file that cannot be read, as a problem.
#[must_use]
pub fn source_problem(error: &SourceError) -> Problem {
    match error.excerpt() {
        Some((source, span)) => Problem::at(&Arc::new(source), span, error),
        None => Problem::in_file(error.name(), error),
    }
}

struct Collector<'c> {
    engine: &'c Engine<'c>,
    inputs: &'c [Input],
    fleet: Fleet,
    totals: Totals,
    /// The file that came last.
    file: Option<usize>,
    /// Suppressions of files that have some, until rules over all records are through.
    suppressions: Vec<(usize, Vec<Suppression>)>,
}

impl Collector<'_> {
    /// Takes results in the order of their numbers.
    fn collect<T>(&mut self, done: Receiver<(usize, Done<T>)>, tokens: Receiver<()>, follower: &mut dyn Follow<T>) {
        let mut waiting: BTreeMap<usize, Done<T>> = BTreeMap::new();
        let mut next = 0;
        while follower.goes_on() {
            match done.recv_timeout(SILENCE) {
                Ok((number, result)) => waiting.insert(number, result),
                Err(RecvTimeoutError::Timeout) => {
                    follower.pause();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            while let Some(result) = waiting.remove(&next) {
                next += 1;
                let _ = tokens.recv();
                self.totals.suppressed += result.suppressed;
                self.totals.addresses += result.addresses;
                self.totals.idle += result.idle;
                result.out.into_iter().for_each(|out| follower.take(out));
                for file in result.files {
                    self.file(file);
                }
            }
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
        self.fleet.add(done.file, done.chunk, done.shared);
    }

    /// Finishes rules over all records, then tells of suppressions that silenced nothing.
    fn finish<R: Render>(mut self, render: &R, follower: &mut dyn Follow<R::Out>) -> Totals {
        if !follower.goes_on() {
            return self.totals;
        }
        let as_of = self.engine.options.as_of;
        let fleet = std::mem::take(&mut self.fleet);
        let suppressions = &mut self.suppressions;
        let totals = &mut self.totals;
        let inputs = self.inputs;
        let scripts = FromDisk::of(self.engine);
        let finished = fleet.finish(self.engine, inputs, &scripts, &mut |file, finding| {
            let known = suppressions.iter_mut().find(|(number, _)| *number == file);
            let mut one = vec![finding];
            if let Some((_, suppressions)) = known {
                totals.suppressed += drop_suppressed(&mut one, suppressions, as_of, &inputs[file].name);
            }
            one.into_iter().for_each(|finding| follower.take(render.finding(finding)));
        });
        if let Err(error) = finished {
            follower.take(render.problem(Problem::in_file("", &error)));
        }
        for (file, suppressions) in &self.suppressions {
            let Some(source) = self.inputs.get(*file).and_then(|input| read(input, self.engine).ok()) else { continue };
            let findings = unused_suppressions(self.engine, &Arc::new(source), suppressions, &scripts);
            findings.into_iter().for_each(|finding| follower.take(render.finding(finding)));
        }
        self.totals.complete = true;
        self.totals
    }
}
