//! Properties of sources, documents and fixes, on generated texts of every style.

use dianjian_document::edit::{
    Edit, EditSet, FixError, NewScalar, apply, remove_entry, remove_item, replace_in_scalar, set_value,
};
use dianjian_document::source::{SourceFile, Span};
use dianjian_document::tree::{Format, Limits, Node, NodeKind, ScalarStyle, Tree, parse};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A node as a JSON value.
fn value(node: Node<'_>) -> Value {
    match node.kind() {
        NodeKind::Null => Value::Null,
        NodeKind::Bool => node.as_bool().into(),
        NodeKind::Number => {
            let text = node.scalar().unwrap();
            let whole = text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from));
            whole.or_else(|_| text.parse::<f64>().map(Value::from)).unwrap_or_else(|_| text.into())
        }
        NodeKind::String => node.as_str().into(),
        NodeKind::Sequence => node.items().map(value).collect(),
        NodeKind::Mapping => Value::Object(
            node.entries().map(|(key, item)| (key.scalar().unwrap_or_default().to_owned(), value(item))).collect(),
        ),
    }
}

/// Reads a text that has one document without problems, and looks at its root.
fn with_root<T>(text: &str, format: Format, look: impl FnOnce(Node<'_>) -> T) -> T {
    let source = SourceFile::new("case", text);
    let (mut look, mut seen) = (Some(look), None);
    let problems = parse(&source, format, &Limits::default(), &mut Tree::new(), &mut |root| {
        if let Some(look) = look.take() {
            seen = Some(look(root));
        }
    });
    assert!(problems.is_empty(), "{problems:?} in\n{text}");
    seen.unwrap_or_else(|| panic!("no document in\n{text}"))
}

fn read(text: &str, format: Format) -> Value {
    with_root(text, format, value)
}

/// Every node's spans lie in the text on character borders, and scalars' characters have places.
fn check_spans(node: Node<'_>) {
    let text = node.source().text();
    for span in [node.span(), node.use_span(), node.outer_span(), node.head_span()] {
        assert!(text.get(span.range()).is_some(), "{span:?} of {node:?} in {text:?}");
    }
    if let Some(decoded) = node.scalar() {
        check_places(node, decoded);
    }
    for item in node.items() {
        check_spans(item);
    }
    for (key, item) in node.entries() {
        check_spans(key);
        check_spans(item);
    }
}

/// Each decoded character's bytes in the source are that character, an escape, or folded blanks.
fn check_places(node: Node<'_>, decoded: &str) {
    let mut before = 0;
    for (at, character) in decoded.char_indices().take(200) {
        let span = node.source_span(at..at + character.len_utf8());
        let written = node.source().slice(span);
        let whole = node.span();
        assert!(span.start >= before || span == whole, "{span:?} before {before} in {:?}", node.written());
        before = span.start;
        let is_same = written == character.to_string();
        let is_escape = written.starts_with('\\') && node.style() != ScalarStyle::SingleQuoted
            || written == "''" && character == '\''
            || written.starts_with('&') && written.ends_with(';') && node.style() == ScalarStyle::Xml;
        let is_blank = character.is_whitespace() && written.chars().all(char::is_whitespace);
        assert!(is_same || is_escape || is_blank, "{character:?} at {at} is {written:?} in {:?}", node.written());
    }
}

/// Texts that are hard to write: quotes, indicators, blanks at edges, wide characters, line breaks.
fn hard_text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "云山",
        "旗舰店",
        " ",
        "  ",
        "\n",
        "\n\n",
        "'",
        "\"",
        "\\",
        ": ",
        ":",
        " #",
        "#",
        "- ",
        ",",
        "[",
        "]",
        "{",
        "}",
        "&a",
        "*a",
        "!t",
        "|",
        ">",
        "%",
        "@",
        "`",
        "1",
        "0x1",
        "true",
        "null",
        "~",
        "😀",
        "\t",
        "é",
        "---",
        "...",
        "\u{7}",
        "\r",
        "=",
        "?",
        "\u{200b}",
        "。",
        "x y z",
    ]);
    prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat())
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e9..1e9_f64).prop_map(Value::from),
        hard_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((hard_text(), inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Every character beyond ASCII as JSON escapes, surrogate pairs included.
fn escaped(json: &str) -> String {
    let mut out = String::new();
    for character in json.chars() {
        if character.is_ascii() {
            out.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

/// Texts made of YAML's and JSON's own signs, where readers go wrong.
fn sign_soup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        ": ",
        "- ",
        "? ",
        "\n",
        "\r\n",
        "\r",
        " ",
        "  ",
        "\t",
        "&a ",
        "*a",
        "*b",
        "!!str ",
        "!x ",
        "|",
        ">",
        "|2-",
        ">+",
        "'",
        "\"",
        "\\",
        "\\u12",
        "#",
        " # c",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "<<",
        "<<: *a",
        "a",
        "b",
        "茶",
        "😀",
        "\u{feff}",
        "\0",
        "\u{85}",
        "1",
        "-1.5e3",
        "null",
        "true",
        "~",
        "`",
        "@",
        "''",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

/// Texts made of what XML is made of.
fn tag_soup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<xml>",
        "</xml>",
        "<a>",
        "</a>",
        "<茶 b='>'>",
        "</茶>",
        "<b/>",
        "<",
        ">",
        "<![CDATA[",
        "]]>",
        "&amp;",
        "&#x8336;",
        "&#0;",
        "&x;",
        "&",
        ";",
        "<!DOCTYPE a [<!ENTITY x 'y'>]>",
        "<!--",
        "-->",
        "<?xml version='1.0'?>",
        "茶",
        "1 ",
        "\r\n",
        "\u{feff}",
    ]);
    let pieces = prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat());
    (any::<bool>(), pieces).prop_map(|(is_within, soup)| if is_within { format!("<xml>{soup}</xml>") } else { soup })
}

/// The fields of an event: texts, lists of several, maps.
fn event_value() -> impl Strategy<Value = Value> {
    let text = hard_text().prop_map(|text| text.trim().to_owned());
    let leaf = text.prop_map(Value::from);
    let name = prop::sample::select(vec!["Event", "a", "status", "类目", "item_list"]);
    let field = leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 1..4).prop_map(|map| json!(map)),
        ]
    });
    let name = prop::sample::select(vec!["MsgType", "a", "Body"]);
    prop::collection::btree_map(name, field, 1..4).prop_map(|map| json!(map))
}

