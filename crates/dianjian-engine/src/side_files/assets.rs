//! Pictures and videos that records name by file, folder or pattern, relative to the record's own file.

use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use dianjian_base::lang::Localized as _;
use dianjian_base::{FileSystem, slashed};
use dianjian_document::source::{DocumentPicture, Limits, MaterialForm, SourceFile, read_pictures_in, similar_path};
use dianjian_media::{AssetScanner, FileFacts, MediaError};
use dianjian_rules::record::{AssetEntry, AssetFile, is_address};
use globset::GlobBuilder;
use ignore::WalkBuilder;

/// Extensions of files that lie beside pictures and hold none: notes, tables, archives of fonts, projects' own papers. In a
/// folder these are passed over; anything else there that is no picture or video is a problem, since it may be one.
const BESIDE: [&str; 25] = [
    "txt", "md", "rtf", "csv", "tsv", "xls", "xlsx", "json", "yaml", "yml", "xml", "ini", "db", "log", "srt", "ass",
    "vtt", "lrc", "html", "htm", "css", "url", "lnk", "ttf", "otf",
];

/// Names of such files, in small letters.
const BESIDE_NAMES: [&str; 4] = ["readme", "license", "makefile", "icon\r"];

/// Resolves entries to files and scans these, several at a time.
///
/// All records share the run's threads: a busy run does not start more. This is not `in_order`, since the thread that
/// asks works too and never waits for a helper that is not free.
#[derive(Debug)]
pub(crate) struct AssetResolver {
    files: FileSystem,
    scanner: Arc<dyn AssetScanner>,
    /// The helpers that there may be at a time, besides the threads that ask.
    helpers: usize,
    busy: AtomicUsize,
}

impl AssetResolver {
    pub(crate) fn new(files: FileSystem, scanner: Arc<dyn AssetScanner>, threads: usize) -> Self {
        Self { files, scanner, helpers: threads.saturating_sub(1), busy: AtomicUsize::new(0) }
    }

    /// Scans the files that each entry names, itself or by a folder or pattern.
    pub(crate) fn look(&self, beside: &SourceFile, entries: &[String]) -> Vec<Arc<AssetEntry>> {
        let folder = beside.path().and_then(Path::parent).unwrap_or_else(|| Path::new(""));
        let (mut out, mut work) = (Vec::with_capacity(entries.len()), Vec::new());
        // Documents may have no pictures.
        let mut documents = Vec::new();
        for (number, entry) in entries.iter().enumerate() {
            if let Some(document) = self.document(beside, folder, entry.trim()) {
                documents.push(number);
                out.push(document);
                continue;
            }
            let found = self.files(folder, entry.trim());
            let (spreads, files) = found.unwrap_or_else(|error| (false, vec![Err(error)]));
            out.push(AssetEntry { files: Vec::new(), spreads });
            work.extend(files.into_iter().map(|file| (number, spreads, file)));
        }
        for ((number, ..), file) in work.iter().zip(self.all(&work)) {
            out[*number].files.extend(file);
        }
        for (number, (entry, written)) in out.iter_mut().zip(entries).enumerate() {
            if entry.files.is_empty() && !documents.contains(&number) {
                *entry = AssetEntry::failed(MediaError::NoneThere { name: written.clone() });
            }
        }
        out.into_iter().map(Arc::new).collect()
    }

    /// Whether the text of pictures is read.
    pub(crate) fn reads_text(&self) -> bool {
        self.scanner.reads_text()
    }

    /// The pictures of a document, which material has, and that not all of them could be read.
    fn document(&self, beside: &SourceFile, folder: &Path, entry: &str) -> Option<AssetEntry> {
        let path = folder.join(entry);
        if !beside.is_material() || MaterialForm::of_path(&path) != Some(MaterialForm::Text) || path.is_dir() {
            return None;
        }
        let name = self.files.name(&path).to_string();
        let mut files = Vec::new();
        let mut look = |picture: DocumentPicture| {
            let written = format!("{name} › {}", picture.name);
            if files.len() >= self.scanner.max_files() {
                let limit = self.scanner.max_files();
                files.push(AssetFile::failed(MediaError::TooMany { name: name.clone(), limit }));
                return false;
            }
            let looked = self.scanner.scan_bytes(&written, &picture.bytes);
            let format = Some(dianjian_media::format_of(&picture.bytes));
            let bytes = Some(picture.bytes.len() as u64);
            files.push(AssetFile { name: written, path: PathBuf::new(), bytes, format, looked });
            true
        };
        let read = read_pictures_in(&self.files, &path, &Limits::default(), &mut look);
        if let Err(error) = read {
            let reason = error.both();
            files.push(AssetFile::failed(MediaError::broken(&name, reason.zh, reason.en)));
        }
        Some(AssetEntry { files, spreads: true })
    }

