//! From characters of a decoded scalar back to the bytes they were written as.
//!
//! Each style is walked once over its source, in step with the decoded text. Should the two ever
//! disagree, there is no answer, and the caller falls back to the whole scalar.

use std::ops::Range;

use super::arena::{Raw, ScalarStyle};
use super::csv;
use super::json::decode_escape;
use super::xml::{XmlPiece, XmlPieces};
use crate::source::Span;

/// The bytes of `source` that became `range` of the scalar `decoded`.
pub(super) fn locate(source: &str, raw: Raw, decoded: &str, range: Range<usize>) -> Option<Span> {
    if raw.style == ScalarStyle::Cell {
        return csv::locate(source, raw.span, range);
    }
    let mut walk = ScalarWalk { source, decoded, range, at: 0, start: None, end: None };
    let (start, end) = (raw.span.start as usize, raw.span.end as usize);
    let inner = start + 1..end.saturating_sub(1).max(start + 1);
    let reached = match raw.style {
        ScalarStyle::Json => walk.json(inner)?,
        ScalarStyle::DoubleQuoted => walk.double_quoted(inner)?,
        ScalarStyle::SingleQuoted => walk.single_quoted(inner)?,
        ScalarStyle::Plain => walk.plain(start..end)?,
        ScalarStyle::Xml => walk.xml(start..end)?,
        ScalarStyle::Literal | ScalarStyle::Folded => walk.block(start..end, raw.style)?,
        _ => return None,
    };
    walk.finish(reached)
}

struct ScalarWalk<'s> {
    source: &'s str,
    decoded: &'s str,
    range: Range<usize>,
    /// How far the decoded text is accounted for.
    at: usize,
    start: Option<usize>,
    end: Option<usize>,
}

