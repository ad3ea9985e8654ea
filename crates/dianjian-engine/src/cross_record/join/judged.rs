//! What comes of records that waited, once the records that they name are known.

use std::sync::Arc;

use dianjian_document::source::SourceFile;
use dianjian_rules::record::SlotSet;
use dianjian_rules::{EvalContext, Outcome, RuleBody};

use super::waiting::{Waiting, is_in_named, is_taken};
use crate::check_record::group_member::GroupMember;
use crate::check_record::{GroupKeys, group_members};
use crate::cross_record::covered::CoveredValues;
use crate::cross_record::groups::{MemberRow, PackedPlace};
use crate::cross_record::member_names::NamedFields;
use crate::finding::builder::{FindingBuilder, FindingSubject};
use crate::{Engine, Finding};

/// What the records of a place come to.
#[derive(Default)]
pub(super) struct JudgedRecords {
    pub findings: Vec<(Finding, Vec<PackedPlace>)>,
    /// With what they name elsewhere, where findings on them speak of that.
    pub members: Vec<(GroupMember, Vec<NamedFields>)>,
    pub covered: CoveredValues,
    pub rows: Vec<MemberRow>,
    pub undecided: usize,
    pub passed: usize,
}

impl JudgedRecords {
    /// Runs what waited of a record.
    pub(super) fn record(
        &mut self,
        source: &Arc<SourceFile>,
        context: &mut EvalContext<'_, '_>,
        waiting: &Waiting,
        taken: &SlotSet,
        engine: &Engine<'_>,
    ) {
        let rules = context.rules;
        let (mut violations, mut is_undecided) = (Vec::new(), waiting.is_undecided);
        for number in waiting.rules.iter().map(|number| *number as usize) {
            let Some(rule) = rules.rules.get(number) else { continue };
            if rules.reads(number).meets(&waiting.disputed) {
                is_undecided = true;
                continue;
            }
            match &rule.body {
                RuleBody::Check(check) => {
                    let outcome = context.run(rule, check, &mut violations);
                    is_undecided |= outcome == Outcome::Unknown;
                    self.passed += usize::from(outcome == Outcome::Pass);
                    for violation in violations.drain(..).filter(|_| outcome == Outcome::Fail) {
                        let is_named = is_in_named(context, &violation) || is_taken(context, &violation, taken);
                        let is_within = violation.target.path.starts_with(&context.record.prefix);
                        let subject = FindingSubject::Record(context);
                        let mut builder = FindingBuilder { engine, source, subject, is_gap: false };
                        let Some(mut finding) = builder.finding(number, violation, Vec::new(), 0) else { continue };
                        let is_around = !waiting.around.is_empty() && !is_within;
                        if is_named || is_around {
                            finding.fixes.clear();
                        }
                        let labels = waiting.labels(context, rule, number, taken);
                        self.findings.push((finding, labels));
                    }
                }
                RuleBody::Group(group) => {
                    let member = group.members.iter().find(|member| member.kind == context.record.kind_index);
                    let is_own = member.is_some_and(|member| std::ptr::eq(member, &raw const group.members[0]));
                    let applies = if is_own { context.applicability(rule) } else { Outcome::Pass };
                    is_undecided |= applies == Outcome::Unknown;
                    let Some(member) = member.filter(|_| applies == Outcome::Pass) else { continue };
                    if member.keys().any(|key| context.is_unknown_key(key)) {
                        is_undecided = true;
                        continue;
                    }
                    let names = if rule.shows_named(member) { waiting.named_fields() } else { Vec::new() };
                    let (members, covered) = (&mut self.members, &mut self.covered);
                    group_members(context, number, group, member, &mut GroupKeys::default(), &mut |member, text| {
                        is_undecided |= member.is_unread();
                        covered.note(&member, text);
                        members.push((member, names.clone()));
                    });
                }
                RuleBody::Reference { .. } | RuleBody::Schema(_) => {}
            }
        }
        self.undecided += usize::from(is_undecided);
    }
}
