//! Workbooks as inputs: every sheet whose headings are known is a table.

use std::io::Cursor;
use std::sync::Arc;

use dianjian_document::source::{
    Input, InputSource, SheetRows, SheetText, SourceError, SourceFile, Spool, TableChunks, TableHeader,
};
use dianjian_xlsx::{Workbook, WorkbookError};

use super::produce::WorkUnit;
use super::tables::looks_like_ours;
use crate::Engine;
use crate::ledger;

/// The creator, in the document properties, of workbooks that are reports of this program.
pub const REPORT_CREATOR: &str = "dianjian";

/// Sends the chunks of a workbook's sheets; says whether more are wanted.
///
/// Sheets with unknown headings are passed over unless they look like those of shops, as workbooks hold notes and sums too.
/// If there is no other sheet, the first of them is sent, so that it is reported.
pub(crate) fn send(
    (index, input): (usize, &Input),
    engine: &Engine<'_>,
    send: &mut dyn FnMut(WorkUnit) -> bool,
) -> bool {
    let failed = |error: WorkbookError| Err(SourceError::workbook(&input.name, error));
    let mut book = match open(input, engine) {
        Ok(book) => book,
        Err(error) => return send(WorkUnit::Chunk(index, Box::new(Err(error)))),
    };
    // A report found in a folder repeats what was checked; it holds no shops.
    if book.creator() == REPORT_CREATOR && !input.explicit {
        return send(WorkUnit::Passed(index, ledger::own_report()));
    }
    let send_unit = send;
    let mut send = |part: Result<SourceFile, SourceError>| send_unit(WorkUnit::Chunk(index, Box::new(part)));
    let mut is_silent = book.missing().is_empty();
    if !book.missing().to_vec().into_iter().all(|error| send(failed(error))) {
        return false;
    }
    let text = Arc::new(Spool::new());
    let (mut unknown, mut passed) = (None, Vec::new());
    for number in 0..book.sheets().len() {
        let before = text.len();
        let mut written = match book.write_csv(number, &mut text.writer()) {
            Ok(written) => written,
            Err(error) => {
                is_silent = false;
                if !send(failed(error)) {
                    return false;
                }
                continue;
            }
        };
        let name = book.sheets().get(number).map_or("", |sheet| &sheet.name);
        let rows = SheetRows { sheet: name.into(), cells: std::mem::take(&mut written.rows) };
        let place = before + written.bytes.start..before + written.bytes.end;
        let sheet = SheetText { rows, text: Arc::clone(&text), place };
        let headings = |rows: &[Vec<String>]| engine.header(rows);
        let blocks = |rows: &[Vec<String>], first: &TableHeader| engine.blocks(rows, first);
        let chunks = TableChunks::of_sheet(&input.name, sheet, &headings).with_blocks(&blocks);
        let chunks = chunks.with_limits(engine.tuning.chunk_bytes, &engine.policy.limits);
        let mut chunks = match input.path() {
            Some(path) => chunks.with_path(path),
            None => chunks,
        };
        let Some(first) = chunks.next() else { continue };
        let table = first.as_ref().ok().and_then(SourceFile::table).map(Arc::clone);
        if table.as_ref().is_some_and(|table| table.header.mapping.is_none()) {
            if first.as_ref().is_ok_and(|first| looks_like_ours(engine, first)) {
                is_silent = false;
                if !send(first) {
                    return false;
                }
            } else {
                passed.extend(book.sheets().get(number).map(|sheet| sheet.name.clone()));
                unknown = unknown.or(Some(first));
            }
            continue;
        }
        is_silent = false;
        let below: Vec<TableHeader> = chunks.headers_below().cloned().collect();
        let headers = || table.iter().map(|table| &table.header).chain(&below);
        let is_read = |column: u32| {
            headers().any(|header| header.columns.get(column as usize).is_some_and(|column| column.key.is_some()))
        };
        if !written.not_computed(is_read).map(failed).into_iter().chain([first]).chain(chunks).all(&mut send) {
            return false;
        }
    }
    if is_silent {
        return send(unknown.unwrap_or_else(|| failed(WorkbookError::all_sheets_empty())));
    }
    passed.into_iter().all(|sheet| send_unit(WorkUnit::PassedSheet(index, sheet)))
}

fn open(input: &Input, engine: &Engine<'_>) -> Result<Workbook, SourceError> {
    let book = match &input.source {
        InputSource::Path(path) => {
            let file =
                engine.environment.files.open(path).map_err(|error| SourceError::from_io(&input.name, &error))?;
            Workbook::from_bytes(Box::new(file))
        }
        InputSource::Stdin => {
            let bytes = engine.stdin.whole(&input.name, engine.policy.limits.file_bytes)?;
            Workbook::from_bytes(Box::new(Cursor::new(Arc::<[u8]>::from(bytes))))
        }
    };
    book.map_err(|error| SourceError::workbook(&input.name, error))
}
