//! How long scans take: on one core, without decoding the file; and a clip against its length.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dianjian_media::{Ffmpeg, MediaScanner, MediaSettings, NoProgress, detect_codes};
use pictures::{DrawnPicture, Hard, PHONE, Scene};

use crate::items::frame;
use crate::judge::Thresholds;
use crate::table::Table;

const PICTURES: u64 = 15;

fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort();
    times.get(times.len() / 2).copied()
}

/// The times of scans whose outcome is as wanted.
fn times(pictures: impl Iterator<Item = DrawnPicture>, floor: f32, wanted: fn(decoded: bool) -> bool) -> Vec<Duration> {
    let mut times = Vec::new();
    for picture in pictures {
        let frame = frame(picture);
        let start = Instant::now();
        let codes = detect_codes(&frame, floor);
        let took = start.elapsed();
        if wanted(codes.iter().any(dianjian_media::Code::is_decoded)) {
            times.push(took);
        }
    }
    times
}

/// Adds the rows of still pictures.
pub fn stills(table: &mut Table, thresholds: Thresholds) {
    let floor = thresholds.suspected;
    let kinds = [Hard::Plain, Hard::Rotated, Hard::Coloured];
    let with = (0..PICTURES).map(|i| pictures::hard(kinds[i as usize % kinds.len()], 700 + i, PHONE));
    let decoded = times(with, floor, |decoded| decoded);
    let scenes = [Scene::Landscape, Scene::Poster, Scene::LiveRoom, Scene::Product, Scene::Phone, Scene::Page];
    let without = (0..PICTURES).map(|i| pictures::clean(scenes[i as usize % scenes.len()], 700 + i, PHONE));
    let clean = times(without, floor, |decoded| !decoded);
    let rows = [("1080x1920, decoded, median", decoded, 10), ("1080x1920, clean, median", clean, 120)];
    for (name, times, goal) in rows {
        let count = times.len();
        let most = times.iter().max().copied().unwrap_or_default();
        if let Some(median) = median(times) {
            table.time(name, median, Duration::from_millis(goal), format!("{count} pictures, slowest {most:.0?}"));
        }
    }
}

/// Adds the row of a clip of a minute; without `ffmpeg` says why there is none.
pub fn clip(table: &mut Table) -> Result<(), String> {
    const LENGTH: Duration = Duration::from_secs(60);
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = folder.path().join("clip.mp4");
    let search = std::env::var_os("PATH");
    let ffmpeg = Ffmpeg::find(None, search.as_deref()).ok_or("there is no ffmpeg")?;
    make_clip(&ffmpeg, folder.path(), &file)?;
    let scanner = MediaScanner::new(MediaSettings::default(), Arc::new(NoProgress)).with_ffmpeg(Some(ffmpeg));
    let start = Instant::now();
    let scan = scanner.scan("clip.mp4", &file).map_err(|error| error.to_string())?;
    let took = start.elapsed();
    let note = format!("{} frames, {} codes", scan.frames, scan.detections.len());
    table.time("a clip of 60 s, 1080x1920", took, LENGTH, note);
    Ok(())
}

/// Twelve scenes of five seconds, every third with a code, the camera moving all the time.
fn make_clip(ffmpeg: &Ffmpeg, folder: &Path, file: &Path) -> Result<(), String> {
    let size = (PHONE.0 + 108, PHONE.1 + 192);
    for i in 0..12 {
        let picture = match i % 3 {
            0 => pictures::hard(Hard::Plain, 900 + i, size),
            1 => pictures::clean(Scene::LiveRoom, 900 + i, size),
            _ => pictures::clean(Scene::Product, 900 + i, size),
        };
        picture.image.save(folder.join(format!("{i:02}.png"))).map_err(|error| error.to_string())?;
    }
    let moving = "fps=30,crop=1080:1920:x='54+54*sin(t*0.7)':y='96+96*cos(t*0.5)',format=yuv420p";
    let status = Command::new(ffmpeg.program())
        .args(["-nostdin", "-loglevel", "error", "-framerate", "1/5", "-i"])
        .arg(folder.join("%02d.png"))
        .args(["-vf", moving, "-c:v", "libx264", "-preset", "ultrafast", "-t", "60"])
        .arg(file)
        .stdin(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("ffmpeg: {status}")),
        Err(error) => Err(format!("ffmpeg: {error}")),
    }
}
