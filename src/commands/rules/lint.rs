//! `dianjian rules lint`: mistakes in packs, and conventions that valid rules break.

use dianjian_base::lang::Lang;
use dianjian_migrate::Migrations;
use dianjian_report::words;

use super::conventions;
use crate::error::CliError;
use crate::exit::Exit;
use crate::project::{ChoiceArgs, Project, ProjectArgs};
use crate::terminal::TextStyle::{Dim, Green, Red};
use crate::terminal::{Terminal, TextStyle};

#[derive(Debug, clap::Args)]
pub struct LintArgs {
    #[command(flatten)]
    project: ProjectArgs,
}

/// Prints the mistakes in all packs, and what rules lack that would be valid without it.
///
/// # Errors
/// Mistakes in flags; an output that cannot be written.
pub fn run(args: &LintArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut project = Project::load(&args.project, terminal)?;
    // Resolves the configuration's severities, whose mistakes become problems.
    project.policy(&ChoiceArgs::default(), terminal)?;
    project.problems.extend(Migrations::compile(&project.pack, chrono::NaiveDate::MAX).1);
    let lacking = conventions::check(&project.pack);
    let mut out = terminal.pretty(project.problems.iter().chain(&lacking));
    let (broken, lacks) = (project.problems.len(), lacking.len());
    let (style, head) = verdict(terminal, broken, lacks);
    let counts = [
        words::count(terminal.lang, project.pack.rules.len(), "条规则", "rule"),
        words::count(terminal.lang, project.pack.tables.len(), "张表", "table"),
        words::count(terminal.lang, project.pack.mappings.len(), "个映射", "mapping"),
    ];
    out.push_str(&terminal.paint(style, &head));
    out.push_str(&terminal.paint(Dim, &format!(" · {}\n", counts.join(terminal.say("、", ", ")))));
    terminal.print(&out)?;
    Ok(Exit::found(lacks > 0).unless(broken > 0))
}

fn verdict(terminal: &Terminal, broken: usize, lacks: usize) -> (TextStyle, String) {
    let lang = terminal.lang;
    if broken + lacks == 0 {
        return (Green, terminal.say("规则没有问题", "no mistakes").to_owned());
    }
    let broken = words::count(lang, broken, "处错误", "mistake");
    let lacks = match (lang, lacks) {
        (Lang::Zh, _) => format!("{lacks} 处不合规范"),
        (Lang::En, 1) => "1 house rule broken".to_owned(),
        (Lang::En, _) => format!("{lacks} house rules broken"),
    };
    (Red, format!("{broken}{}{lacks}", terminal.say("，", ", ")))
}
