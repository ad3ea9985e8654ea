//! Shops of other platforms beside WeChat's: they are known, and the rules of WeChat's platform do not judge them.

use super::erp::{found, report};
use crate::folder::Folder;

/// What every rule of names, limits and goods would find something in.
fn wrong(id: &str, system: &str) -> String {
    format!(
        "kind: Shop\nid: {id}\nsystem: {system}\nname: 微信官方旗舰店{id}\nsubject: {{type: individual}}\n\
         deposit: {{paid: 1, required: 5000}}\nscore: 2\naccounts: {{channels: [a, b, c, d, e, f, g, h, i, j, k, l]}}\n\
         products:\n  - {{id: p{id}, sku: T-100, title: 茶, price: 0, status: 14, head_images: [a.png, a.png]}}\n"
    )
}

const OUTSIDE: [&str; 8] =
    ["douyin", "kuaishou", "taobao", "tmall", "pinduoduo", "xiaohongshu", "jd", "other-platform"];

#[test]
fn rules_of_the_platform_judge_its_own_shops_alone() {
    for system in OUTSIDE {
        let folder = Folder::with(&[("a.yaml", &wrong("a", system))]);
        let (code, report) = report(&folder, &["a.yaml"]);
        assert_eq!((code, found(&report)), (0, Vec::new()), "{system}");
        assert_eq!(report["summary"]["outside"], serde_json::json!({"shops": 1, "others": 0}));
    }
    let folder = Folder::with(&[("a.yaml", &wrong("a", "weixin-store"))]);
    let (_, report) = report(&folder, &["a.yaml"]);
    assert!(found(&report).len() >= 4, "{report}");
    assert_eq!(report["summary"]["outside"], serde_json::Value::Null);
}

#[test]
fn what_any_file_must_be_is_asked_of_them_too() {
    let shop = "kind: Shop\nid: a\nsystem: tmall\nname: 云山\nsubject: {licence: 91000000MA0YN0011A}\nnmae: x\n";
    let folder = Folder::with(&[("a.yaml", shop), ("b.yaml", &shop.replace("tmall", "tmal"))]);
    let (code, report) = report(&folder, &["."]);
    let found = found(&report);
    for rule in ["licence/code", "record/unknown-field", "record/unknown-value", "record/shop-id"] {
        assert!(found.iter().any(|found| found.starts_with(rule)), "{rule}: {found:?}");
    }
    assert_eq!(code, 2);
}

#[test]
fn an_unsaid_system_is_one_of_the_platforms_own() {
    // What holds for every system of the platform is found as ever where none is said.
    let said = |system: &str| {
        let shop = format!("kind: Shop\nid: a\n{system}name: 云山\nbrand: {{classification: 77}}\n");
        let folder = Folder::with(&[("a.yaml", &shop)]);
        found(&report(&folder, &["a.yaml"]).1)
    };
    let is_found = |found: &[String]| found.iter().any(|found| found.starts_with("brand/classification"));
    assert!(is_found(&said("")) && is_found(&said("system: mini-store\n")) && !is_found(&said("system: jd\n")));
    let rule = "id: house/known\ntitle: {zh: 试, en: test}\nwhy: {zh: 试, en: test}\nseverity: warning\nfor: Shop\n\
                when: {system: {in: [mini-store, channels-store, weixin-store, mini-program-mall]}}\n\
                check: {at: name, is: 晴川}\nmessage: {zh: 试, en: test}\n\
                evidence: [{source: own, ref: test, confidence: high, says: {zh: 试, en: test}}]\n";
    for system in ["", "system: mini-store\n"] {
        let shop = format!("kind: Shop\nid: a\n{system}name: 云山\n");
        let folder = Folder::with(&[("a.yaml", &shop), ("house/house/known.yaml", rule)]);
        let found = found(&report(&folder, &["a.yaml", "--rules", "house"]).1);
        assert!(found.iter().any(|found| found.starts_with("house/known")), "{system}{found:?}");
    }
}

