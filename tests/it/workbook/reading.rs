//! What sheets say, whoever wrote them.

use calamine::{Data, Reader, Xlsx};
use dianjian_xlsx::{CellRef, WorkbookErrorKind};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use super::package::{MAIN, Package, csv, open};

#[test]
fn a_sheet_becomes_csv_with_the_places_of_its_cells() {
    let package = Package::of_rows(
        r#"<row r="1"><c r="A1" t="inlineStr"><is><t>2026年店铺</t></is></c></row>
        <row r="3"><c r="A3" t="s"><v>0</v></c><c r="C3" t="s"><v>1</v></c></row>
        <row r="4" hidden="1"><c r="A4" t="str"><v>a &amp; "b"</v></c><c r="C4"><v>5000</v></c></row>
        <row r="5"><c r="B5" s="0"/></row>
        <row r="1048576"><c t="b"><v>1</v></c><c><v>4.7000000000000002</v></c><c r="XFD1048576" t="e"><v>#N/A</v></c></row>"#,
    )
    .with("xl/sharedStrings.xml", format!("<sst {MAIN}><si><t>名称</t></si><si><r><t>保证</t></r><r><rPr><b/></rPr><t>金</t></r><rPh sb=\"0\" eb=\"2\"><t>x</t></rPh></si></sst>"));
    let (text, rows) = csv(&mut package.open().unwrap(), 0).unwrap();
    let last = format!("TRUE,4.7{}#N/A\n", ",".repeat(16_382));
    assert_eq!(text, format!("2026年店铺\n名称,,保证金\n\"a & \"\"b\"\"\",,5000\n{last}"));
    assert_eq!(rows.cell(2, 2).unwrap().to_string(), "C4");
    assert_eq!(rows.cell(3, 16_383).unwrap().to_string(), "XFD1048576");
    assert_eq!(rows.len(), 4);
}

#[test]
fn places_and_prefixes_may_be_left_out_or_odd() {
    let sheet = format!(
        "\u{feff}<x:worksheet xmlns:x=\"{}\"><x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c t=\"inlineStr\"><x:is><x:t> 云 </x:t></x:is></x:c></x:row>\
         <x:row><x:c t=\"inlineStr\"><x:is><x:t xml:space=\"preserve\"> 山</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>",
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    );
    let mut package = Package::of_rows("").with("xl/worksheets/sheet1.xml", sheet);
    for (name, _) in &mut package.parts {
        *name = name.replace("worksheets/sheet1", "Worksheets\\Sheet1");
    }
    assert_eq!(package.csv().unwrap(), "1,云\n\" 山\",\n");
}

#[test]
fn merged_cells_count_in_each_of_their_rows_and_lie_at_the_first() {
    let rows = r#"<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" t="str"><v>brand</v></c></row>
        <row r="2"><c r="A2"><v>1</v></c><c r="B2" t="str"><v>云山</v></c></row>
        <row r="3"><c r="A3"><v>2</v></c><c r="B3"/></row>
        <row r="5"><c r="A5"><v>3</v></c><c r="C5"><v>9</v></c></row>
        <row r="6"><c r="A6"><v>4</v></c></row>"#;
    let sheet = format!(
        "<sheetData>{rows}</sheetData><mergeCells><mergeCell ref=\"B2:B5\"/><mergeCell ref=\"A1:B1\"/><mergeCell ref=\"D2:E9\"/></mergeCells>"
    );
    let (text, rows) = csv(&mut Package::new(&[("s", &sheet)]).open().unwrap(), 0).unwrap();
    assert_eq!(text, "id,brand\n1,云山\n2,云山\n3,云山,9\n4,,\n");
    assert_eq!(rows.cell(3, 1), CellRef::parse("B2"));
    assert_eq!(rows.cell(3, 0), CellRef::parse("A5"));
    assert_eq!(rows.cell(4, 1), CellRef::parse("B6"));
}

#[test]
fn formulas_give_their_stored_results_or_are_told() {
    let rows = r#"<row r="1"><c r="A1" t="str"><f>"云"&amp;"山"</f><v>云山</v></c><c r="B1"><f>1+1</f><v>2</v></c><c r="C1" t="str"><f>""</f><v></v></c></row>
        <row r="2"><c r="A2"><f>B1</f><v></v></c><c r="B2"><f t="shared" si="0"/></c><c r="C2"><v>7</v></c></row>"#;
    let mut book = Package::of_rows(rows).open().unwrap();
    let written = book.write_csv(0, &mut Vec::new()).unwrap();
    let told = written.not_computed(|_| true).unwrap();
    assert!(written.not_computed(|column| column > 1).is_none());
    let rows = written.rows;
    assert_eq!(told.kind, WorkbookErrorKind::NotComputed { cells: 2 });
    assert_eq!(told.location().as_deref(), Some("店铺!A2"));
    let cell = |name: &str| CellRef::parse(name).unwrap();
    assert!(rows.is_formula(cell("A1")) && rows.is_formula(cell("B1")) && !rows.is_formula(cell("C2")));
}

