//! The keys by which records are found that others name, or take fields from.
//!
//! Keys are hashes of hashed parts: what is folded is kept from one record to the next, as the products of a shop stand side
//! by side.

use std::hash::{Hash, Hasher};

use dianjian_rules::record::{FieldType, KindIndex, Kinds, Record, Slot, SlotSet, Value};
use dianjian_text::{Fold, Folder, id_key, licence_key};

use super::group_member::{hash, reference_key, start_of};
use super::named::{INHERITED, NameRequest, NameTarget};

/// Makes keys, and remembers the texts folded last.
#[derive(Debug, Default)]
pub(super) struct NameKeys {
    last: Vec<((KindIndex, Slot), String, u64)>,
    folder: Folder,
}

/// By what a key names a record, apart from its id.
#[derive(Hash)]
enum NameScheme {
    /// The number among the names of its kind.
    Name(usize),
    /// The kind that takes fields from it, and the number among what that takes.
    Heir(KindIndex, usize),
}

/// A record with the one that it lies in.
type Placed<'r, 'a> = (&'r Record<'a>, Option<&'r Record<'a>>);

impl NameKeys {
    /// Adds the keys under which a record can be found: its id, what its kind is named by otherwise, and what others take
    /// from it by.
    pub(super) fn targets(&mut self, kinds: &Kinds, (record, outer): Placed<'_, '_>, out: &mut Vec<NameTarget>) {
        let kind = record.kind_index;
        let of = kinds.get(kind);
        let start = start_of(record.node.source(), &record.value);
        let mut add = |key: Option<u64>| out.extend(key.map(|key| NameTarget { key, start }));
        let id = record.slot(of.id).filter(|value| !value.is_empty());
        add(id.and_then(|id| id.with_text(|text| reference_key(kinds, kind, text))));
        for (at, fields) in of.names.iter().enumerate() {
            let parts = fields.iter().map(|slot| self.part(kinds, (record, outer), *slot));
            add(key_of(kind, &NameScheme::Name(at), parts));
        }
        for (heir, number) in &of.heirs {
            let Some(inheritance) = kinds.get(*heir).inherits.get(*number) else { continue };
            if inheritance.lacks.iter().any(|slot| self.part(kinds, (record, outer), *slot).is_some()) {
                continue;
            }
            let parts = inheritance.by.iter().map(|slot| self.part(kinds, (record, outer), *slot));
            add(key_of(kind, &NameScheme::Heir(*heir, *number), parts));
        }
    }

    /// Adds the keys under which the record may be found that the text in a slot names.
    pub(super) fn requests(
        &mut self,
        kinds: &Kinds,
        record: &Record<'_>,
        (slot, of): (Slot, KindIndex),
        out: &mut Vec<NameRequest>,
    ) {
        let Some(text) = record.slot(slot).filter(|value| !value.is_empty()).and_then(Value::text) else { return };
        let (own, named) = (kinds.get(record.kind_index), kinds.get(of));
        out.push(NameRequest { slot, rank: 0, key: reference_key(kinds, of, &text) });
        for (at, fields) in named.names.iter().enumerate() {
            let Some((_, beside)) = fields.split_last() else { continue };
            let name = self.folded((record.kind_index, slot), text.trim());
            // What a name needs beside itself the record says of itself: a product of 抖音 names a shop of 抖音.
            let beside = beside.iter().map(|field| {
                let (slot, _) = own.field(&named.fields.get(usize::from(*field))?.path)?;
                self.part(kinds, (record, None), slot)
            });
            let key = key_of(of, &NameScheme::Name(at), beside.chain([Some(name)]));
            let rank = u8::try_from(at + 1).ok();
            out.extend(key.zip(rank).map(|(key, rank)| NameRequest { slot, rank, key }));
        }
    }

    /// Asks for the records from which a record takes fields that it lacks, and the fields.
    pub(super) fn inherited(&mut self, kinds: &Kinds, (record, outer): Placed<'_, '_>) -> (Vec<NameRequest>, SlotSet) {
        let (mut requests, mut lacking) = (Vec::new(), SlotSet::default());
        for (number, inheritance) in kinds.get(record.kind_index).inherits.iter().enumerate() {
            let mut may_take = inheritance.lacking(record).peekable();
            if may_take.peek().is_none() {
                continue;
            }
            let parts = inheritance.key.iter().map(|slot| self.part(kinds, (record, outer), *slot));
            let key = key_of(inheritance.of, &NameScheme::Heir(record.kind_index, number), parts);
            let Some((key, slot)) = key.zip(Slot::try_from(number).ok()) else { continue };
            may_take.for_each(|slot| lacking.insert(slot));
            requests.push(NameRequest { slot: INHERITED | slot, rank: 0, key });
        }
        (requests, lacking)
    }

    /// A field as a part of a key. What lies in a record says that one's id without saying it.
    fn part(&mut self, kinds: &Kinds, (record, outer): Placed<'_, '_>, slot: Slot) -> Option<u64> {
        let field = kinds.get(record.kind_index).fields.get(usize::from(slot))?;
        let own = record.slot(slot).filter(|value| !value.is_empty());
        let around = || {
            let outer = outer.filter(|outer| kinds.named_by(record.kind_index, slot) == Some(outer.kind_index))?;
            outer.slot(kinds.get(outer.kind_index).id)
        };
        own.or_else(around)?.with_text(|text| match field.ty {
            FieldType::LicenceCode => licence_key(text).map(|key| hash(&key)),
            FieldType::Text => Some(self.folded((record.kind_index, slot), text.trim())),
            _ => Some(hash(&id_key(text))),
        })?
    }

    /// The hash of a folded name.
    fn folded(&mut self, of: (KindIndex, Slot), text: &str) -> u64 {
        let known = self.last.iter_mut().find(|(known, ..)| *known == of);
        if let Some((_, last, hash)) = &known
            && last == text
        {
            return *hash;
        }
        let hash = hash(&self.folder.fold_into(text, Fold::Name).as_str());
        match known {
            Some((_, last, of_last)) => {
                last.clear();
                last.push_str(text);
                *of_last = hash;
            }
            None => self.last.push((of, text.to_owned(), hash)),
        }
        hash
    }
}

/// A key of parts; `None` where one is absent.
fn key_of(kind: KindIndex, scheme: &NameScheme, parts: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    let mut hasher = std::hash::DefaultHasher::new();
    (kind, scheme).hash(&mut hasher);
    for part in parts {
        part?.hash(&mut hasher);
    }
    Some(hasher.finish())
}
