//! Scans of files: however often an asset is named, and from however many threads, its content is scanned once.
//!
//! A scan is looked up by the file's path, length and time of change, then by the SHA-256 of its content, in this run
//! ([`OnceMap`]) and in the [`ScanCache`] on disk. Pictures are read whole, within limits and within the memory that all
//! threads share ([`budget`](crate::pictures::budget)); of a video only a few frames are in memory at a time.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use dianjian_base::hex;
use dianjian_base::lang::Text;
use dianjian_ocr::{TextBlock, TextReader};
use image::RgbImage;
use sha2::{Digest as _, Sha256};

use crate::cache::{ContentHash, ScanCache};
use crate::context::ScanContext;
use crate::once_map::OnceMap;
use crate::pictures::budget::{FILE_MEMORY, PIXEL_MEMORY};
use crate::pictures::{HeifKind, PictureReader, RgbFrame, frame_of, open_avif, open_known_picture, open_picture};
use crate::texts::{self, FrameTexts, TextSighting};
use crate::video::{self, Container, Ffmpeg, HEAD_BYTES, SequenceScanner, VideoSource};
use crate::{Code, Detection, MediaError, MediaProgress, MediaScan, MediaSettings, Medium, Sighting, detect_codes};

/// Scans assets for codes and texts: [`MediaScanner`], or a stand-in for it in examples of rules and in tests.
pub trait AssetScanner: Send + Sync + std::fmt::Debug {
    /// The scan of a file. `name` is the asset as the user wrote it, for errors.
    ///
    /// # Errors
    /// Whatever kept the file from being scanned to its end.
    fn scan(&self, name: &str, path: &Path) -> Result<Arc<MediaScan>, MediaError>;

    /// The scan of a picture that is no file of its own, such as one in a document. A stand-in has none.
    ///
    /// # Errors
    /// Whatever kept the picture from being scanned to its end.
    fn scan_bytes(&self, name: &str, _bytes: &[u8]) -> Result<Arc<MediaScan>, MediaError> {
        Err(MediaError::UnknownFormat { name: name.to_owned() })
    }

    /// Whether the text of pictures is read.
    fn reads_text(&self) -> bool {
        false
    }

    /// How many files one folder or pattern may stand for.
    fn max_files(&self) -> usize;

    /// The picture that a video shows at a time. A stand-in has none.
    ///
    /// # Errors
    /// The file is no video, or cannot be decoded there.
    fn picture_at(&self, name: &str, _path: &Path, _at: Duration) -> Result<RgbImage, MediaError> {
        Err(MediaError::broken(name, "没有画面可看", "there are no pictures in it to look at"))
    }
}

impl AssetScanner for MediaScanner {
    fn scan(&self, name: &str, path: &Path) -> Result<Arc<MediaScan>, MediaError> {
        Self::scan(self, name, path)
    }

    fn max_files(&self) -> usize {
        self.settings.limits.files
    }

    fn scan_bytes(&self, name: &str, bytes: &[u8]) -> Result<Arc<MediaScan>, MediaError> {
        self.progress.file_started(name);
        let scan = match bytes.len() as u64 > self.settings.limits.picture_bytes {
            true => {
                let (length, limit) = (bytes.len() as u64, self.settings.limits.picture_bytes);
                Err(MediaError::TooLarge { name: name.to_owned(), bytes: length, limit })
            }
            false => self.scan_content(name, None, bytes),
        };
        self.progress.file_finished(name);
        scan.map_err(|error| error.named(name))
    }

    fn reads_text(&self) -> bool {
        self.reader.is_some()
    }

    fn picture_at(&self, name: &str, path: &Path, at: Duration) -> Result<RgbImage, MediaError> {
        Self::picture_at(self, name, path, at)
    }
}

/// Lists the codes of a frame with at least a given score: [`detect_codes`], or a stand-in for tests.
pub type Detector = dyn Fn(&RgbFrame, f32) -> Vec<Code> + Send + Sync;

type ScanResult = Result<Arc<MediaScan>, MediaError>;

/// Identifies a file without reading it: if it changes between two scans, so does this.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct FileVersion {
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
}

/// Scans pictures and videos for codes and texts, each content once.
pub struct MediaScanner {
    settings: MediaSettings,
    progress: Arc<dyn MediaProgress>,
    detector: Arc<Detector>,
    reader: Option<Arc<dyn TextReader>>,
    cache: Option<ScanCache>,
    ffmpeg: Option<Ffmpeg>,
    files: OnceMap<FileVersion, ScanResult>,
    contents: OnceMap<ContentHash, ScanResult>,
}

