//! Mappings, compiled: another layout's document becomes a record whose values keep their places.

use std::borrow::Cow;
use std::rc::Rc;

use rust_decimal::Decimal;

use super::kind::{Field, KindIndex, Kinds, nearest};
use super::mapping_file::{FieldSource, FieldSourceDetail, MappingFile, OneOrMany, Recognise, Scale, Unmapped};
use super::schema::FieldType;
use super::value::Value;
use super::view::SchemaIssue;
use crate::document::Node;
use crate::lang::{Lang, Localized, Text};
use crate::message::Arg;
use crate::rules::language::{Scalar, SchemaLint};
use crate::source::Span;

/// A compiled mapping.
#[derive(Debug)]
pub struct Mapping {
    /// Its id.
    pub id: String,
    /// What it reads.
    pub title: Text,
    /// The kind that comes out.
    pub kind: KindIndex,
    /// Documents of this shape are refused with this text.
    pub refuse: Option<Text>,
    recognise: Recognise,
    each: Option<String>,
    fields: Vec<(String, FieldSourceDetail)>,
    unmapped: Unmapped,
}

/// What is wrong with a mapping.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum MappingError {
    /// The kind does not exist.
    #[error("there is no record kind `{found}`")]
    UnknownKind {
        /// What was written.
        found: String,
        /// The nearest.
        suggestion: Option<String>,
    },
    /// The kind has no such field.
    #[error("{kind} has no field `{found}`")]
    UnknownTarget {
        /// The kind.
        kind: String,
        /// What was written.
        found: String,
        /// The nearest.
        suggestion: Option<String>,
    },
    /// A field says neither where it comes from nor what it is.
    #[error("`{target}` needs `from` or `const`")]
    NoSource {
        /// The target.
        target: String,
    },
    /// It would recognise every document.
    #[error("`recognise` is empty, so every document would match")]
    RecognisesAll,
}

impl Localized for MappingError {
    fn text(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::En, error) => error.to_string(),
            (Lang::Zh, Self::UnknownKind { found, .. }) => format!("没有“{found}”这种记录"),
            (Lang::Zh, Self::UnknownTarget { kind, found, .. }) => format!("{kind} 没有字段“{found}”"),
            (Lang::Zh, Self::NoSource { target }) => format!("“{target}”需要写明 from 或 const"),
            (Lang::Zh, Self::RecognisesAll) => "recognise 是空的，会匹配所有文件".to_owned(),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        match self {
            Self::UnknownKind { suggestion, .. } | Self::UnknownTarget { suggestion, .. } => {
                suggestion.as_ref().map(|near| match lang {
                    Lang::Zh => format!("是不是想写“{near}”？"),
                    Lang::En => format!("did you mean `{near}`?"),
                })
            }
            _ => None,
        }
    }
}

