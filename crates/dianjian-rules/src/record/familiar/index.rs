//! The names of the kinds' fields and of the tables' headings, prepared for being looked up however they are written.

use dianjian_base::FieldPath;
use dianjian_document::tree::{Node, NodeKind};
use dianjian_text::licence_code;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{ENOUGH, NearMissWords, TELLING};
use crate::record::columns::{readings, rest};
use crate::record::kind::{Field, KindIndex, Kinds};
use crate::record::mapping::Mapping;
use crate::record::mapping_file::OneOrMany;
use crate::record::schema::FieldType;
use crate::record::table_cells::TableCells;
use crate::record::value::{parse_date, parse_number};

/// Characters of the longest heading: a sentence is none.
const MAX_HEADING: usize = 24;

/// Names and values, by which records are told.
#[derive(Debug, Default)]
pub(super) struct FamiliarNames {
    /// By a name without case and underscores: the fields at the top of kinds that have it.
    fields: FxHashMap<String, Vec<FamiliarField>>,
    /// Values of several words, which no other program's files have.
    values: FxHashSet<String>,
    /// What is left of the headings of the shipped tables; `true` for those that a table is known by.
    headings: FxHashMap<String, bool>,
    /// Cells that only tables of shops have.
    cells: FxHashSet<String>,
    /// Names in quotes that an answer of the platform must hold; a list an answer.
    answers: Vec<Vec<String>>,
}

/// A field as far as a value is to be compared with it.
#[derive(Debug, Clone)]
pub(super) struct FamiliarField {
    pub kind: KindIndex,
    /// Whether documents of any sort have a field of this name.
    pub is_common: bool,
    ty: FieldType,
    /// Whether a plain value may stand for it.
    is_short: bool,
    values: Vec<String>,
    /// Words that are in values as tables have them.
    parts: Vec<String>,
    /// Of a map, the fields in it that only such a map has.
    inner: Vec<String>,
}

/// What stands at a key: a node, or a text that could not be parsed.
pub(super) enum FieldContent<'t, 'a> {
    Node(Node<'a>),
    Text(&'t str),
}

impl FieldContent<'_, '_> {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Node(node) => node.scalar().filter(|_| node.kind() == NodeKind::String),
            Self::Text(text) => Some(text),
        }
    }
}

impl FamiliarField {
    fn new(kind: KindIndex, field: &Field, name: &str, words: &NearMissWords) -> Self {
        Self {
            kind,
            is_common: words.common_fields.has(name),
            ty: field.ty,
            is_short: field.short.is_some() || field.lines,
            values: field.values.iter().flat_map(|(value, title)| [value.clone(), title.zh.clone()]).collect(),
            parts: Vec::new(),
            inner: Vec::new(),
        }
    }

    /// The first field of a map by which it is told.
    pub(super) fn inside<'k>(&self, value: &FieldContent<'_, 'k>) -> Option<&'k str> {
        let FieldContent::Node(map) = value else { return None };
        let mut keys = map.entries().filter_map(|(key, _)| key.scalar());
        keys.find(|key| self.inner.iter().any(|known| *known == plain(key)))
    }

    /// Whether the value is what the field may hold.
    pub(super) fn fits(&self, value: &FieldContent<'_, '_>) -> bool {
        match value {
            FieldContent::Text(text) => text.is_empty() || self.fits_text(text),
            FieldContent::Node(node) => match node.kind() {
                NodeKind::Null => false,
                NodeKind::Sequence => matches!(self.ty, FieldType::List | FieldType::Script | FieldType::Any),
                NodeKind::Mapping => matches!(self.ty, FieldType::Map | FieldType::Script | FieldType::Any),
                NodeKind::Bool => matches!(self.ty, FieldType::Bool | FieldType::Any),
                NodeKind::String | NodeKind::Number => node.scalar().is_some_and(|text| self.fits_text(text)),
            },
        }
    }

    fn fits_text(&self, text: &str) -> bool {
        match self.ty {
            FieldType::Text | FieldType::Id | FieldType::Reference | FieldType::Asset | FieldType::Script => true,
            FieldType::Any | FieldType::LicenceCode => true,
            FieldType::Number | FieldType::Money | FieldType::Integer => parse_number(text.trim()).is_some(),
            FieldType::Bool => matches!(text.trim(), "true" | "false"),
            FieldType::Date | FieldType::Datetime => parse_date(text.trim()).is_some(),
            FieldType::Enum => {
                self.values.iter().any(|known| known == text.trim())
                    || self.parts.iter().any(|part| text.contains(part.as_str()))
            }
            FieldType::List | FieldType::Map => self.is_short,
            FieldType::Record => false,
        }
    }
}

