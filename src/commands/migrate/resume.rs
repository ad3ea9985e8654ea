//! `dianjian migrate resume PLAN`: the last run, taken up where it ended.

use dianjian_base::lang::Lang;
use dianjian_migrate::apply::{Operation, PlanContext};

use super::PlanArgs;
use super::apply::{HowArgs, carry_out};
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

/// Runs the command: what was begun last, for the shops it was begun for. Where nothing had been begun,
/// all of the plan remains to be done.
///
/// # Errors
/// A run that cannot begin; an output that cannot be written.
pub fn run(args: &ResumeArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let Some(opened) = args.plan.open(terminal) else { return Ok(Exit::Untrusted) };
    let context = PlanContext::new(&opened)?;
    let last = context.history()?.last();
    let note = match (&last, terminal.lang) {
        (None, Lang::Zh) => "还没有开始过，从头应用整个计划".to_owned(),
        (None, Lang::En) => "nothing had been begun: applying the whole plan".to_owned(),
        (Some(last), lang) => {
            let command = match (last.operation, lang) {
                (Operation::Apply, Lang::Zh) => "应用",
                (Operation::Rollback, Lang::Zh) => "撤销",
                (operation, Lang::En) => operation.name(),
            };
            match lang {
                Lang::Zh => format!("接着做 {} 开始的{command}", last.at),
                Lang::En => format!("going on with the {command} begun at {}", last.at),
            }
        }
    };
    terminal.note(&format!("{note}\n"));
    let request = context.resumed(last.as_ref());
    carry_out(&context, &request, &args.plan, &args.how, terminal)
}
