//! With which characters contacts begin that have neither the digits of a number nor a [sign of
//! addresses](super::is_address_sign): read off their patterns, so that nobody has to list it.

use regex_syntax::hir::Hir;
use regex_syntax::hir::literal::Extractor;

use super::lexicon::ContactLexicon;
use super::{ids, links, pattern};
use crate::content_scan::Beginnings;

/// Bytes of a pattern's beginning that are looked at: room for three characters.
const BYTES: usize = 12;

/// The most beginnings of one pattern.
const MOST: usize = 1 << 16;

/// The beginnings of all phrases and of the words before ids, and the pairs of characters that links have.
pub(crate) fn contact_beginnings(lexicon: &ContactLexicon) -> Beginnings {
    let mut all = Beginnings::default();
    all.pairs.extend(links::pairs(&lexicon.links));
    all.triples.extend(links::TRIPLES);
    for pattern in patterns(lexicon) {
        // What is wrong is never found, so it has no beginning either.
        if let Ok(hir) = pattern::parse(&pattern, &lexicon.phrases.parts) {
            add(&hir, &mut all);
        }
    }
    all
}

fn patterns(lexicon: &ContactLexicon) -> impl Iterator<Item = String> {
    let phrases = lexicon.phrases.phrases.iter().map(|phrase| phrase.pattern.clone());
    phrases.chain([ids::announcing_words(&lexicon.ids)])
}

/// Adds what a pattern begins with.
fn add(pattern: &Hir, all: &mut Beginnings) {
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
fn of(pattern: &Hir) -> Option<Vec<String>> {
    let mut extractor = Extractor::new();
    extractor.limit_class(64).limit_literal_len(BYTES).limit_total(MOST);
    let beginnings = extractor.extract(pattern);
    let text = |bytes: &[u8]| bytes.utf8_chunks().next().map(|chunk| chunk.valid().to_owned()).unwrap_or_default();
    Some(beginnings.literals()?.iter().map(|literal| text(literal.as_bytes())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_tells_how_it_begins() {
        let lexicon = &crate::tests::lexicon();
        for written in patterns(lexicon) {
            let beginnings = of(&pattern::parse(&written, &lexicon.phrases.parts).unwrap());
            let told = beginnings.as_ref().is_some_and(|all| all.iter().all(|text| !text.is_empty()));
            assert!(told, "{written}: {beginnings:?}");
        }
        let all = contact_beginnings(lexicon);
        let (pairs, triples) = (all.pairs.len(), all.triples.len());
        assert!(!all.unknown && pairs < 1000 && triples < 10_000, "{pairs} pairs, {triples} triples");
        assert!(
            all.single.contains(&'微')
                && all.triples.iter().any(|(first, second, _)| (*first, *second) == ('私', '信'))
        );
        assert!(all.single.len() < 20, "{:?}", all.single);
    }
}
