//! Edits of entries and items: set, insert, remove, in the layout around them.

use super::Edit;
use super::scalar::{FixError, NewScalar, json_string, newline_of};
use crate::source::{SourceFile, Span};
use crate::tree::{Node, NodeKind, ScalarStyle};

/// Gives a key a new value: an existing value is replaced, a missing key is added as last entry in
/// the layout of the others.
///
/// # Errors
///
/// When the node is no mapping, the entry is not written in it, its value has an anchor, or the
/// layout leaves no safe place.
pub fn set_value(mapping: Node<'_>, key: &str, value: &NewScalar) -> Result<Edit, FixError> {
    check_own(mapping, NodeKind::Mapping)?;
    let entries = own_entries(mapping);
    match entries.iter().find(|(name, _)| name.scalar() == Some(key)) {
        Some(&(name, old)) => replace_value(mapping, name, old, value),
        None => {
            let written = |like, in_flow, _: &str| format!(" {}", value.written(like, mapping.is_json(), in_flow));
            add_entry(mapping, &entries, key, &written)
        }
    }
}

/// Writes what stands behind a key's colon: in the style given, inside brackets or not, below lines of some indentation.
pub(super) type WriteValue<'w> = &'w dyn Fn(ScalarStyle, bool, &str) -> String;

/// Adds an entry behind the others, in their layout.
pub(super) fn add_entry(
    mapping: Node<'_>,
    entries: &[(Node<'_>, Node<'_>)],
    key: &str,
    write: WriteValue<'_>,
) -> Result<Edit, FixError> {
    if mapping.style() == ScalarStyle::Block {
        insert_line(mapping, entries, key, write)
    } else {
        insert_in_brackets(mapping, entries, key, write)
    }
}

/// Removes an entry with its line or its comma; the last one leaves `{}`.
///
/// # Errors
///
/// When the node is no mapping, has no such entry of its own, the entry holds an anchor, or the
/// layout leaves no safe way.
pub fn remove_entry(mapping: Node<'_>, key: &str) -> Result<Edit, FixError> {
    check_own(mapping, NodeKind::Mapping)?;
    let entries = own_entries(mapping);
    let at = entries.iter().position(|(name, _)| name.scalar() == Some(key)).ok_or(FixError::NotThere)?;
    let spans: Vec<Span> =
        entries.iter().map(|(name, value)| name.outer_span().to(written_span(*name, *value))).collect();
    if holds_anchor(mapping, spans.get(at).copied().unwrap_or_default()) {
        return Err(FixError::Anchored);
    }
    remove_part(mapping, &spans, at, "{}")
}

/// Removes an item with its line or its comma; the last one leaves `[]`.
///
/// # Errors
///
/// When the node is no sequence, has no such item, the item holds an anchor, or the layout leaves
/// no safe way.
pub fn remove_item(sequence: Node<'_>, index: usize) -> Result<Edit, FixError> {
    check_own(sequence, NodeKind::Sequence)?;
    let source = sequence.source();
    let mut spans = Vec::new();
    for item in sequence.children() {
        let written = use_or_outer(item);
        spans.push(if sequence.style() == ScalarStyle::Block { with_dash(source, written)? } else { written });
    }
    let span = *spans.get(index).ok_or(FixError::NotThere)?;
    if holds_anchor(sequence, span) {
        return Err(FixError::Anchored);
    }
    // One column to the right, the brackets belong to a key above wherever the dashes stood.
    remove_part(sequence, &spans, index, " []")
}

pub(super) fn check_own(node: Node<'_>, kind: NodeKind) -> Result<(), FixError> {
    if node.kind() != kind {
        return Err(FixError::WrongKind);
    }
    if node.alias_span().is_some() {
        return Err(FixError::Aliased);
    }
    if node.style() == ScalarStyle::Block || node.has_brackets() { Ok(()) } else { Err(FixError::Layout) }
}

/// Keys and values as written in the mapping itself.
pub(super) fn own_entries(mapping: Node<'_>) -> Vec<(Node<'_>, Node<'_>)> {
    let children: Vec<_> = mapping.children().collect();
    children.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect()
}

/// Where a node is written here: the alias, or the node with its anchor and tag.
pub(super) fn use_or_outer(node: Node<'_>) -> Span {
    node.alias_span().unwrap_or_else(|| node.outer_span())
}

/// The value's place; of a value that is not written, the end of its key and colon.
pub(super) fn written_span(key: Node<'_>, value: Node<'_>) -> Span {
    let span = use_or_outer(value);
    if span.is_empty() { Span::at(span.start.max(key.use_span().end)) } else { span }
}

/// Whether an anchor is written in a span, so that aliases elsewhere may need it.
fn holds_anchor(of: Node<'_>, span: Span) -> bool {
    of.tree().anchors().any(|anchor| span.contains(anchor))
}

