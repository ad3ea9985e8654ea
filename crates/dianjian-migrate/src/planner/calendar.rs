//! The day of every shop's move: overdue shops first, the others back from their deadlines, within the daily capacity.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

/// A shop that moves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MovingShop {
    /// Its number in the fleet.
    pub(crate) shop: usize,
    pub(crate) deadline: Option<NaiveDate>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct CalendarBounds {
    /// The day of the plan: no shop moves before it.
    pub(crate) as_of: NaiveDate,
    /// The day of the cut-over: shops that are not late move by then.
    pub(crate) cutover: NaiveDate,
    /// How many shops move in a day; `None`: any number.
    pub(crate) per_day: Option<u32>,
}

#[derive(Debug, Default)]
pub(crate) struct MoveCalendar {
    /// By shop.
    pub(crate) days: BTreeMap<usize, NaiveDate>,
    /// Circles of shops that wait for one another, each in the order in which they wait.
    pub(crate) circles: Vec<Vec<usize>>,
    /// The fewest shops a day with which all that can be in time are; `None`: they are.
    pub(crate) enough_per_day: Option<u32>,
}

/// Plans the days. `waits`: a shop, and one that must not move later than it.
pub(crate) fn plan_days(movers: &[MovingShop], waits: &[(usize, usize)], bounds: CalendarBounds) -> MoveCalendar {
    let (ranks, circles) = order(movers, waits);
    let mut effective: BTreeMap<usize, NaiveDate> =
        movers.iter().map(|mover| (mover.shop, mover.deadline.unwrap_or(NaiveDate::MAX))).collect();
    // A shop that others wait for has their deadlines, too. From the last in the order to the first.
    let mut by_rank: Vec<(usize, usize)> = waits.to_vec();
    by_rank.sort_by_key(|(waiting, _)| std::cmp::Reverse(ranks.get(waiting).copied()));
    for (waiting, first) in by_rank {
        let before = ranks.get(&first) < ranks.get(&waiting);
        if let (true, Some(day)) = (before, effective.get(&waiting).copied()) {
            effective.entry(first).and_modify(|own| *own = (*own).min(day));
        }
    }
    let deadline = |mover: &MovingShop| effective.get(&mover.shop).copied().unwrap_or(NaiveDate::MAX);
    let mut sorted: Vec<MovingShop> = movers.to_vec();
    sorted.sort_by_key(|mover| (deadline(mover), ranks.get(&mover.shop).copied(), mover.shop));
    let (overdue, rest): (Vec<MovingShop>, Vec<MovingShop>) =
        sorted.into_iter().partition(|mover| deadline(mover) < bounds.as_of);
    let ceiling = bounds.cutover.max(bounds.as_of);
    let mut days = DaySlots { bounds, days: BTreeMap::new(), first_free: bounds.as_of, ceiling };
    let mut calendar = MoveCalendar { days: BTreeMap::new(), circles, enough_per_day: None };
    for mover in &overdue {
        calendar.days.insert(mover.shop, days.earliest());
    }
    let last = |mover: &MovingShop| deadline(mover).min(ceiling);
    if days.all_fit(&rest, &last) {
        for mover in rest.iter().rev() {
            let day = days.latest(last(mover));
            calendar.days.insert(mover.shop, day);
        }
    } else {
        for mover in &rest {
            calendar.days.insert(mover.shop, days.earliest());
        }
        let deadlines: Vec<NaiveDate> = rest.iter().map(deadline).collect();
        calendar.enough_per_day = enough_per_day(&deadlines, overdue.len(), bounds);
    }
    calendar
}

/// The fewest shops a day with which those with `deadlines`, which are sorted and not over, would all be in time, after
/// so many that are `overdue` already. `None`: the capacity of the plan is enough.
fn enough_per_day(deadlines: &[NaiveDate], overdue: usize, bounds: CalendarBounds) -> Option<u32> {
    let need = deadlines.iter().enumerate().filter(|(_, day)| **day < NaiveDate::MAX).map(|(at, day)| {
        let days = u64::try_from((*day - bounds.as_of).num_days() + 1).unwrap_or(1).max(1);
        ((overdue + at + 1) as u64).div_ceil(days)
    });
    let need = u32::try_from(need.max()?).unwrap_or(u32::MAX);
    bounds.per_day.filter(|most| *most < need).map(|_| need)
}

/// How many shops move on each day.
struct DaySlots {
    bounds: CalendarBounds,
    days: BTreeMap<NaiveDate, u32>,
    first_free: NaiveDate,
    /// The last day that [`Self::latest`] has returned.
    ceiling: NaiveDate,
}

impl DaySlots {
    fn has_room(&self, day: NaiveDate) -> bool {
        self.bounds.per_day.is_none_or(|most| self.days.get(&day).copied().unwrap_or_default() < most.max(1))
    }

    fn take(&mut self, day: NaiveDate) -> NaiveDate {
        *self.days.entry(day).or_default() += 1;
        day
    }

    fn earliest(&mut self) -> NaiveDate {
        while !self.has_room(self.first_free) {
            match self.first_free.checked_add_days(Days::new(1)) {
                Some(next) => self.first_free = next,
                None => break,
            }
        }
        self.take(self.first_free)
    }

