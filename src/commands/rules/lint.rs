//! `dianjian rules lint`: mistakes in packs, and what a good rule has.

use dianjian_base::lang::Lang;
use dianjian_migrate::Migrations;
use dianjian_report::{FormatName, RunInfo, format, words};

use super::conventions;
use crate::error::CliError;
use crate::exit::Exit;
use crate::project::{ChoiceArgs, Project, ProjectArgs};
use crate::terminal::{Terminal, TextStyle};

#[derive(Debug, clap::Args)]
pub struct LintArgs {
    #[command(flatten)]
    project: ProjectArgs,
}

/// Prints what is wrong.
///
/// # Errors
/// Mistakes in flags; an output that cannot be written.
pub fn run(args: &LintArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let mut project = Project::load(&args.project, terminal)?;
    // Makes sure that what the configuration says of rules can be understood.
    project.policy(&ChoiceArgs::default(), terminal)?;
    project.problems.extend(Migrations::compile(&project.pack, chrono::NaiveDate::MAX).1);
    let lacking = conventions::check(&project.pack);
    let run = RunInfo::new(crate::environment::today(), terminal.lang, Vec::new());
    let pretty = format(FormatName::Pretty, terminal.look);
    let mut out = String::new();
    for problem in project.problems.iter().chain(&lacking) {
        pretty.problem(&run, problem, &mut out);
    }
    let (broken, lacks) = (project.problems.len(), lacking.len());
    let (style, head) = verdict(terminal, broken, lacks);
    let counts = [
        words::count(terminal.lang, project.pack.rules.len(), "条规则", "rule"),
        words::count(terminal.lang, project.pack.tables.len(), "张表", "table"),
        words::count(terminal.lang, project.pack.mappings.len(), "个映射", "mapping"),
    ];
    out.push_str(&terminal.paint(style, &head));
    out.push_str(&terminal.paint(TextStyle::Dim, &format!(" · {}\n", counts.join(terminal.say("、", ", ")))));
    terminal.print(&out)?;
    Ok(if broken > 0 { Exit::Untrusted } else { Exit::found(lacks > 0) })
}

fn verdict(terminal: &Terminal, broken: usize, lacks: usize) -> (TextStyle, String) {
    let lang = terminal.lang;
    if broken + lacks == 0 {
        return (TextStyle::Green, terminal.say("规则没有问题", "no mistakes").to_owned());
    }
    let broken = words::count(lang, broken, "处错误", "mistake");
    let lacks = match (lang, lacks) {
        (Lang::Zh, _) => format!("{lacks} 处不合规范"),
        (Lang::En, 1) => "1 house rule broken".to_owned(),
        (Lang::En, _) => format!("{lacks} house rules broken"),
    };
    (TextStyle::Red, format!("{broken}{}{lacks}", terminal.say("，", ", ")))
}
