//! Applying a plan with a durable journal against writing and making the same files last without one.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use corpus::Fleet;
use dianjian_migrate::apply::{OpenedPlan, Operation, PlanContext, RunRequest, ShopResult, open_plan};

use crate::migrate::{planned, write};
use crate::shared::{inputs, number, shipped_pack};

/// The texts of the files that a plan edits, as it leaves them.
fn edited(opened: &OpenedPlan, folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    carry_out(opened, Operation::Apply);
    let path = |file: &str| folder.join(file);
    let texts = opened.plan.files.iter().map(|file| (path(&file.path), fs::read(path(&file.path)).expect("a file")));
    let texts = texts.collect();
    carry_out(opened, Operation::Rollback);
    texts
}

/// The same files written beside themselves, made to last and renamed, one after another; nothing is journalled.
fn plainly(texts: &BTreeMap<PathBuf, Vec<u8>>) -> Duration {
    let begun = Instant::now();
    for (path, text) in texts {
        let temporary = path.with_extension("tmp");
        let mut file = File::create(&temporary).expect("a folder to write in");
        file.write_all(text).expect("room");
        file.sync_all().expect("a disk");
        fs::rename(&temporary, path).expect("a folder to write in");
    }
    begun.elapsed()
}

fn carry_out(opened: &OpenedPlan, operation: Operation) -> Duration {
    let begun = Instant::now();
    let context = PlanContext::new(opened).expect("a root");
    let request = RunRequest { operation, shops: None, keep_going: false };
    let outcome = context.run(&request, "now", &|| false, &|_| {}).expect("a run");
    let done = |shop: &ShopResult| matches!(shop, ShopResult::Done | ShopResult::NoEdits);
    assert!(outcome.shops.iter().all(done), "every shop with edits is done");
    begun.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Plans for a fleet and applies it, again and again.
fn measured(what: &str, folder: &Path) {
    let fleet = folder.join("fleet");
    let plan = planned(&shipped_pack(), &inputs(&fleet), folder);
    let path = folder.join("plan.json");
    write(&plan, &path);
    let opened = open_plan(&path, None).expect("a sound plan");
    let texts = edited(&opened, folder);
    let originals: BTreeMap<_, _> = texts.keys().map(|path| (path.clone(), fs::read(path).expect("a file"))).collect();
    let (mut plain, mut apply, mut rollback) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..number("ROUNDS", 5) {
        plain.push(plainly(&texts));
        plainly(&originals);
        apply.push(carry_out(&opened, Operation::Apply));
        rollback.push(carry_out(&opened, Operation::Rollback));
    }
    let (plain, apply, rollback) = (median(plain), median(apply), median(rollback));
    println!("{what}, {} files to edit: write + fsync + rename {plain:.2?}", texts.len());
    println!("  apply    {apply:.2?}: {:.2} times that", apply.as_secs_f64() / plain.as_secs_f64());
    println!("  rollback {rollback:.2?}: {:.2} times that", rollback.as_secs_f64() / plain.as_secs_f64());
}

pub fn run() {
    let folder = || match std::env::var_os("BENCH_DIR") {
        Some(folder) => tempfile::tempdir_in(folder).expect("a folder"),
        None => tempfile::tempdir().expect("a folder"),
    };
    let (files, shops) = (number("YAML_FILES", 10_000), number("SHOPS", 100_000));
    let small = folder();
    Fleet::legacy(1).write_yaml(&small.path().join("fleet"), files).expect("the fleet is written");
    measured(&format!("{files} small files"), small.path());
    let large = folder();
    Fleet::legacy(1).write_ndjson(&large.path().join("fleet/all.ndjson"), shops).expect("the fleet is written");
    measured(&format!("{shops} shops in one file"), large.path());
}