impl FamiliarNames {
    pub(super) fn new(kinds: &Kinds, mappings: &[Mapping], cells: &TableCells, words: &NearMissWords) -> Self {
        let mut names = Self::default();
        for (index, kind) in kinds.iter().enumerate() {
            for field in &kind.fields {
                let is_telling = |value: &&String| value.contains(['-', '_']);
                names.values.extend(field.values.iter().map(|(value, _)| value).filter(is_telling).cloned());
                let path = FieldPath::new(&field.path);
                if path.split_last().0.is_none() {
                    let name = plain(&field.path);
                    let mut known = FamiliarField::new(index, field, &name, words);
                    let below = kind.fields.iter().filter_map(|below| FieldPath::new(&below.path).below(&field.path));
                    let inner = below.filter_map(|below| below.strip_prefix('.')).map(plain);
                    known.inner = inner.filter(|name| !words.common_fields.has(name)).collect();
                    names.fields.entry(name).or_default().push(known);
                }
            }
        }
        for mapping in mappings {
            names.add_mapping(mapping);
            names.add_columns(mapping, kinds, words);
        }
        let required =
            kinds.iter().flat_map(|kind| kind.required.iter().map(|(slot, _)| &kind.fields[usize::from(*slot)]));
        for field in required.filter(|field| field.ty == FieldType::Enum) {
            names.cells.extend(field.values.iter().flat_map(|(value, title)| [value.clone(), title.zh.clone()]));
        }
        names.headings.retain(|heading, _| !words.common_headings.has(heading) && !cells.numbering.has(heading));
        names
    }

    fn add_mapping(&mut self, mapping: &Mapping) {
        if mapping.reads_tables() {
            for heading in mapping.accepted_headings() {
                self.headings.entry(rest(heading)).or_insert(false);
            }
            for heading in mapping.recognised_headings() {
                self.headings.insert(rest(heading), true);
            }
        } else if mapping.table_kind().is_some() || !mapping.is_last_resort() {
            let markers = mapping.markers();
            self.answers.extend((!markers.is_empty()).then_some(markers));
        }
    }

    /// Adds what tables call fields in Chinese: some people write documents with such keys.
    fn add_columns(&mut self, mapping: &Mapping, kinds: &Kinds, words: &NearMissWords) {
        let Some(kind) = mapping.table_kind().filter(|_| mapping.reads_tables()) else {
            return;
        };
        for (target, source) in &mapping.fields {
            let Some(field) = kinds.get(kind).target(target) else { continue };
            let headings = source.from.iter().flat_map(OneOrMany::paths).filter(|heading| !heading.is_ascii());
            for heading in headings {
                let mut known = FamiliarField::new(kind, field, heading, words);
                known.is_common = words.common_headings.has(&rest(heading));
                known.values.extend(source.values.keys().cloned());
                known.parts.extend(source.containing.keys().cloned());
                // Tables say yes and no in many words.
                known.ty = if known.ty == FieldType::Bool { FieldType::Any } else { known.ty };
                self.fields.entry(plain(heading)).or_default().push(known);
            }
        }
    }

    /// Whether a text is a value that tables of shops have and other documents hardly ever.
    pub(super) fn is_cell(&self, text: &str) -> bool {
        !text.is_ascii() && self.cells.contains(text.trim())
    }

    /// Calls `f` with every field that a key may mean.
    pub(super) fn fields_called(&self, key: &str, f: &mut dyn FnMut(&FamiliarField)) {
        let name = plain(key);
        if let Some(fields) = self.fields.get(&name) {
            return fields.iter().for_each(f);
        }
        // One slip in a name that is long enough to be told by the rest; it leaves the first letter or the last.
        if name.len() < 5 || !name.is_ascii() {
            return;
        }
        let ends = |name: &str| (name.as_bytes().first().copied(), name.as_bytes().last().copied());
        let (first, last) = ends(&name);
        let may_be =
            |known: &str| known.len().abs_diff(name.len()) <= 1 && (ends(known).0 == first || ends(known).1 == last);
        let near = self.fields.iter().filter(|(known, _)| may_be(known) && strsim::osa_distance(known, &name) == 1);
        if let Some((_, fields)) = near.min_by_key(|(known, _)| known.as_str()) {
            fields.iter().for_each(f);
        }
    }

    /// Whether the text is a value that only records of shops have.
    pub(super) fn is_telling_value(&self, text: &str) -> bool {
        self.values.contains(text.trim()) && text.trim().len() >= 8 || is_licence(text)
    }

