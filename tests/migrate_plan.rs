//! Plans of fleets: what they say, that they are proven, and what happens on bad days.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dianjian::migrate::plan::{Outcome, Plan};
use proptest::prelude::*;
use tempfile::TempDir;

/// A folder with files, and the program run in it.
struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(TempDir::new().unwrap());
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_dianjian"))
            .args(["--lang", "en", "--color", "never"])
            .args(args)
            .current_dir(self.0.path())
            .env("COLUMNS", "100")
            .output()
            .unwrap()
    }

    /// Makes a plan and reads it.
    fn plan(&self, args: &[&str]) -> Plan {
        let mut all = vec!["migrate", "plan"];
        all.extend(args);
        let done = self.run(&all);
        assert!(done.status.success(), "{}", said(&done));
        serde_json::from_str(&self.read("plan.json")).unwrap()
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn copied_sample() -> Folder {
    let folder = Folder::new(&[]);
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/legacy-fleet");
    for entry in fs::read_dir(sample).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_file() {
            fs::copy(entry.path(), folder.path("").join("shops").join(entry.file_name()).as_path())
                .or_else(|_| {
                    fs::create_dir_all(folder.path("shops")).unwrap();
                    fs::copy(entry.path(), folder.path("shops").join(entry.file_name()))
                })
                .unwrap();
        }
    }
    folder
}

const DAY: [&str; 2] = ["--as-of", "2026-11-22"];

