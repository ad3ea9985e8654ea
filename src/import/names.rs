//! Names of files that are made of ids and names.

use std::collections::BTreeSet;

/// Longer names are cut.
const LONGEST: usize = 60;

/// The names given so far, so that no two files share one, on disks that ignore case too.
#[derive(Debug, Default)]
pub struct Names(BTreeSet<String>);

impl Names {
    /// A name that any disk takes, after `wanted`; `other` where nothing of that is left.
    pub fn file(&mut self, wanted: &str, other: &str) -> String {
        let plain = plain(wanted);
        let base = if plain.is_empty() { other.to_owned() } else { plain };
        let numbered = (2_usize..).map(|number| format!("{base}-{number}"));
        let name = std::iter::once(base.clone()).chain(numbered).find(|name| !self.0.contains(&name.to_lowercase()));
        let name = name.unwrap_or(base);
        self.0.insert(name.to_lowercase());
        name
    }
}

/// Letters, digits, `-`, `_` and dots inside; anything else becomes `-`.
fn plain(text: &str) -> String {
    let kept: String = text
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' })
        .collect();
    kept.trim_matches(['.', '-']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_each_is_given_once() {
        let mut names = Names::default();
        assert_eq!(names.file("gh_yunshan", "shop"), "gh_yunshan");
        assert_eq!(names.file("GH_YUNSHAN", "shop"), "GH_YUNSHAN-2");
        assert_eq!(names.file("../../etc/passwd", "shop"), "etc-passwd");
        assert_eq!(names.file("云山 茶业", "shop"), "云山-茶业");
        assert_eq!(names.file("..", "shop"), "shop");
        assert_eq!(names.file("\u{0}", "shop"), "shop-2");
    }
}
