//! The arena of one document's nodes, and the view of a node in it.
//!
//! Nodes lie in the order they are written: a collection's first child follows it, and a
//! collection knows where the node after its last child is. Scalars whose text is the same in the
//! file are not copied. An alias is a node that names its anchor's node; views see through it.

use std::ops::Range;

use rust_decimal::Decimal;
use rustc_hash::FxHashSet;

use super::{number, places};
use crate::source::{SourceFile, Span};

/// What a node is, by the YAML 1.2 core schema or by JSON's own syntax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `null`, `~`, or nothing at all.
    Null,
    /// `true` or `false`.
    Bool,
    /// An integer or a decimal number; in YAML also `.inf` and `.nan`, which have no exact value.
    Number,
    /// A text.
    String,
    /// A list.
    Sequence,
    /// Keys and values.
    Mapping,
}

/// How a node is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScalarStyle {
    /// YAML without quotes; also the literals and numbers of JSON.
    Plain,
    /// YAML in `'...'`.
    SingleQuoted,
    /// YAML in `"..."`.
    DoubleQuoted,
    /// YAML after `|`.
    Literal,
    /// YAML after `>`.
    Folded,
    /// A JSON string.
    Json,
    /// A YAML collection by indentation.
    Block,
    /// A YAML collection in `[...]` or `{...}`.
    Flow,
    /// A JSON collection.
    JsonFlow,
    /// A cell of a table, or an item in one.
    Cell,
    /// A cell that holds several values.
    CellList,
    /// A row of a table.
    Row,
    /// The row of headings of a table: a list of them.
    Headings,
    /// The text of an XML element.
    Xml,
    /// An XML element that holds others, or several of one name.
    XmlElement,
}

impl ScalarStyle {
    /// Whether the node is written in JSON, or in a part of YAML where line breaks mean nothing.
    #[must_use]
    pub const fn is_flow(self) -> bool {
        matches!(self, Self::Flow | Self::JsonFlow)
    }
}

/// Kind of a stored node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    Value(Kind),
    Alias,
}

/// The scalar's text lies in the tree's own buffer, not in the source.
pub(super) const OWNED: u8 = 1;
/// A key that repeats an earlier one of its mapping.
pub(super) const DUPLICATE: u8 = 2;
/// A `<<` key whose value is merged; on a mapping: it has one.
pub(super) const MERGE: u8 = 4;
/// A collection whose end is not read yet.
pub(super) const OPEN: u8 = 8;

/// A stored node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Raw {
    pub span: Span,
    /// Scalars: where the text starts. Collections: the node after the last child. Aliases: the target.
    pub a: u32,
    /// Scalars: bytes of the text. Sequences: items. Mappings: entries as written.
    pub b: u32,
    pub kind: Stored,
    pub style: ScalarStyle,
    pub flags: u8,
}

/// Where a node's anchor and tag are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Props {
    pub node: u32,
    pub anchor: Span,
    pub tag: Span,
}

/// A YAML comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// The comment with its `#`, without the line break.
    pub span: Span,
    /// What follows the `#`, blanks around it left out.
    pub text: Span,
    /// Whether nothing but blanks stands before it on its line.
    pub own_line: bool,
}

/// The nodes of one document, in an arena that is used again for the next.
#[derive(Debug, Default)]
pub struct Tree {
    pub(super) nodes: Vec<Raw>,
    pub(super) strings: String,
    pub(super) comments: Vec<Comment>,
    pub(super) props: Vec<Props>,
    pub(super) is_json: bool,
    pub(super) work: super::build::Work,
}

impl Tree {
    /// An empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The comments of the source read last, in the order they are written.
    ///
    /// They are those of all its documents: while [`super::parse`] runs, of those read so far.
    #[must_use]
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// Where the anchors of the current document are written.
    pub fn anchors(&self) -> impl Iterator<Item = Span> {
        self.props.iter().map(|props| props.anchor).filter(|anchor| !anchor.is_empty())
    }

    /// Number of nodes of the current document.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// Forgets the document, keeping the memory and the comments.
    pub(super) fn clear(&mut self) {
        self.nodes.clear();
        self.strings.clear();
        self.props.clear();
        self.work.clear();
    }

    pub(super) fn clear_all(&mut self) {
        self.clear();
        self.comments.clear();
    }

    #[inline]
    pub(super) fn raw(&self, id: u32) -> &Raw {
        static NOTHING: Raw = Raw {
            span: Span { start: 0, end: 0 },
            a: 0,
            b: 0,
            kind: Stored::Value(Kind::Null),
            style: ScalarStyle::Plain,
            flags: 0,
        };
        self.nodes.get(id as usize).unwrap_or(&NOTHING)
    }

    /// The node itself, or what it is an alias of. Aliases never name aliases.
    #[inline]
    pub(super) fn target(&self, id: u32) -> u32 {
        let raw = self.raw(id);
        if raw.kind == Stored::Alias { raw.a } else { id }
    }

