//! Ids after the words that announce them, and codes that speak for themselves.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::numbers::digit;
use super::phrases::spell_out;
use super::{ContactKind, Found, View};
use crate::chars::{is_han, is_separator};
use crate::words::Tier;

/// Words that an id may follow.
const WORDS: &str = "(?:(?P<wx>{wx}|{alike})|(?P<qq>{qq}|(?P<q>q))群?|(?P<other>{other})|(?P<v>[v微薇]))";

/// The same after a request.
static ANNOUNCED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&spell_out(&format!("(?P<asked>{{add}}{{whom}}|私|扫|留|滴|联系|找)?{WORDS}"))).ok());

/// The pattern of words that an id may follow.
pub(super) fn words() -> String {
    spell_out(WORDS)
}

/// Names that stand beside 微信 without being ids.
const PRODUCTS: &[&str] =
    &["iphone", "ipad", "android", "windows", "macos", "huawei", "harmony", "xiaomi", "oppo", "vivo"];

/// Ids after the words that announce them.
pub(super) fn find(view: &View<'_>, clause: Range<usize>, found: &mut Vec<Found>) {
    let Some(announced) = &*ANNOUNCED else { return };
    let folded = |range: Range<usize>| {
        view.squeezed.folded_range(clause.start + range.start..clause.start + range.end, view.text)
    };
    for hit in announced.captures_iter(&view.squeezed.text[clause.clone()]) {
        let Some(whole) = hit.get(0) else { continue };
        let range = folded(whole.range());
        let asked = hit.name("asked");
        let keyword = asked.map_or(whole.start(), |asked| asked.end())..whole.end();
        if !starts_alone(view.text, folded(keyword)) {
            continue;
        }
        let Some(id) = Id::after(view.text, range.end) else {
            continue;
        };
        let kind = if hit.name("qq").is_some() {
            ContactKind::Qq
        } else if hit.name("other").is_some() {
            ContactKind::OtherPlatform
        } else {
            ContactKind::WechatId
        };
        let announcement = Announcement {
            single: hit.name("v").is_some() || hit.name("q").is_some(),
            spoken: whole.as_str().ends_with(is_han),
            asked: asked.is_some(),
            plain: hit.name("wx").is_some_and(|word| !word.as_str().contains(is_alike)),
        };
        if let Some(tier) = id.judge(kind, &announcement) {
            let range = range.start..id.range.end;
            found.push(Found { kind, range, value: id.value, tier, concrete: true });
        }
    }
}

/// The word before an id.
struct Announcement {
    /// A single character: v, 微, 薇, q.
    single: bool,
    /// In Chinese, so that Latin letters right after it are no part of the word.
    spoken: bool,
    /// With a request before it: 加, 私, ...
    asked: bool,
    /// A name of WeChat as it is, not disguised.
    plain: bool,
}

fn is_alike(c: char) -> bool {
    matches!(c, '薇' | '威' | '徽' | '维' | '围' | '巍' | '溦' | '卫' | '征' | '芯' | '心' | '星' | '言')
}

fn starts_alone(text: &str, range: Range<usize>) -> bool {
    let latin = text[range.clone()].starts_with(|c: char| c.is_ascii_alphabetic());
    !(latin && text[..range.start].ends_with(|c: char| c.is_ascii_alphanumeric()))
}

/// The longest stretch that is looked at for an id, in characters.
const MAX_ID: usize = 40;

/// An id as written after a word.
struct Id {
    range: Range<usize>,
    value: String,
    /// Whether a colon, 号, an arrow or the like announces it.
    marked: bool,
    /// Whether anything at all stands between.
    apart: bool,
}

