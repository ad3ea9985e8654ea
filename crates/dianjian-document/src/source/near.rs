//! The file that is meant by a path that leads nowhere.

use std::path::{Component, Path, PathBuf};

/// How many names of a folder are compared.
const MAX_NAMES: usize = 10_000;

/// The path that is most like one that does not exist: its first part that is not there replaced by the most similar
/// name beside it.
pub fn similar_path(path: &Path) -> Option<PathBuf> {
    let mut known = PathBuf::new();
    let mut parts = path.components();
    while let Some(part) = parts.next() {
        let next = known.join(part);
        if next.symlink_metadata().is_err() {
            let Component::Normal(name) = part else { return None };
            let near = known.join(similar_name(&known, &name.to_string_lossy())?);
            let rest = parts.as_path();
            let found = if rest.as_os_str().is_empty() { near } else { near.join(rest) };
            return if found.symlink_metadata().is_ok() { Some(found) } else { similar_path(&found) };
        }
        known = next;
    }
    None
}

/// The name in a folder that is most like one that is not there, if any is like it at all.
fn similar_name(folder: &Path, name: &str) -> Option<String> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let wanted = plain(name);
    let most = 1 + wanted.chars().count() / 4;
    let names = std::fs::read_dir(folder).ok()?.flatten().take(MAX_NAMES);
    let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let ranked = names.map(|known| (strsim::damerau_levenshtein(&wanted, &plain(&known)), known));
    ranked.filter(|(distance, known)| *distance <= most && known != name).min().map(|(_, known)| known)
}

/// A name without case and without what is typed one way or the other: blanks, hyphens, full-width letters.
fn plain(name: &str) -> String {
    let narrow = |character: char| match character {
        '－' | '＿' | '—' | '_' | '-' | ' ' | '\u{3000}' => '_',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        character => character,
    };
    name.chars().map(narrow).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_similar_name_on_the_way_is_found() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("shops/east")).unwrap();
        for name in ["shops/east/spring-tea.yaml", "shops/east/autumn.yaml", "shops/名单.csv"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let near = |path: &str| {
            let found = similar_path(&folder.path().join(path))?;
            Some(found.strip_prefix(folder.path()).unwrap().to_string_lossy().into_owned())
        };
        for (path, found) in [
            ("shops/east/spring_tea.yml", Some("shops/east/spring-tea.yaml")),
            ("shop/East/autumn.yaml", Some("shops/east/autumn.yaml")),
            ("shops/名単.csv", Some("shops/名单.csv")),
            ("shops/east/winter.yaml", None),
            ("elsewhere/a.yaml", None),
        ] {
            assert_eq!(near(path).as_deref(), found, "{path}");
        }
    }
}
