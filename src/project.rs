//! What all commands begin with: the configuration, the pack, and what is wrong with them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::sha256_of_parts;
use dianjian_document::problem::Problem;
use dianjian_document::source::SourceFile;
use dianjian_media::{MediaProgress, MediaScanner, MediaSettings};
use dianjian_report::RunInfo;
use dianjian_rules::language::Param;
use dianjian_rules::{Pack, PackBuilder, RuleInfo, Selector, SelectorError, parse_one};

use crate::config::{self, Addresses, Config, ConfigError, ProjectPolicy, params};
use crate::environment;
use crate::environment::day;
use crate::error::CliError;
use crate::progress::MediaBars;
use crate::terminal::Terminal;

/// Flags that say which rules there are.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ProjectArgs {
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    config: Option<PathBuf>,
    #[arg(long, conflicts_with = "config", help_heading = "Rules")]
    no_config: bool,
    #[arg(long = "rules", value_name = "DIR", help_heading = "Rules")]
    packs: Vec<PathBuf>,
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    mapping: Vec<PathBuf>,
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    table: Vec<PathBuf>,
    #[arg(long, value_name = "RULE.NAME=VALUE", help_heading = "Rules")]
    param: Vec<String>,
}

/// Flags that say as of when.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct DateArgs {
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    as_of: Option<NaiveDate>,
}

impl DateArgs {
    /// A day that is asked for.
    pub const fn at(day: NaiveDate) -> Self {
        Self { as_of: Some(day) }
    }
}

/// Flags that choose among the rules.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ChoiceArgs {
    #[arg(long, value_name = "RULE", help_heading = "Rules")]
    pub only: Vec<String>,
    #[arg(long, value_name = "RULE", help_heading = "Rules")]
    pub skip: Vec<String>,
}

/// The configuration and the pack of a run.
#[derive(Debug)]
pub struct Project {
    /// The configuration, if there is one that can be read.
    pub config: Option<Config>,
    /// All rules, tables, kinds and mappings.
    pub pack: Pack,
    /// What is wrong with them.
    pub problems: Vec<Problem>,
    /// Is there a configuration that cannot be read? Then nothing is known of what the project wants.
    pub broken: bool,
    /// The working directory.
    pub working: PathBuf,
    /// Packs, tables, mappings and the baseline given by flags.
    given: Vec<PathBuf>,
}

impl Project {
    /// Reads the configuration and all packs. Mistakes in files are gathered as problems; the
    /// terminal speaks the configuration's language from here on.
    ///
    /// # Errors
    /// Mistakes in flags.
    pub fn load(args: &ProjectArgs, terminal: &mut Terminal) -> Result<Self, CliError> {
        let working = std::env::current_dir().unwrap_or_default();
        let mut problems = Vec::new();
        let path = match &args.config {
            Some(path) => Some(path.clone()),
            None if args.no_config => None,
            None => config::find(&working),
        };
        let read = path.map(|path| Config::read(&path));
        let broken = matches!(read, Some(Err(_)));
        let config = match read {
            Some(Err(found)) => {
                problems.extend(found);
                None
            }
            Some(Ok(config)) => {
                problems.extend(config.check_values());
                Some(config)
            }
            None => None,
        };
        terminal.configured(config.as_ref().and_then(|config| config.file.lang));
        let builder = build(args, config.as_ref(), broken, &mut problems).inspect_err(|_| tell(&problems, terminal))?;
        let (pack, found) = builder.build();
        problems.extend(found);
        let given = [&args.packs, &args.table, &args.mapping].into_iter().flatten().cloned().collect();
        Ok(Self { config, pack, problems, broken, working, given })
    }

    /// A file given by a flag holds no shops.
    pub fn owns(&mut self, path: Option<&Path>) {
        self.given.extend(path.map(Path::to_owned));
    }

    /// Files and folders of the project that hold rules or known findings and not shops.
    pub fn own_files(&self) -> Vec<PathBuf> {
        let configured = self.config.iter().flat_map(|config| {
            let file = &config.file;
            let paths = [&file.packs, &file.tables, &file.mappings].into_iter().flatten().chain(&file.baseline);
            paths.map(|path| config.path(&path.value))
        });
        configured.chain(self.given.iter().cloned()).collect()
    }

