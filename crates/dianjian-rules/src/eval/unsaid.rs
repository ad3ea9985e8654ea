//! What rules would say if something were said that every record has.

use super::{AssumedValue, EvalContext, NamedLookup, Outcome};
use crate::check::{CompiledCheck, PathRoot};
use crate::record::Slot;
use crate::ruleset::Rule;

impl EvalContext<'_, '_> {
    /// Whether the rule, which does not apply, would find something for some value of a field of a record that this one should
    /// name: goods that say neither a shop nor a platform may be of any. What a record that is named does not say is reported
    /// there.
    pub fn would_fail_if_said(&mut self, rule: &Rule, check: &CompiledCheck) -> bool {
        let kind = self.kinds.get(self.record.kind_index);
        // What it says of itself goes first.
        if kind.outside.is_some_and(|slot| self.record.slot(slot).is_some_and(|value| !value.is_empty())) {
            return false;
        }
        let Some((root, slot, values)) = self.unsaid_of_named(rule) else { return false };
        values.into_iter().any(|value| {
            self.assumed.push(AssumedValue { root, slot, value });
            let outcome = self.run(rule, check, &mut Vec::new());
            self.assumed.pop();
            matches!(outcome, Outcome::Fail | Outcome::Unknown)
        })
    }

    /// Whether the record does not say what each of its kind has, or says something that is none of its values, so that no
    /// rule which asks for that judges it.
    pub fn lacks_what_all_have(&self) -> bool {
        let kind = self.kinds.get(self.record.kind_index);
        let is_in_map = |map: Option<Slot>| map.is_none_or(|map| self.record.slot(map).is_some());
        let required = kind.required.iter().filter(|(_, map)| is_in_map(*map));
        let fields = required.filter_map(|(slot, _)| Some((*slot, kind.fields.get(usize::from(*slot))?)));
        fields.filter(|(_, field)| field.always).any(|(slot, field)| {
            let text = self.record.slot(slot).and_then(|value| value.text());
            text.is_none_or(|text| !field.values.iter().any(|(value, _)| *value == *text))
        })
    }

    /// The first field that every record has of one that this record should name, among those that a rule's condition reads;
    /// with the values that it may have.
    fn unsaid_of_named(&self, rule: &Rule) -> Option<(PathRoot, Slot, Vec<String>)> {
        let mut found = None;
        rule.when.as_ref()?.each_path(&mut |path| {
            let (PathRoot::Named(reference), Some(slot)) = (path.root, path.slot) else { return };
            let Some(kind) = self.kinds.named_by(self.record.kind_index, reference) else { return };
            let is_unsaid = matches!(self.named(reference), NamedLookup::Absent);
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
