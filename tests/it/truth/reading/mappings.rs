//! Mappings of one's own, and what they make of a document.

use super::{checked, lines};
use crate::folder::{Folder, Ran};

const ERP: &str = "mapping: our-erp\ntitle: {zh: 自家 ERP, en: Our ERP}\nkind: Shop\n";

/// A check of a table by a mapping.
fn by_mapping(mapping: &str, table: &str) -> Ran {
    let folder = Folder::with(&[("erp.yaml", mapping), ("erp.csv", table)]);
    folder.read_check(&["erp.csv", "--mapping", "erp.yaml"])
}

#[test]
fn marks_of_required_headings_match_in_mappings_as_in_sheets() {
    let table = |mark: &str| {
        format!(
            "网店代码,网店名,{},{}\na,云山茶,500,1000\n",
            mark.replace('X', "已付押金"),
            mark.replace('X', "应付押金")
        )
    };
    let mapping = |mark: &str| {
        format!(
            "{ERP}recognise: {{columns: [{}]}}\nfields:\n  id: 网店代码\n  name: 网店名\n  deposit.paid: \"{}\"\n  deposit.required: \"{}\"\n  system: {{const: weixin-store}}\n",
            "网店名",
            mark.replace('X', "已付押金"),
            mark.replace('X', "应付押金")
        )
    };
    let marks = ["X（必填）", "*X", "X(必填)", "★X", "[必填]X", "X必填", "X*", "【必填】X", "X（选填）", "X"];
    for in_mapping in marks {
        for in_table in marks {
            let ran = by_mapping(&mapping(in_mapping), &table(in_table));
            assert!(ran.out.contains("deposit/required"), "{in_mapping} {in_table}: {}{}", ran.out, ran.err);
            assert!(!ran.out.contains("unknown-field"), "{in_mapping} {in_table}: {}", ran.out);
        }
    }
}

#[test]
fn a_value_that_a_field_cannot_have_is_told_once_at_the_mapping() {
    let mapping = |system: &str| {
        format!("{ERP}recognise: {{columns: [网店名]}}\nfields:\n  id: 网店代码\n  name: 网店名\n  system: {system}\n")
    };
    let rows: String = (0..50).map(|number| format!("s{number},云山{number},微信小店\n")).collect();
    for (system, found) in [
        ("{from: 平台, values: {微信小店: weixn-store}}", "weixn-store"),
        ("{const: weixin_shop}", "weixin_shop"),
        ("{from: 平台, otherwise: wexin-store}", "wexin-store"),
    ] {
        let folder =
            Folder::with(&[("erp.yaml", &*mapping(system)), ("erp.csv", &*format!("网店代码,网店名,平台\n{rows}"))]);
        let ran = folder.read_check(&["erp.csv", "--mapping", "erp.yaml"]);
        let told = format!("`system` has no value `{found}`");
        assert_eq!(lines(&ran, &told).len() + ran.err.matches(&told).count(), 1, "{}{}", ran.out, ran.err);
        assert!(!ran.out.contains("unknown-value"), "{}", ran.out);
        assert_eq!(ran.code, 2);
        let lint = folder.run(&["rules", "lint", "--mapping", "erp.yaml", "--lang", "en"]);
        let said = format!("{}{}", lint.out, lint.err);
        assert!(said.contains(&told) && said.contains("weixin-store") && lint.code != 0, "{said}");
    }
}

#[test]
fn a_field_that_items_do_not_have_is_told_at_the_mapping() {
    let mapping = format!(
        "{ERP}recognise: {{has: [shop.name]}}\nfields:\n  name: shop.name\n  categories: {{from: shop.cats, items: {{nmae: name}}}}\n"
    );
    let folder = Folder::with(&[("erp.yaml", &*mapping)]);
    let lint = folder.run(&["rules", "lint", "--mapping", "erp.yaml", "--lang", "en"]);
    let said = format!("{}{}", lint.out, lint.err);
    assert!(said.contains("categories has no field `nmae`") && said.contains("`name`"), "{said}");
}

