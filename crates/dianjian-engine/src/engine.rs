//! A pack bound to the options of a run.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use dianjian_document::source::SourceFile;
use dianjian_document::tree::Format;
use dianjian_rules::language::Severity;
use dianjian_rules::record::{ExportContext, ExportContexts};
use dianjian_rules::{Pack, RuleInfo, Ruleset};

use crate::check_record::RecordChecker;
use crate::check_record::source::check_alone;
use crate::finding::{Finding, Problem};
use crate::options::{CheckPolicy, Environment, RunOptions, Tuning};
use crate::side_files::{AssetResolver, DiskSideFiles};
use crate::stdin::StdinText;
use crate::suppress::FileIssue;

/// The severities of a project, which may differ from those of the rules, and the findings that it silences.
pub trait SeverityPolicy: Send + Sync {
    /// The severity of a rule's findings in a file, `own` as the rule and its evidence have it; `None`: the rule is off there.
    fn severity(&self, rule: &RuleInfo, own: Severity, file: &str) -> Option<Severity>;

    /// Whether the project silences a finding on a day. Runs hand over all findings, as reports count what is silenced.
    fn silences(&self, _finding: &Finding, _day: NaiveDate) -> bool {
        false
    }

    /// The last days on which something is silenced.
    fn last_days(&self) -> Vec<NaiveDate> {
        Vec::new()
    }
}

/// Every rule has the severity that its file gives it, and its evidence carries on the day.
#[derive(Debug, Clone, Copy, Default)]
pub struct AsWritten;

impl SeverityPolicy for AsWritten {
    fn severity(&self, _rule: &RuleInfo, own: Severity, _file: &str) -> Option<Severity> {
        Some(own)
    }
}

/// Turns findings and problems into what the caller wants, on the worker threads: results come to the consumer in order,
/// calls in none.
pub trait Render: Send + Sync {
    /// What the consumer of the run receives.
    type Out: Send;
    /// Called for every finding that is neither suppressed nor of a rule that is off.
    fn finding(&self, finding: Finding) -> Self::Out;
    /// Called for everything that could not be read or checked.
    fn problem(&self, problem: Problem) -> Self::Out;
}

/// The compiled rules of a pack, which engines of the pack may share. All days between two on which a rule or a table row
/// begins or ends have one set.
#[derive(Debug)]
pub struct RuleEpochs {
    boundaries: Vec<NaiveDate>,
    /// By the number of boundaries before their days.
    rules: Mutex<BTreeMap<usize, Arc<Ruleset>>>,
}

impl RuleEpochs {
    /// Nothing is compiled yet.
    pub fn new(pack: &Pack) -> Self {
        Self { boundaries: pack.boundaries().into_iter().collect(), rules: Mutex::default() }
    }

    /// How many sets have been compiled.
    pub fn count(&self) -> usize {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The rules of a day; `pack` is always the one that this was made for.
    fn at(&self, pack: &Pack, day: NaiveDate) -> Arc<Ruleset> {
        let epoch = self.boundaries.partition_point(|boundary| *boundary <= day);
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(rules.entry(epoch).or_insert_with(|| Arc::new(pack.at(day))))
    }
}

/// A pack ready to be run.
pub struct Engine<'p> {
    /// Kinds, mappings, tables, and rules of all days.
    pub pack: &'p Pack,
    /// What decides the findings, among it the day of the check.
    pub policy: CheckPolicy,
    /// How much of the machine is used.
    pub tuning: Tuning,
    pub(crate) environment: Environment,
    pub(crate) severities: &'p dyn SeverityPolicy,
    pub(crate) homes: ExportContexts,
    pub(crate) assets: Arc<AssetResolver>,
    epochs: Arc<RuleEpochs>,
    /// The rules of `policy.as_of`, which nearly all records are checked by.
    base: Arc<Ruleset>,
    /// Standard input. It can be read only once, and places in it are looked at again at the end of a run.
    pub(crate) stdin: Arc<StdinText>,
}

