//! The calendar of a plan as a picture: one bar a day for the shops that move, a line for the tasks, marks for deadlines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{Datelike as _, NaiveDate};

use super::Shown;
use super::html::escaped;
use super::pieces::{say, tasks};
use dianjian_base::lang::Lang;

/// Width of the picture, in its own units.
const WIDTH: i64 = 960;
/// Its margins.
const MARGIN: i64 = 48;
/// Height of the bars.
const BARS: i64 = 140;

/// What happens on a day.
#[derive(Debug, Default, Clone, Copy)]
struct Day {
    moves: usize,
    late: usize,
    tasks: usize,
    deadlines: usize,
}

/// The picture; empty where nothing has a day.
#[must_use]
pub fn timeline(shown: &Shown<'_>, lang: Lang) -> String {
    let days = days(shown);
    let (Some(first), Some(last)) = (days.keys().next().copied(), days.keys().next_back().copied()) else {
        return String::new();
    };
    let span = (last - first).num_days().max(1);
    let at = |day: NaiveDate| MARGIN + (day - first).num_days() * (WIDTH - 2 * MARGIN) / span;
    let most = days.values().map(|day| day.moves.max(day.tasks)).max().unwrap_or(1).max(1) as i64;
    let wide = ((WIDTH - 2 * MARGIN) / (span + 1)).clamp(3, 22);
    let base = MARGIN + BARS;
    let mut out = format!(
        "<svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"{}\">\n",
        base + 64,
        escaped(say(lang, "时间线", "Timeline"))
    );
    let _ =
        writeln!(out, "<line class=\"axis\" x1=\"{MARGIN}\" y1=\"{base}\" x2=\"{}\" y2=\"{base}\"/>", WIDTH - MARGIN);
    for (day, what) in &days {
        let (x, title) = (at(*day), told(*day, what, lang));
        if what.tasks > 0 {
            let height = (what.tasks as i64 * BARS / most).max(2);
            let _ = writeln!(
                out,
                "<rect class=\"tasks\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{height}\"><title>{title}</title></rect>",
                x,
                base - height,
                wide / 2 + 1
            );
        }
        if what.moves > 0 {
            let height = (what.moves as i64 * BARS / most).max(2);
            let class = if what.late > 0 { "moves late" } else { "moves" };
            let _ = writeln!(
                out,
                "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{height}\"><title>{title}</title></rect>",
                x - wide / 2,
                base - height,
                wide / 2 + 1
            );
        }
        if what.deadlines > 0 {
            let top = MARGIN - 16;
            let _ = writeln!(
                out,
                "<path class=\"deadline\" d=\"M{x} {base}V{top}m-5 -8h10l-5 8z\"><title>{title}</title></path>"
            );
        }
    }
    for day in ticks(first, last) {
        let _ = writeln!(out, "<text class=\"tick\" x=\"{}\" y=\"{}\">{day}</text>", at(day), base + 18);
    }
    legend(lang, base + 46, &mut out);
    out.push_str("</svg>\n");
    out
}

fn days(shown: &Shown<'_>) -> BTreeMap<NaiveDate, Day> {
    let mut days: BTreeMap<NaiveDate, Day> = BTreeMap::new();
    for shop in &shown.shops {
        if let Some(day) = shop.day {
            let entry = days.entry(day).or_default();
            entry.moves += 1;
            entry.late += usize::from(shop.overdue || shop.deadline.is_some_and(|last| last < day));
        }
        // Deadlines long past would press everything else together; they are told in words.
        if let Some(day) = shop.deadline.filter(|day| *day >= shown.plan.as_of) {
            days.entry(day).or_default().deadlines += 1;
        }
    }
    for task in tasks(shown) {
        if let Some(day) = task.on {
            days.entry(day).or_default().tasks += 1;
        }
    }
    days
}

fn told(day: NaiveDate, what: &Day, lang: Lang) -> String {
    let mut parts = vec![day.to_string()];
    for (number, zh, en) in [
        (what.moves, "家店铺迁移", "shops move"),
        (what.late, "家已过期限", "past their deadline"),
        (what.tasks, "项任务", "tasks"),
        (what.deadlines, "家店铺的期限", "deadlines"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {}", say(lang, zh, en)));
        }
    }
    parts.join(" · ")
}

/// Days that are written below the axis: few enough to be read.
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

fn legend(lang: Lang, y: i64, out: &mut String) {
    let mut x = MARGIN;
    for (class, word) in [
        ("moves", say(lang, "店铺迁移", "shops that move")),
        ("moves late", say(lang, "已过期限", "past their deadline")),
        ("tasks", say(lang, "任务", "tasks")),
        ("deadline", say(lang, "期限", "deadlines")),
    ] {
        let _ = writeln!(out, "<rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"12\" height=\"12\"/>", y - 11);
        let _ = writeln!(out, "<text class=\"key\" x=\"{}\" y=\"{y}\">{}</text>", x + 18, escaped(word));
        x += 200;
    }
}
