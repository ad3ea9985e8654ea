//! Cells of a table as values: what people write for numbers, days and yes or no, made exact.
//!
//! A value whose spelling is not the exact one keeps the cell's place; one that cannot be understood stays as it
//! is written, for the rules to say so.

use std::borrow::Cow;
use std::rc::Rc;

use dianjian_base::FieldPath;
use dianjian_base::message::Arg;
use dianjian_document::source::TableColumn;
use dianjian_document::tree::{Node, NodeKind};
use dianjian_text::{Fold, fold};
use rust_decimal::Decimal;

use super::amount::{amount_in_words, without_currency};
use super::columns::rest;
use super::export_context::SYSTEM;
use super::kind::{Field, Kind};
use super::mapping::{Mapping, insert, scalar_text, scaled, with_items};
use super::mapping_file::FieldSourceDetail;
use super::schema::FieldType;
use super::table_cells::TableCells;
use super::value::Value;
use super::view::SchemaIssue;
use crate::language::SchemaLint;

impl Mapping {
    /// The record that a row of a table is, and its cells that hold no value.
    pub(super) fn row<'a>(
        &self,
        kind: &Kind,
        row: Node<'a>,
        columns: &[TableColumn],
    ) -> (Value<'a>, Vec<SchemaIssue<'a>>) {
        let mut top = Vec::new();
        let mut issues = Vec::new();
        let mut system = None;
        // A total beside its parts would be counted twice.
        let spread = self.spread.as_ref().filter(|_| columns.iter().any(|column| column.is_spread));
        let cells = columns.iter().filter(|c| c.key.is_some()).zip(row.values());
        let cells: Vec<(&TableColumn, Node<'a>)> =
            cells.filter(|(column, _)| spread.is_none_or(|spread| column.field != spread.of)).collect();
        let has_fallbacks = cells.iter().any(|(column, _)| column.is_fallback);
        for is_fallback in [false, true] {
            for (column, cell) in
                cells.iter().filter(|(column, cell)| column.is_fallback == is_fallback && !cell.is_null())
            {
                let Some((target, source)) = self.fields.get(column.field) else { continue };
                let first = if is_fallback { value_at(&top, target) } else { None };
                if let Some(found) = self.error_in(*cell) {
                    issues.push(no_value(target, *cell, found));
                    continue;
                }
                if column.is_unit_unsaid && is_whole(*cell) {
                    continue;
                }
                let field = kind.target(target);
                let Some(value) = self.value(field, source, column.power, *cell) else { continue };
                // 待补 in one column leaves the word to the other.
                if has_fallbacks && field.is_some_and(|field| self.is_placeholder(field, &value)) {
                    continue;
                }
                if let Some(first) = first {
                    if self.say_the_same_thing(field, source, columns, column) {
                        issues.extend(disagreement(field, target, first, &value));
                    }
                    continue;
                }
                match field.filter(|field| field.ty == FieldType::Enum && !is_value_of(field, &value)) {
                    Some(_) if target != SYSTEM && self.says_system(*cell) => system = system.or(Some(*cell)),
                    Some(_) if self.columns.is_one_of(&source.loose, &column.heading) => {}
                    _ => insert(&mut top, target, value, row),
                }
            }
        }
        // Whatever the column is called, 微信小店 is the system of the shop.
        if let Some((cell, word)) = system.and_then(|cell| Some((cell, self.system_of(cell.scalar()?)?)))
            && !is_set(&top, SYSTEM)
        {
            insert(&mut top, SYSTEM, Value::Mapped(cell, Cow::Owned(word.to_owned())), row);
        }
        for (target, source) in self.fields.iter().filter(|(_, source)| source.constant.is_some()) {
            if let Some(constant) = source.constant.as_ref().filter(|_| !is_set(&top, target)) {
                insert(&mut top, target, Value::Mapped(row, Cow::Owned(scalar_text(constant))), row);
            }
        }
        with_items(&mut top);
        (Value::Map(row, Rc::new(top)), issues)
    }

    /// What a cell, or an item in it, holds in the place of a value: the error of a spreadsheet program, 同上.
    pub(super) fn error_in<'a>(&self, cell: Node<'a>) -> Option<&'a str> {
        let error = |node: Node<'a>| node.scalar().filter(|text| self.words.holds_no_value(text));
        if cell.kind() == NodeKind::Sequence { cell.items().find_map(error) } else { error(cell) }
    }

    /// Whether a second column for a field gives the same as the first: not another thing that some people call so, nor the
    /// name of what the other has the id of.
    fn say_the_same_thing(
        &self,
        field: Option<&Field>,
        source: &FieldSourceDetail,
        columns: &[TableColumn],
        second: &TableColumn,
    ) -> bool {
        let is_first =
            |column: &&TableColumn| column.key.is_some() && column.field == second.field && !column.is_fallback;
        let is_id = |column: &TableColumn| self.words.identifying.end(&rest(&column.heading));
        let refers = field.is_some_and(|field| [field.ty, field.items].contains(&FieldType::Reference));
        let is_same = || columns.iter().find(is_first).is_none_or(|first| is_id(first) == is_id(second));
        !self.columns.is_one_of(&source.loose, &second.heading) && (!refers || is_same())
    }

    fn is_placeholder(&self, field: &Field, value: &Value<'_>) -> bool {
        field.ty.is_id() && value.with_text(|text| self.words.is_placeholder(text, field.ty)) == Some(true)
    }

    fn says_system(&self, cell: Node<'_>) -> bool {
        cell.scalar().is_some_and(|text| self.system_of(text).is_some())
    }

    /// The cell that a field's value is read from, empty or not.
    pub(super) fn cell_of<'a>(&self, row: Node<'a>, columns: &[TableColumn], path: &str) -> Option<Node<'a>> {
        let of_field = |column: &TableColumn| self.fields.get(column.field).is_some_and(|(target, _)| target == path);
        let mut cells = columns.iter().filter(|column| column.key.is_some()).zip(row.values());
        cells.find(|(column, _)| of_field(column)).map(|(_, cell)| cell)
    }

    /// Has the table a column for a field?
    pub(super) fn has_column(&self, columns: &[TableColumn], path: &str) -> bool {
        let taken = |column: &TableColumn| {
            column.key.is_some() && self.fields.get(column.field).is_some_and(|(t, _)| t == path)
        };
        let is_constant = self.fields.iter().any(|(target, source)| target == path && source.constant.is_some());
        is_constant || columns.iter().any(taken)
    }

    /// A cell's value for a field; `None` where the cell says that there is none.
    pub(super) fn value<'a>(
        &self,
        field: Option<&Field>,
        source: &FieldSourceDetail,
        power: i8,
        cell: Node<'a>,
    ) -> Option<Value<'a>> {
        if cell.kind() == NodeKind::Sequence {
            let items = cell.items().filter_map(|item| self.scalar(field, field.map(|f| f.items), source, power, item));
            return Some(Value::List(cell, Rc::new(items.collect())));
        }
        self.scalar(field, field.map(|field| field.ty), source, power, cell)
    }

    fn scalar<'a>(
        &self,
        field: Option<&Field>,
        ty: Option<FieldType>,
        source: &FieldSourceDetail,
        power: i8,
        cell: Node<'a>,
    ) -> Option<Value<'a>> {
        let text = cell.scalar().unwrap_or_default();
        let exact = |exact: Cow<'a, str>| {
            if exact == text { Value::Node(cell) } else { Value::Mapped(cell, exact) }
        };
        if let Some(to) = source.values.get(text) {
            return Some(exact(Cow::Owned(scalar_text(to))));
        }
        if self.words.nothing.has(text) {
            return None;
        }
        let plain = || fold(text, Fold::Name).as_str().trim().to_owned();
        let by_plain = || {
            let wanted = plain();
            let bare = wanted.split(['(', '（']).next().unwrap_or_default().trim_end().to_owned();
            let named = |wanted: &str| source.values.iter().find(|(from, _)| fold(from, Fold::Name).as_str() == wanted);
            let found = named(&wanted).or_else(|| named(&bare)).map(|(_, to)| scalar_text(to));
            found.or_else(|| containing(source, &wanted))
        };
        let found = match ty.unwrap_or(FieldType::Any) {
            ty @ (FieldType::Number | FieldType::Integer | FieldType::Money) => {
                let number = written_number(text, power, ty, &self.words);
                let number = match source.scale {
                    Some(scale) => number.and_then(|number| scaled(&number, scale)),
                    None => number,
                };
                // Codes have words: 已下架（自主） is 11.
                number.or_else(by_plain)
            }
            FieldType::Bool => self.words.yes_or_no(&plain()).map(str::to_owned).or_else(by_plain),
            FieldType::Date | FieldType::Datetime => match source.scale {
                Some(scale) => scaled(text, scale),
                None => day(text),
            },
            FieldType::Enum => field.and_then(|field| choice(field, text)).or_else(by_plain),
            _ => return Some(Value::Node(cell)),
        };
        // 无 says that there is no such day or amount; of a truth value it has said no by now.
        let is_none = found.is_none() && ty != Some(FieldType::Enum) && self.words.nothing_of_the_kind.has(text);
        if is_none { None } else { Some(found.map_or(Value::Node(cell), |found| exact(Cow::Owned(found)))) }
    }
}

