//! XML: no text makes the reader panic or grow, and every place lies in its text.
//!
//! `cargo +nightly fuzz run xml`
#![no_main]

use dianjian::document::{Format, Limits, Node, Tree, parse};
use dianjian::source::from_bytes;
use libfuzzer_sys::fuzz_target;

fn walk(node: Node<'_>) {
    let text = node.source().text();
    assert!(text.get(node.span().range()).is_some());
    if let Some(decoded) = node.scalar() {
        for (at, character) in decoded.char_indices().take(64) {
            let span = node.source_span(at..at + character.len_utf8());
            assert!(text.get(span.range()).is_some());
        }
    }
    node.items().for_each(walk);
    for (key, value) in node.entries() {
        walk(key);
        walk(value);
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = from_bytes("fuzz.xml", bytes.to_vec()) else {
        return;
    };
    let problems = parse(
        &source,
        Format::Xml,
        &Limits::default(),
        &mut Tree::new(),
        &mut |root| walk(root),
    );
    for problem in &problems {
        assert!(source.text().get(problem.span.range()).is_some());
    }
});
