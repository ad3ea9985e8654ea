//! Numbers as a sheet shows them: exact decimals, days and times by the cell's format, and long numbers
//! in the form to which spreadsheet programs cut them.

use std::fmt::Write as _;

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};

/// What a cell's format makes of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Shown {
    /// A decimal number.
    #[default]
    Plain,
    /// A whole number filled up with zeros to so many digits, as codes are.
    Padded(u8),
    /// A decimal number in per cent.
    Percent,
    /// A day.
    Date,
    /// A time of the day.
    Time,
    /// A day and a time.
    DateTime,
    /// Hours that may be more than a day has.
    Elapsed,
}

/// Digits that spreadsheet programs keep of a number.
const DIGITS: usize = 15;

/// The day after the last one that a sheet knows: 10000-01-01.
const END_OF_DAYS: f64 = 2_958_466.0;

const DAY_SECONDS: i64 = 86_400;

/// Appends a number as it is shown. What is stored but is no number is appended as it is.
pub(super) fn show(stored: &str, shown: Shown, from_1904: bool, out: &mut String) {
    if shown == Shown::Plain && is_short_whole(stored) {
        return out.push_str(stored);
    }
    let Some(number) = stored.parse::<f64>().ok().filter(|number| number.is_finite()) else {
        return out.push_str(stored);
    };
    let is_day = (0.0..END_OF_DAYS).contains(&number);
    match shown {
        Shown::Padded(width) if number >= 0.0 && number.fract() == 0.0 && number < 1e15 => {
            let _ = write!(out, "{number:0width$}", width = usize::from(width));
        }
        Shown::Percent if number.abs() < 1e12 => {
            show_plain("", number * 100.0, out);
            out.push('%');
        }
        Shown::Date | Shown::Time | Shown::DateTime if is_day => show_moment(number, shown, from_1904, out),
        Shown::Elapsed if is_day => {
            let seconds = seconds(number);
            let _ = write!(out, "{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        }
        _ => show_plain(stored, number, out),
    }
}

/// A whole number that is its own exact form.
fn is_short_whole(stored: &str) -> bool {
    let digits = stored.strip_prefix('-').unwrap_or(stored).as_bytes();
    let canonical = digits.len() == 1 || digits.first().is_some_and(|&digit| digit != b'0');
    (1..=DIGITS).contains(&digits.len()) && canonical && digits.iter().all(u8::is_ascii_digit) && stored != "-0"
}

fn show_plain(stored: &str, number: f64, out: &mut String) {
    if let Some(digits) = long_whole(stored) {
        // Programs that write exports store all digits; those that people edit in zero all past the fifteenth.
        let cut = digits.bytes().skip(DIGITS).all(|digit| digit == b'0');
        return if cut { show_scientific(number, out) } else { out.push_str(stored) };
    }
    if number == 0.0 {
        return out.push('0');
    }
    if number.abs() >= 1e15 || number.abs() < 1e-9 {
        return show_scientific(number, out);
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

/// The digits of a whole number that has more of them than spreadsheet programs keep.
fn long_whole(stored: &str) -> Option<&str> {
    let digits = stored.strip_prefix('-').unwrap_or(stored).trim_start_matches('0');
    (digits.len() > DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit())).then_some(digits)
}

/// `9.14403E+17`: six digits, as cells show what is too long for them.
fn show_scientific(number: f64, out: &mut String) {
    let scientific = format!("{number:.5e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let sign = if exponent < 0 { '-' } else { '+' };
    let _ = write!(out, "{mantissa}E{sign}{:02}", exponent.abs());
}

/// A part of a number's seconds is a trace of how numbers are stored.
fn seconds(days: f64) -> i64 {
    (days * DAY_SECONDS as f64).round() as i64
}

fn show_moment(number: f64, shown: Shown, from_1904: bool, out: &mut String) {
    let seconds = seconds(number);
    let (day, second) = (seconds / DAY_SECONDS, seconds % DAY_SECONDS);
    let has_day = day > 0 || from_1904 && shown == Shown::Date;
    let shown = match shown {
        // A day in a cell for times is still a day, and a bare time in a cell for both has none.
        Shown::Time if has_day && second == 0 => Shown::Date,
        Shown::Time if has_day => Shown::DateTime,
        Shown::DateTime if !has_day => Shown::Time,
        shown => shown,
    };
    if shown != Shown::Time {
        match first_day(day, from_1904).checked_add_signed(Duration::days(day)) {
            // The day that 1900 did not have, but Excel has.
            _ if day == 60 && !from_1904 => out.push_str("1900-02-29"),
            Some(date) => {
                let _ = write!(out, "{date}");
            }
            None => {}
        }
    }
    if shown == Shown::DateTime {
        out.push('T');
    }
    if shown != Shown::Date {
        let _ = write!(out, "{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    }
}

/// The day that a day's number counts from.
fn first_day(day: i64, from_1904: bool) -> NaiveDate {
    let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    match (from_1904, day) {
        (true, _) => date(1904, 1, 1),
        (false, ..60) => date(1899, 12, 31),
        (false, _) => date(1899, 12, 30),
    }
}

/// The number to be stored so that exactly this text is shown; `None`: no number shows it.
pub(super) fn stored(text: &str, shown: Shown, from_1904: bool) -> Option<String> {
    let number = match shown {
        Shown::Plain => text.to_owned(),
        Shown::Padded(_) => text.trim_start_matches('0').to_owned(),
        Shown::Percent => {
            let mut number = String::new();
            show_plain("", text.strip_suffix('%')?.parse::<f64>().ok()? / 100.0, &mut number);
            number
        }
        Shown::Date | Shown::Time | Shown::DateTime => moment(text, from_1904)?,
        Shown::Elapsed => return None,
    };
    let number = if number.is_empty() { "0".to_owned() } else { number };
    let is_decimal = number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let mut again = String::new();
    show(&number, shown, from_1904, &mut again);
    (is_decimal && again == text).then_some(number)
}

/// A day and time as a sheet's number.
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

    fn shown(stored: &str, as_what: Shown) -> String {
        let mut out = String::new();
        show(stored, as_what, false, &mut out);
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
            assert_eq!(shown(stored, Shown::Plain), text, "{stored}");
        }
    }

    #[test]
    fn numbers_cut_by_a_spreadsheet_are_shown_as_it_shows_them() {
        assert_eq!(shown("9.1440300000000000E+17", Shown::Plain), "9.14403E+17");
        assert_eq!(shown("914403001234567000", Shown::Plain), "9.14403E+17");
        assert_eq!(shown("1e+20", Shown::Plain), "1E+20");
        assert_eq!(shown("-1.23456789012346E+016", Shown::Plain), "-1.23457E+16");
        // An export's own number of 64 bits is whole.
        assert_eq!(shown("9144030012345678901", Shown::Plain), "9144030012345678901");
    }

    #[test]
    fn days_and_times_follow_the_format() {
        for (stored, as_what, text) in [
            ("46082", Shown::Date, "2026-03-01"),
            ("46082.5", Shown::Date, "2026-03-01"),
            ("46082.833333333336", Shown::DateTime, "2026-03-01T20:00:00"),
            ("0.833333333333333", Shown::Time, "20:00:00"),
            ("0.5", Shown::DateTime, "12:00:00"),
            ("46082", Shown::Time, "2026-03-01"),
            ("1.25", Shown::Elapsed, "30:00:00"),
            ("1", Shown::Date, "1900-01-01"),
            ("59", Shown::Date, "1900-02-28"),
            ("60", Shown::Date, "1900-02-29"),
            ("61", Shown::Date, "1900-03-01"),
            ("2958465", Shown::Date, "9999-12-31"),
            ("2958466", Shown::Date, "2958466"),
            ("-1", Shown::Date, "-1"),
            ("6194", Shown::Padded(6), "006194"),
            ("0.05", Shown::Percent, "5%"),
            ("0.285", Shown::Percent, "28.5%"),
            ("0.07", Shown::Percent, "7%"),
            ("1", Shown::Percent, "100%"),
        ] {
            assert_eq!(shown(stored, as_what), text, "{stored} {as_what:?}");
        }
        let mut mac = String::new();
        show("44620", Shown::Date, true, &mut mac);
        assert_eq!(mac, "2026-03-01");
    }

    #[test]
    fn a_text_is_stored_as_the_number_that_shows_it() {
        for (text, as_what, number) in [
            ("5000", Shown::Plain, Some("5000")),
            ("4.7", Shown::Plain, Some("4.7")),
            ("4.70", Shown::Plain, None),
            ("云山", Shown::Plain, None),
            ("914403001234567000", Shown::Plain, None),
            ("006194", Shown::Padded(6), Some("6194")),
            ("000000", Shown::Padded(6), Some("0")),
            ("7%", Shown::Percent, Some("0.07")),
            ("28.5%", Shown::Percent, Some("0.285")),
            ("7", Shown::Percent, None),
            ("2026-03-01", Shown::Date, Some("46082")),
            ("1900-01-01", Shown::Date, Some("1")),
            ("2026-03-01T20:00:00", Shown::DateTime, Some("46082.833333333336")),
            ("20:00:00", Shown::Time, Some("0.8333333333333334")),
            ("明天", Shown::Date, None),
        ] {
            assert_eq!(stored(text, as_what, false).as_deref(), number, "{text}");
        }
        assert_eq!(stored("2026-03-01", Shown::Date, true).as_deref(), Some("44620"));
    }
}
