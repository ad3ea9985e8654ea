//! Reads the rows of a checked table once more, for the copy in the report.

use std::path::Path;

use dianjian_base::FileSystem;
use dianjian_document::source::{CsvFields, SourceError, TableChunks, TableHeader};
use dianjian_xlsx::{self as workbook, MAX_COLUMNS, Workbook};

/// A row that is not empty.
#[derive(Debug, Default)]
pub(super) struct CheckedRow {
    /// From 1.
    pub number: u32,
    /// The cells that are not empty, by their columns.
    pub cells: Vec<CheckedCell>,
}

/// A cell that is not empty.
#[derive(Debug)]
pub(super) struct CheckedCell {
    /// From 0.
    pub column: u32,
    pub text: String,
    /// Its value, if it is a number that is displayed without a format, such as a date's.
    pub number: Option<f64>,
}

/// Calls `take` with the rows of a sheet until it returns false; returns whether all rows were taken.
pub(super) fn rows_of_sheet(
    path: &Path,
    sheet: &str,
    take: &mut dyn FnMut(&CheckedRow) -> bool,
) -> Result<bool, SourceError> {
    let failed = |error| SourceError::workbook(&path.to_string_lossy(), error);
    let mut book = Workbook::open(path).map_err(failed)?;
    let Some(index) = book.sheets().iter().position(|known| known.name == sheet) else { return Ok(true) };
    let mut rows = book.rows(index).map_err(failed)?;
    let (mut read, mut row) = (workbook::SheetRow::default(), CheckedRow::default());
    while rows.next_row(&mut read).map_err(failed)? {
        row.number = read.number;
        row.cells.clear();
        row.cells.extend(read.cells.iter().map(|cell| {
            let text = read.text(cell);
            let is_plain = cell.is_number && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-'));
            // A number keeps 15 digits only; longer ones are codes.
            let number = text.parse().ok().filter(|_| is_plain && text.len() <= 15);
            CheckedCell { column: cell.column, text: text.to_owned(), number }
        }));
        if !take(&row) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Calls `take` with the records of a file without sheets until it returns false; returns whether all were taken.
pub(super) fn rows_of_file(
    path: &Path,
    delimiter: u8,
    take: &mut dyn FnMut(&CheckedRow) -> bool,
) -> Result<bool, SourceError> {
    let chunks = TableChunks::open(&FileSystem::default(), &path.to_string_lossy(), path, &|_| TableHeader::default())?;
    let mut row = CheckedRow::default();
    for chunk in chunks.with_delimiter(Some(delimiter)) {
        let chunk = chunk?;
        for (record, start) in (chunk.first_record()..).zip(chunk.record_starts()) {
            let fields = CsvFields::of(chunk.text(), *start, delimiter).take(MAX_COLUMNS as usize);
            row.number = u32::try_from(record + 1).unwrap_or(u32::MAX);
            row.cells.clear();
            row.cells.extend(fields.zip(0..).filter(|(field, _)| !field.span.is_empty()).map(|(field, column)| {
                // Never a number: digits may as well be a code, whose leading zeros matter.
                CheckedCell { column, text: field.text(chunk.text()).into_owned(), number: None }
            }));
            if !take(&row) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
