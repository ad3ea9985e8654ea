//! Why a plan cannot be used, a run cannot begin, and a file is not changed.

use std::io;
use std::path::{Path, PathBuf};

use dianjian_base::lang::{Lang, Text, did_you_mean};
use dianjian_base::{localized, text};
use dianjian_document::source::SourceError;

/// Why a plan cannot be used. Nothing has been written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanFileError {
    /// It cannot be read.
    Source(SourceError),
    /// It is no JSON, or ends too early.
    Damaged {
        /// The JSON reader's words.
        reason: String,
    },
    /// It is some other JSON.
    NotAPlan,
    /// A plan of another version.
    Version {
        /// The plan's version.
        found: u64,
        /// The one that this program knows.
        known: u32,
    },
    /// It does not have the fields of a plan.
    Form {
        /// The JSON reader's words.
        reason: String,
    },
    /// It is not as it was sealed.
    Seal {
        /// The plan's id.
        id: String,
        /// The digest of its content.
        found: String,
    },
    /// A part of it makes no sense.
    Defect {
        /// The part, such as `files[3].path`.
        at: String,
        /// What is wrong with it.
        defect: PlanDefect,
    },
}

/// What is wrong with a part of a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanDefect {
    /// A path that leads out of the root.
    Leaves(String),
    /// A path into the program's own folder.
    Own(String),
    /// A path that is not written as paths in plans are.
    Path(String),
    /// A root that is not relative to the plan.
    Root(String),
    /// A file that is listed twice.
    TwoFiles(String),
    /// A key that two shops have.
    TwoShops(String),
    /// A shop without a key.
    NoKey,
    /// A file that no shop changes.
    NoEdits,
    /// A file that is not listed.
    NoSuchFile(String),
    /// A span that does not fit its text or its file.
    Span,
    /// Edits that overlap.
    Overlap(String),
    /// A length that the edits do not give.
    Length {
        /// The plan's.
        planned: u64,
        /// What the edits give.
        found: u64,
    },
}

localized! { PlanFileError {
    Self::Source(error @ SourceError::TooLarge { .. }) => {
        zh: error.text(Lang::Zh),
        en: error.text(Lang::En),
        help zh: "把店铺分成几批，各做一个计划。",
        help en: "plan the shops in several parts",
    }
    Self::Source(error) => error,
    Self::Damaged { reason } => { zh: "计划文件已损坏：{reason}", en: "the plan is damaged: {reason}", help: plan_again() }
    Self::NotAPlan => {
        zh: "这不是迁移计划",
        en: "this is not a migration plan",
        help zh: "计划由 dianjian migrate plan 生成。",
        help en: "plans are made by dianjian migrate plan",
    }
    Self::Version { found, known } => {
        zh: "计划的版本是 {found}，本程序只认识版本 {known}",
        en: "the plan has version {found}; this program reads version {known}",
        help zh: "请用做计划的那个版本的程序，或重新做计划。",
        help en: "use the program that made the plan, or make the plan anew",
    }
    Self::Form { reason } => { zh: "计划的格式不对：{reason}", en: "the plan is not well-formed: {reason}", help: plan_again() }
    Self::Seal { id, found } => {
        zh: "计划做好之后被改动过：id 是 {id}，内容算出来是 {found}",
        en: "the plan was changed after it was made: its id is {id}, its content gives {found}",
        help zh: "不要手工修改计划：把决定写进决定文件，再运行 dianjian migrate plan。",
        help en: "do not edit plans: put decisions into the decisions file and run dianjian migrate plan again",
    }
    Self::Defect { at, defect } => {
        zh: format!("{at}：{}", defect.text(Lang::Zh)),
        en: "{at}: {defect}",
        help: plan_again(),
    }
} }

fn plan_again() -> Option<Text> {
    Some(text! { zh: "请重新运行 dianjian migrate plan。", en: "run dianjian migrate plan again" })
}

