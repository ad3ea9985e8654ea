//! Rules of the house that no compiler checks: names of types are unique, and files are short or say why not.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::TaskError;
use crate::root;

/// Lines that a code file may have unless its header says why it has more.
const MAX_LINES: usize = 500;

/// Of a hundred names of types, how many may be given twice.
const MAX_REUSED_PERCENT: usize = 2;

/// How a header begins the reason for a long file.
const REASON: &str = "//! Long because";

/// Checks the names of types and the lengths of files.
///
/// # Errors
/// What breaks a rule, a line each; files that cannot be read.
pub fn run() -> Result<(), TaskError> {
    let files = code_files()?;
    let mut broken = long_files(&files);
    let names = type_names(&files);
    let reused: Vec<_> = names.iter().filter(|(_, files)| files.len() > 1).collect();
    println!("{} names of types, {} of them given more than once; {} files", names.len(), reused.len(), files.len());
    if reused.len() * 100 > names.len() * MAX_REUSED_PERCENT {
        broken.extend(reused.iter().map(|(name, files)| format!("the name `{name}` is given in {}", files.join(", "))));
    }
    if broken.is_empty() { Ok(()) } else { Err(TaskError::House { broken }) }
}

/// A code file: its path below the root, and its text.
type CodeFile = (String, String);

/// Every file of code that the workspace is built from; tests and benches beside the crates are left out.
fn code_files() -> Result<Vec<CodeFile>, TaskError> {
    let mut paths = Vec::new();
    for folder in ["src", "crates", "tools", "xtask/src"] {
        collect(&root().join(folder), &mut paths)?;
    }
    paths.sort();
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).map_err(TaskError::file(path))?;
        let relative = path.strip_prefix(root()).unwrap_or(path).display().to_string();
        Ok((relative, text))
    };
    paths.iter().map(read).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), TaskError> {
    for entry in fs::read_dir(folder).map_err(TaskError::file(folder))? {
        let path = entry.map_err(TaskError::file(folder))?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
    Ok(())
}

fn long_files(files: &[CodeFile]) -> Vec<String> {
    let long = files.iter().filter_map(|(path, text)| {
        let lines = text.lines().count();
        let has_reason = text.lines().take_while(|line| line.starts_with("//!")).any(|line| line.starts_with(REASON));
        (lines > MAX_LINES && !has_reason)
            .then(|| format!("{path} has {lines} lines; split it, or begin a header line with `{REASON}`"))
    });
    long.collect()
}

/// Names of types, traits and aliases outside tests, and the files that give them.
fn type_names(files: &[CodeFile]) -> BTreeMap<&str, Vec<&str>> {
    let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (path, text) in files {
        if path.ends_with("/tests.rs") || path.contains("/tests/") {
            continue;
        }
        let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for name in code.lines().filter_map(type_name) {
            names.entry(name).or_default().push(path);
        }
    }
    names
}

/// The name that a line gives to a type, if it does. An associated type of an `impl` is indented and gives none.
fn type_name(line: &str) -> Option<&str> {
    let words = line.trim_start();
    let words = match words.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => rest.split_once(')')?.1.trim_start(),
        Some(rest) => rest.trim_start(),
        None => words,
    };
    let (keyword, rest) = words.split_once(' ')?;
    let is_alias = keyword == "type" && !line.starts_with(' ');
    if !is_alias && !["struct", "enum", "union", "trait"].contains(&keyword) {
        return None;
    }
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    Some(&rest[..end]).filter(|name| name.starts_with(|c: char| c.is_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_keeps_the_rules_of_the_house() {
        run().unwrap();
    }

    #[test]
    fn lines_that_name_types_are_told_from_others() {
        assert_eq!(type_name("pub(crate) struct Span {"), Some("Span"));
        assert_eq!(type_name("    enum Inner<T> {"), Some("Inner"));
        assert_eq!(type_name("type Lines = Vec<String>;"), Some("Lines"));
        for other in ["    type Value = When;", "/// A struct Named", "let x = 1;", "pub fn struct_of() {}"] {
            assert_eq!(type_name(other), None, "{other}");
        }
    }

    #[test]
    fn a_name_given_twice_and_a_long_file_are_noticed() {
        let long = "fn f() {}\n".repeat(MAX_LINES + 1);
        let files: Vec<CodeFile> = [
            ("a.rs", "pub struct Part;\n".to_owned()),
            ("b.rs", "enum Part {}\n\n#[cfg(test)]\nmod tests {\n    struct Part;\n}\n".to_owned()),
            ("c.rs", long.clone()),
            ("d.rs", format!("{REASON} it is a table.\n{long}")),
        ]
        .map(|(path, text)| (path.to_owned(), text))
        .to_vec();
        assert_eq!(type_names(&files)["Part"], ["a.rs", "b.rs"]);
        assert!(matches!(long_files(&files).as_slice(), [only] if only.starts_with("c.rs has 501 lines")));
    }
}
