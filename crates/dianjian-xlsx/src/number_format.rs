//! Numbers as a sheet shows them: exact decimals, dates and times by the cell's format, and long numbers in the form to
//! which spreadsheet programs cut them.

use std::fmt::Write as _;

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};

/// How a cell's format displays numbers, as far as it changes what they mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum NumberFormat {
    #[default]
    Plain,
    /// A whole number padded with zeros to this many digits, as codes are.
    Padded(u8),
    /// A decimal number in percent.
    Percent,
    Date,
    /// A time of day.
    Time,
    /// A date and a time of day.
    DateTime,
    /// A duration in hours, which may exceed 24.
    Elapsed,
}

/// Significant digits that spreadsheet programs keep of a number.
const DIGITS: usize = 15;

/// The serial number of 10000-01-01, the first date that spreadsheets do not know.
const DATE_END: f64 = 2_958_466.0;

const DAY_SECONDS: i64 = 86_400;

/// Appends a number as the sheet shows it. A stored value that is no number is appended verbatim.
pub(crate) fn format_number(stored: &str, format: NumberFormat, from_1904: bool, out: &mut String) {
    if format == NumberFormat::Plain && is_short_whole(stored) {
        return out.push_str(stored);
    }
    let Some(number) = stored.parse::<f64>().ok().filter(|number| number.is_finite()) else {
        return out.push_str(stored);
    };
    let is_day = (0.0..DATE_END).contains(&number);
    match format {
        NumberFormat::Padded(width) if number >= 0.0 && number.fract() == 0.0 && number < 1e15 => {
            let _ = write!(out, "{number:0width$}", width = usize::from(width));
        }
        NumberFormat::Percent if number.abs() < 1e12 => {
            push_plain("", number * 100.0, out);
            out.push('%');
        }
        NumberFormat::Date | NumberFormat::Time | NumberFormat::DateTime if is_day => {
            push_moment(number, format, from_1904, out)
        }
        NumberFormat::Elapsed if is_day => {
            let seconds = seconds(number);
            let _ = write!(out, "{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        }
        _ => push_plain(stored, number, out),
    }
}

/// Is this a whole number in canonical form, of so few digits that it is displayed as it is stored?
fn is_short_whole(stored: &str) -> bool {
    let digits = stored.strip_prefix('-').unwrap_or(stored).as_bytes();
    let canonical = digits.len() == 1 || digits.first().is_some_and(|&digit| digit != b'0');
    (1..=DIGITS).contains(&digits.len()) && canonical && digits.iter().all(u8::is_ascii_digit) && stored != "-0"
}

fn push_plain(stored: &str, number: f64, out: &mut String) {
    if let Some(digits) = long_whole(stored) {
        // Exports store all digits; spreadsheet programs zero those after the fifteenth when a person edits the sheet.
        let cut = digits.bytes().skip(DIGITS).all(|digit| digit == b'0');
        return if cut { push_scientific(number, out) } else { out.push_str(stored) };
    }
    if number == 0.0 {
        return out.push('0');
    }
    if number.abs() >= 1e15 || number.abs() < 1e-9 {
        return push_scientific(number, out);
    }
    let scientific = format!("{number:.precision$e}", precision = DIGITS - 1);
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return out.push_str(stored) };
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    let exponent: i32 = exponent.parse().unwrap_or_default();
    out.push_str(sign);
    if exponent < 0 {
        out.push_str("0.");
        (1..-exponent).for_each(|_| out.push('0'));
        return out.push_str(digits);
    }
    let whole = exponent as usize + 1;
    match digits.split_at_checked(whole).filter(|(_, fraction)| !fraction.is_empty()) {
        Some((whole, fraction)) => {
            let _ = write!(out, "{whole}.{fraction}");
        }
        None => {
            let _ = write!(out, "{digits:0<whole$}");
        }
    }
}

/// The digits of a whole number that has more of them than spreadsheet programs keep, without leading zeros.
fn long_whole(stored: &str) -> Option<&str> {
    let digits = stored.strip_prefix('-').unwrap_or(stored).trim_start_matches('0');
    (digits.len() > DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit())).then_some(digits)
}