localized! { PlanDefect {
    Self::Leaves(path) => { zh: "路径“{path}”离开了计划的根目录", en: "the path `{path}` leaves the plan's root" }
    Self::Own(path) => {
        zh: "路径“{path}”在 .dianjian 里，那里是运行记录",
        en: "the path `{path}` is inside `.dianjian`, where runs keep their own files",
    }
    Self::Path(path) => {
        zh: "“{path}”不是从根目录开始、用 / 分隔的路径",
        en: "`{path}` is not a path from the root, with `/` between its parts",
    }
    Self::Root(path) => {
        zh: "根目录“{path}”不是从计划所在文件夹开始、用 / 分隔的路径",
        en: "the root `{path}` is not a path from the plan's folder, with `/` between its parts",
    }
    Self::TwoFiles(path) => { zh: "文件“{path}”出现了两次", en: "the file `{path}` is listed twice" }
    Self::TwoShops(key) => { zh: "两家店铺都叫“{key}”", en: "the key `{key}` is used by two shops" }
    Self::NoKey => { zh: "店铺没有 key", en: "the shop has no key" }
    Self::NoEdits => { zh: "没有店铺修改这个文件", en: "no shop changes this file" }
    Self::NoSuchFile(path) => { zh: "files 里没有文件“{path}”", en: "the file `{path}` is not listed in `files`" }
    Self::Span => { zh: "修改的位置与文字或文件对不上", en: "the edit's span does not fit its text or its file" }
    Self::Overlap(other) => { zh: "与 {other} 重叠", en: "the edit overlaps {other}" }
    Self::Length { planned, found } => {
        zh: "修改后应有 {found} 字节，计划里写的是 {planned}",
        en: "the edits give {found} bytes, the plan says {planned}",
    }
} }

impl PlanFileError {
    pub(crate) fn at(at: impl Into<String>, defect: PlanDefect) -> Self {
        Self::Defect { at: at.into(), defect }
    }
}

/// Why a run cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The plan's root does not exist or is no folder.
    Root {
        /// As the plan or the user names it.
        path: PathBuf,
        /// The system's own message.
        reason: String,
    },
    /// Another run is under way.
    Held {
        /// The run that holds the lock, as it has entered itself there.
        holder: String,
    },
    /// One of the run's own files or folders cannot be used.
    Own {
        /// That file or folder.
        path: PathBuf,
        /// The system's own message.
        source: io::Error,
    },
    /// One of the run's own files or folders is a link.
    Link {
        /// That file or folder.
        path: PathBuf,
    },
    /// The journal belongs to another plan.
    OtherPlan {
        /// The path of the journal.
        path: PathBuf,
        /// The id of that plan.
        found: String,
    },
    /// A shop that the plan does not have.
    NoShop {
        /// The key as it was given.
        found: String,
        /// The key that was probably meant.
        suggestion: Option<String>,
    },
    /// A list of shops that cannot be read.
    List {
        /// The path of the list.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

localized! { RunError {
    Self::Root { path, reason } => {
        zh: format!("计划的根目录 {} 无法使用：{reason}", path.display()),
        en: format!("the plan's root {} cannot be used: {reason}", path.display()),
        help zh: "文件夹移动过的话，用 --root 指出它现在在哪里。",
        help en: "if the folder was moved, say with --root where it is now",
    }
    Self::Held { holder } => {
        zh: "这个根目录下有另一个运行正在进行：{holder}",
        en: "another run is under way below this root: {holder}",
        help zh: "等它结束，再运行一次。",
        help en: "wait until it ends, then run the command again",
    }
    Self::Own { path, source } => {
        zh: format!("无法使用 {}：{source}", path.display()),
        en: format!("cannot use {}: {source}", path.display()),
    }
    Self::Link { path } => {
        zh: format!("{} 是链接；运行记录必须放在根目录下真正的文件夹里", path.display()),
        en: format!("{} is a link; runs keep their things in real folders below the root", path.display()),
    }
    Self::OtherPlan { path, found } => {
        zh: format!("运行记录 {} 属于另一个计划 {found}", path.display()),
        en: format!("the journal {} belongs to another plan, {found}", path.display()),
    }
    Self::NoShop { found, suggestion } => {
        zh: "计划里没有店铺“{found}”",
        en: "the plan has no shop `{found}`",
        help: Some(suggestion.as_ref().map_or_else(all_shops, did_you_mean)),
    }
    Self::List { path, reason } => {
        zh: format!("无法读取清单 {}：{reason}", path.display()),
        en: format!("cannot read the list {}: {reason}", path.display()),
    }
} }

fn all_shops() -> Text {
    text! { zh: "用 dianjian migrate status 查看全部店铺。", en: "`dianjian migrate status` shows all shops" }
}

impl RunError {
    pub(super) fn own(path: &Path, source: io::Error) -> Self {
        Self::Own { path: path.to_owned(), source }
    }
}

/// Why a file is not changed. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// It does not exist any more.
    Missing,
    /// A link on the way leads out of the root.
    Leaves {
        /// The real path that it leads to.
        to: PathBuf,
    },
    /// Another file of the plan is the same one on disk.
    Same {
        /// The other, as the plan names it.
        other: String,
    },
    /// It is a folder or the like.
    NotAFile,
    /// It is marked read-only.
    ReadOnly,
    /// Its folder is marked read-only.
    FolderReadOnly,
    /// It cannot be read.
    Read(io::Error),
    /// It cannot be written.
    Write(io::Error),
    /// It is not the file that the plan was made for.
    Changed(Box<FileChange>),
    /// It changed while the run was under way.
    ChangedDuringRun,
    /// The copy of a workbook as it was before all edits is gone.
    NoOriginal,
    /// The planned edits do not give the planned bytes: the plan itself is wrong.
    UnexpectedResult,
}

