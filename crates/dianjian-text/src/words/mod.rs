//! Word lists compiled together: a text is folded once and scanned once for all of them.
//!
//! Two automata. The first reads the folded text without its separators and finds words that are there *exactly
//! after folding*. The second reads the same with every stand-in replaced by the character that it stands for, and
//! with patterns for split characters and pinyin; what it finds beyond the first is *suspected*. Names, which are short,
//! are also compared by reading and by shape.

mod disguise_kind;
mod group;
mod latin;
mod read_alike;
mod search;

use std::cell::RefCell;
use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

pub use disguise_kind::DisguiseKind;
use group::{FoldGroup, FoldGroupBuilder};
pub(super) use group::{StandInClasses, latin_look_alike};
use read_alike::TextChar;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::chars::is_separator;
use super::contacts::ContactFinder;
use super::content_scan::{ContentScan, WordBeginnings};
use super::fold::{Fold, Folder, fold};
use super::look_alikes::LookAlikes;
use super::mapped::MappedText;
use super::windows::Windows;

/// How sure it is that a word is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// The word itself, after folding and without separators.
    Exact,
    /// Some characters are replaced by ones that look or sound like them.
    LookAlike,
    /// Some characters are written in pinyin.
    Pinyin,
    /// Some characters are split into their halves.
    Split,
}

/// A list of a matcher, by the order in which lists were added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListId(
    /// The index of the list.
    pub usize,
);

/// A word found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordHit {
    /// The list whose word it is.
    pub list: ListId,
    /// The index of the word in its list.
    pub word: usize,
    /// The bytes of the text, on character borders.
    pub range: Range<usize>,
    /// How sure it is.
    pub tier: Tier,
    /// How it is disguised; `None` for what is [`Tier::Exact`].
    pub disguise: Option<DisguiseKind>,
}

/// How the words of one list are looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct ListOptions<'a> {
    /// How texts and words are folded.
    pub fold: Fold,
    /// Whether suspected words ([`Tier::LookAlike`] and below) are reported.
    pub evasions: bool,
    /// Whether separators may stand between the characters of a word: 旗·舰·店.
    pub skip_separators: bool,
    /// Harmless phrases: a word which lies wholly inside one of them is not reported.
    pub exceptions: &'a [&'a str],
}

/// Why word lists cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum TextError {
    /// A word that folds to nothing, or to nothing but separators.
    #[error("word {word} of list {list} (`{text}`) has no characters to look for")]
    EmptyWord { list: usize, word: usize, text: String },
    /// More patterns than an automaton can hold.
    #[error("the word lists are too large: {0}")]
    TooLarge(String),
}

/// Collects word lists for a [`WordMatcher`].
#[derive(Debug, Default)]
pub struct WordMatcherBuilder {
    look_alikes: Arc<LookAlikes>,
    lists: Vec<ListSource>,
}

#[derive(Debug)]
struct ListSource {
    list: ListSettings,
    words: Vec<String>,
    exceptions: Vec<String>,
}

/// What of a list's options the search needs.
#[derive(Debug, Clone, Copy)]
struct ListSettings {
    fold: Fold,
    evasions: bool,
    skip_separators: bool,
}

impl ListSettings {
    /// Whether words are compared by sound and shape: in running text chance would write too many of them.
    fn reads_alike(self) -> bool {
        self.evasions && self.fold == Fold::Name
    }
}

/// Word lists compiled together.
#[derive(Debug)]
pub struct WordMatcher {
    lists: Vec<ListSettings>,
    groups: Vec<FoldGroup>,
}

impl WordMatcherBuilder {
    /// A builder without lists and without stand-ins.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the stand-ins that lists with `evasions` see through.
    pub fn look_alikes(&mut self, look_alikes: impl Into<Arc<LookAlikes>>) -> &mut Self {
        self.look_alikes = look_alikes.into();
        self
    }

    /// Adds a list; its id tells its hits from those of others.
    pub fn add_list<S: AsRef<str>>(&mut self, options: ListOptions<'_>, words: &[S]) -> ListId {
        let ListOptions { fold, evasions, skip_separators, exceptions } = options;
        self.lists.push(ListSource {
            list: ListSettings { fold, evasions, skip_separators },
            words: words.iter().map(|word| word.as_ref().to_owned()).collect(),
            exceptions: exceptions.iter().map(|&phrase| phrase.to_owned()).collect(),
        });
        ListId(self.lists.len() - 1)
    }

