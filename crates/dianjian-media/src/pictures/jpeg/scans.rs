//! Verifies that the scans of a JPEG are complete: every block of every scan must have its codes.
//!
//! Decoders are lenient: where codes are invalid or end before the last block, they silently fill the rest with grey. So
//! all codes are read beforehand, without computing pixels. Damage that still leaves codes for all blocks goes unnoticed,
//! and data left over after the last block, which some cameras write, is ignored. What decoders refuse by themselves
//! (other coding processes, missing tables) is left to them.

use super::huffman::{BitReader, HuffmanTable, damaged};
use super::{marker, segment};
use crate::pictures::PictureFault;

/// The most scans; no encoder writes more, and the decoder refuses them.
const MAX_SCANS: usize = 100;

/// Reads all codes up to the end marker; fails if any is missing.
pub(super) fn verify(bytes: &[u8]) -> Result<(), PictureFault> {
    let mut picture = CodedPicture::default();
    let mut scans = 0;
    let mut at = 2;
    while let Some((kind, after)) = marker(bytes, at) {
        at = after;
        match kind {
            0xd9 => break,
            0x01 | 0xd0..=0xd8 => continue,
            _ => {}
        }
        let Some(segment) = segment(bytes, after) else { break };
        at += 2 + segment.len();
        let is_known = match kind {
            0xc4 => picture.tables.add(segment),
            0xc0..=0xc2 if picture.parts.is_empty() => picture.frame(segment, kind == 0xc2),
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => None,
            0xdd => segment.first_chunk().map(|interval| picture.interval = u16::from_be_bytes(*interval).into()),
            0xda => {
                scans += 1;
                let scan = picture.scan(segment).filter(|_| scans <= MAX_SCANS);
                scan.map(|scan| picture.walk(&scan, bytes, at)).transpose()?.flatten().map(|end| at = end)
            }
            _ => Some(()),
        };
        if is_known.is_none() {
            return Ok(());
        }
    }
    // Without its lowest frequency nothing of a component can be seen.
    if picture.parts.iter().all(|part| part.has_base) { Ok(()) } else { Err(PictureFault::EndsEarly) }
}

/// The state of the headers so far.
#[derive(Default)]
struct CodedPicture {
    is_progressive: bool,
    /// Units (MCUs) between restart markers; 0 for none.
    interval: u64,
    /// Units (MCUs) of the picture, across and down.
    units: (u64, u64),
    parts: Vec<JpegComponent>,
    tables: HuffmanTables,
}

/// Tables by number, for the lowest frequency (DC) and for the others (AC).
#[derive(Default)]
struct HuffmanTables {
    base: [Option<HuffmanTable>; 4],
    rest: [Option<HuffmanTable>; 4],
}

/// A colour component of the picture.
struct JpegComponent {
    id: u8,
    /// Blocks per unit, across and down.
    sampling: (u64, u64),
    /// Blocks that are visible, across and down.
    blocks: (u64, u64),
    /// For progressive pictures: by block, the bit set of its non-zero coefficients. At most half a byte per pixel, freed
    /// before the decoder allocates its own.
    known: Vec<u64>,
    has_base: bool,
}

/// The header of a scan.
struct JpegScan {
    parts: Vec<ScanComponent>,
    first: u32,
    last: u32,
    /// Does it add a bit of precision to coefficients of earlier scans?
    refines: bool,
}

/// A component in a scan: its index and its tables' numbers.
struct ScanComponent {
    index: usize,
    base: usize,
    rest: usize,
}

/// How the blocks of a component are coded in a scan.
enum BlockCoding<'t> {
    /// Sequential: all frequencies at once.
    All(&'t HuffmanTable, &'t HuffmanTable),
    Lowest(&'t HuffmanTable),
    LowestRefined,
    /// A range of other frequencies; where it refines, known coefficients get one more bit.
    Others {
        table: &'t HuffmanTable,
        first: u32,
        last: u32,
        refines: bool,
    },
}

