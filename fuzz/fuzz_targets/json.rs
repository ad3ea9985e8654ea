//! JSON: what is read agrees with serde_json on acceptance, and every place lies in its text.
//!
//! `cargo +nightly fuzz run json`
#![no_main]

mod places;

use dianjian_document::source::from_bytes;
use dianjian_document::tree::{Format, Limits, Tree, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = from_bytes("fuzz.json", bytes.to_vec()) else {
        return;
    };
    let mut tree = Tree::new();
    for format in [Format::Json, Format::NdJson] {
        let problems = parse(&source, format, &Limits::default(), &mut tree, &mut |root| places::of_nodes(root));
        places::of_problems(&source, &problems);
        let text = source.text().trim_start_matches('\u{feff}');
        let accepted = !problems.iter().any(|problem| problem.is_fatal());
        let too_deep = problems.iter().any(|problem| problem.id() == "document/too-deep");
        // serde_json checks numbers by their value and depth by its own limit of 128.
        if format == Format::Json && accepted && !too_deep && source.bom_len() == 0 {
            let read = serde_json::from_str::<serde::de::IgnoredAny>(text);
            assert!(read.is_ok() || read.is_err_and(|error| error.to_string().contains("recursion")));
        }
    }
});
