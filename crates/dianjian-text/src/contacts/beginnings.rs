//! With which characters contacts begin that have neither the digits of a number nor a [sign of
//! addresses](super::is_address_sign): read off their patterns, so that nobody has to list it.
//!
//! Beginnings are told by classes of characters, as the patterns have them: one that sounds like 加 and one that sounds like 微
//! are thousands of pairs, but one pair of classes.

use std::ops::RangeInclusive;

use regex_syntax::hir::{Class, Hir, HirKind};
use rustc_hash::{FxHashMap, FxHashSet};

use super::lexicon::ContactLexicon;
use super::{accounts, ids, links, pattern};
use crate::lexicon::FoldedWords;

/// Characters of a pattern's beginning that are told.
const MOST_TOLD: usize = 3;

/// The most characters of a class that is told: a common syllable has as many.
const MOST_CHARS: usize = 200;

/// A class of characters, by its number.
type ClassId = u16;

/// Characters that belong to the same classes, by their number.
type GroupId = u16;

/// The beginnings of all phrases and of the words before ids, and the pairs of characters that links have.
#[derive(Debug, Default)]
pub(crate) struct ContactBeginnings {
    /// Characters that belong to the same classes have the same number here, so that one look-up answers for all of their classes.
    groups: FxHashMap<char, GroupId>,
    pairs: FxHashSet<[GroupId; 2]>,
    /// Pairs that are not enough without what follows.
    triples: FxHashSet<[GroupId; 3]>,
    /// Characters that are enough by themselves.
    pub(crate) single: FxHashSet<char>,
    /// The first characters of pairs and triples.
    pub(crate) first: FxHashSet<char>,
    /// Their second characters.
    pub(crate) second: FxHashSet<char>,
    /// Whether something begins in a way that cannot be told, so that every text has to be searched.
    pub(crate) unknown: bool,
}

impl ContactBeginnings {
    pub(crate) fn new(lexicon: &ContactLexicon) -> Self {
        let mut classes = ClassTable::default();
        let mut beginnings = FxHashSet::default();
        for pattern in patterns(lexicon) {
            // What is wrong is never found, so it has no beginning either.
            if let Ok(hir) = pattern::parse(&pattern, &lexicon.phrases.parts) {
                beginnings.extend(classes.beginnings(&hir));
            }
        }
        let exact = |classes: &[ClassId]| Beginning::default().followed_by(classes);
        beginnings.extend(links::pairs(&lexicon.links).map(|(a, b)| exact(&[classes.single(a), classes.single(b)])));
        for parts in lexicon.phrases.splits.values().flat_map(FoldedWords::iter) {
            let classes: Vec<ClassId> = parts.chars().take(2).map(|c| classes.single(c)).collect();
            beginnings.insert(exact(&classes));
        }
        beginnings.extend(links::TRIPLES.map(|(a, b, c)| exact(&[a, b, c].map(|c| classes.single(c)))));
        Self::told(&beginnings, &classes)
    }

    fn told(beginnings: &FxHashSet<Beginning>, classes: &ClassTable) -> Self {
        let (groups, groups_of) = classes.groups();
        let mut all = Self { groups, ..Self::default() };
        let [mut first, mut second] = [FxHashSet::default(), FxHashSet::default()];
        let of = |class: &ClassId| groups_of[usize::from(*class)].iter().copied();
        for beginning in beginnings {
            if let [a, b, ..] = beginning.classes() {
                first.insert(*a);
                second.insert(*b);
            }
            match beginning.classes() {
                [] => all.unknown = true,
                [only] => all.single.extend(classes.chars(*only)),
                [a, b] => all.pairs.extend(of(a).flat_map(|a| of(b).map(move |b| [a, b]))),
                [a, b, c, ..] => {
                    let pairs = of(a).flat_map(|a| of(b).map(move |b| [a, b]));
                    all.triples.extend(pairs.flat_map(|[a, b]| of(c).map(move |c| [a, b, c])));
                }
            }
        }
        all.first = first.into_iter().flat_map(|class| classes.chars(class)).collect();
        all.second = second.into_iter().flat_map(|class| classes.chars(class)).collect();
        all
    }

