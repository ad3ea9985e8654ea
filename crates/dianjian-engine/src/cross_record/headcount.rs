//! How many different records there are, where some lists give ids and others names alone.

use rustc_hash::{FxHashMap, FxHashSet};

use super::groups::PackedPlace;
use crate::check_record::group_member::Identity;

/// Records counted in the order of their places.
#[derive(Debug, Default)]
pub(super) struct Headcount {
    /// Those that are told by their places.
    places: FxHashSet<PackedPlace>,
    ids: FxHashSet<u64>,
    named: FxHashMap<u64, Namesakes>,
    /// What lists without ids have beyond those with ids, over all names.
    beyond_ids: usize,
}

/// The records of one name.
#[derive(Debug, Default)]
struct Namesakes {
    ids: FxHashSet<u64>,
    /// The list that is being read, by its file and its number there, and its rows without ids.
    list: (u32, u32),
    rows: FxHashSet<u64>,
    /// The most that a list before it has: the same shops are listed in several.
    most: usize,
}

impl Namesakes {
    fn beyond_ids(&self) -> usize {
        self.most.max(self.rows.len()).saturating_sub(self.ids.len())
    }
}

impl Headcount {
    pub(super) fn add(&mut self, identity: Identity, place: PackedPlace) {
        match identity {
            Identity::Place => _ = self.places.insert(place),
            Identity::Id(id, name) => {
                self.ids.insert(id);
                if let Some(name) = name {
                    self.change(name, |namesakes| _ = namesakes.ids.insert(id));
                }
            }
            Identity::Row { name, cells, list } => self.change(name, |namesakes| {
                let list = (place.file(), list);
                if namesakes.list != list {
                    namesakes.most = namesakes.most.max(namesakes.rows.len());
                    namesakes.rows.clear();
                    namesakes.list = list;
                }
                namesakes.rows.insert(cells.unwrap_or_else(|| place.identity()));
            }),
        }
    }

    fn change(&mut self, name: u64, change: impl FnOnce(&mut Namesakes)) {
        let namesakes = self.named.entry(name).or_default();
        let before = namesakes.beyond_ids();
        change(namesakes);
        self.beyond_ids = self.beyond_ids + namesakes.beyond_ids() - before;
    }

    pub(super) fn total(&self) -> usize {
        self.places.len() + self.ids.len() + self.beyond_ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By file: what each of its records is counted as.
    fn count(files: &[&[Identity]]) -> usize {
        let mut headcount = Headcount::default();
        for (file, identities) in (0..).zip(files) {
            for (at, identity) in (0..).zip(*identities) {
                headcount.add(*identity, PackedPlace::new(file, at));
            }
        }
        headcount.total()
    }

    const fn id(id: u64, name: u64) -> Identity {
        Identity::Id(id, Some(name))
    }

    const fn row(name: u64, cells: u64) -> Identity {
        Identity::Row { name, cells: Some(cells), list: 0 }
    }

    #[test]
    fn rows_of_one_file_are_different_shops() {
        assert_eq!(count(&[&[row(1, 1), row(1, 2), row(2, 3), row(1, 1)]]), 3);
        assert_eq!(count(&[&[row(1, 5), row(1, 6)], &[row(1, 7), row(1, 8), row(1, 9)], &[row(1, 5)]]), 3);
        let told = Identity::Row { name: 1, cells: None, list: 0 };
        assert_eq!(count(&[&[told, told], &[told]]), 2);
    }

    #[test]
    fn sheets_of_a_workbook_list_the_same_shops_as_files_do() {
        let in_sheet = |list, cells| Identity::Row { name: 1, cells: Some(cells), list };
        assert_eq!(count(&[&[in_sheet(7, 1), in_sheet(7, 2), in_sheet(9, 3), in_sheet(9, 4)]]), 2);
        assert_eq!(count(&[&[in_sheet(7, 1), in_sheet(9, 2), in_sheet(9, 3)]]), 2);
    }

    #[test]
    fn lists_with_ids_and_lists_without_speak_of_the_same_shops() {
        assert_eq!(count(&[&[id(7, 1), id(8, 2)], &[row(1, 5), row(2, 6)]]), 2);
        assert_eq!(count(&[&[row(1, 5), row(2, 6)], &[id(7, 1), id(8, 2)]]), 2);
        assert_eq!(count(&[&[id(7, 1), id(8, 1)], &[row(1, 5)]]), 2);
        assert_eq!(count(&[&[id(7, 1)], &[row(1, 5), row(1, 6)]]), 2);
    }

    #[test]
    fn a_shop_that_was_renamed_is_one() {
        assert_eq!(count(&[&[id(7, 1)], &[id(7, 2)], &[row(1, 5), row(2, 6)]]), 1);
    }
}
