//! Telephone numbers, however their digits are written.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::interspersed::{find_interspersed, part_hours};
use super::lexicon::{ContactNumbers, DigitChars};
use super::numerals::ReadDigits;
use super::positions::Positions;
use super::telephone::{NumberCandidate, names_telephone, words_of_banks};
use super::{ContactText, FoldedContact};
use crate::chars::{CharSet, is_han, is_separator};

/// Digits that touch each other.
#[derive(Debug, Clone, Default)]
pub(super) struct DigitGroup {
    pub(super) range: Range<usize>,
    pub(super) digits: String,
    /// How many of them are letters that look like digits, or characters that sound like them.
    pub(super) disguised: usize,
    /// Whether a numeral of thousands is among them, which rather is a price: 一千两百九.
    pub(super) in_thousands: bool,
}

impl DigitGroup {
    fn add(&mut self, read: &ReadDigits, end: usize) {
        self.digits.push_str(&read.digits);
        self.range.end = end;
        self.disguised += read.disguised;
        self.in_thousands |= read.in_thousands;
    }
}

/// How many separators may stand between two digits of a number, in characters; repeated ones count once.
const MAX_GAP: usize = 4;

/// The digits of the shortest number: a landline without its area code.
pub(crate) const FEWEST_DIGITS: usize = 7;

/// The digits of the longest number: an account.
const LONGEST: usize = 21;

/// The search for telephone numbers and accounts.
#[derive(Debug)]
pub(crate) struct NumberSearch {
    pub(super) words: ContactNumbers,
    digits: FxHashMap<char, DigitReadings>,
    /// The characters that have readings.
    may_be_digit: CharSet,
    /// Words between groups, the longest first.
    between: Vec<String>,
    positions: Positions,
    /// Their characters.
    in_between: FxHashSet<char>,
    /// By their last characters: `other_numbers` without the 号 and 码 at their ends, unless no more than a character is left:
    /// 现货 is no 货号.
    other_numbers: FxHashMap<char, Vec<String>>,
}

/// What digit a character stands for: in any place, beside another digit, amid others.
#[derive(Debug, Clone, Copy, Default)]
struct DigitReadings {
    plain: Option<char>,
    look_alike: Option<char>,
    spoken: Option<char>,
    called: Option<char>,
}

impl NumberSearch {
    pub(crate) fn new(words: &ContactNumbers) -> Self {
        let mut digits: FxHashMap<char, DigitReadings> = FxHashMap::default();
        let mut note = |chars: &DigitChars, reading: fn(&mut DigitReadings) -> &mut Option<char>| {
            let pairs = chars.iter().flat_map(|(digit, chars)| chars.chars().map(|c| (c, *digit)));
            pairs.for_each(|(c, digit)| *reading(digits.entry(c).or_default()) = Some(digit));
        };
        note(&words.digits, |readings| &mut readings.plain);
        note(&words.look_alike_digits, |readings| &mut readings.look_alike);
        note(&words.spoken_digits, |readings| &mut readings.spoken);
        note(&words.called_digits, |readings| &mut readings.called);
        Self {
            may_be_digit: CharSet::around(digits.keys().copied().chain('0'..='9')),
            digits,
            between: words.between.longest_first(),
            in_between: said_between(words),
            positions: Positions::new(words),
            other_numbers: by_last_character(words),
            words: words.clone(),
        }
    }

    fn readings(&self, c: char) -> DigitReadings {
        match c {
            '0'..='9' => DigitReadings { plain: Some(c), ..DigitReadings::default() },
            _ if !self.may_be_digit.contains(c) => DigitReadings::default(),
            _ => self.digits.get(&c).copied().unwrap_or_default(),
        }
    }

    /// The digit that a character of folded text stands for wherever it stands.
    pub(super) fn digit(&self, c: char) -> Option<char> {
        self.readings(c).plain
    }

    /// Whether a character of folded text may stand for a digit of a number.
    pub(crate) fn may_be_digit(&self, c: char) -> bool {
        c.is_ascii_digit() || self.digits.contains_key(&c)
    }

    /// Whether a character of folded text may stand between the digits of a number.
    pub(crate) fn may_part_digits(&self, c: char) -> bool {
        parts_digits(c) || matches!(c, '\n' | '百' | '千' | '十') || self.in_between.contains(&c)
    }

