//! A sheet's cells, row by row, as texts.

use std::collections::BTreeMap;
use std::ops::Range;

use quick_xml::events::{BytesStart, Event};

use super::Values;
use super::address::{CellRef, MAX_COLUMNS, MAX_ROWS, parse_range};
use super::archive::Archive;
use super::areas::Area;
use super::error::{Counted, Damage, Fault, WorkbookError};
use super::number;
use super::rich::{self, RichText};
use super::xml::{Xml, attribute};

/// Merged areas of a sheet that are held.
const MAX_MERGES: usize = 500_000;

/// A row with cells in it.
#[derive(Debug, Default)]
pub struct Row {
    /// From 1.
    pub number: u32,
    /// The cells that are not empty, by their columns.
    pub cells: Vec<Cell>,
    text: String,
}

/// A cell that is not empty.
#[derive(Debug, Clone)]
pub struct Cell {
    /// From 0.
    pub column: u32,
    /// Is it a number (days and times included)?
    pub is_number: bool,
    /// Does a formula stand behind it?
    pub is_formula: bool,
    text: Range<usize>,
}

impl Row {
    /// A cell's text, as the sheet shows it save for the looks of numbers: days are `2026-03-01`,
    /// truth values `TRUE`, numbers plain and exact.
    #[must_use]
    pub fn text(&self, cell: &Cell) -> &str {
        self.text.get(cell.text.clone()).unwrap_or_default()
    }

    fn begin(&mut self, number: u32) {
        self.number = number;
        self.cells.clear();
        self.text.clear();
    }

    /// Puts the cells in order. Of two with one place the first counts.
    fn finish(&mut self) -> bool {
        if !self.cells.is_sorted_by(|a, b| a.column < b.column) {
            self.cells.sort_by_key(|cell| cell.column);
            self.cells.dedup_by_key(|cell| cell.column);
        }
        !self.cells.is_empty()
    }
}

/// Bytes of a formula by which it can be told that it is no constant.
const LONGEST_CONSTANT: usize = 16;

/// Is a formula merely the way in which LibreOffice writes a truth value?
pub(super) fn is_constant(formula: &str) -> bool {
    matches!(formula.trim().trim_end_matches("()"), "TRUE" | "FALSE")
}

/// Where in a sheet's XML the reading is: rows and cells need not say their places.
#[derive(Debug, Default)]
pub(super) struct Place {
    row: u32,
    next_column: u32,
}

impl Place {
    /// Enters a `<row>`.
    pub fn row(&mut self, tag: &BytesStart<'_>) -> Result<u32, WorkbookError> {
        let row = match attribute(tag, "r") {
            Some(text) => text.parse().ok().filter(|row| (1..=MAX_ROWS).contains(row)).ok_or_else(|| no_cell(&text))?,
            None if self.row >= MAX_ROWS => return Err(no_cell(&(MAX_ROWS + 1).to_string())),
            None => self.row + 1,
        };
        // Programs differ in what they make of such rows, and what stands below the headings would be unclear.
        if row <= self.row {
            return Err(WorkbookError::new(Fault::RowOrder { row }));
        }
        (self.row, self.next_column) = (row, 0);
        Ok(row)
    }

    /// Enters a `<c>`.
    pub fn cell(&mut self, tag: &BytesStart<'_>) -> Result<CellRef, WorkbookError> {
        let row = self.row;
        let cell = match attribute(tag, "r") {
            Some(text) => CellRef::parse(&text).filter(|cell| cell.row == row).ok_or_else(|| no_cell(&text))?,
            None if self.next_column >= MAX_COLUMNS => return Err(no_cell(&format!("XFE{row}"))),
            None => CellRef { row, column: self.next_column },
        };
        self.next_column = cell.column + 1;
        Ok(cell)
    }
}

fn no_cell(reference: &str) -> WorkbookError {
    WorkbookError::new(Fault::NoCell { reference: reference.chars().take(32).collect() })
}

/// Reads a sheet row by row.
pub struct SheetReader<'w> {
    xml: Xml<'w>,
    state: State<'w>,
}

/// What is open at a point of the XML.
struct State<'w> {
    values: &'w Values,
    part: String,
    place: Place,
    in_data: bool,
    cell: Option<Open>,
    in_value: bool,
    value: String,
    in_formula: bool,
    formula: String,
    in_inline: bool,
    inline: RichText,
    merges: Vec<Area>,
    /// By column: the first cell, and how many.
    not_computed: BTreeMap<u32, (CellRef, u64)>,
}

/// A cell that is being read.
struct Open {
    at: CellRef,
    kind: Kind,
    style: usize,
    is_formula: bool,
    has_inline: bool,
}

/// What a cell holds, by its `t`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bool,
    Shared,
    Text,
    Date,
    Number,
}

impl Kind {
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
    pub(super) fn new(archive: &'w mut Archive, part: usize, values: &'w Values) -> Result<Self, WorkbookError> {
        let name = archive.name(part).to_owned();
        let state = State {
            values,
            part: name.clone(),
            place: Place::default(),
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
        Ok(Self { xml: Xml::new(archive, part, true)?, state })
    }

    /// Reads the next row that is not empty; says whether there was one.
    ///
    /// # Errors
    ///
    /// When the part is damaged, or a cell larger than is read.
    pub fn next_row(&mut self, row: &mut Row) -> Result<bool, WorkbookError> {
        row.begin(self.state.place.row);
        loop {
            let event = match self.xml.next() {
                Ok(Event::Eof) => return Ok(false),
                Ok(event) => event,
                Err(error) => return Err(self.state.located(error)),
            };
            match self.state.take(&event, row) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(error) => return Err(self.state.located(error)),
            }
        }
    }

