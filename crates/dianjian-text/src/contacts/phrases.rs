//! Words that ask somebody to make contact.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex, RegexSet, RegexSetBuilder};
use rustc_hash::FxHashMap;

use super::{ContactKind, Found, View, ids};
use crate::chars::is_separator;
use crate::fold::floor_border;
use crate::words::Tier;

/// Names of parts of the patterns below. Patterns read squeezed text: folded, without blanks and ornaments.
const PARTS: &[(&str, &str)] = &[
    ("{wx}", "(?:企业微信|微信|企微|v信|vx|wx|weixin|wechat|wei信|微xin|绿泡泡|绿色软件|绿色聊天软件)"),
    ("{alike}", "(?:[薇威徽维围巍溦卫征][信芯心星伩]|微[芯心星伩言]|[微薇威]亻言|w信|[薇威徽维]xin|[薇溦微]x|v心)"),
    ("{wecom}", "(?:企业[微薇威徽v][信芯心]|企[微薇徽v]|企业v)"),
    ("{add}", "(?:添加|互加|加|力口|jia|\\+|➕)"),
    (
        "{whom}",
        "(?:我们?|你|您|个|一下|下|的|好友|{who}|下方|下面|上方|这个|咱们?|上|他|她|号|一个|本人|私人|个人|企业号|小|大){0,4}",
    ),
    ("{who}", "(?:主播|客服|老师|店主|店长|老板娘?|掌柜|小编|小?助理|小助手|群主|顾问|管家|班主任|小姐姐)"),
    ("{qq}", "(?:qq|扣群|扣号|扣扣|抠抠|蔻蔻|企鹅|企鹅号|秋秋|球球)"),
    ("{code}", "(?:[二2贰][维惟围微薇]码|[二2][维惟]马|小程序码|太阳码|qr码?|qrcode)"),
    (
        "{where}",
        "(?:一扫|描|码|一下|下|我|这个|那个|屏幕|画面|下方|上方|下面|上面|后面|前面|旁边|右边|左边|身后|背后|手上|手里|牌子|图中|右侧|左侧|右下角|左下角|右上角|左上角|背景墙?|背景板|墙上|上|里|的|{code}|图)",
    ),
    (
        "{other}",
        "(?:抖音|[豆斗d]音|dou音|dy|快手|小红[书薯]|xhs|淘宝|[桃陶掏]宝|tb|天猫|闲鱼|咸鱼|拼多多|拼夕夕|pdd|京东|1688|某[宝音东猫鱼书]|某红书|某多多|微博|b站|钉钉|telegram|whatsapp|tg|电报|小黄鱼|得物|唯品会)",
    ),
    ("{spot}", "(?:主页|简介|头像|置顶|签名|个签|背景[图墙]?|名字|昵称|网名)"),
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
        pattern: "{add}{whom}(?P<k>{wecom})",
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
        pattern: "[佳嘉茄伽架家咖枷珈添](?:我|个|下|一下){0,2}(?P<k>v信|vx|wx|薇信?|v|微信?)",
        ends: true,
        not_after: "增平大国商卖厂专全回居人一在你我他她各货书衣支框最更不极绝",
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
        pattern: "(?P<k>{alike}|v|vx|wx)(?:号码?)?(?:上聊|上说|联系|详聊|私聊|沟通|私我|发你|加我|找我|同号|多少|我)",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::Exact,
        needs: WX | ASK,
        pattern: "(?:手机|电话|号码?)?同(?P<k>{wx}|微|薇|v)号?",
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
        pattern: "扫{where}{0,5}(?:加|添加|联系)(?:我们?|你|您|主播|老师|客服|好友|{wx}|v|微|薇|群|咨询)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::Exact,
        needs: SCAN,
        pattern: "扫{where}{0,5}(?:进|入|加入|拉|加)(?:我们?|你|粉丝|福利|内购|交流|会员|vip|微信|的){0,3}(?:群|裙)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: SCAN,
        pattern: "扫{where}{1,5}(?:领|咨询|关注|获取|免费|了解|私)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: SCAN | CODE,
        pattern: "(?:扫描?|长按|识别|截图|截屏)(?:{where}|识别|扫|{wx}){0,5}(?:[二2贰][维惟围微薇]码|[二2][维惟]马)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::MiniProgramLink,
        tier: Tier::LookAlike,
        needs: CODE,
        pattern: "(?:小程序码|太阳码|小程序链接)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::Exact,
        needs: GROUP,
        pattern: "(?:进|加入?|入|拉|建)(?:我们?|你们?|您|个|大家|福利|微信|企微|交流|vip|会员|内购|秒杀|团购|免费|内部|茶友|书友|车友|宝妈|专属|老客|宠粉|姐妹|客户|一下|下|的|小|v|vx){0,4}群",
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
        pattern: "(?:私信|私聊|私戳|滴滴)(?:我|主播|小编|老师|店主|店长|老板)(?:领取?|拿|加|发|要|获取|了解)?",
        ends: false,
        not_after: "点水",
    },
    Phrase {
        kind: ContactKind::PrivateChat,
        tier: Tier::LookAlike,
        needs: PRIVATE,
        pattern: "(?:私信|私聊|私戳|滴滴|滴)客服(?:领|拿|加|发|要|获取)",
        ends: false,
        not_after: "点水",
    },
    Phrase {
        kind: ContactKind::PrivateChat,
        tier: Tier::LookAlike,
        needs: PRIVATE,
        pattern: "滴(?:我|主播)",
        ends: true,
        not_after: "点水滴雨",
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
        pattern: "(?:留|发|给|报|互?换|交换|互留)(?:个|下|一下|你的?|您的?|我的?|他|的){0,3}(?:电话|手机号码?|联系方式)",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: ADD,
        pattern: "加(?:一下|下|个)?(?:我|{who})(?:的?好友)?",
        ends: true,
        not_after: "增参追更附叠施强递累外添倍再",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: ADD,
        pattern: "{add}(?:一下|下|个|为|一波|主播|我)?好友",
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
        pattern: "(?:联系方式|电话|手机号|二维码|(?P<k>{wx}|v))(?:就|都|已经)?(?:写|贴|留|打|挂)?(?:在|见|看|放|去)(?:在)?(?:我的?|主播的?)?(?:主页|简介|头像|背景|置顶|签名|评论区|个签|墙上|身后|背后|手牌|牌子|公告)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::ProfileHint,
        tier: Tier::LookAlike,
        needs: PROFILE,
        pattern: "(?:详情)?请?(?:查看|看|见|戳|点击?)(?:一下|下|我的?|主播的?|咱们?的?){0,2}(?:主页客服|主页简介|主页|头像|简介|背景图|个签)",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::ProfileHint,
        tier: Tier::LookAlike,
        needs: PROFILE,
        pattern: "图[一二三四五六七八九1-9](?:有|看|找|见)?(?:暗号|联系方式|联系|二维码|码)|看(?:我的?|下)?背景[图墙]?",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::OtherPlatform,
        tier: Tier::LookAlike,
        needs: OTHER | ASK,
        pattern: "(?:去|上|到|在)?(?P<k>{other})(?:搜索?|搜一搜|同名|找我|关注我?|下单|拍|有店|店名|同号|@)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::Wecom,
        tier: Tier::Exact,
        needs: WX | ASK,
        pattern: "(?P<k>企业微信|企微|企v)(?:号码?)?(?:扫码|加一?下|加我|加一加|加起来|私聊|详聊|私我|找我|发你)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::Wecom,
        tier: Tier::LookAlike,
        needs: WX,
        pattern: "(?:企业[薇威徽v][信芯心]|企[薇徽])",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::Exact,
        needs: WX | ASK,
        pattern: "(?:你的?|您的?|把)?(?P<k>{wx})(?:号|上|里|小号|大号)?(?:也|都|先|直接|细|详|慢慢)?(?:发我|打在公屏|打公屏|发公屏|发给我|给我|报给我|搜我|找我|联系我?|聊|说|谈)",
        ends: true,
        not_after: "用在",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: WX | ASK,
        pattern: "(?:发|报|说|给|告诉|甩)(?:个|下|一下|你|您|我|他|的){0,3}(?P<k>v信|vx|wx|微信|{alike})号",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: WX,
        pattern: "(?:微|薇)我",
        ends: true,
        not_after: "稍轻略细些显蔷",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::Exact,
        needs: WX,
        pattern: "(?:手机号?码?|电话|号码)(?:就|也)是(?:我的?)?(?P<k>{wx}|微|v)号?",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::Exact,
        needs: WX | ASK,
        pattern: "(?P<k>{wx}|薇|微|v)同(?:手机|电话|抖音|号)号?",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: WX,
        pattern: "(?P<k>个人{wx}|私人{wx})",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: ADD,
        pattern: "{add}(?:我|主播|老板)的?(?:小号|大号|私人号|个人号|私号)",
        ends: false,
        not_after: ADDING,
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: ASK,
        pattern: "(?:通过|同意|申请)(?:一下|下|我|你|您)的?好友|通过好友(?:申请|验证)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: SCAN,
        pattern: "(?:截图|截屏|保存图片)(?:后|再|之后|去|用|{wx}){0,3}(?:扫|识别)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: SCAN | CODE,
        pattern: "扫{where}{1,5}码(?:加入|加)?",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: GROUP,
        pattern: "(?:拉|带|邀请?)(?:你们?|您|大家|各位|家人们?|宝宝们?)(?:到|去)(?:我们?的?)?(?:[群裙]|qun)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: GROUP,
        pattern: "(?:来|去)(?:我们?的?|咱们?的?)?群里|(?:到|在)(?:我们?的?|咱们?的?)群里|群里(?:发|见|聊|领|抢|说|接龙|报名|下单|有福利|等你|等大家)",
        ends: false,
        not_after: "人羊楼山建兽鱼鸟岛",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: GROUP,
        pattern: "(?:vip|福利|内购|会员|老客|秒杀|团购|交流|专属|铁粉|宠粉)群",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: GROUP,
        pattern: "(?:进|加入?|入|拉)(?:我们?|你们?|您|个|大家|福利|粉丝|{wx}|v|的|小){0,3}qun",
        ends: true,
        not_after: ADDING,
    },
    Phrase {
        kind: ContactKind::Qq,
        tier: Tier::LookAlike,
        needs: ADD | QQ,
        pattern: "{add}{whom}(?P<k>q|企鹅)",
        ends: true,
        not_after: ADDING,
    },
    Phrase {
        kind: ContactKind::Qq,
        tier: Tier::LookAlike,
        needs: GROUP | QQ,
        pattern: "(?:进|入|拉)(?:你|您|个|大家|我们?){0,2}(?P<k>q+)群",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::PrivateChat,
        tier: Tier::LookAlike,
        needs: PRIVATE,
        pattern: "私信(?:有惊喜|发你|发您|发给你|发链接|领|拿|获取|给你|给我|扣|报价|了解|下单)|后台私信|私下(?:里?聊|里?联系|里?沟通|找我|谈|说|发|给你发)|私底下(?:聊|联系|沟通|谈|说)|私戳",
        ends: false,
        not_after: "不陌",
    },
    Phrase {
        kind: ContactKind::PrivateChat,
        tier: Tier::LookAlike,
        needs: ASK,
        pattern: "(?P<k>dd|si|思信|si信|si聊)我",
        ends: true,
        not_after: "意",
    },
    Phrase {
        kind: ContactKind::PrivateChat,
        tier: Tier::LookAlike,
        needs: TELEPHONE,
        pattern: "(?:打|拨)(?:一下|下|个|通)?(?:我|{who}|店里)的?(?:电话|手机)|给(?:我|{who}|店里)(?:打|来|发|拨)(?:个|一下|一个|条)?(?:电话|短信)|发(?:个|条)?短信(?:给|到)我|电话(?:联系|找|沟通|咨询)(?:我们?|{who})",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::PrivateChat,
        tier: Tier::LookAlike,
        needs: ASK,
        pattern: "(?:打|拨|呼)给我|(?P<k>call)我",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::PrivateChat,
        tier: Tier::LookAlike,
        needs: ASK | TELEPHONE,
        pattern: "打电话(?:给我|找我|订|下单)|直接打电话|电话(?:订购|下单|预订|订货)|要我的?(?:电话|号码|{wx})|(?:电话|手机号码?|联系方式)(?:都|也)?(?:发|给|报|留|打)(?:给|在|到)?(?:我|评论区|公屏|私信)",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::PrivateChat,
        tier: Tier::LookAlike,
        needs: ASK,
        pattern: "(?:留|换|给)(?:个|下|一下|一个)(?:你的?|您的?|我的?)?(?:号|号码)",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::PrivateChat,
        tier: Tier::LookAlike,
        needs: ASK,
        pattern: "单独给[你您](?:发|报|算)|单独(?:找我|联系我|聊|加我|私我)|找(?:我|主播|老板|店长)(?:拿|领|要)(?:个)?(?:底价|货|优惠|福利|资料|样品|内部价|最低价)",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::ProfileHint,
        tier: Tier::LookAlike,
        needs: PROFILE,
        pattern: "看(?:一下|下|一眼)?(?:我|主播)的?(?:名字|昵称|网名|id|签名|个签|身后|背后|背景[图墙板]?|朋友圈|头像)|看(?:昵称|网名|个签|背景[墙板图])",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::ProfileHint,
        tier: Tier::LookAlike,
        needs: PROFILE,
        pattern: "看(?:主页|简介|昵称|网名|名字|签名|头像|背景[图墙]?)(?:你懂|就懂|懂的|自己加|加我|联系)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::ProfileHint,
        tier: Tier::LookAlike,
        needs: PROFILE,
        pattern: "图[二三四五六七八九2-9](?:有惊喜|有彩蛋|懂的|你懂)|(?:主页|简介|头像|背景[图墙板]?|签名|昵称|名字|墙上|手牌|身后)(?:里面?|上|中|的)?(?:有|那|这|是)(?:串|行|个)?(?:我的?)?(?:号|号码|码|联系方式|数字|字母|暗号)",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::ProfileHint,
        tier: Tier::LookAlike,
        needs: PROFILE,
        pattern: "(?:对|报|发|说|留|回复)(?:个|一下|下|上)?暗号|暗号(?:找|加|领|联系|私|发|[:=]|[a-z0-9]+)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::ProfileHint,
        tier: Tier::Exact,
        needs: PROFILE | WX,
        pattern: "{spot}(?:就|都|也)?是(?:我的?)?(?P<k>{wx}|{alike}|v|微|薇)号?",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::OtherPlatform,
        tier: Tier::LookAlike,
        needs: OTHER | ASK,
        pattern: "(?:复制(?:这段话|这段|这条|此|本|该|口令|文案|整段|全部|一下|后|内容|链接|信息|消息|这个){0,4})?打开(?:手机)?(?P<k>{other})",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::OtherPlatform,
        tier: Tier::LookAlike,
        needs: OTHER | ASK,
        pattern: "(?:支付宝|百度)搜索?",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: ADD,
        pattern: "{add}{whom}(?P<k>[魏喂伟为未韦]信|w|wei|vv)",
        ends: true,
        not_after: ADDING,
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: WX | ASK,
        pattern: "(?P<k>v|vx|薇)聊",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::Exact,
        needs: WX | ASK,
        pattern: "(?:推|发|给|交)(?:给)?(?:你|我|个|一下|下)?(?:的|我的?)?(?P<k>{wx})(?:名片|号)?|(?P<k2>{wx})推给",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: WX,
        pattern: "(?:有|加过?|来|去|到)我的?(?P<k>{wx})",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::Exact,
        needs: WX,
        pattern: "(?:手机号?|电话)(?:{wx})同步|(?P<k>{wx})号?(?:和|跟|与|同)?(?:手机|电话)号?码?(?:同号|一样|同步|是一个|是同一个)|(?P<k2>{wx})同步(?:手机|电话)号?",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: WX,
        pattern: "(?P<k>{wx})上(?:有优惠|便宜|更便宜|给你)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::WechatInvite,
        tier: Tier::LookAlike,
        needs: SCAN,
        pattern: "长按(?:识别|扫码)|扫码进(?:vip|内部|福利)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::OtherPlatform,
        tier: Tier::LookAlike,
        needs: OTHER,
        pattern: "(?:去|上|到|来|关注)我们?的?(?P<k>{other})(?:店铺?|号)?|我们?的?(?P<k2>{other})(?:号|店|叫|名)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::OtherPlatform,
        tier: Tier::LookAlike,
        needs: ASK,
        pattern: "[橙黄红黑蓝]色?软件(?:搜|找|下单|见)?",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::ProfileHint,
        tier: Tier::LookAlike,
        needs: PROFILE,
        pattern: "(?:去|来|进|上)我的?主页|主页见|(?:简介|主页|头像|置顶)自取|头像里有",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::ProfileHint,
        tier: Tier::LookAlike,
        needs: PROFILE,
        pattern: "看(?:我的?|一?下)?(?:墙上|手上|手牌|公告|屏幕上?|直播间名字)的?(?:联系方式|[那这]串数字|号码|数字|牌子|加|懂|{wx})|看墙上",
        ends: true,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::ProfileHint,
        tier: Tier::LookAlike,
        needs: ASK,
        pattern: "(?:联系方式|号码?)(?:就|都|已经)?(?:写|贴|留|打|挂)?在(?:我的?|主播的?)?(?:背景[墙图板]?|墙上|身后|背后|手牌|牌子|名字|昵称|头像)",
        ends: false,
        not_after: "货型款尺编单序批订房门几账0123456789",
    },
    Phrase {
        kind: ContactKind::ProfileHint,
        tier: Tier::LookAlike,
        needs: PROFILE,
        pattern: "(?:名字|昵称|网名)(?:倒过来|反过来|加上?.{0,3})就?是(?P<k>{wx}|v)",
        ends: false,
        not_after: "",
    },
    Phrase {
        kind: ContactKind::PrivateChat,
        tier: Tier::LookAlike,
        needs: PRIVATE,
        pattern: "私聊(?:发|报价|拿|领|优惠)?|私密链接|私发(?:你|链接)?",
        ends: true,
        not_after: "不走",
    },
    Phrase {
        kind: ContactKind::PrivateChat,
        tier: Tier::LookAlike,
        needs: ASK,
        pattern: "(?:后台|下播|拍完)(?:了|后|之后|以后|再){0,2}(?:私|滴滴|找我|联系我|加我)",
        ends: false,
        not_after: "",
    },
];

