//! Mistakes in what a door asks for.

use std::path::Path;

use dianjian_base::lang::Lang;
use dianjian_base::localized;
use dianjian_document::edit::FolderError;

use crate::config::ConfigError;

/// A mistake in the options of a project or a check, or a baseline that cannot be written. Mistakes in files are
/// [`Problem`](dianjian_document::problem::Problem)s instead.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// A value that does not fit the rules or the configuration.
    Option {
        /// The option that has it.
        option: ProjectOption,
        /// The value as it was given.
        value: String,
        /// What is wrong with it.
        error: Box<ConfigError>,
    },
    /// A parameter without its parts.
    ParamShape {
        /// The text as it was given.
        value: String,
    },
    /// The baseline is to be brought up to date, and neither options nor configuration name one.
    NoBaseline,
    /// A baseline that would be replaced although it is to be kept.
    BaselineExists {
        /// Its file.
        path: String,
        /// The number of its findings, if it can be read.
        known: Option<usize>,
    },
    /// A file that is no baseline would be replaced by one.
    NotABaseline {
        /// The file.
        path: String,
    },
    /// The folder of a file cannot be made.
    Folder(#[from] FolderError),
    /// A file cannot be written.
    Write {
        /// The file.
        path: String,
        /// Why not.
        reason: String,
    },
}

/// Options whose values name rules or parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectOption {
    /// Rules that report, [`RuleChoice::only`](crate::RuleChoice::only).
    Only,
    /// Rules that do not, [`RuleChoice::skip`](crate::RuleChoice::skip).
    Skip,
    /// A rule's parameter, [`ProjectOptions::params`](crate::ProjectOptions::params).
    Param,
}

impl ProjectOption {
    /// The option's name, as the command line has it after two dashes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Only => "only",
            Self::Skip => "skip",
            Self::Param => "param",
        }
    }
}

impl ProjectError {
    pub(crate) fn option(option: ProjectOption, value: &str, error: ConfigError) -> Self {
        Self::Option { option, value: value.to_owned(), error: Box::new(error) }
    }

    pub(crate) fn write(path: &Path, error: &std::io::Error) -> Self {
        Self::Write { path: path.display().to_string(), reason: error.to_string() }
    }
}

localized! { ProjectError {
    Self::Option { option, value, error } => {
        zh: format!("{} {value}：{}", option.name(), error.text(Lang::Zh)),
        en: format!("{} {value}: {error}", option.name()),
        help: error.both_help(),
    }
    Self::ParamShape { value } => {
        zh: "参数“{value}”：应写成 规则.参数=值",
        en: "parameter `{value}`: expected RULE.NAME=VALUE",
        help zh: "例如 limits/weixin-stores.limit=20",
        help en: "for example limits/weixin-stores.limit=20",
    }
    Self::NoBaseline => {
        zh: "没有指明基线，dianjian.yaml 里也没有 baseline:",
        en: "no baseline is named, nor is there `baseline:` in dianjian.yaml",
    }
    Self::BaselineExists { path, known } => {
        zh: match known {
            Some(known) => format!("已有基线“{path}”，内有 {known} 条已知问题"),
            None => format!("已有基线“{path}”，但无法读取"),
        },
        en: match known {
            Some(known) => format!("there is a baseline `{path}` already, with {}", dianjian_report::words::counted(*known, "known finding")),
            None => format!("there is a baseline `{path}` already, which cannot be read"),
        },
    }
    Self::NotABaseline { path } => {
        zh: "“{path}”不是基线，没有覆盖",
        en: "`{path}` is no baseline, so it is left as it is",
        help zh: "换一个文件名。",
        help en: "give another file",
    }
    Self::Folder(error) => error,
    Self::Write { path, reason } => { zh: "无法写入 {path}：{reason}", en: "cannot write {path}: {reason}" }
} }
