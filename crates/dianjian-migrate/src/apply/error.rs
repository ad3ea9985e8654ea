//! Why a plan cannot be used, a run cannot begin, and a file is not changed.

use std::io;
use std::path::{Path, PathBuf};

use crate::edits::EditDefect;
use dianjian_base::lang::{Lang, Localized};
use dianjian_document::source::SourceError;

/// Why a plan cannot be used. Nothing has been written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanFileError {
    /// It cannot be read.
    #[error("{0}")]
    Source(SourceError),
    /// It is no JSON, or ends too early.
    #[error("the plan is damaged: {reason}")]
    Damaged {
        /// The JSON reader's words.
        reason: String,
    },
    /// It is some other JSON.
    #[error("this is not a migration plan")]
    NotAPlan,
    /// A plan of another version.
    #[error("the plan has version {found}; this program reads version {known}")]
    Version {
        /// As the plan says.
        found: u64,
        /// The one that is known.
        known: u32,
    },
    /// It has not the fields of a plan.
    #[error("the plan is not well-formed: {reason}")]
    Form {
        /// The reader's words.
        reason: String,
    },
    /// It is not as it was sealed.
    #[error("the plan was changed after it was made: its id is {id}, its content gives {found}")]
    Seal {
        /// As the plan says.
        id: String,
        /// As its content gives.
        found: String,
    },
    /// A part of it makes no sense.
    #[error("{at}: {defect}")]
    Defect {
        /// Where, such as `files[3].path`.
        at: String,
        /// What is wrong there.
        defect: PlanDefect,
    },
}

/// What is wrong with a part of a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanDefect {
    /// A path that leads out of the root.
    #[error("the path `{0}` leaves the plan's root")]
    Leaves(String),
    /// A path into the folder in which runs keep their things.
    #[error("the path `{0}` lies in `.dianjian`, where runs keep their things")]
    Own(String),
    /// A path that is not written as paths in plans are.
    #[error("`{0}` is not a path from the root, with `/` between its parts")]
    Path(String),
    /// The plan's root is not relative to the plan.
    #[error("the root `{0}` is not a path from the plan's folder, with `/` between its parts")]
    Root(String),
    /// Twice the same file.
    #[error("the file `{0}` is listed twice")]
    TwoFiles(String),
    /// Twice the same shop.
    #[error("the key `{0}` is used by two shops")]
    TwoShops(String),
    /// A shop without a key.
    #[error("the shop has no key")]
    NoKey,
    /// A file that no shop changes.
    #[error("no shop changes this file")]
    NoEdits,
    /// A file that is not listed.
    #[error("the file `{0}` is not listed in `files`")]
    NoSuchFile(String),
    /// A span that does not fit.
    #[error("the edit's span does not fit its text or its file")]
    Span,
    /// Edits in each other's way.
    #[error("the edit overlaps {0}")]
    Overlap(String),
    /// A length that edits do not give.
    #[error("the edits give {found} bytes, the plan says {planned}")]
    Length {
        /// As the plan says.
        planned: u64,
        /// As the edits give.
        found: u64,
    },
}

impl PlanFileError {
    pub(super) fn at(at: impl Into<String>, defect: PlanDefect) -> Self {
        Self::Defect { at: at.into(), defect }
    }
}

impl From<EditDefect> for PlanFileError {
    fn from(defect: EditDefect) -> Self {
        match defect {
            EditDefect::NoSuchFile { shop, file } => {
                Self::at(format!("shops[{shop}].file"), PlanDefect::NoSuchFile(file))
            }
            EditDefect::BadSpan(location) => Self::at(location.to_string(), PlanDefect::Span),
            EditDefect::Overlap(first, second) => Self::at(second.to_string(), PlanDefect::Overlap(first.to_string())),
            EditDefect::NoEdits { file } => Self::at(format!("files[{file}]"), PlanDefect::NoEdits),
            EditDefect::Length { file, planned, found } => {
                Self::at(format!("files[{file}].after.bytes"), PlanDefect::Length { planned, found })
            }
        }
    }
}

impl Localized for PlanDefect {
    fn text(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::Leaves(path) => format!("路径“{path}”离开了计划的根目录"),
            Self::Own(path) => format!("路径“{path}”在 .dianjian 里，那里是运行记录"),
            Self::Path(path) => format!("“{path}”不是从根目录开始、用 / 分隔的路径"),
            Self::Root(path) => format!("根目录“{path}”不是从计划所在文件夹开始、用 / 分隔的路径"),
            Self::TwoFiles(path) => format!("文件“{path}”出现了两次"),
            Self::TwoShops(key) => format!("两家店铺都叫“{key}”"),
            Self::NoKey => "店铺没有 key".to_owned(),
            Self::NoEdits => "没有店铺修改这个文件".to_owned(),
            Self::NoSuchFile(path) => format!("files 里没有文件“{path}”"),
            Self::Span => "修改的位置与文字或文件对不上".to_owned(),
            Self::Overlap(other) => format!("与 {other} 重叠"),
            Self::Length { planned, found } => format!("修改后应有 {found} 字节，计划里写的是 {planned}"),
        }
    }

    fn help(&self, _lang: Lang) -> Option<String> {
        None
    }
}