    /// Scans every file, with as many helpers as are free.
    fn all(&self, work: &[(usize, bool, Result<AssetPath, MediaError>)]) -> Vec<Option<AssetFile>> {
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<Option<AssetFile>>> = Mutex::new(vec![None; work.len()]);
        let take = || {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some((_, spread, file)) = work.get(at) else { return };
                let scanned = self.one(file, *spread);
                done.lock().unwrap_or_else(PoisonError::into_inner)[at] = scanned;
            }
        };
        let wanted = work.iter().filter(|(.., file)| file.is_ok()).count().saturating_sub(1);
        let claim = |busy: usize| Some(busy + wanted.min(self.helpers.saturating_sub(busy)));
        let before = self.busy.fetch_update(Ordering::Relaxed, Ordering::Relaxed, claim).unwrap_or(self.helpers);
        let helpers = wanted.min(self.helpers.saturating_sub(before));
        std::thread::scope(|scope| {
            for _ in 0..helpers {
                scope.spawn(take);
            }
            take();
        });
        self.busy.fetch_sub(helpers, Ordering::Relaxed);
        done.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Scans one file. `None`: it was found in a folder, where notes and the like lie beside pictures.
    fn one(&self, file: &Result<AssetPath, MediaError>, spread: bool) -> Option<AssetFile> {
        let file = match file {
            Ok(file) => file,
            Err(error) => return Some(AssetFile::failed(error.clone())),
        };
        if !self.files.allows(&file.path) {
            return Some(AssetFile::failed(MediaError::NotFound { name: file.written.clone(), near: None }));
        }
        let looked = self.scanner.scan(&file.written, &file.path).map_err(|error| with_similar(error, file));
        let is_no_picture = matches!(looked, Err(MediaError::UnknownFormat { .. } | MediaError::Empty { .. }));
        if spread && is_no_picture && lies_beside(&file.path) {
            return None;
        }
        let name = self.files.name(&file.path).to_string();
        let facts = FileFacts::of(&file.path);
        let (bytes, format) = facts.map_or((None, None), |facts| (Some(facts.bytes), Some(facts.format)));
        Some(AssetFile { name, path: file.path.clone(), bytes, format, looked })
    }

    /// The files that an entry names, and whether it is a folder or pattern, which may name several.
    fn files(&self, folder: &Path, entry: &str) -> Result<(bool, Vec<Result<AssetPath, MediaError>>), MediaError> {
        let name = || entry.to_owned();
        if is_address(entry) {
            return Err(MediaError::Address { name: name() });
        }
        let path = folder.join(entry);
        if path.is_dir() {
            return Ok((true, self.below(folder, &path, entry, &|_| true)?));
        }
        if entry.contains(['*', '?', '[', '{']) && !path.exists() {
            let bad =
                |error: &globset::Error| MediaError::BadPattern { name: name(), reason: error.kind().to_string() };
            let plain = entry.strip_prefix("./").unwrap_or(entry);
            let glob = GlobBuilder::new(plain)
                .literal_separator(true)
                .case_insensitive(true)
                .build()
                .map_err(|error| bad(&error))?;
            let matcher = glob.compile_matcher();
            let base = folder.join(fixed_part(entry));
            let wanted = |path: &Path| {
                let path = path.strip_prefix(folder).unwrap_or(path);
                matcher.is_match(path.strip_prefix(".").unwrap_or(path))
            };
            if !here(&base).is_dir() {
                return Err(MediaError::NoneThere { name: name() });
            }
            return Ok((true, self.below(folder, &base, entry, &wanted)?));
        }
        Ok((false, vec![Ok(AssetPath { written: name(), path })]))
    }

