//! Answers that are worked out once, however many threads ask.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

type Slot<V> = Arc<Mutex<Option<V>>>;

/// Answers by what was asked. Who asks for what another thread is working out waits for it.
#[derive(Debug)]
pub struct Memo<K, V> {
    slots: Mutex<HashMap<K, Slot<V>>>,
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self { slots: Mutex::default() }
    }
}

impl<K: Eq + Hash, V: Clone> Memo<K, V> {
    /// The answer that is known, else the one worked out now. `lasts`: is it the answer for good?
    pub fn get(&self, key: K, lasts: impl FnOnce(&V) -> bool, work: impl FnOnce() -> V) -> V {
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(slots.entry(key).or_default())
        };
        // A thread that panicked left no answer: the next works it out.
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*slot {
            return known.clone();
        }
        let answer = work();
        if lasts(&answer) {
            *slot = Some(answer.clone());
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn two_who_ask_at_once_get_one_answer() {
        let (memo, works) = (Memo::default(), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let answer = memo.get(
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
        let memo = Memo::default();
        assert_eq!(memo.get(1, |_| false, || "first"), "first");
        assert_eq!(memo.get(1, |_| true, || "second"), "second");
        assert_eq!(memo.get(1, |_| true, || "third"), "second");
    }
}
