//! Which findings the reports list: those of some severity and confidence, or in some files.
//!
//! Filters never touch what could not be checked: problems are always listed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use dianjian_engine::Finding;
use dianjian_rules::language::{Confidence, Severity};

use super::changed::changed_since;
use crate::config::ConfigError;
use crate::error::CliError;

/// Flags that restrict which findings are listed.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct FilterArgs {
    #[arg(long, value_enum, value_name = "SEVERITY", conflicts_with = "accept", help_heading = "Output")]
    min_severity: Option<MinSeverity>,
    #[arg(long, value_enum, value_name = "CONFIDENCE", conflicts_with = "accept", help_heading = "Output")]
    min_confidence: Option<MinConfidence>,
    #[arg(long, value_name = "REF", conflicts_with = "accept", help_heading = "Output")]
    changed_since: Option<String>,
    #[arg(long, value_name = "PATH", conflicts_with = "accept", help_heading = "Output")]
    report_only: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum MinSeverity {
    Error,
    Warning,
    Info,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum MinConfidence {
    High,
    Medium,
    Low,
}

/// What becomes of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    Listed,
    /// Its severity or confidence is too low.
    Hidden,
    /// It lies in other files.
    Elsewhere,
}

/// The filters of a run.
#[derive(Debug, Default)]
pub struct ReportFilter {
    min_severity: Option<Severity>,
    min_confidence: Option<Confidence>,
    places: Option<ReportedPlaces>,
}

impl ReportFilter {
    /// # Errors
    /// Git cannot say what has changed; a path that does not exist.
    pub fn new(args: &FilterArgs, working: &Path) -> Result<Self, CliError> {
        let min_severity = args.min_severity.map(|lowest| match lowest {
            MinSeverity::Error => Severity::Error,
            MinSeverity::Warning => Severity::Warning,
            MinSeverity::Info => Severity::Info,
        });
        let min_confidence = args.min_confidence.map(|lowest| match lowest {
            MinConfidence::High => Confidence::High,
            MinConfidence::Medium => Confidence::Medium,
            MinConfidence::Low => Confidence::Low,
        });
        let mut paths = Vec::new();
        for path in &args.report_only {
            let shown = path.display().to_string();
            let missing = |_| CliError::flag("--report-only", &shown, ConfigError::Missing { path: shown.clone() });
            paths.push(path.canonicalize().map_err(missing)?);
        }
        if let Some(reference) = &args.changed_since {
            paths.extend(changed_since(reference, working)?);
        }
        let is_restricted = args.changed_since.is_some() || !args.report_only.is_empty();
        let places = is_restricted.then(|| ReportedPlaces { paths, known: Mutex::default() });
        Ok(Self { min_severity, min_confidence, places })
    }

    pub fn listing(&self, finding: &Finding) -> Listing {
        let is_low = self.min_severity.is_some_and(|lowest| finding.severity < lowest)
            || self.min_confidence.is_some_and(|lowest| finding.rule.confidence() < lowest);
        match &self.places {
            _ if is_low => Listing::Hidden,
            Some(places) if !places.touch(finding) => Listing::Elsewhere,
            _ => Listing::Listed,
        }
    }
}

/// The files and folders that reports are restricted to.
#[derive(Debug)]
struct ReportedPlaces {
    paths: Vec<PathBuf>,
    /// Answers by the path of a source: thousands of findings share a few files.
    known: Mutex<HashMap<PathBuf, bool>>,
}

impl ReportedPlaces {
    /// Whether the finding is about one of the files: by its own place, another one that contributes, or its picture.
    fn touch(&self, finding: &Finding) -> bool {
        let labels = std::iter::once(&finding.primary).chain(&finding.related);
        let mut paths = labels.filter_map(|label| label.source.path());
        paths.any(|path| self.has(path)) || finding.picture.as_ref().is_some_and(|picture| self.has(&picture.path))
    }

    fn has(&self, path: &Path) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(has) = known.get(path) {
            return *has;
        }
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let has = self.paths.iter().any(|named| real.starts_with(named));
        known.insert(path.to_owned(), has);
        has
    }
}
