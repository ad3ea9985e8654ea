//! One record, resolved: every field in its slot, and what the reader noticed on the way.

use std::rc::Rc;
use std::sync::Arc;

use chrono::NaiveDate;

use super::assets::{AssetEntry, Assets, is_address};
use super::kind::{Field, Kind, KindIndex, Kinds, Level, Slot, nearest};
use super::schema::FieldType;
use super::trail::Trail;
use super::transcript::Transcript;
use super::value::{Value, is_blank, parse_date};
use crate::document::Node;
use crate::lang::Text;
use crate::message::Arg;
use crate::rules::language::SchemaLint;
use crate::source::SourceFile;

/// Which slots are filled, and which fields the items of its lists have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct SlotSet([u64; 4]);

impl SlotSet {
    /// Slots beyond this cannot be told apart quickly; rules over them are simply always tried.
    pub const CAPACITY: usize = 256;

    /// Can the slot be told from others?
    #[must_use]
    pub const fn knows(slot: Slot) -> bool {
        (slot as usize) < Self::CAPACITY
    }

    /// The slot alone.
    #[must_use]
    pub fn of(slot: Slot) -> Self {
        let mut set = Self::default();
        set.insert(slot);
        set
    }

    /// Is any of these filled?
    #[inline]
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).any(|(mine, theirs)| mine & theirs != 0)
    }

    /// The slots in their order.
    pub fn iter(&self) -> impl Iterator<Item = Slot> {
        (0..).step_by(64).zip(self.0).flat_map(|(first, mut bits): (Slot, u64)| {
            std::iter::from_fn(move || {
                let next = bits.trailing_zeros();
                bits &= bits.checked_sub(1)?;
                Some(first + next as Slot)
            })
        })
    }

    /// Adds a slot.
    #[inline]
    pub fn insert(&mut self, slot: Slot) {
        let slot = usize::from(slot);
        if slot < Self::CAPACITY {
            self.0[slot / 64] |= 1 << (slot % 64);
        }
    }

    /// Takes a slot out.
    #[inline]
    pub fn remove(&mut self, slot: Slot) {
        let slot = usize::from(slot);
        if slot < Self::CAPACITY {
            self.0[slot / 64] &= !(1 << (slot % 64));
        }
    }

    /// The slots of both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }

    /// The slots that are in both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] & other.0[at]))
    }

    /// Are all of these filled?
    #[inline]
    #[must_use]
    pub fn contains_all(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).all(|(mine, theirs)| mine & theirs == theirs)
    }
}

/// Something that the reader noticed.
#[derive(Debug, Clone)]
pub struct SchemaIssue<'a> {
    /// Which lint it belongs to.
    pub lint: SchemaLint,
    /// Path of the field.
    pub path: String,
    /// Where to point: the key of an unknown field, else the value.
    pub node: Node<'a>,
    /// What stands there.
    pub found: String,
    /// What was expected, or the nearest known name.
    pub expected: Option<Arg>,
}

/// Reads the text files that records name.
pub trait Scripts {
    /// The file's text, or why it cannot be read.
    ///
    /// # Errors
    /// A short reason in both languages.
    fn read(&self, beside: &SourceFile, path: &str) -> Result<Arc<SourceFile>, Text>;
}

/// Nothing lies beside a record that is only thought of.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

impl Scripts for Nothing {
    fn read(&self, _beside: &SourceFile, _path: &str) -> Result<Arc<SourceFile>, Text> {
        Err(Text::default())
    }
}

impl Assets for Nothing {
    fn look(&self, _beside: &SourceFile, _entries: &[String]) -> Vec<Arc<AssetEntry>> {
        Vec::new()
    }
}

/// The field that tells from which export a record was written: it is one as far as its pictures go.
pub const ORIGIN: &str = "x-imported-from";

/// One record.
#[derive(Debug)]
pub struct Record<'a> {
    /// Its kind's number.
    pub kind_index: KindIndex,
    /// The node at which it stands.
    pub node: Node<'a>,
    /// The value it was read from.
    pub value: Value<'a>,
    /// For every slot: 0, or one more than the place of its value in `filled`. Kinds have many more fields than records fill.
    places: Vec<Slot>,
    filled: Vec<Filled<'a>>,
    shape: Shape,
    /// Path of the record in an outer one, e.g. `products[2]`; empty at the top.
    pub prefix: String,
    /// What the reader noticed.
    pub issues: Vec<SchemaIssue<'a>>,
    /// Does its file tell only a part of what there is to tell of it?
    pub partial: bool,
}

