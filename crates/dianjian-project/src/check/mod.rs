//! The loop of a check: a run of the engine, what the project says about its findings, and the counts.

mod tally;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use dianjian_base::in_order::Consumer;
use dianjian_document::edit::Applicability;
use dianjian_document::problem::Problem;
use dianjian_engine::finding::UnsaidField;
use dianjian_engine::fix_rounds::{FixRequest, FixedFiles};
use dianjian_engine::shards::PartialSet;
use dianjian_engine::{Engine, Finding, Render, RunOptions, SeverityPolicy as _, Summary, UnsaidCount};
use dianjian_rules::language::Severity;
use dianjian_rules::record::{KindIndex, Kinds, Slot};
use dianjian_rules::{RuleBody, Ruleset};
use tally::{ItemJudge, ItemTally};

use crate::config::ProjectPolicy;
use crate::filter::{Listing, ReportFilter};
use crate::inputs::RunInputs;
use crate::known::KnownFindings;
use crate::project::Project;

/// A check of a project: everything that decides what it finds and what becomes of that.
#[derive(Clone, Copy)]
pub struct CheckRun<'r> {
    project: &'r Project,
    policy: &'r ProjectPolicy,
    filter: &'r ReportFilter,
    inputs: &'r RunInputs,
    options: &'r RunOptions,
    problems: &'r [Problem],
    fail_on: Option<Severity>,
    by_rule: bool,
    progress: &'r (dyn Fn(u64) + Sync),
    is_cancelled: &'r (dyn Fn() -> bool + Sync),
}

impl<'r> CheckRun<'r> {
    /// A check that errors fail, and that runs to its end.
    pub fn new(
        project: &'r Project,
        policy: &'r ProjectPolicy,
        filter: &'r ReportFilter,
        inputs: &'r RunInputs,
        options: &'r RunOptions,
    ) -> Self {
        Self {
            project,
            policy,
            filter,
            inputs,
            options,
            problems: &[],
            fail_on: Some(Severity::Error),
            by_rule: false,
            progress: &|_| {},
            is_cancelled: &|| false,
        }
    }

    /// The same check with problems from before it, which come first: because of them its result cannot be trusted.
    #[must_use]
    pub const fn with_problems(mut self, problems: &'r [Problem]) -> Self {
        self.problems = problems;
        self
    }

    /// The same check, failed by findings of this severity or above; `None`: by none.
    #[must_use]
    pub const fn with_fail_on(mut self, fail_on: Option<Severity>) -> Self {
        self.fail_on = fail_on;
        self
    }

    /// The same check with counts by rule, [`Summary::statistics`].
    #[must_use]
    pub const fn counting_rules(mut self, by_rule: bool) -> Self {
        self.by_rule = by_rule;
        self
    }

    /// The same check, which calls `progress` with bytes that have been read, on the threads that read them.
    #[must_use]
    pub const fn with_progress(mut self, progress: &'r (dyn Fn(u64) + Sync)) -> Self {
        self.progress = progress;
        self
    }

    /// The same check, which ends soon after `is_cancelled` says so.
    #[must_use]
    pub const fn with_cancellation(mut self, is_cancelled: &'r (dyn Fn() -> bool + Sync)) -> Self {
        self.is_cancelled = is_cancelled;
        self
    }

    /// Checks the files, or takes the partial results of shards that did. `render` makes of every finding that the reports
    /// list, and of every problem, what `consumer` is handed in the order of the inputs.
    pub fn run<R: Render>(
        &self,
        parts: Option<&PartialSet>,
        known: &mut KnownFindings,
        render: &R,
        consumer: &mut dyn Consumer<R::Out>,
    ) -> CheckTotals {
        known.looks_at(self.inputs, &self.project.pack, self.policy);
        let engine = Engine::new(&self.project.pack, self.policy, self.options.clone());
        let judge = ItemJudge {
            unique: unique_fields(engine.rules(), &self.project.pack.kinds),
            render,
            known: known.snapshot(),
            accept: known.accepts(),
            policy: self.policy,
            as_of: self.options.policy.as_of,
            filter: self.filter,
        };
        let mut tally = ItemTally {
            judge: &judge,
            consumer,
            known,
            fail_on: self.fail_on,
            is_cancelled: self.is_cancelled,
            totals: CheckTotals::default(),
            by_rule: self.by_rule.then(BTreeMap::new),
        };
        self.problems.iter().for_each(|problem| tally.accept(judge.problem(problem.clone())));
        let found = match parts {
            Some(parts) => engine.merge(parts, &judge, self.progress, &mut tally),
            None => engine.run_with(&self.inputs.files, &judge, self.progress, &mut tally),
        };
        if found.complete {
            let RunInputs { files, roots, .. } = self.inputs;
            let issues = self.policy.ignores().findings(&engine, self.policy, files, roots);
            issues.into_iter().for_each(|finding| tally.accept(judge.finding(finding)));
        }
        let mut totals = tally.finish();
        totals.complete = found.complete && !(self.is_cancelled)();
        let summary = &mut totals.summary;
        (summary.files, summary.records) = (found.files, found.records);
        summary.suppressed += found.counts.suppressed;
        summary.looked_at = found.looked_at;
        (summary.addresses, summary.nothing_to_check) = (found.counts.addresses, found.counts.nothing_to_check);
        summary.unsaid = unsaid(&found.counts.unsaid, &self.project.pack.kinds);
        (summary.totals, summary.outside) = (found.counts.totals, found.counts.outside);
        if !(self.is_cancelled)() {
            totals.summary.stale = known.stale();
        }
        totals
    }

