//! One server a state folder: a second start finds the first.
//!
//! The server holds a lock on a file of the folder as long as it lives, whatever ends it; beside it lies the address with the
//! token, for the user alone.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use dianjian_document::edit::write_atomic;

use crate::error::ServeError;

/// The hold on a state folder.
#[derive(Debug)]
pub struct Instance {
    /// Locked as long as it is open.
    _lock: File,
    address: PathBuf,
}

/// What a start finds.
#[derive(Debug)]
pub enum Started {
    /// No other server.
    First(Instance),
    /// A server at an address, with its token.
    Second(String),
}

/// How often the address of a server that is starting is looked for.
const TRIES: u32 = 200;

impl Instance {
    /// Takes the hold on a folder, or finds who has it.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn take(folder: &Path) -> Result<Started, ServeError> {
        let failed = |error: std::io::Error| ServeError::Io { reason: error.to_string() };
        if !folder.exists() {
            std::fs::create_dir_all(folder).and_then(|()| restrict(folder, 0o700)).map_err(failed)?;
        }
        let address = folder.join("address");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("lock"));
        let lock = lock.map_err(failed)?;
        for _ in 0..TRIES {
            match lock.try_lock() {
                Ok(()) => {
                    // What an earlier server left would lead nowhere.
                    let _ = std::fs::remove_file(&address);
                    return Ok(Started::First(Self { _lock: lock, address }));
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
            if let Ok(url) = std::fs::read_to_string(&address) {
                return Ok(Started::Second(url));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(ServeError::Io { reason: format!("{} is locked", folder.join("lock").display()) })
    }

    /// Says where the server is.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn announce(&self, url: &str) -> Result<(), ServeError> {
        let written = write_atomic(&self.address, url.as_bytes()).and_then(|()| restrict(&self.address, 0o600));
        written.map_err(|error| ServeError::Io { reason: error.to_string() })
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.address);
    }
}

/// Lets nobody but the user read a file or a folder.
#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_start_finds_the_first_and_takes_over_when_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let Started::First(first) = Instance::take(folder.path()).unwrap() else { panic!("nobody else is there") };
        first.announce("http://127.0.0.1:1/#token=x").unwrap();
        assert!(matches!(Instance::take(folder.path()).unwrap(), Started::Second(url) if url.ends_with("token=x")));
        drop(first);
        assert!(matches!(Instance::take(folder.path()).unwrap(), Started::First(_)));
    }
}
