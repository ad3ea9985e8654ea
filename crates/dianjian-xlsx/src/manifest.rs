//! The workbook's own part and its relationships: which sheets there are, and which parts hold them.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::error::{DetectedFormat, PackageDamage, WorkbookError, WorkbookErrorKind, WorkbookLimit};
use super::package::Package;
use super::xml::{Xml, attribute, relationship_id, text_attribute};

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

/// A relationship between parts.
struct Relationship {
    /// The last segment of its type: `worksheet`, `sharedStrings`, …
    kind: String,
    /// The target's name in the package.
    target: String,
    external: bool,
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

/// The relationships of a part, or of the package itself if `of` is empty, by id.
fn relations(package: &mut Package, of: &str) -> Result<HashMap<String, Relationship>, WorkbookError> {
    let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
    let name = if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") };
    let mut relations = HashMap::new();
    let Some(part) = package.find(&name) else { return Ok(relations) };
    let mut xml = Xml::new(package, part, true)?;
    loop {
        match xml.next()? {
            Event::Start(tag) if tag.local_name().into_inner() == "Relationship" => {
                let text = |name| text_attribute(&tag, name).unwrap_or_default();
                let kind = text("Type").rsplit('/').next().unwrap_or_default().to_owned();
                let external = text("TargetMode") == "External";
                relations
                    .insert(text("Id"), Relationship { kind, target: resolved(folder, &text("Target")), external });
            }
            Event::Eof => return Ok(relations),
            _ => {}
        }
    }
}

/// A relationship's target as a name in the package. Relative targets start from the folder of the part.
fn resolved(folder: &str, target: &str) -> String {
    let target = decoded(&target.replace('\\', "/"));
    let mut path: Vec<&str> = match target.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => folder.split('/').collect(),
    };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(path.pop()),
            part => path.push(part),
        }
    }
    path.retain(|part| !part.is_empty());
    path.join("/")
}

/// A target without percent-encoding; what is no valid one stays as it is.
fn decoded(target: &str) -> String {
    let mut bytes = Vec::with_capacity(target.len());
    let mut rest = target.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = after.get(if byte.is_some() { 2 } else { 0 }..).unwrap_or_default();
    }
    String::from_utf8(bytes).unwrap_or_else(|_| target.to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_names_in_the_package() {
        for (folder, target, name) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "../xl/./styles.xml", "xl/styles.xml"),
            ("xl", "..\\..\\..\\etc\\passwd", "etc/passwd"),
            ("", "xl/workbook.xml", "xl/workbook.xml"),
            ("xl", "worksheets/%E5%BA%97%E9%93%BA%201.xml", "xl/worksheets/店铺 1.xml"),
            ("xl", "worksheets/100%.xml", "xl/worksheets/100%.xml"),
        ] {
            assert_eq!(resolved(folder, target), name);
        }
    }
}
