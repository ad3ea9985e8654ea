//! What is made to take memory, time or trust: refused with a name, or read like anything else.

use std::io::{Cursor, Write};
use std::time::Instant;

use dianjian_xlsx::{DetectedFormat, PackageDamage, WorkbookError, WorkbookErrorKind, WorkbookLimit};
use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::package::{MAIN, Package, csv, edited, open};

fn kind(result: Result<impl Sized, WorkbookError>) -> WorkbookErrorKind {
    result.map(drop).unwrap_err().kind
}

fn damaged(part: &str, damage: PackageDamage) -> WorkbookErrorKind {
    WorkbookErrorKind::Damaged { part: part.to_owned(), damage }
}

const ROW: &str = r#"<row r="1"><c r="A1"><v>1</v></c></row>"#;

#[test]
fn what_is_no_workbook_says_what_it_is() {
    let looks = |bytes: &[u8]| kind(open(bytes.to_vec()));
    let mut ole = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    ole.resize(5000, 0);
    assert_eq!(looks(&ole), WorkbookErrorKind::Unreadable(DetectedFormat::Xls));
    ole.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(looks(&ole), WorkbookErrorKind::Encrypted);
    assert_eq!(looks(b""), WorkbookErrorKind::NotXlsx(DetectedFormat::Empty));
    assert_eq!(looks("名称,保证金\n云山,1\n".as_bytes()), WorkbookErrorKind::NotXlsx(DetectedFormat::Text));
    assert_eq!(looks(b"\r\n<html><body>1"), WorkbookErrorKind::Unreadable(DetectedFormat::Html));
    assert_eq!(
        looks(b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">"),
        WorkbookErrorKind::NotXlsx(DetectedFormat::Xml2003)
    );
    assert_eq!(looks(&[0, 1, 2, 3]), WorkbookErrorKind::NotXlsx(DetectedFormat::Unknown));
    let mut ods = ZipWriter::new(Cursor::new(Vec::new()));
    ods.start_file("mimetype", SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored))
        .unwrap();
    ods.write_all(b"application/vnd.oasis.opendocument.spreadsheet").unwrap();
    assert_eq!(looks(&ods.finish().unwrap().into_inner()), WorkbookErrorKind::Unreadable(DetectedFormat::Ods));
    let zip = Package { parts: vec![("a.txt".to_owned(), b"a".to_vec())] };
    assert_eq!(kind(zip.open()), WorkbookErrorKind::NotXlsx(DetectedFormat::Zip));
    let binary =
        r#"<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>"#;
    assert_eq!(
        kind(Package::of_rows("").with("_rels/.rels", binary).open()),
        WorkbookErrorKind::Unreadable(DetectedFormat::Xlsb)
    );
}

#[test]
fn rows_that_programs_read_differently_are_refused() {
    let row = |row: u32| format!("<row r=\"{row}\"><c r=\"A{row}\"><v>1</v></c></row>");
    for (rows, wrong) in [([2, 1], 1), ([3, 3], 3)] {
        let package = Package::of_rows(&rows.map(row).concat());
        assert_eq!(kind(package.csv()), WorkbookErrorKind::RowOrder { row: wrong });
    }
    assert_eq!(Package::of_rows(&[1, 9].map(row).concat()).csv().unwrap(), "1\n1\n");
}

#[test]
fn a_package_that_programs_read_differently_is_refused() {
    // Two parts of one name, which no writer here would make: the name is changed after packing.
    let twin = Package::of_rows(ROW).with("xl/worksheets/sheetX.xml", "<x/>").bytes();
    let twin = replaced(&twin, b"xl/worksheets/sheetX.xml", b"xl/worksheets/sheet1.xml");
    assert_eq!(kind(open(twin)), WorkbookErrorKind::DuplicatePart { part: "xl/worksheets/sheet1.xml".to_owned() });
    let out = Package::of_rows(ROW).with("xl/media/x/x/evil.png", "x").bytes();
    let out = replaced(&out, b"xl/media/x/x/evil.png", b"xl/../../../../e.png/");
    assert!(matches!(kind(open(out)), WorkbookErrorKind::UnsafePart { .. }));
    let mut locked = Package::of_rows(ROW).bytes();
    let record = memchr::memmem::find(&locked, b"PK\x01\x02").unwrap();
    locked[record + 8] |= 1;
    assert_eq!(kind(open(locked)), WorkbookErrorKind::Encrypted);
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let places: Vec<usize> = memchr::memmem::find_iter(&bytes, from).collect();
    assert_eq!(places.len(), 2);
    places.into_iter().for_each(|at| bytes[at..at + to.len()].copy_from_slice(to));
    bytes
}

