//! Plans of migration: whom they certify, which names they propose, what they say of days, decisions and failures.

use std::collections::{BTreeMap, BTreeSet};

use dianjian_migrate::plan::{Plan, PlannedShop, ShopOutcome};
use sha2::{Digest as _, Sha256};

use crate::folder::{Folder, Ran};

const DAY: [&str; 4] = ["--as-of", "2024-09-10", "--cutover", "2024-09-12"];

fn english(folder: &Folder, args: &[&str]) -> Ran {
    let mut command = folder.command(&["--lang", "en", "--color", "never"]);
    command.args(args).env("COLUMNS", "120").output().unwrap().into()
}

fn said(ran: &Ran) -> String {
    format!("{}{}", ran.out, ran.err)
}

/// Plans for what a folder's `shops` holds; `args` come after it.
fn plan_of(folder: &Folder, args: &[&str]) -> Plan {
    let done = english(folder, &[&["migrate", "plan", "shops"], args].concat());
    assert_eq!(done.code, 0, "{}", said(&done));
    serde_json::from_str(&folder.read("plan.json")).unwrap()
}

fn yaml(shops: &[&str]) -> Folder {
    let text: String = shops.iter().map(|shop| format!("kind: Shop\n{}\n---\n", shop.trim())).collect();
    Folder::with(&[("shops/fleet.yaml", &text)])
}

fn shop<'p>(plan: &'p Plan, key: &str) -> &'p PlannedShop {
    plan.shops.iter().find(|shop| shop.key == key).unwrap()
}

fn after<'s>(shop: &'s PlannedShop, field: &str) -> Option<&'s str> {
    shop.changes.iter().find(|change| change.field == field)?.after.as_deref()
}

fn task_kinds<'p>(plan: &'p Plan, key: &str) -> BTreeSet<&'p str> {
    let own = plan.tasks.iter().filter(|task| task.shops.iter().any(|shop| shop == key));
    own.map(|task| task.kind.as_str()).collect()
}

/// Every name that the plan proposes for a shop.
fn proposals(shop: &PlannedShop) -> Vec<&str> {
    shop.name.picked.iter().chain(shop.name.candidates.iter().map(|name| &name.name)).map(String::as_str).collect()
}

#[test]
fn neither_a_plan_nor_a_view_of_it_takes_the_place_of_what_is_read() {
    let shop = "kind: Shop\nid: a\nsystem: channels-store\nname: 云山茶业\n";
    let folder = Folder::with(&[("a.yaml", shop)]);
    let done = english(&folder, &[&["migrate", "plan", "a.yaml", "-o", "./a.yaml"], &DAY[..]].concat());
    assert!(done.code == 2 && folder.read("a.yaml") == shop, "{}", said(&done));
    assert_eq!(english(&folder, &[&["migrate", "plan", "a.yaml"], &DAY[..]].concat()).code, 0);
    let plan = folder.read("plan.json");
    let done = english(&folder, &["migrate", "show", "plan.json", "--format", "csv", "-o", "./plan.json"]);
    assert!(done.code == 2 && folder.read("plan.json") == plan, "{}", said(&done));
}

#[test]
fn who_cannot_be_certified_keeps_name_and_brand_and_gets_no_mark() {
    let folder = yaml(&[
        "id: sole\nsystem: channels-store\nname: 高山茶铺\nstore_type: sole-trader\nsuper_admin: 段小满\n\
         subject: {type: sole-trader, name: 昆明市盘龙区高山茶铺}\nbrand: {name: 云山, grant: owner}",
        "id: ordinary\nsystem: channels-store\nname: 木石家居\nstore_type: ordinary-enterprise\nsuper_admin: 林知远\n\
         subject: {type: enterprise, name: 深圳木石商贸有限公司}\nbrand: {name: 雾里, grant: exclusive, status: effective}",
        "id: granted\nsystem: channels-store\nname: 小满手作\nstore_type: sole-trader\nsuper_admin: 段小满\n\
         subject: {type: sole-trader, name: 招远市小满手作坊}\nbrand: {name: 安澜, grant: first, mark: self-run}",
        "id: odd\nsystem: channels-store\nname: 春茶之家\nstore_type: flagship\nsuper_admin: 周以宁\n\
         subject: {type: institution, name: 春茶研究所}\nbrand: {name: 春信, grant: owner}",
        "id: can\nsystem: channels-store\nname: 青禾旗舰店\nstore_type: flagship\nsuper_admin: 周以宁\n\
         subject: {type: enterprise, name: 杭州青禾商贸有限公司}\nbrand: {name: 青禾, grant: owner, status: expiring}",
    ]);
    let plan = plan_of(&folder, &DAY);
    for (key, name) in [("sole", "高山茶铺"), ("ordinary", "木石家居"), ("granted", "小满手作"), ("odd", "春茶之家")]
    {
        let shop = shop(&plan, key);
        assert_eq!(shop.name.picked.as_deref(), Some(name));
        assert_eq!(after(shop, "brand.mark"), Some("none"), "{key}");
        assert!(!task_kinds(&plan, key).contains("certify-brand"), "{key}: {:?}", task_kinds(&plan, key));
    }
    let can = shop(&plan, "can");
    assert_eq!((can.name.picked.as_deref(), after(can, "brand.mark")), (Some("青禾"), Some("self-run")));
    assert!(task_kinds(&plan, "can").contains("certify-brand"));
    assert!(!plan.remaining.iter().any(|left| left.rule.starts_with("naming/")), "{:?}", plan.remaining);
    assert_eq!(english(&folder, &["migrate", "apply", "plan.json"]).code, 0);
    let text = folder.read("shops/fleet.yaml");
    for kept in ["name: 云山, grant: owner", "name: 雾里, grant: exclusive, status: effective"] {
        assert!(text.contains(kept), "{text}");
    }
}

