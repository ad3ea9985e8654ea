//! Why a package, or a part of it, cannot be read or written.

use std::io;

use dianjian_base::{disk, localized};

/// Why a package, or a part of it, cannot be read or written. What the package is (a workbook, a document) is said by
/// those who read it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{self:?}")]
pub enum PackageError {
    /// The file, or a part of it, is encrypted.
    Encrypted,
    /// A part of the package, or the package itself, is damaged.
    Damaged {
        /// The part's name in the package; empty for the package itself.
        part: String,
        /// In what way it is damaged.
        damage: PackageDamage,
    },
    /// Two parts have the same name, so that programs differ in which one they read.
    DuplicatePart {
        /// Their name in the package; names differing in case alone count as the same.
        part: String,
    },
    /// A part's name leads out of the package, such as `../a`.
    UnsafePart {
        /// The part's name as written in the package.
        part: String,
    },
    /// A bound on what is read is exceeded.
    LimitExceeded {
        /// What there is too much of.
        what: PackageLimit,
        /// The most that is read.
        limit: u64,
    },
    /// The disk is full.
    DiskFull,
    /// An error of the operating system, as it words it.
    Io(String),
}

/// In what way a package is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackageDamage {
    /// The zip directory cannot be read or contradicts the file.
    Directory,
    /// Parts overlap in the file, which makes a small file unpack to a huge one.
    Overlap,
    /// A part's size is not the recorded one.
    Size,
    /// A part's checksum is not the recorded one.
    Checksum,
    /// A part's compressed data is invalid, or of a method that xlsx does not use.
    Compression,
    /// A part is not well-formed XML.
    Xml,
    /// A part defines XML entities, or uses one that is not predefined.
    Entity,
    /// A part is not in UTF-8, or is to be changed and in UTF-16.
    Encoding,
    /// A part that others refer to does not exist.
    Missing,
    /// A cell refers to a shared string that does not exist.
    SharedString,
}

/// What of a package is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageLimit {
    /// Parts of the package.
    Parts,
    /// Bytes of one part once unpacked.
    Bytes,
    /// The ratio of a part's unpacked to its packed size.
    Ratio,
    /// Bytes of one tag, or of one text between two tags.
    Event,
    /// Levels of XML elements.
    Depth,
}

impl PackageError {
    /// The damage of a part; of the package itself where the name is empty.
    pub fn damaged(part: &str, damage: PackageDamage) -> Self {
        Self::Damaged { part: part.to_owned(), damage }
    }

    pub(crate) const fn limit_exceeded(what: PackageLimit, limit: u64) -> Self {
        Self::LimitExceeded { what, limit }
    }
}

/// A [`PackageError`] that was carried through a reader comes back unchanged.
impl From<io::Error> for PackageError {
    fn from(error: io::Error) -> Self {
        let plain = if disk::is_full(&error) { Self::DiskFull } else { Self::Io(error.to_string()) };
        match error.into_inner().and_then(|inner| inner.downcast::<Self>().ok()) {
            Some(own) => *own,
            None => plain,
        }
    }
}

impl From<PackageError> for io::Error {
    fn from(error: PackageError) -> Self {
        Self::other(error)
    }
}

localized! { PackageDamage {
    Self::Directory => {
        zh: "目录无法读取，文件可能没有下载完整",
        en: "its directory cannot be read; the download may be incomplete",
    }
    Self::Overlap => { zh: "内容互相重叠", en: "its parts overlap" }
    Self::Size => { zh: "实际大小与记录的不符", en: "its size does not match the recorded one" }
    Self::Checksum => { zh: "校验和不符", en: "its checksum does not match" }
    Self::Compression => { zh: "压缩数据无法读取", en: "its compressed data cannot be read" }
    Self::Xml => { zh: "不是正确的 XML", en: "its XML is not well-formed" }
    Self::Entity => {
        zh: "XML 里定义或使用了不允许的实体",
        en: "its XML defines or uses entities that are not allowed",
    }
    Self::Encoding => { zh: "不是 UTF-8 编码", en: "it is not encoded in UTF-8" }
    Self::Missing => { zh: "在文件里找不到", en: "no such part is in the file" }
    Self::SharedString => {
        zh: "单元格引用了不存在的共享文本",
        en: "a cell refers to a shared string that does not exist",
    }
} }
