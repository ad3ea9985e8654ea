//! What a thread does with a unit of work: read, parse, check, render.

use std::path::Path;
use std::sync::Arc;

use dianjian_base::lang::Localized;
use dianjian_document::problem::Problem;
use dianjian_document::source::{CsvTable, Input, ListPiece, SourceError, SourceFile};
use dianjian_document::tree::Format;

use super::produce::WorkUnit;
use super::{SilentCounts, read};
use crate::check_record::source::{CheckScratch, SourceScope, check_source};
use crate::check_record::{CrossRecordInput, HeldFinding};
use crate::ledger::{FileLook, LookedAt};
use crate::side_files::DiskSideFiles;
use crate::suppress::Suppression;
use crate::{Engine, Finding, Render};

/// What came of a unit.
#[derive(Debug)]
pub(crate) struct UnitResult<T> {
    pub files: Vec<FileResult<T>>,
    pub out: Vec<T>,
    pub counts: SilentCounts,
    /// The line-delimited file that the unit is a chunk of: its lines are counted from where the shard began to read.
    pub chunk_of: Option<String>,
    /// The file that could not be opened.
    pub unopened: Option<usize>,
    /// A file's number and how many lines its chunks have had.
    pub lines: Option<(usize, u64)>,
}

// Derived, it would ask for `T: Default`.
impl<T> Default for UnitResult<T> {
    fn default() -> Self {
        let (files, out, counts) = Default::default();
        Self { files, out, counts, chunk_of: None, unopened: None, lines: None }
    }
}

/// What a file, or a chunk of it, leaves for the end of the run.
#[derive(Debug)]
pub(crate) struct FileResult<T> {
    pub file: usize,
    pub chunk: Option<ChunkLocation>,
    /// The text, where the worker keeps it.
    pub source: Option<Arc<SourceFile>>,
    pub cross_record: CrossRecordInput,
    /// Findings that are made only if what their records name allows it.
    pub held: Vec<HeldFinding<T>>,
    pub suppressions: Vec<Suppression>,
    /// What was looked at.
    pub look: FileLook,
    /// What is to be said of documents that nothing reads, if the file turns out to be ours.
    pub doubts: Vec<T>,
    /// Findings that the file has once, each with what it is about.
    pub once: Vec<(String, Finding)>,
    /// Whether it is a piece of a list: what the list has once is put together at its end.
    pub is_list: bool,
}

// Derived, it would ask for `T: Default`.
impl<T> Default for FileResult<T> {
    fn default() -> Self {
        let (file, chunk, source, cross_record, suppressions, look) = Default::default();
        let (held, doubts, once) = (Vec::new(), Vec::new(), Vec::new());
        Self { file, chunk, source, cross_record, held, suppressions, look, doubts, once, is_list: false }
    }
}

/// Where a chunk of a line-delimited file or of a table lies, so that places in it can be read again.
#[derive(Debug, Clone)]
pub(crate) struct ChunkLocation {
    pub offset: u64,
    pub bytes: u64,
    pub line: u64,
    /// The table, and how many of its records lie before the chunk.
    pub table: Option<(Arc<CsvTable>, u64)>,
    /// The piece of a list that it is.
    pub list: Option<ListPiece>,
}

impl ChunkLocation {
    /// Where a chunk lies that was read; `None`: it stands for a list that cannot be read, which is wrong as a whole.
    pub(crate) fn of(source: &SourceFile) -> Option<Self> {
        if source.items().is_some_and(|items| items.fault().is_some()) {
            return None;
        }
        let own = source.own_bytes();
        let table = source.table().map(|table| (Arc::clone(table), source.first_record()));
        let (bytes, line, list) = (own.end - own.start, source.base_line(), ListPiece::of(source));
        Some(Self { offset: own.start, bytes, line, table, list })
    }
}

/// Runs units one after another, reusing its buffers.
pub(crate) struct UnitWorker<'w, R> {
    engine: &'w Engine<'w>,
    inputs: &'w [Input],
    render: &'w R,
    progress: &'w (dyn Fn(u64) + Sync),
    scratch: CheckScratch,
    /// Whether results carry the texts they were made of: a shard stores excerpts of them.
    pub keeps_sources: bool,
    pub side_files: DiskSideFiles,
}

impl<'w, R: Render> UnitWorker<'w, R> {
    pub(crate) fn new(
        engine: &'w Engine<'w>,
        inputs: &'w [Input],
        render: &'w R,
        progress: &'w (dyn Fn(u64) + Sync),
    ) -> Self {
        Self {
            engine,
            inputs,
            render,
            progress,
            scratch: CheckScratch::default(),
            keeps_sources: false,
            side_files: DiskSideFiles::of(engine),
        }
    }