/// `9.14403E+17`: six significant digits, as spreadsheets show numbers that are too long for a cell.
fn push_scientific(number: f64, out: &mut String) {
    let scientific = format!("{number:.5e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let sign = if exponent < 0 { '-' } else { '+' };
    let _ = write!(out, "{mantissa}E{sign}{:02}", exponent.abs());
}

/// Whole seconds: fractions of a second are artefacts of binary storage.
fn seconds(days: f64) -> i64 {
    (days * DAY_SECONDS as f64).round() as i64
}

fn push_moment(number: f64, format: NumberFormat, from_1904: bool, out: &mut String) {
    let seconds = seconds(number);
    let (day, second) = (seconds / DAY_SECONDS, seconds % DAY_SECONDS);
    let has_day = day > 0 || from_1904 && format == NumberFormat::Date;
    let format = match format {
        // A date in a cell formatted as time is still a date, and a bare time in a cell formatted as both has none.
        NumberFormat::Time if has_day && second == 0 => NumberFormat::Date,
        NumberFormat::Time if has_day => NumberFormat::DateTime,
        NumberFormat::DateTime if !has_day => NumberFormat::Time,
        format => format,
    };
    if format != NumberFormat::Time {
        match first_day(day, from_1904).checked_add_signed(Duration::days(day)) {
            // Excel counts a day that 1900 did not have.
            _ if day == 60 && !from_1904 => out.push_str("1900-02-29"),
            Some(date) => {
                let _ = write!(out, "{date}");
            }
            None => {}
        }
    }
    if format == NumberFormat::DateTime {
        out.push('T');
    }
    if format != NumberFormat::Date {
        let _ = write!(out, "{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    }
}

/// The date from which a serial number counts.
fn first_day(day: i64, from_1904: bool) -> NaiveDate {
    let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    match (from_1904, day) {
        (true, _) => date(1904, 1, 1),
        (false, ..60) => date(1899, 12, 31),
        (false, _) => date(1899, 12, 30),
    }
}

/// The number to store so that the sheet displays exactly this text; `None` if no number is displayed like that.
pub(crate) fn parse_displayed(text: &str, format: NumberFormat, from_1904: bool) -> Option<String> {
    let number = match format {
        NumberFormat::Plain => text.to_owned(),
        NumberFormat::Padded(_) => text.trim_start_matches('0').to_owned(),
        NumberFormat::Percent => {
            let mut number = String::new();
            push_plain("", text.strip_suffix('%')?.parse::<f64>().ok()? / 100.0, &mut number);
            number
        }
        NumberFormat::Date | NumberFormat::Time | NumberFormat::DateTime => moment(text, from_1904)?,
        NumberFormat::Elapsed => return None,
    };
    let number = if number.is_empty() { "0".to_owned() } else { number };
    let is_decimal = number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let mut again = String::new();
    format_number(&number, format, from_1904, &mut again);
    (is_decimal && again == text).then_some(number)
}

/// The serial number of a date, a time, or both.
fn moment(text: &str, from_1904: bool) -> Option<String> {
    let (days, time) = match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(date) => (days_to(date, from_1904), NaiveTime::default()),
        Err(_) => match NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S") {
            Ok(moment) => (days_to(moment.date(), from_1904), moment.time()),
            Err(_) => (0, NaiveTime::parse_from_str(text, "%H:%M:%S").ok()?),
        },
    };
    let seconds = time.signed_duration_since(NaiveTime::default()).num_seconds();
    Some((days as f64 + seconds as f64 / DAY_SECONDS as f64).to_string())
}

fn days_to(date: NaiveDate, from_1904: bool) -> i64 {
    let days = |first: NaiveDate| date.signed_duration_since(first).num_days();
    let late = days(first_day(61, from_1904));
    if late > 60 || from_1904 { late } else { days(first_day(1, from_1904)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(stored: &str, as_what: NumberFormat) -> String {
        let mut out = String::new();
        format_number(stored, as_what, false, &mut out);
        out
    }

    #[test]
    fn numbers_are_exact_and_without_traces_of_their_storage() {
        for (stored, text) in [
            ("5000", "5000"),
            ("5000.0", "5000"),
            ("4.7000000000000002", "4.7"),
            ("0.30000000000000004", "0.3"),
            ("-12.50", "-12.5"),
            ("1E+5", "100000"),
            ("1.5E-3", "0.0015"),
            ("0", "0"),
            ("-0", "0"),
            ("13800138000", "13800138000"),
            ("123456789012345", "123456789012345"),
            ("99999999999999.9", "99999999999999.9"),
            ("not a number", "not a number"),
        ] {
            assert_eq!(shown(stored, NumberFormat::Plain), text, "{stored}");
        }
    }

    #[test]
    fn numbers_cut_by_a_spreadsheet_are_shown_as_it_shows_them() {
        assert_eq!(shown("9.1440300000000000E+17", NumberFormat::Plain), "9.14403E+17");
        assert_eq!(shown("914403001234567000", NumberFormat::Plain), "9.14403E+17");
        assert_eq!(shown("1e+20", NumberFormat::Plain), "1E+20");
        assert_eq!(shown("-1.23456789012346E+016", NumberFormat::Plain), "-1.23457E+16");
        // An export's own number of 64 bits is whole.
        assert_eq!(shown("9144030012345678901", NumberFormat::Plain), "9144030012345678901");
    }

    #[test]
    fn days_and_times_follow_the_format() {
        for (stored, as_what, text) in [
            ("46082", NumberFormat::Date, "2026-03-01"),
            ("46082.5", NumberFormat::Date, "2026-03-01"),
            ("46082.833333333336", NumberFormat::DateTime, "2026-03-01T20:00:00"),
            ("0.833333333333333", NumberFormat::Time, "20:00:00"),
            ("0.5", NumberFormat::DateTime, "12:00:00"),
            ("46082", NumberFormat::Time, "2026-03-01"),
            ("1.25", NumberFormat::Elapsed, "30:00:00"),
            ("1", NumberFormat::Date, "1900-01-01"),
            ("59", NumberFormat::Date, "1900-02-28"),
            ("60", NumberFormat::Date, "1900-02-29"),
            ("61", NumberFormat::Date, "1900-03-01"),
            ("2958465", NumberFormat::Date, "9999-12-31"),
            ("2958466", NumberFormat::Date, "2958466"),
            ("-1", NumberFormat::Date, "-1"),
            ("6194", NumberFormat::Padded(6), "006194"),
            ("0.05", NumberFormat::Percent, "5%"),
            ("0.285", NumberFormat::Percent, "28.5%"),
            ("0.07", NumberFormat::Percent, "7%"),
            ("1", NumberFormat::Percent, "100%"),
        ] {
            assert_eq!(shown(stored, as_what), text, "{stored} {as_what:?}");
        }
        let mut mac = String::new();
        format_number("44620", NumberFormat::Date, true, &mut mac);
        assert_eq!(mac, "2026-03-01");
    }

    #[test]
    fn a_text_is_stored_as_the_number_that_shows_it() {
        for (text, as_what, number) in [
            ("5000", NumberFormat::Plain, Some("5000")),
            ("4.7", NumberFormat::Plain, Some("4.7")),
            ("4.70", NumberFormat::Plain, None),
            ("云山", NumberFormat::Plain, None),
            ("914403001234567000", NumberFormat::Plain, None),
            ("006194", NumberFormat::Padded(6), Some("6194")),
            ("000000", NumberFormat::Padded(6), Some("0")),
            ("7%", NumberFormat::Percent, Some("0.07")),
            ("28.5%", NumberFormat::Percent, Some("0.285")),
            ("7", NumberFormat::Percent, None),
            ("2026-03-01", NumberFormat::Date, Some("46082")),
            ("1900-01-01", NumberFormat::Date, Some("1")),
            ("2026-03-01T20:00:00", NumberFormat::DateTime, Some("46082.833333333336")),
            ("20:00:00", NumberFormat::Time, Some("0.8333333333333334")),
            ("明天", NumberFormat::Date, None),
        ] {
            assert_eq!(parse_displayed(text, as_what, false).as_deref(), number, "{text}");
        }
        assert_eq!(parse_displayed("2026-03-01", NumberFormat::Date, true).as_deref(), Some("44620"));
    }
}
