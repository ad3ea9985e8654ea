//! The table for programs. The form's version is 1; descriptions in `schemas/inventory.schema.json` are the comments below.

use std::borrow::Cow;
use std::io::{self, Write};

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_engine::inventory::{InventoryCell, InventoryRow, InventoryShop, PriceRange, RowMark};
use dianjian_rules::language::Severity;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use super::{DrawnRows, InventoryTally, InventoryView};

/// A whole inventory.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Inventory")]
struct InventoryJson<'a> {
    /// The form's version: 1.
    version: u32,
    /// The day as of which the rules were applied.
    as_of: NaiveDate,
    /// The field that makes two listings the same goods.
    by: &'a str,
    /// The shops with listings, in the order of the table's columns.
    shops: Vec<ShopJson<'a>>,
    /// A row for each SKU.
    skus: Vec<SkuJson<'a>>,
    /// What the table comes to.
    summary: InventorySummaryJson<'a>,
}

/// A column.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Shop")]
struct ShopJson<'a> {
    /// Its id, if it has one.
    id: Option<&'a str>,
    /// Its name.
    name: Option<&'a str>,
    /// The platform: a value of `Shop.system`.
    system: Option<&'a str>,
    /// The platform for people.
    platform: &'a Text,
}

/// A row.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Sku")]
struct SkuJson<'a> {
    /// As it is written first; null: the record says none.
    sku: Option<&'a str>,
    /// Of the first listing.
    title: Option<&'a str>,
    /// The specification.
    spec: Option<&'a str>,
    /// What all warehouses have; null: no record says.
    warehouse: Option<WarehouseJson>,
    /// What all listings that can be bought offer together.
    promised: Option<JsonNumber>,
    /// `warehouse.available` less `promised`; negative: more is promised than there is.
    difference: Option<JsonNumber>,
    /// The least and the highest price of these listings.
    price: Option<PriceJson>,
    /// The shops that have it, in the order of the columns.
    shops: Vec<OfferJson<'a>>,
    /// What is wrong.
    findings: Vec<MarkJson<'a>>,
}

/// What the warehouses have.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Warehouse")]
struct WarehouseJson {
    /// What can still be sold.
    available: Option<JsonNumber>,
    /// What orders have taken.
    locked: Option<JsonNumber>,
    /// What is on its way.
    incoming: Option<JsonNumber>,
    /// How many records say so.
    records: usize,
}

/// Prices in yuan.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Price")]
struct PriceJson {
    /// The least.
    min: JsonNumber,
    /// The highest.
    max: JsonNumber,
}

/// What a shop offers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Offer")]
struct OfferJson<'a> {
    /// The index of the shop in `shops`.
    shop: usize,
    /// How many listings there are.
    listings: usize,
    /// What they offer together.
    stock: Option<JsonNumber>,
    /// At what prices.
    price: Option<PriceJson>,
    /// The code of their state.
    status: Option<&'a str>,
    /// Whether it can be bought; null: no listing says.
    listed: Option<bool>,
}

/// A finding.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Finding")]
struct MarkJson<'a> {
    /// The rule's id.
    rule: &'a str,
    /// The severity under the project's policy.
    severity: Severity,
    /// The index in `shops` of the shop whose listing it points at.
    shop: Option<usize>,
    /// What is wrong.
    message: Cow<'a, Text>,
}

/// What the table comes to.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Summary")]
struct InventorySummaryJson<'a> {
    /// Rows.
    skus: usize,
    /// Rows with findings.
    wrong: usize,
    /// Columns.
    shops: usize,
    /// Shops without listings, which have no column.
    empty_shops: usize,
    /// Rows that say no SKU.
    without_sku: usize,
    /// Places that were not read or not understood: the table may lack something, and the exit status is 2.
    unread: usize,
    /// How often each rule is broken.
    rules: Vec<RuleCountJson<'a>>,
}

/// How often a rule is broken.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RuleCount")]
struct RuleCountJson<'a> {
    /// The rule's id.
    rule: &'a str,
    /// The highest severity of its findings.
    severity: Severity,
    /// How many there are.
    findings: usize,
}

