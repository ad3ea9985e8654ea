//! What a record adds to cross-record rules: the groups that it belongs to, the records that it refers to.
//!
//! Keys are kept as 64-bit hashes, so that a member of a group takes some 60 bytes whatever its key is.

use std::hash::{Hash, Hasher};

use dianjian_document::source::{CsvFields, SourceFile, Span};
use dianjian_document::tree::{Node, ScalarStyle};
use dianjian_rules::record::{Kind, KindIndex, Record, Slot, Value, WholeOrPart};
use dianjian_rules::{
    EachItem, EvalContext, GroupCheck, GroupFold, GroupParticipant, GroupRole, KeyComparison, KeyPath, SlotPath,
};
use dianjian_text::{Fold, Folder, id_key, licence_key};
use rust_decimal::Decimal;

use super::group_site::{GroupSite, each_site};
use super::name_keys::reference_key;
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

impl GroupMember {
    /// Whether it is not known what it adds.
    pub(crate) const fn is_unread(&self) -> bool {
        matches!(self.value, MemberValue::Unread { .. })
    }
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
    Bound(Decimal, WholeOrPart),
    /// It is not known what, or whether it belongs to the group at all: something could not be read.
    Unread {
        /// Whether it would add to the group's bound.
        is_bound: bool,
    },
}

/// The key of members of which it is not known to which group they belong. No hash is 0 but by a chance of one in 2^64.
pub(crate) const UNREAD_KEY: u64 = 0;

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
        /// Which list of its file it is in: 0, or a hash of the name of its sheet. Sheets list the same shops as files do.
        list: u32,
    },
}

impl Identity {
    /// The same of an item, by the hash of where it stands in the record.
    fn of_item(self, item: u64) -> Self {
        let of = |record: u64| hash(&(record, item));
        match self {
            Self::Place => Self::Place,
            Self::Id(id, name) => Self::Id(of(id), name.map(of)),
            Self::Row { name, cells, list } => Self::Row { name: of(name), cells: cells.map(of), list },
        }
    }
}

/// The kind of a record, its [`reference_key`], and its id.
pub(crate) type KnownId = (KindIndex, u64, String);

/// The key of a name among the ids: it is suggested as they are, but tells nothing of what a text is the id of.
pub(crate) const OF_NAME: u64 = 0;

/// What a source adds to cross-record rules.
#[derive(Debug, Clone, Default)]
pub(crate) struct CrossRecordInput {
    pub group_members: Vec<GroupMember>,
    /// Values that keys of a rule should have all of.
    pub covered: CoveredValues,
    /// Records of which something is decided once the records that they name are known.
    pub pending: Vec<PendingRecord>,
    /// Records that can be named.
    pub targets: Vec<NameTarget>,
    /// The ids of records of all kinds, for suggestions and to say of what kind something is.
    pub ids: Vec<KnownId>,
    /// The number of records of each kind.
    pub records: Vec<usize>,
}

impl CrossRecordInput {
    pub(crate) fn new(engine: &Engine<'_>) -> Self {
        Self { records: vec![0; engine.pack.kinds.iter().count()], ..Self::default() }
    }
}

/// Calls `f` with what the record adds to a rule's groups: itself, or the items of one of its lists. Those that lack the
/// key or the value add nothing; those of which it could not be read add [`MemberValue::Unread`]. The text is that of a
/// value which keys of the rule should have all of.
pub fn group_members(
    context: &mut EvalContext<'_, '_>,
    number: usize,
    group: &GroupCheck,
    member: &GroupParticipant,
    keys: &mut GroupKeys,
    f: &mut dyn FnMut(GroupMember, Option<String>),
) {
    let rule = u32::try_from(number).unwrap_or(u32::MAX);
    each_site(context, group.fold, member, &mut |context, site| {
        let item = site.item;
        let takes_part = member.when.as_ref().is_none_or(|when| context.holds_at(when, item));
        let mut is_unread = || member.when.as_ref().is_some_and(|when| context.is_undecided_at(when, item));
        let found = match takes_part || is_unread() {
            true => group_member(context, rule, group, &site, keys),
            false => None,
        };
        if let Some(mut found) = found {
            if !takes_part {
                found.value = unread(member);
            }
            let covers = group.fold == GroupFold::Covers && !found.is_unread();
            let text = |of: &KeyPath| match of.reference() {
                Some(_) => context.key_text(of, item),
                None => Some(context.value_at(&of.path, item)?.text()?.trim().to_owned()),
            };
            let text = site.of.filter(|_| covers).and_then(text);
            f(found, text);
        }
    });
}

