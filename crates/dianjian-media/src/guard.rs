//! Foreign decoders may panic on what nobody thought of: caught, and without a word on the terminal.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Runs foreign code that must not panic but may; `None`: it did.
///
/// The first call puts a hook before the one that is set: it keeps silent for panics of a thread that
/// is in here and passes every other panic on, so that our own mistakes are still told.
/// What `work` borrows is not to be used after a panic, unless it is only read.
pub fn quiet<T>(work: impl FnOnce() -> T) -> Option<T> {
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
        assert_eq!(quiet(|| 1), Some(1));
        assert_eq!(quiet(|| Vec::<u8>::new()[std::hint::black_box(3)]), None);
        assert_eq!(quiet(|| quiet(|| panic!("inner")).is_none()), Some(true));
        assert!(!QUIET.get());
    }
}
