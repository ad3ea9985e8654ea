//! What reports need to know of a rule.

use dianjian_base::lang::Text;

use super::language::{Confidence, Evidence, Period, Severity};

/// What reports need to know of a rule.
#[derive(Debug)]
pub struct RuleInfo {
    /// `group/name`.
    pub id: String,
    /// The record kind it reads.
    pub kind: String,
    /// What it is called.
    pub title: Text,
    /// Why it exists.
    pub why: Text,
    /// What to do about it, without arguments filled in.
    pub help: Option<Text>,
    /// The severity its file gives.
    pub severity: Severity,
    /// When it holds.
    pub effective: Period,
    /// Where it comes from; at least one.
    pub evidence: Vec<Evidence>,
}

impl RuleInfo {
    /// The best confidence among its evidence.
    pub fn confidence(&self) -> Confidence {
        self.evidence.iter().map(|evidence| evidence.confidence).max().unwrap_or(Confidence::Low)
    }
}
