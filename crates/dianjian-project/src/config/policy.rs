//! The severity of findings in this project, decided here and nowhere else.
//!
//! From the weakest to the strongest:
//!
//! 1. the severity in the rule's own file, as far as the evidence of the day carries it;
//! 2. `severity:` of `dianjian.yaml`: the entry with the rule's id, else the last pattern that matches;
//! 3. `paths:` of `dianjian.yaml`: the last block that matches the file and has an entry for the rule, chosen as in 2;
//! 4. `--only` and `--skip`: rules not among the former, or among the latter, report nothing.

use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_document::source::Span;
use dianjian_engine::Finding;
use dianjian_rules::language::Severity;
use dianjian_rules::{RuleInfo, Selector};

use super::error::ConfigError;
use super::file::{OrderedMap, PathBlock, SeverityLevel};
use super::files::{Below, FilePatterns};
use super::ignores::Ignores;

/// Selectors of rules with the severity that the project gives them, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Levels(Vec<(Selector, SeverityLevel)>);

impl Levels {
    /// Reads entries; those that match no rule are skipped and reported in `errors`.
    pub fn new(entries: &OrderedMap<SeverityLevel>, rules: &[&str], errors: &mut Vec<(Span, ConfigError)>) -> Self {
        let mut levels = Vec::new();
        for (name, level) in entries.iter() {
            match Selector::new(&name.value, rules) {
                Ok(selector) => levels.push((selector, level.value)),
                Err(error) => errors.push((name.span, error.into())),
            }
        }
        Self(levels)
    }

    fn level(&self, rule: &str) -> Option<SeverityLevel> {
        let last =
            |id: bool| self.0.iter().rev().find(|(selector, _)| selector.is_id() == id && selector.matches(rule));
        last(true).or_else(|| last(false)).map(|(_, level)| *level)
    }
}

/// The severities that a project gives to rules, and the findings that it silences.
#[derive(Debug, Clone)]
pub struct ProjectPolicy {
    levels: Levels,
    paths: Vec<(FilePatterns, Levels)>,
    below: Below,
    only: Vec<Selector>,
    skip: Vec<Selector>,
    ignores: Arc<Ignores>,
}

impl ProjectPolicy {
    /// Every rule with its own severity.
    pub fn plain(working: &Path) -> Self {
        Self {
            levels: Levels::default(),
            paths: Vec::new(),
            below: Below::new(working, Path::new("")),
            only: Vec::new(),
            skip: Vec::new(),
            ignores: Arc::new(Ignores::none()),
        }
    }

