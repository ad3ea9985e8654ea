//! What a session begins with: a project as every door loads it.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use dianjian_base::lang::{Localized as _, Text};
use dianjian_document::problem::Problem;
use dianjian_engine::RunOptions;
use dianjian_engine::baseline::Baseline;
use dianjian_project::config::{self, ProjectPolicy};
use dianjian_project::{
    InputOptions, KnownFindings, KnownOptions, Project, ProjectOptions, RuleChoice, RunInputs, WorkingFolder,
};

use crate::LanguageServer;
use crate::documents::real;

/// Bytes of lines or rows that one thread takes at a time.
const CHUNK: usize = 64 << 10;

/// A project that is ready to be checked.
#[derive(Debug)]
pub(crate) struct ProjectBasis {
    pub project: Project,
    pub policy: ProjectPolicy,
    pub inputs: RunInputs,
    pub known: Baseline,
    pub options: RunOptions,
    /// What is wrong with the project itself.
    pub problems: Vec<Problem>,
    /// Numbers of inputs by their paths without links.
    pub by_path: HashMap<PathBuf, usize>,
    /// The folders that inputs lie in.
    folders: HashSet<PathBuf>,
    /// The folders that were searched for inputs.
    roots: Vec<PathBuf>,
    /// Files and folders of the project that hold no records, as paths without links.
    own: Vec<PathBuf>,
}

impl ProjectBasis {
    /// Loads the project of folders, the first of which its paths start from.
    ///
    /// # Errors
    /// It cannot be loaded at all.
    pub fn load(server: &LanguageServer, roots: &[PathBuf]) -> Result<Self, Text> {
        let nowhere = || std::env::temp_dir().join("dianjian-without-a-folder");
        let root = roots.first().cloned().unwrap_or_else(nowhere);
        let mut project = Project::load(&ProjectOptions::new(WorkingFolder::elsewhere(&root)))
            .map_err(|unloaded| unloaded.error.both())?;
        let (as_of, as_of_given) = project.as_of(server.as_of, server.today);
        project.owns_baseline(None);
        let paths = roots.iter().map(|root| root.to_string_lossy().into_owned()).collect();
        let asked = InputOptions { paths, ..InputOptions::default() };
        let inputs = RunInputs::find_unless_broken(&asked, &mut project);
        let policy = project.policy(&RuleChoice::default()).map_err(|error| error.both())?;
        let known = KnownFindings::open(&KnownOptions::default(), as_of, &mut project).map_err(|error| error.both())?;
        let known = known.snapshot();
        let options = Self::run_options(&asked, &mut project, (as_of, as_of_given), server);
        let problems = project.take_problems(&inputs);
        let own = project.own_files();
        let named = project.config.iter().map(|config| project.working.resolve(config.name()));
        let own = own.iter().cloned().chain(named).map(|path| real(&path)).collect();
        let paths = inputs.files.iter().enumerate();
        let by_path: HashMap<PathBuf, usize> =
            paths.filter_map(|(number, input)| Some((real(input.path()?), number))).collect();
        let folders = by_path.keys().filter_map(|path| path.parent().map(Path::to_owned)).collect();
        let roots = roots.to_vec();
        Ok(Self { project, policy, inputs, known, options, problems, by_path, folders, roots, own })
    }

    /// Whether a folder holds records.
    pub fn has_records(&self, folder: &Path) -> bool {
        self.folders.contains(folder)
    }

    /// Whether a check of the project would come by a file.
    pub fn searches(&self, path: &Path) -> bool {
        self.roots.iter().any(|root| path.starts_with(root))
    }

    fn run_options(
        asked: &InputOptions,
        project: &mut Project,
        (as_of, as_of_given): (NaiveDate, bool),
        server: &LanguageServer,
    ) -> RunOptions {
        let mut options = asked.run_options(&project.working, as_of);
        options.policy.as_of_given = as_of_given;
        options.policy.addresses_are_problems = project.addresses_are_problems();
        // Lines and rows of a file are shared among all threads.
        options.tuning.chunk_bytes = CHUNK;
        options.environment.scanner = (server.scanner)(project.media_settings());
        options
    }

    /// Whether a file is one that the project is made of: its configuration, a rule, a mapping, a table, the baseline.
    pub fn is_own(&self, path: &Path) -> bool {
        let is_config = path.file_name().is_some_and(|name| config::NAMES.iter().any(|known| name == *known));
        is_config || self.own.iter().any(|own| path.starts_with(own))
    }
}
