//! The unified social credit code (统一社会信用代码, GB 32100-2015) that a Chinese business licence carries.

use std::fmt;

use dianjian_base::localized;
use thiserror::Error;

use crate::chars::is_dropped;

mod key;

pub use key::licence_key;

/// The characters of a code in the order of their values; I, O, S, V and Z are not used.
const CHARSET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// How many characters a code has.
const LENGTH: usize = 18;

/// A unified social credit code whose check character is right.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LicenceCode {
    code: String,
    normalised: bool,
}

/// The department that a body is registered with: the first character of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Authority {
    /// 1: 机构编制.
    Establishment,
    /// 2: 外交.
    ForeignAffairs,
    /// 3: 司法行政.
    Justice,
    /// 4: 文化.
    Culture,
    /// 5: 民政.
    CivilAffairs,
    /// 6: 旅游.
    Tourism,
    /// 7: 宗教.
    Religion,
    /// 8: 工会.
    TradeUnions,
    /// 9: 工商, today 市场监督管理.
    Market,
    /// A: 中央军委改革和编制办公室.
    Military,
    /// N: 农业.
    Agriculture,
    /// Y: another one, and characters that the standard keeps for later.
    Other,
}

/// What kind of body a code belongs to: its first two characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubjectKind {
    /// 91: 企业.
    Enterprise,
    /// 92: 个体工商户.
    SoleTrader,
    /// 93: 农民专业合作社.
    FarmersCooperative,
    /// 11: 机关.
    GovernmentBody,
    /// 12: 事业单位.
    Institution,
    /// 51: 社会团体.
    SocialGroup,
    /// 52: 民办非企业单位.
    PrivateNonEnterprise,
    /// 53: 基金会.
    Foundation,
    /// Any other.
    Other,
}

/// Why a text is no unified social credit code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum LicenceError {
    /// Nothing but blanks.
    Empty,
    /// Not 18 characters.
    Length { found: usize },
    /// A character that a code cannot have at this index, counted from 0, blanks aside. The suggestion is what was likely
    /// meant: 0 for O, 1 for I.
    Character { index: usize, found: char, suggestion: Option<char> },
    /// The check character does not fit the others.
    CheckDigit { expected: char, found: char },
    /// The 15-digit business registration number that came before unified codes (until 2015); `checks` says whether its own
    /// check digit (GB/T 17710) is right.
    OldRegistrationNumber { checks: bool },
    /// A spreadsheet turned the code into a number: 9.14403E+17.
    ScientificNotation,
    /// A spreadsheet kept 15 digits and put zeros in the place of the last three.
    Rounded,
}

localized! { LicenceError {
    Self::Empty => { zh: "代码是空的", en: "the licence code is empty" }
    Self::Length { found } => {
        zh: "统一社会信用代码应为 18 位，这里是 {found} 位",
        en: "a licence code has 18 characters, this one has {found}",
    }
    Self::Character { index, found, suggestion } => {
        zh: {
            let meant = suggestion.map(|meant| format!("，可能是“{meant}”的误写")).unwrap_or_default();
            format!("第 {} 位不能是“{found}”{meant}", index + 1)
        },
        en: format!("`{found}` cannot stand at position {} of a licence code", index + 1),
    }
    Self::CheckDigit { expected, found } => {
        zh: "校验位应为“{expected}”，这里是“{found}”，说明代码里有一位写错了",
        en: "the check character should be `{expected}`, not `{found}`: one of the characters is wrong",
    }
    Self::OldRegistrationNumber { .. } => {
        zh: "这是 2015 年以前的 15 位工商注册号，不是统一社会信用代码",
        en: "this is a 15-digit registration number of before 2015, not a unified social credit code",
    }
    Self::ScientificNotation => {
        zh: "代码被电子表格变成了数字，后几位已经丢失",
        en: "a spreadsheet has turned the licence code into a number; its digits are lost",
    }
    Self::Rounded => {
        zh: "代码的后三位被电子表格变成了零",
        en: "the last digits of the licence code were rounded to zeros, as spreadsheets do with long numbers",
    }
} }

/// Reads a unified social credit code. Lower case, full-width characters, blanks and hyphens between
/// groups are accepted; see [`LicenceCode::is_normalised`].
///
/// # Errors
/// A [`LicenceError`] which says what is wrong, and where.
pub fn licence_code(text: &str) -> Result<LicenceCode, LicenceError> {
    if checks_as_written(text) {
        return Ok(LicenceCode { code: text.to_owned(), normalised: false });
    }
    let chars: Vec<char> = text.chars().filter(|c| !is_gap(*c)).map(narrow).collect();
    if chars.is_empty() {
        return Err(LicenceError::Empty);
    }
    if is_scientific(text) {
        return Err(LicenceError::ScientificNotation);
    }
    if chars.len() == 15 && chars.iter().all(char::is_ascii_digit) {
        return Err(LicenceError::OldRegistrationNumber { checks: old_number_checks(&chars) });
    }
    if chars.len() != LENGTH {
        return Err(LicenceError::Length { found: chars.len() });
    }
    let mut sum = 0;
    let mut weight = 1;
    let mut last = 0;
    for (index, &found) in chars.iter().enumerate() {
        last = value(index, found).ok_or_else(|| LicenceError::Character {
            index,
            found,
            suggestion: meant(index, found),
        })?;
        if index + 1 < LENGTH {
            sum += last * weight;
            weight = weight * 3 % 31;
        }
    }
    let expected = (31 - sum % 31) % 31;
    if expected == last {
        let code: String = chars.iter().collect();
        let normalised = code != text;
        return Ok(LicenceCode { code, normalised });
    }
    if chars.iter().all(char::is_ascii_digit) && chars.ends_with(&['0', '0', '0']) {
        return Err(LicenceError::Rounded);
    }
    Err(LicenceError::CheckDigit { expected: char::from(CHARSET[expected]), found: char::from(CHARSET[last]) })
}

