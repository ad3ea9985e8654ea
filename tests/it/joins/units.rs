//! Goods as rows and as products with SKUs, sources that disagree, and what is unsaid until all is known.

use super::erp::{found, report};
use crate::folder::Folder;

const SHOPS: &str = "店铺编号,店铺名称,平台\nA1,青瓷小铺,抖音\nB2,青瓷小铺二店,快手\nC3,青瓷居,天猫\n";

fn findings(files: &[(&str, &str)]) -> Vec<String> {
    let folder = Folder::with(files);
    let (_, report) = report(&folder, &["."]);
    found(&report)
}

fn of<'f>(found: &'f [String], rule: &str) -> Vec<&'f str> {
    found.iter().filter(|line| line.starts_with(rule)).map(String::as_str).collect()
}

/// One SKU in each form in which a file may say it.
fn forms(shop: &str, code: &str, stock: u32, price: u32) -> [(String, String); 3] {
    [
        (
            format!("{shop}.csv"),
            format!(
                "店铺,商家编码,商品名称,售价,平台库存,上架状态\n{shop},{code},青瓷茶盏一只装,{price},{stock},在售\n"
            ),
        ),
        (
            format!("{shop}.yaml"),
            format!(
                "kind: Product\nid: '{shop}'\ntitle: 青瓷茶盏一只装\nshop: {shop}\nskus: [{{code: {code}, stock: {stock}, sale_price: {price}}}]\n"
            ),
        ),
        (
            format!("{shop}.ndjson"),
            format!(
                "{{\"kind\": \"Product\", \"id\": \"{shop}\", \"title\": \"青瓷茶盏一只装\", \"shop\": \"{shop}\", \"sku\": \"{code}\", \
                 \"stock\": {stock}, \"sale_price\": {price}}}\n"
            ),
        ),
    ]
}

fn pair(one: &(String, String), other: &(String, String), warehouse: u32) -> Vec<String> {
    let stock = format!("商家编码,仓库,可用库存\nQC-7,东阳仓,{warehouse}\n");
    findings(&[("店铺.csv", SHOPS), ("库存.csv", &stock), (&one.0, &one.1), (&other.0, &other.1)])
}

#[test]
fn every_form_of_a_sku_meets_every_other() {
    for one in forms("A1", "QC-7", 31, 88) {
        for other in forms("B2", "qc-7", 32, 140) {
            let both = pair(&one, &other, 62);
            assert_eq!(of(&both, "inventory/oversold").len(), 1, "{one:?} {other:?}: {both:?}");
            assert_eq!(of(&both, "inventory/price-gap").len(), 1, "{one:?} {other:?}: {both:?}");
            let enough = pair(&one, &other, 63);
            assert_eq!(of(&enough, "inventory/oversold"), [""; 0], "{one:?} {other:?}");
            // Two of two shops with goods have it.
            assert_eq!(of(&enough, "inventory/not-listed"), [""; 0], "{one:?} {other:?}");
        }
        for wrong in forms("B2", "QC-T", 1, 88) {
            let both = pair(&one, &wrong, 99);
            assert_eq!(of(&both, "inventory/unknown-sku").len(), 1, "{one:?} {wrong:?}: {both:?}");
        }
    }
}

#[test]
fn what_a_product_says_of_several_skus_is_counted_once() {
    let stock = ("库存.csv", "商家编码,仓库,可用库存\nQC-7,东阳仓,10\n");
    let product = |skus: &str| {
        format!("kind: Product\nid: '1'\ntitle: 青瓷茶盏一只装\nsystem: douyin\nsku: QC-7\nstock: 10\nskus: {skus}\n")
    };
    for (skus, is_oversold) in [
        ("[]", false),
        ("[{spec: 天青}, {spec: 月白}]", false),
        ("[{spec: 天青, stock: 5}, {spec: 月白, stock: 6}]", true),
        ("[{code: QC-71, stock: 50}, {code: QC-72, stock: 50}]", false),
    ] {
        let found = findings(&[stock, ("p.yaml", &product(skus))]);
        assert_eq!(of(&found, "inventory/oversold").len(), usize::from(is_oversold), "{skus}: {found:?}");
    }
}

