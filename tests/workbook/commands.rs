//! Whole commands on workbooks: checked, mended, reported.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use rust_xlsxwriter::{Format, Formula, Workbook};
use tempfile::TempDir;

use super::package::{Package, csv, open, parts};

/// A list of shops below a title, beside a sheet of notes; one name is the result of a formula.
fn shops() -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("说明").unwrap().write(0, 0, "请勿修改").unwrap();
    let sheet = book.add_worksheet().set_name("店铺 2026").unwrap();
    sheet.merge_range(0, 0, 0, 3, "店铺清单", &Format::new().set_bold()).unwrap();
    for (column, head) in ["店铺编号", "店铺名称", "店铺体系", "统一社会信用代码"].into_iter().enumerate()
    {
        sheet.write(2, column as u16, head).unwrap();
    }
    let names = ["云山旗舰店", "云海茶业", "=云溪旗舰店"];
    for (row, name) in (3..).zip(names) {
        sheet.write(row, 0, format!("shop-{row}")).unwrap();
        sheet.write(row, 2, "微信小店").unwrap();
        match name.strip_prefix('=') {
            Some(result) => sheet.write(row, 1, Formula::new("=\"云溪\"&\"旗舰店\"").set_result(result)).unwrap(),
            None => sheet.write_with_format(row, 1, name, &Format::new().set_bold()).unwrap(),
        };
    }
    sheet.write(4, 3, 914_403_001_234_567_890_f64).unwrap();
    book.save_to_buffer().unwrap()
}

struct Ran {
    code: i32,
    out: String,
}

fn run(folder: &Path, args: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dianjian"));
    command.current_dir(folder).args(args).stdin(Stdio::null());
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "COLUMNS", "NO_COLOR", "TERM"] {
        command.env_remove(name);
    }
    let output = command.env("DIANJIAN_CACHE_DIR", folder.join(".cache")).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    Ran { code: output.status.code().unwrap(), out: String::from_utf8(text).unwrap() }
}

fn folder(files: &[(&str, Vec<u8>)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, bytes)| fs::write(folder.path().join(name), bytes).unwrap());
    folder
}

const NAMING: [&str; 4] = ["check", ".", "--only", "naming/store-type-words"];

#[test]
fn names_are_mended_in_their_cells_alone() {
    let before = shops();
    let folder = folder(&[("shops.xlsx", before.clone()), ("~$shops.xlsx", b"open elsewhere".to_vec())]);
    let shown = run(folder.path(), &[&NAMING[..], &["--fix=unsafe", "--diff", "--lang", "zh"]].concat());
    assert!(shown.out.contains("shops.xlsx · '店铺 2026'!B4\n@@ -1 +1 @@\n-云山旗舰店\n+云山\n"), "{}", shown.out);
    assert!(fs::read(folder.path().join("shops.xlsx")).unwrap() == before);
    let fixed = run(folder.path(), &[&NAMING[..], &["--fix=unsafe", "--lang", "en"]].concat());
    // The name that a formula makes is left to people.
    assert_eq!(fixed.code, 1, "{}", fixed.out);
    assert!(fixed.out.contains("fixed 1 finding in 1 file"), "{}", fixed.out);
    let after = fs::read(folder.path().join("shops.xlsx")).unwrap();
    let text = csv(&mut open(after.clone()).unwrap(), 1).unwrap().0;
    assert!(
        text.contains("shop-3,云山,微信小店\nshop-4,云海茶业,微信小店,9.14403E+17\nshop-5,云溪旗舰店,微信小店\n"),
        "{text}"
    );
    for (old, new) in parts(&before).iter().zip(parts(&after)) {
        assert!(old.2 == new.2 || old.0 == "xl/worksheets/sheet2.xml", "{}", old.0);
    }
}

