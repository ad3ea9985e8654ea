//! Rules, schemas, explanations, help, completions.

use std::fs;
use std::path::Path;

use super::hashes::Outputs;
use super::samples::DAY;
use crate::folder::Folder;

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

/// All commands that have a help of their own.
const COMMANDS: [&str; 24] = [
    "",
    "check",
    "merge",
    "rules",
    "rules test",
    "rules list",
    "rules lint",
    "rules schema",
    "rules timeline",
    "rules new",
    "explain",
    "import",
    "tables import",
    "audit",
    "forecast",
    "migrate plan",
    "migrate show",
    "migrate apply",
    "migrate verify",
    "migrate status",
    "baseline create",
    "doctor",
    "lsp",
    "completions",
];

/// Whether every rule is explained, which takes a start of the program for each.
pub fn explains_all() -> bool {
    std::env::var_os("DIANJIAN_FROZEN_ALL").is_some()
}

pub fn all(outputs: &mut Outputs) {
    let folder = Folder::new();
    for schema in SCHEMAS {
        outputs.run(&folder, &format!("schema/{schema}"), &["rules", "schema", schema]);
    }
    outputs.run(&folder, "rules/list-json", &["rules", "list", "--format", "json", DAY[0], DAY[1]]);
    outputs.run(&folder, "rules/timeline-json", &["rules", "timeline", "--format", "json", DAY[0], DAY[1]]);
    for lang in ["zh", "en"] {
        outputs.run(&folder, &format!("rules/list/{lang}"), &["rules", "list", DAY[0], DAY[1], "--lang", lang]);
        outputs.run(&folder, &format!("rules/timeline/{lang}"), &["rules", "timeline", DAY[0], DAY[1], "--lang", lang]);
        outputs.run(
            &folder,
            &format!("rules/list-naming/{lang}"),
            &["rules", "list", "naming/*", "--as-of", "2024-08-24", "--lang", lang],
        );
        for other in ["Shop", "LiveRoom.script", "Shop.subject.licence", "deposits", "naming/lenght", "Shop.nmae"] {
            outputs.run(
                &folder,
                &format!("explain-other/{lang}/{other}"),
                &["explain", other, DAY[0], DAY[1], "--lang", lang],
            );
        }
        for command in COMMANDS {
            let mut args: Vec<&str> = command.split(' ').filter(|word| !word.is_empty()).collect();
            args.extend(["--help", "--lang", lang]);
            let name = if command.is_empty() { "dianjian" } else { command };
            outputs.run(&folder, &format!("help/{lang}/{}", name.replace(' ', "-")), &args);
        }
    }
    outputs.run(&folder, "rules/test", &["rules", "test", "--lang", "en"]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        outputs.run(&folder, &format!("completions/{shell}"), &["completions", shell]);
    }
    for (name, args) in [
        ("no-such-flag", &["check", "--fromat", "json"][..]),
        ("no-such-command", &["chekc"]),
        ("no-value", &["check", "--as-of"]),
        ("no-day", &["check", "--as-of", "2026-13-01"]),
        ("no-command", &[]),
    ] {
        for lang in ["zh", "en"] {
            outputs.run(&folder, &format!("usage/{lang}/{name}"), &[args, &["--lang", lang]].concat());
        }
    }
    explain(outputs, &folder);
}

/// Every rule's page in both languages, or, unless all are asked for, one in sixteen in each.
fn explain(outputs: &mut Outputs, folder: &Folder) {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut ids = Vec::new();
    let names = |folder: &Path| {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut names: Vec<_> = entries.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
        names.sort();
        names
    };
    for group in names(&rules) {
        let no_rules = ["kinds", "lexicons", "mappings", "migrations", "tables"].contains(&group.as_str());
        if !no_rules && rules.join(&group).is_dir() {
            ids.extend(names(&rules.join(&group)).into_iter().map(|rule| format!("{group}/{rule}")));
        }
    }
    for (at, id) in ids.iter().enumerate() {
        for (lang, turn) in [("zh", 0), ("en", 8)] {
            if explains_all() || at % 16 == turn {
                outputs.run(folder, &format!("explain/{lang}/{id}"), &["explain", id, DAY[0], DAY[1], "--lang", lang]);
            }
        }
    }
}
