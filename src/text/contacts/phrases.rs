//! Words that ask somebody to make contact.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use rustc_hash::FxHashMap;

use super::{ContactKind, Found, View, ids};
use crate::text::chars::is_separator;
use crate::text::fold::floor_border;
use crate::text::words::Tier;

/// Names of parts of the patterns below. Patterns read squeezed text: folded, without blanks and ornaments.
const PARTS: &[(&str, &str)] = &[
    (
        "{wx}",
        "(?:企业微信|微信|企微|v信|vx|wx|weixin|wechat|wei信|微xin|绿泡泡|绿色软件|绿色聊天软件)",
    ),
    (
        "{alike}",
        "(?:[薇威徽维围巍溦卫][信芯心星伩]|微[芯心星伩]|[薇溦]x|v心)",
    ),
    ("{add}", "(?:添加|互加|加|\\+|➕)"),
    (
        "{whom}",
        "(?:我们?|你|您|个|一下|下|的|好友|主播|客服|老师|店主|店长|老板|掌柜|小编|助理|群主|下方|下面|上方|这个|咱们?|上|他|她|号|一个|本人|私人){0,4}",
    ),
    ("{qq}", "(?:qq|扣扣|抠抠|蔻蔻|企鹅号|秋秋)"),
    (
        "{code}",
        "(?:[二2贰][维惟围]码|[二2][维惟]马|小程序码|太阳码|qr码?|qrcode)",
    ),
    (
        "{other}",
        "(?:抖音|快手|小红书|淘宝|闲鱼|拼多多|京东|某宝|某音|某东|某红书|微博|b站|钉钉|telegram|whatsapp|电报|小黄鱼)",
    ),
];

/// A way to ask for contact.
struct Phrase {
    kind: ContactKind,
    tier: Tier,
    /// Bits of [`ANCHORS`] that a text must all have.
    needs: u16,
    pattern: &'static str,
    /// Whether the phrase must end there: before punctuation, the end, an id, or a word of [`GOES_ON`].
    ends: bool,
    /// Characters that make something else of the phrase when they stand before it.
    not_after: &'static str,
}

/// Before 加: 增加微量元素, 追加, 附加, 更加, 参加 ...
const ADDING: &str = "增参追更附叠施强递累外添倍";

