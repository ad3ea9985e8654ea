//! The table for spreadsheet programs, as CSV and as a workbook: three columns a shop.

use std::borrow::Cow;
use std::io::{self, Write};

use dianjian_base::lang::Lang;
use dianjian_engine::REPORT_CREATOR;
use dianjian_engine::inventory::{InventoryRow, MarkSubject, RowMark};
use dianjian_rules::language::Severity;
use dianjian_text::safe::one_line;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::{ABSENT, DrawnRows, InventoryTally, InventoryView, InventoryWriteError, key_heading, number};
use crate::workbook::sheet::{CellFormats, ReportCell, SheetWriter, coloured, failed};

/// Columns that a sheet can have.
const MAX_COLUMNS: usize = 16_384;

/// Columns before those of the shops.
const FIXED: usize = 11;

/// Columns of a shop: stock, price, state.
const PER_SHOP: usize = 3;

/// What stands in a cell.
enum CellValue<'r> {
    Text(Cow<'r, str>),
    Quantity(Decimal),
    Price(Decimal),
    Empty,
}

/// A cell, and how bad what is wrong in it is.
type SheetCell<'r> = (CellValue<'r>, Option<Severity>);

/// Writes the table with a byte-order mark: without one spreadsheet programs take it for another encoding.
pub(super) fn csv(view: &InventoryView<'_>, rows: DrawnRows<'_>, out: &mut dyn Write) -> io::Result<()> {
    let heads: Vec<String> = heads(view);
    let mut line = String::from("\u{feff}");
    csv_line(heads.iter().map(String::as_str), &mut line);
    out.write_all(line.as_bytes())?;
    for row in rows {
        let row = row?;
        let cells = cells(view, &row).into_iter().map(|(value, _)| match value {
            CellValue::Text(text) => text.into_owned(),
            CellValue::Quantity(amount) | CellValue::Price(amount) => number(amount),
            CellValue::Empty => String::new(),
        });
        line.clear();
        csv_line(cells.collect::<Vec<_>>().iter().map(String::as_str), &mut line);
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}

fn csv_line<'c>(cells: impl Iterator<Item = &'c str>, out: &mut String) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        let is_quoted = cell.contains([',', '"', '\n', '\r']) || cell.starts_with(' ') || cell.ends_with(' ');
        if is_quoted {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}

fn heads(view: &InventoryView<'_>) -> Vec<String> {
    let lang = view.lang;
    let fixed = [
        key_heading(view.by).get(lang).to_owned(),
        lang.pick("商品名称", "Title").to_owned(),
        lang.pick("规格", "Specification").to_owned(),
        lang.pick("仓库可用合计", "Available in warehouses").to_owned(),
        lang.pick("仓库占用合计", "Locked in warehouses").to_owned(),
        lang.pick("仓库在途合计", "Incoming").to_owned(),
        lang.pick("各店承诺合计", "Offered by all shops").to_owned(),
        lang.pick("差额", "Spare").to_owned(),
        lang.pick("最低售价", "Lowest price").to_owned(),
        lang.pick("最高售价", "Highest price").to_owned(),
        lang.pick("发现的问题", "Findings").to_owned(),
    ];
    let labels = view.labels();
    let parts = [lang.pick("库存", "stock"), lang.pick("价格", "price"), lang.pick("状态", "state")];
    let of_shop = |shop: &usize| {
        let label = labels.get(*shop).map_or("", String::as_str);
        parts.map(|part| format!("{label} · {part}"))
    };
    fixed.into_iter().chain(view.columns.iter().flat_map(of_shop)).collect()
}

fn cells<'r>(view: &'r InventoryView<'_>, row: &'r InventoryRow) -> Vec<SheetCell<'r>> {
    let text = |text: Option<&'r str>| text.map_or(CellValue::Empty, |text| CellValue::Text(one_line(text)));
    let quantity = |amount: Option<Decimal>| amount.map_or(CellValue::Empty, CellValue::Quantity);
    let price = |amount: Option<Decimal>| amount.map_or(CellValue::Empty, CellValue::Price);
    let (quantities, prices) = (worst(row, MarkSubject::Quantity, None), worst(row, MarkSubject::Price, None));
    let stock = row.warehouse.as_ref();
    let severity = row.severity();
    let mut cells = vec![
        (text(Some(row.sku.as_deref().unwrap_or(ABSENT))), severity),
        (text(row.title.as_deref()), None),
        (text(row.spec.as_deref()), None),
        (quantity(stock.and_then(|stock| stock.available)), quantities),
        (quantity(stock.and_then(|stock| stock.locked)), None),
        (quantity(stock.and_then(|stock| stock.incoming)), None),
        (quantity(row.promised), quantities),
        (quantity(row.difference()), quantities),
        (price(row.price.map(|range| range.low)), prices),
        (price(row.price.map(|range| range.high)), prices),
        (findings(row, view.lang), severity),
    ];
    for shop in &view.columns {
        let Some(cell) = row.cell(*shop) else {
            let absent = || (CellValue::Text(Cow::Borrowed(ABSENT)), None);
            cells.extend([(CellValue::Empty, None), (CellValue::Empty, None), absent()]);
            continue;
        };
        let at = |subject| worst(row, subject, Some(*shop));
        // A sheet has one cell for the prices of several listings.
        let offered = match cell.price {
            Some(range) if range.low != range.high => CellValue::Text(Cow::Owned(super::prices(range))),
            range => price(range.map(|range| range.low)),
        };
        cells.push((quantity(cell.stock), at(MarkSubject::Quantity)));
        cells.push((offered, at(MarkSubject::Price)));
        let state = at(MarkSubject::State).max(at(MarkSubject::Listing));
        cells.push((text(Some(view.state(cell.status.as_deref()))), state));
    }
    cells
}

