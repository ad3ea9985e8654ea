//! Plans of fleets: what they say, that they are proven, and what happens on bad days.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use dianjian_migrate::plan::{Plan, ShopOutcome};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::folder::{Folder, Ran, copy};

impl Folder {
    /// Runs the command in English, a hundred columns wide.
    fn english(&self, args: &[&str]) -> Ran {
        let mut command = self.command(&["--lang", "en", "--color", "never"]);
        command.args(args).env("COLUMNS", "100").output().unwrap().into()
    }

    /// Makes a plan and reads it.
    fn plan(&self, args: &[&str]) -> Plan {
        let mut all = vec!["migrate", "plan"];
        all.extend(args);
        let done = self.english(&all);
        assert!(done.code == 0, "{}", said(&done));
        serde_json::from_str(&self.read("plan.json")).unwrap()
    }
}

fn said(ran: &Ran) -> String {
    format!("{}{}", ran.out, ran.err)
}

fn copied_sample() -> Folder {
    let folder = Folder::new();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/legacy-fleet");
    copy(&sample, &folder.path("shops"));
    folder
}

const DAY: [&str; 2] = ["--as-of", "2026-11-22"];

/// A shop's answer does not tell its system: a flag does, or a sidecar, in the same way as for a check.
#[test]
fn exports_are_planned_for_by_what_a_flag_or_their_folder_says() {
    let info =
        r#"{"errcode":0,"errmsg":"ok","info":{"nickname":"云山旗舰店","subject_type":"企业","username":"gh_a"}}"#;
    let sidecar = "system: channels-store\nsubject: {licence: 91440300MA5F0XYZ1X}\n";
    let day = ["--as-of", "2024-09-01"];
    let plan = |files: &[(&str, &str)], args: &[&str]| -> (Folder, Plan) {
        let folder = Folder::with(files);
        let plan = folder.plan(&[&["shops", day[0], day[1]], args].concat());
        (folder, plan)
    };
    let (_, silent) = plan(&[("shops/a/info.json", info)], &[]);
    assert_eq!(silent.shops[0].outcome, ShopOutcome::Stays);
    let (flagged, by_flag) = plan(&[("shops/a/info.json", info)], &["--system", "channels-store"]);
    let (beside, by_sidecar) = plan(&[("shops/a/info.json", info), ("shops/dianjian-shop.yaml", sidecar)], &[]);
    for plan in [&by_flag, &by_sidecar] {
        let shop = &plan.shops[0];
        assert_eq!(
            (shop.from.as_str(), shop.to.as_str(), shop.outcome),
            ("channels-store", "weixin-store", ShopOutcome::Migrate)
        );
        // The answer has no place for the system, so people make all changes, and nothing is written.
        assert!(shop.changes.iter().any(|change| change.field == "system"), "{:?}", shop.changes);
        assert!(shop.changes.iter().all(|change| change.edits.is_empty()), "{:?}", shop.changes);
        assert!(!shop.tasks.is_empty());
    }
    assert_eq!((by_flag.system.as_deref(), by_sidecar.system.as_deref()), (Some("channels-store"), None));
    // A re-check finds what the plan said is left, by the same system.
    for folder in [flagged, beside] {
        assert!(folder.english(&["migrate", "apply", "plan.json"]).code == 0);
        let verified = folder.english(&["migrate", "verify", "plan.json"]);
        assert!(!said(&verified).contains("unsaid-field"), "{}", said(&verified));
    }
}

#[test]
fn the_sample_fleet_is_planned_shown_applied_and_taken_back() {
    let folder = copied_sample();
    let before: BTreeMap<String, String> = texts(&folder);
    let plan = folder.plan(&["shops", "--per-day", "2", DAY[0], DAY[1]]);
    assert_eq!(plan.shops.len(), 10);
    for (lang, name) in [("zh", "plan_of_the_sample_fleet_zh"), ("en", "plan_of_the_sample_fleet_en")] {
        let shown = folder.english(&["migrate", "show", "plan.json", "--all", "--lang", lang]);
        insta::assert_snapshot!(name, said(&shown));
    }
    assert!(folder.english(&["migrate", "apply", "plan.json"]).code == 0);
    assert_ne!(texts(&folder), before);
    assert!(folder.english(&["migrate", "rollback", "plan.json"]).code == 0);
    assert_eq!(texts(&folder), before);
}

fn texts(folder: &Folder) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder.path("shops")).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.is_file())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()))
        .collect()
}

