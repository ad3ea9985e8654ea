//! Typed values from nodes: a `serde::Deserializer` whose errors know their place.

use std::fmt;

use serde::Deserialize;
use serde::de::value::U32Deserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};

use super::number::EXACT_NAME;
use super::spanned::SPANNED_NAME;
use super::tree::{Entries, Items, Kind, Node};
use crate::source::Span;
use dianjian_base::FieldPath;
use dianjian_base::lang::{Lang, Localized, Text};
use dianjian_base::{localized, text};

/// Reads a typed value from a node. Strings may be borrowed from the document.
///
/// # Errors
///
/// The first thing that does not fit, with the span of the offending key or value.
pub fn from_node<'de, T: Deserialize<'de>>(node: Node<'de>) -> Result<T, DeError> {
    T::deserialize(NodeDeserializer(node)).map_err(|error| error.placed(node.head_span()))
}

/// What was found where something else was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing, or null.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A text.
    String(String),
    /// A list.
    Sequence,
    /// A mapping.
    Mapping,
    /// Something else, described in English by serde.
    Other(String),
}

impl Found {
    fn of(unexpected: &Unexpected<'_>) -> Self {
        match unexpected {
            Unexpected::Bool(value) => Self::Bool(*value),
            Unexpected::Unsigned(value) => Self::Number(value.to_string()),
            Unexpected::Signed(value) => Self::Number(value.to_string()),
            Unexpected::Float(value) => Self::Number(value.to_string()),
            Unexpected::Char(value) => Self::String(value.to_string()),
            Unexpected::Str(value) => Self::String((*value).to_owned()),
            Unexpected::Unit | Unexpected::Option => Self::Null,
            Unexpected::Seq => Self::Sequence,
            Unexpected::Map => Self::Mapping,
            other => Self::Other(other.to_string()),
        }
    }
}

localized! { Found {
    Self::Null => { zh: "空值", en: "nothing (null)" }
    Self::Bool(value) => { zh: "布尔值 {value}", en: "the boolean `{value}`" }
    Self::Number(value) => { zh: "数字 {value}", en: "the number `{value}`" }
    Self::String(value) => {
        zh: format!("文字“{}”", shortened(value)),
        en: format!("the text `{}`", shortened(value)),
    }
    Self::Sequence => { zh: "列表", en: "a list" }
    Self::Mapping => { zh: "映射", en: "a mapping" }
    Self::Other(text) => { zh: "{text}", en: "{text}" }
} }

/// A text short enough for a sentence.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeErrorKind {
    /// A field that the type does not have.
    UnknownField {
        /// The field as written.
        found: String,
        /// The fields there are.
        expected: Vec<String>,
        /// The one that was probably meant.
        suggestion: Option<String>,
    },
    /// A field that the type needs.
    MissingField {
        /// The field.
        name: String,
    },
    /// A field given twice.
    DuplicateField {
        /// The field.
        name: String,
    },
    /// A value of another type, or out of its range.
    InvalidType {
        /// What was expected, in English as the type says it.
        expected: String,
        /// What is there.
        found: Found,
    },
    /// A word that is none of those allowed.
    UnknownVariant {
        /// The word as written.
        found: String,
        /// The words allowed.
        expected: Vec<String>,
        /// The one that was probably meant.
        suggestion: Option<String>,
    },
    /// Anything a type says for itself.
    Custom(String),
}

/// Why a value could not be read from a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeError {
    /// What does not fit.
    pub kind: DeErrorKind,
    /// The offending key or value.
    pub span: Span,
    /// The way to it from the root, like `check.lacks.words` or `examples[2].bad`; empty at the root.
    pub path: String,
    is_placed: bool,
}

impl DeError {
    fn new(kind: DeErrorKind) -> Self {
        Self { kind, span: Span::default(), path: String::new(), is_placed: false }
    }

    /// The offending key or value.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    /// The error at a place, unless it knows one that is nearer and can be shown.
    fn placed(mut self, span: Span) -> Self {
        if !self.is_placed {
            self.span = span;
            self.is_placed = !span.is_empty();
        }
        self
    }

