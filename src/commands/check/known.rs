//! The baseline of a run: which findings are known, and what becomes of its file.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_base::{slashed, text};
use dianjian_document::problem::Problem;
use dianjian_document::source::{self, Input, Limits};
use dianjian_engine::Finding;
use dianjian_engine::baseline::{Baseline, BaselineRun, BaselineUpdate};
use dianjian_rules::Pack;

use super::KnownArgs;
use crate::commands::write_file;
use crate::config::{Below, Config, ConfigError, ProjectPolicy};
use crate::error::CliError;
use crate::project::{DEFAULT_BASELINE, Project};
use crate::terminal::Terminal;

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
    /// Reads the baseline that flags or configuration name. Its mistakes go to the project's problems.
    ///
    /// # Errors
    /// A flag that needs a baseline and none is named; a baseline that exists and must not be replaced.
    pub fn open(args: &KnownArgs, as_of: NaiveDate, project: &mut Project) -> Result<Self, CliError> {
        let update = match (args.update_baseline, args.accept) {
            (true, _) => BaselineUpdate::Shrink,
            (_, true) => BaselineUpdate::Accept,
            _ => BaselineUpdate::Keep,
        };
        let configured = project.config.as_ref().and_then(Config::baseline);
        let place = configured.as_ref().filter(|_| args.baseline.is_none()).map(|(_, span)| *span);
        let configured = configured.map(|(path, _)| path);
        let default = project.default_baseline();
        let found = configured.clone().or_else(|| default.clone().filter(|path| path.is_file()));
        let mut path = args.baseline.clone().or(found);
        if path.is_none() && update == BaselineUpdate::Shrink {
            return Err(CliError::NoBaseline { flag: "--update-baseline" });
        }
        if update == BaselineUpdate::Accept {
            let path = path.get_or_insert_with(|| default.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_BASELINE)));
            refuse_foreign(path)?;
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
        let is_found = path.is_some() && (path == configured || (configured.is_none() && path == default));
        let folder = path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let below = Below::new(&project.working, folder);
        Ok(Self { path, is_found, as_of, below, run: BaselineRun::new(&project.pack, baseline, (update, as_of)) })
    }

    /// Sets what this run looks at: entries of other files and rules are neither stale nor dropped. `roots` were walked as
    /// folders.
    pub fn looks_at(&mut self, files: &[Input], roots: &[PathBuf], pack: &Pack, policy: &ProjectPolicy) {
        if self.path.is_none() {
            return;
        }
        let files: HashSet<String> = files.iter().map(|input| self.name(&input.name)).collect();
        let roots: Vec<PathBuf> = roots.iter().filter_map(|root| self.below.path(&root.to_string_lossy())).collect();
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
        let unseen = self.run.unseen();
        let (earlier, as_of) = (self.run.earlier_than(), self.as_of);
        let more = match (self.accepts(), self.is_found, earlier) {
            (_, _, Some(day)) => text! {
                zh: "；它是按 {day} 的规则写的，这次按更早的 {as_of} 检查，不去掉任何一条",
                en: "; it was written as of {day} and this run is as of {as_of}, so nothing is dropped",
            },
            (false, ..) if unseen > 0 => text! {
                zh: "，其中 {unseen} 条这次没有检查到（文件或规则不在这次检查之内），保留",
                en: ", {unseen} of them kept because this run did not look at their files or rules",
            },
            (true, true, _) => text! { zh: "；以后 check 会自动使用它", en: "; `check` uses it from now on" },
            (true, false, _) => text! {
                zh: "；check 时用 --baseline {file}，或在 dianjian.yaml 里写 baseline:",
                en: "; `check` needs --baseline {file}, or `baseline:` in dianjian.yaml",
            },
            _ => Text::default(),
        };
        Ok(Some(note.take(terminal.lang) + more.get(terminal.lang)))
    }

    /// A file as the baseline names it: relative to the baseline's folder, so that the working directory does not matter.
    fn name(&self, file: &str) -> String {
        self.below.path(file).map_or_else(|| file.to_owned(), slashed)
    }
}

/// Refuses to write a baseline over a file that is none, such as a file of shops. A baseline that is damaged, or that a
/// merge of branches left with conflicts, may be replaced.
fn refuse_foreign(path: &Path) -> Result<(), CliError> {
    let Ok(bytes) = std::fs::read(path) else { return Ok(()) };
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let is_baseline = match serde_json::from_slice::<serde_json::Value>(&bytes) {
        Ok(value) => value.get("findings").is_some(),
        Err(_) => is_json || bytes.is_empty(),
    };
    if is_baseline {
        return Ok(());
    }
    Err(CliError::OverInput { flag: "--baseline", path: path.display().to_string(), input: None })
}

fn read(path: &Path) -> Result<Baseline, Vec<Problem>> {
    let source =
        source::read(path, &Limits::default()).map_err(|error| vec![Problem::in_file(error.name(), &error)])?;
    Baseline::parse(&Arc::new(source))
}
