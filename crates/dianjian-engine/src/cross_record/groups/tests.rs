use dianjian_rules::record::WholeOrPart;
use dianjian_rules::{GroupFold, SummedBounds};
use proptest::prelude::*;

use super::super::group_violation::GroupDetail;
use super::*;

fn group(fold: GroupFold, mixed: bool) -> GroupCheck {
    GroupCheck {
        fold,
        min: None,
        max: None,
        summed: SummedBounds::default(),
        key_fold: dianjian_text::Fold::Case,
        value_fold: dianjian_text::Fold::Name,
        mixed,
        members: Vec::new(),
    }
}

fn member(key: u64, start: u64, value: MemberValue, max: u32, mixed: Option<u64>) -> GroupMember {
    GroupMember { rule: 0, key, start, value, mixed, min: None, max: Some(Decimal::from(max)) }
}

fn violations_within(group: &GroupCheck, members: &[GroupMember], limit: usize) -> Vec<GroupViolation> {
    let mut groups = Groups::new(limit);
    for value in members.iter().filter_map(|member| match member.value {
        MemberValue::Distinct(value) => Some((member.rule, value, value.to_string())),
        _ => None,
    }) {
        groups.covered.add(value);
    }
    members.iter().enumerate().for_each(|(file, part)| groups.add(file as u32, part).unwrap());
    groups.violations(&|_| Some(group), limit).unwrap().map(Result::unwrap).collect()
}

fn violations(group: &GroupCheck, members: &[GroupMember]) -> Vec<GroupViolation> {
    violations_within(group, members, usize::MAX)
}

#[test]
fn the_first_over_the_limit_is_pointed_at() {
    let members: Vec<_> = (0..40_000)
        .map(|at| {
            member(at % 10_000, at, MemberValue::Count(Identity::Place), if at % 10_000 == 7 { 3 } else { 4 }, None)
        })
        .collect();
    let found = violations(&group(GroupFold::Count, false), &members);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].primary, PackedPlace::new(30_007, 30_007));
    assert_eq!(found[0].others.iter().map(|place| place.start()).collect::<Vec<_>>(), [7, 10_007, 20_007]);
    assert_eq!(found[0].others[2].file(), 20_007);
}

#[test]
fn a_record_in_two_files_counts_once() {
    let ids = [Some(5), None, Some(5), None, Some(9)];
    let identity = |id: Option<u64>| id.map_or(Identity::Place, |id| Identity::Id(id, None));
    let members: Vec<_> = ids
        .iter()
        .enumerate()
        .map(|(at, id)| member(1, at as u64, MemberValue::Count(identity(*id)), 3, None))
        .collect();
    let found = violations(&group(GroupFold::Count, false), &members);
    assert_eq!((found[0].total, found[0].primary.start()), (Decimal::from(4), 4));
    assert!(violations(&group(GroupFold::Count, false), &members[..4]).is_empty());
}

#[test]
fn values_are_told_apart_and_added() {
    let hashes = [5, 5, 9, 5].map(MemberValue::Distinct);
    let members: Vec<_> = hashes.iter().enumerate().map(|(at, value)| member(1, at as u64, *value, 1, None)).collect();
    let found = violations(&group(GroupFold::Distinct, false), &members);
    assert_eq!((found[0].total, found[0].primary.start()), (Decimal::from(2), 2));
    let amounts = [3, 4, 5].map(|amount| MemberValue::Amount(Decimal::from(amount)));
    let members: Vec<_> = amounts.iter().enumerate().map(|(at, value)| member(1, at as u64, *value, 6, None)).collect();
    let found = violations(&group(GroupFold::Sum, false), &members);
    assert_eq!((found[0].total, found[0].primary.start()), (Decimal::from(12), 1));
}

#[test]
fn only_mixed_groups_count_where_that_is_asked() {
    let alike = [
        member(1, 0, MemberValue::Count(Identity::Place), 1, Some(4)),
        member(1, 1, MemberValue::Count(Identity::Place), 1, Some(4)),
    ];
    assert!(violations(&group(GroupFold::Count, true), &alike).is_empty());
    let mixed = [
        member(1, 0, MemberValue::Count(Identity::Place), 1, Some(4)),
        member(1, 1, MemberValue::Count(Identity::Place), 1, Some(5)),
    ];
    assert_eq!(violations(&group(GroupFold::Count, true), &mixed).len(), 1);
    let once = [
        member(1, 0, MemberValue::Count(Identity::Place), 1, None),
        member(1, 1, MemberValue::Count(Identity::Place), 1, Some(5)),
    ];
    assert!(violations(&group(GroupFold::Count, true), &once).is_empty());
}

