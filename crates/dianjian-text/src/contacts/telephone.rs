//! Whether groups of digits are a telephone number: a mobile number, a landline or a 400 number.

use super::ContactKind;
use super::lexicon::ContactNumbers;
use super::numbers::{DigitGroup, parts_loosely};
use super::positions::Positions;
use crate::chars::is_han;
use crate::lexicon::FoldedWords;
use crate::words::Tier;

/// Digits that may be a number.
pub(super) struct NumberCandidate<'a> {
    pub(super) words: &'a ContactNumbers,
    pub(super) positions: &'a Positions,
    pub(super) digits: &'a str,
    pub(super) parts: &'a [&'a DigitGroup],
    pub(super) disguised: usize,
    pub(super) before: &'a str,
    pub(super) text: &'a str,
    pub(super) goes_on: bool,
    pub(super) is_first: bool,
    /// Whether nothing that might be another group follows.
    pub(super) ends_run: bool,
}

impl NumberCandidate<'_> {
    pub(super) fn judge(&self) -> Option<(ContactKind, String, Tier)> {
        match self.digits.len() {
            ..=15 => self.mobile().or_else(|| self.landline()).or_else(|| self.hotline()),
            _ => self.account(),
        }
    }

    /// A bank card or an account.
    fn account(&self) -> Option<(ContactKind, String, Tier)> {
        let count = self.digits.len();
        let pieced = self.gaps().any(|gap| gap.contains(is_han) || gap.contains('\n'));
        if self.goes_on || !self.ends_run || self.disguised > 4 {
            return None;
        }
        let named = words_of_banks(self.before, self.words) || words_of_banks_after(self.after(), self.words);
        let card = self.digits.starts_with(['3', '4', '5', '6']) && (16..=19).contains(&count);
        let union = self.digits.starts_with("62");
        // 转到 and 邮政 say that a card may follow, and its prefix that one does.
        let sent = union && self.words.transfers.are_in(near_end(self.before, 8));
        let tier = match (named || sent, card) {
            (true, true) if self.disguised > 0 || pieced => Tier::LookAlike,
            (true, true) => Tier::Exact,
            (true, false) if (16..=21).contains(&count) => Tier::LookAlike,
            // Without a word of banks it takes a bank's prefix and a check digit that fits.
            (false, true) if union && !pieced && !self.is_part_number(&self.groups()) && passes_luhn(self.digits) => {
                Tier::LookAlike
            }
            _ => return None,
        };
        Some((ContactKind::BankAccount, self.digits.to_owned(), tier))
    }

    /// The lengths of the parts.
    fn groups(&self) -> Vec<usize> {
        self.parts.iter().map(|part| part.digits.len()).collect()
    }

    fn mobile(&self) -> Option<(ContactKind, String, Tier)> {
        let international = self.before.trim_end_matches([' ', '(']).ends_with('+') || self.digits.starts_with("00");
        let mut groups = self.groups();
        let reversed: String = self.digits.chars().rev().collect();
        let reordered = self.positions.reordered(self.text, self.parts);
        let ordered: String = reordered.iter().flatten().map(|part| part.digits.as_str()).collect();
        if let Some(parts) = &reordered {
            groups = parts.iter().map(|part| part.digits.len()).collect();
        }
        let national = match self.digits.strip_prefix("0086").or_else(|| self.digits.strip_prefix("86")) {
            Some(national) if national.len() == 11 => {
                // 86 and eleven digits in one go is an order number as likely as not.
                let prefix = self.digits.len() - national.len();
                let apart = groups.first() == Some(&prefix);
                if !apart && !international && !names_telephone(self.before, self.words) {
                    return None;
                }
                match groups.first_mut() {
                    Some(first) if *first > prefix => *first -= prefix,
                    _ => {
                        groups.remove(0);
                    }
                }
                national
            }
            _ if self.is_backwards() => reversed.as_str(),
            _ if reordered.is_some() => ordered.as_str(),
            _ => self.digits,
        };
        let mut chars = national.chars();
        let begins_well = chars.next() == Some('1') && matches!(chars.next(), Some('3'..='9'));
        if national.len() != 11 || !begins_well || self.disguised > 8 {
            return None;
        }
        if self.parts.iter().any(|part| part.in_thousands) && !self.is_named() {
            return None;
        }
        if self.is_part_number(&groups) {
            return None;
        }
        let whole = groups.len() == 1;
        if !whole && (self.goes_on || !self.is_first && !self.stands_apart()) {
            return None;
        }
        let loose = self.gaps().any(|gap| gap.contains(parts_loosely));
        if loose && !(is_usual_grouping(&groups) && self.is_first && self.ends_run) {
            return None;
        }
        if self.looks_like_sizes(&groups) && !self.is_named() {
            return None;
        }
        let tier = if self.disguised > 0 || loose {
            Tier::LookAlike
        } else if self.parts.len() == 3 && groups == [3, 4, 4] && self.has_blank_gap() && self.stands_alone() {
            // 184 7718 6180 and nothing else is a part's number as likely as not.
            Tier::LookAlike
        } else if is_usual_grouping(&groups) {
            Tier::Exact
        } else if self.has_blank_gap() && !self.is_named() {
            // 159 26 99 3 999: prices and sizes stand side by side like this.
            return None;
        } else {
            Tier::LookAlike
        };
        Some((ContactKind::Phone, national.to_owned(), tier))
    }

    /// 1500*2000*400 and 1/8 1/4 1/2 are sizes, 1799(1999-200) are prices.
    fn looks_like_sizes(&self, groups: &[usize]) -> bool {
        let fractions = self.gaps().any(|gap| gap.contains('/')) && self.gaps().any(|gap| gap.trim().is_empty());
        matches!(groups, [4, 4, 3] | [4, 3, 4]) || fractions
    }

    /// Whether the words around it make a part's number or sizes of it, and none of them invites anybody: digits in groups
    /// beside 轴承, or whole ones right before 型号.
    fn is_part_number(&self, groups: &[usize]) -> bool {
        let after = self.after().trim_start();
        let named_after = self.words.other_after.iter().any(|word| {
            let rest = after.strip_prefix(word).map(|rest| rest.chars().next());
            rest.is_some_and(|next| next.is_none_or(|c| !c.is_alphanumeric()))
        });
        let grouped = groups.len() > 1 && self.gaps().all(|gap| !gap.contains(is_han));
        (named_after || grouped && (self.is_beside(&self.words.goods) || self.has_round_groups())) && !self.is_invited()
    }

    /// Whether its groups are round, as sizes and prices are: 150 1600 2200.
    fn has_round_groups(&self) -> bool {
        let is_round = |part: &&DigitGroup| {
            let digits = part.digits.as_str();
            digits.ends_with("50") || digits.ends_with("00") && !digits.ends_with("000")
        };
        let [first, rest @ ..] = self.parts else { return false };
        self.has_blank_gap() && rest.len() == 2 && first.digits.ends_with('0') && rest.iter().all(is_round)
    }

    /// Whether one of the words stands in the number's line, not far from it.
    fn is_beside(&self, words: &FoldedWords) -> bool {
        /// Characters on either side.
        const REACH: usize = 24;
        let before = near_end(self.before, REACH);
        let before = before.rsplit('\n').next().unwrap_or(before);
        let after = self.after();
        let end = after.char_indices().nth(REACH).map_or(after.len(), |(at, _)| at);
        words.are_in(before) || words.are_in(after[..end].split('\n').next().unwrap_or_default())
    }

    /// Whether the words around it ask to call, or name who answers.
    fn is_invited(&self) -> bool {
        let is_asked = self.before.trim_end().ends_with(['打', '拨', '呼', '找']);
        is_asked || self.ends_in_name() || self.is_beside(&self.words.invitations)
    }

    /// 186-5529-3074蔡: whom to call, and nothing after it.
    fn ends_in_name(&self) -> bool {
        let mut after = self.after().chars();
        after.next().is_some_and(|c| self.words.surnames.has(c)) && after.next().is_none_or(|c| !c.is_alphanumeric())
    }

    /// Whether there is nothing else in the text, and it is written as parts' numbers are.
    fn stands_alone(&self) -> bool {
        let is_plain = |part: &&DigitGroup| part.digits == self.text[part.range.clone()];
        self.parts.iter().all(is_plain)
            && !self.before.contains(char::is_alphanumeric)
            && !self.after().contains(char::is_alphanumeric)
    }

    fn after(&self) -> &str {
        &self.text[self.parts.last().map_or(0, |part| part.range.end)..]
    }

    /// Whether words beside it say that its digits are to be read from the end.
    fn is_backwards(&self) -> bool {
        let after = self.after();
        let after = &after[..after.floor_char_boundary(24)];
        self.words.backwards.are_in(near_end(self.before, 10)) || self.words.backwards.are_in(after)
    }

    /// Whether the words around it say that it is a telephone number.
    fn is_named(&self) -> bool {
        let after = self.after().trim_start_matches([' ', ',', '这', '就']);
        names_telephone(self.before, self.words) || self.words.telephone_after.begin(after)
    }

    /// Whether a blank, the beginning of the text or a word like 前面 comes before the number.
    fn stands_apart(&self) -> bool {
        self.before.chars().next_back().is_none_or(char::is_whitespace) || self.positions.end(self.before)
    }

    /// Whether a group has Arabic digits beside others: 800三.
    fn mixes_scripts(&self) -> bool {
        let is_mixed = |part: &&DigitGroup| {
            let written = &self.text[part.range.clone()];
            written.contains(|c: char| c.is_ascii_digit()) && written.contains(is_han)
        };
        self.parts.iter().any(is_mixed)
    }

    fn has_blank_gap(&self) -> bool {
        self.gaps().any(|gap| gap.chars().all(char::is_whitespace))
    }

    fn gaps(&self) -> impl Iterator<Item = &str> {
        self.parts.windows(2).map(|pair| &self.text[pair[0].range.end..pair[1].range.start])
    }

    fn landline(&self) -> Option<(ContactKind, String, Tier)> {
        // +86-21-...: the country's code takes the place of the zero.
        let abroad = self.before.ends_with('+') && self.groups().len() > 2;
        if let Some(national) = self.digits.strip_prefix("86").filter(|_| abroad) {
            let digits = format!("0{national}");
            let local = self.groups()[2..].iter().sum::<usize>();
            let fits =
                self.parts[0].digits == "86" && matches!(local, 7 | 8) && matches!(self.parts[1].digits.len(), 2 | 3);
            return (fits && !self.goes_on).then_some((ContactKind::Landline, digits, Tier::Exact));
        }
        if self.disguised > 0 || self.goes_on {
            return None;
        }
        if !self.digits.starts_with('0') {
            return self.local();
        }
        let area = if matches!(self.digits.as_bytes().get(1), Some(b'1' | b'2')) { 3 } else { 4 };
        let known_area = matches!(self.digits.as_bytes(), [_, b'1', b'0', ..] | [_, b'2'..=b'9', _, ..]);
        let local = self.digits.get(area..)?;
        let local_fits = matches!(local.len(), 7 | 8) && matches!(local.as_bytes().first(), Some(b'2'..=b'9'));
        if !known_area || !local_fits {
            return None;
        }
        let groups = self.groups();
        let apart = groups.first() == Some(&area) && groups[1..].iter().all(|&len| len >= 3);
        let single = groups.len() == 1;
        if !apart && !single {
            return None;
        }
        let dotted = self.gaps().any(|gap| gap.contains('.') || gap.contains(parts_loosely));
        if dotted && !(self.is_first && self.ends_run) {
            return None;
        }
        let sure = (apart && !dotted) || names_telephone(self.before, self.words);
        Some((ContactKind::Landline, self.digits.to_owned(), if sure { Tier::Exact } else { Tier::LookAlike }))
    }

    /// A number without its area code, right after a word for a telephone.
    fn local(&self) -> Option<(ContactKind, String, Tier)> {
        let before = self.before.trim_end_matches([':', ' ', '是', '为']);
        let before = before.trim_end_matches(['。', '.', '·']);
        // 报名20261203 is a day.
        let is_day = matches!(self.digits.as_bytes(), [b'2', b'0', b'1'..=b'3', _, b'0' | b'1', _, b'0'..=b'3', _]);
        let named = self.words.telephone_right_before.end(before)
            || self.parts.len() == 1 && self.words.telephone_near_before.are_in(near_end(before, 8));
        let fits = matches!(self.digits.len(), 7 | 8)
            && self.parts.len() <= 2
            && (self.ends_run || self.parts.len() == 1)
            && matches!(self.digits.as_bytes().first(), Some(b'2'..=b'8'))
            && named
            && !is_day
            && !self.words.electric.end(before)
            && !self.after().starts_with(|c| self.words.counted.has(c));
        fits.then(|| (ContactKind::Landline, self.digits.to_owned(), Tier::LookAlike))
    }

    fn hotline(&self) -> Option<(ContactKind, String, Tier)> {
        let begins_well = self.digits.starts_with("400") || self.digits.starts_with("800");
        if self.disguised > 5 || self.goes_on || self.digits.len() != 10 || !begins_well {
            return None;
        }
        let loose = self.gaps().any(|gap| gap.contains(parts_loosely));
        if loose && !(self.is_first && self.ends_run) {
            return None;
        }
        let groups = self.groups();
        let named = names_telephone(self.before, self.words);
        let tight = self.gaps().all(|gap| !gap.contains(char::is_whitespace) && !gap.contains('.'));
        let usual = matches!(groups.as_slice(), [3, 3, 4] | [3, 4, 3] | [3, 7] | [4, 3, 3] | [6, 4] | [4, 6] | [5, 5]);
        let tier = match groups.len() {
            1.. if usual && (self.disguised > 0 || loose) => Tier::LookAlike,
            _ if self.disguised > 0 || loose => return None,
            1 if named => Tier::Exact,
            1 => Tier::LookAlike,
            _ if usual && (tight || named) => Tier::Exact,
            // 400 630 800: blanks part sizes as well.
            _ if usual && self.is_first && self.ends_run && !self.mixes_scripts() => Tier::LookAlike,
            _ if usual => return None,
            _ if groups.iter().all(|&len| len == 1) => Tier::Exact,
            _ => return None,
        };
        Some((ContactKind::Hotline400, self.digits.to_owned(), tier))
    }
}