    /// The error seen from one step further out.
    fn under(mut self, step: &str) -> Self {
        self.path = FieldPath::new(step).join(&self.path);
        self
    }
}

impl serde::de::Error for DeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(DeErrorKind::Custom(message.to_string()))
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(DeErrorKind::InvalidType { expected: expected.to_string(), found: Found::of(&unexpected) })
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let suggestion = nearest(variant, expected);
        let expected = expected.iter().map(|&word| word.to_owned()).collect();
        Self::new(DeErrorKind::UnknownVariant { found: variant.to_owned(), expected, suggestion })
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let suggestion = nearest(field, expected);
        let expected = expected.iter().map(|&word| word.to_owned()).collect();
        Self::new(DeErrorKind::UnknownField { found: field.to_owned(), expected, suggestion })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(DeErrorKind::MissingField { name: field.to_owned() })
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(DeErrorKind::DuplicateField { name: field.to_owned() })
    }
}

/// The word of a list that is most like the one found, if any is like it at all.
fn nearest(found: &str, words: &[&str]) -> Option<String> {
    let folded = found.to_lowercase().replace(['-', ' '], "_");
    words
        .iter()
        .map(|&word| (strsim::damerau_levenshtein(&folded, &word.to_lowercase().replace('-', "_")), word))
        .filter(|&(distance, word)| distance <= 1 + word.chars().count().min(folded.chars().count()) / 3)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, word)| word.to_owned())
}

localized! { DeErrorKind {
    Self::UnknownField { found, expected, suggestion } => {
        zh: "没有“{found}”这个字段",
        en: "unknown field `{found}`",
        help: choices(suggestion.as_deref(), expected),
    }
    Self::MissingField { name } => { zh: "缺少字段“{name}”", en: "the field `{name}` is missing" }
    Self::DuplicateField { name } => { zh: "字段“{name}”重复", en: "the field `{name}` is given twice" }
    Self::InvalidType { expected, found } => {
        zh: format!("此处应为{}，却是{}", expected_zh(expected), found.text(Lang::Zh)),
        en: format!("expected {}, found {found}", expected_en(expected)),
        help: may_be_quoted(expected, found),
    }
    Self::UnknownVariant { found, expected, suggestion } => {
        zh: "不认识“{found}”",
        en: "unknown word `{found}`",
        help: choices(suggestion.as_deref(), expected),
    }
    Self::Custom(message) if is_of_dates(message) => {
        zh: "这不是日期；日期写作 YYYY-MM-DD",
        en: "this is no date; dates are written YYYY-MM-DD",
    }
    Self::Custom(message) => { zh: "{message}", en: "{message}" }
} }

/// The word that was probably meant, else all there are.
fn choices(suggestion: Option<&str>, expected: &[String]) -> Option<Text> {
    if let Some(word) = suggestion {
        return Some(text! { zh: "是不是“{word}”？", en: "did you mean `{word}`?" });
    }
    let (zh, en) = (expected.join("、"), expected.join(", "));
    (!expected.is_empty()).then(|| text! { zh: "可用的有：{zh}。", en: "Expected one of: {en}." })
}

fn may_be_quoted(expected: &str, found: &Found) -> Option<Text> {
    let is_bare = matches!(found, Found::Number(_) | Found::Bool(_));
    (is_bare && expected.contains("string"))
        .then(|| text! { zh: "给它加上引号，它就是文字。", en: "Quote it to make it a text." })
}

/// Is it one of chrono's messages? They say neither that a date was wanted nor how one is written.
fn is_of_dates(message: &str) -> bool {
    matches!(
        message,
        "input is out of range" | "input contains invalid characters" | "premature end of input" | "trailing input"
    )
}

/// What serde's types say they expect, without the names of our types.
fn expected_en(expected: &str) -> &str {
    match expected {
        "a formatted date string" => "a date YYYY-MM-DD",
        "a map" => "a mapping",
        "a sequence" => "a list",
        other if other.starts_with("struct ") => "a mapping",
        other => other,
    }
}

