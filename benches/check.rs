//! Whole checks against reading and parsing alone, and against another linter where it is installed.
//!
//! `cargo bench --bench check` prints every figure as a ratio taken in one run. `NDJSON_SHOPS=n` sets the
//! size of the large file (default 1,000,000), `YAML_FILES=n` the number of small ones (default 10,000).
#![allow(missing_docs, clippy::expect_used, clippy::print_stdout, reason = "a benchmark")]

mod corpus;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use dianjian_base::in_order::Consumer;
use dianjian_document::source::{self, Chunks, DiscoverOptions, Input, Limits, discover};
use dianjian_document::tree::{self, Format, Tree};
use dianjian_engine::shards::Shard;
use dianjian_engine::shards::{InputSizes, PartialHeader, PartialSet, VERSION};
use dianjian_engine::{AsWritten, Engine, Finding, Problem, Render, RunOptions};
use dianjian_rules::{Pack, PackBuilder};

/// Name words, an enum, shops per licence over all files.
const THREE: [&str; 3] = ["naming/store-type-words", "record/unknown-value", "limits/weixin-stores"];

struct Count;

impl Render for Count {
    type Out = usize;
    fn finding(&self, finding: Finding) -> usize {
        finding.message.render(dianjian_base::lang::Lang::Zh).len()
    }
    fn problem(&self, problem: Problem) -> usize {
        problem.message.zh.len()
    }
}

fn pack(only: Option<&[&str]>) -> Pack {
    let (mut pack, problems) = PackBuilder::default().shipped().build();
    assert!(problems.is_empty(), "the shipped pack is in order");
    if let Some(only) = only {
        pack.rules.retain(|rule| only.contains(&rule.info.id.as_str()));
    }
    pack
}

fn inputs(path: &Path) -> Vec<Input> {
    let (inputs, problems) = discover(
        &[path.display().to_string()],
        &DiscoverOptions { respect_ignore_files: false, ..DiscoverOptions::default() },
    );
    assert!(problems.is_empty(), "the corpus is there");
    inputs
}

fn timed(f: &mut dyn FnMut()) -> Duration {
    let start = Instant::now();
    f();
    start.elapsed()
}

/// The best of several rounds for each of some runs: the machine's noise only ever adds, and taking turns lets it meet
/// all of them alike.
fn best<const N: usize>(rounds: usize, mut runs: [&mut dyn FnMut(); N]) -> [Duration; N] {
    let mut best = [Duration::MAX; N];
    for _ in 0..rounds {
        for (best, run) in best.iter_mut().zip(&mut runs) {
            *best = timed(run).min(*best);
        }
    }
    best
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Reads and parses files on as many threads as a check uses, and does nothing with them.
fn parse_files(inputs: &[Input]) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads() {
            scope.spawn(|| {
                let mut tree = Tree::new();
                while let Some(input) = inputs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let source =
                        source::read(input.path().expect("a file"), &Limits::default()).expect("a readable file");
                    tree::parse(&source, Format::Yaml, &Limits::default(), &mut tree, &mut |root| {
                        std::hint::black_box(root.kind());
                    });
                }
            });
        }
    });
}

fn parse_lines(path: &Path) {
    let (send, receive) = crossbeam_channel::bounded(threads() * 2);
    std::thread::scope(|scope| {
        for _ in 0..threads() {
            let receive = receive.clone();
            scope.spawn(move || {
                let mut tree = Tree::new();
                for chunk in receive {
                    tree::parse(&chunk, Format::NdJson, &Limits::default(), &mut tree, &mut |root| {
                        std::hint::black_box(root.kind());
                    });
                }
            });
        }
        for chunk in Chunks::open(path, 1 << 20).expect("the corpus") {
            send.send(chunk.expect("a good chunk")).expect("a worker");
        }
        drop(send);
    });
}

