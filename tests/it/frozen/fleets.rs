//! Generated fleets: 40,000 records, tables, small files, the platform's answers, shards.

use corpus::Fleet;

use super::hashes::Outputs;
use super::samples::{DAY, all_reports};
use crate::folder::Folder;

const SEED: u64 = 2_026;

pub fn forty_thousand_records(outputs: &mut Outputs) {
    let folder = Folder::new();
    Fleet::new(SEED).write_ndjson(&folder.path("fleet.ndjson"), 40_000).unwrap();
    all_reports(outputs, &folder, "fleet/check", "zh", &["check", "fleet.ndjson", DAY[0], DAY[1]]);
}

pub fn tables_and_files(outputs: &mut Outputs) {
    let folder = Folder::new();
    Fleet::new(SEED).write_yaml(&folder.path("yaml"), 300).unwrap();
    Fleet::shops(SEED).write_csv(&folder.path("shops.csv"), 800).unwrap();
    Fleet::shops(SEED + 2).write_xlsx(&folder.path("shops.xlsx"), 400).unwrap();
    Fleet::shops(SEED + 3).write_exports(&folder.path("exports"), 100).unwrap();
    for (path, lang) in [("yaml", "en"), ("shops.csv", "zh"), ("shops.xlsx", "en"), ("exports", "zh")] {
        all_reports(outputs, &folder, &format!("written/{path}"), lang, &["check", path, DAY[0], DAY[1]]);
    }
    let system = ["check", "exports", "--system", "weixin-store", DAY[0], DAY[1], "--lang", "en", "--format", "short"];
    outputs.run(&folder, "written/exports-of-a-system", &system);
    for (path, lang) in [("exports", "en"), ("shops.csv", "zh")] {
        let target = format!("imported/{path}");
        outputs.run(&folder, &format!("import/{path}"), &["import", path, "-o", &target, "--lang", lang]);
        outputs.keep(&folder, &format!("import/{path}/files"), &target);
    }
    for path in ["shops.csv", "shops.xlsx", "yaml"] {
        let fix = ["check", path, "--fix=unsafe", DAY[0], DAY[1], "--lang", "en", "--format", "short"];
        outputs.run(&folder, &format!("fix-written/{path}"), &fix);
        outputs.keep(&folder, &format!("fix-written/{path}/files"), path);
    }
}

pub fn shards(outputs: &mut Outputs) {
    let folder = Folder::new();
    Fleet::new(SEED + 1).write_ndjson(&folder.path("small.ndjson"), 2_500).unwrap();
    Fleet::new(SEED + 4).write_yaml(&folder.path("yaml"), 60).unwrap();
    let check = ["check", "small.ndjson", "yaml", DAY[0], DAY[1]];
    for share in 1..=3 {
        let (of, partial) = (format!("{share}/3"), format!("{share}.partial"));
        let args = [&check[..], &["--lang", "en", "--shard", &of, "--partial", &partial]].concat();
        outputs.run(&folder, &format!("shards/{share}"), &args);
        outputs.keep(&folder, &format!("shards/{share}/partial"), &partial);
    }
    all_reports(outputs, &folder, "shards/merged", "en", &["merge", "3.partial", "1.partial", "2.partial"]);
    outputs.run(&folder, "shards/one-missing", &["merge", "3.partial", "1.partial", "--lang", "zh"]);
    outputs.run(&folder, "shards/one-twice", &["merge", "3.partial", "1.partial", "1.partial", "--lang", "en"]);
    let whole = std::fs::read(folder.path("2.partial")).unwrap();
    folder.write("cut.partial", &whole[..whole.len() / 2]);
    outputs.run(&folder, "shards/cut-off", &["merge", "1.partial", "cut.partial", "3.partial", "--lang", "en"]);
    outputs.run(&folder, "shards/no-such-share", &["check", "yaml", "--shard", "4/3", "--lang", "zh"]);
    let quiet =
        |more: &[&'static str]| [&["check", "small.ndjson", DAY[0], DAY[1], "--format", "short"][..], more].concat();
    outputs.run(&folder, "shards/threads-1", &quiet(&["--threads", "1", "--lang", "zh"]));
    outputs.run(&folder, "shards/threads-7", &quiet(&["--threads", "7", "--lang", "zh"]));
    outputs.run(&folder, "shards/memory-1", &quiet(&["--memory", "1", "--lang", "zh"]));
    outputs.run(&folder, "shards/baseline", &["baseline", "create", "small.ndjson", DAY[0], DAY[1], "--lang", "zh"]);
    outputs.keep(&folder, "shards/baseline/file", "dianjian-baseline.json");
}
