//! What shops, products and hosts write: sentences put together anew for each text, so that no two are alike.

use crate::names::Trade;
use crate::rng::Rng;

const MADE: [&str; 16] = [
    "手工制作",
    "当季新做",
    "小批量生产",
    "师傅带着徒弟做",
    "按老法子慢慢做",
    "自家工坊出品",
    "从原料做起",
    "一件一件检查",
    "不赶工",
    "三十年的老手艺",
    "由合作社供应",
    "先试样再下料",
    "当天做当天发",
    "每一批都留样",
    "全程冷链",
    "用料写在标签上",
];
const WHERE: [&str; 16] = [
    "皖南的山里",
    "太湖边上",
    "武夷山脚下",
    "洱海西岸",
    "长白山下",
    "黄土塬上",
    "海边的小镇",
    "老城的巷子里",
    "城郊的园区",
    "外婆的院子旁",
    "国道边的村口",
    "半山的茶园",
    "江边的旧厂房",
    "县城的东街",
    "高原的牧场",
    "丘陵间的果园",
];
const GOOD: [&str; 20] = [
    "香气清",
    "手感厚实",
    "颜色耐看",
    "尺寸准",
    "分量足",
    "包装结实",
    "味道不甜腻",
    "边角打磨过",
    "洗了不变形",
    "送人不失礼",
    "老人孩子都能用",
    "开箱没有异味",
    "配件齐全",
    "说明书写得明白",
    "放得住",
    "用着顺手",
    "做工细",
    "口感脆",
    "回甘长",
    "不掉色",
];
const SERVICE: [&str; 14] = [
    "支持七天无理由退货",
    "坏了包赔",
    "偏远地区也发货",
    "下午四点前下单当天发出",
    "有问题找店铺客服",
    "支持微信支付",
    "可以开发票",
    "尺码拿不准可以先问客服",
    "收货后请当面验货",
    "节假日照常发货",
    "退换的运费由本店承担",
    "破损补发",
    "大件送货上楼",
    "生鲜到货请尽快放冰箱",
];
const WEATHER: [&str; 12] = [
    "春天雨水多",
    "入夏以来",
    "秋分前后",
    "冬至将近",
    "这几年",
    "开店头一年",
    "去年底",
    "今年开春",
    "每到年关",
    "梅雨时节",
    "天一凉",
    "搬了新仓以后",
];

/// A sentence on how things are made here.
fn sentence(trade: &Trade, rng: &mut Rng) -> String {
    let (made, place, good, other) = (rng.pick(&MADE), rng.pick(&WHERE), rng.pick(&GOOD), rng.pick(&GOOD));
    let number = rng.between(2, 980);
    match rng.below(8) {
        0 => format!("本店在{place}做{}，{made}，{good}，{other}。", trade.leaf),
        1 => format!("{}，我们一共做了{number}批，{made}，{good}。", rng.pick(&WEATHER)),
        2 => format!("店里的{}都是{made}的，{good}，老顾客说{other}。", trade.leaf),
        3 => format!("仓库在{place}，存货{number}件，{}。", rng.pick(&SERVICE)),
        4 => format!("{made}，所以{good}；{}。", rng.pick(&SERVICE)),
        5 => format!("第{number}号{}讲究的是{good}、{other}。", trade.leaf),
        6 => format!("{}，{place}来了{number}位客人，都夸{}{good}。", rng.pick(&WEATHER), trade.leaf),
        _ => format!("{}，{}。", rng.pick(&SERVICE), rng.pick(&SERVICE)),
    }
}

/// A description of some sentences.
pub fn description(trade: &Trade, sentences: usize, rng: &mut Rng) -> String {
    (0..sentences).map(|_| sentence(trade, rng)).collect()
}

/// A product's title of a believable length.
pub fn title(brand: &str, trade: &Trade, rng: &mut Rng) -> String {
    let how =
        rng.pick(&["便携", "家用", "礼盒装", "加厚", "新款", "经典", "大号", "小份", "原味", "手工", "高山", "简约"]);
    let size = match rng.below(5) {
        0 => format!("{}g", rng.between(5, 100) * 10),
        1 => format!("{}件套", rng.between(2, 9)),
        2 => format!("{}cm", rng.between(12, 180)),
        3 => format!("{}ml*{}", rng.between(5, 60) * 10, rng.between(1, 6)),
        _ => format!("{}号", rng.between(1, 60)),
    };
    format!("{brand}{}{how}{size}", trade.leaf)
}

/// What a host reads out, some lines of it.
pub fn script(shop: &str, trade: &Trade, lines: usize, rng: &mut Rng) -> String {
    let mut script = format!("# {shop}{}专场\n\n", trade.leaf);
    for at in 0..lines {
        let line = match rng.below(6) {
            0 => format!("第{}款{}，{}，{}。", at + 1, trade.leaf, rng.pick(&GOOD), rng.pick(&MADE)),
            1 => format!("喜欢的点购物袋下单，今天{}。", rng.pick(&SERVICE)),
            2 => format!("有朋友问产地，在{}，{}。", rng.pick(&WHERE), rng.pick(&MADE)),
            3 => {
                format!("直播间价{}元，库存{}件，{}。", rng.between(9, 899), rng.between(20, 3000), rng.pick(&SERVICE))
            }
            4 => format!("{}的客人说它{}，{}。", rng.pick(&WHERE), rng.pick(&GOOD), rng.pick(&GOOD)),
            _ => sentence(trade, rng),
        };
        script.push_str("- ");
        script.push_str(&line);
        script.push('\n');
    }
    script
}
