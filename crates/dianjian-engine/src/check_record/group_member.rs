//! What a record adds to cross-record rules: the groups that it belongs to, the records that it refers to.
//!
//! Keys are kept as 64-bit hashes, so that a member of a group takes some 60 bytes whatever its key is.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use dianjian_document::source::{CsvFields, SourceFile, Span};
use dianjian_document::tree::{Node, ScalarStyle};
use dianjian_rules::record::{FieldType, Kind, KindIndex, Kinds, Record, Slot, Value};
use dianjian_rules::{
    EachItem, EvalContext, GroupCheck, GroupFold, GroupParticipant, GroupRole, KeyComparison, KeyPath, SlotPath,
};
use dianjian_text::{Fold, Folder, fold, id_key, licence_key};
use rust_decimal::Decimal;

use super::named::{NameTarget, PendingRecord};
use crate::Engine;
use crate::cross_record::covered::CoveredValues;

/// A record, or an item of one of its lists, as a member of a group.
#[derive(Debug, Clone)]
pub struct GroupMember {
    /// The rule's number.
    pub rule: u32,
    /// Hash of the group's key. Among a million keys two collide once in 36 million runs.
    pub key: u64,
    /// Where the label points, in the file's bytes.
    pub start: u64,
    /// What the record adds to the group.
    pub value: MemberValue,
    /// Hash of the value in which a `mixed` group must differ.
    pub mixed: Option<u64>,
    /// The least that the group may come to; it may depend on the record.
    pub min: Option<Decimal>,
    /// The most that the group may come to; it may depend on the record.
    pub max: Option<Decimal>,
}

/// What a member adds to its group, by the group's fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberValue {
    /// Nothing: the condition for being counted does not hold.
    Uncounted,
    /// One, or nothing more where the same record has been counted: a shop in two files is one shop.
    Count(Identity),
    /// A value, by its hash, that counts once however often it occurs.
    Distinct(u64),
    /// An amount to be added up or compared.
    Amount(Decimal),
    /// What a record of another kind adds to the group's bound.
    Bound(Decimal),
}

/// What a record is counted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// The place where it is written: two of them are never the same.
    Place,
    /// Its id. A shop has a name as well, by which lists without ids speak of it.
    Id(u64, Option<u64>),
    /// A shop without an id has its name alone. Of one file two rows are two shops, be they called the same, unless all
    /// their cells are.
    Row {
        /// Hash of name and system, and of the licence where it is known.
        name: u64,
        /// Hash of all cells; `None` where rows that are the same are to be told.
        cells: Option<u64>,
    },
}

impl Identity {
    /// The same of an item, by the hash of where it stands in the record.
    fn of_item(self, item: u64) -> Self {
        let of = |record: u64| hash(&(record, item));
        match self {
            Self::Place => Self::Place,
            Self::Id(id, name) => Self::Id(of(id), name.map(of)),
            Self::Row { name, cells } => Self::Row { name: of(name), cells: cells.map(of) },
        }
    }
}

/// What a source adds to cross-record rules.
#[derive(Debug, Default)]
pub(crate) struct CrossRecordInput {
    pub group_members: Vec<GroupMember>,
    /// Values that keys of a rule should have all of.
    pub covered: CoveredValues,
    /// Records of which something is decided once the records that they name are known.
    pub pending: Vec<PendingRecord>,
    /// Records that can be named.
    pub targets: Vec<NameTarget>,
    /// Their ids, for suggestions: [`reference_key`] and the id itself.
    pub ids: Vec<(u64, String)>,
    /// The number of records of each kind.
    pub records: Vec<usize>,
}

impl CrossRecordInput {
    pub(crate) fn new(engine: &Engine<'_>) -> Self {
        Self { records: vec![0; engine.pack.kinds.iter().count()], ..Self::default() }
    }
}

