//! Cells of a workbook, by the names people know them by.

use std::fmt;
use std::sync::Arc;

use dianjian_xlsx::{CellRef, quoted_sheet_name};

/// One cell of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellAddress {
    /// The sheet's name.
    pub sheet: Arc<str>,
    /// Number of the row, from 1.
    pub row: u32,
    /// Number of the column, from 0.
    pub column: u32,
}

impl CellAddress {
    /// The cell's name in its sheet, such as `B7`.
    pub fn a1(&self) -> String {
        CellRef { row: self.row, column: self.column }.to_string()
    }
}

/// `店铺!B7`, with quotes around the sheet's name where a formula would need them.
impl fmt::Display for CellAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}!{}", quoted_sheet_name(&self.sheet), self.a1())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(sheet: &str, row: u32, column: u32) -> String {
        CellAddress { sheet: sheet.into(), row, column }.to_string()
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
    }
}
