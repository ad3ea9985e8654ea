//! YAML: no bytes make the reader panic, and every node's places lie in its text.
//!
//! `cargo +nightly fuzz run yaml`
#![no_main]

use dianjian::document::{Format, Limits, Node, Tree, parse};
use dianjian::source::from_bytes;
use libfuzzer_sys::fuzz_target;

fn walk(node: Node<'_>) {
    let text = node.source().text();
    assert!(text.get(node.span().range()).is_some());
    assert!(text.get(node.outer_span().range()).is_some());
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
    let Ok(source) = from_bytes("fuzz.yaml", bytes.to_vec()) else {
        return;
    };
    let limits = Limits {
        expanded_nodes: 10_000,
        ..Limits::default()
    };
    for problem in parse(
        &source,
        Format::Yaml,
        &limits,
        &mut Tree::new(),
        &mut |root| walk(root),
    ) {
        assert!(source.text().get(problem.span.range()).is_some());
        let _ = source.range(problem.span);
    }
});
