//! `dianjian migrate …`: plans of migration, made, shown, carried out, undone and checked again.

mod apply;
mod outcome;
mod plan;
mod progress;
mod resume;
mod rollback;
mod show;
mod status;
mod summary;
mod verify;

use std::path::PathBuf;

use super::error::CliError;
use super::exit::Exit;
use super::terminal::Terminal;
use crate::migrate::apply::open::{Opened, open};
use crate::report::Run;

/// Flags of `migrate`.
#[derive(Debug, clap::Args)]
pub struct MigrateArgs {
    #[command(subcommand)]
    command: MigrateCommand,
}

#[derive(Debug, clap::Subcommand)]
enum MigrateCommand {
    /// 为一批店铺制定计划 / Make a plan for a fleet
    Plan(plan::MakeArgs),
    /// 查看计划：终端、Markdown、CSV、日历、网页 / Show a plan: text, Markdown, CSV, calendar, web page
    Show(show::ShowArgs),
    /// 按计划修改文件 / Change the files as a plan says
    Apply(apply::ApplyArgs),
    /// 计划做到哪里了 / How far a plan is
    Status(status::StatusArgs),
    /// 接着做上一次没做完的 / Go on with a run that was cut off, stopped or failed
    Resume(resume::ResumeArgs),
    /// 撤销，文件恢复原样 / Take a plan's edits back: the exact bytes that were there before
    Rollback(rollback::RollbackArgs),
    /// 按割接日的规则复核，与计划对照 / Check the files as of the cut-over and compare with the plan
    Verify(verify::VerifyArgs),
}

/// Which plan.
#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    /// The plan, as `migrate plan` wrote it
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// The folder that the plan's paths start from; default: as the plan says
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl PlanArgs {
    /// Reads the plan; what is wrong with it is told.
    fn open(&self, terminal: &Terminal) -> Option<Opened> {
        match open(&self.plan, self.root.as_deref()) {
            Ok(opened) => Some(opened),
            Err(problem) => {
                terminal.problems(&[*problem], &Run::new(super::locale::today(), terminal.lang, Vec::new()));
                None
            }
        }
    }

    /// The plan as it would be written in a command.
    fn shown(&self) -> String {
        let mut shown = quoted(&self.plan.display().to_string());
        if let Some(root) = &self.root {
            shown.push_str(" --root ");
            shown.push_str(&quoted(&root.display().to_string()));
        }
        shown
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-@+=:,%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Runs the command.
///
/// # Errors
/// Mistakes in flags; a run that cannot begin; an output that cannot be written.
pub fn run(args: &MigrateArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    match &args.command {
        MigrateCommand::Plan(args) => plan::run(args, terminal),
        MigrateCommand::Show(args) => show::run(args, terminal),
        MigrateCommand::Apply(args) => apply::run(args, terminal),
        MigrateCommand::Status(args) => status::run(args, terminal),
        MigrateCommand::Resume(args) => resume::run(args, terminal),
        MigrateCommand::Rollback(args) => rollback::run(args, terminal),
        MigrateCommand::Verify(args) => verify::run(args, terminal),
    }
}
