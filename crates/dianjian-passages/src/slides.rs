//! PowerPoint documents: each slide with its diagrams and the speaker's notes.

use dianjian_package::{Package, Xml, relations, relationship_id};
use quick_xml::events::Event;

use crate::lines::PassageLines;
use crate::passage::PassagePart;
use crate::runs::RunReader;
use crate::word::natural;
use crate::{PassageError, PassageLimit};

/// The most slides.
const MAX_SLIDES: usize = 10_000;

pub(crate) fn read(package: &mut Package, name: &str, lines: &mut PassageLines) -> Result<(), PassageError> {
    let slides = slides(package, name)?;
    let mut reader = RunReader::new(lines);
    for (number, slide) in (1..).zip(slides) {
        let Some(part) = package.find(&slide) else { continue };
        reader.read(package, part, PassagePart::Slide(number))?;
        let mut beside: Vec<_> = relations(package, &slide)?.into_values().filter(|beside| !beside.external).collect();
        beside.sort_by_cached_key(|beside| (beside.kind.clone(), natural(&beside.target)));
        for beside in beside {
            let base = match beside.kind.as_str() {
                "diagramData" => PassagePart::Slide(number),
                "notesSlide" => PassagePart::Notes(number),
                _ => continue,
            };
            if let Some(part) = package.find(&beside.target) {
                reader.read(package, part, base)?;
            }
        }
    }
    Ok(())
}

/// The parts of the slides, in the order of the presentation.
fn slides(package: &mut Package, name: &str) -> Result<Vec<String>, PassageError> {
    let relations = relations(package, name)?;
    let Some(part) = package.find(name) else { return Ok(Vec::new()) };
    let mut xml = Xml::of_all_namespaces(package, part, true)?;
    let mut slides = Vec::new();
    loop {
        match xml.next()? {
            Event::Start(tag) if tag.local_name().into_inner() == "sldId" => {
                if slides.len() >= MAX_SLIDES {
                    return Err(PassageError::LimitExceeded { what: PassageLimit::Pages, limit: MAX_SLIDES as u64 });
                }
                // The tag has a number of its own, too, under the same name without a prefix.
                let id = relationship_id(&tag);
                slides.extend(id.and_then(|id| relations.get(&id)).map(|relation| relation.target.clone()));
            }
            Event::Eof => return Ok(slides),
            _ => {}
        }
    }
}
