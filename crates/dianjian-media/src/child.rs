//! Programs that are run and never outlive the run: killed when their guard goes, or all at once.

use std::io;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// All that run now. Spawning and killing exclude each other: none slips through.
static RUNNING: Mutex<Running> = Mutex::new(Running { over: false, children: Vec::new() });

struct Running {
    /// Nothing more is begun.
    over: bool,
    children: Vec<Arc<Mutex<Child>>>,
}

/// Kills all programs that run for this process, and lets it begin no more: for the handler of signals.
pub fn kill_all() {
    let mut running = lock(&RUNNING);
    running.over = true;
    for child in running.children.drain(..) {
        // It has ended by itself.
        let _ = lock(&child).kill();
    }
}

/// A program that runs; killed and waited for when it is dropped.
#[derive(Debug)]
pub struct Guarded {
    child: Arc<Mutex<Child>>,
}

impl Guarded {
    /// Runs a command in a process group of its own, so that Ctrl-C reaches it only through us.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let mut running = lock(&RUNNING);
        if running.over {
            return Err(io::Error::from(io::ErrorKind::Interrupted));
        }
        let child = Arc::new(Mutex::new(command.spawn()?));
        running.children.push(Arc::clone(&child));
        Ok(Self { child })
    }

    /// Does something with the child, such as taking its pipes.
    pub fn with<T>(&self, f: impl FnOnce(&mut Child) -> T) -> T {
        f(&mut lock(&self.child))
    }

    /// Waits for its end, at most so long. `None`: it is still running.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub fn wait(&self, patience: Duration) -> io::Result<Option<ExitStatus>> {
        /// There is no waiting for a child with a time limit in the standard library.
        const STEP: Duration = Duration::from_millis(2);
        let begun = Instant::now();
        loop {
            if let Some(status) = lock(&self.child).try_wait()? {
                return Ok(Some(status));
            }
            if begun.elapsed() >= patience {
                return Ok(None);
            }
            std::thread::sleep(STEP);
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        lock(&RUNNING).children.retain(|child| !Arc::ptr_eq(child, &self.child));
        let mut child = lock(&self.child);
        // It has ended by itself, or does now.
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_child_ends_with_its_guard() {
        let guard = Guarded::spawn(Command::new("sleep").arg("600")).unwrap();
        assert_eq!(guard.wait(Duration::ZERO).unwrap(), None);
        let begun = Instant::now();
        drop(guard);
        assert!(begun.elapsed() < Duration::from_secs(60));
    }

    #[test]
    fn a_child_that_ends_tells_how() {
        let guard = Guarded::spawn(&mut Command::new("false")).unwrap();
        assert_eq!(guard.wait(Duration::from_secs(60)).unwrap().and_then(|status| status.code()), Some(1));
        assert!(Guarded::spawn(&mut Command::new("/there/is/no/such/program")).is_err());
    }
}