    /// The files below a folder, by name, without hidden ones.
    fn below(
        &self,
        folder: &Path,
        base: &Path,
        entry: &str,
        wanted: &dyn Fn(&Path) -> bool,
    ) -> Result<Vec<Result<AssetPath, MediaError>>, MediaError> {
        let walker = WalkBuilder::new(here(base))
            .standard_filters(false)
            .hidden(true)
            .follow_links(true)
            .sort_by_file_name(std::ffi::OsStr::cmp)
            .build();
        let mut files = Vec::new();
        for found in walker {
            let found = match found {
                Ok(found) => found,
                // A link that leads back shows only what is scanned anyway.
                Err(error) if is_loop(&error) => continue,
                Err(error) => {
                    files.push(Err(MediaError::Io { name: entry.to_owned(), reason: error.to_string() }));
                    continue;
                }
            };
            if !found.path().is_file() || !wanted(found.path()) {
                continue;
            }
            if files.len() >= self.scanner.max_files() {
                return Err(MediaError::TooMany { name: entry.to_owned(), limit: self.scanner.max_files() });
            }
            let path = found.into_path();
            let path = path.strip_prefix(".").map(Path::to_owned).unwrap_or(path);
            let written = slashed(path.strip_prefix(folder).unwrap_or(&path));
            files.push(Ok(AssetPath { written, path }));
        }
        Ok(files)
    }
}

/// A file to scan.
#[derive(Debug, PartialEq)]
struct AssetPath {
    /// The path as the user would write it.
    written: String,
    path: PathBuf,
}

/// A file that is not there, with the one that is meant, from the same folder.
fn with_similar(error: MediaError, file: &AssetPath) -> MediaError {
    let MediaError::NotFound { name, .. } = error else { return error };
    let depth = Path::new(&file.written).components().count();
    let folder = file.path.ancestors().nth(depth).unwrap_or(Path::new(""));
    let near = similar_path(&file.path).map(|near| slashed(near.strip_prefix(folder).unwrap_or(&near)));
    MediaError::NotFound { name, near }
}

fn is_loop(error: &ignore::Error) -> bool {
    match error {
        ignore::Error::Loop { .. } => true,
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithPath { err, .. } => is_loop(err),
        _ => false,
    }
}

/// The empty path means the current folder.
fn here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// Whether a file is called like one that lies beside pictures and holds none.
fn lies_beside(path: &Path) -> bool {
    let text = |part: Option<&std::ffi::OsStr>| part.and_then(std::ffi::OsStr::to_str).map(str::to_ascii_lowercase);
    match text(path.extension()) {
        Some(extension) => BESIDE.contains(&extension.as_str()),
        None => text(path.file_name()).is_some_and(|name| BESIDE_NAMES.contains(&name.as_str())),
    }
}

/// The folders of a pattern before its first wildcard.
fn fixed_part(pattern: &str) -> PathBuf {
    let is_fixed = |part: &Component<'_>| match part {
        Component::Normal(name) => !name.to_string_lossy().contains(['*', '?', '[', '{']),
        _ => true,
    };
    Path::new(pattern).components().take_while(is_fixed).filter(|part| *part != Component::CurDir).collect()
}

#[cfg(test)]
mod tests {
    use dianjian_media::{MediaScan, Medium};

    use super::*;

    /// Sees nothing in pictures whose content is `picture`.
    #[derive(Debug)]
    struct Reader;

    impl AssetScanner for Reader {
        fn scan(&self, name: &str, path: &Path) -> Result<Arc<MediaScan>, MediaError> {
            let name = name.to_owned();
            match std::fs::read_to_string(path) {
                Err(_) => Err(MediaError::NotFound { name, near: None }),
                Ok(text) if text.is_empty() => Err(MediaError::Empty { name }),
                Ok(text) if text != "picture" => Err(MediaError::UnknownFormat { name }),
                Ok(_) => Ok(Arc::new(MediaScan {
                    medium: Medium::Picture,
                    width: 1,
                    height: 1,
                    frames: 1,
                    length: None,
                    detections: Vec::new(),
                    texts: Vec::new(),
                    text_engine: None,
                    illegible_lines: 0,
                    digest: String::new(),
                })),
            }
        }

