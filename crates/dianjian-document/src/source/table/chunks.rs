//! A table as a sequence of parts, each cut at a record border.

use std::collections::VecDeque;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dianjian_base::{FileSystem, OpenFile};
use memchr::{memchr, memchr2, memchr2_iter};

use super::decode::{Decoder, Undecoded, unsupported_encoding};
use super::scan::{self, CsvFields, FieldEnd, QUOTED_BYTES, QuotingFault};
use super::{CsvTable, SheetText, Spool, TableBlock, TableHeader, TextEncoding, TextStore};
use crate::source::{Limits, Position, SourceError, SourceFile, read};

/// Text that is looked at to find the row of headings and the delimiter.
const HEAD_BYTES: usize = 256 << 10;

/// Records among which the row of headings is looked for.
pub const HEAD_RECORDS: usize = 30;

/// Bytes that are read at a time.
const BLOCK_BYTES: usize = 256 << 10;

/// Possible delimiters, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// Understands the first records of a table: finds the row of headings among them.
pub type Headings<'h> = &'h dyn Fn(&[Vec<String>]) -> TableHeader;

/// Finds the tables that stand below the first, whose headings are given, among the records of a text.
pub type BlocksBelow<'h> = &'h dyn Fn(&[Vec<String>], &TableHeader) -> Vec<TableBlock>;

/// Reads a table of any size as a sequence of [`SourceFile`]s that share their [`CsvTable`].
/// Part k holds the records that begin in bytes `k * chunk_bytes .. (k + 1) * chunk_bytes` of the table's text.
/// Memory is bounded by the size of a part plus the longest record allowed. What cannot be read is an `Err` in
/// its place, after which reading goes on.
///
/// Where several tables stand in one text, one below another, each has a [`CsvTable`] of its own.
pub struct TableChunks<'h> {
    from: Box<dyn Read + Send + 'h>,
    headings: Headings<'h>,
    blocks_below: Option<BlocksBelow<'h>>,
    /// Where the tables below the one that is being read begin.
    blocks: VecDeque<(u64, TableHeader)>,
    name: String,
    path: Option<PathBuf>,
    delimiter: Option<u8>,
    chunk_bytes: usize,
    limits: Limits,
    decoder: Decoder,
    /// The table, once its first records are read.
    table: Option<Arc<CsvTable>>,
    origin: Origin,
    sheet: Option<Arc<super::SheetRows>>,
    pending: String,
    /// Of the text before `pending`: bytes (those of other sheets of the file too), lines, records.
    offset: u64,
    base: u64,
    line: u64,
    record: u64,
    ended: bool,
    bad: VecDeque<Undecoded>,
    problems: usize,
    ready: VecDeque<Result<SourceFile, SourceError>>,
}

/// Where the text can be read again.
enum Origin {
    File(PathBuf),
    Text(Arc<str>),
    Sheet(Arc<Spool>),
    /// It is copied while it is read.
    Copied(Arc<Spool>),
}

impl<'h> TableChunks<'h> {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// When it is missing, a folder, or not to be read.
    pub fn open(files: &FileSystem, name: &str, path: &Path, headings: Headings<'h>) -> Result<Self, SourceError> {
        if let Some(text) = files.text(path) {
            return Ok(Self::from_text(name, Arc::clone(text), headings).with_path(path));
        }
        let failed = |error: std::io::Error| SourceError::from_io(name, &error);
        let mut file = files.open(path).map_err(failed)?;
        let (encoding, sample, base) = encoding_of(&mut file).map_err(failed)?;
        if let Some((bad, looks_like)) = unsupported_encoding(&sample) {
            return Err(read::not_utf8(name, &sample, bad, looks_like, base));
        }
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let origin = match encoding {
            TextEncoding::Utf8 => Origin::File(path.to_owned()),
            _ => Origin::Copied(Arc::new(Spool::new())),
        };
        let mut chunks = Self::new(name, Box::new(file), Some(encoding), origin, headings);
        chunks.path = Some(path.to_owned());
        Ok(chunks)
    }

