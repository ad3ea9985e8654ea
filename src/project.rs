//! What all commands begin with: the configuration, the pack, and the problems with both.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_base::{sha256_of_parts, text};
use dianjian_document::problem::Problem;
use dianjian_document::source::SourceFile;
use dianjian_media::{MediaProgress, MediaScanner, MediaSettings};
use dianjian_rules::language::{Param, SchemaLint};
use dianjian_rules::{Pack, PackBuilder, RuleInfo, RuleSource, Selector, SelectorError, parse_one};

use crate::config::{self, Addresses, Config, ConfigError, ProjectPolicy, params};
use crate::environment;
use crate::environment::day;
use crate::error::CliError;
use crate::progress::MediaBars;
use crate::terminal::{Terminal, TextStyle};

/// The baseline's file if neither flags nor configuration name one.
pub const DEFAULT_BASELINE: &str = "dianjian-baseline.json";

/// Flags that select the rules and their parameters.
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

/// The flag for the day of the check.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct DateArgs {
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    as_of: Option<NaiveDate>,
}

impl DateArgs {
    pub const fn at(day: NaiveDate) -> Self {
        Self { as_of: Some(day) }
    }
}

/// Flags that restrict which rules report.
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
    /// `None` without a configuration, and if it cannot be read.
    pub config: Option<Config>,
    pub pack: Pack,
    /// What is wrong with the configuration and the pack.
    pub problems: Vec<Problem>,
    /// Whether there is a configuration that cannot be read: its packs, parameters and severities are not known then.
    pub broken: bool,
    /// The working directory.
    pub working: PathBuf,
    /// Paths from flags that hold rules or known findings, not shops.
    given: Vec<PathBuf>,
    given_baseline: Option<PathBuf>,
    /// Whether files of the project are looked for by their names.
    finds_files: bool,
}

impl Project {
    /// Reads the configuration and all packs. Mistakes in files become problems; from here on the terminal uses the
    /// configuration's language.
    ///
    /// # Errors
    /// Mistakes in flags.
    pub fn load(args: &ProjectArgs, terminal: &mut Terminal) -> Result<Self, CliError> {
        let working = std::env::current_dir().unwrap_or_default();
        let mut problems = Vec::new();
        let found = || if args.no_config { None } else { config::find(&working) };
        let read = args.config.clone().or_else(found).map(|path| Config::read(&path)).transpose();
        let broken = read.is_err();
        let config = read.unwrap_or_else(|errors| {
            problems.extend(errors);
            None
        });
        problems.extend(config.as_ref().and_then(Config::wrong_day));
        terminal.configured(config.as_ref().and_then(|config| config.file.lang));
        if let Some(config) = config.as_ref().filter(|_| args.config.is_none())
            && config::is_outside_repository(&working, config.root())
        {
            let name = config.name();
            let note = text! {
                zh: "用的是仓库之外的配置 {name}；不用它：--no-config",
                en: "using {name}, a configuration outside the repository; --no-config ignores it",
            };
            terminal.note(&format!("{}\n", terminal.paint(TextStyle::Dim, note.get(terminal.lang))));
        }
        let builder =
            build(args, config.as_ref(), broken, &mut problems).inspect_err(|_| terminal.problems(&problems))?;
        let (pack, found) = builder.build();
        problems.extend(found);
        let given = [&args.packs, &args.table, &args.mapping].into_iter().flatten().cloned().collect();
        Ok(Self { config, pack, problems, broken, working, given, given_baseline: None, finds_files: !args.no_config })
    }

    /// Excludes a file given by a flag from the inputs: it holds no shops.
    pub fn owns(&mut self, path: Option<&Path>) {
        self.given.extend(path.map(Path::to_owned));
    }

    /// Excludes the baseline from the inputs, whether a flag names it or it is found by its name: it holds no shops.
    pub fn owns_baseline(&mut self, path: Option<&Path>) {
        self.given.extend(self.default_baseline());
        self.owns(path);
        self.given_baseline = path.map(Path::to_owned).or_else(|| self.default_baseline());
    }

    /// The baseline that a check without flags uses if it is there: beside the configuration, else in the working
    /// directory. `None` with `--no-config`.
    pub fn default_baseline(&self) -> Option<PathBuf> {
        let folder = self.config.as_ref().map(|config| config.root().to_owned()).unwrap_or_default();
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

    /// The severities that the configuration and the flags give to rules, and the findings that the former silences.
    ///
    /// # Errors
    /// A flag that matches no rule. The problems so far are printed first, as its rule may be one that cannot be read.
    pub fn policy(&mut self, choice: &ChoiceArgs, terminal: &Terminal) -> Result<ProjectPolicy, CliError> {
        if self.broken {
            // Which rules there would be is not known, so flags cannot be checked against them.
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
        let (only, skip) = chosen.inspect_err(|_| terminal.problems(&self.problems))?;
        Ok(policy.choosing(only, skip))
    }

    /// The day of the check, and whether a flag or the configuration gives it.
    pub fn as_of(&self, args: DateArgs) -> (NaiveDate, bool) {
        let asked = args.as_of.or_else(|| self.config.as_ref()?.as_of());
        (asked.unwrap_or_else(environment::today), asked.is_some())
    }

    /// Where [`Self::as_of`] has its day from.
    pub fn as_of_place(&self, args: DateArgs) -> Text {
        if args.as_of.is_some() {
            return text! { zh: "--as-of", en: "--as-of" };
        }
        match self.config.as_ref().and_then(Config::as_of_place) {
            Some((file, line)) => text! { zh: "{file}:{line} 的 as_of", en: "as_of in {file}:{line}" },
            None => text! { zh: "今天", en: "today" },
        }
    }

    /// The scanner of pictures and videos that the configuration asks for, with its progress bars.
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

    /// Whether pictures named by an address are problems; `None`: the configuration does not say.
    pub fn addresses_are_problems(&self) -> Option<bool> {
        Some(self.config.as_ref()?.file.media.addresses? == Addresses::Problem)
    }

    /// The digest of the configuration's text, which must be the same for all shards of a run; empty without one.
    pub fn configuration(&self) -> String {
        self.config.as_ref().map_or_else(String::new, |config| sha256_of_parts([config.text()]))
    }

    pub fn rule_infos(&self) -> Vec<Arc<RuleInfo>> {
        self.pack.rules.iter().map(|rule| Arc::clone(&rule.info)).collect()
    }

    /// Whether a rule reports what was not read or not understood: `--only` and `--skip` do not leave it out.
    pub fn reports_gaps(&self, id: &str) -> bool {
        let lint = |rule: &RuleSource| rule.file.check.value.schema.as_ref().map(|lint| lint.value);
        self.pack.rule(id).and_then(lint).is_some_and(SchemaLint::may_be_gap)
    }

    /// Prints the problems, for commands without a report; returns whether there are any.
    pub fn report_problems(&self, terminal: &Terminal) -> bool {
        terminal.problems(&self.problems);
        !self.problems.is_empty()
    }
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
    builder = args.table.iter().fold(builder, |builder, table| builder.table(table));
    builder = args.mapping.iter().fold(builder, |builder, mapping| builder.mapping(mapping));
    if let Some(config) = config {
        builder = config.apply_params(builder, problems);
    }
    for param in args.param.iter().filter(|_| !broken) {
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

/// Reads `--param RULE.NAME=VALUE`, whose value is YAML. `None`: the value is no YAML, which is among the problems now.
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
