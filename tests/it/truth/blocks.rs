//! Tables as people keep them: several in one sheet, templates that are not filled in, a line break that is missing.

use crate::folder::{Folder, Ran};

const FLAGS: [&str; 7] = ["--no-config", "--as-of", "2026-11-29", "--lang", "en", "--format", "short"];

fn check(folder: &Folder, args: &[&str]) -> Ran {
    folder.run(&[&["check"], &FLAGS[..], args].concat())
}

fn checked(name: &str, text: &str) -> Ran {
    check(&Folder::with(&[(name, text)]), &[name])
}

/// A shop with a name that no weixin store may have.
const SHOPS: &str = "店铺编号,店铺名称,店铺体系\ns1,云山旗舰店,微信小店\n";

/// Tables of other records, each with a mistake in its row.
const BELOW: [(&str, &str); 4] = [
    (
        "统一社会信用代码,企业名称,类型,法定代表人,成立日期\n91440300MA5F0XYZ1X,云山公司,有限责任公司,张三,2019-01-01\n",
        "licence/own-code",
    ),
    ("商品编号,商品标题,售价,所属店铺\np1,茶,9.9,s1\n", "product/title-length"),
    ("店铺编号,店铺名称,店铺体系,主体类型\ns2,月山专营店,微信小店,企业\n", "“专营店”"),
    ("直播标题,开播时间,所属店铺\n加微信 yunshan888 领券,2026-12-01,s1\n", "live/"),
];

#[test]
fn tables_one_below_another_are_all_read() {
    for (below, finding) in BELOW {
        for gap in ["\n", ",,\n", "\n资质信息,,\n"] {
            for (first, second) in [(SHOPS, below), (below, SHOPS)] {
                let ran = checked("sheet.csv", &format!("{first}{gap}{second}"));
                assert!(ran.out.contains("“旗舰店”") && ran.out.contains(finding), "{first}{gap}{second}: {}", ran.out);
                assert!(!ran.out.contains("[problem]"), "{first}{gap}{second}: {}", ran.out);
            }
        }
    }
}

#[test]
fn three_tables_with_titles_have_the_same_findings_in_shards_and_are_fixed() {
    let text = format!("清单,,\n{SHOPS},,\n执照,,\n{}\n{}", BELOW[0].0, BELOW[2].0);
    let folder = Folder::with(&[("sheet.csv", &text)]);
    let whole = check(&folder, &["sheet.csv"]);
    for (number, place) in [(1, "sheet.csv:3:6: error[naming/"), (2, "sheet.csv:7:1: error[licence/")] {
        assert!(whole.out.contains(place), "{number}: {}", whole.out);
    }
    for shard in 1..=2 {
        let (of, partial) = (format!("{shard}/2"), format!("{shard}.partial"));
        let args =
            ["check", "--no-config", "--as-of", "2026-11-29", "--shard", &of, "--partial", &partial, "sheet.csv"];
        assert_eq!(folder.run(&args).code, 0);
    }
    let merge = ["merge", "1.partial", "2.partial", "--no-config", "--lang", "en", "--format", "short"];
    assert_eq!(folder.run(&merge).out, whole.out);
    let fixed = check(&folder, &["--fix=unsafe", "sheet.csv"]);
    assert!(!fixed.out.contains("[naming/store-type-words]"), "{}{}", fixed.out, fixed.err);
}

#[test]
fn one_table_is_not_cut_into_several() {
    for text in [
        // Headings on every page.
        format!("{SHOPS}店铺编号,店铺名称,店铺体系\ns2,月山茶业,微信小店\n"),
        // Names and values above a table.
        "店铺名称,云山茶业,店铺体系,微信小店\n负责人,王小明,电话,1\n\n商品编号,商品标题,售价\np1,云山明前绿茶礼盒装,9.9\n".to_owned(),
        // Groups of headings above them.
        "店铺,店铺,主体,主体\n店铺编号,店铺名称,店铺体系,主体类型\ns1,云山茶业,微信小店,企业\n".to_owned(),
    ] {
        let ran = checked("sheet.csv", &text);
        assert!(!ran.out.contains("record/"), "{text}: {}", ran.out);
    }
}

