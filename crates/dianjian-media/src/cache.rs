//! What was seen in a file, kept by its content, so that it is looked at once.
//!
//! An entry is a small JSON file named after the content's hash, the version of what looks, and the
//! settings. Entries are written aside and moved into place, so that two runs at once do no harm; one
//! that cannot be read is as good as none. What went wrong is never kept.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{MediaScan, MediaSettings};
use dianjian_base::hex;
use dianjian_base::lang::Text;

/// Raised when the same version of the program comes to answer differently than before.
pub const PIPELINE_VERSION: u32 = 11;

/// A file's content, by its SHA-256.
pub type ContentHash = [u8; 32];

/// Entries may take so many bytes together; beyond, the oldest are dropped.
const MOST_BYTES: u64 = 64 << 20;

/// There may be so many entries.
const MOST_ENTRIES: usize = 50_000;

/// A longer file is none of our entries.
const ENTRY_BYTES: u64 = 8 << 20;

/// An entry that is used is young again, but its file is touched at most once in this time.
const FRESH: Duration = Duration::from_secs(24 * 3600);

/// The folder of entries.
#[derive(Debug)]
pub struct ScanCache {
    folder: PathBuf,
    /// What looks: of another version, entries have other names.
    version: String,
    /// Has an entry been written by this run? Then there may be too many.
    grown: AtomicBool,
    failed: Mutex<Option<io::Error>>,
}

/// One entry as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CacheEntry {
    /// The entry's own name, so that a file that was moved or mixed up is not believed.
    key: String,
    #[serde(rename = "looked")]
    scan: MediaScan,
}

/// What a cache holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheUsage {
    /// Entries.
    pub entries: usize,
    /// Their bytes.
    pub bytes: u64,
}

impl ScanCache {
    /// A cache in that folder, which is made when the first entry is written. `detector` is the version of
    /// whatever locates codes: of another one, files are looked at again.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>, detector: &str) -> Self {
        let version = format!("{}-{PIPELINE_VERSION}-{detector}", env!("CARGO_PKG_VERSION"));
        Self { folder: folder.into(), version, grown: AtomicBool::new(false), failed: Mutex::new(None) }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What was seen in that content with those settings, if it is known.
    #[must_use]
    pub fn load(&self, content: &ContentHash, settings: &MediaSettings) -> Option<MediaScan> {
        let key = self.key(content, settings);
        let path = self.path(&key);
        let file = File::open(&path).ok()?;
        let metadata = file.metadata().ok().filter(|metadata| metadata.is_file() && metadata.len() <= ENTRY_BYTES)?;
        let mut text = String::new();
        file.take(ENTRY_BYTES).read_to_string(&mut text).ok()?;
        let entry: CacheEntry = serde_json::from_str(&text).ok()?;
        if metadata.modified().is_ok_and(|at| at.elapsed().is_ok_and(|age| age > FRESH)) {
            // A cache that only can be read is as good.
            let _ = File::options().append(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        }
        (entry.key == key).then_some(entry.scan)
    }

    /// Keeps what was seen. Failing to is no failure of the run; [`failure`](Self::failure) tells of it.
    pub fn store(&self, content: &ContentHash, settings: &MediaSettings, looked: &MediaScan) {
        let key = self.key(content, settings);
        match self.write(key, looked) {
            Ok(()) => self.grown.store(true, Ordering::Relaxed),
            Err(error) => {
                self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
        }
    }

    fn write(&self, key: String, looked: &MediaScan) -> io::Result<()> {
        let path = self.path(&key);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
        serde_json::to_writer(&mut file, &CacheEntry { key, scan: looked.clone() })?;
        file.flush()?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Why entries could not be written, if they could not.
    #[must_use]
    pub fn failure(&self) -> Option<Text> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.as_ref().map(|error| Text {
            zh: format!("无法写入缓存 {}：{error}", self.folder.display()),
            en: format!("cannot write the cache {}: {error}", self.folder.display()),
        })
    }

    /// What it holds.
    #[must_use]
    pub fn usage(&self) -> CacheUsage {
        let entries = self.entries();
        CacheUsage { entries: entries.len(), bytes: entries.iter().map(|entry| entry.bytes).sum() }
    }

    /// Can entries be written?
    ///
    /// # Errors
    /// Why not.
    pub fn try_write(&self) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.folder).map(drop)
    }

    /// Drops the oldest entries until the rest is within the bounds with some room to grow.
    fn prune(&self, most: CacheUsage) {
        let mut entries = self.entries();
        let (mut count, mut bytes) = (entries.len(), entries.iter().map(|entry| entry.bytes).sum::<u64>());
        if count <= most.entries && bytes <= most.bytes {
            return;
        }
        entries.sort_by_key(|entry| entry.used);
        for entry in entries {
            if count <= most.entries / 10 * 9 && bytes <= most.bytes / 10 * 9 {
                break;
            }
            // Another run may have dropped it.
            let _ = fs::remove_file(&entry.path);
            count -= 1;
            bytes -= entry.bytes;
        }
    }

