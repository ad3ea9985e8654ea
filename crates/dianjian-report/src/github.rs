//! GitHub workflow commands: `::error file=…,line=…::message`, shown as annotations on a change.

use std::borrow::Cow;
use std::fmt::Write as _;

use dianjian_document::source::{SourceFile, Span};
use dianjian_engine::finding::{Finding, Label, Problem};
use dianjian_rules::language::Severity;

use super::safe::one_line;
use super::words::{self, PROBLEM};
use super::{Layout, ReportFormat, RunInfo};

/// The `github` format.
pub(super) struct Github;

impl ReportFormat for Github {
    fn layout(&self) -> Layout {
        Layout::Stream
    }

    fn finding(&self, run: &RunInfo, finding: &Finding, out: &mut String) {
        out.push_str(match finding.severity {
            Severity::Error => "::error ",
            Severity::Warning => "::warning ",
            Severity::Info => "::notice ",
        });
        write_place(&finding.primary.source, finding.primary.span, out);
        let title = format!("{} ({})", finding.rule.title.get(run.lang), finding.rule.id);
        let _ = write!(out, ",title={}::", property(&one_line(&title)));
        let Label { source, span, .. } = &finding.primary;
        let message = finding.message.render(run.lang);
        out.push_str(&data(&one_line(&words::with_place(run.lang, source, span.start, message.clone()))));
        for (label, text) in words::details(run.lang, finding, &message) {
            write_line(label, &text, out);
        }
        out.push('\n');
    }

    fn problem(&self, run: &RunInfo, problem: &Problem, out: &mut String) {
        out.push_str("::error ");
        match &problem.place {
            Some((source, span)) => {
                write_place(source, *span, out);
                out.push(',');
            }
            None if problem.file.is_empty() => {}
            None => {
                let _ = write!(out, "file={},", property(&one_line(&problem.file)));
            }
        }
        let _ = write!(out, "title={PROBLEM}::{}", data(&one_line(&words::problem(run.lang, problem))));
        if let Some(help) = &problem.help {
            write_line(run.lang.pick("帮助：", "help: "), help.get(run.lang), out);
        }
        out.push('\n');
    }
}

/// A further line of the message: a line break is `%0A` there.
fn write_line(label: &str, text: &str, out: &mut String) {
    let _ = write!(out, "%0A{label}{}", data(&one_line(text)));
}

/// `file=…,line=…`; columns only within one line, since others are refused; of a workbook or document nothing but the file.
fn write_place(source: &SourceFile, span: Span, out: &mut String) {
    let _ = write!(out, "file={}", property(&one_line(source.name())));
    if !source.has_lines() {
        return;
    }
    let (start, end) = source.range(span);
    let _ = write!(out, ",line={},endLine={}", start.line, end.line);
    if start.line == end.line {
        let _ = write!(out, ",col={},endColumn={}", start.column, end.column.max(start.column));
    }
}

/// Escapes the message of a command.
fn data(text: &str) -> Cow<'_, str> {
    escape(text, &['%', '\r', '\n'])
}

/// Escapes a property of a command.
fn property(text: &str) -> Cow<'_, str> {
    escape(text, &['%', '\r', '\n', ':', ','])
}

fn escape<'a>(text: &'a str, special: &[char]) -> Cow<'a, str> {
    if !text.contains(special) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if special.contains(&c) {
            let _ = write!(out, "%{:02X}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_cannot_be_smuggled() {
        assert_eq!(data("50%\n::error::x"), "50%25%0A::error::x");
        assert_eq!(property("a,b:c%"), "a%2Cb%3Ac%25");
    }
}
