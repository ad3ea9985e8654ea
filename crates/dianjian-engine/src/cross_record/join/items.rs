//! What is sorted on the way from a reference to the record that it names.

use std::io::{self, Read};

use dianjian_rules::record::{RecordIdentity, SavedFields, Slot};
use dianjian_rules::{NamedAnswers, NeededAnswers, Rule};

use crate::check_record::named::UnsaidWork;
use crate::cross_record::external_sort::{SortItem, read_bytes, read_sized, write_sized};
use crate::cross_record::groups::{MemberRow, PackedPlace};

/// A reference, by a key of what it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Request {
    pub key: u64,
    /// The record that asks.
    pub place: PackedPlace,
    /// The slot of its reference.
    pub slot: Slot,
    /// Keys of a lower rank go first.
    pub rank: u8,
}

/// A record that can be found by a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    pub key: u64,
    pub place: PackedPlace,
}

/// Something that waits for the records that a record names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PendingItem {
    pub place: PackedPlace,
    pub work: StoredWork,
}

/// See [`PendingWork`](crate::check_record::PendingWork).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StoredWork {
    Held(u32, u32),
    Reference(u32, Slot),
    Member(Box<MemberRow>),
    Provisional(Box<MemberRow>),
    Open(u32, NeededAnswers),
    Rule(u32, NeededAnswers),
    Undecided,
    Unsaid(UnsaidWork),
}

impl PendingItem {
    /// Translates the bounds of a member into the indexes used here.
    ///
    /// # Errors
    /// An index is out of range.
    pub(crate) fn renumbered(self, indexes: &[u32]) -> io::Result<Self> {
        let work = match self.work {
            StoredWork::Member(row) => StoredWork::Member(Box::new(row.renumbered(indexes)?)),
            StoredWork::Provisional(row) => StoredWork::Provisional(Box::new(row.renumbered(indexes)?)),
            work => work,
        };
        Ok(Self { work, ..self })
    }
}

/// What a request met; those of one reference are sorted by what goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Match {
    pub place: PackedPlace,
    pub slot: Slot,
    pub met: Met,
}

/// Whether a key leads to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Met {
    /// The rank of the key, and the record.
    Record(u8, PackedPlace),
    /// To none; the key.
    Nothing(u64),
}

/// A record that must be read again, and who asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wanted {
    pub target: PackedPlace,
    pub place: PackedPlace,
    pub slot: Slot,
}

/// What a reference leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Resolved {
    /// The record that asked.
    pub place: PackedPlace,
    pub slot: Slot,
    pub found: FoundRecord,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FoundRecord {
    Record {
        /// Where it begins.
        record: PackedPlace,
        /// Where it is labelled: at what names it.
        label: PackedPlace,
        state: FoundState,
        /// Which it is, where groups ask for that.
        identity: Option<Box<RecordIdentity>>,
        fields: Box<SavedFields>,
        answers: NamedAnswers,
    },
    /// Nothing has the key.
    Nothing(u64),
}

/// What decides whether the records that name it are judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FoundState {
    pub is_closed: bool,
    /// Whether it is of another platform.
    pub is_outside: bool,
}

impl FoundState {
    /// Of two records of the same name.
    pub(super) fn both(self, other: Self) -> Self {
        Self { is_closed: self.is_closed && other.is_closed, is_outside: self.is_outside && other.is_outside }
    }

    /// Whether a rule does not judge what belongs to such a record.
    pub(super) fn is_left_out_by(self, rule: &Rule) -> bool {
        (self.is_closed && !rule.even_closed) || (self.is_outside && !rule.even_outside)
    }

    pub(super) fn either(self, other: Self) -> Self {
        Self { is_closed: self.is_closed || other.is_closed, is_outside: self.is_outside || other.is_outside }
    }

    /// In what two of the same name differ.
    pub(super) fn differs(self, other: Self) -> Self {
        Self { is_closed: self.is_closed != other.is_closed, is_outside: self.is_outside != other.is_outside }
    }
}

impl SortItem for Request {
    fn write(&self, out: &mut Vec<u8>) {
        self.key.write(out);
        self.place.write(out);
        out.extend_from_slice(&self.slot.to_le_bytes());
        out.push(self.rank);
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let (key, place) = (u64::read(from)?, PackedPlace::read(from)?);
        let slot = Slot::from_le_bytes(read_bytes(from)?);
        let [rank] = read_bytes(from)?;
        Ok(Self { key, place, slot, rank })
    }
}

impl SortItem for Target {
    fn write(&self, out: &mut Vec<u8>) {
        self.key.write(out);
        self.place.write(out);
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        Ok(Self { key: u64::read(from)?, place: PackedPlace::read(from)? })
    }
}

