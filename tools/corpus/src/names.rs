//! Who owns a shop, and what things are called. Every company, person, brand and licence is invented.

use crate::rng::Rng;

/// First characters of brands.
const FIRST: [&str; 48] = [
    "云", "雾", "青", "白", "南", "安", "花", "山", "松", "竹", "石", "溪", "晴", "禾", "谷", "林", "星", "海", "江",
    "湖", "梅", "兰", "荷", "桂", "枫", "柏", "麦", "稻", "鹿", "鹤", "雁", "燕", "清", "素", "静", "明", "远", "望",
    "听", "知", "见", "归", "和", "初", "小", "老", "新", "九",
];
const SECOND: [&str; 40] = [
    "山", "里", "禾", "露", "枝", "澜", "源", "月", "岭", "川", "屿", "桥", "园", "坊", "舍", "语", "木", "野", "田",
    "泉", "岸", "风", "雨", "雪", "阳", "光", "影", "意", "物", "集", "记", "间", "生", "然", "里", "陌", "汀", "渡",
    "洲", "塘",
];
const PLACES: [&str; 32] = [
    "杭州", "深圳", "成都", "泉州", "福州", "昆明", "广州", "上海", "北京", "南京", "苏州", "无锡", "宁波", "温州",
    "金华", "合肥", "芜湖", "厦门", "漳州", "南昌", "济南", "青岛", "烟台", "郑州", "武汉", "长沙", "东莞", "佛山",
    "重庆", "西安", "贵阳", "大理",
];
const DISTRICTS: [&str; 12] = [
    "西湖区",
    "南山区",
    "武侯区",
    "丰泽区",
    "盘龙区",
    "越秀区",
    "徐汇区",
    "海淀区",
    "鼓楼区",
    "姑苏区",
    "江北区",
    "雁塔区",
];
const SURNAMES: [&str; 24] = [
    "林", "周", "苏", "顾", "陈", "段", "罗", "沈", "许", "何", "吕", "张", "赵", "钱", "孙", "李", "王", "冯", "蒋",
    "韩", "杨", "朱", "秦", "尤",
];
const GIVEN: [&str; 24] = [
    "知远", "以宁", "时雨", "南枝", "阿平", "小满", "清和", "晓棠", "书白", "子衿", "明月", "思远", "若水", "怀瑾",
    "念安", "雨桐", "建国", "秀英", "志强", "丽华", "一鸣", "可欣", "浩然", "梓涵",
];

/// What a shop may sell: the words of its name, its main category, a leaf category with its id.
#[derive(Debug, Clone, Copy)]
pub struct Trade {
    /// In a shop's name.
    pub word: &'static str,
    /// In a company's name.
    pub line: &'static str,
    pub main: &'static str,
    pub id: &'static str,
    pub leaf: &'static str,
    /// Nice class of the brand.
    pub class: usize,
}

