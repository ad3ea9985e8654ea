//! Child processes that never outlive this one: each is killed with its guard, or all at once on a signal.

use std::io;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// All children that run now. The lock makes spawning and killing exclude each other, so that none slips through.
static RUNNING: Mutex<ChildRegistry> = Mutex::new(ChildRegistry { is_closed: false, children: Vec::new() });

struct ChildRegistry {
    /// No child may be spawned any more.
    is_closed: bool,
    children: Vec<Arc<Mutex<Child>>>,
}

/// Kills all child processes of this crate and lets it spawn no more. For signal handlers.
pub fn kill_subprocesses() {
    let mut running = lock(&RUNNING);
    running.is_closed = true;
    for child in running.children.drain(..) {
        // Fails where it has ended by itself.
        let _ = lock(&child).kill();
    }
}

/// A child process; killed and reaped when this is dropped.
#[derive(Debug)]
pub(crate) struct ChildGuard {
    child: Arc<Mutex<Child>>,
}

impl ChildGuard {
    /// Spawns a command in a process group of its own, so that Ctrl-C reaches it only through us.
    pub(crate) fn spawn(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let mut running = lock(&RUNNING);
        if running.is_closed {
            return Err(io::Error::from(io::ErrorKind::Interrupted));
        }
        let child = Arc::new(Mutex::new(command.spawn()?));
        running.children.push(Arc::clone(&child));
        Ok(Self { child })
    }

    /// Gives access to the child, for instance to take its pipes.
    pub(crate) fn with<T>(&self, f: impl FnOnce(&mut Child) -> T) -> T {
        f(&mut lock(&self.child))
    }

    /// Waits for its end up to `patience`; `None` if it is still running then.
    pub(crate) fn wait(&self, patience: Duration) -> io::Result<Option<ExitStatus>> {
        /// The standard library cannot wait with a time limit: poll.
        const POLL: Duration = Duration::from_millis(2);
        let begun = Instant::now();
        loop {
            if let Some(status) = lock(&self.child).try_wait()? {
                return Ok(Some(status));
            }
            if begun.elapsed() >= patience {
                return Ok(None);
            }
            std::thread::sleep(POLL);
        }
    }
}

impl Drop for ChildGuard {
    fn drop(&mut self) {
        lock(&RUNNING).children.retain(|child| !Arc::ptr_eq(child, &self.child));
        let mut child = lock(&self.child);
        // Both fail only where it has been reaped already.
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
        let guard = ChildGuard::spawn(Command::new("sleep").arg("600")).unwrap();
        assert_eq!(guard.wait(Duration::ZERO).unwrap(), None);
        let begun = Instant::now();
        drop(guard);
        assert!(begun.elapsed() < Duration::from_secs(60));
    }

    #[test]
    fn a_child_that_ends_tells_how() {
        let guard = ChildGuard::spawn(&mut Command::new("false")).unwrap();
        assert_eq!(guard.wait(Duration::from_secs(60)).unwrap().and_then(|status| status.code()), Some(1));
        assert!(ChildGuard::spawn(&mut Command::new("/there/is/no/such/program")).is_err());
    }
}
