//! No claim goes beyond its evidence: what a finding says holds for the record that it is about, on its day.

use crate::folder::Folder;

/// What is found, a finding a line, in Chinese, with the exit status.
fn check(files: &[(&str, &str)], args: &[&str]) -> (Vec<String>, i32) {
    let folder = Folder::with(files);
    let mut all = vec!["check", "--no-config", "--as-of", "2026-11-29", "--lang", "zh", "--format", "short", "."];
    all.extend(args);
    let ran = folder.run(&all);
    (
        ran.out
            .lines()
            .filter(|line| line.contains('/') && line.contains('[') && !line.contains("[problem]"))
            .map(str::to_owned)
            .collect(),
        ran.code,
    )
}

mod systems {
    use super::*;

    /// Breaks every rule that the interface of channels and weixin stores has for a product.
    const GOODS: &str = "title: 正宗五指毛桃根√\nshort_title: 一二三四五六七八九十一二三四五六七八九十一\n\
        out_id: \"OUTID\"\nhead_images: [a.jpg, a.jpg]\ndescription: 加微信 wuli_tea88 转账给我\nprice: 9\nsale_price: 9\n\
        market_price: 8\nskus: [{id: 1, code: CODECODECODECODECODECODE, sale_price: 9, market_price: 8}]\n";

    fn goods() -> String {
        GOODS.replace("OUTID", &"x".repeat(129))
    }

    const RULES: [&str; 9] = [
        "product/after-sale-address",
        "product/contacts",
        "product/head-images",
        "product/head-images-duplicate",
        "product/out-id",
        "product/short-title",
        "product/sku-code",
        "product/sku-market-price",
        "product/title-characters",
    ];

    fn lines<'l>(lines: &'l [String], rule: &str) -> Vec<&'l String> {
        lines.iter().filter(|line| line.contains(&format!("[{rule}]"))).collect()
    }

    #[test]
    fn what_holds_only_in_some_systems_is_no_error_where_the_system_is_unsaid() {
        let own = format!("kind: Product\nid: p\n{}", goods());
        let (unsaid, _) = check(&[("a.yaml", &own)], &[]);
        let (said, _) = check(&[("a.yaml", &format!("{own}system: weixin-store\n"))], &[]);
        let (other, _) = check(&[("a.yaml", &format!("{own}system: mini-store\n"))], &[]);
        for rule in RULES {
            assert!(
                lines(&said, rule).iter().all(|line| line.contains(" error[") && !line.contains("若商品体系")),
                "{said:?}"
            );
            assert_eq!(lines(&said, rule).len(), 1, "{rule}: {said:?}");
            let [line] = lines(&unsaid, rule)[..] else { panic!("{rule}: {unsaid:?}") };
            assert!(line.contains(" warning["), "{line}");
            assert!(line.contains("若商品体系是视频号小店（2022）或微信小店（2024）："), "{line}");
            assert!(lines(&other, rule).is_empty(), "{rule}: {other:?}");
        }
        assert!(!unsaid.iter().any(|line| line.contains(" error[")), "{unsaid:?}");
    }

    #[test]
    fn a_product_goes_by_the_shop_that_it_stands_in() {
        let inner = goods().lines().fold(String::new(), |text, line| text + "    " + line + "\n");
        let shop = |system: &str| format!("kind: Shop\nid: a\nname: 云山茶业\n{system}products:\n  - id: p\n{inner}");
        let found = |system: &str| check(&[("a.yaml", &shop(system))], &[]).0;
        let (said, unsaid) = (found("system: channels-store\n"), found(""));
        for rule in RULES {
            assert!(lines(&said, rule)[0].contains(" error["), "{rule}: {said:?}");
            assert!(lines(&unsaid, rule)[0].contains(" warning["), "{rule}: {unsaid:?}");
            assert!(lines(&found("system: mini-program-mall\n"), rule).is_empty());
        }
    }

    #[test]
    fn an_interface_of_two_systems_is_of_no_other() {
        let answer = r#"{"errcode":0,"errmsg":"ok","product":{"product_id":"1","title":"折扇","head_imgs":["a","b","c"],
            "desc_info":{"imgs":["d"]},"status":5,"min_price":900}}"#;
        let (found, _) = check(&[("p.json", answer)], &["--only", "product/title-length"]);
        assert!(found.len() == 1 && found[0].contains(" error[") && !found[0].contains("若"), "{found:?}");
        // The same in a table, where 状态码 is whatever the table's author meant by it.
        let (found, _) = check(&[("p.csv", "商品标题,商品状态码\n折扇,5\n")], &["--only", "product/title-length"]);
        assert!(found.len() == 1 && found[0].contains(" warning[") && found[0].contains("若商品体系"), "{found:?}");
    }

    #[test]
    fn a_project_may_still_make_it_an_error() {
        let folder = Folder::with(&[
            ("a.yaml", "kind: Product\nid: p\ntitle: 折扇\n"),
            ("dianjian.yaml", "severity: {product/title-length: error}\n"),
        ]);
        let ran = folder.run(&["check", "a.yaml", "--as-of", "2026-11-29", "--lang", "zh", "--format", "short"]);
        assert!(ran.out.contains(" error[product/title-length]") && ran.out.contains("若商品体系"), "{}", ran.out);
        assert_eq!(ran.code, 1);
    }
}

