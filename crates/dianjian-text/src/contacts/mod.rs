//! Contact details, invitations to make contact elsewhere, and links, in running text.
//!
//! Three searches over one folded text: numbers, links, phrases. Only here are numerals folded (幺三八 is 138). What
//! certainly is a contact is [`Tier::Exact`]; what may be one is a lower tier.

mod beginnings;
mod ids;
mod links;
mod numbers;
mod phrases;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::chars::{CharSet, is_han, is_separator};
use super::fold::{Fold, Folded, fold};
use super::glance::{Glance, Hints};
use super::stream::Stream;
use super::words::{Tier, latin_look_alike};
pub(super) use beginnings::phrase_beginnings;
pub(super) use numbers::{may_be_digit, may_part_digits};

/// What sort of contact it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ContactKind {
    /// A mobile number of mainland China.
    Phone,
    /// A landline number with its area code.
    Landline,
    /// A 400 or 800 service number.
    #[serde(rename = "hotline-400")]
    Hotline400,
    /// A WeChat id after a word that says so.
    WechatId,
    /// An invitation to add somebody on WeChat or to join a group: 加V, 加薇, 扫码进群.
    WechatInvite,
    /// The same for 企业微信.
    Wecom,
    /// A QQ number, or an invitation to QQ.
    Qq,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// A link to a mini-program, or a mini-program code.
    MiniProgramLink,
    /// An account, a search or a code on another platform.
    OtherPlatform,
    /// A hint at where the contact is found: 看主页, 图二暗号.
    ProfileHint,
    /// An invitation to a private talk or to exchange numbers: 私信我, 留个电话.
    PrivateChat,
}

/// A contact found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// What sort of contact it is.
    pub kind: ContactKind,
    /// The bytes of the text, on character borders.
    pub range: Range<usize>,
    /// The number (digits only), the id, the address, or the words of the invitation, folded and without
    /// separators.
    pub value: String,
    /// [`Tier::Exact`]: certain. Otherwise suspected, because of how it is written or what it may mean.
    pub tier: Tier,
}

/// A [`Contact`] in folded bytes.
#[derive(Debug, Clone)]
struct Found {
    kind: ContactKind,
    range: Range<usize>,
    value: String,
    tier: Tier,
    /// Whether `value` alone gets somebody in touch; such a find swallows the words around it.
    concrete: bool,
}

/// What the searches read.
struct View<'a> {
    /// The folded text.
    text: &'a str,
    /// The folded text without blanks and ornaments, for phrases.
    squeezed: Stream,
}

/// Finds contacts, in the order of their places; they do not overlap.
///
/// Advice against contact (请勿添加微信私下交易) is no invitation and is not reported; a number or an id is reported
/// whatever is said about it.
pub fn contacts(text: &str) -> Vec<Contact> {
    static BEGINNINGS: LazyLock<CharSet> = LazyLock::new(|| CharSet::new(may_begin_contact));
    if !BEGINNINGS.meets(text) {
        return Vec::new();
    }
    let folded = fold(text, Fold::Script);
    let view = View { text: folded.as_str(), squeezed: squeeze(folded.as_str()) };
    let mut found = links::find(&view);
    found.extend(numbers::find(&view));
    found.extend(phrases::find(&view));
    debug_assert!(
        found.is_empty() || Glance::wordless().look(text).meets(Hints::CONTACTS),
        "a look overlooks nothing: {text}"
    );
    settle(found).into_iter().map(|found| place(&folded, found)).collect()
}

fn place(folded: &Folded<'_>, found: Found) -> Contact {
    let Found { kind, range, value, tier, .. } = found;
    Contact { kind, range: folded.original(range), value, tier }
}

/// Chinese characters, simplified and not, of which every phrase and every spoken number has one.
const HINTS: &str = "百加添后後拍號号转轉佳嘉茄架家咖枷珈口微信薇威維维衛卫圍围徽征徵溦群裙羣友碼码私滴主簡简頭头置簽签背名昵暗圖图看掃扫截保扣抠摳企秋球綠绿留搜給给聯联電电手短找獨独抖快小淘桃陶掏豆斗閒閑闲咸拼京某猫貓唯得播墙牆软軟零〇一幺么壹弌";

/// Whether a text without any such character can be passed over: every search needs one.
fn may_begin_contact(c: char) -> bool {
    if is_han(c) {
        return HINTS.contains(c);
    }
    c.is_ascii_alphanumeric() || (!c.is_ascii() && !is_plain_punctuation(c))
}

