//! Of sources, the excerpts that reports may show: whole lines around every place that is spoken of.

use std::ops::Range;
use std::sync::Arc;

use dianjian_document::source::{
    CsvTable, DocumentPlaces, Passage, SheetRows, SourceFile, Span, TableHeader, TextEncoding, TextStore,
};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// Lines kept before and after a place, more than any report shows.
const CONTEXT_LINES: usize = 8;

/// The rows of the largest sheet that Excel can make. A damaged file must not make us reserve more.
const MAX_ROWS: usize = 1 << 20;

/// A source or an excerpt of one.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedSource {
    name: String,
    /// Bytes of the file before it.
    pub offset: u64,
    /// Lines of the file before it.
    line: u64,
    /// Whether `line` counts from where the shard began to read, as the lines before that are not known there.
    #[serde(default, skip_serializing_if = "is_false")]
    relative: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    table: Option<SavedTable>,
    /// Characters of its first line before it.
    #[serde(default, skip_serializing_if = "is_zero")]
    column: u64,
    /// Of a piece of a list, where its own items begin and end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    items: Option<(u32, u32)>,
    /// Of a document, the places of the lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    passages: Option<Vec<Passage>>,
    /// Whether it is a record about the file of its name.
    #[serde(default, skip_serializing_if = "is_false")]
    is_material: bool,
    /// How the file's bytes are encoded.
    #[serde(default, skip_serializing_if = "is_utf8")]
    encoding: TextEncoding,
    text: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_utf8(encoding: &TextEncoding) -> bool {
    *encoding == TextEncoding::Utf8
}

/// Where in a table a source lies.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedTable {
    delimiter: u8,
    encoding: TextEncoding,
    header: TableHeader,
    /// Records of the table before it.
    first: u64,
    /// In a workbook: the sheet, with the rows of the excerpt's records alone.
    rows: Option<SheetRows>,
}

impl SavedSource {
    /// An excerpt of a source. `range` begins and ends where lines (and records) do.
    pub(crate) fn of(source: &SourceFile, range: Range<u32>, relative: bool) -> Self {
        Self {
            name: source.name().to_owned(),
            offset: source.base_offset() + u64::from(range.start),
            line: source.base_line() + source.line_index(range.start) as u64,
            relative,
            table: source.table().map(|table| SavedTable::of(source, table, &range)),
            column: if source.line_index(range.start) == 0 { source.position(range.start).column - 1 } else { 0 },
            items: (range == (0..source.whole().end))
                .then(|| source.items().map(|items| (items.span().start, items.span().end)))
                .flatten(),
            passages: source.document().map(|document| {
                let (first, after) = (source.line_index(range.start), source.line_index(range.end));
                let last = if range.end >= source.whole().end { document.passages.len() } else { after };
                document.passages.get(first..last).unwrap_or_default().to_vec()
            }),
            is_material: source.is_material(),
            encoding: source.encoding(),
            text: source.slice(Span::new(range.start, range.end)).to_owned(),
        }
    }

    /// The first byte of the file that it alone stands for.
    pub(crate) fn own_start(&self) -> u64 {
        self.offset + self.items.map_or(0, |(start, _)| u64::from(start))
    }

    /// The excerpt as a source. `lines_before` is the number of lines before the shard's first.
    pub(crate) fn load(self, lines_before: u64) -> SourceFile {
        let line = if self.relative { self.line.saturating_add(lines_before) } else { self.line };
        let source = SourceFile::chunk(self.name, self.text, self.offset, line).with_column(self.column);
        let source = source.with_encoding(self.encoding);
        let source = if self.is_material { source.as_material() } else { source };
        let source = match self.passages {
            Some(passages) => source.with_document(Arc::new(DocumentPlaces { passages, unread: Vec::new() })),
            None => source,
        };
        let source = match self.items {
            Some((start, end)) => source.with_items(Span::new(start, end)),
            None => source,
        };
        match self.table {
            Some(table) => table.load(source),
            None => source,
        }
    }
}