impl Mapping {
    /// Compiles a mapping; every mistake is returned with its place.
    ///
    /// # Errors
    /// Unknown kinds and fields, fields without a source.
    pub fn compile(file: &MappingFile, kinds: &Kinds) -> Result<Self, Vec<(Span, MappingError)>> {
        let found = &file.kind.value;
        let Some(kind) = kinds.find(found) else {
            let suggestion = kinds.suggest(found).map(str::to_owned);
            return Err(vec![(file.kind.span, MappingError::UnknownKind { found: found.clone(), suggestion })]);
        };
        let mut errors = Vec::new();
        let mut fields = Vec::new();
        for (target, source) in &file.fields {
            if kinds.get(kind).field(target).is_none() {
                let suggestion = kinds.get(kind).suggest(target);
                let kind = found.clone();
                errors.push((source.span, MappingError::UnknownTarget { kind, found: target.clone(), suggestion }));
            }
            match detail(&source.value) {
                Some(detail) => fields.push((target.clone(), detail)),
                None => errors.push((source.span, MappingError::NoSource { target: target.clone() })),
            }
        }
        let recognise = file.recognise.value.clone();
        if recognise.has.is_empty() && recognise.is.is_empty() {
            errors.push((file.recognise.span, MappingError::RecognisesAll));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            id: file.mapping.value.clone(),
            title: file.title.clone(),
            kind,
            refuse: file.refuse.clone(),
            recognise,
            each: file.each.as_ref().map(|path| path.value.clone()),
            fields,
            unmapped: file.unmapped,
        })
    }

    /// Is the document of this shape?
    #[must_use]
    pub fn matches(&self, document: Node<'_>) -> bool {
        let value = Value::Node(document);
        self.recognise.has.iter().all(|path| walk(&value, path).is_some())
            && self.recognise.lacks.iter().all(|path| walk(&value, path).is_none())
            && self.recognise.is.iter().all(|(path, expected)| {
                walk(&value, path)
                    .and_then(|found| found.text().map(|text| text == scalar_text(expected)))
                    .unwrap_or(false)
            })
    }

    /// The records of a document of this shape, and the source fields that nothing takes.
    #[must_use]
    pub fn records<'a>(&self, kinds: &Kinds, document: Node<'a>) -> Vec<(Value<'a>, Vec<SchemaIssue<'a>>)> {
        let value = Value::Node(document);
        let items = match &self.each {
            None => vec![value],
            Some(path) => walk(&value, path).map(|list| list.items()).unwrap_or_default(),
        };
        let mut records: Vec<_> = items.into_iter().map(|item| self.record(kinds, &item)).collect();
        if let (Some(each), Unmapped::Report, Some((_, issues))) = (&self.each, self.unmapped, records.first_mut()) {
            // What stands beside the list belongs to no record: it is told with the first.
            let mut used = self.recognised();
            used.push(each);
            unmapped_below(&Value::Node(document), "", &used, issues);
        }
        records
    }

    /// The paths by which documents are known.
    fn recognised(&self) -> Vec<&str> {
        self.recognise.has.iter().chain(self.recognise.is.keys()).map(String::as_str).collect()
    }

    fn record<'a>(&self, kinds: &Kinds, item: &Value<'a>) -> (Value<'a>, Vec<SchemaIssue<'a>>) {
        let mut top = Vec::new();
        for (target, source) in &self.fields {
            let field = kinds.get(self.kind).field(target).map(|(_, field)| field);
            if let Some(value) = source_value(source, item, field) {
                insert(&mut top, target, value, item.node());
            }
        }
        let issues = match self.unmapped {
            Unmapped::Report => self.unmapped(item),
            Unmapped::Ignore => Vec::new(),
        };
        (Value::Map(item.node(), Rc::new(top)), issues)
    }

    /// Source fields that nothing takes, with the mapped path that looks most like them.
    fn unmapped<'a>(&self, item: &Value<'a>) -> Vec<SchemaIssue<'a>> {
        let mut used: Vec<&str> = self
            .fields
            .iter()
            .flat_map(|(_, source)| source.from.as_ref().map_or(&[][..], OneOrMany::paths))
            .map(String::as_str)
            .collect();
        used.extend(self.recognised());
        let mut issues = Vec::new();
        unmapped_below(item, "", &used, &mut issues);
        issues
    }
}

fn unmapped_below<'a>(value: &Value<'a>, prefix: &str, used: &[&str], issues: &mut Vec<SchemaIssue<'a>>) {
    let mut below = Vec::new();
    value.entries(&mut |name, key, entry| {
        let path = format!("{prefix}{name}");
        let gathered = format!("{path}[]");
        if used.iter().any(|used| *used == path || used.starts_with(&gathered)) {
            return;
        }
        let inner = format!("{path}.");
        if used.iter().any(|used| used.starts_with(&inner)) {
            below.push((inner, entry));
            return;
        }
        let expected = nearest(&path, used.iter().copied()).map(|near| Arg::Text(near.to_owned()));
        let node = key.unwrap_or(entry.node());
        issues.push(SchemaIssue { lint: SchemaLint::UnknownField, path, node, found: name.to_owned(), expected });
    });
    for (inner, entry) in below {
        unmapped_below(&entry, &inner, used, issues);
    }
}

impl OneOrMany {
    /// The paths, in order.
    #[must_use]
    pub fn paths(&self) -> &[String] {
        match self {
            Self::One(path) => std::slice::from_ref(path),
            Self::Many(paths) => paths,
        }
    }
}

fn detail(source: &FieldSource) -> Option<FieldSourceDetail> {
    let detail = match source {
        FieldSource::Path(path) => {
            FieldSourceDetail { from: Some(OneOrMany::One(path.clone())), ..FieldSourceDetail::default() }
        }
        FieldSource::Detailed(detail) => detail.clone(),
    };
    (detail.from.is_some() || detail.constant.is_some()).then_some(detail)
}

