//! The journal of a project: what was changed when, and how it is undone.

use std::path::{Path, PathBuf};

use dianjian_base::lang::Text;
use dianjian_base::sha256_of_parts;
use dianjian_document::edit::write_atomic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FileChange, MendError};
use crate::files::FilePath;
use crate::names::{name_of, named};
use crate::store::{EntryRow, ProjectRow, Store, StoreError};

/// What sort of change an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    Fix,
    Edit,
    Silence,
    Settings,
}

/// An entry as it is shown.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JournalEntry {
    id: String,
    at: String,
    what: Text,
    kind: EntryKind,
    files: Vec<String>,
    undone: bool,
}

/// A file of an entry: its digests, and where its bytes are kept.
#[derive(Debug, Serialize, Deserialize)]
struct KeptChange {
    path: String,
    before: String,
    after: String,
    /// Whether there was no such file before.
    #[serde(default)]
    is_new: bool,
}

impl JournalEntry {
    /// The entries of a project, the latest first.
    ///
    /// # Errors
    /// The store fails.
    pub fn of_project(store: &Store, project: &str) -> Result<Vec<Self>, StoreError> {
        let shown = |row: EntryRow| {
            let changes: Vec<KeptChange> = serde_json::from_str(&row.changes).unwrap_or_default();
            Some(Self {
                id: format!("e{}", row.id),
                at: row.at,
                what: serde_json::from_str(&row.what).ok()?,
                kind: named(&row.kind)?,
                files: changes.into_iter().map(|change| change.path).collect(),
                undone: row.undone,
            })
        };
        Ok(store.entries(project)?.into_iter().filter_map(shown).collect())
    }
}

/// Where the bytes of digests are kept.
fn kept(store: &Store, project: &str, digest: &str) -> PathBuf {
    store.project_folder(project).join("kept").join(digest)
}

/// Writes changes, each file in one step, and enters them in the journal; the bytes of before and after are kept first.
///
/// # Errors
/// A file is no longer what the change was made for, or the disk refuses. Files that were written before are put back.
pub fn enter(
    store: &Store,
    project: &ProjectRow,
    at: &str,
    kind: EntryKind,
    what: &Text,
    changes: &[FileChange],
) -> Result<i64, MendError> {
    if changes.is_empty() {
        return Err(MendError::Nothing);
    }
    let mut entered = Vec::new();
    for change in changes {
        let (before, after) =
            (keep(store, project, change, &change.before)?, keep(store, project, change, &change.after)?);
        let is_new = !change.place.exists();
        entered.push(KeptChange { path: change.path.text().to_owned(), before, after, is_new });
    }
    write(changes)?;
    let failed = |error: StoreError| MendError::Disk { path: String::new(), reason: error.to_string() };
    for change in &entered {
        store.keep_original(&project.id, &change.path, &change.before).map_err(failed)?;
    }
    let row = EntryRow {
        id: 0,
        at: at.to_owned(),
        kind: name_of(kind),
        what: serde_json::to_string(what).unwrap_or_default(),
        changes: serde_json::to_string(&entered).unwrap_or_default(),
        undone: false,
    };
    store.add_entry(&project.id, &row).map_err(failed)
}

/// The bytes of a file as it was brought in; `None`: it has not been changed since.
pub fn original(store: &Store, project: &str, path: &str, now: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(digest) = store.original(project, path)? else { return Ok(None) };
    let is_changed = std::fs::read(now).map_or(true, |bytes| sha256_of_parts([bytes]) != digest);
    Ok(std::fs::read(kept(store, project, &digest)).ok().filter(|_| is_changed))
}

fn keep(store: &Store, project: &ProjectRow, change: &FileChange, bytes: &[u8]) -> Result<String, MendError> {
    let digest = sha256_of_parts([bytes]);
    let place = kept(store, &project.id, &digest);
    if !place.exists() {
        let failed = |error: std::io::Error| MendError::disk(&change.path, &error);
        if let Some(folder) = place.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        write_atomic(&place, bytes).map_err(failed)?;
    }
    Ok(digest)
}

