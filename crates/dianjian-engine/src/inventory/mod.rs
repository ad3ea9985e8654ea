//! One table of what a merchant offers: a row for each SKU, a column for each shop, over all platforms.
//!
//! The inputs are read twice. First they are checked with the rules of the group `inventory` alone: what is wrong is
//! theirs to say, and what cannot be read or understood comes out as in any check. Then listings and stock are
//! collected and sorted by SKU, on disk where they are many, so that rows come out one by one. A finding is entered in the
//! row of the record that it points at.

mod fields;
mod items;
mod listings;
mod marks;
mod rows;
mod shops;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::{Lang, Text, did_you_mean};
use dianjian_base::{localized, text};
use dianjian_document::problem::Problem;
use dianjian_document::source::Input;
use dianjian_rules::language::Severity;
use dianjian_rules::record::{KindRole, Kinds, nearest};
use dianjian_rules::{Pack, RuleInfo, RuleSource};
use fields::ProductFields;
use listings::ListingCollector;
use marks::MarkCollector;
pub use rows::{InventoryCell, InventoryRow, InventoryRows, MarkSubject, PriceRange, RowMark, WarehouseStock};
use shops::ShopColumns;
pub use shops::{InventoryShop, UnresolvedShop};

pub use crate::cross_record::external_sort::ExternalSortError;
use crate::{Engine, Finding, RunTotals, SeverityPolicy};

/// What the ids of the rules begin with that say what is wrong in the table.
const GROUP: &str = "inventory/";

/// The platform's code of a product that can be bought; mappings translate the words of other systems to it.
const LISTED: &str = "5";

/// The table that says what the other codes mean.
const STATES: &str = "product-status";

/// The part of a pack that the table needs: its rules, and those that say what was not understood.
pub fn inventory_pack(pack: &Pack) -> Pack {
    let reports_gaps = |rule: &RuleSource| {
        let lint = rule.file.check.value.schema.as_ref();
        lint.is_some_and(|lint| lint.value.may_be_gap())
    };
    pack.retaining(|rule| rule.info.id.starts_with(GROUP) || reports_gaps(rule))
}

/// The severities of a project for the rules of the inventory; all others are off.
#[derive(Clone, Copy)]
pub struct InventoryRules<'p>(pub &'p dyn SeverityPolicy);

impl std::fmt::Debug for InventoryRules<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InventoryRules").finish_non_exhaustive()
    }
}

impl SeverityPolicy for InventoryRules<'_> {
    fn severity(&self, rule: &RuleInfo, own: Severity, file: &str) -> Option<Severity> {
        if rule.id.starts_with(GROUP) { self.0.severity(rule, own, file) } else { None }
    }

    fn silences(&self, finding: &Finding, day: NaiveDate) -> bool {
        self.0.silences(finding, day)
    }

    fn last_days(&self) -> Vec<NaiveDate> {
        self.0.last_days()
    }
}

/// What makes two listings the same goods.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SkuKey {
    /// The merchant's code: of the row, else of each SKU, else of the product.
    #[default]
    Code,
    /// A field of products, or of their SKUs.
    Field(String),
}

/// A field that products do not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct UnknownSkuKey {
    found: String,
    suggestion: Option<String>,
}

localized! { UnknownSkuKey {
    Self { found, suggestion } => {
        zh: "商品没有“{found}”这个字段",
        en: "products have no field `{found}`",
        help: Some(suggestion.as_ref().map_or_else(known_keys, did_you_mean)),
    }
} }

fn known_keys() -> Text {
    text! {
        zh: "常用的是 sku（商家编码）和 barcode（条形码）；全部字段：dianjian explain Product。",
        en: "Usual are `sku`, the merchant's code, and `barcode`; `dianjian explain Product` lists all fields.",
    }
}

impl SkuKey {
    /// Reads `sku` or the name of a field.
    ///
    /// # Errors
    /// Neither products nor their SKUs have it.
    pub fn new(written: &str, kinds: &Kinds) -> Result<Self, UnknownSkuKey> {
        if written == "sku" {
            return Ok(Self::Code);
        }
        let product = kinds.with_role(KindRole::Product).map(|index| kinds.get(index));
        let in_items = format!("{}[].{written}", fields::SKUS);
        match product {
            Some(kind) if kind.field(written).is_some() || kind.target(&in_items).is_some() => {
                Ok(Self::Field(written.to_owned()))
            }
            _ => {
                let known = product.into_iter().flat_map(|kind| &kind.fields).map(|field| field.path.as_str());
                let suggestion = nearest(written, known).map(str::to_owned);
                Err(UnknownSkuKey { found: written.to_owned(), suggestion })
            }
        }
    }
}

/// What is shown of the table.
#[derive(Debug, Clone, Default)]
pub struct InventoryOptions {
    /// What a row is.
    pub by: SkuKey,
    /// Whether rows without findings are left out.
    pub only_differences: bool,
}