#[test]
fn two_mappings_that_fit_alike_are_told() {
    let mapping = |id: &str| {
        ERP.replace("our-erp", id)
            + "recognise: {has: [shopName]}\nfields:\n  name: shopName\n  system: {const: weixin-store}\n"
    };
    let folder = Folder::with(&[
        ("one.yaml", &*mapping("one")),
        ("two.yaml", &*mapping("two")),
        ("a.json", r#"{"shopName": "云山"}"#),
    ]);
    let ran = folder.read_check(&["a.json", "--mapping", "one.yaml", "--mapping", "two.yaml"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(
        ran.out.contains("`one`") && ran.out.contains("`two`") && ran.out.contains("fit this equally"),
        "{}",
        ran.out
    );
    let tables = |id: &str| {
        ERP.replace("our-erp", id)
            + "recognise: {columns: [网店名]}\nfields:\n  id: 网店代码\n  name: 网店名\n  system: {const: weixin-store}\n"
    };
    let folder = Folder::with(&[
        ("one.yaml", &*tables("one")),
        ("two.yaml", &*tables("two")),
        ("a.csv", "网店代码,网店名\na,云山\n"),
    ]);
    let ran = folder.read_check(&["a.csv", "--mapping", "one.yaml", "--mapping", "two.yaml"]);
    assert!(ran.code == 2 && ran.out.contains("fit this equally"), "{}", ran.out);
}

#[test]
fn the_unit_of_an_amount_comes_from_where_it_came_from() {
    let heading = "id,product_id,title,status,";
    let row = "1795636754709454849,10000111645565,云山明前绿茶礼盒装250g,5,";
    let clear = checked("a.csv", format!("{heading}min_price（分）\n{row}9990\n"));
    assert!(!clear.out.contains("ambiguous-unit"), "{}", clear.out);
    let clear = checked("a.csv", format!("{heading}min_price\n{row}99.90\n"));
    assert!(clear.out.contains("ambiguous-unit"), "{}", clear.out);
    for column in ["min_price", "sale_price", "market_price"] {
        let ran = checked("a.csv", format!("{heading}{column}\n{row}9990\n"));
        assert_eq!(
            lines(&ran, &format!("a.csv:1:28: warning[record/ambiguous-unit] The unit of “{column}”")).len(),
            1,
            "{}",
            ran.out
        );
    }
    for price in ["99.90", "\"99.9\""] {
        let goods = format!(
            r#"[{{"product_id":"10000111645565","title":"云山明前绿茶礼盒装250g","status":5,"min_price":{price},"skus":[{{"sku_id":"1","sale_price":{price}}}]}}]"#
        );
        let ran = checked("a.json", goods);
        assert_eq!(lines(&ran, "record/ambiguous-unit").len(), 2, "{}", ran.out);
    }
    // People's own words are in yuan.
    let ran = checked("a.csv", "商品ID,商品标题,售价\n1,云山明前绿茶礼盒装250g,9990\n");
    assert!(!ran.out.contains("ambiguous-unit"), "{}", ran.out);
}

#[test]
fn records_at_two_places_of_one_document_are_all_read() {
    const NO: &str = "12345678";
    let brand = |id: &str, until: &str| {
        format!(
            r#"{{"brand_id": "{id}", "ch_name": "云山", "grant_type": 1, "register_details": {{"registrant": "云山", "register_no": "{NO}", "end_time": "{until}"}}, "status": 3}}"#
        )
    };
    let (valid, expired) = (brand("1", "1981036800"), brand("2", "1600000000"));
    for document in [
        format!(r#"{{"errcode": 0, "brand": {valid}, "brands": [{expired}]}}"#),
        format!(r#"{{"errcode": 0, "brands": [{valid}], "data": {{"brands": [{expired}]}}}}"#),
        format!(r#"{{"errcode": 0, "brands": [{expired}, {valid}], "brand": {valid}}}"#),
    ] {
        let ran = checked("a.json", &document);
        assert_eq!(lines(&ran, "brand/record-over").len(), 1, "{document}: {}", ran.out);
    }
    let product = |id: &str, title: &str| {
        format!(
            r#"{{"product_id": "{id}", "title": "{title}", "head_imgs": ["https://a.example/1.jpg", "https://a.example/2.jpg", "https://a.example/3.jpg"], "min_price": 100}}"#
        )
    };
    let (good, bad) = (product("1", "云山明前绿茶礼盒装250g"), product("1", "加微信云山明前绿茶礼盒装wx123456"));
    for (document, found) in [
        (format!(r#"{{"errcode": 0, "product": {good}, "edit_product": {bad}}}"#), true),
        (format!(r#"{{"errcode": 0, "products": [{good}], "product_list": [{bad}]}}"#), true),
        (format!(r#"{{"errcode": 0, "product": {good}, "edit_product": {good}}}"#), false),
        (format!(r#"{{"errcode": 0, "product": {good}, "edit_product": {{}}}}"#), false),
    ] {
        let folder = Folder::with(&[("a.json", &*document)]);
        let shown = folder.run(&["check", "a.json", "--no-config", "--as-of", super::AS_OF, "--lang", "en"]).out;
        assert_eq!(shown.contains("2 records"), found, "{document}: {shown}");
        assert_eq!(shown.contains("“加微信”"), found, "{document}: {shown}");
    }
}

#[test]
fn a_mapping_of_ones_own_reads_all_its_places() {
    let mapping = format!(
        "{ERP}recognise: {{any: [goods, archived]}}\neach: [goods, archived]\nfields:\n  id: code\n  name: title\n  system: {{const: weixin-store}}\n"
    );
    let folder = Folder::with(&[
        ("erp.yaml", &*mapping),
        (
            "a.json",
            r#"{"goods": [{"code": "a", "title": "云山茶业"}], "archived": [{"code": "a", "title": "花山茶业"}]}"#,
        ),
    ]);
    let ran = folder.read_check(&["a.json", "--mapping", "erp.yaml"]);
    assert_eq!(lines(&ran, "record/shop-id").len(), 1, "{}{}", ran.out, ran.err);
    assert!(!ran.out.contains("unknown-field"), "{}", ran.out);
}

#[test]
fn the_packs_own_folder_changes_nothing() {
    let folder = Folder::new();
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
    let plain = folder.run(&["rules", "test"]);
    let named = folder.run(&["rules", "test", "--rules", rules]);
    assert_eq!((named.code, &named.out), (0, &plain.out), "{}", named.err);
    folder.write("platform-answer.json", r#"{"errcode": 0, "product": {"product_id": "1", "title": "云山明前绿茶礼盒装250g", "head_imgs": ["a.jpg"], "min_price": 100}}"#);
    folder.write("table.csv", "店铺编号,店铺名称,店铺体系\na,云山旗舰店,微信小店\n");
    let plain = folder.read_check(&["."]);
    assert_eq!(folder.read_check(&[".", "--rules", rules]).out, plain.out);
}
