//! A second reading of ids and numbers: which of l and 1, of o and 0 stands in a word of letters and digits.
//!
//! They look alike, and a recogniser takes the likelier one by itself. Beside their neighbours they are told apart: ids begin
//! with a letter, a digit alone among small letters is none, and neither is a letter in a long number.

use crate::line::TextLine;

/// Words of fewer characters are units and sizes: 1kg, 0.5m.
const MIN_WORD: usize = 6;

/// Of a number at least this many digits are read as such.
const MIN_DIGITS: usize = 6;

/// Puts letters for digits that only look like them in ids, and digits for such letters in numbers.
pub(crate) fn mend(line: &mut TextLine) {
    let chars: Vec<char> = line.chars.iter().map(|place| place.char).collect();
    for (start, end) in words(&chars) {
        let word = &chars[start..end];
        if is_number(word) {
            for place in &mut line.chars[start..end] {
                place.char = digit_like(place.char).unwrap_or(place.char);
            }
            continue;
        }
        let is_mixed = word.iter().any(char::is_ascii_lowercase) && word.iter().any(char::is_ascii_digit);
        if word.len() < MIN_WORD || !is_mixed {
            continue;
        }
        for at in start..end {
            let is_small = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_lowercase);
            let before = at.checked_sub(1).filter(|before| *before >= start);
            let after = (at + 1 < end).then_some(at + 1);
            let among = (before.is_none() || is_small(before)) && is_small(after);
            if let (true, Some(letter)) = (among, letter_like(chars[at])) {
                line.chars[at].char = letter;
            }
        }
    }
}

/// Whether a word is a number in which letters stand for a few digits. One of eleven digits, a mobile number, may begin so;
/// other words that begin with a letter are ids.
fn is_number(word: &[char]) -> bool {
    /// Of a mobile number.
    const MOBILE: usize = 11;
    let digits = word.iter().filter(|char| char.is_ascii_digit()).count();
    let letters = word.iter().filter(|char| digit_like(**char).is_some()).count();
    let dashes = word.iter().filter(|char| **char == '-').count();
    let begins_well = word.first().is_some_and(char::is_ascii_digit) || word.len() == MOBILE;
    letters > 0
        && letters * 2 <= digits
        && digits >= MIN_DIGITS
        && digits + letters + dashes == word.len()
        && begins_well
}

const fn letter_like(digit: char) -> Option<char> {
    match digit {
        '1' => Some('l'),
        '0' => Some('o'),
        _ => None,
    }
}

const fn digit_like(letter: char) -> Option<char> {
    match letter {
        'l' | 'I' => Some('1'),
        'o' | 'O' => Some('0'),
        _ => None,
    }
}

/// The ranges of letters, digits and what joins them in ids.
fn words(chars: &[char]) -> Vec<(usize, usize)> {
    let is_part = |char: &char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-');
    let mut words = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let length = chars[at..].iter().take_while(|char| is_part(char)).count();
        if length > 0 {
            words.push((at, at + length));
        }
        at += length + 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use dianjian_base::Quad;

    use super::*;
    use crate::line::CharPlace;

    fn mended(text: &str) -> String {
        let place = |char| CharPlace { char, quad: Quad::default(), confidence: 1.0 };
        let mut line = TextLine { chars: text.chars().map(place).collect(), quad: Quad::default(), vertical: false };
        mend(&mut line);
        line.text()
    }

    #[test]
    fn ids_begin_with_a_letter() {
        assert_eq!(mended("VX：1i1y20240"), "VX：lily20240");
        assert_eq!(mended("抖音号 1aochen668"), "抖音号 laochen668");
        assert_eq!(mended("wu1i_tea88"), "wuli_tea88");
        assert_eq!(mended("ta0bao123"), "taobao123");
    }

    #[test]
    fn numbers_have_no_letters() {
        assert_eq!(mended("电话 4OO-820-882o"), "电话 400-820-8820");
        assert_eq!(mended("I38oo138000"), "13800138000");
        assert_eq!(mended("1OOml"), "1OOml");
        assert_eq!(mended("l1234567"), "l1234567", "an id");
    }

    #[test]
    fn numbers_and_sizes_stay() {
        for text in
            ["13800138000", "500ml x 2", "1kg", "yunshan_88", "abc12388", "SC11433010", "tea1001", "第1号链接", ""]
        {
            assert_eq!(mended(text), text);
        }
    }
}
