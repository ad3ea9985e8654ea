//! What all doors begin with: the configuration, the pack, and the problems with both.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::{Lang, Text};
use dianjian_base::{sha256_of_parts, text};
use dianjian_document::problem::Problem;
use dianjian_document::source::SourceFile;
use dianjian_media::MediaSettings;
use dianjian_rules::language::{Param, SchemaLint};
use dianjian_rules::{Pack, PackBuilder, RuleInfo, RuleSource, Selector, SelectorError, parse_one};

use crate::config::{self, Addresses, Config, ConfigError, FailOn, ProjectPolicy, params};
use crate::error::{ProjectError, ProjectOption};
use crate::inputs::RunInputs;
use crate::working::WorkingFolder;

/// The baseline's file if neither options nor configuration name one.
pub const DEFAULT_BASELINE: &str = "dianjian-baseline.json";

/// What a project is made of, apart from what its configuration says. Paths start from the working folder.
#[derive(Debug, Clone)]
pub struct ProjectOptions {
    /// The folder that paths start from, and in which and above which the configuration is looked for.
    pub working: WorkingFolder,
    /// The configuration; `None`: it is looked for.
    pub config: Option<PathBuf>,
    /// Whether files of the project, the configuration and the baseline, are looked for by their names.
    pub finds_files: bool,
    /// Folders laid out like the shipped `rules/`, besides those of the configuration.
    pub packs: Vec<PathBuf>,
    /// Mapping files.
    pub mappings: Vec<PathBuf>,
    /// Table files.
    pub tables: Vec<PathBuf>,
    /// Parameters of rules, each `RULE.NAME=VALUE` with a value in YAML.
    pub params: Vec<String>,
}

impl ProjectOptions {
    /// The project of a folder as its configuration has it.
    pub fn new(working: WorkingFolder) -> Self {
        Self {
            working,
            config: None,
            finds_files: true,
            packs: Vec::new(),
            mappings: Vec::new(),
            tables: Vec::new(),
            params: Vec::new(),
        }
    }
}

/// The rules that report: ids, or patterns such as `naming/*`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleChoice {
    /// Only these do; empty: all do.
    pub only: Vec<String>,
    /// These do not.
    pub skip: Vec<String>,
}

/// Something about a project that its user should know although nothing is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectNote {
    /// The configuration was found above the git repository that the working folder is in.
    OutsideRepository {
        /// The configuration's name.
        name: String,
    },
}

impl ProjectNote {
    /// The note in both languages.
    pub fn text(&self) -> Text {
        match self {
            Self::OutsideRepository { name } => text! {
                zh: "用的是仓库之外的配置 {name}；不用它：--no-config",
                en: "using {name}, a configuration outside the repository; --no-config ignores it",
            },
        }
    }
}

/// A project that cannot be loaded because of its options, with what had been found until then.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct UnloadedProject {
    /// The mistake.
    pub error: ProjectError,
    /// The language of the configuration.
    pub lang: Option<Lang>,
    /// What the user should know.
    pub notes: Vec<ProjectNote>,
    /// What is wrong with files. The mistake may follow from one of them: a rule that cannot be read is not known.
    pub problems: Vec<Problem>,
}

/// The configuration and the pack of a run.
#[derive(Debug)]
pub struct Project {
    /// `None` without a configuration, and if it cannot be read.
    pub config: Option<Config>,
    /// Rules, kinds, mappings and tables, the shipped ones and the project's own.
    pub pack: Pack,
    /// What is wrong with the configuration and the pack.
    pub problems: Vec<Problem>,
    /// What the user should know.
    pub notes: Vec<ProjectNote>,
    /// Whether there is a configuration that cannot be read: its packs, parameters and severities are not known then.
    pub broken: bool,
    /// The folder that paths start from.
    pub working: WorkingFolder,
    /// Paths from options that hold rules or known findings, not shops.
    given: Vec<PathBuf>,
    given_baseline: Option<PathBuf>,
    /// Whether files of the project are looked for by their names.
    finds_files: bool,
}

impl Project {
    /// Reads the configuration and all packs. Mistakes in files become problems.
    ///
    /// # Errors
    /// Mistakes in the options.
    pub fn load(options: &ProjectOptions) -> Result<Self, Box<UnloadedProject>> {
        let working = options.working.clone();
        let (mut problems, mut notes) = (Vec::new(), Vec::new());
        let found = || if options.finds_files { config::find(working.path()) } else { None };
        let read = options.config.clone().or_else(found).map(|path| Config::read_in(&working, &path)).transpose();
        let broken = read.is_err();
        let config = read.unwrap_or_else(|errors| {
            problems.extend(errors);
            None
        });
        problems.extend(config.as_ref().and_then(Config::wrong_day));
        if let Some(config) = config.as_ref().filter(|_| options.config.is_none())
            && config::is_outside_repository(working.path(), config.root())
        {
            notes.push(ProjectNote::OutsideRepository { name: config.name().to_owned() });
        }
        let builder = match build(options, config.as_ref(), broken, &mut problems) {
            Ok(builder) => builder,
            Err(error) => {
                let lang = config.as_ref().and_then(|config| config.file.lang);
                return Err(Box::new(UnloadedProject { error, lang, notes, problems }));
            }
        };
        let (pack, found) = builder.build();
        problems.extend(found);
        let given = [&options.packs, &options.tables, &options.mappings].into_iter().flatten();
        let given = given.map(|path| working.resolve(path)).collect();
        let finds_files = options.finds_files;
        Ok(Self { config, pack, problems, notes, broken, working, given, given_baseline: None, finds_files })
    }

