//! Text files that records name, read beside the record's own file.

use std::path::Path;
use std::sync::Arc;

use crate::lang::{Lang, Localized, Text};
use crate::record::Scripts;
use crate::source::{self, Limits, SourceFile};

/// Scripts longer than this are no scripts.
const MAX_BYTES: u64 = 8 << 20;

/// Reads scripts from disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct FromDisk;

impl Scripts for FromDisk {
    fn read(&self, beside: &SourceFile, path: &str) -> Result<Arc<SourceFile>, Text> {
        let folder = beside.path().and_then(Path::parent).unwrap_or_else(|| Path::new(""));
        let limits = Limits { file_bytes: MAX_BYTES, ..Limits::default() };
        match source::read(&folder.join(path), &limits) {
            Ok(file) => Ok(Arc::new(file)),
            Err(error) => Err(Text { zh: error.text(Lang::Zh), en: error.text(Lang::En) }),
        }
    }
}
