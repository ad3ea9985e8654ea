//! Mappings the other way: what has to be written into the document for a mapped field to have a value.

use dianjian_base::FieldPath;
use dianjian_base::lang::Lang;
use dianjian_document::edit::{Edit, FixError, NewScalar, add_cell, remove_entry, set_cell, set_value};
use dianjian_document::source::TableColumn;
use dianjian_document::tree::{Node, NodeKind, ScalarStyle};
use rust_decimal::Decimal;

use super::field_value::gather;
use super::{Mapping, Yields, scalar_text, scaled, walk};
use crate::record::Value;
use crate::record::kind::{Field, Kinds};
use crate::record::mapping_file::{FieldSourceDetail, OneOrMany, Scale};
use crate::record::schema::FieldType;
use crate::record::value::{parse_date, parse_number};

impl Mapping {
    /// The edit of a document's item after which a field has a value; `None`: after which it has none.
    ///
    /// It is made only where the mapping, read forwards, then gives that very value: a plain path, a value that
    /// `values` translate to, a number or day in the unit of `scale`.
    ///
    /// # Errors
    /// [`FixError::NotThere`]: the documents of this shape have no place for it; else why it cannot be made.
    pub fn edit(&self, kinds: &Kinds, item: Node<'_>, field: &str, value: Option<&str>) -> Result<Edit, FixError> {
        if item.style() == ScalarStyle::Row {
            return self.edit_cell(kinds, item, field, value);
        }
        let (_, source) = self.fields.iter().find(|(target, _)| target == field).ok_or(FixError::NotThere)?;
        let path = place(source, item)?;
        let (above, key) = path.split_last();
        let parent = above.map_or(Some(item), |above| below(item, above)).ok_or(FixError::NotThere)?;
        let Some(value) = value else {
            // Another path or a constant would take its place.
            let found = source.from.iter().flat_map(OneOrMany::paths).filter(|path| is_filled(item, path)).count();
            if found != 1 || source.constant.is_some() {
                return Err(FixError::WrongKind);
            }
            return remove_entry(parent, key);
        };
        let Yields::Records(kind) = self.yields else { return Err(FixError::WrongKind) };
        let field = kinds.get(kind).field(field).map(|(_, field)| field);
        let old = parent.get(key);
        let like = old.and_then(Node::scalar).unwrap_or(key);
        let raw = raw(source, value, like, field).ok_or(FixError::WrongKind)?;
        set_value(parent, key, &scalar(raw, old, field, source))
    }

    /// The edit of a table's row.
    fn edit_cell(&self, kinds: &Kinds, row: Node<'_>, field: &str, value: Option<&str>) -> Result<Edit, FixError> {
        let Yields::Records(kind) = self.yields else { return Err(FixError::WrongKind) };
        let columns = row.source().table().map_or(&[][..], |table| &table.header.columns);
        // A row may end before its last columns.
        let values = row.values().map(Some).chain(std::iter::repeat(None));
        let known = columns.iter().enumerate().filter(|(_, column)| column.key.is_some());
        let cells: Vec<((usize, &TableColumn), Option<Node<'_>>)> = known
            .zip(values)
            .filter(|((_, column), _)| self.fields.get(column.field).is_some_and(|(target, _)| target == field))
            .collect();
        let is_filled = |(_, cell): &&((usize, &TableColumn), Option<Node<'_>>)| {
            cell.is_some_and(|cell| cell.kind() != NodeKind::Null)
        };
        let is_own = |((_, column), _): &&((usize, &TableColumn), Option<Node<'_>>)| !column.is_fallback;
        let ((number, column), cell) = *cells
            .iter()
            .filter(is_own)
            .find(is_filled)
            .or_else(|| cells.iter().find(is_filled))
            .or_else(|| cells.iter().find(is_own))
            .ok_or(FixError::NotThere)?;
        let Some((_, source)) = self.fields.get(column.field) else { return Err(FixError::NotThere) };
        let Some(value) = value else {
            let is_only = cells.iter().filter(is_filled).count() == 1 && source.constant.is_none();
            return match cell.filter(|_| is_only) {
                Some(cell) => set_cell(cell, ""),
                None => Err(FixError::WrongKind),
            };
        };
        if column.is_list || column.power != 0 {
            return Err(FixError::WrongKind);
        }
        let old = cell.and_then(Node::scalar).filter(|old| !old.is_empty());
        let like = old.unwrap_or(&column.heading);
        let field = kinds.get(kind).field(field).map(|(_, field)| field);
        // A table names the values of a field in words, which are understood whether the mapping lists them or not.
        let named = field.filter(|field| field.ty == FieldType::Enum).and_then(|field| {
            let (_, title) = field.values.iter().find(|(known, _)| known == value)?;
            Some(title.get(if is_han(like) { Lang::Zh } else { Lang::En }).to_owned())
        });
        let raw = raw(source, value, like, field).or(named).ok_or(FixError::WrongKind)?;
        match cell {
            Some(cell) => set_cell(cell, &raw),
            None => add_cell(row, number, &raw),
        }
    }
}

/// Is it written in Chinese?
fn is_han(text: &str) -> bool {
    text.chars().any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character))
}

