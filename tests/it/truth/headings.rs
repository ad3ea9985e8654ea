//! Tables of stock, listings and orders whose headings are not the usual ones: read, or reported.

use crate::folder::{Folder, Ran};

const FLAGS: [&str; 7] = ["check", ".", "--no-config", "--as-of", "2026-11-22", "--lang", "en"];

const SHOPS: &str = "店铺编号,店铺名称,平台\nD1,云山茶业旗舰,抖音\nK1,云山茶业,快手\n";

const LISTED: &str = "店铺,平台,链接ID,商家编码,规格,售价,平台库存,上架状态\nD1,抖音,1,YS-9,大罐,88,30,在售\nK1,快手,2,YS-9,大罐,128,30,在售\n";

const STOCK: &str = "商家编码,商品名称,仓库,可用库存\nYS-9,云山红茶,北仓,50\n";

const ORDERS: &str = "平台订单号,店铺,平台,订单状态,商家编码,数量,最晚发货时间,快递公司,快递单号,是否回传\nN1,K1,快手,已发货,YS-9,1,2026-11-20,中通快递,758000002,未回传\n";

fn check(files: &[(&str, &str)]) -> Ran {
    Folder::with(&[&[("shops.csv", SHOPS)], files].concat()).run(&FLAGS)
}

fn lists(listed: &str, stock: &str) -> Ran {
    check(&[("listed.csv", listed), ("stock.csv", stock)])
}

#[test]
fn headings_that_are_nearly_known_hide_nothing() {
    let honest = lists(LISTED, STOCK);
    assert!(honest.out.contains("inventory/oversold") && honest.out.contains("inventory/price-gap"), "{}", honest.out);
    let of_listings = [
        ("平台库存", "平台厍存"),
        ("平台库存", "平台库在"),
        ("平台库存", "小店内库存余额数"),
        ("平台库存", "线上可卖数"),
        ("售价", "受价"),
        ("售价", "直播到手价"),
        ("店铺,", "店辅,"),
        ("店铺,", "归属网店,"),
        ("上架状态", "上架壮态"),
        ("上架状态", "当前在售情况"),
    ];
    for (from, to) in of_listings {
        let ran = lists(&LISTED.replacen(from, to, 1), STOCK);
        assert_eq!(ran.code, 2, "{to}: {}", ran.out);
        assert!(ran.out.contains(to.trim_end_matches(',')) && ran.out.contains("did you mean"), "{to}: {}", ran.out);
    }
    for (from, to) in
        [("可用库存", "可用厍存"), ("可用库存", "库存可用"), ("可用库存", "正品数量"), ("可用库存", "实存")]
    {
        let ran = lists(LISTED, &STOCK.replacen(from, to, 1));
        assert_eq!(ran.code, 2, "{to}: {}", ran.out);
        assert!(ran.out.contains(to) && ran.out.contains("did you mean"), "{to}: {}", ran.out);
    }
    let orders = check(&[("orders.csv", ORDERS)]);
    assert!(orders.out.contains("order/not-written-back"), "{}", orders.out);
    for (from, to) in [
        ("是否回传", "是否回转"),
        ("是否回传", "单号回传了吗"),
        ("快递单号", "快第单号"),
        ("快递单号", "运单编码"),
        ("平台订单号", "平台定单号"),
        ("平台订单号", "原订单流水"),
        ("订单状态", "定单状态"),
        ("店铺,", "网店名,"),
    ] {
        let ran = check(&[("orders.csv", &ORDERS.replacen(from, to, 1))]);
        assert_eq!(ran.code, 2, "{to}: {}", ran.out);
        assert!(ran.out.contains(to.trim_end_matches(',')) && ran.out.contains("did you mean"), "{to}: {}", ran.out);
        assert!(!ran.out.contains("product/"), "{to}: {}", ran.out);
    }
}

#[test]
fn a_state_under_a_misspelt_heading_is_not_taken_for_one_that_is_unsaid() {
    let listed = LISTED.replacen("在售", "已下架", 1);
    assert!(!lists(&listed, STOCK).out.contains("inventory/"), "{}", lists(&listed, STOCK).out);
    let ran = lists(&listed.replacen("上架状态", "上架状太", 1), STOCK);
    assert!(ran.code == 2 && !ran.out.contains("[inventory/"), "{}", ran.out);
}

