//! YAML: no bytes make the reader panic, and every node's places lie in its text.
//!
//! `cargo +nightly fuzz run yaml`
#![no_main]

mod places;

use dianjian_document::source::from_bytes;
use dianjian_document::tree::{Format, Limits, Tree, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = from_bytes("fuzz.yaml", bytes.to_vec()) else {
        return;
    };
    let limits = Limits { expanded_nodes: 10_000, ..Limits::default() };
    let problems = parse(&source, Format::Yaml, &limits, &mut Tree::new(), &mut |root| places::of_nodes(root));
    places::of_problems(&source, &problems);
});
