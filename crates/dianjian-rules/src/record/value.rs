//! A field's value: a node of the document, or what a mapping made of one. Either way it knows its place.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};
use dianjian_document::tree::{Node, NodeItems, NodeKind, short_number as short};
use rust_decimal::Decimal;

use super::transcript::Transcript;

/// A value as rules read it, whatever it was written as.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// As written in the document.
    Node(Node<'a>),
    /// A scalar translated by a mapping, and the node it was made from.
    Mapped(Node<'a>, Cow<'a, str>),
    /// A list made by a mapping.
    List(Node<'a>, Rc<Vec<Value<'a>>>),
    /// A map made by a mapping.
    Map(Node<'a>, Rc<Vec<(String, Value<'a>)>>),
    /// The spoken words of the file that the node names.
    Script(Node<'a>, Arc<Transcript>),
}

impl<'a> Value<'a> {
    /// The node to point at.
    #[inline]
    pub fn node(&self) -> Node<'a> {
        match self {
            Self::Node(node)
            | Self::Mapped(node, _)
            | Self::List(node, _)
            | Self::Map(node, _)
            | Self::Script(node, _) => *node,
        }
    }

    /// Its type. What a mapping or a file gives is a text, whatever it looks like.
    #[inline]
    pub fn kind(&self) -> NodeKind {
        match self {
            Self::Node(node) => node.kind(),
            Self::Mapped(..) | Self::Script(..) => NodeKind::String,
            Self::List(..) => NodeKind::Sequence,
            Self::Map(..) => NodeKind::Mapping,
        }
    }

    /// Null, which is the same as absent.
    #[inline]
    pub fn is_null(&self) -> bool {
        self.kind() == NodeKind::Null
    }

    /// An empty text, list or map.
    #[inline]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Node(node) => match node.kind() {
                NodeKind::Null => true,
                NodeKind::String => node.scalar().is_none_or(is_blank),
                NodeKind::Sequence | NodeKind::Mapping => node.is_empty(),
                NodeKind::Bool | NodeKind::Number => false,
            },
            Self::Mapped(_, text) => is_blank(text),
            Self::List(_, items) => items.is_empty(),
            Self::Map(_, entries) => entries.is_empty(),
            Self::Script(_, script) => is_blank(script.text()),
        }
    }

    /// The text of a scalar or of a script.
    pub fn text(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Node(node) => node.value_text().map(Cow::Borrowed),
            Self::Mapped(_, text) => Some(text.clone()),
            Self::Script(_, script) => Some(Cow::Owned(script.text().to_owned())),
            _ => None,
        }
    }

    /// Calls `f` with the text; no copy is made of scripts.
    #[inline]
    pub fn with_text<T>(&self, f: impl FnOnce(&str) -> T) -> Option<T> {
        match self {
            Self::Script(_, script) => Some(f(script.text())),
            Self::Mapped(_, text) => Some(f(text)),
            Self::Node(node) => node.value_text().map(f),
            Self::List(..) | Self::Map(..) => None,
        }
    }

    /// The number, exact. Quoted numbers count: exports write both.
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Self::Node(node) if node.kind() == NodeKind::Number => node.number(),
            _ => self.text().and_then(|text| parse_number(&text)),
        }
    }

    /// A boolean, or a text that reads `true` or `false`.
    pub fn boolean(&self) -> Option<bool> {
        match self {
            Self::Node(node) if node.kind() == NodeKind::Bool => node.as_bool(),
            _ => match self.text()?.as_ref() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
        }
    }

    /// The date, in Asia/Shanghai.
    pub fn date(&self) -> Option<NaiveDate> {
        self.text().and_then(|text| parse_date(&text))
    }

    /// An identity among the values of its source: its offset, and the offset within the script that is named there.
    #[inline]
    pub fn place(&self) -> (u32, u32) {
        let within = if let Self::Script(_, script) = self { script.first_line().start } else { 0 };
        (self.node().span().start, within)
    }

    #[expect(missing_docs, reason = "named by its type")]
    #[inline]
    pub fn is_list(&self) -> bool {
        self.kind() == NodeKind::Sequence
    }

    #[expect(missing_docs, reason = "named by its type")]
    #[inline]
    pub fn is_map(&self) -> bool {
        self.kind() == NodeKind::Mapping
    }

    /// Whether it has a text: not null, no list and no map.
    #[inline]
    pub fn is_scalar(&self) -> bool {
        matches!(self.kind(), NodeKind::Bool | NodeKind::Number | NodeKind::String)
    }

    /// The items of a list, one after another.
    #[inline]
    pub fn each(&self) -> ValueItems<'_, 'a> {
        match self {
            Self::Node(node) => ValueItems::Written(node.items()),
            Self::List(_, items) => ValueItems::Made(items.iter()),
            _ => ValueItems::Made([].iter()),
        }
    }

    /// The items of a list.
    pub fn items(&self) -> Vec<Value<'a>> {
        self.each().collect()
    }

    /// Number of items of a list.
    #[inline]
    pub fn len(&self) -> usize {
        match self {
            Self::Node(node) if node.kind() == NodeKind::Sequence => node.len(),
            Self::List(_, items) => items.len(),
            _ => 0,
        }
    }

    /// The entry of a map; null is absent.
    #[inline]
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        match self {
            Self::Node(node) => node.get(key).map(Value::Node),
            Self::Map(_, entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone()),
            _ => None,
        }
        .filter(|value| !value.is_null())
    }

    /// Whether the entry of a map is there, but with a tag that asks another program for its value.
    pub fn asks_elsewhere(&self, key: &str) -> bool {
        match self {
            Self::Node(node) => node.get(key).is_some_and(asks_elsewhere),
            Self::Map(_, entries) => entries.iter().any(|(name, value)| name == key && asks_elsewhere(value.node())),
            _ => false,
        }
    }

    /// Calls `f` with the entries of a map: key, the key's node where the document has one, value.
    #[inline]
    pub fn entries(&self, mut f: impl FnMut(&str, Option<Node<'a>>, &Value<'a>)) {
        match self {
            Self::Node(node) => node.entries().for_each(|(key, value)| {
                if let Some(name) = key.scalar() {
                    f(name, Some(key), &Value::Node(value));
                }
            }),
            Self::Map(_, entries) => entries.iter().for_each(|(name, value)| f(name, None, value)),
            _ => {}
        }
    }
}

