//! The format of a file by its first bytes, whatever its name says.

use std::io::{Read, SeekFrom};

use super::error::{DetectedFormat, WorkbookError, WorkbookErrorKind};
use super::package::ReadSeek;

/// The signature of compound files: workbooks before Excel 2007, and encrypted ones of any version.
const COMPOUND_SIGNATURE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Bytes at the beginning by which formats are recognised.
const HEAD_BYTES: u64 = 4096;

/// Further bytes of a compound file that are searched for the stream name of encrypted workbooks.
const SEARCHED_BYTES: u64 = 4 << 20;

/// Do these first bytes begin like a workbook, that is, like a zip or a compound file?
pub fn is_workbook(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(&COMPOUND_SIGNATURE)
}

/// What is wrong with a file as far as its first bytes show; `None` if it may be xlsx.
pub(crate) fn rejection(file: &mut dyn ReadSeek, size: u64) -> Result<Option<WorkbookErrorKind>, WorkbookError> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(HEAD_BYTES).read_to_end(&mut head)?;
    if size == 0 {
        return Ok(Some(WorkbookErrorKind::NotXlsx(DetectedFormat::Empty)));
    }
    if head.starts_with(&COMPOUND_SIGNATURE) {
        let mut rest = Vec::new();
        file.take(SEARCHED_BYTES).read_to_end(&mut rest)?;
        let sign: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let is_encrypted = [&head, &rest].iter().any(|bytes| memchr::memmem::find(bytes, &sign).is_some());
        return Ok(Some(if is_encrypted {
            WorkbookErrorKind::Encrypted
        } else {
            WorkbookErrorKind::NotXlsx(DetectedFormat::Xls)
        }));
    }
    if head.starts_with(b"PK") {
        // The first part of an OpenDocument file is its media type, uncompressed.
        let ods = memchr::memmem::find(&head, b"application/vnd.oasis.opendocument.spreadsheet").is_some();
        return Ok(
            (ods && head.get(30..38) == Some(b"mimetype")).then_some(WorkbookErrorKind::NotXlsx(DetectedFormat::Ods))
        );
    }
    Ok(Some(WorkbookErrorKind::NotXlsx(text_format(&head))))
}

fn text_format(head: &[u8]) -> DetectedFormat {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let utf16 = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    if utf16 {
        return DetectedFormat::Text;
    }
    let lower = String::from_utf8_lossy(head).to_lowercase();
    let begins = |with: &[&str]| with.iter().any(|with| lower.trim_start().starts_with(with));
    if lower.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        DetectedFormat::Xml2003
    } else if begins(&["<html", "<!doctype html", "<table", "<meta", "<head", "<style"]) || lower.contains("<table") {
        DetectedFormat::Html
    } else if head.iter().all(|&byte| byte >= b' ' || matches!(byte, b'\t' | b'\r' | b'\n')) {
        DetectedFormat::Text
    } else {
        DetectedFormat::Unknown
    }
}
