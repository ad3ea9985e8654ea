//! Web pages that are called `.xls`, as many systems export tables: each table is a sheet.

use dianjian_base::html::{HtmlToken, HtmlTokens, html_attribute};

use super::{CellRef, DetectedFormat, ForeignSheet, ForeignValue, MAX_COLUMNS, MAX_ROWS, WorkbookError, unreadable};

/// The most tables.
const MAX_TABLES: usize = 1_000;

#[derive(Default)]
struct PageReader {
    sheets: Vec<ForeignSheet>,
    taken: usize,
    /// Tables that are open; one in a cell of another is a part of the cell's text.
    depth: usize,
    row: u32,
    column: u32,
    /// For columns that a cell above reaches into, the first row below it.
    below: Vec<u32>,
    cell: Option<(String, u32, u32)>,
    /// Whether blanks came before the next word.
    is_blank: bool,
}

pub(super) fn read(bytes: &[u8]) -> Result<Vec<ForeignSheet>, WorkbookError> {
    let text = decoded(bytes);
    let mut reader = PageReader::default();
    for token in HtmlTokens::of(&text) {
        match token {
            HtmlToken::Blank(_) => reader.is_blank = true,
            HtmlToken::Text(text, _) => reader.text(text),
            HtmlToken::Entity(character) => reader.text(character.encode_utf8(&mut [0; 4])),
            HtmlToken::Tag { name, is_closing, attributes } => reader.tag(&name, is_closing, attributes)?,
        }
    }
    reader.end_cell()?;
    reader.sheets.retain(|sheet| !sheet.cells.is_empty());
    if reader.sheets.is_empty() { Err(unreadable(DetectedFormat::Html)) } else { Ok(reader.sheets) }
}

/// The page's text: what is not UTF-8 is GBK, unless it is marked as UTF-16.
fn decoded(bytes: &[u8]) -> String {
    let marked = encoding_rs::Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let is_utf8 = || std::str::from_utf8(bytes).is_ok();
    let encoding = marked.unwrap_or_else(|| if is_utf8() { encoding_rs::UTF_8 } else { encoding_rs::GB18030 });
    encoding.decode(bytes).0.into_owned()
}

impl PageReader {
    fn tag(&mut self, name: &str, is_closing: bool, attributes: &str) -> Result<(), WorkbookError> {
        match (name, is_closing) {
            ("table", false) => {
                self.depth += 1;
                if self.depth == 1 {
                    if self.sheets.len() >= MAX_TABLES {
                        return Err(super::too_many_cells());
                    }
                    let name = format!("Sheet{}", self.sheets.len() + 1);
                    self.sheets.push(ForeignSheet { name, ..ForeignSheet::default() });
                    (self.row, self.column) = (0, 0);
                    self.below.clear();
                }
            }
            ("table", true) => {
                if self.depth == 1 {
                    self.end_cell()?;
                }
                self.depth = self.depth.saturating_sub(1);
            }
            ("tr", false) if self.depth == 1 => {
                self.end_cell()?;
                self.row += u32::from(self.column > 0);
                self.column = 0;
            }
            ("td" | "th", false) if self.depth == 1 => {
                self.end_cell()?;
                let span = |name| html_attribute(attributes, name).and_then(|span| span.trim().parse().ok());
                let (across, down) = (span("colspan").unwrap_or(1), span("rowspan").unwrap_or(1));
                self.cell = Some((String::new(), across.clamp(1, 1_000), down.clamp(1, 65_536)));
                self.is_blank = false;
            }
            ("td" | "th" | "tr", true) if self.depth == 1 => self.end_cell()?,
            ("br" | "p" | "div" | "li", _) => {
                if let Some((text, ..)) =
                    self.cell.as_mut().filter(|(text, ..)| !text.is_empty() && !text.ends_with('\n'))
                {
                    text.push('\n');
                }
                self.is_blank = false;
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, said: &str) {
        let is_blank = std::mem::take(&mut self.is_blank);
        if let Some((text, ..)) = &mut self.cell {
            if is_blank && !text.is_empty() && !text.ends_with('\n') {
                text.push(' ');
            }
            text.push_str(said);
        }
    }

    /// Puts the open cell into its place: behind those before it, and those that reach into its row from above.
    fn end_cell(&mut self) -> Result<(), WorkbookError> {
        let Some((text, across, down)) = self.cell.take() else { return Ok(()) };
        let is_taken = |column: u32| self.below.get(column as usize).is_some_and(|below| *below > self.row);
        while is_taken(self.column) {
            self.column += 1;
        }
        let (row, column) = (self.row, self.column);
        self.column = column.saturating_add(across);
        if self.column > MAX_COLUMNS || row.saturating_add(down) > MAX_ROWS {
            return Err(super::too_many_cells());
        }
        if down > 1 {
            let end = self.column as usize;
            self.below.resize(self.below.len().max(end), 0);
            for below in self.below.get_mut(column as usize..end).into_iter().flatten() {
                *below = row + down;
            }
        }
        let Some(sheet) = self.sheets.last_mut() else { return Ok(()) };
        let text = text.trim_end().to_owned();
        if across > 1 || down > 1 {
            let last = CellRef { row: row + down, column: column + across - 1 };
            sheet.merges.push((CellRef { row: row + 1, column }, last));
        }
        sheet.push((row, column), ForeignValue::Text(text), &mut self.taken)
    }
}
