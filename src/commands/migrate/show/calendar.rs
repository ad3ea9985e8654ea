//! A plan's tasks and deadlines as an iCalendar file (RFC 5545).
//!
//! All entries are whole days, which in every calendar program are the days as written; nothing depends on when the
//! file was made, so that it can be imported again: entries keep their UIDs.

use chrono::{Days, NaiveDate};
use dianjian_base::hex;
use dianjian_base::lang::Lang;
use sha2::{Digest as _, Sha256};

use super::PlanView;
use super::pieces::{say, tasks};
use super::text::shortened;

pub fn ics(view: &PlanView<'_>, lang: Lang) -> String {
    let mut out = CalendarLines::default();
    out.line("BEGIN:VCALENDAR");
    out.line("VERSION:2.0");
    out.line("PRODID:-//dianjian//migration plan//ZH");
    out.line("CALSCALE:GREGORIAN");
    out.text("X-WR-CALNAME", say(lang, "店铺迁移计划", "Migration plan"));
    let stamp = format!("{}T000000Z", view.plan.as_of.format("%Y%m%d"));
    for task in tasks(view) {
        let Some(day) = task.on.or(task.due) else { continue };
        let late = if task.overdue { say(lang, "【已过期】", "[overdue] ") } else { "" };
        let due = task.due.map(|due| format!("\n{}: {due}", say(lang, "期限", "last day"))).unwrap_or_default();
        let shops = if task.shops.is_empty() {
            String::new()
        } else {
            format!("\n{}: {}", say(lang, "店铺", "shops"), shortened(&task.shops))
        };
        let after = if task.after.is_empty() {
            String::new()
        } else {
            format!("\n{}: {}", say(lang, "之前", "after"), task.after.join(", "))
        };
        let said = format!("{}{due}{shops}{after}\n{}", task.why.get(lang), task.reasons.join(", "));
        // What the task is about, not its number, makes its UID: in the next plan it is the same entry.
        let uid = uid(&[&task.kind, &task.shops.join("\n"), task.title.get(Lang::Zh)]);
        out.event(&CalendarEvent {
            uid,
            stamp: &stamp,
            day,
            summary: &format!("{late}{} · {}", task.title.get(lang), task.who.get(lang)),
            said: &said,
            place: Some(task.r#where.get(lang)),
        });
    }
    for shop in &view.shops {
        let Some(deadline) = shop.deadline.filter(|_| shop.from != shop.to || !shop.tasks.is_empty()) else { continue };
        let late = if shop.overdue { say(lang, "【已过期】", "[overdue] ") } else { "" };
        out.event(&CalendarEvent {
            uid: uid(&["deadline", &shop.key]),
            stamp: &stamp,
            day: deadline,
            summary: &format!("{late}{} · {} {}", say(lang, "期限", "Last day"), shop.key, shop.name.old),
            said: shop.why.get(lang),
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
    said: &'e str,
    place: Option<&'e str>,
}

fn uid(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hex(&hash.finalize());
    format!("{}@dianjian", &digest[..32])
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
        self.text("DESCRIPTION", event.said);
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

/// A TEXT value: what has a meaning of its own is escaped, control characters are left out.
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