pub(super) fn replace_value(
    mapping: Node<'_>,
    key: Node<'_>,
    old: Node<'_>,
    value: &NewScalar,
) -> Result<Edit, FixError> {
    let source = mapping.source();
    let in_flow = mapping.style() != ScalarStyle::Block || mapping.is_in_flow();
    let written = |like| value.written(like, mapping.is_json(), in_flow);
    if let Some(alias) = old.alias_span() {
        return Ok(Edit::replace(alias, written(ScalarStyle::Plain)));
    }
    if holds_anchor(mapping, old.outer_span()) {
        return Err(FixError::Anchored);
    }
    let span = old.outer_span();
    if span.is_empty() {
        let has_colon = source.slice(Span::new(key.use_span().end, span.start)).contains(':');
        let colon = if has_colon { "" } else { ":" };
        return Ok(Edit::insert(span.start, format!("{colon} {}", written(ScalarStyle::Plain))));
    }
    let is_block = matches!(old.style(), ScalarStyle::Block | ScalarStyle::Literal | ScalarStyle::Folded);
    if is_block {
        let between = source.slice(Span::new(key.use_span().end, span.start));
        let colon = between.find(':').ok_or(FixError::Layout)? as u32 + 1;
        let start = key.use_span().end + colon;
        return Ok(Edit::replace(Span::new(start, span.end), format!(" {}", written(ScalarStyle::Plain))));
    }
    Ok(Edit::replace(span, written(old.style())))
}

/// A key in the way the keys beside it are written.
fn key_text(mapping: Node<'_>, like: Option<Node<'_>>, key: &str) -> String {
    let style = like.map_or(ScalarStyle::Plain, Node::style);
    if mapping.is_json() {
        return json_string(key);
    }
    NewScalar::Text(key.to_owned()).written(style, false, true)
}

/// Adds a line after the last entry of a block mapping.
fn insert_line(
    mapping: Node<'_>,
    entries: &[(Node<'_>, Node<'_>)],
    key: &str,
    write: WriteValue<'_>,
) -> Result<Edit, FixError> {
    let source = mapping.source();
    let (first, _) = entries.first().ok_or(FixError::Layout)?;
    let (last_key, last_value) = entries.last().ok_or(FixError::Layout)?;
    let prefix = line_prefix(source, first.outer_span().start);
    if ends_in_kept_block(mapping) || prefix.contains('?') || prefix.contains('\t') || first.alias_span().is_some() {
        return Err(FixError::Layout);
    }
    let indent = " ".repeat(prefix.trim_start_matches('\u{feff}').chars().count());
    let end = line_end(source, written_span(*last_key, *last_value).end);
    let text = write(ScalarStyle::Plain, false, &indent);
    let name = key_text(mapping, Some(*last_key), key);
    Ok(Edit::insert(end, format!("{}{indent}{name}:{text}", newline_of(source.text()))))
}

/// Whether the last text of a collection is a block that keeps the line breaks behind it: a line more would change it.
pub(super) fn ends_in_kept_block(collection: Node<'_>) -> bool {
    let (style, span) = collection.last_written();
    matches!(style, ScalarStyle::Literal | ScalarStyle::Folded)
        && collection.source().slice(span).lines().next().is_some_and(|header| header.contains('+'))
}

/// Adds an entry before the closing bracket, spaced like the others.
fn insert_in_brackets(
    mapping: Node<'_>,
    entries: &[(Node<'_>, Node<'_>)],
    key: &str,
    write: WriteValue<'_>,
) -> Result<Edit, FixError> {
    let source = mapping.source();
    let json = mapping.is_json();
    let text = write(if json { ScalarStyle::Json } else { ScalarStyle::Plain }, true, "");
    let text = text.trim_start();
    let Some(&(last_key, last_value)) = entries.last() else {
        let name = key_text(mapping, None, key);
        return Ok(Edit::insert(mapping.span().start + 1, format!("{name}: {text}")));
    };
    let end = written_span(last_key, last_value).end;
    let before = match entries.len().checked_sub(2).and_then(|at| entries.get(at)) {
        Some(&(name, value)) => written_span(name, value).end,
        None => mapping.span().start + 1,
    };
    let gap = source.slice(Span::new(before, last_key.outer_span().start));
    let blanks = gap.strip_prefix(',').unwrap_or(gap);
    let blanks = if blanks.chars().all(char::is_whitespace) { blanks } else { " " };
    let blanks = if blanks.is_empty() && entries.len() == 1 && !json { " " } else { blanks };
    let joint = source.slice(Span::new(last_key.use_span().end, use_or_outer(last_value).start));
    let is_joint = joint.trim() == ":" && !joint.contains(['\n', '\r']) && (json || joint.ends_with(' '));
    let joint = if is_joint { joint } else { ": " };
    let name = key_text(mapping, Some(last_key), key);
    Ok(Edit::insert(end, format!(",{blanks}{name}{joint}{text}")))
}