/// A number, without a fraction where it has none.
#[derive(Debug, Clone, Copy)]
struct JsonNumber(Decimal);

impl Serialize for JsonNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.to_i64().filter(|_| self.0.is_integer()) {
            Some(whole) => serializer.serialize_i64(whole),
            None => serializer.serialize_f64(self.0.to_f64().unwrap_or_default()),
        }
    }
}

impl JsonSchema for JsonNumber {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Number")
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "number"})
    }
}

/// The JSON Schema of the form.
pub fn schema() -> Schema {
    schemars::schema_for!(InventoryJson<'static>)
}

/// What stands for the rows in the document without them.
const ROWS: &str = "\"skus\":[]";

/// Writes the document row by row.
pub(super) fn write(view: &InventoryView<'_>, rows: DrawnRows<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut tally = InventoryTally::default();
    let (head, _) = around_rows(view, tally)?;
    write!(out, "{head}\"skus\":[")?;
    for row in rows {
        let row = row?;
        out.write_all(if tally.rows == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &sku(view, &row))?;
        tally.rows += 1;
        tally.wrong += usize::from(!row.marks.is_empty());
    }
    let (_, tail) = around_rows(view, tally)?;
    writeln!(out, "]{tail}")
}

/// The document before and after its rows. No text in it can look like the place between: quotes in texts are escaped.
fn around_rows(view: &InventoryView<'_>, tally: InventoryTally) -> io::Result<(String, String)> {
    let shops = view.columns.iter().filter_map(|shop| view.shops.get(*shop)).map(shop);
    let rules = view.counts.iter().map(|count| RuleCountJson {
        rule: &count.rule.id,
        severity: count.severity,
        findings: count.findings,
    });
    let document = InventoryJson {
        version: 1,
        as_of: view.as_of,
        by: view.by,
        shops: shops.collect(),
        skus: Vec::new(),
        summary: InventorySummaryJson {
            skus: tally.rows,
            wrong: tally.wrong,
            shops: view.columns.len(),
            empty_shops: view.empty_shops,
            without_sku: view.without_sku,
            unread: view.unread,
            rules: rules.collect(),
        },
    };
    let text = serde_json::to_string(&document)?;
    let (head, tail) = text.split_once(ROWS).unwrap_or((&text, ""));
    Ok((head.to_owned(), tail.to_owned()))
}

fn shop(shop: &InventoryShop) -> ShopJson<'_> {
    let InventoryShop { id, name, system, platform } = shop;
    ShopJson { id: id.as_deref(), name: name.as_deref(), system: system.as_deref(), platform }
}

fn sku<'a>(view: &InventoryView<'_>, row: &'a InventoryRow) -> SkuJson<'a> {
    let number = |amount: Option<Decimal>| amount.map(JsonNumber);
    let column = |shop: usize| view.columns.binary_search(&shop).ok();
    let offers = row.cells.iter().filter_map(|cell| Some(offer(column(cell.shop)?, cell)));
    let mark = |mark: &'a RowMark| MarkJson {
        rule: &mark.rule.id,
        severity: mark.severity,
        shop: mark.shop.and_then(column),
        message: Cow::Borrowed(&mark.message),
    };
    SkuJson {
        sku: row.sku.as_deref(),
        title: row.title.as_deref(),
        spec: row.spec.as_deref(),
        warehouse: row.warehouse.as_ref().map(|stock| WarehouseJson {
            available: number(stock.available),
            locked: number(stock.locked),
            incoming: number(stock.incoming),
            records: stock.records,
        }),
        promised: number(row.promised),
        difference: number(row.difference()),
        price: row.price.map(price),
        shops: offers.collect(),
        findings: row.marks.iter().map(mark).collect(),
    }
}

fn price(range: PriceRange) -> PriceJson {
    PriceJson { min: JsonNumber(range.low), max: JsonNumber(range.high) }
}

fn offer(shop: usize, cell: &InventoryCell) -> OfferJson<'_> {
    OfferJson {
        shop,
        listings: cell.listings,
        stock: cell.stock.map(JsonNumber),
        price: cell.price.map(price),
        status: cell.status.as_deref(),
        listed: cell.is_listed,
    }
}
