//! Tables as a person sees them: rows of workbooks and of CSV, with the headings that a check of the project finds.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use dianjian_base::lang::Text;
use dianjian_document::source::{
    self, CsvFields, CsvTable, Format, HEAD_RECORDS, Limits, SourceError, SourceFile, TableHeader,
};
use dianjian_engine::{AsWritten, Engine, RunOptions};
use dianjian_rules::Pack;
use dianjian_rules::record::Yields;
use dianjian_xlsx::{SheetRow, Workbook, column_name, is_workbook};
use schemars::JsonSchema;
use serde::Serialize;

use crate::shown::beginning;

/// A sheet of a workbook.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SheetName {
    pub name: String,
    pub hidden: bool,
}

/// A window of a table.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct TableWindow {
    pub columns: Vec<TableColumn>,
    /// How many rows the table has, those above the headings among them.
    pub total: u64,
    /// The row of the headings as in `items`; null where none was found.
    pub heading_row: Option<u64>,
    pub items: Vec<TableRow>,
}

/// A column.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TableColumn {
    /// From 1.
    pub index: u64,
    pub letter: String,
    pub heading: String,
    /// The field that is read from it.
    pub field: Option<Text>,
}

/// A row.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TableRow {
    /// Its number in the sheet; in CSV the line on which it begins.
    pub row: u64,
    pub cells: Vec<String>,
}

/// Cells of one row at most: wider tables are cut.
const MOST_COLUMNS: usize = 1_024;

/// Characters of a cell at most.
const MOST_CHARS: usize = 2_000;

/// How a table is to be read.
#[derive(Debug)]
pub struct TableShape {
    /// Of a CSV: what stands between fields, and the row of headings.
    csv: Option<Arc<CsvTable>>,
    heading_row: Option<u64>,
    headings: Vec<(String, Option<Text>)>,
}

impl TableShape {
    fn new(header: &TableHeader, heading_row: Option<u64>, csv: Option<Arc<CsvTable>>, pack: &Pack) -> Self {
        let mapping = header.mapping.and_then(|mapping| pack.mappings.get(mapping));
        let heading = |column: &source::TableColumn| {
            let path = mapping.and_then(|mapping| mapping.field_of(column));
            let kind = mapping.and_then(|mapping| match mapping.yields {
                Yields::Records(kind) => Some(pack.kinds.get(kind)),
                _ => None,
            });
            let field = path.zip(kind).and_then(|(path, kind)| kind.target(path));
            (column.heading.to_string(), field.map(|field| field.title.clone()))
        };
        Self { csv, heading_row, headings: header.columns.iter().map(heading).collect() }
    }

    /// What stands between the fields of a CSV.
    pub fn delimiter(&self) -> u8 {
        self.csv.as_ref().map_or(b',', |table| table.delimiter)
    }
}

/// A file in a state, and a sheet of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct ShapeKey {
    path: PathBuf,
    sheet: Option<String>,
    size: u64,
    changed: Option<SystemTime>,
}

/// The shapes of tables that were looked at: finding one takes the project's rules, and pages ask for window after window.
#[derive(Debug, Default)]
pub struct TableShapes(Mutex<HashMap<ShapeKey, Arc<TableShape>>>);

/// Shapes that are kept.
const KEPT: usize = 500;

impl TableShapes {
    /// The shape of a table; `pack` makes the rules of its project.
    ///
    /// # Errors
    /// The file cannot be read, or the project's rules cannot.
    pub fn of<E: From<SourceError>>(
        &self,
        path: &Path,
        sheet: Option<&str>,
        pack: impl FnOnce() -> Result<Arc<Pack>, E>,
    ) -> Result<Arc<TableShape>, E> {
        let metadata = std::fs::metadata(path).ok();
        let key = ShapeKey {
            path: path.to_owned(),
            sheet: sheet.map(str::to_owned),
            size: metadata.as_ref().map_or(0, std::fs::Metadata::len),
            changed: metadata.and_then(|metadata| metadata.modified().ok()),
        };
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(known));
        }
        let pack = pack()?;
        let shape = Arc::new(find_shape(path, sheet, &pack)?);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(key, Arc::clone(&shape));
        Ok(shape)
    }

    /// Forgets all: other rules may read tables in another way.
    pub fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn find_shape(path: &Path, sheet: Option<&str>, pack: &Pack) -> Result<TableShape, SourceError> {
    // Which headings a table has does not depend on the day.
    let engine = Engine::new(pack, &AsWritten, RunOptions::new(chrono::NaiveDate::MIN));
    if has_workbook(path) {
        let (rows, numbers) = first_rows(path, sheet)?;
        let header = engine.recogniser().header(&rows);
        let number = header.record.and_then(|record| numbers.get(usize::try_from(record).ok()?).copied());
        return Ok(TableShape::new(&header, number, None, pack));
    }
    let source = engine.with_table(read_text(path)?, format_of(path));
    let Some(table) = source.table() else {
        return Ok(TableShape::new(&TableHeader::default(), None, None, pack));
    };
    let line = |record: u64| {
        let start = source.record_starts().get(usize::try_from(record).ok()?)?;
        Some(source.position(*start).line)
    };
    let line = table.header.record.and_then(line);
    Ok(TableShape::new(&table.header, line, Some(Arc::clone(table)), pack))
}

