//! `cargo xtask test`: the tests of the program and those of its page in a browser.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::TaskError;
use crate::{root, run_cargo_with};

/// Runs all tests: `cargo test`, then the page's: its types, whether `web/dist` is what its sources make, and the stories in
/// the system's Chromium.
///
/// # Errors
/// The first that fails.
pub fn run() -> Result<(), TaskError> {
    install()?;
    run_cargo_with(&["test"], text_reader().as_deref())?;
    page()
}

/// The tests of the page. They run the program that `cargo test` has built.
fn page() -> Result<(), TaskError> {
    npm(&["ci", "--no-audit", "--no-fund"], None)?;
    npm(&["run", "check"], None)?;
    let dist = root().join("web/dist");
    let committed = files(&dist)?;
    npm(&["run", "build"], None)?;
    let built = files(&dist)?;
    let names: Vec<&String> = committed.keys().chain(built.keys()).collect();
    let mut stale: Vec<String> = names
        .into_iter()
        .filter(|name| committed.get(*name) != built.get(*name))
        .map(|name| format!("web/dist/{name}"))
        .collect();
    stale.sort();
    stale.dedup();
    if !stale.is_empty() {
        return Err(TaskError::StalePage { files: stale });
    }
    let program = env::current_exe().map_err(TaskError::Start)?.with_file_name("dianjian");
    npm(&["test"], Some(&program.with_extension(env::consts::EXE_EXTENSION)))
}

/// Installs what films and the page are tested with, where it is missing and this user may: on Debian and its kin, as root.
fn install() -> Result<(), TaskError> {
    let browser = env::var("DIANJIAN_CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    let needed = [("ffmpeg", "ffmpeg"), ("node", "nodejs"), (NPM, "npm"), (&*browser, "chromium")];
    let missing: Vec<&str> =
        needed.iter().filter(|(program, _)| !starts(program)).map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let apt = |args: &[&str], packages: &[&str]| {
        let mut apt = Command::new("apt-get");
        apt.args(args).args(packages).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
        apt.status().is_ok_and(|status| status.success())
    };
    let is_there = apt(&["update", "-qq"], &[]) && apt(&["install", "-y", "-qq", "--no-install-recommends"], &missing);
    if is_there { Ok(()) } else { Err(TaskError::Missing { what: missing.join(", ") }) }
}

/// The models of a text reader, from their Python package, below `target`; `None`: they cannot be had here, and the tests
/// that need them say that they are left out.
fn text_reader() -> Option<PathBuf> {
    const PACKAGE: &str = "rapidocr==3.10.0";
    let folder = root().join("target/ocr");
    let is_there = |folder: &Path| folder.join("rapidocr/models").is_dir();
    if let Some(named) = env::var_os("DIANJIAN_TEST_OCR") {
        return Some(PathBuf::from(named));
    }
    if is_there(&folder) {
        return Some(folder);
    }
    let mut pip = Command::new("python3");
    // No more than its files: nothing of it is run.
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--target"]).arg(&folder);
    let is_installed = pip.arg(PACKAGE).stdin(Stdio::null()).status().is_ok_and(|status| status.success());
    (is_installed && is_there(&folder)).then_some(folder)
}

/// Whether a program can be started.
fn starts(program: &str) -> bool {
    let mut asked = Command::new(program);
    // ffmpeg alone takes its flags with one hyphen.
    asked
        .arg(if program == "ffmpeg" { "-version" } else { "--version" })
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    asked.status().is_ok_and(|status| status.success())
}

/// npm as the system calls it.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Runs npm in the page's folder; `program`: the program under test.
fn npm(args: &[&str], program: Option<&Path>) -> Result<(), TaskError> {
    let mut npm = Command::new(NPM);
    // The browser is the system's own.
    npm.args(args).current_dir(root().join("web")).stdin(Stdio::null()).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    if let Some(program) = program {
        npm.env("DIANJIAN", program);
    }
    let status = npm.status().map_err(TaskError::Start)?;
    if status.success() { Ok(()) } else { Err(TaskError::Failed { what: format!("npm {}", args.join(" ")) }) }
}

/// The files of a folder by their names, with their bytes.
fn files(folder: &PathBuf) -> Result<BTreeMap<String, Vec<u8>>, TaskError> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(TaskError::file(folder))? {
        let path = entry.map_err(TaskError::file(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.insert(name, fs::read(&path).map_err(TaskError::file(&path))?);
    }
    Ok(files)
}
