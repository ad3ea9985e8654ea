//! Why an input cannot be found, opened or taken as text; each says what the reader can do.

use std::fmt;
use std::io::ErrorKind;
use std::path::Path;

use dianjian_base::lang::did_you_mean;
use dianjian_base::{disk, localized, slashed, text};
use dianjian_passages::PassageError;
use dianjian_xlsx::WorkbookError;

use super::{Position, SourceFile, Span, TextEncoding, similar_path};

/// What bytes that are not UTF-8 seem to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// GBK or its superset GB18030, as older Chinese software writes it.
    Gb18030,
    /// Big5, of traditional Chinese.
    Big5,
    /// UTF-8 in which single characters were damaged or cut, for instance by a lossy conversion.
    DamagedUtf8,
    /// Nothing that is recognised; perhaps not a text at all.
    Unknown,
}

impl Encoding {
    /// The name that conversion programs know.
    pub const fn label(self) -> Option<&'static str> {
        match self {
            Self::Utf16Le => Some("UTF-16LE"),
            Self::Utf16Be => Some("UTF-16BE"),
            Self::Gb18030 => Some("GB18030"),
            Self::Big5 => Some("BIG5"),
            Self::DamagedUtf8 | Self::Unknown => None,
        }
    }

    /// Guesses from the whole content and the first byte that is not UTF-8.
    pub(super) fn guess(bytes: &[u8], bad: usize) -> Self {
        if let Some(utf16) = Self::utf16(bytes) {
            return utf16;
        }
        let sample = bytes.get(..bytes.len().min(1 << 20)).unwrap_or(bytes);
        let (damaged, intact) = count_sequences(sample);
        if intact > 0 && damaged * 3 <= intact {
            return Self::DamagedUtf8;
        }
        // A cut in the middle of a character at the end of the sample is not an error of the file.
        let (text, _) = encoding_rs::GB18030.decode_without_bom_handling(sample);
        let (mut common, mut odd) = (0_usize, 0_usize);
        for character in text.chars().filter(|character| !character.is_ascii()) {
            match character {
                '\u{4e00}'..='\u{9fff}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}' => common += 1,
                '\u{2010}'..='\u{2030}' | '·' | '×' | '°' => common += 1,
                _ => odd += 1,
            }
        }
        let binary = bytes.get(..bad.min(4096)).unwrap_or_default().contains(&0);
        if common > 0 && odd * 10 <= common && !binary { Self::Gb18030 } else { Self::Unknown }
    }

    /// UTF-16 by its byte-order mark, or by the NULs that ASCII text has at every other byte.
    pub(super) fn utf16(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xfe, ..] => return Some(Self::Utf16Le),
            [0xfe, 0xff, ..] => return Some(Self::Utf16Be),
            _ => {}
        }
        let head = bytes.get(..bytes.len().min(512)).unwrap_or(bytes);
        let nuls = |odd: usize| head.iter().skip(odd).step_by(2).filter(|&&byte| byte == 0).count();
        let (even, odd, half) = (nuls(0), nuls(1), head.len() / 2);
        if half >= 2 && odd * 4 >= half && even * 16 <= odd {
            return Some(Self::Utf16Le);
        }
        (half >= 2 && even * 4 >= half && odd * 16 <= even).then_some(Self::Utf16Be)
    }
}

/// How many non-ASCII characters of a mostly-UTF-8 text are damaged, and how many are intact.
pub(super) fn count_sequences(bytes: &[u8]) -> (usize, usize) {
    let (mut damaged, mut intact) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        intact += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
        damaged += usize::from(!chunk.invalid().is_empty());
    }
    (damaged, intact)
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf16Le => "UTF-16 (little-endian)",
            Self::Utf16Be => "UTF-16 (big-endian)",
            Self::Gb18030 => "GBK/GB18030",
            Self::Big5 => "Big5",
            Self::DamagedUtf8 => "UTF-8 with damaged characters",
            Self::Unknown => "unknown",
        })
    }
}

