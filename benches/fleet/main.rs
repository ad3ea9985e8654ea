//! Whole runs over generated fleets (`tools/corpus`), as seconds, as ratios taken in one run, and as the most memory held.
//!
//! `cargo bench --bench fleet -- check`, `join`, `migrate`, `apply`, `xlsx`, or without a name all of them, each in a process of its
//! own, since the memory that is printed is the process's. Sizes are set by `NDJSON_RECORDS`, `PRODUCTS`, `YAML_FILES`, `XLSX_ROWS`,
//! `SHOPS`, `THREADS`, `ROUNDS`; `BENCH_DIR` says where plans are applied (default: the folder for temporary files).
#![allow(missing_docs, clippy::expect_used, clippy::print_stdout, reason = "a benchmark")]

mod apply;
mod check;
mod join;
mod migrate;
mod shared;
mod xlsx;

use std::process::Command;

const ALL: [(&str, fn()); 5] =
    [("check", check::run), ("join", join::run), ("migrate", migrate::run), ("apply", apply::run), ("xlsx", xlsx::run)];

fn main() {
    let wanted = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    match wanted {
        Some(wanted) => {
            let (_, run) = ALL.iter().find(|(name, _)| *name == wanted).expect("check, join, migrate, apply or xlsx");
            run();
        }
        None => {
            let program = std::env::current_exe().expect("this program");
            for (name, _) in ALL {
                assert!(
                    Command::new(&program).arg(name).status().is_ok_and(|status| status.success()),
                    "{name} ends well"
                );
            }
        }
    }
}
