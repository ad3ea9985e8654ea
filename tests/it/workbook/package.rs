//! Packages written part by part, for what no spreadsheet program would write.

use std::io::{Cursor, Write};

use dianjian_xlsx::{CellEdit, CellRef, RowMap, Workbook, WorkbookError};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The beginning of most parts.
pub const MAIN: &str = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;

const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const TYPES: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// The parts of a workbook, in the order in which they are packed.
#[derive(Clone)]
pub struct Package {
    pub parts: Vec<(String, Vec<u8>)>,
}

impl Package {
    /// A workbook with these sheets, given by name and by what stands in `<worksheet>`.
    pub fn new(sheets: &[(&str, &str)]) -> Self {
        let mut book = format!("<workbook {MAIN}><sheets>");
        let mut relations = format!("<Relationships xmlns=\"{RELATIONS}\">");
        let mut parts = Vec::new();
        for (number, (name, content)) in sheets.iter().enumerate() {
            book += &format!("<sheet name=\"{name}\" sheetId=\"{0}\" r:id=\"rId{0}\"/>", number + 1);
            relations += &format!(
                "<Relationship Id=\"rId{0}\" Type=\"{TYPES}/worksheet\" Target=\"worksheets/sheet{0}.xml\"/>",
                number + 1
            );
            let xml = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<worksheet {MAIN}>{content}</worksheet>");
            parts.push((format!("xl/worksheets/sheet{}.xml", number + 1), xml.into_bytes()));
        }
        relations += &format!("<Relationship Id=\"s\" Type=\"{TYPES}/sharedStrings\" Target=\"sharedStrings.xml\"/>");
        relations +=
            &format!("<Relationship Id=\"f\" Type=\"{TYPES}/styles\" Target=\"/xl/styles.xml\"/></Relationships>");
        let root = format!(
            "<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"r\" Type=\"{TYPES}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        );
        let mut all = vec![
            ("_rels/.rels".to_owned(), root.into_bytes()),
            ("xl/workbook.xml".to_owned(), (book + "</sheets></workbook>").into_bytes()),
            ("xl/_rels/workbook.xml.rels".to_owned(), relations.into_bytes()),
        ];
        all.append(&mut parts);
        Self { parts: all }
    }

    /// A workbook with one sheet, given by its rows.
    pub fn of_rows(rows: &str) -> Self {
        Self::new(&[("店铺", &format!("<sheetData>{rows}</sheetData>"))])
    }

    /// With one more part.
    pub fn with(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.parts.retain(|(known, _)| known != name);
        self.parts.push((name.to_owned(), content.into()));
        self
    }

    /// Packed.
    pub fn bytes(&self) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in &self.parts {
            zip.start_file(name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    pub fn open(&self) -> Result<Workbook, WorkbookError> {
        open(self.bytes())
    }

    /// The text of its first sheet.
    pub fn csv(&self) -> Result<String, WorkbookError> {
        Ok(csv(&mut self.open()?, 0)?.0)
    }
}

pub fn open(bytes: Vec<u8>) -> Result<Workbook, WorkbookError> {
    Workbook::from_bytes(Box::new(Cursor::new(bytes)))
}

/// A sheet as text, with the places of its records.
pub fn csv(book: &mut Workbook, sheet: usize) -> Result<(String, RowMap), WorkbookError> {
    let mut out = Vec::new();
    let written = book.write_csv(sheet, &mut out)?;
    let text = out[written.bytes.start as usize..written.bytes.end as usize].to_vec();
    Ok((String::from_utf8(text).unwrap(), written.rows))
}

/// The workbook with changed cells.
pub fn edited(bytes: &[u8], edits: &[(usize, &str, &str)]) -> Result<Vec<u8>, WorkbookError> {
    let edits: Vec<CellEdit> = edits
        .iter()
        .map(|&(sheet, cell, text)| CellEdit { sheet, cell: CellRef::parse(cell).unwrap(), text: text.to_owned() })
        .collect();
    let mut out = Cursor::new(Vec::new());
    open(bytes.to_vec())?.write_edited(&edits, &mut out)?;
    Ok(out.into_inner())
}

/// The parts of a package: name, what stands in its directory but for its place, its packed bytes, its contents.
pub fn parts(bytes: &[u8]) -> Vec<(String, String, Vec<u8>, Vec<u8>)> {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes.to_vec())).unwrap();
    (0..archive.len())
        .map(|at| {
            let (name, about, start, packed) = {
                let part = archive.by_index_raw(at).unwrap();
                let about = format!(
                    "{:?} {:?} {:?} {:?}",
                    part.last_modified(),
                    part.unix_mode(),
                    part.comment(),
                    part.extra_data()
                );
                (
                    part.name().unwrap().into_owned(),
                    about,
                    part.data_start().unwrap() as usize,
                    part.compressed_size() as usize,
                )
            };
            let mut content = Vec::new();
            archive.by_index(at).unwrap().read_to_end(&mut content).unwrap();
            (name, about, bytes[start..start + packed].to_vec(), content)
        })
        .collect()
}
