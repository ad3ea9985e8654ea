//! From a value to its record: every field into its slot, and what is wrong with it noticed.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use dianjian_base::FieldPath;
use dianjian_base::lang::{Lang, Text};
use dianjian_base::message::Arg;
use dianjian_document::source::SourceFile;
use dianjian_document::tree::{Node, NodeKind, ScalarStyle};

use super::assets::is_address;
use super::exact::{exact, exact_within, is_compared, is_float, spelt_number, whole};
use super::expected::expected_instead;
use super::kind::{Field, Kind, KindIndex, Kinds, Slot, nearest};
use super::level::FieldLevel;
use super::looks::{has_lost_digits, looks_like_path};
use super::mapping::MAX_SUGGESTED;
use super::schema::FieldType;
use super::slots::Slots;
use super::supply::bit_of;
use super::table_cells::TableCells;
use super::trail::Trail;
use super::transcript::Transcript;
use super::value::{Value, asks_elsewhere, parse_date};
use super::view::{Record, RecordShape, SchemaIssue, Scripts, choice};

use crate::language::SchemaLint;

impl<'a> Record<'a> {
    /// Puts every field of `value` into its slot.
    pub fn resolve(
        kinds: &Kinds,
        kind_index: KindIndex,
        value: Value<'a>,
        prefix: String,
        scripts: &dyn Scripts,
        source: &SourceFile,
    ) -> Self {
        let kind = kinds.get(kind_index);
        let slots = Slots::new(kind.fields.len());
        let (node, shape) = (value.node(), RecordShape::default());
        let record = Self {
            kind_index,
            node,
            value: value.clone(),
            slots,
            shape,
            prefix,
            issues: Vec::new(),
            partial: false,
            among: None,
        };
        let mut reader = FieldResolver {
            kind,
            words: &kinds.words,
            scripts,
            source,
            record,
            unknown: 0,
            last_unknown: None,
            is_inexact: false,
        };
        reader.level(&kind.top, &value, &Trail::Root(""));
        reader.record.mark_unread_from(kind, 0);
        reader.missing();
        reader.more_unknown();
        reader.record
    }
}

/// In bytes; longer ids are not compared with the words for none.
const LONGEST_PLACEHOLDER: usize = 24;

/// A floating-point number holds every whole number of so many digits.
const SAFE_DIGITS: usize = 15;

struct FieldResolver<'r, 'a> {
    kind: &'r Kind,
    words: &'r TableCells,
    scripts: &'r dyn Scripts,
    source: &'r SourceFile,
    record: Record<'a>,
    /// Fields that the kind does not have.
    unknown: usize,
    /// The last of them, where there are more than are reported one by one.
    last_unknown: Option<(Node<'a>, String, String)>,
    /// Whether the list that is read holds values whose spelling is not the exact one.
    is_inexact: bool,
}

impl<'a> FieldResolver<'_, 'a> {
    /// Reads one level of maps into slots.
    fn level(&mut self, level: &FieldLevel, value: &Value<'a>, trail: &Trail<'_>) {
        value.entries(|name, key, entry| match level.find(name) {
            Some(Some(slot)) => self.field(slot, entry),
            Some(None) => {}
            None => self.unknown_field(name, key.unwrap_or(entry.node()), trail, level),
        });
    }

    fn field(&mut self, slot: Slot, value: &Value<'a>) {
        let Some(field) = self.kind.fields.get(usize::from(slot)) else { return };
        let trail = Trail::Root(&field.path);
        match (field.ty, value.kind()) {
            (_, NodeKind::Null) if asks_elsewhere(value.node()) => self.record.mark_unread(self.kind, &field.path),
            (_, NodeKind::Null) => {}
            (FieldType::Map, NodeKind::Mapping) => {
                self.fill(slot, field, value.clone(), 0);
                field.level.iter().for_each(|level| self.level(level, value, &trail));
            }
            (FieldType::Map, _) => self.short(slot, field, value),
            (FieldType::Script, _) => self.script(slot, field, value),
            (FieldType::List, _) => self.list(slot, field, value),
            (ty, _) if ty.is_id() && self.is_placeholder(ty, value) => {}
            (ty, _) => {
                if let Some(bit) = self.accept(field, ty, &trail, value) {
                    self.fill(slot, field, exact(ty, value.clone(), self.words), bit);
                }
            }
        }
    }