    /// The node that follows a node and all inside it.
    #[inline]
    pub(super) fn after(&self, id: u32) -> u32 {
        let raw = self.raw(id);
        match raw.kind {
            Stored::Value(Kind::Sequence | Kind::Mapping) => raw.a.max(id + 1),
            _ => id + 1,
        }
    }

    /// The decoded text of a scalar; empty for what is none.
    #[inline]
    pub(super) fn text<'a>(&'a self, source: &'a str, id: u32) -> &'a str {
        let raw = self.raw(self.target(id));
        if matches!(raw.kind, Stored::Value(Kind::Sequence | Kind::Mapping)) {
            return "";
        }
        let within = if raw.flags & OWNED == 0 { source } else { &self.strings };
        within.get(raw.a as usize..raw.a as usize + raw.b as usize).unwrap_or_default()
    }

    /// The decoded text of a scalar; `None` for a collection.
    #[inline]
    fn scalar<'a>(&'a self, source: &'a str, raw: &Raw) -> Option<&'a str> {
        if matches!(raw.kind, Stored::Value(Kind::Sequence | Kind::Mapping)) {
            return None;
        }
        let within = if raw.flags & OWNED == 0 { source } else { &self.strings };
        Some(within.get(raw.a as usize..raw.a as usize + raw.b as usize).unwrap_or_default())
    }

    fn props_of(&self, id: u32) -> Option<&Props> {
        let at = self.props.binary_search_by_key(&id, |props| props.node).ok()?;
        self.props.get(at)
    }

    /// The root of the document read last.
    #[inline]
    pub(super) fn root<'a>(&'a self, source: &'a SourceFile) -> Node<'a> {
        Node { tree: self, source, id: self.target(0), used: 0 }
    }
}