/// Why an input could not be found, opened or taken as text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum SourceError {
    /// There is nothing of that name.
    NotFound { name: String, near: Option<String> },
    /// The name is a folder where a file is needed.
    IsDirectory { name: String },
    /// The system refuses to let it be read.
    Permission { name: String },
    /// The file is larger than what is read at once.
    TooLarge { name: String, size: u64, limit: u64 },
    /// A text is larger than what is read of one.
    TextTooLarge { name: String, size: u64, limit: u64 },
    /// A document cannot be read.
    Document { name: String, error: Box<PassageError> },
    /// The bytes are not UTF-8.
    NotUtf8 {
        /// The name as shown.
        name: String,
        /// Place of the first byte that is not UTF-8.
        at: Position,
        /// That byte.
        byte: u8,
        /// What the bytes seem to be instead.
        looks_like: Encoding,
        /// The line around it, the bad byte replaced by `?`, later ones by U+FFFD, cut where it is long.
        line: String,
        /// Bytes of `line` before the bad byte.
        before: u32,
    },
    /// Bytes of a table that are no character of its encoding; U+FFFD takes their place.
    Undecodable {
        /// The name as shown.
        name: String,
        /// Place of the first of the bytes.
        at: Position,
        /// The first of them.
        byte: u8,
        /// What the table is encoded in.
        encoding: TextEncoding,
        /// The line around it, cut where it is long.
        line: String,
        /// Bytes of `line` before the mark.
        before: u32,
    },
    /// One line of a line-delimited file is too long to be read; the following lines are.
    LineTooLong { name: String, at: Position, limit: u64 },
    /// A pattern given for files cannot be understood.
    BadPattern { pattern: String, reason: String },
    /// A pattern given for files matches none.
    NoMatch { pattern: String },
    /// A workbook, or a sheet of it, cannot be read.
    Workbook { name: String, error: Box<WorkbookError> },
    /// The disk is full.
    NoRoom { name: String },
    /// Anything else the system says.
    Io { name: String, reason: String },
}

impl SourceError {
    /// The input concerned, as it is to be shown.
    pub fn name(&self) -> &str {
        match self {
            Self::NotFound { name, .. }
            | Self::IsDirectory { name }
            | Self::Permission { name }
            | Self::TooLarge { name, .. }
            | Self::TextTooLarge { name, .. }
            | Self::Document { name, .. }
            | Self::NotUtf8 { name, .. }
            | Self::Undecodable { name, .. }
            | Self::LineTooLong { name, .. }
            | Self::Workbook { name, .. }
            | Self::NoRoom { name }
            | Self::Io { name, .. } => name,
            Self::BadPattern { pattern, .. } | Self::NoMatch { pattern } => pattern,
        }
    }

