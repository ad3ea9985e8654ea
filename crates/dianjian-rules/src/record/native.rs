//! A record as a native file writes it: its values by the types of its kind, whatever layout they were read from.

use dianjian_document::edit::NewScalar;
use dianjian_document::tree::ScalarStyle;
use serde_json::Value as Json;

use super::kind::{Field, Kind, KindIndex, Kinds};
use super::level::FieldLevel;
use super::schema::FieldType;
use super::value::{Value, parse_date, parse_number};

/// A value to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Native {
    /// A number, truth value, day or time, as it is written without quotes.
    Plain(String),
    /// A text; it is quoted where it would be read as something else.
    Text(String),
    /// A list.
    List(Vec<Native>),
    /// A map, in the order in which it is written.
    Map(Vec<(String, Native)>),
}

/// The record's fields, most telling first: its id, system and name, then plain fields, maps, lists, records.
/// What is not of its type stays as it is, so that reading it again finds the same fault. `path` is given the paths of
/// files and says how they are written.
pub fn native(kinds: &Kinds, kind: KindIndex, value: &Value<'_>, path: &dyn Fn(&str) -> String) -> Native {
    NativeWriter { kinds, kind: kinds.get(kind), path }.record(value)
}

struct NativeWriter<'w> {
    kinds: &'w Kinds,
    kind: &'w Kind,
    path: &'w dyn Fn(&str) -> String,
}

impl NativeWriter<'_> {
    fn record(&self, value: &Value<'_>) -> Native {
        let find = |name: &str| self.kind.fields.get(usize::from(self.kind.top.slot(name)?));
        let Native::Map(mut entries) = self.map(value, &find) else { return Native::Map(Vec::new()) };
        entries.retain(|(name, _)| name != "kind");
        let id = self.kind.fields.get(usize::from(self.kind.id)).map(|field| field.path.as_str());
        entries.sort_by_key(|(name, value)| {
            let first = [id.unwrap_or_default(), "system", "name", "title"].iter().position(|known| known == name);
            first.unwrap_or_else(|| 4 + rank(value))
        });
        Native::Map(entries)
    }

    /// A map whose fields `find` knows.
    fn map<'k>(&self, value: &Value<'_>, find: &dyn Fn(&str) -> Option<&'k Field>) -> Native {
        let mut entries = Vec::new();
        value.entries(|name, _, entry| {
            if !entry.is_null() {
                entries.push((name.to_owned(), self.value(find(name), entry)));
            }
        });
        Native::Map(entries)
    }

    fn value(&self, field: Option<&Field>, value: &Value<'_>) -> Native {
        let Some(field) = field else { return untyped(value) };
        if value.is_list() {
            return Native::List(value.each().map(|item| self.item(field, &item)).collect());
        }
        match &field.level {
            Some(level) if value.is_map() => self.map(value, &|name| self.below(level, name)),
            _ => self.scalar(field, field.ty, value),
        }
    }

    fn item(&self, field: &Field, item: &Value<'_>) -> Native {
        if field.items == FieldType::Record
            && let Some(kind) = field.of.as_deref().and_then(|of| self.kinds.find(of))
        {
            return native(self.kinds, kind, item, self.path);
        }
        match &field.level {
            Some(level) if item.is_map() => self.map(item, &|name| self.below(level, name)),
            Some(level) => {
                let short = field.short.as_deref().and_then(|name| self.below(level, name));
                self.value(short, item)
            }
            None => self.scalar(field, field.items, item),
        }
    }

    fn scalar(&self, field: &Field, ty: FieldType, value: &Value<'_>) -> Native {
        match scalar(ty, value) {
            Native::Text(text) if matches!(ty, FieldType::Asset | FieldType::Script) || field.lines => {
                Native::Text((self.path)(&text))
            }
            written => written,
        }
    }

    /// The field of a level: of a map's fields, or of a list's items.
    fn below<'k>(&'k self, level: &'k FieldLevel, name: &str) -> Option<&'k Field> {
        let slot = usize::from(level.slot(name)?);
        level.item_fields.get(slot).or_else(|| self.kind.fields.get(slot))
    }
}

