//! What is named at the start: folders become projects where they are, files a project of copies.

use std::path::{Path, PathBuf};

use crate::error::ServeError;
use crate::files::{FilePath, fresh_id};
use crate::store::{ProjectRow, Store};

/// Makes projects of folders and files, or finds those that there are of the folders. Returns the last one's id; `None`:
/// nothing was named.
///
/// # Errors
/// A file cannot be copied, or nothing can be remembered.
pub fn bring_in(store: &Store, paths: &[PathBuf], now: &str) -> Result<Option<String>, ServeError> {
    let (folders, files): (Vec<&PathBuf>, Vec<&PathBuf>) = paths.iter().partition(|path| path.is_dir());
    let mut last = None;
    for folder in folders {
        last = Some(match store.project_of(folder)? {
            Some(known) => known.id,
            None => add(store, folder, Some(folder.clone()), now)?,
        });
    }
    if let Some(first) = files.first() {
        let id = add(store, first, None, now)?;
        let folder = store.uploads(&id);
        for file in files {
            let failed = |error: std::io::Error| ServeError::File {
                path: file.display().to_string(),
                reason: error.to_string(),
            };
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let refused = || failed(std::io::ErrorKind::InvalidFilename.into());
            let place = FilePath::new(&name).and_then(|path| path.below(&folder)).ok_or_else(refused)?;
            std::fs::copy(file, place).map_err(failed)?;
        }
        last = Some(id);
    }
    Ok(last)
}

fn add(store: &Store, named: &Path, folder: Option<PathBuf>, now: &str) -> Result<String, ServeError> {
    let name = named.file_name().unwrap_or(named.as_os_str()).to_string_lossy().into_owned();
    let project = ProjectRow { id: fresh_id('p'), name, folder, created: now.to_owned() };
    if project.folder.is_none() {
        let uploads = store.uploads(&project.id);
        std::fs::create_dir_all(&uploads)
            .map_err(|error| ServeError::File { path: uploads.display().to_string(), reason: error.to_string() })?;
    }
    store.add_project(&project)?;
    Ok(project.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_one_project_however_often_it_is_named_and_files_are_copied() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("state")).unwrap();
        let own = folder.path().join("own");
        std::fs::create_dir(&own).unwrap();
        let first = bring_in(&store, std::slice::from_ref(&own), "now").unwrap().unwrap();
        assert_eq!(bring_in(&store, std::slice::from_ref(&own), "later").unwrap(), Some(first));
        std::fs::write(own.join("店铺.csv"), "a").unwrap();
        let id = bring_in(&store, &[own.join("店铺.csv")], "now").unwrap().unwrap();
        assert_eq!(std::fs::read(store.uploads(&id).join("店铺.csv")).unwrap(), b"a");
        assert_eq!(store.project(&id).unwrap().unwrap().name, "店铺.csv");
        assert!(bring_in(&store, &[own.join("none")], "now").is_err());
        assert_eq!(bring_in(&store, &[], "now").unwrap(), None);
    }
}