/// A number as people write it, in whatever file, with what it counts or without: `1,000`, `￥1,280.00`, `320件`, `9.9元/件`.
/// A share is no amount of money.
pub(super) fn written_number(text: &str, power: i8, ty: FieldType, words: &TableCells) -> Option<String> {
    let counted = || {
        let folded = fold(text, Fold::Name);
        amount(words.without_measure(folded.as_str(), ty)?, power, words)
    };
    let is_share = ty == FieldType::Money && text.trim_end().ends_with(['%', '％']);
    if is_share { None } else { amount(text, power, words).or_else(counted) }
}

/// Whether a value is one that the field knows.
fn is_value_of(field: &Field, value: &Value<'_>) -> bool {
    value.with_text(|text| field.values.iter().any(|(known, _)| known == text)).unwrap_or(true)
}

/// What a row's second column for a field says, where that is something else than what the first says.
fn disagreement<'a>(
    field: Option<&Field>,
    path: &str,
    first: &Value<'a>,
    second: &Value<'a>,
) -> Option<SchemaIssue<'a>> {
    let is_amount =
        field.is_some_and(|field| matches!(field.ty, FieldType::Number | FieldType::Integer | FieldType::Money));
    let is_same = |(first, second): (&Value<'_>, &Value<'_>)| {
        let are_equal = |first: &str| second.with_text(|second| first.trim() == second.trim()) == Some(true);
        let numbers = || is_amount && first.number().is_some_and(|number| second.number() == Some(number));
        first.with_text(are_equal) == Some(true) || numbers()
    };
    let all_same = match (first.is_list(), second.is_list()) {
        (true, true) => first.len() == second.len() && first.items().iter().zip(&second.items()).all(is_same),
        _ => is_same((first, second)),
    };
    (!all_same).then(|| {
        let written =
            |value: &Value<'_>| value.node().scalar().map_or_else(|| listed(value), |text| text.trim().to_owned());
        SchemaIssue {
            lint: SchemaLint::ColumnsDisagree,
            path: path.to_owned(),
            node: second.node(),
            found: written(second),
            expected: Some(Arg::Text(written(first))),
            related: Some(first.node()),
        }
    })
}

