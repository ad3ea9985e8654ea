//! A table: its columns, the rows in force on a day, and the rules that look things up in it.

use chrono::NaiveDate;
use dianjian_base::text;
use dianjian_report::words;
use dianjian_rules::language::TableFile;
use dianjian_rules::{LookupTable, Pack, TableRow, parse_one};

use super::{heading, rules_list, title};
use crate::terminal::TextStyle::{Bold, Dim, Plain};
use crate::terminal::{GridCell, Terminal, cell};

const SHOWN: usize = 40;

pub fn explain(table: &LookupTable, pack: &Pack, as_of: NaiveDate, terminal: &Terminal) -> String {
    let lang = terminal.lang;
    let holding: Vec<_> = table.rows.iter().filter(|row| row.effective.holds(as_of)).collect();
    let (all, rows, in_force) = (table.rows.len(), words::counted(table.rows.len(), "row"), holding.len());
    let rows = text! {
        zh: "{all} 行，其中 {in_force} 行在 {as_of} 生效",
        en: "{rows}, {in_force} of them in force on {as_of}",
    };
    let facts = [(terminal.say("键", "key"), table.key.join(" + ")), (terminal.say("内容", "rows"), rows.take(lang))];
    let mut out = title(terminal, &format!("tables/{}", table.id), &terminal.text(&table.title), &facts);
    columns(table, terminal, &mut out);
    heading(terminal, "生效的行", "Rows in force", &mut out);
    let names = table.columns.iter().map(|(name, _)| cell(Bold, name));
    let head: Vec<GridCell> = names.chain([cell(Bold, terminal.say("生效", "in force"))]).collect();
    let row = |row: &&TableRow| {
        let period = words::period(lang, row.effective).unwrap_or_default();
        row.cells.iter().map(|text| cell(Plain, text.as_deref().unwrap_or("-"))).chain([cell(Dim, period)]).collect()
    };
    out.push_str(&terminal.grid(2, [head].into_iter().chain(holding.iter().take(SHOWN).map(row))));
    if holding.len() > SHOWN {
        let more = holding.len() - SHOWN;
        out.push_str(text! { zh: "  另有 {more} 行\n", en: "  {more} more\n" }.get(lang));
    }
    users(table, pack, terminal, &mut out);
    out
}

fn columns(table: &LookupTable, terminal: &Terminal, out: &mut String) {
    // Compiled tables keep no documentation of their columns; it is in the file only.
    let Some(file) = table.rows.first().and_then(|row| parse_one::<TableFile>(&row.source).ok()) else { return };
    heading(terminal, "列", "Columns", out);
    let columns = file.columns.iter();
    let rows = columns.map(|(name, column)| [cell(Bold, name), cell(Plain, column.doc.get(terminal.lang))]);
    out.push_str(&terminal.grid(2, rows));
}

fn users(table: &LookupTable, pack: &Pack, terminal: &Terminal, out: &mut String) {
    // Rules name a table as `table: ID`. The id must end there: a longer one may begin with it.
    let names = |text: &str| {
        let begins = format!("table: {}", table.id);
        text.match_indices(&begins).any(|(at, found)| {
            !text[at + found.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_')
        })
    };
    let users: Vec<_> = pack.rules.iter().filter(|rule| names(rule.source.text())).collect();
    rules_list("用到它的规则", "Rules that use it", &users, terminal, out);
}
