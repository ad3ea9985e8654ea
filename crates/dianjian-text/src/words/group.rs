//! Lists of one fold compiled: patterns for the automata, and what each character means to them.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use rustc_hash::{FxHashMap, FxHashSet};

use super::latin::LatinReader;
use super::read_alike::AlikeReader;
use super::{ListSource, TextError};
use crate::chars::{is_han, is_separator};
use crate::content_scan::WordBeginnings;
use crate::fold::{Fold, fold};
use crate::look_alikes::{LookAlikes, StandInKind, kind_of_stand_in};

/// What a pattern of an automaton stands for.
#[derive(Debug, Clone)]
pub(super) enum WordPattern {
    Word { list: usize, word: usize, contiguous: Box<str> },
    Exception { list: usize },
}

/// A way to write a word with stand-ins.
#[derive(Debug)]
pub(super) struct Disguise {
    pub(super) list: usize,
    pub(super) word: usize,
    pub(super) positions: Box<[DisguisePosition]>,
}

/// One character of a disguised word.
#[derive(Debug, Clone, Copy)]
pub(super) struct DisguisePosition {
    pub(super) genuine: char,
    /// `None`: the character itself or a single character of its class.
    pub(super) stand_in: Option<StandInKind>,
    /// Bytes in the pattern.
    pub(super) len: usize,
}

/// Lists that read the same folded text.
#[derive(Debug)]
pub(super) struct FoldGroup {
    pub(super) fold: Fold,
    pub(super) exact: Option<AhoCorasick>,
    pub(super) patterns: Vec<WordPattern>,
    /// The text of each pattern.
    pub(super) exact_texts: Vec<String>,
    pub(super) disguised: Option<AhoCorasick>,
    pub(super) disguises: Vec<Disguise>,
    pub(super) alike: AlikeReader,
    pub(super) latin: LatinReader,
    /// Harmless phrases of the lists, without separators.
    pub(super) exceptions: Vec<(usize, String)>,
    pub(super) classes: StandInClasses,
    /// What each character of the Basic Multilingual Plane may mean for the search: bits of [`flag`].
    pub(super) flags: Box<[u8]>,
}

/// Meanings of a character for the search.
pub(super) mod flag {
    /// Stands in a word.
    pub(in crate::words) const IN_WORD: u8 = 1;
    /// Is read as a character that stands in a disguised word.
    pub(in crate::words) const IN_DISGUISE: u8 = 2;
    /// May be part of a disguise that is not the word itself.
    pub(in crate::words) const TRIGGER: u8 = 4;
    pub(in crate::words) const SEPARATOR: u8 = 8;
    /// What is assumed of characters beyond the Basic Multilingual Plane, all of which are asked about.
    pub(in crate::words) const ANY: u8 = IN_WORD | IN_DISGUISE | TRIGGER | SEPARATOR;
}

/// What stands in a stream where characters were left out that no word has.
pub(super) const BARRIER: char = '\0';

/// The flags of a group without words. What every group needs is made once.
static SEPARATORS: LazyLock<Box<[u8]>> = LazyLock::new(|| {
    let separates = |code| char::from_u32(code).is_some_and(is_separator);
    (0..0x1_0000_u32).map(|code| if separates(code) { flag::SEPARATOR } else { 0 }).collect()
});

/// The same with the letters from here to the CJK blocks: they may look like Latin ones; which of them do is asked when
/// one turns up.
static WITH_FOREIGN: LazyLock<Box<[u8]>> = LazyLock::new(|| {
    let mut flags = SEPARATORS.clone();
    let foreign = (0xA0..0x2E80_u32).chain(0xA4D0..0xAC00).filter_map(char::from_u32);
    for letter in foreign.filter(|c| c.is_alphabetic()) {
        flags[u32::from(letter) as usize] |= flag::TRIGGER | flag::IN_DISGUISE;
    }
    flags
});

/// Single characters that stand in for others.
#[derive(Debug, Clone, Default)]
pub(crate) struct StandInClasses {
    /// Stand-in to the character it stands for.
    pub(crate) canonical: FxHashMap<char, char>,
    /// Characters too common to prove anything.
    pub(super) common: Vec<char>,
}

impl StandInClasses {
    /// Each single character belongs to one class at most: the first that names it, but a character with
    /// a class of its own stays in that one. Memberships beyond that become patterns of their own.
    pub(super) fn new(look_alikes: &LookAlikes) -> Self {
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
        Self { canonical, common: look_alikes.common.chars().collect() }
    }

