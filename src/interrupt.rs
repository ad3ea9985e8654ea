//! Signals that ask the program to stop: Ctrl-C, SIGTERM, a terminal that goes away.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dianjian_document::edit::remove_unfinished;
use dianjian_media::kill_subprocesses;

use crate::exit::Exit;

static STOPPED: AtomicBool = AtomicBool::new(false);

/// Who is asked to stop has so long to tidy up and to say what was left out.
const GRACE: Duration = Duration::from_secs(2);

/// From now on a signal kills the programs that run for this one, and stops the run: at once, unless
/// `busy` says that somebody will stop by himself. A second signal stops it in any case.
pub fn watch(busy: impl Fn() -> bool + Send + 'static) {
    // Without a handler a signal ends the program as it always does.
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
        // Whatever stands on the line, such as a progress bar.
        let _ = stderr().write_all(b"\r\x1b[K");
    }
    remove_unfinished();
    std::process::exit(i32::from(Exit::Interrupted.code()));
}