#[test]
fn every_form_shows_the_plan() {
    let folder = copied_sample();
    folder.plan(&["shops", DAY[0], DAY[1]]);
    let shown = |format: &str| {
        let done = folder.english(&["migrate", "show", "plan.json", "--format", format]);
        assert!(done.code == 0, "{}", said(&done));
        done.out
    };
    let html = shown("html");
    assert!(html.contains("<svg") && html.contains("id=\"shop-yunshan-flagship\"") && html.ends_with("</html>\n"));
    assert!(
        html.contains("<span class=\"del\">-name: 云山旗舰店</span>")
            && html.contains("<span class=\"add\">+name: 云山</span>")
    );
    assert!(!html.contains("http://") && !html.contains("https://") && html.matches("<script").count() == 1);
    let ics = shown("ics");
    assert!(ics.starts_with("BEGIN:VCALENDAR\r\n") && ics.ends_with("END:VCALENDAR\r\n"));
    assert!(ics.split("\r\n").all(|line| line.len() <= 75));
    assert_eq!(ics.matches("BEGIN:VEVENT").count(), ics.matches("END:VEVENT").count());
    let uids: BTreeSet<&str> = ics.lines().filter(|line| line.starts_with("UID:")).collect();
    assert_eq!(uids.len(), ics.matches("BEGIN:VEVENT").count());
    let csv = shown("csv");
    assert_eq!(csv.matches("\r\n").count(), 11);
    assert!(shown("markdown").starts_with("# Migration plan\n"));
    let one = folder.english(&["migrate", "show", "plan.json", "--shop", "laojie"]);
    assert!(said(&one).contains("  laojie  channels-store") && !said(&one).contains("  yunshan-mall  "));
    let none = folder.english(&["migrate", "show", "plan.json", "--shop", "laojei"]);
    assert_eq!(none.code, 2);
    assert!(said(&none).contains("did you mean `laojie`"), "{}", said(&none));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let folder = copied_sample();
    folder.write("more/a.yaml", "kind: Shop\nid: a\nsystem: channels-store\nname: 云山官方旗舰店\nstore_type: official-flagship\nbrand: {name: 云山, grant: owner}\n");
    folder.plan(&["shops", "more", DAY[0], DAY[1]]);
    let first = folder.read("plan.json");
    for args in [["more", "shops", "--threads", "1"], ["shops/yunshan.yaml", ".", "--threads", "7"]] {
        folder.plan(&[&args[..], &DAY].concat());
        assert_eq!(folder.read("plan.json"), first);
    }
}

#[test]
fn a_migrated_fleet_has_nothing_to_plan() {
    let folder = copied_sample();
    let first = folder.plan(&["shops", DAY[0], DAY[1]]);
    assert!(folder.english(&["migrate", "apply", "plan.json"]).code == 0);
    let second = folder.plan(&["shops", DAY[0], DAY[1]]);
    assert!(second.files.is_empty());
    assert!(second.shops.iter().all(|shop| shop.changes.is_empty() && shop.outcome != ShopOutcome::Migrate));
    // What is left is what the first plan said would be left.
    let left = |plan: &Plan| -> Vec<_> {
        plan.remaining
            .iter()
            .map(|left| (left.rule.clone(), left.severity, left.shops.clone(), left.findings))
            .collect()
    };
    assert_eq!(left(&first), left(&second));
}

#[test]
fn ten_thousand_shops_that_want_one_name_get_names_of_their_own() {
    let line = |at: usize| {
        format!(
            "{{\"kind\":\"Shop\",\"id\":\"s{at}\",\"system\":\"channels-store\",\"name\":\"云山旗舰店\",\"store_type\":\"flagship\",\"brand\":{{\"name\":\"云山\"}},\"subject\":{{\"type\":\"enterprise\",\"name\":\"深圳云山茶业有限公司\"}}}}\n"
        )
    };
    let folder = Folder::with(&[("shops.ndjson", &(0..10_000).map(line).collect::<String>())]);
    let begun = std::time::Instant::now();
    let plan = folder.plan(&["shops.ndjson", DAY[0], DAY[1]]);
    assert!(begun.elapsed().as_secs() < 120, "{:?}", begun.elapsed());
    let names: BTreeSet<&String> = plan.shops.iter().filter_map(|shop| shop.name.picked.as_ref()).collect();
    assert_eq!(names.len(), 10_000);
    assert!(!plan.remaining.iter().any(|left| left.rule.starts_with("naming/")), "{:?}", plan.remaining);
}

#[test]
fn names_that_wait_for_one_another_are_told_and_not_hung_on() {
    let shop = |id: &str, name: &str| {
        format!(
            "kind: Shop\nid: {id}\nsystem: channels-store\nstore_type: ordinary-enterprise\nname: {name}\nsuper_admin: 林知远\n---\n"
        )
    };
    let folder = Folder::with(&[
        ("shops.yaml", &[shop("a", "云山春茶"), shop("b", "雾里秋茶"), shop("c", "青禾白茶")].concat()),
        ("decisions.yaml", "names: {a: 雾里秋茶, b: 青禾白茶, c: 云山春茶}\n"),
    ]);
    let plan = folder.plan(&["shops.yaml", "--decisions", "decisions.yaml", DAY[0], DAY[1]]);
    let names: Vec<_> = plan.shops.iter().map(|shop| shop.name.picked.as_deref().unwrap()).collect();
    assert_eq!(names, ["雾里秋茶", "青禾白茶", "云山春茶"]);
    assert_eq!(plan.fleet.circles, [["a", "b", "c"]]);
    let swap = plan.tasks.iter().find(|task| task.kind == "swap-names").unwrap();
    assert_eq!(swap.shops, ["a", "b", "c"]);
}