#[test]
fn a_template_that_is_not_filled_in_is_a_problem() {
    for lang in ["zh", "en"] {
        for name in ["shops.xlsx", "product.csv", "liveroom.csv", "brand.xlsx", "licence.csv"] {
            let folder = Folder::new();
            assert_eq!(folder.run(&["template", name, "--lang", lang]).code, 0);
            let ran = check(&folder, &[name]);
            assert_eq!(ran.code, 2, "{name}: {}", ran.out);
            assert!(ran.out.contains("what the template gives as an example"), "{name}: {}", ran.out);
        }
    }
}

#[test]
fn headings_that_run_into_the_first_row_are_a_problem() {
    for text in [
        "店铺编号,店铺名称,店铺体系 s1,云山旗舰店,微信小店\ns2,月山茶业,微信小店\n",
        "店铺编号,店铺名称,店铺体系s1,云山旗舰店,微信小店\ns2,月山茶业,微信小店\n",
        "店铺编号;店铺名称;店铺体系 s1;云山旗舰店;微信小店 s2;月山;微信小店\n",
        "商品编号\t商品标题\t售价 p1\t云山明前绿茶\t9.9\n",
    ] {
        let ran = checked("run.csv", text);
        assert_eq!(ran.code, 2, "{text}: {}", ran.out);
        assert!(ran.out.contains("run into the first row"), "{text}: {}", ran.out);
    }
    for text in [
        "店铺编号,店铺名称全称,备注\ns1,云山茶业,x\n",
        "店铺编号,店铺名称,店铺体系,备注,店长\ns1,云山茶业,微信小店,x,y\n",
        "店铺名称,店铺体系（必填）,备注\n云山茶业,微信小店,x\n",
    ] {
        let ran = checked("run.csv", text);
        assert!(!ran.out.contains("run into"), "{text}: {}", ran.out);
    }
}

#[test]
fn dates_that_cannot_be_read_have_hints_of_their_own() {
    let rows = ["45000", "2026/13/01", "46000", "2026-02-30"].map(|date| format!("s,云山茶业,微信小店,{date}\n"));
    let ran = checked("dates.csv", &format!("店铺编号,店铺名称,店铺体系,执照有效期\n{}", rows.concat()));
    for hint in ["2023-03-15, which is what 45000 stands for", "there is no month 13", "month 2 of 2026 has no day 30"]
    {
        assert_eq!(ran.out.matches(hint).count(), 1, "{hint}: {}", ran.out);
    }
    let shop = "kind: Shop\nid: a\nsystem: weixin-store\nname: 云山茶业\nbrand: {name: 云山, valid_until: 20270101}\n";
    assert!(checked("date.yaml", shop).out.contains("expected the date 2027-01-01"));
}

#[test]
fn a_value_that_another_program_has_is_not_called_missing() {
    for text in [
        "kind: Shop\nid: a\nsystem: weixin-store\nname: !secret shop_name\n",
        "kind: Shop\nid: a\nsystem: !env SYSTEM\nname: 云山茶业\n",
    ] {
        let ran = checked("a.yaml", text);
        assert_eq!(ran.code, 2, "{}", ran.out);
        assert!(!ran.out.contains("missing"), "{}", ran.out);
    }
}

#[test]
fn a_flag_that_may_be_repeated_leaves_the_paths_after_it_alone() {
    let folder = Folder::with(&[("s/a.csv", SHOPS), ("t/b.csv", SHOPS), ("u/c.csv", SHOPS)]);
    let named = |args: &[&str]| {
        let ran = check(&folder, &[&["--only", "naming/store-type-words"], args].concat());
        ["s/a.csv:2:6", "t/b.csv:2:6", "u/c.csv:2:6"].map(|place| ran.out.contains(place))
    };
    assert_eq!(named(&["--report-only", "s/a.csv", "s", "t"]), [true, false, false]);
    assert_eq!(named(&["--report-only", "s", "--report-only", "t", "."]), [true, true, false]);
}

