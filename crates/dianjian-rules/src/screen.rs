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
use super::verdicts::{Verdict, Verdicts};
use crate::record::view::Shape;
use crate::record::{Kind, KindIndex, Record, Slot};
use dianjian_text::Hints;

/// What rules have to do with records of one shape.
#[derive(Debug)]
pub struct Screen {
    day: NaiveDate,
    kind: KindIndex,
    shape: Shape,
    /// Rules whose verdicts cannot be kept.
    others: Open,
    /// Rules that read the same slots, by the number of their [bundle](Ruleset::bundle).
    bundles: Vec<Bundle>,
    /// The slots that bundles read and those with texts, each once.
    slots: Vec<Slot>,
    /// Those with texts, by their places among `slots`.
    texts: Vec<usize>,
    /// Group rules in which such records may take part, with the number of the part.
    pub groups: Vec<(usize, usize)>,
    /// Reference rules that may apply.
    pub references: Vec<usize>,
}

/// Rules that may find fault with a record.
#[derive(Debug, Default)]
struct Open {
    /// To be run whatever its texts.
    run: Vec<usize>,
    /// To be run where a text hints at a fault.
    hinted: Vec<(Hint, usize)>,
}

/// Rules that read the same slots.
#[derive(Debug)]
struct Bundle {
    number: usize,
    /// What they read, by the places among the screen's slots.
    slots: Vec<usize>,
    open: Open,
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
    pub fn of(&mut self, rules: &Ruleset, kind: &Kind, record: &Record<'_>) -> Arc<Screen> {
        let (day, number, shape) = (rules.day, record.kind_index, record.shape());
        let fits = |screen: &&Arc<Screen>| screen.shape == *shape && screen.kind == number && screen.day == day;
        if let Some(last) = self.last.as_ref().filter(fits) {
            return Arc::clone(last);
        }
        if self.known.len() >= MOST_SHAPES {
            self.known.clear();
        }
        let new = || Arc::new(Screen::new(rules, kind, record));
        let screen = Arc::clone(self.known.entry((day, number, *shape)).or_insert_with(new));
        self.last = Some(Arc::clone(&screen));
        screen
    }
}

impl Screen {
    fn new(rules: &Ruleset, kind: &Kind, record: &Record<'_>) -> Self {
        let number = record.kind_index;
        let mut screen = Self {
            day: rules.day,
            kind: number,
            shape: *record.shape(),
            others: Open::default(),
            bundles: Vec::new(),
            slots: Vec::new(),
            texts: Vec::new(),
            groups: Vec::new(),
            references: Vec::new(),
        };
        let may_apply = |number: &usize| rules.rules[*number].may_apply(record);
        for &number in rules.per_record(number).iter().filter(|number| may_apply(number)) {
            let cases = || rules.rules[number].faults.iter().filter(|case| case.needs.are_met(record));
            if cases().next().is_none() {
                continue;
            }
            let open = screen.open(rules, number);
            if cases().any(|case| case.hint.is_none()) {
                open.run.push(number);
            } else {
                open.hinted.extend(cases().filter_map(|case| Some((case.hint?, number))));
            }
        }
        screen.find_texts(kind, record);
        // The condition is that of the rule's own kind: others take part as they are.
        let takes_part =
            |(rule, part): &&(usize, usize)| *part > 0 || rules.rules[*rule].kind != Some(number) || may_apply(rule);
        screen.groups = rules.groups(number).iter().filter(takes_part).copied().collect();
        screen.references = rules.references(number).iter().filter(|number| may_apply(number)).copied().collect();
        screen
    }

    /// Where a rule belongs.
    fn open(&mut self, rules: &Ruleset, rule: usize) -> &mut Open {
        let Some((number, reads)) = rules.bundle(rule).zip(rules.rules[rule].reads.as_deref()) else {
            return &mut self.others;
        };
        let known = self.bundles.iter().position(|bundle| bundle.number == number);
        let at = known.unwrap_or_else(|| {
            let slots = reads.iter().map(|slot| self.place_of(*slot)).collect();
            self.bundles.push(Bundle { number, slots, open: Open::default() });
            self.bundles.len() - 1
        });
        &mut self.bundles[at].open
    }

    /// The place of a slot among those that are read.
    fn place_of(&mut self, slot: Slot) -> usize {
        self.slots.iter().position(|known| *known == slot).unwrap_or_else(|| {
            self.slots.push(slot);
            self.slots.len() - 1
        })
    }

    /// Finds the slots whose texts are looked at.
    fn find_texts(&mut self, kind: &Kind, record: &Record<'_>) {
        let hints =
            || self.bundles.iter().map(|bundle| &bundle.open).chain([&self.others]).flat_map(|open| &open.hinted);
        let slots: Option<Vec<Slot>> = hints().map(|(hint, _)| hint.at).collect();
        let mut slots = slots.unwrap_or_else(|| record.slots_of_texts(kind));
        slots.sort_unstable();
        slots.dedup();
        self.texts = slots.into_iter().map(|slot| self.place_of(slot)).collect();
    }

    /// The rules that are to be run on a record of the shape, in their order. What is known of the values of its day spares most;
    /// what then fails is to be [told](Verdicts::end).
    pub fn suspects(
        &self,
        rules: &Ruleset,
        kind: &Kind,
        record: &Record<'_>,
        mut verdicts: Option<&mut Verdicts>,
        out: &mut Vec<usize>,
    ) {
        out.clear();
        out.extend(&self.others.run);
        if let Some(verdicts) = &mut verdicts {
            verdicts.begin();
        }
        let mut hinted = vec![&self.others.hinted];
        for Bundle { number, slots, open } in &self.bundles {
            match verdicts.as_mut().map_or(Verdict::Open, |verdicts| verdicts.of(record, &self.slots, *number, slots)) {
                Verdict::Known(failing) => out.extend(failing),
                Verdict::Open => {
                    out.extend(&open.run);
                    hinted.push(&open.hinted);
                }
            }
        }
        if hinted.iter().any(|hinted| !hinted.is_empty()) {
            let seen = self.look(rules, kind, record, verdicts);
            out.extend(hinted.into_iter().flatten().filter(|(hint, _)| seen.has(*hint)).map(|(_, number)| *number));
        }
        out.sort_unstable();
        out.dedup();
    }

    /// Looks at the record's texts.
    fn look(&self, rules: &Ruleset, kind: &Kind, record: &Record<'_>, mut verdicts: Option<&mut Verdicts>) -> Seen {
        let mut seen = Seen::default();
        for &place in &self.texts {
            let slot = self.slots[place];
            let glance = rules.glance(self.kind, slot);
            let look = || {
                let mut hints = Hints::default();
                record.texts_of(kind, slot, &mut |value| {
                    hints = hints.and(value.with_text(|text| glance.look(text)).unwrap_or_default());
                });
                hints
            };
            seen.note(
                slot,
                match &mut verdicts {
                    Some(verdicts) => verdicts.hints(record, &self.slots, place, look),
                    None => look(),
                },
            );
        }
        seen
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