    pub(crate) fn run(&mut self, unit: WorkUnit) -> UnitResult<R::Out> {
        let mut done = UnitResult::default();
        match unit {
            WorkUnit::Files(inputs) => inputs.iter().for_each(|(number, input)| self.file(*number, input, &mut done)),
            WorkUnit::Chunk(number, chunk) => self.chunk(number, *chunk, &mut done),
            WorkUnit::Unopened(number, error) => {
                self.unreadable(number, &error, &mut done);
                done.unopened = Some(number);
            }
            WorkUnit::Passed(file, reason) => {
                let look = FileLook::of(LookedAt::NothingToCheck(reason));
                done.files.push(FileResult { file, look, ..FileResult::default() });
            }
            WorkUnit::PassedSheet(file, sheet) => {
                let look = FileLook { sheets: vec![sheet], ..FileLook::default() };
                done.files.push(FileResult { file, look, ..FileResult::default() });
            }
            WorkUnit::LineCount(number, lines) => done.lines = Some((number, lines)),
        }
        done
    }

    fn file(&mut self, number: usize, input: &Input, done: &mut UnitResult<R::Out>) {
        match read(input, self.engine) {
            Err(error) => self.unreadable(number, &error, done),
            Ok(source) => {
                let size = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
                let material = input.material.and_then(|_| input.path());
                (self.progress)(material.map_or_else(|| source.text().len() as u64, size));
                let format = Format::resolve(input.format, source.text());
                self.source(number, Arc::new(source), format, input.explicit, None, done);
            }
        }
    }

    fn chunk(&mut self, number: usize, chunk: Result<SourceFile, SourceError>, done: &mut UnitResult<R::Out>) {
        let input = self.inputs.get(number);
        if input.is_some_and(|input| input.format == Some(Format::NdJson)) {
            let name = chunk
                .as_ref()
                .map_or_else(|error| SourceFile::new(error.name(), "").shared_name(), SourceFile::shared_name);
            done.chunk_of = Some(name.to_string());
        }
        match chunk {
            Err(error) => self.unreadable(number, &error, done),
            Ok(source) => {
                let own = source.own_bytes();
                (self.progress)(own.end - own.start);
                let (place, format) = (ChunkLocation::of(&source), format_of_chunk(&source));
                let explicit = input.is_some_and(|input| input.explicit);
                self.source(number, Arc::new(source), format, explicit, place, done);
            }
        }
    }

    fn unreadable(&mut self, file: usize, error: &SourceError, done: &mut UnitResult<R::Out>) {
        done.out.push(self.render.problem(Problem::of_source(error)));
        let look = FileLook::of(LookedAt::NotReadable(error.both()));
        done.files.push(FileResult { file, look, ..FileResult::default() });
    }

    fn source(
        &mut self,
        file: usize,
        source: Arc<SourceFile>,
        format: Format,
        explicit: bool,
        chunk: Option<ChunkLocation>,
        done: &mut UnitResult<R::Out>,
    ) {
        let is_part = chunk.as_ref().is_some_and(|chunk| chunk.table.is_none());
        let scope = SourceScope { explicit, is_part };
        let checked = check_source(self.engine, &source, format, scope, &self.side_files, &mut self.scratch);
        done.counts += checked.counts;
        let mut findings = checked.findings.into_iter().peekable();
        let mut problems = checked.problems;
        // How many lines are read at a time must not show: each has what is wrong with it in its place.
        if format == Format::NdJson {
            problems.sort_by_key(|problem| start_in(&source, problem));
        }
        for problem in problems {
            let start = start_in(&source, &problem).filter(|_| format == Format::NdJson);
            let is_before = |finding: &Finding| {
                let own = Arc::ptr_eq(&finding.primary.source, &source).then_some(finding.primary.span.start);
                own.zip(start).is_some_and(|(own, start)| own < start)
            };
            while let Some(finding) = findings.next_if(is_before) {
                done.out.push(self.render.finding(finding));
            }
            done.out.push(self.render.problem(problem));
        }
        done.out.extend(findings.map(|finding| self.render.finding(finding)));
        let source = self.keeps_sources.then_some(source);
        let doubts = checked.doubts.into_iter().map(|problem| self.render.problem(problem)).collect();
        let (once, is_list) = (checked.once, checked.is_list);
        let (cross_record, suppressions, look) = (checked.cross_record, checked.suppressions, checked.look);
        let rendered = |held: HeldFinding<Finding>| {
            let HeldFinding { start, ordinal, finding } = held;
            HeldFinding { start, ordinal, finding: self.render.finding(finding) }
        };
        let held = checked.held.into_iter().map(rendered).collect();
        done.files.push(FileResult {
            file,
            chunk,
            source,
            cross_record,
            held,
            suppressions,
            look,
            doubts,
            once,
            is_list,
        });
    }
}

/// Where a problem begins in a source, if it is of a place there.
fn start_in(source: &Arc<SourceFile>, problem: &Problem) -> Option<u32> {
    problem.place.as_ref().filter(|(of, _)| Arc::ptr_eq(of, source)).map(|(_, span)| span.start)
}

/// The format in which a chunk of a file is read.
pub(crate) fn format_of_chunk(chunk: &SourceFile) -> Format {
    match (chunk.table(), chunk.items()) {
        (Some(_), _) => Format::Csv,
        (None, Some(_)) => Format::Json,
        (None, None) => Format::NdJson,
    }
}
