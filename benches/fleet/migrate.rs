//! Plans for large fleets: time, how it grows, and memory.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use corpus::Fleet;
use dianjian_document::source::Input;
use dianjian_engine::AsWritten;
use dianjian_migrate::plan::Plan;
use dianjian_migrate::planner::{PlanRequest, make_plan};
use dianjian_rules::Pack;

use crate::shared::{day, inputs, number, peak, shipped_pack, timed};

/// A plan for some files, whose paths it gives from `base` on.
pub fn planned(pack: &Pack, inputs: &[Input], base: &Path) -> Plan {
    let request = PlanRequest {
        pack,
        policy: &AsWritten,
        as_of: day(),
        cutover: day(),
        per_day: Some(500),
        decisions: None,
        roots: &[],
        system: None,
        disk: &dianjian_base::FileSystem::default(),
        base,
        threads: number("THREADS", 2),
    };
    make_plan(request, inputs, &|_| {}).expect("a plan").plan
}

/// Writes a plan, of as many bytes.
pub fn write(plan: &Plan, path: &Path) -> u64 {
    let mut out = BufWriter::new(File::create(path).expect("the plan's file"));
    plan.write(&mut out).expect("the plan is written");
    out.flush().expect("the plan is written");
    std::fs::metadata(path).map_or(0, |file| file.len())
}

/// For a tenth, three tenths and all of a fleet of legacy shops in one line-delimited file.
pub fn run() {
    let (pack, most) = (shipped_pack(), number("SHOPS", 100_000));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("fleet.ndjson");
    for shops in [most / 10, most * 3 / 10, most] {
        Fleet::legacy(1).write_ndjson(&path, shops).expect("the fleet is written");
        let inputs = inputs(&path);
        let (made, plan) = timed(|| planned(&pack, &inputs, Path::new("")));
        let (written, bytes) = timed(|| write(&plan, &folder.path().join("plan.json")));
        let all = (made + written).as_secs_f64();
        println!(
            "{shops:>7} shops: {all:>6.2} s ({:.2} s of it writing {} MB), {:.0} µs a shop, peak {} MiB",
            written.as_secs_f64(),
            bytes / 1_000_000,
            all * 1e6 / shops as f64,
            peak()
        );
    }
}
