//! `.ods`: the cells of `content.xml`. Repeated rows and columns are written once there, with their number.

use std::io::Cursor;

use dianjian_package::{Package, Xml, attribute, text_attribute};
use quick_xml::events::{BytesStart, Event};

use super::{DetectedFormat, ForeignSheet, ForeignValue, MAX_CELLS, WorkbookError, too_many_cells, unreadable};

const CONTENT: &str = "content.xml";

/// The most sheets.
const MAX_SHEETS: usize = 4_096;

#[derive(Default)]
struct OdsReader {
    sheets: Vec<ForeignSheet>,
    taken: usize,
    /// Of the sheet: rows so far, and columns of the row so far.
    row: u32,
    column: u32,
    /// The cells of the row, by their columns, and how often the row comes.
    cells: Vec<(u32, ForeignValue)>,
    row_repeats: u32,
    cell: Option<OdsCell>,
    /// Elements that are open within a comment.
    comment: usize,
}

#[derive(Default)]
struct OdsCell {
    value: Option<ForeignValue>,
    text: String,
    paragraphs: usize,
    repeats: u32,
}

pub(super) fn read(bytes: Vec<u8>) -> Result<Vec<ForeignSheet>, WorkbookError> {
    let mut package = Package::open(Box::new(Cursor::new(bytes)))?;
    let part = package.find(CONTENT).ok_or_else(|| unreadable(DetectedFormat::Ods))?;
    let mut xml = Xml::of_all_namespaces(&mut package, part, true)?;
    let mut reader = OdsReader::default();
    loop {
        match xml.next()? {
            Event::Start(tag) => reader.start(&tag)?,
            Event::End(tag) => reader.end(tag.local_name().into_inner())?,
            Event::Text(text) => reader.text(&text),
            Event::GeneralRef(reference) => {
                reader.text(Xml::resolve(CONTENT, &reference)?.encode_utf8(&mut [0; 4]));
            }
            Event::Eof => return Ok(reader.sheets),
            _ => {}
        }
    }
}

impl OdsReader {
    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), WorkbookError> {
        if self.comment > 0 {
            self.comment += 1;
            return Ok(());
        }
        match tag.local_name().into_inner() {
            "annotation" => self.comment = 1,
            "table" => {
                if self.sheets.len() >= MAX_SHEETS {
                    return Err(too_many_cells());
                }
                let name = text_attribute(tag, "table:name").unwrap_or_default();
                self.sheets.push(ForeignSheet { name, ..ForeignSheet::default() });
                self.row = 0;
            }
            "table-row" => {
                self.column = 0;
                self.row_repeats = number(tag, "table:number-rows-repeated");
            }
            "table-cell" | "covered-table-cell" => self.cell = Some(OdsCell::of(tag)),
            "p" => self.cell.iter_mut().for_each(|cell| {
                cell.text.push_str(if cell.paragraphs > 0 { "\n" } else { "" });
                cell.paragraphs += 1;
            }),
            "s" => {
                let blanks = number(tag, "text:c").min(1_000) as usize;
                self.text(&" ".repeat(blanks));
            }
            "tab" => self.text("\t"),
            "line-break" => self.text("\n"),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), WorkbookError> {
        if self.comment > 0 {
            self.comment -= 1;
            return Ok(());
        }
        match name {
            "table-cell" | "covered-table-cell" => {
                let Some(cell) = self.cell.take() else { return Ok(()) };
                let repeats = cell.repeats;
                let value = cell.value.unwrap_or(ForeignValue::Text(cell.text));
                if value != ForeignValue::Text(String::new()) {
                    if self.cells.len() + repeats as usize > MAX_CELLS {
                        return Err(too_many_cells());
                    }
                    self.cells.extend((0..repeats).map(|after| (self.column.saturating_add(after), value.clone())));
                }
                self.column = self.column.saturating_add(repeats);
            }
            "table-row" => {
                let cells = std::mem::take(&mut self.cells);
                if !cells.is_empty()
                    && let Some(sheet) = self.sheets.last_mut()
                {
                    for after in 0..self.row_repeats {
                        for (column, value) in &cells {
                            sheet.push((self.row.saturating_add(after), *column), value.clone(), &mut self.taken)?;
                        }
                    }
                }
                self.row = self.row.saturating_add(self.row_repeats);
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if self.comment == 0
            && let Some(cell) = self.cell.as_mut().filter(|cell| cell.paragraphs > 0)
        {
            cell.text.push_str(text);
        }
    }
}

impl OdsCell {
    fn of(tag: &BytesStart<'_>) -> Self {
        let text = |name| text_attribute(tag, name);
        let value = match attribute(tag, "office:value-type").as_deref() {
            Some("float" | "currency" | "percentage") => {
                text("office:value").and_then(|value| value.parse().ok()).map(ForeignValue::Number)
            }
            Some("boolean") => text("office:boolean-value").map(|value| ForeignValue::Bool(value == "true")),
            Some("date") => text("office:date-value").map(|value| ForeignValue::Text(value.replace('T', " "))),
            _ => None,
        };
        Self { value, repeats: number(tag, "table:number-columns-repeated"), ..Self::default() }
    }
}

/// A number that an attribute says; 1 without it.
fn number(tag: &BytesStart<'_>, name: &str) -> u32 {
    attribute(tag, name).and_then(|number| number.parse().ok()).unwrap_or(1)
}
