//! The keys by which records are found that others name, or take fields from.
//!
//! Keys are hashes of hashed parts: what is folded is kept from one record to the next, as the products of a shop stand side
//! by side.

use std::hash::{Hash, Hasher};

use dianjian_rules::record::{FieldType, Inheritance, Kind, KindIndex, Kinds, Record, Slot, SlotSet, Value};
use dianjian_text::{Fold, Folder, fold, id_key, licence_key};

use super::group_member::{hash, start_of};
use super::named::{ID_RANK, INHERITED, NameRequest, NameTarget};

/// Makes keys, and remembers the texts folded last.
#[derive(Debug, Default)]
pub(super) struct NameKeys {
    last: Vec<((KindIndex, Slot), String, u64)>,
    folder: Folder,
}

/// By what a key names a record, apart from its id.
#[derive(Hash)]
enum NameScheme {
    /// Its id, beside what its name needs: of two platforms that have the same ids one is meant.
    IdBeside,
    /// The number among the names of its kind.
    Name(usize),
    /// The kind that takes fields from it, and the number among what that takes.
    Heir(KindIndex, usize),
    /// The same where it names the record that takes them by its name.
    HeirByName(KindIndex, usize),
}

/// What a kind's most telling name needs beside itself, if anything.
fn beside_of(kind: &Kind) -> Option<&[Slot]> {
    let (_, beside) = kind.names.first()?.split_last()?;
    Some(beside).filter(|beside| !beside.is_empty())
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
        let id = id.and_then(|id| id.with_text(|text| reference_key(kinds, kind, text)));
        add(id);
        if let Some(beside) = beside_of(of) {
            let parts = beside.iter().map(|slot| self.part(kinds, (record, outer), *slot));
            add(key_of(kind, &NameScheme::IdBeside, parts.chain([id])));
        }
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
            if inheritance.by.iter().any(|slot| kinds.named_by(kind, *slot) == Some(*heir)) {
                let parts = inheritance.by.iter().map(|slot| match kinds.named_by(kind, *slot) == Some(*heir) {
                    true => self.name(kind, *slot, record.slot(*slot)),
                    false => self.part(kinds, (record, outer), *slot),
                });
                add(key_of(kind, &NameScheme::HeirByName(*heir, *number), parts));
            }
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
        if let Some(value) = record.slot(slot) {
            self.requests_of(kinds, record, (slot, of), value, out);
        }
    }

    /// The same of a value that is in the slot, or below it.
    pub(super) fn requests_of(
        &mut self,
        kinds: &Kinds,
        record: &Record<'_>,
        (slot, of): (Slot, KindIndex),
        value: &Value<'_>,
        out: &mut Vec<NameRequest>,
    ) {
        let Some(text) = Some(value).filter(|value| !value.is_empty()).and_then(Value::text) else { return };
        let (own, named) = (kinds.get(record.kind_index), kinds.get(of));
        let id = reference_key(kinds, of, &text);
        out.push(NameRequest { slot, rank: ID_RANK, key: id });
        // What a name needs beside itself the record says of itself: a product of 抖音 names a shop of 抖音.
        let beside = |keys: &mut Self, fields: &[Slot]| {
            let part = |field: &Slot| {
                let (slot, _) = own.field(&named.fields.get(usize::from(*field))?.path)?;
                keys.part(kinds, (record, None), slot)
            };
            fields.iter().map(part).collect::<Vec<_>>()
        };
        if let Some(fields) = beside_of(named) {
            let parts = beside(self, fields).into_iter().chain([Some(id)]);
            out.extend(key_of(of, &NameScheme::IdBeside, parts).map(|key| NameRequest { slot, rank: 0, key }));
        }
        for (at, fields) in named.names.iter().enumerate() {
            let Some((_, fields)) = fields.split_last() else { continue };
            let parts = beside(self, fields);
            let name = self.folded((record.kind_index, slot), text.trim());
            let key = key_of(of, &NameScheme::Name(at), parts.into_iter().chain([Some(name)]));
            let rank = u8::try_from(at).ok().and_then(|at| at.checked_add(ID_RANK + 1));
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
            let Ok(slot) = Slot::try_from(number) else { continue };
            let before = requests.len();
            let parts = inheritance.key.iter().map(|slot| self.part(kinds, (record, outer), *slot));
            let key = key_of(inheritance.of, &NameScheme::Heir(record.kind_index, number), parts);
            requests.extend(key.map(|key| NameRequest { slot: INHERITED | slot, rank: 0, key }));
            let key = self.by_own_name(kinds, (record, outer), (number, inheritance));
            requests.extend(key.map(|key| NameRequest { slot: INHERITED | slot, rank: 1, key }));
            if requests.len() > before {
                may_take.for_each(|slot| lacking.insert(slot));
            }
        }
        (requests, lacking)
    }

    /// The key of a record that names this one by its name alone, where others do so by its id.
    fn by_own_name(
        &mut self,
        kinds: &Kinds,
        (record, outer): Placed<'_, '_>,
        (number, inheritance): (usize, &Inheritance),
    ) -> Option<u64> {
        let own = record.kind_index;
        let is_own_id =
            |(key, by): (&Slot, &Slot)| *key == kinds.get(own).id && kinds.named_by(inheritance.of, *by) == Some(own);
        let pairs = || inheritance.key.iter().zip(&inheritance.by);
        if !pairs().any(is_own_id) {
            return None;
        }
        let name =
            kinds.get(own).names.iter().find_map(|fields| if let [name] = fields[..] { Some(name) } else { None })?;
        let parts = pairs().map(|pair| match is_own_id(pair) {
            true => self.name(own, name, record.slot(name)),
            false => self.part(kinds, (record, outer), *pair.0),
        });
        key_of(inheritance.of, &NameScheme::HeirByName(own, number), parts)
    }

    /// A text as a name.
    fn name(&mut self, kind: KindIndex, slot: Slot, value: Option<&Value<'_>>) -> Option<u64> {
        let text = value.filter(|value| !value.is_empty())?.text()?;
        Some(self.folded((kind, slot), text.trim()))
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
            _ => Some(hash(&field.key(text))),
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

/// Hash by which references find a record: of its kind and its key.
pub(crate) fn reference_key(kinds: &Kinds, kind: KindIndex, text: &str) -> u64 {
    hash(&(kind, kinds.get(kind).id_key(text)))
}

/// The form in which the codes of goods are compared: as ids are, and in any letter case, because a warehouse and a shop
/// rarely agree on it. Groups fold their keys in the same way.
pub(crate) fn sku_key(text: &str) -> String {
    fold(&id_key(text), Fold::Case).as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_goods_are_one_in_any_case_and_width() {
        for text in ["ys-100a", " YS-100A ", "ＹＳ-100Ａ", "Ys-100a"] {
            assert_eq!(sku_key(text), "ys-100a", "{text}");
        }
        assert_eq!(sku_key("6194.0"), "6194");
        assert_ne!(sku_key("YS-100"), sku_key("YS-101"));
    }

    #[test]
    fn references_to_stock_fold_case_and_those_to_shops_do_not() {
        let kinds = dianjian_rules::PackBuilder::default().shipped().build().0.kinds;
        let key = |kind: &str, text: &str| reference_key(&kinds, kinds.find(kind).unwrap(), text);
        assert_eq!(key("Stock", "YS-100a"), key("Stock", "ys-100A"));
        assert_ne!(key("Stock", "YS-100a"), key("Stock", "ys-100b"));
        assert_ne!(key("Shop", "Ab12"), key("Shop", "aB12"));
    }
}
