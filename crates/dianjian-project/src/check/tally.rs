//! What becomes of each finding of a run, and the counts.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::FieldPath;
use dianjian_base::in_order::Consumer;
use dianjian_document::edit::Applicability;
use dianjian_document::problem::Problem;
use dianjian_engine::baseline::Baseline;
use dianjian_engine::finding::{RuleCount, RuleInfo};
use dianjian_engine::{Finding, Render, SeverityPolicy as _};
use dianjian_rules::language::Severity;

use super::CheckTotals;
use crate::config::ProjectPolicy;
use crate::filter::{Listing, ReportFilter};
use crate::known::KnownFindings;

/// Decides on the workers' threads what becomes of findings, and has those rendered that are listed.
pub(super) struct ItemJudge<'r, R> {
    pub(super) render: &'r R,
    pub(super) known: Baseline,
    /// Whether all findings go into the baseline.
    pub(super) accept: bool,
    /// Fields whose values no two records may share.
    pub(super) unique: BTreeSet<(String, String)>,
    pub(super) policy: &'r ProjectPolicy,
    pub(super) as_of: NaiveDate,
    pub(super) filter: &'r ReportFilter,
}

/// A finding or problem on its way to the tally.
pub(super) enum CheckItem<T> {
    Finding {
        rule: Arc<RuleInfo>,
        severity: Severity,
        fixable: Option<FixOffer>,
        is_gap: bool,
        rendered: T,
    },
    /// May be in the baseline, which only the tally can decide, in order; rendered if it is not.
    Perhaps(Box<Finding>),
    /// The configuration silences it.
    Silenced,
    /// A filter keeps it from the reports.
    Unlisted(Listing),
    Problem(T),
}

impl<R: Render> Render for ItemJudge<'_, R> {
    type Out = CheckItem<R::Out>;

    fn finding(&self, mut finding: Finding) -> CheckItem<R::Out> {
        let is_silenced = self.policy.silences(&finding, self.as_of);
        let may_be_known = self.accept || self.known.may_know(&finding.fingerprint);
        if finding.is_gap {
            // What was not understood is reported whatever else is said.
            if is_silenced || may_be_known || self.filter.listing(&finding) != Listing::Listed {
                finding.tell_unfiltered();
            }
        } else if is_silenced {
            return CheckItem::Silenced;
        } else if may_be_known {
            return CheckItem::Perhaps(Box::new(finding));
        }
        self.rendered(finding)
    }

    fn problem(&self, problem: Problem) -> CheckItem<R::Out> {
        CheckItem::Problem(self.render.problem(problem))
    }
}

impl<R: Render> ItemJudge<'_, R> {
    fn offer(&self, finding: &Finding) -> Option<FixOffer> {
        let best = finding.fixes.iter().map(|fix| fix.applicability).min();
        let applicability = best.filter(|best| *best != Applicability::Manual)?;
        let path = FieldPath::new(&finding.path).without_indices();
        let is_of = |(kind, field): &(String, String)| {
            let own = path.strip_suffix(field.as_str());
            *kind == *finding.record.kind && own.is_some_and(|outer| outer.is_empty() || outer.ends_with('.'))
        };
        Some(FixOffer { applicability, is_unproven: self.unique.iter().any(is_of) })
    }

    /// A finding that is not in the baseline, rendered if the reports list it.
    fn rendered(&self, finding: Finding) -> CheckItem<R::Out> {
        let listing = if finding.is_gap { Listing::Listed } else { self.filter.listing(&finding) };
        match listing {
            Listing::Listed => CheckItem::Finding {
                rule: Arc::clone(&finding.rule),
                severity: finding.severity,
                fixable: self.offer(&finding),
                is_gap: finding.is_gap,
                rendered: self.render.finding(finding),
            },
            listing => CheckItem::Unlisted(listing),
        }
    }
}

