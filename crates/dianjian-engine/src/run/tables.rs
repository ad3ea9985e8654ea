//! Tables as inputs: which inputs are some, and how they are opened.

use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use crate::Engine;
use dianjian_base::FileSystem;
use dianjian_base::lang::Text;
use dianjian_document::problem::Problem;
use dianjian_document::source::{
    CsvTable, HEAD_RECORDS, Headings, Input, InputSource, SourceError, SourceFile, TableChunks, TableHeader,
    TextEncoding, TextStore, looks_like_table, understand,
};
use dianjian_document::tree::Format;
use dianjian_rules::record::Recogniser;
use dianjian_xlsx as workbook;

/// Bytes that are looked at to tell a table from other texts.
const LOOKED_AT: u64 = 64 << 10;

impl Engine<'_> {
    /// Who knows headings here.
    fn recogniser(&self) -> Recogniser<'_> {
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

    /// A text that is a table, ready to be read by its headings.
    pub(crate) fn with_table(&self, source: SourceFile, format: Format) -> SourceFile {
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

/// What parts the fields of a format's tables, where the format says so.
fn delimiter(format: Format) -> Option<u8> {
    (format == Format::Tsv).then_some(b'\t')
}

/// The format of an input, if it is a table. Where the name does not tell, the first bytes do.
pub(crate) fn table_format(input: &Input, engine: &Engine<'_>) -> Option<Format> {
    if let Some(format) = input.format {
        let is_misnamed = || input.path().is_some_and(|path| is_workbook(&engine.environment.files, path));
        return match format {
            Format::Csv | Format::Tsv if is_misnamed() => Some(Format::Workbook),
            _ => format.is_table().then_some(format),
        };
    }
    match &input.source {
        InputSource::Path(path) => format_of(&first_bytes(&engine.environment.files, path).ok()?),
        InputSource::Stdin => {
            let bytes = engine.stdin(input).ok()?;
            format_of(bytes.get(..bytes.len().min(LOOKED_AT as usize)).unwrap_or_default())
        }
    }
}

/// Does a file begin like a workbook, whatever its name says?
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

/// Opens a table.
pub(crate) fn open<'h>(
    input: &Input,
    format: Format,
    engine: &Engine<'_>,
    headings: Headings<'h>,
) -> Result<TableChunks<'h>, SourceError> {
    let name = &input.name;
    let chunks = match &input.source {
        InputSource::Path(path) => TableChunks::open(&engine.environment.files, name, path, headings)?,
        InputSource::Stdin => TableChunks::from_stream(name, Cursor::new(engine.stdin(input)?), headings),
    };
    Ok(chunks.with_delimiter(delimiter(format)).with_limits(engine.tuning.chunk_bytes, &engine.policy.limits))
}

/// Reads a table whole.
pub(crate) fn read(input: &Input, format: Format, engine: &Engine<'_>) -> Result<SourceFile, SourceError> {
    if format == Format::Workbook {
        // It has no one text: its sheets are read in parts, and places in them are read again from these.
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

/// Says that nobody knows a table's headings, and which would be known.
pub(crate) fn unknown_table(engine: &Engine<'_>, source: &Arc<SourceFile>) -> Problem {
    let starts = source.record_starts().iter().take(HEAD_RECORDS);
    let delimiter = source.table().map_or(b',', |table| table.delimiter);
    let rows: Vec<Vec<dianjian_document::source::CsvField>> = starts
        .map(|start| dianjian_document::source::CsvFields::of(source.text(), *start, delimiter).collect())
        .collect();
    let texts: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|field| field.text(source.text()).into_owned()).collect()).collect();
    let recogniser = engine.recogniser();
    let nearly = recogniser.nearly(&texts);
    let fullest =
        || texts.iter().enumerate().max_by_key(|(at, row)| (filled(row), usize::MAX - at)).map_or(0, |best| best.0);
    let row = nearly.as_ref().map_or_else(fullest, |nearly| nearly.row);
    let span = match &nearly {
        Some(nearly) => rows.get(nearly.row).and_then(|row| row.get(nearly.column)).map(|field| field.span),
        None => source.record_starts().get(row).and_then(|start| source.record_span(*start)),
    };
    let known = recogniser.known();
    let list = |separator: &str, zh: bool| {
        let named = known.iter().map(|(kind, names)| {
            let title = engine.pack.kinds.get(*kind).title.clone();
            let names: Vec<&str> = names.iter().copied().filter(|name| name.is_ascii() != zh).take(4).collect();
            if zh {
                format!("{}（{}）", title.zh, names.join("、"))
            } else {
                format!("{} ({})", title.en, names.join(", "))
            }
        });
        named.collect::<Vec<_>>().join(separator)
    };
    let message = match &nearly {
        Some(nearly) => Text {
            zh: format!("没有认出表头；“{}”是不是想写“{}”？", nearly.found, nearly.near),
            en: format!("no row of headings was recognised; did you mean “{}” by “{}”?", nearly.near, nearly.found),
        },
        None => Text {
            zh: format!("前 {HEAD_RECORDS} 行里没有认得的表头"),
            en: format!("none of the first {HEAD_RECORDS} rows is a row of known headings"),
        },
    };
    let help = Text {
        zh: format!("认得的表格和它们的表头：{}；其他表头可用 --mapping 说明。", list("；", true)),
        en: format!(
            "Known tables and their headings: {}. Say with --mapping what other headings mean.",
            list("; ", false)
        ),
    };
    let place = Some((Arc::clone(source), span.unwrap_or_default()));
    Problem { file: source.name().to_owned(), place, sheet: None, related: Vec::new(), message, help: Some(help) }
}

fn filled(row: &[String]) -> usize {
    row.iter().filter(|cell| !cell.trim().is_empty()).count()
}
