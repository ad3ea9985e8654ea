//! Products, in their shop or by themselves.

use crate::names::Trade;
use crate::rng::Rng;
use crate::texts;
use crate::value::{Map, hundredths};

/// A product that has passed its audit. It has no pictures: each on a server would be reported as not checked.
pub fn product(brand: &str, trade: Trade, rng: &mut Rng) -> Map {
    let mut product = Map::new();
    let price = rng.between(490, 89_900) / 10 * 10;
    let id = rng.between(10_000_000_000, 99_999_999_999);
    product.set("id", id.to_string()).set("title", texts::title(brand, &trade, rng));
    if rng.percent(50) {
        product.set("short_title", format!("{brand}{}好物", trade.leaf));
    }
    if rng.percent(40) {
        let sentences = rng.between(1, 4);
        product.set("description", texts::description(&trade, sentences, rng));
    }
    product.set("first_level_category", trade.main).set("status", rng.weighted(&[(85, 5_usize), (15, 11)]));
    product.set("edit_status", 4_usize).set("sale_price", hundredths(price));
    product.set("market_price", hundredths(price + rng.between(1, 50) * 100)).set("stock", rng.between(1, 5000));
    if rng.percent(70) {
        let skus = rng.between(1, 3);
        product.set("skus", (0..skus).map(|at| sku(id + at, price, rng)).collect::<Vec<_>>());
    }
    if rng.percent(60) {
        product.set("after_sale_address_id", rng.between(1, 90).to_string());
    }
    product
}

fn sku(id: usize, price: usize, rng: &mut Rng) -> Map {
    let mut sku = Map::new();
    sku.set("id", (id * 7).to_string())
        .set("code", format!("{}-{}", rng.pick(&["A", "BX", "CN", "YS"]), rng.between(100, 99_999)));
    sku.set("sale_price", hundredths(price))
        .set("market_price", hundredths(price + 1000))
        .set("stock", rng.between(1, 900));
    sku
}
