//! Which files a check looks at.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::{FileSystem, text};
use dianjian_document::problem::Problem;
use dianjian_document::source::{
    DiscoverOptions, Discovered, Format, Input, InputSource, MaterialForm, MaterialUse, TakesMaterial, discover,
    files_in, looks_like_table,
};
use dianjian_engine::RunOptions;
use dianjian_rules::Pack;
use dianjian_rules::record::or_ignore;
use dianjian_xlsx::is_workbook;

use crate::config::{self, Below};
use crate::project::Project;
use crate::working::WorkingFolder;

/// Which files a check looks at, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputOptions {
    /// Files, folders, patterns, and `-` for the standard input.
    pub paths: Vec<String>,
    /// The name of the standard input; its extension is its format.
    pub stdin_name: String,
    /// Whether `.gitignore` and its kin are obeyed in folders.
    pub respect_ignore_files: bool,
    /// Whether named files are treated as those in folders: what the configuration ignores is left out.
    pub force_exclude: bool,
    /// The system of shops whose exports do not name it.
    pub system: Option<String>,
    /// Worker threads; 0: one per core.
    pub threads: usize,
    /// Whether pictures, video and texts may be given by themselves.
    pub material: TakesMaterial,
}

impl Default for InputOptions {
    /// The working folder with everything in it.
    fn default() -> Self {
        Self {
            paths: vec![".".to_owned()],
            stdin_name: "<stdin>".to_owned(),
            respect_ignore_files: true,
            force_exclude: false,
            system: None,
            threads: 0,
            material: TakesMaterial::No,
        }
    }
}

impl InputOptions {
    /// The folders among the paths: an export of a shop in one of them speaks for all exports below it.
    pub fn roots(&self, working: &WorkingFolder) -> Vec<PathBuf> {
        self.paths.iter().map(|path| working.resolve(path)).filter(|path| path.is_dir()).collect()
    }

    /// The options of a run as of a day over these inputs.
    pub fn run_options(&self, working: &WorkingFolder, as_of: NaiveDate) -> RunOptions {
        let mut options = RunOptions::new(as_of);
        options.tuning.threads = self.threads;
        options.environment.roots = self.roots(working);
        options.policy.system.clone_from(&self.system);
        options
    }
}

/// The files of a run.
#[derive(Debug, Default)]
pub struct RunInputs {
    /// In the order of the report.
    pub files: Vec<Input>,
    /// The folders that were walked.
    pub roots: Vec<PathBuf>,
    /// One for each path that matches no file.
    pub problems: Vec<Problem>,
}

impl RunInputs {
    /// Finds the files, without those that the configuration ignores or that belong to the project itself: packs,
    /// tables, mappings, the baseline. A file that is named is never left out.
    pub fn find(options: &InputOptions, project: &mut Project) -> Self {
        let working = project.working.clone();
        let how = DiscoverOptions {
            stdin_name: options.stdin_name.clone(),
            respect_ignore_files: options.respect_ignore_files,
            root: working.prefix().to_owned(),
            material: if options.force_exclude { TakesMaterial::No } else { options.material },
        };
        let Discovered { inputs: mut files, errors, mut aside } = discover(&options.paths, &how);
        if options.material == TakesMaterial::Given {
            files.iter_mut().for_each(|input| unless_records(input, &project.pack));
        }
        let mut problems: Vec<Problem> = errors.iter().map(Problem::of_source).collect();
        if options.force_exclude {
            as_in_folders(&mut files, &mut aside);
        }
        let own: Vec<PathBuf> = project.own_files().iter().filter_map(|path| path.canonicalize().ok()).collect();
        let ignored = project.config.as_ref().map(|config| {
            let patterns = config.ignored(&mut project.problems);
            (patterns, Below::new(working.path(), config.root()))
        });
        let is_left_out = |name: &str, path: Option<&Path>| {
            ignored
                .as_ref()
                .is_some_and(|(patterns, below)| below.path(name).is_some_and(|path| patterns.matches(&path)))
                || path.is_some_and(|path| is_own(path, &own))
        };
        files.retain(|input| input.explicit || !is_left_out(&input.name, input.path()));
        for path in aside {
            let name = working.name(&path);
            if !is_left_out(&name, Some(&path)) {
                problems.extend(misnamed(&name, &path, &project.pack));
            }
        }
        Self { files, roots: options.roots(&working), problems }
    }

