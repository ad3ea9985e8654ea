//! `dianjian explain ID`: everything that is known about a rule, a record kind, a field or a table.

mod example;
mod field;
mod names;
mod rule;
mod table;

use std::fmt::Write as _;

use chrono::NaiveDate;
use dianjian_project::Project;
use dianjian_report::words;
use dianjian_rules::RuleSource;
use dianjian_rules::record::nearest;
use dianjian_text::safe::wrap;

use self::names::Names;
use super::rules::list;
use crate::error::CliError;
use crate::exit::Exit;
use crate::project::{DateArgs, ProjectArgs, report_problems};
use crate::terminal::TextStyle::{Bold, Cyan, Dim, Plain};
use crate::terminal::{Terminal, cell};

#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    id: String,
    #[command(flatten)]
    date: DateArgs,
    #[command(flatten)]
    project: ProjectArgs,
}

/// Prints everything that is known about a rule, a table, a record kind or a field.
///
/// # Errors
/// An id that means nothing; an output that cannot be written.
pub fn run(args: &ExplainArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let project = args.project.load(terminal)?;
    let broken = report_problems(&project, terminal);
    let (as_of, _) = args.date.of(&project);
    // A table may be written with its folder, as in the rules' repository.
    let id = args.id.trim().trim_start_matches("tables/");
    // An id that is misspelt is guessed at instead.
    let named = || if id.is_ascii() { None } else { by_name(id, &project, as_of, terminal) };
    let text = one(id, &project, as_of, terminal).or_else(named);
    let unknown = || CliError::Unknown { found: args.id.clone(), suggestion: suggest(&args.id, &project) };
    terminal.print(&text.ok_or_else(unknown)?)?;
    Ok(Exit::Clean.unless(broken))
}

/// What is known about an id.
pub fn one(id: &str, project: &Project, as_of: NaiveDate, terminal: &Terminal) -> Option<String> {
    let pack = &project.pack;
    if let Some(rule) = pack.rule(id) {
        return Some(rule::explain(rule, as_of, terminal));
    }
    match pack.tables.get(id) {
        Some(table) => Some(table::explain(table, pack, as_of, terminal)),
        None => field::explain(id, pack, terminal),
    }
}

/// What is known about a title, a heading or a word for a value. Of a name for many things only their ids are listed.
fn by_name(name: &str, project: &Project, as_of: NaiveDate, terminal: &Terminal) -> Option<String> {
    const IN_FULL: usize = 2;
    let names = Names::new(&project.pack);
    let ids = names.find(name);
    if ids.is_empty() {
        return None;
    }
    if ids.len() <= IN_FULL {
        let texts = ids.iter().filter_map(|id| one(id, project, as_of, terminal)).collect::<Vec<_>>();
        return Some(texts.join("\n"));
    }
    let heading = terminal.say(
        "有几样东西叫这个名字，用 dianjian explain 加上编号：",
        "several things have this name; explain one by its id:",
    );
    let rows = ids.iter().map(|id| [cell(Bold, id)]);
    Some(format!("{heading}\n{}", terminal.grid(2, rows)))
}

/// The id most like the one given, among everything that can be explained.
fn suggest(id: &str, project: &Project) -> Option<String> {
    let pack = &project.pack;
    let rules: Vec<&str> = pack.rules.iter().map(|rule| rule.info.id.as_str()).collect();
    let in_any_case = |name: &str| pack.kinds.iter().find(|kind| kind.name.eq_ignore_ascii_case(name));
    if let Some((kind, path)) = id.split_once('.') {
        let kind = in_any_case(kind).map(|kind| &*kind.name).or_else(|| pack.kinds.suggest(kind))?;
        let known = pack.kinds.get(pack.kinds.find(kind)?);
        let path = field::find(known, path).map(|_| path.to_owned()).or_else(|| known.suggest(path))?;
        return Some(format!("{kind}.{path}"));
    }
    if let Some(kind) = in_any_case(id) {
        return Some(kind.name.to_string());
    }
    let by_name = rules.iter().find(|rule| rule.rsplit('/').next() == Some(id)).map(|rule| (*rule).to_owned());
    let tables = pack.tables.keys().map(String::as_str);
    let kinds = pack.kinds.iter().map(|kind| &*kind.name);
    if !id.is_ascii() {
        return Names::new(pack).suggest(id).map(str::to_owned);
    }
    by_name.or_else(|| nearest(id, rules.iter().copied().chain(tables).chain(kinds)).map(str::to_owned))
}

/// A heading with its text below, wrapped and indented.
fn section(terminal: &Terminal, zh: &str, en: &str, body: &str, out: &mut String) {
    heading(terminal, zh, en, out);
    paragraph(terminal, body, 2, out);
}

fn heading(terminal: &Terminal, zh: &str, en: &str, out: &mut String) {
    let _ = writeln!(out, "\n{}", terminal.paint(Cyan, terminal.say(zh, en)));
}

fn paragraph(terminal: &Terminal, body: &str, indent: usize, out: &mut String) {
    let columns = terminal.look.width.saturating_sub(indent).clamp(20, 100);
    for part in body.lines().flat_map(|line| wrap(line.trim_end(), columns)) {
        let _ = writeln!(out, "{:indent$}{part}", "");
    }
}

/// The first lines: id, title, and those facts that are not empty.
fn title(terminal: &Terminal, id: &str, title: &str, facts: &[(&str, String)]) -> String {
    let known = facts.iter().filter(|(_, value)| !value.is_empty());
    let facts = terminal.grid(2, known.map(|(name, value)| [cell(Dim, name), cell(Plain, value)]));
    terminal.grid(0, [[cell(Bold, id), cell(Bold, title)]]) + &facts
}

/// Rules under a heading; nothing if there are none.
fn rules_list(zh: &str, en: &str, rules: &[&RuleSource], terminal: &Terminal, out: &mut String) {
    if rules.is_empty() {
        return;
    }
    heading(terminal, zh, en, out);
    let row = |rule: &&RuleSource| {
        let info = &rule.info;
        let severity = words::severity(terminal.lang, info.severity);
        [cell(list::style(info.severity), severity), cell(Bold, &info.id), cell(Plain, info.title.get(terminal.lang))]
    };
    out.push_str(&terminal.grid(2, rules.iter().map(row)));
}
