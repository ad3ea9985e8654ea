//! Windows of tables: rows as a person sees them, of workbooks and of CSV.

use std::path::Path;

use dianjian_document::source::{self, CsvFields, Format, Limits, SourceError, TableHeader, understand};
use dianjian_engine::{AsWritten, Engine, RunOptions};
use dianjian_rules::Pack;
use dianjian_xlsx::{SheetRow, Workbook, column_name, is_workbook};
use serde::Serialize;

use chrono::NaiveDate;

/// A sheet of a workbook.
#[derive(Debug, Clone, Serialize)]
pub struct SheetName {
    pub name: String,
    pub hidden: bool,
}

/// A window of a table.
#[derive(Debug, Default, Serialize)]
pub struct TableWindow {
    pub columns: Vec<TableColumn>,
    /// How many rows the table has, those above the headings among them.
    pub total: u64,
    /// The row of the headings as in `items`; null where none was found.
    pub heading_row: Option<u64>,
    pub items: Vec<TableRow>,
}

/// A column.
#[derive(Debug, Clone, Serialize)]
pub struct TableColumn {
    /// From 1.
    pub index: u64,
    pub letter: String,
    pub heading: String,
}

/// A row.
#[derive(Debug, Serialize)]
pub struct TableRow {
    /// Its number in the sheet; in CSV the line on which it begins.
    pub row: u64,
    pub cells: Vec<String>,
}

/// Cells of one row at most: wider tables are cut.
const MOST_COLUMNS: usize = 1_024;

/// Characters of a cell at most.
const MOST_CHARS: usize = 2_000;

/// The sheets of a workbook; `None`: the file is none.
pub fn sheets(path: &Path) -> Option<Vec<SheetName>> {
    if !has_workbook(path) {
        return None;
    }
    let book = Workbook::open(path).ok()?;
    let sheet = |sheet: &dianjian_xlsx::Worksheet| SheetName { name: sheet.name.clone(), hidden: sheet.hidden };
    Some(book.sheets().iter().map(sheet).collect())
}

fn has_workbook(path: &Path) -> bool {
    use std::io::Read as _;
    let mut head = [0; 8];
    let read = std::fs::File::open(path).and_then(|mut file| file.read(&mut head)).unwrap_or(0);
    is_workbook(head.get(..read).unwrap_or_default())
}

/// What stands between the fields of a CSV.
pub fn delimiter(path: &Path, text: &str) -> u8 {
    match Format::of_path(path) {
        Some(Format::Tsv) => b'\t',
        _ => understand(text, true, None, &|_| TableHeader::default()).0,
    }
}

/// Rows of a table from the `from`th on, at most `n`.
///
/// # Errors
/// The file cannot be read.
pub fn window(
    path: &Path,
    name: &str,
    sheet: Option<&str>,
    (from, n): (u64, u64),
    (pack, as_of): (&Pack, NaiveDate),
) -> Result<TableWindow, SourceError> {
    if has_workbook(path) {
        return of_sheet(path, name, sheet, (from, n));
    }
    let engine = Engine::new(pack, &AsWritten, RunOptions::new(as_of));
    let format = Format::of_path(path).filter(|format| format.is_table()).unwrap_or(Format::Csv);
    let read = source::read(path, &Limits::default())?;
    let source = engine.with_table(read, format);
    let mut window = TableWindow::default();
    let Some(table) = source.table() else { return Ok(window) };
    let starts = source.record_starts();
    window.total = starts.len() as u64;
    let line = |record: u64| {
        let start = starts.get(usize::try_from(record).ok()?)?;
        Some(source.position(*start).line)
    };
    window.heading_row = table.header.record.and_then(line);
    let headings: Vec<String> = table.header.columns.iter().map(|column| column.heading.to_string()).collect();
    let wanted = starts.iter().skip(usize::try_from(from).unwrap_or(usize::MAX));
    for start in wanted.take(usize::try_from(n).unwrap_or(usize::MAX)) {
        let fields = CsvFields::of(source.text(), *start, table.delimiter).take(MOST_COLUMNS);
        let cells = fields.map(|field| cut(&field.text(source.text()))).collect();
        window.items.push(TableRow { row: source.position(*start).line, cells });
    }
    window.columns = columns(&headings, &window.items);
    Ok(window)
}

fn of_sheet(path: &Path, name: &str, sheet: Option<&str>, (from, n): (u64, u64)) -> Result<TableWindow, SourceError> {
    let unreadable = |error| SourceError::workbook(name, error);
    let mut book = Workbook::open(path).map_err(unreadable)?;
    let index = match sheet {
        Some(sheet) => book.sheets().iter().position(|known| known.name == sheet),
        None => book.sheets().iter().position(|known| !known.hidden).or(Some(0)),
    };
    let mut window = TableWindow::default();
    let Some(index) = index else { return Ok(window) };
    let mut reader = book.rows(index).map_err(unreadable)?;
    let mut row = SheetRow::default();
    let (mut headings, mut widest) = (Vec::new(), 0);
    while reader.next_row(&mut row).map_err(unreadable)? {
        let cells = cells_of(&row);
        // Until the run's own reading of headings is known here, the first of the widest rows at the top has them.
        if window.total < 20 && cells.iter().filter(|cell| !cell.is_empty()).count() > widest {
            widest = cells.iter().filter(|cell| !cell.is_empty()).count();
            (headings, window.heading_row) = (cells.clone(), Some(row.number.into()));
        }
        if window.total >= from && (window.items.len() as u64) < n {
            window.items.push(TableRow { row: row.number.into(), cells });
        }
        window.total += 1;
    }
    window.columns = columns(&headings, &window.items);
    Ok(window)
}

fn cells_of(row: &SheetRow) -> Vec<String> {
    let mut cells: Vec<String> = Vec::new();
    for cell in row.cells.iter().filter(|cell| (cell.column as usize) < MOST_COLUMNS) {
        cells.resize(cell.column as usize, String::new());
        cells.push(cut(row.text(cell)));
    }
    cells
}

fn columns(headings: &[String], rows: &[TableRow]) -> Vec<TableColumn> {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0).max(headings.len());
    let column = |index: usize| TableColumn {
        index: index as u64 + 1,
        letter: column_name(u32::try_from(index).unwrap_or(u32::MAX)),
        heading: headings.get(index).cloned().unwrap_or_default(),
    };
    (0..width).map(column).collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
