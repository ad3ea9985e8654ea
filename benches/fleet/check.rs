//! Whole checks against reading and parsing alone, and against another linter where it is installed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use corpus::Fleet;
use dianjian_base::in_order::Consumer;
use dianjian_document::source::{self, Chunks, Input, Limits};
use dianjian_document::tree::{self, Format, Tree};
use dianjian_engine::shards::{InputSizes, PartialHeader, PartialSet, Shard, VERSION};
use dianjian_rules::Pack;

use crate::shared::{self, Count, best, check, corpus_folder, inputs, number, peak, timed};

/// Name words, an enum, shops per licence over all files.
const THREE: [&str; 3] = ["naming/store-type-words", "record/unknown-value", "limits/weixin-stores"];

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
    let engine = shared::engine(pack);
    let sizes = InputSizes::of(inputs);
    let partials: Vec<PathBuf> = (1..=4).map(|number| folder.join(format!("{number}-of-4.partial"))).collect();
    let (checked, ()) = timed(|| {
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
    let (merged, ()) = timed(|| {
        let parts = PartialSet::open(&partials).expect("all shares");
        engine.merge(&parts, &Count, &|_| {}, &mut Counted(0));
    });
    let bytes = partials.iter().filter_map(|path| std::fs::metadata(path).ok()).map(|file| file.len()).sum();
    (checked, merged, bytes)
}

fn yaml(three: &Pack, all: &Pack) {
    let count = number("YAML_FILES", 10_000);
    let folder = shared::written(&format!("yaml-{count}"), |path| Fleet::new(1).write_yaml(path, count));
    let inputs = inputs(&folder);
    parse_files(&inputs);
    let (mut few_findings, mut all_findings) = (0, 0);
    let [parse, few, whole] = best(
        7,
        [&mut || parse_files(&inputs), &mut || few_findings = check(three, &inputs).0, &mut || {
            all_findings = check(all, &inputs).0
        }],
    );
    let ratio = |time: Duration| time.as_secs_f64() / parse.as_secs_f64();
    println!("{} YAML files, read and parsed: {parse:.2?}", inputs.len());
    println!("  three rules: {few:.2?} = {:.2} x parsing ({few_findings} findings)", ratio(few));
    println!(
        "  whole pack:  {whole:.2?} = {:.2} x parsing ({all_findings} findings), at most {} MiB",
        ratio(whole),
        peak()
    );
    match ast_grep(&folder, &corpus_folder()) {
        Some(other) => println!(
            "  ast-grep, two of the three rules: {other:.2?}; three rules here take {:.2} of it",
            few.as_secs_f64() / other.as_secs_f64()
        ),
        None => println!("  ast-grep is not installed: no comparison"),
    }
}

fn ndjson(three: &Pack, all: &Pack) {
    let count = number("NDJSON_RECORDS", 1_000_000);
    let path = shared::written(&format!("fleet-{count}.ndjson"), |path| Fleet::new(1).write_ndjson(path, count));
    let inputs = inputs(&path);
    let bytes = std::fs::metadata(&path).map_or(0, |file| file.len()) as f64 / 1e6;
    let run = |pack: &Pack| _ = std::hint::black_box(check(pack, &inputs));
    let [parse, few, whole] = best(3, [&mut || parse_lines(&path), &mut || run(three), &mut || run(all)]);
    println!(
        "NDJSON, {count} records of {bytes:.0} MB, parsed alone: {parse:.2?}, {:.0} MB/s",
        bytes / parse.as_secs_f64()
    );
    for (name, time) in [("three rules", few), ("whole pack", whole)] {
        let (speed, share) = (bytes / time.as_secs_f64(), parse.as_secs_f64() / time.as_secs_f64());
        println!("  {name}: {time:.2?}, {speed:.0} MB/s = {share:.2} of its speed; at most {} MiB so far", peak());
    }
    let (checked, merged, bytes) = shares(all, &inputs, &corpus_folder());
    println!(
        "  in four shares, one after another: {checked:.2?}; merged in {merged:.2?} from {:.0} MB; at most {} MiB",
        bytes as f64 / 1e6,
        peak()
    );
}

pub fn run() {
    let (mut three, all) = (shared::shipped_pack(), shared::shipped_pack());
    three.rules.retain(|rule| THREE.contains(&rule.info.id.as_str()));
    println!("{} rules in the pack, {} threads", all.rules.len(), threads());
    yaml(&three, &all);
    ndjson(&three, &all);
}
