//! YAML: events of `granit-parser` into our tree.
//!
//! This is the only module that knows the parser. Two of its habits are evened out here: a value
//! that is not written at all comes as `~` with an empty span, and a block collection's own span
//! is empty, as is the header's part of a block scalar's.

use granit_parser::{ErrorKind, Event, Parser, ScanError, StrInput, StructureStyle, Tag};

use super::arena::{Comment, NodeKind, OWNED, ScalarStyle, Stored, Tree};
use super::build::TreeBuilder;
use super::error::{DocumentError, DocumentErrorKind};
use super::layout;
use super::messages as say;
use super::node::Node;
use super::scalar::plain_kind;
use super::yaml_errors::message_of;
use crate::source::{Limits, SourceFile, Span};

type ContentPlace = granit_parser::Span;

/// Reads all documents of a YAML text.
pub(super) fn parse(
    source: &SourceFile,
    limits: &Limits,
    tree: &mut Tree,
    each: &mut dyn FnMut(Node<'_>),
) -> Vec<DocumentError> {
    let mut reader = YamlReader::new(source.text(), limits, tree);
    let mut parser = Parser::new_from_str_with_options(source.text(), options(limits));
    while let Some(next) = parser.next_event() {
        let done = match next {
            Ok((event, place)) => reader.event(event, &place),
            Err(error) => Err(reader.scan_error(&error)),
        };
        match done {
            Ok(false) => {}
            Ok(true) => each(reader.builder.tree.root(source)),
            Err(problem) => {
                if !reader.abandon(problem, &mut parser) {
                    break;
                }
            }
        }
    }
    reader.builder.problems
}

fn options(limits: &Limits) -> granit_parser::Options {
    granit_parser::options! {
        strict_indentation: true,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        max_buffered_comment_events: usize::MAX,
        flow_nesting_limit: limits.depth,
        block_nesting_limit: limits.depth,
    }
}

struct YamlReader<'t> {
    builder: TreeBuilder<'t>,
    text: &'t str,
    limits: &'t Limits,
    /// Where the token before ends, which bounds the search for a block scalar's header.
    token_end: u32,
    /// The node that an anchor event speaks of.
    last_node: u32,
    /// How far the parser had come at the last error, so that recovery always moves on.
    error_at: Option<usize>,
}

impl<'t> YamlReader<'t> {
    fn new(text: &'t str, limits: &'t Limits, tree: &'t mut Tree) -> Self {
        Self { builder: TreeBuilder::new(tree, text, limits), text, limits, token_end: 0, last_node: 0, error_at: None }
    }

    /// Takes one event in; `true` when it completed a document.
    fn event(&mut self, event: Event<'_>, place: &ContentPlace) -> Result<bool, DocumentError> {
        let span = byte_span(place);
        match event {
            Event::Scalar(value, style, _, tag) => self.scalar(&value, style, span, place, tag.as_deref())?,
            Event::SequenceStart(style, _, tag) => {
                self.open(NodeKind::Sequence, style, span, place)?;
                self.foreign_tag(tag.as_deref(), place);
            }
            Event::MappingStart(style, _, tag) => {
                self.open(NodeKind::Mapping, style, span, place)?;
                self.foreign_tag(tag.as_deref(), place);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.builder.close((!span.is_empty()).then_some(span.end))?;
                self.settle_merge();
            }
            Event::Alias(id) => {
                self.builder.alias(id, span)?;
                self.settle_merge();
            }
            Event::UnresolvedAlias(name) => {
                let problem = DocumentError::new(DocumentErrorKind::UndefinedAlias { name: name.into_owned() }, span);
                self.builder.no_alias(problem, span)?;
                self.settle_merge();
            }
            Event::Anchor(id, _) => self.builder.anchor(self.last_node, id, span),
            Event::Comment(..) => self.comment(span),
            Event::DocumentStart(is_marked, _) => {
                self.builder.tree.clear();
                // Without `---` the event may cover content that is still to come.
                if is_marked {
                    self.token_end = span.end;
                }
                return Ok(false);
            }
            Event::DocumentEnd => return Ok(self.builder.tree.node_count() > 0),
            _ => return Ok(false),
        }
        if !span.is_empty() {
            self.token_end = self.token_end.max(span.end);
        }
        Ok(false)
    }

