//! Several tables in one sheet, one below another: where each begins.
//!
//! A row begins a table if most of it is headings and rows of another table stand above it. What looks like headings and
//! begins none is left to the reader, which refuses to read on.

use dianjian_document::source::{TableBlock, TableColumn, TableHeader};

use super::reader_doubts::is_heading_of_some;
use super::recogniser::Recogniser;

/// How many cells of a row are compared with headings.
const MAX_COMPARED: usize = 4;

impl Recogniser<'_> {
    /// The tables below the first.
    pub fn blocks(&self, rows: &[Vec<String>], first: &TableHeader) -> Vec<TableBlock> {
        let mut blocks: Vec<TableBlock> = Vec::new();
        let Some(start) = first.record.and_then(|record| usize::try_from(record).ok()) else { return blocks };
        let mut above = start;
        for (number, row) in rows.iter().enumerate().skip(start + 1) {
            let mut cells = row.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).take(MAX_COMPARED);
            if !cells.any(|cell| is_heading_of_some(cell, self.mappings)) {
                continue;
            }
            let current = blocks.last().map_or(first, |block| &block.header);
            let Some(header) = self.begins_table(rows, number).filter(|header| !is_again(current, header)) else {
                continue;
            };
            let begin = first_of_block(rows, above + 1, number);
            if rows.get(above + 1..begin).is_some_and(|rows| rows.iter().any(|row| filled(row) > 0)) {
                above = number;
                let header = self.with_doubts(rows, header);
                blocks.push(TableBlock { first: begin as u64, header });
            }
        }
        blocks
    }

    /// The headings of a table that stands, with rows of its own, above the row that has the most known headings.
    pub(super) fn above(&self, rows: &[Vec<String>], below: &TableHeader) -> Option<TableHeader> {
        let end = usize::try_from(below.record?).ok()?;
        (0..end).find_map(|number| {
            let begin = first_of_block(rows, number + 1, end);
            let has_rows = rows.get(number + 1..begin)?.iter().any(|row| filled(row) > 1);
            has_rows.then(|| self.begins_table(rows, number))?.filter(|header| !is_again(header, below))
        })
    }

    /// The headings in a row if it can begin a table: they are most of it, or two of them stand side by side, which no
    /// line of names and values has.
    fn begins_table(&self, rows: &[Vec<String>], number: usize) -> Option<TableHeader> {
        let row = rows.get(number).filter(|row| Self::is_second_header(self.mappings, row))?;
        let (known, header) = self.at(rows, number)?;
        self.mappings.get(header.mapping?)?.table_kind()?;
        let is_known = |pair: &[&TableColumn]| pair.iter().all(|column| column.key.is_some());
        let said = header.columns.iter().filter(|column| !column.heading.trim().is_empty());
        let are_beside = said.collect::<Vec<_>>().windows(2).any(is_known);
        (known * 2 > filled(row) || are_beside).then_some(header)
    }
}

fn filled(row: &[String]) -> usize {
    row.iter().filter(|cell| !cell.trim().is_empty()).count()
}

/// The first row of the table whose headings are in a row: empty rows and one title above them belong to it.
fn first_of_block(rows: &[Vec<String>], from: usize, headings: usize) -> usize {
    let mut first = headings;
    let mut has_title = false;
    while first > from {
        let Some(above) = rows.get(first - 1) else { break };
        match filled(above) {
            0 => {}
            1 if !has_title && first > from + 1 && is_title(above) => has_title = true,
            _ => break,
        }
        first -= 1;
    }
    first
}

/// Whether the only text of a row can be a title: ids have digits.
fn is_title(row: &[String]) -> bool {
    row.iter().all(|cell| !cell.contains(|character: char| character.is_ascii_digit()))
}

/// Whether two rows of headings are those of one table: repeated on another page, or in another language.
fn is_again(one: &TableHeader, other: &TableHeader) -> bool {
    let mut pairs = one.columns.iter().zip(&other.columns);
    let is_repeated = one.columns.len() == other.columns.len()
        && pairs.all(|(one, other)| one.heading.trim() == other.heading.trim());
    let both = || {
        let pairs = one.columns.iter().zip(&other.columns);
        pairs.filter(|(one, other)| one.key.is_some() && other.key.is_some())
    };
    let is_translated = one.mapping == other.mapping
        && both().count() > 0
        && both().all(|(one, other)| one.field == other.field && one.heading != other.heading);
    is_repeated || is_translated
}