/// How often a rule was broken.
#[derive(Debug, Clone)]
pub struct InventoryCount {
    /// The rule.
    pub rule: Arc<RuleInfo>,
    /// The highest severity of its findings.
    pub severity: Severity,
    /// How many findings there are.
    pub findings: usize,
}

/// The table, before its rows are drawn from it.
pub struct Inventory {
    /// The shops with listings, in the order of the columns.
    pub shops: Vec<InventoryShop>,
    /// How many shops there are without any.
    pub empty_shops: usize,
    /// Names of shops that lead to no record of a shop, or to several.
    pub unresolved: Vec<UnresolvedShop>,
    /// The rows, by SKU. Those that say no SKU come last, each by itself.
    pub rows: InventoryRows,
    /// What is wrong, by rule.
    pub counts: Vec<InventoryCount>,
    /// Findings that belong to no row, such as those about a shop; at most [`MAX_LISTED`].
    pub elsewhere: Vec<RowMark>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Findings that say that something was not understood; at most [`MAX_LISTED`].
    pub gaps: Vec<Finding>,
    /// How many of these there are in all.
    pub gap_count: usize,
    /// Rows that say no SKU.
    pub without_sku: usize,
    /// What the check has read.
    pub totals: RunTotals,
    /// Names of the platform's state codes.
    pub states: ListingStates,
}

impl std::fmt::Debug for Inventory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inventory").field("shops", &self.shops).finish_non_exhaustive()
    }
}

/// How many findings outside the rows are kept one by one.
pub const MAX_LISTED: usize = 20;

impl Inventory {
    /// Whether the table may lack something.
    pub const fn is_incomplete(&self) -> bool {
        !self.problems.is_empty() || self.gap_count > 0
    }
}

/// Reads the inputs and makes the table. The engine is of an [`inventory_pack`], and its policy is [`InventoryRules`].
///
/// # Errors
/// What is kept of the records cannot be written to disk, or read again.
pub fn inventory(
    engine: &Engine<'_>,
    inputs: &[Input],
    options: &InventoryOptions,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Inventory, ExternalSortError> {
    let memory = engine.tuning.memory / 3;
    let mut marks = MarkCollector::new(memory);
    let totals = engine.run(inputs, &marks::MarkRender { engine }, progress, &mut |seen| marks.add(seen));
    let fields = ProductFields::new(&engine.pack.kinds, &options.by);
    let mut listings = ListingCollector::new(engine, fields, memory, !marks.is_empty());
    let read_again = engine.each_record(inputs, &mut |source, seen| listings.event(source, seen));
    let mut problems = std::mem::take(&mut marks.problems);
    if problems.is_empty() && marks.gap_count == 0 {
        // A file that has changed since it was checked.
        problems = read_again;
    }
    let (gaps, gap_count) = (std::mem::take(&mut marks.gaps), marks.gap_count);
    let read = listings.finish()?;
    let (mut sorter, without_sku) = (read.items, read.without_sku);
    let placed = marks.place(read.places, &mut sorter)?;
    let ShopColumns { shops, empty_shops, unresolved, column_of } = read.shops.columns(&engine.pack.kinds);
    let states = ListingStates::of(engine.pack, engine.policy.as_of);
    let rows = InventoryRows::new(sorter.sorted()?, column_of, placed.rules, states.clone(), options.only_differences);
    let (counts, elsewhere) = (placed.counts, placed.elsewhere);
    Ok(Inventory {
        shops,
        empty_shops,
        unresolved,
        rows,
        counts,
        elsewhere,
        problems,
        gaps,
        gap_count,
        without_sku,
        totals,
        states,
    })
}

/// What the state codes of products mean.
#[derive(Debug, Clone, Default)]
pub struct ListingStates(BTreeMap<String, Text>);

impl ListingStates {
    fn of(pack: &Pack, day: NaiveDate) -> Self {
        let Some(table) = pack.tables.get(STATES) else { return Self::default() };
        let columns = ["code", "title", "trouble"].map(|name| table.column(name).ok());
        let [Some(code), Some(title), trouble] = columns else { return Self::default() };
        let rows = table.rows.iter().filter(|row| row.effective.holds(day)).filter_map(|row| {
            let cell = |at: usize| row.cells.get(at).and_then(Clone::clone);
            let code = cell(code)?;
            let en = match trouble.and_then(cell).as_deref() {
                _ if code == LISTED => "listed",
                Some("true") => "taken down",
                _ => "not listed",
            };
            Some((code, Text::new(cell(title)?, en)))
        });
        Self(rows.collect())
    }

    /// Whether what has a code can be bought; `None`: the code is not known.
    fn is_listed(&self, code: &str) -> Option<bool> {
        self.0.contains_key(code).then_some(code == LISTED)
    }

    /// The name of a code; one that is not known stands for itself.
    pub fn name<'s>(&'s self, code: &'s str, lang: Lang) -> &'s str {
        self.0.get(code).map_or(code, |name| name.get(lang))
    }
}
