//! Fixes in workbooks: edits of the text of their sheets become new texts of cells. The workbook as it would be lies in
//! a temporary file, which the next round checks and which in the end replaces the one on disk.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use dianjian_document::edit::{Edit, EditSet, apply, diff, write_atomic};
use dianjian_document::source::{CellAddress, CsvFields, SourceError, SourceFile, Span};
use dianjian_xlsx::{CellEdit, CellRef, Workbook};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::FixWriteError;

/// The field of a sheet's text that an edit changes.
#[derive(Debug, Clone)]
pub struct CellText {
    cell: CellAddress,
    /// Where the field begins in the text of the workbook.
    start: u64,
    /// As it is written there.
    written: String,
    delimiter: u8,
}

impl CellText {
    /// The field that holds a place, if the source is a sheet.
    pub fn at(source: &SourceFile, offset: u32) -> Option<Self> {
        let (cell, field) = (source.cell(offset)?, source.field_at(offset)?);
        let start = source.base_offset() + u64::from(field.span.start);
        let delimiter = source.table()?.delimiter;
        Some(Self { cell, start, written: source.slice(field.span).to_owned(), delimiter })
    }

    /// What a cell holds whose field is written so.
    fn value(&self, written: &str) -> String {
        let field = CsvFields::of(written, 0, self.delimiter).next();
        field.map(|field| field.text(written).into_owned()).unwrap_or_default()
    }

    /// An edit of the workbook's text as one of the field.
    fn own(&self, start: u64, end: u64, text: &str) -> Option<Edit> {
        let at = |offset: u64| u32::try_from(offset.checked_sub(self.start)?).ok();
        Some(Edit::replace(Span::new(at(start)?, at(end)?), text))
    }
}

/// Edits of one round in one workbook: each by its ends in the text, with its field.
pub type WorkbookEdits<'e> = &'e [(u64, u64, &'e str, &'e CellText)];

/// A workbook that is being fixed.
#[derive(Debug)]
pub struct FixedWorkbook {
    /// As reports call it.
    pub name: String,
    /// SHA-256 of the file as it was.
    digest: Vec<u8>,
    now: NamedTempFile,
    /// Where the fixed workbook goes if the one on disk is of a format that is only read.
    copy: Option<PathBuf>,
    /// What the cells held, and what they hold now.
    cells: BTreeMap<CellAddress, (String, String)>,
    /// Whether there are formulas. Their stored results stay as they are until a spreadsheet program computes them
    /// again, and may come from what the cells held.
    pub has_formulas: bool,
}

impl FixedWorkbook {
    /// Makes edits in the workbook on disk, or in what `known` has made of it.
    ///
    /// # Errors
    ///
    /// A cell cannot be changed, or the system refuses. Nothing is changed then.
    pub fn edited(
        known: Option<&Self>,
        path: &Path,
        name: &str,
        edits: WorkbookEdits<'_>,
        takes_copies: bool,
    ) -> Result<Option<Self>, SourceError> {
        let failed = |error: io::Error| SourceError::from_io(name, &error);
        let changes = changes(edits);
        if changes.is_empty() {
            return Ok(None);
        }
        let digest = known.map_or_else(|| digest(path), |known| Ok(known.digest.clone())).map_err(failed)?;
        let unreadable = |error| SourceError::workbook(name, error);
        let mut book = Workbook::open(known.map_or(path, |known| known.now.path())).map_err(unreadable)?;
        let cell_edits: Vec<CellEdit> = changes
            .iter()
            .filter_map(|(cell, (_, text))| {
                let sheet = book.sheets().iter().position(|sheet| *sheet.name == *cell.sheet)?;
                Some(CellEdit { sheet, cell: CellRef { row: cell.row, column: cell.column }, text: text.clone() })
            })
            .collect();
        let mut now = NamedTempFile::new().map_err(failed)?;
        let copy = known.map_or_else(|| book.is_read_only().then(|| copy_path(path)), |known| known.copy.clone());
        if copy.is_some() && takes_copies {
            book.write_copy(&cell_edits, now.as_file_mut()).map_err(unreadable)?;
        } else {
            book.write_edited(&cell_edits, now.as_file_mut()).map_err(unreadable)?;
        }
        let mut cells = known.map(|known| known.cells.clone()).unwrap_or_default();
        for (cell, (before, after)) in changes {
            cells.entry(cell).or_insert((before, String::new())).1 = after;
        }
        // A damaged sheet has been reported; the others can be fixed.
        let has_formulas = known.map_or_else(|| book.has_formulas().unwrap_or_default(), |known| known.has_formulas);
        Ok(Some(Self { name: name.to_owned(), digest, now, copy, cells, has_formulas }))
    }

