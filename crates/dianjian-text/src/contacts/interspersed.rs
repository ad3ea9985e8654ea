//! Telephone numbers that something is written into or right after: odd characters between the digits, hours that touch them.

use super::lexicon::ContactNumbers;
use super::numbers::DigitGroup;
use super::{ContactKind, FoldedContact};
use crate::chars::is_han;
use crate::words::Tier;

/// Adds numbers with a character of any sort between some of their digits, after a word that announces one:
/// 懂的电：138壹00羊13羊8000.
pub(super) fn find_interspersed(text: &str, words: &ContactNumbers, found: &mut Vec<FoldedContact>) {
    const MOBILE: usize = 11;
    /// Characters of a stretch, and those that are none of its digits.
    const MOST: (usize, usize) = (20, 6);
    for (at, _) in text.match_indices('1') {
        let announced = text[..at].trim_end_matches([':', ' ', '是']);
        if text[..at].ends_with(|c: char| c.is_ascii_digit()) || !words.telephone_right_before.end(announced) {
            continue;
        }
        let (mut digits, mut odd, mut end) = (String::new(), Vec::new(), at);
        for (from, c) in text[at..].char_indices().take(MOST.0) {
            if digits.len() == MOBILE && !c.is_ascii_digit() {
                break;
            }
            match c.is_ascii_digit() {
                true => {
                    digits.push(c);
                    end = at + from + 1;
                }
                false => odd.push(c),
            }
        }
        let is_mobile = digits.len() == MOBILE && matches!(digits.as_bytes().get(1), Some(b'3'..=b'9'));
        let is_odd = |c: &char| is_han(*c) && !words.units.has(*c);
        let overlaps = |other: &FoldedContact| other.range.start < end && at < other.range.end;
        if is_mobile && (1..=MOST.1).contains(&odd.len()) && odd.iter().all(is_odd) && !found.iter().any(overlaps) {
            let (kind, tier) = (ContactKind::Phone, Tier::LookAlike);
            found.push(FoldedContact { kind, range: at..end, value: digits, tier, is_concrete: true });
        }
    }
}

/// Takes the hours out that touch a mobile number: 1376682059124小时.
pub(super) fn part_hours(group: &mut DigitGroup, text: &str) {
    const MOBILE: usize = 11;
    let written = &text[group.range.clone()];
    let is_both = written.len() == MOBILE + 2 && written.ends_with("24") && written.starts_with('1');
    if is_both && written == group.digits && text[group.range.end..].starts_with("小时") {
        group.digits.truncate(MOBILE);
        group.range.end -= 2;
    }
}
