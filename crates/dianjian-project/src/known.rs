//! The baseline of a run: which findings are known, and what becomes of its file.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::slashed;
use dianjian_document::edit::{make_folder_of, write_atomic};
use dianjian_document::problem::Problem;
use dianjian_document::source::{self, Limits};
use dianjian_engine::Finding;
use dianjian_engine::baseline::{Baseline, BaselineRun, BaselineUpdate};
use dianjian_rules::Pack;

use crate::config::{Below, Config, ConfigError, ProjectPolicy};
use crate::error::ProjectError;
use crate::inputs::RunInputs;
use crate::project::{DEFAULT_BASELINE, Project};

/// Which baseline a run has, and what becomes of its file.
#[derive(Debug, Clone)]
pub struct KnownOptions {
    /// Its file; `None`: as the configuration says, else as it is found by its name.
    pub baseline: Option<PathBuf>,
    /// What becomes of the file.
    pub update: BaselineUpdate,
    /// Whether accepting refuses to replace a baseline that exists.
    pub keep: bool,
}

impl Default for KnownOptions {
    /// The project's own baseline, which stays as it is.
    fn default() -> Self {
        Self { baseline: None, update: BaselineUpdate::Keep, keep: false }
    }
}

/// What became of a baseline's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BaselineChange {
    /// The run cannot be trusted, so the file is as it was: what was not read would count as gone.
    Untrusted,
    /// It holds what it should now.
    Written {
        /// The file.
        path: PathBuf,
        /// The number of its findings before.
        before: usize,
        /// And now.
        now: usize,
        /// How many of them were kept because this run did not look at their files or rules.
        unseen: usize,
        /// The later day that it was written as of, because of which nothing was dropped.
        earlier_than: Option<NaiveDate>,
        /// Whether all findings went into it.
        accepted: bool,
        /// Whether a check without options uses this file.
        is_found: bool,
    },
}

/// The known findings of a run, with the file that they are from.
#[derive(Debug)]
pub struct KnownFindings {
    path: Option<PathBuf>,
    /// Whether a check without flags uses the same file.
    is_found: bool,
    as_of: NaiveDate,
    below: Below,
    run: BaselineRun,
}

impl KnownFindings {
    /// Reads the baseline that options or configuration name. Its mistakes go to the project's problems.
    ///
    /// # Errors
    /// An update without a baseline; a baseline that exists and must not be replaced.
    pub fn open(options: &KnownOptions, as_of: NaiveDate, project: &mut Project) -> Result<Self, ProjectError> {
        let update = options.update;
        let configured = project.config.as_ref().and_then(Config::baseline);
        let place = configured.as_ref().filter(|_| options.baseline.is_none()).map(|(_, span)| *span);
        let configured = configured.map(|(path, _)| path);
        let default = project.default_baseline();
        let found = configured.clone().or_else(|| default.clone().filter(|path| path.is_file()));
        let given = options.baseline.as_ref().map(|path| project.working.resolve(path));
        let mut path = given.or(found);
        if path.is_none() && update == BaselineUpdate::Shrink {
            return Err(ProjectError::NoBaseline);
        }
        if update == BaselineUpdate::Accept {
            let path = path
                .get_or_insert_with(|| default.clone().unwrap_or_else(|| project.working.resolve(DEFAULT_BASELINE)));
            refuse_foreign(path)?;
            if options.keep && path.exists() {
                let known = read(path).ok().map(|baseline| baseline.len());
                return Err(ProjectError::BaselineExists { path: path.display().to_string(), known });
            }
        }
        let mut baseline = Baseline::new();
        // A file that will be replaced need not exist or be valid.
        let needed = update != BaselineUpdate::Accept;
        match path.as_deref() {
            Some(path) if !path.exists() => {
                let error = ConfigError::NoBaseline { path: path.display().to_string() };
                let problem = match (place, &project.config) {
                    (Some(span), Some(config)) => config.problem(span, &error),
                    _ => Problem::in_file(&path.display().to_string(), &error),
                };
                project.problems.extend(needed.then_some(problem));
            }
            Some(path) => match read(path) {
                Ok(known) => baseline = known,
                Err(problems) if needed => project.problems.extend(problems),
                Err(_) => {}
            },
            None => {}
        }
        let is_found = path.is_some() && (path == configured || (configured.is_none() && path == default));
        let folder = path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let below = Below::new(project.working.path(), folder);
        Ok(Self { path, is_found, as_of, below, run: BaselineRun::new(&project.pack, baseline, (update, as_of)) })
    }

