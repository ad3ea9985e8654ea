//! The folder that a plan's paths start from, and the files below it in an order that does not depend on the arguments.

use std::path::{Component, Path, PathBuf};

use dianjian_document::source::Input;

use crate::error::PlanningError;

#[derive(Debug, Default)]
pub(crate) struct RootedInputs {
    /// The root as a path from the plan's folder.
    pub(crate) root: String,
    /// Path from the root and input, sorted by path.
    pub(crate) files: Vec<(String, Input)>,
}

/// Finds the nearest folder that holds all files; `base` is the plan's folder.
pub(crate) fn rooted(inputs: &[Input], base: &Path) -> Result<RootedInputs, PlanningError> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let found: Vec<(PathBuf, &Input)> = inputs.iter().filter_map(|input| Some((real(input.path()?), input))).collect();
    let mut root: Option<&Path> = None;
    for (path, input) in &found {
        let folder = path.parent().unwrap_or(path);
        let mut above = root.unwrap_or(folder).ancestors();
        root = above.find(|above| folder.starts_with(above) && !above.as_os_str().is_empty());
        if root.is_none() {
            return Err(PlanningError::NoRoot { file: input.name.clone() });
        }
    }
    let root = root.unwrap_or(Path::new("")).to_owned();
    let from_root = |path: &Path| slashed(path.strip_prefix(&root).unwrap_or(path).components());
    let mut files: Vec<(String, Input)> =
        found.into_iter().map(|(path, input)| (from_root(&path), input.clone())).collect();
    files.sort_by(|(left, _), (right, _)| left.cmp(right));
    let base = real(if base.as_os_str().is_empty() { Path::new(".") } else { base });
    Ok(RootedInputs { root: relative_path(&base, &root), files })
}

/// The relative path from a folder to another.
fn relative_path(base: &Path, folder: &Path) -> String {
    let shared = base.components().zip(folder.components()).take_while(|(left, right)| left == right).count();
    let up = base.components().skip(shared).map(|_| Component::ParentDir);
    let path = slashed(up.chain(folder.components().skip(shared)));
    if path.is_empty() { ".".to_owned() } else { path }
}

/// Not [`dianjian_base::slashed`]: where `\` is no separator it may be part of a name, by which files are found again.
fn slashed<'p>(parts: impl Iterator<Item = Component<'p>>) -> String {
    let parts: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}
