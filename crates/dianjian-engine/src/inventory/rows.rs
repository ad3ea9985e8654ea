//! Rows, drawn one by one from the sorted parts.

use std::collections::BTreeMap;
use std::io;
use std::iter::Peekable;
use std::sync::Arc;

use dianjian_base::FieldPath;
use dianjian_base::lang::Text;
use dianjian_rules::RuleInfo;
use dianjian_rules::language::Severity;
use dianjian_rules::record::WholeAmount;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::ListingStates;
use super::items::{Mark, RowItem, RowKey, RowPart, ShopListing, StockPart};
use crate::cross_record::external_sort::{ExternalSortError, MergedRuns};

/// The least and the highest of several prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PriceRange {
    /// The least, in yuan.
    pub low: Decimal,
    /// The highest, in yuan.
    pub high: Decimal,
}

impl PriceRange {
    pub(super) const fn of(price: Decimal) -> Self {
        Self { low: price, high: price }
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    fn joined(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(one.with(other)),
            (one, other) => one.or(other),
        }
    }
}

/// What the warehouses have of a SKU, all together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WarehouseStock {
    /// How many records say something: mostly one for each warehouse.
    pub records: usize,
    /// What can still be sold.
    pub available: Option<Decimal>,
    /// What orders have taken.
    pub locked: Option<Decimal>,
    /// What has been ordered and is on its way.
    pub incoming: Option<Decimal>,
    /// Whether a record does not say what can be sold, so that there may be more.
    pub is_partial: bool,
}

/// What a shop offers of a SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryCell {
    /// The column.
    pub shop: usize,
    /// How many listings there are: several products of a shop may be one SKU.
    pub listings: usize,
    /// What they offer together.
    pub stock: Option<Decimal>,
    /// At what prices.
    pub price: Option<PriceRange>,
    /// The state code: that of the listing that can be bought, if any can, else of the first.
    pub status: Option<String>,
    /// Whether it can be bought; `None`: it does not say.
    pub is_listed: Option<bool>,
}

/// A finding in the table.
#[derive(Debug, Clone)]
pub struct RowMark {
    /// The rule that is broken.
    pub rule: Arc<RuleInfo>,
    /// The severity after the project's overrides.
    pub severity: Severity,
    /// What is wrong.
    pub message: Text,
    /// The column that it points at; `None`: it is about stock, or not in a row.
    pub shop: Option<usize>,
    /// What it points at.
    pub subject: MarkSubject,
}

/// What of a row a finding points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkSubject {
    /// A quantity.
    Quantity,
    /// A price.
    Price,
    /// Whether it can be bought.
    State,
    /// The SKU itself, over all shops.
    Sku,
    /// Another field of a listing, such as its title.
    Listing,
}

impl MarkSubject {
    fn of(path: &str) -> Self {
        match FieldPath::new(path).name() {
            "stock" | "quantity" | "locked" | "incoming" => Self::Quantity,
            "status" => Self::State,
            "sku" | "code" | "barcode" | "out_id" => Self::Sku,
            name if name.ends_with("price") => Self::Price,
            _ => Self::Listing,
        }
    }
}

impl RowMark {
    /// `None` if the rule is not among these.
    pub(super) fn new(mark: &Mark, shop: Option<usize>, rules: &[Arc<RuleInfo>]) -> Option<Self> {
        let rule = Arc::clone(rules.get(mark.rule as usize)?);
        let subject = MarkSubject::of(&mark.path);
        Some(Self { rule, severity: mark.severity, message: mark.message(), shop, subject })
    }
}

/// A SKU over all shops.
#[derive(Debug, Clone, Default)]
pub struct InventoryRow {
    /// As it was written first; `None`: the record says none.
    pub sku: Option<String>,
    /// Of the first listing, else of the stock record.
    pub title: Option<String>,
    /// The specification, as the first record says it.
    pub spec: Option<String>,
    /// What the warehouses have; `None`: no record says.
    pub warehouse: Option<WarehouseStock>,
    /// What all listings that can be bought offer together; those that do not say their state count.
    pub promised: Option<Decimal>,
    /// The prices of these.
    pub price: Option<PriceRange>,
    /// The shops that have it, by column.
    pub cells: Vec<InventoryCell>,
    /// What is wrong.
    pub marks: Vec<RowMark>,
}

impl InventoryRow {
    /// What the warehouses have beyond what is promised; negative: more is promised than there is.
    pub fn difference(&self) -> Option<Decimal> {
        let available = self.warehouse.as_ref().filter(|stock| !stock.is_partial)?.available?;
        Some(available.saturating_sub(self.promised?))
    }

    /// The cell of a column.
    pub fn cell(&self, shop: usize) -> Option<&InventoryCell> {
        self.cells.binary_search_by_key(&shop, |cell| cell.shop).ok().and_then(|at| self.cells.get(at))
    }

    /// The highest severity of what is wrong.
    pub fn severity(&self) -> Option<Severity> {
        self.marks.iter().map(|mark| mark.severity).max()
    }
}

/// The rows of a table, in their order.
pub struct InventoryRows {
    items: Peekable<MergedRuns<RowItem>>,
    context: RowContext,
    only_wrong: bool,
}