/// Plain values before maps, maps before lists, lists of maps last.
fn rank(value: &Native) -> usize {
    match value {
        Native::Plain(_) | Native::Text(_) => 0,
        Native::Map(_) => 1,
        Native::List(items) if items.iter().all(|item| !matches!(item, Native::Map(_))) => 2,
        Native::List(_) => 3,
    }
}

fn scalar(ty: FieldType, value: &Value<'_>) -> Native {
    let Some(text) = value.text() else { return untyped(value) };
    let is_plain = match ty {
        FieldType::Number | FieldType::Money | FieldType::Integer => parse_number(&text).is_some(),
        FieldType::Bool => text == "true" || text == "false",
        FieldType::Date | FieldType::Datetime => parse_date(&text).is_some(),
        _ => false,
    };
    if is_plain { Native::Plain(text.trim().to_owned()) } else { Native::Text(text.into_owned()) }
}

fn untyped(value: &Value<'_>) -> Native {
    if value.is_list() {
        return Native::List(value.each().map(|item| untyped(&item)).collect());
    }
    if value.is_map() {
        let mut entries = Vec::new();
        value.entries(|name, _, entry| entries.push((name.to_owned(), untyped(entry))));
        return Native::Map(entries);
    }
    Native::Text(value.text().unwrap_or_default().into_owned())
}

impl Native {
    /// The value under a key of a map.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Self::Map(entries) = self else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The text of a plain value or a text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Plain(text) | Self::Text(text) => Some(text),
            Self::List(_) | Self::Map(_) => None,
        }
    }

    /// Appends it as the content of a YAML document, indented by `indent` spaces.
    pub fn write_yaml(&self, indent: usize, out: &mut String) {
        match self {
            Self::Plain(text) => out.push_str(text),
            Self::Text(text) => out.push_str(&written(text)),
            Self::List(items) => items.iter().enumerate().for_each(|(at, item)| {
                line(at > 0, indent, out);
                out.push_str("- ");
                item.write_below(indent + 2, false, out);
            }),
            Self::Map(entries) => entries.iter().enumerate().for_each(|(at, (key, value))| {
                line(at > 0, indent, out);
                out.push_str(&written(key));
                out.push(':');
                value.write_below(indent + 2, true, out);
            }),
        }
    }

    /// What follows a key's colon or an item's dash.
    fn write_below(&self, indent: usize, after_key: bool, out: &mut String) {
        let is_empty = matches!(self, Self::List(items) if items.is_empty())
            || matches!(self, Self::Map(entries) if entries.is_empty());
        let is_block = matches!(self, Self::List(_) | Self::Map(_)) && !is_empty;
        match (after_key, is_block) {
            (true, true) => line(true, indent, out),
            (true, false) => out.push(' '),
            (false, _) => {}
        }
        match self {
            Self::List(_) if is_empty => out.push_str("[]"),
            Self::Map(_) if is_empty => out.push_str("{}"),
            _ => self.write_yaml(indent, out),
        }
    }

    /// Appends it on one line, as a YAML flow collection.
    pub fn write_flow(&self, out: &mut String) {
        let text = |text: &str| NewScalar::Text(text.to_owned()).written(ScalarStyle::Plain, false, true);
        match self {
            Self::Plain(plain) => out.push_str(plain),
            Self::Text(written) => out.push_str(&text(written)),
            Self::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at > 0 { ", " } else { "" });
                    item.write_flow(out);
                }
                out.push(']');
            }
            Self::Map(entries) => {
                out.push('{');
                for (at, (key, value)) in entries.iter().enumerate() {
                    out.push_str(if at > 0 { ", " } else { "" });
                    out.push_str(&text(key));
                    out.push_str(": ");
                    value.write_flow(out);
                }
                out.push('}');
            }
        }
    }

    /// Whether it equals a JSON value. Numbers and texts are compared as they are written.
    pub fn is_same(&self, json: &Json) -> bool {
        match (self, json) {
            (Self::Map(entries), Json::Object(object)) => {
                entries.len() == object.len()
                    && entries.iter().all(|(key, value)| object.get(key).is_some_and(|json| value.is_same(json)))
            }
            (Self::List(items), Json::Array(array)) => {
                items.len() == array.len() && items.iter().zip(array).all(|(item, json)| item.is_same(json))
            }
            (Self::Plain(text) | Self::Text(text), Json::String(json)) => text == json,
            (Self::Plain(text) | Self::Text(text), Json::Number(number)) => number.to_string() == **text,
            (Self::Plain(text) | Self::Text(text), Json::Bool(truth)) => text == if *truth { "true" } else { "false" },
            _ => false,
        }
    }
}