#[test]
fn groups_leave_them_out() {
    let shop = |id: &str, system: &str| {
        format!(
            "kind: Shop\nid: {id}\nsystem: {system}\nname: 云山茶业\nsubject: {{type: individual, name: 张三, licence: 91000000MA0YN0011J}}\nwechat_id: zhang\n---\n"
        )
    };
    let ours = |found: &[String]| -> Vec<String> {
        let is_group = |found: &&String| found.starts_with("limits/") || found.starts_with("naming/unique");
        found.iter().filter(is_group).cloned().collect()
    };
    let alone = Folder::with(&[("a.yaml", &shop("a", "mini-store"))]);
    let expected = ours(&found(&report(&alone, &["a.yaml"]).1));
    let others: String = OUTSIDE.iter().map(|system| shop(system, system)).collect();
    let folder = Folder::with(&[("a.yaml", &(shop("a", "mini-store") + &others))]);
    assert_eq!(ours(&found(&report(&folder, &["a.yaml"]).1)), expected);
    // A rule of one's own counts them if it says so.
    let rule = |even: &str| {
        format!(
            "id: house/one\ntitle: {{zh: 试, en: test}}\nwhy: {{zh: 试, en: test}}\nseverity: warning\nfor: Shop\n{even}\
             check: {{point: name, group: {{by: [subject.licence], count: {{max: 8}}}}}}\nmessage: {{zh: 试, en: \"{{count}}\"}}\n\
             evidence: [{{source: own, ref: test, confidence: high, says: {{zh: 试, en: test}}}}]\n"
        )
    };
    for (even, count) in [("", 0), ("even_outside: true\n", 1)] {
        folder.write("house/house/one.yaml", rule(even));
        let found = found(&report(&folder, &["a.yaml", "--rules", "house"]).1);
        assert_eq!(found.iter().filter(|found| found.starts_with("house/one")).count(), count, "{found:?}");
    }
}

#[test]
fn they_are_counted_and_it_is_said() {
    let folder = Folder::with(&[
        ("shops.csv", "店铺编号,店铺名称,平台\na,云山茶业,抖音小店\nb,花山茶业,京东\nc,月山茶业,微信小店\n"),
        ("goods.csv", "商品ID,商品名称,平台,售价\n1,云山明前绿茶礼盒,淘宝,9\n2,云山明前绿茶礼盒,微信小店,9\n"),
    ]);
    for (lang, said) in [
        ("zh", "2 家其他平台的店铺、1 条其他平台的记录：微信平台的规则不适用"),
        ("en", "2 shops and 1 record of other platforms: the rules of WeChat's platform do not apply"),
    ] {
        let ran = folder.run(&["check", ".", "--no-config", "--as-of", "2026-11-29", "--lang", lang]);
        assert!(ran.out.contains(said), "{}", ran.shown());
    }
    let parts = ["1/2", "2/2"].map(|part| {
        let name = part.replace('/', "-") + ".part";
        let ran =
            folder.run(&["check", ".", "--no-config", "--as-of", "2026-11-29", "--shard", part, "--partial", &name]);
        assert!(ran.code <= 1, "{}", ran.shown());
        name
    });
    let ran = folder.run(&["merge", &parts[0], &parts[1], "--lang", "en"]);
    assert!(ran.out.contains("2 shops and 1 record of other platforms"), "{}", ran.shown());
}

#[test]
fn a_plan_leaves_them_alone_and_says_so() {
    let shop = |id: &str, system: &str| format!("kind: Shop\nid: {id}\nsystem: {system}\nname: 云山茶业\n");
    let folder = Folder::with(&[("s/a.yaml", &shop("a", "channels-store")), ("s/b.yaml", &shop("b", "tmall"))]);
    let day = ["--as-of", "2024-09-10", "--cutover", "2024-09-12", "--lang", "en"];
    let ran = folder.run(&[&["migrate", "plan", "s"], &day[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(ran.out.contains("on other platforms"), "{}", ran.shown());
    let plan: serde_json::Value = serde_json::from_str(&folder.read("plan.json")).unwrap();
    let [moved, other] = [0, 1].map(|at| &plan["shops"][at]);
    // The name on another platform takes none here.
    assert_eq!((&moved["outcome"], &moved["name"]["picked"]), (&"migrate".into(), &"云山茶业".into()), "{moved}");
    assert_eq!((&other["outcome"], &other["changes"]), (&"outside".into(), &serde_json::json!([])), "{other}");
    assert!(other["tasks"] == serde_json::json!([]) && other["why"].to_string().contains("not on WeChat's platform"));
}

#[test]
fn a_forecast_has_nothing_to_say_of_them() {
    let shop = "kind: Shop\nid: a\nsystem: SYSTEM\nname: 云山\nbrand: {name: 云山, valid_until: 2026-12-20}\n";
    let ahead = |system: &str| {
        let folder = Folder::with(&[("a.yaml", &shop.replace("SYSTEM", system))]);
        folder.run(&["forecast", "a.yaml", "--as-of", "2026-11-29", "--lang", "en"]).out
    };
    assert!(ahead("weixin-store").contains("brand/"), "{}", ahead("weixin-store"));
    assert!(ahead("jd").contains("nothing changes"), "{}", ahead("jd"));
}