/// What a record has: records of one shape differ in nothing but texts and numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    /// The filled slots, and the marks of what its lists' items have.
    pub present: SlotSet,
    /// Those of them with an empty text or list.
    pub empty: SlotSet,
    /// For each of the kind's fields of few values 0, or one more than the number of its bit.
    choices: [u8; choice::FIELDS],
}

/// The value of a slot.
#[derive(Debug)]
struct Filled<'a> {
    value: Value<'a>,
    /// The bit of a choice.
    bit: u32,
}

/// Bits of what stands in a field of few values: below [`MOST`](choice::MOST) its values in their order.
pub mod choice {
    /// So many values have bits of their own.
    pub const MOST: usize = 29;
    /// So many fields of a kind may be told apart by what stands in them.
    pub const FIELDS: usize = 64;
    /// Nothing.
    pub const ABSENT: u32 = 1 << 29;
    /// A text of nothing but blanks.
    pub const EMPTY: u32 = 1 << 30;
    /// Something else.
    pub const UNKNOWN: u32 = 1 << 31;
}

/// About as many fields as records have, so that most are read without growing their lists.
const USUAL_FIELDS: usize = 48;

impl<'a> Record<'a> {
    /// Puts every field of `value` into its slot.
    #[must_use]
    pub fn resolve(
        kinds: &Kinds,
        kind_index: KindIndex,
        value: Value<'a>,
        prefix: String,
        scripts: &dyn Scripts,
        source: &SourceFile,
    ) -> Self {
        let kind = kinds.get(kind_index);
        let mut reader = Reader {
            kind,
            scripts,
            source,
            record: Self {
                kind_index,
                node: value.node(),
                value: value.clone(),
                places: vec![0; kind.fields.len()],
                filled: Vec::with_capacity(USUAL_FIELDS),
                shape: Shape { present: SlotSet::default(), empty: SlotSet::default(), choices: [0; choice::FIELDS] },
                prefix,
                issues: Vec::new(),
                partial: false,
            },
        };
        reader.level(&kind.top, &value, &Trail::Root(""), true);
        reader.missing();
        reader.record
    }

