use super::{FINDER, word_matcher_builder};
use crate::{ContentFlags, ContentScan, DisguiseKind, Fold, ListOptions, Tier, WordMatcher, fold};

const STORE_TYPES: &[&str] = &[
    "旗舰店",
    "旗舰",
    "专卖店",
    "专卖",
    "专营店",
    "专营",
    "官方",
    "官方旗舰店",
    "直营",
    "官字",
    "官方认证",
    "官方授权",
    "特许经营",
    "特约经销",
    "flagship",
    "official",
    "official store",
    "authorized",
    "exclusive",
];

const PRIVATE_TRADE: &[&str] = &["私下交易", "转账", "红包付款", "线下付", "微信", "加微信", "vx", "v信", "扫码"];

fn matcher(fold: Fold, words: &[&str], exceptions: &[&str]) -> (WordMatcher, ContentScan) {
    let mut builder = word_matcher_builder();
    builder.add_list(ListOptions { fold, evasions: true, skip_separators: true, exceptions }, words);
    (builder.build().unwrap(), builder.scan(&FINDER))
}

fn found<'t>((matcher, scan): &(WordMatcher, ContentScan), text: &'t str) -> Vec<(&'t str, Tier)> {
    let mut hits = Vec::new();
    matcher.find(text, &mut hits);
    assert!(hits.is_empty() || scan.flags_of(text).intersects(ContentFlags::WORDS), "{text} was overlooked");
    hits.into_iter().map(|hit| (&text[hit.range], hit.tier)).collect()
}

/// Compares a whole table, so that one failure does not hide the others.
fn check(matcher: &(WordMatcher, ContentScan), table: &[(&str, &[(&str, Tier)])]) {
    let wrong: Vec<_> = table
        .iter()
        .map(|(text, expected)| (text, expected.to_vec(), found(matcher, text)))
        .filter(|(_, expected, found)| expected != found)
        .collect();
    assert!(wrong.is_empty(), "text, expected, found: {wrong:#?}");
}