/// Writes all files, or none of them.
fn write(changes: &[FileChange]) -> Result<(), MendError> {
    for change in changes {
        let now = std::fs::read(&change.place).unwrap_or_default();
        if now != change.before {
            return Err(MendError::Changed { path: change.path.text().to_owned() });
        }
    }
    for (at, change) in changes.iter().enumerate() {
        let folder = change.place.parent().map_or(Ok(()), std::fs::create_dir_all);
        if let Err(error) = folder.and_then(|()| write_atomic(&change.place, &change.after)) {
            for written in changes.iter().take(at) {
                // What cannot be put back either is told by the next check.
                let _ = write_atomic(&written.place, &written.before);
            }
            return Err(MendError::disk(&change.path, &error));
        }
    }
    Ok(())
}

/// Undoes an entry.
///
/// # Errors
/// A later change is in the way, or the disk refuses; nothing is changed then.
pub fn undo(store: &Store, folder: &Path, project: &ProjectRow, entry: &EntryRow) -> Result<(), MendError> {
    let entered: Vec<KeptChange> = serde_json::from_str(&entry.changes).unwrap_or_default();
    let (mut changes, mut removed) = (Vec::new(), Vec::new());
    for kept_change in &entered {
        let path = FilePath::new(&kept_change.path).ok_or(MendError::Nothing)?;
        let gone = || MendError::Changed { path: kept_change.path.clone() };
        let place = path.below(folder).ok_or_else(gone)?;
        let read = |digest: &str| std::fs::read(kept(store, &project.id, digest)).map_err(|_| gone());
        let (before, after) = (read(&kept_change.before)?, read(&kept_change.after)?);
        let now = std::fs::read(&place).unwrap_or_default();
        if kept_change.is_new && now == after {
            removed.push(place);
            continue;
        }
        let back = if now == after { before } else { without(&before, &after, &now, &place, &path)? };
        changes.push(FileChange { path, place, before: now, after: back });
    }
    write(&changes)?;
    for place in removed {
        std::fs::remove_file(&place)
            .map_err(|error| MendError::Disk { path: place.display().to_string(), reason: error.to_string() })?;
    }
    store
        .undo_entry(&project.id, entry.id)
        .map_err(|error| MendError::Disk { path: String::new(), reason: error.to_string() })
}

/// A file as it is now, without the change from `before` to `after`: later changes lie before or behind it.
fn without(before: &[u8], after: &[u8], now: &[u8], place: &Path, path: &FilePath) -> Result<Vec<u8>, MendError> {
    let overlap = || MendError::Overlap { path: path.text().to_owned() };
    if crate::tables::has_workbook(place) {
        return super::edits::without_cells(before, after, now).ok_or_else(overlap);
    }
    let changed = Stretch::between(before, after);
    let later = Stretch::between(after, now);
    let back = before.get(changed.start..before.len() - changed.tail).unwrap_or_default();
    // Later changes behind the stretch leave its place as it was; those before it have moved it.
    let start = if later.start >= after.len() - changed.tail {
        changed.start
    } else if after.len() - later.tail <= changed.start {
        (now.len() + changed.start).checked_sub(after.len()).ok_or_else(overlap)?
    } else {
        return Err(overlap());
    };
    let len = after.len() - changed.tail - changed.start;
    let mut out = now.get(..start).unwrap_or_default().to_vec();
    out.extend_from_slice(back);
    out.extend_from_slice(now.get(start + len..).unwrap_or_default());
    Ok(out)
}

/// The stretch in which two texts differ: what they have in common at the beginning and at the end.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    start: usize,
    tail: usize,
}

impl Stretch {
    fn between(one: &[u8], other: &[u8]) -> Self {
        let start = one.iter().zip(other).take_while(|(a, b)| a == b).count();
        let most = one.len().min(other.len()) - start;
        let tail = one.iter().rev().zip(other.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
        Self { start, tail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undone(before: &str, after: &str, now: &str) -> Option<String> {
        let path = FilePath::new("a.yaml").unwrap();
        let bytes = without(before.as_bytes(), after.as_bytes(), now.as_bytes(), Path::new("a.yaml"), &path).ok()?;
        Some(String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn an_entry_is_undone_although_something_else_was_changed_since() {
        let (before, after) = ("a: 1\nb: 2\nc: 3\n", "a: 1\nb: 20\nc: 3\n");
        assert_eq!(undone(before, after, "a: 100\nb: 20\nc: 3\n").as_deref(), Some("a: 100\nb: 2\nc: 3\n"));
        assert_eq!(undone(before, after, "a: 1\nb: 20\nc: 333\n").as_deref(), Some("a: 1\nb: 2\nc: 333\n"));
        assert_eq!(undone(before, after, "a: 1\nb: 21\nc: 3\n"), None);
    }
}
