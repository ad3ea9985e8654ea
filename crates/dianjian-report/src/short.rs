//! One line a finding: `file:line:column: severity[rule] message`, for editors and `grep`; at the end their number, where
//! there are any, and what was looked at, where not all of it was checked by all rules.

use std::fmt::Write as _;

use dianjian_engine::finding::{Finding, Problem, Summary};
use dianjian_rules::language::Severity;

use super::safe::one_line;
use super::words::{self, PROBLEM, keyword};
use super::{Layout, ReportFormat, RunInfo, unlooked};

/// The `short` format. Its keywords stay English in every language, for tools match on them.
pub(super) struct Short;

impl ReportFormat for Short {
    fn layout(&self) -> Layout {
        Layout::Stream
    }

    fn finding(&self, run: &RunInfo, finding: &Finding, out: &mut String) {
        if run.counts_only {
            return;
        }
        let source = &finding.primary.source;
        let message = finding.message.render(run.lang);
        let _ = writeln!(
            out,
            "{}: {}[{}] {}",
            words::place(run.lang, source, finding.primary.span.start),
            keyword(finding.severity),
            finding.rule.id,
            one_line(&message),
        );
    }

    fn problem(&self, run: &RunInfo, problem: &Problem, out: &mut String) {
        match &problem.place {
            Some((source, span)) => out.push_str(&words::place(run.lang, source, span.start)),
            None => out.push_str(&one_line(&problem.display_name())),
        }
        if !problem.file.is_empty() {
            out.push_str(": ");
        }
        let message = one_line(problem.message.get(run.lang));
        let _ = writeln!(out, "{}[{PROBLEM}] {message}", keyword(Severity::Error));
    }

    fn tail(&self, run: &RunInfo, summary: &Summary, out: &mut String) {
        for row in words::statistics(run, summary).iter().skip(1) {
            let _ = writeln!(out, "{}", row.join("\t"));
        }
        let counts = words::counts(run.lang, summary);
        if !counts.is_empty() {
            let _ = writeln!(out, "{}", counts.join(run.lang.pick("，", ", ")));
        }
        if words::is_partly_checked(summary) {
            let parts = words::looked_at(run.lang, summary).into_iter().chain(words::unsaid(run.lang, summary));
            let _ = writeln!(out, "{}", parts.collect::<Vec<_>>().join(" · "));
        }
        if let Some(unread) = unlooked::unread_text(run.lang, summary) {
            let _ = writeln!(out, "{unread}");
        }
    }
}