    fn scalar(
        &mut self,
        value: &str,
        style: granit_parser::ScalarStyle,
        span: Span,
        place: &ContentPlace,
        tag: Option<&Tag>,
    ) -> Result<(), DocumentError> {
        use granit_parser::ScalarStyle as Granit;
        let style = match style {
            Granit::Plain => ScalarStyle::Plain,
            Granit::SingleQuoted => ScalarStyle::SingleQuoted,
            Granit::DoubleQuoted => ScalarStyle::DoubleQuoted,
            Granit::Literal => ScalarStyle::Literal,
            Granit::Folded => ScalarStyle::Folded,
        };
        let is_plain = style == ScalarStyle::Plain;
        let is_unwritten = is_plain && span.is_empty();
        let value = if is_unwritten { "" } else { value };
        let span = match style {
            ScalarStyle::Literal | ScalarStyle::Folded => self.block_span(span),
            _ if is_unwritten => Span::at(self.after_indicator(span.start)),
            _ => span,
        };
        if is_plain && self.builder.expects_key() {
            self.check_indentation(span)?;
        }
        let kind = if self.foreign_tag(tag, place) { NodeKind::Null } else { kind_of(value, is_plain, tag) };
        let (text, flags) = self.store(value);
        // The parser's own span of a block scalar without text is empty, but its header is read.
        self.token_end = self.token_end.max(span.end);
        self.last_node = self.builder.scalar(kind, style, span, text, flags)?;
        self.tag(place);
        self.check_key(self.last_node, is_plain && value == "<<", span);
        self.settle_merge();
        Ok(())
    }

    /// Where a scalar's text is: in the source if it is unchanged there, else in the tree.
    fn store(&mut self, value: &str) -> ((usize, usize), u8) {
        let base = self.text.as_ptr() as usize;
        let at = (value.as_ptr() as usize).wrapping_sub(base);
        if self.text.get(at..at.wrapping_add(value.len())).is_some_and(|same| same == value) {
            return ((at, value.len()), 0);
        }
        let strings = &mut self.builder.tree.strings;
        let at = strings.len();
        strings.push_str(value);
        ((at, value.len()), OWNED)
    }

    fn open(
        &mut self,
        kind: NodeKind,
        style: StructureStyle,
        span: Span,
        place: &ContentPlace,
    ) -> Result<(), DocumentError> {
        self.check_complex_key(span);
        let (style, span) = match style {
            StructureStyle::Flow => (ScalarStyle::Flow, span),
            StructureStyle::Block if kind == NodeKind::Sequence => {
                (ScalarStyle::Block, Span::at(self.dash(span.start)))
            }
            StructureStyle::Block => (ScalarStyle::Block, span),
        };
        self.last_node = self.builder.open(kind, style, span)?;
        self.tag(place);
        Ok(())
    }

    fn tag(&mut self, place: &ContentPlace) {
        if let Some(tag) = place.tag_span() {
            self.builder.props(self.last_node).tag = byte_span(&tag);
        }
    }

    /// Reports a tag that asks some other program for something (`!include`, `!vault`): what stands after it is not
    /// the value that is meant. Returns whether there is one.
    fn foreign_tag(&mut self, tag: Option<&Tag>, place: &ContentPlace) -> bool {
        let Some(tag) = tag.filter(|tag| is_foreign(tag)) else { return false };
        let span = place.tag_span().map_or_else(|| byte_span(place), |span| byte_span(&span));
        let written = self.text.get(span.range()).filter(|written| !written.is_empty());
        let tag = written.map_or_else(|| tag.to_string(), str::to_owned);
        self.builder.report(DocumentError::new(DocumentErrorKind::ForeignTag { tag }, span));
        true
    }

    /// A key that begins with a blank which is no space to YAML is meant to be indented, and is not.
    fn check_indentation(&self, key: Span) -> Result<(), DocumentError> {
        // Only then is its line looked at, which may be as long as the text.
        let first = self.text.get(key.range()).and_then(|key| key.chars().next());
        if !first.is_some_and(char::is_whitespace) {
            return Ok(());
        }
        match layout::wide_indentation(self.text, key.start as usize) {
            Some((found, place)) => Err(DocumentError::syntax(&say::YAML_WIDE_INDENT, Some(found), place)),
            None => Ok(()),
        }
    }

