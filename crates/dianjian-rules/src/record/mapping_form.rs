//! What a table that no mapping knows may be read as, for a person who says what its columns mean; and the mapping that
//! they write by saying it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use dianjian_base::lang::{Lang, Text};
use dianjian_document::source::HEAD_RECORDS;

use super::export_context::SYSTEM;
use super::kind::{Field, Kind, Slot};
use super::mapping::Mapping;
use super::recogniser::Recogniser;
use super::schema::{FieldType, KindRole};
use dianjian_text::{compact, licence_code};

/// Cells that are shown of a column.
const SAMPLES: usize = 5;

/// A table, and what its columns may be.
#[derive(Debug)]
pub struct MappingForm<'k> {
    /// Number of the row of headings, from 0.
    pub heading: usize,
    /// The kinds that its rows may be, the likeliest first, with how many of the columns speak for each.
    pub kinds: Vec<(&'k Kind, usize)>,
    /// The columns, and what each may be of the likeliest kind.
    pub columns: Vec<FormColumn<'k>>,
    /// Every field that a column may be, with its kind.
    pub fields: Vec<(&'k Kind, &'k Field)>,
}

/// A column of a table.
#[derive(Debug)]
pub struct FormColumn<'k> {
    /// The heading as written.
    pub heading: String,
    /// The first cells below it that hold something.
    pub samples: Vec<String>,
    /// The field that it is likely to be.
    pub guess: Option<&'k Field>,
}

/// The mappings that tables are read by, one a kind: the one by which tables of the kind are known best.
pub fn table_mappings<'m, 'k>(mappings: &'m [Mapping], kinds: &'k super::Kinds) -> Vec<(&'k Kind, &'m Mapping)> {
    let mut tables: Vec<(&Kind, &Mapping)> =
        mappings.iter().filter_map(|mapping| mapping.headings().map(|(kind, _)| (kinds.get(kind), mapping))).collect();
    tables.sort_by_key(|(_, mapping)| !mapping.has_headings_of_its_own());
    let mut known: Vec<&str> = Vec::new();
    tables.retain(|(kind, _)| {
        let is_new = !known.contains(&&*kind.name);
        known.push(&kind.name);
        is_new
    });
    tables
}

impl<'r> Recogniser<'r> {
    /// What a table may be read as, from its first rows.
    pub fn form(&self, rows: &[Vec<String>]) -> MappingForm<'r> {
        let rows = rows.get(..HEAD_RECORDS).unwrap_or(rows);
        let known = self.header(rows).record.and_then(|record| usize::try_from(record).ok());
        let heading = known.unwrap_or_else(|| fullest(rows));
        let headings = rows.get(heading).map_or(&[][..], Vec::as_slice);
        let below = rows.get(heading + 1..).unwrap_or_default();
        let cells = |at: usize| {
            let cells = below.iter().filter_map(move |row| row.get(at)).map(|cell| cell.trim());
            cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>()
        };
        let mut candidates: Vec<(&'r Kind, Vec<Option<&'r Field>>)> = Vec::new();
        let mut fields = Vec::new();
        for (kind, mapping) in table_mappings(self.mappings, self.kinds) {
            let of_kind: Vec<&'r Field> =
                mapping.template(self.kinds, Lang::Zh).into_iter().map(|column| column.field).collect();
            let mut guesses: Vec<Option<&'r Field>> = Vec::new();
            for (at, heading) in headings.iter().enumerate() {
                let free: Vec<&'r Field> = of_kind
                    .iter()
                    .copied()
                    .filter(|field| !guesses.iter().flatten().any(|taken| taken.path == field.path))
                    .collect();
                guesses.push(guess(kind, mapping, &free, heading, &cells(at)));
            }
            candidates.push((kind, guesses));
            fields.extend(of_kind.into_iter().map(|field| (kind, field)));
        }
        let score = |guesses: &[Option<&Field>]| guesses.iter().flatten().count();
        candidates.sort_by_key(|(kind, guesses)| (usize::MAX - score(guesses), kind.role != Some(KindRole::Shop)));
        let likeliest = candidates.first().map(|(_, guesses)| guesses.clone()).unwrap_or_default();
        let column = |(at, heading): (usize, &String)| FormColumn {
            heading: heading.trim().to_owned(),
            samples: cells(at).into_iter().take(SAMPLES).map(str::to_owned).collect(),
            guess: likeliest.get(at).copied().flatten(),
        };
        MappingForm {
            heading,
            columns: headings.iter().enumerate().map(column).collect(),
            kinds: candidates.iter().map(|(kind, guesses)| (*kind, score(guesses))).collect(),
            fields,
        }
    }
}

