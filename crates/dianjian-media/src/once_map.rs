//! A map whose values are computed once, however many threads ask for them.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

type Slot<V> = Arc<Mutex<Option<V>>>;

/// Values by key. A thread that asks for a value which another one is computing waits for it.
#[derive(Debug)]
pub(crate) struct OnceMap<K, V> {
    slots: Mutex<HashMap<K, Slot<V>>>,
}

impl<K, V> Default for OnceMap<K, V> {
    fn default() -> Self {
        Self { slots: Mutex::default() }
    }
}

impl<K: Eq + Hash, V: Clone> OnceMap<K, V> {
    /// The value of a key, computed if it is not known. It is kept only if `is_final` says so.
    pub(crate) fn get_or_compute(&self, key: K, is_final: impl FnOnce(&V) -> bool, compute: impl FnOnce() -> V) -> V {
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(slots.entry(key).or_default())
        };
        // A thread that panicked left no value: compute it again.
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*slot {
            return known.clone();
        }
        let value = compute();
        if is_final(&value) {
            *slot = Some(value.clone());
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn two_who_ask_at_once_get_one_answer() {
        let (map, works) = (OnceMap::default(), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let answer = map.get_or_compute(
                        "a",
                        |_| true,
                        || {
                            std::thread::sleep(std::time::Duration::from_millis(20));
                            works.fetch_add(1, Ordering::SeqCst)
                        },
                    );
                    assert_eq!(answer, 0);
                });
            }
        });
        assert_eq!(works.into_inner(), 1);
    }

    #[test]
    fn what_does_not_last_is_worked_out_again() {
        let map = OnceMap::default();
        assert_eq!(map.get_or_compute(1, |_| false, || "first"), "first");
        assert_eq!(map.get_or_compute(1, |_| true, || "second"), "second");
        assert_eq!(map.get_or_compute(1, |_| true, || "third"), "second");
    }
}