#[test]
fn a_brand_that_is_not_in_force_is_in_no_proposal() {
    let states = [
        "status: auditing",
        "status: rejected",
        "status: withdrawn",
        "status: expired",
        "valid_until: 2024-09-11",
        "valid_from: 2024-09-13",
    ];
    let shops: Vec<String> = states
        .iter()
        .zip(["旗舰店", "茶叶旗舰店", "官方旗舰店", "青禾专卖店", "春茶", "旗舰店"])
        .enumerate()
        .map(|(at, (state, rest))| {
            format!(
                "id: s{at}\nsystem: channels-store\nname: 西仓{rest}\nstore_type: flagship\nmain_category: 茶\n\
                 super_admin: 林知远\nsubject: {{type: enterprise, name: 杭州青禾商贸有限公司}}\n\
                 brand: {{name: 西仓, grant: owner, {state}}}"
            )
        })
        .collect();
    let folder = yaml(&shops.iter().map(String::as_str).collect::<Vec<_>>());
    let plan = plan_of(&folder, &DAY);
    for shop in &plan.shops {
        assert!(shop.name.picked.is_some(), "{:?}", shop.name);
        assert!(proposals(shop).iter().all(|name| !name.contains("西仓")), "{:?}", shop.name);
        assert_eq!(after(shop, "brand.mark"), Some("none"), "{}", shop.key);
        assert!(!task_kinds(&plan, &shop.key).contains("certify-brand"), "{}", shop.key);
        assert!(shop.name.old.contains("西仓"));
    }
    // Valid through the day of the cut-over.
    let text = folder.read("shops/fleet.yaml").replace("2024-09-11", "2024-09-12");
    folder.write("shops/fleet.yaml", text);
    let plan = plan_of(&folder, &DAY);
    assert_eq!(after(shop(&plan, "s4"), "brand.mark"), Some("self-run"));
}

#[test]
fn the_brand_alone_is_for_owners_and_exclusive_grants() {
    let of = |id: &str, kind: &str, name: &str, subject: &str, brand: &str| {
        format!(
            "id: {id}\nsystem: channels-store\nname: {name}\nstore_type: {kind}\nmain_category: 茶\nsuper_admin: 林知远\n\
             subject: {{type: enterprise, name: {subject}}}{}",
            if brand.is_empty() { String::new() } else { format!("\nbrand: {{name: 西仓, grant: {brand}}}") }
        )
    };
    let shops = [
        of("foreign", "flagship", "西仓旗舰店", "杭州青禾商贸有限公司", ""),
        of("own", "flagship", "西仓旗舰店", "深圳西仓商贸有限公司", ""),
        of("category", "official-flagship", "西仓茶官方旗舰店", "杭州青禾商贸有限公司", ""),
        of("dealer", "exclusive", "西仓青禾专卖店", "杭州青禾商贸有限公司", ""),
        of("first", "exclusive", "西仓专卖店", "深圳西仓商贸有限公司", "first"),
        of("second", "exclusive", "西仓专卖店", "杭州青禾商贸有限公司", "second"),
        of("third", "exclusive", "西仓专卖店", "上海木石商贸有限公司", "third"),
        of("exclusive", "flagship", "西仓旗舰店", "上海雾里商贸有限公司", "exclusive"),
    ];
    let plan = plan_of(&yaml(&shops.iter().map(String::as_str).collect::<Vec<_>>()), &DAY);
    for shop in &plan.shops {
        let names = proposals(shop);
        assert!(shop.name.picked.is_some(), "{:?}", shop.name);
        assert_eq!(names.contains(&"西仓"), shop.key == "exclusive", "{}: {names:?}", shop.key);
        if ["foreign", "category", "dealer"].contains(&shop.key.as_str()) {
            assert!(names.iter().all(|name| !name.contains("西仓")), "{}: {names:?}", shop.key);
        }
    }
    assert_eq!(shop(&plan, "second").name.picked.as_deref(), Some("西仓青禾"));
}

#[test]
fn a_legacy_name_that_no_rule_forbids_stays() {
    let plan = plan_of(
        &yaml(&[
            "id: a\nsystem: channels-store\nname: 老街茶铺\nstore_type: sole-trader\nsubject: {type: sole-trader}",
            "id: b\nsystem: channels-store\nname: 青禾茶叶\nstore_type: ordinary-enterprise\nbrand: 青禾",
            "id: c\nsystem: channels-store\nname: 云山小铺\nstore_type: flagship\nbrand: {name: 云山, grant: owner}",
        ]),
        &DAY,
    );
    for shop in &plan.shops {
        assert_eq!(shop.name.picked.as_ref(), Some(&shop.name.old));
        assert_eq!(after(shop, "previous_name"), None);
    }
}