#[test]
fn names_with_store_type_words() {
    let matcher = matcher(Fold::Name, STORE_TYPES, &["见实小店", "官方微信小店指引"]);
    let table: &[(&str, &[(&str, Tier)])] = &[
        // exact after folding
        ("云山旗舰店", &[("旗舰店", Tier::Exact)]),
        ("云山旗舰", &[("旗舰", Tier::Exact)]),
        ("云山官方旗舰店", &[("官方旗舰店", Tier::Exact)]),
        ("云山旗艦店", &[("旗艦店", Tier::Exact)]),
        ("雲山專賣店", &[("專賣店", Tier::Exact)]),
        ("云山专賣店", &[("专賣店", Tier::Exact)]),
        ("専売店", &[("専売店", Tier::Exact)]),
        ("云山専営店", &[("専営店", Tier::Exact)]),
        ("云山旂舰店", &[("旂舰店", Tier::Exact)]),
        ("云山官⽅", &[("官⽅", Tier::Exact)]),
        ("旗 舰 店", &[("旗 舰 店", Tier::Exact)]),
        ("云山旗·舰·店铺", &[("旗·舰·店", Tier::Exact)]),
        ("旗\u{200B}舰店", &[("旗\u{200B}舰店", Tier::Exact)]),
        ("旗\u{3164}舰\u{AD}店\u{FE0F}", &[("旗\u{3164}舰\u{AD}店\u{FE0F}", Tier::Exact)]),
        ("专 卖店", &[("专 卖店", Tier::Exact)]),
        ("旗(qí)舰(jiàn)店", &[("旗(qí)舰(jiàn)店", Tier::Exact)]),
        ("旗（qi）舰店", &[("旗（qi）舰店", Tier::Exact)]),
        ("旗🎉舰🎉店", &[("旗🎉舰🎉店", Tier::Exact)]),
        ("旗★舰★店", &[("旗★舰★店", Tier::Exact)]),
        ("旗-舰_店", &[("旗-舰_店", Tier::Exact)]),
        ("云山ＦｌａｇＳｈｉｐ", &[("ＦｌａｇＳｈｉｐ", Tier::Exact)]),
        ("YUNSHANFLAGSHIP", &[("FLAGSHIP", Tier::Exact)]),
        ("Yunshan Official Store", &[("Official Store", Tier::Exact)]),
        ("云山fl\u{301}agship", &[("fl\u{301}agship", Tier::Exact)]),
        ("云山𝐟𝐥𝐚𝐠𝐬𝐡𝐢𝐩", &[("𝐟𝐥𝐚𝐠𝐬𝐡𝐢𝐩", Tier::Exact)]),
        ("官方旗店", &[("官方", Tier::Exact)]),
        ("直营专卖", &[("直营", Tier::Exact), ("专卖", Tier::Exact)]),
        // suspected
        ("云山旗见店", &[("旗见店", Tier::LookAlike)]),
        ("云山旗件店", &[("旗件店", Tier::LookAlike)]),
        ("云山棋舰店", &[("棋舰店", Tier::LookAlike)]),
        ("云山旗·见·店", &[("旗·见·店", Tier::LookAlike)]),
        ("旗舟见店", &[("旗舟见店", Tier::Split)]),
        ("旗舟見店", &[("旗舟見店", Tier::Split)]),
        ("Q舰店", &[("Q舰店", Tier::LookAlike)]),
        ("Ｑ艦店", &[("Ｑ艦店", Tier::LookAlike)]),
        ("旗🚢店", &[("旗🚢店", Tier::LookAlike)]),
        ("旗⛵\u{FE0F}店", &[("旗⛵\u{FE0F}店", Tier::LookAlike)]),
        ("云山专买店", &[("专买店", Tier::LookAlike)]),
        ("云山砖卖店", &[("砖卖店", Tier::LookAlike)]),
        ("云山专赢店", &[("专赢店", Tier::LookAlike)]),
        ("云山直赢店", &[("直赢", Tier::LookAlike)]),
        ("官Fang店", &[("官Fang", Tier::Pinyin)]),
        ("官 fang 店", &[("官 fang", Tier::Pinyin)]),
        ("云山旗jian店", &[("旗jian店", Tier::Pinyin)]),
        ("云山qijiandian", &[("qijiandian", Tier::Pinyin)]),
        ("云山QiJian", &[("QiJian", Tier::Pinyin)]),
        ("云山qíjiàn店", &[("qíjiàn店", Tier::Pinyin)]),
        ("云山guanfang", &[("guanfang", Tier::Pinyin)]),
        ("云山zhuanmai店", &[("zhuanmai店", Tier::Pinyin)]),
        ("云山zhiying", &[("zhiying", Tier::Pinyin)]),
        ("Yunshan fl\u{430}gship", &[("fl\u{430}gship", Tier::LookAlike)]),
        ("云山官芳旗舰", &[("官芳", Tier::LookAlike), ("旗舰", Tier::Exact)]),
        // clean
        ("见实小店", &[]),
        ("官方微信小店指引", &[]),
        ("西瓷砖卖场", &[]),
        ("琪琪见面", &[]),
        ("剑南春", &[]),
        ("茶馆方寸", &[]),
        ("旗见", &[]),
        ("深圳一二五", &[]),
        ("westore一二五创意园店", &[]),
        ("专业茶具", &[]),
        ("专注母婴", &[]),
        ("转卖闲置", &[]),
        ("卫星手表", &[]),
        ("V领女装", &[]),
        ("云山茶业", &[]),
        ("期间限定 Qi", &[]),
        ("Shizhiyingxiong", &[]),
        ("", &[]),
    ];
    check(&matcher, table);
}

#[test]
fn running_text() {
    let matcher = matcher(Fold::Script, PRIVATE_TRADE, &["微信支付", "微信小店", "微信付款", "扫码支付", "微信公众号"]);
    let table: &[(&str, &[(&str, Tier)])] = &[
        ("不要私下交易哦", &[("私下交易", Tier::Exact)]),
        ("可以私 下 交 易", &[("私 下 交 易", Tier::Exact)]),
        ("可以轉賬", &[("轉賬", Tier::Exact)]),
        ("支持微信支付，扫码支付", &[]),
        ("请在微信小店下单", &[]),
        ("有国家威信", &[]),
        ("卫星手表、卫星锅", &[]),
        ("VX: abc", &[("VX", Tier::Exact)]),
        ("TVXQ", &[]),
        ("加V信领取", &[("V信", Tier::Exact)]),
        ("加weixin领取", &[("加weixin", Tier::Pinyin)]),
        ("加薇信领取", &[("加薇信", Tier::LookAlike)]),
        ("加 卫 星", &[("加 卫 星", Tier::LookAlike)]),
        ("增加微量元素，添加维生素", &[]),
        ("微❤", &[("微❤", Tier::LookAlike)]),
        ("我们看好私下。交易", &[]),
    ];
    check(&matcher, table);
    let official = self::matcher(Fold::Script, &["官方", "旗舰店"], &[]);
    let table: &[(&str, &[(&str, Tier)])] = &[
        ("联系长官 方便吗", &[]),
        ("他升了官。方便面", &[]),
        ("这里 官 方 发布", &[("官 方", Tier::Exact)]),
        ("与其建店不如开网店", &[]),
        ("酒店馆方表示", &[]),
    ];
    check(&official, table);
}

