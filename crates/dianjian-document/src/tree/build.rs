//! What both readers share while they fill a tree: open collections, limits, repeated keys.

use std::hash::{BuildHasher, Hasher};

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use super::arena::{DUPLICATE, MERGE, NodeKind, OPEN, Props, Raw, ScalarStyle, Stored, Tree};
use super::error::{DocumentError, DocumentErrorKind, RelatedPlace};
use crate::source::{Limits, Span};

/// Mappings of more entries than this are searched for repeated keys by a hash table.
const FEW_KEYS: usize = 24;

#[derive(Debug, Clone, Copy)]
struct OpenCollection {
    node: u32,
    children: u32,
    is_mapping: bool,
    /// Nodes in it once every alias is expanded.
    expanded: u64,
    /// Collections inside one another in it, aliases followed.
    height: u32,
    /// Where its last finished child ends.
    last_end: u32,
    /// Its place among the anchored nodes, or `NO_ANCHOR`.
    anchor: u32,
}

const NO_ANCHOR: u32 = u32::MAX;

/// A node that aliases can name.
#[derive(Debug, Clone, Copy)]
struct AnchoredNode {
    id: usize,
    node: u32,
    expanded: u64,
    height: u32,
}

/// Memory used while reading, kept from document to document.
#[derive(Debug, Default)]
pub(super) struct BuilderScratch {
    frames: Vec<OpenCollection>,
    anchors: Vec<AnchoredNode>,
    keys: Vec<u32>,
    table: HashTable<u32>,
    /// `<<` keys whose value is not read yet, with their mappings.
    pub(super) merges: Vec<(u32, u32)>,
}

impl BuilderScratch {
    pub(super) fn clear(&mut self) {
        self.frames.clear();
        self.anchors.clear();
        self.merges.clear();
    }
}

/// Fills a tree with the nodes of one document.
pub(super) struct TreeBuilder<'t> {
    pub tree: &'t mut Tree,
    text: &'t str,
    limits: &'t Limits,
    /// Problems that do not end the document.
    pub problems: Vec<DocumentError>,
}

impl<'t> TreeBuilder<'t> {
    pub(super) fn new(tree: &'t mut Tree, text: &'t str, limits: &'t Limits) -> Self {
        Self { tree, text, limits, problems: Vec::new() }
    }

    /// Reports a problem that does not end the document.
    pub(super) fn report(&mut self, problem: DocumentError) {
        if self.problems.len() < self.limits.problems {
            self.problems.push(problem);
        }
    }

    /// Whether the limit of problems is reached, so that reading stops.
    pub(super) fn has_too_many_problems(&self) -> bool {
        self.problems.len() >= self.limits.problems
    }

    /// Open collections around the next node.
    #[inline]
    pub(super) fn depth(&self) -> usize {
        self.tree.work.frames.len()
    }

    /// Whether the next node is the value of an entry.
    pub(super) fn expects_value(&self) -> bool {
        self.tree.work.frames.last().is_some_and(|frame| frame.is_mapping && frame.children % 2 == 1)
    }

    /// Whether the innermost open collection is a mapping.
    #[inline]
    pub(super) fn in_mapping(&self) -> bool {
        self.tree.work.frames.last().is_some_and(|frame| frame.is_mapping)
    }

    /// Whether the next node is the key of an entry.
    pub(super) fn expects_key(&self) -> bool {
        self.tree.work.frames.last().is_some_and(|frame| frame.is_mapping && frame.children % 2 == 0)
    }

    fn next_id(&self, at: Span) -> Result<u32, DocumentError> {
        let id = self.tree.nodes.len();
        if id >= self.limits.nodes.min(u32::MAX as usize - 1) {
            return Err(DocumentError::new(DocumentErrorKind::TooManyNodes { limit: self.limits.nodes as u64 }, at));
        }
        Ok(id as u32)
    }

    /// Adds a scalar whose text is `len` bytes at `at` of the source, or of the tree's buffer.
    #[inline]
    pub(super) fn scalar(
        &mut self,
        kind: NodeKind,
        style: ScalarStyle,
        span: Span,
        text: (usize, usize),
        flags: u8,
    ) -> Result<u32, DocumentError> {
        let id = self.next_id(span)?;
        let (at, len) = text;
        if len > self.limits.scalar_bytes || at > u32::MAX as usize {
            let limit = self.limits.scalar_bytes as u64;
            return Err(DocumentError::new(DocumentErrorKind::ScalarTooLong { limit }, Span::at(span.start)));
        }
        let raw = Raw { span, a: at as u32, b: len as u32, kind: Stored::Value(kind), style, flags };
        self.tree.nodes.push(raw);
        self.count_child(1, 0, span)?;
        Ok(id)
    }

