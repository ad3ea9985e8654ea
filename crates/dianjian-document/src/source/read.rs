//! Reading bytes into text, and saying precisely why that failed.

use std::io::Read;
use std::path::Path;

use dianjian_base::{BOM, FileSystem};

use super::{Encoded, Encoding, Limits, SourceError, SourceFile, TextEncoding};

/// Reads a file whole.
///
/// # Errors
///
/// When it is missing, a folder, not to be read, larger than `limits.file_bytes`, or no text.
pub fn read(path: &Path, limits: &Limits) -> Result<SourceFile, SourceError> {
    read_in(&FileSystem::default(), path, limits)
}

/// As [`read`], where in-memory contents may override the file.
///
/// # Errors
///
/// As of [`read`].
pub fn read_in(files: &FileSystem, path: &Path, limits: &Limits) -> Result<SourceFile, SourceError> {
    let bytes = bytes(files, path, limits).map_err(|error| error.with_similar(path, Path::new("")))?;
    Ok(from_bytes(&files.name(path), bytes)?.with_path(path))
}

/// Reads the bytes of a file.
pub(super) fn bytes(files: &FileSystem, path: &Path, limits: &Limits) -> Result<Vec<u8>, SourceError> {
    let name = files.name(path);
    let failed = |error: std::io::Error| SourceError::from_io(&name, &error);
    let file = files.open(path).map_err(failed)?;
    let size = file.size().map_err(failed)?;
    let limit = limits.file_bytes.min(u64::from(u32::MAX));
    if size > limit {
        return Err(SourceError::TooLarge { name: name.to_string(), size, limit });
    }
    read_bounded(file, &name, size, limit)
}

/// The size known beforehand may be wrong (a pipe, a growing file), so the limit is enforced while reading.
fn read_bounded(from: impl Read, name: &str, size: u64, limit: u64) -> Result<Vec<u8>, SourceError> {
    let mut bytes = Vec::with_capacity(size as usize + 1);
    from.take(limit + 1).read_to_end(&mut bytes).map_err(|error| SourceError::from_io(name, &error))?;
    if bytes.len() as u64 > limit {
        return Err(SourceError::TooLarge { name: name.to_owned(), size: bytes.len() as u64, limit });
    }
    Ok(bytes)
}

/// Takes bytes as the text of a source, in whatever encoding they are.
///
/// # Errors
///
/// [`SourceError::NotUtf8`] with the place of the first bad byte of what is neither UTF-8 nor another encoding that is
/// read; [`SourceError::Undecodable`] where single bytes of another encoding are no characters.
pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<SourceFile, SourceError> {
    match String::from_utf8(bytes) {
        Ok(text) if is_utf8(text.as_bytes()) => Ok(SourceFile::new(name, text)),
        Ok(text) => decoded(name, text.into_bytes()),
        Err(error) => decoded(name, error.into_bytes()),
    }
}

/// Whether valid UTF-8 is not UTF-16 whose bytes happen to be valid: ASCII with NULs between.
fn is_utf8(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(512)).unwrap_or(bytes);
    memchr::memchr(0, head).is_none() || Encoding::utf16(bytes).is_none()
}

fn decoded(name: &str, bytes: Vec<u8>) -> Result<SourceFile, SourceError> {
    if Encoding::utf16(&bytes).is_none()
        && let Err(error) = std::str::from_utf8(&bytes)
        && TextEncoding::of(&bytes).is_none_or(|encoding| encoding == TextEncoding::Utf8)
    {
        let bad = error.valid_up_to();
        return Err(not_utf8(name, &bytes, bad, Encoding::guess(&bytes, bad), (0, 0)));
    }
    let encoded = Encoded::decode(name, bytes)?;
    Ok(SourceFile::new(name, &**encoded.text()).with_encoding(encoded.encoding()))
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
    use std::io::ErrorKind;

    use dianjian_base::lang::{Lang, Localized as _};

    use super::*;
    use crate::source::Position;

    fn guess(bytes: &[u8]) -> (Encoding, Position, u8) {
        match from_bytes("a.yaml", bytes.to_vec()) {
            Err(SourceError::NotUtf8 { at, byte, looks_like, .. }) => (looks_like, at, byte),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn texts_of_other_encodings_are_read_and_their_damage_is_located() {
        let text = "a: 1\nname: 云山旗舰店\n";
        for encoding in [TextEncoding::Utf16Le, TextEncoding::Utf16Be, TextEncoding::Gb18030] {
            let source = from_bytes("a.yaml", encoding.encode(text).unwrap()).unwrap();
            assert_eq!((source.text(), source.encoding(), source.is_as_on_disk()), (text, encoding, false));
        }
        let marked = [&[0xff, 0xfe][..], &TextEncoding::Utf16Le.encode(text).unwrap()].concat();
        let source = from_bytes("a.yaml", marked).unwrap();
        assert_eq!((source.bom_len(), source.position(3).column), (3, 1));
        // One byte among many characters is damage; among few it says that the encoding is another.
        let long = "a: 1\nname: 云山茶业的小店在春天上新的茶\n";
        let cut = [TextEncoding::Gb18030.encode(long).unwrap(), vec![0xff]].concat();
        let at = match from_bytes("a.yaml", cut) {
            Err(SourceError::Undecodable { at, .. }) => at,
            other => panic!("{other:?}"),
        };
        assert_eq!((at.line, at.column), (3, 1));
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
