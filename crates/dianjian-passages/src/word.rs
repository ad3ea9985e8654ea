//! Word documents: the body first, then notes, headers and footers, and diagrams.

use dianjian_package::{Package, relations};

use crate::PassageError;
use crate::lines::PassageLines;
use crate::passage::PassagePart;
use crate::runs::RunReader;

pub(crate) fn read(package: &mut Package, name: &str, lines: &mut PassageLines) -> Result<(), PassageError> {
    let Some(part) = package.find(name) else { return Ok(()) };
    let mut others: Vec<(PassagePart, String)> = relations(package, name)?
        .into_values()
        .filter(|relation| !relation.external)
        .filter_map(|relation| Some((base(&relation.kind)?, relation.target)))
        .collect();
    others.sort_by_cached_key(|(base, target)| (order(*base), natural(target)));
    others.dedup();
    let mut reader = RunReader::new(lines);
    reader.read(package, part, PassagePart::Body)?;
    for (base, target) in others {
        if let Some(part) = package.find(&target) {
            reader.read(package, part, base)?;
        }
    }
    Ok(())
}

/// What the paragraphs of a part belong to, by its relationship to the document. Comments are no part of the text.
fn base(kind: &str) -> Option<PassagePart> {
    match kind {
        "footnotes" => Some(PassagePart::Footnote),
        "endnotes" => Some(PassagePart::Endnote),
        "header" => Some(PassagePart::Header),
        "footer" => Some(PassagePart::Footer),
        "diagramData" => Some(PassagePart::TextBox),
        _ => None,
    }
}

const fn order(base: PassagePart) -> u8 {
    match base {
        PassagePart::Footnote => 0,
        PassagePart::Endnote => 1,
        PassagePart::Header => 2,
        PassagePart::Footer => 3,
        _ => 4,
    }
}

/// `header2.xml` before `header10.xml`.
pub(crate) fn natural(name: &str) -> (usize, String) {
    (name.len(), name.to_owned())
}
