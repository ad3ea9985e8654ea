//! The figures against their goals, and which kinds are taken for what.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use crate::items::Group;
use crate::judge::{Outcome, Seen};

/// A figure that has a goal.
enum Figure {
    AtLeast(f32, f32),
    AtMost(f32, f32),
    Within(Duration, Duration),
    /// A share without a goal.
    Share(f32),
}

/// The table of a run.
#[derive(Default)]
pub struct Table {
    rows: Vec<(String, Figure, String)>,
}

impl Table {
    /// Adds the rows that follow from what was seen.
    pub fn seen(&mut self, outcomes: &[Outcome]) {
        self.found("real photos with a QR code, found", outcomes, Group::RealQr, Some(0.99));
        self.found("hard drawn codes, found", outcomes, Group::Hard, Some(0.97));
        self.worst(outcomes);
        self.found("mini-program codes from 110 px, drawn", outcomes, Group::MiniProgram, Some(0.97));
        self.found("mini-program codes, real", outcomes, Group::RealMiniProgram, Some(0.97));
        self.found("Channels codes from 70 px, drawn", outcomes, Group::Channels, Some(0.97));
        self.found("… covered or drawn over", outcomes, Group::ChannelsDamaged, None);
        self.found("other round codes, drawn", outcomes, Group::Round, None);
        self.alarms("false alarms, real", outcomes, &[Group::RealClean], Seen::Present, 0.003);
        self.alarms("… with suspicions", outcomes, &[Group::RealClean], Seen::Suspected, 0.01);
        self.alarms("false alarms, drawn", outcomes, &[Group::Clean], Seen::Present, 0.003);
        self.alarms("… with suspicions", outcomes, &[Group::Clean], Seen::Suspected, 0.01);
        self.alarms("other codes taken for QR, real", outcomes, &[Group::RealOther], Seen::Present, 0.03);
        self.alarms("other codes taken for QR, drawn", outcomes, &[Group::Other], Seen::Present, 0.03);
        self.read(outcomes);
        self.twice(outcomes);
        let with_codes = [Group::Hard, Group::MiniProgram, Group::Channels, Group::ChannelsDamaged, Group::Round];
        self.alarms("alarms beside drawn codes", outcomes, &with_codes, Seen::Present, 0.01);
    }

    /// Of codes that are hard to read, how many are; whether they are found is a matter of the other rows.
    fn read(&mut self, outcomes: &[Outcome]) {
        for (kind, seen) in by_kind(outcomes, Group::Viewed) {
            let read = seen.iter().filter(|seen| **seen == Seen::Decoded).count();
            let found = seen.iter().filter(|seen| **seen <= Seen::Present).count();
            let share = read as f32 / seen.len() as f32;
            self.rows.push((format!("{kind}, read"), Figure::Share(share), format!("{found} of {} found", seen.len())));
        }
    }

    fn twice(&mut self, outcomes: &[Outcome]) {
        let codes: usize = outcomes.iter().map(|outcome| outcome.seen.len()).sum();
        if codes > 0 {
            let twice: usize = outcomes.iter().map(|outcome| outcome.twice).sum();
            let share = twice as f32 / codes as f32;
            self.rows.push(("codes told twice".to_owned(), Figure::AtMost(share, 0.0), format!("{twice} of {codes}")));
        }
    }

    /// Adds a row of time.
    pub fn time(&mut self, name: &str, took: Duration, goal: Duration, note: String) {
        self.rows.push((name.to_owned(), Figure::Within(took, goal), note));
    }

    fn found(&mut self, name: &str, outcomes: &[Outcome], group: Group, goal: Option<f32>) {
        let seen: Vec<Seen> =
            outcomes.iter().filter(|o| o.group == group).flat_map(|o| o.seen.iter().map(|seen| seen.0)).collect();
        if seen.is_empty() {
            return;
        }
        let count = |of: Seen| seen.iter().filter(|seen| **seen == of).count();
        let (decoded, present) = (count(Seen::Decoded), count(Seen::Present));
        let share = (decoded + present) as f32 / seen.len() as f32;
        let note = format!(
            "{} codes: {decoded} decoded, {present} located, {} suspected, {} missed",
            seen.len(),
            count(Seen::Suspected),
            count(Seen::Missed)
        );
        let figure = goal.map_or(Figure::Share(share), |goal| Figure::AtLeast(share, goal));
        self.rows.push((name.to_owned(), figure, note));
    }

