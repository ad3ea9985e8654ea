//! A source that is a piece of a long list in a JSON file: some of its items, and a little text around them.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::{SourceFile, Span};
use crate::tree::DocumentError;

/// Bytes around items that are kept with them, so that lines are shown whole where they are of a usual length.
pub(super) const AROUND: usize = 4096;

/// The items of a list that are a source's own. The text around them is there to be shown and is not read.
#[derive(Debug)]
pub struct ListItems {
    span: Span,
    /// Where each of them begins.
    starts: OnceLock<Vec<u32>>,
    fault: Option<Box<ListFault>>,
}

/// What is wrong with a list that cannot be read, and where it was opened, if that is not in the same text.
#[derive(Debug)]
struct ListFault {
    error: DocumentError,
    opened: Option<(Arc<SourceFile>, Span)>,
}

impl ListItems {
    /// From the first byte of the first item to the comma, or the end of the list, after the last one.
    pub const fn span(&self) -> Span {
        self.span
    }

    /// Why the list cannot be read. None of its items are then.
    pub fn fault(&self) -> Option<&DocumentError> {
        self.fault.as_ref().map(|fault| &fault.error)
    }

    /// Where what the fault is about was opened, if that is in another text.
    pub fn opened(&self) -> Option<&(Arc<SourceFile>, Span)> {
        self.fault.as_ref()?.opened.as_ref()
    }
}

impl SourceFile {
    /// Makes the text a piece of a list whose own items lie in the span.
    #[must_use]
    pub fn with_items(mut self, span: Span) -> Self {
        self.items = Some(Box::new(ListItems { span, starts: OnceLock::new(), fault: None }));
        self
    }

    /// Makes the text stand for a file that is a list and cannot be read.
    pub(super) fn with_list_fault(mut self, error: DocumentError, opened: Option<(Arc<Self>, Span)>) -> Self {
        let fault = Some(Box::new(ListFault { error, opened }));
        self.items = Some(Box::new(ListItems { span: self.whole(), starts: OnceLock::new(), fault }));
        self
    }

    /// The items that are the text's own, if it is a piece of a list.
    pub fn items(&self) -> Option<&ListItems> {
        self.items.as_deref()
    }

    /// The bytes of the file that this source alone stands for; around them there may be others, which are only shown.
    pub fn own_bytes(&self) -> Range<u64> {
        let own = self.items.as_ref().map_or_else(|| self.whole(), |items| items.span);
        self.base_offset + u64::from(own.start)..self.base_offset + u64::from(own.end)
    }

    /// The item of a list that holds a byte of the file, as a source of its own.
    pub fn item_at(&self, offset: u64) -> Option<Self> {
        let items = self.items.as_ref()?;
        let at = u32::try_from(offset.checked_sub(self.base_offset)?).ok()?;
        let starts = items.starts.get_or_init(|| item_starts(self.text.as_bytes(), items.span));
        let number = starts.partition_point(|start| *start <= at).checked_sub(1)?;
        let start = starts.get(number).copied()?;
        // The comma, and blanks before it.
        let end = starts.get(number + 1).map_or(items.span.end, |next| {
            let between = self.text.as_bytes().get(start as usize..*next as usize).unwrap_or_default();
            start + memchr::memrchr(b',', between).unwrap_or(between.len()) as u32
        });
        let around = around(self.text.as_bytes(), start as usize..end as usize);
        let place = self.position(around.start as u32);
        let text = self.text.get(around.clone())?;
        let is_marked = around.start == 0 && self.bom_len() > 0;
        let column = if is_marked { 0 } else { place.column - 1 };
        let own = Span::new(start - around.start as u32, end - around.start as u32);
        let item = Self::chunk(self.name(), text, place.offset, place.line - 1).with_column(column).with_items(own);
        Some(match &self.path {
            Some(path) => item.with_path(path),
            None => item,
        })
    }
}

