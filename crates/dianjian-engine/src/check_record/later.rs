//! What of a record is decided later: the groups that it belongs to, and what waits for the records that it names.

use std::borrow::Cow;

use dianjian_base::message::Arg;
use dianjian_rules::record::{ItemFieldUse, KindIndex, Record, RecordIdentity, Slot, SlotSet, Value};
use dianjian_rules::{
    EvalContext, Placeholder, RecordPlace, ReferenceItems, Rule, RuleBody, RuleFilter, SlotPath, SpecialMessage,
    Violation,
};
use dianjian_text::{Fold, fold};

use super::group_member::OF_NAME;
use super::group_site::each_unit;
use super::named::{self, AROUND, GroupWork, HeldFinding, NameRequest, PendingRecord, PendingWork};
use super::{RecordChecker, reference_key, start_of};

impl RecordChecker<'_, '_> {
    /// Adds the record to the groups that it belongs to, as far as these do not wait for a record that it names.
    pub(super) fn groups(
        &mut self,
        context: &mut EvalContext<'_, '_>,
        filter: &RuleFilter,
        lacking: &SlotSet,
        work: &mut Vec<PendingWork>,
    ) {
        let rules = context.rules;
        let kind = context.record.kind_index;
        self.scratch.keys.next_record();
        let mut is_undecided = false;
        for &(number, member) in &filter.groups {
            let rule = &rules.rules[number];
            let RuleBody::Group(group) = &rule.body else { continue };
            let is_own = rule.kind == Some(kind) && member == 0;
            let Some(member) = group.members.get(member) else { continue };
            let reads_lacking = rules.reads(number).meets(lacking);
            let (members, covered) = (&mut self.cross_record.group_members, &mut self.cross_record.covered);
            let part = (number, group, member);
            named::group_work(
                context,
                part,
                (is_own, reads_lacking),
                &mut self.scratch.keys,
                &mut |found| match found {
                    GroupWork::Now(member, text) => {
                        is_undecided |= member.is_unread();
                        covered.note(&member, text);
                        members.push(member);
                    }
                    GroupWork::Later(later) => {
                        is_undecided |= later.is_unread();
                        work.push(later);
                    }
                },
            );
        }
        work.extend(is_undecided.then_some(PendingWork::Undecided));
    }

    /// Notes the references of which rules ask that they lead somewhere.
    pub(super) fn references(
        &mut self,
        context: &mut EvalContext<'_, '_>,
        filter: &RuleFilter,
        work: &mut Vec<PendingWork>,
    ) {
        for &number in &filter.references {
            let rule = &context.rules.rules[number];
            let RuleBody::Reference { at, items, kind, agree: false, .. } = &rule.body else { continue };
            let Some(slot) = at.own_slot().filter(|_| context.applies(rule)) else { continue };
            if let Some(items) = items
                && !self.item_references(context, number, (at, items, *kind))
            {
                continue;
            }
            if !context.field(at).is_some_and(|value| value.is_scalar() && !value.is_empty()) {
                continue;
            }
            let contradiction = rule.texts.special(SpecialMessage::Around).zip(contradicted(context, at, *kind));
            if let Some((message, violation)) = contradiction {
                self.build(context, number, &mut vec![Violation { message, ..violation }]);
            } else {
                work.push(PendingWork::Reference(u32::try_from(number).unwrap_or(u32::MAX), slot));
            }
        }
    }

    /// Notes the references of a list's items, each at its own place. Whether the record refers as well, in the place of items.
    fn item_references(
        &mut self,
        context: &mut EvalContext<'_, '_>,
        number: usize,
        (at, items, kind): (&SlotPath, &ReferenceItems, KindIndex),
    ) -> bool {
        let Some(slot) = items.list.slot else { return true };
        let (mut refers_itself, mut values) = (false, Vec::new());
        each_unit(context, &items.list, &[(&items.at, at, ItemFieldUse::Key)], &mut |context, item, of_record| {
            match item.filter(|_| !of_record.contains(&true)) {
                None => refers_itself = true,
                Some(_) => values.extend(context.value_at(&items.at, item)),
            }
        });
        for value in values.into_iter().filter(|value| value.is_scalar() && !value.is_empty()) {
            let start = start_of(context.record.node.source(), &value);
            let work = PendingWork::Reference(u32::try_from(number).unwrap_or(u32::MAX), slot);
            let known = self.cross_record.pending.iter_mut().rev().take_while(|known| known.start >= start);
            match known.into_iter().find(|known| known.start == start) {
                Some(known) => known.work.push(work),
                None => {
                    let mut requests = Vec::new();
                    let names = &mut self.scratch.names;
                    names.requests_of(context.kinds, context.record, (slot, kind), &value, &mut requests);
                    self.cross_record.pending.push(PendingRecord { start, requests, work: vec![work] });
                }
            }
        }
        refers_itself
    }

