//! A source file as miette reads it: by line index, with character columns.
//!
//! miette's stock implementation rescans the file for each label and reports byte columns. This
//! one looks lines up, and of a very long line it hands over only the part around the label.

use miette::{MietteError, SourceCode, SourceSpan, SpanContents};

use super::{SourceFile, Span};

/// Bytes of a line shown before and after a label, where the line is longer than that.
const LINE_WINDOW: usize = 320;

/// A span longer than this is not shown together with others.
const JOINED_MAX: usize = 16 * 1024;

struct Contents<'a> {
    source: &'a SourceFile,
    span: SourceSpan,
    data: &'a [u8],
    line: usize,
    column: usize,
    line_count: usize,
}

impl<'a> SpanContents<'a> for Contents<'a> {
    fn data(&self) -> &'a [u8] {
        self.data
    }

    fn span(&self) -> &SourceSpan {
        &self.span
    }

    fn name(&self) -> Option<&str> {
        Some(self.source.name())
    }

    fn line(&self) -> usize {
        self.line
    }

    fn column(&self) -> usize {
        self.column
    }

    fn line_count(&self) -> usize {
        self.line_count
    }
}

impl SourceFile {
    /// The part of the text to show around a span, with whole lines of context, and long lines cut.
    fn window(&self, span: Span, before: usize, after: usize) -> Span {
        let first = self.line_index(span.start);
        let last = self.line_index(span.end.max(span.start));
        let line = |index: usize| self.line_span(index).unwrap_or(Span::at(span.end));
        let far_start = span.start.saturating_sub(LINE_WINDOW as u32);
        let mut start = line(first.saturating_sub(before)).start;
        if line(first).start < far_start {
            start = self.text.floor_char_boundary(far_start as usize) as u32;
        } else if start < span.start.saturating_sub(4 * LINE_WINDOW as u32) {
            start = line(first).start;
        }
        let far_end = span.end.saturating_add(LINE_WINDOW as u32);
        let mut end = line((last + after).min(self.line_count().saturating_sub(1)).max(last)).end;
        if line(last).end > far_end {
            end = self.text.ceil_char_boundary(far_end as usize) as u32;
        } else if end > span.end.saturating_add(4 * LINE_WINDOW as u32) {
            end = line(last).end;
        }
        Span::new(start.max(self.bom_len().min(span.start)), end.max(span.end))
    }
}

impl SourceCode for SourceFile {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset().saturating_add(span.len());
        if end > self.text().len() || (span.len() > JOINED_MAX && context_lines_before > 0 && self.is_one_line(span)) {
            return Err(MietteError::OutOfBounds);
        }
        let asked = Span::new(
            self.text().floor_char_boundary(span.offset()) as u32,
            self.text().ceil_char_boundary(end) as u32,
        );
        let shown = if context_lines_before == 0 && context_lines_after == 0 {
            asked
        } else {
            self.window(asked, context_lines_before, context_lines_after)
        };
        let (from, to) = self.range(shown);
        Ok(Box::new(Contents {
            source: self,
            span: shown.into(),
            data: self.slice(shown).as_bytes(),
            line: (from.line as usize).saturating_sub(1),
            column: (from.column as usize).saturating_sub(1),
            line_count: (to.line - from.line) as usize + 1,
        }))
    }
}

impl SourceFile {
    fn is_one_line(&self, span: &SourceSpan) -> bool {
        let end = span.offset().saturating_add(span.len());
        self.line_index(span.offset() as u32) == self.line_index(end as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, Report};
    use std::sync::Arc;

    fn shown(source: &Arc<SourceFile>, spans: &[Span]) -> String {
        let labels =
            spans.iter().map(|&span| LabeledSpan::new_with_span(Some("这里".to_owned()), span)).collect::<Vec<_>>();
        let report = Report::from(MietteDiagnostic::new("m").with_labels(labels)).with_source_code(Arc::clone(source));
        let mut out = String::new();
        GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
            .render_report(&mut out, report.as_ref())
            .unwrap();
        out
    }

    #[test]
    fn the_heading_counts_characters_and_chunk_lines() {
        let source = Arc::new(SourceFile::chunk("店.yaml", "a: 1\n名称: 云山旗舰店\nb: 2\n", 500, 40));
        let start = source.text().find("旗舰店").unwrap() as u32;
        let out = shown(&source, &[Span::new(start, start + 9)]);
        assert!(out.contains("店.yaml:42:7"), "{out}");
        assert!(out.contains("42 │ 名称: 云山旗舰店"), "{out}");
        assert!(out.contains("41 │ a: 1") && out.contains("43 │ b: 2"), "{out}");
    }

    #[test]
    fn a_long_line_is_shown_in_part() {
        let source = Arc::new(SourceFile::new("a", "x茶".repeat(50_000)));
        let far = 40_000;
        let out = shown(&source, &[Span::new(far, far + 1), Span::new(160_000, 160_001)]);
        assert!(out.len() < 9_000, "{} bytes", out.len());
        assert_eq!(out.matches("这里").count(), 2, "{out}");
    }

    #[test]
    fn places_at_the_edges_can_be_shown() {
        for text in ["", "\n", "a", "\u{feff}a: b\n", "a\r\n\r\nb", "a\rb"] {
            let source = Arc::new(SourceFile::new("a", text));
            let len = text.len() as u32;
            for (start, end) in [(0, 0), (len, len), (0, len)] {
                shown(&source, &[Span::new(start, end)]);
            }
        }
    }

    #[test]
    fn many_findings_in_a_large_file_render_without_rescans() {
        let line = "名称: 云山旗舰店官方正品特价\n";
        let source = Arc::new(SourceFile::new("a", line.repeat(25_000)));
        let began = std::time::Instant::now();
        for at in 0..1_000_u32 {
            let start = (at * 25) * line.len() as u32 + 8;
            source.read_span(&Span::new(start, start + 6).into(), 1, 1).unwrap();
        }
        // A rescan of one megabyte for each of them would take seconds even in a debug build.
        assert!(began.elapsed().as_millis() < 500, "{:?}", began.elapsed());
    }
}