    /// `无` or `待补` for an id: the record has none, and is not grouped with others that have none.
    fn is_placeholder(&self, ty: FieldType, value: &Value<'a>) -> bool {
        value
            .with_text(|text| text.len() <= LONGEST_PLACEHOLDER && self.words.is_placeholder(text, ty))
            .unwrap_or(false)
    }

    /// A plain value in place of a map is the field that `short` names.
    fn short(&mut self, slot: Slot, field: &Field, value: &Value<'a>) {
        let level = field.level.as_ref();
        let is_entry = value.with_text(|text| level.is_some_and(|level| is_entry_of(level, text))) == Some(true);
        let Some(short) = field.short.as_deref().and_then(|name| level?.slot(name)).filter(|_| !is_entry) else {
            return self.wrong_type(field.ty, &Trail::Root(&field.path), value);
        };
        self.fill(slot, field, value.clone(), 0);
        self.field(short, value);
    }

    #[inline]
    fn fill(&mut self, slot: Slot, field: &Field, value: Value<'a>, bit: u32) {
        self.record.fill(slot, field, value, bit);
    }

    /// A list; or a file with an item a line, where the field may name one.
    fn list(&mut self, slot: Slot, field: &Field, value: &Value<'a>) {
        let trail = Trail::Root(&field.path);
        let is_path = |text: &str| !is_address(text) && looks_like_path(text) == Some(true);
        let names_file = || !value.is_empty() && value.with_text(is_path).unwrap_or(false);
        let value = match field.lines && names_file() {
            false => Some(value.clone()),
            true => self.lines_of(field, &trail, value),
        };
        self.is_inexact = false;
        let Some(value) = value.filter(|value| self.accept(field, field.ty, &trail, value).is_some()) else { return };
        let level = field.level.as_ref().filter(|_| field.items != FieldType::Record);
        let value = if level.is_some() { lengthened(field, value) } else { value };
        level.into_iter().for_each(|level| self.items(level, &trail, &value));
        let value = if self.is_inexact { exact_within(field, value, self.words) } else { value };
        self.fill(slot, field, value, 0);
    }

    /// Checks the maps of a list; they have no slots, rules reach them by name.
    fn items(&mut self, level: &FieldLevel, trail: &Trail<'_>, value: &Value<'a>) {
        for (index, item) in value.each().enumerate() {
            let trail = Trail::Item(trail, index);
            if item.is_map() {
                self.item(level, &trail, &item);
            } else if !item.is_null() {
                self.wrong_type(FieldType::Map, &trail, &item);
            }
        }
    }