#[test]
fn lists_are_independent() {
    let mut builder = word_matcher_builder();
    let plain = ListOptions { fold: Fold::None, ..ListOptions::default() };
    let case = ListOptions { fold: Fold::Case, ..ListOptions::default() };
    let name = ListOptions { fold: Fold::Name, ..ListOptions::default() };
    let a = builder.add_list(plain, &["VIP"]);
    let b = builder.add_list(case, &["vip"]);
    let c = builder.add_list(name, &["vip", "微 信"]);
    let matcher = builder.build().unwrap();
    let mut hits = Vec::new();
    matcher.find("VIP vip ＶＩＰ 微信 微 信", &mut hits);
    let seen: Vec<_> = hits.iter().map(|hit| (hit.range.start, hit.list)).collect();
    assert_eq!(seen, [(0, a), (0, b), (0, c), (4, b), (4, c), (8, c), (25, c)]);
    assert!(hits.iter().all(|hit| hit.tier == Tier::Exact));
}

#[test]
fn empty_words_are_refused() {
    for word in ["", " ", "·", "\u{200B}", "\u{3164}"] {
        let mut builder = word_matcher_builder();
        builder.add_list(ListOptions::default(), &["好", word]);
        assert!(builder.build().is_err(), "{word:?}");
    }
    let nothing = word_matcher_builder();
    let empty = (nothing.build().unwrap(), nothing.scan(&FINDER));
    assert_eq!(found(&empty, "旗舰店"), []);
}

#[test]
fn folding() {
    let table = [
        ("ｆｌａｇｓｈｉｐ Ｖ信", "flagship v信"),
        ("Ⓥⓧ①③⑧", "vx138"),
        ("𝐕𝐗ⅤⅩ", "vxvx"),
        ("㊀㊂", "一三"),
        ("⽅⺠", "方民"),
        ("旗\u{200B}\u{2060}舰\u{FEFF}\u{AD}店", "旗舰店"),
        ("1\u{FE0F}\u{20E3}3\u{FE0F}\u{20E3}", "13"),
        ("云\u{3164}\u{115F}山", "云山"),
        ("艦專賣營點號", "舰专卖营点号"),
        ("専売営関権", "专卖营关权"),
        ("\u{F900}", "岂"),
        ("qíjiàn Café", "qijian cafe"),
        ("旗(qí)舰[jiàn]店（diàn）", "旗舰店"),
        ("店(A)(vip)(1)", "店(a)(vip)(1)"),
        ("视频号(hao4)", "视频号"),
        ("一二五", "一二五"),
        ("芸豆予取", "芸豆予取"),
        ("½℃…", "1\u{2044}2°c..."),
        ("İ", "i"),
        ("", ""),
    ];
    for (text, expected) in table {
        assert_eq!(fold(text, Fold::Name).as_str(), expected, "{text}");
    }
    assert_eq!(fold("ABC旗艦Ⓥ", Fold::Case).as_str(), "abc旗艦ⓥ");
    assert_eq!(fold("ABC", Fold::None).as_str(), "ABC");
}

#[test]
fn the_way_back() {
    let text = "\u{200B}Ａ旗\u{200B}艦1\u{FE0F}\u{20E3}℃店(diàn)\u{200B}";
    let folded = fold(text, Fold::Name);
    assert_eq!(folded.as_str(), "a旗舰1°c店");
    let table = [
        (0..1, "Ａ"),
        (1..7, "旗\u{200B}艦"),
        (1..4, "旗"),
        (4..7, "艦"),
        (7..8, "1\u{FE0F}\u{20E3}"),
        (8..10, "℃"),
        (10..11, "℃"),
        (11..14, "店"),
        (0..14, "Ａ旗\u{200B}艦1\u{FE0F}\u{20E3}℃店"),
        (2..3, "旗"),
        (14..99, ""),
    ];
    for (range, expected) in table {
        assert_eq!(&text[folded.original(range.clone())], expected, "{range:?}");
    }
}

#[test]
fn names_are_compared_by_reading_and_by_shape() {
    let words = &["旗舰店", "旗舰", "专卖", "直营", "官方", "特许经营", "flagship", "official"];
    let matcher = matcher(Fold::Name, words, &["直营养", "unofficial"]);
    use Tier::{LookAlike, Pinyin};
    let table: &[(&str, &[(&str, Tier)])] = &[
        ("云山启舰店", &[("启舰店", LookAlike)]),
        ("云山旗荐店", &[("旗荐店", LookAlike)]),
        ("云山专霾店", &[("专霾", LookAlike)]),
        ("云山执营店", &[("执营", LookAlike)]),
        ("云山旗船店", &[("旗船店", LookAlike)]),
        ("云山特许京营", &[("特许京营", LookAlike)]),
        ("云山旗x舰x店", &[("旗x舰x店", LookAlike)]),
        ("云山旗1舰1店", &[("旗1舰1店", LookAlike)]),
        ("云山旗j店", &[("旗j店", Pinyin)]),
        ("云山店舰旗", &[("店舰旗", LookAlike)]),
        ("云山舰旗店", &[("舰旗", LookAlike)]),
        ("Yunshan f1agship", &[("f1agship", LookAlike)]),
        ("Yunshan Offical Store", &[("Offical", LookAlike)]),
        ("Yunshan pihsgalf", &[("pihsgalf", LookAlike)]),
        // Homophones without a genuine character, without an ending, and inside harmless phrases.
        ("七建建材", &[]),
        ("其间书店", &[]),
        ("传卖艺人", &[]),
        ("馆方文创", &[]),
        ("zhi营养师", &[]),
        ("Qi Jian Studio", &[]),
        ("方官正茶", &[]),
        ("Unofficial", &[]),
        ("Officina Milano", &[]),
        ("Flag House", &[]),
    ];
    check(&matcher, table);
}