impl Id {
    /// Reads the marks and the id from a place on.
    fn after(text: &str, from: usize) -> Option<Self> {
        const MARKS: &[&str] = &[
            "号码", "名字", "名", "就是", "hao", "叫", "账号", "帐号", "号", "id", "是", "为", "群", "搜索", "搜",
            "联系", "加", ":", "=", "→", "➡", "👉", "👇", "↓", ">", "~", "(", "[", "【", "「", "\"", "“", "《",
        ];
        let mut at = from;
        let mut marked = false;
        let mut steps = 0;
        loop {
            let rest = &text[at..];
            if steps > 6 {
                break;
            }
            if let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark) && !begins_longer_word(mark, rest)) {
                marked = true;
                at += mark.len();
            } else if let Some(c) =
                rest.chars().next().filter(|&c| is_separator(c) && !matches!(c, '_' | '\n' | '。' | '、'))
            {
                at += c.len_utf8();
            } else {
                break;
            }
            steps += 1;
        }
        let body = &text[at..];
        if let Some((end, value)) = spelled(body) {
            return Some(Self { range: at..at + end, value, marked, apart: true });
        }
        let in_id = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-') || digit(c).is_some();
        let mut end = id_end(body, in_id)?;
        // A number goes on after a blank, a name does not: 1234 56789.
        let rest = &body[end..];
        if marked
            && let Some(more) =
                rest.strip_prefix([' ', '·']).and_then(|rest| id_end(rest, in_id).map(|len| &rest[..len]))
            && [&body[..end], more].iter().all(|part| part.len() >= 3 && part.bytes().all(|b| b.is_ascii_digit()))
        {
            end = body.len() - rest.len() + (rest.len() - rest.trim_start_matches([' ', '·']).len()) + more.len();
        }
        let written = body[..end].trim_end_matches(['-', '_']);
        let value: String =
            written.chars().filter(|&c| !matches!(c, ' ' | '·')).map(|c| digit(c).unwrap_or(c)).collect();
        (!value.is_empty()).then(|| Self { range: at..at + written.len(), value, marked, apart: at > from })
    }

    /// Whether this is an id of the kind. Without a mark a plain word is none: 微信 official is no id, and what follows
    /// vx directly is a model (VX2000).
    fn judge(&self, kind: ContactKind, word: &Announcement) -> Option<Tier> {
        let &Announcement { single, spoken, asked, plain } = word;
        let all_digits = self.value.bytes().all(|b| b.is_ascii_digit());
        let count = self.value.len();
        let is_phone = all_digits && count == 11 && self.value.starts_with('1');
        if kind == ContactKind::Qq {
            let fits = all_digits && (5..=11).contains(&count) && !self.value.starts_with('0');
            let tier = if single { Tier::LookAlike } else { Tier::Exact };
            return (fits && (!single || self.apart)).then_some(tier);
        }
        let latin = self.value.starts_with(|c: char| c.is_ascii_alphabetic()) && (5..=20).contains(&count);
        let mixed = latin && self.value.contains(|c: char| c.is_ascii_digit() || matches!(c, '_' | '-'));
        let number = all_digits && (is_phone || (5..=12).contains(&count) && (self.marked || asked));
        let product = PRODUCTS.iter().any(|name| self.value.starts_with(name)) && !self.marked;
        if !latin && !number || product {
            return None;
        }
        let fits = if kind == ContactKind::OtherPlatform {
            self.marked && (latin || number && count >= 6)
        } else if single {
            (asked || self.marked && self.apart) && (mixed || number || latin && self.marked)
        } else {
            (is_phone || self.marked || mixed && self.apart || mixed && (spoken || plain && self.value.contains('_')))
                && (mixed || number || self.marked)
        };
        fits.then_some(
            if plain && (self.marked || self.apart || is_phone) || single && asked || kind == ContactKind::OtherPlatform
            {
                Tier::Exact
            } else {
                Tier::LookAlike
            },
        )
    }
}

/// How many bytes of the text belong to an id; `None` where it does not end.
fn id_end(text: &str, in_id: impl Fn(char) -> bool) -> Option<usize> {
    text.char_indices().chain([(text.len(), ' ')]).take(MAX_ID + 1).find(|&(_, c)| !in_id(c)).map(|(end, _)| end)
}

/// An id whose characters stand apart, `y u n 8 8`: its bytes and the id.
fn spelled(body: &str) -> Option<(usize, String)> {
    let mut value = String::new();
    let mut end = 0;
    let mut parts = None;
    for (at, c) in body.char_indices().take(2 * MAX_ID) {
        let read = digit(c).or(c.is_ascii_alphanumeric().then_some(c));
        match (value.is_empty() || at > end, read) {
            (true, Some(read)) => {
                value.push(read);
                end = at + c.len_utf8();
            }
            // A second character beside the last one: what was read so far is one word and more.
            (false, Some(_)) => return None,
            (_, None) if at == end && matches!(c, ' ' | '-' | '.' | '·' | '*') && parts.is_none_or(|p| p == c) => {
                parts = Some(c);
            }
            _ => break,
        }
    }
    let mixed = value.contains(|c: char| c.is_ascii_alphabetic());
    (value.len() >= MIN_SPELLED && mixed).then_some((end, value))
}

/// The shortest id that is taken for one although its characters stand apart.
const MIN_SPELLED: usize = 5;

/// Whether a mark is the beginning of another word: 加 in 加购, 群 in 群主.
fn begins_longer_word(mark: &str, rest: &str) -> bool {
    let after = rest[mark.len()..].chars().next();
    let han = mark.chars().all(is_han) && !matches!(mark, "号" | "号码" | "账号" | "帐号" | "是" | "为");
    han && after.is_some_and(|c| is_han(c) && digit(c).is_none() && !matches!(c, '号' | '是' | '为'))
        || mark == "id" && after.is_some_and(|c| c.is_ascii_alphabetic())
}

/// Codes that speak for themselves: WeChat's own ids (wxid_...), and those that another platform's app reads from the
/// clipboard (淘口令), letters and digits between currency signs.
pub(super) fn codewords(view: &View<'_>) -> Vec<Found> {
    static CODE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"wxid_[a-z0-9]{6,24}|[¥€₳₤$][a-z0-9]{8,16}[¥€₳₤$]").ok());
    let Some(code) = CODE.as_ref().filter(|_| view.text.contains(['_', '¥', '€', '₳', '₤', '$'])) else {
        return Vec::new();
    };
    let hits = code.find_iter(view.text).filter(|hit| hit.as_str().contains(|c: char| c.is_ascii_alphabetic()));
    hits.filter(|hit| starts_alone(view.text, hit.range()))
        .map(|hit| {
            let id = hit.as_str().starts_with('w');
            let kind = if id { ContactKind::WechatId } else { ContactKind::OtherPlatform };
            Found { kind, range: hit.range(), value: hit.as_str().to_owned(), tier: Tier::Exact, concrete: true }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_compiles() {
        assert!(ANNOUNCED.is_some());
    }
}