    #[inline]
    fn filled(&self, slot: Slot) -> Option<&Filled<'a>> {
        let place = usize::from(*self.places.get(usize::from(slot))?);
        self.filled.get(place.checked_sub(1)?)
    }

    /// The value of a slot.
    #[inline]
    #[must_use]
    pub fn slot(&self, slot: Slot) -> Option<&Value<'a>> {
        self.filled(slot).map(|filled| &filled.value)
    }

    /// The filled slots with their fields, in the kind's order.
    fn fields<'k>(&self, kind: &'k Kind) -> impl Iterator<Item = (&'k Field, &Value<'a>)> {
        let beyond = (0..).zip(&kind.fields).skip(SlotSet::CAPACITY).map(|(slot, _)| slot);
        let slots = self.shape.present.iter().chain(beyond);
        slots.filter_map(|slot| Some((kind.fields.get(usize::from(slot))?, self.slot(slot)?)))
    }

    /// What it has.
    #[inline]
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The bit ([`choice`]) for what stands in the slot of an enum or a truth value.
    #[inline]
    #[must_use]
    pub fn choice(&self, slot: Slot) -> u32 {
        self.filled(slot).map_or(choice::ABSENT, |filled| filled.bit)
    }

    /// Its id as text.
    #[must_use]
    pub fn id(&self, kind: &Kind) -> Option<String> {
        self.slot(kind.id)?.text().map(|text| text.into_owned())
    }

    /// The day as of which it asks to be checked.
    #[must_use]
    pub fn scheduled(&self, kind: &Kind) -> Option<NaiveDate> {
        self.slot(kind.scheduled?)?.date()
    }

    /// Calls `f` with every text that stands in it; records inside it are records of their own.
    pub fn each_text(&self, kind: &Kind, f: &mut dyn FnMut(&Value<'a>, &Trail<'_>)) {
        let root = Trail::Root(&self.prefix);
        for (field, value) in self.fields(kind) {
            texts_in(field, value, &Trail::Key(&root, &field.path), f);
        }
    }

    /// The slots in which, or below which, texts stand in records of its shape.
    #[must_use]
    pub fn slots_of_texts(&self, kind: &Kind) -> Vec<Slot> {
        let may_be = |slot: Slot| !SlotSet::knows(slot) || self.slot(slot).is_some();
        let slots = (0..).zip(&kind.fields).filter(|(slot, field)| has_texts(field) && may_be(*slot));
        slots.map(|(slot, _)| slot).collect()
    }

    /// Calls `f` with the texts in, or below, a slot.
    pub fn texts_of(&self, kind: &Kind, slot: Slot, f: &mut dyn FnMut(&Value<'a>)) {
        if let Some((field, value)) = kind.fields.get(usize::from(slot)).zip(self.slot(slot)) {
            texts_in(field, value, &Trail::Root(""), &mut |value, _| f(value));
        }
    }

    /// Every day that stands in it, for forecasts.
    #[must_use]
    pub fn dates(&self, kind: &Kind) -> Vec<NaiveDate> {
        let dated = |field: &Field| matches!(field.ty, FieldType::Date | FieldType::Datetime);
        let mut dates: Vec<NaiveDate> =
            self.fields(kind).filter(|(field, _)| dated(field)).filter_map(|(_, value)| value.date()).collect();
        for (field, value) in self.fields(kind) {
            let Some(level) = &field.level else { continue };
            for item in value.each() {
                dates.extend(
                    level
                        .item_fields
                        .iter()
                        .filter(|field| dated(field))
                        .filter_map(|field| item.get(&field.path)?.date()),
                );
            }
        }
        dates
    }
}

/// Do texts stand in a field, or below it?
fn has_texts(field: &Field) -> bool {
    match field.ty {
        FieldType::Text | FieldType::Script => true,
        FieldType::List => field.items != FieldType::Record,
        _ => false,
    }
}

/// The texts of a field.
fn texts_in<'a>(field: &Field, value: &Value<'a>, trail: &Trail<'_>, f: &mut dyn FnMut(&Value<'a>, &Trail<'_>)) {
    match field.ty {
        _ if !has_texts(field) => {}
        FieldType::List => texts_below(value, trail, f),
        FieldType::Script if value.is_list() => texts_below(value, trail, f),
        _ => f(value, trail),
    }
}

/// The texts of a list's items and of their fields.
fn texts_below<'a>(value: &Value<'a>, trail: &Trail<'_>, f: &mut dyn FnMut(&Value<'a>, &Trail<'_>)) {
    for (index, item) in value.each().enumerate() {
        let trail = Trail::Item(trail, index);
        item.entries(&mut |name, _, entry| {
            let trail = Trail::Key(&trail, name);
            if entry.is_list() {
                texts_below(&entry, &trail, f);
            } else if entry.is_scalar() {
                f(&entry, &trail);
            }
        });
        if item.is_scalar() {
            f(&item, &trail);
        }
    }
}

struct Reader<'r, 'a> {
    kind: &'r Kind,
    scripts: &'r dyn Scripts,
    source: &'r SourceFile,
    record: Record<'a>,
}

