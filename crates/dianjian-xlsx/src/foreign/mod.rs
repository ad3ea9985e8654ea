//! Workbooks of other formats, as the xlsx that they would be: their cells keep their sheets and places, and everything that
//! reads xlsx reads them. They are never written.

mod biff;
mod binary;
mod open_document;
mod web_page;

use std::fmt::Write as _;
use std::io::{Read as _, SeekFrom, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::cell_ref::{CellRef, MAX_COLUMNS, MAX_ROWS};
use super::error::{DetectedFormat, WorkbookError, WorkbookErrorKind, WorkbookLimit};
use super::rich_text;
use dianjian_package::ReadSeek;

/// The most bytes of a workbook that is not xlsx, which is held in memory.
const MAX_BYTES: u64 = 256 << 20;

/// The most cells of all sheets.
const MAX_CELLS: usize = 5_000_000;

/// The package is written to disk beyond this many bytes.
const MAX_IN_MEMORY: usize = 16 << 20;

const MAIN: &str = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
                    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const TYPES: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A sheet of another format.
#[derive(Debug, Default)]
struct ForeignSheet {
    name: String,
    is_hidden: bool,
    /// By row, then by column.
    cells: Vec<(CellRef, ForeignValue)>,
    /// First and last cell of merged areas.
    merges: Vec<(CellRef, CellRef)>,
}

#[derive(Debug, Clone, PartialEq)]
enum ForeignValue {
    Number(f64),
    Text(String),
    Bool(bool),
}

/// The workbook as xlsx.
pub(crate) fn as_xlsx(file: &mut dyn ReadSeek, format: DetectedFormat) -> Result<Box<dyn ReadSeek>, WorkbookError> {
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(WorkbookError::limit_exceeded(WorkbookLimit::Bytes, MAX_BYTES));
    }
    let sheets = match format {
        DetectedFormat::Xls => binary::read_xls(bytes)?,
        DetectedFormat::Xlsb => binary::read_xlsb(bytes)?,
        DetectedFormat::Ods => open_document::read(bytes)?,
        DetectedFormat::Html => web_page::read(&bytes)?,
        other => return Err(WorkbookError::new(WorkbookErrorKind::NotXlsx(other))),
    };
    packed(&sheets)
}

/// Whether workbooks of a format can be read.
pub(crate) const fn is_read(format: DetectedFormat) -> bool {
    matches!(format, DetectedFormat::Xls | DetectedFormat::Xlsb | DetectedFormat::Ods | DetectedFormat::Html)
}

fn unreadable(format: DetectedFormat) -> WorkbookError {
    WorkbookError::new(WorkbookErrorKind::Unreadable(format))
}

fn too_many_cells() -> WorkbookError {
    WorkbookError::limit_exceeded(WorkbookLimit::Cells, MAX_CELLS as u64)
}

impl ForeignSheet {
    /// Adds a cell, given by its row and column from 0. Those beyond the last row or column of xlsx have no place.
    fn push(&mut self, (row, column): (u32, u32), value: ForeignValue, taken: &mut usize) -> Result<(), WorkbookError> {
        if row >= MAX_ROWS || column >= MAX_COLUMNS || value == ForeignValue::Text(String::new()) {
            return Ok(());
        }
        *taken += 1;
        if *taken > MAX_CELLS {
            return Err(too_many_cells());
        }
        self.cells.push((CellRef { row: row + 1, column }, value));
        Ok(())
    }

    fn xml(&self) -> String {
        let mut xml = format!("<worksheet {MAIN}><sheetData>");
        let mut open = 0;
        for (cell, value) in &self.cells {
            if cell.row != open {
                xml.push_str(if open > 0 { "</row>" } else { "" });
                open = cell.row;
                let _ = write!(xml, "<row r=\"{open}\">");
            }
            let _ = match value {
                ForeignValue::Number(number) => write!(xml, "<c r=\"{cell}\"><v>{number}</v></c>"),
                ForeignValue::Bool(truth) => write!(xml, "<c r=\"{cell}\" t=\"b\"><v>{}</v></c>", u8::from(*truth)),
                ForeignValue::Text(text) => write!(
                    xml,
                    "<c r=\"{cell}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                    escaped(text)
                ),
            };
        }
        xml.push_str(if open > 0 { "</row></sheetData>" } else { "</sheetData>" });
        if !self.merges.is_empty() {
            xml.push_str("<mergeCells>");
            for (first, last) in &self.merges {
                let _ = write!(xml, "<mergeCell ref=\"{first}:{last}\"/>");
            }
            xml.push_str("</mergeCells>");
        }
        xml.push_str("</worksheet>");
        xml
    }
}

/// A text as XML. What no cell can hold is left out.
fn escaped(text: &str) -> String {
    rich_text::escape(text).map_or_else(
        || {
            let plain: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
            rich_text::escape(&plain).map(|escaped| escaped.to_string()).unwrap_or_default()
        },
        |escaped| escaped.to_string(),
    )
}

fn packed(sheets: &[ForeignSheet]) -> Result<Box<dyn ReadSeek>, WorkbookError> {
    let mut book = format!("<workbook {MAIN}><sheets>");
    let mut related = format!("<Relationships xmlns=\"{RELATIONS}\">");
    for (number, sheet) in (1..).zip(sheets) {
        let hidden = if sheet.is_hidden { " state=\"hidden\"" } else { "" };
        let name = escaped(&sheet.name).replace('"', "&quot;");
        let _ = write!(book, "<sheet name=\"{name}\" sheetId=\"{number}\"{hidden} r:id=\"r{number}\"/>");
        let target = format!("worksheets/sheet{number}.xml");
        let _ = write!(related, "<Relationship Id=\"r{number}\" Type=\"{TYPES}/worksheet\" Target=\"{target}\"/>");
    }
    book.push_str("</sheets></workbook>");
    related.push_str("</Relationships>");
    let root = format!(
        "<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"r\" Type=\"{TYPES}/officeDocument\" \
         Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let mut zip = ZipWriter::new(tempfile::SpooledTempFile::new(MAX_IN_MEMORY));
    let mut add = |name: &str, content: &str| {
        let options = SimpleFileOptions::default();
        zip.start_file(name, options).map_err(std::io::Error::from)?;
        zip.write_all(content.as_bytes())
    };
    add("_rels/.rels", &root)?;
    add("xl/workbook.xml", &book)?;
    add("xl/_rels/workbook.xml.rels", &related)?;
    for (number, sheet) in (1..).zip(sheets) {
        add(&format!("xl/worksheets/sheet{number}.xml"), &sheet.xml())?;
    }
    Ok(Box::new(zip.finish().map_err(std::io::Error::from)?))
}
