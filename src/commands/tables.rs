//! `dianjian tables import`: makes tables from the platform's category data.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_base::text;
use dianjian_engine::import::tables::{TableImport, tables};
use dianjian_engine::{AsWritten, Engine};
use dianjian_project::RunInputs;
use dianjian_report::words;

use super::import::write_new;
use crate::environment::{day, today};
use crate::error::CliError;
use crate::exit::Exit;
use crate::inputs::{InputArgs, spares_inputs};
use crate::project::{ProjectArgs, report_problems};
use crate::terminal::Terminal;
use crate::terminal::TextStyle::{Dim, Green};

#[derive(Debug, clap::Args)]
pub struct TablesArgs {
    #[command(subcommand)]
    command: TablesCommand,
}

#[derive(Debug, clap::Subcommand)]
enum TablesCommand {
    Import(TableImportArgs),
}

#[derive(Debug, clap::Args)]
struct TableImportArgs {
    #[command(flatten)]
    input: InputArgs,
    #[arg(short, long, value_name = "DIR|FILE")]
    output: PathBuf,
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    from: Option<NaiveDate>,
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    project: ProjectArgs,
}

/// Writes tables of the categories' deposits and limits, with rows that apply from a given day.
///
/// # Errors
/// Mistakes in flags; a file that exists or cannot be written.
pub fn run(args: &TablesArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let TablesCommand::Import(args) = &args.command;
    let mut project = args.project.load(terminal)?;
    let broken = report_problems(&project, terminal);
    let inputs = RunInputs::find(&args.input.options(), &mut project);
    let from = args.from.unwrap_or_else(today);
    let engine = Engine::new(&project.pack, &AsWritten, args.input.run_options(&project, from));
    let mut done = tables(&engine, &inputs.files, from);
    done.problems.extend(inputs.problems.iter().cloned());
    terminal.problems(&done.problems);
    let files = files(&done, &args.output)?;
    for (path, _) in &files {
        spares_inputs(&inputs, "-o", path, &project, |_| true)?;
    }
    write_new(&files, args.force)?;
    let paths: Vec<String> = files.iter().map(|(path, _)| path.display().to_string()).collect();
    terminal.print(&summary(&done, &paths, from, terminal))?;
    Ok(Exit::made(!files.is_empty()).unless(broken || !done.problems.is_empty()))
}

/// The file of each table.
fn files<'t>(done: &'t TableImport, output: &Path) -> Result<Vec<(PathBuf, &'t str)>, CliError> {
    let is_file = output.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
    if is_file && done.tables.len() > 1 {
        return Err(CliError::SeveralTables { path: output.display().to_string() });
    }
    let path = |id: &str| if is_file { output.to_owned() } else { output.join(format!("{id}.yaml")) };
    Ok(done.tables.iter().map(|table| (path(&table.id), table.text.as_str())).collect())
}

fn summary(done: &TableImport, paths: &[String], from: NaiveDate, terminal: &Terminal) -> String {
    let lang = terminal.lang;
    let (number, categories) = (done.categories, words::counted(done.categories, "leaf category"));
    if paths.is_empty() {
        let text = text! {
            zh: "读到 {number} 个叶子类目，没有保证金或主体限制可写\n",
            en: "no deposits and no limits on subjects in {categories}\n",
        };
        return text.take(lang);
    }
    let mut out = String::new();
    for (path, table) in paths.iter().zip(&done.tables) {
        let (mark, rows) = (terminal.paint(Green, "✓"), words::count(lang, table.rows, "行", "row"));
        let since = text! { zh: "自 {from} 起", en: "since {from}" }.take(lang);
        out.push_str(&format!("{mark} {path} · {rows} · {since}\n"));
    }
    let (list, exempt) = (paths.join(", "), done.exempt);
    let exempt = match exempt {
        0 => Text::default(),
        _ => text! { zh: "，其中 {exempt} 项保证金为 0", en: ", {exempt} of the deposits zero" },
    };
    let hint = text! {
        zh: format!("  {number} 个叶子类目{}；在 dianjian.yaml 里写 tables: [{list}]，检查时就会用上\n", exempt.zh),
        en: format!("  {categories}{}; rules use them once dianjian.yaml has tables: [{list}]\n", exempt.en),
    };
    out + &terminal.paint(Dim, hint.get(lang))
}
