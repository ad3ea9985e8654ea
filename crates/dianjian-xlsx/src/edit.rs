//! Edits of single cells. Only the edited cells of a sheet's XML are written anew, and only the parts of the edited sheets
//! in the package; all other bytes are copied.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Seek, Write};
use std::ops::Range;

use quick_xml::events::{BytesStart, Event};

use super::cell_ref::CellRef;
use super::error::{WorkbookError, WorkbookErrorKind};
use super::sheet_reader::{CellCursor, is_boolean_constant};
use super::workbook::{CellValueContext, Workbook};
use super::{number_format, rich_text};
use dianjian_package::{PackageDamage, Xml, attribute};
use dianjian_package::{PackedPart, Splice};

/// A new text for a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellEdit {
    /// The index of the sheet in [`Workbook::sheets`].
    pub sheet: usize,
    /// The cell; it need not exist yet, but its row must.
    pub cell: CellRef,
    /// The new text, in the form in which cells are read ([`SheetRow::text`](crate::SheetRow::text)). An empty text leaves
    /// the cell empty, with its style.
    pub text: String,
}

impl Workbook {
    /// Writes the workbook with new texts in some cells.
    ///
    /// A cell keeps its style. If it held a number, a date or a boolean and the new text can be stored as such, it is;
    /// otherwise the cell becomes an inline string, and the shared strings stay as they are.
    ///
    /// # Errors
    ///
    /// A cell holds a formula, lies in a row that does not exist, or cannot hold the text; the workbook is damaged; or
    /// writing fails.
    pub fn write_edited(&mut self, edits: &[CellEdit], out: &mut (impl Write + Seek)) -> Result<(), WorkbookError> {
        match self.is_read_only() {
            true => Err(WorkbookError::new(WorkbookErrorKind::ReadOnly)),
            false => self.write_copy(edits, out),
        }
    }

    /// As [`Self::write_edited`], and of a workbook of another format an xlsx workbook with the same sheets and values,
    /// without its looks and formulas.
    ///
    /// # Errors
    ///
    /// As [`Self::write_edited`].
    pub fn write_copy(&mut self, edits: &[CellEdit], out: &mut (impl Write + Seek)) -> Result<(), WorkbookError> {
        let mut by_sheet: BTreeMap<usize, BTreeMap<CellRef, &str>> = BTreeMap::new();
        for edit in edits {
            by_sheet.entry(edit.sheet).or_default().insert(edit.cell, &edit.text);
        }
        let mut contents = BTreeMap::new();
        for (sheet, wanted) in by_sheet {
            let Some(sheet) = self.sheets().get(sheet) else {
                return Err(WorkbookError::damaged("", PackageDamage::Missing));
            };
            let (name, part) = (sheet.name.clone(), sheet.part);
            let packed = self.edited(part, wanted).map_err(|error| error.in_sheet(&name))?;
            contents.insert(part, packed);
        }
        Ok(self.package.write_with(contents, out)?)
    }

    fn edited(&mut self, part: usize, wanted: BTreeMap<CellRef, &str>) -> Result<PackedPart, WorkbookError> {
        let name = self.package.name(part).to_owned();
        let mut xml = Xml::new(&mut self.package, part, false)?;
        if xml.is_utf16() {
            return Err(WorkbookError::damaged(&name, PackageDamage::Encoding));
        }
        let splices = splices(&mut xml, &name, wanted, &self.values)?;
        drop(xml);
        Ok(self.package.spliced(part, &splices)?)
    }
}

/// The replacements for the wanted cells, in the order of the XML.
fn splices(
    xml: &mut Xml<'_>,
    part: &str,
    mut wanted: BTreeMap<CellRef, &str>,
    values: &CellValueContext,
) -> Result<Vec<Splice>, WorkbookError> {
    let mut splices = Vec::new();
    let mut cursor = CellCursor::default();
    let mut row = 0;
    let mut open: Option<(u64, OldCell, &str)> = None;
    let mut formula: Option<String> = None;
    while !wanted.is_empty() || open.is_some() {
        let (event, Range { start, end }) = xml.next_placed()?;
        match (&event, &open) {
            (Event::Eof, _) => break,
            (Event::Start(tag), Some(_)) if is(tag, "f") => formula = Some(String::new()),
            (Event::Text(text), Some(_)) => formula.iter_mut().for_each(|formula| formula.push_str(text)),
            (Event::End(tag), Some((_, cell, _))) if tag.local_name().into_inner() == "f" => {
                let formula = formula.take().unwrap_or_default();
                if cell.kind != OldCellType::Bool || !is_boolean_constant(&formula) {
                    return Err(WorkbookError::new(WorkbookErrorKind::CellHasFormula).at(cell.at));
                }
            }
            (Event::Empty(tag), Some((_, cell, _))) if is(tag, "f") => {
                return Err(WorkbookError::new(WorkbookErrorKind::CellHasFormula).at(cell.at));
            }
            (Event::End(tag), Some(_)) if tag.local_name().into_inner() == "c" => {
                if let Some((start, cell, text)) = open.take() {
                    splices.push(Splice { start, end, text: cell.with(text, values)? });
                }
            }
            (_, Some(_)) => {}
            (Event::Start(tag) | Event::Empty(tag), None) if is(tag, "row") => row = cursor.row(tag)?,
            (Event::Start(tag) | Event::Empty(tag), None) if row > 0 && is(tag, "c") => {
                let at = cursor.cell(tag)?;
                insert_before(at, &mut wanted, start, tag, &mut splices)?;
                let Some(text) = wanted.remove(&at) else { continue };
                let cell = OldCell::of(tag, at);
                if matches!(event, Event::Empty(_)) {
                    splices.push(Splice { start, end, text: cell.with(text, values)? });
                } else {
                    open = Some((start, cell, text));
                }
            }
            (Event::End(tag), None) if tag.local_name().into_inner() == "row" => {
                let end_of_row = CellRef { row, column: u32::MAX };
                let prefixed = tag.name().into_inner();
                let cell = BytesStart::new(prefixed.replace("row", "c"));
                insert_before(end_of_row, &mut wanted, start, &cell, &mut splices)?;
            }
            _ => {}
        }
    }
    match wanted.keys().next() {
        Some(&cell) => Err(WorkbookError::new(WorkbookErrorKind::CellNotFound).at(cell)),
        None if open.is_some() => Err(WorkbookError::damaged(part, PackageDamage::Xml)),
        None => Ok(splices),
    }
}

