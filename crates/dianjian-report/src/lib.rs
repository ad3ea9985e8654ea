//! Reports: one file an output format, and the one printer that writes them.
//!
//! Workers turn each [`Finding`] into finished text ([`Renderer`]); one printer puts the texts in order and adds head,
//! separators and tail ([`Reports`]). A stream (short, github) is written as findings come. What people read (pretty) is
//! sorted by severity and like findings are folded into one; a document (json, sarif, …) begins with the counts of the
//! whole run: the texts of both are spooled, on disk beyond a few megabytes, so that memory does not grow with the number
//! of findings. A workbook (xlsx) is made at the end from what workers rendered for it.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        reason = "a test that fails should stop"
    )
)]

mod excerpt;
mod folding;
mod github;
mod gitlab;
pub mod inventory;
pub mod json;
mod junit;
mod markdown;
mod output;
pub mod picture;
mod pretty;
mod row;
pub mod sarif;
mod short;
mod style;
pub mod template;
mod unbroken;
mod unlooked;
pub mod words;
mod workbook;
mod writer;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::io::{self, BufRead, Write};
use std::str::FromStr;
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::Lang;
use dianjian_engine::finding::{Finding, Problem, RuleInfo, Summary};
use dianjian_rules::language::Severity;
use dianjian_text::safe;
pub use folding::FoldablePlace;
pub use output::{Output, OutputError, OutputTarget};
pub use style::TextStyle;
pub use writer::{Rendered, Renderer, ReportWriter, Reports, WriteError, WriteReason};

/// The formats that a run can be reported in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FormatName {
    /// For people at a terminal: excerpts, help, evidence.
    Pretty,
    /// One line a finding: file, line, column, severity, rule, message.
    Short,
    /// Everything, as one JSON document; its schema is schemas/report.schema.json.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit XML: a suite a file, a case a finding.
    Junit,
    /// GitHub workflow commands, shown as annotations.
    Github,
    /// GitLab code quality JSON.
    Gitlab,
    /// Markdown tables, for a comment on a change.
    Markdown,
    /// A workbook for Excel, WPS and LibreOffice: findings, and the tables checked with their cells marked.
    Xlsx,
}

impl FormatName {
    /// Every format, in the order of the help text.
    pub const ALL: [Self; 9] = [
        Self::Pretty,
        Self::Short,
        Self::Json,
        Self::Sarif,
        Self::Junit,
        Self::Github,
        Self::Gitlab,
        Self::Markdown,
        Self::Xlsx,
    ];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pretty => "pretty",
            Self::Short => "short",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Markdown => "markdown",
            Self::Xlsx => "xlsx",
        }
    }
}

impl fmt::Display for FormatName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Not the name of an output format; holds the text that was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown output format `{0}`")]
pub struct UnknownFormat(pub String);

impl FromStr for FormatName {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|format| format.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// What all outputs of one run have in common.
#[derive(Debug, Clone)]
pub struct RunInfo {
    /// The day as of which the rules were applied.
    pub as_of: NaiveDate,
    /// The language of all texts.
    pub lang: Lang,
    /// Findings of this severity or above fail the run; absent: none does.
    pub fail_on: Option<Severity>,
    /// Whether people see one block for like findings.
    pub folds: bool,
    /// Whether people see counts by rule instead of findings.
    pub counts_only: bool,
    /// Sorted by id, each id once.
    rules: Vec<Arc<RuleInfo>>,
}

impl RunInfo {
    /// A run as of a day, with the rules that took part in any order. Errors fail it.
    pub fn new(as_of: NaiveDate, lang: Lang, mut rules: Vec<Arc<RuleInfo>>) -> Self {
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        rules.dedup_by(|a, b| a.id == b.id);
        Self { as_of, lang, fail_on: Some(Severity::Error), folds: true, counts_only: false, rules }
    }

    /// The same run with another threshold for failing; `None`: no finding fails it.
    #[must_use]
    pub fn with_fail_on(mut self, fail_on: Option<Severity>) -> Self {
        self.fail_on = fail_on;
        self
    }

    /// The rules that took part, in the order of their ids.
    pub fn rules(&self) -> &[Arc<RuleInfo>] {
        &self.rules
    }

    /// The index of a rule in [`Self::rules`].
    pub fn rule_index(&self, id: &str) -> Option<usize> {
        self.rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok()
    }

    /// Whether a finding of this severity fails the run.
    pub fn fails(&self, severity: Severity) -> bool {
        self.fail_on.is_some_and(|bar| severity >= bar)
    }
}

/// What the reader of a text can display. Each output has its own: a file is not a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisplayOptions {
    /// Whether to use ANSI colours.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether to draw with box characters; else with ASCII.
    pub unicode: bool,
    /// Whether addresses become OSC 8 hyperlinks.
    pub links: bool,
    /// The protocol for small pictures; `None`: the terminal shows none.
    pub pictures: Option<picture::GraphicsProtocol>,
}

impl DisplayOptions {
    /// For texts in files: no colours, no links, 100 columns.
    pub const fn plain() -> Self {
        Self { color: false, width: 100, unicode: true, links: false, pictures: None }
    }
}

