//! What rules would say if something were said that every record has.

use super::violation::FailureSink;
use super::{AssumedValue, EvalContext, NamedLookup, Outcome, RECORD};
use crate::check::{CompiledCheck, PathRoot};
use crate::record::{Record, Slot};
use crate::ruleset::Rule;

impl EvalContext<'_, '_> {
    /// Whether the rule, which does not apply, would find something for some value of a field that a record says which this
    /// one names, or should name: goods that say neither a shop nor a platform may be of any, and so may those of a shop that
    /// does not say its own.
    pub fn would_fail_if_said(&mut self, rule: &Rule, check: &CompiledCheck) -> bool {
        let kind = self.kinds.get(self.record.kind_index);
        // What it says of itself goes first.
        if kind.outside.is_some_and(|slot| self.record.slot(slot).is_some_and(|value| !value.is_empty())) {
            return false;
        }
        if self.reads_mistaken(rule) {
            return matches!(self.check(check, RECORD, &mut FailureSink::Drop), Outcome::Fail | Outcome::Unknown);
        }
        let Some((root, slot, values)) = self.unsaid_of_named(rule) else { return false };
        values.into_iter().any(|value| {
            self.assumed.push(AssumedValue { root, slot, value });
            let outcome = self.run(rule, check, &mut Vec::new());
            self.assumed.pop();
            matches!(outcome, Outcome::Fail | Outcome::Unknown)
        })
    }

    /// Whether a rule's condition reads a field of a named record that has none of the values that there are.
    fn reads_mistaken(&self, rule: &Rule) -> bool {
        let mut is_mistaken = false;
        rule.when.iter().for_each(|when| {
            when.each_path(&mut |path| {
                let PathRoot::Named(reference) = path.root else { return };
                let named = self.named(reference).found().filter(|named| !self.lies_in(named));
                is_mistaken |= named.is_some_and(|named| self.is_mistaken(named, path.slot));
            });
        });
        is_mistaken
    }

    /// Whether a record says something in a field that every record has which is none of its values.
    pub(super) fn is_mistaken(&self, record: &Record<'_>, slot: Option<Slot>) -> bool {
        let fields = &self.kinds.get(record.kind_index).fields;
        let Some((slot, field)) = slot.and_then(|slot| Some((slot, fields.get(usize::from(slot))?))) else {
            return false;
        };
        let text = record.slot(slot).filter(|_| field.always).and_then(|value| value.text());
        text.is_some_and(|text| !text.is_empty() && !field.values.iter().any(|(value, _)| *value == *text))
    }

    /// The first field that every record has and that is unsaid of one that this record names, or should name, among those
    /// that a rule's condition reads; with the values that it may have.
    fn unsaid_of_named(&self, rule: &Rule) -> Option<(PathRoot, Slot, Vec<String>)> {
        let mut found = None;
        rule.when.as_ref()?.each_path(&mut |path| {
            let (PathRoot::Named(reference), Some(slot)) = (path.root, path.slot) else { return };
            let Some(kind) = self.kinds.named_by(self.record.kind_index, reference) else { return };
            let is_unsaid = match self.named(reference) {
                // What lies in a record is judged with it, and what that lacks is reported there.
                NamedLookup::Found(record) => !self.lies_in(record) && record.slot(slot).is_none(),
                NamedLookup::Absent => true,
                NamedLookup::Unknown => false,
            };
            let field = self.kinds.get(kind).fields.get(usize::from(slot));
            let Some(field) = field.filter(|field| field.always && is_unsaid && path.steps.is_empty()) else { return };
            let values = || match rule.even_outside {
                true => field.values.iter().map(|(value, _)| value.clone()).collect(),
                false => field.possible_values().map(str::to_owned).collect(),
            };
            found.get_or_insert_with(|| (path.root, slot, values()));
        });
        found
    }
}