/// Offsets of the records of a package's directory.
fn records(bytes: &[u8]) -> Vec<usize> {
    memchr::memmem::find_iter(bytes, b"PK\x01\x02").collect()
}

#[test]
fn sizes_and_sums_that_lie_are_found() {
    let good = Package::of_rows(ROW).bytes();
    let sheet = *records(&good).last().unwrap();
    let with = |at: usize, bytes: &[u8]| {
        let mut bad = good.clone();
        bad[sheet + at..sheet + at + bytes.len()].copy_from_slice(bytes);
        bad
    };
    let read = |bytes: Vec<u8>| kind(open(bytes).and_then(|mut book| csv(&mut book, 0)));
    let part = "xl/worksheets/sheet1.xml";
    assert_eq!(read(with(16, &[0; 4])), damaged(part, PackageDamage::Checksum));
    assert_eq!(read(with(24, &20_u32.to_le_bytes())), damaged(part, PackageDamage::Size));
    assert_eq!(read(with(24, &9_000_u32.to_le_bytes())), damaged(part, PackageDamage::Size));
    assert_eq!(read(with(20, &u32::MAX.to_le_bytes()[..3])), damaged(part, PackageDamage::Overlap));
    assert_eq!(read(with(10, &[14])), damaged(part, PackageDamage::Compression));
    assert_eq!(read(with(42, &[0, 0, 0, 0])), damaged("_rels/.rels", PackageDamage::Overlap));
    // A small part that says it grows to gigabytes.
    assert_eq!(
        read(with(24, &1_500_000_000_u32.to_le_bytes())),
        WorkbookErrorKind::LimitExceeded { what: WorkbookLimit::Ratio, limit: 250 }
    );
    for cut in [good.len() - 1, good.len() / 2, 30, 4] {
        assert_eq!(read(good[..cut].to_vec()), damaged("", PackageDamage::Directory));
    }
}

#[test]
fn xml_that_grows_or_nests_is_refused() {
    let part = "xl/worksheets/sheet1.xml";
    let read = |xml: String| kind(Package::of_rows("").with(part, xml).csv());
    let laughs = r#"<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>"#;
    assert_eq!(read(laughs.to_owned()), damaged(part, PackageDamage::Entity));
    let unknown = r#"<worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>"#;
    assert_eq!(read(unknown.to_owned()), damaged(part, PackageDamage::Entity));
    assert_eq!(read("<a>".repeat(10_000)), WorkbookErrorKind::LimitExceeded { what: WorkbookLimit::Depth, limit: 128 });
    assert_eq!(read("<worksheet><sheetData><row>".to_owned()), damaged(part, PackageDamage::Xml));
    assert_eq!(read("<worksheet></sheetData>".to_owned()), damaged(part, PackageDamage::Xml));
    let long = "云".repeat(1 << 20);
    let long = format!("<worksheet><sheetData><row><c t=\"str\"><v>{long}</v></c></row></sheetData></worksheet>");
    assert!(matches!(read(long), WorkbookErrorKind::LimitExceeded { what: WorkbookLimit::CellText, .. }));
    let latin = b"<worksheet><sheetData><row><c t=\"str\"><v>caf\xe9</v></c></row></sheetData></worksheet>".to_vec();
    assert_eq!(kind(Package::of_rows("").with(part, latin).csv()), damaged(part, PackageDamage::Encoding));
}

