//! JSON through the public API: exactly what RFC 8259 allows, and nothing else.
//!
//! With `DIANJIAN_JSON_SUITE` set to the `test_parsing` folder of JSONTestSuite (or one laid out
//! like it: `y_*.json` valid, `n_*.json` invalid, `i_*.json` either), its files are run as well.

use std::path::Path;

use dianjian_document::source::{SourceFile, from_bytes};
use dianjian_document::tree::{Format, Limits, Tree, parse};

/// Whether a text is one JSON value; every problem must have a place within the text.
fn accepts(text: &str) -> bool {
    let source = SourceFile::new("case.json", text);
    let mut documents = 0;
    let problems = parse(&source, Format::Json, &Limits::default(), &mut Tree::new(), &mut |_| documents += 1);
    for problem in &problems {
        assert!(problem.span.end as usize <= text.len(), "{problem:?} of {text:?}");
        assert!(text.is_char_boundary(problem.span.start as usize) && text.is_char_boundary(problem.span.end as usize));
    }
    let fatal = problems.iter().any(|problem| problem.is_fatal());
    assert_eq!(documents == 1, !fatal, "{text:?}: {problems:?}");
    !fatal
}

#[test]
fn the_suite_given_by_the_environment_passes() {
    let Some(folder) = std::env::var_os("DIANJIAN_JSON_SUITE") else {
        return;
    };
    let mut files: Vec<_> = std::fs::read_dir(Path::new(&folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut counts, mut failures) = ([0; 3], Vec::new());
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let accepted = from_bytes(&name, bytes).is_ok_and(|source| accepts(source.text()));
        let (slot, wanted) = match name.as_bytes()[0] {
            b'y' => (0, Some(true)),
            b'n' => (1, Some(false)),
            _ => (2, None),
        };
        counts[slot] += 1;
        if wanted.is_some_and(|wanted| wanted != accepted) {
            failures.push(name);
        }
    }
    eprintln!("valid {}, invalid {}, either {}; failed {}", counts[0], counts[1], counts[2], failures.len());
    assert!(counts[0] > 0 && failures.is_empty(), "{failures:?}");
}

const VALID: &[&str] = &[
    // Values alone, with and without blanks.
    "null",
    "true",
    "false",
    "0",
    "-0",
    "\"\"",
    "[]",
    "{}",
    " \t\r\n[ ] \n",
    "\u{feff}{}",
    "\"a\"",
    "12",
    "-1.5",
    // Numbers.
    "[0]",
    "[-1]",
    "[10]",
    "[0.0]",
    "[0.10]",
    "[1e5]",
    "[1E5]",
    "[1e+5]",
    "[1e-5]",
    "[-0.0e-0]",
    "[1.25E+2]",
    "[0e0]",
    "[123456789012345678901234567890]",
    "[0.1234567890123456789012345678901234567890]",
    "[1e400]",
    "[-1e-400]",
    "[20e01]",
    // Arrays.
    "[1,2]",
    "[ 1 , 2 ]",
    "[[]]",
    "[[],[[]]]",
    "[null,true,false]",
    "[\"\",\"\"]",
    "[{},{}]",
    "[\n1\n,\r\n2\t]",
    "[1,\"a\",{\"b\":[]}]",
    // Objects.
    "{\"a\":1}",
    "{ \"a\" : 1 , \"b\" : 2 }",
    "{\"\":0}",
    "{\"a\":{\"b\":{}}}",
    "{\"a\":null}",
    "{\"a b\":[]}",
    "{\"\\u0061\":1}",
    "{\n}",
    "{\"键\":\"值\"}",
    "{\"a\":\"b\",\"c\":\"d\"}",
    // Strings.
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\u4e91\"",
    "\"\\uD83D\\uDE00\"",
    "\"\\ud83d\\ude00\"",
    "\"\\u0000\"",
    "\"\\uFFFF\"",
    "\"云山🍵\"",
    "\"\u{7f}\"",
    "\"\u{2028}\u{2029}\"",
    "\"\u{feff}\"",
    "\"a/b\"",
    "\"\\\\u0041\"",
    "\"\\u0022\"",
    "\"'\"",
    "\" \"",
    "\"\\\\\"",
    "\"//x\"",
    "\"\u{e000}\u{10ffff}\"",
    "\"\u{80}\"",
];