fn check(pack: &Pack, inputs: &[Input]) -> usize {
    let engine = Engine::new(pack, &AsWritten, RunOptions::new(NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day")));
    let mut findings = 0;
    engine.run(inputs, &Count, &|_| {}, &mut |_| findings += 1);
    findings
}

/// The most memory this process has held, in MB (Linux).
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or_default() / 1024
}

fn env(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Two of the three rules as ast-grep has them, run over the same files.
fn ast_grep(folder: &Path, root: &Path) -> Option<Duration> {
    let config = root.join("ast-grep");
    std::fs::create_dir_all(config.join("rules")).ok()?;
    std::fs::write(config.join("sgconfig.yml"), "ruleDirs: [rules]\n").ok()?;
    let words = "id: words\nlanguage: yaml\nseverity: error\nmessage: store type word\nrule:\n  kind: block_mapping_pair\n  regex: '^name:.*(旗舰|专卖|专营)'\n";
    let system = "id: system\nlanguage: yaml\nseverity: error\nmessage: unknown system\nrule:\n  kind: block_mapping_pair\n  regex: '^system:'\n  not:\n    regex: '^system: (mini-store|channels-store|weixin-store|mini-program-mall)$'\n";
    std::fs::write(config.join("rules/words.yml"), words).ok()?;
    std::fs::write(config.join("rules/system.yml"), system).ok()?;
    let run = || {
        Command::new("ast-grep")
            .args(["scan", "--json=stream", "-c"])
            .arg(config.join("sgconfig.yml"))
            .arg(folder)
            .output()
    };
    run().ok()?;
    let [best] = best(3, [&mut || drop(run())]);
    Some(best)
}

/// Checks the four shares of a file one after another, then merges them; the shares' times, the merge's, and the
/// bytes of all partials.
fn shares(pack: &Pack, inputs: &[Input], folder: &Path) -> (Duration, Duration, u64) {
    let engine = Engine::new(pack, &AsWritten, RunOptions::new(NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day")));
    let sizes = InputSizes::of(inputs);
    let partials: Vec<PathBuf> = (1..=4).map(|number| folder.join(format!("{number}-of-4.partial"))).collect();
    let checked = timed(&mut || {
        for (number, path) in (1..=4).zip(&partials) {
            let header = PartialHeader {
                version: VERSION,
                program: env!("CARGO_PKG_VERSION").to_owned(),
                shard: Shard { number, of: 4 },
                as_of: engine.policy.as_of,
                as_of_given: false,
                rules: pack.digest.clone(),
                configuration: String::new(),
                only: Vec::new(),
                skip: Vec::new(),
                roots: Vec::new(),
                system: None,
                chunk_bytes: engine.tuning.chunk_bytes as u64,
                inputs: inputs.len() as u64,
                bytes: sizes.total(),
                names: sizes.digest(inputs),
            };
            engine.check_shard((inputs, &sizes), &header, &[], path, &|_| {}, &mut || true).expect("a share");
        }
    });
    struct Counted(usize);
    impl Consumer<usize> for Counted {
        fn accept(&mut self, _out: usize) {
            self.0 += 1;
        }
    }
    let merged = timed(&mut || {
        let parts = PartialSet::open(&partials).expect("all shares");
        engine.merge(&parts, &Count, &|_| {}, &mut Counted(0));
    });
    (checked, merged, InputSizes::of(&inputs_of(&partials)).total())
}

/// Files as they are.
fn inputs_of(paths: &[PathBuf]) -> Vec<Input> {
    paths.iter().flat_map(|path| inputs(path)).collect()
}

fn main() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/bench-corpus");
    let only = std::env::args().nth(1).filter(|name| !name.starts_with('-')).unwrap_or_default();
    let (three, all) = (pack(Some(&THREE)), pack(None));
    println!("{} rules in the pack, {} threads", all.rules.len(), threads());
    if only.is_empty() || only == "yaml" {
        let folder = corpus::yaml_files(&root, env("YAML_FILES", 10_000));
        let inputs = inputs(&folder);
        parse_files(&inputs);
        let (mut few_findings, mut all_findings) = (0, 0);
        let [parse, few, whole] = best(
            7,
            [&mut || parse_files(&inputs), &mut || few_findings = check(&three, &inputs), &mut || {
                all_findings = check(&all, &inputs)
            }],
        );
        let ratio = |time: Duration| time.as_secs_f64() / parse.as_secs_f64();
        println!("{} YAML files, read and parsed: {parse:.2?}", inputs.len());
        println!("  three rules: {few:.2?} = {:.2} x parsing ({few_findings} findings)", ratio(few));
        println!(
            "  whole pack:  {whole:.2?} = {:.2} x parsing ({all_findings} findings), at most {} MB",
            ratio(whole),
            peak()
        );
        match ast_grep(&folder, &root) {
            Some(other) => println!(
                "  ast-grep, two of the three rules: {other:.2?}; three rules here take {:.2} of it",
                few.as_secs_f64() / other.as_secs_f64()
            ),
            None => println!("  ast-grep is not installed: no comparison"),
        }
    }
    if only.is_empty() || only == "ndjson" {
        let path = corpus::ndjson_file(&root, env("NDJSON_SHOPS", 1_000_000));
        let inputs = inputs(&path);
        let bytes = std::fs::metadata(&path).map_or(0, |file| file.len()) as f64 / 1e6;
        let run = |pack: &Pack| _ = std::hint::black_box(check(pack, &inputs));
        let [parse, few, whole] = best(3, [&mut || parse_lines(&path), &mut || run(&three), &mut || run(&all)]);
        let speed = |time: Duration| bytes / time.as_secs_f64();
        println!("NDJSON of {bytes:.0} MB, parsed alone: {parse:.2?}, {:.0} MB/s", speed(parse));
        println!(
            "  three rules: {few:.2?}, {:.0} MB/s = {:.2} of its speed",
            speed(few),
            parse.as_secs_f64() / few.as_secs_f64()
        );
        println!(
            "  whole pack:  {whole:.2?}, {:.0} MB/s = {:.2} of its speed; at most {} MB",
            speed(whole),
            parse.as_secs_f64() / whole.as_secs_f64(),
            peak()
        );
        let (checked, merged, bytes) = shares(&all, &inputs, &root);
        println!(
            "  in four shares, one after another: {checked:.2?}; merged in {merged:.2?} from {:.0} MB; at most {} MB",
            bytes as f64 / 1e6,
            peak()
        );
    }
}
