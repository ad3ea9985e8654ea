//! Parts of texts that do not count, such as places and legal forms in names of companies.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;

/// Parts that are taken out of texts, all looked for at once.
#[derive(Debug, Default)]
pub struct Omitted {
    parts: Vec<String>,
    /// `None`: there are no parts.
    finder: Option<AhoCorasick>,
}

impl Omitted {
    /// Stands where a part stood: a character that is in no text keeps the two sides from growing together.
    pub const MARK: char = '\0';

    /// Of several parts that overlap the earlier is taken out first.
    pub fn new(parts: impl IntoIterator<Item = String>) -> Self {
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let finder = AhoCorasick::new(&parts).ok().filter(|_| !parts.is_empty());
        Self { parts, finder }
    }

    /// The text with a mark in the place of every part.
    pub fn marked(&self, text: &str) -> String {
        let mut left = text.to_owned();
        // Taking one out brings no other about, so that only those found at first can go.
        let found = self.finder.iter().flat_map(|finder| finder.find_overlapping_iter(text));
        let found: BTreeSet<usize> = found.map(|found| found.pattern().as_usize()).collect();
        for part in found.into_iter().filter_map(|at| self.parts.get(at)) {
            left = left.replace(part.as_str(), "\0");
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_go_one_after_another(
            text in "[甲乙丙]{0,12}",
            parts in prop::collection::vec("[甲乙丙]{0,3}", 0..6),
        ) {
            let mut expected = text.clone();
            for part in parts.iter().filter(|part| !part.is_empty()) {
                expected = expected.replace(part.as_str(), "\0");
            }
            prop_assert_eq!(Omitted::new(parts).marked(&text), expected);
        }
    }
}
