//! Reading places again: rules over all records keep where something stood, and look there once more at the end.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Engine;
use super::groups::Place;
use super::run::{ChunkPlace, read};
use dianjian_base::lang::{Lang, Localized};
use dianjian_document::source::{Input, SourceFile, Table};
use dianjian_document::tree::{self, Format, Node, Tree};

/// Where places are read again.
pub(super) trait Places {
    /// Calls `f` with the source around a place and the documents in it.
    fn open(&mut self, place: Place, tree: &mut Tree, f: &mut dyn FnMut(&Arc<SourceFile>, Node<'_>));
    /// The source around a place alone.
    fn source(&mut self, place: Place) -> Option<Arc<SourceFile>>;
    /// A whole file.
    fn file(&mut self, file: u32) -> Option<Arc<SourceFile>>;
}

/// Places that rules over all records remember are not found again: their findings are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("findings of rules over all records are missing: places not found again: {places}")]
pub(super) struct LostPlaces {
    /// How many.
    pub places: usize,
}

impl Localized for LostPlaces {
    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => format!("跨记录规则缺少 {} 处发现：再看一遍时找不到原来的位置", self.places),
            Lang::En => self.to_string(),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(match lang {
            Lang::Zh => "检查期间文件有变化时，再检查一遍；合并时，在放有导出文件夹的地方合并。".to_owned(),
            Lang::En => "If files changed meanwhile, check again; merge where the folders of exports are.".to_owned(),
        })
    }
}

/// One document on its own.
pub(super) struct OneDocument<'d, 'a> {
    /// Where it stands.
    pub source: &'d Arc<SourceFile>,
    /// The document.
    pub document: Node<'a>,
}

impl Places for OneDocument<'_, '_> {
    fn open(&mut self, _place: Place, _tree: &mut Tree, f: &mut dyn FnMut(&Arc<SourceFile>, Node<'_>)) {
        f(self.source, self.document);
    }

    fn source(&mut self, _place: Place) -> Option<Arc<SourceFile>> {
        Some(Arc::clone(self.source))
    }

    fn file(&mut self, _file: u32) -> Option<Arc<SourceFile>> {
        Some(Arc::clone(self.source))
    }
}

/// One source on its own.
pub(super) struct OneSource<'s> {
    /// Whose limits hold.
    pub engine: &'s Engine<'s>,
    /// The source.
    pub source: &'s Arc<SourceFile>,
    /// What it is written in.
    pub format: Format,
}

impl Places for OneSource<'_> {
    fn open(&mut self, _place: Place, tree: &mut Tree, f: &mut dyn FnMut(&Arc<SourceFile>, Node<'_>)) {
        tree::parse(self.source, self.format, &self.engine.options.limits, tree, &mut |root| f(self.source, root));
    }

    fn source(&mut self, _place: Place) -> Option<Arc<SourceFile>> {
        Some(Arc::clone(self.source))
    }

    fn file(&mut self, _file: u32) -> Option<Arc<SourceFile>> {
        Some(Arc::clone(self.source))
    }
}

/// The inputs of a run, read again.
pub(super) struct Inputs<'i> {
    engine: &'i Engine<'i>,
    inputs: &'i [Input],
    /// The parts of files that were read in parts.
    chunks: FxHashMap<u32, Vec<ChunkPlace>>,
    /// The file read last: places come in the order of files.
    last: Option<(u32, Arc<SourceFile>)>,
    /// The part of a large file read last, for the same reason: file, where it begins, bytes.
    part: Option<(u32, u64, Vec<u8>)>,
    /// The part of a table read last.
    rows: Option<(u32, SourceFile)>,
}

impl<'i> Inputs<'i> {
    /// Inputs, with the parts of those that were read in parts.
    pub(super) fn new(engine: &'i Engine<'i>, inputs: &'i [Input], chunks: FxHashMap<u32, Vec<ChunkPlace>>) -> Self {
        Self { engine, inputs, chunks, last: None, part: None, rows: None }
    }
}

