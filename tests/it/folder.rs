//! A folder of its own for one test, and the built binary run in it with nothing of this machine's surroundings.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A working directory, removed afterwards.
pub struct Folder(TempDir);

/// What a command came to.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// What of the surroundings would change what is printed.
const SURROUNDINGS: [&str; 7] = ["LC_ALL", "LC_MESSAGES", "LANG", "COLUMNS", "NO_COLOR", "TERM", "DIANJIAN_FFMPEG"];

impl Folder {
    /// An empty one.
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// With these files; `/` in a name makes folders.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self::new();
        files.iter().for_each(|(name, bytes)| folder.write(name, bytes));
        folder
    }

    /// Where a file of that name lies; of none the folder itself.
    pub fn path(&self, name: &str) -> PathBuf {
        if name.is_empty() { self.0.path().to_owned() } else { self.0.path().join(name) }
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Writes a rule for shops with a fix: `house/NAME`, which `--rules house` adds.
    pub fn write_rule(&self, name: &str, check: &str, fix: &str) {
        let said = "{zh: 试, en: test}";
        let rule = format!(
            "id: house/{name}\ntitle: {said}\nwhy: {said}\nseverity: error\nfor: Shop\ncheck: {check}\nmessage: {said}\n\
             fix: {fix}\nevidence: [{{source: own, ref: test, confidence: high, says: {said}}}]\n"
        );
        self.write(&format!("house/house/{name}.yaml"), rule);
    }

    /// The command, to be run here.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dianjian"));
        command.current_dir(self.0.path()).args(args).stdin(Stdio::null());
        SURROUNDINGS.iter().for_each(|name| _ = command.env_remove(name));
        // Beside the folder's own files, where no command looks for shops.
        command.env("DIANJIAN_CACHE_DIR", self.path(".cache"));
        // Whatever reads text on this machine.
        command.env("DIANJIAN_OCR", "off");
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.command(args).output().unwrap().into()
    }

    /// Runs the command with something on its standard input.
    pub fn run_with(&self, args: &[&str], input: &str) -> Ran {
        let mut command = self.command(args);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        // A command that is refused ends without reading.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap().into()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Ran {
    /// Everything, for a snapshot.
    /// The findings and problems of a report in the format `short`, without the count at its end.
    pub fn found(&self) -> Vec<&str> {
        self.out.lines().filter(|line| line.contains(": ") && line.contains('[')).collect()
    }

    pub fn shown(&self) -> String {
        let mut shown = format!("exit status: {}\n", self.code);
        for (name, text) in [("stdout", &self.out), ("stderr", &self.err)] {
            if !text.is_empty() {
                let _ = write!(shown, "----- {name}\n{text}");
            }
        }
        shown
    }
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &to) } else { fs::copy(entry.path(), to).map(drop).unwrap() }
    }
}
