//! Names by which records are found beside their ids, and fields that records take from others.

use dianjian_document::source::Span;
use dianjian_document::tree::Spanned;

use super::kind::{Kind, KindIndex, Kinds, Slot};
use super::saved::{SavedFields, SavedValue};
use super::schema::{InheritanceFile, KindFile};
use super::view::Record;
use crate::error::RuleError;

/// Fields that a record takes from another one where its own are absent.
#[derive(Debug)]
pub struct Inheritance {
    /// The kind that they are taken from.
    pub of: KindIndex,
    /// The fields of this record that name the other one.
    pub key: Vec<Slot>,
    /// The fields of the other record that they must equal, side by side with `key`.
    pub by: Vec<Slot>,
    /// Fields that the other record must not have.
    pub lacks: Vec<Slot>,
    /// What is taken.
    pub take: Vec<TakenField>,
}

/// A field that is filled from another record.
#[derive(Debug)]
pub struct TakenField {
    /// The own field.
    pub slot: Slot,
    /// The other record's fields that may fill it; the first that does so counts.
    pub from: Vec<TakenFrom>,
}

/// A field of another record, and what its values mean here.
#[derive(Debug)]
pub struct TakenFrom {
    /// The other record's field.
    pub slot: Slot,
    /// Its values with those that they stand for; empty: they are taken as they are.
    pub values: Vec<(String, String)>,
}

impl Inheritance {
    /// The own fields that a record lacks and may be given.
    pub fn lacking(&self, record: &Record<'_>) -> impl Iterator<Item = Slot> {
        self.take.iter().map(|taken| taken.slot).filter(|slot| record.slot(*slot).is_none_or(|value| value.is_empty()))
    }

    /// What the fields of the other record give to this one, as far as it lacks it.
    pub fn given(&self, record: &Record<'_>, other: &SavedFields) -> Vec<(Slot, SavedValue)> {
        let lacking: Vec<Slot> = self.lacking(record).collect();
        let taken = self.take.iter().filter(|taken| lacking.contains(&taken.slot));
        taken.filter_map(|taken| Some((taken.slot, taken.from.iter().find_map(|from| from.value(other))?))).collect()
    }
}

impl TakenFrom {
    fn value(&self, other: &SavedFields) -> Option<SavedValue> {
        let value = other.get(self.slot)?;
        if self.values.is_empty() {
            return Some(value.clone());
        }
        let SavedValue::Scalar(text) = value else { return None };
        let meant = self.values.iter().find(|(known, _)| known == text);
        meant.map(|(_, meant)| SavedValue::Scalar(meant.clone()))
    }
}

/// A mistake in a kind's file: the number of the file, the place, what is wrong.
pub(crate) type KindMistake = (usize, Span, RuleError);

impl Kinds {
    /// Reads by what records are named and what they take from others, of the files that the kinds were made of.
    pub(crate) fn link<'f>(&mut self, files: impl Iterator<Item = &'f KindFile>) -> Vec<KindMistake> {
        let mut mistakes = Vec::new();
        for (at, file) in files.enumerate() {
            let mut linker = KindLinker { kinds: self, file: at, mistakes: &mut mistakes };
            let names = file.names.iter().filter_map(|names| linker.slots(at, names, names.span)).collect();
            let inherits: Vec<Inheritance> =
                file.inherits.iter().filter_map(|inheritance| linker.inheritance(at, inheritance)).collect();
            linker.items(at, file);
            let heirs: Vec<(KindIndex, usize)> =
                inherits.iter().enumerate().map(|(number, inheritance)| (inheritance.of, number)).collect();
            heirs.into_iter().for_each(|(of, number)| self.get_mut(of).heirs.push((at, number)));
            let kind = self.get_mut(at);
            (kind.names, kind.inherits) = (names, inherits);
        }
        mistakes
    }
}

struct KindLinker<'l> {
    kinds: &'l Kinds,
    file: usize,
    mistakes: &'l mut Vec<KindMistake>,
}

impl KindLinker<'_> {
    fn slots(&mut self, kind: KindIndex, paths: &[String], span: Span) -> Option<Vec<Slot>> {
        paths.iter().map(|path| self.slot(kind, path, span)).collect()
    }

    fn slot(&mut self, kind: KindIndex, path: &str, span: Span) -> Option<Slot> {
        let kind: &Kind = self.kinds.get(kind);
        let found = kind.field(path).map(|(slot, _)| slot);
        if found.is_none() {
            let (name, suggestion) = (kind.name.to_string(), kind.suggest(path));
            let error = RuleError::UnknownPath { kind: name, found: path.to_owned(), suggestion };
            self.mistakes.push((self.file, span, error));
        }
        found
    }

    /// Looks for the fields that say the same of a record and of an item of its lists.
    fn items(&mut self, kind: KindIndex, file: &KindFile) {
        let of = self.kinds.get(kind);
        for (name, field) in file.fields.iter().filter(|(_, field)| !field.value.itself.is_empty()) {
            for (item, own) in &field.value.itself {
                let in_items = format!("{name}[].{item}");
                if of.target(&in_items).is_none() {
                    let error = RuleError::UnknownPath { kind: of.name.to_string(), found: in_items, suggestion: None };
                    self.mistakes.push((self.file, field.span, error));
                }
                self.slot(kind, own, field.span);
            }
        }
    }

    fn inheritance(&mut self, own: KindIndex, file: &Spanned<InheritanceFile>) -> Option<Inheritance> {
        let (span, file) = (file.span, &file.value);
        let Some(of) = self.kinds.find(&file.of) else {
            let suggestion = self.kinds.suggest(&file.of).map(str::to_owned);
            self.mistakes.push((self.file, span, RuleError::UnknownKind { found: file.of.clone(), suggestion }));
            return None;
        };
        let (key, by) = (self.slots(own, &file.key, span)?, self.slots(of, &file.by, span)?);
        if key.is_empty() || key.len() != by.len() {
            let error =
                RuleError::Expected { expected: "as many fields in `key` as in `by`", found: file.by.join(", ") };
            self.mistakes.push((self.file, span, error));
            return None;
        }
        let mut take = Vec::new();
        for (path, froms) in &file.take {
            let slot = self.slot(own, path, span)?;
            let from = froms.iter().filter_map(|from| {
                let values = from.values.iter().map(|(known, meant)| (known.clone(), meant.clone())).collect();
                Some(TakenFrom { slot: self.slot(of, &from.from, span)?, values })
            });
            let from = from.collect();
            take.push(TakenField { slot, from });
        }
        let lacks = self.slots(of, &file.lacks, span)?;
        Some(Inheritance { of, key, by, lacks, take })
    }
}
