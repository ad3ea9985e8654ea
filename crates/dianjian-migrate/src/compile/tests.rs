//! Mistakes in migrations and tasks, and which task answers a rule.

use dianjian_rules::PackBuilder;

use super::*;

const TASK: &str = "title: {zh: 做, en: do}\nwho: {zh: 人, en: one}\nwhere: {zh: 处, en: there}\nwhy: {zh: 因, en: so}\nevidence: [{source: own, ref: x, confidence: low, says: {zh: 说, en: says}}]\n";
const WAY: &str = "title: {zh: 迁, en: move}\nwhy: {zh: 因, en: so}\nevidence: [{source: own, ref: x, confidence: low, says: {zh: 说, en: says}}]\n";

/// Mistakes of files added to the shipped pack: line, message and help.
fn mistakes(files: &[(&str, &str)]) -> Vec<String> {
    let builder = files.iter().fold(PackBuilder::default().shipped(), |builder, (path, text)| builder.text(path, text));
    let (pack, _) = builder.build();
    let (_, problems) = Migrations::compile(&pack, NaiveDate::MAX);
    let reported = |problem: &Problem| {
        let line = problem.place.as_ref().map(|(source, span)| source.position(span.start).line).unwrap_or_default();
        let help = problem.help.as_ref().map(|help| format!(" ({})", help.en)).unwrap_or_default();
        format!("{line}: {}{help}", problem.message.en)
    };
    problems.iter().map(reported).collect()
}

#[test]
fn mistakes_are_reported_where_they_are_with_what_was_meant() {
    for (way, reported) in [
        ("from: [chanels-store]", "there is no shop system `chanels-store` (did you mean `channels-store`?)"),
        ("from: [channels-store]\neffcts: []", "unknown field `effcts` (did you mean `effects`?)"),
        (
            "from: [channels-store]\nwhen: {store_tpye: {exists: true}}",
            "Shop has no field `store_tpye` (did you mean `store_type`?)",
        ),
        (
            "from: [channels-store]\ntasks: [{task: upgrade-shp}]",
            "there is no task `upgrade-shp` (did you mean `upgrade-shop`?)",
        ),
        ("from: [channels-store]\nto: weixin-store", "`to` needs an `outcome`"),
        ("from: [channels-store]\nfields: [{field: brand, set: x}]", "`brand` cannot be set: it is not a single value"),
        (
            "from: [channels-store]\nfields: [{field: system, set: x, remove: true}]",
            "exactly one of set, remove, choose, date must be given",
        ),
        (
            "from: [channels-store]\neffects: [{id: a, kind: gain, what: {zh: 得, en: a}, rules: [naming/unqiue]}]",
            "there is no rule `naming/unqiue` (did you mean `naming/unique`?)",
        ),
        (
            "from: [channels-store]\ninner: [{list: products, fields: [{field: stauts, set: 0}]}]",
            "Product has no field `stauts` (did you mean `status`?)",
        ),
        (
            "from: [channels-store]\ninner: [{list: categories, fields: [{field: name, set: x}]}]",
            "`categories` holds no records",
        ),
        (
            "from: [channels-store]\ninner: [{list: products, fields: [{field: title, choose: name}]}]",
            "names are chosen for shops alone",
        ),
        (
            "from: [channels-store]\nlimits: [{rule: limits/weixin-stores, excess: migrate, without: [brnd], task: settle-limit, proposal: {zh: 议, en: so}}]",
            "Shop has no field `brnd` (did you mean `brand`?)",
        ),
        (
            "from: [channels-store]\nlimits: [{rule: limits/weixin-stores, excess: blocked, without: [brand], task: settle-limit, proposal: {zh: 议, en: so}}]",
            "`without` is for shops that move, and these are blocked",
        ),
        (
            "from: [channels-store]\ndeadlines: [{consequence: {zh: 失, en: lost}}]",
            "exactly one of last_day, field must be given",
        ),
        (
            "from: [channels-store]\neffective: {from: 2025-01-01, until: 2024-01-01}",
            "`until` must be later than `from`: this never holds",
        ),
    ] {
        let found = mistakes(&[("migrations/own.yaml", &format!("id: own\n{way}\n{WAY}"))]);
        assert_eq!(found.len(), 1, "{way}: {found:?}");
        assert!(found[0].ends_with(reported), "{way}: {found:?}");
        assert!(!found[0].starts_with("0:"), "{way}: {found:?}");
    }
}

#[test]
fn mistakes_in_tasks_are_reported_too() {
    for (task, reported) in [
        ("after: [upgrade-shp]", "there is no task `upgrade-shp` (did you mean `upgrade-shop`?)"),
        ("answers: [namng/unique]", "there is no rule `namng/unique` (did you mean `naming/unique`?)"),
        ("answers: ['*']", "`*` answers every rule, and another task does so already"),
        ("due: {}", "exactly one of on, days_before, field, deadline must be given"),
        ("each: [super_admn]", "Shop has no field `super_admn` (did you mean `super_admin`?)"),
    ] {
        let found = mistakes(&[("migrations/tasks/own.yaml", &format!("task: own\n{task}\n{TASK}"))]);
        assert_eq!(found.len(), 1, "{task}: {found:?}");
        assert!(found[0].ends_with(reported), "{task}: {found:?}");
    }
    let title = TASK.replace("en: do}", "en: 'do {super_admin}'}");
    let found = mistakes(&[("migrations/tasks/own.yaml", &format!("task: own\n{title}"))]);
    assert!(found[0].contains("`{super_admin}` stands for nothing here"), "{found:?}");
    let circle = [
        ("migrations/tasks/a.yaml", &*format!("task: a\nafter: [b]\n{TASK}")),
        ("migrations/tasks/b.yaml", &*format!("task: b\nafter: [a]\n{TASK}")),
    ];
    let found = mistakes(&circle);
    assert!(found.iter().any(|reported| reported.ends_with("these tasks wait for one another: a, b")), "{found:?}");
}

#[test]
fn the_nearest_task_answers() {
    let (pack, _) = PackBuilder::default().shipped().build();
    let (migrations, _) = Migrations::compile(&pack, NaiveDate::MAX);
    let id = |rule: &str| migrations.tasks[migrations.answer(rule).unwrap()].id.as_str();
    assert_eq!(id("alliance/score-now"), "raise-score");
    assert_eq!(id("alliance/open-first"), "open-alliance");
    assert_eq!(id("brand/self-run-limit"), "settle-limit");
    assert_eq!(id("homepage/contacts"), "replace-codes");
    assert_eq!(id("live/personal-store"), "look-into");
    for rule in &pack.rules {
        assert!(migrations.answer(&rule.info.id).is_some(), "{}", rule.info.id);
    }
}
