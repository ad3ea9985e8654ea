//! Video with `ffmpeg` itself: films are made by it, looked at through it, and spoiled by us.
//!
//! Where it is not installed these tests are told as ignored, not as passed; a harness of our own is
//! needed for that. What does not need it is tested in `tests/it/video.rs`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a test that fails should stop, and a harness prints"
)]

#[path = "it/film.rs"]
mod film;
#[path = "it/optional.rs"]
mod optional;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use dianjian_media::{Ffmpeg, MediaError, MediaScanner, MediaSettings, Medium, NoProgress, Sighting};
use film::{Films, spans, wait_for};

const TESTS: &[optional::NamedTest] = &[
    ("every_container_gives_the_same_answer", every_container_gives_the_same_answer),
    ("a_film_is_seen_upright", a_film_is_seen_upright),
    ("pixels_are_square_and_sides_bounded", pixels_are_square_and_sides_bounded),
    ("a_short_film_has_a_frame", a_short_film_has_a_frame),
    ("the_rate_of_frames_is_a_setting", the_rate_of_frames_is_a_setting),
    ("a_flash_of_a_fifth_of_a_second_is_seen", a_flash_of_a_fifth_of_a_second_is_seen),
    ("flashes_at_the_beginning_and_the_end_are_seen", flashes_at_the_beginning_and_the_end_are_seen),
    ("an_avif_is_seen_upright", an_avif_is_seen_upright),
    ("an_avif_that_would_be_seen_in_part_is_a_problem", an_avif_that_would_be_seen_in_part_is_a_problem),
    ("a_moving_avif_is_seen_frame_by_frame", a_moving_avif_is_seen_frame_by_frame),
    ("a_film_that_is_cut_off_is_broken", a_film_that_is_cut_off_is_broken),
    ("a_film_that_is_spoiled_inside_is_broken", a_film_that_is_spoiled_inside_is_broken),
    ("sound_alone_is_no_film", sound_alone_is_no_film),
    ("a_cover_of_a_song_is_no_film", a_cover_of_a_song_is_no_film),
    ("a_playlist_opens_nothing", a_playlist_opens_nothing),
    ("the_frame_of_a_sighting_can_be_seen_again", the_frame_of_a_sighting_can_be_seen_again),
    #[cfg(target_os = "linux")]
    ("a_signal_ends_ffmpeg_too", a_signal_ends_ffmpeg_too),
];

fn main() -> ExitCode {
    optional::run(TESTS, installed().is_none().then_some("ffmpeg is not installed"))
}

fn installed() -> Option<Ffmpeg> {
    Ffmpeg::find(None, std::env::var_os("PATH").as_deref())
}

fn films() -> Films {
    Films::new(installed().unwrap())
}

impl Films {
    /// Makes a film.
    fn make(&self, args: &[&str], name: &str) -> PathBuf {
        let mut command = Command::new(self.ffmpeg.program());
        command.args(["-nostdin", "-hide_banner", "-loglevel", "error", "-y"]);
        let done = command.args(args).arg(name).current_dir(self.folder.path()).status().unwrap();
        assert!(done.success(), "ffmpeg {args:?} {name}");
        self.path(name)
    }

    /// Four seconds of light ground; from 1.0 to 2.4 seconds there is a dark box.
    fn scene(&self, name: &str, codec: &[&str]) -> PathBuf {
        let source = "color=c=0xd0d0d0:s=320x240:r=10:d=4,\
                      drawbox=enable='between(t,0.95,2.35)':x=200:y=100:w=60:h=40:c=black:t=fill";
        self.make(&[&["-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p"][..], codec].concat(), name)
    }
}

fn close(place: [i32; 4], to: [i32; 4]) -> bool {
    place.iter().zip(to).all(|(a, b)| (a - b).abs() <= 2)
}

const MPEG4: &[&str] = &["-c:v", "mpeg4", "-q:v", "3"];

/// Names, and how their films are made.
const CONTAINERS: &[(&str, &[&str])] = &[
    ("a.mp4", MPEG4),
    ("streaming.mp4", &["-c:v", "mpeg4", "-q:v", "3", "-movflags", "+faststart"]),
    ("fragments.mp4", &["-c:v", "mpeg4", "-q:v", "3", "-g", "10", "-movflags", "frag_keyframe+empty_moov"]),
    ("a.mov", MPEG4),
    ("a.mkv", MPEG4),
    ("a.avi", MPEG4),
    ("a.flv", &["-c:v", "flv1", "-q:v", "3"]),
    ("a.webm", &["-c:v", "libvpx", "-b:v", "1M", "-deadline", "realtime"]),
    ("a.ts", &["-c:v", "mpeg2video", "-r", "25", "-q:v", "3"]),
];

