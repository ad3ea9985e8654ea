//! What a place is: source files, byte spans, lines and columns; and how inputs are found and read.
//!
//! A [`SourceFile`] holds the text of one file, or of one chunk of a large line-delimited file, and
//! turns byte offsets into the [`Position`]s people read. Offsets always are those of the file as
//! on disk: a byte-order mark stays in the text, although it never counts as a column.

mod chunks;
mod discover;
mod document;
mod error;
mod format;
mod items;
mod limits;
mod list;
mod material;
mod near;
mod read;
mod table;
mod text;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

pub use chunks::Chunks;
use dianjian_base::display_name;
pub use dianjian_passages::{DocumentPicture, Passage, PassagePart, UnreadPart};
pub use discover::{DiscoverOptions, Discovered, Input, InputSource, TakesMaterial, discover, files_in};
pub use document::{DocumentPlaces, PlaceName};
pub use error::{Encoding, SourceError};
pub use format::{Format, is_line_delimited};
pub use items::ListItems;
pub use limits::Limits;
pub use list::{ListLayout, ListPiece, ListSample, OpenedList, find_list};
pub use material::{MaterialForm, MaterialUse};
pub use near::similar_path;
pub use read::{from_bytes, read, read_in};
pub use table::{
    BlocksBelow, CellAddress, CsvField, CsvFields, CsvTable, Encoded, FieldEnd, FieldPlace, FieldQuotes, HEAD_RECORDS,
    Headings, QuotingFault, SheetRows, SheetText, Spool, SpoolReader, SpoolWriter, TableBlock, TableChunks,
    TableColumn, TableHeader, TextEncoding, TextStore, Unencodable, looks_like_table, understand,
};
pub use text::{read_pictures_in, read_text_in};

/// A byte range in the text of a [`SourceFile`]: `start` inclusive, `end` exclusive.
///
/// Both ends lie on character borders of that text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, serde::Serialize, serde::Deserialize)]
pub struct Span {
    /// First byte, counted from the start of the text.
    pub start: u32,
    /// First byte after the range.
    pub end: u32,
}

impl Span {
    /// A span from `start` to `end`; an `end` before `start` gives an empty span at `start`.
    pub const fn new(start: u32, end: u32) -> Self {
        let end = if end < start { start } else { end };
        Self { start, end }
    }

    /// An empty span at an offset.
    pub const fn at(offset: u32) -> Self {
        Self { start: offset, end: offset }
    }

    /// Length in bytes.
    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Whether no byte is covered.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// The span as an index range.
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether `other` lies wholly inside this span.
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }
}

/// A place as people and tools name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Position {
    /// Line number in the file, from 1.
    pub line: u64,
    /// Column in characters (Unicode scalar values), from 1.
    pub column: u64,
    /// Bytes before it in the file, from 0.
    pub offset: u64,
}

/// The number of characters is kept at every multiple of this many bytes, so that a column costs a bounded scan even
/// where a whole file is one line.
const MARK_BYTES: usize = 4096;

/// The text of one file (or of one chunk of it), with what is needed to name places in it.
#[derive(Debug)]
pub struct SourceFile {
    name: Arc<str>,
    path: Option<PathBuf>,
    text: String,
    base_offset: u64,
    base_line: u64,
    /// Characters of the first line before this text.
    base_column: u64,
    /// Byte offset of each line's first byte; never empty.
    lines: OnceLock<Vec<u32>>,
    /// Characters before byte `i * MARK_BYTES`.
    marks: OnceLock<Vec<u32>>,
    /// For a part of a table: its place there.
    part: Option<Box<table::TablePart>>,
    /// For a piece of a long list: the items that are its own.
    items: Option<Box<ListItems>>,
    /// For the text of a document: the places of its lines.
    document: Option<Arc<DocumentPlaces>>,
    /// Whether it is a record about the file of its name, which is no text itself.
    is_material: bool,
    /// How the bytes on disk are encoded.
    encoding: TextEncoding,
}

impl SourceFile {
    /// A source that is a whole file (or standard input), named as it is to be shown.
    ///
    /// The text must be under 4 GiB, which [`read`] sees to; of a longer one, only the part that
    /// 32-bit offsets reach is kept.
    pub fn new(name: impl AsRef<str>, text: impl Into<String>) -> Self {
        Self::chunk(name, text, 0, 0)
    }

