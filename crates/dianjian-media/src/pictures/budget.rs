//! Bounds on the memory that all threads together use for files and pixels.

use std::sync::{Condvar, Mutex, PoisonError};

/// For decoded pixels and what decoding them takes. With [`FILE_MEMORY`] and the rest, a run stays under 512 MB.
pub(crate) static PIXEL_MEMORY: MemoryBudget = MemoryBudget::new(416 << 20);

/// For files read into memory. Acquired before a file is read, and always before [`PIXEL_MEMORY`], so that no two threads
/// wait for each other.
pub(crate) static FILE_MEMORY: MemoryBudget = MemoryBudget::new(64 << 20);

/// A counting semaphore of bytes.
#[derive(Debug)]
pub(crate) struct MemoryBudget {
    capacity: u64,
    taken: Mutex<u64>,
    freed: Condvar,
}

impl MemoryBudget {
    /// A budget of that many bytes.
    pub(crate) const fn new(capacity: u64) -> Self {
        Self { capacity, taken: Mutex::new(0), freed: Condvar::new() }
    }

    /// The bytes of the whole budget.
    pub(crate) const fn capacity(&self) -> u64 {
        self.capacity
    }

    /// Acquires some bytes, waiting until they are free. A request beyond the capacity waits for all of it.
    ///
    /// A thread must not acquire more of a budget while it holds a permit of it: that would deadlock.
    pub(crate) fn acquire(&'static self, bytes: u64) -> MemoryPermit {
        let bytes = bytes.min(self.capacity);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken + bytes > self.capacity {
            taken = self.freed.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken += bytes;
        MemoryPermit { gate: self, bytes }
    }
}

/// Acquired bytes, released on drop.
#[derive(Debug)]
pub(crate) struct MemoryPermit {
    gate: &'static MemoryBudget,
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
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn never_more_than_the_capacity() {
        static GATE: MemoryBudget = MemoryBudget::new(10);
        static UNDER_WAY: AtomicU64 = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for thread in 0..8 {
                scope.spawn(move || {
                    for round in 0..50 {
                        let bytes = (thread * 7 + round) % 12;
                        let permit = GATE.acquire(bytes);
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
