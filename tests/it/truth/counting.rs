//! Rows are counted as what they are: shops of lists with ids and without, states, numbers with what they count.

use std::fmt::Write as _;

use serde_json::Value;

use crate::folder::Folder;

const CODE: &str = "91440300MA00000077";

/// The findings of a check on a fixed day.
fn findings(folder: &Folder, paths: &[&str], only: &str) -> Vec<Value> {
    let args = ["--no-config", "--as-of", "2026-11-29", "--lang", "zh", "--only", only, "--format", "json"];
    let ran = folder.run(&[&["check"], paths, &args[..]].concat());
    let mut report: Value = serde_json::from_str(&ran.out).unwrap();
    match report["findings"].take() {
        Value::Array(found) => found,
        _ => panic!("{}", ran.shown()),
    }
}

fn messages(files: &[(&str, &str)], only: &str) -> Vec<String> {
    let folder = Folder::with(files);
    let paths: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let text = |finding: &Value| finding["message"].as_str().unwrap().to_owned();
    findings(&folder, &paths, only).iter().map(text).collect()
}

/// Shops without ids, all under one licence, with a telephone number each.
fn without_ids(names: &[String]) -> String {
    let mut table = "店铺名称,店铺平台,统一社会信用代码,客服电话\n".to_owned();
    for (at, name) in names.iter().enumerate() {
        let _ = writeln!(table, "{name},微信小店,{CODE},0755-8600{at:04}");
    }
    table
}

fn named(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("云山{at}店")).collect()
}

#[test]
fn rows_of_one_table_are_different_shops() {
    let mut names = named(28);
    names.extend(["云山3店", "云山3店", "云山9店"].map(str::to_owned));
    let table = without_ids(&names);
    let found = messages(&[("a.csv", &table)], "limits/weixin-stores");
    assert!(found.len() == 1 && found[0].contains("31 家"), "{found:?}");
    // The same list twice is the same shops.
    let found = messages(&[("a.csv", &table), ("b.csv", &table)], "limits/weixin-stores");
    assert!(found.len() == 1 && found[0].contains("31 家"), "{found:?}");
    let mut rows: Vec<&str> = table.lines().take(31).collect();
    rows.push(rows[30]);
    assert!(messages(&[("a.csv", &rows.join("\n"))], "limits/weixin-stores").is_empty(), "one row is there twice");
}

#[test]
fn a_list_with_ids_and_one_without_are_of_the_same_shops() {
    let with_ids = |count: usize| {
        let mut records = String::new();
        for at in 0..count {
            let subject = format!("{{\"licence\": \"{CODE}\"}}");
            let _ = writeln!(
                records,
                "{{\"kind\": \"Shop\", \"id\": \"s{at}\", \"name\": \"云山{at}店\", \"system\": \"weixin-store\", \"subject\": {subject}}}"
            );
        }
        records
    };
    let counted = |ids: usize, names: usize| {
        let files = [("a.ndjson", &*with_ids(ids)), ("b.csv", &*without_ids(&named(names)))];
        messages(&files, "limits/weixin-stores")
    };
    assert!(counted(20, 20).is_empty());
    assert!(counted(30, 30).is_empty());
    assert!(counted(20, 31)[0].contains("31 家"));
    assert!(counted(33, 20)[0].contains("33 家"));
    let files = [("a.ndjson", &*with_ids(20)), ("b.csv", &*without_ids(&named(20)))];
    assert!(messages(&files, "naming/unique").is_empty());
}

#[test]
fn a_cell_that_points_at_the_one_above_is_a_gap() {
    for ditto in ["同上", "〃", "（同上）", " 同上。", "ditto"] {
        let table =
            format!("店铺名称,店铺平台,统一社会信用代码\n云山一店,微信小店,{CODE}\n云山二店,微信小店,{ditto}\n");
        let folder = Folder::with(&[("a.csv", &table)]);
        let found = findings(&folder, &["a.csv"], "record/*");
        assert!(found.len() == 1 && found[0]["gap"] == true, "{ditto}: {found:?}");
        assert_eq!(folder.run(&["check", "a.csv", "--no-config", "--only", "naming/*"]).code, 2, "{ditto}");
        let codes = findings(&folder, &["a.csv"], "licence/code");
        assert!(codes.iter().all(|finding| finding["rule"] != "licence/code"), "{ditto}");
    }
}