    /// A source that is part of a larger file: `base_offset` bytes and `base_line` whole lines of
    /// the file lie before it.
    pub fn chunk(name: impl AsRef<str>, text: impl Into<String>, base_offset: u64, base_line: u64) -> Self {
        let mut text = text.into();
        if text.len() > u32::MAX as usize {
            text.truncate(text.floor_char_boundary(u32::MAX as usize));
        }
        let (name, lines, marks) = (display_name(name.as_ref()), OnceLock::new(), OnceLock::new());
        Self {
            name,
            path: None,
            text,
            base_offset,
            base_line,
            base_column: 0,
            lines,
            marks,
            part: None,
            items: None,
            document: None,
            is_material: false,
            encoding: TextEncoding::Utf8,
        }
    }

    /// Sets how many characters of the line in which the text begins lie before it.
    #[must_use]
    pub const fn with_column(mut self, base_column: u64) -> Self {
        self.base_column = base_column;
        self
    }

    /// Sets the file on disk whose text this is, so that edits can be written back.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Sets how the bytes on disk are encoded.
    #[must_use]
    pub const fn with_encoding(mut self, encoding: TextEncoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// How the bytes on disk are encoded; of a table, see [`CsvTable::encoding`].
    pub const fn encoding(&self) -> TextEncoding {
        self.encoding
    }

    /// Whether offsets in the text are those of the bytes on disk.
    pub fn is_as_on_disk(&self) -> bool {
        self.document.is_none() && self.table().map_or(self.encoding, |table| table.encoding) == TextEncoding::Utf8
    }

    /// Sets the name to show, where that is not the path by which the file is opened.
    #[must_use]
    pub fn with_name(mut self, name: impl AsRef<str>) -> Self {
        self.name = display_name(name.as_ref());
        self
    }

    /// The name to show, with `/` between its parts.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name to show, to be shared without copying.
    pub fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    /// The file on disk, where the text came from one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The whole text, byte-order mark included.
    #[inline]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Bytes of a byte-order mark at the start of the file: 3 or 0.
    pub fn bom_len(&self) -> u32 {
        if self.base_offset == 0 && self.text.starts_with(dianjian_base::BOM) { 3 } else { 0 }
    }

    /// Whether another is the same part of the same file, perhaps read again.
    pub fn is_same_text(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || self.base_offset() == other.base_offset() && self.name() == other.name() && self.text() == other.text()
    }

    /// Bytes of the file before this text.
    pub const fn base_offset(&self) -> u64 {
        self.base_offset
    }

    /// Lines of the file before this text.
    pub const fn base_line(&self) -> u64 {
        self.base_line
    }

    /// Characters of the file's line before this text, where it does not begin with a line.
    pub const fn base_column(&self) -> u64 {
        self.base_column
    }

    /// The span of the whole text.
    pub fn whole(&self) -> Span {
        Span::new(0, self.len())
    }

    /// The text a span covers; of a span that is not this text's, the part that is.
    pub fn slice(&self, span: Span) -> &str {
        let start = self.text.floor_char_boundary(span.start as usize);
        let end = self.text.ceil_char_boundary(span.end as usize);
        self.text.get(start..end).unwrap_or_default()
    }

    /// Number of lines; a line break at the very end opens no further line.
    pub fn line_count(&self) -> usize {
        let starts = self.lines();
        let last_is_empty = starts.last().is_some_and(|&start| start == self.len());
        if last_is_empty { starts.len() - 1 } else { starts.len() }
    }

    /// The span of a line without its line break; `line` counts from 0 within this text.
    pub fn line_span(&self, line: usize) -> Option<Span> {
        let starts = self.lines();
        let start = *starts.get(line)?;
        let next = starts.get(line + 1).copied().unwrap_or_else(|| self.len());
        let text = self.text.get(start as usize..next as usize)?;
        let trimmed = text.strip_suffix('\n').unwrap_or(text);
        let trimmed = trimmed.strip_suffix('\r').unwrap_or(trimmed);
        Some(Span::new(start, start + trimmed.len() as u32))
    }

    /// The line, counted from 0 within this text, that holds an offset.
    pub fn line_index(&self, offset: u32) -> usize {
        self.lines().partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// Line, column and offset of a byte offset in this text.
    ///
    /// An offset inside a character means that character; one beyond the text means its end.
    pub fn position(&self, offset: u32) -> Position {
        let offset = self.text.floor_char_boundary(offset as usize) as u32;
        let line = self.line_index(offset);
        let start = self.lines().get(line).copied().unwrap_or(0);
        let mut column = self.chars_between(start, offset);
        if line == 0 && offset > 0 && self.bom_len() > 0 {
            column = column.saturating_sub(1);
        }
        let before = if line == 0 { self.base_column } else { 0 };
        Position {
            line: self.base_line + line as u64 + 1,
            column: before + u64::from(column) + 1,
            offset: self.base_offset + u64::from(offset),
        }
    }

    /// Positions of both ends of a span.
    pub fn range(&self, span: Span) -> (Position, Position) {
        (self.position(span.start), self.position(span.end))
    }

    fn len(&self) -> u32 {
        self.text.len() as u32
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| line_starts(self.text.as_bytes()))
    }

    /// Characters between two byte offsets that lie on character borders.
    fn chars_between(&self, start: u32, end: u32) -> u32 {
        let count = |from: usize, to: usize| count_chars(self.text.as_bytes().get(from..to).unwrap_or_default());
        let (start, end) = (start as usize, end as usize);
        let (first, last) = (start.div_ceil(MARK_BYTES), end / MARK_BYTES);
        if last <= first {
            return count(start, end);
        }
        let marks = self.marks.get_or_init(|| marks(self.text.as_bytes()));
        let between = marks.get(last).zip(marks.get(first)).map_or(0, |(last, first)| last - first);
        count(start, first * MARK_BYTES) + between + count(last * MARK_BYTES, end)
    }
}

fn line_starts(bytes: &[u8]) -> Vec<u32> {
    let is_crlf = |at: usize| bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n');
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).filter(|at| !is_crlf(*at));
    std::iter::once(0).chain(ends.map(|at| at as u32 + 1)).collect()
}