/// The items of a list, one after another.
#[derive(Clone)]
pub enum ValueItems<'v, 'a> {
    /// As written in the document.
    Written(NodeItems<'a>),
    /// As a mapping made them.
    Made(std::slice::Iter<'v, Value<'a>>),
}

impl<'a> Iterator for ValueItems<'_, 'a> {
    type Item = Value<'a>;

    #[inline]
    fn next(&mut self) -> Option<Value<'a>> {
        match self {
            Self::Written(items) => items.next().map(Value::Node),
            Self::Made(items) => items.next().cloned(),
        }
    }
}

/// Whether a value has a tag that asks another program for it (`!secret`): that is reported for the file.
pub(super) fn asks_elsewhere(node: Node<'_>) -> bool {
    node.is_null() && node.tag().is_some_and(|tag| !tag.starts_with("!!"))
}

/// Whether the text is empty or all white space. Most texts begin with ASCII, which is answered without a scan.
#[inline]
pub fn is_blank(text: &str) -> bool {
    let says_something = text.as_bytes().first().is_some_and(u8::is_ascii_graphic);
    !says_something && text.chars().all(char::is_whitespace)
}

/// A number as people write it: no exponent, no grouping, no unit.
pub fn parse_number(text: &str) -> Option<Decimal> {
    let text = text.trim();
    if let Some(value) = short(text) {
        return Some(value);
    }
    let plain = text.strip_prefix(['-', '+']).unwrap_or(text);
    if plain.is_empty() || !plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    text.parse().ok()
}

/// A day, or the day in Asia/Shanghai of a time.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    if text.len() == 10 {
        return plain_date(text.as_bytes()).or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok());
    }
    parse_time(text).map(|time| time.date_naive())
}

/// A day as nearly all are written: four digits, two, and two.
fn plain_date(text: &[u8]) -> Option<NaiveDate> {
    let &[a, b, c, d, b'-', m, n, b'-', x, y] = text else { return None };
    let number =
        |digits: &[u8]| digits.iter().try_fold(0, |number, digit| Some(number * 10 + char::from(*digit).to_digit(10)?));
    NaiveDate::from_ymd_opt(number(&[a, b, c, d])?.cast_signed(), number(&[m, n])?, number(&[x, y])?)
}

/// A time in Asia/Shanghai; one without an offset is taken as local there.
pub fn parse_time(text: &str) -> Option<DateTime<FixedOffset>> {
    let text = text.trim();
    let shanghai = FixedOffset::east_opt(8 * 3600)?;
    if let Ok(time) = DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)) {
        return Some(time.with_timezone(&shanghai));
    }
    ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .and_then(|time| time.and_local_timezone(shanghai).single())
}
