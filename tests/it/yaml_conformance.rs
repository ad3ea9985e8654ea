//! YAML through the public API: every production of the grammar, its errors, and the values read.
//!
//! With `DIANJIAN_YAML_SUITE` set to a folder laid out like the `data` branch of yaml-test-suite
//! (`in.yaml` with `in.json` or `error` beside it), its cases are run as well.

use std::path::Path;

use dianjian_document::source::SourceFile;
use dianjian_document::tree::{Format, Limits, Node, NodeKind, Tree, parse};
use serde_json::{Map, Number, Value, json};

/// A node as a JSON value; keys that are not text become their text.
fn value(node: Node<'_>) -> Value {
    match node.kind() {
        // What a tag of another program stands for is not known; its text is still there.
        NodeKind::Null if node.tag().is_some_and(|tag| !tag.ends_with("null")) => node.scalar().into(),
        NodeKind::Null => Value::Null,
        NodeKind::Bool => node.as_bool().into(),
        NodeKind::Number => {
            let text = node.scalar().unwrap();
            match (node.number(), text.parse::<i64>()) {
                (_, Ok(whole)) => whole.into(),
                (Some(number), _) => number.to_string().parse().map_or(Value::Null, Value::Number),
                (None, _) => text.parse().ok().and_then(Number::from_f64).map_or(json!(text), Value::Number),
            }
        }
        NodeKind::String => node.as_str().into(),
        NodeKind::Sequence => node.items().map(value).collect(),
        NodeKind::Mapping => {
            let entries = node.entries().map(|(key, item)| (key.scalar().unwrap_or("?").to_owned(), value(item)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
    }
}

/// All documents of a text, and the ids of its problems, those that lost a document first.
fn read(text: &str) -> (Vec<Value>, Vec<&'static str>, Vec<&'static str>) {
    let source = SourceFile::new("case.yaml", text);
    let mut documents = Vec::new();
    let problems = parse(&source, Format::Yaml, &Limits::default(), &mut Tree::new(), &mut |root| {
        documents.push(value(root));
    });
    for problem in &problems {
        assert!(problem.span.end as usize <= text.len(), "{problem:?} of {text:?}");
        assert!(text.is_char_boundary(problem.span.start as usize) && text.is_char_boundary(problem.span.end as usize));
    }
    let ids = |fatal: bool| {
        problems.iter().filter(|problem| problem.is_fatal() == fatal).map(|problem| problem.id()).collect()
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
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}

fn cases(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    if folder.join("in.yaml").exists() {
        found.push(folder.to_owned());
    }
    let mut inner: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
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
            failures.push(format!("{}: error wanted: {wants_error}, found: {fatal:?}", case.display()));
            continue;
        }
        let Ok(expected) = std::fs::read_to_string(case.join("in.json")) else {
            continue;
        };
        if wants_error || other.contains(&"document/complex-key") {
            continue;
        }
        let expected: Vec<Value> =
            serde_json::Deserializer::from_str(&expected).into_iter().map(Result::unwrap).collect();
        compared += 1;
        if expected.len() != documents.len() || !expected.iter().zip(&documents).all(|(one, other)| same(one, other)) {
            failures.push(format!("{}: {expected:?} but read {documents:?}", case.display()));
        }
    }
    eprintln!("{} cases, {compared} compared by value, {} failed", found.len(), failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Texts and the documents they hold, by production of the grammar.
fn accepted() -> Vec<(&'static str, Value)> {
    vec![
        // Streams and documents.
        ("", json!([])),
        ("\u{feff}", json!([])),
        ("# only\n  # comments\n", json!([])),
        ("---\n", json!([null])),
        ("---\n---\n", json!([null, null])),
        ("--- a\n...\n", json!(["a"])),
        ("a\n---\nb\n...\n---\nc", json!(["a", "b", "c"])),
        ("%YAML 1.2\n---\na: 1\n", json!([{"a": 1}])),
        ("%TAG !e! tag:example.com,2026:\n---\n!e!x y\n", json!(["y"])),
        ("%UNKNOWN thing\n--- a\n", json!(["a"])),
        ("\u{feff}a: 1\n", json!([{"a": 1}])),
        ("a\n...\n\u{feff}---\nb\n", json!(["a", "b"])),
        ("--- |\n x\n--- >\n y\n", json!(["x\n", "y\n"])),
        // Scalars of the core schema.
        ("[null, Null, NULL, ~, ]", json!([[null, null, null, null]])),
        ("[true, True, TRUE, false, False, FALSE]", json!([[true, true, true, false, false, false]])),
        ("[yes, no, on, off, tRUE]", json!([["yes", "no", "on", "off", "tRUE"]])),
        ("[0, -7, +7, 12.5, -1.5e3, 5., .5]", json!([[0, -7, 7, 12.5, -1500, 5, 0.5]])),
        ("[0x, 0o9, 1_0, 1:30, 1.2.3, 2026-11-22]", json!([["0x", "0o9", "1_0", "1:30", "1.2.3", "2026-11-22"]])),
        ("['1', \"true\", '~', '']", json!([["1", "true", "~", ""]])),
        ("91440300MA5F0XYZ1X", json!(["91440300MA5F0XYZ1X"])),
        // Plain scalars.
        ("a: b c  d \n", json!([{"a": "b c  d"}])),
        ("a: b\n  c\n\n  d\n", json!([{"a": "b c\nd"}])),
        ("a\n b\n  c", json!(["a b c"])),
        ("url: http://x.cn:80/?a=b#c", json!([{"url": "http://x.cn:80/?a=b#c"}])),
        ("[-a, ?b, :c, a-b, a:b, a#b]", json!([["-a", "?b", ":c", "a-b", "a:b", "a#b"]])),
        ("店名：云山, 茶", json!(["店名：云山, 茶"])),
        ("a: x{y}[z]", json!([{"a": "x{y}[z]"}])),
        ("- 云山\n- 🍵\n", json!([["云山", "🍵"]])),
        ("a: 'b'# c\n".trim_end_matches("# c\n"), json!([{"a": "b"}])),
        // Quoted scalars.
        ("'it''s'", json!(["it's"])),
        ("'a\n  b\n\n  c'", json!(["a b\nc"])),
        ("'\\n'", json!(["\\n"])),
        (
            r#""\0\a\b\t\n\v\f\r\e\"\/\\\N\_\L\P""#,
            json!(["\0\u{7}\u{8}\t\n\u{b}\u{c}\r\u{1b}\"/\\\u{85}\u{a0}\u{2028}\u{2029}"]),
        ),
        (r#""\x41\u4e91\U0001F375""#, json!(["A云🍵"])),
        (r#""\uD83C\uDF75""#, json!(["🍵"])),
        ("\"a \\\n   b\"", json!(["a b"])),
        ("\"a\n\n\n  b\"", json!(["a\n\nb"])),
        ("\"a  \n  b \"", json!(["a b "])),
        ("\"\"", json!([""])),
        // Block scalars.
        ("|\n a\n  b\n\n c\n", json!(["a\n b\n\nc\n"])),
        ("|-\n a\n\n", json!(["a"])),
        ("|+\n a\n\n", json!(["a\n\n"])),
        ("|2\n   a\n  b\n", json!([" a\nb\n"])),
        ("|1-\n  a\n", json!([" a"])),
        ("|-1\n  a\n", json!([" a"])),
        (">\n a\n b\n\n c\n", json!(["a b\nc\n"])),
        (">\n a\n  b\n c\n", json!(["a\n b\nc\n"])),
        (">-\n a\n\n\n b\n", json!(["a\n\nb"])),
        ("| # why\n a\n", json!(["a\n"])),
        ("a: |\n  x # no comment\nb: >\n  y\n", json!([{"a": "x # no comment\n", "b": "y\n"}])),
        ("a: |\n\n  x\n", json!([{"a": "\nx\n"}])),
        ("a: |\nb: 1\n", json!([{"a": "", "b": 1}])),
        // Block collections.
        ("- a\n- - b\n  - c\n-\n  - d\n", json!([["a", ["b", "c"], ["d"]]])),
        ("a:\n- 1\n- 2\nb: 3\n", json!([{"a": [1, 2], "b": 3}])),
        ("a:\n  b:\n    c: 1\n  d: 2\n", json!([{"a": {"b": {"c": 1}, "d": 2}}])),
        ("- a: 1\n  b: 2\n- c: 3\n", json!([[{"a": 1, "b": 2}, {"c": 3}]])),
        ("-\n- \n- a\n", json!([[null, null, "a"]])),
        ("a:\nb: \nc: 1\n", json!([{"a": null, "b": null, "c": 1}])),
        ("? a\n: b\n? c\n", json!([{"a": "b", "c": null}])),
        ("'a b': 1\n\"c\": 2\n3: 4\n", json!([{"a b": 1, "c": 2, "3": 4}])),
        ("a: # comment\n  b\n", json!([{"a": "b"}])),
        ("a:\t1\n", json!([{"a": 1}])),
        ("a:\r\n  - 1\r\n  - |\r\n    x\r\n    y\r\n", json!([{"a": [1, "x\ny\n"]}])),
        ("a: 1\rb: 2\r", json!([{"a": 1, "b": 2}])),
        // Flow collections.
        ("[]", json!([[]])),
        ("{}", json!([{}])),
        ("[a, [b, {c: d}], ]", json!([["a", ["b", {"c": "d"}]]])),
        ("{a: 1, b, c: , \"d\":2, ? e : f}", json!([{"a": 1, "b": null, "c": null, "d": 2, "e": "f"}])),
        ("[a: 1, b: 2]", json!([[{"a": 1}, {"b": 2}]])),
        ("a: [\n  1, # one\n  2\n ]\n", json!([{"a": [1, 2]}])),
        ("{\"a\":1,\"b\":[true,null]}", json!([{"a": 1, "b": [true, null]}])),
        ("{a: \"x\n  y\"}", json!([{"a": "x y"}])),
        // Anchors, aliases, tags, merges.
        ("a: &x 1\nb: *x\n", json!([{"a": 1, "b": 1}])),
        ("- &x [1]\n- *x\n- &x 2\n- *x\n", json!([[[1], [1], 2, 2]])),
        ("&a a: 1\nb: *a\n", json!([{"a": 1, "b": "a"}])),
        ("a: !!str 1\nb: !!int \"2\"\nc: ! 3\nd: !x 4\n", json!([{"a": "1", "b": 2, "c": "3", "d": "4"}])),
        ("a: !!null ''\nb: !!bool \"true\"\nc: !!float '1.5'\n", json!([{"a": null, "b": true, "c": 1.5}])),
        ("a: &x\nb: 1\n", json!([{"a": null, "b": 1}])),
        ("d: &d {x: 1, y: 2}\ne: {<<: *d, y: 3}\n", json!([{"d": {"x": 1, "y": 2}, "e": {"y": 3, "x": 1}}])),
        (
            "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b], z: 3}\n",
            json!([{"a": {"x": 1}, "b": {"x": 2, "y": 2}, "c": {"z": 3, "x": 1, "y": 2}}]),
        ),
        (
            "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b}\n",
            json!([{"a": {"x": 1}, "b": {"y": 2, "x": 1}, "c": {"y": 2, "x": 1}}]),
        ),
        ("{'<<': {x: 1}}", json!([{"<<": {"x": 1}}])),
    ]
}

/// Texts, and the problem that loses a document.
const REFUSED: &[(&str, &str)] = &[
    ("a: b: c\n", "yaml/colon"),
    ("a: 'b' c\n", "yaml/after-quote"),
    ("a: \"b\" c\n", "yaml/after-quote"),
    ("a: 'b\n", "yaml/quoted-indent"),
    ("\"a\n", "yaml/quote"),
    ("[a, b\n", "yaml/unclosed"),
    ("{a: 1\n", "yaml/unclosed"),
    ("[a}\n", "yaml/bracket-pair"),
    ("a: ]\n", "yaml/bracket"),
    ("\"\\z\"", "yaml/escape"),
    ("\"\\x4\"", "yaml/hex"),
    ("\"\\ud800\"", "yaml/surrogate"),
    ("\"\\U00110000\"", "yaml/surrogate"),
    ("a:\n\tb: 1\n", "yaml/tab"),
    ("- a\nb: 1\n", "yaml/block-item"),
    ("a: 1\n b: 2\n", "yaml/indented-below-value"),
    ("a:\n  b: 1\n c: 2\n", "yaml/indentation"),
    ("a:\n\u{3000}b: 1\n", "yaml/wide-indentation"),
    ("a: 1\nb：2\n", "yaml/wide-colon"),
    ("a: b: 1\n", "yaml/colon"),
    ("a: 1\nb\n", "yaml/no-colon"),
    ("a: - b\n", "yaml/dash"),
    ("[- a]\n", "yaml/dash-in-flow"),
    ("|x\n a\n", "yaml/block-header"),
    ("|0\n a\n", "yaml/block-header"),
    ("a: \0\n", "yaml/control"),
    ("a: \u{7}\n", "yaml/control"),
    ("a: @b\n", "yaml/character"),
    ("a: `b`\n", "yaml/character"),
    ("& a\n", "yaml/anchor-name"),
    ("!e!x a\n", "yaml/tag-handle"),
    ("%YAML 2.0\n--- a\n", "yaml/version"),
    ("%YAML 1.2\n%YAML 1.2\n---\n", "yaml/repeated-directive"),
    ("a\n... b\n", "yaml/document-end"),
    ("a: b\n  c # d\n  e\n", "yaml/comment-in-text"),
    ("'a\n--- b'\n", "yaml/marker-in-quotes"),
];

#[test]
fn every_production_is_read() {
    let cases = accepted();
    assert!(cases.len() >= 80, "{}", cases.len());
    let mut wrong = Vec::new();
    for (text, expected) in cases {
        let (documents, fatal, other) = read(text);
        let documents = Value::Array(documents);
        let is_told = other.iter().any(|id| *id != "yaml/foreign-tag");
        if !same(&documents, &expected) || !fatal.is_empty() || is_told {
            wrong.push(format!("{text:?} is {documents}, not {expected}; {fatal:?} {other:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_error_has_its_message() {
    let wrong: Vec<_> =
        REFUSED.iter().map(|&(text, id)| (text, id, read(text).1)).filter(|(_, id, found)| *found != [*id]).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_broken_document_does_not_lose_the_others() {
    let (documents, fatal, _) = read("a: 1\n---\nb: [1\n---\nc: 3\n---\nd: 'x\n...\n---\ne: 5\n");
    assert_eq!((documents, fatal.len()), (vec![json!({"a": 1}), json!({"c": 3}), json!({"e": 5})], 2));
}

#[test]
fn lesser_problems_leave_the_document() {
    let cases = [
        ("a: 1\nb: 2\na: 3\n", json!({"a": 1, "b": 2}), "document/duplicate-key"),
        ("a: *none\nb: 1\n", json!({"a": null, "b": 1}), "document/undefined-alias"),
        ("a: &x [1, *x]\n", json!({"a": [1, null]}), "document/alias-cycle"),
        ("[a]: 1\nb: 2\n", json!({"?": 1, "b": 2}), "document/complex-key"),
        ("a: !x 4\nb: 1\n", json!({"a": "4", "b": 1}), "yaml/foreign-tag"),
        ("<<: 3\nb: 2\n", json!({"<<": 3, "b": 2}), "document/bad-merge"),
    ];
    for (text, expected, id) in cases {
        assert_eq!(read(text), (vec![expected], vec![], vec![id]), "{text:?}");
    }
}

#[test]
fn bombs_are_refused_quickly() {
    let began = std::time::Instant::now();
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        laughs.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    assert_eq!(read(&laughs).1, ["document/alias-expansion"]);
    // Merges double with each level without any list of aliases being long.
    let mut merges = "a0: &a0 {x: 1}\n".to_owned();
    for level in 1..40 {
        let below = level - 1;
        merges.push_str(&format!("a{level}: &a{level} {{<<: [*a{below}, *a{below}], k{level}: 1}}\n"));
    }
    assert_eq!(read(&merges).1, ["document/alias-expansion"]);
    // A chain of aliases is deep although nothing written is.
    let mut chain = "a0: &a0 [x]\n".to_owned();
    for level in 1..300 {
        chain.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert_eq!(read(&chain).1, ["document/too-deep"]);
    for opens in ["[", "{a: ", "- ", "? ", "[{"] {
        let (_, fatal, _) = read(&opens.repeat(20_000));
        assert_eq!(fatal, ["document/too-deep"], "{opens}");
    }
    let deep: String = (0..1_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert_eq!(read(&deep).1, ["document/too-deep"]);
    let many: String = (0..50_000).map(|n| format!("k{n}: &a{n} [1]\n")).collect();
    assert_eq!(read(&many).1, [""; 0]);
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}