impl<'a> Reader<'_, 'a> {
    /// Reads one level of maps into slots.
    fn level(&mut self, level: &Level, value: &Value<'a>, trail: &Trail<'_>, top: bool) {
        value.entries(&mut |name, key, entry| match level.slot(name) {
            Some(slot) => self.field(slot, entry),
            None if (top && name == "kind") || is_free(name) => {}
            None => self.unknown_field(name, key.unwrap_or(entry.node()), trail, level),
        });
    }

    fn field(&mut self, slot: Slot, value: Value<'a>) {
        if value.is_null() {
            return;
        }
        let kind = self.kind;
        let Some(field) = kind.fields.get(usize::from(slot)) else { return };
        let trail = Trail::Root(&field.path);
        if field.ty == FieldType::Map && !value.is_map() {
            if let Some(short) = field.short.as_deref().and_then(|name| field.level.as_ref()?.slot(name)) {
                self.fill(slot, field, value.clone(), 0);
                return self.field(short, value);
            }
            return self.wrong_type(field.ty, &trail, &value);
        }
        if field.ty == FieldType::Script {
            return self.script(slot, field, value);
        }
        let names_file =
            |value: &Value<'a>| !value.is_empty() && value.with_text(|text| !is_address(text)).unwrap_or(false);
        let value = match field.lines && names_file(&value) {
            false => value,
            true => match self.lines_of(field, &trail, &value) {
                Some(list) => list,
                None => return,
            },
        };
        let Some(bit) = self.accept(field, field.ty, &trail, &value) else { return };
        match (&field.level, field.ty) {
            (Some(level), FieldType::Map) => {
                self.fill(slot, field, value.clone(), 0);
                self.level(level, &value, &trail, false);
            }
            (Some(level), FieldType::List) if field.items != FieldType::Record => {
                let value = lengthened(field, value);
                self.items(level, &trail, &value);
                self.fill(slot, field, value, 0);
            }
            _ => self.fill(slot, field, value, bit),
        }
    }

    #[inline]
    fn fill(&mut self, slot: Slot, field: &Field, value: Value<'a>, bit: u32) {
        let record = &mut self.record;
        let Some(place) = record.places.get_mut(usize::from(slot)) else { return };
        let shape = &mut record.shape;
        shape.present.insert(slot);
        match value.is_empty() {
            true => shape.empty.insert(slot),
            false => shape.empty.remove(slot),
        }
        if let Some(choice) = field.choice.and_then(|number| shape.choices.get_mut(usize::from(number))) {
            *choice = bit.trailing_zeros() as u8 + 1;
        }
        let filled = Filled { value, bit };
        match record.filled.get_mut(usize::from(*place).wrapping_sub(1)) {
            Some(known) => *known = filled,
            None => {
                record.filled.push(filled);
                *place = Slot::try_from(record.filled.len()).unwrap_or_default();
            }
        }
    }

    /// Checks the maps of a list; they have no slots, rules reach them by name.
    fn items(&mut self, level: &Level, trail: &Trail<'_>, value: &Value<'a>) {
        for (index, item) in value.each().enumerate() {
            let trail = Trail::Item(trail, index);
            if item.is_map() {
                self.item(level, &trail, &item);
            } else if !item.is_null() {
                self.wrong_type(FieldType::Map, &trail, &item);
            }
        }
    }

    fn item(&mut self, level: &Level, trail: &Trail<'_>, item: &Value<'a>) {
        item.entries(&mut |name, key, entry| match level
            .slot(name)
            .and_then(|slot| level.item_fields.get(usize::from(slot)))
        {
            None if is_free(name) => {}
            None => self.unknown_field(name, key.unwrap_or(entry.node()), trail, level),
            Some(_) if entry.is_null() => {}
            Some(field) => {
                if let Some(mark) = level.mark(name) {
                    self.record.shape.present.insert(mark);
                }
                self.item_field(field, &Trail::Key(trail, name), &entry);
            }
        });
    }

    fn item_field(&mut self, field: &Field, trail: &Trail<'_>, value: &Value<'a>) {
        if self.accept(field, field.ty, trail, value).is_none() {
            return;
        }
        match (&field.level, field.ty) {
            (Some(below), FieldType::Map) => self.item(below, trail, value),
            (Some(below), FieldType::List) => {
                for (index, inner) in value.each().enumerate().filter(|(_, inner)| inner.is_map()) {
                    self.item(below, &Trail::Item(trail, index), &inner);
                }
            }
            _ => {}
        }
    }

    /// Is the value of the type? If not, that is noticed and the field counts as absent. A choice gives its bit.
    fn accept(&mut self, field: &Field, ty: FieldType, trail: &Trail<'_>, value: &Value<'a>) -> Option<u32> {
        let right = match ty {
            FieldType::Any | FieldType::Script => true,
            FieldType::Text | FieldType::Id | FieldType::Reference | FieldType::Asset => value.is_scalar(),
            FieldType::Number | FieldType::Money => value.number().is_some(),
            FieldType::Integer => value.number().is_some_and(|number| number.is_integer()),
            FieldType::Bool if value.boolean().is_some() => return value.with_text(|text| bit_of(field, text)),
            FieldType::Bool => false,
            FieldType::Date | FieldType::Datetime => {
                value.with_text(|text| parse_date(text).is_some()).unwrap_or(false)
            }
            FieldType::Enum => return self.accept_enum(field, trail, value),
            FieldType::List => value.is_list(),
            FieldType::Map | FieldType::Record => value.is_map(),
        };
        if !right {
            self.wrong_type(ty, trail, value);
            return None;
        }
        if ty == FieldType::List && !matches!(field.items, FieldType::Map | FieldType::Any) {
            for (index, item) in value.each().enumerate() {
                self.accept(field, field.items, &Trail::Item(trail, index), &item);
            }
        }
        Some(0)
    }

    fn accept_enum(&mut self, field: &Field, trail: &Trail<'_>, value: &Value<'a>) -> Option<u32> {
        let at = value.with_text(|text| field.values.iter().position(|(known, _)| known == text));
        match at {
            None => self.wrong_type(FieldType::Enum, trail, value),
            Some(None) => self.unknown_value(field, trail, value),
            Some(Some(at)) if at < choice::MOST => return Some(1 << at),
            Some(Some(_)) => {}
        }
        value.with_text(|text| bit_of(field, text))
    }

    fn script(&mut self, slot: Slot, field: &Field, value: Value<'a>) {
        let trail = Trail::Root(&field.path);
        if value.is_list() {
            let read = |(index, item): (usize, Value<'a>)| self.read_script(field, &Trail::Item(&trail, index), item);
            let items = value.each().filter(|item| !item.is_null()).enumerate().filter_map(read).collect();
            return self.fill(slot, field, Value::List(value.node(), Rc::new(items)), 0);
        }
        if let Some(script) = self.read_script(field, &trail, value) {
            self.fill(slot, field, script, 0);
        }
    }

    /// The words of a file that is named, or the text itself.
    fn read_script(&mut self, field: &Field, trail: &Trail<'_>, value: Value<'a>) -> Option<Value<'a>> {
        if value.is_map() {
            return value.get("text");
        }
        let Some(path) = value.text() else {
            self.wrong_type(field.ty, trail, &value);
            return None;
        };
        // A text with line breaks is the script itself, not a file's name.
        if path.contains('\n') {
            return Some(value);
        }
        let source = self.read_file(trail, value.node(), &path)?;
        Some(Value::Script(value.node(), Arc::new(Transcript::new(source))))
    }

    /// A file that the record names; that it cannot be read is noticed.
    fn read_file(&mut self, trail: &Trail<'_>, node: Node<'a>, path: &str) -> Option<Arc<SourceFile>> {
        let read = self.scripts.read(self.source, path);
        let unreadable = |reason| {
            let expected = Some(Arg::Localized(reason));
            self.notice(SchemaLint::UnreadableFile, trail, node, path.to_owned(), expected);
        };
        read.map_err(unreadable).ok()
    }

    /// The lines of a file that a list's field names, each as an item.
    fn lines_of(&mut self, field: &Field, trail: &Trail<'_>, value: &Value<'a>) -> Option<Value<'a>> {
        let path = value.text()?;
        let node = value.node();
        let source = self.read_file(trail, node, &path)?;
        let item = |line: Transcript| {
            let line = Value::Script(node, Arc::new(line));
            match &field.short {
                Some(short) => Value::Map(node, Rc::new(vec![(short.clone(), line)])),
                None => line,
            }
        };
        Some(Value::List(node, Rc::new(Transcript::lines(&source).into_iter().map(item).collect())))
    }

    fn missing(&mut self) {
        let kind = self.kind;
        for (slot, parent) in &kind.required {
            // A required field of a map is asked for only where the map is.
            let asked = parent.is_none_or(|parent| self.record.slot(parent).is_some());
            let Some(field) =
                kind.fields.get(usize::from(*slot)).filter(|_| asked && self.record.slot(*slot).is_none())
            else {
                continue;
            };
            if !self.record.issues.iter().any(|issue| issue.path == field.path) {
                let node = self.record.node;
                self.notice(
                    SchemaLint::MissingField,
                    &Trail::Root(&field.path),
                    node,
                    String::new(),
                    Some(Arg::Text(field.path.clone())),
                );
            }
        }
    }

    fn unknown_field(&mut self, name: &str, node: Node<'a>, trail: &Trail<'_>, level: &Level) {
        let path = Trail::Key(trail, name).to_string();
        let near = nearest(name, level.names().into_iter()).map(|near| Trail::Key(trail, near).to_string());
        let near = near.or_else(|| if path.contains('[') { None } else { self.kind.suggest(&path) });
        self.notice(SchemaLint::UnknownField, &Trail::Root(&path), node, name.to_owned(), near.map(Arg::Text));
    }

    fn unknown_value(&mut self, field: &Field, trail: &Trail<'_>, value: &Value<'a>) {
        let Some(text) = value.text() else { return };
        let by_title = field.values.iter().find(|(_, title)| title.zh == text || title.en.eq_ignore_ascii_case(&text));
        let near = by_title
            .map(|(known, _)| known.as_str())
            .or_else(|| nearest(&text, field.values.iter().map(|(known, _)| known.as_str())));
        let expected = near.map_or_else(
            || field.values.iter().map(|(known, _)| known.as_str()).collect::<Vec<_>>().join(" | "),
            str::to_owned,
        );
        self.notice(SchemaLint::UnknownValue, trail, value.node(), text.into_owned(), Some(Arg::Text(expected)));
    }

    fn wrong_type(&mut self, expected: FieldType, trail: &Trail<'_>, value: &Value<'a>) {
        let found = value.text().map_or_else(
            || if value.is_list() { "[…]".to_owned() } else { "{…}".to_owned() },
            |text| text.into_owned(),
        );
        self.notice(SchemaLint::WrongType, trail, value.node(), found, Some(Arg::Localized(type_name(expected))));
    }

    fn notice(&mut self, lint: SchemaLint, trail: &Trail<'_>, node: Node<'a>, found: String, expected: Option<Arg>) {
        self.record.issues.push(SchemaIssue { lint, path: trail.to_string(), node, found, expected });
    }
}