/// The path that the field is read from, or would be: the first that is filled, else the first that has its map.
fn place<'s>(source: &'s FieldSourceDetail, item: Node<'_>) -> Result<FieldPath<'s>, FixError> {
    let paths = source.from.as_ref().ok_or(FixError::NotThere)?.paths();
    let is_gathered = |path: &String| path.starts_with('/') || FieldPath::new(path).has_items();
    if !source.items.is_empty() || !source.all.is_empty() || paths.iter().any(is_gathered) {
        return Err(FixError::WrongKind);
    }
    let has_map = |path: &&String| FieldPath::new(path).split_last().0.is_none_or(|above| below(item, above).is_some());
    let filled = paths.iter().find(|path| is_filled(item, path));
    filled.or_else(|| paths.iter().find(has_map)).map(FieldPath::from).ok_or(FixError::NotThere)
}

fn is_filled(item: Node<'_>, path: &str) -> bool {
    gather(&Value::Node(item), path).is_some_and(|value| !value.is_empty())
}

fn below<'a>(item: Node<'a>, path: FieldPath<'_>) -> Option<Node<'a>> {
    walk(&Value::Node(item), path.as_str()).map(|value| value.node()).filter(|node| node.kind() == NodeKind::Mapping)
}

/// What stands in the document for a value: the translation back, proven by the one forth. Of several words that
/// mean it, one in the language of `like`.
fn raw(source: &FieldSourceDetail, value: &str, like: &str, field: Option<&Field>) -> Option<String> {
    let mut words = source.values.iter().filter(|(_, to)| scalar_text(to) == value).map(|(word, _)| word);
    if let Some(first) = words.next() {
        let alike = std::iter::once(first).chain(words).find(|word| is_han(word) == is_han(like));
        return Some(alike.unwrap_or(first).clone());
    }
    let says_nothing = |text: &str| source.none.iter().any(|none| scalar_text(none) == text);
    if !source.values.is_empty() || source.otherwise.is_some() || says_nothing(value.trim()) {
        return None;
    }
    let Some(scale) = source.scale else { return Some(value.to_owned()) };
    let raw = unscaled(value, scale)?;
    let forth = scaled(&raw, scale)?;
    let is_same = match field.map(|field| field.ty) {
        Some(FieldType::Date) => parse_date(&forth) == parse_date(value),
        _ => forth == value || parse_number(&forth).is_some_and(|number| parse_number(value) == Some(number)),
    };
    (is_same && !says_nothing(&raw)).then_some(raw)
}

/// The number that a unit makes the value of; a day stands for its first second in Shanghai.
fn unscaled(value: &str, scale: Scale) -> Option<String> {
    let times = |factor: i64| {
        let number = parse_number(value)?.checked_mul(Decimal::from(factor))?.normalize();
        number.is_integer().then(|| number.to_string())
    };
    match scale {
        Scale::Fen | Scale::Percent => times(100),
        Scale::BasisPoint => times(10_000),
        Scale::Seconds => {
            let shanghai = chrono::FixedOffset::east_opt(8 * 3600)?;
            let midnight = parse_date(value)?.and_hms_opt(0, 0, 0)?;
            Some(midnight.and_local_timezone(shanghai).single()?.timestamp().to_string())
        }
    }
}