/// What serde's types say they expect, in Chinese where the phrase is a common one.
fn expected_zh(expected: &str) -> String {
    let known = match expected {
        "a string" | "a borrowed string" | "a character" => "文字",
        "a boolean" => "布尔值（true 或 false）",
        "a sequence" => "列表",
        "a map" => "映射",
        "unit" | "null" => "空值",
        "a number" | "f32" | "f64" => "数字",
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "整数",
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => "非负整数",
        "a formatted date string" => "日期 YYYY-MM-DD",
        other if other.starts_with("struct ") => "映射",
        other => return other.to_owned(),
    };
    known.to_owned()
}

impl Localized for DeError {
    fn text(&self, lang: Lang) -> String {
        self.kind.text(lang)
    }

    fn help(&self, lang: Lang) -> Option<String> {
        self.kind.help(lang)
    }
}

impl fmt::Display for DeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joint = if self.path.is_empty() { "" } else { ": " };
        write!(f, "{}{joint}{}", self.path, self.kind)
    }
}

impl std::error::Error for DeError {}

type Read<T> = Result<T, DeError>;

#[derive(Clone, Copy)]
struct NodeDeserializer<'de>(Node<'de>);

impl<'de> NodeDeserializer<'de> {
    fn number<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        let text = self.0.scalar().unwrap_or_default();
        let digits = text.strip_prefix('+').unwrap_or(text);
        if let Ok(value) = digits.parse::<u64>() {
            return visitor.visit_u64(value);
        }
        if let Ok(value) = digits.parse::<i64>() {
            return visitor.visit_i64(value);
        }
        if let Some(value) = radix_value(digits) {
            return visitor.visit_u64(value);
        }
        if let Ok(value) = digits.parse::<i128>() {
            return visitor.visit_i128(value);
        }
        let special = digits.trim_start_matches('-').to_ascii_lowercase();
        let value = match special.as_str() {
            ".inf" if digits.starts_with('-') => f64::NEG_INFINITY,
            ".inf" => f64::INFINITY,
            ".nan" => f64::NAN,
            _ => digits.parse().map_err(|_| DeError::custom("a number that cannot be read"))?,
        };
        visitor.visit_f64(value)
    }

    /// The error that this value is not what is expected.
    fn unfit<T>(self, expected: &dyn Expected) -> Read<T> {
        let error = self.any(Unfit(expected)).err().unwrap_or_else(|| DeError::custom(expected));
        Err(error.placed(self.0.head_span()))
    }

    fn any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.0.kind() {
            Kind::Null => visitor.visit_unit(),
            Kind::Bool => visitor.visit_bool(self.0.as_bool().unwrap_or_default()),
            Kind::Number => self.number(visitor),
            Kind::String => visitor.visit_borrowed_str(self.0.scalar().unwrap_or_default()),
            Kind::Sequence => visitor.visit_seq(Seq { items: self.0.items(), index: 0 }),
            Kind::Mapping => visitor.visit_map(Map { of: self.0, entries: self.0.entries(), value: None }),
        }
    }
}

fn radix_value(digits: &str) -> Option<u64> {
    let hex = digits.strip_prefix("0x").map(|digits| (digits, 16));
    let (digits, radix) = hex.or_else(|| digits.strip_prefix("0o").map(|digits| (digits, 8)))?;
    u64::from_str_radix(digits, radix).ok()
}

impl<'de> Deserializer<'de> for NodeDeserializer<'de> {
    type Error = DeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        let span = self.0.head_span();
        self.any(visitor).map_err(|error| error.placed(span))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Read<V::Value> {
        match name {
            SPANNED_NAME => visitor.visit_seq(Place { node: self.0, next: 0 }),
            EXACT_NAME if self.0.kind() == Kind::Number => {
                let digits = self.0.scalar().unwrap_or_default();
                visitor.visit_borrowed_bytes(digits.as_bytes()).map_err(|error: DeError| error.placed(self.0.span()))
            }
            EXACT_NAME => self.deserialize_any(visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        let node = self.0;
        let read = match node.kind() {
            Kind::String => visitor.visit_enum(Variant { name: node, value: None }),
            Kind::Mapping => {
                let mut entries = node.entries();
                match (entries.next(), entries.next()) {
                    (Some((name, value)), None) => visitor.visit_enum(Variant { name, value: Some(value) }),
                    (None, _) => Err(DeError::custom(format!("expected one of: {}", variants.join(", ")))),
                    (Some(_), Some((second, _))) => {
                        Err(DeError::custom("only one key is allowed here").placed(second.span()))
                    }
                }
            }
            _ => self.unfit(&OneOf(variants)),
        };
        read.map_err(|error| error.placed(node.head_span()))
    }

    // serde's derived visitors would also read a struct from a list, field by field.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        if self.0.kind() == Kind::Sequence {
            return self.unfit(&visitor);
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier
    }
}