fn marks(bytes: &[u8]) -> Vec<u32> {
    let mut counted = 0;
    let mut marks = vec![0];
    for block in bytes.chunks_exact(MARK_BYTES) {
        counted += count_chars(block);
        marks.push(counted);
    }
    marks
}

/// Characters that begin in a piece of UTF-8: all bytes but the continuation bytes.
fn count_chars(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|&&byte| (byte as i8) >= -0x40).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(source: &SourceFile, offset: u32) -> (u64, u64) {
        let position = source.position(offset);
        (position.line, position.column)
    }

    #[test]
    fn columns_count_characters() {
        let source = SourceFile::new("a", "名: 茶🍵x\n次: 1\n");
        assert_eq!(place(&source, 0), (1, 1));
        assert_eq!(place(&source, 5), (1, 4));
        assert_eq!(place(&source, 12), (1, 6));
        assert_eq!(place(&source, 14), (2, 1));
        assert_eq!(place(&source, 999), (3, 1));
        assert_eq!(source.line_count(), 2);
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        let source = SourceFile::new("a", "\u{feff}a: b");
        assert_eq!(source.position(3), Position { line: 1, column: 1, offset: 3 });
        assert_eq!(source.position(4), Position { line: 1, column: 2, offset: 4 });
    }

    #[test]
    fn every_line_break_counts_once() {
        let source = SourceFile::new("a", "a\r\nb\rc\nd");
        let lines: Vec<u64> = (0..8).map(|at| source.position(at).line).collect();
        assert_eq!(lines, [1, 1, 1, 2, 2, 3, 3, 4]);
        assert_eq!(source.line_span(0), Some(Span::new(0, 1)));
        assert_eq!(source.line_span(1), Some(Span::new(3, 4)));
        assert_eq!(source.line_count(), 4);
    }

    #[test]
    fn a_chunk_knows_where_it_began() {
        let source = SourceFile::chunk("a", "x\ny", 1000, 10);
        assert_eq!(source.position(2), Position { line: 12, column: 1, offset: 1002 });
    }

    #[test]
    fn columns_of_one_long_line_agree_with_counting() {
        let text: String = (0..5000).map(|n| if n % 3 == 0 { '茶' } else { 'a' }).collect();
        let source = SourceFile::new("a", text.clone());
        for (count, (at, _)) in text.char_indices().enumerate() {
            assert_eq!(source.position(at as u32).column, count as u64 + 1);
        }
    }

    #[test]
    fn names_are_shown_with_slashes_and_without_dots() {
        assert_eq!(SourceFile::new("./a/b.yaml", "").name(), "a/b.yaml");
        assert_eq!(SourceFile::new("/a/b.yaml", "").name(), "/a/b.yaml");
    }
}
