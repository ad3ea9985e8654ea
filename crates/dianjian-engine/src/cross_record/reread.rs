//! Reading places again: cross-record rules keep where something stood and look there once more at the end.

use std::path::Path;
use std::sync::Arc;

use dianjian_base::localized;
use dianjian_document::source::{CsvTable, Input, SourceFile};
use dianjian_document::tree::{self, Format, Node, Tree};
use rustc_hash::FxHashMap;

use super::groups::PackedPlace;
use crate::Engine;
use crate::run::lists::{read_again, read_piece};
use crate::run::{ChunkLocation, format_of_chunk, read};

/// All that was checked at a time around a place.
#[derive(Debug, Clone)]
pub(crate) struct PlaceBlock {
    pub source: Arc<SourceFile>,
    pub format: Format,
    /// Whether it is a chunk of a large file, in which each line or row is read without the others.
    pub is_chunk: bool,
}

/// Finds the texts around places.
pub(crate) trait PlaceLookup {
    /// Calls `f` with the source around a place and the root of each document in it.
    fn open(&mut self, place: PackedPlace, tree: &mut Tree, f: &mut dyn FnMut(&Arc<SourceFile>, Node<'_>));
    /// The source around a place; of a large file the line or row alone.
    fn source(&mut self, place: PackedPlace) -> Option<Arc<SourceFile>>;
    fn file(&mut self, file: u32) -> Option<Arc<SourceFile>>;
    /// A chunk of a large file around a place, or the whole of another: where many of its records are wanted.
    fn block(&mut self, place: PackedPlace) -> Option<PlaceBlock>;
}

/// Places that cross-record rules remember are not found again: their findings are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) struct PlacesNotFound {
    pub places: usize,
}

localized! { PlacesNotFound {
    Self { places } => {
        zh: "跨记录规则缺少 {places} 处发现：再看一遍时找不到原来的位置",
        en: "findings of rules over all records are missing: places not found again: {places}",
        help zh: "检查期间文件有变化时，再检查一遍；合并时，在放有导出文件夹的地方合并。",
        help en: "If files changed meanwhile, check again; merge where the folders of exports are.",
    }
} }

/// A source in memory that is all there is; `open` shows its documents.
pub(crate) struct SingleSource<'s, O> {
    pub source: &'s Arc<SourceFile>,
    pub open: O,
}

