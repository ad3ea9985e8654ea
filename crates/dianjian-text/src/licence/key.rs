//! The form in which licence codes are compared.

use std::borrow::Cow;

use super::{LENGTH, checks_as_written, is_gap, is_scientific, licence_code, meant, narrow, value};

/// The form in which codes are compared and counted: two spellings of one code have the same key, whatever their case,
/// width, blanks, hyphens or invisible characters, a label before it, the quotes and punctuation around it, an O for a 0
/// or an I for a 1. A code with a wrong check character has a key as well, as it is still the same wherever it was
/// copied to. [`licence_code`] is stricter, so that a rule can tell the disguise.
///
/// `None`: a spreadsheet has rounded the code, so that different licences would look alike; or the text is no code at all
/// (同上, 见附件2, x, #N/A, 91000000XXXXXXXXXX).
pub fn licence_key(text: &str) -> Option<Cow<'_, str>> {
    if checks_as_written(text) {
        return Some(Cow::Borrowed(text));
    }
    let chars: Vec<char> = text.chars().filter(|c| !is_gap(*c)).map(narrow).collect();
    let chars = undisguised(bare(&chars)?);
    let is_rounded =
        chars.len() >= LENGTH - 1 && chars.iter().all(char::is_ascii_digit) && chars.ends_with(&['0', '0', '0']);
    let code: String = chars.iter().collect();
    if is_scientific(text) || (is_rounded || is_masked(&chars)) && licence_code(&code).is_err() {
        return None;
    }
    Some(Cow::Owned(code))
}

/// A code without the label before it and the punctuation around it: `统一社会信用代码:9144…`, `="9144…"`, `9144…。`.
/// `None` if what is left beside words is too short for a code: the digit of 见附件2 numbers something else.
fn bare(chars: &[char]) -> Option<&[char]> {
    /// The digits of the registration numbers of before 2015, the shortest codes.
    const SHORTEST: usize = 15;
    let is_word = |c: &char| c.is_alphabetic() && !c.is_ascii() && seen_as(*c).is_none();
    let first = chars.iter().rposition(is_word).map_or(0, |last| {
        // Words after the code are a remark: what stands before them is the code.
        let is_label = !chars[..last].iter().any(char::is_ascii_digit);
        if is_label { last + 1 } else { 0 }
    });
    let rest = &chars[first..];
    let end = rest.iter().position(is_word).unwrap_or(rest.len());
    let is_around = |c: &char| !c.is_ascii_alphanumeric() && !is_hiding(*c) && seen_as(*c).is_none();
    let start = rest[..end].iter().position(|c| !is_around(c))?;
    let end = rest[..end].iter().rposition(|c| !is_around(c))? + 1;
    let code = &rest[start..end];
    let has_words = chars.iter().any(is_word);
    (!has_words || code.len() >= SHORTEST).then_some(code)
}

/// The code with the characters that it cannot have taken for those that look like them: a code never has an O or an I;
/// for less alike ones the check character must agree.
fn undisguised(chars: &[char]) -> Vec<char> {
    let is_wrong = |(index, c): (usize, &char)| value(index, *c).is_none();
    if chars.len() != LENGTH || !chars.iter().enumerate().any(is_wrong) {
        return chars.to_vec();
    }
    let mend = |(index, &c): (usize, &char)| match value(index, c) {
        Some(_) => c,
        None => meant(index, c).unwrap_or(c),
    };
    let mended: Vec<char> = chars.iter().enumerate().map(mend).collect();
    let is_alike = chars.iter().enumerate().filter(|at| is_wrong(*at)).all(|(_, c)| seen_as(*c).is_some());
    let is_right = || licence_code(&mended.iter().collect::<String>()).is_ok();
    if is_alike || is_right() { mended } else { chars.to_vec() }
}

/// The digit that a letter or sign which no code has is written for.
fn seen_as(c: char) -> Option<char> {
    match c {
        'O' | '〇' | 'О' => Some('0'),
        'I' | '|' | '!' => Some('1'),
        _ => None,
    }
}

/// Whether it stands in the place of a code: words alone, an error of a spreadsheet, characters hidden by others.
fn is_masked(chars: &[char]) -> bool {
    /// So many of them side by side hide something.
    const HIDING: usize = 4;
    let says_nothing = !chars.iter().any(char::is_ascii_digit);
    let is_crossed = |run: &[char]| run.iter().all(|c| *c == 'X');
    says_nothing || chars.iter().any(|c| is_hiding(*c)) || chars.windows(HIDING).any(is_crossed)
}

/// Whether it stands for a character that is not shown.
fn is_hiding(c: char) -> bool {
    matches!(c, '*' | '#' | '?')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_code_have_one_key() {
        for text in [
            "9144030071526726XG",
            " 9144-0300 7152\u{200B}6726xg",
            "９１４４０３００\u{A0}７１５２６７２６ＸＧ",
            "'9144030071526726XG",
        ] {
            assert_eq!(licence_key(text).as_deref(), Some("9144030071526726XG"), "{text}");
        }
        for text in ["同上", "补办中", "营业执照", "#N/A", "91000000XXXXXXXXXX", "91440300******726X"] {
            assert_eq!(licence_key(text), None, "{text}");
        }
        for text in ["L1", "91440300715267260A"] {
            assert_eq!(licence_key(text).as_deref(), Some(text), "{text}");
        }
        assert_eq!(licence_key("440301103792029").as_deref(), Some("440301103792029"));
        for text in ["9.14403E+17", "914403007152670000", "９.14403e17", "", " - "] {
            assert_eq!(licence_key(text), None, "{text}");
        }
    }

    #[test]
    fn a_disguised_code_has_the_key_of_the_code() {
        for text in [
            "9144030071526726XG。",
            "9144030071526726XG，",
            "“9144030071526726XG”",
            "=\"9144030071526726XG\"",
            "统一社会信用代码：9144030071526726XG",
            "信用代码9144030071526726XG",
            "9144030071526726XG（副本）",
            "9144O3OO71526726XG",
            "9I44〇30071526726xg",
            "91440300715Z67Z6XG",
        ] {
            assert_eq!(licence_key(text).as_deref(), Some("9144030071526726XG"), "{text}");
            let is_told = licence_code(text).is_err();
            assert!(is_told, "{text}");
        }
        // The check character cannot speak for a code that is wrong anyhow; an O is a 0 all the same.
        assert_eq!(licence_key("91440300MA0OOO0071").as_deref(), Some("91440300MA00000071"));
        assert_eq!(licence_key("91440300MA0S000071").as_deref(), Some("91440300MA0S000071"));
    }

    #[test]
    fn a_cell_that_holds_no_code_has_no_key() {
        for text in [
            "x",
            "X",
            "同上",
            "同上。",
            "见附件",
            "见附件2",
            "无证",
            "未办理",
            "暂无",
            "申请中",
            "2024年补办",
            "N/A",
            "none",
            "TBD",
            "。",
            "\"\"",
            "〇",
            "（无）",
            "个体户，无执照",
        ] {
            assert_eq!(licence_key(text), None, "{text}");
        }
    }
}
