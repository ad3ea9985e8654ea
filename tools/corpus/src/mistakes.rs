//! What goes wrong in real fleets, of as many kinds as there are rules that see one record alone.

use crate::rng::Rng;
use crate::value::{Map, Value, hundredths};

/// Changes a record as people and their exports do.
pub type Mistake = fn(&mut Map, &mut Rng);

/// Appends to a text; the field is made where it is missing.
fn append(map: &mut Map, path: &'static str, more: &str) {
    let text = format!("{}{more}", map.text(path));
    map.set(path, text);
}

fn wechat(rng: &mut Rng) -> String {
    format!("加微信{}{}领优惠", rng.pick(&["chayou", "xiaomei_", "lao-wang", "vx_dian"]), rng.between(100, 99_999))
}

fn phone(rng: &mut Rng) -> String {
    let number = format!("1{}{}{:08}", rng.pick(&["3", "5", "8"]), rng.below(10), rng.below(100_000_000));
    match rng.below(3) {
        0 => number,
        1 => format!("{}-{}-{}", &number[..3], &number[3..7], &number[7..]),
        _ => number
            .bytes()
            .map(|byte| ["零", "幺", "二", "三", "四", "五", "六", "七", "八", "九"][usize::from(byte - b'0')])
            .collect(),
    }
}

/// Mistakes in shops of any system.
pub const OF_SHOPS: &[Mistake] = &[
    |shop, _| append(shop, "name", "旗舰店"),
    |shop, _| append(shop, "name", "旗艦店"),
    |shop, _| append(shop, "name", "旗·舰·店"),
    |shop, _| append(shop, "name", "专营店"),
    |shop, _| append(shop, "name", "旗见店"),
    |shop, _| append(shop, "name", "官方"),
    |shop, _| append(shop, "name", "flagship"),
    |shop, _| append(shop, "name", "\u{200b}"),
    |shop, _| append(shop, "name", "★"),
    |shop, _| append(shop, "name", "正品保障全国联保假一赔十百年老字号专业生产厂家"),
    |shop, rng| append(shop, "name", &phone(rng)),
    |shop, rng| append(shop, "description", &wechat(rng)),
    |shop, rng| append(shop, "description", &format!("客服电话{}", phone(rng))),
    |shop, _| append(shop, "description", "大单可以私下转账，更便宜。"),
    |shop, rng| _ = shop.set("accounts.channels", vec![wechat(rng)]),
    |shop, _| _ = shop.set("accounts.channels", (1..=16).map(|at| format!("云山{at}号")).collect::<Vec<_>>()),
    |shop, _| _ = shop.set("accounts.channels", vec!["云山", "云山"]),
    |shop, _| _ = shop.set("accounts.channels", vec!["云山"]).set("accounts.display", "雾里"),
    |shop, _| shop.remove("name"),
    |shop, _| shop.remove("system"),
    |shop, _| shop.rename("main_category", "main_catagory"),
    |shop, _| shop.rename("gmv", "total_sales"),
    |shop, _| _ = shop.set("system", "wechat-store"),
    |shop, _| _ = shop.set("score", "四点七"),
    |shop, _| _ = shop.set("gmv", "约三十万"),
    |shop, _| _ = shop.set("deposit", "已缴"),
    |shop, _| _ = shop.set("status", "close_finished").set("deposit.paid", 2000_usize),
    |shop, _| _ = shop.set("status", "closing"),
    |shop, _| _ = shop.set("subject.licence", "91000000MA0HY0076N"),
    |shop, _| _ = shop.set("subject.licence", "9144030"),
    |shop, _| _ = shop.set("subject.licence", Value::Number("9.14403E+17".to_owned())),
    |shop, _| _ = shop.set("subject.type", "sole-trader").set("brand.name", "云山"),
    |shop, _| _ = shop.set("subject.valid_until", "2025-03-31"),
    |shop, _| _ = shop.set("deposit.paid", 100_usize).set("deposit.required", 5000_usize),
    |shop, _| _ = shop.set("deposit.trial", true).set("deposit.trial_until", "2026-08-31"),
    |shop, _| _ = shop.set("deposit.trial", true).set("deposit.trial_until", "2027-03-31"),
    |shop, _| _ = shop.set("alliance.joined", true).set("gmv", 18_600_usize),
    |shop, _| _ = shop.set("alliance.joined", true).set("score", hundredths(410)),
    |shop, _| _ = shop.set("score", hundredths(400)).set("score_before", hundredths(480)),
    |shop, _| _ = shop.set("brand.name", "云山").set("brand.grant", "first").set("brand.valid_until", "2026-12-10"),
    |shop, _| _ = shop.set("brand.name", "云山").set("brand.grant", "first").set("brand.valid_until", "2025-12-10"),
    |shop, _| _ = shop.set("brand.name", "云山").set("brand.classification", 46_usize),
    |shop, _| _ = shop.set("brand.name", "云山").set("brand.status", "rejected"),
    |shop, _| _ = shop.set("brand.name", "云山").set("brand.grant", "second").set("brand.mark", "self-run"),
    |shop, _| _ = shop.set("customer_service", "wecom"),
    |shop, _| _ = shop.set("store_type", "flagship"),
    |shop, _| _ = shop.set("homepage.title", "加V：chunlan_tea 看更多"),
    |shop, _| _ = shop.set("homepage.categories", vec![category("不知道叫什么名字好的一个分类", 4)]),
    |shop, _| _ = shop.set("mini_program.appid", "wx01").set("mini_program.component_version", "2.0"),
    |shop, _| _ = shop.set("mini_program.on_channels_homepage", true).set("mini_program.contract_until", "2025-06-30"),
    |shop, _| _ = shop.set("mini_program.embeds_store", true).set("mini_program.base_library", "2.1.0"),
    |shop, _| _ = shop.set("renames_this_year", 9_usize),
    |shop, _| _ = shop.set("main_category_changes_this_year", 9_usize),
    |shop, _| _ = shop.set("submissions.blocked", true).set("submissions.quota_left", 0_usize),
    |shop, _| _ = shop.set("submissions.last_hour", 5000_usize),
    |shop, _| _ = shop.set("erp.uses", vec!["orders"]).set("erp.permission_sets", vec![1_usize]),
    |shop, _| _ = shop.set("touchpoints.search", false).set("touchpoints.channels", false),
    |shop, _| _ = shop.set("live.store_live", true).set("live.identity_verified", false),
    |shop, _| _ = shop.set("upgraded_on", "2023-01-01"),
    |shop, _| _ = shop.set("opened_on", "2025-02-30"),
    |shop, rng| _ = shop.set("products", vec![wrong_product(rng)]),
    |shop, rng| _ = shop.set("products", vec![wrong_product(rng), wrong_product(rng)]),
];

