//! The ids of a run by what references to nothing may have meant.

use dianjian_rules::record::{KindIndex, nearest, nearest_short_name};
use dianjian_text::id_key;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::check_record::group_member::KnownId;

/// Ids that were met, to be asked for what a reference to none of them may have meant.
pub(super) struct IdIndex<'i> {
    keys: FxHashSet<u64>,
    of_kind: FxHashMap<KindIndex, Vec<FoldedId<'i>>>,
    /// How many ids may still be compared letter by letter.
    comparisons: usize,
}

struct FoldedId<'i> {
    folded: String,
    letters: LetterSet,
    id: &'i str,
}

/// So many ids are compared with references: about a second. Where nearly all references lead to nothing, a list of the
/// records is missing, and what each may have meant helps nobody.
const MOST_COMPARISONS: usize = 4_000_000;

impl<'i> IdIndex<'i> {
    pub(super) fn new(ids: &'i [KnownId]) -> Self {
        let mut of_kind: FxHashMap<KindIndex, Vec<FoldedId<'i>>> = FxHashMap::default();
        for (kind, _, id) in ids {
            let folded = folded(id);
            of_kind.entry(*kind).or_default().push(FoldedId { letters: LetterSet::of(&folded), folded, id });
        }
        let keys = ids.iter().map(|(_, key, _)| *key).collect();
        Self { keys, of_kind, comparisons: MOST_COMPARISONS }
    }

    /// Whether a record has this key.
    pub(super) fn has(&self, key: u64) -> bool {
        self.keys.contains(&key)
    }

    /// The id of a kind that is most like a text.
    pub(super) fn nearest(&mut self, kind: KindIndex, text: &str) -> Option<&'i str> {
        let text = folded(text);
        let letters = LetterSet::of(&text);
        let ids = self.of_kind.get(&kind)?;
        let alike = ids.iter().filter(|id| letters.is_near(&id.letters)).take(self.comparisons);
        let alike: Vec<&FoldedId<'i>> = alike.collect();
        self.comparisons -= alike.len();
        let names = || alike.iter().map(|id| id.folded.as_str());
        let near = nearest(&text, names()).or_else(|| nearest_short_name(&text, names()))?;
        alike.iter().find(|id| id.folded == near).map(|id| id.id)
    }
}

/// An id as it is compared: blanks, width and case aside.
fn folded(id: &str) -> String {
    id_key(id).to_lowercase()
}

/// Which letters a text has, by their remainders, and how long it is.
#[derive(Debug, Clone, Copy)]
struct LetterSet {
    letters: u64,
    length: usize,
}

impl LetterSet {
    fn of(text: &str) -> Self {
        let letters = text.chars().fold(0, |letters, c| letters | 1 << (u32::from(c) % 64));
        Self { letters, length: text.len() }
    }

    /// Whether the texts may be as few slips apart as [`nearest`] takes; each changes two letters at most.
    fn is_near(&self, other: &Self) -> bool {
        let slips = 1 + other.length / 4;
        // A character has four bytes at most.
        self.length.abs_diff(other.length) <= slips * 4
            && (self.letters ^ other.letters).count_ones() as usize <= slips * 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &[&str]) -> Vec<KnownId> {
        (0..).zip(names).map(|(key, name)| (0, key, (*name).to_owned())).collect()
    }

    #[test]
    fn what_is_meant_is_found_in_any_width_and_case() {
        let ids = ids(&["c1", "songbai-tea", "青禾茶业", "qinghe"]);
        let mut index = IdIndex::new(&ids);
        for (text, meant) in [
            ("Ｃ１", Some("c1")),
            ("songbai_tea", Some("songbai-tea")),
            ("SONGBAI-TAE", Some("songbai-tea")),
            ("青禾茶叶", Some("青禾茶业")),
            ("qing he", Some("qinghe")),
            ("wuli", None),
        ] {
            assert_eq!(index.nearest(0, text), meant, "{text}");
        }
        assert_eq!(index.nearest(1, "c1"), None);
        assert!(index.has(2) && !index.has(4));
    }

    #[test]
    fn of_short_names_the_only_near_one_is_meant() {
        let ids = ids(&["松柏", "云松", "松柏", "青山"]);
        let mut index = IdIndex::new(&ids);
        assert_eq!(index.nearest(0, "松拍"), Some("松柏"));
        assert_eq!(index.nearest(0, "柏松"), None);
        assert_eq!(index.nearest(0, "云山"), None, "云松 or 青山");
        assert_eq!(index.nearest(0, "白鹭"), None);
    }

    #[test]
    fn no_slip_that_counts_is_passed_over() {
        let known = "abcdefgh12";
        for at in 0..known.len() {
            let mut slip = known.to_owned();
            slip.replace_range(at..=at, "z");
            assert!(LetterSet::of(&slip).is_near(&LetterSet::of(known)), "{slip}");
            slip.replace_range(at..=at, "茶");
            assert!(LetterSet::of(&slip).is_near(&LetterSet::of(known)), "{slip}");
        }
    }

    #[test]
    fn after_so_many_comparisons_nothing_is_suggested() {
        let ids = ids(&["shop-1", "shop-2", "shop-3"]);
        let mut index = IdIndex { comparisons: 4, ..IdIndex::new(&ids) };
        assert!(index.nearest(0, "shop-4").is_some());
        assert!(index.nearest(0, "shop-5").is_some());
        assert_eq!(index.nearest(0, "shop-6"), None);
    }
}