/// What the articles state that the project began with, each by a rule and on its days.
mod articles {
    use super::*;

    /// A record, what it has besides, the rule, days on which it speaks, and days on which it does not.
    type Case<'c> = (&'c str, &'c str, &'c str, &'c [&'c str], &'c [&'c str]);

    /// Whether a rule speaks of a record on a day.
    fn speaks(record: &str, rule: &str, day: &str) -> bool {
        let folder = Folder::with(&[("a.yaml", record)]);
        let ran = folder.run(&["check", "a.yaml", "--no-config", "--as-of", day, "--format", "short", "--only", rule]);
        ran.out.contains(&format!("[{rule}]"))
    }

    #[test]
    fn every_statement_has_a_rule_of_its_days() {
        let mall = "kind: Shop\nid: a\nname: 云山商城\nsystem: mini-program-mall\n";
        let weixin = "kind: Shop\nid: a\nname: 云山茶业\nsystem: weixin-store\n";
        let channels = "kind: Shop\nid: a\nname: 云山茶业\nsystem: channels-store\n";
        let personal = "kind: Shop\nid: a\nname: 老街杂货\nsystem: mini-store\nsubject: {type: individual}\n";
        let hangs = "mini_program: {on_channels_homepage: true, hung_on: 2024-06-01, contract_until: 2030-01-01}\n";
        let goods =
            "kind: Product\nid: p\ntitle: 云山明前绿茶100g\nsystem: mini-program-mall\nlisted_on_channels: true\n";
        let joined = "subject: {type: sole-trader}\nalliance: {joined: true}\n";
        // A record, the rule, days on which it speaks of it, and days on which it does not.
        let cases: &[Case<'_>] = &[
            (mall, hangs, "mini-program/newly-hung", &["2024-06-02", "2026-11-29"], &["2024-05-27"]),
            (
                mall,
                "mini_program: {on_channels_homepage: true, contract_until: 2025-06-30}\n",
                "mini-program/contract-over",
                &["2025-07-01"],
                &["2025-06-30"],
            ),
            (mall, hangs, "mini-program/not-yet-supported", &["2020-12-01"], &["2020-07-15", "2022-08-01"]),
            (mall, "live: {store_live: true}\n", "mini-program/not-yet-supported", &["2020-12-01"], &["2022-08-01"]),
            (
                mall,
                "mini_program: {component_version: \"2.0\"}\n",
                "mini-program/component-version",
                &["2022-06-01"],
                &["2021-06-01"],
            ),
            (
                mall,
                "mini_program: {on_channels_homepage: false}\n",
                "mini-program/may-hang",
                &["2022-08-01"],
                &["2026-11-29"],
            ),
            (weixin, "touchpoints: {search: false}\n", "touchpoint/search", &["2024-08-25"], &["2024-08-24"]),
            (weixin, "touchpoints: {search: true}\n", "touchpoint/main-category", &["2024-08-25"], &["2024-08-24"]),
            (
                weixin,
                "main_category: 女装\ncategories: [{name: 茶}]\n",
                "touchpoint/main-category-other",
                &["2024-08-25"],
                &["2024-08-24"],
            ),
            (channels, "touchpoints: {search: true}\n", "touchpoint/search-legacy", &["2023-01-01"], &["2021-01-01"]),
            (channels, "touchpoints: {articles: true}\n", "touchpoint/channels-only", &["2023-01-01"], &["2021-01-01"]),
            (
                channels,
                "touchpoints: {mini_program: true}\n",
                "touchpoint/channels-only",
                &["2023-01-01"],
                &["2021-01-01"],
            ),
            (goods, "", "alliance/mall-commission", &["2022-08-01"], &["2021-12-31", "2024-05-28"]),
            (mall, "alliance: {planned: true}\n", "alliance/mall", &["2024-08-25"], &["2024-08-24"]),
            (channels, "score: 3.9\n", "score/threshold", &["2023-03-31"], &["2023-03-30"]),
            (weixin, "score: 3.9\n", "score/threshold", &["2024-08-25"], &["2023-01-01"]),
            (personal, "longest_video: 31\n", "video/length", &["2020-12-01"], &["2020-07-15", "2022-01-01"]),
            (personal, "features: {coupons: false}\n", "features/personal-store", &["2020-12-01"], &["2024-11-04"]),
            (
                personal,
                "features: {bulk_shipping: false}\n",
                "features/personal-store",
                &["2020-12-01"],
                &["2020-07-15"],
            ),
            (
                personal,
                "live: {store_live: true, identity_verified: false}\n",
                "live/personal-store",
                &["2020-12-01"],
                &["2024-11-18"],
            ),
            (channels, "features: {coupons: true}\n", "features/channels-store", &["2022-06-01"], &["2021-12-31"]),
            (weixin, "touchpoints: {articles: false}\n", "touchpoint/articles", &["2024-08-25"], &["2024-08-24"]),
            (weixin, "homepage: {title: 云山茶业}\n", "homepage/slots", &["2024-08-25"], &["2024-08-24"]),
            (
                weixin,
                "homepage: {featured: [{type: article}]}\n",
                "homepage/slot-empty",
                &["2024-08-25"],
                &["2024-08-24"],
            ),
            (channels, joined, "alliance/sole-trader-before", &["2023-03-30"], &["2021-12-31", "2023-03-31"]),
            (channels, joined, "alliance/sole-trader", &["2023-03-31"], &["2023-03-30"]),
        ];
        for (record, more, rule, on, off) in cases {
            let record = format!("{record}{more}");
            on.iter().for_each(|day| assert!(speaks(&record, rule, day), "{rule} is silent on {day} of\n{record}"));
            off.iter().for_each(|day| assert!(!speaks(&record, rule, day), "{rule} speaks on {day} of\n{record}"));
        }
    }
}