fn every_container_gives_the_same_answer() {
    let films = films();
    for (name, codec) in CONTAINERS {
        let path = films.scene(name, codec);
        // Not by its name.
        let renamed = films.path("renamed.png");
        fs::rename(path, &renamed).unwrap();
        let looked = films.look(&renamed).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((looked.medium, looked.width, looked.height), (Medium::Video, 320, 240), "{name}");
        let [(1000, 2500, place)] = spans(&looked)[..] else { panic!("{name}: {:?}", spans(&looked)) };
        assert!(close(place, [200, 100, 60, 40]), "{name}: {place:?}");
        let length = looked.length.unwrap();
        assert!((3900..=4500).contains(&length.as_millis()), "{name}: {length:?}");
    }
}

/// Writes a quarter turn into the header of a track, as phones do.
fn turned(bytes: &mut [u8]) {
    let one = 1_u32 << 16;
    let matrix = [0, one, 0, one.wrapping_neg(), 0, 0, 0, 0, 1 << 30];
    let header = bytes.windows(4).position(|window| window == b"tkhd").unwrap();
    for (number, value) in matrix.into_iter().enumerate() {
        let at = header + 44 + number * 4;
        bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
    }
}

fn a_film_is_seen_upright() {
    let films = films();
    let mut bytes = fs::read(films.scene("a.mp4", MPEG4)).unwrap();
    turned(&mut bytes);
    let looked = films.look(&films.write("turned.mp4", &bytes)).unwrap();
    assert_eq!((looked.width, looked.height), (240, 320));
    let (_, _, place) = spans(&looked)[0];
    // What was at the right is at the bottom: a quarter turn clockwise.
    assert!(close(place, [240 - 140, 200, 40, 60]), "{place:?}");
}

fn pixels_are_square_and_sides_bounded() {
    let films = films();
    let wide = ["-f", "lavfi", "-i", "color=c=gray:s=640x480:r=5:d=1,setsar=2/1", "-c:v", "mpeg4"];
    let looked = films.look(&films.make(&wide, "wide.mp4")).unwrap();
    assert_eq!((looked.width, looked.height), (1280, 480));
    let large = ["-f", "lavfi", "-i", "color=c=gray:s=2160x3840:r=5:d=0.6", "-c:v", "mpeg4"];
    let looked = films.look(&films.make(&large, "large.mp4")).unwrap();
    assert_eq!((looked.width, looked.height), (1080, 1920));
}

fn a_short_film_has_a_frame() {
    let films = films();
    let one = ["-f", "lavfi", "-i", "color=c=black:s=64x64:r=25:d=0.04", "-c:v", "mpeg4"];
    let looked = films.look(&films.make(&one, "one.mp4")).unwrap();
    assert_eq!((looked.frames, looked.detections.len()), (1, 1));
}

fn the_rate_of_frames_is_a_setting() {
    let mut films = films();
    let path = films.scene("a.mp4", MPEG4);
    for (rate, frames, span) in [(1.0, 4, (1000, 3000)), (5.0, 20, (1000, 2400))] {
        films.settings.frames_per_second = rate;
        let looked = films.look(&path).unwrap();
        let (first, last, _) = spans(&looked)[0];
        assert_eq!((looked.frames, (first, last)), (frames, span), "{rate}");
    }
}

/// Eight boxes that are dark for a fifth of a second each, more than two seconds apart, at every phase of the rate.
fn flashes(rate: u32, first: u32) -> (String, usize) {
    let (length, step) = (rate.div_ceil(5), 2 * rate + 3);
    let flash = |number: u32| {
        let from = first + number * step;
        format!("drawbox=enable='between(n,{from},{})':x=60:y=40:w=40:h=40:c=black:t=fill", from + length - 1)
    };
    let boxes: Vec<String> = (0..8).map(flash).collect();
    let seconds = (first + 8 * step).div_ceil(rate);
    (format!("color=c=0xd0d0d0:s=160x120:r={rate}:d={seconds},{}", boxes.join(",")), boxes.len())
}