    /// Adds files that are material, by their paths below the working folder. What is an input already becomes material.
    pub fn add_material<'p>(
        &mut self,
        files: impl IntoIterator<Item = (&'p Path, MaterialUse)>,
        working: &WorkingFolder,
    ) {
        for (path, of) in files {
            let path = working.resolve(path);
            if !path.is_file() {
                continue;
            }
            let (name, format) = (working.name(&path), Some(Format::Json));
            self.files.retain(|input| input.name != name);
            let source = InputSource::Path(path);
            self.files.push(Input { name, source, format, explicit: true, material: Some(of) });
        }
    }

    /// As [`Self::find`]; no files if the configuration cannot be read, as which of them it ignores is not known then.
    pub fn find_unless_broken(options: &InputOptions, project: &mut Project) -> Self {
        if project.broken {
            return Self { roots: options.roots(&project.working), ..Self::default() };
        }
        Self::find(options, project)
    }

    /// The names of all other files in the folders that were walked.
    pub fn others(&self, options: &InputOptions, working: &WorkingFolder) -> Vec<String> {
        let mut known: HashSet<PathBuf> = self.files.iter().filter_map(Input::path).map(real).collect();
        let files = self.roots.iter().flat_map(|root| files_in(root, options.respect_ignore_files));
        let others: Vec<PathBuf> = files.filter(|path| known.insert(real(path))).collect();
        others.iter().map(|path| working.name(path)).collect()
    }

    /// The disk with contents that differ from it, such as an editor's buffers, for
    /// [`Environment::files`](dianjian_engine::Environment::files). Each is read in the place of its file by whatever path the
    /// run opens that. A file that is not on disk yet becomes an input if its name says that it may hold records.
    pub fn overlay(
        &mut self,
        contents: impl IntoIterator<Item = (PathBuf, Arc<str>)>,
        working: &WorkingFolder,
    ) -> FileSystem {
        let mut files = FileSystem::named_from(working.prefix());
        for (path, text) in contents {
            let path = working.resolve(path);
            let target = real(&path);
            let known =
                self.files.iter().filter_map(Input::path).find(|known| **known == path || real(known) == target);
            let opened = known.map_or_else(|| path.clone(), Path::to_owned);
            if known.is_none() && !path.exists() && Format::of_path(&path).is_some() && !is_config(&working.name(&path))
            {
                let (name, format) = (working.name(&path), Format::of_path(&path));
                self.files.push(Input {
                    name,
                    source: InputSource::Path(path),
                    format,
                    explicit: true,
                    material: None,
                });
            }
            files.insert_text(opened, text);
        }
        files
    }

    /// The file of the run that an output would replace, by whatever name or link: an input, the configuration, a pack. What
    /// an earlier run wrote there (`is_earlier`) may be replaced where it is found in a folder.
    pub fn replaced_by(&self, output: &Path, project: &Project, is_earlier: impl Fn(&Path) -> bool) -> Option<PathBuf> {
        let target = FileId::of(output)?;
        let config = project.config.iter().map(|config| project.working.resolve(config.name()));
        let own = project.own_files().into_iter().filter(|path| path != output && !project.is_baseline(path));
        let is_target = |path: &Path| FileId::of(path).as_ref() == Some(&target);
        let is_meant = |input: &&Input| {
            let path = input.path();
            path.is_some_and(&is_target) && (input.explicit || !is_earlier(output))
        };
        let input = self.files.iter().find(is_meant).and_then(Input::path).map(Path::to_owned);
        input.or_else(|| config.chain(own).find(|path| is_target(path)))
    }