fn amount(amount: i64) -> MemberValue {
    MemberValue::Amount(Decimal::from(amount))
}

fn at_places(values: &[MemberValue], max: u32) -> Vec<GroupMember> {
    values.iter().enumerate().map(|(at, value)| member(1, at as u64, *value, max, None)).collect()
}

#[test]
fn members_that_are_not_counted_make_a_group_all_the_same() {
    let least = |member: GroupMember| GroupMember { min: Some(Decimal::ONE), max: None, ..member };
    let of = |values: &[MemberValue]| at_places(values, 0).into_iter().map(least).collect::<Vec<_>>();
    let found = violations(&group(GroupFold::Count, false), &of(&[MemberValue::Uncounted, MemberValue::Uncounted]));
    assert_eq!((found[0].total, found[0].primary.start(), found[0].others.len()), (Decimal::ZERO, 0, 1));
    let counted = of(&[MemberValue::Uncounted, MemberValue::Count(Identity::Place)]);
    assert!(violations(&group(GroupFold::Count, false), &counted).is_empty());
    let values = [MemberValue::Uncounted, MemberValue::Count(Identity::Place), MemberValue::Count(Identity::Place)];
    assert_eq!(violations(&group(GroupFold::Count, false), &at_places(&values, 1))[0].primary.start(), 2);
    let amounts = [MemberValue::Uncounted, amount(3), MemberValue::Uncounted, amount(4)];
    assert_eq!(violations(&group(GroupFold::Sum, false), &at_places(&amounts, 5))[0].primary.start(), 3);
}

#[test]
fn a_bound_may_be_what_other_records_add_up_to() {
    let bound_of = |of: WholeOrPart, amount: i64| MemberValue::Bound(Decimal::from(amount), of);
    let bound = |amount: i64| bound_of(WholeOrPart::Part, amount);
    let summed = |min, max| GroupCheck { summed: SummedBounds { min, max }, ..group(GroupFold::Sum, false) };
    let of = |values: &[MemberValue]| {
        at_places(values, 0).into_iter().map(|member| GroupMember { max: None, ..member }).collect::<Vec<_>>()
    };
    let found = violations(&summed(false, true), &of(&[amount(4), bound(5), amount(4), bound(2), amount(1)]));
    assert_eq!((found[0].total, found[0].limit), (Decimal::from(9), Decimal::from(7)));
    assert_eq!(found[0].primary.start(), 2);
    assert_eq!(found[0].others.iter().map(|place| place.start()).collect::<Vec<_>>(), [0, 4]);
    let GroupDetail::Against(stock) = &found[0].detail else { panic!("{:?}", found[0].detail) };
    assert_eq!(stock.iter().map(|place| place.start()).collect::<Vec<_>>(), [1, 3]);
    let whole = bound_of(WholeOrPart::Whole, 7);
    let found = violations(&summed(false, true), &of(&[amount(8), bound(5), whole, bound(2)]));
    assert_eq!(found[0].limit, Decimal::from(7));
    let GroupDetail::Against(stock) = &found[0].detail else { panic!("{:?}", found[0].detail) };
    assert_eq!(stock.iter().map(|place| place.start()).collect::<Vec<_>>(), [1, 3]);
    assert!(violations(&summed(false, true), &of(&[amount(4), bound(5)])).is_empty());
    assert_eq!(violations(&summed(true, false), &of(&[amount(4), bound(5)]))[0].limit, Decimal::from(5));
    for values in [&[amount(9)][..], &[bound(1)]] {
        assert!(violations(&summed(true, true), &of(values)).is_empty());
    }
}