const PHRASES: &[Phrase] = &[
    Phrase {
        kind: ContactKind::Wecom,
        tier: Tier::Exact,
        needs: ADD | WX,
        pattern: "{add}{whom}(?P<k>企业微信|企微)",
        ends: false,
        not_after: ADDING,
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::Exact,
        needs: ADD | WX,
        pattern: "{add}{whom}(?P<k>{wx})",
        ends: false,
        not_after: ADDING,
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: ADD | WX,
        pattern: "{add}{whom}(?P<k>{alike})",
        ends: true,
        not_after: ADDING,
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::Exact,
        needs: ADD | WX,
        pattern: "{add}{whom}(?P<k>微|v)",
        ends: true,
        not_after: "增参追更附叠施强递累外添倍博",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: ADD | WX,
        pattern: "{add}{whom}(?P<k>[薇溦威卫围维徽])",
        ends: true,
        not_after: ADDING,
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: ADD | WX,
        pattern: "[佳嘉茄伽架家](?:我|个|下|一下){0,2}(?P<k>v信|vx|wx|薇信?|v|微信?)",
        ends: true,
        not_after: "大国商卖厂专全回居人一在你我他她各货书衣支框最更不极绝",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::Exact,
        needs: WX,
        pattern: "(?P<k>{wx})(?:号码?)?(?:联系|详聊|私聊|沟通|私我|发你|加我|找我|同号|多少)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: WX,
        pattern: "(?P<k>{alike}|v|vx|wx)(?:号码?)?(?:联系|详聊|私聊|沟通|私我|发你|加我|找我|同号|多少|我)",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::Exact,
        needs: WX | ASK,
        pattern: "(?:手机|电话|号码?)?同(?P<k>{wx}|微|v)号?",
        ends: true,
        not_after: "不一",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::Exact,
        needs: WX | ASK,
        pattern: "(?:留|搜索?|联系)(?:个|下|一下|你|您|我|的){0,3}(?P<k>{wx})号?",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::Exact,
        needs: WX | ASK,
        pattern: "(?:发|给|换|要|求|交换)(?:个|下|一下|你|您|我|他|的){1,3}(?P<k>{wx})号?",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: WX,
        pattern: "(?:留|搜索?|扫|滴)(?:个|下|一下|你|您|我){0,3}(?P<k>{wx}|{alike}|v|微|薇)",
        ends: true,
        not_after: "停",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::Exact,
        needs: SCAN,
        pattern: "扫(?:一扫|描|码|一下|下|我|这个|屏幕|下方|上方|下面|上面|图中|右侧|左侧|右下角|左下角|右上角|左上角|背景|墙上|的|{code}|图){0,5}(?:加|添加|联系)(?:我们?|你|您|主播|老师|客服|好友|{wx}|v|微|薇|群|咨询)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::Exact,
        needs: SCAN,
        pattern: "扫(?:一扫|描|码|一下|下|我|这个|屏幕|下方|上方|下面|上面|图中|右侧|左侧|右下角|左下角|右上角|左上角|背景|墙上|的|{code}|图){0,5}(?:进|入|加入|拉|加)(?:我们?|你|粉丝|福利|内购|交流|会员|vip|微信|的){0,3}(?:群|裙)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: SCAN,
        pattern: "扫(?:一扫|描|码|一下|下|我|这个|屏幕|下方|上方|下面|上面|图中|右侧|左侧|右下角|左下角|右上角|左上角|背景|墙上|的|{code}|图){1,5}(?:领|咨询|关注|获取|免费|了解|私)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: SCAN | CODE,
        pattern: "(?:扫描?|长按|识别|截图)(?:一下|下|我|这个|屏幕|下方|上方|下面|上面|图中|右侧|左侧|背景|墙上|右下角|左下角|的|识别|扫|{wx}){0,4}(?:[二2贰][维惟围]码|[二2][维惟]马)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::MiniProgramLink,
        tier: Tier::LookAlike,
        needs: CODE,
        pattern: "(?:小程序码|太阳码)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::Exact,
        needs: GROUP,
        pattern: "(?:进|加入?|入|拉|建)(?:我们?|你们?|您|个|大家|福利|微信|企微|交流|vip|会员|内购|秒杀|团购|免费|一下|下|的|小|v|vx){0,4}群",
        ends: false,
        not_after: "增参追更附叠施强递累外添倍收投融介引",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: GROUP,
        pattern: "(?:进|加入?|入|拉)(?:我们?|你们?|您|个|大家|福利|一下|下|的|小){0,3}粉丝群",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: GROUP,
        pattern: "(?:进|加入?|入|拉)(?:我们?|你们?|您|个|大家|粉丝|福利|vip|会员|微信){0,4}裙",
        ends: true,
        not_after: "增参追更附叠施强递累外添倍",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: GROUP,
        pattern: "(?:(?P<k>{wx}|{alike}|v)(?:粉丝|福利|交流)?[群裙]|粉丝裙|福利裙|福利微信群)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::Qq,
        tier: Tier::Exact,
        needs: ADD | QQ,
        pattern: "{add}{whom}(?P<k>{qq})[号群]?",
        ends: true,
        not_after: ADDING,
    },
    Phrase {
        kind: ContactKind::PrivateChat,
        tier: Tier::LookAlike,
        needs: PRIVATE,
        pattern: "(?:私信|私聊|私戳|滴滴|滴)(?:我|主播|小编|客服|老师|店主)(?:领取?|拿|加|发|要|获取|了解)?",
        ends: false,
        not_after: "点水",
    },
    Phrase {
        kind: ContactKind::PrivateChat,
        tier: Tier::LookAlike,
        needs: PRIVATE,
        pattern: "私(?:我|发你|发链接)",
        ends: true,
        not_after: "自走隐公无",
    },
    Phrase {
        kind: ContactKind::PrivateChat,
        tier: Tier::LookAlike,
        needs: ASK | TELEPHONE,
        pattern: "(?:留|发|给|互?换|交换)(?:个|下|一下|你的?|您的?|我的?|他|的){0,3}(?:电话|手机号码?|联系方式)",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: ADD,
        pattern: "加(?:一下|下|个)?(?:我|主播|客服|老师|小编|助理|店主)(?:的?好友)?",
        ends: true,
        not_after: ADDING,
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: ADD,
        pattern: "加(?:一下|下|个|为)?好友",
        ends: false,
        not_after: ADDING,
    },
    Phrase {
        kind: ContactKind::ProfileHint,
        tier: Tier::Exact,
        needs: PROFILE,
        pattern: "(?:主页|简介|头像|置顶|签名|背景图?)(?:里面?|上|中)?(?:有|见|留|看|放|加|找|领)?(?:了|着)?(?:我的?)?(?:联系方式|电话|手机号|二维码|(?P<k>{wx}|v))",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::ProfileHint,
        tier: Tier::Exact,
        needs: PROFILE,
        pattern: "(?:联系方式|电话|手机号|二维码|(?P<k>{wx}|v))(?:就|都)?(?:在|见|看|放|去)(?:在)?(?:我的?|主播的?)?(?:主页|简介|头像|背景|置顶|签名|评论区|个签)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::ProfileHint,
        tier: Tier::LookAlike,
        needs: PROFILE,
        pattern: "(?:详情)?请?(?:查看|看|见|戳|点击?)(?:一下|下|我的?|主播的?|咱们?的?){0,2}(?:主页客服|主页|头像|简介|背景图|个签)",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::ProfileHint,
        tier: Tier::LookAlike,
        needs: PROFILE,
        pattern: "图[一二三四五六七八九1-9](?:有|看|找|见)?(?:暗号|联系|码)|看(?:我的?|下)?背景图?",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::OtherPlatform,
        tier: Tier::LookAlike,
        needs: OTHER,
        pattern: "(?:去|上|到|在)?(?P<k>{other})(?:搜索?|搜一搜|同名|找我|关注我?|下单|拍)",
        ends: false,
        not_after: "",
    },
];

