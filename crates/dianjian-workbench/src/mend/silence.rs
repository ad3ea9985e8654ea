//! Entries of `ignore:` that a person makes by a click.

use std::path::Path;

use chrono::NaiveDate;
use dianjian_base::lang::{Localized as _, Text};
use dianjian_document::edit::{FixError, NewNode, with_item};

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
    let after = with_entries(text, entries, reason, until).map_err(|error| refused(error.both()))?;
    Ok(FileChange { path, place, before: before.clone(), after: after.into_bytes() })
}

/// A configuration with further entries of `ignore:`.
fn with_entries(
    text: &str,
    entries: &[(String, Option<String>)],
    reason: &str,
    until: Option<NaiveDate>,
) -> Result<String, FixError> {
    entries.iter().try_fold(text.to_owned(), |text, (rule, file)| {
        let entry = |key: &str, value: &str| (key.to_owned(), NewNode::text(value));
        let mut item =
            vec![entry("rule", rule), entry("file", file.as_deref().unwrap_or("**")), entry("reason", reason.trim())];
        item.extend(until.map(|until| entry("until", &until.to_string())));
        with_item(&text, "ignore", &NewNode::Map(item))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str) -> String {
        let entries = [("naming/length".to_owned(), Some("a.yaml".to_owned()))];
        with_entries(text, &entries, " 老店名 ", NaiveDate::from_ymd_opt(2026, 12, 31)).unwrap()
    }

    #[test]
    fn an_entry_says_rule_file_reason_and_day() {
        const ENTRY: &str = "rule: naming/length, file: a.yaml, reason: 老店名, until: ";
        let lines = format!("ignore:\n  - {}", ENTRY.replace(", ", "\n    "));
        assert!(added("").starts_with(&lines), "{}", added(""));
        let flow = added("ignore: [vendor/**]\n");
        assert!(flow.starts_with(&format!("ignore: [vendor/**, {{{ENTRY}")), "{flow}");
    }
}
