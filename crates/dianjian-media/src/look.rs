//! The way in: one file, one answer, remembered by its content.
//!
//! However often an asset is named, and from however many threads, its content is looked at once; what
//! was seen is kept in the [`Cache`] for other runs. Pictures are read whole, within bounds and a share
//! of memory that all threads have together; of videos no more than a few frames are held at a time.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use image::RgbImage;
use sha2::{Digest as _, Sha256};

use super::cache::{Cache, ContentHash};
use super::container::{Container, HEAD};
use super::memo::Memo;
use super::moving::Moving;
use super::picture::budget::{FILES, PIXELS};
use super::picture::{self, Frame, Picture};
use super::task::Task;
use super::track::reading_order;
use super::video::{self, Ffmpeg, Source};
use super::{Code, Looked, MediaError, Medium, Settings, Sighting, find};
use dianjian_base::hex;
use dianjian_base::lang::Text;

/// Is told how looking goes, and says when to stop. Called from several threads.
pub trait Watch: Send + Sync {
    /// Should everything stop?
    fn stopped(&self) -> bool {
        false
    }

    /// A file is taken up.
    fn begun(&self, _name: &str) {}

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

/// Finds the codes of a frame whose score reaches a floor: [`find::find`], or what a test has instead.
pub type Eyes = dyn Fn(&Frame, f32) -> Vec<Code> + Send + Sync;

type Answer = Result<Arc<Looked>, MediaError>;

/// A file as it was when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Version {
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
}

/// Looks at files, each content once.
pub struct Looker {
    settings: Settings,
    watch: Arc<dyn Watch>,
    eyes: Arc<Eyes>,
    cache: Option<Cache>,
    ffmpeg: Option<Ffmpeg>,
    files: Memo<Version, Answer>,
    contents: Memo<ContentHash, Answer>,
}

impl std::fmt::Debug for Looker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Looker")
            .field("settings", &self.settings)
            .field("cache", &self.cache)
            .field("ffmpeg", &self.ffmpeg)
            .finish_non_exhaustive()
    }
}

impl Looker {
    /// Looks in that way, remembers nothing beyond this run, and sees no video.
    #[must_use]
    pub fn new(settings: Settings, watch: Arc<dyn Watch>) -> Self {
        Self {
            settings,
            watch,
            eyes: Arc::new(find::find),
            cache: None,
            ffmpeg: None,
            files: Memo::default(),
            contents: Memo::default(),
        }
    }

    /// Remembers what is seen for other runs.
    #[must_use]
    pub fn with_cache(mut self, cache: Option<Cache>) -> Self {
        self.cache = cache;
        self
    }

    /// Sees videos through that program.
    #[must_use]
    pub fn with_ffmpeg(mut self, ffmpeg: Option<Ffmpeg>) -> Self {
        self.ffmpeg = ffmpeg;
        self
    }

    /// Sees with other eyes.
    #[must_use]
    pub fn with_eyes(mut self, eyes: Arc<Eyes>) -> Self {
        self.eyes = eyes;
        self
    }

    /// How it looks.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What the user should know once the run is over, though nothing was wrong with any asset.
    #[must_use]
    pub fn notes(&self) -> Vec<Text> {
        self.cache.iter().filter_map(Cache::failure).collect()
    }

    /// Looks at a file, or remembers what was seen in it. `name` is the asset as the user wrote it, for errors.
    ///
    /// # Errors
    /// Whatever kept the file from being looked at as a whole.
    pub fn look(&self, name: &str, path: &Path) -> Result<Arc<Looked>, MediaError> {
        self.watch.begun(name);
        let answer = match self.version(name, path) {
            Ok(version) => self.files.get(version.clone(), stays, || self.open(name, &version)),
            Err(error) => Err(error),
        };
        self.watch.finished(name);
        answer.map_err(|error| error.named(name))
    }

