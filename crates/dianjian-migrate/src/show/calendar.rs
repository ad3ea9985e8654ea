//! A plan's tasks and deadlines as an iCalendar file (RFC 5545).
//!
//! All entries are whole days, which calendar programs do not shift between time zones. Nothing depends on when the file
//! was made and entries keep their UIDs, so that importing it again replaces them.

use std::collections::BTreeMap;

use crate::plan::{PlannedShop, PlannedTask};
use chrono::{Days, NaiveDate};
use dianjian_base::lang::Lang;
use dianjian_base::{sha256_of_parts, text};

use super::PlanView;
use super::pieces::{late_mark, some_shops, tasks};

/// Entries of one kind on one day; more are one entry with a list.
const MOST_A_DAY: usize = 4;

/// Lines of such a list.
const MOST_LISTED: usize = 60;

/// The calendar.
pub fn ics(view: &PlanView<'_>, lang: Lang) -> String {
    let mut out = CalendarLines::default();
    out.line("BEGIN:VCALENDAR");
    out.line("VERSION:2.0");
    out.line("PRODID:-//dianjian//migration plan//ZH");
    out.line("CALSCALE:GREGORIAN");
    out.text("X-WR-CALNAME", lang.pick("店铺迁移计划", "Migration plan"));
    let stamp = format!("{}T000000Z", view.plan.as_of.format("%Y%m%d"));
    let mut days: BTreeMap<NaiveDate, [Vec<CalendarEvent>; 2]> = BTreeMap::new();
    for task in tasks(view) {
        if let Some(day) = task.on.or(task.due) {
            days.entry(day).or_default()[0].push(task_event(task, lang));
        }
    }
    for shop in &view.shops {
        if let Some(day) = shop.deadline.filter(|_| shop.from != shop.to || !shop.tasks.is_empty()) {
            days.entry(day).or_default()[1].push(deadline_event(shop, lang));
        }
    }
    for (day, [tasks, deadlines]) in days {
        for (kind, events) in [("tasks", tasks), ("deadlines", deadlines)] {
            match events.len() {
                0..=MOST_A_DAY => events.iter().for_each(|event| out.event(event, day, &stamp)),
                _ => out.event(&list_event(kind, day, &events, lang), day, &stamp),
            }
        }
    }
    out.line("END:VCALENDAR");
    out.0
}

