//! A row of a table under its headings, in columns, cut around the cells in question.

use dianjian_document::source::{CsvField, CsvFields, SourceFile, Span};

use super::excerpt::VisiblePart;
use super::safe::{one_line, width};

/// Terminal columns between two cells.
const GAP: usize = 2;

/// The widest cell, except for the one that has the finding.
const MOST: usize = 24;

/// A row in columns, below its headings.
pub(super) struct ExcerptRow {
    /// A line of headings, if there are any, and the line of the row.
    pub text: String,
    pub has_headings: bool,
    /// The line in the file, or the row in the sheet.
    pub number: u64,
    /// The bytes of each place in `text`; `None` for places in cells that are not visible.
    pub places: Vec<Option<(usize, usize)>>,
}

/// A cell, made safe to display.
struct ExcerptCell {
    heading: String,
    text: String,
    width: usize,
    /// The bytes of each place in `text`.
    places: Vec<Option<(usize, usize)>>,
}

impl ExcerptRow {
    /// The row of the first place in at most `columns` columns; `None` if the place is not in a table, or above it.
    pub(super) fn of(source: &SourceFile, places: &[Span], columns: usize) -> Option<Self> {
        let table = source.table()?;
        let start = places.first()?.start;
        let place = source.field_at(start)?;
        let header = table.header.record?;
        if place.record < header {
            return None;
        }
        let record = source.record_span(start)?;
        let has_headings = place.record > header;
        let fields: Vec<CsvField> = CsvFields::of(source.text(), record.start, table.delimiter).collect();
        let heading = |at: usize| table.header.columns.get(at).filter(|_| has_headings).map_or("", |c| &*c.heading);
        let most = |at: usize| if at == place.field { columns * 2 / 3 } else { MOST };
        let cells: Vec<ExcerptCell> = fields
            .iter()
            .enumerate()
            .map(|(at, field)| ExcerptCell::of(source, *field, heading(at), places, most(at)))
            .collect();
        let line = source.position(record.start).line;
        let number = source.cell(start).map_or(line, |cell| cell.row.into());
        let shown = window(&cells, place.field, columns);
        let mut row = Self { text: String::new(), has_headings, number, places: vec![None; places.len()] };
        row.write(&cells, shown);
        Some(row)
    }

    fn write(&mut self, cells: &[ExcerptCell], (from, to): (usize, usize)) {
        let before = if from > 0 { "… " } else { "" };
        let after = if to + 1 < cells.len() { "…" } else { "" };
        if self.has_headings {
            self.text.push_str(before);
            for cell in &cells[from..=to] {
                self.cell(&cell.heading, cell.width);
            }
            self.end(after, 0);
        }
        self.text.push_str(before);
        for cell in &cells[from..=to] {
            let start = self.text.len();
            self.cell(&cell.text, cell.width);
            for (place, own) in self.places.iter_mut().zip(&cell.places) {
                let Some((from, to)) = own else { continue };
                let first = place.map_or(start + from, |(first, _)| first);
                *place = Some((first, start + to));
            }
        }
        let end = self.places.iter().flatten().map(|(_, end)| *end).max().unwrap_or(0);
        self.end(after, end);
    }

    /// Ends a line. Trailing blanks are removed, except for those among the first `kept` bytes.
    fn end(&mut self, after: &str, kept: usize) {
        if after.is_empty() {
            self.text.truncate(self.text.trim_end().len().max(kept));
        }
        self.text.push_str(after);
        self.text.push('\n');
    }

    fn cell(&mut self, text: &str, columns: usize) {
        self.text.push_str(text);
        let blanks = columns.saturating_sub(width(text)) + GAP;
        self.text.extend(std::iter::repeat_n(' ', blanks));
    }
}

impl ExcerptCell {
    fn of(source: &SourceFile, field: CsvField, heading: &str, places: &[Span], most: usize) -> Self {
        let heading = heading.split_whitespace().collect::<Vec<_>>().join(" ");
        let heading = cut(&one_line(&heading), None, most.min(MOST)).0;
        let is_quoted = source.slice(field.span).starts_with('"') && field.fault.is_none();
        // The text of a range of the field, without quotes.
        let part = |from: u32, to: u32| {
            let written = source.slice(Span::new(from.max(field.span.start), to.min(field.span.end)));
            if !is_quoted {
                return one_line(written).into_owned();
            }
            let inner = if from <= field.span.start { written.strip_prefix('"').unwrap_or(written) } else { written };
            let inner = if to >= field.span.end { inner.strip_suffix('"').unwrap_or(inner) } else { inner };
            let inner = inner.replace("\"\"", "\"").replace("\r\n", "↵").replace(['\n', '\r'], "↵");
            one_line(&inner).into_owned()
        };
        let whole = part(field.span.start, field.span.end);
        let found = |place: &Span| {
            let touches = place.start <= field.span.end && field.span.start <= place.end;
            let is_inside = touches && (place.start < field.span.end || field.span.is_empty() || place.is_empty());
            let reaches = place.end > field.span.start || field.span.is_empty() || place.is_empty();
            (is_inside && reaches).then(|| {
                let before =
                    if place.start <= field.span.start { 0 } else { part(field.span.start, place.start).len() };
                let after = if place.end >= field.span.end { 0 } else { part(place.end, field.span.end).len() };
                (before.min(whole.len()), whole.len().saturating_sub(after).max(before).min(whole.len()))
            })
        };
        let found: Vec<_> = places.iter().map(found).collect();
        let (text, shift) = cut(&whole, found.iter().flatten().next().copied(), most);
        let moved = |at: usize| {
            let at = (at as isize + shift).max(0) as usize;
            text.floor_char_boundary(at.min(text.len()))
        };
        let places = found.iter().map(|place| place.map(|(from, to)| (moved(from), moved(to)))).collect();
        Self { width: width(&heading).max(width(&text)), heading, text, places }
    }
}

/// A text cut to `columns` so that the focus is visible, and by how many bytes the focus has moved.
fn cut(text: &str, focus: Option<(usize, usize)>, columns: usize) -> (String, isize) {
    let focus = focus.filter(|(from, to)| text.is_char_boundary(*from) && text.is_char_boundary(*to));
    let cut = VisiblePart::around(text, focus, columns);
    let mut out = String::new();
    if cut.is_cut_before {
        out.push('…');
    }
    let shift = out.len() as isize - cut.from as isize;
    out.push_str(&text[cut.from..cut.to]);
    if cut.to < text.len() {
        out.push('…');
    }
    (out, shift)
}

/// The first and the last visible cell: as many as fit around the one that has the finding.
fn window(cells: &[ExcerptCell], focus: usize, columns: usize) -> (usize, usize) {
    let width = |at: usize| cells.get(at).map_or(0, |cell| cell.width + GAP);
    let focus = focus.min(cells.len().saturating_sub(1));
    let (mut from, mut to) = (focus, focus);
    // Columns for the ellipses at both ends.
    let mut left = columns.saturating_sub(width(focus) + 5);
    loop {
        let can_right = to + 1 < cells.len() && width(to + 1) <= left;
        let can_left = from > 0 && width(from - 1) <= left;
        // Cells to the left come first: they are more likely to identify the row, by a name or a number.
        if can_left && (!can_right || focus - from <= to - focus) {
            from -= 1;
            left -= width(from);
        } else if can_right {
            to += 1;
            left -= width(to);
        } else {
            return (from, to);
        }
    }
}