/// What may follow a phrase that should end there.
const GOES_ON: &[&str] = &[
    "领取",
    "领福",
    "领券",
    "领资",
    "领礼",
    "领红",
    "领优",
    "领奖",
    "领试",
    "领免",
    "领全",
    "领样",
    "领课",
    "领货",
    "领一",
    "领你",
    "联系",
    "咨询",
    "私",
    "进",
    "聊",
    "拉",
    "发",
    "送",
    "详",
    "看",
    "我",
    "了解",
    "获取",
    "拿",
    "有",
    "备注",
    "找",
    "吧",
    "哦",
    "呀",
    "哈",
    "啦",
    "噢",
    "呗",
    "吗",
    "就",
    "免费",
    "享",
    "下单",
    "购",
    "买",
    "抢",
    "给",
    "好友",
    "群",
    "预",
    "报",
    "问",
    "沟通",
    "通过",
    "可",
    "才",
    "都",
    "也",
    "会",
    "即",
    "后",
    "直接",
    "来",
    "入",
    "解锁",
    "号",
    "优惠",
    "便宜",
    "返",
    "参加",
    "参与",
    "说",
    "谈",
    "了",
    "的朋友",
    "的宝",
    "时",
    "或",
    "和",
    "查",
    "主页",
    "学",
    "申请",
    "一对一",
    "1对1",
    "教",
    "带",
    "们加",
    "先",
];

/// What makes something harmless of a phrase that ends right before it.
const HARMLESS_NEXT: &[&str] = &[
    "支付",
    "付款",
    "小店",
    "公众号",
    "视频号",
    "小程序",
    "红包",
    "豆",
    "读书",
    "运动",
    "收款",
    "商城",
    "朋友圈",
    "广告",
    "生态",
    "平台",
    "系统",
    "零钱",
    "转账",
    "官方客服",
    "体验",
    "体检",
    "体",
    "众",
    "岛",
    "山",
    "雄",
    "星",
    "侠",
    "英",
    "演",
    "落",
    "芳",
    "像",
    "领毛",
    "型",
    "字",
    "形",
    "脸",
    "认证",
    "糖",
    "弹",
    "音乐",
    "店铺",
    "橱窗",
    "商品",
    "搜一搜",
    "群主",
    "裙",
    "端",
    "版",
    "登录",
    "授权",
    "绑定",
    "钱包",
    "分享",
];

/// Follows a scan that pays or checks something.
const HARMLESS_SCAN: &[&str] = &[
    "支付", "付款", "买单", "点餐", "下单", "验真", "溯源", "查询", "激活", "缴费", "结账", "防伪",
    "观看", "保修", "乘车", "登录", "开票",
];

/// Groups of characters; each phrase needs one of each of its groups, so that a clause without them is
/// passed over without trying it.
const ANCHORS: &[(u16, &str)] = &[
    (ADD, "加+佳嘉茄伽架家"),
    (WX, "微信vwx绿薇威徽维围巍卫溦芯心星伩企"),
    (SCAN, "扫长识截"),
    (CODE, "码马"),
    (GROUP, "群裙"),
    (PRIVATE, "私滴"),
    (ASK, "留搜联发给换要求交互同"),
    (PROFILE, "主简头置签背评个图"),
    (QQ, "q扣抠蔻企秋"),
    (TELEPHONE, "电手联二"),
    (OTHER, "抖快小淘闲拼京某微b钉tw电"),
];

