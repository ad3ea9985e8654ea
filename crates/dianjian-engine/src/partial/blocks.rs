//! The file that a partial is: a line of JSON, deflated blocks, their index, a tail that says where it is.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Cursor, Read, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use tempfile::TempPath;

use super::{Header, PartialError, VERSION};
use crate::spill::Item;
use dianjian_document::edit::unfinished_beside;
use dianjian_rules::record::home::KeptHome;

/// The last bytes of every partial.
const MAGIC: [u8; 8] = *b"\x8bpartial";

/// Bytes of the tail: where the index begins, its length, its checksum, the magic.
const TAIL: u64 = 8 + 8 + 4 + 8;

/// A header is not longer than this.
const MOST_HEADER: u64 = 4 << 20;

/// No block holds more.
const MOST_RAW: u64 = 2 << 30;

/// Bytes of items in a block.
const ITEMS: usize = 1 << 20;

/// What a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// All inputs of the run, the same in every share.
    Inputs,
    /// Findings and problems of some files, or of a part of one.
    Unit,
    /// The texts of these.
    Texts,
    /// Parts in groups, sorted.
    Groups,
    /// References, sorted.
    Uses,
    /// Records that can be referred to, sorted.
    Keys,
}

/// Where a block lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Block {
    pub kind: Kind,
    at: u64,
    pub bytes: u64,
    raw: u64,
    crc: u32,
    /// For texts: the input, and the byte in it, with which they begin.
    pub from: Option<(u32, u64)>,
}

/// What stands behind the blocks.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct End {
    /// The checksum of the header.
    header: u32,
    pub blocks: Vec<Block>,
    /// Lines of the share's parts of files that are read in parts.
    pub lines: Vec<(u32, u64)>,
    /// The bounds that parts in groups name by their number.
    pub bounds: Vec<(Option<Bound>, Option<Bound>)>,
    /// The first ids that can be referred to, each with what stands for it.
    pub ids: Vec<(u64, String)>,
    /// What folders say of the shops whose exports lie in them.
    #[serde(default)]
    pub homes: Vec<KeptHome>,
}

/// A number as it is written.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(super) struct Bound(pub Decimal);

impl From<Bound> for String {
    fn from(bound: Bound) -> Self {
        bound.0.to_string()
    }
}

impl TryFrom<String> for Bound {
    type Error = rust_decimal::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

/// A block's bytes as they will stand in the file.
#[derive(Debug)]
pub(super) struct Packed {
    bytes: Vec<u8>,
    raw: u64,
}

impl Packed {
    pub(super) fn of(raw: &[u8]) -> io::Result<Self> {
        let mut out = DeflateEncoder::new(Vec::with_capacity(raw.len() / 4), Compression::fast());
        out.write_all(raw)?;
        Ok(Self { bytes: out.finish()?, raw: raw.len() as u64 })
    }
}

/// Inflates a block; its length is as was said, or it is no such block.
pub(super) fn unpack(packed: &[u8], block: &Block) -> io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    DeflateDecoder::new(packed).take(block.raw.min(MOST_RAW) + 1).read_to_end(&mut raw)?;
    if raw.len() as u64 == block.raw { Ok(raw) } else { Err(io::ErrorKind::InvalidData.into()) }
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Writes a partial, which is in its place once it is whole.
pub(super) struct Writer {
    out: BufWriter<File>,
    temporary: TempPath,
    path: PathBuf,
    at: u64,
    pub end: End,
}

impl Writer {
    pub(super) fn create(path: &Path, header: &Header) -> io::Result<Self> {
        let (file, temporary) = unfinished_beside(path, 0o666)?.into_parts();
        let mut line = serde_json::to_vec(header)?;
        line.push(b'\n');
        let mut out = BufWriter::new(file);
        out.write_all(&line)?;
        let end = End { header: crc(&line), ..End::default() };
        Ok(Self { out, temporary, path: path.to_owned(), at: line.len() as u64, end })
    }

