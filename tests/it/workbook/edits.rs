//! Changed cells, and all the bytes that do not change.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use dianjian_xlsx::{CellRef, WorkbookErrorKind};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Note, Workbook};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::package::{Package, csv, edited, open, parts};

/// A workbook with a bit of everything.
fn book() -> Vec<u8> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold().set_background_color("#FFEECC");
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = book.add_worksheet().set_name("店铺").unwrap();
    sheet.set_column_width(0, 40).unwrap();
    for (column, head) in ["名称", "保证金", "授权到期", "加入联盟", "合计"].into_iter().enumerate() {
        sheet.write_with_format(0, column as u16, head, &bold).unwrap();
    }
    for row in 1..30 {
        sheet.write_with_format(row, 0, format!("云山旗舰店{row}"), &bold).unwrap();
        sheet.write(row, 1, 5000 + row).unwrap();
        sheet.write_with_format(row, 2, ExcelDateTime::from_ymd(2026, 3, row as u8 % 28 + 1).unwrap(), &day).unwrap();
        sheet.write(row, 3, row % 2 == 0).unwrap();
        sheet.write(row, 4, Formula::new(format!("=B{0}*2", row + 1)).set_result("1")).unwrap();
    }
    sheet.insert_note(1, 0, &Note::new("注")).unwrap();
    sheet.autofilter(0, 0, 29, 4).unwrap();
    book.add_worksheet().set_name("说明").unwrap().write(0, 0, "其他").unwrap();
    book.save_to_buffer().unwrap()
}

/// All parts but these are byte for byte as they were, packed and in the directory.
fn assert_rest_unchanged(before: &[u8], after: &[u8], changed: &[&str]) {
    let (before, after) = (parts(before), parts(after));
    assert_eq!(before.len(), after.len());
    for (old, new) in before.iter().zip(&after) {
        assert_eq!(old.0, new.0);
        if !changed.contains(&old.0.as_str()) {
            assert_eq!(old.1, new.1, "{}", old.0);
            assert!(old.2 == new.2, "{}", old.0);
        }
    }
}

