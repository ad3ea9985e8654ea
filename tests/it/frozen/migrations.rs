//! Plans and everything that is done with them.

use std::fs;

use corpus::Fleet;

use super::hashes::Outputs;
use super::samples::{DAY, copied};
use crate::folder::{Folder, copy};

/// The samples with shops to move; the others are mostly pictures, at which every plan would look again.
fn fleet() -> Folder {
    let folder = copied();
    for part in ["legacy-fleet", "tables"] {
        fs::create_dir_all(folder.path("fleet")).unwrap();
        fs::rename(folder.path("samples").join(part), folder.path("fleet").join(part)).unwrap();
    }
    folder
}

/// Shows a plan in every form and language.
fn shown(outputs: &mut Outputs, folder: &Folder, name: &str) {
    for lang in ["zh", "en"] {
        for form in ["text", "markdown", "csv", "ics", "html"] {
            let show = ["migrate", "show", "plan.json", "--format", form, "--lang", lang];
            outputs.run(folder, &format!("{name}/show/{lang}/{form}"), &show);
        }
    }
}

/// Carries a plan out and takes it back, with a look at everything on the way.
fn carried_out(outputs: &mut Outputs, folder: &Folder, name: &str) {
    let mut step = |what: &str, args: &[&str]| {
        let (command, rest) = args.split_first().unwrap();
        let all = [&["migrate", command, "plan.json"], rest].concat();
        outputs.run(folder, &format!("{name}/{what}"), &all);
    };
    step("status-before", &["status", "--lang", "zh"]);
    step("dry-run", &["apply", "--dry-run", "--lang", "zh"]);
    step("diff", &["apply", "--diff", "--lang", "en"]);
    step("apply", &["apply", "--lang", "en", "--all"]);
    step("status", &["status", "--lang", "en", "--all"]);
    step("status-json", &["status", "--format", "json"]);
    step("verify", &["verify", "--lang", "zh", "--all"]);
    step("again", &["apply", "--lang", "zh", "--format", "json"]);
    outputs.keep(folder, &format!("{name}/applied-files"), "fleet");
    let mut step = |what: &str, args: &[&str]| {
        let (command, rest) = args.split_first().unwrap();
        let all = [&["migrate", command, "plan.json"], rest].concat();
        outputs.run(folder, &format!("{name}/{what}"), &all);
    };
    step("rollback", &["rollback", "--lang", "zh"]);
    step("resume", &["resume", "--lang", "en"]);
    step("status-after", &["status", "--lang", "zh"]);
    outputs.keep(folder, &format!("{name}/files-after"), "fleet");
}

pub fn of_the_samples(outputs: &mut Outputs) {
    let folder = fleet();
    for lang in ["zh", "en"] {
        let plan = ["migrate", "plan", "fleet", "--per-day", "2", DAY[0], DAY[1], "--lang", lang];
        outputs.run(&folder, &format!("migrate/samples/plan/{lang}"), &plan);
    }
    outputs.keep(&folder, "migrate/samples/plan.json", "plan.json");
    shown(outputs, &folder, "migrate/samples");
    carried_out(outputs, &folder, "migrate/samples");
    let earlier =
        ["migrate", "plan", "fleet", "--as-of", "2024-08-26", "--cutover", "2024-09-20", "-o", "earlier.json"];
    outputs.run(&folder, "migrate/earlier/plan", &earlier);
    outputs.keep(&folder, "migrate/earlier/plan.json", "earlier.json");
    folder
        .write("decisions.yaml", "names: {yunshan-flagship: 云山茶社}\nleave_out: [laojie]\nstay: [qinghe-yunshan]\n");
    let decided = [
        "migrate",
        "plan",
        "fleet",
        "--decisions",
        "decisions.yaml",
        DAY[0],
        DAY[1],
        "-o",
        "decided.json",
        "--lang",
        "en",
    ];
    outputs.run(&folder, "migrate/decided/plan", &decided);
    changed_files(outputs);
}

/// A file that was edited between plan and application, a cut journal, plans that are none.
fn changed_files(outputs: &mut Outputs) {
    let folder = fleet();
    outputs.run(&folder, "migrate/changed/plan", &["migrate", "plan", "fleet", DAY[0], DAY[1], "--lang", "en"]);
    let file = "fleet/legacy-fleet/qinghe.yaml";
    folder.write(file, folder.read(file).replace("score: 4.3", "score: 4.4"));
    outputs.run(&folder, "migrate/changed/apply", &["migrate", "apply", "plan.json", "--lang", "zh"]);
    outputs.run(
        &folder,
        "migrate/changed/keep-going",
        &["migrate", "apply", "plan.json", "--keep-going", "--lang", "en"],
    );
    outputs.run(&folder, "migrate/changed/status", &["migrate", "status", "plan.json", "--lang", "en"]);
    outputs.run(
        &folder,
        "migrate/changed/only",
        &["migrate", "rollback", "plan.json", "--shop", "yunshan-flagship", "--lang", "en"],
    );
    outputs.run(
        &folder,
        "migrate/changed/no-such-shop",
        &["migrate", "apply", "plan.json", "--only", "nobody", "--lang", "zh"],
    );
    folder.write("other.json", "{\"version\": 1}");
    outputs.run(&folder, "migrate/no-plan", &["migrate", "apply", "other.json", "--lang", "en"]);
    outputs.run(&folder, "migrate/missing-plan", &["migrate", "status", "none.json", "--lang", "zh"]);
}

pub fn of_many_shops(outputs: &mut Outputs) {
    let folder = Folder::new();
    Fleet::legacy(7).write_ndjson(&folder.path("fleet/legacy.ndjson"), 2_000).unwrap();
    Fleet::legacy(8).write_yaml(&folder.path("fleet/yaml"), 120).unwrap();
    Fleet::legacy(9).write_csv(&folder.path("fleet/legacy.csv"), 120).unwrap();
    let plan = ["migrate", "plan", "fleet", "--per-day", "100", DAY[0], DAY[1], "--lang", "zh"];
    outputs.run(&folder, "migrate/many/plan", &plan);
    outputs.keep(&folder, "migrate/many/plan.json", "plan.json");
    shown(outputs, &folder, "migrate/many");
    carried_out(outputs, &folder, "migrate/many");
    let workbook = Folder::new();
    Fleet::legacy(10).write_xlsx(&workbook.path("fleet/legacy.xlsx"), 60).unwrap();
    copy(&workbook.path("fleet"), &workbook.path("before"));
    outputs.run(&workbook, "migrate/workbook/plan", &["migrate", "plan", "fleet", DAY[0], DAY[1], "--lang", "en"]);
    outputs.keep(&workbook, "migrate/workbook/plan.json", "plan.json");
    carried_out(outputs, &workbook, "migrate/workbook");
}
