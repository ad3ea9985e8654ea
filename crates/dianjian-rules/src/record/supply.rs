//! Filling the slots of a record, with values of its own or of another one.

use std::rc::Rc;

use dianjian_base::FieldPath;
use dianjian_base::message::Arg;
use dianjian_document::tree::Node;

use super::kind::{Field, Kind, KindIndex, Kinds, Slot};
use super::schema::FieldType;
use super::slots::{FilledSlot, Slots};
use super::value::{Value, is_blank};
use super::view::{Record, RecordShape, choice};
use crate::language::SchemaLint;

impl<'a> Record<'a> {
    /// A record without fields, to be [supplied](Self::supply) with some.
    pub(super) fn empty(kinds: &Kinds, kind_index: KindIndex, node: Node<'a>) -> Self {
        let slots = Slots::new(kinds.get(kind_index).fields.len());
        let (value, shape) = (Value::Map(node, Rc::default()), RecordShape::default());
        let (prefix, issues) = (String::new(), Vec::new());
        Self { kind_index, node, value, slots, shape, prefix, issues, partial: true, among: None }
    }

    /// Fills a slot with a value that the record itself does not have.
    pub fn supply(&mut self, kind: &Kind, slot: Slot, value: Value<'a>) {
        let Some(field) = kind.fields.get(usize::from(slot)) else { return };
        let bit = match field.ty {
            FieldType::Enum | FieldType::Bool => value.with_text(|text| bit_of(field, text)).unwrap_or_default(),
            _ => 0,
        };
        self.fill(slot, field, value, bit);
    }

    pub(super) fn fill(&mut self, slot: Slot, field: &Field, value: Value<'a>, bit: u32) {
        let shape = &mut self.shape;
        shape.present.insert(slot);
        shape.unread.remove(slot);
        match value.is_empty() {
            true => shape.empty.insert(slot),
            false => shape.empty.remove(slot),
        }
        if let Some(choice) = field.choice.and_then(|number| shape.choices.get_mut(usize::from(number))) {
            *choice = bit.trailing_zeros() as u8 + 1;
        }
        self.slots.fill(slot, FilledSlot { value, bit });
    }
}

impl Record<'_> {
    /// Notes that what stands for a field, and for those below it, could not be read.
    pub(super) fn mark_unread(&mut self, kind: &Kind, path: &str) {
        for (slot, field) in (0..).zip(&kind.fields) {
            if FieldPath::new(&field.path).below(path).is_some() {
                self.shape.unread.insert(slot);
            }
        }
    }

    /// The same for what its issues, from this one on, say of that.
    pub(super) fn mark_unread_from(&mut self, kind: &Kind, first: usize) {
        let issues = self.issues.get(first..).unwrap_or_default();
        let unread = issues.iter().filter_map(|issue| match (issue.lint, &issue.expected) {
            (
                SchemaLint::WrongType | SchemaLint::ErrorValue | SchemaLint::UnreadableFile | SchemaLint::LostDigits,
                _,
            ) => Some(issue.path.clone()),
            // Under a misspelt name there is a value for the field that is meant.
            (SchemaLint::UnknownField, Some(Arg::Text(near))) if issue.is_gap(kind, Some(self)) => Some(near.clone()),
            _ => None,
        });
        for path in unread.collect::<Vec<_>>() {
            self.mark_unread(kind, &path);
        }
    }
}

/// The bit of a value among a field's choices.
pub(super) fn bit_of(field: &Field, text: &str) -> u32 {
    match field.choices().position(|known| known == text) {
        Some(at) if at < choice::MOST => 1 << at,
        None if is_blank(text) => choice::EMPTY,
        _ => choice::UNKNOWN,
    }
}
