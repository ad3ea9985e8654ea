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
    let mut found: Vec<(PathBuf, &Input)> = Vec::new();
    for input in inputs {
        let Some(path) = input.path() else { continue };
        let absolute = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        found.push((absolute, input));
    }
    let mut root: Option<PathBuf> = None;
    for (path, input) in &found {
        let folder = path.parent().unwrap_or(path);
        let common = match &root {
            None => folder.to_owned(),
            Some(root) => root
                .components()
                .zip(folder.components())
                .take_while(|(left, right)| left == right)
                .map(|(part, _)| part)
                .collect(),
        };
        if common.as_os_str().is_empty() {
            return Err(PlanningError::NoRoot { file: input.name.clone() });
        }
        root = Some(common);
    }
    let root = root.unwrap_or_default();
    let mut files: Vec<(String, Input)> = found
        .into_iter()
        .map(|(path, input)| (slashed(path.strip_prefix(&root).unwrap_or(&path)), input.clone()))
        .collect();
    files.sort_by(|(left, _), (right, _)| left.cmp(right));
    let base = if base.as_os_str().is_empty() { Path::new(".") } else { base };
    let base = base.canonicalize().unwrap_or_else(|_| base.to_owned());
    Ok(RootedInputs { root: relative_path(&base, &root), files })
}

/// The relative path from a folder to another.
fn relative_path(base: &Path, folder: &Path) -> String {
    let shared = base.components().zip(folder.components()).take_while(|(left, right)| left == right).count();
    let up = base.components().skip(shared).map(|_| "..".to_owned());
    let down = folder.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = up.chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

fn slashed(path: &Path) -> String {
    let parts: Vec<String> = path
        .components()
        .filter(|part| matches!(part, Component::Normal(_)))
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}
