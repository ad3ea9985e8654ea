//! A cell or a line that a person types anew.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use dianjian_base::FileSystem;
use dianjian_base::lang::{Localized as _, Text};
use dianjian_document::edit::{Edit, EditSet};
use dianjian_document::source::{CsvFields, Encoded, Limits, SourceFile, Span, read_text_in};
use dianjian_passages::{TextEdit, write_edited};
use dianjian_xlsx::{CellEdit, CellRef, SheetRow, Workbook};

use super::{FileChange, MendError};
use crate::files::FilePath;
use crate::tables::{self, TableShape};

/// A cell: of a workbook's sheet, or of a CSV by the line on which its row begins.
#[derive(Debug, Clone)]
pub struct CellAt {
    pub sheet: Option<String>,
    pub row: u64,
    /// From 1.
    pub column: u64,
}

/// A line of a text, from 1.
#[derive(Debug, Clone, Copy)]
pub struct LineAt(pub u64);

/// Gives a cell another text, if it has the text that the person saw.
///
/// # Errors
/// It has another text, or cannot be changed.
pub fn edit_cell(
    path: FilePath,
    place: PathBuf,
    at: &CellAt,
    (was, text): (&str, &str),
    shape: &TableShape,
) -> Result<FileChange, MendError> {
    let before = std::fs::read(&place).map_err(|error| MendError::disk(&path, &error))?;
    let after = if tables::has_workbook(&place) {
        in_workbook(&path, &place, at, was, text)?
    } else {
        in_csv(&path, &place, at, (was, text), shape.delimiter())?
    };
    changed(path, place, before, after)
}

fn changed(path: FilePath, place: PathBuf, before: Vec<u8>, after: Vec<u8>) -> Result<FileChange, MendError> {
    if before == after { Err(MendError::Nothing) } else { Ok(FileChange { path, place, before, after }) }
}

fn in_workbook(path: &FilePath, place: &Path, at: &CellAt, was: &str, text: &str) -> Result<Vec<u8>, MendError> {
    let refused = |error: dianjian_xlsx::WorkbookError| MendError::Refused {
        path: path.text().to_owned(),
        reason: Box::new(error.both()),
    };
    let moved = || MendError::Changed { path: path.text().to_owned() };
    let mut book = Workbook::open(place).map_err(refused)?;
    let wanted = at.sheet.as_deref();
    let sheet = book.sheets().iter().position(|sheet| wanted.is_none_or(|wanted| sheet.name == wanted));
    let sheet = sheet.ok_or_else(moved)?;
    let row = u32::try_from(at.row).map_err(|_| moved())?;
    let column = u32::try_from(at.column).ok().and_then(|column| column.checked_sub(1)).ok_or_else(moved)?;
    let mut found = String::new();
    {
        let mut reader = book.rows(sheet).map_err(refused)?;
        let mut read = SheetRow::default();
        while reader.next_row(&mut read).map_err(refused)? && read.number <= row {
            if read.number == row {
                let cell = read.cells.iter().find(|cell| cell.column == column);
                found = cell.map(|cell| read.text(cell).to_owned()).unwrap_or_default();
            }
        }
    }
    if found != was {
        return Err(moved());
    }
    let mut out = Cursor::new(Vec::new());
    let edit = CellEdit { sheet, cell: CellRef { row, column }, text: text.to_owned() };
    book.write_edited(&[edit], &mut out).map_err(refused)?;
    Ok(out.into_inner())
}

fn in_csv(
    path: &FilePath,
    place: &Path,
    at: &CellAt,
    (was, text): (&str, &str),
    delimiter: u8,
) -> Result<Vec<u8>, MendError> {
    let moved = || MendError::Changed { path: path.text().to_owned() };
    let encoded = read(path, place)?;
    let source = SourceFile::new(path.text(), encoded.text().to_string());
    let line = usize::try_from(at.row).ok().and_then(|row| row.checked_sub(1)).ok_or_else(moved)?;
    let start = source.line_span(line).ok_or_else(moved)?.start;
    let column = usize::try_from(at.column).ok().and_then(|column| column.checked_sub(1)).ok_or_else(moved)?;
    let field = CsvFields::of(source.text(), start, delimiter).nth(column).ok_or_else(moved)?;
    if field.text(source.text()) != was {
        return Err(moved());
    }
    edited(path, &encoded, field.span, &quoted(text, delimiter))
}

