//! With which characters contacts begin that have neither the digits of a number nor a [sign of
//! addresses](super::is_address_sign): what their patterns say, so that nobody has to list it.

use std::sync::LazyLock;

use regex_syntax::hir::literal::Extractor;

use super::{ids, links, phrases};
use crate::glance::Beginnings;

/// Bytes of a pattern's beginning that are looked at: room for three characters.
const BYTES: usize = 12;

/// The most beginnings of one pattern.
const MOST: usize = 1 << 16;

/// The beginnings of all phrases and of the words before ids, and the pairs of characters that links have.
pub(crate) fn phrase_beginnings() -> &'static Beginnings {
    static BEGINNINGS: LazyLock<Beginnings> = LazyLock::new(|| {
        let mut all = Beginnings::default();
        all.pairs.extend(links::pairs());
        all.triples.extend(links::TRIPLES);
        patterns().for_each(|pattern| add(&pattern, &mut all));
        all
    });
    &BEGINNINGS
}

fn patterns() -> impl Iterator<Item = String> {
    phrases::patterns().chain([ids::words()])
}

/// Adds what a pattern begins with.
fn add(pattern: &str, all: &mut Beginnings) {
    let beginnings = of(pattern);
    all.unknown |= beginnings.is_none();
    for beginning in beginnings.into_iter().flatten() {
        let mut chars = beginning.chars();
        match (chars.next(), chars.next(), chars.next()) {
            (Some(first), Some(second), Some(third)) => _ = all.triples.insert((first, second, third)),
            (Some(first), Some(second), None) => _ = all.pairs.insert((first, second)),
            (Some(first), None, _) => _ = all.single.insert(first),
            (None, ..) => all.unknown = true,
        }
    }
}

/// The texts with which a match of the pattern can begin; `None` where they cannot be told.
fn of(pattern: &str) -> Option<Vec<String>> {
    let pattern = regex_syntax::parse(pattern).ok()?;
    let mut extractor = Extractor::new();
    extractor.limit_class(64).limit_literal_len(BYTES).limit_total(MOST);
    let beginnings = extractor.extract(&pattern);
    let text = |bytes: &[u8]| bytes.utf8_chunks().next().map(|chunk| chunk.valid().to_owned()).unwrap_or_default();
    Some(beginnings.literals()?.iter().map(|literal| text(literal.as_bytes())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_tells_how_it_begins() {
        for pattern in patterns() {
            let beginnings = of(&pattern);
            let told = beginnings.as_ref().is_some_and(|all| all.iter().all(|text| !text.is_empty()));
            assert!(told, "{pattern}: {beginnings:?}");
        }
        let all = phrase_beginnings();
        let (pairs, triples) = (all.pairs.len(), all.triples.len());
        assert!(!all.unknown && pairs < 1000 && triples < 10_000, "{pairs} pairs, {triples} triples");
        assert!(
            all.single.contains(&'微')
                && all.triples.iter().any(|(first, second, _)| (*first, *second) == ('私', '信'))
        );
        assert!(all.single.len() < 20, "{:?}", all.single);
    }
}
