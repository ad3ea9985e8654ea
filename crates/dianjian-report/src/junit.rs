//! `JUnit` XML: a suite a file, a case a finding.
//!
//! Findings that do not fail the run are passed cases with the finding as output; problems are errors. Streamed rather
//! than built as a document (as `quick-junit` does), so that memory does not grow with the number of findings.

use std::fmt::Write as _;

use dianjian_engine::finding::{Finding, Problem, Summary};
use dianjian_rules::language::Severity;

use super::safe::one_line;
use super::words::{self, PROBLEM};
use super::{Layout, ReportFormat, RunInfo, Suite};

/// The `junit` format.
pub(super) struct Junit;

impl ReportFormat for Junit {
    fn layout(&self) -> Layout {
        Layout::Suites
    }

    fn finding(&self, run: &RunInfo, finding: &Finding, out: &mut String) {
        let lang = run.lang;
        let (source, start) = (&finding.primary.source, finding.primary.span.start);
        let name = format!("{} {}", words::spot(lang, source, start), finding.path);
        open_case(name.trim_end(), &finding.rule.id, out);
        let message = finding.message.render(lang);
        let message = one_line(&message);
        if run.fails(finding.severity) {
            let _ = write!(out, "<failure type=\"{}\" message=\"", words::keyword(finding.severity));
            write_escaped(&message, out);
            out.push_str("\">");
        } else {
            out.push_str("<system-out>");
        }
        let severity = words::severity(lang, finding.severity);
        let mut body = format!("{}: {severity}: {message}", words::place(lang, source, start));
        for (label, text) in words::details(lang, finding, &message) {
            let _ = write!(body, "\n{label}{}", one_line(&text));
        }
        write_escaped(&body, out);
        let end = if run.fails(finding.severity) { "</failure>" } else { "</system-out>" };
        let _ = writeln!(out, "{end}</testcase>");
    }

    fn problem(&self, run: &RunInfo, problem: &Problem, out: &mut String) {
        let name = match &problem.place {
            Some((source, span)) => words::place(run.lang, source, span.start),
            None => one_line(&problem.display_name()).into_owned(),
        };
        open_case(if name.is_empty() { PROBLEM } else { &name }, PROBLEM, out);
        let _ = write!(out, "<error type=\"{PROBLEM}\" message=\"");
        write_escaped(&one_line(problem.message.get(run.lang)), out);
        out.push_str("\">");
        if let Some(help) = &problem.help {
            write_escaped(&one_line(help.get(run.lang)), out);
        }
        out.push_str("</error></testcase>\n");
    }

    fn head(&self, run: &RunInfo, summary: &Summary, out: &mut String) {
        let found =
            [(Severity::Error, summary.errors), (Severity::Warning, summary.warnings), (Severity::Info, summary.infos)];
        let findings: usize = found.iter().map(|(_, number)| number).sum();
        let failures: usize = found.iter().filter(|(severity, _)| run.fails(*severity)).map(|(_, number)| number).sum();
        let tests = (findings + summary.problems).max(1);
        let _ = writeln!(
            out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <testsuites name=\"dianjian\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{}\">",
            summary.problems,
        );
        // Some CI systems reject a report without any test case as broken.
        if findings + summary.problems == 0 {
            open_suite("dianjian", 1, 0, 0, out);
            open_case(run.lang.pick("没有发现问题", "nothing found"), "dianjian", out);
            out.push_str("</testcase>\n</testsuite>\n");
        }
    }

    fn suite_head(&self, _run: &RunInfo, suite: &Suite, out: &mut String) {
        open_suite(&suite.file, suite.findings, suite.failures, 0, out);
    }

    fn suite_tail(&self, _run: &RunInfo, _suite: &Suite, out: &mut String) {
        out.push_str("</testsuite>\n");
    }

    fn section_separator(&self, run: &RunInfo, summary: &Summary, out: &mut String) {
        if summary.problems > 0 {
            let name = run.lang.pick("无法检查", "problems");
            open_suite(name, summary.problems, 0, summary.problems, out);
        }
    }

    fn tail(&self, run: &RunInfo, summary: &Summary, out: &mut String) {
        if summary.problems > 0 {
            out.push_str("</testsuite>\n");
        }
        open_suite(run.lang.pick("检查范围", "looked at"), 0, 0, 0, out);
        out.push_str("<properties>\n");
        let ledger = &summary.looked_at;
        let sorts = [
            ("files", ledger.files),
            ("records", ledger.records),
            ("texts", ledger.texts),
            ("pictures", ledger.pictures),
            ("video_seconds", ledger.video_seconds),
        ];
        for (sort, counts) in sorts {
            let states = [
                ("checked", counts.checked),
                ("nothing_to_check", counts.nothing_to_check),
                ("not_understood", counts.not_understood),
                ("not_readable", counts.not_readable),
            ];
            for (state, number) in states {
                let _ = writeln!(out, "<property name=\"looked_at.{sort}.{state}\" value=\"{number}\"/>");
            }
        }
        let _ = writeln!(out, "<property name=\"looked_at.records.undecided\" value=\"{}\"/>", ledger.undecided);
        out.push_str("</properties>\n</testsuite>\n</testsuites>\n");
    }
}

fn open_suite(name: &str, tests: usize, failures: usize, errors: usize, out: &mut String) {
    out.push_str("<testsuite name=\"");
    write_escaped(&one_line(name), out);
    let _ = writeln!(out, "\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">");
}

fn open_case(name: &str, class: &str, out: &mut String) {
    out.push_str("<testcase name=\"");
    write_escaped(&one_line(name), out);
    out.push_str("\" classname=\"");
    write_escaped(&one_line(class), out);
    out.push_str("\">");
}

/// Escapes text for an element or an attribute. Control characters, which XML does not allow, have been made visible by
/// [`one_line`].
fn write_escaped(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
}
