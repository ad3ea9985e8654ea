//! How much room the sheets of an `.xls` would take: the reader behind makes a field for every place between the first and
//! the last cell, so that two cells far apart in a small file would take all memory.

/// Records with cells, of which the row and the column come first.
const CELLS: [u16; 15] = [
    0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x00bd, 0x00be, 0x00d6, 0x00fd, 0x0201, 0x0203, 0x0204, 0x0205, 0x0206,
    0x027e,
];

const BOUND_SHEET: u16 = 0x0085;
const END: u16 = 0x000a;

/// The most sheets.
const MAX_SHEETS: usize = 4_096;

const END_OF_CHAIN: u32 = 0xffff_fffa;

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The places of all sheets of a compound file, those without cells included; `None`: it is no workbook.
pub(super) fn places(file: &[u8]) -> Option<u64> {
    let stream = workbook_stream(file)?;
    let mut sheets = Vec::new();
    let mut globals = Records { bytes: &stream, at: 0 };
    while let Some((kind, data)) = globals.next().filter(|(kind, _)| *kind != END) {
        if kind == BOUND_SHEET {
            sheets.push(u32_at(data, 0)? as usize);
            if sheets.len() > MAX_SHEETS {
                return Some(u64::MAX);
            }
        }
    }
    let mut places: u64 = 0;
    let mut steps = 0_usize;
    for at in sheets {
        let (mut rows, mut columns) = ((u16::MAX, 0), (u16::MAX, 0));
        let mut records = Records { bytes: &stream, at };
        while let Some((kind, data)) = records.next().filter(|(kind, _)| *kind != END) {
            // Sheets may overlap, which no program writes.
            steps += 1;
            if steps > stream.len() {
                return Some(u64::MAX);
            }
            if !CELLS.contains(&kind) {
                continue;
            }
            let (Some(row), Some(column)) = (u16_at(data, 0), u16_at(data, 2)) else { continue };
            let has_several = matches!(kind, 0x00bd | 0x00be);
            let last = data.len().checked_sub(2).and_then(|at| u16_at(data, at)).filter(|_| has_several);
            rows = (rows.0.min(row), rows.1.max(row));
            columns = (columns.0.min(column), columns.1.max(column).max(last.unwrap_or(0)));
        }
        let across = |(first, last): (u16, u16)| u64::from(last.saturating_sub(first)) + 1;
        places = places.saturating_add(across(rows) * across(columns));
    }
    Some(places)
}

struct Records<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Iterator for Records<'b> {
    type Item = (u16, &'b [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, len) = (u16_at(self.bytes, self.at)?, u16_at(self.bytes, self.at + 2)?);
        let start = self.at + 4;
        self.at = start + usize::from(len);
        Some((kind, self.bytes.get(start..self.at)?))
    }
}

/// The stream of a compound file that holds the workbook.
fn workbook_stream(file: &[u8]) -> Option<Vec<u8>> {
    let shift = u16_at(file, 30).filter(|shift| matches!(shift, 9 | 12))?;
    let size = 1_usize << shift;
    let sector = |number: u32| {
        let start = (number as usize).checked_add(1)?.checked_mul(size)?;
        file.get(start..file.len().min(start.checked_add(size)?))
    };
    let most = file.len() / size + 1;
    let mut table_sectors: Vec<u32> = (0..109).filter_map(|number| u32_at(file, 76 + 4 * number)).collect();
    let mut next = u32_at(file, 68)?;
    while next < END_OF_CHAIN && table_sectors.len() <= most {
        let own = sector(next)?;
        table_sectors.extend((0..size / 4 - 1).filter_map(|number| u32_at(own, 4 * number)));
        next = u32_at(own, size - 4)?;
    }
    let mut table = Vec::new();
    for number in table_sectors.into_iter().filter(|number| *number < END_OF_CHAIN).take(most) {
        let own = sector(number)?;
        table.extend((0..size / 4).map(|at| u32_at(own, 4 * at).unwrap_or(u32::MAX)));
    }
    let chain = |first: u32| {
        let (mut bytes, mut next, mut steps) = (Vec::new(), first, 0);
        while next < END_OF_CHAIN {
            bytes.extend_from_slice(sector(next)?);
            next = *table.get(next as usize)?;
            steps += 1;
            if steps > most {
                return None;
            }
        }
        Some(bytes)
    };
    let directory = chain(u32_at(file, 48)?)?;
    let is_named = |entry: &[u8], name: &str| {
        let wanted: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let len = usize::from(u16_at(entry, 64).unwrap_or_default()).saturating_sub(2);
        entry.get(..len).is_some_and(|own| own == wanted)
    };
    let entries = || directory.chunks_exact(128);
    let entry = entries()
        .find(|entry| is_named(entry, "Workbook"))
        .or_else(|| entries().find(|entry| is_named(entry, "Book")))?;
    // What is shorter than this lies elsewhere; spreadsheet programs make the stream at least so long.
    let length = u32_at(entry, 120)? as usize;
    let stream = chain(u32_at(entry, 116)?)?;
    (length >= 4_096).then_some(stream)
}
