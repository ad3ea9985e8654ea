//! A fleet in a folder with a plan of small edits, for tests of what carries plans out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dianjian_migrate::plan::{
    FileDigest, Plan, PlannedChange, PlannedEdit, PlannedFile, PlannedShop, SharedReasons, SharedText,
};
use tempfile::TempDir;

use crate::folder::Ran;

/// A shop with what is replaced by what; each old text is looked for in the whole file and must be there once.
pub struct ShopEdits<'e> {
    key: &'e str,
    edits: &'e [(&'e str, &'e str)],
}

impl<'e> ShopEdits<'e> {
    pub const fn new(key: &'e str, edits: &'e [(&'e str, &'e str)]) -> Self {
        Self { key, edits }
    }
}

/// A folder with files and a plan beside it.
pub struct Fleet {
    /// Kept until the end.
    _folder: TempDir,
    /// The plan's root.
    pub root: PathBuf,
    /// The plan's file.
    pub plan: PathBuf,
    /// What it says.
    pub content: Plan,
    before: BTreeMap<String, Vec<u8>>,
    after: BTreeMap<String, Vec<u8>>,
}

impl Fleet {
    /// In memory where the system has such a folder: what lasts there outlives a process, though not a power cut,
    /// and no disk is waited for.
    pub fn new() -> Self {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let root = folder.path().canonicalize().unwrap().join("fleet");
        fs::create_dir(&root).unwrap();
        let day = "2026-11-22".parse().unwrap();
        let content = Plan { root: "fleet".to_owned(), ..Plan::empty(day, day) };
        let plan = folder.path().canonicalize().unwrap().join("plan.json");
        Self { _folder: folder, root, plan, content, before: BTreeMap::new(), after: BTreeMap::new() }
    }

    /// Adds a file with the edits of its shops.
    pub fn file(&mut self, path: &str, text: &str, shops: &[ShopEdits<'_>]) {
        let on_disk = self.root.join(path);
        fs::create_dir_all(on_disk.parent().unwrap()).unwrap();
        fs::write(&on_disk, text).unwrap();
        let mut all: Vec<(usize, &str, &str)> = Vec::new();
        for shop in shops {
            let mut changes = Vec::new();
            for (old, new) in shop.edits {
                assert_eq!(text.matches(old).count(), 1, "{old} in {path}");
                let start = text.find(old).unwrap();
                all.push((start, old, new));
                let edit = PlannedEdit {
                    start: start as u64,
                    end: (start + old.len()) as u64,
                    old: (*old).to_owned(),
                    new: (*new).to_owned(),
                    cell: None,
                };
                changes.push(PlannedChange {
                    field: "name".to_owned(),
                    before: None,
                    after: None,
                    why: SharedText::default(),
                    reasons: SharedReasons::default(),
                    unwritten: false,
                    edits: vec![edit],
                });
            }
            self.content.shops.push(planned(shop.key, path, changes));
        }
        all.sort_unstable();
        let mut after = text.to_owned();
        for (start, old, new) in all.iter().rev() {
            after.replace_range(*start..start + old.len(), new);
        }
        self.before.insert(path.to_owned(), text.as_bytes().to_vec());
        self.after.insert(path.to_owned(), after.as_bytes().to_vec());
        self.content.inputs.push(path.to_owned());
        self.content.files.push(PlannedFile {
            path: path.to_owned(),
            before: FileDigest::of(text.as_bytes()),
            after: FileDigest::of(after.as_bytes()),
            encoding: None,
        });
    }

    /// Seals and writes the plan.
    pub fn seal(&mut self) {
        self.content.seal();
        fs::write(&self.plan, serde_json::to_string(&self.content).unwrap()).unwrap();
    }

    /// The files as they are on disk.
    pub fn bytes(&self) -> BTreeMap<String, Vec<u8>> {
        self.before.keys().map(|path| (path.clone(), fs::read(self.root.join(path)).unwrap())).collect()
    }

    /// The files as they were.
    pub fn before(&self) -> BTreeMap<String, Vec<u8>> {
        self.before.clone()
    }

    /// The files as the plan makes them.
    pub fn after(&self) -> BTreeMap<String, Vec<u8>> {
        self.after.clone()
    }

    /// A path below the root.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The folder of the plan's runs.
    pub fn run_folder(&self) -> PathBuf {
        self.root.join(".dianjian/migrations").join(&self.content.id)
    }

    /// All that lies below the root but for the runs' own folder.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        walk(&self.root, &self.root, &mut names);
        names.sort_unstable();
        names
    }

    /// `migrate` with the plan after the sub-command's name.
    pub fn command(&self, lang: &str, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dianjian"));
        let (name, rest) = args.split_first().unwrap();
        command.args(["--lang", lang, "migrate", name]).arg(&self.plan).args(rest);
        command.current_dir(self.root.parent().unwrap()).stdin(Stdio::null());
        for name in ["LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "TERM"] {
            command.env_remove(name);
        }
        // Where lines are broken must not depend on the length of the folder's name.
        command.env("COLUMNS", "1000").env("DIANJIAN_OCR", "off");
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_in("en", args)
    }

    pub fn run_in(&self, lang: &str, args: &[&str]) -> Ran {
        self.ran(&mut self.command(lang, args))
    }

    /// Runs a command that has been made ready; what it says has nothing of the machine's own paths.
    pub fn ran(&self, command: &mut Command) -> Ran {
        let Ran { code, out, err } = command.output().unwrap().into();
        let root = self.root.parent().unwrap().display().to_string();
        Ran { code, out: out.replace(&root, "[folder]"), err: err.replace(&root, "[folder]") }
    }
}

impl Ran {
    /// [`Ran::shown`] without the time of the run.
    pub fn shown_without_time(&self) -> String {
        let shown = self.shown();
        let Some(at) = shown.find("T").filter(|at| shown[at + 1..].contains("+08:00")) else { return shown };
        let mut start = at;
        while shown[..start].ends_with(|c: char| c.is_ascii_digit() || c == '-') {
            start -= 1;
        }
        let end = at + shown[at..].find("+08:00").unwrap() + 6;
        format!("{}[time]{}", &shown[..start], &shown[end..])
    }
}

fn planned(key: &str, file: &str, changes: Vec<PlannedChange>) -> PlannedShop {
    PlannedShop { changes, ..PlannedShop::moving(key, file, "channels-store", "weixin-store") }
}

fn walk(root: &Path, folder: &Path, names: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = entry.path();
        if folder == root && entry.file_name() == ".dianjian" {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            walk(root, &path, names);
        } else {
            names.push(path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"));
        }
    }
}