/// Where the items of a list begin. The text is known to be well-formed.
fn item_starts(bytes: &[u8], span: Span) -> Vec<u32> {
    let (mut starts, mut scan) = (Vec::new(), ItemScan::new(span.start as usize));
    let bytes = bytes.get(..span.end as usize).unwrap_or_default();
    loop {
        let blanks = bytes.get(scan.at..).unwrap_or_default().iter().take_while(|byte| is_blank(**byte)).count();
        scan.at += blanks;
        if scan.at >= bytes.len() {
            return starts;
        }
        starts.push(scan.at as u32);
        match scan.next(bytes) {
            Some(ListStop::Comma) => scan.at += 1,
            Some(ListStop::Close) | None => return starts,
        }
    }
}

/// A range of bytes with the lines that it begins and ends in and those next to them, as far as they are not long.
pub(super) fn around(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let is_inside = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let mut start = range.start.saturating_sub(AROUND);
    while start < range.start && is_inside(start) {
        start += 1;
    }
    let before = bytes.get(start..range.start).unwrap_or_default();
    let line = memchr::memrchr(b'\n', before);
    let line_before = line.and_then(|line| memchr::memrchr(b'\n', before.get(..line)?));
    // Where the line before is cut, its rest is left out.
    let begin = match (line, line_before) {
        (_, Some(newline)) => start + newline + 1,
        (Some(newline), None) if start > 0 => start + newline + 1,
        _ => start,
    };
    let mut end = (range.end + AROUND).min(bytes.len());
    while end > range.end && is_inside(end) {
        end -= 1;
    }
    let after = bytes.get(range.end..end).unwrap_or_default();
    let newlines = memchr::memchr_iter(b'\n', after);
    let stop = newlines.take(2).last().map_or(end, |newline| range.end + newline + 1);
    begin..stop
}

pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

/// What follows an item of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListStop {
    Comma,
    /// A bracket that closes more than the item opened.
    Close,
}

/// Goes over JSON by its strings and brackets alone. It can go on where more bytes have come in.
#[derive(Debug, Clone, Copy)]
pub(super) struct ItemScan {
    /// The next byte. It may lie one beyond the end, after a backslash.
    pub at: usize,
    pub depth: usize,
    in_string: bool,
}

/// Bytes outside strings that mean something here.
static MARKS: [bool; 256] = {
    let mut marks = [false; 256];
    let mut at = 0;
    while at < 6 {
        marks[b"\"[]{},"[at] as usize] = true;
        at += 1;
    }
    marks
};

impl ItemScan {
    pub(super) const fn new(at: usize) -> Self {
        Self { at, depth: 0, in_string: false }
    }

    /// The next comma or closing bracket outside all brackets opened since, at which it stays; `None`: not in these bytes.
    pub(super) fn next(&mut self, bytes: &[u8]) -> Option<ListStop> {
        while let Some(byte) = self.mark(bytes) {
            match byte {
                b'[' | b'{' => self.depth += 1,
                b']' | b'}' if self.depth == 0 => return Some(ListStop::Close),
                b']' | b'}' => self.depth -= 1,
                _ if self.depth == 0 => return Some(ListStop::Comma),
                _ => {}
            }
            self.at += 1;
        }
        None
    }

    /// The next bracket or comma outside strings, at which it stays.
    pub(super) fn mark(&mut self, bytes: &[u8]) -> Option<u8> {
        loop {
            let rest = bytes.get(self.at..)?;
            if self.in_string {
                let Some(found) = memchr::memchr2(b'"', b'\\', rest) else {
                    self.at = bytes.len();
                    return None;
                };
                self.in_string = rest.get(found) != Some(&b'"');
                self.at += found + if self.in_string { 2 } else { 1 };
                continue;
            }
            let Some(found) = rest.iter().position(|byte| MARKS[usize::from(*byte)]) else {
                self.at = bytes.len();
                return None;
            };
            self.at += found;
            match rest.get(found) {
                Some(b'"') => {
                    self.in_string = true;
                    self.at += 1;
                }
                mark => return mark.copied(),
            }
        }
    }
}