    /// Reads what can be read but once, in whatever encoding it turns out to be.
    pub fn from_stream(name: &str, from: impl Read + Send + 'h, headings: Headings<'h>) -> Self {
        Self::new(name, Box::new(from), None, Origin::Copied(Arc::new(Spool::new())), headings)
    }

    /// Reads a text that is in memory already.
    pub fn from_text(name: &str, text: Arc<str>, headings: Headings<'h>) -> Self {
        let from = Box::new(std::io::Cursor::new(Arc::<[u8]>::from(Arc::clone(&text))));
        Self::new(name, from, Some(TextEncoding::Utf8), Origin::Text(text), headings)
    }

    /// Reads a sheet of a workbook. Its offsets are those of the text that all sheets share, so that no two places
    /// of a file have the same one.
    pub fn of_sheet(name: &str, sheet: SheetText, headings: Headings<'h>) -> Self {
        let from = Box::new(sheet.text.reader(sheet.place.clone()));
        let origin = Origin::Sheet(Arc::clone(&sheet.text));
        let mut chunks = Self::new(name, from, Some(TextEncoding::Utf8), origin, headings).with_delimiter(Some(b','));
        chunks.sheet = Some(Arc::new(sheet.rows));
        (chunks.base, chunks.offset) = (sheet.place.start, sheet.place.start);
        chunks
    }

    fn new(
        name: &str,
        from: Box<dyn Read + Send + 'h>,
        encoding: Option<TextEncoding>,
        origin: Origin,
        headings: Headings<'h>,
    ) -> Self {
        Self {
            from,
            headings,
            blocks_below: None,
            blocks: VecDeque::new(),
            name: name.to_owned(),
            path: None,
            delimiter: None,
            chunk_bytes: 1 << 20,
            limits: Limits::default(),
            decoder: Decoder::new(encoding),
            table: None,
            origin,
            sheet: None,
            pending: String::new(),
            offset: 0,
            base: 0,
            line: 0,
            record: 0,
            ended: false,
            bad: VecDeque::new(),
            problems: 0,
            ready: VecDeque::new(),
        }
    }

    /// The file on disk whose text this is.
    #[must_use]
    pub fn with_path(mut self, path: &Path) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// Reads the tables below the first as tables of their own. They are looked for in the beginning of the text.
    #[must_use]
    pub fn with_blocks(mut self, below: BlocksBelow<'h>) -> Self {
        self.blocks_below = Some(below);
        self
    }

    /// The headings of the tables that are still to come; known once the first part has been read.
    pub fn headers_below(&self) -> impl Iterator<Item = &TableHeader> {
        self.blocks.iter().map(|(_, header)| header)
    }

    /// Sets the delimiter, where it is known.
    #[must_use]
    pub fn with_delimiter(mut self, delimiter: Option<u8>) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// Sets the size of a part, and bounds on what is read.
    #[must_use]
    pub fn with_limits(mut self, chunk_bytes: usize, limits: &Limits) -> Self {
        self.chunk_bytes = chunk_bytes.clamp(1, 1 << 30);
        self.limits = *limits;
        self
    }

    /// The longest record that is read: one of two long fields.
    fn record_bytes(&self) -> usize {
        self.limits.line_bytes.saturating_mul(2).max(HEAD_BYTES)
    }

    /// Reads until `target` bytes of text are pending, or to the end.
    fn fill(&mut self, target: usize) -> Result<(), SourceError> {
        let mut block = Vec::new();
        while !self.ended && self.pending.len() < target {
            block.clear();
            let failed = |error: &std::io::Error| SourceError::from_io(&self.name, error);
            let read = (&mut self.from).take(BLOCK_BYTES as u64).read_to_end(&mut block);
            self.ended = read.map_err(|error| failed(&error))? < BLOCK_BYTES;
            let before = self.pending.len();
            self.decoder.decode(&block, self.ended, &mut self.pending);
            if let Origin::Copied(spool) = &self.origin {
                let text = self.pending.as_bytes().get(before..).unwrap_or_default();
                spool.writer().write_all(text).map_err(|error| failed(&error))?;
            }
            let room = self.limits.problems.saturating_sub(self.problems);
            let bad = std::mem::take(&mut self.decoder.bad);
            self.problems += bad.len().min(room);
            self.bad.extend(bad.into_iter().take(room));
        }
        Ok(())
    }

