//! One record as rules see it: every field in its slot, and the schema issues found on the way.

use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::FieldPath;
use dianjian_base::lang::Text;
use dianjian_base::message::Arg;
use dianjian_document::source::SourceFile;
use dianjian_document::tree::Node;

use super::assets::{AssetEntry, Assets};
use super::kind::{Field, Kind, KindIndex, Slot};
use super::schema::FieldType;
use super::slots::Slots;
use super::trail::Trail;
use super::value::Value;
use crate::language::SchemaLint;

/// Which slots are filled, and which fields the items of its lists have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct SlotSet([u64; 4]);

impl SlotSet {
    /// Slots beyond this have no bit; rules over them are always evaluated. No shipped kind has as many.
    pub const CAPACITY: usize = 256;

    /// Whether the slot has a bit.
    pub const fn knows(slot: Slot) -> bool {
        (slot as usize) < Self::CAPACITY
    }

    /// The set of one slot.
    pub fn of(slot: Slot) -> Self {
        let mut set = Self::default();
        set.insert(slot);
        set
    }

    /// Whether the two have a slot in common.
    #[inline]
    pub fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).any(|(mine, theirs)| mine & theirs != 0)
    }

    /// Whether a slot is in it.
    #[inline]
    pub fn has(&self, slot: Slot) -> bool {
        let slot = usize::from(slot);
        slot < Self::CAPACITY && self.0[slot / 64] >> (slot % 64) & 1 == 1
    }

    /// The slots in their order.
    pub fn iter(&self) -> impl Iterator<Item = Slot> {
        (0..).step_by(64).zip(self.0).flat_map(|(first, mut bits): (Slot, u64)| {
            std::iter::from_fn(move || {
                let next = bits.trailing_zeros();
                bits &= bits.checked_sub(1)?;
                Some(first + next as Slot)
            })
        })
    }

    #[expect(missing_docs, reason = "as of any set")]
    #[inline]
    pub fn insert(&mut self, slot: Slot) {
        let slot = usize::from(slot);
        if slot < Self::CAPACITY {
            self.0[slot / 64] |= 1 << (slot % 64);
        }
    }

    #[expect(missing_docs, reason = "as of any set")]
    #[inline]
    pub fn remove(&mut self, slot: Slot) {
        let slot = usize::from(slot);
        if slot < Self::CAPACITY {
            self.0[slot / 64] &= !(1 << (slot % 64));
        }
    }

    #[expect(missing_docs, reason = "as of any set")]
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }

    #[expect(missing_docs, reason = "as of any set")]
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] & other.0[at]))
    }

    /// Whether every slot of the other is in this one.
    #[inline]
    pub fn contains_all(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).all(|(mine, theirs)| mine & theirs == theirs)
    }
}

/// A mismatch between a record and its kind, for the `schema` rules to judge.
#[derive(Debug, Clone)]
pub struct SchemaIssue<'a> {
    /// Which lint it belongs to.
    pub lint: SchemaLint,
    /// Path of the field within the record.
    pub path: String,
    /// Where to point: the key of an unknown field, else the value.
    pub node: Node<'a>,
    /// The name or value that is there.
    pub found: String,
    /// What was expected, or the nearest known name.
    pub expected: Option<Arg>,
    /// Another place that belongs to it.
    pub related: Option<Node<'a>>,
}

impl SchemaIssue<'_> {
    /// Whether something was not read or not understood, so that rules could not see it: no filter may hide that.
    pub fn is_gap(&self, kind: &Kind, record: Option<&Record<'_>>) -> bool {
        let field = |path: &str| kind.field(path);
        match self.lint {
            // Rules ask for values of a list in their conditions; without a name or a title they lack no more than that.
            SchemaLint::MissingField | SchemaLint::UnsaidField => {
                field(&self.path).is_some_and(|(_, field)| field.ty == FieldType::Enum)
            }
            SchemaLint::UnknownField => {
                let (Some(Arg::Text(near)), Some(record)) = (&self.expected, record) else { return false };
                let is_native = matches!(record.value, Value::Node(_));
                let is_free = field(near).is_none_or(|(slot, _)| record.slot(slot).is_none());
                is_native && is_free && is_misspelt(&self.found, FieldPath::new(near).name())
            }
            lint => lint.is_gap(),
        }
    }
}

/// Whether a field's name is another one with a slip of the pen or in another style.
fn is_misspelt(found: &str, near: &str) -> bool {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-', ' '], "");
    // In `{type:enterprise}` a blank is missing after the colon.
    let found = found.split([':', '：']).next().map_or(found, str::trim_end);
    let (found, near) = (plain(found), plain(near));
    let slips = if near.len() < 4 {
        0
    } else if near.len() < 9 {
        1
    } else {
        2
    };
    // A name in Chinese is suggested only where it is the field's title.
    !found.is_ascii() || strsim::osa_distance(&found, &near) <= slips
}