/// Whether a text is a right code with nothing to mend: nearly all are.
fn checks_as_written(text: &str) -> bool {
    let Ok(bytes) = <&[u8; LENGTH]>::try_from(text.as_bytes()) else { return false };
    let mut sum = 0;
    let mut weight = 1;
    let mut last = 0;
    for (index, &byte) in bytes.iter().enumerate() {
        sum += last * weight;
        weight = if index == 0 { 1 } else { weight * 3 % 31 };
        match usize::from(VALUES[usize::from(byte)]) {
            value if value < CHARSET.len() && (byte.is_ascii_digit() || !(2..8).contains(&index)) => last = value,
            _ => return false,
        }
    }
    (31 - sum % 31) % 31 == last
}

/// The value of each character of [`CHARSET`]; of others one that is too large.
static VALUES: [u8; 256] = {
    let mut values = [u8::MAX; 256];
    let mut at = 0;
    while at < CHARSET.len() {
        values[CHARSET[at] as usize] = at as u8;
        at += 1;
    }
    values
};

impl LicenceCode {
    /// The code: 18 characters, upper case.
    pub fn as_str(&self) -> &str {
        &self.code
    }

    /// Whether the text that was read differed from [`LicenceCode::as_str`] (case, width, blanks).
    pub fn is_normalised(&self) -> bool {
        self.normalised
    }

    /// The registering department.
    pub fn authority(&self) -> Authority {
        match self.code.as_bytes().first() {
            Some(b'1') => Authority::Establishment,
            Some(b'2') => Authority::ForeignAffairs,
            Some(b'3') => Authority::Justice,
            Some(b'4') => Authority::Culture,
            Some(b'5') => Authority::CivilAffairs,
            Some(b'6') => Authority::Tourism,
            Some(b'7') => Authority::Religion,
            Some(b'8') => Authority::TradeUnions,
            Some(b'9') => Authority::Market,
            Some(b'A') => Authority::Military,
            Some(b'N') => Authority::Agriculture,
            _ => Authority::Other,
        }
    }

    /// What kind of body the code belongs to.
    pub fn subject(&self) -> SubjectKind {
        match self.code.get(..2) {
            Some("91") => SubjectKind::Enterprise,
            Some("92") => SubjectKind::SoleTrader,
            Some("93") => SubjectKind::FarmersCooperative,
            Some("11") => SubjectKind::GovernmentBody,
            Some("12") => SubjectKind::Institution,
            Some("51") => SubjectKind::SocialGroup,
            Some("52") => SubjectKind::PrivateNonEnterprise,
            Some("53") => SubjectKind::Foundation,
            _ => SubjectKind::Other,
        }
    }

    /// The administrative division (GB/T 2260) of the registering office: six digits.
    pub fn division(&self) -> &str {
        self.code.get(2..8).unwrap_or_default()
    }
}

impl fmt::Display for LicenceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)
    }
}

fn is_gap(c: char) -> bool {
    let is_dash = matches!(
        c,
        '-' | '_' | '\u{2010}'
            ..='\u{2015}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}' | '·' | '.' | '．' | '・' | '\'' | '’'
    );
    c.is_whitespace() || is_dash || is_dropped(c)
}

/// The ASCII form of a full-width character, in upper case.
fn narrow(c: char) -> char {
    let code = u32::from(c);
    let ascii = if (0xFF01..=0xFF5E).contains(&code) { char::from_u32(code - 0xFEE0).unwrap_or(c) } else { c };
    ascii.to_ascii_uppercase()
}

/// The value of a character where it may stand at this index.
fn value(index: usize, c: char) -> Option<usize> {
    // The administrative division is digits only.
    if (2..8).contains(&index) && !c.is_ascii_digit() {
        return None;
    }
    CHARSET.iter().position(|&known| char::from(known) == c)
}

/// What somebody who wrote `c` likely saw.
fn meant(index: usize, c: char) -> Option<char> {
    let digit = match c {
        'O' | 'Q' | 'D' | '〇' | 'О' => '0',
        'I' | 'L' | '|' | '!' => '1',
        'Z' => '2',
        'S' => '5',
        'B' => '8',
        'G' => '6',
        _ => return None,
    };
    value(index, digit).map(|_| digit)
}

