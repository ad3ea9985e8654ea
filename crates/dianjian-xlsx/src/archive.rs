//! The zip package that a workbook is: its directory, its parts unpacked within bounds, and copies in
//! which a part is exchanged and every other byte stays.
//!
//! The directory is read here and not by the `zip` crate, as that one keeps only one of two parts with
//! the same name, and does not say where in the file the parts and their records lie.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::error::{Counted, Damage, Fault, WorkbookError};
use super::looks;

/// Parts that are read; one sheet has about two.
const MAX_PARTS: usize = 50_000;

/// Bytes of the directory that are read.
const MAX_DIRECTORY: u64 = 16 << 20;

/// Bytes of one part once unpacked.
const MAX_PART: u64 = 2 << 30;

/// Bytes that are read or unpacked at a time.
const BUFFER: usize = 128 << 10;

/// Times that a large part may grow. What spreadsheet programs write grows 10 to 30 times.
const MAX_RATIO: u64 = 250;

/// Parts up to this size may grow as they like.
const RATIO_FROM: u64 = 32 << 20;

const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const END_64_LOCATOR: u32 = 0x0706_4b50;
const RECORD: u32 = 0x0201_4b50;
const LOCAL: u32 = 0x0403_4b50;

/// Bytes of the fixed part of each structure.
const END_LEN: usize = 22;
const LOCATOR_LEN: usize = 20;
const RECORD_LEN: usize = 46;
const LOCAL_LEN: usize = 30;

/// The extra field that holds 64-bit sizes and places.
const EXTRA_64: u16 = 1;

/// In a record or header: sizes follow the data.
const FLAG_SIZES_FOLLOW: u16 = 1 << 3;

/// Where a workbook's bytes are.
pub trait Bytes: Read + Seek + Send {}

impl<T: Read + Seek + Send> Bytes for T {}

/// An open package.
pub(super) struct Archive {
    file: Box<dyn Bytes>,
    parts: Vec<Part>,
    /// By their folded names.
    by_name: HashMap<String, usize>,
    directory: Directory,
}

/// The list of parts, as it lies in the file.
struct Directory {
    /// Where it begins.
    start: u64,
    /// Its records.
    records: Vec<u8>,
    /// What follows them: the end's records and the file's comment.
    end: Vec<u8>,
}

/// A part as the directory has it.
#[derive(Debug, Clone)]
struct Part {
    name: String,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    /// Where its local header begins.
    header: u64,
    /// Where its record begins among the directory's records.
    record: usize,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

fn directory_damaged() -> WorkbookError {
    WorkbookError::damaged("", Damage::Directory)
}

/// A part's name as it is looked up: some programs write other cases, or `\` between folders.
fn folded(name: &str) -> String {
    name.trim_start_matches('/').replace('\\', "/").to_lowercase()
}

impl Archive {
    /// Reads the directory and looks whether the package is sound. Nothing is unpacked.
    pub fn open(mut file: Box<dyn Bytes>) -> Result<Self, WorkbookError> {
        let size = file.seek(SeekFrom::End(0))?;
        let looks = looks::of(&mut *file, size)?;
        if let Some(fault) = looks {
            return Err(WorkbookError::new(fault));
        }
        let (start, count, records_len) = find_directory(&mut *file, size)?;
        if count > MAX_PARTS as u64 || records_len > MAX_DIRECTORY {
            return Err(WorkbookError::too_many(Counted::Parts, MAX_PARTS as u64));
        }
        let records = read_at(&mut *file, start, records_len)?;
        let end = read_at(&mut *file, start + records_len, size - start - records_len)?;
        let parts = read_records(&records, count as usize, start)?;
        let mut by_name = HashMap::with_capacity(parts.len());
        for (index, part) in parts.iter().enumerate() {
            if by_name.insert(folded(&part.name), index).is_some() {
                return Err(WorkbookError::new(Fault::RepeatedPart { part: part.name.clone() }));
            }
        }
        refuse_overlaps(&parts, start)?;
        Ok(Self { file, parts, by_name, directory: Directory { start, records, end } })
    }

    /// The number of a part.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(&folded(name)).copied()
    }

    /// A part's name.
    pub fn name(&self, part: usize) -> &str {
        self.parts.get(part).map_or("", |part| &part.name)
    }