/// All findings of a row in one cell.
fn findings(row: &InventoryRow, lang: Lang) -> CellValue<'static> {
    if row.marks.is_empty() {
        return CellValue::Empty;
    }
    let texts = row.marks.iter().map(|mark| one_line(mark.message.get(lang)));
    CellValue::Text(Cow::Owned(texts.collect::<Vec<_>>().join(lang.pick("；", "; "))))
}

/// The worst finding about something, in a shop or anywhere.
fn worst(row: &InventoryRow, subject: MarkSubject, shop: Option<usize>) -> Option<Severity> {
    let is_meant = |mark: &&RowMark| mark.subject == subject && (shop.is_none() || mark.shop == shop);
    row.marks.iter().filter(is_meant).map(|mark| mark.severity).max()
}

/// The formats of cells: without a finding, and by severity.
struct InventoryFormats {
    text: [Format; 4],
    quantity: [Format; 4],
    price: [Format; 4],
}

impl InventoryFormats {
    fn new() -> Self {
        let with = |number: &str| {
            let base = Format::new().set_num_format(number);
            let on = |severity| coloured(base.clone(), severity);
            [base.clone(), on(Severity::Info), on(Severity::Warning), on(Severity::Error)]
        };
        // Codes are texts: as numbers long ones would lose digits.
        Self { text: with("@"), quantity: with("#,##0.###;-#,##0.###"), price: with("0.00") }
    }

    fn cell<'c>(&'c self, (value, severity): &'c SheetCell<'_>) -> ReportCell<'c> {
        let at = match severity {
            None => 0,
            Some(Severity::Info) => 1,
            Some(Severity::Warning) => 2,
            Some(Severity::Error) => 3,
        };
        match value {
            CellValue::Text(text) => ReportCell::text(text, &self.text[at]),
            CellValue::Quantity(amount) => ReportCell::float(amount.to_f64().unwrap_or_default(), &self.quantity[at]),
            CellValue::Price(amount) => ReportCell::float(amount.to_f64().unwrap_or_default(), &self.price[at]),
            CellValue::Empty => ReportCell::text("", &self.text[at]),
        }
    }
}

/// Writes a workbook: the table on as many sheets as its rows take, then what is wrong by rule.
pub(super) fn workbook(
    view: &InventoryView<'_>,
    rows: DrawnRows<'_>,
    out: &mut (dyn Write + Send),
) -> Result<(), InventoryWriteError> {
    let most = (MAX_COLUMNS - FIXED) / PER_SHOP;
    if view.columns.len() > most {
        return Err(InventoryWriteError::TooManyShops { shops: view.columns.len(), most });
    }
    let mut book = new_book(view).map_err(failed)?;
    let looks = CellFormats::new();
    let formats = InventoryFormats::new();
    let heads = heads(view);
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut tally = InventoryTally::default();
    let mut sheets: Vec<SheetWriter> = Vec::new();
    for row in rows {
        let row = row?;
        tally.rows += 1;
        tally.wrong += usize::from(!row.marks.is_empty());
        let page = page(view, &mut sheets, &heads, &mut book, &looks).map_err(failed)?;
        let cells = cells(view, &row);
        let cells: Vec<ReportCell<'_>> = cells.iter().map(|cell| formats.cell(cell)).collect();
        page.row(&mut book, &cells).map_err(failed)?;
    }
    page(view, &mut sheets, &heads, &mut book, &looks).map_err(failed)?;
    let name = view.lang.pick("概要", "Summary");
    let mut summary = SheetWriter::new(&mut book, name).map_err(failed)?;
    for (severity, line) in view.summary(tally) {
        let look = severity.map_or(&looks.plain, |severity| looks.marked(severity));
        summary.row(&mut book, &[ReportCell::text(&line, look)]).map_err(failed)?;
    }
    for page in sheets.into_iter().chain([summary]) {
        page.finish(&mut book).map_err(failed)?;
    }
    book.save_to_writer(out).map_err(failed)?;
    Ok(())
}

fn new_book(view: &InventoryView<'_>) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    // The library's default is the current time, which would make each file different.
    let day = ExcelDateTime::parse_from_str(&view.as_of.to_string())?;
    let title = view.lang.pick("各店库存", "Inventory");
    book.set_properties(&DocProperties::new().set_author(REPORT_CREATOR).set_title(title).set_creation_datetime(&day));
    Ok(book)
}

/// The sheet with room for a further row.
fn page<'s>(
    view: &InventoryView<'_>,
    sheets: &'s mut Vec<SheetWriter>,
    heads: &[&str],
    book: &mut Workbook,
    looks: &CellFormats,
) -> Result<&'s mut SheetWriter, XlsxError> {
    if sheets.last().is_none_or(SheetWriter::is_full) {
        let name = view.lang.pick("各店库存", "Inventory");
        let name = if sheets.is_empty() { name.to_owned() } else { format!("{name} {}", sheets.len() + 1) };
        let mut page = SheetWriter::new(book, &name)?.freezing(1);
        page.head(book, heads, looks)?;
        sheets.push(page);
    }
    let last = sheets.len() - 1;
    Ok(&mut sheets[last])
}
