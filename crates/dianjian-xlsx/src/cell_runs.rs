//! Runs of rows in a column: merged cells, formulas.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::cell_ref::CellRef;

/// Neighbouring cells of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct CellRun {
    pub column: u32,
    /// The first row, from 1.
    pub first: u32,
    /// The last row, inclusive.
    pub last: u32,
}

/// Runs, looked up by a cell in them.
///
/// INVARIANT: sorted by column and first row, and disjoint.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct CellRuns(Vec<CellRun>);

impl CellRuns {
    pub(crate) fn new(mut runs: Vec<CellRun>) -> Self {
        runs.sort_unstable();
        Self(runs)
    }

    /// The run that contains a cell.
    pub(crate) fn find(&self, cell: CellRef) -> Option<CellRun> {
        let after = self.0.partition_point(|run| (run.column, run.first) <= (cell.column, cell.row));
        let run = *self.0.get(after.checked_sub(1)?)?;
        (run.column == cell.column && cell.row <= run.last).then_some(run)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The runs in the order of their first rows.
    pub(crate) fn by_row(&self) -> Vec<CellRun> {
        let mut runs = self.0.clone();
        runs.sort_unstable_by_key(|run| (run.first, run.column));
        runs
    }
}

/// Collects single cells, in the order of rows, into runs.
#[derive(Debug, Default)]
pub(crate) struct CellRunsBuilder {
    done: Vec<CellRun>,
    open: HashMap<u32, CellRun>,
}

impl CellRunsBuilder {
    /// Adds a cell. `before` is the number of the non-empty row before this one: empty rows do not end a run.
    pub(crate) fn add(&mut self, cell: CellRef, before: u32) {
        let single = CellRun { column: cell.column, first: cell.row, last: cell.row };
        let run = self.open.entry(cell.column).or_insert(single);
        if run.last == before || run.last == cell.row {
            run.last = cell.row;
        } else {
            self.done.push(std::mem::replace(run, single));
        }
    }

    /// The number of runs so far.
    pub(crate) fn len(&self) -> usize {
        self.done.len() + self.open.len()
    }

    pub(crate) fn build(self) -> CellRuns {
        CellRuns::new(self.done.into_iter().chain(self.open.into_values()).collect())
    }
}
