//! The planned edits of one workbook. A package that is packed anew cannot be taken back byte by byte, so every
//! state is made from the workbook as it was before all edits.

use std::io::Cursor;

use dianjian_xlsx::{CellEdit, CellRef, SheetRow, Workbook, WorkbookError};

use super::{AppliedShops, FileEdits};

impl FileEdits<'_> {
    /// The bytes of a workbook in a state, from those before all edits.
    pub(crate) fn rendered(&self, original: &[u8], state: &AppliedShops) -> Result<Vec<u8>, WorkbookError> {
        if state.is_none() {
            return Ok(original.to_vec());
        }
        let edits = self.edits().iter().filter(|edit| state.has(edit.shop));
        let cells = edits.filter_map(|edit| edit.cell.map(|(sheet, cell)| (sheet, cell, edit.text(true))));
        rendered(original, cells)
    }

    /// The shops whose cells have the new texts; the state is not proven by this.
    pub(crate) fn state_of_cells(&self, now: &[u8]) -> Result<AppliedShops, WorkbookError> {
        let mut state = self.all();
        for (edit, text) in self.edits().iter().zip(self.cell_texts(now)?) {
            if text != edit.text(true) {
                state.set(edit.shop, false);
            }
        }
        Ok(state)
    }

    /// The texts of the edited cells, in the order of the edits.
    pub(crate) fn cell_texts(&self, now: &[u8]) -> Result<Vec<String>, WorkbookError> {
        let mut book = Workbook::from_bytes(Box::new(Cursor::new(now.to_vec())))?;
        let mut texts = vec![String::new(); self.edits().len()];
        for number in 0..book.sheets().len() {
            let name = book.sheets().get(number).map(|sheet| sheet.name.clone()).unwrap_or_default();
            let mut wanted: std::collections::HashMap<CellRef, usize> = std::collections::HashMap::new();
            for (at, edit) in self.edits().iter().enumerate() {
                wanted.extend(edit.cell.filter(|(sheet, _)| *sheet == &*name).map(|(_, cell)| (cell, at)));
            }
            let mut rows = book.rows(number)?;
            let mut row = SheetRow::default();
            while !wanted.is_empty() && rows.next_row(&mut row)? {
                for cell in &row.cells {
                    let at = wanted.get(&CellRef { row: row.number, column: cell.column });
                    if let Some(text) = at.and_then(|at| texts.get_mut(*at)) {
                        row.text(cell).clone_into(text);
                    }
                }
            }
        }
        Ok(texts)
    }
}

/// A workbook with other texts in some cells, given by sheet name, cell and text.
pub(crate) fn rendered<'c>(
    original: &[u8],
    cells: impl IntoIterator<Item = (&'c str, CellRef, &'c str)>,
) -> Result<Vec<u8>, WorkbookError> {
    let mut book = Workbook::from_bytes(Box::new(Cursor::new(original.to_vec())))?;
    let mut edits = Vec::new();
    for (sheet, cell, text) in cells {
        // A sheet that does not exist gets a number that no sheet has, so that writing reports it as missing.
        let sheet = book.sheets().iter().position(|known| *known.name == *sheet).unwrap_or(usize::MAX);
        edits.push(CellEdit { sheet, cell, text: text.to_owned() });
    }
    let mut out = Cursor::new(Vec::new());
    book.write_edited(&edits, &mut out)?;
    Ok(out.into_inner())
}
