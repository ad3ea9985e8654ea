//! GitLab code quality: a JSON array of issues, shown beside a merge request.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use dianjian_base::{sha256_of_parts, slashed};
use dianjian_document::source::{SourceFile, Span};
use dianjian_engine::finding::{Finding, Label, Problem, Summary};
use dianjian_rules::language::Severity;
use serde::Serialize;

use super::json::push;
use super::words::{self, PROBLEM};
use super::{ReportFormat, RunInfo};

/// The `gitlab` format.
pub(super) struct Gitlab;

/// Hex digits of a fingerprint.
const DIGITS: usize = 16;

/// What an issue begins with: its fingerprint is the first field, so that [`Gitlab::dedup`] finds it without parsing.
const BEFORE: &str = "{\"fingerprint\":\"";

#[derive(Serialize)]
struct GitlabIssue<'a> {
    fingerprint: &'a str,
    description: &'a str,
    check_name: &'a str,
    severity: &'a str,
    location: GitlabLocation<'a>,
}

#[derive(Serialize)]
struct GitlabLocation<'a> {
    path: &'a str,
    lines: GitlabLines,
}

#[derive(Serialize)]
struct GitlabLines {
    begin: u64,
    end: u64,
}

impl GitlabLines {
    /// GitLab takes no issue without lines; for a workbook they are the row.
    fn of(source: &SourceFile, span: Span) -> Self {
        if let Some(cell) = source.cell(span.start) {
            return Self { begin: cell.row.into(), end: cell.row.into() };
        }
        let (start, end) = source.range(span);
        Self { begin: start.line, end: end.line }
    }
}

/// A path as GitLab wants it, from the root of the repository: an absolute one without the working directory or the
/// repository that it lies in.
fn in_repository(name: &str) -> Cow<'_, str> {
    let path = Path::new(name);
    if !path.is_absolute() {
        return Cow::Borrowed(name);
    }
    let repository = path.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned);
    let root = repository.or_else(|| std::env::current_dir().ok());
    let below = root.and_then(|root| path.strip_prefix(root).ok());
    below.map_or(Cow::Borrowed(name), |below| Cow::Owned(slashed(below)))
}

impl ReportFormat for Gitlab {
    fn finding(&self, run: &RunInfo, finding: &Finding, out: &mut String) {
        let Label { source, span, .. } = &finding.primary;
        let mut description = words::with_place(run.lang, source, span.start, finding.message.render(run.lang));
        if let Some(shown) = &finding.picture {
            description.push_str(run.lang.pick("\n画面：", "\nPicture: "));
            description.push_str(&words::picture(run.lang, shown, &finding.message.render(run.lang)));
        }
        if let Some(help) = &finding.help {
            description.push_str(run.lang.pick("\n帮助：", "\nHelp: "));
            description.push_str(&help.render(run.lang));
        }
        let issue = GitlabIssue {
            description: &description,
            check_name: &finding.rule.id,
            fingerprint: &finding.fingerprint,
            severity: match finding.severity {
                Severity::Error => "major",
                Severity::Warning => "minor",
                Severity::Info => "info",
            },
            location: GitlabLocation { path: &in_repository(source.name()), lines: GitlabLines::of(source, *span) },
        };
        push(&issue, out);
    }

    fn problem(&self, run: &RunInfo, problem: &Problem, out: &mut String) {
        let lines = problem.place.as_ref().map(|(source, span)| GitlabLines::of(source, *span));
        let lines = lines.unwrap_or(GitlabLines { begin: 1, end: 1 });
        let issue = GitlabIssue {
            description: &words::problem(run.lang, problem),
            check_name: PROBLEM,
            fingerprint: &fingerprint(problem),
            severity: "blocker",
            // GitLab takes no issue without a path.
            location: GitlabLocation {
                path: &in_repository(if problem.file.is_empty() { "." } else { &problem.file }),
                lines,
            },
        };
        push(&issue, out);
    }

    /// GitLab shows only one of several issues with the same fingerprint, so later ones get another.
    fn dedup<'t>(&self, text: &'t str, seen: &mut HashMap<u64, u32>) -> Cow<'t, str> {
        let digits = text.strip_prefix(BEFORE).and_then(|rest| rest.get(..DIGITS));
        let Some(key) = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok()) else {
            return Cow::Borrowed(text);
        };
        let times = seen.entry(key).or_default();
        *times += 1;
        if *times == 1 {
            return Cow::Borrowed(text);
        }
        let fresh = digest(&[&key.to_le_bytes(), &times.to_le_bytes()]);
        let rest = text.get(BEFORE.len() + DIGITS..).unwrap_or_default();
        Cow::Owned(format!("{BEFORE}{fresh}{rest}"))
    }

    fn head(&self, _run: &RunInfo, _summary: &Summary, out: &mut String) {
        out.push_str("[\n");
    }

    fn tail(&self, _run: &RunInfo, _summary: &Summary, out: &mut String) {
        out.push_str("\n]\n");
    }
}

/// The fingerprint of a problem: problems have none of their own, and GitLab takes no issue without one.
fn fingerprint(problem: &Problem) -> String {
    let offset = problem.place.as_ref().map_or(0, |(source, span)| source.position(span.start).offset);
    digest(&[problem.display_name().as_bytes(), problem.message.en.as_bytes(), &offset.to_le_bytes()])
}

fn digest(parts: &[&[u8]]) -> String {
    let mut digits = sha256_of_parts(parts);
    digits.truncate(DIGITS);
    digits
}
