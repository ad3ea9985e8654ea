//! References to cells as spreadsheets write them: `B7`, `A1:C3`, `'my sheet'!B7`.

use std::borrow::Cow;
use std::fmt;

/// The most rows of a sheet.
pub const MAX_ROWS: u32 = 1_048_576;

/// The most columns of a sheet.
pub const MAX_COLUMNS: u32 = 16_384;

/// The place of a cell in its sheet. `Display` writes `B7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellRef {
    /// Counts from 1, as spreadsheets show it.
    pub row: u32,
    /// Counts from 0: column A is 0.
    pub column: u32,
}

impl CellRef {
    /// Parses `B7` or `$B$7`; `None` if it is malformed or beyond the last row or column.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('$').unwrap_or(text);
        let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (column, row) = text.split_at_checked(letters)?;
        let row = row.strip_prefix('$').unwrap_or(row);
        if column.is_empty() || column.len() > 3 || row.len() > 7 || !row.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let column = column.bytes().fold(0, |sum, letter| sum * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
        let row = row.parse().ok()?;
        ((1..=MAX_ROWS).contains(&row) && column <= MAX_COLUMNS).then(|| Self { row, column: column - 1 })
    }
}

impl fmt::Display for CellRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", column_name(self.column), self.row)
    }
}

/// The letters of a column, which counts from 0: `column_name(27)` is `AB`.
pub fn column_name(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

/// The upper left and the lower right cell of `A1:C3`, or of `A1` alone.
pub(crate) fn parse_range(text: &str) -> Option<(CellRef, CellRef)> {
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    let (first, last) = (CellRef::parse(first)?, CellRef::parse(last)?);
    (first.row <= last.row && first.column <= last.column).then_some((first, last))
}

/// A sheet's name as it is written before `!`, quoted where a formula would need it.
pub fn quoted_sheet_name(sheet: &str) -> Cow<'_, str> {
    if needs_quotes(sheet) { Cow::Owned(format!("'{}'", sheet.replace('\'', "''"))) } else { Cow::Borrowed(sheet) }
}

/// Only letters, digits, `_` and `.` may go without quotes, and only where the name does not begin with a digit and is no
/// cell reference in A1 or in R1C1 notation.
fn needs_quotes(sheet: &str) -> bool {
    let plain = sheet.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '.'));
    let starts = sheet.starts_with(|character: char| character.is_numeric() || character == '.');
    !plain || starts || sheet.is_empty() || is_cell_name(&sheet.to_ascii_uppercase())
}

fn is_cell_name(name: &str) -> bool {
    let letters = name.trim_end_matches(|character: char| character.is_ascii_digit());
    let is_a1 = letters.len() < name.len()
        && (1..=3).contains(&letters.len())
        && letters.bytes().all(|byte| byte.is_ascii_uppercase());
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_r1c1 = match name.strip_prefix('R').map(|rest| rest.split_once('C')) {
        Some(Some((row, column))) => digits(row) && digits(column),
        Some(None) => digits(name.get(1..).unwrap_or_default()),
        None => name.strip_prefix('C').is_some_and(digits),
    };
    is_a1 || is_r1c1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_places_agree() {
        for (name, row, column) in
            [("A1", 1, 0), ("B7", 7, 1), ("Z9", 9, 25), ("AA10", 10, 26), ("XFD1048576", MAX_ROWS, 16_383)]
        {
            assert_eq!(CellRef::parse(name), Some(CellRef { row, column }));
            assert_eq!(CellRef { row, column }.to_string(), name);
        }
        assert_eq!(CellRef::parse("$b$7"), CellRef::parse("B7"));
        for wrong in ["", "7", "B", "B0", "XFE1", "A1048577", "A1B", "AAAA1", "A-1", "名1"] {
            assert_eq!(CellRef::parse(wrong), None, "{wrong}");
        }
        assert!(parse_range("A1:B7").is_some() && parse_range("B7:A1").is_none());
    }

    #[test]
    fn names_of_sheets_are_quoted_where_needed() {
        for name in ["B7", "r1c1", "RC", "C", "R2", "2026", "a-b", "店铺（新）", ""] {
            assert!(needs_quotes(name), "{name}");
        }
        for name in ["Sheet_1", "店铺2026", "Shops.2026", "Worksheet"] {
            assert!(!needs_quotes(name), "{name}");
        }
    }
}
