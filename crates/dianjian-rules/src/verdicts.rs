//! What rules found of values, so that they are not run again where the same values stand once more.
//!
//! In a fleet most values come from few: categories, switches, amounts, the owner's licence. What a rule finds on a day
//! rests on nothing but the values that it reads, so for the rules that read the same slots it is kept which of them
//! fail. Values are told apart by all that rules can see of them; a hash only finds them. Where values hardly repeat
//! (names, ids) nothing is kept, and nothing is asked for a while.

use rustc_hash::FxHashMap;

use super::ruleset::Ruleset;
use crate::record::view::choice;
use crate::record::{KindIndex, Record, Slot, Value};
use dianjian_text::Hints;

/// Stands for a value of a slot: 0 for none, small ones for a choice by its bit. INVARIANT: equal numbers are equal values.
type Number = u64;

/// Above the numbers of choices.
const FIRST: Number = u32::BITS as Number + 1;

/// More bytes than these are not kept; what was known is forgotten then rather than kept without bound.
const MOST_BYTES: usize = 4 << 20;

/// A value longer than this is not worth writing down.
const LONGEST: usize = 8 << 10;

/// What an entry takes beside its bytes, about.
const ENTRY_BYTES: usize = 64;

/// What is known of values on one day.
#[derive(Debug, Default)]
pub struct Verdicts {
    /// By kind and slot.
    values: Vec<Vec<Values>>,
    /// By the number of the [bundle](Ruleset::bundle).
    bundles: Vec<Bundle>,
    /// What a look at the texts of a value hints at.
    hints: FxHashMap<Number, Hints>,
    /// So many numbers were given.
    given: Number,
    /// Bytes kept, about.
    held: usize,
    /// For the record at hand: the numbers of its values, by the places of their slots among those that its screen
    /// reads; `None`: nobody has asked yet.
    numbers: Vec<Option<Option<Number>>>,
    /// For the record at hand: bundles whose rules are run for values not met before.
    open: Vec<(usize, Box<[Number]>)>,
    key: Vec<Number>,
    sight: Vec<u8>,
}

/// The values of a slot.
#[derive(Debug, Default)]
struct Values {
    worth: Worth,
    known: FxHashMap<Box<[u8]>, Number>,
}

/// What was found by rules that read the same slots.
#[derive(Debug, Default)]
struct Bundle {
    worth: Worth,
    /// By the numbers of the values, the rules that fail.
    known: FxHashMap<Box<[Number]>, Box<[usize]>>,
}

/// What is known of a bundle's rules for a record.
#[derive(Debug)]
pub(super) enum Verdict<'v> {
    /// These fail and no others.
    Known(&'v [usize]),
    /// They have to be run.
    Open,
}

impl Verdicts {
    /// Begins a record.
    pub(super) fn begin(&mut self) {
        if self.held > MOST_BYTES {
            *self = Self { given: self.given, ..Self::default() };
        }
        self.open.clear();
        self.numbers.clear();
    }

    /// What stands for the value of the slot at this place among those that the screen reads; `None` where that is not
    /// known.
    fn number(&mut self, record: &Record<'_>, slots: &[Slot], place: usize) -> Option<Number> {
        if let Some(known) = *at(&mut self.numbers, place) {
            return known;
        }
        let number = slots.get(place).and_then(|slot| match (record.slot(*slot), record.choice(*slot)) {
            (None, _) => Some(0),
            (Some(value), 0 | choice::EMPTY | choice::UNKNOWN) => self.kept(record.kind_index, *slot, value),
            (Some(_), bit) => Some(Number::from(bit.trailing_zeros()) + 1),
        });
        self.numbers[place] = Some(number);
        number
    }