    /// The frame of a sighting, as large as the places that were told.
    ///
    /// # Errors
    /// The file is no longer what it was.
    pub fn frame(&self, name: &str, path: &Path, sighting: &Sighting) -> Result<RgbImage, MediaError> {
        let version = self.version(name, path)?;
        let task = self.task(name);
        let mut file = File::open(path).map_err(|error| unreadable(name, &error))?;
        if let Some(container) = self.container(name, &mut file, &version)? {
            let ffmpeg = self.ffmpeg(name)?;
            let _memory = PIXELS.take(video::MEMORY);
            let at = sighting.seen.map_or(Duration::ZERO, |seen| seen.best);
            return video::frame_at(task, ffmpeg, Source { path, container }, &self.settings, at);
        }
        let _memory = FILES.take(version.length);
        let bytes = self.bytes(name, file, &version)?;
        Ok(picture::frame(name, &bytes, sighting.frame, &self.settings.limits)?.showing(sighting.code.quad.bounds()))
    }

    fn task<'t>(&'t self, name: &'t str) -> Task<'t> {
        Task::new(name, &*self.watch, self.settings.limits.seconds)
    }

    fn ffmpeg(&self, name: &str) -> Result<&Ffmpeg, MediaError> {
        self.ffmpeg.as_ref().ok_or_else(|| MediaError::NoFfmpeg { name: name.to_owned(), named: None })
    }

    /// What can be said of a file without opening it.
    fn version(&self, name: &str, path: &Path) -> Result<Version, MediaError> {
        let owned = || name.to_owned();
        let metadata = std::fs::metadata(path).map_err(|error| unreadable(name, &error))?;
        if !metadata.is_file() {
            return Err(MediaError::NotAFile { name: owned() });
        }
        match metadata.len() {
            0 => Err(MediaError::Empty { name: owned() }),
            length => Ok(Version { path: path.to_owned(), length, modified: metadata.modified().ok() }),
        }
    }

    /// Looks at a file that has not been looked at.
    fn open(&self, name: &str, version: &Version) -> Answer {
        self.task(name).may_go_on()?;
        let mut file = File::open(&version.path).map_err(|error| unreadable(name, &error))?;
        match self.container(name, &mut file, version)? {
            Some(container) => self.open_video(name, file, version, container),
            None => self.open_picture(name, file, version),
        }
    }

    fn container(&self, name: &str, file: &mut File, version: &Version) -> Result<Option<Container>, MediaError> {
        let head = head(file, HEAD as u64).map_err(|error| unreadable(name, &error))?;
        let container = Container::of(&head);
        let limit = self.settings.limits.video_bytes;
        if container.is_some() && version.length > limit {
            return Err(MediaError::TooLarge { name: name.to_owned(), bytes: version.length, limit });
        }
        Ok(container)
    }

    fn open_video(&self, name: &str, mut file: File, version: &Version, container: Container) -> Answer {
        let task = self.task(name);
        let io = |error: io::Error| unreadable(name, &error);
        if let Err(reason) = container.whole(&mut file, version.length).map_err(io)? {
            return Err(MediaError::broken(name, reason.zh, reason.en));
        }
        let content = hash(&mut file, task)?;
        self.contents.get(content, stays, || {
            self.remembered(&content, || {
                let ffmpeg = self.ffmpeg(name)?;
                let _memory = PIXELS.take(video::MEMORY);
                let source = Source { path: &version.path, container };
                let moving = Moving::new(&*self.eyes, self.settings.floor);
                video::look(task, ffmpeg, source, &self.settings, moving)
            })
        })
    }

    fn open_picture(&self, name: &str, file: File, version: &Version) -> Answer {
        let _memory = FILES.take(version.length.min(self.settings.limits.picture_bytes));
        let bytes = self.bytes(name, file, version)?;
        let content: ContentHash = Sha256::digest(&bytes).into();
        self.contents.get(content, stays, || self.remembered(&content, || self.look_at_picture(name, &bytes)))
    }

    /// All of a picture's file.
    fn bytes(&self, name: &str, mut file: File, version: &Version) -> Result<Vec<u8>, MediaError> {
        /// Pictures are known by less.
        const KNOWN_BY: u64 = 4096;
        let limit = self.settings.limits.picture_bytes;
        let mut most = limit.min(version.length.saturating_add(1));
        if version.length > limit {
            most = KNOWN_BY;
        }
        let bytes = head(&mut file, most).map_err(|error| unreadable(name, &error))?;
        let owned = || name.to_owned();
        match version.length {
            length if length > limit && picture::open(name, &bytes, &self.settings.limits).is_none() => {
                Err(MediaError::UnknownFormat { name: owned() })
            }
            length if length > limit => Err(MediaError::TooLarge { name: owned(), bytes: length, limit }),
            _ => Ok(bytes),
        }
    }

