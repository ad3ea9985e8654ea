//! Live rooms with what their hosts read out.

use crate::names::Owner;
use crate::rng::Rng;
use crate::texts;
use crate::value::{Map, Value};

/// A live room of a shop, in the next or the last months.
pub fn room(number: usize, shop: &str, owner: &Owner, rng: &mut Rng) -> Map {
    let mut room = Map::new();
    let day = if rng.percent(80) { "2026-12" } else { "2026-10" };
    let (trade, lines) = (owner.trade, rng.between(3, 24));
    room.set("kind", "LiveRoom").set("id", format!("live-{number}")).set("shop", shop);
    room.set(
        "scheduled",
        format!("{day}-{:02}T{:02}:{}:00+08:00", rng.between(1, 28), rng.between(9, 22), rng.pick(&["00", "30"])),
    );
    room.set("title", format!("{}{}", trade.leaf, rng.pick(&["专场", "上新", "年终回馈", "清仓", "开箱", "产地直播"])));
    if rng.percent(60) {
        room.set("description", texts::description(&trade, 1, rng));
    }
    room.set("nickname", owner.word.clone());
    room.set("script.text", texts::script(&owner.word, &trade, lines, rng));
    if rng.percent(30) {
        room.set("pinned_comment", "想看哪一款，打在公屏上。");
    }
    if rng.percent(40) {
        let links: Vec<Value> = (0..rng.between(1, 4)).map(|at| link(shop, at).into()).collect();
        room.set("links", links);
    }
    room
}

fn link(shop: &str, at: usize) -> Map {
    let mut link = Map::new();
    link.set("url", format!("https://store.weixin.qq.com/shop/{shop}/{at}")).set("title", format!("第{}款", at + 1));
    link
}