    pub(super) fn put(&mut self, kind: Kind, packed: &Packed, from: Option<(u32, u64)>) -> io::Result<()> {
        let (at, bytes) = (self.at, packed.bytes.len() as u64);
        self.end.blocks.push(Block { kind, at, bytes, raw: packed.raw, crc: crc(&packed.bytes), from });
        self.at += bytes;
        self.out.write_all(&packed.bytes)
    }

    /// Writes sorted items in blocks.
    pub(super) fn put_items<T: Item>(
        &mut self,
        kind: Kind,
        items: impl Iterator<Item = io::Result<T>>,
    ) -> io::Result<()> {
        let mut bytes = Vec::new();
        for item in items {
            item?.write(&mut bytes);
            if bytes.len() >= ITEMS {
                self.put(kind, &Packed::of(&bytes)?, None)?;
                bytes.clear();
            }
        }
        if bytes.is_empty() { Ok(()) } else { self.put(kind, &Packed::of(&bytes)?, None) }
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        let index = serde_json::to_vec(&self.end)?;
        self.out.write_all(&index)?;
        self.out.write_all(&self.at.to_le_bytes())?;
        self.out.write_all(&(index.len() as u64).to_le_bytes())?;
        self.out.write_all(&crc(&index).to_le_bytes())?;
        self.out.write_all(&MAGIC)?;
        drop(self.out.into_inner().map_err(io::IntoInnerError::into_error)?);
        self.temporary.persist(&self.path).map_err(|error| error.error)
    }
}

/// A partial that is whole.
#[derive(Debug)]
pub(super) struct Reader {
    /// As it was named.
    pub path: String,
    pub header: Header,
    pub end: End,
    file: Mutex<File>,
}

impl Reader {
    /// Opens a partial and makes sure that every byte is as it was written.
    pub(super) fn open(path: &Path) -> Result<Self, PartialError> {
        let name = path.display().to_string();
        let io = |error: io::Error| match error.kind() {
            io::ErrorKind::UnexpectedEof => PartialError::Truncated { path: name.clone() },
            io::ErrorKind::InvalidData => PartialError::Damaged { path: name.clone() },
            _ => PartialError::Io { path: name.clone(), reason: error.to_string() },
        };
        let mut file = File::open(path).map_err(io)?;
        let (header, line) = header(&mut file, &name).map_err(|error| error.unwrap_or_else(io))?;
        let end = end(&mut file, &line).map_err(io)?;
        Ok(Self { path: name.clone(), header, end, file: Mutex::new(file) })
    }

    /// A block's bytes as they stand in the file.
    pub(super) fn packed(&self, block: &Block) -> io::Result<Vec<u8>> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(block.at))?;
        let mut bytes = vec![0; usize::try_from(block.bytes).map_err(|_| io::ErrorKind::InvalidData)?];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// What a block holds.
    pub(super) fn read(&self, block: &Block) -> io::Result<Vec<u8>> {
        unpack(&self.packed(block)?, block)
    }

    /// The blocks of a kind, in their order.
    pub(super) fn blocks(&self, kind: Kind) -> impl Iterator<Item = &Block> {
        self.end.blocks.iter().filter(move |block| block.kind == kind)
    }

    /// That the file is damaged, although its checksums are right.
    pub(super) fn damaged(&self) -> PartialError {
        PartialError::Damaged { path: self.path.clone() }
    }
}

/// What is wrong with a header: told, or the system's own.
struct Wrong(Result<PartialError, io::Error>);

impl Wrong {
    fn unwrap_or_else(self, io: impl FnOnce(io::Error) -> PartialError) -> PartialError {
        self.0.unwrap_or_else(io)
    }
}

impl From<io::Error> for Wrong {
    fn from(error: io::Error) -> Self {
        Self(Err(error))
    }
}