#[test]
fn a_row_of_the_table_goes_by_the_code_of_the_only_sku() {
    let product =
        "kind: Product\nid: '1'\nout_id: spu-9\ntitle: 青瓷茶盏一只装\nshop: A1\nskus: [{code: QC-7, stock: 12}]\n";
    let folder = Folder::with(&[
        ("店铺.csv", SHOPS),
        ("库存.csv", "商家编码,仓库,可用库存\nQC-7,东阳仓,10\n"),
        ("p.yaml", product),
    ]);
    let ran = folder.run(&["inventory", ".", "--format", "csv", "--as-of", super::erp::AS_OF]);
    assert!(ran.out.contains("QC-7") && !ran.out.contains("spu-9"), "{}", ran.out);
}

#[test]
fn a_warehouse_without_a_quantity_is_not_empty() {
    let listing = "店铺,商家编码,商品名称,平台库存\nA1,QC-7,青瓷茶盏一只装,70\n";
    let stock = "商家编码,仓库,可用库存\nQC-7,东阳仓,60\nQC-7,西溪仓,";
    let folder = |quantity: &str| {
        let stock = format!("{stock}{quantity}\n");
        let folder = Folder::with(&[("店铺.csv", SHOPS), ("库存.csv", &stock), ("铺货.csv", listing)]);
        let (_, report) = report(&folder, &["."]);
        (
            of(&found(&report), "inventory/oversold").len(),
            report["summary"]["looked_at"]["undecided"].as_u64().unwrap_or(0) > 0,
        )
    };
    assert_eq!(folder("0"), (1, false));
    assert_eq!(folder(""), (0, true));
}

#[test]
fn brands_that_disagree_are_told_and_decide_nothing() {
    let shop = (
        "s.yaml",
        "kind: Shop\nid: s1\nname: 青瓷居茶器铺\nsystem: weixin-store\nsubject: {type: enterprise}\nbrand: {name: 青瓷居}\n",
    );
    let brands = |rows: &str| format!("品牌名称,商标注册号,品牌来源,授权层级,授权到期日,商标到期日\n{rows}");
    let two = brands("青瓷居,6001,自有,,,2034-05-01\n青瓷居,6002,授权,二级,2024-05-01,2034-05-01\n");
    let found = findings(&[shop, ("品牌.csv", &two)]);
    assert_eq!(of(&found, "brand/disagree").len(), 1, "{found:?}");
    assert_eq!(of(&found, "brand/expired"), [""; 0]);
    assert_eq!(of(&found, "brand/grant-missing"), [""; 0]);
    let one = brands("青瓷居,6002,授权,二级,2024-05-01,2034-05-01\n青瓷居,6002,授权,二级,2024-05-01,\n");
    let found = findings(&[shop, ("品牌.csv", &one)]);
    assert_eq!(of(&found, "brand/disagree"), [""; 0]);
    assert_eq!(of(&found, "brand/expired").len(), 1, "{found:?}");
}

#[test]
fn what_a_licence_says_is_not_unsaid() {
    let shops = (
        "店铺.csv",
        "店铺编号,店铺名称,平台,统一社会信用代码\nW1,青瓷甲,微信小店,91330100MA2AB12C30\nW2,青瓷乙,微信小店,91330100MA2AB12C30\n",
    );
    let licence = |ty: &str| {
        format!("统一社会信用代码,主体名称,企业类型,营业期限\n91330100MA2AB12C30,龙泉青瓷有限公司,{ty},长期\n")
    };
    let unsaid = |licence: &str| {
        let (_, report) = report(&Folder::with(&[shops, ("执照.csv", licence)]), &["."]);
        report["summary"]["looked_at"]["unsaid"]["Shop.subject.type"].as_u64()
    };
    assert_eq!(unsaid(&licence("有限责任公司")), None);
    assert_eq!(unsaid(&licence("")), Some(2));
}

#[test]
fn goods_of_no_shop_are_counted_where_it_matters() {
    let unsaid = |free: &str, more: &str| {
        let goods =
            format!("kind: Product\nid: p\ntitle: 青瓷茶盏一只装\nsale_price: 12\nfree_shipping: {free}\n{more}");
        let folder = Folder::with(&[
            ("p.yaml", &goods),
            ("s.yaml", "kind: Shop\nid: s1\nsystem: channels-store\nname: 青瓷居\n"),
        ]);
        let (_, report) = report(&folder, &["."]);
        let undecided = report["summary"]["looked_at"]["undecided"].as_u64().unwrap_or(0);
        (report["summary"]["looked_at"]["unsaid"]["Product.shop"].as_u64(), undecided)
    };
    assert_eq!(unsaid("false", ""), (Some(1), 0));
    assert_eq!(unsaid("false", "system: weixin-store\n"), (None, 0));
    assert_eq!(unsaid("false", "shop: s1\n"), (None, 0));
}

