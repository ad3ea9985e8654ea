//! A forecast knows records together as a check does, wherever they stand.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::folder::Folder;

/// Goods of open weixin stores, from a day on; closing days are those of the shop.
const RULE: &str = "id: house/later\ntitle: {zh: 试, en: test}\nwhy: {zh: 试, en: test}\nseverity: warning\nfor: Product\n\
                    when: {shop.system: {is: weixin-store}}\neffective: {from: 2026-12-10}\ncheck: {at: title, is_not: 云山明前绿茶}\n\
                    message: {zh: '{value} {.shop.name}', en: '{value}'}\n\
                    evidence: [{source: own, ref: test, confidence: high, says: {zh: 试, en: test}}]\n";

fn shop(id: &str, system: &str, rest: &str) -> String {
    format!("---\nkind: Shop\nid: {id}\nsystem: {system}\nname: 店{id}\nsubject: {{type: enterprise}}\n{rest}")
}

/// What changes on which day.
fn changes(files: &[(&str, &str)]) -> BTreeSet<(String, String, bool)> {
    let folder = Folder::with(files);
    folder.write("house/house/later.yaml", RULE);
    let args = ["forecast", "--rules", "house", "--format", "json", "--as-of", "2026-11-29", "--until", "2027-03-01"];
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let ran = folder.run(&[&args[..], &names].concat());
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
    let mut all = BTreeSet::new();
    for record in report["records"].as_array().unwrap() {
        for change in record["changes"].as_array().unwrap() {
            for (list, begins) in [("begins", true), ("ends", false)] {
                for finding in change[list].as_array().unwrap() {
                    if finding["rule"] == "house/later" {
                        all.insert((change["date"].as_str().unwrap().to_owned(), finding["rule"].to_string(), begins));
                    }
                }
            }
        }
    }
    all
}

#[test]
fn goods_in_a_file_of_their_own_change_as_those_in_their_shop_do() {
    let goods = "id: p\ntitle: 云山明前绿茶\n";
    for (system, rest, expected) in [
        ("weixin-store", "", vec![("2026-12-10", true)]),
        ("channels-store", "", vec![]),
        // A closed shop is not judged: what the rule finds ends with the shop.
        ("weixin-store", "closed_on: 2027-01-15\n", vec![("2026-12-10", true), ("2027-01-15", false)]),
        ("weixin-store", "closed_on: 2026-12-01\n", vec![]),
    ] {
        let expected: BTreeSet<_> =
            expected.into_iter().map(|(day, begins)| (day.to_owned(), "\"house/later\"".to_owned(), begins)).collect();
        let nested = shop("s", system, &format!("{rest}products:\n  - {{id: p, title: 云山明前绿茶}}\n"));
        assert_eq!(changes(&[("a.yaml", &nested)]), expected, "{system} {rest}");
        let of_shop = shop("s", system, rest);
        let apart = format!("kind: Product\n{goods}shop: s\n");
        assert_eq!(changes(&[("a.yaml", &of_shop), ("b.yaml", &apart)]), expected, "{system} {rest}");
        assert_eq!(changes(&[("b.yaml", &of_shop), ("a.yaml", &apart)]), expected, "{system} {rest}");
        let rows = "商品ID,商品标题,所属店铺\np,云山明前绿茶,s\n";
        assert_eq!(changes(&[("a.yaml", &of_shop), ("b.csv", rows)]), expected, "{system} {rest}");
        let line = "{\"kind\":\"Product\",\"id\":\"p\",\"title\":\"云山明前绿茶\",\"shop\":\"s\"}\n";
        assert_eq!(changes(&[("a.ndjson", line), ("b.yaml", &of_shop)]), expected, "{system} {rest}");
    }
}
