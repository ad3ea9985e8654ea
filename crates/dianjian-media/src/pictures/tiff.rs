//! TIFF: pages, each described by a directory of tags. A directory names the next one, and may name more below it.

use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};

use image::ImageDecoder;
use image::codecs::tiff::TiffDecoder;
use image::metadata::Orientation;

use super::{PictureFault, PictureProbe, PictureSource, RawFrame, budget, flatten, raw_frame};

/// Samples as stored and as returned, four of 16 bits, both grounds, 2 for detection.
const BYTES_PER_PIXEL: u64 = 8 + 8 + 3 + 2;

/// More pages than this are not followed.
const MAX_PAGES: usize = 1000;

const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const ORIENTATION: u16 = 274;
const DIRECTORIES_BELOW: u16 = 330;

/// Does a file begin as TIFF, plain or with offsets of 64 bits?
pub(super) fn is_tiff(bytes: &[u8]) -> bool {
    matches!(bytes, [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..])
}

/// Walks the directories.
pub(super) fn probe(bytes: &[u8]) -> Result<PictureProbe, PictureFault> {
    let pages = pages(bytes)?;
    let (first, others) = pages.split_first().ok_or(PictureFault::EndsEarly)?;
    let largest = pages.iter().max_by_key(|page| u64::from(page.size.0) * u64::from(page.size.1)).unwrap_or(first);
    let (width, height) = first.size;
    let upright = if first.is_on_its_side { (height, width) } else { (width, height) };
    let probe = PictureProbe::cut_from(largest.size, upright, BYTES_PER_PIXEL);
    Ok(PictureProbe { others: others.len() as u64, ..probe })
}

/// Its pages, each decoded on demand.
pub(super) fn source(bytes: &[u8]) -> Result<PictureSource<'_>, PictureFault> {
    let pages = pages(bytes)?.into_iter();
    let raw_frames = Box::new(pages.map(|page| decoded(bytes, &page)));
    // Pages may be turned differently: each is turned as it is decoded.
    Ok(PictureSource { orientation: Orientation::NoTransforms, raw_frames })
}

fn decoded(bytes: &[u8], page: &TiffPage) -> Result<RawFrame, PictureFault> {
    let mut decoder = TiffDecoder::new(TiffPageReader::new(bytes, page.offset))?;
    if decoder.dimensions() != page.size {
        return Err(PictureFault::other("尺寸前后不一致", "its directory names two sizes"));
    }
    let mut limits = image::Limits::no_limits();
    limits.max_alloc = Some(budget::PIXEL_MEMORY.capacity());
    decoder.set_limits(limits)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    flatten::turned(raw_frame(decoder)?, orientation)
}

/// A page: where its directory is, and its size as stored.
struct TiffPage {
    offset: u64,
    size: (u32, u32),
    /// Does it have to be turned by a quarter?
    is_on_its_side: bool,
}

/// The pages in the order in which viewers show them, then those below them, such as previews or what raw photographs
/// hold besides their preview.
fn pages(bytes: &[u8]) -> Result<Vec<TiffPage>, PictureFault> {
    let numbers = TiffNumbers::of(bytes).ok_or(PictureFault::EndsEarly)?;
    let mut waiting = vec![numbers.offset(bytes, if numbers.is_big { 8 } else { 4 }).ok_or(PictureFault::EndsEarly)?];
    let (mut pages, mut below, mut known) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(offset) = waiting.pop().or_else(|| below.pop()) {
        if offset == 0 || known.contains(&offset) {
            continue;
        }
        if known.len() == MAX_PAGES {
            return Err(PictureFault::other("页数太多", "it has too many pages"));
        }
        known.push(offset);
        let directory = numbers.directory(bytes, offset).ok_or(PictureFault::EndsEarly)?;
        pages.push(TiffPage { offset, size: directory.size, is_on_its_side: directory.is_on_its_side });
        below.extend(directory.below);
        waiting.push(directory.next);
    }
    Ok(pages)
}

/// How numbers are written.
#[derive(Debug, Clone, Copy)]
struct TiffNumbers {
    is_little: bool,
    /// Are offsets of 64 bits?
    is_big: bool,
}

