//! Records that rules cannot judge because a field is unsaid.

use dianjian_document::tree::ScalarStyle;
use dianjian_rules::record::{Slot, SlotSet, Value};
use dianjian_rules::{EvalContext, GroupParticipant, KeyPath, NamedLookup, Outcome, RuleBody, RuleFilter};

use super::RecordChecker;
use super::named::{PendingWork, UnsaidWork};

impl RecordChecker<'_, '_> {
    /// Counts the record, and the rules, where rules that are on do not apply to it only because a field is unsaid. What it
    /// may take from another record, the fields of `lacking`, is counted once that is known.
    pub(super) fn unsaid(
        &mut self,
        context: &mut EvalContext<'_, '_>,
        filter: &RuleFilter,
        (candidates, lacking): (&[usize], &SlotSet),
        work: &mut Vec<PendingWork>,
    ) {
        let mut wanting = filter.unsaid.clone();
        self.without_reference(context, filter, candidates, &mut wanting);
        if wanting.is_empty() || context.is_closed() == Outcome::Pass {
            return;
        }
        let mut counted: Vec<(Slot, u32)> = Vec::new();
        for (number, slot) in wanting {
            let rule = &context.rules.rules[number];
            if !rule.even_outside && context.is_outside() == Outcome::Pass {
                continue;
            }
            let is_on = self.on.get(&number).copied();
            let is_on = is_on.unwrap_or_else(|| self.is_on(rule));
            self.on.insert(number, is_on);
            match counted.iter_mut().find(|(known, _)| *known == slot) {
                _ if !is_on => {}
                Some((_, rules)) => *rules += 1,
                None => counted.push((slot, 1)),
            }
        }
        let (kind, is_row) = (context.record.kind_index, context.record.node.style() == ScalarStyle::Row);
        for (slot, rules) in counted {
            let unsaid = UnsaidWork { kind, slot, is_row, rules };
            match SlotSet::of(slot).meets(lacking) {
                true => work.push(PendingWork::Unsaid(unsaid)),
                false => *self.counts.unsaid.entry((kind, slot)).or_default() += unsaid.count(),
            }
        }
    }

    /// Adds the rules that would find something if the record said which one it belongs to, and those of groups that compare
    /// that one, with the slot of the reference.
    fn without_reference(
        &self,
        context: &mut EvalContext<'_, '_>,
        filter: &RuleFilter,
        candidates: &[usize],
        wanting: &mut Vec<(usize, Slot)>,
    ) {
        let rules = context.rules;
        let kind = context.record.kind_index;
        for (slot, of) in &context.kinds.get(kind).references {
            let has_platform = context.kinds.get(*of).outside.is_some();
            if !has_platform || !matches!(context.named(*slot), NamedLookup::Absent) {
                continue;
            }
            for &number in candidates {
                let rule = &rules.rules[number];
                if let RuleBody::Check(check) = &rule.body
                    && rule.reads_named(*slot)
                    && context.would_fail_if_said(rule, check)
                {
                    wanting.push((number, *slot));
                }
            }
            for &(number, member) in &filter.groups {
                let rule = &rules.rules[number];
                let RuleBody::Group(group) = &rule.body else { continue };
                let own = group.members.get(member).filter(|_| rule.kind == Some(kind) && member == 0);
                if own.is_some_and(|own| lacks_only(context, own, *slot)) && context.applies(rule) {
                    wanting.push((number, *slot));
                }
            }
        }
    }
}

/// Whether a record would be a member of groups but for the reference in this slot.
fn lacks_only(context: &EvalContext<'_, '_>, member: &GroupParticipant, slot: Slot) -> bool {
    let is_wanting = |key: &KeyPath| key.reference().is_some_and(|(reference, _)| reference == slot);
    let is_there = |key: &KeyPath| {
        let value = key.path.own_slot().and_then(|slot| context.record.slot(slot));
        value.is_some_and(|value: &Value<'_>| !value.is_empty())
    };
    let member = member.of_record();
    let mut keys = member.by.iter().chain(&member.of);
    member.by.iter().chain(&member.of).any(is_wanting) && keys.all(|key| is_wanting(key) || is_there(key))
}
