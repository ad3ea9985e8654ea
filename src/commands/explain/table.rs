//! A table explained: its columns, the rows that hold on a day, and the rules that look things up in it.

use chrono::NaiveDate;
use dianjian_base::lang::Lang;
use dianjian_report::words;
use dianjian_rules::language::TableFile;
use dianjian_rules::{LookupTable, Pack, parse_one};

use super::{heading, rules_list, title};
use crate::terminal::{Grid, GridCell, Terminal, TextStyle};

/// Rows that are listed.
const SHOWN: usize = 40;

/// Explains a table as of a day.
pub fn explain(table: &LookupTable, pack: &Pack, as_of: NaiveDate, terminal: &Terminal) -> String {
    let lang = terminal.lang;
    let holding: Vec<_> = table.rows.iter().filter(|row| row.effective.holds(as_of)).collect();
    let rows = match lang {
        Lang::Zh => format!("{} 行，其中 {} 行在 {as_of} 生效", table.rows.len(), holding.len()),
        Lang::En => format!(
            "{}, {} of them in force on {as_of}",
            words::count(lang, table.rows.len(), "", "row"),
            holding.len()
        ),
    };
    let facts = [(terminal.say("键", "key"), table.key.join(" + ")), (terminal.say("内容", "rows"), rows)];
    let mut out = title(terminal, &format!("tables/{}", table.id), &terminal.text(&table.title), &facts);
    columns(table, terminal, &mut out);
    heading(terminal, "生效的行", "Rows in force", &mut out);
    let mut grid = Grid::new(2);
    let mut head: Vec<GridCell> =
        table.columns.iter().map(|(name, _)| GridCell::styled(TextStyle::Bold, name)).collect();
    head.push(GridCell::styled(TextStyle::Bold, terminal.say("生效", "in force")));
    grid.row(head);
    for row in holding.iter().take(SHOWN) {
        let mut cells: Vec<GridCell> =
            row.cells.iter().map(|cell| GridCell::new(cell.as_deref().unwrap_or("-"))).collect();
        cells.push(GridCell::styled(TextStyle::Dim, words::period(lang, row.effective).unwrap_or_default()));
        grid.row(cells);
    }
    out.push_str(&grid.render(terminal));
    if holding.len() > SHOWN {
        let more = holding.len() - SHOWN;
        out.push_str(&match lang {
            Lang::Zh => format!("  另有 {more} 行\n"),
            Lang::En => format!("  {more} more\n"),
        });
    }
    users(table, pack, terminal, &mut out);
    out
}

fn columns(table: &LookupTable, terminal: &Terminal, out: &mut String) {
    // The meaning of columns stands in the file alone.
    let Some(file) = table.rows.first().and_then(|row| parse_one::<TableFile>(&row.source).ok()) else { return };
    heading(terminal, "列", "Columns", out);
    let mut grid = Grid::new(2);
    for (name, column) in &file.columns {
        grid.row([GridCell::styled(TextStyle::Bold, name), GridCell::new(column.doc.get(terminal.lang))]);
    }
    out.push_str(&grid.render(terminal));
}

fn users(table: &LookupTable, pack: &Pack, terminal: &Terminal, out: &mut String) {
    // `table: ID` is how rules name one; a longer id may begin with this one.
    let names = |text: &str| {
        let begins = format!("table: {}", table.id);
        text.match_indices(&begins).any(|(at, found)| {
            !text[at + found.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_')
        })
    };
    let users: Vec<_> = pack.rules.iter().filter(|rule| names(rule.source.text())).collect();
    rules_list("用到它的规则", "Rules that use it", &users, terminal, out);
}
