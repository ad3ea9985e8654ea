//! Changes of words: only the bytes of the runs that hold them are written anew.

use std::collections::BTreeMap;
use std::io::{Seek, Write};
use std::ops::Range;

use dianjian_package::{Package, ReadSeek, Splice};

use crate::lines::{PassageLines, Piece};
use crate::{PassageError, word_or_slides};

/// A change of a document's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextEdit {
    /// The bytes that are replaced, in the text as it is read.
    pub range: Range<usize>,
    /// What takes their place.
    pub text: String,
}

/// Writes a Word or PowerPoint document with words changed. The edits ascend and do not overlap. Breaks between runs and
/// paragraphs stay.
///
/// # Errors
///
/// The document is damaged, or its text is not `text` (any more); writing fails.
pub fn write_edited(
    file: Box<dyn ReadSeek>,
    text: &str,
    edits: &[TextEdit],
    out: &mut (impl Write + Seek),
) -> Result<(), PassageError> {
    let mut package = Package::open(file)?;
    let mut lines = PassageLines::with_pieces();
    word_or_slides(&mut package, &mut lines)?;
    let (now, pieces) = lines.into_pieces();
    if now.trim_end_matches('\n') != text.trim_end_matches('\n') {
        return Err(PassageError::Changed);
    }
    let mut splices: BTreeMap<usize, Vec<Splice>> = BTreeMap::new();
    for (piece, own) in by_piece(&pieces, edits) {
        splices.entry(piece.place.part).or_default().extend(piece.spliced(&now, &own));
    }
    let mut contents = BTreeMap::new();
    for (part, mut splices) in splices {
        splices.sort_by_key(|splice| (splice.start, splice.end));
        splices.dedup();
        contents.insert(part, package.spliced(part, &splices)?);
    }
    package.write_with(contents, out)?;
    Ok(())
}

/// The pieces that edits change, each with its share of them, relative to itself. New text goes to the first piece.
fn by_piece<'p>(pieces: &'p [Piece], edits: &[TextEdit]) -> Vec<(&'p Piece, Vec<TextEdit>)> {
    let mut shares: BTreeMap<usize, Vec<TextEdit>> = BTreeMap::new();
    for TextEdit { range, text } in edits {
        let mut text = Some(text.clone());
        let first = pieces.partition_point(|piece| piece.at + piece.len < range.start.max(1));
        for (number, piece) in pieces.iter().enumerate().skip(first) {
            let end = piece.at + piece.len;
            let touches = piece.at < range.end && range.start < end;
            let inserts = range.is_empty() && piece.at <= range.start && range.start <= end && text.is_some();
            if piece.at > range.end {
                break;
            }
            if touches || inserts {
                let own = range.start.max(piece.at) - piece.at..range.end.min(end) - piece.at;
                let text = text.take().unwrap_or_default();
                shares.entry(number).or_default().push(TextEdit { range: own, text });
            }
        }
    }
    shares.into_iter().filter_map(|(number, edits)| Some((pieces.get(number)?, edits))).collect()
}

impl Piece {
    /// The changes of its bytes.
    fn spliced(&self, text: &str, edits: &[TextEdit]) -> Vec<Splice> {
        let before = text.get(self.at..self.at + self.len).unwrap_or_default();
        let mut after = before.to_owned();
        for edit in edits.iter().rev() {
            after.replace_range(edit.range.clone(), &edit.text);
        }
        let raw = &self.place.raw;
        let mut splices: Vec<Splice> = if self.is_verbatim() {
            let start = |at: usize| raw.start + at as u64;
            let own = |edit: &TextEdit| Splice {
                start: start(edit.range.start),
                end: start(edit.range.end),
                text: escaped(&edit.text),
            };
            edits.iter().map(own).collect()
        } else {
            vec![Splice { start: raw.start, end: raw.end, text: escaped(&after) }]
        };
        let begins_blank = after.starts_with(' ') && !before.starts_with(' ');
        let ends_blank = after.ends_with(' ') && !before.ends_with(' ');
        if let Some(at) = self.place.trims_at.filter(|_| begins_blank || ends_blank) {
            splices.push(Splice { start: at, end: at, text: " xml:space=\"preserve\"".to_owned() });
        }
        splices
    }
}

/// A text as XML, without characters that XML cannot hold.
fn escaped(text: &str) -> String {
    let holds = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    let text: String = text.chars().map(|c| if c == '\n' { ' ' } else { c }).filter(holds).collect();
    quick_xml::escape::partial_escape(text.as_str()).into_owned()
}