/// Calls `f` with what the record adds to a rule's groups: itself, or the items of one of its lists. Those that lack the
/// key or the value add nothing. The text is that of a value which keys of the rule should have all of.
pub fn group_members(
    context: &mut EvalContext<'_, '_>,
    number: usize,
    group: &GroupCheck,
    member: &GroupParticipant,
    keys: &mut GroupKeys,
    f: &mut dyn FnMut(GroupMember, Option<String>),
) {
    let rule = u32::try_from(number).unwrap_or(u32::MAX);
    each_site(context, member, &mut |context, item| {
        let takes_part = member.when.as_ref().is_none_or(|when| context.holds_at(when, item));
        if let Some(found) = takes_part.then(|| group_member(context, rule, group, member, item, keys)).flatten() {
            let covers = group.fold == GroupFold::Covers;
            let text = member.of.as_ref().filter(|_| covers).and_then(|of| context.value_at(&of.path, item)?.text());
            f(found, text.map(|text| text.trim().to_owned()));
        }
    });
}

/// Calls `f` for the record, or for each item of the list that the members are of.
pub(crate) fn each_site<'a>(
    context: &mut EvalContext<'_, 'a>,
    member: &GroupParticipant,
    f: &mut dyn FnMut(&mut EvalContext<'_, 'a>, Option<EachItem<'_, 'a>>),
) {
    match &member.list {
        None => f(context, None),
        Some(list) => context.each_item(list, &mut |context, item| f(context, Some(item))),
    }
}

/// A record or an item as a member; `None` if it lacks the key or the value.
fn group_member<'a>(
    context: &mut EvalContext<'_, 'a>,
    rule: u32,
    group: &GroupCheck,
    member: &GroupParticipant,
    item: Option<EachItem<'_, 'a>>,
    keys: &mut GroupKeys,
) -> Option<GroupMember> {
    let key = keys.of_group(context, group.key_fold, member, item)?;
    let start = start_of(context.record.node.source(), &member_place(context, member, item)?.0);
    let value = member_value(context, group, member, item, keys)?;
    let bound = |operand: &Option<_>| match member.role {
        GroupRole::Member => operand.as_ref().and_then(|operand| context.number_at(operand, item)),
        GroupRole::Bound => None,
    };
    Some(GroupMember {
        rule,
        key,
        start,
        value,
        mixed: member.mixed.as_ref().and_then(|path| context.value_at(path, item)?.text()).map(|text| hash(&text)),
        min: bound(&group.min),
        max: bound(&group.max),
    })
}

/// Where a member is pointed at.
pub(crate) fn member_place<'m, 'a>(
    context: &EvalContext<'_, 'a>,
    member: &'m GroupParticipant,
    item: Option<EachItem<'_, 'a>>,
) -> Option<(Value<'a>, &'m SlotPath)> {
    let at = |path: &'m SlotPath| Some((context.pointed_at(path, item)?, path));
    member.point.as_ref().and_then(at).or_else(|| at(&member.by.first()?.path))
}

fn member_value<'a>(
    context: &mut EvalContext<'_, 'a>,
    group: &GroupCheck,
    member: &GroupParticipant,
    item: Option<EachItem<'_, 'a>>,
    keys: &mut GroupKeys,
) -> Option<MemberValue> {
    if member.counted.as_ref().is_some_and(|counted| !context.holds_at(counted, item)) {
        return Some(MemberValue::Uncounted);
    }
    let Some(of) = &member.of else { return Some(MemberValue::Count(keys.identity(context, member, item))) };
    let number = || context.value_at(&of.path, item)?.number();
    match (member.role, group.fold) {
        (GroupRole::Bound, _) => number().map(MemberValue::Bound),
        (GroupRole::Member, GroupFold::Sum) => number().map(MemberValue::Amount),
        // Without a value above zero there is no share of it.
        (GroupRole::Member, GroupFold::Spread) => {
            number().filter(|number| *number > Decimal::ZERO).map(MemberValue::Amount)
        }
        (GroupRole::Member, _) => keys.of_field(context, group.value_fold, of, item).map(MemberValue::Distinct),
    }
}

