//! Entries of `ignore:` that silence findings: what comments do in YAML, for files of every format.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::NaiveDate;
use dianjian_base::FieldPath;
use dianjian_document::edit::{FixError, NewNode, with_item};
use dianjian_document::source::{CellAddress, Input, SourceFile, Span};
use dianjian_document::tree::Spanned;
use dianjian_engine::suppress::FileIssue;
use dianjian_engine::{Engine, Finding, Label, SeverityPolicy as _};
use dianjian_rules::Selector;
use dianjian_rules::language::SchemaLint;
use dianjian_rules::record::parse_date;

use super::ProjectPolicy;
use super::error::ConfigError;
use super::file::IgnoredFindings;
use super::files::{Below, FilePatterns};

/// The entries that silence findings.
#[derive(Debug)]
pub struct Ignores {
    /// The configuration; `None`: there is none.
    source: Option<Arc<SourceFile>>,
    entries: Vec<IgnoreEntry>,
    below: Below,
}

#[derive(Debug)]
struct IgnoreEntry {
    span: Span,
    rule: Selector,
    file: String,
    files: FilePatterns,
    record: Option<String>,
    cell: Option<String>,
    path: Option<String>,
    /// The last day on which it holds.
    until: Option<NaiveDate>,
    /// Whether it has silenced anything.
    used: AtomicBool,
}

impl Ignores {
    /// No entries.
    pub fn none() -> Self {
        Self { source: None, entries: Vec::new(), below: Below::new(Path::new(""), Path::new("")) }
    }

    /// Reads entries; those with mistakes are skipped and reported in `errors`.
    pub fn new(
        source: Arc<SourceFile>,
        entries: &[&Spanned<IgnoredFindings>],
        below: Below,
        rules: &[&str],
        errors: &mut Vec<(Span, ConfigError)>,
    ) -> Self {
        let entries = entries.iter().filter_map(|entry| IgnoreEntry::new(entry, rules, errors)).collect();
        Self { source: Some(source), entries, below }
    }

    /// Whether an entry silences the finding on a day.
    pub fn silences(&self, finding: &Finding, day: NaiveDate) -> bool {
        let mut silenced = false;
        for entry in self.entries.iter().filter(|entry| entry.holds(day)) {
            if entry.rule.matches(&finding.rule.id) && entry.fits(finding, &self.below) {
                entry.used.store(true, Ordering::Relaxed);
                silenced = true;
            }
        }
        silenced
    }

    /// The last days of the entries that have one.
    pub fn last_days(&self) -> Vec<NaiveDate> {
        self.entries.iter().filter_map(|entry| entry.until).collect()
    }

    /// What is wrong with the entries after a run over the inputs, of which `roots` were walked as folders: entries
    /// whose last day is over, and those that silenced nothing although the run has looked where they point.
    pub fn findings(
        &self,
        engine: &Engine<'_>,
        policy: &ProjectPolicy,
        inputs: &[Input],
        roots: &[PathBuf],
    ) -> Vec<Finding> {
        let Some(source) = self.source.as_ref().filter(|_| !self.entries.is_empty()) else { return Vec::new() };
        let root = self.below.absolute("").canonicalize().ok();
        let is_whole = root.is_some_and(|folder| {
            roots.iter().filter_map(|root| root.canonicalize().ok()).any(|root| folder.starts_with(root))
        });
        let mut issues = Vec::new();
        for entry in &self.entries {
            let issue = |lint, expected: String| FileIssue {
                lint,
                span: entry.span,
                found: entry.title(),
                expected,
                related: None,
                is_gap: false,
            };
            if let Some(until) = entry.until.filter(|_| !entry.holds(engine.policy.as_of)) {
                issues.push(issue(SchemaLint::SuppressionExpired, until.to_string()));
            } else if !entry.used.load(Ordering::Relaxed) {
                let here: Vec<&Input> =
                    inputs.iter().filter(|input| entry.is_of_file(&input.name, &self.below)).collect();
                let ran = |file: &str| {
                    let mut rules = engine.rules().rules.iter();
                    rules.any(|rule| {
                        let is_meant = rule.active && entry.rule.matches(&rule.info.id);
                        is_meant && policy.severity(&rule.info, rule.info.severity, file).is_some()
                    })
                };
                let ran =
                    here.iter().any(|input| ran(&input.name)) || (here.is_empty() && is_whole && ran(&entry.file));
                issues.extend(ran.then(|| issue(SchemaLint::SuppressionUnused, String::new())));
            }
        }
        engine.file_findings(source, &issues)
    }
}

