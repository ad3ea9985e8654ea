//! The part of a source that is displayed with a finding: a few lines, cut to the terminal's width, in which control
//! characters are visible and have no effect.
//!
//! [`Excerpt`] is the `SourceCode` that miette draws: it supplies the safe text and labels within that text, while line
//! and column in the heading stay those of the file.

use std::borrow::Cow;

use dianjian_base::lang::Lang;
use dianjian_document::source::{PlaceName, SourceFile, Span};
use miette::{LabeledSpan, MietteError, SourceCode, SourceSpan, SpanContents};

use super::row::ExcerptRow;
use super::safe::{clipped, is_hidden, joins_emoji, one_line, shown_width, write_code_point};

/// A span over this many lines or more is represented by its first line.
const MAX_SPAN_LINES: usize = 5;

/// Another label is drawn in the same excerpt if it is at most this many lines away …
const NEAR_LINES: usize = 3;

/// … and as long as there are at most this many, none overlapping another.
const MAX_LABELS: usize = 4;

/// No line is cut to less than this.
const MIN_COLUMNS: usize = 24;

/// A place to underline, with an optional text below the line.
pub(super) struct ExcerptMark<'a> {
    pub span: Span,
    pub label: Option<Cow<'a, str>>,
}

/// Lines of a source, made safe to display.
pub(super) struct Excerpt {
    name: String,
    text: String,
    /// The first line of `text`, from 0.
    first_line: usize,
    lines: usize,
    /// Line and column of the place, from 0.
    start: (usize, usize),
    /// Sorted by offset in `text`; `true` for the label of the place itself.
    labels: Vec<(LabeledSpan, bool)>,
    /// Whether the first line of `text` is the headings of a table, which stand elsewhere in the file.
    has_headings: bool,
    /// Whether the numbers of the lines are none that people know.
    is_unnumbered: bool,
    /// Whether its place is none of a line and a column.
    has_no_lines: bool,
}

