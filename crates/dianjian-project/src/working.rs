//! The folder that a project's relative paths start from.

use std::path::{Path, PathBuf};

use dianjian_base::display_name;

/// The folder that a project's relative paths start from, and how files in it are opened and named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingFolder {
    path: PathBuf,
    /// What relative paths are joined to before they are opened.
    prefix: PathBuf,
}

impl WorkingFolder {
    /// The working directory of the process: paths are opened as they are written, so that messages name them so.
    pub fn of_process(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), prefix: PathBuf::new() }
    }

    /// Any folder, by its absolute path. Files in it are named relative to it.
    pub fn elsewhere(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self { prefix: path.clone(), path }
    }

    /// The folder's absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path by which a file is opened.
    pub fn resolve(&self, path: impl AsRef<Path>) -> PathBuf {
        self.prefix.join(path)
    }

    /// The name by which a file is shown.
    pub fn name(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.prefix).unwrap_or(path);
        display_name(&path.to_string_lossy()).to_string()
    }

    pub(crate) fn prefix(&self) -> &Path {
        &self.prefix
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_process_stay_as_they_are_written() {
        let here = WorkingFolder::of_process("/p");
        assert_eq!(here.resolve("./a.yaml").to_str(), Some("./a.yaml"));
        assert_eq!(here.name(Path::new("./a.yaml")), "a.yaml");
        assert_eq!(here.name(Path::new("/p/a.yaml")), "/p/a.yaml");
    }

    #[test]
    fn paths_of_other_folders_are_opened_there_and_named_from_there() {
        let there = WorkingFolder::elsewhere("/p");
        assert_eq!(there.resolve("b/a.yaml"), Path::new("/p/b/a.yaml"));
        assert_eq!(there.resolve("/q/a.yaml"), Path::new("/q/a.yaml"));
        assert_eq!(there.name(Path::new("/p/b/a.yaml")), "b/a.yaml");
        assert_eq!(there.name(Path::new("/q/a.yaml")), "/q/a.yaml");
    }
}
