//! The prefilter: which rules can speak about this record?
//!
//! # The law
//!
//! **The prefilter never passes over a rule that would have spoken.** It may keep a rule that then finds nothing; that
//! costs time. Leaving one out would lose a finding. Everything here is therefore a *necessary* condition, and a case
//! that is not understood counts as "may speak". `tests/it/prefilter.rs` holds the law as a property: with and without the
//! prefilter ([`Pack::without_prefilter`](super::Pack::without_prefilter)) generated records of every kind, under the
//! shipped pack and under generated rules, give the same findings.
//!
//! # How it works
//!
//! 1. When a rule is compiled, one walk over its condition and check ([`OutcomeConditions`]) derives what a record must
//!    have for the rule to PASS, to say anything but SKIP, and to FAIL. [`Preconditions`] speak only of what a
//!    [`RecordShape`](crate::record::RecordShape) knows: which fields are filled, which of them with more than blanks, and
//!    which of its few values an enum or a boolean has. A [`FailureCondition`] may add a [`ContentTrigger`]: one scan of
//!    a text must have flagged what the check looks for.
//! 2. Records of one shape meet the same preconditions, and a fleet has few shapes. A [`RuleFilter`] is worked out once
//!    a shape and kept ([`RuleFilterCache`]); it lists the rules that are run whatever the texts say, those that wait for
//!    a trigger, and the group and reference rules in which the record takes part.
//! 3. For a record, each text with a trigger is scanned once ([`ContentScan`](dianjian_text::ContentScan)), however many
//!    rules and searches wait for it. What is left are the candidates.
//!
//! Where a rule's condition follows from its preconditions alone it is marked as decided and not evaluated again.
//!
//! # What it is worth
//!
//! With each part switched off and the output the same: without the filter by shape a run takes 186 to 232 % longer,
//! without the scan of texts 21 to 122 %, without decided conditions 7 %. A cache of results by field values, tried
//! beside these, gained 3 % on varied texts and lost 7 % where findings are many, so there is none.

mod filter;
mod outcomes;
mod preconditions;

pub use filter::{RuleFilter, RuleFilterCache};
pub(super) use outcomes::{FailureCondition, OutcomeConditions};
pub use preconditions::Preconditions;
pub(super) use preconditions::Scope;

use super::check::{CheckKind, CompiledCheck, PathRoot, SearchedContent, SlotPath, Test};

/// What compiling a rule finds out for the prefilter.
#[derive(Debug, Default)]
pub(super) struct RuleOutlook {
    /// What a record must have for the rule to say anything but SKIP.
    pub preconditions: Preconditions,
    /// A record on which the rule fails, or has an asset that cannot be examined, meets one of these.
    pub failures: Vec<FailureCondition>,
}

impl RuleOutlook {
    /// Nothing is known: the rule is run on every record of its kind.
    pub fn unknown() -> Self {
        Self { preconditions: Preconditions::default(), failures: vec![FailureCondition::default()] }
    }

    /// Whether no record can break the rule: whatever it takes asks for things that are never so at once.
    pub fn never_fails(&self, scope: Scope<'_>) -> bool {
        let mut ways = self.failures.iter().map(|failure| &failure.preconditions);
        !self.failures.is_empty() && ways.all(|needed| needed.are_impossible(scope))
    }

    /// Works it out, and marks the parts of the rule's condition that hold wherever the preconditions are met.
    pub fn of(
        when: Option<&mut CompiledCheck>,
        check: Option<&CompiledCheck>,
        asset_paths: &[SlotPath],
        scope: Scope<'_>,
    ) -> Self {
        let condition = when.map(|when| mark_decided(when, scope)).unwrap_or_default();
        let Some(check) = check else { return Self { preconditions: condition, failures: Vec::new() } };
        let outcomes = OutcomeConditions::of(check, scope);
        let mut failures = outcomes.fail;
        // An asset that cannot be examined is reported although the check itself is skipped.
        failures.extend(asset_paths.iter().map(|path| Preconditions::of_path(path, scope).into()));
        let failures = FailureCondition::both(&[condition.clone().into()], &failures);
        Self { preconditions: condition.and(outcomes.speak), failures }
    }
}

/// Marks what is decided in a condition; returns what it takes for the condition to hold.
fn mark_decided(condition: &mut CompiledCheck, scope: Scope<'_>) -> Preconditions {
    let outcomes = OutcomeConditions::of(condition, scope);
    condition.is_decided = outcomes.pass_is_exact;
    if let CheckKind::All(parts) = &mut condition.kind {
        parts.iter_mut().for_each(|part| drop(mark_decided(part, scope)));
    }
    outcomes.pass
}

/// The paths at which a check looks for codes and texts in pictures and videos, as far as they begin at the record.
pub(super) fn asset_paths(check: &CompiledCheck) -> Vec<SlotPath> {
    let mut paths = Vec::new();
    check.each_leaf(&mut |leaf| {
        let is_examined = leaf.tests.iter().any(|test| {
            matches!(
                test,
                Test::Content(SearchedContent::Codes(_) | SearchedContent::PictureText(_), _) | Test::Asset(_)
            )
        });
        if is_examined && leaf.at.root == PathRoot::Record {
            paths.push(leaf.at.clone());
        }
    });
    paths
}