    /// Makes the next part ready; afterwards `ready` is empty only at the end of the table.
    fn advance(&mut self) -> Result<(), SourceError> {
        if self.table.is_none() {
            self.fill(HEAD_BYTES)?;
            let table = self.understand();
            self.blocks = self.find_blocks(&table);
            self.table = Some(Arc::new(table));
        }
        self.turn_to_block();
        let delimiter = self.table.as_ref().map_or(b',', |table| table.delimiter);
        // A part holds the records that begin in its share of the table, however the table was read.
        let own = (self.offset - self.base) % self.chunk_bytes as u64;
        let to_block = self.blocks.front().map(|(at, _)| at.saturating_sub(self.offset));
        let upto = to_block.map_or(u64::MAX, |bytes| bytes.max(1)).min(self.chunk_bytes as u64 - own) as usize;
        let mut target = upto;
        while self.ready.is_empty() {
            self.fill(target)?;
            if self.pending.is_empty() {
                return Ok(());
            }
            match cut(&self.pending, delimiter, self.ended, upto) {
                Some((end, records)) => self.emit(end, records),
                None if self.pending.len() > self.record_bytes() + upto => self.skip_line()?,
                None => target = self.pending.len().saturating_mul(2),
            }
        }
        Ok(())
    }

    /// Finds delimiter and headings in the first records.
    fn understand(&mut self) -> CsvTable {
        let (delimiter, header) = understand(&self.pending, self.ended, self.delimiter, self.headings);
        let store = match &self.origin {
            Origin::File(path) => TextStore::File(path.clone()),
            Origin::Text(text) => TextStore::Memory(Arc::clone(text)),
            Origin::Sheet(spool) | Origin::Copied(spool) => TextStore::Aside(Arc::clone(spool)),
        };
        CsvTable { delimiter, encoding: self.decoder.encoding(), rows: self.sheet.take(), header, store }
    }

    /// Where the tables below the first begin, and their headings.
    fn find_blocks(&self, table: &CsvTable) -> VecDeque<(u64, TableHeader)> {
        let Some(below) = self.blocks_below.filter(|_| table.header.mapping.is_some()) else { return VecDeque::new() };
        let start = text_start(&self.pending);
        let rows = head(&self.pending, start, table.delimiter, self.ended, usize::MAX);
        let starts = scan::record_starts(&self.pending, start as u32, table.delimiter);
        let blocks = below(&rows, &table.header).into_iter();
        let placed = blocks.filter_map(|block| Some((*starts.get(usize::try_from(block.first).ok()?)?, block.header)));
        placed.map(|(at, header)| (self.offset + u64::from(at), header)).collect()
    }

    /// Goes on to the next table where the one before has come to its end.
    fn turn_to_block(&mut self) {
        while let Some((_, header)) = self.blocks.pop_front_if(|(at, _)| *at <= self.offset) {
            let Some(table) = &self.table else { return };
            let (delimiter, encoding) = (table.delimiter, table.encoding);
            let (rows, store) = (table.rows.clone(), table.store.clone());
            self.table = Some(Arc::new(CsvTable { delimiter, encoding, rows, header, store }));
        }
    }

    /// Hands over the first `end` bytes that are pending.
    fn emit(&mut self, end: usize, records: u64) {
        let Some(table) = &self.table else { return };
        let rest = self.pending.split_off(end);
        let text = std::mem::replace(&mut self.pending, rest);
        let lines = line_breaks(text.as_bytes());
        let mut chunk = SourceFile::chunk(&self.name, text, self.offset, self.line);
        if let Some(path) = &self.path {
            chunk = chunk.with_path(path);
        }
        let chunk = chunk.with_table(Arc::clone(table), self.record);
        self.offset += end as u64;
        self.line += lines;
        self.record += records;
        while let Some(bad) = self.bad.pop_front_if(|bad| bad.at + self.base < self.offset) {
            let error = undecoded(&chunk, &bad, self.decoder.encoding(), self.base);
            self.ready.push_back(Err(error));
        }
        self.ready.push_back(Ok(chunk));
    }