#[test]
fn goods_of_a_shop_without_a_system_are_undecided() {
    for system in ["", "system: chanel-store\n", "system: !secret x\n"] {
        let shop = format!("kind: Shop\nid: s1\nname: 青瓷居\n{system}");
        let goods = "kind: Product\nid: p\nshop: s1\ntitle: 青瓷茶盏一只装\nsale_price: 12\nfree_shipping: false\n";
        let (_, report) = report(&Folder::with(&[("p.yaml", goods), ("s.yaml", &shop)]), &["."]);
        let undecided = report["summary"]["looked_at"]["undecided"].as_u64().unwrap_or(0);
        assert!(undecided >= 1, "{system}: {report}");
    }
}

#[test]
fn one_shop_in_two_files_has_one_id() {
    let shop = ("s.yaml", "kind: Shop\nid: w2\nname: 青瓷居\nsystem: weixin-store\n");
    for (row, is_wrong) in [("w2,青瓷居,微信小店", false), ("w2,青瓷居,抖音", true), ("w2,青瓷阁,微信小店", true)]
    {
        let list = format!("店铺编号,店铺名称,平台\n{row}\n");
        let found = findings(&[shop, ("t.csv", &list)]);
        assert_eq!(of(&found, "record/shop-id").len(), usize::from(is_wrong), "{row}: {found:?}");
    }
}

#[test]
fn a_name_of_several_shops_is_told_as_one() {
    let shops = ("店铺.csv", "店铺名称,平台\n青瓷居,抖音\n青瓷居,快手\n");
    let order = ("o.yaml", "kind: Order\nid: E2\nshop: 青瓷居\nstatus: shipped\n");
    let (_, report) = report(&Folder::with(&[shops, order]), &["."]);
    assert!(report.to_string().contains("is the name of several shops"), "{report}");
}

#[test]
fn what_is_said_of_all_warehouses_is_not_added_to_theirs() {
    let listing = "店铺,商家编码,商品名称,平台库存\nA1,QC-7,青瓷茶盏一只装,70\n";
    let parts = "商家编码,仓库,可用库存\nQC-7,东阳仓,40\nQC-7,西溪仓,20\n";
    let ran = |stock: &[(&str, &str)]| {
        let folder = Folder::with(&[&[("店铺.csv", SHOPS), ("铺货.csv", listing)], stock].concat());
        let (_, report) = report(&folder, &["."]);
        let table = folder.run(&["inventory", ".", "--format", "csv", "--as-of", super::erp::AS_OF]).out;
        let row = table.lines().find(|line| line.contains("QC-7")).unwrap_or_default().to_owned();
        (of(&found(&report), "inventory/oversold").len(), row)
    };
    let (count, row) = ran(&[("库存.csv", parts)]);
    assert!(count == 1 && row.contains(",60,"), "{count} {row}");
    for whole in [
        "商家编码,可用库存\nQC-7,60\n",
        "商家编码,仓库,可用库存\nQC-7,总仓,60\n",
        "商家编码,仓库,可用库存\nQC-7,合计,60\n",
        "商家编码,仓库,可用库存\nQC-7,全部仓库,60\n",
        "商家编码,仓库,可用库存\nQC-7,,55\n",
    ] {
        let (count, row) = ran(&[("分仓.csv", parts), ("总表.csv", whole)]);
        assert!(count == 1 && row.contains(",60,"), "{whole}: {count} {row}");
    }
    // A warehouse may be called so, and one list may lack a warehouse that the other counts.
    for whole in ["商家编码,仓库,可用库存\nQC-7,总仓,30\n", "商家编码,可用库存\nQC-7,90\n"] {
        let (count, row) = ran(&[("分仓.csv", parts), ("总表.csv", whole)]);
        assert!(count == 0 && row.contains(",90,"), "{whole}: {count} {row}");
    }
}
