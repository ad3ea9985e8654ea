//! The calendar of a plan as a picture: one bar a day for the shops that move, a line for the tasks, marks for deadlines.

use std::collections::BTreeMap;

use askama::Template;
use chrono::{Datelike as _, NaiveDate};
use dianjian_base::lang::Lang;

use super::PlanView;
use super::pieces::tasks;

/// Width of the picture, in units of the SVG.
const WIDTH: i64 = 960;
const MARGIN: i64 = 48;
/// Height of the highest bar.
const BARS: i64 = 140;

/// Counts of one day.
#[derive(Debug, Default, Clone, Copy)]
pub struct TimelineDay {
    /// Shops that move.
    pub moves: usize,
    /// Those of them that are late.
    pub late: usize,
    tasks: usize,
    deadlines: usize,
}

/// The picture as SVG; `None` if nothing in the plan has a day.
pub fn timeline(view: &PlanView<'_>, lang: Lang) -> Option<String> {
    let days = days(view);
    let (first, last) = (*days.keys().next()?, *days.keys().next_back()?);
    let span = (last - first).num_days().max(1);
    let at = |day: NaiveDate| MARGIN + (day - first).num_days() * (WIDTH - 2 * MARGIN) / span;
    let most = days.values().map(|day| day.moves.max(day.tasks)).max().unwrap_or(1).max(1) as i64;
    let height = |number: usize| (number > 0).then(|| (number as i64 * BARS / most).max(2));
    let mark = |(day, what): (&NaiveDate, &TimelineDay)| TimelineMark {
        x: at(*day),
        title: title(*day, what, lang),
        moves: height(what.moves),
        late: what.late > 0,
        tasks: height(what.tasks),
        deadline: what.deadlines > 0,
    };
    let picture = TimelinePicture {
        marks: days.iter().map(mark).collect(),
        ticks: ticks(first, last).into_iter().map(|day| (at(day), day)).collect(),
        base: MARGIN + BARS,
        bar: ((WIDTH - 2 * MARGIN) / (span + 1)).clamp(3, 22),
        lang,
    };
    picture.render().ok()
}

#[derive(Template)]
#[template(path = "timeline.svg", config = "src/show/askama.toml")]
struct TimelinePicture {
    marks: Vec<TimelineMark>,
    ticks: Vec<(i64, NaiveDate)>,
    /// The y coordinate of the axis, on which the bars stand.
    base: i64,
    /// The width of the two bars of a day together.
    bar: i64,
    lang: Lang,
}

/// The marks of one day.
struct TimelineMark {
    x: i64,
    title: String,
    /// Heights of the bars.
    moves: Option<i64>,
    late: bool,
    tasks: Option<i64>,
    deadline: bool,
}

impl TimelinePicture {
    fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.lang.pick(zh, en)
    }

    fn legend(&self) -> [(i64, &'static str, &'static str); 4] {
        let entry = |at: i64, class, zh, en| (MARGIN + at * 200, class, self.say(zh, en));
        [
            entry(0, "moves", "店铺迁移", "shops that move"),
            entry(1, "moves late", "已过期限", "past their deadline"),
            entry(2, "tasks", "任务", "tasks"),
            entry(3, "deadline", "期限", "deadlines"),
        ]
    }
}

/// What happens on each day on which something does.
pub fn days(view: &PlanView<'_>) -> BTreeMap<NaiveDate, TimelineDay> {
    let mut days: BTreeMap<NaiveDate, TimelineDay> = BTreeMap::new();
    for shop in &view.shops {
        if let Some(day) = shop.day {
            let entry = days.entry(day).or_default();
            entry.moves += 1;
            entry.late += usize::from(shop.overdue || shop.late);
        }
        // Deadlines of the past are left to the text: they would squeeze everything else together.
        if let Some(day) = shop.deadline.filter(|day| *day >= view.plan.as_of) {
            days.entry(day).or_default().deadlines += 1;
        }
    }
    for task in tasks(view) {
        if let Some(day) = task.on {
            days.entry(day).or_default().tasks += 1;
        }
    }
    days
}

fn title(day: NaiveDate, what: &TimelineDay, lang: Lang) -> String {
    [day.to_string()].into_iter().chain(what.parts(lang)).collect::<Vec<_>>().join(" · ")
}

impl TimelineDay {
    /// What happens, in words.
    pub fn parts(&self, lang: Lang) -> Vec<String> {
        let parts = [
            (self.moves, "家店铺迁移", "move of a shop", "moves of shops"),
            (self.late, "家已过期限", "past its deadline", "past their deadline"),
            (self.tasks, "项任务", "task", "tasks"),
            (self.deadlines, "家店铺的期限", "deadline", "deadlines"),
        ];
        let some = parts.into_iter().filter(|(number, ..)| *number > 0);
        let word = |number, one, many| if number == 1 { one } else { many };
        some.map(|(number, zh, one, many)| format!("{number} {}", lang.pick(zh, word(number, one, many)))).collect()
    }
}

/// Days that are labelled below the axis: at most eight, so that labels do not overlap.
fn ticks(first: NaiveDate, last: NaiveDate) -> Vec<NaiveDate> {
    const MOST: usize = 8;
    let span = (last - first).num_days();
    let all = first.iter_days().take_while(|day| *day <= last);
    if span <= MOST as i64 {
        return all.collect();
    }
    let months: Vec<NaiveDate> = all.filter(|day| day.day() == 1).take(4 * 12 * 100).collect();
    if (3..=MOST).contains(&months.len()) {
        return months;
    }
    let step = (span / (MOST as i64 - 1)).max(1);
    (0..MOST as i64)
        .filter_map(|at| first.checked_add_signed(chrono::TimeDelta::days(at * step)))
        .filter(|day| *day <= last)
        .collect()
}
