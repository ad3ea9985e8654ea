//! The files of a project on disk: names that cannot leave its folder, and what sort each is.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use dianjian_base::{hex, sha256_of_parts, slashed};
use dianjian_document::source::{Format, MaterialForm, files_in};
use schemars::JsonSchema;
use serde::Serialize;

/// How long a path of an upload may be, in bytes.
const LONGEST: usize = 1_024;

/// A relative path below a project's folder: no `..`, no root, no drive, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FilePath(String);

impl FilePath {
    /// Reads a path with `/` or `\` between its parts; `None`: it may lead out of the folder.
    pub fn new(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect();
        let is_odd = |part: &&str| {
            *part == ".." || part.contains(':') || part.chars().any(char::is_control) || part.len() > u8::MAX.into()
        };
        let is_absolute = text.starts_with(['/', '\\']);
        if parts.is_empty() || text.len() > LONGEST || is_absolute || parts.iter().any(is_odd) {
            return None;
        }
        let path = parts.join("/");
        let stays = Path::new(&path).components().all(|component| matches!(component, Component::Normal(_)));
        stays.then_some(Self(path))
    }

    /// A name that is known to be fit.
    pub fn named(name: &'static str) -> Self {
        Self(name.to_owned())
    }

    /// The path with `/` between its parts.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The file below a folder; `None` if a link leads out of the folder on the way.
    pub fn below(&self, folder: &Path) -> Option<PathBuf> {
        let path = folder.join(&self.0);
        let Ok(real) = path.canonicalize() else {
            // A file that is not there yet: its folder must stay inside.
            let existing = path.ancestors().find_map(|above| above.canonicalize().ok())?;
            return existing.starts_with(folder.canonicalize().ok()?).then_some(path);
        };
        real.starts_with(folder.canonicalize().ok()?).then_some(path)
    }

    /// Names the file in addresses.
    pub fn id(&self) -> String {
        let digest = sha256_of_parts([self.0.as_str()]);
        format!("f{}", digest.get(..16).unwrap_or(&digest))
    }
}

/// What a file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FileForm {
    /// A workbook or CSV.
    Table,
    /// Records in YAML, JSON or NDJSON.
    Records,
    Script,
    Captions,
    Picture,
    Video,
    Other,
}

impl FileForm {
    /// The form of a file.
    pub fn of(path: &Path) -> Self {
        match (Format::of_path(path), MaterialForm::of_path(path)) {
            (Some(format), _) if format.is_table() => Self::Table,
            (Some(_), _) => Self::Records,
            (None, Some(MaterialForm::Text)) => Self::Script,
            (None, Some(MaterialForm::Captions)) => Self::Captions,
            (None, Some(MaterialForm::Picture)) => Self::Picture,
            (None, Some(MaterialForm::Video)) => Self::Video,
            (None, None) => Self::Other,
        }
    }
}

/// The files of a folder, by their paths below it, in order.
pub fn list(folder: &Path) -> Vec<FilePath> {
    let mut paths: Vec<FilePath> = files_in(folder, true)
        .into_iter()
        .filter_map(|path| FilePath::new(&slashed(path.strip_prefix(folder).ok()?)))
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

/// The files of projects by their ids, as they were when one was last looked for.
#[derive(Debug, Default)]
pub struct FileIndex(Mutex<HashMap<String, HashMap<String, FilePath>>>);

impl FileIndex {
    /// The file of an id in the folder of a project. The folder is walked only where the id is not known, or its file gone.
    pub fn find(&self, project: &str, folder: &Path, id: &str) -> Option<(FilePath, PathBuf)> {
        let placed = |path: FilePath| {
            let place = path.below(folder).filter(|place| place.is_file())?;
            Some((path, place))
        };
        let all = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all().get(project).and_then(|files| files.get(id)).cloned();
        if let Some(found) = known.and_then(placed) {
            return Some(found);
        }
        let files: HashMap<String, FilePath> = list(folder).into_iter().map(|path| (path.id(), path)).collect();
        let found = files.get(id).cloned().and_then(placed);
        all().insert(project.to_owned(), files);
        found
    }

    /// Forgets a project.
    pub fn forget(&self, project: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(project);
    }
}

/// A name that nobody has yet, for something that is made.
pub fn fresh_id(letter: char) -> String {
    let mut bytes = [0; 6];
    // Without random numbers names might repeat, which the store refuses.
    let _ = getrandom::fill(&mut bytes);
    format!("{letter}{}", hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for (text, path) in [
            ("a.yaml", Some("a.yaml")),
            ("背景/a.png", Some("背景/a.png")),
            ("背景\\.\\a.png", Some("背景/a.png")),
            ("../a", None),
            ("a/../../b", None),
            ("/etc/passwd", None),
            ("\\\\host\\share", None),
            ("C:\\a", None),
            ("a\u{0}b", None),
            ("a\nb", None),
            ("", None),
            (".", None),
        ] {
            assert_eq!(FilePath::new(text).as_ref().map(FilePath::text), path, "{text:?}");
        }
    }

    #[test]
    fn a_file_is_found_by_its_id_as_long_as_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let (index, path) = (FileIndex::default(), FilePath::new("a.txt").unwrap());
        let find = || index.find("p", folder.path(), &path.id()).map(|(path, _)| path);
        assert_eq!(find(), None);
        std::fs::write(folder.path().join("a.txt"), "x").unwrap();
        assert_eq!(find(), Some(path.clone()));
        std::fs::remove_file(folder.path().join("a.txt")).unwrap();
        assert_eq!(find(), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_does_not_lead_out_either() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/", folder.path().join("up")).unwrap();
        assert_eq!(FilePath::new("up/etc/hosts").unwrap().below(folder.path()), None);
        assert_eq!(FilePath::new("up/etc/new").unwrap().below(folder.path()), None);
        assert!(FilePath::new("new/file").unwrap().below(folder.path()).is_some());
    }
}
