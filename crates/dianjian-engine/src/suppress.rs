//! Suppressions in comments: `# dianjian: ignore[rule, group/*] until 2027-01-01 -- reason`.
//!
//! Behind something on its line a comment silences that line; on a line of its own it silences the next line and
//! what is indented below it; `ignore-file[…]` silences the whole file. A reason is required, `until` is the last day
//! on which it holds, and a suppression that silences nothing is reported.

use std::path::Path;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_base::text;
use dianjian_document::source::{Format, SourceFile, Span};
use dianjian_document::tree::Comment;
use dianjian_rules::language::SchemaLint;
use globset::{Glob, GlobMatcher};
use serde::{Deserialize, Serialize};

use crate::finding::Finding;

/// One comment that silences rules.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppression {
    /// Where the comment lies in its source.
    pub span: Span,
    /// The lines (from 1, in the whole file) that it covers, the last one included.
    pub lines: (u64, u64),
    rules: Vec<RulePattern>,
    until: Option<NaiveDate>,
    has_reason: bool,
    /// Whether it has silenced anything.
    pub used: bool,
}

/// A rule id, or a pattern of them such as `naming/*`; stored as it is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
struct RulePattern(GlobMatcher);

impl From<RulePattern> for String {
    fn from(pattern: RulePattern) -> Self {
        pattern.0.glob().glob().to_owned()
    }
}

impl TryFrom<String> for RulePattern {
    type Error = globset::Error;

    fn try_from(text: String) -> Result<Self, globset::Error> {
        Glob::new(&text).map(|glob| Self(glob.compile_matcher()))
    }
}

/// What is wrong with a file outside any record: a comment that looks like a suppression, a key that is repeated.
#[derive(Debug, Clone)]
pub struct FileIssue {
    /// The lint that reports it.
    pub lint: SchemaLint,
    /// The comment or key.
    pub span: Span,
    /// The text of the comment or key.
    pub found: String,
    /// What should be there, or the day that is over.
    pub expected: String,
    /// Of a repeated key, its first place.
    pub related: Option<Span>,
    /// Whether something was not read because of it, which no filter may hide.
    pub is_gap: bool,
}

/// Finds the suppressions among a file's comments, and what is wrong with them.
pub fn suppressions(source: &SourceFile, comments: &[Comment], as_of: NaiveDate) -> (Vec<Suppression>, Vec<FileIssue>) {
    let mut found = Vec::new();
    let mut issues = Vec::new();
    let mut below = None;
    for comment in comments {
        let text = source.slice(comment.text);
        let Some(rest) = addressed(text) else { continue };
        let issue = |lint, expected: &str| FileIssue {
            lint,
            span: comment.span,
            found: text.to_owned(),
            expected: expected.to_owned(),
            related: None,
            is_gap: false,
        };
        match parse(rest.trim()) {
            Err(expected) => issues.push(issue(SchemaLint::SuppressionMalformed, expected)),
            Ok((parsed, is_of_file)) => {
                if !parsed.has_reason {
                    issues.push(issue(SchemaLint::SuppressionWithoutReason, "-- reason"));
                } else if let Some(until) = parsed.until.filter(|until| *until < as_of) {
                    issues.push(issue(SchemaLint::SuppressionExpired, &until.to_string()));
                }
                let lines = if is_of_file { (0, u64::MAX) } else { covered(source, comment, &mut below) };
                found.push(Suppression { span: comment.span, lines, ..parsed });
            }
        }
    }
    (found, issues)
}

/// How a finding of a rule in a file is suppressed: by a comment where the format has them, else in the configuration.
pub fn how_to(rule: &str, file: &str) -> Text {
    if Format::of_path(Path::new(file)) == Some(Format::Yaml) {
        return text! {
            zh: "在它上面单独一行写“# dianjian: ignore[{rule}] -- 理由”",
            en: "write `# dianjian: ignore[{rule}] -- reason` on a line of its own above",
        };
    }
    // A pattern without a slash stands for the file in whatever folder.
    let file = file.rsplit('/').next().unwrap_or(file);
    Text {
        zh: format!("在 dianjian.yaml 的 ignore: 里写“- {{rule: {rule}, file: {file}, reason: 理由}}”"),
        en: format!("write `- {{rule: {rule}, file: {file}, reason: why}}` under `ignore:` in dianjian.yaml"),
    }
}

/// Drops the findings that a file's comments silence; returns how many. A gap stays, and says that it cannot be silenced.
pub(crate) fn drop_suppressed(
    findings: &mut Vec<Finding>,
    suppressions: &mut [Suppression],
    as_of: NaiveDate,
    file: &str,
) -> usize {
    if suppressions.is_empty() {
        return 0;
    }
    let before = findings.len();
    findings.retain_mut(|finding| {
        let here = finding.primary.source.name() == file;
        let is_silenced = here && silences(suppressions, &finding.rule.id, finding.primary.range().0.line, as_of);
        if is_silenced && finding.is_gap {
            finding.tell_unfiltered();
        }
        !is_silenced || finding.is_gap
    });
    before - findings.len()
}

