//! YAML through the public API: every production of the grammar, its errors, and the values read.
//!
//! With `DIANJIAN_YAML_SUITE` set to a folder laid out like the `data` branch of yaml-test-suite
//! (`in.yaml` with `in.json` or `error` beside it), its cases are run as well.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that fails should stop, and tell its figures"
)]

use std::path::Path;

use dianjian::document::{Format, Kind, Limits, Node, Tree, parse};
use dianjian::source::SourceFile;
use serde_json::{Map, Number, Value, json};

/// A node as a JSON value; keys that are not text become their text.
fn value(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Bool => node.as_bool().into(),
        Kind::Number => {
            let text = node.scalar().unwrap();
            match (node.number(), text.parse::<i64>()) {
                (_, Ok(whole)) => whole.into(),
                (Some(number), _) => number
                    .to_string()
                    .parse()
                    .map_or(Value::Null, Value::Number),
                (None, _) => text
                    .parse()
                    .ok()
                    .and_then(Number::from_f64)
                    .map_or(json!(text), Value::Number),
            }
        }
        Kind::String => node.as_str().into(),
        Kind::Sequence => node.items().map(value).collect(),
        Kind::Mapping => {
            let entries = node
                .entries()
                .map(|(key, item)| (key.scalar().unwrap_or("?").to_owned(), value(item)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
    }
}

/// All documents of a text, and the ids of its problems, those that lost a document first.
fn read(text: &str) -> (Vec<Value>, Vec<&'static str>, Vec<&'static str>) {
    let source = SourceFile::new("case.yaml", text);
    let mut documents = Vec::new();
    let problems = parse(
        &source,
        Format::Yaml,
        &Limits::default(),
        &mut Tree::new(),
        &mut |root| {
            documents.push(value(root));
        },
    );
    for problem in &problems {
        assert!(
            problem.span.end as usize <= text.len(),
            "{problem:?} of {text:?}"
        );
        assert!(
            text.is_char_boundary(problem.span.start as usize)
                && text.is_char_boundary(problem.span.end as usize)
        );
    }
    let ids = |fatal: bool| {
        problems
            .iter()
            .filter(|problem| problem.is_fatal() == fatal)
            .map(|problem| problem.id())
            .collect()
    };
    (documents, ids(true), ids(false))
}

/// Numbers are equal when they are so as numbers: `1.0` in one notation is `1` in another.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(key, value)| other.get(key).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}

fn cases(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    if folder.join("in.yaml").exists() {
        found.push(folder.to_owned());
    }
    let mut inner: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    inner.sort();
    for path in inner.into_iter().filter(|path| path.is_dir()) {
        // `name` and `tags` hold links to the cases themselves.
        if !path.ends_with("name") && !path.ends_with("tags") {
            cases(&path, found);
        }
    }
}

#[test]
fn the_suite_given_by_the_environment_passes() {
    let Some(folder) = std::env::var_os("DIANJIAN_YAML_SUITE") else {
        return;
    };
    let mut found = Vec::new();
    cases(Path::new(&folder), &mut found);
    assert!(!found.is_empty(), "no case in {}", folder.display());
    let (mut compared, mut failures) = (0, Vec::new());
    for case in &found {
        let text = std::fs::read_to_string(case.join("in.yaml")).unwrap();
        let (documents, fatal, other) = read(&text);
        let wants_error = case.join("error").exists();
        if wants_error != (!fatal.is_empty() || other.contains(&"document/undefined-alias")) {
            failures.push(format!(
                "{}: error wanted: {wants_error}, found: {fatal:?}",
                case.display()
            ));
            continue;
        }
        let Ok(expected) = std::fs::read_to_string(case.join("in.json")) else {
            continue;
        };
        if wants_error || other.contains(&"document/complex-key") {
            continue;
        }
        let expected: Vec<Value> = serde_json::Deserializer::from_str(&expected)
            .into_iter()
            .map(Result::unwrap)
            .collect();
        compared += 1;
        if expected.len() != documents.len()
            || !expected
                .iter()
                .zip(&documents)
                .all(|(one, other)| same(one, other))
        {
            failures.push(format!(
                "{}: {expected:?} but read {documents:?}",
                case.display()
            ));
        }
    }
    eprintln!(
        "{} cases, {compared} compared by value, {} failed",
        found.len(),
        failures.len()
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
