//! Running a pack over inputs: findings in a deterministic order, whatever the number of threads.
//!
//! Worker threads read, parse, resolve, check and format; one collector puts their results back in
//! order, gathers what rules over all records need, and finishes those at the end. Memory does not
//! grow with the number of files or records: what such rules keep goes to disk beyond a limit.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        reason = "a test that fails should stop"
    )
)]

mod assets;
pub mod audit;
pub mod baseline;
mod build;
pub mod examples;
pub mod finding;
mod fixes;
mod fleet;
mod flow;
pub mod forecast;
mod groups;
pub mod import;
mod judge;
pub mod partial;
mod places;
mod records;
pub mod run;
mod scripts;
pub mod share;
mod spill;
pub mod suppress;
mod tables;
mod workbooks;

use dianjian_base::FileSystem;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use chrono::NaiveDate;

use dianjian_document::source::{self, Input, Limits, SourceError, SourceFile};
use dianjian_document::tree::{Format, Tree};
use dianjian_media::{AssetScanner, MediaScanner, MediaSettings, NoProgress};
use dianjian_rules::language::Severity;
use dianjian_rules::record::home::{Home, KeptHome};
use dianjian_rules::record::{Homes, KindIndex};
use dianjian_rules::{Pack, RuleInfo, Ruleset};

pub use finding::{Finding, Fix, Label, Problem, RecordName, Summary};
pub use flow::Follow;
pub use run::Totals;
pub use workbooks::REPORT_CREATOR;

use assets::Gallery;
use judge::Memory;
pub use judge::{Keys, contribution};

use fleet::Fleet;
use scripts::{Beside, FromDisk};

/// Checks one source on its own, suppressions and rules over all its records included.
fn check_alone(
    engine: &Engine<'_>,
    source: &Arc<SourceFile>,
    format: Format,
    scripts: &dyn Beside,
) -> (Vec<Finding>, Vec<Problem>) {
    let checked = judge::check_source(engine, source, format, true, scripts, &mut Tree::new(), &mut Memory::default());
    let (mut findings, mut suppressions) = (checked.findings, checked.suppressions);
    let mut fleet = Fleet::of_source(engine, source, format, scripts, checked.shared);
    judge::drop_suppressed(&mut fleet, &mut suppressions, engine.options.as_of, source.name());
    findings.append(&mut fleet);
    findings.extend(judge::unused_suppressions(engine, source, &suppressions, scripts));
    (findings, checked.problems)
}

/// Decides how bad a finding is: the project's overrides, in one function.
pub trait Policy: Send + Sync {
    /// The severity of a rule's findings in a file; `None`: the rule is off there.
    fn severity(&self, rule: &RuleInfo, file: &str) -> Option<Severity>;
}

/// Every rule as its file says.
#[derive(Debug, Clone, Copy, Default)]
pub struct AsWritten;

impl Policy for AsWritten {
    fn severity(&self, rule: &RuleInfo, _file: &str) -> Option<Severity> {
        Some(rule.severity)
    }
}

/// Turns findings and problems into what the caller wants, in the worker threads.
pub trait Render: Send + Sync {
    /// What comes out.
    type Out: Send;
    /// A finding.
    fn finding(&self, finding: Finding) -> Self::Out;
    /// A problem.
    fn problem(&self, problem: Problem) -> Self::Out;
}

/// Bytes that rules over all records keep in memory unless told otherwise.
pub const DEFAULT_MEMORY: usize = 96 << 20;

/// How a run is made.
#[derive(Debug, Clone)]
pub struct Options {
    /// The day of the check.
    pub as_of: NaiveDate,
    /// Was the day asked for? Then records with a day of their own (`scheduled`) are checked as of this one too.
    pub as_of_given: bool,
    /// Worker threads; 0: as many as there are cores.
    pub threads: usize,
    /// Bounds on what is read.
    pub limits: Limits,
    /// Bytes of a line-delimited file that one worker takes at a time.
    pub chunk_bytes: usize,
    /// Bytes that rules over all records keep in memory; what is beyond goes to temporary files.
    pub memory: usize,
    /// Build fixes?
    pub fixes: bool,
    /// The disk, or what stands for files on it.
    pub files: FileSystem,
    /// The kind of documents that do not say what they are.
    pub kind: Option<KindIndex>,
    /// Who looks at pictures and videos.
    pub scanner: Arc<dyn AssetScanner>,
    /// Folders of the run: a shop's answer that lies in one speaks for all exports below.
    pub roots: Vec<PathBuf>,
    /// The system of shops whose exports do not tell it.
    pub system: Option<String>,
    /// What a run kept of the folders of exports, which are not looked into again.
    pub homes: Option<Arc<Vec<KeptHome>>>,
    /// Are pictures that are named by an address problems? `None`: unless a mapping read their record.
    pub addresses_are_problems: Option<bool>,
}

