//! JSON as RFC 8259 has it, and one value a line: a strict scanner of our own.
//!
//! It never recurses, borrows every string without escapes from the source, and leaves numbers as
//! their digits until someone asks for their value.

mod relaxed;

pub use relaxed::is_relaxed;

use super::arena::{NodeKind, OWNED, ScalarStyle, Tree};
use super::build::TreeBuilder;
use super::error::{DocumentError, RelatedPlace};
use super::messages::{self as say, SyntaxMessage};
use super::node::Node;
use crate::source::{Limits, SourceFile, Span};

/// Reads a text that is one JSON value.
pub(super) fn parse(
    source: &SourceFile,
    limits: &Limits,
    tree: &mut Tree,
    each: &mut dyn FnMut(Node<'_>),
) -> Vec<DocumentError> {
    let text = source.text();
    let start = source.bom_len() as usize;
    let mut builder = TreeBuilder::new(tree, text, limits);
    let mut scanner = Scanner::new(text, start, text.len());
    scanner.is_relaxed = is_relaxed(source.name());
    match scanner.document(&mut builder) {
        Ok(()) => each(builder.tree.root(source)),
        Err(problem) => builder.report(problem),
    }
    builder.problems
}

/// Reads a text of one JSON value a line; blank lines are passed over.
pub(super) fn parse_lines(
    source: &SourceFile,
    limits: &Limits,
    tree: &mut Tree,
    each: &mut dyn FnMut(Node<'_>),
) -> Vec<DocumentError> {
    let text = source.text();
    let mut builder = TreeBuilder::new(tree, text, limits);
    let mut start = source.bom_len() as usize;
    while start < text.len() && !builder.has_too_many_problems() {
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(text.len(), |at| start + at);
        let mut scanner = Scanner::new(text, start, end);
        scanner.skip_blanks();
        if scanner.pos < end {
            builder.tree.clear();
            match scanner.document(&mut builder) {
                Ok(()) => each(builder.tree.root(source)),
                Err(problem) => builder.report(problem),
            }
        }
        start = end + 1;
    }
    builder.problems
}

/// Reads the items of a list that are a source's own, as a list of just these.
pub(super) fn parse_items(
    source: &SourceFile,
    limits: &Limits,
    tree: &mut Tree,
    each: &mut dyn FnMut(Node<'_>),
) -> Vec<DocumentError> {
    let Some(items) = source.items() else { return Vec::new() };
    if let Some(fault) = items.fault() {
        return vec![fault.clone()];
    }
    let (text, span) = (source.text(), items.span());
    let mut builder = TreeBuilder::new(tree, text, limits);
    match Scanner::new(text, span.start as usize, text.len()).items(&mut builder, span.end as usize) {
        Ok(()) => each(builder.tree.root(source)),
        Err(problem) => builder.report(problem),
    }
    builder.problems
}

/// What keeps the items of a list between two offsets from being read: the first of them is a value, and what follows
/// `end` is the list's next comma or its end. Without an `end` the list should have ended in the text. The list lies in
/// `around` others.
pub(crate) fn items_error(
    source: &SourceFile,
    (start, end): (usize, Option<usize>),
    around: usize,
    limits: &Limits,
    tree: &mut Tree,
) -> Option<DocumentError> {
    tree.clear_all();
    let text = source.text();
    let mut builder = TreeBuilder::new(tree, text, limits);
    // How deep something lies is counted from the document.
    for _ in 0..around {
        builder.open(NodeKind::Sequence, ScalarStyle::JsonFlow, Span::at(0)).ok()?;
    }
    Scanner::new(text, start, text.len()).items(&mut builder, end.unwrap_or(usize::MAX)).err()
}

/// What is to come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    /// A value, or the end of an array just opened.
    FirstItem,
    /// A key, or the end of an object just opened.
    FirstKey,
    Key,
    /// A comma or the end of what is open.
    Next,
}

struct Scanner<'s> {
    text: &'s str,
    bytes: &'s [u8],
    pos: usize,
    /// Whether comments, commas before a closing bracket, keys without quotes and single quotes are allowed.
    is_relaxed: bool,
}

/// Bytes that end a run of plain characters in a string: quote, backslash, controls.
static STRING_STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        stops[byte] = true;
        byte += 1;
    }
    stops[b'"' as usize] = true;
    stops[b'\\' as usize] = true;
    stops
};

type Scanned<T = ()> = Result<T, DocumentError>;

