//! The file format of partials: a line of JSON, deflated blocks, their index, a tail that says where the index is.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Cursor, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use dianjian_document::edit::ReplacementFile;
use dianjian_rules::record::SavedContext;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use serde::{Deserialize, Serialize};

use super::{PartialError, PartialHeader, VERSION};
use crate::check_record::group_member::KnownId;
use crate::cross_record::covered::CoveredValue;
use crate::cross_record::external_sort::{SortItem, SortedRun, read_bytes};
use crate::cross_record::groups::GroupBounds;

/// The last bytes of every partial.
const MAGIC: [u8; 8] = *b"\x8bpartial";

/// Size of the tail: where the index begins, its length, its checksum, the magic.
const TAIL: u64 = 8 + 8 + 4 + 8;

/// A longer first line is no header.
const MAX_HEADER: u64 = 4 << 20;

/// A damaged index must not make us inflate more.
const MAX_RAW: u64 = 2 << 30;

/// Sorted items are cut into blocks of about this size.
const BLOCK_BYTES: usize = 1 << 20;

/// What a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum BlockKind {
    /// All inputs of the run, the same in every shard.
    Inputs,
    /// Findings and problems of some files or of a chunk.
    Unit,
    /// The texts of these.
    Texts,
    /// Members of groups, sorted.
    Groups,
    /// References by the keys of what they name, sorted.
    Requests,
    /// Records that can be named, sorted by their keys.
    Targets,
    /// What waits for records that are named, sorted by place.
    Pending,
}

/// Where a block lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Block {
    pub kind: BlockKind,
    at: u64,
    pub bytes: u64,
    raw: u64,
    crc: u32,
    /// For texts: the input, and the byte in it, with which they begin.
    pub from: Option<(u32, u64)>,
}

/// What follows the blocks.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BlockIndex {
    /// The CRC of the header.
    header: u32,
    pub blocks: Vec<Block>,
    /// By input: the lines of its chunks in this shard.
    pub lines: Vec<(u32, u64)>,
    /// The bounds that members of groups name by index.
    pub bounds: Vec<GroupBounds>,
    /// Values that keys of a rule should have all of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covered: Vec<CoveredValue>,
    /// The first ids of each kind.
    pub ids: Vec<KnownId>,
    /// The shops that folders of exports describe.
    #[serde(default)]
    pub homes: Vec<SavedContext>,
}

/// A block as it will stand in the file.
#[derive(Debug)]
pub(crate) struct DeflatedBlock {
    bytes: Vec<u8>,
    raw: u64,
}

impl DeflatedBlock {
    pub(crate) fn of(raw: &[u8]) -> io::Result<Self> {
        let mut out = DeflateEncoder::new(Vec::with_capacity(raw.len() / 4), Compression::fast());
        out.write_all(raw)?;
        Ok(Self { bytes: out.finish()?, raw: raw.len() as u64 })
    }
}

/// The bytes of a block before they were packed.
///
/// # Errors
/// Its length is not the one that the index gives.
pub(crate) fn unpack(packed: &[u8], block: &Block) -> io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    DeflateDecoder::new(packed).take(block.raw.min(MAX_RAW) + 1).read_to_end(&mut raw)?;
    if raw.len() as u64 == block.raw { Ok(raw) } else { Err(io::ErrorKind::InvalidData.into()) }
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Writes a partial to a temporary file, which gets its name when it is complete.
pub(crate) struct PartialWriter {
    out: BufWriter<ReplacementFile>,
    at: u64,
    pub index: BlockIndex,
}

impl PartialWriter {
    pub(crate) fn create(path: &Path, header: &PartialHeader) -> io::Result<Self> {
        let mut line = serde_json::to_vec(header)?;
        line.push(b'\n');
        let mut out = BufWriter::new(ReplacementFile::create(path)?);
        out.write_all(&line)?;
        let index = BlockIndex { header: crc(&line), ..BlockIndex::default() };
        Ok(Self { out, at: line.len() as u64, index })
    }

    pub(crate) fn put(&mut self, kind: BlockKind, packed: &DeflatedBlock, from: Option<(u32, u64)>) -> io::Result<()> {
        let (at, bytes) = (self.at, packed.bytes.len() as u64);
        self.index.blocks.push(Block { kind, at, bytes, raw: packed.raw, crc: crc(&packed.bytes), from });
        self.at += bytes;
        self.out.write_all(&packed.bytes)
    }

    /// Writes sorted items in blocks.
    pub(crate) fn put_items<T: SortItem>(
        &mut self,
        kind: BlockKind,
        items: impl Iterator<Item = io::Result<T>>,
    ) -> io::Result<()> {
        let mut bytes = Vec::new();
        for item in items {
            item?.write(&mut bytes);
            if bytes.len() >= BLOCK_BYTES {
                self.put(kind, &DeflatedBlock::of(&bytes)?, None)?;
                bytes.clear();
            }
        }
        if bytes.is_empty() { Ok(()) } else { self.put(kind, &DeflatedBlock::of(&bytes)?, None) }
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        let index = serde_json::to_vec(&self.index)?;
        self.out.write_all(&index)?;
        self.out.write_all(&self.at.to_le_bytes())?;
        self.out.write_all(&(index.len() as u64).to_le_bytes())?;
        self.out.write_all(&crc(&index).to_le_bytes())?;
        self.out.write_all(&MAGIC)?;
        self.out.into_inner().map_err(io::IntoInnerError::into_error)?.commit()
    }
}

