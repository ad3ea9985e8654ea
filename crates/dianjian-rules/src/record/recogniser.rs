//! Tables: which mapping reads one, and which of its first rows has the headings.

use dianjian_document::source::{HEAD_RECORDS, TableHeader};

use super::columns::{columns, readings, unread};
use super::kind::{KindIndex, Kinds, nearest};
use super::mapping::Mapping;
use super::mapping_file::OneOrMany;
use super::near_headings::is_slip;
use super::reader_doubts::{COLONS, is_name_with_values};
use super::table_cells::TableCells;
use dianjian_text::compact;

/// Fewer known columns than this tell nothing, unless they are all there are.
const ENOUGH: usize = 2;

/// Finds the row of headings of a table among its first rows.
#[derive(Debug, Clone, Copy)]
pub struct Recogniser<'r> {
    /// The kinds.
    pub kinds: &'r Kinds,
    /// The mappings, in the order in which they are asked.
    pub mappings: &'r [Mapping],
    /// What stands in headings beside their names.
    pub words: &'r TableCells,
    /// The kind of what no mapping knows.
    pub kind: Option<KindIndex>,
}

/// A heading that is nearly one that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearly {
    /// What stands in the table.
    pub found: String,
    /// Its row among those looked at, from 0.
    pub row: usize,
    /// Its place in the row, from 0.
    pub column: usize,
    /// The heading that is known.
    pub near: String,
}