impl std::fmt::Debug for Engine<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("policy", &self.policy).field("tuning", &self.tuning).finish_non_exhaustive()
    }
}

impl<'p> Engine<'p> {
    /// Prepares a pack for a run.
    pub fn new(pack: &'p Pack, severities: &'p dyn SeverityPolicy, options: RunOptions) -> Self {
        Self::sharing(pack, severities, options, Arc::new(RuleEpochs::new(pack)))
    }

    /// Prepares a pack whose rules may have been compiled before: that takes many times as long as judging a text.
    pub fn sharing(
        pack: &'p Pack,
        severities: &'p dyn SeverityPolicy,
        options: RunOptions,
        epochs: Arc<RuleEpochs>,
    ) -> Self {
        let RunOptions { policy, tuning, environment } = options;
        let base = epochs.at(pack, policy.as_of);
        let assets =
            Arc::new(AssetResolver::new(environment.files.clone(), Arc::clone(&environment.scanner), tuning.threads()));
        let system = policy.system.as_deref();
        let homes = ExportContexts::new(&pack.kinds, &pack.mappings, &environment.roots, system, &environment.files)
            .with_saved(environment.homes.clone());
        let stdin = Arc::default();
        Self { pack, policy, tuning, environment, severities, homes, assets, epochs, base, stdin }
    }

    /// The rules of the run's own day.
    pub fn rules(&self) -> &Ruleset {
        &self.base
    }

    /// The rules of a day. A rule has the same number on every day.
    pub fn rules_at(&self, day: NaiveDate) -> Arc<Ruleset> {
        if day == self.policy.as_of {
            return Arc::clone(&self.base);
        }
        self.epochs.at(self.pack, day)
    }

    /// Checks one text on its own, as an editor or a test would; cross-record rules see only its records.
    pub fn check_text(&self, name: &str, text: &str, format: Format) -> (Vec<Finding>, Vec<Problem>) {
        let source = Arc::new(self.with_table(SourceFile::new(name, text), format));
        check_alone(self, &source, format, &DiskSideFiles::of(self))
    }

    /// Findings about a file that is no input, such as the configuration.
    pub fn file_findings(&self, source: &Arc<SourceFile>, issues: &[FileIssue]) -> Vec<Finding> {
        let side_files = DiskSideFiles::of(self);
        let mut checker = RecordChecker::new(self, source, &side_files);
        issues.iter().for_each(|issue| checker.file_issue(issue));
        checker.findings
    }

    /// How bad a rule's finding in a file is; `None`: none is made. A gap, something that was not read or not understood, is
    /// reported whatever filters say; `true` where one would have hidden it.
    pub(crate) fn severity(
        &self,
        rule: &RuleInfo,
        own: Severity,
        file: &str,
        is_gap: bool,
    ) -> Option<(Severity, bool)> {
        match self.severities.severity(rule, own, file) {
            Some(severity) => Some((severity, false)),
            None => is_gap.then_some((rule.severity, true)),
        }
    }

    /// Whether the project silences a finding on the day of the check; a gap stays whatever the project says.
    pub fn silences(&self, finding: &Finding) -> bool {
        !finding.is_gap && self.severities.silences(finding, self.policy.as_of)
    }

    /// Whether a rule reports anything in a file.
    pub(crate) fn is_on(&self, rule: &RuleInfo, file: &str) -> bool {
        self.severities.severity(rule, rule.severity_on(self.policy.as_of), file).is_some()
    }

    /// The shop whose exports lie in a file's folder, as far as they describe it.
    pub fn home(&self, source: &SourceFile) -> Option<Arc<ExportContext>> {
        self.homes.of(source)
    }

    /// Takes over what another engine has read of standard input.
    pub(crate) fn share_stdin(&mut self, other: &Self) {
        self.stdin = Arc::clone(&other.stdin);
    }
}
