//! A rule as reports describe it.

use dianjian_base::lang::Text;

use super::language::{Confidence, Evidence, Period, Severity};

/// The part of a rule's file that reports show, as it is there: findings of the rule share one.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as in `language::RuleFile`")]
pub struct RuleInfo {
    /// `group/name`.
    pub id: String,
    /// The name of the record kind, or `*`.
    pub kind: String,
    pub title: Text,
    pub why: Text,
    /// A template: its placeholders are not filled.
    pub help: Option<Text>,
    /// As the rule's file has it, before the project's overrides.
    pub severity: Severity,
    /// Whether what it finds could not be read: no filter hides that.
    pub is_gap: bool,
    pub effective: Period,
    /// INVARIANT: never empty in a pack without problems.
    pub evidence: Vec<Evidence>,
}

impl RuleInfo {
    /// The highest confidence among its evidence, of whatever day.
    pub fn confidence(&self) -> Confidence {
        self.evidence.iter().map(|evidence| evidence.confidence).max().unwrap_or(Confidence::Low)
    }
}
