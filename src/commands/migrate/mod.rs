//! `dianjian migrate …`: plans of migration, made, shown, carried out, undone and checked again.

mod apply;
mod outcome;
mod plan;
mod resume;
mod rollback;
mod show;
mod status;
mod summary;
mod verify;

use std::path::PathBuf;

use dianjian_migrate::apply::{OpenedPlan, open_plan};
use dianjian_report::RunInfo;

use crate::error::CliError;
use crate::exit::Exit;
use crate::terminal::Terminal;

#[derive(Debug, clap::Args)]
pub struct MigrateArgs {
    #[command(subcommand)]
    command: MigrateCommand,
}

#[derive(Debug, clap::Subcommand)]
enum MigrateCommand {
    Plan(plan::MakeArgs),
    Show(show::ShowArgs),
    Apply(apply::ApplyArgs),
    Status(status::StatusArgs),
    Resume(resume::ResumeArgs),
    Rollback(rollback::RollbackArgs),
    Verify(verify::VerifyArgs),
}

/// Which plan.
#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl PlanArgs {
    /// Reads the plan; what is wrong with it is told.
    fn open(&self, terminal: &Terminal) -> Option<OpenedPlan> {
        match open_plan(&self.plan, self.root.as_deref()) {
            Ok(opened) => Some(opened),
            Err(problem) => {
                terminal.problems(&[*problem], &RunInfo::new(crate::environment::today(), terminal.lang, Vec::new()));
                None
            }
        }
    }

    /// The plan as it would be written in a command.
    fn as_argument(&self) -> String {
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
