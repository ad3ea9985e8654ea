//! Headings of tables: which column of a table stands for which field of a record.
//!
//! People write headings in many ways: `店铺名称*`, `店铺名称（必填）`, `Shop Name`, `保证金(万元)`. What is left of
//! one without width, case, blanks, punctuation and remarks in brackets is compared.

use std::sync::Arc;

use dianjian_document::source::TableColumn;
use dianjian_text::{Fold, fold};
use rustc_hash::{FxHashMap, FxHashSet};

use super::export_context::SYSTEM;
use super::kind::Kind;
use super::mapping::{Mapping, scalar_text};
use super::mapping_file::{FieldSourceDetail, OneOrMany, Recognise};
use super::schema::FieldType;
use super::table_cells::TableCells;

/// The headings that a mapping knows.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// From what is left of a heading to the field, and how early it stands among the field's names.
    names: FxHashMap<String, (usize, usize)>,
    ignored: FxHashSet<String>,
    /// The names as they are written.
    written: FxHashSet<String>,
    /// Words that mean a system in whatever column they stand, folded, with the system.
    pub(super) systems: FxHashMap<String, String>,
    words: Arc<TableCells>,
    /// A table has one of these, unless there are none: then `all` of those, and `one` of these.
    any: FxHashSet<String>,
    /// Or one of these, and one of those in `beside`.
    generic: FxHashSet<String>,
    beside: FxHashSet<String>,
    /// How headings end of which each is a record of its own.
    spread: Vec<String>,
    all: Vec<String>,
    one: FxHashSet<String>,
    none: FxHashSet<String>,
    /// Or one of each of some lists, and none of others.
    also: Vec<(Vec<FxHashSet<String>>, FxHashSet<String>)>,
}

impl Columns {
    /// Gathers the headings of a mapping's fields. Where the mapping is for tables, the fields of the kind that it
    /// does not name are added to `fields`, under their own paths and titles.
    pub(super) fn new(
        recognise: &Recognise,
        fields: &mut Vec<(String, FieldSourceDetail)>,
        ignore: &[String],
        kind: Option<&Kind>,
        words: &Arc<TableCells>,
    ) -> Self {
        let set = |names: &[String]| names.iter().map(|name| unmarked(name, words)).collect::<FxHashSet<_>>();
        let mut columns = Self {
            any: set(&recognise.columns),
            generic: set(&recognise.generic),
            beside: set(&recognise.beside),
            all: recognise.has.iter().chain(recognise.is.keys()).map(|name| unmarked(name, words)).collect(),
            one: set(&recognise.any),
            none: set(&recognise.lacks),
            also: recognise
                .also
                .iter()
                .map(|signs| (signs.each.iter().map(|names| set(names)).collect(), set(&signs.lacks)))
                .collect(),
            ignored: set(ignore),
            words: Arc::clone(words),
            ..Self::default()
        };
        columns.ignored.extend(words.numbering.iter().map(rest));
        if columns.is_for_tables() {
            let names = fields.iter().flat_map(|(_, source)| source.from.iter().flat_map(OneOrMany::paths));
            columns.written = names.chain(ignore).cloned().collect();
        }
        columns.systems = systems_of(fields, kind);
        for (number, (_, source)) in fields.iter().enumerate() {
            for (rank, name) in source.from.iter().flat_map(OneOrMany::paths).enumerate() {
                columns.names.entry(unmarked(name, words)).or_insert((number, rank));
            }
        }
        // `押金（元）` of a mapping also stands for `押金` of a table.
        for (number, (_, source)) in fields.iter().enumerate() {
            for (rank, name) in source.from.iter().flat_map(OneOrMany::paths).enumerate() {
                for reading in readings(name, words).into_iter().skip(1) {
                    columns.names.entry(reading).or_insert((number, rank));
                }
            }
        }
        if let Some(kind) = kind.filter(|_| columns.is_for_tables()) {
            columns.add_kind(kind, fields);
        }
        columns
    }

    /// With the endings of headings of which each is a record of its own.
    #[must_use]
    pub(super) fn with_spread(mut self, endings: &[String]) -> Self {
        self.spread = endings.iter().map(|ending| unmarked(ending, &self.words)).collect();
        self
    }

    /// Whether a heading is one of those of which each is a record of its own.
    fn is_spread(&self, readings: &[String]) -> bool {
        let is_other = |name: &String| self.names.contains_key(name) || self.ignored.contains(name);
        let ends = |name: &String| {
            // 合计仓 holds what its neighbours hold together.
            let is_part = |stem: &str| !stem.is_empty() && !self.words.is_total_key(stem);
            self.spread.iter().any(|ending| name.strip_suffix(ending.as_str()).is_some_and(is_part))
                && !self.words.is_total_key(name)
        };
        readings.iter().any(ends) && !readings.iter().any(is_other)
    }