/// What a kind has and no rule reads is a promise that nobody keeps.
mod fields {
    use std::collections::{BTreeMap, BTreeSet};

    use dianjian_rules::PackBuilder;
    use dianjian_rules::record::{Field, FieldType};
    use serde_json::Value;

    /// Fields that no rule reads, and why they are there.
    const UNREAD: [(&str, &str); 53] = [
        ("Account.avatar", "names nothing that is ruled on; kept from exports"),
        ("Account.bound_on", "kept from exports"),
        ("Account.status", "kept from exports"),
        ("Account.type", "kept from exports"),
        ("Brand.en_name", "kept from exports"),
        ("Brand.name", "what such a record is called by"),
        ("Brand.registered_from", "kept from exports"),
        ("Brand.registrant", "kept from exports"),
        ("Brand.trade_mark_symbol", "kept from exports"),
        ("Category.deposit", "becomes rows of tables on import"),
        ("Category.limited_brand", "becomes rows of tables on import"),
        ("Category.name", "what such a record is called by"),
        ("Category.permit_required", "becomes rows of tables on import"),
        ("Category.product_qualifications", "kept from exports"),
        ("Category.product_qualifications.id", "kept from exports"),
        ("Category.product_qualifications.name", "kept from exports"),
        ("Category.product_qualifications.required", "kept from exports"),
        ("Category.product_qualifications.tips", "kept from exports"),
        ("Category.qualification.required", "becomes rows of tables on import"),
        ("Category.qualification.tips", "becomes rows of tables on import"),
        ("Licence.legal_person", "read from tables, so that its column is known"),
        ("Licence.name", "read from tables, so that its column is known"),
        ("Licence.registered_capital", "read from tables, so that its column is known"),
        ("Licence.scope", "read from tables, so that its column is known"),
        ("Licence.type", "read from tables, so that its column is known"),
        ("LiveRoom.scheduled", "the day by whose rules the room is checked"),
        ("Order.items.title", "what an item is called by"),
        ("Order.system", "says on which platform the order was placed"),
        ("Product.alliance.from", "kept from exports"),
        ("Product.alliance.permanent", "kept from exports"),
        ("Product.alliance.promoters", "kept from exports"),
        ("Product.alliance.type", "of an export that has one type a record: rules need all of them"),
        ("Product.alliance.until", "kept from exports"),
        ("Product.categories.level", "kept from exports"),
        ("Product.skus.id", "what an item is called by"),
        ("Shop.brand.id", "what it is called by"),
        ("Shop.brand.registrant", "kept from exports"),
        ("Shop.brand.trade_mark_symbol", "kept from exports"),
        ("Shop.brands.en_name", "kept from exports"),
        ("Shop.brands.grant", "plans take it for the brand that a name is made of"),
        ("Shop.brands.id", "what an item is called by"),
        ("Shop.brands.mark", "plans take it for the brand that a name is made of"),
        ("Shop.brands.registrant", "kept from exports"),
        ("Shop.brands.registration_no", "kept from exports"),
        ("Shop.brands.trade_mark_symbol", "kept from exports"),
        ("Shop.categories.level", "kept from exports"),
        ("Shop.erp.name", "what a system is called by"),
        ("Shop.mini_program.appid", "what a mini program is called by"),
        ("Shop.mini_program.name", "what a mini program is called by"),
        ("Shop.previous_name", "plans keep the old name in it"),
        ("Shop.submissions.quota", "kept from exports"),
        ("Stock.cost", "goods take it for theirs"),
        ("Stock.name", "what such a thing is called by"),
    ];