/// The scalar as the document writes its like: a number where a number stood, else by the field's type.
fn scalar(raw: String, old: Option<Node<'_>>, field: Option<&Field>, source: &FieldSourceDetail) -> NewScalar {
    let number = || parse_number(&raw).map(NewScalar::Number);
    let boolean = || matches!(&*raw, "true" | "false").then(|| NewScalar::Bool(raw == "true"));
    let like = match (old.map(Node::kind), field.map(|field| field.ty)) {
        (Some(NodeKind::Number), _) => number(),
        (Some(NodeKind::Bool), _) => boolean(),
        (Some(NodeKind::String), _) => None,
        _ if source.scale.is_some() => number(),
        _ if !source.values.is_empty() => None,
        (_, Some(FieldType::Number | FieldType::Integer | FieldType::Money)) => number(),
        (_, Some(FieldType::Bool)) => boolean(),
        _ => None,
    };
    like.unwrap_or(NewScalar::Text(raw))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use dianjian_document::source::{Limits, SourceFile};
    use dianjian_document::tree::{self, Format, Tree};

    use super::*;
    use crate::PackBuilder;

    const MAPPING: &str = "mapping: own\ntitle: {zh: 自己的, en: own}\nkind: Shop\nrecognise: {has: [shopName]}\nfields:\n  name: shopName\n  system: {from: [platform, plat], values: {视频号小店: channels-store, 微信小店: weixin-store}}\n  store_type: {from: type, values: {\"1\": flagship, \"2\": exclusive}}\n  deposit.paid: {from: money.fen, scale: fen}\n  upgraded_on: {from: times.upgraded, scale: seconds}\n  subject.type: {from: owner, const: enterprise}\n  score: score\n  brand.name: {const: 云山}\n  accounts.channels: {from: 'links[].id'}\n";

    /// The document after an edit, by the field and its value; `Err`: why there is none.
    fn after(text: &str, field: &str, value: Option<&str>) -> Result<String, FixError> {
        let (pack, problems) = PackBuilder::default().shipped().text("mappings/own.yaml", MAPPING).build();
        assert!(problems.is_empty(), "{problems:?}");
        let mapping = pack.mappings.iter().find(|mapping| mapping.id == "own").unwrap();
        let source = Arc::new(SourceFile::new("a.json", text));
        let mut out = Err(FixError::NotThere);
        tree::parse(&source, Format::Json, &Limits::default(), &mut Tree::new(), &mut |root| {
            assert!(mapping.matches(root));
            out = mapping.edit(&pack.kinds, root, field, value).map(|edit| {
                let range = edit.span.range();
                let after = [&text[..range.start], &edit.text, &text[range.end..]].concat();
                let again = Arc::new(SourceFile::new("a.json", after.clone()));
                tree::parse(&again, Format::Json, &Limits::default(), &mut Tree::new(), &mut |root| {
                    let record = &mapping.records(&pack.kinds, root)[0].0;
                    let found = FieldPath::new(field).names().try_fold(record.clone(), |at, part| at.get(part));
                    let found = found.map(|found| found.text().unwrap().into_owned());
                    match value.and_then(parse_date) {
                        Some(day) => assert_eq!(found.as_deref().and_then(parse_date), Some(day)),
                        None => assert_eq!(found.as_deref(), value, "{after}"),
                    }
                });
                after
            });
        });
        out
    }

    #[test]
    fn what_can_be_written_back_is_written_as_it_stood() {
        let text =
            r#"{"shopName": "云山旗舰店", "plat": "视频号小店", "type": 1, "money": {"fen": "500000"}, "times": {}}"#;
        for (field, value, old, new) in [
            ("name", Some("云山"), "云山旗舰店", "云山"),
            ("system", Some("weixin-store"), "视频号小店", "微信小店"),
            ("store_type", Some("exclusive"), "1", "2"),
            ("store_type", None, r#", "type": 1"#, ""),
            ("deposit.paid", Some("1200.5"), "500000", "120050"),
            ("upgraded_on", Some("2024-09-20"), "{}}", r#"{"upgraded": 1726761600}}"#),
            ("score", Some("4.7"), r#""times": {}"#, r#""times": {}, "score": 4.7"#),
            ("subject.type", Some("enterprise"), r#""times": {}"#, r#""times": {}, "owner": "enterprise""#),
        ] {
            assert_eq!(after(text, field, value), Ok(text.replacen(old, new, 1)), "{field}");
        }
    }

    #[test]
    fn what_cannot_be_read_forth_again_is_not_written() {
        let text = r#"{"shopName": "云山", "platform": "视频号小店", "plat": "微信小店", "owner": "other"}"#;
        for (field, value, why) in [
            ("brand.name", Some("雾里"), FixError::NotThere),
            ("gmv", Some("1"), FixError::NotThere),
            ("deposit.paid", Some("1"), FixError::NotThere),
            ("system", Some("mini-store"), FixError::WrongKind),
            // The second path would take the first one's place, and the constant the owner's.
            ("system", None, FixError::WrongKind),
            ("subject.type", None, FixError::WrongKind),
            ("accounts.channels", Some("x"), FixError::WrongKind),
        ] {
            assert_eq!(after(text, field, value), Err(why), "{field}");
        }
        let money = r#"{"shopName": "云山", "money": {"fen": 1}}"#;
        assert_eq!(after(money, "deposit.paid", Some("0.005")), Err(FixError::WrongKind));
    }
}
