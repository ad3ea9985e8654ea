//! A bounded pipeline over threads whose results come out in the order in which the work went in.
//!
//! One thread produces, `threads` workers work, the calling thread consumes. Every queue is bounded, so memory does
//! not grow with the number of units: a slow unit holds back its successors' results, never more than
//! `16 * threads` of them.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};

/// After this long without a result the consumer is told, e.g. to flush what a reader is waiting for.
const SILENCE: Duration = Duration::from_millis(50);

/// Receives the results of a pipeline, in order, on the thread that called [`in_order`].
pub trait Consumer<T> {
    /// Takes the next result.
    fn accept(&mut self, result: T);

    /// Nothing has come for 50 ms.
    fn pause(&mut self) {}

    /// Is the rest wanted? Asked before every wait; after a `false` producer and workers stop.
    fn wants_more(&mut self) -> bool {
        true
    }
}

/// A consumer that calls a function with every result and always wants more.
pub struct ForEach<F>(pub F);

impl<T, F: FnMut(T)> Consumer<T> for ForEach<F> {
    fn accept(&mut self, result: T) {
        (self.0)(result);
    }
}

/// The threads to use where `0` asks for one per core.
pub fn threads_or_cores(threads: usize) -> usize {
    match threads {
        0 => std::thread::available_parallelism().map_or(1, NonZero::get),
        threads => threads,
    }
}

/// Runs every unit that `produce` sends through a worker and hands the results to `consumer` in the order of the
/// units.
///
/// `produce` is given a function that sends a unit and says whether more are wanted. `worker` is called once on each
/// thread, so that a worker can own what it reuses from unit to unit.
pub fn in_order<U: Send, R: Send, W: FnMut(U) -> R>(
    threads: usize,
    produce: impl FnOnce(&mut dyn FnMut(U) -> bool) + Send,
    worker: &(impl Fn() -> W + Sync),
    consumer: &mut dyn Consumer<R>,
) {
    std::thread::scope(|scope| {
        let (work_in, work_out) = bounded::<(usize, U)>(threads * 2);
        let (done_in, done_out) = bounded::<(usize, R)>(threads * 4);
        // A unit holds a token until its result has been consumed: one slow unit cannot let the results behind it
        // pile up.
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
                let mut run = worker();
                for (number, unit) in work {
                    if done.send((number, run(unit))).is_err() {
                        return;
                    }
                }
            });
        }
        drop((work_out, done_in));
        // When it returns, its ends of the channels are dropped, every send fails and all threads stop.
        consume(done_out, token_out, consumer);
    });
}

fn consume<R>(done: Receiver<(usize, R)>, tokens: Receiver<()>, consumer: &mut dyn Consumer<R>) {
    let mut early: BTreeMap<usize, R> = BTreeMap::new();
    let mut next = 0;
    while consumer.wants_more() {
        match done.recv_timeout(SILENCE) {
            Ok((number, result)) => early.insert(number, result),
            Err(RecvTimeoutError::Timeout) => {
                consumer.pause();
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        };
        while let Some(result) = early.remove(&next) {
            next += 1;
            let _ = tokens.recv();
            consumer.accept(result);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Until(Vec<u64>, usize);

    impl Consumer<u64> for Until {
        fn accept(&mut self, out: u64) {
            self.0.push(out);
        }

        fn wants_more(&mut self) -> bool {
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
