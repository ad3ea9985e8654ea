//! Which files a command looks at.

use std::path::{Path, PathBuf};

use dianjian_document::problem::Problem;
use dianjian_document::source::{DiscoverOptions, Input, InputSource, discover};
use dianjian_engine as engine;

use crate::config::Below;
use crate::project::Project;

/// Flags that say which files there are.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct InputArgs {
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<String>,
    #[arg(long, value_name = "NAME", default_value = "<stdin>", help_heading = "Input")]
    stdin_name: String,
    #[arg(long, help_heading = "Input")]
    no_ignore: bool,
    #[arg(long, value_enum, value_name = "SYSTEM", help_heading = "Input")]
    pub system: Option<System>,
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, help_heading = "Input")]
    pub threads: usize,
}

/// The systems of shops, as `Shop.system` has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum System {
    /// Mini Store (2020)
    MiniStore,
    /// Channels Store (2022)
    ChannelsStore,
    /// Weixin Store (2024)
    WeixinStore,
    /// Mini-program mall
    MiniProgramMall,
}

impl System {
    /// The value of the field.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MiniStore => "mini-store",
            Self::ChannelsStore => "channels-store",
            Self::WeixinStore => "weixin-store",
            Self::MiniProgramMall => "mini-program-mall",
        }
    }
}

impl InputArgs {
    /// The folders among the arguments: what is said of a shop in one holds for all below it.
    pub fn roots(&self) -> Vec<PathBuf> {
        self.paths.iter().map(PathBuf::from).filter(|path| path.is_dir()).collect()
    }

    /// What a run needs to know of the arguments beside the files they mean.
    pub fn apply_to(&self, options: &mut engine::RunOptions) {
        options.tuning.threads = self.threads;
        options.environment.roots = self.roots();
        options.policy.system = self.system.map(|system| system.name().to_owned());
    }
}

/// The files of a run.
#[derive(Debug, Default)]
pub struct RunInputs {
    /// In the order of the report.
    pub files: Vec<Input>,
    /// Arguments that mean no file.
    pub problems: Vec<Problem>,
}

impl RunInputs {
    /// Finds the files that arguments mean, but for what the configuration leaves out and what
    /// belongs to the project itself: packs, tables, mappings, the baseline.
    pub fn find(args: &InputArgs, project: &mut Project) -> Self {
        let options = DiscoverOptions {
            stdin_name: args.stdin_name.clone(),
            respect_ignore_files: !args.no_ignore,
            ..DiscoverOptions::default()
        };
        let (mut files, errors) = discover(&args.paths, &options);
        let problems = errors.iter().map(Problem::of_source).collect();
        let own: Vec<PathBuf> = project.own_files().iter().filter_map(|path| path.canonicalize().ok()).collect();
        let ignored = project.config.as_ref().map(|config| {
            let patterns = config.ignored(&mut project.problems);
            (patterns, Below::new(&project.working, config.root()))
        });
        files.retain(|input| {
            input.explicit
                || !(ignored.as_ref().is_some_and(|(patterns, below)| {
                    below.path(&input.name).is_some_and(|path| patterns.matches(&path))
                }) || input.path().is_some_and(|path| is_own(path, &own)))
        });
        Self { files, problems }
    }

    /// Is standard input among them?
    pub fn has_stdin(&self) -> bool {
        self.files.iter().any(|input| input.source == InputSource::Stdin)
    }

    /// Bytes to be read, as far as that is known.
    pub fn bytes(&self) -> u64 {
        let size = |input: &Input| {
            input.path().and_then(|path| std::fs::metadata(path).ok()).map_or(0, |metadata| metadata.len())
        };
        self.files.iter().map(size).sum()
    }
}

/// Does the path lie among the project's own files? Asks the disk only if there are any.
fn is_own(path: &Path, own: &[PathBuf]) -> bool {
    !own.is_empty() && path.canonicalize().is_ok_and(|path| own.iter().any(|own| path.starts_with(own)))
}
