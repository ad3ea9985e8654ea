//! The samples: every report, forecasts, baselines, fixes, pictures with boxes.

use std::fs;
use std::path::Path;

use super::hashes::Outputs;
use crate::folder::{Folder, copy};

/// What every check is run with, and where its reports go.
pub const DAY: [&str; 2] = ["--as-of", "2026-11-22"];

/// Checks something in a language; the reports of all nine formats are kept.
pub fn all_reports(outputs: &mut Outputs, folder: &Folder, name: &str, lang: &str, args: &[&str]) {
    let files = ["short", "json", "sarif", "junit", "github", "gitlab", "markdown", "xlsx"];
    let written: Vec<String> = files.iter().map(|format| format!("{format}=.reports/{format}")).collect();
    fs::create_dir_all(folder.path(".reports")).unwrap();
    let mut all = args.to_vec();
    all.extend(["--lang", lang, "--format", "pretty"]);
    written.iter().for_each(|output| all.extend(["-o", output]));
    outputs.run(folder, &format!("{name}/{lang}/pretty"), &all);
    for format in files {
        outputs.keep(folder, &format!("{name}/{lang}/{format}"), &format!(".reports/{format}"));
    }
}

/// The samples in a folder of their own.
pub fn copied() -> Folder {
    let folder = Folder::new();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples"), &folder.path("samples"));
    folder
}

pub fn all(outputs: &mut Outputs) {
    let folder = copied();
    let check = ["check", "samples", DAY[0], DAY[1]];
    for lang in ["zh", "en"] {
        all_reports(outputs, &folder, "samples/check", lang, &check);
    }
    let forecast = |path, until, lang| ["forecast", path, DAY[0], DAY[1], "--until", until, "--lang", lang];
    outputs.run(&folder, "samples/forecast/zh", &forecast("samples/legacy-fleet", "2028-12-31", "zh"));
    outputs.run(&folder, "samples/forecast/en", &forecast("samples/live-rooms", "2027-06-01", "en"));
    let short = |name: &str, args: &[&str], outputs: &mut Outputs| {
        let all = [&check[..], &["--lang", "en", "--format", "short"], args].concat();
        outputs.run(&folder, &format!("samples/{name}"), &all);
    };
    short("threads-1", &["--threads", "1"], outputs);
    short("memory-1", &["--memory", "1"], outputs);
    short("only", &["--only", "naming/*", "--skip", "naming/unique"], outputs);
    short("fail-on-never", &["--fail-on", "never"], outputs);
    short("fail-on-info", &["--fail-on", "info", "--only", "customer-service/*"], outputs);
    short("param", &["--param", "limits/weixin-stores.limit=1"], outputs);
    short("no-such-rule", &["--only", "naming/lenght"], outputs);
    short("unreadable-param", &["--param", "limits/weixin-stores.limit=viele"], outputs);
    for day in ["2024-08-24", "2024-10-18", "2025-03-28", "2027-06-01"] {
        let args = ["check", "samples", "--as-of", day, "--lang", "zh", "--format", "short"];
        outputs.run(&folder, &format!("samples/as-of-{day}"), &args);
    }
    outputs.run(&folder, "samples/colours", &[&check[..], &["--color", "always", "--lang", "zh"]].concat());
    outputs.run(&folder, "samples/annotate", &[&check[..], &["--annotate", "boxes", "-q"]].concat());
    outputs.keep(&folder, "samples/annotated", "boxes");
    baselines(outputs);
    fixes(outputs);
}

fn baselines(outputs: &mut Outputs) {
    let folder = copied();
    let part = "samples/legacy-fleet";
    outputs.run(&folder, "baseline/create", &["baseline", "create", part, DAY[0], DAY[1], "--lang", "en"]);
    outputs.keep(&folder, "baseline/file", "dianjian-baseline.json");
    outputs.run(&folder, "baseline/exists", &["baseline", "create", part, DAY[0], DAY[1], "--lang", "zh"]);
    let yunshan = folder.read("samples/legacy-fleet/yunshan.yaml");
    folder
        .write("samples/legacy-fleet/yunshan.yaml", yunshan.replace("旗舰店", "").replace("score: 4.7", "score: high"));
    let known = ["check", part, DAY[0], DAY[1], "--baseline", "dianjian-baseline.json"];
    all_reports(outputs, &folder, "baseline/check", "en", &known);
    outputs.run(&folder, "baseline/update", &[&known[..], &["--lang", "zh", "--update-baseline"]].concat());
    outputs.keep(&folder, "baseline/updated", "dianjian-baseline.json");
    outputs.run(&folder, "baseline/accept", &[&known[..], &["--lang", "en", "--accept"]].concat());
    outputs.keep(&folder, "baseline/accepted", "dianjian-baseline.json");
}

fn fixes(outputs: &mut Outputs) {
    let folder = copied();
    let check = ["check", "samples", DAY[0], DAY[1], "--lang", "zh"];
    for (name, how) in [
        ("diff-safe", &["--fix", "--diff"][..]),
        ("diff-unsafe", &["--fix=unsafe", "--diff"]),
        ("safe", &["--fix"]),
        ("unsafe", &["--fix=unsafe"]),
    ] {
        outputs.run(&folder, &format!("fix/{name}"), &[&check[..], how].concat());
        outputs.keep(&folder, &format!("fix/{name}/files"), "samples");
    }
}
