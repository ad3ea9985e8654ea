//! Planned edits of a text, for the planner and for views of a plan that have no file at hand.

use std::ops::Range;

use dianjian_document::source::Encoded;

use crate::plan::PlannedEdit;

/// A text after edits, which are given in the plan's order. `None`: they overlap, or were made for another text.
pub fn apply_to_text<'e>(text: &str, edits: impl IntoIterator<Item = &'e PlannedEdit>) -> Option<String> {
    let mut edits: Vec<&PlannedEdit> = edits.into_iter().collect();
    // Stable: insertions at one place keep their order, and come before what is replaced there.
    edits.sort_by_key(|edit| (edit.start, edit.end > edit.start));
    let added: usize = edits.iter().map(|edit| edit.new.len()).sum();
    let mut out = String::with_capacity(text.len() + added);
    let mut done = 0;
    for edit in edits {
        let (start, end) = (usize::try_from(edit.start).ok()?, usize::try_from(edit.end).ok()?);
        if start < done || text.get(start..end)? != edit.old {
            return None;
        }
        out.push_str(text.get(done..start)?);
        out.push_str(&edit.new);
        done = end;
    }
    out.push_str(text.get(done..)?);
    Some(out)
}

/// Turns edits of a table's text into edits of its bytes, which are in another encoding; returns the new bytes.
pub(crate) fn encode_edits(encoded: &Encoded, mut edits: Vec<&mut PlannedEdit>) -> Vec<u8> {
    edits.sort_by_key(|edit| (edit.start, edit.end));
    let at = |offset: u64| u32::try_from(offset).unwrap_or(u32::MAX);
    let ends: Vec<u32> = edits.iter().flat_map(|edit| [at(edit.start), at(edit.end)]).collect();
    let (bytes, mut out, mut done) = (encoded.bytes(), Vec::new(), 0);
    let mut splice = |range: Range<usize>, new: &[u8]| {
        out.extend_from_slice(bytes.get(done..range.start).unwrap_or_default());
        out.extend_from_slice(new);
        done = range.end;
    };
    for (edit, ends) in edits.into_iter().zip(encoded.byte_offsets(&ends).chunks_exact(2)) {
        let (&[start, end], Ok(new)) = (ends, encoded.encoding().encode(&edit.new)) else { continue };
        (edit.start, edit.end) = (start, end);
        splice(start as usize..end as usize, &new);
    }
    splice(bytes.len()..bytes.len(), &[]);
    out
}