/// Whether a spreadsheet shows a number in the place of the code (`9.14403E+17`).
fn is_scientific(text: &str) -> bool {
    // The point is a gap in codes, and all of a number.
    let chars: Vec<char> = text.chars().map(narrow).filter(|c| *c == '.' || !is_gap(*c)).collect();
    let Some(e) = chars.iter().position(|&c| c == 'E') else { return false };
    let (mantissa, exponent) = (&chars[..e], &chars[e + 1..]);
    let Some((first, fraction)) = mantissa.split_first() else { return false };
    let fraction_is_one = match fraction.split_first() {
        None => true,
        Some((point, digits)) => *point == '.' && digits.iter().all(char::is_ascii_digit),
    };
    // A hyphen has been taken for a gap, so only a plus can be left; a code itself may hold an E, but no
    // code of full length has the point or so short an exponent.
    let exponent = exponent.strip_prefix(&['+']).unwrap_or(exponent);
    first.is_ascii_digit()
        && fraction_is_one
        && (1..=2).contains(&exponent.len())
        && exponent.iter().all(char::is_ascii_digit)
}

/// Check digit of the 15-digit number: ISO 7064 MOD 11,10 (GB/T 17710-2008).
fn old_number_checks(chars: &[char]) -> bool {
    let mut product = 10;
    for digit in chars.iter().filter_map(|c| c.to_digit(10)).take(14) {
        let sum = (product + digit) % 10;
        product = if sum == 0 { 10 } else { sum } * 2 % 11;
    }
    let expected = (11 - product) % 10;
    chars.last().and_then(|c| c.to_digit(10)) == Some(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_codes() {
        // Published codes of large bodies, and codes whose check character was computed by hand.
        let table = [
            ("9144030071526726XG", Authority::Market, SubjectKind::Enterprise, "440300"),
            ("91440300708461136T", Authority::Market, SubjectKind::Enterprise, "440300"),
            ("91110000802100433B", Authority::Market, SubjectKind::Enterprise, "110000"),
            ("12330000470003281H", Authority::Establishment, SubjectKind::Institution, "330000"),
        ];
        for (code, authority, subject, division) in table {
            let read = licence_code(code).unwrap();
            assert_eq!(
                (read.as_str(), read.authority(), read.subject(), read.division()),
                (code, authority, subject, division)
            );
            assert!(!read.is_normalised());
        }
    }

    #[test]
    fn mended_codes() {
        for text in [
            " 9144030071526726xg",
            "9144 0300 7152 6726 XG",
            "９１４４０３００７１５２６７２６ＸＧ",
            "914403-0071526726X-G\n",
            "\u{FEFF}9144030071526726XG",
        ] {
            let read = licence_code(text).unwrap();
            assert_eq!(read.as_str(), "9144030071526726XG");
            assert!(read.is_normalised(), "{text}");
        }
    }

    #[test]
    fn every_single_error_is_noticed() {
        let right = "9144030071526726XG";
        for index in 0..right.len() {
            for &byte in CHARSET {
                let mut wrong = right.as_bytes().to_vec();
                wrong[index] = byte;
                let wrong = String::from_utf8(wrong).unwrap();
                assert_eq!(licence_code(&wrong).is_ok(), wrong == right, "{wrong}");
            }
        }
    }

    #[test]
    fn errors() {
        use LicenceError::*;
        let table = [
            ("", Empty),
            (" \u{3000}", Empty),
            ("9144030071526726X", Length { found: 17 }),
            ("9144030071526726XGG", Length { found: 19 }),
            ("深圳云山茶业有限公司", Length { found: 10 }),
            ("91440300715267260O", Character { index: 17, found: 'O', suggestion: Some('0') }),
            ("9I44030071526726XG", Character { index: 1, found: 'I', suggestion: Some('1') }),
            ("914403OO71526726XG", Character { index: 6, found: 'O', suggestion: Some('0') }),
            ("91440X0071526726XG", Character { index: 5, found: 'X', suggestion: None }),
            ("9144030071526726X码", Character { index: 17, found: '码', suggestion: None }),
            ("9144030071526726XF", CheckDigit { expected: 'G', found: 'F' }),
            ("440301103792029", OldRegistrationNumber { checks: false }),
            ("440301103448669", OldRegistrationNumber { checks: true }),
            ("440301103097413", OldRegistrationNumber { checks: true }),
            ("9.14403E+17", ScientificNotation),
            ("9.14403007152672e17", ScientificNotation),
            ("914403007152670000", Rounded),
        ];
        for (text, expected) in table {
            assert_eq!(licence_code(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn old_numbers() {
        // The example of GB/T 17710's procedure: exactly one last digit fits.
        for number in ["44030110379202", "11000000000001", "31000040000014"] {
            let fitting = (0..10).filter(|digit| {
                licence_code(&format!("{number}{digit}")) == Err(LicenceError::OldRegistrationNumber { checks: true })
            });
            assert_eq!(fitting.count(), 1, "{number}");
        }
    }
}
