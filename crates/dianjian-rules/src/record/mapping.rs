//! Mappings, compiled: another layout's document becomes a record whose values keep their places.

mod inverse;

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::columns::Columns;
use super::kind::{Field, Kind, KindIndex, Kinds, nearest};
use super::mapping_file::{
    FieldSource, FieldSourceDetail, MappingExample, MappingFile, OneOrMany, Recognise, Scale, Unmapped,
};
use super::schema::FieldType;
use super::value::Value;
use super::view::SchemaIssue;
use crate::language::{Scalar, SchemaLint};
use dianjian_base::lang::{Lang, Text, did_you_mean};
use dianjian_base::localized;
use dianjian_base::message::{Arg, render};
use dianjian_base::{FieldPath, PathSegment};
use dianjian_document::source::{SourceFile, Span};
use dianjian_document::tree::{Node, NodeKind, Spanned};

/// The path that means the document itself.
const WHOLE: &str = ".";

/// A compiled mapping.
#[derive(Debug)]
pub struct Mapping {
    /// Its id.
    pub id: String,
    /// What it reads.
    pub title: Text,
    /// What becomes of documents of this shape.
    pub yields: Yields,
    recognise: Recognise,
    each: Vec<String>,
    item: Recognise,
    pub(super) fields: Vec<(String, FieldSourceDetail)>,
    unmapped: Unmapped,
    ignore: Vec<String>,
    pub(super) columns: Columns,
    partial: bool,
    examples: Vec<Spanned<MappingExample>>,
    source: Arc<SourceFile>,
}

/// What becomes of the documents of a shape.
#[derive(Debug)]
pub enum Yields {
    /// Records of this kind.
    Records(KindIndex),
    /// They are refused with this text.
    Refusal(Text),
    /// There is nothing in them to be checked.
    Nothing,
    /// They wrap the documents that stand at these paths.
    Wrapped(Vec<String>),
}

/// What is wrong with a mapping.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// The kind does not exist.
    UnknownKind {
        /// What was written.
        found: String,
        /// The nearest.
        suggestion: Option<String>,
    },
    /// The kind has no such field.
    UnknownTarget {
        /// The kind.
        kind: String,
        /// What was written.
        found: String,
        /// The nearest.
        suggestion: Option<String>,
    },
    /// A field says neither where it comes from nor what it is.
    NoSource {
        /// The target.
        target: String,
    },
    /// It would recognise every document.
    RecognisesAll,
    /// It says nothing of what becomes of its documents, or several things.
    NoOutcome,
}

localized! { MappingError {
    Self::UnknownKind { found, suggestion } => {
        zh: "没有“{found}”这种记录",
        en: "there is no record kind `{found}`",
        help: suggestion.as_ref().map(did_you_mean),
    }
    Self::UnknownTarget { kind, found, suggestion } => {
        zh: "{kind} 没有字段“{found}”",
        en: "{kind} has no field `{found}`",
        help: suggestion.as_ref().map(did_you_mean),
    }
    Self::NoSource { target } => {
        zh: "“{target}”需要写明 from 或 const",
        en: "`{target}` needs `from` or `const`",
    }
    Self::RecognisesAll => {
        zh: "recognise 是空的，会匹配所有文件",
        en: "`recognise` is empty, so every document would match",
    }
    Self::NoOutcome => {
        zh: "kind、refuse、idle、within 要写明其中一个",
        en: "say one of `kind`, `refuse`, `idle`, `within`",
    }
} }

