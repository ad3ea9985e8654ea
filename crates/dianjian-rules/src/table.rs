//! Tables: rows that hold for a time, looked up by their key columns.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_document::source::{SourceFile, Span};
use dianjian_document::tree::Spanned;
use rustc_hash::FxHashMap;

use super::error::RuleError;
use super::language::{ColumnType, Comparison, Period, Scalar, TableFile};
use crate::record::{nearest, parse_date, parse_number, scalar_text};

/// A table with its rows of all times.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as in `language::TableFile`")]
pub struct LookupTable {
    pub id: String,
    pub title: Text,
    /// The names of the columns that, with its period, identify a row.
    pub key: Vec<String>,
    /// A later file's new columns come last.
    pub columns: Vec<(String, ColumnTraits)>,
    /// In the order of their files.
    pub rows: Vec<TableRow>,
}

/// What is in a column, and how it is compared.
#[derive(Debug, Clone, Copy)]
pub struct ColumnTraits {
    pub ty: ColumnType,
    pub compare: Comparison,
}

impl ColumnTraits {
    /// Whether two rows say the same in the column, which is the `at`-th.
    fn has_same(self, at: usize, left: &TableRow, right: &TableRow) -> bool {
        match (&left.cells[at], &right.cells[at]) {
            (Some(left), Some(right)) => left == right || self.compare.is_same(left, right),
            (left, right) => left == right,
        }
    }
}

/// One row of a [`LookupTable`].
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "named by their types")]
pub struct TableRow {
    /// Side by side with the table's columns.
    pub cells: Vec<Option<String>>,
    pub effective: Period,
    pub source: Arc<SourceFile>,
    pub span: Span,
}

/// The cell that matches any value in a look-up.
const ANY: &str = "*";

/// Keys of a row that are not columns.
const RESERVED: [&str; 3] = ["effective", "source", "note"];

impl LookupTable {
    /// Reads a table; every mistake is returned with its place, good rows are kept. A file that extends a `known` table
    /// may leave out its title, key and columns.
    pub fn new(file: &TableFile, source: &Arc<SourceFile>, known: Option<&Self>) -> (Self, Vec<(Span, RuleError)>) {
        let mut errors = Vec::new();
        let mut table = Self::head(file, known);
        if known.is_none() && (file.title.is_none() || file.key.is_empty() || file.columns.is_empty()) {
            errors.push((file.table.span, RuleError::NewTable { id: file.table.value.clone() }));
        }
        for name in &file.key {
            if let Err(error) = table.column(&name.value) {
                errors.push((name.span, error));
            }
        }
        for row in &file.rows {
            let cells = table.cells(&row.value, &mut errors);
            let effective = match row.value.get("effective").map(|value| serde_json::from_value(value.value.clone())) {
                None => Period::default(),
                Some(Ok(period)) => period,
                Some(Err(error)) => {
                    let expected = "effective: {from, until}";
                    errors.push((row.span, RuleError::Expected { expected, found: error.to_string() }));
                    continue;
                }
            };
            if !effective.is_possible() {
                errors.push((row.span, RuleError::PeriodReversed));
            }
            table.rows.push(TableRow { cells, effective, source: Arc::clone(source), span: row.span });
        }
        (table, errors)
    }