#[test]
fn states_are_read_in_the_words_that_shops_use() {
    let products = [
        "草稿",
        "停售",
        "已停售",
        "审核中",
        "售罄",
        "待上架",
        "预售",
        "在售",
        "下架",
        "缺货",
        "已下架（手动）",
        "仓库",
    ];
    let mut table = "商品ID,商品标题,商品状态\n".to_owned();
    products.iter().enumerate().for_each(|(at, state)| _ = writeln!(table, "{at},云山茶{at},{state}"));
    assert_eq!(messages(&[("a.csv", &table)], "record/*"), [""; 0]);
    let orders = ["已发货", "待发货", "已退款", "待支付", "已收货", "待评价", "派送中", "备货中", "退货中", "买家取消"];
    let mut table = "订单号,店铺,平台,订单状态,SKU编码,数量\n".to_owned();
    orders.iter().enumerate().for_each(|(at, state)| _ = writeln!(table, "{at},云山,微信小店,{state},A-{at},2件"));
    assert_eq!(messages(&[("a.csv", &table)], "record/*"), [""; 0]);
    let found = messages(&[("a.csv", "商品ID,商品标题,商品状态\n1,云山茶,随缘\n")], "record/*");
    assert!(found.len() == 1 && found[0].contains("随缘"), "{found:?}");
}

#[test]
fn numbers_are_read_with_what_they_count() {
    for (stock, price) in [("320件", "￥9.9"), ("320 件", "9.90元"), ("\"1,000\"", "9.9元/件"), ("12瓶", "¥ 9.9/瓶")]
    {
        let table = format!("商品ID,商品标题,库存,售价\n1,云山茶,{stock},{price}\n");
        assert_eq!(messages(&[("a.csv", &table)], "record/*"), [""; 0], "{stock} {price}");
    }
    for (stock, price) in [("约100", "9.9"), ("100+", "9.9"), ("2箱", "9.9"), ("5", "5分"), ("有货", "9.9")] {
        let table = format!("商品ID,商品标题,库存,售价\n1,云山茶,{stock},{price}\n");
        let found = messages(&[("a.csv", &table)], "record/*");
        let odd = if price == "5分" { price } else { stock };
        assert!(found.len() == 1 && found[0].contains(odd), "{stock} {price}: {found:?}");
    }
    let table = "店铺编号,店铺名称,店铺平台,店铺评分\na,云山茶业,微信小店,4.79分\nb,云山茶具,微信小店,5.9分\n";
    assert_eq!(messages(&[("a.csv", table)], "record/*"), [""; 0]);
    assert_eq!(messages(&[("a.csv", table)], "score/range").len(), 1);
}

#[test]
fn help_speaks_of_columns_and_of_what_stands_in_cells() {
    let table = "店铺编号,店铺名称,平台,品牌名称,主体类型\na,云山茶业,微信小店,云山,企业\n";
    let folder = Folder::with(&[("a.csv", table)]);
    let found = findings(&folder, &["a.csv"], "brand/grant-missing");
    let help = found[0]["help"].as_str().unwrap();
    assert!(help.contains("“授权关系”列") && help.contains("一级独占授权"), "{help}");
    assert!(!help.contains("owner") && !help.contains("exclusive"), "{help}");
    // What the help says is understood in the table.
    for (_, title) in help.split('“').skip(2).filter_map(|rest| rest.split_once('”').map(|(title, rest)| (rest, title)))
    {
        let table = format!("店铺编号,店铺名称,平台,品牌名称,授权关系\na,云山茶业,微信小店,云山,{title}\n");
        assert_eq!(messages(&[("a.csv", &table)], "record/*"), [""; 0], "{title}");
    }
}
