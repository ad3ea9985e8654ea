//! The view of one node in the arena. Aliases are followed and merge keys expanded, so that callers see neither.

use std::ops::Range;

use rust_decimal::Decimal;
use rustc_hash::FxHashSet;

use super::arena::{DUPLICATE, MERGE, NodeKind, OWNED, Raw, ScalarStyle, Stored, Tree};
use super::{number, places};
use crate::source::{SourceFile, Span};

/// A view of one node of a document.
///
/// Aliases are seen through: a node reached by one is the anchor's node, whose [span](Self::span)
/// is where it is written, while [`Self::use_span`] is where the alias is.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    tree: &'a Tree,
    source: &'a SourceFile,
    id: u32,
    used: u32,
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node").field("kind", &self.kind()).field("span", &self.span()).finish()
    }
}

/// Two views are equal when they are of the same node of the same tree, used at the same place.
impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.tree, other.tree) && self.id == other.id && self.used == other.used
    }
}

impl<'a> Node<'a> {
    #[inline]
    pub(super) fn root(tree: &'a Tree, source: &'a SourceFile, id: u32) -> Self {
        Node { tree, source, id, used: 0 }
    }

    #[inline]
    fn view(self, id: u32) -> Self {
        Node { id: self.tree.target(id), used: id, ..self }
    }

