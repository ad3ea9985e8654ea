//! What can be wrong with a configuration; each says what was expected.

use std::path::Path;

use dianjian_base::lang::{Lang, Localized};
use dianjian_report::FormatName;
use dianjian_rules::SelectorError;
use dianjian_rules::record::nearest;

/// A mistake in `dianjian.yaml`, or in the flags that say the same; its place travels beside it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// An id or a pattern that means no rule.
    #[error(transparent)]
    Selector(#[from] SelectorError),
    /// A parameter that the rule does not have.
    #[error("rule `{rule}` has no parameter `{found}`")]
    UnknownParam {
        /// The rule.
        rule: String,
        /// What was written.
        found: String,
        /// The nearest.
        suggestion: Option<String>,
        /// All that it has.
        known: Vec<String>,
    },
    /// A parameter's value of the wrong sort.
    #[error("parameter `{name}` of rule `{rule}` takes {}, not `{found}`", expected.en())]
    ParamType {
        /// The rule.
        rule: String,
        /// The parameter.
        name: String,
        /// What the rule's own value is.
        expected: Sort,
        /// What was written.
        found: String,
    },
    /// A table that is in no pack.
    #[error("there is no table `{found}`")]
    UnknownTable {
        /// What was written.
        found: String,
        /// The nearest.
        suggestion: Option<String>,
    },
    /// A pattern that is not one.
    #[error("not a pattern: {reason}")]
    Pattern {
        /// Why not.
        reason: String,
    },
    /// A file or folder that is named but is not there.
    #[error("cannot find `{path}`")]
    Missing {
        /// As it is looked for.
        path: String,
    },
    /// A folder where a file is needed, or the other way round.
    #[error("`{path}` is not a {}", if *folder { "folder" } else { "file" })]
    NotA {
        /// As it is looked for.
        path: String,
        /// Was a folder needed?
        folder: bool,
    },
    /// A baseline that is not there.
    #[error("there is no baseline `{path}`")]
    NoBaseline {
        /// As it is looked for.
        path: String,
    },
    /// Not a date.
    #[error("`{found}` is not a date YYYY-MM-DD")]
    NotADate {
        /// What was written.
        found: String,
    },
    /// An output format that there is not.
    #[error("unknown output format `{found}`")]
    UnknownFormat {
        /// What was written.
        found: String,
        /// The nearest.
        suggestion: Option<String>,
        /// All that there are.
        known: String,
    },
    /// A number that makes no sense.
    #[error("`media.{name}` must be from {low} to {high}, not {found}")]
    OutOfRange {
        /// The setting.
        name: &'static str,
        /// The least.
        low: String,
        /// The most.
        high: String,
        /// What was written.
        found: String,
    },
    /// An output to a file without a name.
    #[error("the file's name is missing")]
    NoFile,
}

impl ConfigError {
    /// What is wrong with a path that should be a folder, or a file.
    #[must_use]
    pub fn of_path(path: &Path, folder: bool) -> Option<Self> {
        let shown = path.display().to_string();
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() == folder => None,
            Ok(_) => Some(Self::NotA { path: shown, folder }),
            Err(_) => Some(Self::Missing { path: shown }),
        }
    }

    /// The error for the name of an output format that there is not.
    #[must_use]
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
pub enum Sort {
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// `YYYY-MM-DD`.
    Date,
    /// A text.
    Text,
    /// Several values, or rows of a table.
    Set,
    /// Several numbers, or rows of a table.
    Numbers,
}

impl Sort {
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

impl Localized for ConfigError {
    fn text(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::Selector(error) => error.text(lang),
            Self::UnknownParam { rule, found, .. } => format!("规则“{rule}”没有参数“{found}”"),
            Self::ParamType { rule, name, expected, found } => {
                format!("规则“{rule}”的参数“{name}”应为{}，实际是“{found}”", expected.zh())
            }
            Self::UnknownTable { found, .. } => format!("没有名为“{found}”的表"),
            Self::Pattern { reason } => format!("匹配式有误：{reason}"),
            Self::Missing { path } => format!("找不到“{path}”"),
            Self::NotA { path, folder: true } => format!("“{path}”不是文件夹"),
            Self::NotA { path, folder: false } => format!("“{path}”不是文件"),
            Self::NoBaseline { path } => format!("没有基线“{path}”"),
            Self::NotADate { found } => format!("“{found}”不是日期 YYYY-MM-DD"),
            Self::UnknownFormat { found, .. } => format!("没有“{found}”这种输出格式"),
            Self::OutOfRange { name, low, high, found } => {
                format!("media.{name} 应在 {low} 到 {high} 之间，实际是 {found}")
            }
            Self::NoFile => "缺少文件名".to_owned(),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        let meant = |near: &String| match lang {
            Lang::Zh => format!("是不是想写“{near}”？"),
            Lang::En => format!("did you mean `{near}`?"),
        };
        match self {
            Self::Selector(error) => error.help(lang),
            Self::UnknownTable { suggestion, .. } => suggestion.as_ref().map(meant),
            Self::UnknownParam { suggestion: Some(near), .. } => Some(meant(near)),
            Self::UnknownParam { known, .. } if known.is_empty() => Some(match lang {
                Lang::Zh => "这条规则没有参数。".to_owned(),
                Lang::En => "this rule has none".to_owned(),
            }),
            Self::UnknownParam { known, .. } => Some(match lang {
                Lang::Zh => format!("它的参数：{}", known.join("、")),
                Lang::En => format!("it has: {}", known.join(", ")),
            }),
            Self::UnknownFormat { suggestion, known, .. } => {
                Some(suggestion.as_ref().map(meant).unwrap_or_else(|| match lang {
                    Lang::Zh => format!("可用的格式：{known}"),
                    Lang::En => format!("one of: {known}"),
                }))
            }
            Self::NoBaseline { .. } => Some(match lang {
                Lang::Zh => "用 dianjian baseline create 生成。".to_owned(),
                Lang::En => "write it with `dianjian baseline create`".to_owned(),
            }),
            _ => None,
        }
    }
}
