//! Reads a sheet's cells row by row, as the texts that the sheet shows.

use std::collections::BTreeMap;
use std::ops::Range;

use quick_xml::events::{BytesStart, Event};

use super::cell_ref::{CellRef, MAX_COLUMNS, MAX_ROWS, parse_range};
use super::cell_runs::CellRun;
use super::error::{WorkbookError, WorkbookErrorKind, WorkbookLimit};
use super::number_format;
use super::rich_text::{self, RichText};
use super::workbook::CellValueContext;
use dianjian_package::Package;
use dianjian_package::{PackageDamage, Xml, attribute};

/// The most merged areas of a sheet.
const MAX_MERGES: usize = 500_000;

/// A non-empty row. Reuse one value for all rows of a sheet: its buffers are kept.
#[derive(Debug, Default)]
pub struct SheetRow {
    /// The row's number in the sheet, from 1: empty rows are skipped.
    pub number: u32,
    /// The non-empty cells in the order of columns.
    pub cells: Vec<RowCell>,
    text: String,
}

/// A non-empty cell; [`SheetRow::text`] returns its text.
#[derive(Debug, Clone)]
pub struct RowCell {
    /// The column's index: 0 is column A.
    pub column: u32,
    /// Is it stored as a number? Dates and times are.
    pub is_number: bool,
    /// Is its value the result of a formula?
    pub is_formula: bool,
    text: Range<usize>,
}

impl SheetRow {
    /// A cell's text: dates are `2026-03-01`, times `20:00:00`, booleans `TRUE` and `FALSE`, percentages `7%`, other
    /// numbers plain and exact.
    pub fn text(&self, cell: &RowCell) -> &str {
        self.text.get(cell.text.clone()).unwrap_or_default()
    }

    fn begin(&mut self, number: u32) {
        self.number = number;
        self.cells.clear();
        self.text.clear();
    }

    /// Sorts the cells by column; of two in the same place the first counts. Returns whether there is any.
    fn finish(&mut self) -> bool {
        if !self.cells.is_sorted_by(|a, b| a.column < b.column) {
            self.cells.sort_by_key(|cell| cell.column);
            self.cells.dedup_by_key(|cell| cell.column);
        }
        !self.cells.is_empty()
    }
}

/// A formula of more bytes than this is not a boolean constant.
const MAX_CONSTANT_BYTES: usize = 16;

/// Is this formula `TRUE()` or `FALSE()`, as which LibreOffice stores plain booleans?
pub(crate) fn is_boolean_constant(formula: &str) -> bool {
    matches!(formula.trim().trim_end_matches("()"), "TRUE" | "FALSE")
}

/// The place of the row and cell being read. Their references are optional in the XML: without one they follow the one
/// before.
#[derive(Debug, Default)]
pub(crate) struct CellCursor {
    row: u32,
    next_column: u32,
}

impl CellCursor {
    /// Enters a `<row>` and returns its number.
    pub(crate) fn row(&mut self, tag: &BytesStart<'_>) -> Result<u32, WorkbookError> {
        let row = match attribute(tag, "r") {
            Some(text) => {
                text.parse().ok().filter(|row| (1..=MAX_ROWS).contains(row)).ok_or_else(|| bad_reference(&text))?
            }
            None if self.row >= MAX_ROWS => return Err(bad_reference(&(MAX_ROWS + 1).to_string())),
            None => self.row + 1,
        };
        // Programs differ in what they make of such rows, so it would be unclear which of them lie below the headings.
        if row <= self.row {
            return Err(WorkbookError::new(WorkbookErrorKind::RowOrder { row }));
        }
        (self.row, self.next_column) = (row, 0);
        Ok(row)
    }

    /// Enters a `<c>` and returns its place.
    pub(crate) fn cell(&mut self, tag: &BytesStart<'_>) -> Result<CellRef, WorkbookError> {
        let row = self.row;
        let cell = match attribute(tag, "r") {
            Some(text) => CellRef::parse(&text).filter(|cell| cell.row == row).ok_or_else(|| bad_reference(&text))?,
            None if self.next_column >= MAX_COLUMNS => return Err(bad_reference(&format!("XFE{row}"))),
            None => CellRef { row, column: self.next_column },
        };
        self.next_column = cell.column + 1;
        Ok(cell)
    }
}

