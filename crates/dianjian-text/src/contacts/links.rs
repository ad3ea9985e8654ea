//! E-mail addresses, web addresses and links to mini-programs.

use std::collections::BTreeSet;
use std::ops::Range;

use regex::Regex;

use super::lexicon::ContactLinks;
use super::{ContactKind, ContactText, FoldedContact};
use crate::chars::is_han;
use crate::lexicon::FoldedWords;
use crate::mapped::MappedText;
use crate::words::{Tier, latin_look_alike};

/// A form of link.
#[derive(Debug)]
struct LinkForm {
    kind: ContactKind,
    tier: Tier,
    regex: Regex,
}

/// What a web address is made of, up to blanks, Chinese text and its punctuation.
const PATH: &str = r#"[a-z0-9\-._~:/?#\[\]@!$&*+,;=%]"#;

/// Kind, tier and pattern of every form; names in capitals stand for lists of the lexicon, and for [`PATH`].
const FORMS: [(ContactKind, Tier, &str); 10] = [
    (ContactKind::MiniProgramLink, Tier::Exact, r"#?小程序://[^\s,;!。,]+"),
    (
        ContactKind::MiniProgramLink,
        Tier::Exact,
        r"/?(?:[a-z0-9_\-]+/)?pages?/[a-z0-9_\-]+(?:/[a-z0-9_\-]+)*(?:\.html)?(?:\?[a-z0-9_\-=&%.]+)?",
    ),
    (ContactKind::MiniProgramLink, Tier::Exact, r"(?:weixin://dl/business|(?:https?://)?(?:MINI_PROGRAM_HOSTS))PATH*"),
    (
        ContactKind::Email,
        Tier::Exact,
        r"[a-z0-9][a-z0-9._%+\-]{0,63}@[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?(?:\.[a-z0-9\-]+)*\.[a-z]{2,10}",
    ),
    (
        ContactKind::Email,
        Tier::LookAlike,
        r"[a-z0-9][a-z0-9._\-]{2,63}\s?(?:AT_SIGNS)\s?(?:MAIL_HOSTS)\s?(?:[.点。丶·,]|\[?dot\]?|\(dot\))\s?(?:com|c0m|cn|net)",
    ),
    (ContactKind::Url, Tier::Exact, r"(?:h(?:tt|xx)ps?|ftp)\s?:\s?//\s?PATH+"),
    (ContactKind::Url, Tier::Exact, r"www\.[a-z0-9\-]+(?:\.[a-z0-9\-]+)+(?:[/?#]PATH*)?"),
    (
        ContactKind::Url,
        Tier::Exact,
        r"(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+(?:SURE_DOMAINS)(?::[0-9]{2,5})?(?:[/?#]PATH*)?",
    ),
    (
        ContactKind::Url,
        Tier::LookAlike,
        r"(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+(?:AMBIGUOUS_DOMAINS)(?::[0-9]{2,5})?/PATH+|(?:www\s?(?:点|。|丶)\s?)?[a-z0-9][a-z0-9\-零一二三四五六七八九]{1,62}(?:(?:\s?(?:[点。丶]|\(\.\)|\[\.\]|\(点\)|【[.点]】|\s\.|\[?dot\]|\sdot\s)\s?(?:DISGUISED_DOMAINS))|[,·]\s?com|\s?[.,。°]\s?c[0○〇]m|°com)",
    ),
    // 云山点com: a Chinese name goes before it.
    (ContactKind::Url, Tier::LookAlike, r"[.点。丶]\s?(?:CHINESE_NAME_DOMAINS)"),
];

/// The search for links.
#[derive(Debug)]
pub(super) struct LinkSearch {
    forms: Vec<LinkForm>,
    /// A dot and a domain as it sounds.
    spoken: Option<Regex>,
    words: ContactLinks,
}

