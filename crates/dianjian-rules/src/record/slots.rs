//! The values of a record by slot.

use super::kind::Slot;
use super::value::Value;

/// The value of a slot.
#[derive(Debug, Clone)]
pub(super) struct FilledSlot<'a> {
    pub value: Value<'a>,
    /// The bit of a [`choice`](super::view::choice).
    pub bit: u32,
}

/// The filled slots of a record. Kinds have many more fields than records fill, so values are kept apart from their
/// places.
#[derive(Debug, Clone)]
pub(super) struct Slots<'a> {
    /// For every slot: 0, or one more than the place of its value in `filled`.
    places: Vec<Slot>,
    /// In the order in which they were filled.
    filled: Vec<FilledSlot<'a>>,
}

impl<'a> Slots<'a> {
    /// Of a kind with this many fields; none is filled.
    pub fn new(fields: usize) -> Self {
        Self { places: vec![0; fields], filled: Vec::new() }
    }

    #[inline]
    pub fn get(&self, slot: Slot) -> Option<&FilledSlot<'a>> {
        let place = usize::from(*self.places.get(usize::from(slot))?);
        self.filled.get(place.checked_sub(1)?)
    }

    /// Fills a slot, replacing what was in it.
    #[inline]
    pub fn fill(&mut self, slot: Slot, filled: FilledSlot<'a>) {
        let Some(place) = self.places.get_mut(usize::from(slot)) else { return };
        match self.filled.get_mut(usize::from(*place).wrapping_sub(1)) {
            Some(known) => *known = filled,
            None => {
                self.filled.push(filled);
                *place = Slot::try_from(self.filled.len()).unwrap_or_default();
            }
        }
    }
}
