//! What every step of scanning one file needs to know: the asset's name, its deadline, the observer of its progress.

use std::time::{Duration, Instant};

use crate::{MediaError, MediaProgress};

/// The scan of one file.
#[derive(Clone, Copy)]
pub(crate) struct ScanContext<'t> {
    /// The asset as the user wrote it, for errors.
    pub name: &'t str,
    pub progress: &'t dyn MediaProgress,
    started: Instant,
    seconds: u64,
}

impl<'t> ScanContext<'t> {
    /// A scan that may take this many seconds from now on.
    pub(crate) fn new(name: &'t str, progress: &'t dyn MediaProgress, seconds: u64) -> Self {
        Self { name, progress, started: Instant::now(), seconds }
    }

    /// Fails if the scan was cancelled or is out of time. Called between frames.
    pub(crate) fn check(&self) -> Result<(), MediaError> {
        if self.progress.is_cancelled() {
            return Err(MediaError::Interrupted { name: self.name.to_owned() });
        }
        if self.started.elapsed() > Duration::from_secs(self.seconds) {
            return Err(MediaError::TimedOut { name: self.name.to_owned(), seconds: self.seconds });
        }
        Ok(())
    }
}
