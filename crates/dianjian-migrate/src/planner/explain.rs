//! The tasks of a plan: what follows from the moves, and an answer to every finding that is left.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dianjian_rules::language::Severity;
use rustc_hash::FxHashMap;

use super::assemble::PlanDraft;
use super::tasks::{GatheredTasks, ShopDays, TaskCollector, task_id};
use crate::error::PlanningError;
use crate::plan::{PlannedShop, RemainingFindings, ShopOutcome};
use crate::recheck::{Recheck, ShopFinding};

/// The task for shops that have to swap names.
const SWAP_NAMES: &str = "swap-names";

/// The task for files that cannot be edited.
const EDIT_FILE: &str = "edit-file";

/// The task for shops that are closed or being closed.
const FINISH_CLOSING: &str = "finish-closing";

/// The task for shops whose file has no place for the mark of their brand.
const WRITE_MARK: &str = "write-mark";

/// The rule on marks.
const BRAND_MARK_RULE: &str = "brand/mark";

/// Rules on brands begin so.
const OF_BRANDS: &str = "brand/";

/// Rules that go by a brand's certification begin so, and take a brand without a mark for a certified one.
const OF_CERTIFIED_BRANDS: [&str; 3] = [OF_BRANDS, "naming/brand", "naming/trade-name"];

/// A rule on names: the task that answers it finds names for shops that have none.
const A_NAMING_RULE: &str = "naming/unique";

/// What is left of a rule's findings.
#[derive(Debug, Default)]
struct UnresolvedFindings {
    shops: BTreeSet<usize>,
    findings: usize,
    /// The tasks that answer them.
    tasks: BTreeSet<usize>,
}

/// The tasks that answer rules, looked up once a rule.
struct Answers<'d, 'p> {
    draft: &'d PlanDraft<'d, 'p>,
    known: FxHashMap<&'d str, Vec<usize>>,
    /// Tasks that only a shop which moves can do.
    of_moves: BTreeSet<usize>,
    /// Shops whose mark is in the plan alone.
    without_mark: BTreeSet<usize>,
}

impl<'d> Answers<'d, '_> {
    /// Of the tasks that answer a finding equally well one that the shop has already, else the first. A shop that ends
    /// is not upgraded: closing it answers what the upgrade would, and its brand need not be renewed.
    fn of(&mut self, finding: &'d ShopFinding, has: impl Fn(usize) -> bool) -> Option<usize> {
        let migrations = &self.draft.planning.migrations;
        if self.is_for_want_of_mark(finding)
            && let Some(task) = migrations.task(WRITE_MARK)
        {
            return Some(task);
        }
        let answers = self.known.entry(&finding.rule).or_insert_with(|| migrations.answers(&finding.rule));
        let task = answers.iter().copied().find(|task| has(*task)).or(answers.first().copied());
        let shop = finding.shop.and_then(|at| self.draft.shops.get(at));
        let ends = shop.is_some_and(|shop| shop.outcome == ShopOutcome::Ends);
        let is_of_move = |task: &usize| self.of_moves.contains(task) || finding.rule.starts_with(OF_BRANDS);
        if ends && task.as_ref().is_some_and(is_of_move) { migrations.task(FINISH_CLOSING).or(task) } else { task }
    }
}

impl Answers<'_, '_> {
    /// Whether a finding is there because the file does not say that a brand is not certified.
    fn is_for_want_of_mark(&self, finding: &ShopFinding) -> bool {
        finding.shop.is_some_and(|at| self.without_mark.contains(&at))
            && OF_CERTIFIED_BRANDS.iter().any(|beginning| finding.rule.starts_with(beginning))
    }
}

