//! Fields of a record that outlive its source: what other records, which name it, know of it.

use std::borrow::Cow;
use std::rc::Rc;

use dianjian_document::tree::Node;
use serde::{Deserialize, Serialize};

use super::kind::{KindIndex, Kinds, Slot};
use super::value::Value;
use super::view::Record;

/// A value without its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SavedValue {
    /// A text, number, truth value or date, as it is written.
    Scalar(String),
    /// The items of a list.
    List(Vec<SavedValue>),
    /// The entries of a map, in their order.
    Map(Vec<(String, SavedValue)>),
}

impl SavedValue {
    fn of(value: &Value<'_>) -> Self {
        if value.is_list() {
            return Self::List(value.each().map(|item| Self::of(&item)).collect());
        }
        if value.is_map() {
            let mut entries = Vec::new();
            value.entries(|name, _, entry| {
                if !entry.is_null() {
                    entries.push((name.to_owned(), Self::of(entry)));
                }
            });
            return Self::Map(entries);
        }
        Self::Scalar(value.text().unwrap_or_default().into_owned())
    }

    /// The memory that it takes beyond itself.
    fn bytes(&self) -> usize {
        match self {
            Self::Scalar(text) => text.len(),
            Self::List(items) => items.iter().map(|item| size_of::<Self>() + item.bytes()).sum(),
            Self::Map(entries) => {
                entries.iter().map(|(name, value)| name.len() + size_of::<(String, Self)>() + value.bytes()).sum()
            }
        }
    }

    /// As a value of a record; the node is only where it is used.
    pub fn value<'a>(&self, node: Node<'a>) -> Value<'a> {
        match self {
            Self::Scalar(text) => Value::Mapped(node, Cow::Owned(text.clone())),
            Self::List(items) => Value::List(node, Rc::new(items.iter().map(|item| item.value(node)).collect())),
            Self::Map(entries) => {
                let entries = entries.iter().map(|(name, saved)| (name.clone(), saved.value(node)));
                Value::Map(node, Rc::new(entries.collect()))
            }
        }
    }
}

/// Some fields of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SavedFields {
    /// By slot; each once, in their order.
    fields: Vec<(Slot, SavedValue)>,
    /// Slots of which several records that are meant say different things.
    disputed: Vec<Slot>,
}

impl SavedFields {
    /// These fields of a record, as far as it has them.
    pub fn of(record: &Record<'_>, slots: &[Slot]) -> Self {
        let saved = |slot: &Slot| Some((*slot, SavedValue::of(record.slot(*slot)?)));
        Self { fields: slots.iter().filter_map(saved).collect(), disputed: Vec::new() }
    }

    /// About the memory that they take, in bytes.
    pub fn bytes(&self) -> usize {
        self.fields.iter().map(|(_, value)| size_of::<(Slot, SavedValue)>() + value.bytes()).sum()
    }

    /// The value of a slot.
    pub fn get(&self, slot: Slot) -> Option<&SavedValue> {
        self.fields.iter().find(|(known, _)| *known == slot).map(|(_, value)| value)
    }

    /// Adds the value of a slot, unless there is one or it is disputed.
    pub fn add(&mut self, slot: Slot, value: SavedValue) {
        if self.get(slot).is_none() && !self.disputed.contains(&slot) {
            self.fields.push((slot, value));
            self.fields.sort_unstable_by_key(|(slot, _)| *slot);
        }
    }

    /// The slots of which several records that are meant say different things.
    pub fn disputed(&self) -> &[Slot] {
        &self.disputed
    }

    /// Adds what another record of the same name says: what only one says holds, what both say differently is disputed.
    pub fn complete(&mut self, other: &Self) {
        self.disputed.extend(&other.disputed);
        for (slot, value) in &other.fields {
            match self.get(*slot) {
                None => self.fields.push((*slot, value.clone())),
                Some(known) if known != value => self.disputed.push(*slot),
                Some(_) => {}
            }
        }
        self.disputed.sort_unstable();
        self.disputed.dedup();
        self.fields.retain(|(slot, _)| !self.disputed.contains(slot));
        self.fields.sort_unstable_by_key(|(slot, _)| *slot);
    }

    /// As a record of the kind, at the place where it is named.
    pub fn record<'a>(&self, kinds: &Kinds, kind: KindIndex, node: Node<'a>) -> Record<'a> {
        let mut record = Record::empty(kinds, kind, node);
        self.fields.iter().for_each(|(slot, saved)| record.supply(kinds.get(kind), *slot, saved.value(node)));
        record
    }
}