    fn picture<'b>(&self, name: &str, bytes: &'b [u8]) -> Result<Picture<'b>, MediaError> {
        picture::open(name, bytes, &self.settings.limits)
            .unwrap_or_else(|| Err(MediaError::UnknownFormat { name: name.to_owned() }))
    }

    fn look_at_picture(&self, name: &str, bytes: &[u8]) -> Result<Looked, MediaError> {
        let task = self.task(name);
        let picture = self.picture(name, bytes)?;
        let Picture { medium, width, height, frames } = picture;
        let mut moving = Moving::new(&*self.eyes, self.settings.floor);
        let mut sightings = Vec::new();
        for (number, frame) in (0..).zip(frames) {
            let frame = frame?;
            task.may_go_on()?;
            match medium {
                Medium::Picture => add_new(&mut sightings, number, (self.eyes)(&frame, self.settings.floor)),
                Medium::Animation | Medium::Video => moving.add(&frame),
            }
        }
        if medium != Medium::Picture {
            return Ok(Looked { width, height, ..moving.finish(medium, None) });
        }
        sightings.sort_by(|a, b| reading_order(&a.code, &b.code));
        Ok(Looked { medium, width, height, frames: 1, length: None, sightings, digest: String::new() })
    }

    /// What the cache knows of a content, else what is seen now.
    fn remembered(&self, content: &ContentHash, look: impl FnOnce() -> Result<Looked, MediaError>) -> Answer {
        let known = self.cache.as_ref().and_then(|cache| cache.load(content, &self.settings));
        if let Some(known) = known {
            return Ok(Arc::new(known));
        }
        let looked = Looked { digest: hex(content), ..look()? };
        if let Some(cache) = &self.cache {
            cache.store(content, &self.settings, &looked);
        }
        Ok(Arc::new(looked))
    }
}

/// Adds a still picture's codes. It may have a second frame, which is shown where the first is not: that of
/// an animated PNG of one frame.
fn add_new(sightings: &mut Vec<Sighting>, frame: u32, codes: Vec<Code>) {
    const SAME: f32 = 0.5;
    for code in codes {
        let is_same = |known: &Sighting| {
            known.frame != frame
                && known.code.text == code.text
                && known.code.quad.bounds().overlap(code.quad.bounds()) > SAME
        };
        if !sightings.iter().any(is_same) {
            sightings.push(Sighting { code, frame, seen: None });
        }
    }
}

/// Will the answer be the same the next time? All but what the run itself cut short.
fn stays(answer: &Answer) -> bool {
    !matches!(answer, Err(MediaError::Interrupted { .. } | MediaError::Io { .. }))
}