    fn item(&mut self, level: &FieldLevel, trail: &Trail<'_>, item: &Value<'a>) {
        item.entries(|name, key, entry| match level.find(name) {
            None => self.unknown_field(name, key.unwrap_or(entry.node()), trail, level),
            Some(_) if entry.is_null() => {}
            Some(place) => {
                let Some(place) = place else { return };
                let Some(field) = level.item_fields.get(usize::from(place)) else { return };
                if let Some(mark) = level.mark(place) {
                    self.record.shape.present.insert(mark);
                }
                self.item_field(field, &Trail::Key(trail, name), entry);
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
        if is_compared(ty) && is_float(value) {
            return self.accept_float(field, ty, trail, value);
        }
        if let Some(number) = spelt_number(ty, value, self.words) {
            self.is_inexact = true;
            return self.accept(field, ty, trail, &number);
        }
        let right = match ty {
            FieldType::Any | FieldType::Script => true,
            FieldType::Text | FieldType::Id | FieldType::LicenceCode | FieldType::Reference | FieldType::Asset => {
                value.is_scalar()
            }
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
        self.lost_digits(ty, trail, value);
        if ty == FieldType::List && !matches!(field.items, FieldType::Map | FieldType::Any) {
            for (index, item) in value.each().enumerate() {
                let trail = Trail::Item(trail, index);
                // An item without a name is no asset that could have been looked at.
                if field.items == FieldType::Asset && item.with_text(|text| text.trim().is_empty()) == Some(true) {
                    self.wrong_type(field.items, &trail, &item);
                } else {
                    self.accept(field, field.items, &trail, &item);
                }
            }
        }
        Some(0)
    }

    /// `6194.0` is the id 6194; a number with a fraction is the id of nothing.
    fn accept_float(&mut self, field: &Field, ty: FieldType, trail: &Trail<'_>, value: &Value<'a>) -> Option<u32> {
        self.is_inexact = true;
        let whole = whole(value.clone());
        match (&whole, ty) {
            (Value::Mapped(..), FieldType::Enum) => return self.accept_enum(field, trail, &whole),
            (Value::Mapped(..), _) => self.lost_digits(ty, trail, &whole),
            _ => self.wrong_type(ty, trail, value),
        }
        matches!(whole, Value::Mapped(..)).then_some(0)
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

    fn script(&mut self, slot: Slot, field: &Field, value: &Value<'a>) {
        let trail = Trail::Root(&field.path);
        if value.is_list() {
            // What was not read keeps its place, so that the others keep theirs: an item of which nothing is known.
            let read = |(index, item): (usize, Value<'a>)| {
                let read = (!item.is_null()).then(|| self.read_script(field, &Trail::Item(&trail, index), &item));
                read.flatten().unwrap_or_else(|| Value::Map(item.node(), Rc::default()))
            };
            let items = value.each().enumerate().map(read).collect();
            return self.fill(slot, field, Value::List(value.node(), Rc::new(items)), 0);
        }
        if let Some(script) = self.read_script(field, &trail, value) {
            self.fill(slot, field, script, 0);
        }
    }

    /// The words of a file that is named, or the text itself.
    fn read_script(&mut self, field: &Field, trail: &Trail<'_>, value: &Value<'a>) -> Option<Value<'a>> {
        if value.is_map() {
            return value.get("text");
        }
        let Some(path) = value.text() else {
            self.wrong_type(field.ty, trail, value);
            return None;
        };
        // A text of several lines, or one that nobody would name a file by, is the script itself.
        let looks = looks_like_path(&path);
        if looks == Some(false) {
            return Some(value.clone());
        }
        if looks.is_none() {
            return Some(match self.scripts.read(self.source, &path) {
                Ok(source) => Value::Script(value.node(), Arc::new(Transcript::new(source))),
                Err(_) => value.clone(),
            });
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
        let source = read.map_err(unreadable).ok()?;
        for unread in source.document().into_iter().flat_map(|document| &document.unread) {
            let expected = Some(Arg::Localized(unread.reason()));
            self.notice(SchemaLint::UnreadableFile, trail, node, path.to_owned(), expected);
        }
        Some(source)
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
            let is_known = self.record.issues.iter().any(|issue| issue.path == field.path);
            if !is_known && !self.record.is_unread(*slot) {
                let (node, expected) = (self.record.node, Some(Arg::Text(field.path.clone())));
                self.notice(SchemaLint::MissingField, &Trail::Root(&field.path), node, String::new(), expected);
            }
        }
    }

    fn unknown_field(&mut self, name: &str, node: Node<'a>, trail: &Trail<'_>, level: &FieldLevel) {
        if is_free(name) {
            return;
        }
        self.unknown += 1;
        if self.unknown > MAX_SUGGESTED {
            self.last_unknown = Some((node, Trail::Key(trail, name).to_string(), name.to_owned()));
            return;
        }
        let path = Trail::Key(trail, name).to_string();
        let before_colon = name.split([':', '：']).next().map(str::trim_end).filter(|_| is_entry_of(level, name));
        let near = self
            .titled(name, trail)
            .or_else(|| before_colon.map(|near| Trail::Key(trail, near).to_string()))
            .or_else(|| nearest(name, level.names().into_iter()).map(|near| Trail::Key(trail, near).to_string()));
        let near = near.or_else(|| if FieldPath::new(&path).has_items() { None } else { self.kind.suggest(&path) });
        self.notice(SchemaLint::UnknownField, &Trail::Root(&path), node, name.to_owned(), near.map(Arg::Text));
    }

    /// One notice for all the unknown fields beyond those that are reported one by one.
    fn more_unknown(&mut self) {
        let Some((node, path, name)) = self.last_unknown.take() else { return };
        let more = self.unknown - MAX_SUGGESTED;
        let found = if more == 1 { name } else { format!("{name} (+{})", more - 1) };
        self.notice(SchemaLint::UnknownField, &Trail::Root(&path), node, found, None);
    }

    /// The field beside it whose title is the name.
    fn titled(&self, name: &str, trail: &Trail<'_>) -> Option<String> {
        let path = Trail::Key(trail, name).to_string();
        let parent = path.strip_suffix(name)?;
        let is_beside = |field: &&Field| field.path.strip_suffix(field.name()) == Some(parent);
        let field = self.kind.fields.iter().find(|field| field.title.zh == name && is_beside(field))?;
        Some(field.path.clone())
    }

    fn unknown_value(&mut self, field: &Field, trail: &Trail<'_>, value: &Value<'a>) {
        let Some(text) = value.text() else { return };
        let by_title = field.values.iter().find(|(_, title)| title.zh == text || title.en.eq_ignore_ascii_case(&text));
        let words = table_language(value.node());
        let shown = |(known, title): &(String, Text)| words.map_or(known.clone(), |lang| title.get(lang).to_owned());
        let names: Vec<String> = field.values.iter().map(shown).collect();
        let near = by_title.map(shown).or_else(|| nearest(&text, names.iter().map(String::as_str)).map(str::to_owned));
        let expected = near.unwrap_or_else(|| names.join(if words == Some(Lang::Zh) { "、" } else { " | " }));
        self.notice(SchemaLint::UnknownValue, trail, value.node(), text.into_owned(), Some(Arg::Text(expected)));
    }

    fn wrong_type(&mut self, expected: FieldType, trail: &Trail<'_>, value: &Value<'a>) {
        let shape = if value.is_list() { "[…]" } else { "{…}" };
        let found = value.text().map_or_else(|| shape.to_owned(), Cow::into_owned);
        let is_cell = table_language(value.node()).is_some();
        let expected = Arg::Localized(match expected {
            FieldType::Bool if is_cell => Text::new("“是”或“否”", "yes or no"),
            expected => expected_instead(expected, &found),
        });
        self.notice(SchemaLint::WrongType, trail, value.node(), found, Some(expected));
    }

    /// Notices a number that is too long for a floating-point number and looks as if it had been one.
    fn lost_digits(&mut self, ty: FieldType, trail: &Trail<'_>, value: &Value<'a>) {
        let node = value.node();
        let is_written = matches!(value, Value::Node(_)) || is_float(&Value::Node(node));
        let is_id = matches!(ty, FieldType::Id | FieldType::Reference);
        let is_number = node.kind() == NodeKind::Number;
        if !is_id || !is_written || !(is_number || node.style() == ScalarStyle::Cell) {
            return;
        }
        // With an exponent a program has rounded it, whatever its digits are.
        let is_rounded = || is_number && node.scalar().is_some_and(|text| text.contains(['e', 'E']));
        let is_lost = |text: &str| has_lost_digits(text, is_number) || is_rounded() && text.len() > SAFE_DIGITS;
        if value.with_text(is_lost) == Some(true) {
            let found = node.scalar().unwrap_or_default().to_owned();
            self.notice(SchemaLint::LostDigits, trail, node, found, None);
        }
    }

    fn notice(&mut self, lint: SchemaLint, trail: &Trail<'_>, node: Node<'a>, found: String, expected: Option<Arg>) {
        self.record.issues.push(SchemaIssue { lint, path: trail.to_string(), node, found, expected, related: None });
    }
}

/// The language of the table's headings, for a cell.
fn table_language(node: Node<'_>) -> Option<Lang> {
    let headings = &node.source().table().filter(|_| node.style() == ScalarStyle::Cell)?.header.columns;
    let is_han = |character: char| ('\u{4e00}'..='\u{9fff}').contains(&character);
    let is_chinese = headings.iter().any(|column| column.heading.contains(is_han));
    Some(if is_chinese { Lang::Zh } else { Lang::En })
}

/// Whether a text is a field of the level with its value, and lacks the blank that would make it one: `type:enterprise`.
fn is_entry_of(level: &FieldLevel, text: &str) -> bool {
    text.split_once([':', '：']).is_some_and(|(name, _)| level.find(name.trim_end()).is_some())
}

/// Whether a field is allowed everywhere: merge keys, and `x-` for what users keep for themselves.
fn is_free(name: &str) -> bool {
    name == "<<" || name.starts_with("x-")
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
