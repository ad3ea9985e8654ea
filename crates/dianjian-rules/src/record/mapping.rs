//! Compiled mappings: a document of another layout becomes a record whose values keep their places.

mod field_value;
mod inverse;
mod places;
mod targets;
mod template;
mod unread;

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use dianjian_base::lang::{Lang, Text, did_you_mean};
use dianjian_base::message::{Arg, render};
use dianjian_base::{FieldPath, localized};
use dianjian_document::source::{SourceFile, Span, TableColumn};
use dianjian_document::tree::{Node, NodeKind, Spanned};
use dianjian_text::{Fold, fold};
pub(super) use field_value::{MAX_SUGGESTED, insert, with_items};
use field_value::{fingerprint, no_fen, source_value, unmapped_below, walk, whole_number};
pub use field_value::{scalar_text, scaled};
use rustc_hash::FxHashSet;
use targets::Spread;
pub use template::{EXAMPLE_ID, EXAMPLE_TEXT, TemplateColumn};

use super::columns::Columns;
use super::kind::{Kind, KindIndex, Kinds};
use super::mapping_file::{
    FieldSource, FieldSourceDetail, MappingExample, MappingFile, OneOrMany, Recognise, Scale, Unmapped,
};
use super::table_cells::TableCells;
use super::value::{Value, parse_number};
use super::view::{AmongValues, SchemaIssue};
use crate::language::Scalar;

/// The path that means the document itself.
const WHOLE: &str = ".";

/// How documents of one layout are recognised and become records.
#[derive(Debug)]
pub struct Mapping {
    #[expect(missing_docs, reason = "as written after `mapping:`")]
    pub id: String,
    /// The layout that it reads, for people.
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
    pub(super) spread: Option<Spread>,
    /// What people write in cells.
    pub(super) words: Arc<TableCells>,
    partial: bool,
    among: Option<AmongValues>,
    pub(super) names_of_platform: BTreeSet<String>,
    unless: Vec<String>,
    /// Mappings that are not asked where it knows a table.
    pub(super) before: Vec<String>,
    /// Whether it is the user's own rather than shipped.
    own: bool,
    examples: Vec<Spanned<MappingExample>>,
    source: Arc<SourceFile>,
}

