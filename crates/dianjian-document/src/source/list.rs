//! Long lists in JSON files, so that they need not be read whole: where they can be cut, and whether they are well-formed.
//!
//! A file is gone over once before any of it is checked. What is broken near its end is known then, and the file is
//! refused as if it had been read whole. Memory is bounded by the size of a piece, the longest item, and what lies
//! around the list.

use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::items::{AROUND, ItemScan, ListStop, around, is_blank};
use super::{Limits, SourceError, SourceFile, Span, read};
use crate::tree::{self, DocumentError, Format, Tree};

/// A byte-order mark.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Bytes that are read at a time.
const STEP: usize = 256 << 10;

/// Bytes before and after the list; where there are more, the file is no list with something around it.
const MAX_AROUND: usize = 1 << 20;

/// How a JSON file is to be read.
#[derive(Debug)]
pub enum ListLayout {
    /// Whole: it is not a long list, or what is wrong with it can only be said of the whole.
    Whole,
    /// Piece by piece.
    Pieces(Vec<ListPiece>),
    /// Not at all: it is no JSON. The source has the error.
    Broken(Box<SourceFile>),
}

/// Some items of a list: where they lie in the file, and the text around them that is read with them.
#[derive(Debug, Clone)]
pub struct ListPiece {
    text: Range<u64>,
    /// From the first item to the comma or the end of the list after the last one.
    pub items: Range<u64>,
    line: u64,
    column: u64,
}

/// The beginning of a list with all that is around it, a well-formed document, for the caller to say whether its items
/// can be read one by one.
#[derive(Debug)]
pub struct ListSample {
    /// The document.
    pub source: SourceFile,
    /// Where the list begins in it.
    pub list: u32,
}

impl ListPiece {
    /// The piece that a source is.
    pub fn of(source: &SourceFile) -> Option<Self> {
        source.items()?;
        let (start, length) = (source.base_offset(), source.text().len() as u64);
        let (items, line, column) = (source.own_bytes(), source.base_line(), source.base_column());
        Some(Self { text: start..start + length, items, line, column })
    }

    /// Reads the piece by means of `bytes`.
    ///
    /// # Errors
    /// It cannot be read, or is no text any more.
    pub fn read(
        &self,
        (name, path): (&str, Option<&Path>),
        bytes: impl FnOnce(Range<u64>) -> io::Result<Vec<u8>>,
    ) -> Result<SourceFile, SourceError> {
        let bytes = bytes(self.text.clone()).map_err(|error| SourceError::from_io(name, &error))?;
        let text = String::from_utf8(bytes)
            .map_err(|error| read::damaged(name, error.as_bytes(), (self.text.start, self.line)))?;
        let own = |at: u64| u32::try_from(at - self.text.start).unwrap_or(u32::MAX);
        let source = SourceFile::chunk(name, text, self.text.start, self.line).with_column(self.column);
        let source = source.with_items(Span::new(own(self.items.start), own(self.items.end)));
        Ok(at_path(source, path))
    }
}

fn at_path(source: SourceFile, path: Option<&Path>) -> SourceFile {
    match path {
        Some(path) => source.with_path(path),
        None => source,
    }
}

/// A list that is to be cut into pieces.
#[derive(Debug, Clone, Copy)]
pub struct OpenedList<'l> {
    /// The file as it is shown.
    pub name: &'l str,
    /// The file on disk.
    pub path: Option<&'l Path>,
    /// The size of pieces. A list that is shorter is not worth cutting.
    pub piece_bytes: usize,
    /// Limits of reading: those of lines are those of items.
    pub limits: &'l Limits,
}

/// Finds the list that a JSON file is or wraps, and where it can be cut. `is_free` says of a list with something around it
/// whether its items are read by themselves.
///
/// # Errors
/// The file cannot be read, or is not UTF-8.
pub fn find_list(
    list: OpenedList<'_>,
    from: &mut dyn Read,
    is_free: &dyn Fn(&ListSample) -> bool,
) -> Result<ListLayout, SourceError> {
    let window = Window { from, bytes: Vec::new(), base: 0, line: 0, column: 0, is_ended: false };
    let mut finder = ListFinder { list, window, tree: Tree::new(), pieces: Vec::new() };
    match finder.run(is_free) {
        Ok(layout) => Ok(layout.unwrap_or(ListLayout::Whole)),
        Err(FinderError::Io(error)) => Err(SourceError::from_io(list.name, &error)),
        Err(FinderError::Source(error)) => Err(error),
    }
}

enum FinderError {
    Io(io::Error),
    Source(SourceError),
}

impl From<io::Error> for FinderError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The bytes of a file that are in memory, and where they begin.
struct Window<'r> {
    from: &'r mut dyn Read,
    bytes: Vec<u8>,
    base: u64,
    line: u64,
    column: u64,
    is_ended: bool,
}

