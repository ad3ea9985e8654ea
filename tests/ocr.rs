//! Words in pictures, read with the models of PP-OCR.
//!
//! The models are no part of the project: `DIANJIAN_TEST_OCR` or `DIANJIAN_OCR` names their folder, or `dianjian ocr add` has put them into the
//! user's data. Where they are missing these tests are told as ignored. What does not need them is tested beside the code
//! and in `tests/it`. The pictures are drawn by `tools/pictures/words.py`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that fails should stop, and a harness prints"
)]

#[path = "it/optional.rs"]
mod optional;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use dianjian_media::{
    Ffmpeg, MediaScan, MediaScanner, MediaSettings, NoProgress, OcrModels, PaddleReader, ScanCache, TextReader,
};
use serde_json::Value;

const TESTS: &[optional::NamedTest] = &[
    ("the_words_of_a_picture_have_places", the_words_of_a_picture_have_places),
    ("columns_and_tilted_rows_are_read", columns_and_tilted_rows_are_read),
    ("what_is_smooth_is_not_even_looked_at", what_is_smooth_is_not_even_looked_at),
    ("what_was_read_is_kept_by_engine", what_was_read_is_kept_by_engine),
    ("a_contact_in_a_picture_is_a_finding", a_contact_in_a_picture_is_a_finding),
    ("words_of_the_app_itself_are_clean", words_of_the_app_itself_are_clean),
    ("models_are_added_from_a_folder", models_are_added_from_a_folder),
    ("a_caption_of_a_film_is_told_once_with_its_times", a_caption_of_a_film_is_told_once_with_its_times),
];

fn main() -> ExitCode {
    optional::run(TESTS, models().is_none().then_some("no models: DIANJIAN_OCR names none, and none were added"))
}

/// Where the models are.
fn models() -> Option<OcrModels> {
    let home = |name: &str, below: &str| Some(PathBuf::from(std::env::var_os(name)?).join(below));
    let folders = [
        home("DIANJIAN_TEST_OCR", ""),
        home("DIANJIAN_OCR", ""),
        home("DIANJIAN_STATE_DIR", "ocr"),
        home("XDG_DATA_HOME", "dianjian/ocr"),
        home("HOME", ".local/share/dianjian/ocr"),
    ];
    folders.into_iter().flatten().find_map(|folder| OcrModels::open(&folder).ok())
}

fn reader() -> Arc<dyn TextReader> {
    Arc::new(PaddleReader::new(models().unwrap()))
}

fn picture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/words").join(name)
}

fn scanner() -> MediaScanner {
    MediaScanner::new(MediaSettings::default(), Arc::new(NoProgress)).with_reader(Some(reader()))
}

/// The texts of a scan, without blanks.
fn texts(scan: &MediaScan) -> Vec<String> {
    let plain = |text: &str| text.chars().filter(|char| !char.is_whitespace()).collect();
    scan.texts.iter().map(|sighting| plain(&sighting.block.text)).collect()
}

fn the_words_of_a_picture_have_places() {
    let scan = scanner().scan("a", &picture("contact.png")).unwrap();
    assert_eq!(texts(&scan), ["云山春茶今晚八点", "加微信abc12388"]);
    assert_eq!(scan.text_engine.as_deref(), Some("PP-OCRv6"));
    let sighting = &scan.texts[1];
    let at = sighting.block.text.find("abc").unwrap();
    let excerpt = sighting.excerpt(at..sighting.block.text.len());
    assert_eq!(excerpt.text, "abc12388");
    assert!(excerpt.confidence > 0.8, "{excerpt:?}");
    let bounds = excerpt.quad.bounds();
    // The words begin at 90,420 and are 32 pixels high.
    assert!((180.0..240.0).contains(&bounds.left) && bounds.right() < 380.0, "{bounds:?}");
    assert!((410.0..440.0).contains(&bounds.top) && (450.0..480.0).contains(&bounds.bottom()), "{bounds:?}");
}

fn columns_and_tilted_rows_are_read() {
    assert_eq!(texts(&scanner().scan("a", &picture("column.png")).unwrap()), ["加我微信领红包"]);
    let scan = scanner().scan("a", &picture("tilted.png")).unwrap();
    assert_eq!(texts(&scan), ["电话13800138000"]);
    let text = &scan.texts[0].block.text;
    let quad = scan.texts[0].block.quad(0..text.len());
    let [a, b, ..] = quad.0;
    let slope = (b.y - a.y) / (b.x - a.x);
    assert!((-0.35..-0.15).contains(&slope), "tilted by 14 degrees: {quad:?}");
}

fn what_is_smooth_is_not_even_looked_at() {
    let scan = scanner().scan("a", &picture("smooth.png")).unwrap();
    assert!(scan.texts.is_empty() && scan.text_engine.is_some());
    let smooth = image::open(picture("smooth.png")).unwrap().into_rgb8();
    assert!(!dianjian_ocr::may_have_text(&smooth));
    for name in ["contact.png", "app.png", "column.png", "tilted.png"] {
        assert!(dianjian_ocr::may_have_text(&image::open(picture(name)).unwrap().into_rgb8()), "{name}");
    }
}

