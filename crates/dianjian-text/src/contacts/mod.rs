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
mod numerals;
mod pattern;
mod phrase_entry;
mod phrases;
mod positions;
mod readings;
mod squeeze;
mod telephone;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use accounts::AccountSearch;
pub(super) use beginnings::ContactBeginnings;
use forbidding::{CLAUSE_ENDS, PhraseFrame, SentenceWords};
use ids::IdSearch;
pub use kind::{ContactKind, UnknownContactKind};
pub use lexicon::{ContactContext, ContactIds, ContactLexicon, ContactLinks, ContactNumbers, ContactPhrases};
use links::LinkSearch;
pub(super) use numbers::{FEWEST_DIGITS, NumberSearch};
use phrases::PhraseSearch;
use readings::DisguiseReader;
use squeeze::Squeezer;
pub(super) use squeeze::{is_address_sign, is_read_otherwise, is_squeezed_out};

use super::content_scan::{ContentFlags, ContentScan};
use super::fold::{Fold, fold};
use super::mapped::MappedText;
use super::windows::Windows;
use super::words::Tier;

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
    sentences: OnceLock<SentenceWords>,
    squeezer: OnceLock<Squeezer>,
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
        let (before, after) = (&text[start..range.start], &text[range.end..end]);
        let (before, after) = (fold(before, Fold::Script), fold(after, Fold::Script));
        let squeezer = self.squeezer();
        let (before, after) = (squeezer.squeeze(before.as_str()), squeezer.squeeze(after.as_str()));
        PhraseFrame::new(&before.text, &text[range], &after.text).warns(self.sentences())
    }

    fn sentences(&self) -> &SentenceWords {
        self.sentences.get_or_init(|| SentenceWords::new(&self.lexicon))
    }

    fn squeezer(&self) -> &Squeezer {
        self.squeezer.get_or_init(|| Squeezer::new(&self.lexicon.phrases))
    }

    /// The search without the scan before it.
    pub(super) fn search(&self, text: &str) -> Vec<Contact> {
        let searches = self.searches.get_or_init(|| ContactSearches::new(&self.lexicon));
        let folded = fold(text, Fold::Script);
        let view = ContactText { folded: folded.as_str(), squeezed: self.squeezer().squeeze(folded.as_str()) };
        let found = searches.find(&view, self.sentences());
        let located = |found: FoldedContact| {
            let reading = searches.reading(&view, &found, self.squeezer());
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
    fn reading(&self, text: &ContactText<'_>, found: &FoldedContact, squeezer: &Squeezer) -> Option<String> {
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
            let squeezed = squeezer.squeeze(written);
            let read = self.disguises.read(&squeezed.text);
            read.or_else(|| squeezed.has_joined().then_some(squeezed.text))
        }
    }

    /// All that is found; it may overlap.
    fn find(&self, text: &ContactText<'_>, sentences: &SentenceWords) -> Vec<FoldedContact> {
        let mut found = self.links.find(text);
        found.extend(self.numbers.find(text));
        found.extend(ids::codewords(text));
        self.accounts.find(text, &mut found);
        let mut start = 0;
        for clause in text.squeezed.text.split_inclusive(CLAUSE_ENDS) {
            let clause = start..start + clause.len();
            start = clause.end;
            self.ids.find(text, clause.clone(), &self.numbers, &mut found);
            self.phrases.find(text, clause, sentences, &mut found);
        }
        found
    }
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