    /// Opens a collection.
    #[inline]
    pub(super) fn open(&mut self, kind: NodeKind, style: ScalarStyle, span: Span) -> Result<u32, DocumentError> {
        let id = self.next_id(span)?;
        if self.depth() >= self.limits.depth {
            return Err(DocumentError::new(DocumentErrorKind::TooDeep { limit: self.limits.depth as u64 }, span));
        }
        let raw = Raw { span, a: id + 1, b: 0, kind: Stored::Value(kind), style, flags: OPEN };
        self.tree.nodes.push(raw);
        let is_mapping = kind == NodeKind::Mapping;
        self.tree.work.frames.push(OpenCollection {
            node: id,
            children: 0,
            is_mapping,
            expanded: 1,
            height: 1,
            last_end: span.start,
            anchor: NO_ANCHOR,
        });
        Ok(id)
    }

    /// Closes the innermost collection; `end` is where it ends, or `None` for where its last child does.
    #[inline]
    pub(super) fn close(&mut self, end: Option<u32>) -> Result<(), DocumentError> {
        let Some(frame) = self.tree.work.frames.pop() else { return Ok(()) };
        let next = self.tree.nodes.len() as u32;
        let Some(raw) = self.tree.nodes.get_mut(frame.node as usize) else { return Ok(()) };
        raw.a = next;
        raw.b = if frame.is_mapping { frame.children / 2 } else { frame.children };
        raw.flags &= !OPEN;
        raw.span = Span::new(raw.span.start, end.unwrap_or(frame.last_end));
        let span = raw.span;
        if frame.is_mapping && frame.children > 2 {
            self.find_repeated(frame.node);
        }
        if let Some(anchor) = self.tree.work.anchors.get_mut(frame.anchor as usize) {
            anchor.expanded = frame.expanded;
            anchor.height = frame.height;
        }
        self.count_child(frame.expanded, frame.height, span)
    }

    /// Counts a finished node towards the collection it is in.
    #[inline]
    fn count_child(&mut self, expanded: u64, height: u32, at: Span) -> Result<(), DocumentError> {
        let depth = self.tree.work.frames.len();
        let Some(frame) = self.tree.work.frames.last_mut() else { return Ok(()) };
        frame.children += 1;
        frame.last_end = at.end;
        frame.expanded = frame.expanded.saturating_add(expanded);
        frame.height = frame.height.max(height + 1);
        if depth + height as usize > self.limits.depth {
            return Err(DocumentError::new(DocumentErrorKind::TooDeep { limit: self.limits.depth as u64 }, at));
        }
        Ok(())
    }

    /// Gives the node read last an anchor.
    pub(super) fn anchor(&mut self, node: u32, id: usize, span: Span) {
        let work = &mut self.tree.work;
        if let Some(frame) = work.frames.last_mut()
            && frame.node == node
        {
            frame.anchor = work.anchors.len() as u32;
        }
        work.anchors.push(AnchoredNode { id, node, expanded: 1, height: 0 });
        self.props(node).anchor = span;
    }

    /// Where the node read last has its anchor and tag.
    pub(super) fn props(&mut self, node: u32) -> &mut Props {
        let props = &mut self.tree.props;
        if props.last().is_none_or(|last| last.node != node) {
            props.push(Props { node, anchor: Span::default(), tag: Span::default() });
        }
        let at = props.len() - 1;
        &mut props[at]
    }

    /// Adds an alias of the anchor that the parser numbered `id`.
    pub(super) fn alias(&mut self, id: usize, span: Span) -> Result<(), DocumentError> {
        let anchors = &self.tree.work.anchors;
        let found = anchors.binary_search_by_key(&id, |anchor| anchor.id).ok().and_then(|at| anchors.get(at)).copied();
        let name = || self.text.get(span.start as usize + 1..span.end as usize).unwrap_or_default().to_owned();
        let Some(anchored) = found else {
            let problem = DocumentError::new(DocumentErrorKind::UndefinedAlias { name: name() }, span);
            return self.no_alias(problem, span);
        };
        let target = self.tree.raw(anchored.node);
        if target.flags & OPEN != 0 {
            let problem = DocumentError::new(DocumentErrorKind::AliasCycle { name: name() }, span);
            let first = Span::at(target.span.start);
            return self.no_alias(problem.with_related(RelatedPlace::Anchor, first), span);
        }
        self.next_id(span)?;
        let raw = Raw { span, a: anchored.node, b: 0, kind: Stored::Alias, style: ScalarStyle::Plain, flags: 0 };
        self.tree.nodes.push(raw);
        self.count_child(anchored.expanded, anchored.height, span)?;
        self.check_expansion(span)
    }