/// Turns any value into the error that it is not what is expected.
struct Unfit<'e>(&'e dyn Expected);

impl<'de> Visitor<'de> for Unfit<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Expects one of these words.
struct OneOf(&'static [&'static str]);

impl Expected for OneOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" | "))
    }
}

/// A span and the value at it, as [`super::Spanned`] reads them.
struct Place<'de> {
    node: Node<'de>,
    next: u8,
}

impl<'de> SeqAccess<'de> for Place<'de> {
    type Error = DeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        let number = |value: u32| -> U32Deserializer<DeError> { value.into_deserializer() };
        self.next += 1;
        match self.next {
            1 => seed.deserialize(number(self.node.span().start)).map(Some),
            2 => seed.deserialize(number(self.node.span().end)).map(Some),
            3 => seed.deserialize(NodeDeserializer(self.node)).map(Some),
            _ => Ok(None),
        }
    }
}

struct Seq<'de> {
    items: Items<'de>,
    index: usize,
}

impl<'de> SeqAccess<'de> for Seq<'de> {
    type Error = DeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        let Some(item) = self.items.next() else {
            return Ok(None);
        };
        let index = self.index;
        self.index += 1;
        seed.deserialize(NodeDeserializer(item))
            .map(Some)
            .map_err(|error| error.placed(item.head_span()).under(&format!("[{index}]")))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Map<'de> {
    of: Node<'de>,
    entries: Entries<'de>,
    value: Option<(Node<'de>, Node<'de>)>,
}

impl<'de> MapAccess<'de> for Map<'de> {
    type Error = DeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Read<Option<K::Value>> {
        let Some((key, value)) = self.entries.next() else {
            return Ok(None);
        };
        self.value = Some((key, value));
        let name = key.scalar().unwrap_or_default();
        seed.deserialize(KeyDeserializer(key)).map(Some).map_err(|error| {
            let error = error.placed(key.span());
            if error.path.is_empty() { error.under(name) } else { error }
        })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Read<V::Value> {
        let Some((key, value)) = self.value.take() else {
            return Err(DeError::custom("a value was asked for before its key").placed(self.of.head_span()));
        };
        seed.deserialize(NodeDeserializer(value)).map_err(|error| {
            // A value that is not written has no place to show, so its key stands for it.
            let place = if value.is_absent() { key.span() } else { value.head_span() };
            let error = error.placed(place);
            error.under(key.scalar().unwrap_or_default())
        })
    }
}

/// A key: its text, but a number or boolean where the type wants one.
struct KeyDeserializer<'de>(Node<'de>);

impl<'de> KeyDeserializer<'de> {
    fn text<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.0.scalar() {
            Some(text) => visitor.visit_borrowed_str(text),
            None => NodeDeserializer(self.0).deserialize_any(visitor),
        }
    }
}

macro_rules! keys_by_value {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
            // A quoted number is a number where the key has to be one, as in JSON.
            match self.0.as_str().map(super::scalar::plain_kind) {
                Some(Kind::Number) => NodeDeserializer(self.0).number(visitor),
                _ => NodeDeserializer(self.0).$method(visitor),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for KeyDeserializer<'de> {
    type Error = DeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.text(visitor)
    }

    keys_by_value! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_bool
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Read<V::Value> {
        match name {
            SPANNED_NAME => visitor.visit_seq(Place { node: self.0, next: 0 }),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        visitor.visit_enum(Variant { name: self.0, value: None })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_some(self)
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// An externally tagged enum: a word, or a mapping of one word to its content.
struct Variant<'de> {
    name: Node<'de>,
    value: Option<Node<'de>>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = DeError;
    type Variant = Content<'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Read<(V::Value, Content<'de>)> {
        let content = Content { name: self.name, value: self.value };
        seed.deserialize(KeyDeserializer(self.name))
            .map(|variant| (variant, content))
            .map_err(|error| error.placed(self.name.span()))
    }
}

struct Content<'de> {
    name: Node<'de>,
    value: Option<Node<'de>>,
}