    /// Notes what waits for records that this one names or takes fields from.
    pub(super) fn pending(
        &mut self,
        context: &EvalContext<'_, '_>,
        work: Vec<PendingWork>,
        mut requests: Vec<NameRequest>,
    ) {
        if work.is_empty() && requests.is_empty() {
            return;
        }
        let start = start_of(context.record.node.source(), &context.record.value);
        if !work.is_empty() {
            named::all_requests(context, &work, &mut self.scratch.names, &mut requests);
        }
        self.cross_record.pending.push(PendingRecord { start, requests, work });
    }

    /// Asks for what the record that others lie in takes from elsewhere, and the fields, if rules on what lies in it read any.
    pub(super) fn taken_around(&mut self, outer: &Record<'_>) -> (Vec<NameRequest>, SlotSet) {
        let engine = self.engine;
        let (mut requests, lacking) = self.scratch.names.inherited(&engine.pack.kinds, (outer, None));
        if !engine.rules().named(outer.kind_index).iter().any(|slot| SlotSet::of(*slot).meets(&lacking)) {
            return <_>::default();
        }
        requests.iter_mut().for_each(|request| request.slot |= AROUND);
        (requests, lacking)
    }

    /// Notes by what the record can be named, if anything is asked of records of its kind, and its id: what names it by
    /// mistake is told so.
    pub(super) fn target(&mut self, record: &Record<'_>, outer: Option<&Record<'_>>, id: Slot) {
        let (kinds, kind) = (&self.engine.pack.kinds, record.kind_index);
        let rules = self.engine.rules();
        if rules.is_referred(kind) || rules.is_identified(kind) || !rules.named(kind).is_empty() {
            self.scratch.names.targets(kinds, (record, outer), &mut self.cross_record.targets);
        }
        let text = |slot: Slot| record.slot(slot).and_then(|value| value.text()).map(Cow::into_owned);
        let ids = &mut self.cross_record.ids;
        if let Some(text) = text(id) {
            ids.push((kind, reference_key(kinds, kind, &text), text));
        }
        if rules.is_referred(kind) {
            let mut named: Vec<Slot> = kinds.get(kind).names.iter().filter_map(|by| by.last().copied()).collect();
            named.dedup();
            ids.extend(named.into_iter().filter_map(text).map(|name| (kind, OF_NAME, name)));
        }
    }

    /// Whether findings are made now, to be reported once what the record belongs to is known: scripts and pictures are looked
    /// at once, and where shards are merged they need not be there.
    pub(super) fn must_hold(
        &self,
        context: &mut EvalContext<'_, '_>,
        rule: &Rule,
        violations: &[Violation<'_>],
    ) -> bool {
        let is_of_side_file = |violation: &Violation<'_>| {
            violation.picture.is_some() || matches!(violation.target.value, Value::Script(..))
        };
        let reads_side_files = !rule.asset_paths.is_empty() || violations.iter().any(is_of_side_file);
        reads_side_files && !violations.is_empty() && !context.waits_for_more(rule)
    }

    pub(super) fn hold(
        &mut self,
        context: &EvalContext<'_, '_>,
        rule: usize,
        violations: &mut Vec<Violation<'_>>,
        work: &mut Vec<PendingWork>,
    ) {
        let start = start_of(context.record.node.source(), &context.record.value);
        let at = self.findings.len();
        self.build(context, rule, violations);
        let held_before = self.held.iter().rev().take_while(|held| held.start == start).count();
        for (number, finding) in (held_before..).zip(self.findings.split_off(at)) {
            let ordinal = u32::try_from(number).unwrap_or(u32::MAX);
            self.held.push(HeldFinding { start, ordinal, finding });
            work.push(PendingWork::Held(u32::try_from(rule).unwrap_or(u32::MAX), ordinal));
        }
    }
}

/// What is wrong with a reference to a record of a kind where the one that it stands in is another of that kind.
fn contradicted<'a>(context: &EvalContext<'_, 'a>, at: &SlotPath, kind: KindIndex) -> Option<Violation<'a>> {
    let outer = context.outer.filter(|outer| outer.kind_index == kind)?;
    let of = context.kinds.get(kind);
    // Without an id nobody knows that the text is not its id.
    let id = outer.slot(of.id).filter(|id| !id.is_empty())?;
    let (value, path) = context.place(at)?;
    let text = value.text()?;
    let mut names = of.names.iter().filter_map(|fields| outer.slot(*fields.last()?)?.text());
    let folded = |text: &str| fold(text.trim(), Fold::Name).as_str().to_owned();
    if of.id_key(&id.text()?) == of.id_key(&text) || names.any(|name| folded(&name) == folded(&text)) {
        return None;
    }
    let display = RecordIdentity::of(context.kinds, outer)?.display;
    let text = || Arg::Text(text.clone().into_owned());
    let args =
        vec![(Placeholder::Found, text()), (Placeholder::Value, text()), (Placeholder::Expected, Arg::Text(display))];
    let id_path = of.fields.get(usize::from(of.id)).map_or_else(String::new, |field| field.path.clone());
    let related = vec![RecordPlace { value: id.clone(), range: None, path: id_path }];
    let target = RecordPlace { value: value.clone(), range: None, path };
    Some(Violation { target, message: 0, args, related, picture: None, tested: None })
}
