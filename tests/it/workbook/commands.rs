//! Whole commands on workbooks: checked, mended, reported.

use std::fs;
use std::process::Stdio;

use rust_xlsxwriter::{Format, Formula, Workbook};

use super::package::{Package, csv, open, parts};
use crate::folder::{Folder, Ran};

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

/// Runs the command; what it printed stands together.
fn run(folder: &Folder, args: &[&str]) -> Ran {
    let mut ran = folder.run(args);
    ran.out.push_str(&ran.err);
    ran
}

/// A folder with these files.
fn with(files: &[(&str, Vec<u8>)]) -> Folder {
    let folder = Folder::new();
    files.iter().for_each(|(name, bytes)| folder.write(name, bytes));
    folder
}

const NAMING: [&str; 4] = ["check", ".", "--only", "naming/store-type-words"];

#[test]
fn names_are_mended_in_their_cells_alone() {
    let before = shops();
    let folder = with(&[("shops.xlsx", before.clone()), ("~$shops.xlsx", b"open elsewhere".to_vec())]);
    let shown = run(&folder, &[&NAMING[..], &["--fix=unsafe", "--diff", "--lang", "zh"]].concat());
    assert!(shown.out.contains("shops.xlsx · '店铺 2026'!B4\n@@ -1 +1 @@\n-云山旗舰店\n+云山\n"), "{}", shown.out);
    assert!(fs::read(folder.path("shops.xlsx")).unwrap() == before);
    let fixed = run(&folder, &[&NAMING[..], &["--fix=unsafe", "--lang", "en"]].concat());
    // The name that a formula makes is left to people, and a code that lost its digits is a gap.
    assert_eq!(fixed.code, 2, "{}", fixed.out);
    assert!(fixed.out.contains("fixed 1 finding in 1 file"), "{}", fixed.out);
    assert!(fixed.out.contains("Ctrl+Alt+F9"), "{}", fixed.out);
    let after = fs::read(folder.path("shops.xlsx")).unwrap();
    let text = csv(&mut open(after.clone()).unwrap(), 1).unwrap().0;
    assert!(
        text.contains("shop-3,云山,微信小店,\nshop-4,云海茶业,微信小店,9.14403E+17\nshop-5,云溪旗舰店,微信小店,\n"),
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
        let folder = with(&[
            ("shops.xlsx", shops()),
            ("other.csv", table.as_bytes().to_vec()),
            ("shop.yaml", yaml.as_bytes().to_vec()),
        ]);
        let ran = run(&folder, &[&NAMING[..], &["-o", "xlsx=out/report.xlsx", "--lang", lang]].concat());
        assert_eq!(ran.code, 2, "{}", ran.out);
        let report = fs::read(folder.path("out/report.xlsx")).unwrap();
        let mut book = open(report.clone()).unwrap();
        let sheets: Vec<String> = book.sheets().iter().map(|sheet| sheet.name.clone()).collect();
        assert_eq!(sheets.len(), 4, "{sheets:?}");
        assert!(names.iter().all(|name| sheets.iter().any(|sheet| sheet == name)), "{sheets:?}");
        let findings = csv(&mut book, 1).unwrap().0;
        assert_eq!(findings.lines().count(), 6, "{findings}");
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
        run(&folder, &[&NAMING[..], &["-o", "xlsx=again.xlsx", "--lang", lang]].concat());
        let again = fs::read(folder.path("again.xlsx")).unwrap();
        fs::remove_file(folder.path("out/report.xlsx")).unwrap();
        run(&folder, &[&NAMING[..], &["-o", "xlsx=out/report.xlsx", "--lang", lang]].concat());
        assert!(fs::read(folder.path("out/report.xlsx")).unwrap() == again);
    }
}

