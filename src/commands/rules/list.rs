//! `dianjian rules list`: every rule on a line.

use std::fmt::Write as _;

use chrono::NaiveDate;
use dianjian_base::lang::{Lang, Text};
use dianjian_document::edit::Applicability;
use dianjian_report::words;
use dianjian_rules::language::{Confidence, Period, Severity};
use dianjian_rules::{RuleSource, Selector};
use serde::Serialize;

use crate::error::CliError;
use crate::exit::Exit;
use crate::project::{DateArgs, Project, ProjectArgs};
use crate::terminal::{Grid, GridCell, Terminal, TextStyle};

#[derive(Debug, clap::Args)]
pub struct RuleListArgs {
    #[arg(value_name = "RULE")]
    rules: Vec<String>,
    #[command(flatten)]
    date: DateArgs,
    #[command(flatten)]
    project: ProjectArgs,
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: ListFormat,
}

/// How lists are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ListFormat {
    /// For people.
    #[default]
    Human,
    /// As JSON.
    Json,
}

/// Prints the list.
///
/// # Errors
/// A selector that means no rule; an output that cannot be written.
pub fn run(args: &RuleListArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let project = Project::load(&args.project, terminal)?;
    let broken = project.report_problems(terminal);
    let (as_of, _) = project.as_of(args.date);
    let rules = chosen(&project, &args.rules)?;
    let text = match args.format {
        ListFormat::Human => human(&rules, as_of, terminal),
        ListFormat::Json => json(&rules, as_of),
    };
    terminal.print(&text)?;
    Ok(if broken { Exit::Untrusted } else { Exit::Clean })
}

/// The rules that arguments mean; without arguments all.
pub fn chosen<'p>(project: &'p Project, texts: &[String]) -> Result<Vec<&'p RuleSource>, CliError> {
    let ids: Vec<&str> = project.pack.rules.iter().map(|rule| rule.info.id.as_str()).collect();
    let mut selectors = Vec::new();
    for text in texts {
        let selector = Selector::new(text, &ids).map_err(|error| CliError::flag("RULE", text, error.into()))?;
        selectors.push(selector);
    }
    let means =
        |rule: &&RuleSource| selectors.is_empty() || selectors.iter().any(|selector| selector.matches(&rule.info.id));
    Ok(project.pack.rules.iter().filter(means).collect())
}

/// The colour of a severity.
pub const fn style(severity: Severity) -> TextStyle {
    match severity {
        Severity::Error => TextStyle::Red,
        Severity::Warning => TextStyle::Yellow,
        Severity::Info => TextStyle::Cyan,
    }
}

fn human(rules: &[&RuleSource], as_of: NaiveDate, terminal: &Terminal) -> String {
    let lang = terminal.lang;
    let sleeping = rules.iter().filter(|rule| !rule.info.effective.holds(as_of)).count();
    let head = match lang {
        Lang::Zh => format!("{} 条规则，按 {as_of} 计有 {sleeping} 条不生效（暗色）", rules.len()),
        Lang::En => {
            format!("{} as of {as_of}; {sleeping} not in force (dimmed)", words::count(lang, rules.len(), "", "rule"))
        }
    };
    let mut out = format!("{}\n", terminal.paint(TextStyle::Dim, &head));
    let grids: Vec<(&str, Grid)> =
        groups(rules).into_iter().map(|(group, rules)| (group, grid(&rules, as_of, terminal, Vec::new()))).collect();
    let mut widths: Vec<usize> = Vec::new();
    for (at, width) in grids.iter().flat_map(|(_, grid)| grid.widths().into_iter().enumerate()) {
        if at == widths.len() {
            widths.push(0);
        }
        widths[at] = widths[at].max(width);
    }
    for (group, grid) in grids {
        let _ = write!(
            out,
            "\n{}\n{}",
            terminal.paint(TextStyle::Bold, group),
            grid.at_least(widths.clone()).render(terminal)
        );
    }
    out
}

/// Rules by the first part of their ids, in order.
fn groups<'r>(rules: &[&'r RuleSource]) -> Vec<(&'r str, Vec<&'r RuleSource>)> {
    let mut groups: Vec<(&str, Vec<&RuleSource>)> = Vec::new();
    for rule in rules {
        let group = rule.info.id.split('/').next().unwrap_or_default();
        match groups.last_mut().filter(|(known, _)| *known == group) {
            Some((_, members)) => members.push(rule),
            None => groups.push((group, vec![rule])),
        }
    }
    groups
}

fn grid(rules: &[&RuleSource], as_of: NaiveDate, terminal: &Terminal, widths: Vec<usize>) -> Grid {
    let lang = terminal.lang;
    let mut grid = Grid::new(2).at_least(widths);
    for rule in rules {
        let info = &rule.info;
        let sleeps = !info.effective.holds(as_of);
        let cell = |style: Option<TextStyle>, text: &str| match (sleeps, style) {
            (true, _) => GridCell::styled(TextStyle::Dim, text),
            (false, Some(style)) => GridCell::styled(style, text),
            (false, None) => GridCell::new(text),
        };
        grid.row([
            cell(Some(style(info.severity)), words::severity(lang, info.severity)),
            cell(Some(TextStyle::Bold), &info.id),
            cell(None, &since(info.effective)),
            cell(None, words::confidence(lang, info.confidence())),
            cell(None, info.title.get(lang)),
        ]);
    }
    grid
}

/// `2024-08-25`, `…2024-09-25`, `2024-08-25…2024-09-25`.
fn since(period: Period) -> String {
    match (period.from, period.until) {
        (None, None) => "-".to_owned(),
        (Some(from), None) => from.to_string(),
        (None, Some(until)) => format!("…{until}"),
        (Some(from), Some(until)) => format!("{from}…{until}"),
    }
}

#[derive(Serialize)]
struct Listed<'r> {
    id: &'r str,
    title: &'r Text,
    #[serde(rename = "for")]
    kind: &'r str,
    severity: Severity,
    confidence: Confidence,
    effective: Period,
    in_force: bool,
    shipped: bool,
    file: &'r str,
    params: Vec<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Applicability>,
}

fn json(rules: &[&RuleSource], as_of: NaiveDate) -> String {
    let listed: Vec<Listed<'_>> = rules
        .iter()
        .map(|rule| Listed {
            id: &rule.info.id,
            title: &rule.info.title,
            kind: &rule.info.kind,
            severity: rule.info.severity,
            confidence: rule.info.confidence(),
            effective: rule.info.effective,
            in_force: rule.info.effective.holds(as_of),
            shipped: rule.shipped,
            file: rule.source.name(),
            params: rule.file.params.keys().map(String::as_str).collect(),
            fix: rule.file.fix.as_ref().map(|fix| fix.value.applicability.unwrap_or(Applicability::Unsafe)),
        })
        .collect();
    pretty_json(&listed)
}

/// JSON with a line break at its end.
pub fn pretty_json(value: &impl Serialize) -> String {
    // Plain data with text keys: this cannot fail.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}
