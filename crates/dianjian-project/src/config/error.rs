//! Mistakes in a configuration.

use std::path::Path;

use dianjian_base::lang::did_you_mean;
use dianjian_base::{localized, text};
use dianjian_report::FormatName;
use dianjian_rules::SelectorError;
use dianjian_rules::record::nearest;

/// A mistake in `dianjian.yaml` or in a flag with the same meaning. The place is kept beside it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A rule, or a pattern of rules, that there is not.
    Selector(#[from] SelectorError),
    /// A parameter that the rule does not have.
    UnknownParam {
        /// The rule's id.
        rule: String,
        /// The name as it is written.
        found: String,
        /// The most similar one.
        suggestion: Option<String>,
        /// All parameters of the rule.
        known: Vec<String>,
    },
    /// A parameter's value of the wrong sort.
    ParamType {
        /// The rule's id.
        rule: String,
        /// The parameter's name.
        name: String,
        /// What its value must be.
        expected: ParamSort,
        /// The value as it is written.
        found: String,
    },
    /// A table that is in no pack.
    UnknownTable {
        /// The id as it is written.
        found: String,
        /// The most similar one.
        suggestion: Option<String>,
    },
    /// Not a pattern of `.gitignore`.
    Pattern {
        /// What is wrong with it.
        reason: String,
    },
    /// A file or folder that does not exist.
    Missing {
        /// Its path.
        path: String,
    },
    /// A folder where a file is needed, or the other way round.
    NotA {
        /// Its path.
        path: String,
        /// Whether a folder is needed.
        folder: bool,
    },
    /// A baseline that does not exist.
    NoBaseline {
        /// Its path.
        path: String,
    },
    /// A text where a date is needed.
    NotADate {
        /// The text.
        found: String,
    },
    /// A format of outputs that there is not.
    UnknownFormat {
        /// The name as it is written.
        found: String,
        /// The most similar one.
        suggestion: Option<String>,
        /// The names of all formats.
        known: String,
    },
    /// A bound of `media:`.
    OutOfRange {
        /// The setting.
        name: &'static str,
        /// Its least value.
        low: String,
        /// Its greatest value.
        high: String,
        /// The value as it is written.
        found: String,
    },
    /// An output whose file has no name.
    NoFile,
    /// An entry of `ignore:` with an empty reason.
    NoReason,
}

impl ConfigError {
    /// The error for a path that should be a folder, or a file; `None` if it is.
    pub fn of_path(path: &Path, folder: bool) -> Option<Self> {
        let shown = path.display().to_string();
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() == folder => None,
            Ok(_) => Some(Self::NotA { path: shown, folder }),
            Err(_) => Some(Self::Missing { path: shown }),
        }
    }

    /// The error for the name of a format that there is not.
    pub fn unknown_format(found: &str) -> Self {
        let names = FormatName::ALL.map(FormatName::name);
        Self::UnknownFormat {
            found: found.to_owned(),
            suggestion: nearest(found, names.into_iter()).map(str::to_owned),
            known: names.join(", "),
        }
    }
}

/// Sorts of parameter values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamSort {
    /// Any number.
    Number,
    /// `true` or `false`.
    Bool,
    /// `YYYY-MM-DD`.
    Date,
    /// Any text.
    Text,
    /// Several values, or rows of a table.
    Set,
    /// Several numbers, or rows of a table.
    Numbers,
}

impl ParamSort {
    const fn en(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Bool => "true or false",
            Self::Date => "a date YYYY-MM-DD",
            Self::Text => "a text",
            Self::Set => "a list, or {table: …}",
            Self::Numbers => "a list of numbers, or {table: …}",
        }
    }

    const fn zh(self) -> &'static str {
        match self {
            Self::Number => "数字",
            Self::Bool => "true 或 false",
            Self::Date => "日期 YYYY-MM-DD",
            Self::Text => "文字",
            Self::Set => "列表或 {table: …}",
            Self::Numbers => "数字列表或 {table: …}",
        }
    }
}

localized! { ConfigError {
    Self::Selector(error) => error,
    Self::UnknownParam { rule, found, suggestion, known } => {
        zh: "规则“{rule}”没有参数“{found}”",
        en: "rule `{rule}` has no parameter `{found}`",
        help: Some(match suggestion {
            Some(near) => did_you_mean(near),
            None if known.is_empty() => text! { zh: "这条规则没有参数。", en: "this rule has none" },
            None => text! {
                zh: format!("它的参数：{}", known.join("、")),
                en: format!("it has: {}", known.join(", ")),
            },
        }),
    }
    Self::ParamType { rule, name, expected, found } => {
        zh: format!("规则“{rule}”的参数“{name}”应为{}，实际是“{found}”", expected.zh()),
        en: format!("parameter `{name}` of rule `{rule}` takes {}, not `{found}`", expected.en()),
    }
    Self::UnknownTable { found, suggestion } => {
        zh: "没有名为“{found}”的表",
        en: "there is no table `{found}`",
        help: suggestion.as_ref().map(did_you_mean),
    }
    Self::Pattern { reason } => { zh: "匹配式有误：{reason}", en: "not a pattern: {reason}" }
    Self::Missing { path } => { zh: "找不到“{path}”", en: "cannot find `{path}`" }
    Self::NotA { path, folder: true } => { zh: "“{path}”不是文件夹", en: "`{path}` is not a folder" }
    Self::NotA { path, folder: false } => { zh: "“{path}”不是文件", en: "`{path}` is not a file" }
    Self::NoBaseline { path } => {
        zh: "没有基线“{path}”",
        en: "there is no baseline `{path}`",
        help zh: "用 dianjian baseline create 生成。",
        help en: "write it with `dianjian baseline create`",
    }
    Self::NotADate { found } => { zh: "“{found}”不是日期 YYYY-MM-DD", en: "`{found}` is not a date YYYY-MM-DD" }
    Self::UnknownFormat { found, suggestion, known } => {
        zh: "没有“{found}”这种输出格式",
        en: "unknown output format `{found}`",
        help: Some(suggestion.as_ref().map_or_else(
            || text! { zh: "可用的格式：{known}", en: "one of: {known}" },
            did_you_mean,
        )),
    }
    Self::OutOfRange { name, low, high, found } => {
        zh: "media.{name} 应在 {low} 到 {high} 之间，实际是 {found}",
        en: "`media.{name}` must be from {low} to {high}, not {found}",
    }
    Self::NoReason => { zh: "理由是空的：写明为什么可以忽略", en: "the reason is empty: say why this may be ignored" }
    Self::NoFile => { zh: "缺少文件名", en: "the file's name is missing" }
} }
