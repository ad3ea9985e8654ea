//! A plan's tasks and deadlines as an iCalendar file (RFC 5545).
//!
//! All entries are whole days, which calendar programs do not shift between time zones. Nothing depends on when the file
//! was made and entries keep their UIDs, so that importing it again replaces them.

use chrono::{Days, NaiveDate};
use dianjian_base::lang::Lang;
use dianjian_base::sha256_of_parts;

use super::PlanView;
use super::pieces::{some_shops, tasks};

pub fn ics(view: &PlanView<'_>, lang: Lang) -> String {
    let mut out = CalendarLines::default();
    out.line("BEGIN:VCALENDAR");
    out.line("VERSION:2.0");
    out.line("PRODID:-//dianjian//migration plan//ZH");
    out.line("CALSCALE:GREGORIAN");
    out.text("X-WR-CALNAME", lang.pick("店铺迁移计划", "Migration plan"));
    let stamp = format!("{}T000000Z", view.plan.as_of.format("%Y%m%d"));
    for task in tasks(view) {
        let Some(day) = task.on.or(task.due) else { continue };
        let late = if task.overdue { lang.pick("【已过期】", "[overdue] ") } else { "" };
        let due = task.due.map(|due| format!("\n{}: {due}", lang.pick("期限", "last day"))).unwrap_or_default();
        let line = |label, text: String| if text.is_empty() { text } else { format!("\n{label}: {text}") };
        let shops = line(lang.pick("店铺", "shops"), some_shops(&task.shops));
        let after = line(lang.pick("之前", "after"), task.after.join(", "));
        let description = format!("{}{due}{shops}{after}\n{}", task.why.get(lang), task.reasons.join(", "));
        // Made of the task's subject, not of its number: the next plan may number tasks differently.
        let uid = uid(&[&task.kind, &task.shops.join("\n"), task.title.get(Lang::Zh)]);
        out.event(&CalendarEvent {
            uid,
            stamp: &stamp,
            day,
            summary: &format!("{late}{} · {}", task.title.get(lang), task.who.get(lang)),
            description: &description,
            place: Some(task.r#where.get(lang)),
        });
    }
    for shop in &view.shops {
        let Some(deadline) = shop.deadline.filter(|_| shop.from != shop.to || !shop.tasks.is_empty()) else { continue };
        let late = if shop.overdue { lang.pick("【已过期】", "[overdue] ") } else { "" };
        out.event(&CalendarEvent {
            uid: uid(&["deadline", &shop.key]),
            stamp: &stamp,
            day: deadline,
            summary: &format!("{late}{} · {} {}", lang.pick("期限", "Last day"), shop.key, shop.name.old),
            description: shop.why.get(lang),
            place: None,
        });
    }
    out.line("END:VCALENDAR");
    out.0
}

struct CalendarEvent<'e> {
    uid: String,
    stamp: &'e str,
    day: NaiveDate,
    summary: &'e str,
    description: &'e str,
    place: Option<&'e str>,
}

fn uid(parts: &[&str]) -> String {
    format!("{}@dianjian", &sha256_of_parts(parts)[..32])
}

#[derive(Default)]
struct CalendarLines(String);

impl CalendarLines {
    fn event(&mut self, event: &CalendarEvent<'_>) {
        self.line("BEGIN:VEVENT");
        self.line(&format!("UID:{}", event.uid));
        self.line(&format!("DTSTAMP:{}", event.stamp));
        self.line(&format!("DTSTART;VALUE=DATE:{}", event.day.format("%Y%m%d")));
        let next = event.day.checked_add_days(Days::new(1)).unwrap_or(event.day);
        self.line(&format!("DTEND;VALUE=DATE:{}", next.format("%Y%m%d")));
        self.text("SUMMARY", event.summary);
        self.text("DESCRIPTION", event.description);
        if let Some(place) = event.place {
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
