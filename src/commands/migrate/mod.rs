//! `dianjian migrate …`: makes, shows, applies, resumes, rolls back and verifies migration plans.

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

/// The plan, and the folder that its paths are relative to.
#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl PlanArgs {
    /// Reads the plan; `None` if that fails, after the problem has been printed.
    fn open(&self, terminal: &Terminal) -> Option<OpenedPlan> {
        let opened = open_plan(&self.plan, self.root.as_deref());
        opened.map_err(|problem| terminal.problems(&[*problem])).ok()
    }

    /// The same arguments for a command that the user may copy.
    fn as_argument(&self) -> String {
        let root = self.root.as_ref().map(|root| format!(" --root {}", quoted(&root.display().to_string())));
        quoted(&self.plan.display().to_string()) + &root.unwrap_or_default()
    }
}

/// A word quoted for a POSIX shell, if it has characters that need it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-@+=:,%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Runs one of the commands.
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
