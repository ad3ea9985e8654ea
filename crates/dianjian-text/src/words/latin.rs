//! Foreign words with letters changed, left out or parted, and Chinese words written by the initials of their reading.

use super::{DisguiseKind, Tier, WordCandidate};
use crate::chars::{is_han, is_separator};
use crate::reading;

/// The fewest letters of a foreign word that is recognised with a mistake in it.
const MIN_LATIN: usize = 7;
/// The most letters that are taken for initials.
const MAX_INITIALS: usize = 4;

#[derive(Debug, Default)]
pub(super) struct LatinReader {
    words: Vec<LatinWord>,
    initials: Vec<Initials>,
    common: Vec<char>,
}

#[derive(Debug)]
struct LatinWord {
    list: usize,
    word: usize,
    letters: Box<str>,
}

/// The initials of a Chinese word.
#[derive(Debug)]
struct Initials {
    list: usize,
    word: usize,
    /// Those of all its characters but a common one at the end.
    letters: String,
    /// The initial of what ends names of shops.
    ending: char,
}

/// A letter of a run of letters with separators between.
#[derive(Debug, Clone, Copy)]
struct RunLetter {
    at: usize,
    /// As it is written, and the letter that it is written for.
    written: char,
    plain: u8,
    /// Whether a separator stands before it.
    begins: bool,
}

impl LatinReader {
    pub(super) fn new(common: &str) -> Self {
        Self { common: common.chars().collect(), ..Self::default() }
    }

    /// Adds a word of Latin letters.
    pub(super) fn add(&mut self, list: usize, word: usize, text: &str) {
        if text.len() >= MIN_LATIN {
            self.words.push(LatinWord { list, word, letters: text.into() });
        }
    }

    /// Adds the initials of a Chinese word of two characters, apart from an ending of shops' names: more are somebody's own
    /// as often.
    pub(super) fn add_initials(&mut self, list: usize, word: usize, chars: &[char]) {
        let initial = |c: char| reading::readings(c).next().and_then(|syllable| syllable.chars().next());
        let Some(ending) = self.common.first().and_then(|&common| initial(common)) else { return };
        let core: Vec<char> = chars.iter().filter(|c| !self.common.contains(c)).copied().collect();
        if core.len() == 2
            && let Some(letters) = core.into_iter().map(initial).collect()
        {
            self.initials.push(Initials { list, word, letters, ending });
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.words.is_empty() && self.initials.is_empty()
    }

    pub(super) fn find(&self, text: &str, found: &mut Vec<WordCandidate>) {
        if !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
            return;
        }
        let mut run: Vec<RunLetter> = Vec::new();
        let mut before = None;
        let mut begins = true;
        for (at, c) in text.char_indices() {
            if is_written(c) {
                run.push(RunLetter { at, written: c, plain: unleeted(c), begins });
                begins = false;
            } else if is_separator(c) {
                begins = true;
            } else {
                self.find_in(&run, (before, Some((at, c))), found);
                run.clear();
                (before, begins) = (Some(c), true);
            }
        }
        self.find_in(&run, (before, None), found);
    }

    /// Looks into a run, between what stands around it.
    fn find_in(
        &self,
        run: &[RunLetter],
        around: (Option<char>, Option<(usize, char)>),
        found: &mut Vec<WordCandidate>,
    ) {
        if run.len() <= MAX_INITIALS {
            self.find_initials(run, around, found);
        }
        if run.len() + 1 < MIN_LATIN {
            return;
        }
        for word in &self.words {
            self.find_parted(run, word, found);
            for token in run.chunk_by(|_, next| !next.begins) {
                let plain: Vec<u8> = token.iter().map(|letter| letter.plain).collect();
                let is_exact = token.windows(word.letters.len()).any(|window| is_written_so(window, &word.letters));
                if token.len() + 1 >= MIN_LATIN && !is_exact && is_misspelt(&plain, word.letters.as_bytes()) {
                    found.extend(word.found(token));
                }
            }
        }
    }

