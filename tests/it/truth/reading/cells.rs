//! Tables as merchants keep them.

use super::{checked, lines};

#[test]
fn an_error_in_a_cell_is_not_an_empty_cell() {
    for error in ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "Err:502", "#NUM!"] {
        let ran = checked(
            "a.csv",
            format!("店铺编号,店铺名称,店铺体系,已缴保证金,应缴保证金\na,云山茶业,微信小店,{error},1000\n"),
        );
        assert_eq!(lines(&ran, "a.csv:2:13: error[record/error-value]").len(), 1, "{error}: {}", ran.out);
        let ran = checked("a.csv", format!("店铺编号,店铺名称,店铺体系\na,{error},微信小店\n"));
        assert_eq!(lines(&ran, "record/error-value").len(), 1, "{error}: {}", ran.out);
        assert!(!ran.out.contains("missing-field"), "{}", ran.out);
    }
}

#[test]
fn two_columns_for_one_field_are_told_with_both_places() {
    for (headings, second) in [("店铺编号,店铺名称,店名,店铺体系", "店名"), ("店铺编号,店名,店铺名称,店铺体系", "店名")]
    {
        let ran = checked("a.csv", format!("{headings}\na,云山茶业,云山旗舰店,微信小店\n"));
        let told = lines(&ran, "warning[record/second-column]");
        assert!(
            told.len() == 1 && told[0].contains(&format!("“{second}” and “店铺名称” are the same field")),
            "{}",
            ran.out
        );
    }
    let folder = crate::folder::Folder::new();
    folder.write("a.csv", "店铺编号,店铺名称,店名,店铺体系\na,云山茶业,云山旗舰店,微信小店\n");
    let ran = folder.run(&[
        "check",
        "a.csv",
        "--no-config",
        "--as-of",
        super::AS_OF,
        "--only",
        "record/second-column",
        "--format",
        "json",
    ]);
    assert!(ran.out.contains("\"related\""), "{}", ran.out);
}

#[test]
fn columns_that_disagree_are_a_gap_that_nothing_hides() {
    let folder = crate::folder::Folder::new();
    let table = |headings: &str, row: &str| {
        folder.write("a.csv", format!("{headings}\n{row}\n"));
        folder.write("off.yaml", "severity: {record/columns-disagree: off, record/second-column: off}\n");
        folder.run(&[
            "check",
            "a.csv",
            "--config",
            "off.yaml",
            "--as-of",
            super::AS_OF,
            "--lang",
            "en",
            "--format",
            "short",
            "--only",
            "naming/*",
            "--min-severity",
            "error",
        ])
    };
    for (headings, row, place) in [
        ("店铺编号,店铺名称,店名,店铺体系", "a,云山茶业,云山旗舰店,微信小店", "a.csv:2:8:"),
        ("店铺编号,店名,店铺名称,店铺体系", "a,云山茶业,云山旗舰店,微信小店", "a.csv:2:3:"),
        ("店铺编号,店铺名称,店铺体系,平台", "a,云山茶业,微信小店,视频号小店", "a.csv:2:13:"),
        ("店铺编号,店铺名称,店铺体系,注册资本,注册资金", "a,云山茶业,微信小店,100万,200万", "a.csv:2:18:"),
        ("店铺编号,店铺名称,店铺体系,主体名称,公司名称", "a,云山茶业,微信小店,云山公司,花山公司", "a.csv:2:18:"),
    ] {
        let ran = table(headings, row);
        let told = lines(&ran, "record/columns-disagree");
        assert!(told.len() == 1 && told[0].starts_with(place), "{headings}: {}{}", ran.out, ran.err);
        assert_eq!(ran.code, 2, "{headings}: {}", ran.out);
    }
    for (headings, row) in [
        ("店铺编号,店铺名称,店名,店铺体系", "a,云山茶业,云山茶业,微信小店"),
        ("店铺编号,店铺名称,店名,店铺体系", "a,云山茶业,,微信小店"),
        ("店铺编号,店铺名称,店名,店铺体系", "a,,云山茶业,微信小店"),
        ("店铺编号,店铺名称,店铺体系,平台", "a,云山茶业,微信小店,Weixin Store"),
        ("店铺编号,店铺名称,店铺体系,注册资本,注册资金", "a,云山茶业,微信小店,100万,1000000元"),
        ("店铺编号,店铺名称,店铺体系,营业执照号,统一社会信用代码", "a,云山茶业,微信小店,91000000MA0YN0011J,待补"),
        ("商品ID,商品标题,商品体系,店铺编号,店铺名称", "1,云山明前绿茶礼盒装250g,微信小店,a,云山茶业"),
    ] {
        let ran = table(headings, row);
        assert!(!ran.out.contains("record/columns-disagree") && ran.code < 2, "{headings}: {}", ran.out);
    }
    let placeholder =
        table("店铺编号,店铺名称,店铺体系,统一社会信用代码,营业执照号", "a,云山茶业,微信小店,待补,91000000MA0YN0011J");
    assert_eq!(placeholder.code, 0, "{}", placeholder.out);
    let rows: String =
        (0..30).map(|number| format!("s{number},云山茶业{number}号,花山茶业{number}号,微信小店\n")).collect();
    let many = checked("a.csv", format!("店铺编号,店铺名称,店名,店铺体系\n{rows}"));
    assert_eq!(lines(&many, "record/columns-disagree").len(), 1, "{}", many.out);
}

