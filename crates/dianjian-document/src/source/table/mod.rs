//! Tables: what the parts of one CSV text share, and the cell of a byte.
//!
//! Whatever a table was stored as (CSV in any encoding, a sheet of a workbook), what flows on is CSV text
//! in UTF-8, cut at record borders into [`SourceFile`]s that share a [`CsvTable`].

mod cell;
mod chunks;
mod decode;
mod encoded;
mod scan;
mod sniff;
mod spool;

use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

pub use cell::CellAddress;
use chunks::undecoded;
pub use chunks::{BlocksBelow, HEAD_RECORDS, Headings, TableChunks, understand};
pub use decode::TextEncoding;
use dianjian_xlsx::{self as workbook, CellRef};
pub use encoded::{Encoded, Unencodable};
pub use scan::{CsvField, CsvFields, FieldEnd, FieldQuotes, QuotingFault};
use serde::{Deserialize, Serialize};
pub use sniff::looks_like_table;
pub use spool::{Spool, SpoolReader, SpoolWriter};

use super::{SourceFile, Span};

/// What all parts of a table share.
#[derive(Debug)]
pub struct CsvTable {
    /// `,`, `;`, `|` or a tab.
    pub delimiter: u8,
    /// How the file on disk is encoded; a workbook's sheets are UTF-8.
    pub encoding: TextEncoding,
    /// The cells of the records, for a sheet of a workbook.
    pub rows: Option<Arc<SheetRows>>,
    /// The row of headings.
    pub header: TableHeader,
    /// Where the text can be read again.
    pub store: TextStore,
}

/// The sheet that a text was made from, and the cells of its records.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SheetRows {
    /// The sheet's name.
    pub sheet: Arc<str>,
    /// The cells of records and their fields.
    pub cells: workbook::RowMap,
}

/// A sheet of a workbook as CSV text: commas between fields, `\n` after records, quotes only where they are needed.
/// Rows without any content have no record.
#[derive(Debug, Clone)]
pub struct SheetText {
    /// Its name, and the cells of its records.
    pub rows: SheetRows,
    /// The text of the workbook's sheets, one after another.
    pub text: Arc<Spool>,
    /// Which part of that is its own.
    pub place: Range<u64>,
}

/// The row of headings, as the mapping that knows the table understands it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TableHeader {
    /// Number of the record that holds the headings; records up to it are no data. `None`: there are none.
    pub record: Option<u64>,
    /// The columns, one a field of that record.
    pub columns: Vec<TableColumn>,
    /// Number of the mapping that knows the table, among those it was opened with.
    pub mapping: Option<usize>,
    /// Another that knows it equally well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also: Option<usize>,
}

/// A table that stands below another in one text.
#[derive(Debug, Clone)]
pub struct TableBlock {
    /// Number of the record with which it begins: its headings, or a title above them.
    pub first: u64,
    /// Its row of headings; the number counts from the beginning of the text.
    pub header: TableHeader,
}

/// One column of a table.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TableColumn {
    /// The heading as written in the file.
    pub heading: Arc<str>,
    /// The mapping's own name for it; `None`: nothing takes this column.
    pub key: Option<Arc<str>>,
    /// Whether a cell holds several values: `a；b` or one a line.
    pub is_list: bool,
    /// Number of the mapping's field that takes it.
    pub field: usize,
    /// Whether it is read only where another column of the same field is empty.
    #[serde(rename = "is_spare")]
    pub is_fallback: bool,
    /// The power of ten of the heading's unit: 4 for `保证金(万元)`.
    pub power: i8,
    /// Whether whole amounts in it may be in yuan or in fen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_unit_unsaid: bool,
    /// Whether each of its cells is a record of its own, of which the heading is a value.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_spread: bool,
    /// The known heading that is meant by this one, which nothing takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near: Option<Arc<str>>,
    /// Whether its cells are keys, so that `合计` in one of them makes the row one of totals.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_total: bool,
}

/// Where a table's text can be read again, by its own offsets.
#[derive(Debug, Clone)]
pub enum TextStore {
    /// In a file of UTF-8.
    File(PathBuf),
    /// In a text that is kept anyway.
    Memory(Arc<str>),
    /// In a copy, kept aside.
    Aside(Arc<Spool>),
}

/// The part of a table that a source is.
#[derive(Debug)]
pub(super) struct TablePart {
    table: Arc<CsvTable>,
    /// Records of the table before this part.
    first: u64,
    /// Where the records of this part begin.
    starts: OnceLock<Vec<u32>>,
}

