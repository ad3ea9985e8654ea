//! Whether rules apply: their conditions, and whether a record is closed.
//!
//! Conditions are three-valued. Every shop has a system, so a condition on one that is unsaid holds if it does for all
//! systems; a condition on a record that is named and not known is unknown.

use super::violation::FailureSink;
use super::{AssumedValue, EvalContext, NamedLookup, Outcome, RECORD};
use crate::check::{CheckKind, CompiledCheck, PathRoot};
use crate::presumption::Presumed;
use crate::record::{KindIndex, Record, Slot, SlotSet};
use crate::ruleset::Rule;

/// A field that is unsaid, of this record or of one that it names.
#[derive(Debug, Clone, Copy)]
struct UnsaidField {
    root: PathRoot,
    slot: Slot,
    kind: KindIndex,
}

impl<'a> EvalContext<'_, 'a> {
    /// Whether the rule applies to the record, or may, depending on records that it names and that are not known;
    /// `false` also for some checks that would be skipped.
    pub fn applies(&mut self, rule: &Rule) -> bool {
        matches!(self.applicability(rule), Outcome::Pass | Outcome::Unknown)
    }

    /// As [`Self::applies`]: PASS where it applies, SKIP where it does not, else what is not known.
    pub fn applicability(&mut self, rule: &Rule) -> Outcome {
        if !rule.may_apply(self.record) {
            return Outcome::Skip;
        }
        let mut condition = rule.when.as_ref().map_or(Outcome::Pass, |when| self.condition(when));
        if !matches!(condition, Outcome::Pass | Outcome::Unknown) {
            return Outcome::Skip;
        }
        for presumption in &rule.presumes {
            match self.presumed(presumption) {
                Presumed::Contradicted => return Outcome::Skip,
                Presumed::Unknown => condition = Outcome::Unknown,
                Presumed::Said | Presumed::Unsaid => {}
            }
        }
        let is_outside = if rule.even_outside { Outcome::Fail } else { self.is_outside() };
        let is_closed = if rule.even_closed || is_outside == Outcome::Pass { Outcome::Fail } else { self.is_closed() };
        match (is_outside, is_closed) {
            (Outcome::Pass, _) | (_, Outcome::Pass) => Outcome::Skip,
            (Outcome::Unknown, _) | (_, Outcome::Unknown) => Outcome::Unknown,
            _ => condition,
        }
    }

    /// Whether the rule does not apply, and might if what could not be read of the record were known.
    pub fn may_apply_unread(&mut self, rule: &Rule) -> bool {
        let is_undecided = rule.when.as_ref().is_some_and(|when| self.is_undecided_at(when, None));
        is_undecided
            && (rule.even_outside || self.is_outside() == Outcome::Fail)
            && (rule.even_closed || self.is_closed() != Outcome::Pass)
    }

    /// Whether the rule waits for more than whether what the record belongs to is closed or of another platform.
    pub fn waits_for_more(&mut self, rule: &Rule) -> bool {
        self.reads_unsettled(rule)
            || rule.presumes.iter().any(|presumption| self.presumed(presumption) == Presumed::Unknown)
    }

    /// Whether the rule's condition reads what is not known. What a rule presumes it may presume unsaid, too.
    pub fn reads_unsettled(&mut self, rule: &Rule) -> bool {
        rule.when.as_ref().is_some_and(|when| self.condition(when) == Outcome::Unknown)
    }

    /// PASS where the record is of another platform, or one that it lies in or names. What it says of itself goes first.
    pub fn is_outside(&self) -> Outcome {
        let of = |record: &Record<'a>| record.is_outside(self.kinds.get(record.kind_index));
        let kind = self.kinds.get(self.record.kind_index);
        if of(self.record) {
            return Outcome::Pass;
        }
        let says_platform = kind.outside.is_some_and(|slot| self.record.slot(slot).is_some());
        let mut is_outside = Outcome::Fail;
        for (slot, named) in &kind.references {
            is_outside = match self.named(*slot) {
                NamedLookup::Found(_)
                    if !says_platform && self.is_disputed(*slot, |named| named.is_outside_disputed) =>
                {
                    Outcome::Unknown
                }
                NamedLookup::Found(record) if of(record) => return Outcome::Pass,
                NamedLookup::Unknown
                    if !self.is_final && !says_platform && self.kinds.get(*named).outside.is_some() =>
                {
                    Outcome::Unknown
                }
                NamedLookup::Found(_) | NamedLookup::Unknown | NamedLookup::Absent => is_outside,
            };
        }
        is_outside
    }

    /// PASS where the record is closed, or one that it lies in or names, as its kind defines that.
    pub fn is_closed(&mut self) -> Outcome {
        if let Some(known) = self.is_closed {
            return known;
        }
        let rules = self.rules;
        let own = rules.closed(self.record.kind_index).map_or(Outcome::Fail, |closed| self.condition(closed));
        let is_closed = if own == Outcome::Pass { own } else { self.around_is_closed() };
        self.is_closed = Some(is_closed);
        is_closed
    }

    /// Whether a record is closed that this one lies in or names.
    fn around_is_closed(&mut self) -> Outcome {
        let rules = self.rules;
        let mut is_closed = Outcome::Fail;
        for (slot, kind) in &self.kinds.get(self.record.kind_index).references {
            let Some(closed) = rules.closed(*kind) else { continue };
            is_closed = match self.named(*slot) {
                NamedLookup::Found(_) if self.is_disputed(*slot, |named| named.is_closed_disputed) => Outcome::Unknown,
                NamedLookup::Found(record) => match self.of_named(record).condition(closed) {
                    Outcome::Pass => return Outcome::Pass,
                    _ => is_closed,
                },
                NamedLookup::Unknown if !self.is_final => Outcome::Unknown,
                NamedLookup::Unknown | NamedLookup::Absent => is_closed,
            };
        }
        is_closed
    }

    /// The same for a record that this one names.
    fn of_named<'n>(&'n self, record: &'n Record<'a>) -> EvalContext<'n, 'a> {
        let (scans, assumed) = Default::default();
        EvalContext {
            rules: self.rules,
            kinds: self.kinds,
            record,
            outer: None,
            outer_lacks: SlotSet::default(),
            named: &[],
            is_final: self.is_final,
            is_quick: false,
            as_of: self.as_of,
            assets: self.assets,
            scans,
            is_closed: None,
            assumed,
            supposed: Vec::new(),
        }
    }

    /// Whether a condition holds, a rule's or another one that was compiled for the record's kind.
    pub fn holds(&mut self, condition: &CompiledCheck) -> bool {
        self.condition(condition) == Outcome::Pass
    }

    /// PASS where a condition holds, be it for every value that an unsaid field may have.
    pub fn condition(&mut self, condition: &CompiledCheck) -> Outcome {
        match &condition.kind {
            _ if condition.is_decided => Outcome::Pass,
            CheckKind::All(parts) => {
                let mut outcome = Outcome::Pass;
                for part in parts {
                    outcome = match self.condition(part) {
                        Outcome::Pass => outcome,
                        Outcome::Unknown => Outcome::Unknown,
                        Outcome::Fail | Outcome::Skip => return Outcome::Fail,
                    };
                }
                outcome
            }
            _ => match self.check(condition, RECORD, &mut FailureSink::Drop) {
                Outcome::Pass => Outcome::Pass,
                Outcome::Unknown if self.is_quick => Outcome::Unknown,
                outcome => {
                    let holds = self.unsaid(condition).is_some_and(|fields| self.holds_for_all(condition, &fields));
                    if holds { Outcome::Pass } else { outcome }
                }
            },
        }
    }

    /// The fields that a condition asks for and that are unsaid although every record has them.
    fn unsaid(&self, condition: &CompiledCheck) -> Option<Vec<UnsaidField>> {
        let mut fields: Vec<UnsaidField> = Vec::new();
        condition.each_leaf(&mut |leaf| {
            let (root, Some(slot)) = (leaf.at.root, leaf.at.slot) else { return };
            let (kind, record) = match root {
                PathRoot::Record => (Some(self.record.kind_index), Some(self.record)),
                PathRoot::Named(reference) => match self.named(reference) {
                    NamedLookup::Found(record) => (Some(record.kind_index), Some(record)),
                    NamedLookup::Unknown => (self.kinds.named_by(self.record.kind_index, reference), None),
                    NamedLookup::Absent => (None, None),
                },
                PathRoot::Item | PathRoot::Everywhere => (None, None),
            };
            let Some(kind) = kind.filter(|_| leaf.at.steps.is_empty()) else { return };
            let field = self.kinds.get(kind).fields.get(usize::from(slot));
            let is_unsaid =
                field.is_some_and(|field| field.always) && record.is_none_or(|record| record.slot(slot).is_none());
            if is_unsaid && !fields.iter().any(|known| (known.root, known.slot) == (root, slot)) {
                fields.push(UnsaidField { root, slot, kind });
            }
        });
        (!fields.is_empty()).then_some(fields)
    }

    /// Does a condition hold whatever values the fields have?
    fn holds_for_all(&mut self, condition: &CompiledCheck, fields: &[UnsaidField]) -> bool {
        let Some((UnsaidField { root, slot, kind }, rest)) = fields.split_first() else {
            return self.check(condition, RECORD, &mut FailureSink::Drop) == Outcome::Pass;
        };
        let kinds = self.kinds;
        let mut values = kinds.get(*kind).fields[usize::from(*slot)].possible_values();
        values.all(|value| {
            self.assumed.push(AssumedValue { root: *root, slot: *slot, value: value.to_owned() });
            let holds = self.holds_for_all(condition, rest);
            self.assumed.pop();
            holds
        })
    }
}
