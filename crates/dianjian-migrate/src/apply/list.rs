//! Lists of shops as files: a key a line, written where shops could not be done and read back by `--only @FILE`.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use super::super::plan::Plan;
use super::error::{ApplyError, RunError};
use super::run::ShopResult;
use dianjian_base::BOM;
use dianjian_base::lang::{Lang, Localized as _};
use dianjian_document::source::{self, Limits};
use dianjian_rules::record::kind::nearest;
use dianjian_text::safe::one_line;

/// The list of shops that were asked for and are not as they should be; empty if there are none. Reasons
/// are comments.
#[must_use]
pub fn written(plan: &Plan, results: &[ShopResult]) -> String {
    let mut out = String::new();
    let mut last: Option<&Arc<ApplyError>> = None;
    for (shop, result) in plan.shops.iter().zip(results) {
        match result {
            ShopResult::Refused(trouble) | ShopResult::Failed(trouble) => {
                if !last.is_some_and(|last| Arc::ptr_eq(last, trouble)) {
                    for lang in [Lang::Zh, Lang::En] {
                        let _ = writeln!(out, "# {}: {}", one_line(&shop.file), one_line(&trouble.text(lang)));
                    }
                }
                last = Some(trouble);
            }
            ShopResult::NotReached => {}
            _ => continue,
        }
        out.push_str(&line(&shop.key));
        out.push('\n');
    }
    out
}

/// A key as a line: as it is, or as JSON where it would not be read back.
fn line(key: &str) -> String {
    let is_plain = key.trim() == key && !key.starts_with(['#', '"', BOM]) && !key.contains(['\n', '\r']);
    if is_plain { key.to_owned() } else { serde_json::to_string(key).unwrap_or_default() }
}

/// The keys of a list. Empty lines and those that begin with `#` are left out; a line may be a JSON text.
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

/// The shops that arguments mean: keys, and `@FILE` for the keys of a list. In the plan's order.
///
/// # Errors
/// A key that the plan does not have; a list that cannot be read.
pub fn chosen(plan: &Plan, given: &[String]) -> Result<Option<Vec<usize>>, RunError> {
    if given.is_empty() {
        return Ok(None);
    }
    let numbers: HashMap<&str, usize> =
        plan.shops.iter().enumerate().map(|(number, shop)| (shop.key.as_str(), number)).collect();
    let mut shops = Vec::new();
    let mut add = |key: &str| {
        let no_shop = || RunError::NoShop {
            found: key.to_owned(),
            suggestion: nearest(key, plan.shops.iter().map(|shop| shop.key.as_str())).map(str::to_owned),
        };
        numbers.get(key).map(|number| shops.push(*number)).ok_or_else(no_shop)
    };
    for given in given {
        // A shop's own key comes first, whatever it looks like.
        match given.strip_prefix('@').filter(|_| !numbers.contains_key(given.as_str())) {
            // Several in one argument, unless a shop is called so.
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
        std::fs::write(&path, written(&plan, &results)).unwrap();
        let read = chosen(&plan, &[format!("@{}", path.display())]).unwrap();
        assert_eq!(read, Some((0..odd.len()).collect()));
        assert_eq!(chosen(&plan, &["@at".to_owned(), "a".to_owned()]).unwrap(), Some(vec![0, 6]));
        assert_eq!(chosen(&plan, &["店 1, a,".to_owned()]).unwrap(), Some(vec![0, 1]));
        assert_eq!(chosen(&plan, &[]).unwrap(), None);
        let error = chosen(&plan, &["店 2".to_owned()]).unwrap_err();
        assert!(matches!(error, RunError::NoShop { suggestion: Some(near), .. } if near == "店 1"));
        assert!(matches!(chosen(&plan, &["@nowhere".to_owned()]), Err(RunError::List { .. })));
    }

    #[test]
    fn what_was_done_is_not_listed() {
        let mut plan = empty();
        plan.shops.push(shop("a", "a.yaml", Vec::new()));
        assert_eq!(written(&plan, &[ShopResult::Done]), "");
        assert_eq!(written(&plan, &[ShopResult::NotReached]), "a\n");
    }
}
