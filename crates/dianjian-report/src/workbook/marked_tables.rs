//! Copies of the checked tables in which cells with findings are coloured and have notes.
//!
//! All of it is bounded: a workbook of this size still opens in spreadsheet programs.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use dianjian_base::lang::{Lang, Localized};
use dianjian_rules::language::Severity;
use dianjian_xlsx::{CellRef, MAX_COLUMNS};
use rust_xlsxwriter::{Workbook, XlsxError};

use super::TableCell;
use super::sheet::{CellFormats, MAX_ROWS, ReportCell, SheetValue, SheetWriter};
use super::table_rows::{CheckedRow, rows_of_file, rows_of_sheet};

/// Tables that are copied.
const MAX_TABLES: usize = 100;

/// Cells that are marked.
const MAX_MARKS: usize = 500_000;

/// Cells with a note, which takes far more memory than a colour.
const MAX_NOTES: usize = 10_000;

/// Cells of all copies.
const MAX_CELLS: usize = 4_000_000;

/// Characters of a note.
const NOTE_CHARS: usize = 500;

/// The tables that will be copied, and the cells that will be marked.
pub(super) struct Copies {
    copies: Vec<Copy>,
    by_table: HashMap<(PathBuf, Option<String>), usize>,
    names: HashSet<String>,
    marks: usize,
    notes: usize,
    /// Findings whose cells are in no copy.
    unmarked: usize,
}

/// One table.
struct Copy {
    path: PathBuf,
    sheet: Option<String>,
    delimiter: u8,
    /// Its sheet in the report.
    name: String,
    heading: u32,
    /// By row (from 1) and column (from 0).
    marks: BTreeMap<(u32, u32), CellMark>,
}

struct CellMark {
    severity: Severity,
    note: Option<String>,
}

impl Copies {
    /// No tables yet. `taken`: the names of the report's other sheets.
    pub fn new(taken: [&str; 3]) -> Self {
        Self {
            copies: Vec::new(),
            by_table: HashMap::new(),
            names: taken.into_iter().map(str::to_lowercase).collect(),
            marks: 0,
            notes: 0,
            unmarked: 0,
        }
    }

    /// Marks a cell; returns its address within the report.
    pub fn mark(&mut self, cell: &TableCell, severity: Severity, message: &str) -> Option<String> {
        let fits = cell.row <= MAX_ROWS && cell.column < MAX_COLUMNS && self.marks < MAX_MARKS;
        let Some(index) = fits.then(|| self.copy_of(cell)).flatten() else {
            self.unmarked += 1;
            return None;
        };
        let copy = self.copies.get_mut(index)?;
        let mark = copy.marks.entry((cell.row, cell.column)).or_insert_with(|| {
            self.marks += 1;
            self.notes += 1;
            CellMark { severity, note: (self.notes <= MAX_NOTES).then(String::new) }
        });
        mark.severity = mark.severity.max(severity);
        if let Some(note) = &mut mark.note {
            let room = NOTE_CHARS.saturating_sub(note.chars().count());
            note.extend(message.chars().chain(['\n']).take(room));
        }
        let place = CellRef { row: cell.row, column: cell.column };
        Some(format!("'{}'!{place}", copy.name.replace('\'', "''")))
    }

    fn copy_of(&mut self, cell: &TableCell) -> Option<usize> {
        let table = (cell.path.clone(), cell.sheet.clone());
        if let Some(&known) = self.by_table.get(&table) {
            return Some(known);
        }
        if self.copies.len() >= MAX_TABLES {
            return None;
        }
        let stem = || cell.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let name = self.free_name(&cell.sheet.clone().or_else(stem).unwrap_or_default());
        let (path, sheet) = table.clone();
        let (delimiter, heading) = (cell.delimiter, cell.heading);
        self.copies.push(Copy { path, sheet, delimiter, name, heading, marks: BTreeMap::new() });
        self.by_table.insert(table, self.copies.len() - 1);
        Some(self.copies.len() - 1)
    }

