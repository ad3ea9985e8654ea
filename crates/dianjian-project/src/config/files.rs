//! The files that a part of the configuration applies to.

use std::path::{Component, Path, PathBuf};

use dianjian_document::source::Span;
use dianjian_document::tree::Spanned;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::error::ConfigError;

/// Patterns with the syntax of `.gitignore`, for paths relative to the configuration's folder.
#[derive(Debug, Clone)]
pub struct FilePatterns(Gitignore);

impl FilePatterns {
    /// Reads patterns; invalid ones are skipped and reported in `errors`.
    pub fn new(patterns: &[Spanned<String>], errors: &mut Vec<(Span, ConfigError)>) -> Self {
        let mut builder = GitignoreBuilder::new("");
        // Git matches an unclosed bracket literally; in a configuration it is a mistake.
        builder.allow_unclosed_class(false);
        for pattern in patterns {
            if let Err(error) = builder.add_line(None, &pattern.value) {
                errors.push((pattern.span, ConfigError::Pattern { reason: reason(&error) }));
            }
        }
        Self(builder.build().unwrap_or_else(|_| Gitignore::empty()))
    }

    /// Whether the file or one of its folders matches. `below` is relative to the configuration's folder.
    pub fn matches(&self, below: &Path) -> bool {
        !self.0.is_empty() && below.is_relative() && self.0.matched_path_or_any_parents(below, false).is_ignore()
    }
}

/// The innermost error, without the pattern and the place, which the report has anyway.
fn reason(error: &ignore::Error) -> String {
    match error {
        ignore::Error::WithLineNumber { err, .. }
        | ignore::Error::WithPath { err, .. }
        | ignore::Error::WithDepth { err, .. } => reason(err),
        ignore::Error::Glob { err, .. } => err.clone(),
        other => other.to_string(),
    }
}

/// Turns displayed file names into paths relative to the configuration's folder.
#[derive(Debug, Clone)]
pub struct Below {
    working: PathBuf,
    root: PathBuf,
}

impl Below {
    /// `root` is the configuration's folder; a relative one starts from the working directory.
    pub fn new(working: &Path, root: &Path) -> Self {
        Self { working: working.to_owned(), root: lexical(&working.join(root)) }
    }

    /// The absolute path of a file, given relative to the folder.
    pub fn absolute(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// The path relative to the folder; `None` for files outside it.
    pub fn path(&self, file: &str) -> Option<PathBuf> {
        lexical(&self.working.join(file)).strip_prefix(&self.root).ok().map(Path::to_owned)
    }
}

/// The path without `.` and `..`. Purely textual: links are not followed and the file need not exist.
fn lexical(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(texts: &[&str]) -> FilePatterns {
        let texts: Vec<Spanned<String>> =
            texts.iter().map(|text| Spanned::new((*text).to_owned(), Span::default())).collect();
        let mut errors = Vec::new();
        let patterns = FilePatterns::new(&texts, &mut errors);
        assert!(errors.is_empty(), "{errors:?}");
        patterns
    }

    #[test]
    fn patterns_are_those_of_gitignore() {
        let files = patterns(&["legacy/**", "**/tmp/", "*.json", "!keep.json"]);
        let matches = |path: &str| files.matches(Path::new(path));
        assert!(matches("legacy/a.yaml") && matches("legacy/b/c.yaml"));
        assert!(matches("x/tmp/a.yaml") && matches("deep/down/a.json"));
        assert!(!matches("deep/keep.json") && !matches("new/legacy.yaml"));
        assert!(!matches("/legacy/a.yaml") && !matches(""));
        assert!(!patterns(&[]).matches(Path::new("a")));
    }

    #[test]
    fn names_become_paths_below_the_folder() {
        let below = Below::new(Path::new("/p/shops"), Path::new(".."));
        assert_eq!(below.path("./legacy/a.yaml"), Some(PathBuf::from("shops/legacy/a.yaml")));
        assert_eq!(below.path("../b.yaml"), Some(PathBuf::from("b.yaml")));
        assert_eq!(below.path("/elsewhere/b.yaml"), None);
        assert_eq!(below.path("../../b.yaml"), None);
    }

    #[test]
    fn a_wrong_pattern_is_told() {
        for pattern in ["[z-a]", "[z", "old/[!a", "!x[", "{a,b"] {
            let mut errors = Vec::new();
            let _ = FilePatterns::new(&[Spanned::new(pattern.to_owned(), Span::at(3))], &mut errors);
            let told = matches!(errors.as_slice(), [(span, ConfigError::Pattern { .. })] if span.start == 3);
            assert!(told, "{pattern}: {errors:?}");
        }
    }
}