    /// Looks for words that cannot be looked for, which is much cheaper than compiling.
    ///
    /// # Errors
    /// [`TextError::EmptyWord`] for the first word that folds to nothing.
    pub fn check(&self) -> Result<(), TextError> {
        for (list, source) in self.lists.iter().enumerate() {
            for (word, text) in source.words.iter().enumerate() {
                if fold(text, source.list.fold).as_str().chars().all(is_separator) {
                    return Err(TextError::EmptyWord { list, word, text: text.clone() });
                }
            }
        }
        Ok(())
    }

    /// The scan that tells whether a text may have a word of the lists, or other content that `contacts` scans for.
    pub fn scan(&self, contacts: &ContactFinder) -> ContentScan {
        let classes = StandInClasses::new(&self.look_alikes);
        let mut all = WordBeginnings::default();
        for source in &self.lists {
            let words = source.words.iter();
            words.for_each(|word| group::beginnings(word, source.list.evasions, &classes, &self.look_alikes, &mut all));
            // Half of all characters sound or look like one of a word: the scan would save nothing.
            all.unknown |= source.list.reads_alike();
        }
        ContentScan::with_words(contacts.scan(), all, classes)
    }

    /// Compiles the lists.
    ///
    /// # Errors
    /// [`TextError`] where a word is empty or the lists are too large.
    pub fn build(&self) -> Result<WordMatcher, TextError> {
        let classes = StandInClasses::new(&self.look_alikes);
        let mut groups: Vec<FoldGroupBuilder> = Vec::new();
        for (index, source) in self.lists.iter().enumerate() {
            let known = groups.iter().position(|group| group.fold.spells_like(source.list.fold));
            let at = known.unwrap_or_else(|| {
                groups.push(FoldGroupBuilder::new(source.list.fold));
                groups.len() - 1
            });
            groups[at].add(index, source, &self.look_alikes, &classes)?;
        }
        let groups =
            groups.into_iter().map(|group| group.build(&self.look_alikes, &classes)).collect::<Result<_, _>>()?;
        Ok(WordMatcher { lists: self.lists.iter().map(|source| source.list).collect(), groups })
    }
}

/// Hits that may lie across one place of a text, one of each list.
const MOST_AT_ONE_PLACE: usize = 256;

thread_local! {
    static SCRATCH: RefCell<MatcherScratch> = RefCell::default();
}

/// Buffers that live from one text to the next.
#[derive(Debug, Default)]
struct MatcherScratch {
    folder: Folder,
    work: SearchBuffers,
}

#[derive(Debug, Default)]
struct SearchBuffers {
    plain: MappedText,
    seen_through: MappedText,
    candidates: Vec<WordCandidate>,
    masks: Vec<(usize, Range<usize>)>,
    chars: Vec<TextChar>,
}

impl WordMatcher {
    /// Appends the words of all lists found in the text, in the order of their places, then of their lists. Of
    /// one list's words that overlap, the leftmost and longest is kept, and certain ones before suspected ones.
    pub fn find(&self, text: &str, out: &mut Vec<WordHit>) {
        self.find_by(Windows::USUAL, text, out);
    }

    /// The search of a text by these stretches.
    pub(crate) fn find_by(&self, windows: Windows, text: &str, out: &mut Vec<WordHit>) {
        let of_text = out.len();
        windows.each(text, |window, from, own| {
            let first = out.len();
            self.find_at_once(window, out);
            if own.len() == text.len() {
                return;
            }
            // A word that reaches into this stretch has been found in the one before.
            let start = from + own.start;
            let known = out.get(of_text..first).unwrap_or_default().iter().rev().take(MOST_AT_ONE_PLACE);
            let known: Vec<(ListId, usize)> =
                known.filter(|hit| hit.range.end > start).map(|hit| (hit.list, hit.range.end)).collect();
            let found: Vec<WordHit> = out.drain(first..).filter(|hit| own.contains(&hit.range.start)).collect();
            let placed = found.into_iter().map(|hit| {
                let range = from + hit.range.start..from + hit.range.end;
                WordHit { range, ..hit }
            });
            out.extend(
                placed.filter(|hit| !known.iter().any(|(list, end)| *list == hit.list && hit.range.start < *end)),
            );
        });
    }

