//! Tables: rows that hold for a time, looked up by their key columns.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_document::source::{SourceFile, Span};
use rustc_hash::FxHashMap;

use super::error::RuleError;
use super::language::{ColumnType, Period, Scalar, TableFile};
use crate::record::{nearest, parse_date, parse_number, scalar_text};

/// A table with all its rows, whenever they hold.
#[derive(Debug, Clone)]
pub struct LookupTable {
    /// Its id.
    pub id: String,
    /// What it holds.
    pub title: Text,
    /// The columns that tell rows apart.
    pub key: Vec<String>,
    /// The columns, in order of their names.
    pub columns: Vec<(String, ColumnType)>,
    /// All rows, in order of their files.
    pub rows: Vec<TableRow>,
}

/// One row.
#[derive(Debug, Clone)]
pub struct TableRow {
    /// A cell a column; `None` where the row says nothing.
    pub cells: Vec<Option<String>>,
    /// When it holds.
    pub effective: Period,
    /// The file it stands in.
    pub source: Arc<SourceFile>,
    /// Where in that file.
    pub span: Span,
}

/// Matches any value in a look-up.
const ANY: &str = "*";

/// Keys of a row that are not columns.
const RESERVED: [&str; 3] = ["effective", "source", "note"];

impl LookupTable {
    /// Reads a table; every mistake is returned with its place, good rows are kept. A file that extends a known
    /// table may leave out what that one says.
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
                    errors.push((
                        row.span,
                        RuleError::Expected { expected: "effective: {from, until}", found: error.to_string() },
                    ));
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
        let mut columns: Vec<(String, ColumnType)> = known.map(|known| known.columns.clone()).unwrap_or_default();
        for (name, column) in &file.columns {
            columns.retain(|(known, _)| known != name);
            columns.push((name.clone(), column.r#type));
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
        row: &BTreeMap<String, dianjian_document::tree::Spanned<serde_json::Value>>,
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
            let (_, ty) = &self.columns[at];
            let right = text == ANY
                || match ty {
                    ColumnType::Text => !value.value.is_array() && !value.value.is_object(),
                    ColumnType::Number => parse_number(&text).is_some(),
                    ColumnType::Bool => text == "true" || text == "false",
                    ColumnType::Date => parse_date(&text).is_some(),
                };
            if !right {
                let expected = match ty {
                    ColumnType::Text => "a text",
                    ColumnType::Number => "a number",
                    ColumnType::Bool => "true or false",
                    ColumnType::Date => "a date YYYY-MM-DD",
                };
                errors.push((value.span, RuleError::Expected { expected, found: text.clone() }));
            }
            cells[at] = Some(text);
        }
        cells
    }

    /// Where a column stands.
    ///
    /// # Errors
    /// No such column.
    pub fn column(&self, name: &str) -> Result<usize, RuleError> {
        self.columns.iter().position(|(known, _)| known == name).ok_or_else(|| RuleError::UnknownColumn {
            table: self.id.clone(),
            found: name.to_owned(),
            suggestion: nearest(name, self.columns.iter().map(|(known, _)| known.as_str())).map(str::to_owned),
        })
    }

    /// Adds another file's rows. A row whose key and period begin alike replaces the earlier one.
    pub fn extend(&mut self, other: Self) {
        let place: Vec<Option<usize>> = other.columns.iter().map(|(name, _)| self.column(name).ok()).collect();
        for (at, column) in other.columns.iter().enumerate() {
            if place[at].is_none() {
                self.columns.push(column.clone());
                for row in &mut self.rows {
                    row.cells.push(None);
                }
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
            let key = self.key_of(&row);
            self.rows.retain(|known| {
                self.key.is_empty()
                    || key_of(&self.key, &self.columns, known) != key
                    || known.effective.from != row.effective.from
            });
            self.rows.push(row);
        }
    }

    fn key_of(&self, row: &TableRow) -> Vec<Option<String>> {
        key_of(&self.key, &self.columns, row)
    }

    /// The rows that hold on a day.
    pub fn at(&self, day: NaiveDate) -> DatedRows {
        let mut rows: Vec<&TableRow> = self.rows.iter().filter(|row| row.effective.holds(day)).collect();
        // Where two rows of one key hold, the one that began later is the newer word.
        rows.sort_by_key(|row| std::cmp::Reverse(row.effective.from));
        let rows = rows.into_iter().map(|row| row.cells.clone()).collect();
        DatedRows { rows, index: FxHashMap::default() }
    }

    /// Adds the days on which a row begins or ends to hold.
    pub fn boundaries(&self, into: &mut BTreeSet<NaiveDate>) {
        for row in &self.rows {
            row.effective.boundaries(into);
        }
    }
}

fn key_of(key: &[String], columns: &[(String, ColumnType)], row: &TableRow) -> Vec<Option<String>> {
    key.iter()
        .map(|name| columns.iter().position(|(known, _)| known == name).and_then(|at| row.cells.get(at)?.clone()))
        .collect()
}

/// The rows of a table that hold on one day.
#[derive(Debug, Clone, Default)]
pub struct DatedRows {
    rows: Vec<Vec<Option<String>>>,
    /// Rows by the value of the column that `index_by` names first.
    index: FxHashMap<String, Vec<usize>>,
}

impl DatedRows {
    /// Pairs of two columns, the second where it is given.
    pub fn pairs<'t>(
        &'t self,
        first: usize,
        second: Option<usize>,
        filter: &'t [(usize, String)],
    ) -> Vec<(&'t str, Option<&'t str>)> {
        self.matching(filter)
            .filter_map(|row| Some((row.get(first)?.as_deref()?, second.and_then(|at| row.get(at)?.as_deref()))))
            .collect()
    }

    fn matching<'t>(&'t self, filter: &'t [(usize, String)]) -> impl Iterator<Item = &'t Vec<Option<String>>> {
        self.rows
            .iter()
            .filter(move |row| filter.iter().all(|(at, value)| row.get(*at).and_then(Option::as_deref) == Some(value)))
    }

    /// Makes look-ups by this column fast.
    pub fn index_by(&mut self, column: usize) {
        for (number, row) in self.rows.iter().enumerate() {
            let cell = row.get(column).and_then(Option::as_deref).unwrap_or(ANY);
            self.index.entry(cell.to_owned()).or_default().push(number);
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
        let candidates = [first, ANY].into_iter().filter_map(|key| self.index.get(key)).flatten();
        let mut best: Option<(usize, usize, &str)> = None;
        for &number in candidates {
            let row = self.rows.get(number)?;
            let cell = |at: usize| row.get(at).and_then(Option::as_deref);
            let mut exact = usize::from(cell(column) == Some(first));
            let mut fits = true;
            for other in others.clone() {
                let (at, value) = other?;
                let same = cell(at) == Some(value.as_ref());
                exact += usize::from(same);
                fits &= same || matches!(cell(at), None | Some(ANY));
            }
            let Some(cell) = cell(take).filter(|_| fits) else { continue };
            if best.is_none_or(|(most, at, _)| exact > most || (exact == most && number < at)) {
                best = Some((exact, number, cell));
            }
        }
        best.map(|(_, _, cell)| cell)
    }
}

/// A filter of a table reference as column numbers.
///
/// # Errors
/// A column that the table does not have.
pub fn filter(table: &LookupTable, filter: &BTreeMap<String, Scalar>) -> Result<Vec<(usize, String)>, RuleError> {
    filter.iter().map(|(name, value)| Ok((table.column(name)?, scalar_text(value)))).collect()
}