/// The first rows of a table, as far as headings are looked for, and the number of each.
///
/// # Errors
/// The file cannot be read.
pub fn head(path: &Path, sheet: Option<&str>, pack: &Pack) -> Result<Vec<Vec<String>>, SourceError> {
    if has_workbook(path) {
        return Ok(first_rows(path, sheet)?.0);
    }
    let engine = Engine::new(pack, &AsWritten, RunOptions::new(chrono::NaiveDate::MIN));
    let source = engine.with_table(read_text(path)?, format_of(path));
    let delimiter = source.table().map_or(b',', |table| table.delimiter);
    let fields = |start: &u32| {
        CsvFields::of(source.text(), *start, delimiter).map(|field| field.text(source.text()).into_owned()).collect()
    };
    Ok(source.record_starts().iter().take(HEAD_RECORDS).map(fields).collect())
}

fn first_rows(path: &Path, sheet: Option<&str>) -> Result<(Vec<Vec<String>>, Vec<u64>), SourceError> {
    let (mut rows, mut numbers) = (Vec::new(), Vec::new());
    each_row(path, sheet, &mut |row| {
        numbers.push(row.number.into());
        let mut cells: Vec<String> = Vec::new();
        for cell in row.cells.iter().filter(|cell| (cell.column as usize) < MOST_COLUMNS) {
            cells.resize(cell.column as usize, String::new());
            cells.push(row.text(cell).to_owned());
        }
        rows.push(cells);
        rows.len() < HEAD_RECORDS
    })?;
    Ok((rows, numbers))
}

fn read_text(path: &Path) -> Result<SourceFile, SourceError> {
    source::read(path, &Limits::default())
}

fn format_of(path: &Path) -> Format {
    Format::of_path(path).filter(|format| format.is_table()).unwrap_or(Format::Csv)
}

/// The sheets of a workbook; `None`: the file is none.
pub fn sheets(path: &Path) -> Option<Vec<SheetName>> {
    if !has_workbook(path) {
        return None;
    }
    let book = Workbook::open(path).ok()?;
    let sheet = |sheet: &dianjian_xlsx::Worksheet| SheetName { name: sheet.name.clone(), hidden: sheet.hidden };
    Some(book.sheets().iter().map(sheet).collect())
}

/// The sheet that is shown where none is named.
pub fn first_sheet(path: &Path) -> Option<String> {
    let sheets = sheets(path)?;
    let shown = sheets.iter().find(|sheet| !sheet.hidden).or(sheets.first());
    shown.map(|sheet| sheet.name.clone())
}

/// Whether a file is a workbook, whatever its name says.
pub fn has_workbook(path: &Path) -> bool {
    use std::io::Read as _;
    let mut head = [0; 8];
    let read = std::fs::File::open(path).and_then(|mut file| file.read(&mut head)).unwrap_or(0);
    is_workbook(head.get(..read).unwrap_or_default())
}

/// Rows of a table from the `from`th on, at most `n`.
///
/// # Errors
/// The file cannot be read.
pub fn window(
    path: &Path,
    sheet: Option<&str>,
    (from, n): (u64, u64),
    shape: &TableShape,
) -> Result<TableWindow, SourceError> {
    let mut window = TableWindow { heading_row: shape.heading_row, ..TableWindow::default() };
    if has_workbook(path) {
        each_row(path, sheet, &mut |row| {
            if window.total >= from && (window.items.len() as u64) < n {
                window.items.push(TableRow { row: row.number.into(), cells: cells_of(row) });
            }
            window.total += 1;
            true
        })?;
    } else if let Some(table) = &shape.csv {
        let source = read_text(path)?.with_table(Arc::clone(table), 0);
        let starts = source.record_starts();
        window.total = starts.len() as u64;
        let wanted = starts.iter().skip(usize::try_from(from).unwrap_or(usize::MAX));
        for start in wanted.take(usize::try_from(n).unwrap_or(usize::MAX)) {
            let fields = CsvFields::of(source.text(), *start, table.delimiter).take(MOST_COLUMNS);
            let cells = fields.map(|field| beginning(&field.text(source.text()), MOST_CHARS)).collect();
            window.items.push(TableRow { row: source.position(*start).line, cells });
        }
    }
    window.columns = columns(&shape.headings, &window.items);
    Ok(window)
}

/// Calls a function with every row of a sheet as long as it wants more.
fn each_row(path: &Path, sheet: Option<&str>, take: &mut dyn FnMut(&SheetRow) -> bool) -> Result<(), SourceError> {
    let unreadable = |error| SourceError::workbook(&path.file_name().unwrap_or_default().to_string_lossy(), error);
    let mut book = Workbook::open(path).map_err(unreadable)?;
    let index = match sheet {
        Some(sheet) => book.sheets().iter().position(|known| known.name == sheet),
        None => book.sheets().iter().position(|known| !known.hidden).or(Some(0)),
    };
    let Some(index) = index else { return Ok(()) };
    let mut reader = book.rows(index).map_err(unreadable)?;
    let mut row = SheetRow::default();
    while reader.next_row(&mut row).map_err(unreadable)? {
        if !take(&row) {
            break;
        }
    }
    Ok(())
}

fn cells_of(row: &SheetRow) -> Vec<String> {
    let mut cells: Vec<String> = Vec::new();
    for cell in row.cells.iter().filter(|cell| (cell.column as usize) < MOST_COLUMNS) {
        cells.resize(cell.column as usize, String::new());
        cells.push(beginning(row.text(cell), MOST_CHARS));
    }
    cells
}

fn columns(headings: &[(String, Option<Text>)], rows: &[TableRow]) -> Vec<TableColumn> {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0).max(headings.len());
    let column = |index: usize| {
        let (heading, field) = headings.get(index).cloned().unwrap_or_default();
        let letter = column_name(u32::try_from(index).unwrap_or(u32::MAX));
        TableColumn { index: index as u64 + 1, letter, heading, field }
    };
    (0..width).map(column).collect()
}
