//! `dianjian import`: turns exports and tables into native files.

use std::path::{Path, PathBuf};

use dianjian_engine::import::{self, Import};
use dianjian_engine::{AsWritten, Engine};
use dianjian_project::RunInputs;
use dianjian_report::words;

use crate::commands::write_files;
use crate::environment;
use crate::error::CliError;
use crate::exit::Exit;
use crate::inputs::{InputArgs, spares_inputs};
use crate::project::{ProjectArgs, report_problems};
use crate::terminal::Terminal;
use crate::terminal::TextStyle::{Dim, Green};

#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    #[command(flatten)]
    input: InputArgs,
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    project: ProjectArgs,
}

/// Writes the records of all inputs as native YAML files into the folder of `--output`.
///
/// # Errors
/// Mistakes in flags; a file that exists or cannot be written.
pub fn run(args: &ImportArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut project = args.project.load(terminal)?;
    let broken = report_problems(&project, terminal);
    let inputs = RunInputs::find(&args.input.options(), &mut project);
    let engine = Engine::new(&project.pack, &AsWritten, args.input.run_options(&project, environment::today()));
    let mut done = import::import(&engine, &inputs.files, &args.output);
    done.problems.extend(inputs.problems.iter().cloned());
    terminal.problems(&done.problems);
    let files: Vec<(PathBuf, &str)> =
        done.files.iter().map(|file| (args.output.join(&file.name), file.text.as_str())).collect();
    for (path, _) in &files {
        spares_inputs(&inputs, "-o", path, &project, is_imported)?;
    }
    write_new(&files, args.force)?;
    terminal.print(&summary(&done, &engine, &args.output, terminal))?;
    Ok(Exit::made(!done.is_empty()).unless(broken || !done.problems.is_empty()))
}

/// Whether a file holds records that an import wrote.
fn is_imported(path: &Path) -> bool {
    std::fs::read_to_string(path).is_ok_and(|text| {
        text.lines().any(|line| line.strip_prefix(import::ORIGIN).is_some_and(|rest| rest.starts_with(':')))
    })
}

/// Writes files, or none of them if one exists and is not to be replaced.
///
/// # Errors
/// A file that exists or cannot be written.
pub fn write_new(files: &[(PathBuf, impl AsRef<[u8]>)], force: bool) -> Result<(), CliError> {
    if let Some((path, _)) = files.iter().find(|(path, _)| !force && path.symlink_metadata().is_ok()) {
        return Err(CliError::Exists { path: path.display().to_string() });
    }
    write_files(files)
}

fn summary(done: &Import, engine: &Engine<'_>, out: &Path, terminal: &Terminal) -> String {
    let lang = terminal.lang;
    let counts = done.counts_by_kind(engine);
    let records: Vec<String> = counts.iter().map(|(count, title)| format!("{} {count}", title.get(lang))).collect();
    let mut text = if done.is_empty() {
        terminal.say("没有可导入的记录\n", "no records to import\n").to_owned()
    } else {
        let files = words::count(lang, done.files.len(), "个文件", "file");
        let (mark, records) = (terminal.paint(Green, "✓"), records.join(terminal.say("、", ", ")));
        format!("{mark} {} · {files}{}{records}\n", out.display(), terminal.say("：", ": "))
    };
    let notes = [
        (done.native, terminal.say("条记录本来就是本工具的格式，没有改动", "native records were left where they are")),
        (
            done.parts,
            terminal.say(
                "份数据只说了店铺的一部分，而同一文件夹里没有这家店的信息，没有导入",
                "answers tell a part of a shop of which their folder says nothing, and were left out",
            ),
        ),
    ];
    for (count, note) in notes.into_iter().filter(|(count, _)| *count > 0) {
        text.push_str(&terminal.paint(Dim, &format!("  {count} {note}\n")));
    }
    text
}
