//! Markdown: the counts, then a table for each file; fit for a comment on a change.

use std::fmt::Write as _;

use dianjian_engine::finding::{Finding, Problem, Summary};
use dianjian_rules::language::Severity;

use super::safe::one_line;
use super::words::{self, PROBLEM, authority};
use super::{Layout, ReportFormat, RunInfo, Suite};

/// The `markdown` format.
pub(super) struct Markdown;

impl ReportFormat for Markdown {
    fn layout(&self) -> Layout {
        Layout::Suites
    }

    fn finding(&self, run: &RunInfo, finding: &Finding, out: &mut String) {
        let lang = run.lang;
        let spot = words::spot(lang, &finding.primary.source, finding.primary.span.start);
        let severity = words::severity(lang, finding.severity);
        let _ = write!(out, "| {spot} | {} {severity} | ", sign(finding.severity));
        write_code(&finding.rule.id, out);
        out.push_str(" | ");
        write_text(&finding.message.render(lang), out);
        if let Some(shown) = &finding.picture {
            let _ = write!(out, "<br>{}", lang.pick("**画面：**", "**Picture:** "));
            write_text(&words::picture(lang, shown, &finding.message.render(lang)), out);
        }
        if let Some(help) = &finding.help {
            let _ = write!(out, "<br>{}", lang.pick("**帮助：**", "**Help:** "));
            write_text(&help.render(lang), out);
        }
        out.push_str("<br><sub>");
        write_text(&authority(lang, &finding.rule, finding.as_of), out);
        out.push_str("</sub> |\n");
    }

    fn problem(&self, run: &RunInfo, problem: &Problem, out: &mut String) {
        out.push_str("| ");
        let place = match &problem.place {
            Some((source, span)) => words::place(run.lang, source, span.start),
            None => problem.display_name().into_owned(),
        };
        if !place.is_empty() {
            write_code(&place, out);
        }
        let _ = write!(out, " | `{PROBLEM}` | ");
        write_text(problem.message.get(run.lang), out);
        if let Some(help) = &problem.help {
            let _ = write!(out, "<br>{}", run.lang.pick("**帮助：**", "**Help:** "));
            write_text(help.get(run.lang), out);
        }
        out.push_str(" |\n");
    }

    fn head(&self, run: &RunInfo, summary: &Summary, out: &mut String) {
        let lang = run.lang;
        let title = lang.pick("店检报告", "dianjian report");
        let _ = writeln!(out, "## {title}\n");
        let heads = [
            lang.pick("问题", "Problems"),
            lang.pick("错误", "Errors"),
            lang.pick("警告", "Warnings"),
            lang.pick("提示", "Infos"),
            lang.pick("文件", "Files"),
            lang.pick("记录", "Records"),
            lang.pick("规则日期", "Rules as of"),
        ];
        let _ = writeln!(out, "| {} |\n|{}", heads.join(" | "), "--:|".repeat(heads.len()));
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            summary.problems,
            summary.errors,
            summary.warnings,
            summary.infos,
            summary.files,
            summary.records.values().sum::<usize>(),
            run.as_of,
        );
        let _ = writeln!(out, "\n{}", words::looked_at(lang, summary).join(" · "));
        let is_empty = summary.looked_at.records.checked == 0;
        if summary.errors + summary.warnings + summary.infos + summary.problems == 0 && !is_empty {
            let _ = writeln!(out, "\n✅ {}", lang.pick("没有发现问题。", "Nothing found."));
        }
        write_notes(run, summary, out);
    }

    fn suite_head(&self, run: &RunInfo, suite: &Suite, out: &mut String) {
        out.push_str("\n### ");
        write_code(&suite.file, out);
        out.push_str(run.lang.pick(
            "\n\n| 位置 | 级别 | 规则 | 说明 |\n|---|---|---|---|\n",
            "\n\n| Place | Severity | Rule | Message |\n|---|---|---|---|\n",
        ));
    }

    fn section_separator(&self, run: &RunInfo, summary: &Summary, out: &mut String) {
        if summary.problems > 0 {
            out.push_str(run.lang.pick(
                "\n### 无法检查\n\n| 位置 | 代码 | 说明 |\n|---|---|---|\n",
                "\n### Problems\n\n| Place | Code | Message |\n|---|---|---|\n",
            ));
        }
    }
}

fn write_notes(run: &RunInfo, summary: &Summary, out: &mut String) {
    let notes = words::notes(run.lang, summary);
    if !notes.is_empty() {
        out.push('\n');
    }
    for note in notes {
        out.push_str("- ");
        write_text(&note, out);
        out.push('\n');
    }
}

const fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "❌",
        Severity::Warning => "⚠️",
        Severity::Info => "ℹ️",
    }
}

/// Escapes untrusted text for a table cell: no markup, no HTML, and no mention that would notify somebody.
fn write_text(text: &str, out: &mut String) {
    for c in one_line(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' => out.push_str("&#124;"),
            // Code hosts search the rendered text for mentions and references; a comment after the sign breaks them.
            '@' | '#' => {
                out.push(c);
                out.push_str("<!-- -->");
            }
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
}

/// The same in a monospaced font. HTML rather than backticks, which cannot be escaped within code.
fn write_code(text: &str, out: &mut String) {
    out.push_str("<code>");
    write_text(text, out);
    out.push_str("</code>");
}