#[test]
fn a_system_is_taken_as_one_in_whatever_column_it_stands() {
    for heading in ["店铺类型", "类型", "渠道", "店铺归属平台"] {
        let ran = checked(
            "a.csv",
            format!(
                "店铺编号,店铺名称,{heading},法人,手机号,备注\na,云山茶业,微信小店,张三,13800138000,x\nb,花山茶业,视频号小店,李四,13800138001,y\n"
            ),
        );
        assert!(!ran.out.contains("unknown-value") && !ran.out.contains("unsaid-field"), "{heading}: {}", ran.out);
        assert!(!ran.out.contains("unknown-field"), "{heading}: {}", ran.out);
    }
    let mixed = checked("a.csv", "店铺编号,店铺名称,店铺类型\na,云山茶业,微信小店\nb,花山茶业,旗舰店\n");
    assert!(!mixed.out.contains("unknown-value"), "{}", mixed.out);
}

#[test]
fn values_are_expected_in_the_words_of_the_file() {
    let ran = checked("a.csv", "店铺编号,店铺名称,店铺体系\na,云山茶业,门店\n");
    assert!(ran.out.contains("unknown-value"), "{}", ran.out);
    let folder = crate::folder::Folder::new();
    folder.write("a.csv", "店铺编号,店铺名称,店铺体系\na,云山茶业,门店\n");
    folder.write("b.csv", "shop id,shop name,system\na,Yunshan,outlet\n");
    let help = |name: &str| folder.run(&["check", name, "--no-config", "--as-of", super::AS_OF, "--lang", "en"]).out;
    assert!(help("a.csv").contains("视频号小店") && !help("a.csv").contains("channels-store"), "{}", help("a.csv"));
    assert!(help("b.csv").contains("Weixin Store"), "{}", help("b.csv"));
}

#[test]
fn usual_words_of_subjects_and_states_are_known() {
    for subject in [
        "有限责任公司(自然人独资)",
        "有限责任公司（自然人投资或控股）",
        "股份有限公司(上市)",
        "其他有限责任公司",
        "个人独资企业",
        "个体工商户（小微）",
        "有限合伙企业",
        "农民专业合作社",
        "集体所有制企业",
    ] {
        let ran = checked("a.csv", format!("店铺编号,店铺名称,店铺体系,主体类型\na,云山茶业,微信小店,{subject}\n"));
        assert!(!ran.out.contains("unknown-value"), "{subject}: {}", ran.out);
    }
    for state in ["营业", "停业", "暂停营业", "歇业", "已闭店", "正常营业", "筹备中"] {
        let ran = checked("a.csv", format!("店铺编号,店铺名称,店铺体系,店铺状态\na,云山茶业,微信小店,{state}\n"));
        assert!(!ran.out.contains("unknown-value"), "{state}: {}", ran.out);
    }
}

