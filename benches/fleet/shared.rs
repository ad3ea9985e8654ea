//! What every benchmark of fleets needs: sizes, the fleet's files, the pack, a check that only counts, times, memory.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, io};

use chrono::NaiveDate;
use dianjian_base::lang::Lang;
use dianjian_document::source::{DiscoverOptions, Discovered, Input, discover};
use dianjian_engine::{AsWritten, Engine, Finding, Problem, Render, RunOptions, RunTotals};
use dianjian_rules::{Pack, PackBuilder};

/// A size that the environment may set.
pub fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

pub fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day")
}

/// Where generated fleets are kept from one run to the next.
pub fn corpus_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/bench-corpus")
}

/// A fleet below [`corpus_folder`], written once; a run that is cut off leaves it under another name.
pub fn written(name: &str, write: impl FnOnce(&Path) -> io::Result<()>) -> PathBuf {
    let path = corpus_folder().join(name);
    if !path.exists() {
        let part = path.with_file_name(format!("{name}.part"));
        fs::create_dir_all(corpus_folder()).and_then(|()| write(&part)).expect("the fleet is written");
        fs::rename(&part, &path).expect("the fleet gets its name");
    }
    path
}

pub fn inputs(path: &Path) -> Vec<Input> {
    let options = DiscoverOptions { respect_ignore_files: false, ..DiscoverOptions::default() };
    let Discovered { inputs, errors: problems, .. } = discover(&[path.display().to_string()], &options);
    assert!(problems.is_empty(), "the fleet is there");
    inputs
}

pub fn shipped_pack() -> Pack {
    let (pack, problems) = PackBuilder::default().shipped().build();
    assert!(problems.is_empty(), "the shipped pack is in order");
    pack
}

/// Renders a finding's message and nothing else.
pub struct Count;

impl Render for Count {
    type Out = usize;
    fn finding(&self, finding: Finding) -> usize {
        finding.message.render(Lang::Zh).len()
    }
    fn problem(&self, problem: Problem) -> usize {
        problem.message.zh.len()
    }
}

pub fn engine(pack: &Pack) -> Engine<'_> {
    Engine::new(pack, &AsWritten, RunOptions::new(day()))
}

/// Checks everything; how many findings and problems there are.
pub fn check(pack: &Pack, inputs: &[Input]) -> (usize, RunTotals) {
    let mut findings = 0;
    let totals = engine(pack).run(inputs, &Count, &|_| {}, &mut |_| findings += 1);
    (findings, totals)
}

pub fn timed<T>(f: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = f();
    (start.elapsed(), result)
}

/// The best of several rounds for each of some runs: the machine's noise only ever adds, and taking turns lets it meet
/// all of them alike.
pub fn best<const N: usize>(rounds: usize, mut runs: [&mut dyn FnMut(); N]) -> [Duration; N] {
    let mut best = [Duration::MAX; N];
    for _ in 0..rounds {
        for (best, run) in best.iter_mut().zip(&mut runs) {
            *best = timed(run).0.min(*best);
        }
    }
    best
}

/// The most memory this process has held, in MiB (Linux).
pub fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or_default() / 1024
}

/// The CPU time this process has taken, in steps of 10 ms (Linux).
pub fn cpu() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