    /// Whether a text has all the names of an answer of the platform.
    pub(super) fn is_answer(&self, text: &str) -> bool {
        self.answers.iter().any(|names| names.len() > 1 && names.iter().all(|name| text.contains(name.as_str())))
            || text.contains("\"errcode\"")
    }

    /// The cell, by row and column, that makes the first rows of a table look like those of shops.
    pub(super) fn rows(
        &self,
        rows: &[Vec<String>],
        words: &NearMissWords,
        cells: &TableCells,
    ) -> Option<(usize, usize)> {
        rows.iter().enumerate().find_map(|(number, row)| {
            let signs: Vec<CellSigns> = row.iter().map(|cell| self.cell(cell, words, cells)).collect();
            let sum: usize = signs.iter().map(|signs| signs.count).sum();
            let best = (0..signs.len()).max_by_key(|at| (signs[*at].count, usize::MAX - at))?;
            // Two headings that only papers of shops have tell as much, be they called otherwise than we know them.
            let telling = signs.iter().filter(|signs| signs.is_telling).count();
            let is_sure = signs.iter().any(|signs| signs.is_accepted) || telling >= ENOUGH;
            let of_goods = || goods_in(row, words, cells).map(|at| (number, at));
            (sum >= ENOUGH && is_sure).then_some((number, best)).or_else(of_goods)
        })
    }

    /// How much a cell among the first rows tells.
    fn cell(&self, cell: &str, words: &NearMissWords, cells: &TableCells) -> CellSigns {
        let cell = cell.trim();
        if cell.is_empty() || cell.chars().count() > MAX_HEADING {
            return CellSigns::default();
        }
        if self.cells.contains(cell) || is_licence(cell) {
            return CellSigns { count: TELLING, is_accepted: true, is_telling: false };
        }
        let readings = readings(cell, cells);
        let known = readings.iter().find_map(|name| self.headings.get(name).copied());
        let is_accepted = known.is_some()
            || readings.iter().any(|name| {
                name.chars().count() >= 4 && self.headings.keys().any(|known| strsim::osa_distance(known, name) == 1)
            });
        let is_telling = readings.iter().any(|name| words.telling.are_in(name));
        // 微信小店名称 ends with what tables of shops are known by.
        let ends = |name: &String| {
            let is_end = |known: &String| known.chars().count() >= 4 && name.ends_with(known.as_str());
            self.headings.keys().any(is_end)
        };
        let is_accepted = is_accepted || is_telling && readings.iter().any(ends);
        CellSigns { count: usize::from(is_accepted) + usize::from(is_telling), is_accepted, is_telling }
    }

    /// How many cells of a row are headings of ours, or say that they are of a shop's papers.
    pub(super) fn headings_in(&self, row: &[String], words: &NearMissWords, cells: &TableCells) -> usize {
        let signs = row.iter().map(|cell| self.cell(cell, words, cells));
        signs.filter(|signs| signs.is_accepted || signs.is_telling).count()
    }
}

/// The heading of a code of goods or orders in a row that also has one of how many, for how much or where to.
fn goods_in(row: &[String], words: &NearMissWords, cells: &TableCells) -> Option<usize> {
    let any = |cell: &String, is_one: &dyn Fn(&str) -> bool| {
        cell.chars().count() <= MAX_HEADING && readings(cell, cells).iter().any(|name| is_one(name))
    };
    let code = row.iter().position(|cell| any(cell, &|name| words.goods_codes.has(name)))?;
    let mut others = row.iter().enumerate().filter(|(at, _)| *at != code);
    others.any(|(_, cell)| any(cell, &|name| words.goods_figures.are_in(name))).then_some(code)
}

/// Whether a text is the code of a business licence, check digit and all.
fn is_licence(text: &str) -> bool {
    let text = text.trim();
    text.len() == 18 && !text.starts_with("00") && licence_code(text).is_ok()
}

/// What a cell tells.
#[derive(Debug, Clone, Copy, Default)]
struct CellSigns {
    count: usize,
    /// Whether it is a heading, or a value, of a shipped table.
    is_accepted: bool,
    /// Whether it is a heading of what only the papers of a shop have.
    is_telling: bool,
}

/// A name without case, blanks, underscores, hyphens and the asterisk of what must be filled in.
pub(super) fn plain(name: &str) -> String {
    let wanted = |character: &char| {
        !matches!(character, '_' | '-' | ' ' | '*' | '＊' | '\u{3000}' | '\u{a0}' | '\u{feff}' | '\u{200b}')
    };
    name.trim().chars().filter(wanted).flat_map(char::to_lowercase).collect()
}