    #[inline]
    fn raw(self) -> &'a Raw {
        self.tree.raw(self.id)
    }

    /// The source this node is written in.
    #[inline]
    pub const fn source(self) -> &'a SourceFile {
        self.source
    }

    #[expect(missing_docs, reason = "named by its type")]
    pub const fn tree(self) -> &'a Tree {
        self.tree
    }

    #[expect(missing_docs, reason = "named by its type")]
    #[inline]
    pub fn kind(self) -> NodeKind {
        match self.raw().kind {
            Stored::Value(kind) => kind,
            Stored::Alias => NodeKind::Null,
        }
    }

    /// How the node is written.
    pub fn style(self) -> ScalarStyle {
        self.raw().style
    }

    /// Where the node is written: a scalar with its quotes or its `|` line, a collection with its
    /// brackets or from its first to its last character; without anchor and tag.
    #[inline]
    pub fn span(self) -> Span {
        self.raw().span
    }

    /// Where the node is used: the alias it was reached by, or else its own span.
    #[inline]
    pub fn use_span(self) -> Span {
        self.tree.raw(self.used).span
    }

    /// The alias the node was reached by, or the one that merged it into its mapping.
    pub fn alias_span(self) -> Option<Span> {
        (self.used != self.id).then(|| self.use_span())
    }

    /// The span with the anchor and the tag before it.
    pub fn outer_span(self) -> Span {
        let mut span = self.span();
        if let Some(props) = self.tree.props_of(self.id) {
            for part in [props.anchor, props.tag] {
                if !part.is_empty() {
                    span = span.to(part);
                }
            }
        }
        span
    }

    /// A short span to point at: a scalar, a first key, a bracket or a dash.
    pub fn head_span(self) -> Span {
        let span = self.span();
        match self.kind() {
            NodeKind::Mapping if self.raw().b > 0 && !self.has_brackets() => self.tree.raw(self.id + 1).span,
            NodeKind::Sequence if self.style() == ScalarStyle::Headings => span,
            NodeKind::Mapping | NodeKind::Sequence => Span::new(span.start, (span.start + 1).min(span.end)),
            _ => span,
        }
    }

    /// Whether the node is a collection in brackets; a single pair in a flow list has none.
    pub fn has_brackets(self) -> bool {
        self.style().is_flow() && self.written().starts_with(['[', '{'])
    }

    /// The tag as written (`!!str`, `!local`), where there is one.
    pub fn tag(self) -> Option<&'a str> {
        let props = self.tree.props_of(self.id)?;
        (!props.tag.is_empty()).then(|| self.source.slice(props.tag))
    }

    /// The bytes of the source under [`span`](Self::span).
    pub fn written(self) -> &'a str {
        self.source.slice(self.span())
    }

    /// The decoded text of a scalar of any kind: a number's digits as written, `true`, `null`.
    #[inline]
    pub fn scalar(self) -> Option<&'a str> {
        // INVARIANT: `id` is never that of an alias.
        let raw = self.tree.nodes.get(self.id as usize)?;
        self.tree.scalar(self.source.text(), raw)
    }

    /// The decoded text of a scalar that is not null.
    #[inline]
    pub fn value_text(self) -> Option<&'a str> {
        let raw = self.tree.nodes.get(self.id as usize)?;
        let is_null = raw.kind == Stored::Value(NodeKind::Null);
        if is_null { None } else { self.tree.scalar(self.source.text(), raw) }
    }

    /// The text of a string.
    pub fn as_str(self) -> Option<&'a str> {
        if self.kind() == NodeKind::String { self.scalar() } else { None }
    }

    /// The value of a boolean.
    pub fn as_bool(self) -> Option<bool> {
        if self.kind() == NodeKind::Bool { Some(self.scalar()?.starts_with(['t', 'T'])) } else { None }
    }

    /// The exact value of a number: `None` also for one that 28 digits cannot hold.
    pub fn number(self) -> Option<Decimal> {
        if self.kind() == NodeKind::Number { number::decimal(self.scalar()?) } else { None }
    }

    /// Whether the node is null.
    #[inline]
    pub fn is_null(self) -> bool {
        self.kind() == NodeKind::Null
    }

    /// Whether nothing is written here at all, as after `key:` at the end of a line.
    pub fn is_absent(self) -> bool {
        self.is_null() && self.span().is_empty()
    }

    /// Number of items or entries; 0 for a scalar.
    pub fn len(self) -> usize {
        match self.kind() {
            NodeKind::Sequence => self.raw().b as usize,
            NodeKind::Mapping => self.entries().count(),
            _ => 0,
        }
    }

    /// Whether there are no items and no entries.
    #[inline]
    pub fn is_empty(self) -> bool {
        let raw = self.raw();
        match raw.kind {
            Stored::Value(NodeKind::Mapping) if raw.flags & MERGE != 0 => self.entries().next().is_none(),
            Stored::Value(NodeKind::Mapping | NodeKind::Sequence) => raw.b == 0,
            _ => true,
        }
    }

    /// The items of a sequence; none for what is not one.
    #[inline]
    pub fn items(self) -> NodeItems<'a> {
        let raw = self.raw();
        let left = if raw.kind == Stored::Value(NodeKind::Sequence) { raw.b } else { 0 };
        NodeItems { of: self, next: self.id + 1, left }
    }

    /// The entries of a mapping, keys with their values; none for what is not one.
    ///
    /// Entries that a YAML merge key (`<<`) brings in follow the mapping's own, and only under
    /// keys it does not have. Of a repeated key only the first entry counts.
    #[inline]
    pub fn entries(self) -> NodeEntries<'a> {
        let raw = self.raw();
        let is_mapping = raw.kind == Stored::Value(NodeKind::Mapping);
        let own = OwnEntries { of: self, next: self.id + 1, left: if is_mapping { raw.b } else { 0 } };
        if is_mapping && raw.flags & MERGE != 0 {
            return NodeEntries(EntryWalk::Merged(self.merged().into_iter()));
        }
        NodeEntries(EntryWalk::Own(own))
    }

    /// The value under a key.
    #[inline]
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.get_entry(key).map(|(_, value)| value)
    }

    /// Key and value under a key.
    #[inline]
    pub fn get_entry(self, key: &str) -> Option<(Node<'a>, Node<'a>)> {
        // A key with escapes is as long as its text too: `b` counts decoded bytes.
        let may_be = |name: &Node<'_>| name.raw().b as usize == key.len();
        self.entries().find(|(name, _)| may_be(name) && name.scalar() == Some(key))
    }

    /// The exact bytes of the source that became a range of the decoded scalar.
    ///
    /// Works for every way a scalar can be written: over line folding, block indentation and
    /// escapes (a pair of JSON surrogates is one character). A range that ends inside a character
    /// is widened to it; one outside the scalar gives the node's span.
    pub fn source_span(self, range: Range<usize>) -> Span {
        let raw = self.raw();
        let Some(text) = self.scalar().filter(|text| range.start <= text.len()) else { return raw.span };
        let start = text.floor_char_boundary(range.start);
        let end = text.ceil_char_boundary(range.end.clamp(start, text.len()));
        if raw.flags & OWNED == 0 {
            return Span::new(raw.a + start as u32, raw.a + end as u32);
        }
        places::locate(self.source.text(), *raw, text, start..end).unwrap_or(raw.span)
    }

    /// The nodes directly in a collection as written: items, or keys and values in turn, aliases
    /// not followed and repeated keys not left out.
    pub fn children(self) -> impl Iterator<Item = Node<'a>> {
        let raw = self.raw();
        let mut left = match raw.kind {
            Stored::Value(NodeKind::Sequence) => raw.b,
            Stored::Value(NodeKind::Mapping) => raw.b * 2,
            _ => 0,
        };
        let mut next = self.id + 1;
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let node = self.view(next);
            next = self.tree.after(next);
            Some(node)
        })
    }

    /// The values of a mapping as written: of a row of a table its cells.
    pub fn values(self) -> impl Iterator<Item = Node<'a>> {
        self.children().skip(1).step_by(2)
    }

    /// How the node written last inside this one is written: its style and span.
    pub fn last_written(self) -> (ScalarStyle, Span) {
        let last = self.tree.raw(self.tree.after(self.id).saturating_sub(1));
        (last.style, last.span)
    }

    /// Whether the document is JSON.
    pub fn is_json(self) -> bool {
        self.tree.is_json
    }

    /// Whether the node is inside brackets.
    pub fn is_in_flow(self) -> bool {
        let mut id = 0;
        while id < self.id {
            let raw = self.tree.raw(id);
            let after = self.tree.after(id);
            if after <= self.id {
                id = after;
            } else if raw.style.is_flow() {
                return true;
            } else {
                id += 1;
            }
        }
        false
    }

    /// Own entries, then those merged in, each key once.
    fn merged(self) -> Vec<(Node<'a>, Node<'a>)> {
        let mut found = Vec::new();
        let mut seen = FxHashSet::default();
        // The pending mappings, first to be looked at last; with the alias they were merged by.
        let mut pending = vec![(self, None)];
        while let Some((mapping, via)) = pending.pop() {
            let mut merges = Vec::new();
            let raw = mapping.raw();
            for (key, value) in (OwnEntries { of: mapping, next: mapping.id + 1, left: raw.b }) {
                if self.tree.raw(key.used).flags & MERGE != 0 {
                    merges.push(value);
                } else if seen.insert(key.scalar().unwrap_or_default()) {
                    let shown = |node: Self| via.map_or(node, |used| Node { used, ..node });
                    found.push((shown(key), shown(value)));
                }
            }
            let mut sources: Vec<_> = merges
                .into_iter()
                .flat_map(|value| match value.kind() {
                    NodeKind::Sequence => value.items().collect(),
                    _ => vec![value],
                })
                .filter(|value| value.kind() == NodeKind::Mapping)
                .map(|value| (value, Some(via.unwrap_or(value.used))))
                .collect();
            sources.reverse();
            pending.append(&mut sources);
        }
        found
    }
}