impl Localized for PlanFileError {
    fn text(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return match self {
                Self::Source(error) => error.text(lang),
                _ => self.to_string(),
            };
        }
        match self {
            Self::Source(error) => error.text(lang),
            Self::Damaged { reason } => format!("计划文件已损坏：{reason}"),
            Self::NotAPlan => "这不是迁移计划".to_owned(),
            Self::Version { found, known } => format!("计划的版本是 {found}，本程序只认识版本 {known}"),
            Self::Form { reason } => format!("计划的格式不对：{reason}"),
            Self::Seal { id, found } => format!("计划做好之后被改动过：id 是 {id}，内容算出来是 {found}"),
            Self::Defect { at, defect } => format!("{at}：{}", defect.text(lang)),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        let (zh, en) = match self {
            Self::Source(SourceError::TooLarge { .. }) => {
                ("把店铺分成几批，各做一个计划。", "plan the shops in several parts")
            }
            Self::Source(error) => return error.help(lang),
            Self::NotAPlan => ("计划由 dianjian migrate plan 生成。", "plans are made by dianjian migrate plan"),
            Self::Version { .. } => (
                "请用做计划的那个版本的程序，或重新做计划。",
                "use the program that made the plan, or make the plan anew",
            ),
            Self::Seal { .. } => (
                "不要手工修改计划：把决定写进决定文件，再运行 dianjian migrate plan。",
                "do not edit plans: put decisions into the decisions file and run dianjian migrate plan again",
            ),
            _ => ("请重新运行 dianjian migrate plan。", "run dianjian migrate plan again"),
        };
        Some(if lang == Lang::Zh { zh } else { en }.to_owned())
    }
}

/// Why a run cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The plan's root is not there or is no folder.
    #[error("the plan's root {} cannot be used: {reason}", path.display())]
    Root {
        /// Which.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// Another run is under way.
    #[error("another run is under way below this root: {holder}")]
    Held {
        /// Who it is, as it says of itself.
        holder: String,
    },
    /// A file or folder of the run's own cannot be used.
    #[error("cannot use {}: {source}", path.display())]
    Own {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file or folder of the run's own is a link.
    #[error("{} is a link; runs keep their things in real folders below the root", path.display())]
    Link {
        /// Which.
        path: PathBuf,
    },
    /// The journal is of another plan.
    #[error("the journal {} is of another plan, {found}", path.display())]
    OtherPlan {
        /// Which.
        path: PathBuf,
        /// The plan's id in it.
        found: String,
    },
    /// A shop that the plan does not have.
    #[error("the plan has no shop `{found}`")]
    NoShop {
        /// As given.
        found: String,
        /// The nearest.
        suggestion: Option<String>,
    },
    /// A list of shops that cannot be read.
    #[error("cannot read the list {}: {reason}", path.display())]
    List {
        /// Which.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

impl RunError {
    /// A file or folder of the run's own that cannot be used.
    #[must_use]
    pub fn own(path: &Path, source: io::Error) -> Self {
        Self::Own { path: path.to_owned(), source }
    }
}

impl Localized for RunError {
    fn text(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::Root { path, reason } => format!("计划的根目录 {} 无法使用：{reason}", path.display()),
            Self::Held { holder } => format!("这个根目录下有另一个运行正在进行：{holder}"),
            Self::Own { path, source } => format!("无法使用 {}：{source}", path.display()),
            Self::Link { path } => format!("{} 是链接；运行记录必须放在根目录下真正的文件夹里", path.display()),
            Self::OtherPlan { path, found } => format!("运行记录 {} 属于另一个计划 {found}", path.display()),
            Self::NoShop { found, .. } => format!("计划里没有店铺“{found}”"),
            Self::List { path, reason } => format!("无法读取清单 {}：{reason}", path.display()),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        let zh = lang == Lang::Zh;
        Some(match self {
            Self::Root { .. } if zh => "文件夹移动过的话，用 --root 指出它现在在哪里。".to_owned(),
            Self::Root { .. } => "if the folder was moved, say with --root where it is now".to_owned(),
            Self::Held { .. } if zh => "等它结束，再运行一次。".to_owned(),
            Self::Held { .. } => "wait until it ends, then run the command again".to_owned(),
            Self::NoShop { suggestion: Some(near), .. } if zh => format!("是不是想写“{near}”？"),
            Self::NoShop { suggestion: Some(near), .. } => format!("did you mean `{near}`?"),
            Self::NoShop { .. } if zh => "用 dianjian migrate status 查看全部店铺。".to_owned(),
            Self::NoShop { .. } => "`dianjian migrate status` shows all shops".to_owned(),
            _ => return None,
        })
    }
}

/// Why a file is not changed. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// It is not there any more.
    #[error("the file is not there any more")]
    Missing,
    /// A link on the way leads out of the root.
    #[error("its path leaves the plan's root through a link, to {}", to.display())]
    Leaves {
        /// Where it leads.
        to: PathBuf,
    },
    /// Another file of the plan is the same one on disk.
    #[error("it is the same file as {other}")]
    Same {
        /// The other, as the plan names it.
        other: String,
    },
    /// Not a file.
    #[error("it is not a file")]
    NotAFile,
    /// It is marked as not to be written to.
    #[error("the file is read-only")]
    ReadOnly,
    /// Its folder is marked as not to be written to.
    #[error("the file's folder is read-only")]
    FolderReadOnly,
    /// It cannot be read.
    #[error("cannot read it: {0}")]
    Read(io::Error),
    /// It cannot be written.
    #[error("cannot write it: {0}")]
    Write(io::Error),
    /// It is not the file that the plan was made for.
    #[error("{0}")]
    Changed(Box<FileChange>),
    /// It changed while the run was under way.
    #[error("the file changed while the run was under way")]
    ChangedDuringRun,
    /// The copy of a workbook as it was before all edits is gone.
    #[error("the copy of the workbook as it was is not in the run's folder any more, or has changed")]
    NoOriginal,
    /// The planned edits do not give the planned bytes: the plan itself is wrong.
    #[error("the plan's edits do not give the bytes that it promises")]
    UnexpectedResult,
}

/// How a file differs from what the plan knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// How many bytes it should have, by the plan or by the last run.
    pub expected_bytes: u64,
    /// How many it has.
    pub bytes: u64,
    /// Its SHA-256 should begin so.
    pub expected_hash: String,
    /// And does begin so.
    pub hash: String,
    /// The first planned place that is not as planned; absent: the change lies elsewhere.
    pub place: Option<ChangedPlace>,
}

/// A planned place that is not as planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedPlace {
    /// The shop, by key.
    pub shop: String,
    /// The field that was to change.
    pub field: String,
    /// The line in the file as it is, from 1.
    pub line: u64,
    /// What should stand there.
    pub expected: String,
    /// What does, up to the same length or so.
    pub found: String,
}