/// Counts by rule, those of the worst severity and of these the most frequent first.
fn rule_counts(by_rule: BTreeMap<(Severity, String), (usize, usize)>) -> Vec<RuleCount> {
    let count = |((severity, rule), (count, fixable))| RuleCount { rule, severity, count, fixable };
    let mut counts: Vec<RuleCount> = by_rule.into_iter().map(count).collect();
    counts.sort_by_key(|counted| (Reverse(counted.severity), Reverse(counted.count)));
    counts
}

/// The safest of a finding's fixes that can be applied automatically.
#[derive(Clone, Copy)]
pub(super) struct FixOffer {
    applicability: Applicability,
    /// Whether it changes a value that no other record may have.
    is_unproven: bool,
}

/// Counts items in the order of the inputs and hands on what the reports show of them.
pub(super) struct ItemTally<'t, 'r, R: Render> {
    pub(super) judge: &'t ItemJudge<'r, R>,
    pub(super) consumer: &'t mut dyn Consumer<R::Out>,
    pub(super) known: &'t mut KnownFindings,
    pub(super) fail_on: Option<Severity>,
    pub(super) is_cancelled: &'r (dyn Fn() -> bool + Sync),
    pub(super) totals: CheckTotals,
    /// Findings and how many of them are fixable, if anybody asked for them.
    pub(super) by_rule: Option<BTreeMap<(Severity, String), (usize, usize)>>,
}

impl<R: Render> Consumer<CheckItem<R::Out>> for ItemTally<'_, '_, R> {
    fn accept(&mut self, item: CheckItem<R::Out>) {
        if let Some(rendered) = self.count(item) {
            self.consumer.accept(rendered);
        }
    }

    fn pause(&mut self) {
        self.consumer.pause();
    }

    fn wants_more(&mut self) -> bool {
        !(self.is_cancelled)() && self.consumer.wants_more()
    }
}

impl<R: Render> ItemTally<'_, '_, R> {
    pub(super) fn finish(mut self) -> CheckTotals {
        self.totals.summary.statistics = self.by_rule.map(rule_counts);
        self.totals
    }

    /// Counts an item; returns what the reports show of it.
    fn count(&mut self, item: CheckItem<R::Out>) -> Option<R::Out> {
        match item {
            CheckItem::Perhaps(finding) if self.known.takes(&finding) => {
                self.totals.summary.baselined += 1;
                None
            }
            CheckItem::Perhaps(finding) => self.count(self.judge.rendered(*finding)),
            CheckItem::Silenced => {
                self.totals.summary.suppressed += 1;
                None
            }
            CheckItem::Unlisted(listing) => {
                let summary = &mut self.totals.summary;
                summary.hidden += usize::from(listing == Listing::Hidden);
                summary.elsewhere += usize::from(listing == Listing::Elsewhere);
                None
            }
            CheckItem::Finding { rule, severity, fixable, is_gap, rendered } => {
                self.totals.summary.gaps += usize::from(is_gap);
                self.finding(severity, fixable);
                if let Some(counts) = &mut self.by_rule {
                    let (count, fixes) = counts.entry((severity, rule.id.clone())).or_default();
                    *count += 1;
                    *fixes += usize::from(fixable.is_some());
                }
                Some(rendered)
            }
            CheckItem::Problem(rendered) => {
                self.totals.summary.problems += 1;
                Some(rendered)
            }
        }
    }

    fn finding(&mut self, severity: Severity, fixable: Option<FixOffer>) {
        self.totals.failing += usize::from(self.fail_on.is_some_and(|bar| severity >= bar));
        let summary = &mut self.totals.summary;
        match severity {
            Severity::Error => summary.errors += 1,
            Severity::Warning => summary.warnings += 1,
            Severity::Info => summary.infos += 1,
        }
        let Some(FixOffer { applicability, is_unproven }) = fixable else { return };
        let (fixable, unproven) = match applicability {
            Applicability::Safe => (&mut summary.fixable.0, &mut summary.unproven.0),
            _ => (&mut summary.fixable.1, &mut summary.unproven.1),
        };
        *fixable += 1;
        *unproven += usize::from(is_unproven);
    }
}
