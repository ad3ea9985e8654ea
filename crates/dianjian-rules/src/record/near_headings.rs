//! What is doubtful of a table's columns: headings that nothing takes and that mean a field all the same, and cells that may
//! be totals.
//!
//! A heading with one wrong character (`可用库村`), or with a name of its own for what rules cannot do without (`平台库存量`), is
//! passed over by a layout that has dozens of columns nobody asks for. It is reported where the table has no other column for
//! the field.

use dianjian_document::source::TableColumn;
use dianjian_text::reading::near_reading;
use dianjian_text::{Fold, compact, fold};

use super::cells::{choice, containing, day, written_number};
use super::columns::readings;
use super::kind::{Field, Kind};
use super::mapping::Mapping;
use super::mapping_file::{FieldSourceDetail, OneOrMany};
use super::schema::FieldType;
use super::table_cells::TableCells;

/// A name of so many characters is known in any order of them.
const LONG: usize = 4;

/// A name of fewer characters is some other word with one more or one less.
const SHORT: usize = 3;

/// Whether a heading is a known one with one slip, or with its characters in another order. Of two characters that would say
/// too little.
pub(super) fn is_slip(found: &str, known: &str) -> bool {
    let (found, known) = (compact(found), compact(known));
    let is_long = |name: &str| name.chars().count() >= if name.is_ascii() { 5 } else { SHORT };
    is_long(&found) && is_long(&known) && (strsim::osa_distance(&found, &known) == 1 || is_permuted(&found, &known))
}

/// Whether the characters of a name stand in another order.
fn is_permuted(found: &str, known: &str) -> bool {
    let sorted = |name: &str| {
        let mut sorted: Vec<char> = name.chars().collect();
        sorted.sort_unstable();
        sorted
    };
    known.chars().count() >= LONG && sorted(found) == sorted(known)
}

impl Mapping {
    /// Notes what is doubtful of some columns; `below`: the rows under their headings.
    pub(super) fn note_doubts(&self, kind: &Kind, columns: &mut [TableColumn], below: &[Vec<String>]) {
        for at in 0..columns.len() {
            let Some(column) = columns.get(at).filter(|column| !column.heading.is_empty()) else { continue };
            let cells = below.iter().filter_map(|row| row.get(at)).map(|cell| cell.trim());
            let cells: Vec<&str> = cells.filter(|cell| !cell.is_empty() && !self.words.nothing.has(cell)).collect();
            let (mut near, mut may_total) = (None, false);
            if column.key.is_some() {
                // Where every cell says `全部仓库` there are no parts beside the totals.
                may_total = self.is_key(kind, column) && !cells.iter().all(|cell| self.words.is_total_key(cell));
            } else if !self.columns.is_ignored(&column.heading) {
                near = self.near_heading(kind, columns, &column.heading, &cells).map(Into::into);
            }
            if let Some(column) = columns.get_mut(at) {
                (column.near, column.may_total) = (near, may_total);
            }
        }
    }

    /// Whether the cells of a column tell its rows apart: ids, references, platforms, warehouses.
    fn is_key(&self, kind: &Kind, column: &TableColumn) -> bool {
        let Some((target, _)) = self.fields.get(column.field).filter(|_| !column.is_spread) else { return false };
        let is_spread_to = self.spread.as_ref().is_some_and(|spread| spread.to == *target);
        is_spread_to || target == super::export_context::SYSTEM || kind.target(target).is_some_and(|f| f.ty.is_id())
    }