fn bad_reference(reference: &str) -> WorkbookError {
    WorkbookError::new(WorkbookErrorKind::BadCellReference { reference: reference.chars().take(32).collect() })
}

/// Reads a sheet row by row, see [`Workbook::rows`](crate::Workbook::rows).
pub struct SheetReader<'w> {
    xml: Xml<'w>,
    parser: SheetParser<'w>,
}

/// The state of parsing at a point of the XML.
struct SheetParser<'w> {
    values: &'w CellValueContext,
    part: String,
    cursor: CellCursor,
    in_data: bool,
    cell: Option<OpenCell>,
    in_value: bool,
    value: String,
    in_formula: bool,
    formula: String,
    in_inline: bool,
    inline: RichText,
    merges: Vec<CellRun>,
    /// Formulas without stored results, by column: the first cell and their number.
    not_computed: BTreeMap<u32, (CellRef, u64)>,
}

/// The cell that is being read.
struct OpenCell {
    at: CellRef,
    kind: CellType,
    style: usize,
    is_formula: bool,
    has_inline: bool,
}

/// What a cell holds, by its attribute `t`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CellType {
    Bool,
    Shared,
    Text,
    Date,
    Number,
}

impl CellType {
    fn of(tag: &BytesStart<'_>) -> Self {
        match attribute(tag, "t").as_deref() {
            Some("b") => Self::Bool,
            Some("s") => Self::Shared,
            Some("str" | "e" | "inlineStr") => Self::Text,
            Some("d") => Self::Date,
            _ => Self::Number,
        }
    }
}

impl<'w> SheetReader<'w> {
    pub(crate) fn new(
        package: &'w mut Package,
        part: usize,
        values: &'w CellValueContext,
    ) -> Result<Self, WorkbookError> {
        let name = package.name(part).to_owned();
        let parser = SheetParser {
            values,
            part: name.clone(),
            cursor: CellCursor::default(),
            in_data: false,
            cell: None,
            in_value: false,
            value: String::new(),
            in_formula: false,
            formula: String::new(),
            in_inline: false,
            inline: RichText::default(),
            merges: Vec::new(),
            not_computed: BTreeMap::new(),
        };
        Ok(Self { xml: Xml::new(package, part, true)?, parser })
    }

    /// Reads the next non-empty row into `row`; returns whether there was one.
    ///
    /// # Errors
    ///
    /// The part is damaged, or a cell exceeds the limit.
    pub fn next_row(&mut self, row: &mut SheetRow) -> Result<bool, WorkbookError> {
        row.begin(self.parser.cursor.row);
        loop {
            let step = self.xml.next().map_err(WorkbookError::from).and_then(|event| match event {
                Event::Eof => Ok(Some(false)),
                event => Ok(self.parser.take(&event, row)?.then_some(true)),
            });
            if let Some(has_row) = step.map_err(|error| self.parser.located(error))? {
                return Ok(has_row);
            }
        }
    }

    /// After the last row: the first columns of the merged areas of several rows, and the formulas without stored results
    /// (see [`SheetCsv`](crate::SheetCsv)).
    pub(crate) fn finish(self) -> (Vec<CellRun>, BTreeMap<u32, (CellRef, u64)>) {
        (self.parser.merges, self.parser.not_computed)
    }
}

