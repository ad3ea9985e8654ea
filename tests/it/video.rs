//! Video with a stand-in for `ffmpeg`, so that it can be as broken as we like: what comes out of it is
//! told rightly, and it never outlives the run. The stand-in is a shell script; with the program itself
//! `tests/ffmpeg.rs` looks at videos.
#![cfg(unix)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use dianjian_media::{Ffmpeg, MediaError, MediaProgress, Medium, NoProgress, Sighting};

use crate::film::{Films, spans, wait_for};

fn stand_in() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/video/ffmpeg")
}

fn films() -> Films {
    Films::new(Ffmpeg::at(stand_in()))
}

/// The beginning of a Flash video: enough to be one.
const FLASH: &[u8] = b"FLV\x01\x01\0\0\0\x09\0\0\0\0";

/// A frame of light ground, with a dark box where one is wanted.
fn frame(dark: Option<[u32; 2]>) -> Vec<u8> {
    let (width, height) = (64, 48);
    let mut bytes = format!("P6\n{width} {height}\n255\n").into_bytes();
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        let is_dark = dark.is_some_and(|[left, top]| (left..left + 20).contains(&x) && (top..top + 20).contains(&y));
        bytes.extend([if is_dark { 10 } else { 200 }; 3]);
    }
    bytes
}

/// A film for which the stand-in writes those frames and then does something else.
fn film(films: &Films, name: &str, frames: &[Vec<u8>], then: &str) -> PathBuf {
    films.write(&format!("{name}.frames"), &frames.concat());
    films.write(&format!("{name}.does"), format!("cat \"$film.frames\"\n{then}\n").as_bytes());
    films.write(name, FLASH)
}

fn is_alive(pid: &str) -> bool {
    Command::new("kill").args(["-0", pid]).stderr(Stdio::null()).status().unwrap().success()
}

/// The stand-in of a film has ended.
fn is_over(films: &Films, name: &str) {
    let pid = fs::read_to_string(films.path(&format!("{name}.pid"))).unwrap();
    wait_for("the child ends", || !is_alive(pid.trim()));
}

#[test]
fn a_code_is_told_with_the_time_it_is_seen() {
    let films = films();
    let frames: Vec<Vec<u8>> =
        (0..10).map(|number| frame((3..7).contains(&number).then_some([4 + number, 9]))).collect();
    let path = film(&films, "a.flv", &frames, "echo '[info]   Duration: 00:00:04.90, start: 0' >&2");
    let looked = films.look(&path).unwrap();
    assert_eq!((looked.medium, looked.width, looked.height, looked.frames), (Medium::Video, 64, 48, 10));
    assert_eq!(looked.length, Some(Duration::from_millis(4900)));
    assert_eq!(spans(&looked), [(1500, 3500, [7, 9, 20, 20])]);
    let args = fs::read_to_string(films.path("a.flv.args")).unwrap();
    for wanted in ["-nostdin", "-protocol_whitelist file,pipe", "-f flv -i file:", "-map 0:V:0 -an"] {
        assert!(args.contains(wanted), "{wanted}: {args}");
    }
}

#[test]
fn whatever_is_wrong_is_told_though_frames_came() {
    let films = films();
    let whole = [frame(Some([4, 9])), frame(None)];
    let cut = [frame(None), frame(Some([4, 9]))[..100].to_vec()];
    let cases = [
        ("status", &whole, "exit 1", "ffmpeg: exit status: 1"),
        ("fault", &whole, "echo '[flv @ 0x55] [error] Packet mismatch 1 2' >&2", "ffmpeg: Packet mismatch 1 2"),
        ("cut", &cut, "", "ffmpeg returned an incomplete frame"),
        ("killed", &cut, "kill -9 $$", "ffmpeg returned an incomplete frame"),
        ("both", &cut, "echo '[error] Cannot allocate memory' >&2; exit 3", "ffmpeg: Cannot allocate memory"),
        ("silent", &[vec![], vec![]], "", "it contains no frames"),
        (
            "sound",
            &[vec![], vec![]],
            "echo \"[fatal] Stream map '0:V:0' matches no streams.\" >&2; exit 1",
            "it contains no video stream",
        ),
        ("garbage", &[b"<html>".to_vec(), vec![b'x'; 10_000]], "", "ffmpeg returned an incomplete frame"),
        ("huge", &[b"P6\n100000 100000\n255\n".to_vec(), vec![]], "", "ffmpeg returned an incomplete frame"),
    ];
    for (name, frames, then, reason) in cases {
        let path = film(&films, name, frames, then);
        assert_eq!(films.broken(&path), reason, "{name}");
    }
}

#[test]
fn a_child_that_hangs_is_killed_when_the_time_is_over() {
    let mut films = films();
    films.settings.limits.seconds = 1;
    let path = film(&films, "a.flv", &[frame(None)], "exec sleep 600");
    let begun = Instant::now();
    assert_eq!(films.look(&path), Err(MediaError::TimedOut { name: "the film".to_owned(), seconds: 1 }));
    assert!(begun.elapsed() < Duration::from_secs(20));
    is_over(&films, "a.flv");
}