impl Window<'_> {
    /// Reads on; returns whether there was more.
    fn more(&mut self) -> io::Result<bool> {
        let read = (&mut *self.from).take(STEP as u64).read_to_end(&mut self.bytes)?;
        self.is_ended |= read == 0;
        Ok(read > 0)
    }

    /// Reads on until this many bytes are there, or all.
    fn fill(&mut self, length: usize) -> io::Result<()> {
        while self.bytes.len() < length && self.more()? {}
        Ok(())
    }

    /// Forgets the bytes before an offset.
    fn drop_to(&mut self, at: usize) {
        let dropped = self.bytes.get(..at).unwrap_or_default();
        let is_break =
            |(at, byte): (usize, &u8)| *byte == b'\n' || *byte == b'\r' && self.bytes.get(at + 1) != Some(&b'\n');
        let begin = dropped.iter().enumerate().rposition(is_break).map(|last| last + 1);
        let breaks = dropped.iter().enumerate().filter(|byte| is_break(*byte)).count();
        let rest = dropped.get(begin.unwrap_or(0)..).unwrap_or_default();
        let is_marked = self.base == 0 && begin.is_none() && rest.starts_with(BOM);
        let characters = rest.iter().filter(|byte| **byte & 0xc0 != 0x80).count() - usize::from(is_marked);
        self.column = if begin.is_some() { 0 } else { self.column } + characters as u64;
        self.line += breaks as u64;
        self.base += dropped.len() as u64;
        self.bytes.drain(..at.min(self.bytes.len()));
    }
}

/// What stands before a list, up to its bracket, and the brackets that are open there.
struct ListHead {
    bytes: Vec<u8>,
    open: Vec<u8>,
}

struct ListFinder<'l, 'r> {
    list: OpenedList<'l>,
    window: Window<'r>,
    tree: Tree,
    pieces: Vec<ListPiece>,
}

/// `None`: the file is to be read whole.
type FinderResult<T> = Result<Option<T>, FinderError>;

impl ListFinder<'_, '_> {
    fn run(&mut self, is_free: &dyn Fn(&ListSample) -> bool) -> FinderResult<ListLayout> {
        let Some(head) = self.head()? else { return Ok(None) };
        if let Some(broken) = self.head_error(&head)? {
            return Ok(broken.map(ListLayout::Broken));
        }
        let (mut first, mut start) = (Vec::new(), head.bytes.len());
        loop {
            start += self.blanks(start)?;
            // Places of the window count from here on.
            let before = around(&self.window.bytes, start..start).start;
            self.window.drop_to(before);
            start -= before;
            // Nothing but the end may stand where the first item would.
            if self.pieces.is_empty() && self.window.bytes.get(start) == Some(&b']') {
                return self.tail(start, &head, &first, is_free);
            }
            let (end, is_last) = match self.piece_end(start)? {
                PieceEnd::Comma(end) => (end, false),
                PieceEnd::Close(end) => (end, true),
                // Its end is missing, or an item is too long: what is wrong, if anything is, comes before that.
                PieceEnd::Open => return self.open_end(start, &head),
            };
            self.window.fill(end + 2 * AROUND)?;
            if let Some(broken) = self.piece(start..end, &head)? {
                return Ok(Some(ListLayout::Broken(broken)));
            }
            if self.pieces.len() == 1 {
                first = self.window.bytes.get(start..end).unwrap_or_default().to_vec();
            }
            if is_last {
                return self.tail(end, &head, &first, is_free);
            }
            start = end + 1;
        }
    }

    /// Finds the first list worth cutting that lies in no other list.
    fn head(&mut self) -> FinderResult<ListHead> {
        self.window.fill(STEP)?;
        if memchr::memchr(0, self.window.bytes.get(..512).unwrap_or(&self.window.bytes)).is_some() {
            return Ok(None);
        }
        let (mut scan, mut open) = (ItemScan::new(0), Vec::new());
        let mut found: Option<(usize, usize)> = None;
        loop {
            let mark = scan.mark(&self.window.bytes);
            if let Some((start, depth)) = found
                && scan.at - start >= self.list.piece_bytes
            {
                open.truncate(depth);
                let bytes = self.window.bytes.get(..start).unwrap_or_default().to_vec();
                return Ok(Some(ListHead { bytes, open }));
            }
            match mark {
                Some(bracket @ (b'[' | b'{')) => {
                    if bracket == b'[' && found.is_none() {
                        found = Some((scan.at + 1, open.len() + 1));
                    }
                    open.push(bracket);
                }
                Some(b']' | b'}') => {
                    open.pop();
                    found = found.filter(|(_, depth)| open.len() >= *depth);
                    if open.is_empty() {
                        return Ok(None);
                    }
                }
                Some(_) => {}
                None => {
                    let is_far = found.is_none() && scan.at > MAX_AROUND;
                    if is_far || !self.window.more()? {
                        return Ok(None);
                    }
                    continue;
                }
            }
            scan.at += 1;
        }
    }