    /// Sets what this run looks at: entries of other files and rules are neither stale nor dropped.
    pub(crate) fn looks_at(&mut self, inputs: &RunInputs, pack: &Pack, policy: &ProjectPolicy) {
        if self.path.is_none() {
            return;
        }
        let files: HashSet<String> = inputs.files.iter().map(|input| self.name(&input.name)).collect();
        let roots = inputs.roots.iter();
        let roots: Vec<PathBuf> = roots.filter_map(|root| self.below.path(&root.to_string_lossy())).collect();
        let is_covered = |file: &str| files.contains(file) || !self.below.absolute(file).exists();
        let is_walked = |file: &str| roots.iter().any(|root| Path::new(file).starts_with(root));
        let as_of = self.as_of;
        // A rule that ended finds nothing any more; one that is off, unknown or has not begun may.
        let is_asked = |rule: &str, file: &str| {
            let info = pack.rule(rule).map(|rule| &rule.info);
            info.is_some_and(|info| {
                let has_begun = info.effective.from.is_none_or(|from| from <= as_of);
                has_begun && policy.decide(rule, info.severity, file).is_some()
            })
        };
        self.run.look_at(is_covered, is_walked, is_asked);
    }

    /// A copy for workers, who may ask whether a finding can be known without using up an entry.
    pub fn snapshot(&self) -> Baseline {
        self.run.snapshot()
    }

    /// Whether a finding is known, or is from now on. Asked in the order of the report: each entry of the baseline covers
    /// one finding.
    pub fn takes(&mut self, finding: &Finding) -> bool {
        if self.accepts() {
            let file = self.name(finding.primary.source.name());
            self.run.enter(&finding.fingerprint, &finding.rule.id, &file);
            return true;
        }
        self.run.takes(&finding.fingerprint)
    }

    /// Whether all findings go into the baseline.
    pub fn accepts(&self) -> bool {
        self.run.accepts()
    }

    /// The number of entries that no longer occur, among those that this run would have found.
    pub fn stale(&self) -> usize {
        self.run.stale()
    }

    /// Updates the file if that was asked for. After a run that cannot be trusted the file stays as it is. `None`: there is
    /// nothing to update.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(&self, untrusted: bool) -> Result<Option<BaselineChange>, ProjectError> {
        let Some((path, new)) = self.path.as_deref().zip(self.run.updated()) else { return Ok(None) };
        if untrusted {
            return Ok(Some(BaselineChange::Untrusted));
        }
        let (before, now) = (self.run.known(), new.len());
        if self.accepts() || now != before {
            make_folder_of(path)?;
            write_atomic(path, new.to_json().as_bytes()).map_err(|error| ProjectError::write(path, &error))?;
        }
        Ok(Some(BaselineChange::Written {
            path: path.to_owned(),
            before,
            now,
            unseen: self.run.unseen(),
            earlier_than: self.run.earlier_than(),
            accepted: self.accepts(),
            is_found: self.is_found,
        }))
    }

    /// A file as the baseline names it: relative to the baseline's folder, so that the working directory does not matter.
    fn name(&self, file: &str) -> String {
        self.below.path(file).map_or_else(|| file.to_owned(), slashed)
    }
}

/// Refuses to write a baseline over a file that is none, such as a file of shops. A baseline that is damaged, or that a
/// merge of branches left with conflicts, may be replaced.
fn refuse_foreign(path: &Path) -> Result<(), ProjectError> {
    let Ok(bytes) = std::fs::read(path) else { return Ok(()) };
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let is_baseline = match serde_json::from_slice::<serde_json::Value>(&bytes) {
        Ok(value) => value.get("findings").is_some(),
        Err(_) => is_json || bytes.is_empty(),
    };
    if is_baseline {
        return Ok(());
    }
    Err(ProjectError::NotABaseline { path: path.display().to_string() })
}

fn read(path: &Path) -> Result<Baseline, Vec<Problem>> {
    let source =
        source::read(path, &Limits::default()).map_err(|error| vec![Problem::in_file(error.name(), &error)])?;
    Baseline::parse(&Arc::new(source))
}