    /// Passes over the rest of a line whose record is too long.
    fn skip_line(&mut self) -> Result<(), SourceError> {
        let at = Position { line: self.line + 1, column: 1, offset: self.offset };
        let (name, limit) = (self.name.clone(), self.record_bytes() as u64);
        self.ready.push_back(Err(SourceError::LineTooLong { name, at, limit }));
        self.record += 1;
        loop {
            let end = self.pending.bytes().position(|byte| matches!(byte, b'\n' | b'\r'));
            let passed = end.map_or(self.pending.len(), |at| at + 1);
            self.offset += passed as u64;
            self.pending.drain(..passed);
            if end.is_some() {
                self.line += 1;
                return Ok(());
            }
            if self.ended {
                return Ok(());
            }
            self.fill(BLOCK_BYTES)?;
        }
    }
}

impl Iterator for TableChunks<'_> {
    type Item = Result<SourceFile, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty()
            && let Err(error) = self.advance()
        {
            self.ended = true;
            self.pending.clear();
            return Some(Err(error));
        }
        self.ready.pop_front()
    }
}

/// The delimiter and the headings of a text: of the possible delimiters, the one under which most columns are known.
pub fn understand(text: &str, is_whole: bool, delimiter: Option<u8>, headings: Headings<'_>) -> (u8, TableHeader) {
    let start = text_start(text);
    let declared = text.get(start..).and_then(|text| text.strip_prefix("sep=")).and_then(|rest| {
        let mut rest = rest.bytes();
        rest.next().filter(|byte| byte.is_ascii() && matches!(rest.next(), Some(b'\r' | b'\n')))
    });
    let known = |header: &TableHeader| header.columns.iter().filter(|column| column.key.is_some()).count();
    let candidates = match declared.or(delimiter) {
        Some(delimiter) => vec![delimiter],
        None => DELIMITERS.to_vec(),
    };
    let mut best: Option<(u8, TableHeader)> = None;
    for delimiter in candidates {
        let header = headings(&head(text, start, delimiter, is_whole, HEAD_RECORDS));
        if best.as_ref().is_none_or(|(_, best)| known(&header) > known(best)) {
            best = Some((delimiter, header));
        }
    }
    best.unwrap_or((b',', TableHeader::default()))
}

/// Where a text begins behind a byte order mark.
fn text_start(text: &str) -> usize {
    text.len() - text.trim_start_matches(dianjian_base::BOM).len()
}

/// The first records of a text. A last one that may go on is left out.
fn head(text: &str, start: usize, delimiter: u8, is_whole: bool, most: usize) -> Vec<Vec<String>> {
    let mut records = Vec::new();
    let mut at = scan::skip_empty(text.as_bytes(), start);
    while at < text.len() && records.len() < most {
        let mut fields = CsvFields::of(text, at as u32, delimiter);
        let record: Vec<_> = fields.by_ref().collect();
        if !is_whole && record.last().is_some_and(|field| field.then == FieldEnd::End) {
            break;
        }
        records.push(record.into_iter().map(|field| field.text(text).into_owned()).collect());
        at = scan::skip_empty(text.as_bytes(), fields.next_record());
    }
    records
}