impl CodedPicture {
    fn frame(&mut self, segment: &[u8], is_progressive: bool) -> Option<()> {
        let ([8, h0, h1, w0, w1, _], parts) = segment.split_first_chunk::<6>()? else { return None };
        let (width, height) = (u64::from(u16::from_be_bytes([*w0, *w1])), u64::from(u16::from_be_bytes([*h0, *h1])));
        let parts = parts.as_chunks::<3>().0;
        if !(1..=4).contains(&parts.len()) {
            return None;
        }
        let sampling = |part: &[u8; 3]| (u64::from(part[1] >> 4), u64::from(part[1] & 15));
        let most = parts.iter().map(sampling).fold((1, 1), |a, b| (a.0.max(b.0), a.1.max(b.1)));
        let units = (width.div_ceil(8 * most.0), height.div_ceil(8 * most.1));
        for part in parts {
            let (across, down) = sampling(part);
            if !(1..=4).contains(&across) || !(1..=4).contains(&down) {
                return None;
            }
            let blocks = ((width * across).div_ceil(most.0).div_ceil(8), (height * down).div_ceil(most.1).div_ceil(8));
            let stored = if is_progressive { units.0 * across * units.1 * down } else { 0 };
            let known = vec![0; usize::try_from(stored).ok()?];
            self.parts.push(JpegComponent { id: part[0], sampling: (across, down), blocks, known, has_base: false });
        }
        (self.is_progressive, self.units) = (is_progressive, units);
        Some(())
    }

    fn scan(&self, segment: &[u8]) -> Option<JpegScan> {
        let (&count, rest) = segment.split_first()?;
        let (parts, rest) = rest.split_at_checked(2 * usize::from(count))?;
        let [first, last, bits, ..] = *rest else { return None };
        let parts: Option<Vec<_>> = parts
            .as_chunks::<2>()
            .0
            .iter()
            .map(|&[id, tables]| {
                let index = self.parts.iter().position(|part| part.id == id)?;
                Some(ScanComponent { index, base: usize::from(tables >> 4), rest: usize::from(tables & 15) })
            })
            .collect();
        let parts = parts.filter(|parts| !parts.is_empty())?;
        let (first, last) = if self.is_progressive { (first, last) } else { (0, 63) };
        let is_legal = first <= last && last < 64;
        // A progressive scan holds the lowest frequency of several components, or other frequencies of one.
        let is_plain = !self.is_progressive || (first == 0) == (last == 0) && (last == 0 || parts.len() == 1);
        let scan =
            JpegScan { parts, first: first.into(), last: last.into(), refines: self.is_progressive && bits >> 4 > 0 };
        (is_legal && is_plain).then_some(scan)
    }

    /// Reads the codes of a scan from an offset and returns where they end; `None` if a table is missing.
    fn walk(&mut self, scan: &JpegScan, bytes: &[u8], at: usize) -> Result<Option<usize>, PictureFault> {
        let codings: Option<Vec<_>> =
            scan.parts.iter().map(|part| self.tables.coding(self.is_progressive, scan, part)).collect();
        let Some(codings) = codings else { return Ok(None) };
        let (units, is_alone) = match scan.parts[..] {
            [ref only] => (self.parts[only.index].blocks, true),
            _ => (self.units, false),
        };
        let mut bits = BitReader::new(bytes, at);
        let (mut run, mut to_restart, mut restarts) = (0, self.interval, 0);
        for (down, across) in (0..units.1).flat_map(|down| (0..units.0).map(move |across| (down, across))) {
            if self.interval > 0 && to_restart == 0 {
                bits = restarted(bytes, &bits, restarts)?;
                (run, to_restart, restarts) = (0, self.interval, (restarts + 1) % 8);
            }
            to_restart = to_restart.saturating_sub(1);
            for (part, coding) in scan.parts.iter().zip(&codings) {
                let part = &mut self.parts[part.index];
                let stride = self.units.0 * part.sampling.0;
                let (wide, high) = if is_alone { (1, 1) } else { part.sampling };
                for index in 0..wide * high {
                    let block = (down * high + index / wide) * stride + across * wide + index % wide;
                    // Only progressive pictures return to a block.
                    let mut unknown = 0;
                    let known = part.known.get_mut(block as usize).unwrap_or(&mut unknown);
                    coding.read(&mut bits, &mut run, known)?;
                }
            }
        }
        for part in scan.parts.iter().filter(|_| scan.first == 0) {
            self.parts[part.index].has_base = true;
        }
        Ok(Some(bits.at()))
    }
}