/// A value as an element, or as several of one name; texts are escaped, or marked off where `marks` says so.
fn written_element(name: &str, value: &Value, marks: bool, out: &mut String) {
    match value {
        Value::Array(items) => return items.iter().for_each(|item| written_element(name, item, marks, out)),
        Value::Object(map) => {
            out.push_str(&format!("<{name}>\n "));
            map.iter().for_each(|(name, value)| written_element(name, value, marks, out));
            out.push_str(&format!(" </{name}>\n"));
            return;
        }
        _ => {}
    }
    let text = value.as_str().unwrap();
    let written = match marks && !text.contains("]]>") {
        true => format!("<![CDATA[{text}]]>"),
        false => text.replace('&', "&amp;").replace('<', "&lt;").replace('\r', "&#13;").replace(']', "&#x5d;"),
    };
    out.push_str(&format!("<{name}> {written} </{name}>\n"));
}

/// A list in a list is one list in XML.
fn flattened(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let flat = items.iter().map(flattened).flat_map(|item| match item {
                Value::Array(items) => items,
                other => vec![other],
            });
            flat.collect()
        }
        Value::Object(map) => Value::Object(map.iter().map(|(name, item)| (name.clone(), flattened(item))).collect()),
        other => other.clone(),
    }
}

/// Lines to be written in a block or a folded scalar: none is blank, none has blanks at its ends.
fn solid_lines() -> impl Strategy<Value = Vec<String>> {
    let word = prop::sample::select(vec!["云山", "a", "it's", "\"q\"", "😀", "1,2", "x\\y", "旗舰店", "é"]);
    prop::collection::vec(prop::collection::vec(word, 1..4).prop_map(|words| words.join(" ")), 1..5)
}

