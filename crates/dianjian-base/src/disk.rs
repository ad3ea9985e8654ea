//! Full disks: how an error says so, and what the user can do.

use std::io;

use crate::lang::Text;

/// Whether an error says that the disk, or the user's share of it, is full.
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// The help for a full disk. It names the folder of temporary files, to which large inputs are spooled.
pub fn full_help() -> Text {
    let folder = std::env::temp_dir();
    let folder = folder.display();
    crate::text! {
        zh: "腾出空间；临时文件放在 {folder}，可以用环境变量 TMPDIR 换一个文件夹。",
        en: "Free some space; temporary files are written to {folder}, and TMPDIR can name another folder.",
    }
}