    fn comment(&mut self, span: Span) {
        let written = self.text.get(span.range()).unwrap_or_default();
        let body = written.strip_prefix('#').unwrap_or(written);
        let start = span.end - body.trim_start().len() as u32;
        let before = self.text.get(..span.start as usize).unwrap_or_default();
        let line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
        let own_line = line.trim_start_matches('\u{feff}').trim().is_empty();
        let text = Span::new(start, start + body.trim().len() as u32);
        self.builder.tree.comments.push(Comment { span, text, own_line });
    }

    /// Remembers a `<<` key until its value is read.
    fn check_key(&mut self, node: u32, is_merge: bool, span: Span) {
        if !is_merge || span.is_empty() {
            return;
        }
        // The scalar is counted already: a value is expected exactly when it was a key.
        if self.builder.expects_value()
            && let Some(parent) = self.builder.parent()
        {
            self.builder.tree.work.merges.push((parent, node));
        }
    }

    /// After a value: if it belongs to a `<<` key, marks the mapping, or says why it cannot be merged.
    fn settle_merge(&mut self) {
        let Some(&(mapping, key)) = self.builder.tree.work.merges.last() else {
            return;
        };
        if self.builder.parent() != Some(mapping) || self.builder.expects_value() {
            return;
        }
        self.builder.tree.work.merges.pop();
        let tree = &self.builder.tree;
        let value = tree.target(key + 1);
        let is_mapping = |id: u32| tree.raw(tree.target(id)).kind == Stored::Value(NodeKind::Mapping);
        let raw = tree.raw(value);
        let fits = match raw.kind {
            Stored::Value(NodeKind::Mapping) => true,
            Stored::Value(NodeKind::Sequence) => {
                let mut item = value + 1;
                (0..raw.b).all(|_| {
                    let fits = is_mapping(item);
                    item = tree.after(item);
                    fits
                })
            }
            _ => false,
        };
        if fits {
            self.builder.mark_merge(mapping, key);
        } else if raw.kind != Stored::Value(NodeKind::Null) {
            let span = self.builder.tree.raw(key).span;
            self.builder.report(DocumentError::new(DocumentErrorKind::BadMerge, span));
        }
    }

    /// Reports a collection used as a key.
    fn check_complex_key(&mut self, span: Span) {
        if self.builder.expects_key() {
            let end = (span.start as usize + 1).min(self.text.len());
            let end = self.text.ceil_char_boundary(end) as u32;
            self.builder.report(DocumentError::new(DocumentErrorKind::ComplexKey, Span::new(span.start, end)));
        }
    }

    /// The offset after the `:` or `-` that an unwritten value belongs to.
    fn after_indicator(&self, offset: u32) -> u32 {
        let next = self.text.as_bytes().get(offset as usize);
        let is_indicator = match next {
            Some(b':') => self.builder.expects_value(),
            Some(b'-' | b'?') => true,
            _ => false,
        };
        if is_indicator && !self.text.get(offset as usize..).unwrap_or_default().starts_with("---") {
            offset + 1
        } else {
            offset
        }
    }

    /// The first `-` of a block sequence, which the parser places after it if the sequence is a
    /// mapping's value and not indented.
    fn dash(&self, offset: u32) -> u32 {
        let before = self.text.get(..offset as usize).unwrap_or_default();
        let trimmed = before.trim_end_matches([' ', '\t', '\n', '\r']);
        match trimmed.strip_suffix('-') {
            Some(rest) if self.builder.expects_value() && (rest.is_empty() || rest.ends_with([' ', '\n', '\r'])) => {
                rest.len() as u32
            }
            _ => offset,
        }
    }

    /// A block scalar from its `|` or `>` to the end of its last line's text.
    fn block_span(&self, content: Span) -> Span {
        let start = self.block_header(content.start).unwrap_or(content.start);
        let written = self.text.get(start as usize..content.end as usize).unwrap_or_default();
        Span::new(start, start + written.trim_end_matches([' ', '\t', '\n', '\r']).len() as u32)
    }

    /// The `|` or `>` between the token before and the content.
    fn block_header(&self, content: u32) -> Option<u32> {
        let from = self.token_end.min(content) as usize;
        let between = self.text.get(from..content as usize)?;
        let mut line_start = 0;
        for line in between.split_inclusive(['\n', '\r']) {
            let mut after_blank = true;
            for (at, character) in line.char_indices() {
                if after_blank && matches!(character, '|' | '>') && is_block_header(line.get(at + 1..)?) {
                    return Some((from + line_start + at) as u32);
                }
                if after_blank && character == '#' {
                    break;
                }
                after_blank = matches!(character, ' ' | '\t' | ':' | '-' | '?' | '\u{feff}');
            }
            line_start += line.len();
        }
        None
    }