/// A scalar's text, and ways to write it that span several lines.
fn written_styles(lines: &[String], newline: &str, blank_lines: usize) -> Vec<(String, String)> {
    let gap = newline.repeat(blank_lines + 1);
    let folded = if blank_lines == 0 { " ".to_owned() } else { "\n".repeat(blank_lines) };
    let text = lines.join(&folded);
    let literal_text = lines.join(&"\n".repeat(blank_lines + 1));
    let joined = |indent: &str| lines.join(&format!("{gap}{indent}"));
    let single = lines.iter().map(|line| line.replace('\'', "''")).collect::<Vec<_>>().join(&format!("  {gap}\t "));
    let double = lines
        .iter()
        .map(|line| line.replace('\\', "\\\\").replace('"', "\\\"").replace('云', "\\u4e91").replace('é', "\\xe9"))
        .collect::<Vec<_>>()
        .join(&format!(" \t{gap}    "));
    let escaped_break = lines
        .iter()
        .map(|line| line.replace('\\', "\\\\").replace('"', "\\\""))
        .collect::<Vec<_>>()
        .join(&format!("\\{newline}    "));
    vec![
        (format!("k: |-{newline}   {}{newline}", joined("   ")), literal_text.clone()),
        (format!("k: &x !!str |3- # c{newline}   {}{newline}z: 1", joined("   ")), literal_text.clone()),
        (format!("- |{newline}  {}{newline}- b", joined("  ")), format!("{literal_text}\n")),
        (format!("k: >{newline}    {}{newline}{newline}", joined("    ")), format!("{text}\n")),
        (format!("k: |+{newline}{newline} {}{newline}{newline}", joined(" ")), format!("\n{literal_text}\n\n")),
        (format!("[k, '{single}']"), text.clone()),
        (format!("k: \"{double}\" # c"), text.clone()),
        (format!("k: \"{escaped_break}\""), lines.concat()),
    ]
}