    /// The character that a character is read as.
    pub(crate) fn read(&self, c: char) -> char {
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
pub(crate) fn latin_look_alike(c: char) -> Option<char> {
    let mut buffer = [0; 4];
    let text = c.encode_utf8(&mut buffer);
    let mut skeleton = unicode_security::skeleton(text);
    let first = skeleton.next().filter(|_| skeleton.next().is_none())?;
    first.is_ascii_alphabetic().then(|| first.to_ascii_lowercase())
}

/// A [`FoldGroup`] being made.
#[derive(Default)]
pub(super) struct FoldGroupBuilder {
    pub(super) fold: Fold,
    exact: Vec<String>,
    patterns: Vec<WordPattern>,
    disguised: Vec<String>,
    disguises: Vec<Disguise>,
    /// Words that are compared by sound and shape.
    alike: Vec<(usize, usize, String)>,
    exceptions: Vec<(usize, String)>,
    evasions: bool,
}

impl FoldGroupBuilder {
    pub(super) fn new(fold: Fold) -> Self {
        Self { fold, ..Self::default() }
    }

    pub(super) fn add(
        &mut self,
        list: usize,
        source: &ListSource,
        look_alikes: &LookAlikes,
        classes: &StandInClasses,
    ) -> Result<(), TextError> {
        for (word, text) in source.words.iter().enumerate() {
            let folded = fold(text, self.fold);
            let contiguous: Box<str> = folded.as_str().trim().into();
            let stripped: String = contiguous.chars().filter(|&c| !is_separator(c)).collect();
            if stripped.is_empty() {
                return Err(TextError::EmptyWord { list, word, text: text.clone() });
            }
            if source.list.evasions {
                self.evasions = true;
                for (pattern, positions) in disguises(&stripped, classes, look_alikes) {
                    self.disguised.push(pattern);
                    self.disguises.push(Disguise { list, word, positions: positions.into() });
                }
            }
            if source.list.reads_alike() {
                self.alike.push((list, word, stripped.clone()));
            }
            self.exact.push(stripped);
            self.patterns.push(WordPattern::Word { list, word, contiguous });
        }
        for phrase in &source.exceptions {
            let folded = fold(phrase, self.fold);
            let stripped: String = folded.as_str().chars().filter(|&c| !is_separator(c)).collect();
            if !stripped.is_empty() {
                if source.list.evasions {
                    self.exceptions.push((list, stripped.clone()));
                }
                self.exact.push(stripped);
                self.patterns.push(WordPattern::Exception { list });
            }
        }
        Ok(())
    }

    pub(super) fn build(self, look_alikes: &LookAlikes, classes: &StandInClasses) -> Result<FoldGroup, TextError> {
        let mut flags = if self.evasions { WITH_FOREIGN.clone() } else { SEPARATORS.clone() };
        let mut mark = |c: char, bit: u8| {
            if let Some(flags) = flags.get_mut(u32::from(c) as usize) {
                *flags |= bit;
            }
        };
        self.exact.iter().flat_map(|text| text.chars()).for_each(|c| mark(c, flag::IN_WORD));
        if self.evasions {
            ('a'..='z').for_each(|letter| mark(letter, flag::TRIGGER));
            let members: FxHashSet<char> = self.disguised.iter().flat_map(|text| text.chars()).collect();
            members.iter().for_each(|&c| mark(c, flag::IN_DISGUISE));
            for (&from, to) in &classes.canonical {
                let bit = if members.contains(to) { flag::TRIGGER | flag::IN_DISGUISE } else { 0 };
                mark(from, bit);
            }
            let strings = look_alikes.classes.iter().flat_map(|class| &class.stand_ins);
            strings.filter_map(|text| text.chars().next()).for_each(|c| mark(c, flag::TRIGGER));
        }
        let (alike, latin) = alike_readers(&self.alike, look_alikes);
        Ok(FoldGroup {
            fold: self.fold,
            exact: automaton(&self.exact)?,
            patterns: self.patterns,
            exact_texts: self.exact,
            disguised: automaton(&self.disguised)?,
            disguises: self.disguises,
            alike,
            latin,
            exceptions: self.exceptions,
            classes: classes.clone(),
            flags,
        })
    }
}

/// The readers that compare words by sound and shape.
fn alike_readers(words: &[(usize, usize, String)], look_alikes: &LookAlikes) -> (AlikeReader, LatinReader) {
    let (mut alike, mut latin) = (AlikeReader::new(look_alikes), LatinReader::new(&look_alikes.common));
    for (list, word, text) in words {
        let chars: Vec<char> = text.chars().collect();
        if chars.iter().all(char::is_ascii_lowercase) {
            latin.add(*list, *word, text);
        } else if chars.len() > 1 && chars.iter().all(|&c| is_han(c)) {
            alike.add(*list, *word, &chars);
            latin.add_initials(*list, *word, &chars);
        }
    }
    (alike, latin)
}

fn automaton(patterns: &[String]) -> Result<Option<AhoCorasick>, TextError> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let built = AhoCorasick::builder().match_kind(MatchKind::Standard).build(patterns);
    built.map(Some).map_err(|error| TextError::TooLarge(error.to_string()))
}

/// The most patterns made of one word.
const MAX_DISGUISES: usize = 256;

/// The patterns of a word for the stream in which single stand-ins are already replaced, each with its
/// positions: the word itself, every choice of longer stand-ins while these are few, else one or
/// two of them at a time and all of them as pinyin.
fn disguises(word: &str, classes: &StandInClasses, look_alikes: &LookAlikes) -> Vec<(String, Vec<DisguisePosition>)> {
    let choices: Vec<Vec<(String, DisguisePosition)>> =
        word.chars().map(|genuine| choices(genuine, classes, look_alikes)).collect();
    let product = choices.iter().try_fold(1_usize, |all, here| all.checked_mul(here.len()));
    let limit = if product.is_some_and(|product| product <= MAX_DISGUISES) { usize::MAX } else { 2 };
    let mut made: Vec<(String, Vec<DisguisePosition>, usize)> = vec![Default::default()];
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
    let mut out: Vec<_> = made.into_iter().map(|(text, positions, _)| (text, positions)).collect();
    let pinyin: Option<Vec<&(String, DisguisePosition)>> = choices
        .iter()
        .map(|here| here.iter().find(|(_, position)| position.stand_in == Some(StandInKind::Pinyin)))
        .collect();
    let spelled = |syllables: &[&(String, DisguisePosition)]| {
        let text = syllables.iter().map(|(text, _)| text.as_str()).collect();
        (text, syllables.iter().map(|(_, position)| *position).collect())
    };
    let Some(syllables) = pinyin else { return out };
    if limit == 2 {
        out.push(spelled(&syllables));
    }
    // Spelled together with an ending of names it would be cut short: zhiyingdian.
    let endings: Vec<char> = look_alikes.common.chars().collect();
    if !word.contains(&*endings) {
        let endings = endings.iter().flat_map(|&ending| self::choices(ending, classes, look_alikes));
        for ending in endings.filter(|(_, position)| position.stand_in == Some(StandInKind::Pinyin)) {
            let with_ending: Vec<_> = syllables.iter().copied().chain([&ending]).collect();
            out.push(spelled(&with_ending));
        }
    }
    out
}

/// Adds what a word begins with, in whatever way it is written.
pub(super) fn beginnings(
    word: &str,
    evasions: bool,
    classes: &StandInClasses,
    look_alikes: &LookAlikes,
    all: &mut WordBeginnings,
) {
    let folded = fold(word, Fold::Name);
    let mut chars = folded.as_str().chars().filter(|&c| !is_separator(c));
    let mut ways = || -> Vec<String> {
        let Some(genuine) = chars.next() else { return Vec::new() };
        match evasions {
            true => choices(genuine, classes, look_alikes).into_iter().map(|(text, _)| text).collect(),
            false => vec![classes.read(genuine).to_string()],
        }
    };
    let (first, second) = (ways(), ways());
    all.unknown |= first.is_empty();
    for text in &first {
        let rest = if second.is_empty() { vec![String::new()] } else { second.clone() };
        for text in rest.iter().map(|rest| format!("{text}{rest}")) {
            let mut chars = text.chars();
            match (chars.next(), chars.next()) {
                (Some(first), Some(second)) => _ = all.pairs.insert((first, second)),
                (Some(first), None) => _ = all.single.insert(first),
                (None, _) => {}
            }
        }
    }
}

/// The ways to write one character in a pattern, the plain one first.
fn choices(genuine: char, classes: &StandInClasses, look_alikes: &LookAlikes) -> Vec<(String, DisguisePosition)> {
    let read = classes.read(genuine);
    let mut out = vec![(read.to_string(), DisguisePosition { genuine, stand_in: None, len: read.len_utf8() })];
    let class = look_alikes.classes.iter().find(|class| class.canonical == genuine || class.canonical == read);
    for stand_in in class.map(|class| class.stand_ins.as_slice()).unwrap_or_default() {
        // In the stream the halves of a split character are themselves read as what they stand for.
        let text: String = stand_in.chars().map(|c| classes.read(c)).collect();
        if single(stand_in).is_some_and(|only| classes.read(only) == read) {
            continue;
        }
        let position = DisguisePosition { genuine, stand_in: Some(kind_of_stand_in(stand_in)), len: text.len() };
        out.push((text, position));
    }
    out
}
