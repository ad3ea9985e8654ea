//! Entries of `ignore:` that a person makes by a click.

use std::path::Path;

use chrono::NaiveDate;
use dianjian_base::lang::{Localized as _, Text};
use dianjian_project::config::with_ignored;

use super::{FileChange, MendError, config_path};

/// The project's configuration with further entries of `ignore:`: a rule, and the file in which it is silent, or all files.
/// Everything else of it stays as it is.
///
/// # Errors
/// `ignore:` is written in a form that no entry can be added to, or the configuration cannot be read.
pub fn silence(
    folder: &Path,
    entries: &[(String, Option<String>)],
    reason: &str,
    until: Option<NaiveDate>,
) -> Result<FileChange, MendError> {
    let path = config_path(folder);
    let place = folder.join(path.text());
    let before = match std::fs::read(&place) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(MendError::disk(&path, &error)),
    };
    let refused = |reason: Text| MendError::Refused { path: path.text().to_owned(), reason: Box::new(reason) };
    let text = std::str::from_utf8(&before).map_err(|_| refused(Text::new("不是 UTF-8", "it is not UTF-8")))?;
    let after = with_ignored(text, entries, reason, until).map_err(|error| refused(error.both()))?;
    Ok(FileChange { path, place, before: before.clone(), after: after.into_bytes() })
}
