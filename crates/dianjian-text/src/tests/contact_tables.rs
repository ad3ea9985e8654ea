use ContactKind::*;

use super::{FINDER, contacts};
use crate::{ContactKind, ContentFlags, Tier};

type Expected<'a> = (&'a str, ContactKind, &'a str, Tier);

fn check(table: &[(&str, &[Expected<'_>])]) {
    let mut wrong = Vec::new();
    for (text, expected) in table {
        let found = contacts(text);
        let seen: Vec<_> = found.iter().map(|c| (&text[c.range.clone()], c.kind, c.value.as_str(), c.tier)).collect();
        if seen != *expected {
            wrong.push(format!("{text}\n  expected {expected:?}\n  found    {seen:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a disguise is read as; nothing for what is written plainly.
#[test]
fn readings_of_disguises() {
    for (text, reading) in [
        ("加我薇信", Some("加我微信")),
        ("葭胃信", Some("加微信")),
        ("加我尾新哦", Some("加我微信")),
        ("嘉裙", Some("加群")),
        ("撕我", Some("私我")),
        ("薇信：chashan06", Some("微信:chashan06")),
        ("1З8ooI38ooo", Some("13800138000")),
        ("加我葳芯", Some("加我微信")),
        ("禾ム亻言我", Some("私信我")),
        ("加我微信", None),
        ("13800138000", None),
        ("QQ 12345678", None),
    ] {
        let readings: Vec<_> = contacts(text).into_iter().map(|contact| contact.reading).collect();
        assert_eq!(readings, [reading.map(str::to_owned)], "{text}");
    }
}

#[test]
fn numbers() {
    const P: &str = "13800138000";
    check(&[
        ("电话13800138000找我", &[("13800138000", Phone, P, Tier::Exact)]),
        ("138-0013-8000", &[("138-0013-8000", Phone, P, Tier::Exact)]),
        ("138 0013 8000", &[("138 0013 8000", Phone, P, Tier::LookAlike)]),
        ("拨 138 0013 8000", &[("138 0013 8000", Phone, P, Tier::Exact)]),
        ("1 3 8 0 0 1 3 8 0 0 0", &[("1 3 8 0 0 1 3 8 0 0 0", Phone, P, Tier::Exact)]),
        ("１３８００１３８０００", &[("１３８００１３８０００", Phone, P, Tier::Exact)]),
        ("①③⑧⓪⓪①③⑧⓪⓪⓪", &[("①③⑧⓪⓪①③⑧⓪⓪⓪", Phone, P, Tier::Exact)]),
        ("❶❸❽００１３８０００", &[("❶❸❽００１３８０００", Phone, P, Tier::Exact)]),
        (
            "1\u{FE0F}\u{20E3}3\u{FE0F}\u{20E3}8\u{FE0F}\u{20E3}00138000",
            &[("1\u{FE0F}\u{20E3}3\u{FE0F}\u{20E3}8\u{FE0F}\u{20E3}00138000", Phone, P, Tier::Exact)],
        ),
        ("幺三八零零幺三八零零零", &[("幺三八零零幺三八零零零", Phone, P, Tier::Exact)]),
        ("壹叁捌零零壹叁捌零零零", &[("壹叁捌零零壹叁捌零零零", Phone, P, Tier::Exact)]),
        ("138零零一三8000", &[("138零零一三8000", Phone, P, Tier::Exact)]),
        ("l38OOl38OOO", &[("l38OOl38OOO", Phone, P, Tier::LookAlike)]),
        ("138🍎0013🍎8000", &[("138🍎0013🍎8000", Phone, P, Tier::Exact)]),
        ("138\u{200B}0013\u{200B}8000", &[("138\u{200B}0013\u{200B}8000", Phone, P, Tier::Exact)]),
        ("+86 138 0013 8000", &[("+86 138 0013 8000", Phone, P, Tier::Exact)]),
        ("+8613800138000", &[("+8613800138000", Phone, P, Tier::Exact)]),
        ("tel:13800138000", &[("13800138000", Phone, P, Tier::Exact)]),
        ("订单问题请拨打13800138000", &[("13800138000", Phone, P, Tier::Exact)]),
        (
            "13800138000/13900139000",
            &[("13800138000", Phone, P, Tier::Exact), ("13900139000", Phone, "13900139000", Tier::Exact)],
        ),
        (
            "13800138000 13900139000",
            &[("13800138000", Phone, P, Tier::Exact), ("13900139000", Phone, "13900139000", Tier::Exact)],
        ),
        ("0571-88886666", &[("0571-88886666", Landline, "057188886666", Tier::Exact)]),
        ("（0571）8888 6666", &[("（0571）8888 6666", Landline, "057188886666", Tier::Exact)]),
        ("座机01088886666", &[("01088886666", Landline, "01088886666", Tier::Exact)]),
        ("010-8888-6666", &[("010-8888-6666", Landline, "01088886666", Tier::Exact)]),
        ("400-800-1234", &[("400-800-1234", Hotline400, "4008001234", Tier::Exact)]),
        ("客服热线4008001234", &[("4008001234", Hotline400, "4008001234", Tier::Exact)]),
        ("四零零-八零零-一二三四", &[("四零零-八零零-一二三四", Hotline400, "4008001234", Tier::Exact)]),
    ]);
}

#[test]
fn numbers_in_pieces() {
    const P: &str = "13800138000";
    check(&[
        ("前三位138，后面八位00138000", &[("138，后面八位00138000", Phone, P, Tier::LookAlike)]),
        ("138打头，中间0013，结尾8000", &[("138打头，中间0013，结尾8000", Phone, P, Tier::LookAlike)]),
        ("后四位8000，前七位1380013", &[("8000，前七位1380013", Phone, P, Tier::LookAlike)]),
        ("后四位8000，开头138，中间四位0013", &[("8000，开头138，中间四位0013", Phone, P, Tier::LookAlike)]),
        ("1three800138000", &[("1three800138000", Phone, P, Tier::LookAlike)]),
    ]);
    for honest in ["后四位8000，前七名1380013", "前三位顾客138元，后面八位00138", "最后四位是8000的订单，前面138件"]
    {
        assert_eq!(contacts(honest), [], "{honest}");
    }
}

#[test]
fn the_sentence_turns_a_denial_round() {
    let found = |text: &str| !contacts(text).is_empty();
    let urges = [
        "不加v的一律原价",
        "你不私我你怎么知道底价",
        "别再加我微信了，通过不过来",
        "千万不要去我淘宝店，那边便宜二十块",
        "加我微信犯法吗，不犯法吧",
        "哪有不加微信就发货的道理",
        "请勿直拍 先加微信报价",
        "微信号我就不念了，你们看我手里的牌子",
    ];
    let denies = [
        "我们家不加微信的，放心下单",
        "不加微信的也能领券",
        "你不加微信也没关系，直播间一样买",
        "不要加陌生人微信，那边便宜的都是骗子",
        "请勿下单前先加微信",
        "尺码我就不念了，你们看我手里的牌子",
        "隔壁那家店天天让人加群，进去全是广告",
    ];
    for (lines, expected) in [(&urges[..], true), (&denies[..], false)] {
        let wrong: Vec<_> = lines.iter().filter(|line| found(line) != expected).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}

#[test]
fn wechat() {
    check(&[
        ("微信：yunshan_tea", &[("微信：yunshan_tea", WechatId, "yunshan_tea", Tier::Exact)]),
        ("微信号 yunshan88", &[("微信号 yunshan88", WechatId, "yunshan88", Tier::Exact)]),
        ("我的微信是yunshan88哦", &[("微信是yunshan88", WechatId, "yunshan88", Tier::Exact)]),
        ("薇信：yunshan88", &[("薇信：yunshan88", WechatId, "yunshan88", Tier::LookAlike)]),
        ("vx:yunshan88", &[("vx:yunshan88", WechatId, "yunshan88", Tier::Exact)]),
        ("V：13800138000", &[("V：13800138000", WechatId, "13800138000", Tier::Exact)]),
        ("加V yunshan88", &[("加V yunshan88", WechatId, "yunshan88", Tier::Exact)]),
        ("微信13800138000", &[("微信13800138000", WechatId, "13800138000", Tier::Exact)]),
        ("加我微信：yunshan88", &[("加我微信：yunshan88", WechatId, "yunshan88", Tier::Exact)]),
        ("加微信领取", &[("加微信", WechatInvite, "加微信", Tier::Exact)]),
        ("加个微信吧", &[("加个微信", WechatInvite, "加个微信", Tier::Exact)]),
        ("加 我 微 信", &[("加 我 微 信", WechatInvite, "加我微信", Tier::Exact)]),
        ("加我V信", &[("加我V信", WechatInvite, "加我v信", Tier::Exact)]),
        ("加薇信", &[("加薇信", WechatInvite, "加薇信", Tier::LookAlike)]),
        ("加威信", &[("加威信", WechatInvite, "加威信", Tier::LookAlike)]),
        ("加卫星，我发你资料", &[("加卫星", WechatInvite, "加卫星", Tier::LookAlike)]),
        ("加微❤", &[("加微❤", WechatInvite, "加微心", Tier::Exact)]),
        ("加V", &[("加V", WechatInvite, "加v", Tier::Exact)]),
        ("➕V领取福利", &[("➕V", WechatInvite, "+v", Tier::Exact)]),
        ("＋v", &[("＋v", WechatInvite, "+v", Tier::Exact)]),
        ("加薇", &[("加薇", WechatInvite, "加薇", Tier::LookAlike)]),
        ("加微，送福利", &[("加微", WechatInvite, "加微", Tier::Exact)]),
        ("加V-X", &[("加V-X", WechatInvite, "加vx", Tier::Exact)]),
        ("佳V信", &[("佳V信", WechatInvite, "佳v信", Tier::LookAlike)]),
        ("加企业微信", &[("加企业微信", Wecom, "加企业微信", Tier::Exact)]),
        ("添加企微领券", &[("添加企微", Wecom, "添加企微", Tier::Exact)]),
        ("扫码进群", &[("扫码进群", WechatInvite, "扫码进群", Tier::Exact)]),
        ("扫码加我", &[("扫码加我", WechatInvite, "扫码加我", Tier::Exact)]),
        ("进裙领福利", &[("进裙", WechatInvite, "进裙", Tier::LookAlike)]),
        ("拉你进群", &[("进群", WechatInvite, "进群", Tier::Exact)]),
        ("拉群", &[("拉群", WechatInvite, "拉群", Tier::Exact)]),
        ("粉丝裙", &[("粉丝裙", WechatInvite, "粉丝裙", Tier::LookAlike)]),
        ("私信我领取", &[("私信我", PrivateChat, "私信我", Tier::LookAlike)]),
        ("电话微信同号", &[("微信同号", WechatInvite, "微信同号", Tier::Exact)]),
        ("别忘了加微信", &[("加微信", WechatInvite, "加微信", Tier::Exact)]),
        ("长按识别二维码", &[("长按识别二维码", WechatInvite, "长按识别二维码", Tier::LookAlike)]),
        ("扫描下方②维码", &[("扫描下方②维码", WechatInvite, "扫描下方2维码", Tier::LookAlike)]),
        ("主页有联系方式", &[("主页有联系方式", ProfileHint, "主页有联系方式", Tier::Exact)]),
        ("看主页", &[("看主页", ProfileHint, "看主页", Tier::LookAlike)]),
        ("详情请查看主页客服", &[("详情请查看主页客服", ProfileHint, "详情请查看主页客服", Tier::LookAlike)]),
        ("图二暗号", &[("图二暗号", ProfileHint, "图二暗号", Tier::LookAlike)]),
        ("留个电话吧", &[("留个电话", PrivateChat, "留个电话", Tier::LookAlike)]),
    ]);
}

#[test]
fn others() {
    check(&[
        ("QQ：12345678", &[("QQ：12345678", Qq, "12345678", Tier::Exact)]),
        ("扣扣 12345678", &[("扣扣 12345678", Qq, "12345678", Tier::Exact)]),
        ("企鹅号一二三四五六七", &[("企鹅号一二三四五六七", Qq, "1234567", Tier::Exact)]),
        ("加QQ", &[("加QQ", Qq, "加qq", Tier::Exact)]),
        ("邮箱 Tea.Shop@QQ.com。", &[("Tea.Shop@QQ.com", Email, "tea.shop@qq.com", Tier::Exact)]),
        ("teashop艾特qq点com", &[("teashop艾特qq点com", Email, "teashop@qq.com", Tier::LookAlike)]),
        (
            "看https://www.example.com/a?b=1。",
            &[("https://www.example.com/a?b=1", Url, "https://www.example.com/a?b=1", Tier::Exact)],
        ),
        ("上www.example.cn看", &[("www.example.cn", Url, "www.example.cn", Tier::Exact)]),
        ("yunshan.com", &[("yunshan.com", Url, "yunshan.com", Tier::Exact)]),
        ("yunshan点com", &[("yunshan点com", Url, "yunshan.com", Tier::LookAlike)]),
        ("yunshan。cn", &[("yunshan。cn", Url, "yunshan.cn", Tier::LookAlike)]),
        ("http://t.cn/A6x", &[("http://t.cn/A6x", Url, "http://t.cn/a6x", Tier::Exact)]),
        ("#小程序://云山/AbC12", &[("#小程序://云山/AbC12", MiniProgramLink, "#小程序://云山/abc12", Tier::Exact)]),
        (
            "pages/index/index?id=1",
            &[("pages/index/index?id=1", MiniProgramLink, "pages/index/index?id=1", Tier::Exact)],
        ),
        ("扫太阳码", &[("太阳码", MiniProgramLink, "太阳码", Tier::LookAlike)]),
        ("抖音号：yunshan88", &[("抖音号：yunshan88", OtherPlatform, "yunshan88", Tier::Exact)]),
        ("去淘宝搜云山", &[("淘宝", OtherPlatform, "去淘宝搜", Tier::LookAlike)]),
        ("￥AbCd1234xyz￥", &[("￥AbCd1234xyz￥", OtherPlatform, "¥abcd1234xyz¥", Tier::Exact)]),
    ]);
}

#[test]
fn harmless() {
    let texts = [
        "",
        "订单号13800138000",
        "订单20261122130001",
        "订单号 1380013800012",
        "6901234567892",
        "条码6901234567892",
        "价格199元",
        "2026-11-22 20:00",
        "2026-12-01T20:00:00+08:00",
        "199 299 399 499",
        "型号VX2000",
        "VX系列",
        "V领女装",
        "V型脸",
        "加V领更显瘦",
        "2.0T+V型",
        "微博加V认证",
        "扫码支付",
        "扫码付款很方便",
        "扫码买单",
        "微信支付",
        "支持微信付款",
        "添加微信支付方式",
        "请在微信小店下单",
        "视频号直播",
        "关注公众号",
        "微信很方便",
        "微信支付很方便",
        "关注我们的微信公众号",
        "加微量元素",
        "增加微量元素",
        "添加维生素",
        "添加维生素C",
        "追加",
        "加我们品牌",
        "加我们的品牌",
        "卫星手表",
        "卫星锅",
        "国家威信",
        "增加威信",
        "有威信的人",
        "专业专注",
        "一二五",
        "westore一二五创意园店",
        "见实小店",
        "请勿添加微信私下交易",
        "禁止加微信",
        "不要加微信，谨防诈骗",
        "严禁私下加微信、扫码进群",
        "无需加微信，直接下单",
        "加微信的都是骗子",
        "合群",
        "A字裙",
        "拉链裙",
        "加长裙",
        "加绒加厚裙子",
        "QQ糖",
        "QQ弹弹",
        "加qq糖",
        "私信",
        "主页小店",
        "看主页小店",
        "点主页商品",
        "电商宝ERP",
        "iPhone 13",
        "No.1",
        "v1.2.3",
        "1.5L*15瓶",
        "3.5折",
        "Node.js",
        "cover.jpg",
        "images/home.png",
        "卖点comes",
        "家人们",
        "大家微信支付",
        "加油",
        "加购",
        "加入购物车",
        "加入会员",
        "进口",
        "一三五七",
        "二〇二六年",
        "三点八点",
        "一千三百八十",
        "0-3岁",
        "010203",
        "100-200-300",
        "91440300MA5F0XYZ1X",
        "统一社会信用代码9144030071526726XG",
        "身份证440301199001011234",
        "官方旗舰店",
        "微信公众号：云山茶",
        "微信小程序",
        "企业微信客服",
        "威风",
        "维信诺屏幕",
        "小快递",
        "小红书同款风格裙",
        "滴滴出行",
        "点滴我心",
        "图一是实物",
        "同步微信",
        "没有加微信的必要",
        "千万别加微信",
        "大家别加微信",
        "我们不会要求您加微信",
        "尺码38 39 40 41 42",
        "13-14-15-16-17-18",
        "139 159 179 199",
        "规格1000ml 1500ml",
        "电话手表",
        "手机号码登录",
        "wechat pay",
        "WeChat official",
        "微信 iphone15pro",
    ];
    let wrong: Vec<_> =
        texts.iter().filter_map(|text| Some((text, contacts(text))).filter(|(_, found)| !found.is_empty())).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_verb_with_every_name() {
    let names = [
        "微信",
        "薇信",
        "威信",
        "徽信",
        "维信",
        "围信",
        "巍信",
        "微芯",
        "微心",
        "卫星",
        "溦信",
        "微❤",
        "微❤\u{FE0F}",
        "V信",
        "v❤",
        "VX",
        "V-X",
        "v.x",
        "vx",
        "wx",
        "WX",
        "v信",
        "weixin",
        "wechat",
        "WeChat",
        "绿泡泡",
        "绿色软件",
        "企微",
        "企业微信",
        "V",
        "薇",
        "微",
        "卫",
        "围",
        "威",
        "微 信",
        "微·信",
        "薇\u{200B}信",
        "Ｖ信",
        "ⓥⓧ",
        "Ⅴ信",
        "𝐕𝐗",
        "V❤",
        "微\u{FE0F}信",
        "ᐯ信",
        "VХ",
    ];
    let missed: Vec<_> = names
        .iter()
        .flat_map(|name| ["加", "➕", "+", "＋", "加我", "添加", "加个"].map(|verb| format!("{verb}{name}，送福利")))
        .chain(
            ["佳", "嘉", "茄", "架", "家"]
                .iter()
                .flat_map(|verb| ["V信", "VX", "v", "薇信", "薇"].map(|name| format!("想要的{verb}{name}。"))),
        )
        .chain(
            ["留", "搜", "扫", "滴"]
                .iter()
                .flat_map(|verb| ["微信", "V信", "VX", "薇信"].map(|name| format!("{verb}{name}！"))),
        )
        .filter(|text| !contacts(text).iter().any(|contact| matches!(contact.kind, WechatInvite | Wecom)))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn more_invitations() {
    let texts = [
        "不会用的加微信",
        "特别推荐加微信",
        "想了解的宝子们私我",
        "私聊主播",
        "滴滴我",
        "看背景图",
        "图2暗号",
        "联系方式在主页",
        "电话在主页",
        "扫二惟码",
        "扫一扫加好友",
        "扫码加V",
        "扫屏幕二维码进群",
        "入群领券",
        "加入福利群",
        "进VIP群",
        "加粉丝裙",
        "VX同号",
        "加抠抠",
        "加我好友",
        "V我领取",
        "发我微信",
        "给个微信",
        "换个微信",
        "留联系方式",
        "加小编微信",
        "加老师v信",
        "加客服企业微信",
        "微信私聊",
        "薇信联系",
        "长按识别小程序码",
        "weixin://dl/business/?t=abc",
        "扫码入群",
        "加V：abc12345",
        "私信主播领取",
        "拉你进微信群",
        "建个微信群",
        "去抖音搜云山茶",
        "抖音搜索：yunshan88",
        "上某宝搜",
        "wxid_abc123def456",
        "vx abc12345",
        "加我wx号abc12345",
        "QQ群：123456789",
        "q q 12345678",
        "电话：０５７１－８８８８６６６６",
    ];
    let missed: Vec<_> = texts.iter().filter(|text| contacts(text).is_empty()).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

/// Letters, numerals and dots are no reason to search by themselves.
#[test]
fn most_texts_are_not_searched() {
    for text in [
        "茶山 Tea Shop，Made by Hand。",
        "一件代发，三道检验，九点到十八点营业，七天无理由退货",
        "净含量 3.5 kg，A4 大小",
    ] {
        assert!(!FINDER.scan().flags_of(text).intersects(ContentFlags::CONTACTS), "{text}");
    }
    for text in [
        "v信同号 tea888",
        "a 点 com",
        "w w w . 1 . 2",
        "1幺3 8零零 后面 1380",
        "wxid_abcdef",
        "¥abcd1234¥",
        "pages/index",
    ] {
        assert!(FINDER.scan().flags_of(text).intersects(ContentFlags::CONTACTS), "{text}");
    }
}