    /// The word with letters replaced by what looks like them, alone or in a longer one, or parted by separators.
    fn find_parted(&self, run: &[RunLetter], word: &LatinWord, found: &mut Vec<WordCandidate>) {
        let length = word.letters.len();
        for (start, window) in run.windows(length).enumerate() {
            let alike =
                window.iter().zip(word.letters.bytes()).all(|(letter, wanted)| same_letter(letter.plain, wanted));
            if !alike || is_written_so(window, &word.letters) {
                continue;
            }
            let is_parted = window.iter().skip(1).any(|letter| letter.begins);
            let begins = window.first().is_some_and(|letter| letter.begins);
            let ends = run.get(start + length).is_none_or(|letter| letter.begins);
            if !is_parted || begins && ends {
                found.extend(word.found(window));
            }
        }
    }

    /// Initials say nothing by themselves; after a name and before 店, or with its initial at the end, they do.
    fn find_initials(
        &self,
        run: &[RunLetter],
        (before, after): (Option<char>, Option<(usize, char)>),
        found: &mut Vec<WordCandidate>,
    ) {
        if run.len() < 2 || !before.is_some_and(is_han) {
            return;
        }
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
        let ending = after.filter(|(_, c)| self.common.contains(c)).map(|(at, c)| at + c.len_utf8());
        for word in &self.initials {
            let letters = run.iter().map(|letter| letter.written);
            let is_core = letters.clone().eq(word.letters.chars());
            let is_whole = || after.is_none() && letters.eq(word.letters.chars().chain([word.ending]));
            let Some(end) = ending.filter(|_| is_core).or_else(|| is_whole().then_some(last.at + 1)) else { continue };
            let (list, word) = (word.list, word.word);
            let how = Some(DisguiseKind::Initials);
            found.push(WordCandidate { list, word, range: first.at..end, tier: Tier::Pinyin, how });
        }
    }
}

impl LatinWord {
    fn found(&self, letters: &[RunLetter]) -> Option<WordCandidate> {
        let (first, last) = (letters.first()?, letters.last()?);
        Some(WordCandidate {
            list: self.list,
            word: self.word,
            range: first.at..last.at + last.written.len_utf8(),
            tier: Tier::LookAlike,
            how: Some(DisguiseKind::Misspelt),
        })
    }
}

/// Whether the letters are those of the word, which is then no disguise.
fn is_written_so(letters: &[RunLetter], word: &str) -> bool {
    letters.iter().map(|letter| letter.written).eq(word.chars())
}

fn is_written(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '@' | '$' | '!' | '|')
}

/// The letter that a digit or a sign is written for.
fn unleeted(c: char) -> u8 {
    match c {
        '0' => b'o',
        '1' | '|' | '!' => b'l',
        '3' => b'e',
        '4' | '@' => b'a',
        '5' | '$' => b's',
        '7' => b't',
        _ => u8::try_from(c).unwrap_or_default(),
    }
}

/// Whether two letters are the same: a digit 1 and a capital I may stand for both l and i.
fn same_letter(a: u8, b: u8) -> bool {
    a == b || matches!((a, b), (b'l', b'i') | (b'i', b'l'))
}

/// Whether a text is the word with one letter missing, added, changed or swapped with the next, or the word backwards.
fn is_misspelt(a: &[u8], b: &[u8]) -> bool {
    if a.iter().eq(b.iter().rev()) {
        return true;
    }
    let same = |(a, b): &(&u8, &u8)| same_letter(**a, **b);
    let before = a.iter().zip(b).take_while(same).count();
    let (a, b) = (&a[before..], &b[before..]);
    let after = a.iter().rev().zip(b.iter().rev()).take_while(same).count();
    let (a, b) = (&a[..a.len() - after], &b[..b.len() - after]);
    match (a, b) {
        ([first, second], [other, another]) => first == another && second == other,
        _ => a.len() <= 1 && b.len() <= 1,
    }
}
