//! Entries of `ignore:` that a person makes by a click.

use std::path::Path;

use chrono::NaiveDate;
use dianjian_base::lang::Text;

use super::{FileChange, MendError};
use crate::files::FilePath;

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
    let name = ["dianjian.yaml", "dianjian.yml"].into_iter().find(|name| folder.join(name).is_file());
    let path = FilePath::new(name.unwrap_or("dianjian.yaml")).ok_or(MendError::Nothing)?;
    let place = folder.join(path.text());
    let before = match std::fs::read(&place) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(MendError::disk(&path, &error)),
    };
    let refused =
        |zh: &str, en: &str| MendError::Refused { path: path.text().to_owned(), reason: Box::new(Text::new(zh, en)) };
    let text = std::str::from_utf8(&before).map_err(|_| refused("不是 UTF-8", "it is not UTF-8"))?;
    let after = with_entries(text, entries, reason, until).ok_or_else(|| {
        refused("ignore: 写成了一行，请手工添加", "`ignore:` is written on one line: add the entry by hand")
    })?;
    Ok(FileChange { path, place, before: before.clone(), after: after.into_bytes() })
}

/// A configuration with further entries; `None`: `ignore:` is no list of lines.
fn with_entries(
    text: &str,
    entries: &[(String, Option<String>)],
    reason: &str,
    until: Option<NaiveDate>,
) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let key = lines.iter().position(|line| line.starts_with("ignore:"));
    let Some(key) = key else {
        let mut out = text.to_owned();
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str("ignore:\n");
        out.push_str(&written(entries, reason, until, "  "));
        return Some(out);
    };
    let rest = lines.get(key)?.trim_start_matches("ignore:").trim();
    if !rest.is_empty() && !rest.starts_with('#') {
        return None;
    }
    let belongs = |line: &&str| line.trim().is_empty() || line.starts_with([' ', '\t', '#', '-']);
    let block = lines.iter().skip(key + 1).take_while(|line| belongs(line)).count();
    let last = (key + 1..=key + block).rev().find(|at| lines.get(*at).is_some_and(|line| !line.trim().is_empty()));
    let end = last.map_or(key + 1, |last| last + 1);
    let item = lines.iter().skip(key + 1).take(block).find(|line| line.trim_start().starts_with('-'));
    let indent = item.map_or("  ", |line| line.get(..line.len() - line.trim_start().len()).unwrap_or("  "));
    let mut out: String = lines.iter().take(end).copied().collect();
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out.push_str(&written(entries, reason, until, indent));
    out.extend(lines.iter().skip(end).copied());
    Some(out)
}

fn written(entries: &[(String, Option<String>)], reason: &str, until: Option<NaiveDate>, indent: &str) -> String {
    // JSON's quoted strings are YAML's.
    let quoted = |text: &str| serde_json::Value::String(text.to_owned()).to_string();
    entries.iter().fold(String::new(), |mut out, (rule, file)| {
        let file = quoted(file.as_deref().unwrap_or("**"));
        let reason = quoted(reason.trim());
        out.push_str(&format!("{indent}- rule: {rule}\n{indent}  file: {file}\n{indent}  reason: {reason}\n"));
        if let Some(until) = until {
            out.push_str(&format!("{indent}  until: {until}\n"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str) -> Option<String> {
        let entries = [("naming/length".to_owned(), Some("a.yaml".to_owned()))];
        with_entries(text, &entries, "老店名", NaiveDate::from_ymd_opt(2026, 12, 31))
    }

    #[test]
    fn entries_are_added_below_those_that_are_there() {
        const ENTRY: &str =
            "- rule: naming/length\n    file: \"a.yaml\"\n    reason: \"老店名\"\n    until: 2026-12-31\n";
        assert_eq!(added("").unwrap(), format!("ignore:\n  {ENTRY}"));
        assert_eq!(added("lang: zh").unwrap(), format!("lang: zh\nignore:\n  {ENTRY}"));
        let text = "ignore: # old\n  - vendor/**\n\n# more\nlang: zh\n";
        assert_eq!(added(text).unwrap(), format!("ignore: # old\n  - vendor/**\n\n# more\n  {ENTRY}lang: zh\n"));
        assert_eq!(added("ignore: [vendor/**]\n"), None);
    }
}