impl SavedTable {
    fn of(source: &SourceFile, table: &CsvTable, range: &Range<u32>) -> Self {
        let before = |offset: u32| source.record_starts().partition_point(|&start| start < offset) as u64;
        let (first, after) = (source.first_record() + before(range.start), source.first_record() + before(range.end));
        let own = |rows: &SheetRows| SheetRows { sheet: Arc::clone(&rows.sheet), cells: rows.cells.part(first..after) };
        Self {
            delimiter: table.delimiter,
            encoding: table.encoding,
            header: table.header.clone(),
            first,
            rows: table.rows.as_deref().map(own),
        }
    }

    fn load(self, source: SourceFile) -> SourceFile {
        let first = usize::try_from(self.first).unwrap_or(usize::MAX).min(MAX_ROWS);
        let placed = |rows: SheetRows| SheetRows { sheet: rows.sheet, cells: rows.cells.after(first) };
        let table = CsvTable {
            delimiter: self.delimiter,
            encoding: self.encoding,
            rows: self.rows.map(placed).map(Arc::new),
            header: self.header,
            store: TextStore::Memory(Arc::from("")),
        };
        source.with_table(Arc::new(table), self.first)
    }
}

/// Collects places, then cuts excerpts around them.
#[derive(Debug, Default)]
pub(crate) struct Excerpts {
    sources: Vec<(Arc<SourceFile>, Vec<Range<u32>>)>,
    known: FxHashMap<*const SourceFile, usize>,
}

/// Finds places in the excerpts that were made of their sources.
#[derive(Debug, Default)]
pub(crate) struct PlacedExcerpts {
    /// By source: the range of each excerpt and its index, sorted.
    excerpts: FxHashMap<*const SourceFile, Vec<(Range<u32>, usize)>>,
}

impl Excerpts {
    pub(crate) fn add(&mut self, source: &Arc<SourceFile>, span: Span) {
        let number = *self.known.entry(Arc::as_ptr(source)).or_insert_with(|| {
            self.sources.push((Arc::clone(source), Vec::new()));
            self.sources.len() - 1
        });
        if let Some((_, ranges)) = self.sources.get_mut(number) {
            ranges.push(around(source, span));
        }
    }

    /// Cuts the excerpts. `relative`: whether the lines of the source with this name count from where the shard began.
    pub(crate) fn saved(self, relative: &dyn Fn(&str) -> bool) -> (Vec<SavedSource>, PlacedExcerpts) {
        let (mut saved, mut placed) = (Vec::new(), PlacedExcerpts::default());
        for (source, ranges) in self.sources {
            let excerpts: Vec<_> = joined(ranges)
                .into_iter()
                .map(|range| {
                    saved.push(SavedSource::of(&source, range.clone(), relative(source.name())));
                    (range, saved.len() - 1)
                })
                .collect();
            placed.excerpts.insert(Arc::as_ptr(&source), excerpts);
        }
        (saved, placed)
    }
}

impl PlacedExcerpts {
    /// The index of the excerpt that holds a place, and where it is in it.
    pub(crate) fn place(&self, source: &Arc<SourceFile>, span: Span) -> Option<(usize, Span)> {
        let excerpts = self.excerpts.get(&Arc::as_ptr(source))?;
        let at = excerpts.partition_point(|(range, _)| range.start <= span.start).checked_sub(1)?;
        let (range, number) = excerpts.get(at)?;
        Some((*number, Span::new(span.start - range.start, span.end - range.start)))
    }
}

/// The lines around a place; in a table, the records.
fn around(source: &SourceFile, span: Span) -> Range<u32> {
    let first = source.line_index(span.start).saturating_sub(CONTEXT_LINES);
    let after = source.line_index(span.end) + CONTEXT_LINES + 1;
    let length = source.whole().end;
    let mut start = source.line_span(first).map_or(0, |line| line.start);
    let mut end = source.line_span(after).map_or(length, |line| line.start);
    let records = source.record_starts();
    if !records.is_empty() {
        let at = |index: usize| records.get(index).copied();
        let before = records.partition_point(|&record| record <= start);
        start = before.checked_sub(1).and_then(at).unwrap_or(0);
        end = at(records.partition_point(|&record| record < end)).unwrap_or(length);
    }
    start..end
}

/// The union of ranges, sorted and disjoint.
fn joined(mut ranges: Vec<Range<u32>>) -> Vec<Range<u32>> {
    ranges.sort_unstable_by_key(|range| range.start);
    let mut joined: Vec<Range<u32>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}
