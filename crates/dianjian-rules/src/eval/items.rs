//! Items of lists: as members of groups, and as what operands add up or count.

use dianjian_text::{Fold, id_key, licence_key};
use rust_decimal::Decimal;

use super::violation::FailureSink;
use super::{CheckSite, EachItem, EvalContext, Outcome, Scans};
use crate::check::{
    CheckKind, CompiledCheck, CompiledOperand, ItemCount, ItemTotal, KeyComparison, KeyPath, PathRoot, SlotPath,
};
use crate::record::{SlotSet, Trail, Value};

impl<'a> EachItem<'_, 'a> {
    /// The item itself.
    pub const fn value(&self) -> &Value<'a> {
        self.value
    }

    /// Its path as reports write it: `skus[2]`.
    pub fn path(&self) -> String {
        self.trail.to_string()
    }
}

impl<'a> EvalContext<'_, 'a> {
    /// Calls `f` with every item of a list.
    pub fn each_item(&mut self, list: &SlotPath, f: &mut dyn FnMut(&mut Self, EachItem<'_, 'a>)) {
        self.items_of(list, None, f);
    }

    /// Calls `f` with every item of a list; `false` where there is no list.
    fn items_of(
        &mut self,
        list: &SlotPath,
        item: Option<EachItem<'_, 'a>>,
        f: &mut dyn FnMut(&mut Self, EachItem<'_, 'a>),
    ) -> bool {
        let mut is_there = false;
        self.visit(list, item, &mut |context, value, trail| {
            is_there |= value.is_list();
            for (index, value) in value.each().enumerate() {
                f(context, EachItem { value: &value, trail: &Trail::Item(trail, index) });
            }
        });
        is_there
    }

    /// The value of a path, in the record or at an item.
    pub fn value_at(&self, path: &SlotPath, item: Option<EachItem<'_, 'a>>) -> Option<Value<'a>> {
        self.value(path, item)
    }

    /// What is pointed at where a path is: its value, or the reference through which it leads into another record.
    pub fn pointed_at(&self, path: &SlotPath, item: Option<EachItem<'_, 'a>>) -> Option<Value<'a>> {
        let reference = || if let PathRoot::Named(slot) = path.root { self.record.slot(slot).cloned() } else { None };
        let around = || self.is_said_by_outer(path).then(|| self.whole().value);
        reference().or_else(|| self.value(path, item)).or_else(around)
    }

    /// Whether a path is a reference that the record leaves to the one that it lies in.
    fn is_said_by_outer(&self, path: &SlotPath) -> bool {
        let Some((outer, slot)) = self.outer.zip(path.own_slot()) else { return false };
        self.kinds.named_by(self.record.kind_index, slot) == Some(outer.kind_index)
            && self.record.slot(slot).is_none_or(Value::is_empty)
    }

    /// The path of what [is pointed at](Self::pointed_at), as reports write it.
    pub fn pointed_path(&self, path: &SlotPath, item: Option<EachItem<'_, 'a>>) -> String {
        if let PathRoot::Named(slot) = path.root
            && self.record.slot(slot).is_some()
            && let Some(field) = self.kinds.get(self.record.kind_index).fields.get(usize::from(slot))
        {
            return Trail::Key(&Trail::Root(&self.record.prefix), &field.path).to_string();
        }
        if self.is_said_by_outer(path) { self.whole().path } else { self.path_of(path, item) }
    }

    /// An operand as a number, in the record or at an item.
    pub fn number_at(&self, operand: &CompiledOperand, item: Option<EachItem<'_, 'a>>) -> Option<Decimal> {
        self.operand(operand, item)?.number()
    }

    /// Whether a condition holds, of the record or of an item.
    pub fn holds_at(&mut self, condition: &CompiledCheck, item: Option<EachItem<'_, 'a>>) -> bool {
        match item {
            None => self.holds(condition),
            Some(_) => self.passes_at(condition, item),
        }
    }

    /// Whether a condition does not hold, and might if what could not be read were known. It is asked of records that do
    /// not meet the rule's preconditions, too, so nothing counts as decided.
    pub fn is_undecided_at(&mut self, condition: &CompiledCheck, item: Option<EachItem<'_, 'a>>) -> bool {
        // Nearly all records are read whole.
        if item.is_none() && self.named.is_empty() && self.record.shape().unread == SlotSet::default() {
            return false;
        }
        match &condition.kind {
            CheckKind::All(parts) => self.may_all_hold(parts.iter(), item),
            CheckKind::When(condition, inner) => self.may_all_hold([&**condition, inner].into_iter(), item),
            CheckKind::Any(parts) => {
                !parts.iter().any(|part| self.passes_at(part, item))
                    && parts.iter().any(|part| self.is_undecided_at(part, item))
            }
            CheckKind::Not(inner) => self.is_undecided_at(inner, item),
            CheckKind::Each(list, _) => self.is_unread(list, item),
            CheckKind::Leaf(leaf) => self.is_unread(&leaf.at, item) && !self.passes_at(condition, item),
        }
    }

    /// Whether all of several conditions hold or are undecided, and one is.
    fn may_all_hold<'p>(
        &mut self,
        parts: impl Iterator<Item = &'p CompiledCheck>,
        item: Option<EachItem<'_, 'a>>,
    ) -> bool {
        let mut is_undecided = false;
        for part in parts {
            match self.passes_at(part, item) {
                true => {}
                false if self.is_undecided_at(part, item) => is_undecided = true,
                false => return false,
            }
        }
        is_undecided
    }

    fn passes_at(&mut self, condition: &CompiledCheck, item: Option<EachItem<'_, 'a>>) -> bool {
        self.check(condition, CheckSite { item, message: 0 }, &mut FailureSink::Drop) == Outcome::Pass
    }

    /// The text by which values of a field are told apart; `None` where there is none that says anything.
    pub fn key_text(&self, key: &KeyPath, item: Option<EachItem<'_, 'a>>) -> Option<String> {
        if let Some(reference) = key.reference() {
            return self.identity(reference, Fold::None).known().map(|identity| identity.display.clone());
        }
        let text = self.value(&key.path, item).filter(|value| !value.is_empty())?.text()?;
        Some(match key.comparison {
            KeyComparison::LicenceCode => licence_key(&text)?.into_owned(),
            KeyComparison::Id | KeyComparison::Record(_) => id_key(&text).into_owned(),
            KeyComparison::Text | KeyComparison::Number => text.into_owned(),
        })
    }

    /// The same record for the conditions inside an operand, which need a context of their own.
    pub(super) fn apart(&self) -> Self {
        Self { scans: Scans::default(), assumed: Vec::new(), supposed: self.supposed.clone(), ..*self }
    }

    /// What a field of all items adds up to.
    pub(super) fn total(&self, total: &ItemTotal, item: Option<EachItem<'_, 'a>>) -> Option<Decimal> {
        let mut sum: Option<Option<Decimal>> = None;
        self.apart().items_of(&total.list, item, &mut |context, item| {
            let number = context.value(&total.of, Some(item)).and_then(|value| value.number());
            let before = sum.unwrap_or(Some(Decimal::ZERO));
            sum = Some(before.zip(number).and_then(|(before, number)| before.checked_add(number)));
        });
        sum.flatten()
    }

    /// How many items there are, or of how many the condition holds.
    pub(super) fn count(&self, count: &ItemCount, item: Option<EachItem<'_, 'a>>) -> Option<Decimal> {
        let (mut found, mut is_undecided) = (0_u64, false);
        let is_there = self.apart().items_of(&count.list, item, &mut |context, item| {
            let is_counted = count.counted.as_ref().is_none_or(|counted| context.holds_at(counted, Some(item)));
            let counted = count.counted.as_ref().filter(|_| !is_counted);
            is_undecided |= counted.is_some_and(|counted| context.is_undecided_at(counted, Some(item)));
            found += u64::from(is_counted && !item.value.is_null());
        });
        (is_there && !is_undecided).then(|| found.into())
    }
}
