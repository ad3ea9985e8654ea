//! How Chinese characters are read in Mandarin, without tones: the table behind comparing whole words by sound.
//!
//! Most syllables have dozens of characters, so two characters that sound alike prove nothing; whole words do.

use std::sync::LazyLock;

/// A syllable and the characters that are read so, a line each. See `tools/text-tables/readings.py`.
const DATA: &str = include_str!("../data/readings.txt");

struct ReadingTable {
    /// Syllables in alphabetical order, each with its characters.
    syllables: Vec<(&'static str, &'static str)>,
    /// Characters in order, each with the number of a syllable; one with several readings stands here as often.
    by_char: Vec<(char, u16)>,
}

static TABLE: LazyLock<ReadingTable> = LazyLock::new(|| {
    let lines = DATA.lines().filter(|line| !line.starts_with('#'));
    let syllables: Vec<_> = lines.filter_map(|line| line.split_once(' ')).collect();
    let mut by_char: Vec<_> =
        syllables.iter().zip(0..).flat_map(|((_, chars), number)| chars.chars().map(move |c| (c, number))).collect();
    by_char.sort_unstable();
    ReadingTable { syllables, by_char }
});

/// The syllables that a character of simplified Chinese is read as, without tones and with v for ü. None for what is not
/// common enough to be in the table.
pub fn readings(c: char) -> impl Iterator<Item = &'static str> {
    let start = TABLE.by_char.partition_point(|&(known, _)| known < c);
    let known = TABLE.by_char[start..].iter().take_while(move |(known, _)| *known == c);
    known.filter_map(|&(_, number)| TABLE.syllables.get(usize::from(number)).map(|(syllable, _)| *syllable))
}

/// All characters that may be read as this syllable.
pub fn homophones_of(syllable: &str) -> &'static str {
    let found = TABLE.syllables.binary_search_by_key(&syllable, |(known, _)| known);
    found.ok().and_then(|at| TABLE.syllables.get(at)).map_or("", |(_, chars)| chars)
}

/// The characters that may be read as this one, itself and repetitions included.
pub fn homophones(c: char) -> impl Iterator<Item = char> {
    readings(c).flat_map(|syllable| homophones_of(syllable).chars())
}

/// Whether two words may be read as the same syllables: 期建 and 旗舰. A character always sounds like itself.
pub fn same_reading(a: &str, b: &str) -> bool {
    is_read_as(a, b, |a, b| a == b)
}

/// Whether two words may be read as syllables that many speakers do not tell apart: `zh` and `z`, `n` and `l` at the
/// beginning, `ng` and `n` at the end.
pub fn near_reading(a: &str, b: &str) -> bool {
    is_read_as(a, b, |a, b| blurred(a) == blurred(b))
}

fn is_read_as(a: &str, b: &str, alike: impl Fn(&str, &str) -> bool) -> bool {
    let one = |a: char, b: char| a == b || readings(a).any(|here| readings(b).any(|there| alike(here, there)));
    let (mut left, mut right) = (a.chars(), b.chars());
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if one(a, b) => {}
            _ => return false,
        }
    }
}

/// Initial, vowels and whether a nasal ends the syllable, as speakers who merge them hear it.
fn blurred(syllable: &str) -> (&str, &str) {
    let (initial, rest) = match syllable.as_bytes() {
        [b'z' | b'c' | b's', b'h', ..] => (&syllable[..1], &syllable[2..]),
        [b'n', _, ..] => ("l", &syllable[1..]),
        [b'a' | b'e' | b'i' | b'o' | b'u' | b'v', ..] => ("", syllable),
        _ => syllable.split_at(1),
    };
    let rest = match rest.strip_suffix('g') {
        Some(rest) if !rest.ends_with("on") => rest,
        _ => rest,
    };
    (initial, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_may_have_several_readings() {
        let all = |c| readings(c).collect::<Vec<_>>();
        assert_eq!((all('旗'), all('乐'), all('女')), (vec!["qi"], vec!["le", "yue"], vec!["nv"]));
        assert_eq!((all('a'), all('の'), all('🚩')), (vec![], vec![], vec![]));
        assert!(homophones_of("jian").contains('舰') && homophones_of("zhuan").contains('专'));
        assert_eq!(homophones_of("xyz"), "");
    }

    #[test]
    fn whole_words_are_compared() {
        for (word, written) in
            [("旗舰", "期建"), ("专卖", "砖麦"), ("官方", "关芳"), ("直营", "植赢"), ("微信", "威信")]
        {
            assert!(same_reading(word, written), "{word} {written}");
        }
        assert!(same_reading("专A", "砖A") && same_reading("", ""));
        for (word, other) in [("旗舰", "旗"), ("旗舰", "旗件店"), ("官方", "馆防a"), ("舰旗", "旗舰")] {
            assert!(!same_reading(word, other), "{word} {other}");
        }
    }

    #[test]
    fn near_readings_are_a_class_of_their_own() {
        for (word, written) in [("专营", "赚银"), ("直营", "自营"), ("加你", "加里"), ("授权", "搜权")]
        {
            assert!(near_reading(word, written), "{word} {written}");
        }
        assert!(!same_reading("直营", "自营"));
        assert!(!near_reading("东", "蹲") && !near_reading("官方", "关系"));
    }

    #[test]
    fn the_table_covers_the_common_characters() {
        assert_eq!((TABLE.syllables.len(), TABLE.by_char.len()), (406, 8582));
        assert!(TABLE.syllables.is_sorted());
    }
}
