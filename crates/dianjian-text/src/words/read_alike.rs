//! Disguises that no list of variants foresees: words of names compared as they are read aloud, as they look, mirrored, with
//! something put between, or with a typing mistake in a foreign word.
//!
//! A homophone or a look-alike of one character proves nothing, and there are dozens of each. So at least one character of
//! the word must be genuine, and a word of two must be followed by what names of shops end in (店): 期舰店 is a disguise,
//! while 馆方文创 and 传卖艺人 are names.

use rustc_hash::{FxHashMap, FxHashSet};

use super::group::{StandInClasses, latin_look_alike};
use super::{Tier, WordCandidate};
use crate::chars::{is_han, is_separator};
use crate::{reading, shape};

/// The most separators that a word is read across.
const MAX_SEPARATORS: usize = 8;
/// The most other signs between two characters of a word: 旗x舰x店.
const MAX_INSERTED: usize = 2;
/// The fewest letters of a foreign word that is recognised with a mistake in it.
const MIN_LATIN: usize = 7;

/// The words of names, ready to be compared by sound and shape.
#[derive(Debug, Default)]
pub(super) struct AlikeReader {
    words: Vec<AlikeWord>,
    latin: Vec<LatinWord>,
    /// In which words a character stands.
    holders: FxHashMap<char, Vec<usize>>,
    /// What may be written in the place of a character.
    stand_ins: FxHashMap<char, FxHashSet<char>>,
}

#[derive(Debug)]
struct AlikeWord {
    list: usize,
    word: usize,
    chars: Vec<char>,
    mirrored: Vec<char>,
}

#[derive(Debug)]
struct LatinWord {
    list: usize,
    word: usize,
    letters: Box<str>,
}

/// A character of the folded text.
#[derive(Debug, Clone, Copy)]
struct TextChar {
    at: usize,
    c: char,
}

impl TextChar {
    const fn end(self) -> usize {
        self.at + self.c.len_utf8()
    }
}

/// How a stretch of text writes a word.
#[derive(Debug, Clone, Copy, Default)]
struct AlikeTally {
    genuine: usize,
    alike: usize,
    letters: usize,
    inserted: usize,
    /// Whether what ends the word is an ending of shops' names.
    ending: bool,
    /// Number of the character after the stretch.
    next: usize,
}