impl LinkSearch {
    pub(super) fn new(words: &ContactLinks) -> Self {
        let any_of = |words: &FoldedWords| words.iter().map(regex::escape).collect::<Vec<_>>().join("|");
        let compile = |pattern: &str| {
            let pattern = pattern
                .replace("PATH", PATH)
                .replace("MINI_PROGRAM_HOSTS", &any_of(&words.mini_program_hosts))
                .replace("AT_SIGNS", &any_of(&words.at_signs))
                .replace("MAIL_HOSTS", &any_of(&words.mail_hosts))
                .replace("SURE_DOMAINS", &any_of(&words.domains))
                .replace("AMBIGUOUS_DOMAINS", &any_of(&words.ambiguous_domains))
                .replace("DISGUISED_DOMAINS", &any_of(&words.disguised_domains))
                .replace("CHINESE_NAME_DOMAINS", &any_of(&words.chinese_name_domains));
            Regex::new(&pattern).ok()
        };
        let forms =
            FORMS.iter().filter_map(|&(kind, tier, pattern)| Some(LinkForm { kind, tier, regex: compile(pattern)? }));
        let spoken = any_of(&words.spoken_domains);
        let spoken = if spoken.is_empty() { None } else { Regex::new(&format!(r"[点丶·.]\s?(?:{spoken})")).ok() };
        Self { forms: forms.collect(), spoken, words: words.clone() }
    }

    pub(super) fn find(&self, text: &ContactText<'_>) -> Vec<FoldedContact> {
        let mut found = Vec::new();
        for stretch in stretches(text.folded) {
            self.find_in(text.folded, stretch.clone(), &mut found);
            if let Some(plain) = undisguised(text.folded, stretch) {
                let mut hidden = Vec::new();
                self.find_in(&plain.text, 0..plain.text.len(), &mut hidden);
                found.extend(hidden.into_iter().map(|found| FoldedContact {
                    range: plain.folded_range(found.range, text.folded),
                    tier: Tier::LookAlike,
                    ..found
                }));
            }
        }
        found.extend(self.spoken(text.folded));
        found
    }

    /// Addresses whose ending is spelled by sound: 青禾茶业点康姆.
    fn spoken<'a>(&'a self, text: &'a str) -> impl Iterator<Item = FoldedContact> + 'a {
        let hits = self.spoken.iter().flat_map(|regex| regex.find_iter(text));
        hits.filter_map(|hit| {
            let before = text[..hit.start()].trim_end_matches(' ');
            let latin = before.len() - before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '-').len();
            let name = latin.max(chinese_name(before));
            let range = before.len() - name..hit.end();
            let value = self.normalise(ContactKind::Url, &text[range.clone()]);
            let contact =
                FoldedContact { kind: ContactKind::Url, range, value, tier: Tier::LookAlike, is_concrete: true };
            (name > 0).then_some(contact)
        })
    }

    /// Finds the links of a stretch of the text.
    fn find_in(&self, text: &str, stretch: Range<usize>, found: &mut Vec<FoldedContact>) {
        for form in &self.forms {
            for hit in form.regex.find_iter(&text[stretch.clone()]) {
                let start = stretch.start + hit.start();
                let end = start + trim_end(hit.as_str());
                let matched = &text[start..end];
                // The name before a bare ending belongs to the address: 青禾茶业点康姆.
                let named = if starts_with_dot(matched) { start - chinese_name(&text[..start]) } else { start };
                if stands_alone(text, start, end)
                    && is_address(form.kind, text, start..end)
                    && !self.dot_is_said(text, start..end)
                    && !self.words.not_addresses.has(matched)
                    && !is_bare_page(form.kind, matched)
                {
                    let value = self.normalise(form.kind, &text[named..end]);
                    let (kind, tier) = (form.kind, form.tier);
                    found.push(FoldedContact { kind, range: named..end, value, tier, is_concrete: true });
                }
            }
        }
    }

    /// Whether the dot of a bare ending is a word's last character: 重点vip客户.
    fn dot_is_said(&self, text: &str, range: Range<usize>) -> bool {
        let word = &text[range.clone()];
        word.starts_with('点')
            && !word.ends_with("com")
            && self.words.words_in_dian.end(&text[..range.start + '点'.len_utf8()])
    }

    /// The address as it would be typed.
    fn normalise(&self, kind: ContactKind, matched: &str) -> String {
        let mut value: String = matched.chars().filter(|c| !c.is_whitespace()).collect();
        if matches!(kind, ContactKind::Url | ContactKind::Email) {
            for dot in ["【.】", "【点】", "(.)", "[.]", "(点)", "[dot]", "(dot)", "点", "。", "丶", "·", ",", "°"]
            {
                value = value.replace(dot, ".");
            }
            value = value.replace("c○m", "com").replace("c〇m", "com");
            if kind == ContactKind::Email && !value.contains('@') {
                let sign = self.words.at_signs.iter().find(|sign| value.contains(sign));
                value = sign.map(|sign| value.replacen(sign, "@", 1)).unwrap_or(value);
            }
        }
        value
    }
}

