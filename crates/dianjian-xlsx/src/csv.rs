//! A sheet as CSV, and the map from its records and fields back to cells.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::cell_ref::CellRef;
use super::cell_runs::{CellRun, CellRuns, CellRunsBuilder};
use super::error::{WorkbookError, WorkbookErrorKind, WorkbookLimit};
use super::sheet_reader::SheetRow;
use super::workbook::Workbook;

/// Bytes of all sheets of a workbook as CSV.
pub(crate) const MAX_CSV_BYTES: u64 = 1 << 30;

/// Rows are padded to the width of the widest row above them, up to this many columns, so that empty cells at their ends
/// have a field that an edit can fill. Rows of wider sheets end with their last cell.
const MAX_PADDED_COLUMNS: u32 = 64;

/// The most cells that are filled in from merged cells: a few large areas would otherwise blow up the text.
const MAX_FILLED_CELLS: u64 = 10_000_000;

/// Runs of formulas that are kept; beyond them every cell counts as a formula.
const MAX_FORMULA_RUNS: usize = 500_000;

/// Which cells the records and fields of a sheet's CSV come from.
///
/// The fields of a record are the cells of its row from column A on, so the index of a field is its column.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RowMap {
    /// The row of each record, from 1; 0 where it is unknown.
    numbers: Vec<u32>,
    /// The first columns of merged areas of several rows.
    merged: CellRuns,
    /// Cells with formulas; `None` if there are too many runs to keep.
    formulas: Option<CellRuns>,
}

impl RowMap {
    /// The number of records, of which the first is usually the header.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Is the sheet empty?
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The map of some records alone, which then count from 0.
    pub fn part(&self, records: Range<u64>) -> Self {
        let at = |record: u64| usize::try_from(record).unwrap_or(usize::MAX).min(self.numbers.len());
        let numbers = self.numbers.get(at(records.start)..at(records.end)).unwrap_or_default().to_vec();
        Self { numbers, merged: self.merged.clone(), formulas: self.formulas.clone() }
    }

    /// The map with that many unknown records put before: the inverse of [`RowMap::part`].
    #[must_use]
    pub fn after(mut self, unknown: usize) -> Self {
        self.numbers.splice(0..0, std::iter::repeat_n(0, unknown));
        self
    }

    /// The cell that a field comes from: the first one of merged cells. Record and field count from 0.
    pub fn cell(&self, record: u64, field: usize) -> Option<CellRef> {
        let row = *self.numbers.get(usize::try_from(record).ok()?)?;
        let cell = CellRef { row, column: u32::try_from(field).ok()? };
        Some(self.merged.find(cell).map_or(cell, |run| CellRef { row: run.first, ..cell }))
    }

    /// The row that a record comes from. Records count from 0.
    pub fn row(&self, record: u64) -> Option<u32> {
        self.numbers.get(usize::try_from(record).ok()?).copied()
    }

    /// Is a cell merged over several rows, so that its text is repeated in several records?
    pub fn is_merged(&self, cell: CellRef) -> bool {
        self.merged.find(cell).is_some()
    }

    /// Does a cell hold a formula, so that it must not be edited?
    pub fn is_formula(&self, cell: CellRef) -> bool {
        self.formulas.as_ref().is_none_or(|formulas| formulas.find(cell).is_some())
    }
}

/// What [`Workbook::write_csv`] has written.
#[derive(Debug)]
pub struct SheetCsv {
    /// Where its records come from.
    pub rows: RowMap,
    /// The range of the written bytes that is the sheet's CSV. Bytes before it are a first attempt: which cells are merged
    /// is known only at the end of a sheet, which is then written again.
    pub bytes: Range<u64>,
    /// Formulas without stored results, by column: the first cell and their number.
    not_computed: BTreeMap<u32, (CellRef, u64)>,
    sheet: String,
}

impl SheetCsv {
    /// The error for formulas without stored results, if there are any in the columns that are read.
    pub fn not_computed(&self, is_read: impl Fn(u32) -> bool) -> Option<WorkbookError> {
        let read = || self.not_computed.iter().filter(|(column, _)| is_read(**column)).map(|(_, found)| found);
        let first = read().map(|(first, _)| *first).min()?;
        let cells = read().map(|(_, cells)| cells).sum();
        Some(WorkbookError::new(WorkbookErrorKind::NotComputed { cells }).at(first).in_sheet(&self.sheet))
    }
}

impl Workbook {
    /// Writes a sheet as CSV: `,` between fields, `\n` after records, fields quoted only where needed,
    /// empty rows left out. The text of cells that are merged over several rows is repeated in each of them.
    ///
    /// # Errors
    ///
    /// The sheet is damaged, or the CSV of all sheets written so far exceeds the limit.
    pub fn write_csv(&mut self, sheet: usize, out: &mut dyn Write) -> Result<SheetCsv, WorkbookError> {
        let (name, part) = self.sheets().get(sheet).map(|sheet| (sheet.name.clone(), sheet.part)).unwrap_or_default();
        let buffer = self.package.buffer_size(part);
        let in_sheet = |error: WorkbookError| error.in_sheet(&name);
        let mut csv =
            CsvWriter { out: BufWriter::with_capacity(buffer, out), written: 0, widest: 0, line: String::new() };
        let mut written = self.render(sheet, CellRuns::default(), &mut csv).map_err(in_sheet)?;
        if !written.rows.merged.is_empty() {
            written = self.render(sheet, written.rows.merged, &mut csv).map_err(in_sheet)?;
        }
        written.sheet.clone_from(&name);
        csv.out.flush()?;
        Ok(written)
    }

