//! Errors that end a command.

use std::io;
use std::path::Path;

use chrono::NaiveDate;
use dianjian_base::lang::{Lang, Text, did_you_mean};
use dianjian_base::{localized, text};
use dianjian_document::edit::FolderError;
use dianjian_engine::inventory::{ExternalSortError, UnknownSkuKey};
use dianjian_engine::shards::PartialError;
use dianjian_media::ModelError;
use dianjian_migrate::PlanningError;
use dianjian_migrate::apply::RunError;
use dianjian_project::{ProjectError, ProjectOption};
use dianjian_report::inventory::InventoryWriteError;
use dianjian_report::{WriteError, words};
use dianjian_workbench::{ServeError, StoreError};

use crate::commands::check::GitError;
use dianjian_project::config::ConfigError;

/// An error that ends a command, with [`Exit::Untrusted`](crate::exit::Exit).
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A flag whose value does not fit the rules or the configuration.
    Flag {
        flag: &'static str,
        value: String,
        error: Box<ConfigError>,
    },
    /// `--param` without its parts.
    ParamShape {
        value: String,
    },
    Ocr(#[from] ModelError),
    Report(#[from] WriteError),
    Folder(#[from] FolderError),
    /// A run of a migration cannot begin.
    Migration(#[from] RunError),
    /// No plan can be given.
    Plan(#[from] PlanningError),
    /// A partial cannot be written, or partials cannot be merged.
    Partial(#[from] PartialError),
    /// A table is to have a row for each value of a field that there is not.
    SkuKey(#[from] UnknownSkuKey),
    /// What is kept on disk of an inventory cannot be.
    Sort(#[from] ExternalSortError),
    /// What the workbench remembers cannot be used.
    Remembered(#[from] StoreError),
    /// Nothing says where the workbench may keep its data.
    NoStateFolder,
    /// A folder that is not there.
    NotOpened {
        path: String,
        reason: String,
    },
    /// The workbench cannot be served.
    Serve(#[from] ServeError),
    /// An inventory cannot be written.
    Inventory(#[from] InventoryWriteError),
    /// A file whose name does not say a format.
    NoTableFormat {
        path: String,
    },
    /// A choice of shops that none fits.
    NoSuchShop {
        flag: &'static str,
        found: String,
        suggestion: Option<String>,
    },
    /// What has changed is not known.
    Git(#[from] GitError),
    /// An output other than a report cannot be written.
    Write {
        /// `-` is the standard output.
        path: String,
        reason: String,
    },
    /// Labelled texts or floors that cannot be read.
    UnreadableLines {
        path: String,
        reason: String,
    },
    /// Two labelled texts of one id.
    RepeatedLine {
        id: String,
    },
    /// Nothing that `explain` knows.
    Unknown {
        found: String,
        suggestion: Option<String>,
    },
    /// Neither a sort of file nor a kind of records.
    NoSchema {
        found: String,
        suggestion: Option<String>,
        /// What has a schema.
        known: String,
    },
    UnknownShop {
        found: String,
        suggestion: Option<String>,
    },
    /// A new file would replace an existing one.
    Exists {
        path: String,
    },
    /// A decisions file would replace one that is there.
    DecisionsExist {
        path: String,
    },
    /// A cut-over before the day of the plan.
    CutoverBefore {
        cutover: NaiveDate,
        as_of: NaiveDate,
        /// Where the day of the plan is from.
        said: Text,
    },
    /// A template of something that has no tables.
    NoTemplate {
        found: String,
        suggestion: Option<String>,
        /// What has tables, by the titles of the kinds.
        zh: String,
        /// The same by their names.
        en: String,
    },
    /// One file for several tables.
    SeveralTables {
        path: String,
    },
    BadId {
        found: String,
    },
    /// The id of a new rule is that of an existing one.
    IdTaken {
        id: String,
    },
    /// Two flags, or a flag and an input, that do not go together.
    Together {
        first: &'static str,
        second: &'static str,
    },
    /// A flag that needs a baseline, and neither flags nor configuration name one.
    NoBaseline {
        flag: &'static str,
    },
    /// A baseline that would be replaced without `--force`.
    BaselineExists {
        path: String,
        /// The number of its findings, if it can be read.
        known: Option<usize>,
    },
    /// An output that exists and was not written by the program.
    NotOurs {
        flag: &'static str,
        path: String,
    },
    /// An output that is one of the files that are read.
    OverInput {
        flag: &'static str,
        path: String,
        /// The input as it was named, if it has another name.
        input: Option<String>,
    },
    /// Two outputs with the same target.
    SameTarget {
        /// A file, or `-`.
        target: String,
    },
}

/// A mistake of a project's options, in the words of the flags that they come from.
impl From<ProjectError> for CliError {
    fn from(error: ProjectError) -> Self {
        match error {
            ProjectError::Option { option, value, error } => {
                let flag = match option {
                    ProjectOption::Only => "--only",
                    ProjectOption::Skip => "--skip",
                    ProjectOption::Param => "--param",
                };
                Self::Flag { flag, value, error }
            }
            ProjectError::ParamShape { value } => Self::ParamShape { value },
            ProjectError::NoBaseline => Self::NoBaseline { flag: "--update-baseline" },
            ProjectError::BaselineExists { path, known } => Self::BaselineExists { path, known },
            ProjectError::NotABaseline { path } => Self::OverInput { flag: "--baseline", path, input: None },
            ProjectError::Folder(error) => Self::Folder(error),
            ProjectError::Write { path, reason } => Self::Write { path, reason },
        }
    }
}

impl CliError {
    pub fn flag(flag: &'static str, value: &str, error: ConfigError) -> Self {
        Self::Flag { flag, value: value.to_owned(), error: Box::new(error) }
    }

    pub fn write(path: impl AsRef<Path>, error: &io::Error) -> Self {
        Self::Write { path: path.as_ref().display().to_string(), reason: error.to_string() }
    }
}

localized! { CliError {
    Self::Flag { flag, value, error } => {
        zh: format!("{flag} {value}：{}", error.text(Lang::Zh)),
        en: "{flag} {value}: {error}",
        help: error.both_help(),
    }
    Self::ParamShape { value } => {
        zh: "--param {value}：应写成 规则.参数=值",
        en: "--param {value}: expected RULE.NAME=VALUE",
        help zh: "例如 --param limits/weixin-stores.limit=20",
        help en: "for example --param limits/weixin-stores.limit=20",
    }
    Self::Ocr(error) => error,
    Self::Report(error) => error,
    Self::Folder(error) => error,
    Self::Migration(error) => error,
    Self::Plan(error) => error,
    Self::Partial(error) => error,
    Self::Git(error) => error,
    Self::SkuKey(error) => error,
    Self::Sort(error) => error,
    Self::Serve(error) => error,
    Self::Remembered(error) => error,
    Self::NoStateFolder => {
        zh: "不知道把工作台的数据放在哪里",
        en: "there is no folder for the workbench's data",
        help zh: "用 --state 指定一个文件夹。",
        help en: "name one with --state",
    }
    Self::NotOpened { path, reason } => { zh: "打不开 {path}：{reason}", en: "cannot open {path}: {reason}" }
    Self::Inventory(error) => error,
    Self::NoTableFormat { path } => {
        zh: "“{path}”的扩展名没有说明格式",
        en: "the name of `{path}` does not say its format",
        help zh: "用 .csv、.xlsx、.json 或 .txt 作扩展名，或用 --format 说明。",
        help en: "end it in .csv, .xlsx, .json or .txt, or say it with --format",
    }
    Self::NoSuchShop { flag, found, suggestion } => {
        zh: "{flag} {found}：没有商品在这样的店铺里",
        en: "{flag} {found}: no product is in such a shop",
        help: suggestion.as_ref().map(did_you_mean),
    }
    Self::Write { path, reason } => { zh: "无法写入 {path}：{reason}", en: "cannot write {path}: {reason}" }
    Self::UnreadableLines { path, reason } => {
        zh: "无法读取 {path}：{reason}",
        en: "cannot read {path}: {reason}",
        help zh: "句子文件是一个列表，每句有 id、area（live、name 或 title）、label（good、bad 或 ambiguous）和 text；底线文件有 measures。",
        help en: "A file of lines is a list; each has id, area (live, name or title), label (good, bad or ambiguous) and text. A file of floors has measures.",
    }
    Self::RepeatedLine { id } => { zh: "有两句的 id 都是“{id}”", en: "two lines have the id `{id}`" }
    Self::Unknown { found, suggestion } => {
        zh: "没有叫“{found}”的规则、记录、字段或表",
        en: "there is no rule, record kind, field or table `{found}`",
        help: Some(suggestion.as_ref().map_or_else(
            || text! { zh: "用 dianjian rules list 查看全部规则。", en: "`dianjian rules list` shows all rules" },
            did_you_mean,
        )),
    }
    Self::NoSchema { found, suggestion, known } => {
        zh: "没有叫“{found}”的文件或记录",
        en: "there is no sort of file or record `{found}`",
        help: Some(suggestion.as_ref().map_or_else(
            || text! { zh: format!("可以写：{known}"), en: format!("one of: {known}") },
            did_you_mean,
        )),
    }
    Self::UnknownShop { found, suggestion } => {
        zh: "计划里没有店铺“{found}”",
        en: "the plan has no shop `{found}`",
        help: suggestion.as_ref().map(did_you_mean),
    }
    Self::Exists { path } => { zh: "“{path}”已经存在", en: "`{path}` already exists" }
    Self::DecisionsExist { path } => {
        zh: "“{path}”已经存在，--write-decisions 不会改写它",
        en: "`{path}` already exists, and --write-decisions does not write over it",
        help zh: "换一个文件名；已有的决定用 --decisions 读入，会写进新文件。",
        help en: "name another file; decisions read with --decisions are in the new one, too",
    }
    Self::CutoverBefore { cutover, as_of, said } => {
        zh: format!("--cutover {cutover} 早于计划日 {as_of}（{}）", said.zh),
        en: format!("--cutover {cutover} is before the day of the plan, {as_of} ({})", said.en),
        help zh: "割接日不能早于计划日：改 --cutover，或用 --as-of 写更早的计划日。",
        help en: "the cut-over is on that day or later: change --cutover, or plan as of an earlier day with --as-of",
    }
    Self::NoTemplate { found, suggestion, zh, en } => {
        zh: "“{found}”没有说明要什么表",
        en: "`{found}` does not say what table is wanted",
        help: Some(suggestion.as_ref().map_or_else(
            || text! {
                zh: format!("用 --kind 说明，或让文件名里有它：{zh}"),
                en: format!("say it with --kind or in the file's name: {en}"),
            },
            did_you_mean,
        )),
    }
    Self::SeveralTables { path } => {
        zh: "有几张表要写，而“{path}”是一个文件",
        en: "there are several tables to write and `{path}` is one file",
        help zh: "把 -o 写成一个文件夹。",
        help en: "Give -o a folder.",
    }
    Self::BadId { found } => {
        zh: "“{found}”不是规则 id：应为“组/名称”，例如 naming/our-words",
        en: "`{found}` is not a rule id: it is a group and a name, such as `naming/our-words`",
    }
    Self::IdTaken { id } => { zh: "规则“{id}”已经存在", en: "rule `{id}` exists already" }
    Self::Together { first, second } => {
        zh: "{first} 和 {second} 不能同时使用",
        en: "{first} and {second} do not go together",
    }
    Self::NoBaseline { flag } => {
        zh: "{flag} 需要基线：--baseline FILE，或 dianjian.yaml 里的 baseline:",
        en: "{flag} needs a baseline: --baseline FILE, or `baseline:` in dianjian.yaml",
    }
    Self::BaselineExists { path, known } => {
        zh: format!("已有基线“{path}”，{}", holding(Lang::Zh, *known)),
        en: format!("there is a baseline `{path}` already, {}", holding(Lang::En, *known)),
        help zh: "check --update-baseline 去掉已不再出现的；--force 重写，现有问题都算已知。",
        help en: "`check --update-baseline` drops what no longer occurs; --force writes it anew, with all that is found now",
    }
    Self::NotOurs { flag, path } => {
        zh: "{flag}：“{path}”已经存在，而且不是店检写的，没有覆盖",
        en: "{flag}: `{path}` exists and was not written by dianjian, so it is left as it is",
        help zh: "换一个文件名；确实不要了，先删除它。",
        help en: "Choose another name, or remove the file first.",
    }
    Self::OverInput { flag, path, input } => {
        zh: match input {
            Some(input) => format!("{flag}：“{path}”就是要读取的“{input}”，写入会毁掉它"),
            None => format!("{flag}：“{path}”是要读取的文件，写入会毁掉它"),
        },
        en: match input {
            Some(input) => format!("{flag}: `{path}` is the input `{input}`, which would be lost"),
            None => format!("{flag}: `{path}` is an input, which would be lost"),
        },
        help zh: "换一个文件名。",
        help en: "give another file",
    }
    Self::SameTarget { target } => { zh: "两个输出都写到 {target}", en: "two outputs go to {target}" }
} }

fn holding(lang: Lang, known: Option<usize>) -> String {
    match (lang, known) {
        (Lang::Zh, Some(known)) => format!("内有 {known} 条已知问题"),
        (Lang::En, Some(known)) => format!("with {}", words::count(lang, known, "", "known finding")),
        (Lang::Zh, None) => "但无法读取".to_owned(),
        (Lang::En, None) => "which cannot be read".to_owned(),
    }
}
