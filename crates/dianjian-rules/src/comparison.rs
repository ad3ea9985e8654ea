//! How a table's cells are compared with what is looked up in them.

use std::borrow::Cow;

use dianjian_text::{Fold, fold};

use crate::language::Comparison;

/// What merchants and the platform write between the parts of a category's path, after folding.
const SEPARATORS: [char; 9] = ['>', '›', '»', '》', '→', '/', '\\', '-', '—'];

impl Comparison {
    /// Texts that are the same have the same key; not the other way round.
    pub(crate) fn key(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Exact => Cow::Borrowed(text),
            Self::Path => Cow::Owned(parts(text).pop().unwrap_or_default()),
        }
    }

    /// Do they stand for the same?
    pub(crate) fn is_same(self, left: &str, right: &str) -> bool {
        match self {
            Self::Exact => left == right,
            // Tables have ids by the thousand, which need no folding.
            Self::Path if is_plain(left) && is_plain(right) => left.eq_ignore_ascii_case(right),
            Self::Path => {
                let (left, right) = (parts(left), parts(right));
                let mut shared = left.iter().rev().zip(right.iter().rev()).peekable();
                shared.peek().is_some() && shared.all(|(left, right)| left == right)
            }
        }
    }
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !text.is_empty()
}

/// The parts of a path, folded, without blanks.
fn parts(path: &str) -> Vec<String> {
    let folded = fold(path, Fold::Name);
    let parts = folded.as_str().split(SEPARATORS);
    parts
        .map(|part| part.chars().filter(|character| !character.is_whitespace()).collect::<String>())
        .filter(|part| !part.is_empty())
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
        {
            assert!(same("厨具 › 水具 › 钛杯", value), "{value}");
            assert_eq!(Comparison::Path.key(value), "钛杯", "{value}");
        }
        assert!(same("6194", " ６１９４ "));
        for value in ["户外>钛杯", "水具", "保温钛杯", "", ">", "厨具>钛杯"] {
            assert!(!same("厨具 › 水具 › 钛杯", value), "{value}");
        }
        assert!(!Comparison::Exact.is_same("钛杯", "钛杯 "));
    }
}
