//! From the arguments of a command to the inputs it means.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Component, Path, PathBuf};

use dianjian_base::display_name;
use globset::{GlobBuilder, GlobMatcher};
use ignore::{DirEntry, WalkBuilder};

use super::{Format, MaterialForm, MaterialUse, SourceError};

/// Names of the project's own configuration, which is never a shop file.
const CONFIG_NAMES: [&str; 2] = ["dianjian.yaml", "dianjian.yml"];

/// How inputs are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoverOptions {
    /// The name for standard input in reports; its extension, if any, is its format.
    pub stdin_name: String,
    /// Whether `.gitignore`, `.ignore` and their kin are obeyed in folders.
    pub respect_ignore_files: bool,
    /// The folder that relative arguments start from.
    pub root: PathBuf,
    /// Whether files that are no records may be inputs.
    pub material: TakesMaterial,
}

impl Default for DiscoverOptions {
    fn default() -> Self {
        Self {
            stdin_name: "<stdin>".to_owned(),
            respect_ignore_files: true,
            root: PathBuf::new(),
            material: TakesMaterial::No,
        }
    }
}

/// Where an input's bytes come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputSource {
    /// A file on disk.
    Path(PathBuf),
    /// Standard input.
    Stdin,
}

/// One input to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The name to show, with `/` between its parts.
    pub name: String,
    /// Where to read it from.
    pub source: InputSource,
    /// Its format by its extension; `None` without a known one.
    pub format: Option<Format>,
    /// Whether an argument named it, rather than a folder or a pattern that holds it.
    pub explicit: bool,
    /// What it is material of, if it is no file of records.
    pub material: Option<MaterialUse>,
}

/// Whether files that are no records may be inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TakesMaterial {
    /// They may not.
    #[default]
    No,
    /// Pictures, video and texts that are named, and those in folders that are named and hold no files of records; they are
    /// material of a live room. Whoever checks `.` asks what of a project is ours.
    Given,
    /// The same, and those in all folders; they are material of this.
    As(MaterialUse),
}

impl Input {
    /// The file on disk, unless it is standard input.
    pub fn path(&self) -> Option<&Path> {
        match &self.source {
            InputSource::Path(path) => Some(path),
            InputSource::Stdin => None,
        }
    }
}

/// Finds the inputs that arguments mean.
///
/// An argument is a file (of any extension), a folder (walked for `.yaml`, `.yml`, `.json`,
/// `.ndjson`, `.jsonl`, tables and workbooks; hidden files, ignored files and the project's own configuration are left
/// out), a pattern with `*`, `**`, `?`, `[...]` or `{...}`, or `-` for standard input. A file is
/// given once, however many arguments mean it. Arguments keep their order; what a folder or pattern
/// holds is sorted by name, so the result depends on nothing but the files.
pub fn discover(args: &[String], options: &DiscoverOptions) -> Discovered {
    let found = Discovered::default();
    let mut found = Discovery { options, found, seen: HashMap::new(), stdin: false };
    for arg in args {
        found.argument(arg);
    }
    found.found
}

/// All files in a folder and below it that are not hidden or ignored, whatever they are called, sorted.
pub fn files_in(root: &Path, respect_ignore_files: bool) -> Vec<PathBuf> {
    let options = DiscoverOptions { respect_ignore_files, ..DiscoverOptions::default() };
    let found = Discovered::default();
    Discovery { options: &options, found, seen: HashMap::new(), stdin: false }.walk(root, |_| true)
}

/// What arguments mean.
#[derive(Debug, Default)]
pub struct Discovered {
    /// The inputs.
    pub inputs: Vec<Input>,
    /// Arguments that mean none.
    pub errors: Vec<SourceError>,
    /// Files in folders that are called like none of ours and may still be one: `shops.yaml.bak`, `shops.txt`, `shops.yalm`.
    /// They are no inputs.
    pub aside: Vec<PathBuf>,
}

struct Discovery<'a> {
    options: &'a DiscoverOptions,
    found: Discovered,
    /// Canonical paths with the input's place, so that two spellings of one file are one input.
    seen: HashMap<PathBuf, usize>,
    stdin: bool,
}