fn a_flash_of_a_fifth_of_a_second_is_seen() {
    let mut films = films();
    films.settings = MediaSettings::default();
    let matroska: &[&str] = &["-c:v", "mpeg4", "-q:v", "3"];
    let flash: &[&str] = &["-c:v", "flv1", "-q:v", "3"];
    // The last one shows each picture as long as it stays the same: frames are of different lengths.
    let varied: &[&str] = &["-vf", "mpdecimate=max=0,format=yuv420p", "-vsync", "vfr", "-c:v", "mpeg4", "-q:v", "3"];
    for (name, rate, codec) in [
        ("a.mp4", 25, MPEG4),
        ("b.mp4", 30, MPEG4),
        ("c.mkv", 60, matroska),
        ("d.flv", 25, flash),
        ("e.mkv", 25, varied),
    ] {
        for first in [0, 3] {
            let (source, count) = flashes(rate, first);
            let path =
                films.make(&[&["-f", "lavfi", "-i", source.as_str(), "-pix_fmt", "yuv420p"], codec].concat(), name);
            let seen = spans(&films.look(&path).unwrap());
            assert_eq!(seen.len(), count, "{name}, from frame {first}: {seen:?}");
            assert!(seen.iter().all(|(from, to, _)| (1..=400).contains(&(to - from))), "{name}: {seen:?}");
        }
    }
}

fn flashes_at_the_beginning_and_the_end_are_seen() {
    let mut films = films();
    films.settings = MediaSettings::default();
    // Two seconds and a part of the distance between two frames that are looked at.
    for frames in 50..56_u32 {
        let last = frames - 5;
        let source = format!(
            "color=c=0xd0d0d0:s=160x120:r=25:d=4,drawbox=enable='lt(n,5)+gte(n,{last})':x=60:y=40:w=40:h=40:c=black:t=fill"
        );
        let count = frames.to_string();
        let args =
            ["-f", "lavfi", "-i", &source, "-frames:v", &count, "-pix_fmt", "yuv420p", "-c:v", "mpeg4", "-q:v", "3"];
        let seen = spans(&films.look(&films.make(&args, "a.mp4")).unwrap());
        assert_eq!(seen.len(), 2, "{frames} frames: {seen:?}");
    }
}

/// A picture of `crates/dianjian-media/src/pictures/fixtures`, called like a JPEG, as phones and chats send them.
fn fixture(films: &Films, name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/dianjian-media/src/pictures/fixtures");
    films.write("renamed.jpg", &fs::read(folder.join(name)).unwrap())
}

fn an_avif_is_seen_upright() {
    let films = films();
    for name in ["box.avif", "box-turned.avif"] {
        let path = fixture(&films, name);
        let looked = films.look(&path).unwrap();
        assert_eq!(
            (looked.medium, looked.width, looked.height, looked.length),
            (Medium::Picture, 96, 64, None),
            "{name}"
        );
        let bounds = looked.detections[0].code.quad.bounds();
        let place = [bounds.left, bounds.top, bounds.width, bounds.height].map(|value| value.round() as i32);
        assert!(looked.detections.len() == 1 && close(place, [10, 10, 30, 20]), "{name}: {place:?}");
        let scanner = films.scanner(Arc::new(NoProgress));
        let image = scanner.frame("x", &path, &Sighting::Code(looked.detections[0].clone())).unwrap();
        assert!(image.dimensions() == (96, 64) && image.get_pixel(25, 20).0[0] < 60, "{name}");
    }
    let without = MediaScanner::new(MediaSettings::default(), Arc::new(NoProgress));
    let answer = without.scan("a.avif", &fixture(&films, "box.avif"));
    assert_eq!(answer, Err(MediaError::NoFfmpeg { name: "a.avif".to_owned(), named: None }));
}

fn an_avif_that_would_be_seen_in_part_is_a_problem() {
    let films = films();
    let answer = films.look(&fixture(&films, "box-alpha.avif"));
    assert!(matches!(answer, Err(MediaError::Undecodable { .. })), "{answer:?}");
    let bytes = fs::read(fixture(&films, "box.avif")).unwrap();
    for length in [60, bytes.len() / 2, bytes.len() - 40, bytes.len() - 1] {
        let answer = films.look(&films.write("cut.avif", &bytes[..length]));
        assert!(matches!(answer, Err(MediaError::Broken { .. })), "{length}: {answer:?}");
    }
}

fn a_moving_avif_is_seen_frame_by_frame() {
    let films = films();
    let looked = films.look(&fixture(&films, "moving.avif")).unwrap();
    assert_eq!((looked.width, looked.height), (96, 64));
    let [(1000, 2000, place)] = spans(&looked)[..] else { panic!("{:?}", spans(&looked)) };
    assert!(close(place, [10, 10, 30, 20]), "{place:?}");
}

fn a_film_that_is_cut_off_is_broken() {
    let films = films();
    // A transport stream may begin and end anywhere.
    for (name, codec) in CONTAINERS.iter().filter(|(name, _)| *name != "a.ts") {
        let bytes = fs::read(films.scene(name, codec)).unwrap();
        for length in [bytes.len() / 3, bytes.len() * 2 / 3, bytes.len() - 100] {
            let path = films.write(name, &bytes[..length]);
            let answer = films.look(&path);
            assert!(matches!(answer, Err(MediaError::Broken { .. })), "{name} {length} {answer:?}");
        }
    }
}

