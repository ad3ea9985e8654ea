//! One pass over a text that tells what it is worth searching for. Most texts hold nothing, and that shows here.
//!
//! Every word and every phrase that is looked for begins with two characters side by side (or is a single one). The scan
//! goes through the text once, asks a table what each character means to any search, and notes where such a pair stands.
//! The law: it never misses what a search would find; what it flags in vain costs a search. Without it checks of
//! generated shops take 21 to 122 % more time.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::chars::{KEEP, SLOW, TABLES, is_dropped, is_han, is_separator};
use super::contacts::{
    ContactBeginnings, ContactLexicon, FEWEST_DIGITS, NumberSearch, is_address_sign, is_read_otherwise, is_squeezed_out,
};
use super::encoding::may_start as may_start_undecodable;
use super::fold::{MAX_EXPANSION, fold_slowly};
use super::invisible::is_candidate as may_be_invisible;
use super::words::StandInClasses;

/// What a text may contain, a bit for each search that is worth running on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ContentFlags(u8);

impl ContentFlags {
    /// One of the words that the [`ContentScan`] was made for.
    pub const WORDS: Self = Self(1);
    /// A contact.
    pub const CONTACTS: Self = Self(1 << 1);
    /// Characters that nobody sees.
    pub const INVISIBLE: Self = Self(1 << 2);
    /// Traces of a wrong encoding.
    pub const UNDECODABLE: Self = Self(1 << 3);
    /// Anything: the text has characters that the scan knows nothing about.
    pub const ALL: Self = Self(0b1111);

    /// The flags of both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the two have a flag in common.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// With which characters words begin: pairs, and characters that are enough by themselves.
#[derive(Debug, Default)]
pub(super) struct WordBeginnings {
    pub(super) pairs: FxHashSet<(char, char)>,
    pub(super) single: FxHashSet<char>,
    /// Whether something begins in a way that cannot be told, so that every text has to be searched.
    pub(super) unknown: bool,
}

/// What a character means to the two searches that know beginnings: bit 0 stands for words, bit 1 for phrases.
mod mark {
    pub(super) const WORDS: u16 = 0b01;
    pub(super) const PHRASES: u16 = 0b10;
    pub(super) const BOTH: u16 = 0b11;
    /// Begins a pair.
    pub(super) const FIRST: u32 = 0;
    /// Ends a pair.
    pub(super) const SECOND: u32 = 2;
    /// Is passed over.
    pub(super) const SKIP: u32 = 4;
    /// Is enough by itself.
    pub(super) const SINGLE: u32 = 6;
    /// A digit or what is read as one.
    pub(super) const DIGIT: u16 = 1 << 8;
    pub(super) const LETTER: u16 = 1 << 9;
    /// Opens a bracket in which a reading may stand.
    pub(super) const BRACKET: u16 = 1 << 10;
    /// May begin a stretch in a wrong encoding.
    pub(super) const UNDECODABLE: u16 = 1 << 11;
    /// May be invisible.
    pub(super) const INVISIBLE: u16 = 1 << 12;
    /// Has to be folded before more can be said.
    pub(super) const SLOW: u16 = 1 << 13;
    /// Stands in addresses.
    pub(super) const ADDRESS: u16 = 1 << 14;
    /// May stand between the digits of a number.
    pub(super) const AMID: u16 = 1 << 15;
}

/// Tells what a text may contain, in one pass: what every character means to any of the searches.
#[derive(Debug)]
pub struct ContentScan {
    /// For the characters of the Basic Multilingual Plane, as they are written.
    marks: Box<[u16]>,
    words: FxHashSet<(char, char)>,
    classes: StandInClasses,
    contacts: Arc<ContactMeanings>,
    /// What is flagged whatever the text.
    always: ContentFlags,
}

/// What characters mean to the search for contacts.
#[derive(Debug)]
struct ContactMeanings {
    beginnings: ContactBeginnings,
    numbers: NumberSearch,
    /// Signs, of any plane, that are read as something else.
    signs: FxHashSet<char>,
}

/// Marks what something begins with.
fn begin<'a>(
    marks: &mut [u16],
    of: u16,
    first: impl Iterator<Item = &'a char>,
    second: impl Iterator<Item = &'a char>,
    single: impl Iterator<Item = &'a char>,
) {
    let mut mark = |c: &char, mark: u16| {
        if let Some(marks) = marks.get_mut(*c as usize) {
            *marks |= mark;
        }
    };
    first.for_each(|c| mark(c, of << mark::FIRST));
    second.for_each(|c| mark(c, of << mark::SECOND));
    single.for_each(|c| mark(c, of << mark::SINGLE));
}