    /// A buffer's size for a part. Buffers larger than their parts would, where there are thousands of small ones,
    /// leave the memory in pieces.
    pub fn buffer(&self, part: usize) -> usize {
        let size = self.parts.get(part).map_or(0, |part| part.size);
        usize::try_from(size).unwrap_or(BUFFER).saturating_add(1).min(BUFFER)
    }

    /// Unpacks a part while it is read. Its size and checksum are held against those told.
    pub fn read(&mut self, part: usize) -> Result<Unpacked<'_>, WorkbookError> {
        let buffer = self.buffer(part);
        let Some(part) = self.parts.get(part) else { return Err(WorkbookError::damaged("", Damage::Missing)) };
        if part.size > MAX_PART {
            return Err(WorkbookError::too_many(Counted::Bytes, MAX_PART));
        }
        if part.size > RATIO_FROM && part.size / part.packed.max(1) > MAX_RATIO {
            return Err(WorkbookError::too_many(Counted::Ratio, MAX_RATIO));
        }
        let damaged = |damage| WorkbookError::damaged(&part.name, damage);
        let header = read_at(&mut *self.file, part.header, LOCAL_LEN as u64)?;
        let data = data_start(&header, part.header).ok_or_else(|| damaged(Damage::Directory))?;
        if data.saturating_add(part.packed) > self.directory.start {
            return Err(damaged(Damage::Size));
        }
        self.file.seek(SeekFrom::Start(data))?;
        let packed = BufReader::with_capacity(buffer, (&mut self.file).take(part.packed));
        let data = match part.method {
            0 => Data::Stored(packed),
            8 => Data::Deflated(DeflateDecoder::new(packed)),
            _ => return Err(damaged(Damage::Compression)),
        };
        Ok(Unpacked { data, part, left: part.size, crc: Crc::new() })
    }

    /// Writes the package with other contents for some parts. Of the other parts, of what lies between
    /// them and of the directory every byte stays, but for the places of what has moved.
    pub fn write_with(
        &mut self,
        mut contents: BTreeMap<usize, Packed>,
        out: &mut (impl Write + Seek),
    ) -> Result<(), WorkbookError> {
        let mut order: Vec<usize> = (0..self.parts.len()).collect();
        order.sort_by_key(|&part| self.parts[part].header);
        let mut moved = Vec::with_capacity(order.len());
        let mut copied = 0;
        for (at, &number) in order.iter().enumerate() {
            let part = &self.parts[number];
            let Some(mut content) = contents.remove(&number) else { continue };
            copy_range(&mut *self.file, copied..part.header, out)?;
            let next = order.get(at + 1).map_or(self.directory.start, |&next| self.parts[next].header);
            copied = next;
            let before = out.stream_position()?;
            let header = read_at(&mut *self.file, part.header, LOCAL_LEN as u64)?;
            let data = data_start(&header, part.header)
                .ok_or_else(|| WorkbookError::damaged(&part.name, Damage::Directory))?;
            let header = read_at(&mut *self.file, part.header, data - part.header)?;
            out.write_all(&content.local_header(&header).ok_or_else(directory_damaged)?)?;
            content.file.rewind()?;
            io::copy(&mut content.file, out)?;
            let grown = (out.stream_position()? - before) as i64 - (next - part.header) as i64;
            moved.push((part.header, grown));
            let record = part.record;
            content.patch_record(&mut self.directory.records, record).ok_or_else(directory_damaged)?;
        }
        copy_range(&mut *self.file, copied..self.directory.start, out)?;
        let start = out.stream_position()?;
        for part in &self.parts {
            let by: i64 = moved.iter().filter(|(header, _)| *header < part.header).map(|(_, grown)| grown).sum();
            patch_place(&mut self.directory.records, part, by).ok_or_else(directory_damaged)?;
        }
        out.write_all(&self.directory.records)?;
        let by = start as i64 - self.directory.start as i64;
        patch_end(&mut self.directory.end, by).ok_or_else(directory_damaged)?;
        out.write_all(&self.directory.end)?;
        Ok(())
    }
}

