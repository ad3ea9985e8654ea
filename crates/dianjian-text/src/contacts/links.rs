//! E-mail addresses, web addresses and links to mini-programs.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{ContactKind, Found, View};
use crate::chars::is_han;
use crate::stream::Stream;
use crate::words::{Tier, latin_look_alike};

/// Top-level domains that an address without `http` or `www` is recognised by; nothing else ends in them.
const SURE: &str =
    "com|cn|net|org|top|xyz|vip|wang|ltd|cc|hk|tw|shop|club|site|online|tech|biz|mobi|asia|fun|ink|xin|link|info";

/// Top-level domains that are also words which follow a dot in other texts.
const UNSURE: &str = "me|io|co|tv|app|store|pro|live|work|team|cloud|ai|ly|gg|icu|work|kim|red|art|chat|so|im|la";

struct Link {
    kind: ContactKind,
    tier: Tier,
    pattern: LazyLock<Option<Regex>>,
}

/// The first character class that ends a web address: blanks, Chinese text and its punctuation.
const PATH: &str = r#"[a-z0-9\-._~:/?#\[\]@!$&*+,;=%]"#;

static LINKS: [Link; 10] = [
    Link {
        kind: ContactKind::MiniProgramLink,
        tier: Tier::Exact,
        pattern: LazyLock::new(|| compile(r"#?小程序://[^\s,;!。,]+")),
    },
    Link {
        kind: ContactKind::MiniProgramLink,
        tier: Tier::Exact,
        pattern: LazyLock::new(|| {
            compile(r"/?(?:[a-z0-9_\-]+/)?pages?/[a-z0-9_\-]+(?:/[a-z0-9_\-]+)*(?:\.html)?(?:\?[a-z0-9_\-=&%.]+)?")
        }),
    },
    Link {
        kind: ContactKind::MiniProgramLink,
        tier: Tier::Exact,
        pattern: LazyLock::new(|| {
            compile(r"(?:weixin://dl/business|https?://wxaurl\.cn|wxaurl\.cn|wxmpurl\.cn|https?://wxmpurl\.cn)PATH*")
        }),
    },
    Link {
        kind: ContactKind::Email,
        tier: Tier::Exact,
        pattern: LazyLock::new(|| {
            compile(r"[a-z0-9][a-z0-9._%+\-]{0,63}@[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?(?:\.[a-z0-9\-]+)*\.[a-z]{2,10}")
        }),
    },
    Link {
        kind: ContactKind::Email,
        tier: Tier::LookAlike,
        pattern: LazyLock::new(|| {
            compile(
                r"[a-z0-9][a-z0-9._\-]{2,63}\s?(?:@|#|\(at\)|\[at\]|【at】|at|艾特|圈a|\(a\))\s?(?:qq|163|126|gmail|outlook|hotmail|foxmail|sina|sohu|139|189|yeah|aliyun|icloud)\s?(?:[.点。丶·,]|\[?dot\]?|\(dot\))\s?(?:com|c0m|cn|net)",
            )
        }),
    },
    Link {
        kind: ContactKind::Url,
        tier: Tier::Exact,
        pattern: LazyLock::new(|| compile(r"(?:https?|ftp)\s?:\s?//\s?PATH+")),
    },
    Link {
        kind: ContactKind::Url,
        tier: Tier::Exact,
        pattern: LazyLock::new(|| compile(r"www\.[a-z0-9\-]+(?:\.[a-z0-9\-]+)+(?:[/?#]PATH*)?")),
    },
    Link {
        kind: ContactKind::Url,
        tier: Tier::Exact,
        pattern: LazyLock::new(|| {
            compile(r"(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+(?:SURE)(?::[0-9]{2,5})?(?:[/?#]PATH*)?")
        }),
    },
    Link {
        kind: ContactKind::Url,
        tier: Tier::LookAlike,
        pattern: LazyLock::new(|| {
            compile(
                r"(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+(?:UNSURE)(?::[0-9]{2,5})?/PATH+|(?:www\s?(?:点|。|丶)\s?)?[a-z0-9][a-z0-9\-]{1,62}(?:(?:\s?(?:[点。丶]|\(\.\)|\[\.\]|\(点\)|【[.点]】|\s\.|\[?dot\]|\sdot\s)\s?(?:com|cn|net|org|top|vip|xyz|cc|shop|store))|[,·]\s?com|\.c0m)",
            )
        }),
    },
    // 云山点com: a Chinese name goes before it.
    Link {
        kind: ContactKind::Url,
        tier: Tier::LookAlike,
        pattern: LazyLock::new(|| compile(r"[.点。丶]\s?(?:com|cn|net|vip|top)")),
    },
];

fn compile(pattern: &str) -> Option<Regex> {
    Regex::new(&pattern.replace("PATH", PATH).replace("UNSURE", UNSURE).replace("SURE", SURE)).ok()
}

