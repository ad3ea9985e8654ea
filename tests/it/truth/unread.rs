//! What is there and could not be read is neither missing nor known: rules neither pass nor fail on it, and that is told.

use crate::folder::{Folder, Ran};

const FLAGS: [&str; 7] = ["--no-config", "--as-of", "2026-11-29", "--lang", "en", "--format", "short"];

fn check(files: &[(&str, &str)], flags: &[&str]) -> Ran {
    Folder::with(files).run(&[&["check", "."], &FLAGS[..], flags].concat())
}

/// Values of one field that nobody can read, and the rule that would say that it is missing.
const THERE: [(&str, &str, &str); 7] = [
    (
        "licence/missing",
        "a.yaml",
        "kind: Shop\nid: a\nsystem: weixin-store\nname: 云山\nsubject: {type: enterprise, licence: !secret code}\n",
    ),
    ("licence/missing", "a.csv", "店铺编号,店铺名称,店铺体系,主体类型,统一社会信用代码\na,云山,微信小店,企业,#REF!\n"),
    (
        "licence/missing",
        "a.yaml",
        "kind: Shop\nid: a\nsystem: weixin-store\nname: 云山\nsubject: {type: enterprise, licence: [a, b]}\n",
    ),
    (
        "licence/missing",
        "a.yaml",
        "kind: Shop\nid: a\nsystem: weixin-store\nname: 云山\nsubject: {type: enterprise, licnce: 91110108551385082Q}\n",
    ),
    (
        "product/after-sale-address",
        "a.yaml",
        "kind: Product\nid: a\nsystem: weixin-store\ntitle: 明前龙井茶250克\nskus: [{code: a}]\nafter_sale_address_id: !vault x\n",
    ),
    ("deposit/paid-unknown", "a.csv", "店铺编号,店铺名称,店铺体系,应缴保证金,已缴保证金\na,云山,微信小店,5000,#N/A\n"),
    ("upgrade/super-admin", "a.yaml", "kind: Shop\nid: a\nsystem: mini-store\nname: 云山\nsuper_admin: !env ADMIN\n"),
];