    /// What is wrong before the list. `Some(None)`: something that does not keep it from being read.
    fn head_error(&mut self, head: &ListHead) -> FinderResult<Option<Box<SourceFile>>> {
        let mut text = head.bytes.clone();
        text.extend(head.open.iter().rev().map(|bracket| if *bracket == b'[' { b']' } else { b'}' }));
        let Ok(text) = String::from_utf8(text) else { return Ok(Some(None)) };
        let mut errors = self.errors(&SourceFile::new(self.list.name, text)).into_iter();
        let Some(error) = errors.find(DocumentError::is_fatal) else { return Ok(errors.next().map(|_| None)) };
        let shown = around(&self.window.bytes, 0..head.bytes.len());
        let source = self.source(shown)?;
        Ok(Some(Some(Box::new(source.with_list_fault(error, None)))))
    }

    fn errors(&mut self, source: &SourceFile) -> Vec<DocumentError> {
        tree::parse(source, Format::Json, self.list.limits, &mut self.tree, &mut |_| {})
    }

    /// A part of the window as a source.
    fn source(&self, range: Range<usize>) -> Result<SourceFile, FinderError> {
        let window = &self.window;
        let bytes = window.bytes.get(range).unwrap_or_default();
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                let source = SourceFile::chunk(self.list.name, text, window.base, window.line);
                Ok(at_path(source.with_column(window.column), self.list.path))
            }
            Err(_) => Err(FinderError::Source(read::damaged(self.list.name, bytes, (window.base, window.line)))),
        }
    }

    /// The number of blanks at an offset.
    fn blanks(&mut self, at: usize) -> Result<usize, io::Error> {
        let mut count = 0;
        loop {
            let rest = self.window.bytes.get(at + count..).unwrap_or_default();
            let here = rest.iter().take_while(|byte| is_blank(**byte)).count();
            count += here;
            if here < rest.len() || !self.window.more()? {
                return Ok(count);
            }
        }
    }

    /// Where the piece that begins at an offset ends.
    fn piece_end(&mut self, start: usize) -> Result<PieceEnd, io::Error> {
        let mut scan = ItemScan::new(start);
        loop {
            match scan.next(&self.window.bytes) {
                Some(ListStop::Close) if self.window.bytes.get(scan.at) == Some(&b']') => {
                    return Ok(PieceEnd::Close(scan.at));
                }
                // The wrong bracket: there is no end to be found.
                Some(ListStop::Close) => {
                    self.window.fill(scan.at + 3 * AROUND)?;
                    return Ok(PieceEnd::Open);
                }
                Some(ListStop::Comma) if scan.at - start < self.list.piece_bytes => scan.at += 1,
                Some(ListStop::Comma) => {
                    // After a comma there is another item, or the comma is wrong, which is not to be seen in a piece that
                    // ends before it.
                    let next = scan.at + 1 + self.blanks(scan.at + 1)?;
                    if matches!(
                        self.window.bytes.get(next),
                        Some(b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b'a'..=b'z')
                    ) {
                        return Ok(PieceEnd::Comma(scan.at));
                    }
                    scan.at += 1;
                }
                None if self.window.bytes.len() - start > self.list.piece_bytes + self.list.limits.line_bytes => {
                    return Ok(PieceEnd::Open);
                }
                None => {
                    if !self.window.more()? {
                        return Ok(PieceEnd::Open);
                    }
                }
            }
        }
    }

    /// Enters a piece; gives back what is wrong with it, if anything is.
    fn piece(&mut self, items: Range<usize>, head: &ListHead) -> Result<Option<Box<SourceFile>>, FinderError> {
        let text = 0..around(&self.window.bytes, items.clone()).end;
        let source = self.source(text.clone())?;
        let range = (items.start, Some(items.end));
        if let Some(error) = tree::items_error(&source, range, head.depth_around(), self.list.limits, &mut self.tree) {
            return Ok(Some(Box::new(broken(source, error, head))));
        }
        let Window { base, line, column, .. } = self.window;
        let of_file = |range: Range<usize>| base + range.start as u64..base + range.end as u64;
        self.pieces.push(ListPiece { text: of_file(text), items: of_file(items), line, column });
        Ok(None)
    }

    /// What is wrong with items that have no end, or none that is near.
    fn open_end(&mut self, start: usize, head: &ListHead) -> FinderResult<ListLayout> {
        let mut end = self.window.bytes.len();
        if !self.window.is_ended {
            // The window may end within a character.
            end = around(&self.window.bytes, start..end.saturating_sub(AROUND)).end;
        }
        let source = self.source(0..end)?;
        let error = tree::items_error(&source, (start, None), head.depth_around(), self.list.limits, &mut self.tree);
        let error = error.filter(|error| self.window.is_ended || !may_be_mended(error, end));
        Ok(error.map(|error| ListLayout::Broken(Box::new(broken(source, error, head)))))
    }

    /// Looks at what follows the list, and at all around it.
    fn tail(
        &mut self,
        end: usize,
        head: &ListHead,
        first: &[u8],
        is_free: &dyn Fn(&ListSample) -> bool,
    ) -> FinderResult<ListLayout> {
        self.window.fill(end + MAX_AROUND)?;
        let mut stop = self.window.bytes.len();
        if !self.window.more()? {
            stop = self.window.bytes.len();
        } else {
            stop = around(&self.window.bytes, end..stop.saturating_sub(AROUND)).end;
        }
        let tail = self.window.bytes.get(end..stop).unwrap_or_default();
        let joined = |items: &[u8]| String::from_utf8([&head.bytes, items, tail].concat()).ok();
        let (Some(empty), Some(sample)) = (joined(&[]), joined(first)) else {
            return self.source(0..stop).map(|_| None);
        };
        let errors = self.errors(&SourceFile::new(self.list.name, empty));
        let is_ended = self.window.is_ended;
        if let Some(error) = errors.into_iter().next() {
            let length = head.bytes.len() + stop - end;
            let is_certain = error.is_fatal() && (is_ended || !may_be_mended(&error, length));
            // Another document below makes it a file of lines, of which this was the first.
            let at = (error.span.start as usize + end).checked_sub(head.bytes.len());
            let may_be_lines = at.and_then(|at| self.window.bytes.get(at)) == Some(&b'{');
            if !is_certain || may_be_lines {
                return Ok(None);
            }
            return Ok(Some(ListLayout::Broken(Box::new(self.broken_tail(end..stop, error, head)?))));
        }
        let source = at_path(SourceFile::new(self.list.name, sample), self.list.path);
        let list = head.bytes.len().saturating_sub(1) as u32;
        let is_free = is_ended && (head.depth_around() == 0 || is_free(&ListSample { source, list }));
        Ok(is_free.then(|| ListLayout::Pieces(std::mem::take(&mut self.pieces))))
    }

    /// The source of an error behind the list, which was found in a text without its items.
    fn broken_tail(
        &self,
        tail: Range<usize>,
        mut error: DocumentError,
        head: &ListHead,
    ) -> Result<SourceFile, FinderError> {
        let source = self.source(0..tail.end)?;
        let place = |span: Span| {
            let at = |offset: u32| (offset as usize + tail.start).checked_sub(head.bytes.len()).map(|at| at as u32);
            Some(Span::new(at(span.start)?, at(span.end)?))
        };
        let own = place(error.span).unwrap_or_default();
        error.span = own;
        let mut opened = None;
        if let Some((_, span)) = &mut error.related {
            match place(*span) {
                Some(own) if own.start as usize >= tail.start => *span = own,
                _ => opened = head.source(self.list.name, *span),
            }
        }
        Ok(source.with_list_fault(error, opened))
    }
}

