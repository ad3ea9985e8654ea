//! What holds for every document that is read: its places lie in its text.

use dianjian_document::source::SourceFile;
use dianjian_document::tree::{DocumentError, Node};

/// Every node's places, and those of the first characters of its text.
pub fn of_nodes(node: Node<'_>) {
    let text = node.source().text();
    assert!(text.get(node.span().range()).is_some());
    assert!(text.get(node.outer_span().range()).is_some());
    if let Some(decoded) = node.scalar() {
        for (at, character) in decoded.char_indices().take(64) {
            let span = node.source_span(at..at + character.len_utf8());
            assert!(text.get(span.range()).is_some());
        }
    }
    node.items().for_each(of_nodes);
    for (key, value) in node.entries() {
        of_nodes(key);
        of_nodes(value);
    }
}

/// The places of what is wrong with it.
pub fn of_problems(source: &SourceFile, problems: &[DocumentError]) {
    for problem in problems {
        assert!(source.text().get(problem.span.range()).is_some());
        let _ = source.range(problem.span);
    }
}