/// May such a field stand anywhere? Merge keys, and `x-` for what the user keeps for themselves.
fn is_free(name: &str) -> bool {
    name == "<<" || name.starts_with("x-")
}

/// The bit of a value among a field's choices.
fn bit_of(field: &Field, text: &str) -> u32 {
    match field.choices().position(|known| known == text) {
        Some(at) if at < choice::MOST => 1 << at,
        None if is_blank(text) => choice::EMPTY,
        _ => choice::UNKNOWN,
    }
}

/// `categories: [茶]` for `categories: [{name: 茶}]`, where the field's `short` says so.
fn lengthened<'a>(field: &Field, value: Value<'a>) -> Value<'a> {
    let Some(short) = field.short.as_deref() else { return value };
    if value.each().all(|item| item.is_map()) {
        return value;
    }
    let items = value.each().map(|item| {
        if item.is_scalar() { Value::Map(item.node(), Rc::new(vec![(short.to_owned(), item)])) } else { item }
    });
    Value::List(value.node(), Rc::new(items.collect()))
}

/// What a type is called in messages.
fn type_name(ty: FieldType) -> Text {
    let (zh, en) = match ty {
        FieldType::Text | FieldType::Id | FieldType::Reference => ("文字", "a text"),
        FieldType::Asset | FieldType::Script => ("文件路径", "a path"),
        FieldType::Number | FieldType::Money => ("数字", "a number"),
        FieldType::Integer => ("整数", "a whole number"),
        FieldType::Date => ("日期，如 2026-01-31", "a date such as 2026-01-31"),
        FieldType::Datetime => ("时间，如 2026-01-31T20:00:00+08:00", "a time such as 2026-01-31T20:00:00+08:00"),
        FieldType::Bool => ("true 或 false", "true or false"),
        FieldType::Enum => ("已知的值之一", "one of the known values"),
        FieldType::List => ("列表", "a list"),
        FieldType::Map | FieldType::Record => ("一组字段", "a map of fields"),
        FieldType::Any => ("任何内容", "anything"),
    };
    Text { zh: zh.to_owned(), en: en.to_owned() }
}