/// How much of a text is the records that begin in its first `upto` bytes, and how many those are. `None`: more
/// must be read to tell.
fn cut(text: &str, delimiter: u8, at_end: bool, upto: usize) -> Option<(usize, u64)> {
    let bytes = text.as_bytes();
    let end = break_from(bytes, upto.saturating_sub(1), at_end);
    if memchr(b'"', &bytes[..end.unwrap_or(bytes.len())]).is_none() {
        let end = end?;
        return Some((end, records_without_quotes(&bytes[..end])));
    }
    let (mut end, mut records) = (0, 0);
    while end < upto {
        end = scan::skip_empty(bytes, end);
        if end >= bytes.len() && !at_end && (records > 0 || end < upto) {
            return None;
        }
        if end >= upto.min(bytes.len()) {
            break;
        }
        let mut fields = CsvFields::of(text, end as u32, delimiter);
        let is_certain = at_end || certain(bytes, &mut fields);
        fields.by_ref().for_each(drop);
        if !is_certain {
            return None;
        }
        end = fields.next_record();
        records += 1;
    }
    Some((end, records))
}

/// Whether a record would be read in the same way if more text followed.
fn certain(bytes: &[u8], fields: &mut CsvFields<'_>) -> bool {
    let may_close =
        |start: u32, fault| fault == Some(QuotingFault::Unclosed) && bytes.len() - (start as usize) < QUOTED_BYTES;
    if fields.any(|field| field.then == FieldEnd::End || may_close(field.span.start, field.fault)) {
        return false;
    }
    let end = fields.next_record();
    end < bytes.len() || bytes.last() == Some(&b'\n')
}

/// The end of the first line break from an offset on, if it is surely whole; at the end of the table its end.
fn break_from(bytes: &[u8], from: usize, at_end: bool) -> Option<usize> {
    let whole = at_end.then_some(bytes.len());
    let Some(at) = bytes.get(from..).and_then(|rest| memchr2(b'\n', b'\r', rest)).map(|at| from + at) else {
        return whole;
    };
    match (bytes[at], bytes.get(at + 1)) {
        (b'\r', Some(b'\n')) => Some(at + 2),
        (b'\r', None) => whole,
        _ => Some(at + 1),
    }
}

/// Lines that are not empty.
fn records_without_quotes(bytes: &[u8]) -> u64 {
    let (mut records, mut start) = (0, 0);
    for at in memchr2_iter(b'\n', b'\r', bytes) {
        records += u64::from(at > start);
        start = at + 1;
    }
    records + u64::from(start < bytes.len())
}

fn line_breaks(bytes: &[u8]) -> u64 {
    let is_own = |at: &usize| bytes.get(*at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n');
    memchr2_iter(b'\n', b'\r', bytes).filter(is_own).count() as u64
}

/// The encoding of a file, the bytes that show it, and how many bytes and lines precede them.
fn encoding_of(file: &mut OpenFile) -> std::io::Result<(TextEncoding, Vec<u8>, (u64, u64))> {
    let mut block = Vec::new();
    let mut base = (0, 0);
    loop {
        block.clear();
        let read = file.take(1 << 20).read_to_end(&mut block)?;
        if let Some(encoding) = TextEncoding::of(&block) {
            return Ok((encoding, block, base));
        }
        if read < 1 << 20 {
            return Ok((TextEncoding::Utf8, block, base));
        }
        base = (base.0 + read as u64, base.1 + line_breaks(&block));
    }
}

/// The error for bytes that are no character, with the line around them.
pub(super) fn undecoded(chunk: &SourceFile, bad: &Undecoded, encoding: TextEncoding, base: u64) -> SourceError {
    const AROUND: u32 = 300;
    let offset = (bad.at + base).saturating_sub(chunk.base_offset()) as u32;
    let line = chunk.line_span(chunk.line_index(offset)).unwrap_or_default();
    let text = chunk.text();
    let start = text.floor_char_boundary(line.start.max(offset.saturating_sub(AROUND)) as usize);
    let end = text.ceil_char_boundary(line.end.min(offset.saturating_add(AROUND)) as usize);
    SourceError::Undecodable {
        name: chunk.name().to_owned(),
        at: chunk.position(offset),
        byte: bad.byte,
        encoding,
        line: text.get(start..end.max(start)).unwrap_or_default().to_owned(),
        before: offset.saturating_sub(start as u32),
    }
}
