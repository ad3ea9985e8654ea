//! Disguises that no list of variants foresees: words of names compared as they are read aloud, as they look, mirrored, or with
//! something put between.
//!
//! A homophone or a look-alike of one character proves nothing, and there are dozens of each. So at least one character of
//! the word must be genuine, and a word of two must be followed by what names of shops end in (店): 期舰店 is a disguise,
//! while 馆方文创 and 传卖艺人 are names. Where the sound is the same the end of the name will do, unless it is a person's:
//! 云山关方, not 李关方.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{DisguiseKind, Tier, WordCandidate};
use crate::bopomofo;
use crate::chars::{is_han, is_separator};
use crate::look_alikes::LookAlikes;
use crate::{reading, shape};

/// The most separators that a word is read across.
const MAX_SEPARATORS: usize = 8;
/// The most other signs between two characters of a word: 旗x舰x店, 旗(1)舰店.
const MAX_INSERTED: usize = 3;

/// The words of names, ready to be compared by sound and shape.
#[derive(Debug, Default)]
pub(super) struct AlikeReader {
    words: Vec<AlikeWord>,
    /// In which words a character stands, apart from common ones.
    holders: FxHashMap<char, Vec<usize>>,
    /// What may be written in the place of a character, and how that disguises it.
    stand_ins: FxHashMap<char, FxHashMap<char, DisguiseKind>>,
    /// Characters that are read as a common one.
    common: FxHashSet<char>,
    endings: Vec<Vec<char>>,
    surnames: Vec<Vec<char>>,
}

#[derive(Debug)]
struct AlikeWord {
    list: usize,
    word: usize,
    chars: Vec<char>,
    mirrored: Vec<char>,
    /// What is left of it without endings of shops' names.
    core: Vec<char>,
}

/// A character of the folded text, or a letter of what one of its syllables in bopomofo reads as.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextChar {
    at: usize,
    end: usize,
    c: char,
    is_bopomofo: bool,
}

/// How a stretch of text writes a word.
#[derive(Debug, Clone, Copy, Default)]
struct AlikeTally {
    genuine: usize,
    sounds: usize,
    shapes: usize,
    /// Characters written by their reading, by its first letter, and in bopomofo.
    spelled: usize,
    initials: usize,
    bopomofo: usize,
    /// Letters and digits put between, and signs.
    inserted: usize,
    signs: usize,
    /// Whether what ends the word is an ending of shops' names.
    ending: bool,
    /// Number of the character after the stretch.
    next: usize,
}

impl AlikeReader {
    pub(super) fn new(look_alikes: &LookAlikes) -> Self {
        let chars = |words: &[String]| words.iter().map(|word| word.chars().collect()).collect();
        let classes = look_alikes.classes.iter().filter(|class| look_alikes.common.contains(class.canonical));
        let stand_ins = classes.flat_map(|class| &class.stand_ins);
        let single = |text: &String| Some(text.chars().next()?).filter(|only| only.len_utf8() == text.len());
        let stand_ins = stand_ins.filter_map(single).filter(|only| !only.is_ascii());
        Self {
            common: look_alikes.common.chars().chain(stand_ins).collect(),
            endings: chars(&look_alikes.endings),
            surnames: chars(&look_alikes.surnames),
            ..Self::default()
        }
    }

