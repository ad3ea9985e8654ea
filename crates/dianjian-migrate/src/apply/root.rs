//! The folder that a plan's paths start from, and the way from there to files, links and all.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::{ApplyError, RunError};

/// The folder below the root that is the program's own.
pub const OWN_FOLDER: &str = ".dianjian";
/// The folder in it where runs of migrations keep their things.
pub const RUNS_FOLDER: &str = "migrations";

/// A plan's root.
#[derive(Debug, Clone)]
pub struct PlanRoot {
    /// As the user would write it.
    pub path: PathBuf,
    /// Without links.
    real: PathBuf,
}

impl PlanRoot {
    /// The root at a path.
    ///
    /// # Errors
    /// There is no such folder.
    pub fn new(path: &Path) -> Result<Self, RunError> {
        let wrong = |reason: String| RunError::Root { path: path.to_owned(), reason };
        let real = fs::canonicalize(path).map_err(|error| wrong(error.to_string()))?;
        if !real.is_dir() {
            return Err(wrong(std::io::Error::from(ErrorKind::NotADirectory).to_string()));
        }
        Ok(Self { path: path.to_owned(), real })
    }

    /// The real file that a path of the plan means. Links are followed as long as they stay below the root.
    ///
    /// # Errors
    /// There is none, or it lies outside the root or among the runs' own things.
    pub fn find(&self, path: &str) -> Result<PathBuf, ApplyError> {
        let real = fs::canonicalize(self.joined(path)).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => ApplyError::Missing,
            _ => ApplyError::Read(error),
        })?;
        if real.starts_with(&self.real) && !real.starts_with(self.real.join(OWN_FOLDER)) {
            Ok(real)
        } else {
            Err(ApplyError::Leaves { to: real })
        }
    }

    /// A path of the plan below the real root, links not followed.
    fn joined(&self, path: &str) -> PathBuf {
        path.split('/').fold(self.real.clone(), |folder, part| folder.join(part))
    }

    /// A path of the plan as the user would write it.
    #[must_use]
    pub fn shown(&self, path: &str) -> PathBuf {
        path.split('/').fold(self.path.clone(), |folder, part| folder.join(part))
    }

    /// The folder in which runs keep their things; it may not be there yet.
    #[must_use]
    pub fn runs(&self) -> PathBuf {
        self.real.join(OWN_FOLDER).join(RUNS_FOLDER)
    }

    /// The folder of a plan's runs; it may not be there yet.
    ///
    /// # Errors
    /// It, or a folder above it and below the root, is a link or no folder.
    pub fn run(&self, id: &str) -> Result<PathBuf, RunError> {
        let runs = self.runs();
        let run = runs.join(id);
        for folder in [&self.real.join(OWN_FOLDER), &runs, &run] {
            is_own(folder)?;
        }
        Ok(run)
    }

    /// Makes the folder of a plan's runs and makes it last.
    ///
    /// # Errors
    /// It cannot be made, or is a link.
    pub fn make_run(&self, id: &str) -> Result<PathBuf, RunError> {
        let run = self.run(id)?;
        if run.is_dir() {
            return Ok(run);
        }
        fs::create_dir_all(&run).map_err(|error| RunError::own(&run, error))?;
        let own = self.real.join(OWN_FOLDER);
        let ignore = own.join(".gitignore");
        if fs::symlink_metadata(&ignore).is_err() {
            // What runs keep is of no interest to version control. If it cannot be said, no harm is done.
            let _ = fs::write(&ignore, "*\n");
        }
        for folder in [&self.runs(), &own, &self.real] {
            super::write::sync_folder(folder).map_err(|error| RunError::own(folder, error))?;
        }
        self.run(id)
    }
}

/// Makes sure that something of the run's own is no link; it may not be there.
///
/// # Errors
/// It is a link.
pub fn is_own(path: &Path) -> Result<(), RunError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => Err(RunError::Link { path: path.to_owned() }),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(RunError::own(path, error)),
    }
}

/// Is a path one from the root, with `/` between its parts and without `.` and `..`?
#[must_use]
pub fn is_plain(path: &str) -> bool {
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
        assert!(root.find("real/a").is_ok());
        assert_eq!(root.find("inside/a").unwrap(), root.find("real/a").unwrap());
        assert!(matches!(root.find("out/a"), Err(ApplyError::Leaves { .. })));
        assert!(matches!(root.find("file"), Err(ApplyError::Leaves { .. })));
        assert!(matches!(root.find("broken"), Err(ApplyError::Missing)));
        assert!(matches!(root.find("real/a/b"), Err(ApplyError::Missing)));
    }

    #[test]
    fn the_runs_own_folder_is_no_link() {
        let outside = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        symlink(outside.path(), folder.path().join(OWN_FOLDER)).unwrap();
        let root = PlanRoot::new(folder.path()).unwrap();
        assert!(matches!(root.make_run("x"), Err(RunError::Link { .. })));
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }
}
