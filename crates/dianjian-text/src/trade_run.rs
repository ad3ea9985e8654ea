//! Runs of characters that a shop's name shares with its owner's name, as platforms ask of trade names (企业字号).
//!
//! Both names are compared compactly: a licence may be written 海南 航空（控股）, and its name is the same.

use crate::{Fold, fold};

/// A name as runs are looked for in it: folded, without blanks, brackets, dots and the like.
pub fn compact(name: &str) -> String {
    fold(name, Fold::Name).as_str().chars().filter(|character| character.is_alphanumeric()).collect()
}

/// The longest beginning of one compact name that stands in another.
pub fn leading_run<'n>(name: &'n str, other: &str) -> &'n str {
    let starts = name.char_indices().filter_map(|(at, character)| name.get(..at + character.len_utf8()));
    starts.take_while(|start| other.contains(start)).last().unwrap_or_default()
}

/// Length in characters of the longest run that two compact names share. Names are short: longer texts are cut.
pub fn longest_run(left: &str, right: &str) -> usize {
    const CUT: usize = 200;
    let right: Vec<char> = right.chars().take(CUT).collect();
    let mut row = vec![0_usize; right.len() + 1];
    let mut best = 0;
    for character in left.chars().take(CUT) {
        for at in (0..right.len()).rev() {
            row[at + 1] = if right[at] == character { row[at] + 1 } else { 0 };
            best = best.max(row[at + 1]);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_however_they_are_parted() {
        for (name, same) in [
            ("海南 航空控股股份有限公司", "海南航空控股股份有限公司"),
            ("海南\u{3000}航空\u{a0}控股", "海南航空控股"),
            ("海南航空（控股）", "海南航空控股"),
            ("ＡＢ【茶】·Ｃ", "ab茶c"),
            ("雲山-茶業", "云山茶业"),
        ] {
            assert_eq!(compact(name), same, "{name}");
        }
    }

    #[test]
    fn a_run_begins_where_the_name_does() {
        assert_eq!(leading_run("航空控股店", "海南航空控股"), "航空控股");
        assert_eq!(leading_run("店航空", "海南航空控股"), "");
        assert_eq!(longest_run("店航空", "海南航空控股"), 2);
    }
}