impl<O: FnMut(&mut Tree, &mut dyn FnMut(&Arc<SourceFile>, Node<'_>))> PlaceLookup for SingleSource<'_, O> {
    fn open(&mut self, _place: PackedPlace, tree: &mut Tree, f: &mut dyn FnMut(&Arc<SourceFile>, Node<'_>)) {
        (self.open)(tree, f);
    }

    fn source(&mut self, _place: PackedPlace) -> Option<Arc<SourceFile>> {
        Some(Arc::clone(self.source))
    }

    fn file(&mut self, _file: u32) -> Option<Arc<SourceFile>> {
        Some(Arc::clone(self.source))
    }

    fn block(&mut self, _place: PackedPlace) -> Option<PlaceBlock> {
        None
    }
}

/// The inputs of a run, read again. Places mostly come in the order of files, so what was read last is kept.
pub(crate) struct InputLookup<'i> {
    engine: &'i Engine<'i>,
    inputs: &'i [Input],
    /// By file: where its chunks lie, in order.
    chunks: FxHashMap<u32, Vec<ChunkLocation>>,
    last_file: Option<(u32, Arc<SourceFile>)>,
    /// Texts that need not be read again.
    sources: FxHashMap<u32, Arc<SourceFile>>,
    /// Chunks of large files, the one that was wanted last at the end: what belongs together may lie in several.
    recent: Vec<RecentChunk>,
}

/// A chunk of a large file that was read again.
struct RecentChunk {
    file: u32,
    offset: u64,
    block: PlaceBlock,
}

/// Bytes of chunks that are kept; the last one is kept at any size.
const MOST_RECENT: usize = 16 << 20;

impl<'i> InputLookup<'i> {
    pub(crate) fn new(engine: &'i Engine<'i>, inputs: &'i [Input], chunks: FxHashMap<u32, Vec<ChunkLocation>>) -> Self {
        Self { engine, inputs, chunks, last_file: None, sources: FxHashMap::default(), recent: Vec::new() }
    }

    /// The same with texts that are known, by the number of their file.
    pub(crate) fn with_sources(self, sources: FxHashMap<u32, Arc<SourceFile>>) -> Self {
        Self { sources, ..self }
    }

    /// The chunk of a large file that holds a place; `None`: the file was read whole, or is not what it was.
    fn chunk(&mut self, place: PackedPlace) -> Option<PlaceBlock> {
        let file = place.file();
        let chunk = chunk_at(self.chunks.get(&file)?, place.start())?;
        let known = self.recent.iter().position(|recent| (recent.file, recent.offset) == (file, chunk.offset));
        let wanted = match known {
            Some(known) => self.recent.remove(known),
            None => {
                let input = self.inputs.get(file as usize)?;
                let source = read_chunk(input, chunk, self.engine)?;
                let format = format_of(Some(input), true, &source);
                let block = PlaceBlock { source: Arc::new(source), format, is_chunk: true };
                RecentChunk { file, offset: chunk.offset, block }
            }
        };
        self.recent.push(wanted);
        let mut bytes = 0;
        let kept = self.recent.iter().rev().take_while(|recent| {
            bytes += recent.block.source.text().len();
            bytes <= MOST_RECENT
        });
        let dropped = self.recent.len() - kept.count().max(1);
        self.recent.drain(..dropped);
        self.recent.last().map(|recent| recent.block.clone())
    }
}

impl PlaceLookup for InputLookup<'_> {
    fn open(&mut self, place: PackedPlace, tree: &mut Tree, f: &mut dyn FnMut(&Arc<SourceFile>, Node<'_>)) {
        let Some(source) = self.source(place) else { return };
        let is_chunk = self.chunks.contains_key(&place.file());
        let format = format_of(self.inputs.get(place.file() as usize), is_chunk, &source);
        // A text that is kept is looked at again and again.
        let is_kept = self.sources.contains_key(&place.file());
        let source = match yaml_document(&source, place.start()).filter(|_| is_kept && format == Format::Yaml) {
            Some(document) => Arc::new(document),
            None => source,
        };
        tree::parse(&source, format, &self.engine.policy.limits, tree, &mut |root| f(&source, root));
    }

    fn source(&mut self, place: PackedPlace) -> Option<Arc<SourceFile>> {
        let file = place.file();
        if self.chunks.contains_key(&file) {
            return line_or_row(&self.chunk(place)?.source, place.start()).map(Arc::new);
        }
        if let Some((known, source)) = &self.last_file
            && *known == file
        {
            return Some(Arc::clone(source));
        }
        let source = self.file(file)?;
        self.last_file = Some((file, Arc::clone(&source)));
        Some(source)
    }

    fn file(&mut self, file: u32) -> Option<Arc<SourceFile>> {
        if let Some(source) = self.sources.get(&file) {
            return Some(Arc::clone(source));
        }
        Some(Arc::new(read(self.inputs.get(file as usize)?, self.engine).ok()?))
    }

    fn block(&mut self, place: PackedPlace) -> Option<PlaceBlock> {
        if self.chunks.contains_key(&place.file()) {
            return self.chunk(place);
        }
        let source = self.source(place)?;
        let format = format_of(self.inputs.get(place.file() as usize), false, &source);
        Some(PlaceBlock { source, format, is_chunk: false })
    }
}

/// The chunk that holds a byte of a file.
fn chunk_at(chunks: &[ChunkLocation], start: u64) -> Option<&ChunkLocation> {
    let after = chunks.partition_point(|chunk| chunk.offset <= start);
    chunks[..after].last().filter(|chunk| start - chunk.offset < chunk.bytes)
}

/// The format of what is read again of an input: rows of a table, lines of a file that was read in chunks, or all of it.
pub(crate) fn format_of(input: Option<&Input>, is_chunk: bool, source: &SourceFile) -> Format {
    match source.table() {
        _ if is_chunk || source.items().is_some() => format_of_chunk(source),
        Some(_) => Format::Csv,
        None => Format::resolve(input.and_then(|input| input.format), source.text()),
    }
}

/// Reads a chunk of a large file again: rows of a table, a piece of a list, or lines.
fn read_chunk(input: &Input, chunk: &ChunkLocation, engine: &Engine<'_>) -> Option<SourceFile> {
    let range = chunk.offset..chunk.offset + chunk.bytes;
    let source = match (&chunk.table, &chunk.list) {
        (Some((table, first)), _) => {
            let text = table.store.read(range).ok()?;
            SourceFile::chunk(&input.name, text, chunk.offset, chunk.line).with_table(Arc::clone(table), *first)
        }
        (None, Some(piece)) => return read_piece(input, piece, engine).ok(),
        (None, None) => {
            let text = String::from_utf8(read_again(input, range, engine).ok()?).ok()?;
            SourceFile::chunk(&input.name, text, chunk.offset, chunk.line)
        }
    };
    Some(at_path(source, input.path()))
}

/// A source with the file on disk whose text it is.
fn at_path(source: SourceFile, path: Option<&Path>) -> SourceFile {
    match path {
        Some(path) => source.with_path(path),
        None => source,
    }
}

/// The line, row or item of a chunk that holds a place.
pub(crate) fn line_or_row(chunk: &SourceFile, start: u64) -> Option<SourceFile> {
    if let Some(table) = chunk.table() {
        return row(chunk, table, start);
    }
    match chunk.items() {
        Some(_) => chunk.item_at(start),
        None => line(chunk, start),
    }
}

/// The document of a YAML text that holds a place. A line that begins with `---` begins one wherever it stands.
fn yaml_document(whole: &SourceFile, start: u64) -> Option<SourceFile> {
    let text = whole.text();
    let at = usize::try_from(start.checked_sub(whole.base_offset())?).ok()?;
    let is_marker = |at: usize| text.as_bytes().get(at + 3).is_none_or(|byte| byte.is_ascii_whitespace());
    let (before, behind) = (text.get(..at)?, text.get(at..)?);
    let markers = memchr::memmem::rfind_iter(before.as_bytes(), b"\n---").map(|at| at + 1);
    let from = markers.into_iter().find(|at| is_marker(*at)).unwrap_or(0);
    let mut markers = memchr::memmem::find_iter(behind.as_bytes(), b"\n---").map(|found| at + found + 1);
    let to = markers.find(|at| is_marker(*at)).unwrap_or(text.len());
    if (from, to) == (0, text.len()) {
        return None;
    }
    let line = whole.line_index(u32::try_from(from).ok()?) as u64;
    let offset = whole.base_offset() + from as u64;
    let document = SourceFile::chunk(whole.name(), text.get(from..to)?, offset, whole.base_line() + line);
    Some(at_path(document, whole.path()))
}

/// The row of a table's chunk that holds a place.
fn row(rows: &SourceFile, table: &Arc<CsvTable>, start: u64) -> Option<SourceFile> {
    let at = u32::try_from(start - rows.base_offset()).ok()?;
    let number = rows.field_at(at)?.record;
    let span = rows.record_span(at)?;
    let position = rows.position(span.start);
    let row = SourceFile::chunk(rows.name(), rows.slice(span), position.offset, position.line - 1);
    Some(at_path(row.with_table(Arc::clone(table), number), rows.path()))
}

/// The line of a chunk that holds a place.
fn line(lines: &SourceFile, start: u64) -> Option<SourceFile> {
    let bytes = lines.text().as_bytes();
    let at = usize::try_from(start - lines.base_offset()).ok()?.min(bytes.len());
    let from = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |newline| newline + 1);
    let to = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |newline| at + newline);
    let before = memchr::memchr_iter(b'\n', &bytes[..from]).count() as u64;
    let text = lines.text().get(from..to)?;
    let line = SourceFile::chunk(lines.name(), text, lines.base_offset() + from as u64, lines.base_line() + before);
    Some(at_path(line, lines.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_document_of_yaml_keeps_its_place_in_the_whole() {
        let text = "a: 1\n---\nb: 店\n--- # c\nc: \"---\"\n---x: 2\n";
        let whole = SourceFile::new("a.yaml", text);
        let part = |needle: &str| {
            let at = text.find(needle).unwrap();
            let document = yaml_document(&whole, at as u64).unwrap();
            let within = u32::try_from(document.text().find(needle).unwrap()).unwrap();
            assert_eq!(document.position(within), whole.position(u32::try_from(at).unwrap()));
            document.text().to_owned()
        };
        assert_eq!(part("a: 1"), "a: 1\n");
        assert_eq!(part("店"), "---\nb: 店\n");
        assert_eq!(part("c: "), "--- # c\nc: \"---\"\n---x: 2\n");
        assert!(yaml_document(&SourceFile::new("a.yaml", "a: 1\n"), 2).is_none());
    }
}
