//! Writing a file so that it is the old one or the new one, whatever happens in between.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use dianjian_base::localized;
use tempfile::TempPath;

/// A folder that cannot be made.
#[derive(Debug, thiserror::Error)]
pub struct FolderError {
    #[expect(missing_docs, reason = "named by its type")]
    pub folder: PathBuf,
    #[expect(missing_docs, reason = "named by its type")]
    pub source: io::Error,
}

localized! { FolderError {
    Self { folder, source } => {
        zh: format!("无法创建文件夹 {}：{}", folder.display(), reason_zh(source)),
        en: format!("cannot make the folder {}: {source}", folder.display()),
    }
} }

fn reason_zh(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => "那里已经有一个文件".to_owned(),
        io::ErrorKind::PermissionDenied => "没有权限".to_owned(),
        _ => error.to_string(),
    }
}

/// The folder of a file; `.` for a bare name.
fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Creates the folder of a file, and those above it, unless they exist.
///
/// # Errors
///
/// It cannot be created, or something that is no folder is there.
pub fn make_folder_of(file: &Path) -> Result<(), FolderError> {
    let folder = folder_of(file);
    std::fs::create_dir_all(folder).map_err(|source| FolderError { folder: folder.to_owned(), source })
}

/// Checks before the work begins that a path is a folder or free to become one.
///
/// # Errors
///
/// Something that is no folder is there.
pub fn may_be_folder(folder: &Path) -> Result<(), FolderError> {
    if !folder.exists() || folder.is_dir() {
        return Ok(());
    }
    Err(FolderError { folder: folder.to_owned(), source: io::ErrorKind::NotADirectory.into() })
}

/// Files that are to be removed should the program end before they are in their places.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Removes unfinished files; the last act of a program that is stopped by a signal.
pub fn remove_unfinished() {
    for path in UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        // A file that has been renamed into place by now is no longer found under this path.
        let _ = std::fs::remove_file(path);
    }
}

/// A file being written, which takes its place when it is whole: until [`commit`](Self::commit) what was there stays as it was.
///
/// A link is written through. A device, a pipe or a socket is written to directly: renaming a file over
/// `/dev/null` would take it from every program of the machine. The temporary file is removed when this is dropped,
/// or by [`remove_unfinished`].
#[derive(Debug)]
pub struct ReplacementFile {
    file: File,
    /// Absent for a device.
    temporary: Option<TempPath>,
    target: PathBuf,
}

impl ReplacementFile {
    /// Starts a file with the rights of the one that it replaces, or of any new file.
    ///
    /// # Errors
    ///
    /// It cannot be made. The temporary file's name means nothing to the reader, so the error does not have it.
    pub fn create(path: &Path) -> io::Result<Self> {
        let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let existing = std::fs::metadata(&target).ok();
        if existing.as_ref().is_some_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
            return Ok(Self { file: File::options().write(true).open(&target)?, temporary: None, target });
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".dianjian-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // As for any new file: the process's mask takes away what it should.
            let mode = existing.as_ref().map_or(0o666, |metadata| metadata.permissions().mode() & 0o7777);
            builder.permissions(std::fs::Permissions::from_mode(mode));
        }
        let (file, temporary) =
            builder.tempfile_in(folder_of(&target)).map_err(|error| io::Error::from(error.kind()))?.into_parts();
        if let Some(metadata) = existing.filter(std::fs::Metadata::is_file) {
            // The mask may have taken bits away from what was asked for above.
            file.set_permissions(metadata.permissions())?;
        }
        UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).push(temporary.to_path_buf());
        Ok(Self { file, temporary: Some(temporary), target })
    }

    /// Makes the content last, and puts the file in its place.
    ///
    /// # Errors
    ///
    /// The system fails; what was there is then as it was.
    pub fn commit(self) -> io::Result<()> {
        let is_device = self.temporary.is_none();
        let folder = folder_of(&self.target).to_owned();
        self.place(true)?;
        if !is_device {
            sync_folder(&folder);
        }
        Ok(())
    }

    /// Puts the file in its place, with its content on disk before if `lasting`.
    fn place(self, lasting: bool) -> io::Result<()> {
        let Some(temporary) = self.temporary else { return Ok(()) };
        if lasting {
            self.file.sync_all()?;
        }
        drop(self.file);
        temporary.persist(&self.target).map_err(|error| error.error)?;
        Ok(())
    }
}

impl Write for ReplacementFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A rename lasts once the folder is on disk; not all file systems can promise it.
fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    #[cfg(not(unix))]
    let _ = folder;
}

/// Writes many files, each in one step. What replaces a file is on disk before it does; new files, which can be made
/// again, do not wait for the disk one by one: 2,000 of them would take minutes on a slow one. Folders are waited for
/// once.
///
/// # Errors
///
/// The first file that cannot be written; those before it are in their places.
pub fn write_all_atomic<'p>(files: &[(&'p Path, &[u8])]) -> Result<(), (&'p Path, io::Error)> {
    let mut folders = BTreeSet::new();
    for (path, bytes) in files {
        let failed = |error| (*path, error);
        let replaces = path.exists();
        let mut file = ReplacementFile::create(path).map_err(failed)?;
        file.write_all(bytes).and_then(|()| file.place(replaces)).map_err(failed)?;
        folders.insert(folder_of(path));
    }
    folders.into_iter().for_each(sync_folder);
    Ok(())
}

/// Replaces a file's content in one step, as [`ReplacementFile`] does.
///
/// # Errors
///
/// When the folder cannot be written to or the system fails; the old file is then as it was.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = ReplacementFile::create(path)?;
    file.write_all(bytes)?;
    file.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_replaced_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("店.yaml");
        write_atomic(&path, b"a").unwrap();
        write_atomic(&path, "名".as_bytes()).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "名");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let error = write_atomic(&folder.path().join("none/a"), b"").unwrap_err().to_string();
        assert!(!error.contains(".dianjian-"), "{error}");
    }

    #[test]
    fn folders_are_made_as_deep_as_need_be() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/c");
        make_folder_of(&path).unwrap();
        make_folder_of(&path).unwrap();
        write_atomic(&path, b"").unwrap();
        let error = make_folder_of(&path.join("d")).unwrap_err();
        assert_eq!(error.folder, path);
    }

    #[test]
    fn many_files_are_written_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["a", "b"].map(|name| folder.path().join(name));
        std::fs::write(&paths[0], "old").unwrap();
        let files: Vec<(&Path, &[u8])> = paths.iter().map(|path| (path.as_path(), b"new".as_slice())).collect();
        write_all_atomic(&files).unwrap();
        assert!(paths.iter().all(|path| std::fs::read_to_string(path).is_ok_and(|text| text == "new")));
        let wrong = folder.path().join("none/c");
        assert_eq!(write_all_atomic(&[(&wrong, b"")]).unwrap_err().0, wrong);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&path, "1").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o664)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        write_atomic(&link, b"2").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "2");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o664);
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("null");
        std::os::unix::fs::symlink("/dev/null", &link).unwrap();
        write_atomic(&link, b"x").unwrap();
        write_atomic(Path::new("/dev/null"), b"x").unwrap();
        assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
