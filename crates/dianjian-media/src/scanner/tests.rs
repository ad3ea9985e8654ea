//! Scans of small files, with a detector that counts its calls.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use image::{ImageFormat, Rgb};

use super::*;
use crate::{CodeKind, MediaLimits, Quad, Rect};

/// A folder, and a scanner whose detector counts its calls and sees one code in every dark picture.
struct MediaFolder {
    dir: tempfile::TempDir,
    calls: Arc<AtomicUsize>,
    settings: MediaSettings,
}

impl MediaFolder {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir, calls: Arc::default(), settings: MediaSettings::default() }
    }

    fn scanner(&self) -> MediaScanner {
        let calls = Arc::clone(&self.calls);
        let detector = move |frame: &RgbFrame, _: f32| {
            std::thread::sleep(Duration::from_millis(20));
            calls.fetch_add(1, Ordering::SeqCst);
            let quad = Quad::of(Rect { left: 1.0, top: 1.0, width: 4.0, height: 4.0 });
            let code = Code { kind: CodeKind::Qr, quad, score: 0.9, text: None };
            if frame.image.get_pixel(0, 0).0[0] < 128 { vec![code] } else { vec![] }
        };
        MediaScanner::new(self.settings.clone(), Arc::new(crate::NoProgress)).with_detector(Arc::new(detector))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
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
        self.scanner().scan("a", path).unwrap_err()
    }
}

#[test]
fn a_content_is_scanned_once_from_however_many_threads() {
    let folder = MediaFolder::new();
    let scanner = folder.scanner();
    let paths = [folder.picture("a.png", 0), folder.picture("b.jpg", 0)];
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (scanner, paths) = (&scanner, &paths);
            scope.spawn(move || {
                let scan = scanner.scan("x", &paths[thread % 2]).unwrap();
                assert_eq!((scan.width, scan.height, scan.detections.len()), (8, 6, 1));
                assert_eq!(scan.digest.len(), 64);
            });
        }
    });
    assert_eq!(folder.calls.load(Ordering::SeqCst), 1);
}

#[test]
fn a_file_that_changes_is_scanned_again() {
    let folder = MediaFolder::new();
    let scanner = folder.scanner();
    let path = folder.picture("a.png", 0);
    let before = scanner.scan("a", &path).unwrap();
    folder.picture("a.png", 255);
    File::options().append(true).open(&path).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    let after = scanner.scan("a", &path).unwrap();
    assert_eq!((before.detections.len(), after.detections.len()), (1, 0));
}

#[test]
fn a_scan_is_there_for_the_next_run() {
    let folder = MediaFolder::new();
    let path = folder.picture("a.png", 0);
    let run = || {
        let cache = ScanCache::new(folder.path("cache"), "weights");
        folder.scanner().with_cache(Some(cache)).scan("a", &path).unwrap()
    };
    assert_eq!(run(), run());
    assert_eq!(folder.calls.load(Ordering::SeqCst), 1);
}

#[test]
fn whatever_cannot_be_scanned_is_an_error_that_names_it() {
    let folder = MediaFolder::new();
    let broken = fs::read(folder.picture("whole.png", 0)).unwrap();
    let name = || "a".to_owned();
    assert_eq!(folder.error(&folder.path("none.png")), MediaError::NotFound { name: name(), near: None });
    assert_eq!(folder.error(&folder.file("empty.png", b"")), MediaError::Empty { name: name() });
    assert_eq!(folder.error(&folder.file("text.png", b"hello")), MediaError::UnknownFormat { name: name() });
    assert_eq!(folder.error(folder.dir.path()), MediaError::NotAFile { name: name() });
    let cut = folder.file("cut.png", &broken[..broken.len() - 20]);
    assert!(matches!(folder.error(&cut), MediaError::Broken { .. }));
    let film = b"FLV\x01\x01\0\0\0\x09\0\0\0\0";
    assert_eq!(folder.error(&folder.file("film.png", film)), MediaError::NoFfmpeg { name: name(), named: None });
}

#[test]
fn each_is_told_under_the_name_it_was_asked_for() {
    let folder = MediaFolder::new();
    let scanner = folder.scanner();
    let path = folder.file("a.png", b"no picture");
    for name in ["first", "second"] {
        assert_eq!(scanner.scan(name, &path), Err(MediaError::UnknownFormat { name: name.to_owned() }));
    }
}

#[test]
fn large_files_are_not_read() {
    let mut folder = MediaFolder::new();
    folder.settings.limits = MediaLimits { picture_bytes: 50, video_bytes: 10, ..MediaLimits::default() };
    let error = folder.error(&folder.picture("a.png", 0));
    assert!(matches!(error, MediaError::TooLarge { limit: 50, .. }), "{error:?}");
    let error = folder.error(&folder.file("text", &[b'x'; 100]));
    assert!(matches!(error, MediaError::UnknownFormat { .. }), "{error:?}");
    let error = folder.error(&folder.file("film.mp4", b"FLV\x01\x01\0\0\0\x09\0\0\0\0"));
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
fn whatever_a_picture_shows_to_some_is_scanned() {
    let folder = MediaFolder::new();
    for (name, still, frame, number) in [("a.png", 0, 255, 0), ("b.png", 255, 0, 1), ("c.png", 0, 0, 0)] {
        let path = folder.file(name, &one_frame_and_another(still, frame));
        let scan = folder.scanner().scan(name, &path).unwrap();
        assert_eq!(scan.medium, Medium::Picture);
        let frames: Vec<u32> = scan.detections.iter().map(|detection| detection.frame).collect();
        assert_eq!(frames, [number], "{name}");
    }
}

struct AlwaysCancelled;

impl MediaProgress for AlwaysCancelled {
    fn is_cancelled(&self) -> bool {
        true
    }
}

#[test]
fn a_run_that_is_stopped_scans_nothing_more() {
    let folder = MediaFolder::new();
    let scanner = MediaScanner::new(MediaSettings::default(), Arc::new(AlwaysCancelled));
    let error = scanner.scan("a", &folder.picture("a.png", 0)).unwrap_err();
    assert_eq!(error, MediaError::Interrupted { name: "a".to_owned() });
}

#[test]
fn the_frame_of_a_detection_can_be_decoded_again() {
    let folder = MediaFolder::new();
    let scanner = folder.scanner();
    let path = folder.picture("a.png", 7);
    let scan = scanner.scan("a", &path).unwrap();
    let image = scanner.frame("a", &path, &Sighting::Code(scan.detections[0].clone())).unwrap();
    assert_eq!((image.dimensions(), image.get_pixel(3, 3).0), ((8, 6), [7; 3]));
}