    /// Adds a folded word of Chinese characters.
    pub(super) fn add(&mut self, list: usize, word: usize, chars: &[char]) {
        let core: Vec<char> = chars.iter().filter(|c| !self.common.contains(c)).copied().collect();
        for &c in chars {
            self.stand_ins.entry(c).or_insert_with(|| {
                let shapes = shape::look_alikes_of(c).map(|other| (other, DisguiseKind::Shape));
                let sounding = reading::homophones(c).map(|other| (other, DisguiseKind::Sound));
                shapes.chain(sounding).filter(|(other, _)| *other != c).collect()
            });
        }
        for &c in &core {
            let holders = self.holders.entry(c).or_default();
            if holders.last() != Some(&self.words.len()) {
                holders.push(self.words.len());
            }
        }
        let mirrored = chars.iter().rev().copied().collect();
        self.words.push(AlikeWord { list, word, chars: chars.to_vec(), mirrored, core });
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Adds the words that a folded text writes so.
    pub(super) fn find(&self, text: &str, chars: &mut Vec<TextChar>, found: &mut Vec<WordCandidate>) {
        let mut any_bopomofo = false;
        let mut candidates: Vec<usize> = Vec::new();
        for c in text.chars() {
            if let Some(holders) = self.holders.get(&c) {
                candidates.extend_from_slice(holders);
            }
            any_bopomofo |= bopomofo::is_letter(c);
        }
        if any_bopomofo {
            candidates = (0..self.words.len()).collect();
        }
        if candidates.is_empty() {
            return;
        }
        candidates.sort_unstable();
        candidates.dedup();
        read_chars(text, chars);
        for word in candidates.into_iter().map(|number| &self.words[number]) {
            for start in 0..chars.len() {
                let written = self.straight(word, chars, start).or_else(|| self.mirrored(word, chars, start));
                if let Some((first, end, how)) = written {
                    let is_read = matches!(how, DisguiseKind::Pinyin | DisguiseKind::Initials | DisguiseKind::Bopomofo);
                    let tier = if is_read { Tier::Pinyin } else { Tier::LookAlike };
                    let range = chars[first].at..end;
                    found.push(WordCandidate { list: word.list, word: word.word, range, tier, how: Some(how) });
                }
            }
        }
    }

    /// Where the word ends that is written from a character on, and how it is disguised.
    fn straight(&self, word: &AlikeWord, chars: &[TextChar], start: usize) -> Option<(usize, usize, DisguiseKind)> {
        let tally = self.tally(&word.chars, chars, start)?;
        let how = tally.how()?;
        let end = chars.get(tally.next.checked_sub(1)?)?.end;
        let core = word.core.len();
        let is_evidence =
            tally.is_evidence(core) || tally.is_one_sound(core) && self.ends_name(chars, start, tally.next);
        is_evidence.then_some((start, end, how))
    }

    /// The same of the word written backwards, with what ends names before it or after it.
    fn mirrored(&self, word: &AlikeWord, chars: &[TextChar], start: usize) -> Option<(usize, usize, DisguiseKind)> {
        let tally = self.tally(&word.mirrored, chars, start)?;
        let end = chars.get(tally.next.checked_sub(1)?)?.end;
        if tally.genuine != word.core.len() || tally.inserted + tally.signs > 0 || word.core.first() == word.core.last()
        {
            return None;
        }
        if tally.ending || word.chars.len() > 2 {
            return Some((start, end, DisguiseKind::Mirrored));
        }
        let opens = start.checked_sub(1).filter(|&before| self.common.contains(&chars[before].c));
        let first = opens.unwrap_or(start);
        self.ends_name(chars, first, tally.next).then_some((first, end, DisguiseKind::Mirrored))
    }

    fn tally(&self, word: &[char], chars: &[TextChar], start: usize) -> Option<AlikeTally> {
        let mut tally = AlikeTally { next: start, ..AlikeTally::default() };
        let is_letter = |at: usize| chars.get(at).is_some_and(|written| written.c.is_ascii_lowercase());
        for (place, &genuine) in word.iter().enumerate() {
            let mut separators = 0;
            loop {
                let written = *chars.get(tally.next)?;
                if self.takes(genuine, written, &chars[tally.next..], place, &mut tally) {
                    break;
                }
                if place == 0 || !is_insertable(written.c) {
                    return None;
                }
                if let Some(len) = bracketed(&chars[tally.next..], genuine) {
                    tally.signs += 1;
                    tally.next += len;
                    continue;
                }
                if is_separator(written.c) {
                    separators += 1;
                } else if is_sign(written.c) {
                    tally.signs += 1;
                } else {
                    tally.inserted += 1;
                }
                if separators > MAX_SEPARATORS || tally.inserted + tally.signs > MAX_INSERTED * place {
                    return None;
                }
                tally.next += 1;
            }
        }
        // Letters that go on before or after are another word's.
        let is_cut = |at: usize| {
            is_letter(at) && at.checked_sub(1).is_some_and(|before| is_letter(before) && !chars[at].is_bopomofo)
        };
        if is_cut(start) || is_cut(tally.next) {
            return None;
        }
        // What was put between the characters goes on before the ending: 官x方x店.
        let is_amid = tally.inserted + tally.signs > 0;
        let is_passed = |c: char| is_separator(c) || is_amid && is_insertable(c);
        let after = chars[tally.next..].iter().find(|after| !is_passed(after.c));
        tally.ending |= after.is_some_and(|after| self.common.contains(&after.c));
        Some(tally)
    }

    /// Whether the character of a word is written here, and in how many characters, which are counted.
    fn takes(&self, genuine: char, written: TextChar, rest: &[TextChar], place: usize, tally: &mut AlikeTally) -> bool {
        let mut taken = 1;
        if self.common.contains(&genuine) && self.common.contains(&written.c) {
            tally.ending = true;
        } else if written.c == genuine {
            tally.genuine += 1;
        } else if written.c.is_ascii_lowercase() {
            let Some((letters, is_whole)) = reading_at(genuine, rest, place > 0) else { return false };
            taken = letters;
            let is_common = self.common.contains(&genuine);
            tally.ending |= is_common && is_whole;
            match (is_whole, written.is_bopomofo) {
                (true, true) => tally.bopomofo += usize::from(!is_common),
                (true, false) => tally.spelled += 1,
                (false, _) => tally.initials += 1,
            }
        } else {
            match self.stand_ins.get(&genuine).and_then(|known| known.get(&written.c)) {
                Some(DisguiseKind::Sound) => tally.sounds += 1,
                Some(_) => tally.shapes += 1,
                None => return false,
            }
        }
        tally.next += taken;
        true
    }

    /// Whether a stretch ends a name that something else begins, or is followed by an ending of several characters; a
    /// person's given name does not.
    fn ends_name(&self, chars: &[TextChar], start: usize, next: usize) -> bool {
        let starts_with = |rest: &[TextChar], word: &[char]| {
            rest.len() >= word.len() && rest.iter().zip(word).all(|(written, c)| written.c == *c)
        };
        let is_person = self.surnames.iter().any(|name| name.len() == start && starts_with(chars, name));
        if start == 0 || is_person {
            return false;
        }
        let rest = &chars[next..];
        let rest = &rest[rest.iter().take_while(|written| is_separator(written.c)).count()..];
        rest.is_empty() || self.endings.iter().any(|ending| starts_with(rest, ending))
    }
}

impl AlikeTally {
    /// How the word is disguised, `None` where it is not.
    fn how(self) -> Option<DisguiseKind> {
        let ways = [
            (self.bopomofo, DisguiseKind::Bopomofo),
            (self.initials, DisguiseKind::Initials),
            (self.spelled, DisguiseKind::Pinyin),
            (self.sounds, DisguiseKind::Sound),
            (self.shapes, DisguiseKind::Shape),
            (self.inserted + self.signs, DisguiseKind::Inserted),
        ];
        ways.into_iter().find(|(count, _)| *count > 0).map(|(_, how)| how)
    }

