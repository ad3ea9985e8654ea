//! The flags that restrict which findings the reports list.

use std::path::{Path, PathBuf};

use dianjian_project::ReportFilter;
use dianjian_project::config::ConfigError;
use dianjian_rules::language::{Confidence, Severity};

use super::changed::changed_since;
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

impl FilterArgs {
    /// The filters of a run.
    ///
    /// # Errors
    /// Git cannot say what has changed; a path that does not exist.
    pub fn filter(&self, working: &Path) -> Result<ReportFilter, CliError> {
        let min_severity = self.min_severity.map(|lowest| match lowest {
            MinSeverity::Error => Severity::Error,
            MinSeverity::Warning => Severity::Warning,
            MinSeverity::Info => Severity::Info,
        });
        let min_confidence = self.min_confidence.map(|lowest| match lowest {
            MinConfidence::High => Confidence::High,
            MinConfidence::Medium => Confidence::Medium,
            MinConfidence::Low => Confidence::Low,
        });
        let mut paths = Vec::new();
        for path in &self.report_only {
            let shown = path.display().to_string();
            let missing = |_| CliError::flag("--report-only", &shown, ConfigError::Missing { path: shown.clone() });
            paths.push(path.canonicalize().map_err(missing)?);
        }
        if let Some(reference) = &self.changed_since {
            paths.extend(changed_since(reference, working)?);
        }
        let is_restricted = self.changed_since.is_some() || !self.report_only.is_empty();
        Ok(ReportFilter::new(min_severity, min_confidence, is_restricted.then_some(paths)))
    }
}