    /// The parser's error with a message in both languages.
    fn scan_error(&mut self, error: &ScanError) -> DocumentError {
        let at = error.marker().byte_offset().unwrap_or(self.text.len());
        let at = self.text.floor_char_boundary(at);
        let found = self.text.get(at..).and_then(|rest| rest.chars().next());
        let span = Span::new(
            at as u32,
            (at + found.filter(|found| !matches!(found, '\n' | '\r')).map_or(0, char::len_utf8)) as u32,
        );
        if *error.kind() == ErrorKind::RecursionLimitExceeded {
            return DocumentError::new(DocumentErrorKind::TooDeep { limit: self.limits.depth as u64 }, span);
        }
        let message = message_of(error.kind(), found);
        if let Some(error) = layout::cause(self.text, at, message) {
            return error;
        }
        let found = match error.kind() {
            ErrorKind::UnclosedFlowCollection { open } => Some(*open),
            ErrorKind::MismatchedFlowCollectionEnd { close, .. } => Some(*close),
            ErrorKind::UnexpectedCharacter { character } => Some(*character),
            ErrorKind::UnknownQuotedScalarEscape => self.escaped_at(at),
            _ => found,
        };
        DocumentError::syntax(message, found, span)
    }

    /// The character after the backslash of an escape that begins at or near an offset.
    fn escaped_at(&self, at: usize) -> Option<char> {
        let rest = self.text.get(at..)?;
        let line = rest.get(..rest.find(['\n', '\r']).unwrap_or(rest.len()))?;
        let known = |character: char| "0abtnvfre \"/\\N_LPxuU\t".contains(character);
        let mut characters = line.chars();
        while let Some(character) = characters.next() {
            if character == '\\' {
                let next = characters.next();
                if next.is_none_or(|next| !known(next)) {
                    return next;
                }
            }
        }
        rest.chars().next()
    }

    /// Gives the current document up after a problem; `false` when nothing more can be read.
    fn abandon(&mut self, problem: DocumentError, parser: &mut Parser<'t, StrInput<'t>>) -> bool {
        let at = problem.span.start as usize;
        let is_stuck = self.error_at.is_some_and(|before| at < before) && self.builder.has_too_many_problems();
        self.error_at = Some(at);
        self.builder.report(problem);
        self.builder.tree.clear();
        if is_stuck || self.builder.has_too_many_problems() {
            return false;
        }
        match parser.proceed_next_document() {
            Ok(_) => true,
            Err(error) => {
                let problem = self.scan_error(&error);
                self.builder.report(problem);
                false
            }
        }
    }
}

/// What may follow `|` or `>`: indicators, then nothing or a comment.
fn is_block_header(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '-']);
    let body = rest.trim_start_matches([' ', '\t']);
    body.is_empty() || body.starts_with(['\n', '\r']) || (body.starts_with('#') && body.len() < rest.len())
}

fn byte_span(place: &ContentPlace) -> Span {
    let range = place.byte_range().unwrap_or(0..0);
    Span::new(range.start as u32, range.end as u32)
}

/// Whether a tag is none of YAML's own: those of the core schema, that of days and times, and `!`, which says nothing.
fn is_foreign(tag: &Tag) -> bool {
    let is_time = || tag.suffix_in_namespace("tag:yaml.org,2002:").is_some_and(|name| name == "timestamp");
    tag.core_suffix().is_none() && tag.parts() != ("", "!") && tag.parts() != ("!", "") && !is_time()
}

/// The kind of a scalar by its tag, or by the core schema.
fn kind_of(value: &str, is_plain: bool, tag: Option<&Tag>) -> NodeKind {
    let by_value = || plain_kind(value);
    let Some(tag) = tag else {
        return if is_plain { by_value() } else { NodeKind::String };
    };
    let wanted = match tag.core_suffix() {
        Some("null") => NodeKind::Null,
        Some("bool") => NodeKind::Bool,
        Some("int" | "float") => NodeKind::Number,
        _ => return NodeKind::String,
    };
    if by_value() == wanted { wanted } else { NodeKind::String }
}