    /// Whether a word whose characters, endings aside, are this many is meant.
    const fn is_evidence(self, core: usize) -> bool {
        let amid = self.inserted + self.signs;
        match core {
            0 | 1 => false,
            // Nobody writes two syllables in bopomofo by chance.
            _ if self.bopomofo >= core => true,
            _ if amid > 0 && self.genuine < core => false,
            2 => self.genuine > 0 && (self.ending || self.signs > 0 && self.inserted == 0),
            _ => self.genuine * 2 >= core,
        }
    }

    /// Whether a word of two characters has one that is genuine and one that sounds the same, and nothing else.
    const fn is_one_sound(self, core: usize) -> bool {
        core == 2 && self.genuine == 1 && self.sounds == 1 && self.inserted + self.signs == 0
    }
}

/// Splits a text into characters, what is written in bopomofo into the letters that it reads as.
fn read_chars(text: &str, chars: &mut Vec<TextChar>) {
    chars.clear();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if let Some((letters, len)) = bopomofo::syllable(&text[at..]) {
            let end = at + len;
            chars.extend(letters.chars().map(|c| TextChar { at, end, c, is_bopomofo: true }));
            at = end;
            continue;
        }
        let end = at + c.len_utf8();
        chars.push(TextChar { at, end, c, is_bopomofo: false });
        at = end;
    }
}

/// How many characters a bracket holds, itself included, that opens here and soon closes: 旗(好)舰店. One around the
/// character that is looked for (官(方)) is passed over as any sign is.
fn bracketed(chars: &[TextChar], genuine: char) -> Option<usize> {
    /// Characters inside.
    const MOST: usize = 4;
    let close = match chars.first()?.c {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        '【' => '】',
        '「' => '」',
        '『' => '』',
        '《' => '》',
        '〈' => '〉',
        '〔' => '〕',
        _ => return None,
    };
    let end = chars.iter().take(MOST + 2).position(|inside| inside.c == close)?;
    (!chars[..end].iter().any(|inside| inside.c == genuine)).then_some(end + 1)
}

/// Whether a sign between two characters parts them no more than a blank, as long strokes and の do of other scripts: no comma
/// and the like, after which something new begins.
fn is_sign(c: char) -> bool {
    is_stroke(c)
        || matches!(c, 'ー' | 'の' | 'ㅡ' | 'ㅣ')
        || !c.is_alphanumeric() && !matches!(c, ',' | ';' | ':' | '!' | '?' | '"' | '“' | '”')
}

/// Whether a character may be put between those of a word without being read.
fn is_insertable(c: char) -> bool {
    !is_han(c) || is_stroke(c) || c == '一'
}

/// Single strokes, and the ring for zero: Chinese characters that mean nothing between two others.
const fn is_stroke(c: char) -> bool {
    matches!(c, '〇' | '丶' | '丨' | '丿' | '乀' | '乁' | '亅' | '乚' | '卐' | '卍')
}

/// The number of Latin letters here that write the reading of a character, and whether they write all of it: where a
/// character of the word stands before, its beginning will do.
fn reading_at(genuine: char, chars: &[TextChar], may_be_initial: bool) -> Option<(usize, bool)> {
    let letters: String = chars.iter().map(|written| written.c).take_while(char::is_ascii_lowercase).take(8).collect();
    let whole = reading::readings(genuine).filter(|syllable| letters.starts_with(*syllable)).map(str::len).max();
    let initial = || {
        let begins = |syllable: &str| may_be_initial && syllable.starts_with(&*letters);
        reading::readings(genuine).any(begins).then_some((letters.len(), false))
    };
    whole.map(|letters| (letters, true)).or_else(initial)
}
