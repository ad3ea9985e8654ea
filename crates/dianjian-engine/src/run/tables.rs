//! Tables as inputs: how they are recognised and opened.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use dianjian_base::lang::{Lang, Text};
use dianjian_base::{FileSystem, text};
use dianjian_document::problem::Problem;
use dianjian_document::source::{
    CsvField, CsvFields, CsvTable, HEAD_RECORDS, Headings, Input, InputSource, SourceError, SourceFile, Span,
    TableBlock, TableChunks, TableHeader, TextEncoding, TextStore, looks_like_table, understand,
};
use dianjian_document::tree::Format;
use dianjian_rules::record::{Recogniser, fullest, or_ignore};
use dianjian_xlsx as workbook;

use crate::Engine;

/// Bytes that are read to tell a table from other texts.
const LOOKED_AT: u64 = 64 << 10;

impl Engine<'_> {
    /// What finds the headings of tables.
    pub fn recogniser(&self) -> Recogniser<'_> {
        Recogniser {
            kinds: &self.pack.kinds,
            mappings: &self.pack.mappings,
            words: &self.pack.table_cells,
            kind: self.policy.kind,
        }
    }

    /// Finds the row of headings among the first rows of a table.
    pub(crate) fn header(&self, rows: &[Vec<String>]) -> TableHeader {
        self.recogniser().header(rows)
    }

    /// Finds the tables that stand below the first one in a sheet.
    pub(crate) fn blocks(&self, rows: &[Vec<String>], first: &TableHeader) -> Vec<TableBlock> {
        self.recogniser().blocks(rows, first)
    }

    /// A text with its table, if it is one.
    pub fn with_table(&self, source: SourceFile, format: Format) -> SourceFile {
        if !format.is_table() || source.table().is_some() {
            return source;
        }
        let (delimiter, header) = understand(source.text(), true, delimiter(format), &|rows| self.header(rows));
        let store = match source.path() {
            Some(path) => TextStore::File(path.to_owned()),
            None => TextStore::Memory(source.text().into()),
        };
        let (encoding, rows) = (TextEncoding::Utf8, None);
        source.with_table(Arc::new(CsvTable { delimiter, encoding, rows, header, store }), 0)
    }
}

/// The delimiter of a format, if the format fixes it.
fn delimiter(format: Format) -> Option<u8> {
    (format == Format::Tsv).then_some(b'\t')
}

/// The format of an input if it is a table, by its name, else by its first bytes.
pub(crate) fn table_format(input: &Input, engine: &Engine<'_>) -> Option<Format> {
    if let Some(format) = input.format {
        let is_misnamed = || input.path().is_some_and(|path| is_workbook(&engine.environment.files, path));
        return match format {
            Format::Csv | Format::Tsv if is_misnamed() => Some(Format::Workbook),
            // Many systems export text under the name of a workbook.
            Format::Workbook if is_text_table(input, engine) => Some(Format::Csv),
            _ => format.is_table().then_some(format),
        };
    }
    match &input.source {
        InputSource::Path(path) => format_of(&first_bytes(&engine.environment.files, path).ok()?),
        InputSource::Stdin => format_of(&engine.stdin.head(LOOKED_AT).ok()?),
    }
}

/// Whether what is named a workbook is a table in plain text.
fn is_text_table(input: &Input, engine: &Engine<'_>) -> bool {
    let head = input.path().and_then(|path| first_bytes(&engine.environment.files, path).ok());
    head.is_some_and(|head| {
        let is_page = String::from_utf8_lossy(head.get(..head.len().min(4_096)).unwrap_or(&head)).contains('<');
        !workbook::is_workbook(&head) && !is_page && looks_like_table(&head)
    })
}

/// Whether a file begins like a workbook, whatever its name says.
fn is_workbook(files: &FileSystem, path: &Path) -> bool {
    let mut head = [0; 8];
    let read = files.open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && workbook::is_workbook(&head)
}

/// The format of a table that begins with these bytes.
fn format_of(bytes: &[u8]) -> Option<Format> {
    let is_workbook = workbook::is_workbook(bytes);
    is_workbook.then_some(Format::Workbook).or_else(|| looks_like_table(bytes).then_some(Format::Csv))
}

fn first_bytes(files: &FileSystem, path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    files.open(path)?.take(LOOKED_AT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

pub(crate) fn open<'h>(
    input: &Input,
    format: Format,
    engine: &Engine<'_>,
    headings: Headings<'h>,
) -> Result<TableChunks<'h>, SourceError> {
    let name = &input.name;
    let chunks = match &input.source {
        InputSource::Path(path) => TableChunks::open(&engine.environment.files, name, path, headings)?,
        InputSource::Stdin => TableChunks::from_stream(name, engine.stdin.reader(), headings),
    };
    Ok(chunks.with_delimiter(delimiter(format)).with_limits(engine.tuning.chunk_bytes, &engine.policy.limits))
}

/// Reads a table whole.
pub(crate) fn read(input: &Input, format: Format, engine: &Engine<'_>) -> Result<SourceFile, SourceError> {
    if format == Format::Workbook {
        // A workbook is not one text: its sheets are read in chunks, and places in them are read again from these.
        return Ok(SourceFile::new(&input.name, ""));
    }
    let headings = |rows: &[Vec<String>]| engine.header(rows);
    let limits = &engine.policy.limits;
    let limit = limits.file_bytes.min(1 << 30);
    let parts = open(input, format, engine, &headings)?.with_limits(limit as usize, limits);
    let mut whole = None;
    for part in parts {
        if whole.is_some() {
            return Err(SourceError::TooLarge { name: input.name.clone(), size: limit + 1, limit });
        }
        whole = Some(part?);
    }
    Ok(whole.unwrap_or_else(|| SourceFile::new(&input.name, "")))
}

