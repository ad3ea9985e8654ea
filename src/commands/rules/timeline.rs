//! `dianjian rules timeline`: which rules and table rows begin or cease to apply, day by day.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use dianjian_base::lang::{Lang, Text};
use dianjian_base::text;
use dianjian_rules::language::Period;
use dianjian_rules::{LookupTable, TableRow};
use serde::Serialize;

use super::list::chosen;
use crate::commands::{ListFormat, pretty_json};
use crate::environment::day;
use crate::error::CliError;
use crate::exit::Exit;
use crate::project::{DateArgs, ProjectArgs, report_problems};
use crate::terminal::TextStyle::{Bold, Cyan, Green, Plain, Yellow};
use crate::terminal::{Grid, Terminal, cell};

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

/// Prints the days on which rules and table rows begin or cease to apply, with today among them.
///
/// # Errors
/// A selector that matches no rule; an output that cannot be written.
pub fn run(args: &TimelineArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let project = args.project.load(terminal)?;
    let broken = report_problems(&project, terminal);
    let (as_of, _) = args.date.of(&project);
    let mut days: BTreeMap<NaiveDate, ChangesOnDay<'_>> = BTreeMap::new();
    for rule in chosen(&project, &args.rules)? {
        let change = || TimelineChange::Rule { id: &rule.info.id, title: &rule.info.title };
        add(rule.info.effective, change, &mut days);
    }
    let tables = project.pack.tables.values().filter(|_| args.rules.is_empty());
    for (table, row) in tables.flat_map(|table| table.rows.iter().map(move |row| (table, row))) {
        let LookupTable { id, title, key, .. } = table;
        add(row.effective, || TimelineChange::Row { table: id, title, row: cells(table, row), key }, &mut days);
    }
    if let Some(from) = args.from {
        days = days.split_off(&from);
    }
    terminal.print(&args.format.render(|| human(&days, as_of, terminal), || json(&days)))?;
    Ok(Exit::Clean.unless(broken))
}

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
        /// The columns that identify a row: people see them first.
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

/// The cells of a row that are not empty, by column.
fn cells<'p>(table: &'p LookupTable, row: &'p TableRow) -> BTreeMap<&'p str, &'p str> {
    let named = table.columns.iter().zip(&row.cells);
    named.filter_map(|((name, _), cell)| Some((name.as_str(), cell.as_deref()?))).collect()
}

fn human(days: &BTreeMap<NaiveDate, ChangesOnDay<'_>>, as_of: NaiveDate, terminal: &Terminal) -> String {
    let block = |(date, day): (&NaiveDate, &ChangesOnDay<'_>)| {
        let mut grid = Grid::new(2);
        rows(&day.begins, true, terminal, &mut grid);
        rows(&day.ends, false, terminal, &mut grid);
        format!("{}\n{}\n", terminal.paint(Bold, &date.to_string()), grid.render(terminal))
    };
    let mark = text! { zh: "── {as_of} 在这里 ──", en: "── {as_of} is here ──" };
    let mark = format!("{}\n\n", terminal.paint(Cyan, mark.get(terminal.lang)));
    let past = days.range(..=as_of).map(block);
    let future = days.range(as_of.succ_opt().unwrap_or(as_of)..).map(block);
    let out: String = past.chain([mark]).chain(future).collect();
    out.trim_end().to_owned() + "\n"
}

/// Appends a row for each rule and for each table: rows of one table that begin or end on the same day share one.
fn rows(changes: &[TimelineChange<'_>], begin: bool, terminal: &Terminal, grid: &mut Grid) {
    let (style, mark) = match begin {
        true => (Green, terminal.say("开始", "begins")),
        false => (Yellow, terminal.say("结束", "ends")),
    };
    let mut tables: BTreeSet<&str> = BTreeSet::new();
    for change in changes {
        match change {
            TimelineChange::Rule { id, title } => {
                grid.row([cell(style, mark), cell(Bold, id), cell(Plain, title.get(terminal.lang))])
            }
            TimelineChange::Row { table, title, .. } if tables.insert(table) => {
                let rows: Vec<String> = changes.iter().filter_map(|change| display_row(change, table)).collect();
                let what = format!("{}: {}", title.get(terminal.lang), some_of(&rows, terminal.lang));
                grid.row([cell(style, mark), cell(Cyan, format!("tables/{table}")), cell(Plain, what)]);
            }
            TimelineChange::Row { .. } => {}
        }
    }
}

/// `weixin-store · enterprise: shops 30`.
fn display_row(change: &TimelineChange<'_>, of: &str) -> Option<String> {
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

/// The first rows, and how many more there are.
fn some_of(rows: &[String], lang: Lang) -> String {
    const SHOWN: usize = 3;
    let mut out = rows.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
    if rows.len() > SHOWN {
        let more = rows.len() - SHOWN;
        out.push_str(text! { zh: "；另有 {more} 行", en: "; {more} more" }.get(lang));
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