    /// Makes the fixes, up to some certainty, of the findings that a run would report; in memory, nothing is written yet.
    pub fn fixes(&self, known: &KnownFindings, at_most: Applicability) -> FixedFiles {
        let as_of = self.options.policy.as_of;
        let is_reported = |finding: &Finding| {
            !self.policy.silences(finding, as_of) && self.filter.listing(finding) == Listing::Listed
        };
        let request = FixRequest {
            pack: &self.project.pack,
            severities: self.policy,
            options: self.options,
            inputs: &self.inputs.files,
            known: &known.snapshot(),
            is_reported: &is_reported,
            at_most,
            takes_copies: true,
        };
        request.run()
    }
}

impl std::fmt::Debug for CheckRun<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckRun").field("inputs", &self.inputs).field("options", &self.options).finish_non_exhaustive()
    }
}

/// The counts of a check.
#[derive(Debug, Default)]
pub struct CheckTotals {
    /// What all reports sum up.
    pub summary: Summary,
    /// Findings that fail the run.
    pub failing: usize,
    /// False if the check was cancelled, or if its consumer wanted no more.
    pub complete: bool,
}

impl CheckTotals {
    /// What the check amounts to.
    pub fn verdict(&self) -> CheckVerdict {
        let summary = &self.summary;
        let found = summary.errors + summary.warnings + summary.infos + summary.baselined + summary.suppressed;
        let found = found + summary.hidden + summary.elsewhere;
        if summary.problems > 0 || summary.gaps > 0 {
            CheckVerdict::Untrusted
        } else if self.failing > 0 {
            CheckVerdict::Findings
        } else if summary.records.is_empty() && found == 0 {
            CheckVerdict::Nothing
        } else {
            CheckVerdict::Clean
        }
    }

    /// Whether the baseline stays as it is. Where something was not understood, findings that are gone may come back; those
    /// that are there may be entered all the same.
    pub fn may_not_change_the_baseline(&self, known: &KnownFindings) -> bool {
        self.summary.problems > 0 || (self.summary.gaps > 0 && !known.accepts())
    }
}

/// What a check amounts to, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckVerdict {
    /// No finding fails the run.
    Clean,
    /// There was nothing to check.
    Nothing,
    /// Findings fail the run.
    Findings,
    /// Something could not be read or was not understood, so that the rest proves nothing.
    Untrusted,
}

/// Fields that are unsaid, by their names.
fn unsaid(counts: &BTreeMap<(KindIndex, Slot), UnsaidCount>, kinds: &Kinds) -> Vec<UnsaidField> {
    let named = |(&(kind, slot), &count): (&(KindIndex, Slot), &UnsaidCount)| {
        let kind = kinds.get(kind);
        let field = kind.fields.get(usize::from(slot))?;
        let name = format!("{}.{}", kind.name, field.path);
        let (title, key) = (field.title.clone(), field.path.clone());
        Some(UnsaidField { field: name, kind: kind.title.clone(), title, key, count })
    };
    counts.iter().filter_map(named).collect()
}

/// The fields of which groups say that no two records have the same value, by kind and path.
fn unique_fields(rules: &Ruleset, kinds: &Kinds) -> BTreeSet<(String, String)> {
    let mut fields = BTreeSet::new();
    for rule in rules.rules.iter().filter(|rule| rule.active) {
        let RuleBody::Group(group) = &rule.body else { continue };
        if !group.is_unique() {
            continue;
        }
        for member in &group.members {
            let kind = kinds.get(member.kind);
            let of_kind =
                member.of_record().by.iter().filter_map(|key| kind.fields.get(usize::from(key.path.own_slot()?)));
            fields.extend(of_kind.map(|field| (kind.name.to_string(), field.path.clone())));
        }
    }
    fields
}