    /// Reports an alias without an anchor, and puts null in its place.
    pub(super) fn no_alias(&mut self, problem: DocumentError, span: Span) -> Result<(), DocumentError> {
        self.report(problem);
        self.scalar(NodeKind::Null, ScalarStyle::Plain, span, (span.start as usize, 0), 0)?;
        Ok(())
    }

    /// Only aliases make the expanded size outgrow what is written, so only they check it.
    fn check_expansion(&self, at: Span) -> Result<(), DocumentError> {
        let total = self.tree.work.frames.iter().fold(0_u64, |sum, frame| sum.saturating_add(frame.expanded));
        let limit = self.limits.expanded_nodes.saturating_add(self.tree.nodes.len() as u64);
        if total > limit {
            let limit = self.limits.expanded_nodes;
            return Err(DocumentError::new(DocumentErrorKind::AliasExpansion { limit }, at));
        }
        Ok(())
    }

    /// Marks and reports keys of a mapping that repeat an earlier one.
    fn find_repeated(&mut self, mapping: u32) {
        let mut keys = std::mem::take(&mut self.tree.work.keys);
        keys.clear();
        let raw = *self.tree.raw(mapping);
        let mut next = mapping + 1;
        for _ in 0..raw.b {
            keys.push(next);
            next = self.tree.after(self.tree.after(next));
        }
        if keys.len() <= FEW_KEYS {
            self.repeated_among_few(&keys);
        } else {
            self.repeated_among_many(&keys);
        }
        self.tree.work.keys = keys;
    }

    fn repeated_among_few(&mut self, keys: &[u32]) {
        let mut met = 0_u64;
        for (at, &key) in keys.iter().enumerate() {
            let text = self.tree.text(self.text, key).as_bytes();
            let ends = text.first().copied().unwrap_or(0) ^ text.last().copied().unwrap_or(0).rotate_left(3);
            let middle = text.get(text.len() / 2).copied().unwrap_or(0).rotate_left(1);
            let bit = 1_u64 << ((ends ^ middle).wrapping_add(text.len() as u8) & 63);
            if met & bit != 0 {
                let earlier = keys.iter().take(at).copied().find(|&other| self.is_same_key(other, key));
                if let Some(first) = earlier {
                    self.repeated(first, key);
                }
            }
            met |= bit;
        }
    }

    fn repeated_among_many(&mut self, keys: &[u32]) {
        let mut table = std::mem::take(&mut self.tree.work.table);
        table.clear();
        let hash = |tree: &Tree, text: &str, key: u32| {
            let mut hasher = FxBuildHasher.build_hasher();
            hasher.write(tree.text(text, key).as_bytes());
            hasher.finish()
        };
        for &key in keys {
            let hashed = hash(self.tree, self.text, key);
            match table.find(hashed, |&other| self.is_same_key(other, key)).copied() {
                Some(first) => self.repeated(first, key),
                None => {
                    table.insert_unique(hashed, key, |&other| hash(self.tree, self.text, other));
                }
            }
        }
        self.tree.work.table = table;
    }

    /// Whether two keys name the same entry: scalars of equal text.
    fn is_same_key(&self, one: u32, other: u32) -> bool {
        let scalar = |id| self.tree.scalar(self.text, self.tree.raw(self.tree.target(id)));
        scalar(one).is_some() && scalar(one) == scalar(other)
    }

    fn repeated(&mut self, first: u32, second: u32) {
        let key = self.tree.text(self.text, second).to_owned();
        let (first, span) = (self.tree.raw(first).span, self.tree.raw(second).span);
        if let Some(raw) = self.tree.nodes.get_mut(second as usize) {
            raw.flags |= DUPLICATE;
        }
        let error = DocumentError::new(DocumentErrorKind::DuplicateKey { key }, span);
        self.report(error.with_related(RelatedPlace::FirstKey, first));
    }

    /// Marks a `<<` key, so that its value's entries become the mapping's.
    pub(super) fn mark_merge(&mut self, mapping: u32, key: u32) {
        for node in [mapping, key] {
            if let Some(raw) = self.tree.nodes.get_mut(node as usize) {
                raw.flags |= MERGE;
            }
        }
    }

    /// The innermost open collection.
    pub(super) fn parent(&self) -> Option<u32> {
        self.tree.work.frames.last().map(|frame| frame.node)
    }
}
