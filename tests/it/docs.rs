//! Documentation that cannot go stale: its rules run, its outputs are printed by the program, its paths and links exist.

#[path = "../../examples/check_text.rs"]
mod check_text;
#[path = "../../examples/custom_pack.rs"]
mod custom_pack;
#[path = "../../examples/patch_workbook.rs"]
mod patch_workbook;

use std::fs;
use std::path::{Path, PathBuf};

use crate::folder::{Folder, copy};

/// What every rule must have and the blocks of docs/rule-language.md leave out.
const PREAMBLE: &str = "\
title: {zh: 例, en: example}
why: {zh: 例, en: example}
severity: warning
message: {zh: 例, en: example}
evidence: [{source: own, ref: docs, confidence: low, says: {zh: 例, en: example}}]
";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The blocks of a page that are fenced with a given info string.
fn blocks<'a>(page: &'a str, info: &str) -> Vec<&'a str> {
    let fence = format!("\n```{info}\n");
    page.split(fence.as_str()).skip(1).map(|rest| rest.split("\n```").next().unwrap_or_default()).collect()
}

/// Every page that people read, but for those that are generated.
fn pages() -> Vec<String> {
    let mut pages: Vec<String> =
        ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(str::to_owned).to_vec();
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") {
            pages.push(format!("docs/{name}"));
        }
    }
    pages
}

#[test]
fn every_block_of_the_rule_language_lints_and_holds() {
    let page = read("docs/rule-language.md");
    let blocks = blocks(&page, "yaml rule");
    assert!(blocks.len() >= 35, "{} blocks", blocks.len());
    let folder = Folder::new();
    for (index, block) in blocks.iter().enumerate() {
        folder.write(&format!("rules/docs/block-{index}.yaml"), format!("id: docs/block-{index}\n{PREAMBLE}{block}\n"));
    }
    let ran = folder.run(&["rules", "test", "docs/*", "--rules", "rules", "--lang", "en"]);
    assert!(
        ran.shown().contains(&format!("{} rules", blocks.len())) && ran.shown().contains("all hold"),
        "{}",
        ran.shown()
    );
}

#[test]
fn the_rule_that_is_added_step_by_step_holds() {
    let page = read("docs/adding-a-rule.md");
    let folder = Folder::new();
    folder.write("rules/naming/no-sample-words.yaml", blocks(&page, "yaml")[0]);
    let ran = folder.run(&["rules", "test", "naming/no-sample-words", "--rules", "rules", "--lang", "en"]);
    assert!(ran.shown().contains("1 rule, 3 examples: all hold"), "{}", ran.shown());
}

#[test]
fn outputs_that_are_shown_are_those_of_the_program() {
    const CHECK: [&str; 4] = ["check", "samples", "--as-of", "2026-11-29"];
    const PLAN: [&str; 9] = [
        "migrate",
        "plan",
        "samples/legacy-fleet",
        "--as-of",
        "2024-09-01",
        "--cutover",
        "2024-09-20",
        "--per-day",
        "2",
    ];
    let folder = Folder::new();
    copy(&root().join("samples"), &folder.path("samples"));
    for (lang, pages) in
        [("en", &["README.md", "docs/inputs.md", "docs/migration.md"][..]), ("zh", &["README.zh-CN.md"])]
    {
        let run = |command: &[&str]| {
            // As on a machine where nothing is set.
            let ran = folder
                .command(&[command, &["--lang", lang]].concat())
                .env_remove("DIANJIAN_OCR")
                .env("DIANJIAN_STATE_DIR", folder.path(".state"))
                .output();
            crate::folder::Ran::from(ran.unwrap()).out
        };
        let printed = [&CHECK[..], &PLAN].map(run).concat();
        for page in pages {
            let text = read(page);
            let shown = blocks(&text, "text");
            assert!(!shown.is_empty(), "{page} shows no output");
            // What is left out between two findings is an empty line in both.
            for part in shown.iter().flat_map(|block| block.split("\n\n")) {
                assert!(printed.contains(part.trim_end()), "{page} shows what is not printed:\n{part}");
            }
        }
    }
}

#[test]
fn links_lead_somewhere() {
    for page in pages() {
        let text = read(&page);
        let folder = Path::new(&page).parent().unwrap_or(Path::new(""));
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains("://") {
                continue;
            }
            assert!(root().join(folder).join(path).exists(), "{page} links to {path}, which is not there");
        }
    }
}

#[test]
fn paths_that_are_named_exist() {
    const ROOTS: [&str; 9] =
        ["crates/", "src/", "rules/", "docs/", "tests/", "tools/", "xtask/", "schemas/", "benches/"];
    for page in pages().iter().filter(|page| *page != "CHANGELOG.md") {
        let text = read(page);
        for name in text.split('`').skip(1).step_by(2) {
            let is_path = ROOTS.iter().any(|root| name.starts_with(root)) && !name.contains([' ', '*', '{', '<', '…']);
            // Capitals stand for a name of one's own: `rules/GROUP/NAME.yaml`.
            if !is_path
                || name
                    .split('/')
                    .any(|part| part.len() > 1 && part.chars().all(|c| c.is_ascii_uppercase() || c == '.'))
                || name.contains("NAME")
            {
                continue;
            }
            let path: PathBuf = root().join(name);
            let module = path.with_extension("rs");
            assert!(
                path.exists() || module.exists() || name == "rules/naming/no-sample-words.yaml",
                "{page} names `{name}`, which is not there"
            );
        }
    }
}

#[test]
fn the_readme_is_short() {
    assert!(read("README.md").lines().count() <= 150);
}

#[test]
fn examples_run() {
    check_text::main().unwrap();
    custom_pack::main().unwrap();
    patch_workbook::main().unwrap();
}
