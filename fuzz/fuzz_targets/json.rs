//! JSON: what is read agrees with serde_json on acceptance, and every place lies in its text.
//!
//! `cargo +nightly fuzz run json`
#![no_main]

use dianjian::document::{Format, Limits, Node, Tree, parse};
use dianjian::source::from_bytes;
use libfuzzer_sys::fuzz_target;

fn walk(node: Node<'_>) {
    let text = node.source().text();
    assert!(text.get(node.span().range()).is_some());
    if let Some(decoded) = node.scalar() {
        for (at, character) in decoded.char_indices().take(64) {
            assert!(
                text.get(node.source_span(at..at + character.len_utf8()).range())
                    .is_some()
            );
        }
    }
    node.items().for_each(walk);
    for (key, value) in node.entries() {
        walk(key);
        walk(value);
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = from_bytes("fuzz.json", bytes.to_vec()) else {
        return;
    };
    let mut tree = Tree::new();
    for format in [Format::Json, Format::NdJson] {
        let problems = parse(
            &source,
            format,
            &Limits::default(),
            &mut tree,
            &mut |root| walk(root),
        );
        for problem in &problems {
            assert!(source.text().get(problem.span.range()).is_some());
        }
        let text = source.text().trim_start_matches('\u{feff}');
        let accepted = !problems.iter().any(|problem| problem.is_fatal());
        let too_deep = problems
            .iter()
            .any(|problem| problem.id() == "document/too-deep");
        // serde_json checks numbers by their value and depth by its own limit of 128.
        if format == Format::Json && accepted && !too_deep && source.bom_len() == 0 {
            let read = serde_json::from_str::<serde::de::IgnoredAny>(text);
            assert!(
                read.is_ok() || read.is_err_and(|error| error.to_string().contains("recursion"))
            );
        }
    }
});