    /// Whether something begins with two characters, or with three where `third` says what comes after them.
    pub(crate) fn open(&self, first: char, second: char, third: impl FnOnce() -> Option<char>) -> bool {
        let group = |c: char| self.groups.get(&c).copied();
        let (Some(first), Some(second)) = (group(first), group(second)) else { return false };
        self.pairs.contains(&[first, second])
            || third().and_then(group).is_some_and(|third| self.triples.contains(&[first, second, third]))
    }
}

fn patterns(lexicon: &ContactLexicon) -> impl Iterator<Item = String> {
    let phrases = lexicon.phrases.phrases.iter().map(|phrase| phrase.pattern.clone());
    phrases.chain([ids::announcing_words(&lexicon.ids)]).chain(accounts::account_words(&lexicon.ids))
}

/// The classes of characters that patterns have.
#[derive(Debug, Default)]
struct ClassTable {
    ranges: Vec<Vec<RangeInclusive<char>>>,
    ids: FxHashMap<Vec<RangeInclusive<char>>, ClassId>,
}

/// What a match of a pattern, or of a part of one, may begin with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Beginning {
    told: [ClassId; MOST_TOLD],
    len: u8,
    /// Whether the match may go on with what is not told.
    cut: bool,
}

impl Beginning {
    fn classes(&self) -> &[ClassId] {
        &self.told[..usize::from(self.len)]
    }

    /// The first classes of this, with the unused ones as they are in all others.
    fn cut_to(mut self, room: usize) -> Self {
        if self.classes().len() > room {
            self.told[room..].fill(0);
            self.len = room as u8;
            self.cut = true;
        }
        self
    }

    /// This and then those.
    fn followed_by(mut self, classes: &[ClassId]) -> Self {
        for class in classes {
            if self.cut {
                break;
            }
            self.told[usize::from(self.len)] = *class;
            self.len += 1;
            self.cut = usize::from(self.len) == MOST_TOLD;
        }
        self
    }
}

impl ClassTable {
    fn id(&mut self, ranges: Vec<RangeInclusive<char>>) -> ClassId {
        let next = self.ranges.len() as ClassId;
        *self.ids.entry(ranges).or_insert_with_key(|ranges| {
            self.ranges.push(ranges.clone());
            next
        })
    }

    fn single(&mut self, c: char) -> ClassId {
        self.id(vec![c..=c])
    }

    /// The groups of all characters, and by class those that are in it.
    fn groups(&self) -> (FxHashMap<char, GroupId>, Vec<FxHashSet<GroupId>>) {
        let mut memberships: FxHashMap<char, Vec<ClassId>> = FxHashMap::default();
        for class in 0..self.ranges.len() as ClassId {
            self.chars(class).for_each(|c| memberships.entry(c).or_default().push(class));
        }
        let mut ids: FxHashMap<&[ClassId], GroupId> = FxHashMap::default();
        let mut groups = FxHashMap::default();
        let mut groups_of = vec![FxHashSet::default(); self.ranges.len()];
        for (c, classes) in &memberships {
            let next = ids.len() as GroupId;
            let group = *ids.entry(classes).or_insert(next);
            groups.insert(*c, group);
            classes.iter().for_each(|class| _ = groups_of[usize::from(*class)].insert(group));
        }
        (groups, groups_of)
    }

    fn chars(&self, class: ClassId) -> impl Iterator<Item = char> {
        self.ranges[usize::from(class)].iter().cloned().flatten()
    }