/// So many rows of a table are searched for headings that stand too far down.
const LATE_RECORDS: usize = 2_000;

/// The fields of a table's first rows.
fn first_rows(source: &SourceFile, most: usize) -> Vec<Vec<CsvField>> {
    let delimiter = source.table().map_or(b',', |table| table.delimiter);
    let fields = |start: &u32| CsvFields::of(source.text(), *start, delimiter).collect();
    source.record_starts().iter().take(most).map(fields).collect()
}

fn texts_of(rows: &[Vec<CsvField>], source: &SourceFile) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(|field| field.text(source.text()).into_owned()).collect()).collect()
}

/// Whether a table that no mapping knows looks like one of a shop's papers.
pub(crate) fn looks_like_ours(engine: &Engine<'_>, source: &SourceFile) -> bool {
    let texts = texts_of(&first_rows(source, HEAD_RECORDS), source);
    let sheet = source.table().and_then(|table| table.rows.as_ref()).map(|rows| &*rows.sheet);
    sheet.is_some_and(|sheet| engine.pack.familiar.sheet(sheet, &texts))
        || engine.pack.familiar.rows(&texts).is_some()
        || misplaced_headings(engine, source, &texts).is_some()
}

/// Headings where none are looked for: the record with the first of them, and what is wrong.
fn misplaced_headings(engine: &Engine<'_>, source: &SourceFile, first: &[Vec<String>]) -> Option<(usize, Text)> {
    if let Some(record) = engine.recogniser().upright(first) {
        let message = text! {
            zh: "字段名竖着写在第一列，这样的表没有读：把表转置，让字段名在第一行，每行一条记录",
            en: "the names of the fields stand below each other in the first column, and such a table is not read: transpose it, \
                 so that they are in the first row and each row is a record",
        };
        return Some((record, message));
    }
    let rows = texts_of(&first_rows(source, LATE_RECORDS), source);
    let record = engine.recogniser().late_headings(&rows)?;
    let message = text! {
        zh: "前 {HEAD_RECORDS} 行里没有表头，这一行才像表头：删去上面的行，或把表放到单独的工作表里",
        en: "none of the first {HEAD_RECORDS} rows is a row of headings, but this one looks like one: remove what is above it, or put \
             the table into a sheet of its own",
    };
    Some((record, message))
}

/// The problem of a table whose headings are unknown; it names those that are known. `None`: it was found in a folder and
/// looks like none of ours.
pub(crate) fn unknown_table(engine: &Engine<'_>, source: &Arc<SourceFile>, explicit: bool) -> Option<Problem> {
    let starts = source.record_starts();
    let rows = first_rows(source, HEAD_RECORDS);
    let texts = texts_of(&rows, source);
    if let Some((record, message)) = misplaced_headings(engine, source, &texts) {
        let span = starts.get(record).and_then(|start| source.record_span(*start));
        return Some(Problem::with_message(source, span.unwrap_or_default(), message, None));
    }
    let familiar = engine.pack.familiar.rows(&texts);
    if !explicit && familiar.is_none() && !looks_like_ours(engine, source) {
        // Perhaps it is no table at all.
        let near = engine.pack.familiar.text(source.text())?;
        return Some(near.problem(source, Span::at(0)));
    }
    let (span, message) = match engine.recogniser().nearly(&texts) {
        Some(nearly) => {
            let (found, near) = (nearly.found, nearly.near);
            let message = text! {
                zh: "没有认出表头；“{found}”是不是想写“{near}”？",
                en: "no row of headings was recognised; did you mean “{near}” by “{found}”?",
            };
            (rows.get(nearly.row).and_then(|row| row.get(nearly.column)).map(|field| field.span), message)
        }
        None => {
            let start = starts.get(familiar.map_or_else(|| fullest(&texts), |(row, _)| row));
            let message = text! {
                zh: "前 {HEAD_RECORDS} 行里没有认得的表头",
                en: "none of the first {HEAD_RECORDS} rows is a row of known headings",
            };
            (start.and_then(|start| source.record_span(*start)), message)
        }
    };
    let (zh, en) = (known_tables(engine, Lang::Zh), known_tables(engine, Lang::En));
    let help = or_ignore(text! {
        zh: "认得的表格和它们的表头：{zh}；其他表头可用 --mapping 说明。",
        en: "Known tables and their headings: {en}. Say with --mapping what other headings mean.",
    });
    Some(Problem::with_message(source, span.unwrap_or_default(), message, Some(help)))
}

/// The known tables, each with a few of its headings in a language: `shop (id, name); …`.
fn known_tables(engine: &Engine<'_>, lang: Lang) -> String {
    let recogniser = engine.recogniser();
    let known = recogniser.known();
    let tables = known.iter().map(|(kind, names)| {
        let title = engine.pack.kinds.get(*kind).title.get(lang);
        let is_wanted = |name: &&str| name.is_ascii() == (lang == Lang::En);
        let names: Vec<&str> = names.iter().copied().filter(is_wanted).take(4).collect();
        lang.pick(format!("{title}（{}）", names.join("、")), format!("{title} ({})", names.join(", ")))
    });
    tables.collect::<Vec<_>>().join(lang.pick("；", "; "))
}
