//! Lists of shops as files, one key a line: written by runs for the shops that are left, read by `--only @FILE`.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use dianjian_base::BOM;
use dianjian_base::lang::{Lang, Localized as _};
use dianjian_document::source::{self, Limits};
use dianjian_rules::record::nearest;
use dianjian_text::safe::one_line;

use super::error::{ApplyError, RunError};
use super::run::ShopResult;
use crate::plan::Plan;

/// The shops that were selected and are not as they should be, with the reasons as comments; empty if there are none.
pub(super) fn format(plan: &Plan, results: &[ShopResult]) -> String {
    let mut out = String::new();
    let mut last: Option<&Arc<ApplyError>> = None;
    for (shop, result) in plan.shops.iter().zip(results) {
        match result {
            ShopResult::Refused(error) | ShopResult::Failed(error) => {
                if !last.is_some_and(|last| Arc::ptr_eq(last, error)) {
                    for lang in [Lang::Zh, Lang::En] {
                        let _ = writeln!(out, "# {}: {}", one_line(&shop.file), one_line(&error.text(lang)));
                    }
                }
                last = Some(error);
            }
            ShopResult::NotReached => {}
            _ => continue,
        }
        out.push_str(&line(&shop.key));
        out.push('\n');
    }
    out
}

/// A key as a line: as it is, or as a JSON string where it would not be read back.
fn line(key: &str) -> String {
    let is_plain = key.trim() == key && !key.starts_with(['#', '"', BOM]) && !key.contains(['\n', '\r']);
    if is_plain { key.to_owned() } else { serde_json::to_string(key).unwrap_or_default() }
}

/// The keys of a list. Empty lines and comments (`#`) are skipped; a line that begins with `"` is a JSON string.
fn keys(text: &str) -> Result<Vec<String>, String> {
    let text = text.strip_prefix(BOM).unwrap_or(text);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| match line.starts_with('"') {
            true => serde_json::from_str(line).map_err(|error| error.to_string()),
            false => Ok(line.to_owned()),
        })
        .collect()
}

/// The numbers of the shops that arguments name, in the plan's order: keys, several keys with commas between them, and
/// `@FILE` for a list. `None` if there are no arguments, which means all shops.
///
/// # Errors
/// The plan does not have a key, or a list cannot be read.
pub fn select_shops(plan: &Plan, given: &[String]) -> Result<Option<Vec<usize>>, RunError> {
    if given.is_empty() {
        return Ok(None);
    }
    let numbers = plan.shop_numbers();
    let mut shops = Vec::new();
    let mut add = |key: &str| {
        let no_shop = || RunError::NoShop {
            found: key.to_owned(),
            suggestion: nearest(key, plan.shops.iter().map(|shop| shop.key.as_str())).map(str::to_owned),
        };
        numbers.get(key).map(|number| shops.push(*number)).ok_or_else(no_shop)
    };
    for given in given {
        // A shop's own key takes precedence, even if it begins with `@` or has a comma.
        match given.strip_prefix('@').filter(|_| !numbers.contains_key(given.as_str())) {
            None if given.contains(',') && !numbers.contains_key(given.as_str()) => {
                given.split(',').map(str::trim).filter(|key| !key.is_empty()).try_for_each(&mut add)?;
            }
            None => add(given)?,
            Some(list) => {
                let path = Path::new(list);
                let unreadable = |reason: String| RunError::List { path: path.to_owned(), reason };
                let text = source::read(path, &Limits::default()).map_err(|error| unreadable(error.to_string()))?;
                for key in keys(text.text()).map_err(unreadable)? {
                    add(&key)?;
                }
            }
        }
    }
    shops.sort_unstable();
    shops.dedup();
    Ok(Some(shops))
}

#[cfg(test)]
mod tests {
    use super::super::super::plan::tests::{empty, shop};
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let odd = ["a", "店 1", "#x", "\"q\"", " edge ", "two\nlines", "@at", "\u{feff}bom"];
        let mut plan = empty();
        plan.shops = odd.iter().map(|key| shop(key, "a.yaml", Vec::new())).collect();
        let results = vec![ShopResult::Refused(Arc::new(ApplyError::Missing)); odd.len()];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        std::fs::write(&path, format(&plan, &results)).unwrap();
        let read = select_shops(&plan, &[format!("@{}", path.display())]).unwrap();
        assert_eq!(read, Some((0..odd.len()).collect()));
        assert_eq!(select_shops(&plan, &["@at".to_owned(), "a".to_owned()]).unwrap(), Some(vec![0, 6]));
        assert_eq!(select_shops(&plan, &["店 1, a,".to_owned()]).unwrap(), Some(vec![0, 1]));
        assert_eq!(select_shops(&plan, &[]).unwrap(), None);
        let error = select_shops(&plan, &["店 2".to_owned()]).unwrap_err();
        assert!(matches!(error, RunError::NoShop { suggestion: Some(near), .. } if near == "店 1"));
        assert!(matches!(select_shops(&plan, &["@nowhere".to_owned()]), Err(RunError::List { .. })));
    }

    #[test]
    fn what_was_done_is_not_listed() {
        let mut plan = empty();
        plan.shops.push(shop("a", "a.yaml", Vec::new()));
        assert_eq!(format(&plan, &[ShopResult::Done]), "");
        assert_eq!(format(&plan, &[ShopResult::NotReached]), "a\n");
    }
}
