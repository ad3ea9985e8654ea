//! What a record adds to cross-record rules: the groups that it belongs to, the records that it refers to.
//!
//! Keys are kept as 64-bit hashes, so that a member of a group takes some 60 bytes whatever its key is.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use dianjian_document::source::SourceFile;
use dianjian_rules::record::{FieldType, Kind, KindIndex, Kinds, Record, Slot, Value};
use dianjian_rules::{EvalContext, GroupCheck, GroupFold, GroupParticipant, SlotPath};
use dianjian_text::{Fold, Folder, licence_key};
use rust_decimal::Decimal;

use super::named::{NameTarget, PendingRecord};
use crate::Engine;

/// A record as a member of a group.
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
    /// One, or nothing more where a record of the same identity has been counted: a shop in two files is one shop.
    Count(Option<u64>),
    /// A value, by its hash, that counts once however often it occurs.
    Distinct(u64),
    /// An amount to be added up.
    Sum(Decimal),
}

/// What a source adds to cross-record rules.
#[derive(Debug, Default)]
pub(crate) struct CrossRecordInput {
    pub group_members: Vec<GroupMember>,
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

/// The record as a member of a rule's group; `None` if it lacks the key or the value.
pub fn group_member(
    context: &EvalContext<'_, '_>,
    number: usize,
    group: &GroupCheck,
    member: &GroupParticipant,
    keys: &mut GroupKeys,
) -> Option<GroupMember> {
    let key = keys.of_group(context, group.key_fold, member)?;
    let value = match (&member.of, group.fold) {
        (Some(of), GroupFold::Sum) => MemberValue::Sum(context.field(of)?.number()?),
        (Some(of), _) => {
            MemberValue::Distinct(keys.folded_hash(of.own_slot(), &context.field(of)?.text()?, Fold::Name))
        }
        (None, _) => MemberValue::Count(keys.identity(context, member)),
    };
    let place =
        member.point.as_ref().and_then(|point| context.field(point)).or_else(|| context.field(member.by.first()?))?;
    Some(GroupMember {
        rule: u32::try_from(number).unwrap_or(u32::MAX),
        key,
        start: start_of(context.record.node.source(), &place),
        value,
        mixed: group.mixed.as_ref().and_then(|path| context.field(path)?.text()).map(|text| hash(&text)),
        min: group.min.as_ref().and_then(|operand| context.number(operand)),
        max: group.max.as_ref().and_then(|operand| context.number(operand)),
    })
}

/// Hashes of the keys of one record. Several rules group by the same fields, so each is folded once.
#[derive(Debug, Default)]
pub struct GroupKeys {
    of_record: Vec<(Slot, Fold, Option<u64>)>,
    /// What the record is counted as, once a rule has asked, and whether that is its id.
    identity: Option<Option<(u64, bool)>>,
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

    /// What the record is counted as: its id, or what stands for the id of one that has none; nothing where the groups are
    /// of records with the same id or name.
    fn identity(&mut self, context: &EvalContext<'_, '_>, member: &GroupParticipant) -> Option<u64> {
        let record = context.record;
        let kind = context.kinds.get(record.kind_index);
        let is_by = |slot: Slot| member.by.iter().any(|path| path.own_slot() == Some(slot));
        if is_by(kind.id) {
            return None;
        }
        let identity = match self.identity {
            Some(identity) => identity,
            None => {
                let id = record.slot(kind.id).and_then(|id| id.text()).filter(|id| !id.trim().is_empty());
                let key = id.map(|id| (reference_key(context.kinds, record.kind_index, &id), true));
                let key = key.or_else(|| Some((self.without_id(record, kind)?, false)));
                *self.identity.insert(key)
            }
        };
        let (identity, is_id) = identity?;
        let is_by_name = kind.without_id.is_some_and(|[name, ..]| is_by(name));
        (is_id || !is_by_name).then_some(identity)
    }

    /// What stands for the id of a shop that has none.
    fn without_id(&mut self, record: &Record<'_>, kind: &Kind) -> Option<u64> {
        let [name, system, licence] = kind.without_id?;
        let text = |slot: Slot| record.slot(slot)?.text().filter(|text| !text.trim().is_empty());
        let (system, licence) = (text(system)?, text(licence)?);
        let name = self.folded_hash(Some(name), text(name)?.trim(), Fold::Name);
        Some(hash(&(name, system.trim(), licence_key(&licence)?)))
    }

    fn of_group(&mut self, context: &EvalContext<'_, '_>, fold: Fold, member: &GroupParticipant) -> Option<u64> {
        if let [path] = member.by.as_slice() {
            return self.of_field(context, fold, path);
        }
        let parts: Option<Vec<u64>> = member.by.iter().map(|path| self.of_field(context, fold, path)).collect();
        Some(hash(&parts?))
    }

    fn of_field(&mut self, context: &EvalContext<'_, '_>, fold: Fold, path: &SlotPath) -> Option<u64> {
        let own = path.own_slot();
        if let Some((.., known)) = self.of_record.iter().find(|(slot, by, _)| Some(*slot) == own && *by == fold) {
            return *known;
        }
        let value = context.field(path).filter(|value| !value.is_empty());
        let key = value.and_then(|value| {
            value.with_text(|text| match path.is_licence_code {
                true => licence_key(text).map(|key| self.folded_hash(own, &key, fold)),
                false => Some(self.folded_hash(own, text.trim(), fold)),
            })?
        });
        self.of_record.extend(own.map(|slot| (slot, fold, key)));
        key
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
pub(super) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Hash by which references find a record: of its kind and its key.
pub(crate) fn reference_key(kinds: &Kinds, kind: KindIndex, text: &str) -> u64 {
    let of = kinds.get(kind);
    let is_code = of.fields.get(usize::from(of.id)).is_some_and(|field| field.ty == FieldType::LicenceCode);
    let key = if is_code { licence_key(text).unwrap_or(Cow::Borrowed(text)) } else { Cow::Borrowed(text.trim()) };
    hash(&(kind, key))
}

/// Where a value begins, in the bytes of the whole file.
pub(crate) fn start_of(source: &SourceFile, value: &Value<'_>) -> u64 {
    source.base_offset() + u64::from(value.node().use_span().start)
}
