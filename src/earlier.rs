//! Tells what an earlier run wrote from other files.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use dianjian_engine::REPORT_CREATOR;
use dianjian_xlsx::Workbook;

/// Whether a file is a workbook that the program wrote, or a text whose beginning is one of its own.
pub fn is_written(path: &Path, is_own: impl FnOnce(&str) -> bool) -> bool {
    const HEAD: u64 = 4096;
    let Some(head) = beginning(path, HEAD) else { return false };
    if head.starts_with(b"PK") {
        return Workbook::open(path).is_ok_and(|book| book.creator() == REPORT_CREATOR);
    }
    is_own(&String::from_utf8_lossy(&head))
}

/// The first bytes of a file, so many at most.
pub fn beginning(path: &Path, most: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)).ok()?;
    Some(bytes)
}
