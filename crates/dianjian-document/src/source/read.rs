//! Reading bytes into text, and saying precisely why that failed.

use std::fmt;
use std::io::{ErrorKind, Read};
use std::path::Path;

use dianjian_base::{BOM, FileSystem, disk, localized, text};

use super::{Limits, Position, SourceFile, Span, TextEncoding};
use dianjian_xlsx::WorkbookError;

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
    #[must_use]
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
pub enum SourceError {
    /// There is nothing of that name.
    NotFound {
        /// The name as shown.
        name: String,
    },
    /// The name is a folder where a file is needed.
    IsDirectory {
        /// The name as shown.
        name: String,
    },
    /// The system refuses to let it be read.
    Permission {
        /// The name as shown.
        name: String,
    },
    /// The file is larger than what is read at once.
    TooLarge {
        /// The name as shown.
        name: String,
        /// Size in bytes, as far as known.
        size: u64,
        /// The most that is read, in bytes.
        limit: u64,
    },
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
    /// Bytes of a table stand for no character of its encoding; a mark stands in their place.
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
    LineTooLong {
        /// The name as shown.
        name: String,
        /// Where the line begins.
        at: Position,
        /// The longest line that is read, in bytes.
        limit: u64,
    },
    /// A pattern given for files cannot be understood.
    BadPattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it, in English.
        reason: String,
    },
    /// A pattern given for files matches none.
    NoMatch {
        /// The pattern.
        pattern: String,
    },
    /// A workbook, or a sheet of it, cannot be read.
    Workbook {
        /// The name as shown.
        name: String,
        /// Why not, and where in it.
        error: Box<WorkbookError>,
    },
    /// The disk is full.
    NoRoom {
        /// The name as shown.
        name: String,
    },
    /// Anything else the system says.
    Io {
        /// The name as shown.
        name: String,
        /// The system's own message.
        reason: String,
    },
}

