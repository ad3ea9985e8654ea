//! Replacing a file so that it is the old one or the new one at every moment.
//!
//! A temporary file beside the old one is written, given the old one's mode and owner, synced, and renamed. Its name
//! follows from the plan, so that the next run finds what a killed one left behind: names by chance, as those of
//! `dianjian_document::edit::ReplacementFile`, could be any program's, and none of them may be removed.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::error::ApplyError;

/// Size, time and inode: whether a file was replaced or written to since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileStamp {
    bytes: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    inode: (u64, u64),
}

impl FileStamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            inode: {
                use std::os::unix::fs::MetadataExt as _;
                (metadata.dev(), metadata.ino())
            },
        }
    }
}

/// The temporary file beside a file of a plan.
pub(super) fn temporary(target: &Path, id: &str, number: usize) -> PathBuf {
    let id = id.get(..12).unwrap_or(id);
    target.with_file_name(format!(".dianjian-{id}-{number}.tmp"))
}

/// New bytes in a temporary file, which is removed again unless [`StagedFile::commit`] succeeds.
#[derive(Debug)]
pub(super) struct StagedFile {
    target: PathBuf,
    path: PathBuf,
    file: File,
    stamp: FileStamp,
    /// Whether the new file could not be given the old one's owner.
    pub(super) other_owner: bool,
    done: bool,
}

impl StagedFile {
    /// Writes bytes to a temporary file that will replace `target`, which must still be as `stamp` says.
    pub(super) fn new(target: &Path, temporary: PathBuf, bytes: &[u8], stamp: &FileStamp) -> Result<Self, ApplyError> {
        let metadata = unchanged(target, stamp)?;
        let file = create(&temporary).map_err(ApplyError::Write)?;
        let mut staged = Self {
            target: target.to_owned(),
            path: temporary,
            file,
            stamp: stamp.clone(),
            other_owner: false,
            done: false,
        };
        staged.file.write_all(bytes).map_err(ApplyError::Write)?;
        // The mode comes after the owner: a change of owner clears some of its bits.
        staged.other_owner = !keep_owner(&staged.file, &metadata);
        staged.file.set_permissions(metadata.permissions()).map_err(ApplyError::Write)?;
        Ok(staged)
    }

    pub(super) fn sync(&self) -> Result<(), ApplyError> {
        self.file.sync_all().map_err(ApplyError::Write)
    }

    /// Renames the new file over the old one, if that is still the one that was read.
    pub(super) fn commit(mut self) -> Result<(), ApplyError> {
        unchanged(&self.target, &self.stamp)?;
        // If a folder on the way has been swapped for a link since, the temporary file is not there: nothing is renamed.
        fs::rename(&self.path, &self.target).map_err(ApplyError::Write)?;
        self.done = true;
        Ok(())
    }
}

impl Drop for StagedFile {
    fn drop(&mut self) {
        if !self.done {
            // What cannot be removed now is removed by the next run.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Makes sure that a real path still means the file that was read: neither it nor a folder on the way was swapped.
fn unchanged(target: &Path, stamp: &FileStamp) -> Result<Metadata, ApplyError> {
    let real = fs::canonicalize(target).map_err(|error| match error.kind() {
        ErrorKind::NotFound => ApplyError::Missing,
        _ => ApplyError::Read(error),
    })?;
    if real != target {
        return Err(ApplyError::Leaves { to: real });
    }
    let metadata = fs::symlink_metadata(target).map_err(ApplyError::Read)?;
    if FileStamp::of(&metadata) == *stamp { Ok(metadata) } else { Err(ApplyError::ChangedDuringRun) }
}

/// Creates a file that only its owner can read, replacing whatever was left behind under its name.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    match options.open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            options.open(path)
        }
        other => other,
    }
}

/// Gives a file another one's owner and group; returns whether it has them now.
#[cfg(unix)]
fn keep_owner(file: &File, like: &Metadata) -> bool {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let Ok(now) = file.metadata() else { return false };
    if (now.uid(), now.gid()) == (like.uid(), like.gid()) {
        return true;
    }
    // Without the right to change owners, the group may still be settable.
    fchown(file, Some(like.uid()), Some(like.gid())).is_ok() || {
        let _ = fchown(file, None, Some(like.gid()));
        false
    }
}

/// Elsewhere the system sees to owners.
#[cfg(not(unix))]
fn keep_owner(_file: &File, _like: &Metadata) -> bool {
    true
}

/// Syncs a folder, so that renames in it survive a power cut.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Writes one of the run's own files atomically. Not by `dianjian_document::edit::write_atomic`, which follows links, may
/// fail to sync the folder without an error, and leaves another temporary file behind each time it is killed.
pub(super) fn write_own(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("tmp");
    let mut file = create(&temporary)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written?;
    path.parent().map_or(Ok(()), sync_folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(folder: &Path) -> (PathBuf, FileStamp) {
        let path = fs::canonicalize(folder).unwrap().join("a.yaml");
        fs::write(&path, "old").unwrap();
        let stamp = FileStamp::of(&fs::metadata(&path).unwrap());
        (path, stamp)
    }

    #[test]
    fn what_was_left_behind_is_no_obstacle_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let (path, stamp) = target(folder.path());
        let temporary = temporary(&path, "0123456789abcdef", 3);
        assert!(temporary.ends_with(".dianjian-0123456789ab-3.tmp"));
        fs::write(&temporary, "torn").unwrap();
        drop(StagedFile::new(&path, temporary.clone(), b"new", &stamp).unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert!(!temporary.exists());
        StagedFile::new(&path, temporary.clone(), b"new", &stamp).unwrap().commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (path, stamp) = target(folder.path());
        let staged = StagedFile::new(&path, temporary(&path, "id", 0), b"new", &stamp).unwrap();
        fs::write(&path, "somebody's").unwrap();
        assert!(matches!(staged.commit(), Err(ApplyError::ChangedDuringRun)));
        assert_eq!(fs::read(&path).unwrap(), b"somebody's");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_swapped_in_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let (inner, elsewhere) = (folder.path().join("in"), outside.path().join("in"));
        fs::create_dir(&inner).unwrap();
        fs::create_dir(&elsewhere).unwrap();
        let (path, stamp) = target(&inner);
        let staged = StagedFile::new(&path, temporary(&path, "id", 0), b"new", &stamp).unwrap();
        fs::write(elsewhere.join("a.yaml"), "old").unwrap();
        fs::rename(&inner, folder.path().join("moved")).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &inner).unwrap();
        assert!(matches!(staged.commit(), Err(ApplyError::Leaves { .. })));
        assert!(matches!(
            StagedFile::new(&path, temporary(&path, "id", 0), b"new", &stamp),
            Err(ApplyError::Leaves { .. })
        ));
        assert_eq!(fs::read(elsewhere.join("a.yaml")).unwrap(), b"old");
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn the_mode_is_kept() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (path, _) = target(folder.path());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        let stamp = FileStamp::of(&fs::metadata(&path).unwrap());
        let staged = StagedFile::new(&path, temporary(&path, "id", 0), b"new", &stamp).unwrap();
        assert!(!staged.other_owner);
        staged.commit().unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o666);
    }
}