#[test]
fn columns_beside_those_that_rules_need_stay_quiet() {
    let beside = |table: &str, heading: &str, cell: &str| -> String {
        let mut lines = table.lines();
        let first = format!("{},{heading}\n", lines.next().unwrap_or_default());
        lines.fold(first, |all, line| format!("{all}{line},{cell}\n"))
    };
    let without = |table: &str, column: usize| -> String {
        let line = |line: &str| {
            let cells: Vec<&str> =
                line.split(',').enumerate().filter(|(at, _)| *at != column).map(|(_, c)| c).collect();
            cells.join(",") + "\n"
        };
        table.lines().map(line).collect()
    };
    // Beside complete tables.
    for (heading, cell) in [
        ("安全库存", "5"),
        ("仓库库存量", "100"),
        ("库存同步", "是"),
        ("店铺分组", "一组"),
        ("上架时间", "2026-01-01"),
        ("会员价", "70"),
        ("评价数", "12"),
        ("店长", "小云"),
        ("售后", "七天"),
    ] {
        let ran = lists(&beside(LISTED, heading, cell), &beside(STOCK, heading, cell));
        assert!(ran.code < 2 && !ran.out.contains("unknown-field"), "{heading}: {}", ran.out);
    }
    for (heading, cell) in [
        ("订单金额", "88"),
        ("退款状态", "无"),
        ("是否回访", "否"),
        ("收货时间", "2026-11-21"),
        ("回传时间", "2026-11-21"),
        ("退货快递单号", "758000003"),
        ("商品总数", "1"),
    ] {
        let ran = check(&[("orders.csv", &beside(ORDERS, heading, cell))]);
        assert!(ran.code < 2 && !ran.out.contains("unknown-field"), "{heading}: {}", ran.out);
    }
    // In tables that say nothing of a price, of stock, of a state, of what was written back.
    for (column, heading, cell) in [
        (6, "安全库存", "5"),
        (6, "库存预警", "否"),
        (6, "库存状态", "充足"),
        (5, "采购价", "40"),
        (5, "售后", "七天"),
        (5, "评价", "4.8"),
        (7, "上架时间", "2026-01-01"),
        (7, "上架人", "小云"),
        (7, "上架数量", "2"),
    ] {
        let ran = lists(&beside(&without(LISTED, column), heading, cell), STOCK);
        assert!(ran.code < 2 && !ran.out.contains("unknown-field"), "{heading}: {}", ran.out);
    }
    for (heading, cell) in [("是否回访", "否"), ("是否回款", "是"), ("回传时间", "2026-11-21"), ("上传人", "小云")]
    {
        let ran = check(&[("orders.csv", &beside(&without(ORDERS, 9), heading, cell))]);
        assert!(ran.code < 2 && !ran.out.contains("unknown-field"), "{heading}: {}", ran.out);
    }
}

#[test]
fn orders_are_orders_whatever_their_numbers_are_called() {
    for (headings, row) in [
        ("商品名称,店铺,平台,商家编码,数量,运单号,回传状态", "云山红茶,K1,快手,YS-9,1,758000002,未回传"),
        (
            "流水,商品名称,店铺,平台,订单状态,快递单号,商家编码,是否回传",
            "W1,云山红茶,K1,快手,已发货,758000002,YS-9,未回传",
        ),
        (
            "编号,商品标题,店铺,平台,订单状态,收件人,物流单号,商家编码,回传结果",
            "W1,云山红茶,K1,快手,已发货,李四,758000002,YS-9,未回传",
        ),
    ] {
        let ran = check(&[("orders.csv", &format!("{headings}\n{row}\n"))]);
        assert!(ran.out.contains("order/not-written-back"), "{headings}: {}", ran.out);
        assert!(!ran.out.contains("product/"), "{headings}: {}", ran.out);
    }
}

#[test]
fn tables_of_goods_and_orders_do_not_vanish_in_a_folder() {
    for table in [
        "商家编码,天猫价,京东价\nYS-9,88,99\n",
        "规格编码,件数\nYS-9,3\n",
        "条码,名字,余量\n690,茶,3\n",
        "订单号,收货人,快递\nN1,李四,中通\n",
        "宝贝ID,宝贝库存\n1,3\n",
        "SKU ID,数量\n1,3\n",
        "运单号,是否已回传到平台\n758,否\n",
        "sku,qty\nYS-9,3\n",
    ] {
        let ran = check(&[("t.csv", table)]);
        assert_eq!(ran.code, 2, "{table}: {}", ran.out);
        assert!(ran.out.contains("t.csv") && !ran.out.contains('✓'), "{table}: {}", ran.out);
    }
    for table in [
        "编号,数量\n1,3\n",
        "零件,单价,数量\n螺丝,1,3\n",
        "设备,占用,锁定\na,1,0\n",
        "订单号,备注\nN1,急\n",
        "日期,仓库,值班\n1,北仓,李四\n",
    ] {
        let ran = check(&[("t.csv", table)]);
        assert!(ran.code < 2, "{table}: {}", ran.out);
    }
}