impl IgnoreEntry {
    fn new(entry: &Spanned<IgnoredFindings>, rules: &[&str], errors: &mut Vec<(Span, ConfigError)>) -> Option<Self> {
        let before = errors.len();
        let IgnoredFindings { rule, file, record, cell, path, reason, until } = &entry.value;
        let selector = Selector::new(&rule.value, rules).map_err(|error| errors.push((rule.span, error.into()))).ok();
        let files = FilePatterns::new(std::slice::from_ref(file), errors);
        if reason.value.trim().is_empty() {
            errors.push((reason.span, ConfigError::NoReason));
        }
        let day = until.as_ref().and_then(|until| {
            let day = parse_date(&until.value);
            if day.is_none() {
                errors.push((until.span, ConfigError::NotADate { found: until.value.clone() }));
            }
            day
        });
        let text = |text: &Option<Spanned<String>>| text.as_ref().map(|text| text.value.trim().to_owned());
        (errors.len() == before).then_some(Self {
            span: rule.span,
            rule: selector?,
            file: file.value.clone(),
            files,
            record: text(record),
            cell: text(cell),
            path: text(path),
            until: day,
            used: AtomicBool::new(false),
        })
    }

    fn holds(&self, day: NaiveDate) -> bool {
        self.until.is_none_or(|until| day <= until)
    }

    /// The entry in a line, for messages.
    fn title(&self) -> String {
        let more = [&self.record, &self.cell, &self.path].into_iter().flatten();
        more.fold(format!("{} · {}", self.rule, self.file), |title, part| format!("{title} · {part}"))
    }

    fn is_of_file(&self, file: &str, below: &Below) -> bool {
        below.path(file).is_some_and(|path| self.files.matches(&path))
    }

    /// Whether the finding lies where the entry points: at its own place, at one of the other places that it is about,
    /// or in the picture.
    fn fits(&self, finding: &Finding, below: &Below) -> bool {
        let here = |label: &Label| self.is_of_file(label.source.name(), below) && self.is_of_cell(label);
        let is_at = here(&finding.primary) || finding.related.iter().any(here);
        let in_picture = || {
            let picture = finding.picture.as_ref();
            self.cell.is_none() && picture.is_some_and(|picture| self.is_of_file(&picture.file, below))
        };
        let is_record = self.record.as_ref().is_none_or(|record| finding.record.id.as_ref() == Some(record));
        is_record && self.is_of_path(&finding.path) && (is_at || in_picture())
    }

    fn is_of_path(&self, path: &str) -> bool {
        let is_same = |wanted: &String| *wanted == path || *wanted == FieldPath::new(path).without_indices();
        self.path.as_ref().is_none_or(is_same)
    }

    fn is_of_cell(&self, label: &Label) -> bool {
        let Some(wanted) = &self.cell else { return true };
        let Some(cell) = cell(&label.source, label.span.start) else { return false };
        let name = cell.a1();
        match wanted.rsplit_once('!') {
            Some((sheet, own)) => own.eq_ignore_ascii_case(&name) && sheet.trim_matches('\'') == &*cell.sheet,
            None => wanted.eq_ignore_ascii_case(&name),
        }
    }
}

/// The cell at an offset; in CSV the row is the line on which it begins.
fn cell(source: &SourceFile, offset: u32) -> Option<CellAddress> {
    source.cell(offset).or_else(|| {
        let place = source.field_at(offset)?;
        let line = source.position(source.record_span(offset)?.start).line;
        let (row, column) = (u32::try_from(line).ok()?, u32::try_from(place.field).ok()?);
        Some(CellAddress { sheet: "".into(), row, column })
    })
}

/// A configuration's text with further entries of `ignore:`: a rule, and the file in which it is silent, or all files.
/// Everything else of it stays as it is.
///
/// # Errors
/// `ignore:` is written in a form that no entry can be added to, or the text is no YAML map.
pub fn with_ignored(
    text: &str,
    entries: &[(String, Option<String>)],
    reason: &str,
    until: Option<NaiveDate>,
) -> Result<String, FixError> {
    entries.iter().try_fold(text.to_owned(), |text, (rule, file)| {
        let entry = |key: &str, value: &str| (key.to_owned(), NewNode::text(value));
        let mut item =
            vec![entry("rule", rule), entry("file", file.as_deref().unwrap_or("**")), entry("reason", reason.trim())];
        item.extend(until.map(|until| entry("until", &until.to_string())));
        with_item(&text, "ignore", &NewNode::Map(item))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str) -> String {
        let entries = [("naming/length".to_owned(), Some("a.yaml".to_owned()))];
        with_ignored(text, &entries, " 老店名 ", NaiveDate::from_ymd_opt(2026, 12, 31)).unwrap()
    }

    #[test]
    fn an_entry_says_rule_file_reason_and_day() {
        const ENTRY: &str = "rule: naming/length, file: a.yaml, reason: 老店名, until: ";
        let lines = format!("ignore:\n  - {}", ENTRY.replace(", ", "\n    "));
        assert!(added("").starts_with(&lines), "{}", added(""));
        let flow = added("ignore: [vendor/**]\n");
        assert!(flow.starts_with(&format!("ignore: [vendor/**, {{{ENTRY}")), "{flow}");
    }
}