    /// The language that the configuration asks for.
    pub fn lang(&self) -> Option<Lang> {
        self.config.as_ref().and_then(|config| config.file.lang)
    }

    /// Excludes a file given by an option from the inputs: it holds no shops.
    pub fn owns(&mut self, path: Option<&Path>) {
        self.given.extend(path.map(|path| self.working.resolve(path)));
    }

    /// Excludes the baseline from the inputs, whether an option names it or it is found by its name: it holds no shops.
    pub fn owns_baseline(&mut self, path: Option<&Path>) {
        self.given.extend(self.default_baseline());
        self.owns(path);
        self.given_baseline = path.map(|path| self.working.resolve(path)).or_else(|| self.default_baseline());
    }

    /// The baseline that a check without options uses if it is there: beside the configuration, else in the working
    /// folder. `None` where files are not looked for.
    pub fn default_baseline(&self) -> Option<PathBuf> {
        let folder = self.config.as_ref().map(|config| config.root().to_owned());
        let folder = folder.unwrap_or_else(|| self.working.prefix().to_owned());
        self.finds_files.then(|| folder.join(DEFAULT_BASELINE))
    }

    /// Whether a file is the baseline, which updates may replace.
    pub fn is_baseline(&self, path: &Path) -> bool {
        let configured = self.config.as_ref().and_then(Config::baseline).map(|(path, _)| path);
        configured.is_some_and(|known| known == path) || self.given_baseline.as_deref() == Some(path)
    }

    /// Files and folders that hold rules or known findings, not shops.
    pub fn own_files(&self) -> Vec<PathBuf> {
        let configured = self.config.iter().flat_map(|config| {
            let file = &config.file;
            let paths = [&file.packs, &file.tables, &file.mappings].into_iter().flatten().chain(&file.baseline);
            paths.map(|path| config.path(&path.value))
        });
        configured.chain(self.given.iter().cloned()).collect()
    }

    /// The severities that the configuration and a choice give to rules, and the findings that the former silences.
    ///
    /// # Errors
    /// A choice that matches no rule. Its rule may be one that cannot be read, which is among the problems then.
    pub fn policy(&mut self, choice: &RuleChoice) -> Result<ProjectPolicy, ProjectError> {
        let working = self.working.path();
        if self.broken {
            // Which rules there would be is not known, so the choice cannot be checked against them.
            return Ok(ProjectPolicy::plain(working));
        }
        let policy = match &self.config {
            Some(config) => config.policy(&self.pack, working, &mut self.problems),
            None => ProjectPolicy::plain(working),
        };
        let ids: Vec<&str> = self.pack.rules.iter().map(|rule| rule.info.id.as_str()).collect();
        let read = |option, values: &[String]| -> Result<Vec<Selector>, ProjectError> {
            let select = |value: &String| {
                Selector::new(value, &ids).map_err(|error| ProjectError::option(option, value, error.into()))
            };
            values.iter().map(select).collect()
        };
        Ok(policy.choosing(read(ProjectOption::Only, &choice.only)?, read(ProjectOption::Skip, &choice.skip)?))
    }

    /// The day of the check, and whether it is given or the configuration has it; else it is today, which the caller knows.
    pub fn as_of(&self, given: Option<NaiveDate>, today: impl FnOnce() -> NaiveDate) -> (NaiveDate, bool) {
        let asked = given.or_else(|| self.config.as_ref()?.as_of());
        (asked.unwrap_or_else(today), asked.is_some())
    }

    /// The findings that fail a run: those given, else those of the configuration.
    pub fn fail_on(&self, given: Option<FailOn>) -> FailOn {
        given.or_else(|| self.config.as_ref()?.file.fail_on).unwrap_or_default()
    }

    /// How the configuration has pictures and videos scanned. Values out of range become problems.
    pub fn media_settings(&mut self) -> MediaSettings {
        match &self.config {
            Some(config) => config.media(&mut self.problems),
            None => MediaSettings::default(),
        }
    }

    /// Whether the configuration lets what was seen in pictures be kept for other runs.
    pub fn remembers_media(&self) -> bool {
        self.config.as_ref().and_then(|config| config.file.media.cache) != Some(false)
    }

