//! The workbook's own part and its relationships: which sheets there are, and which parts hold them.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::error::{DetectedFormat, WorkbookError, WorkbookErrorKind, WorkbookLimit};
use dianjian_package::Package;
use dianjian_package::{PackageDamage, Relationship, Xml, attribute, relations, relationship_id, text_attribute};

const MAX_SHEETS: usize = 20_000;

/// A sheet of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worksheet {
    /// The name on its tab.
    pub name: String,
    /// Is its tab hidden? It can be read all the same.
    pub hidden: bool,
    /// The index of its part in the package.
    pub(crate) part: usize,
}

/// What the workbook's own part and its relationships say. Parts are indices in the package.
pub(crate) struct Manifest {
    pub sheets: Vec<Worksheet>,
    /// Errors for sheets that lie in other files or are missing.
    pub missing: Vec<WorkbookError>,
    pub strings: Option<usize>,
    pub styles: Option<usize>,
    /// Do dates count from 1904 rather than from 1900?
    pub from_1904: bool,
    /// The creator, from the document properties.
    pub creator: String,
}

/// A `<sheet>` element of the workbook's part.
struct SheetEntry {
    name: String,
    /// Its `sheetId`.
    number: String,
    /// The id of its relationship; some programs leave it out.
    relation: Option<String>,
    hidden: bool,
}

impl Manifest {
    pub(crate) fn read(package: &mut Package) -> Result<Self, WorkbookError> {
        let root = relations(package, "")?;
        let properties = root.values().find(|relation| relation.kind == "core-properties" && !relation.external);
        let properties = properties.and_then(|properties| package.find(&properties.target));
        let creator = properties.map(|part| creator(package, part)).transpose()?.unwrap_or_default();
        let workbook = root.values().find(|relation| relation.kind == "officeDocument" && !relation.external);
        let name = workbook.map_or_else(|| "xl/workbook.xml".to_owned(), |workbook| workbook.target.clone());
        if name.to_ascii_lowercase().ends_with(".bin") {
            return Err(WorkbookError::new(WorkbookErrorKind::NotXlsx(DetectedFormat::Xlsb)));
        }
        let Some(part) = package.find(&name).filter(|_| is_workbook(&name)) else {
            return Err(WorkbookError::new(WorkbookErrorKind::NotXlsx(DetectedFormat::Zip)));
        };
        let (entries, from_1904) = read_workbook(package, part)?;
        let relations = relations(package, &name)?;
        let mut manifest =
            Self { sheets: Vec::new(), missing: Vec::new(), strings: None, styles: None, from_1904, creator };
        for relation in relations.values().filter(|relation| !relation.external) {
            match relation.kind.as_str() {
                "sharedStrings" => manifest.strings = package.find(&relation.target),
                "styles" => manifest.styles = package.find(&relation.target),
                _ => {}
            }
        }
        for entry in entries {
            manifest.add(entry, &relations, package);
        }
        Ok(manifest)
    }

    fn add(&mut self, entry: SheetEntry, relations: &HashMap<String, Relationship>, package: &Package) {
        let SheetEntry { name, number, relation, hidden } = entry;
        let missing = |kind| WorkbookError::new(kind).in_sheet(&name);
        match relation.as_ref().and_then(|relation| relations.get(relation)) {
            Some(relation) if relation.external => self.missing.push(missing(WorkbookErrorKind::ExternalSheet)),
            // Chart sheets and dialog sheets have no cells.
            Some(relation) if relation.kind != "worksheet" => {}
            Some(Relationship { target, .. }) => match package.find(target) {
                Some(part) => self.sheets.push(Worksheet { name, hidden, part }),
                None => self.missing.push(WorkbookError::damaged(target, PackageDamage::Missing).in_sheet(&name)),
            },
            // Spreadsheet programs go by the sheet's number then.
            None => match package.find(&format!("xl/worksheets/sheet{number}.xml")).filter(|_| relation.is_none()) {
                Some(part) => self.sheets.push(Worksheet { name, hidden, part }),
                None => self.missing.push(missing(WorkbookErrorKind::SheetWithoutPart)),
            },
        }
    }
}

/// The text of `<dc:creator>` in the document properties.
fn creator(package: &mut Package, part: usize) -> Result<String, WorkbookError> {
    let mut xml = Xml::of_all_namespaces(package, part, true)?;
    let (mut is_open, mut creator) = (false, String::new());
    loop {
        match xml.next()? {
            Event::Start(tag) => is_open = tag.local_name().into_inner() == "creator",
            Event::End(_) => is_open = false,
            Event::Text(text) if is_open => creator.push_str(&text.xml10_content()),
            Event::Eof => return Ok(creator),
            _ => {}
        }
    }
}

/// Word and PowerPoint files are packages of the same kind.
fn is_workbook(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !name.starts_with("word/") && !name.starts_with("ppt/")
}

/// The sheets that the workbook's part lists, in the order of their tabs, and whether dates count from 1904.
fn read_workbook(package: &mut Package, part: usize) -> Result<(Vec<SheetEntry>, bool), WorkbookError> {
    let mut xml = Xml::new(package, part, true)?;
    let (mut sheets, mut from_1904) = (Vec::new(), false);
    loop {
        match xml.next()? {
            Event::Start(tag) => match tag.local_name().into_inner() {
                "workbookPr" => {
                    from_1904 = matches!(attribute(&tag, "date1904").as_deref(), Some("1" | "true" | "on"));
                }
                "sheet" if sheets.len() >= MAX_SHEETS => {
                    return Err(WorkbookError::limit_exceeded(WorkbookLimit::Parts, MAX_SHEETS as u64));
                }
                "sheet" => sheets.push(SheetEntry {
                    name: text_attribute(&tag, "name").unwrap_or_default(),
                    number: text_attribute(&tag, "sheetId").unwrap_or_default(),
                    relation: relationship_id(&tag),
                    hidden: attribute(&tag, "state").is_some_and(|state| state != "visible"),
                }),
                _ => {}
            },
            Event::Eof => return Ok((sheets, from_1904)),
            _ => {}
        }
    }
}