#[test]
fn findings_are_reported_in_a_workbook_with_the_cells_marked() {
    for (lang, names) in
        [("zh", ["概要", "发现", "店铺 2026", "other"]), ("en", ["Summary", "Findings", "店铺 2026", "other"])]
    {
        let table = "店铺名称,店铺体系\n云山旗舰店,微信小店\n";
        let yaml = "kind: Shop\nid: a\nsystem: weixin-store\nname: =云山专卖店\n";
        let folder = folder(&[
            ("shops.xlsx", shops()),
            ("other.csv", table.as_bytes().to_vec()),
            ("shop.yaml", yaml.as_bytes().to_vec()),
        ]);
        let ran = run(folder.path(), &[&NAMING[..], &["-o", "xlsx=out/report.xlsx", "--lang", lang]].concat());
        assert_eq!(ran.code, 1, "{}", ran.out);
        let report = fs::read(folder.path().join("out/report.xlsx")).unwrap();
        let mut book = open(report.clone()).unwrap();
        let sheets: Vec<String> = book.sheets().iter().map(|sheet| sheet.name.clone()).collect();
        assert_eq!(sheets.len(), 4, "{sheets:?}");
        assert!(names.iter().all(|name| sheets.iter().any(|sheet| sheet == name)), "{sheets:?}");
        let findings = csv(&mut book, 1).unwrap().0;
        assert_eq!(findings.lines().count(), 5, "{findings}");
        assert!(findings.contains("shops.xlsx,'店铺 2026'!B4,Shop shop-3"), "{findings}");
        let number = |name: &str| sheets.iter().position(|sheet| sheet == name).unwrap();
        let copy = csv(&mut book, number("店铺 2026")).unwrap().0;
        assert_eq!(copy, csv(&mut open(shops()).unwrap(), 1).unwrap().0);
        assert_eq!(csv(&mut book, number("other")).unwrap().0, table);
        let part = |wanted: &str| {
            let found = parts(&report).into_iter().find(|part| part.0 == wanted).unwrap();
            String::from_utf8(found.3).unwrap()
        };
        assert!(part("xl/worksheets/sheet2.xml").contains("location=\"'店铺 2026'!B4\""));
        // No text of a file becomes a formula.
        assert!(!part("xl/worksheets/sheet2.xml").contains("<f>"));
        assert!(part("xl/comments1.xml").contains("旗舰店"));
        // The same run gives the same bytes; the report that lies there by now is no file of shops.
        run(folder.path(), &[&NAMING[..], &["-o", "xlsx=again.xlsx", "--lang", lang]].concat());
        assert!(fs::read(folder.path().join("again.xlsx")).unwrap() == report);
    }
}

#[test]
fn a_workbook_as_text_on_the_terminal_is_refused() {
    let folder = folder(&[]);
    for args in [["check", "-o", "xlsx"], ["check", "--format", "xlsx"]] {
        assert_eq!(run(folder.path(), &args).code, 2);
    }
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_checked() {
    let ole = [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..], &[0; 600]].concat();
    let head = r#"<row r="1"><c r="A1" t="str"><v>店铺名称</v></c><c r="B1" t="str"><v>店铺体系</v></c></row>"#;
    let name = r#"<c r="A2" t="str"><v>云山旗舰店</v></c><c r="B2" t="str"><v>微信小店</v></c>"#;
    let good = format!("<sheetData>{head}<row r=\"2\">{name}</row></sheetData>");
    let bad = format!("<sheetData>{head}<row r=\"2\"><c r=\"A2\" t=\"s\"><v>7</v></c></row></sheetData>");
    let uncomputed = format!("<sheetData>{head}<row r=\"2\"><c r=\"A2\"><f>B2</f></c></row></sheetData>");
    let book = Package::new(&[("坏", &bad), ("好", &good), ("算", &uncomputed)]);
    let folder =
        folder(&[("old.xls", ole), ("mixed.xlsx", book.bytes()), ("notes.xlsx", Package::of_rows(head).bytes())]);
    let ran = run(folder.path(), &[&NAMING[..], &["--format", "short", "--lang", "zh"]].concat());
    assert_eq!(ran.code, 2);
    for line in [
        "mixed.xlsx · 坏!A2: error[problem] 工作簿已损坏",
        "mixed.xlsx · 算!A2: error[problem] 1 个单元格的公式没有保存结果",
        "old.xls: error[problem] 这是旧版 Excel 的 .xls 工作簿",
        "[naming/store-type-words]",
    ] {
        assert!(ran.out.contains(line), "{line}\n{}", ran.out);
    }
}

#[test]
fn sheets_that_nobody_knows_are_told_only_where_there_is_no_other() {
    let notes = Package::of_rows(
        r#"<row r="1"><c r="A1" t="str"><v>随便写写</v></c><c r="B1" t="str"><v>没有表头</v></c></row>"#,
    );
    let folder = folder(&[("notes.xlsx", notes.bytes()), ("shops.xlsx", shops())]);
    let told = run(folder.path(), &["check", "notes.xlsx", "--format", "short", "--lang", "zh"]);
    assert_eq!((told.code, told.out.matches("error[problem]").count()), (2, 1), "{}", told.out);
    let quiet = run(folder.path(), &["check", "shops.xlsx", "--only", "naming/*", "--format", "short"]);
    assert_eq!(quiet.out.matches("error[problem]").count(), 0, "{}", quiet.out);
}