/// What becomes of the documents of a shape.
#[derive(Debug)]
pub enum Yields {
    /// They hold records of this kind.
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
    UnknownKind { found: String, suggestion: Option<String> },
    /// The kind has no such field.
    UnknownTarget { kind: String, found: String, suggestion: Option<String> },
    /// A field says neither where it comes from nor what it is.
    NoSource { target: String },
    /// A value that the field cannot have.
    BadValue { target: String, found: String, expected: String },
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
    Self::BadValue { target, found, expected } => {
        zh: "“{target}”没有“{found}”这个值",
        en: "`{target}` has no value `{found}`",
        help zh: "应为：{expected}",
        help en: "expected: {expected}",
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
        words: &Arc<TableCells>,
    ) -> Result<Self, Vec<(Span, MappingError)>> {
        let yields = yields(file, kinds).map_err(|error| vec![error])?;
        let mut errors = Vec::new();
        let mut fields = Vec::new();
        for (target, from) in &file.fields {
            if let Yields::Records(kind) = yields
                && kinds.get(kind).target(target).is_none()
            {
                let suggestion = kinds.get(kind).suggest(target);
                let kind = kinds.get(kind).name.to_string();
                errors.push((from.span, MappingError::UnknownTarget { kind, found: target.clone(), suggestion }));
            }
            if let Yields::Records(kind) = yields
                && let Some(field) = kinds.get(kind).target(target)
            {
                errors.extend(targets::check(field, target, &from.value).into_iter().map(|error| (from.span, error)));
            }
            match detail(&from.value) {
                Some(detail) => fields.push((target.clone(), detail)),
                None => errors.push((from.span, MappingError::NoSource { target: target.clone() })),
            }
        }
        let recognise = file.recognise.value.clone();
        let is_for_tables = !recognise.columns.is_empty() || !recognise.generic.is_empty();
        if !recognise.asks() && !file.item.asks() && !is_for_tables {
            errors.push((file.recognise.span, MappingError::RecognisesAll));
        }
        let among = targets::among(file, &yields, kinds, &mut errors);
        let spread = targets::spread(file, &fields, &yields, kinds, &mut errors);
        if !errors.is_empty() {
            return Err(errors);
        }
        let each = file.each.as_ref().map_or_else(|| vec![WHOLE.to_owned()], |each| each.value.paths().to_vec());
        let kind = if let Yields::Records(kind) = yields { Some(kinds.get(kind)) } else { None };
        let endings = spread.as_ref().map_or(&[][..], |spread| &spread.ending);
        let columns = Columns::new(&recognise, &mut fields, &file.ignore, kind, words).with_spread(endings);
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
            spread,
            words: Arc::clone(words),
            partial: file.partial,
            among,
            names_of_platform: file.names_of_platform.clone(),
            unless: file.unless.clone(),
            before: file.before.clone(),
            own: false,
            examples: file.examples.clone(),
            source: Arc::clone(source),
        })
    }

    /// As one of the user's own.
    #[must_use]
    pub(crate) const fn with_own(mut self, own: bool) -> Self {
        self.own = own;
        self
    }

    /// Whether it is the user's own rather than shipped.
    pub(super) const fn is_own(&self) -> bool {
        self.own
    }

    /// The system that a word means, if it means one whatever column it stands in.
    pub(super) fn system_of(&self, word: &str) -> Option<&str> {
        let folded = fold(word, Fold::Name);
        let whole = folded.as_str().trim();
        // 微信小店（企业）: what stands in brackets is a remark.
        let bare = whole.split('(').next().unwrap_or_default().trim_end();
        [whole, bare].iter().find_map(|word| self.columns.systems.get(*word)).map(String::as_str)
    }

    /// Whether a heading that no field reads is an issue.
    pub(super) fn reports_unknown_headings(&self, heading: &str) -> bool {
        self.unmapped == Unmapped::Report && !self.columns.is_ignored(heading)
    }

    /// Whether it passes over headings that no field reads.
    pub(super) fn is_silent(&self) -> bool {
        self.unmapped == Unmapped::Ignore
    }

    /// The headings by which tables are recognised.
    pub(super) fn recognised_headings(&self) -> impl Iterator<Item = &String> {
        self.recognise.columns.iter()
    }

    /// Whether a table can be known as one of its own: by headings that no other has, or by several together.
    pub(super) fn reads_tables(&self) -> bool {
        !self.recognise.columns.is_empty() || !self.recognise.generic.is_empty()
    }

    /// Every heading that it reads.
    pub(super) fn accepted_headings(&self) -> impl Iterator<Item = &String> {
        self.fields.iter().flat_map(|(_, source)| source.from.iter().flat_map(OneOrMany::paths))
    }

    /// The kind of the records that it makes of the rows of tables; `None` if it reads none.
    pub(super) fn table_kind(&self) -> Option<KindIndex> {
        match self.yields {
            Yields::Records(kind) if self.each == [WHOLE] => Some(kind),
            _ => None,
        }
    }

    /// Whether it knows tables that hold nothing to be checked.
    pub fn is_for_idle_tables(&self) -> bool {
        matches!(self.yields, Yields::Nothing) && self.columns.is_for_tables()
    }

    /// Whether it recognises the document.
    pub fn matches(&self, document: Node<'_>) -> bool {
        let value = Value::Node(document);
        let asks = self.recognise.asks() || self.item.asks();
        asks && self.recognise.holds(&value) && (!self.item.asks() || self.place(&value).is_some())
    }

    /// Whether it recognises a document only if no other mapping does.
    pub fn is_last_resort(&self) -> bool {
        matches!(self.yields, Yields::Wrapped(_)) || !self.recognise.only.is_empty()
    }

    /// The message for a refused document, its placeholders filled.
    pub fn refusal(&self, document: Node<'_>, text: &Text) -> Text {
        let value = Value::Node(document);
        let paths = placeholders(&text.zh).chain(placeholders(&text.en));
        let args: Vec<(String, Arg)> = paths
            .map(|path| {
                let found = walk(&value, path).and_then(|found| Some(whole_number(found).text()?.into_owned()));
                (path.to_owned(), Arg::Text(found.unwrap_or_default()))
            })
            .collect();
        Text { zh: render(&text.zh, &args, Lang::Zh), en: render(&text.en, &args, Lang::En) }
    }

    /// The documents that a wrapper holds; a list stands for its items.
    pub fn wrapped<'a>(&self, wrapper: Node<'a>) -> Vec<Node<'a>> {
        let items = |node: Node<'a>| {
            if node.kind() == NodeKind::Sequence { node.items().collect() } else { vec![node] }
        };
        self.wrapped_places(wrapper).into_iter().flat_map(items).collect()
    }

    /// The places of a wrapper that hold documents, or lists of them.
    pub(super) fn wrapped_places<'a>(&self, wrapper: Node<'a>) -> Vec<Node<'a>> {
        let Yields::Wrapped(paths) = &self.yields else { return Vec::new() };
        let value = Value::Node(wrapper);
        paths.iter().filter_map(|path| Some(walk(&value, path)?.node())).collect()
    }

    /// The documents that show what it does, and the file they stand in.
    pub fn examples(&self) -> (&Arc<SourceFile>, &[Spanned<MappingExample>]) {
        (&self.source, &self.examples)
    }

    /// The keys that a JSON text of this layout must contain, in quotes.
    pub fn markers(&self) -> Vec<String> {
        let paths = self.recognise.has.iter().chain(&self.item.has);
        paths.map(|path| format!("\"{}\"", FieldPath::new(path).name())).collect()
    }

    /// The heading under which a table has a field, or would have it; in Chinese where the table's headings are.
    pub fn heading_of<'m>(&'m self, path: &str, columns: &'m [TableColumn]) -> Option<&'m str> {
        let number = self.fields.iter().position(|(target, _)| target == path)?;
        let own = columns.iter().find(|column| column.key.is_some() && column.field == number && !column.is_fallback);
        let is_han = |text: &str| text.chars().any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character));
        let is_chinese = columns.iter().any(|column| is_han(&column.heading));
        let names = self.fields[number].1.from.as_ref().map_or(&[][..], OneOrMany::paths);
        let name = || names.iter().find(|name| is_han(name) == is_chinese).map(String::as_str);
        own.map(|column| &*column.heading).or_else(name)
    }

    /// The path of the field that takes a column of one of its tables.
    pub fn field_of(&self, column: &TableColumn) -> Option<&str> {
        column.key.as_ref()?;
        self.fields.get(column.field).map(|(path, _)| path.as_str())
    }

    /// Whether the layout has a place for the field, so that it can be missing there.
    pub fn has_field(&self, path: &str) -> bool {
        self.fields.iter().any(|(target, _)| target == path)
    }

    /// Whether the layout holds only some fields of a record.
    pub const fn is_partial(&self) -> bool {
        self.partial
    }

    /// What it leaves open of the fields that it does not tell.
    pub(super) fn among(&self) -> Option<AmongValues> {
        self.among.clone()
    }

    /// The records of a document, each with the source fields that no field reads.
    pub fn records<'a>(&self, kinds: &Kinds, document: Node<'a>) -> Vec<(Value<'a>, Vec<SchemaIssue<'a>>)> {
        let Yields::Records(kind) = self.yields else { return Vec::new() };
        let value = Value::Node(document);
        let places = self.places(&value);
        let mut met = FxHashSet::default();
        let mut records = Vec::new();
        for item in places.iter().flat_map(|(_, items)| items).filter(|item| item.is_map()) {
            let record = self.record(kinds.get(kind), item, &value);
            // A draft that nobody has changed is the product itself.
            if places.len() == 1 || met.insert(fingerprint(&record.0)) {
                records.push(record);
            }
        }
        let is_in_part = places.first().is_some_and(|(path, _)| *path != WHOLE);
        if let (true, Unmapped::Report, Some((_, issues))) = (is_in_part, self.unmapped, records.first_mut()) {
            // Fields beside the list belong to no record; they are reported with the first.
            let mut used = self.recognised();
            used.extend(places.iter().map(|(path, _)| *path));
            unmapped_below(&value, "", &used, issues);
        }
        records
    }

    /// The paths that recognition reads, or that are ignored on purpose.
    fn recognised(&self) -> Vec<&str> {
        let known = [&self.recognise, &self.item].into_iter().flat_map(Recognise::paths);
        known.chain(self.ignore.iter().map(String::as_str)).collect()
    }

    fn record<'a>(&self, kind: &Kind, item: &Value<'a>, document: &Value<'a>) -> (Value<'a>, Vec<SchemaIssue<'a>>) {
        let mut top = Vec::new();
        for (target, source) in &self.fields {
            if let Some(value) = source_value(source, item, document, kind.target(target)) {
                insert(&mut top, target, value, item.node());
            }
        }
        with_items(&mut top);
        let mut issues = match self.unmapped {
            Unmapped::Report => self.unmapped(item),
            Unmapped::Ignore => Vec::new(),
        };
        for (target, source) in self.fields.iter().filter(|(_, source)| source.may_be_in_fen()) {
            no_fen(source, item, target, &mut issues);
        }
        (Value::Map(item.node(), Rc::new(top)), issues)
    }

    /// Source fields that no field reads, each with the most similar path that one does.
    fn unmapped<'a>(&self, item: &Value<'a>) -> Vec<SchemaIssue<'a>> {
        let mut used: Vec<&str> = self.fields.iter().flat_map(|(_, source)| source.paths()).collect();
        used.extend(self.recognised());
        let mut issues = Vec::new();
        unmapped_below(item, "", &used, &mut issues);
        // One for all those beyond.
        let more = issues.len().saturating_sub(MAX_SUGGESTED + 1);
        issues.truncate(MAX_SUGGESTED + 1);
        if let Some(last) = issues.last_mut().filter(|_| more > 0) {
            last.found = format!("{} (+{more})", last.found);
        }
        issues
    }
}

