//! How a run is made, in three parts: what decides its findings, how much of the machine it takes, what surrounds it.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::FileSystem;
use dianjian_base::in_order::threads_or_cores;
use dianjian_document::source::Limits;
use dianjian_media::{AssetScanner, MediaScanner, MediaSettings, NoProgress};
use dianjian_rules::record::{KindIndex, SavedContext};

/// All options of a run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// What decides the findings.
    pub policy: CheckPolicy,
    /// How much of the machine is used.
    pub tuning: Tuning,
    /// What the run finds around the inputs.
    pub environment: Environment,
}

impl RunOptions {
    /// The defaults for a check as of a day.
    pub fn new(as_of: NaiveDate) -> Self {
        let policy = CheckPolicy {
            as_of,
            as_of_given: false,
            fixes: true,
            kind: None,
            system: None,
            addresses_are_problems: None,
            limits: Limits::default(),
        };
        Self { policy, tuning: Tuning::default(), environment: Environment::default() }
    }

    /// The same, but as of a given day even for records that have a day of their own.
    #[must_use]
    pub fn at(mut self, day: NaiveDate) -> Self {
        (self.policy.as_of, self.policy.as_of_given) = (day, true);
        self
    }
}

/// What decides the findings: runs over the same files with equal policies report the same.
#[derive(Debug, Clone)]
pub struct CheckPolicy {
    /// The day of the check.
    pub as_of: NaiveDate,
    /// Whether the day was asked for. Records with a day of their own (`scheduled`) are then checked as of it, too.
    pub as_of_given: bool,
    /// Whether fixes are built.
    pub fixes: bool,
    /// The kind of documents that do not say what they are.
    pub kind: Option<KindIndex>,
    /// The system of shops whose exports do not name it.
    pub system: Option<String>,
    /// Whether pictures named by address are problems; `None`: they are, unless a mapping read the record.
    pub addresses_are_problems: Option<bool>,
    /// What is too large, long or deep to be read.
    pub limits: Limits,
}

/// How much of the machine a run takes. Reports are the same whatever it says.
#[derive(Debug, Clone, Copy)]
pub struct Tuning {
    /// Worker threads; 0: one per core.
    pub threads: usize,
    /// Bytes of a line-delimited file, or of a list, that one worker takes at a time.
    pub chunk_bytes: usize,
    /// Bytes of a JSON file up to which it is read whole. Of a longer one, lists of records are read piece by piece.
    pub whole_bytes: u64,
    /// Bytes that cross-record rules keep in memory; the rest goes to temporary files.
    pub memory: usize,
}

impl Tuning {
    /// Bytes that cross-record rules keep in memory by default.
    pub const MEMORY: usize = 96 << 20;

    /// Bytes of a JSON file that are read whole by default.
    pub const WHOLE: u64 = 4 << 20;

    /// The number of worker threads, never 0.
    pub fn threads(&self) -> usize {
        threads_or_cores(self.threads)
    }
}

impl Default for Tuning {
    fn default() -> Self {
        Self { threads: 0, chunk_bytes: 1 << 20, whole_bytes: Self::WHOLE, memory: Self::MEMORY }
    }
}

/// What a run finds around its inputs.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The disk, and what overrides files on it, e.g. fixes that are not written yet.
    pub files: FileSystem,
    /// Scans pictures and videos.
    pub scanner: Arc<dyn AssetScanner>,
    /// Top folders of the run: a shop's own export in one of them speaks for all exports below it.
    pub roots: Vec<PathBuf>,
    /// What earlier runs learnt of the folders of exports; those folders need not be there any more.
    pub homes: Option<Arc<Vec<SavedContext>>>,
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            files: FileSystem::default(),
            scanner: Arc::new(MediaScanner::new(MediaSettings::default(), Arc::new(NoProgress))),
            roots: Vec::new(),
            homes: None,
        }
    }
}