    /// The paths that a part of a rule names; `item` is the list whose items it is about.
    fn named(part: &Value, item: &str, out: &mut BTreeSet<String>) {
        let whole = |name: &str| {
            let base = if name.starts_with('.') { item } else { "" };
            format!("{base}{name}").replace("[]", "")
        };
        match part {
            Value::String(text) => drop(out.insert(whole(text))),
            Value::Array(parts) => parts.iter().for_each(|part| named(part, item, out)),
            Value::Object(entries) => {
                let list = entries.get("in").and_then(Value::as_str).filter(|_| entries.contains_key("check"));
                let item = list.map_or_else(|| item.to_owned(), whole);
                out.extend(list.map(|_| item.clone()));
                for (key, value) in entries.iter().filter(|(key, _)| list.is_none() || *key != "in") {
                    out.insert(whole(key));
                    named(value, &item, out);
                }
            }
            _ => {}
        }
    }

    /// The fields of a kind with their paths, those of lists' items too; of groups only the fields in them.
    fn paths(fields: &[Field], above: &str, out: &mut Vec<(String, FieldType)>) {
        for field in fields {
            let path = if above.is_empty() { field.path.clone() } else { format!("{above}.{}", field.name()) };
            let below = field.level.as_ref().map_or(&[][..], |level| &level.item_fields);
            if field.ty != FieldType::Map {
                out.push((path.clone(), field.ty));
            }
            paths(below, &path, out);
        }
    }

    #[test]
    fn every_field_is_read_by_a_rule_or_has_a_reason() {
        let (pack, _) = PackBuilder::default().shipped().build();
        let mut read: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for rule in &pack.rules {
            let file: Value = serde_yaml::from_str(rule.source.text()).unwrap();
            let names = read.entry(rule.info.kind.as_str()).or_default();
            ["when", "presumes", "check"].iter().for_each(|key| named(&file[key], "", names));
        }
        let of_shops: Vec<String> =
            read.values().flatten().filter_map(|path| Some(path.strip_prefix("shop.")?.to_owned())).collect();
        read.entry("Shop").or_default().extend(of_shops);
        let mut unread = Vec::new();
        for kind in pack.kinds.iter() {
            let names = &read[&*kind.name];
            let mut all = Vec::new();
            paths(&kind.fields, "", &mut all);
            all.sort_by(|left, right| left.0.cmp(&right.0));
            all.dedup();
            for (path, ty) in all {
                let is_below = |name: &String| *name == path || name.starts_with(&format!("{path}."));
                // `**` of a kind's own rule is every text.
                if !(names.iter().any(is_below) || names.contains("**") && ty == FieldType::Text) {
                    unread.push(format!("{}.{path}", kind.name));
                }
            }
        }
        let known: BTreeSet<&str> = UNREAD.iter().map(|(path, _)| *path).collect();
        let new: Vec<_> = unread.iter().filter(|path| !known.contains(path.as_str())).collect();
        let stale: Vec<_> = known.iter().filter(|path| !unread.iter().any(|unread| unread == *path)).collect();
        assert!(new.is_empty() && stale.is_empty(), "no rule reads {new:?}; rules read {stale:?}");
    }
}
