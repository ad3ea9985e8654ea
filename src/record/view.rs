//! One record, resolved: every field in its slot, and what the reader noticed on the way.

use std::rc::Rc;
use std::sync::Arc;

use chrono::NaiveDate;

use super::kind::{Field, Kind, KindIndex, Kinds, Level, Slot, nearest};
use super::schema::FieldType;
use super::value::{Value, parse_date};
use crate::document::Node;
use crate::rules::language::SchemaLint;
use crate::source::SourceFile;

/// Which slots are filled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SlotSet([u64; 4]);

impl SlotSet {
    /// Slots beyond this cannot be told apart quickly; rules over them are simply always tried.
    pub const CAPACITY: usize = 256;

    /// Adds a slot.
    pub fn insert(&mut self, slot: Slot) {
        let slot = usize::from(slot);
        if slot < Self::CAPACITY {
            self.0[slot / 64] |= 1 << (slot % 64);
        }
    }

    /// Are all of these filled?
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
    pub expected: Option<String>,
}

/// Reads the text files that records name.
pub trait Scripts {
    /// The file's text, or why it cannot be read.
    ///
    /// # Errors
    /// A short reason in both languages.
    fn read(&self, beside: &SourceFile, path: &str) -> Result<Arc<SourceFile>, crate::lang::Text>;
}

/// One record.
#[derive(Debug)]
pub struct Record<'a> {
    /// Its kind's number.
    pub kind_index: KindIndex,
    /// The node at which it stands.
    pub node: Node<'a>,
    /// The value it was read from.
    pub value: Value<'a>,
    slots: Vec<Option<Value<'a>>>,
    enums: Vec<u32>,
    present: SlotSet,
    /// Path of the record in an outer one, e.g. `products[2]`; empty at the top.
    pub prefix: String,
    /// What the reader noticed.
    pub issues: Vec<SchemaIssue<'a>>,
}

/// Bit that stands for a value outside the enum.
const UNKNOWN_ENUM: u32 = 1 << 31;

impl<'a> Record<'a> {
    /// Puts every field of `value` into its slot.
    #[must_use]
    pub fn resolve(kinds: &Kinds, kind_index: KindIndex, value: Value<'a>, prefix: String, scripts: &dyn Scripts, source: &SourceFile) -> Self {
        let kind = kinds.get(kind_index);
        let mut reader = Reader {
            kind,
            scripts,
            source,
            record: Self {
                kind_index,
                node: value.node(),
                value: value.clone(),
                slots: vec![None; kind.fields.len()],
                enums: vec![0; kind.fields.len()],
                present: SlotSet::default(),
                prefix,
                issues: Vec::new(),
            },
        };
        reader.level(&kind.top, &value, "", true);
        reader.missing();
        reader.record
    }

    /// The value of a slot.
    #[must_use]
    pub fn slot(&self, slot: Slot) -> Option<&Value<'a>> {
        self.slots.get(usize::from(slot))?.as_ref()
    }

    /// The filled slots.
    #[must_use]
    pub fn present(&self) -> &SlotSet {
        &self.present
    }

    /// One bit for the value of an enum's slot; 0 where it is absent.
    #[must_use]
    pub fn enum_bit(&self, slot: Slot) -> u32 {
        self.enums.get(usize::from(slot)).copied().unwrap_or_default()
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

    /// Every text that stands in it, with its path; records inside it are records of their own.
    #[must_use]
    pub fn texts(&self, kind: &Kind) -> Vec<(Value<'a>, String)> {
        let mut texts = Vec::new();
        for (field, value) in kind.fields.iter().zip(&self.slots) {
            let Some(value) = value else { continue };
            let prefix = if self.prefix.is_empty() { String::new() } else { format!("{}.", self.prefix) };
            match field.ty {
                FieldType::Text | FieldType::Script => texts.push((value.clone(), format!("{prefix}{}", field.path))),
                FieldType::List if field.items != FieldType::Record => texts_below(value, &format!("{prefix}{}", field.path), &mut texts),
                _ => {}
            }
        }
        texts
    }

    /// Every day that stands in it, for forecasts.
    #[must_use]
    pub fn dates(&self, kind: &Kind) -> Vec<NaiveDate> {
        let dated = |field: &Field| matches!(field.ty, FieldType::Date | FieldType::Datetime);
        let mut dates: Vec<NaiveDate> =
            kind.fields.iter().zip(&self.slots).filter(|(field, _)| dated(field)).filter_map(|(_, value)| value.as_ref()?.date()).collect();
        for (field, value) in kind.fields.iter().zip(&self.slots) {
            let (Some(level), Some(value)) = (&field.level, value) else { continue };
            for item in value.items() {
                dates.extend(level.item_fields.iter().filter(|field| dated(field)).filter_map(|field| item.get(&field.path)?.date()));
            }
        }
        dates
    }
}

