//! Shops without mistakes; `mistakes` plants those.

use crate::names::{self, Owner, Trade};
use crate::rng::Rng;
use crate::value::{Map, Value, hundredths};
use crate::{products, texts};

/// The id of shop `number`, which other records refer to.
pub fn id(number: usize) -> String {
    if number % 5 == 3 { format!("gh_{:010x}", number as u64 * 2_654_435_761) } else { format!("shop-{number}") }
}

/// A day from 2020 on, written as the platform does.
pub fn day(first_year: usize, years: usize, rng: &mut Rng) -> String {
    format!("{}-{:02}-{:02}", first_year + rng.below(years), rng.between(1, 12), rng.between(1, 28))
}

/// The end of a legacy store's name, by its type.
const TYPES: [(usize, (&str, &str)); 7] = [
    (18, ("flagship", "旗舰店")),
    (4, ("official-flagship", "官方旗舰店")),
    (14, ("exclusive", "专卖店")),
    (12, ("franchise", "专营店")),
    (30, ("ordinary-enterprise", "小铺")),
    (12, ("ordinary-enterprise", "优品")),
    (10, ("ordinary-enterprise", "生活馆")),
];

/// A shop of any system; `legacy` says whether it is still to move.
pub fn shop(seed: u64, number: usize, legacy: bool) -> Map {
    let mut rng = Rng::new(seed, 1, number);
    let owner = names::owner(seed, names::owner_of(seed, number));
    let trade = if rng.percent(80) { owner.trade } else { names::a_trade(&mut rng) };
    let system = match legacy {
        true => rng.weighted(&[(60, "channels-store"), (30, "mini-store"), (10, "mini-program-mall")]),
        false => "weixin-store",
    };
    let mut shop = Map::new();
    shop.set("kind", "Shop").set("id", id(number)).set("system", system);
    match system {
        "channels-store" => channels_store(&mut shop, &owner, trade, &mut rng),
        "weixin-store" => weixin_store(&mut shop, &owner, trade, &mut rng),
        _ => plain(&mut shop, &owner, trade, &mut rng),
    }
    subject(&mut shop, &owner, &mut rng);
    business(&mut shop, &owner, trade, &mut rng);
    if shop.text("status") == "open_finished" && rng.percent(16) {
        let count = rng.between(1, 3);
        let products: Vec<Map> = (0..count).map(|_| products::product(&owner.word, trade, &mut rng)).collect();
        shop.set("products", products);
    }
    shop.set("description", texts::description(&trade, rng.below(9) + rng.below(5), &mut rng));
    if rng.percent(4) {
        shop.set("description", "");
    }
    own_fields(&mut shop, &mut rng);
    shop
}

fn status(rng: &mut Rng) -> &'static str {
    rng.weighted(&[(93, "open_finished"), (3, "opening"), (4, "close_finished")])
}

fn channels_store(shop: &mut Map, owner: &Owner, trade: Trade, rng: &mut Rng) {
    let (ty, end) = if owner.sort == "enterprise" { rng.weighted(&TYPES) } else { ("sole-trader", "小铺") };
    let word = names::brand(rng);
    let name = match ty {
        "flagship" | "official-flagship" => format!("{word}{end}"),
        "exclusive" => format!("{word}{}{end}", owner.word),
        "franchise" => format!("{}{}{end}", owner.word, trade.word),
        _ => format!("{word}{}{end}", trade.word),
    };
    shop.set("name", name)
        .set("store_type", ty)
        .set("status", rng.weighted(&[(1, "open_finished"), (2, "close_finished")]));
    if matches!(ty, "flagship" | "official-flagship" | "exclusive") {
        let grant = if ty == "exclusive" { "first" } else { "owner" };
        shop.set("brand.name", word).set("brand.grant", grant).set("brand.valid_until", day(2027, 8, rng));
    }
    shop.set("applied_on", day(2022, 2, rng));
}

fn weixin_store(shop: &mut Map, owner: &Owner, trade: Trade, rng: &mut Rng) {
    let word = names::brand(rng);
    let end =
        rng.weighted(&[(30, ""), (14, "小铺"), (10, "优选"), (10, "生活"), (8, "工坊"), (8, "的店"), (6, "好物")]);
    shop.set("name", format!("{word}{}{end}", trade.word)).set("status", status(rng));
    if rng.percent(25) && owner.sort == "enterprise" {
        shop.set("name", format!("{word}{}{}", owner.word, trade.word));
        shop.set("brand.name", word).set("brand.grant", "first").set("brand.mark", "authorised");
        shop.set("brand.classification", trade.class);
        if rng.percent(60) {
            shop.set("brand.registration_no", rng.between(10_000_000, 79_999_999).to_string());
        }
        shop.set("brand.status", "effective").set("brand.valid_until", day(2027, 9, rng));
    }
    match rng.below(3) {
        0 => shop.set("upgraded_on", format!("2024-09-{:02}", rng.between(1, 24))),
        1 => shop.set("opened_on", day(2025, 1, rng)),
        _ => shop,
    };
    if rng.percent(30) {
        shop.set("homepage.title", texts::description(&trade, 1, rng));
    }
    if rng.percent(2) {
        shop.set("touchpoints.search", true)
            .set("touchpoints.channels", true)
            .set("touchpoints.moments", rng.percent(50));
    }
}

