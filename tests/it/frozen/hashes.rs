//! Outputs by name, their sums, and the comparison with those that are kept.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use chrono::NaiveDateTime;
use regex::{Captures, Regex};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::folder::Folder;

/// What was seen in pictures, for all commands: they look at the same samples.
static CACHE: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

/// What commands have written: under each name the bytes.
#[derive(Default)]
pub struct Outputs(BTreeMap<String, Vec<u8>>);

impl Outputs {
    /// Runs a command in a folder; what it prints and its exit status are kept below `name`.
    pub fn run(&mut self, folder: &Folder, name: &str, args: &[&str]) {
        self.run_with(folder, name, args, b"");
    }

    /// Runs a command with something on its standard input.
    pub fn run_with(&mut self, folder: &Folder, name: &str, args: &[&str], input: &[u8]) {
        let mut command = folder.command(args);
        command.env("DIANJIAN_CACHE_DIR", CACHE.path());
        if let Some(binary) = std::env::var_os("DIANJIAN_FROZEN_BINARY") {
            let envs: Vec<_> =
                command.get_envs().map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned))).collect();
            command = Command::new(binary);
            command.current_dir(folder.path("")).args(args);
            for (name, value) in envs {
                match value {
                    Some(value) => command.env(name, value),
                    None => command.env_remove(name),
                };
            }
        }
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        // A command that reads nothing ends without it.
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        let exit = output.status.code().map_or_else(|| "signal".to_owned(), |code| code.to_string());
        self.add(format!("{name}/exit"), exit.into_bytes());
        for (stream, bytes) in [("out", output.stdout), ("err", output.stderr)] {
            if !bytes.is_empty() {
                self.add(format!("{name}/{stream}"), settled(folder, bytes));
            }
        }
    }

    /// Keeps a file that a command has written, or all files of a folder, as one output.
    pub fn keep(&mut self, folder: &Folder, name: &str, path: &str) {
        let at = folder.path(path);
        let bytes = if at.is_dir() {
            let mut all = Vec::new();
            gather(folder, &at, &at, &mut all);
            all
        } else {
            settled(folder, fs::read(&at).unwrap_or_else(|error| format!("{path}: {error}").into_bytes()))
        };
        self.add(name.to_owned(), bytes);
    }

    fn add(&mut self, name: String, bytes: Vec<u8>) {
        let before = self.0.insert(name.clone(), bytes);
        assert!(before.is_none(), "two outputs named {name}");
    }
}

/// All files below a folder, in the order of their names, each under its name.
fn gather(folder: &Folder, root: &Path, at: &Path, all: &mut Vec<u8>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            gather(folder, root, &path, all);
        } else {
            all.extend(format!("==== {}\n", path.strip_prefix(root).unwrap().display()).bytes());
            all.extend(settled(folder, fs::read(&path).unwrap()));
        }
    }
}

/// Without what differs from run to run: the name of the temporary folder, and when a journal's run began, with the sum
/// over that entry. Workbooks and pictures have neither.
fn settled(folder: &Folder, bytes: Vec<u8>) -> Vec<u8> {
    static TIME: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"([-0-9]{10}T[:0-9]{8})\+08:00").unwrap());
    static SUM: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#""sum":"[0-9a-f]{16}","entry":"begin""#).unwrap());
    let text = match String::from_utf8(bytes) {
        Ok(text) => text.replace(&folder.path("").display().to_string(), "[folder]"),
        Err(other) => return other.into_bytes(),
    };
    let now = (chrono::Utc::now() + chrono::Duration::hours(8)).naive_utc();
    // The times that a fleet's own records give are not of the last hour.
    let recent = |time: &str| time.parse().is_ok_and(|time: NaiveDateTime| (now - time).num_minutes().abs() < 60);
    let text = TIME.replace_all(
        &text,
        |found: &Captures<'_>| {
            if recent(&found[1]) { "[now]".to_owned() } else { found[0].to_owned() }
        },
    );
    SUM.replace_all(&text, r#""sum":"[sum]","entry":"begin""#).into_owned().into_bytes()
}

/// Compares with `hashes.txt`, or writes it.
pub fn compare(outputs: [Outputs; 2]) {
    let mut all = BTreeMap::new();
    for (name, bytes) in outputs.into_iter().flat_map(|outputs| outputs.0) {
        assert!(!all.contains_key(&name), "two outputs named {name}");
        all.insert(name, bytes);
    }
    if let Some(folder) = std::env::var_os("DIANJIAN_FROZEN_KEEP") {
        all.iter().for_each(|(name, bytes)| write(&Path::new(&folder).join(name), bytes));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/frozen/hashes.txt");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let kept: BTreeMap<&str, &str> = text.lines().filter_map(|line| line.split_once("  ")).collect();
    let gone = |name: &str| !all.contains_key(name) && (super::rules::explains_all() || !name.starts_with("explain/"));
    if std::env::var_os("DIANJIAN_BLESS").is_some() {
        let mut sums: BTreeMap<&str, String> =
            all.iter().map(|(name, bytes)| (name.as_str(), sum(name, bytes))).collect();
        let not_made = kept.iter().filter(|(name, _)| !all.contains_key(**name) && !gone(name));
        sums.extend(not_made.map(|(name, sum)| (*name, (*sum).to_owned())));
        let lines: String = sums.iter().map(|(name, sum)| format!("{name}  {sum}\n")).collect();
        return write(&path, lines.as_bytes());
    }
    let differs = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("frozen-differs");
    let _ = fs::remove_dir_all(&differs);
    let mut report = String::new();
    for (name, bytes) in &all {
        let (now, before) = (sum(name, bytes), kept.get(name.as_str()));
        if before != Some(&now.as_str()) {
            write(&differs.join(name), bytes);
            let _ = writeln!(report, "  {name}: {} -> {now}", before.unwrap_or(&"(new)"));
        }
    }
    for name in kept.keys().filter(|name| gone(name)) {
        let _ = writeln!(report, "  {name}: gone");
    }
    assert!(report.is_empty(), "outputs that differ, as they are now in {}:\n{report}", differs.display());
}

/// What stands for an output in the list: an exit status itself, of anything else its sha256.
fn sum(name: &str, bytes: &[u8]) -> String {
    if name.ends_with("/exit") {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}