const fn trade([word, line, main, id, leaf]: [&'static str; 5], class: usize) -> Trade {
    Trade { word, line, main, id, leaf, class }
}

/// The trades of the fleet, the frequent ones first.
pub const TRADES: [Trade; 30] = [
    trade(["茶业", "茶业", "茶", "1208", "绿茶"], 30),
    trade(["女装", "服饰", "服饰内衣", "6301", "连衣裙"], 25),
    trade(["零食", "食品", "食品饮料", "20311", "坚果炒货"], 29),
    trade(["家居", "家居用品", "家居日用", "30001", "茶具套装"], 21),
    trade(["美妆", "化妆品", "美妆护肤", "41022", "面膜"], 3),
    trade(["母婴", "母婴用品", "母婴", "6194", "安全座椅"], 12),
    trade(["果园", "农业", "生鲜", "52017", "苹果"], 31),
    trade(["数码", "电子科技", "3C数码", "10077", "手机壳"], 9),
    trade(["文具", "文化用品", "文具", "33091", "笔记本"], 16),
    trade(["厨具", "厨具", "厨房用品", "31110", "炒锅"], 21),
    trade(["童装", "服饰", "母婴", "6388", "儿童外套"], 25),
    trade(["箱包", "皮具", "箱包", "64012", "双肩包"], 18),
    trade(["鞋履", "鞋业", "鞋靴", "64533", "休闲鞋"], 25),
    trade(["花艺", "园艺", "鲜花绿植", "58801", "鲜花花束"], 31),
    trade(["瓷器", "瓷业", "家居日用", "30077", "盖碗"], 21),
    trade(["粮油", "粮油", "食品饮料", "20590", "大米"], 30),
    trade(["宠物", "宠物用品", "宠物", "71003", "猫粮"], 31),
    trade(["玩具", "玩具", "玩具", "36144", "积木"], 28),
    trade(["图书", "图书", "图书", "85002", "儿童绘本"], 16),
    trade(["运动", "体育用品", "运动户外", "66021", "瑜伽垫"], 28),
    trade(["灯饰", "照明", "家装", "38805", "台灯"], 11),
    trade(["家纺", "纺织", "家纺", "34410", "四件套"], 24),
    trade(["珠宝", "珠宝", "珠宝", "91205", "银手镯"], 14),
    trade(["钟表", "钟表", "钟表", "92101", "石英表"], 14),
    trade(["乐器", "乐器", "乐器", "94417", "尤克里里"], 15),
    trade(["粉丝", "食品", "食品饮料", "30002", "粉丝粉条"], 30),
    trade(["蜂蜜", "蜂业", "食品饮料", "20744", "蜂蜜"], 30),
    trade(["腊味", "食品", "食品饮料", "20801", "腊肠"], 29),
    trade(["手作", "工艺品", "家居日用", "39922", "手工编织"], 27),
    trade(["洗护", "日化", "个护清洁", "42013", "洗衣液"], 3),
];

/// A trade; the first half of the list is three times as frequent.
pub fn a_trade(rng: &mut Rng) -> Trade {
    let half = TRADES.len() / 2;
    if rng.percent(75) { rng.pick(&TRADES[..half]) } else { rng.pick(&TRADES[half..]) }
}

/// A word of two to four characters that could be registered.
pub fn brand(rng: &mut Rng) -> String {
    let (one, two) = (rng.pick(&FIRST), rng.pick(&SECOND));
    match rng.below(10) {
        0..4 => format!("{one}{two}"),
        4..9 => format!("{one}{two}{}", rng.pick(&SECOND)),
        _ => format!("{one}{two}{}{}", rng.pick(&FIRST), rng.pick(&SECOND)),
    }
}

pub fn person(rng: &mut Rng) -> String {
    format!("{}{}", rng.pick(&SURNAMES), rng.pick(&GIVEN))
}

pub struct Owner {
    /// As `subject.type` has it.
    pub sort: &'static str,
    /// As the licence has it.
    pub name: String,
    pub licence: String,
    /// The name it trades under; what it registers as a brand.
    pub word: String,
    pub trade: Trade,
    /// Who runs the shops.
    pub person: String,
}

/// The owner with this number.
pub fn owner(seed: u64, number: usize) -> Owner {
    let mut rng = Rng::new(seed, 2, number);
    let (word, trade, person) = (brand(&mut rng), a_trade(&mut rng), person(&mut rng));
    let place = rng.pick(&PLACES);
    let sort = rng.weighted(&[(400, "enterprise"), (90, "sole-trader"), (3, "individual"), (2, "institution")]);
    let name = match sort {
        "enterprise" => format!(
            "{place}{word}{}{}",
            trade.line,
            rng.weighted(&[(80, "有限公司"), (12, "有限责任公司"), (8, "股份有限公司")])
        ),
        "sole-trader" => format!(
            "{place}市{}{word}{}{}",
            rng.pick(&DISTRICTS),
            trade.word,
            rng.pick(&["店", "铺", "商行", "经营部", "坊"])
        ),
        "individual" => person.clone(),
        _ => format!("{place}市{word}研究所"),
    };
    let licence = licence(if sort == "sole-trader" { "92" } else { "91" }, number);
    Owner { sort, name, licence, word, trade, person }
}

/// Whose shop `number` is. Most owners have one to three; of 10,000 shops 1,500 belong to 80 chains, the largest of which
/// has a fifth of them, and a chain's shops lie all over the file.
pub fn owner_of(seed: u64, number: usize) -> usize {
    let mut rng = Rng::new(seed, 3, number);
    let (block, block_size) = (number / 10_000, 20_000);
    if rng.percent(15) {
        let weights: Vec<(usize, usize)> = (0..80).map(|chain| (10_000 / (chain + 1), chain)).collect();
        block * block_size + 10_000 + rng.weighted(&weights)
    } else {
        block * block_size + (number % 10_000) * 3 / 5
    }
}

/// A unified social credit code of a place that there is none of (000000), with both check characters (GB 11714, GB 32100).
pub fn licence(sort: &str, number: usize) -> String {
    const SET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let value = |byte: u8| SET.iter().position(|known| *known == byte).unwrap_or_default();
    let mut organisation = *b"MA000000";
    let mut rest = number;
    for byte in organisation[2..].iter_mut().rev() {
        *byte = SET[rest % 31];
        rest /= 31;
    }
    let of_36 = |byte: u8| usize::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' + 10 });
    let sum: usize =
        organisation.iter().zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(byte, weight)| of_36(*byte) * weight).sum();
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from(b'0' + digit as u8),
    };
    let mut code = format!("{sort}000000{}{check}", String::from_utf8_lossy(&organisation));
    let (mut weight, mut sum) = (1, 0);
    for byte in code.bytes() {
        sum += weight * value(byte);
        weight = weight * 3 % 31;
    }
    code.push(char::from(SET[(31 - sum % 31) % 31]));
    code
}
