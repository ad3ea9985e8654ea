//! `dianjian rules lint`: mistakes in packs, and conventions that valid rules break.

use dianjian_base::lang::{Lang, Text};
use dianjian_base::text;
use dianjian_document::problem::Problem;
use dianjian_engine::examples::run_rule;
use dianjian_migrate::Migrations;
use dianjian_report::words;
use dianjian_rules::Pack;

use super::conventions;
use crate::error::CliError;
use crate::exit::Exit;
use crate::project::{ChoiceArgs, ProjectArgs};
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
    let mut project = args.project.load(terminal)?;
    // Resolves the configuration's severities, whose mistakes become problems.
    ChoiceArgs::default().policy(&mut project, terminal)?;
    project.problems.extend(Migrations::compile(&project.pack, chrono::NaiveDate::MAX).1);
    let lacking = conventions::check(&project.pack);
    // Examples of rules that are wrong would fail for that.
    if project.problems.is_empty() {
        project.problems.extend(unproven(&project.pack));
    }
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

/// The rules of which no example shows that they find something, or none that something passes.
fn unproven(pack: &Pack) -> Vec<Problem> {
    let mut problems = Vec::new();
    for rule in &pack.rules {
        let (report, id) = (run_rule(pack, rule), &rule.info.id);
        let mut add = |message: Text| {
            let help = text! {
                zh: "dianjian rules test {id} 显示每个例子的结果。",
                en: "`dianjian rules test {id}` shows what comes of each example.",
            };
            let span = rule.file.id.span;
            problems.push(Problem::with_message(&rule.source, span, message, Some(help)));
        };
        if report.has_bad && !report.can_fire() {
            add(text! {
                zh: "没有一个 bad 例子触发这条规则：它可能永远不会触发",
                en: "no bad example breaks this rule: perhaps it can never fire",
            });
        }
        if report.has_good && !report.can_pass() {
            add(text! {
                zh: "没有一个 good 例子通过这条规则：它可能永远不会通过",
                en: "no good example passes this rule: perhaps nothing ever does",
            });
        }
    }
    problems
}

fn verdict(terminal: &Terminal, broken: usize, lacks: usize) -> (TextStyle, String) {
    let lang = terminal.lang;
    if broken + lacks == 0 {
        let text =
            terminal.say("规则没有问题，每条都能触发、也能通过", "no mistakes, and each rule can fire and can pass");
        return (Green, text.to_owned());
    }
    let broken = words::count(lang, broken, "处错误", "mistake");
    let lacks = match (lang, lacks) {
        (Lang::Zh, _) => format!("{lacks} 处不合规范"),
        (Lang::En, 1) => "1 house rule broken".to_owned(),
        (Lang::En, _) => format!("{lacks} house rules broken"),
    };
    (Red, format!("{broken}{}{lacks}", terminal.say("，", ", ")))
}
