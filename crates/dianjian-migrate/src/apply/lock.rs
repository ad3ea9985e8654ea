//! One run at a time below a root: a file that the running one holds locked.
//!
//! The system releases the lock when its holder ends, however it ends, so that no stale lock is left behind.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::RunError;
use super::root::ensure_no_link;

/// The lock's name in the folder of runs.
const LOCK: &str = "lock";

/// Retries, because [`RunLock::holder`] of another process takes the lock for a moment.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(20);

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockHolder {
    /// The id of its process.
    pub pid: u32,
    /// `apply` or `rollback`.
    pub command: String,
    /// When it took the lock, by the caller's clock.
    pub since: String,
}

impl std::fmt::Display for LockHolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "dianjian migrate {}, pid {}, {}", self.command, self.pid, self.since)
    }
}

/// A lock that is held until this value is dropped.
#[derive(Debug)]
pub struct RunLock {
    file: File,
}

impl RunLock {
    /// Takes the lock of a folder of runs.
    ///
    /// # Errors
    /// Another run holds it, or the file cannot be created or locked.
    pub fn take(runs: &Path, holder: &LockHolder) -> Result<Self, RunError> {
        let path = runs.join(LOCK);
        ensure_no_link(&path)?;
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = open.map_err(|error| RunError::own(&path, error))?;
        let mut tries = TRIES;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if tries == 0 => {
                    return Err(RunError::Held { holder: held_by(&mut file) });
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
                Err(TryLockError::Error(error)) => return Err(RunError::own(&path, error)),
            }
            tries -= 1;
        }
        // The name of the holder is for people; the lock works without it.
        let text = serde_json::to_string(holder).unwrap_or_default();
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{text}"));
        Ok(Self { file })
    }

    /// Who holds the lock of a folder of runs right now, if anybody does.
    pub(super) fn holder(runs: &Path) -> Option<String> {
        let mut file = File::open(runs.join(LOCK)).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(held_by(&mut file)),
            _ => None,
        }
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // Unlocked explicitly: a process that another thread is starting may still have the file open.
        let _ = self.file.set_len(0).and_then(|()| self.file.unlock());
    }
}

fn held_by(file: &mut File) -> String {
    const ENOUGH: u64 = 4096;
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.take(ENOUGH).read_to_string(&mut text));
    let holder = read.ok().and_then(|_| serde_json::from_str::<LockHolder>(&text).ok());
    holder.map_or_else(|| "?".to_owned(), |holder| holder.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_learns_who_holds_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let holder = LockHolder { pid: 7, command: "apply".to_owned(), since: "2026-11-22T10:00:00+08:00".to_owned() };
        assert_eq!(RunLock::holder(folder.path()), None);
        let lock = RunLock::take(folder.path(), &holder).unwrap();
        let error = RunLock::take(folder.path(), &holder).unwrap_err().to_string();
        assert!(error.ends_with("dianjian migrate apply, pid 7, 2026-11-22T10:00:00+08:00"), "{error}");
        assert_eq!(RunLock::holder(folder.path()), Some(holder.to_string()));
        drop(lock);
        assert_eq!(RunLock::holder(folder.path()), None);
        assert!(RunLock::take(folder.path(), &holder).is_ok());
    }
}
