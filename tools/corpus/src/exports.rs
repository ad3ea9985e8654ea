//! A shop as the platform's own answers: amounts in fen, times in seconds, and nothing of which system it is.

use crate::rng::Rng;
use crate::value::{Map, Value};

/// An answer with one key beside the code and the message that all answers have.
fn answer(key: &'static str, value: impl Into<Value>) -> Map {
    let mut answer = Map::new();
    answer.set("errcode", 0_usize).set("errmsg", "ok").set(key, value);
    answer
}

pub fn shop_info(shop: &Map) -> Map {
    let sort = match shop.text("subject.type") {
        "enterprise" => "企业",
        "sole-trader" => "个体工商户",
        "individual" => "个人",
        _ => "其他",
    };
    let mut info = Map::new();
    info.set("nickname", shop.text("name")).set("headimg_url", "https://wx.qlogo.cn/x").set("subject_type", sort);
    info.set("status", shop.text("status")).set("username", shop.text("id")).set("open_timestamp", "1724515200");
    answer("info", info)
}

/// The answer of one product.
pub fn product(product: &Map, rng: &mut Rng) -> Map {
    let mut out = Map::new();
    out.set("product_id", product.text("id")).set("title", product.text("title"));
    for (from, to) in [("head_images", "head_imgs"), ("status", "status"), ("edit_status", "edit_status")] {
        if let Some(value) = product.get(from) {
            out.set(to, value.clone());
        }
    }
    out.set("desc_info.desc", product.text("description"));
    let mut sku = Map::new();
    let price = rng.between(100, 90_000);
    sku.set("sku_id", "462966903")
        .set("sale_price", price)
        .set("market_price", price / 2 * 3)
        .set("stock_num", rng.below(500));
    out.set("min_price", price).set("skus", vec![sku]);
    answer("product", out)
}