impl ContactMeanings {
    /// What a folded character means by itself.
    fn of(&self, c: char) -> u16 {
        let mut marks = 0;
        let mut note = |is: bool, mark: u16| {
            if is {
                marks |= mark;
            }
        };
        note(self.numbers.may_be_digit(c), mark::DIGIT);
        note(self.numbers.may_part_digits(c), mark::AMID);
        if is_han(c) {
            note(is_squeezed_out(c), mark::PHRASES << mark::SKIP);
            return marks;
        }
        note(is_separator(c), mark::WORDS << mark::SKIP);
        // A blank in an address is passed over too, and the end of a line in a column of single characters.
        note(is_squeezed_out(c) || c.is_whitespace(), mark::PHRASES << mark::SKIP);
        note(is_address_sign(c), mark::ADDRESS);
        note(is_read_otherwise(c) || self.signs.contains(&c), mark::PHRASES << mark::SINGLE);
        note(matches!(c, '(' | '['), mark::BRACKET);
        // What a letter of another script looks like is asked when it is read.
        note(c.is_alphabetic(), if c.is_ascii() { mark::LETTER } else { mark::BOTH << mark::SINGLE });
        marks
    }
}

/// The one character that a character folds to, where the table knows it.
fn simple(c: char) -> Option<char> {
    match *TABLES.bmp.get(c as usize)? {
        KEEP => Some(c),
        SLOW => None,
        code => char::from_u32(u32::from(code)),
    }
}

impl ContentScan {
    /// A scan for everything but words.
    pub(super) fn without_words(lexicon: &ContactLexicon) -> Self {
        let phrases = &lexicon.phrases;
        let contacts = ContactMeanings {
            beginnings: ContactBeginnings::new(lexicon),
            numbers: NumberSearch::new(&lexicon.numbers),
            signs: phrases.signs.keys().copied().chain(phrases.hearts.signs.chars()).collect(),
        };
        let bmp = &*TABLES.bmp;
        let mut folded: Vec<u16> = vec![0; bmp.len()];
        let ContactBeginnings { first, second, single, .. } = &contacts.beginnings;
        begin(&mut folded, mark::PHRASES, first.iter(), second.iter(), single.iter());
        let known = (0..0x1_0000_u32).filter_map(char::from_u32).filter(|c| bmp[*c as usize] != SLOW);
        for c in known.clone().filter(|c| bmp[*c as usize] == KEEP) {
            folded[c as usize] |= contacts.of(c);
        }
        let mut marks = vec![mark::SLOW; bmp.len()].into_boxed_slice();
        for c in known {
            let undecodable = if may_start_undecodable(c) { mark::UNDECODABLE } else { 0 };
            marks[c as usize] = simple(c).map_or(mark::SLOW, |c| folded[c as usize] | undecodable);
        }
        Self {
            marks,
            words: FxHashSet::default(),
            classes: StandInClasses::default(),
            always: if contacts.beginnings.unknown { ContentFlags::CONTACTS } else { ContentFlags::default() },
            contacts: Arc::new(contacts),
        }
    }

    /// A scan for everything that a scan without words is for, and for words that begin so when read by these classes.
    pub(super) fn with_words(base: &Self, beginnings: WordBeginnings, classes: StandInClasses) -> Self {
        let mut read: Vec<u16> = vec![0; base.marks.len()];
        let (first, second) = (beginnings.pairs.iter().map(|(c, _)| c), beginnings.pairs.iter().map(|(_, c)| c));
        begin(&mut read, mark::WORDS, first, second, beginnings.single.iter());
        for (from, to) in &classes.canonical {
            let mark = read.get(*to as usize).copied().unwrap_or_default();
            if let Some(marks) = read.get_mut(*from as usize) {
                // A separator that stands for a character is both.
                *marks |= if is_separator(*from) { mark::WORDS << mark::SINGLE } else { mark };
            }
        }
        let known = |code: usize| simple(char::from_u32(code as u32)?);
        let mut marks = base.marks.clone();
        for (code, mark) in marks.iter_mut().enumerate().filter(|(_, mark)| **mark & mark::SLOW == 0) {
            *mark |= known(code).map_or(0, |c| read[c as usize]);
        }
        let always = if beginnings.unknown { base.always.union(ContentFlags::WORDS) } else { base.always };
        Self { marks, words: beginnings.pairs, classes, contacts: Arc::clone(&base.contacts), always }
    }

