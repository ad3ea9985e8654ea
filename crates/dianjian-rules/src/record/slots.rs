//! The values of a record by slot, in room that records use one after another.

use super::kind::Slot;
use super::value::Value;

/// The value of a slot.
#[derive(Debug)]
pub(super) struct Filled<'a> {
    pub value: Value<'a>,
    /// The bit of a [`choice`](super::view::choice).
    pub bit: u32,
}

/// The filled slots, in the order in which they were filled.
#[derive(Debug, Default)]
pub(super) struct Slots<'a> {
    /// For every slot: 0, or one more than the place of its value. Kinds have many more fields than records fill.
    places: Vec<Slot>,
    filled: Vec<Filled<'a>>,
}

impl<'a> Slots<'a> {
    /// Makes room for the slots of a kind; none of them is filled.
    pub fn reserve(&mut self, slots: usize) {
        self.places.resize(slots, 0);
    }

    #[inline]
    pub fn get(&self, slot: Slot) -> Option<&Filled<'a>> {
        let place = usize::from(*self.places.get(usize::from(slot))?);
        self.filled.get(place.checked_sub(1)?)
    }

    /// Fills a slot; what was in it is forgotten.
    #[inline]
    pub fn fill(&mut self, slot: Slot, filled: Filled<'a>) {
        let Some(place) = self.places.get_mut(usize::from(slot)) else { return };
        match self.filled.get_mut(usize::from(*place).wrapping_sub(1)) {
            Some(known) => *known = filled,
            None => {
                self.filled.push(filled);
                *place = Slot::try_from(self.filled.len()).unwrap_or_default();
            }
        }
    }

    /// The same room with nothing in it.
    pub fn emptied(mut self) -> Slots<'static> {
        self.places.clear();
        self.filled.clear();
        // Collecting nothing out of a list keeps its room, and lets values of another document have it.
        Slots { places: self.places, filled: self.filled.into_iter().map_while(|_| None).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dianjian_document::source::{Limits, SourceFile};
    use dianjian_document::tree::{Format, Tree, parse};

    #[test]
    fn room_outlives_what_was_in_it() {
        let mut room: Slots<'static> = Slots::default();
        for text in ["云山", "晴川"] {
            let source = SourceFile::new("a.yaml", text);
            let mut tree = Tree::new();
            let had = room.filled.capacity();
            let mut slots = std::mem::take(&mut room);
            parse(&source, Format::Yaml, &Limits::default(), &mut tree, &mut |root| {
                let mut mine = std::mem::take(&mut slots);
                assert_eq!(mine.filled.capacity(), had);
                mine.reserve(9);
                assert!((0..9).all(|slot| mine.get(slot).is_none()));
                for (slot, bit) in [(3, 1), (8, 2), (3, 4), (9, 8)] {
                    mine.fill(slot, Filled { value: Value::Node(root), bit });
                }
                let bits: Vec<_> = (0..10).filter_map(|slot| Some((slot, mine.get(slot)?.bit))).collect();
                assert_eq!(bits, [(3, 4), (8, 2)]);
                assert_eq!(mine.get(3).and_then(|filled| filled.value.text()).as_deref(), Some(text));
                room = mine.emptied();
            });
            assert!(room.filled.capacity() >= 2 && room.filled.is_empty());
        }
    }
}