impl SheetParser<'_> {
    fn located(&self, error: WorkbookError) -> WorkbookError {
        match &self.cell {
            Some(cell) => error.at(cell.at),
            None => error,
        }
    }

    /// Processes an event; returns whether it ended a non-empty row.
    fn take(&mut self, event: &Event<'_>, row: &mut SheetRow) -> Result<bool, WorkbookError> {
        match event {
            Event::Start(tag) => self.start(tag, event, row)?,
            Event::End(tag) => return self.end(tag.local_name().into_inner(), event, row),
            _ if self.in_value => self.push_value(event)?,
            // The text of a formula matters only as far as it may be a boolean constant.
            Event::Text(text) if self.in_formula && self.formula.len() < MAX_CONSTANT_BYTES => {
                self.formula.push_str(text)
            }
            _ if self.in_inline => self.inline.take(event, &self.part)?,
            _ => {}
        }
        Ok(false)
    }

    fn start(&mut self, tag: &BytesStart<'_>, event: &Event<'_>, row: &mut SheetRow) -> Result<(), WorkbookError> {
        match (tag.local_name().into_inner(), &mut self.cell) {
            ("v", Some(_)) => self.in_value = true,
            ("f", Some(cell)) => {
                (self.in_formula, cell.is_formula) = (true, true);
                self.formula.clear();
            }
            ("is", Some(cell)) => {
                (self.in_inline, cell.has_inline) = (true, true);
                self.inline.begin();
            }
            (_, Some(_)) if self.in_inline => self.inline.take(event, &self.part)?,
            ("c", None) if self.in_data => {
                let at = self.cursor.cell(tag)?;
                let style = attribute(tag, "s").and_then(|style| style.parse().ok()).unwrap_or(0);
                self.cell = Some(OpenCell { at, kind: CellType::of(tag), style, is_formula: false, has_inline: false });
                self.value.clear();
            }
            ("row", None) if self.in_data => row.begin(self.cursor.row(tag)?),
            ("sheetData", None) => self.in_data = true,
            ("mergeCell", None) => self.merge(tag)?,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, event: &Event<'_>, row: &mut SheetRow) -> Result<bool, WorkbookError> {
        match name {
            "v" => self.in_value = false,
            "f" => {
                self.in_formula = false;
                if let Some(cell) = self.cell.as_mut().filter(|cell| cell.kind == CellType::Bool) {
                    cell.is_formula = !is_boolean_constant(&self.formula);
                }
            }
            "is" => self.in_inline = false,
            _ if self.in_inline => self.inline.take(event, &self.part)?,
            "c" => {
                if let Some(cell) = &self.cell {
                    self.finish_cell(cell, row)?;
                    // Only results of type text may be empty.
                    if cell.is_formula && cell.kind != CellType::Text && self.value.trim().is_empty() {
                        self.not_computed.entry(cell.at.column).or_insert((cell.at, 0)).1 += 1;
                    }
                }
                self.cell = None;
            }
            "row" if self.in_data => return Ok(row.finish()),
            "sheetData" => self.in_data = false,
            _ => {}
        }
        Ok(false)
    }

    fn push_value(&mut self, event: &Event<'_>) -> Result<(), WorkbookError> {
        match event {
            Event::Text(text) => self.value.push_str(&text.xml10_content()),
            Event::CData(text) => self.value.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => self.value.push(Xml::resolve(&self.part, reference)?),
            _ => {}
        }
        if self.value.len() > rich_text::MAX_TEXT {
            return Err(WorkbookError::limit_exceeded(WorkbookLimit::CellText, rich_text::MAX_TEXT as u64));
        }
        Ok(())
    }

    fn finish_cell(&self, cell: &OpenCell, row: &mut SheetRow) -> Result<(), WorkbookError> {
        let start = row.text.len();
        let (value, format) = (self.value.as_str(), self.values.styles.get(cell.style));
        match cell.kind {
            _ if cell.has_inline => row.text.push_str(self.inline.text()),
            CellType::Text => row.text.push_str(&rich_text::unescape(value)),
            _ if value.trim().is_empty() => {}
            CellType::Shared => {
                let text = value.trim().parse().ok().and_then(|number| self.values.strings.get(number));
                row.text.push_str(text.ok_or_else(|| WorkbookError::damaged(&self.part, PackageDamage::SharedString))?);
            }
            CellType::Bool => row.text.push_str(if value.trim() == "0" { "FALSE" } else { "TRUE" }),
            CellType::Date => row.text.push_str(value.trim().strip_suffix("T00:00:00").unwrap_or(value.trim())),
            CellType::Number => {
                number_format::format_number(value.trim(), format, self.values.from_1904, &mut row.text)
            }
        }
        if row.text.len() > start {
            let is_number = cell.kind == CellType::Number && !cell.has_inline;
            let text = start..row.text.len();
            row.cells.push(RowCell { column: cell.at.column, is_number, is_formula: cell.is_formula, text });
        }
        Ok(())
    }

    fn merge(&mut self, tag: &BytesStart<'_>) -> Result<(), WorkbookError> {
        let Some((first, last)) = attribute(tag, "ref").and_then(|range| parse_range(&range)) else { return Ok(()) };
        if first.row < last.row {
            self.merges.push(CellRun { column: first.column, first: first.row, last: last.row });
        }
        if self.merges.len() > MAX_MERGES {
            return Err(WorkbookError::limit_exceeded(WorkbookLimit::Merges, MAX_MERGES as u64));
        }
        Ok(())
    }
}