    /// What a text may contain.
    pub fn flags_of(&self, text: &str) -> ContentFlags {
        const GROUP: usize = 3;
        let (mut open, mut seen, mut digits, mut most_digits) = (0, 0, 0, 0);
        let mut odd = false;
        for (at, c) in text.char_indices() {
            let Some(&marks) = self.marks.get(c as usize) else { return ContentFlags::ALL };
            let marks = if marks & mark::SLOW == 0 { marks } else { self.slowly(c) };
            seen |= marks;
            let goes_on = marks & (mark::DIGIT | mark::AMID) != 0;
            // One odd character may part the groups of a number: 139丽1567丽6342, 139双0.
            let is_odd = !goes_on && !odd && digits >= GROUP;
            digits = if goes_on || is_odd { digits + usize::from(marks & mark::DIGIT != 0) } else { 0 };
            odd = is_odd;
            most_digits = digits.max(most_digits);
            let met = open & marks >> mark::SECOND & mark::BOTH;
            if met != 0 {
                seen |= self.pairs(text, at, c, met) << mark::SINGLE;
            }
            open = (marks >> mark::FIRST | open & marks >> mark::SKIP) & mark::BOTH;
        }
        let mut flags = self.always;
        let mut flag = |is: bool, of: ContentFlags| flags = if is { flags.union(of) } else { flags };
        let has = |marks: u16| seen & marks != 0;
        // A reading in brackets parts what it stands between; only letters make one.
        flag(has(mark::WORDS << mark::SINGLE) || has(mark::BRACKET) && has(mark::LETTER), ContentFlags::WORDS);
        let has_address = has(mark::ADDRESS) && has(mark::LETTER);
        let has_number = most_digits >= FEWEST_DIGITS;
        flag(has(mark::PHRASES << mark::SINGLE) || has_address || has_number, ContentFlags::CONTACTS);
        flag(has(mark::INVISIBLE), ContentFlags::INVISIBLE);
        flag(has(mark::UNDECODABLE), ContentFlags::UNDECODABLE);
        flags
    }

    /// What a character means that the table does not know: nothing, a character to pass over, or reason to search.
    #[cold]
    fn slowly(&self, c: char) -> u16 {
        let skipped = mark::BOTH << mark::SKIP;
        let mut marks = if may_be_invisible(c) { mark::INVISIBLE } else { 0 };
        marks |= if may_start_undecodable(c) { mark::UNDECODABLE } else { 0 };
        if is_dropped(c) {
            return marks | skipped | mark::AMID;
        }
        let mut buffer = [c; MAX_EXPANSION];
        let count = fold_slowly(c, &mut buffer);
        let of = |c: &char| match simple(*c) {
            _ if self.classes.read(*c) != *c => mark::BOTH << mark::SINGLE,
            Some(_) => self.marks[*c as usize],
            None => self.contacts.of(*c),
        };
        let parts = || buffer[..count].iter().map(of);
        let plain = parts().all(|part| part & !(skipped | mark::AMID) == 0);
        let passed_over = parts().all(|part| part & skipped == skipped);
        let parting = parts().all(|part| part & skipped == 0);
        marks |= if parts().all(|part| part & mark::AMID != 0) { mark::AMID } else { 0 };
        match plain {
            true if passed_over => marks | skipped,
            true if parting => marks,
            _ => marks | mark::BOTH << mark::SINGLE,
        }
    }

    /// For which searches something begins with the character at a place of a text and the last one before it that is not
    /// passed over.
    #[cold]
    fn pairs(&self, text: &str, at: usize, c: char, met: u16) -> u16 {
        let passed_over = |c: char, of: u16| {
            let marks = self.marks.get(c as usize).copied().unwrap_or_default();
            let marks = if marks & mark::SLOW == 0 { marks } else { self.slowly(c) };
            marks >> mark::SKIP & of != 0
        };
        let phrases = &self.contacts.beginnings;
        // A third character that has to be folded first may be any.
        let third = || text[at..].chars().skip(1).find(|c| !passed_over(*c, mark::PHRASES));
        let opens = |first: char, second: char| {
            let mut unknown = false;
            let third = || third().and_then(|c| simple(c).or_else(|| (unknown = true, None).1));
            phrases.open(first, second, third) || unknown
        };
        let second = simple(c);
        let begins = |first: Option<char>, of: u16| match (first, second, of) {
            (Some(first), Some(second), mark::WORDS) => {
                self.words.contains(&(self.classes.read(first), self.classes.read(second)))
            }
            (Some(first), Some(second), _) => opens(first, second),
            _ => true,
        };
        let begins = |of: u16| {
            let mut first = None;
            for c in text[..at].chars().rev() {
                first = simple(c);
                // What is passed over may be what something begins with.
                if !passed_over(c, of) || first.is_some() && begins(first, of) {
                    break;
                }
            }
            begins(first, of)
        };
        let of = |of: u16| if met & of != 0 && begins(of) { of } else { 0 };
        of(mark::WORDS) | of(mark::PHRASES)
    }
}
