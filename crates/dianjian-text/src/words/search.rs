//! The search in one folded text, and the judgement on what it finds.

use std::ops::Range;

use super::group::{BARRIER, Disguise, FoldGroup, WordPattern, flag};
use super::{DisguiseKind, ListSettings, SearchBuffers, Tier, WordCandidate};
use crate::chars::{is_han, is_separator};
use crate::fold::{Fold, Folded};
use crate::look_alikes::StandInKind;
use crate::mapped::MappedText;

/// Ends the stretch at the end of a stream, so that no word is found across the gap.
fn end_run(stream: &mut MappedText) {
    if !stream.text.is_empty() && !stream.text.ends_with(BARRIER) {
        stream.text.push(BARRIER);
    }
}

impl FoldGroup {
    fn flags_of(&self, c: char) -> u8 {
        self.flags.get(u32::from(c) as usize).copied().unwrap_or(flag::ANY)
    }

    pub(super) fn find(&self, lists: &[ListSettings], folded: &Folded<'_>, work: &mut SearchBuffers) {
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
        if !self.alike.is_empty() {
            self.alike.find(text, &mut work.chars, &mut work.candidates);
        }
        if !self.latin.is_empty() {
            self.latin.find(text, &mut work.candidates);
        }
        if !self.exceptions.is_empty() {
            work.candidates.retain(|found| found.tier == Tier::Exact || !self.is_harmless(found, text));
        }
    }

    /// Whether a disguised word, read as the word, is part of a harmless phrase: zhi营养 is 直营养, and so no 直营.
    fn is_harmless(&self, found: &WordCandidate, text: &str) -> bool {
        let words = self.patterns.iter().zip(&self.exact_texts);
        let is_this = |pattern: &WordPattern| matches!(pattern, WordPattern::Word { list, word, .. } if (*list, *word) == (found.list, found.word));
        let Some((_, word)) = words.into_iter().find(|(pattern, _)| is_this(pattern)) else { return false };
        let (before, after) = (&text[..found.range.start], &text[found.range.end..]);
        let mut phrases = self.exceptions.iter().filter(|(list, _)| *list == found.list);
        phrases.any(|(_, phrase)| {
            let around = phrase.split_once(word.as_str());
            around.is_some_and(|(left, right)| before.ends_with(left) && after.starts_with(right))
        })
    }

    /// Fills the two streams with the stretches of the text that may hold a word: characters which some word
    /// has, side by side or with separators between. Most texts have few such stretches, so the automata
    /// have little to read. Says whether there is anything that only a disguise would have.
    fn fill(&self, text: &str, work: &mut SearchBuffers) -> bool {
        let SearchBuffers { plain, seen_through, .. } = work;
        plain.clear();
        seen_through.clear();
        let mut trigger = false;
        for (at, c) in text.char_indices() {
            let flags = self.flags_of(c);
            if flags == 0 {
                end_run(plain);
                end_run(seen_through);
                continue;
            }
            let separator = flags & flag::SEPARATOR != 0 && is_separator(c);
            if flags & flag::IN_WORD != 0 && !separator {
                plain.push(at, c);
            } else if !separator {
                end_run(plain);
            }
            let read = if flags & flag::TRIGGER != 0 && !c.is_ascii() { self.classes.read(c) } else { c };
            if flags & flag::IN_DISGUISE != 0 && (read != c || !separator) {
                trigger |= flags & flag::TRIGGER != 0;
                seen_through.push(at, read);
            } else if !separator {
                end_run(seen_through);
            }
        }
        trigger
    }

    fn find_exact(&self, lists: &[ListSettings], text: &str, work: &mut SearchBuffers) {
        let Some(exact) = &self.exact else { return };
        for found in exact.find_overlapping_iter(&work.plain.text) {
            let range = work.plain.folded_range(found.range(), text);
            match &self.patterns[found.pattern().as_usize()] {
                WordPattern::Exception { list } => work.masks.push((*list, range)),
                WordPattern::Word { list, word, contiguous } => {
                    let gaps = MatchGaps { list: lists[*list], text, range: range.clone() };
                    let whole = text.get(range.clone()) == Some(contiguous);
                    let spread = || lists[*list].skip_separators && gaps.are_fine(&work.plain, found.range());
                    if (whole || spread()) && gaps.ends_are_fine(contiguous) {
                        work.candidates.push(WordCandidate {
                            list: *list,
                            word: *word,
                            range,
                            tier: Tier::Exact,
                            how: None,
                        });
                    }
                }
            }
        }
    }

    fn find_disguised(&self, lists: &[ListSettings], text: &str, work: &mut SearchBuffers) {
        let Some(disguised) = &self.disguised else { return };
        let stream = &work.seen_through;
        for found in disguised.find_overlapping_iter(&stream.text) {
            let disguise = &self.disguises[found.pattern().as_usize()];
            let range = stream.folded_range(found.range(), text);
            let list = lists[disguise.list];
            let gaps = MatchGaps { list, text, range: range.clone() };
            if let Some((tier, how)) = self.judge(disguise, stream, found.start(), &gaps)
                && gaps.are_fine(stream, found.range())
                && gaps.ends_are_fine("")
                && !(how == DisguiseKind::Pinyin && gaps.list.fold == Fold::Name && self.is_romanised(disguise, text))
            {
                let (list, word) = (disguise.list, disguise.word);
                work.candidates.push(WordCandidate { list, word, range, tier, how: Some(how) });
            }
        }
    }

