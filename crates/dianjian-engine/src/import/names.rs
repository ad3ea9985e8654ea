//! Names of files that are made of ids and names.

use std::collections::BTreeSet;

/// Longer names are cut: with what is added to them they stay below the 255 bytes that disks take.
const MAX_CHARS: usize = 50;

/// Comes before the extension of the file with a shop's live rooms.
const LIVE_ROOMS: &str = ".live";

/// Names that Windows keeps for itself, whatever follows a dot; `com` and `lpt` also with a digit.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The names given so far, so that no two files share one, on disks that ignore case too.
#[derive(Debug, Default)]
pub struct FileNames(BTreeSet<String>);

impl FileNames {
    /// A name that any disk takes, after `wanted`; `other` where nothing of that is left. The name with
    /// [`LIVE_ROOMS`] behind it is reserved as well.
    pub fn file(&mut self, wanted: &str, other: &str) -> String {
        let plain = plain(wanted);
        let base = match plain.is_empty() || is_reserved(&plain) {
            true => [other, &plain].join("-").trim_end_matches('-').to_owned(),
            false => plain,
        };
        let numbered = (2_usize..).map(|number| format!("{base}-{number}"));
        let of = |name: &String| [name.to_lowercase(), name.to_lowercase() + LIVE_ROOMS];
        let is_free = |name: &String| of(name).iter().all(|name| !self.0.contains(name));
        let name = std::iter::once(base.clone()).chain(numbered).find(is_free).unwrap_or(base);
        self.0.extend(of(&name));
        name
    }
}

/// Letters, digits, `-`, `_` and dots inside; anything else becomes `-`.
fn plain(text: &str) -> String {
    let kept: String = text
        .chars()
        .take(MAX_CHARS)
        .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' })
        .collect();
    kept.trim_matches(['.', '-']).to_owned()
}

fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    RESERVED.contains(&stem.as_str()) || port.is_some_and(|number| matches!(number.as_bytes(), [b'0'..=b'9']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_each_is_given_once() {
        let mut names = FileNames::default();
        assert_eq!(names.file("gh_yunshan", "shop"), "gh_yunshan");
        assert_eq!(names.file("GH_YUNSHAN", "shop"), "GH_YUNSHAN-2");
        assert_eq!(names.file("../../etc/passwd", "shop"), "etc-passwd");
        assert_eq!(names.file("云山 茶业", "shop"), "云山-茶业");
        assert_eq!(names.file("..", "shop"), "shop");
        assert_eq!(names.file("\u{0}", "shop"), "shop-2");
        assert_eq!(names.file("NUL.x", "shop"), "shop-NUL.x");
        assert_eq!(names.file("lpt1", "shop"), "shop-lpt1");
        assert_eq!(names.file("console", "shop"), "console");
    }

    #[test]
    fn a_shops_live_rooms_are_no_other_shops_file() {
        let mut names = FileNames::default();
        assert_eq!(names.file("a", "shop"), "a");
        assert_eq!(names.file("A.live", "shop"), "A.live-2");
        assert_eq!(names.file("b.live", "shop"), "b.live");
        assert_eq!(names.file("b", "shop"), "b-2");
    }
}