impl Discovery<'_> {
    fn argument(&mut self, arg: &str) {
        if arg == "-" {
            return self.stdin();
        }
        let path = self.options.root.join(arg);
        match std::fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => self.folder(&path),
            Ok(_) => self.file(&path, true),
            Err(_) if is_pattern(arg) => self.pattern(arg),
            Err(error) => {
                let error = SourceError::from_io(&display_path(Path::new(arg)), &error);
                self.found.errors.push(error.with_similar(&path, &self.options.root));
            }
        }
    }

    fn stdin(&mut self) {
        if std::mem::replace(&mut self.stdin, true) {
            return;
        }
        let name = self.options.stdin_name.clone();
        let format = Format::of_path(Path::new(&name));
        self.found.inputs.push(Input { name, source: InputSource::Stdin, format, explicit: true, material: None });
    }

    fn file(&mut self, path: &Path, explicit: bool) {
        let key = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match self.seen.entry(key) {
            Entry::Occupied(known) => {
                // Named by one argument and held by another: it is named.
                if let Some(input) = self.found.inputs.get_mut(*known.get()) {
                    input.explicit |= explicit;
                }
                return;
            }
            Entry::Vacant(free) => drop(free.insert(self.found.inputs.len())),
        }
        self.found.inputs.push(Input {
            name: display_path(path.strip_prefix(&self.options.root).unwrap_or(path)),
            source: InputSource::Path(path.to_owned()),
            format: Format::of_path(path),
            explicit,
            material: None,
        });
        let is_unknown = explicit && Format::of_path(path).is_none();
        if is_unknown && MaterialForm::of_path(path).is_some() {
            self.take_as_material();
        }
    }

    /// Makes the last input material, if there may be any.
    fn take_as_material(&mut self) {
        let of = match self.options.material {
            TakesMaterial::No => return,
            TakesMaterial::Given => MaterialUse::Live,
            TakesMaterial::As(of) => of,
        };
        if let Some(input) = self.found.inputs.last_mut() {
            (input.material, input.format) = (Some(of), Some(Format::Json));
        }
    }

    fn folder(&mut self, root: &Path) {
        let wanted = |path: &Path| !is_config(path) && !is_lock(path);
        let before = self.found.inputs.len();
        for path in self.walk(root, |path| (Format::of_path(path).is_some() || is_misnamed(path)) && wanted(path)) {
            match Format::of_path(&path) {
                Some(_) => self.file(&path, false),
                None => self.found.aside.push(path),
            }
        }
        let holds_records = self.found.inputs.len() > before;
        let takes = match self.options.material {
            TakesMaterial::No => false,
            TakesMaterial::Given => !holds_records && !is_working_folder(root),
            TakesMaterial::As(_) => true,
        };
        let is_material = |path: &Path| {
            let form = MaterialForm::of_path(path);
            form.is_some_and(|form| form != MaterialForm::Text || !MaterialForm::lies_beside(path)) && wanted(path)
        };
        for path in if takes { self.walk(root, is_material) } else { Vec::new() } {
            let known = self.found.inputs.len();
            self.file(&path, false);
            if self.found.inputs.len() > known {
                self.take_as_material();
            }
        }
    }

    fn pattern(&mut self, pattern: &str) {
        let matcher = match compile(pattern) {
            Ok(matcher) => matcher,
            Err(error) => {
                let reason = error.kind().to_string();
                self.found.errors.push(SourceError::BadPattern { pattern: pattern.to_owned(), reason });
                return;
            }
        };
        let base = self.options.root.join(fixed_part(pattern));
        let base = if base.as_os_str().is_empty() { PathBuf::from(".") } else { base };
        let root = self.options.root.clone();
        let is_wanted = |path: &Path| {
            let relative = path.strip_prefix(&root).unwrap_or(path);
            matcher.is_match(relative.strip_prefix(".").unwrap_or(relative)) && !is_config(path)
        };
        let paths = if base.is_dir() { self.walk(&base, is_wanted) } else { Vec::new() };
        if paths.is_empty() {
            self.found.errors.push(SourceError::NoMatch { pattern: pattern.to_owned() });
        }
        for path in paths {
            self.file(&path, false);
        }
    }

    /// Files under a folder that are wanted, sorted; links are not followed, so there are no cycles.
    fn walk(&mut self, root: &Path, wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
        let respect = self.options.respect_ignore_files;
        let walker = WalkBuilder::new(root)
            .standard_filters(respect)
            .hidden(true)
            .require_git(false)
            .follow_links(false)
            .sort_by_file_name(std::ffi::OsStr::cmp)
            .build();
        let mut paths = Vec::new();
        for entry in walker {
            match entry {
                Ok(entry) if is_file(&entry) && wanted(entry.path()) => paths.push(entry.into_path()),
                Ok(_) => {}
                Err(error) => self.found.errors.push(walk_error(root, &error)),
            }
        }
        paths
    }
}

/// A regular file, or a link that leads to one.
fn is_file(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file() || (kind.is_symlink() && entry.path().is_file()))
}

fn is_config(path: &Path) -> bool {
    path.file_name().is_some_and(|name| CONFIG_NAMES.iter().any(|&config| name == config))
}

/// Whether a file may be one of ours under a name that is not: renamed, put aside, with a slip in its extension. A copy that
/// lies beside its original is none.
fn is_misnamed(path: &Path) -> bool {
    const ASIDE: [&str; 16] = [
        "toml",
        "ini",
        "properties",
        "txt",
        "text",
        "log",
        "bak",
        "old",
        "orig",
        "tmp",
        "save",
        "copy",
        "cvs",
        "scv",
        "ylm",
        "yaml~",
    ];
    const LONG: [&str; 5] = ["yaml", "json", "jsonl", "ndjson", "xlsx"];
    let Some(extension) = path.extension() else {
        return path.file_name().is_some_and(|name| name.to_string_lossy().len() <= 64);
    };
    let extension = extension.to_string_lossy().to_lowercase();
    let original = path.with_extension("");
    if Format::of_path(&original).is_some() && original.exists() {
        return false;
    }
    ASIDE.contains(&extension.as_str()) || LONG.iter().any(|known| strsim::osa_distance(known, &extension) == 1)
}