impl AlikeReader {
    /// Adds a folded word without separators.
    pub(super) fn add(&mut self, list: usize, word: usize, text: &str) {
        let chars: Vec<char> = text.chars().collect();
        if chars.iter().all(char::is_ascii_lowercase) {
            if chars.len() >= MIN_LATIN {
                self.latin.push(LatinWord { list, word, letters: text.into() });
            }
        } else if chars.len() > 1 && chars.iter().all(|&c| is_han(c)) {
            for &c in &chars {
                self.stand_ins.entry(c).or_insert_with(|| {
                    let sounding = reading::readings(c).flat_map(|syllable| reading::homophones_of(syllable).chars());
                    sounding.chain(shape::look_alikes_of(c)).filter(|&other| other != c).collect()
                });
                let holders = self.holders.entry(c).or_default();
                if holders.last() != Some(&self.words.len()) {
                    holders.push(self.words.len());
                }
            }
            let mirrored = chars.iter().rev().copied().collect();
            self.words.push(AlikeWord { list, word, chars, mirrored });
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.words.is_empty() && self.latin.is_empty()
    }

    /// Adds the words that a folded text writes so.
    pub(super) fn find(&self, text: &str, classes: &StandInClasses, found: &mut Vec<WordCandidate>) {
        let mut candidates: Vec<usize> =
            text.chars().filter_map(|c| self.holders.get(&c)).flat_map(|holders| holders.iter().copied()).collect();
        if !candidates.is_empty() {
            candidates.sort_unstable();
            candidates.dedup();
            let chars: Vec<TextChar> = text.char_indices().map(|(at, c)| TextChar { at, c }).collect();
            for word in candidates.into_iter().map(|number| &self.words[number]) {
                let is_common = |c: &&char| classes.common.contains(&classes.read(**c));
                let core: Vec<char> = word.chars.iter().filter(|c| !is_common(c)).copied().collect();
                for start in 0..chars.len() {
                    if let Some((end, tier)) = self.written_at((word, &core), &chars, start, classes) {
                        let range = chars[start].at..end;
                        found.push(WordCandidate { list: word.list, word: word.word, range, tier });
                    }
                }
            }
        }
        if !self.latin.is_empty() {
            self.find_latin(text, found);
        }
    }

    /// Where the word ends that is written from a character on, and how it is disguised. The core is what is left of it
    /// without endings of shops' names.
    fn written_at(
        &self,
        (word, core): (&AlikeWord, &[char]),
        chars: &[TextChar],
        start: usize,
        classes: &StandInClasses,
    ) -> Option<(usize, Tier)> {
        let read = |tally: AlikeTally| Some((chars.get(tally.next.checked_sub(1)?)?.end(), tally));
        if let Some((end, tally)) = self.tally(&word.chars, chars, start, classes).and_then(read) {
            let tier = if tally.letters > 0 { Tier::Pinyin } else { Tier::LookAlike };
            return tally.is_evidence(core.len()).then_some((end, tier));
        }
        let (end, tally) = self.tally(&word.mirrored, chars, start, classes).and_then(read)?;
        let genuine = tally.genuine == core.len() && tally.inserted == 0 && core.first() != core.last();
        (genuine && (tally.ending || word.chars.len() > 2)).then_some((end, Tier::LookAlike))
    }

    fn tally(&self, word: &[char], chars: &[TextChar], start: usize, classes: &StandInClasses) -> Option<AlikeTally> {
        let is_common = |c: char| classes.common.contains(&classes.read(c));
        let mut tally = AlikeTally { next: start, ..AlikeTally::default() };
        for (place, &genuine) in word.iter().enumerate() {
            let mut separators = 0;
            loop {
                let written = chars.get(tally.next)?.c;
                if is_common(genuine) && is_common(written) {
                    tally.ending = true;
                } else if written == genuine {
                    tally.genuine += 1;
                } else if self.stand_ins.get(&genuine).is_some_and(|known| known.contains(&written)) {
                    tally.alike += 1;
                } else if let Some(letters) = reading_at(genuine, &chars[tally.next..], place > 0) {
                    tally.letters += 1;
                    tally.next += letters - 1;
                } else if place > 0 && is_separator(written) && separators < MAX_SEPARATORS {
                    separators += 1;
                    tally.next += 1;
                    continue;
                } else if place > 0 && !is_han(written) && tally.inserted < MAX_INSERTED * place {
                    tally.inserted += 1;
                    tally.next += 1;
                    continue;
                } else {
                    return None;
                }
                tally.next += 1;
                break;
            }
        }
        let after = chars[tally.next..].iter().find(|after| !is_separator(after.c));
        tally.ending |= after.is_some_and(|after| is_common(after.c));
        Some(tally)
    }

    fn find_latin(&self, text: &str, found: &mut Vec<WordCandidate>) {
        let is_written = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '$' | '!' | '|');
        let mut at = 0;
        for token in text.split_inclusive(|c| !is_written(c)) {
            let start = at;
            at += token.len();
            let token = token.trim_end_matches(|c| !is_written(c));
            if token.len() + 1 < MIN_LATIN {
                continue;
            }
            let plain: String = token.chars().map(unleeted).collect();
            for word in &self.latin {
                let is_exact = token.contains(&*word.letters);
                if !is_exact && is_misspelt(&plain, &word.letters) {
                    let range = start..start + token.len();
                    let (list, word) = (word.list, word.word);
                    found.push(WordCandidate { list, word, range, tier: Tier::LookAlike });
                }
            }
        }
    }
}

impl AlikeTally {
    /// Whether a word whose characters, endings aside, are this many is meant.
    fn is_evidence(self, core: usize) -> bool {
        if self.alike + self.letters == 0 && self.inserted == 0 {
            return false;
        }
        if self.inserted > 0 && self.genuine < core {
            return false;
        }
        match core {
            0 | 1 => false,
            2 => self.genuine > 0 && self.ending,
            _ => self.genuine * 2 >= core,
        }
    }
}

/// The number of Latin letters here that write the reading of a character, or the beginning of it where a character of
/// the word stands before.
fn reading_at(genuine: char, chars: &[TextChar], may_be_initial: bool) -> Option<usize> {
    let letters: String = chars.iter().map(|written| written.c).take_while(char::is_ascii_lowercase).take(8).collect();
    let fits = |syllable: &str| syllable == letters || may_be_initial && syllable.starts_with(&*letters);
    (!letters.is_empty() && reading::readings(genuine).any(fits)).then_some(letters.len())
}

/// The letter that a digit or a sign is written for.
fn unleeted(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '|' | '!' => 'l',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => latin_look_alike(c).filter(|_| !c.is_ascii()).unwrap_or(c),
    }
}

/// Whether a text is the word with one letter missing, added, changed or swapped with the next, or the word backwards.
fn is_misspelt(text: &str, word: &str) -> bool {
    // A digit 1 may stand for both l and i.
    let same = |a: &u8, b: &u8| a == b || matches!((a, b), (b'l', b'i') | (b'i', b'l'));
    let (a, b) = (text.as_bytes(), word.as_bytes());
    if a.iter().eq(b.iter().rev()) {
        return true;
    }
    let before = a.iter().zip(b).take_while(|(a, b)| same(a, b)).count();
    let (a, b) = (&a[before..], &b[before..]);
    let after = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| same(a, b)).count();
    let (a, b) = (&a[..a.len() - after], &b[..b.len() - after]);
    match (a, b) {
        ([first, second], [other, another]) => first == another && second == other,
        _ => a.len() <= 1 && b.len() <= 1,
    }
}