const INVALID: &[&str] = &[
    // Nothing, or more than one value.
    "",
    " ",
    "\n",
    "\u{feff}",
    "1 2",
    "[] []",
    "{} {}",
    "[]{}",
    "null,",
    "\"a\" \"b\"",
    "[]]",
    "{}}",
    "[1]x",
    "{} \0",
    "1\u{a0}",
    "\u{feff}\u{feff}1",
    // Literals.
    "nul",
    "nulll",
    "Null",
    "TRUE",
    "tru",
    "falsee",
    "undefined",
    "NaN",
    "[NaN]",
    "Infinity",
    "-Infinity",
    "[-Infinity]",
    "-NaN",
    "a",
    "[truefalse]",
    // Numbers.
    "01",
    "-01",
    "00",
    "+1",
    "-",
    "--1",
    "1.",
    ".5",
    "-.5",
    "1.e5",
    "1e",
    "1e+",
    "1e-",
    "1e5.5",
    "0x1F",
    "1_000",
    "1,000",
    "1a",
    "0.1.2",
    "１",
    "- 1",
    "1e1e1",
    "[-]",
    "[1.2a-3]",
    "[0e]",
    "[1eE2]",
    // Strings.
    "\"",
    "\"a",
    "'a'",
    "\"\\\"",
    "\"\\a\"",
    "\"\\x41\"",
    "\"\\u12\"",
    "\"\\u12G4\"",
    "\"\\U00000041\"",
    "\"\\'\"",
    "\"a\nb\"",
    "\"a\tb\"",
    "\"\0\"",
    "\"\u{1f}\"",
    "\"\\uD800\"",
    "\"\\uDC00\"",
    "\"\\uDE00\\uD83D\"",
    "\"\\uD83Dx\"",
    "\"\\uD83D\\n\"",
    "\"\\uD83D\\uD83D\"",
    "\"\\uD83D\\u00\"",
    "\"\\",
    "\"\\u",
    "\"\\🍵\"",
    "\u{201c}a\u{201d}",
    "`a`",
    "[\"a\u{0}\"]",
    // Arrays.
    "[",
    "]",
    "[1",
    "[1,",
    "[,",
    "[,]",
    "[,1]",
    "[1,]",
    "[1,,2]",
    "[1 2]",
    "[1:2]",
    "[}",
    "[1}",
    "[\"a\"",
    "[[]",
    "[1;2]",
    "[*]",
    "[1,\n1\n,1",
    "['a']",
    "[a]",
    // Objects.
    "{",
    "}",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":1",
    "{\"a\":1,",
    "{\"a\":1,}",
    "{,}",
    "{\"a\"}",
    "{\"a\" 1}",
    "{\"a\":1 \"b\":2}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "{null:1}",
    "{[]:1}",
    "{\"a\"::1}",
    "{\"a\":1,,\"b\":2}",
    "{\"a\":1]",
    "{\"a\",1}",
    "{:1}",
    "{\"a\"=1}",
    "{\"a\":}",
    "{\"a\":1;}",
    "{\"a\":\"b\"\"c\"}",
    // Comments and blanks that JSON does not have.
    "// a\n1",
    "1 // a",
    "/* a */ 1",
    "[1 /* a */]",
    "{\"a\": /**/ 1}",
    "# a\n1",
    "[\u{a0}1]",
    "[\u{2003}]",
    "[\u{b}1]",
    "\u{c}[]",
    "{\"a\":1}/",
];

#[test]
fn what_is_json_is_accepted_and_what_is_not_is_refused() {
    assert!(VALID.len() + INVALID.len() >= 120);
    for text in VALID {
        assert!(accepts(text), "{text:?} should be read");
        assert!(
            serde_json::from_str::<serde_json::Value>(text.trim_start_matches('\u{feff}')).is_ok()
                || text.contains("1e400")
        );
    }
    for text in INVALID {
        assert!(!accepts(text), "{text:?} should be refused");
    }
}

#[test]
fn problems_say_what_and_where() {
    let cases = [
        ("[1,]", "json/trailing-comma", 2..3),
        ("{\"a\":'b'}", "json/single-quote", 5..6),
        ("[1, // x\n2]", "json/comment", 4..5),
        ("[\"a\tb\"]", "json/control", 3..4),
        ("[\"\\q\"]", "json/escape", 2..4),
        ("[01]", "json/number", 1..3),
        ("[True]", "json/literal", 1..5),
        ("{\"a\": [1, 2", "json/unclosed", 11..11),
        ("[\"abc", "json/string-end", 1..2),
        ("{} {}", "json/trailing", 3..4),
        ("[\"\\ud800x\"]", "json/surrogate", 2..8),
    ];
    for (text, id, range) in cases {
        let source = SourceFile::new("case.json", text);
        let problems = parse(&source, Format::Json, &Limits::default(), &mut Tree::new(), &mut |_| {});
        let found: Vec<_> = problems.iter().map(|problem| (problem.id(), problem.span.range())).collect();
        assert_eq!(found, [(id, range)], "{text:?}");
    }
}

#[test]
fn repeated_keys_are_told_with_both_places() {
    for count in [2, 60] {
        let fields: Vec<String> = (0..count).map(|n| format!("\"k{n}\":{n}")).collect();
        let text = format!("{{{},\"\\u006b0\":9}}", fields.join(","));
        let source = SourceFile::new("case.json", text.as_str());
        let problems = parse(&source, Format::Json, &Limits::default(), &mut Tree::new(), &mut |root| {
            assert_eq!(root.get("k0").and_then(|node| node.scalar()), Some("0"));
            assert_eq!(root.len(), count);
        });
        assert_eq!(problems.len(), 1);
        assert_eq!(source.slice(problems[0].span), "\"\\u006b0\"");
        assert_eq!(problems[0].related.map(|(_, span)| source.slice(span)), Some("\"k0\""));
    }
}

#[test]
fn depth_is_bounded_without_recursion() {
    for text in ["[".repeat(1_000_000), "{\"a\":".repeat(1_000_000), "[{\"a\":".repeat(500_000)] {
        assert!(!accepts(&text));
    }
    assert!(accepts(&format!("{}{}", "[".repeat(128), "]".repeat(128))));
}

#[test]
fn a_bad_line_costs_that_line_only() {
    let source = SourceFile::chunk("a.ndjson", "{\"n\":1}\r\n\n{\"n\":\n {\"n\":3}\n[1,]\n{\"n\":5}", 100, 7);
    let mut lines = Vec::new();
    let problems = parse(&source, Format::NdJson, &Limits::default(), &mut Tree::new(), &mut |root| {
        lines.push(source.position(root.span().start).line);
    });
    assert_eq!(lines, [8, 11, 13]);
    let bad: Vec<_> = problems.iter().map(|problem| source.position(problem.span.start).line).collect();
    assert_eq!(bad, [10, 12]);
}
