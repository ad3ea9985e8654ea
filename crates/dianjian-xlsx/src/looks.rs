//! What a file is that bears the name of a workbook.

use std::io::{Read, SeekFrom};

use super::archive::Bytes;
use super::error::{Fault, Looks, WorkbookError};

/// How compound files begin: workbooks before 2007, and any that are locked.
const COMPOUND: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Bytes at the beginning that are looked at.
const HEAD: u64 = 4096;

/// Bytes of a compound file that are searched for the sign of a locked workbook.
const SEARCHED: u64 = 4 << 20;

/// Does a file begin like a workbook: a zip file, or a compound one?
#[must_use]
pub fn is_workbook(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(&COMPOUND)
}

/// What is wrong with a file by its first bytes; `None`: it may be a workbook.
pub(super) fn of(file: &mut dyn Bytes, size: u64) -> Result<Option<Fault>, WorkbookError> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(HEAD).read_to_end(&mut head)?;
    if size == 0 {
        return Ok(Some(Fault::NotXlsx(Looks::Empty)));
    }
    if head.starts_with(&COMPOUND) {
        let mut rest = Vec::new();
        file.take(SEARCHED).read_to_end(&mut rest)?;
        let sign: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let locked = [&head, &rest].iter().any(|bytes| memchr::memmem::find(bytes, &sign).is_some());
        return Ok(Some(if locked { Fault::Locked } else { Fault::NotXlsx(Looks::Xls) }));
    }
    if head.starts_with(b"PK") {
        // The first part of an OpenDocument file is its type, unpacked.
        let ods = memchr::memmem::find(&head, b"application/vnd.oasis.opendocument.spreadsheet").is_some();
        return Ok((ods && head.get(30..38) == Some(b"mimetype")).then_some(Fault::NotXlsx(Looks::Ods)));
    }
    Ok(Some(Fault::NotXlsx(of_text(&head))))
}

fn of_text(head: &[u8]) -> Looks {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let utf16 = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    if utf16 {
        return Looks::Text;
    }
    let lower = String::from_utf8_lossy(head).to_lowercase();
    let begins = |with: &[&str]| with.iter().any(|with| lower.trim_start().starts_with(with));
    if lower.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        Looks::Xml2003
    } else if begins(&["<html", "<!doctype html", "<table", "<meta", "<head", "<style"]) || lower.contains("<table") {
        Looks::Html
    } else if head.iter().all(|&byte| byte >= b' ' || matches!(byte, b'\t' | b'\r' | b'\n')) {
        Looks::Text
    } else {
        Looks::Unknown
    }
}
