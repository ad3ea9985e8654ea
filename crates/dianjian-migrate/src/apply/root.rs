//! The folder that a plan's paths start from. Links below it are followed, but never out of it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::{ApplyError, RunError};

/// The program's own folder below a root.
pub(super) const OWN_FOLDER: &str = ".dianjian";
/// The folder in it where runs of migrations keep journals, copies and lists.
pub(super) const RUNS_FOLDER: &str = "migrations";

/// The folder that a plan's paths start from.
#[derive(Debug, Clone)]
pub struct PlanRoot {
    /// As the user wrote it.
    pub path: PathBuf,
    /// Links resolved.
    real: PathBuf,
}

impl PlanRoot {
    pub(super) fn new(path: &Path) -> Result<Self, RunError> {
        let wrong = |reason: String| RunError::Root { path: path.to_owned(), reason };
        let real = fs::canonicalize(path).map_err(|error| wrong(error.to_string()))?;
        if !real.is_dir() {
            return Err(wrong(std::io::Error::from(ErrorKind::NotADirectory).to_string()));
        }
        Ok(Self { path: path.to_owned(), real })
    }

    /// The real file that a path of the plan means. It must lie below the root, and not in the program's own folder.
    pub(super) fn resolve(&self, path: &str) -> Result<PathBuf, ApplyError> {
        let real = fs::canonicalize(join(&self.real, path)).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => ApplyError::Missing,
            _ => ApplyError::Read(error),
        })?;
        if real.starts_with(&self.real) && !real.starts_with(self.real.join(OWN_FOLDER)) {
            Ok(real)
        } else {
            Err(ApplyError::Leaves { to: real })
        }
    }

    /// A path of the plan as the user would write it.
    pub fn display_path(&self, path: &str) -> PathBuf {
        join(&self.path, path)
    }

    /// The folder of all runs below the root; it may not exist yet.
    pub(super) fn runs_folder(&self) -> PathBuf {
        self.real.join(OWN_FOLDER).join(RUNS_FOLDER)
    }

    /// The folder of a plan's runs; it may not exist yet. Neither it nor a folder on the way to it may be a link.
    pub(super) fn run_folder(&self, id: &str) -> Result<PathBuf, RunError> {
        let runs = self.runs_folder();
        let run = runs.join(id);
        for folder in [&self.real.join(OWN_FOLDER), &runs, &run] {
            ensure_no_link(folder)?;
        }
        Ok(run)
    }

    /// Creates the folder of a plan's runs and syncs it.
    pub(super) fn make_run_folder(&self, id: &str) -> Result<PathBuf, RunError> {
        let run = self.run_folder(id)?;
        if run.is_dir() {
            return Ok(run);
        }
        fs::create_dir_all(&run).map_err(|error| RunError::own(&run, error))?;
        let own = self.real.join(OWN_FOLDER);
        let ignore = own.join(".gitignore");
        if fs::symlink_metadata(&ignore).is_err() {
            // Version control need not see what runs keep; failing to say so does no harm.
            let _ = fs::write(&ignore, "*\n");
        }
        for folder in [&self.runs_folder(), &own, &self.real] {
            super::write::sync_folder(folder).map_err(|error| RunError::own(folder, error))?;
        }
        self.run_folder(id)
    }
}

fn join(root: &Path, path: &str) -> PathBuf {
    path.split('/').fold(root.to_owned(), |folder, part| folder.join(part))
}

/// Refuses a link in place of one of the run's own files, which may not exist: writing through it would change a file
/// outside the root.
pub(super) fn ensure_no_link(path: &Path) -> Result<(), RunError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => Err(RunError::Link { path: path.to_owned() }),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(RunError::own(path, error)),
    }
}

/// Whether a path is relative, with `/` between its parts and without `.` and `..`.
pub(super) fn is_plain(path: &str) -> bool {
    let separators: &[char] = if cfg!(windows) { &['/', '\\', ':'] } else { &['/'] };
    !path.contains('\0') && path.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains(separators))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_may_not_leave_the_root() {
        let outside = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (root, secret) = (folder.path(), outside.path().join("a"));
        fs::write(&secret, "x").unwrap();
        fs::create_dir(root.join("real")).unwrap();
        fs::write(root.join("real/a"), "x").unwrap();
        symlink(root.join("real"), root.join("inside")).unwrap();
        symlink(outside.path(), root.join("out")).unwrap();
        symlink(&secret, root.join("file")).unwrap();
        symlink("nowhere", root.join("broken")).unwrap();
        let root = PlanRoot::new(root).unwrap();
        assert!(root.resolve("real/a").is_ok());
        assert_eq!(root.resolve("inside/a").unwrap(), root.resolve("real/a").unwrap());
        assert!(matches!(root.resolve("out/a"), Err(ApplyError::Leaves { .. })));
        assert!(matches!(root.resolve("file"), Err(ApplyError::Leaves { .. })));
        assert!(matches!(root.resolve("broken"), Err(ApplyError::Missing)));
        assert!(matches!(root.resolve("real/a/b"), Err(ApplyError::Missing)));
    }

    #[test]
    fn the_runs_own_folder_is_no_link() {
        let outside = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        symlink(outside.path(), folder.path().join(OWN_FOLDER)).unwrap();
        let root = PlanRoot::new(folder.path()).unwrap();
        assert!(matches!(root.make_run_folder("x"), Err(RunError::Link { .. })));
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }
}
