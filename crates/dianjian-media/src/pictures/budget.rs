//! Memory under way in all threads: a share is taken before decoding and given back after.

use std::sync::{Condvar, Mutex, PoisonError};

/// Decoded pixels and what decoding them takes. With [`FILES`] and the rest of a run it stays under 512 MB.
pub static PIXELS: MemoryGate = MemoryGate::new(416 << 20);

/// Files read into memory: to be taken before a file is read, and always before [`PIXELS`], so that
/// no two threads wait for each other.
pub static FILES: MemoryGate = MemoryGate::new(64 << 20);

/// So many bytes may be under way at once; who wants more waits.
#[derive(Debug)]
pub struct MemoryGate {
    capacity: u64,
    taken: Mutex<u64>,
    freed: Condvar,
}

impl MemoryGate {
    /// A gate for so many bytes.
    #[must_use]
    pub const fn new(capacity: u64) -> Self {
        Self { capacity, taken: Mutex::new(0), freed: Condvar::new() }
    }

    /// How many bytes may be under way.
    #[must_use]
    pub const fn capacity(&self) -> u64 {
        self.capacity
    }

    /// Takes a share, and waits until there is room for it; more than the capacity goes alone.
    ///
    /// A thread must not take a second share of the same gate while it holds one.
    #[must_use]
    pub fn take(&'static self, bytes: u64) -> MemoryPermit {
        let bytes = bytes.min(self.capacity);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken + bytes > self.capacity {
            taken = self.freed.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken += bytes;
        MemoryPermit { gate: self, bytes }
    }
}

/// A share of a gate's bytes, given back when it is dropped.
#[derive(Debug)]
pub struct MemoryPermit {
    gate: &'static MemoryGate,
    bytes: u64,
}

impl Drop for MemoryPermit {
    fn drop(&mut self) {
        *self.gate.taken.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.gate.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn never_more_than_the_capacity() {
        static GATE: MemoryGate = MemoryGate::new(10);
        static UNDER_WAY: AtomicU64 = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for thread in 0..8 {
                scope.spawn(move || {
                    for round in 0..50 {
                        let bytes = (thread * 7 + round) % 12;
                        let permit = GATE.take(bytes);
                        let now = UNDER_WAY.fetch_add(bytes.min(10), Ordering::SeqCst) + bytes.min(10);
                        assert!(now <= 10, "{now}");
                        UNDER_WAY.fetch_sub(bytes.min(10), Ordering::SeqCst);
                        drop(permit);
                    }
                });
            }
        });
        assert_eq!(*GATE.taken.lock().unwrap(), 0);
    }
}
