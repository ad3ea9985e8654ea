//! `cargo xtask codegen`: committed files that are made from the code and from the shipped pack.

use std::collections::BTreeMap;
use std::fs;

use crate::error::TaskError;
use crate::{build_dianjian, dianjian, root, rule_pages};

/// Every file of a schema is `schemas/NAME.schema.json`.
const SCHEMAS: [&str; 13] = [
    "rule",
    "table",
    "kind",
    "lexicon",
    "mapping",
    "config",
    "baseline",
    "report",
    "migration",
    "task",
    "decisions",
    "plan",
    "partial",
];

/// Shells, with the file name that each looks for.
const SHELLS: [(&str, &str); 5] = [
    ("bash", "dianjian.bash"),
    ("zsh", "_dianjian"),
    ("fish", "dianjian.fish"),
    ("powershell", "_dianjian.ps1"),
    ("elvish", "dianjian.elv"),
];

/// Folders in which nothing lies but what is generated: what is there and is no longer made is stale, too.
const OWNED: [&str; 2] = ["docs/rules", "docs/completions"];

/// Path below the root, and text.
pub type GeneratedFiles = BTreeMap<String, String>;

/// The kinds of the shipped pack, and what stands for all of them.
fn record_kinds() -> Result<Vec<String>, TaskError> {
    let folder = root().join("rules/kinds");
    let mut names = vec!["records".to_owned()];
    for entry in fs::read_dir(&folder).map_err(TaskError::file(&folder))? {
        let path = entry.map_err(TaskError::file(&folder))?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    Ok(names)
}

/// Writes what is generated, or says what of it is stale.
///
/// # Errors
/// Stale files if only a check is requested; files that cannot be written; a pack that does not build.
pub fn run(check: bool) -> Result<(), TaskError> {
    build_dianjian()?;
    let mut files = rule_pages::pages()?;
    for name in SCHEMAS {
        files.insert(format!("schemas/{name}.schema.json"), dianjian(&["rules", "schema", name])?);
    }
    for name in record_kinds()? {
        files.insert(format!("schemas/{name}.schema.json"), dianjian(&["rules", "schema", &name])?);
    }
    files.insert("schemas/openapi.json".to_owned(), dianjian(&["rules", "schema", "openapi"])?);
    for (shell, file) in SHELLS {
        files.insert(format!("docs/completions/{file}"), dianjian(&["completions", shell, "--lang", "en"])?);
    }
    let stale: Vec<String> =
        files.iter().filter(|(path, text)| !is_current(path, text)).map(|(p, _)| p.clone()).collect();
    let gone = no_longer_made(&files)?;
    if check {
        let all: Vec<String> = stale.into_iter().chain(gone).collect();
        return if all.is_empty() { Ok(()) } else { Err(TaskError::Stale { files: all }) };
    }
    for path in &stale {
        let file = root().join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(TaskError::file(folder))?;
        }
        fs::write(&file, &files[path]).map_err(TaskError::file(&file))?;
    }
    for path in &gone {
        let file = root().join(path);
        fs::remove_file(&file).map_err(TaskError::file(&file))?;
    }
    println!("{} files, {} written, {} removed", files.len(), stale.len(), gone.len());
    Ok(())
}

fn is_current(path: &str, text: &str) -> bool {
    fs::read_to_string(root().join(path)).is_ok_and(|committed| committed == text)
}

/// Files in folders of generated files that nothing makes any more.
fn no_longer_made(files: &GeneratedFiles) -> Result<Vec<String>, TaskError> {
    let mut folders: Vec<String> = OWNED.map(str::to_owned).to_vec();
    let mut gone = Vec::new();
    while let Some(folder) = folders.pop() {
        let path = root().join(&folder);
        if !path.exists() {
            continue;
        }
        for entry in fs::read_dir(&path).map_err(TaskError::file(&path))? {
            let entry = entry.map_err(TaskError::file(&path))?;
            let below = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push(below);
            } else if !files.contains_key(&below) {
                gone.push(below);
            }
        }
    }
    gone.sort();
    Ok(gone)
}