fn what_was_read_is_kept_by_engine() {
    let folder = tempfile::tempdir().unwrap();
    let cache = || Some(ScanCache::new(folder.path(), "detector"));
    let without = MediaScanner::new(MediaSettings::default(), Arc::new(NoProgress)).with_cache(cache());
    let unread = without.scan("a", &picture("contact.png")).unwrap();
    assert_eq!((unread.texts.len(), unread.text_engine.as_deref()), (0, None));
    let read = scanner().with_cache(cache()).scan("a", &picture("contact.png")).unwrap();
    assert_eq!(read.texts.len(), 2, "what was seen without a reader is not taken for read");
    let again = scanner().with_cache(cache()).scan("a", &picture("contact.png")).unwrap();
    assert_eq!(read, again);
}

/// The report of a check of a room with these pictures.
fn check(pictures: &[&str], more: &[&str]) -> (Value, Option<i32>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    for name in pictures {
        std::fs::copy(picture(name), folder.path().join(name)).unwrap();
    }
    let room = format!(
        "kind: LiveRoom\nid: spring\ntitle: 春茶专场\nscheduled: 2026-12-05T20:00\nassets: [{}]\n",
        pictures.join(", ")
    );
    std::fs::write(folder.path().join("room.yaml"), room).unwrap();
    let models = models().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_dianjian"));
    command.args(["check", "room.yaml", "--format", "json", "--lang", "en", "--as-of", "2026-12-01", "--no-cache"]);
    command.arg("--ocr").arg(models.folder().unwrap()).args(more).current_dir(folder.path()).stdin(Stdio::null());
    let output = command.output().unwrap();
    let report = serde_json::from_slice(&output.stdout);
    (report.unwrap_or_else(|_| panic!("{output:?}")), output.status.code(), folder)
}

fn a_contact_in_a_picture_is_a_finding() {
    let (report, code, folder) = check(&["app.png", "contact.png"], &["--annotate", "seen"]);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{findings:?}");
    let finding = &findings[0];
    assert_eq!((finding["rule"].as_str(), code), (Some("live/picture-contacts"), Some(1)));
    assert_eq!(finding["path"], "assets[1]");
    let picture = &finding["picture"];
    assert_eq!((picture["kind"].as_str(), picture["file"].as_str()), (Some("text"), Some("contact.png")));
    assert!(picture["text"].as_str().unwrap().contains("abc12388"));
    assert!(picture["score"].as_f64().unwrap() > 0.8 && picture["box"]["width"].as_f64().unwrap() > 150.0);
    assert_eq!(report["summary"]["looked_at"]["text_not_read"], Value::Null, "all was read");
    assert!(folder.path().join("seen/contact.png.codes.png").is_file());
    // A rule's parameter, as for codes.
    let (report, ..) = check(&["contact.png"], &["--param", "live/picture-contacts.height=200"]);
    assert_eq!(report["findings"].as_array().unwrap().len(), 0);
}

fn words_of_the_app_itself_are_clean() {
    let (report, code, _folder) = check(&["app.png", "smooth.png"], &[]);
    assert_eq!((report["findings"].as_array().unwrap().len(), code), (0, Some(0)), "{report}");
}

fn models_are_added_from_a_folder() {
    let state = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_dianjian"));
    command.args(["ocr", "add"]).arg(models().unwrap().folder().unwrap()).env("DIANJIAN_STATE_DIR", state.path());
    assert!(command.output().unwrap().status.success());
    assert!(OcrModels::open(&state.path().join("ocr")).unwrap().verify().is_ok());
    let mut doctor = Command::new(env!("CARGO_BIN_EXE_dianjian"));
    doctor.args(["doctor", "--format", "json", "--no-config"]).env("DIANJIAN_STATE_DIR", state.path());
    let report: Value = serde_json::from_slice(&doctor.env_remove("DIANJIAN_OCR").output().unwrap().stdout).unwrap();
    let points = report["points"].as_array().unwrap();
    let point = points.iter().find(|point| point["id"] == "ocr").unwrap();
    assert_eq!((point["state"].as_str(), point["facts"]["licence"].as_str()), (Some("fine"), Some("Apache-2.0")));
}

fn a_caption_of_a_film_is_told_once_with_its_times() {
    let Some(ffmpeg) = Ffmpeg::find(None, std::env::var_os("PATH").as_deref()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let film = folder.path().join("film.mp4");
    let mut command = Command::new(ffmpeg.program());
    command.args(["-nostdin", "-loglevel", "error", "-y"]);
    for name in ["smooth.png", "contact.png", "smooth.png"] {
        command.args(["-loop", "1", "-framerate", "10", "-t", "4", "-i"]).arg(picture(name));
    }
    command
        .args(["-filter_complex", "concat=n=3:v=1:a=0", "-pix_fmt", "yuv420p", "-c:v", "mpeg4", "-q:v", "3"])
        .arg(&film);
    assert!(command.status().unwrap().success());
    let scan = scanner().with_ffmpeg(Some(ffmpeg)).scan("a", &film).unwrap();
    assert_eq!(texts(&scan), ["云山春茶今晚八点", "加微信abc12388"]);
    for sighting in &scan.texts {
        let times = sighting.times.unwrap();
        let near = |time: Duration, seconds: f64| (time.as_secs_f64() - seconds).abs() <= 0.6;
        assert!(near(times.first, 4.0) && near(times.last, 8.0), "{times:?}");
    }
}