    /// The latest day with room up to a day; there is one, as [`Self::all_fit`] has found.
    fn latest(&mut self, day: NaiveDate) -> NaiveDate {
        // Days are asked for in falling order, so that full ones are skipped for good.
        let mut day = day.min(self.ceiling);
        while !self.has_room(day) && day > self.bounds.as_of {
            day = day.checked_sub_days(Days::new(1)).unwrap_or(day);
        }
        self.ceiling = day;
        self.take(day)
    }

    /// Whether all would be in time if they moved one after another, as early as possible.
    fn all_fit(&self, rest: &[MovingShop], last: &dyn Fn(&MovingShop) -> NaiveDate) -> bool {
        let Some(most) = self.bounds.per_day.map(|most| most.max(1)) else { return true };
        let mut day = self.first_free;
        let mut used = self.days.get(&day).copied().unwrap_or_default();
        for mover in rest {
            if used >= most {
                used = 0;
                day = day.checked_add_days(Days::new(1)).unwrap_or(day);
            }
            used += 1;
            if day > last(mover) {
                return false;
            }
        }
        true
    }
}

/// A rank for every shop, so that each comes after those it waits for; circles are cut where they were entered.
fn order(movers: &[MovingShop], waits: &[(usize, usize)]) -> (BTreeMap<usize, usize>, Vec<Vec<usize>>) {
    let mut firsts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (waiting, first) in waits {
        firsts.entry(*waiting).or_default().push(*first);
    }
    let mut ranks = BTreeMap::new();
    let mut circles = Vec::new();
    for mover in movers {
        // Not recursive: chains of renames may be as long as the fleet.
        let mut path: Vec<(usize, usize)> = vec![(mover.shop, 0)];
        let mut on_path: BTreeMap<usize, usize> = BTreeMap::from([(mover.shop, 0)]);
        while let Some((shop, at)) = path.last_mut() {
            let shop = *shop;
            if ranks.contains_key(&shop) {
                on_path.remove(&shop);
                path.pop();
                continue;
            }
            match firsts.get(&shop).and_then(|firsts| firsts.get(*at)).copied() {
                Some(first) => {
                    *at += 1;
                    if let Some(begin) = on_path.get(&first) {
                        circles.push(path[*begin..].iter().map(|(shop, _)| *shop).collect());
                    } else if !ranks.contains_key(&first) {
                        on_path.insert(first, path.len());
                        path.push((first, 0));
                    }
                }
                None => {
                    ranks.insert(shop, ranks.len());
                }
            }
        }
    }
    (ranks, circles)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn mover(shop: usize, deadline: Option<&str>) -> MovingShop {
        MovingShop { shop, deadline: deadline.map(day) }
    }

    fn bounds(per_day: Option<u32>) -> CalendarBounds {
        CalendarBounds { as_of: day("2024-09-01"), cutover: day("2024-09-20"), per_day }
    }

    #[test]
    fn overdue_shops_go_first_and_the_others_back_from_their_deadlines() {
        let movers =
            [mover(0, Some("2024-09-10")), mover(1, Some("2024-08-20")), mover(2, Some("2024-09-10")), mover(3, None)];
        let calendar = plan_days(&movers, &[], bounds(Some(1)));
        let days: Vec<String> = calendar.days.values().map(ToString::to_string).collect();
        assert_eq!(days, ["2024-09-09", "2024-09-01", "2024-09-10", "2024-09-20"]);
    }

    #[test]
    fn without_a_capacity_all_move_on_their_last_day() {
        let movers = [mover(0, Some("2024-09-10")), mover(1, Some("2024-08-20")), mover(2, Some("2024-10-10"))];
        let days: Vec<String> = plan_days(&movers, &[], bounds(None)).days.values().map(ToString::to_string).collect();
        assert_eq!(days, ["2024-09-10", "2024-09-01", "2024-09-20"]);
    }

    #[test]
    fn where_not_all_can_be_in_time_they_move_as_early_as_can_be() {
        let movers: Vec<MovingShop> = (0..6).map(|shop| mover(shop, Some("2024-09-02"))).collect();
        let days: Vec<String> =
            plan_days(&movers, &[], bounds(Some(2))).days.values().map(ToString::to_string).collect();
        assert_eq!(days, ["2024-09-01", "2024-09-01", "2024-09-02", "2024-09-02", "2024-09-03", "2024-09-03"]);
    }

    #[test]
    fn who_waits_moves_no_earlier_and_circles_are_reported() {
        let movers = [mover(0, Some("2024-09-10")), mover(1, None), mover(2, None), mover(3, None)];
        // 0 waits for 1; 2 and 3 wait for each other.
        let calendar = plan_days(&movers, &[(0, 1), (2, 3), (3, 2)], bounds(Some(1)));
        assert!(calendar.days[&1] <= calendar.days[&0]);
        assert_eq!(calendar.circles, [vec![2, 3]]);
        assert_eq!(calendar.days.len(), 4);
    }

    #[test]
    fn a_chain_as_long_as_the_fleet_is_no_trouble() {
        let movers: Vec<MovingShop> = (0..50_000).map(|shop| mover(shop, None)).collect();
        let waits: Vec<(usize, usize)> = (1..50_000).map(|shop| (shop - 1, shop)).collect();
        let calendar = plan_days(&movers, &waits, bounds(Some(10_000)));
        assert!(calendar.days[&49_999] <= calendar.days[&0]);
        assert!(calendar.circles.is_empty());
    }
}
