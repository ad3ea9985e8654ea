//! Workbooks as other programs write them.

use super::checked;
use crate::workbook::package::{MAIN, Package};

const HEADINGS: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>店铺名称</t></is></c><c r="B1" t="inlineStr"><is><t>店铺体系</t></is></c><c r="C1" t="inlineStr"><is><t>升级日期</t></is></c></row>"#;

/// A sheet with one shop that was upgraded on a day counted from 1904.
fn dated() -> Package {
    let rows = format!(
        r#"{HEADINGS}<row r="2"><c r="A2" t="inlineStr"><is><t>云山茶业</t></is></c><c r="B2" t="inlineStr"><is><t>微信小店</t></is></c><c r="C2" s="1"><v>44000</v></c></row>"#
    );
    let styles = format!(
        r#"<styleSheet {MAIN}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#
    );
    Package::of_rows(&rows).with("xl/styles.xml", styles)
}

/// The workbook's own part with these elements around its sheets.
fn book(before: &str, sheets: &str, after: &str) -> String {
    format!(
        r#"<workbook {MAIN} xmlns:x14="urn:other" xmlns:x="urn:third">{before}<sheets>{sheets}</sheets>{after}</workbook>"#
    )
}

const SHEET: &str = r#"<sheet name="店铺" sheetId="1" r:id="rId1"/>"#;

#[test]
fn elements_of_other_namespaces_say_nothing_of_ours() {
    let own = r#"<workbookPr date1904="1"/>"#;
    for extension in [
        r#"<extLst><ext uri="u"><x14:workbookPr defaultImageDpi="32767"/></ext></extLst>"#,
        r#"<extLst><ext uri="u"><x:sheet name="x" sheetId="9" r:id="rId9"/><workbookPr xmlns="urn:other" date1904="0"/></ext></extLst>"#,
    ] {
        let csv = dated().with("xl/workbook.xml", book(own, SHEET, extension)).csv().unwrap();
        assert!(csv.contains("2024-06-19"), "{csv}");
    }
    let prefixed = r#"<m:workbook xmlns:m="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns="urn:other"><m:workbookPr date1904="1"/><workbookPr date1904="0"/><m:sheets><m:sheet name="店铺" sheetId="1" r:id="rId1"/></m:sheets></m:workbook>"#;
    assert!(dated().with("xl/workbook.xml", prefixed).csv().unwrap().contains("2024-06-19"));
}

#[test]
fn parts_in_utf_16_are_read() {
    let sheet =
        String::from_utf8(dated().parts.iter().find(|(name, _)| name.ends_with("sheet1.xml")).unwrap().1.clone());
    let sheet = sheet.unwrap().replace("UTF-8", "UTF-16").replace("云山茶业", "云山🍵茶业");
    let little: Vec<u8> = format!("\u{feff}{sheet}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = sheet.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [little, big] {
        let package = dated().with("xl/worksheets/sheet1.xml", bytes);
        assert!(package.csv().unwrap().contains("云山🍵茶业"));
        let ran = checked("a.xlsx", package.bytes());
        assert_eq!(ran.code, 0, "{}", ran.out);
    }
}

#[test]
fn sheets_are_found_as_spreadsheet_programs_find_them() {
    let unnamed = book("", r#"<sheet name="店铺" sheetId="1"/>"#, "");
    assert!(dated().with("xl/workbook.xml", unnamed).csv().unwrap().contains("云山茶业"));
    let lost = book("", r#"<sheet name="店铺" sheetId="1" r:id="rId1"/><sheet name="别处" sheetId="7"/>"#, "");
    let ran = checked("a.xlsx", dated().with("xl/workbook.xml", lost).bytes());
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(ran.out.contains("别处") && ran.out.contains("without saying where its cells are"), "{}", ran.out);
}
