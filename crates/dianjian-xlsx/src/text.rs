//! A sheet as CSV text, and where in the sheet each of its records lies.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Workbook;
use super::address::CellRef;
use super::areas::{Area, Areas, Runs};
use super::error::{Counted, Fault, WorkbookError};
use super::sheet::Row;

/// Bytes of all sheets as text.
pub(super) const MAX_TEXT: u64 = 1 << 30;

/// Columns up to which rows are as wide as the widest above them, so that the empty cells at their ends, which can be
/// filled, have places. Rows of wider sheets end with their last cell.
const MAX_PADDED: u32 = 64;

/// Cells that merged areas fill.
const MAX_FILLED: u64 = 10_000_000;

/// Runs of formulas that are held; beyond them every cell counts as one.
const MAX_RUNS: usize = 500_000;

/// Where the records of a sheet's CSV text lie in the sheet.
///
/// A record's fields are the row's cells from column A on, so a field's number is its column.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rows {
    /// Of each record, its row.
    numbers: Vec<u32>,
    /// Merged cells of more than one row.
    merged: Areas,
    /// Cells with formulas; `None`: too many to be told apart.
    formulas: Option<Areas>,
}

impl Rows {
    /// The number of records, of which the first is usually the header.
    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Is the sheet empty?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Those of some records alone, which count from 0 then.
    #[must_use]
    pub fn part(&self, records: Range<u64>) -> Self {
        let at = |record: u64| usize::try_from(record).unwrap_or(usize::MAX).min(self.numbers.len());
        let numbers = self.numbers.get(at(records.start)..at(records.end)).unwrap_or_default().to_vec();
        Self { numbers, merged: self.merged.clone(), formulas: self.formulas.clone() }
    }

    /// The same records with so many unknown ones before them: undoes [`Rows::part`].
    #[must_use]
    pub fn after(mut self, unknown: usize) -> Self {
        self.numbers.splice(0..0, std::iter::repeat_n(0, unknown));
        self
    }

    /// The cell that a field of a record stands for: of merged cells the first. Both count from 0.
    #[must_use]
    pub fn cell(&self, record: u64, field: usize) -> Option<CellRef> {
        let row = *self.numbers.get(usize::try_from(record).ok()?)?;
        let cell = CellRef { row, column: u32::try_from(field).ok()? };
        Some(self.merged.find(cell).map_or(cell, |area| CellRef { row: area.first, ..cell }))
    }

    /// The row that a record stands for, whatever cells are merged in it. Records count from 0.
    #[must_use]
    pub fn row(&self, record: u64) -> Option<u32> {
        self.numbers.get(usize::try_from(record).ok()?).copied()
    }

    /// Is a cell one of several rows, so that its text is that of several records?
    #[must_use]
    pub fn is_merged(&self, cell: CellRef) -> bool {
        self.merged.find(cell).is_some()
    }

    /// Does a cell hold a formula, so that its text is not to be changed?
    #[must_use]
    pub fn is_formula(&self, cell: CellRef) -> bool {
        self.formulas.as_ref().is_none_or(|formulas| formulas.find(cell).is_some())
    }
}

/// A sheet as it was written.
#[derive(Debug)]
pub struct Written {
    /// Where its records lie.
    pub rows: Rows,
    /// Which of the bytes that were written are its text. Others before them may be those of a first attempt, made
    /// before it was known which cells are merged: sheets tell that last.
    pub bytes: Range<u64>,
    /// The formulas without stored results: by column the first, and how many.
    not_computed: BTreeMap<u32, (CellRef, u64)>,
    sheet: String,
}

impl Written {
    /// Says that formulas have no stored results, if there are such in the columns that are of interest.
    pub fn not_computed(&self, is_read: impl Fn(u32) -> bool) -> Option<WorkbookError> {
        let read = || self.not_computed.iter().filter(|(column, _)| is_read(**column)).map(|(_, found)| found);
        let first = read().map(|(first, _)| *first).min()?;
        let cells = read().map(|(_, cells)| cells).sum();
        Some(WorkbookError::new(Fault::NotComputed { cells }).at(first).in_sheet(&self.sheet))
    }
}

impl Workbook {
    /// Writes a sheet as CSV text: `,` between fields, `\n` after records, fields quoted where they must be,
    /// rows that are empty left out. Merged cells of several rows are read in each of their rows.
    ///
    /// # Errors
    ///
    /// When the sheet is damaged, or all sheets written are larger than is read.
    pub fn write_csv(&mut self, sheet: usize, out: &mut dyn Write) -> Result<Written, WorkbookError> {
        let (name, part) = self.sheets().get(sheet).map(|sheet| (sheet.name.clone(), sheet.part)).unwrap_or_default();
        let buffer = self.archive.buffer(part);
        let in_sheet = |error: WorkbookError| error.in_sheet(&name);
        let mut text = Text { out: BufWriter::with_capacity(buffer, out), written: 0, widest: 0, line: String::new() };
        let mut written = self.render(sheet, Areas::default(), &mut text).map_err(in_sheet)?;
        if !written.rows.merged.is_empty() {
            written = self.render(sheet, written.rows.merged, &mut text).map_err(in_sheet)?;
        }
        written.sheet.clone_from(&name);
        text.out.flush()?;
        Ok(written)
    }

