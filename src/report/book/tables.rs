//! The rows of a table that was checked, read once more.

use std::path::Path;

use crate::workbook::{self, Workbook, WorkbookError};

/// A row that is not empty.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// From 1.
    pub number: u32,
    /// The cells that are not empty, by their columns.
    pub cells: Vec<Cell>,
}

/// A cell that is not empty.
#[derive(Debug)]
pub(super) struct Cell {
    /// From 0.
    pub column: u32,
    pub text: String,
    /// The number that it is, if it is one that is shown as it is.
    pub number: Option<f64>,
}

/// Hands over the rows of a table while they are wanted; says whether that was to the end.
pub(super) fn each_row(
    path: &Path,
    sheet: Option<&str>,
    take: &mut dyn FnMut(&Row) -> bool,
) -> Result<bool, WorkbookError> {
    let mut book = Workbook::open(path)?;
    let named = |known: &workbook::Sheet| Some(known.name.as_str()) == sheet;
    let Some(index) = book.sheets().iter().position(named) else { return Ok(true) };
    let mut rows = book.rows(index)?;
    let (mut read, mut row) = (workbook::Row::default(), Row::default());
    while rows.next_row(&mut read)? {
        row.number = read.number;
        row.cells.clear();
        row.cells.extend(read.cells.iter().map(|cell| {
            let text = read.text(cell);
            let is_plain = cell.is_number && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-'));
            // Of more digits a number keeps only the first.
            let number = text.parse().ok().filter(|_| is_plain && text.len() <= 15);
            Cell { column: cell.column, text: text.to_owned(), number }
        }));
        if !take(&row) {
            return Ok(false);
        }
    }
    Ok(true)
}
