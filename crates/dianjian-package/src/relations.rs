//! Relationships: which parts belong to a part, and what they are to it.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::error::PackageError;
use super::package::Package;
use super::xml::{Xml, text_attribute};

/// A relationship between parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relationship {
    /// The last segment of its type: `worksheet`, `header`, …
    pub kind: String,
    /// The target's name in the package.
    pub target: String,
    /// Whether the target lies outside the package.
    pub external: bool,
}

/// The relationships of a part, or of the package itself if `of` is empty, by id.
///
/// # Errors
///
/// The part that holds them is damaged.
pub fn relations(package: &mut Package, of: &str) -> Result<HashMap<String, Relationship>, PackageError> {
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
