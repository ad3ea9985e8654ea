//! What lies beside a record's own file: the text files, pictures and videos that it names.

use std::path::Path;
use std::sync::Arc;

use super::Engine;
use super::assets::Gallery;
use dianjian_base::FileSystem;
use dianjian_base::lang::{Localized, Text};
use dianjian_document::source::{self, Limits, SourceFile};
use dianjian_rules::record::{AssetEntry, Assets, Scripts};

/// Scripts longer than this are no scripts.
const MAX_BYTES: u64 = 8 << 20;

/// What lies beside records.
pub trait Beside: Scripts + Assets {}

impl<T: Scripts + Assets> Beside for T {}

/// Reads scripts from disk, or from what stands for it, and looks at assets.
#[derive(Debug, Clone)]
pub struct FromDisk {
    files: FileSystem,
    gallery: Arc<Gallery>,
}

impl FromDisk {
    /// Reads what the engine's run reads.
    #[must_use]
    pub fn of(engine: &Engine<'_>) -> Self {
        Self { files: engine.options.files.clone(), gallery: Arc::clone(&engine.gallery) }
    }
}

impl Scripts for FromDisk {
    fn read(&self, beside: &SourceFile, path: &str) -> Result<Arc<SourceFile>, Text> {
        let folder = beside.path().and_then(Path::parent).unwrap_or_else(|| Path::new(""));
        let limits = Limits { file_bytes: MAX_BYTES, ..Limits::default() };
        source::read_in(&self.files, &folder.join(path), &limits).map(Arc::new).map_err(|error| error.both())
    }
}

impl Assets for FromDisk {
    fn look(&self, beside: &SourceFile, entries: &[String]) -> Vec<Arc<AssetEntry>> {
        self.gallery.look(beside, entries)
    }
}
