//! What paths and operands stand for in a record, and how its places are written in reports.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::{AssumedValue, EachItem, EvalContext, RecordPlace};
use crate::check::{AmountInText, CompiledOperand, PathRoot, PathStep, SlotPath};
use crate::record::{ORIGIN, Record, Trail, Value, leading_amount, parse_number};

impl<'c, 'a> EvalContext<'c, 'a> {
    /// Was the record read through a mapping, so that it is an export rather than a file of the tool's own?
    pub fn is_mapped(&self) -> bool {
        let whole = &self.outer.unwrap_or(self.record).value;
        !matches!(whole, Value::Node(_)) || whole.get(ORIGIN).is_some()
    }

    /// The value of an operand; `None` where it is absent.
    pub(super) fn operand<'o>(
        &self,
        operand: &'o CompiledOperand,
        item: Option<EachItem<'_, 'a>>,
    ) -> Option<Resolved<'o>>
    where
        'a: 'o,
    {
        match operand {
            CompiledOperand::Constant(constant) => {
                Some(Resolved { text: Cow::Borrowed(&constant.text), number: Number::Known(constant.number) })
            }
            CompiledOperand::Field(path) => {
                let value = self.value(path, item).or_else(|| self.assumed_at(path))?;
                Some(Resolved { text: value.text()?, number: Number::Of(value) })
            }
            CompiledOperand::Lookup(lookup) => {
                let ((column, first), others) = lookup.keys.split_first()?;
                let first = self.operand(first, item)?.text;
                let others = others.iter().map(|(column, key)| Some((*column, self.operand(key, item)?.text)));
                let cell = lookup.rows.look_up((*column, &first), others, lookup.take)?;
                Some(Resolved { text: Cow::Borrowed(cell), number: Number::AsWritten })
            }
            CompiledOperand::Amount(amount) => {
                let value = self.value(&amount.field, item)?;
                let number = value.with_text(|text| named_amount(text, amount))??;
                Some(Resolved::of_number(number))
            }
            CompiledOperand::Arithmetic(arithmetic, parts) => {
                let numbers = parts.iter().map(|part| self.operand(part, item)?.number());
                arithmetic.of(numbers).map(Resolved::of_number)
            }
            CompiledOperand::Total(total) => self.total(total, item).map(Resolved::of_number),
            CompiledOperand::CountOf(count) => self.count(count, item).map(Resolved::of_number),
        }
    }

    /// An operand outside any item, as text.
    pub fn operand_text(&self, operand: &CompiledOperand) -> Option<String> {
        Some(self.operand(operand, None)?.text.into_owned())
    }

    /// A group's bound or another operand outside any item, as a number.
    pub fn number(&self, operand: &CompiledOperand) -> Option<Decimal> {
        self.operand(operand, None)?.number()
    }

    /// The value at a path that stands for one place.
    pub(super) fn value(&self, path: &SlotPath, item: Option<EachItem<'_, 'a>>) -> Option<Value<'a>> {
        let mut value = match path.root {
            PathRoot::Item => item?.value.clone(),
            PathRoot::Record => self.record.slot(path.slot?)?.clone(),
            PathRoot::Named(slot) => self.named(slot).found()?.slot(path.slot?)?.clone(),
            PathRoot::Everywhere => return None,
        };
        for step in &path.steps {
            match step {
                PathStep::Key(name) => value = value.get(name)?,
                PathStep::Each => return None,
            }
        }
        Some(value)
    }

    /// Whether something stands at a path that could not be read.
    pub fn is_unread(&self, path: &SlotPath, item: Option<EachItem<'_, 'a>>) -> bool {
        let record = match path.root {
            PathRoot::Record => Some(self.record),
            PathRoot::Named(reference) => {
                let named = self.named(reference).found();
                if named.is_none() && self.record.is_unread(reference) {
                    return true;
                }
                named
            }
            PathRoot::Item | PathRoot::Everywhere => None,
        };
        if let Some((record, slot)) = record.zip(path.slot)
            && record.is_unread(slot)
        {
            return true;
        }
        let of_record = || record.zip(path.slot).and_then(|(record, slot)| record.slot(slot).cloned());
        let mut value = if path.root == PathRoot::Item { item.map(|item| item.value.clone()) } else { of_record() };
        for step in &path.steps {
            let (PathStep::Key(name), Some(map)) = (step, &value) else { return false };
            if map.asks_elsewhere(name) {
                return true;
            }
            value = map.get(name);
        }
        false
    }

    /// The value that the field at a path is taken to have.
    pub(super) fn assumed_at(&self, path: &SlotPath) -> Option<Value<'a>> {
        let is_meant = |assumed: &&AssumedValue| {
            path.steps.is_empty() && assumed.root == path.root && Some(assumed.slot) == path.slot
        };
        let assumed = self.assumed.iter().find(is_meant)?;
        Some(Value::Mapped(self.record.node, Cow::Owned(assumed.value.clone())))
    }

    /// The value of a path in the record, for keys and messages.
    pub fn field(&self, path: &SlotPath) -> Option<Value<'a>> {
        self.value(path, None)
    }

    /// The value of a path in the record with the path as reports write it.
    pub fn place(&self, path: &SlotPath) -> Option<(Value<'a>, String)> {
        Some((self.value(path, None)?, self.path_of(path, None)))
    }

    /// Calls `f` with every value that a path stands for.
    pub(super) fn visit(
        &mut self,
        path: &SlotPath,
        item: Option<EachItem<'_, 'a>>,
        f: &mut dyn FnMut(&mut Self, &Value<'a>, &Trail<'_>),
    ) {
        let record = self.record;
        if path.root == PathRoot::Everywhere {
            let kind = self.kinds.get(record.kind_index);
            return record.each_text(kind, &mut |value, trail| f(self, value, trail));
        }
        let prefix = Trail::Root(&record.prefix);
        let (value, trail) = match (path.root, item) {
            (PathRoot::Item, Some(item)) => (item.value, *item.trail),
            (PathRoot::Named(slot), _) => {
                let named = self.named(slot).found();
                match named.zip(path.slot).and_then(|(named, slot)| Some((named, named.slot(slot)?))) {
                    // `products[2]` lies in the record that it names, so that one's field stands at its top.
                    Some((named, value)) if self.lies_in(named) => (value, Trail::Root(self.field_path(named, path))),
                    Some((_, value)) => (value, Trail::Root(&path.text)),
                    None => return,
                }
            }
            (PathRoot::Record, _) => match path.slot.and_then(|slot| record.slot(slot)) {
                Some(value) => (value, Trail::Key(&prefix, self.field_path(record, path))),
                None => return,
            },
            (PathRoot::Item, None) | (PathRoot::Everywhere, _) => return,
        };
        self.descend(&path.steps, value, &trail, f);
    }

    fn descend(
        &mut self,
        steps: &[PathStep],
        value: &Value<'a>,
        trail: &Trail<'_>,
        f: &mut dyn FnMut(&mut Self, &Value<'a>, &Trail<'_>),
    ) {
        match steps.split_first() {
            None => f(self, value, trail),
            Some((PathStep::Key(name), rest)) => {
                if let Some(value) = value.get(name) {
                    self.descend(rest, &value, &Trail::Key(trail, name), f);
                }
            }
            Some((PathStep::Each, rest)) => {
                for (index, item) in value.each().enumerate().filter(|(_, item)| !item.is_null()) {
                    self.descend(rest, &item, &Trail::Item(trail, index), f);
                }
            }
        }
    }

    /// The dotted path of a path's slot.
    fn field_path(&self, record: &Record<'_>, path: &SlotPath) -> &'c str {
        let kinds = self.kinds;
        let field = path.slot.and_then(|slot| kinds.get(record.kind_index).fields.get(usize::from(slot)));
        field.map_or("", |field| field.path.as_str())
    }

    /// How a path is written in reports.
    pub(super) fn path_of(&self, path: &SlotPath, item: Option<EachItem<'_, 'a>>) -> String {
        let mut text = match (path.root, item) {
            (PathRoot::Item, Some(item)) => item.trail.to_string(),
            (PathRoot::Item, None) | (PathRoot::Everywhere, _) => String::new(),
            (PathRoot::Named(slot), _) => match self.named(slot).found() {
                Some(named) if self.lies_in(named) => self.field_path(named, path).to_owned(),
                Some(_) => return path.text.clone(),
                None => String::new(),
            },
            (PathRoot::Record, _) => {
                Trail::Key(&Trail::Root(&self.record.prefix), self.field_path(self.record, path)).to_string()
            }
        };
        for step in &path.steps {
            if let PathStep::Key(name) = step {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
        }
        text
    }

    /// Where a path points, even if nothing is there: then at what names the record.
    pub(super) fn target(&mut self, path: &SlotPath, item: Option<EachItem<'_, 'a>>) -> RecordPlace<'a> {
        let mut first = None;
        self.visit(path, item, &mut |_, value, trail| {
            first.get_or_insert_with(|| RecordPlace { value: value.clone(), range: None, path: trail.to_string() });
        });
        first.unwrap_or_else(|| RecordPlace { value: self.stand_in(item), range: None, path: self.path_of(path, item) })
    }

    /// The whole record, pointed at by what names it.
    pub fn whole(&self) -> RecordPlace<'a> {
        RecordPlace { value: self.name(), range: None, path: self.record.prefix.clone() }
    }

    /// What stands for a value that is absent: the nearest map around it that is one line, else the record's name.
    pub(super) fn stand_in(&self, item: Option<EachItem<'_, 'a>>) -> Value<'a> {
        item.map_or_else(|| self.name(), |item| item.value.clone())
    }

    fn name(&self) -> Value<'a> {
        let kind = self.kinds.get(self.record.kind_index);
        let by_name = |name: &str| kind.field(name).and_then(|(slot, _)| self.record.slot(slot));
        let named = self.record.slot(kind.id).or_else(|| by_name("name")).or_else(|| by_name("title"));
        named.cloned().unwrap_or_else(|| self.record.value.get("kind").unwrap_or_else(|| self.record.value.clone()))
    }
}