/// A partial whose checksums are all right.
#[derive(Debug)]
pub(crate) struct PartialReader {
    /// The path as it was given.
    pub path: String,
    pub header: PartialHeader,
    pub index: BlockIndex,
    file: Mutex<File>,
}

impl PartialReader {
    /// Opens a partial and verifies every byte of it.
    pub(crate) fn open(path: &Path) -> Result<Self, PartialError> {
        let name = path.display().to_string();
        let io = |error: io::Error| match error.kind() {
            io::ErrorKind::UnexpectedEof => PartialError::Truncated { path: name.clone() },
            io::ErrorKind::InvalidData => PartialError::Damaged { path: name.clone() },
            _ => PartialError::Io { path: name.clone(), reason: error.to_string() },
        };
        let mut file = File::open(path).map_err(io)?;
        let (header, line) = read_header(&mut file, &name, &io)?;
        let index = read_index(&mut file, &line).map_err(io)?;
        Ok(Self { path: name.clone(), header, index, file: Mutex::new(file) })
    }

    /// The bytes of a block, still packed.
    pub(crate) fn packed(&self, block: &Block) -> io::Result<Vec<u8>> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(block.at))?;
        let mut bytes = vec![0; usize::try_from(block.bytes).map_err(|_| io::ErrorKind::InvalidData)?];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    pub(crate) fn read(&self, block: &Block) -> io::Result<Vec<u8>> {
        unpack(&self.packed(block)?, block)
    }

    /// The blocks of a kind, in their order.
    pub(crate) fn blocks(&self, kind: BlockKind) -> impl Iterator<Item = &Block> {
        self.index.blocks.iter().filter(move |block| block.kind == kind)
    }

    /// The error for a file that makes no sense although its checksums are right.
    pub(crate) fn damaged(&self) -> PartialError {
        PartialError::Damaged { path: self.path.clone() }
    }
}

/// Reads the first line.
fn read_header(
    file: &mut File,
    name: &str,
    io: &dyn Fn(io::Error) -> PartialError,
) -> Result<(PartialHeader, Vec<u8>), PartialError> {
    #[derive(Deserialize)]
    struct VersionOnly {
        #[serde(rename = "dianjian-partial")]
        version: u64,
    }
    let mut line = Vec::new();
    BufReader::new(&mut *file).take(MAX_HEADER).read_until(b'\n', &mut line).map_err(io)?;
    let not_one = || PartialError::NotOne { path: name.to_owned() };
    if !line.starts_with(b"{\"dianjian-partial\"") {
        return Err(not_one());
    }
    if !line.ends_with(b"\n") {
        return Err(PartialError::Truncated { path: name.to_owned() });
    }
    let VersionOnly { version } = serde_json::from_slice(&line).map_err(|_| not_one())?;
    if version != u64::from(VERSION) {
        return Err(PartialError::Version { path: name.to_owned(), found: version });
    }
    let damaged = |_| PartialError::Damaged { path: name.to_owned() };
    Ok((serde_json::from_slice(&line).map_err(damaged)?, line))
}

/// Reads the index, and all blocks once for their checksums.
fn read_index(file: &mut File, line: &[u8]) -> io::Result<BlockIndex> {
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
    let sum = u32::from_le_bytes(read_bytes(&mut numbers)?);
    if at < begun || at.checked_add(length) != Some(tail_at) {
        return Err(damaged());
    }
    file.seek(SeekFrom::Start(at))?;
    let mut json = vec![0; usize::try_from(length).map_err(|_| damaged())?];
    file.read_exact(&mut json)?;
    if crc(&json) != sum {
        return Err(damaged());
    }
    let index: BlockIndex = serde_json::from_slice(&json).map_err(|_| damaged())?;
    if index.header != crc(line) {
        return Err(damaged());
    }
    let mut next = begun;
    file.seek(SeekFrom::Start(begun))?;
    let mut from = BufReader::with_capacity(1 << 20, &mut *file);
    for block in &index.blocks {
        if block.at != next || block.raw > MAX_RAW || checksum(&mut from, block.bytes)? != block.crc {
            return Err(damaged());
        }
        next += block.bytes;
    }
    if next == at { Ok(index) } else { Err(damaged()) }
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

/// The sorted items in a partial's blocks of one kind, of which one is in memory at a time.
pub(crate) fn block_items<T: SortItem>(reader: &Arc<PartialReader>, kind: BlockKind) -> SortedRun<T> {
    let blocks: Vec<Block> = reader.blocks(kind).copied().collect();
    let (reader, mut blocks, mut held) = (Arc::clone(reader), blocks.into_iter(), Cursor::new(Vec::new()));
    Box::new(std::iter::from_fn(move || {
        while held.position() >= held.get_ref().len() as u64 {
            match reader.read(&blocks.next()?) {
                Ok(bytes) => held = Cursor::new(bytes),
                Err(error) => return Some(Err(error)),
            }
        }
        Some(T::read(&mut held))
    }))
}
