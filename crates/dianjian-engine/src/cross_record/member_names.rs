//! What members of groups name elsewhere, for the findings on them: a message says the same of a record whether the one
//! that it names lies around it or in another file.

use std::io::{self, Read};

use dianjian_rules::NamedRecord;
use dianjian_rules::record::{KindIndex, Kinds, Record, RecordIdentity, SavedFields, Slot};
use serde::{Deserialize, Serialize};

use super::external_sort::{MergedRuns, SortItem, read_bytes, read_sized, write_sized};
use super::groups::PackedPlace;

/// The fields of a record that a reference leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct NamedFields {
    pub slot: Slot,
    pub identity: Option<RecordIdentity>,
    pub fields: SavedFields,
}

impl NamedFields {
    /// As a record, at what names it; `None` where the reference is none of this record's.
    pub(super) fn record<'a>(&self, kinds: &Kinds, record: &Record<'a>) -> Option<Record<'a>> {
        let of: KindIndex = kinds.named_by(record.kind_index, self.slot)?;
        let node = record.slot(self.slot).map_or(record.node, |value| value.node());
        Some(self.fields.record(kinds, of, node))
    }

    pub(super) fn named<'c, 'a>(&'c self, record: &'c Record<'a>) -> NamedRecord<'c, 'a> {
        NamedRecord {
            slot: self.slot,
            record,
            disputed: self.fields.disputed(),
            is_closed_disputed: false,
            is_outside_disputed: false,
            identity: self.identity.as_ref(),
        }
    }
}

/// What one member names; the derived order is that of the rows of groups.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MemberNames {
    pub rule: u32,
    pub key: u64,
    /// Where its label points.
    pub place: PackedPlace,
    pub names: Vec<NamedFields>,
}

/// What the members of violations name, asked in the order of groups.
pub(super) struct NamesOfMembers(std::iter::Peekable<MergedRuns<MemberNames>>);

impl NamesOfMembers {
    pub(super) fn new(names: MergedRuns<MemberNames>) -> Self {
        Self(names.peekable())
    }

    /// What the member at a place names.
    pub(super) fn of(&mut self, rule: u32, key: u64, place: PackedPlace) -> io::Result<Vec<NamedFields>> {
        let asked = (rule, key, place);
        let is_up_to = |next: &io::Result<MemberNames>| {
            next.as_ref().map_or(true, |next| (next.rule, next.key, next.place) <= asked)
        };
        let mut found = Vec::new();
        while let Some(next) = self.0.next_if(is_up_to).transpose()? {
            if (next.rule, next.key, next.place) == asked {
                found = next.names;
            }
        }
        Ok(found)
    }
}

impl SortItem for MemberNames {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.rule.to_le_bytes());
        self.key.write(out);
        self.place.write(out);
        write_names(&self.names, out);
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let (rule, key) = (u32::from_le_bytes(read_bytes(from)?), u64::read(from)?);
        Ok(Self { rule, key, place: PackedPlace::read(from)?, names: read_names(from)? })
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + bytes_of(&self.names)
    }
}

pub(super) fn write_names(names: &[NamedFields], out: &mut Vec<u8>) {
    write_sized(&serde_json::to_vec(names).unwrap_or_default(), out);
}

pub(super) fn read_names(from: &mut impl Read) -> io::Result<Vec<NamedFields>> {
    Ok(serde_json::from_slice(&read_sized(from)?)?)
}

/// About the memory that they take, in bytes.
pub(super) fn bytes_of(names: &[NamedFields]) -> usize {
    let of = |name: &NamedFields| {
        let identity = name.identity.as_ref().map_or(0, RecordIdentity::bytes);
        size_of::<NamedFields>() + identity + name.fields.bytes()
    };
    names.iter().map(of).sum()
}
