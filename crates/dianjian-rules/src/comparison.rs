//! How a table's cells are compared with what is looked up in them.

use std::borrow::Cow;

use dianjian_text::{Fold, fold};

use crate::language::Comparison;

/// What merchants and the platform write between the parts of a category's path. Blanks may be, too.
const SEPARATORS: [char; 18] =
    ['>', '＞', '›', '»', '》', '→', '/', '／', '\\', '＼', '-', '－', '—', '|', '｜', '、', '_', '＿'];

impl Comparison {
    /// Texts that are the same have the same key; not the other way round.
    pub(crate) fn key(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Exact => Cow::Borrowed(text),
            // How a path is divided is not certain, how it ends is. Ids have to be told apart by it: there are thousands.
            Self::Path => {
                let last = parts(text, Blanks::Ignored).pop().unwrap_or_default();
                let word = last.trim_end_matches(|character: char| character.is_ascii_digit());
                let ending = if word.len() < last.len() { word.len() } else { last.len() - last_width(&last) };
                Cow::Owned(last.get(ending..).unwrap_or_default().to_owned())
            }
        }
    }

    /// Do they stand for the same?
    pub(crate) fn is_same(self, left: &str, right: &str) -> bool {
        match self {
            Self::Exact => left == right,
            // Tables have ids by the thousand, which need no folding.
            Self::Path if is_plain(left) && is_plain(right) => left.eq_ignore_ascii_case(right),
            Self::Path => {
                let ways = [Blanks::Ignored, Blanks::Separate];
                let read = |text| ways.map(|blanks| parts(text, blanks));
                let (left, right) = (read(left), read(right));
                left.iter().any(|left| right.iter().any(|right| ends_alike(left, right)))
            }
        }
    }

    /// Is one written out to the same part as the other? Of two rows that are found by a name, this one is meant.
    pub(crate) fn is_whole(self, left: &str, right: &str) -> bool {
        self == Self::Exact || parts(left, Blanks::Ignored) == parts(right, Blanks::Ignored)
    }
}

/// What blanks are in a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blanks {
    Ignored,
    Separate,
}

/// Does the longer path end in the shorter one?
fn ends_alike(left: &[String], right: &[String]) -> bool {
    let mut shared = left.iter().rev().zip(right.iter().rev()).peekable();
    shared.peek().is_some() && shared.all(|(left, right)| left == right)
}

fn last_width(text: &str) -> usize {
    text.chars().next_back().map_or(0, char::len_utf8)
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !text.is_empty()
}

/// The parts of a path, folded, without blanks.
fn parts(path: &str, blanks: Blanks) -> Vec<String> {
    let is_between =
        |character: char| SEPARATORS.contains(&character) || (blanks == Blanks::Separate && character.is_whitespace());
    // Separators go first: folding drops some of them.
    path.split(is_between)
        .map(|part| fold(part, Fold::Name).as_str().chars().filter(|character| !character.is_whitespace()).collect())
        .filter(|part: &String| !part.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_matches_where_the_longer_one_ends_in_the_shorter() {
        let same = |left: &str, right: &str| Comparison::Path.is_same(left, right);
        for value in
            ["钛杯", "鈦杯", " 钛 杯 ", "水具/钛杯", "厨具>水具>钛杯", "廚具＞水具＞鈦杯", "生活-厨具 » 水具 › 钛杯"]
                .into_iter()
                .chain(["厨具 水具 钛杯", "厨具|水具｜钛杯", "厨具、水具、钛杯", "厨具_水具_钛杯", "水具\u{3000}钛杯"])
        {
            assert!(same("厨具 › 水具 › 钛杯", value), "{value}");
            assert_eq!(Comparison::Path.key(value), "杯", "{value}");
        }
        assert!(same("6194", " ６１９４ "));
        assert_eq!(Comparison::Path.key("母婴 > 6194"), "6194");
        for value in ["户外>钛杯", "水具", "保温钛杯", "", ">", "厨具>钛杯", "户外 钛杯", "钛杯、水具"]
        {
            assert!(!same("厨具 › 水具 › 钛杯", value), "{value}");
        }
        assert!(!Comparison::Exact.is_same("钛杯", "钛杯 "));
    }
}