/// The texts of a list's items and of their fields.
fn texts_below<'a>(value: &Value<'a>, path: &str, texts: &mut Vec<(Value<'a>, String)>) {
    for (index, item) in value.items().into_iter().enumerate() {
        let path = format!("{path}[{index}]");
        item.entries(&mut |name, _, entry| {
            let path = format!("{path}.{name}");
            if entry.is_list() {
                texts_below(&entry, &path, texts);
            } else if entry.text().is_some() {
                texts.push((entry, path));
            }
        });
        if item.text().is_some() {
            texts.push((item, path));
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
    fn level(&mut self, level: &Level, value: &Value<'a>, prefix: &str, top: bool) {
        // The entries are gathered first: filling slots needs `self`, which the walk must not hold.
        let mut unknown: Vec<(String, Option<Node<'a>>, Node<'a>)> = Vec::new();
        let mut known: Vec<(Slot, Value<'a>)> = Vec::new();
        value.entries(&mut |name, key, entry| match level.slot(name) {
            Some(slot) => known.push((slot, entry)),
            None if (top && name == "kind") || name == "<<" || name.starts_with("x-") => {}
            None => unknown.push((name.to_owned(), key, entry.node())),
        });
        for (name, key, node) in unknown {
            self.unknown_field(&name, key.unwrap_or(node), prefix, level);
        }
        for (slot, entry) in known {
            self.field(slot, entry);
        }
    }

    fn field(&mut self, slot: Slot, value: Value<'a>) {
        if value.is_null() {
            return;
        }
        let kind = self.kind;
        let Some(field) = kind.fields.get(usize::from(slot)) else { return };
        if field.ty == FieldType::Map && !value.is_map() {
            if let Some(short) = field.short.as_deref().and_then(|name| field.level.as_ref()?.slot(name)) {
                self.fill(slot, value.clone());
                return self.field(short, value);
            }
            return self.wrong_type(field, &field.path, &value);
        }
        if field.ty == FieldType::Script {
            return self.script(slot, field, value);
        }
        if !self.accepts(field, &field.path, &value) {
            return;
        }
        match (&field.level, field.ty) {
            (Some(level), FieldType::Map) => {
                self.fill(slot, value.clone());
                let prefix = format!("{}.", field.path);
                self.level(level, &value, &prefix, false);
            }
            (Some(level), FieldType::List) if field.items != FieldType::Record => {
                let value = lengthened(field, value);
                self.items(level, field, &value);
                self.fill(slot, value);
            }
            (_, FieldType::Enum) => {
                self.record.enums[usize::from(slot)] = self.enum_bit(field, &value);
                self.fill(slot, value);
            }
            _ => self.fill(slot, value),
        }
    }

    fn fill(&mut self, slot: Slot, value: Value<'a>) {
        self.record.present.insert(slot);
        self.record.slots[usize::from(slot)] = Some(value);
    }

    /// Checks the maps of a list; they have no slots, rules reach them by name.
    fn items(&mut self, level: &Level, field: &Field, value: &Value<'a>) {
        for (index, item) in value.items().into_iter().enumerate() {
            let path = format!("{}[{index}]", field.path);
            if item.is_map() {
                self.item(level, &path, &item);
            } else if !item.is_null() {
                self.wrong_type_of("map", &path, &item);
            }
        }
    }

    fn item(&mut self, level: &Level, path: &str, item: &Value<'a>) {
        let mut entries: Vec<(String, Option<Node<'a>>, Value<'a>)> = Vec::new();
        item.entries(&mut |name, key, entry| entries.push((name.to_owned(), key, entry)));
        let prefix = format!("{path}.");
        for (name, key, entry) in entries {
            match level.slot(&name).and_then(|slot| level.item_fields.get(usize::from(slot))) {
                None if name == "<<" || name.starts_with("x-") => {}
                None => self.unknown_field(&name, key.unwrap_or(entry.node()), &prefix, level),
                Some(_) if entry.is_null() => {}
                Some(field) => {
                    let path = format!("{prefix}{name}");
                    if !self.accepts(field, &path, &entry) {
                        continue;
                    }
                    match (&field.level, field.ty) {
                        (Some(below), FieldType::Map) => self.item(below, &path, &entry),
                        (Some(below), FieldType::List) => {
                            for (index, inner) in entry.items().into_iter().enumerate().filter(|(_, inner)| inner.is_map()) {
                                self.item(below, &format!("{path}[{index}]"), &inner);
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    /// Is the value of the field's type? If not, that is noticed and the field counts as absent.
    fn accepts(&mut self, field: &Field, path: &str, value: &Value<'a>) -> bool {
        let right = match field.ty {
            FieldType::Any | FieldType::Script => true,
            FieldType::Text | FieldType::Id | FieldType::Reference | FieldType::Asset => value.text().is_some() && !value.is_list(),
            FieldType::Number | FieldType::Money => value.number().is_some(),
            FieldType::Integer => value.number().is_some_and(|number| number.is_integer()),
            FieldType::Bool => value.boolean().is_some(),
            FieldType::Date | FieldType::Datetime => value.with_text(|text| parse_date(text).is_some()).unwrap_or(false),
            FieldType::Enum => {
                let Some(text) = value.text() else { return self.reject(field, path, value) };
                if !field.values.iter().any(|(known, _)| *known == text) {
                    self.unknown_value(field, path, value, &text);
                }
                true
            }
            FieldType::List => {
                if value.is_list() {
                    return self.item_types(field, path, value);
                }
                false
            }
            FieldType::Map | FieldType::Record => value.is_map(),
        };
        right || self.reject(field, path, value)
    }

    fn item_types(&mut self, field: &Field, path: &str, value: &Value<'a>) -> bool {
        if matches!(field.items, FieldType::Map | FieldType::Any) {
            return true;
        }
        let item_field = Field { ty: field.items, level: None, ..field.clone() };
        for (index, item) in value.items().into_iter().enumerate() {
            self.accepts(&item_field, &format!("{path}[{index}]"), &item);
        }
        true
    }

    fn reject(&mut self, field: &Field, path: &str, value: &Value<'a>) -> bool {
        self.wrong_type(field, path, value);
        false
    }

    fn enum_bit(&self, field: &Field, value: &Value<'a>) -> u32 {
        let at = value.with_text(|text| field.values.iter().position(|(known, _)| known == text)).flatten();
        at.and_then(|at| u32::try_from(at).ok()).and_then(|at| 1_u32.checked_shl(at)).unwrap_or(UNKNOWN_ENUM)
    }

    fn script(&mut self, slot: Slot, field: &Field, value: Value<'a>) {
        if value.is_map() {
            if let Some(inline) = value.get("text") {
                self.fill(slot, inline);
            }
            return;
        }
        let Some(path) = value.text() else { return self.wrong_type(field, &field.path, &value) };
        // A text with line breaks is the script itself, not a file's name.
        if path.contains('\n') {
            return self.fill(slot, value);
        }
        match self.scripts.read(self.source, &path) {
            Ok(source) => self.fill(slot, Value::Script(value.node(), source)),
            Err(reason) => self.notice(SchemaLint::UnreadableFile, &field.path, value.node(), path.into_owned(), Some(reason.en)),
        }
    }

    fn missing(&mut self) {
        let kind = self.kind;
        for (slot, field) in kind.fields.iter().enumerate().filter(|(_, field)| field.required) {
            let absent = self.record.slots[slot].is_none() && !self.record.issues.iter().any(|issue| issue.path == field.path);
            // A required field of a map is asked for only where the map is.
            let parent = field.path.rsplit_once('.').and_then(|(parent, _)| kind.field(parent));
            if absent && parent.is_none_or(|(parent, _)| self.record.slot(parent).is_some()) {
                let node = self.record.node;
                self.notice(SchemaLint::MissingField, &field.path, node, String::new(), Some(field.path.clone()));
            }
        }
    }

    fn unknown_field(&mut self, name: &str, node: Node<'a>, prefix: &str, level: &Level) {
        let path = format!("{prefix}{name}");
        let near = nearest(name, level.names().into_iter()).map(|near| format!("{prefix}{near}"));
        let near = near.or_else(|| if path.contains('[') { None } else { self.kind.suggest(&path) });
        self.notice(SchemaLint::UnknownField, &path, node, name.to_owned(), near);
    }

    fn unknown_value(&mut self, field: &Field, path: &str, value: &Value<'a>, text: &str) {
        let by_title = field.values.iter().find(|(_, title)| title.zh == text || title.en.eq_ignore_ascii_case(text));
        let near = by_title.map(|(known, _)| known.as_str()).or_else(|| nearest(text, field.values.iter().map(|(known, _)| known.as_str())));
        let expected = near.map_or_else(
            || field.values.iter().map(|(known, _)| known.as_str()).collect::<Vec<_>>().join(" | "),
            str::to_owned,
        );
        self.notice(SchemaLint::UnknownValue, path, value.node(), text.to_owned(), Some(expected));
    }

    fn wrong_type(&mut self, field: &Field, path: &str, value: &Value<'a>) {
        self.wrong_type_of(type_name(field.ty), path, value);
    }

    fn wrong_type_of(&mut self, expected: &str, path: &str, value: &Value<'a>) {
        let found = value.text().map_or_else(|| if value.is_list() { "list".to_owned() } else { "map".to_owned() }, |text| text.into_owned());
        self.notice(SchemaLint::WrongType, path, value.node(), found, Some(expected.to_owned()));
    }

    fn notice(&mut self, lint: SchemaLint, path: &str, node: Node<'a>, found: String, expected: Option<String>) {
        self.record.issues.push(SchemaIssue { lint, path: path.to_owned(), node, found, expected });
    }
}

/// `categories: [茶]` for `categories: [{name: 茶}]`, where the field's `short` says so.
fn lengthened<'a>(field: &Field, value: Value<'a>) -> Value<'a> {
    let Some(short) = field.short.as_deref() else { return value };
    let items = value.items();
    if items.iter().all(Value::is_map) {
        return value;
    }
    let items = items.into_iter().map(|item| if item.text().is_some() { Value::Map(item.node(), Rc::new(vec![(short.to_owned(), item)])) } else { item });
    Value::List(value.node(), Rc::new(items.collect()))
}

/// What a type is called in messages.
fn type_name(ty: FieldType) -> &'static str {
    match ty {
        FieldType::Text | FieldType::Id | FieldType::Reference => "text",
        FieldType::Asset | FieldType::Script => "path",
        FieldType::Number | FieldType::Money => "number",
        FieldType::Integer => "integer",
        FieldType::Date => "date YYYY-MM-DD",
        FieldType::Datetime => "time YYYY-MM-DDTHH:MM:SS+08:00",
        FieldType::Bool => "true | false",
        FieldType::Enum => "one of the known values",
        FieldType::List => "list",
        FieldType::Map | FieldType::Record => "map",
        FieldType::Any => "anything",
    }
}

