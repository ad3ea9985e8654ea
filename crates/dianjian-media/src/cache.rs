//! Scans kept on disk between runs, by content.
//!
//! An entry is a JSON file. Its name is the hash of the content's hash, the version of the detection pipeline and the
//! settings, so that a new version never sees old entries. Entries are written to a temporary file and renamed, so that
//! concurrent runs do no harm; an entry that cannot be read counts as missing. Errors are never kept.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use dianjian_base::hex;
use dianjian_base::lang::Text;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{MediaScan, MediaSettings};

/// Raised whenever scans change within one version of the program, so that older entries are not used.
pub const PIPELINE_VERSION: u32 = 13;

/// The SHA-256 of a file.
pub type ContentHash = [u8; 32];

/// The most bytes of all entries; beyond, the least recently used are removed.
const MAX_BYTES: u64 = 64 << 20;

const MAX_ENTRIES: usize = 50_000;

/// Larger files are no entries of ours.
const MAX_ENTRY_BYTES: u64 = 8 << 20;

/// Using an entry renews its time of change, by which the least recently used are found; at most once per this time.
const TOUCH_INTERVAL: Duration = Duration::from_secs(24 * 3600);

/// A folder of scans.
#[derive(Debug)]
pub struct ScanCache {
    folder: PathBuf,
    /// The version of the pipeline and its networks.
    version: String,
    /// Has this run written an entry? Then the folder is pruned at its end.
    grown: AtomicBool,
    failed: Mutex<Option<io::Error>>,
}

/// The JSON of an entry.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CacheEntry {
    /// The entry's name, so that a file that was renamed is not used.
    key: String,
    #[serde(rename = "looked")]
    scan: MediaScan,
}

/// How much a cache holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheUsage {
    /// The number of entries.
    pub entries: usize,
    /// The bytes of all entries.
    pub bytes: u64,
}

impl ScanCache {
    /// A cache in a folder, which is created with the first entry. `detector` is the version of the networks
    /// ([`detector_version`](crate::detector_version)): entries of another one are not used.
    pub fn new(folder: impl Into<PathBuf>, detector: &str) -> Self {
        let version = format!("{}-{PIPELINE_VERSION}-{detector}", env!("CARGO_PKG_VERSION"));
        Self { folder: folder.into(), version, grown: AtomicBool::new(false), failed: Mutex::new(None) }
    }

    /// The folder of entries.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The scan of a content with some settings and a version of what reads text (empty: nothing does), if there is an entry
    /// for it.
    pub fn load(&self, content: &ContentHash, settings: &MediaSettings, reader: &str) -> Option<MediaScan> {
        let key = self.key(content, settings, reader);
        let path = self.path(&key);
        let file = File::open(&path).ok()?;
        let metadata =
            file.metadata().ok().filter(|metadata| metadata.is_file() && metadata.len() <= MAX_ENTRY_BYTES)?;
        let mut text = String::new();
        file.take(MAX_ENTRY_BYTES).read_to_string(&mut text).ok()?;
        let entry: CacheEntry = serde_json::from_str(&text).ok()?;
        if metadata.modified().is_ok_and(|at| at.elapsed().is_ok_and(|age| age > TOUCH_INTERVAL)) {
            // Fails in a read-only cache, which is as good.
            let _ = File::options().append(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        }
        (entry.key == key).then_some(entry.scan)
    }

    /// Writes an entry. If that fails, the run goes on, and [`failure`](Self::failure) returns the first reason.
    pub fn store(&self, content: &ContentHash, settings: &MediaSettings, reader: &str, scan: &MediaScan) {
        let key = self.key(content, settings, reader);
        match self.write(key, scan) {
            Ok(()) => self.grown.store(true, Ordering::Relaxed),
            Err(error) => {
                self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
        }
    }

    fn write(&self, key: String, scan: &MediaScan) -> io::Result<()> {
        let path = self.path(&key);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new().prefix(TEMPORARY_PREFIX).tempfile_in(folder)?;
        serde_json::to_writer(&mut file, &CacheEntry { key, scan: scan.clone() })?;
        file.flush()?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Why an entry could not be written, if any could not.
    pub fn failure(&self) -> Option<Text> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.as_ref().map(|error| Text {
            zh: format!("无法写入缓存 {}：{error}", self.folder.display()),
            en: format!("cannot write the cache {}: {error}", self.folder.display()),
        })
    }

    /// Counts the entries, by a walk over the folder.
    pub fn usage(&self) -> CacheUsage {
        let entries = self.entries();
        CacheUsage { entries: entries.len(), bytes: entries.iter().map(|entry| entry.bytes).sum() }
    }

    /// Tests whether entries can be written.
    ///
    /// # Errors
    ///
    /// The folder cannot be created, or no file can be created in it.
    pub fn try_write(&self) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        tempfile::Builder::new().prefix(TEMPORARY_PREFIX).tempfile_in(&self.folder).map(drop)
    }

    /// If the entries exceed `max`, removes the least recently used until a tenth of it is free.
    fn prune(&self, max: CacheUsage) {
        let mut entries = self.entries();
        let (mut count, mut bytes) = (entries.len(), entries.iter().map(|entry| entry.bytes).sum::<u64>());
        if count <= max.entries && bytes <= max.bytes {
            return;
        }
        entries.sort_by_key(|entry| entry.used);
        for entry in entries {
            if count <= max.entries / 10 * 9 && bytes <= max.bytes / 10 * 9 {
                break;
            }
            // Another run may have removed it.
            let _ = fs::remove_file(&entry.path);
            count -= 1;
            bytes -= entry.bytes;
        }
    }

    /// All files of the cache: entries, and temporary files that killed runs have left.
    fn entries(&self) -> Vec<CacheFile> {
        let folders = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let folders = folders.filter(|folder| is_subfolder(&folder.file_name().to_string_lossy()));
        let files = folders.flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten().flatten());
        let kept = |file: fs::DirEntry| {
            let name = file.file_name();
            let is_ours =
                name.to_string_lossy().ends_with(EXTENSION) || name.to_string_lossy().starts_with(TEMPORARY_PREFIX);
            let metadata = file.metadata().ok().filter(|metadata| is_ours && metadata.is_file())?;
            let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            Some(CacheFile { path: file.path(), bytes: metadata.len(), used })
        };
        files.filter_map(kept).collect()
    }