#[test]
fn a_cell_keeps_its_style_and_its_type_where_it_can() {
    let before = book();
    let edits = [
        (0, "A2", "云山店 & <茶>"),
        (0, "B3", "6000.5"),
        (0, "B4", "不详"),
        (0, "C5", "2027-01-31"),
        (0, "D6", "TRUE"),
        (0, "D7", "是"),
        (0, "A8", ""),
        (0, "F9", "新"),
    ];
    let after = edited(&before, &edits).unwrap();
    let sheet = "xl/worksheets/sheet1.xml";
    assert_rest_unchanged(&before, &after, &[sheet]);
    let xml = |bytes: &[u8]| {
        let found = parts(bytes).into_iter().find(|part| part.0 == sheet).unwrap();
        String::from_utf8(found.3).unwrap()
    };
    // Put back by hand, the sheet is again what it was.
    let (old, mut new) = (xml(&before), xml(&after));
    for (changed, original) in [
        (
            r#"<c r="A2" s="1" t="inlineStr"><is><t xml:space="preserve">云山店 &amp; &lt;茶&gt;</t></is></c>"#,
            r#"<c r="A2" s="1" t="s"><v>5</v></c>"#,
        ),
        (r#"<c r="B3"><v>6000.5</v></c>"#, r#"<c r="B3"><v>5002</v></c>"#),
        (r#"<c r="B4" t="inlineStr"><is><t xml:space="preserve">不详</t></is></c>"#, r#"<c r="B4"><v>5003</v></c>"#),
        (r#"<c r="C5" s="2"><v>46418</v></c>"#, r#"<c r="C5" s="2"><v>46086</v></c>"#),
        (r#"<c r="D6" t="b"><v>1</v></c>"#, r#"<c r="D6" t="b"><v>0</v></c>"#),
        (r#"<c r="D7" t="inlineStr"><is><t xml:space="preserve">是</t></is></c>"#, r#"<c r="D7" t="b"><v>1</v></c>"#),
        (r#"<c r="A8" s="1"/>"#, r#"<c r="A8" s="1" t="s"><v>11</v></c>"#),
        (r#"<c r="F9" t="inlineStr"><is><t xml:space="preserve">新</t></is></c>"#, ""),
    ] {
        assert!(new.contains(changed), "{changed}");
        new = new.replacen(changed, original, 1);
    }
    assert_eq!(new, old);
    let text = csv(&mut open(after).unwrap(), 0).unwrap().0;
    assert!(text.contains("云山店 & <茶>,5001,2026-03-02,FALSE,1\n云山旗舰店2,6000.5,"), "{text}");
    assert!(text.contains("\n,5007,2026-03-08,FALSE,1\n云山旗舰店8,5008,2026-03-09,TRUE,1,新\n"), "{text}");
}

#[test]
fn what_cannot_be_changed_is_refused_with_its_place() {
    let before = book();
    let place = |edit| edited(&before, &[edit]).unwrap_err();
    assert_eq!(place((0, "E2", "1")).kind, WorkbookErrorKind::CellHasFormula);
    assert_eq!(place((0, "E2", "1")).location().as_deref(), Some("店铺!E2"));
    assert_eq!(place((1, "A9", "1")).kind, WorkbookErrorKind::CellNotFound);
    assert_eq!(place((0, "A2", &"茶".repeat(40_000))).kind, WorkbookErrorKind::InvalidText);
}

#[test]
fn truth_values_of_libreoffice_are_no_formulas() {
    let rows = r#"<row r="1"><c r="A1" t="b"><f aca="false">TRUE()</f><v>1</v></c><c r="B1" t="b"><f>A1=1</f><v>1</v></c></row>"#;
    let before = Package::of_rows(rows).bytes();
    let rows = csv(&mut open(before.clone()).unwrap(), 0).unwrap().1;
    let is_formula = |cell| rows.is_formula(CellRef::parse(cell).unwrap());
    assert!(!is_formula("A1") && is_formula("B1"));
    let after = edited(&before, &[(0, "A1", "FALSE")]).unwrap();
    assert_eq!(csv(&mut open(after).unwrap(), 0).unwrap().0, "FALSE,TRUE\n");
    assert_eq!(edited(&before, &[(0, "B1", "FALSE")]).unwrap_err().kind, WorkbookErrorKind::CellHasFormula);
}

#[test]
fn other_programs_see_the_change_and_nothing_else() {
    use calamine::{Data, Reader, Xlsx};
    let before = book();
    let after = edited(&before, &[(0, "A2", "云山店"), (0, "B2", "1"), (1, "A1", "别的")]).unwrap();
    let read = |bytes: Vec<u8>| {
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
        book.worksheets()
            .into_iter()
            .flat_map(|(name, range)| {
                let cells: Vec<_> = range
                    .used_cells()
                    .map(|(row, column, value)| ((name.clone(), row, column), value.clone()))
                    .collect();
                cells
            })
            .collect::<BTreeMap<_, _>>()
    };
    let mut expected = read(before);
    expected.insert(("店铺".to_owned(), 1, 0), Data::String("云山店".to_owned()));
    expected.insert(("店铺".to_owned(), 1, 1), Data::Float(1.0));
    expected.insert(("说明".to_owned(), 0, 0), Data::String("别的".to_owned()));
    assert_eq!(read(after), expected);
}

/// A package in which nothing is usual: a comment, dates, stored parts, sizes after the data, fields for 64 bits.
fn odd_package(large: bool, streamed: bool) -> Vec<u8> {
    let rows =
        r#"<row r="1"><c r="A1" t="str"><v>name</v></c></row><row r="2"><c r="A2" t="str"><v>云山旗舰店</v></c></row>"#;
    let package = Package::of_rows(rows).with("docProps/注.bin", vec![7; 3000]).with("xl/vbaProject.bin", "macro");
    let options = SimpleFileOptions::default()
        .last_modified_time(DateTime::from_date_and_time(2024, 8, 25, 1, 2, 4).unwrap())
        .unix_permissions(0o640)
        .large_file(large);
    let write = |name: &str| {
        let method = if name.ends_with("bin") { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        options.compression_method(method)
    };
    if streamed {
        let mut zip = ZipWriter::new_stream(Vec::new());
        for (name, content) in &package.parts {
            zip.start_file(name, write(name)).unwrap();
            zip.write_all(content).unwrap();
        }
        return zip.finish().unwrap().into_inner();
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.set_comment("店铺表").unwrap();
    for (name, content) in &package.parts {
        zip.start_file(name, write(name)).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn all_else_in_a_package_stays_however_it_was_packed() {
    for (large, streamed) in [(false, false), (true, false), (false, true), (true, true)] {
        let before = odd_package(large, streamed);
        let after = edited(&before, &[(0, "A2", "云山")]).unwrap();
        assert_rest_unchanged(&before, &after, &["xl/worksheets/sheet1.xml"]);
        assert_eq!(csv(&mut open(after.clone()).unwrap(), 0).unwrap().0, "name\n云山\n");
        let comment = |bytes: &[u8]| zip::ZipArchive::new(Cursor::new(bytes.to_vec())).unwrap().comment().to_vec();
        assert_eq!(comment(&after), comment(&before));
        // Once more, as what was written must be as sound as what was read.
        let again = edited(&after, &[(0, "A2", "云山旗舰店")]).unwrap();
        assert_eq!(csv(&mut open(again).unwrap(), 0).unwrap().0, "name\n云山旗舰店\n");
    }
}

#[test]
fn prefixes_and_marks_stay_in_their_places() {
    let sheet = "\u{feff}<?xml version='1.0'?><x:worksheet xmlns:x='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>\
        <x:sheetData><x:row r='1'>\n<x:c r='A1' s='0' t='str' vm='1'><x:v>a</x:v></x:c></x:row><x:row r='2'><x:c r='B2'/></x:row></x:sheetData></x:worksheet>";
    let before = Package::of_rows("").with("xl/worksheets/sheet1.xml", sheet).bytes();
    let after = edited(&before, &[(0, "A1", "b"), (0, "C1", "d"), (0, "A2", "c"), (0, "B2", "e")]).unwrap();
    let xml = parts(&after).pop().unwrap().3;
    let text = |cell: &str, rest: &str, text: &str| {
        format!("<x:c r=\"{cell}\"{rest} t=\"inlineStr\"><x:is><x:t xml:space=\"preserve\">{text}</x:t></x:is></x:c>")
    };
    let expected = sheet
        .replace(
            "<x:c r='A1' s='0' t='str' vm='1'><x:v>a</x:v></x:c>",
            &(text("A1", " s=\"0\"", "b") + &text("C1", "", "d")),
        )
        .replace("<x:c r='B2'/>", &(text("A2", "", "c") + &text("B2", "", "e")));
    assert_eq!(String::from_utf8(xml).unwrap(), expected);
}

proptest! {
    /// Any cells, any texts: what was asked for is read back, all else is as it was.
    #[test]
    fn random_edits_change_their_cells_alone(
        edits in prop::collection::btree_map((0_u32..4, 2_u32..=30), "[0-9.]{0,6}|[ -~云山店\n\r\t\u{1}🍵_x0-9A-F]{0,9}", 1..12)
    ) {
        let before = book();
        let named: Vec<(String, String)> = edits
            .iter()
            .map(|(&(column, row), text)| (CellRef { row, column }.to_string(), text.clone()))
            .collect();
        let asked: Vec<(usize, &str, &str)> = named.iter().map(|(cell, text)| (0, cell.as_str(), text.as_str())).collect();
        let after = edited(&before, &asked).unwrap();
        assert_rest_unchanged(&before, &after, &["xl/worksheets/sheet1.xml"]);
        let cells = |bytes: Vec<u8>| {
            let (text, rows) = csv(&mut open(bytes).unwrap(), 0).unwrap();
            let mut cells = BTreeMap::new();
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            for (number, record) in reader.records().enumerate() {
                let record = record.unwrap();
                for (column, field) in record.iter().enumerate().filter(|(_, field)| !field.is_empty()) {
                    cells.insert(rows.cell(number as u64, column).unwrap().to_string(), field.to_owned());
                }
            }
            cells
        };
        let mut expected = cells(before);
        for (cell, text) in named {
            if text.is_empty() { expected.remove(&cell); } else { expected.insert(cell, text); }
        }
        prop_assert_eq!(cells(after), expected);
    }
}