impl std::fmt::Debug for MediaScanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MediaScanner")
            .field("settings", &self.settings)
            .field("reader", &self.reader)
            .field("cache", &self.cache)
            .field("ffmpeg", &self.ffmpeg)
            .finish_non_exhaustive()
    }
}

impl MediaScanner {
    /// A scanner without a cache on disk, which fails on videos until it is given a program that decodes them.
    pub fn new(settings: MediaSettings, progress: Arc<dyn MediaProgress>) -> Self {
        Self {
            settings,
            progress,
            detector: Arc::new(detect_codes),
            reader: None,
            cache: None,
            ffmpeg: None,
            files: OnceMap::default(),
            contents: OnceMap::default(),
        }
    }

    /// Keeps scans on disk for later runs.
    #[must_use]
    pub fn with_cache(mut self, cache: Option<ScanCache>) -> Self {
        self.cache = cache;
        self
    }

    /// Reads text with this engine.
    #[must_use]
    pub fn with_reader(mut self, reader: Option<Arc<dyn TextReader>>) -> Self {
        self.reader = reader;
        self
    }

    /// Decodes videos with this program.
    #[must_use]
    pub fn with_ffmpeg(mut self, ffmpeg: Option<Ffmpeg>) -> Self {
        self.ffmpeg = ffmpeg;
        self
    }

    /// Replaces [`detect_codes`], for tests that must not depend on the networks.
    #[must_use]
    pub fn with_detector(mut self, detector: Arc<Detector>) -> Self {
        self.detector = detector;
        self
    }

    /// What the user should know at the end of a run although no scan failed, such as a cache that cannot be written.
    pub fn notes(&self) -> Vec<Text> {
        self.cache.iter().filter_map(ScanCache::failure).collect()
    }

    /// The scan of a file. `name` is the asset as the user wrote it, for errors.
    ///
    /// # Errors
    /// Whatever kept the file from being scanned to its end.
    pub fn scan(&self, name: &str, path: &Path) -> Result<Arc<MediaScan>, MediaError> {
        self.progress.file_started(name);
        let scan = match self.version(name, path) {
            Ok(version) => self.files.get_or_compute(version.clone(), is_final, || self.scan_file(name, &version)),
            Err(error) => Err(error),
        };
        self.progress.file_finished(name);
        scan.map_err(|error| error.named(name))
    }

    /// Decodes the frame that shows something best, by its number or time, in the pixels of its quad: over the ground on
    /// which it has more contrast.
    ///
    /// # Errors
    /// The file is no longer what it was when it was scanned, or can no longer be read.
    pub fn frame(&self, name: &str, path: &Path, sighting: &Sighting) -> Result<RgbImage, MediaError> {
        let version = self.version(name, path)?;
        let mut file = File::open(path).map_err(|error| unreadable(name, &error))?;
        if let Some(container) = self.container(name, &mut file, &version)? {
            return self.of_video(name, path, container, sighting.times().map_or(Duration::ZERO, |times| times.best));
        }
        let _memory = FILE_MEMORY.acquire(version.length);
        let bytes = self.bytes(name, file, &version)?;
        let frame = frame_of(name, self.open(name, Some(path), &bytes)?, sighting.frame())?;
        Ok(frame.showing(sighting.quad().bounds()))
    }

    /// Decodes the frame that a video shows at a time.
    ///
    /// # Errors
    /// The file is no video, or cannot be decoded there.
    pub fn picture_at(&self, name: &str, path: &Path, at: Duration) -> Result<RgbImage, MediaError> {
        let version = self.version(name, path)?;
        let mut file = File::open(path).map_err(|error| unreadable(name, &error))?;
        match self.container(name, &mut file, &version)? {
            Some(container) => self.of_video(name, path, container, at),
            None => Err(MediaError::broken(name, "不是视频", "it is no video")),
        }
    }

    fn of_video(&self, name: &str, path: &Path, container: Container, at: Duration) -> Result<RgbImage, MediaError> {
        let source = self.video(name, path, container)?;
        let _memory = PIXEL_MEMORY.acquire(video::SCAN_MEMORY);
        video::frame_at(self.context(name), source, at)
    }

    fn context<'t>(&'t self, name: &'t str) -> ScanContext<'t> {
        ScanContext::new(name, &*self.progress, self.settings.limits.seconds)
    }

    fn video<'v>(&'v self, name: &str, path: &'v Path, container: Container) -> Result<VideoSource<'v>, MediaError> {
        let ffmpeg = self.ffmpeg.as_ref().ok_or_else(|| MediaError::NoFfmpeg { name: name.to_owned(), named: None })?;
        Ok(VideoSource { path, container, ffmpeg, settings: &self.settings })
    }

