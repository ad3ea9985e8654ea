//! Full disks: how an error says so, and what the user can do.

use std::io;

use crate::lang::Lang;

/// Whether an error says that the disk, or the user's share of it, is full.
#[must_use]
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// What to do where the disk is full: large inputs are spooled to the folder for temporary files.
#[must_use]
pub fn full_help(lang: Lang) -> String {
    let folder = std::env::temp_dir();
    let folder = folder.display();
    match lang {
        Lang::Zh => format!("腾出空间；临时文件放在 {folder}，可以用环境变量 TMPDIR 换一个文件夹。"),
        Lang::En => format!("Make room; temporary files lie in {folder}, and TMPDIR can name another folder."),
    }
}