    fn render(&mut self, sheet: usize, merged: Areas, text: &mut Text<'_>) -> Result<Written, WorkbookError> {
        let start = text.written;
        text.widest = 0;
        let mut room = self.room;
        let mut reader = self.rows(sheet)?;
        let mut rows = Rows::default();
        let mut fill = Fill::new(&merged);
        let mut formulas = Runs::default();
        let (mut row, mut last) = (Row::default(), 0);
        while reader.next_row(&mut row)? {
            fill.enter(&row)?;
            rows.numbers.push(row.number);
            if formulas.len() <= MAX_RUNS {
                let behind = row.cells.iter().filter(|cell| cell.is_formula);
                behind.for_each(|cell| formulas.add(CellRef { row: row.number, column: cell.column }, last));
            }
            let bytes = text.row(&row, &fill)?;
            room = room.checked_sub(bytes).ok_or_else(|| WorkbookError::too_many(Counted::Text, MAX_TEXT))?;
            last = row.number;
        }
        rows.formulas = (formulas.len() <= MAX_RUNS).then(|| formulas.into_areas());
        rows.merged = Areas::new(reader.take_merges());
        let not_computed = reader.take_not_computed();
        self.room = room;
        Ok(Written { rows, bytes: start..text.written, not_computed, sheet: String::new() })
    }
}

/// The text that is being written.
struct Text<'o> {
    out: BufWriter<&'o mut dyn Write>,
    written: u64,
    /// Columns of the widest row so far, as far as rows are made as wide.
    widest: u32,
    line: String,
}

impl Text<'_> {
    /// Writes a row; gives back its bytes.
    fn row(&mut self, row: &Row, fill: &Fill) -> Result<u64, WorkbookError> {
        self.line.clear();
        let mut column = 0;
        let mut field = |at: u32, text: &str, line: &mut String| {
            (column..at).for_each(|_| line.push(','));
            column = at;
            push_field(text, line);
        };
        // Both by their columns: the row's own cells, and those that merged areas bring.
        let mut filled = fill.of(row.number).peekable();
        for cell in &row.cells {
            while let Some((at, text)) = filled.next_if(|(at, _)| *at < cell.column) {
                field(at, text, &mut self.line);
            }
            let _ = filled.next_if(|(at, _)| *at == cell.column);
            field(cell.column, row.text(cell), &mut self.line);
        }
        filled.for_each(|(at, text)| field(at, text, &mut self.line));
        self.widest = self.widest.max((column + 1).min(MAX_PADDED));
        (column + 1..self.widest).for_each(|_| self.line.push(','));
        self.line.push('\n');
        self.out.write_all(self.line.as_bytes())?;
        self.written += self.line.len() as u64;
        Ok(self.line.len() as u64)
    }
}

fn push_field(text: &str, line: &mut String) {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_whitespace() || c == dianjian_base::BOM);
    let bare = memchr::memchr3(b'"', b',', b'\n', text.as_bytes()).is_none()
        && !text.contains('\r')
        && !edge(text.chars().next())
        && !edge(text.chars().next_back());
    if bare {
        return line.push_str(text);
    }
    line.push('"');
    line.push_str(&text.replace('"', "\"\""));
    line.push('"');
}

/// The merged areas that a row lies in, with the texts of their first cells.
struct Fill {
    /// By their first rows.
    coming: std::iter::Peekable<std::vec::IntoIter<Area>>,
    /// By their columns.
    open: Vec<(Area, String)>,
    filled: u64,
}

impl Fill {
    fn new(merged: &Areas) -> Self {
        Self { coming: merged.by_row().into_iter().peekable(), open: Vec::new(), filled: 0 }
    }

    /// Goes on to a row that is not empty.
    fn enter(&mut self, row: &Row) -> Result<(), WorkbookError> {
        self.open.retain(|(area, _)| area.last >= row.number);
        while let Some(area) = self.coming.next_if(|area| area.first <= row.number) {
            let first = row.cells.binary_search_by_key(&area.column, |cell| cell.column).ok();
            let Some(first) = first.filter(|_| area.first == row.number) else { continue };
            let known = self.open.partition_point(|(open, _)| open.column < area.column);
            let is_new = self.open.get(known).is_none_or(|(open, _)| open.column != area.column);
            if is_new {
                self.open.insert(known, (area, row.text(&row.cells[first]).to_owned()));
            }
        }
        self.filled += self.open.len() as u64;
        if self.filled > MAX_FILLED {
            return Err(WorkbookError::too_many(Counted::Text, MAX_TEXT));
        }
        Ok(())
    }

    /// What the areas bring to a row below their first.
    fn of(&self, row: u32) -> impl Iterator<Item = (u32, &str)> {
        let below = self.open.iter().filter(move |(area, _)| area.first < row);
        below.map(|(area, text)| (area.column, text.as_str()))
    }
}
