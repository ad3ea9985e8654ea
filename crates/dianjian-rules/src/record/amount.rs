//! Amounts of money in words: 壹佰万元整, 1亿5千万, 三千五百万.

use dianjian_text::{Fold, fold};
use rust_decimal::Decimal;

use super::cells::ungrouped;
use super::table_cells::TableCells;

/// The amount is in another currency than yuan.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ForeignCurrency;

/// The amount of yuan that a text begins with: `100万元以上`, `人民币壹佰万元`; `None` where none begins there.
pub(crate) fn leading_amount(text: &str, words: &TableCells) -> Option<Result<Decimal, ForeignCurrency>> {
    let folded = fold(text, Fold::Name);
    let text = without_currency(folded.as_str(), words);
    let (number, rest) = number_in_words(text)?;
    // 100 万元人民币, 100 万（美元）
    let rest = rest.trim_start_matches([' ', '(']);
    let is_foreign = words.foreign_currencies.iter().any(|word| rest.starts_with(word));
    Some(if is_foreign { Err(ForeignCurrency) } else { Ok(number) })
}

/// A whole text as an amount of yuan in words; `None` where anything else is in it.
pub(super) fn amount_in_words(folded: &str, words: &TableCells) -> Option<Decimal> {
    let (number, rest) = number_in_words(without_currency(folded.trim(), words))?;
    let mut rest = rest.trim();
    let endings = || words.units.keys().map(String::as_str).chain(words.currencies.iter());
    while let Some(word) = endings().filter(|word| rest.starts_with(word)).max_by_key(|word| word.len()) {
        rest = rest[word.len()..].trim();
    }
    let rest = rest.strip_prefix(['整', '正']).unwrap_or(rest);
    rest.is_empty().then_some(number)
}

/// A folded text without the currency before its number.
pub(super) fn without_currency<'t>(text: &'t str, words: &TableCells) -> &'t str {
    let text = text.trim_start().trim_start_matches(['¥', '￥']).trim_start();
    words.currencies.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text).trim_start()
}

/// What has been read of a number: 3亿2千万 is 300,000,000, then 2,000 of a section that 万 multiplies.
#[derive(Default)]
struct NumberInWords {
    /// Whole 万 and 亿.
    total: Decimal,
    /// Thousands, hundreds and tens since.
    section: Decimal,
    /// The digits since.
    digits: Option<Decimal>,
    /// Whether 零 came since the last unit: 一万零五 is 10,005, while 一万五 may be 15,000.
    has_zero: bool,
    /// Whether the last unit leaves it open what a single digit behind it means.
    is_open: bool,
}

impl NumberInWords {
    fn unit(&mut self, value: u32) -> Option<()> {
        let value = Decimal::from(value);
        match self.digits.take() {
            Some(digits) => self.section = self.section.checked_add(digits.checked_mul(value)?)?,
            // 十万 is 一十万.
            None if value == Decimal::TEN && self.section.is_zero() => self.section = value,
            None => return None,
        }
        (self.has_zero, self.is_open) = (false, true);
        Some(())
    }

    fn large_unit(&mut self, value: u32) -> Option<()> {
        let section = self.section.checked_add(self.digits.take().unwrap_or_default())?;
        let value = Decimal::from(value);
        // 一千万亿 is rare; 亿 multiplies all that came before it.
        if section.is_zero() && self.total.is_zero() {
            return None;
        }
        self.total = match value == Decimal::from(100_000_000) {
            true => self.total.checked_add(section)?.checked_mul(value)?,
            false => self.total.checked_add(section.checked_mul(value)?)?,
        };
        self.section = Decimal::ZERO;
        (self.has_zero, self.is_open) = (false, true);
        Some(())
    }

    fn end(self) -> Option<Decimal> {
        let digits = self.digits.unwrap_or_default();
        // 1万5 may be 15,000 or 10,005.
        if self.is_open && !self.has_zero && !digits.is_zero() && digits < Decimal::ONE_THOUSAND {
            let follows_ten = !self.section.is_zero() && (self.section % Decimal::ONE_HUNDRED) != Decimal::ZERO;
            if !follows_ten {
                return None;
            }
        }
        self.total.checked_add(self.section)?.checked_add(digits)
    }
}

/// The number that a folded text begins with, in digits or in words, and what follows it.
fn number_in_words(text: &str) -> Option<(Decimal, &str)> {
    let mut number = NumberInWords::default();
    let mut rest = text;
    let mut is_any = false;
    while let Some(character) = rest.chars().next() {
        if character.is_ascii_digit() {
            if number.digits.is_some() {
                return None;
            }
            let (digits, after) = plain_digits(rest)?;
            number.digits = Some(digits);
            rest = after.trim_start_matches(' ');
            is_any = true;
            continue;
        }
        match character {
            '零' | '〇' if is_any => number.has_zero = true,
            _ => match (digit(character), unit(character)) {
                (Some(digit), _) => {
                    let before = number.digits.unwrap_or_default().checked_mul(Decimal::TEN)?;
                    number.digits = Some(before.checked_add(Decimal::from(digit))?);
                }
                (_, Some(value)) if value < 10_000 => number.unit(value)?,
                (_, Some(value)) => number.large_unit(value)?,
                _ => break,
            },
        }
        is_any = true;
        rest = &rest[character.len_utf8()..];
    }
    Some((number.end().filter(|_| is_any)?, rest))
}

/// Digits with marks between thousands, and a fraction.
fn plain_digits(text: &str) -> Option<(Decimal, &str)> {
    let is_part = |character: char| character.is_ascii_digit() || matches!(character, ',' | '.');
    let end = text.find(|character| !is_part(character)).unwrap_or(text.len());
    let written = text[..end].trim_end_matches([',', '.']);
    Some((ungrouped(written)?.parse().ok()?, &text[written.len()..]))
}

fn digit(character: char) -> Option<u32> {
    let written = ["一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"];
    (1..).zip(written).find(|(_, written)| written.contains(character)).map(|(digit, _)| digit)
}

fn unit(character: char) -> Option<u32> {
    match character {
        '十' | '拾' => Some(10),
        '百' | '佰' => Some(100),
        '千' | '仟' => Some(1000),
        '万' => Some(10_000),
        '亿' => Some(100_000_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::table_cells::shipped;

    #[test]
    fn amounts_in_words_are_read_and_other_currencies_are_not() {
        let words = shipped();
        let read = |text: &str| leading_amount(text, &words)?.ok().map(|number| number.normalize().to_string());
        for (text, expected) in [
            ("30万", "300000"),
            ("1亿", "100000000"),
            ("1 亿元以上", "100000000"),
            ("壹佰万元整", "1000000"),
            ("人民币叁仟伍佰万圆", "35000000"),
            ("一百二十万", "1200000"),
            ("十万", "100000"),
            ("两千万元（含）", "20000000"),
            ("1亿5千万", "150000000"),
            ("三亿二千五百万", "325000000"),
            ("1,000,000元", "1000000"),
            ("500.5万", "5005000"),
            ("一万零五", "10005"),
            ("二十五", "25"),
            ("5000万人民币", "50000000"),
            ("貳佰萬元", "2000000"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
        for text in
            ["10万美元", "10万（美元）", "USD 10万", "$100000", "50万港币", "一万五", "百万", "万", "", "不限", "1万5"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(amount_in_words("壹佰万元整", &words), Some(Decimal::from(1_000_000)));
        assert_eq!(amount_in_words("一百万左右", &words), None);
    }
}