const ADD: u16 = 1;
const WX: u16 = 1 << 1;
const SCAN: u16 = 1 << 2;
const CODE: u16 = 1 << 3;
const GROUP: u16 = 1 << 4;
const PRIVATE: u16 = 1 << 5;
const ASK: u16 = 1 << 6;
const PROFILE: u16 = 1 << 7;
const QQ: u16 = 1 << 8;
const TELEPHONE: u16 = 1 << 9;
const OTHER: u16 = 1 << 10;

static ANCHOR_BITS: LazyLock<FxHashMap<char, u16>> = LazyLock::new(|| {
    let mut bits = FxHashMap::default();
    for &(bit, chars) in ANCHORS {
        chars
            .chars()
            .for_each(|c| *bits.entry(c).or_default() |= bit);
    }
    bits
});

static COMPILED: LazyLock<Vec<(&'static Phrase, Regex)>> = LazyLock::new(|| {
    PHRASES
        .iter()
        .filter_map(|phrase| Some((phrase, Regex::new(&spell_out(phrase.pattern)).ok()?)))
        .collect()
});

/// Puts the parts of a pattern in the places of their names.
pub(super) fn spell_out(pattern: &str) -> String {
    // Twice, because parts may name parts.
    let once = |text: String| {
        PARTS
            .iter()
            .fold(text, |text, (name, part)| text.replace(name, part))
    };
    once(once(pattern.to_owned()))
}

pub(super) fn find(view: &View<'_>) -> Vec<Found> {
    let mut found = ids::codewords(view);
    let anchors = &*ANCHOR_BITS;
    let mut start = 0;
    for clause in view.squeezed.text.split_inclusive(CLAUSE_ENDS) {
        let range = start..start + clause.len();
        start = range.end;
        let has = clause
            .chars()
            .fold(0, |has, c| has | anchors.get(&c).copied().unwrap_or(0));
        if has & (WX | QQ | OTHER) != 0 {
            ids::find(view, range.clone(), &mut found);
        }
        if has == 0 {
            continue;
        }
        for (phrase, pattern) in COMPILED
            .iter()
            .filter(|(phrase, _)| has & phrase.needs == phrase.needs)
        {
            let hits = pattern.captures_iter(clause);
            found.extend(hits.filter_map(|hit| phrase.accept(view, range.start, &hit)));
        }
    }
    found
}

impl Phrase {
    /// Judges a hit in the clause that begins at `clause` in the squeezed text.
    fn accept(&self, view: &View<'_>, clause: usize, hit: &Captures<'_>) -> Option<Found> {
        let whole = hit.get(0)?;
        let squeezed = &view.squeezed.text;
        let before = &squeezed[..clause + whole.start()];
        let after = &squeezed[clause + whole.end()..];
        if before.ends_with(|c| self.not_after.contains(c)) {
            return None;
        }
        if HARMLESS_NEXT
            .iter()
            .any(|harmless| after.starts_with(harmless))
        {
            return None;
        }
        if whole.as_str().contains('扫')
            && HARMLESS_SCAN
                .iter()
                .any(|harmless| clause_after(after).contains(harmless))
        {
            return None;
        }
        let folded = |range: Range<usize>| {
            view.squeezed
                .folded_range(clause + range.start..clause + range.end, view.text)
        };
        let range = folded(whole.range());
        let keyword = hit.name("k").map(|keyword| folded(keyword.range()));
        if keyword.is_some_and(|keyword| !stands_alone(view.text, keyword))
            || plus_adds_up(whole.as_str(), view.text, range.start)
        {
            return None;
        }
        if self.ends && !ends_here(&view.text[range.end..], after) {
            return None;
        }
        if is_advice_against(before, after) {
            return None;
        }
        Some(Found {
            kind: self.kind,
            range,
            value: whole.as_str().to_owned(),
            tier: self.tier,
            concrete: false,
        })
    }
}

