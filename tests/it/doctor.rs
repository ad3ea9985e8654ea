//! `dianjian doctor`, with a stand-in for `ffmpeg` and nothing of this machine's surroundings.
#![cfg(unix)]

use std::path::PathBuf;
use std::process::{Command, Stdio};

use regex::Regex;

use crate::folder::Folder;

impl Folder {
    /// The exit status and everything that is printed.
    fn doctor(&self, args: &[&str], surroundings: &[(&str, &str)]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dianjian"));
        command.arg("doctor").args(args).current_dir(self.path("")).stdin(Stdio::null()).env_clear();
        command.env("DIANJIAN_CACHE_DIR", self.path("cache")).env("DIANJIAN_FFMPEG", stand_in());
        let output = command.envs(surroundings.iter().copied()).output().unwrap();
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        (output.status.code().unwrap(), text)
    }

    /// What is printed, without what differs from machine to machine and from day to day.
    fn shown(&self, args: &[&str], surroundings: &[(&str, &str)]) -> String {
        let (code, text) = self.doctor(args, surroundings);
        let plain = text.replace(self.path("").canonicalize().unwrap().to_str().unwrap(), "FOLDER");
        let plain = plain.replace(self.path("").to_str().unwrap(), "FOLDER");
        let plain = plain.replace(stand_in().parent().unwrap().to_str().unwrap(), "PROGRAMS");
        let patterns = [
            (r"(?m)^(dianjian) .*$", "$1 VERSION  SYSTEM"),
            (r#"("(?:program|system|architecture)"): "[^"]+""#, "$1: \"…\""),
            (r"\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b", "HASH"),
            (r"\b20\d\d-\d\d-\d\d\b", "DAY"),
            (r"\d+(?:\.\d+)? [KM]B\b", "SIZE"),
            (r"\d+( 条规则| 张表| rules| tables)", "N$1"),
            (r#"("(?:rules|tables|bytes|pipeline)"): [1-9]\d*"#, "$1: N"),
            (r"(rxing|rqrr|zxing-cpp) \d+(?:\.\d+)*", "$1 N"),
        ];
        let plain = patterns
            .iter()
            .fold(plain, |plain, (pattern, by)| Regex::new(pattern).unwrap().replace_all(&plain, *by).into_owned());
        format!("exit status: {code}\n-----\n{plain}")
    }
}

fn stand_in() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/video/ffmpeg")
}

#[test]
fn all_is_in_place() {
    let folder = Folder::new();
    insta::assert_snapshot!("all_is_in_place_zh", folder.shown(&["--lang", "zh"], &[]));
    insta::assert_snapshot!("all_is_in_place_en", folder.shown(&["--lang", "en"], &[]));
    insta::assert_snapshot!("all_is_in_place_json", folder.shown(&["--format", "json"], &[]));
}

#[test]
fn what_is_missing_stops_nothing() {
    let folder = Folder::new();
    folder.write("file", "");
    let surroundings = [("DIANJIAN_FFMPEG", ""), ("PATH", "/nowhere"), ("DIANJIAN_CACHE_DIR", "file")];
    let mut shown = folder.shown(&["--lang", "en"], &surroundings);
    for command in ["sudo apt install ffmpeg", "brew install ffmpeg"] {
        shown = shown.replace(command, "COMMAND");
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn what_is_broken_is_told() {
    let folder = Folder::new();
    folder.write("dianjian.yaml", "fail_on: sometimes\n");
    insta::assert_snapshot!(folder.shown(&["--lang", "en"], &[("DIANJIAN_FFMPEG", "/there/is/no/ffmpeg")]));
}

#[test]
fn a_configuration_is_read_to_its_end() {
    let folder = Folder::new();
    folder.write("dianjian.yaml", "severity:\n  naming/no-such-rule: off\n");
    let (code, text) = folder.doctor(&["--lang", "en"], &[]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("✖  configuration  dianjian.yaml") && text.contains("✔  rules"), "{text}");
}

#[test]
fn a_dumb_terminal_gets_plain_marks() {
    let (_, text) = Folder::new().doctor(&["--lang", "en"], &[("TERM", "dumb")]);
    assert!(text.contains("ok  rules"), "{text}");
    assert!(text.is_ascii() || !text.contains('✔'), "{text}");
}