/// What may follow a phrase that should end there.
const GOES_ON: &[&str] = &[
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
    "一下",
    "懂",
    "加",
    "你懂",
    "你懂",
    "链接",
    "便宜",
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
    "营销",
    "运营",
    "食品",
    "青",
    "打印机",
    "碰",
    "比价",
    "对比",
    "服饰",
    "商贸",
    "进店",
];

/// Follows a scan that pays or checks something.
const HARMLESS_SCAN: &[&str] = &[
    "支付",
    "付款",
    "买单",
    "点餐",
    "下单",
    "验真",
    "溯源",
    "查询",
    "激活",
    "缴费",
    "结账",
    "防伪",
    "观看",
    "保修",
    "乘车",
    "登录",
    "开票",
    "真伪",
    "正品",
    "说明书",
    "教程",
    "骑行",
    "取件",
    "寄件",
    "听",
];

/// What a homepage or a portrait is opened for in the shop's own business.
const HARMLESS_PROFILE: &[&str] = &["直播", "回放", "关注", "预约", "进店", "小店", "橱窗"];

/// Groups of characters; each phrase needs one of each of its groups, so that a clause without them is
/// passed over without trying it.
const ANCHORS: &[(u16, &str)] = &[
    (ADD, "加添+佳嘉茄伽架家咖枷珈口j"),
    (WX, "微信vwx绿薇威徽维围巍卫溦征芯心星伩企"),
    (SCAN, "扫长识截保"),
    (CODE, "码马"),
    (GROUP, "群裙n"),
    (PRIVATE, "私滴"),
    (ASK, "留搜联发给换要求交互同打报聊说找谈加我下关拍有@甩独号友店搜软后推来去到上叫"),
    (PROFILE, "主简头置签背评个图看名昵暗墙手身公"),
    (QQ, "q扣抠蔻企秋球"),
    (TELEPHONE, "电手联二短"),
    (OTHER, "抖快小淘闲拼京某微b钉tw电音红x桃陶掏天咸p1得唯d支百"),
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
        chars.chars().for_each(|c| *bits.entry(c).or_default() |= bit);
    }
    bits
});