impl Mapping {
    /// Compiles a mapping; every mistake is returned with its place.
    ///
    /// # Errors
    /// Unknown kinds and fields, fields without a source, no outcome or several.
    pub fn compile(
        file: &MappingFile,
        source: &Arc<SourceFile>,
        kinds: &Kinds,
    ) -> Result<Self, Vec<(Span, MappingError)>> {
        let yields = yields(file, kinds).map_err(|error| vec![error])?;
        let mut errors = Vec::new();
        let mut fields = Vec::new();
        for (target, from) in &file.fields {
            if let Yields::Records(kind) = yields
                && kinds.get(kind).field(target).is_none()
            {
                let suggestion = kinds.get(kind).suggest(target);
                let kind = kinds.get(kind).name.to_string();
                errors.push((from.span, MappingError::UnknownTarget { kind, found: target.clone(), suggestion }));
            }
            match detail(&from.value) {
                Some(detail) => fields.push((target.clone(), detail)),
                None => errors.push((from.span, MappingError::NoSource { target: target.clone() })),
            }
        }
        let recognise = file.recognise.value.clone();
        if !recognise.asks() && !file.item.asks() && recognise.columns.is_empty() {
            errors.push((file.recognise.span, MappingError::RecognisesAll));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let each = file.each.as_ref().map_or_else(|| vec![WHOLE.to_owned()], |each| each.value.paths().to_vec());
        let kind = if let Yields::Records(kind) = yields { Some(kinds.get(kind)) } else { None };
        let columns = Columns::new(&recognise, &mut fields, &file.ignore, kind);
        Ok(Self {
            id: file.mapping.value.clone(),
            title: file.title.clone(),
            yields,
            recognise,
            each,
            item: file.item.clone(),
            fields,
            unmapped: file.unmapped,
            ignore: file.ignore.clone(),
            columns,
            partial: file.partial,
            examples: file.examples.clone(),
            source: Arc::clone(source),
        })
    }

    /// Is it told that nothing takes a heading?
    pub(super) fn tells_unknown(&self, heading: &str) -> bool {
        self.unmapped == Unmapped::Report && !self.columns.is_ignored(heading)
    }

    /// The headings by which it knows tables.
    pub(super) fn known_by(&self) -> impl Iterator<Item = &String> {
        self.recognise.columns.iter()
    }

    /// The kind of the records that it makes of the rows of tables; `None` if it reads none.
    pub(super) fn table_kind(&self) -> Option<KindIndex> {
        match self.yields {
            Yields::Records(kind) if self.each == [WHOLE] => Some(kind),
            _ => None,
        }
    }

    /// Is the document of this shape?
    #[must_use]
    pub fn matches(&self, document: Node<'_>) -> bool {
        let value = Value::Node(document);
        let asks = self.recognise.asks() || self.item.asks();
        asks && self.recognise.holds(&value) && (!self.item.asks() || self.place(&value).is_some())
    }

    /// Is a document taken for one of this shape only where nobody says what it is?
    #[must_use]
    pub fn is_last_resort(&self) -> bool {
        matches!(self.yields, Yields::Wrapped(_)) || !self.recognise.only.is_empty()
    }

    /// The text with which a document is refused, its placeholders filled.
    #[must_use]
    pub fn refusal(&self, document: Node<'_>, text: &Text) -> Text {
        let value = Value::Node(document);
        let paths = placeholders(&text.zh).chain(placeholders(&text.en));
        let args: Vec<(String, Arg)> = paths
            .map(|path| {
                let found = walk(&value, path).and_then(|found| Some(found.text()?.into_owned()));
                (path.to_owned(), Arg::Text(found.unwrap_or_default()))
            })
            .collect();
        Text { zh: render(&text.zh, &args, Lang::Zh), en: render(&text.en, &args, Lang::En) }
    }

    /// The documents that a wrapper holds; a list stands for its items.
    #[must_use]
    pub fn wrapped<'a>(&self, wrapper: Node<'a>) -> Vec<Node<'a>> {
        let Yields::Wrapped(paths) = &self.yields else { return Vec::new() };
        let value = Value::Node(wrapper);
        let found = paths.iter().filter_map(|path| Some(walk(&value, path)?.node()));
        found
            .flat_map(|node| if node.kind() == NodeKind::Sequence { node.items().collect() } else { vec![node] })
            .collect()
    }

    /// The documents that show what it does, and the file they stand in.
    #[must_use]
    pub fn examples(&self) -> (&Arc<SourceFile>, &[Spanned<MappingExample>]) {
        (&self.source, &self.examples)
    }

    /// Keys that a text of this shape has, as JSON writes them.
    #[must_use]
    pub fn markers(&self) -> Vec<String> {
        let paths = self.recognise.has.iter().chain(&self.item.has);
        paths.map(|path| format!("\"{}\"", FieldPath::new(path).name())).collect()
    }

    /// Does the shape have a place for the field, so that it can be missed?
    #[must_use]
    pub fn tells(&self, path: &str) -> bool {
        self.fields.iter().any(|(target, _)| target == path)
    }

    /// Does the shape tell only a part of the record?
    #[must_use]
    pub const fn is_partial(&self) -> bool {
        self.partial
    }

    /// The records of a document of this shape, and the source fields that nothing takes.
    #[must_use]
    pub fn records<'a>(&self, kinds: &Kinds, document: Node<'a>) -> Vec<(Value<'a>, Vec<SchemaIssue<'a>>)> {
        let Yields::Records(kind) = self.yields else { return Vec::new() };
        let value = Value::Node(document);
        let Some((path, items)) = self.place(&value) else { return Vec::new() };
        let mut records: Vec<_> =
            items.iter().filter(|item| item.is_map()).map(|item| self.record(kinds.get(kind), item, &value)).collect();
        if let (true, Unmapped::Report, Some((_, issues))) = (path != WHOLE, self.unmapped, records.first_mut()) {
            // What stands beside the list belongs to no record: it is told with the first.
            let mut used = self.recognised();
            used.push(path);
            unmapped_below(&value, "", &used, issues);
        }
        records
    }

    /// Where the records stand: the path and the records.
    fn place<'a>(&self, document: &Value<'a>) -> Option<(&str, Vec<Value<'a>>)> {
        self.each.iter().find_map(|path| {
            let found = if path == WHOLE { document.clone() } else { gather(document, path)? };
            let items = if found.is_list() { found.items() } else { vec![found] };
            let is_known = !self.item.asks() || items.first().is_some_and(|first| self.item.holds(first));
            is_known.then_some((path.as_str(), items))
        })
    }

    /// The paths by which documents are known.
    fn recognised(&self) -> Vec<&str> {
        let known = [&self.recognise, &self.item].into_iter().flat_map(Recognise::paths);
        known.chain(self.ignore.iter().map(String::as_str)).collect()
    }

    fn record<'a>(&self, kind: &Kind, item: &Value<'a>, document: &Value<'a>) -> (Value<'a>, Vec<SchemaIssue<'a>>) {
        let mut top = Vec::new();
        for (target, source) in &self.fields {
            let field = kind.field(target).map(|(_, field)| field);
            if let Some(value) = source_value(source, item, document, field) {
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
        let mut used: Vec<&str> = self.fields.iter().flat_map(|(_, source)| source.paths()).collect();
        used.extend(self.recognised());
        let mut issues = Vec::new();
        unmapped_below(item, "", &used, &mut issues);
        issues
    }
}