impl PlanDraft<'_, '_> {
    fn answers<'d>(&'d self, planned: &[PlannedShop]) -> Answers<'d, 'd> {
        let migrations = &self.planning.migrations;
        let moving = migrations.all.iter().filter(|migration| {
            migration.outcome.is_none_or(|outcome| matches!(outcome, ShopOutcome::Migrate | ShopOutcome::Blocked))
        });
        let of_limits = migrations.limits.iter().map(|policy| policy.task);
        let of_moves = moving.flat_map(|migration| &migration.tasks).map(|task| task.kind);
        let of_names = migrations.answer(A_NAMING_RULE);
        Answers {
            draft: self,
            known: FxHashMap::default(),
            of_moves: of_moves.chain(of_limits).chain(of_names).collect(),
            without_mark: (0..planned.len()).filter(|at| planned[*at].is_unmarked_in_plan_alone()).collect(),
        }
    }

    /// Takes the place of a shop's number for findings about none: one beyond the last.
    fn nobody(&self) -> usize {
        self.shops.len()
    }

    fn unexplained(&self, finding: &ShopFinding) -> PlanningError {
        let shop = finding.shop.and_then(|shop| self.key(shop)).unwrap_or_default();
        PlanningError::Unexplained { rule: finding.rule.clone(), shop }
    }

    /// Collects what follows from the moves themselves. `by_hand` says by shop whether a person has to edit its file.
    pub(super) fn need_tasks(&self, tasks: &mut TaskCollector<'_>, by_hand: &[bool], planned: &[PlannedShop]) {
        let migrations = &self.planning.migrations;
        for (at, shop) in self.shops.iter().enumerate() {
            let name = self.assigned.get(at).and_then(|assigned| assigned.name.as_ref());
            let is_renamed = name.is_some_and(|name| *name != shop.read.name);
            let deposit = &shop.read.deposit;
            let is_more = |amount: Option<i64>| amount.is_some_and(|amount| amount > 0);
            let own = shop.tasks().iter().copied().filter(|task| {
                (!task.renamed || is_renamed)
                    && (!task.top_up || is_more(deposit.top_up))
                    && (!task.refund || is_more(deposit.refundable))
            });
            let options = shop.effects().iter().filter_map(|effect| self.decisions.option(effect, at));
            for task in own.chain(options.flat_map(|option| &option.tasks)) {
                tasks.need(at, task.kind, task.reasons.iter().cloned(), None);
            }
            if !shop.moves() {
                continue;
            }
            if name.is_none() {
                let rejected = planned.get(at).into_iter().flat_map(|shop| &shop.name.rejected);
                let rules = rejected.flat_map(|name| name.rules.iter().cloned());
                let reasons: BTreeSet<String> = rules.chain([A_NAMING_RULE.to_owned()]).collect();
                if let Some(task) = migrations.answer(A_NAMING_RULE) {
                    tasks.need(at, task, reasons, None);
                }
            }
            if planned.get(at).is_some_and(PlannedShop::is_unmarked_in_plan_alone)
                && let Some(task) = migrations.task(WRITE_MARK)
            {
                tasks.need(at, task, [BRAND_MARK_RULE.to_owned()], None);
            }
            if by_hand.get(at).copied().unwrap_or_default()
                && let Some(task) = migrations.task(EDIT_FILE)
            {
                tasks.need(at, task, shop.read.applicable.deciding.map(|deciding| deciding.id.clone()), None);
            }
        }
        for limit in self.limits {
            let task = limit.task.or_else(|| migrations.answer(&limit.limit.rule));
            for at in &limit.excess {
                task.iter().for_each(|task| tasks.need(*at, *task, [limit.limit.rule.clone()], None));
            }
        }
        if let Some(task) = migrations.task(SWAP_NAMES) {
            for at in self.calendar.circles.iter().flatten() {
                tasks.need(*at, task, [A_NAMING_RULE.to_owned()], None);
            }
        }
    }

    /// Gives every finding that is left a task.
    pub(super) fn answer_findings(
        &self,
        tasks: &mut TaskCollector<'_>,
        recheck: &Recheck,
        by_hand: &[bool],
        planned: &[PlannedShop],
    ) -> Result<(), PlanningError> {
        let mut answers = self.answers(planned);
        for finding in recheck.found.keys() {
            let at = finding.shop.unwrap_or(self.nobody());
            let is_named = self.assigned.get(at).is_some_and(|assigned| assigned.name.is_some() && !assigned.is_pinned);
            let is_moved =
                self.shops.get(at).is_some_and(|shop| shop.moves()) && !by_hand.get(at).copied().unwrap_or_default();
            // The planner itself has chosen a name that a rule forbids: no task can excuse that.
            let is_fault = finding.is_about_name
                && is_moved
                && is_named
                && finding.severity == Severity::Error
                && !answers.is_for_want_of_mark(finding);
            let task = answers.of(finding, |task| tasks.has(at, task)).filter(|_| !is_fault);
            let Some(task) = task else { return Err(self.unexplained(finding)) };
            let kind = self.planning.migrations.tasks.get(task);
            let about = kind.filter(|task| task.is_fallback()).map(|_| finding.rule.clone());
            tasks.need(at, task, [finding.rule.clone()], about);
        }
        Ok(())
    }

    pub(super) fn gather(&self, tasks: TaskCollector<'_>) -> GatheredTasks {
        let request = &self.planning.request;
        let days = |at: usize| ShopDays {
            day: self.day(at),
            is_fixed: self.calendar.days.contains_key(&at),
            deadline: self.shops.get(at).and_then(|shop| shop.read.deadline(request.as_of)),
        };
        let values = |at: usize| self.shops.get(at).map(|shop| shop.read.task_values.clone()).unwrap_or_default();
        let rules = |id: &str| request.pack.rule(id).map(|rule| Arc::clone(&rule.info));
        tasks.gather(&days, &values, &|at| self.key(at), &rules)
    }

    /// What is left of each rule's findings, with the tasks that answer them.
    pub(super) fn remaining(
        &self,
        recheck: &Recheck,
        gathered: &GatheredTasks,
        planned: &[PlannedShop],
    ) -> Result<Vec<RemainingFindings>, PlanningError> {
        let mut rules: BTreeMap<(&str, Severity), UnresolvedFindings> = BTreeMap::new();
        let mut answers = self.answers(planned);
        for (finding, count) in &recheck.found {
            let at = finding.shop.unwrap_or(self.nobody());
            let left = rules.entry((&finding.rule, finding.severity)).or_default();
            left.shops.extend(finding.shop);
            left.findings += count;
            let answer = |task: usize| gathered.answer(at, task, Some(&finding.rule));
            let task = answers.of(finding, |task| answer(task).is_some()).and_then(answer);
            left.tasks.insert(task.ok_or_else(|| self.unexplained(finding))?);
        }
        let one = |((rule, severity), left): ((&str, Severity), UnresolvedFindings)| RemainingFindings {
            rule: rule.to_owned(),
            severity,
            shops: left.shops.into_iter().filter_map(|at| self.key(at)).collect(),
            findings: left.findings,
            tasks: left.tasks.into_iter().map(task_id).collect(),
        };
        Ok(rules.into_iter().map(one).collect())
    }
}
