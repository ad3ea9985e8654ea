//! A project's own rules, kinds, tables and mappings, the configuration, and what is said when they are wrong.

use std::path::Path;

use super::hashes::Outputs;
use super::samples::{DAY, all_reports};
use crate::folder::{Folder, copy};

/// A check of every sort.
const RULES: [(&str, &str); 16] = [
    ("all", "{all: [{at: name, exists: true}, {at: subject.licence, exists: true}]}"),
    ("any", "{any: [{at: score, min: 4.8}, {at: gmv, min: 1000000}]}"),
    ("not", "{not: {at: status, is: open_finished}}"),
    ("when", "{when: {system: {is: weixin-store}}, at: upgraded_on, exists: true}"),
    ("each", "{each: {in: categories, check: {at: .first_level, exists: true}}}"),
    ("length", "{at: name, len: {max: 12, unit: width}}"),
    ("matches", "{at: name, matches: '^[\\p{Han}]{1,5}$'}"),
    ("range", "{at: score, min: 4.6, max: 4.8}"),
    ("in", "{at: main_category, in: [茶, 家居日用]}"),
    ("starts", "{at: name, starts_with: {field: brand.name}}"),
    ("contains", "{at: subject.name, contains: 茶业}"),
    ("lacks", "{at: name, lacks: {words: [茶业, 特惠, 春茶], fold: name}}"),
    ("contacts", "{at: name, lacks: {contacts: [all]}}"),
    ("format", "{at: subject.licence, format: licence-code}"),
    ("unique", "{at: categories, unique: true}"),
    ("group", "{group: {by: [subject.licence], count: {max: 1}}}"),
];

const MAPPING: &str = "mapping: ours
title: {zh: 我们的, en: ours}
kind: Shop
each: [shops]
item: {has: [code, title]}
fields:
  id: code
  name: title
  system: {const: weixin-store}
  deposit.paid: {from: paid, scale: fen}
  subject.type: {from: sort, values: {公司: enterprise}, otherwise: other}
unmapped: ignore
";

const CONFIG: &str = "packs: [house]
mappings: [ours.yaml]
severity:
  naming/*: warning
  ours/not: off
params:
  limits/weixin-stores: {limit: 1}
paths:
  - {match: ['fleet/legacy-fleet/*'], severity: {naming/*: off}}
ignore: [fleet/tables]
fail_on: warning
";

pub fn all(outputs: &mut Outputs) {
    let folder = Folder::with(&[
        ("ours.yaml", MAPPING),
        (
            "ours.json",
            r#"{"shops":[{"code":"a1","title":"云山旗舰店","paid":500000,"sort":"公司"},{"code":"a2","title":"雾里茶业","paid":1,"sort":"个人"}]}"#,
        ),
        (
            "broken/broken/one.yaml",
            "id: broken/one\ntitle: {zh: 试}\nseverity: fatal\nfor: Shpo\ncheck: {at: nmae, lenght: {max: 3}}\n",
        ),
        ("broken/broken/two.yaml", "id: broken/two\ntitle: [unclosed\n"),
    ]);
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples"), &folder.path("fleet"));
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/commands/fleet/house"), &folder.path("house"));
    let said = "{zh: 试, en: test}";
    for (name, check) in RULES {
        let rule = format!(
            "id: ours/{name}\ntitle: {said}\nwhy: {said}\nseverity: error\nfor: Shop\ncheck: {check}\nmessage: {said}\n\
             evidence: [{{source: own, ref: test, confidence: high, says: {said}}}]\n"
        );
        folder.write(&format!("house/ours/{name}.yaml"), rule);
    }
    folder.write_rule("with-fix", "{at: name, lacks: {words: [茶业, 春茶]}}", "{remove: found, applicability: unsafe}");
    let house = ["check", "fleet", "ours.json", "--rules", "house", "--mapping", "ours.yaml", DAY[0], DAY[1]];
    all_reports(
        outputs,
        &folder,
        "own/house",
        "zh",
        &[&house[..], &["--only", "ours/*", "--only", "house/*"]].concat(),
    );
    outputs.run(
        &folder,
        "own/fix",
        &[&house[..], &["--only", "house/*", "--fix=unsafe", "--diff", "--lang", "en"]].concat(),
    );
    for lang in ["zh", "en"] {
        outputs.run(&folder, &format!("own/lint/{lang}"), &["rules", "lint", "--rules", "house", "--lang", lang]);
        outputs.run(
            &folder,
            &format!("own/broken/{lang}"),
            &["check", "fleet/upgraded", "--rules", "broken", "--lang", lang, DAY[0], DAY[1]],
        );
        outputs.run(
            &folder,
            &format!("own/lint-broken/{lang}"),
            &["rules", "lint", "--rules", "broken", "--lang", lang],
        );
    }
    outputs.run(&folder, "own/new", &["rules", "new", "our/rule", "--lang", "zh"]);
    folder.write("dianjian.yaml", CONFIG);
    all_reports(outputs, &folder, "own/configured", "en", &["check", "fleet", "ours.json", DAY[0], DAY[1]]);
    folder.write(
        "wrong.yaml",
        "packs: house\nseverty: {naming/*: off}\nparams: {limits/weixin-stores: {limit: viele}}\n",
    );
    for lang in ["zh", "en"] {
        outputs.run(
            &folder,
            &format!("own/wrong-configuration/{lang}"),
            &["check", "fleet", "--config", "wrong.yaml", "--lang", lang, DAY[0], DAY[1]],
        );
    }
}