static COMPILED: LazyLock<Vec<(&'static Phrase, Regex)>> = LazyLock::new(|| {
    PHRASES.iter().zip(patterns()).filter_map(|(phrase, pattern)| Some((phrase, Regex::new(&pattern).ok()?))).collect()
});

/// The patterns of all phrases.
pub(super) fn patterns() -> impl Iterator<Item = String> {
    PHRASES.iter().map(|phrase| spell_out(phrase.pattern))
}

/// All patterns at once: one pass over a clause tells which of them are worth trying.
static SET: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    let patterns = COMPILED.iter().map(|(_, pattern)| pattern.as_str());
    RegexSetBuilder::new(patterns).size_limit(SET_BYTES).dfa_size_limit(SET_BYTES).build().ok()
});

/// Room for the set's automaton, so that it need not forget what it has worked out.
const SET_BYTES: usize = 64 << 20;

/// Puts the parts of a pattern in the places of their names.
pub(super) fn spell_out(pattern: &str) -> String {
    // Twice, because parts may name parts.
    let once = |text: String| PARTS.iter().fold(text, |text, (name, part)| text.replace(name, part));
    once(once(pattern.to_owned()))
}

pub(super) fn find(view: &View<'_>) -> Vec<Found> {
    let mut found = ids::codewords(view);
    let anchors = &*ANCHOR_BITS;
    let mut start = 0;
    for clause in view.squeezed.text.split_inclusive(CLAUSE_ENDS) {
        let range = start..start + clause.len();
        start = range.end;
        let has = clause.chars().fold(0, |has, c| has | anchors.get(&c).copied().unwrap_or(0));
        if has & (WX | QQ | OTHER) != 0 {
            ids::find(view, range.clone(), &mut found);
        }
        if has == 0 {
            continue;
        }
        let worth_trying = |phrase: &Phrase| has & phrase.needs == phrase.needs;
        if !COMPILED.iter().any(|(phrase, _)| worth_trying(phrase)) {
            continue;
        }
        for (phrase, pattern) in matching(clause).filter(|(phrase, _)| worth_trying(phrase)) {
            let hits = pattern.captures_iter(clause);
            found.extend(hits.filter_map(|hit| phrase.accept(view, range.start, &hit)));
        }
    }
    found
}