    /// Whether there are several headings of which each is a record of its own: one alone may say something else.
    fn has_spread(&self, headings: &[Vec<String>]) -> bool {
        !self.spread.is_empty() && headings.iter().filter(|readings| self.is_spread(readings)).count() > 1
    }

    fn add_kind(&mut self, kind: &Kind, fields: &mut Vec<(String, FieldSourceDetail)>) {
        const LATE: usize = 1_000;
        let mut titles: FxHashMap<String, Option<usize>> = FxHashMap::default();
        for field in &kind.fields {
            let is_of_maps = field.ty == FieldType::List && field.items == FieldType::Map && field.short.is_none();
            if matches!(field.ty, FieldType::Map | FieldType::Record) || field.items == FieldType::Record || is_of_maps
            {
                continue;
            }
            let number = fields.iter().position(|(target, _)| *target == field.path).unwrap_or_else(|| {
                let from = Some(OneOrMany::One(field.path.clone()));
                fields.push((field.path.clone(), FieldSourceDetail { from, ..FieldSourceDetail::default() }));
                fields.len() - 1
            });
            self.names.entry(rest(&field.path)).or_insert((number, LATE));
            for title in [&field.title.zh, &field.title.en] {
                // A title that two fields share says nothing.
                titles.entry(rest(title)).and_modify(|known| *known = None).or_insert(Some(number));
            }
        }
        for (title, number) in titles {
            if let Some(number) = number {
                self.names.entry(title).or_insert((number, LATE + 1));
            }
        }
    }

    /// The field that a heading stands for.
    pub(super) fn field(&self, heading: &str) -> Option<(usize, usize)> {
        readings(heading, &self.words).into_iter().find_map(|name| self.names.get(&name).copied())
    }

    /// Whether a text is one of its names as these are written in the mapping.
    pub(super) fn has_name(&self, text: &str) -> bool {
        self.written.contains(text)
    }

    /// Whether a text is, as it is written in the mapping, the name of a field: not of a column that is passed over.
    pub(super) fn has_field_name(&self, text: &str) -> bool {
        self.has_name(text) && !self.is_ignored(text) && self.field(text).is_some()
    }

    /// Whether a heading is one of some names.
    pub(super) fn is_one_of(&self, names: &[String], heading: &str) -> bool {
        !names.is_empty() && {
            let readings = readings(heading, &self.words);
            names.iter().any(|name| readings.contains(&unmarked(name, &self.words)))
        }
    }

    pub(super) fn is_ignored(&self, heading: &str) -> bool {
        readings(heading, &self.words).iter().any(|name| self.ignored.contains(name))
    }

    /// Whether the mapping says by which headings tables are known.
    pub(super) fn is_for_tables(&self) -> bool {
        !(self.any.is_empty() && self.generic.is_empty())
    }

    /// Whether a heading is one of those by which tables are known.
    pub(super) fn is_telling(&self, heading: &str) -> bool {
        readings(heading, &self.words).iter().any(|name| self.any.contains(name) || self.beside.contains(name))
    }

    /// Are the headings those of a table that the mapping reads?
    pub(super) fn knows(&self, headings: &[Vec<String>]) -> bool {
        let has = |name: &String| headings.iter().any(|readings| readings.contains(name));
        if self.none.iter().any(has) {
            return false;
        }
        if self.is_for_tables() {
            let is_known = |names: &FxHashSet<String>| names.iter().any(has);
            let is_general = || is_known(&self.generic) || self.has_spread(headings);
            let is_said = |(each, lacks): &(Vec<_>, _)| each.iter().all(is_known) && !is_known(lacks);
            return is_known(&self.any) || is_general() && is_known(&self.beside) || self.also.iter().any(is_said);
        }
        let asks = !(self.all.is_empty() && self.one.is_empty());
        asks && self.all.iter().all(has) && (self.one.is_empty() || self.one.iter().any(has))
    }
}

