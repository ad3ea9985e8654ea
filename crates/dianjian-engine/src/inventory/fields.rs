//! Where a product says what the table shows of it.

use std::sync::Arc;

use dianjian_base::FieldPath;
use dianjian_rules::record::{ItemFieldUse, Kind, KindIndex, KindRole, Kinds, Record, SaidBy, Slot, Value};
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
    kinds: Arc<Kinds>,
    pub product: Option<KindIndex>,
    pub stock: Option<KindIndex>,
    pub shop: Option<KindIndex>,
    /// The key of a product or of each of its SKUs.
    key: SkuField,
    /// What else may be the key of a product that has none.
    other_key: Option<Slot>,
    title: Option<Slot>,
    spec: SkuField,
    status: Option<Slot>,
    price: SkuField,
    /// What is a price where no other is said.
    list_price: Option<Slot>,
    quantity: SkuField,
    skus: Option<Slot>,
    pub shop_name: Option<Slot>,
    pub system: Option<Slot>,
    stock_key: Option<Slot>,
    stock_name: Option<Slot>,
    stock_spec: Option<Slot>,
    /// Available, locked and incoming.
    amounts: [Option<Slot>; 3],
}

/// A field of each SKU, and of a product that is itself the only one.
#[derive(Debug)]
struct SkuField {
    item: String,
    own: Option<Slot>,
}

impl SkuField {
    fn new(kind: Option<&Kind>, own: &str) -> Self {
        let in_items = kind.and_then(|kind| kind.in_items(own));
        let item = in_items.as_deref().map_or(own, |path| FieldPath::new(path).name()).to_owned();
        Self { item, own: kind.and_then(|kind| kind.field(own)).map(|(slot, _)| slot) }
    }

    /// The number of a SKU, or that of its product where it is read in its place.
    fn of_sku(&self, of: ItemFieldUse, own: Option<Decimal>, item: &Value<'_>, is_only: bool) -> Option<Decimal> {
        let number = number_at(item, &self.item);
        let said = SaidBy { item: number.is_some(), record: own.is_some(), any_item: true };
        if said.is_read_of_record(of, is_only) { own } else { number }
    }
}

/// What is offered under one key in one record, and where.
pub(super) struct FoundListing<'a> {
    pub key: Option<String>,
    pub listing: ShopListing,
    /// The SKU in the product's list.
    pub item: Option<Value<'a>>,
}

impl ProductFields {
    pub fn new(kinds: &Arc<Kinds>, by: &SkuKey) -> Self {
        let product = kinds.with_role(KindRole::Product);
        let stock = kinds.find(STOCK_KIND);
        let slot = |kind: Option<KindIndex>, path: &str| {
            let kind: &Kind = kinds.get(kind?);
            kind.field(path).map(|(slot, _)| slot)
        };
        let of_product = |path: &str| slot(product, path);
        let (key, other_key, stock_key) = match by {
            SkuKey::Code => ("sku", Some("out_id"), "sku"),
            SkuKey::Field(path) => (path.as_str(), None, path.as_str()),
        };
        let of_sku = |path: &str| SkuField::new(product.map(|kind| kinds.get(kind)), path);
        Self {
            kinds: Arc::clone(kinds),
            product,
            stock,
            shop: kinds.with_role(KindRole::Shop),
            key: of_sku(key),
            other_key: other_key.and_then(of_product),
            title: of_product("title"),
            spec: of_sku("spec"),
            status: of_product("status"),
            price: of_sku("sale_price"),
            list_price: of_product("price"),
            quantity: of_sku("stock"),
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
        let own_key = text_in(record, self.key.own);
        let price = [self.price.own, self.list_price].into_iter().find_map(|slot| number_in(record, slot));
        let whole = ShopListing {
            title: text_in(record, self.title),
            spec: text_in(record, self.spec.own),
            stock: number_in(record, self.quantity.own),
            price: price.map(PriceRange::of),
            status: text_in(record, self.status).map(|status| id_key(&status).into_owned()),
            ..ShopListing::default()
        };
        let items = self.skus.and_then(|slot| record.slot(slot)).map(Value::items).unwrap_or_default();
        let is_only = items.len() == 1;
        let item_keys: Vec<Option<String>> = items.iter().map(|item| text_at(item, &self.key.item)).collect();
        let is_keyed = item_keys.iter().any(Option::is_some);
        let said = SaidBy { item: is_keyed, record: own_key.is_some(), any_item: is_keyed };
        if !is_keyed || said.is_read_of_record(ItemFieldUse::Key, is_only) {
            let key = own_key.or_else(|| text_in(record, self.other_key));
            let spelling = key.clone().unwrap_or_default();
            let listing = ShopListing { spelling, ..self.summed(whole, price, &items) };
            return vec![FoundListing { key, listing, item: None }];
        }
        let of_item = |(item, key): (Value<'a>, Option<String>)| {
            let listing = ShopListing {
                spelling: key.clone().unwrap_or_default(),
                spec: text_at(&item, &self.spec.item).or_else(|| whole.spec.clone()),
                stock: self.quantity.of_sku(ItemFieldUse::Amount, whole.stock, &item, is_only),
                price: self.price.of_sku(ItemFieldUse::Value, price, &item, is_only).map(PriceRange::of),
                ..whole.clone()
            };
            FoundListing { key, listing, item: Some(item) }
        };
        items.into_iter().zip(item_keys).map(of_item).collect()
    }

    /// A product whose SKUs have no codes of their own: it is one thing at their prices.
    fn summed(&self, whole: ShopListing, price: Option<Decimal>, items: &[Value<'_>]) -> ShopListing {
        let is_only = items.len() == 1;
        let of_skus = |field: &SkuField, of: ItemFieldUse, own: Option<Decimal>| -> Vec<Decimal> {
            let is_said = items.iter().any(|item| number_at(item, &field.item).is_some());
            let said = items.iter().filter(|_| is_said);
            said.filter_map(|item| field.of_sku(of, own, item, is_only)).collect()
        };
        let stock = of_skus(&self.quantity, ItemFieldUse::Amount, whole.stock);
        let stock = stock.into_iter().reduce(Decimal::saturating_add);
        let prices = of_skus(&self.price, ItemFieldUse::Value, price).into_iter().map(PriceRange::of);
        let prices = prices.reduce(PriceRange::with);
        ShopListing { stock: stock.or(whole.stock), price: prices.or(whole.price), ..whole }
    }

    /// What a stock record says: its key, and the quantities.
    pub fn stock(&self, record: &Record<'_>) -> (Option<String>, StockPart) {
        let key = text_in(record, self.stock_key);
        let [available, locked, incoming] = self.amounts.map(|slot| number_in(record, slot));
        let part = StockPart {
            spelling: key.clone().unwrap_or_default(),
            name: text_in(record, self.stock_name),
            spec: text_in(record, self.stock_spec),
            of: self.kinds.get(record.kind_index).whole_or_part(record),
            available,
            locked,
            incoming,
        };
        (key, part)
    }
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
