//! The zip directory: the records that say where in the file each part lies, in 32 and in 64 bits.
//!
//! It is read here rather than by the `zip` crate, which keeps only one of two parts with the same name and does not say
//! where in the file parts and records lie.

use std::io::{Read as _, SeekFrom};

use super::{PackagePart, ReadSeek};
use crate::error::{PackageDamage, PackageError};

const END: u32 = 0x0605_4b50;
pub(super) const END_64: u32 = 0x0606_4b50;
const END_64_LOCATOR: u32 = 0x0706_4b50;
const RECORD: u32 = 0x0201_4b50;
const LOCAL: u32 = 0x0403_4b50;

/// Bytes of the fixed-size beginning of each structure.
const END_LEN: usize = 22;
pub(super) const LOCATOR_LEN: usize = 20;
pub(super) const RECORD_LEN: usize = 46;
pub(super) const LOCAL_LEN: usize = 30;

/// The id of the extra field that holds 64-bit sizes and offsets.
const EXTRA_64: u16 = 1;

/// Flag of records and headers: the sizes follow the data.
pub(super) const FLAG_SIZES_FOLLOW: u16 = 1 << 3;

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

pub(super) fn directory_damaged() -> PackageError {
    PackageError::damaged("", PackageDamage::Directory)
}

/// The directory's offset, its number of records and their bytes.
pub(super) fn find_directory(file: &mut dyn ReadSeek, size: u64) -> Result<(u64, u64, u64), PackageError> {
    // The end-of-directory record is followed by a comment of at most 65,535 bytes.
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
    // If the directory is not exactly where its end says, other programs would read another one.
    if start.checked_add(len) != Some(limit) {
        return Err(directory_damaged());
    }
    Ok((start, count, len))
}

pub(super) fn read_records(records: &[u8], count: usize, start: u64) -> Result<Vec<PackagePart>, PackageError> {
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

/// A record and its length.
pub(super) fn read_record(records: &[u8], at: usize) -> Result<(PackagePart, usize), PackageError> {
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
        return Err(PackageError::UnsafePart { part: name });
    }
    // Bit 0: encrypted; bit 6: strongly; bit 13: the directory, too.
    if short(8)? & (1 | 1 << 6 | 1 << 13) != 0 {
        return Err(PackageError::Encrypted);
    }
    // The zip64 field holds, in this order, only those of the values that do not fit into 32 bits.
    let wide = find_zip64(extra).and_then(|range| extra.get(range)).unwrap_or_default();
    let mut wide = wide.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes));
    let mut wide_or = |value: u32| if value == u32::MAX { wide.next() } else { Some(value.into()) };
    let size = wide_or(long(24)?).ok_or_else(directory_damaged)?;
    let packed = wide_or(long(20)?).ok_or_else(directory_damaged)?;
    let header = wide_or(long(42)?).ok_or_else(directory_damaged)?;
    let part = PackagePart { name, method: short(10)?, crc: long(16)?, packed, size, header, record: at };
    Ok((part, len))
}

/// Would unpacking a part of this name write outside the target folder?
pub(super) fn is_unsafe(name: &str) -> bool {
    let mut parts = name.split(['/', '\\']);
    let is_drive = name.as_bytes().get(1) == Some(&b':');
    is_drive || name.contains('\0') || name.starts_with(['/', '\\']) || parts.any(|part| part == "..")
}

/// The range of the zip64 values in the extra fields.
pub(super) fn find_zip64(extra: &[u8]) -> Option<std::ops::Range<usize>> {
    let mut at = 0;
    loop {
        let (id, len) = (u16_at(extra, at)?, usize::from(u16_at(extra, at + 2)?));
        if id == EXTRA_64 {
            return Some(at + 4..at + 4 + len);
        }
        at += 4 + len;
    }
}

/// Fails if parts overlap, by which a small file could unpack to a huge one.
pub(super) fn refuse_overlaps(parts: &[PackagePart], directory: u64) -> Result<(), PackageError> {
    let mut places: Vec<_> = parts.iter().collect();
    places.sort_by_key(|part| part.header);
    let nexts = places.iter().skip(1).map(|part| part.header).chain([directory]);
    for (part, next) in places.iter().zip(nexts) {
        let least = part.header.saturating_add((LOCAL_LEN + part.name.len()) as u64).saturating_add(part.packed);
        if least > next {
            return Err(PackageError::damaged(&part.name, PackageDamage::Overlap));
        }
    }
    Ok(())
}

/// The offset of a part's data, by its local header at offset `at`.
pub(super) fn data_start(header: &[u8], at: u64) -> Option<u64> {
    if u32_at(header, 0)? != LOCAL {
        return None;
    }
    Some(at + LOCAL_LEN as u64 + u64::from(u16_at(header, 26)?) + u64::from(u16_at(header, 28)?))
}

pub(super) fn read_at(file: &mut dyn ReadSeek, at: u64, len: u64) -> Result<Vec<u8>, PackageError> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(len).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == len { Ok(bytes) } else { Err(directory_damaged()) }
}