#[test]
fn the_short_format_says_what_was_not_checked() {
    let folder =
        Folder::with(&[("a.csv", "店铺编号,店铺名称,店铺体系\na,云山茶业,微信小店\n"), ("b.csv", "姓名,工号\n张,1\n")]);
    let ran = check(&folder, &["."]);
    assert!(ran.out.contains("1 record (Shop) without “subject type”"), "{}", ran.out);
    assert!(ran.out.contains("1 file passed over"), "{}", ran.out);
}

#[test]
fn names_and_values_above_a_table_are_not_passed_over() {
    let goods = "商品ID,商品标题,商品体系,售价\n1,明前龙井茶250克,微信小店,10\n";
    for above in [
        "店铺名称：云山旗舰店,,,\n平台：微信小店,,,\n",
        "店铺名称,云山旗舰店,,\n平台,微信小店,,\n",
        "店铺名称：,云山旗舰店,平台：,微信小店\n",
        "商品清单,,,\n,,,\n店铺名称:云山旗舰店,,,\n",
        "统一社会信用代码,91110108551385082Q,,\n",
    ] {
        let ran = checked("t.csv", &format!("{above}{goods}"));
        assert_eq!(ran.code, 2, "{above}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains("above the headings was not read"), "{above}: {}", ran.out);
    }
    for above in
        ["商品清单,,,\n", "导出时间：2026-11-01,,,\n", "制表人：,小云,,\n", "单位：元,,,\n", "共 1 件商品,,,\n"]
    {
        let ran = checked("t.csv", &format!("{above}{goods}"));
        assert_ne!(ran.code, 2, "{above}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn a_table_that_stands_upright_is_a_problem() {
    for table in [
        "字段,店1\n店铺编号,1\n店铺名称,云山旗舰店\n店铺体系,微信小店\n",
        "店铺名称,云山旗舰店,云河旗舰店\n店铺体系,微信小店,微信小店\n主体类型,企业,企业\n",
        "店铺名称：,云山旗舰店\n平台：,微信小店\n已缴保证金：,5000\n",
        "商品ID,1,2,3\n商品标题,茶,酒,米\n售价,1,2,3\n",
    ] {
        let ran = check(&Folder::with(&[("ok.csv", SHOPS), ("t.csv", table)]), &["."]);
        assert_eq!(ran.code, 2, "{table}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains("transpose it"), "{table}: {}", ran.out);
    }
    // One record in a table with few columns is a table all the same.
    for table in ["店铺名称,平台\n云山旗舰店,微信小店\n", "商品标题,售价\n平台,3\n品牌,4\n"] {
        let ran = checked("t.csv", table);
        assert!(!ran.out.contains("transpose it"), "{table}: {}", ran.out);
    }
}

#[test]
fn a_sheet_that_is_called_goods_is_not_passed_over() {
    let checked = |name: &str, headings: [&str; 3]| {
        let mut book = rust_xlsxwriter::Workbook::new();
        let shops = book.add_worksheet().set_name("店铺").unwrap();
        shops.write_row(0, 0, ["店铺编号", "店铺名称", "店铺体系"]).unwrap();
        shops.write_row(1, 0, ["a", "云山茶业", "微信小店"]).unwrap();
        let other = book.add_worksheet().set_name(name).unwrap();
        other.write_row(0, 0, headings).unwrap();
        other.write_row(1, 0, ["茶", "1", "2"]).unwrap();
        let folder = Folder::new();
        folder.write("t.xlsx", book.save_to_buffer().unwrap());
        check(&folder, &["."]).code
    };
    assert_eq!(checked("商品", ["品名", "零售价", "库存"]), 2);
    assert_eq!(checked("商品", ["说明", "见附件", "无"]), 0);
    assert_eq!(checked("员工", ["姓名", "部门", "工号"]), 0);
}

#[test]
fn headings_below_many_rows_of_other_things_are_a_problem() {
    let above: String = (0..35).map(|line| format!("填表说明第 {line} 条,,\n")).collect();
    let ran = check(&Folder::with(&[("ok.csv", SHOPS), ("t.csv", &format!("{above}{SHOPS}"))]), &["."]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("t.csv:36:1") && ran.out.contains("looks like one"), "{}", ran.out);
    let staff: String = (0..60).map(|line| format!("张{line},运营,{line}\n")).collect();
    let ran = check(&Folder::with(&[("ok.csv", SHOPS), ("t.csv", &format!("姓名,部门,工号\n{staff}"))]), &["."]);
    assert_ne!(ran.code, 2, "{}{}", ran.out, ran.err);
}

#[test]
fn sheets_of_one_workbook_list_the_same_shops() {
    let code = "91110108551385082Q";
    let counted = |sheets: &[std::ops::Range<usize>]| {
        let mut book = rust_xlsxwriter::Workbook::new();
        for (number, shops) in sheets.iter().enumerate() {
            let sheet = book.add_worksheet().set_name(format!("{} 月", number + 1)).unwrap();
            sheet.write_row(0, 0, ["店铺名称", "店铺体系", "主体类型", "统一社会信用代码", "成交额"]).unwrap();
            for (row, shop) in (1..).zip(shops.clone()) {
                let name = format!("云山{shop}号店");
                let sales = format!("{}", shop * 10 + number);
                sheet.write_row(row, 0, [&name, "微信小店", "企业", code, &sales]).unwrap();
            }
        }
        let folder = Folder::new();
        folder.write("t.xlsx", book.save_to_buffer().unwrap());
        check(&folder, &["t.xlsx", "--only", "limits/weixin-stores"]).out.contains("limits/weixin-stores")
    };
    assert!(!counted(&[0..20, 0..20]), "one list twice");
    assert!(counted(&[0..20, 15..31]), "31 shops in two lists");
}

#[test]
fn a_word_in_a_column_of_words_is_told_by_words() {
    let ran = checked("t.csv", "商品ID,商品标题,商品体系,商品状态\n1,明前龙井茶250克,微信小店,待补货哦\n");
    assert!(ran.code == 2 && ran.out.contains("one of ") && ran.out.contains("上架"), "{}", ran.out);
    let table = "店铺编号,店铺名称,店铺体系,优选联盟\n1,云山,微信小店,大概\n";
    let ran = check(&Folder::with(&[("t.csv", table)]), &["t.csv", "--lang", "zh"]);
    assert!(ran.code == 2 && !ran.out.contains("true"), "{}", ran.out);
}

#[test]
fn the_list_of_files_has_all_files_of_the_folder() {
    let room = "kind: LiveRoom\nid: r\ntitle: 春茶专场\nscript: talk.md\ncover: cover.png\n";
    let gaps = "kind: Shop\nid: a\nsystem: no-such-system\nname: 云山茶业\n";
    let files =
        [("room.yaml", room), ("talk.md", "大家好\n"), ("shop.yaml", gaps), ("other.docx", "x"), ("cover.png", "x")];
    let folder = Folder::with(&files);
    let ran = folder.run(&["check", ".", "--no-config", "--as-of", "2026-11-29", "--lang", "en", "--list-files"]);
    let line = |name: &str| ran.out.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned();
    assert_eq!(line("room.yaml"), "checked  room.yaml", "{}", ran.out);
    assert_eq!(line("shop.yaml"), "checked  shop.yaml  1 place in it not understood", "{}", ran.out);
    assert_eq!(line("talk.md"), "checked  talk.md  a record names it", "{}", ran.out);
    assert_eq!(line("cover.png"), "not understood  cover.png  a record names it", "{}", ran.out);
    assert!(line("other.docx").starts_with("nothing to check  other.docx  no record names it"), "{}", ran.out);
}