    /// The number of a value that is no choice.
    fn kept(&mut self, kind: KindIndex, slot: Slot, value: &Value<'_>) -> Option<Number> {
        let values = at(at(&mut self.values, kind), usize::from(slot));
        if !values.worth.is_asked() {
            return None;
        }
        self.sight.clear();
        if !value.sight(&mut self.sight, LONGEST) {
            values.worth.note(false);
            return None;
        }
        let known = values.known.get(self.sight.as_slice()).copied();
        if values.worth.note(known.is_some()) {
            let kept: usize = values.known.drain().map(|(sight, _)| sight.len() + ENTRY_BYTES).sum();
            self.held = self.held.saturating_sub(kept);
            return None;
        }
        known.or_else(|| {
            let number = FIRST + self.given;
            self.given += 1;
            self.held += self.sight.len() + ENTRY_BYTES;
            values.known.insert(self.sight.as_slice().into(), number);
            Some(number)
        })
    }

    /// What is known of the rules of a bundle, which reads the slots at these places among those that the screen reads.
    pub(super) fn of(&mut self, record: &Record<'_>, slots: &[Slot], bundle: usize, places: &[usize]) -> Verdict<'_> {
        if !at(&mut self.bundles, bundle).worth.is_asked() {
            return Verdict::Open;
        }
        self.key.clear();
        for &place in places {
            let Some(number) = self.number(record, slots, place) else { return Verdict::Open };
            self.key.push(number);
        }
        let Bundle { worth, known } = at(&mut self.bundles, bundle);
        let verdict = known.get(self.key.as_slice());
        let rests = worth.note(verdict.is_some());
        if verdict.is_none() && !rests {
            self.open.push((bundle, self.key.as_slice().into()));
        }
        verdict.map_or(Verdict::Open, |failing| Verdict::Known(failing))
    }

    /// What a look at the texts of the value at a place hints at, looking if nobody has yet.
    pub(super) fn hints(
        &mut self,
        record: &Record<'_>,
        slots: &[Slot],
        place: usize,
        look: impl FnOnce() -> Hints,
    ) -> Hints {
        let Some(number) = self.number(record, slots, place) else { return look() };
        let held = &mut self.held;
        *self.hints.entry(number).or_insert_with(|| {
            *held += ENTRY_BYTES;
            look()
        })
    }

    /// Ends a record, of which these rules failed.
    pub fn end(&mut self, rules: &Ruleset, failed: &[usize]) {
        for (bundle, key) in self.open.drain(..) {
            let is_in = |rule: &&usize| rules.bundle(**rule) == Some(bundle);
            let failing: Box<[usize]> = failed.iter().filter(is_in).copied().collect();
            self.held += ENTRY_BYTES + size_of_val(&*key) + size_of_val(&*failing);
            at(&mut self.bundles, bundle).known.insert(key, failing);
        }
    }
}

/// The entry of a list that grows as it is asked.
fn at<T: Default>(list: &mut Vec<T>, index: usize) -> &mut T {
    if list.len() <= index {
        list.resize_with(index + 1, T::default);
    }
    &mut list[index]
}

/// Is remembering worth its while? That is seen from how often it helped, and asked again now and then: one file's
/// values repeat, another's do not.
#[derive(Debug, Default)]
struct Worth {
    asked: u16,
    met: u16,
    resting: u16,
}

impl Worth {
    /// So many records are enough to tell.
    const TRIED: u16 = 256;
    /// Records passed over before it is tried again.
    const RESTS: u16 = 1 << 14;

    fn is_asked(&mut self) -> bool {
        let is_awake = self.resting == 0;
        self.resting = self.resting.saturating_sub(1);
        is_awake
    }

    /// Notes whether it helped; says whether it is time to rest.
    fn note(&mut self, helped: bool) -> bool {
        self.asked += 1;
        self.met += u16::from(helped);
        if self.asked < Self::TRIED {
            return false;
        }
        let rests = self.met < Self::TRIED / 2;
        *self = Self { resting: if rests { Self::RESTS } else { 0 }, ..Self::default() };
        rests
    }
}
