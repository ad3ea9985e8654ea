//! Writing a file so that it is the old one or the new one, whatever happens in between.

use std::io::Write;
use std::path::Path;

/// Replaces a file's content in one step: a temporary file in the same folder is written, made to
/// last, and renamed over the old one, whose permissions it takes. A link is written through.
///
/// # Errors
///
/// When the folder cannot be written to or the system fails; the old file is then as it was.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".dianjian-");
    let existing = std::fs::metadata(&target).ok();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What a newly made file would have, as the temporary file is made for its owner alone.
        let mode = existing.as_ref().map_or(0o644, |metadata| metadata.permissions().mode());
        builder.permissions(std::fs::Permissions::from_mode(mode & 0o7777));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Some(metadata) = existing {
        // The process's mask may have taken bits away from what was asked for above.
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    #[cfg(unix)]
    if let Ok(folder) = std::fs::File::open(folder) {
        // The rename itself lasts once the folder is on disk; not all file systems can promise it.
        let _ = folder.sync_all();
    }
    Ok(())
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
        assert!(write_atomic(&folder.path().join("none/a"), b"").is_err());
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