    /// Whether the standard input is among them.
    pub fn has_stdin(&self) -> bool {
        self.files.iter().any(|input| input.source == InputSource::Stdin)
    }

    /// The size of all files; what has no size on disk, such as the standard input, counts nothing.
    pub fn bytes(&self) -> u64 {
        let size = |input: &Input| {
            input.path().and_then(|path| std::fs::metadata(path).ok()).map_or(0, |metadata| metadata.len())
        };
        self.files.iter().map(size).sum()
    }
}

/// The path without links, if there is such a file.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Takes a text that is given for records or a table, if it looks like them.
fn unless_records(input: &mut Input, pack: &Pack) {
    let Some(path) = input.path().filter(|path| input.material.is_some() && MaterialForm::may_hold_records(path))
    else {
        return;
    };
    let head = beginning(path).unwrap_or_default();
    if is_workbook(&head) || looks_like_table(&head) || pack.familiar.text(&String::from_utf8_lossy(&head)).is_some() {
        (input.material, input.format) = (None, None);
    }
}

/// The first bytes of a file, by which it is told what it holds.
fn beginning(path: &Path) -> Option<Vec<u8>> {
    const LOOKED_AT: u64 = 64 << 10;
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(LOOKED_AT).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The problem of a file in a folder whose name keeps it from being read although it looks like one of ours.
fn misnamed(name: &str, path: &Path, pack: &Pack) -> Option<Problem> {
    let bytes = beginning(path)?;
    if !is_workbook(&bytes) && pack.familiar.text(&String::from_utf8_lossy(&bytes)).is_none() {
        return None;
    }
    let help = or_ignore(text! {
        zh: "改成 .yaml、.json、.csv、.xlsx 等对应的扩展名，或在命令里直接写出这个文件。",
        en: "Give it the extension of its format (.yaml, .json, .csv, .xlsx) or name it on the command line.",
    });
    let message = text! {
        zh: "内容像是要检查的记录，但这个扩展名的文件不会被读取",
        en: "this looks like records to be checked, but files with such a name are not read",
    };
    let (file, help) = (name.to_owned(), Some(help));
    Some(Problem { file, place: None, sheet: None, related: Vec::new(), message, help })
}

/// Whether both paths lead to one file that exists.
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    FileId::of(one).is_some_and(|id| FileId::of(other) == Some(id))
}

/// What makes two paths the same file: hard and symbolic links, other spellings.
#[derive(Debug, PartialEq, Eq)]
struct FileId {
    #[cfg(unix)]
    number: (u64, u64),
    #[cfg(not(unix))]
    path: PathBuf,
}

impl FileId {
    /// `None`: there is no such file.
    fn of(path: &Path) -> Option<Self> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
            Some(Self { number: (metadata.dev(), metadata.ino()) })
        }
        #[cfg(not(unix))]
        path.canonicalize().ok().filter(|path| path.is_file()).map(|path| Self { path })
    }
}

/// Treats files that were named like those that are found in folders: what no folder would be searched for is left out,
/// and what holds no records is passed over.
fn as_in_folders(files: &mut Vec<Input>, aside: &mut Vec<PathBuf>) {
    let other = |input: &Input| input.source != InputSource::Stdin && input.format.is_none();
    aside.extend(files.iter().filter(|input| other(input)).filter_map(|input| input.path().map(Path::to_owned)));
    files.retain(|input| !other(input) && !is_config(&input.name));
    files.iter_mut().filter(|input| input.source != InputSource::Stdin).for_each(|input| input.explicit = false);
}

fn is_config(name: &str) -> bool {
    Path::new(name).file_name().is_some_and(|name| config::NAMES.iter().any(|known| name == *known))
}

/// Whether the path is one of the project's own files or below one. Resolves links only if there are any such files.
fn is_own(path: &Path, own: &[PathBuf]) -> bool {
    !own.is_empty() && path.canonicalize().is_ok_and(|path| own.iter().any(|own| path.starts_with(own)))
}