    /// The place in the input, where there is one.
    pub const fn position(&self) -> Option<Position> {
        match self {
            Self::NotUtf8 { at, .. } | Self::Undecodable { at, .. } | Self::LineTooLong { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// The line that the error is about as a source of its own, with the place in it.
    pub fn excerpt(&self) -> Option<(SourceFile, Span)> {
        match self {
            Self::NotUtf8 { name, at, line, before, .. } | Self::Undecodable { name, at, line, before, .. } => {
                let base = at.offset.saturating_sub(u64::from(*before));
                let source = SourceFile::chunk(name, line.as_str(), base, at.line.saturating_sub(1));
                Some((source, Span::new(*before, *before + 1)))
            }
            Self::LineTooLong { name, at, .. } => {
                let source = SourceFile::chunk(name, "", at.offset, at.line.saturating_sub(1));
                Some((source, Span::at(0)))
            }
            _ => None,
        }
    }

    /// What keeps a document from being read.
    pub(super) fn document(name: &str, error: PassageError) -> Self {
        Self::Document { name: name.to_owned(), error: Box::new(error) }
    }

    /// The error of a text, which has no records that could be read piece by piece.
    pub(super) fn of_text(self) -> Self {
        match self {
            Self::TooLarge { name, size, limit } => Self::TextTooLarge { name, size, limit },
            error => error,
        }
    }

    /// What keeps a workbook from being read.
    pub fn workbook(name: &str, error: WorkbookError) -> Self {
        Self::Workbook { name: name.to_owned(), error: Box::new(error) }
    }

    /// Of a workbook the sheet, or the cell (`店铺!B7`), where it is known.
    pub fn sheet(&self) -> Option<String> {
        match self {
            Self::Workbook { error, .. } => error.location(),
            _ => None,
        }
    }

    /// Sorts a system error under what a reader can act on.
    pub fn from_io(name: &str, error: &std::io::Error) -> Self {
        let name = name.to_owned();
        match error.kind() {
            ErrorKind::NotFound => Self::NotFound { name, near: None },
            ErrorKind::PermissionDenied => Self::Permission { name },
            ErrorKind::IsADirectory => Self::IsDirectory { name },
            _ if disk::is_full(error) => Self::NoRoom { name },
            _ => Self::Io { name, reason: error.to_string() },
        }
    }
}

impl SourceError {
    /// With the path that was meant by one that does not exist, relative to `root`.
    #[must_use]
    pub fn with_similar(self, path: &Path, root: &Path) -> Self {
        match self {
            Self::NotFound { name, .. } => {
                let near = similar_path(path).map(|near| slashed(near.strip_prefix(root).unwrap_or(&near)));
                Self::NotFound { name, near }
            }
            error => error,
        }
    }
}

localized! { SourceError {
    Self::NotFound { name, near } => {
        zh: "找不到“{name}”",
        en: "no such file or folder: `{name}`",
        help: near.as_ref().map(did_you_mean),
    }
    Self::IsDirectory { name } => {
        zh: "“{name}”是文件夹，不是文件",
        en: "`{name}` is a folder, not a file",
        help zh: "请给出文件；要检查整个文件夹，把它作为路径参数。",
        help en: "Name a file; to check a whole folder, give it as a path argument.",
    }
    Self::Permission { name } => { zh: "没有权限读取“{name}”", en: "no permission to read `{name}`" }
    Self::TooLarge { size, limit, .. } => {
        zh: "文件有 {size} 字节，超过上限 {limit} 字节",
        en: "the file has {size} bytes, more than the limit of {limit}",
        help zh: "把记录改存为 NDJSON（每行一条）或一个 JSON 列表，可以分块读取。",
        help en: "Store the records as NDJSON, one to a line, or as one JSON list: those are read in chunks.",
    }
    Self::NotUtf8 { byte, looks_like: Encoding::Unknown, .. } => {
        zh: "字节 0x{byte:02X} 不是有效的 UTF-8",
        en: "byte 0x{byte:02X} is not valid UTF-8",
        help zh: "请把文件存为 UTF-8 编码的文本。",
        help en: "Save the file as text in UTF-8.",
    }
    Self::NotUtf8 { byte, looks_like: Encoding::DamagedUtf8, .. } => {
        zh: "字节 0x{byte:02X} 不是有效的 UTF-8，文件大体是 UTF-8，但有字符损坏",
        en: "byte 0x{byte:02X} is not valid UTF-8; the file is mostly UTF-8 with damaged characters",
        help zh: "这些字节可能在一次有损转换中丢失，请从原始数据重新导出。",
        help en: "The bytes were probably lost in a conversion: export the file again from its origin.",
    }
    Self::NotUtf8 { byte, looks_like, name, .. } => {
        zh: "字节 0x{byte:02X} 不是有效的 UTF-8，看起来是 {looks_like} 编码",
        en: "byte 0x{byte:02X} is not valid UTF-8; the file looks like {looks_like}",
        help: looks_like.label().map(|label| text! {
            zh: "请转为 UTF-8，例如：iconv -f {label} -t UTF-8 '{name}' > 新文件",
            en: "Convert it to UTF-8, for instance: iconv -f {label} -t UTF-8 '{name}' > new-file",
        }),
    }
    Self::Undecodable { byte, encoding, .. } => {
        zh: "字节 0x{byte:02X} 在 {encoding} 编码里不是字符",
        en: "byte 0x{byte:02X} stands for nothing in {encoding}",
        help zh: "这个字符已经丢失，请从原始数据重新导出，最好存为 UTF-8。",
        help en: "The character is lost: export the table again from its origin, best as UTF-8.",
    }
    Self::LineTooLong { limit, .. } => {
        zh: "这一行超过 {limit} 字节，已跳过",
        en: "the line is longer than {limit} bytes and was skipped",
    }
    Self::BadPattern { pattern, reason } => {
        zh: "无法理解通配符“{pattern}”",
        en: "cannot understand the pattern `{pattern}`: {reason}",
    }
    Self::NoMatch { pattern } => {
        zh: "没有文件匹配“{pattern}”",
        en: "no file matches `{pattern}`",
        help zh: "请检查拼写；带通配符的参数要加引号，以免被 shell 展开。",
        help en: "Check the spelling, and quote patterns so that the shell leaves them alone.",
    }
    Self::TextTooLarge { size, limit, .. } => {
        zh: "文件有 {size} 字节，超过上限 {limit} 字节，没有读取",
        en: "the file has {size} bytes, more than the limit of {limit}, and was not read",
        help zh: "把稿子分成几个文件，用列表写出来。",
        help en: "Split the script into several files and name them in a list.",
    }
    Self::Document { error, .. } => error,
    Self::Workbook { error, .. } => error,
    Self::NoRoom { name } => {
        zh: "磁盘已满，“{name}”没有处理完",
        en: "the disk is full: `{name}` was not done with",
        help: Some(disk::full_help()),
    }
    Self::Io { name, reason } => { zh: "读取“{name}”失败：{reason}", en: "cannot read `{name}`: {reason}" }
} }