/// Begins a line, unless it is the first.
fn line(wanted: bool, indent: usize, out: &mut String) {
    if wanted {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent));
    }
}

fn written(text: &str) -> String {
    NewScalar::Text(text.to_owned()).written(ScalarStyle::Plain, false, false)
}

#[cfg(test)]
mod tests {
    use dianjian_document::source::SourceFile;
    use dianjian_document::tree::{Format, Limits, Node, NodeKind, Tree, parse};

    use super::*;

    fn reread(text: &str, check: &dyn Fn(Node<'_>)) {
        let source = SourceFile::new("a.yaml", text);
        let mut tree = Tree::new();
        let errors = parse(&source, Format::Yaml, &Limits::default(), &mut tree, &mut |root| check(root));
        assert!(errors.is_empty(), "{errors:?}\n{text}");
    }

    #[test]
    fn texts_come_back_as_they_were_whatever_they_look_like() {
        let texts = [
            "",
            " ",
            "6194",
            "true",
            "null",
            "~",
            "1e3",
            "云山: 茶",
            "# no note",
            "a #b",
            "- x",
            "'a'",
            "\"b\"",
            "多行\n文字\r\n",
            "\u{feff}x",
            "tab\there",
            "x\u{85}y\u{2028}z",
            "@x",
            "%y",
            "!t",
            "&a",
            "*b",
            "[1]",
            "{a: b}",
            "|",
            ">",
            "---",
            "end ",
            "\u{200b}",
            "\u{7f}",
            "😀",
        ];
        for text in texts {
            let map = Native::Map(vec![
                ("title".to_owned(), Native::Text(text.to_owned())),
                ("list".to_owned(), Native::List(vec![Native::Text(text.to_owned()), Native::Plain("7".to_owned())])),
            ]);
            let mut out = String::new();
            map.write_yaml(0, &mut out);
            reread(&out, &|root| {
                let title = root.get("title").and_then(|node| Some((node.kind(), node.scalar()?.to_owned())));
                assert_eq!(title, Some((NodeKind::String, text.to_owned())), "{out}");
                let items: Vec<_> =
                    root.get("list").map(|list| list.items().map(Node::kind).collect()).unwrap_or_default();
                assert_eq!(items, [NodeKind::String, NodeKind::Number]);
            });
        }
    }

    #[test]
    fn maps_and_lists_are_laid_out_as_people_do() {
        let text = |text: &str| Native::Text(text.to_owned());
        let item = Native::Map(vec![("id".to_owned(), text("1")), ("tags".to_owned(), Native::List(vec![text("a")]))]);
        let map = Native::Map(vec![
            ("name".to_owned(), text("云山")),
            ("none".to_owned(), Native::List(Vec::new())),
            ("products".to_owned(), Native::List(vec![item.clone(), item])),
        ]);
        let mut out = String::new();
        map.write_yaml(0, &mut out);
        let expected =
            "name: 云山\nnone: []\nproducts:\n  - id: \"1\"\n    tags:\n      - a\n  - id: \"1\"\n    tags:\n      - a";
        assert_eq!(out, expected);
    }
}