#[test]
fn the_sample_fleet_is_planned_shown_applied_and_taken_back() {
    let folder = copied_sample();
    let before: BTreeMap<String, String> = texts(&folder);
    let plan = folder.plan(&["shops", "--per-day", "2", DAY[0], DAY[1]]);
    assert_eq!(plan.shops.len(), 10);
    for (lang, name) in [("zh", "plan_of_the_sample_fleet_zh"), ("en", "plan_of_the_sample_fleet_en")] {
        let shown = folder.run(&["migrate", "show", "plan.json", "--lang", lang]);
        insta::assert_snapshot!(name, said(&shown));
    }
    assert!(folder.run(&["migrate", "apply", "plan.json"]).status.success());
    assert_ne!(texts(&folder), before);
    assert!(folder.run(&["migrate", "rollback", "plan.json"]).status.success());
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
        let done = folder.run(&["migrate", "show", "plan.json", "--format", format]);
        assert!(done.status.success(), "{}", said(&done));
        String::from_utf8(done.stdout).unwrap()
    };
    let html = shown("html");
    assert!(html.contains("<svg") && html.contains("id=\"shop-yunshan-flagship\"") && html.ends_with("</html>\n"));
    assert!(
        html.contains("<span class=\"del\">-name: 云山旗舰店</span>")
            && html.contains("<span class=\"add\">+name: 云山</span>")
    );
    assert!(!html.contains("http://") && !html.contains("https://") && !html.contains("<script"));
    let ics = shown("ics");
    assert!(ics.starts_with("BEGIN:VCALENDAR\r\n") && ics.ends_with("END:VCALENDAR\r\n"));
    assert!(ics.split("\r\n").all(|line| line.len() <= 75));
    assert_eq!(ics.matches("BEGIN:VEVENT").count(), ics.matches("END:VEVENT").count());
    let uids: BTreeSet<&str> = ics.lines().filter(|line| line.starts_with("UID:")).collect();
    assert_eq!(uids.len(), ics.matches("BEGIN:VEVENT").count());
    let csv = shown("csv");
    assert_eq!(csv.matches("\r\n").count(), 11);
    assert!(shown("markdown").starts_with("# Migration plan\n"));
    let one = folder.run(&["migrate", "show", "plan.json", "--shop", "laojie"]);
    assert!(said(&one).contains("laojie") && !said(&one).contains("yunshan-mall"));
    let none = folder.run(&["migrate", "show", "plan.json", "--shop", "laojei"]);
    assert_eq!(none.status.code(), Some(2));
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
    assert!(folder.run(&["migrate", "apply", "plan.json"]).status.success());
    let second = folder.plan(&["shops", DAY[0], DAY[1]]);
    assert!(second.files.is_empty());
    assert!(second.shops.iter().all(|shop| shop.changes.is_empty() && shop.outcome != Outcome::Migrate));
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
    let folder = Folder::new(&[("shops.ndjson", &(0..10_000).map(line).collect::<String>())]);
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
    let folder = Folder::new(&[
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
        Folder::new(&[("shops.yaml", &["id: a\n", "id: a\n", "", "id: a#2\n", "id: a\n", ""].map(shop).concat())]);
    let done = folder.run(&["migrate", "plan", "shops.yaml", DAY[0], DAY[1]]);
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
    let folder = Folder::new(&[
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
        (Outcome::Blocked, Outcome::Stays, Outcome::Migrate)
    );
    assert!(of("s00").changes.is_empty() && of("s32").changes.is_empty());
    assert!(!plan.remaining.iter().any(|left| left.rule == "limits/weixin-stores"));
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
        ("options: [{choice: weixin-store-gains/customer-servce, option: store}]\n", "there is no choice"),
        ("options: [{choice: weixin-store-gains/customer-service, option: shop}]\n", "there is no option `shop`"),
    ] {
        folder.write("decisions.yaml", decisions);
        let done = folder.run(&[
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
        assert_eq!(done.status.code(), Some(2), "{decisions}");
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
    let asks = |task: &&dianjian::migrate::plan::Task| task.kind == "choose-customer-service";
    let asked = plan.tasks.iter().filter(asks).any(|task| task.shops.contains(&shop.key));
    assert!(asked, "{:?}", plan.tasks);
}

#[test]
fn what_cannot_be_read_is_told_and_is_not_in_the_plan() {
    let folder = copied_sample();
    folder.write("shops/broken.yaml", "kind: Shop\nname: [\n");
    folder.write("shops/old.json", "{\"product_base\": {\"name\": \"茶\"}, \"sku_list\": []}\n");
    let done = folder.run(&["migrate", "plan", "shops", DAY[0], DAY[1]]);
    assert_eq!(done.status.code(), Some(2));
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
    let folder = Folder::new(&[("a.yaml", shop), ("b.yaml", flow), ("c.json", json), ("d.yaml", last)]);
    let plan = folder.plan(&["a.yaml", "b.yaml", "c.json", "d.yaml", DAY[0], DAY[1]]);
    assert!(
        plan.shops.iter().flat_map(|shop| &shop.changes).all(|change| !change.edits.is_empty()),
        "{:?}",
        plan.shops
    );
    assert!(folder.run(&["migrate", "apply", "plan.json"]).status.success());
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
    let folder = Folder::new(&[("a.yaml", anchored)]);
    let plan = folder.plan(&["a.yaml", DAY[0], DAY[1]]);
    assert!(plan.tasks.iter().any(|task| task.kind == "edit-file" && task.shops == ["a"]), "{:?}", plan.tasks);
    let change = plan.shops[0].changes.iter().find(|change| change.field == "system").unwrap();
    assert_eq!((change.after.as_deref(), change.edits.len()), (Some("weixin-store"), 0));
}

/// A random legacy shop as one line of JSON.
fn legacy_shop() -> impl Strategy<Value = serde_json::Value> {
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
        (0_u32..4, 0_u32..9000, any::<bool>()),
    )
        .prop_map(|(system, store_type, name, grant, subject, ty, status, (licence, paid, extra))| {
            let mut shop =
                serde_json::json!({"kind": "Shop", "system": system, "name": name, "subject": {"name": subject}});
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
                shop["brand"] = serde_json::json!({"name": "云山", "grant": grant, "valid_until": "2031-03-01"});
            }
            if extra {
                shop["deposit"] = serde_json::json!({"paid": paid, "required": 5000});
                shop["customer_service"] = "wecom".into();
                shop["accounts"] = serde_json::json!({"channels": ["甲", "乙"]});
                shop["main_category"] = "茶".into();
            }
            shop
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_leaves_no_finding_that_it_did_not_name(shops in prop::collection::vec(legacy_shop(), 1..40)) {
        let lines: String = shops.iter().enumerate().map(|(at, shop)| {
            let mut shop = shop.clone();
            shop["id"] = format!("s{at}").into();
            format!("{shop}\n")
        }).collect();
        let folder = Folder::new(&[("shops.ndjson", &lines)]);
        let plan = folder.plan(&["shops.ndjson", DAY[0], DAY[1]]);
        prop_assert!(plan.remaining.iter().all(|left| !left.tasks.is_empty()));
        // Names are unique after folding among shops that are open.
        let mut names = BTreeSet::new();
        for shop in plan.shops.iter().filter(|shop| shop.outcome == Outcome::Migrate) {
            if let Some(name) = &shop.name.picked {
                let folded = dianjian::text::fold(name, dianjian::text::Fold::Name).as_str().to_owned();
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
            let done = folder.run(&["migrate", "apply", "plan.json"]);
            prop_assert!(done.status.success(), "{}", said(&done));
        }
        let checked = folder.run(&["check", "shops.ndjson", "--format", "json", DAY[0], DAY[1]]);
        let report: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for finding in report["findings"].as_array().unwrap() {
            *found.entry(finding["rule"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        let named: BTreeMap<String, usize> = plan.remaining.iter().map(|left| (left.rule.clone(), left.findings)).collect();
        prop_assert_eq!(found, named);
        if !plan.files.is_empty() {
            prop_assert!(folder.run(&["migrate", "rollback", "plan.json"]).status.success());
        }
        prop_assert_eq!(folder.read("shops.ndjson"), lines);
    }
}
