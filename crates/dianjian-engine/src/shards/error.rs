//! Why partials cannot be written or merged.

use dianjian_base::lang::Text;
use dianjian_base::{localized, text};

use super::{Shard, VERSION};

/// Why a partial cannot be written, or some cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartialError {
    /// The file system refuses.
    Io {
        /// The partial, as the user named it.
        path: String,
        /// The system's own message.
        reason: String,
    },
    /// The file is no partial.
    NotOne {
        /// The partial, as the user named it.
        path: String,
    },
    /// Another version of the format.
    Version {
        /// The partial, as the user named it.
        path: String,
        /// The version that it has.
        found: u64,
    },
    /// The file ends too early.
    Truncated {
        /// The partial, as the user named it.
        path: String,
    },
    /// The bytes are not those that were written.
    Damaged {
        /// The partial, as the user named it.
        path: String,
    },
    /// Two partials belong to different runs.
    Mixed {
        /// One of them.
        path: String,
        /// The other of them.
        other: String,
        /// The first difference that was found.
        what: RunDifference,
    },
    /// A shard is there twice.
    Twice {
        /// One of them.
        path: String,
        /// The other of them.
        other: String,
        /// The shard of both.
        shard: Shard,
    },
    /// Shards are missing.
    Missing {
        /// Their numbers, from 1.
        shards: Vec<u32>,
        /// The number of all shards.
        of: u32,
    },
    /// The run was made with other rules or another configuration than those here.
    Foreign {
        /// The partial, as the user named it.
        path: String,
        /// The first difference from the run here.
        what: RunDifference,
    },
}

/// How two runs differ.
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
    /// The number of shards, or the bytes that are checked at a time.
    Shares,
    /// An input: missing, another, or of another size.
    Input(String),
}

/// As part of a sentence: `different runs: …`, `made with other …`.
impl RunDifference {
    fn text(&self) -> Text {
        match self {
            Self::Program => text! { zh: "程序版本不同", en: "versions of the program" },
            Self::Day => text! { zh: "检查日期不同", en: "days of the check" },
            Self::Rules => text! { zh: "规则、表、映射或参数不同", en: "rules, tables, mappings or parameters" },
            Self::Configuration => text! { zh: "配置不同", en: "configuration" },
            Self::Choice => text! { zh: "--only、--skip 或 --system 不同", en: "--only, --skip or --system" },
            Self::Shares => text! { zh: "份数不同", en: "numbers of shares" },
            Self::Input(name) => text! { zh: "输入文件不同，从“{name}”起", en: "inputs, from `{name}` on" },
        }
    }
}

/// `2/4, 3/4`
fn list(shards: &[u32], of: u32) -> String {
    shards.iter().map(|shard| format!("{shard}/{of}")).collect::<Vec<_>>().join(", ")
}

localized! { PartialError {
    Self::Io { path, reason } => { zh: "{path}：{reason}", en: "{path}: {reason}" }
    Self::NotOne { path } => {
        zh: "{path} 不是店检的分片结果",
        en: "{path} is not a partial result of dianjian",
        help zh: "分片结果由 dianjian check --shard I/N 生成。",
        help en: "they are written by `dianjian check --shard I/N`",
    }
    Self::Version { path, found } => {
        zh: "{path} 的分片格式版本是 {found}，本程序只认识 {VERSION}",
        en: "{path} is a partial result of version {found}; this program reads version {VERSION}",
        help zh: "各份和合并要用同一版本的程序。",
        help en: "use one version of the program for all of it",
    }
    Self::Truncated { path } => { zh: "{path} 不完整", en: "{path} is cut short", help: Some(check_again()) }
    Self::Damaged { path } => { zh: "{path} 已损坏", en: "{path} is damaged", help: Some(check_again()) }
    Self::Mixed { path, other, what } => {
        zh: format!("{path} 和 {other} 不是同一次检查：{}", what.text().zh),
        en: format!("{path} and {other} belong to different runs: {}", what.text().en),
        help zh: "各份要用同样的参数、规则和输入文件。",
        help en: "check all shares with the same arguments, rules and input files",
    }
    Self::Twice { path, other, shard: Shard { number, of } } => {
        zh: "{path} 和 {other} 都是第 {number}/{of} 份",
        en: "{path} and {other} are both share {number}/{of}",
        help zh: "去掉其中一个。",
        help en: "leave one of them out",
    }
    Self::Missing { shards, of } => {
        zh: format!("缺少第 {} 份", list(shards, *of)),
        en: format!("share {} is missing", list(shards, *of)),
        help zh: "把所有份都列出来。",
        help en: "name the partial results of all shares",
    }
    Self::Foreign { path, what } => {
        zh: format!("{path} 与这里的{}", what.text().zh),
        en: format!("{path} was made with other {}", what.text().en),
        help zh: "合并时用检查时的配置和规则（--config、--rules、--table、--mapping、--param）。",
        help en: "merge with the configuration and rules of the check (--config, --rules, --table, --mapping, --param)",
    }
} }

fn check_again() -> Text {
    text! { zh: "重新检查这一份，或重新复制文件。", en: "check that share anew, or copy the file again" }
}
