//! `dianjian forecast`: what changes next, for which record, and when.

use std::fmt::Write as _;

use chrono::NaiveDate;
use dianjian_base::lang::{Lang, Text};
use dianjian_engine::forecast::{RecordForecast, forecast};
use dianjian_engine::{Finding, RunOptions};
use dianjian_report::{RunInfo, words};
use dianjian_rules::language::Severity;
use serde::Serialize;

use super::rules::list::{ListFormat, pretty_json, style};
use crate::environment::{day, days_after};
use crate::error::CliError;
use crate::exit::Exit;
use crate::inputs::{InputArgs, RunInputs};
use crate::project::{ChoiceArgs, DateArgs, Project, ProjectArgs};
use crate::terminal::{Grid, GridCell, Terminal, TextStyle};

#[derive(Debug, clap::Args)]
pub struct ForecastArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    date: DateArgs,
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    until: Option<NaiveDate>,
    #[command(flatten)]
    choice: ChoiceArgs,
    #[command(flatten)]
    project: ProjectArgs,
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Output")]
    format: ListFormat,
}

/// How far ahead is looked, in days, where nothing else is said.
const YEAR: u64 = 366;

/// Prints the coming changes.
///
/// # Errors
/// Mistakes in flags; an output that cannot be written.
pub fn run(args: &ForecastArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut project = Project::load(&args.project, terminal)?;
    let policy = project.policy(&args.choice, terminal)?;
    let inputs = if project.broken { RunInputs::default() } else { RunInputs::find(&args.input, &mut project) };
    let (as_of, _) = project.as_of(args.date);
    let until = args.until.unwrap_or_else(|| days_after(as_of, YEAR));
    let mut options = RunOptions::new(as_of);
    // A day of its own does not keep a record from being looked at on other days.
    (options.policy.as_of_given, options.policy.fixes) = (true, false);
    args.input.apply_to(&mut options);
    let (scanner, watch) = project.scanner(true);
    options.environment.scanner = scanner.clone();
    options.policy.addresses_are_problems = project.addresses_are_problems();
    let (forecasts, problems) = forecast(&project.pack, &policy, &options, &inputs.files, until);
    watch.over();
    project.problems.extend(inputs.problems);
    project.problems.extend(problems);
    terminal.problems(&project.problems, &RunInfo::new(as_of, terminal.lang, Vec::new()));
    terminal.media_notes(&scanner);
    let changing: Vec<&RecordForecast> = forecasts.iter().filter(|forecast| !forecast.changes.is_empty()).collect();
    let text = match args.format {
        ListFormat::Human => human(&changing, as_of, until, terminal),
        ListFormat::Json => json(&changing, as_of, until),
    };
    terminal.print(&text)?;
    Ok(match (project.problems.is_empty(), inputs.files.is_empty()) {
        (false, _) => Exit::Untrusted,
        (true, true) => Exit::Nothing,
        (true, false) => Exit::Clean,
    })
}

fn human(forecasts: &[&RecordForecast], as_of: NaiveDate, until: NaiveDate, terminal: &Terminal) -> String {
    if forecasts.is_empty() {
        return match terminal.lang {
            Lang::Zh => format!("{as_of} 之后到 {until} 为止，没有变化\n"),
            Lang::En => format!("nothing changes after {as_of} until {until}\n"),
        };
    }
    let mut out = String::new();
    for forecast in forecasts {
        let name = forecast.id.as_deref().unwrap_or("-");
        let head = GridCell::styled(TextStyle::Bold, format!("{} {name}", forecast.kind));
        let mut grid = Grid::new(0);
        grid.row([head, GridCell::styled(TextStyle::Dim, &forecast.file)]);
        out.push_str(&grid.render(terminal));
        let mut grid = Grid::new(2);
        for change in &forecast.changes {
            let mut date = change.day.to_string();
            let sides = [(&change.begins, true), (&change.ends, false)];
            for (finding, begins) in
                sides.into_iter().flat_map(|(findings, begins)| findings.iter().map(move |finding| (finding, begins)))
            {
                grid.row(row(std::mem::take(&mut date), finding, begins, terminal));
            }
        }
        let _ = writeln!(out, "{}", grid.render(terminal));
    }
    let _ = match terminal.lang {
        Lang::Zh => writeln!(out, "{} 条记录在 {until} 前会有变化", forecasts.len()),
        Lang::En => {
            writeln!(out, "{} will change until {until}", words::count(Lang::En, forecasts.len(), "", "record"))
        }
    };
    out
}

fn row(date: String, finding: &Finding, begins: bool, terminal: &Terminal) -> [GridCell; 4] {
    let lang = terminal.lang;
    let (mark, colour) = match begins {
        true => (words::severity(lang, finding.severity), style(finding.severity)),
        false => (terminal.say("不再有", "no more"), TextStyle::Green),
    };
    [
        GridCell::styled(TextStyle::Cyan, date),
        GridCell::styled(colour, mark),
        GridCell::styled(TextStyle::Bold, &finding.rule.id),
        GridCell::new(finding.message.render(lang)),
    ]
}

#[derive(Serialize)]
struct ForecastReport<'f> {
    version: u32,
    as_of: NaiveDate,
    until: NaiveDate,
    records: Vec<ForecastRecord<'f>>,
}

#[derive(Serialize)]
struct ForecastRecord<'f> {
    file: &'f str,
    kind: &'f str,
    id: Option<&'f str>,
    changes: Vec<ForecastDay<'f>>,
}

#[derive(Serialize)]
struct ForecastDay<'f> {
    date: NaiveDate,
    begins: Vec<ForecastFinding<'f>>,
    ends: Vec<ForecastFinding<'f>>,
}

#[derive(Serialize)]
struct ForecastFinding<'f> {
    rule: &'f str,
    severity: Severity,
    path: &'f str,
    message: Text,
}

fn json(forecasts: &[&RecordForecast], as_of: NaiveDate, until: NaiveDate) -> String {
    let records = forecasts.iter().map(|forecast| {
        let changes = forecast.changes.iter().map(|change| ForecastDay {
            date: change.day,
            begins: found(&change.begins),
            ends: found(&change.ends),
        });
        ForecastRecord {
            file: &forecast.file,
            kind: &forecast.kind,
            id: forecast.id.as_deref(),
            changes: changes.collect(),
        }
    });
    pretty_json(&ForecastReport { version: 1, as_of, until, records: records.collect() })
}

fn found(findings: &[Finding]) -> Vec<ForecastFinding<'_>> {
    let one =
        |finding: &'_ Finding| Text { zh: finding.message.render(Lang::Zh), en: finding.message.render(Lang::En) };
    findings
        .iter()
        .map(|finding| ForecastFinding {
            rule: &finding.rule.id,
            severity: finding.severity,
            path: &finding.path,
            message: one(finding),
        })
        .collect()
}
