//! `dianjian migrate plan PATH…`: makes a plan for the shops of a fleet.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::FileSystem;
use dianjian_base::lang::Text;
use dianjian_base::text;
use dianjian_document::edit::{ReplacementFile, make_folder_of};
use dianjian_document::problem::Problem;
use dianjian_document::source::{self, Limits, SourceFile};
use dianjian_migrate::plan::Plan;
use dianjian_migrate::planner::{PASSES, PlanFailure, PlanReport, PlanRequest, make_plan};
use dianjian_migrate::{DecisionsFile, decision_form, read_decisions as read_file};
use dianjian_project::RunInputs;

use super::summary;
use crate::commands::write_file;
use crate::earlier::beginning;
use crate::environment::{self, day};
use crate::error::CliError;
use crate::exit::Exit;
use crate::inputs::{InputArgs, replaces_own, spares_inputs};
use crate::progress::ByteProgress;
use crate::project::{ChoiceArgs, DateArgs, ProjectArgs};
use crate::terminal::Terminal;

#[derive(Debug, clap::Args)]
pub struct MakeArgs {
    #[command(flatten)]
    input: InputArgs,
    #[arg(short, long, value_name = "FILE", default_value = "plan.json", help_heading = "Output")]
    output: PathBuf,
    #[command(flatten)]
    date: DateArgs,
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    cutover: Option<NaiveDate>,
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    write_decisions: Option<PathBuf>,
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    per_day: Option<u32>,
    #[command(flatten)]
    project: ProjectArgs,
}

/// Makes a plan and prints its summary. The exit status is 2 if some input could not be read: the plan lacks it then.
/// Where there is no plan, that is said, and what an older file in its place is.
///
/// # Errors
/// Mistakes in flags; a plan that cannot be made or written.
pub fn run(args: &MakeArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut is_written = false;
    let result = make(args, terminal, &mut is_written);
    if !is_written {
        terminal.note(no_plan(&args.output).get(terminal.lang));
    }
    result
}

/// Whether a file begins like a plan.
fn is_plan(path: &Path) -> bool {
    beginning(path, 256).is_some_and(|head| String::from_utf8_lossy(&head).contains("dianjian-migration-plan"))
}

fn make(args: &MakeArgs, terminal: &mut Terminal, is_written: &mut bool) -> Result<Exit, CliError> {
    let mut project = args.project.load(terminal)?;
    project.owns(Some(&args.output));
    project.owns(args.decisions.as_deref());
    project.owns(args.write_decisions.as_deref());
    let policy = ChoiceArgs::default().policy(&mut project, terminal)?;
    let inputs = RunInputs::find_unless_broken(&args.input.options(), &mut project);
    spares_inputs(&inputs, "-o", &args.output, &project, |_| false)?;
    replaces_own("-o", &args.output, is_plan)?;
    if inputs.has_stdin() {
        return Err(CliError::Together { first: "migrate plan", second: "-" });
    }
    let untrusted = |problems: &[Problem]| {
        terminal.problems(problems);
        Ok(Exit::Untrusted)
    };
    let decisions = match args.decisions.as_deref().map(read_decisions).transpose() {
        Ok(decisions) => decisions,
        Err(problems) => return untrusted(&problems),
    };
    if project.broken || !project.problems.is_empty() {
        return untrusted(&project.problems);
    }
    let (as_of, _) = args.date.of(&project);
    if let Some(cutover) = args.cutover.filter(|cutover| *cutover < as_of) {
        return Err(CliError::CutoverBefore { cutover, as_of, said: args.date.place(&project) });
    }
    // What a person has written there is not lost, and nothing is planned in vain.
    if let Some(path) = args.write_decisions.as_ref().filter(|path| path.exists()) {
        return Err(CliError::DecisionsExist { path: path.display().to_string() });
    }
    let progress = ByteProgress::new(inputs.bytes() * PASSES, &indicatif::MultiProgress::new());
    let request = PlanRequest {
        pack: &project.pack,
        policy: &policy,
        as_of,
        cutover: args.cutover.unwrap_or(as_of),
        per_day: args.per_day,
        decisions: decisions.as_ref().map(|(file, source)| (file, source)),
        roots: &inputs.roots,
        system: args.input.system.as_deref(),
        disk: &FileSystem::default(),
        base: args.output.parent().unwrap_or(Path::new("")),
        threads: args.input.threads,
    };
    let planned = make_plan(request, &inputs.files, &|bytes| progress.add(bytes));
    progress.end();
    let PlanReport { plan, mut problems, duplicate_ids } = match planned {
        Ok(planned) => planned,
        Err(PlanFailure::Problems(problems)) => return untrusted(&problems),
        Err(PlanFailure::Plan(error)) => return Err(error.into()),
    };
    problems.extend(inputs.problems);
    terminal.problems(&problems);
    if plan.shops.is_empty() {
        terminal.note(terminal.say("没有可迁移的店铺\n", "no shops to plan for\n"));
        return Ok(Exit::Nothing.unless(!problems.is_empty()));
    }
    save(&plan, &args.output)?;
    *is_written = true;
    terminal.print(&summary::summary(&plan, &duplicate_ids, Some(&args.output), terminal))?;
    if let Some(path) = &args.write_decisions {
        write_file(path, decision_form(&plan, decisions.as_ref().map(|(file, _)| file), terminal.lang))?;
        let path = path.display();
        let text = text! {
            zh: "  要由人来定的事写在 {path}：改好后用 --decisions {path} 重新制定\n",
            en: "  what people have to decide is in {path}: edit it and plan again with --decisions {path}\n",
        };
        terminal.print(text.get(terminal.lang))?;
    }
    if !problems.is_empty() {
        terminal.note(terminal.say("没有读到的内容不在计划里\n", "what could not be read is not in the plan\n"));
    }
    Ok(Exit::Clean.unless(!problems.is_empty()))
}

/// Says that there is no plan. An older file where it would be stays as it is, but must not pass for this plan.
fn no_plan(output: &Path) -> Text {
    let path = output.display();
    let modified =
        std::fs::metadata(output).ok().filter(std::fs::Metadata::is_file).and_then(|data| data.modified().ok());
    match modified.map(environment::time) {
        None => text! { zh: "没有写出计划\n", en: "no plan was written\n" },
        Some(time) => text! {
            zh: "没有写出计划；{path} 是 {time} 的旧文件，不是这次的计划，没有改动它\n",
            en: "no plan was written; {path} is the old file of {time}, not this plan, and stays as it was\n",
        },
    }
}

fn read_decisions(path: &Path) -> Result<(DecisionsFile, Arc<SourceFile>), Vec<Problem>> {
    let source = source::read(path, &Limits::default()).map_err(|error| vec![Problem::of_source(&error)])?;
    let source = Arc::new(source);
    Ok((read_file(&source)?, source))
}

/// Writes the plan: the old file stays until the new one is there.
fn save(plan: &Plan, path: &Path) -> Result<(), CliError> {
    make_folder_of(path)?;
    let failed = |error: &std::io::Error| CliError::write(path, error);
    let file = ReplacementFile::create(path).map_err(|error| failed(&error))?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    plan.write(&mut out).and_then(|()| out.flush()).map_err(|error| failed(&error))?;
    let file = out.into_inner().map_err(|error| failed(error.error()))?;
    file.commit().map_err(|error| failed(&error))
}
