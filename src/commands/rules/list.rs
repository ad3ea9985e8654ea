//! `dianjian rules list`: every rule on a line.

use std::fmt::Write as _;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_base::text;
use dianjian_document::edit::Applicability;
use dianjian_project::Project;
use dianjian_report::words;
use dianjian_rules::language::{Confidence, Period, Severity};
use dianjian_rules::{RuleSource, Selector};
use serde::Serialize;

use crate::commands::{ListFormat, pretty_json};
use crate::error::CliError;
use crate::exit::Exit;
use crate::project::{DateArgs, ProjectArgs, report_problems};
use crate::terminal::TextStyle::{Bold, Cyan, Dim, Plain, Red, Yellow};
use crate::terminal::{Grid, Terminal, TextStyle, cell};

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

/// Prints every rule on a line, by groups.
///
/// # Errors
/// A selector that matches no rule; an output that cannot be written.
pub fn run(args: &RuleListArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let project = args.project.load(terminal)?;
    let broken = report_problems(&project, terminal);
    let (as_of, _) = args.date.of(&project);
    let rules = chosen(&project, &args.rules)?;
    let text = args.format.render(|| human(&rules, as_of, terminal), || json(&rules, as_of));
    terminal.print(&text)?;
    Ok(Exit::Clean.unless(broken))
}

/// The rules that selectors on the command line match; all rules without selectors.
pub fn chosen<'p>(project: &'p Project, texts: &[String]) -> Result<Vec<&'p RuleSource>, CliError> {
    let ids: Vec<&str> = project.pack.rules.iter().map(|rule| rule.info.id.as_str()).collect();
    let select = |text| Selector::new(text, &ids).map_err(|error| CliError::flag("RULE", text, error.into()));
    let selectors = texts.iter().map(|text| select(text)).collect::<Result<Vec<_>, _>>()?;
    let is_chosen =
        |rule: &&RuleSource| selectors.is_empty() || selectors.iter().any(|selector| selector.matches(&rule.info.id));
    Ok(project.pack.rules.iter().filter(is_chosen).collect())
}

/// The colour of a severity.
pub const fn style(severity: Severity) -> TextStyle {
    match severity {
        Severity::Error => Red,
        Severity::Warning => Yellow,
        Severity::Info => Cyan,
    }
}

fn human(rules: &[&RuleSource], as_of: NaiveDate, terminal: &Terminal) -> String {
    let (all, some) = (rules.len(), words::counted(rules.len(), "rule"));
    let sleeping = rules.iter().filter(|rule| !rule.info.effective.holds(as_of)).count();
    let head = text! {
        zh: "{all} 条规则，按 {as_of} 计有 {sleeping} 条不生效（暗色）",
        en: "{some} as of {as_of}; {sleeping} not in force (dimmed)",
    };
    let mut out = format!("{}\n", terminal.paint(Dim, head.get(terminal.lang)));
    // Each group has a heading, but columns line up over all of them.
    let widths = grid(rules, as_of, terminal).widths();
    let group = |rule: &RuleSource| rule.info.id.split('/').next().unwrap_or_default().to_owned();
    for rules in rules.chunk_by(|one, next| group(one) == group(next)) {
        let head = terminal.paint(Bold, &group(rules[0]));
        let grid = grid(rules, as_of, terminal).at_least(widths.clone());
        let _ = write!(out, "\n{head}\n{}", grid.render(terminal));
    }
    out
}

fn grid(rules: &[&RuleSource], as_of: NaiveDate, terminal: &Terminal) -> Grid {
    let lang = terminal.lang;
    let mut grid = Grid::new(2);

    for rule in rules {
        let info = &rule.info;
        let in_force = info.effective.holds(as_of);
        let cell = |style: TextStyle, text: &str| cell(if in_force { style } else { Dim }, text);
        grid.row([
            cell(style(info.severity_on(as_of)), words::severity(lang, info.severity_on(as_of))),
            cell(Bold, &info.id),
            cell(Plain, &since(info.effective)),
            cell(Plain, words::confidence(lang, info.confidence_on(as_of))),
            cell(Plain, info.title.get(lang)),
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
            severity: rule.info.severity_on(as_of),
            confidence: rule.info.confidence_on(as_of),
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