    /// Whether a name has the characters that a word in pinyin is the reading of: 关芳 Guan Fang.
    fn is_romanised(&self, disguise: &Disguise, text: &str) -> bool {
        let word: Vec<char> = disguise.positions.iter().map(|position| position.genuine).collect();
        let word: Vec<char> = word.into_iter().filter(|c| !self.classes.common.contains(c)).collect();
        let chars: Vec<char> = text.chars().collect();
        chars.windows(word.len()).any(|window| {
            let sounds = |(&written, &genuine)| {
                written == genuine || DisguiseKind::of_char(genuine, written) == DisguiseKind::Sound
            };
            window.iter().zip(&word).all(sounds)
        })
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
        stream: &MappedText,
        start: usize,
        gaps: &MatchGaps<'_>,
    ) -> Option<(Tier, DisguiseKind)> {
        let tally = self.tally(disguise, stream, start, gaps);
        let how = tally.how()?;
        let tier = tally.tier()?;
        let length = disguise.positions.len();
        let in_name = gaps.list.fold != Fold::Script;
        let strong = tally.pinyin + tally.split + tally.symbols;
        let ending = || gaps.next().is_some_and(|c| self.classes.common.contains(&self.classes.read(c)));
        let fine = if tally.pinyin == length {
            // Two syllables apart are as likely somebody's name: Qi Jian Studio.
            length > 2 || length == 2 && (gaps.are_closed() || ending() || in_name && gaps.follow_han())
        } else if tally.homophones == 0 {
            tally.genuine > 0 || tally.split + tally.symbols > 1 || in_name && tally.common > 0 && strong > 0
        } else if length == 2 {
            tally.genuine == 1 && in_name && ending()
        } else {
            tally.genuine + strong > 0 || in_name && tally.common > 0
        };
        fine.then_some((tier, how))
    }

    fn tally(&self, disguise: &Disguise, stream: &MappedText, start: usize, gaps: &MatchGaps<'_>) -> DisguiseTally {
        let mut tally = DisguiseTally::default();
        let mut at = start;
        for position in &disguise.positions {
            let folded = stream.folded_at(at);
            let written = gaps.text.get(folded..).and_then(|rest| rest.chars().next());
            match position.stand_in {
                Some(StandInKind::Pinyin) => tally.pinyin += 1,
                Some(StandInKind::Split) => tally.split += 1,
                Some(StandInKind::Letter) => tally.letters += 1,
                Some(StandInKind::Symbol) => tally.symbols += 1,
                Some(StandInKind::Char) => tally.add_homophone(position.genuine, written),
                None if written == Some(position.genuine) && self.classes.common.contains(&position.genuine) => {
                    tally.common += 1;
                }
                None if written == Some(position.genuine) => tally.genuine += 1,
                None if written.is_some_and(is_han) => tally.add_homophone(position.genuine, written),
                None if position.genuine.is_ascii() => {
                    tally.symbols += 1;
                    tally.foreign += 1;
                }
                None => tally.symbols += 1,
            }
            at += position.len;
        }
        tally
    }
}

/// How the characters of a disguised word are written.
#[derive(Debug, Default)]
struct DisguiseTally {
    genuine: usize,
    common: usize,
    /// Other Chinese characters, and how many of them are read the same.
    homophones: usize,
    sounds: usize,
    letters: usize,
    /// Signs, and how many of them stand for Latin letters.
    symbols: usize,
    foreign: usize,
    pinyin: usize,
    split: usize,
}

impl DisguiseTally {
    fn add_homophone(&mut self, genuine: char, written: Option<char>) {
        self.homophones += 1;
        let how = written.map(|written| DisguiseKind::of_char(genuine, written));
        self.sounds += usize::from(how == Some(DisguiseKind::Sound));
    }

    /// The most telling way in which the word is disguised, `None` where it is not.
    fn how(&self) -> Option<DisguiseKind> {
        let ways = [
            (self.split, DisguiseKind::Split),
            (self.pinyin, DisguiseKind::Pinyin),
            (self.letters, DisguiseKind::Initials),
            (self.foreign, DisguiseKind::Misspelt),
            (self.symbols, DisguiseKind::Signs),
            (self.sounds, DisguiseKind::Sound),
            (self.homophones, DisguiseKind::Shape),
        ];
        ways.into_iter().find(|(count, _)| *count > 0).map(|(_, how)| how)
    }

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
struct MatchGaps<'a> {
    list: ListSettings,
    text: &'a str,
    range: Range<usize>,
}

/// The most separators in a row that a word is read across, in characters: in names, in running text.
const MAX_GAP: (usize, usize) = (8, 3);

impl MatchGaps<'_> {
    fn previous(&self) -> Option<char> {
        self.text[..self.range.start].chars().next_back()
    }

    /// Whether the find comes right after a Chinese character, blanks and the like apart.
    fn follow_han(&self) -> bool {
        self.text[..self.range.start].chars().rev().find(|&c| !is_separator(c)).is_some_and(is_han)
    }

    /// Whether nothing stands between the letters of the find.
    fn are_closed(&self) -> bool {
        !self.text[self.range.clone()].contains(is_separator)
    }

    fn next(&self) -> Option<char> {
        self.text[self.range.end..].chars().next()
    }

    /// Whether what stands between the characters of the find lets them be one word. In running text a word
    /// does not go on across a sentence, a line or an enumeration, and two characters with a blank between them
    /// must stand apart from what is around them: 官 方 does, 长官 方便 does not.
    fn are_fine(&self, stream: &MappedText, found: Range<usize>) -> bool {
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