#[test]
fn a_spread_is_a_share_of_the_smallest() {
    let within = |member: GroupMember| GroupMember { max: Some(Decimal::new(2, 1)), ..member };
    let of = |amounts: &[i64]| {
        let values: Vec<_> = amounts.iter().map(|value| amount(*value)).collect();
        let members: Vec<_> = at_places(&values, 0).into_iter().map(within).collect();
        violations(&group(GroupFold::Spread, false), &members)
    };
    assert!(of(&[10, 12, 11]).is_empty());
    assert!(of(&[10]).is_empty());
    let found = of(&[100, 99, 130, 101]);
    assert_eq!(found[0].detail, GroupDetail::Spread(99.into(), 130.into()));
    assert_eq!((found[0].primary.start(), found[0].others.len()), (2, 3));
    assert_eq!(of(&[100, 101, 99, 50])[0].primary.start(), 3);
    assert_eq!(of(&[20, 10])[0].primary.start(), 1, "the lowest where both lie as far");
}

#[test]
fn a_key_that_many_values_have_lacks_the_others() {
    let share = |member: GroupMember| GroupMember { min: Some(Decimal::new(5, 1)), max: None, ..member };
    let keys = [(1, 1), (1, 2), (1, 3), (2, 4), (2, 4), (3, 1), (3, 2), (3, 3), (3, 4)];
    let members = keys
        .iter()
        .enumerate()
        .map(|(at, (key, value))| share(member(*key, at as u64, MemberValue::Distinct(*value), 0, None)));
    let found = violations(&group(GroupFold::Covers, false), &members.collect::<Vec<_>>());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].total, found[0].limit), (Decimal::from(3), Decimal::from(4)));
    assert_eq!(found[0].detail, GroupDetail::Missing(vec!["4".to_owned()], 0));
    let all = (0..30).map(|value| share(member(value / 16, value, MemberValue::Distinct(value), 0, None)));
    let found = violations(&group(GroupFold::Covers, false), &all.collect::<Vec<_>>());
    let GroupDetail::Missing(named, more) = &found[0].detail else { panic!("{found:?}") };
    assert_eq!((found.len(), named.len(), *more), (1, 10, 4));
}

fn any_identity() -> impl Strategy<Value = Identity> {
    prop_oneof![
        Just(Identity::Place),
        (0_u64..3, prop::option::of(0_u64..3)).prop_map(|(id, name)| Identity::Id(id, name)),
        (0_u64..3, prop::option::of(0_u64..3), 0_u32..2).prop_map(|(name, cells, list)| Identity::Row {
            name,
            cells,
            list
        }),
    ]
}

fn any_part() -> impl Strategy<Value = WholeOrPart> {
    prop::sample::select(vec![WholeOrPart::Part, WholeOrPart::Whole, WholeOrPart::PartUnlessSum])
}

fn any_member() -> impl Strategy<Value = GroupMember> {
    let value = prop_oneof![
        any_identity().prop_map(MemberValue::Count),
        (0_u64..3).prop_map(MemberValue::Distinct),
        Just(MemberValue::Uncounted),
        (0_i64..9, any_part()).prop_map(|(amount, of)| MemberValue::Bound(amount.into(), of)),
        (-5_i64..50, 0_u32..3).prop_map(|(amount, scale)| MemberValue::Amount(Decimal::new(amount, scale))),
    ];
    let min = prop::option::of((0_i64..4).prop_map(|tenths| Decimal::new(tenths, 1)));
    (0_u32..3, 0_u64..6, 0_u64..100, value, 1_u32..4, min, prop::option::of(0_u64..2)).prop_map(
        |(rule, key, start, value, max, min, mixed)| GroupMember { rule, min, ..member(key, start, value, max, mixed) },
    )
}

proptest! {
    #[test]
    fn on_disk_as_in_memory(
        members in prop::collection::vec(any_member(), 0..80),
        fold in prop::sample::select(vec![
            GroupFold::Count, GroupFold::Distinct, GroupFold::Sum, GroupFold::Spread, GroupFold::Covers,
        ]),
        mixed: bool,
        min: bool,
        max: bool,
        limit in 0_usize..2000,
    ) {
        let group = GroupCheck { summed: SummedBounds { min, max }, ..group(fold, mixed) };
        prop_assert_eq!(violations_within(&group, &members, limit), violations(&group, &members));
    }
}
