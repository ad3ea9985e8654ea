//! The names that are known in one map: the top of a record, a map in it, or the items of a list.

use rustc_hash::FxHashMap;

use super::kind::{Field, Slot};

/// The known names of one map.
#[derive(Debug, Clone, Default)]
pub struct FieldLevel {
    /// Each with its slot (or its place in `item_fields`); `None` for a name that is no field's, such as `kind`.
    names: FxHashMap<String, Option<Slot>>,
    /// For levels inside lists: the fields themselves, as items have no slots.
    pub item_fields: Vec<Field>,
    /// For items of a record's own lists: the first of the marks, one a field, that say whether any item has it.
    pub marks: Option<Slot>,
}

impl FieldLevel {
    /// Adds a field with its slot (or its place in `item_fields`), or a name that is known and no field's.
    pub(super) fn add(&mut self, name: &str, slot: Option<Slot>) {
        self.names.insert(name.to_owned(), slot);
    }

    /// What a name stands for; `None`: the level does not know it.
    #[inline]
    pub(super) fn find(&self, name: &str) -> Option<Option<Slot>> {
        self.names.get(name).copied()
    }

    /// The field's slot (or its place in `item_fields`).
    #[inline]
    pub fn slot(&self, name: &str) -> Option<Slot> {
        self.find(name)?
    }

    /// The mark, among a record's slots, of the field with this place in `item_fields`.
    #[inline]
    pub fn mark(&self, field: Slot) -> Option<Slot> {
        self.marks?.checked_add(field)
    }

    /// The names of all fields of the level, sorted.
    pub fn names(&self) -> Vec<&str> {
        let fields = self.names.iter().filter(|(_, slot)| slot.is_some());
        let mut names: Vec<&str> = fields.map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names
    }
}