/// The scalar a case of `written_styles` is about.
fn subject(root: Node<'_>) -> Node<'_> {
    root.get("k").or_else(|| root.items().find(|item| item.scalar() != Some("k"))).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_is_read_as_serde_reads_it(expected in json_value()) {
        let (compact, pretty) = (expected.to_string(), serde_json::to_string_pretty(&expected).unwrap());
        for text in [&compact, &pretty, &escaped(&compact), &format!("\u{feff} {pretty}\r\n")] {
            prop_assert_eq!(&read(text, Format::Json), &expected);
            with_root(text, Format::Json, check_spans);
        }
        let lines = format!("{compact}\n\n{compact}\r\n");
        let source = SourceFile::new("a", lines);
        let mut found = Vec::new();
        let problems = parse(&source, Format::NdJson, &Limits::default(), &mut Tree::new(), &mut |root| found.push(value(root)));
        prop_assert!(problems.is_empty());
        prop_assert_eq!(found, vec![expected.clone(), expected]);
    }

    #[test]
    fn yaml_is_read_as_it_was_written(expected in json_value()) {
        let text = serde_yaml::to_string(&expected).unwrap();
        prop_assert_eq!(&read(&text, Format::Yaml), &expected, "{}", text);
        with_root(&text, Format::Yaml, check_spans);
    }

    #[test]
    fn events_are_read_as_they_were_written(expected in event_value(), marks in any::<bool>()) {
        let mut text = "<?xml version=\"1.0\"?>\n".to_owned();
        written_element("xml", &expected, marks, &mut text);
        prop_assert_eq!(&read(&text, Format::Xml), &flattened(&expected), "{}", text);
        with_root(&text, Format::Xml, check_spans);
    }

    #[test]
    fn no_text_makes_the_readers_panic(text in prop_oneof![sign_soup(), tag_soup(), any::<String>()]) {
        let source = SourceFile::new("soup", text.as_str());
        let mut tree = Tree::new();
        for format in [Format::Yaml, Format::Json, Format::NdJson, Format::Xml] {
            let problems = parse(&source, format, &Limits::default(), &mut tree, &mut |root| check_spans(root));
            for problem in problems {
                prop_assert!(text.get(problem.span.range()).is_some(), "{:?}", problem);
                prop_assert!(problem.related.is_none_or(|(_, span)| text.get(span.range()).is_some()));
            }
            for comment in tree.comments() {
                prop_assert!(source.slice(comment.span).starts_with('#'));
            }
        }
        let _ = Format::sniff(&text);
    }

    #[test]
    fn characters_have_places_in_every_style(
        lines in solid_lines(),
        newline in prop::sample::select(vec!["\n", "\r\n"]),
        blank_lines in 0..3_usize,
    ) {
        for (text, expected) in written_styles(&lines, newline, blank_lines) {
            if text.contains("\\\r") || text.contains("\\\n") && blank_lines > 0 { continue; }
            with_root(&text, Format::Yaml, |root| {
                let node = subject(root);
                assert_eq!(node.scalar(), Some(expected.as_str()), "{text}");
                check_spans(root);
                let whole = node.source_span(0..expected.len());
                assert_ne!(whole, Span::default());
                for line in &lines {
                    if let Some(at) = node.scalar().unwrap().find("旗舰店") {
                        assert_eq!(root.source().slice(node.source_span(at..at + 9)), "旗舰店", "{line}");
                    }
                }
            });
        }
    }

    #[test]
    fn scalars_are_edited_in_their_style(
        lines in solid_lines(),
        newline in prop::sample::select(vec!["\n", "\r\n"]),
        blank_lines in 0..2_usize,
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
        new in hard_text(),
    ) {
        let mut texts: Vec<String> =
            written_styles(&lines, newline, blank_lines).into_iter().map(|(text, _)| text).collect();
        texts.push(format!("k: {}{newline}l: 2", "云山旗舰店 it's"));
        texts.push(format!("k: 12.5 # n{newline}"));
        texts.push("{k: 云山旗舰店 , l: 'x'}".to_owned());
        texts.push(format!("# 注{newline}k: 云山{newline}  旗舰店{newline}{newline}  茶{newline}l: 2"));
        for text in texts {
            check_scalar_edit(&text, Format::Yaml, &from, &to, &new);
        }
        let json = serde_json::json!({"k": lines.join("\n"), "l": [1, true]});
        check_scalar_edit(&json.to_string(), Format::Json, &from, &to, &new);
        check_scalar_edit(&escaped(&json.to_string()), Format::Json, &from, &to, &new);
    }

    #[test]
    fn entries_and_items_are_edited_in_their_layout(
        original in json_value(),
        key in hard_text(),
        new in hard_text(),
        pick in any::<prop::sample::Index>(),
        layout in 0..3_u8,
    ) {
        let (text, format) = match layout {
            0 => (serde_yaml::to_string(&original).unwrap(), Format::Yaml),
            1 => (original.to_string(), Format::Json),
            _ => (serde_json::to_string_pretty(&original).unwrap(), Format::Json),
        };
        let mut paths = Vec::new();
        collections(&original, &mut Vec::new(), &mut paths);
        if let Some(path) = (!paths.is_empty()).then(|| pick.get(&paths)) {
            check_structure_edit(&original, &text, format, path, &key, &new, &pick);
        }
    }

    #[test]
    fn edits_leave_other_bytes_alone(text in any::<String>(), cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, ".{0,3}"), 0..6)) {
        let borders: Vec<usize> = (0..=text.len()).filter(|&at| text.is_char_boundary(at)).collect();
        let edits = cuts.iter().map(|(index, len, new)| {
            let at = index.index(borders.len());
            let end = borders[(at + len).min(borders.len() - 1)];
            Edit::replace(Span::new(borders[at] as u32, end as u32), new.as_str())
        });
        if let Ok(set) = EditSet::new(edits) {
            let mut expected = text.clone();
            for edit in set.edits().iter().rev() {
                expected.replace_range(edit.span.range(), &edit.text);
            }
            prop_assert_eq!(apply(&text, &set), expected);
        }
    }
}

