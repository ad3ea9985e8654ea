//! Contact details, invitations to make contact elsewhere, and links, in running text.
//!
//! Three searches over one folded text: numbers, links, phrases. Only here are numerals folded (幺三八 is 138). What
//! certainly is a contact is [`Tier::Exact`]; what may be one is a lower tier. The words that they go by are a
//! [`ContactLexicon`].

mod accounts;
mod beginnings;
mod forbidding;
mod ids;
mod interspersed;
mod kind;
mod lexicon;
mod links;
mod numbers;
mod pattern;
mod phrases;
mod readings;
mod telephone;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use accounts::AccountSearch;
pub(super) use beginnings::ContactBeginnings;
use forbidding::{CLAUSE_ENDS, PhraseFrame};
use ids::IdSearch;
pub use kind::{ContactKind, UnknownContactKind};
pub use lexicon::{ContactContext, ContactIds, ContactLexicon, ContactLinks, ContactNumbers, ContactPhrases};
use links::LinkSearch;
pub(super) use numbers::{FEWEST_DIGITS, NumberSearch};
use phrases::PhraseSearch;
use readings::DisguiseReader;

use super::chars::{is_han, is_separator};
use super::content_scan::{ContentFlags, ContentScan};
use super::fold::{Fold, fold};
use super::lexicon::FoldedWords;
use super::mapped::MappedText;
use super::windows::Windows;
use super::words::{Tier, latin_look_alike};

/// A contact found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// What it leads to, or how it invites.
    pub kind: ContactKind,
    /// The bytes of the text, on character borders.
    pub range: Range<usize>,
    /// The number (digits only), the id, the address, or the words of the invitation, folded and without
    /// separators.
    pub value: String,
    /// [`Tier::Exact`]: certain. Otherwise suspected, because of how it is written or what it may mean.
    pub tier: Tier,
    /// What is read in the place of what is written, where that is a disguise: 加微信 for 加薇信.
    pub reading: Option<String>,
}

/// A [`Contact`] in folded bytes.
#[derive(Debug, Clone)]
struct FoldedContact {
    kind: ContactKind,
    range: Range<usize>,
    value: String,
    tier: Tier,
    /// Whether `value` alone gets somebody in touch; such a contact swallows the words around it.
    is_concrete: bool,
}

/// What the searches read.
struct ContactText<'a> {
    folded: &'a str,
    /// The folded text without blanks and ornaments, for phrases.
    squeezed: MappedText,
}

/// Finds contacts by a lexicon.
///
/// The automata are built when they are first needed and shared by all threads: building them takes longer than most runs
/// search.
#[derive(Debug, Default)]
pub struct ContactFinder {
    lexicon: ContactLexicon,
    searches: OnceLock<ContactSearches>,
    scan: OnceLock<ContentScan>,
}

#[derive(Debug)]
struct ContactSearches {
    links: LinkSearch,
    numbers: NumberSearch,
    ids: IdSearch,
    accounts: AccountSearch,
    phrases: PhraseSearch,
    disguises: DisguiseReader,
}

impl ContactFinder {
    /// A finder that goes by a lexicon.
    pub fn new(lexicon: ContactLexicon) -> Self {
        Self { lexicon, ..Self::default() }
    }

    /// The scan that tells whether a text is worth searching for contacts, or for any content but words.
    pub fn scan(&self) -> &ContentScan {
        self.scan.get_or_init(|| ContentScan::without_words(&self.lexicon))
    }

    /// Finds contacts, in the order of their places; they do not overlap.
    ///
    /// Advice against contact (请勿添加微信私下交易) is no invitation and is not reported; a number or an id is reported
    /// whatever is said about it.
    pub fn find(&self, text: &str) -> Vec<Contact> {
        self.find_by(Windows::USUAL, text)
    }

    /// The search of a text by these stretches.
    pub(crate) fn find_by(&self, windows: Windows, text: &str) -> Vec<Contact> {
        let mut found: Vec<Contact> = Vec::new();
        windows.each(text, |window, from, own| {
            if !self.scan().flags_of(window).intersects(ContentFlags::CONTACTS) {
                return;
            }
            // One that reaches into this stretch has been found in the one before.
            let reached = found.last().map_or(0, |last| last.range.end);
            for contact in self.search(window) {
                let range = from + contact.range.start..from + contact.range.end;
                if own.contains(&contact.range.start) && range.start >= reached {
                    found.push(Contact { range, ..contact });
                }
            }
        });
        found
    }

