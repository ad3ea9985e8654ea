//! Looking at one file: what it is called, how long it may take, who watches.

use std::time::{Duration, Instant};

use super::{MediaError, Watch};

/// Looking at one file.
#[derive(Clone, Copy)]
pub struct Task<'t> {
    /// The asset as the user wrote it.
    pub name: &'t str,
    /// Who is told and says when to stop.
    pub watch: &'t dyn Watch,
    begun: Instant,
    seconds: u64,
}

impl<'t> Task<'t> {
    /// A task that may take so many seconds from now on.
    #[must_use]
    pub fn new(name: &'t str, watch: &'t dyn Watch, seconds: u64) -> Self {
        Self { name, watch, begun: Instant::now(), seconds }
    }

    /// May it go on? Asked between frames.
    ///
    /// # Errors
    /// The user stopped the run, or the time is over.
    pub fn may_go_on(&self) -> Result<(), MediaError> {
        if self.watch.stopped() {
            return Err(MediaError::Interrupted { name: self.name.to_owned() });
        }
        if self.begun.elapsed() > Duration::from_secs(self.seconds) {
            return Err(MediaError::TimedOut { name: self.name.to_owned(), seconds: self.seconds });
        }
        Ok(())
    }
}