/// The items of a sequence.
#[derive(Clone)]
pub struct NodeItems<'a> {
    of: Node<'a>,
    next: u32,
    left: u32,
}

impl<'a> Iterator for NodeItems<'a> {
    type Item = Node<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let node = self.of.view(self.next);
        self.next = self.of.tree.after(self.next);
        Some(node)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

impl ExactSizeIterator for NodeItems<'_> {}

/// Entries as written, repeated keys left out.
#[derive(Clone)]
struct OwnEntries<'a> {
    of: Node<'a>,
    next: u32,
    left: u32,
}

impl<'a> Iterator for OwnEntries<'a> {
    type Item = (Node<'a>, Node<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.left = self.left.checked_sub(1)?;
            let tree = self.of.tree;
            let key = self.next;
            let value = tree.after(key);
            self.next = tree.after(value);
            if tree.raw(key).flags & DUPLICATE == 0 {
                return Some((self.of.view(key), self.of.view(value)));
            }
        }
    }
}

#[derive(Clone)]
enum EntryWalk<'a> {
    Own(OwnEntries<'a>),
    Merged(std::vec::IntoIter<(Node<'a>, Node<'a>)>),
}

/// The entries of a mapping.
#[derive(Clone)]
pub struct NodeEntries<'a>(EntryWalk<'a>);

impl<'a> Iterator for NodeEntries<'a> {
    type Item = (Node<'a>, Node<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            EntryWalk::Own(own) => own.next(),
            EntryWalk::Merged(merged) => merged.next(),
        }
    }

    #[inline]
    fn fold<B, F: FnMut(B, Self::Item) -> B>(self, init: B, f: F) -> B {
        match self.0 {
            EntryWalk::Own(own) => own.fold(init, f),
            EntryWalk::Merged(merged) => merged.fold(init, f),
        }
    }
}
