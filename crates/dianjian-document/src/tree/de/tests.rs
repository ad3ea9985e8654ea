//! What serde derives for, read from nodes; and what is said where it does not fit.

use std::collections::BTreeMap;

use dianjian_base::lang::{Lang, Localized as _};

use super::*;
use crate::source::{SourceFile, Span};
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
    assert!(matches!(kind, DeErrorKind::InvalidType { found: FoundValue::Number(_), .. }));
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
    assert!(error.help(Lang::Zh).is_some());
}