/// The first of the rows with the most cells, which is the one most likely meant as headings.
pub fn fullest(rows: &[Vec<String>]) -> usize {
    let filled = |row: &[String]| row.iter().filter(|cell| !cell.trim().is_empty()).count();
    rows.iter().enumerate().max_by_key(|(at, row)| (filled(row), usize::MAX - at)).map_or(0, |(at, _)| at)
}

/// The field that a column is likely to be, of those that no column before it is: by its heading as mappings know it, by a
/// slip of the pen, by a title within it, by what its cells hold.
fn guess<'k>(
    kind: &'k Kind,
    mapping: &Mapping,
    free: &[&'k Field],
    heading: &str,
    cells: &[&str],
) -> Option<&'k Field> {
    if heading.trim().is_empty() {
        return None;
    }
    let at = |path: &str| free.iter().copied().find(|field| field.path == path);
    let by_heading =
        |heading: &str| mapping.columns.field(heading).and_then(|(number, _)| at(&mapping.fields[number].0));
    let written = compact(heading);
    let has_title = |field: &&&Field| {
        let title = compact(&field.title.zh);
        title.chars().count() > 1 && written.contains(&title)
    };
    let is_value = |field: &Field, cell: &str| {
        let is_word = |word: &str| word.eq_ignore_ascii_case(cell);
        let is_listed = |(value, title): &(String, Text)| is_word(value) || is_word(&title.zh) || is_word(&title.en);
        field.values.iter().any(is_listed) || field.path == SYSTEM && mapping.system_of(cell).is_some()
    };
    let field_at = |slot: Slot| kind.fields.get(usize::from(slot)).map(|field| &field.path);
    let name = kind.names.first().and_then(|fields| fields.last()).and_then(|slot| field_at(*slot));
    let id = field_at(kind.id);
    let is_told_apart = cells.len() > 1 && cells.iter().collect::<BTreeSet<_>>().len() == cells.len();
    let holds = |field: &&&Field| match field.ty {
        _ if cells.is_empty() => false,
        FieldType::Enum => cells.iter().all(|cell| is_value(field, cell)),
        FieldType::LicenceCode => cells.iter().all(|cell| licence_code(cell).is_ok()),
        _ if Some(&field.path) == name => is_told_apart && cells.iter().all(|cell| looks_like_name(cell)),
        _ if Some(&field.path) == id => is_told_apart && cells.iter().all(|cell| looks_like_id(cell)),
        _ => false,
    };
    by_heading(heading)
        .or_else(|| by_heading(Recogniser::meant(mapping, heading)?))
        .or_else(|| free.iter().filter(has_title).max_by_key(|field| field.title.zh.len()).copied())
        .or_else(|| free.iter().find(holds).copied())
}

/// Whether a cell may be what something is called: a few characters that are no sentence, some of them no ASCII.
fn looks_like_name(cell: &str) -> bool {
    const LONGEST: usize = 40;
    let is_word =
        |c: char| c.is_alphanumeric() || matches!(c, ' ' | '·' | '-' | '(' | ')' | '（' | '）' | '&' | '【' | '】');
    let count = cell.chars().count();
    (2..=LONGEST).contains(&count)
        && cell.chars().all(is_word)
        && cell.chars().any(|c| c.is_alphabetic() && !c.is_ascii())
}

/// Whether a cell may be a code that somebody gave: letters with digits.
fn looks_like_id(cell: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    cell.chars().all(is_part)
        && cell.contains(|c: char| c.is_ascii_digit())
        && cell.contains(|c: char| c.is_ascii_alphabetic())
}

/// A mapping file by which tables with just these headings are read: each heading with the path of its field, or none if
/// nothing is read from it.
pub fn mapping_text(id: &str, title: &Text, kind: &str, columns: &[(String, Option<String>)]) -> String {
    // JSON's texts are YAML's.
    let quoted = |text: &str| serde_json::Value::String(text.to_owned()).to_string();
    let list =
        |headings: &mut dyn Iterator<Item = &String>| headings.map(|one| quoted(one)).collect::<Vec<_>>().join(", ");
    let read = || columns.iter().filter(|(_, field)| field.is_some()).map(|(heading, _)| heading);
    let ignored: Vec<&String> = columns
        .iter()
        .filter(|(heading, field)| field.is_none() && !heading.is_empty())
        .map(|(heading, _)| heading)
        .collect();
    let mut out =
        format!("mapping: {id}\ntitle: {{zh: {}, en: {}}}\nkind: {kind}\n", quoted(&title.zh), quoted(&title.en));
    let _ = writeln!(out, "recognise: {{has: [{}]}}", list(&mut read()));
    if !ignored.is_empty() {
        let _ = writeln!(out, "ignore: [{}]", list(&mut ignored.into_iter()));
    }
    out.push_str("fields:\n");
    for (heading, field) in columns {
        if let Some(field) = field {
            let _ = writeln!(out, "  {}: {}", quoted(field), quoted(heading));
        }
    }
    out
}