impl Recogniser<'_> {
    /// The headings of the first table among some rows: those of the row that has the most known ones, unless another table
    /// with rows of its own stands above it.
    pub fn header(&self, rows: &[Vec<String>]) -> TableHeader {
        let rows = rows.get(..HEAD_RECORDS).unwrap_or(rows);
        let mut best: Option<(usize, TableHeader)> = None;
        for number in 0..rows.len() {
            let found = self.at(rows, number);
            let is_better = |(known, _): &(usize, TableHeader)| best.as_ref().is_none_or(|(most, _)| known > most);
            best = found.filter(is_better).or(best);
        }
        let Some((known, best)) = best else { return TableHeader::default() };
        if self.upright_from(rows, &best, known) {
            return TableHeader::default();
        }
        self.with_doubts(rows, self.above(rows, &best).unwrap_or(best))
    }

    /// Notes at columns what is doubtful of them: headings that are nearly known ones, cells that may be totals.
    pub(super) fn with_doubts(&self, rows: &[Vec<String>], mut header: TableHeader) -> TableHeader {
        let mapping = header.mapping.and_then(|mapping| self.mappings.get(mapping));
        let record = header.record.and_then(|record| usize::try_from(record).ok());
        if let (Some(mapping), Some(record)) = (mapping, record)
            && let Some(kind) = mapping.table_kind()
        {
            let below = rows.get(record + 1..).unwrap_or_default();
            mapping.note_doubts(self.kinds.get(kind), &mut header.columns, below);
        }
        header
    }

    /// The first row of a table that stands upright: its first column has the names of the fields, and each of the others is
    /// a record (`店铺名称 | 云山 | 云河`). No row of it is a row of headings.
    pub fn upright(&self, rows: &[Vec<String>]) -> Option<usize> {
        let mut named = (0..rows.len()).filter(|number| is_name_with_values(&rows[*number], self.mappings));
        let first = named.next()?;
        named.next().map(|_| first)
    }

    /// Whether what seem to be the headings, of which so many are known, is rather a row of a table that stands upright.
    fn upright_from(&self, rows: &[Vec<String>], header: &TableHeader, known: usize) -> bool {
        let from = header.record.and_then(|record| usize::try_from(record).ok()).unwrap_or_default();
        let below = rows.get(from..).unwrap_or_default();
        let named = below.iter().filter(|row| is_name_with_values(row, self.mappings)).count();
        known <= ENOUGH && named >= ENOUGH && below.first().is_some_and(|row| is_name_with_values(row, self.mappings))
    }

    /// The first of some rows, beyond those among which headings are looked for, that has some.
    pub fn late_headings(&self, rows: &[Vec<String>]) -> Option<usize> {
        let mut late =
            (HEAD_RECORDS..rows.len()).filter(|number| Self::is_second_header(self.mappings, &rows[*number]));
        late.find(|number| self.at(rows, *number).is_some())
    }

    /// The headings in a row, as the mapping that knows the most of them understands them, and how many those are.
    pub(super) fn at(&self, rows: &[Vec<String>], number: usize) -> Option<(usize, TableHeader)> {
        let row = rows.get(number)?;
        let readings: Vec<Vec<String>> = row.iter().map(|heading| readings(heading, self.words)).collect();
        if readings.iter().all(Vec::is_empty) {
            return None;
        }
        let filled = row.iter().filter(|cell| !cell.trim().is_empty()).count();
        // A name with its value is no heading: `店铺名称：云山茶业`.
        let has_value = |cell: &String| cell.split_once(COLONS).is_some_and(|(_, value)| !value.trim().is_empty());
        if filled == 1 && row.iter().any(has_value) {
            return None;
        }
        let mut best: Option<(usize, TableHeader)> = None;
        for (index, mapping) in self.fitting(&readings, self.said_kind(row, rows.get(number + 1))) {
            let (known, columns) = match mapping.table_kind() {
                Some(kind) => columns(mapping, self.kinds.get(kind), row, rows.get(number + 1..)),
                None => (filled, row.iter().map(String::as_str).map(unread).collect()),
            };
            let is_enough = known >= ENOUGH || known > 0 && known == filled;
            let header = TableHeader { record: Some(number as u64), columns, mapping: Some(index), also: None };
            match &mut best {
                _ if !is_enough => {}
                Some((most, best)) if known == *most => {
                    let is_own = best.mapping.is_some_and(|best| self.mappings[best].is_own() == mapping.is_own());
                    best.also = best.also.or(is_own.then_some(index));
                }
                Some((most, _)) if known < *most => {}
                best => *best = Some((known, header)),
            }
        }
        best
    }

    /// The mappings that may read a table of such headings, with their numbers; `said`: the kind that its rows name.
    fn fitting(&self, readings: &[Vec<String>], said: Option<KindIndex>) -> Vec<(usize, &Mapping)> {
        let fits = |mapping: &Mapping| match mapping.table_kind() {
            Some(kind) => {
                let is_given = said.or(self.kind) == Some(kind) && mapping.columns.is_for_tables();
                (is_given || mapping.columns.knows(readings)) && said.is_none_or(|said| said == kind)
            }
            None => said.is_none() && mapping.is_for_idle_tables() && mapping.columns.knows(readings),
        };
        let mut fitting: Vec<_> = self.mappings.iter().enumerate().filter(|(_, mapping)| fits(mapping)).collect();
        let stronger = fitting.iter().filter(|(_, mapping)| mapping.columns.knows(readings));
        let beaten: Vec<&String> = stronger.flat_map(|(_, mapping)| &mapping.before).collect();
        fitting.retain(|(_, mapping)| !beaten.contains(&&mapping.id));
        fitting
    }

    /// The kind that a column `kind` names in the row below the headings.
    fn said_kind(&self, row: &[String], below: Option<&Vec<String>>) -> Option<KindIndex> {
        let column = row.iter().position(|heading| heading.trim().eq_ignore_ascii_case("kind"))?;
        self.kinds.find(below?.get(column)?.trim())
    }

    /// The known heading that is meant by one that is not: it is that one with a slip of the pen or in another order.
    pub(super) fn meant<'m>(mapping: &'m Mapping, heading: &str) -> Option<&'m str> {
        let mut names = mapping.fields.iter().flat_map(|(_, source)| source.from.iter().flat_map(OneOrMany::paths));
        names.find(|name| is_slip(heading, name)).map(String::as_str)
    }

    /// Whether a row below the headings of a table is a row of headings itself: that of another table under the first.
    pub(super) fn is_second_header(mappings: &[Mapping], row: &[impl AsRef<str>]) -> bool {
        let said: Vec<&str> = row.iter().map(|cell| cell.as_ref().trim()).filter(|cell| !cell.is_empty()).collect();
        let tables =
            || mappings.iter().filter(|mapping| mapping.table_kind().is_some() && mapping.columns.is_for_tables());
        // Headings hold no figures, and rows of values hold no more than one or two words that are headings elsewhere.
        let has_figures = said.iter().any(|cell| cell.contains(|character: char| character.is_ascii_digit()));
        said.len() >= ENOUGH
            && tables().any(|mapping| {
                let is_field = |cell: &&&str| mapping.columns.field(cell).is_some();
                let known = said.iter().filter(is_field).count();
                let is_telling = said.iter().any(|cell| mapping.columns.is_telling(cell));
                let ignored = said.iter().filter(|cell| !is_field(cell) && mapping.columns.is_ignored(cell)).count();
                let are_most = || !has_figures && known + ignored >= ENOUGH && (known + ignored) * 3 >= said.len() * 2;
                is_telling && known >= ENOUGH && known * 2 >= said.len() || are_most()
            })
    }

    /// For every kind that tables are read as, the headings by which a table is known.
    pub fn known(&self) -> Vec<(KindIndex, Vec<&str>)> {
        let tables =
            self.mappings.iter().filter_map(|mapping| Some((mapping.table_kind()?, mapping.recognised_headings())));
        let named = tables.map(|(kind, names)| (kind, names.map(String::as_str).collect::<Vec<_>>()));
        named.filter(|(_, names)| !names.is_empty()).collect()
    }

    /// For a table that nobody knows: its cell that looks most like a heading that makes a table known.
    pub fn nearly(&self, rows: &[Vec<String>]) -> Option<Nearly> {
        let known: Vec<&str> =
            self.mappings.iter().flat_map(|mapping| mapping.recognised_headings()).map(String::as_str).collect();
        rows.iter().enumerate().find_map(|(row, cells)| {
            cells.iter().enumerate().find_map(|(column, cell)| {
                let found = cell.trim();
                // One wrong character is likelier than one too many.
                let length = found.chars().count();
                let alike = known.iter().copied().filter(|name| name.chars().count() == length);
                let near = nearest(found, alike).or_else(|| nearest(found, known.iter().copied()));
                // One that is known, if in other letters or by another table, is not enough alone.
                let is_known = || self.mappings.iter().any(|mapping| mapping.columns.has_field_name(found));
                let near = near.filter(|near| !found.is_empty() && compact(near) != compact(found) && !is_known())?;
                Some(Nearly { found: found.to_owned(), row, column, near: near.to_owned() })
            })
        })
    }
}