/// The largest amount that a text names behind the words that are looked for; `None` where one of them is in another currency.
fn named_amount(text: &str, amount: &AmountInText) -> Option<Decimal> {
    let amounts = amount.after.regex()?.find_iter(text).filter_map(|found| {
        let named = leading_amount(&text[found.end()..], &amount.words)?;
        // 不低于美元 10 万: the words before the amount may name the currency.
        Some(named.ok().filter(|_| !amount.words.names_foreign_currency(found.as_str())))
    });
    amounts.collect::<Option<Vec<_>>>()?.into_iter().max()
}

pub(super) struct Resolved<'o> {
    pub text: Cow<'o, str>,
    number: Number<'o>,
}

/// An operand's number: most comparisons never ask for it.
enum Number<'o> {
    Known(Option<Decimal>),
    Of(Value<'o>),
    AsWritten,
}

impl Resolved<'_> {
    fn of_number(number: Decimal) -> Self {
        let number = number.normalize();
        Self { text: Cow::Owned(number.to_string()), number: Number::Known(Some(number)) }
    }

    pub fn number(&self) -> Option<Decimal> {
        match &self.number {
            Number::Known(number) => *number,
            Number::Of(value) => value.number(),
            Number::AsWritten => parse_number(&self.text),
        }
    }
}
