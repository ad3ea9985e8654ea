//! Changes of a project's files: fixes, edits in place, and the journal by which each is undone by itself.
//!
//! Every change is first what becomes of some files' bytes ([`FileChange`]), then written in one step a file, then an entry
//! of the journal, which keeps the bytes of before and after in the state folder. Undoing an entry puts back what it changed:
//! whole where nobody changed the file since, else the stretch that it changed, if later changes left that alone.

mod edits;
mod fixes;
mod journal;
mod silence;

use std::path::{Path, PathBuf};

use dianjian_base::lang::Text;
use dianjian_base::localized;
use dianjian_project::config::NAMES as CONFIG_NAMES;
pub use edits::{CellAt, LineAt, edit_cell, edit_line, line_with};
pub use fixes::{FixChoice, FixedFile, FixedProject, fix};
pub use journal::{EntryKind, JournalEntry, enter, original, undo};
pub use silence::silence;

use crate::files::FilePath;

/// The configuration of a project's folder: the one that is there, else the one that would be.
pub fn config_path(folder: &Path) -> FilePath {
    let there = CONFIG_NAMES.into_iter().find(|name| folder.join(name).is_file());
    FilePath::named(there.unwrap_or(CONFIG_NAMES[0]))
}

/// What becomes of a file.
#[derive(Debug)]
pub struct FileChange {
    pub path: FilePath,
    /// Where it is.
    pub place: PathBuf,
    pub before: Vec<u8>,
    pub after: Vec<u8>,
}

/// Why a change is not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MendError {
    /// It is no longer what the change was made for.
    Changed { path: String },
    /// A later change is in the way.
    Overlap { path: String },
    /// The change cannot be made in such a file.
    Refused { path: String, reason: Box<Text> },
    /// The disk refuses.
    Disk { path: String, reason: String },
    /// Nothing would change.
    Nothing,
}

localized! { MendError {
    Self::Changed { path } => {
        zh: "{path} 已经和显示的不一样了，没有改动",
        en: "{path} is no longer what was shown; it is left as it is",
        help zh: "刷新后再试。",
        help en: "reload and try again",
    }
    Self::Overlap { path } => {
        zh: "{path} 的同一处后来又改过，不能单独撤销",
        en: "the same place of {path} was changed again later, so this cannot be undone by itself",
        help zh: "先撤销后面的改动。",
        help en: "undo the later change first",
    }
    Self::Refused { path, reason } => { zh: format!("{path}：{}", reason.zh), en: format!("{path}: {}", reason.en) }
    Self::Disk { path, reason } => { zh: "{path} 读写失败：{reason}", en: "{path} cannot be read or written: {reason}" }
    Self::Nothing => { zh: "没有要改的", en: "nothing would change" }
} }

impl MendError {
    fn disk(path: &FilePath, error: &std::io::Error) -> Self {
        Self::Disk { path: path.text().to_owned(), reason: error.to_string() }
    }
}
