//! The files of a fleet, read whole: a plan is about their bytes.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use dianjian_base::localized;
use dianjian_document::problem::Problem;
use dianjian_document::source::{
    self, Encoded, Format, Headings, Input, Limits, SheetRows, SheetText, SourceError, SourceFile, Spool, TableChunks,
    TextEncoding,
};
use dianjian_rules::Pack;
use dianjian_rules::record::Recogniser;
use dianjian_xlsx::Workbook;

/// A file of the fleet; a workbook is one for each sheet.
#[derive(Debug)]
pub(crate) struct FleetFile {
    /// Its path from the root, with `/`.
    pub(crate) path: String,
    /// Its text: the very bytes of the file, but for those in another encoding and sheets.
    pub(crate) source: Arc<SourceFile>,
    /// Text and bytes of a table that is not in UTF-8.
    pub(crate) encoded: Option<Encoded>,
    /// The bytes of the workbook that this is a sheet of.
    pub(crate) book: Option<Arc<Vec<u8>>>,
    pub(crate) format: Format,
    pub(crate) input: Input,
}

impl FleetFile {
    /// A file whose text is its bytes.
    pub(crate) fn plain(path: &str, source: SourceFile, format: Format, input: &Input) -> Self {
        let (path, source, input) = (path.to_owned(), Arc::new(source), input.clone());
        Self { path, source, encoded: None, book: None, format, input }
    }

    /// The name of the sheet that this is, if it is one of a workbook.
    pub(crate) fn sheet(&self) -> Option<String> {
        Some(self.source.table()?.rows.as_ref()?.sheet.to_string())
    }
}

/// A table that is not planned for, although it was named.
#[derive(Debug, thiserror::Error)]
struct UnknownHeadings;

localized! { UnknownHeadings {
    Self => {
        zh: "没有认出这张表的表头，里面的店铺没有进入计划",
        en: "the headings of this table are not known; its shops are not in the plan",
    }
} }

/// Reads files; what cannot be read is reported and left out.
pub(crate) fn read_files(inputs: &[(String, Input)], pack: &Pack) -> (Vec<FleetFile>, Vec<Problem>) {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for (path, input) in inputs {
        let Some(on_disk) = input.path() else { continue };
        let read = match input.format {
            Some(Format::Workbook) => sheets(path, on_disk, input, pack),
            _ => file(path, on_disk, input, pack).map(|file| vec![file]),
        };
        match read {
            Ok(mut read) => {
                read.retain(|file| !is_unknown_table(file));
                if read.is_empty() && input.explicit {
                    problems.push(Problem::in_file(&input.name, &UnknownHeadings));
                }
                files.extend(read);
            }
            Err(error) => problems.push(Problem::of_source(&error)),
        }
    }
    (files, problems)
}

fn file(path: &str, on_disk: &Path, input: &Input, pack: &Pack) -> Result<FleetFile, SourceError> {
    let limits = Limits::of_file_bytes(u32::MAX.into());
    if let Some(format) = input.format.filter(|format| format.is_table()) {
        let encoded = Encoded::read(on_disk, &limits)?;
        let delimiter = (format == Format::Tsv).then_some(b'\t');
        let source = whole(input, on_disk, pack, |headings| {
            TableChunks::from_text(&input.name, Arc::clone(encoded.text()), headings).with_delimiter(delimiter)
        })?;
        let encoded = Some(encoded).filter(|encoded| encoded.encoding() != TextEncoding::Utf8);
        return Ok(FleetFile { encoded, ..FleetFile::plain(path, source, format, input) });
    }
    let source = source::read(on_disk, &limits)?;
    let encoded = if source.is_as_on_disk() { None } else { Some(Encoded::read(on_disk, &limits)?) };
    let format = Format::resolve(input.format, source.text());
    Ok(FleetFile { encoded, ..FleetFile::plain(path, source, format, input) })
}

/// The largest workbook that is planned for: it is held in memory.
const WORKBOOK_BYTES: u64 = 256 << 20;

/// The sheets of a workbook, each as a file of its own.
fn sheets(path: &str, on_disk: &Path, input: &Input, pack: &Pack) -> Result<Vec<FleetFile>, SourceError> {
    let failed = |error| SourceError::workbook(&input.name, error);
    let io = |error: io::Error| SourceError::from_io(&input.name, &error);
    let mut bytes = Vec::new();
    File::open(on_disk).map_err(io)?.take(WORKBOOK_BYTES + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > WORKBOOK_BYTES {
        let (name, limit) = (input.name.clone(), WORKBOOK_BYTES);
        return Err(SourceError::TooLarge { name, size: limit + 1, limit });
    }
    let bytes = Arc::new(bytes);
    let mut book = Workbook::from_bytes(Box::new(io::Cursor::new(bytes.to_vec()))).map_err(failed)?;
    let text = Arc::new(Spool::new());
    let mut files = Vec::new();
    for number in 0..book.sheets().len() {
        let before = text.len();
        let written = book.write_csv(number, &mut text.writer()).map_err(failed)?;
        let name = book.sheets().get(number).map_or("", |sheet| &sheet.name);
        let rows = SheetRows { sheet: name.into(), cells: written.rows };
        let place = before + written.bytes.start..before + written.bytes.end;
        let sheet = SheetText { rows, text: Arc::clone(&text), place };
        let source = whole(input, on_disk, pack, |headings| TableChunks::of_sheet(&input.name, sheet, headings))?;
        let book = Some(Arc::clone(&bytes));
        files.push(FleetFile { book, ..FleetFile::plain(path, source, Format::Workbook, input) });
    }
    Ok(files)
}

/// A table as one source: offsets of a plan count from the beginning of the file, and only one chunk begins there.
fn whole(
    input: &Input,
    on_disk: &Path,
    pack: &Pack,
    open: impl FnOnce(Headings<'_>) -> TableChunks<'_>,
) -> Result<SourceFile, SourceError> {
    const TABLE_BYTES: usize = 1 << 30;
    let recogniser = Recogniser { kinds: &pack.kinds, mappings: &pack.mappings, words: &pack.table_cells, kind: None };
    let headings = |rows: &[Vec<String>]| recogniser.header(rows);
    let mut parts = open(&headings).with_path(on_disk).with_limits(TABLE_BYTES, &Limits::default());
    let whole = parts.next().unwrap_or_else(|| Ok(SourceFile::new(&input.name, "")))?;
    match parts.next() {
        None => Ok(whole),
        Some(Err(error)) => Err(error),
        Some(Ok(_)) => {
            let limit = TABLE_BYTES as u64;
            Err(SourceError::TooLarge { name: input.name.clone(), size: limit + 1, limit })
        }
    }
}

/// Whether it is a table whose headings no mapping knows.
fn is_unknown_table(file: &FleetFile) -> bool {
    file.format.is_table() && file.source.table().is_none_or(|table| table.header.mapping.is_none())
}
