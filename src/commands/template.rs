//! `dianjian template FILE`: an empty table with the headings that are accepted.

use std::path::PathBuf;

use dianjian_base::text;
use dianjian_report::template;
use dianjian_rules::Pack;
use dianjian_rules::record::{Kind, Mapping, nearest, table_mappings};

use super::import::write_new;
use crate::error::CliError;
use crate::exit::Exit;
use crate::project::{ProjectArgs, report_problems};
use crate::terminal::Terminal;
use crate::terminal::TextStyle::{Dim, Green};

#[derive(Debug, clap::Args)]
pub struct TemplateArgs {
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    project: ProjectArgs,
}

/// Writes the table.
///
/// # Errors
/// A kind that has no tables; a file that exists or cannot be written.
pub fn run(args: &TemplateArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let project = args.project.load(terminal)?;
    let broken = report_problems(&project, terminal);
    let stem = args.file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let wanted = args.kind.clone().unwrap_or(stem);
    let (kind, mapping) = table_of(&wanted, &project.pack)?;
    let lang = terminal.lang;
    let columns = mapping.template(&project.pack.kinds, lang);
    let bytes = if args.file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
        template::csv(&columns, lang).into_bytes()
    } else {
        template::workbook(&columns, kind.title.get(lang), lang)
            .map_err(|error| CliError::Write { path: args.file.display().to_string(), reason: error.to_string() })?
    };
    write_new(&[(args.file.clone(), bytes)], args.force)?;
    let (path, number, title) = (args.file.display(), columns.len(), kind.title.get(lang));
    let required = columns.iter().filter(|column| column.field.required).count();
    let told = text! {
        zh: "{path} · {title} · {number} 列，其中 {required} 列必填\n",
        en: "{path} · {title} · {number} columns, {required} of them required\n",
    };
    let hint = terminal.say(
        "  第二行是示例，请改掉；用不到的列可以删去\n",
        "  the second row is an example to be replaced; columns that are not needed may be deleted\n",
    );
    terminal.print(&format!("{} {}{}", terminal.paint(Green, "✓"), told.get(lang), terminal.paint(Dim, hint)))?;
    Ok(Exit::Clean.unless(broken))
}

/// The kind that a name means, in either language, with the mapping that reads tables of it.
fn table_of<'p>(wanted: &str, pack: &'p Pack) -> Result<(&'p Kind, &'p Mapping), CliError> {
    let tables = table_mappings(&pack.mappings, &pack.kinds);
    let plain = |text: &str| text.trim().to_lowercase().replace([' ', '-', '_'], "");
    let found = plain(wanted);
    let names = |kind: &Kind| [plain(&kind.name), plain(&kind.title.zh), plain(&kind.title.en)];
    let is_exact = |kind: &Kind| names(kind).iter().any(|name| found == *name || found == format!("{name}s"));
    // `华东店铺清单` is a table of shops; the longest name wins, so that 直播间 is not taken for another.
    let longest = |kind: &Kind| names(kind).iter().filter(|name| found.contains(&**name)).map(String::len).max();
    let exact = tables.iter().find(|(kind, _)| is_exact(kind));
    let part = || tables.iter().filter(|(kind, _)| longest(kind).is_some()).max_by_key(|(kind, _)| longest(kind));
    // `品牌` is short for 品牌资质.
    let short = || {
        tables
            .iter()
            .find(|(kind, _)| found.chars().count() > 1 && names(kind).iter().any(|name| name.contains(&found)))
    };
    exact.or_else(part).or_else(short).copied().ok_or_else(|| {
        let titles: Vec<String> = tables.iter().map(|(kind, _)| kind.title.zh.clone()).collect();
        let known: Vec<String> = tables.iter().map(|(kind, _)| kind.name.to_string()).collect();
        let suggestion = nearest(wanted, known.iter().chain(&titles).map(String::as_str)).map(str::to_owned);
        CliError::NoTemplate { found: wanted.to_owned(), suggestion, zh: titles.join("、"), en: known.join(", ") }
    })
}