#[test]
fn beyond_a_brands_limit_the_brand_stays_in_the_file() {
    let row = |id: &str, name: &str| {
        format!("{id},视频号小店,{name},专卖店,企业,杭州青禾商贸有限公司,91000000MA0QH002X4,云山,一级授权,周以宁\n")
    };
    let head = "店铺编号,店铺体系,店铺名称,旧店铺类型,主体类型,主体名称,统一社会信用代码,品牌名,授权关系,超级管理员\n";
    let table = [head.to_owned(), row("a", "云山青禾专卖店"), row("b", "云山青禾茶专卖店")].concat();
    let own = |id: &str, name: &str| {
        format!(
            "kind: Shop\nid: {id}\nsystem: channels-store\nname: {name}\nstore_type: exclusive\nsuper_admin: 周以宁\n\
             subject: {{type: enterprise, name: 上海木石商贸有限公司, licence: 91000000MA0YN0011J}}\n\
             brand: {{name: 云山, registration_no: '123', grant: first}}\n---\n"
        )
    };
    let text = [own("c", "云山木石专卖店"), own("d", "云山木石茶专卖店")].concat();
    let folder = Folder::with(&[("shops/table.csv", &table), ("shops/own.yaml", &text)]);
    let plan = plan_of(&folder, &DAY);
    let beyond: BTreeSet<&String> = plan.fleet.limits.iter().flat_map(|limit| &limit.excess).collect();
    assert_eq!(beyond.len(), 2, "{:?}", plan.fleet.limits);
    for key in beyond {
        assert!(!shop(&plan, key).name.picked.as_ref().unwrap().contains("云山"));
    }
    assert_eq!(english(&folder, &["migrate", "apply", "plan.json"]).code, 0);
    let (table, text) = (folder.read("shops/table.csv"), folder.read("shops/own.yaml"));
    // What people have written of the brand stays, and the table has no column for the mark: people add it.
    assert_eq!((table.matches(",云山,").count(), table.matches("一级授权").count()), (2, 2), "{table}");
    assert_eq!(text.matches("name: 云山, registration_no: '123', grant: first").count(), 2, "{text}");
    assert_eq!(text.matches("mark: none").count(), 1, "{text}");
    let beyond = plan.tasks.iter().find(|task| task.kind == "write-mark").unwrap();
    assert_eq!(beyond.shops.len(), 1, "{beyond:?}");
    let is_beyond = |line: &str| line.starts_with(&format!("{},", beyond.shops[0]));
    let marked = |(at, line): (usize, &str)| match (at, is_beyond(line)) {
        (0, _) => format!("{line},品牌标识\n"),
        (_, true) => format!("{line},无标识\n"),
        _ => format!("{line},\n"),
    };
    folder.write("shops/table.csv", table.lines().enumerate().map(marked).collect::<String>());
    let again = plan_of(&folder, &DAY);
    assert!(again.fleet.limits.is_empty(), "{:?}", again.fleet.limits);
    assert!(!again.remaining.iter().any(|left| left.rule.ends_with("-limit") || left.rule == "brand/mark"));
}

#[test]
fn a_plan_clears_nothing_that_people_have_written_of_a_brand() {
    let table = "店铺编号,店铺体系,店铺名称,旧店铺类型,主体类型,主体名称,品牌名,授权关系,超级管理员\n\
                 a,视频号小店,云山旗舰店,旗舰店,个体工商户,昆明市盘龙区高山茶铺,云山,商标权利人,周以宁\n\
                 b,视频号小店,木石家居,普通企业店,企业,杭州青禾商贸有限公司,雾里,一级授权,周以宁\n\
                 c,视频号小店,春茶之家,,事业单位,春茶研究所,春信,一级独占授权,周以宁\n\
                 d,视频号小店,小满手作,,个人,李小满,安澜,二级授权,李小满\n";
    let folder = Folder::with(&[("shops/table.csv", table)]);
    let plan = plan_of(&folder, &DAY);
    for planned in &plan.shops {
        assert_eq!(after(planned, "brand.mark"), Some("none"), "{}", planned.key);
        assert!(!planned.changes.iter().any(|change| change.field == "brand.grant"), "{:?}", planned.changes);
        let kinds = task_kinds(&plan, &planned.key);
        assert!(kinds.contains("write-mark") && !kinds.contains("certify-brand"), "{}: {kinds:?}", planned.key);
        let can_certify = planned.key == "b";
        assert!(can_certify || !kinds.contains("certify-brand-later"), "{}: {kinds:?}", planned.key);
    }
    for (key, subject) in [("a", "个体工商户"), ("c", "事业单位"), ("d", "个人")] {
        let planned = shop(&plan, key);
        assert!(planned.why.zh.contains(subject) && !planned.why.zh.contains("普通企业"), "{:?}", planned.why);
        let mark = planned.changes.iter().find(|change| change.field == "brand.mark").unwrap();
        assert!(mark.why.zh.contains(subject), "{:?}", mark.why);
    }
    assert_eq!(english(&folder, &["migrate", "apply", "plan.json"]).code, 0);
    let applied = folder.read("shops/table.csv");
    for grant in ["云山,商标权利人", "雾里,一级授权", "春信,一级独占授权", "安澜,二级授权"] {
        assert!(applied.contains(grant), "{applied}");
    }
    assert_eq!(english(&folder, &["migrate", "verify", "plan.json"]).code, 0);
}

