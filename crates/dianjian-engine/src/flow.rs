//! Units of work to worker threads, and what comes of them back in order.

use std::collections::BTreeMap;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};

/// So long a run is silent before its follower is told.
const SILENCE: Duration = Duration::from_millis(50);

/// Who takes what a run brings.
pub trait Follow<T> {
    /// Takes a finding or problem, in the order of the report.
    fn take(&mut self, out: T);
    /// Nothing has come for a moment.
    fn pause(&mut self) {}
    /// Is the rest of the run wanted? Asked all the time; after a `false` the run ends.
    fn goes_on(&mut self) -> bool {
        true
    }
}

/// One who wants everything and never waits.
pub(super) struct Each<'s, T>(pub &'s mut dyn FnMut(T));

impl<T> Follow<T> for Each<'_, T> {
    fn take(&mut self, out: T) {
        (self.0)(out);
    }
}

/// Makes units, works each of them off on one of several threads, and hands over what comes of them in the order in
/// which they were made. `produce` is given where to send them, and is told whether more are wanted; `worker` makes
/// the one who works on a thread.
pub(super) fn in_order<U: Send, D: Send, W: FnMut(U) -> D>(
    threads: usize,
    produce: impl FnOnce(&mut dyn FnMut(U) -> bool) + Send,
    worker: &(impl Fn() -> W + Sync),
    follower: &mut dyn Follow<D>,
) {
    std::thread::scope(|scope| {
        let (work_in, work_out) = bounded::<(usize, U)>(threads * 2);
        let (done_in, done_out) = bounded::<(usize, D)>(threads * 4);
        // At most this many units are under way, so that one slow unit does not let results pile up.
        let (token_in, token_out) = bounded::<()>(threads * 16);
        scope.spawn(move || {
            let mut number = 0;
            produce(&mut |unit| {
                let sent = token_in.send(()).is_ok() && work_in.send((number, unit)).is_ok();
                number += 1;
                sent
            });
        });
        for _ in 0..threads {
            let (work, done) = (work_out.clone(), done_in.clone());
            scope.spawn(move || {
                let mut work_off = worker();
                for (number, unit) in work {
                    if done.send((number, work_off(unit))).is_err() {
                        return;
                    }
                }
            });
        }
        drop((work_out, done_in));
        // With its ends of the channels dropped, everybody stops.
        collect(done_out, token_out, follower);
    });
}

/// Hands results over in the order of their numbers.
fn collect<D>(done: Receiver<(usize, D)>, tokens: Receiver<()>, follower: &mut dyn Follow<D>) {
    let mut waiting: BTreeMap<usize, D> = BTreeMap::new();
    let mut next = 0;
    while follower.goes_on() {
        match done.recv_timeout(SILENCE) {
            Ok((number, result)) => waiting.insert(number, result),
            Err(RecvTimeoutError::Timeout) => {
                follower.pause();
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        };
        while let Some(result) = waiting.remove(&next) {
            next += 1;
            let _ = tokens.recv();
            follower.take(result);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Until(Vec<u64>, usize);

    impl Follow<u64> for Until {
        fn take(&mut self, out: u64) {
            self.0.push(out);
        }

        fn goes_on(&mut self) -> bool {
            self.0.len() < self.1
        }
    }

    fn squares(threads: usize, most: usize) -> Vec<u64> {
        let mut taken = Until(Vec::new(), most);
        let slow = || {
            |number: u64| {
                std::thread::sleep(Duration::from_micros(number * 37 % 101));
                number * number
            }
        };
        let produce = |send: &mut dyn FnMut(u64) -> bool| {
            let _ = (0..200).all(send);
        };
        in_order(threads, produce, &slow, &mut taken);
        taken.0
    }

    #[test]
    fn the_order_is_that_of_the_units() {
        let expected: Vec<u64> = (0..200).map(|number| number * number).collect();
        for threads in [1, 2, 3, 8] {
            assert_eq!(squares(threads, usize::MAX), expected);
        }
    }

    #[test]
    fn who_has_enough_ends_it() {
        let taken = squares(3, 5);
        assert!((5..200).contains(&taken.len()), "{}", taken.len());
    }
}
