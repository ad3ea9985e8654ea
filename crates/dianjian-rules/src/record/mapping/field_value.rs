//! The value of one field of a mapped record: found by its paths, translated, and put in its place.

use std::borrow::Cow;
use std::hash::{Hash as _, Hasher as _};
use std::rc::Rc;

use dianjian_base::message::Arg;
use dianjian_base::{FieldPath, PathSegment};
use dianjian_document::tree::{Node, NodeKind};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use rustc_hash::FxHasher;

use super::detail;
use crate::language::{Scalar, SchemaLint};
use crate::record::cells::{containing, ungrouped};
use crate::record::kind::{Field, nearest};
use crate::record::mapping_file::{FieldSourceDetail, OneOrMany, Scale};
use crate::record::schema::FieldType;
use crate::record::value::{Value, parse_number};
use crate::record::view::SchemaIssue;

/// The value at a dotted path below; a list on the way stands for its first item with `name[]`-less paths absent.
pub(super) fn walk<'a>(value: &Value<'a>, path: &str) -> Option<Value<'a>> {
    let mut value = value.clone();
    for name in FieldPath::new(path).names() {
        value = value.get(name)?;
    }
    Some(value)
}

pub(super) fn source_value<'a>(
    source: &FieldSourceDetail,
    item: &Value<'a>,
    document: &Value<'a>,
    field: Option<&Field>,
) -> Option<Value<'a>> {
    let at = |path: &String| match path.strip_prefix('/') {
        Some(path) => gather(document, path),
        None => gather(item, path),
    };
    let paths = source.from.as_ref().map_or(&[][..], OneOrMany::paths);
    let found = paths.iter().find_map(|path| at(path).filter(|value| !value.is_empty()));
    let lists: Vec<Value<'a>> = source.all.iter().filter_map(at).collect();
    let joined = || {
        let node = lists.first()?.node();
        Some(Value::List(node, Rc::new(lists.iter().flat_map(Value::items).collect())))
    };
    let Some(found) = found.or_else(joined) else {
        let constant = source.constant.as_ref()?;
        return Some(Value::Mapped(item.node(), Cow::Owned(scalar_text(constant))));
    };
    if !source.items.is_empty() {
        let items = found.items().iter().map(|inner| mapped_item(source, inner, document)).collect();
        return Some(Value::List(found.node(), Rc::new(items)));
    }
    if found.is_list() && field.is_some_and(|field| field.ty == FieldType::List) {
        let items = found.items().into_iter().filter_map(|inner| translate(source, inner)).collect();
        return Some(Value::List(found.node(), Rc::new(items)));
    }
    translate(source, found)
}

fn mapped_item<'a>(source: &FieldSourceDetail, item: &Value<'a>, document: &Value<'a>) -> Value<'a> {
    let mut entries = Vec::new();
    for (target, inner) in &source.items {
        if let Some(value) = detail(inner).and_then(|inner| source_value(&inner, item, document, None)) {
            insert(&mut entries, target, value, item.node());
        }
    }
    Value::Map(item.node(), Rc::new(entries))
}

/// Like [`walk`], but `name[]` gathers from every item of a list, through lists of lists, and `name[-1]` is the last.
pub(super) fn gather<'a>(item: &Value<'a>, path: &str) -> Option<Value<'a>> {
    let Some((list, segment, rest)) = FieldPath::new(path).split_list() else { return walk(item, path) };
    let list = if list.as_str().is_empty() { item.clone() } else { walk(item, list.as_str())? };
    let below = |item: &Value<'a>| gather(item, rest.as_str());
    match (segment, rest.as_str().is_empty()) {
        (PathSegment::Last, true) => return list.items().into_iter().last(),
        (PathSegment::Last, false) => return below(list.items().last()?),
        (_, true) => return Some(list),
        _ => {}
    }
    let items = list.items();
    let inner = items.iter().filter_map(below);
    let flat = inner.flat_map(|found| if rest.has_items() && found.is_list() { found.items() } else { vec![found] });
    Some(Value::List(list.node(), Rc::new(flat.collect())))
}

/// A whole number as such, however a program wrote it: `10000111645565.0`, `6.194E3`.
pub(super) fn whole_number(value: Value<'_>) -> Value<'_> {
    let Value::Node(node) = &value else { return value };
    let is_float = node.kind() == NodeKind::Number && node.scalar().is_some_and(|text| text.contains(['.', 'e', 'E']));
    match node.number().filter(|number| is_float && number.is_integer()) {
        Some(number) => Value::Mapped(*node, Cow::Owned(number.normalize().to_string())),
        None => value,
    }
}

fn translate<'a>(source: &FieldSourceDetail, value: Value<'a>) -> Option<Value<'a>> {
    let value = whole_number(value);
    let Some(text) = value.text() else { return Some(value) };
    let whole = text.trim().strip_suffix(".0");
    let listed = source.values.get(text.as_ref()).or_else(|| source.values.get(whole?)).map(scalar_text);
    if let Some(to) = listed.or_else(|| containing(source, &text)) {
        return Some(Value::Mapped(value.node(), Cow::Owned(to)));
    }
    // The platform writes 0 for a time that is not set.
    let is_unset = source.scale == Some(Scale::Seconds) && text.trim() == "0";
    if is_unset || source.none.iter().any(|none| scalar_text(none) == text.trim()) {
        return None;
    }
    if let Some(to) = &source.otherwise {
        return Some(Value::Mapped(value.node(), Cow::Owned(scalar_text(to))));
    }
    if source.scale == Some(Scale::Fen) && has_fraction(&text) {
        return None;
    }
    // In an amount of fen, 1,280 is grouped; with a sign or a point it is one of yuan that somebody wrote.
    let plain = ungrouped(text.trim()).filter(|plain| !plain.contains('.'));
    Some(match source.scale.and_then(|scale| scaled(plain.as_deref().unwrap_or(&text), scale)) {
        Some(text) => Value::Mapped(value.node(), Cow::Owned(text)),
        None => value,
    })
}

