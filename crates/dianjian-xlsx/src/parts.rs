//! Which parts a workbook has: its relationships, its sheets, its day zero.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::archive::Archive;
use super::error::{Counted, Damage, Fault, Looks, WorkbookError};
use super::xml::{Xml, attribute, text_attribute};

/// Sheets that are read.
const MAX_SHEETS: usize = 20_000;

/// A sheet of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// As its tab is called.
    pub name: String,
    /// Whether its tab is hidden. It is read all the same.
    pub hidden: bool,
    /// The number of its part.
    pub(super) part: usize,
}

/// What the workbook's own part says.
pub(super) struct Parts {
    pub sheets: Vec<Sheet>,
    /// What cannot be read: sheets in other files, or that are not there.
    pub missing: Vec<WorkbookError>,
    pub strings: Option<usize>,
    pub styles: Option<usize>,
    /// Do days count from 1904 rather than from 1900?
    pub from_1904: bool,
    /// Who made it.
    pub creator: String,
}

/// Where a relationship leads.
struct Relation {
    /// The last part of its type: `worksheet`, `sharedStrings`, …
    kind: String,
    /// The part's name in the package.
    target: String,
    external: bool,
}

/// A `<sheet>` of the workbook's part.
struct Named {
    name: String,
    relation: String,
    hidden: bool,
}

impl Parts {
    pub fn read(archive: &mut Archive) -> Result<Self, WorkbookError> {
        let package = relations(archive, "")?;
        let properties = package.values().find(|relation| relation.kind == "core-properties" && !relation.external);
        let properties = properties.and_then(|properties| archive.find(&properties.target));
        let creator = properties.map(|part| creator(archive, part)).transpose()?.unwrap_or_default();
        let book = package.values().find(|relation| relation.kind == "officeDocument" && !relation.external);
        let name = book.map_or_else(|| "xl/workbook.xml".to_owned(), |book| book.target.clone());
        if name.to_ascii_lowercase().ends_with(".bin") {
            return Err(WorkbookError::new(Fault::NotXlsx(Looks::Xlsb)));
        }
        let Some(part) = archive.find(&name).filter(|_| is_workbook(&name)) else {
            return Err(WorkbookError::new(Fault::NotXlsx(Looks::Zip)));
        };
        let (named, from_1904) = workbook(archive, part)?;
        let relations = relations(archive, &name)?;
        let mut parts =
            Self { sheets: Vec::new(), missing: Vec::new(), strings: None, styles: None, from_1904, creator };
        for relation in relations.values().filter(|relation| !relation.external) {
            match relation.kind.as_str() {
                "sharedStrings" => parts.strings = archive.find(&relation.target),
                "styles" => parts.styles = archive.find(&relation.target),
                _ => {}
            }
        }
        for sheet in named {
            parts.add(sheet, &relations, archive);
        }
        Ok(parts)
    }

    fn add(&mut self, named: Named, relations: &HashMap<String, Relation>, archive: &Archive) {
        let Named { name, relation, hidden } = named;
        let missing = |fault| WorkbookError::new(fault).in_sheet(&name);
        match relations.get(&relation) {
            Some(relation) if relation.external => self.missing.push(missing(Fault::External)),
            // Charts and dialogues have sheets of their own kinds, without cells.
            Some(relation) if relation.kind != "worksheet" => {}
            Some(Relation { target, .. }) => match archive.find(target) {
                Some(part) => self.sheets.push(Sheet { name, hidden, part }),
                None => self.missing.push(WorkbookError::damaged(target, Damage::Missing).in_sheet(&name)),
            },
            None => self.missing.push(missing(Fault::Damaged { part: relation, damage: Damage::Missing })),
        }
    }
}

/// Who made the workbook, as its properties say.
fn creator(archive: &mut Archive, part: usize) -> Result<String, WorkbookError> {
    let mut xml = Xml::new(archive, part, true)?;
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

/// Other Office files are packages too.
fn is_workbook(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !name.starts_with("word/") && !name.starts_with("ppt/")
}

/// The relationships of a part, or of the package itself, by their ids.
fn relations(archive: &mut Archive, of: &str) -> Result<HashMap<String, Relation>, WorkbookError> {
    let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
    let name = if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") };
    let mut relations = HashMap::new();
    let Some(part) = archive.find(&name) else { return Ok(relations) };
    let mut xml = Xml::new(archive, part, true)?;
    loop {
        match xml.next()? {
            Event::Start(tag) if tag.local_name().into_inner() == "Relationship" => {
                let text = |name| text_attribute(&tag, name).unwrap_or_default();
                let kind = text("Type").rsplit('/').next().unwrap_or_default().to_owned();
                let external = text("TargetMode") == "External";
                relations.insert(text("Id"), Relation { kind, target: resolved(folder, &text("Target")), external });
            }
            Event::Eof => return Ok(relations),
            _ => {}
        }
    }
}

/// A target as a name in the package: relative ones start from the folder of the part that has them.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
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

/// The sheets that the workbook's part names, in the order of their tabs, and whether days count from 1904.
fn workbook(archive: &mut Archive, part: usize) -> Result<(Vec<Named>, bool), WorkbookError> {
    let mut xml = Xml::new(archive, part, true)?;
    let (mut sheets, mut from_1904) = (Vec::new(), false);
    loop {
        match xml.next()? {
            Event::Start(tag) => match tag.local_name().into_inner() {
                "workbookPr" => {
                    from_1904 = matches!(attribute(&tag, "date1904").as_deref(), Some("1" | "true" | "on"));
                }
                "sheet" if sheets.len() >= MAX_SHEETS => {
                    return Err(WorkbookError::too_many(Counted::Parts, MAX_SHEETS as u64));
                }
                "sheet" => sheets.push(Named {
                    name: text_attribute(&tag, "name").unwrap_or_default(),
                    relation: text_attribute(&tag, "id").unwrap_or_default(),
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
        ] {
            assert_eq!(resolved(folder, target), name);
        }
    }
}
