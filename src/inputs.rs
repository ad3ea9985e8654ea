//! Which files a command looks at.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use dianjian_base::{display_name, text};
use dianjian_document::problem::Problem;
use dianjian_document::source::{DiscoverOptions, Discovered, Input, InputSource, discover, files_in};
use dianjian_engine::RunOptions;
use dianjian_rules::Pack;
use dianjian_rules::record::or_ignore;
use dianjian_xlsx::is_workbook;

use crate::config::{self, Below};
use crate::error::CliError;
use crate::project::Project;

/// Flags that select the files.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct InputArgs {
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<String>,
    #[arg(long, value_name = "NAME", default_value = "<stdin>", help_heading = "Input")]
    stdin_name: String,
    #[arg(long, help_heading = "Input")]
    no_ignore: bool,
    #[arg(long, help_heading = "Input")]
    pub force_exclude: bool,
    #[arg(long, value_name = "SYSTEM", value_parser = SYSTEMS, help_heading = "Input")]
    pub system: Option<String>,
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, help_heading = "Input")]
    pub threads: usize,
}

/// The values of `Shop.system`.
const SYSTEMS: [&str; 4] = ["mini-store", "channels-store", "weixin-store", "mini-program-mall"];

impl InputArgs {
    /// The folders among the arguments: an export of a shop in one of them speaks for all exports below it.
    pub fn roots(&self) -> Vec<PathBuf> {
        self.paths.iter().map(PathBuf::from).filter(|path| path.is_dir()).collect()
    }

    /// The options of a run as of a day over these inputs.
    pub fn run_options(&self, as_of: NaiveDate) -> RunOptions {
        let mut options = RunOptions::new(as_of);
        options.tuning.threads = self.threads;
        options.environment.roots = self.roots();
        options.policy.system.clone_from(&self.system);
        options
    }
}

/// The files of a run.
#[derive(Debug, Default)]
pub struct RunInputs {
    /// In the order of the report.
    pub files: Vec<Input>,
    /// One for each argument that matches no file.
    pub problems: Vec<Problem>,
}

impl RunInputs {
    /// Finds the files, without those that the configuration ignores or that belong to the project itself: packs,
    /// tables, mappings, the baseline. A file that is named on the command line is never left out.
    pub fn find(args: &InputArgs, project: &mut Project) -> Self {
        let options = DiscoverOptions {
            stdin_name: args.stdin_name.clone(),
            respect_ignore_files: !args.no_ignore,
            ..DiscoverOptions::default()
        };
        let Discovered { inputs: mut files, errors, mut aside } = discover(&args.paths, &options);
        let mut problems: Vec<Problem> = errors.iter().map(Problem::of_source).collect();
        if args.force_exclude {
            as_in_folders(&mut files, &mut aside);
        }
        let own: Vec<PathBuf> = project.own_files().iter().filter_map(|path| path.canonicalize().ok()).collect();
        let ignored = project.config.as_ref().map(|config| {
            let patterns = config.ignored(&mut project.problems);
            (patterns, Below::new(&project.working, config.root()))
        });
        let is_left_out = |name: &str, path: Option<&Path>| {
            ignored
                .as_ref()
                .is_some_and(|(patterns, below)| below.path(name).is_some_and(|path| patterns.matches(&path)))
                || path.is_some_and(|path| is_own(path, &own))
        };
        files.retain(|input| input.explicit || !is_left_out(&input.name, input.path()));
        for path in aside {
            let name = display_name(&path.to_string_lossy()).to_string();
            if !is_left_out(&name, Some(&path)) {
                problems.extend(misnamed(&name, &path, &project.pack));
            }
        }
        Self { files, problems }
    }

    /// The names of all other files in the folders among the arguments.
    pub fn others(&self, args: &InputArgs) -> Vec<String> {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let mut known: HashSet<PathBuf> = self.files.iter().filter_map(Input::path).map(real).collect();
        let files = args.roots().into_iter().flat_map(|root| files_in(&root, !args.no_ignore));
        let others: Vec<PathBuf> = files.filter(|path| known.insert(real(path))).collect();
        others.iter().map(|path| display_name(&path.to_string_lossy()).to_string()).collect()
    }

    /// Makes sure that an output is not one of the files that are read, by whatever name or link. What an earlier run
    /// wrote there (`is_earlier`) may be replaced where it is found in a folder.
    ///
    /// # Errors
    /// It is.
    pub fn spares(
        &self,
        flag: &'static str,
        output: &Path,
        project: &Project,
        is_earlier: impl Fn(&Path) -> bool,
    ) -> Result<(), CliError> {
        let Some(target) = FileId::of(output) else { return Ok(()) };
        let config = project.config.iter().map(|config| PathBuf::from(config.name()));
        let own = project.own_files().into_iter().filter(|path| path != output && !project.is_baseline(path));
        let is_target = |path: &Path| FileId::of(path).as_ref() == Some(&target);
        let is_meant = |input: &&Input| {
            let path = input.path();
            path.is_some_and(&is_target) && (input.explicit || !is_earlier(output))
        };
        let input = self.files.iter().find(is_meant).and_then(Input::path).map(Path::to_owned);
        let input = input.or_else(|| config.chain(own).find(|path| is_target(path)));
        match input {
            None => Ok(()),
            Some(input) => {
                let input = Some(input.display().to_string()).filter(|input| Path::new(input) != output);
                Err(CliError::OverInput { flag, path: output.display().to_string(), input })
            }
        }
    }

    /// Makes sure that an output replaces nothing but what an earlier run wrote there (`is_earlier`).
    ///
    /// # Errors
    /// It would replace something else, such as a picture or a script.
    pub fn replaces_own(flag: &'static str, output: &Path, is_earlier: impl Fn(&Path) -> bool) -> Result<(), CliError> {
        let holds_something = std::fs::metadata(output).is_ok_and(|file| file.is_file() && file.len() > 0);
        if !holds_something || is_earlier(output) {
            return Ok(());
        }
        Err(CliError::NotOurs { flag, path: output.display().to_string() })
    }

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

/// The problem of a file in a folder whose name keeps it from being read although it looks like one of ours.
fn misnamed(name: &str, path: &Path, pack: &Pack) -> Option<Problem> {
    const LOOKED_AT: u64 = 64 << 10;
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(LOOKED_AT).read_to_end(&mut bytes).ok()?;
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