    /// Where the workbook lies as it would be.
    pub fn path(&self) -> PathBuf {
        self.now.path().to_owned()
    }

    /// Whether a cell holds something else than at first: a fix may take back what another did.
    pub fn is_changed(&self) -> bool {
        self.cells.values().any(|(before, after)| before != after)
    }

    /// What would change, as a unified diff of each cell.
    pub fn diff(&self) -> String {
        let one = |(cell, (before, after)): (&CellAddress, &(String, String))| {
            diff(&format!("{} · {cell}", self.name), &format!("{before}\n"), &format!("{after}\n"))
        };
        self.cells.iter().map(one).collect()
    }

    /// Whether the file on disk is still the one that the fixes were made for.
    pub fn is_same(&self, path: &Path) -> bool {
        digest(path).is_ok_and(|digest| digest == self.digest)
    }

    /// Where the fixed workbook goes if the one on disk is of a format that is only read.
    pub fn copy(&self) -> Option<&Path> {
        self.copy.as_deref()
    }

    /// Replaces the file on disk, or writes the copy, which replaces nothing.
    ///
    /// # Errors
    ///
    /// The system refuses, or there is a file where the copy would be; the files are then as they were.
    pub fn write(&self, path: &Path) -> Result<(), FixWriteError> {
        let bytes = std::fs::read(self.now.path())?;
        let Some(copy) = &self.copy else { return Ok(write_atomic(path, &bytes)?) };
        let folder = copy.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new().prefix(".dianjian-").tempfile_in(folder)?;
        file.write_all(&bytes)?;
        file.as_file().sync_all()?;
        file.persist_noclobber(copy).map(drop).map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => FixWriteError::CopyExists { copy: copy.display().to_string() },
            _ => error.error.into(),
        })
    }
}

/// The copy of a workbook lies beside it.
fn copy_path(path: &Path) -> PathBuf {
    let is_named_so = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"));
    path.with_extension(if is_named_so { "fixed.xlsx" } else { "xlsx" })
}

/// By cell: its text before and after the edits, if they differ.
fn changes(edits: WorkbookEdits<'_>) -> BTreeMap<CellAddress, (String, String)> {
    let mut by_cell: BTreeMap<&CellAddress, (&CellText, Vec<Edit>)> = BTreeMap::new();
    for (start, end, text, field) in edits {
        // A merged cell is a field of several rows, all of which say the same: the first one's edits count.
        let (first, own) = by_cell.entry(&field.cell).or_insert((field, Vec::new()));
        own.extend((first.start == field.start).then(|| field.own(*start, *end, text)).flatten());
    }
    let mut changes = BTreeMap::new();
    for (cell, (field, edits)) in by_cell {
        let Ok(edits) = EditSet::new(edits) else { continue };
        let before = field.value(&field.written);
        let after = field.value(&apply(&field.written, &edits));
        if before != after {
            changes.insert(cell.clone(), (before, after));
        }
    }
    changes
}

/// SHA-256 of a file.
pub(super) fn digest(path: &Path) -> io::Result<Vec<u8>> {
    let mut hash = Sha256::new();
    io::copy(&mut std::fs::File::open(path)?, &mut hash)?;
    Ok(hash.finalize().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(row: u32, start: u64, written: &str) -> CellText {
        let cell = CellAddress { sheet: "店铺".into(), row, column: 1 };
        CellText { cell, start, written: written.to_owned(), delimiter: b',' }
    }

    #[test]
    fn edits_of_a_field_become_the_text_of_its_cell() {
        let (plain, quoted, merged) =
            (field(2, 10, "云山旗舰店"), field(3, 50, "\"a\"\"b,c\""), field(2, 90, "云山旗舰店"));
        let edits = [(16, 25, "", &plain), (90, 96, "", &merged), (51, 52, "x\"\"y", &quoted)];
        let after: Vec<_> = changes(&edits).into_values().collect();
        let expected = [("云山旗舰店", "云山"), ("a\"b,c", "x\"y\"b,c")];
        assert_eq!(after, expected.map(|(before, after)| (before.to_owned(), after.to_owned())));
    }
}
