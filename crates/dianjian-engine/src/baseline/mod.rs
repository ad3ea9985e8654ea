//! Known findings that do not count: the baseline, decided in one place.
//!
//! A finding is known by its fingerprint alone, which survives moves and reformatting; two findings
//! with one fingerprint are two entries. A baseline only shrinks by itself: what no longer occurs is
//! dropped, and new findings enter it only on request ([`Baseline::enter`]).

mod run;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::localized;
use dianjian_document::problem::Problem;
use dianjian_document::source::SourceFile;
use dianjian_document::tree::Spanned;
use dianjian_rules::parse_one;
pub use run::{BaselineRun, BaselineUpdate};
use schemars::JsonSchema;
use serde::Deserialize;

/// The version that is written.
pub const VERSION: u32 = 1;

/// A baseline as it stands on disk: `dianjian-baseline.json`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineFile {
    /// The form of this file; 1.
    pub version: Spanned<u32>,
    /// The latest day as of which it was written; a check as of an earlier day drops nothing from it.
    #[serde(default)]
    pub as_of: Option<NaiveDate>,
    /// What is known, in the order of file, rule and fingerprint; one entry a line.
    pub findings: Vec<Known>,
}

/// Findings that are known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// What they are known by: 16 hex digits.
    pub fingerprint: String,
    /// The rule; for readers.
    pub rule: String,
    /// The file they were in when they were entered; for readers.
    pub file: String,
    /// How many of them there are.
    pub count: usize,
}

/// A baseline of a form that this program does not know.
#[derive(Debug, thiserror::Error)]
struct UnknownVersion {
    found: u32,
}

localized! { UnknownVersion {
    Self { found } => {
        zh: "基线的版本是 {found}，本程序只认识 {VERSION}",
        en: "the baseline has version {found}; this program reads version {VERSION}",
        help zh: "用 dianjian baseline create --force 重新生成。",
        help en: "write it anew with `dianjian baseline create --force`",
    }
} }

/// Findings that are known, and how many of each have occurred in this run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    as_of: Option<NaiveDate>,
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    rule: String,
    file: String,
    count: usize,
    seen: usize,
}

impl Baseline {
    /// An empty one, to be filled with [`Self::enter`].
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty one as of a day.
    pub fn of_day(as_of: NaiveDate) -> Self {
        Self { as_of: Some(as_of), ..Self::default() }
    }

    /// The same, written as of a day, unless it was as of a later one before.
    #[must_use]
    pub fn dated(mut self, day: NaiveDate) -> Self {
        self.as_of = self.as_of.max(Some(day));
        self
    }

    /// Reads a baseline. Entries with one fingerprint add up, as after a merge of two branches.
    ///
    /// # Errors
    /// What is wrong with the file, with its place.
    pub fn parse(source: &Arc<SourceFile>) -> Result<Self, Vec<Problem>> {
        let file: BaselineFile = parse_one(source)?;
        if file.version.value != VERSION {
            let error = UnknownVersion { found: file.version.value };
            return Err(vec![Problem::at(source, file.version.span, &error)]);
        }
        let mut baseline = Self { as_of: file.as_of, ..Self::default() };
        for known in file.findings {
            baseline.add(known.fingerprint, known.rule, known.file, known.count);
        }
        Ok(baseline)
    }

    fn add(&mut self, fingerprint: String, rule: String, file: String, count: usize) {
        let entry = self.entries.entry(fingerprint).or_insert(Entry { rule, file, count: 0, seen: 0 });
        entry.count = entry.count.saturating_add(count);
    }

    /// Enters a finding as known.
    pub fn enter(&mut self, fingerprint: &str, rule: &str, file: &str) {
        self.add(fingerprint.to_owned(), rule.to_owned(), file.to_owned(), 1);
    }

    /// Whether a finding with this fingerprint may be known; cheap, and never wrong about `false`.
    pub fn may_know(&self, fingerprint: &str) -> bool {
        self.entries.contains_key(fingerprint)
    }

    /// Takes a finding of the run, in the order of the report; returns whether it is known. Of more
    /// findings than there are entries, the later ones are not.
    pub fn takes(&mut self, fingerprint: &str) -> bool {
        match self.entries.get_mut(fingerprint) {
            Some(entry) if entry.seen < entry.count => {
                entry.seen += 1;
                true
            }
            _ => false,
        }
    }

    /// How many entries no longer occur. `looked_at` says of a rule and a file whether this run would
    /// have found what is there: of other entries nothing is known.
    pub fn stale(&self, looked_at: &dyn Fn(&str, &str) -> bool) -> usize {
        let missed = |entry: &&Entry| entry.seen < entry.count && looked_at(&entry.rule, &entry.file);
        self.entries.values().filter(missed).map(|entry| entry.count - entry.seen).sum()
    }