#[test]
fn a_film_without_end_is_too_long() {
    let mut films = films();
    films.settings.limits.video_seconds = 60;
    let path = film(&films, "a.flv", &[frame(None)], "while :; do cat \"$film.frames\"; done");
    let error = films.look(&path).unwrap_err();
    assert!(matches!(error, MediaError::TooLong { limit: 60, .. }), "{error:?}");
    is_over(&films, "a.flv");
    let says = film(&films, "b.flv", &[frame(None)], "");
    let does = "echo '[info]   Duration: 05:00:00.00, start: 0' >&2; sleep 0.3; cat \"$film.frames\"; exec sleep 600";
    films.write("b.flv.does", does.as_bytes());
    let error = films.look(&says).unwrap_err();
    assert!(matches!(error, MediaError::TooLong { seconds: 18_000, .. }), "{error:?}");
    is_over(&films, "b.flv");
}

#[test]
fn a_child_that_talks_without_end_is_heard_to_the_end() {
    let films = films();
    let talk = "i=0; while [ $i -lt 20000 ]; do echo '[info] so much to say, and nobody to listen to it'; \
                i=$((i+1)); done >&2";
    let path = film(&films, "a.flv", &[frame(None)], talk);
    assert_eq!(films.look(&path).unwrap().frames, 1);
}

/// Stops after some frames.
struct StopsAfter(AtomicUsize);

impl MediaProgress for StopsAfter {
    fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 0
    }

    fn video_advanced(&self, _name: &str, _done: Duration, _length: Option<Duration>) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[test]
fn a_run_that_is_stopped_kills_its_child() {
    let films = films();
    let path = film(&films, "a.flv", &[frame(None), frame(None), frame(None)], "exec sleep 600");
    let scanner = films.scanner(Arc::new(StopsAfter(AtomicUsize::new(2))));
    assert_eq!(scanner.scan("x", &path), Err(MediaError::Interrupted { name: "x".to_owned() }));
    is_over(&films, "a.flv");
}

#[test]
fn the_frame_of_a_detection_can_be_seen_again() {
    let films = films();
    let path = film(&films, "a.flv", &[frame(None), frame(Some([4, 9])), frame(None)], "");
    let scanner = films.scanner(Arc::new(NoProgress));
    let looked = scanner.scan("x", &path).unwrap();
    let detection = &looked.detections[0];
    assert_eq!(detection.frame, 1);
    let image = scanner.frame("x", &path, &Sighting::Code(detection.clone())).unwrap();
    assert_eq!(image.dimensions(), (64, 48));
    let args = fs::read_to_string(films.path("a.flv.args")).unwrap();
    assert!(args.contains("-ss 0.000000 -i") && args.contains("-frames:v 2"), "{args}");
}

/// The program checks a room whose background is a film.
fn check(films: &Films, ffmpeg: &str) -> Command {
    let mut room = "kind: LiveRoom\nid: spring\n".to_owned();
    let _ = writeln!(room, "assets: [a.flv]");
    films.write("room.yaml", room.as_bytes());
    let mut command = Command::new(env!("CARGO_BIN_EXE_dianjian"));
    command.args(["check", "--no-config", "--as-of", "2026-11-22", "--lang", "en", "room.yaml"]);
    command.current_dir(films.folder.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env("DIANJIAN_FFMPEG", ffmpeg).env("DIANJIAN_CACHE_DIR", films.path("cache")).env("DIANJIAN_OCR", "off");
    command
}

#[test]
fn without_ffmpeg_a_film_is_a_problem_and_no_pass() {
    let films = films();
    film(&films, "a.flv", &[frame(None)], "");
    let output = check(&films, "").env("PATH", "/there/is/none").output().unwrap();
    let out = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{out}");
    assert!(out.contains("was not checked: ffmpeg was not found"), "{out}");
    assert!(out.contains("room.yaml:3:10"), "{out}");
    assert!(out.contains("install ffmpeg"), "{out}");
    let output = check(&films, "/there/is/no/ffmpeg").output().unwrap();
    let out = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{out}");
    assert!(out.contains("`/there/is/no/ffmpeg`, set by"), "{out}");
}

#[test]
fn a_film_without_codes_passes() {
    let films = films();
    film(&films, "a.flv", &[frame(None)], "");
    let output = check(&films, stand_in().to_str().unwrap()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_signal_ends_the_run_and_its_child() {
    for signal in ["INT", "TERM"] {
        let films = films();
        film(&films, "a.flv", &[frame(None)], "exec sleep 600");
        let run = check(&films, stand_in().to_str().unwrap()).spawn().unwrap();
        wait_for("the child runs", || {
            fs::read_to_string(films.path("a.flv.pid")).is_ok_and(|pid| pid.ends_with('\n') && is_alive(pid.trim()))
        });
        // By then the program reads frames.
        std::thread::sleep(Duration::from_millis(100));
        let begun = Instant::now();
        assert!(Command::new("kill").args([&format!("-{signal}"), &run.id().to_string()]).status().unwrap().success());
        let output = run.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{signal}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(begun.elapsed() < Duration::from_secs(10));
        is_over(&films, "a.flv");
    }
}
