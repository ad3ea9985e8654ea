//! Accounts that go by a name rather than an id: 公众号：青禾茶事, 微信：老陈茶铺, 微博@青禾茶事, 微信 青青小助理.

use regex::Regex;

use super::lexicon::{ContactIds, ContactLexicon};
use super::{ContactKind, ContactText, FoldedContact, pattern};
use crate::chars::is_han;
use crate::lexicon::FoldedWords;
use crate::words::Tier;

/// The search for names of accounts.
#[derive(Debug)]
pub(super) struct AccountSearch {
    words: ContactIds,
    /// A name after a colon or the like.
    marked: Option<Regex>,
    /// A name after a blank, which ends as names of those do who answer.
    apart: Option<Regex>,
}

/// The pattern of the words for kinds of account whose names are Chinese; `None` where there are none.
pub(super) fn account_words(ids: &ContactIds) -> Option<String> {
    any_of(&ids.named_accounts)
}

impl AccountSearch {
    pub(super) fn new(lexicon: &ContactLexicon) -> Self {
        let ids = &lexicon.ids;
        let compile = |pattern: &str| pattern::compile(pattern, &lexicon.phrases.parts);
        let account = account_words(ids).map(|words| format!("(?P<account>{words})|")).unwrap_or_default();
        let label = r"(?:号|名称?|名字|昵称)?";
        let marked = format!(
            r"(?:{account}(?P<wx>{{wx}}|{{alike}})|(?P<at>{{other}})){label}[ ]?(?P<mark>[:=@])[ ]?(?P<name>[一-鿿a-z][一-鿿a-z0-9]{{1,13}})"
        );
        let apart = any_of(&ids.personas).map(|personas| {
            format!(r"(?:{account}(?P<wx>{{wx}}|{{alike}})){label}[ ](?P<name>[一-鿿]{{1,6}}(?:{personas}))")
        });
        Self { words: ids.clone(), marked: compile(&marked), apart: apart.as_deref().and_then(compile) }
    }

    /// Adds the accounts of a text.
    pub(super) fn find(&self, text: &ContactText<'_>, found: &mut Vec<FoldedContact>) {
        let folded = text.folded;
        let marked = self.marked.iter().filter(|_| folded.contains([':', '=', '@']));
        for hit in marked.chain(&self.apart).flat_map(|regex| regex.captures_iter(folded)) {
            let (Some(whole), Some(name)) = (hit.get(0), hit.name("name")) else { continue };
            let at = hit.name("mark").is_some_and(|mark| mark.as_str() == "@");
            let (before, after) = (&folded[..whole.start()], &folded[whole.end()..]);
            let ends = after.chars().next().is_none_or(|c| !c.is_alphanumeric());
            let starts = !(whole.as_str().starts_with(|c: char| c.is_ascii_alphabetic())
                && before.ends_with(|c: char| c.is_ascii_alphanumeric()));
            // Of another platform no more is said than that it has accounts; what follows a colon may be anything.
            let is_account = hit.name("at").is_none() || at;
            let is_official = before.ends_with("微信") || hit.name("wx").is_some() && before.ends_with("企业");
            if !ends || !starts || !is_account || is_official || !self.is_name(name.as_str(), hit.name("wx").is_some())
            {
                continue;
            }
            let kind = match (hit.name("account"), hit.name("wx")) {
                (Some(account), _) if account.as_str().starts_with('企') => ContactKind::Wecom,
                (_, Some(word)) if word.as_str().starts_with('企') => ContactKind::Wecom,
                (_, Some(_)) => ContactKind::WechatId,
                _ => ContactKind::OtherPlatform,
            };
            let (range, value) = (whole.range(), name.as_str().to_owned());
            found.push(FoldedContact { kind, range, value, tier: Tier::LookAlike, is_concrete: true });
        }
    }

    /// Whether it may be somebody's name rather than what is said of the account.
    fn is_name(&self, name: &str, is_person: bool) -> bool {
        /// Characters of a person's name on WeChat.
        const MOST: usize = 8;
        name.contains(is_han)
            && !self.words.not_names.begin(name)
            && !self
                .words
                .not_in_names
                .iter()
                .any(|word| name.contains(word) && !(word == "的" && self.words.places.end(name)))
            && (!is_person || name.chars().count() <= MOST)
    }
}

/// The words as alternatives, the longest first; `None` where there are none.
pub(super) fn any_of(words: &FoldedWords) -> Option<String> {
    let words: Vec<String> = words.longest_first().iter().map(|word| regex::escape(word)).collect();
    (!words.is_empty()).then(|| words.join("|"))
}