    /// Once all rows are read: the merged areas of more than one row, of each the first column.
    pub(super) fn take_merges(&mut self) -> Vec<Area> {
        std::mem::take(&mut self.state.merges)
    }

    /// Once all rows are read: the formulas without stored results, by column the first and how many.
    pub(super) fn take_not_computed(&mut self) -> BTreeMap<u32, (CellRef, u64)> {
        std::mem::take(&mut self.state.not_computed)
    }
}

impl State<'_> {
    fn located(&self, error: WorkbookError) -> WorkbookError {
        match &self.cell {
            Some(cell) => error.at(cell.at),
            None => error,
        }
    }

    /// Takes an event; says whether it ended a row that is not empty.
    fn take(&mut self, event: &Event<'_>, row: &mut Row) -> Result<bool, WorkbookError> {
        match event {
            Event::Start(tag) => self.start(tag, event, row)?,
            Event::End(tag) => return self.end(tag.local_name().into_inner(), event, row),
            _ if self.in_value => self.push_value(event)?,
            // What a formula says matters only where it may say nothing but a truth value.
            Event::Text(text) if self.in_formula && self.formula.len() < LONGEST_CONSTANT => {
                self.formula.push_str(text)
            }
            _ if self.in_inline => self.inline.take(event, &self.part)?,
            _ => {}
        }
        Ok(false)
    }

    fn start(&mut self, tag: &BytesStart<'_>, event: &Event<'_>, row: &mut Row) -> Result<(), WorkbookError> {
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
                let at = self.place.cell(tag)?;
                let style = attribute(tag, "s").and_then(|style| style.parse().ok()).unwrap_or(0);
                self.cell = Some(Open { at, kind: Kind::of(tag), style, is_formula: false, has_inline: false });
                self.value.clear();
            }
            ("row", None) if self.in_data => row.begin(self.place.row(tag)?),
            ("sheetData", None) => self.in_data = true,
            ("mergeCell", None) => self.merge(tag)?,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, event: &Event<'_>, row: &mut Row) -> Result<bool, WorkbookError> {
        match name {
            "v" => self.in_value = false,
            "f" => {
                self.in_formula = false;
                if let Some(cell) = self.cell.as_mut().filter(|cell| cell.kind == Kind::Bool) {
                    cell.is_formula = !is_constant(&self.formula);
                }
            }
            "is" => self.in_inline = false,
            _ if self.in_inline => self.inline.take(event, &self.part)?,
            "c" => {
                if let Some(cell) = &self.cell {
                    self.finish_cell(cell, row)?;
                    self.count_not_computed();
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
        if self.value.len() > rich::MAX_TEXT {
            return Err(WorkbookError::too_many(Counted::CellText, rich::MAX_TEXT as u64));
        }
        Ok(())
    }

    fn finish_cell(&self, cell: &Open, row: &mut Row) -> Result<(), WorkbookError> {
        let start = row.text.len();
        let (value, shown) = (self.value.as_str(), self.values.styles.get(cell.style));
        match cell.kind {
            _ if cell.has_inline => row.text.push_str(self.inline.end()),
            Kind::Text => row.text.push_str(&rich::unescape(value)),
            _ if value.trim().is_empty() => {}
            Kind::Shared => {
                let text = value.trim().parse().ok().and_then(|number| self.values.texts.get(number));
                row.text.push_str(text.ok_or_else(|| WorkbookError::damaged(&self.part, Damage::SharedText))?);
            }
            Kind::Bool => row.text.push_str(if value.trim() == "0" { "FALSE" } else { "TRUE" }),
            Kind::Date => row.text.push_str(value.trim().strip_suffix("T00:00:00").unwrap_or(value.trim())),
            Kind::Number => number::show(value.trim(), shown, self.values.from_1904, &mut row.text),
        }
        if row.text.len() > start {
            let is_number = cell.kind == Kind::Number && !cell.has_inline;
            let text = start..row.text.len();
            row.cells.push(Cell { column: cell.at.column, is_number, is_formula: cell.is_formula, text });
        }
        Ok(())
    }

    /// A result that is an empty text is one; of other kinds no result is ever empty.
    fn count_not_computed(&mut self) {
        if let Some(cell) = &self.cell
            && cell.is_formula
            && self.value.trim().is_empty()
            && cell.kind != Kind::Text
        {
            self.not_computed.entry(cell.at.column).or_insert((cell.at, 0)).1 += 1;
        }
    }

    fn merge(&mut self, tag: &BytesStart<'_>) -> Result<(), WorkbookError> {
        let Some((first, last)) = attribute(tag, "ref").and_then(|range| parse_range(&range)) else { return Ok(()) };
        if first.row < last.row {
            self.merges.push(Area { column: first.column, first: first.row, last: last.row });
        }
        if self.merges.len() > MAX_MERGES {
            return Err(WorkbookError::too_many(Counted::Merges, MAX_MERGES as u64));
        }
        Ok(())
    }
}
