//! Cells of a workbook, by the names people know them by.

use std::fmt;
use std::sync::Arc;

/// One cell of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell {
    /// The sheet's name.
    pub sheet: Arc<str>,
    /// Number of the row, from 1.
    pub row: u32,
    /// Number of the column, from 0.
    pub column: u32,
}

impl Cell {
    /// The cell's name in its sheet, such as `B7`.
    #[must_use]
    pub fn a1(&self) -> String {
        let mut letters = Vec::new();
        let mut rest = u64::from(self.column) + 1;
        while rest > 0 {
            letters.push(b'A' + ((rest - 1) % 26) as u8);
            rest = (rest - 1) / 26;
        }
        let column: String = letters.iter().rev().map(|&letter| char::from(letter)).collect();
        format!("{column}{}", self.row)
    }
}

/// `店铺!B7`, with quotes around the sheet's name where a formula would need them.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if needs_quotes(&self.sheet) {
            write!(f, "'{}'!{}", self.sheet.replace('\'', "''"), self.a1())
        } else {
            write!(f, "{}!{}", self.sheet, self.a1())
        }
    }
}

/// A name can stand bare if it consists of letters, digits, `_` and `.`, does not begin with a digit, and is
/// not the name of a cell in either of the two ways of naming them (`B7`, `R7C2`).
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

    fn cell(sheet: &str, row: u32, column: u32) -> String {
        Cell { sheet: sheet.into(), row, column }.to_string()
    }

    #[test]
    fn cells_are_named_as_in_a_workbook() {
        assert_eq!(cell("店铺", 7, 1), "店铺!B7");
        assert_eq!(cell("Sheet1", 1, 0), "Sheet1!A1");
        let columns = [(25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")];
        for (column, name) in columns {
            assert_eq!(cell("S", 1, column), format!("S!{name}1"));
        }
    }

    #[test]
    fn names_of_sheets_are_quoted_where_needed() {
        assert_eq!(cell("2026 年店铺", 2, 2), "'2026 年店铺'!C2");
        assert_eq!(cell("it's", 2, 2), "'it''s'!C2");
        for name in ["B7", "r1c1", "RC", "C", "R2", "2026", "a-b", "店铺（新）", ""] {
            assert!(needs_quotes(name), "{name}");
        }
        for name in ["Sheet_1", "店铺2026", "Shops.2026", "Sheet"] {
            assert!(!needs_quotes(name), "{name}");
        }
    }
}
