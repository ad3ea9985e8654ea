//! Which findings the reports list: those of some severity and confidence, or in some files.
//!
//! Filters never touch what could not be checked: problems are always listed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use dianjian_engine::Finding;
use dianjian_rules::language::{Confidence, Severity};

/// What becomes of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// The reports show it.
    Listed,
    /// Its severity or confidence is too low.
    Hidden,
    /// It lies in other files.
    Elsewhere,
}

/// The filters of a run; by default every finding is listed.
#[derive(Debug, Default)]
pub struct ReportFilter {
    min_severity: Option<Severity>,
    min_confidence: Option<Confidence>,
    places: Option<ReportedPlaces>,
}

impl ReportFilter {
    /// Findings of at least this severity and confidence. `places`: absolute paths without links of the files and folders
    /// that reports are restricted to; `None`: they are not.
    pub fn new(
        min_severity: Option<Severity>,
        min_confidence: Option<Confidence>,
        places: Option<Vec<PathBuf>>,
    ) -> Self {
        let places = places.map(|paths| ReportedPlaces { paths, known: Mutex::default() });
        Self { min_severity, min_confidence, places }
    }

    /// Whether the reports list a finding.
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
