//! No message of a shipped rule shows a placeholder or a raw value of an enum, whatever record the schema allows.

use dianjian_base::lang::Lang;
use dianjian_base::message::Arg;
use dianjian_document::source::Format;
use dianjian_engine::{AsWritten, Engine, Finding, RunOptions};
use dianjian_rules::record::{Field, FieldType, Kind, Kinds};
use dianjian_rules::{Pack, PackBuilder};
use proptest::prelude::{ProptestConfig, any, proptest};
use serde_json::{Map, Value, json};

fn shipped() -> Pack {
    PackBuilder::default().shipped().build().0
}

/// A stream of choices made from one seed.
struct Choices(u64);

impl Choices {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len())]
    }
}

const TEXTS: [&str; 10] = [
    "云山",
    "云山官方旗舰店",
    "加微信 wuli_tea88",
    "",
    "私下交易转账",
    "★",
    "茶\u{200b}叶",
    "iPhone 13",
    "-",
    "官营茶铺",
];
const DATES: [&str; 5] = ["2020-01-01", "2024-10-01", "2025-12-31", "2026-12-05", "2030-06-30"];
const NUMBERS: [i64; 7] = [-1, 0, 1, 4, 46, 99, 1000];

fn value(field: &Field, kinds: &Kinds, depth: usize, choices: &mut Choices) -> Option<Value> {
    Some(match field.ty {
        FieldType::List => {
            let count = choices.below(4);
            let item = |choices: &mut Choices| match field.items {
                FieldType::Map => Some(map(&field.level.as_ref()?.item_fields, kinds, depth + 1, choices)),
                FieldType::Record if depth < 2 => {
                    let kind = kinds.get(kinds.find(field.of.as_deref()?)?);
                    Some(Value::Object(record(kind, kinds, depth + 1, choices)))
                }
                FieldType::Record => None,
                items => scalar(items, field, choices),
            };
            Value::Array((0..count).filter_map(|_| item(choices)).collect())
        }
        FieldType::Map => map(&field.level.as_ref()?.item_fields, kinds, depth + 1, choices),
        FieldType::Record => return None,
        ty => scalar(ty, field, choices)?,
    })
}

fn scalar(ty: FieldType, field: &Field, choices: &mut Choices) -> Option<Value> {
    Some(match ty {
        FieldType::Enum => json!(field.values[choices.below(field.values.len())].0),
        FieldType::Bool => json!(choices.below(2) == 0),
        FieldType::Number | FieldType::Integer | FieldType::Money => json!(NUMBERS[choices.below(NUMBERS.len())]),
        FieldType::Date => json!(choices.one(&DATES)),
        FieldType::Datetime => json!(format!("{}T20:00:00+08:00", choices.one(&DATES))),
        FieldType::Id | FieldType::Reference => json!(choices.one(&["a", "b", "6194", "545709"])),
        FieldType::LicenceCode => json!(choices.one(&["91440300MA00000077", "9144 0300 ma00 0000 77", "无", "x"])),
        FieldType::Script => json!({"text": choices.one(&TEXTS)}),
        FieldType::Text | FieldType::Any => json!(choices.one(&TEXTS)),
        FieldType::Asset | FieldType::List | FieldType::Map | FieldType::Record => return None,
    })
}

fn map(fields: &[Field], kinds: &Kinds, depth: usize, choices: &mut Choices) -> Value {
    let mut out = Map::new();
    for field in fields {
        if choices.below(2) == 0
            && let Some(value) = value(field, kinds, depth, choices)
        {
            out.insert(field.name().to_owned(), value);
        }
    }
    Value::Object(out)
}

