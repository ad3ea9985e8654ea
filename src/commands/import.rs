//! `dianjian import`: exports and tables become native files.

use std::path::{Path, PathBuf};

use dianjian_base::lang::Lang;
use dianjian_document::edit::{make_folder_of, write_atomic};
use dianjian_engine::import::{self, Import};
use dianjian_engine::{AsWritten, Engine, RunOptions};
use dianjian_report::{RunInfo, words};

use crate::error::CliError;
use crate::exit::Exit;
use crate::inputs::{InputArgs, RunInputs};
use crate::project::{Project, ProjectArgs};
use crate::terminal::{Terminal, TextStyle};

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

/// Writes the files.
///
/// # Errors
/// Mistakes in flags; a file that is there or cannot be written.
pub fn run(args: &ImportArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut project = Project::load(&args.project, terminal)?;
    let broken = project.report_problems(terminal);
    let inputs = RunInputs::find(&args.input, &mut project);
    let mut options = RunOptions::new(crate::environment::today());
    args.input.apply_to(&mut options);
    let engine = Engine::new(&project.pack, &AsWritten, options);
    let mut done = import::import(&engine, &inputs.files, &args.output);
    done.problems.extend(inputs.problems);
    terminal.problems(&done.problems, &RunInfo::new(crate::environment::today(), terminal.lang, Vec::new()));
    let files: Vec<(PathBuf, &str)> =
        done.files.iter().map(|file| (args.output.join(&file.name), file.text.as_str())).collect();
    write(&files, args.force)?;
    terminal.print(&summary(&done, &engine, &args.output, terminal))?;
    Ok(match (broken || !done.problems.is_empty(), done.is_empty()) {
        (true, _) => Exit::Untrusted,
        (false, true) => Exit::Nothing,
        (false, false) => Exit::Clean,
    })
}

/// Writes files, each in one step; none of them if one is there already.
///
/// # Errors
/// A file that is there or cannot be written.
pub fn write(files: &[(PathBuf, &str)], force: bool) -> Result<(), CliError> {
    if let Some((path, _)) = files.iter().find(|(path, _)| !force && path.symlink_metadata().is_ok()) {
        return Err(CliError::Exists { path: path.display().to_string() });
    }
    for (path, text) in files {
        make_folder_of(path)?;
        write_atomic(path, text.as_bytes()).map_err(|error| CliError::write(path, &error))?;
    }
    Ok(())
}

fn summary(done: &Import, engine: &Engine<'_>, out: &Path, terminal: &Terminal) -> String {
    let lang = terminal.lang;
    let comma = terminal.say("、", ", ");
    let records: Vec<String> = done
        .counts_by_kind(engine)
        .iter()
        .map(|(count, title)| match lang {
            Lang::Zh => format!("{} {count}", title.zh),
            Lang::En => format!("{} {count}", title.en),
        })
        .collect();
    let files = words::count(lang, done.files.len(), "个文件", "file");
    let mut text = match (done.is_empty(), lang) {
        (true, Lang::Zh) => "没有可导入的记录\n".to_owned(),
        (true, Lang::En) => "no records to import\n".to_owned(),
        (false, Lang::Zh) => {
            format!("{} {} · {files}：{}\n", terminal.paint(TextStyle::Green, "✓"), out.display(), records.join(comma))
        }
        (false, Lang::En) => {
            format!("{} {} · {files}: {}\n", terminal.paint(TextStyle::Green, "✓"), out.display(), records.join(comma))
        }
    };
    let mut note = |count: usize, zh: &str, en: &str| {
        if count > 0 {
            let said = match lang {
                Lang::Zh => format!("  {count} {zh}\n"),
                Lang::En => format!("  {count} {en}\n"),
            };
            text.push_str(&terminal.paint(TextStyle::Dim, &said));
        }
    };
    note(done.native, "条记录本来就是本工具的格式，没有改动", "native records were left where they are");
    note(
        done.parts,
        "份数据只说了店铺的一部分，而同一文件夹里没有这家店的信息，没有导入",
        "answers tell a part of a shop of which their folder says nothing, and were left out",
    );
    text
}