/// Whether a file's comments silence a finding about several records: a reason at any of them is a reason for all.
pub(crate) fn silences_any(finding: &Finding, suppressions: &mut [Suppression], as_of: NaiveDate, file: &str) -> bool {
    let places = std::iter::once(&finding.primary).chain(&finding.related);
    let mut silenced = false;
    for place in places.filter(|place| place.source.name() == file) {
        silenced |= silences(suppressions, &finding.rule.id, place.range().0.line, as_of);
    }
    silenced
}

/// Whether a finding of this rule on this line is silenced; nothing else decides it.
fn silences(suppressions: &mut [Suppression], rule: &str, line: u64, as_of: NaiveDate) -> bool {
    let mut silenced = false;
    for suppression in suppressions.iter_mut().filter(|suppression| suppression.holds(as_of)) {
        if (suppression.lines.0..=suppression.lines.1).contains(&line) && suppression.names(rule) {
            suppression.used = true;
            silenced = true;
        }
    }
    silenced
}

impl Suppression {
    fn holds(&self, as_of: NaiveDate) -> bool {
        self.has_reason && self.until.is_none_or(|until| as_of <= until)
    }

    /// The last day on which it holds, if it has one.
    pub(crate) fn last_day(&self) -> Option<NaiveDate> {
        self.until
    }

    /// Whether it names this rule.
    pub fn names(&self, rule: &str) -> bool {
        self.rules.iter().any(|pattern| pattern.0.is_match(rule))
    }

    /// The first rule or pattern that it names.
    pub fn first_pattern(&self) -> &str {
        self.rules.first().map_or("", |pattern| pattern.0.glob().glob())
    }

    /// Whether it holds and has silenced nothing.
    pub fn is_unused(&self, as_of: NaiveDate) -> bool {
        self.holds(as_of) && !self.used
    }
}

/// A suppression whose place is still open, and whether it is of the whole file; the error is what should be written.
fn parse(text: &str) -> Result<(Suppression, bool), &'static str> {
    let rest = text.strip_prefix("ignore").ok_or("ignore[rule] -- reason")?;
    let (rest, is_of_file) = rest.strip_prefix("-file").map_or((rest, false), |rest| (rest, true));
    let (list, rest) =
        rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']')).ok_or("ignore[rule]")?;
    let rules = list.split(',').map(str::trim).filter(|rule| !rule.is_empty());
    let rules: Result<Vec<RulePattern>, _> = rules.map(|rule| RulePattern::try_from(rule.to_owned())).collect();
    let rules = rules.map_err(|_| "ignore[group/rule] or ignore[group/*]")?;
    if rules.is_empty() {
        return Err("ignore[rule]");
    }
    let (head, reason) = match rest.split_once("--").or_else(|| rest.split_once("——")) {
        Some((head, reason)) => (head.trim(), reason.trim()),
        None => (rest.trim(), ""),
    };
    let until = match head.strip_prefix("until") {
        Some(day) => Some(NaiveDate::parse_from_str(day.trim(), "%Y-%m-%d").map_err(|_| "until YYYY-MM-DD")?),
        None if head.is_empty() => None,
        None => return Err("until YYYY-MM-DD -- reason"),
    };
    let (span, lines, has_reason) = (Span::default(), (0, 0), !reason.is_empty());
    Ok((Suppression { span, lines, rules, until, has_reason, used: false }, is_of_file))
}

/// What follows `dianjian:` in a comment that begins so. Capital letters and full-width colons are accepted: a comment
/// with them would otherwise be ignored silently.
fn addressed(text: &str) -> Option<&str> {
    const NAME: &str = "dianjian";
    let name = text.get(..NAME.len()).filter(|name| name.eq_ignore_ascii_case(NAME))?;
    text.get(name.len()..)?.trim_start().strip_prefix([':', '：'])
}

/// The line that says something below a comment, and the last line of its block.
struct BlockBelow {
    comment: usize,
    first: usize,
    /// `None`: nothing below says anything.
    last: Option<usize>,
}

/// The first and last line that a comment covers. Comments come in order; those above one block, of which there may be
/// thousands, share what is found `below`.
fn covered(source: &SourceFile, comment: &Comment, below: &mut Option<BlockBelow>) -> (u64, u64) {
    let own = source.line_index(comment.span.start);
    let base = source.base_line() + 1;
    let line_of = |index: usize| base + index as u64;
    if !comment.own_line {
        return (line_of(own), line_of(own));
    }
    if let Some(known) = below.as_ref().filter(|known| (known.comment..known.first).contains(&own)) {
        return known.last.map_or((line_of(own), line_of(own)), |last| (line_of(known.first), line_of(last)));
    }
    let text = |index: usize| source.line_span(index).map(|span| source.slice(span).trim_end());
    let speaks = |line: &str| !line.trim_start().is_empty() && !line.trim_start().starts_with('#');
    let Some(first) = (own + 1..source.line_count()).find(|index| text(*index).is_some_and(speaks)) else {
        *below = Some(BlockBelow { comment: own, first: usize::MAX, last: None });
        return (line_of(own), line_of(own));
    };
    let indent = |line: &str| line.len() - line.trim_start().len();
    let outer = text(first).map_or(0, indent);
    let mut last = first;
    for index in first + 1..source.line_count() {
        let Some(line) = text(index) else { break };
        if line.is_empty() {
            continue;
        }
        if indent(line) <= outer {
            break;
        }
        last = index;
    }
    *below = Some(BlockBelow { comment: own, first, last: Some(last) });
    (line_of(first), line_of(last))
}

