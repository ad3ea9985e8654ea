//! Tables: every record of CSV text is a document, a mapping from the names of its columns to its cells.
//!
//! A cell is a text, or nothing where it is empty; what the text means is for mappings to say. Blanks around
//! it, and what spreadsheets put around digits to keep them as they are (`="0012"`, `'0012`), are not part of it.

use std::borrow::Cow;
use std::ops::Range;

use super::arena::{NodeKind, OWNED, ScalarStyle, Tree};
use super::build::TreeBuilder;
use super::error::{DocumentError, DocumentErrorKind, RelatedPlace};
use super::messages::{self as say, SyntaxMessage};
use super::node::Node;
use crate::source::{CsvField, CsvFields, CsvTable, FieldQuotes, Limits, QuotingFault, SourceFile, Span, TableColumn};

/// Characters that separate the items of a cell that holds a list.
pub const SEPARATORS: [char; 8] = ['\n', '\r', ';', '；', '、', '|', ',', '，'];

/// Reads the records of a part of a table after its row of headings.
pub(super) fn parse(
    source: &SourceFile,
    limits: &Limits,
    tree: &mut Tree,
    each: &mut dyn FnMut(Node<'_>),
) -> Vec<DocumentError> {
    // A table that no mapping knows is reported as a whole, not row by row.
    let Some(table) = source.table().filter(|table| table.header.mapping.is_some()) else { return Vec::new() };
    let (keys, names) = keys(table);
    tree.strings.push_str(&names);
    let mut rows =
        RowBuilder { table, keys, names: names.len(), builder: TreeBuilder::new(tree, source.text(), limits) };
    for (index, start) in source.record_starts().iter().enumerate() {
        let number = source.first_record() + index as u64;
        let header = table.header.record;
        if header.is_some_and(|header| number < header) {
            continue;
        }
        if rows.builder.has_too_many_problems() {
            break;
        }
        rows.clear();
        let is_header = header == Some(number);
        let read = if is_header { rows.headings(source.text(), *start) } else { rows.row(source.text(), *start) };
        match read {
            Ok(()) => each(rows.builder.tree.root(source)),
            Err(problem) => rows.builder.report(problem),
        }
    }
    rows.builder.problems
}

/// The names of the columns one after another, and the place of each in that text.
fn keys(table: &CsvTable) -> (Vec<Option<ColumnKey>>, String) {
    let mut names = String::new();
    let place = |column: &TableColumn| {
        let key = column.key.as_deref()?;
        names.push_str(key);
        Some(ColumnKey { at: names.len() - key.len(), len: key.len(), is_list: column.is_list })
    };
    (table.header.columns.iter().map(place).collect(), names)
}

/// The place of a column's name in the tree's buffer.
#[derive(Debug, Clone, Copy)]
struct ColumnKey {
    at: usize,
    len: usize,
    is_list: bool,
}

struct RowBuilder<'t> {
    table: &'t CsvTable,
    keys: Vec<Option<ColumnKey>>,
    /// Bytes of the tree's buffer that hold the names.
    names: usize,
    builder: TreeBuilder<'t>,
}

