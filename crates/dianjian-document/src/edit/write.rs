//! Writing a file so that it is the old one or the new one, whatever happens in between.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use dianjian_base::localized;
use tempfile::NamedTempFile;

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

/// A temporary file beside a file that it will replace, with these rights as far as the process's
/// mask lets them be.
///
/// # Errors
///
/// It cannot be made. Its own name means nothing to the reader, so the error does not have it.
pub fn temporary_beside(
    file: &Path,
    #[cfg_attr(not(unix), expect(unused_variables))] mode: u32,
) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".dianjian-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(mode));
    }
    builder.tempfile_in(folder_of(file)).map_err(|error| error.kind().into())
}

/// Files that are to be removed should the program end before they are in their places.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// As [`temporary_beside`], for what takes long to write: it is removed also when a signal stops the program.
///
/// # Errors
///
/// As of [`temporary_beside`].
pub fn unfinished_beside(file: &Path, mode: u32) -> io::Result<NamedTempFile> {
    let temporary = temporary_beside(file, mode)?;
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).push(temporary.path().to_owned());
    Ok(temporary)
}

/// Removes unfinished files; the last act of a program that is stopped by a signal.
pub fn remove_unfinished() {
    for path in UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        // A file that has been renamed into place by now is no longer found under this path.
        let _ = std::fs::remove_file(path);
    }
}

/// Replaces a file's content in one step: a temporary file in the same folder is written, made to
/// last, and renamed over the old one, whose permissions it takes. A link is written through.
///
/// # Errors
///
/// When the folder cannot be written to or the system fails; the old file is then as it was.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let existing = std::fs::metadata(&target).ok();
    // What a newly made file would have, as the temporary file is made for its owner alone.
    let mode = existing.as_ref().map_or(0o644, mode);
    let mut file = temporary_beside(&target, mode)?;
    file.as_file_mut().write_all(bytes)?;
    if let Some(metadata) = existing {
        // The process's mask may have taken bits away from what was asked for above.
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    #[cfg(unix)]
    if let Ok(folder) = std::fs::File::open(folder_of(&target)) {
        // The rename itself lasts once the folder is on disk; not all file systems can promise it.
        let _ = folder.sync_all();
    }
    Ok(())
}

/// The rights of a file that is there.
fn mode(metadata: &std::fs::Metadata) -> u32 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        metadata.permissions().mode() & 0o7777
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        0o644
    }
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
}