fn is(tag: &BytesStart<'_>, name: &str) -> bool {
    tag.local_name().into_inner() == name
}

/// Inserts the wanted cells of the row that do not exist and belong before `next`.
fn insert_before(
    next: CellRef,
    wanted: &mut BTreeMap<CellRef, &str>,
    at: u64,
    like: &BytesStart<'_>,
    splices: &mut Vec<Splice>,
) -> Result<(), WorkbookError> {
    let first = CellRef { row: next.row, column: 0 };
    while let Some((&cell, &text)) = wanted.range(first..next).next() {
        wanted.remove(&cell);
        let tag = like.name().into_inner();
        let new = OldCell {
            at: cell,
            tag: tag.to_owned(),
            attributes: format!(" r=\"{cell}\""),
            style: 0,
            kind: OldCellType::Text,
        };
        splices.push(Splice { start: at, end: at, text: new.with_text(text)? });
    }
    Ok(())
}

/// A cell as it was before its edit.
struct OldCell {
    at: CellRef,
    /// The element's name, with its namespace prefix.
    tag: String,
    /// The attributes that stay, verbatim, each after a space.
    attributes: String,
    style: usize,
    kind: OldCellType,
}

/// What an edit tries to store the new text as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OldCellType {
    Number,
    Bool,
    Text,
}

impl OldCell {
    fn of(tag: &BytesStart<'_>, at: CellRef) -> Self {
        let mut attributes = String::new();
        for found in tag.attributes().with_checks(false).flatten() {
            // The type goes, and the metadata of the old value.
            if !matches!(found.key.into_inner(), "t" | "cm" | "vm") {
                let _ = write!(attributes, " {}=\"{}\"", found.key.into_inner(), found.value.replace('"', "&quot;"));
            }
        }
        let kind = match attribute(tag, "t").as_deref() {
            None | Some("n") => OldCellType::Number,
            Some("b") => OldCellType::Bool,
            _ => OldCellType::Text,
        };
        let style = attribute(tag, "s").and_then(|style| style.parse().ok()).unwrap_or(0);
        Self { at, tag: tag.name().into_inner().to_owned(), attributes, style, kind }
    }

    /// The XML of the cell with a new text.
    fn with(&self, text: &str, values: &CellValueContext) -> Result<String, WorkbookError> {
        let Self { tag, attributes, .. } = self;
        let format = values.styles.get(self.style);
        let (kind, value) = match (self.kind, text) {
            (_, "") => return Ok(format!("<{tag}{attributes}/>")),
            (OldCellType::Number, _) => ("", number_format::parse_displayed(text, format, values.from_1904)),
            (OldCellType::Bool, "TRUE") => (" t=\"b\"", Some("1".to_owned())),
            (OldCellType::Bool, "FALSE") => (" t=\"b\"", Some("0".to_owned())),
            _ => ("", None),
        };
        let Some(value) = value else { return self.with_text(text) };
        let v = self.named("v");
        Ok(format!("<{tag}{attributes}{kind}><{v}>{value}</{v}></{tag}>"))
    }

    fn with_text(&self, text: &str) -> Result<String, WorkbookError> {
        let escaped =
            rich_text::escape(text).ok_or_else(|| WorkbookError::new(WorkbookErrorKind::InvalidText).at(self.at))?;
        let (Self { tag, attributes, .. }, is, t) = (self, self.named("is"), self.named("t"));
        Ok(format!(
            "<{tag}{attributes} t=\"inlineStr\"><{is}><{t} xml:space=\"preserve\">{escaped}</{t}></{is}></{tag}>"
        ))
    }

    /// A name with the namespace prefix of this element.
    fn named(&self, name: &str) -> String {
        match self.tag.rsplit_once(':') {
            Some((prefix, _)) => format!("{prefix}:{name}"),
            None => name.to_owned(),
        }
    }
}
