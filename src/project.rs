//! The flags that select a project's rules, and what the command line does with a project that is loaded.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::{Lang, Text};
use dianjian_base::text;
use dianjian_media::{MediaProgress, MediaScanner, TextSetting};
use dianjian_project::config::{Config, FailOn, ProjectPolicy};
use dianjian_project::{Project, ProjectNote, ProjectOptions, RuleChoice, WorkingFolder};

use crate::environment;
use crate::environment::day;
use crate::error::CliError;
use crate::progress::MediaBars;
use crate::terminal::{Terminal, TextStyle};

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

impl ProjectArgs {
    /// Reads the configuration and all packs. From here on the terminal uses the configuration's language.
    ///
    /// # Errors
    /// Mistakes in flags. The problems so far are printed first.
    pub fn load(&self, terminal: &mut Terminal) -> Result<Project, CliError> {
        match Project::load(&self.options()) {
            Ok(project) => {
                greet(project.lang(), &project.notes, terminal);
                Ok(project)
            }
            Err(unloaded) => {
                greet(unloaded.lang, &unloaded.notes, terminal);
                terminal.problems(&unloaded.problems);
                Err(unloaded.error.into())
            }
        }
    }

    fn options(&self) -> ProjectOptions {
        ProjectOptions {
            working: WorkingFolder::of_process(std::env::current_dir().unwrap_or_default()),
            config: self.config.clone(),
            finds_files: !self.no_config,
            packs: self.packs.clone(),
            mappings: self.mapping.clone(),
            tables: self.table.clone(),
            params: self.param.clone(),
        }
    }
}

fn greet(lang: Option<Lang>, notes: &[ProjectNote], terminal: &mut Terminal) {
    terminal.configured(lang);
    for note in notes {
        terminal.note(&format!("{}\n", terminal.paint(TextStyle::Dim, note.text().get(terminal.lang))));
    }
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

    /// The day of the check, and whether the flag or the configuration gives it.
    pub fn of(self, project: &Project) -> (NaiveDate, bool) {
        project.as_of(self.as_of, environment::today)
    }

    /// The day that the flag gives.
    pub const fn given(self) -> Option<NaiveDate> {
        self.as_of
    }

    /// Where [`Self::of`] has its day from.
    pub fn place(self, project: &Project) -> Text {
        if self.as_of.is_some() {
            return text! { zh: "--as-of", en: "--as-of" };
        }
        match project.config.as_ref().and_then(Config::as_of_place) {
            Some((file, line)) => text! { zh: "{file}:{line} 的 as_of", en: "as_of in {file}:{line}" },
            None => text! { zh: "今天", en: "today" },
        }
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

impl ChoiceArgs {
    /// The severities that the configuration and the flags give to rules, and the findings that the former silences.
    ///
    /// # Errors
    /// A flag that matches no rule. The problems so far are printed first, as its rule may be one that cannot be read.
    pub fn policy(&self, project: &mut Project, terminal: &Terminal) -> Result<ProjectPolicy, CliError> {
        let choice = RuleChoice { only: self.only.clone(), skip: self.skip.clone() };
        Ok(project.policy(&choice).inspect_err(|_| terminal.problems(&project.problems))?)
    }
}

/// The values of `--fail-on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum FailLevel {
    Error,
    Warning,
    Info,
    Never,
}

impl From<FailLevel> for FailOn {
    fn from(level: FailLevel) -> Self {
        match level {
            FailLevel::Error => Self::Error,
            FailLevel::Warning => Self::Warning,
            FailLevel::Info => Self::Info,
            FailLevel::Never => Self::Never,
        }
    }
}

/// The scanner of pictures and videos that the configuration asks for, with its progress bars; `text`: what flags say of
/// reading text.
pub fn media_scanner(
    project: &mut Project,
    remember: bool,
    text: Option<TextSetting>,
) -> (Arc<MediaScanner>, Arc<MediaBars>) {
    let mut settings = project.media_settings();
    settings.text = text.unwrap_or(settings.text);
    let watch = MediaBars::new();
    let asked = Arc::clone(&watch) as Arc<dyn MediaProgress>;
    (environment::scanner(settings, remember && project.remembers_media(), asked), watch)
}

/// Prints the problems, for commands without a report; returns whether there are any.
pub fn report_problems(project: &Project, terminal: &Terminal) -> bool {
    terminal.problems(&project.problems);
    !project.problems.is_empty()
}