impl<'s> Scanner<'s> {
    /// A scanner of the bytes from `start` to `end`, which lie on character borders.
    fn new(text: &'s str, start: usize, end: usize) -> Self {
        let bytes = text.as_bytes().get(..end).unwrap_or_default();
        Self { text, bytes, pos: start, is_relaxed: false }
    }

    /// Reads exactly one value and what blanks there are around it.
    fn document(&mut self, builder: &mut TreeBuilder<'_>) -> Scanned {
        self.skip_blanks();
        if self.pos >= self.bytes.len() {
            return Err(self.error(&say::JSON_EMPTY));
        }
        let mut expect = Expect::Value;
        loop {
            self.skip_blanks();
            if expect == Expect::Next && builder.depth() == 0 {
                break;
            }
            expect = self.step(expect, builder)?;
        }
        if self.pos < self.bytes.len() {
            let message = if self.peek() == Some(b'/') { &say::JSON_COMMENT } else { &say::JSON_TRAILING };
            return Err(self.error(message));
        }
        Ok(())
    }

    /// Reads the values of a list up to an offset, as a list of their own.
    fn items(&mut self, builder: &mut TreeBuilder<'_>, end: usize) -> Scanned {
        let outside = builder.depth();
        builder.open(NodeKind::Sequence, ScalarStyle::JsonFlow, Span::at(self.pos as u32))?;
        let mut expect = Expect::Value;
        loop {
            self.skip_blanks();
            let depth = builder.depth() - outside;
            if expect == Expect::Next && (depth == 0 || depth == 1 && self.pos >= end) {
                break;
            }
            expect = self.step(expect, builder)?;
        }
        builder.close(Some(self.pos as u32))
    }