/// What becomes of the documents: a mapping says exactly one thing of it.
fn yields(file: &MappingFile, kinds: &Kinds) -> Result<Yields, (Span, MappingError)> {
    match (&file.kind, &file.refuse, file.idle, &file.within[..]) {
        (Some(kind), None, false, []) => {
            let found = &kind.value;
            kinds.find(found).map(Yields::Records).ok_or_else(|| {
                let suggestion = kinds.suggest(found).map(str::to_owned);
                (kind.span, MappingError::UnknownKind { found: found.clone(), suggestion })
            })
        }
        (None, Some(text), false, []) => Ok(Yields::Refusal(text.clone())),
        (None, None, true, []) => Ok(Yields::Nothing),
        (None, None, false, [_, ..]) => Ok(Yields::Wrapped(file.within.clone())),
        _ => Err((file.mapping.span, MappingError::NoOutcome)),
    }
}

/// The names in braces of a text.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
}

impl Recognise {
    fn paths(&self) -> impl Iterator<Item = &str> {
        self.has.iter().chain(&self.any).chain(self.is.keys()).chain(self.is_not.keys()).map(String::as_str)
    }

    /// Does it ask for anything by which a document is known?
    fn asks(&self) -> bool {
        let paths = [&self.has, &self.any].iter().any(|paths| !paths.is_empty());
        paths || !self.is.is_empty() || !self.is_not.is_empty() || !self.only.is_empty()
    }

