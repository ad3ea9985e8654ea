//! `dianjian explain ID`: all that is known of a rule, a record kind, a field or a table.

mod example;
mod field;
mod rule;
mod table;

use dianjian_report::words;
use dianjian_rules::RuleSource;
use dianjian_rules::record::nearest;
use dianjian_text::safe::wrap;

use super::rules::list;
use crate::error::CliError;
use crate::exit::Exit;
use crate::project::{DateArgs, Project, ProjectArgs};
use crate::terminal::{Grid, GridCell, Terminal, TextStyle};

#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    id: String,
    #[command(flatten)]
    date: DateArgs,
    #[command(flatten)]
    project: ProjectArgs,
}

/// Prints the explanation.
///
/// # Errors
/// An id that means nothing; an output that cannot be written.
pub fn run(args: &ExplainArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let project = Project::load(&args.project, terminal)?;
    let broken = project.report_problems(terminal);
    let (as_of, _) = project.as_of(args.date);
    let pack = &project.pack;
    // A table may be written as its file's place; a list's items as `name[]`.
    let id = args.id.trim().trim_start_matches("tables/");
    let text = if let Some(rule) = pack.rule(id) {
        rule::explain(rule, as_of, terminal)
    } else if let Some(table) = pack.tables.get(id) {
        table::explain(table, pack, as_of, terminal)
    } else if let Some(text) = field::explain(id, pack, terminal) {
        text
    } else {
        return Err(CliError::Unknown { found: args.id.clone(), suggestion: suggest(&args.id, &project) });
    };
    terminal.print(&text)?;
    Ok(if broken { Exit::Untrusted } else { Exit::Clean })
}

/// The nearest of everything that can be explained.
fn suggest(id: &str, project: &Project) -> Option<String> {
    let pack = &project.pack;
    let rules: Vec<&str> = pack.rules.iter().map(|rule| rule.info.id.as_str()).collect();
    if let Some((kind, path)) = id.split_once('.') {
        let kind = pack
            .kinds
            .iter()
            .find(|known| known.name.eq_ignore_ascii_case(kind))
            .map(|kind| &*kind.name)
            .or_else(|| pack.kinds.suggest(kind))?;
        let known = pack.kinds.get(pack.kinds.find(kind)?);
        let path = field::find(known, path).map(|_| path.to_owned()).or_else(|| known.suggest(path))?;
        return Some(format!("{kind}.{path}"));
    }
    if let Some(kind) = pack.kinds.iter().find(|kind| kind.name.eq_ignore_ascii_case(id)) {
        return Some(kind.name.to_string());
    }
    let by_name = rules.iter().find(|rule| rule.rsplit('/').next() == Some(id)).map(|rule| (*rule).to_owned());
    let tables = pack.tables.keys().map(String::as_str);
    let kinds = pack.kinds.iter().map(|kind| &*kind.name);
    by_name.or_else(|| nearest(id, rules.iter().copied().chain(tables).chain(kinds)).map(str::to_owned))
}

/// A heading with its text below, wrapped and indented.
fn section(terminal: &Terminal, zh: &str, en: &str, body: &str, out: &mut String) {
    heading(terminal, zh, en, out);
    paragraph(terminal, body, 2, out);
}

fn heading(terminal: &Terminal, zh: &str, en: &str, out: &mut String) {
    out.push('\n');
    out.push_str(&terminal.paint(TextStyle::Cyan, terminal.say(zh, en)));
    out.push('\n');
}

fn paragraph(terminal: &Terminal, body: &str, indent: usize, out: &mut String) {
    let room = terminal.look.width.saturating_sub(indent).clamp(20, 100);
    for line in body.lines() {
        for part in wrap(line.trim_end(), room) {
            out.push_str(&" ".repeat(indent));
            out.push_str(part);
            out.push('\n');
        }
    }
}

/// The first lines: what it is called, and facts about it.
fn title(terminal: &Terminal, id: &str, title: &str, facts: &[(&str, String)]) -> String {
    let mut head = Grid::new(0);
    head.row([GridCell::styled(TextStyle::Bold, id), GridCell::styled(TextStyle::Bold, title)]);
    let mut out = head.render(terminal);
    let mut grid = Grid::new(2);
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        grid.row([GridCell::styled(TextStyle::Dim, name), GridCell::new(value)]);
    }
    out.push_str(&grid.render(terminal));
    out
}

/// The rules that have to do with what is explained, under a heading; nothing where there are none.
fn rules_list(zh: &str, en: &str, rules: &[&RuleSource], terminal: &Terminal, out: &mut String) {
    if rules.is_empty() {
        return;
    }
    heading(terminal, zh, en, out);
    let mut grid = Grid::new(2);
    for rule in rules {
        let info = &rule.info;
        grid.row([
            GridCell::styled(list::style(info.severity), words::severity(terminal.lang, info.severity)),
            GridCell::styled(TextStyle::Bold, &info.id),
            GridCell::new(info.title.get(terminal.lang)),
        ]);
    }
    out.push_str(&grid.render(terminal));
}
