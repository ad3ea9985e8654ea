//! A rule's examples, written out as in a merchant's file.

use std::fmt::Write as _;

use dianjian_base::text;
use dianjian_rules::language::{Example, ExampleCode};
use dianjian_rules::{RuleSource, parse_one};
use dianjian_text::safe::{one_line, shortened};
use serde_yaml::{Mapping, Value};

use super::heading;
use crate::terminal::TextStyle::{Dim, Green, Red};
use crate::terminal::{Terminal, TextStyle};
use dianjian_project::config::params::display_value;

/// Examples of each sort that are printed; `rules test` runs all of them.
const SHOWN: usize = 2;

/// Appends the first examples that break the rule, with their findings, and the first that keep it.
pub fn examples(rule: &RuleSource, terminal: &Terminal, out: &mut String) {
    // Parsed once more, because the compiled rule does not keep the order of keys that the author chose.
    let Ok(file) = parse_one::<Value>(&rule.source) else { return };
    let Some(written) = file.get("examples").and_then(Value::as_sequence) else { return };
    let sorts = [("bad", "不合规", "Breaks the rule", Red), ("good", "合规", "Keeps the rule", Green)];
    for (key, zh, en, style) in sorts {
        let of_sort = written
            .iter()
            .zip(&rule.file.examples)
            .filter_map(|(written, read)| Some((written.get(key)?, &read.value)));
        for (at, (record, example)) in of_sort.take(SHOWN).enumerate() {
            if at == 0 {
                heading(terminal, zh, en, out);
            } else {
                out.push('\n');
            }
            circumstances(example, terminal, out);
            write_record(record, &rule.info.kind, style, terminal, out);
            pictures(example, terminal, out);
            if key == "bad" {
                findings(example, terminal, out);
            }
        }
    }
}

/// The day and the parameters, if the example sets any.
fn circumstances(example: &Example, terminal: &Terminal, out: &mut String) {
    let day = example.as_of.map(|day| text! { zh: "按 {day} 的规则", en: "as of {day}" }.take(terminal.lang));
    let params = example.params.iter().map(|(name, value)| format!("{name}: {}", display_value(&value.value)));
    let settings: Vec<String> = day.into_iter().chain(params).collect();
    if !settings.is_empty() {
        let settings = settings.join(terminal.say("，", ", "));
        let _ = writeln!(out, "  {}", terminal.paint(Dim, &one_line(&settings)));
    }
}

fn write_record(record: &Value, kind: &str, style: TextStyle, terminal: &Terminal, out: &mut String) {
    let bar = terminal.paint(style, "│");
    let text = match record {
        Value::String(text) => text.clone(),
        Value::Sequence(records) => {
            let all: Vec<String> = records.iter().map(|record| yaml(record, kind)).collect();
            all.join("---\n")
        }
        record => yaml(record, kind),
    };
    for line in text.lines() {
        let _ = writeln!(out, "  {bar} {}", one_line(line));
    }
}

/// The record with its kind first, as users write it in files.
fn yaml(record: &Value, kind: &str) -> String {
    let Value::Mapping(fields) = record else { return serde_yaml::to_string(record).unwrap_or_default() };
    let mut whole = Mapping::new();
    if !fields.contains_key("kind") && kind != "*" {
        whole.insert("kind".into(), kind.into());
    }
    whole.extend(fields.iter().map(|(key, value)| (key.clone(), value.clone())));
    serde_yaml::to_string(&Value::Mapping(whole)).unwrap_or_default()
}

/// The codes in the example's pictures.
fn pictures(example: &Example, terminal: &Terminal, out: &mut String) {
    for (name, asset) in &example.assets {
        let code = |code: &ExampleCode| {
            let kind = code.kind.title().get(terminal.lang).to_owned();
            match (&code.says, code.score) {
                (Some(says), _) => format!("{kind} “{}”", shortened(says, 48)),
                (None, Some(score)) => format!("{kind} ({score})"),
                (None, None) => kind,
            }
        };
        let codes: Vec<String> = asset.codes.iter().map(code).collect();
        let seen = match codes.is_empty() {
            true => terminal.say("没有码", "no codes").to_owned(),
            false => codes.join(terminal.say("、", ", ")),
        };
        let line = format!("{}{}: {seen}", terminal.say("# 画面 ", "# shows "), one_line(name));
        let _ = writeln!(out, "  {}", terminal.paint(Dim, &line));
    }
}

fn findings(example: &Example, terminal: &Terminal, out: &mut String) {
    let label = terminal.paint(Red, terminal.say("└ 发现", "└ finds"));
    for found in example.finds.iter().filter(|found| !found.value.is_empty()) {
        let _ = writeln!(out, "  {label} {}", one_line(&found.value));
    }

    if let Some(fixed) = &example.fixed {
        let value = serde_yaml::to_value(&fixed.value);
        let fixed = value.and_then(|value| serde_yaml::to_string(&value)).unwrap_or_default();
        let fixed = fixed.lines().map(|line| one_line(line).into_owned()).collect::<Vec<_>>().join(", ");
        let _ = writeln!(out, "  {} {fixed}", terminal.paint(Green, terminal.say("└ 修复后", "└ fixed")));
    }
}