impl Places for Inputs<'_> {
    fn open(&mut self, place: Place, tree: &mut Tree, f: &mut dyn FnMut(&Arc<SourceFile>, Node<'_>)) {
        let Some(source) = self.source(place) else { return };
        let file = place.file();
        let named = self.inputs.get(file as usize).and_then(|input| input.format);
        let format =
            if self.chunks.contains_key(&file) { Format::NdJson } else { Format::resolve(named, source.text()) };
        let format = if source.table().is_some() { Format::Csv } else { format };
        tree::parse(&source, format, &self.engine.options.limits, tree, &mut |root| f(&source, root));
    }

    fn source(&mut self, place: Place) -> Option<Arc<SourceFile>> {
        let (file, start) = (place.file(), place.start());
        let input = self.inputs.get(file as usize)?;
        if let Some(chunks) = self.chunks.get(&file) {
            let after = chunks.partition_point(|chunk| chunk.offset <= start);
            let chunk = chunks[..after].last().filter(|chunk| start - chunk.offset < chunk.bytes)?;
            if let Some((table, first)) = &chunk.table {
                let known =
                    self.rows.take().filter(|(known, rows)| *known == file && rows.base_offset() == chunk.offset);
                let rows = known.map_or_else(|| read_rows(input, chunk, table, *first), |(_, rows)| Some(rows))?;
                let row = row(&rows, table, start).map(Arc::new);
                self.rows = Some((file, rows));
                return row;
            }
            let known = self.part.take().filter(|(known, offset, _)| (*known, *offset) == (file, chunk.offset));
            let bytes = known.map_or_else(|| read_part(input, chunk, self.engine), |(_, _, bytes)| Some(bytes))?;
            let line = line(input, chunk, &bytes, start).map(Arc::new);
            self.part = Some((file, chunk.offset, bytes));
            return line;
        }
        if let Some((known, source)) = &self.last
            && *known == file
        {
            return Some(Arc::clone(source));
        }
        let source = self.file(file)?;
        self.last = Some((file, Arc::clone(&source)));
        Some(source)
    }

    fn file(&mut self, file: u32) -> Option<Arc<SourceFile>> {
        Some(Arc::new(read(self.inputs.get(file as usize)?, self.engine).ok()?))
    }
}

/// Reads a part of a table again.
fn read_rows(input: &Input, chunk: &ChunkPlace, table: &Arc<Table>, first: u64) -> Option<SourceFile> {
    let text = table.store.read(chunk.offset..chunk.offset + chunk.bytes).ok()?;
    let rows = SourceFile::chunk(&input.name, text, chunk.offset, chunk.line).with_table(Arc::clone(table), first);
    Some(match input.path() {
        Some(path) => rows.with_path(path),
        None => rows,
    })
}

/// The row of a table's part that holds a place.
fn row(rows: &SourceFile, table: &Arc<Table>, start: u64) -> Option<SourceFile> {
    let at = u32::try_from(start - rows.base_offset()).ok()?;
    let number = rows.field_at(at)?.record;
    let span = rows.record_span(at)?;
    let position = rows.position(span.start);
    let row = SourceFile::chunk(rows.name(), rows.slice(span), position.offset, position.line - 1);
    let row = row.with_table(Arc::clone(table), number);
    Some(match rows.path() {
        Some(path) => row.with_path(path),
        None => row,
    })
}

/// Reads a part of a large file again.
fn read_part(input: &Input, chunk: &ChunkPlace, engine: &Engine<'_>) -> Option<Vec<u8>> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = engine.options.files.open(input.path()?).ok()?;
    file.seek(SeekFrom::Start(chunk.offset)).ok()?;
    let mut bytes = Vec::new();
    file.take(chunk.bytes).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The line of a large file's part that holds a place.
fn line(input: &Input, chunk: &ChunkPlace, bytes: &[u8], start: u64) -> Option<SourceFile> {
    let at = usize::try_from(start - chunk.offset).ok()?.min(bytes.len());
    let from = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |newline| newline + 1);
    let to = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |newline| at + newline);
    let lines = memchr::memchr_iter(b'\n', &bytes[..from]).count() as u64;
    let text = String::from_utf8(bytes.get(from..to)?.to_vec()).ok()?;
    let source = SourceFile::chunk(&input.name, text, chunk.offset + from as u64, chunk.line + lines);
    Some(source.with_path(input.path()?))
}

/// The line or row of a part that is at hand.
pub(super) fn alone(input: &Input, part: &SourceFile, start: u64) -> Option<SourceFile> {
    if let Some(table) = part.table() {
        return row(part, table, start);
    }
    let (offset, bytes) = (part.base_offset(), part.text().as_bytes());
    let place = ChunkPlace { offset, bytes: bytes.len() as u64, line: part.base_line(), table: None };
    line(input, &place, bytes, start)
}