/// Reads the first line.
fn header(file: &mut File, name: &str) -> Result<(Header, Vec<u8>), Wrong> {
    #[derive(Deserialize)]
    struct Only {
        #[serde(rename = "dianjian-partial")]
        version: u64,
    }
    let mut line = Vec::new();
    BufReader::new(&mut *file).take(MOST_HEADER).read_until(b'\n', &mut line)?;
    let not_one = || Wrong(Ok(PartialError::NotOne { path: name.to_owned() }));
    if !line.starts_with(b"{\"dianjian-partial\"") {
        return Err(not_one());
    }
    if !line.ends_with(b"\n") {
        return Err(Wrong(Ok(PartialError::Truncated { path: name.to_owned() })));
    }
    let Only { version } = serde_json::from_slice(&line).map_err(|_| not_one())?;
    if version != u64::from(VERSION) {
        return Err(Wrong(Ok(PartialError::Version { path: name.to_owned(), found: version })));
    }
    let damaged = |_| Wrong(Ok(PartialError::Damaged { path: name.to_owned() }));
    Ok((serde_json::from_slice(&line).map_err(damaged)?, line))
}

/// Reads the index, and all blocks once for their checksums.
fn end(file: &mut File, line: &[u8]) -> io::Result<End> {
    let size = file.metadata()?.len();
    let damaged = || io::Error::from(io::ErrorKind::InvalidData);
    let short = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let begun = line.len() as u64;
    let tail_at = size.checked_sub(TAIL).filter(|at| *at >= begun).ok_or_else(short)?;
    file.seek(SeekFrom::Start(tail_at))?;
    let mut tail = [0; TAIL as usize];
    file.read_exact(&mut tail)?;
    let (numbers, magic) = tail.split_at(20);
    if magic != MAGIC {
        return Err(short());
    }
    let mut numbers = Cursor::new(numbers);
    let (at, length) = (u64::read(&mut numbers)?, u64::read(&mut numbers)?);
    let sum = u32::from_le_bytes(crate::spill::read_bytes(&mut numbers)?);
    if at < begun || at.checked_add(length) != Some(tail_at) {
        return Err(damaged());
    }
    file.seek(SeekFrom::Start(at))?;
    let mut index = vec![0; usize::try_from(length).map_err(|_| damaged())?];
    file.read_exact(&mut index)?;
    if crc(&index) != sum {
        return Err(damaged());
    }
    let end: End = serde_json::from_slice(&index).map_err(|_| damaged())?;
    if end.header != crc(line) {
        return Err(damaged());
    }
    let mut next = begun;
    file.seek(SeekFrom::Start(begun))?;
    let mut from = BufReader::with_capacity(1 << 20, &mut *file);
    for block in &end.blocks {
        if block.at != next || block.raw > MOST_RAW || checksum(&mut from, block.bytes)? != block.crc {
            return Err(damaged());
        }
        next += block.bytes;
    }
    if next == at { Ok(end) } else { Err(damaged()) }
}

fn checksum(from: &mut impl BufRead, mut bytes: u64) -> io::Result<u32> {
    let mut crc = Crc::new();
    while bytes > 0 {
        let held = from.fill_buf()?;
        let part = usize::try_from(bytes).unwrap_or(usize::MAX).min(held.len());
        if part == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        crc.update(&held[..part]);
        from.consume(part);
        bytes -= part as u64;
    }
    Ok(crc.sum())
}

/// The items of a partial's blocks of a kind, in their order.
pub(super) struct Items<T> {
    reader: Arc<Reader>,
    blocks: std::vec::IntoIter<Block>,
    held: Cursor<Vec<u8>>,
    of: PhantomData<T>,
}

impl<T: Item> Items<T> {
    pub(super) fn new(reader: &Arc<Reader>, kind: Kind) -> Self {
        let blocks: Vec<Block> = reader.blocks(kind).copied().collect();
        let reader = Arc::clone(reader);
        Self { reader, blocks: blocks.into_iter(), held: Cursor::default(), of: PhantomData }
    }
}

impl<T: Item> Iterator for Items<T> {
    type Item = io::Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.held.position() >= self.held.get_ref().len() as u64 {
            let block = self.blocks.next()?;
            match self.reader.read(&block) {
                Ok(bytes) => self.held = Cursor::new(bytes),
                Err(error) => return Some(Err(error)),
            }
        }
        Some(T::read(&mut self.held))
    }
}