    /// The known heading that is meant by one that nothing takes, where no other column is read for its field.
    fn near_heading(&self, kind: &Kind, columns: &[TableColumn], heading: &str, cells: &[&str]) -> Option<&str> {
        let is_read = |number: usize| columns.iter().any(|column| column.key.is_some() && column.field == number);
        let free = || self.fields.iter().enumerate().filter(|(number, _)| !is_read(*number)).map(|(_, field)| field);
        let mut names = free().flat_map(|(target, source)| {
            // 是否回访 and 是否回款 are other questions.
            let is_question = kind.target(target).is_some_and(|field| field.ty == FieldType::Bool);
            let is_needed = !source.words.is_empty() && !is_question;
            names_of(source).map(move |name| (is_needed, name))
        });
        let readings = readings(heading, &self.words);
        let is_other = readings.iter().any(|name| self.words.is_of_another(name));
        let is_meant = |(is_needed, name): &(bool, &str)| {
            // Among dozens of columns that nobody asks for a slip is one only where it is clear.
            let is_lenient = !self.is_silent() || *is_needed && !is_other;
            is_lenient && is_slip(heading, name) || self.words.is_look_alike(heading, name)
        };
        if let Some((_, name)) = names.find(is_meant) {
            return Some(name);
        }
        let is_said_elsewhere = |word: &String| {
            let mut read = self.fields.iter().enumerate().filter(|(number, _)| is_read(*number));
            read.any(|(_, (_, source))| source.words.contains(word))
        };
        let has_word = |source: &FieldSourceDetail| {
            let is_in = |word: &&String| readings.iter().any(|name| name.contains(word.as_str()));
            source.words.iter().any(|word| is_in(&word)) && !source.words.iter().any(is_said_elsewhere)
        };
        let fit = |target: &str, source: &FieldSourceDetail| {
            let field = kind.target(target);
            // 最晚发货时间 is about nothing else.
            let is_date = field.is_some_and(|field| matches!(field.ty, FieldType::Date | FieldType::Datetime));
            let fitting = cells.iter().filter(|cell| field.is_some_and(|f| fits(f, source, cell, &self.words))).count();
            (is_date || !is_other) && fitting * 2 > cells.len()
        };
        let (_, source) = free().find(|(target, source)| has_word(source) && fit(target, source))?;
        // People who write Chinese are not asked for an English name.
        names_of(source).find(|name| name.is_ascii() == heading.is_ascii()).or_else(|| names_of(source).next())
    }
}

fn names_of(source: &FieldSourceDetail) -> impl Iterator<Item = &str> {
    source.from.iter().flat_map(OneOrMany::paths).map(String::as_str)
}

/// Whether a cell holds what a field may have.
fn fits(field: &Field, source: &FieldSourceDetail, cell: &str, words: &TableCells) -> bool {
    let folded = fold(cell, Fold::Name);
    let plain = folded.as_str().trim();
    let is_translated = || source.values.contains_key(cell) || containing(source, plain).is_some();
    match field.ty {
        FieldType::Number | FieldType::Integer if !source.values.is_empty() => is_translated(),
        ty @ (FieldType::Number | FieldType::Integer | FieldType::Money) => {
            written_number(cell, 0, ty, words).is_some()
        }
        FieldType::Bool => words.yes_or_no(plain).is_some() || is_translated(),
        FieldType::Enum => choice(field, cell).is_some() || is_translated(),
        FieldType::Date | FieldType::Datetime => day(cell).is_some(),
        FieldType::Id => cell.contains(|character: char| character.is_ascii_digit()) && day(cell).is_none(),
        _ => day(cell).is_none(),
    }
}

impl TableCells {
    /// Whether a heading names something else of the sort (`安全库存`), or what is about it (`店铺分组`).
    fn is_of_another(&self, heading: &str) -> bool {
        self.others.begin(heading) || self.aspects.end(heading)
    }

    /// Whether a heading is a known one with a character in it that looks or sounds like the right one, or with its characters
    /// in another order.
    fn is_look_alike(&self, found: &str, known: &str) -> bool {
        let (found, known) = (compact(found), compact(known));
        if found.is_ascii() || known.is_ascii() {
            return false;
        }
        let (a, b): (Vec<char>, Vec<char>) = (found.chars().collect(), known.chars().collect());
        if a.len() != b.len() || a.len() < 2 {
            return false;
        }
        let mut differing = a.iter().zip(&b).filter(|(found, known)| found != known);
        let (Some((found_char, known_char)), None) = (differing.next(), differing.next()) else {
            return is_permuted(&found, &known);
        };
        self.are_alike(*found_char, *known_char)
    }

    /// Whether two characters are taken for each other.
    fn are_alike(&self, found: char, known: char) -> bool {
        let (mut one, mut other) = ([0; 4], [0; 4]);
        let is_group = |group: &str| group.contains(found) && group.contains(known);
        self.alike.iter().any(is_group) || near_reading(found.encode_utf8(&mut one), known.encode_utf8(&mut other))
    }
}

#[cfg(test)]
mod tests {
    use crate::record::table_cells::shipped;

    #[test]
    fn slips_are_told_from_other_words() {
        let words = shipped();
        for (found, known) in [("售介", "售价"), ("店甫", "店铺"), ("数里", "数量"), ("快递单好", "快递单号")]
        {
            assert!(words.is_look_alike(found, known), "{found}");
        }
        for (found, known) in [("售后", "售价"), ("店长", "店铺"), ("重量", "数量"), ("收货时间", "发货时间")]
        {
            assert!(!words.is_look_alike(found, known), "{found}");
        }
    }
}