/// The directory's start, its number of records and their bytes.
fn find_directory(file: &mut dyn Bytes, size: u64) -> Result<(u64, u64, u64), WorkbookError> {
    // The end's record stands before a comment of at most 65,535 bytes.
    let tail_len = size.min((END_LEN + usize::from(u16::MAX) + LOCATOR_LEN) as u64);
    let tail_start = size - tail_len;
    let tail = read_at(file, tail_start, tail_len)?;
    let is_end = |&at: &usize| {
        u32_at(&tail, at) == Some(END)
            && u16_at(&tail, at + 20).is_some_and(|comment| at + END_LEN + usize::from(comment) == tail.len())
    };
    let at = (0..=tail.len().saturating_sub(END_LEN)).rev().find(is_end).ok_or_else(directory_damaged)?;
    let locator = at.checked_sub(LOCATOR_LEN).filter(|&at| u32_at(&tail, at) == Some(END_64_LOCATOR));
    let (count, len, start, limit) = if let Some(locator) = locator {
        let place = u64_at(&tail, locator + 8).ok_or_else(directory_damaged)?;
        let end = read_at(file, place, 56)?;
        if u32_at(&end, 0) != Some(END_64) {
            return Err(directory_damaged());
        }
        let field = |at| u64_at(&end, at).ok_or_else(directory_damaged);
        (field(32)?, field(40)?, field(48)?, place)
    } else {
        let count = u16_at(&tail, at + 10).map(u64::from);
        let len = u32_at(&tail, at + 12).map(u64::from);
        let start = u32_at(&tail, at + 16).map(u64::from);
        let (Some(count), Some(len), Some(start)) = (count, len, start) else { return Err(directory_damaged()) };
        (count, len, start, tail_start + at as u64)
    };
    // What is not exactly where it says it is would be read differently by others.
    if start.checked_add(len) != Some(limit) {
        return Err(directory_damaged());
    }
    Ok((start, count, len))
}

fn read_records(records: &[u8], count: usize, start: u64) -> Result<Vec<Part>, WorkbookError> {
    let mut parts = Vec::with_capacity(count);
    let mut at = 0;
    while at < records.len() {
        let (part, len) = read_record(records, at)?;
        if part.header >= start {
            return Err(directory_damaged());
        }
        at += len;
        parts.push(part);
    }
    if parts.len() == count { Ok(parts) } else { Err(directory_damaged()) }
}

/// One record and its length.
fn read_record(records: &[u8], at: usize) -> Result<(Part, usize), WorkbookError> {
    let short = |offset| u16_at(records, at + offset).ok_or_else(directory_damaged);
    let long = |offset| u32_at(records, at + offset).ok_or_else(directory_damaged);
    if long(0)? != RECORD {
        return Err(directory_damaged());
    }
    let (name_len, extra_len) = (usize::from(short(28)?), usize::from(short(30)?));
    let comment_len = usize::from(short(32)?);
    let name_at = at + RECORD_LEN;
    let name = records.get(name_at..name_at + name_len).ok_or_else(directory_damaged)?;
    let name = String::from_utf8_lossy(name).into_owned();
    let extra_at = name_at + name_len;
    let extra = records.get(extra_at..extra_at + extra_len).ok_or_else(directory_damaged)?;
    let len = RECORD_LEN + name_len + extra_len + comment_len;
    if at + len > records.len() {
        return Err(directory_damaged());
    }
    if is_unsafe(&name) {
        return Err(WorkbookError::new(Fault::UnsafePart { part: name }));
    }
    // Bit 0: locked; bit 6: strongly; bit 13: the directory too.
    if short(8)? & (1 | 1 << 6 | 1 << 13) != 0 {
        return Err(WorkbookError::new(Fault::Locked));
    }
    let mut wide = Wide::of(extra);
    let mut wide_or = |value: u32| if value == u32::MAX { wide.next() } else { Some(value.into()) };
    let size = wide_or(long(24)?).ok_or_else(directory_damaged)?;
    let packed = wide_or(long(20)?).ok_or_else(directory_damaged)?;
    let header = wide_or(long(42)?).ok_or_else(directory_damaged)?;
    let part = Part { name, method: short(10)?, crc: long(16)?, packed, size, header, record: at };
    Ok((part, len))
}

/// Does a name lead out of the folder that the package would be unpacked to?
fn is_unsafe(name: &str) -> bool {
    let mut parts = name.split(['/', '\\']);
    let is_drive = name.as_bytes().get(1) == Some(&b':');
    is_drive || name.contains('\0') || name.starts_with(['/', '\\']) || parts.any(|part| part == "..")
}

/// The fields of the extra field for 64 bits, in their order.
struct Wide<'a>(&'a [u8]);

impl<'a> Wide<'a> {
    fn of(extra: &'a [u8]) -> Self {
        Self(find_wide(extra).and_then(|range| extra.get(range)).unwrap_or_default())
    }

