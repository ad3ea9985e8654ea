//! The law of the prefilter: it never passes over a rule that would have spoken.
//!
//! Generated records, under the shipped pack and under generated rules, are checked with the prefilter and without it;
//! the findings must be the same. Combinators nest freely here, as they hardly do in the shipped rules.

use std::fs;
use std::sync::LazyLock;

use chrono::NaiveDate;
use dianjian_base::lang::Lang;
use dianjian_document::problem::Problem;
use dianjian_document::source::Format;
use dianjian_engine::{AsWritten, Engine, RunOptions};
use dianjian_rules::record::{Field, FieldType, Kind};
use dianjian_rules::{Pack, PackBuilder};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A choice among as many as it is asked for.
type Random<'r> = &'r mut dyn FnMut(usize) -> usize;

fn random(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed | 1;
    move |most| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % most
    }
}

fn pick<'t, T: ?Sized>(items: &[&'t T], random: Random<'_>) -> Option<&'t T> {
    if items.is_empty() { None } else { Some(items[random(items.len())]) }
}

/// What fields are filled with: what rules have opinions about, and what they have none about.
const TEXTS: [&str; 40] = [
    "",
    " ",
    "云山",
    "茶业",
    "食品铺",
    "旗舰店",
    "旗·舰 店",
    "旗(qí)舰",
    "专麦店",
    "官方",
    "官 方",
    "guanfang",
    "FLAGSHIP",
    "微信",
    "加微信",
    "加V",
    "薇❤",
    "私信我",
    "扫码进群",
    "转账",
    "线下交易",
    "13800138000",
    "幺三八零零一三八零零零",
    "91440300MA5F0XYZ1X",
    "92440300MA5F0XYZ1X",
    "9.14403E+17",
    "2026-12-01",
    "6194",
    "3",
    "4.7",
    "100000",
    "true",
    "enterprise",
    "\u{200B}",
    "锟斤拷",
    "寰俊灏忓簵",
    "★",
    "…",
    "（",
    "。",
];

/// Some value for a field.
fn value(field: &Field, random: Random<'_>) -> Value {
    let text = |random: Random<'_>| {
        let parts = 1 + random(3);
        (0..parts).map(|_| TEXTS[random(TEXTS.len())]).collect::<String>()
    };
    match field.ty {
        FieldType::Bool => (random(2) == 0).into(),
        FieldType::Number | FieldType::Money | FieldType::Integer => [0, 1, 3, 5, 31, 20_000][random(6)].into(),
        FieldType::Date | FieldType::Datetime => ["2024-08-25", "2026-11-22", "2026-12-20"][random(3)].into(),
        FieldType::Enum if random(8) > 0 => field.values[random(field.values.len())].0.as_str().into(),
        FieldType::List => {
            let count = random(4);
            let item = |random: Random<'_>| match &field.level {
                Some(level) => {
                    let fields = level.item_fields.iter().filter(|_| random(3) > 0).collect::<Vec<_>>();
                    let entries = fields.into_iter().map(|field| (field.path.clone(), value(field, random)));
                    Value::Object(entries.collect())
                }
                None => text(random).into(),
            };
            (0..count).map(|_| item(random)).collect::<Vec<_>>().into()
        }
        FieldType::Map | FieldType::Record => json!({}),
        _ => text(random).into(),
    }
}

/// Some record of a kind.
fn some_record(kind: &Kind, random: Random<'_>) -> String {
    let mut record = json!({"kind": &*kind.name});
    let rarity = 1 + random(6);
    for field in kind.fields.iter().filter(|field| field.ty != FieldType::Map) {
        if random(rarity) == 0 {
            let mut at = &mut record;
            for name in field.path.split('.') {
                at = &mut at[name];
            }
            *at = value(field, random);
        }
    }
    record.to_string()
}

/// What is found in the records, in full.
fn findings(pack: &Pack, day: NaiveDate, records: &str) -> Vec<String> {
    let engine = Engine::new(pack, &AsWritten, RunOptions::new(day));
    let (findings, problems) = engine.check_text("a.ndjson", records, Format::NdJson);
    let told = findings.iter().map(|finding| {
        let related: Vec<_> = finding.related.iter().map(|label| label.span).collect();
        let (message, help) =
            (finding.message.render(Lang::Zh), finding.help.as_ref().map(|help| help.render(Lang::En)));
        format!(
            "{} {:?} {} {:?} {message} {help:?} {related:?} {:?} {}",
            finding.rule.id, finding.severity, finding.path, finding.primary.span, finding.fixes, finding.fingerprint
        )
    });
    told.chain(problems.iter().map(|problem| format!("{:?}", problem.message))).collect()
}

fn some_records(pack: &Pack, random: Random<'_>) -> String {
    let kinds = pack.kinds.iter().flat_map(|kind| std::iter::repeat_n(kind, 4));
    kinds.map(|kind| some_record(kind, random) + "\n").collect()
}