fn is_plain_punctuation(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '！'
            | '？'
            | '、'
            | '；'
            | '：'
            | '“'
            | '”'
            | '‘'
            | '’'
            | '（'
            | '）'
            | '《'
            | '》'
            | '【'
            | '】'
            | '…'
            | '—'
            | '·'
            | '～'
            | '\u{3000}'
    )
}

/// Leaves out what people put between the characters of a phrase to hide it. Ends of sentences, lines and
/// enumerations stay, and so does the plus sign, which is read as 加. Letters that look Latin become Latin. A heart after 微 is the second half of 微信.
fn squeeze(text: &str) -> Stream {
    let mut stream = Stream::with_capacity(text.len());
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let heart = is_heart(c);
        if heart
            && stream.text.ends_with(['微', '薇', '威', '徽', '维', '围', '卫', '溦', 'v'])
            && chars.peek().is_none_or(|&(_, next)| next != '信')
        {
            stream.push(at, '心');
        } else if heart
            && stream.text.ends_with(['加', '我', '+'])
            && chars.peek().is_some_and(|&(_, next)| next == '信')
        {
            stream.push(at, '微');
        } else if let Some(read) = pictured(c) {
            read.chars().for_each(|read| stream.push(at, read));
        } else if matches!(c, '∨' | '√') && chars.peek().is_some_and(|&(_, next)| next == '信') {
            stream.push(at, 'v');
        } else if is_bracket(c) {
            continue;
        } else if matches!(c, '➕' | '✚' | '✛' | '➡') {
            if c != '➡' {
                stream.push(at, '+');
            }
        } else if !c.is_ascii() && !is_han(c) && c.is_alphabetic() {
            stream.push(at, latin_look_alike(c).unwrap_or(c));
        } else if !is_squeezed_out(c) {
            stream.push(at, c);
        }
    }
    stream
}

/// Is the character left out of what phrases read?
pub(super) fn is_squeezed_out(c: char) -> bool {
    is_bracket(c) || is_separator(c) && !matches!(c, '+' | '=' | '\n' | '。' | '、')
}

/// May a character that is no letter be read as another?
pub(super) fn is_read_otherwise(c: char) -> bool {
    is_heart(c) || pictured(c).is_some() || matches!(c, '∨' | '√' | '➕' | '✚' | '✛' | '➡')
}

/// Is it one of the signs that addresses and codewords have, unless they are known by their [beginnings](phrase_beginnings)?
pub(super) fn is_address_sign(c: char) -> bool {
    matches!(c, '/' | '@' | '¥' | '€' | '₳' | '₤' | '$')
}

fn is_heart(c: char) -> bool {
    matches!(c, '❤' | '♥' | '💗' | '💕' | '💖' | '💓')
}

/// What a picture stands for in the place of a word.
fn pictured(c: char) -> Option<&'static str> {
    match c {
        '🛰' => Some("卫星"),
        '🐧' => Some("qq"),
        _ => None,
    }
}

/// Quotes and brackets, which split a word as well as dots do: 加「微」「信」.
fn is_bracket(c: char) -> bool {
    matches!(
        c,
        '(' | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '<'
            | '>'
            | '"'
            | '「'
            | '」'
            | '『'
            | '』'
            | '【'
            | '】'
            | '“'
            | '”'
            | '‘'
            | '’'
            | '《'
            | '》'
            | '〈'
            | '〉'
    )
}

/// Orders finds and lets none overlap: a concrete one swallows the words that it overlaps, else the longer one
/// stays.
fn settle(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|found| (!found.concrete, Reverse(found.range.len()), found.range.start, found.tier));
    // By their starts; they stay apart.
    let mut kept: BTreeMap<usize, Found> = BTreeMap::new();
    for next in found {
        let overlapping =
            kept.range(..next.range.end).next_back().filter(|(_, other)| next.range.start < other.range.end);
        let Some((&start, other)) = overlapping else {
            kept.insert(next.range.start, next);
            continue;
        };
        // 加我 before 微信：abc belongs to the id, unless something else lies in between.
        let joins = other.concrete && !next.concrete && is_wechat(other.kind) && is_wechat(next.kind);
        let reaches_back = next.range.start < start
            && kept.range(..start).next_back().is_none_or(|(_, earlier)| earlier.range.end <= next.range.start);
        if joins
            && reaches_back
            && let Some(mut first) = kept.remove(&start)
        {
            first.range.start = next.range.start;
            kept.insert(next.range.start, first);
        }
    }
    kept.into_values().collect()
}

fn is_wechat(kind: ContactKind) -> bool {
    matches!(kind, ContactKind::WechatId | ContactKind::WechatInvite | ContactKind::Wecom)
}
