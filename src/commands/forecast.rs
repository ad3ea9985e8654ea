//! `dianjian forecast`: the next days on which findings change, for each record.

use std::fmt::Write as _;

use chrono::NaiveDate;
use dianjian_base::lang::{Lang, Text};
use dianjian_base::text;
use dianjian_engine::Finding;
use dianjian_engine::forecast::{RecordForecast, forecast};
use dianjian_project::RunInputs;
use dianjian_report::words;
use dianjian_rules::language::Severity;
use serde::Serialize;

use super::rules::list::style;
use crate::commands::{ListFormat, pretty_json};
use crate::environment::{day, days_after};
use crate::error::CliError;
use crate::exit::Exit;
use crate::inputs::InputArgs;
use crate::project::{ChoiceArgs, DateArgs, ProjectArgs, media_scanner};
use crate::terminal::TextStyle::{Bold, Cyan, Dim, Green, Plain};
use crate::terminal::{GridCell, Terminal, cell};

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

/// Days that a forecast covers without `--until`.
const YEAR: u64 = 366;

/// Prints which findings will appear and disappear as rules begin and cease to apply.
///
/// # Errors
/// Mistakes in flags; an output that cannot be written.
pub fn run(args: &ForecastArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut project = args.project.load(terminal)?;
    let policy = args.choice.policy(&mut project, terminal)?;
    let inputs = RunInputs::find_unless_broken(&args.input.options(), &mut project);
    let (as_of, _) = args.date.of(&project);
    let until = args.until.unwrap_or_else(|| days_after(as_of, YEAR));
    let mut options = args.input.run_options(&project, as_of);
    options.policy.fixes = false;
    let (scanner, watch) = media_scanner(&mut project, true, None);
    options.environment.scanner = scanner.clone();
    options.policy.addresses_are_problems = project.addresses_are_problems();
    let (forecasts, problems) = forecast(&project.pack, &policy, &options, &inputs.files, until);
    watch.over();
    project.problems.extend(inputs.problems);
    project.problems.extend(problems);
    terminal.problems(&project.problems);
    terminal.media_notes(&scanner);
    let changing: Vec<&RecordForecast> = forecasts.iter().filter(|forecast| !forecast.changes.is_empty()).collect();
    let unchanging = forecasts.iter().filter(|forecast| forecast.changes.is_empty() && forecast.own_day.is_some());
    let human = || human(&changing, as_of, until, terminal) + &on_their_day(unchanging.count(), terminal.lang);
    let text = args.format.render(human, || json(&changing, as_of, until));
    terminal.print(&text)?;
    Ok(Exit::made(!inputs.files.is_empty()).unless(!project.problems.is_empty()))
}

fn human(forecasts: &[&RecordForecast], as_of: NaiveDate, until: NaiveDate, terminal: &Terminal) -> String {
    if forecasts.is_empty() {
        let text = text! {
            zh: "{as_of} 之后到 {until} 为止，没有变化\n",
            en: "nothing changes after {as_of} until {until}\n",
        };
        return text.take(terminal.lang);
    }
    let mut out = String::new();
    for forecast in forecasts {
        let name = forecast.id.as_deref().unwrap_or("-");
        let head = cell(Bold, format!("{} {name}", forecast.kind));
        let own_day = forecast.own_day.map_or_else(String::new, |day| {
            let text = text! { zh: "按它自己的日期 {day} 检查", en: "checked as of its own day, {day}" };
            text.take(terminal.lang)
        });
        out.push_str(&terminal.grid(0, [[head, cell(Dim, &forecast.file), cell(Dim, own_day)]]));
        let rows = forecast.changes.iter().flat_map(|change| {
            // The day stands in the first row only.
            let mut date = change.day.to_string();
            let begins = change.begins.iter().map(|finding| (finding, true));
            let all = begins.chain(change.ends.iter().map(|finding| (finding, false)));
            all.map(move |(finding, begins)| row(std::mem::take(&mut date), finding, begins, terminal))
        });
        let _ = writeln!(out, "{}", terminal.grid(2, rows));
    }
    let (number, records) = (forecasts.len(), words::counted(forecasts.len(), "record"));
    let text = text! { zh: "{number} 条记录在 {until} 前会有变化\n", en: "{records} will change until {until}\n" };
    out + text.get(terminal.lang)
}

/// That records which take place on a day of their own are as they will be found on it.
fn on_their_day(number: usize, lang: Lang) -> String {
    if number == 0 {
        return String::new();
    }
    let records = words::counted(number, "record");
    let text = text! {
        zh: "另有 {number} 条记录有自己的日期（scheduled），只按那一天的规则检查，不随日子变化；不带 --as-of 的 check 就是那一天的结果\n",
        en: "{records} more with a day of their own (`scheduled`), checked by the rules of that day alone: `check` without \
             --as-of says what is found on it\n",
    };
    text.take(lang)
}

fn row(date: String, finding: &Finding, begins: bool, terminal: &Terminal) -> [GridCell; 4] {
    let lang = terminal.lang;
    let (mark, colour) = match begins {
        true => (words::severity(lang, finding.severity), style(finding.severity)),
        false => (terminal.say("不再有", "no more"), Green),
    };
    [cell(Cyan, date), cell(colour, mark), cell(Bold, &finding.rule.id), cell(Plain, finding.message.render(lang))]
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
    /// The day that the record has of its own, by which it is checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled: Option<NaiveDate>,
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
            scheduled: forecast.own_day,
            changes: changes.collect(),
        }
    });
    pretty_json(&ForecastReport { version: 1, as_of, until, records: records.collect() })
}

fn found(findings: &[Finding]) -> Vec<ForecastFinding<'_>> {
    let findings = findings.iter().map(|Finding { rule, severity, path, message, .. }| ForecastFinding {
        rule: &rule.id,
        severity: *severity,
        path,
        message: Text::new(message.render(Lang::Zh), message.render(Lang::En)),
    });
    findings.collect()
}