    pub(super) fn find(&self, text: &ContactText<'_>) -> Vec<FoldedContact> {
        let mut found = Vec::new();
        if text.folded.chars().filter(|c| self.may_be_digit.contains(*c)).take(FEWEST_DIGITS).count() < FEWEST_DIGITS {
            return found;
        }
        for mut run in self.runs(text.folded) {
            run.iter_mut().for_each(|group| part_hours(group, text.folded));
            let mut at = 0;
            while at < run.len() {
                match self.number_at(text.folded, &run, at) {
                    Some((number, used)) => {
                        found.push(number);
                        at += used;
                    }
                    None => at += 1,
                }
            }
        }
        find_interspersed(text.folded, &self.words, &mut found);
        found
    }

    /// Runs of segments with nothing but a few separators between them.
    fn runs(&self, text: &str) -> Vec<Vec<DigitGroup>> {
        let mut runs: Vec<Vec<DigitGroup>> = Vec::new();
        let mut run: Vec<DigitGroup> = Vec::new();
        let mut gap = 0;
        let mut last_gap = None;
        // Up to here something of several characters has been read.
        let mut read_until = 0;
        for (at, c) in text.char_indices() {
            if at < read_until || run.is_empty() && !self.may_be_digit.contains(c) {
                continue;
            }
            let touches = gap == 0 && !run.is_empty();
            if let Some(read) = self.read(text, at, c, &run, touches) {
                if !touches {
                    run.push(DigitGroup { range: at..at, ..DigitGroup::default() });
                }
                read_until = at + read.len;
                if let Some(last) = run.last_mut() {
                    last.add(&read, read_until);
                }
                gap = 0;
                last_gap = None;
            } else if touches && self.is_odd_mark(c, &text[at + c.len_utf8()..], &run) {
                gap += 1;
                last_gap = Some(c);
            } else if !run.is_empty()
                && (gap < MAX_GAP || last_gap == Some(c))
                && (parts_digits(c) || c == '\n' && self.goes_on_below(text, at))
            {
                gap += usize::from(last_gap != Some(c));
                last_gap = Some(c);
            } else if !run.is_empty()
                && gap < MAX_GAP
                && let Some(word) = self.said_between(&text[at..])
            {
                gap += 1;
                last_gap = None;
                read_until = at + word.len();
            } else {
                runs.extend((!run.is_empty()).then(|| std::mem::take(&mut run)));
                gap = 0;
            }
        }
        runs.extend((!run.is_empty()).then_some(run));
        runs
    }

    /// The digits that are written at a place, after a run that may be empty.
    fn read(&self, text: &str, at: usize, c: char, run: &[DigitGroup], touches: bool) -> Option<ReadDigits> {
        let rest = &text[at..];
        let readings = self.readings(c);
        if !run.is_empty()
            && let Some(read) = self.repeated(rest)
        {
            return Some(read);
        }
        if readings.plain.or(readings.called).is_some()
            && let Some(read) = self.numeral(rest)
        {
            return Some(read);
        }
        if let Some(digit) = readings.plain {
            return Some(ReadDigits::one(digit, c, 0));
        }
        let in_word = !touches && text[..at].ends_with(|c: char| c.is_ascii_alphabetic());
        if !in_word && let Some(read) = self.roman(rest) {
            return Some(read);
        }
        if !run.is_empty()
            && !in_word
            && let Some(read) = self.named(rest)
        {
            return Some(read);
        }
        let ahead: [DigitReadings; 2] = {
            let mut chars = rest.chars().skip(1);
            [chars.next(), chars.next()].map(|c| c.map(|c| self.readings(c)).unwrap_or_default())
        };
        let digit = self.disguised_digit(c, ahead, run, touches, in_word)?;
        Some(ReadDigits::one(digit, c, 1))
    }

