//! Where a product says what the table shows of it.

use dianjian_rules::record::{Kind, KindIndex, KindRole, Kinds, Record, Slot, Value};
use dianjian_text::id_key;
use rust_decimal::Decimal;

use super::SkuKey;
use super::items::{ShopListing, StockPart};
use super::rows::PriceRange;

/// The list of a product's SKUs.
pub(super) const SKUS: &str = "skus";

/// The kind of records that say what a warehouse has.
const STOCK_KIND: &str = "Stock";

/// The fields of products and stock records that the table is made of.
#[derive(Debug)]
pub(super) struct ProductFields {
    pub product: Option<KindIndex>,
    pub stock: Option<KindIndex>,
    pub shop: Option<KindIndex>,
    /// Fields of a product that may be its key, the best first.
    keys: Vec<Slot>,
    /// The field of each SKU that is its key.
    item_key: String,
    title: Option<Slot>,
    spec: Option<Slot>,
    status: Option<Slot>,
    prices: Vec<Slot>,
    quantity: Option<Slot>,
    skus: Option<Slot>,
    pub shop_name: Option<Slot>,
    pub system: Option<Slot>,
    stock_key: Option<Slot>,
    stock_name: Option<Slot>,
    stock_spec: Option<Slot>,
    /// Available, locked and incoming.
    amounts: [Option<Slot>; 3],
}

/// What is offered under one key in one record, and where.
pub(super) struct FoundListing<'a> {
    pub key: Option<String>,
    pub listing: ShopListing,
    /// The SKU in the product's list.
    pub item: Option<Value<'a>>,
}

impl ProductFields {
    pub fn new(kinds: &Kinds, by: &SkuKey) -> Self {
        let product = kinds.with_role(KindRole::Product);
        let stock = kinds.find(STOCK_KIND);
        let slot = |kind: Option<KindIndex>, path: &str| {
            let kind: &Kind = kinds.get(kind?);
            kind.field(path).map(|(slot, _)| slot)
        };
        let of_product = |path: &str| slot(product, path);
        let (keys, item_key, stock_key) = match by {
            SkuKey::Code => (vec!["sku", "out_id"], "code", "sku"),
            SkuKey::Field(path) => (vec![path.as_str()], path.as_str(), path.as_str()),
        };
        Self {
            product,
            stock,
            shop: kinds.with_role(KindRole::Shop),
            keys: keys.into_iter().filter_map(of_product).collect(),
            item_key: item_key.to_owned(),
            title: of_product("title"),
            spec: of_product("spec"),
            status: of_product("status"),
            prices: ["sale_price", "price"].into_iter().filter_map(of_product).collect(),
            quantity: of_product("stock"),
            skus: of_product(SKUS),
            shop_name: of_product("shop"),
            system: of_product("system"),
            stock_key: slot(stock, stock_key),
            stock_name: slot(stock, "name"),
            stock_spec: slot(stock, "spec"),
            amounts: ["quantity", "locked", "incoming"].map(|path| slot(stock, path)),
        }
    }

    /// What a product offers: itself, or each of its SKUs where they have codes of their own.
    pub fn listings<'a>(&self, record: &Record<'a>) -> Vec<FoundListing<'a>> {
        let own_key = self.keys.iter().find_map(|slot| text_in(record, Some(*slot)));
        let whole = ShopListing {
            spelling: own_key.clone().unwrap_or_default(),
            title: text_in(record, self.title),
            spec: text_in(record, self.spec),
            stock: number_in(record, self.quantity),
            price: self.prices.iter().find_map(|slot| number_in(record, Some(*slot))).map(PriceRange::of),
            status: text_in(record, self.status).map(|status| id_key(&status).into_owned()),
            ..ShopListing::default()
        };
        let items = self.skus.and_then(|slot| record.slot(slot)).map(Value::items).unwrap_or_default();
        let item_keys: Vec<Option<String>> = items.iter().map(|item| text_at(item, &self.item_key)).collect();
        let is_one = item_keys.iter().all(Option::is_none) || items.len() == 1 && own_key.is_some();
        if is_one {
            let listing = if items.is_empty() { whole } else { summed(whole, &items) };
            return vec![FoundListing { key: own_key, listing, item: None }];
        }
        let of_item = |(item, key): (Value<'a>, Option<String>)| {
            let price = number_at(&item, "sale_price").map(PriceRange::of).or(whole.price);
            let listing = ShopListing {
                spelling: key.clone().unwrap_or_default(),
                spec: text_at(&item, "spec").or_else(|| whole.spec.clone()),
                stock: number_at(&item, "stock").or(whole.stock.filter(|_| item_keys.len() == 1)),
                price,
                ..whole.clone()
            };
            FoundListing { key, listing, item: Some(item) }
        };
        items.into_iter().zip(item_keys.clone()).map(of_item).collect()
    }

    /// What a stock record says: its key, and the quantities.
    pub fn stock(&self, record: &Record<'_>) -> (Option<String>, StockPart) {
        let key = text_in(record, self.stock_key);
        let [available, locked, incoming] = self.amounts.map(|slot| number_in(record, slot));
        let part = StockPart {
            spelling: key.clone().unwrap_or_default(),
            name: text_in(record, self.stock_name),
            spec: text_in(record, self.stock_spec),
            available,
            locked,
            incoming,
        };
        (key, part)
    }
}

/// A product whose SKUs have no codes of their own: it is one thing at their prices.
fn summed(whole: ShopListing, items: &[Value<'_>]) -> ShopListing {
    let stock = items.iter().filter_map(|item| number_at(item, "stock")).reduce(Decimal::saturating_add);
    let price = items.iter().filter_map(|item| number_at(item, "sale_price")).map(PriceRange::of);
    let price = price.reduce(PriceRange::with);
    ShopListing { stock: whole.stock.or(stock), price: price.or(whole.price), ..whole }
}

/// The text in a slot without blanks around it, if there is any.
pub(super) fn text_in(record: &Record<'_>, slot: Option<Slot>) -> Option<String> {
    trimmed(record.slot(slot?)?)
}

fn text_at(value: &Value<'_>, key: &str) -> Option<String> {
    trimmed(&value.get(key)?)
}

fn trimmed(value: &Value<'_>) -> Option<String> {
    let text = value.text()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn number_in(record: &Record<'_>, slot: Option<Slot>) -> Option<Decimal> {
    record.slot(slot?)?.number()
}

fn number_at(value: &Value<'_>, key: &str) -> Option<Decimal> {
    value.get(key)?.number()
}