    fn next(&mut self) -> Option<u64> {
        let value = u64_at(self.0, 0)?;
        self.0 = self.0.get(8..)?;
        Some(value)
    }
}

/// Where in an extra field the 64-bit fields lie.
fn find_wide(extra: &[u8]) -> Option<std::ops::Range<usize>> {
    let mut at = 0;
    loop {
        let (id, len) = (u16_at(extra, at)?, usize::from(u16_at(extra, at + 2)?));
        if id == EXTRA_64 {
            return Some(at + 4..at + 4 + len);
        }
        at += 4 + len;
    }
}

/// Parts that lie over one another make a small file unpack to a huge one.
fn refuse_overlaps(parts: &[Part], directory: u64) -> Result<(), WorkbookError> {
    let mut places: Vec<_> = parts.iter().collect();
    places.sort_by_key(|part| part.header);
    let nexts = places.iter().skip(1).map(|part| part.header).chain([directory]);
    for (part, next) in places.iter().zip(nexts) {
        let least = part.header.saturating_add((LOCAL_LEN + part.name.len()) as u64).saturating_add(part.packed);
        if least > next {
            return Err(WorkbookError::damaged(&part.name, Damage::Overlap));
        }
    }
    Ok(())
}

/// Where a part's data begins, by its local header.
fn data_start(header: &[u8], at: u64) -> Option<u64> {
    if u32_at(header, 0)? != LOCAL {
        return None;
    }
    Some(at + LOCAL_LEN as u64 + u64::from(u16_at(header, 26)?) + u64::from(u16_at(header, 28)?))
}

fn read_at(file: &mut dyn Bytes, at: u64, len: u64) -> Result<Vec<u8>, WorkbookError> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(len).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == len { Ok(bytes) } else { Err(directory_damaged()) }
}

fn copy_range(file: &mut dyn Bytes, range: std::ops::Range<u64>, out: &mut impl Write) -> Result<(), WorkbookError> {
    file.seek(SeekFrom::Start(range.start))?;
    let len = range.end.saturating_sub(range.start);
    let copied = io::copy(&mut file.take(len), out)?;
    if copied == len { Ok(()) } else { Err(directory_damaged()) }
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) -> Option<()> {
    bytes.get_mut(at..at + value.len())?.copy_from_slice(value);
    Some(())
}

/// Moves the place of a part's header in its record.
fn patch_place(records: &mut [u8], part: &Part, by: i64) -> Option<()> {
    let place = part.header.checked_add_signed(by)?;
    let at = part.record;
    if u32_at(records, at + 42)? != u32::MAX {
        return put(records, at + 42, &u32::try_from(place).ok()?.to_le_bytes());
    }
    let extra_at = at + RECORD_LEN + usize::from(u16_at(records, at + 28)?);
    let extra = records.get(extra_at..extra_at + usize::from(u16_at(records, at + 30)?))?;
    let wide = find_wide(extra)?;
    // The place comes after the sizes, of which those are there that do not fit.
    let before = [20, 24].into_iter().filter(|offset| u32_at(records, at + offset) == Some(u32::MAX)).count();
    put(records, extra_at + wide.start + 8 * before, &place.to_le_bytes())
}

/// Moves the directory's place in what follows its records.
fn patch_end(end: &mut [u8], by: i64) -> Option<()> {
    let mut at = 0;
    if u32_at(end, 0)? == END_64 {
        let start = u64_at(end, 48)?.checked_add_signed(by)?;
        put(end, 48, &start.to_le_bytes())?;
        at = usize::try_from(u64_at(end, 4)?).ok()?.checked_add(12)?;
        let place = u64_at(end, at + 8)?.checked_add_signed(by)?;
        put(end, at + 8, &place.to_le_bytes())?;
        at += LOCATOR_LEN;
    }
    let start = u32_at(end, at + 16)?;
    if start == u32::MAX {
        return Some(());
    }
    let start = u64::from(start).checked_add_signed(by)?;
    put(end, at + 16, &u32::try_from(start).ok()?.to_le_bytes())
}

/// A part's contents while they are unpacked.
pub(super) struct Unpacked<'a> {
    data: Data<'a>,
    part: &'a Part,
    left: u64,
    crc: Crc,
}

type Source<'a> = BufReader<io::Take<&'a mut Box<dyn Bytes>>>;

