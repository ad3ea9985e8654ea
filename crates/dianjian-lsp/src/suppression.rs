//! Comments and entries that silence a finding, with a reason and a last day.

use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate};
use dianjian_base::slashed;
use dianjian_document::source::Format;
use dianjian_engine::Engine;
use dianjian_project::config::{self, Config};

use crate::basis::ProjectBasis;
use crate::documents::{OpenDocument, real};
use crate::position::LineIndex;

/// How long a finding is silenced unless somebody says otherwise: nobody looks again at what is silent for good.
const DAYS: u64 = 90;

/// A longer text is not checked again to see whether a comment does what it should.
const MAX_CHECKED: usize = 256 << 10;

/// Lines above a finding that a comment may have to go beyond, such as those of a text over several lines.
const MAX_LINES_UP: usize = 40;

/// Why a finding is silenced, and how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SilenceReason {
    pub reason: String,
    pub until: Option<NaiveDate>,
}

impl SilenceReason {
    /// A reason that is still to be written, and a day.
    pub fn to_be_written(placeholder: &str, today: NaiveDate) -> Self {
        Self { reason: placeholder.to_owned(), until: today.checked_add_days(Days::new(DAYS)) }
    }
}

/// A text to insert: where, and what.
pub(crate) type Insertion = (usize, String);

/// A comment on a line of its own that silences a rule on a line of a YAML text: above that line, or above what it is a
/// part of where a comment there would not be one.
pub(crate) fn comment(
    document: &OpenDocument,
    (line, rule): (usize, &str),
    why: &SilenceReason,
    engine: &Engine<'_>,
) -> Option<Insertion> {
    let lines = &document.lines;
    let until = why.until.map(|until| format!(" until {until}")).unwrap_or_default();
    let reason = why.reason.replace(['\r', '\n'], " ");
    let text = format!("# dianjian: ignore[{rule}]{until} -- {}", reason.trim());
    let end = line_end(lines);
    let at = |line: usize| {
        let own = lines.line(line);
        let indent = &own[..own.len() - own.trim_start_matches(' ').len()];
        (lines.start(line), format!("{indent}{text}{end}"))
    };
    if lines.text().len() > MAX_CHECKED {
        return Some(at(line));
    }
    let judged = |text: &str| {
        let (findings, problems) = engine.check_text("text.yaml", text, Format::Yaml);
        let of_rule = findings.iter().filter(|finding| finding.rule.id == rule).count();
        (of_rule, findings.len() - of_rule, problems.len())
    };
    let before = judged(lines.text());
    let silences = |(offset, comment): &Insertion| {
        let mut text = lines.text().to_string();
        text.insert_str(*offset, comment);
        let after = judged(&text);
        // What several files are needed for is not found in one.
        let is_silent = after.0 < before.0 || before.0 == 0;
        // A comment that nothing uses here may be used there.
        is_silent && after.1 <= before.1 + usize::from(before.0 == 0) && after.2 <= before.2
    };
    (line.saturating_sub(MAX_LINES_UP)..=line).rev().map(at).find(silences)
}

/// The line end that a text uses.
pub(crate) fn line_end(lines: &LineIndex) -> &'static str {
    if lines.text().contains("\r\n") { "\r\n" } else { "\n" }
}

/// The path of the project's configuration, whether it is there or not.
pub(crate) fn config_path(basis: &ProjectBasis) -> PathBuf {
    let working = &basis.project.working;
    let known = basis.project.config.as_ref().map(Config::name);
    real(&working.resolve(known.unwrap_or(config::NAMES[0])))
}

/// The configuration's text with one more entry of `ignore:`.
pub(crate) fn entry(text: &str, (config, file): (&Path, &Path), rule: &str, why: &SilenceReason) -> Option<String> {
    let file = slashed(file.strip_prefix(config.parent()?).ok()?);
    config::with_ignored(text, &[(rule.to_owned(), Some(file))], &why.reason, why.until).ok()
}
