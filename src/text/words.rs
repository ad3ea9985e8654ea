//! Word lists compiled together: a text is folded once and scanned once for all of them.
//!
//! Two automata. The first reads the folded text without its separators and finds words that are there *exactly
//! after folding*. The second reads the same with every stand-in replaced by the character that it stands for, and
//! with patterns for split characters and pinyin; what it finds beyond the first is *suspected*.

use std::cell::RefCell;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use rustc_hash::{FxHashMap, FxHashSet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::chars::{is_han, is_separator};
use super::fold::{Fold, Folded, Folder, fold};
use super::look_alikes::{LookAlikes, Sort, sort_of};
use super::stream::Stream;

/// How sure it is that a word is there.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
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
pub enum TextError {
    /// A word that folds to nothing, or to nothing but separators.
    #[error("word {word} of list {list} (`{text}`) has no characters to look for")]
    EmptyWord {
        /// Index of the list.
        list: usize,
        /// Index of the word in it.
        word: usize,
        /// The word as given.
        text: String,
    },
    /// More patterns than an automaton can hold.
    #[error("the word lists are too large: {0}")]
    TooLarge(String),
}

/// Collects word lists for a [`WordMatcher`].
#[derive(Debug, Default)]
pub struct WordMatcherBuilder {
    look_alikes: LookAlikes,
    lists: Vec<ListSource>,
}

#[derive(Debug)]
struct ListSource {
    list: List,
    words: Vec<String>,
    exceptions: Vec<String>,
}

/// What of a list's options the search needs.
#[derive(Debug, Clone, Copy)]
struct List {
    fold: Fold,
    evasions: bool,
    skip_separators: bool,
}

/// Word lists compiled together.
#[derive(Debug)]
pub struct WordMatcher {
    lists: Vec<List>,
    groups: Vec<Group>,
}

impl WordMatcherBuilder {
    /// A builder without lists, with the default stand-ins.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the stand-ins that lists with `evasions` see through.
    pub fn look_alikes(&mut self, look_alikes: LookAlikes) -> &mut Self {
        self.look_alikes = look_alikes;
        self
    }

    /// Adds a list; its id tells its hits from those of others.
    pub fn add_list<S: AsRef<str>>(&mut self, options: ListOptions<'_>, words: &[S]) -> ListId {
        let ListOptions {
            fold,
            evasions,
            skip_separators,
            exceptions,
        } = options;
        self.lists.push(ListSource {
            list: List {
                fold,
                evasions,
                skip_separators,
            },
            words: words.iter().map(|word| word.as_ref().to_owned()).collect(),
            exceptions: exceptions.iter().map(|&phrase| phrase.to_owned()).collect(),
        });
        ListId(self.lists.len() - 1)
    }

    /// Compiles the lists.
    ///
    /// # Errors
    /// [`TextError`] where a word is empty or the lists are too large.
    pub fn build(&self) -> Result<WordMatcher, TextError> {
        let mut groups: Vec<GroupSource> = Vec::new();
        for (index, source) in self.lists.iter().enumerate() {
            let at = match groups
                .iter()
                .position(|group| group.fold.spells_like(source.list.fold))
            {
                Some(at) => at,
                None => {
                    groups.push(GroupSource::new(source.list.fold));
                    groups.len() - 1
                }
            };
            groups[at].add(index, source, &self.look_alikes)?;
        }
        let groups = groups
            .into_iter()
            .map(|group| group.build(&self.look_alikes))
            .collect::<Result<_, _>>()?;
        Ok(WordMatcher {
            lists: self.lists.iter().map(|source| source.list).collect(),
            groups,
        })
    }
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Buffers that live from one text to the next.
#[derive(Debug, Default)]
struct Scratch {
    folder: Folder,
    work: Work,
}

#[derive(Debug, Default)]
struct Work {
    plain: Stream,
    seen_through: Stream,
    candidates: Vec<Candidate>,
    masks: Vec<(usize, Range<usize>)>,
}

impl WordMatcher {
    /// Appends the words of all lists found in the text, in the order of their places, then of their lists. Of
    /// one list's words that overlap, the leftmost and longest is kept, and certain ones before suspected ones.
    pub fn find(&self, text: &str, out: &mut Vec<WordHit>) {
        let first = out.len();
        SCRATCH.with(|scratch| match scratch.try_borrow_mut() {
            Ok(mut scratch) => self.find_in(text, &mut scratch, out),
            Err(_) => self.find_in(text, &mut Scratch::default(), out),
        });
        out[first..].sort_by_key(|hit| (hit.range.start, hit.range.end, hit.list));
    }

    fn find_in(&self, text: &str, scratch: &mut Scratch, out: &mut Vec<WordHit>) {
        for group in &self.groups {
            let folded = scratch.folder.fold_into(text, group.fold);
            group.find(&self.lists, &folded, &mut scratch.work);
            let work = &mut scratch.work;
            let Work {
                candidates, masks, ..
            } = work;
            settle(candidates, masks);
            out.extend(candidates.drain(..).map(|found| WordHit {
                list: ListId(found.list),
                word: found.word,
                range: folded.original(found.range),
                tier: found.tier,
            }));
        }
    }
}

/// A word found, in folded bytes.
#[derive(Debug, Clone)]
struct Candidate {
    list: usize,
    word: usize,
    range: Range<usize>,
    tier: Tier,
}

/// Drops what is masked, and of overlapping candidates of one list all but the leftmost longest.
fn settle(candidates: &mut Vec<Candidate>, masks: &mut Vec<(usize, Range<usize>)>) {
    let inside = |found: &Candidate, list: usize, mask: &Range<usize>| {
        found.list == list && mask.start <= found.range.start && found.range.end <= mask.end
    };
    candidates.retain(|found| !masks.iter().any(|(list, mask)| inside(found, *list, mask)));
    masks.clear();
    candidates.sort_by_key(|found| {
        (
            found.list,
            found.tier != Tier::Exact,
            found.range.start,
            std::cmp::Reverse(found.range.end),
            found.tier,
            found.word,
        )
    });
    // Certain ones come first within a list, so a later candidate gives way wherever it overlaps a kept one.
    let mut kept: Vec<Candidate> = Vec::new();
    for found in candidates.drain(..) {
        let overlaps = |other: &Candidate| {
            other.range.start < found.range.end && found.range.start < other.range.end
        };
        let taken = kept
            .iter()
            .rev()
            .take_while(|other| other.list == found.list)
            .any(overlaps);
        if !taken {
            kept.push(found);
        }
    }
    *candidates = kept;
}

/// What a pattern of an automaton stands for.
#[derive(Debug, Clone)]
enum Pattern {
    Word {
        list: usize,
        word: usize,
        contiguous: Box<str>,
    },
    Exception {
        list: usize,
    },
}

/// A way to write a word with stand-ins.
#[derive(Debug)]
struct Disguise {
    list: usize,
    word: usize,
    positions: Box<[Position]>,
}

/// One character of a disguised word.
#[derive(Debug, Clone, Copy)]
struct Position {
    genuine: char,
    /// `None`: the character itself or a single character of its class.
    stand_in: Option<Sort>,
    /// Bytes in the pattern.
    len: usize,
}

/// Lists that read the same folded text.
#[derive(Debug)]
struct Group {
    fold: Fold,
    exact: Option<AhoCorasick>,
    patterns: Vec<Pattern>,
    disguised: Option<AhoCorasick>,
    disguises: Vec<Disguise>,
    classes: Classes,
    /// What each character of the Basic Multilingual Plane may mean for the search: bits of [`flag`].
    flags: Box<[u8]>,
}

/// Meanings of a character for the search.
mod flag {
    /// Stands in a word.
    pub(super) const IN_WORD: u8 = 1;
    /// Is read as a character that stands in a disguised word.
    pub(super) const IN_DISGUISE: u8 = 2;
    /// May be part of a disguise that is not the word itself.
    pub(super) const TRIGGER: u8 = 4;
    /// A separator.
    pub(super) const SEPARATOR: u8 = 8;
    /// What is assumed of characters beyond the Basic Multilingual Plane, all of which are asked about.
    pub(super) const ANY: u8 = IN_WORD | IN_DISGUISE | TRIGGER | SEPARATOR;
}

/// What stands in a stream where characters were left out that no word has.
const BARRIER: char = '\0';

/// Single characters that stand in for others.
#[derive(Debug, Default)]
struct Classes {
    /// Stand-in to the character it stands for.
    canonical: FxHashMap<char, char>,
    /// Characters too common to prove anything.
    common: Vec<char>,
}

impl Classes {
    /// Each single character belongs to one class at most: the first that names it, but a character with
    /// a class of its own stays in that one. Memberships beyond that become patterns of their own.
    fn new(look_alikes: &LookAlikes) -> Self {
        let mut canonical = FxHashMap::default();
        for class in &look_alikes.classes {
            canonical.insert(class.canonical, class.canonical);
        }
        for class in &look_alikes.classes {
            for stand_in in &class.stand_ins {
                if let Some(only) = single(stand_in).filter(|c| !c.is_ascii()) {
                    canonical.entry(only).or_insert(class.canonical);
                }
            }
        }
        canonical.retain(|from, to| from != to);
        Self {
            canonical,
            common: look_alikes.common.chars().collect(),
        }
    }

    /// The character that a character is read as.
    fn read(&self, c: char) -> char {
        match self.canonical.get(&c) {
            Some(&canonical) => canonical,
            None if c.is_ascii() || is_han(c) || !c.is_alphabetic() => c,
            None => latin_look_alike(c).unwrap_or(c),
        }
    }
}

fn single(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// The Latin letter that a letter of another script looks like (Cyrillic х, Canadian ᐯ). The same data says that the
/// digit 1 looks like l; digits and ASCII are therefore never asked about.
pub(super) fn latin_look_alike(c: char) -> Option<char> {
    let mut buffer = [0; 4];
    let text = c.encode_utf8(&mut buffer);
    let mut skeleton = unicode_security::skeleton(text);
    let first = skeleton.next().filter(|_| skeleton.next().is_none())?;
    first
        .is_ascii_alphabetic()
        .then(|| first.to_ascii_lowercase())
}

/// The stretch at the end of a stream that is being filled.
#[derive(Debug, Default)]
struct Run {
    open: bool,
}

impl Run {
    fn push(&mut self, stream: &mut Stream, at: usize, c: char) {
        self.open = true;
        stream.push(at, c);
    }

    fn end(&mut self, stream: &mut Stream) {
        if self.open {
            self.open = false;
            stream.text.push(BARRIER);
        }
    }
}

/// A [`Group`] being made.
struct GroupSource {
    fold: Fold,
    exact: Vec<String>,
    patterns: Vec<Pattern>,
    disguised: Vec<String>,
    disguises: Vec<Disguise>,
    evasions: bool,
}

impl GroupSource {
    fn new(fold: Fold) -> Self {
        Self {
            fold,
            exact: Vec::new(),
            patterns: Vec::new(),
            disguised: Vec::new(),
            disguises: Vec::new(),
            evasions: false,
        }
    }

    fn add(
        &mut self,
        list: usize,
        source: &ListSource,
        look_alikes: &LookAlikes,
    ) -> Result<(), TextError> {
        let classes = Classes::new(look_alikes);
        for (word, text) in source.words.iter().enumerate() {
            let folded = fold(text, self.fold);
            let contiguous: Box<str> = folded.as_str().trim().into();
            let stripped: String = contiguous.chars().filter(|&c| !is_separator(c)).collect();
            if stripped.is_empty() {
                return Err(TextError::EmptyWord {
                    list,
                    word,
                    text: text.clone(),
                });
            }
            if source.list.evasions {
                self.evasions = true;
                for (pattern, positions) in disguises(&stripped, &classes, look_alikes) {
                    self.disguised.push(pattern);
                    self.disguises.push(Disguise {
                        list,
                        word,
                        positions: positions.into(),
                    });
                }
            }
            self.exact.push(stripped);
            self.patterns.push(Pattern::Word {
                list,
                word,
                contiguous,
            });
        }
        for phrase in &source.exceptions {
            let folded = fold(phrase, self.fold);
            let stripped: String = folded
                .as_str()
                .chars()
                .filter(|&c| !is_separator(c))
                .collect();
            if !stripped.is_empty() {
                self.exact.push(stripped);
                self.patterns.push(Pattern::Exception { list });
            }
        }
        Ok(())
    }

    fn build(self, look_alikes: &LookAlikes) -> Result<Group, TextError> {
        let classes = Classes::new(look_alikes);
        let mut flags: Box<[u8]> = (0..0x1_0000_u32)
            .map(|code| {
                char::from_u32(code)
                    .map_or(0, |c| if is_separator(c) { flag::SEPARATOR } else { 0 })
            })
            .collect();
        let mut mark = |c: char, bit: u8| {
            if let Some(flags) = flags.get_mut(u32::from(c) as usize) {
                *flags |= bit;
            }
        };
        self.exact
            .iter()
            .flat_map(|text| text.chars())
            .for_each(|c| mark(c, flag::IN_WORD));
        if self.evasions {
            ('a'..='z').for_each(|letter| mark(letter, flag::TRIGGER));
            // Letters from here to the CJK blocks may look like Latin ones; which of them do is asked when one turns up.
            let foreign = (0xA0..0x2E80_u32)
                .chain(0xA4D0..0xAC00)
                .filter_map(char::from_u32);
            foreign
                .filter(|c| c.is_alphabetic())
                .for_each(|c| mark(c, flag::TRIGGER | flag::IN_DISGUISE));
            let members: FxHashSet<char> = self
                .disguised
                .iter()
                .flat_map(|text| text.chars())
                .collect();
            members.iter().for_each(|&c| mark(c, flag::IN_DISGUISE));
            for (&from, to) in &classes.canonical {
                let bit = if members.contains(to) {
                    flag::TRIGGER | flag::IN_DISGUISE
                } else {
                    0
                };
                mark(from, bit);
            }
            let strings = look_alikes
                .classes
                .iter()
                .flat_map(|class| &class.stand_ins);
            strings
                .filter_map(|text| text.chars().next())
                .for_each(|c| mark(c, flag::TRIGGER));
        }
        Ok(Group {
            fold: self.fold,
            exact: automaton(&self.exact)?,
            patterns: self.patterns,
            disguised: automaton(&self.disguised)?,
            disguises: self.disguises,
            classes,
            flags,
        })
    }
}

fn automaton(patterns: &[String]) -> Result<Option<AhoCorasick>, TextError> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let built = AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .build(patterns);
    built
        .map(Some)
        .map_err(|error| TextError::TooLarge(error.to_string()))
}

/// The most patterns made of one word.
const MAX_DISGUISES: usize = 256;

/// The patterns of a word for the stream in which single stand-ins are already replaced, each with its
/// positions: the word itself, every choice of longer stand-ins while these are few, else one or
/// two of them at a time and all of them as pinyin.
fn disguises(
    word: &str,
    classes: &Classes,
    look_alikes: &LookAlikes,
) -> Vec<(String, Vec<Position>)> {
    let choices: Vec<Vec<(String, Position)>> = word
        .chars()
        .map(|genuine| choices(genuine, classes, look_alikes))
        .collect();
    let product = choices
        .iter()
        .try_fold(1_usize, |all, here| all.checked_mul(here.len()));
    let limit = if product.is_some_and(|product| product <= MAX_DISGUISES) {
        usize::MAX
    } else {
        2
    };
    let mut made: Vec<(String, Vec<Position>, usize)> = vec![Default::default()];
    for here in &choices {
        let mut next = Vec::with_capacity(made.len() * here.len());
        for (text, positions, replaced) in &made {
            for (stand_in, position) in here {
                let replaced = replaced + usize::from(position.stand_in.is_some());
                if replaced > limit || next.len() >= MAX_DISGUISES {
                    continue;
                }
                let mut positions = positions.clone();
                positions.push(*position);
                next.push((format!("{text}{stand_in}"), positions, replaced));
            }
        }
        made = next;
    }
    let mut out: Vec<_> = made
        .into_iter()
        .map(|(text, positions, _)| (text, positions))
        .collect();
    let pinyin: Option<Vec<&(String, Position)>> = choices
        .iter()
        .map(|here| {
            here.iter()
                .find(|(_, position)| position.stand_in == Some(Sort::Pinyin))
        })
        .collect();
    if let Some(syllables) = pinyin.filter(|_| limit == 2) {
        let text = syllables.iter().map(|(text, _)| text.as_str()).collect();
        out.push((
            text,
            syllables.iter().map(|(_, position)| *position).collect(),
        ));
    }
    out
}

/// The ways to write one character in a pattern, the plain one first.
fn choices(genuine: char, classes: &Classes, look_alikes: &LookAlikes) -> Vec<(String, Position)> {
    let read = classes.read(genuine);
    let mut out = vec![(
        read.to_string(),
        Position {
            genuine,
            stand_in: None,
            len: read.len_utf8(),
        },
    )];
    let class = look_alikes
        .classes
        .iter()
        .find(|class| class.canonical == genuine || class.canonical == read);
    for stand_in in class
        .map(|class| class.stand_ins.as_slice())
        .unwrap_or_default()
    {
        // In the stream the halves of a split character are themselves read as what they stand for.
        let text: String = stand_in.chars().map(|c| classes.read(c)).collect();
        if single(stand_in).is_some_and(|only| classes.read(only) == read) {
            continue;
        }
        let position = Position {
            genuine,
            stand_in: Some(sort_of(stand_in)),
            len: text.len(),
        };
        out.push((text, position));
    }
    out
}

impl Group {
    fn flags_of(&self, c: char) -> u8 {
        self.flags
            .get(u32::from(c) as usize)
            .copied()
            .unwrap_or(flag::ANY)
    }

    fn find(&self, lists: &[List], folded: &Folded<'_>, work: &mut Work) {
        work.candidates.clear();
        work.masks.clear();
        let text = folded.as_str();
        let trigger = self.fill(text, work);
        if !work.plain.text.is_empty() {
            self.find_exact(lists, text, work);
        }
        if trigger {
            self.find_disguised(lists, text, work);
        }
    }

    /// Fills the two streams with the stretches of the text that may hold a word: characters which some word
    /// has, side by side or with separators between. Most texts have few such stretches, so the automata
    /// have little to read. Says whether there is anything that only a disguise would have.
    fn fill(&self, text: &str, work: &mut Work) -> bool {
        let Work {
            plain,
            seen_through,
            ..
        } = work;
        plain.clear();
        seen_through.clear();
        let mut trigger = false;
        let mut plain_run = Run::default();
        let mut seen_run = Run::default();
        for (at, c) in text.char_indices() {
            let flags = self.flags_of(c);
            if flags == 0 {
                plain_run.end(plain);
                seen_run.end(seen_through);
                continue;
            }
            let separator = flags & flag::SEPARATOR != 0 && is_separator(c);
            if flags & flag::IN_WORD != 0 && !separator {
                plain_run.push(plain, at, c);
            } else if !separator {
                plain_run.end(plain);
            }
            let read = if flags & flag::TRIGGER != 0 && !c.is_ascii() {
                self.classes.read(c)
            } else {
                c
            };
            if flags & flag::IN_DISGUISE != 0 && (read != c || !separator) {
                trigger |= flags & flag::TRIGGER != 0;
                seen_run.push(seen_through, at, read);
            } else if !separator {
                seen_run.end(seen_through);
            }
        }
        trigger
    }

    fn find_exact(&self, lists: &[List], text: &str, work: &mut Work) {
        let Some(exact) = &self.exact else { return };
        for found in exact.find_overlapping_iter(&work.plain.text) {
            let range = work.plain.folded_range(found.range(), text);
            match &self.patterns[found.pattern().as_usize()] {
                Pattern::Exception { list } => work.masks.push((*list, range)),
                Pattern::Word {
                    list,
                    word,
                    contiguous,
                } => {
                    let gaps = Gaps {
                        list: lists[*list],
                        text,
                        range: range.clone(),
                    };
                    let whole = text.get(range.clone()) == Some(contiguous);
                    let spread = || {
                        lists[*list].skip_separators && gaps.are_fine(&work.plain, found.range())
                    };
                    if (whole || spread()) && gaps.ends_are_fine(contiguous) {
                        work.candidates.push(Candidate {
                            list: *list,
                            word: *word,
                            range,
                            tier: Tier::Exact,
                        });
                    }
                }
            }
        }
    }

    fn find_disguised(&self, lists: &[List], text: &str, work: &mut Work) {
        let Some(disguised) = &self.disguised else {
            return;
        };
        let stream = &work.seen_through;
        for found in disguised.find_overlapping_iter(&stream.text) {
            let disguise = &self.disguises[found.pattern().as_usize()];
            let range = stream.folded_range(found.range(), text);
            let list = lists[disguise.list];
            let gaps = Gaps {
                list,
                text,
                range: range.clone(),
            };
            if let Some(tier) = self.judge(disguise, stream, found.start(), &gaps)
                && gaps.are_fine(stream, found.range())
                && gaps.ends_are_fine("")
            {
                work.candidates.push(Candidate {
                    list: disguise.list,
                    word: disguise.word,
                    range,
                    tier,
                });
            }
        }
    }

    /// Decides whether a disguised word is evidence enough, and of which tier.
    ///
    /// Homophones are ordinary characters, so chance puts two of them side by side all the time: 转卖 is not
    /// 专卖, 馆方 is not 官方, 威信 is not 微信, 琪琪见面 has nothing to do with flagships. Hence: something of the word
    /// must be genuine; a word of two characters with a homophone in it counts only in a name, right before a
    /// shop-like ending; in running text the genuine part must be more than such an ending. What nobody writes by
    /// chance (emoji, split characters, pinyin) is evidence by itself; initials alone (QJ) are not.
    fn judge(
        &self,
        disguise: &Disguise,
        stream: &Stream,
        start: usize,
        gaps: &Gaps<'_>,
    ) -> Option<Tier> {
        let mut tally = Tally::default();
        let mut at = start;
        for position in &disguise.positions {
            let folded = stream.folded_at(at);
            let written = gaps.text.get(folded..).and_then(|rest| rest.chars().next());
            match position.stand_in {
                Some(Sort::Pinyin) => tally.pinyin += 1,
                Some(Sort::Split) => tally.split += 1,
                Some(Sort::Letter) => tally.letters += 1,
                Some(Sort::Symbol) => tally.symbols += 1,
                Some(Sort::Char) => tally.homophones += 1,
                None if written == Some(position.genuine)
                    && self.classes.common.contains(&position.genuine) =>
                {
                    tally.common += 1
                }
                None if written == Some(position.genuine) => tally.genuine += 1,
                None if written.is_some_and(is_han) => tally.homophones += 1,
                None => tally.symbols += 1,
            }
            at += position.len;
        }
        let tier = tally.tier()?;
        let length = disguise.positions.len();
        let in_name = gaps.list.fold != Fold::Script;
        let strong = tally.pinyin + tally.split + tally.symbols;
        let fine = if tally.pinyin == length {
            length > 1
        } else if tally.homophones == 0 {
            tally.genuine > 0
                || tally.split + tally.symbols > 1
                || in_name && tally.common > 0 && strong > 0
        } else if length == 2 {
            let ending = gaps
                .next()
                .is_some_and(|c| self.classes.common.contains(&self.classes.read(c)));
            tally.genuine == 1 && in_name && ending
        } else {
            tally.genuine + strong > 0 || in_name && tally.common > 0
        };
        fine.then_some(tier)
    }
}

/// How the characters of a disguised word are written.
#[derive(Debug, Default)]
struct Tally {
    genuine: usize,
    common: usize,
    homophones: usize,
    letters: usize,
    symbols: usize,
    pinyin: usize,
    split: usize,
}

impl Tally {
    /// `None` where the word is not disguised at all.
    fn tier(&self) -> Option<Tier> {
        if self.split > 0 {
            Some(Tier::Split)
        } else if self.pinyin > 0 {
            Some(Tier::Pinyin)
        } else {
            (self.homophones + self.symbols + self.letters > 0).then_some(Tier::LookAlike)
        }
    }
}

/// A find in the folded text, with what stands in and around it.
struct Gaps<'a> {
    list: List,
    text: &'a str,
    range: Range<usize>,
}

/// The most separators in a row that a word is read across, in characters: in names, in running text.
const MAX_GAP: (usize, usize) = (8, 3);

impl Gaps<'_> {
    fn previous(&self) -> Option<char> {
        self.text[..self.range.start].chars().next_back()
    }

    fn next(&self) -> Option<char> {
        self.text[self.range.end..].chars().next()
    }

    /// Whether what stands between the characters of the find lets them be one word. In running text a word
    /// does not go on across a sentence, a line or an enumeration, and two characters with a blank between them
    /// must stand apart from what is around them: 官 方 does, 长官 方便 does not.
    fn are_fine(&self, stream: &Stream, found: Range<usize>) -> bool {
        let mut count = 0;
        let mut gaps = 0;
        let mut blanks_only = true;
        let mut end = self.range.start;
        for (at, _) in stream.text[found.clone()].char_indices() {
            let folded = stream.folded_at(found.start + at);
            count += 1;
            if folded > end {
                gaps += 1;
                let gap = &self.text[end..folded];
                blanks_only &= gap.chars().all(char::is_whitespace);
                if !self.list.skip_separators || !self.is_fine(gap) {
                    return false;
                }
            }
            end = folded + self.text[folded..].chars().next().map_or(0, char::len_utf8);
        }
        let parted = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        let natural = self.list.fold == Fold::Script && gaps > 0 && count == 2 && blanks_only;
        !natural || parted(self.previous()) || parted(self.next())
    }

    fn is_fine(&self, gap: &str) -> bool {
        let script = self.list.fold == Fold::Script;
        let most = if script { MAX_GAP.1 } else { MAX_GAP.0 };
        let stops = |c| script && matches!(c, '。' | '、' | '\n' | '\r' | '\u{2028}' | '\u{2029}');
        gap.chars().count() <= most && !gap.chars().any(stops)
    }

    /// Whether Latin letters at the ends of the find are not the middle of a longer Latin word. In names long
    /// words are found inside others too (YUNSHANFLAGSHIP); `word` is the word found, empty for a disguise.
    fn ends_are_fine(&self, word: &str) -> bool {
        const LONG: usize = 6;
        if self.list.fold == Fold::Name && word.len() >= LONG && word.is_ascii() {
            return true;
        }
        let find = &self.text[self.range.clone()];
        let letter = |c: char| c.is_ascii_alphabetic();
        let cut_before = find.starts_with(letter) && self.previous().is_some_and(letter);
        let cut_after = find.ends_with(letter) && self.next().is_some_and(letter);
        !cut_before && !cut_after
    }
}