/// The value at a dotted path below; a list on the way stands for its first item with `name[]`-less paths absent.
fn walk<'a>(value: &Value<'a>, path: &str) -> Option<Value<'a>> {
    let mut value = value.clone();
    for name in path.split('.') {
        value = value.get(name)?;
    }
    Some(value)
}

fn source_value<'a>(source: &FieldSourceDetail, item: &Value<'a>, field: Option<&Field>) -> Option<Value<'a>> {
    let found = source
        .from
        .as_ref()
        .and_then(|from| from.paths().iter().find_map(|path| gather(item, path).filter(|value| !value.is_empty())));
    let Some(found) = found else {
        let constant = source.constant.as_ref()?;
        return Some(Value::Mapped(item.node(), Cow::Owned(scalar_text(constant))));
    };
    if !source.items.is_empty() {
        let items = found.items().iter().map(|inner| mapped_item(source, inner)).collect();
        return Some(Value::List(found.node(), Rc::new(items)));
    }
    if found.is_list() && field.is_some_and(|field| field.ty == FieldType::List) {
        let items = found.items().into_iter().map(|inner| translate(source, inner)).collect();
        return Some(Value::List(found.node(), Rc::new(items)));
    }
    Some(translate(source, found))
}

fn mapped_item<'a>(source: &FieldSourceDetail, item: &Value<'a>) -> Value<'a> {
    let mut entries = Vec::new();
    for (target, inner) in &source.items {
        if let Some(value) = detail(inner).and_then(|inner| source_value(&inner, item, None)) {
            insert(&mut entries, target, value, item.node());
        }
    }
    Value::Map(item.node(), Rc::new(entries))
}

/// Like [`walk`], but `name[]` gathers from every item of a list.
fn gather<'a>(item: &Value<'a>, path: &str) -> Option<Value<'a>> {
    let Some((list, rest)) = path.split_once("[]") else { return walk(item, path) };
    let list = if list.is_empty() { item.clone() } else { walk(item, list)? };
    let rest = rest.trim_start_matches('.');
    let items = list.items();
    let items = if rest.is_empty() { items } else { items.iter().filter_map(|inner| gather(inner, rest)).collect() };
    Some(Value::List(list.node(), Rc::new(items)))
}

fn translate<'a>(source: &FieldSourceDetail, value: Value<'a>) -> Value<'a> {
    let Some(text) = value.text() else { return value };
    if let Some(to) = source.values.get(text.as_ref()) {
        return Value::Mapped(value.node(), Cow::Owned(scalar_text(to)));
    }
    match source.scale.and_then(|scale| scaled(&text, scale)) {
        Some(text) => Value::Mapped(value.node(), Cow::Owned(text)),
        None => value,
    }
}

/// Exact: no floating point on the way.
fn scaled(text: &str, scale: Scale) -> Option<String> {
    let number: Decimal = text.trim().parse().ok()?;
    let shifted =
        |places: u32| number.checked_mul(Decimal::new(1, places)).map(|number| number.normalize().to_string());
    match scale {
        Scale::Fen | Scale::Percent => shifted(2),
        Scale::BasisPoint => shifted(4),
        Scale::Seconds => {
            let seconds = i64::try_from(number.trunc().mantissa() / 10_i128.pow(number.trunc().scale())).ok()?;
            let shanghai = chrono::FixedOffset::east_opt(8 * 3600)?;
            Some(chrono::DateTime::from_timestamp(seconds, 0)?.with_timezone(&shanghai).to_rfc3339())
        }
    }
}

/// A scalar as it would stand in a file.
#[must_use]
pub fn scalar_text(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Float(value) => value.to_string(),
        Scalar::Text(value) => value.clone(),
    }
}

fn insert<'a>(entries: &mut Vec<(String, Value<'a>)>, path: &str, value: Value<'a>, node: Node<'a>) {
    let Some((name, rest)) = path.split_once('.') else {
        entries.push((path.to_owned(), value));
        return;
    };
    let at = entries.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
        entries.push((name.to_owned(), Value::Map(node, Rc::default())));
        entries.len() - 1
    });
    if let Some((_, Value::Map(_, inner))) = entries.get_mut(at) {
        insert(Rc::make_mut(inner), rest, value, node);
    }
}
