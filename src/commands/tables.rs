//! `dianjian tables`: tables from the platform's answers.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use dianjian_base::lang::Lang;
use dianjian_engine::import::tables::{TableImport, tables};
use dianjian_engine::{AsWritten, Engine, RunOptions};
use dianjian_report::{RunInfo, words};

use crate::environment::{day, today};
use crate::error::CliError;
use crate::exit::Exit;
use crate::inputs::{InputArgs, RunInputs};
use crate::project::{Project, ProjectArgs};
use crate::terminal::{Terminal, TextStyle};

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

/// Runs the command.
///
/// # Errors
/// Mistakes in flags; a file that is there or cannot be written.
pub fn run(args: &TablesArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let TablesCommand::Import(args) = &args.command;
    let mut project = Project::load(&args.project, terminal)?;
    let broken = project.report_problems(terminal);
    let inputs = RunInputs::find(&args.input, &mut project);
    let from = args.from.unwrap_or_else(today);
    let mut options = RunOptions::new(from);
    args.input.apply_to(&mut options);
    let engine = Engine::new(&project.pack, &AsWritten, options);
    let mut done = tables(&engine, &inputs.files, from);
    done.problems.extend(inputs.problems);
    terminal.problems(&done.problems, &RunInfo::new(today(), terminal.lang, Vec::new()));
    let files = files(&done, &args.output)?;
    super::import::write(&files, args.force)?;
    let paths: Vec<&Path> = files.iter().map(|(path, _)| path.as_path()).collect();
    terminal.print(&summary(&done, &paths, from, terminal))?;
    Ok(match (broken || !done.problems.is_empty(), files.is_empty()) {
        (true, _) => Exit::Untrusted,
        (false, true) => Exit::Nothing,
        (false, false) => Exit::Clean,
    })
}

/// Where each table goes.
fn files<'t>(done: &'t TableImport, output: &Path) -> Result<Vec<(PathBuf, &'t str)>, CliError> {
    let is_file = output.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
    if is_file && done.tables.len() > 1 {
        return Err(CliError::SeveralTables { path: output.display().to_string() });
    }
    let path = |id: &str| if is_file { output.to_owned() } else { output.join(format!("{id}.yaml")) };
    Ok(done.tables.iter().map(|table| (path(&table.id), table.text.as_str())).collect())
}

fn summary(done: &TableImport, paths: &[&Path], from: NaiveDate, terminal: &Terminal) -> String {
    let lang = terminal.lang;
    if paths.is_empty() {
        return match lang {
            Lang::Zh => format!("读到 {} 个叶子类目，没有保证金或主体限制可写\n", done.categories),
            Lang::En => {
                let count = words::count(lang, done.categories, "", "leaf categor");
                format!("no deposits and no limits on subjects in {}\n", plural(&count))
            }
        };
    }
    let mut out = String::new();
    for (path, table) in paths.iter().zip(&done.tables) {
        let rows = words::count(lang, table.rows, "行", "row");
        let since = match lang {
            Lang::Zh => format!("自 {from} 起"),
            Lang::En => format!("since {from}"),
        };
        let mark = terminal.paint(TextStyle::Green, "✓");
        out.push_str(&format!("{mark} {} · {rows} · {since}\n", path.display()));
    }
    let list: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let list = list.join(", ");
    let exempt = match (done.exempt, lang) {
        (0, _) => String::new(),
        (exempt, Lang::Zh) => format!("，其中 {exempt} 项保证金为 0"),
        (exempt, Lang::En) => format!(", {exempt} of the deposits zero"),
    };
    let hint = match lang {
        Lang::Zh => format!(
            "  {} 个叶子类目{exempt}；在 dianjian.yaml 里写 tables: [{list}]，检查时就会用上\n",
            done.categories
        ),
        Lang::En => {
            let categories = plural(&words::count(lang, done.categories, "", "leaf categor"));
            format!("  {categories}{exempt}; rules use them once dianjian.yaml has tables: [{list}]\n")
        }
    };
    out.push_str(&terminal.paint(TextStyle::Dim, &hint));
    out
}

/// `1 leaf category`, `2 leaf categories`
fn plural(count: &str) -> String {
    count.strip_suffix("categors").map_or_else(|| format!("{count}y"), |one| format!("{one}categories"))
}