impl ScalarWalk<'_> {
    /// Bytes that are decoded as they are.
    fn run(&mut self, from: usize, to: usize) -> Option<()> {
        let len = to - from;
        if len == 0 {
            return Some(());
        }
        let same = self.decoded.get(self.at..self.at + len)? == self.source.get(from..to)?;
        if !same {
            return None;
        }
        let wanted = &self.range;
        if self.start.is_none() && wanted.start < self.at + len {
            self.start = Some(from + (wanted.start - self.at));
        }
        if self.end.is_none() && wanted.end <= self.at + len {
            self.end = Some(from + (wanted.end - self.at));
        }
        self.at += len;
        Some(())
    }

    /// Bytes that are decoded together to `len` bytes.
    fn unit(&mut self, len: usize, from: usize, to: usize) {
        if self.start.is_none() && self.range.start < self.at + len {
            self.start = Some(from);
        }
        if self.end.is_none() && self.range.end <= self.at + len {
            self.end = Some(if self.range.end == self.at { from } else { to });
        }
        self.at += len;
    }

    /// The span found, `reached` being the end of the scalar's text in the source.
    fn finish(self, reached: usize) -> Option<Span> {
        let rest = self.decoded.get(self.at..)?;
        if !rest.chars().all(|character| matches!(character, '\n' | ' ' | '\t')) {
            return None;
        }
        let start = self.start.unwrap_or(reached);
        let end = self.end.unwrap_or(reached).max(start);
        let end = if self.range.is_empty() { start } else { end };
        Some(Span::new(start as u32, end as u32))
    }

    fn byte(&self, at: usize, end: usize) -> Option<u8> {
        if at < end { self.source.as_bytes().get(at).copied() } else { None }
    }

    fn json(&mut self, inner: Range<usize>) -> Option<usize> {
        let mut at = inner.start;
        while at < inner.end {
            let rest = self.source.as_bytes().get(at..inner.end)?;
            let stop = memchr::memchr(b'\\', rest).map_or(inner.end, |found| at + found);
            self.run(at, stop)?;
            at = stop;
            if at < inner.end {
                let (character, after) = decode_escape(self.source.as_bytes(), at).ok()?;
                self.unit(character.len_utf8(), at, after);
                at = after;
            }
        }
        Some(inner.end)
    }

    fn xml(&mut self, within: Range<usize>) -> Option<usize> {
        for piece in XmlPieces::of(self.source.get(within.clone())?) {
            match piece {
                XmlPiece::Text(range) => self.run(within.start + range.start, within.start + range.end)?,
                XmlPiece::Character(range, character) => {
                    self.unit(character.len_utf8(), within.start + range.start, within.start + range.end);
                }
                XmlPiece::Unknown(_) | XmlPiece::Nothing => {}
            }
        }
        Some(within.end)
    }

    /// The end of the blanks at an offset, if a line break follows them.
    fn blanks_before_break(&self, at: usize, end: usize) -> Option<usize> {
        let mut after = at;
        while matches!(self.byte(after, end), Some(b' ' | b'\t')) {
            after += 1;
        }
        matches!(self.byte(after, end), Some(b'\n' | b'\r')).then_some(after)
    }

    /// Number of line breaks from an offset, with the blanks between and after them, and their end.
    fn breaks(&self, at: usize, end: usize) -> (usize, usize) {
        let (mut after, mut count) = (at, 0);
        while let Some(byte) = self.byte(after, end) {
            match byte {
                b' ' | b'\t' => after += 1,
                b'\n' | b'\r' => {
                    let is_crlf = byte == b'\r' && self.byte(after + 1, end) == Some(b'\n');
                    after += if is_crlf { 2 } else { 1 };
                    count += 1;
                }
                _ => break,
            }
        }
        (count, after)
    }

    /// Folds the line breaks at an offset: one is a blank, each further one a line break.
    fn fold(&mut self, at: usize, end: usize) -> usize {
        let (count, after) = self.breaks(at, end);
        self.unit(count.saturating_sub(1).max(1), at, after);
        after
    }

    fn plain(&mut self, within: Range<usize>) -> Option<usize> {
        self.flow_lines(within, |_, _| Some(None))
    }

    fn single_quoted(&mut self, within: Range<usize>) -> Option<usize> {
        self.flow_lines(within.clone(), |walk, at| {
            let is_quote = walk.byte(at, within.end) == Some(b'\'');
            Some(is_quote.then(|| {
                walk.unit(1, at, at + 2);
                at + 2
            }))
        })
    }

    fn double_quoted(&mut self, within: Range<usize>) -> Option<usize> {
        let end = within.end;
        self.flow_lines(within, |walk, at| {
            if walk.byte(at, end) != Some(b'\\') {
                return Some(None);
            }
            if matches!(walk.byte(at + 1, end), Some(b'\n' | b'\r')) {
                let (count, after) = walk.breaks(at + 1, end);
                walk.unit(count - 1, at, after);
                return Some(Some(after));
            }
            let (len, after) = yaml_escape(walk.source.as_bytes(), at)?;
            walk.unit(len, at, after);
            Some(Some(after))
        })
    }

    /// Text whose lines are folded; `special` takes what is not plain and says where it ends.
    fn flow_lines(
        &mut self,
        within: Range<usize>,
        mut special: impl FnMut(&mut Self, usize) -> Option<Option<usize>>,
    ) -> Option<usize> {
        let (mut from, mut at) = (within.start, within.start);
        while let Some(byte) = self.byte(at, within.end) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => {
                    if self.blanks_before_break(at, within.end).is_some() {
                        self.run(from, at)?;
                        at = self.fold(at, within.end);
                        from = at;
                    } else {
                        at += 1;
                    }
                }
                b'\\' | b'\'' => {
                    self.run(from, at)?;
                    from = at;
                    match special(self, at)? {
                        Some(after) => {
                            at = after;
                            from = after;
                        }
                        None => at += 1,
                    }
                }
                _ => at += 1,
            }
        }
        self.run(from, at)?;
        Some(at)
    }

    /// Lines after a `|` or `>` line, their indentation stripped.
    fn block(&mut self, within: Range<usize>, style: ScalarStyle) -> Option<usize> {
        let text = self.source.get(within.clone())?;
        let mut at = within.start + text.find(['\n', '\r']).unwrap_or(text.len());
        at = self.after_break(at, within.end);
        let indent = self.block_indent(at, within.end);
        // From here on, line breaks and empty lines are not yet matched with the decoded text.
        let mut gap = at;
        let mut is_first = true;
        while at < within.end {
            let line = self.source.get(at..within.end)?;
            let stop = at + line.find(['\n', '\r']).unwrap_or(line.len());
            let blanks = line.bytes().take_while(|&byte| byte == b' ').count().min(indent);
            let content = at + blanks;
            // A line break goes with the indentation after it, so that both can be removed together.
            if style == ScalarStyle::Literal {
                if gap < at {
                    self.unit(1, gap, content);
                }
                self.run(content, stop.max(content))?;
                gap = stop;
            } else if content < stop {
                self.block_gap(gap, content, is_first);
                self.run(content, stop)?;
                is_first = false;
                gap = stop;
            }
            at = self.after_break(stop, within.end);
        }
        Some(within.end)
    }

    /// What lies between two lines of a folded block: one blank, or the line breaks that were kept.
    fn block_gap(&mut self, from: usize, to: usize, is_first: bool) {
        let rest = self.decoded.get(self.at..).unwrap_or_default();
        let kept = rest.bytes().take_while(|&byte| byte == b'\n').count();
        let len = if kept == 0 && !is_first { 1 } else { kept };
        if len > 0 {
            self.unit(len, from, to);
        }
    }

    fn after_break(&self, at: usize, end: usize) -> usize {
        match (self.byte(at, end), self.byte(at + 1, end)) {
            (Some(b'\r'), Some(b'\n')) => at + 2,
            (Some(b'\n' | b'\r'), _) => at + 1,
            _ => at,
        }
    }

    /// How much of each line is indentation: what stands before the first character in the source
    /// and not in the decoded text.
    fn block_indent(&self, at: usize, end: usize) -> usize {
        let leading = |text: &str| {
            let first = text.find(|character| !matches!(character, ' ' | '\n' | '\r'))?;
            Some(text.get(..first)?.bytes().rev().take_while(|&byte| byte == b' ').count())
        };
        let written = self.source.get(at..end).and_then(leading).unwrap_or(0);
        written.saturating_sub(leading(self.decoded).unwrap_or(0))
    }
}

/// Bytes that the YAML escape at an offset decodes to, and the offset after it.
fn yaml_escape(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let code = |digits: usize| -> Option<(usize, usize)> {
        let digits_end = at + 2 + digits;
        let text = std::str::from_utf8(bytes.get(at + 2..digits_end)?).ok()?;
        let character = char::from_u32(u32::from_str_radix(text, 16).ok()?)?;
        Some((character.len_utf8(), digits_end))
    };
    match bytes.get(at + 1)? {
        b'x' => code(2),
        b'u' => code(4).or(Some((4, at + 12))),
        b'U' => code(8),
        b'N' | b'_' => Some((2, at + 2)),
        b'L' | b'P' => Some((3, at + 2)),
        _ => Some((1, at + 2)),
    }
}