    fn key(&self, content: &ContentHash, settings: &MediaSettings, reader: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(content);
        hash.update(&self.version);
        // MediaSettings are plain numbers: serializing them cannot fail.
        hash.update(serde_json::to_vec(settings).unwrap_or_default());
        hash.update(reader);
        hex(&hash.finalize())
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(key.get(..SUBFOLDER_CHARS).unwrap_or_default()).join(format!("{key}{EXTENSION}"))
    }
}

impl Drop for ScanCache {
    /// Pruning walks over all entries, so it is done once, and only by runs that added some.
    fn drop(&mut self) {
        if *self.grown.get_mut() {
            self.prune(CacheUsage { entries: MAX_ENTRIES, bytes: MAX_BYTES });
        }
    }
}

/// Entries lie in subfolders named after this many characters of their keys.
const SUBFOLDER_CHARS: usize = 2;

/// The extension of entries.
const EXTENSION: &str = ".json";

/// The prefix of temporary files.
const TEMPORARY_PREFIX: &str = ".dianjian-";

fn is_subfolder(name: &str) -> bool {
    name.len() == SUBFOLDER_CHARS && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A file of the cache; `used` is its time of change.
struct CacheFile {
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, CodeKind, Detection, Medium, Quad, Rect};

    fn scan() -> MediaScan {
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
            texts: Vec::new(),
            text_engine: None,
            illegible_lines: 0,
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
        assert_eq!(cache.load(&[1; 32], &settings, ""), None);
        cache.store(&[1; 32], &settings, "", &scan());
        assert_eq!(cache.load(&[1; 32], &settings, ""), Some(scan()));
        assert_eq!(cache.load(&[2; 32], &settings, ""), None, "another content");
        let other = MediaSettings { floor: 0.3, ..settings.clone() };
        assert_eq!(cache.load(&[1; 32], &other, ""), None, "other settings");
        assert_eq!(cache.load(&[1; 32], &settings, "PP-OCR"), None, "read by another engine");
        let newer = ScanCache::new(cache.folder(), "other weights");
        assert_eq!(newer.load(&[1; 32], &settings, ""), None, "another detector");
        assert_eq!(cache.failure(), None);
        assert_eq!(cache.usage().entries, 1);
    }

    #[test]
    fn a_broken_or_foreign_entry_is_replaced() {
        let (_folder, cache) = cache();
        let settings = MediaSettings::default();
        cache.store(&[1; 32], &settings, "", &scan());
        let path = cache.entries().remove(0).path;
        let whole = fs::read_to_string(&path).unwrap();
        let foreign = whole.replacen("\"key\":\"", "\"key\":\"0", 1);
        for text in ["", "{}", &whole[..whole.len() / 2], &whole.replacen('{', "{\"more\":1,", 1), &foreign] {
            fs::write(&path, text).unwrap();
            assert_eq!(cache.load(&[1; 32], &settings, ""), None, "{text}");
            cache.store(&[1; 32], &settings, "", &scan());
            assert_eq!(cache.load(&[1; 32], &settings, ""), Some(scan()));
        }
    }

    #[test]
    fn the_oldest_are_dropped() {
        let (_folder, cache) = cache();
        let settings = MediaSettings::default();
        for content in 0..20_u8 {
            cache.store(&[content; 32], &settings, "", &scan());
            let path = cache.path(&cache.key(&[content; 32], &settings, ""));
            let used = SystemTime::now() - Duration::from_secs(1000 - u64::from(content));
            File::options().append(true).open(path).unwrap().set_modified(used).unwrap();
        }
        cache.prune(CacheUsage { entries: 10, bytes: u64::MAX });
        assert_eq!(cache.usage().entries, 9);
        assert_eq!(cache.load(&[10; 32], &settings, ""), None);
        assert!(cache.load(&[11; 32], &settings, "").is_some());
        cache.prune(CacheUsage { entries: 10, bytes: 100 });
        assert_eq!(cache.usage(), CacheUsage::default());
    }

    #[test]
    fn a_place_that_cannot_be_written_is_told_and_nothing_fails() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let cache = ScanCache::new(&file, "weights");
        cache.store(&[1; 32], &MediaSettings::default(), "", &scan());
        assert!(cache.failure().unwrap().en.contains("file"));
        assert!(cache.try_write().is_err());
        assert_eq!(cache.load(&[1; 32], &MediaSettings::default(), ""), None);
    }

    #[test]
    fn threads_that_keep_the_same_do_no_harm() {
        let (_folder, cache) = cache();
        let settings = MediaSettings::default();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        cache.store(&[1; 32], &settings, "", &scan());
                        assert_eq!(cache.load(&[1; 32], &settings, ""), Some(scan()));
                    }
                });
            }
        });
        assert_eq!(cache.usage().entries, 1);
    }
}
