//! With which characters contacts begin that have neither the digits of a number nor a [sign of
//! addresses](super::is_address_sign): read off their patterns, so that nobody has to list it.

use std::collections::BTreeSet;

use regex_syntax::hir::{Class, Hir, HirKind};
use rustc_hash::FxHashSet;

use super::lexicon::ContactLexicon;
use super::{accounts, ids, links, pattern};
use crate::content_scan::Beginnings;

/// Characters of a pattern's beginning that are told.
const MOST_TOLD: usize = 3;

/// The most characters of a class that are told apart: a common syllable has as many.
const MOST_CHARS: usize = 160;

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
    phrases.chain([ids::announcing_words(&lexicon.ids)]).chain(accounts::account_words(&lexicon.ids))
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

/// The texts with which a match of the pattern can begin, none longer than [`MOST_TOLD`]; `None` where they cannot be told.
fn of(pattern: &Hir) -> Option<Vec<String>> {
    let beginnings = Beginning::all_of(pattern);
    let told = beginnings.iter().all(|beginning| !beginning.text.is_empty());
    told.then(|| beginnings.into_iter().map(|beginning| beginning.text).collect::<BTreeSet<_>>().into_iter().collect())
}

/// What a match of a pattern, or of a part of one, may begin with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Beginning {
    text: String,
    /// Whether the match may go on with what is not told.
    cut: bool,
}

impl Beginning {
    fn new(text: &str, cut: bool) -> Self {
        match text.char_indices().nth(MOST_TOLD) {
            Some((end, _)) => Self { text: text[..end].to_owned(), cut: true },
            None => Self { text: text.to_owned(), cut: cut || text.chars().count() == MOST_TOLD },
        }
    }

    fn all_of(pattern: &Hir) -> FxHashSet<Self> {
        let one = |text: &str, cut: bool| FxHashSet::from_iter([Self::new(text, cut)]);
        match pattern.kind() {
            HirKind::Empty | HirKind::Look(_) => one("", false),
            HirKind::Literal(literal) => one(&String::from_utf8_lossy(&literal.0), false),
            HirKind::Class(Class::Unicode(class)) => {
                let chars = class.ranges().iter().flat_map(|range| range.start()..=range.end());
                let chars: Vec<char> = chars.take(MOST_CHARS + 1).collect();
                match chars.len() {
                    0..=MOST_CHARS => chars.into_iter().map(|c| Self::new(c.encode_utf8(&mut [0; 4]), false)).collect(),
                    _ => one("", true),
                }
            }
            HirKind::Class(Class::Bytes(_)) => one("", true),
            HirKind::Capture(capture) => Self::all_of(&capture.sub),
            HirKind::Alternation(ways) => ways.iter().flat_map(Self::all_of).collect(),
            HirKind::Concat(steps) => {
                steps.iter().fold(one("", false), |before, step| Self::followed(&before, || Self::all_of(step)))
            }
            HirKind::Repetition(repetition) => {
                let sub = Self::all_of(&repetition.sub);
                let most = repetition.max.map_or(MOST_TOLD, |most| MOST_TOLD.min(most as usize));
                let mut all = FxHashSet::default();
                let mut times = one("", false);
                for count in 0..=most {
                    if count >= MOST_TOLD.min(repetition.min as usize) {
                        all.extend(times.iter().cloned());
                    }
                    times = Self::followed(&times, || sub.clone());
                }
                all
            }
        }
    }

    fn followed(before: &FxHashSet<Self>, after: impl FnOnce() -> FxHashSet<Self>) -> FxHashSet<Self> {
        if before.iter().all(|beginning| beginning.cut) {
            return before.clone();
        }
        let after = after();
        let mut all = FxHashSet::default();
        for first in before {
            if first.cut {
                all.insert(first.clone());
            } else {
                all.extend(after.iter().map(|next| Self::new(&(first.text.clone() + &next.text), next.cut)));
            }
        }
        all
    }
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
        assert!(!all.unknown && pairs < 4000 && triples < 100_000, "{pairs} pairs, {triples} triples");
        assert!(
            all.single.contains(&'微')
                && all.triples.iter().any(|(first, second, _)| (*first, *second) == ('私', '信'))
        );
        assert!(all.single.len() < 20, "{:?}", all.single);
    }
}
