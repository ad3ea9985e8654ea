//! The table for people: one line a SKU where all shops fit the terminal, else a block a SKU with like shops together.

use std::io::{self, Write};

use dianjian_engine::inventory::{InventoryCell, InventoryRow, MarkSubject, RowMark};
use dianjian_rules::language::Severity;
use dianjian_text::safe::{clipped, one_line, width, wrap};

use super::{ABSENT, DrawnRows, InventoryView, key_heading, number, prices};
use crate::{DisplayOptions, TextStyle};

/// By so many first rows the widths of columns are chosen.
const MEASURED_ROWS: usize = 500;

/// The widest that a title, a code or a shop's column may be.
const MAX_TITLE: usize = 28;
const MAX_SKU: usize = 24;
const MAX_SHOP: usize = 22;

/// Columns between two columns.
const GAP: usize = 2;

pub(super) fn write(
    view: &InventoryView<'_>,
    look: DisplayOptions,
    rows: DrawnRows<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let first: Vec<InventoryRow> = (&mut *rows).take(MEASURED_ROWS).collect::<io::Result<_>>()?;
    let printer = TextPrinter { view, look, labels: view.labels() };
    let heads = printer.heads();
    let mut widths: Vec<usize> = heads.iter().map(|head| width(&head.text)).collect();
    let fits = |widths: &[usize]| widths.iter().map(|width| width + GAP).sum::<usize>() <= look.width + GAP;
    // Of thousands of shops no line is made that would not fit anyway.
    for row in &first {
        if !fits(&widths) {
            break;
        }
        for (known, cell) in widths.iter_mut().zip(printer.cells(row)) {
            *known = (*known).max(width(&cell.text));
        }
    }
    let is_table = fits(&widths);
    if first.is_empty() {
        return Ok(());
    }
    if is_table {
        out.write_all(printer.line(&heads, &widths).as_bytes())?;
    }
    for row in first.into_iter().map(Ok).chain(rows) {
        let row = row?;
        let mut text = match is_table {
            true => printer.line(&printer.cells(&row), &widths),
            false => printer.block(&row),
        };
        row.marks.iter().for_each(|mark| printer.mark(mark, &mut text));
        if !is_table {
            text.push('\n');
        }
        out.write_all(text.as_bytes())?;
    }
    if is_table {
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// A text in its style, at the left or the right of its column.
struct TextCell {
    text: String,
    style: TextStyle,
    is_number: bool,
}

impl TextCell {
    fn new(text: &str, style: TextStyle) -> Self {
        Self { text: one_line(text).into_owned(), style, is_number: false }
    }

    fn number(text: Option<String>, style: TextStyle) -> Self {
        Self { text: text.unwrap_or_default(), style, is_number: true }
    }
}

const fn style(severity: Severity) -> TextStyle {
    match severity {
        Severity::Error => TextStyle::Red,
        Severity::Warning => TextStyle::Yellow,
        Severity::Info => TextStyle::Cyan,
    }
}

struct TextPrinter<'v> {
    view: &'v InventoryView<'v>,
    look: DisplayOptions,
    labels: Vec<String>,
}

impl TextPrinter<'_> {
    fn label(&self, shop: usize) -> &str {
        self.labels.get(shop).map_or("", String::as_str)
    }

    fn heads(&self) -> Vec<TextCell> {
        let lang = self.view.lang;
        let bold = |text: &str| TextCell::new(text, TextStyle::Bold);
        let number = |text: &str| TextCell { is_number: true, ..bold(text) };
        let fixed = [
            bold(key_heading(self.view.by).get(lang)),
            bold(lang.pick("名称", "Title")),
            number(lang.pick("仓库", "Stock")),
            number(lang.pick("各店共", "Offered")),
            number(lang.pick("差额", "Spare")),
            number(lang.pick("价格", "Price")),
        ];
        let shops = self.view.columns.iter().map(|shop| bold(&clipped(self.label(*shop), MAX_SHOP)));
        fixed.into_iter().chain(shops).collect()
    }

    /// A row as one line.
    fn cells(&self, row: &InventoryRow) -> Vec<TextCell> {
        let marked = |subject: MarkSubject| marked(row, |mark| mark.subject == subject);
        let [available, promised, spare, price] = amounts(row);
        let quantity = marked(MarkSubject::Quantity);
        let fixed = [
            TextCell::new(&clipped(row.sku.as_deref().unwrap_or(ABSENT), MAX_SKU), head_style(row)),
            TextCell::new(&clipped(&title(row), MAX_TITLE), TextStyle::Plain),
            TextCell::number(available, quantity),
            TextCell::number(promised, quantity),
            TextCell::number(spare, quantity),
            TextCell::number(price, marked(MarkSubject::Price)),
        ];
        let shops = self.view.columns.iter().map(|shop| match row.cell(*shop) {
            Some(cell) => {
                let style = self::marked(row, |mark| is_at(mark, *shop));
                TextCell::new(&flagged(&clipped(&self.offer(cell), MAX_SHOP), style), style)
            }
            None => TextCell::new(ABSENT, TextStyle::Dim),
        });
        fixed.into_iter().chain(shops).collect()
    }

    /// Stock, price and state of a cell.
    fn offer(&self, cell: &InventoryCell) -> String {
        let stock = cell.stock.map_or_else(|| "?".to_owned(), number);
        let price = cell.price.map_or_else(|| "?".to_owned(), |range| format!("¥{}", prices(range)));
        match self.view.state(cell.status.as_deref()) {
            "" => format!("{stock} / {price}"),
            state => format!("{stock} / {price} / {state}"),
        }
    }

    fn line(&self, cells: &[TextCell], widths: &[usize]) -> String {
        let mut out = String::new();
        for (cell, column) in cells.iter().zip(widths) {
            let blank = " ".repeat(column.saturating_sub(width(&cell.text)));
            if cell.is_number {
                out.push_str(&blank);
            }
            self.look.paint(cell.style, &cell.text, &mut out);
            if !cell.is_number {
                out.push_str(&blank);
            }
            out.push_str(&" ".repeat(GAP));
        }
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
        out
    }

    /// A row as a block: the sums, then the shops, those that offer the same together.
    fn block(&self, row: &InventoryRow) -> String {
        let lang = self.view.lang;
        let mut out = String::new();
        self.look.paint(head_style(row), &one_line(row.sku.as_deref().unwrap_or(ABSENT)), &mut out);
        out.push_str("  ");
        out.push_str(&one_line(&title(row)));
        out.push('\n');
        let names = [("仓库", "stock"), ("各店共", "offered"), ("差额", "spare"), ("价格", "price")];
        let subjects = [MarkSubject::Quantity, MarkSubject::Quantity, MarkSubject::Quantity, MarkSubject::Price];
        let mut sums = Vec::new();
        for (((zh, en), amount), subject) in names.into_iter().zip(amounts(row)).zip(subjects) {
            let Some(amount) = amount else { continue };
            let mut sum = format!("{} ", lang.pick(zh, en));
            self.look.paint(marked(row, |mark| mark.subject == subject), &amount, &mut sum);
            sums.push(sum);
        }
        if !sums.is_empty() {
            out.push_str(&format!("    {}\n", sums.join(" · ")));
        }
        let mut offers: Vec<(String, TextStyle, Vec<&str>)> = Vec::new();
        for shop in &self.view.columns {
            let (offer, style) = match row.cell(*shop) {
                Some(cell) => {
                    let style = marked(row, |mark| is_at(mark, *shop));
                    (flagged(&self.offer(cell), style), style)
                }
                None => (ABSENT.to_owned(), TextStyle::Dim),
            };
            match offers.iter_mut().find(|(known, by, _)| *known == offer && *by == style) {
                Some((.., shops)) => shops.push(self.label(*shop)),
                None => offers.push((offer, style, vec![self.label(*shop)])),
            }
        }
        // Where it is missing comes last.
        offers.sort_by_key(|(offer, ..)| offer == ABSENT);
        let column = offers.iter().map(|(offer, ..)| width(offer)).max().unwrap_or_default();
        for (offer, style, shops) in &offers {
            out.push_str("    ");
            self.look.paint(*style, offer, &mut out);
            out.push_str(&" ".repeat(column - width(offer) + GAP));
            let shops = one_line(&shops.join(lang.pick("、", ", "))).into_owned();
            self.wrapped(&shops, 4 + column + GAP, *style == TextStyle::Dim, &mut out);
        }
        out
    }

    /// What a finding says, below its row.
    fn mark(&self, mark: &RowMark, out: &mut String) {
        out.push_str("  ");
        let sign = if self.look.unicode { "✗ " } else { "x " };
        self.look.paint(style(mark.severity), sign, out);
        let text = format!("{} [{}]", mark.message.get(self.view.lang), mark.rule.id);
        self.wrapped(&one_line(&text), 4, false, out);
    }

    /// A text whose lines after the first begin at a column.
    fn wrapped(&self, text: &str, at: usize, is_dim: bool, out: &mut String) {
        let room = self.look.width.saturating_sub(at).max(20);
        for (number, part) in wrap(text, room).into_iter().enumerate() {
            if number > 0 {
                out.push_str(&format!("\n{:1$}", "", at));
            }
            self.look.paint(if is_dim { TextStyle::Dim } else { TextStyle::Plain }, part.trim_end(), out);
        }
        out.push('\n');
    }
}

