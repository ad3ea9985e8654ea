//! The baseline of a run: which findings are known, and what becomes of its file.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dianjian_base::{slashed, text};
use dianjian_document::problem::Problem;
use dianjian_document::source::{self, Input, Limits};
use dianjian_engine::Finding;
use dianjian_engine::baseline::{Baseline, BaselineRun, BaselineUpdate};

use super::KnownArgs;
use crate::commands::write_file;
use crate::config::{Below, Config, ConfigError, ProjectPolicy};
use crate::error::CliError;
use crate::project::Project;
use crate::terminal::Terminal;

/// The baseline's file if neither flags nor configuration name one.
pub const DEFAULT_BASELINE: &str = "dianjian-baseline.json";

/// The known findings of a run, with the file that they are from.
#[derive(Debug)]
pub struct KnownFindings {
    path: Option<PathBuf>,
    below: Below,
    run: BaselineRun,
}

impl KnownFindings {
    /// Reads the baseline that flags or configuration name. Its mistakes go to the project's problems.
    ///
    /// # Errors
    /// A flag that needs a baseline and none is named; a baseline that exists and must not be replaced.
    pub fn open(args: &KnownArgs, project: &mut Project) -> Result<Self, CliError> {
        let update = match (args.update_baseline, args.accept) {
            (true, _) => BaselineUpdate::Shrink,
            (_, true) => BaselineUpdate::Accept,
            _ => BaselineUpdate::Keep,
        };
        let configured = project.config.as_ref().and_then(Config::baseline);
        let place = configured.as_ref().filter(|_| args.baseline.is_none()).map(|(_, span)| *span);
        let mut path = args.baseline.clone().or(configured.map(|(path, _)| path));
        if path.is_none() && update == BaselineUpdate::Shrink {
            return Err(CliError::NoBaseline { flag: "--update-baseline" });
        }
        if update == BaselineUpdate::Accept {
            let path = path.get_or_insert_with(|| PathBuf::from(DEFAULT_BASELINE));
            if args.keep && path.exists() {
                let known = read(path).ok().map(|baseline| baseline.len());
                return Err(CliError::BaselineExists { path: path.display().to_string(), known });
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
        let folder = path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let below = Below::new(&project.working, folder);
        Ok(Self { path, below, run: BaselineRun::new(&project.pack, baseline, update) })
    }

    /// Sets the files of this run: entries of other files are neither stale nor dropped.
    pub fn looks_at(&mut self, files: &[Input], policy: &ProjectPolicy) {
        if self.path.is_none() {
            return;
        }
        let files: HashSet<String> = files.iter().map(|input| self.name(&input.name)).collect();
        let is_covered = |file: &str| files.contains(file) || !self.below.absolute(file).exists();
        self.run.look_at(is_covered, |rule| policy.chooses(rule));
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

    /// Updates the file if a flag asks for it, and returns a note about that. After a run that cannot be trusted the file
    /// stays as it is: what was not read would count as gone.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(&self, untrusted: bool, terminal: &Terminal) -> Result<Option<String>, CliError> {
        let Some((path, new)) = self.path.as_deref().zip(self.run.updated()) else { return Ok(None) };
        if untrusted {
            let note =
                terminal.say("有错误，基线没有改动", "the baseline is left as it is, because of the problems above");
            return Ok(Some(note.to_owned()));
        }
        let (before, now) = (self.run.known(), new.len());
        if self.accepts() || now != before {
            write_file(path, new.to_json())?;
        }
        let file = path.display();
        let note = text! { zh: "基线 {file}：原有 {before} 条，现有 {now} 条", en: "baseline {file}: {before} before, {now} now" };
        Ok(Some(note.take(terminal.lang)))
    }

    /// A file as the baseline names it: relative to the baseline's folder, so that the working directory does not matter.
    fn name(&self, file: &str) -> String {
        self.below.path(file).map_or_else(|| file.to_owned(), slashed)
    }
}

fn read(path: &Path) -> Result<Baseline, Vec<Problem>> {
    let source =
        source::read(path, &Limits::default()).map_err(|error| vec![Problem::in_file(error.name(), &error)])?;
    Baseline::parse(&Arc::new(source))
}