/// Pairs of characters, blanks and brackets between them aside, one of which is in every link that has neither `/` nor
/// `@`, nor one of the [`TRIPLES`]: a dot of some sort before a domain, and a mini-program's name.
pub(super) fn pairs(words: &ContactLinks) -> impl Iterator<Item = (char, char)> {
    // What follows other dots than the full stop is one of few domains; their first letters are enough.
    let domains = words.disguised_domains.iter().chain(words.chinese_name_domains.iter());
    let domains = domains.chain(words.spoken_domains.iter()).chain(["com", "cn", "net"]);
    let letters: BTreeSet<char> = domains.filter_map(|domain| domain.chars().next()).collect();
    let others = "点。丶·,°".chars().flat_map(move |dot| letters.clone().into_iter().map(move |letter| (dot, letter)));
    ('a'..='z').map(|letter| ('.', letter)).chain(others).chain([('小', '程')])
}

/// The same of three characters.
pub(super) const TRIPLES: [(char, char, char); 2] = [('d', 'o', 't'), ('w', 'w', 'w')];

/// A stretch with Latin letters in the place of look-alikes, and without the blanks of what was spelled letter by
/// letter (`w w w . a . c o m`); `None` where it has neither.
fn undisguised(text: &str, stretch: Range<usize>) -> Option<MappedText> {
    let written = &text[stretch.clone()];
    let alike = written.chars().any(|c| letter(c).is_some());
    let singles = written.split(' ').map(|part| part.trim().len() == 1).collect::<Vec<_>>();
    let spelled = singles.windows(3).any(|run| run.iter().all(|&single| single));
    if !alike && !spelled {
        return None;
    }
    let mut plain = MappedText::default();
    for (at, c) in written.char_indices() {
        if !(spelled && c == ' ') {
            plain.push(stretch.start + at, letter(c).unwrap_or(c));
        }
    }
    Some(plain)
}

/// The Latin letter that another alphabet's letter looks like.
fn letter(c: char) -> Option<char> {
    match c {
        // Lower case of a letter that looks like an M: c○Μ.
        'μ' => Some('m'),
        '∕' | '⁄' | '╱' => Some('/'),
        _ => (!c.is_ascii() && !is_han(c) && c.is_alphabetic()).then(|| latin_look_alike(c)).flatten(),
    }
}

