//! `dianjian rules timeline`: what begins and ends to hold, day by day.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::NaiveDate;
use dianjian_base::lang::{Lang, Text};
use dianjian_rules::language::Period;
use dianjian_rules::{LookupTable, RuleSource, TableRow};
use serde::Serialize;

use super::list::{ListFormat, chosen, pretty_json};
use crate::environment::day;
use crate::error::CliError;
use crate::exit::Exit;
use crate::project::{DateArgs, Project, ProjectArgs};
use crate::terminal::{Grid, GridCell, Terminal, TextStyle};

#[derive(Debug, clap::Args)]
pub struct TimelineArgs {
    #[arg(value_name = "RULE")]
    rules: Vec<String>,
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    from: Option<NaiveDate>,
    #[command(flatten)]
    date: DateArgs,
    #[command(flatten)]
    project: ProjectArgs,
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: ListFormat,
}

/// Prints the timeline.
///
/// # Errors
/// A selector that means no rule; an output that cannot be written.
pub fn run(args: &TimelineArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let project = Project::load(&args.project, terminal)?;
    let broken = project.report_problems(terminal);
    let (as_of, _) = project.as_of(args.date);
    let mut days: BTreeMap<NaiveDate, ChangesOnDay<'_>> = BTreeMap::new();
    for rule in chosen(&project, &args.rules)? {
        add_rule(rule, &mut days);
    }
    if args.rules.is_empty() {
        project.pack.tables.values().for_each(|table| add_table(table, &mut days));
    }
    if let Some(from) = args.from {
        days = days.split_off(&from);
    }
    let text = match args.format {
        ListFormat::Human => human(&days, as_of, terminal),
        ListFormat::Json => json(&days),
    };
    terminal.print(&text)?;
    Ok(if broken { Exit::Untrusted } else { Exit::Clean })
}

/// What happens on a day.
#[derive(Debug, Default, Serialize)]
struct ChangesOnDay<'p> {
    begins: Vec<TimelineChange<'p>>,
    ends: Vec<TimelineChange<'p>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum TimelineChange<'p> {
    Rule {
        id: &'p str,
        title: &'p Text,
    },
    Row {
        table: &'p str,
        title: &'p Text,
        row: BTreeMap<&'p str, &'p str>,
        /// The columns that tell rows apart, for people: they come first.
        #[serde(skip)]
        key: &'p [String],
    },
}

fn add<'p>(period: Period, change: impl Fn() -> TimelineChange<'p>, days: &mut BTreeMap<NaiveDate, ChangesOnDay<'p>>) {
    if let Some(from) = period.from {
        days.entry(from).or_default().begins.push(change());
    }
    if let Some(until) = period.until {
        days.entry(until).or_default().ends.push(change());
    }
}

fn add_rule<'p>(rule: &'p RuleSource, days: &mut BTreeMap<NaiveDate, ChangesOnDay<'p>>) {
    add(rule.info.effective, || TimelineChange::Rule { id: &rule.info.id, title: &rule.info.title }, days);
}

fn add_table<'p>(table: &'p LookupTable, days: &mut BTreeMap<NaiveDate, ChangesOnDay<'p>>) {
    for row in &table.rows {
        add(
            row.effective,
            || TimelineChange::Row { table: &table.id, title: &table.title, row: cells(table, row), key: &table.key },
            days,
        );
    }
}

/// The cells of a row that say something, by column.
pub fn cells<'p>(table: &'p LookupTable, row: &'p TableRow) -> BTreeMap<&'p str, &'p str> {
    let named = table.columns.iter().zip(&row.cells);
    named.filter_map(|((name, _), cell)| Some((name.as_str(), cell.as_deref()?))).collect()
}

fn human(days: &BTreeMap<NaiveDate, ChangesOnDay<'_>>, as_of: NaiveDate, terminal: &Terminal) -> String {
    let mut out = String::new();
    let mut told = false;
    let here = |out: &mut String, told: &mut bool| {
        if !std::mem::replace(told, true) {
            let mark = match terminal.lang {
                Lang::Zh => format!("── {as_of} 在这里 ──"),
                Lang::En => format!("── {as_of} is here ──"),
            };
            let _ = writeln!(out, "{}\n", terminal.paint(TextStyle::Cyan, &mark));
        }
    };
    for (date, day) in days {
        if *date > as_of {
            here(&mut out, &mut told);
        }
        let _ = writeln!(out, "{}", terminal.paint(TextStyle::Bold, &date.to_string()));
        let mut grid = Grid::new(2);
        rows(&day.begins, true, terminal, &mut grid);
        rows(&day.ends, false, terminal, &mut grid);
        let _ = writeln!(out, "{}", grid.render(terminal));
    }
    here(&mut out, &mut told);
    let end = out.trim_end().len();
    out.truncate(end);
    out.push('\n');
    out
}

/// Rows of one table that begin or end on one day are told together.
fn rows(changes: &[TimelineChange<'_>], begin: bool, terminal: &Terminal, grid: &mut Grid) {
    let (style, mark) = match begin {
        true => (TextStyle::Green, terminal.say("开始", "begins")),
        false => (TextStyle::Yellow, terminal.say("结束", "ends")),
    };
    let mut tables: BTreeSet<&str> = BTreeSet::new();
    for change in changes {
        match change {
            TimelineChange::Rule { id, title } => grid.row([
                GridCell::styled(style, mark),
                GridCell::styled(TextStyle::Bold, id),
                GridCell::new(title.get(terminal.lang)),
            ]),
            TimelineChange::Row { table, title, .. } if tables.insert(table) => {
                let rows: Vec<String> = changes.iter().filter_map(|change| shown_row(change, table)).collect();
                let what = format!("{}: {}", title.get(terminal.lang), some_of(&rows, terminal.lang));
                grid.row([
                    GridCell::styled(style, mark),
                    GridCell::styled(TextStyle::Cyan, format!("tables/{table}")),
                    GridCell::new(what),
                ]);
            }
            TimelineChange::Row { .. } => {}
        }
    }
}

/// `weixin-store · enterprise: shops 30`.
fn shown_row(change: &TimelineChange<'_>, of: &str) -> Option<String> {
    let TimelineChange::Row { table, row, key, .. } = change else { return None };
    if *table != of {
        return None;
    }
    let is_key = |name: &str| key.iter().any(|known| known == name);
    let keys: Vec<&str> = key.iter().filter_map(|name| row.get(name.as_str()).copied()).collect();
    let rest: Vec<String> =
        row.iter().filter(|(name, _)| !is_key(name)).map(|(name, cell)| format!("{name} {cell}")).collect();
    let parts = [keys.join(" · "), rest.join(", ")];
    Some(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": "))
}

/// Some rows, and how many more.
fn some_of(rows: &[String], lang: Lang) -> String {
    const SHOWN: usize = 3;
    let mut out = rows.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
    if rows.len() > SHOWN {
        let more = rows.len() - SHOWN;
        let _ = match lang {
            Lang::Zh => write!(out, "；另有 {more} 行"),
            Lang::En => write!(out, "; {more} more"),
        };
    }
    out
}

fn json(days: &BTreeMap<NaiveDate, ChangesOnDay<'_>>) -> String {
    #[derive(Serialize)]
    struct DatedChanges<'d, 'p> {
        date: NaiveDate,
        #[serde(flatten)]
        day: &'d ChangesOnDay<'p>,
    }
    pretty_json(&days.iter().map(|(date, day)| DatedChanges { date: *date, day }).collect::<Vec<_>>())
}