/// The items of a cell that holds several.
fn listed(value: &Value<'_>) -> String {
    value.items().iter().filter_map(Value::text).collect::<Vec<_>>().join("、")
}

/// Whether a cell holds a whole number without a unit.
fn is_whole(cell: Node<'_>) -> bool {
    let text = cell.scalar().unwrap_or_default().trim();
    !text.is_empty() && text.chars().all(|character| character.is_ascii_digit() || character == ',')
}

pub(super) fn no_value<'a>(path: &str, node: Node<'a>, found: &str) -> SchemaIssue<'a> {
    let (path, found) = (path.to_owned(), found.trim().to_owned());
    SchemaIssue { lint: SchemaLint::ErrorValue, path, node, found, expected: None, related: None }
}

/// Whether a record that is being built has a value at a path already.
fn is_set(top: &[(String, Value<'_>)], path: &str) -> bool {
    value_at(top, path).is_some()
}

/// The value at a path of a record that is being built, or what stands in its place.
fn value_at<'t, 'a>(top: &'t [(String, Value<'a>)], path: &str) -> Option<&'t Value<'a>> {
    let (name, rest) = FieldPath::new(path).split_first();
    let (_, value) = top.iter().find(|(known, _)| known == name)?;
    match (value, rest) {
        (Value::Map(_, inner), Some(rest)) => value_at(inner, rest.as_str()),
        _ => Some(value),
    }
}

/// The translation of a text by a word in it; the longest word says most.
pub(super) fn containing(source: &FieldSourceDetail, text: &str) -> Option<String> {
    let found = source.containing.iter().filter(|(word, _)| text.contains(word.as_str()));
    found.max_by_key(|(word, _)| word.len()).map(|(_, to)| scalar_text(to))
}

