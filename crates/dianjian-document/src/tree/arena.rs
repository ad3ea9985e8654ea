//! The arena of one document's nodes.
//!
//! Nodes lie in the order they are written: a collection's first child follows it, and a collection knows where
//! the node after its last child is. A scalar whose text is the same in the file is not copied. An alias is a node
//! that names its anchor's node, so that a document of aliases of aliases takes no more memory than its text.

use super::node::Node;
use crate::source::{SourceFile, Span};

/// What a node is, by the YAML 1.2 core schema or by JSON's own syntax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeKind {
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
    pub const fn is_flow(self) -> bool {
        matches!(self, Self::Flow | Self::JsonFlow)
    }
}

/// Kind of a stored node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    Value(NodeKind),
    Alias,
}

/// The scalar's text is in the tree's own buffer, because it differs from the source (escapes, folding).
pub(super) const OWNED: u8 = 1;
/// A key that repeats an earlier one of its mapping.
pub(super) const DUPLICATE: u8 = 2;
/// A `<<` key whose value is merged; on a mapping: it has one.
pub(super) const MERGE: u8 = 4;
/// A collection whose end is not read yet.
pub(super) const OPEN: u8 = 8;

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
    /// Whether only blanks precede it on its line.
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
    pub(super) work: super::build::BuilderScratch,
}

impl Tree {
    /// An empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// The comments of the source read last, in the order they are written.
    ///
    /// They are those of all its documents: while [`super::parse`] runs, of those read so far.
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// Where the anchors of the current document are written.
    pub fn anchors(&self) -> impl Iterator<Item = Span> {
        self.props.iter().map(|props| props.anchor).filter(|anchor| !anchor.is_empty())
    }

    /// Number of nodes of the current document.
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
            kind: Stored::Value(NodeKind::Null),
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
            Stored::Value(NodeKind::Sequence | NodeKind::Mapping) => raw.a.max(id + 1),
            _ => id + 1,
        }
    }

    /// The decoded text of a scalar; empty for a collection.
    #[inline]
    pub(super) fn text<'a>(&'a self, source: &'a str, id: u32) -> &'a str {
        self.scalar(source, self.raw(self.target(id))).unwrap_or_default()
    }

    /// The decoded text of a scalar; `None` for a collection.
    #[inline]
    pub(super) fn scalar<'a>(&'a self, source: &'a str, raw: &Raw) -> Option<&'a str> {
        if matches!(raw.kind, Stored::Value(NodeKind::Sequence | NodeKind::Mapping)) {
            return None;
        }
        let within = if raw.flags & OWNED == 0 { source } else { &self.strings };
        Some(within.get(raw.a as usize..raw.a as usize + raw.b as usize).unwrap_or_default())
    }

    pub(super) fn props_of(&self, id: u32) -> Option<&Props> {
        let at = self.props.binary_search_by_key(&id, |props| props.node).ok()?;
        self.props.get(at)
    }

    /// The root of the document read last.
    #[inline]
    pub(super) fn root<'a>(&'a self, source: &'a SourceFile) -> Node<'a> {
        Node::root(self, source, self.target(0))
    }
}
