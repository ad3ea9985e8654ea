//! Which rules could find fault with a record, decided before any of them is run.
//!
//! What a record *has* (fields, choices: its [`Shape`]) decides most rules, and in a fleet most records are of few shapes:
//! a [`Screen`] is worked out once a shape. Rules about texts are decided by one look at each text, whatever the
//! number of rules and searches. What is left is run, and every failure is among it.

use std::sync::Arc;

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use super::needs::Hint;
use super::ruleset::Ruleset;
use crate::record::view::Shape;
use crate::record::{Kind, KindIndex, Record, Slot, Value};
use crate::text::Hints;

/// What rules have to do with records of one shape.
#[derive(Debug)]
pub struct Screen {
    day: NaiveDate,
    kind: KindIndex,
    shape: Shape,
    /// Rules to be run on every such record.
    run: Vec<usize>,
    /// Rules to be run where a text hints at a fault.
    hinted: Vec<(Hint, usize)>,
    /// The slots whose texts are looked at for that; `None`: every text is.
    slots: Option<Vec<Slot>>,
    /// Group rules in which such records may take part, with the number of the part.
    pub groups: Vec<(usize, usize)>,
    /// Reference rules that may apply.
    pub references: Vec<usize>,
}

/// The screens of the shapes met so far.
#[derive(Debug, Default)]
pub struct Screens {
    last: Option<Arc<Screen>>,
    known: FxHashMap<(NaiveDate, KindIndex, Shape), Arc<Screen>>,
}

/// More shapes than this are no fleet's; what was known is forgotten rather than kept without bound.
const MOST_SHAPES: usize = 4096;

impl Screens {
    /// The screen for records like this one.
    pub fn of(&mut self, rules: &Ruleset, record: &Record<'_>) -> Arc<Screen> {
        let (day, kind, shape) = (rules.day, record.kind_index, record.shape());
        let fits = |screen: &&Arc<Screen>| screen.shape == *shape && screen.kind == kind && screen.day == day;
        if let Some(last) = self.last.as_ref().filter(fits) {
            return Arc::clone(last);
        }
        if self.known.len() >= MOST_SHAPES {
            self.known.clear();
        }
        let new = || Arc::new(Screen::new(rules, record));
        let screen = Arc::clone(self.known.entry((day, kind, *shape)).or_insert_with(new));
        self.last = Some(Arc::clone(&screen));
        screen
    }
}

impl Screen {
    fn new(rules: &Ruleset, record: &Record<'_>) -> Self {
        let kind = record.kind_index;
        let mut screen = Self {
            day: rules.day,
            kind,
            shape: *record.shape(),
            run: Vec::new(),
            hinted: Vec::new(),
            slots: None,
            groups: Vec::new(),
            references: Vec::new(),
        };
        let may_apply = |number: &usize| rules.rules[*number].may_apply(record);
        for &number in rules.per_record(kind).iter().filter(|number| may_apply(number)) {
            let open = || rules.rules[number].faults.iter().filter(|case| case.needs.are_met(record));
            if open().any(|case| case.hint.is_none()) {
                screen.run.push(number);
            } else {
                screen.hinted.extend(open().filter_map(|case| Some((case.hint?, number))));
            }
        }
        screen.slots = screen.hinted.iter().map(|(hint, _)| hint.at).collect();
        if let Some(slots) = &mut screen.slots {
            slots.sort_unstable();
            slots.dedup();
        }
        // The condition is that of the rule's own kind: others take part as they are.
        let takes_part = |(number, part): &&(usize, usize)| {
            *part > 0 || rules.rules[*number].kind != Some(kind) || may_apply(number)
        };
        screen.groups = rules.groups(kind).iter().filter(takes_part).copied().collect();
        screen.references = rules.references(kind).iter().filter(|number| may_apply(number)).copied().collect();
        screen
    }

    /// The rules that are to be run on a record of the shape, in their order.
    pub fn suspects(&self, rules: &Ruleset, kind: &Kind, record: &Record<'_>, out: &mut Vec<usize>) {
        out.clear();
        out.extend(&self.run);
        if self.hinted.is_empty() {
            return;
        }
        let mut seen = Seen::default();
        let mut look = |slot: Slot, value: &Value<'_>| {
            let hints = value.with_text(|text| rules.glance(self.kind, slot).look(text)).unwrap_or_default();
            seen.note(slot, hints);
        };
        match &self.slots {
            Some(slots) => {
                slots.iter().for_each(|slot| record.slot(*slot).into_iter().for_each(|text| look(*slot, text)))
            }
            None => record.texts(kind, &mut look),
        }
        if seen.anywhere != Hints::default() {
            out.extend(self.hinted.iter().filter(|(hint, _)| seen.has(*hint)).map(|(_, number)| *number));
            out.sort_unstable();
            out.dedup();
        }
    }
}

/// What a look at each of a record's texts hints at.
#[derive(Debug, Default)]
struct Seen {
    anywhere: Hints,
    /// Slots whose texts hint at something.
    slots: Vec<(Slot, Hints)>,
}

impl Seen {
    fn note(&mut self, slot: Slot, hints: Hints) {
        if hints != Hints::default() {
            self.anywhere = self.anywhere.and(hints);
            self.slots.push((slot, hints));
        }
    }

    fn has(&self, hint: Hint) -> bool {
        match hint.at {
            None => self.anywhere.meets(hint.of),
            Some(slot) => self.slots.iter().any(|(at, hints)| *at == slot && hints.meets(hint.of)),
        }
    }
}