impl RowBuilder<'_> {
    /// Forgets the row before, but not the names of the columns.
    fn clear(&mut self) {
        let tree = &mut *self.builder.tree;
        tree.nodes.clear();
        tree.props.clear();
        tree.work.clear();
        tree.strings.truncate(self.names);
    }

    fn row(&mut self, text: &str, start: u32) -> Result<(), DocumentError> {
        self.builder.open(NodeKind::Mapping, ScalarStyle::Row, Span::at(start))?;
        let mut end = start;
        let mut has_nul = false;
        for (at, field) in CsvFields::of(text, start, self.table.delimiter).enumerate() {
            end = field.span.end;
            self.faults(text, field, &mut has_nul);
            match self.keys.get(at).copied() {
                Some(Some(key)) => self.cell(text, field, key)?,
                Some(None) => {}
                None => self.beyond(text, field),
            }
        }
        self.builder.close(Some(end))
    }

    /// The row of headings, as a list of them.
    fn headings(&mut self, text: &str, start: u32) -> Result<(), DocumentError> {
        self.builder.open(NodeKind::Sequence, ScalarStyle::Headings, Span::at(start))?;
        let mut end = start;
        let mut met: Vec<(String, Span)> = Vec::new();
        for field in CsvFields::of(text, start, self.table.delimiter) {
            end = field.span.end;
            self.faults(text, field, &mut false);
            let (value, range) = value(text, field);
            let heading = value.get(range).unwrap_or_default();
            let at = self.builder.tree.strings.len();
            self.builder.tree.strings.push_str(heading);
            self.builder.scalar(NodeKind::String, ScalarStyle::Cell, field.span, (at, heading.len()), OWNED)?;
            match met.iter().find(|(known, _)| known == heading) {
                _ if heading.is_empty() => {}
                None => met.push((heading.to_owned(), field.span)),
                Some((_, first)) => {
                    let problem = DocumentErrorKind::RepeatedHeading { heading: heading.to_owned() };
                    let error = DocumentError::new(problem, field.span).with_related(RelatedPlace::FirstKey, *first);
                    self.builder.report(error);
                }
            }
        }
        self.builder.close(Some(end))
    }

    /// Reports what is wrong with the way a field is written.
    fn faults(&mut self, text: &str, field: CsvField, has_nul: &mut bool) {
        match field.fault {
            None => {}
            Some(QuotingFault::Unclosed | QuotingFault::Strayed) => {
                self.report(&say::CSV_UNCLOSED, Span::new(field.span.start, field.span.start + 1))
            }
            Some(QuotingFault::AfterQuote(at)) => self.report(&say::CSV_AFTER_QUOTE, Span::new(at, field.span.end)),
        }
        let written = text.as_bytes().get(field.span.range()).unwrap_or_default();
        if let Some(nul) = memchr::memchr(0, written).filter(|_| !*has_nul) {
            *has_nul = true;
            let at = field.span.start + nul as u32;
            self.report(&say::CSV_NUL, Span::new(at, at + 1));
        }
    }

    /// A cell further to the right than the headings go.
    fn beyond(&mut self, text: &str, field: CsvField) {
        let (value, _) = value(text, field);
        if !value.trim().is_empty() {
            self.report(&say::CSV_NO_HEADING, field.span);
        }
    }

    fn report(&mut self, message: &'static SyntaxMessage, span: Span) {
        self.builder.report(DocumentError::syntax(message, None, span));
    }

    fn cell(&mut self, text: &str, field: CsvField, key: ColumnKey) -> Result<(), DocumentError> {
        let (value, range) = value(text, field);
        let span = match (&value, field.quotes) {
            (Cow::Borrowed(_), FieldQuotes::None) => inside(field.span, &range, 0),
            _ => field.span,
        };
        self.builder.scalar(NodeKind::String, ScalarStyle::Cell, span, (key.at, key.len), OWNED)?;
        if range.is_empty() {
            self.builder.scalar(NodeKind::Null, ScalarStyle::Cell, span, (span.start as usize, 0), 0)?;
            return Ok(());
        }
        let written = WrittenCell { field, value: &value, span };
        if !key.is_list {
            return self.text(&written, range);
        }
        self.builder.open(NodeKind::Sequence, ScalarStyle::CellList, span)?;
        for item in items(&value, range) {
            self.text(&WrittenCell { span: written.place(text, item.clone()), ..written }, item)?;
        }
        self.builder.close(Some(span.end))
    }

    /// Adds a range of a cell's value as a text.
    fn text(&mut self, written: &WrittenCell<'_>, range: Range<usize>) -> Result<(), DocumentError> {
        let (kind, style, len) = (NodeKind::String, ScalarStyle::Cell, range.len());
        if let Cow::Borrowed(_) = written.value {
            let quote = usize::from(written.field.quotes != FieldQuotes::None);
            let at = written.field.span.start as usize + quote + range.start;
            self.builder.scalar(kind, style, written.span, (at, len), 0)?;
        } else {
            let at = self.builder.tree.strings.len();
            self.builder.tree.strings.push_str(written.value.get(range).unwrap_or_default());
            self.builder.scalar(kind, style, written.span, (at, len), OWNED)?;
        }
        Ok(())
    }
}

