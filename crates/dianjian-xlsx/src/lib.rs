//! Workbooks (xlsx, as Excel, WPS, LibreOffice and others write it): sheets as CSV text, and changes of
//! single cells that leave every other byte as it was.
//!
//! Formulas are never computed: their stored results count. Macros are never run, links to other files
//! never followed. Everything is read as a stream and within bounds, so that a small file that unpacks
//! to a huge one, or has two cells a million rows apart, takes neither memory nor time.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        reason = "a test that fails should stop"
    )
)]

mod address;
mod archive;
mod areas;
mod edit;
mod error;
mod looks;
mod number;
mod parts;
mod rich;
mod sheet;
mod strings;
mod styles;
mod text;
mod xml;

use std::fs::File;
use std::path::Path;

pub use address::{CellRef, MAX_COLUMNS, MAX_ROWS, column_name, quoted};
pub use archive::Bytes;
pub use edit::CellEdit;
pub use error::{Counted, Damage, Fault, Looks, WorkbookError};
pub use looks::is_workbook;
pub use parts::Sheet;
pub use sheet::{Cell, Row, SheetReader};
pub use text::{Rows, Written};

use archive::Archive;
use number::Shown;
use parts::Parts;
use strings::SharedTexts;
use styles::Styles;

/// The creator of workbooks that are reports of this program.
pub const REPORT_CREATOR: &str = "dianjian";

/// An open workbook.
pub struct Workbook {
    archive: Archive,
    sheets: Vec<Sheet>,
    missing: Vec<WorkbookError>,
    creator: String,
    values: Values,
    /// Bytes of text that sheets may still take.
    room: u64,
}

/// What cells share: texts, formats of numbers, the first day.
#[derive(Debug, Default)]
struct Values {
    texts: SharedTexts,
    styles: Styles,
    from_1904: bool,
}

impl std::fmt::Debug for Workbook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workbook").field("sheets", &self.sheets).finish_non_exhaustive()
    }
}

impl Workbook {
    /// Opens a workbook on disk.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is no xlsx, is locked, damaged, or larger than is read.
    pub fn open(path: &Path) -> Result<Self, WorkbookError> {
        Self::from_bytes(Box::new(File::open(path)?))
    }

    /// Opens a workbook that lies anywhere.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn from_bytes(bytes: Box<dyn Bytes>) -> Result<Self, WorkbookError> {
        let mut archive = Archive::open(bytes)?;
        let parts = Parts::read(&mut archive)?;
        let texts = parts.strings.map(|part| SharedTexts::read(&mut archive, part)).transpose()?.unwrap_or_default();
        let styles = parts.styles.map(|part| Styles::read(&mut archive, part)).transpose()?.unwrap_or_default();
        let values = Values { texts, styles, from_1904: parts.from_1904 };
        Ok(Self {
            archive,
            sheets: parts.sheets,
            missing: parts.missing,
            creator: parts.creator,
            values,
            room: text::MAX_TEXT,
        })
    }

    /// The sheets that have cells, in the order of their tabs; hidden ones too.
    #[must_use]
    pub fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// Sheets that are named and cannot be read: those in other files, those that are not there.
    #[must_use]
    pub fn missing(&self) -> &[WorkbookError] {
        &self.missing
    }

    /// Who made the workbook, as its properties say; empty where they do not.
    #[must_use]
    pub fn creator(&self) -> &str {
        &self.creator
    }

    /// Reads a sheet row by row.
    ///
    /// # Errors
    ///
    /// When there is no such sheet, or its part cannot be unpacked.
    pub fn rows(&mut self, sheet: usize) -> Result<SheetReader<'_>, WorkbookError> {
        let Some(Sheet { name, part, .. }) = self.sheets.get(sheet) else {
            return Err(WorkbookError::damaged("", Damage::Missing));
        };
        SheetReader::new(&mut self.archive, *part, &self.values).map_err(|error| error.in_sheet(name))
    }

    /// Is there a cell with a formula?
    ///
    /// # Errors
    ///
    /// When a sheet before the first formula is damaged.
    pub fn has_formulas(&mut self) -> Result<bool, WorkbookError> {
        let mut row = Row::default();
        for sheet in 0..self.sheets.len() {
            let mut rows = self.rows(sheet)?;
            while rows.next_row(&mut row)? {
                if row.cells.iter().any(|cell| cell.is_formula) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}
