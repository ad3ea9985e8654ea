//! The inventory of a merchant, a row a SKU and a column a shop, in four formats.
//!
//! Rows are written as they are drawn: memory does not grow with their number.

mod json;
mod spreadsheet;
mod text;

use std::io::{self, Write};

use chrono::NaiveDate;
use dianjian_base::lang::{Lang, Text};
use dianjian_base::{localized, text};
use dianjian_engine::inventory::{InventoryCount, InventoryRow, InventoryShop, ListingStates, PriceRange};
use dianjian_rules::language::Severity;
use rust_decimal::Decimal;

pub use self::json::schema;
use super::DisplayOptions;
use super::words;

/// The formats that an inventory can be written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum InventoryFormat {
    /// For people at a terminal.
    #[default]
    Text,
    /// For spreadsheet programs.
    Csv,
    /// A workbook with what is wrong in colour.
    Xlsx,
    /// For programs; its schema is schemas/inventory.schema.json.
    Json,
}

/// What a table is written of, apart from its rows.
#[derive(Debug)]
pub struct InventoryView<'v> {
    /// The language of all texts.
    pub lang: Lang,
    /// The day as of which the rules were applied.
    pub as_of: NaiveDate,
    /// The field that makes two listings the same goods.
    pub by: &'v str,
    /// All columns that the rows speak of.
    pub shops: &'v [InventoryShop],
    /// Which of them are shown, in ascending order.
    pub columns: Vec<usize>,
    /// Names of the states.
    pub states: &'v ListingStates,
    /// What is wrong, by rule.
    pub counts: &'v [InventoryCount],
    /// Shops without listings.
    pub empty_shops: usize,
    /// Rows without a SKU.
    pub without_sku: usize,
    /// What could not be read or understood: the table may lack something.
    pub unread: usize,
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InventoryTally {
    /// Rows.
    pub rows: usize,
    /// Rows with something wrong.
    pub wrong: usize,
}

/// A table that does not fit its format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InventoryWriteError {
    /// A sheet has fewer columns than this takes.
    TooManyShops {
        /// The shops that were to be shown.
        shops: usize,
        /// How many fit.
        most: usize,
    },
    /// The rows cannot be read, or the output cannot be written.
    Io {
        /// The system's own message.
        reason: String,
        /// Whether the reader has gone away, which is no error.
        is_closed: bool,
    },
}

impl From<io::Error> for InventoryWriteError {
    fn from(error: io::Error) -> Self {
        Self::Io { is_closed: error.kind() == io::ErrorKind::BrokenPipe, reason: error.to_string() }
    }
}

localized! { InventoryWriteError {
    Self::TooManyShops { shops, most } => {
        zh: "一张工作表放不下 {shops} 家店铺，最多 {most} 家",
        en: "a sheet has no room for {shops} shops, only for {most}",
        help zh: "用 --platform 或 --shop 选一部分，或写成 csv、json。",
        help en: "choose some of them with --platform or --shop, or write csv or json",
    }
    Self::Io { reason, .. } => { zh: "无法写出：{reason}", en: "cannot write the table: {reason}" }
} }

/// Rows as they are drawn.
pub type DrawnRows<'r> = &'r mut dyn Iterator<Item = io::Result<InventoryRow>>;

/// Writes a table; `look` matters to the text alone.
///
/// # Errors
/// It does not fit, rows cannot be read, or `out` cannot be written.
pub fn write(
    format: InventoryFormat,
    view: &InventoryView<'_>,
    look: DisplayOptions,
    rows: DrawnRows<'_>,
    out: &mut (dyn Write + Send),
) -> Result<InventoryTally, InventoryWriteError> {
    let mut tally = InventoryTally::default();
    let mut shown = rows.filter(|row| row.as_ref().map_or(true, |row| view.shows(row))).inspect(|row| {
        if let Ok(row) = row {
            tally.rows += 1;
            tally.wrong += usize::from(!row.marks.is_empty());
        }
    });
    match format {
        InventoryFormat::Text => text::write(view, look, &mut shown, out)?,
        InventoryFormat::Csv => spreadsheet::csv(view, &mut shown, out)?,
        InventoryFormat::Xlsx => spreadsheet::workbook(view, &mut shown, out)?,
        InventoryFormat::Json => json::write(view, &mut shown, out)?,
    }
    drop(shown);
    Ok(tally)
}