#[test]
fn sheets_of_other_files_and_charts_are_no_sheets() {
    let relations = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
        <Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>
        <Relationship Id="rId2" Type="x/worksheet" Target="https://example.com/x.xml" TargetMode="External"/>
        <Relationship Id="rId3" Type="x/chartsheet" Target="chartsheets/sheet1.xml"/>
        <Relationship Id="rId4" Type="x/worksheet" Target="worksheets/none.xml"/></Relationships>"#;
    let package = Package::new(&[("a", "<sheetData/>"), ("b", ""), ("c", ""), ("d", ""), ("e", "")])
        .with("xl/_rels/workbook.xml.rels", relations);
    let book = package.open().unwrap();
    assert_eq!(book.sheets().len(), 1);
    let missing: Vec<_> = book.missing().iter().map(|error| (error.location().unwrap(), error.id())).collect();
    let expected = [("b", "workbook/external"), ("d", "workbook/damaged"), ("e", "workbook/no-part")];
    assert_eq!(missing, expected.map(|(place, id)| (place.to_owned(), id)));
}

#[test]
fn what_excel_writes_is_read() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("商品 清单").unwrap();
    let day = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    let both = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let code = Format::new().set_num_format("000000");
    sheet.write(0, 0, "名称\n(全称)").unwrap();
    sheet.write(1, 0, "云山,茶").unwrap();
    sheet.write(1, 1, 914_403_001_234_567_890_f64).unwrap();
    sheet.write_with_format(1, 2, ExcelDateTime::from_ymd(2026, 3, 1).unwrap(), &day).unwrap();
    sheet.write_with_format(1, 3, ExcelDateTime::parse_from_str("2026-12-01T20:00:00").unwrap(), &both).unwrap();
    sheet.write_with_format(1, 4, 6194, &code).unwrap();
    sheet.write(1, 5, true).unwrap();
    sheet.write(1, 6, 0.1 + 0.2).unwrap();
    sheet.write(1, 7, Formula::new("=1+1").set_result("2")).unwrap();
    sheet.merge_range(2, 0, 3, 0, "合并", &Format::new()).unwrap();
    sheet.write(2, 1, 1).unwrap();
    sheet.write(3, 1, 2).unwrap();
    book.add_worksheet().set_name("隐藏").unwrap().set_hidden(true);
    let mut book = open(book.save_to_buffer().unwrap()).unwrap();
    assert!(!book.sheets()[0].hidden && book.sheets()[1].hidden);
    assert_eq!(
        csv(&mut book, 0).unwrap().0,
        "\"名称\n(全称)\"\n\"云山,茶\",9.14403E+17,2026-03-01,2026-12-01T20:00:00,006194,TRUE,0.3,2\n合并,1,,,,,,\n合并,2,,,,,,\n"
    );
}

proptest! {
    /// Held against calamine, which reads the same workbooks in its own way.
    #[test]
    fn cells_are_those_that_another_reader_sees(
        cells in prop::collection::btree_map((0_u32..40, 0_u16..12), prop_oneof![
            "[ -~云山店\n\"',;&<>_x0-9A-F]{1,12}".prop_map(Ok),
            prop_oneof![(-1_000_000_i32..1_000_000).prop_map(|number| f64::from(number) / 100.0), Just(1e10), Just(1e-5)].prop_map(Err),
        ], 1..60)
    ) {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (&(row, column), value) in &cells {
            match value {
                Ok(text) => sheet.write_string(row, column, text).unwrap(),
                Err(number) => sheet.write_number(row, column, *number).unwrap(),
            };
        }
        let bytes = book.save_to_buffer().unwrap();
        let (text, rows) = csv(&mut open(bytes.clone()).unwrap(), 0).unwrap();
        let mut other: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
        let range = other.worksheet_range_at(0).unwrap().unwrap();
        let mut seen = 0;
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        for (number, record) in reader.records().enumerate() {
            let record = record.unwrap();
            for (column, field) in record.iter().enumerate().filter(|(_, field)| !field.is_empty()) {
                let cell = rows.cell(number as u64, column).unwrap();
                let expected = match range.get_value((cell.row - 1, cell.column)) {
                    Some(Data::String(text)) => text.clone(),
                    Some(Data::Float(number)) => number.to_string(),
                    Some(Data::Int(number)) => number.to_string(),
                    other => panic!("{cell}: {other:?}"),
                };
                prop_assert_eq!(field, expected, "{}", cell);
                seen += 1;
            }
        }
        prop_assert_eq!(seen, cells.len());
    }
}
