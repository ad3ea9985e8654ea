//! Why a document cannot be read or changed, and what its owner can do.

use std::io;

use dianjian_base::lang::{Lang, Text};
use dianjian_base::{disk, localized, text};
use dianjian_package::{PackageDamage, PackageError, PackageLimit};

use crate::DocumentFormat;

/// Why a document cannot be read or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PassageError {
    /// A format that is recognised and not read.
    Unsupported(DocumentFormat),
    /// A password is needed to open it.
    Encrypted,
    /// It, or a part of it, is damaged.
    Damaged {
        /// The part's name in the package; empty for the document itself.
        part: String,
        /// In what way.
        damage: PackageDamage,
    },
    /// Two parts have the same name, so that programs differ in which one they read.
    DuplicatePart {
        /// Their name in the package.
        part: String,
    },
    /// A part's name leads out of the package.
    UnsafePart {
        /// The part's name.
        part: String,
    },
    /// A bound on what is read is exceeded.
    LimitExceeded {
        /// What there is too much of.
        what: PassageLimit,
        /// The most that is read.
        limit: u64,
    },
    /// Its pages cannot be made out.
    Unreadable,
    /// It is not the document that was read.
    Changed,
    /// The disk is full.
    DiskFull,
    /// An error of the operating system, as it words it.
    Io(String),
}

/// What of a document is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassageLimit {
    /// Parts of the package.
    Parts,
    /// Bytes of one part once unpacked.
    Bytes,
    /// The ratio of a part's unpacked to its packed size.
    Ratio,
    /// Bytes of text.
    Text,
    /// Levels of XML elements.
    Depth,
    /// Pages.
    Pages,
    /// Things that pages draw.
    Drawn,
}

impl From<PackageError> for PassageError {
    fn from(error: PackageError) -> Self {
        match error {
            PackageError::Encrypted => Self::Encrypted,
            PackageError::Damaged { part, damage } => Self::Damaged { part, damage },
            PackageError::DuplicatePart { part } => Self::DuplicatePart { part },
            PackageError::UnsafePart { part } => Self::UnsafePart { part },
            PackageError::LimitExceeded { what, limit } => Self::LimitExceeded { what: what.into(), limit },
            PackageError::DiskFull => Self::DiskFull,
            PackageError::Io(reason) => Self::Io(reason),
        }
    }
}

impl From<PackageLimit> for PassageLimit {
    fn from(limit: PackageLimit) -> Self {
        match limit {
            PackageLimit::Parts => Self::Parts,
            PackageLimit::Bytes => Self::Bytes,
            PackageLimit::Ratio => Self::Ratio,
            PackageLimit::Event => Self::Text,
            PackageLimit::Depth => Self::Depth,
        }
    }
}

impl From<io::Error> for PassageError {
    fn from(error: io::Error) -> Self {
        PackageError::from(error).into()
    }
}

/// The help for whatever a word processor repairs when it saves the file anew.
fn save_as_new() -> Option<Text> {
    Some(text! {
        zh: "用 Word、WPS 或 LibreOffice 打开并另存为新的文件，再检查新文件。",
        en: "Open it in Word, WPS or LibreOffice, save it as a new file and check that file.",
    })
}

localized! { PassageError {
    Self::Unsupported(format) => format,
    Self::Encrypted => {
        zh: "文档设有打开密码",
        en: "the document is password-protected",
        help zh: "打开它，去掉打开密码后另存。",
        help en: "Open it, remove the password and save it again.",
    }
    Self::Damaged { part, damage } if part.is_empty() => {
        zh: format!("文档已损坏：{}", damage.text(Lang::Zh)),
        en: "the document is damaged: {damage}",
        help: save_as_new(),
    }
    Self::Damaged { part, damage } => {
        zh: format!("文档已损坏：“{part}”{}", damage.text(Lang::Zh)),
        en: "the document is damaged: `{part}`: {damage}",
        help: save_as_new(),
    }
    Self::DuplicatePart { part } => {
        zh: "文档里有两个“{part}”，不同程序会读到不同内容",
        en: "the document contains two parts named `{part}`, and programs differ in which one they read",
        help: save_as_new(),
    }
    Self::UnsafePart { part } => {
        zh: "文档里“{part}”的路径指向文件之外",
        en: "the path of the document's part `{part}` leads outside the file",
        help: save_as_new(),
    }
    Self::LimitExceeded { what, limit } => {
        zh: what.text(Lang::Zh).replace("{}", &limit.to_string()),
        en: what.text(Lang::En).replace("{}", &limit.to_string()),
        help zh: "把文档分成几份，或另存为纯文本（.txt）。",
        help en: "Split the document, or save it as plain text (.txt).",
    }
    Self::Unreadable => {
        zh: "PDF 已损坏，读不出页面",
        en: "the PDF is damaged: its pages cannot be made out",
        help zh: "重新导出 PDF，或改用 Word、纯文本的稿子。",
        help en: "Export the PDF again, or use the script as Word or plain text.",
    }
    Self::Changed => {
        zh: "修复期间文件有变化，没有改动它",
        en: "the file changed while it was being fixed; it is left as it is",
        help zh: "再运行一次。",
        help en: "run the command again",
    }
    Self::DiskFull => {
        zh: "磁盘已满，文档没有处理完",
        en: "the disk is full: the document was not fully processed",
        help: Some(disk::full_help()),
    }
    Self::Io(reason) => { zh: "读写文档失败：{reason}", en: "cannot read or write the document: {reason}" }
} }

impl PassageLimit {
    /// The message with `{}` for the limit.
    const fn text(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Parts => ("文档的部件超过 {} 个", "the document has more than {} parts"),
            Self::Bytes => ("文档解压后超过 {} 字节", "the document has more than {} bytes once unpacked"),
            Self::Ratio => (
                "文档解压后膨胀超过 {} 倍，疑似压缩炸弹",
                "the document unpacks to more than {} times its size, as a zip bomb does",
            ),
            Self::Text => ("文档的文字超过 {} 字节", "the document has more than {} bytes of text"),
            Self::Depth => ("XML 嵌套超过 {} 层", "the XML is nested more than {} levels deep"),
            Self::Pages => ("文档超过 {} 页", "the document has more than {} pages"),
            Self::Drawn => ("文档画的东西超过 {} 个", "the document draws more than {} things"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}