#[test]
fn documents_with_the_headings_of_tables_as_keys_do_not_vanish() {
    for (name, text) in [
        (
            "a.json",
            r#"[{"订单编号": "N1", "店铺": "云山茶业", "平台": "快手", "订单状态": "已发货", "运单号": "758", "回传状态": "未回传"}]"#,
        ),
        (
            "a.ndjson",
            "{\"订单号\": \"N1\", \"订单状态\": \"待发货\", \"最晚发货时间\": \"2026-11-20\", \"商家编码\": \"YS-9\"}\n",
        ),
        ("a.yaml", "- 商家编码: YS-9\n  仓库: 北仓\n  可用库存: 50\n"),
        ("a.json", r#"{"规格编码": "YS-9", "可用数": 5, "在途": 3}"#),
        ("a.yaml", "店铺: 云山茶业\n平台: 快手\n平台商品ID: '1'\n平台库存: 30\n上架状态: 已下架\n"),
    ] {
        let ran = check(&[(name, text)]);
        assert_eq!(ran.code, 2, "{text}: {}", ran.out);
        assert!(ran.out.contains(name) && !ran.out.contains('✓'), "{text}: {}", ran.out);
    }
    for (name, text) in [
        ("a.yaml", "仓库: 北仓\n负责人: 李四\n占用: 3\n"),
        ("a.json", r#"{"快递公司": "中通", "电话": "95311", "网址": "https://a.example"}"#),
    ] {
        let ran = check(&[(name, text)]);
        assert!(ran.code < 2, "{text}: {}", ran.out);
    }
}

#[test]
fn a_list_of_ones_own_goods_is_stock_and_offers_nothing() {
    let few = LISTED.replace(",128,30,", ",88,20,").replace(",88,30,", ",88,20,");
    for (table, stock) in [
        ("商家编码,商品名称,库存\nYS-9,云山红茶,{}\n", "stock"),
        ("货品编码,货品名称,当前库存\nYS-9,云山红茶,{}\n", "stock"),
        ("物料编码,物料名称,库存量\nYS-9,云山红茶,{}\n", "stock"),
        ("规格编码,库存数\nYS-9,{}\n", "stock"),
        ("商家编码,商品名称,规格,条形码,成本价,售价,库存\nYS-9,云山红茶,大罐,6901234567892,40,199,{}\n", "goods"),
        ("商家编码,商品名称,进价,库存数量\nYS-9,云山红茶,40,{}\n", "goods"),
    ] {
        let ran = check(&[("listed.csv", &few), ("goods.csv", &table.replace("{}", "40"))]);
        assert!(ran.code == 0 && !ran.out.contains("[inventory/"), "{stock} {table}: {}", ran.out);
        let ran = check(&[("listed.csv", &few), ("goods.csv", &table.replace("{}", "39"))]);
        assert!(ran.out.contains("inventory/oversold") && !ran.out.contains("product/"), "{table}: {}", ran.out);
        assert!(!ran.out.contains("price-gap"), "{table}: {}", ran.out);
    }
    // What a shop says of its goods is an offer as before.
    for table in [
        "商家编码,商品名称,售价,库存\nYS-9,云山红茶,88,40\n",
        "商家编码,商品标题,商品状态,库存\nYS-9,云山明前绿茶大罐装,在售,40\n",
        "店铺,平台,商家编码,商品名称,成本价,库存\nK1,快手,YS-9,云山红茶,40,40\n",
    ] {
        let ran = Folder::with(&[("shops.csv", SHOPS), ("goods.csv", table)])
            .run(&[&FLAGS[..], &["--format", "json"]].concat());
        assert!(!ran.out.contains("\"Stock\""), "{table}: {}", ran.out);
    }
}

#[test]
fn totals_are_known_by_the_place_of_a_key() {
    for total in
        ["合计", "总计", "小计", "全部", "全部仓库", "所有仓库", "汇总", "两仓合计", "总库存", "Total", "合计："]
    {
        let ran = lists(LISTED, &format!("{STOCK}YS-9,云山红茶,{total},50\n"));
        assert!(ran.out.contains("inventory/oversold"), "{total}: {}", ran.out);
        assert!(ran.out.contains("1 row of totals passed over"), "{total}: {}", ran.out);
    }
    for row in [
        "D1,抖音,,小计,,,30,\n",
        "合计,,,YS-9,,,60,\n",
        "D1,抖音,合计,,,,60,\n",
        "D1,全部平台,,YS-9,,,60,\n",
        "全部店铺,,9,YS-9,大罐,,60,\n",
    ] {
        let ran = lists(&format!("{LISTED}{row}"), STOCK);
        assert!(ran.out.contains("1 row of totals passed over"), "{row}: {}", ran.out);
        assert!(!ran.out.contains("小计") && !ran.out.contains("unknown-sku"), "{row}: {}", ran.out);
    }
    // A warehouse may be called so; and where every row says so there are no parts.
    let main = lists(LISTED, &format!("{STOCK}YS-9,云山红茶,总仓,50\n"));
    assert!(!main.out.contains("oversold") && !main.out.contains("totals"), "{}", main.out);
    let all = lists(LISTED, "商家编码,商品名称,仓库,可用库存\nYS-9,云山红茶,全部仓库,50\nYS-8,云山绿茶,全部仓库,5\n");
    assert!(all.out.contains("oversold") && !all.out.contains("totals"), "{}", all.out);
}

#[test]
fn a_column_of_totals_beside_a_column_for_each_warehouse_is_no_warehouse() {
    for total in ["合计仓", "全部仓库", "合计仓库存", "所有仓库"] {
        let ran = lists(LISTED, &format!("商家编码,商品名称,北仓,南仓,{total}\nYS-9,云山红茶,30,29,59\n"));
        assert!(ran.out.contains("inventory/oversold"), "{total}: {}", ran.out);
    }
}