#[test]
fn a_decision_gives_nobody_a_name_of_a_brand_that_it_is_not_certified_for() {
    let folder = yaml(&[
        "id: sole\nsystem: channels-store\nname: 云山旗舰店\nstore_type: flagship\nsuper_admin: 段小满\n\
         subject: {type: sole-trader, name: 昆明市盘龙区高山茶铺}\nbrand: {name: 云山, grant: owner}",
        "id: bare\nsystem: channels-store\nname: 西仓旗舰店\nstore_type: flagship\nsuper_admin: 林知远\n\
         subject: {type: enterprise, name: 杭州青禾商贸有限公司}",
        "id: second\nsystem: channels-store\nname: 雾里专卖店\nstore_type: exclusive\nsuper_admin: 林知远\n\
         subject: {type: enterprise, name: 深圳木石商贸有限公司}\nbrand: {name: 雾里, grant: second}",
        "id: owner\nsystem: channels-store\nname: 安澜官方旗舰店\nstore_type: official-flagship\nsuper_admin: 苏时雨\n\
         subject: {type: enterprise, name: 泉州白瓷有限公司}\nbrand: {name: 安澜, grant: owner}",
    ]);
    for (key, name, line) in
        [("sole", "云山", 2), ("sole", "云山茶", 2), ("sole", "雲·山", 2), ("bare", "西仓", 2), ("second", "雾里", 2)]
    {
        folder.write("decisions.yaml", format!("names:\n  {key}: {name}\n"));
        let ran =
            english(&folder, &[&["migrate", "plan", "shops", "--decisions", "decisions.yaml"], &DAY[..]].concat());
        let text = said(&ran);
        assert!(ran.code == 2 && text.contains(&format!("decisions.yaml:{line}:")), "{key} {name}: {text}");
        assert!(text.contains(name) && text.contains("no plan was written"), "{key} {name}: {text}");
    }
    folder.write("decisions.yaml", "names: {owner: 安澜, second: 雾里木石, sole: 高山茶铺}\n");
    let plan = plan_of(&folder, &[&["--decisions", "decisions.yaml"], &DAY[..]].concat());
    assert_eq!(shop(&plan, "owner").name.picked.as_deref(), Some("安澜"));
}

#[test]
fn no_number_makes_a_new_name_of_a_brand_that_is_not_certified() {
    let shops: Vec<String> = ["主", "次", "末"]
        .iter()
        .enumerate()
        .map(|(at, which)| {
            format!(
                "id: s{at}\nsystem: channels-store\nname: 西仓\nstore_type: sole-trader\nsuper_admin: 段小满\n\
                 subject: {{type: sole-trader, name: {which}}}\nbrand: {{name: 西仓, grant: owner}}"
            )
        })
        .collect();
    let plan = plan_of(&yaml(&shops.iter().map(String::as_str).collect::<Vec<_>>()), &DAY);
    let kept = plan.shops.iter().filter(|shop| shop.name.picked.as_deref() == Some("西仓")).count();
    assert_eq!(kept, 1);
    for shop in &plan.shops {
        assert!(proposals(shop).iter().all(|name| *name == "西仓" || !name.contains("西仓")), "{:?}", shop.name);
        assert!(shop.name.picked.is_some() || task_kinds(&plan, &shop.key).contains("find-name"), "{:?}", shop.name);
    }
}

#[test]
fn a_shop_that_is_being_closed_has_no_brand_to_renew() {
    let folder = yaml(&["id: a\nsystem: channels-store\nname: 雾里旗舰店\nstore_type: flagship\nstatus: closing\n\
                         subject: {type: enterprise, name: 杭州青禾商贸有限公司}\n\
                         brand: {name: 雾里, grant: owner, status: rejected}"]);
    let plan = plan_of(&folder, &DAY);
    assert!(plan.remaining.iter().any(|left| left.rule == "brand/status"), "{:?}", plan.remaining);
    assert!(!task_kinds(&plan, "a").contains("renew-brand"), "{:?}", task_kinds(&plan, "a"));
    // Leaving it out changes nothing, and least of all the reason.
    folder.write("decisions.yaml", "leave_out: [a]\n");
    let again = plan_of(&folder, &[&["--decisions", "decisions.yaml"], &DAY[..]].concat());
    assert_eq!((shop(&again, "a").outcome, &shop(&again, "a").why), (ShopOutcome::Ends, &shop(&plan, "a").why));
}