/// Reads the text files that records name.
pub trait Scripts {
    /// The file's text, or why it cannot be read.
    ///
    /// # Errors
    /// A short reason in both languages.
    fn read(&self, beside: &SourceFile, path: &str) -> Result<Arc<SourceFile>, Text>;
}

/// No side files: for records that exist only in memory, such as a planned shop.
#[derive(Debug, Clone, Copy)]
pub struct NoSideFiles;

impl Scripts for NoSideFiles {
    fn read(&self, _beside: &SourceFile, _path: &str) -> Result<Arc<SourceFile>, Text> {
        Err(Text::default())
    }
}

impl Assets for NoSideFiles {
    fn look(&self, _beside: &SourceFile, _entries: &[String]) -> Vec<Arc<AssetEntry>> {
        Vec::new()
    }
}

/// The field that `import` writes to say from which export a record comes. Such a record still counts as an export
/// where its pictures are concerned: their addresses are no mistake.
pub const ORIGIN: &str = "x-imported-from";

/// A record, resolved: its fields can be looked up by slot.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    #[expect(missing_docs, reason = "named by its type")]
    pub kind_index: KindIndex,
    /// The node to point at for the record as a whole.
    pub node: Node<'a>,
    /// The value it was read from.
    pub value: Value<'a>,
    pub(super) slots: Slots<'a>,
    pub(super) shape: RecordShape,
    /// Path of the record in an outer one, e.g. `products[2]`; empty at the top.
    pub prefix: String,
    /// What does not fit the kind.
    pub issues: Vec<SchemaIssue<'a>>,
    /// Whether its file holds only some of its fields, so that none can be missing.
    pub partial: bool,
    /// Of fields that its file does not tell: the values that they can have in a file of that layout.
    pub(super) among: Option<AmongValues>,
}

/// Fields with the values among which theirs is.
pub(super) type AmongValues = Arc<[(Slot, Vec<String>)]>;

/// Which fields a record has: records of one shape differ in nothing but texts and numbers. Real fleets have few
/// shapes, so what depends on the shape alone is decided once for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordShape {
    /// The filled slots, and the marks of what its lists' items have.
    pub present: SlotSet,
    /// Those of them that hold an empty text or list.
    pub empty: SlotSet,
    /// Slots in whose place something stands that could not be read: it is not missing, and nobody knows what it says.
    pub unread: SlotSet,
    /// For each of the kind's fields with few values: 0, or one more than the number of the value's bit.
    pub(super) choices: [u8; choice::FIELDS],
}

impl Default for RecordShape {
    fn default() -> Self {
        let none = SlotSet::default();
        Self { present: none, empty: none, unread: none, choices: [0; choice::FIELDS] }
    }
}

/// Bits for the value of a field with few values: below [`MOST`](choice::MOST) its values in their order.
pub mod choice {
    /// How many values have bits of their own.
    pub const MOST: usize = 29;
    /// How many fields of a kind take part.
    pub const FIELDS: usize = 64;
    /// Something stands there that could not be read: no choice at all.
    pub const UNREAD: u32 = 0;
    /// The field is absent.
    pub const ABSENT: u32 = 1 << 29;
    /// A text of blanks alone.
    pub const EMPTY: u32 = 1 << 30;
    /// A value that is not in the list.
    pub const UNKNOWN: u32 = 1 << 31;

    /// The bits of those values, in the order of a field's, of which this says yes.
    pub fn bits(values: impl Iterator<Item = bool>) -> u32 {
        values.take(MOST).enumerate().filter(|(_, wanted)| *wanted).fold(0, |bits, (at, _)| bits | 1 << at)
    }
}

impl<'a> Record<'a> {
    /// The values among which that of an unsaid field is; `None` where nothing says so.
    pub(crate) fn among(&self, slot: Slot) -> Option<&[String]> {
        let (_, values) = self.among.as_ref()?.iter().find(|(known, _)| *known == slot)?;
        Some(values)
    }

