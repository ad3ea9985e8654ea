//! A sheet of the report: a row of headings, the rows below it, and columns as wide as their texts.

use std::borrow::Cow;
use std::io;

use dianjian_rules::language::Severity;
use rust_xlsxwriter::{
    Color, Format, FormatAlign, FormatBorder, FormatUnderline, Note, Url, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;

/// Rows that a sheet can have.
pub(super) const MAX_ROWS: u32 = 1_048_576;

/// Links that a sheet can have.
const MAX_LINKS: usize = 65_530;

/// Characters of a cell, in units of UTF-16.
const MAX_UNITS: usize = 32_767;

/// Rows by whose texts the width of columns is chosen.
const MEASURED_ROWS: u32 = 2_000;

/// The narrowest and the widest column, in digits.
const WIDTHS: (usize, usize) = (8, 64);

/// What the library could not do, as an error of the output.
pub(crate) fn failed(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        error => io::Error::other(error),
    }
}

/// The backgrounds and inks of Excel's styles "Bad" and "Neutral", and a light blue, by severity.
const COLOURS: [(u32, u32); 3] = [(0xFF_C7CE, 0x9C_0006), (0xFF_EB9C, 0x7F_6000), (0xDD_EBF7, 0x1F_4E78)];

/// The formats of cells.
pub(crate) struct CellFormats {
    pub title: Format,
    pub head: Format,
    pub text: Format,
    pub link: Format,
    severities: [Format; 3],
    /// For cells of copied tables, by severity.
    marked: [Format; 3],
    pub plain: Format,
}

impl CellFormats {
    pub fn new() -> Self {
        let body = || Format::new().set_align(FormatAlign::Top).set_text_wrap();
        Self {
            title: Format::new().set_bold().set_font_size(16),
            head: Format::new()
                .set_bold()
                .set_font_color(Color::White)
                .set_background_color(Color::RGB(0x1F_4E78))
                .set_border(FormatBorder::Thin)
                .set_align(FormatAlign::VerticalCenter),
            text: body(),
            link: body().set_font_color(Color::RGB(0x05_63C1)).set_underline(FormatUnderline::Single),
            severities: COLOURS.map(|colours| on(body(), colours)),
            marked: COLOURS.map(|colours| on(Format::new(), colours)),
            plain: Format::new(),
        }
    }

    /// The format of a cell with the name of a severity.
    pub fn severity(&self, severity: Severity) -> &Format {
        &self.severities[rank(severity)]
    }

    /// The format of a table's cell with a finding.
    pub fn marked(&self, severity: Severity) -> &Format {
        &self.marked[rank(severity)]
    }
}

fn on(base: Format, (ground, ink): (u32, u32)) -> Format {
    base.set_background_color(Color::RGB(ground)).set_font_color(Color::RGB(ink))
}

/// The format in the colours of a severity.
pub(crate) fn coloured(base: Format, severity: Severity) -> Format {
    on(base, COLOURS[rank(severity)])
}

const fn rank(severity: Severity) -> usize {
    match severity {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Info => 2,
    }
}

/// A sheet that is being written.
pub(crate) struct SheetWriter {
    /// Its number in the workbook.
    index: usize,
    /// The next row, from 0.
    row: u32,
    widths: Vec<usize>,
    links: usize,
    /// The row of headings, from 0, and their number.
    head: Option<(u32, u16)>,
    /// Columns at the left that stay in view.
    frozen: u16,
}

impl SheetWriter {
    /// Adds a sheet whose rows are written to disk one by one, so that memory does not grow with them.
    pub fn new(book: &mut Workbook, name: &str) -> Result<Self, XlsxError> {
        let index = book.worksheets().len();
        book.add_worksheet_with_constant_memory()?.set_name(name)?;
        Ok(Self { index, row: 0, widths: Vec::new(), links: 0, head: None, frozen: 0 })
    }

    /// Keeps so many columns at the left in view.
    #[must_use]
    pub fn freezing(self, columns: u16) -> Self {
        Self { frozen: columns, ..self }
    }

    pub fn is_full(&self) -> bool {
        self.row >= MAX_ROWS
    }

    /// Makes this row, from 0, the next one.
    pub fn skip_to(&mut self, row: u32) {
        self.row = self.row.max(row);
    }