/// A record of a kind: fields with slots are given by their paths.
fn record(kind: &Kind, kinds: &Kinds, depth: usize, choices: &mut Choices) -> Map<String, Value> {
    let mut out = Map::new();
    for field in &kind.fields {
        let is_leaf = field.ty != FieldType::Map && field.ty != FieldType::Asset;
        if !is_leaf || choices.below(2) == 1 {
            continue;
        }
        let Some(value) = value(field, kinds, depth, choices) else { continue };
        let names: Vec<&str> = field.path.split('.').collect();
        let (name, above) = names.split_last().unwrap();
        let mut at = &mut out;
        for name in above {
            let below = at.entry((*name).to_owned()).or_insert_with(|| json!({}));
            at = below.as_object_mut().unwrap();
        }
        at.insert((*name).to_owned(), value);
    }
    out
}

/// Every value of an enum that no reader should meet in the place of its words.
fn raw_values(kinds: &Kinds) -> Vec<String> {
    fn of<'f>(fields: &'f [Field], out: &mut Vec<&'f Field>) {
        for field in fields {
            out.push(field);
            if let Some(level) = &field.level {
                of(&level.item_fields, out);
            }
        }
    }
    let mut fields = Vec::new();
    kinds.iter().for_each(|kind| of(&kind.fields, &mut fields));
    let values = fields.iter().flat_map(|field| &field.values).filter(|(value, name)| name.en != *value);
    values.map(|(value, _)| value.clone()).filter(|value| value.len() > 2).collect()
}

fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
}

