//! Digits that several characters write together: 一百三十八, 双0, Ⅷ, three.

use super::numbers::NumberSearch;
use crate::chars::is_han;

/// Digits as they were read at a place.
pub(super) struct ReadDigits {
    pub(super) digits: String,
    /// How many bytes of the text say so.
    pub(super) len: usize,
    pub(super) disguised: usize,
    pub(super) in_thousands: bool,
}

impl ReadDigits {
    pub(super) fn one(digit: char, written: char, disguised: usize) -> Self {
        Self { digits: digit.into(), len: written.len_utf8(), disguised, in_thousands: false }
    }
}

impl NumberSearch {
    /// A numeral with its units, 一百三十八 or 两千两百四, from a hundred on.
    pub(super) fn numeral(&self, text: &str) -> Option<ReadDigits> {
        const UNITS: [char; 3] = ['千', '百', '十'];
        let value = |c: char| if c == '两' { Some('2') } else { self.digit(c) };
        let mut places = [None; 4];
        let mut last: Option<usize> = None;
        let mut chars = text.chars().peekable();
        let mut len = 0;
        while let Some(c) = chars.next().filter(|c| is_han(*c)) {
            let digit = value(c)?;
            // 一百零八: the zero stands for the tens.
            let skips = digit == '0' && last.is_some_and(|last| last < 2);
            let (digit, read) = match chars.peek().copied().and_then(value) {
                Some(next) if skips && next != '0' => {
                    let next_len = chars.next().map_or(0, char::len_utf8);
                    (next, c.len_utf8() + next_len)
                }
                _ if digit == '0' => break,
                _ => (digit, c.len_utf8()),
            };
            let unit = chars.peek().and_then(|next| UNITS.iter().position(|unit| unit == next));
            match (unit, last) {
                (Some(unit), _) if last.is_none_or(|last| unit > last) && (last.is_some() || unit < 2) => {
                    places[unit] = Some(digit);
                    last = Some(unit);
                    len += read + chars.next().map_or(0, char::len_utf8);
                    continue;
                }
                (None, Some(2)) => places[3] = Some(digit),
                (None, Some(_)) if skips => places[3] = Some(digit),
                // 一百八 is 180, but 一百八零 are 100 and 80.
                (None, Some(last)) if chars.peek().copied().and_then(value).is_none() => places[last + 1] = Some(digit),
                _ => break,
            }
            len += read;
            break;
        }
        let first = places.iter().position(Option::is_some).filter(|_| last.is_some())?;
        let digits = places[first..].iter().map(|digit| digit.unwrap_or('0')).collect();
        Some(ReadDigits { digits, len, disguised: 0, in_thousands: first == 0 })
    }

    /// 双0 and 两个零 within a number.
    pub(super) fn repeated(&self, text: &str) -> Option<ReadDigits> {
        let mut chars = text.chars();
        let count = match chars.next()? {
            '双' => 2,
            c => {
                let count = match c {
                    '两' | '俩' => 2,
                    c => self.digit(c)?.to_digit(10)? as usize,
                };
                (chars.next()? == '个' && (2..=4).contains(&count)).then_some(count)?
            }
        };
        let digit = self.digit(chars.next()?)?;
        let digits = std::iter::repeat_n(digit, count).collect();
        Some(ReadDigits { digits, len: text.len() - chars.as_str().len(), disguised: 1, in_thousands: false })
    }

    /// A Roman numeral of several letters before a digit, which folding has taken apart: Ⅱ二七七.
    pub(super) fn roman(&self, text: &str) -> Option<ReadDigits> {
        const NUMERALS: [(&str, char); 7] =
            [("viii", '8'), ("vii", '7'), ("iii", '3'), ("vi", '6'), ("iv", '4'), ("ix", '9'), ("ii", '2')];
        let (numeral, digit) = NUMERALS.into_iter().find(|(numeral, _)| text.starts_with(numeral))?;
        let next = text[numeral.len()..].chars().next()?;
        let fits = is_han(next) && self.digit(next).is_some();
        let read = ReadDigits { digits: digit.into(), len: numeral.len(), disguised: 1, in_thousands: false };
        fits.then_some(read)
    }

    /// The name of a digit: 1three5.
    pub(super) fn named(&self, text: &str) -> Option<ReadDigits> {
        text.starts_with(|c: char| c.is_ascii_lowercase()).then_some(())?;
        let names =
            self.words.digit_names.iter().flat_map(|(digit, names)| names.iter().map(move |name| (digit, name)));
        let (digit, name) = names.filter(|(_, name)| text.starts_with(name)).max_by_key(|(_, name)| name.len())?;
        Some(ReadDigits { digits: digit.clone(), len: name.len(), disguised: 1, in_thousands: false })
    }
}