/// A mini store or a mini-program's mall.
fn plain(shop: &mut Map, owner: &Owner, trade: Trade, rng: &mut Rng) {
    shop.set("name", format!("{}{}", names::brand(rng), trade.word)).set("status", "close_finished");
    if shop.text("system") == "mini-program-mall" {
        shop.set("status", "open_finished");
        shop.set("mini_program.appid", format!("wx{:016x}", rng.between(1 << 40, 1 << 48)));
        shop.set("mini_program.contract_until", day(2027, 3, rng)).set("mini_program.component_version", "3.2");
    } else if rng.percent(10) && owner.sort != "individual" {
        shop.set("status", "open_finished").set("pending_orders", rng.below(2) * rng.below(30));
    }
}

fn subject(shop: &mut Map, owner: &Owner, rng: &mut Rng) {
    shop.set("subject.type", owner.sort).set("subject.name", owner.name.clone());
    if owner.sort != "individual" && rng.percent(99) {
        shop.set("subject.licence", owner.licence.clone());
    }
    if owner.sort == "enterprise" && rng.percent(40) {
        shop.set("subject.registered_capital", rng.pick(&[100_000_usize, 500_000, 1_000_000, 5_000_000, 20_000_000]));
    }
}

fn business(shop: &mut Map, owner: &Owner, trade: Trade, rng: &mut Rng) {
    let open = shop.text("status") == "open_finished";
    let mut categories = vec![category(trade, rng)];
    for _ in 0..rng.below(3) {
        categories.push(category(names::a_trade(rng), rng));
    }
    let weixin = shop.text("system") == "weixin-store";
    shop.set("categories", categories).set("main_category", trade.main);
    if open && shop.text("system") != "mini-store" {
        let required =
            rng.pick(&[500_usize, 1000, 2000, 5000, 10_000, 20_000]).max(if trade.id == "6194" { 5000 } else { 0 });
        shop.set("deposit.paid", required).set("deposit.required", required);
        if weixin && rng.percent(50) {
            shop.set("deposit.trial", false);
        }
    }
    let sales = rng.between(0, 99) * rng.between(0, 99) * rng.between(1, 997);
    let joined = weixin && open && sales > 20_000 && rng.percent(60);
    shop.set("alliance.joined", joined || (weixin && owner.sort == "sole-trader"));
    let score = rng.between(if joined { 440 } else { 380 }, 500) / 10 * 10;
    if rng.percent(92) {
        shop.set("score", hundredths(score));
    }
    if rng.percent(30) {
        shop.set("score_before", hundredths(score.saturating_sub(rng.below(3) * 10)));
        shop.set("dsr", hundredths(rng.between(400, 500)));
    }
    if rng.percent(88) {
        shop.set("gmv", hundredths((sales.max(if joined { 20_000 } else { 0 })) * 100 + rng.below(100)));
    }
    if weixin {
        if rng.percent(70) {
            let (account, most) = (names::brand(rng), if owner.sort == "enterprise" { 3 } else { 1 });
            let count = rng.between(1, most);
            shop.set(
                "accounts.channels",
                (0..count).map(|at| format!("{account}{}", ["", "严选", "日常"][at])).collect::<Vec<_>>(),
            );
            shop.set("accounts.display", account);
        }
        shop.set("customer_service", "store");
    }
    if rng.percent(85) {
        shop.set("super_admin", owner.person.clone());
    }
}

fn category(trade: Trade, rng: &mut Rng) -> Map {
    let mut category = Map::new();
    category.set("id", trade.id).set("name", trade.leaf);
    if rng.percent(20) {
        category.set("first_level", trade.main).set("leaf", true);
    }
    category
}

/// Custom fields of the fleet: the prefix `x-` is reserved for them.
fn own_fields(shop: &mut Map, rng: &mut Rng) {
    if rng.percent(20) {
        shop.set("x-operator", names::person(rng));
    }
    if rng.percent(8) {
        shop.set(
            "x-tags",
            vec![Value::from(rng.pick(&["重点", "华东", "代运营", "待跟进"])), Value::from(rng.below(100))],
        );
    }
}
