//! Changes of single cells. Of a sheet's XML only the cells that change are written anew, of the package
//! only the parts of their sheets; all other bytes are copied as they are.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Read, Seek, Write};
use std::ops::Range;

use quick_xml::events::{BytesStart, Event};

use super::address::CellRef;
use super::archive::Packed;
use super::error::{Damage, Fault, WorkbookError};
use super::number;
use super::rich;
use super::sheet::{Place, is_constant};
use super::xml::{Xml, attribute};
use super::{Shown, Values, Workbook};

/// A cell's new text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellEdit {
    /// The number of the sheet among [`Workbook::sheets`].
    pub sheet: usize,
    /// The cell.
    pub cell: CellRef,
    /// Its new text, in the form in which it is read; empty: the cell stays, with its looks alone.
    pub text: String,
}

/// New bytes for a range of a sheet's XML.
struct Splice {
    start: u64,
    end: u64,
    text: String,
}

impl Workbook {
    /// Writes the workbook with new texts in some cells.
    ///
    /// A cell keeps its style. One that held a number, a day or a truth value, and can hold the new text as
    /// such, does; else it becomes a text of its own, and the texts that cells share stay as they are.
    ///
    /// # Errors
    ///
    /// When a cell holds a formula, or lies in a row that is not there, or cannot hold the text; when the
    /// workbook is damaged; when writing fails.
    pub fn write_edited(&mut self, edits: &[CellEdit], out: &mut (impl Write + Seek)) -> Result<(), WorkbookError> {
        let mut by_sheet: BTreeMap<usize, BTreeMap<CellRef, &str>> = BTreeMap::new();
        for edit in edits {
            by_sheet.entry(edit.sheet).or_default().insert(edit.cell, &edit.text);
        }
        let mut contents = BTreeMap::new();
        for (sheet, wanted) in by_sheet {
            let Some(sheet) = self.sheets.get(sheet) else { return Err(WorkbookError::damaged("", Damage::Missing)) };
            let (name, part) = (sheet.name.clone(), sheet.part);
            let packed = self.edited(part, wanted).map_err(|error| error.in_sheet(&name))?;
            contents.insert(part, packed);
        }
        self.archive.write_with(contents, out)
    }

    fn edited(&mut self, part: usize, wanted: BTreeMap<CellRef, &str>) -> Result<Packed, WorkbookError> {
        let name = self.archive.name(part).to_owned();
        let mut xml = Xml::new(&mut self.archive, part, false)?;
        let splices = splices(&mut xml, &name, wanted, &self.values)?;
        drop(xml);
        let mut old = self.archive.read(part)?;
        Packed::new(|out| {
            let mut at = 0;
            for splice in &splices {
                copy(&mut old, splice.start - at, out)?;
                out.write_all(splice.text.as_bytes())?;
                copy(&mut old, splice.end - splice.start, &mut io::sink())?;
                at = splice.end;
            }
            io::copy(&mut old, out)?;
            Ok(())
        })
    }
}

fn copy(from: &mut impl Read, bytes: u64, out: &mut dyn Write) -> io::Result<()> {
    io::copy(&mut from.take(bytes), out).map(drop)
}

/// What is to be written where, in the order of the XML.
fn splices(
    xml: &mut Xml<'_>,
    part: &str,
    mut wanted: BTreeMap<CellRef, &str>,
    values: &Values,
) -> Result<Vec<Splice>, WorkbookError> {
    let mut splices = Vec::new();
    let mut place = Place::default();
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
                if cell.kind != Kind::Bool || !is_constant(&formula) {
                    return Err(WorkbookError::new(Fault::Formula).at(cell.at));
                }
            }
            (Event::Empty(tag), Some((_, cell, _))) if is(tag, "f") => {
                return Err(WorkbookError::new(Fault::Formula).at(cell.at));
            }
            (Event::End(tag), Some(_)) if tag.local_name().into_inner() == "c" => {
                if let Some((start, cell, text)) = open.take() {
                    splices.push(Splice { start, end, text: cell.with(text, values)? });
                }
            }
            (_, Some(_)) => {}
            (Event::Start(tag) | Event::Empty(tag), None) if is(tag, "row") => row = place.row(tag)?,
            (Event::Start(tag) | Event::Empty(tag), None) if row > 0 && is(tag, "c") => {
                let at = place.cell(tag)?;
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
        Some(&cell) => Err(WorkbookError::new(Fault::Gone).at(cell)),
        None if open.is_some() => Err(WorkbookError::damaged(part, Damage::Xml)),
        None => Ok(splices),
    }
}