impl<'de> Content<'de> {
    fn value(&self, expected: &dyn Expected) -> Read<Node<'de>> {
        self.value.ok_or_else(|| DeError::invalid_type(Unexpected::UnitVariant, expected).placed(self.name.span()))
    }

    fn step<T>(&self, read: Read<T>) -> Read<T> {
        let place = self.value.filter(|value| !value.is_absent()).unwrap_or(self.name);
        read.map_err(|error| error.placed(place.head_span()).under(self.name.scalar().unwrap_or_default()))
    }
}

impl<'de> VariantAccess<'de> for Content<'de> {
    type Error = DeError;

    fn unit_variant(self) -> Read<()> {
        match self.value {
            None => Ok(()),
            Some(value) if value.is_null() => Ok(()),
            Some(value) => self.step(<()>::deserialize(NodeDeserializer(value))),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Read<T::Value> {
        let value = self.value(&"a value after this word and a colon")?;
        self.step(seed.deserialize(NodeDeserializer(value)))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        let value = self.value(&"a list after this word and a colon")?;
        self.step(NodeDeserializer(value).deserialize_any(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Read<V::Value> {
        let value = self.value(&"fields after this word and a colon")?;
        self.step(NodeDeserializer(value).deserialize_any(visitor))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::source::SourceFile;
    use crate::tree::{Exact, Format, Limits, Spanned, Tree, parse};

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case")]
    struct Rule {
        id: Spanned<String>,
        #[serde(default)]
        check: Option<Check>,
        #[serde(default)]
        examples: Vec<BTreeMap<String, Check>>,
        #[serde(default)]
        price: Option<Exact>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "kebab-case", deny_unknown_fields)]
    enum Check {
        Present,
        Lacks { words: Vec<String> },
        Above(u8),
        Either(Box<Check>, Box<Check>),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    enum Word {
        Number(i64),
        Text(String),
        Table { table: String },
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        name: String,
        #[serde(flatten)]
        rest: BTreeMap<String, Word>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "kind")]
    enum Tagged {
        Shop { id: String },
        Room { at: u32 },
    }

    fn from<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, DeError> {
        let format = if text.starts_with('{') { Format::Json } else { Format::Yaml };
        let source = SourceFile::new("a", text);
        let mut read = None;
        let problems = parse(&source, format, &Limits::default(), &mut Tree::new(), &mut |root| {
            read = Some(from_node(root));
        });
        assert!(problems.is_empty(), "{problems:?}");
        read.unwrap()
    }

    /// The error's path, the source under its span, and its text in both languages.
    fn error(text: &str) -> (String, String, DeErrorKind) {
        let error = from::<Rule>(text).unwrap_err();
        assert!(!error.text(Lang::Zh).is_empty() && !error.to_string().is_empty());
        (error.path, text[error.span.range()].to_owned(), error.kind)
    }

    #[test]
    fn every_shape_of_type_is_read() {
        let text = "id: &n a\ncheck:\n  lacks: {words: [*n, b]}\nexamples:\n- x: present\n- y: {above: 7}\n  z: {either: [present, {above: 0x10}]}\nprice: 0.10\n";
        let rule: Rule = from(text).unwrap();
        assert_eq!(rule.id.span, Span::new(7, 8));
        assert_eq!(rule.check, Some(Check::Lacks { words: vec!["a".to_owned(), "b".to_owned()] }));
        let either = Check::Either(Box::new(Check::Present), Box::new(Check::Above(16)));
        assert_eq!(rule.examples[1]["z"], either);
        assert_eq!(rule.price.map(|price| price.0.to_string()).as_deref(), Some("0.10"));
        let outer: Outer = from("name: n\na: 1\nb: x\nc: {table: t}\n").unwrap();
        assert_eq!(outer.rest["a"], Word::Number(1));
        assert_eq!(outer.rest["c"], Word::Table { table: "t".to_owned() });
        assert_eq!(from::<Tagged>("id: x\nkind: Shop\n").unwrap(), Tagged::Shop { id: "x".to_owned() });
        assert_eq!(from::<Tagged>("{\"kind\":\"Room\",\"at\":3}").unwrap(), Tagged::Room { at: 3 });
        let keyed: BTreeMap<u32, bool> = from("1: true\n'2': false\n").unwrap();
        assert_eq!(keyed, BTreeMap::from([(1, true), (2, false)]));
        let ids: Vec<u64> = from("- 18446744073709551615\n- 9007199254740993\n").unwrap();
        assert_eq!(ids, [u64::MAX, 9_007_199_254_740_993]);
        let any: serde_json::Value = from("a: [1, -2, 1.5, null, x, true]\n").unwrap();
        assert_eq!(any, serde_json::json!({"a": [1, -2, 1.5, null, "x", true]}));
        assert_eq!(from::<(String, Option<u8>, ())>("[x, 3, ~]\n").unwrap(), ("x".to_owned(), Some(3), ()));
    }

    #[test]
    fn unknown_names_are_placed_and_guessed() {
        let (path, at, kind) = error("id: a\nexmaples: []\n");
        assert_eq!((path.as_str(), at.as_str()), ("exmaples", "exmaples"));
        assert!(matches!(kind, DeErrorKind::UnknownField { suggestion: Some(word), .. } if word == "examples"));
        let (path, at, kind) = error("id: a\ncheck: {lack: {words: []}}\n");
        assert_eq!((path.as_str(), at.as_str()), ("check", "lack"));
        assert!(matches!(kind, DeErrorKind::UnknownVariant { suggestion: Some(word), .. } if word == "lacks"));
        let (path, at, _) = error("id: a\ncheck:\n  lacks:\n    words: []\n    word: []\n");
        assert_eq!((path.as_str(), at.as_str()), ("check.lacks.word", "word"));
        let (_, _, kind) = error("id: a\ncheck: 完全不同\n");
        assert!(matches!(kind, DeErrorKind::UnknownVariant { suggestion: None, .. }));
    }

    #[test]
    fn wrong_values_are_placed() {
        let (path, at, kind) = error("id: a\ncheck:\n  lacks:\n    words: [a, 3]\n");
        assert_eq!((path.as_str(), at.as_str()), ("check.lacks.words[1]", "3"));
        assert!(matches!(kind, DeErrorKind::InvalidType { found: Found::Number(_), .. }));
        let (path, at, _) = error("{\"id\":\"a\",\"check\":{\"above\":999}}");
        assert_eq!((path.as_str(), at.as_str()), ("check.above", "999"));
        let (path, at, _) = error("id: a\ncheck: {lacks: }\n");
        assert_eq!((path.as_str(), at.as_str()), ("check.lacks", "lacks"));
        let (path, at, kind) = error("check: present\n");
        assert_eq!((path.as_str(), at.as_str()), ("", "check"));
        assert_eq!(kind, DeErrorKind::MissingField { name: "id".to_owned() });
        let (path, at, _) = error("id:\n");
        assert_eq!((path.as_str(), at.as_str()), ("id", "id"));
        let (_, at, _) = error("id: a\ncheck: {present: , above: 1}\n");
        assert_eq!(at, "above");
        let (path, at, _) = error("id: a\nexamples: [x]\n");
        assert_eq!((path.as_str(), at.as_str()), ("examples[0]", "x"));
        let (_, at, _) = error("id: a\ncheck: 3\n");
        assert_eq!(at, "3");
        let (_, at, _) = error("id: a\ncheck: lacks\n");
        assert_eq!(at, "lacks");
    }

    #[test]
    fn errors_speak_both_languages() {
        let error = from::<Rule>("id: 3\n").unwrap_err();
        assert_eq!(error.text(Lang::Zh), "此处应为文字，却是数字 3");
        assert_eq!(error.text(Lang::En), "expected a string, found the number `3`");
        assert!(Localized::help(&error, Lang::Zh).is_some());
    }
}
