//! From inputs to units of work: batches of small files, chunks of large ones, tables by their rows.

use std::ops::Range;

use dianjian_base::lang::Text;
use dianjian_document::source::{Chunks, Input, ListLayout, SourceError, SourceFile, TableHeader};
use dianjian_document::tree::Format;

use super::lists::{self, JsonForm};
use super::{tables, workbooks};
use crate::Engine;
use crate::shards::sharding::Sharding;

/// Files per unit: enough to make the hand-over cheap, few enough to keep all threads busy to the end.
const FILES_PER_UNIT: usize = 16;

/// A piece of work for one thread. Files are named by their number among the inputs.
pub(crate) enum WorkUnit {
    Files(Vec<(usize, Input)>),
    /// A chunk of a line-delimited file or of a table.
    Chunk(usize, Box<Result<SourceFile, SourceError>>),
    /// A file that would be read in chunks and cannot be opened.
    Unopened(usize, SourceError),
    /// A file with nothing to be checked, and why.
    Passed(usize, Text),
    /// A sheet of a workbook with nothing to be checked, by its name.
    PassedSheet(usize, String),
    /// The number of lines in this shard's chunks of a line-delimited file; follows the last of them. Merging needs
    /// it to number the lines of the shards after this one.
    LineCount(usize, u64),
}

/// Sends the units of one shard. `sizes` are those of the inputs in bytes; they are needed only where there are
/// several shards.
pub(crate) fn produce(
    engine: &Engine<'_>,
    inputs: &[Input],
    sizes: &[u64],
    mut sharding: Sharding,
    send: &mut dyn FnMut(WorkUnit) -> bool,
) {
    let mut batch: Vec<(usize, Input)> = Vec::new();
    for (index, input) in inputs.iter().enumerate() {
        let size = sizes.get(index).copied().unwrap_or_default();
        let table = tables::table_format(input, engine);
        let form = if table.is_none() { lists::json_form(input, engine) } else { JsonForm::Whole };
        let is_chunked = table.is_some() || !matches!(form, JsonForm::Whole);
        if (is_chunked || batch.len() >= FILES_PER_UNIT)
            && !batch.is_empty()
            && !send(WorkUnit::Files(std::mem::take(&mut batch)))
        {
            return;
        }
        let wants_more = if table == Some(Format::Workbook) {
            !sharding.takes_file(size) || workbooks::send((index, input), engine, send)
        } else if let JsonForm::List(layout) = form {
            !sharding.takes_file(size) || send_list((index, input), layout, engine, send)
        } else if is_chunked && table.is_none() && input.format != Some(Format::NdJson) {
            !sharding.takes_file(size) || send_lines((index, input), 0..u64::MAX, engine, send)
        } else if is_chunked {
            let range = sharding.range_of_file(size, engine.tuning.chunk_bytes as u64);
            range.is_empty()
                || match table {
                    Some(format) => send_table((index, input), format, range, engine, send),
                    None => send_lines((index, input), range, engine, send),
                }
        } else {
            batch.extend(sharding.takes_file(size).then(|| (index, input.clone())));
            true
        };
        if !wants_more {
            return;
        }
    }
    if !batch.is_empty() {
        send(WorkUnit::Files(batch));
    }
}

/// Sends the chunks of a table that begin in a range of its bytes; says whether more are wanted.
fn send_table(
    (index, input): (usize, &Input),
    format: Format,
    range: Range<u64>,
    engine: &Engine<'_>,
    send: &mut dyn FnMut(WorkUnit) -> bool,
) -> bool {
    let headings = |rows: &[Vec<String>]| engine.header(rows);
    let blocks = |rows: &[Vec<String>], first: &TableHeader| engine.blocks(rows, first);
    let chunks = match tables::open(input, format, engine, &headings) {
        Ok(chunks) => chunks.with_blocks(&blocks),
        Err(error) => return send(WorkUnit::Unopened(index, error)),
    };
    let mut is_empty = true;
    for chunk in chunks {
        is_empty = false;
        // A table whose headings are unknown is one problem, for which its first chunk is enough.
        let is_unknown = |chunk: &SourceFile| chunk.table().is_some_and(|table| table.header.mapping.is_none());
        let is_last = chunk.as_ref().is_ok_and(is_unknown);
        let at = chunk.as_ref().map_or_else(|error| error.position().map(|at| at.offset), |c| Some(c.base_offset()));
        let sent = match (at, chunk) {
            (None, Err(error)) => send(WorkUnit::Unopened(index, error)),
            (at, chunk) => !at.is_some_and(|at| range.contains(&at)) || send(WorkUnit::Chunk(index, Box::new(chunk))),
        };
        if !sent {
            return false;
        }
        if is_last || at.is_some_and(|at| at >= range.end) {
            break;
        }
    }
    let nothing = || SourceFile::new(&input.name, "");
    !is_empty || range.start > 0 || send(WorkUnit::Chunk(index, Box::new(Ok(nothing()))))
}

/// Sends the chunks of a line-delimited file that begin in a range of its bytes; says whether more are wanted.
fn send_lines(
    (index, input): (usize, &Input),
    range: Range<u64>,
    engine: &Engine<'_>,
    send: &mut dyn FnMut(WorkUnit) -> bool,
) -> bool {
    let (bytes, line_bytes) = (engine.tuning.chunk_bytes, engine.policy.limits.line_bytes);
    let mut send_chunk = |chunk: Result<SourceFile, SourceError>| {
        let named = chunk.map(|chunk| chunk.with_name(&input.name));
        send(WorkUnit::Chunk(index, Box::new(named)))
    };
    let (sent, lines) = match input.path() {
        None => {
            let chunks = Chunks::from_reader(&input.name, engine.stdin.reader(), bytes);
            let mut chunks = chunks.with_line_bytes(line_bytes);
            (chunks.by_ref().all(&mut send_chunk), chunks.lines())
        }
        Some(path) => {
            let chunks = match Chunks::open_part(&engine.environment.files, path, bytes, range) {
                Err(error) => return send(WorkUnit::Unopened(index, error)),
                Ok(chunks) => chunks,
            };
            let mut chunks = chunks.with_line_bytes(line_bytes);
            (chunks.by_ref().all(&mut send_chunk), chunks.lines())
        }
    };
    sent && (input.format != Some(Format::NdJson) || send(WorkUnit::LineCount(index, lines)))
}

/// Sends the pieces of a list, or the one source that says why it cannot be read; says whether more are wanted.
fn send_list(
    (index, input): (usize, &Input),
    layout: ListLayout,
    engine: &Engine<'_>,
    send: &mut dyn FnMut(WorkUnit) -> bool,
) -> bool {
    let mut send = |chunk| send(WorkUnit::Chunk(index, Box::new(chunk)));
    match layout {
        ListLayout::Whole => true,
        ListLayout::Broken(source) => send(Ok(source.with_name(&input.name))),
        ListLayout::Pieces(pieces) => pieces.iter().all(|piece| send(lists::read_piece(input, piece, engine))),
    }
}