#[test]
fn cells_that_are_none_are_named_with_their_place() {
    for (rows, reference) in [
        (r#"<row r="1"><c r="A2"><v>1</v></c></row>"#, "A2"),
        (r#"<row r="1048577"/>"#, "1048577"),
        (r#"<row r="1"><c r="XFE1"/></row>"#, "XFE1"),
        (r#"<row r="-1"/>"#, "-1"),
        (r#"<row r="1"><c r="XFD1"/><c/></row>"#, "XFE1"),
    ] {
        let kind = kind(Package::of_rows(rows).csv());
        assert_eq!(kind, WorkbookErrorKind::BadCellReference { reference: reference.to_owned() }, "{rows}");
    }
    let error = Package::of_rows(r#"<row r="1"><c r="B1" t="s"><v>5</v></c></row>"#).csv().unwrap_err();
    assert_eq!(error.location().as_deref(), Some("店铺!B1"));
    assert_eq!(error.kind, damaged("xl/worksheets/sheet1.xml", PackageDamage::SharedString));
}

#[test]
fn cells_far_apart_take_no_room() {
    let rows = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#;
    let began = Instant::now();
    assert_eq!(Package::of_rows(rows).csv().unwrap().len(), 2 + 16_383 + 2);
    assert!(began.elapsed().as_secs() < 2, "{:?}", began.elapsed());
}

#[test]
fn areas_over_the_whole_sheet_end() {
    let rows: String = (1..=3000).map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\"><v>1</v></c></row>")).collect();
    let merges = "<mergeCell ref=\"A1:XFD1048576\"/>".repeat(20_000);
    let sheet = format!("<sheetData>{rows}</sheetData><mergeCells>{merges}</mergeCells>");
    let began = Instant::now();
    assert_eq!(Package::new(&[("s", &sheet)]).csv().unwrap(), "1\n".repeat(3000));
    // Each of sixteen thousand columns merged over all rows.
    let wide: String =
        (0..16_384).map(|column| format!("<c r=\"{}1\"><v>1</v></c>", dianjian_xlsx::column_name(column))).collect();
    let merges: String = (0..16_384)
        .map(|column| format!("<mergeCell ref=\"{0}1:{0}1048576\"/>", dianjian_xlsx::column_name(column)))
        .collect();
    let rows =
        format!("<row r=\"1\">{wide}</row>") + &rows.replacen("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>", "", 1);
    let sheet = format!("<sheetData>{rows}</sheetData><mergeCells>{merges}</mergeCells>");
    assert!(matches!(
        kind(Package::new(&[("s", &sheet)]).csv()),
        WorkbookErrorKind::LimitExceeded { what: WorkbookLimit::Text, .. }
    ));
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn ten_thousand_sheets_are_ten_thousand_sheets() {
    let names: Vec<String> = (0..10_000).map(|number| format!("s{number}")).collect();
    let rows = format!("<sheetData>{ROW}</sheetData>");
    let sheets: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), rows.as_str())).collect();
    let mut book = Package::new(&sheets).open().unwrap();
    assert_eq!(book.sheets().len(), 10_000);
    assert_eq!(csv(&mut book, 9_999).unwrap().0, "1\n");
}

#[test]
fn zeros_and_blanks_by_the_hundred_megabytes_are_a_problem() {
    for fill in [0, b' '] {
        let began = Instant::now();
        let mut sheet = format!("<worksheet {MAIN}><sheetData>").into_bytes();
        sheet.resize(200 << 20, fill);
        let found = kind(Package::of_rows("").with("xl/worksheets/sheet1.xml", sheet).csv());
        assert_eq!(found, WorkbookErrorKind::LimitExceeded { what: WorkbookLimit::Ratio, limit: 250 });
        assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// Bytes changed anywhere give a workbook or an error.
    #[test]
    fn damage_anywhere_is_survived(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = Package::of_rows(ROW).with("xl/styles.xml", "<styleSheet/>").bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(mut book) = open(bytes.clone()) {
            for sheet in 0..book.sheets().len() {
                let _ = csv(&mut book, sheet);
            }
            let _ = edited(&bytes, &[(0, "A1", "x"), (0, "B1", "y")]);
        }
    }

    /// Any text between the tags of a sheet gives rows or an error.
    #[test]
    fn any_xml_is_survived(xml in "(<(row|c|v|f|is|t|/row|/c|/v|/is|/t)( [rts]=\"(A1|B2|s|b|str|9|)\")?/?>|[a-z0-9&;]{0,4}){0,24}") {
        let _ = Package::of_rows(&xml).csv();
    }
}