    /// All files of the cache: entries, and what runs that were killed have left.
    fn entries(&self) -> Vec<CacheFile> {
        let folders = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let folders = folders.filter(|folder| is_shelf(&folder.file_name().to_string_lossy()));
        let files = folders.flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten().flatten());
        let kept = |file: fs::DirEntry| {
            let name = file.file_name();
            let is_ours = name.to_string_lossy().ends_with(ENDING) || name.to_string_lossy().starts_with(UNFINISHED);
            let metadata = file.metadata().ok().filter(|metadata| is_ours && metadata.is_file())?;
            let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            Some(CacheFile { path: file.path(), bytes: metadata.len(), used })
        };
        files.filter_map(kept).collect()
    }

    fn key(&self, content: &ContentHash, settings: &MediaSettings) -> String {
        let mut hash = Sha256::new();
        hash.update(content);
        hash.update(&self.version);
        // MediaSettings are plain numbers: they can always be written.
        hash.update(serde_json::to_vec(settings).unwrap_or_default());
        hex(&hash.finalize())
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(key.get(..SHELF).unwrap_or_default()).join(format!("{key}{ENDING}"))
    }
}

impl Drop for ScanCache {
    /// Counting takes a walk over all entries, so it is done once, and only by a run that added some.
    fn drop(&mut self) {
        if *self.grown.get_mut() {
            self.prune(CacheUsage { entries: MOST_ENTRIES, bytes: MOST_BYTES });
        }
    }
}

/// Entries lie in folders named after the beginning of their keys.
const SHELF: usize = 2;

/// How entries' names end.
const ENDING: &str = ".json";

/// How the names of entries that are being written begin.
const UNFINISHED: &str = ".dianjian-";

fn is_shelf(name: &str) -> bool {
    name.len() == SHELF && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A file of the cache.
struct CacheFile {
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, CodeKind, Detection, Medium, Quad, Rect};

    fn looked() -> MediaScan {
        let quad = Quad::of(Rect { left: 0.1, top: 1.0 / 3.0, width: 10.7, height: 11.0 });
        let code = Code { kind: CodeKind::Qr, quad, score: 0.7, text: Some("微信\u{202e}".to_owned()) };
        let detections = vec![Detection { code, frame: 0, times: None }];
        MediaScan {
            medium: Medium::Picture,
            width: 40,
            height: 30,
            frames: 1,
            length: None,
            detections,
            digest: "ab".to_owned(),
        }
    }

    fn cache() -> (tempfile::TempDir, ScanCache) {
        let folder = tempfile::tempdir().unwrap();
        let cache = ScanCache::new(folder.path().join("below"), "weights");
        (folder, cache)
    }

    #[test]
    fn what_is_kept_comes_back_as_it_was() {
        let (_folder, cache) = cache();
        let settings = MediaSettings::default();
        assert_eq!(cache.load(&[1; 32], &settings), None);
        cache.store(&[1; 32], &settings, &looked());
        assert_eq!(cache.load(&[1; 32], &settings), Some(looked()));
        assert_eq!(cache.load(&[2; 32], &settings), None, "another content");
        let other = MediaSettings { floor: 0.3, ..settings.clone() };
        assert_eq!(cache.load(&[1; 32], &other), None, "other settings");
        let newer = ScanCache::new(cache.folder(), "other weights");
        assert_eq!(newer.load(&[1; 32], &settings), None, "another detector");
        assert_eq!(cache.failure(), None);
        assert_eq!(cache.usage().entries, 1);
    }

    #[test]
    fn a_broken_or_foreign_entry_is_replaced() {
        let (_folder, cache) = cache();
        let settings = MediaSettings::default();
        cache.store(&[1; 32], &settings, &looked());
        let path = cache.entries().remove(0).path;
        let whole = fs::read_to_string(&path).unwrap();
        let foreign = whole.replacen("\"key\":\"", "\"key\":\"0", 1);
        for text in ["", "{}", &whole[..whole.len() / 2], &whole.replacen('{', "{\"more\":1,", 1), &foreign] {
            fs::write(&path, text).unwrap();
            assert_eq!(cache.load(&[1; 32], &settings), None, "{text}");
            cache.store(&[1; 32], &settings, &looked());
            assert_eq!(cache.load(&[1; 32], &settings), Some(looked()));
        }
    }

    #[test]
    fn the_oldest_are_dropped() {
        let (_folder, cache) = cache();
        let settings = MediaSettings::default();
        for content in 0..20_u8 {
            cache.store(&[content; 32], &settings, &looked());
            let path = cache.path(&cache.key(&[content; 32], &settings));
            let used = SystemTime::now() - Duration::from_secs(1000 - u64::from(content));
            File::options().append(true).open(path).unwrap().set_modified(used).unwrap();
        }
        cache.prune(CacheUsage { entries: 10, bytes: u64::MAX });
        assert_eq!(cache.usage().entries, 9);
        assert_eq!(cache.load(&[10; 32], &settings), None);
        assert!(cache.load(&[11; 32], &settings).is_some());
        cache.prune(CacheUsage { entries: 10, bytes: 100 });
        assert_eq!(cache.usage(), CacheUsage::default());
    }

    #[test]
    fn a_place_that_cannot_be_written_is_told_and_nothing_fails() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let cache = ScanCache::new(&file, "weights");
        cache.store(&[1; 32], &MediaSettings::default(), &looked());
        assert!(cache.failure().unwrap().en.contains("file"));
        assert!(cache.try_write().is_err());
        assert_eq!(cache.load(&[1; 32], &MediaSettings::default()), None);
    }

    #[test]
    fn threads_that_keep_the_same_do_no_harm() {
        let (_folder, cache) = cache();
        let settings = MediaSettings::default();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        cache.store(&[1; 32], &settings, &looked());
                        assert_eq!(cache.load(&[1; 32], &settings), Some(looked()));
                    }
                });
            }
        });
        assert_eq!(cache.usage().entries, 1);
    }
}