/// An error so close to the end of what was read may be of the end alone.
const NEAR_END: usize = 64;

/// Whether an error in the first `length` bytes of a text may be none once more of the text is read.
fn may_be_mended(error: &DocumentError, length: usize) -> bool {
    error.is_of_end() || error.span.end as usize + NEAR_END >= length
}

/// The source of an error among the items.
fn broken(source: SourceFile, error: DocumentError, head: &ListHead) -> SourceFile {
    // The list itself was opened elsewhere.
    let is_of_list = error.related.is_some_and(|(_, span)| span.is_empty());
    let bracket = head.bytes.len().saturating_sub(1) as u32;
    let name = source.name().to_owned();
    let opened = if is_of_list { head.source(&name, Span::new(bracket, bracket + 1)) } else { None };
    source.with_list_fault(error, opened)
}

impl ListHead {
    /// How many lists and maps the list lies in.
    fn depth_around(&self) -> usize {
        self.open.len().saturating_sub(1)
    }

    fn source(&self, name: &str, span: Span) -> Option<(Arc<SourceFile>, Span)> {
        let text = String::from_utf8(self.bytes.clone()).ok()?;
        Some((Arc::new(SourceFile::new(name, text)), span))
    }
}

/// Where a piece ends.
enum PieceEnd {
    /// At a comma after an item.
    Comma(usize),
    /// At the end of the list.
    Close(usize),
    /// It has no end, or none that is near.
    Open,
}

#[cfg(test)]
mod tests;