/// How people group the digits of a mobile number when they mean it to be read.
fn is_usual_grouping(groups: &[usize]) -> bool {
    matches!(groups, [11] | [3, 4, 4] | [3, 8] | [7, 4] | [4, 4, 3] | [4, 3, 4] | [5, 6] | [3, 3, 5])
        || groups.iter().all(|&len| len == 1)
}

/// Whether words shortly before a number say that it is a telephone number.
pub(super) fn names_telephone(before: &str, words: &ContactNumbers) -> bool {
    words.telephone.are_in(near_end(before, 10))
}

/// Whether words of banks stand before a number.
pub(super) fn words_of_banks(before: &str, words: &ContactNumbers) -> bool {
    words.banks.are_in(near_end(before, 24))
}

fn words_of_banks_after(after: &str, words: &ContactNumbers) -> bool {
    words.banks.are_in(&after[..after.floor_char_boundary(48)])
}

/// The last characters of a text.
fn near_end(text: &str, count: usize) -> &str {
    let start = text.char_indices().rev().nth(count - 1).map_or(0, |(at, _)| at);
    &text[start..]
}

/// Whether the last digit is the one that Luhn's formula asks for.
fn passes_luhn(digits: &str) -> bool {
    let double = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let digits = digits.chars().rev().filter_map(|c| c.to_digit(10));
    let sum: u32 = digits.enumerate().map(|(at, digit)| if at % 2 == 1 { double(digit) } else { digit }).sum();
    sum.is_multiple_of(10)
}
