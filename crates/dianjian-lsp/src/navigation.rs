//! From a finding to the other places that it is about, and the records of a file.

use std::path::Path;

use dianjian_engine::CheckedItem;
use dianjian_rules::record::{Kinds, ReaderEvent, Record, Value as RecordValue};
use gen_lsp_types::{DocumentSymbol, Location, Position, Range, SymbolKind};

use crate::actions::touches;
use crate::diagnostics::DiagnosticMaker;
use crate::documents::OpenDocument;
use crate::outline::rule_id_at;
use crate::places::EditorPlaces;
use crate::session::Session;

/// Records of one file that are listed.
const MAX_SYMBOLS: usize = 10_000;

/// The places that findings at a position are about, without those at the position itself; where there are none, the file
/// of the project's own rule whose id is written there.
pub(crate) fn other_places(
    session: &Session<'_>,
    maker: &DiagnosticMaker<'_>,
    (document, position): (&OpenDocument, Position),
) -> Vec<Location> {
    let here = Range { start: position, end: position };
    let mut places: Vec<Location> = Vec::new();
    for shown in maker.shown(&document.path, session).iter().filter(|shown| touches(shown.range, here)) {
        let CheckedItem::Finding(finding) = shown.item else { continue };
        for label in std::iter::once(&finding.primary).chain(&finding.related) {
            let Some(place) = maker.places.location(&label.source, label.span) else { continue };
            let is_here = place.uri.0 == document.uri && touches(place.range, here);
            if !is_here && !places.contains(&place) {
                places.push(place);
            }
        }
    }
    if places.is_empty() {
        places.extend(rule_file(session, maker.places, document, position));
    }
    places
}

fn rule_file(
    session: &Session<'_>,
    places: &EditorPlaces<'_>,
    document: &OpenDocument,
    position: Position,
) -> Option<Location> {
    let number = position.line as usize;
    let at = document.lines.offset(position, places.unit) - document.lines.start(number);
    let (_, id) = rule_id_at(document.lines.line(number), at)?;
    let rule = session.basis.project.pack.rule(id).filter(|rule| !rule.shipped)?;
    Some(Location { uri: places.uri(rule.source.path()?).into(), range: Range::default() })
}

/// The records of a file, those inside others below them.
pub(crate) fn symbols(session: &Session<'_>, maker: &DiagnosticMaker<'_>, path: &Path) -> Vec<DocumentSymbol> {
    let Some(input) = session.input(path).filter(|input| input.material.is_none()) else { return Vec::new() };
    let kinds = &session.basis.project.pack.kinds;
    let mut symbols: Vec<DocumentSymbol> = Vec::new();
    let mut count = 0;
    session.engine.each_record(std::slice::from_ref(input), &mut |source, event| {
        let ReaderEvent::Record(record, outer) = event else { return };
        count += 1;
        if count > MAX_SYMBOLS {
            return;
        }
        let range = maker.places.range(path, source, record.node.use_span());
        let head = maker.places.range(path, source, record.node.head_span());
        let symbol = symbol(kinds, record, (range, head), maker);
        let around = symbols.last_mut().filter(|last| outer.is_some() && contains(last.range, range));
        match around {
            Some(around) => around.children.get_or_insert_default().push(symbol),
            None => symbols.push(symbol),
        }
    });
    symbols
}

fn symbol(
    kinds: &Kinds,
    record: &Record<'_>,
    (range, head): (Range, Range),
    maker: &DiagnosticMaker<'_>,
) -> DocumentSymbol {
    let kind = kinds.get(record.kind_index);
    let name = kind.names.iter().filter_map(|slots| record.slot(*slots.last()?)).find_map(RecordValue::text);
    let name = name.map(std::borrow::Cow::into_owned).filter(|name| !name.trim().is_empty());
    let name = name.or_else(|| record.id(kind)).unwrap_or_else(|| kind.title.get(maker.lang).to_owned());
    let detail = Some(format!("{} {}", kind.name, record.id(kind).unwrap_or_default()).trim_end().to_owned());
    // Clients want the one inside the other.
    let selection_range = if contains(range, head) { head } else { Range { start: range.start, end: range.start } };
    let kind = if record.prefix.is_empty() { SymbolKind::Object } else { SymbolKind::Struct };
    #[expect(deprecated, reason = "the field has to be given")]
    DocumentSymbol { name, detail, kind, tags: None, deprecated: None, range, selection_range, children: None }
}

fn contains(outer: Range, inner: Range) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