fn a_film_that_is_spoiled_inside_is_broken() {
    let films = films();
    for (name, codec) in CONTAINERS.iter().filter(|(name, _)| ["a.mp4", "a.mkv", "a.flv"].contains(name)) {
        let mut bytes = fs::read(films.scene(name, codec)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle - 600..middle].fill(0xff);
        let answer = films.look(&films.write(name, &bytes));
        assert!(matches!(answer, Err(MediaError::Broken { .. })), "{name} {answer:?}");
    }
}

const SOUND: &[&str] = &["-f", "lavfi", "-i", "sine=d=2", "-c:a", "aac"];

fn sound_alone_is_no_film() {
    let films = films();
    let path = films.make(SOUND, "sound.mp4");
    assert_eq!(films.broken(&path), "it contains no video stream");
}

fn a_cover_of_a_song_is_no_film() {
    let films = films();
    films.make(&["-f", "lavfi", "-i", "color=c=black:s=64x64", "-frames:v", "1"], "cover.png");
    let with_cover = [SOUND, &["-i", "cover.png", "-map", "0", "-map", "1", "-disposition:v:0", "attached_pic"]];
    let args = [&SOUND[..4], with_cover[1], &["-c:a", "aac", "-c:v", "copy"]].concat();
    let path = films.make(&args, "song.mp4");
    assert_eq!(films.broken(&path), "it contains no video stream");
}

fn a_playlist_opens_nothing() {
    let films = films();
    let path = films.scene("a.mp4", MPEG4);
    let playlist = format!("#EXTM3U\n#EXTINF:4,\nfile://{}\n", path.display());
    let answer = films.look(&films.write("list.mp4", playlist.as_bytes()));
    assert_eq!(answer, Err(MediaError::UnknownFormat { name: "the film".to_owned() }));
    let concat = format!("ffconcat version 1.0\nfile '{}'\n", path.display());
    let hidden = [&b"\0\0\0\x18ftypisom\0\0\0\0isommp42"[..], concat.as_bytes()].concat();
    assert!(films.broken(&films.write("hidden.mp4", &hidden)).contains("truncated"));
}

fn the_frame_of_a_sighting_can_be_seen_again() {
    let films = films();
    let path = films.scene("a.mp4", MPEG4);
    let scanner = films.scanner(Arc::new(NoProgress));
    let looked = scanner.scan("x", &path).unwrap();
    let detection = &looked.detections[0];
    let image = scanner.frame("x", &path, &Sighting::Code(detection.clone())).unwrap();
    assert_eq!(image.dimensions(), (320, 240));
    assert!(image.get_pixel(230, 120).0[0] < 60 && image.get_pixel(20, 20).0[0] > 180);
    // The last moment that shows it, and the first that does not.
    for (at, shows) in [(2000, true), (2500, false)] {
        let mut detection = detection.clone();
        detection.times.as_mut().unwrap().best = Duration::from_millis(at);
        let image = scanner.frame("x", &path, &Sighting::Code(detection)).unwrap();
        assert_eq!(image.get_pixel(230, 120).0[0] < 60, shows, "{at}");
    }
}

/// Processes whose command line holds a text.
#[cfg(target_os = "linux")]
fn processes(text: &str) -> usize {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let lines = all.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    lines.filter(|line| String::from_utf8_lossy(line).contains(text)).count()
}

#[cfg(target_os = "linux")]
fn a_signal_ends_ffmpeg_too() {
    let films = films();
    let long = ["-f", "lavfi", "-i", "testsrc2=s=1280x720:r=10:d=120", "-c:v", "mpeg4", "-g", "100"];
    let path = films.make(&long, "long.mp4");
    films.write("room.yaml", b"kind: LiveRoom\nid: spring\nassets: [long.mp4]\n");
    let mut command = Command::new(env!("CARGO_BIN_EXE_dianjian"));
    command.args(["check", "--no-config", "--as-of", "2026-11-22", Path::new("room.yaml").to_str().unwrap()]);
    command.current_dir(films.folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let run = command.env("DIANJIAN_CACHE_DIR", films.path("cache")).spawn().unwrap();
    let film = format!("file:{}", path.file_name().unwrap().to_str().unwrap());
    wait_for("ffmpeg runs", || processes(&film) == 1);
    std::thread::sleep(Duration::from_millis(200));
    assert!(Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap().success());
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    wait_for("ffmpeg ends", || processes(&film) == 0);
    assert!(!films.path("cache").exists() || fs::read_dir(films.path("cache")).unwrap().next().is_none());
}
