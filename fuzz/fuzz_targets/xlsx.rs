//! Workbooks: bytes as a package, and bytes as the XML of a sheet, are read within bounds, and a cell that can be
//! changed holds what was asked for afterwards.
//!
//! `cargo +nightly fuzz run xlsx`
#![no_main]

use std::io::{Cursor, Write};

use dianjian_xlsx::{CellEdit, CellRef, Workbook};
use libfuzzer_sys::fuzz_target;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const BOOK: &str = r#"<workbook xmlns:r="r"><sheets><sheet name="s" sheetId="1" r:id="a"/></sheets></workbook>"#;
const RELATIONS: &str = r#"<Relationships><Relationship Id="a" Type="x/worksheet" Target="s.xml"/></Relationships>"#;

fn package(sheet: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let parts = [
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/s.xml", sheet),
    ];
    for (name, content) in parts {
        zip.start_file(name, options).expect("a part");
        zip.write_all(content).expect("a part");
    }
    zip.finish().expect("a package").into_inner()
}

fn read(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut book = Workbook::from_bytes(Box::new(Cursor::new(bytes.to_vec()))).ok()?;
    let mut text = Vec::new();
    for sheet in 0..book.sheets().len() {
        let written = book.write_csv(sheet, &mut text).ok()?;
        assert!(written.bytes.end <= text.len() as u64);
    }
    Some(text)
}

fuzz_target!(|bytes: &[u8]| {
    let packages = [bytes.to_vec(), package(bytes)];
    for package in packages {
        if read(&package).is_none() {
            continue;
        }
        let Ok(mut book) = Workbook::from_bytes(Box::new(Cursor::new(package))) else {
            continue;
        };
        let cell = CellRef { row: 1, column: 0 };
        let edit = CellEdit { sheet: 0, cell, text: "<云山>".to_owned() };
        let mut out = Cursor::new(Vec::new());
        if book.write_edited(&[edit], &mut out).is_ok() {
            let again = read(out.get_ref()).expect("what was written can be read");
            assert!(String::from_utf8_lossy(&again).contains("<云山>"));
        }
    }
});
