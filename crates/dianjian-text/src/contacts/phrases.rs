//! Phrases that ask somebody to make contact.

use std::ops::Range;

use regex::{Captures, Regex};
use regex_syntax::hir::Hir;
use rustc_hash::FxHashMap;

use super::forbidding::{CLAUSE_ENDS, PhraseFrame, SentenceWords};
use super::lexicon::{ContactContext, ContactLexicon};
use super::phrase_entry::{PhraseEntry, ReportedPart};
use super::{ContactKind, ContactText, FoldedContact, is_wechat, pattern};
use crate::chars::{CharSet, is_separator};

/// The phrases of a lexicon, ready to be looked for.
///
/// A clause is tried with the phrases whose required characters it has, one by one. Measured against one automaton of all
/// phrases (`RegexSet`): the first search takes a third less time, a script of 200 KB a fifth less, texts full of
/// invitations the same, and there is no automaton that grows to tens of megabytes in every thread.
#[derive(Debug)]
pub(super) struct PhraseSearch {
    phrases: Vec<Phrase>,
    /// By character, which phrases have it in the first and in the second of their [required](pattern::required) sets. One
    /// set alone leaves most phrases to try, two leave few.
    required: FxHashMap<char, [PhraseSet; 2]>,
    /// The characters of those sets.
    any_required: CharSet,
    /// Phrases that need no first, or no second set.
    unconditional: [PhraseSet; 2],
}

/// Phrases by their numbers.
#[derive(Debug, Clone, Copy, Default)]
struct PhraseSet([u128; 4]);

/// The alternatives of a lexicon's phrases beyond this number are tried on every clause.
const INDEXED: usize = 4 * WORD;

/// Bits of a word of a [`PhraseSet`].
const WORD: usize = u128::BITS as usize;

impl PhraseSet {
    fn of(phrase: usize) -> Self {
        let mut set = Self::default();
        if let Some(word) = set.0.get_mut(phrase / WORD) {
            *word = 1 << (phrase % WORD);
        }
        set
    }

    fn union(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }

    fn intersection(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] & other.0[at]))
    }

    /// Takes out the lowest number.
    fn pop(&mut self) -> Option<usize> {
        let (at, word) = self.0.iter_mut().enumerate().find(|(_, word)| **word != 0)?;
        let lowest = word.trailing_zeros() as usize;
        *word &= *word - 1;
        Some(at * WORD + lowest)
    }
}

/// An alternative of a phrase: each is looked for by itself, as what it requires tells more than what all have in common.
#[derive(Debug)]
struct Phrase {
    entry: PhraseEntry,
    regex: Regex,
    not_after: String,
    beside: Vec<String>,
}

impl PhraseSearch {
    pub(super) fn new(lexicon: &ContactLexicon) -> Self {
        let parts = &lexicon.phrases.parts;
        let mut search = Self {
            phrases: Vec::new(),
            required: FxHashMap::default(),
            any_required: CharSet::around([]),
            unconditional: [PhraseSet::default(); 2],
        };
        for entry in &lexicon.phrases.phrases {
            let Ok(hir) = pattern::parse(&entry.pattern, parts) else { continue };
            for alternative in pattern::alternatives(hir) {
                let Some(phrase) = Phrase::new(entry, &alternative, lexicon) else { continue };
                if search.phrases.len() < INDEXED {
                    search.index(PhraseSet::of(search.phrases.len()), &pattern::required(&alternative));
                }
                search.phrases.push(phrase);
            }
        }
        search.any_required = CharSet::around(search.required.keys().copied());
        search
    }

    fn index(&mut self, phrase: PhraseSet, sets: &[std::collections::BTreeSet<char>]) {
        for which in 0..2 {
            match sets.get(which) {
                Some(set) => {
                    for c in set {
                        let known = &mut self.required.entry(*c).or_default()[which];
                        *known = known.union(phrase);
                    }
                }
                None => self.unconditional[which] = self.unconditional[which].union(phrase),
            }
        }
    }

    /// Adds what the phrases find in a clause of the squeezed text.
    pub(super) fn find(
        &self,
        text: &ContactText<'_>,
        clause: Range<usize>,
        context: &SentenceWords,
        found: &mut Vec<FoldedContact>,
    ) {
        let written = &text.squeezed.text[clause.clone()];
        let has_one = |set: &String| written.contains(|c| set.contains(c));
        for phrase in self.candidates(written).filter(|phrase| phrase.beside.iter().all(has_one)) {
            // Most candidates match nothing, and groups are allocated before the search for them begins.
            if !phrase.regex.is_match(written) {
                continue;
            }
            let hits = phrase.regex.captures_iter(written);
            found.extend(hits.filter_map(|hit| phrase.accept(text, clause.start, &hit, context)));
        }
    }

    fn candidates(&self, clause: &str) -> impl Iterator<Item = &Phrase> {
        let mut has = self.unconditional;
        for [first, second] in
            clause.chars().filter(|c| self.any_required.contains(*c)).filter_map(|c| self.required.get(&c))
        {
            has = [has[0].union(*first), has[1].union(*second)];
        }
        let mut candidates = has[0].intersection(has[1]);
        let indexed = std::iter::from_fn(move || candidates.pop());
        indexed.filter_map(|at| self.phrases.get(at)).chain(self.phrases.iter().skip(INDEXED))
    }
}

impl Phrase {
    /// `None` where the entry is wrong, which was reported when its file was read.
    fn new(entry: &PhraseEntry, pattern: &Hir, lexicon: &ContactLexicon) -> Option<Self> {
        let characters = |set: &String| lexicon.phrases.characters(set).ok();
        Some(Self {
            regex: Regex::new(&pattern.to_string()).ok()?,
            not_after: characters(&entry.not_after)?,
            beside: entry.beside.iter().map(characters).collect::<Option<_>>()?,
            entry: entry.clone(),
        })
    }