/// Calls `f` with the members that a record might be of, if what could not be read of it let the rule apply.
pub(crate) fn unread_members(
    context: &mut EvalContext<'_, '_>,
    number: usize,
    group: &GroupCheck,
    member: &GroupParticipant,
    keys: &mut GroupKeys,
    f: &mut dyn FnMut(GroupMember),
) {
    group_members(context, number, group, member, keys, &mut |found, _| {
        f(GroupMember { value: unread(member), ..found });
    });
}

fn unread(member: &GroupParticipant) -> MemberValue {
    MemberValue::Unread { is_bound: member.role == GroupRole::Bound }
}

/// A record or an item as a member; `None` if it lacks the key or the value.
fn group_member<'a>(
    context: &mut EvalContext<'_, 'a>,
    rule: u32,
    group: &GroupCheck,
    site: &GroupSite<'_, '_, 'a>,
    keys: &mut GroupKeys,
) -> Option<GroupMember> {
    let (member, item) = (site.member, site.item);
    let key = keys.of_group(context, group.key_fold, site);
    let key = key.or_else(|| is_key_unread(context, site).then_some(UNREAD_KEY))?;
    let place = member_place(context, site).map(|(value, _)| value);
    let start = start_of(context.record.node.source(), &place.unwrap_or_else(|| context.whole().value));
    let value = match key {
        UNREAD_KEY => unread(member),
        _ => member_value(context, group, site, keys)?,
    };
    let bound = |operand: &Option<_>| match member.role {
        GroupRole::Member => operand.as_ref().and_then(|operand| context.number_at(operand, item)),
        GroupRole::Bound => None,
    };
    Some(GroupMember {
        rule,
        key,
        start,
        value,
        mixed: member.mixed.as_ref().and_then(|mixed| keys.of_mixed(context, mixed, item)),
        min: bound(&group.min),
        max: bound(&group.max),
    })
}

/// Whether a part of a member's key could not be read, and none is missing.
fn is_key_unread<'a>(context: &EvalContext<'_, 'a>, site: &GroupSite<'_, '_, 'a>) -> bool {
    let is_there = |key: &KeyPath| context.value_at(&key.path, site.item).is_some_and(|value| !value.is_empty());
    let is_unread = |key: &KeyPath| context.is_unread(&key.path, site.item);
    site.by.iter().any(is_unread) && site.by.iter().all(|key| is_unread(key) || is_there(key))
}

/// Where a member is pointed at.
pub(crate) fn member_place<'s, 'a>(
    context: &EvalContext<'_, 'a>,
    site: &'s GroupSite<'_, '_, 'a>,
) -> Option<(Value<'a>, &'s SlotPath)> {
    let at = |path: &'s SlotPath| Some((context.pointed_at(path, site.item)?, path));
    site.point.and_then(at).or_else(|| at(&site.by.first()?.path))
}

