#![doc = include_str!("../README.md")]
//!
//! # Tour
//!
//! - [`Workbook`] opens a file and lists its [`Worksheet`]s.
//! - [`Workbook::rows`] reads a sheet as [`SheetRow`]s of [`RowCell`]s; [`Workbook::write_csv`] writes it as CSV and
//!   returns a [`SheetCsv`], whose [`RowMap`] leads from each CSV field back to its [`CellRef`].
//! - [`Workbook::write_edited`] applies [`CellEdit`]s.
//! - [`WorkbookError`] says what is wrong and where; [`is_workbook`] checks whether bytes may be a workbook at all.
//!
//! # Bounds
//!
//! Everything is read as a stream and within fixed bounds ([`WorkbookLimit`]), so that a small file that unpacks to a
//! huge one, or that has two cells a million rows apart, takes neither memory nor time. Formulas are never computed:
//! their stored results count. Macros are never run, and links to other files never followed.
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

mod cell_ref;
mod cell_runs;
mod csv;
mod detect;
mod edit;
mod error;
mod foreign;
mod manifest;
mod number_format;
mod rich_text;
mod shared_strings;
mod sheet_reader;
mod styles;
mod workbook;

pub use cell_ref::{CellRef, MAX_COLUMNS, MAX_ROWS, column_name, quoted_sheet_name};
pub use csv::{RowMap, SheetCsv};
pub use detect::is_workbook;
pub use dianjian_package::{PackageDamage, ReadSeek};
pub use edit::CellEdit;
pub use error::{DetectedFormat, WorkbookError, WorkbookErrorKind, WorkbookLimit};
pub use manifest::Worksheet;
pub use sheet_reader::{RowCell, SheetReader, SheetRow};
pub use workbook::Workbook;