/// Excel and WPS leave a file of this name beside a workbook that is open.
fn is_lock(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("~$"))
}

fn is_pattern(arg: &str) -> bool {
    arg.contains(['*', '?', '[', '{'])
}

fn compile(pattern: &str) -> Result<GlobMatcher, globset::Error> {
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
    Ok(GlobBuilder::new(pattern).literal_separator(true).build()?.compile_matcher())
}

/// The folders of a pattern before its first part with a wildcard.
fn fixed_part(pattern: &str) -> PathBuf {
    let parts = Path::new(pattern).components();
    parts
        .take_while(|part| match part {
            Component::Normal(name) => !is_pattern(&name.to_string_lossy()),
            _ => true,
        })
        .filter(|part| !matches!(part, Component::CurDir))
        .collect()
}

fn display_path(path: &Path) -> String {
    display_name(&path.to_string_lossy()).to_string()
}

fn walk_error(root: &Path, error: &ignore::Error) -> SourceError {
    let (name, inner) = match error {
        ignore::Error::WithPath { path, err } => (display_path(path), err.as_ref()),
        other => (display_path(root), other),
    };
    match inner.io_error() {
        Some(io) => SourceError::from_io(&name, io),
        None => SourceError::Io { name, reason: inner.to_string() },
    }
}

/// Whether a path is written as the working folder: `.`, as where none is given.
fn is_working_folder(path: &Path) -> bool {
    path.components().all(|part| part == Component::CurDir)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::Builder::new().prefix("shops").tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, if file.ends_with("ignore") { "skip*\n" } else { "" }).unwrap();
        }
        folder
    }

    fn names(folder: &tempfile::TempDir, args: &[&str]) -> (Vec<String>, usize) {
        let options = DiscoverOptions { root: folder.path().to_owned(), ..DiscoverOptions::default() };
        let args: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
        let Discovered { inputs, errors, .. } = discover(&args, &options);
        (inputs.into_iter().map(|input| input.name).collect(), errors.len())
    }

    #[test]
    fn a_folder_gives_its_documents_sorted() {
        let folder = tree(&[
            "b/z.yml",
            "b/a.JSON",
            "a.yaml",
            "c.ndjson",
            "c.jsonl",
            "note.md",
            "d.csv",
            "e.XLSX",
            "~$e.xlsx",
            ".hidden.yaml",
            ".git2/x.yaml",
            "dianjian.yaml",
            "b/dianjian.yml",
            ".gitignore",
            "skip.yaml",
            "b/skipped/x.yaml",
        ]);
        let (found, errors) = names(&folder, &["."]);
        assert_eq!(found, ["a.yaml", "b/a.JSON", "b/z.yml", "c.jsonl", "c.ndjson", "d.csv", "e.XLSX"]);
        assert_eq!(errors, 0);
    }

    #[test]
    fn named_files_count_whatever_they_are_called_and_once() {
        let folder = tree(&["a.txt", "dianjian.yaml", "b/c.yaml", ".gitignore", "skip.yaml"]);
        let (found, _) = names(&folder, &["a.txt", "dianjian.yaml", "./b/../a.txt", "b", "b/c.yaml", "skip.yaml"]);
        assert_eq!(found, ["a.txt", "dianjian.yaml", "b/c.yaml", "skip.yaml"]);
    }

    #[test]
    fn patterns_match_across_folders_when_told_so() {
        let folder = tree(&["a.yaml", "b/c.yaml", "b/d/e.yaml", "b/d/f.json", "shop[1].yaml"]);
        assert_eq!(names(&folder, &["*.yaml"]).0, ["a.yaml", "shop[1].yaml"]);
        assert_eq!(names(&folder, &["**/*.yaml"]).0, ["a.yaml", "b/c.yaml", "b/d/e.yaml", "shop[1].yaml"]);
        assert_eq!(names(&folder, &["b/**/*.{yaml,json}"]).0, ["b/c.yaml", "b/d/e.yaml", "b/d/f.json"]);
        assert_eq!(names(&folder, &["shop[1].yaml"]).0, ["shop[1].yaml"]);
        assert_eq!(names(&folder, &["x/*.yaml"]), (vec![], 1));
        assert_eq!(names(&folder, &["a[.yaml"]), (vec![], 1));
        assert_eq!(names(&folder, &["missing.yaml"]), (vec![], 1));
    }

    #[test]
    fn standard_input_is_one_input() {
        let options = DiscoverOptions { stdin_name: "shop.json".to_owned(), ..DiscoverOptions::default() };
        let Discovered { inputs, errors, .. } = discover(&["-".to_owned(), "-".to_owned()], &options);
        assert_eq!((inputs.len(), errors.len()), (1, 0));
        assert_eq!((inputs[0].format, &inputs[0].source), (Some(Format::Json), &InputSource::Stdin));
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_in_circles_end() {
        let folder = tree(&["a/b.yaml"]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("a/loop")).unwrap();
        assert_eq!(names(&folder, &["."]).0, ["a/b.yaml"]);
    }
}