#[test]
fn a_trade_name_is_one_however_the_licence_is_written() {
    let subjects = [
        "海南 航空控股股份有限公司",
        "海南\u{3000}航空控股股份有限公司",
        "海南（航空）控股股份有限公司",
        "海南·航空控股股份有限公司",
    ];
    let shops: Vec<String> = subjects
        .iter()
        .enumerate()
        .map(|(at, subject)| {
            format!(
                "id: s{at}\nsystem: channels-store\nname: 佰草集{at}专卖店\nstore_type: exclusive\nsuper_admin: 林知远\n\
                 subject: {{type: enterprise, name: \"{subject}\"}}\nbrand: {{name: 佰草集, grant: first}}"
            )
        })
        .collect();
    for shop in &shops {
        let plan = plan_of(&yaml(&[shop]), &DAY);
        assert_eq!(plan.shops[0].name.picked.as_deref(), Some("佰草集海南航空"), "{:?}", plan.shops[0].name);
    }
    let folder = Folder::with(&[]);
    for (name, subject, is_right) in [
        ("佰草集南航", "海南 航空控股", true),
        ("佰草集海南 航空", "海南航空控股", true),
        ("佰草集ab茶", "上海（ＡＢ）茶业有限公司", true),
        ("佰草集云茶", "云山（上海）茶业有限公司", false),
    ] {
        let text = format!(
            "kind: Shop\nid: a\nsystem: weixin-store\nname: {name}\nsubject: {{type: enterprise, name: \"{subject}\"}}\n\
             brand: {{name: 佰草集, grant: first}}\n"
        );
        folder.write("a.yaml", text);
        let rule = ["--only", "naming/brand-and-trade-name", "--as-of", "2026-11-29", "--format", "short"];
        let ran = english(&folder, &[&["check", "a.yaml"][..], &rule].concat());
        assert_eq!(!ran.out.contains("naming/brand-and-trade-name"), is_right, "{name}: {}", said(&ran));
    }
}

#[test]
fn no_proposal_is_the_name_of_a_shop_that_does_not_move() {
    let folder = yaml(&[
        "id: mover\nsystem: channels-store\nname: 青禾茶叶专营店\nstore_type: franchise\nmain_category: 茶叶\n\
         subject: {type: enterprise, name: 杭州青禾商贸有限公司}",
        "id: there\nsystem: weixin-store\nname: 青禾茶叶",
        "id: mall\nsystem: mini-program-mall\nname: 青禾",
        "id: closing\nsystem: mini-store\nname: 青禾小店\nstatus: closing",
        "id: gone\nsystem: mini-store\nname: 青禾杭州店\nstatus: close_finished",
    ]);
    let plan = plan_of(&folder, &DAY);
    let names = proposals(shop(&plan, "mover"));
    assert!(!names.is_empty());
    for taken in ["青禾茶叶", "青禾", "青禾小店"] {
        assert!(!names.contains(&taken), "{names:?}");
    }
    assert!(names.contains(&"青禾杭州店"), "the name of a shop that is closed for good is free: {names:?}");
    assert!(!plan.remaining.iter().any(|left| left.rule == "naming/unique"));
}