/// A leaf about a field, without its `at`; `None` for a field of which none is made here.
fn some_tests(field: &Field, others: &[&Field], random: Random<'_>) -> Option<Value> {
    let word = |random: Random<'_>| TEXTS[2 + random(30)];
    if random(4) == 0 {
        return Some(json!({"exists": random(2) == 0}));
    }
    let same_type: Vec<&str> =
        others.iter().filter(|other| other.ty == field.ty).map(|other| other.path.as_str()).collect();
    let other = pick(&same_type, random).unwrap_or(&field.path).to_owned();
    Some(match field.ty {
        FieldType::Enum | FieldType::Bool => {
            let choices: Vec<&str> = field.choices().chain(["other"]).collect();
            let one = choices[random(choices.len())];
            match random(5) {
                0 => json!({"is": one}),
                1 => json!({"is_not": one}),
                2 => json!({"in": choices.iter().filter(|_| random(2) == 0).collect::<Vec<_>>()}),
                3 => json!({"not_in": choices.iter().take(1 + random(2)).collect::<Vec<_>>()}),
                _ => json!({"is": {"field": other}}),
            }
        }
        FieldType::Number | FieldType::Money | FieldType::Integer => {
            match random(if others.is_empty() { 2 } else { 6 }) {
                0 => json!({"min": 3}),
                1 => json!({"above": 1, "max": 31}),
                2 => json!({"below": {"field": other}}),
                _ => json!({"max": calculated(&other, others, random)}),
            }
        }
        FieldType::Date | FieldType::Datetime => match random(3) {
            0 => json!({"date": {"after": "as_of"}}),
            1 => json!({"date": {"before": {"field": other, "plus_days": 3}}}),
            _ => json!({"date": {"on_or_after": "2024-09-25", "on_or_before": {"field": other, "plus_days": 0}}}),
        },
        FieldType::List => match random(3) {
            0 => json!({"unique": true}),
            _ => json!({"len": {"max": random(3)}}),
        },
        FieldType::Text | FieldType::Id => match random(8) {
            0 => json!({"has": {"words": [word(random), word(random)]}}),
            1 => json!({"lacks": {"words": [word(random), word(random)], "tier": "any"}}),
            2 => json!({"lacks": {"contacts": ["all"]}, "len": {"max": 8, "unit": "chars"}}),
            3 => json!({"lacks": {"invisible": true}}),
            4 => json!({"lacks": {"lost_encoding": true}}),
            5 => json!({"starts_with": {"field": other}}),
            6 => json!({"shares_run": {"with": other, "min": 2}}),
            _ => json!({"matches": "[^旗]*"}),
        },
        _ => return None,
    })
}

/// An operand that is calculated of a field and the items of lists.
fn calculated(field: &str, others: &[&Field], random: Random<'_>) -> Value {
    let lists: Vec<&Field> = others.iter().copied().filter(|other| other.ty == FieldType::List).collect();
    let numbers = |list: &&Field| {
        let item = list.level.as_ref()?.item_fields.iter().find(|item| {
            matches!(item.ty, FieldType::Number | FieldType::Money | FieldType::Integer) && !item.path.contains('.')
        })?;
        Some((list.path.clone(), item.path.clone()))
    };
    let counted: Vec<(String, String)> = lists.iter().filter_map(numbers).collect();
    match (random(6), counted.first(), lists.first()) {
        (0, ..) => json!({"sum": [field, 3]}),
        (1, ..) => json!({"product": [field, {"difference": [field, "0.5"]}]}),
        (2, Some((list, item)), _) => json!({"sum": [format!("{list}[].{item}"), field]}),
        (3, Some((list, item)), _) => {
            json!({"count_of": format!("{list}[]"), "where": {format!(".{item}"): {"min": 2}}})
        }
        (4, _, Some(list)) => json!({"count_of": format!("{}[]", list.path)}),
        _ => json!({"quotient": [20, field]}),
    }
}

/// A leaf of a record's field, of the fields of a list's items, or of all texts.
fn some_leaf(kind: &Kind, random: Random<'_>) -> Value {
    let fields: Vec<&Field> = kind.fields.iter().collect();
    if random(8) == 0 {
        let content = [json!({"contacts": ["all"]}), json!({"invisible": true}), json!({"words": ["旗舰", "官方"]})];
        return json!({"at": "**", "lacks": content[random(3)]});
    }
    let field = fields[random(fields.len())];
    let items: Vec<&Field> = field.level.iter().flat_map(|level| &level.item_fields).collect();
    if let Some(item) = pick(&items, random).filter(|_| field.ty == FieldType::List && random(3) > 0)
        && let Some(mut tests) = some_tests(item, &[], random)
        // What is compared with would be a field of the record.
        && !tests.to_string().contains("field") && !tests.to_string().contains("with")
    {
        if random(2) == 0 {
            tests["at"] = format!("{}[].{}", field.path, item.path).into();
            return tests;
        }
        tests["at"] = format!(".{}", item.path).into();
        return json!({"each": {"in": field.path, "check": tests}});
    }
    match some_tests(field, &fields, random) {
        Some(mut tests) => {
            tests["at"] = field.path.as_str().into();
            tests
        }
        None => some_leaf(kind, random),
    }
}