    /// Whether pictures named by an address are problems; `None`: the configuration does not say.
    pub fn addresses_are_problems(&self) -> Option<bool> {
        Some(self.config.as_ref()?.file.media.addresses? == Addresses::Problem)
    }

    /// The digest of the configuration's text, which must be the same for all shards of a run; empty without one.
    pub fn configuration(&self) -> String {
        self.config.as_ref().map_or_else(String::new, |config| sha256_of_parts([config.text()]))
    }

    /// All rules.
    pub fn rule_infos(&self) -> Vec<Arc<RuleInfo>> {
        self.pack.rules.iter().map(|rule| Arc::clone(&rule.info)).collect()
    }

    /// The rules that take part in a check: those that are chosen, and those that report gaps whatever is chosen.
    pub fn rules_taking_part(&self, policy: &ProjectPolicy) -> Vec<Arc<RuleInfo>> {
        let takes_part = |rule: &Arc<RuleInfo>| policy.chooses(&rule.id) || self.reports_gaps(&rule.id);
        self.rule_infos().into_iter().filter(takes_part).collect()
    }

    /// Whether a rule reports what was not read or not understood: no choice leaves it out.
    pub fn reports_gaps(&self, id: &str) -> bool {
        let lint = |rule: &RuleSource| rule.file.check.value.schema.as_ref().map(|lint| lint.value);
        self.pack.rule(id).and_then(lint).is_some_and(SchemaLint::may_be_gap)
    }

    /// Takes the problems of the project so far, followed by those of the inputs: what a check reports first.
    pub fn take_problems(&mut self, inputs: &RunInputs) -> Vec<Problem> {
        let mut problems = std::mem::take(&mut self.problems);
        problems.extend(inputs.problems.iter().cloned());
        problems
    }
}

fn build(
    options: &ProjectOptions,
    config: Option<&Config>,
    broken: bool,
    problems: &mut Vec<Problem>,
) -> Result<PackBuilder, ProjectError> {
    let mut builder = PackBuilder::default().shipped();
    if let Some(config) = config {
        builder = config.add_to(builder, problems);
    }
    let resolved = |paths: &[PathBuf]| paths.iter().map(|path| options.working.resolve(path)).collect::<Vec<_>>();
    for folder in resolved(&options.packs).iter().filter(|folder| !is_configured(folder, config)) {
        match ConfigError::of_path(folder, true) {
            None => builder = builder.folder(folder),
            Some(error) => problems.push(Problem::in_file(&folder.display().to_string(), &error)),
        }
    }
    builder = resolved(&options.tables).iter().fold(builder, |builder, table| builder.table(table));
    builder = resolved(&options.mappings).iter().fold(builder, |builder, mapping| builder.mapping(mapping));
    if let Some(config) = config {
        builder = config.apply_params(builder, problems);
    }
    for param in options.params.iter().filter(|_| !broken) {
        match read_param(&builder, param, problems) {
            Ok(Some((id, values))) => builder = builder.params(&id, values),
            Ok(None) => {}
            Err(error) => {
                // The rule may exist in a file that cannot be read: its problem is printed before this error.
                problems.extend(builder.build().1);
                return Err(error);
            }
        }
    }
    Ok(builder)
}

/// Whether the configuration names the folder too: its rules have been read then.
fn is_configured(folder: &Path, config: Option<&Config>) -> bool {
    let Ok(folder) = folder.canonicalize() else { return false };
    let is_same = |path: PathBuf| path.canonicalize().is_ok_and(|path| path == folder);
    config.is_some_and(|config| config.file.packs.iter().any(|pack| is_same(config.path(&pack.value))))
}

/// A rule's id and the parameters that are set.
type RuleParams = (String, BTreeMap<String, Param>);

/// Reads `RULE.NAME=VALUE`, whose value is YAML. `None`: the value is no YAML, which is among the problems now.
fn read_param(
    builder: &PackBuilder,
    text: &str,
    problems: &mut Vec<Problem>,
) -> Result<Option<RuleParams>, ProjectError> {
    let shape = || ProjectError::ParamShape { value: text.to_owned() };
    let (place, written) = text.split_once('=').ok_or_else(shape)?;
    let (id, name) = place.rsplit_once('.').ok_or_else(shape)?;
    let flag = |error| ProjectError::option(ProjectOption::Param, text, error);
    let Some(rule) = builder.rule(id) else {
        let ids: Vec<&str> = builder.rule_ids().collect();
        return Err(flag(SelectorError::unknown_rule(id, &ids).into()));
    };
    let value: Param = match parse_one(&Arc::new(SourceFile::new(format!("--param {place}"), written))) {
        Ok(value) => value,
        Err(found) => {
            problems.extend(found);
            return Ok(None);
        }
    };
    params::check(rule, name, &value).map_err(flag)?;
    Ok(Some((id.to_owned(), BTreeMap::from([(name.to_owned(), value)]))))
}
