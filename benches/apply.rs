//! Applying a plan with a durable journal against writing and making the same files last without one.
//!
//! `cargo bench --bench apply` prints every figure as a ratio taken in one run. `YAML_FILES=n` sets the number of
//! files (default 10,000), `NDJSON_SHOPS=n` that of shops in one large file (default 100,000), `BENCH_DIR=folder` where
//! the files lie (default: the folder for temporary files), `ROUNDS=n` how often (default 5).
#![allow(missing_docs, clippy::expect_used, clippy::print_stdout, reason = "a benchmark")]

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use dianjian_migrate::apply::Operation;
use dianjian_migrate::apply::{OpenedPlan, open_plan};
use dianjian_migrate::apply::{PlanContext, RunRequest, ShopResult};
use dianjian_migrate::plan::{FileDigest, Plan, PlannedChange, PlannedEdit, PlannedFile, PlannedShop, SharedText};

const GONE: &str = "旗舰店";

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

/// A shop whose name loses its end; the texts before and after.
fn shop(number: usize, file: &str, before: &str, offset: usize) -> PlannedShop {
    let start = (offset + before.find(GONE).expect("a legacy name")) as u64;
    let edit =
        PlannedEdit { start, end: start + GONE.len() as u64, old: GONE.to_owned(), new: String::new(), cell: None };
    PlannedShop {
        offset: offset as u64,
        bytes: before.len() as u64,
        changes: vec![PlannedChange {
            field: "name".to_owned(),
            before: None,
            after: None,
            why: SharedText::default(),
            reasons: Default::default(),
            edits: vec![edit],
        }],
        ..PlannedShop::moving(&format!("shop-{number}"), file, "channels-store", "weixin-store")
    }
}

fn yaml(number: usize) -> String {
    format!(
        "# 店铺 {number}\nkind: Shop\nid: shop-{number}\nsystem: channels-store\nname: 云山{number}旗舰店\n\
         subject: {{type: enterprise, name: 深圳云山茶业有限公司, licence: 91000000MA0YN0011J}}\n\
         main_category: 茶\ndeposit: {{paid: 5000, required: 5000}}\nscore: 4.7\n"
    )
}

fn json(number: usize) -> String {
    format!(
        "{{\"kind\":\"Shop\",\"id\":\"shop-{number}\",\"system\":\"channels-store\",\"name\":\"云山{number}旗舰店\",\
         \"subject\":{{\"type\":\"enterprise\",\"name\":\"深圳云山茶业有限公司\"}},\"score\":4.7}}\r\n"
    )
}

/// Writes files and their plan.
fn lay_out(folder: &Path, files: Vec<(String, String, Vec<PlannedShop>)>) -> OpenedPlan {
    let mut planned = Vec::new();
    let mut shops = Vec::new();
    for (path, text, of_file) in files {
        fs::write(folder.join(&path), &text).expect("a folder to write in");
        planned.push(PlannedFile {
            path,
            before: FileDigest::of(text.as_bytes()),
            after: FileDigest::of(text.replace(GONE, "").as_bytes()),
            encoding: None,
        });
        shops.extend(of_file);
    }
    let day = "2026-11-22".parse().expect("a day");
    let mut plan = Plan { files: planned, shops, ..Plan::empty(day, day) };
    plan.seal();
    let path = folder.join("plan.json");
    fs::write(&path, serde_json::to_vec(&plan).expect("a plan")).expect("a folder to write in");
    open_plan(&path, None).expect("a sound plan")
}

/// The same files written beside themselves, made to last and renamed, one after another; nothing is journalled.
fn plainly(folder: &Path, texts: &[(String, String)]) -> Duration {
    let begun = Instant::now();
    for (path, text) in texts {
        let temporary = folder.join(format!(".{path}.tmp"));
        let mut file = File::create(&temporary).expect("a folder to write in");
        file.write_all(text.as_bytes()).expect("room");
        file.sync_all().expect("a disk");
        fs::rename(&temporary, folder.join(path)).expect("a folder to write in");
    }
    File::open(folder).and_then(|folder| folder.sync_all()).expect("a disk");
    begun.elapsed()
}

fn run(opened: &OpenedPlan, operation: Operation) -> Duration {
    let begun = Instant::now();
    let context = PlanContext::new(opened).expect("a root");
    let request = RunRequest { operation, shops: None, keep_going: false };
    let outcome = context.run(&request, "now", &|| false, &|_| {}).expect("a run");
    assert!(outcome.shops.iter().all(|shop| matches!(shop, ShopResult::Done)), "every shop is done");
    begun.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn small_files(folder: &Path) {
    let files = number("YAML_FILES", 10_000);
    let texts: Vec<(String, String)> = (0..files).map(|n| (format!("shop-{n}.yaml"), yaml(n))).collect();
    let opened = lay_out(
        folder,
        texts
            .iter()
            .enumerate()
            .map(|(n, (path, text))| (path.clone(), text.clone(), vec![shop(n, path, text, 0)]))
            .collect(),
    );
    let (mut plain, mut apply, mut rollback) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..number("ROUNDS", 5) {
        plain.push(plainly(folder, &texts));
        apply.push(run(&opened, Operation::Apply));
        rollback.push(run(&opened, Operation::Rollback));
    }
    let (plain, apply, rollback) = (median(plain), median(apply), median(rollback));
    println!("{files} files: write + fsync + rename {plain:?}");
    println!("  apply    {apply:?}: {:.2} times that", apply.as_secs_f64() / plain.as_secs_f64());
    println!("  rollback {rollback:?}: {:.2} times that", rollback.as_secs_f64() / plain.as_secs_f64());
}

fn large_file(folder: &Path) {
    let count = number("NDJSON_SHOPS", 100_000);
    let mut text = String::new();
    let mut shops = Vec::new();
    for n in 0..count {
        let line = json(n);
        shops.push(shop(n, "all.ndjson", &line, text.len()));
        text.push_str(&line);
    }
    let bytes = text.len();
    let begun = Instant::now();
    let opened = lay_out(folder, vec![("all.ndjson".to_owned(), text, shops)]);
    println!("{count} shops in one file of {bytes} bytes: laid out and read in {:?}", begun.elapsed());
    println!("  apply    {:?}", run(&opened, Operation::Apply));
    println!("  rollback {:?}", run(&opened, Operation::Rollback));
}

fn main() {
    let folder = || match std::env::var_os("BENCH_DIR") {
        Some(folder) => tempfile::tempdir_in(folder),
        None => tempfile::tempdir(),
    };
    small_files(folder().expect("a folder").path());
    large_file(folder().expect("a folder").path());
}