impl SourceError {
    /// The input concerned, as it is to be shown.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::NotFound { name }
            | Self::IsDirectory { name }
            | Self::Permission { name }
            | Self::TooLarge { name, .. }
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
    #[must_use]
    pub const fn position(&self) -> Option<Position> {
        match self {
            Self::NotUtf8 { at, .. } | Self::Undecodable { at, .. } | Self::LineTooLong { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// The line that the error is about as a source of its own, with the place in it.
    #[must_use]
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

    /// What keeps a workbook from being read.
    #[must_use]
    pub fn workbook(name: &str, error: WorkbookError) -> Self {
        Self::Workbook { name: name.to_owned(), error: Box::new(error) }
    }

    /// Of a workbook the sheet, or the cell (`店铺!B7`), where it is known.
    #[must_use]
    pub fn sheet(&self) -> Option<String> {
        match self {
            Self::Workbook { error, .. } => error.location(),
            _ => None,
        }
    }

    /// Sorts a system error under what a reader can act on.
    #[must_use]
    pub fn from_io(name: &str, error: &std::io::Error) -> Self {
        let name = name.to_owned();
        match error.kind() {
            ErrorKind::NotFound => Self::NotFound { name },
            ErrorKind::PermissionDenied => Self::Permission { name },
            ErrorKind::IsADirectory => Self::IsDirectory { name },
            _ if disk::is_full(error) => Self::NoRoom { name },
            _ => Self::Io { name, reason: error.to_string() },
        }
    }
}

localized! { SourceError {
    Self::NotFound { name } => { zh: "找不到“{name}”", en: "no such file or folder: `{name}`" }
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
        help zh: "把记录改存为 NDJSON（每行一条），可以分块读取。",
        help en: "Store the records as NDJSON, one to a line: that is read in chunks.",
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
    Self::Workbook { error, .. } => error,
    Self::NoRoom { name } => {
        zh: "磁盘已满，“{name}”没有处理完",
        en: "the disk is full: `{name}` was not done with",
        help: Some(disk::full_help()),
    }
    Self::Io { name, reason } => { zh: "读取“{name}”失败：{reason}", en: "cannot read `{name}`: {reason}" }
} }

/// Reads a file whole.
///
/// # Errors
///
/// When it is missing, a folder, not to be read, larger than `limits.file_bytes`, or not UTF-8.
pub fn read(path: &Path, limits: &Limits) -> Result<SourceFile, SourceError> {
    read_in(&FileSystem::default(), path, limits)
}

/// As [`read`], where something else may stand for the file on disk.
///
/// # Errors
///
/// As of [`read`].
pub fn read_in(files: &FileSystem, path: &Path, limits: &Limits) -> Result<SourceFile, SourceError> {
    Ok(from_bytes(&path.to_string_lossy(), bytes(files, path, limits)?)?.with_path(path))
}

/// Reads the bytes of a file.
pub(super) fn bytes(files: &FileSystem, path: &Path, limits: &Limits) -> Result<Vec<u8>, SourceError> {
    let name = path.to_string_lossy();
    let failed = |error: std::io::Error| SourceError::from_io(&name, &error);
    let file = files.open(path).map_err(failed)?;
    let size = file.size().map_err(failed)?;
    let limit = limits.file_bytes.min(u64::from(u32::MAX));
    if size > limit {
        return Err(SourceError::TooLarge { name: name.into_owned(), size, limit });
    }
    read_bounded(file, &name, size, limit)
}

/// Reads the bytes of standard input, under the name it is to be shown by; [`from_bytes`] makes a source of them.
///
/// # Errors
///
/// When it cannot be read, or is larger than `limits.file_bytes`.
pub fn read_stdin(name: &str, limits: &Limits) -> Result<Vec<u8>, SourceError> {
    let limit = limits.file_bytes.min(u64::from(u32::MAX));
    read_bounded(std::io::stdin().lock(), name, 0, limit)
}

/// The size told beforehand may be wrong (a pipe, a growing file), so the limit is kept while reading.
fn read_bounded(from: impl Read, name: &str, size: u64, limit: u64) -> Result<Vec<u8>, SourceError> {
    let mut bytes = Vec::with_capacity(size as usize + 1);
    from.take(limit + 1).read_to_end(&mut bytes).map_err(|error| SourceError::from_io(name, &error))?;
    if bytes.len() as u64 > limit {
        return Err(SourceError::TooLarge { name: name.to_owned(), size: bytes.len() as u64, limit });
    }
    Ok(bytes)
}

/// Takes bytes as the UTF-8 text of a source.
///
/// # Errors
///
/// [`SourceError::NotUtf8`] with the place of the first bad byte, also for UTF-16 whose bytes
/// happen to be valid UTF-8 (ASCII with NULs between).
pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<SourceFile, SourceError> {
    match String::from_utf8(bytes) {
        Ok(text) => match first_nul_of_utf16(text.as_bytes()) {
            Some((at, encoding)) => Err(not_utf8(name, text.as_bytes(), at, encoding, (0, 0))),
            None => Ok(SourceFile::new(name, text)),
        },
        Err(error) => {
            let bad = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            Err(not_utf8(name, bytes, bad, Encoding::guess(bytes, bad), (0, 0)))
        }
    }
}

fn first_nul_of_utf16(bytes: &[u8]) -> Option<(usize, Encoding)> {
    let head = bytes.get(..bytes.len().min(512)).unwrap_or(bytes);
    let at = memchr::memchr(0, head)?;
    Encoding::utf16(bytes).map(|encoding| (at, encoding))
}

/// Describes the first bad byte of `bytes`, which begin after `base` bytes and lines of the file.
pub(super) fn not_utf8(name: &str, bytes: &[u8], bad: usize, looks_like: Encoding, base: (u64, u64)) -> SourceError {
    let before = bytes.get(..bad).unwrap_or(bytes);
    // Everything before the first bad byte is UTF-8.
    let text = std::str::from_utf8(before).unwrap_or_default();
    let prefix = SourceFile::chunk(name, text, base.0, base.1);
    let byte = bytes.get(bad).copied().unwrap_or_default();
    let at = prefix.position(bad as u32);
    let line = text.rsplit(['\n', '\r']).next().unwrap_or_default();
    let after = bytes.get(bad..).unwrap_or_default();
    let after = after.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let after = after.get(..after.len().min(LINE_SHOWN)).unwrap_or(after);
    SourceError::NotUtf8 {
        name: prefix.name().to_owned(),
        at,
        byte,
        looks_like,
        before: line.len() as u32,
        // One byte stands for the bad one, so that offsets are the file's.
        line: format!("{line}?{}", String::from_utf8_lossy(after.get(1..).unwrap_or_default())),
    }
}

/// Bytes of a damaged line that are shown after the first bad one.
const LINE_SHOWN: usize = 200;

/// Names the place of bytes that are not UTF-8 in one piece of a file.
pub(super) fn damaged(name: &str, bytes: &[u8], base: (u64, u64)) -> SourceError {
    let bad = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    not_utf8(name, bytes, bad, Encoding::guess(bytes, bad), base)
}

/// Drops a byte-order mark from the start of a text.
pub(crate) fn without_bom(text: &str) -> &str {
    text.strip_prefix(BOM).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use dianjian_base::lang::{Lang, Localized as _};

    use super::*;

    fn guess(bytes: &[u8]) -> (Encoding, Position, u8) {
        match from_bytes("a.yaml", bytes.to_vec()) {
            Err(SourceError::NotUtf8 { at, byte, looks_like, .. }) => (looks_like, at, byte),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn gbk_is_recognised_and_located() {
        let (bytes, _, _) = encoding_rs::GBK.encode("a: 1\nname: 云山旗舰店\n");
        let (encoding, at, byte) = guess(&bytes);
        assert_eq!(encoding, Encoding::Gb18030);
        assert_eq!((at.line, at.column, at.offset, byte), (2, 7, 11, 0xd4));
    }

    #[test]
    fn utf16_is_recognised_with_and_without_a_mark() {
        let text = "name: shop 店\n";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(guess(&le).0, Encoding::Utf16Le);
        assert_eq!(guess(&be).0, Encoding::Utf16Be);
        assert_eq!(guess(&[&[0xff, 0xfe][..], &le].concat()).0, Encoding::Utf16Le);
        assert_eq!(guess(&[&[0xfe, 0xff][..], &be].concat()).0, Encoding::Utf16Be);
    }

    #[test]
    fn lost_bytes_in_utf8_are_called_damage() {
        let mut bytes = "名称: 云山茶业旗舰店\n".as_bytes().to_vec();
        bytes.remove(10);
        let (encoding, at, _) = guess(&bytes);
        assert_eq!((encoding, at.line, at.column), (Encoding::DamagedUtf8, 1, 5));
        assert_eq!(guess(&[0x80, 0, 0, 1, 2, 0xff, 0xfe, 7]).0, Encoding::Unknown);
    }

    #[test]
    fn a_nul_in_a_plain_text_is_left_to_the_parser() {
        assert!(from_bytes("a", b"name: a\0b and much more text here".to_vec()).is_ok());
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { file_bytes: 3, ..Limits::default() };
        let file = folder.path().join("a.yaml");
        std::fs::write(&file, "abcd").unwrap();
        assert!(matches!(read(&file, &limits), Err(SourceError::TooLarge { size: 4, limit: 3, .. })));
        assert!(matches!(read(folder.path(), &limits), Err(SourceError::IsDirectory { .. })));
        let missing = read(&folder.path().join("b"), &limits);
        assert!(matches!(missing, Err(SourceError::NotFound { .. })));
        let full = SourceError::from_io("a.csv", &ErrorKind::StorageFull.into());
        assert!(full.text(Lang::En).contains("the disk is full"));
        assert!(full.help(Lang::Zh).is_some_and(|help| help.contains("TMPDIR")));
    }
}
