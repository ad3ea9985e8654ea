//! Why a command cannot go on.

use std::io;
use std::path::Path;

use crate::config::ConfigError;
use dianjian_base::lang::{Lang, Localized};
use dianjian_document::edit::FolderError;
use dianjian_engine::shards::PartialError;
use dianjian_migrate::PlanningError;
use dianjian_migrate::apply::RunError;
use dianjian_report::{WriteError, words};

/// Why a command cannot go on. All of these end it with [`Exit::Untrusted`](crate::exit::Exit).
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A flag's value does not fit the rules.
    #[error("{flag} {value}: {error}")]
    Flag {
        /// With its dashes.
        flag: &'static str,
        /// As given.
        value: String,
        /// What is wrong with it.
        error: Box<ConfigError>,
    },
    /// `--param` without its parts.
    #[error("--param {value}: expected RULE.NAME=VALUE")]
    ParamShape {
        /// As given.
        value: String,
    },
    /// A report cannot be written.
    #[error(transparent)]
    Report(#[from] WriteError),
    /// There is no folder for a file that is to be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A run of a migration cannot begin.
    #[error(transparent)]
    Migration(#[from] RunError),
    /// No plan can be given.
    #[error(transparent)]
    Plan(#[from] PlanningError),
    /// A partial cannot be written, or partials cannot be merged.
    #[error(transparent)]
    Partial(#[from] PartialError),
    /// Another output cannot be written.
    #[error("cannot write {path}: {reason}")]
    Write {
        /// Where to; `-` is the standard output.
        path: String,
        /// Why not.
        reason: String,
    },
    /// Nothing of that name to explain.
    #[error("there is no rule, record kind, field or table `{found}`")]
    Unknown {
        /// What was asked for.
        found: String,
        /// The nearest.
        suggestion: Option<String>,
    },
    /// No shop of that key in the plan.
    #[error("the plan has no shop `{found}`")]
    UnknownShop {
        /// What was asked for.
        found: String,
        /// The nearest.
        suggestion: Option<String>,
    },
    /// A new file would replace one that is there.
    #[error("`{path}` is there already")]
    Exists {
        /// Which.
        path: String,
    },
    /// One file for several tables.
    #[error("there are several tables to write and `{path}` is one file")]
    SeveralTables {
        /// The file.
        path: String,
    },
    /// Not a rule id.
    #[error("`{found}` is not a rule id: it is a group and a name, such as `naming/our-words`")]
    BadId {
        /// As given.
        found: String,
    },
    /// A rule id that the pack has.
    #[error("rule `{id}` exists already")]
    IdTaken {
        /// The id.
        id: String,
    },
    /// Two flags, or a flag and an input, that do not go together.
    #[error("{first} and {second} do not go together")]
    Together {
        /// One of them.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// A flag that needs another one or a line of the configuration.
    #[error("{flag} needs a baseline: --baseline FILE, or `baseline:` in dianjian.yaml")]
    NoBaseline {
        /// With its dashes.
        flag: &'static str,
    },
    /// A baseline that would be written over unasked.
    #[error("there is a baseline `{path}` already, {}", holding(Lang::En, *known))]
    BaselineExists {
        /// Where.
        path: String,
        /// How many findings it knows, if it can be read.
        known: Option<usize>,
    },
    /// Two outputs to one place.
    #[error("two outputs go to {target}")]
    SameTarget {
        /// A file, or `-`.
        target: String,
    },
}

impl CliError {
    /// A flag's value that does not fit.
    #[must_use]
    pub fn flag(flag: &'static str, value: &str, error: ConfigError) -> Self {
        Self::Flag { flag, value: value.to_owned(), error: Box::new(error) }
    }

    /// An output that cannot be written.
    #[must_use]
    pub fn write(path: impl AsRef<Path>, error: &io::Error) -> Self {
        Self::Write { path: path.as_ref().display().to_string(), reason: error.to_string() }
    }
}

impl Localized for CliError {
    fn text(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::Flag { flag, value, error } => format!("{flag} {value}：{}", error.text(lang)),
            Self::ParamShape { value } => format!("--param {value}：应写成 规则.参数=值"),
            Self::Report(error) => error.text(lang),
            Self::Folder(error) => error.text(lang),
            Self::Plan(error) => error.text(lang),
            Self::Partial(error) => error.text(lang),
            Self::Migration(error) => error.text(lang),
            Self::Write { path, reason } => format!("无法写入 {path}：{reason}"),
            Self::Unknown { found, .. } => format!("没有叫“{found}”的规则、记录、字段或表"),
            Self::UnknownShop { found, .. } => format!("计划里没有店铺“{found}”"),
            Self::Exists { path } => format!("“{path}”已经存在"),
            Self::SeveralTables { path } => format!("有几张表要写，而“{path}”是一个文件"),
            Self::BadId { found } => format!("“{found}”不是规则 id：应为“组/名称”，例如 naming/our-words"),
            Self::IdTaken { id } => format!("规则“{id}”已经存在"),
            Self::Together { first, second } => format!("{first} 和 {second} 不能同时使用"),
            Self::NoBaseline { flag } => format!("{flag} 需要基线：--baseline FILE，或 dianjian.yaml 里的 baseline:"),
            Self::BaselineExists { path, known } => format!("已有基线“{path}”，{}", holding(lang, *known)),
            Self::SameTarget { target } => format!("两个输出都写到 {target}"),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        match self {
            Self::Flag { error, .. } => error.help(lang),
            Self::Report(error) => error.help(lang),
            Self::Plan(error) => error.help(lang),
            Self::Partial(error) => error.help(lang),
            Self::Migration(error) => error.help(lang),
            Self::SeveralTables { .. } => Some(match lang {
                Lang::Zh => "把 -o 写成一个文件夹。".to_owned(),
                Lang::En => "Give -o a folder.".to_owned(),
            }),
            Self::ParamShape { .. } => Some(match lang {
                Lang::Zh => "例如 --param limits/weixin-stores.limit=20".to_owned(),
                Lang::En => "for example --param limits/weixin-stores.limit=20".to_owned(),
            }),
            Self::Unknown { suggestion, .. } => Some(match (lang, suggestion) {
                (Lang::Zh, Some(near)) => format!("是不是想写“{near}”？"),
                (Lang::En, Some(near)) => format!("did you mean `{near}`?"),
                (Lang::Zh, None) => "用 dianjian rules list 查看全部规则。".to_owned(),
                (Lang::En, None) => "`dianjian rules list` shows all rules".to_owned(),
            }),
            Self::UnknownShop { suggestion, .. } => suggestion.as_ref().map(|near| match lang {
                Lang::Zh => format!("是不是想写“{near}”？"),
                Lang::En => format!("did you mean `{near}`?"),
            }),
            Self::BaselineExists { .. } => Some(match lang {
                Lang::Zh => "check --update-baseline 去掉已不再出现的；--force 重写，现有问题都算已知。".to_owned(),
                Lang::En => "`check --update-baseline` drops what no longer occurs; --force writes it anew, with all \
                             that is found now"
                    .to_owned(),
            }),
            _ => None,
        }
    }
}

/// What a baseline holds.
fn holding(lang: Lang, known: Option<usize>) -> String {
    match (lang, known) {
        (Lang::Zh, Some(known)) => format!("内有 {known} 条已知问题"),
        (Lang::En, Some(known)) => format!("with {}", words::count(lang, known, "", "known finding")),
        (Lang::Zh, None) => "但无法读取".to_owned(),
        (Lang::En, None) => "which cannot be read".to_owned(),
    }
}

/// Why a file is not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It is not the file that was read.
    #[error("the file changed while it was being mended; it is left as it is")]
    Changed,
}

impl Localized for FileError {
    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => "修复期间文件有变化，没有改动它".to_owned(),
            Lang::En => self.to_string(),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        Some(match lang {
            Lang::Zh => "再运行一次。".to_owned(),
            Lang::En => "run the command again".to_owned(),
        })
    }
}