    /// How many findings are known.
    pub fn len(&self) -> usize {
        self.entries.values().fold(0, |sum: usize, entry| sum.saturating_add(entry.count))
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The same without what no longer occurs; it never grows. `looked_at` as for [`Self::stale`].
    pub fn shrunk(&self, looked_at: &dyn Fn(&str, &str) -> bool) -> Self {
        let left = |entry: &Entry| if looked_at(&entry.rule, &entry.file) { entry.seen } else { entry.count };
        let entries = self
            .entries
            .iter()
            .map(|(fingerprint, entry)| (fingerprint.clone(), Entry { count: left(entry), seen: 0, ..entry.clone() }));
        Self { as_of: self.as_of, entries: entries.filter(|(_, entry)| entry.count > 0).collect() }
    }

    /// What this run has entered, and what is known of that it did not look at.
    pub fn renewed(&self, entered: &Self, looked_at: &dyn Fn(&str, &str) -> bool) -> Self {
        let mut new = Self { as_of: self.as_of.max(entered.as_of), ..entered.clone() };
        for (fingerprint, entry) in &self.entries {
            if !looked_at(&entry.rule, &entry.file) {
                new.entries.entry(fingerprint.clone()).or_insert_with(|| Entry { seen: 0, ..entry.clone() });
            }
        }
        new
    }

    /// The file: one entry a line, sorted by file, rule and fingerprint, so that a change is a
    /// change of lines.
    pub fn to_json(&self) -> String {
        let mut lines: Vec<(&str, &str, &str, usize)> = self
            .entries
            .iter()
            .map(|(fingerprint, entry)| (entry.file.as_str(), entry.rule.as_str(), fingerprint.as_str(), entry.count))
            .collect();
        lines.sort_unstable();
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let as_of = self.as_of.map(|day| format!("  \"as_of\": \"{day}\",\n")).unwrap_or_default();
        let mut out = format!("{{\n  \"version\": {VERSION},\n{as_of}  \"findings\": [");
        for (at, (file, rule, fingerprint, count)) in lines.into_iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            let _ = write!(
                out,
                "{comma}\n    {{\"fingerprint\": {}, \"rule\": {}, \"file\": {}, \"count\": {count}}}",
                quoted(fingerprint),
                quoted(rule),
                quoted(file)
            );
        }
        out.push_str("\n  ]\n}\n");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(entries: &[(&str, usize)]) -> Baseline {
        let mut baseline = Baseline::new();
        for (fingerprint, count) in entries {
            baseline.add((*fingerprint).to_owned(), "naming/length".to_owned(), "名“录”.yaml".to_owned(), *count);
        }
        baseline
    }

    fn read(text: &str) -> Result<Baseline, Vec<Problem>> {
        Baseline::parse(&Arc::new(SourceFile::new("baseline.json", text)))
    }

    #[test]
    fn what_is_written_can_be_read() {
        for baseline in [known(&[]), known(&[("b", 2), ("a", 1)])] {
            assert_eq!(read(&baseline.to_json()).unwrap(), baseline);
        }
        assert_eq!(known(&[("b", 2), ("a", 1)]).to_json().lines().count(), 7);
    }

    #[test]
    fn as_many_findings_are_known_as_there_are_entries() {
        let mut baseline = known(&[("a", 2), ("b", 1)]);
        let taken: Vec<bool> = ["a", "a", "a", "c"].into_iter().map(|one| baseline.takes(one)).collect();
        assert_eq!(taken, [true, true, false, false]);
        let anywhere = |_: &str, _: &str| true;
        assert_eq!(baseline.stale(&anywhere), 1);
        assert_eq!(baseline.shrunk(&anywhere), known(&[("a", 2)]));
    }

    #[test]
    fn it_shrinks_to_what_occurred_and_never_grows() {
        let mut baseline = known(&[("a", 3)]);
        assert!(baseline.takes("a") && !baseline.takes("new"));
        assert_eq!(baseline.shrunk(&|_, _| true), known(&[("a", 1)]));
        assert!(known(&[("a", 1)]).shrunk(&|_, _| true).is_empty());
    }

    #[test]
    fn what_was_not_looked_at_stays() {
        let baseline = known(&[("a", 3)]);
        let elsewhere = |_: &str, _: &str| false;
        assert_eq!(baseline.stale(&elsewhere), 0);
        assert_eq!(baseline.shrunk(&elsewhere), baseline);
        let renewed = baseline.renewed(&known(&[("b", 1)]), &elsewhere);
        assert_eq!(renewed, known(&[("a", 3), ("b", 1)]));
        assert_eq!(baseline.renewed(&known(&[("b", 1)]), &|_, _| true), known(&[("b", 1)]));
    }

    #[test]
    fn entries_of_two_branches_add_up() {
        let line = r#"{"fingerprint": "a", "rule": "r", "file": "f", "count": 1}"#;
        let baseline = read(&format!("{{\"version\": 1, \"findings\": [{line}, {line}]}}")).unwrap();
        assert_eq!(baseline.len(), 2);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let problems = read(r#"{"version": 7, "findings": []}"#).unwrap_err();
        assert_eq!(problems[0].place.as_ref().map(|(_, span)| span.start), Some(12));
        assert!(read(r#"{"version": 1, "findings": [], "more": 1}"#).is_err());
        assert!(read("<<<<<<< ours\n").is_err());
    }
}