#[test]
fn columns_that_mean_something_else_are_not_ours() {
    for table in [
        "商品ID,商品标题,SKU ID,规格,售价,库存,商品状态\n10001,云山明前绿茶礼盒,S1,100g,39.9,5,已上架\n",
        "商品ID,商品标题,商品体系,商品类型\n1,云山明前绿茶礼盒装250g,微信小店,1\n",
        "店铺编号,店铺名称,店铺体系,客服\na,云山茶业,微信小店,客服小王\n",
        "店铺编号,店铺名称,店铺体系,类型\na,云山茶业,微信小店,直营\n",
    ] {
        let ran = checked("a.csv", table);
        for rule in ["wrong-type", "unknown-value", "unknown-field", "customer-service"] {
            assert!(!ran.out.contains(rule), "{table}: {}", ran.out);
        }
    }
    let known = checked("a.csv", "店铺编号,店铺名称,店铺体系,客服\na,云山茶业,微信小店,企业微信\n");
    assert!(known.out.contains("customer-service/optional"), "{}", known.out);
}

#[test]
fn a_list_of_users_or_articles_is_no_list_of_shops_or_products() {
    for table in [
        "name,username,email\n小王,xw,a@example.com\n",
        "title,author\n一篇文章,小王\n",
        "nickname,phone\n小王,1\n",
        "code,amount\nA1,5\n",
    ] {
        let ran = checked("a.csv", table);
        assert_eq!(ran.code, 2, "{table}: {}", ran.out);
        assert!(!ran.out.contains("record/"), "{table}: {}", ran.out);
    }
    let shops = checked("a.csv", "name,system,licence\n云山茶业,微信小店,91000000MA0YN0011J\n");
    assert!(shops.code < 2, "{}", shops.out);
}

#[test]
fn a_second_table_below_the_first_is_told() {
    for (second, row) in [
        ("商品编号,商品标题,售价", "p1,云山明前绿茶礼盒装,9.9"),
        ("品牌名称,商标注册号,商标类别", "云山,123,30"),
        ("直播标题,开播时间", "春茶专场,2026-12-01"),
        ("序号,直播标题,开播时间", "1,春茶专场,2026-12-01"),
        ("店铺编号,直播标题,开播时间", "a,春茶专场,2026-12-01"),
        ("*直播标题（必填）,开播时间", "春茶专场,2026-12-01"),
        ("统一社会信用代码,公司名称", "91000000MA0YN0011J,云山公司"),
    ] {
        for gap in ["", "\n", ",,\n"] {
            let ran =
                checked("a.csv", format!("店铺编号,店铺名称,店铺体系\na,云山旗舰店,微信小店\n{gap}{second}\n{row}\n"));
            assert_eq!(ran.code, 1, "{second}: {}", ran.out);
            assert_eq!(lines(&ran, "a.csv:2:5: error[naming/").len(), 1, "{second}: {}", ran.out);
            assert!(!ran.out.contains("[record/"), "{second}: {}", ran.out);
        }
    }
    for (second, row) in [
        ("编号,标题,时间", "r,春茶专场,2026-12-01"),
        ("姓名,电话,地址", "王小明,1,云山路"),
        ("主播,封面,脚本", "小王,a.png,s.md"),
    ] {
        for gap in ["", "\n", ",,\n"] {
            let ran =
                checked("a.csv", format!("店铺编号,店铺名称,店铺体系\na,云山茶业,微信小店\n{gap}{second}\n{row}\n"));
            assert_eq!(ran.code, 2, "{second}: {}", ran.out);
            assert_eq!(lines(&ran, "two tables stand in one sheet").len(), 1, "{second}: {}", ran.out);
            assert!(!ran.out.contains("[record/"), "{second}: {}", ran.out);
        }
    }
    let below_rooms =
        checked("a.csv", "直播标题,开播时间,主播\n春茶专场,2026-12-01,小王\n\n店铺编号,状态,平台\na,营业中,微信小店\n");
    assert_eq!(
        lines(&below_rooms, "a.csv:4:1: error[problem] This row looks like the headings").len(),
        1,
        "{}",
        below_rooms.out
    );
    for row in ["b,品牌旗舰店,微信小店", "b,保证金,微信小店", "名称,云山茶业,微信小店"] {
        let ran = checked("a.csv", format!("店铺编号,店铺名称,店铺体系\na,云山茶业,微信小店\n{row}\n"));
        assert!(!ran.out.contains("two tables"), "{row}: {}", ran.out);
    }
    let repeated = checked(
        "a.csv",
        "店铺编号,店铺名称,店铺体系\na,云山茶业,微信小店\n店铺编号,店铺名称,店铺体系\nb,花山茶业,微信小店\n",
    );
    assert!(repeated.code < 2, "{}", repeated.out);
}