fn check_scalar_edit(text: &str, format: Format, from: &prop::sample::Index, to: &prop::sample::Index, new: &str) {
    let (edit, expected, was) = with_root(text, format, |root| {
        let node = subject(root);
        let old = node.scalar().unwrap();
        let borders: Vec<usize> = (0..=old.len()).filter(|&at| old.is_char_boundary(at)).collect();
        let (one, other) = (*from.get(&borders), *to.get(&borders));
        let range = one.min(other)..one.max(other);
        let mut expected = old.to_owned();
        expected.replace_range(range.clone(), new);
        (replace_in_scalar(node, range, new).unwrap(), expected, value(root))
    });
    assert!(text.get(edit.span.range()).is_some());
    let after = apply(text, &EditSet::new([edit.clone()]).unwrap());
    with_root(&after, format, |root| {
        assert_eq!(subject_like(root, &was).scalar(), Some(expected.as_str()), "{edit:?}\n{text}\n-->\n{after}");
        let others = |value: &Value| value.get("l").cloned();
        assert_eq!(others(&value(root)), others(&was), "{text}\n-->\n{after}");
    });
}

/// The edited scalar, which stands where it stood whatever it says now.
fn subject_like<'a>(root: Node<'a>, was: &Value) -> Node<'a> {
    match was {
        Value::Array(items) => root.items().nth(usize::from(items[0] == "k")).unwrap(),
        _ => root.get("k").unwrap(),
    }
}

/// The ways to all collections in a value.
fn collections(of: &Value, way: &mut Vec<Value>, found: &mut Vec<Vec<Value>>) {
    let steps: Vec<(Value, &Value)> = match of {
        Value::Array(items) => items.iter().enumerate().map(|(at, item)| (at.into(), item)).collect(),
        Value::Object(entries) => entries.iter().map(|(key, item)| (key.as_str().into(), item)).collect(),
        _ => return,
    };
    found.push(way.clone());
    for (step, inner) in steps {
        way.push(step);
        collections(inner, way, found);
        way.pop();
    }
}

fn node_at<'a>(root: Node<'a>, way: &[Value]) -> Node<'a> {
    way.iter().fold(root, |node, step| match step {
        Value::String(key) => node.get(key).unwrap(),
        step => node.items().nth(step.as_u64().unwrap() as usize).unwrap(),
    })
}

fn value_at<'v>(root: &'v mut Value, way: &[Value]) -> &'v mut Value {
    way.iter().fold(root, |value, step| match step {
        Value::String(key) => value.get_mut(key).unwrap(),
        step => value.get_mut(step.as_u64().unwrap() as usize).unwrap(),
    })
}

fn check_structure_edit(
    original: &Value,
    text: &str,
    format: Format,
    way: &[Value],
    key: &str,
    new: &str,
    pick: &prop::sample::Index,
) {
    let mut wanted: Vec<(Value, Result<Edit, FixError>)> = Vec::new();
    with_root(text, format, |root| {
        let node = node_at(root, way);
        let mut changed = |change: &dyn Fn(&mut Value), edit| {
            let mut expected = original.clone();
            change(value_at(&mut expected, way));
            wanted.push((expected, edit));
        };
        match value(node) {
            Value::Object(entries) => {
                let set = |key: String| {
                    move |value: &mut Value| {
                        value.as_object_mut().unwrap().insert(key.clone(), new.into());
                    }
                };
                let scalar = NewScalar::Text(new.to_owned());
                changed(&set(key.to_owned()), set_value(node, key, &scalar));
                if !entries.is_empty() {
                    let (name, _) = entries.iter().nth(pick.index(entries.len())).unwrap();
                    changed(&set(name.clone()), set_value(node, name, &scalar));
                    let remove = |value: &mut Value| {
                        value.as_object_mut().unwrap().remove(name);
                    };
                    changed(&remove, remove_entry(node, name));
                }
            }
            Value::Array(items) if !items.is_empty() => {
                let at = pick.index(items.len());
                let remove = |value: &mut Value| {
                    value.as_array_mut().unwrap().remove(at);
                };
                changed(&remove, remove_item(node, at));
            }
            _ => {}
        }
    });
    for (expected, edit) in wanted {
        match edit {
            Ok(edit) => {
                let after = apply(text, &EditSet::new([edit.clone()]).unwrap());
                assert_eq!(read(&after, format), expected, "{edit:?}\n{text}\n-->\n{after}");
            }
            Err(error) => assert_eq!(error, FixError::Layout, "{text}"),
        }
    }
}