    fn find_at_once(&self, text: &str, out: &mut Vec<WordHit>) {
        let first = out.len();
        SCRATCH.with(|scratch| match scratch.try_borrow_mut() {
            Ok(mut scratch) => self.find_in(text, &mut scratch, out),
            Err(_) => self.find_in(text, &mut MatcherScratch::default(), out),
        });
        out[first..].sort_by_key(|hit| (hit.range.start, hit.range.end, hit.list));
    }

    fn find_in(&self, text: &str, scratch: &mut MatcherScratch, out: &mut Vec<WordHit>) {
        for group in &self.groups {
            let folded = scratch.folder.fold_into(text, group.fold);
            group.find(&self.lists, &folded, &mut scratch.work);
            let SearchBuffers { candidates, masks, .. } = &mut scratch.work;
            without_overlaps(candidates, masks);
            out.extend(candidates.drain(..).map(|found| WordHit {
                list: ListId(found.list),
                word: found.word,
                range: folded.original(found.range),
                tier: found.tier,
                disguise: found.how,
            }));
        }
    }
}

/// A word found, in folded bytes.
#[derive(Debug, Clone)]
struct WordCandidate {
    list: usize,
    word: usize,
    range: Range<usize>,
    tier: Tier,
    how: Option<DisguiseKind>,
}

/// Drops what is masked, and of overlapping candidates of one list all but the leftmost longest.
fn without_overlaps(candidates: &mut Vec<WordCandidate>, masks: &mut Vec<(usize, Range<usize>)>) {
    if !masks.is_empty() {
        widen(masks);
        candidates.retain(|found| !is_masked(found, masks));
        masks.clear();
    }
    if candidates.len() < 2 {
        return;
    }
    candidates.sort_by_key(|found| {
        let Range { start, end } = found.range;
        (found.list, found.tier != Tier::Exact, start, Reverse(end), found.tier, found.word, found.how)
    });
    // Within a list the certain ones come first, from left to right, then the suspected ones; each gives way to
    // what was kept before it.
    let mut kept: Vec<WordCandidate> = Vec::with_capacity(candidates.len());
    let mut certain = 0..0;
    for found in candidates.drain(..) {
        if kept.get(certain.start).is_none_or(|first| first.list != found.list) {
            certain = kept.len()..kept.len();
        }
        let before =
            kept[certain.start..].last().filter(|last| (last.tier == Tier::Exact) == (found.tier == Tier::Exact));
        let collides = before.is_some_and(|last| found.range.start < last.range.end)
            || found.tier != Tier::Exact && overlaps_one(&kept[certain.clone()], &found.range);
        if !collides {
            kept.push(found);
            if kept.last().is_some_and(|last| last.tier == Tier::Exact) {
                certain.end = kept.len();
            }
        }
    }
    *candidates = kept;
}

/// Sorts masks and makes each end where the furthest of its list so far ends, so that the last mask which begins at or
/// before a place tells whether any of them covers what lies there.
fn widen(masks: &mut [(usize, Range<usize>)]) {
    masks.sort_by_key(|(list, mask)| (*list, mask.start));
    let mut furthest = (usize::MAX, 0);
    for (list, mask) in masks {
        furthest = if furthest.0 == *list { (*list, furthest.1.max(mask.end)) } else { (*list, mask.end) };
        mask.end = furthest.1;
    }
}

fn is_masked(found: &WordCandidate, masks: &[(usize, Range<usize>)]) -> bool {
    let after = masks.partition_point(|(list, mask)| (*list, mask.start) <= (found.list, found.range.start));
    after.checked_sub(1).is_some_and(|at| masks[at].0 == found.list && found.range.end <= masks[at].1.end)
}

/// Whether a range overlaps one of some candidates that are in order and apart.
fn overlaps_one(apart: &[WordCandidate], range: &Range<usize>) -> bool {
    let after = apart.partition_point(|other| other.range.start < range.end);
    after.checked_sub(1).is_some_and(|at| range.start < apart[at].range.end)
}
