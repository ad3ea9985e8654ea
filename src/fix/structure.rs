//! Edits of entries and items: set, insert, remove, in the layout around them.

use super::Edit;
use super::scalar::{FixError, NewScalar, json_string, newline_of};
use crate::document::{Kind, Node, ScalarStyle};
use crate::source::{SourceFile, Span};

/// Gives a key a new value: an existing value is replaced, a missing key is added as last entry in
/// the layout of the others.
///
/// # Errors
///
/// When the node is no mapping, the entry is not written in it, its value has an anchor, or the
/// layout leaves no safe place.
pub fn set_value(mapping: Node<'_>, key: &str, value: &NewScalar) -> Result<Edit, FixError> {
    check_own(mapping, Kind::Mapping)?;
    let entries = own_entries(mapping);
    match entries.iter().find(|(name, _)| name.scalar() == Some(key)) {
        Some(&(name, old)) => replace_value(mapping, name, old, value),
        None if mapping.style() == ScalarStyle::Block => insert_line(mapping, &entries, key, value),
        None => insert_in_brackets(mapping, &entries, key, value),
    }
}

/// Removes an entry with its line or its comma; the last one leaves `{}`.
///
/// # Errors
///
/// When the node is no mapping, has no such entry of its own, the entry holds an anchor, or the
/// layout leaves no safe way.
pub fn remove_entry(mapping: Node<'_>, key: &str) -> Result<Edit, FixError> {
    check_own(mapping, Kind::Mapping)?;
    let entries = own_entries(mapping);
    let at = entries
        .iter()
        .position(|(name, _)| name.scalar() == Some(key))
        .ok_or(FixError::NotThere)?;
    let spans: Vec<Span> = entries
        .iter()
        .map(|(name, value)| name.outer_span().to(written_span(*name, *value)))
        .collect();
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
    check_own(sequence, Kind::Sequence)?;
    let source = sequence.source();
    let mut spans = Vec::new();
    for item in sequence.children() {
        let written = use_or_outer(item);
        spans.push(if sequence.style() == ScalarStyle::Block {
            with_dash(source, written)?
        } else {
            written
        });
    }
    let span = *spans.get(index).ok_or(FixError::NotThere)?;
    if holds_anchor(sequence, span) {
        return Err(FixError::Anchored);
    }
    // One column to the right, the brackets belong to a key above wherever the dashes stood.
    remove_part(sequence, &spans, index, " []")
}

fn check_own(node: Node<'_>, kind: Kind) -> Result<(), FixError> {
    if node.kind() != kind {
        return Err(FixError::WrongKind);
    }
    if node.alias_span().is_some() {
        Err(FixError::Aliased)
    } else {
        Ok(())
    }
}

/// Keys and values as written in the mapping itself.
fn own_entries(mapping: Node<'_>) -> Vec<(Node<'_>, Node<'_>)> {
    let children: Vec<_> = mapping.children().collect();
    children
        .chunks_exact(2)
        .filter_map(|pair| Some((*pair.first()?, *pair.get(1)?)))
        .collect()
}

/// Where a node is written here: the alias, or the node with its anchor and tag.
fn use_or_outer(node: Node<'_>) -> Span {
    node.alias_span().unwrap_or_else(|| node.outer_span())
}

/// The value's place; of a value that is not written, the end of its key and colon.
fn written_span(key: Node<'_>, value: Node<'_>) -> Span {
    let span = use_or_outer(value);
    if span.is_empty() {
        Span::at(span.start.max(key.use_span().end))
    } else {
        span
    }
}

/// Whether an anchor is written in a span, so that aliases elsewhere may need it.
fn holds_anchor(of: Node<'_>, span: Span) -> bool {
    of.tree().anchors().any(|anchor| span.contains(anchor))
}

fn replace_value(
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
        let has_colon = source
            .slice(Span::new(key.use_span().end, span.start))
            .contains(':');
        return Ok(Edit::insert(
            span.start,
            format!(
                "{} {}",
                if has_colon { "" } else { ":" },
                written(ScalarStyle::Plain)
            ),
        ));
    }
    let is_block = matches!(
        old.style(),
        ScalarStyle::Block | ScalarStyle::Literal | ScalarStyle::Folded
    );
    if is_block {
        let between = source.slice(Span::new(key.use_span().end, span.start));
        let colon = between.find(':').ok_or(FixError::Layout)? as u32 + 1;
        let start = key.use_span().end + colon;
        return Ok(Edit::replace(
            Span::new(start, span.end),
            format!(" {}", written(ScalarStyle::Plain)),
        ));
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
    value: &NewScalar,
) -> Result<Edit, FixError> {
    let source = mapping.source();
    let (first, _) = entries.first().ok_or(FixError::Layout)?;
    let (last_key, last_value) = entries.last().ok_or(FixError::Layout)?;
    let (style, span) = mapping.last_written();
    let is_kept_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded)
        && source
            .slice(span)
            .lines()
            .next()
            .is_some_and(|header| header.contains('+'));
    let prefix = line_prefix(source, first.outer_span().start);
    if is_kept_block
        || prefix.contains('?')
        || prefix.contains('\t')
        || first.alias_span().is_some()
    {
        return Err(FixError::Layout);
    }
    let indent = " ".repeat(prefix.trim_start_matches('\u{feff}').chars().count());
    let end = line_end(source, written_span(*last_key, *last_value).end);
    let text = value.written(ScalarStyle::Plain, false, false);
    let name = key_text(mapping, Some(*last_key), key);
    Ok(Edit::insert(
        end,
        format!("{}{indent}{name}: {text}", newline_of(source.text())),
    ))
}