impl SortItem for PendingItem {
    fn write(&self, out: &mut Vec<u8>) {
        self.place.write(out);
        match &self.work {
            StoredWork::Held(rule, ordinal) => {
                out.push(4);
                out.extend_from_slice(&rule.to_le_bytes());
                out.extend_from_slice(&ordinal.to_le_bytes());
            }
            StoredWork::Reference(rule, slot) => {
                out.push(0);
                out.extend_from_slice(&rule.to_le_bytes());
                out.extend_from_slice(&slot.to_le_bytes());
            }
            StoredWork::Member(row) => {
                out.push(1);
                row.write(out);
            }
            StoredWork::Provisional(row) => {
                out.push(3);
                row.write(out);
            }
            StoredWork::Open(rule, needed) | StoredWork::Rule(rule, needed) => {
                out.push(if matches!(self.work, StoredWork::Rule(..)) { 2 } else { 5 });
                out.extend_from_slice(&rule.to_le_bytes());
                out.extend_from_slice(&needed.0.to_le_bytes());
            }
            StoredWork::Undecided => out.push(6),
            StoredWork::Unsaid(UnsaidWork { kind, slot, is_row, rules }) => {
                out.push(7);
                (*kind as u64).write(out);
                out.extend_from_slice(&slot.to_le_bytes());
                out.push(u8::from(*is_row));
                out.extend_from_slice(&rules.to_le_bytes());
            }
        }
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let place = PackedPlace::read(from)?;
        let [tag] = read_bytes(from)?;
        let work = match tag {
            0 => {
                let rule = u32::from_le_bytes(read_bytes(from)?);
                StoredWork::Reference(rule, Slot::from_le_bytes(read_bytes(from)?))
            }
            1 => StoredWork::Member(Box::new(MemberRow::read(from)?)),
            3 => StoredWork::Provisional(Box::new(MemberRow::read(from)?)),
            2 | 5 => {
                let rule = u32::from_le_bytes(read_bytes(from)?);
                let needed = NeededAnswers(u32::from_le_bytes(read_bytes(from)?));
                if tag == 2 { StoredWork::Rule(rule, needed) } else { StoredWork::Open(rule, needed) }
            }
            4 => {
                let rule = u32::from_le_bytes(read_bytes(from)?);
                StoredWork::Held(rule, u32::from_le_bytes(read_bytes(from)?))
            }
            6 => StoredWork::Undecided,
            7 => {
                let kind = usize::try_from(u64::read(from)?).map_err(|_| io::ErrorKind::InvalidData)?;
                let slot = Slot::from_le_bytes(read_bytes(from)?);
                let [is_row] = read_bytes(from)?;
                let rules = u32::from_le_bytes(read_bytes(from)?);
                StoredWork::Unsaid(UnsaidWork { kind, slot, is_row: is_row != 0, rules })
            }
            _ => return Err(io::ErrorKind::InvalidData.into()),
        };
        Ok(Self { place, work })
    }

    fn bytes(&self) -> usize {
        let is_boxed = matches!(self.work, StoredWork::Member(_) | StoredWork::Provisional(_));
        let boxed = if is_boxed { size_of::<MemberRow>() } else { 0 };
        size_of::<Self>() + boxed
    }
}

impl SortItem for Match {
    fn write(&self, out: &mut Vec<u8>) {
        self.place.write(out);
        out.extend_from_slice(&self.slot.to_le_bytes());
        match self.met {
            Met::Record(rank, target) => {
                out.extend_from_slice(&[1, rank]);
                target.write(out);
            }
            Met::Nothing(key) => {
                out.extend_from_slice(&[0, 0]);
                key.write(out);
            }
        }
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let (place, slot) = (PackedPlace::read(from)?, Slot::from_le_bytes(read_bytes(from)?));
        let [tag, rank] = read_bytes(from)?;
        let met = match tag {
            0 => Met::Nothing(u64::read(from)?),
            _ => Met::Record(rank, PackedPlace::read(from)?),
        };
        Ok(Self { place, slot, met })
    }
}

impl SortItem for Wanted {
    fn write(&self, out: &mut Vec<u8>) {
        self.target.write(out);
        self.place.write(out);
        out.extend_from_slice(&self.slot.to_le_bytes());
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let (target, place) = (PackedPlace::read(from)?, PackedPlace::read(from)?);
        Ok(Self { target, place, slot: Slot::from_le_bytes(read_bytes(from)?) })
    }
}

impl SortItem for Resolved {
    fn write(&self, out: &mut Vec<u8>) {
        self.place.write(out);
        out.extend_from_slice(&self.slot.to_le_bytes());
        match &self.found {
            FoundRecord::Nothing(key) => {
                out.push(0);
                key.write(out);
            }
            FoundRecord::Record { record, label, state, identity, fields, answers } => {
                out.push(1 | u8::from(state.is_closed) << 1 | u8::from(state.is_outside) << 2);
                record.write(out);
                label.write(out);
                write_sized(&serde_json::to_vec(&(identity, fields)).unwrap_or_default(), out);
                write_sized(answers.as_bytes(), out);
            }
        }
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let (place, slot) = (PackedPlace::read(from)?, Slot::from_le_bytes(read_bytes(from)?));
        let [tag] = read_bytes(from)?;
        if tag == 0 {
            return Ok(Self { place, slot, found: FoundRecord::Nothing(u64::read(from)?) });
        }
        let (record, label) = (PackedPlace::read(from)?, PackedPlace::read(from)?);
        let (identity, fields) = serde_json::from_slice(&read_sized(from)?)?;
        let answers = NamedAnswers::from_bytes(read_sized(from)?);
        let state = FoundState { is_closed: tag & 2 != 0, is_outside: tag & 4 != 0 };
        Ok(Self { place, slot, found: FoundRecord::Record { record, label, state, identity, fields, answers } })
    }

    fn bytes(&self) -> usize {
        let FoundRecord::Record { identity, fields, .. } = &self.found else { return size_of::<Self>() };
        let identity = identity.as_ref().map_or(0, |identity| size_of::<RecordIdentity>() + identity.bytes());
        size_of::<Self>() + identity + fields.bytes()
    }
}
