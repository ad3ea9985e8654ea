//! How well codes are found, against the goals: `cargo bench --bench codes -- [DIR…] [--page FILE.html]`.
//!
//! Looks at drawn pictures of every kind and at folders of pictures with an `index.csv`, prints each figure with its
//! goal and what every kind was taken for, and writes a page of misses and false alarms to look at.
#![allow(missing_docs, clippy::print_stdout, clippy::print_stderr, clippy::expect_used, reason = "a benchmark")]

mod args;
mod items;
mod judge;
mod page;
mod table;
mod timing;

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use args::Args;
use items::Item;
use judge::{Outcome, Thresholds};
use table::Table;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), String> {
    let args = Args::read(std::env::args().skip(1))?;
    let thresholds = Thresholds::shipped();
    let items = items::all(&args)?;
    let outcomes = judged(&items, &args, thresholds);
    let mut table = Table::default();
    table.seen(&outcomes);
    let mut notes = vec![format!(
        "present from {}, suspected from {} ({})",
        thresholds.present,
        thresholds.suspected,
        if thresholds.of_rules { "the shipped rules" } else { "no shipped rule says" }
    )];
    if args.only.is_empty() {
        timing::stills(&mut table, thresholds);
        if let Err(reason) = timing::clip(&mut table) {
            notes.push(format!("no clip was scanned: {reason}"));
        }
    }
    notes.extend(outcomes.iter().filter_map(|outcome| outcome.problem.clone()));
    let text = format!("{}\n{}\n{}", table.text(), table::confusion(&outcomes), notes.join("\n"));
    println!("{text}");
    if let Some(path) = &args.page {
        let tiles: Vec<&page::Tile> = outcomes.iter().filter_map(|outcome| outcome.tile.as_ref()).collect();
        std::fs::write(path, page::page(&tiles, &text)).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("{} pictures to look at: {}", tiles.len(), path.display());
    }
    Ok(())
}

/// The outcomes of all pictures, in their order whatever the number of threads.
fn judged(items: &[Item], args: &Args, thresholds: Thresholds) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(i) else { return done };
            done.push((i, judge::judge(item, thresholds, args.page.is_some())));
            if (i + 1).is_multiple_of(100) {
                eprintln!("{} of {} pictures", i + 1, items.len());
            }
        }
    };
    let mut all: Vec<(usize, Outcome)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..args.threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no picture makes the scan panic")).collect()
    });
    all.sort_by_key(|(i, _)| *i);
    all.into_iter().map(|(_, outcome)| outcome).collect()
}