    /// The digit that a letter or a word is read as beside others.
    fn disguised_digit(
        &self,
        c: char,
        [next, second]: [DigitReadings; 2],
        run: &[DigitGroup],
        touches: bool,
        in_word: bool,
    ) -> Option<char> {
        let DigitReadings { look_alike, spoken, called, .. } = self.readings(c);
        // A letter counts as a digit only next to one, and where it is no word's last: Tel139.
        let before_digit = next.plain.is_some() || next.look_alike.is_some() && second.plain.is_some();
        let as_letter = look_alike.filter(|_| c != '|' && (touches || !in_word && before_digit));
        let as_spoken = || {
            let digit = spoken.filter(|&digit| touches || digit == '1')?;
            next.plain.or(next.spoken).is_some_and(|next| touches || next >= '3').then_some(digit)
        };
        // The army's words are digits at the end of a group, too, and at its beginning amid a number.
        let as_called = || called.filter(|_| touches || !run.is_empty() && next.plain.or(next.called).is_some());
        as_letter.or_else(as_spoken).or_else(as_called)
    }

    /// Whether a number goes on in the next line: short lines of digits, as overlays have them.
    fn goes_on_below(&self, text: &str, line_end: usize) -> bool {
        /// Characters of a line that holds a part of a number.
        const MOST: usize = 14;
        let is_part = |c: char| self.may_be_digit(c) || parts_digits(c) || c.is_whitespace();
        let above = text[..line_end].chars().rev().take(MOST + 1).take_while(|c| *c != '\n');
        let above: Vec<char> = above.collect();
        let ends = above.iter().find(|c| !(parts_digits(**c) || c.is_whitespace()));
        let below: Vec<char> = text[line_end + 1..].chars().take(MOST + 1).take_while(|c| *c != '\n').collect();
        let begins = below.iter().find(|c| !c.is_whitespace());
        above.len() <= MOST
            && below.len() <= MOST
            && ends.is_some_and(|c| self.may_be_digit(*c))
            && begins.is_some_and(|c| self.may_be_digit(*c))
            && below.iter().all(|c| is_part(*c))
    }

    /// Whether a character that has no business there parts a mobile number twice: 139丽1567丽6342.
    fn is_odd_mark(&self, c: char, after: &str, run: &[DigitGroup]) -> bool {
        if c == '\n' {
            return false;
        }
        let length = |group: &DigitGroup| group.digits.len();
        let plain = |text: &str| text.chars().take_while(char::is_ascii_digit).count();
        let is_mobile = |group: &DigitGroup| group.digits.starts_with('1') && length(group) == 3;
        match run {
            [.., first] if is_mobile(first) => {
                let rest = after.get(4..).filter(|_| plain(after) == 4);
                let rest = rest.and_then(|rest| rest.strip_prefix(c));
                rest.is_some_and(|rest| plain(rest) == 4 && !rest[4..].starts_with(c))
            }
            [.., first, second] if is_mobile(first) && length(second) == 4 => plain(after) == 4,
            _ => false,
        }
    }