impl HuffmanTables {
    fn add(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((&which, rest)) = segment.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let (values, rest) = rest.split_at_checked(counts.iter().map(|&count| usize::from(count)).sum())?;
            let tables = if which >> 4 == 0 { &mut self.base } else { &mut self.rest };
            *tables.get_mut(usize::from(which & 15))? = Some(HuffmanTable::new(*counts, values)?);
            segment = rest;
        }
        Some(())
    }

    /// The coding of a component in a scan; `None` if a table is missing.
    fn coding(&self, is_progressive: bool, scan: &JpegScan, part: &ScanComponent) -> Option<BlockCoding<'_>> {
        let base = self.base.get(part.base).and_then(Option::as_ref);
        let rest = self.rest.get(part.rest).and_then(Option::as_ref);
        Some(match scan {
            _ if !is_progressive => BlockCoding::All(base?, rest?),
            JpegScan { last: 0, refines: true, .. } => BlockCoding::LowestRefined,
            JpegScan { last: 0, .. } => BlockCoding::Lowest(base?),
            &JpegScan { first, last, refines, .. } => BlockCoding::Others { table: rest?, first, last, refines },
        })
    }
}

impl BlockCoding<'_> {
    /// Reads a block. `run` counts blocks without further codes; `known` are the block's non-zero coefficients.
    fn read(&self, bits: &mut BitReader<'_>, run: &mut u32, known: &mut u64) -> Result<(), PictureFault> {
        match *self {
            Self::All(base, rest) => {
                lowest(bits, base)?;
                all_others(bits, rest)
            }
            Self::Lowest(table) => lowest(bits, table),
            Self::LowestRefined => bits.take(1).map(drop),
            Self::Others { table, first, last, refines } => {
                // Without refinement, known coefficients have no bits in the scan.
                let mut seen = if refines { *known } else { 0 };
                some_others(bits, table, (first, last), run, &mut seen)?;
                *known |= seen;
                Ok(())
            }
        }
    }
}

/// Continues after the next marker, which must be the restart marker of that number.
fn restarted<'b>(bytes: &'b [u8], bits: &BitReader<'b>, number: u8) -> Result<BitReader<'b>, PictureFault> {
    match marker(bytes, bits.at()) {
        Some((kind, after)) if kind == 0xd0 + number => Ok(BitReader::new(bytes, after)),
        Some((0xd9, _)) | None => Err(PictureFault::EndsEarly),
        Some(_) => Err(damaged()),
    }
}

/// Reads the lowest frequency of a block: the number of bits, and those.
fn lowest(bits: &mut BitReader<'_>, table: &HuffmanTable) -> Result<(), PictureFault> {
    match table.next(bits)? {
        count @ 0..=11 => bits.take(count).map(drop),
        _ => Err(damaged()),
    }
}

/// Reads all other frequencies of a block.
fn all_others(bits: &mut BitReader<'_>, table: &HuffmanTable) -> Result<(), PictureFault> {
    let mut at = 1;
    while at < 64 {
        let code = table.next(bits)?;
        match (code >> 4, code & 15) {
            (15, 0) => at += 16,
            (_, 0) => break,
            (zeros, count) => {
                at += u32::from(zeros) + 1;
                if at > 64 {
                    return Err(damaged());
                }
                bits.take(count)?;
            }
        }
    }
    Ok(())
}

/// Reads a range of frequencies of a block of a progressive picture. `known` coefficients are skipped over and get one more
/// bit.
fn some_others(
    bits: &mut BitReader<'_>,
    table: &HuffmanTable,
    (first, last): (u32, u32),
    run: &mut u32,
    known: &mut u64,
) -> Result<(), PictureFault> {
    let mut at = first;
    while *run == 0 && at <= last {
        let code = table.next(bits)?;
        let (mut zeros, count) = (code >> 4, code & 15);
        if count == 0 && zeros < 15 {
            *run = (1 << zeros) + bits.take(zeros)?;
            break;
        }
        bits.take(count)?;
        while at <= last {
            if *known >> at & 1 == 1 {
                bits.take(1)?;
            } else if zeros == 0 {
                break;
            } else {
                zeros -= 1;
            }
            at += 1;
        }
        if count > 0 {
            if at > last {
                return Err(damaged());
            }
            *known |= 1 << at;
        }
        at += 1;
    }
    if *run > 0 {
        *run -= 1;
        for _ in (at..=last).filter(|at| *known >> at & 1 == 1) {
            bits.take(1)?;
        }
    }
    Ok(())
}