    /// What the configuration and the flags make of the rules' severities.
    ///
    /// # Errors
    /// A flag that means no rule. Perhaps its rule is one that cannot be read: the problems so far
    /// are told first.
    pub fn policy(&mut self, choice: &ChoiceArgs, terminal: &Terminal) -> Result<ProjectPolicy, CliError> {
        if self.broken {
            // Which rules there would be is not known; what is wrong with the configuration comes first.
            return Ok(ProjectPolicy::plain(&self.working));
        }
        let policy = match &self.config {
            Some(config) => config.policy(&self.pack, &self.working, &mut self.problems),
            None => ProjectPolicy::plain(&self.working),
        };
        let ids: Vec<&str> = self.pack.rules.iter().map(|rule| rule.info.id.as_str()).collect();
        let read = |flag: &'static str, values: &[String]| -> Result<Vec<Selector>, CliError> {
            let select =
                |value: &String| Selector::new(value, &ids).map_err(|error| CliError::flag(flag, value, error.into()));
            values.iter().map(select).collect()
        };
        let only = read("--only", &choice.only);
        let chosen = only.and_then(|only| Ok((only, read("--skip", &choice.skip)?)));
        let (only, skip) = chosen.inspect_err(|_| tell(&self.problems, terminal))?;
        Ok(policy.choosing(only, skip))
    }

    /// The day as of which rules are applied, and whether it was asked for.
    pub fn as_of(&self, args: DateArgs) -> (NaiveDate, bool) {
        let asked = args.as_of.or_else(|| self.config.as_ref()?.as_of());
        (asked.unwrap_or_else(environment::today), asked.is_some())
    }

    /// What looks at pictures and videos as the configuration asks, and who watches it.
    pub fn scanner(&mut self, remember: bool) -> (Arc<MediaScanner>, Arc<MediaBars>) {
        let settings = match &self.config {
            Some(config) => config.media(&mut self.problems),
            None => MediaSettings::default(),
        };
        let configured = self.config.as_ref().and_then(|config| config.file.media.cache);
        let watch = MediaBars::new();
        let asked = Arc::clone(&watch) as Arc<dyn MediaProgress>;
        (environment::scanner(settings, remember && configured != Some(false), asked), watch)
    }

    /// Are pictures that are named by an address problems, where the configuration says so?
    pub fn addresses_are_problems(&self) -> Option<bool> {
        Some(self.config.as_ref()?.file.media.addresses? == Addresses::Problem)
    }

    /// Stands for the configuration as it is written; empty where there is none.
    pub fn configuration(&self) -> String {
        self.config.as_ref().map_or_else(String::new, |config| sha256_of_parts([config.text()]))
    }

    /// What reports need to know of the rules.
    pub fn rule_infos(&self) -> Vec<Arc<RuleInfo>> {
        self.pack.rules.iter().map(|rule| Arc::clone(&rule.info)).collect()
    }

    /// For commands other than reports: tells the problems. Are there any?
    pub fn report_problems(&self, terminal: &Terminal) -> bool {
        tell(&self.problems, terminal);
        !self.problems.is_empty()
    }
}

/// Tells problems where there is no report to tell them.
fn tell(problems: &[Problem], terminal: &Terminal) {
    terminal.problems(problems, &RunInfo::new(environment::today(), terminal.lang, Vec::new()));
}

fn build(
    args: &ProjectArgs,
    config: Option<&Config>,
    broken: bool,
    problems: &mut Vec<Problem>,
) -> Result<PackBuilder, CliError> {
    let mut builder = PackBuilder::default().shipped();
    if let Some(config) = config {
        builder = config.add_to(builder, problems);
    }
    for folder in args.packs.iter().filter(|folder| !is_configured(folder, config)) {
        match ConfigError::of_path(folder, true) {
            None => builder = builder.folder(folder),
            Some(error) => problems.push(Problem::in_file(&folder.display().to_string(), &error)),
        }
    }
    for table in &args.table {
        builder = builder.table(table);
    }
    for mapping in &args.mapping {
        builder = builder.mapping(mapping);
    }
    if let Some(config) = config {
        builder = config.apply_params(builder, problems);
    }
    for param in args.param.iter().filter(|_| !broken) {
        match read_param(&builder, param, problems) {
            Ok(Some((id, values))) => builder = builder.params(&id, values),
            Ok(None) => {}
            Err(error) => {
                // Perhaps the rule is there and cannot be read.
                problems.extend(builder.build().1);
                return Err(error);
            }
        }
    }
    Ok(builder)
}

/// Does the configuration name the folder too? Then its rules have been read.
fn is_configured(folder: &Path, config: Option<&Config>) -> bool {
    let Ok(folder) = folder.canonicalize() else { return false };
    let is_same = |path: PathBuf| path.canonicalize().is_ok_and(|path| path == folder);
    config.is_some_and(|config| config.file.packs.iter().any(|pack| is_same(config.path(&pack.value))))
}

/// The rule and what is set of it.
type RuleParams = (String, BTreeMap<String, Param>);

/// `--param RULE.NAME=VALUE`; the value is written as in YAML. `None`: it is wrong, and told.
fn read_param(builder: &PackBuilder, text: &str, problems: &mut Vec<Problem>) -> Result<Option<RuleParams>, CliError> {
    let shape = || CliError::ParamShape { value: text.to_owned() };
    let (place, written) = text.split_once('=').ok_or_else(shape)?;
    let (id, name) = place.rsplit_once('.').ok_or_else(shape)?;
    let flag = |error| CliError::flag("--param", text, error);
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