#[test]
fn shops_with_one_id_and_shops_without_get_keys_of_their_own() {
    let shop = |id: &str| format!("kind: Shop\n{id}system: channels-store\nname: 云山春茶\n---\n");
    let folder =
        Folder::with(&[("shops.yaml", &["id: a\n", "id: a\n", "", "id: a#2\n", "id: a\n", ""].map(shop).concat())]);
    let done = folder.english(&["migrate", "plan", "shops.yaml", DAY[0], DAY[1]]);
    assert!(said(&done).contains("The id “a” stands for 3 shops"), "{}", said(&done));
    let plan: Plan = serde_json::from_str(&folder.read("plan.json")).unwrap();
    let keys: Vec<&str> = plan.shops.iter().map(|shop| shop.key.as_str()).collect();
    assert_eq!(keys, ["a", "a#3", "shops.yaml:11", "a#2", "a#4", "shops.yaml:25"]);
}

#[test]
fn a_licence_with_too_many_shops_keeps_those_that_are_to_stay() {
    let line = |at: usize| {
        format!(
            "{{\"kind\":\"Shop\",\"id\":\"s{at:02}\",\"system\":\"channels-store\",\"store_type\":\"ordinary-enterprise\",\"name\":\"云山{at}号茶\",\"gmv\":{},\"subject\":{{\"type\":\"enterprise\",\"licence\":\"91000000MA0YN0011J\"}}}}\n",
            at * 100
        )
    };
    let folder = Folder::with(&[
        ("shops.ndjson", &(0..33).map(line).collect::<String>()),
        ("decisions.yaml", "stay: [s01]\nleave_out: [s32]\n"),
    ]);
    let plan = folder.plan(&["shops.ndjson", "--decisions", "decisions.yaml", DAY[0], DAY[1]]);
    let limit = plan.fleet.limits.iter().find(|limit| limit.rule == "limits/weixin-stores").unwrap();
    assert_eq!((limit.limit, limit.count, limit.fit.len()), (30, 32, 30));
    // The one that is to stay, then by sales: the two smallest of the others do not fit.
    assert_eq!(limit.fit[0], "s01");
    assert_eq!(limit.excess, ["s02", "s00"]);
    let of = |key: &str| plan.shops.iter().find(|shop| shop.key == key).unwrap();
    assert_eq!(
        (of("s00").outcome, of("s32").outcome, of("s01").outcome),
        (ShopOutcome::Blocked, ShopOutcome::Stays, ShopOutcome::Migrate)
    );
    assert!(of("s00").changes.is_empty() && of("s32").changes.is_empty());
    assert!(!plan.remaining.iter().any(|left| left.rule == "limits/weixin-stores"));
}

#[test]
fn shops_beyond_a_brands_limit_move_without_the_brand() {
    let shop = |id: &str, gmv: u32, name: &str, grant: &str, subject: &str| {
        format!(
            "kind: Shop\nid: {id}\nsystem: channels-store\nname: {name}\nstore_type: exclusive\nsubject: {{type: enterprise, name: {subject}, licence: 91000000MA0QH002X4}}\nbrand: {{name: 云山, grant: {grant}}}   # 授权\nmain_category: 茶\ngmv: {gmv}\nsuper_admin: 周以宁\n---\n"
        )
    };
    let text = [
        shop("small", 100, "云山青禾专卖店", "first", "杭州青禾商贸有限公司"),
        shop("large", 900, "云山青禾茶专卖店", "first", "杭州青禾商贸有限公司"),
        shop("lower", 950, "青禾云山茶具", "second", "杭州青禾商贸有限公司"),
    ]
    .concat();
    let folder = Folder::with(&[("shops.yaml", &text), ("decisions.yaml", "stay: [lower]\n")]);
    let plan = folder.plan(&["shops.yaml", DAY[0], DAY[1]]);
    let of = |plan: &Plan, key: &str| plan.shops.iter().find(|shop| shop.key == key).unwrap().clone();
    let limit = plan.fleet.limits.iter().find(|limit| limit.rule == "brand/authorised-limit").unwrap();
    assert_eq!(
        (limit.fit.as_slice(), limit.excess.as_slice()),
        (&["large".to_owned()][..], &["small".to_owned(), "lower".to_owned()][..])
    );
    assert_eq!(of(&plan, "large").name.picked.as_deref(), Some("云山青禾茶"));
    for key in ["small", "lower"] {
        let shop = of(&plan, key);
        let name = shop.name.picked.unwrap();
        assert!(!name.contains("云山") && name.contains("青禾"), "{name}");
        assert!(shop.name.rejected.iter().any(|rejected| rejected.rules == ["brand/authorised-limit"]));
        let mark = shop.changes.iter().find(|change| change.field == "brand.mark").unwrap();
        assert_eq!(
            (mark.after.as_deref(), mark.reasons.as_slice()),
            (Some("none"), &["weixin-store-gains".to_owned(), "brand/authorised-limit".to_owned()][..])
        );
        assert!(!shop.changes.iter().any(|change| change.field == "brand"));
        let kinds: BTreeSet<&str> =
            plan.tasks.iter().filter(|task| task.shops.contains(&shop.key)).map(|task| task.kind.as_str()).collect();
        assert!(
            kinds.contains("settle-limit") && kinds.contains("certify-brand-later") && !kinds.contains("certify-brand"),
            "{kinds:?}"
        );
    }
    assert!(
        !plan.remaining.iter().any(|left| left.rule.starts_with("brand/") || left.rule.starts_with("naming/")),
        "{:?}",
        plan.remaining
    );
    assert!(folder.english(&["migrate", "apply", "plan.json"]).code == 0);
    assert_eq!(folder.read("shops.yaml").matches("brand: {name: 云山, grant: ").count(), 3);
    assert_eq!(folder.read("shops.yaml").matches("mark: none").count(), 2);
    assert!(folder.english(&["migrate", "rollback", "plan.json"]).code == 0);
    assert_eq!(folder.read("shops.yaml"), text);
    let plan = folder.plan(&["shops.yaml", "--decisions", "decisions.yaml", DAY[0], DAY[1]]);
    assert_eq!(of(&plan, "lower").name.picked.as_deref(), Some("青禾云山茶具"));
    assert!(of(&plan, "large").changes.iter().any(|change| change.after.as_deref() == Some("none")));
}

