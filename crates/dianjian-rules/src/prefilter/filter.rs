//! The rules that can speak about records of one shape, and the candidates among them for one record.

use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_text::ContentFlags;
use rustc_hash::FxHashMap;

use super::outcomes::ContentTrigger;
use crate::Ruleset;
use crate::record::{Kind, KindIndex, Record, RecordShape, Slot, SlotSet};

/// The rules that can speak about records of one shape on one day.
#[derive(Debug)]
pub struct RuleFilter {
    day: NaiveDate,
    kind: KindIndex,
    shape: RecordShape,
    /// Rules to be run whatever the texts say.
    unconditional: Vec<usize>,
    /// Rules to be run where a text is flagged.
    triggered: Vec<(ContentTrigger, usize)>,
    /// The slots whose texts are scanned for the triggers.
    scanned: Vec<Slot>,
    /// Group rules in which such records may take part, each with the number of its member.
    pub groups: Vec<(usize, usize)>,
    /// Reference rules that may apply.
    pub references: Vec<usize>,
    /// Rules that may apply but for a field that is unsaid although every such record has it, with that field. Required
    /// fields are reported one by one and are not among them.
    pub unsaid: Vec<(usize, Slot)>,
}

/// The filters of the shapes met so far.
#[derive(Debug, Default)]
pub struct RuleFilterCache {
    last: Option<Arc<RuleFilter>>,
    known: FxHashMap<(NaiveDate, KindIndex, RecordShape), Arc<RuleFilter>>,
}

/// No fleet has more shapes than this; beyond it the cache starts anew rather than growing without bound.
const MAX_SHAPES: usize = 4096;

impl RuleFilterCache {
    /// The filter for records like this one.
    pub fn get(&mut self, rules: &Ruleset, kind: &Kind, record: &Record<'_>) -> Arc<RuleFilter> {
        let (day, number, shape) = (rules.day, record.kind_index, record.shape());
        let fits = |filter: &&Arc<RuleFilter>| filter.shape == *shape && filter.kind == number && filter.day == day;
        if let Some(last) = self.last.as_ref().filter(fits) {
            return Arc::clone(last);
        }
        if self.known.len() >= MAX_SHAPES {
            self.known.clear();
        }
        let new = || Arc::new(RuleFilter::new(rules, kind, record));
        let filter = Arc::clone(self.known.entry((day, number, *shape)).or_insert_with(new));
        self.last = Some(Arc::clone(&filter));
        filter
    }
}

impl RuleFilter {
    fn new(rules: &Ruleset, kind: &Kind, record: &Record<'_>) -> Self {
        let number = record.kind_index;
        let may_apply = |number: &usize| rules.rules[*number].may_apply(record);
        let (mut unconditional, mut triggered) = (Vec::new(), Vec::new());
        for &number in rules.per_record(number).iter().filter(|number| may_apply(number)) {
            let failures = rules.rules[number].outlook.failures.iter();
            let failures = failures.filter(|failure| failure.preconditions.are_met(record));
            match failures.map(|failure| failure.trigger).collect::<Option<Vec<_>>>() {
                None => unconditional.push(number),
                Some(triggers) => triggered.extend(triggers.into_iter().map(|trigger| (trigger, number))),
            }
        }
        let is_unread = record.shape().unread != SlotSet::default();
        // The condition is that of the rule's own kind: other kinds take part in its groups as they are.
        let takes_part = |(rule, member): &&(usize, usize)| {
            // Of a record that could not be read whole a group may have to say that it is undecided.
            is_unread || *member > 0 || rules.rules[*rule].kind != Some(number) || may_apply(rule)
        };
        let groups = rules
            .groups(number)
            .iter()
            .filter(|(rule, member)| *member == 0 && rules.rules[*rule].kind == Some(number));
        let of_kind =
            rules.per_record(number).iter().chain(groups.map(|(rule, _)| rule)).chain(rules.references(number));
        let unsaid =
            of_kind.filter_map(|rule| Some((*rule, rules.rules[*rule].outlook.preconditions.wanting(record)?)));
        let is_optional = |slot: &Slot| kind.fields.get(usize::from(*slot)).is_some_and(|field| !field.required);
        Self {
            unsaid: unsaid.filter(|(_, slot)| is_optional(slot)).collect(),
            day: rules.day,
            kind: number,
            shape: *record.shape(),
            scanned: scanned(&triggered, kind, record),
            unconditional,
            triggered,
            groups: rules.groups(number).iter().filter(takes_part).copied().collect(),
            references: rules.references(number).iter().filter(|number| may_apply(number)).copied().collect(),
        }
    }

    /// The rules that are to be run on a record of the shape, in their order.
    pub fn candidates(&self, rules: &Ruleset, kind: &Kind, record: &Record<'_>, out: &mut Vec<usize>) {
        out.clear();
        out.extend(&self.unconditional);
        if self.triggered.is_empty() {
            return;
        }
        let mut anywhere = ContentFlags::default();
        let mut flagged: Vec<(Slot, ContentFlags)> = Vec::new();
        for &slot in &self.scanned {
            let scan = rules.scan(self.kind, slot);
            let mut flags = ContentFlags::default();
            record.texts_of(kind, slot, &mut |value| {
                flags = flags.union(value.with_text(|text| scan.flags_of(text)).unwrap_or_default());
            });
            if flags != ContentFlags::default() {
                anywhere = anywhere.union(flags);
                flagged.push((slot, flags));
            }
        }
        let fires = |trigger: &ContentTrigger| match trigger.slot {
            None => anywhere.intersects(trigger.flags),
            Some(slot) => flagged.iter().any(|(at, flags)| *at == slot && flags.intersects(trigger.flags)),
        };
        out.extend(self.triggered.iter().filter(|(trigger, _)| fires(trigger)).map(|(_, number)| *number));
        out.sort_unstable();
        out.dedup();
    }
}

/// The slots that must be scanned: those that triggers name, or all with texts where one of them is about any text.
fn scanned(triggered: &[(ContentTrigger, usize)], kind: &Kind, record: &Record<'_>) -> Vec<Slot> {
    let named: Option<Vec<Slot>> = triggered.iter().map(|(trigger, _)| trigger.slot).collect();
    let mut slots = named.unwrap_or_else(|| record.slots_of_texts(kind));
    slots.sort_unstable();
    slots.dedup();
    slots
}