/// Whether an amount has a part of a fen: then it is in another unit than its mapping says.
fn has_fraction(text: &str) -> bool {
    parse_number(text).is_some_and(|number| !number.is_integer())
}

/// Reports the amounts of an item that are in fen by the mapping and cannot be.
pub(super) fn no_fen<'a>(
    source: &FieldSourceDetail,
    item: &Value<'a>,
    target: &str,
    issues: &mut Vec<SchemaIssue<'a>>,
) {
    let paths = source.from.as_ref().map_or(&[][..], OneOrMany::paths);
    let found = || paths.iter().find_map(|path| gather(item, path).filter(|value| !value.is_empty()));
    if source.scale == Some(Scale::Fen)
        && let Some(value) = found()
        && let Some(text) = value.text().filter(|text| has_fraction(text))
    {
        let (path, node, found) = (target.to_owned(), value.node(), text.into_owned());
        issues.push(SchemaIssue { lint: SchemaLint::AmbiguousUnit, path, node, found, expected: None, related: None });
    }
    for (name, inner) in &source.items {
        let Some(inner) = detail(inner) else { continue };
        for (index, item) in found().into_iter().flat_map(|list| list.items()).enumerate() {
            no_fen(&inner, &item, &format!("{target}[{index}].{name}"), issues);
        }
    }
}

/// A number in another unit, exact: no floating point on the way.
pub fn scaled(text: &str, scale: Scale) -> Option<String> {
    let number: Decimal = text.trim().parse().ok()?;
    let shifted =
        |places: u32| number.checked_mul(Decimal::new(1, places)).map(|number| number.normalize().to_string());
    match scale {
        Scale::Fen | Scale::Percent => shifted(2),
        Scale::BasisPoint => shifted(4),
        Scale::Seconds => {
            let count = number.trunc().to_i64()?;
            let seconds = if count.abs() < FIRST_MILLISECONDS { count } else { count / 1000 };
            let shanghai = chrono::FixedOffset::east_opt(8 * 3600)?;
            Some(chrono::DateTime::from_timestamp(seconds, 0)?.with_timezone(&shanghai).to_rfc3339())
        }
    }
}

/// From here on a time is in milliseconds: as seconds it would be after the year 5000.
const FIRST_MILLISECONDS: i64 = 100_000_000_000;

/// A scalar as it would stand in a file.
pub fn scalar_text(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Float(value) => value.to_string(),
        Scalar::Text(value) => value.clone(),
    }
}

pub(in crate::record) fn insert<'a>(
    entries: &mut Vec<(String, Value<'a>)>,
    path: &str,
    value: Value<'a>,
    node: Node<'a>,
) {
    let (name, Some(rest)) = FieldPath::new(path).split_first() else {
        entries.push((path.to_owned(), value));
        return;
    };
    let at = entries.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
        entries.push((name.to_owned(), Value::Map(node, Rc::default())));
        entries.len() - 1
    });
    if let Some((_, Value::Map(_, inner))) = entries.get_mut(at) {
        insert(Rc::make_mut(inner), rest.as_str(), value, node);
    }
}

/// The same for records that say the same, wherever they stand.
pub(super) fn fingerprint(value: &Value<'_>) -> u64 {
    let mut hasher = FxHasher::default();
    hash(value, &mut hasher);
    hasher.finish()
}

fn hash(value: &Value<'_>, hasher: &mut FxHasher) {
    value.len().hash(hasher);
    value.each().for_each(|item| hash(&item, hasher));
    value.entries(|name, _, entry| {
        name.hash(hasher);
        hash(entry, hasher);
    });
    value.with_text(|text| text.hash(hasher));
}

/// Makes lists of one item of what was put below `name[]`.
pub(in crate::record) fn with_items(entries: &mut [(String, Value<'_>)]) {
    for (name, value) in entries {
        if let Some(list) = name.strip_suffix("[]") {
            (*name, *value) = (list.to_owned(), Value::List(value.node(), Rc::new(vec![value.clone()])));
        }
    }
}

/// The most fields of which each is reported, with the one that is meant.
pub(in crate::record) const MAX_SUGGESTED: usize = 50;

/// Reports the fields below `prefix` that no used path reads, or lies above.
pub(super) fn unmapped_below<'a>(value: &Value<'a>, prefix: &str, used: &[&str], issues: &mut Vec<SchemaIssue<'a>>) {
    let mut below = Vec::new();
    value.entries(|name, key, entry| {
        let path = FieldPath::new(prefix).child(name);
        let taken = || used.iter().filter_map(|used| FieldPath::new(used).below(&path));
        if taken().any(|below| below.is_empty() || below.starts_with("[]")) {
            return;
        }
        if taken().any(|below| below.starts_with('.')) {
            below.push((path, entry.clone()));
            return;
        }
        // Comparing names costs far more than reading them.
        let is_compared = issues.len() < MAX_SUGGESTED;
        let near = if is_compared { nearest(&path, used.iter().copied()) } else { None };
        let expected = near.map(|near| Arg::Text(near.to_owned()));
        let node = key.unwrap_or(entry.node());
        let (lint, found) = (SchemaLint::UnknownField, name.to_owned());
        issues.push(SchemaIssue { lint, path, node, found, expected, related: None });
    });
    for (path, entry) in below {
        unmapped_below(&entry, &path, used, issues);
    }
}
