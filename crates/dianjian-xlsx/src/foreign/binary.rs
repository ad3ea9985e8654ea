//! `.xls`, `.et` and `.xlsb` by `calamine`, on a thread of its own, where a bug in it ends nothing else.

use std::io::Cursor;

use calamine::{Data, DataRef, ExcelDateTime, Reader as _, Sheet, SheetType, SheetVisible, Xls, XlsError, Xlsb};
use dianjian_package::Package;

use super::{
    DetectedFormat, ForeignSheet, ForeignValue, MAX_BYTES, MAX_CELLS, WorkbookError, WorkbookErrorKind, biff,
    too_many_cells, unreadable,
};

/// Bytes of the thread's stack.
const STACK: usize = 16 << 20;

pub(super) fn read_xls(bytes: Vec<u8>) -> Result<Vec<ForeignSheet>, WorkbookError> {
    match biff::places(&bytes) {
        None => return Err(unreadable(DetectedFormat::Xls)),
        Some(places) if places > MAX_CELLS as u64 => return Err(too_many_cells()),
        Some(_) => {}
    }
    apart(DetectedFormat::Xls, move || {
        let mut book = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
            XlsError::Password => WorkbookError::new(WorkbookErrorKind::Encrypted),
            _ => unreadable(DetectedFormat::Xls),
        })?;
        let (mut sheets, mut taken) = (Vec::new(), 0);
        for of in tables(book.sheets_metadata()) {
            let range = book.worksheet_range(&of.name).map_err(|_| unreadable(DetectedFormat::Xls))?;
            let (top, left) = range.start().unwrap_or_default();
            let mut sheet = sheet(&of);
            for (row, column, data) in range.used_cells() {
                let at = (top + row as u32, left + column as u32);
                sheet.push(at, value(data), &mut taken)?;
            }
            sheets.push(sheet);
        }
        Ok(sheets)
    })
}

pub(super) fn read_xlsb(bytes: Vec<u8>) -> Result<Vec<ForeignSheet>, WorkbookError> {
    // What the package's directory promises is checked before anything is unpacked.
    let mut package = Package::open(Box::new(Cursor::new(bytes.clone())))?;
    for part in 0..package.names().count() {
        if package.size(part) > MAX_BYTES {
            return Err(WorkbookError::limit_exceeded(super::WorkbookLimit::Bytes, MAX_BYTES));
        }
        package.read(part)?;
    }
    apart(DetectedFormat::Xlsb, move || {
        let failed = |_| unreadable(DetectedFormat::Xlsb);
        let mut book = Xlsb::new(Cursor::new(bytes)).map_err(failed)?;
        let (mut sheets, mut taken) = (Vec::new(), 0);
        for of in tables(book.sheets_metadata()) {
            let mut sheet = sheet(&of);
            let mut cells = book.worksheet_cells_reader(&of.name).map_err(failed)?;
            while let Some(cell) = cells.next_cell().map_err(failed)? {
                let value = match cell.get_value() {
                    DataRef::SharedString(text) => ForeignValue::Text((*text).to_owned()),
                    other => value(&Data::from(other.clone())),
                };
                sheet.push(cell.get_position(), value, &mut taken)?;
            }
            sheet.cells.sort_by_key(|(cell, _)| (cell.row, cell.column));
            sheets.push(sheet);
        }
        Ok(sheets)
    })
}

/// Runs a reader on a thread; one that panics could not read.
fn apart(
    format: DetectedFormat,
    read: impl FnOnce() -> Result<Vec<ForeignSheet>, WorkbookError> + Send + 'static,
) -> Result<Vec<ForeignSheet>, WorkbookError> {
    let thread = std::thread::Builder::new().name("workbook".to_owned()).stack_size(STACK).spawn(read)?;
    thread.join().unwrap_or_else(|_| Err(unreadable(format)))
}

fn tables(sheets: &[Sheet]) -> Vec<Sheet> {
    sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).cloned().collect()
}

fn sheet(of: &Sheet) -> ForeignSheet {
    let is_hidden = of.visible != SheetVisible::Visible;
    ForeignSheet { name: of.name.clone(), is_hidden, ..ForeignSheet::default() }
}

fn value(data: &Data) -> ForeignValue {
    match data {
        Data::Int(number) => ForeignValue::Number(*number as f64),
        Data::Float(number) => ForeignValue::Number(*number),
        Data::Bool(truth) => ForeignValue::Bool(*truth),
        Data::DateTime(time) => ForeignValue::Text(time_of(time)),
        Data::Empty => ForeignValue::Text(String::new()),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => ForeignValue::Text(text.clone()),
        other => ForeignValue::Text(other.to_string()),
    }
}

/// `2026-12-01`, `2026-12-01 20:00:00`, or the number of days of a duration.
fn time_of(time: &ExcelDateTime) -> String {
    if time.is_duration() {
        return time.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        return format!("{year:04}-{month:02}-{day:02}");
    }
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}