    /// Judges a hit in the clause that begins at `clause` in the squeezed text.
    fn accept(
        &self,
        text: &ContactText<'_>,
        clause: usize,
        hit: &Captures<'_>,
        context: &SentenceWords,
    ) -> Option<FoldedContact> {
        let whole = hit.get(0)?;
        let squeezed = &text.squeezed.text;
        let before = &squeezed[..clause + whole.start()];
        let after = &squeezed[clause + whole.end()..];
        let is_other = self.entry.not_before.begin(after) || self.is_another_word(after, context);
        if is_other || before.ends_with(|c| self.not_after.contains(c)) {
            return None;
        }
        let frame = PhraseFrame::new(before, whole.as_str(), after);
        let folded =
            |range: Range<usize>| text.squeezed.folded_range(clause + range.start..clause + range.end, text.folded);
        // A pattern may ask for the end of the clause; what ends it is no part of the phrase.
        let said = whole.as_str().trim_end_matches(CLAUSE_ENDS).len();
        let range = folded(whole.start()..whole.start() + said);
        // 不加v的一律原价 means those who have not followed, 不是谁都能进这个群的，: nobody in particular.
        let is_named = after.strip_prefix('的').is_some_and(|rest| {
            context.denials.end(before) || is_wechat(self.entry.kind) && rest.starts_with(CLAUSE_ENDS)
        });
        // jiaV: where the verb is in Latin letters, they are part of the word that has to stand alone.
        let in_latin = whole.as_str().starts_with('j');
        let keyword = hit.iter().skip(1).flatten().next().map(|keyword| folded(keyword.range()));
        let spoken = keyword.clone();
        let keyword = keyword.map(|keyword| if in_latin { range.start..keyword.end } else { keyword });
        if keyword.is_some_and(|keyword| !stands_alone(text.folded, keyword))
            || plus_adds_up(whole.as_str(), text.folded, range.start, context)
            || self.entry.ends && !is_named && !ends_here(whole.as_str(), &text.folded[range.end..], after, context)
            || self.has_harmless_purpose(whole.as_str(), frame.after, context)
            || !frame.has_each(&self.entry.sentence)
            || frame.warns(context)
        {
            return None;
        }
        let range = match (self.entry.reported, spoken) {
            (ReportedPart::Keyword, Some(spoken)) => spoken,
            _ => range,
        };
        let is_wecom = self.entry.kind == ContactKind::WechatInvite
            && ["企业微信", "企微"].iter().any(|name| whole.as_str().contains(name));
        Some(FoldedContact {
            kind: if is_wecom { ContactKind::Wecom } else { self.entry.kind },
            range,
            value: whole.as_str().to_owned(),
            tier: self.entry.tier,
            is_concrete: false,
        })
    }

    /// Whether what follows makes another word of the phrase. Single characters do so with 微 and 微信 only: 加微山湖, but not
    /// 淘宝搜山茶.
    fn is_another_word(&self, after: &str, context: &ContactContext) -> bool {
        let is_single = |word: &str| word.chars().nth(1).is_none();
        let wechat = is_wechat(self.entry.kind);
        context.harmless_after.iter().any(|word| (wechat || !is_single(word)) && after.starts_with(word))
    }

    /// Whether the rest of the clause says that a scan, or a look at a profile, is for something harmless.
    fn has_harmless_purpose(&self, phrase: &str, after: &str, context: &ContactContext) -> bool {
        let shows_profile = || self.entry.kind == ContactKind::ProfileHint && phrase.contains(['页', '头', '简']);
        phrase.contains('扫') && context.scan_purposes.are_in(after)
            || shows_profile() && context.profile_purposes.are_in(after)
    }
}

/// A plus sign between two things is no invitation: 2.0T+V型, 视频号+企业微信+小程序.
fn plus_adds_up(phrase: &str, text: &str, start: usize, context: &ContactContext) -> bool {
    let before = text[..start].trim_end();
    phrase.starts_with('+') && (before.ends_with(|c: char| c.is_ascii_alphanumeric()) || context.channels.end(before))
}

/// Whether Latin letters of a word are a word of their own.
fn stands_alone(text: &str, range: Range<usize>) -> bool {
    let word = &text[range.clone()];
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    let cut_before =
        word.starts_with(|c: char| c.is_ascii_alphabetic()) && before.is_some_and(|c| c.is_ascii_alphanumeric());
    // Q10 and its like are names of products.
    let cut_after = word.ends_with(|c: char| c.is_ascii_alphabetic())
        && after.is_some_and(|c| c.is_ascii_alphabetic() || word == "q" && c.is_ascii_digit());
    !cut_before && !cut_after
}

/// Whether a phrase ends where it ends: `rest` follows it in the text, `squeezed` without blanks.
fn ends_here(phrase: &str, rest: &str, squeezed: &str, context: &ContactContext) -> bool {
    // 加V领取 asks for something; 加V领毛衣 is a collar. Nobody adds a collar to 我, or in pinyin.
    if let Some(taken) = squeezed.strip_prefix('领') {
        let collar =
            || !phrase.contains('我') && !phrase.starts_with('j') && taken.starts_with(|c| context.collars.has(c));
        return context.claims.begin(taken) || !collar() && taken.starts_with(char::is_alphabetic);
    }
    rest.chars().next().is_none_or(|c| !c.is_alphabetic() || is_separator(c)) || context.goes_on.begin(squeezed)
}