    fn worst(&mut self, outcomes: &[Outcome]) {
        let worst = by_kind(outcomes, Group::Hard)
            .into_iter()
            .map(|(kind, seen)| (kind, share_found(&seen)))
            .min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((kind, share)) = worst {
            self.rows.push(("… of the worst kind".to_owned(), Figure::AtLeast(share, 0.85), kind.to_owned()));
        }
    }

    fn alarms(&mut self, name: &str, outcomes: &[Outcome], groups: &[Group], from: Seen, goal: f32) {
        let of: Vec<&Outcome> = outcomes.iter().filter(|o| groups.contains(&o.group) && o.problem.is_none()).collect();
        if of.is_empty() {
            return;
        }
        let alarms = of.iter().filter(|o| o.alarm.is_some_and(|(seen, _)| seen <= from)).count();
        let figure = Figure::AtMost(alarms as f32 / of.len() as f32, goal);
        self.rows.push((name.to_owned(), figure, format!("{alarms} of {} pictures", of.len())));
    }

    /// The table as text.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (name, figure, note) in &self.rows {
            let (value, goal, reached) = match figure {
                Figure::AtLeast(value, goal) => (format!("{value:.3}"), format!("≥ {goal:.3}"), Some(value >= goal)),
                Figure::AtMost(value, goal) => (format!("{value:.4}"), format!("≤ {goal:.4}"), Some(value <= goal)),
                Figure::Within(took, goal) => (span(*took), format!("≤ {}", span(*goal)), Some(took <= goal)),
                Figure::Share(value) => (format!("{value:.3}"), String::new(), None),
            };
            let mark = match reached {
                Some(true) => "reached",
                Some(false) => "MISSED",
                None => "",
            };
            let _ = writeln!(out, "{name:<40} {value:>9} {goal:>10} {mark:<8} {note}");
        }
        out
    }
}

fn span(time: Duration) -> String {
    if time < Duration::from_secs(2) {
        format!("{:.1} ms", time.as_secs_f64() * 1e3)
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

fn by_kind(outcomes: &[Outcome], group: Group) -> BTreeMap<&str, Vec<Seen>> {
    let mut kinds: BTreeMap<&str, Vec<Seen>> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|outcome| outcome.group == group) {
        kinds.entry(&outcome.kind).or_default().extend(outcome.seen.iter().map(|seen| seen.0));
    }
    kinds.retain(|_, seen| !seen.is_empty());
    kinds
}

fn share_found(seen: &[Seen]) -> f32 {
    seen.iter().filter(|seen| **seen <= Seen::Present).count() as f32 / seen.len() as f32
}

/// Kind by kind, what it was seen as.
pub fn confusion(outcomes: &[Outcome]) -> String {
    let mut rows: BTreeMap<(Group, &str), BTreeMap<String, usize>> = BTreeMap::new();
    for outcome in outcomes {
        let row = rows.entry((outcome.group, outcome.kind.as_str())).or_default();
        for (seen, kind) in &outcome.seen {
            let kind = kind.map_or("nothing", |kind| kind.as_str());
            let how = match seen {
                Seen::Decoded => format!("{kind} decoded"),
                Seen::Present => format!("{kind} located"),
                Seen::Suspected => format!("{kind} suspected"),
                Seen::Missed => format!("missed ({kind})"),
            };
            *row.entry(how).or_default() += 1;
        }
        match outcome.alarm {
            Some((Seen::Suspected, kind)) => *row.entry(format!("false suspicion {}", kind.as_str())).or_default() += 1,
            Some((_, kind)) => *row.entry(format!("FALSE ALARM {}", kind.as_str())).or_default() += 1,
            None if outcome.seen.is_empty() && outcome.others.is_empty() => {
                *row.entry("nothing".to_owned()).or_default() += 1;
            }
            None if outcome.seen.is_empty() => {
                *row.entry(format!("{} (not for viewers)", outcome.others[0].as_str())).or_default() += 1;
            }
            None => {}
        }
    }
    let mut out = String::new();
    for ((group, kind), seen) in rows {
        let mut seen: Vec<(String, usize)> = seen.into_iter().collect();
        seen.sort_by_key(|kind| std::cmp::Reverse(kind.1));
        let all: Vec<String> = seen.iter().map(|(how, count)| format!("{count} {how}")).collect();
        let _ = writeln!(out, "{:<19} {kind:<24} {}", group.title(), all.join(", "));
    }
    out
}