    /// The table without its rows.
    fn head(file: &TableFile, known: Option<&Self>) -> Self {
        let mut columns: Vec<(String, ColumnTraits)> = known.map(|known| known.columns.clone()).unwrap_or_default();
        for (name, column) in &file.columns {
            columns.retain(|(known, _)| known != name);
            columns.push((name.clone(), ColumnTraits { ty: column.r#type, compare: column.compare }));
        }
        let own_key: Vec<String> = file.key.iter().map(|name| name.value.clone()).collect();
        Self {
            id: file.table.value.clone(),
            title: file.title.clone().or_else(|| Some(known?.title.clone())).unwrap_or_default(),
            key: known.filter(|_| own_key.is_empty()).map_or(own_key, |known| known.key.clone()),
            columns,
            rows: Vec::new(),
        }
    }

    fn cells(
        &self,
        row: &BTreeMap<String, Spanned<serde_json::Value>>,
        errors: &mut Vec<(Span, RuleError)>,
    ) -> Vec<Option<String>> {
        let mut cells = vec![None; self.columns.len()];
        for (name, value) in row.iter().filter(|(name, _)| !RESERVED.contains(&name.as_str())) {
            let at = match self.column(name) {
                Ok(at) => at,
                Err(error) => {
                    errors.push((value.span, error));
                    continue;
                }
            };
            let text = match &value.value {
                serde_json::Value::Null => continue,
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let (right, expected) = match self.columns[at].1.ty {
                ColumnType::Text => (!value.value.is_array() && !value.value.is_object(), "a text"),
                ColumnType::Number => (parse_number(&text).is_some(), "a number"),
                ColumnType::Bool => (text == "true" || text == "false", "true or false"),
                ColumnType::Date => (parse_date(&text).is_some(), "a date YYYY-MM-DD"),
            };
            if !right && text != ANY {
                errors.push((value.span, RuleError::Expected { expected, found: text.clone() }));
            }
            cells[at] = Some(text);
        }
        cells
    }

    /// The number of a column.
    ///
    /// # Errors
    /// The table has no such column.
    pub fn column(&self, name: &str) -> Result<usize, RuleError> {
        self.columns.iter().position(|(known, _)| known == name).ok_or_else(|| RuleError::UnknownColumn {
            table: self.id.clone(),
            found: name.to_owned(),
            suggestion: nearest(name, self.columns.iter().map(|(known, _)| known.as_str())).map(str::to_owned),
        })
    }

    /// Adds another file's rows. A row whose key and period begin alike replaces the earlier one.
    pub fn extend(&mut self, other: Self) {
        for column in &other.columns {
            let Ok(at) = self.column(&column.0) else {
                self.columns.push(column.clone());
                self.rows.iter_mut().for_each(|row| row.cells.push(None));
                continue;
            };
            // A file that extends a table need not repeat how its columns are compared.
            if column.1.compare != Comparison::Exact {
                self.columns[at].1.compare = column.1.compare;
            }
        }
        for row in other.rows {
            let mut cells = vec![None; self.columns.len()];
            for ((name, _), cell) in other.columns.iter().zip(row.cells) {
                if let Ok(at) = self.column(name) {
                    cells[at] = cell;
                }
            }
            let row = TableRow { cells, ..row };
            let key: Vec<Option<usize>> = self.key.iter().map(|name| self.column(name).ok()).collect();
            let Self { columns, rows, .. } = &mut *self;
            let is_replaced = |known: &TableRow| {
                let same = |at: &Option<usize>| at.is_none_or(|at| columns[at].1.has_same(at, known, &row));
                !key.is_empty() && known.effective.from == row.effective.from && key.iter().all(same)
            };
            rows.retain(|known| !is_replaced(known));
            rows.push(row);
        }
    }

    /// The rows that hold on a day.
    pub fn at(&self, day: NaiveDate) -> DatedRows {
        let mut rows: Vec<&TableRow> = self.rows.iter().filter(|row| row.effective.holds(day)).collect();
        // Of two rows of one key that hold, the one that took effect later is the current one.
        rows.sort_by_key(|row| std::cmp::Reverse(row.effective.from));
        let rows = rows.into_iter().map(|row| row.cells.clone()).collect();
        let compare = self.columns.iter().map(|(_, column)| column.compare).collect();
        DatedRows { rows, compare, index: FxHashMap::default() }
    }

    /// Adds the days on which a row takes effect or lapses.
    pub fn boundaries(&self, into: &mut BTreeSet<NaiveDate>) {
        for row in &self.rows {
            row.effective.boundaries(into);
        }
    }
}

/// The rows of a table that hold on one day.
#[derive(Debug, Clone, Default)]
pub struct DatedRows {
    rows: Vec<Vec<Option<String>>>,
    /// How each column is compared.
    compare: Vec<Comparison>,
    /// Numbers of rows by the [key](Comparison::key) of their cell in the column of [`index_by`](Self::index_by).
    index: FxHashMap<String, Vec<usize>>,
}

impl DatedRows {
    /// The cells of two columns in the rows that the filter allows; rows without the first are left out.
    pub fn pairs(&self, first: usize, second: Option<usize>, filter: &[(usize, String)]) -> Vec<(&str, Option<&str>)> {
        let fits = |row: &&Vec<Option<String>>| {
            filter.iter().all(|(at, value)| row.get(*at).and_then(Option::as_deref) == Some(value))
        };
        let rows = self.rows.iter().filter(fits);
        rows.filter_map(|row| Some((row.get(first)?.as_deref()?, second.and_then(|at| row.get(at)?.as_deref()))))
            .collect()
    }

    /// Indexes the rows by this column, for look-ups whose first key it is.
    pub fn index_by(&mut self, column: usize) {
        for (number, row) in self.rows.iter().enumerate() {
            let cell = row.get(column).and_then(Option::as_deref).filter(|cell| *cell != ANY);
            let key = cell.map_or(ANY.into(), |cell| compared(&self.compare, column).key(cell));
            self.index.entry(key.into_owned()).or_default().push(number);
        }
    }

    /// The cell of the best row: every key equal or `*`, more equal keys win, then the earlier row. The first key is
    /// that of the column of [`DatedRows::index_by`]; where one of the others is `None`, so is the cell.
    pub fn look_up<S: AsRef<str>>(
        &self,
        (column, first): (usize, &str),
        others: impl Iterator<Item = Option<(usize, S)>> + Clone,
        take: usize,
    ) -> Option<&str> {
        let is_same = |column: usize, cell: Option<&str>, value: &str| {
            cell.is_some_and(|cell| compared(&self.compare, column).is_same(cell, value))
        };
        let key = compared(&self.compare, column).key(first);
        let candidates = [&*key, ANY].into_iter().filter_map(|key| self.index.get(key)).flatten();
        let compare = compared(&self.compare, column);
        let mut best: Option<(usize, usize, &str)> = None;
        let mut named: Option<(bool, &str)> = None;
        let mut is_unclear = false;
        for &number in candidates {
            let row = self.rows.get(number)?;
            let cell = |at: usize| row.get(at).and_then(Option::as_deref);
            let same = is_same(column, cell(column), first);
            let mut exact = usize::from(same);
            let mut fits = same || matches!(cell(column), None | Some(ANY));
            for other in others.clone() {
                let (at, value) = other?;
                let same = is_same(at, cell(at), value.as_ref());
                exact += usize::from(same);
                fits &= same || matches!(cell(at), None | Some(ANY));
            }
            let Some(cell) = cell(take).filter(|_| fits) else { continue };
            // A leaf's name alone, which several paths end in, names none of them.
            if let Some(path) = self.cell(number, column).filter(|_| same) {
                let is_whole = compare.is_whole(path, first);
                match named {
                    Some((true, _)) if !is_whole => continue,
                    Some((false, known)) if !is_whole => is_unclear |= !compare.is_same(known, path),
                    Some((false, _)) => (best, is_unclear) = (None, false),
                    _ => {}
                }
                named = Some((is_whole, path));
            }
            if best.is_none_or(|(most, at, _)| exact > most || (exact == most && number < at)) {
                best = Some((exact, number, cell));
            }
        }
        best.filter(|_| !is_unclear).map(|(_, _, cell)| cell)
    }

    fn cell(&self, row: usize, column: usize) -> Option<&str> {
        self.rows.get(row)?.get(column)?.as_deref()
    }
}

/// How a column is compared.
fn compared(columns: &[Comparison], column: usize) -> Comparison {
    columns.get(column).copied().unwrap_or_default()
}

/// A filter of a table reference as column numbers.
///
/// # Errors
/// A column that the table does not have.
pub fn filter(table: &LookupTable, filter: &BTreeMap<String, Scalar>) -> Result<Vec<(usize, String)>, RuleError> {
    filter.iter().map(|(name, value)| Ok((table.column(name)?, scalar_text(value)))).collect()
}