impl InventoryView<'_> {
    /// Whether a row has something in the columns that are shown.
    fn shows(&self, row: &InventoryRow) -> bool {
        self.columns.len() == self.shops.len() || self.columns.iter().any(|shop| row.cell(*shop).is_some())
    }

    /// What each shop is called, by its number: the platform and the name, with the id where these are not enough.
    fn labels(&self) -> Vec<String> {
        let label = |shop: &InventoryShop| {
            let nameless = || self.lang.pick("（未写店铺）", "(no shop given)").to_owned();
            let name = shop.name.clone().or_else(|| shop.id.clone()).unwrap_or_else(nameless);
            let platform = shop.platform.get(self.lang);
            if platform.is_empty() { name } else { format!("{platform} {name}") }
        };
        let labels: Vec<String> = self.shops.iter().map(label).collect();
        let mut seen = std::collections::BTreeMap::<&str, usize>::new();
        labels.iter().for_each(|label| *seen.entry(label).or_default() += 1);
        let is_shared = |label: &String| seen.get(label.as_str()).is_some_and(|count| *count > 1);
        let with_id = |(label, shop): (&String, &InventoryShop)| match &shop.id {
            Some(id) if is_shared(label) => format!("{label}{}", words::in_brackets(self.lang, id)),
            _ => label.clone(),
        };
        labels.iter().zip(self.shops).map(with_id).collect()
    }

    fn state<'s>(&'s self, status: Option<&'s str>) -> &'s str {
        status.map_or("", |status| self.states.name(status, self.lang))
    }

    /// The summary, first the counts, then a line for each rule that found something.
    pub fn summary(&self, tally: InventoryTally) -> Vec<(Option<Severity>, String)> {
        let (rows, shops) = (tally.rows, self.columns.len());
        let head = text! {
            zh: "{rows} 个 SKU · {shops} 家店铺",
            en: format!("{} · {}", words::counted(rows, "SKU"), words::counted(shops, "shop")),
        };
        let mut parts = vec![head];
        let (wrong, empty, nameless, unread) = (tally.wrong, self.empty_shops, self.without_sku, self.unread);
        parts.push(match wrong {
            0 => text! { zh: "没有发现问题", en: "nothing wrong" },
            _ => text! { zh: "{wrong} 个有问题", en: "{wrong} with something wrong" },
        });
        if empty > 0 {
            parts.push(text! {
                zh: "另有 {empty} 家店铺没有商品资料",
                en: format!("{} without listings", words::counted(empty, "more shop")),
            });
        }
        if nameless > 0 {
            parts.push(text! {
                zh: "{nameless} 条没有编码，无法与其他店铺对照",
                en: format!("{} without a code, compared with nothing", words::counted(nameless, "record")),
            });
        }
        if unread > 0 {
            parts.push(text! {
                zh: "有 {unread} 处没有读懂，表可能不全",
                en: format!("{} not understood: the table may lack something", words::counted(unread, "place")),
            });
        }
        let first = parts.iter().map(|part| part.get(self.lang)).collect::<Vec<_>>().join(" · ");
        let worst = self.counts.iter().map(|count| count.severity).max();
        let counts = self.counts.iter().map(|count| {
            let (findings, title) = (count.findings, count.rule.title.get(self.lang));
            (Some(count.severity), format!("{findings} × {title} [{}]", count.rule.id))
        });
        std::iter::once((worst, first)).chain(counts).collect()
    }
}

/// A number without zeros that say nothing: a spreadsheet has dropped them, a text file has not.
fn number(number: Decimal) -> String {
    number.normalize().to_string()
}

/// One price, or two with a dash between them.
fn prices(range: PriceRange) -> String {
    let PriceRange { low, high } = range;
    if low == high { number(low) } else { format!("{}–{}", number(low), number(high)) }
}

/// What stands where a shop does not have a SKU.
const ABSENT: &str = "—";

/// Headings that several formats share.
fn key_heading(by: &str) -> Text {
    match by {
        "sku" => Text::new("商家编码", "SKU"),
        "barcode" => Text::new("条形码", "Barcode"),
        other => Text::new(other, other),
    }
}