/// The columns of a row of headings, and how many of them are known; `below`: the rows under it.
pub(super) fn columns(
    mapping: &Mapping,
    kind: &Kind,
    row: &[String],
    below: Option<&[Vec<String>]>,
) -> (usize, Vec<TableColumn>) {
    let is_in_fen = row.iter().any(|heading| mapping.names_of_platform.contains(&*heading.trim().to_lowercase()));
    let mut columns: Vec<TableColumn> = Vec::with_capacity(row.len());
    let mut known = 0;
    // Of the columns of one field the one with the earliest name comes first.
    let mut taken: FxHashMap<usize, (usize, usize)> = FxHashMap::default();
    let names: Vec<Vec<String>> = row.iter().map(|heading| readings(heading, &mapping.words)).collect();
    let spread = mapping.spread.as_ref().filter(|_| mapping.columns.has_spread(&names));
    for (at, heading) in row.iter().enumerate() {
        let mut column = unread(heading);
        if let Some(spread) = spread.filter(|_| names.get(at).is_some_and(|names| mapping.columns.is_spread(names))) {
            (column.key, column.field, column.is_spread) = (Some(column.heading.clone()), spread.of, true);
            columns.push(column);
            known += 1;
            continue;
        }
        let is_repeated = row.iter().take(at).any(|earlier| earlier.trim() == heading.trim());
        if let Some((number, rank)) = mapping.columns.field(heading).filter(|_| !is_repeated) {
            let (target, _) = &mapping.fields[number];
            let field = kind.target(target);
            column.key = Some(column.heading.clone());
            column.field = number;
            column.is_list = field.is_some_and(|field| field.ty == FieldType::List);
            let is_money = field.is_some_and(|field| field.ty == FieldType::Money);
            // 注册资本（万美元） is no amount in yuan, and a column that is not known is reported.
            if is_money && mapping.words.names_foreign_currency(heading) {
                columns.push(unread(heading));
                continue;
            }
            column.power = power(heading, is_money);
            column.is_unit_unsaid = is_in_fen && is_money && is_identifier(&column.heading);
            known += 1;
            match taken.get(&number).copied() {
                Some((_, first)) if first <= rank => column.is_fallback = true,
                earlier => {
                    earlier.into_iter().for_each(|(earlier, _)| columns[earlier].is_fallback = true);
                    taken.insert(number, (at, rank));
                }
            }
        }
        columns.push(column);
    }
    spares(mapping, kind, &mut columns);
    known += systems(mapping, &mut columns, below.unwrap_or_default());
    (known, columns)
}

/// A column that no field reads.
pub(super) fn unread(heading: &str) -> TableColumn {
    TableColumn { heading: heading.trim().into(), ..TableColumn::default() }
}

/// Lets columns whose field another one gives first stand for the field to which they are spare, or for nothing.
fn spares(mapping: &Mapping, kind: &Kind, columns: &mut [TableColumn]) {
    for at in 0..columns.len() {
        let column = &columns[at];
        let is_spare = |source: &FieldSourceDetail| mapping.columns.is_one_of(&source.spare, &column.heading);
        let is_free = |number: usize| !columns.iter().any(|other| other.key.is_some() && other.field == number);
        let mut fields = mapping.fields.iter().enumerate().filter(|_| column.is_fallback);
        if let Some((number, (target, _))) = fields.find(|(number, (_, source))| is_spare(source) && is_free(*number)) {
            let is_list = kind.target(target).is_some_and(|field| field.ty == FieldType::List);
            let column = &mut columns[at];
            (column.field, column.is_list, column.is_fallback) = (number, is_list, false);
        } else if column.is_fallback && mapping.columns.is_ignored(&column.heading) {
            columns[at] = unread(&columns[at].heading);
        }
    }
}

/// The words for systems that a mapping and a kind know. One that is also a value of another field (`小程序`) is left out.
fn systems_of(fields: &[(String, FieldSourceDetail)], kind: Option<&Kind>) -> FxHashMap<String, String> {
    let plain = |word: &str| fold(word, Fold::Name).as_str().trim().to_owned();
    let mut systems = FxHashMap::default();
    let Some((_, field)) = kind.and_then(|kind| kind.field(SYSTEM)) else { return systems };
    let listed = fields.iter().filter(|(target, _)| target == SYSTEM).flat_map(|(_, source)| &source.values);
    systems.extend(listed.map(|(word, to)| (plain(word), scalar_text(to))));
    for (value, title) in &field.values {
        let bare = without_brackets(&title.zh);
        systems.extend([value, &title.zh, &title.en, &bare].map(|word| (plain(word), value.clone())));
    }
    systems.retain(|word, _| word.chars().count() >= 4 || word == "小商店");
    systems
}

