//! Pictures for people: codes as a terminal shows them, and copies with boxes drawn.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use dianjian_engine::Finding;
use dianjian_media::{MediaScanner, Medium, Sighting, SightingDisplay, draw};
use image::imageops::{self, FilterType};
use image::{ImageFormat, RgbImage};

use crate::commands::write_file;
use crate::error::CliError;

/// Pixels of the longer side of a picture on a terminal.
const CROP_SIDE: u32 = 160;

/// Further codes are described in words only: pictures fill a terminal quickly.
const MOST_CROPS: usize = 40;

/// Adds crops to findings for the terminal, and gathers what the copies of `--annotate` mark.
#[derive(Debug)]
pub struct Pictures {
    scanner: Arc<MediaScanner>,
    /// How many crops were made; `None`: the terminal shows no pictures.
    crops: Option<AtomicUsize>,
    /// The folder for copies with boxes.
    annotate: Option<PathBuf>,
    /// The codes of each frame that has any.
    marked: Mutex<BTreeMap<AnnotatedFrame, Vec<SightingDisplay>>>,
}

/// The name of a file, and the number of a frame in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct AnnotatedFrame(String, u32);

impl Pictures {
    pub fn new(scanner: Arc<MediaScanner>, shows: bool, annotate: Option<PathBuf>) -> Self {
        Self { scanner, crops: shows.then(AtomicUsize::default), annotate, marked: Mutex::default() }
    }

    /// Records the code of a finding that will be reported, and adds the crop that the terminal shows.
    pub fn of(&self, finding: &mut Finding) {
        let Some(shown) = &mut finding.picture else { return };
        if self.annotate.is_some() {
            let frame = AnnotatedFrame(shown.file.clone(), shown.sighting.frame());
            let mut marked = self.marked.lock().unwrap_or_else(PoisonError::into_inner);
            let known = marked.entry(frame).or_default();
            if !known.iter().any(|known| known.sighting == shown.sighting) {
                known.push(SightingDisplay::clone(shown));
            }
        }
        if self.crops.as_ref().is_some_and(|made| made.fetch_add(1, Ordering::Relaxed) < MOST_CROPS) {
            shown.crop = self.frame(shown).and_then(|frame| crop(&frame, shown)).map(Arc::new);
        }
    }

    fn frame(&self, shown: &SightingDisplay) -> Option<RgbImage> {
        self.scanner.frame(&shown.file, &shown.path, &shown.sighting).ok()
    }

    /// Writes the copies; returns the files, and an error for each that could not be written.
    pub fn finish(&self) -> (Vec<PathBuf>, Vec<CliError>) {
        let Some(folder) = &self.annotate else { return (Vec::new(), Vec::new()) };
        let marked = self.marked.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut written, mut failed) = (Vec::new(), Vec::new());
        let mut taken = BTreeSet::new();
        for (AnnotatedFrame(file, number), codes) in marked.iter() {
            let Some(first) = codes.first() else { continue };
            let mut path = folder.join(name(file, *number, first));
            let copy = match self.copy(first, codes) {
                Ok(copy) => copy,
                Err(reason) => {
                    failed.push(CliError::Write { path: path.display().to_string(), reason });
                    continue;
                }
            };
            path = free(path, &copy, &mut taken);
            match write_file(&path, &copy) {
                Ok(()) => written.push(path),
                Err(error) => failed.push(error),
            }
        }
        (written, failed)
    }

    /// The frame with all its codes marked, as a PNG.
    fn copy(&self, first: &SightingDisplay, codes: &[SightingDisplay]) -> Result<Vec<u8>, String> {
        let frame = self.scanner.frame(&first.file, &first.path, &first.sighting);
        let mut frame = frame.map_err(|error| error.to_string())?;
        // The fainter ones first, so that none of them covers a certain one.
        let mut codes: Vec<&SightingDisplay> = codes.iter().collect();
        codes.sort_by(|a, b| a.sighting.score().total_cmp(&b.sighting.score()));
        for shown in codes {
            let seen = &shown.sighting;
            let color = if shown.certain { draw::CERTAIN } else { draw::SUSPECTED };
            let label = match seen {
                Sighting::Code(detection) if detection.code.is_decoded() => seen.kind().to_uppercase(),
                _ => format!("{} {:.2}", seen.kind().to_uppercase(), seen.score()),
            };
            draw::outline(&mut frame, seen.quad(), &label, color);
        }
        let mut out = Cursor::new(Vec::new());
        frame.write_to(&mut out, ImageFormat::Png).map_err(|error| error.to_string())?;
        Ok(out.into_inner())
    }
}

/// The code and half its size around it, small.
fn crop(frame: &RgbImage, shown: &SightingDisplay) -> Option<RgbImage> {
    let bounds = shown.bounds();
    let around = bounds.grown(bounds.side() / 2.0).clipped(frame.width() as f32, frame.height() as f32);
    let (left, top) = (around.left as u32, around.top as u32);
    let (width, height) = (around.width as u32, around.height as u32);
    if width == 0 || height == 0 {
        return None;
    }
    let crop = imageops::crop_imm(frame, left, top, width, height).to_image();
    let scale = f64::from(CROP_SIDE) / f64::from(width.max(height));
    if scale >= 1.0 {
        return Some(crop);
    }
    let side = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
    Some(imageops::resize(&crop, side(width), side(height), FilterType::Triangle))
}