fn some_check(kind: &Kind, depth: usize, random: Random<'_>) -> Value {
    let parts =
        |random: Random<'_>| (0..1 + random(3)).map(|_| some_check(kind, depth - 1, random)).collect::<Vec<_>>();
    match random(if depth == 0 { 1 } else { 6 }) {
        0 | 1 => some_leaf(kind, random),
        2 => json!({"all": parts(random)}),
        3 => json!({"any": parts(random)}),
        4 => json!({"not": some_check(kind, depth - 1, random)}),
        _ => {
            let mut check = some_check(kind, depth - 1, random);
            check["when"] = some_condition(kind, depth - 1, random);
            check
        }
    }
}

fn some_condition(kind: &Kind, depth: usize, random: Random<'_>) -> Value {
    let mut condition = json!({});
    let fields: Vec<&Field> = kind.fields.iter().collect();
    for _ in 0..=random(3) {
        let field = fields[random(fields.len())];
        if let Some(tests) = some_tests(field, &fields, random) {
            condition[&field.path] = tests;
        }
    }
    if depth > 0 {
        for key in ["all", "any"] {
            if random(3) == 0 {
                condition[key] = (0..1 + random(3)).map(|_| some_condition(kind, depth - 1, random)).collect();
            }
        }
        if random(4) == 0 {
            condition["not"] = some_condition(kind, depth - 1, random);
        }
    }
    if condition == json!({}) {
        condition[&fields[0].path] = json!({"exists": true});
    }
    condition
}

/// A pack of the shipped kinds and generated rules, with the ids of those that are said to find nothing ever.
fn some_pack(random: Random<'_>) -> (Pack, Vec<String>) {
    static KINDS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut files: Vec<_> = fs::read_dir("rules/kinds").unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
    });
    let kinds = || {
        KINDS
            .iter()
            .zip(0..)
            .fold(PackBuilder::default(), |builder, (text, number)| builder.text(&format!("kinds/{number}.yaml"), text))
    };
    let (known, _) = kinds().build();
    let mut builder = kinds();
    for (number, kind) in known.kinds.iter().flat_map(|kind| [kind; 3]).enumerate() {
        let id = format!("test/rule-{number}");
        let both = json!({"zh": "{value}", "en": "{value}"});
        let mut rule = json!({
            "id": id, "title": both, "why": both, "severity": "error", "for": &*kind.name,
            "check": some_check(kind, 3, random), "message": both,
            "evidence": [{"source": "own", "ref": "test", "confidence": "low", "says": both}],
        });
        if random(2) == 0 {
            rule["when"] = some_condition(kind, 1, random);
        }
        builder = builder.text(&format!("{id}.yaml"), &rule.to_string());
    }
    let (pack, problems) = builder.build();
    // Rules that ask for what never is are mistakes; here they have to find the same all the same.
    let told = |problem: &Problem, what: &str| problem.message.get(Lang::En).contains(what);
    let (idle, others): (Vec<_>, Vec<_>) = problems
        .iter()
        .filter(|problem| !told(problem, "is never `other`"))
        .partition(|problem| told(problem, "can never find anything"));
    assert!(others.is_empty(), "{others:?}");
    (pack, idle.iter().map(|problem| problem.file.trim_end_matches(".yaml").to_owned()).collect())
}

fn shipped() -> Pack {
    PackBuilder::default().shipped().build().0
}

fn a_day() -> impl Strategy<Value = NaiveDate> {
    let days = ["2023-05-01", "2024-09-01", "2026-11-22"].map(|day| day.parse().unwrap());
    prop::sample::select(days.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shipped_rules_find_the_same(seed: u64, day in a_day()) {
        static PACKS: LazyLock<[Pack; 2]> = LazyLock::new(|| [shipped(), shipped().without_prefilter()]);
        let records = some_records(&PACKS[0], &mut random(seed));
        let [with, without] = PACKS.each_ref().map(|pack| findings(pack, day, &records));
        prop_assert!(!without.is_empty());
        prop_assert_eq!(with, without);
    }

    #[test]
    fn generated_rules_find_the_same(seed: u64, day in a_day()) {
        let random = &mut random(seed);
        let (pack, idle) = some_pack(random);
        let records: String = (0..4).map(|_| some_records(&pack, random)).collect();
        let with = findings(&pack, day, &records);
        let without = findings(&pack.without_prefilter(), day, &records);
        let found_by = |id: &String| without.iter().any(|told| told.starts_with(&format!("{id} ")));
        prop_assert!(!idle.iter().any(found_by), "{:?}", idle);
        prop_assert_eq!(with, without);
    }
}
