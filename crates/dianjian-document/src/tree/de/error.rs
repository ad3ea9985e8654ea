//! Why a document does not fit a type, where, and the nearest thing that would.

use std::fmt;

use dianjian_base::lang::{Lang, Localized, Text};
use dianjian_base::{FieldPath, localized, text};
use serde::de::{Expected, Unexpected};

use crate::source::Span;

/// What was found where something else was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoundValue {
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

impl FoundValue {
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

localized! { FoundValue {
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
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum DeErrorKind {
    /// A field that the type does not have.
    UnknownField { found: String, expected: Vec<String>, suggestion: Option<String> },
    /// A field that the type needs.
    MissingField { name: String },
    /// A field given twice.
    DuplicateField { name: String },
    /// A value of another type, or out of its range.
    InvalidType { expected: String, found: FoundValue },
    /// A word that is not among the allowed ones.
    UnknownVariant { found: String, expected: Vec<String>, suggestion: Option<String> },
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

    /// The error at a place, unless it knows one that is nearer and can be shown.
    pub(super) fn placed(mut self, span: Span) -> Self {
        if !self.is_placed {
            self.span = span;
            self.is_placed = !span.is_empty();
        }
        self
    }

    /// The error seen from one step further out.
    pub(super) fn under(mut self, step: &str) -> Self {
        self.path = FieldPath::new(step).join(&self.path);
        self
    }
}

impl serde::de::Error for DeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(DeErrorKind::Custom(message.to_string()))
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(DeErrorKind::InvalidType { expected: expected.to_string(), found: FoundValue::of(&unexpected) })
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let (expected, suggestion) =
            (expected.iter().copied().map(str::to_owned).collect(), nearest(variant, expected));
        Self::new(DeErrorKind::UnknownVariant { found: variant.to_owned(), expected, suggestion })
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let (expected, suggestion) = (expected.iter().copied().map(str::to_owned).collect(), nearest(field, expected));
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

/// The nearest name, else all of them.
fn choices(suggestion: Option<&str>, expected: &[String]) -> Option<Text> {
    if let Some(word) = suggestion {
        return Some(text! { zh: "是不是“{word}”？", en: "did you mean `{word}`?" });
    }
    let (zh, en) = (expected.join("、"), expected.join(", "));
    (!expected.is_empty()).then(|| text! { zh: "可用的有：{zh}。", en: "Expected one of: {en}." })
}

fn may_be_quoted(expected: &str, found: &FoundValue) -> Option<Text> {
    let is_bare = matches!(found, FoundValue::Number(_) | FoundValue::Bool(_));
    (is_bare && expected.contains("string"))
        .then(|| text! { zh: "给它加上引号，它就是文字。", en: "Quote it to make it a text." })
}

/// Whether it is one of chrono's messages, which say neither that a date was wanted nor how one is written.
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