/// The first bytes of a file.
fn head(file: &mut File, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The hash of a file that may be larger than memory.
fn hash(file: &mut File, task: Task<'_>) -> Result<ContentHash, MediaError> {
    let io = |error: io::Error| unreadable(task.name, &error);
    let mut hash = Sha256::new();
    let mut part = vec![0; 1 << 20];
    file.seek(SeekFrom::Start(0)).map_err(io)?;
    loop {
        task.may_go_on()?;
        match file.read(&mut part) {
            Ok(0) => return Ok(hash.finalize().into()),
            Ok(read) => hash.update(&part[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(io(error)),
        }
    }
}

fn unreadable(name: &str, error: &io::Error) -> MediaError {
    let name = name.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => MediaError::NotFound { name },
        io::ErrorKind::PermissionDenied => MediaError::NoPermission { name },
        _ => MediaError::Io { name, reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use image::{ImageFormat, Rgb};

    use super::super::{CodeKind, Limits, Quad, Rect};
    use super::*;

    /// A folder, and a looker whose eyes count how often they look and see one code in dark pictures.
    struct Gallery {
        folder: tempfile::TempDir,
        looks: Arc<AtomicUsize>,
        settings: Settings,
    }

    impl Gallery {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            Self { folder, looks: Arc::default(), settings: Settings::default() }
        }

        fn looker(&self) -> Looker {
            let looks = Arc::clone(&self.looks);
            let eyes = move |frame: &Frame, _: f32| {
                std::thread::sleep(Duration::from_millis(20));
                looks.fetch_add(1, Ordering::SeqCst);
                let quad = Quad::of(Rect { left: 1.0, top: 1.0, width: 4.0, height: 4.0 });
                let code = Code { kind: CodeKind::Qr, quad, score: 0.9, text: None };
                if frame.image.get_pixel(0, 0).0[0] < 128 { vec![code] } else { vec![] }
            };
            Looker::new(self.settings.clone(), Arc::new(Unwatched)).with_eyes(Arc::new(eyes))
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn picture(&self, name: &str, light: u8) -> PathBuf {
            let path = self.path(name);
            RgbImage::from_pixel(8, 6, Rgb([light; 3])).save_with_format(&path, ImageFormat::Png).unwrap();
            path
        }

        fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
            fs::write(self.path(name), bytes).unwrap();
            self.path(name)
        }

        fn error(&self, path: &Path) -> MediaError {
            self.looker().look("a", path).unwrap_err()
        }
    }

    #[test]
    fn a_content_is_looked_at_once_from_however_many_threads() {
        let gallery = Gallery::new();
        let looker = gallery.looker();
        let paths = [gallery.picture("a.png", 0), gallery.picture("b.jpg", 0)];
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (looker, paths) = (&looker, &paths);
                scope.spawn(move || {
                    let looked = looker.look("x", &paths[thread % 2]).unwrap();
                    assert_eq!((looked.width, looked.height, looked.sightings.len()), (8, 6, 1));
                    assert_eq!(looked.digest.len(), 64);
                });
            }
        });
        assert_eq!(gallery.looks.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_file_that_changes_is_looked_at_again() {
        let gallery = Gallery::new();
        let looker = gallery.looker();
        let path = gallery.picture("a.png", 0);
        let before = looker.look("a", &path).unwrap();
        gallery.picture("a.png", 255);
        File::options().append(true).open(&path).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        let after = looker.look("a", &path).unwrap();
        assert_eq!((before.sightings.len(), after.sightings.len()), (1, 0));
    }

    #[test]
    fn what_was_seen_is_there_for_the_next_run() {
        let gallery = Gallery::new();
        let path = gallery.picture("a.png", 0);
        let run = || {
            let cache = Cache::new(gallery.path("cache"), "weights");
            gallery.looker().with_cache(Some(cache)).look("a", &path).unwrap()
        };
        assert_eq!(run(), run());
        assert_eq!(gallery.looks.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn whatever_cannot_be_looked_at_is_an_error_that_names_it() {
        let gallery = Gallery::new();
        let broken = fs::read(gallery.picture("whole.png", 0)).unwrap();
        let name = || "a".to_owned();
        assert_eq!(gallery.error(&gallery.path("none.png")), MediaError::NotFound { name: name() });
        assert_eq!(gallery.error(&gallery.file("empty.png", b"")), MediaError::Empty { name: name() });
        assert_eq!(gallery.error(&gallery.file("text.png", b"hello")), MediaError::UnknownFormat { name: name() });
        assert_eq!(gallery.error(gallery.folder.path()), MediaError::NotAFile { name: name() });
        let cut = gallery.file("cut.png", &broken[..broken.len() - 20]);
        assert!(matches!(gallery.error(&cut), MediaError::Broken { .. }));
        let film = b"FLV\x01\x01\0\0\0\x09\0\0\0\0";
        assert_eq!(gallery.error(&gallery.file("film.png", film)), MediaError::NoFfmpeg { name: name(), named: None });
    }

    #[test]
    fn each_is_told_under_the_name_it_was_asked_for() {
        let gallery = Gallery::new();
        let looker = gallery.looker();
        let path = gallery.file("a.png", b"no picture");
        for name in ["first", "second"] {
            assert_eq!(looker.look(name, &path), Err(MediaError::UnknownFormat { name: name.to_owned() }));
        }
    }

    #[test]
    fn large_files_are_not_read() {
        let mut gallery = Gallery::new();
        gallery.settings.limits = Limits { picture_bytes: 50, video_bytes: 10, ..Limits::default() };
        let error = gallery.error(&gallery.picture("a.png", 0));
        assert!(matches!(error, MediaError::TooLarge { limit: 50, .. }), "{error:?}");
        let error = gallery.error(&gallery.file("text", &[b'x'; 100]));
        assert!(matches!(error, MediaError::UnknownFormat { .. }), "{error:?}");
        let error = gallery.error(&gallery.file("film.mp4", b"FLV\x01\x01\0\0\0\x09\0\0\0\0"));
        assert!(matches!(error, MediaError::TooLarge { limit: 10, .. }), "{error:?}");
    }

    /// An animated PNG of one frame, and another picture for programs that show no animations.
    fn one_frame_and_another(still: u8, frame: u8) -> Vec<u8> {
        let png = |light: u8| {
            let mut bytes = io::Cursor::new(Vec::new());
            RgbImage::from_pixel(8, 6, Rgb([light; 3])).write_to(&mut bytes, ImageFormat::Png).unwrap();
            chunks(&bytes.into_inner())
        };
        let (still, frame) = (png(still), png(frame));
        let data = |png: &[(Vec<u8>, Vec<u8>)]| {
            png.iter().filter(|(kind, _)| kind == b"IDAT").flat_map(|(_, data)| data.clone()).collect::<Vec<u8>>()
        };
        let number = |value: u32| value.to_be_bytes();
        let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
        let mut chunk = |kind: &[u8], data: &[u8]| {
            let body = [kind, data].concat();
            out.extend([&number(u32::try_from(data.len()).unwrap())[..], &body, &number(crc(&body))].concat());
        };
        chunk(b"IHDR", &still[0].1);
        chunk(b"acTL", &[number(1), number(0)].concat());
        chunk(b"IDAT", &data(&still));
        let place = [number(0), number(8), number(6), number(0), number(0)].concat();
        chunk(b"fcTL", &[&place[..], &[0, 1, 0, 10, 0, 0]].concat());
        chunk(b"fdAT", &[&number(1)[..], &data(&frame)].concat());
        chunk(b"IEND", b"");
        out
    }

    fn chunks(png: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut rest = &png[8..];
        let mut chunks = Vec::new();
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = u32::from_be_bytes(*length) as usize;
            chunks.push((after[..4].to_vec(), after[4..4 + length].to_vec()));
            rest = &after[length + 8..];
        }
        chunks
    }

    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1)))
        })
    }

    #[test]
    fn whatever_a_picture_shows_to_some_is_looked_at() {
        let gallery = Gallery::new();
        for (name, still, frame, number) in [("a.png", 0, 255, 0), ("b.png", 255, 0, 1), ("c.png", 0, 0, 0)] {
            let path = gallery.file(name, &one_frame_and_another(still, frame));
            let looked = gallery.looker().look(name, &path).unwrap();
            assert_eq!(looked.medium, Medium::Picture);
            let frames: Vec<u32> = looked.sightings.iter().map(|sighting| sighting.frame).collect();
            assert_eq!(frames, [number], "{name}");
        }
    }

    /// Stops everything.
    struct Stop;

    impl Watch for Stop {
        fn stopped(&self) -> bool {
            true
        }
    }

    #[test]
    fn a_run_that_is_stopped_looks_at_nothing_more() {
        let gallery = Gallery::new();
        let looker = Looker::new(Settings::default(), Arc::new(Stop));
        let error = looker.look("a", &gallery.picture("a.png", 0)).unwrap_err();
        assert_eq!(error, MediaError::Interrupted { name: "a".to_owned() });
    }

    #[test]
    fn a_sightings_frame_can_be_seen_again() {
        let gallery = Gallery::new();
        let looker = gallery.looker();
        let path = gallery.picture("a.png", 7);
        let looked = looker.look("a", &path).unwrap();
        let image = looker.frame("a", &path, &looked.sightings[0]).unwrap();
        assert_eq!((image.dimensions(), image.get_pixel(3, 3).0), ((8, 6), [7; 3]));
    }
}