fn assert_filled(finding: &Finding, raw: &[String]) {
    let id = &finding.rule.id;
    for message in [Some(&finding.message), finding.help.as_ref()].into_iter().flatten() {
        let shown = |name: &str| placeholders(&message.template.zh).any(|known| known == name);
        for lang in [Lang::Zh, Lang::En] {
            let text = message.render(lang);
            assert!(placeholders(&text).all(|name| name.contains(char::is_whitespace)), "{id}: {text}");
        }
        for (name, arg) in message.args.iter().filter(|(name, _)| shown(name)) {
            let texts = match arg {
                Arg::Text(text) => std::slice::from_ref(text),
                Arg::List(texts) => texts,
                _ => &[],
            };
            for text in texts {
                assert!(!raw.contains(text), "{id}: {{{name}}} shows {text}: {}", message.render(Lang::Zh));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_placeholder_is_filled_with_words(seed in any::<u64>()) {
        static PACK: std::sync::LazyLock<Pack> = std::sync::LazyLock::new(shipped);
        let mut choices = Choices(seed);
        let engine = Engine::new(&PACK, &AsWritten, RunOptions::new("2026-11-29".parse().unwrap()));
        let raw = raw_values(&PACK.kinds);
        for kind in PACK.kinds.iter() {
            let mut made = record(kind, &PACK.kinds, 0, &mut choices);
            made.insert("kind".to_owned(), json!(&*kind.name));
            let text = serde_json::to_string(&Value::Object(made)).unwrap();
            let (findings, _) = engine.check_text("a.json", &text, Format::Json);
            findings.iter().for_each(|finding| assert_filled(finding, &raw));
        }
    }
}

#[test]
fn an_item_goes_by_its_name_else_its_id_else_its_number() {
    let pack = shipped();
    let engine = Engine::new(&pack, &AsWritten, RunOptions::new("2026-11-29".parse().unwrap()));
    let text = "kind: Shop\nid: a\nsystem: weixin-store\nname: 云山茶业\ncategories:\n  \
                - {name: 茶, qualification: {required: true, status: void}}\n  \
                - {id: \"6194\", qualification: {required: true, status: missing}}\n  \
                - {leaf: true, qualification: {required: true, status: rejected}}\n";
    let (findings, _) = engine.check_text("a.yaml", text, Format::Yaml);
    let told = |lang| {
        let found = findings.iter().filter(|finding| finding.rule.id == "category/qualification");
        found.map(|finding| finding.message.render(lang)).collect::<Vec<_>>()
    };
    let zh = [
        "类目“茶”的必须资质是“已失效”状态",
        "类目“6194”的必须资质是“未提交”状态",
        "类目“第3个”的必须资质是“审核失败”状态",
    ];
    assert_eq!(told(Lang::Zh), zh);
    assert!(told(Lang::En)[2].contains("“no. 3” is “rejected”"), "{:?}", told(Lang::En));
}

/// Every message of every rule, over each value that the rule's fields can have.
mod of_every_value {
    use std::collections::BTreeMap;

    use chrono::NaiveDate;
    use dianjian_rules::RuleSource;

    use super::*;

    const fn is_of_word(character: char) -> bool {
        character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
    }

    /// Whether a text has it as a word.
    fn has_word(text: &str, word: &str) -> bool {
        text.match_indices(word)
            .any(|(at, _)| !text[..at].ends_with(is_of_word) && !text[at + word.len()..].starts_with(is_of_word))
    }

    const fn is_han(character: char) -> bool {
        matches!(character, '\u{3400}'..='\u{9fff}')
    }

    fn texts(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::String(text) => out.push(text.clone()),
            Value::Array(values) => values.iter().for_each(|value| texts(value, out)),
            Value::Object(values) => values.values().for_each(|value| texts(value, out)),
            _ => {}
        }
    }

    /// The places of a field in a record: its path leads through lists to every item.
    fn places<'v>(value: &'v mut Value, path: &[&str]) -> Vec<&'v mut Value> {
        if let Value::Array(items) = value {
            return items.iter_mut().flat_map(|item| places(item, path)).collect();
        }
        let (Some((name, rest)), Value::Object(entries)) = (path.split_first(), value) else { return Vec::new() };
        if rest.is_empty() {
            return vec![entries.entry((*name).to_owned()).or_insert(Value::Null)];
        }
        entries.get_mut(*name).map(|value| places(value, rest)).unwrap_or_default()
    }

    /// Fields with few values that a rule names, by their paths.
    fn enums<'f>(fields: &'f [Field], above: &str, source: &str, out: &mut Vec<(String, &'f Field)>) {
        for field in fields {
            let path = if above.is_empty() { field.path.clone() } else { format!("{above}.{}", field.name()) };
            if field.ty == FieldType::Enum && source.contains(field.name()) {
                out.push((path.clone(), field));
            }
            let below = field.level.as_ref().map_or(&[][..], |level| &level.item_fields);
            enums(below, &path, source, out);
        }
    }

    /// A record that breaks a rule, and the same with each value of each such field.
    fn variants(pack: &Pack, rule: &RuleSource, bad: &Value) -> Vec<Value> {
        let mut base = bad.clone();
        let records = match &mut base {
            Value::Array(records) => records.as_mut_slice(),
            record => std::slice::from_mut(record),
        };
        for record in records {
            let Some(record) = record.as_object_mut() else { return Vec::new() };
            record.entry("kind").or_insert_with(|| json!(rule.info.kind));
        }
        let first = base.as_array().and_then(|all| all.first()).unwrap_or(&base).clone();
        let kind = first["kind"].as_str().unwrap_or_default();
        let mut out = vec![base.clone()];
        let Some(kind) = pack.kinds.find(kind) else { return out };
        let mut found = Vec::new();
        enums(&pack.kinds.get(kind).fields, "", rule.source.text(), &mut found);
        for (path, field) in found {
            let path: Vec<&str> = path.split('.').collect();
            for (value, _) in &field.values {
                let mut variant = base.clone();
                for place in places(&mut variant, &path) {
                    *place = json!(value);
                }
                out.push(variant);
            }
        }
        out
    }

    /// `{word}` is a word of the shop's own language that is looked for in it, `{reading}` what the shop's own text is read as.
    fn is_reading(name: &str) -> bool {
        ["word", "reading"].contains(&name)
    }

    fn not_in_words(finding: &Finding, rule: &RuleSource, record: &Value, raw: &[String], wrong: &mut Vec<String>) {
        let id = &finding.rule.id;
        let mut own = Vec::new();
        texts(record, &mut own);
        for message in [Some(&finding.message), finding.help.as_ref()].into_iter().flatten() {
            let (zh, en) = (message.render(Lang::Zh), message.render(Lang::En));
            for word in raw.iter().filter(|word| has_word(&zh, word)) {
                let is_written = own.iter().any(|text| text != word && has_word(text, word));
                let is_read = message
                    .args
                    .iter()
                    .any(|(name, arg)| is_reading(name) && matches!(arg, Arg::Text(text) if has_word(text, word)));
                let is_named = is_read || has_word(&message.template.zh, word);
                if !is_written && !is_named {
                    wrong.push(format!("{id} shows `{word}`: {zh}"));
                }
            }
            let shown = |name: &str| placeholders(&message.template.en).any(|known| known == name);
            let shown = |name: &str| shown(name) && !is_reading(name);
            for (name, arg) in message.args.iter().filter(|(name, _)| shown(name)) {
                let parts = match arg {
                    Arg::Text(text) => std::slice::from_ref(text),
                    Arg::List(texts) => texts,
                    Arg::Localized(text) => std::slice::from_ref(&text.en),
                    _ => &[],
                };
                for part in parts.iter().filter(|part| part.contains(is_han)) {
                    let is_own = own.iter().any(|text| text.contains(part.as_str()) || part.contains(text.as_str()));
                    let is_of_rule = rule.source.text().contains(part.as_str());
                    if !is_own && !is_of_rule {
                        wrong.push(format!("{id}: {{{name}}} shows {part}: {en}"));
                    }
                }
            }
        }
    }

    #[test]
    fn no_message_shows_a_value_in_the_words_of_programs_or_of_the_other_language() {
        let pack = shipped();
        let raw = raw_values(&pack.kinds);
        let mut engines: BTreeMap<NaiveDate, Engine<'_>> = BTreeMap::new();
        let (mut told, mut wrong) = (0, Vec::new());
        for rule in &pack.rules {
            for example in &rule.file.examples {
                let Some(bad) = &example.value.bad else { continue };
                let first = rule.info.effective.from.unwrap_or_else(|| "2026-01-01".parse().unwrap());
                let day = example.value.as_of.unwrap_or(first);
                let engine = engines.entry(day).or_insert_with(|| Engine::new(&pack, &AsWritten, RunOptions::new(day)));
                for record in variants(&pack, rule, &bad.value) {
                    let text = serde_json::to_string(&record).unwrap();
                    let (findings, _) = engine.check_text("a.json", &text, Format::Json);
                    for finding in findings.iter().filter(|finding| finding.rule.id == rule.info.id) {
                        told += 1;
                        not_in_words(finding, rule, &record, &raw, &mut wrong);
                    }
                }
            }
        }
        wrong.sort();
        wrong.dedup();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(told > 1000, "only {told} messages were looked at");
    }

    /// A message as its rule words it: what fills `{missing}` is a value, its name is not.
    fn without_placeholders(text: &str) -> String {
        let parts = text.split('{').enumerate();
        parts
            .map(|(at, part)| if at == 0 { part } else { part.split_once('}').map_or(part, |(_, rest)| rest) })
            .collect()
    }

    #[test]
    fn no_text_of_a_rule_names_a_value_as_programs_write_it() {
        let pack = shipped();
        let raw = raw_values(&pack.kinds);
        let mut found: Vec<(&str, &str)> = Vec::new();
        for rule in &pack.rules {
            let file = &rule.file;
            for text in std::iter::once(&file.message).chain(file.messages.values()) {
                let said = without_placeholders(&text.value.zh);
                let named = raw.iter().filter(|word| has_word(&said, word));
                found.extend(named.map(|word| (rule.info.id.as_str(), word.as_str())));
                // What a store's type was called stood in its name, and so did what it had of its brand.
                let is_of_names = |path: &str| ["store_type", "grant_type"].contains(&path);
                let labels = pack.kinds.iter().flat_map(|kind| &kind.fields).filter(|field| !is_of_names(&field.path));
                let labels = labels.flat_map(|field| &field.values).map(|(_, name)| name.zh.as_str());
                let named = labels.filter(|label| label.contains(is_han) && text.value.en.contains(label));
                found.extend(named.map(|label| (rule.info.id.as_str(), label)));
            }
        }
        assert!(found.is_empty(), "{found:?}");
    }
}