    /// The policy of a configuration; mistakes are skipped and reported in `errors`.
    pub fn new(
        severity: &OrderedMap<SeverityLevel>,
        paths: &[PathBlock],
        below: Below,
        rules: &[&str],
        errors: &mut Vec<(Span, ConfigError)>,
    ) -> Self {
        let levels = Levels::new(severity, rules, errors);
        let paths = paths
            .iter()
            .map(|block| (FilePatterns::new(&block.r#match, errors), Levels::new(&block.severity, rules, errors)))
            .collect();
        let ignores = Arc::new(Ignores::none());
        Self { levels, paths, below, only: Vec::new(), skip: Vec::new(), ignores }
    }

    /// The same policy with the entries that silence findings.
    #[must_use]
    pub fn silencing(mut self, ignores: Ignores) -> Self {
        self.ignores = Arc::new(ignores);
        self
    }

    /// The entries that silence findings.
    pub fn ignores(&self) -> &Ignores {
        &self.ignores
    }

    /// The same policy with `--only` and `--skip`.
    #[must_use]
    pub fn choosing(mut self, only: Vec<Selector>, skip: Vec<Selector>) -> Self {
        (self.only, self.skip) = (only, skip);
        self
    }

    /// The severity of a rule's findings in a file, given by its displayed name; `None`: the rule reports nothing there.
    pub fn decide(&self, rule: &str, own: Severity, file: &str) -> Option<Severity> {
        if !self.chooses(rule) {
            return None;
        }
        let level = self.of_file(rule, file).or_else(|| self.levels.level(rule));
        level.map_or(Some(own), SeverityLevel::severity)
    }

    /// Whether `--only` and `--skip` let the rule take part.
    pub fn chooses(&self, rule: &str) -> bool {
        let means = |selectors: &[Selector]| selectors.iter().any(|selector| selector.matches(rule));
        (self.only.is_empty() || means(&self.only)) && !means(&self.skip)
    }

    fn of_file(&self, rule: &str, file: &str) -> Option<SeverityLevel> {
        if self.paths.is_empty() {
            return None;
        }
        let below = self.below.path(file)?;
        self.paths.iter().rev().find_map(|(files, levels)| levels.level(rule).filter(|_| files.matches(&below)))
    }
}

impl dianjian_engine::SeverityPolicy for ProjectPolicy {
    fn severity(&self, rule: &RuleInfo, own: Severity, file: &str) -> Option<Severity> {
        self.decide(&rule.id, own, file)
    }

    fn silences(&self, finding: &Finding, day: NaiveDate) -> bool {
        self.ignores.silences(finding, day)
    }

    fn last_days(&self) -> Vec<NaiveDate> {
        self.ignores.last_days()
    }
}

#[cfg(test)]
mod tests {
    use dianjian_document::tree::Spanned;

    use super::*;
    use crate::config::file::ConfigFile;

    const RULES: [&str; 3] = ["live/private-trade", "naming/length", "naming/unique"];

    fn entries(pairs: &[(&str, SeverityLevel)]) -> OrderedMap<SeverityLevel> {
        let spanned = |text: &str| Spanned::new(text.to_owned(), Span::default());
        OrderedMap(pairs.iter().map(|(name, level)| (spanned(name), Spanned::new(*level, Span::default()))).collect())
    }

    fn policy(config: &ConfigFile) -> ProjectPolicy {
        let mut errors = Vec::new();
        let below = Below::new(Path::new("/p"), Path::new(""));
        let policy = ProjectPolicy::new(&config.severity, &config.paths, below, &RULES, &mut errors);
        assert!(errors.is_empty(), "{errors:?}");
        policy
    }

    #[test]
    fn an_id_wins_over_patterns_and_a_later_pattern_over_an_earlier_one() {
        let severity = entries(&[
            ("naming/length", SeverityLevel::Info),
            ("naming/*", SeverityLevel::Error),
            ("naming/*", SeverityLevel::Off),
        ]);
        let policy = policy(&ConfigFile { severity, ..ConfigFile::default() });
        assert_eq!(policy.decide("naming/length", Severity::Warning, "a"), Some(Severity::Info));
        assert_eq!(policy.decide("naming/unique", Severity::Warning, "a"), None);
        assert_eq!(policy.decide("live/private-trade", Severity::Warning, "a"), Some(Severity::Warning));
    }

    #[test]
    fn a_later_path_block_wins_and_all_win_over_the_top_level() {
        let block = |pattern: &str, pairs: &[(&str, SeverityLevel)]| PathBlock {
            r#match: vec![Spanned::new(pattern.to_owned(), Span::default())],
            severity: entries(pairs),
        };
        let config = ConfigFile {
            severity: entries(&[("naming/length", SeverityLevel::Error)]),
            paths: vec![
                block("legacy/**", &[("naming/*", SeverityLevel::Off)]),
                block("legacy/new/**", &[("naming/length", SeverityLevel::Info)]),
                block("*.json", &[("live/*", SeverityLevel::Off)]),
            ],
            ..ConfigFile::default()
        };
        let policy = policy(&config);
        let length = |file: &str| policy.decide("naming/length", Severity::Warning, file);
        assert_eq!(length("a.yaml"), Some(Severity::Error));
        assert_eq!(length("legacy/a.yaml"), None);
        assert_eq!(length("legacy/new/a.json"), Some(Severity::Info));
        assert_eq!(length("/elsewhere/legacy/a.yaml"), Some(Severity::Error));
    }

    #[test]
    fn the_command_line_chooses_last() {
        let select = |text: &str| Selector::new(text, &RULES).unwrap();
        let severity = entries(&[("naming/unique", SeverityLevel::Off)]);
        let policy = policy(&ConfigFile { severity, ..ConfigFile::default() })
            .choosing(vec![select("naming/*")], vec![select("naming/length")]);
        for rule in RULES {
            assert_eq!(policy.decide(rule, Severity::Error, "a"), None);
        }
    }
}