fn five_shops() -> Folder {
    let shop = |at: usize| {
        format!(
            "id: s{at}\nsystem: channels-store\nname: 云山春茶{at}店\nstore_type: ordinary-enterprise\nsuper_admin: 林知远"
        )
    };
    let shops: Vec<String> = (0..5).map(shop).collect();
    yaml(&shops.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn shops_that_cannot_move_by_their_deadline_are_named_in_every_form() {
    let folder = five_shops();
    let done = english(&folder, &["migrate", "plan", "shops", "--as-of", "2024-09-23", "--per-day", "2"]);
    assert!(done.out.contains("Late: 1 shop") && done.out.contains("planned for 2024-09-25"), "{}", done.out);
    assert!(done.out.contains("with 3 a day none of them is late"), "{}", done.out);
    let plan: Plan = serde_json::from_str(&folder.read("plan.json")).unwrap();
    let late: Vec<&str> = plan.shops.iter().filter(|shop| shop.late).map(|shop| shop.key.as_str()).collect();
    assert_eq!((late.len(), plan.fleet.late.len(), plan.fleet.enough_per_day), (1, 1, Some(3)));
    assert!(plan.tasks.iter().any(|task| task.late && task.shops == plan.fleet.late));
    let shown = |format: &str| english(&folder, &["migrate", "show", "plan.json", "--format", format]).out;
    let csv = shown("csv");
    let column = csv.lines().next().unwrap().split(',').position(|head| head == "late").unwrap();
    let yes: Vec<&str> = csv.lines().filter(|line| line.split(',').nth(column) == Some("yes")).collect();
    assert!(yes.len() == 1 && yes[0].contains(late[0]), "{csv}");
    assert!(shown("ics").contains("[late] "));
    let html = shown("html");
    assert_eq!(html.matches(" data-late").count(), 1);
    assert!(html.contains("<b class=\"overdue\">1</b>late"));
    assert!(shown("markdown").contains("**Late**: 1"));
    assert!(shown("text").contains("Late: 1 shop"));
    let chinese = folder.command(&["--lang", "zh", "migrate", "show", "plan.json"]).output().unwrap();
    assert!(String::from_utf8(chinese.stdout).unwrap().contains("赶不上期限：1 家"));
    // With enough people nobody is late, and nothing says so.
    let done = english(
        &folder,
        &["migrate", "plan", "shops", "--as-of", "2024-09-23", "--cutover", "2024-09-24", "--per-day", "3"],
    );
    assert!(!done.out.contains("Late") && !folder.read("plan.json").contains("\"late\""), "{}", done.out);
}

#[test]
fn a_cut_over_before_the_day_of_the_plan_is_a_mistake() {
    let folder = five_shops();
    let done = english(&folder, &["migrate", "plan", "shops", "--as-of", "2024-09-23", "--cutover", "2024-09-20"]);
    assert_eq!(done.code, 2);
    let text = said(&done);
    assert!(text.contains("--cutover 2024-09-20 is before the day of the plan, 2024-09-23 (--as-of)"), "{text}");
    assert!(text.contains("no plan was written") && !folder.path("plan.json").exists(), "{text}");
    folder.write("dianjian.yaml", "lang: en\nas_of: 2024-09-21\n");
    let text = said(&english(&folder, &["migrate", "plan", "shops", "--cutover", "2024-09-20"]));
    assert!(text.contains("dianjian.yaml:2"), "{text}");
}

#[test]
fn a_failed_plan_says_that_none_was_written_and_names_the_old_file() {
    let folder = five_shops();
    plan_of(&folder, &DAY);
    let old = folder.read("plan.json");
    folder.write("decisions.yaml", "names: {nobody: 云山}\n");
    folder.write("broken.yaml", "names: [\n");
    for args in [
        &["--decisions", "decisions.yaml"][..],
        &["--decisions", "broken.yaml"],
        &["--decisions", "missing.yaml"],
        &["--cutover", "2000-01-01"],
        &["--rules", "missing"],
    ] {
        let done = english(&folder, &[&["migrate", "plan", "shops"][..], &["--as-of", "2024-09-10"], args].concat());
        assert_eq!(done.code, 2, "{args:?}: {}", said(&done));
        assert!(
            done.err.contains("no plan was written; plan.json is the old file of 20")
                && done.err.contains("not this plan"),
            "{args:?}: {}",
            done.err
        );
        assert_eq!(folder.read("plan.json"), old);
    }
    let none = english(&folder, &["migrate", "plan", "shops", "--decisions", "decisions.yaml", "-o", "new/none.json"]);
    assert!(none.err.contains("no plan was written\n") && !folder.path("new").exists(), "{}", none.err);
}

#[test]
fn closing_and_closed_shops_get_no_task_of_the_upgrade_and_are_listed_with_the_reason() {
    let folder = yaml(&[
        "id: closing\nsystem: channels-store\nname: 云山旗舰店\nstore_type: flagship\nstatus: closing\n\
         brand: {name: 云山, grant: owner}\ncategories: [{id: '1', name: 茶}]",
        "id: closed\nsystem: mini-store\nname: 雾里茶业\nstatus: close_finished\nsubject: {type: enterprise}",
        "id: mini\nsystem: mini-store\nname: 雾里旗舰店\nstatus: closing\nsubject: {type: individual}\npending_orders: 3",
        "id: open\nsystem: channels-store\nname: 青禾茶叶\nstore_type: ordinary-enterprise",
    ]);
    for day in ["2024-09-20", "2024-10-01", "2024-12-01"] {
        let done = english(&folder, &["migrate", "plan", "shops", "--as-of", day]);
        assert_eq!(done.code, 0, "{}", said(&done));
        let plan: Plan = serde_json::from_str(&folder.read("plan.json")).unwrap();
        for key in ["closing", "closed", "mini"] {
            assert_eq!(shop(&plan, key).outcome, ShopOutcome::Ends);
            let allowed =
                ["finish-closing", "drain-orders", "withdraw-balance", "mend-record", "renew-brand", "look-into"];
            let kinds = task_kinds(&plan, key);
            assert!(kinds.iter().all(|kind| allowed.contains(kind)), "{day} {key}: {kinds:?}");
        }
        let listed = done.out.split("Not moved").nth(1).unwrap();
        for key in ["closing", "closed", "mini"] {
            assert!(listed.contains(key), "{listed}");
        }
        assert!(listed.contains("closed or being closed"), "{listed}");
    }
}

#[test]
fn a_table_without_a_column_for_the_old_name_keeps_it_in_the_plan() {
    let csv = "店铺编号,店铺体系,店铺名称,旧店铺类型,主体类型,主体名称,超级管理员\n\
               a,视频号小店,青禾茶叶专营店,专营店,企业,杭州青禾商贸有限公司,周以宁\n\
               b,视频号小店,木石家居,普通企业店,企业,上海木石商贸有限公司,林知远\n";
    let folder = Folder::with(&[("shops/fleet.csv", csv)]);
    let done = english(&folder, &[&["migrate", "plan", "shops"][..], &DAY].concat());
    assert!(done.out.contains("the files of 1 shop have no column for the old name"), "{}", done.out);
    let plan: Plan = serde_json::from_str(&folder.read("plan.json")).unwrap();
    let renamed = shop(&plan, "a");
    assert_eq!((renamed.name.old.as_str(), renamed.name.picked.as_deref()), ("青禾茶叶专营店", Some("青禾茶叶")));
    let kept = renamed.changes.iter().find(|change| change.field == "previous_name").unwrap();
    assert!(kept.unwritten && kept.edits.is_empty() && kept.after.as_deref() == Some("青禾茶叶专营店"));
    assert!(shop(&plan, "b").changes.iter().all(|change| change.field != "previous_name"));
    let table = english(&folder, &["migrate", "show", "plan.json", "--format", "csv"]).out;
    let row = table.lines().find(|line| line.starts_with("a,")).unwrap();
    assert!(row.contains(",青禾茶叶专营店,青禾茶叶,yes,") && row.contains("in the plan alone"), "{row}");
    for format in ["text", "markdown", "html"] {
        let shown = english(&folder, &["migrate", "show", "plan.json", "--format", format]).out;
        assert!(shown.contains("青禾茶叶专营店"), "{format}: {shown}");
    }
    // With the column the file keeps it.
    folder.write(
        "shops/fleet.csv",
        csv.replace("超级管理员\n", "超级管理员,曾用名称\n").replace("周以宁\n", "周以宁,\n"),
    );
    let plan = plan_of(&folder, &DAY);
    assert!(shop(&plan, "a").unwritten_name().is_none());
    assert_eq!(english(&folder, &["migrate", "apply", "plan.json"]).code, 0);
    assert!(folder.read("shops/fleet.csv").contains("周以宁,青禾茶叶专营店"));
}

#[test]
fn a_decisions_file_that_is_written_and_not_touched_changes_nothing() {
    let lines: String = (0..7)
        .map(|at| {
            format!(
                "{{\"kind\":\"Shop\",\"id\":\"s{at}\",\"system\":\"channels-store\",\"store_type\":\"flagship\",\
                 \"name\":\"云山{at}旗舰店\",\"customer_service\":\"wecom\",\"brand\":{{\"name\":\"云山\",\"grant\":\"owner\"}},\
                 \"subject\":{{\"type\":\"enterprise\",\"name\":\"深圳云山茶业有限公司\"}}}}\n"
            )
        })
        .collect();
    let folder = Folder::with(&[("shops/fleet.ndjson", &lines)]);
    for lang in ["en", "zh"] {
        let form = format!("{lang}.yaml");
        plan_of(&folder, &[&DAY[..], &["--lang", lang, "--write-decisions", &form]].concat());
        let first = folder.read("plan.json");
        plan_of(&folder, &[&DAY[..], &["--decisions", &form]].concat());
        assert_eq!(folder.read("plan.json"), first);
        let text = folder.read(&form);
        for open in [
            "names:\n",
            "leave_out:\n",
            "stay:\n",
            "options:\n",
            "weixin-store-gains/customer-service",
            "option: store",
        ] {
            assert!(text.contains(open), "{text}");
        }
        // Every shop that is renamed, with its candidates, the picked one first.
        let plan: Plan = serde_json::from_str(&first).unwrap();
        for shop in plan.shops.iter().filter(|shop| shop.name.picked.as_ref() != Some(&shop.name.old)) {
            let lines: Vec<&str> =
                text.lines().filter(|line| line.starts_with(&format!("  # {}: ", shop.key))).collect();
            assert_eq!(lines.len(), shop.name.candidates.len().max(1), "{text}");
            if let Some(picked) = &shop.name.picked {
                assert!(lines[0].contains(picked.as_str()), "{lines:?}");
            }
        }
        assert!(text.contains("s6"), "the limit's shops are there: {text}");
    }
    // A line without its `#` is a decision, and the next form has it.
    let text = folder.read("en.yaml");
    let wanted = text.lines().filter(|line| line.starts_with("  # s3: ")).nth(1).unwrap();
    let decided = text.replacen(wanted, &wanted.replacen("# ", "", 1), 1).replacen("  # - s6", "  - s6", 1);
    folder.write("decided.yaml", decided);
    let plan =
        plan_of(&folder, &[&DAY[..], &["--decisions", "decided.yaml", "--write-decisions", "next.yaml"]].concat());
    let first = folder.read("plan.json");
    assert!(shop(&plan, "s3").name.pinned);
    assert_eq!(shop(&plan, "s6").outcome, ShopOutcome::Stays);
    plan_of(&folder, &[&DAY[..], &["--decisions", "next.yaml"]].concat());
    assert_eq!(folder.read("plan.json"), first);
    // What a person may have edited is not written over.
    let refused = english(&folder, &[&["migrate", "plan", "shops", "--write-decisions", "en.yaml"][..], &DAY].concat());
    assert!(refused.code == 2 && said(&refused).contains("`en.yaml` already exists"), "{}", said(&refused));
    assert_eq!(folder.read("en.yaml"), text);
}

#[test]
fn help_and_manual_show_the_whole_form_of_decisions() {
    let help = english(&Folder::new(), &["migrate", "plan", "--help"]).out;
    let manual = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/migration.md")).unwrap();
    for text in [help, manual] {
        for key in ["--write-decisions", "names:", "leave_out:", "stay:", "options:", "choice:", "option:", "shops:"] {
            assert!(text.contains(key), "{key}: {text}");
        }
    }
}

/// Many shops with one deadline.
fn many_shops(number: usize) -> Folder {
    let line = |at: usize| {
        format!(
            "{{\"kind\":\"Shop\",\"id\":\"s{at:04}\",\"system\":\"channels-store\",\"store_type\":\"ordinary-enterprise\",\
             \"name\":\"青禾{at}号旗舰茶店\",\"super_admin\":\"管理员{at}\",\
             \"subject\":{{\"type\":\"enterprise\",\"name\":\"杭州青禾商贸有限公司\"}}}}\n"
        )
    };
    Folder::with(&[("shops/fleet.ndjson", &(0..number).map(line).collect::<String>())])
}

#[test]
fn a_large_plan_is_shown_folded_and_its_calendar_is_bounded() {
    let folder = many_shops(400);
    plan_of(&folder, &[&DAY[..], &["--per-day", "150"]].concat());
    let lines = |args: &[&str]| {
        let shown = english(&folder, &[&["migrate", "show", "plan.json"], args].concat());
        assert_eq!(shown.code, 0, "{}", said(&shown));
        shown.out.lines().count()
    };
    assert!(lines(&[]) < 120, "{}", lines(&[]));
    assert!(lines(&["--format", "markdown"]) < 160);
    assert!(lines(&["--all"]) > 4_000);
    let one = english(&folder, &["migrate", "show", "plan.json", "--shop", "s0007"]).out;
    assert!(one.contains("fleet.ndjson:8") && !one.contains("fleet.ndjson:9"), "{one}");
    let folded = english(&folder, &["migrate", "show", "plan.json"]).out;
    assert!(folded.contains("Calendar") && folded.contains("--shop SHOP") && folded.contains("--all"), "{folded}");
    let ics = english(&folder, &["migrate", "show", "plan.json", "--format", "ics"]).out;
    let mut days: BTreeMap<&str, usize> = BTreeMap::new();
    ics.lines()
        .filter_map(|line| line.strip_prefix("DTSTART;VALUE=DATE:"))
        .for_each(|day| *days.entry(day).or_default() += 1);
    assert!(days.values().all(|number| *number <= 8), "{days:?}");
    let unfolded = ics.replace("\r\n ", "");
    assert!(unfolded.contains("Last day of 400 shops") && unfolded.contains("s0005") && unfolded.contains("(+340)"));
}

#[test]
fn the_page_searches_filters_and_sorts_with_its_own_script_alone() {
    let folder = many_shops(5);
    plan_of(&folder, &DAY);
    let html = english(&folder, &["migrate", "show", "plan.json", "--format", "html"]).out;
    for part in
        ["id=\"search\"", "<select id=\"outcome\"", "id=\"late\"", "id=\"renamed\"", "<table id=\"shops\"><thead>"]
    {
        assert!(html.contains(part), "{part}");
    }
    assert_eq!(html.matches("data-section=\"shop-").count(), 5);
    let script = html.split("<script>").nth(1).unwrap().split("</script>").next().unwrap();
    assert!(html.contains(&format!("script-src 'sha256-{}'", base64(&Sha256::digest(script)))), "the digest is stale");
    assert!(!html.contains("http://") && !html.contains("https://") && !html.contains(" src="));
    assert!(html.contains("青禾0号旗舰茶店"), "old names are there");
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let of_group = |group: &[u8]| {
        let bits = (0..3).fold(0_u32, |bits, at| bits << 8 | u32::from(group.get(at).copied().unwrap_or(0)));
        let letter = move |at: usize| match at <= group.len() {
            true => char::from(LETTERS[(bits >> (18 - 6 * at)) as usize & 63]),
            false => '=',
        };
        (0..4).map(letter).collect::<String>()
    };
    bytes.chunks(3).map(of_group).collect()
}

#[test]
fn what_a_refused_run_recommends_can_be_run() {
    let folder = five_shops();
    plan_of(&folder, &DAY);
    folder.write("shops/fleet.yaml", folder.read("shops/fleet.yaml").replace("云山春茶0店", "云山夏茶0店"));
    for command in ["apply", "resume"] {
        let refused = english(&folder, &["migrate", command, "plan.json"]);
        assert_eq!(refused.code, 1, "{}", said(&refused));
        let text = said(&refused);
        let commands: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("dianjian ")).collect();
        assert!(commands.len() >= 2, "{text}");
        for command in commands {
            let words: Vec<&str> = command.split(' ').map(|word| if word == "SHOP" { "s1" } else { word }).collect();
            let ran = english(&folder, &[&words[..], &["--dry-run"]].concat());
            assert!(!said(&ran).contains("unexpected argument"), "{command}: {}", said(&ran));
        }
    }
}

#[test]
fn a_trade_name_that_the_shop_has_used_with_the_place_is_proposed_so() {
    for (name, brand, subject, used, bare) in [
        ("佰草集海南航空旗舰店", "佰草集", "海南航空控股股份有限公司", "海南航空", "航空"),
        ("西仓青岛啤酒旗舰店", "西仓", "青岛啤酒股份有限公司", "青岛啤酒", "啤酒"),
        ("西仓廣州酒家旗舰店", "西仓", "广州酒家集团股份有限公司", "广州酒家", "酒家"),
    ] {
        let folder = yaml(&[&format!(
            "id: a\nname: {name}\nsystem: channels-store\nstore_type: flagship\n\
             subject: {{name: {subject}, type: enterprise}}\nbrand: {{name: {brand}, grant: first}}"
        )]);
        let plan = plan_of(&folder, &DAY);
        let names = proposals(shop(&plan, "a"));
        assert!(names.contains(&format!("{brand}{used}").as_str()), "{names:?}");
        assert!(!names.iter().any(|proposed| proposed.starts_with(&format!("{brand}{bare}"))), "{names:?}");
    }
}