    /// The value of a slot.
    #[inline]
    pub fn slot(&self, slot: Slot) -> Option<&Value<'a>> {
        self.slots.get(slot).map(|filled| &filled.value)
    }

    /// The filled slots with their fields, in the kind's order.
    fn fields<'k>(&self, kind: &'k Kind) -> impl Iterator<Item = (&'k Field, &Value<'a>)> {
        let beyond = (0..).zip(&kind.fields).skip(SlotSet::CAPACITY).map(|(slot, _)| slot);
        let slots = self.shape.present.iter().chain(beyond);
        slots.filter_map(|slot| Some((kind.fields.get(usize::from(slot))?, self.slot(slot)?)))
    }

    #[expect(missing_docs, reason = "named by its type")]
    #[inline]
    pub fn shape(&self) -> &RecordShape {
        &self.shape
    }

    /// The bit ([`choice`]) for the value of an enum or a boolean.
    #[inline]
    pub fn choice(&self, slot: Slot) -> u32 {
        let nothing = || if self.is_unread(slot) { choice::UNREAD } else { choice::ABSENT };
        self.slots.get(slot).map_or_else(nothing, |filled| filled.bit)
    }

    /// Whether something stands in a slot that could not be read.
    #[inline]
    pub fn is_unread(&self, slot: Slot) -> bool {
        self.shape.unread.has(slot)
    }

    /// Whether it says itself that it is of another platform, as its kind defines that.
    #[inline]
    pub fn is_outside(&self, kind: &Kind) -> bool {
        kind.outside.is_some_and(|slot| {
            kind.fields.get(usize::from(slot)).is_some_and(|field| self.choice(slot) & field.outside != 0)
        })
    }

    /// The text of the field that names records of its kind.
    pub fn id(&self, kind: &Kind) -> Option<String> {
        self.slot(kind.id)?.text().map(|text| text.into_owned())
    }

    /// The day as of which it is to be checked: a live room's `scheduled`.
    pub fn scheduled(&self, kind: &Kind) -> Option<NaiveDate> {
        self.slot(kind.scheduled?)?.date()
    }

    /// Calls `f` with every text in it, but for those of records inside it, which are visited on their own.
    pub fn each_text(&self, kind: &Kind, f: &mut dyn FnMut(&Value<'a>, &Trail<'_>)) {
        let root = Trail::Root(&self.prefix);
        for (field, value) in self.fields(kind) {
            texts_in(field, value, &Trail::Key(&root, &field.path), f);
        }
    }

    /// The slots that hold texts, themselves or in their items, in records of its shape.
    pub fn slots_of_texts(&self, kind: &Kind) -> Vec<Slot> {
        let may_be = |slot: Slot| !SlotSet::knows(slot) || self.slot(slot).is_some();
        let slots = (0..).zip(&kind.fields).filter(|(slot, field)| has_texts(field) && may_be(*slot));
        slots.map(|(slot, _)| slot).collect()
    }

    /// Calls `f` with the texts in, or below, a slot.
    pub fn texts_of(&self, kind: &Kind, slot: Slot, f: &mut dyn FnMut(&Value<'a>)) {
        if let Some((field, value)) = kind.fields.get(usize::from(slot)).zip(self.slot(slot)) {
            texts_in(field, value, &Trail::Root(""), &mut |value, _| f(value));
        }
    }

    /// Every date in it: on these, findings may change.
    pub fn dates(&self, kind: &Kind) -> Vec<NaiveDate> {
        let is_dated = |field: &Field| matches!(field.ty, FieldType::Date | FieldType::Datetime);
        let mut dates = Vec::new();
        for (field, value) in self.fields(kind) {
            dates.extend(value.date().filter(|_| is_dated(field)));
            let item_fields = field.level.iter().flat_map(|level| &level.item_fields).filter(|field| is_dated(field));
            for item_field in item_fields {
                dates.extend(value.each().filter_map(|item| item.get(&item_field.path)?.date()));
            }
        }
        dates
    }
}

/// Whether the field or its items can hold texts.
fn has_texts(field: &Field) -> bool {
    match field.ty {
        FieldType::Text | FieldType::Script => true,
        FieldType::List => field.items != FieldType::Record,
        _ => false,
    }
}

/// The texts of a field.
fn texts_in<'a>(field: &Field, value: &Value<'a>, trail: &Trail<'_>, f: &mut dyn FnMut(&Value<'a>, &Trail<'_>)) {
    match field.ty {
        _ if !has_texts(field) => {}
        FieldType::List => texts_below(value, trail, f),
        FieldType::Script if value.is_list() => texts_below(value, trail, f),
        _ => f(value, trail),
    }
}

/// The texts of a list's items and of their fields.
fn texts_below<'a>(value: &Value<'a>, trail: &Trail<'_>, f: &mut dyn FnMut(&Value<'a>, &Trail<'_>)) {
    for (index, item) in value.each().enumerate() {
        let trail = Trail::Item(trail, index);
        item.entries(|name, _, entry| {
            let trail = Trail::Key(&trail, name);
            if entry.is_list() {
                texts_below(entry, &trail, f);
            } else if entry.is_scalar() {
                f(entry, &trail);
            }
        });
        if item.is_scalar() {
            f(&item, &trail);
        }
    }
}