/// How a format's parts become an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Findings and problems as they are found, then the tail. No head.
    Stream,
    /// Problems, errors, warnings and infos in this order, like ones folded, then the tail. Written when the run is over.
    Sorted,
    /// A JSON document: head, findings, section separator, problems, tail, with commas between neighbours. Written when
    /// the run is over.
    Document,
    /// A document whose findings lie in suites: neighbours in the same file share one. Nothing separates neighbours.
    Suites,
    /// Not a text. What workers render is spooled, and [`ReportFormat::finish_binary`] makes the file of it.
    Binary,
}

impl Layout {
    /// What stands between two findings or two problems.
    const fn separator(self) -> &'static str {
        match self {
            Self::Document => ",\n",
            Self::Stream | Self::Sorted | Self::Suites | Self::Binary => "",
        }
    }
}

/// Neighbouring findings in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suite {
    /// The file's name as displayed.
    pub file: Arc<str>,
    /// Findings in it.
    pub findings: usize,
    /// Those of them that fail the run.
    pub failures: usize,
}

/// One output format.
///
/// Each method appends to `out`. Nothing depends on what was appended before, so workers may
/// render in any order and the output still is the same.
pub trait ReportFormat: Send + Sync {
    /// How the parts are put together.
    fn layout(&self) -> Layout {
        Layout::Document
    }

    /// A finding as it will stand in the output, without separators.
    fn finding(&self, run: &RunInfo, finding: &Finding, out: &mut String);

    /// A problem as it will stand in the output, without separators.
    fn problem(&self, run: &RunInfo, problem: &Problem, out: &mut String);

    /// What folds a finding of a [`Layout::Sorted`] with others like it; `None`: it stays by itself.
    fn foldable(&self, _run: &RunInfo, _finding: &Finding) -> Option<FoldablePlace> {
        None
    }

    /// The same of a problem.
    fn foldable_problem(&self, _run: &RunInfo, _problem: &Problem) -> Option<FoldablePlace> {
        None
    }

    /// The places of findings that were folded into an earlier one, below its text; `more` are not listed.
    fn folded(&self, _run: &RunInfo, _places: &[String], _more: usize, _out: &mut String) {}

    /// Adjusts a rendered text that must be unique in the output, which workers cannot know. Called in the order of
    /// the output, with a map of its own for each output, empty at first.
    fn dedup<'t>(&self, text: &'t str, _seen: &mut HashMap<u64, u32>) -> Cow<'t, str> {
        Cow::Borrowed(text)
    }

    /// The beginning of a document.
    fn head(&self, _run: &RunInfo, _summary: &Summary, _out: &mut String) {}

    /// The beginning of a suite.
    fn suite_head(&self, _run: &RunInfo, _suite: &Suite, _out: &mut String) {}

    /// The end of a suite.
    fn suite_tail(&self, _run: &RunInfo, _suite: &Suite, _out: &mut String) {}

    /// What separates a document's problems from its findings. A format that writes nothing here has both in one
    /// sequence.
    fn section_separator(&self, _run: &RunInfo, _summary: &Summary, _out: &mut String) {}

    /// The end.
    fn tail(&self, _run: &RunInfo, _summary: &Summary, _out: &mut String) {}

    /// Writes a binary file from what was rendered of all findings and problems, in their order.
    ///
    /// # Errors
    ///
    /// `out` cannot be written.
    fn finish_binary(
        &self,
        _run: &RunInfo,
        _summary: &Summary,
        _findings: &mut dyn BufRead,
        _problems: &mut dyn BufRead,
        _out: &mut (dyn Write + Send),
    ) -> io::Result<()> {
        Ok(())
    }
}

/// The format of that name; `look` matters to those made for people.
pub fn format(name: FormatName, look: DisplayOptions) -> Arc<dyn ReportFormat> {
    match name {
        FormatName::Pretty => Arc::new(pretty::Pretty::new(look)),
        FormatName::Short => Arc::new(short::Short),
        FormatName::Json => Arc::new(json::Json),
        FormatName::Sarif => Arc::new(sarif::Sarif),
        FormatName::Junit => Arc::new(junit::Junit),
        FormatName::Github => Arc::new(github::Github),
        FormatName::Gitlab => Arc::new(gitlab::Gitlab),
        FormatName::Markdown => Arc::new(markdown::Markdown),
        FormatName::Xlsx => Arc::new(workbook::WorkbookFormat),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_one_name() {
        for format in FormatName::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
        assert_eq!("xml".parse::<FormatName>(), Err(UnknownFormat("xml".to_owned())));
    }

    #[test]
    fn the_bar_for_failing_is_inclusive() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let run = RunInfo::new(day, Lang::En, Vec::new()).with_fail_on(Some(Severity::Warning));
        assert!(run.fails(Severity::Error) && run.fails(Severity::Warning));
        assert!(!run.fails(Severity::Info));
        assert!(!run.with_fail_on(None).fails(Severity::Error));
    }
}