    /// A valid sheet name that no other sheet has, regardless of case.
    fn free_name(&mut self, wanted: &str) -> String {
        const MAX_CHARS: usize = 31;
        let clean = |c: char| if c.is_control() || "[]:*?/\\'".contains(c) { '_' } else { c };
        let cut = |text: &str, units: usize| {
            let mut left = units;
            let fits = |c: &char| left.checked_sub(c.len_utf16()).map(|rest| left = rest).is_some();
            text.chars().map(clean).take_while(fits).collect::<String>()
        };
        let wanted = if wanted.trim().is_empty() { "Sheet" } else { wanted };
        let plain = cut(wanted, MAX_CHARS);
        let mut number = 1;
        let mut name = plain;
        while !self.names.insert(name.to_lowercase()) {
            number += 1;
            let suffix = format!(" ({number})");
            name = cut(wanted, MAX_CHARS - suffix.len()) + &suffix;
        }
        name
    }

    /// A note about findings that are not marked.
    pub fn left_out(&self, lang: Lang) -> Option<String> {
        let number = self.unmarked;
        (number > 0).then(|| match lang {
            Lang::Zh => format!("{number} 处没有在表格副本里标出：副本放不下"),
            Lang::En => format!("{number} findings are not marked in the copies of tables, which have no room"),
        })
    }

    /// Writes the copies.
    pub fn write(self, book: &mut Workbook, looks: &CellFormats, lang: Lang) -> Result<(), XlsxError> {
        let mut room = MAX_CELLS;
        for copy in &self.copies {
            copy.write(book, looks, lang, &mut room)?;
        }
        Ok(())
    }
}

impl Copy {
    /// Writes the table until `room` cells are used up, and a note where that happens.
    fn write(&self, book: &mut Workbook, looks: &CellFormats, lang: Lang, room: &mut usize) -> Result<(), XlsxError> {
        let mut page = SheetWriter::new(book, &self.name)?;
        let mut written = Ok(());
        let mut take = |row: &CheckedRow| {
            let fits = row.number <= MAX_ROWS && row.cells.len() <= *room;
            if fits {
                *room -= row.cells.len();
                written = self.row(book, &mut page, looks, row);
            }
            fits && written.is_ok()
        };
        let read = match &self.sheet {
            Some(sheet) => rows_of_sheet(&self.path, sheet, &mut take),
            None => rows_of_file(&self.path, self.delimiter, &mut take),
        };
        written?;
        let rest = match (read, lang) {
            (Ok(true), _) => None,
            (Ok(false), Lang::Zh) => Some("……其余各行没有复制，请看原文件".to_owned()),
            (Ok(false), Lang::En) => Some("… the rows below are not copied: see the file itself".to_owned()),
            (Err(error), lang) => Some(error.text(lang)),
        };
        if let Some(rest) = rest.filter(|_| !page.is_full()) {
            page.row(book, &[ReportCell::text(&rest, looks.severity(Severity::Warning))])?;
        }
        page.finish(book)
    }

    fn row(
        &self,
        book: &mut Workbook,
        page: &mut SheetWriter,
        looks: &CellFormats,
        row: &CheckedRow,
    ) -> Result<(), XlsxError> {
        page.skip_to(row.number - 1);
        let is_heading = row.number == self.heading;
        let last = row.cells.last().map_or(0, |cell| cell.column + 1);
        if is_heading {
            page.set_head(row.number - 1, last as u16);
        }
        let mut cells: Vec<ReportCell<'_>> = Vec::with_capacity(row.cells.len());
        let plain = if is_heading { &looks.head } else { &looks.plain };
        let mut own = row.cells.iter().peekable();
        let marks = || self.marks.range((row.number, 0)..=(row.number, u32::MAX));
        let end = marks().map(|((_, column), _)| column + 1).max().unwrap_or(0).max(last);
        for column in 0..end {
            let cell = own.next_if(|cell| cell.column == column);
            let look = self.marks.get(&(row.number, column)).map_or(plain, |mark| looks.marked(mark.severity));
            let value = cell.map_or(SheetValue::Text(""), |cell| match cell.number {
                Some(number) => SheetValue::Number(number),
                None => SheetValue::Text(&cell.text),
            });
            cells.push(ReportCell { value, look, link: None });
        }
        page.row(book, &cells)?;
        for ((_, column), mark) in marks() {
            if let Some(note) = mark.note.as_deref().map(str::trim_end).filter(|note| !note.is_empty()) {
                page.note(book, row.number - 1, *column as u16, note)?;
            }
        }
        Ok(())
    }
}