fn task_event(task: &PlannedTask, lang: Lang) -> CalendarEvent {
    let due = task.due.map(|due| format!("\n{}: {due}", lang.pick("期限", "last day"))).unwrap_or_default();
    let line = |label, text: String| if text.is_empty() { text } else { format!("\n{label}: {text}") };
    let shops = line(lang.pick("店铺", "shops"), some_shops(&task.shops));
    let after = line(lang.pick("之前", "after"), task.after.join(", "));
    let late = late_mark(task.overdue, task.late, lang);
    CalendarEvent {
        // Made of the task's subject, not of its number: the next plan may number tasks differently.
        uid: uid(&[&task.kind, &task.shops.join("\n"), task.title.get(Lang::Zh)]),
        summary: format!("{late}{} · {}", task.title.get(lang), task.who.get(lang)),
        description: format!("{}{due}{shops}{after}\n{}", task.why.get(lang), task.reasons.join(", ")),
        about: some_shops(&task.shops),
        place: Some(task.r#where.get(lang).to_owned()),
        is_late: task.overdue || task.late,
    }
}

fn deadline_event(shop: &PlannedShop, lang: Lang) -> CalendarEvent {
    let late = late_mark(shop.overdue, shop.late, lang);
    let planned = shop.day.map(|day| format!("\n{}: {day}", lang.pick("计划日", "planned for"))).unwrap_or_default();
    let new = shop.name.picked.as_deref().filter(|name| *name != shop.name.old);
    let new = new.map(|name| format!("\n{} → {name}", shop.name.old)).unwrap_or_default();
    CalendarEvent {
        uid: uid(&["deadline", &shop.key]),
        summary: format!("{late}{} · {} {}", lang.pick("期限", "Last day"), shop.key, shop.name.old),
        description: format!("{}{planned}{new}", shop.why.get(lang)),
        about: String::new(),
        place: None,
        is_late: shop.overdue || shop.late,
    }
}

/// One entry for all of one kind on a day.
fn list_event(kind: &str, day: NaiveDate, events: &[CalendarEvent], lang: Lang) -> CalendarEvent {
    let late = events.iter().filter(|event| event.is_late).count();
    let number = events.len();
    let what = match kind {
        "tasks" => text! { zh: "{number} 项任务", en: "{number} tasks" },
        _ => text! { zh: "{number} 家店铺的期限", en: "Last day of {number} shops" },
    };
    let late_ones = text! { zh: "，其中 {late} 项已过期或赶不上", en: ", {late} of them late" };
    let late_ones = if late > 0 { late_ones.get(lang) } else { "" };
    let line = |event: &CalendarEvent| {
        let about = if event.about.is_empty() { String::new() } else { format!(": {}", event.about) };
        format!("- {}{about}", event.summary)
    };
    let mut lines: Vec<String> = events.iter().take(MOST_LISTED).map(line).collect();
    if number > MOST_LISTED {
        lines.push(format!("… (+{})", number - MOST_LISTED));
    }
    CalendarEvent {
        uid: uid(&[kind, &day.to_string()]),
        summary: format!("{}{late_ones}", what.get(lang)),
        description: lines.join("\n"),
        about: String::new(),
        place: None,
        is_late: late > 0,
    }
}

struct CalendarEvent {
    uid: String,
    summary: String,
    description: String,
    /// The shops, for the entry of a whole day.
    about: String,
    place: Option<String>,
    is_late: bool,
}

fn uid(parts: &[&str]) -> String {
    format!("{}@dianjian", &sha256_of_parts(parts)[..32])
}

#[derive(Default)]
struct CalendarLines(String);

impl CalendarLines {
    fn event(&mut self, event: &CalendarEvent, day: NaiveDate, stamp: &str) {
        self.line("BEGIN:VEVENT");
        self.line(&format!("UID:{}", event.uid));
        self.line(&format!("DTSTAMP:{}", stamp));
        self.line(&format!("DTSTART;VALUE=DATE:{}", day.format("%Y%m%d")));
        let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
        self.line(&format!("DTEND;VALUE=DATE:{}", next.format("%Y%m%d")));
        self.text("SUMMARY", &event.summary);
        self.text("DESCRIPTION", &event.description);
        if let Some(place) = &event.place {
            self.text("LOCATION", place);
        }
        self.line("TRANSP:TRANSPARENT");
        self.line("END:VEVENT");
    }

    fn text(&mut self, name: &str, text: &str) {
        self.line(&format!("{name}:{}", escaped(text)));
    }

    /// A content line, folded so that no line has more than 75 bytes and no character is cut.
    fn line(&mut self, line: &str) {
        const MOST: usize = 75;
        let mut room = MOST;
        for character in line.chars() {
            if character.len_utf8() > room {
                self.0.push_str("\r\n ");
                room = MOST - 1;
            }
            self.0.push(character);
            room -= character.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// A TEXT value (RFC 5545, 3.3.11): syntax characters are escaped, control characters dropped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(character);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push(' '),
            character if character.is_control() => {}
            character => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_between_characters() {
        let mut out = CalendarLines::default();
        out.text("SUMMARY", &"云山茶业；".repeat(20));
        assert!(out.0.lines().all(|line| line.len() <= 75), "{}", out.0);
        let unfolded = out.0.replace("\r\n ", "");
        assert_eq!(unfolded, format!("SUMMARY:{}\r\n", "云山茶业；".repeat(20)));
    }

    #[test]
    fn texts_are_escaped() {
        assert_eq!(escaped("a,b;c\\d\ne\r\u{7}"), "a\\,b\\;c\\\\d\\ne");
    }
}