/// A cell with its value.
#[derive(Clone, Copy)]
struct WrittenCell<'c> {
    field: CsvField,
    value: &'c Cow<'c, str>,
    span: Span,
}

impl WrittenCell<'_> {
    /// Where a range of the value is written.
    fn place(&self, text: &str, range: Range<usize>) -> Span {
        match self.field.quotes {
            FieldQuotes::None => inside(self.field.span, &range, 0),
            FieldQuotes::Around => inside(self.field.span, &range, 1),
            FieldQuotes::Inside => unescaped(text, self.field.span, 1, range),
        }
    }
}

/// A range of bytes that stand for themselves, counted from a span's start and `quote` bytes.
fn inside(span: Span, range: &Range<usize>, quote: u32) -> Span {
    let at = |offset: usize| span.start + quote + offset as u32;
    Span::new(at(range.start), at(range.end))
}

/// The content of a cell, and which part of it is the value.
fn value(text: &str, field: CsvField) -> (Cow<'_, str>, Range<usize>) {
    let decoded = field.text(text);
    let range = value_range(&decoded);
    (decoded, range)
}

/// The part of a cell's text that is its value.
fn value_range(text: &str) -> Range<usize> {
    let mut start = text.len() - text.trim_start().len();
    let mut end = start + text.trim().len();
    let inner = text.get(start..end).unwrap_or_default();
    if inner.len() > 3 && inner.starts_with("=\"") && inner.ends_with('"') {
        (start, end) = (start + 2, end - 1);
    } else if inner.len() > 1 && inner.starts_with('\'') && inner[1..].bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        start += 1;
    }
    start..end
}

/// The items of a cell with several, blanks and what a list's own notation puts around them left out.
fn items(value: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let whole = value.get(range.clone()).unwrap_or_default();
    // A comma may be part of an address.
    let is_separator = |at: usize, character: char| {
        let after = whole.get(at + character.len_utf8()..).unwrap_or_default().trim_start();
        let is_comma = matches!(character, ',' | '，');
        SEPARATORS.contains(&character) && !(is_comma && whole.contains("://") && !after.contains("://"))
    };
    let stops = whole.char_indices().filter(move |(at, character)| is_separator(*at, *character));
    let mut start = 0;
    let ends: Vec<(usize, usize)> = stops.map(|(at, character)| (at, at + character.len_utf8())).collect();
    ends.into_iter().chain([(whole.len(), whole.len())]).filter_map(move |(end, next)| {
        let item = start..end;
        start = next;
        let text = whole.get(item.clone())?;
        let is_around = |character: char| character.is_whitespace() || matches!(character, '[' | ']' | '"');
        let from = range.start + item.start + text.len() - text.trim_start_matches(is_around).len();
        let trimmed = text.trim_matches(is_around);
        (!trimmed.is_empty()).then(|| from..from + trimmed.len())
    })
}

/// The bytes of a cell with doubled quotes that became `range` of its value. `span` is the whole field, or an
/// item inside its quotes.
pub(super) fn locate(source: &str, span: Span, range: Range<usize>) -> Option<Span> {
    let written = source.get(span.range())?;
    if !written.starts_with('"') {
        return Some(unescaped(source, span, 0, range));
    }
    let offset = value_range(&CsvFields::of(written, 0, 0).next()?.text(written)).start;
    Some(unescaped(source, span, 1, range.start + offset..range.end + offset))
}

/// Where a range of a text with doubled quotes is written, which begins `quote` bytes inside a span.
fn unescaped(source: &str, span: Span, quote: usize, range: Range<usize>) -> Span {
    let written = source.as_bytes().get(span.range()).unwrap_or_default();
    let (mut at, mut decoded) = (quote, 0);
    let mut in_quotes = true;
    let mut reach = |target: usize| {
        while decoded < target && at < written.len() {
            match (written[at], written.get(at + 1)) {
                (b'"', Some(b'"')) if in_quotes => (at, decoded) = (at + 2, decoded + 1),
                (b'"', _) if in_quotes => (at, in_quotes) = (at + 1, false),
                _ => (at, decoded) = (at + 1, decoded + 1),
            }
        }
        span.start + at as u32
    };
    let start = reach(range.start);
    Span::new(start, reach(range.end))
}