/// Reads the column that says of which system each shop is as just that, whatever its heading is; returns how many
/// columns are known by it.
fn systems(mapping: &Mapping, columns: &mut [TableColumn], below: &[Vec<String>]) -> usize {
    let Some(number) = mapping.fields.iter().position(|(target, _)| target == SYSTEM) else { return 0 };
    if columns.iter().any(|column| column.key.is_some() && column.field == number) {
        return 0;
    }
    // A total under the column is no system.
    let is_sum = |row: &&Vec<String>| {
        let is_said =
            |cell: &&String| !cell.trim().is_empty() && !cell.trim().bytes().all(|byte| byte.is_ascii_digit());
        row.iter().find(is_said).is_some_and(|cell| mapping.words.is_sum(cell))
    };
    let only_systems = |at: usize| {
        let rows = below.iter().filter(|row| !is_sum(row));
        let cells = rows.filter_map(|row| row.get(at)).map(|cell| cell.trim());
        let mut said = cells.filter(|cell| !cell.is_empty() && !mapping.words.nothing.has(cell)).peekable();
        said.peek().is_some() && said.all(|cell| mapping.system_of(cell).is_some())
    };
    let found =
        (0..columns.len()).find(|at| columns.get(*at).is_some_and(|c| !c.heading.is_empty()) && only_systems(*at));
    let Some(column) = found.and_then(|at| columns.get_mut(at)) else { return 0 };
    let is_new = column.key.is_none();
    column.key = Some(Arc::clone(&column.heading));
    (column.field, column.is_list, column.is_fallback, column.power) = (number, false, false, 0);
    usize::from(is_new)
}

/// Whether a heading is written as programs name fields.
fn is_identifier(heading: &str) -> bool {
    heading.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
}

/// What is left of a heading without marks that say whether it must be filled in.
fn unmarked(heading: &str, words: &TableCells) -> String {
    readings(heading, words).into_iter().next().unwrap_or_default()
}

/// What is left of a heading without width, case, blanks and punctuation.
pub(super) fn rest(text: &str) -> String {
    let folded = fold(text, Fold::Name);
    folded.as_str().chars().filter(|character| character.is_alphanumeric() || *character == '#').collect()
}

/// The ways to read a heading, the fullest first: as it is, without remarks, without a unit.
pub(super) fn readings(heading: &str, words: &TableCells) -> Vec<String> {
    let mut readings = Vec::new();
    let mut add = |text: &str| {
        let mut left = rest(text);
        for duty in words.duties.iter() {
            if let Some(inner) = left.strip_prefix(duty).or(left.strip_suffix(duty)).filter(|inner| !inner.is_empty()) {
                left = inner.to_owned();
            }
        }
        if !left.is_empty() && !readings.contains(&left) {
            readings.push(left);
        }
    };
    add(heading);
    let bare = without_brackets(heading);
    add(&bare);
    add(bare.split(['/', '／', ':', '：', '\n', '\r']).next().unwrap_or_default());
    readings
}

/// A heading without what stands in brackets.
fn without_brackets(heading: &str) -> String {
    let mut depth = 0_usize;
    let outside = |character: &char| match character {
        '(' | '（' | '[' | '【' | '〔' | '<' | '《' => {
            depth += 1;
            false
        }
        ')' | '）' | ']' | '】' | '〕' | '>' | '》' => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0,
    };
    heading.chars().filter(outside).collect()
}

/// The power of ten of the unit in a heading's remark: 4 for `注册资本（万元）`, 2 less than 0 for fen of money.
fn power(heading: &str, is_money: bool) -> i8 {
    let Some(at) = heading.find(['(', '（', '[', '【', '/', '／', ':', '：']) else { return 0 };
    let remark = rest(heading.get(at..).unwrap_or_default());
    let ends = |unit: &str| remark.ends_with(unit);
    match () {
        () if ends("亿元") || ends("亿") => 8,
        () if ends("万元") || ends("万") => 4,
        () if ends("千元") => 3,
        () if is_money && (ends("分") || ends("fen") || ends("cents")) => -2,
        () => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_read_in_many_ways() {
        let words = crate::record::table_cells::shipped();
        for heading in [
            "店铺名称",
            "*店铺名称",
            " 店铺名称 ",
            "店铺名称（必填）",
            "店鋪名稱*",
            "【必填】店铺名称",
            "店铺 名称",
            "店铺名称(不超过30字)",
            "店铺名称/必填",
            "店铺名称\n(必填)",
            "店铺名称：",
        ] {
            let readings = readings(heading, &words);
            assert!(readings.iter().any(|name| name == "店铺名称"), "{heading:?}: {readings:?}");
        }
        for heading in
            ["Shop Name", "shop_name", "SHOP-NAME*", "Ｓｈｏｐ　Ｎａｍｅ", "shop.name", "Shop name (required)"]
        {
            let readings = readings(heading, &words);
            assert!(readings.iter().any(|name| name == "shopname"), "{heading:?}: {readings:?}");
        }
        assert_eq!(readings(" — ", &words), [""; 0]);
    }

    #[test]
    fn units_are_powers_of_ten() {
        let cases =
            [("保证金(元)", 0), ("注册资本（万元）", 4), ("GMV/亿", 8), ("保证金（单位：万元）", 4), ("价格(分)", -2)];
        for (heading, expected) in cases {
            assert_eq!(power(heading, true), expected, "{heading}");
        }
        assert_eq!(power("评分(分)", false), 0);
        assert_eq!(power("万元", true), 0);
    }
}
