//! E-mail addresses, web addresses and links to mini-programs.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{ContactKind, Found, View};
use crate::text::words::Tier;

/// Top-level domains that an address without `http` or `www` is recognised by; nothing else ends in them.
const SURE: &str = "com|cn|net|org|top|xyz|vip|wang|ltd|cc|hk|tw|shop|club|site|online|tech|biz|mobi|asia|fun|ink|xin|link|info";

/// Top-level domains that are also words which follow a dot in other texts.
const UNSURE: &str =
    "me|io|co|tv|app|store|pro|live|work|team|cloud|ai|ly|gg|icu|work|kim|red|art|chat|so|im|la";

struct Link {
    kind: ContactKind,
    tier: Tier,
    pattern: LazyLock<Option<Regex>>,
}

/// The first character class that ends a web address: blanks, Chinese text and its punctuation.
const PATH: &str = r#"[a-z0-9\-._~:/?#\[\]@!$&*+,;=%]"#;

static LINKS: [Link; 9] = [
    Link {
        kind: ContactKind::MiniProgramLink,
        tier: Tier::Exact,
        pattern: LazyLock::new(|| compile(r"#小程序://[^\s,;!。,]+")),
    },
    Link {
        kind: ContactKind::MiniProgramLink,
        tier: Tier::Exact,
        pattern: LazyLock::new(|| {
            compile(
                r"/?(?:[a-z0-9_\-]+/)?pages?/[a-z0-9_\-]+(?:/[a-z0-9_\-]+)*(?:\.html)?(?:\?[a-z0-9_\-=&%.]+)?",
            )
        }),
    },
    Link {
        kind: ContactKind::MiniProgramLink,
        tier: Tier::Exact,
        pattern: LazyLock::new(|| {
            compile(
                r"(?:weixin://dl/business|https?://wxaurl\.cn|wxaurl\.cn|wxmpurl\.cn|https?://wxmpurl\.cn)PATH*",
            )
        }),
    },
    Link {
        kind: ContactKind::Email,
        tier: Tier::Exact,
        pattern: LazyLock::new(|| {
            compile(
                r"[a-z0-9][a-z0-9._%+\-]{0,63}@[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?(?:\.[a-z0-9\-]+)*\.[a-z]{2,10}",
            )
        }),
    },
    Link {
        kind: ContactKind::Email,
        tier: Tier::LookAlike,
        pattern: LazyLock::new(|| {
            compile(
                r"[a-z0-9][a-z0-9._\-]{2,63}\s?(?:@|#|\(at\)|\[at\]|艾特|圈a|\(a\))\s?(?:qq|163|126|gmail|outlook|hotmail|foxmail|sina|sohu|139|189|yeah|aliyun|icloud)\s?(?:\.|点|。|丶|dot)\s?(?:com|cn|net)",
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
            compile(
                r"(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+(?:SURE)(?::[0-9]{2,5})?(?:[/?#]PATH*)?",
            )
        }),
    },
    Link {
        kind: ContactKind::Url,
        tier: Tier::LookAlike,
        pattern: LazyLock::new(|| {
            compile(
                r"(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+(?:UNSURE)(?::[0-9]{2,5})?/PATH+|(?:www\s?(?:点|。|丶)\s?)?[a-z0-9][a-z0-9\-]{1,62}\s?(?:点|。|丶|\(\.\)|\[\.\]|\(点\)|\sdot\s)\s?(?:com|cn|net|org|top|vip|xyz|cc)",
            )
        }),
    },
];

fn compile(pattern: &str) -> Option<Regex> {
    Regex::new(
        &pattern
            .replace("PATH", PATH)
            .replace("UNSURE", UNSURE)
            .replace("SURE", SURE),
    )
    .ok()
}

pub(super) fn find(view: &View<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for stretch in stretches(view.text) {
        for link in &LINKS {
            let Some(pattern) = &*link.pattern else {
                continue;
            };
            for hit in pattern.find_iter(&view.text[stretch.clone()]) {
                let start = stretch.start + hit.start();
                let end = start + trim_end(hit.as_str());
                let matched = &view.text[start..end];
                if stands_alone(view.text, start, end) && is_address(link, matched) {
                    let value = normalise(link.kind, matched);
                    found.push(Found {
                        kind: link.kind,
                        range: start..end,
                        value,
                        tier: link.tier,
                        concrete: true,
                    });
                }
            }
        }
    }
    found
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
                || matches!(c, '点' | '。' | '丶' | '艾' | '特' | '圈'));
        if belongs {
            letters |= c.is_ascii_alphabetic();
            signs |= matches!(c, '.' | '/' | '@' | '点' | '。' | '丶' | '艾' | '圈' | '#');
            continue;
        }
        if c == '小' && text[at..].starts_with("小程序://") && text[..at].ends_with('#') {
            named_to_end = true;
            letters = true;
            continue;
        }
        if letters && signs {
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

/// A domain has a letter before its last dot: 3.cn is a price list's typing error, 1.5.com hardly an address.
fn is_address(link: &Link, matched: &str) -> bool {
    if link.kind != ContactKind::Url || matched.contains("://") {
        return matched.len() > 3;
    }
    let host = matched.split(['/', '?', '#']).next().unwrap_or(matched);
    let name_end = host.rfind(['.', '点', '。', '丶']).unwrap_or(host.len());
    host[..name_end].contains(|c: char| c.is_ascii_alphabetic())
        || host[..name_end].len() >= 4 && host.ends_with("com")
}

/// The address as it would be typed.
fn normalise(kind: ContactKind, matched: &str) -> String {
    let mut value: String = matched.chars().filter(|c| !c.is_whitespace()).collect();
    if matches!(kind, ContactKind::Url | ContactKind::Email) {
        for dot in ["(.)", "[.]", "(点)", "点", "。", "丶"] {
            value = value.replace(dot, ".");
        }
        if kind == ContactKind::Email && !value.contains('@') {
            for at in ["(at)", "[at]", "(a)", "艾特", "圈a", "#"] {
                value = value.replacen(at, "@", 1);
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
