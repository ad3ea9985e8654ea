//! A record as a line of JSON or as a YAML document, the latter as people write it: now in blocks, now in flow.

use crate::rng::Rng;
use crate::value::{Map, Value};

/// Writes a map as JSON; `ascii` escapes all but ASCII, as some exporters do.
pub fn json(map: &Map, ascii: bool, out: &mut String) {
    out.push('{');
    separated(&map.0, ",", out, |(key, value), out| {
        quoted(key, ascii, out);
        out.push(':');
        json_value(value, ascii, out);
    });
    out.push('}');
}

fn separated<T>(items: &[T], separator: &str, out: &mut String, write: impl Fn(&T, &mut String)) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(separator);
        }
        write(item, out);
    }
}

fn json_value(value: &Value, ascii: bool, out: &mut String) {
    match value {
        Value::Text(text) => quoted(text, ascii, out),
        Value::Number(number) => out.push_str(number),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::List(list) => {
            out.push('[');
            separated(list, ",", out, |value, out| json_value(value, ascii, out));
            out.push(']');
        }
        Value::Map(map) => json(map, ascii, out),
    }
}

fn quoted(text: &str, ascii: bool, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            _ if ascii && !c.is_ascii() => {
                let mut units = [0; 2];
                c.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// Writes a map as a YAML document without its `---`.
pub fn yaml(map: &Map, rng: &mut Rng, out: &mut String) {
    block(map, 0, rng.percent(50), out);
}

fn block(map: &Map, depth: usize, flow: bool, out: &mut String) {
    for (at, (key, value)) in map.0.iter().enumerate() {
        // After the dash of a list's item the first key needs no indentation.
        if depth == 0 || at > 0 || !out.ends_with("- ") {
            (0..depth).for_each(|_| out.push_str("  "));
        }
        out.push_str(key);
        out.push(':');
        match value {
            Value::Map(map) if !flow || holds_lines(map) => {
                out.push('\n');
                block(map, depth + 1, flow, out);
            }
            Value::List(list) if !flow && list.iter().any(|value| matches!(value, Value::Map(_))) => {
                out.push('\n');
                for value in list {
                    (0..=depth).for_each(|_| out.push_str("  "));
                    out.push_str("- ");
                    match value {
                        Value::Map(map) => block(map, depth + 2, flow, out),
                        other => {
                            inline(other, out);
                            out.push('\n');
                        }
                    }
                }
            }
            Value::Text(text) if text.contains('\n') => {
                out.push_str(" |\n");
                for line in text.lines() {
                    if !line.is_empty() {
                        (0..=depth).for_each(|_| out.push_str("  "));
                        out.push_str(line);
                    }
                    out.push('\n');
                }
            }
            other => {
                out.push(' ');
                inline(other, out);
                out.push('\n');
            }
        }
    }
}

fn holds_lines(map: &Map) -> bool {
    map.0.iter().any(|(_, value)| matches!(value, Value::Text(text) if text.contains('\n')))
}

fn inline(value: &Value, out: &mut String) {
    match value {
        Value::Text(text) if is_plain(text) => out.push_str(text),
        Value::Text(text) => quoted(text, false, out),
        Value::List(list) => {
            out.push('[');
            separated(list, ", ", out, inline);
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            separated(&map.0, ", ", out, |(key, value), out| {
                out.push_str(key);
                out.push_str(": ");
                inline(value, out);
            });
            out.push('}');
        }
        other => json_value(other, false, out),
    }
}

/// Can a text go without quotes? It must begin with a letter that is not ASCII or is lower case, and have no character
/// that is special in YAML.
fn is_plain(text: &str) -> bool {
    let begins = text.chars().next().is_some_and(|c| !c.is_ascii() || c.is_ascii_lowercase());
    begins && !text.chars().any(|c| "#:,[]{}\"'\\\n&*!|>%@`\u{200b}".contains(c)) && !text.ends_with(' ')
}
