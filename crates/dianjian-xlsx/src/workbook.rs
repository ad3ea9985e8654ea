//! An open workbook: its sheets, and what the values of their cells depend on.

use std::fs::File;
use std::path::Path;

use super::error::{DetectedFormat, WorkbookError, WorkbookErrorKind};
use super::manifest::{Manifest, Worksheet};
use super::shared_strings::SharedStrings;
use super::sheet_reader::{SheetReader, SheetRow};
use super::styles::CellStyles;
use super::{csv, detect, foreign};
use dianjian_package::{Package, PackageDamage, ReadSeek};

/// An open xlsx workbook. Sheets are read on demand, in any order and any number of times.
pub struct Workbook {
    pub(crate) package: Package,
    sheets: Vec<Worksheet>,
    missing: Vec<WorkbookError>,
    creator: String,
    pub(crate) values: CellValueContext,
    /// Bytes of CSV that may still be written, over all sheets.
    pub(crate) csv_budget: u64,
    is_read_only: bool,
}

/// What the value of a cell depends on besides the cell itself.
#[derive(Debug, Default)]
pub(crate) struct CellValueContext {
    pub(crate) strings: SharedStrings,
    pub(crate) styles: CellStyles,
    /// Do dates count from 1904, as in workbooks of old Macs, rather than from 1900?
    pub(crate) from_1904: bool,
}

impl std::fmt::Debug for Workbook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workbook").field("sheets", &self.sheets).finish_non_exhaustive()
    }
}

impl Workbook {
    /// Opens a file and reads its manifest, shared strings and styles.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is not xlsx, or is encrypted, damaged or too large.
    pub fn open(path: &Path) -> Result<Self, WorkbookError> {
        Self::from_bytes(Box::new(File::open(path)?))
    }

    /// Opens a workbook from any seekable source.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn from_bytes(bytes: Box<dyn ReadSeek>) -> Result<Self, WorkbookError> {
        let mut bytes = bytes;
        match detect::rejection(&mut *bytes)? {
            None => {}
            Some(WorkbookErrorKind::NotXlsx(format)) if foreign::is_read(format) => {
                return Self::of_foreign(&mut *bytes, format);
            }
            Some(rejection) => return Err(WorkbookError::new(rejection)),
        }
        let mut package = Package::open(bytes)?;
        let manifest = match Manifest::read(&mut package) {
            Err(error) if error.kind == WorkbookErrorKind::NotXlsx(DetectedFormat::Xlsb) => {
                return Self::of_foreign(&mut *package.into_file(), DetectedFormat::Xlsb);
            }
            manifest => manifest?,
        };
        let strings = manifest.strings.map(|part| SharedStrings::read(&mut package, part)).transpose()?;
        let styles = manifest.styles.map(|part| CellStyles::read(&mut package, part)).transpose()?;
        let values = CellValueContext {
            strings: strings.unwrap_or_default(),
            styles: styles.unwrap_or_default(),
            from_1904: manifest.from_1904,
        };
        Ok(Self {
            package,
            sheets: manifest.sheets,
            missing: manifest.missing,
            creator: manifest.creator,
            values,
            csv_budget: csv::MAX_CSV_BYTES,
            is_read_only: false,
        })
    }

    /// Opens a workbook of another format.
    fn of_foreign(file: &mut dyn ReadSeek, format: DetectedFormat) -> Result<Self, WorkbookError> {
        let book = Self::from_bytes(foreign::as_xlsx(file, format)?)?;
        Ok(Self { is_read_only: true, ..book })
    }

    /// Whether it is of another format than xlsx, which is never written.
    pub const fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    /// The sheets that hold cells (as opposed to charts), in the order of their tabs, hidden ones included.
    pub fn sheets(&self) -> &[Worksheet] {
        &self.sheets
    }

    /// An error for each sheet that the workbook lists but that lies in another file or is missing.
    pub fn missing(&self) -> &[WorkbookError] {
        &self.missing
    }

    /// The creator that the document properties name; empty if there is none.
    pub fn creator(&self) -> &str {
        &self.creator
    }

    /// Reads a sheet, by its index in [`sheets`](Self::sheets), row by row.
    ///
    /// # Errors
    ///
    /// There is no such sheet, or its part cannot be unpacked.
    pub fn rows(&mut self, sheet: usize) -> Result<SheetReader<'_>, WorkbookError> {
        let Some(Worksheet { name, part, .. }) = self.sheets.get(sheet) else {
            return Err(WorkbookError::damaged("", PackageDamage::Missing));
        };
        SheetReader::new(&mut self.package, *part, &self.values).map_err(|error| error.in_sheet(name))
    }

    /// Does any cell hold a formula?
    ///
    /// # Errors
    ///
    /// A sheet before the first formula is damaged.
    pub fn has_formulas(&mut self) -> Result<bool, WorkbookError> {
        let mut row = SheetRow::default();
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