    /// Whether the sentence around a range of the text warns of what stands there: 谁让你转账谁就是骗子.
    pub fn warns_of(&self, text: &str, range: Range<usize>) -> bool {
        const REACH: usize = 160;
        let start = text.floor_char_boundary(range.start.saturating_sub(REACH));
        let end = text.ceil_char_boundary(range.end.saturating_add(REACH).min(text.len()));
        let phrases = &self.lexicon.phrases;
        let (before, after) = (&text[start..range.start], &text[range.end..end]);
        let (before, after) = (fold(before, Fold::Script), fold(after, Fold::Script));
        let (before, after) = (squeeze(before.as_str(), phrases), squeeze(after.as_str(), phrases));
        PhraseFrame::new(&before.text, &text[range], &after.text).warns(&self.lexicon.context)
    }

    /// The search without the scan before it.
    pub(super) fn search(&self, text: &str) -> Vec<Contact> {
        let searches = self.searches.get_or_init(|| ContactSearches::new(&self.lexicon));
        let folded = fold(text, Fold::Script);
        let view = ContactText { folded: folded.as_str(), squeezed: squeeze(folded.as_str(), &self.lexicon.phrases) };
        let found = searches.find(&view, &self.lexicon.context);
        let located = |found: FoldedContact| {
            let reading = searches.reading(&view, &found, &self.lexicon.phrases);
            let FoldedContact { kind, range, value, tier, .. } = found;
            Contact { kind, range: folded.original(range), value, tier, reading }
        };
        without_overlaps(found).into_iter().map(located).collect()
    }
}

impl ContactSearches {
    fn new(lexicon: &ContactLexicon) -> Self {
        Self {
            links: LinkSearch::new(&lexicon.links),
            numbers: NumberSearch::new(&lexicon.numbers),
            ids: IdSearch::new(lexicon),
            accounts: AccountSearch::new(lexicon),
            phrases: PhraseSearch::new(lexicon),
            disguises: DisguiseReader::new(&lexicon.phrases),
        }
    }

    /// What a contact is read as that is written in disguise: the words of an invitation, the digits of a number.
    fn reading(&self, text: &ContactText<'_>, found: &FoldedContact, phrases: &ContactPhrases) -> Option<String> {
        let written = &text.folded[found.range.clone()];
        if written.is_ascii() && found.is_concrete {
            return None;
        }
        let digits = written.bytes().filter(u8::is_ascii_digit).count();
        if digits < found.value.len() && found.value.bytes().all(|b| b.is_ascii_digit()) {
            return Some(found.value.clone());
        }
        if found.is_concrete {
            self.disguises.read(written)
        } else {
            let squeezed = squeeze(written, phrases);
            let read = self.disguises.read(&squeezed.text);
            read.or_else(|| squeezed.has_joined().then_some(squeezed.text))
        }
    }

    /// All that is found; it may overlap.
    fn find(&self, text: &ContactText<'_>, context: &ContactContext) -> Vec<FoldedContact> {
        let mut found = self.links.find(text);
        found.extend(self.numbers.find(text));
        found.extend(ids::codewords(text));
        self.accounts.find(text, &mut found);
        let mut start = 0;
        for clause in text.squeezed.text.split_inclusive(CLAUSE_ENDS) {
            let clause = start..start + clause.len();
            start = clause.end;
            self.ids.find(text, clause.clone(), &self.numbers, &mut found);
            self.phrases.find(text, clause, context, &mut found);
        }
        found
    }
}

/// Leaves out what people put between the characters of a phrase to hide it. Ends of sentences, lines and
/// enumerations stay, and so does the plus sign, which is read as 加. Letters that look Latin become Latin. A heart after
/// 微 is the second half of 微信.
fn squeeze(text: &str, phrases: &ContactPhrases) -> MappedText {
    let hearts = &phrases.hearts;
    let mut squeezed = MappedText::with_capacity(text.len());
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if is_stroke(c) {
            continue;
        }
        if is_han(c) || c.is_ascii_alphanumeric() {
            squeezed.push(at, c);
            continue;
        }
        if c == '\n' && is_within_column(text, at) {
            continue;
        }
        let before_xin = chars.peek().map(|&(_, next)| next == '信');
        let is_heart = hearts.signs.has(c);
        if is_heart && squeezed.text.ends_with(|c| hearts.before.has(c)) && before_xin != Some(true) {
            squeezed.push(at, '心');
        } else if is_heart && squeezed.text.ends_with(|c| hearts.after.has(c)) && before_xin == Some(true) {
            squeezed.push(at, '微');
        } else if let Some(word) = phrases.signs.get(&c) {
            word.chars().for_each(|read| squeezed.push(at, read));
        } else if matches!(c, '∨' | '√') && before_xin == Some(true) {
            squeezed.push(at, 'v');
        } else if is_bracket(c) || c == '➡' {
            continue;
        } else if matches!(c, '➕' | '✚' | '✛') {
            squeezed.push(at, '+');
        } else if !c.is_ascii() && c.is_alphabetic() {
            squeezed.push(at, latin_look_alike(c).unwrap_or(c));
        } else if !is_squeezed_out(c) {
            squeezed.push(at, c);
        }
    }
    joined(squeezed, text, phrases)
}