/// A plus sign between two things is no invitation: 2.0T+V型, 视频号+企业微信+小程序.
fn plus_adds_up(phrase: &str, text: &str, start: usize) -> bool {
    const CHANNELS: &[&str] = &[
        "视频号",
        "公众号",
        "小程序",
        "社群",
        "小店",
        "直播",
        "抖音",
        "朋友圈",
        "商城",
        "企微",
        "微信",
        "门店",
        "私域",
        "公域",
        "线上",
        "线下",
    ];
    let before = text[..start].trim_end();
    phrase.starts_with('+')
        && (before.ends_with(|c: char| c.is_ascii_alphanumeric())
            || CHANNELS.iter().any(|name| before.ends_with(name)))
}

/// Whether Latin letters of a word are a word of their own.
fn stands_alone(text: &str, range: Range<usize>) -> bool {
    let word = &text[range.clone()];
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    let cut_before = word.starts_with(|c: char| c.is_ascii_alphabetic())
        && before.is_some_and(|c| c.is_ascii_alphanumeric());
    let cut_after = word.ends_with(|c: char| c.is_ascii_alphabetic())
        && after.is_some_and(|c| c.is_ascii_alphabetic());
    !cut_before && !cut_after
}

/// Whether a phrase ends where it ends: `rest` follows it in the text, `squeezed` without blanks.
fn ends_here(rest: &str, squeezed: &str) -> bool {
    rest.chars()
        .next()
        .is_none_or(|c| !c.is_alphabetic() || is_separator(c))
        || GOES_ON.iter().any(|word| squeezed.starts_with(word))
}

const CLAUSE_ENDS: &[char] = &[',', '。', '.', '!', '?', ';', '\n'];

/// How far from a phrase its clause is looked at, in bytes; a text without punctuation is one clause.
const CLAUSE_REACH: usize = 120;

fn clause_before(before: &str) -> &str {
    let near = &before[floor_border(before, before.len().saturating_sub(CLAUSE_REACH))..];
    near.rsplit(CLAUSE_ENDS).next().unwrap_or(near)
}

fn clause_after(after: &str) -> &str {
    let near = &after[..floor_border(after, CLAUSE_REACH)];
    near.split(CLAUSE_ENDS).next().unwrap_or(near)
}

/// Whether the clause warns of what the phrase asks for: 请勿添加微信私下交易, 加微信的都是骗子.
fn is_advice_against(before: &str, after: &str) -> bool {
    const SWINDLE: &[&str] = &[
        "骗",
        "诈",
        "假冒",
        "冒充",
        "风险自",
        "违规",
        "一律",
        "的必要",
    ];
    forbids(clause_before(before))
        || SWINDLE
            .iter()
            .any(|word| clause_after(after).contains(word))
}

/// Whether what stands before a phrase in its clause forbids or denies it.
fn forbids(before: &str) -> bool {
    const AGAINST: &[&str] = &[
        "勿",
        "不要",
        "禁止",
        "严禁",
        "谨防",
        "不得",
        "不会",
        "不可",
        "不能",
        "拒绝",
        "无需",
        "不用",
        "不需要",
        "警惕",
        "防止",
        "避免",
        "杜绝",
        "举报",
        "从不",
        "绝不",
        "不允许",
        "不支持",
        "不准",
        "不必",
        "没有必要",
        "诱导",
        "小心",
        "不提供",
        "不建议",
        "不私下",
        "千万别",
        "别再",
        "别去",
        "别随便",
        "别轻易",
    ];
    // Negations that urge, turn round or ask.
    const FOR: &[&str] = &[
        "忘",
        "错过",
        "犹豫",
        "客气",
        "着急",
        "担心",
        "划走",
        "走开",
        "能不能",
        "可不可",
        "要不要",
        "会不会",
        "但",
        "直接",
        "而是",
        "不如",
    ];
    // 识别, 特别 and their like are no negations.
    const ENDING_IN_BIE: &[&str] = &[
        "识别", "特别", "分别", "个别", "区别", "性别", "级别", "类别", "告别", "辨别",
    ];
    if before.ends_with('别') {
        return !ENDING_IN_BIE.iter().any(|word| before.ends_with(word));
    }
    let negation = AGAINST
        .iter()
        .filter_map(|word| before.rfind(word).map(|at| &before[at + word.len()..]))
        .min_by_key(|rest| rest.len());
    // 不会用的加微信 is said of those who cannot use it: the negation belongs to what comes before 的.
    negation.is_some_and(|rest| !rest.contains('的'))
        && !FOR.iter().any(|word| before.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        assert_eq!(COMPILED.len(), PHRASES.len());
        assert!(
            !PHRASES
                .iter()
                .any(|phrase| spell_out(phrase.pattern).contains("{w"))
        );
    }
}