/// Hashes of the keys of one record. Several rules group by the same fields, so each is folded once.
#[derive(Debug, Default)]
pub struct GroupKeys {
    of_record: Vec<(Slot, Fold, Option<u64>)>,
    /// What the record is counted as, once a rule has asked.
    identity: Option<Identity>,
    /// The text folded last for each slot: the shops of one owner stand side by side in exports.
    last: Vec<(Slot, Fold, String, u64)>,
    folder: Folder,
}

impl GroupKeys {
    /// Forgets the record, not the texts folded last.
    pub(crate) fn next_record(&mut self) {
        self.of_record.clear();
        self.identity = None;
    }

    /// What the record is counted as; its place alone where the groups are of records with the same id. Items of one
    /// record are several, wherever the record is written.
    fn identity(
        &mut self,
        context: &EvalContext<'_, '_>,
        member: &GroupParticipant,
        item: Option<EachItem<'_, '_>>,
    ) -> Identity {
        let record = context.record;
        let kind = context.kinds.get(record.kind_index);
        let is_by = |slot: Slot| member.by.iter().any(|key| key.path.own_slot() == Some(slot));
        if is_by(kind.id) {
            return Identity::Place;
        }
        let identity = match self.identity {
            Some(identity) => identity,
            None => {
                let id = record.slot(kind.id).and_then(|id| id.text()).filter(|id| !id.trim().is_empty());
                let id = id.map(|id| reference_key(context.kinds, record.kind_index, &id));
                let identity = self.identity_of(record, kind, id);
                *self.identity.insert(identity)
            }
        };
        let identity = match (identity, kind.without_id) {
            (Identity::Row { name, .. }, Some([slot, ..])) if is_by(slot) => Identity::Row { name, cells: None },
            _ => identity,
        };
        let Some(item) = item else { return identity };
        let path = item.path();
        identity.of_item(hash(&path.strip_prefix(&record.prefix).unwrap_or(&path)))
    }

    fn identity_of(&mut self, record: &Record<'_>, kind: &Kind, id: Option<u64>) -> Identity {
        let named = self.named_by(record, kind);
        match (id, named) {
            (Some(id), named) => Identity::Id(id, named.map(|(name, _)| name)),
            (None, None) => Identity::Place,
            (None, Some((name, read))) => Identity::Row { name, cells: Some(self.cells(record.node, &read)) },
        }
    }

    /// What names a shop where ids do not, and where it is written: its name and system under its licence.
    fn named_by(&mut self, record: &Record<'_>, kind: &Kind) -> Option<(u64, [u32; 3])> {
        let slots = kind.without_id?;
        let [name, system, licence] = slots;
        let text = |slot: Slot| record.slot(slot)?.text().filter(|text| !text.trim().is_empty());
        let (system, licence) = (text(system)?, text(licence)?);
        let name = self.folded_hash(Some(name), text(name)?.trim(), Fold::Name);
        let read = slots.map(|slot| record.slot(slot).map_or(u32::MAX, |value| value.node().use_span().start));
        Some((hash(&(name, system.trim(), licence_key(&licence)?)), read))
    }

    /// The hash of all that is written in a record, besides what begins at one of these places. Of a row that is every
    /// cell, whether or not its column is read.
    fn cells(&mut self, record: Node<'_>, besides: &[u32]) -> u64 {
        let source = record.source();
        if let Some(table) = source.table().filter(|_| record.style() == ScalarStyle::Row) {
            let fields = CsvFields::of(source.text(), record.span().start, table.delimiter);
            let is_beside = |span: Span| besides.iter().any(|at| (span.start..=span.end).contains(at));
            let others = fields.filter(|field| !is_beside(field.span));
            return others.fold(0, |all, field| {
                let own = self.folded_hash(None, field.text(source.text()).trim(), Fold::Name);
                hash(&(all, own))
            });
        }
        let text = record.value_text().filter(|_| !besides.contains(&record.use_span().start));
        let own = text.map(|text| self.folded_hash(None, text.trim(), Fold::Name));
        record.children().fold(hash(&own), |all, child| hash(&(all, self.cells(child, besides))))
    }