/// What a finding points at is told apart without colours, too.
fn flagged(text: &str, style: TextStyle) -> String {
    let sign = if style == TextStyle::Plain { "" } else { " !" };
    format!("{text}{sign}")
}

/// What the warehouses have, what is promised, the difference, the prices.
fn amounts(row: &InventoryRow) -> [Option<String>; 4] {
    let available = row.warehouse.as_ref().and_then(|stock| stock.available);
    let price = row.price.map(|range| format!("¥{}", prices(range)));
    [available.map(number), row.promised.map(number), row.difference().map(number), price]
}

fn title(row: &InventoryRow) -> String {
    let parts = [&row.title, &row.spec].into_iter().flatten();
    parts.map(String::as_str).collect::<Vec<_>>().join(" · ")
}

fn head_style(row: &InventoryRow) -> TextStyle {
    row.severity().map_or(TextStyle::Bold, style)
}

/// Whether a finding is about what a shop offers; one about the SKU itself is about all of them.
fn is_at(mark: &RowMark, shop: usize) -> bool {
    mark.shop == Some(shop) && mark.subject != MarkSubject::Sku
}

/// The style of the worst finding of those that are meant.
fn marked(row: &InventoryRow, is_meant: impl Fn(&RowMark) -> bool) -> TextStyle {
    let meant = row.marks.iter().filter(|mark| is_meant(mark));
    meant.map(|mark| mark.severity).max().map_or(TextStyle::Plain, style)
}