/// The field at an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldPlace {
    /// Number of its record in the table, from 0; empty lines are none.
    pub record: u64,
    /// Number of the field in its record, from 0.
    pub field: usize,
    /// Where it is written, with its quotes.
    pub span: Span,
}

impl TextStore {
    /// Reads a part of the text again.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is shorter by now, or is cut inside a character.
    pub fn read(&self, range: Range<u64>) -> io::Result<String> {
        let bytes = match self {
            Self::File(path) => {
                let mut text = String::new();
                let bytes = spool::read_range(&mut std::fs::File::open(path)?, range)?;
                decode::Decoder::new(Some(TextEncoding::Utf8)).decode(&bytes, true, &mut text);
                return Ok(text);
            }
            Self::Memory(text) => {
                let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
                let part = text.as_bytes().get(at(range.start)..at(range.end));
                part.ok_or(io::ErrorKind::UnexpectedEof)?.to_vec()
            }
            Self::Aside(spool) => spool.read(range)?,
        };
        String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }
}

impl SourceFile {
    /// Makes the text a part of a table, of which `first` records precede it.
    #[must_use]
    pub fn with_table(mut self, table: Arc<CsvTable>, first: u64) -> Self {
        self.part = Some(Box::new(TablePart { table, first, starts: OnceLock::new() }));
        self
    }

    /// The table that the text is a part of.
    pub fn table(&self) -> Option<&Arc<CsvTable>> {
        self.part.as_ref().map(|part| &part.table)
    }

    /// Whether places in the text are cells of a sheet rather than lines.
    pub fn is_sheet(&self) -> bool {
        self.table().is_some_and(|table| table.rows.is_some())
    }

    /// Records of the table before this text; 0 where it is no part of one.
    pub fn first_record(&self) -> u64 {
        self.part.as_ref().map_or(0, |part| part.first)
    }

    /// Where the record that holds an offset begins and ends (its line break left out).
    pub fn record_span(&self, offset: u32) -> Option<Span> {
        let (_, start) = self.record_at(offset)?;
        let fields = CsvFields::of(self.text(), start, self.table()?.delimiter);
        Some(fields.map(|field| field.span).fold(Span::at(start), Span::to))
    }

    /// The field at an offset; for a delimiter, the field before it.
    pub fn field_at(&self, offset: u32) -> Option<FieldPlace> {
        let (number, start) = self.record_at(offset)?;
        let fields = CsvFields::of(self.text(), start, self.table()?.delimiter).enumerate();
        let (field, found) = fields.take_while(|(at, field)| *at == 0 || field.span.start <= offset).last()?;
        Some(FieldPlace { record: self.first_record() + number as u64, field, span: found.span })
    }

    /// The cell of a workbook at an offset.
    pub fn cell(&self, offset: u32) -> Option<CellAddress> {
        let rows = self.table()?.rows.as_ref()?;
        let place = self.field_at(offset)?;
        let CellRef { row, column } = rows.cells.cell(place.record, place.field)?;
        Some(CellAddress { sheet: Arc::clone(&rows.sheet), row, column })
    }

    /// Whether the text at an offset is the result of a formula.
    pub fn is_formula(&self, offset: u32) -> bool {
        let rows = self.table().and_then(|table| table.rows.as_ref());
        let found = self.cell(offset).map(|cell| CellRef { row: cell.row, column: cell.column });
        rows.zip(found).is_some_and(|(rows, cell)| rows.cells.is_formula(cell))
    }

    /// The heading of the column at an offset.
    pub fn heading(&self, offset: u32) -> Option<&str> {
        let header = &self.table()?.header;
        let place = self.field_at(offset)?;
        Some(&*header.columns.get(place.field)?.heading)
    }

    /// Where the records of this part of a table begin; empty lines are none.
    pub fn record_starts(&self) -> &[u32] {
        self.part.as_ref().map_or(&[], |part| self.starts_of(part))
    }

    fn starts_of<'p>(&self, part: &'p TablePart) -> &'p [u32] {
        part.starts.get_or_init(|| scan::record_starts(self.text(), self.bom_len(), part.table.delimiter))
    }

    /// Number in this text and first byte of the record that holds an offset.
    fn record_at(&self, offset: u32) -> Option<(usize, u32)> {
        let part = self.part.as_ref()?;
        let starts = self.starts_of(part);
        let number = starts.partition_point(|&start| start <= offset).saturating_sub(1);
        Some((number, *starts.get(number)?))
    }
}
