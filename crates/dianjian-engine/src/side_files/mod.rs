//! Files beside a record's own: the texts, pictures and videos that it names.

mod assets;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use assets::AssetResolver;
use dianjian_base::FileSystem;
use dianjian_base::lang::{Lang, Localized, Text};
use dianjian_document::source::{self, Limits, SourceFile};
use dianjian_rules::record::{AssetEntry, Assets, Scripts};

use crate::Engine;

/// Where scripts and assets come from: the disk, or an example that spells them out.
pub(crate) trait SideFiles: Scripts + Assets {}

impl<T: Scripts + Assets> SideFiles for T {}

/// Side files on disk, or what overrides them.
#[derive(Debug, Clone)]
pub(crate) struct DiskSideFiles {
    files: FileSystem,
    assets: Arc<AssetResolver>,
    /// The texts that were asked for, whether they are there or not; `None`: nobody wants to know.
    record: Option<Arc<Mutex<BTreeSet<PathBuf>>>>,
}

impl DiskSideFiles {
    pub(crate) fn of(engine: &Engine<'_>) -> Self {
        Self { files: engine.environment.files.clone(), assets: Arc::clone(&engine.assets), record: None }
    }

    /// The same, with a record of the texts that are asked for.
    pub(crate) fn recording(engine: &Engine<'_>) -> Self {
        Self { record: Some(Arc::default()), ..Self::of(engine) }
    }

    /// The texts that have been asked for since.
    pub(crate) fn taken_record(&self) -> BTreeSet<PathBuf> {
        let record = self.record.as_ref().map(|record| record.lock().unwrap_or_else(PoisonError::into_inner));
        record.map(|mut record| std::mem::take(&mut *record)).unwrap_or_default()
    }
}

impl Scripts for DiskSideFiles {
    fn read(&self, beside: &SourceFile, path: &str) -> Result<Arc<SourceFile>, Text> {
        let folder = beside.path().and_then(Path::parent).unwrap_or_else(|| Path::new(""));
        let file = folder.join(path);
        if let Some(record) = &self.record {
            record.lock().unwrap_or_else(PoisonError::into_inner).insert(file.clone());
        }
        let read = source::read_text_in(&self.files, &file, &Limits::default());
        let is_looked_at = beside.is_material() && self.assets.reads_text();
        let read = read.map(|source| if is_looked_at { source.with_pages_looked_at() } else { source });
        read.map(Arc::new).map_err(|error| reason(&error.with_similar(&file, folder)))
    }
}

/// Why a file cannot be read, with what may be done about it.
fn reason(error: &source::SourceError) -> Text {
    let mut reason = error.both();
    if let Some(at) = error.position() {
        let (line, column) = (at.line, at.column);
        reason.zh = format!("第 {line} 行第 {column} 列：{}", reason.zh);
        reason.en = format!("line {line}, column {column}: {}", reason.en);
    }
    for (lang, text) in [(Lang::Zh, &mut reason.zh), (Lang::En, &mut reason.en)] {
        if let Some(help) = error.help(lang) {
            *text = if lang == Lang::Zh { format!("{text}；{help}") } else { format!("{text}; {help}") };
        }
    }
    reason
}

impl Assets for DiskSideFiles {
    fn look(&self, beside: &SourceFile, entries: &[String]) -> Vec<Arc<AssetEntry>> {
        self.assets.look(beside, entries)
    }
}
