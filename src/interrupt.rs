//! Signals that ask the program to stop: Ctrl-C, SIGTERM, a terminal that goes away.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dianjian_document::edit::remove_unfinished;
use dianjian_media::kill_subprocesses;

use crate::exit::Exit;

static STOPPED: AtomicBool = AtomicBool::new(false);

/// How long a run may take after a signal to remove temporary files and report what was left out.
const GRACE: Duration = Duration::from_secs(2);

/// Installs a handler for signals: the first one kills subprocesses and ends the program, at once unless `busy` says that
/// the run will stop by itself; a second one ends it in any case.
pub fn watch(busy: impl Fn() -> bool + Send + 'static) {
    // If no handler can be installed, a signal ends the program as by default.
    let _ = ctrlc::set_handler(move || {
        let again = STOPPED.swap(true, Ordering::SeqCst);
        kill_subprocesses();
        if again || !busy() {
            leave();
        }
        std::thread::spawn(|| {
            std::thread::sleep(GRACE);
            leave();
        });
    });
}

/// Has the run been asked to stop?
pub fn stopped() -> bool {
    STOPPED.load(Ordering::Relaxed)
}

fn leave() {
    if stderr().is_terminal() {
        // Erases the current line, which may hold a progress bar.
        let _ = stderr().write_all(b"\r\x1b[K");
    }
    remove_unfinished();
    std::process::exit(i32::from(Exit::Interrupted.code()));
}