/// A value of an enum by its name in either language, remarks in brackets left out.
pub(super) fn choice(field: &Field, text: &str) -> Option<String> {
    let plain = |text: &str| {
        let folded = fold(text, Fold::Name);
        let bare = folded.as_str().split(['(', '（']).next().unwrap_or_default();
        bare.chars().filter(|character| character.is_alphanumeric()).collect::<String>()
    };
    if field.values.iter().any(|(known, _)| known == text) {
        return Some(text.to_owned());
    }
    let wanted = plain(text);
    let found = field.values.iter().find(|(known, title)| {
        [known.as_str(), &title.zh, &title.en].into_iter().any(|name| !wanted.is_empty() && plain(name) == wanted)
    });
    found.map(|(known, _)| known.clone())
}

/// Characters that amounts in words have: `一百万`, `1千万`.
const UNITS_IN_WORDS: [char; 8] = ['万', '十', '拾', '百', '佰', '千', '仟', '亿'];

/// An amount as people write it, as plain digits: `¥5,000.00`, `5000元`, `1.2万`, `（300）`, `20%`.
pub(super) fn amount(text: &str, power: i8, words: &TableCells) -> Option<String> {
    let folded = fold(text, Fold::Name);
    let mut rest = folded.as_str().trim();
    if words.foreign_currencies.are_in(rest) {
        return None;
    }
    if let Some(number) = rest.contains(UNITS_IN_WORDS).then(|| amount_in_words(rest, words)).flatten() {
        return Some(number.normalize().to_string());
    }
    let is_owed = rest.starts_with('(') && rest.ends_with(')');
    if is_owed {
        rest = rest.get(1..rest.len() - 1)?;
    }
    rest = without_currency(rest, words).trim_end();
    rest = rest.strip_suffix('%').unwrap_or(rest).trim();
    // A unit in the cell says more than the one in the heading.
    let (rest, power) = words.split_unit(rest).unwrap_or((rest, power));
    let (sign, digits) = match rest.strip_prefix('-') {
        Some(digits) => ("-", without_currency(digits, words)),
        None => ("", rest.strip_prefix('+').unwrap_or(rest)),
    };
    let digits = ungrouped(digits)?;
    let number: Decimal = format!("{}{digits}", if is_owed { "-" } else { sign }).parse().ok()?;
    let shifted = match power {
        0 => number,
        1.. => number.checked_mul(Decimal::from(10_u64.checked_pow(u32::from(power.unsigned_abs()))?))?,
        _ => number.checked_mul(Decimal::new(1, u32::from(power.unsigned_abs())))?,
    };
    Some(if power == 0 { shifted.to_string() } else { shifted.normalize().to_string() })
}

/// Digits without what groups them by thousands (or, as some do, by ten thousands).
pub(super) fn ungrouped(text: &str) -> Option<Cow<'_, str>> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(fraction) {
        return None;
    }
    if is_digits(whole) {
        return Some(Cow::Borrowed(text));
    }
    let is_mark = |character: char| matches!(character, ',' | '，' | '\'' | ' ' | '\u{a0}' | '\u{202f}');
    let mut groups = whole.split(is_mark);
    let first = groups.next().filter(|first| (1..=4).contains(&first.len()) && is_digits(first))?;
    let size = whole.rsplit(is_mark).next()?.len();
    let is_group = |group: &str| group.len() == size && is_digits(group);
    if !(3..=4).contains(&size) || first.len() > size || !groups.all(is_group) {
        return None;
    }
    Some(Cow::Owned(text.chars().filter(|character| !is_mark(*character)).collect()))
}

/// A day or a time as people write it, as `2026-01-05` or `2026-01-05T20:00:00`.
pub fn day(text: &str) -> Option<String> {
    let folded = fold(text, Fold::Name);
    let text = folded.as_str().trim();
    if super::value::parse_date(text).is_some() && text.len() >= 10 {
        return Some(text.to_ascii_uppercase());
    }
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return date(text.get(..4)?, text.get(4..6)?, text.get(6..)?);
    }
    let mut parts = CellParts(text);
    let year = parts.number(4..=4)?;
    let mark = parts.mark(&["年", "-", "/", "."])?;
    let month = parts.number(1..=2)?;
    parts.mark(if mark == "年" { &["月"] } else { std::slice::from_ref(&mark) })?;
    let day = parts.number(1..=2)?;
    if mark == "年" {
        parts.mark(&["日", "号"]);
    }
    let date = date(year, month, day)?;
    let time = parts.0.trim_start_matches([' ', 't', 'T']).trim();
    if time.is_empty() || is_weekday(time) {
        return Some(date);
    }
    let mut parts = CellParts(time);
    let hour = parts.number(1..=2)?;
    parts.mark(&[":", "时", "点"])?;
    let minute = parts.number(1..=2).unwrap_or("0");
    parts.mark(&[":", "分"]);
    let second = parts.number(1..=2).unwrap_or("0");
    parts.mark(&["秒"]);
    let rest = parts.0.trim();
    let is_fraction = rest.strip_prefix('.').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    let written = format!("{date}T{hour:0>2}:{minute:0>2}:{second:0>2}");
    let is_time = super::value::parse_date(&written).is_some() && (rest.is_empty() || is_fraction);
    is_time.then_some(written)
}