impl Options {
    /// The usual options for a day.
    #[must_use]
    pub fn new(as_of: NaiveDate) -> Self {
        Self {
            as_of,
            as_of_given: false,
            threads: 0,
            limits: Limits::default(),
            chunk_bytes: 1 << 20,
            memory: DEFAULT_MEMORY,
            fixes: true,
            files: FileSystem::default(),
            kind: None,
            scanner: Arc::new(MediaScanner::new(MediaSettings::default(), Arc::new(NoProgress))),
            roots: Vec::new(),
            system: None,
            homes: None,
            addresses_are_problems: None,
        }
    }
}

impl Options {
    /// How many worker threads there are.
    #[must_use]
    pub fn threads(&self) -> usize {
        match self.threads {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            threads => threads,
        }
    }
}

/// A pack ready to be run.
pub struct Engine<'p> {
    /// The pack.
    pub pack: &'p Pack,
    /// How the run is made.
    pub options: Options,
    policy: &'p dyn Policy,
    /// Days on which rules or rows change, so that all days between two share a rule set.
    boundaries: Vec<NaiveDate>,
    epochs: Mutex<BTreeMap<usize, Arc<Ruleset>>>,
    base: Arc<Ruleset>,
    homes: Homes,
    stdin: OnceLock<Result<Arc<[u8]>, SourceError>>,
    gallery: Arc<Gallery>,
}

impl std::fmt::Debug for Engine<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("options", &self.options).finish_non_exhaustive()
    }
}

impl<'p> Engine<'p> {
    /// Prepares a pack.
    #[must_use]
    pub fn new(pack: &'p Pack, policy: &'p dyn Policy, options: Options) -> Self {
        let boundaries: Vec<NaiveDate> = pack.boundaries().into_iter().collect();
        let base = Arc::new(pack.at(options.as_of));
        let epoch = boundaries.partition_point(|day| *day <= options.as_of);
        let epochs = Mutex::new(BTreeMap::from([(epoch, Arc::clone(&base))]));
        let gallery = Arc::new(Gallery::new(Arc::clone(&options.scanner), options.threads()));
        let system = options.system.as_deref();
        let homes = Homes::new(&pack.kinds, &pack.mappings, &options.roots, system, &options.files)
            .with_kept(options.homes.clone());
        Self { pack, options, policy, boundaries, epochs, base, homes, stdin: OnceLock::new(), gallery }
    }

    /// The rules of a day. Rule numbers are the same on every day.
    #[must_use]
    pub fn rules_at(&self, day: NaiveDate) -> Arc<Ruleset> {
        if day == self.options.as_of {
            return Arc::clone(&self.base);
        }
        let epoch = self.boundaries.partition_point(|boundary| *boundary <= day);
        let mut epochs = self.epochs.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(epochs.entry(epoch).or_insert_with(|| Arc::new(self.pack.at(day))))
    }

    /// Checks one text on its own, as an editor or a test would; rules over all records see only its records.
    #[must_use]
    pub fn check_text(&self, name: &str, text: &str, format: Format) -> (Vec<Finding>, Vec<Problem>) {
        let source = Arc::new(self.with_table(SourceFile::new(name, text), format));
        let scripts = FromDisk::of(self);
        check_alone(self, &source, format, &scripts)
    }

    /// Standard input, which can be read but once, while places are looked at again.
    fn stdin(&self, input: &Input) -> Result<Arc<[u8]>, SourceError> {
        let read = || source::read_stdin(&input.name, &self.options.limits).map(Arc::from);
        self.stdin.get_or_init(read).clone()
    }

    /// What is known of the shop of a file's folder.
    #[must_use]
    pub fn home(&self, source: &SourceFile) -> Option<Arc<Home>> {
        self.homes.of(source)
    }

    /// The rules of the run's own day.
    #[must_use]
    pub fn rules(&self) -> &Ruleset {
        &self.base
    }
}