    /// Reads what is expected, and says what is to come then.
    #[inline]
    fn step(&mut self, expect: Expect, builder: &mut TreeBuilder<'_>) -> Scanned<Expect> {
        match expect {
            Expect::Next => self.next(builder),
            Expect::FirstKey if self.peek() == Some(b'}') => self.close(builder),
            Expect::FirstKey | Expect::Key => self.key(builder),
            Expect::FirstItem if self.peek() == Some(b']') => self.close(builder),
            Expect::FirstItem | Expect::Value => self.value(builder),
        }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.pos).copied()
    }

    #[inline]
    fn skip_blanks(&mut self) {
        loop {
            while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
                self.pos += 1;
            }
            if !self.is_relaxed || !self.skip_comment() {
                return;
            }
        }
    }

    /// After an element: a comma, or the end of what is open.
    #[inline]
    fn next(&mut self, builder: &mut TreeBuilder<'_>) -> Scanned<Expect> {
        let in_array = !builder.in_mapping();
        match (self.peek(), in_array) {
            (Some(b','), _) => {
                let comma = self.pos;
                self.pos += 1;
                self.skip_blanks();
                if matches!(self.peek(), Some(b']' | b'}')) {
                    if self.is_relaxed && (self.peek() == Some(b']')) == in_array {
                        return self.close(builder);
                    }
                    self.pos = comma;
                    return Err(self.error(&say::JSON_TRAILING_COMMA));
                }
                Ok(if in_array { Expect::Value } else { Expect::Key })
            }
            (Some(b']'), true) | (Some(b'}'), false) => self.close(builder),
            (None, _) => Err(self.unclosed(builder)),
            (Some(b'/'), _) => Err(self.error(&say::JSON_COMMENT)),
            (_, true) => Err(self.error(&say::JSON_ITEM_END)),
            (_, false) => Err(self.error(&say::JSON_ENTRY_END)),
        }
    }

    #[inline]
    fn close(&mut self, builder: &mut TreeBuilder<'_>) -> Scanned<Expect> {
        self.pos += 1;
        builder.close(Some(self.pos as u32))?;
        Ok(Expect::Next)
    }

    #[inline]
    fn key(&mut self, builder: &mut TreeBuilder<'_>) -> Scanned<Expect> {
        match self.peek() {
            Some(b'"') => self.string(builder)?,
            Some(b'\'') => self.single_quoted(builder)?,
            Some(b'/') => return Err(self.error(&say::JSON_COMMENT)),
            None => return Err(self.unclosed(builder)),
            Some(_) if self.is_relaxed && self.bare_key() > 0 => {
                self.plain(builder, NodeKind::String, self.pos + self.bare_key())?;
            }
            _ => return Err(self.error(&say::JSON_KEY)),
        }
        self.skip_blanks();
        match self.peek() {
            Some(b':') => self.pos += 1,
            None => return Err(self.unclosed(builder)),
            _ => return Err(self.error(&say::JSON_COLON)),
        }
        Ok(Expect::Value)
    }

    #[inline]
    fn value(&mut self, builder: &mut TreeBuilder<'_>) -> Scanned<Expect> {
        match self.peek() {
            Some(b'"') => self.string(builder)?,
            Some(bracket @ (b'{' | b'[')) => {
                let at = self.pos as u32;
                let (kind, expect) = match bracket {
                    b'{' => (NodeKind::Mapping, Expect::FirstKey),
                    _ => (NodeKind::Sequence, Expect::FirstItem),
                };
                builder.open(kind, ScalarStyle::JsonFlow, Span::new(at, at + 1))?;
                self.pos += 1;
                return Ok(expect);
            }
            Some(b'-' | b'0'..=b'9') => self.number(builder)?,
            Some(b't') => self.literal(builder, "true", NodeKind::Bool)?,
            Some(b'f') => self.literal(builder, "false", NodeKind::Bool)?,
            Some(b'n') => self.literal(builder, "null", NodeKind::Null)?,
            Some(b'\'') => self.single_quoted(builder)?,
            Some(b'/') => return Err(self.error(&say::JSON_COMMENT)),
            Some(b'N' | b'I') => return Err(self.word_error(&say::JSON_NAN)),
            Some(b'a'..=b'z' | b'A'..=b'Z') => return Err(self.word_error(&say::JSON_LITERAL)),
            None if builder.depth() > 0 => return Err(self.unclosed(builder)),
            _ => return Err(self.error(&say::JSON_VALUE)),
        }
        Ok(Expect::Next)
    }

    fn literal(&mut self, builder: &mut TreeBuilder<'_>, word: &str, kind: NodeKind) -> Scanned {
        let end = self.pos + word.len();
        let is_word = self.bytes.get(self.pos..end) == Some(word.as_bytes());
        if !is_word || self.bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) {
            return Err(self.word_error(&say::JSON_LITERAL));
        }
        self.plain(builder, kind, end)
    }

    fn plain(&mut self, builder: &mut TreeBuilder<'_>, kind: NodeKind, end: usize) -> Scanned {
        let span = Span::new(self.pos as u32, end as u32);
        builder.scalar(kind, ScalarStyle::Plain, span, (self.pos, end - self.pos), 0)?;
        self.pos = end;
        Ok(())
    }

    #[inline]
    fn number(&mut self, builder: &mut TreeBuilder<'_>) -> Scanned {
        let mut end = self.pos;
        if self.bytes.get(end) == Some(&b'-') {
            end += 1;
        }
        let whole = self.digits(end);
        let leading_zero = self.bytes.get(end) == Some(&b'0') && whole > 1;
        end += whole;
        let mut is_good = whole > 0 && !leading_zero;
        if self.bytes.get(end) == Some(&b'.') {
            let fraction = self.digits(end + 1);
            is_good &= fraction > 0;
            end += 1 + fraction;
        }
        if let Some(b'e' | b'E') = self.bytes.get(end) {
            end += 1;
            if let Some(b'+' | b'-') = self.bytes.get(end) {
                end += 1;
            }
            let power = self.digits(end);
            is_good &= power > 0;
            end += power;
        }
        let is_word =
            self.bytes.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-'));
        if !is_good || is_word {
            let is_infinity = self.bytes.get(self.pos + 1) == Some(&b'I');
            return Err(self.word_error(if is_infinity { &say::JSON_NAN } else { &say::JSON_NUMBER }));
        }
        self.plain(builder, NodeKind::Number, end)
    }

    /// Number of digits from an offset.
    #[inline]
    fn digits(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    /// The first byte at or after an offset that is no plain character of a string.
    #[inline]
    fn string_run(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        from + rest.iter().position(|&byte| STRING_STOPS[byte as usize]).unwrap_or(rest.len())
    }

    #[inline]
    fn string(&mut self, builder: &mut TreeBuilder<'_>) -> Scanned {
        let start = self.pos;
        let stop = self.string_run(start + 1);
        if self.bytes.get(stop) == Some(&b'"') {
            let span = Span::new(start as u32, stop as u32 + 1);
            builder.scalar(NodeKind::String, ScalarStyle::Json, span, (start + 1, stop - start - 1), 0)?;
            self.pos = stop + 1;
            return Ok(());
        }
        self.escaped_string(builder, stop)
    }

    /// A string that needs decoding; `stop` is the first byte of it that is not plain.
    fn escaped_string(&mut self, builder: &mut TreeBuilder<'_>, mut stop: usize) -> Scanned {
        let start = self.pos;
        let at = builder.tree.strings.len();
        let mut from = start + 1;
        loop {
            builder.tree.strings.push_str(self.text.get(from..stop).unwrap_or_default());
            match self.bytes.get(stop) {
                Some(b'"') => break,
                Some(b'\\') => {
                    let (character, after) = self.escape(stop)?;
                    builder.tree.strings.push(character);
                    from = after;
                    stop = self.string_run(after);
                }
                Some(_) => {
                    self.pos = stop;
                    return Err(self.error(&say::JSON_CONTROL));
                }
                None => {
                    let quote = Span::new(start as u32, start as u32 + 1);
                    return Err(DocumentError::syntax(&say::JSON_STRING_END, None, quote));
                }
            }
        }
        let span = Span::new(start as u32, stop as u32 + 1);
        let len = builder.tree.strings.len() - at;
        builder.scalar(NodeKind::String, ScalarStyle::Json, span, (at, len), OWNED)?;
        self.pos = stop + 1;
        Ok(())
    }

    /// The character that the escape at an offset stands for, and the offset after it.
    fn escape(&self, at: usize) -> Scanned<(char, usize)> {
        match decode_escape(self.bytes, at) {
            Ok(decoded) => Ok(decoded),
            Err(message) => {
                let next = self.text.get(at + 1..self.bytes.len()).and_then(|rest| rest.chars().next());
                let end = if message.id == say::JSON_ESCAPE.id {
                    at + 1 + next.map_or(0, char::len_utf8)
                } else {
                    self.text.floor_char_boundary((at + 6).min(self.bytes.len()))
                };
                Err(DocumentError::syntax(message, next, Span::new(at as u32, end as u32)))
            }
        }
    }

    /// An error at the next character.
    fn error(&self, message: &'static SyntaxMessage) -> DocumentError {
        let found = self.text.get(self.pos..self.bytes.len()).and_then(|rest| rest.chars().next());
        let len = found.filter(|found| !matches!(found, '\n' | '\r')).map_or(0, char::len_utf8);
        DocumentError::syntax(message, found, Span::new(self.pos as u32, (self.pos + len) as u32))
    }

    /// An error at the next word.
    fn word_error(&self, message: &'static SyntaxMessage) -> DocumentError {
        let rest = self.text.get(self.pos..self.bytes.len()).unwrap_or_default();
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-' | b'_');
        let len = rest.bytes().take_while(is_word).count();
        let span = Span::new(self.pos as u32, (self.pos + len) as u32);
        DocumentError::syntax(message, rest.chars().next(), span)
    }

    /// An error at the end, which names the bracket that is open.
    fn unclosed(&self, builder: &TreeBuilder<'_>) -> DocumentError {
        let end = Span::at(self.bytes.len() as u32);
        let error = DocumentError::syntax(&say::JSON_UNCLOSED, None, end);
        match builder.parent() {
            Some(open) => error.with_related(RelatedPlace::Opened, builder.tree.raw(open).span),
            None => error,
        }
    }
}