/// Removes the part `at` of a collection's parts, each given by its span.
fn remove_part(of: Node<'_>, spans: &[Span], at: usize, when_empty: &str) -> Result<Edit, FixError> {
    let source = of.source();
    let span = *spans.get(at).ok_or(FixError::NotThere)?;
    let next = spans.get(at + 1);
    let previous = at.checked_sub(1).and_then(|at| spans.get(at));
    if of.style() == ScalarStyle::Block {
        return remove_lines(of, span, next.copied(), previous.is_some(), when_empty);
    }
    Ok(Edit::remove(match (previous, next) {
        (_, Some(next)) => Span::new(span.start, next.start),
        (Some(previous), None) => Span::new(previous.end, span.end),
        (None, None) => {
            let whole = of.span();
            let inner = Span::new(whole.start + 1, whole.end.saturating_sub(1));
            // A comment that belongs to no entry would be lost.
            if source.slice(inner).contains('#') {
                return Err(FixError::Layout);
            }
            inner
        }
    }))
}

fn remove_lines(
    of: Node<'_>,
    span: Span,
    next: Option<Span>,
    has_previous: bool,
    when_empty: &str,
) -> Result<Edit, FixError> {
    let source = of.source();
    if next.is_none() && !has_previous {
        return Ok(Edit::replace(Span::new(of.span().start, of.span().end.max(span.end)), when_empty));
    }
    let prefix = line_prefix(source, span.start);
    if prefix.contains('?') {
        return Err(FixError::Layout);
    }
    if !prefix.chars().all(|character| character == ' ') {
        // The first part shares its line with what holds it: the next one takes its place.
        let next = next.ok_or(FixError::Layout)?;
        let between = source.slice(Span::new(span.end, next.start));
        let is_gap = between.trim().is_empty();
        return is_gap.then(|| Edit::remove(Span::new(span.start, next.start))).ok_or(FixError::Layout);
    }
    let start = span.start - prefix.len() as u32;
    let end = line_end(source, span.end);
    let after = line_break_end(source, end);
    if after > end {
        return Ok(Edit::remove(Span::new(start, after)));
    }
    // The last line has no line break, so the one before it goes.
    let before = source.slice(Span::new(0, start));
    let kept = before.strip_suffix('\n').unwrap_or(before);
    let kept = kept.strip_suffix('\r').unwrap_or(kept);
    Ok(Edit::remove(Span::new(kept.len() as u32, end)))
}

/// An item of a block sequence with the dash before it.
pub(super) fn with_dash(source: &SourceFile, item: Span) -> Result<Span, FixError> {
    let before = source.slice(Span::new(0, item.start));
    let trimmed = before.trim_end_matches([' ', '\t', '\n', '\r']);
    if trimmed.ends_with('-') { Ok(Span::new(trimmed.len() as u32 - 1, item.end)) } else { Err(FixError::Layout) }
}

/// The part of the line before an offset.
pub(super) fn line_prefix(source: &SourceFile, offset: u32) -> &str {
    let before = source.slice(Span::new(0, offset));
    before.rsplit(['\n', '\r']).next().unwrap_or_default()
}

/// The end of an offset's line, before its line break.
pub(super) fn line_end(source: &SourceFile, offset: u32) -> u32 {
    let rest = source.text().get(offset as usize..).unwrap_or_default();
    offset + rest.find(['\n', '\r']).unwrap_or(rest.len()) as u32
}