/// What parts of rows refer to.
struct RowContext {
    /// By the number of the way in which a shop is named: its column.
    column_of: Vec<usize>,
    rules: Vec<Arc<RuleInfo>>,
    states: ListingStates,
}

impl InventoryRows {
    pub(super) fn new(
        items: MergedRuns<RowItem>,
        column_of: Vec<usize>,
        rules: Vec<Arc<RuleInfo>>,
        states: ListingStates,
        only_wrong: bool,
    ) -> Self {
        Self { items: items.peekable(), context: RowContext { column_of, rules, states }, only_wrong }
    }

    fn row(&mut self) -> io::Result<Option<InventoryRow>> {
        let Some(first) = self.items.next().transpose()? else { return Ok(None) };
        let mut row = InventoryRowBuilder::default();
        row.add(first.part, &self.context);
        let is_of_row = |next: &io::Result<RowItem>| next.as_ref().map_or(true, |next| next.key == first.key);
        while let Some(item) = self.items.next_if(is_of_row) {
            row.add(item?.part, &self.context);
        }
        Ok(Some(row.build(&first.key)))
    }
}

impl Iterator for InventoryRows {
    type Item = Result<InventoryRow, ExternalSortError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.row().map_err(ExternalSortError::from).transpose()? {
                Ok(row) if self.only_wrong && row.marks.is_empty() => {}
                row => return Some(row),
            }
        }
    }
}

/// Puts the parts of a row together.
#[derive(Default)]
struct InventoryRowBuilder {
    row: InventoryRow,
    spelling: Option<String>,
    /// What a stock record calls it.
    name: Option<String>,
    cells: BTreeMap<usize, InventoryCell>,
    stock: Vec<StockPart>,
}

impl InventoryRowBuilder {
    fn add(&mut self, part: RowPart, context: &RowContext) {
        let column = |shop: u32| context.column_of.get(shop as usize).copied().unwrap_or_default();
        match part {
            RowPart::Listing(listing) => self.listing(column(listing.shop), listing, &context.states),
            RowPart::Stock(stock) => self.stock(stock),
            RowPart::Mark(placed) => {
                self.row.marks.extend(RowMark::new(&placed.mark, placed.shop.map(column), &context.rules));
            }
        }
    }

    fn listing(&mut self, shop: usize, listing: ShopListing, states: &ListingStates) {
        let ShopListing { spelling, title, spec, stock, price, status, .. } = listing;
        let is_listed = status.as_deref().and_then(|status| states.is_listed(status));
        let row = &mut self.row;
        if is_listed != Some(false) {
            row.promised = added(row.promised, stock);
            row.price = PriceRange::joined(row.price, price);
        }
        row.title = row.title.take().or(title);
        row.spec = row.spec.take().or(spec);
        self.spelling.get_or_insert(spelling);
        let new = InventoryCell { shop, listings: 0, stock: None, price: None, status: None, is_listed: None };
        let cell = self.cells.entry(shop).or_insert(new);
        cell.listings += 1;
        cell.stock = added(cell.stock, stock);
        cell.price = PriceRange::joined(cell.price, price);
        // One that can be bought says more of the shop than one that cannot.
        if cell.status.is_none() || is_listed == Some(true) {
            (cell.status, cell.is_listed) = (status, is_listed);
        }
    }

    fn stock(&mut self, stock: StockPart) {
        self.row.spec = self.row.spec.take().or_else(|| stock.spec.clone());
        self.name = self.name.take().or_else(|| stock.name.clone());
        self.spelling.get_or_insert_with(|| stock.spelling.clone());
        self.stock.push(stock);
    }

    fn build(self, key: &RowKey) -> InventoryRow {
        let Self { mut row, spelling, name, cells, stock } = self;
        row.warehouse = warehouse(&stock);
        row.sku = match key {
            RowKey::Sku(folded) => Some(spelling.unwrap_or_else(|| folded.clone())),
            RowKey::Unknown(_) => None,
        };
        row.title = row.title.or(name);
        row.cells = cells.into_values().collect();
        row
    }
}

/// What stock records of one SKU say together.
fn warehouse(stock: &[StockPart]) -> Option<WarehouseStock> {
    if stock.is_empty() {
        return None;
    }
    let (known, unknown): (Vec<_>, Vec<_>) = stock.iter().partition(|stock| stock.available.is_some());
    let amounts: Vec<_> = known.iter().filter_map(|stock| Some((stock.of, stock.available?))).collect();
    let WholeAmount { sum, counted } = WholeAmount::of(&amounts);
    let counted = known.into_iter().zip(counted).filter_map(|(stock, is_counted)| is_counted.then_some(stock));
    let mut all = WarehouseStock { available: sum, is_partial: !unknown.is_empty(), ..WarehouseStock::default() };
    for stock in counted.chain(unknown) {
        all.records += 1;
        all.locked = added(all.locked, stock.locked);
        all.incoming = added(all.incoming, stock.incoming);
    }
    Some(all)
}

fn added(one: Option<Decimal>, other: Option<Decimal>) -> Option<Decimal> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.saturating_add(other)),
        (one, other) => one.or(other),
    }
}
