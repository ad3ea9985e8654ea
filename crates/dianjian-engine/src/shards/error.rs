//! Why partials cannot be written or merged.

use super::Shard;
use dianjian_base::lang::{Lang, Localized};

/// Why a partial cannot be written, or some cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartialError {
    /// The system says so.
    #[error("{path}: {reason}")]
    Io {
        /// The file.
        path: String,
        /// The system's own message.
        reason: String,
    },
    /// The file is something else.
    #[error("{path} is no partial result of dianjian")]
    NotOne {
        /// The file.
        path: String,
    },
    /// A form that this program does not know.
    #[error("{path} has version {found} of a partial result, where {} is known", super::VERSION)]
    Version {
        /// The file.
        path: String,
        /// What it has.
        found: u64,
    },
    /// The file ends too early.
    #[error("{path} is cut short")]
    Truncated {
        /// The file.
        path: String,
    },
    /// The bytes are not those that were written.
    #[error("{path} is damaged")]
    Damaged {
        /// The file.
        path: String,
    },
    /// Two partials are of different runs.
    #[error("{path} and {other} are of different runs: {}", what.en())]
    Mixed {
        /// One file.
        path: String,
        /// The other.
        other: String,
        /// In what they differ.
        what: RunDifference,
    },
    /// One share is there twice.
    #[error("{path} and {other} are both share {}/{}", shard.number, shard.of)]
    Twice {
        /// One file.
        path: String,
        /// The other.
        other: String,
        /// The shard of both.
        shard: Shard,
    },
    /// Some shares are missing.
    #[error("share {} is missing", list(shares, *of))]
    Missing {
        /// Which.
        shares: Vec<u32>,
        /// Of how many.
        of: u32,
    },
    /// The run was made with other rules or another configuration than those here.
    #[error("{path} was made with other {}", what.en())]
    Foreign {
        /// The file.
        path: String,
        /// What is another here.
        what: RunDifference,
    },
}

/// In what two runs differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunDifference {
    /// The program's version.
    Program,
    /// The day of the check, or whether it was asked for.
    Day,
    /// Rules, tables, kinds, mappings or their parameters.
    Rules,
    /// The configuration.
    Configuration,
    /// `--only`, `--skip` or `--system`.
    Choice,
    /// The number of shares, or the bytes that are checked at a time.
    Shares,
    /// An input: missing, another, or of another size.
    Input(String),
}

impl RunDifference {
    fn zh(&self) -> String {
        match self {
            Self::Program => "程序版本不同".to_owned(),
            Self::Day => "检查日期不同".to_owned(),
            Self::Rules => "规则、表、映射或参数不同".to_owned(),
            Self::Configuration => "配置不同".to_owned(),
            Self::Choice => "--only、--skip 或 --system 不同".to_owned(),
            Self::Shares => "份数不同".to_owned(),
            Self::Input(name) => format!("输入文件不同，从“{name}”起"),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::Program => "versions of the program".to_owned(),
            Self::Day => "days of the check".to_owned(),
            Self::Rules => "rules, tables, mappings or parameters".to_owned(),
            Self::Configuration => "configuration".to_owned(),
            Self::Choice => "--only, --skip or --system".to_owned(),
            Self::Shares => "numbers of shares".to_owned(),
            Self::Input(name) => format!("inputs, from `{name}` on"),
        }
    }
}

/// `2/4, 3/4`
fn list(shares: &[u32], of: u32) -> String {
    shares.iter().map(|share| format!("{share}/{of}")).collect::<Vec<_>>().join(", ")
}

impl Localized for PartialError {
    fn text(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::Io { path, reason } => format!("{path}：{reason}"),
            Self::NotOne { path } => format!("{path} 不是店检的分片结果"),
            Self::Version { path, found } => {
                format!("{path} 的分片格式版本是 {found}，本程序只认识 {}", super::VERSION)
            }
            Self::Truncated { path } => format!("{path} 不完整"),
            Self::Damaged { path } => format!("{path} 已损坏"),
            Self::Mixed { path, other, what } => format!("{path} 和 {other} 不是同一次检查：{}", what.zh()),
            Self::Twice { path, other, shard } => {
                format!("{path} 和 {other} 都是第 {}/{} 份", shard.number, shard.of)
            }
            Self::Missing { shares, of } => format!("缺少第 {} 份", list(shares, *of)),
            Self::Foreign { path, what } => format!("{path} 与这里的{}", what.zh()),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        let (zh, en) = match self {
            Self::Io { .. } => return None,
            Self::NotOne { .. } => {
                ("分片结果由 dianjian check --shard I/N 生成。", "they are written by `dianjian check --shard I/N`")
            }
            Self::Version { .. } => ("各份和合并要用同一版本的程序。", "use one version of the program for all of it"),
            Self::Truncated { .. } | Self::Damaged { .. } => {
                ("重新检查这一份，或重新复制文件。", "check that share anew, or copy the file again")
            }
            Self::Mixed { .. } => (
                "各份要用同样的参数、规则和输入文件。",
                "check all shares with the same arguments, rules and input files",
            ),
            Self::Twice { .. } => ("去掉其中一个。", "leave one of them out"),
            Self::Missing { .. } => ("把所有份都列出来。", "name the partial results of all shares"),
            Self::Foreign { .. } => (
                "合并时用检查时的配置和规则（--config、--rules、--table、--mapping、--param）。",
                "merge with the configuration and rules of the check (--config, --rules, --table, --mapping, --param)",
            ),
        };
        Some(if lang == Lang::Zh { zh } else { en }.to_owned())
    }
}