#[test]
fn what_is_there_and_unreadable_is_not_missing() {
    for (rule, name, text) in THERE {
        let ran = check(&[(name, text)], &[]);
        assert_eq!(ran.code, 2, "{text}: {}{}", ran.out, ran.err);
        assert!(!ran.out.contains(rule), "{text}: {}", ran.out);
        // Where nothing stands the rule speaks.
        let keys = ["licence: !secret code", "licence: [a, b]", "licnce: 91110108551385082Q", "#REF!", "#N/A"];
        let keys = [&keys[..], &["after_sale_address_id: !vault x", "super_admin: !env ADMIN"]].concat();
        let absent = keys.iter().fold(text.to_owned(), |text, key| text.replace(key, ""));
        let ran = check(&[(name, &absent)], &[]);
        assert!(ran.out.contains(rule), "{absent}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn a_field_below_one_that_cannot_be_read_is_not_missing_either() {
    let shop = "kind: Shop\nid: a\nsystem: weixin-store\nname: 云山\nsubject: !include subject.yaml\n";
    let ran = check(&[("a.yaml", shop)], &[]);
    assert!(ran.code == 2 && !ran.out.contains("licence/missing"), "{}", ran.out);
    assert!(!ran.out.contains("without `subject.type`"), "{}", ran.out);
}

const LISTED: &str =
    "商品ID,商品标题,商品体系,SKU编码,库存\n1,明前龙井茶250克,微信小店,A1,50\n2,雨前龙井茶250克,微信小店,A1,30\n";

#[test]
fn a_group_of_which_something_could_not_be_read_is_undecided() {
    let stock = |cells: &str| format!("SKU编码,仓库,可用库存\nA1,杭州,70\n{cells}\n");
    let ran = check(&[("p.csv", LISTED), ("s.csv", &stock("A1,上海,5"))], &[]);
    assert!(ran.out.contains("inventory/oversold"), "{}", ran.out);
    for unread in ["A1,上海,很多", "A1,上海,#N/A", "#REF!,上海,20"] {
        let ran = check(&[("p.csv", LISTED), ("s.csv", &stock(unread))], &[]);
        assert_eq!(ran.code, 2, "{unread}: {}", ran.out);
        assert!(!ran.out.contains("inventory/oversold"), "{unread}: {}", ran.out);
        assert!(ran.out.contains("1 record not fully judged"), "{unread}: {}", ran.out);
    }
}

#[test]
fn a_group_beyond_its_limit_stays_there_whatever_the_others_are() {
    let shops = |count: usize, more: &str| {
        let rows = (0..count).map(|at| format!("s{at},云山{at}号店,微信小店,企业,91110108551385082Q\n"));
        format!("店铺编号,店铺名称,店铺体系,主体类型,统一社会信用代码\n{}{more}", rows.collect::<String>())
    };
    let unread = "x,月山店,微信小店,企业,#REF!\n";
    for (count, is_over) in [(30, false), (31, true)] {
        let ran = check(&[("s.csv", &shops(count, unread))], &["--only", "limits/*"]);
        assert_eq!(ran.out.contains("limits/weixin-stores"), is_over, "{count}: {}", ran.out);
        assert!(ran.out.contains("1 record not fully judged"), "{count}: {}", ran.out);
    }
    // The condition of the rule, too, may be what cannot be read.
    let unread = "x,月山店,微信小店,#REF!,91110108551385082Q\n";
    let ran = check(&[("s.csv", &shops(30, unread))], &["--only", "limits/*"]);
    assert!(ran.code == 2 && ran.out.contains("not fully judged"), "{}", ran.out);
}

#[test]
fn numbers_are_read_alike_in_tables_and_in_documents() {
    let product = "kind: Product\nid: p\nsystem: weixin-store\ntitle: 明前龙井茶250克\nstock: 320件\n\
                   price: \"￥1,280.00\"\nmarket_price: \"1,000\"\n\
                   skus: [{code: a, stock: \"1,000件\", sale_price: \"￥1,280.00\", market_price: 1千}]\n";
    let ran = check(&[("a.yaml", product)], &[]);
    assert!(!ran.out.contains("record/wrong-type"), "{}", ran.out);
    assert!(ran.out.contains("product/market-price-single"), "{}", ran.out);
    let shares = product.replace("￥1,280.00", "5%");
    assert!(check(&[("a.yaml", &shares)], &[]).out.contains("record/wrong-type"));
    let table = "商品ID,商品标题,商品体系,售价\n1,明前龙井茶250克,微信小店,5%\n";
    assert!(check(&[("a.csv", table)], &[]).out.contains("record/wrong-type"));
}

#[test]
fn ids_with_an_exponent_have_lost_digits() {
    for id in ["1.2345678901234567e+18", "9.99E20"] {
        let product =
            format!(r#"{{"kind": "Product", "id": {id}, "title": "明前龙井茶250克", "system": "weixin-store"}}"#);
        let ran = check(&[("a.json", &product)], &[]);
        assert!(ran.code == 2 && ran.out.contains("record/lost-digits"), "{id}: {}", ran.out);
    }
    let product = r#"{"kind": "Product", "id": 6.194E3, "title": "明前龙井茶250克", "system": "weixin-store"}"#;
    assert!(!check(&[("a.json", product)], &[]).out.contains("lost-digits"));
}

#[test]
fn of_two_values_of_one_key_neither_is_passed_over() {
    let shop = |name: &str| {
        format!(r#"{{"kind": "Shop", "id": "a", "system": "weixin-store", "name": "云山茶业", "name": {name}}}"#)
    };
    for second in [r#""云山旗舰店""#, r#"["云山茶业"]"#, r#"{"zh": "云山茶业, 一店"}"#] {
        for flags in [&[][..], &["--skip", "record/*"]] {
            let ran = check(&[("a.json", &shop(second))], flags);
            assert!(ran.code == 2 && ran.out.contains("record/repeated-key"), "{second}: {}{}", ran.out, ran.err);
        }
    }
    let ran = check(&[("a.json", &shop(r#""云山茶业""#))], &[]);
    assert!(ran.code == 0 && ran.out.contains("record/repeated-key"), "{}{}", ran.out, ran.err);
}
