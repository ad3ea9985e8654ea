//! Which digits of a number follow, as people say it: 前三位138, 后面八位00138000; the last ones first, too: 后四位8000，前七位1380013.

use regex::Regex;

use super::accounts::any_of;
use super::lexicon::ContactNumbers;
use super::numbers::DigitGroup;
use crate::chars::CharSet;
use crate::lexicon::FoldedWords;

/// Where in a number digits stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Front,
    Middle,
    Back,
}

/// The words for places in a number.
#[derive(Debug)]
pub(super) struct Positions {
    /// At the beginning of a text; `None` where there are no words.
    at_start: Option<Regex>,
    /// At the end of one.
    at_end: Option<Regex>,
    /// What the words begin with.
    begins: CharSet,
}

impl Positions {
    pub(super) fn new(words: &ContactNumbers) -> Self {
        let sections =
            [("front", &words.position_front), ("middle", &words.position_middle), ("back", &words.position_back)];
        let all = sections.iter().flat_map(|(_, words)| words.iter());
        let begins = CharSet::around(all.filter_map(|word| word.chars().next()));
        let count = any_of(&words.position_counts).map(|counts| format!("[一二三四五六七八两几1-8]个?(?:{counts})"));
        let place = |(name, words): &(&str, &FoldedWords)| {
            // 后 alone begins whatever is said next.
            let (long, single): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| word.chars().nth(1).is_some());
            let after_long = count.as_ref().map(|count| format!("(?:{count})?")).unwrap_or_default();
            let long = (!long.is_empty()).then(|| format!("(?:{})的?{after_long}", long.join("|")));
            let single =
                count.as_ref().filter(|_| !single.is_empty()).map(|count| format!("[{}]{count}", single.concat()));
            let ways: Vec<String> = long.into_iter().chain(single).collect();
            (!ways.is_empty()).then(|| format!("(?P<{name}>{})", ways.join("|")))
        };
        let places: Vec<String> = sections.iter().filter_map(place).collect();
        let compile = |pattern: String| (!places.is_empty()).then(|| Regex::new(&pattern).ok()).flatten();
        let said = format!("(?:{})(?:数字|号码|数)?[是为]?", places.join("|"));
        Self { at_start: compile(format!("^{said}")), at_end: compile(format!("{said}[: ]?$")), begins }
    }

    /// The words for a place that a text begins with.
    pub(super) fn said_at_start<'t>(&self, text: &'t str) -> Option<&'t str> {
        // What follows a group of digits rarely is such a word.
        text.chars().next().filter(|c| self.begins.contains(*c))?;
        self.at_start.as_ref()?.find(text).map(|said| said.as_str())
    }

    /// Whether a text ends in such words.
    pub(super) fn end(&self, text: &str) -> bool {
        self.said_at_end(text).is_some()
    }

    fn said_at_end(&self, text: &str) -> Option<Place> {
        /// Bytes of the longest of such words.
        const REACH: usize = 36;
        let end = &text[text.ceil_char_boundary(text.len().saturating_sub(REACH))..];
        let said = self.at_end.as_ref()?.captures(end)?;
        let places = [("front", Place::Front), ("middle", Place::Middle), ("back", Place::Back)];
        places.into_iter().find_map(|(name, place)| said.name(name).map(|_| place))
    }

    /// The groups of a number in their order, where the words before each say that they stand in another one.
    pub(super) fn reordered<'g>(&self, text: &str, groups: &[&'g DigitGroup]) -> Option<Vec<&'g DigitGroup>> {
        if groups.len() < 2 {
            return None;
        }
        let mut start = 0;
        let mut placed = Vec::with_capacity(groups.len());
        for group in groups {
            placed.push((self.said_at_end(&text[start..group.range.start])?, *group));
            start = group.range.end;
        }
        let is_sorted = placed.is_sorted_by_key(|(place, _)| *place);
        placed.sort_by_key(|(place, _)| *place);
        (!is_sorted).then(|| placed.into_iter().map(|(_, group)| group).collect())
    }
}