    fn render(&mut self, sheet: usize, merged: CellRuns, csv: &mut CsvWriter<'_>) -> Result<SheetCsv, WorkbookError> {
        let start = csv.written;
        csv.widest = 0;
        let mut budget = self.csv_budget;
        let mut reader = self.rows(sheet)?;
        let mut rows = RowMap::default();
        let mut fill = MergedCellFill::new(&merged);
        let mut formulas = CellRunsBuilder::default();
        let (mut row, mut last) = (SheetRow::default(), 0);
        while reader.next_row(&mut row)? {
            fill.enter(&row)?;
            rows.numbers.push(row.number);
            if formulas.len() <= MAX_FORMULA_RUNS {
                let with_formula = row.cells.iter().filter(|cell| cell.is_formula);
                with_formula.for_each(|cell| formulas.add(CellRef { row: row.number, column: cell.column }, last));
            }
            let bytes = csv.row(&row, &fill)?;
            budget = budget
                .checked_sub(bytes)
                .ok_or_else(|| WorkbookError::limit_exceeded(WorkbookLimit::Text, MAX_CSV_BYTES))?;
            last = row.number;
        }
        rows.formulas = (formulas.len() <= MAX_FORMULA_RUNS).then(|| formulas.build());
        let (merges, not_computed) = reader.finish();
        rows.merged = CellRuns::new(merges);
        self.csv_budget = budget;
        Ok(SheetCsv { rows, bytes: start..csv.written, not_computed, sheet: String::new() })
    }
}

/// Writes rows as CSV records.
struct CsvWriter<'o> {
    out: BufWriter<&'o mut dyn Write>,
    written: u64,
    /// Columns of the widest row so far, at most [`MAX_PADDED_COLUMNS`].
    widest: u32,
    line: String,
}

impl CsvWriter<'_> {
    /// Writes a row and returns its length in bytes.
    fn row(&mut self, row: &SheetRow, fill: &MergedCellFill) -> Result<u64, WorkbookError> {
        self.line.clear();
        let mut column = 0;
        let mut field = |at: u32, text: &str, line: &mut String| {
            (column..at).for_each(|_| line.push(','));
            column = at;
            push_field(text, line);
        };
        // Merges two lists in the order of columns: the row's own cells, and those filled in from merged areas.
        let mut filled = fill.of(row.number).peekable();
        for cell in &row.cells {
            while let Some((at, text)) = filled.next_if(|(at, _)| *at < cell.column) {
                field(at, text, &mut self.line);
            }
            let _ = filled.next_if(|(at, _)| *at == cell.column);
            field(cell.column, row.text(cell), &mut self.line);
        }
        filled.for_each(|(at, text)| field(at, text, &mut self.line));
        self.widest = self.widest.max((column + 1).min(MAX_PADDED_COLUMNS));
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

/// Tracks which merged areas reach into the current row, with the texts of their first cells.
struct MergedCellFill {
    /// Areas below, in the order of their first rows.
    coming: std::iter::Peekable<std::vec::IntoIter<CellRun>>,
    /// Areas that reach into the row, in the order of columns.
    open: Vec<(CellRun, String)>,
    filled: u64,
}

impl MergedCellFill {
    fn new(merged: &CellRuns) -> Self {
        Self { coming: merged.by_row().into_iter().peekable(), open: Vec::new(), filled: 0 }
    }

    /// Advances to the next non-empty row.
    fn enter(&mut self, row: &SheetRow) -> Result<(), WorkbookError> {
        self.open.retain(|(run, _)| run.last >= row.number);
        while let Some(run) = self.coming.next_if(|run| run.first <= row.number) {
            let first = row.cells.binary_search_by_key(&run.column, |cell| cell.column).ok();
            let Some(first) = first.filter(|_| run.first == row.number) else { continue };
            let known = self.open.partition_point(|(open, _)| open.column < run.column);
            let is_new = self.open.get(known).is_none_or(|(open, _)| open.column != run.column);
            if is_new {
                self.open.insert(known, (run, row.text(&row.cells[first]).to_owned()));
            }
        }
        self.filled += self.open.len() as u64;
        if self.filled > MAX_FILLED_CELLS {
            return Err(WorkbookError::limit_exceeded(WorkbookLimit::Text, MAX_CSV_BYTES));
        }
        Ok(())
    }

    /// The columns and texts that areas from above fill into a row.
    fn of(&self, row: u32) -> impl Iterator<Item = (u32, &str)> {
        let below = self.open.iter().filter(move |(run, _)| run.first < row);
        below.map(|(run, text)| (run.column, text.as_str()))
    }
}