/// Whether a text is a number, `true`, `false` or `null` as JSON writes them.
pub fn is_plain_value(text: &str) -> bool {
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '-');
    let mut tree = Tree::new();
    let limits = Limits::default();
    let mut builder = TreeBuilder::new(&mut tree, text, &limits);
    is_plain && Scanner::new(text, 0, text.len()).document(&mut builder).is_ok()
}

/// Decodes the JSON escape whose backslash is at an offset.
pub(super) fn decode_escape(bytes: &[u8], at: usize) -> Result<(char, usize), &'static SyntaxMessage> {
    let character = match bytes.get(at + 1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return decode_unicode(bytes, at),
        _ => return Err(&say::JSON_ESCAPE),
    };
    Ok((character, at + 2))
}

fn decode_unicode(bytes: &[u8], at: usize) -> Result<(char, usize), &'static SyntaxMessage> {
    let unit = |at: usize| {
        let digits = bytes.get(at + 2..at + 6)?;
        digits.iter().try_fold(0, |value, &digit| Some(value * 16 + char::from(digit).to_digit(16)?))
    };
    let first: u32 = unit(at).ok_or(&say::JSON_HEX)?;
    if let Some(character) = char::from_u32(first) {
        return Ok((character, at + 6));
    }
    let is_pair = first < 0xdc00 && bytes.get(at + 6..at + 8) == Some(b"\\u");
    let second = if is_pair { unit(at + 6).ok_or(&say::JSON_HEX)? } else { 0 };
    if !(0xdc00..0xe000).contains(&second) {
        return Err(&say::JSON_SURROGATE);
    }
    let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    char::from_u32(code).map(|character| (character, at + 12)).ok_or(&say::JSON_SURROGATE)
}