localized! { ApplyError {
    Self::Missing => { zh: "文件不见了", en: "the file is not there any more" }
    Self::Leaves { to } => {
        zh: format!("路径经过链接离开了根目录，到了 {}", to.display()),
        en: format!("its path leaves the plan's root through a link, to {}", to.display()),
    }
    Self::Same { other } => { zh: "与 {other} 是同一个文件", en: "it is the same file as {other}" }
    Self::NotAFile => { zh: "不是文件", en: "it is not a file" }
    Self::ReadOnly => { zh: "文件是只读的", en: "the file is read-only" }
    Self::FolderReadOnly => { zh: "文件所在的文件夹是只读的", en: "the file's folder is read-only" }
    Self::Read(error) => { zh: "无法读取：{error}", en: "cannot read it: {error}" }
    Self::Write(error) => { zh: "无法写入：{error}", en: "cannot write it: {error}" }
    Self::Changed(change) => change,
    Self::ChangedDuringRun => { zh: "运行期间文件有变化", en: "the file changed while the run was under way" }
    Self::NoOriginal => {
        zh: "运行文件夹里没有这份工作簿原来的副本，或副本已被改动",
        en: "the copy of the workbook as it was is not in the run's folder any more, or has changed",
    }
    Self::UnexpectedResult => {
        zh: "计划里的修改得不出计划承诺的内容",
        en: "the plan's edits do not give the bytes that it promises",
    }
} }

/// How a file differs from what the plan knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct FileChange {
    /// The length that it should have.
    pub expected_bytes: u64,
    /// The length that it has.
    pub bytes: u64,
    /// The first digits of the SHA-256 that it should have.
    pub expected_hash: String,
    /// The first digits of the SHA-256 that it has.
    pub hash: String,
    /// The first planned place that is not as planned; absent: the change lies elsewhere.
    pub place: Option<ChangedPlace>,
}

/// A planned place that is not as planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedPlace {
    /// The shop's key.
    pub shop: String,
    /// The field that was to change.
    pub field: String,
    /// The line in the file as it is, from 1; of a workbook the row.
    pub line: u64,
    /// The text that should be there.
    pub expected: String,
    /// The text that is there, up to about the same length.
    pub found: String,
}

localized! { FileChange {
    Self { expected_bytes, bytes, expected_hash, hash, place } => {
        zh: {
            let sizes = match expected_bytes == bytes {
                true => format!("仍是 {bytes} 字节，SHA-256 从 {expected_hash}… 变成 {hash}…"),
                false => format!("原来 {expected_bytes} 字节，现在 {bytes} 字节"),
            };
            let place = place.as_ref().map_or_else(
                || "要改的位置没有变，变的是别处".to_owned(),
                |ChangedPlace { shop, field, line, expected, found }| {
                    format!("第 {line} 行起，店铺“{shop}”的 {field} 处应为“{expected}”，现在是“{found}”")
                },
            );
            format!("文件有变化（{sizes}）：{place}")
        },
        en: {
            let sizes = match expected_bytes == bytes {
                true => format!("still {bytes} bytes, SHA-256 {hash}… instead of {expected_hash}…"),
                false => format!("{bytes} bytes instead of {expected_bytes}"),
            };
            let place = place.as_ref().map_or_else(
                || "the places to be edited are as they were, something else is not".to_owned(),
                |ChangedPlace { shop, field, line, expected, found }| {
                    format!("on line {line}, the `{field}` of shop `{shop}` should be `{expected}` and is `{found}`")
                },
            );
            format!("the file changed ({sizes}): {place}")
        },
    }
} }