#[cfg(test)]
mod tests {
    use dianjian_document::source::Limits;
    use dianjian_document::tree::{Format, Tree, parse};

    use super::*;

    fn read(text: &str) -> (Vec<Suppression>, Vec<FileIssue>) {
        let source = SourceFile::new("a.yaml", text);
        let mut tree = Tree::new();
        parse(&source, Format::Yaml, &Limits::default(), &mut tree, &mut |_| {});
        suppressions(&source, tree.comments(), day())
    }

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
    }

    #[test]
    fn a_comment_covers_its_line_or_the_block_below_it() {
        let text = "a: 1 # dianjian: ignore[x/y] -- why\n# dianjian: ignore[x/*] -- why\nb:\n  c: 1\n\n  d: 2\ne: 3\n";
        let (mut found, issues) = read(text);
        assert!(issues.is_empty());
        assert_eq!(found.iter().map(|one| one.lines).collect::<Vec<_>>(), [(1, 1), (3, 6)]);
        assert!(silences(&mut found, "x/z", 6, day()));
        assert!(!silences(&mut found, "x/z", 7, day()));
        assert!(!silences(&mut found, "x/z", 1, day()));
        let stacked = "# dianjian: ignore[x/y] -- why\n\n# dianjian: ignore[x/z] -- why\na:\n  b: 1\nc: 2\n# dianjian: ignore[x/y] -- why\n";
        let stacked = stacked.to_owned() + "# dianjian: ignore[x/y] -- why\n";
        let lines: Vec<_> = read(&stacked).0.iter().map(|one| one.lines).collect();
        assert_eq!(lines, [(4, 5), (4, 5), (7, 7), (8, 8)]);
        assert!(found[0].is_unused(day()) && !found[1].is_unused(day()));
    }

    #[test]
    fn a_whole_file_is_covered_where_it_is_asked_for() {
        let (mut found, _) = read("a: 1\n# dianjian: ignore-file[x/y] -- why\n");
        assert!(silences(&mut found, "x/y", 1, day()));
    }

    #[test]
    fn the_day_named_is_the_last_on_which_it_holds() {
        let (mut found, issues) = read("a: 1 # dianjian: ignore[x/y] until 2026-11-21 -- why\n");
        assert_eq!(issues[0].lint, SchemaLint::SuppressionExpired);
        assert!(!silences(&mut found, "x/y", 1, day()));
        let (mut found, issues) = read("a: 1 # dianjian: ignore[x/y] until 2026-11-22 -- why\n");
        assert!(issues.is_empty() && silences(&mut found, "x/y", 1, day()));
    }

    #[test]
    fn the_name_may_be_written_large_and_its_colon_full_width() {
        for comment in ["DianJian: ignore[x/y] -- why", "dianjian：ignore[x/y] -- why", "dianjian : ignore[x/y]——why"]
        {
            let (mut found, issues) = read(&format!("a: 1 # {comment}\n"));
            assert!(issues.is_empty() && silences(&mut found, "x/y", 1, day()), "{comment}");
        }
        assert!(read("a: 1 # dianjian is ignored here\n").1.is_empty());
    }

    #[test]
    fn what_is_wrong_is_told_and_silences_nothing() {
        for (comment, lint) in [
            ("ignore[x/y]", SchemaLint::SuppressionWithoutReason),
            ("ignore[x/y] --", SchemaLint::SuppressionWithoutReason),
            ("ignore[] -- why", SchemaLint::SuppressionMalformed),
            ("ignore x/y -- why", SchemaLint::SuppressionMalformed),
            ("ignore[x/y] until tomorrow -- why", SchemaLint::SuppressionMalformed),
            ("ignore[x/y] why", SchemaLint::SuppressionMalformed),
            ("allow[x/y] -- why", SchemaLint::SuppressionMalformed),
            ("Ignore[x/y] -- why", SchemaLint::SuppressionMalformed),
        ] {
            let (mut found, issues) = read(&format!("a: 1 # dianjian: {comment}\n"));
            assert_eq!(issues.first().map(|issue| issue.lint), Some(lint), "{comment}");
            assert!(!silences(&mut found, "x/y", 1, day()), "{comment}");
        }
    }
}