#[test]
fn rows_of_sums_are_no_shops() {
    for row in ["合计,,,5000", "1,小计,,5000", "本页小计,,,5000", "总计：,,,5000", "合计（2家）,,,5000", ",汇总,,5000"]
    {
        let ran = checked("a.csv", format!("店铺编号,店铺名称,店铺体系,已缴保证金\na,云山茶业,微信小店,5000\n{row}\n"));
        assert!(lines(&ran, "a.csv:3:").is_empty(), "{row}: {}", ran.out);
        let folder = crate::folder::Folder::new();
        folder.write("a.csv", format!("店铺编号,店铺名称,店铺体系,已缴保证金\na,云山茶业,微信小店,5000\n{row}\n"));
        let shown = folder.run(&["check", "a.csv", "--no-config", "--as-of", super::AS_OF, "--lang", "en"]).out;
        assert!(shown.contains("1 row of totals passed over"), "{row}: {shown}");
    }
}

#[test]
fn a_column_of_wrong_values_is_one_message() {
    let row =
        |number: usize| format!("s{number},云山茶业{number}号,微信小店,{}\n", ["很好", "不错", "一般"][number % 3]);
    let rows: String = (0..40).map(row).collect();
    let ran = checked("a.csv", format!("店铺编号,店铺名称,店铺体系,店铺评分\n{rows}"));
    assert_eq!(lines(&ran, "record/wrong-type").len(), 1, "{}", ran.out);
    let rows: String = (0..40).map(|number| format!("s{number},云山茶业{number}号,淘宝{number}\n")).collect();
    let ran = checked("a.csv", format!("店铺编号,店铺名称,店铺体系\n{rows}"));
    assert_eq!(lines(&ran, "record/unknown-value").len(), 1, "{}", ran.out);
}

#[test]
fn help_names_columns_where_it_names_fields() {
    let folder = crate::folder::Folder::new();
    folder.write("a.csv", "店铺编号,店铺名称,店铺体系,品牌,超级管理员\na,云山旗舰店,视频号小店,云山,\n");
    let check =
        |lang: &str| folder.run(&["check", "a.csv", "--no-config", "--as-of", super::AS_OF, "--lang", lang]).out;
    let all = format!("{}{}", check("zh"), check("en")).replace("\n              ", "");
    for path in ["brand.grant", "super_admin", "subject.licence"] {
        assert!(!all.contains(path), "{path}: {all}");
    }
    assert!(all.contains("超级管理员"), "{all}");
}

#[test]
fn a_merchants_own_table_is_read_at_first_sight() {
    let rows: String = (0..28)
        .map(|number| {
            format!(
                "{number},华东,云山茶业{number}号,{},有限责任公司(自然人独资),张三,13800138000,营业,5000,老店\n",
                ["微信小店", "视频号小店"][number % 2]
            )
        })
        .collect();
    let table =
        format!("序号,大区,店铺名称,店铺类型,主体类型,法人,手机号,状态,已缴保证金,备注\n{rows}合计,,,,,,,,140000,\n");
    let ran = checked("a.csv", table);
    assert!(!ran.out.contains("[record/"), "{}", ran.out);
}