/// The offset after the line break at an offset.
fn line_break_end(source: &SourceFile, offset: u32) -> u32 {
    let rest = source.text().get(offset as usize..).unwrap_or_default();
    let len = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with(['\n', '\r'])) };
    offset + len as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{EditSet, apply};
    use crate::tree::{Format, Limits, Tree, parse};

    fn edited(text: &str, edit: impl FnOnce(Node<'_>) -> Result<Edit, FixError>) -> Result<String, FixError> {
        let format = if text.starts_with("{\"") { Format::Json } else { Format::Yaml };
        let source = SourceFile::new("a", text);
        let (mut edit, mut made) = (Some(edit), None);
        parse(&source, format, &Limits::default(), &mut Tree::new(), &mut |root| {
            made = edit.take().map(|edit| edit(root));
        });
        made.unwrap().map(|edit| apply(text, &EditSet::new([edit]).unwrap()))
    }

    fn set(text: &str, key: &str, value: NewScalar) -> String {
        edited(text, |root| set_value(root, key, &value)).unwrap()
    }

    fn text(value: &str) -> NewScalar {
        NewScalar::Text(value.to_owned())
    }

    #[test]
    fn values_keep_the_way_they_are_written() {
        assert_eq!(set("a: 'x' # c\r\nb: 2\r\n", "a", text("it's")), "a: 'it''s' # c\r\nb: 2\r\n");
        assert_eq!(set("a: \"x\"\n", "a", text("y")), "a: \"y\"\n");
        assert_eq!(set("a: x\n", "a", text("true")), "a: \"true\"\n");
        assert_eq!(set("a:\nb: 1\n", "a", text("云山")), "a: 云山\nb: 1\n");
        assert_eq!(set("a: |\n  x\n  y\nb: 1\n", "a", text("z")), "a: z\nb: 1\n");
        assert_eq!(set("a:\n- 1\n- 2\nb: 1\n", "a", NewScalar::Null), "a: null\nb: 1\n");
        assert_eq!(set("a: {b: 1}\n", "a", NewScalar::Bool(true)), "a: true\n");
        assert_eq!(set("x: &x 1\na: *x\n", "a", text("y")), "x: &x 1\na: y\n");
        assert_eq!(set("{\"a\": [1]}", "a", text("\"")), "{\"a\": \"\\\"\"}");
    }

    #[test]
    fn missing_keys_come_last_in_the_same_layout() {
        assert_eq!(set("a: 1\r\nb: 2 # c\r\n", "c", text("3")), "a: 1\r\nb: 2 # c\r\nc: \"3\"\r\n");
        assert_eq!(set("a: 1", "b", NewScalar::Bool(false)), "a: 1\nb: false");
        assert_eq!(set("a: |\n  x\n\n# end\n", "b", text("y")), "a: |\n  x\nb: y\n\n# end\n");
        assert_eq!(set("{a: 1, b: 2,}\n", "c", text("x, y")), "{a: 1, b: 2, c: \"x, y\",}\n");
        assert_eq!(set("{\"a\":1,\"b\":2}", "c", text("x")), "{\"a\":1,\"b\":2,\"c\":\"x\"}");
        assert_eq!(
            set("{\"a\": 1,\n  \"b\": 2\n}\n", "c", NewScalar::Null),
            "{\"a\": 1,\n  \"b\": 2,\n  \"c\": null\n}\n"
        );
        let nested = edited("- a: 1\n  b: 2\n- c\n", |root| set_value(root.items().next().unwrap(), "d", &text("x")));
        assert_eq!(nested.unwrap(), "- a: 1\n  b: 2\n  d: x\n- c\n");
    }

    #[test]
    fn entries_go_with_their_line_or_comma() {
        let without = |text: &str, key: &str| edited(text, |root| remove_entry(root, key));
        assert_eq!(without("a: 1 # x\n# about b\nb:\n  - 2\nc: 3\n", "b").unwrap(), "a: 1 # x\n# about b\nc: 3\n");
        assert_eq!(without("a: 1\nb: 2", "b").unwrap(), "a: 1");
        assert_eq!(without("a: 1\n", "a").unwrap(), "{}\n");
        assert_eq!(without("{a: 1, b: 2, c: 3}", "b").unwrap(), "{a: 1, c: 3}");
        assert_eq!(without("{\"a\": 1, \"b\": 2}", "b").unwrap(), "{\"a\": 1}");
        assert_eq!(without("a: &x 1\nb: *x\n", "a"), Err(FixError::Anchored));
        assert_eq!(without("a: 1\n", "b"), Err(FixError::NotThere));
        let item = |text: &str, at: usize| edited(text, |root| remove_item(root.get("k").unwrap(), at));
        assert_eq!(item("k:\n- 1\n- 2\n- 3\n", 1).unwrap(), "k:\n- 1\n- 3\n");
        assert_eq!(item("k: [1, 2, 3]\n", 2).unwrap(), "k: [1, 2]\n");
        assert_eq!(item("k:\n- 1\nl: 2\n", 0).unwrap(), "k:\n []\nl: 2\n");
        assert_eq!(item("k:\n  - - 1\n    - 2\n  - 3\n", 0).unwrap(), "k:\n  - 3\n");
    }

    #[test]
    fn what_others_refer_to_is_left_alone() {
        let merged = "a: &a {x: 1}\nb: {<<: *a}\n";
        let edit = edited(merged, |root| set_value(root.get("b").unwrap(), "x", &text("2")));
        assert_eq!(edit.unwrap(), "a: &a {x: 1}\nb: {<<: *a, x: \"2\"}\n");
        let aliased = edited("a: &a {x: 1}\nb: *a\n", |root| remove_entry(root.get("b").unwrap(), "x"));
        assert_eq!(aliased, Err(FixError::Aliased));
        let pair =
            edited("k: [a: 1]\n", |root| set_value(root.get("k").unwrap().items().next().unwrap(), "b", &text("2")));
        assert_eq!(pair, Err(FixError::Layout));
    }
}
