//! The names that a map may have, and the order in which they come.

use rustc_hash::FxHashMap;

use super::kind::{Field, Slot};

/// The names of one level of maps.
#[derive(Debug, Clone, Default)]
pub struct Level {
    names: Vec<Name>,
    by_name: FxHashMap<String, Slot>,
    /// Where the level begins in the count of the places of all levels: before its first name, and after each.
    first: usize,
    /// For levels inside lists: the fields themselves, as items have no slots.
    pub item_fields: Vec<Field>,
    /// For items of a record's own lists: the first of the marks, one a field, that say whether any item has it.
    pub marks: Option<Slot>,
}

#[derive(Debug, Clone)]
struct Name {
    text: String,
    /// `None` for a name that is no field's.
    slot: Option<Slot>,
}

impl Level {
    /// Adds a field with its slot (or its place in `item_fields`), or a name that is known and no field's.
    pub(super) fn add(&mut self, text: &str, slot: Option<Slot>) {
        let Ok(number) = Slot::try_from(self.names.len()) else { return };
        self.by_name.insert(text.to_owned(), number);
        self.names.push(Name { text: text.to_owned(), slot });
    }

    /// The field's slot (or its place in `item_fields`).
    #[inline]
    #[must_use]
    pub fn slot(&self, name: &str) -> Option<Slot> {
        self.names.get(usize::from(*self.by_name.get(name)?))?.slot
    }

    /// The mark, among a record's slots, of the field with this place in `item_fields`.
    #[inline]
    #[must_use]
    pub fn mark(&self, field: Slot) -> Option<Slot> {
        self.marks?.checked_add(field)
    }

    /// The names of all fields of the level, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let fields = self.names.iter().filter(|name| name.slot.is_some());
        let mut names: Vec<&str> = fields.map(|name| name.text.as_str()).collect();
        names.sort_unstable();
        names
    }

    /// Counts the places of the level, and of those of its items' fields, on from `next`.
    pub(super) fn number(&mut self, next: &mut usize) {
        self.first = *next;
        *next += self.names.len() + 1;
        self.item_fields.iter_mut().filter_map(|field| field.level.as_mut()).for_each(|level| level.number(next));
    }
}

/// The order in which names came. In a fleet most maps of a level are written alike: the name that came last time comes
/// again, and comparing with it is cheaper than looking it up. What is found depends on the level alone.
#[derive(Debug, Default)]
pub struct Order {
    /// For the places of all levels: the number of the name that came there last.
    names: Vec<Slot>,
}

/// How far a map has been read.
#[derive(Debug, Clone, Copy)]
pub struct Reached<'k> {
    level: &'k Level,
    /// Among the level's places.
    place: usize,
}

impl<'k> Reached<'k> {
    /// At the beginning of a map.
    #[must_use]
    pub const fn start(level: &'k Level) -> Self {
        Self { level, place: 0 }
    }

    /// Goes on to the next name: `None` if the level does not know it, `Some(None)` if it is no field's.
    #[inline]
    pub fn next(&mut self, name: &str, order: &mut Order) -> Option<Option<Slot>> {
        let at = self.level.first + self.place;
        let expected = order.names.get(at).copied().unwrap_or_default();
        let found = match self.level.names.get(usize::from(expected)) {
            Some(known) if known.text == name => expected,
            _ => self.look_up(name, at, order)?,
        };
        self.place = usize::from(found) + 1;
        Some(self.level.names.get(usize::from(found))?.slot)
    }

    #[cold]
    fn look_up(&self, name: &str, at: usize, order: &mut Order) -> Option<Slot> {
        let found = *self.level.by_name.get(name)?;
        if order.names.len() <= at {
            order.names.resize(at + 1, 0);
        }
        order.names[at] = found;
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_order() {
        let mut level = Level::default();
        ["id", "name", "system"].iter().zip(0..).for_each(|(name, slot)| level.add(name, Some(slot)));
        level.add("kind", None);
        let mut order = Order::default();
        let mut read = |names: &[&str]| -> Vec<Option<Option<Slot>>> {
            let mut reached = Reached::start(&level);
            names.iter().map(|name| reached.next(name, &mut order)).collect()
        };
        let slots = [Some(Some(2)), Some(None), None, Some(Some(0)), Some(Some(1)), Some(Some(1))];
        for _ in 0..2 {
            assert_eq!(read(&["system", "kind", "nmae", "id", "name", "name"]), slots);
            assert_eq!(read(&["id", "name", "system"]), [Some(Some(0)), Some(Some(1)), Some(Some(2))]);
        }
        assert_eq!(level.names(), ["id", "name", "system"]);
        assert_eq!(level.slot("kind"), None);
    }
}