impl Excerpt {
    /// The lines around `place` in at most `columns` columns. Those of `others` that lie near are drawn as well; their
    /// numbers are returned.
    pub(super) fn new(
        source: &SourceFile,
        place: &ExcerptMark<'_>,
        others: &[(usize, ExcerptMark<'_>)],
        columns: usize,
        lang: Lang,
    ) -> (Self, Vec<usize>) {
        let shown = VisibleSpan::of(source, place.span);
        let mut marks = vec![(shown, place.label.as_deref(), true)];
        let mut used = Vec::new();
        for (number, other) in others {
            let near = VisibleSpan::of(source, other.span);
            let is_near = near.first == near.last
                && near.first + NEAR_LINES >= shown.first
                && near.first <= shown.last + NEAR_LINES;
            let is_apart =
                marks.iter().all(|(mark, ..)| near.span.end <= mark.span.start || mark.span.end <= near.span.start);
            if is_near && is_apart && marks.len() < MAX_LABELS {
                marks.push((near, other.label.as_deref(), false));
                used.push(*number);
            }
        }
        let first = marks.iter().map(|mark| mark.0.first).min().unwrap_or(shown.first);
        let last = marks.iter().map(|mark| mark.0.last).max().unwrap_or(shown.last);
        let name = heading(source, place.span.start, lang);
        let mut excerpt = Self {
            name: one_line(&name).into_owned(),
            text: String::with_capacity(256),
            first_line: source.base_line() as usize,
            lines: 0,
            start: line_and_column(source, place.span.start),
            labels: Vec::with_capacity(marks.len()),
            has_headings: false,
            is_unnumbered: !source.has_lines(),
            has_no_lines: !source.has_lines(),
        };
        excerpt.fill(source, &marks, first, last, columns);
        (excerpt, used)
    }

    /// The row of a table under its headings; `None` if the place is not in a table. Those of `others` that lie in the
    /// visible part of the same row are drawn as well.
    pub(super) fn of_row(
        source: &SourceFile,
        place: &ExcerptMark<'_>,
        others: &[(usize, ExcerptMark<'_>)],
        columns: usize,
        lang: Lang,
    ) -> Option<(Self, Vec<usize>)> {
        let record = source.record_span(place.span.start)?;
        let others: Vec<_> = others.iter().filter(|(_, mark)| record.contains(mark.span)).take(MAX_LABELS).collect();
        let spans: Vec<Span> = [place.span].into_iter().chain(others.iter().map(|(_, mark)| mark.span)).collect();
        let gutter = source.position(record.start).line.to_string().len() + 4;
        let columns = columns.saturating_sub(gutter).max(MIN_COLUMNS);
        let row = ExcerptRow::of(source, &spans, columns)?;
        let name = heading(source, place.span.start, lang);
        let mut excerpt = Self {
            name: one_line(&name).into_owned(),
            text: row.text,
            first_line: (row.number.saturating_sub(1 + u64::from(row.has_headings))) as usize,
            lines: 1 + usize::from(row.has_headings),
            start: line_and_column(source, place.span.start),
            labels: Vec::with_capacity(spans.len()),
            has_headings: row.has_headings,
            is_unnumbered: false,
            has_no_lines: !source.has_lines(),
        };
        let mut used = Vec::new();
        let mut drawn: Vec<(usize, usize)> = Vec::new();
        for (number, found) in row.places.iter().enumerate() {
            let Some((start, end)) = *found else { continue };
            if drawn.iter().any(|(from, to)| *from < end && start < *to) {
                continue;
            }
            drawn.push((start, end));
            let other = number.checked_sub(1).and_then(|at| others.get(at));
            let mark = other.map_or(place, |(_, mark)| mark);
            used.extend(other.map(|(number, _)| *number));
            excerpt.add_label(mark.label.as_deref(), other.is_none(), (start, end), columns);
        }
        excerpt.labels.sort_by_key(|(label, _)| label.offset());
        Some((excerpt, used))
    }

    /// Removes from miette's drawing what is wrong for a row of a table: the number beside the headings, which is not
    /// theirs, and line and column of a cell in a workbook, which has neither.
    pub(super) fn corrected(&self, drawn: &mut String, start: usize) {
        let (line, column) = (self.start.0 + 1, self.start.1 + 1);
        if self.has_no_lines {
            let heading = format!("{}:{line}:{column}", self.name);
            if let Some(at) = drawn[start..].find(&heading) {
                let from = start + at + self.name.len();
                drawn.replace_range(from..start + at + heading.len(), "");
            }
        }
        if self.is_unnumbered {
            // The message above the heading may have the words of a line.
            let mut from = drawn[start..].find(&self.name).map_or(start, |at| start + at + self.name.len());
            for (number, line) in (self.first_line + 1..).zip(self.text.lines()) {
                from = without_number(drawn, from, number, line);
            }
        }
        let headings = self.text.lines().next().filter(|_| self.has_headings);
        if let Some(headings) = headings {
            without_number(drawn, start, self.first_line + 1, headings);
        }
    }

    fn fill(
        &mut self,
        source: &SourceFile,
        marks: &[(VisibleSpan, Option<&str>, bool)],
        first: usize,
        last: usize,
        columns: usize,
    ) {
        let number = source.base_line() as usize + last + 2;
        let arrows = if marks.iter().any(|mark| mark.0.first < mark.0.last) { 4 } else { 0 };
        let gutter = number.to_string().len() + 4 + arrows;
        let columns = columns.saturating_sub(gutter).max(MIN_COLUMNS);
        let from = self.context(source, first.checked_sub(1)).unwrap_or(first);
        let to = self.context(source, Some(last + 1)).unwrap_or(last);
        self.first_line += from;
        let mut placed = vec![(0, 0); marks.len()];
        for line in from..=to {
            let span = source.line_span(line).unwrap_or_else(|| source.whole());
            self.write_line(source, span, &ends_in(line, marks), columns, &mut placed);
        }
        for ((_, label, is_primary), (start, end)) in marks.iter().zip(placed) {
            self.add_label(*label, *is_primary, (start, end.max(start)), columns);
        }
        self.labels.sort_by_key(|(label, _)| label.offset());
    }

    /// Adds a label over bytes of the excerpt, its text clipped to the columns that it has.
    fn add_label(&mut self, text: Option<&str>, is_primary: bool, (start, end): (usize, usize), columns: usize) {
        let text = text.map(|text| clipped(text, self.room(start, end, columns)).into_owned());
        let span = (start, end - start);
        let label = match is_primary {
            true => LabeledSpan::new_primary_with_span(text, span),
            false => LabeledSpan::new_with_span(text, span),
        };
        self.labels.push((label, is_primary));
    }

    /// Columns for the text of a label, which miette hangs below the middle of its place.
    fn room(&self, start: usize, end: usize, columns: usize) -> usize {
        let line = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let width = |text: &str| text.chars().map(shown_width).sum::<usize>();
        let middle = width(&self.text[line..start]) + width(&self.text[start..end]) / 2;
        columns.saturating_sub(middle + 5).max(MIN_COLUMNS / 2)
    }

    /// A neighbouring line, if it has something to show.
    fn context(&self, source: &SourceFile, line: Option<usize>) -> Option<usize> {
        let line = line?;
        let text = source.slice(source.line_span(line)?);
        // Only the beginning is looked at: a long line costs no more than a short one.
        text.chars().take(MIN_COLUMNS).any(|c| !c.is_whitespace()).then_some(line)
    }

    /// Appends a line and records in `placed` where the ends of labels are in the excerpt.
    fn write_line(
        &mut self,
        source: &SourceFile,
        line: Span,
        ends: &[LabelEnd],
        columns: usize,
        placed: &mut [(usize, usize)],
    ) {
        let text = source.slice(line);
        let focus = focus(line, ends, text.len());
        let mut cut = VisiblePart::around(text, focus, columns);
        if line.start == 0 && cut.from == 0 && focus.is_none_or(|(_, end)| end > 3) {
            cut.from = source.bom_len() as usize;
        }
        let mut ends = ends.iter().peekable();
        let mut note = |upto: usize, at: usize| {
            while let Some(end) = ends.next_if(|end| (end.at.saturating_sub(line.start)) as usize <= upto) {
                let Some(place) = placed.get_mut(end.number) else {
                    continue;
                };
                if end.is_start {
                    place.0 = at;
                } else {
                    place.1 = at;
                }
            }
        };
        if cut.is_cut_before {
            self.text.push('…');
        }
        cut.write(text, &mut self.text, &mut note);
        note(usize::MAX, self.text.len());
        if cut.to < text.len() {
            self.text.push('…');
        }
        self.text.push('\n');
        self.lines += 1;
    }

    /// The labels in the order in which miette draws them; `true` for the label of the place itself.
    pub(super) fn labels(&self) -> impl Iterator<Item = (&LabeledSpan, bool)> {
        self.labels.iter().map(|(label, is_primary)| (label, *is_primary))
    }
}

/// Blanks out the number beside a line; returns where the line ends.
fn without_number(drawn: &mut String, start: usize, number: usize, line: &str) -> usize {
    let Some(at) = drawn[start..].find(line).map(|at| start + at) else { return start };
    let begin = drawn[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let number = number.to_string();
    if let Some(found) = drawn[begin..at].rfind(&number) {
        drawn.replace_range(begin + found..begin + found + number.len(), &" ".repeat(number.len()));
    }
    at + line.len()
}

/// The name of the file, with that of the place where it is no line.
fn heading(source: &SourceFile, offset: u32, lang: Lang) -> String {
    match source.place_name(offset) {
        Some(place) if place != PlaceName::File => format!("{} · {}", source.name(), place.get(lang)),
        _ => source.name().to_owned(),
    }
}

/// Line and column of an offset, both from 0 as miette counts them.
fn line_and_column(source: &SourceFile, offset: u32) -> (usize, usize) {
    let position = source.position(offset);
    (position.line.saturating_sub(1) as usize, position.column.saturating_sub(1) as usize)
}

/// The ends of labels that lie in a line, in their order there.
fn ends_in(line: usize, marks: &[(VisibleSpan, Option<&str>, bool)]) -> Vec<LabelEnd> {
    let mut ends = Vec::new();
    for (number, (shown, ..)) in marks.iter().enumerate() {
        if shown.first == line {
            ends.push(LabelEnd { number, is_start: true, at: shown.span.start });
        }
        if shown.last == line {
            ends.push(LabelEnd { number, is_start: false, at: shown.span.end });
        }
    }
    ends.sort_by_key(|end| end.at);
    ends
}

/// Bytes of the line that must be visible: those of its first label.
fn focus(line: Span, ends: &[LabelEnd], length: usize) -> Option<(usize, usize)> {
    let first = ends.iter().min_by_key(|end| end.number)?;
    let here = |at: u32| (at.saturating_sub(line.start) as usize).min(length);
    let of = |is_start| {
        ends.iter().find(|end| end.number == first.number && end.is_start == is_start).map(|end| here(end.at))
    };
    let start = of(true).unwrap_or(0);
    Some((start, of(false).unwrap_or(start).max(start)))
}

/// One end of a label, within the line being written.
struct LabelEnd {
    number: usize,
    is_start: bool,
    at: u32,
}

/// A span as it is drawn: without trailing blanks, over less than [`MAX_SPAN_LINES`] lines (numbered from 0).
#[derive(Clone, Copy)]
struct VisibleSpan {
    span: Span,
    first: usize,
    last: usize,
}

impl VisibleSpan {
    fn of(source: &SourceFile, span: Span) -> Self {
        let text = source.text();
        let start = text.floor_char_boundary(span.start as usize) as u32;
        let span = Span::new(start, text.ceil_char_boundary(span.end as usize) as u32);
        let first = source.line_index(span.start);
        let last = source.line_index(span.end);
        if first == last {
            return Self { span, first, last };
        }
        let trimmed = source.slice(span).trim_end();
        let end = span.start + trimmed.len() as u32;
        let last = source.line_index(end);
        if last - first < MAX_SPAN_LINES {
            return Self { span: Span::new(span.start, end), first, last };
        }
        let line_end = source.line_span(first).map_or(end, |line| line.end);
        Self { span: Span::new(span.start, line_end), first, last: first }
    }
}

/// The visible part of a line, in bytes.
pub(super) struct VisiblePart {
    pub from: usize,
    pub to: usize,
    pub is_cut_before: bool,
}

impl VisiblePart {
    /// At most `columns` columns of a line, chosen so that the beginning of `focus` is visible.
    pub(super) fn around(text: &str, focus: Option<(usize, usize)>, columns: usize) -> Self {
        let from = focus.map_or(0, |(start, end)| Self::begin(text, start, end, columns));
        let mut left = columns.saturating_sub(usize::from(from > 0));
        for (at, c) in text[from..].char_indices() {
            let width = shown_width(c);
            // The last column is the ellipsis's, unless the line ends here.
            if width > left || (width == left && from + at + c.len_utf8() < text.len()) {
                return Self { from, to: from + at, is_cut_before: from > 0 };
            }
            left -= width;
        }
        Self { from, to: text.len(), is_cut_before: from > 0 }
    }

    /// Where to begin so that some text before and after the focus is visible.
    fn begin(text: &str, start: usize, end: usize, columns: usize) -> usize {
        let upto = |text: &str, most: usize| {
            let mut width = 0;
            for c in text.chars() {
                width += shown_width(c);
                if width >= most {
                    return most;
                }
            }
            width
        };
        let middle = upto(&text[start..end], columns / 2);
        let after = upto(&text[end..], columns / 4);
        let mut room = columns.saturating_sub(middle + after + 1);
        for (at, c) in text[..start].char_indices().rev() {
            let width = shown_width(c);
            if width > room {
                return at + c.len_utf8();
            }
            room -= width;
        }
        0
    }

    /// Appends the part, made safe. Calls `note(byte of the line, byte of out)` for each character.
    fn write(&self, text: &str, out: &mut String, note: &mut impl FnMut(usize, usize)) {
        let part = &text[self.from..self.to];
        let mut before = None;
        let mut chars = part.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            note(self.from + at, out.len());
            if c == '\t' || !is_hidden(c) || joins_emoji(before, c, chars.peek().map(|next| next.1)) {
                out.push(c);
            } else {
                write_code_point(c, out);
            }
            before = Some(c);
        }
    }
}

/// A place within its line: the text before it, the place itself, and the text after it, cut to `columns`.
pub(super) fn line_of(source: &SourceFile, span: Span, columns: usize) -> (String, String, String) {
    let shown = VisibleSpan::of(source, span);
    let line = source.line_span(shown.first).unwrap_or(shown.span);
    let text = source.slice(line);
    let start = (shown.span.start.saturating_sub(line.start) as usize).min(text.len());
    let end = (shown.span.end.saturating_sub(line.start) as usize).clamp(start, text.len());
    let blank = text.len() - text.trim_start_matches([' ', '\t', '\u{feff}']).len();
    let skip = blank.min(start);
    let text = &text[skip..];
    let (start, end) = (start - skip, end - skip);
    let cut = VisiblePart::around(text, Some((start, end)), columns.max(MIN_COLUMNS));
    let mut parts = [String::new(), String::new(), String::new()];
    if cut.is_cut_before {
        parts[0].push('…');
    }
    let start = start.clamp(cut.from, cut.to);
    let end = end.clamp(start, cut.to);
    for (part, (from, to)) in parts.iter_mut().zip([(cut.from, start), (start, end), (end, cut.to)]) {
        part.push_str(&one_line(&text[from..to]));
    }
    if cut.to < text.len() {
        parts[2].push('…');
    }
    parts.into()
}

impl SourceCode for Excerpt {
    /// The whole excerpt, whatever is asked for. miette asks without context lines only to head
    /// the excerpt with the place.
    fn read_span<'a>(
        &'a self,
        _span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let is_heading = before == 0 && after == 0;
        let (line, column) = if is_heading { self.start } else { (self.first_line, 0) };
        Ok(Box::new(ExcerptContents { excerpt: self, line, column, span: (0, self.text.len()).into() }))
    }
}

struct ExcerptContents<'a> {
    excerpt: &'a Excerpt,
    line: usize,
    column: usize,
    span: SourceSpan,
}

impl<'a> SpanContents<'a> for ExcerptContents<'a> {
    fn data(&self) -> &'a [u8] {
        self.excerpt.text.as_bytes()
    }

    fn span(&self) -> &SourceSpan {
        &self.span
    }

    fn name(&self) -> Option<&str> {
        Some(&self.excerpt.name)
    }

    fn line(&self) -> usize {
        self.line
    }

    fn column(&self) -> usize {
        self.column
    }

    fn line_count(&self) -> usize {
        self.excerpt.lines
    }
}