    fn version(&self, name: &str, path: &Path) -> Result<FileVersion, MediaError> {
        let owned = || name.to_owned();
        let metadata = std::fs::metadata(path).map_err(|error| unreadable(name, &error))?;
        if !metadata.is_file() {
            return Err(MediaError::NotAFile { name: owned() });
        }
        match metadata.len() {
            0 => Err(MediaError::Empty { name: owned() }),
            length => Ok(FileVersion { path: path.to_owned(), length, modified: metadata.modified().ok() }),
        }
    }

    fn scan_file(&self, name: &str, version: &FileVersion) -> ScanResult {
        self.context(name).check()?;
        let mut file = File::open(&version.path).map_err(|error| unreadable(name, &error))?;
        match self.container(name, &mut file, version)? {
            Some(container) => self.scan_video(name, file, version, container),
            None => self.scan_picture(name, file, version),
        }
    }

    fn container(&self, name: &str, file: &mut File, version: &FileVersion) -> Result<Option<Container>, MediaError> {
        let head = head(file, HEAD_BYTES as u64).map_err(|error| unreadable(name, &error))?;
        let container = Container::of(&head);
        let limit = self.settings.limits.video_bytes;
        if container.is_some() && version.length > limit {
            return Err(MediaError::TooLarge { name: name.to_owned(), bytes: version.length, limit });
        }
        Ok(container)
    }

    fn scan_video(&self, name: &str, mut file: File, version: &FileVersion, container: Container) -> ScanResult {
        let context = self.context(name);
        let io = |error: io::Error| unreadable(name, &error);
        if let Some(reason) = container.incompleteness(&mut file, version.length).map_err(io)? {
            return Err(MediaError::broken(name, reason.zh, reason.en));
        }
        let content = hash(&mut file, context)?;
        self.contents.get_or_compute(content, is_final, || {
            self.cached(&content, || {
                let source = self.video(name, &version.path, container)?;
                let _memory = PIXEL_MEMORY.acquire(video::SCAN_MEMORY);
                video::scan(context, source, self.sequence())
            })
        })
    }

    fn scan_picture(&self, name: &str, file: File, version: &FileVersion) -> ScanResult {
        let _memory = FILE_MEMORY.acquire(version.length.min(self.settings.limits.picture_bytes));
        let bytes = self.bytes(name, file, version)?;
        self.scan_content(name, Some(&version.path), &bytes)
    }

    /// The scan of a picture's bytes, which were read from a path if they are a file of their own.
    fn scan_content(&self, name: &str, path: Option<&Path>, bytes: &[u8]) -> ScanResult {
        let content: ContentHash = Sha256::digest(bytes).into();
        self.contents.get_or_compute(content, is_final, || {
            self.cached(&content, || self.scan_frames(name, self.open(name, path, bytes)?))
        })
    }

    /// The bytes of a picture. Of a file over the limit only the head is read, to distinguish pictures from other files.
    fn bytes(&self, name: &str, mut file: File, version: &FileVersion) -> Result<Vec<u8>, MediaError> {
        /// Enough to recognise any format.
        const FORMAT_BYTES: u64 = 4096;
        let (limit, length) = (self.settings.limits.picture_bytes, version.length);
        let max = if length > limit { FORMAT_BYTES } else { limit.min(length.saturating_add(1)) };
        let bytes = head(&mut file, max).map_err(|error| unreadable(name, &error))?;
        if length <= limit {
            return Ok(bytes);
        }
        Err(match open_picture(name, &bytes, &self.settings.limits) {
            None if HeifKind::of(&bytes).is_none() => MediaError::UnknownFormat { name: name.to_owned() },
            _ => MediaError::TooLarge { name: name.to_owned(), bytes: length, limit },
        })
    }