    fn holds(&self, value: &Value<'_>) -> bool {
        let is_there = |path: &String| walk(value, path).is_some();
        let equals = |(path, expected): (&String, &Scalar)| {
            walk(value, path).and_then(|found| found.text().map(|text| text.trim() == scalar_text(expected)))
        };
        self.has.iter().all(is_there)
            && (self.any.is_empty() || self.any.iter().any(is_there))
            && !self.lacks.iter().any(is_there)
            && self.is.iter().all(|pair| equals(pair) == Some(true))
            && self.is_not.iter().all(|pair| equals(pair) == Some(false))
            && (self.only.is_empty() || self.has_only(value))
    }

    /// Has it fields, and none but those of `only`?
    fn has_only(&self, value: &Value<'_>) -> bool {
        let (mut some, mut others) = (false, false);
        value.entries(|name, _, _| {
            some = true;
            others = others || !self.only.contains(name);
        });
        some && !others
    }
}

impl FieldSourceDetail {
    /// The paths that it reads.
    fn paths(&self) -> impl Iterator<Item = &str> {
        let from = self.from.as_ref().map_or(&[][..], OneOrMany::paths);
        from.iter().chain(&self.all).map(String::as_str)
    }
}

fn unmapped_below<'a>(value: &Value<'a>, prefix: &str, used: &[&str], issues: &mut Vec<SchemaIssue<'a>>) {
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
        let expected = nearest(&path, used.iter().copied()).map(|near| Arg::Text(near.to_owned()));
        let node = key.unwrap_or(entry.node());
        issues.push(SchemaIssue { lint: SchemaLint::UnknownField, path, node, found: name.to_owned(), expected });
    });
    for (path, entry) in below {
        unmapped_below(&entry, &path, used, issues);
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
    (detail.from.is_some() || !detail.all.is_empty() || detail.constant.is_some()).then_some(detail)
}

/// The value at a dotted path below; a list on the way stands for its first item with `name[]`-less paths absent.
fn walk<'a>(value: &Value<'a>, path: &str) -> Option<Value<'a>> {
    let mut value = value.clone();
    for name in FieldPath::new(path).names() {
        value = value.get(name)?;
    }
    Some(value)
}

fn source_value<'a>(
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
fn gather<'a>(item: &Value<'a>, path: &str) -> Option<Value<'a>> {
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

fn translate<'a>(source: &FieldSourceDetail, value: Value<'a>) -> Option<Value<'a>> {
    let Some(text) = value.text() else { return Some(value) };
    if let Some(to) = source.values.get(text.as_ref()) {
        return Some(Value::Mapped(value.node(), Cow::Owned(scalar_text(to))));
    }
    // The platform writes 0 for a time that is not set.
    let is_unset = source.scale == Some(Scale::Seconds) && text.trim() == "0";
    if is_unset || source.none.iter().any(|none| scalar_text(none) == text.trim()) {
        return None;
    }
    if let Some(to) = &source.otherwise {
        return Some(Value::Mapped(value.node(), Cow::Owned(scalar_text(to))));
    }
    Some(match source.scale.and_then(|scale| scaled(&text, scale)) {
        Some(text) => Value::Mapped(value.node(), Cow::Owned(text)),
        None => value,
    })
}

/// Exact: no floating point on the way.
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
#[must_use]
pub fn scalar_text(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Float(value) => value.to_string(),
        Scalar::Text(value) => value.clone(),
    }
}

pub(super) fn insert<'a>(entries: &mut Vec<(String, Value<'a>)>, path: &str, value: Value<'a>, node: Node<'a>) {
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