/// Reads the parts of characters as what they are parts of: 亻言 as 信.
fn joined(squeezed: MappedText, text: &str, phrases: &ContactPhrases) -> MappedText {
    // Of several that fit the longest.
    let parts = |rest: &str| {
        let all = phrases.splits.iter().flat_map(|(whole, splits)| splits.iter().map(move |parts| (whole, parts)));
        let fitting = all.filter(|(_, parts)| rest.starts_with(parts)).max_by_key(|(_, parts)| parts.len());
        fitting.and_then(|(whole, parts)| Some((whole.chars().next()?, parts.len())))
    };
    let begins: Vec<char> =
        phrases.splits.values().flat_map(FoldedWords::iter).filter_map(|s| s.chars().next()).collect();
    if !squeezed.text.contains(&*begins) {
        return squeezed;
    }
    let mut joined = MappedText::with_capacity(squeezed.text.len());
    let mut at = 0;
    while let Some(c) = squeezed.text[at..].chars().next() {
        let rest = &squeezed.text[at..];
        match parts(rest).filter(|_| begins.contains(&c)) {
            Some((whole, len)) => {
                joined.push_joined(squeezed.folded_range(at..at + len, text), whole);
                at += len;
            }
            None => {
                joined.push(squeezed.folded_at(at), c);
                at += c.len_utf8();
            }
        }
    }
    joined
}

/// Whether the end of a line stands between two characters that have lines of their own, as overlays have them.
fn is_within_column(text: &str, at: usize) -> bool {
    let is_single = |line: Option<&str>| {
        let mut chars = line.unwrap_or_default().trim().chars();
        chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
    };
    // Such a line is short, so that no more than its last characters need be looked at.
    let before = &text[text.floor_char_boundary(at.saturating_sub(12))..at];
    let after = &text[at + 1..text.ceil_char_boundary((at + 13).min(text.len()))];
    is_single(before.rsplit('\n').next()) && is_single(after.split('\n').next())
}

/// Whether phrases are searched for as if the character were not there.
pub(super) fn is_squeezed_out(c: char) -> bool {
    is_bracket(c) || is_stroke(c) || is_separator(c) && !matches!(c, '+' | '=' | '\n' | '。' | '、')
}

/// Whether a character that is no letter may be read as another one, the signs and hearts of the lexicon aside.
pub(super) fn is_read_otherwise(c: char) -> bool {
    matches!(c, '∨' | '√' | '➕' | '✚' | '✛' | '➡')
}

/// Whether it is one of the signs in addresses and codewords that are not found by their [beginnings].
pub(super) fn is_address_sign(c: char) -> bool {
    matches!(c, '/' | '@' | '¥' | '€' | '₳' | '₤' | '$')
}

/// Strokes that are put between characters as bars are: 微丨信.
fn is_stroke(c: char) -> bool {
    matches!(c, '丨' | '丶' | '丿' | '亅' | '乚')
}

/// Quotes and brackets, which split a word as well as dots do: 加「微」「信」.
fn is_bracket(c: char) -> bool {
    const BRACKETS: [char; 23] = [
        '(', ')', '[', ']', '{', '}', '<', '>', '"', '「', '」', '『', '』', '【', '】', '“', '”', '‘', '’', '《',
        '》', '〈', '〉',
    ];
    BRACKETS.contains(&c)
}

/// Orders contacts and lets none overlap: a concrete one swallows the words that it overlaps, else the longer one
/// stays.
fn without_overlaps(mut found: Vec<FoldedContact>) -> Vec<FoldedContact> {
    found.sort_by_key(|found| (!found.is_concrete, Reverse(found.range.len()), found.range.start, found.tier));
    // By their starts; they stay apart.
    let mut kept: BTreeMap<usize, FoldedContact> = BTreeMap::new();
    for next in found {
        let overlapping =
            kept.range(..next.range.end).next_back().filter(|(_, other)| next.range.start < other.range.end);
        let Some((&start, other)) = overlapping else {
            kept.insert(next.range.start, next);
            continue;
        };
        // Whatever overlaps makes less of nothing: neither a word in disguise of the number after it (薇信：13812345678), nor an id
        // of the words before it, nor a longer disguise of a plain invitation in it.
        let surer = next.tier < other.tier;
        // 加我 before 微信：abc belongs to the id, unless something else lies in between.
        let joins = other.is_concrete && !next.is_concrete && is_wechat(other.kind) && is_wechat(next.kind);
        let reaches_back = next.range.start < start
            && kept.range(..start).next_back().is_none_or(|(_, earlier)| earlier.range.end <= next.range.start);
        if surer && let Some(other) = kept.get_mut(&start) {
            other.tier = next.tier;
        }
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