    /// Opens a picture that was read from a path, from which `ffmpeg` reads it where it is the one that knows the format.
    fn open<'b>(&self, name: &str, path: Option<&Path>, bytes: &'b [u8]) -> Result<PictureReader<'b>, MediaError> {
        let limits = &self.settings.limits;
        match path.filter(|_| HeifKind::of(bytes) == Some(HeifKind::Avif)) {
            None => open_known_picture(name, bytes, limits),
            Some(path) => open_avif(name, bytes, limits, || {
                video::still(self.context(name), self.video(name, path, Container::Mp4)?)
            }),
        }
    }

    fn scan_frames(&self, name: &str, picture: PictureReader<'_>) -> Result<MediaScan, MediaError> {
        let context = self.context(name);
        let PictureReader { medium, width, height, frames } = picture;
        // A picture that stands still is read in this thread.
        let mut sequence = if medium == Medium::Picture {
            SequenceScanner::new(&*self.detector, self.settings.floor)
        } else {
            self.sequence()
        };
        let (mut detections, mut texts, mut illegible_lines) = (Vec::new(), Vec::new(), 0);
        for (number, frame) in (0..).zip(frames) {
            let frame = frame?;
            context.check()?;
            match medium {
                Medium::Picture => {
                    add_new(&mut detections, number, (self.detector)(&frame, self.settings.floor));
                    let read = self.texts(name, &frame)?;
                    illegible_lines = illegible_lines.max(read.illegible);
                    add_texts(&mut texts, number, read.blocks);
                }
                Medium::Animation | Medium::Video => sequence.add(&frame),
            }
        }
        if medium != Medium::Picture {
            let scan = sequence.finish(medium, None).map_err(|reason| unread(name, reason))?;
            return Ok(MediaScan { width, height, ..scan });
        }
        detections.sort_by(|a, b| a.code.reading_order(&b.code));
        let (digest, text_engine) = (String::new(), self.text_engine());
        Ok(MediaScan {
            medium,
            width,
            height,
            frames: 1,
            length: None,
            detections,
            texts,
            text_engine,
            illegible_lines,
            digest,
        })
    }

    fn sequence(&self) -> SequenceScanner<'_> {
        SequenceScanner::new(&*self.detector, self.settings.floor).with_reader(self.reader.clone())
    }

    fn texts(&self, name: &str, frame: &RgbFrame) -> Result<FrameTexts, MediaError> {
        let read = self.reader.as_deref().map(|reader| texts::read_frame(reader, frame));
        read.transpose().map(Option::unwrap_or_default).map_err(|reason| unread(name, reason))
    }

    fn text_engine(&self) -> Option<String> {
        self.reader.as_ref().map(|reader| reader.name().to_owned())
    }

    /// The scan of a content from the cache; else it is made and stored there.
    fn cached(&self, content: &ContentHash, scan: impl FnOnce() -> Result<MediaScan, MediaError>) -> ScanResult {
        let reader = self.reader.as_ref().map_or("", |reader| reader.version());
        if let Some(known) = self.cache.as_ref().and_then(|cache| cache.load(content, &self.settings, reader)) {
            return Ok(Arc::new(known));
        }
        let scan = MediaScan { digest: hex(content), ..scan()? };
        if let Some(cache) = &self.cache {
            cache.store(content, &self.settings, reader, &scan);
        }
        Ok(Arc::new(scan))
    }
}

/// Adds the codes of a frame of a still picture. An animated PNG with a single frame has two: one for programs that show
/// animations and one for those that do not; a code in both is listed once.
fn add_new(detections: &mut Vec<Detection>, frame: u32, codes: Vec<Code>) {
    /// Overlap (IoU) from which two codes with the same text are one.
    const SAME_CODE: f32 = 0.5;
    for code in codes {
        let is_same = |known: &Detection| {
            known.frame != frame
                && known.code.text == code.text
                && known.code.quad.bounds().overlap(code.quad.bounds()) > SAME_CODE
        };
        if !detections.iter().any(is_same) {
            detections.push(Detection { code, frame, times: None });
        }
    }
}

/// Adds the texts of a frame of a still picture, each once.
fn add_texts(texts: &mut Vec<TextSighting>, frame: u32, blocks: Vec<TextBlock>) {
    for block in blocks {
        if !texts.iter().any(|known| known.frame != frame && known.block.text == block.text) {
            texts.push(TextSighting { block, frame, times: None });
        }
    }
}

fn unread(name: &str, reason: String) -> MediaError {
    MediaError::Unread { name: name.to_owned(), reason }
}

/// Would the same file give the same result again? Not where the run was cancelled or reading failed.
fn is_final(result: &ScanResult) -> bool {
    !matches!(result, Err(MediaError::Interrupted { .. } | MediaError::Io { .. }))
}

/// Up to `max` bytes from the beginning of a file.
fn head(file: &mut File, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(max).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The SHA-256 of a file that may be larger than memory.
fn hash(file: &mut File, context: ScanContext<'_>) -> Result<ContentHash, MediaError> {
    let io = |error: io::Error| unreadable(context.name, &error);
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    file.seek(SeekFrom::Start(0)).map_err(io)?;
    loop {
        context.check()?;
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hash.finalize().into()),
            Ok(read) => hash.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(io(error)),
        }
    }
}

fn unreadable(name: &str, error: &io::Error) -> MediaError {
    let name = name.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => MediaError::NotFound { name, near: None },
        io::ErrorKind::PermissionDenied => MediaError::NoPermission { name },
        _ => MediaError::Io { name, reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests;
