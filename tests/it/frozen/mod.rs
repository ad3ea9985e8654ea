//! Everything that users keep, compare or feed to other programs is as it was, to the byte: `hashes.txt` beside this file has a
//! sha256 for every output of the commands below, and exit statuses in clear text.
//!
//! `cargo test --test it frozen` runs this test alone.
//! `DIANJIAN_FROZEN_KEEP=DIR cargo test --test it frozen` also writes every output to `DIR`, to be compared with those of another
//! build by `diff -r`; without it, those that differ are written to `target/frozen-differs`.
//! `DIANJIAN_FROZEN_ALL=1` explains every rule instead of one in sixteen.
//! `DIANJIAN_BLESS=1` writes the sums of what was run to `hashes.txt`: for a change of texts that is meant, in a commit of its own.
//! `DIANJIAN_FROZEN_BINARY=PATH` runs another build of dianjian, to find out since when an output differs.

mod fleets;
mod hashes;
mod migrations;
mod own_rules;
mod rules;
mod samples;
mod writing;

use hashes::Outputs;

#[test]
fn every_output_is_as_it_was() {
    // Two at a time, the longest first; no one of them needs another's files.
    const HALVES: [&[fn(&mut Outputs)]; 2] = [
        &[fleets::forty_thousand_records, fleets::tables_and_files, migrations::of_the_samples, own_rules::all],
        &[samples::all, migrations::of_many_shops, fleets::shards, rules::all, writing::all],
    ];
    let outputs = std::thread::scope(|scope| {
        let run = |parts: &'static [fn(&mut Outputs)]| {
            scope.spawn(move || {
                let mut outputs = Outputs::default();
                parts.iter().for_each(|part| part(&mut outputs));
                outputs
            })
        };
        HALVES.map(run).map(|half| half.join().unwrap())
    });
    hashes::compare(outputs);
}