/// What becomes of the documents; a mapping says exactly one thing.
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

    /// Whether it has any condition on documents; conditions on headings are for tables alone.
    fn asks(&self) -> bool {
        let paths = [&self.has, &self.any].iter().any(|paths| !paths.is_empty());
        paths || !self.is.is_empty() || !self.is_not.is_empty() || !self.only.is_empty()
    }

    fn holds(&self, value: &Value<'_>) -> bool {
        let is_there = |path: &String| walk(value, path).is_some();
        let equals = |(path, expected): (&String, &Scalar)| {
            let (found, expected) = (walk(value, path)?, scalar_text(expected));
            // Some programs write every number with a fraction: 0.0 is 0.
            let is_same = |text: &str| parse_number(text).is_some_and(|number| Some(number) == parse_number(&expected));
            found.text().map(|text| text.trim() == expected || is_same(&text))
        };
        self.has.iter().all(is_there)
            && (self.any.is_empty() || self.any.iter().any(is_there))
            && !self.lacks.iter().any(is_there)
            && self.is.iter().all(|pair| equals(pair) == Some(true))
            && self.is_not.iter().all(|pair| equals(pair) == Some(false))
            && (self.only.is_empty() || self.has_only(value))
    }

    /// Whether the value has fields, all of them in `only`.
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
    /// Whether it, or a field of its items, is an amount in fen.
    fn may_be_in_fen(&self) -> bool {
        self.scale == Some(Scale::Fen) || !self.items.is_empty()
    }

    /// The paths that it reads.
    fn paths(&self) -> impl Iterator<Item = &str> {
        let from = self.from.as_ref().map_or(&[][..], OneOrMany::paths);
        from.iter().chain(&self.all).map(String::as_str)
    }
}

impl OneOrMany {
    /// The paths, in order.
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