fn is_weekday(text: &str) -> bool {
    let inner = text.trim_matches(['(', ')']);
    inner.starts_with("星期") || inner.starts_with('周')
}

fn date(year: &str, month: &str, day: &str) -> Option<String> {
    let written = format!("{year}-{month:0>2}-{day:0>2}");
    super::value::parse_date(&written).map(|_| written)
}

/// What is still to be read of a day.
struct CellParts<'t>(&'t str);

impl<'t> CellParts<'t> {
    fn number(&mut self, digits: std::ops::RangeInclusive<usize>) -> Option<&'t str> {
        let text = self.0.trim_start();
        let length = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = text.split_at(length);
        digits.contains(&length).then(|| {
            self.0 = rest;
            number
        })
    }

    fn mark<'m>(&mut self, marks: &[&'m str]) -> Option<&'m str> {
        let text = self.0.trim_start();
        let found = marks.iter().find(|mark| text.starts_with(**mark))?;
        self.0 = text.get(found.len()..).unwrap_or_default();
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        let words = crate::record::table_cells::shipped();
        let cases = [
            ("5000", Some("5000")),
            ("¥5,000.00", Some("5000.00")),
            ("￥ 5，000", Some("5000")),
            ("5000元", Some("5000")),
            ("５０００", Some("5000")),
            ("1.2万", Some("12000")),
            ("500万元", Some("5000000")),
            ("3.5亿", Some("350000000")),
            ("壹佰万元整", Some("1000000")),
            ("1千万", Some("10000000")),
            ("10万美元", None),
            ("$5,000.00", None),
            ("港币50万", None),
            ("20%", Some("20")),
            ("-300.10", Some("-300.10")),
            ("(1,234.5)", Some("-1234.5")),
            ("人民币 100 元整", Some("100")),
            ("( ¥5)", Some("-5")),
            ("（人民币 5 ）", Some("-5")),
            ("-¥ 5", Some("-5")),
            ("1,2345,6789", Some("123456789")),
            ("1,234,56", None),
            ("5000/年", None),
            ("1e5", None),
            ("", None),
            (".5", None),
        ];
        for (text, expected) in cases {
            assert_eq!(amount(text, 0, &words).as_deref(), expected, "{text}");
        }
        assert_eq!(amount("1.5", 4, &words).as_deref(), Some("15000"));
        assert_eq!(amount("15000元", 4, &words).as_deref(), Some("15000"));
        assert_eq!(amount("12345", -2, &words).as_deref(), Some("123.45"));
        assert_eq!(amount("0.1234567890123456789", 4, &words).as_deref(), Some("1234.567890123456789"));
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        let cases = [
            ("2026-01-05", Some("2026-01-05")),
            ("2026/1/5", Some("2026-01-05")),
            ("2026.1.5", Some("2026-01-05")),
            ("2026年1月5日", Some("2026-01-05")),
            ("2026 年 01 月 05 日", Some("2026-01-05")),
            ("20260105", Some("2026-01-05")),
            ("2026/1/5 20:00", Some("2026-01-05T20:00:00")),
            ("2026年1月5日20时30分", Some("2026-01-05T20:30:00")),
            ("2026-01-05 00:00:00", Some("2026-01-05 00:00:00")),
            ("2026-01-05T20:00:00+08:00", Some("2026-01-05T20:00:00+08:00")),
            ("2026/1/5 星期一", Some("2026-01-05")),
            ("2026/13/5", None),
            ("2026-1/5", None),
            ("1/5/2026", None),
            ("明天", None),
            ("2026/1/5 25:00", None),
        ];
        for (text, expected) in cases {
            assert_eq!(day(text).as_deref(), expected, "{text}");
        }
    }
}