fn member_value<'a>(
    context: &mut EvalContext<'_, 'a>,
    group: &GroupCheck,
    site: &GroupSite<'_, '_, 'a>,
    keys: &mut GroupKeys,
) -> Option<MemberValue> {
    let (member, item) = (site.member, site.item);
    if let Some(counted) = member.counted.as_ref().filter(|counted| !context.holds_at(counted, item)) {
        let is_undecided = context.is_undecided_at(counted, item);
        return Some(if is_undecided { unread(member) } else { MemberValue::Uncounted });
    }
    let Some(of) = site.of else { return Some(MemberValue::Count(keys.identity(context, site))) };
    let written = context.value_at(&of.path, item);
    let is_number = member.role == GroupRole::Bound || matches!(group.fold, GroupFold::Sum | GroupFold::Spread);
    let is_unread = match &written {
        // What is no number in an item's field was reported there.
        Some(value) => is_number && !value.is_empty() && value.number().is_none(),
        None => context.is_unread(&of.path, item),
    };
    let has_lost_digits = || of.path.own_slot().is_some_and(|slot| context.record.is_unread(slot));
    if is_unread || has_lost_digits() {
        return Some(unread(member));
    }
    let number = || written?.number();
    match (member.role, group.fold) {
        // A warehouse that does not say how much it has may have any.
        (GroupRole::Bound, _) => {
            let kind = context.kinds.get(context.record.kind_index);
            let bound = |number| MemberValue::Bound(number, kind.whole_or_part(context.record));
            Some(number().map_or_else(|| unread(member), bound))
        }
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
    fn identity(&mut self, context: &EvalContext<'_, '_>, site: &GroupSite<'_, '_, '_>) -> Identity {
        let record = context.record;
        let kind = context.kinds.get(record.kind_index);
        let is_by = |slot: Slot| site.by.iter().any(|key| key.path.own_slot() == Some(slot));
        if is_by(kind.id) {
            return self.beside_id(record, kind).filter(|_| site.item.is_none()).unwrap_or(Identity::Place);
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
            (Identity::Row { name, list, .. }, Some([slot, ..])) if is_by(slot) => {
                Identity::Row { name, cells: None, list }
            }
            _ => identity,
        };
        let Some(item) = site.item else { return identity };
        let path = item.path();
        identity.of_item(hash(&path.strip_prefix(&record.prefix).unwrap_or(&path)))
    }

    fn identity_of(&mut self, record: &Record<'_>, kind: &Kind, id: Option<u64>) -> Identity {
        let named = self.named_by(record, kind);
        match (id, named) {
            (Some(id), named) => Identity::Id(id, named.map(|(name, _)| name)),
            (None, None) => Identity::Place,
            (None, Some((name, read))) => {
                let cells = Some(self.cells(record.node, &read));
                Identity::Row { name, cells, list: list_of(record.node) }
            }
        }
    }

    /// What tells records of one id apart: the name by which their kind is known, and what that needs beside itself.
    fn beside_id(&mut self, record: &Record<'_>, kind: &Kind) -> Option<Identity> {
        let text = |slot: Slot| record.slot(slot)?.text().filter(|text| !text.trim().is_empty());
        let (slot, beside) = kind.names.first()?.split_last()?;
        let name = self.folded_hash(Some(*slot), text(*slot)?.trim(), Fold::Name);
        let beside: Option<Vec<u64>> = beside.iter().map(|slot| Some(hash(&text(*slot)?.trim()))).collect();
        Some(match beside {
            Some(beside) => Identity::Id(hash(&(name, beside)), Some(name)),
            None => Identity::Row { name, cells: Some(0), list: 0 },
        })
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

    fn of_group<'a>(&mut self, context: &EvalContext<'_, 'a>, fold: Fold, site: &GroupSite<'_, '_, 'a>) -> Option<u64> {
        if let [key] = &*site.by {
            return self.of_field(context, fold, key, site.item);
        }
        let parts: Option<Vec<u64>> = site.by.iter().map(|key| self.of_field(context, fold, key, site.item)).collect();
        Some(hash(&parts?))
    }

    /// The hash of the value in which a `mixed` group must differ.
    fn of_mixed<'a>(
        &mut self,
        context: &EvalContext<'_, 'a>,
        mixed: &KeyPath,
        item: Option<EachItem<'_, 'a>>,
    ) -> Option<u64> {
        match mixed.reference() {
            Some(_) => self.of_field(context, Fold::None, mixed, item),
            None => context.value_at(&mixed.path, item)?.text().map(|text| hash(&text)),
        }
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
        // Of digits that a spreadsheet lost nobody can tell what they are equal to.
        if own.is_some_and(|slot| context.record.is_unread(slot)) {
            return None;
        }
        if let Some((.., known)) = self.of_record.iter().find(|(slot, by, _)| Some(*slot) == own && *by == fold) {
            return *known;
        }
        let key = match key.reference() {
            Some(reference) => context.identity(reference, fold).known().map(|known| hash(&known.key())),
            None => {
                let value = context.value_at(&key.path, item).filter(|value| !value.is_empty());
                value.and_then(|value| self.of_value(&value, own, fold, key.comparison))
            }
        };
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
            KeyComparison::Id | KeyComparison::Record(_) => Some(self.folded_hash(own, &id_key(text), fold)),
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

/// The list of its file that a record is in.
fn list_of(record: Node<'_>) -> u32 {
    let rows = record.source().table().and_then(|table| table.rows.as_ref());
    rows.map_or(0, |rows| hash(&rows.sheet) as u32)
}

/// A hash keyed with constants: shards on different machines must agree.
pub(crate) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Where a value begins, in the bytes of the whole file.
pub(crate) fn start_of(source: &SourceFile, value: &Value<'_>) -> u64 {
    source.base_offset() + u64::from(value.node().use_span().start)
}