        fn max_files(&self) -> usize {
            6
        }
    }

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::Builder::new().prefix("rooms").tempdir().unwrap();
        for (file, text) in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
        }
        folder
    }

    fn seen(folder: &tempfile::TempDir, entry: &str) -> Vec<String> {
        let room = SourceFile::new("room.yaml", "").with_path(folder.path().join("room.yaml"));
        let scanner = AssetResolver::new(FileSystem::default(), Arc::new(Reader), 3);
        let entries = scanner.look(&room, &[entry.to_owned()]);
        let root = folder.path().to_string_lossy().into_owned();
        let reported = |file: &AssetFile| match &file.looked {
            Ok(_) => file.name.replace(&root, ""),
            Err(error) => error.to_string(),
        };
        entries[0].files.iter().map(reported).collect()
    }

    #[test]
    fn folders_and_patterns_stand_for_their_pictures() {
        let folder = tree(&[
            ("art/b/2.PNG", "picture"),
            ("art/1.jpg", "picture"),
            ("art/.thumb.png", "picture"),
            ("art/notes.txt", "words"),
            ("art/empty.txt", ""),
            ("art/no-extension", "picture"),
            ("x/cut.png", "broken"),
            ("x/y.txt", "words"),
            ("w[1].png", "picture"),
            ("mixed/IMG_1.PNG", "picture"),
            ("mixed/IMG_2.HEIC", "phone"),
            ("mixed/Thumbs.db", "windows"),
            ("mixed/unknown", "bytes"),
        ]);
        assert_eq!(
            seen(&folder, "mixed"),
            [
                "/mixed/IMG_1.PNG",
                "the asset `mixed/IMG_2.HEIC` is not a picture or video in a supported format",
                "the asset `mixed/unknown` is not a picture or video in a supported format"
            ]
        );
        assert_eq!(seen(&folder, "mixed/*.png"), ["/mixed/IMG_1.PNG"]);
        assert_eq!(seen(&folder, "mixed/img_?.{heic,avif}").len(), 1);
        assert_eq!(seen(&folder, "art"), ["/art/1.jpg", "/art/b/2.PNG", "/art/no-extension"]);
        assert_eq!(
            seen(&folder, "./art/"),
            ["/art/1.jpg", "/art/b/2.PNG", "/art/no-extension"].map(|name| name.replace("/art/", "/./art/"))
        );
        assert_eq!(seen(&folder, "art/*.jpg"), ["/art/1.jpg"]);
        assert_eq!(seen(&folder, "art/**/*.{png,PNG}"), ["/art/b/2.PNG"]);
        assert_eq!(seen(&folder, "w[1].png"), ["/w[1].png"]);
        assert_eq!(seen(&folder, "x"), ["the asset `x/cut.png` is not a picture or video in a supported format"]);
        assert_eq!(seen(&folder, "x/*.txt"), ["no pictures or videos in `x/*.txt`"]);
        assert_eq!(seen(&folder, "y/*.png"), ["no pictures or videos in `y/*.png`"]);
        assert_eq!(seen(&folder, "gone.png"), ["no such asset: `gone.png`"]);
        assert_eq!(seen(&folder, "https://a.example/1.png").len(), 1);
        let nowhere = AssetResolver::new(FileSystem::default(), Arc::new(Reader), 1);
        let (spread, files) = nowhere.files(Path::new(""), "../../sample[s]/live-rooms/images/*.png").unwrap();
        assert!(spread && !files.is_empty());
        assert!(seen(&folder, "art/[.png")[0].starts_with("cannot parse the pattern"));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_circles_end() {
        let folder = tree(&[("art/1.png", "picture"), ("far/2.png", "picture")]);
        let link = |to: &str, name: &str| std::os::unix::fs::symlink(folder.path().join(to), folder.path().join(name));
        link("far", "art/far").unwrap();
        link("art", "art/loop").unwrap();
        assert_eq!(seen(&folder, "art"), ["/art/1.png", "/art/far/2.png"]);
        link("gone.png", "art/z.png").unwrap();
        assert_eq!(seen(&folder, "art").len(), 3);
    }

    #[test]
    fn too_many_files_are_too_many() {
        let names: Vec<String> = (0..7).map(|number| format!("art/{number}.png")).collect();
        let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "picture")).collect();
        let folder = tree(&files);
        assert_eq!(seen(&folder, "art"), ["`art` contains more than 6 assets"]);
        assert_eq!(seen(&folder, "art/[0-4].png").len(), 5);
    }

    #[test]
    fn answers_come_in_the_order_of_the_entries() {
        let folder = tree(&[("a.png", "picture"), ("b.png", ""), ("c.png", "picture")]);
        let room = SourceFile::new("room.yaml", "").with_path(folder.path().join("room.yaml"));
        let scanner = AssetResolver::new(FileSystem::default(), Arc::new(Reader), 8);
        let entries: Vec<String> = ["c.png", "b.png", "a.png", "c.png"].map(str::to_owned).to_vec();
        let looked = scanner.look(&room, &entries);
        let right: Vec<bool> = looked.iter().map(|entry| entry.files[0].looked.is_ok()).collect();
        assert_eq!(right, [true, false, true, true]);
        assert_eq!(scanner.busy.load(Ordering::Relaxed), 0);
    }
}