/// A field as CSV writes it.
fn quoted(text: &str, delimiter: u8) -> String {
    let needs_quotes = text.contains(['"', '\n', '\r', char::from(delimiter)]) || text.trim() != text;
    if needs_quotes { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// Gives a line another text, if it has the text that the person saw. Its line break stays.
///
/// # Errors
/// It has another text, or the file's encoding cannot hold the new one.
pub fn edit_line(path: FilePath, place: PathBuf, at: LineAt, was: &str, text: &str) -> Result<FileChange, MendError> {
    let before = std::fs::read(&place).map_err(|error| MendError::disk(&path, &error))?;
    let source = text_of(&path, &place)?;
    let span = span_of(&source, at).filter(|span| source.slice(*span) == was);
    let span = span.ok_or_else(|| MendError::Changed { path: path.text().to_owned() })?;
    let after = if source.document().is_some() {
        in_document(&path, &before, &source, span, text)?
    } else {
        edited(&path, &read(&path, &place)?, span, text)?
    };
    changed(path, place, before, after)
}

/// The text of a plain file or of a document.
fn text_of(path: &FilePath, place: &Path) -> Result<SourceFile, MendError> {
    read_text_in(&FileSystem::default(), place, &Limits::default())
        .map_err(|error| MendError::Refused { path: path.text().to_owned(), reason: Box::new(error.both()) })
}

/// A document with a line typed anew: only what differs of it is changed, so that the rest keeps its fonts.
fn in_document(
    path: &FilePath,
    before: &[u8],
    source: &SourceFile,
    span: Span,
    text: &str,
) -> Result<Vec<u8>, MendError> {
    let old = source.slice(span);
    let same_at = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        pairs.take_while(|(old, new)| old == new).map(|(old, _)| old.len_utf8()).sum()
    };
    let head = same_at(&mut old.chars().zip(text.chars()));
    let (old_rest, new_rest) = (old.get(head..).unwrap_or_default(), text.get(head..).unwrap_or_default());
    let tail = same_at(&mut old_rest.chars().rev().zip(new_rest.chars().rev()));
    let start = span.start as usize + head;
    let edit = TextEdit {
        range: start..start + old_rest.len() - tail,
        text: new_rest.get(..new_rest.len() - tail).unwrap_or_default().to_owned(),
    };
    let mut after = Cursor::new(Vec::new());
    write_edited(Box::new(Cursor::new(before.to_vec())), source.text(), &[edit], &mut after)
        .map_err(|error| MendError::Refused { path: path.text().to_owned(), reason: Box::new(error.both()) })?;
    Ok(after.into_inner())
}

/// A text as it would be with a line typed anew.
///
/// # Errors
/// The file cannot be read, or has no such line.
pub fn line_with(path: &FilePath, place: &Path, at: LineAt, text: &str) -> Result<String, MendError> {
    let source = text_of(path, place)?;
    let span = span_of(&source, at).ok_or_else(|| MendError::Changed { path: path.text().to_owned() })?;
    let whole = source.text();
    let (head, tail) = (whole.get(..span.start as usize), whole.get(span.end as usize..));
    Ok(format!("{}{text}{}", head.unwrap_or_default(), tail.unwrap_or_default()))
}

/// A line without its break.
fn span_of(source: &SourceFile, at: LineAt) -> Option<Span> {
    let span = source.line_span(usize::try_from(at.0.checked_sub(1)?).ok()?)?;
    let written = source.slice(span);
    let without = u32::try_from(written.len() - written.trim_end_matches(['\n', '\r']).len()).ok()?;
    Some(Span::new(span.start, span.end - without))
}

fn read(path: &FilePath, place: &Path) -> Result<Encoded, MendError> {
    Encoded::read(place, &Limits::default())
        .map_err(|error| MendError::Refused { path: path.text().to_owned(), reason: Box::new(error.both()) })
}

fn edited(path: &FilePath, encoded: &Encoded, span: Span, text: &str) -> Result<Vec<u8>, MendError> {
    let refused = |reason: Text| MendError::Refused { path: path.text().to_owned(), reason: Box::new(reason) };
    let edits = EditSet::new([Edit::replace(span, text)])
        .map_err(|_| refused(Text::new("改动互相重叠", "the changes overlap")))?;
    let edited = encoded.edited(&edits).map_err(|error| refused(error.both()))?;
    Ok(edited.bytes().to_vec())
}

/// A workbook without the change of its cells from `before` to `after`; `None`: one of these cells has been changed since.
pub(super) fn without_cells(before: &[u8], after: &[u8], now: &[u8]) -> Option<Vec<u8>> {
    let (before, after, current) = (cells(before)?, cells(after)?, cells(now)?);
    let mut edits = Vec::new();
    let changed = before.iter().chain(&after).filter(|(at, _)| before.get(at) != after.get(at));
    for (at, _) in changed {
        if current.get(at) != after.get(at) {
            return None;
        }
        let (sheet, row, column) = *at;
        let text = before.get(at).cloned().unwrap_or_default();
        edits.push(CellEdit { sheet, cell: CellRef { row, column }, text });
    }
    let mut book = Workbook::from_bytes(Box::new(Cursor::new(now.to_vec()))).ok()?;
    let mut out = Cursor::new(Vec::new());
    book.write_edited(&edits, &mut out).ok()?;
    Some(out.into_inner())
}

/// The texts of all cells of a workbook, by sheet, row and column.
fn cells(bytes: &[u8]) -> Option<BTreeMap<(usize, u32, u32), String>> {
    let mut book = Workbook::from_bytes(Box::new(Cursor::new(bytes.to_vec()))).ok()?;
    let mut cells = BTreeMap::new();
    for sheet in 0..book.sheets().len() {
        let mut reader = book.rows(sheet).ok()?;
        let mut row = SheetRow::default();
        while reader.next_row(&mut row).ok()? {
            let texts = row.cells.iter().map(|cell| ((sheet, row.number, cell.column), row.text(cell).to_owned()));
            cells.extend(texts);
        }
    }
    Some(cells)
}