/// The asset's own path below the folder, with the frame where there are several: `art/loop.mp4.00m12.5s.codes.png`.
fn name(file: &str, number: u32, shown: &SightingDisplay) -> PathBuf {
    let parts = Path::new(file).components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_os_string()),
        Component::ParentDir => Some("up".into()),
        _ => None,
    });
    let path: PathBuf = parts.collect();
    let frame = match (shown.scan.medium, shown.sighting.times()) {
        (Medium::Picture, _) => String::new(),
        (Medium::Video, Some(seen)) => {
            let tenths = seen.best.as_millis() / 100;
            format!(".{:02}m{:02}.{}s", tenths / 600, tenths / 10 % 60, tenths % 10)
        }
        _ => format!(".frame-{number}"),
    };
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!("{frame}.codes.png"));
    path.with_file_name(name)
}

/// A path that is neither taken by this run nor holds another content: an earlier run's copy of the same frame keeps its
/// name.
fn free(path: PathBuf, copy: &[u8], taken: &mut BTreeSet<PathBuf>) -> PathBuf {
    let is_free = |path: &Path, taken: &BTreeSet<PathBuf>| {
        !taken.contains(path) && std::fs::read(path).map_or_else(|_| !path.exists(), |known| known == copy)
    };
    let stem = path.to_string_lossy().strip_suffix(".png").map(str::to_owned).unwrap_or_default();
    let mut number = 1;
    let mut candidate = path;
    while !is_free(&candidate, taken) {
        number += 1;
        candidate = PathBuf::from(format!("{stem}-{number}.png"));
    }
    taken.insert(candidate.clone());
    candidate
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use dianjian_media::{Code, CodeKind, Detection, DetectionTimes, MediaScan, Quad, Rect};

    use super::*;

    fn shown(medium: Medium, best: Option<u64>) -> SightingDisplay {
        let quad = Quad::of(Rect { left: 10.0, top: 10.0, width: 20.0, height: 20.0 });
        let time = |milliseconds| Duration::from_millis(milliseconds);
        let seen = best.map(|best| DetectionTimes { first: time(0), last: time(best), best: time(best) });
        let code = Code { kind: CodeKind::Qr, quad, score: 0.9, text: None };
        let looked = MediaScan {
            medium,
            width: 100,
            height: 80,
            frames: 1,
            length: None,
            detections: Vec::new(),
            texts: Vec::new(),
            text_engine: None,
            illegible_lines: 0,
            digest: String::new(),
        };
        SightingDisplay {
            file: String::new(),
            path: PathBuf::new(),
            scan: Arc::new(looked),
            sighting: Sighting::Code(Detection { code, frame: 7, times: seen }),
            class: None,
            content: None,
            certain: true,
            crop: None,
        }
    }

    #[test]
    fn copies_are_named_after_their_asset() {
        let still = shown(Medium::Picture, None);
        assert_eq!(name("art/wall.jpg", 0, &still), Path::new("art/wall.jpg.codes.png"));
        assert_eq!(name("../art/wall.jpg", 0, &still), Path::new("up/art/wall.jpg.codes.png"));
        assert_eq!(name("/srv/wall.jpg", 0, &still), Path::new("srv/wall.jpg.codes.png"));
        assert_eq!(name("a.gif", 7, &shown(Medium::Animation, Some(10))), Path::new("a.gif.frame-7.codes.png"));
        let video = shown(Medium::Video, Some(72_540));
        assert_eq!(name("a.mp4", 7, &video), Path::new("a.mp4.01m12.5s.codes.png"));
    }

    #[test]
    fn no_other_file_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.codes.png");
        let mut taken = BTreeSet::new();
        assert_eq!(free(path.clone(), b"1", &mut taken), path);
        std::fs::write(&path, b"1").unwrap();
        assert_eq!(free(path.clone(), b"1", &mut BTreeSet::new()), path);
        let second = folder.path().join("a.codes-2.png");
        assert_eq!(free(path.clone(), b"2", &mut BTreeSet::new()), second);
        assert_eq!(free(path, b"1", &mut taken), second);
    }

    #[test]
    fn a_crop_is_small_and_shows_the_code() {
        let frame = RgbImage::new(100, 80);
        let small = crop(&frame, &shown(Medium::Picture, None)).unwrap();
        assert_eq!(small.dimensions(), (40, 40));
        let mut large = shown(Medium::Picture, None);
        if let Sighting::Code(detection) = &mut large.sighting {
            detection.code.quad = Quad::of(Rect { left: 0.0, top: 0.0, width: 4000.0, height: 2000.0 });
        }
        large.scan = Arc::new(MediaScan { width: 4000, height: 3000, ..MediaScan::clone(&large.scan) });
        let small = crop(&RgbImage::new(4000, 3000), &large).unwrap();
        assert_eq!(small.dimensions(), (160, 120));
        assert!(crop(&RgbImage::new(4, 4), &large).is_some());
    }
}