#[test]
fn a_workbook_as_text_on_the_terminal_is_refused() {
    let folder = with(&[]);
    for args in [["check", "-o", "xlsx"], ["check", "--format", "xlsx"]] {
        assert_eq!(run(&folder, &args).code, 2);
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
        with(&[("old.xls", ole), ("mixed.xlsx", book.bytes()), ("notes.xlsx", Package::of_rows(head).bytes())]);
    let ran = run(&folder, &[&NAMING[..], &["--format", "short", "--lang", "zh"]].concat());
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
    let folder = with(&[("notes.xlsx", notes.bytes()), ("shops.xlsx", shops())]);
    let told = run(&folder, &["check", "notes.xlsx", "--format", "short", "--lang", "zh"]);
    assert_eq!((told.code, told.out.matches("error[problem]").count()), (2, 1), "{}", told.out);
    let quiet = run(&folder, &["check", "shops.xlsx", "--only", "naming/*", "--format", "short"]);
    assert_eq!(quiet.out.matches("error[problem]").count(), 0, "{}", quiet.out);
}

/// A list without formulas: the second row ends before the last column.
fn short_rows() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("店铺").unwrap();
    for (row, cells) in [
        &["店铺编号", "店铺名称", "店铺体系", "视频号", "品牌标识"][..],
        &["a", "云山旗舰店"],
        &["b", "雾里", "微信小店", "茶一；茶二；茶一", "品牌自营"],
    ]
    .iter()
    .enumerate()
    {
        sheet.write_row(row as u32, 0, cells.iter().copied()).unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_has_cells_and_no_lines() {
    let uncomputed = r#"<row r="1"><c r="A1" t="str"><v>店铺名称</v></c><c r="B1" t="str"><v>店铺体系</v></c></row><row r="2"><c r="A2"><f>B2</f></c></row>"#;
    let folder = with(&[("shops.xlsx", shops()), ("sum.xlsx", Package::of_rows(uncomputed).bytes())]);
    let check = |format: &str| run(&folder, &[&NAMING[..], &["--lang", "en", "--format", format]].concat()).out;
    let sarif: serde_json::Value = serde_json::from_str(&check("sarif")).unwrap();
    let run = &sarif["runs"][0];
    let told = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    let is_of_sum =
        |told: &&serde_json::Value| told["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "sum.xlsx";
    let (found, told) = (&run["results"][0], told.iter().find(is_of_sum).unwrap());
    let physical = &found["locations"][0]["physicalLocation"];
    assert_eq!(*physical, serde_json::json!({"artifactLocation": {"uri": "shops.xlsx"}}));
    let logical = &found["locations"][0]["logicalLocations"];
    assert_eq!(logical[0], serde_json::json!({"name": "B4", "fullyQualifiedName": "'店铺 2026'!B4", "kind": "cell"}));
    assert_eq!(logical[1]["fullyQualifiedName"], "Shop/shop-3/name");
    assert!(found["message"]["text"].as_str().unwrap().starts_with("'店铺 2026'!B4: “旗舰店”"));
    assert!(found["fixes"].is_null());
    let cells = serde_json::json!([{"cell": "'店铺 2026'!B4", "file": "shops.xlsx", "text": "云山"}]);
    assert_eq!(found["properties"]["cellFixes"][0]["cells"], cells);
    assert_eq!(told["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], "店铺!A2");

    let json: serde_json::Value = serde_json::from_str(&check("json")).unwrap();
    let (found, told) = (&json["findings"][0], &json["problems"][0]);
    assert!(found["location"]["start"].is_null() && found["location"]["end"].is_null());
    assert_eq!(found["location"]["cell"]["name"], "B4");
    let edit = &found["fixes"][0]["edits"][0];
    assert!(edit["start"].is_null() && edit["cell"]["name"] == "B4" && edit["text"] == "云山", "{edit}");
    assert_eq!((told["file"].as_str(), told["sheet"].as_str()), (Some("sum.xlsx"), Some("店铺!A2")));

    let gitlab: serde_json::Value = serde_json::from_str(&check("gitlab")).unwrap();
    assert_eq!(gitlab[0]["location"], serde_json::json!({"path": "shops.xlsx", "lines": {"begin": 4, "end": 4}}));
    assert!(gitlab[0]["description"].as_str().unwrap().starts_with("'店铺 2026'!B4: "));
    assert!(gitlab.as_array().unwrap().iter().any(|issue| issue["location"]["path"] == "sum.xlsx"), "{gitlab}");
    let github = check("github");
    assert!(github.contains("::error file=shops.xlsx,title="), "{github}");
    assert!(github.contains("::'店铺 2026'!B4: “旗舰店”") && github.contains("::店铺!A2: "), "{github}");
    for (format, place, told) in [
        ("junit", "name=\"'店铺 2026'!B4 name\"", "sum.xlsx · 店铺!A2"),
        ("markdown", "| '店铺 2026'!B4 |", "sum.xlsx · 店铺\\!A2"),
    ] {
        let shown = check(format);
        assert!(shown.contains(place) && shown.contains(told), "{shown}");
    }
}

#[test]
fn cells_that_a_row_does_not_reach_are_filled() {
    let folder = with(&[("shops.xlsx", short_rows())]);
    let mark = "{set: brand.mark, to: authorised, applicability: safe}";
    folder.write_rule("mark", "{at: brand.mark, exists: true}", mark);
    let twice = "{remove: entry, applicability: safe}";
    folder.write_rule("twice", "{at: accounts.channels, unique: true}", twice);
    let args = ["check", "shops.xlsx", "--rules", "house", "--only", "house/*", "--lang", "en"];
    let shown = run(&folder, &[&args[..], &["--fix", "--diff"]].concat());
    assert!(shown.out.contains("+++ b/shops.xlsx · 店铺!E2\n@@ -1 +1 @@\n-\n+品牌授权\n"), "{}", shown.out);
    let fixed = run(&folder, &[&args[..], &["--fix"]].concat());
    // The system of the first shop is not said.
    assert_eq!(fixed.code, 2, "{}", fixed.out);
    assert!(!fixed.out.contains("Ctrl+Alt+F9"), "{}", fixed.out);
    let after = fs::read(folder.path("shops.xlsx")).unwrap();
    let text = csv(&mut open(after).unwrap(), 0).unwrap().0;
    assert!(text.contains("\na,云山旗舰店,,,品牌授权\nb,雾里,微信小店,茶一；茶二,品牌自营\n"), "{text}");
}

#[test]
fn a_workbook_is_known_by_its_content_and_an_empty_one_is_told() {
    let empty = Workbook::new().save_to_buffer().unwrap();
    let folder = with(&[("shops.csv", shops()), ("empty.xlsx", empty)]);
    let shown = run(&folder, &["check", "shops.csv", "--only", "naming/*", "--format", "short", "--lang", "en"]);
    assert!(shown.out.contains("shops.csv · '店铺 2026'!B4: error[naming/store-type-words]"), "{}", shown.out);
    let shown = run(&folder, &["check", "empty.xlsx", "--format", "short", "--lang", "en"]);
    let (findings, looked_at) = (
        "empty.xlsx: error[problem] all sheets of the workbook are empty\n1 problem\n",
        "0 files · 0 records · 1 file not readable: --list-files\n",
    );
    assert_eq!((shown.code, shown.out), (2, [findings, looked_at].concat()));
}

#[test]
fn a_fix_that_is_killed_leaves_the_old_workbook_or_the_new_one() {
    let (before, args) = (shops(), [&NAMING[..], &["--fix=unsafe"]].concat());
    let folder = with(&[("shops.xlsx", before.clone())]);
    let path = folder.path("shops.xlsx");
    let begun = std::time::Instant::now();
    run(&folder, &args);
    let (whole, after) = (begun.elapsed(), fs::read(&path).unwrap());
    assert_ne!(after, before);
    for time in 0..10 {
        fs::write(&path, &before).unwrap();
        let mut child = folder.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole * time / 8);
        child.kill().unwrap();
        child.wait().unwrap();
        let now = fs::read(&path).unwrap();
        assert!(now == before || now == after, "{time}");
        run(&folder, &args);
        assert_eq!(fs::read(&path).unwrap(), after, "{time}");
    }
}
