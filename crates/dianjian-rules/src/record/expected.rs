//! What is expected in the place of a value of the wrong type.

use chrono::{Days, NaiveDate};
use dianjian_base::lang::Text;
use dianjian_base::text;

use super::cells::day;
use super::schema::FieldType;

/// Days of spreadsheets that dates of shops can be: 1982 to 2091.
const SERIAL_DAYS: std::ops::RangeInclusive<u64> = 30_000..=70_000;

/// What is expected instead of what was found: where it is clear which day was meant, that day.
pub(super) fn expected_instead(expected: FieldType, found: &str) -> Text {
    let is_day = matches!(expected, FieldType::Date | FieldType::Datetime);
    is_day.then(|| meant_day(found.trim())).flatten().unwrap_or_else(|| type_name(expected))
}

fn meant_day(found: &str) -> Option<Text> {
    if let Some(day) = day(found) {
        return Some(text! { zh: "日期 {day}", en: "the date {day}" });
    }
    if let Some(day) = serial_day(found) {
        return Some(text! {
            zh: "日期，如 {day}（电子表格里 {found} 就是这一天）",
            en: "a date such as {day}, which is what {found} stands for in a spreadsheet",
        });
    }
    let why = impossible_day(found)?;
    Some(Text {
        zh: format!("日历上有的日期，如 2026-01-31（{}）", why.zh),
        en: format!("a date of the calendar such as 2026-01-31 ({})", why.en),
    })
}

/// The day that a spreadsheet keeps as a number of days.
fn serial_day(found: &str) -> Option<NaiveDate> {
    let days = found.split('.').next()?;
    let is_number = found.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let days = days.parse().ok().filter(|days| is_number && SERIAL_DAYS.contains(days))?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))
}

/// Why a year, a month and a day are no date.
fn impossible_day(found: &str) -> Option<Text> {
    let date = found.split([' ', 'T']).next()?;
    let mut numbers = date.split(|character: char| !character.is_ascii_digit()).filter(|number| !number.is_empty());
    let (year, month, day) = match (date.len(), numbers.next()?, numbers.next(), numbers.next()) {
        (8, all, None, None) => (all.get(..4)?, all.get(4..6)?, all.get(6..)?),
        (_, year, Some(month), Some(day)) if year.len() == 4 && numbers.next().is_none() => (year, month, day),
        _ => return None,
    };
    let (year, month, day): (i32, u32, u32) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    if !(1..=12).contains(&month) {
        return Some(text! { zh: "没有 {month} 月", en: "there is no month {month}" });
    }
    NaiveDate::from_ymd_opt(year, month, day).is_none().then(|| {
        text! { zh: "{year} 年 {month} 月没有 {day} 日", en: "month {month} of {year} has no day {day}" }
    })
}

/// What a type is called in messages.
fn type_name(ty: FieldType) -> Text {
    let (zh, en) = match ty {
        FieldType::Text | FieldType::LicenceCode => ("文字", "a text"),
        FieldType::Id | FieldType::Reference => ("文字或整数", "a text or a whole number"),
        FieldType::Asset | FieldType::Script => ("文件路径", "a path"),
        FieldType::Number => ("数字，如 4.7", "a number such as 4.7"),
        FieldType::Money => ("金额（元），如 5000", "an amount in yuan such as 5000"),
        FieldType::Integer => ("整数，如 12", "a whole number such as 12"),
        FieldType::Date => ("日期，如 2026-01-31", "a date such as 2026-01-31"),
        FieldType::Datetime => ("时间，如 2026-01-31T20:00:00+08:00", "a time such as 2026-01-31T20:00:00+08:00"),
        FieldType::Bool => (" true 或 false", "true or false"),
        FieldType::Enum => ("已知的值之一", "one of the known values"),
        FieldType::List => ("列表", "a list"),
        FieldType::Map | FieldType::Record => ("一组字段", "a map of fields"),
        FieldType::Any => ("任何内容", "anything"),
    };
    Text::new(zh, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_that_was_meant_is_named() {
        let cases = [
            ("20240101", "the date 2024-01-01"),
            ("2024/1/5", "the date 2024-01-05"),
            ("2024年1月5日", "the date 2024-01-05"),
            ("45000", "a date such as 2023-03-15, which is what 45000 stands for in a spreadsheet"),
            ("45000.5", "a date such as 2023-03-15, which is what 45000.5 stands for in a spreadsheet"),
            ("2026/13/01", "a date of the calendar such as 2026-01-31 (there is no month 13)"),
            ("20261301", "a date of the calendar such as 2026-01-31 (there is no month 13)"),
            ("2026-02-30", "a date of the calendar such as 2026-01-31 (month 2 of 2026 has no day 30)"),
            ("明年", "a date such as 2026-01-31"),
            ("12", "a date such as 2026-01-31"),
            ("1/2/2026", "a date such as 2026-01-31"),
        ];
        for (found, expected) in cases {
            assert_eq!(expected_instead(FieldType::Date, found).en, expected, "{found}");
        }
        assert_eq!(expected_instead(FieldType::Integer, "45000.5").en, "a whole number such as 12");
    }
}
