//! Progress reports and cancellation of scans.

use std::time::Duration;

/// Observes scans and can cancel them. Called from several threads, `is_cancelled` between any two frames.
pub trait MediaProgress: Send + Sync {
    /// Should all scans stop? They then fail with [`MediaError::Interrupted`](crate::MediaError::Interrupted).
    fn is_cancelled(&self) -> bool {
        false
    }

    /// A file is taken up, whether or not its scan is known already.
    fn file_started(&self, _name: &str) {}

    /// A video has been scanned up to `done`; `length` is what its container says, once that is known.
    fn video_advanced(&self, _name: &str, _done: Duration, _length: Option<Duration>) {}

    /// The file is done with, successfully or not.
    fn file_finished(&self, _name: &str) {}
}

/// Reports nothing and never cancels.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl MediaProgress for NoProgress {}