enum Data<'a> {
    Stored(Source<'a>),
    Deflated(DeflateDecoder<Source<'a>>),
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let damaged = |damage| io::Error::from(WorkbookError::damaged(&self.part.name, damage));
        let read = match &mut self.data {
            Data::Stored(data) => data.read(buffer)?,
            Data::Deflated(data) => data.read(buffer).map_err(|_| damaged(Damage::Compression))?,
        };
        if read as u64 > self.left || (read == 0 && !buffer.is_empty() && self.left > 0) {
            return Err(damaged(Damage::Size));
        }
        self.left -= read as u64;
        self.crc.update(buffer.get(..read).unwrap_or_default());
        if self.left == 0 && self.crc.sum() != self.part.crc {
            return Err(damaged(Damage::Checksum));
        }
        Ok(read)
    }
}

/// New contents of a part, packed.
pub(super) struct Packed {
    file: tempfile::SpooledTempFile,
    crc: u32,
    size: u64,
    packed: u64,
}

/// Bytes of packed contents that are held in memory before they go to disk.
const PACKED_MEMORY: usize = 8 << 20;

impl Packed {
    /// Packs what `write` writes.
    pub fn new(write: impl FnOnce(&mut dyn Write) -> Result<(), WorkbookError>) -> Result<Self, WorkbookError> {
        struct Counted<W> {
            out: W,
            crc: Crc,
        }
        impl<W: Write> Write for Counted<W> {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.out.write_all(bytes)?;
                self.crc.update(bytes);
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                self.out.flush()
            }
        }
        let spool = tempfile::SpooledTempFile::new(PACKED_MEMORY);
        let encoder = flate2::write::DeflateEncoder::new(spool, flate2::Compression::default());
        let mut counted = Counted { out: encoder, crc: Crc::new() };
        write(&mut counted)?;
        let Counted { out, crc } = counted;
        let (size, sum) = (out.total_in(), crc.sum());
        let mut file = out.finish()?;
        let packed = file.stream_position()?;
        // Sizes of 4 GiB and more would need fields that the part's record has not.
        if size >= u64::from(u32::MAX) || packed >= u64::from(u32::MAX) {
            return Err(WorkbookError::too_many(self::Counted::Bytes, MAX_PART));
        }
        Ok(Self { file, crc: sum, size, packed })
    }

    /// The part's local header as it was, with the new sizes.
    fn local_header(&self, old: &[u8]) -> Option<Vec<u8>> {
        let mut header = old.to_vec();
        let flags = u16_at(old, 6)? & !FLAG_SIZES_FOLLOW;
        put(&mut header, 6, &flags.to_le_bytes())?;
        put(&mut header, 8, &8_u16.to_le_bytes())?;
        put(&mut header, 14, &self.crc.to_le_bytes())?;
        put(&mut header, 18, &(self.packed as u32).to_le_bytes())?;
        put(&mut header, 22, &(self.size as u32).to_le_bytes())?;
        let extra_at = LOCAL_LEN + usize::from(u16_at(old, 26)?);
        disarm_wide(header.get_mut(extra_at..)?);
        Some(header)
    }

    /// The same in the part's record.
    fn patch_record(&self, records: &mut [u8], at: usize) -> Option<()> {
        let flags = u16_at(records, at + 8)? & !FLAG_SIZES_FOLLOW;
        put(records, at + 8, &flags.to_le_bytes())?;
        put(records, at + 10, &8_u16.to_le_bytes())?;
        put(records, at + 16, &self.crc.to_le_bytes())?;
        let extra_at = at + RECORD_LEN + usize::from(u16_at(records, at + 28)?);
        let extra = extra_at..extra_at + usize::from(u16_at(records, at + 30)?);
        let sizes = [(24, self.size), (20, self.packed)];
        let mut wide = find_wide(records.get(extra.clone())?).map(|range| extra.start + range.start);
        // A size that stands in the extra field stays there, so that the fields after it keep their places.
        for (offset, size) in sizes {
            if u32_at(records, at + offset)? == u32::MAX {
                let place = wide?;
                put(records, place, &size.to_le_bytes())?;
                wide = Some(place + 8);
            } else {
                put(records, at + offset, &(size as u32).to_le_bytes())?;
            }
        }
        Some(())
    }
}

/// Turns the field of 64-bit sizes of a local header into one that no program reads.
fn disarm_wide(extra: &mut [u8]) {
    /// An id that is given to nothing.
    const UNUSED: u16 = 0xfeff;
    if let Some(range) = find_wide(extra) {
        let _ = put(extra, range.start - 4, &UNUSED.to_le_bytes());
    }
}