/// The stretches of a text that may hold a link: Latin letters, signs, and what replaces signs, with a dot, a stroke
/// or an at sign of some sort among them. A mini-program's name may be Chinese; its link goes to the end of the line.
fn stretches(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut letters = false;
    let mut signs = false;
    let mut named_to_end = false;
    let ends = text.char_indices().map(Some).chain([None]);
    for step in ends {
        let (at, c) = step.unwrap_or((text.len(), '\n'));
        let belongs = c != '\n'
            && (c.is_ascii()
                || named_to_end
                || matches!(c, '零' | '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九')
                || matches!(c, '点' | '。' | '丶' | '·' | '【' | '】' | '艾' | '特' | '圈' | '○' | '〇' | '°')
                || letter(c).is_some());
        if belongs {
            letters |= c.is_ascii_alphabetic();
            signs |= matches!(c, '.' | '/' | '@' | '点' | '。' | '丶' | '·' | ',' | '艾' | '圈' | '#' | '°');
            continue;
        }
        if c == '小' && text[at..].starts_with("小程序://") {
            if !text[..at].ends_with('#') {
                start = at;
            }
            signs = true;
            named_to_end = true;
            letters = true;
            continue;
        }
        if letters && (signs || text[start..at].contains("dot")) {
            found.push(start..at);
        }
        start = (at + c.len_utf8()).min(text.len());
        letters = false;
        signs = false;
        named_to_end = false;
    }
    found
}

/// Length without the punctuation that ends the sentence, not the address.
fn trim_end(matched: &str) -> usize {
    let trimmed = matched.trim_end_matches([',', '.', '!', '?', ';', ':', '。', '~', '*']);
    let closes = trimmed.ends_with(']') && !trimmed.contains('[');
    trimmed.len() - usize::from(closes)
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let cut = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '_' | '-' | '.');
    // a.cn.pdf is a file.
    let goes_on = text[end..].strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    !before.is_some_and(cut) && !after.is_some_and(|c| c.is_ascii_alphanumeric()) && !goes_on
}

/// Whether it is a page's path in a program, as `pages/index/index`: nobody gets there without a link's arguments.
fn is_bare_page(kind: ContactKind, matched: &str) -> bool {
    kind == ContactKind::MiniProgramLink
        && !matched.contains(['?', ':'])
        && !matched.ends_with(".html")
        && matched.trim_start_matches('/').starts_with("page")
}

/// A Chinese name goes before a bare ending (云山点com), else a domain has a letter before its last dot: 3.cn is a price list's typing error, 1.5.com hardly an address.
fn is_address(kind: ContactKind, text: &str, range: Range<usize>) -> bool {
    let matched = &text[range.clone()];
    if starts_with_dot(matched) {
        let goes_on = text[range.end..].starts_with(|c: char| c.is_ascii_alphanumeric());
        return text[..range.start].ends_with(is_han) && !goes_on && !matched.starts_with('。');
    }
    if kind != ContactKind::Url || matched.contains("://") {
        return matched.len() > 3;
    }
    let host = matched.split(['/', '?', '#']).next().unwrap_or(matched);
    let name_end = host.rfind(['.', '点', '。', '丶', '·', ',', '°']).unwrap_or(host.len());
    let name = &host[..name_end];
    // Short links have a number for a host, too: 3.cn/abc12.
    let leads_on = matched.len() >= host.len() + 4 && matched[host.len()..].contains(|c: char| c.is_ascii_alphabetic());
    let is_com = ["com", "c0m", "c○m", "c〇m"].iter().any(|com| host.ends_with(com));
    name.contains(|c: char| c.is_ascii_alphabetic()) || name.len() >= 4 && is_com || leads_on
}

fn starts_with_dot(matched: &str) -> bool {
    matched.starts_with(['.', '点', '。', '丶'])
}

/// How many bytes of the Chinese name of an address end a text.
fn chinese_name(before: &str) -> usize {
    /// Characters of a name, the rest of the sentence aside.
    const MOST: usize = 8;
    let name: Vec<usize> = before.chars().rev().take(MOST + 1).take_while(|c| is_han(*c)).map(char::len_utf8).collect();
    // What is longer is more than a name, and nobody knows where that begins.
    if name.len() <= MOST { name.iter().sum() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_compile() {
        let words = &crate::tests::lexicon().links;
        assert_eq!(LinkSearch::new(words).forms.len(), FORMS.len());
    }
}
