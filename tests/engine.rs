//! The engine through its public face: one text in, findings out.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a test that fails should stop")]

use chrono::NaiveDate;
use dianjian::engine::{AsWritten, Engine, Options, Policy};
use dianjian::lang::Lang;
use dianjian::rules::language::Severity;
use dianjian::rules::{Pack, PackBuilder, RuleInfo};
use dianjian::source::Format;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// `rule line:column message` of every finding.
fn check(pack: &Pack, policy: &dyn Policy, options: Options, text: &str) -> Vec<String> {
    let engine = Engine::new(pack, policy, options);
    let (findings, problems) = engine.check_text("a.yaml", text, Format::Yaml);
    assert!(problems.is_empty(), "{problems:?}");
    let told = findings.iter().map(|finding| {
        let start = finding.primary.range().0;
        format!("{} {}:{} {}", finding.rule.id, start.line, start.column, finding.message.render(Lang::En))
    });
    told.collect()
}

fn shipped() -> Pack {
    let (pack, problems) = PackBuilder::default().shipped().build();
    assert!(problems.is_empty());
    pack
}

struct WithoutNames;

impl Policy for WithoutNames {
    fn severity(&self, rule: &RuleInfo, _file: &str) -> Option<Severity> {
        (!rule.id.starts_with("naming/")).then_some(rule.severity)
    }
}

#[test]
fn a_suppression_of_a_rule_that_is_off_is_not_unused() {
    let pack = shipped();
    let text = "kind: Shop\nid: a\nsystem: weixin-store\nname: 云山茶铺 # dianjian: ignore[naming/length] -- why\n";
    let about =
        |told: Vec<String>| told.into_iter().filter(|line| line.starts_with("suppression/")).collect::<Vec<_>>();
    let options = || Options::new(day("2026-11-22"));
    assert_eq!(about(check(&pack, &AsWritten, options(), text)).len(), 1);
    assert!(about(check(&pack, &WithoutNames, options(), text)).is_empty());
    // A rule that does not hold yet may still be silenced in advance.
    let early = text.replace("naming/length", "live/contacts");
    assert!(about(check(&pack, &AsWritten, Options::new(day("2024-01-01")), &early)).is_empty());
    let misspelt = about(check(&pack, &AsWritten, options(), &text.replace("naming/length", "naming/lenght")));
    assert!(misspelt[0].ends_with("did you mean “naming/length”?"), "{misspelt:?}");
}

#[test]
fn a_room_is_checked_as_of_its_own_day_unless_a_day_is_asked_for() {
    let pack = shipped();
    let text = "kind: LiveRoom\nid: r\nscheduled: 2024-01-05T20:00:00+08:00\ntitle: 加微信领福利\n";
    let has =
        |options| check(&pack, &AsWritten, options, text).iter().any(|line| line.starts_with("live/contacts 4:8"));
    assert!(!has(Options::new(day("2026-11-22"))));
    assert!(has(Options { as_of_given: true, ..Options::new(day("2026-11-22")) }));
}

#[test]
fn what_a_mapping_does_not_take_is_told_beside_the_list_too() {
    let mapping = "mapping: erp\ntitle: {zh: 甲, en: a}\nkind: Shop\nrecognise: {has: [shops]}\neach: shops\n\
                   fields: {id: no, name: title, system: {const: weixin-store}, subject.licence: owner.code}\n";
    let (pack, problems) = PackBuilder::default().shipped().text("mappings/erp.yaml", mapping).build();
    assert!(problems.is_empty(), "{problems:?}");
    let text =
        "vendor: x\nshops:\n  - {no: 1, title: 云山旗舰店, owner: {code: 9, colour: red}}\n  - {no: 2, titel: 白鹭}\n";
    let told = check(&pack, &AsWritten, Options::new(day("2026-11-22")), text);
    let starts = |wanted: &str| told.iter().any(|line| line.starts_with(wanted));
    assert!(starts("naming/store-type-words 3:22"), "{told:?}");
    assert!(starts("record/unknown-field 1:1"), "{told:?}");
    assert!(starts("record/unknown-field 3:44"), "{told:?}");
    let near = "record/unknown-field 4:13 There is no field “titel”; did you mean “title”?";
    assert!(told.contains(&near.to_owned()), "{told:?}");
}
