//! Where the members of a group are in a record: the record, the items of one of its lists, or the record in the place of
//! its items where it is itself the one item.

use std::borrow::Cow;

use dianjian_rules::record::{ItemFieldUse, SaidBy};
use dianjian_rules::{EachItem, EvalContext, GroupFold, GroupParticipant, GroupRole, KeyPath, SlotPath};

/// A member's place, and the fields that are read there.
#[derive(Debug, Clone)]
pub(crate) struct GroupSite<'m, 'i, 'a> {
    pub member: &'m GroupParticipant,
    pub item: Option<EachItem<'i, 'a>>,
    pub by: Cow<'m, [KeyPath]>,
    pub of: Option<&'m KeyPath>,
    pub point: Option<&'m SlotPath>,
}

impl<'m, 'i, 'a> GroupSite<'m, 'i, 'a> {
    /// What reads the fields of a participant; `member` has the conditions.
    fn plain(member: &'m GroupParticipant, read: &'m GroupParticipant, item: Option<EachItem<'i, 'a>>) -> Self {
        Self { member, item, by: Cow::Borrowed(&read.by), of: read.of.as_ref(), point: read.point.as_ref() }
    }
}

/// A field of an item, the record's that says the same, and what it is read for.
pub(super) type UnitField<'m> = (&'m SlotPath, &'m SlotPath, ItemFieldUse);

/// Calls `f` for the record, or for each item of the list that the members are of.
pub(crate) fn each_site<'a>(
    context: &mut EvalContext<'_, 'a>,
    fold: GroupFold,
    member: &GroupParticipant,
    f: &mut dyn FnMut(&mut EvalContext<'_, 'a>, GroupSite<'_, '_, 'a>),
) {
    let Some(list) = &member.list else { return f(context, GroupSite::plain(member, member, None)) };
    let Some(itself) = member.itself.as_deref() else {
        return context.each_item(list, &mut |context, item| f(context, GroupSite::plain(member, member, Some(item))));
    };
    let is_added = member.role == GroupRole::Bound || fold == GroupFold::Sum;
    let of_value = if is_added { ItemFieldUse::Amount } else { ItemFieldUse::Value };
    let keys = member.by.iter().zip(&itself.by).map(|(own, other)| (&own.path, &other.path, ItemFieldUse::Key));
    let values = member.of.iter().zip(&itself.of).map(|(own, other)| (&own.path, &other.path, of_value));
    let fields: Vec<UnitField<'_>> = keys.chain(values).collect();
    each_unit(context, list, &fields, &mut |context, item, of_record| {
        let Some(item) = item else { return f(context, GroupSite::plain(member, itself, None)) };
        let mut site = GroupSite::plain(member, member, Some(item));
        let (of_key, of_value) = of_record.split_at(member.by.len());
        if of_key.contains(&true) {
            let both = member.by.iter().zip(&itself.by).zip(of_key);
            site.by = both.map(|((own, other), of_record)| if *of_record { other } else { own }.clone()).collect();
        }
        if of_value == [true] {
            site.of = itself.of.as_ref();
        }
        // The place is that of what is read, or of what is there.
        let is_there = |path: &SlotPath| context.pointed_at(path, Some(item)).is_some();
        let reads = |path: &SlotPath| fields.iter().zip(of_record).any(|((own, ..), of)| *of && *own == path);
        if site.point.is_some_and(|point| reads(point) || !is_there(point)) {
            site.point = itself.point.as_ref().or(site.point);
        }
        f(context, site);
    });
}

/// Is given an item, or the record in its place, and which fields are read of the record.
type UnitVisitor<'v, 'c, 'a> = dyn FnMut(&mut EvalContext<'c, 'a>, Option<EachItem<'_, 'a>>, &[bool]) + 'v;

/// Calls `f` for each item of a list, with the fields that are read of the record in its place; once without an item where
/// no item says any of the fields, so that the record is itself the one item.
pub(super) fn each_unit<'c, 'a>(
    context: &mut EvalContext<'c, 'a>,
    list: &SlotPath,
    fields: &[UnitField<'_>],
    f: &mut UnitVisitor<'_, 'c, 'a>,
) {
    let is_said = |context: &EvalContext<'_, 'a>, path: &SlotPath, item: Option<EachItem<'_, 'a>>| {
        context.value_at(path, item).is_some_and(|value| !value.is_empty()) || context.is_unread(path, item)
    };
    let mut items = 0_usize;
    let mut by_any = vec![false; fields.len()];
    // A field that is no item's says nothing of whether there are items.
    let is_of_item = |(own, other, _): &UnitField<'_>| own != other;
    context.each_item(list, &mut |context, item| {
        items += 1;
        for (said, field) in by_any.iter_mut().zip(fields).filter(|(_, field)| is_of_item(field)) {
            *said |= is_said(context, field.0, Some(item));
        }
    });
    if !by_any.contains(&true) {
        return f(context, None, &[]);
    }
    let by_record: Vec<bool> = fields.iter().map(|(_, own, _)| is_said(context, own, None)).collect();
    let mut of_record = vec![false; fields.len()];
    context.each_item(list, &mut |context, item| {
        for (at, field) in fields.iter().enumerate().filter(|(_, field)| is_of_item(field)) {
            let said =
                SaidBy { item: is_said(context, field.0, Some(item)), record: by_record[at], any_item: by_any[at] };
            of_record[at] = said.is_read_of_record(field.2, items == 1);
        }
        f(context, Some(item), &of_record);
    });
}