impl std::fmt::Display for FileChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}

impl FileChange {
    fn text(&self, lang: Lang) -> String {
        let Self { expected_bytes, bytes, expected_hash, hash, place } = self;
        let zh = lang == Lang::Zh;
        let sizes = match (zh, expected_bytes == bytes) {
            (true, true) => format!("仍是 {bytes} 字节，SHA-256 从 {expected_hash}… 变成 {hash}…"),
            (true, false) => format!("原来 {expected_bytes} 字节，现在 {bytes} 字节"),
            (false, true) => format!("still {bytes} bytes, SHA-256 {hash}… instead of {expected_hash}…"),
            (false, false) => format!("{bytes} bytes instead of {expected_bytes}"),
        };
        let place = match (place, zh) {
            (None, true) => "要改的位置没有变，变的是别处".to_owned(),
            (None, false) => "the places to be edited are as they were, something else is not".to_owned(),
            (Some(place), true) => format!(
                "第 {} 行起，店铺“{}”的 {} 处应为“{}”，现在是“{}”",
                place.line, place.shop, place.field, place.expected, place.found
            ),
            (Some(place), false) => format!(
                "on line {}, where shop `{}` has its `{}`, stands `{}` instead of `{}`",
                place.line, place.shop, place.field, place.found, place.expected
            ),
        };
        if zh {
            format!("文件有变化（{sizes}）：{place}")
        } else {
            format!("the file changed ({sizes}): {place}")
        }
    }
}

impl Localized for ApplyError {
    fn text(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::Missing => "文件不见了".to_owned(),
            Self::Leaves { to } => format!("路径经过链接离开了根目录，到了 {}", to.display()),
            Self::Same { other } => format!("与 {other} 是同一个文件"),
            Self::NotAFile => "不是文件".to_owned(),
            Self::ReadOnly => "文件是只读的".to_owned(),
            Self::FolderReadOnly => "文件所在的文件夹是只读的".to_owned(),
            Self::Read(error) => format!("无法读取：{error}"),
            Self::Write(error) => format!("无法写入：{error}"),
            Self::Changed(change) => change.text(lang),
            Self::ChangedDuringRun => "运行期间文件有变化".to_owned(),
            Self::NoOriginal => "运行文件夹里没有这份工作簿原来的副本，或副本已被改动".to_owned(),
            Self::UnexpectedResult => "计划里的修改得不出计划承诺的内容".to_owned(),
        }
    }

    fn help(&self, _lang: Lang) -> Option<String> {
        None
    }
}