    fn said_between<'t>(&self, text: &'t str) -> Option<&'t str> {
        let said =
            || self.between.iter().find(|word| text.starts_with(word.as_str())).and_then(|word| text.get(..word.len()));
        self.positions.said_at_start(text).or_else(said)
    }

    /// The number that begins with a group of a run, and how many groups it takes.
    fn number_at(&self, text: &str, run: &[DigitGroup], first: usize) -> Option<(FoldedContact, usize)> {
        let rest = &run[first..];
        let before = &text[..rest[0].range.start];
        if !self.may_precede(before) {
            return None;
        }
        let mut digits = String::new();
        let mut disguised = 0;
        let mut best = None;
        for (index, group) in rest.iter().enumerate() {
            digits.push_str(&group.digits);
            disguised += group.disguised;
            if digits.len() > LONGEST {
                break;
            }
            let parts: Vec<&DigitGroup> = rest[..=index].iter().collect();
            let after = &text[group.range.end..];
            if !self.may_follow(after) {
                continue;
            }
            // A joined number goes on: neither a date nor a serial number ends in a telephone number.
            let goes_on = rest.get(index + 1).is_some_and(|next| joins(&text[group.range.end..next.range.start]));
            let candidate = NumberCandidate {
                words: &self.words,
                positions: &self.positions,
                digits: &digits,
                parts: &parts,
                disguised,
                before,
                text,
                goes_on,
                is_first: first == 0,
                // 二十四小时 after the last comma is no group of the number.
                ends_run: rest.get(index + 1).is_none_or(|next| next.digits.len() <= 2 && parts.len() <= 3),
            };
            if let Some((kind, value, tier)) = candidate.judge() {
                let start = number_start(before, &digits, rest, text);
                let signs = before.trim_end_matches([' ', ':']);
                let sign = signs.chars().next_back().filter(|c| self.words.signs.has(*c));
                let start = sign.map_or(start, |sign| signs.len() - sign.len_utf8());
                let range = start..group.range.end;
                best = Some((FoldedContact { kind, range, value, tier, is_concrete: true }, index + 1));
                break;
            }
        }
        best
    }

    /// Whether a number may end before this: not amid a Latin word, unless that says that it is a telephone number.
    fn may_follow(&self, after: &str) -> bool {
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        end == 0 || self.words.latin_after.has(&after[..end])
    }

    /// Whether a telephone number may follow: not amid a Latin word, an amount of money or a decimal.
    fn may_precede(&self, before: &str) -> bool {
        let word_start = before
            .rfind(|c: char| !c.is_ascii_alphabetic())
            .map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
        let word = &before[word_start..];
        (word.is_empty() || self.words.latin_before.has(word) || names_telephone(&before[..word_start], &self.words))
            && !before.ends_with(['¥', '$', '€', '£', '#', '_', '.', '&', '='])
            && !self.names_other_number(before)
    }

    /// Whether the words right before a number say that it is some other number, which is no bank account.
    pub(super) fn names_other_number(&self, before: &str) -> bool {
        let words = before.trim_end_matches(|c: char| {
            c.is_whitespace() || matches!(c, ':' | '.' | '号' | '码' | '是' | '为' | '#' | '(' | '-' | '[')
        });
        let words = if words.is_empty() { before } else { words };
        let whole = before.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '.' | '是' | '为' | '#'));
        let names_other = |words: &str| {
            let others = words.chars().next_back().and_then(|last| self.other_numbers.get(&last));
            others.is_some_and(|others| others.iter().any(|other| words.ends_with(other.as_str())))
        };
        (names_other(words) || names_other(whole)) && !words_of_banks(before, &self.words)
    }
}

/// The words for numbers that are no telephone's, by their last characters.
fn by_last_character(words: &ContactNumbers) -> FxHashMap<char, Vec<String>> {
    let mut others: FxHashMap<char, Vec<String>> = FxHashMap::default();
    for word in words.other_numbers.iter() {
        let short = word.trim_end_matches(['号', '码']);
        let word = if short.chars().nth(1).is_some() { short } else { word };
        if let Some(last) = word.chars().next_back() {
            others.entry(last).or_default().push(word.to_owned());
        }
    }
    others
}

/// Where a number begins with the plus sign of its country's code, or the bracket around its first group.
fn number_start(before: &str, digits: &str, groups: &[DigitGroup], text: &str) -> usize {
    let start = groups[0].range.start;
    let closes = text[groups[0].range.end..].starts_with(')');
    let belongs = digits.starts_with("86") && before.ends_with('+') || closes && before.ends_with('(');
    start - usize::from(belongs)
}

/// The characters of words between the groups of a number.
fn said_between(words: &ContactNumbers) -> FxHashSet<char> {
    let places = [&words.position_front, &words.position_middle, &words.position_back, &words.position_counts];
    let places = places.into_iter().flat_map(|words| words.iter());
    words.between.iter().chain(places).flat_map(str::chars).chain("的个数字号码是为两几".chars()).collect()
}

fn parts_digits(c: char) -> bool {
    matches!(c, '(' | ')')
        || c != '\n' && !is_han(c) && parts_loosely(c)
        || matches!(c, '丨' | '丶')
        || is_separator(c) && !matches!(c, '\n' | '\r')
}

/// Whether a sign more often stands between two numbers than amid one.
pub(super) fn parts_loosely(c: char) -> bool {
    matches!(
        c,
        '\n' | '。'
            | '、'
            | '+'
            | '='
            | ','
            | ':'
            | ';'
            | '['
            | ']'
            | '【'
            | '】'
            | '{'
            | '}'
            | '"'
            | '“'
            | '”'
            | '「'
            | '」'
    ) || is_han(c)
}

/// Whether a gap ties two groups of digits into one number rather than putting two side by side.
fn joins(gap: &str) -> bool {
    !gap.contains(char::is_whitespace) && !gap.contains(['/', '|', '~', '\\']) && !gap.contains(parts_loosely)
}