/// What a directory says.
#[derive(Default)]
struct TiffDirectory {
    size: (u32, u32),
    is_on_its_side: bool,
    next: u64,
    below: Vec<u64>,
}

impl TiffNumbers {
    fn of(bytes: &[u8]) -> Option<Self> {
        let is_little = bytes.first()? == &b'I';
        let numbers = Self { is_little, is_big: false };
        Some(Self { is_big: numbers.number(bytes, 2, 2)? == 43, ..numbers })
    }

    /// A number of that many bytes.
    fn number(self, bytes: &[u8], at: u64, length: u64) -> Option<u64> {
        let at = usize::try_from(at).ok()?;
        let part = bytes.get(at..at.checked_add(usize::try_from(length).ok()?)?)?;
        let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        Some(if self.is_little { part.iter().rev().fold(0, add) } else { part.iter().fold(0, add) })
    }

    fn offset(self, bytes: &[u8], at: u64) -> Option<u64> {
        self.number(bytes, at, if self.is_big { 8 } else { 4 })
    }

    fn directory(self, bytes: &[u8], offset: u64) -> Option<TiffDirectory> {
        let (counted, entry, wide) = if self.is_big { (8, 20, 8) } else { (2, 12, 4) };
        let count = self.number(bytes, offset, counted)?;
        let mut directory = TiffDirectory::default();
        for number in 0..count {
            let at = offset.checked_add(counted)?.checked_add(number.checked_mul(entry)?)?;
            let (tag, kind) = (self.number(bytes, at, 2)? as u16, self.number(bytes, at + 2, 2)?);
            let values = self.number(bytes, at + 4, wide)?;
            let place = at + 4 + wide;
            // Numbers of 16, 32 and 64 bits.
            let length = if kind == 3 { 2 } else { 4 };
            let side = || self.number(bytes, place, length).and_then(|side| u32::try_from(side).ok());
            match tag {
                WIDTH => directory.size.0 = side()?,
                HEIGHT => directory.size.1 = side()?,
                ORIENTATION => directory.is_on_its_side = (5..=8).contains(&side()?),
                DIRECTORIES_BELOW => {
                    let length = if kind == 16 || kind == 18 { 8 } else { 4 };
                    let fits = values.checked_mul(length)? <= wide;
                    let list = if fits { place } else { self.offset(bytes, place)? };
                    for number in 0..values.min(MAX_PAGES as u64 + 1) {
                        directory.below.push(self.number(bytes, list.checked_add(number * length)?, length)?);
                    }
                }
                _ => {}
            }
        }
        let end = offset.checked_add(counted)?.checked_add(count.checked_mul(entry)?)?;
        directory.next = self.offset(bytes, end)?;
        Some(directory)
    }
}

/// The bytes of a file as if its first directory were another one: decoders return the first page alone.
struct TiffPageReader<'b> {
    bytes: Cursor<&'b [u8]>,
    header: Vec<u8>,
}

impl<'b> TiffPageReader<'b> {
    fn new(bytes: &'b [u8], offset: u64) -> Self {
        let numbers = TiffNumbers::of(bytes).unwrap_or(TiffNumbers { is_little: true, is_big: false });
        let (at, length) = if numbers.is_big { (8, 8) } else { (4, 4) };
        let mut header = bytes.get(..at + length).unwrap_or_default().to_vec();
        for (number, byte) in header.iter_mut().skip(at).enumerate() {
            let place = if numbers.is_little { number } else { length - 1 - number };
            *byte = (offset >> (8 * place)) as u8;
        }
        Self { bytes: Cursor::new(bytes), header }
    }
}

impl BufRead for TiffPageReader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let at = usize::try_from(self.bytes.position()).unwrap_or(usize::MAX);
        match self.header.get(at..).filter(|rest| !rest.is_empty()) {
            Some(rest) => Ok(rest),
            None => self.bytes.fill_buf(),
        }
    }

    fn consume(&mut self, amount: usize) {
        self.bytes.consume(amount);
    }
}

impl Read for TiffPageReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let from = self.fill_buf()?;
        let count = from.len().min(buffer.len());
        buffer[..count].copy_from_slice(&from[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl Seek for TiffPageReader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}