/// Pairs of characters, blanks and brackets between them aside, one of which is in every link that has neither `/` nor
/// `@`, nor one of the [`TRIPLES`]: a dot of some sort before a domain, and a mini-program's name.
pub(super) fn pairs() -> impl Iterator<Item = (char, char)> {
    // What follows other dots than the full stop is one of few domains; with these letters they begin.
    let others = "点。丶·,".chars().flat_map(|dot| "cnotvxs".chars().map(move |letter| (dot, letter)));
    ('a'..='z').map(|letter| ('.', letter)).chain(others).chain([('小', '程')])
}

/// The same of three characters.
pub(super) const TRIPLES: [(char, char, char); 2] = [('d', 'o', 't'), ('w', 'w', 'w')];

pub(super) fn find(view: &View<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for stretch in stretches(view.text) {
        find_in(view.text, stretch.clone(), &mut found);
        if let Some(plain) = undisguised(view.text, stretch) {
            let mut hidden = Vec::new();
            find_in(&plain.text, 0..plain.text.len(), &mut hidden);
            found.extend(hidden.into_iter().map(|found| Found {
                range: plain.folded_range(found.range, view.text),
                tier: Tier::LookAlike,
                ..found
            }));
        }
    }
    found
}

/// Finds the links of a stretch of the text.
fn find_in(text: &str, stretch: Range<usize>, found: &mut Vec<Found>) {
    for link in &LINKS {
        let Some(pattern) = &*link.pattern else {
            continue;
        };
        for hit in pattern.find_iter(&text[stretch.clone()]) {
            let start = stretch.start + hit.start();
            let end = start + trim_end(hit.as_str());
            let matched = &text[start..end];
            if stands_alone(text, start, end) && is_address(link, text, start..end) {
                let value = normalise(link.kind, matched);
                found.push(Found { kind: link.kind, range: start..end, value, tier: link.tier, concrete: true });
            }
        }
    }
}

/// A stretch with Latin letters in the place of look-alikes, and without the blanks of what was spelled letter by
/// letter (`w w w . a . c o m`); `None` where it has neither.
fn undisguised(text: &str, stretch: Range<usize>) -> Option<Stream> {
    let written = &text[stretch.clone()];
    let alike = written.chars().any(|c| letter(c).is_some());
    let singles = written.split(' ').map(|part| part.trim().len() == 1).collect::<Vec<_>>();
    let spelled = singles.windows(3).any(|run| run.iter().all(|&single| single));
    if !alike && !spelled {
        return None;
    }
    let mut plain = Stream::default();
    for (at, c) in written.char_indices() {
        if !(spelled && c == ' ') {
            plain.push(stretch.start + at, letter(c).unwrap_or(c));
        }
    }
    Some(plain)
}

/// The Latin letter that another alphabet's letter looks like.
fn letter(c: char) -> Option<char> {
    (!c.is_ascii() && !is_han(c) && c.is_alphabetic()).then(|| latin_look_alike(c)).flatten()
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
                || matches!(c, '点' | '。' | '丶' | '·' | '【' | '】' | '艾' | '特' | '圈')
                || letter(c).is_some());
        if belongs {
            letters |= c.is_ascii_alphabetic();
            signs |= matches!(c, '.' | '/' | '@' | '点' | '。' | '丶' | '·' | ',' | '艾' | '圈' | '#');
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
    !before.is_some_and(cut) && !after.is_some_and(|c| c.is_ascii_alphanumeric())
}

/// A Chinese name goes before a bare ending (云山点com), else a domain has a letter before its last dot: 3.cn is a price list's typing error, 1.5.com hardly an address.
fn is_address(link: &Link, text: &str, range: Range<usize>) -> bool {
    let matched = &text[range.clone()];
    if matched.starts_with(['.', '点', '。', '丶']) {
        let goes_on = text[range.end..].starts_with(|c: char| c.is_ascii_alphanumeric());
        return text[..range.start].ends_with(is_han) && !goes_on && !matched.starts_with('。');
    }
    if link.kind != ContactKind::Url || matched.contains("://") {
        return matched.len() > 3;
    }
    let host = matched.split(['/', '?', '#']).next().unwrap_or(matched);
    let name_end = host.rfind(['.', '点', '。', '丶', '·', ',']).unwrap_or(host.len());
    host[..name_end].contains(|c: char| c.is_ascii_alphabetic()) || host[..name_end].len() >= 4 && host.ends_with("com")
}

/// The address as it would be typed.
fn normalise(kind: ContactKind, matched: &str) -> String {
    let mut value: String = matched.chars().filter(|c| !c.is_whitespace()).collect();
    if matches!(kind, ContactKind::Url | ContactKind::Email) {
        for dot in ["【.】", "【点】", "(.)", "[.]", "(点)", "[dot]", "(dot)", "点", "。", "丶", "·", ","] {
            value = value.replace(dot, ".");
        }
        if kind == ContactKind::Email && !value.contains('@') {
            for at in ["(at)", "[at]", "【at】", "(a)", "艾特", "圈a", "#", "at"] {
                if value.contains(at) {
                    value = value.replacen(at, "@", 1);
                    break;
                }
            }
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        assert!(LINKS.iter().all(|link| link.pattern.is_some()));
    }
}
