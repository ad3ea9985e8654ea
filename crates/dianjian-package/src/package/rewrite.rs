//! Copies of a package in which some parts have new contents and every other byte stays as it is.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Seek, SeekFrom, Write};

use flate2::CrcWriter;

use super::directory::{
    END_64, FLAG_SIZES_FOLLOW, LOCAL_LEN, LOCATOR_LEN, RECORD_LEN, data_start, directory_damaged, find_zip64, read_at,
    u16_at, u32_at, u64_at,
};
use super::{MAX_PART, Package, PackagePart, ReadSeek};
use crate::error::{PackageDamage, PackageError, PackageLimit};

impl Package {
    /// Writes the package with new contents for some parts. Every byte of the other parts, of the gaps between them and
    /// of the directory is copied, except for the offsets of what has moved.
    ///
    /// # Errors
    ///
    /// The package is damaged, or writing fails.
    pub fn write_with(
        &mut self,
        mut contents: BTreeMap<usize, PackedPart>,
        out: &mut (impl Write + Seek),
    ) -> Result<(), PackageError> {
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
                .ok_or_else(|| PackageError::damaged(&part.name, PackageDamage::Directory))?;
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
            patch_offset(&mut self.directory.records, part, by).ok_or_else(directory_damaged)?;
        }
        out.write_all(&self.directory.records)?;
        let by = start as i64 - self.directory.start as i64;
        patch_end(&mut self.directory.end, by).ok_or_else(directory_damaged)?;
        out.write_all(&self.directory.end)?;
        Ok(())
    }
}

fn copy_range(file: &mut dyn ReadSeek, range: std::ops::Range<u64>, out: &mut impl Write) -> Result<(), PackageError> {
    file.seek(SeekFrom::Start(range.start))?;
    let len = range.end.saturating_sub(range.start);
    let copied = io::copy(&mut file.take(len), out)?;
    if copied == len { Ok(()) } else { Err(directory_damaged()) }
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) -> Option<()> {
    bytes.get_mut(at..at + value.len())?.copy_from_slice(value);
    Some(())
}

/// Moves the offset of a part's header in its record by some bytes.
fn patch_offset(records: &mut [u8], part: &PackagePart, by: i64) -> Option<()> {
    let place = part.header.checked_add_signed(by)?;
    let at = part.record;
    if u32_at(records, at + 42)? != u32::MAX {
        return put(records, at + 42, &u32::try_from(place).ok()?.to_le_bytes());
    }
    let extra_at = at + RECORD_LEN + usize::from(u16_at(records, at + 28)?);
    let extra = records.get(extra_at..extra_at + usize::from(u16_at(records, at + 30)?))?;
    let wide = find_zip64(extra)?;
    // The offset follows the sizes, of which only those are there that do not fit into 32 bits.
    let before = [20, 24].into_iter().filter(|offset| u32_at(records, at + offset) == Some(u32::MAX)).count();
    put(records, extra_at + wide.start + 8 * before, &place.to_le_bytes())
}

/// Moves the directory's offset in the structures that follow its records.
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

/// New, compressed contents of a part.
pub struct PackedPart {
    file: tempfile::SpooledTempFile,
    crc: u32,
    size: u64,
    packed: u64,
}

/// Compressed contents beyond this many bytes are spooled to disk.
const MAX_IN_MEMORY: usize = 8 << 20;

impl PackedPart {
    /// Compresses what `write` writes.
    pub(crate) fn new(write: impl FnOnce(&mut dyn Write) -> Result<(), PackageError>) -> Result<Self, PackageError> {
        let spool = tempfile::SpooledTempFile::new(MAX_IN_MEMORY);
        let encoder = flate2::write::DeflateEncoder::new(spool, flate2::Compression::default());
        let mut writer = CrcWriter::new(encoder);
        write(&mut writer)?;
        let crc = writer.crc().sum();
        let encoder = writer.into_inner();
        let size = encoder.total_in();
        let mut file = encoder.finish()?;
        let packed = file.stream_position()?;
        // Sizes of 4 GiB and more would need zip64 fields that the part's record lacks.
        if size >= u64::from(u32::MAX) || packed >= u64::from(u32::MAX) {
            return Err(PackageError::limit_exceeded(PackageLimit::Bytes, MAX_PART));
        }
        Ok(Self { file, crc, size, packed })
    }

    /// The part's local header with the new sizes and checksum.
    fn local_header(&self, old: &[u8]) -> Option<Vec<u8>> {
        let mut header = old.to_vec();
        let flags = u16_at(old, 6)? & !FLAG_SIZES_FOLLOW;
        put(&mut header, 6, &flags.to_le_bytes())?;
        put(&mut header, 8, &8_u16.to_le_bytes())?;
        put(&mut header, 14, &self.crc.to_le_bytes())?;
        put(&mut header, 18, &(self.packed as u32).to_le_bytes())?;
        put(&mut header, 22, &(self.size as u32).to_le_bytes())?;
        let extra_at = LOCAL_LEN + usize::from(u16_at(old, 26)?);
        hide_zip64(header.get_mut(extra_at..)?);
        Some(header)
    }

    /// Writes the new sizes and checksum into the part's record.
    fn patch_record(&self, records: &mut [u8], at: usize) -> Option<()> {
        let flags = u16_at(records, at + 8)? & !FLAG_SIZES_FOLLOW;
        put(records, at + 8, &flags.to_le_bytes())?;
        put(records, at + 10, &8_u16.to_le_bytes())?;
        put(records, at + 16, &self.crc.to_le_bytes())?;
        let extra_at = at + RECORD_LEN + usize::from(u16_at(records, at + 28)?);
        let extra = extra_at..extra_at + usize::from(u16_at(records, at + 30)?);
        let sizes = [(24, self.size), (20, self.packed)];
        let mut wide = find_zip64(records.get(extra.clone())?).map(|range| extra.start + range.start);
        // A size in the zip64 field stays there, so that the values after it keep their places.
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

/// Hides the zip64 field of a local header from readers by giving it an unassigned id.
fn hide_zip64(extra: &mut [u8]) {
    const UNUSED: u16 = 0xfeff;
    if let Some(range) = find_zip64(extra) {
        let _ = put(extra, range.start - 4, &UNUSED.to_le_bytes());
    }
}