fn category(name: &str, level: usize) -> Map {
    let mut category = Map::new();
    category.set("name", name).set("level", level);
    category
}

fn wrong_product(rng: &mut Rng) -> Map {
    let mut product = crate::products::product("云山", crate::names::TRADES[0], rng);
    plant(OF_PRODUCTS, &mut product, rng);
    product
}

/// Mistakes in products.
pub const OF_PRODUCTS: &[Mistake] = &[
    |product, _| append(product, "title", "第Ⅲ代"),
    |product, _| _ = product.set("title", "扇子"),
    |product, _| _ = product.set("title", "GREEN TEA 100G"),
    |product, _| append(product, "title", "高山云雾明前头采手工炒制礼盒装送长辈送领导送客户节日团购企业福利定制"),
    |product, rng| append(product, "title", &phone(rng)),
    |product, rng| append(product, "description", &wechat(rng)),
    |product, _| append(product, "description", "直接转账可以再优惠"),
    |product, _| _ = product.set("market_price", 1_usize),
    |product, _| _ = product.set("sale_price", 0_usize),
    |product, _| _ = product.set("stock", 0_usize),
    |product, _| _ = product.set("short_title", "好"),
    |product, _| _ = product.set("sub_title", "这里写的卖点实在太长了长到平台不收所以会被打回来重新写过再提交一次看看"),
    |product, _| _ = product.set("status", 14_usize),
    |product, _| _ = product.set("status", 77_usize),
    |product, _| _ = product.set("edit_status", 3_usize).set("audit_reason", "标题含引流信息"),
    |product, _| _ = product.set("alliance.ratio", 95_usize).set("alliance.type", 1_usize),
    |product, _| _ = product.set("alliance.ratio", 15_usize).set("alliance.type", 2_usize),
    |product, _| product.remove("title"),
    |product, _| product.rename("sale_price", "sales_price"),
];

/// Mistakes in live rooms.
pub const OF_ROOMS: &[Mistake] = &[
    |room, rng| append(room, "script.text", &format!("- 想要更低价的，{}。\n", wechat(rng))),
    |room, rng| append(room, "script.text", &format!("- 打不开链接的打电话，{}。\n", phone(rng))),
    |room, _| append(room, "script.text", "- 老粉加薇信，我拉你进群。\n"),
    |room, _| append(room, "script.text", "- 大单直接微信转账，比小店便宜二十。\n"),
    |room, _| append(room, "script.text", "- 福利单先拍后退。\n"),
    |room, _| _ = room.set("pinned_comment", "详情请查看主页客服"),
    |room, rng| _ = room.set("profile", wechat(rng)),
    |room, _| append(room, "title", " 加V领福利"),
    |room, _| _ = room.set("links", vec!["https://item.example.com/tea/1"]),
    |room, _| _ = room.set("shop", "shop-nobody"),
    |room, _| _ = room.set("scheduled", "下周五晚上"),
];

/// Mistakes in licences.
pub const OF_LICENCES: &[Mistake] = &[
    |licence, _| _ = licence.set("valid_until", "2025-05-17"),
    |licence, _| _ = licence.set("code", "91000000MA0HY0076N"),
    |licence, _| _ = licence.set("type", "company"),
];

/// Plants one of the mistakes in a record.
pub fn plant(mistakes: &[Mistake], record: &mut Map, rng: &mut Rng) {
    mistakes[rng.below(mistakes.len())](record, rng);
}