#[test]
fn disguises_are_told_apart() {
    let words = &["旗舰店", "旗舰", "专卖店", "专卖", "直营", "官方", "官方认证", "flagship", "official", "authorized"];
    let (matcher, _) = matcher(Fold::Name, words, &["地方官"]);
    use DisguiseKind::{Bopomofo, Initials, Inserted, Mirrored, Misspelt, Pinyin, Shape, Signs, Sound, Split};
    let table = [
        ("云山启舰店", "启舰店", Sound),
        ("云山关方", "关方", Sound),
        ("云山关方·", "关方", Sound),
        ("云山官坊小铺", "官坊", Sound),
        ("云山旗船店", "旗船店", Shape),
        ("云山官fang", "官fang", Pinyin),
        ("云山zhiyingdian", "zhiyingdian", Pinyin),
        ("云山guan fang", "guan fang", Pinyin),
        ("云山旗j店", "旗j店", Initials),
        ("云山qj店", "qj店", Initials),
        ("云山GF·店", "GF·店", Initials),
        ("云山ZMD", "ZMD", Initials),
        ("云山ㄑㄧˊㄐㄧㄢˋ店", "ㄑㄧˊㄐㄧㄢˋ店", Bopomofo),
        ("云山旗ㄐㄧㄢˋ店", "旗ㄐㄧㄢˋ店", Bopomofo),
        ("云山旗舟见店", "旗舟见店", Split),
        ("云山旗🚢店", "旗🚢店", Signs),
        ("云山专‖卖", "专‖卖", Inserted),
        ("云山旗〇舰", "旗〇舰", Inserted),
        ("云山官(方)", "官(方", Inserted),
        ("云山官x方x店", "官x方", Inserted),
        ("云山店营直", "店营直", Mirrored),
        ("云山方官", "方官", Mirrored),
        ("云山\u{202E}方官\u{202C}小铺", "方官", Mirrored),
        ("Yunshan 0fficial", "0fficial", Misspelt),
        ("Yunshan FIag-ship", "FIag-ship", Misspelt),
        ("YUNSHANFIAGSHIP", "FIAGSHIP", Misspelt),
        ("Yunshan o.f.f.i.c.i.a.1", "o.f.f.i.c.i.a.1", Misspelt),
        ("Yunshan Author1sed", "Author1sed", Misspelt),
    ];
    let mut wrong = Vec::new();
    for (text, expected, how) in table {
        let mut hits = Vec::new();
        matcher.find(text, &mut hits);
        let found: Vec<_> = hits.iter().map(|hit| (&text[hit.range.clone()], hit.disguise)).collect();
        if found != [(expected, Some(how))] {
            wrong.push((text, found));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn sounds_and_initials_alone_are_no_disguise() {
    let words = &["旗舰店", "旗舰", "专卖店", "专卖", "直营", "官方", "flagship", "official", "authorized"];
    let matcher = matcher(Fold::Name, words, &["地方官", "上官方"]);
    let names = [
        "李关方",
        "欧阳官房",
        "关方",
        "关方亮茶庄",
        "官坊街小吃",
        "方官镇特产",
        "地方官",
        "营直播",
        "关芳Guan Fang",
        "启健 qijian",
        "Guan Fang",
        "QJD",
        "QJ店",
        "云山AB店",
        "云山GF茶",
        "碧水wnj",
        "官,方便面",
        "上官の方舟",
        "Flag Shop",
        "Office Ali",
        "Artificial Flowers",
        "Authority",
    ];
    check(&matcher, &names.map(|name| (name, &[] as &[(&str, Tier)])));
}

#[test]
fn running_text_is_not_compared_by_reading() {
    let matcher = matcher(Fold::Script, &["旗舰店", "直营"], &[]);
    check(&matcher, &[("去了一趟启舰店", &[]), ("这是执营店", &[])]);
}
