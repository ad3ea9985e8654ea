//! The format of a file by its first bytes, whatever its name says.

use std::io::{Read, SeekFrom};

use super::error::{DetectedFormat, WorkbookError, WorkbookErrorKind};
use dianjian_package::{ReadSeek, is_compound, is_encrypted_compound};

/// Bytes at the beginning by which formats are recognised.
const HEAD_BYTES: u64 = 4096;

/// Do these first bytes begin like a workbook, that is, like a zip or a compound file?
pub fn is_workbook(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || is_compound(head)
}

/// What is wrong with a file as far as its first bytes show; `None` if it may be xlsx.
pub(crate) fn rejection(file: &mut dyn ReadSeek) -> Result<Option<WorkbookErrorKind>, WorkbookError> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(HEAD_BYTES).read_to_end(&mut head)?;
    if head.is_empty() {
        return Ok(Some(WorkbookErrorKind::NotXlsx(DetectedFormat::Empty)));
    }
    if is_compound(&head) {
        return Ok(Some(if is_encrypted_compound(file)? {
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