    /// What a match of the pattern can begin with.
    fn beginnings(&mut self, pattern: &Hir) -> FxHashSet<Beginning> {
        let nothing = Beginning::default();
        let untold = Beginning { cut: true, ..nothing };
        match pattern.kind() {
            HirKind::Empty | HirKind::Look(_) => FxHashSet::from_iter([nothing]),
            HirKind::Literal(literal) => {
                let text = String::from_utf8_lossy(&literal.0);
                let classes: Vec<ClassId> = text.chars().take(MOST_TOLD).map(|c| self.single(c)).collect();
                FxHashSet::from_iter([nothing.followed_by(&classes)])
            }
            HirKind::Class(Class::Unicode(class)) => {
                let ranges = || class.ranges().iter().map(|range| range.start()..=range.end());
                match ranges().flatten().take(MOST_CHARS + 1).count() {
                    0 => FxHashSet::default(),
                    1..=MOST_CHARS => FxHashSet::from_iter([nothing.followed_by(&[self.id(ranges().collect())])]),
                    _ => FxHashSet::from_iter([untold]),
                }
            }
            HirKind::Class(Class::Bytes(_)) => FxHashSet::from_iter([untold]),
            HirKind::Capture(capture) => self.beginnings(&capture.sub),
            HirKind::Alternation(ways) => ways.iter().flat_map(|way| self.beginnings(way)).collect(),
            HirKind::Concat(steps) => {
                let mut all = FxHashSet::from_iter([nothing]);
                for step in steps {
                    if all.iter().all(|beginning| beginning.cut) {
                        break;
                    }
                    all = followed(&all, &self.beginnings(step));
                }
                all
            }
            HirKind::Repetition(repetition) => {
                let sub = self.beginnings(&repetition.sub);
                let most = repetition.max.map_or(MOST_TOLD, |most| MOST_TOLD.min(most as usize));
                let mut all = FxHashSet::default();
                let mut times = FxHashSet::from_iter([nothing]);
                for count in 0..=most {
                    if count >= MOST_TOLD.min(repetition.min as usize) {
                        all.extend(times.iter().copied());
                    }
                    times = followed(&times, &sub);
                }
                all
            }
        }
    }
}

/// Each of one followed by each of the other, which is first cut to the room that is left: thousands of them then are few.
fn followed(before: &FxHashSet<Beginning>, after: &FxHashSet<Beginning>) -> FxHashSet<Beginning> {
    let mut all: FxHashSet<Beginning> = before.iter().filter(|first| first.cut).copied().collect();
    for told in 0..MOST_TOLD {
        let open: Vec<&Beginning> = before.iter().filter(|first| !first.cut && first.classes().len() == told).collect();
        if open.is_empty() {
            continue;
        }
        let after: FxHashSet<Beginning> = after.iter().map(|next| next.cut_to(MOST_TOLD - told)).collect();
        all.extend(open.iter().flat_map(|first| {
            after.iter().map(|next| {
                let together = first.followed_by(next.classes());
                Beginning { cut: together.cut || next.cut, ..together }
            })
        }));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_tells_how_it_begins() {
        let lexicon = &crate::tests::lexicon();
        for written in patterns(lexicon) {
            let beginnings =
                ClassTable::default().beginnings(&pattern::parse(&written, &lexicon.phrases.parts).unwrap());
            assert!(beginnings.iter().all(|beginning| beginning.len > 0), "{written}");
        }
        let all = ContactBeginnings::new(lexicon);
        let (pairs, triples) = (all.pairs.len(), all.triples.len());
        assert!(!all.unknown && pairs < 2000 && triples < 100_000, "{pairs} pairs, {triples} triples");
        assert!(all.single.contains(&'微') && all.open('私', '信', || Some('我')));
        assert!(!all.open('私', '信', || Some('封')) && !all.open('加', '班', || Some('了')));
        assert!(all.single.len() < 20, "{:?}", all.single);
    }

    #[test]
    fn what_is_not_told_leaves_a_shorter_beginning() {
        let told = |pattern: &str| {
            let mut classes = ClassTable::default();
            let hir = regex_syntax::parse(pattern).unwrap();
            let beginnings = classes.beginnings(&hir);
            let mut lengths: Vec<_> = beginnings.iter().map(|beginning| beginning.len).collect();
            lengths.sort_unstable();
            lengths
        };
        assert_eq!(told("加(我|你){0,4}微信"), [3, 3, 3]);
        assert_eq!(told("加.微"), [1]);
        assert_eq!(told("加[一-龥]?v"), [1, 2]);
        assert_eq!(told("(|.)加"), [0, 1]);
    }
}