#[test]
fn mistakes_in_decisions_are_told_where_they_are() {
    let folder = copied_sample();
    for (decisions, told) in [
        ("names: {laojei: 老街茶}\n", "there is no shop `laojei`"),
        ("nmes: {}\n", "unknown field `nmes`"),
        ("names: {laojie: 老街旗舰店}\n", "breaks `naming/store-type-words`"),
        ("names: {laojie: 雾里春茶}\n", "is that of shop `qinghe-wuli`"),
        ("names: {qinghe-wuli: 雾里}\n", "does not move"),
        ("stay: [laojie]\nleave_out: [laojie]\n", "`laojie` is both left out and decided upon"),
        ("names: {yunshan-flagship: 雾里}\n", "legal names are 云山, "),
        ("options: [{choice: weixin-store-gains/customer-servce, option: store}]\n", "there is no choice"),
        ("options: [{choice: weixin-store-gains/customer-service, option: shop}]\n", "there is no option `shop`"),
    ] {
        folder.write("decisions.yaml", decisions);
        let done = folder.english(&[
            "migrate",
            "plan",
            "shops",
            "--decisions",
            "decisions.yaml",
            "-o",
            "none.json",
            DAY[0],
            DAY[1],
        ]);
        assert_eq!(done.code, 2, "{decisions}");
        assert!(said(&done).contains(told) && said(&done).contains("decisions.yaml"), "{decisions}: {}", said(&done));
        assert!(!folder.path("none.json").exists());
    }
    folder.write("decisions.yaml", "options: [{choice: weixin-store-gains/customer-service, option: store, shops: [yunshan-flagship]}]\nnames: {yunshan-flagship: 云山茶}\n");
    let plan = folder.plan(&["shops", "--decisions", "decisions.yaml", DAY[0], DAY[1]]);
    let shop = plan.shops.iter().find(|shop| shop.key == "yunshan-flagship").unwrap();
    assert!(shop.name.pinned && shop.name.picked.as_deref() == Some("云山茶"));
    assert!(
        shop.changes
            .iter()
            .any(|change| change.field == "customer_service" && change.after.as_deref() == Some("store"))
    );
    let asks = |task: &&dianjian_migrate::plan::PlannedTask| task.kind == "choose-customer-service";
    let asked = plan.tasks.iter().filter(asks).any(|task| task.shops.contains(&shop.key));
    assert!(asked, "{:?}", plan.tasks);
}

#[test]
fn what_cannot_be_read_is_told_and_is_not_in_the_plan() {
    let folder = copied_sample();
    folder.write("shops/broken.yaml", "kind: Shop\nname: [\n");
    folder.write("shops/old.json", "{\"product_base\": {\"name\": \"茶\"}, \"sku_list\": []}\n");
    let done = folder.english(&["migrate", "plan", "shops", DAY[0], DAY[1]]);
    assert_eq!(done.code, 2);
    assert!(said(&done).contains("broken.yaml") && said(&done).contains("old.json"), "{}", said(&done));
    let plan: Plan = serde_json::from_str(&folder.read("plan.json")).unwrap();
    assert_eq!(plan.shops.len(), 10);
}

#[test]
fn every_layout_is_edited_and_every_other_byte_stays() {
    let shop = "kind: Shop\r\nid: a\r\nname: \"云山旗舰店\"   # 招牌\r\nsystem: 'channels-store'\r\nbrand:\r\n  name: 云山\r\n  grant: owner # 自有\r\nstore_type: flagship # 旧\r\n";
    let flow = "{kind: Shop, id: b, name: 云山官方旗舰店, system: channels-store, store_type: official-flagship, brand: {name: 云山, grant: owner}}\n";
    let json = "\u{feff}[\n  {\"kind\": \"Shop\", \"id\": \"c\", \"store_type\": \"exclusive\",\n   \"brand\": {\"name\": \"云山\", \"grant\": \"first\"}, \"subject\": {\"name\": \"杭州青禾商贸有限公司\"},\n   \"name\": \"云山青禾专卖店\", \"system\": \"channels-store\"}\n]";
    let last = "kind: Shop\nid: d\nname: 雾里春茶\nsystem: channels-store\nstore_type: ordinary-enterprise";
    let folder = Folder::with(&[("a.yaml", shop), ("b.yaml", flow), ("c.json", json), ("d.yaml", last)]);
    let plan = folder.plan(&["a.yaml", "b.yaml", "c.json", "d.yaml", DAY[0], DAY[1]]);
    assert!(
        plan.shops.iter().flat_map(|shop| &shop.changes).all(|change| !change.edits.is_empty()),
        "{:?}",
        plan.shops
    );
    assert!(folder.english(&["migrate", "apply", "plan.json"]).code == 0);
    insta::assert_snapshot!(
        "layouts_after_the_move",
        ["a.yaml", "b.yaml", "c.json", "d.yaml"]
            .map(|name| format!("== {name}\n{}", folder.read(name).replace('\r', "␍")))
            .join("\n")
    );
}