    fn of_group<'a>(
        &mut self,
        context: &EvalContext<'_, 'a>,
        fold: Fold,
        member: &GroupParticipant,
        item: Option<EachItem<'_, 'a>>,
    ) -> Option<u64> {
        if let [key] = member.by.as_slice() {
            return self.of_field(context, fold, key, item);
        }
        let parts: Option<Vec<u64>> = member.by.iter().map(|key| self.of_field(context, fold, key, item)).collect();
        Some(hash(&parts?))
    }

    /// The hash of a field's value by which it is told apart; `None` where it says nothing.
    fn of_field<'a>(
        &mut self,
        context: &EvalContext<'_, 'a>,
        fold: Fold,
        key: &KeyPath,
        item: Option<EachItem<'_, 'a>>,
    ) -> Option<u64> {
        let own = key.path.own_slot();
        if let Some((.., known)) = self.of_record.iter().find(|(slot, by, _)| Some(*slot) == own && *by == fold) {
            return *known;
        }
        let value = context.value_at(&key.path, item).filter(|value| !value.is_empty());
        let key = value.and_then(|value| self.of_value(&value, own, fold, key.comparison));
        self.of_record.extend(own.map(|slot| (slot, fold, key)));
        key
    }

    fn of_value(&mut self, value: &Value<'_>, own: Option<Slot>, fold: Fold, comparison: KeyComparison) -> Option<u64> {
        if comparison == KeyComparison::Number
            && let Some(number) = value.number()
        {
            let number = number.normalize();
            return Some(hash(&(number.mantissa(), number.scale())));
        }
        value.with_text(|text| match comparison {
            KeyComparison::LicenceCode => licence_key(text).map(|key| self.folded_hash(own, &key, fold)),
            KeyComparison::Id => Some(self.folded_hash(own, &id_key(text), fold)),
            KeyComparison::Text | KeyComparison::Number => Some(self.folded_hash(own, text.trim(), fold)),
        })?
    }

    fn folded_hash(&mut self, slot: Option<Slot>, text: &str, fold: Fold) -> u64 {
        let Self { last, folder, .. } = self;
        let entry = last.iter_mut().find(|(known, by, ..)| Some(*known) == slot && *by == fold);
        if let Some((.., known, hash)) = &entry
            && known == text
        {
            return *hash;
        }
        let hash = hash(&folder.fold_into(text, fold).as_str());
        match entry {
            Some((.., known, of_text)) => {
                known.clear();
                known.push_str(text);
                *of_text = hash;
            }
            None => last.extend(slot.map(|slot| (slot, fold, text.to_owned(), hash))),
        }
        hash
    }
}

/// A hash keyed with constants: shards on different machines must agree.
pub(crate) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Hash by which references find a record: of its kind and its key.
pub(crate) fn reference_key(kinds: &Kinds, kind: KindIndex, text: &str) -> u64 {
    let of = kinds.get(kind);
    let key = match of.fields.get(usize::from(of.id)) {
        Some(field) if field.ty == FieldType::LicenceCode => licence_key(text).unwrap_or(Cow::Borrowed(text)),
        Some(field) if field.path == SKU => Cow::Owned(sku_key(text)),
        _ => id_key(text),
    };
    hash(&(kind, key))
}

/// The field that is the id of records of stock.
const SKU: &str = "sku";

/// The form in which the codes of goods are compared: as ids are, and in any letter case, because a warehouse and a shop
/// rarely agree on it. Groups fold their keys in the same way.
pub(crate) fn sku_key(text: &str) -> String {
    fold(&id_key(text), Fold::Case).as_str().to_owned()
}

/// Where a value begins, in the bytes of the whole file.
pub(crate) fn start_of(source: &SourceFile, value: &Value<'_>) -> u64 {
    source.base_offset() + u64::from(value.node().use_span().start)
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