/// Adds an entry before the closing bracket, spaced like the others.
fn insert_in_brackets(
    mapping: Node<'_>,
    entries: &[(Node<'_>, Node<'_>)],
    key: &str,
    value: &NewScalar,
) -> Result<Edit, FixError> {
    let source = mapping.source();
    let json = mapping.is_json();
    let text = value.written(
        if json {
            ScalarStyle::Json
        } else {
            ScalarStyle::Plain
        },
        json,
        true,
    );
    let Some(&(last_key, last_value)) = entries.last() else {
        let name = key_text(mapping, None, key);
        return Ok(Edit::insert(
            mapping.span().start + 1,
            format!("{name}: {text}"),
        ));
    };
    let end = written_span(last_key, last_value).end;
    let before = match entries.len().checked_sub(2).and_then(|at| entries.get(at)) {
        Some(&(name, value)) => written_span(name, value).end,
        None => mapping.span().start + 1,
    };
    let gap = source.slice(Span::new(before, last_key.outer_span().start));
    let blanks = gap.strip_prefix(',').unwrap_or(gap);
    let blanks = if blanks.chars().all(char::is_whitespace) {
        blanks
    } else {
        " "
    };
    let blanks = if blanks.is_empty() && entries.len() == 1 && !json {
        " "
    } else {
        blanks
    };
    let joint = source.slice(Span::new(
        last_key.use_span().end,
        use_or_outer(last_value).start,
    ));
    let is_joint =
        joint.trim() == ":" && !joint.contains(['\n', '\r']) && (json || joint.ends_with(' '));
    let joint = if is_joint { joint } else { ": " };
    let name = key_text(mapping, Some(last_key), key);
    Ok(Edit::insert(end, format!(",{blanks}{name}{joint}{text}")))
}

/// Removes the part `at` of a collection's parts, each given by its span.
fn remove_part(
    of: Node<'_>,
    spans: &[Span],
    at: usize,
    when_empty: &str,
) -> Result<Edit, FixError> {
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
            if source.slice(inner).contains('#') {
                return Err(FixError::Layout);
            } else {
                inner
            }
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
        return Ok(Edit::replace(
            Span::new(of.span().start, of.span().end.max(span.end)),
            when_empty,
        ));
    }
    let prefix = line_prefix(source, span.start);
    if prefix.contains('?') {
        return Err(FixError::Layout);
    }
    if !prefix.chars().all(|character| character == ' ') {
        // The first part shares its line with what holds it: the next one takes its place.
        let next = next.ok_or(FixError::Layout)?;
        let between = source.slice(Span::new(span.end, next.start));
        return if between.trim().is_empty() {
            Ok(Edit::remove(Span::new(span.start, next.start)))
        } else {
            Err(FixError::Layout)
        };
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
fn with_dash(source: &SourceFile, item: Span) -> Result<Span, FixError> {
    let before = source.slice(Span::new(0, item.start));
    let trimmed = before.trim_end_matches([' ', '\t', '\n', '\r']);
    if trimmed.ends_with('-') {
        Ok(Span::new(trimmed.len() as u32 - 1, item.end))
    } else {
        Err(FixError::Layout)
    }
}

/// What stands before an offset on its line.
fn line_prefix(source: &SourceFile, offset: u32) -> &str {
    let before = source.slice(Span::new(0, offset));
    before.rsplit(['\n', '\r']).next().unwrap_or_default()
}

/// The end of an offset's line, before its line break.
fn line_end(source: &SourceFile, offset: u32) -> u32 {
    let rest = source.text().get(offset as usize..).unwrap_or_default();
    offset + rest.find(['\n', '\r']).unwrap_or(rest.len()) as u32
}

/// The offset after the line break at an offset.
fn line_break_end(source: &SourceFile, offset: u32) -> u32 {
    let rest = source.text().get(offset as usize..).unwrap_or_default();
    let len = if rest.starts_with("\r\n") {
        2
    } else {
        usize::from(rest.starts_with(['\n', '\r']))
    };
    offset + len as u32
}