#[test]
fn a_record_that_cannot_be_edited_becomes_a_task() {
    let anchored =
        "kind: Shop\nid: a\nname: 云山旗舰店\nsystem: &old channels-store\nstore_type: flagship\nx-was: *old\n";
    let folder = Folder::with(&[("a.yaml", anchored)]);
    let plan = folder.plan(&["a.yaml", DAY[0], DAY[1]]);
    assert!(plan.tasks.iter().any(|task| task.kind == "edit-file" && task.shops == ["a"]), "{:?}", plan.tasks);
    let change = plan.shops[0].changes.iter().find(|change| change.field == "system").unwrap();
    assert_eq!((change.after.as_deref(), change.edits.len()), (Some("weixin-store"), 0));
}

/// How some service provider keeps its shops.
const OWN_LAYOUT: &str = "mapping: own-list
title: {zh: 自己的清单, en: own list}
kind: Shop
recognise: {has: [shopName]}
fields:
  id: {from: [shopNo, no]}
  name: shopName
  system: {from: [platform, plat], values: {微信小店: weixin-store, 视频号小店: channels-store, 小商店: mini-store, 小程序商城: mini-program-mall}}
  store_type: {from: kindOfShop, values: {官方旗舰店: official-flagship, 旗舰店: flagship, 专卖店: exclusive, 专营店: franchise, 普通企业店: ordinary-enterprise, 个体工商户店: sole-trader}}
  status: {from: state, values: {\"1\": open_finished, \"2\": closing, \"3\": close_finished}}
  subject.name: owner.name
  subject.licence: owner.code
  brand.name: brand.name
  brand.grant: {from: brand.level, values: {\"0\": owner, \"1\": first, \"2\": second}}
  deposit.paid: {from: paidFen, scale: fen}
  upgraded_on: {from: upgraded, scale: seconds}
";

#[test]
fn records_of_another_layout_are_edited_through_their_mapping() {
    let rows = "[\n  {\"shopName\": \"云山旗舰店\", \"shopNo\": \"a\", \"platform\": \"视频号小店\", \"kindOfShop\": \"旗舰店\", \"brand\": {\"name\": \"云山\", \"level\": 0}, \"owner\": {\"name\": \"深圳云山茶业有限公司\"}, \"upgraded\": null, \"note\": 1.50},\n  {\"shopName\": \"雾里春茶\", \"no\": 7, \"plat\": \"小商店\"}\n]\n";
    let line =
        "{\"shopName\":\"青禾茶叶专营店\",\"shopNo\":\"c\",\"platform\":\"视频号小店\",\"kindOfShop\":\"专营店\"}\r\n";
    // The mapping says of every such file that it is of a mini store: there is no way to say otherwise in it.
    let export = "{\"errcode\": 0, \"data\": {\"store_name\": \"老街茶铺旗舰店\", \"logo\": \"\", \"type\": 1}}\n";
    let folder = Folder::with(&[
        ("a.json", rows),
        ("b.ndjson", line),
        ("c.json", export),
        ("own/mappings/own-list.yaml", OWN_LAYOUT),
    ]);
    let plan = folder.plan(&["a.json", "b.ndjson", "c.json", "--rules", "own", DAY[0], DAY[1]]);
    assert!(folder.english(&["migrate", "apply", "plan.json"]).code == 0);
    // 2026-11-22 begins at this second in Shanghai.
    let day = "1795276800";
    let moved = rows
        .replace("云山旗舰店", "云山")
        .replace("视频号小店", "微信小店")
        .replace(", \"kindOfShop\": \"旗舰店\"", "")
        .replace("\"upgraded\": null", &format!("\"upgraded\": {day}"))
        .replace("\"plat\": \"小商店\"", &format!("\"plat\": \"微信小店\", \"upgraded\": {day}"));
    assert_eq!(folder.read("a.json"), moved);
    let moved = line
        .replace("茶叶专营店", "茶叶")
        .replace("视频号小店", "微信小店")
        .replace(",\"kindOfShop\":\"专营店\"", &format!(",\"upgraded\":{day}"));
    assert_eq!(folder.read("b.ndjson"), moved);
    assert_eq!(folder.read("c.json"), export);
    let by_hand = plan.tasks.iter().find(|task| task.kind == "edit-file").unwrap();
    assert_eq!(by_hand.shops, ["c.json:1"]);
    let done = folder.english(&[
        "migrate",
        "plan",
        "a.json",
        "b.ndjson",
        "--rules",
        "own",
        DAY[0],
        DAY[1],
        "-o",
        "again.json",
    ]);
    assert!(done.code == 0, "{}", said(&done));
    let again: Plan = serde_json::from_str(&folder.read("again.json")).unwrap();
    assert!(again.files.is_empty() && again.shops.iter().all(|shop| shop.outcome == ShopOutcome::Nothing));
    assert!(folder.english(&["migrate", "rollback", "plan.json"]).code == 0);
    assert_eq!((folder.read("a.json"), folder.read("b.ndjson")), (rows.to_owned(), line.to_owned()));
}

/// A text as bytes of an encoding.
fn encoded(text: &str, encoding: &str) -> Vec<u8> {
    match encoding {
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "gbk" => encoding_rs::GBK.encode(text).0.into_owned(),
        _ => text.as_bytes().to_vec(),
    }
}

#[test]
fn tables_are_edited_in_their_own_encoding_with_every_other_byte_as_it_was() {
    let table = "店铺迁移登记表,,,,,,\r\n店铺编号,店铺名称,体系,店铺类型,主体名称,升级日期,备注\r\n\
                 a,\"云山,旗舰店\",视频号小店,旗舰店,深圳云山茶业有限公司,,\"两行\r\n备注\"\r\n\
                 b, 雾里春茶 ,小商店,,杭州雾里茶业有限公司,\"\",\r\n\
                 c,青禾专营店,视频号小店,\"专营店\",杭州青禾商贸有限公司,,x\r\n\
                 d,安澜白瓷,微信小店,,泉州安澜瓷业有限公司,2024-09-18,\r\n\
                 e,岭南甜品,视频号小店,,昆明岭南甜品有限公司\r\n";
    let moved = table
        .replace(
            "\"云山,旗舰店\",视频号小店,旗舰店,深圳云山茶业有限公司,",
            "\"云山茶业\",微信小店,,深圳云山茶业有限公司,2026-11-22",
        )
        .replace("小商店,,杭州雾里茶业有限公司,\"\"", "微信小店,,杭州雾里茶业有限公司,\"2026-11-22\"")
        .replace(
            "青禾专营店,视频号小店,\"专营店\",杭州青禾商贸有限公司,",
            "青禾,微信小店,\"\",杭州青禾商贸有限公司,2026-11-22",
        )
        // The row ended before the day's column.
        .replace("岭南甜品,视频号小店,,昆明岭南甜品有限公司", "岭南甜品,微信小店,,昆明岭南甜品有限公司,2026-11-22");
    let tabbed = |text: &str| {
        text.replace("\"云山,旗舰店\"", "云山旗舰店").replace("\"云山茶业\"", "云山茶业").replace(',', "\t")
    };
    let files = [
        ("shops/a.csv", "utf-8", table.to_owned(), moved.clone()),
        ("shops/b.csv", "utf-8", format!("\u{feff}{table}"), format!("\u{feff}{moved}")),
        ("shops/c.csv", "gbk", table.to_owned(), moved.clone()),
        ("shops/d.csv", "utf-16le", format!("\u{feff}{table}"), format!("\u{feff}{moved}")),
        ("shops/e.csv", "utf-16be", format!("\u{feff}{table}"), format!("\u{feff}{moved}")),
        ("shops/f.tsv", "gbk", tabbed(table), tabbed(&moved)),
    ];
    for (name, encoding, before, after) in &files {
        let folder = Folder::with(&[("shops/x", "")]);
        let (before, after) = (encoded(before, encoding), encoded(after, encoding));
        fs::write(folder.path(name), &before).unwrap();
        let plan = folder.plan(&["shops", DAY[0], DAY[1]]);
        let moves = plan.shops.iter().filter(|shop| shop.outcome == ShopOutcome::Migrate).count();
        assert_eq!((plan.shops.len(), moves), (5, 4), "{name}");
        assert!(!plan.tasks.iter().any(|task| task.kind == "edit-file"), "{name}: {:?}", plan.tasks);
        let diff = folder.english(&["migrate", "apply", "plan.json", "--diff"]);
        assert!(said(&diff).contains("微信小店"), "{}", said(&diff));
        let one = folder.english(&["migrate", "apply", "plan.json", "--only", "c"]);
        assert!(one.code == 0, "{name}: {}", said(&one));
        let partly = fs::read(folder.path(name)).unwrap();
        assert!(partly != before && partly != after, "{name}");
        let all = folder.english(&["migrate", "apply", "plan.json"]);
        assert!(all.code == 0, "{name}: {}", said(&all));
        let found = fs::read(folder.path(name)).unwrap();
        assert!(found == after, "{name}: {}", encoding_rs::GBK.decode(&found).0);
        let verified = folder.english(&["migrate", "verify", "plan.json"]);
        assert_eq!(verified.code, 0, "{name}: {}", said(&verified));
        let again = folder.english(&["migrate", "plan", "shops", "-o", "again.json", DAY[0], DAY[1]]);
        assert!(again.code == 0, "{}", said(&again));
        let again: Plan = serde_json::from_str(&folder.read("again.json")).unwrap();
        assert!(
            again.files.is_empty() && again.shops.iter().all(|shop| shop.outcome == ShopOutcome::Nothing),
            "{name}"
        );
        assert!(folder.english(&["migrate", "rollback", "plan.json"]).code == 0);
        assert!(fs::read(folder.path(name)).unwrap() == before, "{name}");
    }
}

/// A workbook of three shops: one that moves, one whose name a formula makes, another that moves.
fn write_book(path: &Path) {
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().set_name("说明").unwrap().write(0, 0, "请勿修改表头").unwrap();
    let sheet = book.add_worksheet().set_name("店铺").unwrap();
    let rows = [
        ["店铺编号", "店铺名称", "体系", "店铺类型", "品牌名", "授权关系"],
        ["a", "云山旗舰店", "视频号小店", "旗舰店", "云山", "商标权利人"],
        ["c", "", "视频号小店", "旗舰店", "老街", "商标权利人"],
        ["d", "雾里专营店", "视频号小店", "专营店", "", ""],
    ];
    for (at, row) in rows.iter().enumerate() {
        sheet.write_row(at as u32 + 1, 0, row.iter().copied()).unwrap();
    }
    let name = rust_xlsxwriter::Formula::new("\"老街\"&\"专卖店\"").set_result("老街专卖店");
    sheet.write(3, 1, name).unwrap();
    book.save(path).unwrap();
}

#[test]
fn cells_of_workbooks_are_planned_and_formulas_left_to_people() {
    let folder = Folder::with(&[("shops/b.yaml", "kind: Shop\nid: b\nsystem: weixin-store\nname: 雾里春茶\n")]);
    write_book(&folder.path("shops/a.xlsx"));
    let plan = folder.plan(&["shops", DAY[0], DAY[1]]);
    assert_eq!(plan.inputs, ["a.xlsx", "b.yaml"]);
    let shop = |key: &str| plan.shops.iter().find(|shop| shop.key == key).unwrap();
    let a = shop("a");
    assert_eq!((a.outcome, a.name.picked.as_deref(), a.line), (ShopOutcome::Migrate, Some("云山"), 3));
    assert_eq!(a.sheet.as_deref(), Some("店铺"));
    let edits: Vec<_> = a.changes.iter().flat_map(|change| &change.edits).collect();
    let named = edits.iter().find(|edit| edit.old == "云山旗舰店").unwrap();
    let cell = named.cell.as_ref().unwrap();
    assert_eq!((&*named.new, &*cell.sheet, &*cell.cell), ("云山", "店铺", "B3"));
    assert!(!shop("c").changes.is_empty() && shop("c").changes.iter().all(|change| change.edits.is_empty()));
    let by_hand = plan.tasks.iter().find(|task| task.kind == "edit-file").unwrap();
    assert_eq!(by_hand.shops, ["c"]);
    assert_eq!(plan.files.iter().map(|file| &*file.path).collect::<Vec<_>>(), ["a.xlsx"]);
}

/// A random legacy shop of our own form.
fn legacy_shop() -> impl Strategy<Value = Json> {
    let pick = |values: &'static [&'static str]| prop::sample::select(values);
    (
        pick(&["channels-store", "channels-store", "mini-store", "weixin-store", "mini-program-mall"]),
        pick(&["flagship", "official-flagship", "exclusive", "franchise", "ordinary-enterprise", "sole-trader", ""]),
        pick(&[
            "云山旗舰店",
            "云山官方旗艦店",
            "雾里专营店",
            "云山青禾专卖店",
            "老街茶铺",
            "旗见店",
            "a",
            "云\u{200b}山",
            "云山茶业直营",
            "加微信 wuli88",
            "云山春茶",
        ]),
        pick(&["owner", "exclusive", "first", "second", "third", ""]),
        pick(&["深圳云山茶业有限公司", "杭州青禾商贸有限公司", "昆明市盘龙区老街茶铺", ""]),
        pick(&["enterprise", "sole-trader", "individual", "other", ""]),
        pick(&["open_finished", "closing", "close_finished", "", ""]),
        (0_u32..4, 0_u32..9000, any::<bool>(), prop::collection::vec(product(), 0..3)),
    )
        .prop_map(|(system, store_type, name, grant, subject, ty, status, (licence, paid, extra, products))| {
            let mut shop = json!({"kind": "Shop", "system": system, "name": name, "subject": {"name": subject}});
            if !store_type.is_empty() && system == "channels-store" {
                shop["store_type"] = store_type.into();
            }
            if !ty.is_empty() {
                shop["subject"]["type"] = ty.into();
            }
            if !status.is_empty() {
                shop["status"] = status.into();
            }
            if licence > 0 {
                let codes = ["91000000MA0YN0011J", "91000000MA0QH002X4", "92000000MA0LJ00342"];
                shop["subject"]["licence"] = codes[licence as usize - 1].into();
            }
            if !grant.is_empty() {
                shop["brand"] = json!({"name": "云山", "grant": grant, "valid_until": "2031-03-01"});
            }
            if extra {
                shop["deposit"] = json!({"paid": paid, "required": 5000});
                shop["customer_service"] = "wecom".into();
                shop["accounts"] = json!({"channels": ["甲", "乙"]});
                shop["main_category"] = "茶".into();
            }
            if !products.is_empty() {
                shop["products"] = products.into();
            }
            shop
        })
}

/// A random product inside a shop.
fn product() -> impl Strategy<Value = Json> {
    let title = prop::sample::select(&["云山明前龙井礼盒装250克", "茶", "加微信买茶叶礼盒装", "iPhone 13"][..]);
    (title, prop::sample::select(&[0, 5, 9, 11, 14][..]), prop::option::of(0_u32..5), any::<bool>()).prop_map(
        |(title, status, edit_status, own)| {
            let mut product = json!({"title": title, "status": status, "head_images": ["a.png", "b.png", "a.png"]});
            if let Some(edit_status) = edit_status {
                product["edit_status"] = edit_status.into();
            }
            if own {
                product["system"] = "mini-store".into();
            }
            product
        },
    )
}

/// The shop in another layout, as far as that can say it.
fn row(shop: &Json) -> Json {
    let words = [
        ("channels-store", "视频号小店"),
        ("mini-store", "小商店"),
        ("weixin-store", "微信小店"),
        ("mini-program-mall", "小程序商城"),
        ("flagship", "旗舰店"),
        ("official-flagship", "官方旗舰店"),
        ("exclusive", "专卖店"),
        ("franchise", "专营店"),
        ("ordinary-enterprise", "普通企业店"),
        ("sole-trader", "个体工商户店"),
    ];
    let word = |path: &str| {
        let value = shop.pointer(path)?.as_str()?;
        Some(words.iter().find(|(known, _)| *known == value).map_or(value, |(_, word)| word))
    };
    let code = |path: &str, codes: &[&str]| codes.iter().position(|known| Some(*known) == word(path));
    let mut row = json!({"shopName": shop["name"], "shopNo": shop["id"], "platform": word("/system")});
    row["kindOfShop"] = word("/store_type").into();
    row["state"] = code("/status", &["", "open_finished", "closing", "close_finished"]).into();
    row["owner"] = json!({"name": word("/subject/name"), "code": word("/subject/licence")});
    row["brand"] = json!({"name": word("/brand/name"), "level": code("/brand/grant", &["owner", "first", "second"])});
    row["paidFen"] = shop.pointer("/deposit/paid").and_then(Json::as_u64).map(|paid| paid * 100).into();
    row
}

/// Shops in files of all forms: the number beside a shop says in which.
fn files(shops: &[(Json, usize)]) -> BTreeMap<&'static str, String> {
    let mut lists: [Vec<Json>; 4] = Default::default();
    for (at, (shop, form)) in shops.iter().enumerate() {
        let mut shop = shop.clone();
        shop["id"] = format!("s{at}").into();
        lists[*form].push(if *form == 3 { row(&shop) } else { shop });
    }
    let lines = lists[0].iter().map(|shop| format!("{shop}\r\n")).collect();
    let yaml = |shop: &Json| format!("# 店铺\n{}---\n", serde_yaml::to_string(shop).unwrap());
    BTreeMap::from([
        ("shops/a.ndjson", lines),
        ("shops/b.json", serde_json::to_string_pretty(&lists[1]).unwrap()),
        ("shops/c.yaml", lists[2].iter().map(yaml).collect()),
        ("shops/d.json", Json::Array(lists[3].clone()).to_string()),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_leaves_no_finding_that_it_did_not_name(
        shops in prop::collection::vec((legacy_shop(), 0_usize..4), 1..30),
    ) {
        let before = files(&shops);
        let layout = ("own/mappings/own-list.yaml", OWN_LAYOUT);
        let folder = Folder::with(&before.iter().map(|(name, text)| (*name, text.as_str())).chain([layout]).collect::<Vec<_>>());
        let bytes = || before.keys().map(|name| (*name, folder.read(name))).collect::<BTreeMap<_, _>>();
        let plan = folder.plan(&["shops", "--rules", "own", DAY[0], DAY[1]]);
        prop_assert!(plan.remaining.iter().all(|left| !left.tasks.is_empty()));
        // Names are unique after folding among shops that are open.
        let mut names = BTreeSet::new();
        for shop in plan.shops.iter().filter(|shop| shop.outcome == ShopOutcome::Migrate) {
            if let Some(name) = &shop.name.picked {
                let folded = dianjian_text::fold(name, dianjian_text::Fold::Name).as_str().to_owned();
                prop_assert!(names.insert(folded), "{}", name);
            }
        }
        // Tasks come after those they depend on.
        let mut seen = BTreeSet::new();
        for task in &plan.tasks {
            prop_assert!(task.after.iter().all(|before| seen.contains(before)), "{:?}", task);
            seen.insert(task.id.clone());
        }
        if !plan.files.is_empty() {
            let done = folder.english(&["migrate", "apply", "plan.json"]);
            prop_assert!(done.code == 0, "{}", said(&done));
        }
        let checked = folder.english(&["check", "shops", "--rules", "own", "--format", "json", DAY[0], DAY[1]]);
        let report: Json = serde_json::from_str(&checked.out).unwrap();
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for finding in report["findings"].as_array().unwrap() {
            *found.entry(finding["rule"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        let mut named: BTreeMap<String, usize> = BTreeMap::new();
        for left in &plan.remaining {
            *named.entry(left.rule.clone()).or_default() += left.findings;
        }
        prop_assert_eq!(found, named);
        // What has moved has nowhere to go.
        let again = folder.english(&["migrate", "plan", "shops", "--rules", "own", "-o", "again.json", DAY[0], DAY[1]]);
        prop_assert!(again.code == 0, "{}", said(&again));
        let again: Plan = serde_json::from_str(&folder.read("again.json")).unwrap();
        prop_assert!(again.files.is_empty() && again.shops.iter().all(|shop| shop.outcome != ShopOutcome::Migrate), "{:?}", again.shops);
        if !plan.files.is_empty() {
            prop_assert!(folder.english(&["migrate", "rollback", "plan.json"]).code == 0);
        }
        prop_assert_eq!(bytes(), before);
    }
}
