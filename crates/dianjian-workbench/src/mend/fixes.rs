//! Fixes that rules offer, for some findings of a run or for all of them.

use std::collections::BTreeSet;
use std::path::Path;

use dianjian_base::slashed;
use dianjian_document::edit::Applicability;
use dianjian_engine::Finding;
use dianjian_engine::fix_rounds::{ChangedFile, FixRequest, FixedFiles};

use super::{FileChange, MendError};
use crate::files::FilePath;
use crate::work::CheckSetup;

/// Which findings are to be fixed.
#[derive(Debug, Clone)]
pub enum FixChoice {
    /// Those with these fingerprints.
    Findings(BTreeSet<String>),
    /// All of a rule.
    Rule(String),
    /// All.
    All,
}

/// A project as fixes would make it.
#[derive(Debug)]
pub struct FixedProject {
    pub files: FixedFiles,
}

/// A file as fixes would make it.
#[derive(Debug)]
pub struct FixedFile {
    pub change: FileChange,
    /// What would change, as a unified diff; of a workbook cell by cell.
    pub diff: String,
}

impl FixChoice {
    fn is_meant(&self, finding: &Finding) -> bool {
        match self {
            Self::Findings(fingerprints) => fingerprints.contains(&finding.fingerprint),
            Self::Rule(rule) => finding.rule.id == *rule,
            Self::All => true,
        }
    }
}

/// Makes the fixes in memory.
pub fn fix(setup: &CheckSetup, choice: &FixChoice, at_most: Applicability) -> FixedProject {
    let as_of = setup.options.policy.as_of;
    let is_reported = |finding: &Finding| {
        let is_silenced = dianjian_engine::SeverityPolicy::silences(&setup.policy, finding, as_of);
        choice.is_meant(finding) && !is_silenced
    };
    let request = FixRequest {
        pack: &setup.project.pack,
        severities: &setup.policy,
        options: &setup.options,
        inputs: &setup.inputs.files,
        known: &setup.known.snapshot(),
        is_reported: &is_reported,
        at_most,
        takes_copies: false,
    };
    FixedProject { files: request.run() }
}

impl FixedProject {
    /// What becomes of files, with the paths below a folder.
    ///
    /// # Errors
    /// A workbook cannot be read again.
    pub fn changes(&self, folder: &Path) -> Result<Vec<FixedFile>, MendError> {
        let failed = |error: std::io::Error| MendError::Disk { path: String::new(), reason: error.to_string() };
        let contents = self.files.contents().map_err(failed)?;
        let below = |ChangedFile { path: place, before, after, diff }| {
            let path = FilePath::new(&slashed(place.strip_prefix(folder).ok()?))?;
            Some(FixedFile { change: FileChange { path, place, before, after }, diff })
        };
        Ok(contents.into_iter().filter_map(below).collect())
    }
}