/// A view of one node of a document.
///
/// Aliases are seen through: a node reached by one is the anchor's node, whose [span](Self::span)
/// is where it is written, while [`Self::use_span`] is where the alias stands.
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
    fn view(self, id: u32) -> Self {
        Node { id: self.tree.target(id), used: id, ..self }
    }

    #[inline]
    fn raw(self) -> &'a Raw {
        self.tree.raw(self.id)
    }

    /// The source this node is written in.
    #[inline]
    #[must_use]
    pub const fn source(self) -> &'a SourceFile {
        self.source
    }

    /// The tree this node belongs to.
    #[must_use]
    pub const fn tree(self) -> &'a Tree {
        self.tree
    }

    /// What the node is.
    #[inline]
    #[must_use]
    pub fn kind(self) -> Kind {
        match self.raw().kind {
            Stored::Value(kind) => kind,
            Stored::Alias => Kind::Null,
        }
    }

    /// How the node is written.
    #[must_use]
    pub fn style(self) -> ScalarStyle {
        self.raw().style
    }

    /// Where the node is written: a scalar with its quotes or its `|` line, a collection with its
    /// brackets or from its first to its last character; without anchor and tag.
    #[inline]
    #[must_use]
    pub fn span(self) -> Span {
        self.raw().span
    }

    /// Where the node is used: the alias it was reached by, or else its own span.
    #[inline]
    #[must_use]
    pub fn use_span(self) -> Span {
        self.tree.raw(self.used).span
    }

    /// The alias the node was reached by, or the one that merged it into its mapping.
    #[must_use]
    pub fn alias_span(self) -> Option<Span> {
        (self.used != self.id).then(|| self.use_span())
    }

    /// The span with the anchor and the tag before it.
    #[must_use]
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

    /// A short span that stands for the node: a scalar, a first key, a bracket or a dash.
    #[must_use]
    pub fn head_span(self) -> Span {
        let span = self.span();
        match self.kind() {
            Kind::Mapping if self.raw().b > 0 && !self.has_brackets() => self.tree.raw(self.id + 1).span,
            Kind::Sequence if self.style() == ScalarStyle::Headings => span,
            Kind::Mapping | Kind::Sequence => Span::new(span.start, (span.start + 1).min(span.end)),
            _ => span,
        }
    }

    /// Whether the node is a collection in brackets; a single pair in a flow list has none.
    pub fn has_brackets(self) -> bool {
        self.style().is_flow() && self.written().starts_with(['[', '{'])
    }

    /// The tag as written (`!!str`, `!local`), where there is one.
    #[must_use]
    pub fn tag(self) -> Option<&'a str> {
        let props = self.tree.props_of(self.id)?;
        (!props.tag.is_empty()).then(|| self.source.slice(props.tag))
    }

    /// The node as written.
    #[must_use]
    pub fn written(self) -> &'a str {
        self.source.slice(self.span())
    }

    /// The decoded text of a scalar of any kind: a number's digits as written, `true`, `null`.
    #[inline]
    #[must_use]
    pub fn scalar(self) -> Option<&'a str> {
        // INVARIANT: `id` is never that of an alias.
        let raw = self.tree.nodes.get(self.id as usize)?;
        self.tree.scalar(self.source.text(), raw)
    }

    /// The decoded text of a scalar that is not null.
    #[inline]
    pub fn value_text(self) -> Option<&'a str> {
        let raw = self.tree.nodes.get(self.id as usize)?;
        let is_null = raw.kind == Stored::Value(Kind::Null);
        if is_null { None } else { self.tree.scalar(self.source.text(), raw) }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        if self.kind() == Kind::String { self.scalar() } else { None }
    }

    /// The value of a boolean.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        if self.kind() != Kind::Bool {
            return None;
        }
        self.scalar().map(|text| text.starts_with(['t', 'T']))
    }

    /// The exact value of a number: `None` also for one that 28 digits cannot hold.
    #[must_use]
    pub fn number(self) -> Option<Decimal> {
        if self.kind() == Kind::Number { number::decimal(self.scalar()?) } else { None }
    }

    /// Whether the node is null.
    #[inline]
    #[must_use]
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// Whether nothing is written here at all, as after `key:` at the end of a line.
    #[must_use]
    pub fn is_absent(self) -> bool {
        self.is_null() && self.span().is_empty()
    }

    /// Whether the node is null, or a plain or quoted text of nothing but blanks.
    #[must_use]
    pub fn is_plain_nullish(self) -> bool {
        self.is_null() || self.as_str().is_some_and(|text| text.trim().is_empty())
    }

    /// Number of items or entries; 0 for a scalar.
    #[must_use]
    pub fn len(self) -> usize {
        match self.kind() {
            Kind::Sequence => self.raw().b as usize,
            Kind::Mapping => self.entries().count(),
            _ => 0,
        }
    }

    /// Whether there are no items and no entries.
    #[inline]
    #[must_use]
    pub fn is_empty(self) -> bool {
        let raw = self.raw();
        match raw.kind {
            Stored::Value(Kind::Mapping) if raw.flags & MERGE != 0 => self.entries().next().is_none(),
            Stored::Value(Kind::Mapping | Kind::Sequence) => raw.b == 0,
            _ => true,
        }
    }

    /// The items of a sequence; none for what is not one.
    #[inline]
    #[must_use]
    pub fn items(self) -> Items<'a> {
        let raw = self.raw();
        let left = if raw.kind == Stored::Value(Kind::Sequence) { raw.b } else { 0 };
        Items { of: self, next: self.id + 1, left }
    }

    /// The entries of a mapping, keys with their values; none for what is not one.
    ///
    /// Entries that a YAML merge key (`<<`) brings in follow the mapping's own, and only under
    /// keys it does not have. Of a repeated key only the first entry counts.
    #[inline]
    #[must_use]
    pub fn entries(self) -> Entries<'a> {
        let raw = self.raw();
        let is_mapping = raw.kind == Stored::Value(Kind::Mapping);
        let own = OwnEntries { of: self, next: self.id + 1, left: if is_mapping { raw.b } else { 0 } };
        if is_mapping && raw.flags & MERGE != 0 {
            return Entries(Walk::Merged(self.merged().into_iter()));
        }
        Entries(Walk::Own(own))
    }

    /// The value under a key.
    #[inline]
    #[must_use]
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.get_entry(key).map(|(_, value)| value)
    }

    /// Key and value under a key.
    #[inline]
    #[must_use]
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
    #[must_use]
    pub fn source_span(self, range: Range<usize>) -> Span {
        let raw = self.raw();
        let Some(text) = self.scalar() else {
            return raw.span;
        };
        if range.start > text.len() {
            return raw.span;
        }
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
            Stored::Value(Kind::Sequence) => raw.b,
            Stored::Value(Kind::Mapping) => raw.b * 2,
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

    /// Whether the node stands in a JSON document.
    pub fn is_json(self) -> bool {
        self.tree.is_json
    }

    /// Whether the node stands inside brackets.
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
                    Kind::Sequence => value.items().collect(),
                    _ => vec![value],
                })
                .filter(|value| value.kind() == Kind::Mapping)
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
pub struct Items<'a> {
    of: Node<'a>,
    next: u32,
    left: u32,
}

impl<'a> Iterator for Items<'a> {
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

impl ExactSizeIterator for Items<'_> {}

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
enum Walk<'a> {
    Own(OwnEntries<'a>),
    Merged(std::vec::IntoIter<(Node<'a>, Node<'a>)>),
}

/// The entries of a mapping.
#[derive(Clone)]
pub struct Entries<'a>(Walk<'a>);

impl<'a> Iterator for Entries<'a> {
    type Item = (Node<'a>, Node<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Walk::Own(own) => own.next(),
            Walk::Merged(merged) => merged.next(),
        }
    }

    #[inline]
    fn fold<B, F: FnMut(B, Self::Item) -> B>(self, init: B, f: F) -> B {
        match self.0 {
            Walk::Own(own) => own.fold(init, f),
            Walk::Merged(merged) => merged.fold(init, f),
        }
    }
}
