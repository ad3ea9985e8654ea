//! Runs of rows in a column: merged cells, formulas.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::address::CellRef;

/// A run of cells in one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Area {
    pub column: u32,
    /// The first row, from 1.
    pub first: u32,
    /// The last row.
    pub last: u32,
}

/// Runs, to be found by a cell in them.
///
/// INVARIANT: sorted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Areas(Vec<Area>);

impl Areas {
    pub fn new(mut areas: Vec<Area>) -> Self {
        areas.sort_unstable();
        Self(areas)
    }

    /// The run that a cell lies in.
    pub fn find(&self, cell: CellRef) -> Option<Area> {
        let after = self.0.partition_point(|area| (area.column, area.first) <= (cell.column, cell.row));
        let area = *self.0.get(after.checked_sub(1)?)?;
        (area.column == cell.column && cell.row <= area.last).then_some(area)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The runs by their first rows.
    pub fn by_row(&self) -> Vec<Area> {
        let mut areas = self.0.clone();
        areas.sort_unstable_by_key(|area| (area.first, area.column));
        areas
    }
}

/// Gathers single cells, row after row, into runs.
#[derive(Debug, Default)]
pub(super) struct Runs {
    done: Vec<Area>,
    open: HashMap<u32, Area>,
}

impl Runs {
    /// Adds a cell. `before`: the row that was read before this one, as rows that are empty part no run.
    pub fn add(&mut self, cell: CellRef, before: u32) {
        let single = Area { column: cell.column, first: cell.row, last: cell.row };
        let run = self.open.entry(cell.column).or_insert(single);
        if run.last == before || run.last == cell.row {
            run.last = cell.row;
        } else {
            self.done.push(std::mem::replace(run, single));
        }
    }

    /// How many runs there are.
    pub fn len(&self) -> usize {
        self.done.len() + self.open.len()
    }

    pub fn into_areas(self) -> Areas {
        Areas::new(self.done.into_iter().chain(self.open.into_values()).collect())
    }
}
