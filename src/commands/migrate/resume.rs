//! `dianjian migrate resume PLAN`: continues an interrupted run.

use dianjian_base::lang::Text;
use dianjian_base::text;
use dianjian_migrate::apply::{LastRun, PlanContext};

use super::PlanArgs;
use super::apply::{HowArgs, carry_out};
use super::outcome::operation_name;
use crate::error::CliError;
use crate::exit::Exit;
use crate::terminal::Terminal;

#[derive(Debug, clap::Args)]
pub struct ResumeArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    how: HowArgs,
}

/// Continues the last run, apply or rollback, for the shops of that run. If there was none, applies the whole plan.
///
/// # Errors
/// A run that cannot begin; an output that cannot be written.
pub fn run(args: &ResumeArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let Some(opened) = args.plan.open(terminal) else { return Ok(Exit::Untrusted) };
    let context = PlanContext::new(&opened)?;
    let last = context.history()?.last();
    let note = match &last {
        None => {
            text! { zh: "还没有开始过，从头应用整个计划\n", en: "nothing had been begun: applying the whole plan\n" }
        }
        Some(LastRun { operation, at, .. }) => {
            let Text { zh, en } = operation_name(*operation);
            text! { zh: "接着做 {at} 开始的{zh}\n", en: "going on with the {en} begun at {at}\n" }
        }
    };
    terminal.note(note.get(terminal.lang));
    let request = context.resumed(last.as_ref());
    carry_out(&context, &request, &args.plan, &args.how, terminal)
}