    pub fn row(&mut self, book: &mut Workbook, cells: &[ReportCell<'_>]) -> Result<(), XlsxError> {
        let sheet = book.worksheet_from_index(self.index)?;
        for (column, cell) in cells.iter().enumerate() {
            self.cell(sheet, column as u16, cell)?;
        }
        self.row += 1;
        Ok(())
    }

    fn cell(&mut self, sheet: &mut Worksheet, column: u16, cell: &ReportCell<'_>) -> Result<(), XlsxError> {
        let ReportCell { value, look, link } = cell;
        let shown = match value {
            SheetValue::Text(text) => fitting(text),
            SheetValue::Number(number) => Cow::Owned(number.to_string()),
        };
        self.measure(column, &shown);
        match (value, link) {
            (_, Some(link)) if self.links < MAX_LINKS => {
                self.links += 1;
                let link = Url::new(format!("internal:{link}")).set_text(shown.into_owned());
                sheet.write_url_with_format(self.row, column, link, look)?;
            }
            (SheetValue::Number(number), _) => drop(sheet.write_number_with_format(self.row, column, *number, look)?),
            (SheetValue::Text(""), _) => drop(sheet.write_blank(self.row, column, look)?),
            // As a string: a text that begins with `=` must not become a formula.
            (SheetValue::Text(_), _) => drop(sheet.write_string_with_format(self.row, column, shown, look)?),
        }
        Ok(())
    }

    fn measure(&mut self, column: u16, text: &str) {
        let column = usize::from(column);
        if self.widths.len() <= column {
            self.widths.resize(column + 1, WIDTHS.0);
        }
        if self.row < MEASURED_ROWS {
            let width = text.lines().map(|line| line.width() + 2).max().unwrap_or(0);
            self.widths[column] = self.widths[column].max(width.min(WIDTHS.1));
        }
    }

    /// Adds a note to a cell, by its row and column from 0.
    pub fn note(&self, book: &mut Workbook, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
        // Room for some lines of Chinese, in pixels.
        let note = Note::new(text).add_author_prefix(false).set_width(320).set_height(120);
        book.worksheet_from_index(self.index)?.insert_note(row, column, &note)?;
        Ok(())
    }

    /// Writes a row of headings, which is frozen and has a filter.
    pub fn head(&mut self, book: &mut Workbook, heads: &[&str], looks: &CellFormats) -> Result<(), XlsxError> {
        self.head = Some((self.row, heads.len() as u16));
        let cells: Vec<_> = heads.iter().map(|head| ReportCell::text(head, &looks.head)).collect();
        self.row(book, &cells)
    }

    /// Makes a row that will be written, from 0, the row of headings.
    pub const fn set_head(&mut self, row: u32, columns: u16) {
        self.head = Some((row, columns));
    }

    /// Sets widths, frozen rows and filter.
    pub fn finish(self, book: &mut Workbook) -> Result<(), XlsxError> {
        let sheet = book.worksheet_from_index(self.index)?;
        for (column, width) in self.widths.iter().enumerate() {
            sheet.set_column_width(column as u16, *width as f64)?;
        }
        if let Some((row, columns)) = self.head.filter(|(_, columns)| *columns > 0) {
            sheet.set_freeze_panes(row + 1, self.frozen)?;
            if self.row > row + 1 {
                sheet.autofilter(row, 0, self.row - 1, columns - 1)?;
            }
        }
        Ok(())
    }
}

pub(crate) struct ReportCell<'c> {
    pub value: SheetValue<'c>,
    pub look: &'c Format,
    /// An address within this workbook.
    pub link: Option<String>,
}

pub(crate) enum SheetValue<'c> {
    Text(&'c str),
    Number(f64),
}

impl<'c> ReportCell<'c> {
    pub const fn text(text: &'c str, look: &'c Format) -> Self {
        Self { value: SheetValue::Text(text), look, link: None }
    }

    pub const fn float(number: f64, look: &'c Format) -> Self {
        Self { value: SheetValue::Number(number), look, link: None }
    }

    pub const fn number(number: usize, look: &'c Format) -> Self {
        Self { value: SheetValue::Number(number as f64), look, link: None }
    }
}

/// The text, cut to what a cell can hold.
pub(super) fn fitting(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_UNITS || text.encode_utf16().count() <= MAX_UNITS {
        return Cow::Borrowed(text);
    }
    let mut units = 0;
    let kept = text.chars().take_while(|c| {
        units += c.len_utf16();
        units < MAX_UNITS
    });
    Cow::Owned(kept.chain(['…']).collect())
}
