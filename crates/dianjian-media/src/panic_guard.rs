//! Third-party decoders may panic on hostile input: the panic is caught and nothing is printed.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Runs third-party code that may panic; `None` if it did.
///
/// The first call installs a panic hook in front of the current one. It silences panics of threads that are in this
/// function and passes on all others, so that our own bugs are still reported.
///
/// What `work` mutates must not be used after a panic.
pub(crate) fn catch_panic<T>(work: impl FnOnce() -> T) -> Option<T> {
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if !QUIET.try_with(Cell::get).unwrap_or(false) {
                before(info);
            }
        }));
    });
    let outer = QUIET.replace(true);
    let answer = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(outer);
    answer.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_answer() {
        assert_eq!(catch_panic(|| 1), Some(1));
        assert_eq!(catch_panic(|| Vec::<u8>::new()[std::hint::black_box(3)]), None);
        assert_eq!(catch_panic(|| catch_panic(|| panic!("inner")).is_none()), Some(true));
        assert!(!QUIET.get());
    }
}