/// The phrases whose patterns match somewhere in a clause.
fn matching(clause: &str) -> impl Iterator<Item = &'static (&'static Phrase, Regex)> {
    let matches = SET.as_ref().map(|set| set.matches(clause));
    COMPILED
        .iter()
        .enumerate()
        .filter(move |(at, _)| matches.as_ref().is_none_or(|set| set.matched(*at)))
        .map(|(_, one)| one)
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
        if HARMLESS_NEXT.iter().any(|harmless| after.starts_with(harmless)) {
            return None;
        }
        if whole.as_str().contains('扫') && HARMLESS_SCAN.iter().any(|harmless| clause_after(after).contains(harmless))
        {
            return None;
        }
        if self.kind == ContactKind::ProfileHint
            && whole.as_str().contains(['页', '头', '简'])
            && HARMLESS_PROFILE.iter().any(|harmless| clause_after(after).contains(harmless))
        {
            return None;
        }
        let folded =
            |range: Range<usize>| view.squeezed.folded_range(clause + range.start..clause + range.end, view.text);
        let range = folded(whole.range());
        let named = hit.name("k").or_else(|| hit.name("k2"));
        let keyword = named.map(|keyword| folded(keyword.range()));
        // jiaV: the verb is in Latin letters too.
        let in_latin = whole.as_str().starts_with('j');
        let keyword = keyword.map(|keyword| match in_latin {
            true => range.start..keyword.end,
            false => keyword,
        });
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
        let wecom = self.kind == ContactKind::WechatInvite
            && ["企业微信", "企微"].iter().any(|name| whole.as_str().contains(name));
        Some(Found {
            kind: if wecom { ContactKind::Wecom } else { self.kind },
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
        && (before.ends_with(|c: char| c.is_ascii_alphanumeric()) || CHANNELS.iter().any(|name| before.ends_with(name)))
}

/// Whether Latin letters of a word are a word of their own.
fn stands_alone(text: &str, range: Range<usize>) -> bool {
    let word = &text[range.clone()];
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    let cut_before =
        word.starts_with(|c: char| c.is_ascii_alphabetic()) && before.is_some_and(|c| c.is_ascii_alphanumeric());
    // Q10 and its like are names of things.
    let cut_after = word.ends_with(|c: char| c.is_ascii_alphabetic())
        && after.is_some_and(|c| c.is_ascii_alphabetic() || word == "q" && c.is_ascii_digit());
    !cut_before && !cut_after
}

/// Whether a phrase ends where it ends: `rest` follows it in the text, `squeezed` without blanks.
fn ends_here(rest: &str, squeezed: &str) -> bool {
    // 加V领取 asks for something; 加V领毛衣 is a collar.
    if let Some(taken) = squeezed.strip_prefix('领') {
        return !taken.starts_with(COLLARED) && taken.starts_with(char::is_alphabetic);
    }
    rest.chars().next().is_none_or(|c| !c.is_alphabetic() || is_separator(c))
        || GOES_ON.iter().any(|word| squeezed.starts_with(word))
}

/// What follows the word for a collar.
const COLLARED: &[char] = &[
    '设', '更', '显', '毛', '衫', '上', '连', '打', '针', '衬', '款', '女', '男', '宽', '子', '口', '型', '式', '大',
    '小', '深', '浅', '蕾', '加', '的', '修', '外', '马', '卫', '套', '背', '长', '短', '是', '和', '更',
];

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
    const SWINDLE: &[&str] =
        &["骗", "诈", "假冒", "冒充", "风险自", "违规", "一律", "的必要", "举报", "没有保障", "无保障"];
    forbids(clause_before(before)) || SWINDLE.iter().any(|word| clause_after(after).contains(word))
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
        "别在评论",
        "别在公屏",
        "别给",
        "别跟",
        "别向",
        "别让",
        "别信",
        "别相信",
        "别乱",
        "冒充",
        "假冒",
        "骗子",
        "陌生人",
        "凡是让",
        "不索要",
        "没人会",
        "请注意",
    ];
    // Said right before.
    const NOT: &[&str] = &["不", "没", "没有", "没有任何", "没有所谓的", "无", "未", "莫"];
    const NOT_NOT: &[&str] = &["要不", "能不", "可不", "会不", "何不", "么不", "嘛不", "好不", "并无", "来不"];
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
    const ENDING_IN_BIE: &[&str] = &["识别", "特别", "分别", "个别", "区别", "性别", "级别", "类别", "告别", "辨别"];
    if before.ends_with('别') {
        return !ENDING_IN_BIE.iter().any(|word| before.ends_with(word));
    }
    let negation = AGAINST
        .iter()
        .filter_map(|word| before.rfind(word).map(|at| &before[at + word.len()..]))
        .min_by_key(|rest| rest.len());
    if NOT.iter().any(|word| before.ends_with(word)) && !NOT_NOT.iter().any(|word| before.ends_with(word)) {
        return true;
    }
    // 不会用的加微信 is said of those who cannot use it: the negation belongs to what comes before 的.
    negation.is_some_and(|rest| !rest.contains('的') && !orders_here(rest))
        && !FOR.iter().any(|word| before.contains(word))
}

/// Whether a negation has its verb already: 不要在小店拍加微信 denies the shop, not WeChat.
fn orders_here(denied: &str) -> bool {
    ["小店", "平台", "直播间", "这里", "链接"].iter().any(|place| denied.contains(place))
        && ["拍", "下单", "买"].iter().any(|verb| denied.contains(verb))
        && !["外", "脱离", "绕"].iter().any(|away| denied.contains(away))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        assert_eq!(COMPILED.len(), PHRASES.len());
        assert!(!PHRASES.iter().any(|phrase| spell_out(phrase.pattern).contains("{w")));
    }
}