fn is(tag: &BytesStart<'_>, name: &str) -> bool {
    tag.local_name().into_inner() == name
}

/// Cells of the row that are not there yet and belong before `next`.
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
        let new =
            OldCell { at: cell, tag: tag.to_owned(), attributes: format!(" r=\"{cell}\""), style: 0, kind: Kind::Text };
        splices.push(Splice { start: at, end: at, text: new.with_text(text)? });
    }
    Ok(())
}

/// A cell that is to be written anew.
struct OldCell {
    at: CellRef,
    /// The tag's name, with its prefix.
    tag: String,
    /// The attributes that stay, as they stand, each with a space before it.
    attributes: String,
    style: usize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Bool,
    Text,
}

impl OldCell {
    fn of(tag: &BytesStart<'_>, at: CellRef) -> Self {
        let mut attributes = String::new();
        for found in tag.attributes().with_checks(false).flatten() {
            // The type and what hangs on the old value go.
            if !matches!(found.key.into_inner(), "t" | "cm" | "vm") {
                let _ = write!(attributes, " {}=\"{}\"", found.key.into_inner(), found.value.replace('"', "&quot;"));
            }
        }
        let kind = match attribute(tag, "t").as_deref() {
            None | Some("n") => Kind::Number,
            Some("b") => Kind::Bool,
            _ => Kind::Text,
        };
        let style = attribute(tag, "s").and_then(|style| style.parse().ok()).unwrap_or(0);
        Self { at, tag: tag.name().into_inner().to_owned(), attributes, style, kind }
    }

    /// The cell with its new text.
    fn with(&self, text: &str, values: &Values) -> Result<String, WorkbookError> {
        let shown: Shown = values.styles.get(self.style);
        let value = match (self.kind, text) {
            (Kind::Number, _) => number::stored(text, shown, values.from_1904).map(|number| (String::new(), number)),
            (Kind::Bool, "TRUE") => Some((" t=\"b\"".to_owned(), "1".to_owned())),
            (Kind::Bool, "FALSE") => Some((" t=\"b\"".to_owned(), "0".to_owned())),
            _ => None,
        };
        let Self { tag, attributes, .. } = self;
        match value {
            _ if text.is_empty() => Ok(format!("<{tag}{attributes}/>")),
            Some((kind, value)) => {
                let v = self.named("v");
                Ok(format!("<{tag}{attributes}{kind}><{v}>{value}</{v}></{tag}>"))
            }
            None => self.with_text(text),
        }
    }

    fn with_text(&self, text: &str) -> Result<String, WorkbookError> {
        let escaped = rich::escape(text).ok_or_else(|| WorkbookError::new(Fault::BadText).at(self.at))?;
        let (Self { tag, attributes, .. }, is, t) = (self, self.named("is"), self.named("t"));
        Ok(format!(
            "<{tag}{attributes} t=\"inlineStr\"><{is}><{t} xml:space=\"preserve\">{escaped}</{t}></{is}></{tag}>"
        ))
    }

    /// Another element's name, with the prefix of this one.
    fn named(&self, name: &str) -> String {
        match self.tag.rsplit_once(':') {
            Some((prefix, _)) => format!("{prefix}:{name}"),
            None => name.to_owned(),
        }
    }
}
